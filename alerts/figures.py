"""text -> the dates and numbers that it gives, which mean the same in every language. Pure.

"October 15" and 10月15日 are both "date:10-15"; "twenty-second", 22nd and 第22轮 are "figure:22";
30%, "thirty percent" and 百分之30 are "figure:30%". Years say too little to count.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import re2

from alerts.reader.dates import MONTH, MONTHS, make_date
from alerts.reader.number_forms import chinese_integer

MOST = 24
"""Figures that one text gives; more are a table."""

LEAST = 3
"""Smaller numbers are shared by chance."""

LEAP_YEAR = 2024
"""Any leap year: figures carry no year, and February has 29 days in some."""

MONTH_STEMS = frozenset(name[:3] for name in MONTHS)
MONTH_FIRST = re.compile(rf"\b({MONTH})\b\.?\s(\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]\d)")
DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?({MONTH})\b\.?")
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
TENTHS = ["twentieth", "thirtieth", "fortieth", "fiftieth"]
TIMES = {
    "thousand": 1e3, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6,
    "billion": 1e9, "bln": 1e9, "bn": 1e9, "千": 1e3, "万": 1e4, "亿": 1e8,
}  # fmt: skip
MONEY = ("$", "£", "€", "¥", "₹", "₩", "rs ", "rs", "rmb ", "usd ", "eur ")
"""Before a number of which m stands for a million, and not for metres or months."""
PERCENT = r"(\s?%|\s?per\s?cent\b)?"
DIGIT = re.compile(r"\d")
DIGITS = re.compile(
    # What they begin with, asked first: twice as fast.
    r"(?=[百\d])(百分之)?(?<![a-z0-9.,-])(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,4})?(?:st|nd|rd|th)?"
    r"(?:(?=[mb])(m|mn|mln|bn|bln)(?![a-z0-9])|(?![a-z0-9-])\s?(thousand|million|mln|mn|billion|bln|bn|千|万|亿)?(?![a-z]))"
    + PERCENT
)
WORDS = re.compile(
    # The letters that they begin with, asked first: three times as fast.
    rf"\b(?=[efnst])(?:({'|'.join(TENS)})(?:[ -]({'|'.join(UNITS)}))?"
    rf"|({'|'.join((*SMALL, *ORDINALS))}))\b" + PERCENT
)
SPELT: Any = re2.compile(rf"\b(?:{'|'.join((*TENS, *SMALL, *ORDINALS))})")
"""What stands in every number in words: one pass finds that most texts have none."""
HAN_NUMBER = re.compile(
    r"([零一二三四五六七八九两十百千]{1,7})(成|(?=[余多]?[个家项轮国艘批名种条类天号年]))"
)
NOTICE = re.compile(
    r"\b(?<!trade )(?<!policy )(?<!public )"
    r"(?:announcement|notice|notification|decree|circular|proclamation)s?\s(?:no\.?\s?|number\s)?"
    r"(?:20\d\d-)?(\d{1,3})\b(?![.,/-]?\d|\s?%|\s(?:calendar\s|business\s|working\s)?(?:days?|hours?|weeks?|months?|years?)\b)"
    r"|\bgeneral licen[cs]es?\s(?:no\.?\s?|number\s)?(\d{1,3})[a-z]?\b(?![.,/-]?\d)"
    r"|第\s?(\d{1,4})\s?号|(?<![\d/-])(\d{1,4})\s?号(?=公告|通告|令|文|决定|通知)"
)
"""The number that everybody calls a notice by, without its authority and year."""
NOTICE_STEMS = (
    "号",
    "notice",
    "general license",
    "general licence",
    "notification",
    "announcement",
    "circular",
    "decree",
    "proclamation",
)
"""What stands in every such name."""


ROUND_STEMS = ("package", "round", "tranche", "batch", "轮", "批")
ROUND = re.compile(
    rf"\b(?:(\d{{1,3}})(?:st|nd|rd|th)|({'|'.join(TENS)})[ -]({'|'.join(UNITS[9:])})"
    rf"|({'|'.join((*ORDINALS, *TENTHS))}))"
    r"\s(?:(?:sanctions|(?:anti-)?russia|eu)\s){0,2}(?:(package|round)|tranche|batch)\b"
    r"(?!\s(?:of\s)?(?:(?:trade|peace)\s)?(?:talks|bidding|funding|negotiations|consultations|voting))"
    r"|第\s?(\d{1,3}|[一二三四五六七八九]?[十百][一二三四五六七八九]?|[一二三四五六七八九])"
    r"(?:(轮)(?![^,。]{0,6}(?:谈判|磋商|会谈|投票|巡视|督察|融资))|批)"
)
"""Packages of sanctions, rounds and batches, which are counted, and each an act of its own."""


def figures(folded: str) -> tuple[str, ...]:
    """Return "date:month-day" and "figure:number" of a folded text, in order, once each."""
    days: list[tuple[int, str]] = []
    if not DIGIT.search(folded):
        return tuple(dict.fromkeys(name for _, name in sorted(spelt_out(folded))))[:MOST]

    def take(month: int, day: int, at: int, blank: str) -> str:
        if make_date(LEAP_YEAR, month, day) is None:
            return blank
        days.append((at, f"date:{month:02d}-{day:02d}"))
        return " " * len(blank)

    if any(map(folded.__contains__, MONTH_STEMS)):
        folded = MONTH_FIRST.sub(lambda m: take(MONTHS[m[1]], int(m[2]), m.start(), m[0]), folded)
        folded = DAY_FIRST.sub(lambda m: take(MONTHS[m[2]], int(m[1]), m.start(), m[0]), folded)
    for pattern, sign in ((ISO_DAY, "-"), (CHINESE_DAY, "月")):
        if sign in folded:
            folded = pattern.sub(lambda m: take(int(m[1]), int(m[2]), m.start(), m[0]), folded)
    found = sorted([*days, *numbers(folded)])
    return tuple(dict.fromkeys(name for _, name in found))[:MOST]


def numbers(folded: str) -> Iterator[tuple[int, str]]:
    """Yield place and name of every number, in digits or in words."""
    for match in DIGITS.finditer(folded):
        before, whole, fraction, joined, apart, percent = match.groups()
        if joined == "m" and not folded.endswith(MONEY, 0, match.start()):
            continue
        times = joined or apart
        value = float(whole.replace(",", "") + (fraction or "")) * TIMES.get(times or "", 1)
        percents = bool(before or percent)
        # A year, as in 2026年, says nothing of one act.
        if percents or times or (not 1900 <= value <= 2100 and value >= LEAST):
            yield match.start(), f"figure:{value:.10g}{'%' if percents else ''}"
    yield from spelt_out(folded)


def spelt_out(folded: str) -> Iterator[tuple[int, str]]:
    """Yield place and name of every number in words, and after them of those in Chinese signs."""
    spelt = SPELT.search(folded.encode("utf-8", "replace"))
    for match in WORDS.finditer(folded) if spelt else ():
        tens, unit, small, percent = match.groups()
        value = 0.0
        if tens:
            value = 10 * (TENS.index(tens) + 2) + (UNITS.index(unit) % 9 + 1 if unit else 0)
        elif small:
            value = ((*SMALL, *ORDINALS).index(small) % len(SMALL)) + LEAST
        yield match.start(), f"figure:{value:g}{'%' if percent else ''}"
    for match in () if folded.isascii() else HAN_NUMBER.finditer(folded):
        value = chinese_integer(match[1]) * (10 if match[2] else 1)
        if value >= LEAST:
            yield match.start(), f"figure:{value}{'%' if match[2] else ''}"


def notices(folded: str) -> Iterator[str]:
    """Yield "notice:73" for each number that a folded text calls a notice by, MOST at most."""
    if not any(map(folded.__contains__, NOTICE_STEMS)):
        return
    for match in islice(NOTICE.finditer(folded), MOST):
        yield f"notice:{int(match[match.lastindex or 0])}"


def rounds(folded: str) -> Iterator[str]:
    """Yield "round:13" for each package or round that a folded text counts, and "batch:13" for each
    batch or tranche, MOST at most."""
    if not any(stem in folded for stem in ROUND_STEMS):
        return
    for match in islice(ROUND.finditer(folded), MOST):
        digits, tens, unit, word, package, han, lun = match.groups()
        if digits:
            value = int(digits)
        elif han:
            value = chinese_integer(han)
        elif word in TENTHS:
            value = 10 * (TENTHS.index(word) + 2)
        elif word:
            value = ORDINALS.index(word) + LEAST
        else:
            value = 10 * (TENS.index(tens) + 2) + UNITS.index(unit) % 9 + 1
        if value >= LEAST:
            yield f"{'round' if package or lun else 'batch'}:{value}"
