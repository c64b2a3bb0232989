"""text -> the dates and numbers that it gives, which mean the same in every language. Pure.

"October 15" and 10月15日 are both "date:10-15"; "twenty-second", 22nd and 第22轮 are "figure:22";
30%, "thirty percent" and 百分之30 are "figure:30%". Years say too little to count.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from alerts.act_terms import fold

READS = 3000
"""Characters that are read: what is news stands before that."""

MOST = 24
"""Figures that one text gives; more are a table."""

LEAST = 3
"""Smaller numbers are shared by chance."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ENDINGS = "uary|ruary|ch|il|e|y|ust|tember|t|ober|ember"
MONTH = rf"({'|'.join(MONTHS)})(?:{ENDINGS})?\b\.?"
MONTH_FIRST = re.compile(rf"\b{MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]\d)")
DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}")
CHINESE_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]")
ISO_DAY = re.compile(r"\b\d{4}-(\d\d)-(\d\d)\b")

SMALL = (
    "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
ORDINALS = (
    "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", *(f"{word}th" for word in SMALL[10:]),
)  # fmt: skip
UNITS = ("one", "two", *SMALL[:7], "first", "second", *ORDINALS[:7])
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
TIMES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "千": 1e3, "万": 1e4, "亿": 1e8}
PERCENT = r"(\s?%|\s?per\s?cent\b)?"
DIGIT = re.compile(r"\d")
DIGITS = re.compile(
    r"(百分之)?(?<![a-z0-9.,-])(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,4})?(?:st|nd|rd|th)?"
    r"(?![a-z0-9-])\s?(thousand|million|billion|千|万|亿)?" + PERCENT
)
WORDS = re.compile(
    # The letters that they begin with, asked first: three times as fast.
    rf"\b(?=[efnst])(?:({'|'.join(TENS)})(?:[ -]({'|'.join(UNITS)}))?"
    rf"|({'|'.join((*SMALL, *ORDINALS))}))\b" + PERCENT
)
HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
HAN_PLACES = {"十": 10, "百": 100, "千": 1000}
HAN_NUMBER = re.compile(
    r"([零一二三四五六七八九两十百千]{1,7})(成|(?=[余多]?[个家项轮国艘批名种条类天号年]))"
)
NOTICE = re.compile(
    r"\b(?:announcement|notice|notification|decree|circular|proclamation)s?\s(?:no\.?\s?|number\s)?"
    r"(\d{1,3})\b(?![.,/-]?\d|\s?%|\s(?:calendar\s|business\s|working\s)?(?:days?|hours?|weeks?|months?|years?)\b)"
    r"|第\s?(\d{1,4})\s?号|(?<![\d/-])(\d{1,4})\s?号(?=公告|通告|令|文|决定|通知)"
)
"""The number that everybody calls a notice by, without its authority and year."""


def figures(text: str) -> tuple[str, ...]:
    """Return "date:month-day" and "figure:number" in canonical form, in order, once each."""
    folded = fold(text[:READS])
    days: list[tuple[int, str]] = []
    if not DIGIT.search(folded):
        return tuple(dict.fromkeys(name for _, name in sorted(spelt_out(folded))))[:MOST]

    def take(month: int, day: int, at: int, blank: str) -> str:
        if not is_day(month, day):
            return blank
        days.append((at, f"date:{month:02d}-{day:02d}"))
        return " " * len(blank)

    if any(month in folded for month in MONTHS):
        folded = MONTH_FIRST.sub(
            lambda m: take(MONTHS.index(m[1]) + 1, int(m[2]), m.start(), m[0]), folded
        )
        folded = DAY_FIRST.sub(
            lambda m: take(MONTHS.index(m[2]) + 1, int(m[1]), m.start(), m[0]), folded
        )
    for pattern, sign in ((ISO_DAY, "-"), (CHINESE_DAY, "月")):
        if sign in folded:
            folded = pattern.sub(lambda m: take(int(m[1]), int(m[2]), m.start(), m[0]), folded)
    found = sorted([*days, *numbers(folded)])
    return tuple(dict.fromkeys(name for _, name in found))[:MOST]


def is_day(month: int, day: int) -> bool:
    """Tell whether there is such a day; the year is a leap year."""
    try:
        date(2024, month, day)
    except ValueError:
        return False
    return True


def numbers(folded: str) -> Iterator[tuple[int, str]]:
    """Yield place and name of every number, in digits or in words."""
    for match in DIGITS.finditer(folded):
        before, whole, fraction, times, percent = match.groups()
        value = float(whole.replace(",", "") + (fraction or "")) * TIMES.get(times or "", 1)
        percents = bool(before or percent)
        # A year, as in 2026年, says nothing of one act.
        if percents or times or (not 1900 <= value <= 2100 and value >= LEAST):
            yield match.start(), f"figure:{value:.10g}{'%' if percents else ''}"
    yield from spelt_out(folded)


def spelt_out(folded: str) -> Iterator[tuple[int, str]]:
    """Yield place and name of every number in words, and after them of those in Chinese signs."""
    for match in WORDS.finditer(folded):
        tens, unit, small, percent = match.groups()
        value = 0.0
        if tens:
            value = 10 * (TENS.index(tens) + 2) + (UNITS.index(unit) % 9 + 1 if unit else 0)
        elif small:
            value = ((*SMALL, *ORDINALS).index(small) % len(SMALL)) + LEAST
        yield match.start(), f"figure:{value:g}{'%' if percent else ''}"
    for match in () if folded.isascii() else HAN_NUMBER.finditer(folded):
        value = han_value(match[1]) * (10 if match[2] else 1)
        if value >= LEAST:
            yield match.start(), f"figure:{value}{'%' if match[2] else ''}"


def han_value(written: str) -> int:
    """Return what a Chinese number below 10,000 is worth: 二十三 is 23, and so is 二三."""
    if not any(sign in HAN_PLACES for sign in written):
        return int("".join(str(HAN_DIGITS[sign]) for sign in written))
    total, digit = 0, 0
    for sign in written:
        if sign in HAN_PLACES:
            total += (digit or 1) * HAN_PLACES[sign]
            digit = 0
        else:
            digit = HAN_DIGITS[sign]
    return total + digit


def notices(folded: str) -> Iterator[str]:
    """Yield "notice:73" for each number that a folded text calls a notice by, MOST at most."""
    for match in islice(NOTICE.finditer(folded), MOST):
        yield f"notice:{int(match[match.lastindex or 0])}"
