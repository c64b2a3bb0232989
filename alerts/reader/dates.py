"""Dates that a text names, and what happens on them: the act is published, or takes effect.

Pure. Relative dates are resolved against the day of the post in the authority's time zone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from alerts.reader.terms import Words

Purpose = Literal["effective", "published", "other"]

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thurs", "friday fri",
         "saturday sat", "sunday sun")
    )
    for name in names.split()
}  # fmt: skip
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAY = r"\d{1,2}(?:st|nd|rd|th)?"

LATIN = re.compile(
    rf"""
    \b(?=[\dabdefijlmnostuwy])(?:
    (?P<iso_year>\d{{4}})[-/.](?P<iso_month>\d\d?)[-/.](?P<iso_day>\d\d?)\b
    |(?P<part>\d\d?)/(?P<part2>\d\d?)/(?P<slash_year>20\d\d)\b
    |(?P<nth>{DAY})\s+of\s+next\s+month\b
    |(?P<day>{DAY})\s+(?:of\s+)?(?P<month>{MONTH})\b(?:\.?,?\s+(?P<year>\d{{4}})\b)?
    |(?P<month2>{MONTH})\b\.?\s+(?P<day2>{DAY})\b(?!:)(?:,?\s+(?P<year2>\d{{4}})\b)?
    |(?:(?P<which>next|last|this|(?:starts?|starting|begins?|beginning|takes?\ effect|kicks?\ in|into\ (?:force|effect))(?:\ on)?
       |on|from|by|late|until)\s+)?
     (?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b
    |(?P<word>today|tomorrow|yesterday|tonight|this\smorning|immediately|immediate\seffect|at\sonce|(?<=effective\s)now)\b
    |(?P<next_month>beginning\sof\snext\smonth|start\sof\snext\smonth)\b
    )
    """,
    re.VERBOSE | re.ASCII,
)
MARKS = frozenset(
    [
        *MONTHS,
        *WEEKDAYS,
        "today",
        "tomorrow",
        "yesterday",
        "tonight",
        "morning",
        "immediately",
        "immediate",
        "once",
        "now",
        "month",
    ]
)
NUMERIC = re.compile(r"\d[-/.]\d")
"""What dates have: one of these words, or digits so joined."""
BEFORE, AFTER = 24, 32
"""Characters around such a word that a date can reach."""
CHINESE = re.compile(
    r"""
    (?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]
    |(?P<new_year>明年元旦|元旦)(?=起|开始|施行|实施|生效|前)
    |(?:(?P<rel_year>明年|今年|去年)\s*)?(?P<month2>\d{1,2})\s*月\s*(?P<day2>\d{1,2})\s*[日号]
    |(?P<rel_month>下月|下个月|本月|次月)\s*(?P<day3>\d{1,2})\s*[日号]
    |(?<![至到一两三每])(?P<which_week>上|下下?|本|这)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![年周线至到、]|边|报|刊|末)
    |(?<![\d月年第])(?P<day4>\d{1,2})日(?!内|前|起?[^\u4e00-\u9fff]*天)
    |(?P<word>今日|今天|今(?=起|公告|上路|生效|宣布|发布|施行|实施)|即日|即时(?=生效)|即刻(?=生效)|(?:公布|发布|见报|签署)后?即(?=生效|施行|实施|执行)|明日|明天|昨日|昨天|后天|本日|(?:公布|发布|印发|颁布|签署|公告|通知)之日(?!起\s?\d))
    """,
    re.VERBOSE,
)

EFFECT_BEFORE = re.compile(
    r"(?:effective|effect|in force|into force|appl(?:y|ies)|applicable|kicks? in|begin(?:s|ning)?"
    r"|start(?:s|ing|ed)?(?: date)?:?|as of|as from|from|force:?|since|need [^.]{0,20} from"
    r"|postponed [^.]{0,60} to|delayed [^.]{0,60} (?:to|until)|pushed [^.]{0,25} to|deferred [^.]{0,40} to"
    r"|delays? [^.]{0,60} to|postpones? [^.]{0,60} to|until|on|自|从|至|到|推迟[^。]{0,20}|改为|延[期后至][^。]{0,15})"
    r"(?: date)?(?: is| are| on| from| as of| of| as from| at| today,)?[:,]?"
    r"(?: ?\d\d?[:.]\d\d ?(?:a\.?m\.?|p\.?m\.?)?(?: (?!on )\w+){0,3}(?: on)?)?[ (]*$"
)
EFFECT_WORDS = re.compile(r"effect|force|appl|start|begin|kick|自|从|from|as of|since")
MOVED_WORDS = re.compile(
    r"postpon|delay|push|defer|put off|moved|推迟|延期|延后|延至|暂缓|改为|改到|推后|顺延"
)
READ_AS = re.compile(r"\bread\s(?:as\s)?[\"'“]?$")
IN_PLACE = re.compile(r"[\"'”]?,?\s(?:in\splace|instead)\sof\b")
"""Around the day that a correction puts in the place of another."""
CITED_BEFORE = re.compile(
    r"\b(?:rules?|notices?|orders?|letters?|decisions?|measures?|deal|bill|announcements?)\s(?:that\s\w+\s|the\s\w+\s)?"
    r"(?:was\s|were\s)?(?:published|issued|announced|of|dated|approved|adopted)\s(?:on\s)?$|\bcited\s$"
)
CITED_AFTER = re.compile(r"\s*(?:公布|发布|实施|宣布|出台|印发)的")
OTHER_BEFORE = re.compile(
    r"(?:until|till|through|thru|to|by|before|expires?(?: at [^,]{0,20})?(?: on)?|ends?(?: on)?|ending"
    r"|no later than|not later than|deadline(?: is| of)?:?|due(?: by| on)?|comments? (?:are )?due|between|and"
    r"|end date|截止(?:日期)?为?|截至|至|到|于?[^,。]{0,6}之?前)[ :(]*$"
)
AFTER_EFFECT = re.compile(
    r"^\s*(?:0时|零时|00:00)?\s*(?:就|即|已|将)?(?:起|开始(?!磋商|谈判|讨论|会谈|审议|投票)|正式|生效|施行|实施|执行|takes? effect|start)"
)
PRICED = re.compile(
    r"\b(?:up|down|rose|fell|higher|lower|gained|lost|dropped|climbed|jumped|slid)\b[^.;,]{0,24}\s$"
)
"""Before a day that a price is only compared with: up $90 from Friday."""
AFTER_OTHER = re.compile(r"^\s*(?:前|之前|以前|截止|为止|止|到期|deadline)")
PUBLISHED_AROUND = re.compile(
    r"said|announc|publish|issued?|released|unveil|adopted|approved|finali[sz]ed|signed|imposed|added|placed"
    r"|fined|charged|confirmed|told|ruled|voted|postponed|dated|made|filed|tightened|widened|opened|launched"
    r"|suspended|withdrew|lifted|revoked|banned|sanctioned|barred|ordered|settled|sentenced|denied|designated"
    r"|发布|公布|宣布|表示|公告|印发|决定|通过|称|说|否认|签署|就|消息|将|对|列入|通报|约谈|发出|回应"
)
REGULATION_OF = re.compile(
    r"(?:\d{1,4}/\d{1,4}(?:/\w+)?|order \d{5}|proclamation \d{4,5}|no\.? \d+) of $"
)

OLD = timedelta(days=120)
"""What happened longer before the post is history, not its news."""

FARTHEST = timedelta(days=366 * 30)
"""A date farther than that from the post (9999-12-31: open-ended) says nothing of an act."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A day that a text names.

    exact: the text gave the year. by_publication: it is given as the day of publication.
    """

    start: int
    end: int
    day: date
    purpose: Purpose
    exact: bool
    by_publication: bool = False


def find_dates(folded: str, words: Words, today: date) -> list[Dated]:
    """Return the days that a folded text names and what each is, by place.

    words: the text's Latin words; today: the day of the post where the authority is.
    """
    found = [*latin_dates(folded, words, today), *chinese_dates(folded, today)]
    kept = []
    for start, end, day, exact, relative in found:
        if abs(day - today) > FARTHEST:
            continue
        purpose = purpose_of(folded, start, end, relative=relative)
        if not exact and not RETROACTIVE.search(folded, max(0, start - 18), start):
            day = settle_year(day, today, purpose, relative=relative)
        kept.append(Dated(start, end, day, purpose, exact, folded.endswith("之日", start, end)))
    kept.sort(key=lambda dated: dated.start)
    return kept


Found = tuple[int, int, date, bool, bool]


def latin_dates(folded: str, words: Words, today: date) -> Iterator[Found]:
    """Yield place, day, whether the year was given, and whether it was relative."""
    for start, end in around_marks(folded, words):
        while end < len(folded) and folded[end].isalnum():
            end += 1
        for match in LATIN.finditer(folded, start, end):
            day, exact, relative = latin_day(match, today)
            if day is not None:
                yield match.start(), match.end(), day, exact, relative


def around_marks(folded: str, found: Words) -> list[list[int]]:
    """Return the stretches of a text that may have dates, by their marks."""
    edges = found.edges
    marks = [
        (edges[2 * at], edges[2 * at + 1]) for at, word in enumerate(found.words) if word in MARKS
    ]
    marks += [match.span() for match in NUMERIC.finditer(folded)]
    marks.sort()
    stretches: list[list[int]] = []
    for start, end in marks:
        if stretches and start - BEFORE <= stretches[-1][1]:
            stretches[-1][1] = end + AFTER
        else:
            stretches.append([max(0, start - BEFORE), end + AFTER])
    return stretches


def latin_day(match: re.Match[str], today: date) -> tuple[date | None, bool, bool]:
    """Return the day of one match, whether its year was given, and whether it was relative."""
    found = match.groupdict()
    if found["iso_year"]:
        day = make_date(found["iso_year"], found["iso_month"], found["iso_day"])
        return day, True, False
    if found["slash_year"]:
        return slashed(int(found["part"]), int(found["part2"]), found["slash_year"]), True, False
    month = found["month"] or found["month2"]
    if month:
        number = digits(found["day"] or found["day2"])
        year = found["year"] or found["year2"]
        return make_date(year or today.year, MONTHS[month], number), bool(year), False
    if found["weekday"]:
        weekday = WEEKDAYS[found["weekday"]]
        back = (today.weekday() - weekday) % 7
        which = found["which"] or ""
        begun = match.string.endswith(("entered ", "came ", "went "), 0, match.start())
        if which.startswith(BEGINNING) and not begun:
            return today + timedelta(days=-back % 7), True, True
        if which in ("next", "by", "until"):
            return today + timedelta(days=-back % 7 or 7), True, True
        return today - timedelta(days=back), True, True
    if found["nth"]:
        first = today.replace(day=1) + relativedelta(months=1)
        return make_date(first.year, first.month, digits(found["nth"])), True, True
    if found["next_month"]:
        return today.replace(day=1) + relativedelta(months=1), True, True
    shift = {"tomorrow": 1, "yesterday": -1}.get(found["word"], 0)
    return today + timedelta(days=shift), True, True


BEGINNING = ("from", "start", "begin", "take", "kick", "into")
"""Words before a weekday on which something begins: today, if today is such a day, or soon."""


def slashed(first: int, second: int, year: str) -> date | None:
    """Return the day of 03/17/2026 or 17/03/2026; None where either could be the month."""
    if first > 12 or first == second:
        return make_date(year, second, first)
    return make_date(year, first, second) if second > 12 else None


def chinese_dates(folded: str, today: date) -> Iterator[Found]:
    """Yield place, day, whether the year was given, and whether it was relative."""
    if not any(sign in folded for sign in "日号天今旦周星礼即"):
        return
    for match in CHINESE.finditer(folded):
        found = match.groupdict()
        exact, relative = True, False
        if found["year"]:
            day = make_date(found["year"], found["month"], found["day"])
        elif found["new_year"]:
            day = make_date(today.year + 1, 1, 1)
        elif found["month2"]:
            shift = {"明年": 1, "去年": -1}.get(found["rel_year"] or "", 0)
            exact = bool(found["rel_year"])
            day = make_date(today.year + shift, found["month2"], found["day2"])
        elif found["day3"]:
            later = 0 if found["rel_month"] == "本月" else 1
            month = today.replace(day=1) + relativedelta(months=later)
            day, relative = make_date(month.year, month.month, found["day3"]), True
        elif found["weekday"]:
            day = weekday_zh(match, today)
        elif found["day4"]:
            day, relative, exact = make_date(today.year, today.month, found["day4"]), True, False
        else:
            word = found["word"]
            shift = {"明": 1, "昨": -1, "后": 2}.get(word[0], 0)
            day, relative = today + timedelta(days=shift), True
        if day is not None:
            yield match.start(), match.end(), day, exact, relative


AHEAD_ZH = re.compile(r"(?:早间|零时|0时|凌晨)?(?:起|开始|生效|施行|将|投票|表决)")
"""Behind a weekday that is to come, unless it says which week's."""


def weekday_zh(match: re.Match[str], today: date) -> date:
    """Return the day of 周二: the last one, or the next where something begins on it."""
    number = "一二三四五六日天".index(match["weekday"]) % 7 if match["weekday"] != "天" else 6
    monday = today - timedelta(days=today.weekday())
    weeks = {"上": -1, "下": 1, "下下": 2, "本": 0, "这": 0}.get(match["which_week"] or "")
    if weeks is not None:
        return monday + timedelta(days=number, weeks=weeks)
    back = (today.weekday() - number) % 7
    if AHEAD_ZH.match(match.string, match.end()):
        return today + timedelta(days=-back % 7)
    return today - timedelta(days=back)


RETROACTIVE = re.compile(r"追溯(?:至|到|自)?$|\bretroactive(?:ly)?\s(?:to|from)\s$")
"""Before a day that has gone by, however long ago."""
YEAR = re.compile(r"(?:19|20)\d\d")
PAST_MONTH = re.compile(
    rf"\b(?:in|since|from)\s+(?:(?P<month>{MONTH})\s+)?(?P<year>(?:19|20)\d\d)\b"
    r"|(?P<year_zh>20\d\d)年(?:(?P<month_zh>\d{1,2})月)?(?!\s*\d|\s*第)"
)


def old_marks(folded: str, dates: Sequence[Dated], today: date) -> tuple[tuple[int, int], ...]:
    """Return where a text names a day or a month long past: a verb beside it tells history."""
    marks = [(d.start, d.end) for d in dates if d.exact and today - d.day > OLD]
    for match in PAST_MONTH.finditer(folded) if YEAR.search(folded) else ():
        year = int(match["year"] or match["year_zh"])
        month = MONTHS.get(match["month"] or "", 0) or int(match["month_zh"] or 12)
        day = make_date(year, month, 28)
        if day and today - day > OLD:
            marks.append((match.start(), match.end()))
    return tuple(marks)


START = re.compile(
    rf"(?:from|starting(?:\sin)?|beginning(?:\sin)?|as\sof|effective|(?P<within>in))\s"
    rf"(?:(?P<month>{MONTH})\b(?!\s\d\d?\b)\s?)?(?P<year>20\d\d)?\b"
)
START_ZH = re.compile(
    r"(?:(?P<year>20\d\d)年|(?P<next>明年|下个?月|次月|下周[一二三四五六日]?|下季度|明天?|后天))?(?:(?P<month>\d{1,2})月)?份?起"
)


def starts_later(folded: str, today: date, *, firmly: bool = False) -> bool:
    """Tell whether a month or a year that is to come is named as the start of something.

    firmly: "in May" may be only when something is planned, and does not do.
    """
    found = [
        START_ZH.search(folded, max(0, at.start() - 12), at.end())
        for at in re.finditer("起", folded)
    ]
    found += START.finditer(folded)
    for match in filter(None, found):
        named = match.groupdict()
        if firmly and named.get("within"):
            continue
        raw = named["month"] or "0"
        month = MONTHS.get(raw, 0) or (int(raw) if raw.isdigit() else 0)
        year = int(named["year"] or 0)
        if named.get("next") or year > today.year:
            return True
        if month and year in (0, today.year) and 0 < (month - today.month) % 12 <= 9:
            return True
    return False


def digits(raw: str | None) -> int:
    """Return the number in "12th"."""
    return int(re.sub(r"\D", "", raw or "0") or 0)


def make_date(year: str | int, month: str | int, day: str | int) -> date | None:
    """Return the date, or None where there is no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def settle_year(day: date, today: date, purpose: Purpose, *, relative: bool) -> date:
    """Choose the year that a date without one means: soonest to come, or last gone by."""
    step = relativedelta(months=1) if relative else relativedelta(years=1)
    if purpose == "published":
        return day if day <= today + timedelta(days=1) else day - step
    if relative:
        return day
    if purpose == "effective" and day < today - timedelta(days=75):
        return day + step
    return day


def purpose_of(folded: str, start: int, end: int, *, relative: bool) -> Purpose:
    """Tell from the words around a date what it is the date of."""
    before, after = folded[max(0, start - 80) : start], folded[end : end + 24]
    word = folded[start:end]
    if REGULATION_OF.search(before):
        return "published"
    if AFTER_OTHER.match(after) or CITED_AFTER.match(after) or CITED_BEFORE.search(before):
        return "other"
    if word.startswith("from ") and PRICED.search(before):
        return "other"
    if (
        AFTER_EFFECT.match(after)
        or (word.startswith(BEGINNING) and " " in word)
        or word in ("immediately", "immediate effect", "即日")
    ):
        return "effective"
    if re.search(r"之日$", word):
        return "effective"
    clause = re.split(r"[;。!?]|\.\s", before)[-1]
    if READ_AS.search(before) and IN_PLACE.match(after):
        return "effective"
    if MOVED_WORDS.search(clause) and re.search(r"(?:to|until|至|到|为|till)[ ]*$", before):
        return "effective"
    if OTHER_BEFORE.search(before):
        return "other"
    effect = EFFECT_WORDS.search(before) and EFFECT_BEFORE.search(before)
    if effect and EFFECT_WORDS.search(effect[0]):
        return "effective"
    sentence = clause + word + re.split(r"[.;。!?]", folded[end : end + 70])[0]
    return "published" if relative or PUBLISHED_AROUND.search(sentence) else "other"
