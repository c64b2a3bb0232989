"""When a source is polled next, pure."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from alerts import timetable

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
EVERY = timedelta(seconds=60)


@pytest.mark.parametrize(
    ("late", "wait"),
    [
        (0, 60),
        (1.5, 58.5),
        (59, 1),
        (60, 60),
        (61, 59),
        (60 * 500 + 7, 53),
        # Asked before it was due: by hand, or the clock was set back.
        (-1, 60),
        (-86_400 * 400, 60),
    ],
)
def test_a_source_keeps_its_beat(late: float, wait: float) -> None:
    due = NOW - timedelta(seconds=late)

    assert timetable.next_slot(due, EVERY, NOW) == NOW + timedelta(seconds=wait)


def test_sources_that_start_together_are_spread_over_half_their_interval() -> None:
    waits = [
        (timetable.first_slot(f"feed-{number}", EVERY, NOW) - NOW).total_seconds()
        for number in range(1000)
    ]

    a_second = Counter(int(wait) for wait in waits)
    assert {*a_second} == {*range(30, 60)}
    assert max(a_second.values()) <= 2 * 1000 / 30


def test_polls_that_are_each_late_are_no_fewer() -> None:
    due, polls = NOW, 0

    while due < NOW + timedelta(hours=1):
        due = timetable.next_slot(due, EVERY, due + timedelta(seconds=0.9))
        polls += 1

    assert (polls, due) == (60, NOW + timedelta(hours=1))
