"""Names and phrases that acts are read from: the tables under data/acts, and one scan for all.

Latin terms match whole words; Chinese terms match leftmost-longest over every table at once,
so that a longer name (美国商务部) hides the shorter one inside it. Only `load_terms` touches
the disk.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate, compress, count, repeat
from operator import contains
from pathlib import Path
from typing import NamedTuple

from zhconv import zhconv

from alerts.reader.formulas import element_terms

WORD = re.compile(r"([a-z0-9à-öø-ÿšžčćł]+(?:(?<=\b[a-z])\.(?:[a-z]\.)+)?)")
PLAIN_WORD = re.compile(r"([a-z0-9à-öø-ÿšžčćł]+)")
DOTTED = re.compile(r"\.[a-z]\.")
"""What stands in every word with dots, and in few texts: without one, PLAIN_WORD finds the same."""
HAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]")
GAPS = frozenset(
    {" ", "-", "'", "\u2019", "\u2010", "\u2011", "\u2013", "/", ", ", " & ", "% ", "%"}
)
COMPANY_FILES = ("china_company", "chip_company", "ev_maker", "battery_maker", "tech_company")

UNNAMED = "?"
"""How an authority's name begins of which no more than the country is known, or not even that."""
IDLE = "-"
"""In the table of goods: expressions that hold the name of goods and speak of none."""

SHORTEST_NAME = 3
"""Letters; shorter Latin company names from the gazetteer are too often words."""


class Hit(NamedTuple):
    """One table entry found in a text; `end` is exclusive.

    local: a town or a province, which stands for its country where nobody else acts.
    """

    start: int
    end: int
    kind: str
    value: str
    local: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What a term stands for. written: how it must be spelt, or "" for any case. local: a Hit's."""

    kind: str
    value: str
    written: str = ""
    local: bool = False


@dataclass(slots=True)
class Node:
    """A word in the tree of Latin terms. exact: some entry must be spelt as the table has it."""

    next: dict[str, "Node"] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Agency:
    """An authority. parent: the larger one that it belongs to, or ""."""

    name: str
    jurisdiction: str
    parent: str


class Anything(set[str]):
    """Holds every sign: what may stand behind the first of a term that has no second one."""

    def __contains__(self, sign: object) -> bool:
        """Tell that it does."""
        return True


NOTHING: frozenset[str] = frozenset()

Han = dict[str, list[tuple[str, list[Entry]]]]
"""First one or two signs -> the Chinese terms that begin so, the longest first."""


@dataclass(slots=True)
class Terms:
    """Everything that a text is scanned for.

    seconds: first sign of Chinese terms -> their second ones, by which most places are passed over.
    zones: jurisdiction -> IANA time zone.
    inner: an instrument's term that names a country (sales to China) -> where, from its start.
    beside: a good -> what a short word for it stands beside (alerts/reader/homonyms.py).
    """

    latin: Node = field(default_factory=Node)
    han: Han = field(default_factory=dict)
    seconds: dict[str, set[str]] = field(default_factory=dict)
    agencies: dict[str, Agency] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    inner: dict[str, list[Hit]] = field(default_factory=dict)
    beside: dict[str, frozenset[str]] = field(default_factory=dict)


SUBSCRIPTS = {ord("₀") + digit: str(digit) for digit in range(10)}
"""Of chemical formulas: HfO₂ is HfO2."""


def folding_table() -> dict[int, str]:
    """Return one-to-one replacements: traditional to simplified, full-width to ASCII."""
    table = {ord(old): new for old, new in zhconv.getdict("zh-hans").items() if len(old + new) == 2}
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
    table.update({0x3000: " ", 0xA0: " ", 0x0130: "i", 0x2019: "'"})
    return table | SUBSCRIPTS


FOLDING = folding_table()
FOLDED = "".join(FOLDING.get(code, chr(code)) for code in range(max(FOLDING) + 1))
"""What each sign is folded to, by its code: asked quicker than a table that lacks most signs."""


@lru_cache(maxsize=16)
def fold(text: str) -> str:
    """Return the text in lower case, simplified and half-width, with every offset unchanged.

    Each reader of a post asks for the same.
    """
    return text.lower() if text.isascii() else text.translate(FOLDED).lower()


class Words(NamedTuple):
    """The Latin words of a text.

    edges: start and end of each word in turn; gaps: what stands before each word and at the end.
    """

    words: list[str]
    edges: list[int]
    gaps: list[str]


def words_of(folded: str) -> Words:
    """Return the Latin words with their places; U.S. counts as the word us."""
    dotted = DOTTED.search(folded)
    pieces = (WORD if dotted else PLAIN_WORD).split(folded)
    words = pieces[1::2]
    if dotted:
        words = [word.replace(".", "") if word[-1] == "." else word for word in words]
    return Words(words, list(accumulate(map(len, pieces))), pieces[::2])


def add_term(terms: Terms, term: str, entry: Entry) -> None:
    """Put one term into the tree of words, or into the Chinese table by its first characters."""
    folded = fold(term)
    if HAN.search(folded):
        bucket = terms.han.setdefault(folded[:2], [])
        for known, entries in bucket:
            if known == folded:
                if entry not in entries:
                    entries.append(entry)
                return
        bucket.append((folded, [entry]))
        if len(folded) == 1:
            terms.seconds[folded] = Anything()
        terms.seconds.setdefault(folded[0], set()).add(folded[1:2])
        return
    node = terms.latin
    for word in words_of(folded).words:
        node = node.next.setdefault(word, Node())
    if entry not in node.entries:
        node.entries.append(entry)
        node.exact = node.exact or bool(entry.written)


def entry_for(kind: str, value: str, raw: str) -> tuple[str, Entry]:
    """Read a table's term: "=" before it, or capitals only, mean that case must agree."""
    term = raw.removeprefix("=")
    exact = raw != term or (term.isascii() and term.isupper() and len(term) > 1)
    return term, Entry(kind, value, term.replace(".", "") if exact else "")


def rows(path: Path) -> Iterator[list[str]]:
    """Yield the columns of a table's lines, blank ones left out."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield line.split("\t")


def load_terms(data: Path) -> Terms:
    """Read data/acts and the gazetteer's company names.

    Raises OSError where a table is missing.
    """
    terms = Terms()
    acts = data / "acts"
    for name, jurisdiction, parent, names in rows(acts / "authorities.tsv"):
        terms.agencies[name] = Agency(name, jurisdiction, parent)
        for raw in names.split("|"):
            add_term(terms, *entry_for("authority", name, raw))
    places = Terms()
    for code, zone, names, *towns in rows(acts / "places.tsv"):
        terms.zones[code] = zone
        for raw in names.split("|"):
            add_term(terms, *entry_for("place", code, raw))
            add_term(places, *entry_for("place", code, raw))
        for raw in (raw for column in towns for raw in column.split("|")):
            term, entry = entry_for("place", code, raw)
            add_term(terms, term, replace(entry, local=True))
    for code in ("", *terms.zones):
        terms.agencies[UNNAMED + code] = Agency(UNNAMED + code, code, "")
    tables = (("cue", "cues"), ("item", "items"), ("company", "companies"), ("sign", "signs"))
    for kind, table in tables:
        for value, names, *_ in rows(acts / f"{table}.tsv"):  # goods: alerts/goods.py reads on
            for raw in names.split("|"):
                add_term(terms, *entry_for("idle" if value == IDLE else kind, value, raw))
    for raw, goods in element_terms():
        if not known_term(terms, fold(raw.removeprefix("="))):
            add_term(terms, *entry_for("item", goods, raw))
    for good, names, beside in rows(acts / "homonyms.tsv"):
        terms.beside[good] = frozenset(beside.split("|"))
        for raw in names.split("|"):
            add_term(terms, *entry_for("homonym", good, raw))
    load_instruments(terms, acts / "instruments.tsv", places)
    for _, names in rows(acts / "signs.tsv"):
        for raw in names.split("|"):
            for kept in closing(terms, entry_for("sign", "", raw)[0]):
                add_term(terms, raw.removeprefix("="), kept)
    load_companies(terms, data / "gazetteer")
    for bucket in terms.han.values():
        bucket.sort(key=lambda candidate: -len(candidate[0]))
    return terms


def vocabulary(data: Path) -> dict[str, dict[str, str]]:
    """Return an act's field -> how a value may be written, folded -> the value, from the tables.

    Much quicker than load_terms. Raises OSError where a table is missing.
    """
    acts = data / "acts"
    ways: dict[str, dict[str, str]] = {
        field_name: {
            fold(way.removeprefix("=")): value
            for row in rows(acts / f"{table}.tsv")
            for value in row[:1]
            if value != IDLE
            for way in (*row[column].split("|"), value)
        }
        for field_name, table, column in (
            ("instrument", "instruments", 1),
            ("authority", "authorities", 3),
            ("jurisdiction", "places", 2),
            ("items", "items", 1),
            ("targets", "companies", 1),
        )
    }
    companies = (
        row[0] for name in COMPANY_FILES for row in rows(data / "gazetteer" / f"{name}.tsv")
    )
    ways["targets"] = (
        {fold(name): name for name in companies} | ways["targets"] | ways["jurisdiction"]
    )
    return ways


NOUN_ENDS = (
    "list", "package", "catalogue", "measures", "ing sanctions", "exclusions for",
    "名单", "清单", "目录", "技术", "政策", "税率",
)  # fmt: skip
"""How a term ends that opens like a verb and is none: sanctions package, 制裁名单."""


def load_instruments(terms: Terms, path: Path, places: Terms) -> None:
    """Add the instruments; one that opens with a verb (bans exports, 加征关税) brings its cue.

    places: the countries alone, which a longer term would hide.
    """
    for value, names in rows(path):
        for raw in names.split("|"):
            term, entry = entry_for("instrument", value, raw)
            add_term(terms, term, entry)
            folded = fold(term)
            named = scan(places, term, folded, words_of(folded))
            if named and not folded.endswith(("list", "清单", "名单", "目录", "sanctions")):
                terms.inner[folded] = named
            named_so = folded.endswith(NOUN_ENDS) or folded.startswith(
                ("恢复", "levies", "levy on")
            )
            cue = None if named_so else leading_cue(terms, folded)  # end-user list: nothing ends
            if cue and value in {"export ban", "import ban", "export restriction", "sanction"}:
                # "Suspends exports" imposes a ban; it does not suspend one.
                cue = "adopt" if cue in {"suspend", "withdraw", "ease"} else cue
            if cue:
                add_term(terms, term, Entry("cue", cue))


def closing(terms: Terms, term: str) -> list[Entry]:
    """Return what a longer term hides that ends like it: the tariffs in "Section 301 tariffs"."""
    folded = fold(term)
    latin = not HAN.search(folded)
    words = words_of(folded).words if latin else list(folded)
    for start in range(1, len(words)):
        found = entries_of(terms, (" " if latin else "").join(words[start:]))
        kept = [
            entry for entry in found if entry.kind in ("instrument", "cue") and not entry.written
        ]
        if kept:
            return kept
    return []


def entries_of(terms: Terms, folded: str) -> list[Entry]:
    """Return what a folded term stands for."""
    if HAN.search(folded):
        return next(
            (found for known, found in terms.han.get(folded[:2], ()) if known == folded), []
        )
    node: Node | None = terms.latin
    for word in words_of(folded).words:
        node = node.next.get(word) if node else None
    return node.entries if node else []


def leading_cue(terms: Terms, folded: str) -> str | None:
    """Return the cue that a term of several words or characters opens with."""
    words = words_of(folded).words
    if words and not HAN.search(folded):
        node = terms.latin.next.get(words[0])
        entries = node.entries if node else []
    else:
        entries = [
            entry
            for known, found in terms.han.get(folded[:2], [])
            if folded.startswith(known)
            for entry in found
        ]
    return next((entry.value for entry in entries if entry.kind == "cue"), None)


def load_companies(terms: Terms, gazetteer: Path) -> None:
    """Add the gazetteer's company names that no own table knows, each standing for itself."""
    for name in COMPANY_FILES:
        for term, _, *flags in rows(gazetteer / f"{name}.tsv"):
            latin = term.isascii()
            if (latin and len(term) < SHORTEST_NAME) or known_term(terms, fold(term)):
                continue
            exact = latin and ("c" in flags or " " not in term)
            add_term(terms, term, Entry("company", term, term if exact else ""))


def known_term(terms: Terms, folded: str) -> bool:
    """Tell whether some table already has this term."""
    return bool(entries_of(terms, folded))


def scan(terms: Terms, text: str, folded: str, words: Words) -> list[Hit]:
    """Return every term found, by place; overlapping terms give way to the longest."""
    hits = scan_latin(terms.latin, text, words)
    if not folded.isascii() and HAN.search(folded):
        hits += scan_han(terms, folded)
        hits.sort()
    named = [
        Hit(hit.start + place.start, hit.start + place.end, "place", place.value)
        for hit in hits
        if hit.kind == "instrument"
        for place in terms.inner.get(folded[hit.start : hit.end], ())
    ]
    return sorted([*hits, *named]) if named else hits


def scan_latin(root: Node, text: str, found: Words) -> list[Hit]:
    """Walk the tree of words from every word on that a term begins with."""
    hits: list[Hit] = []
    first = root.next
    words, edges, gaps = found
    skip_to, last = 0, len(words) - 1
    for at in compress(count(), map(first.__contains__, words)):
        if at < skip_to:
            continue
        start = edges[2 * at]
        node: Node | None = first[words[at]]
        ahead = at
        while node is not None:
            if node.entries:
                stop = edges[2 * ahead + 1]
                fitting = spelt(node, text, start, stop)
                if fitting:
                    skip_to, end, entries = ahead + 1, stop, fitting
            ahead += 1
            if not node.next or ahead > last or gaps[ahead] not in GAPS:
                break
            node = node.next.get(words[ahead])
        if skip_to > at:
            hits.extend([Hit(start, end, e.kind, e.value, e.local) for e in entries])
    return hits


def spelt(node: Node, text: str, start: int, end: int) -> list[Entry]:
    """Return the entries whose spelling, where it matters, is that of the text."""
    if not node.exact:
        return node.entries
    written = text[start:end].replace(".", "").translate(SUBSCRIPTS)
    loud = len(written) > 3 and written.isupper()  # a headline in capitals
    return [
        entry
        for entry in node.entries
        if entry.written in ("", written) or (loud and entry.written.upper() == written)
    ]


def scan_han(terms: Terms, folded: str) -> list[Hit]:
    """Try the Chinese terms wherever one can begin, the longest first."""
    hits: list[Hit] = []
    skip_to = 0
    table = terms.han
    after = map(terms.seconds.get, folded, repeat(NOTHING))
    for at in compress(count(), map(contains, after, folded[1:] + " ")):
        if at < skip_to:
            continue
        for term, entries in terms_at(table, folded, at):
            if folded.startswith(term, at) and not (
                term[0] == "对" and begins_firm(table, folded, at + 1, len(term) - 1)
            ):
                skip_to = at + len(term)
                hits.extend([Hit(at, skip_to, e.kind, e.value, e.local) for e in entries])
                break
    return hits


def terms_at(table: Han, folded: str, at: int) -> list[tuple[str, list[Entry]]]:
    """Return the terms that may begin at a place, the longest first."""
    return [*table.get(folded[at : at + 2], ()), *table.get(folded[at], ())]


def begins_firm(table: Han, folded: str, at: int, longer: int) -> bool:
    """Tell whether a company's name, longer than what else is read there, begins behind 对: 对英伟达
    is on Nvidia, and 对美的关税 not on Midea."""
    return any(
        len(term) > longer and term[1:] != "的" and folded.startswith(term, at)
        for term, entries in terms_at(table, folded, at)
        if entries[0].kind == "company"
    )
