"""On what goods, technologies and codes an act bears: named in its sentence, or next to it.

Pure.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from alerts.goods import is_code, narrower, nearest
from alerts.reader.cues import Sentence
from alerts.reader.terms import HAN, Hit


def read_items(main: Sentence, sentences: Sequence[Sentence], folded: str) -> list[tuple[str, Hit]]:
    """Return the goods, technologies and codes of the act, each with where it is read from."""
    near = [main, *sentences[:1]]
    hits = [hit for sentence in near for hit in in_words(sentence)]
    if not hits:
        at = sum(one.end <= main.start for one in sentences)  # main may be a clause of it
        behind = (hit for sentence in sentences[at + 1 : at + 3] for hit in in_words(sentence))
        before = (hit for sentence in sentences[:at] for hit in in_words(sentence))
        hits = list(behind) or list(before)
    given = IN_RETURN.search(folded, main.start, main.end)
    hits = [
        hit
        for n, hit in enumerate(hits)
        if not modifies(hit, hits[n + 1 :], folded)
        and not (given and given.end() <= hit.start < main.end)
    ]
    found = {hit.value: hit for hit in reversed(hits)}
    items = [(value, hit) for value, hit in sorted(found.items(), key=lambda pair: pair[1].start)]
    codes = [hit for sentence in sentences[:6] for hit in sentence.of("item") if is_code(hit.value)]
    if not items:
        items = [(good, hit) for hit in codes for good in nearest(hit.value)]
    items += [(hit.value, hit) for hit in codes]
    if len(items) > 1:
        items = [(v, h) for v, h in items if not covered(v, [other for other, _ in items])]
    first: dict[str, Hit] = {}
    for value, hit in items:
        first.setdefault(value, hit)
    return list(first.items())


def in_words(sentence: Sentence) -> list[Hit]:
    """Return the goods that a sentence names in words."""
    return [hit for hit in sentence.of("item") if not is_code(hit.value)]


TO_DO = re.compile(
    r"\b(?:to|can|could|may|might|will|would|must|shall|should|not|cannot|and|or|let|they|we|firms|companies|makers"
    r"|exporters|suppliers)\s$"
)
"""Words before "ship" where it is a verb."""
TO_SCRAP = re.compile(r"\b(?:to|can|could|may|might|will|would|must|should|not|cannot|let)\s$")
"""Words before "scrap" where it is a verb."""
DOES = re.compile(
    r"\b(?:it|he|she|who|which|what|company|firm|group|maker|country|already|still)\s$"
)
"""Words before "ships" where it is a verb."""
SO_MANY = re.compile(
    r"\s(?:\d|its\b|about\b|over \d|around \d|some \d|nearly\b|most\b|half\b|none\b)"
)
"""What stands behind "ships" where a country's or a company's name before it is its subject."""
RULES = re.compile(
    r"\s(?:the|its|a|an|all|some|plans?|proposed|tariffs?|dut(?:y|ies)|bans?|rules?|lev(?:y|ies)|tax(?:es)?|curbs?|quotas?"
    r"|fees?|visas?|probes?|sanctions|limits?|licen[cs]es?|caps?|orders?|laws?)\b"
)
"""What stands behind "scrap" where it is a verb."""
IN_RETURN = re.compile(r"\bin (?:exchange|return) for\b")
"""Words behind which the other side's goods and measures are named."""
LOOSE_GOODS = {"semiconductors", "batteries", "cars", "EVs", "vehicles", "lithium batteries", "aircraft", "oil",
               "solar panels", "ships", "trucks"}  # fmt: skip
"""Goods whose name often only describes a head: EV tyres, 半导体光掩膜检测设备."""


VERBS = frozenset({"ship", "ships", "scrap"})


def without_misread(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Drop what only looks like goods: verbs ("to scrap tariffs"), parts of expressions, and goods
    of another act that is only compared: three days after robots."""
    real = [
        hit
        for n, hit in enumerate(hits)
        if hit.kind != "item"
        or folded[hit.start : hit.end] not in VERBS
        or not is_verb(hit, hits[max(0, n - 3) : n], folded)
        if hit.kind != "idle"
    ]
    if not any(hit.kind == "item" for hit in real):
        return real
    regions = others(folded, real)
    if not regions:
        return real
    inside = {hit for hit in real if any(stands_in(hit, region) for region in regions)}
    if not inside:
        return real
    if all(hit in inside for hit in real if hit.kind == "item"):
        inside = {hit for hit in inside if any(one.sure and stands_in(hit, one) for one in regions)}
    first: dict[str, Hit] = {}
    for hit in real:
        if hit.kind == "item":
            first.setdefault(hit.value, hit)
    return [hit for hit in real if hit.kind != "item" or first[hit.value] not in inside]


class Region(NamedTuple):
    """Where a text tells of another act. sure: it does even where it names no other goods."""

    start: int
    end: int
    sure: bool


def stands_in(hit: Hit, region: Region) -> bool:
    """Tell whether goods are named in a region."""
    return hit.kind == "item" and region.start <= hit.start < region.end


MEASURE = (
    r"(?:(?:anti-?\s?dumping |export |import |licen[cs]e |extra |new |similar |\d+ ?(?:%|percent) )*"
    r"(?:dut(?:y|ies)|tariffs?|bans?|curbs?|controls?|lev(?:y|ies)|licen[cs]es?|permits?|rules?|orders?|probes?|cases?"
    r"|inquir(?:y|ies)|ones?|notices?|limits?|quotas?|measures?|regimes?|restrictions?)\s(?:on|for|of|against|into|over)\s)"
)
DAY = (
    r"(?:last (?:week|month|year|spring|summer|autumn|fall|winter)|yesterday|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|in (?:january|february|march|april|may|june|july|august|september|october|november|december))"
)
ANOTHER = {
    " after ": re.compile(
        r"\b(?:days?|weeks?|months?|hours?|fortnight|years?)\safter\s(?P<told>[^.;:!?,\n]{3,110})"
    ),
    "heels of ": re.compile(r"\bheels of\s(?P<told>[^.;:!?,\n]{3,110})"),
    "like the ": re.compile(rf"\b(?:un)?like the (?:\w+ )?{MEASURE}(?P<named>[^.;:!?,\n]{{3,40}})"),
    ", now ": re.compile(
        rf"(?:^|[.;:!?\n(]\s?)\s*(?:first |after )?(?P<named>[^.;:!?,\n]{{3,40}}?)(?: {DAY})?, now "
        rf"(?:this|it|comes?|\w+ ?\w*[.!?\n]|\w+ \w+[.!?\n])"
    ),
    " today": re.compile(
        rf"(?:^|[.;:!?\n(]\s?)(?P<named>[^.;:!?,\n]{{3,40}}?) {DAY}, (?:and )?[^.;:!?,\n]{{3,40}}? today\b"
    ),
    " follow": re.compile(r"\bfollow(?:s|ed)?\s(?P<told>(?:[\w-]+ ){1,4}?)(?:into|onto|on to)\s"),
    " join": re.compile(
        r"\bjoin(?:s|ed|ing)?\s(?P<told>(?:[\w-]+ ){1,4}?)(?:on|in)\s(?:the|a|its)\b"
    ),
    "same day": re.compile(
        r"\bsame day (?:as|that)\s(?:(?!the |a |an |its |it )\w+ )?(?P<told>[^.;:!?,\n]{3,80})"
    ),
    "together with ": re.compile(
        rf"\btogether with\s(?:\w+ )?(?P<told>{MEASURE}[^.;:!?,\n]{{3,40}})"
    ),
    "not the ": re.compile(
        r"\bnot the (?P<named>[^.;:!?,\n]{3,40}?) (?:one|ones|case|probe|list|order|rule|ban|duty)\b"
    ),
    "不是": re.compile(r"不是(?P<named>[^,。;:!?\n]{1,12}?)那(?:个|一个|案|份|条|批|起|号)"),
    " but ": re.compile(r"\b(?:all|everything|anything|everyone) but\s(?P<told>[^.;:!?,\n]{3,60})"),
    " except ": re.compile(r"\bexcept(?: for)?\s(?P<told>[^.;:!?,\n]{3,60})"),
    "同日": re.compile(
        r"[与和跟同](?P<named>[^,。;:!?\n]{2,24}?)(?:在|为|于)?同[一]?[日天](?:公布|发布|宣布|立案|启动|生效|出台)"
    ),
    "同日的": re.compile(r"[与和跟]同日的(?P<named>[^,。;:!?\n]{2,24}?)(?:为|是|属)"),
    "完,": re.compile(
        r"(?P<named>[^,。;:!?\n]{2,14}?)(?:才|刚|刚刚)[裁查征加判管禁封批罚收砍限]完,"
    ),
    "继": re.compile(r"继(?!续|承|而|任|电)(?P<told>[^,。;:!?\n]{2,40}?)(?:之后|以后|后)"),
    "轮到": re.compile(
        r"(?:^|[,。;:!?\n\s])(?P<named>[^,。;:!?\n]{2,16}),?(?:这周|本周|今天|这回|这次|现在|今儿|如今|马上|终于|又|就)*轮到"
    ),
    "天是": re.compile(
        r"(?:上周[一二三四五六日天末]?|上个?月|昨天|前天|周[一二三四五六日]|[一二两三四五几\d]+(?:天|周|个月)前)(?:刚|才|还)?是(?P<named>[^,。;:!?\n]{1,16}),今天是"
    ),
    "周是": re.compile(
        r"(?:上上?周|前两周|[一二两三四五几\d]+周前)(?:刚|才|还)?是(?P<named>[^,。;:!?\n]{1,16}),"
    ),
}
"""What a text has that tells of another act beside its own -> where the goods of that one stand:
"named" where they are certainly another's, "told" where they are unless the text names no others."""
LEAD = re.compile(rf"(?:(?:the|its|his|their|an?|us|eu|chinese)\s)*(?:[\w-]+'s\s)?{MEASURE}?")
"""What stands before goods in a measure without a verb: three days after the duty on robots."""


def others(folded: str, hits: Sequence[Hit] = ()) -> list[Region]:
    """Return where a text tells of another act than its own."""
    found = []
    for sign, pattern in ANOTHER.items():
        if sign in folded:
            for match in pattern.finditer(folded):
                name = match.lastgroup or "told"
                start, end = match.span(name)
                lead = LEAD.match(folded, start)
                first = lead.end() if lead else start
                bare = any((hit.start, hit.end) == (first, end) for hit in hits)
                found.append(Region(start, end, sure=bare or name == "named"))
    return found


def is_verb(hit: Hit, before: Sequence[Hit], folded: str) -> bool:
    """Tell whether a name of goods is a verb where it stands. before: the hits next before it."""
    word, ahead = folded[hit.start : hit.end], folded[max(0, hit.start - 14) : hit.start]
    if word == "scrap":
        return bool(RULES.match(folded, hit.end) or TO_SCRAP.search(ahead))
    subjects = {one.kind for one in before if one.end == hit.start - 1}
    if "company" in subjects or (TO_DO if word == "ship" else DOES).search(ahead):
        return True
    return word == "ships" and "place" in subjects and bool(SO_MANY.match(folded, hit.end))


def modifies(hit: Hit, behind: Sequence[Hit], folded: str) -> bool:
    """Tell whether a name of goods only describes a head: EV tyres are tyres, oil tankers tankers."""
    word = folded[hit.start : hit.end]
    if not behind or hit.value not in LOOSE_GOODS:
        return False
    gap = behind[0].start - hit.end
    return gap == 0 if HAN.match(word) else gap == 1 and folded[hit.end] in " -"


GENERAL = {
    "semiconductors": {"advanced computing", "photoresist"},
    "scrap": {"black mass"},
    "batteries": {"battery technology", "battery equipment", "black mass", "cathode material",
                  "LFP cathode", "battery separators"},
    "lithium batteries": {"battery technology", "battery equipment"},
    "EV batteries": {"battery technology", "black mass"},
    "dual-use items": {"drones"},
}  # fmt: skip
"""Item -> others that make it idle in the same act, though they are no kinds of it."""


def more_exact(item: str) -> frozenset[str]:
    """Return the goods that say better what an item says: its kinds, and others."""
    return narrower(item).union(GENERAL.get(item, ()))


def covered(item: str, others: Iterable[str]) -> bool:
    """Tell whether a more exact item of the same act says it better."""
    return not more_exact(item).isdisjoint(others)
