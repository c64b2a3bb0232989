"""Dates as sources write them -> aware UTC. Pure.

Feed parsers turn several of these forms silently into other days; so dates travel as found, and
are read here.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import parser, tz

LONGEST = 100
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(days=366)
CHINA = timezone(timedelta(hours=8))

CHINESE = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?"
    r"(?:[\s,]*(?:星期|周).)?"
    r"(?:\s*(上午|下午|晚上)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?)?(?:[:\s]*(\d{1,2})\s*秒?)?)?"
)
BASIC = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(?:\.\d+)?(?:Z|[+-]00:?00)?)?"
)
ISO = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3}|\.\d{6})?"
    r"(?:Z|[+-][01]\d:[0-5]\d)?",
    re.ASCII,
)
EPOCH = re.compile(r"(\d{9,11})(?:\.\d+)?|(\d{12,13})")
MIDNIGHT = re.compile(r"(?<![\d:])24:00(?::00(?:\.0+)?)?(?![\d:])")
NAMED_OFFSET = re.compile(r"\b(?:GMT|UTC) ?([+-])(\d{1,2}):?(\d{2})?\b")
DASHED_TIME = re.compile(r"\s+[-–—|]\s+(?=\d{1,2}:\d{2})")

# Abbreviations of RFC 822, section 5.1, and those that feeds use beside them, in hours.
ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "BST": 1, "IST": 5.5, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "WEST": 1, "EET": 2,
    "EEST": 3, "MSK": 3, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip


def parse_date(text: str, now: datetime) -> datetime | None:
    """Return the moment that a text names, at the latest `now`; None if it names none.

    A time without a zone is UTC, except in the Chinese form, which is China's. In 11/12/2026 the
    month comes first. A year before 1971 or more than a year ahead is a mistake, not a date.
    """
    compact = " ".join(unicodedata.normalize("NFKC", text[: LONGEST + 1]).split())
    if not compact or len(compact) > LONGEST or "\0" in compact:
        return None
    try:
        found = read(compact)
        moment = found and found.astimezone(UTC)
    # dateutil lets more than its own error escape on odd texts.
    except (ValueError, OverflowError, TypeError, ArithmeticError, LookupError, AttributeError):
        return None
    if moment is None or not EARLIEST <= moment <= now + LATEST_AHEAD:
        return None
    return min(moment, now.astimezone(UTC))


def read(text: str) -> datetime | None:
    """Read a date in any known form. Raises what the library raises where there is none."""
    if ISO.fullmatch(text):
        # By far the commonest; dateutil takes fifty times as long and says the same.
        stated = datetime.fromisoformat(text)
        return stated if stated.tzinfo else stated.replace(tzinfo=UTC)
    if chinese := CHINESE.fullmatch(text):
        return read_chinese(chinese)
    if epoch := EPOCH.fullmatch(text):
        seconds = float(text) if epoch[1] else float(text) / 1000
        return datetime.fromtimestamp(seconds, UTC)
    if basic := BASIC.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in basic.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    # dateutil takes GMT+3 as POSIX does: three hours behind.
    text = NAMED_OFFSET.sub(lambda o: f"{o[1]}{int(o[2]):02}:{o[3] or '00'}", text)
    text, midnights = MIDNIGHT.subn("00:00", DASHED_TIME.sub(" ", text))
    moment = read_free(text)
    return moment + timedelta(days=1) if moment and midnights else moment


def read_chinese(found: re.Match[str]) -> datetime:
    """Read 2026年11月23日 with an optional time, in China's zone."""
    year, month, day, half, hour, minute, second = found.groups()
    hours = int(hour or 0)
    if half in {"下午", "晚上"} and hours < 12:
        hours += 12
    start = datetime(int(year), int(month), int(day), tzinfo=CHINA)
    if hours > 24 or int(minute or 0) > 59 or int(second or 0) > 60:
        raise ValueError("no such time")
    return start + timedelta(hours=hours, minutes=int(minute or 0), seconds=int(second or 0))


def read_free(text: str) -> datetime | None:
    """Read what dateutil reads, but only a whole date: it would fill gaps with today's."""
    first, second = (
        parser.parse(text, default=default, tzinfos=zone)
        for default in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2004, 2, 2, tzinfo=UTC))
    )
    return first if first == second else None


def zone(name: str | None, offset: int | None) -> tzinfo:
    """Return a zone by its offset in seconds, else by its abbreviation, else UTC."""
    if offset is not None:
        return tz.tzoffset(None, offset)
    return tz.tzoffset(None, int(3600 * ZONES.get((name or "").upper(), 0)))
