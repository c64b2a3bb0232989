"""Official numbers of policy acts in their national forms, each brought to one canonical form.

Pure. A number is the act's own, or a reference: a law that the act rests on, cites, amends or
undoes.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from alerts.reader.number_forms import (
    CHINESE,
    FIRST_YEAR,
    FORMS,
    LAST_YEAR,
    MORE_CHINESE,
    NOTICE_FORMS,
    chinese_integer,
    european,
    may_hold_form,
    occurrences,
    senate_bill,
)
from alerts.reader.terms import Agency, Hit

Role = Literal["own", "undone", "cited", "ground"]


@dataclass(frozen=True, slots=True)
class Number:
    """One official number.

    rank: 0 names the act itself (announcement, regulation, order), 1 its publication (FR
        document), 2 a page, 3 a docket, 4 a regulation identifier; the smallest wins.
    law: of a kind that is often cited as the legal basis (EU regulation, executive order).
    """

    start: int
    end: int
    canonical: str
    rank: int
    role: Role
    law: bool = False


DIGITS = re.compile(r"\d+")


UNDOING = re.compile(
    r"(?:suspend\w*|suspension of|rescind\w*|revok\w*|repeal\w*|withdraw\w*|supersed\w*|supersession of|replac\w*|mentioned in|contained in|notified (?:by|vide|under)|modification of"
    r"|set out in|first announced in|had announced in|imposed (?:by|in|under)|terminat\w*|lift\w*"
    r"|amendment to|published (?:on|in) [^.]{0,30}\(|correct\w*|in rule document"
    r"|延长|推迟|延期|暂缓|更正|暂停[^。;]{0,8}|废止|撤销|取消|修订|修改|中止|停止[^。;]{0,6}|此前|曾|替代)[^.;。]{0,45}$"
)
GROUND = re.compile(
    r"(?:pursuant to|in accordance with|in compliance with|consistent with|(?:directed|required) by|\bsections? [\d.()a-z]+ of|based on|basis|within the meaning of|referred to in"
    r"|laid down in|authority of|see also|as defined in|annex i+v? (?:to|of)|违反|对照)[^.;。]{0,40}$"
)
"""Words before what an act rests on or is measured by, which is another act."""

CITING = re.compile(
    r"(?:amending|amends|amended by|under|implementing (?!regulation|decision)|\d{4},? (?:and )?implementing "
    r"|根据|依据|依照|按照|按|修订|修改)[^.;。]{0,40}$"
    r"|(?:notice|circular|faqs?|clarification|corrigendum|addendum|amendment|erratum)\b[^;。]{0,40}\s(?:on|to|of|for|regarding|concerning)\s$"
    r"|\d\)?\s(?:on|to|under)\s$"
)
"""Words that may also name the act that is reported: exports need a permit under it."""


def find_numbers(
    folded: str, hits: Sequence[Hit], agencies: dict[str, Agency], *, year: int
) -> list[Number]:
    """Return the official numbers in a folded text, by place.

    hits: the text's terms; an announcement takes its issuer from the authority before it.
    year: of the post, for announcements that name none.
    """
    latin, han = may_hold_form(folded), "号" in folded or "호" in folded
    if not latin and not han and "mofcom" not in folded:
        return []
    issuers: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        if hit.kind == "authority":
            issuers[agencies[hit.value].jurisdiction].append(hit)
    found = list(latin_numbers(folded)) if latin else []
    if han:
        found += chinese_numbers(folded, issuers, year)
    if latin:
        found += notice_numbers(folded, issuers["CN"], year)
    found += [
        Number(
            hit.start,
            match.end(),
            f"{hit.value} {year}-{int(match[1])}",
            0,
            role_of(folded, hit.start),
        )
        for hit in issuers["CN"]
        if folded.startswith("mofcom", hit.start) and (match := BARE_NUMBER.match(folded, hit.end))
    ]
    found.sort(key=lambda number: (number.start, -number.end))
    return headed(without_overlaps(found), folded)


HEAD = 60
"""Characters into a text in which the number stands that is its title."""
TITLED = re.compile(
    r"[\])]?\s*(?:[:\n(–—]|-\s|\s-|,?\s(?:of|dated)\s\w|关于|correcting\b|amending\b|extending\b|on\s|for\s|$)"
)
"""What stands behind such a number: a colon, the end of the line, what the act is on."""


def headed(numbers: list[Number], folded: str) -> list[Number]:
    """Make references of the numbers below a title that is one number's alone, of its series.

    A body that cites a notice without a word for it speaks of what that did: the date in
    Notification No. 23 shall be read as.
    """
    if len(numbers) < 2 or numbers[0].start > HEAD or numbers[0].role != "own":
        return numbers
    first, line = numbers[0], folded.find("\n")
    if line < first.end or not TITLED.match(folded, first.end):
        return numbers
    beside = any(one.role == "own" and one.canonical != first.canonical and one.start < line
                 and one.rank == first.rank for one in numbers)  # fmt: skip
    if beside:
        return numbers
    return [
        replace(one, role="cited")
        if one.role == "own" and one.rank == first.rank and one.canonical != first.canonical
        else one
        for one in numbers
    ]


BARE_NUMBER = re.compile(
    r"(?:'s)?\s(?:no\.?\s?)?(\d{1,3})(?=[.,:;)!?]\D|[.,:;)!?]?$|\n|\s(?:twice|again|is|says|said|means|covers|takes|explained|in plain|out|and\s\d"
    r"|bans|wants|asks|does|doesn't|has|for dummies|today|kicks|bites|applies|of 20\d\d)\b)"
)
"""What a ministry's announcement goes by in talk: MOFCOM 81, read twice."""


def within(numbers: Sequence[Number], at: int) -> bool:
    """Tell whether a place stands inside one of a text's numbers, which are in order."""
    before = bisect_right(numbers, at, key=lambda number: number.start)
    return before > 0 and at < numbers[before - 1].end


def without_overlaps(numbers: Sequence[Number]) -> list[Number]:
    """Drop a number that stands inside another."""
    kept: list[Number] = []
    for number in numbers:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def role_of(folded: str, start: int) -> Role:
    """Tell from the words before a number in its sentence what it is there for."""
    before = re.split(r"[.!?]\s|[。?!\n]", folded[max(0, start - 70) : start])[-1]
    if GROUND.search(before):
        return "ground"
    if CITING.search(before):
        return "cited"
    if UNDOING.search(before):
        return "undone"
    return "own"


def latin_numbers(folded: str) -> Iterator[Number]:
    """Yield the numbers whose form names their issuer."""
    for match in occurrences(FORMS, folded):
        read = read_latin(match, folded)
        if read is None:
            continue
        canonical, rank, law = read
        role: Role = "cited" if rank == CITED_ONLY else role_of(folded, match.start())
        said = SIGNED.search(folded, max(0, match.start() - 24), match.start())
        if canonical.startswith(ORDERS) and match.start() > LEAD and not said:
            # A president's own order is what its text opens with; agencies act on it for years.
            role = "ground"
        yield Number(match.start(), match.end(), canonical, rank, role, law)


CITED_ONLY = 9

ORDERS = ("EO ", "Proclamation ")

SIGNED = re.compile(r"(?:(?:^|[.!?\n]\s*)(?:by )?|\bsign(?:s|ed) |\bissue[sd] )(?:presidential )?$")
"""What stands before an order that the text is on, however far below."""

LEAD = 250
"""Characters into a text in which its news stands."""


Read = tuple[str, int, bool]
"""Canonical form, rank, and whether it is of a kind that serves as legal basis."""


def read_latin(match: re.Match[str], folded: str) -> Read | None:
    """Bring one match to its canonical form; None for a false friend."""
    form = match.lastgroup or ""
    if form == "fr_bare" and not federal_context(folded, match.start()):
        return None
    if form == "eu" and match[0][0] != "(" and not european(match, folded):
        return None
    if form == "bill_number" and match[0].startswith("s.") and not senate_bill(match, folded):
        return None
    return LATIN_FORMS[form](match)


def read_eu(match: re.Match[str]) -> Read | None:
    """Read an EU number with or without "No", which tells the order of its parts."""
    pair, numbered = match["eu"], bool(match["eu_no"])
    canonical = eu_number(pair, numbered=numbered)
    return (canonical, 0, True) if canonical else None


def read_bill(match: re.Match[str]) -> Read:
    """Read a bill or resolution of Congress."""
    chamber = match["bill"].upper().replace(" ", "").replace("H.RES.", "H.Res.")
    return f"{chamber} {match['bill_number']}", 0, False


LATIN_FORMS: dict[str, Callable[[re.Match[str]], Read | None]] = {
    "celex": lambda m: (celex_number(m["celex"].upper()), 0, True),
    "celex_bare": lambda m: (celex_number(m["celex_bare"].upper()), 0, True),
    "eu": read_eu,
    "com": lambda m: (f"COM {m['com_year']}/{m['com']}", 0, False),
    "fr": lambda m: (f"FR {unpad(m['fr'].upper())}", 1, False),
    "fr_link": lambda m: (f"FR {unpad(m['fr_link'].upper())}", 1, False),
    "fr_bare": lambda m: (f"FR {unpad(m['fr_bare'])}", 1, False),
    "page": lambda m: (f"{m['page_volume']} FR {m['page'].replace(',', '')}", 2, False),
    "docket": lambda m: (f"Docket {m['docket'].upper()}", 3, False),
    "docket_bare": lambda m: (f"Docket {m['docket_bare'].upper()}", 3, False),
    "rin": lambda m: (f"RIN {m['rin'].upper()}", 4, False),
    "order": lambda m: (f"EO {m['order']}", 0, True),
    "proclamation": lambda m: (f"Proclamation {m['proclamation']}", 0, True),
    "si": lambda m: (f"UK SI {m['si_year']}/{m['si']}", 0, True),
    "bill_number": read_bill,
    "public_law": lambda m: (f"Pub. L. {m['public_law']}", 0, True),
    "notification": lambda m: (f"DGFT {m['notification']}", 0, False),
    "dgft_no": lambda m: (f"DGFT {m['dgft'].title()} {m['dgft_no']}", 0, False),
    "customs": lambda m: (f"India Customs {m['customs']}", 0, True),
    "instrument": lambda m: (f"AU {m['instrument'].upper()}", 0, True),
    "gecex": lambda m: (f"Gecex {m['gecex']}", 0, True),
    "sor": lambda m: (m["sor"].upper(), 0, True),
    "fcc": lambda m: (f"FCC DA {m['fcc']}", 1, False),
    "commission": lambda m: (f"Case {m['commission'].upper()}", CITED_ONLY, True),
    "dumping": lambda m: (f"Case {m['dumping'].upper()}", CITED_ONLY, True),
    "eccn": lambda m: (f"ECCN {m['eccn'].upper()}", CITED_ONLY, True),
    "journal": lambda m: (f"EU {m['journal'].upper()}", CITED_ONLY, True),
    "subsidies": lambda m: (f"FS {m['subsidies']}", CITED_ONLY, True),
    "gazette": lambda m: (f"India {m['gazette'].upper()}", CITED_ONLY, True),
    "bti": lambda m: (f"BTI {m['bti']}", CITED_ONLY, True),
    "ofsi": lambda m: (f"OFSI RUS{m['ofsi']}", CITED_ONLY, True),
    "vietnam": lambda m: (f"VN {m['vietnam'].upper()}", CITED_ONLY, True),
    "cfr": lambda m: (cfr_part(m["cfr"]), CITED_ONLY, True),
}


def federal_context(folded: str, start: int) -> bool:
    """Tell whether a bare 2026-23456 stands where only a Federal Register number would."""
    near = folded[max(0, start - 60) : start + 60]
    return bool(
        re.search(
            r"federal register|\bfed\.? ?reg|联邦公报|联邦纪事|文件号|\bfr\b|\bdoc\b|public inspection|\bbis\b|\bofac\b|\brule\b|\bnotice\b",
            near,
        )
    )


def unpad(number: str) -> str:
    """Drop the zeros that pad the last part: 2012-07333 and 2012-7333 are one document."""
    head, _, tail = number.rpartition("-")
    return f"{head}-{tail.lstrip('0') or '0'}"


def eu_number(pair: str, *, numbered: bool) -> str | None:
    """Bring 2021/821 and No 428/2009 to "EU year/number"; None where neither part is a year."""
    first, second = (int(part) for part in pair.split("/"))
    if second < 100 and numbered:
        second += 1900
    year_first = FIRST_YEAR <= first <= LAST_YEAR
    year_second = FIRST_YEAR <= second <= LAST_YEAR
    if year_second and (numbered or not year_first):
        return f"EU {second}/{first}"
    return f"EU {first}/{second}" if year_first else None


def celex_number(celex: str) -> str:
    """Bring a CELEX number of an act to the form of its title; keep any other as it is."""
    match = re.fullmatch(r"3(\d{4})[RLDQH](\d{4}).*", celex)
    if match:
        return f"EU {match[1]}/{int(match[2])}"
    proposal = re.fullmatch(r"5(\d{4})PC(\d{4})", celex)
    return f"COM {proposal[1]}/{int(proposal[2])}" if proposal else f"CELEX {celex}"


def cfr_part(raw: str) -> str:
    """Bring "15 C.F.R. Part 744" to "15 CFR 744"."""
    title, part = re.findall(r"\d+", raw)
    return f"{title} CFR {part}"


def issuer_of(start: int, issuers: Sequence[Hit]) -> str | None:
    """Return who issued the announcement at start: the first of the nearest group before it.

    issuers: the authorities of its jurisdiction in the text. Joint announcements (商务部
    海关总署公告) count under their first issuer. Without one before it, the text's first.
    """
    first = bisect_left(issuers, start - 60, key=lambda hit: hit.end)
    before = issuers[first : bisect_right(issuers, start, key=lambda hit: hit.end)]
    if not before:
        return issuers[0].value if issuers else None
    chosen = before[-1]
    for hit in reversed(before[:-1]):
        if chosen.start - hit.end > 3:
            break
        chosen = hit
    return chosen.value


def notice_numbers(folded: str, issuers: Sequence[Hit], year: int) -> Iterator[Number]:
    """Yield announcements and orders of Chinese ministries that are named in English."""
    if "no" not in folded and "announcement" not in folded:
        return
    for match in occurrences(NOTICE_FORMS, folded):
        named = match.groupdict()
        issuer = issuer_of(match.start(), issuers)
        kind = named.get("kind") or ""
        if issuer is None or kind.startswith("circular"):
            continue
        dated = named.get("year_first") or named["year_last"]
        if kind and not dated and "no" not in match[0] and not kind.startswith("announcement"):
            continue
        of_year = dated or str(year)
        order = " Order" if kind.startswith(("order", "decree")) else ""
        role = role_of(folded, match.start())
        start = match.start()
        for value in DIGITS.finditer(folded, match.start("first"), match.end("more")):
            canonical = f"{issuer}{order} {of_year}-{int(value[0])}"
            yield Number(start, value.end(), canonical, 0, role)
            start = value.end()


def chinese_numbers(
    folded: str, issuers: Mapping[str, Sequence[Hit]], year: int
) -> Iterator[Number]:
    """Yield the numbers written with 号 (or 호), lists of them included."""
    at = 0
    for match in CHINESE.finditer(folded):
        if match.end() <= at:
            continue  # of a list that is read already
        read = read_chinese(match, issuers, year)
        if read is None:
            continue
        prefix, of_year, number = read
        joint = "" if of_year is None else f"{of_year}-"
        role = role_of(folded, match.start())
        canonical = prefix if number is None else f"{prefix} {joint}{number}"
        yield Number(match.start(), match.end(), canonical, 0, role)
        at = match.end()
        while number is not None and of_year and (more := MORE_CHINESE.match(folded, at)):
            yield Number(more.start(), more.end(), f"{prefix} {joint}{int(more[1])}", 0, role)
            at = more.end()


def read_chinese(
    match: re.Match[str], issuers: Mapping[str, Sequence[Hit]], year: int
) -> tuple[str, int | None, int | None] | None:
    """Return issuer and form, year and number of one match; None for a house or a bus."""
    found = match.groupdict()
    if found["india"] or found["eu"]:
        return f"DGFT {found['india']}" if found["india"] else f"EU {found['eu']}", None, None
    if found["code_no"]:
        if not found["code"].endswith(("公告", "令", "通告", "第", "就", "关于", "根据", "对")):
            return f"{found['code']}〔{found['code_year']}〕{int(found['code_no'])}号", None, None
        found["year3"], found["no3"] = found["code_year"], found["code_no"]
    if found["decree_no"]:
        body = {"国务院": "State Council", "主席": "Presidential"}[found["decree"]]
        return f"{body} Order", None, int(found["decree_no"])
    if found["reiwa_no"]:
        ministry = "METI" if found["ministry"].startswith("经济产业") else found["ministry"]
        form = "Ordinance" if found["form"] == "令" else "Notice"
        return f"{ministry} {form}", 2018 + int(found["reiwa"]), int(found["reiwa_no"])
    if found["korea_no"]:
        issuer = issuer_of(match.start(), issuers.get("KR", ()))
        return (issuer or "KR", int(found["korea_year"]), int(found["korea_no"]))
    issuer = issuer_of(match.start(), issuers.get("CN", ()))
    raw = found["no"] or found["no3"] or found["no4"] or found["no5"]
    if issuer is None or raw is None:
        return None
    order = "令" in (found["kind"], found["kind_after"], found["kind4"], found["after4"])
    named = found["year"] or found["year3"]
    return f"{issuer} Order" if order else issuer, int(named or year), chinese_integer(raw)


def own_number(numbers: Sequence[Number], year: int) -> Number | None:
    """Return the number that is clearly the act's own; None where several claim to be.

    A docket or a page beside a document number is no rival. A number that is only undone
    (suspended, withdrawn) is the act's own if it is alone, and so is a cited one unless it is of
    a kind that serves as legal basis; what is given as the act's ground never is.
    """
    for role in ("own", "undone", "cited"):
        mine = [n for n in numbers if n.role == role and n.rank != CITED_ONLY]
        if role != "own":
            mine = [number for number in mine if not (number.law and basis(number, year))]
        if not mine:
            continue
        best = min(number.rank for number in mine)
        chosen = [number for number in mine if number.rank == best]
        return chosen[0] if len({n.canonical for n in chosen}) == 1 else None
    return None


def basis(number: Number, year: int) -> bool:
    """Tell whether a cited law is old enough, or of unknown age, to be no news itself."""
    named = re.search(r"\b(20\d\d)[/-]", number.canonical)
    return named is None or int(named[1]) < year - 1
