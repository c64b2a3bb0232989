"""The written forms of official numbers, where they stand in a text, and whose a form is.

Pure. What a number means is told in official_numbers.py.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import re2


class Form(NamedTuple):
    """One national form of an official number.

    needles: what every number of this form contains; it begins at most `back` characters before.
    """

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    back: int = 0


def form(needles: str, pattern: str, back: int = 0) -> Form:
    """Compile a form; needles are parted by bars."""
    return Form(tuple(needles.split("|")), re.compile(pattern, re.VERBOSE | re.ASCII), back)


FIRST_YEAR, LAST_YEAR = 1949, 2100
REACH = 120
"""Characters behind a needle that a number can reach."""

FORMS = (
    form("celex", r"celex:?\s*(?P<celex>\d{5}[a-z]{1,2}\d{4}(?:r?\(\d\d\))?)"),
    form("3", r"\b(?P<celex_bare>3(?:19|20)\d\d[rldhq]\d{4})\b"),
    form(
        "(eu|(ec|(eec|(cfsp",
        r"\((?:eu|ec|eec|cfsp|eu,\ euratom)\)\s*(?P<eu_no>no\.?\s*)?(?P<eu>\d{1,4}/\d{1,4})(?!/)",
    ),
    form(
        "regulation|decision|directive",
        r"\b(?:regulation|decision|directive)s?\s+(?P<eu_no>no\.?\s*)?"
        r"(?P<eu>\d{1,4}/\d{2,4})(?:/(?:eu|ec|eec|cfsp))?\b",
    ),
    form("com(|com (", r"\bcom\s?\((?P<com_year>20\d\d)\)\s*(?P<com>\d{1,4})\b"),
    form(
        "federalregister.gov",
        r"\bfederalregister\.gov/\S{0,60}?/(?P<fr_link>(?:[a-z]\d?-)?(?:19|20)\d\d-\d{3,6})\b",
    ),
    form(
        "doc|federal register",
        r"""\b(?:fr\s+doc(?:\.|ument)?(?:\s*(?:no|number)\b[.:]*)?
        |(?:rule\s+|fr\s+)?document(?:\s+(?:no\.?|number):?)?
        |federal\ register(?:\s+(?:doc(?:\.|ument)?|no\.?|number))*)[\s:#]*
        (?P<fr>(?:[a-z]\d?-)?(?:(?:19|20)\d\d|\d\d)-\d{1,6})\b""",
        back=8,
    ),
    form("20", r"\b(?P<fr_bare>20\d\d-\d{5})\b(?![-/]\d)"),
    form(
        " fr | fed",
        r"\b(?P<page_volume>\d{2,3})\s+(?:fr|fed\.?\s*reg\.?)\s+(?P<page>\d{1,3},\d{3}|\d{1,6})\b",
        back=4,
    ),
    form(
        "docket",
        r"""\bdocket\s*(?:(?:no|id|number|nos)\b\.?)?[\s:#]*
        (?P<docket>[a-z]{2,8}-\d{4}-[a-z0-9-]{2,9}|\d{6}-\d{4}|[a-z]-\d{3}-\d{3})\b""",
    ),
    form(
        "-20",
        r"""\b(?P<docket_bare>(?:bis|ita|ustr|doc|ofac|nhtsa|epa|fda|dos|treas|usitc|itc|uscbp|cbp)
        -20\d\d-\d{4})\b""",
        back=6,
    ),
    form("rin", r"\brin[\s:#]*(?P<rin>\d{4}-[a-z]{2}\d{2})\b"),
    form(
        "executive|eo|e.o",
        r"\b(?:executive\s+order|e\.?o\.?)\s*(?:no\.?\s*|number\s+)?(?P<order>1[0-9]{4})\b",
    ),
    form("proclamation", r"\bproclamation\s*(?:no\.?\s*)?(?P<proclamation>\d{4,5})\b"),
    form(
        "si 20|si20|si no|s.i|statutory|uksi",
        r"""\b(?:(?:uk\s+)?s\.?i\.?|statutory\s+instruments?|uksi)\s*(?:no\.?\s*)?
        (?P<si_year>20\d\d)(?:/|\s+no\.?\s*)(?P<si>\d{1,4})\b""",
        back=3,
    ),
    form(
        "h.|s.",
        r"\b(?P<bill>h\.\s?r\.|h\.\s?res\.|s\.)\s?(?P<bill_number>\d{1,5})\b(?!\.\d)",
    ),
    form(
        "public law|pub.",
        r"\b(?:public\s+law|pub\.\s*l\.)\s*(?:no\.?\s*)?(?P<public_law>\d{2,3}-\d{1,3})\b",
    ),
    form(
        "notification",
        r"\b(?:customs\s+notification\s+(?:no\.?\s*)?|notification\s+(?:no\.?\s*)?(?=\d+/20\d\d(?!-\d)))"
        r"(?P<customs>\d{1,3}/20\d\d)(?:\s?-\s?customs)?",
        back=8,
    ),
    form("f20", r"\b(?P<instrument>f20\d\d[ln]\d{5})\b"),
    form("gecex n", r"\bgecex\s+n\s?[º°o.]{1,2}\s*(?P<gecex>\d{1,4})\b"),
    form(
        "notification",
        r"\bnotification\s+(?:no\.?\s*)?(?P<notification>\d{1,3}/20\d\d(?:-\d{2,4})?)",
    ),
    form(
        "public notice|trade notice|policy circular",
        r"\b(?P<dgft>public\ notice|trade\ notice|policy\ circular)\s+(?:no\.?\s*)?(?P<dgft_no>\d{1,3}/20\d\d-\d{2})\b",
    ),
    form("da 2", r"\bda\s(?P<fcc>2\d-\d{2,4})\b(?!-)"),
    form("-ta-", r"\b(?P<commission>(?:337|701|731)-ta-\d{2,4})\b", back=3),
    form("a-|c-", r"\b(?P<dumping>[ac]-\d{3}-\d{3})\b(?!-)"),
    form("a9|b9|c9|d9|e9", r"\b(?P<eccn>\d[a-e]9\d\d)\b", back=1),
    form("c/20", r"\b(?P<journal>c/20\d\d/\d{3,5})\b"),
    form("fs.1|fsp.1", r"\bfsp?\.(?P<subsidies>1\d{5})\b"),
    form("s.o|g.s.r", r"\b(?P<gazette>(?:s\.\s?o|g\.\s?s\.\s?r)\.\s?\d{1,5})\b"),
    form("bti", r"\bbti[-/](?P<bti>20\d\d-\d{3,4})\b"),
    form("rus", r"\brus(?P<ofsi>\d{4})\b"),
    form(
        "-cp|tt-b|qd-", r"\b(?P<vietnam>\d{1,3}/20\d\d/(?:nd-cp|tt-b\w{1,4}|qd-\w{2,4}))\b", back=10
    ),
    form("sor/", r"\b(?P<sor>sor/20\d\d-\d{1,3})\b"),
    form(
        "cfr|c.f.r",
        r"\b(?P<cfr>\d{1,2}\s*(?:cfr|c\.f\.r\.)\s*(?:parts?\s*|§\s*)?\d{1,4})",
        back=4,
    ),
)

NOTICE_FORMS = (
    form(
        "announcement|order|notice|decree|circular",
        r"""
    \b(?P<kind>announcements?|orders?|notices?|decrees?|circulars?)\b\s*
    (?:\(?\[?(?P<year_first>(?:19|20)\d\d)\]?\)?\s*)?
    (?:(?:no|nos|number|numbers)\b\.?s?\s*|\#\s*)?
    (?P<first>\d{1,4})(?!\d)
    (?P<more>(?:\s*(?:,|and|&|,\s*and|to)\s*(?:no\.?\s*|\#)?\d{1,3}(?!\d)){0,99})
    (?:\s*,?\s*(?:of|in|/)?\s*[\(\[]?(?P<year_last>(?:19|20)\d\d)\b[\)\]]?)?
    """,
    ),
    form(
        "no",
        r"""
    \b(?:no|nos)\.?\s*(?P<first>\d{1,3})(?!\d)
    (?P<more>(?:\s*(?:,|and|&|,\s*and)\s*(?:no\.?\s*)?\d{1,3}(?!\d)){0,99})
    \s*(?:of|/|\()\s*(?P<year_last>20\d\d)\b
    """,
    ),
)

CHINESE = re.compile(
    r"""
    第\s?(?P<india>\d{1,3}/20\d\d-\d\d)\s?号|第\s?(?P<eu>20\d\d/\d{1,4})\s?号(?=(?:实施|授权|执行)?(?:条例|决定|法规))
    |(?P<code>[\u4e00-\u9fff]{2,8}?)[\[〔【(](?P<code_year>20\d\d)[\]〕】)]第?(?P<code_no>\d{1,4})号
    |(?P<kind>公告|令|通告|联合公告)?\s*[\[〔【(]?\s*(?P<year>(?:19|20)\d\d)\s*[\]〕】)]?\s*年?\s*第\s*(?P<no>[\d一二三四五六七八九十百〇零]{1,5})\s*号(?P<kind_after>公告|令|通告)?
    |(?P<kind3>公告|通告)\s*[\[〔【(]?\s*(?P<year3>20\d\d)\s*[\]〕】)]?\s*年?\s*(?P<no3>\d{1,4})\s*号
    |(?P<decree>国务院|主席)令第\s*(?P<decree_no>\d{1,4})\s*号
    |(?P<kind4>公告|令)?第?\s*(?<![\d年])(?P<no4>\d{1,4})\s*号(?P<after4>公告|令|文)
    |(?P<kind5>公告)\s*第?\s*(?P<no5>\d{1,4})\s*号
    |令和(?P<reiwa>\d{1,2})年(?P<ministry>[\u4e00-\u9fff]{2,6}省)(?P<form>令|告示)第\s*(?P<reiwa_no>\d{1,4})\s*号
    |(?:고시|공고)\s*제?\s*(?P<korea_year>20\d\d)\s*-\s*(?P<korea_no>\d{1,4})\s*호
    """,
    re.VERBOSE,
)
MORE_CHINESE = re.compile(r"[、,和及与]+\s*第\s*(\d{1,4})\s*号(?:公告)?")


LOOKS = re.compile(r"\(\?<?[!=](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)")
"""What a pattern only looks at; one group deep."""


def loosened(pattern: str) -> str:
    """Return a form as re2 can ask for it, which finds all that the form finds, and a little more.

    What only narrows it down is left out: lookarounds, and ends of words but at its beginning.
    """
    plain = LOOKS.sub("", re.sub(r"(?<!\\)\s+", "", pattern)).replace("\\ ", " ")
    plain = re.sub(r"\?P<\w+>", "?:", plain)
    plain = plain[:2] + plain[2:].replace(r"\b", "")
    # To re2 a vertical tab is no space.
    return re.sub(r"(?<!\[)\\s", r"[\\s\\v]", plain).replace(r"[\s:", r"[\s\v:")


ANY_FORM: Any = re2.compile(
    "|".join(loosened(one.pattern.pattern) for one in (*FORMS, *NOTICE_FORMS))
)


def may_hold_form(folded: str) -> bool:
    """Tell in one pass whether a text can hold a number of FORMS or NOTICE_FORMS: few do."""
    return ANY_FORM.search(folded.encode("utf-8", "replace")) is not None


def occurrences(forms: Sequence[Form], folded: str) -> list[re.Match[str]]:
    """Return where the forms stand in a text, by place: at each place the first form that fits.

    Each is tried only where one of its needles is, so that a text without numbers costs nothing.
    """
    found: list[tuple[int, int, re.Match[str]]] = []
    for rank, (needles, pattern, back) in enumerate(forms):
        for needle in needles:
            at = folded.find(needle)
            while at >= 0:
                if back:
                    match = pattern.search(folded, max(0, at - back), at + REACH)
                else:
                    match = pattern.match(folded, at)
                if match:
                    found.append((match.start(), rank, match))
                at = folded.find(needle, at + 1)
    found.sort(key=lambda one: one[:2])
    end, kept = 0, []
    for start, _, match in found:
        if start >= end:
            kept.append(match)
            end = match.end()
    return kept


UNION = re.compile(
    r"\b(?:e\.?[uc]\b|eec\b|europe|brussels|commission\b|council\b|implementing\sreg|delegated\sreg"
    r"|833/2014|269/2014|765/2006|267/2012|428/2009)|欧盟|欧委会|欧洲"
)
"""What tells that the Union is meant: a name of it, or a number that everybody knows."""
NATIONAL = re.compile(
    r"\b(?:ministerial|minister's|ministry|government|presidential|president's|governor's|cabinet)\s$"
)
"""Before a regulation that is no Union's: Government Regulation 28/2025."""
YEAR_AHEAD = 2015
"""The year since which the Union's acts have their year before the number: Regulation 2021/821."""


def european(match: re.Match[str], folded: str) -> bool:
    """Tell whether a bare Regulation 833/2014 is the Union's: others number theirs like that too."""
    first, second = (int(part) for part in match["eu"].split("/"))
    if YEAR_AHEAD <= first <= LAST_YEAR:
        return not NATIONAL.search(folded, max(0, match.start() - 20), match.start())
    if FIRST_YEAR <= second <= LAST_YEAR:
        own = match[0].endswith(("/eu", "/ec", "/eec", "/cfsp"))
        return own or (second < YEAR_AHEAD and UNION.search(folded) is not None)
    return True


SENATE = re.compile(r"\b(?:senat|congress|bill\b|lawmaker|sponsor|h\.\s?r\.)|参议院|国会|法案|议员")
SECTIONS = ("122", "201", "232", "301", "337", "421")


def senate_bill(match: re.Match[str], folded: str) -> bool:
    """Tell whether "s. 26" is a bill of the Senate rather than a section of some law."""
    number = match["bill_number"]
    if len(number) >= 3 and number not in SECTIONS:
        return True
    return SENATE.search(folded) is not None


CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
CHINESE_PLACES = {"十": 10, "百": 100, "千": 1000}


def chinese_integer(raw: str) -> int:
    """Read 61, 六十一, 一百零二, or 六一 sign by sign; below 10,000 in characters."""
    if not any(character in CHINESE_PLACES for character in raw):
        return int("".join(str(CHINESE_DIGITS.get(character, character)) for character in raw))
    total, digit = 0, 0
    for character in raw:
        if character in CHINESE_PLACES:
            total += (digit or 1) * CHINESE_PLACES[character]
            digit = 0
        else:
            digit = CHINESE_DIGITS.get(character, 0)
    return total + digit


LAWMAKERS = {
    "EO": "White House",
    "Proclamation": "White House",
    "H.R.": "Congress",
    "S.": "Congress",
}


def lawmaker(canonical: str) -> str | None:
    """Return the authority that only a number of this form can come from."""
    return LAWMAKERS.get(canonical.partition(" ")[0])


def rests_on(canonical: str, authority: str) -> bool:
    """Tell whether a number is only what an authority rests on: OFAC's listings, on an order."""
    return canonical.startswith("EO ") and authority in ("OFAC", "Treasury", "State")


NATIONS = {
    "UK": "GB", "EU": "EU", "COM": "EU", "FR": "US", "Docket": "US", "RIN": "US", "EO": "US", "Proclamation": "US",
    "H.R.": "US", "S.": "US", "Pub.": "US", "DGFT": "IN", "India": "IN", "AU": "AU", "Gecex": "BR",
    "FCC": "US", "Case": "US", "ECCN": "US", "FS": "EU", "BTI": "NL", "OFSI": "GB", "VN": "VN",
}  # fmt: skip


def nation_of(canonical: str) -> str | None:
    """Return the jurisdiction that only a number of this form can come from."""
    if canonical.startswith("SOR/"):
        return "CA"
    return "US" if " CFR " in canonical else NATIONS.get(canonical.partition(" ")[0])
