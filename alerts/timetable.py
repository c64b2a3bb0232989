"""When a source that works is polled next: on its own beat."""

from datetime import datetime, timedelta
from zlib import crc32


def first_slot(name: str, every: timedelta, now: datetime) -> datetime:
    """Return when a source is due again after its first poll: after half its interval at least.

    How long after depends on its name, so that sources which start together don't stay together.
    """
    return now + every * (1 + crc32(name.encode()) / (1 << 32)) / 2


def next_slot(due: datetime, every: timedelta, asked: datetime) -> datetime:
    """Return when a source that was due, and was asked somewhat later, is due again.

    It keeps its beat: polls that are each a little late don't add up to fewer polls, and sources
    that are spread over the interval stay so. Slots that are past are not made up for.
    """
    late = asked - due
    if late < timedelta():
        return asked + every
    return due + every * (late // every + 1)
