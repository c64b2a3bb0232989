"""Wall clocks: nights, days and schedules, over every jump that a clock makes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from alerts.walltime import Budget, Cron, QuietHours, day_of, moment, next_fire, quiet_until

BRUSSELS = ZoneInfo("Europe/Brussels")  # 2027-03-28 02:00 -> 03:00, 2026-10-25 03:00 -> 02:00


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def hours(start: str, end: str, **keys: Any) -> QuietHours:
    return QuietHours.model_validate({"from": start, "to": end, **keys})


@pytest.mark.parametrize(
    ("day", "wall", "last", "expected"),
    [
        (date(2026, 11, 24), "08:00", False, "2026-11-24T07:00"),
        (date(2027, 3, 28), "02:30", False, "2027-03-28T01:00"),  # skipped: the jump
        (date(2027, 3, 28), "02:00", False, "2027-03-28T01:00"),
        (date(2027, 3, 28), "03:00", False, "2027-03-28T01:00"),
        (date(2026, 10, 25), "02:30", False, "2026-10-25T00:30"),  # shown twice
        (date(2026, 10, 25), "02:30", True, "2026-10-25T01:30"),
    ],
)
def test_a_wall_clocks_time_is_one_moment(day: date, wall: str, last: bool, expected: str) -> None:
    assert moment(day, time.fromisoformat(wall), BRUSSELS, last=last) == at(expected)


@pytest.mark.parametrize(
    ("day", "zone", "length"),
    [
        ("2026-11-24T12:00", "Europe/Brussels", 24),
        ("2026-10-25T12:00", "Europe/Brussels", 25),
        ("2027-03-28T12:00", "Europe/Brussels", 23),
        ("2018-11-04T12:00", "America/Sao_Paulo", 23),  # its midnight was skipped
        ("2027-04-04T12:00", "Australia/Lord_Howe", 24.5),
        ("2027-03-28T12:00", "Asia/Shanghai", 24),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(day: str, zone: str, length: float) -> None:
    start, end = day_of(at(day), ZoneInfo(zone))

    assert end - start == timedelta(hours=length)
    assert start <= at(day) < end
    assert day_of(end, ZoneInfo(zone))[0] == end


@pytest.mark.parametrize(
    ("start", "end", "now", "until"),
    [
        ("22:00", "07:00", "2026-11-24T21:59:59", None),
        ("22:00", "07:00", "2026-11-24T22:00", "2026-11-25T07:00"),
        ("22:00", "07:00", "2026-11-25T06:59:59", "2026-11-25T07:00"),
        ("22:00", "07:00", "2026-11-25T07:00", None),
        ("12:00", "13:00", "2026-11-24T12:30", "2026-11-24T13:00"),
        ("12:00", "13:00", "2026-11-24T23:30", None),
        ("22:00", "00:00", "2026-11-24T23:30", "2026-11-25T00:00"),
        # The end is skipped: quiet until the jump.
        ("22:00", "02:30", "2027-03-28T01:59", "2027-03-28T03:00"),
        # The start is skipped: quiet from the jump on.
        ("02:30", "06:00", "2027-03-28T01:59", None),
        ("02:30", "06:00", "2027-03-28T03:00", "2027-03-28T06:00"),
        # An opening of five minutes that falls out, since the clock goes back over it.
        ("02:15", "02:10", "2026-10-24T12:00", "2026-10-26T02:10"),
        # Nine hours by the clock are eight or ten.
        ("22:00", "07:00", "2027-03-27T23:00", "2027-03-28T07:00"),
        ("22:00", "07:00", "2026-10-24T23:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_by_the_clock(start: str, end: str, now: str, until: str | None) -> None:
    found = quiet_until(hours(start, end), at(now, "Europe/Brussels"), BRUSSELS)

    assert found == (at(until, "Europe/Brussels") if until else None)


def test_an_end_that_is_shown_twice_comes_once() -> None:
    night = hours("22:00", "02:30")
    second = at("2026-10-25T01:30")

    for minute in range(0, 90, 5):  # from the first 02:00 to the second 02:30
        now = at("2026-10-25T00:00") + timedelta(minutes=minute)
        assert quiet_until(night, now, BRUSSELS) == second
    assert quiet_until(night, second, BRUSSELS) is None


def test_quiet_hours_are_those_of_their_own_zone() -> None:
    shanghai = hours("22:00", "07:00", timezone="Asia/Shanghai")

    assert quiet_until(shanghai, at("2026-11-24T14:00"), BRUSSELS) == at("2026-11-24T23:00")


ZONES = ["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "UTC",
         "America/St_Johns", "Africa/Casablanca", "Asia/Beirut", "Pacific/Apia"]  # fmt: skip
MINUTES = st.integers(0, 24 * 60 - 1)


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES), start=MINUTES, length=st.integers(1, 24 * 60 - 1),
    now=st.integers(1_262_300_000, 2_051_000_000),
)  # fmt: skip
def test_quiet_hours_always_end_and_are_over_at_their_end(
    zone: str, start: int, length: int, now: int
) -> None:
    walls = [f"{m % 1440 // 60:02}:{m % 60:02}" for m in (start, start + length)]
    night, home = hours(*walls), ZoneInfo(zone)
    moment_now = datetime.fromtimestamp(now, UTC)

    until = quiet_until(night, moment_now, home)

    if until is not None:
        assert moment_now < until <= moment_now + timedelta(hours=51)
        assert quiet_until(night, until, home) is None
        assert quiet_until(night, until - timedelta(seconds=1), home) == until


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("0 8 * * 1-5", "Europe/Brussels", "2026-11-27T08:00", "2026-11-30T07:00"),  # over Sunday
        ("0 8 * * 0", "UTC", "2026-11-27T08:00", "2026-11-29T08:00"),  # 0 is Sunday
        ("0 8 * * *", "UTC", "2026-11-24T08:00", "2026-11-25T08:00"),  # later, never now
        ("0 8 * * *", "UTC", "2026-11-24T07:59:59.5", "2026-11-24T08:00"),
        ("30 2 * * *", "Europe/Brussels", "2027-03-28T00:00", "2027-03-28T01:00"),  # skipped
        ("30 2 * * *", "Europe/Brussels", "2026-10-24T23:00", "2026-10-25T00:30"),  # twice: first
        ("30 2 * * *", "Europe/Brussels", "2026-10-25T00:30", "2026-10-26T01:30"),
        ("30 2 * * *", "Europe/Brussels", "2026-10-25T01:10", "2026-10-26T01:30"),
        ("0 0 29 2 *", "UTC", "2026-11-24T00:00", "2028-02-29T00:00"),
        ("0 8 1 * *", "Asia/Shanghai", "2026-11-24T00:00", "2026-12-01T00:00"),
    ],
)
def test_a_schedule_fires_next(cron: str, zone: str, after: str, expected: str) -> None:
    assert next_fire(cron, at(after), ZoneInfo(zone)) == at(expected)


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_schedule_fires_once_a_day_all_year(zone: str) -> None:
    now, fires = at("2026-06-01T00:00"), []
    for _ in range(366):
        now = next_fire("30 2 * * *", now, ZoneInfo(zone))
        fires.append(now.astimezone(ZoneInfo(zone)).date())

    assert fires == [fires[0] + timedelta(days=day) for day in range(366)]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Cron, "0 8 30 2 *", "never fires"),
        (Cron, "0 8 31 4,6 *", "never fires"),
        (Cron, "0 25 * * *", "hour"),
        (Cron, "0 8 * * 1-9", "day-of-week"),
        (Cron, "0 8 * *", "five fields"),
        (Cron, "0 0 8 * * *", "five fields"),
        (Cron, "@daily", "five fields"),
        (Budget, "10", "10/day"),
        (Budget, "10/hour", "10/day"),
        (Budget, "-1/day", "10/day"),
        (Budget, "0/day", "1/day or more"),
        (QuietHours, {"from": "22:00", "to": "22:00"}, "never end"),
        (QuietHours, {"from": "25:00", "to": "07:00"}, '"22:00"'),
        (QuietHours, {"from": "22:00", "to": "24:00"}, '"22:00"'),
        (QuietHours, {"from": "22", "to": "07:00"}, "hours and minutes"),
        (QuietHours, {"from": "22:00:30", "to": "07:00"}, "hours and minutes"),
        (QuietHours, {"from": "22:00", "to": "07:00", "timezone": "Mars"}, "time zone"),
        (QuietHours, {"from": "22:00", "to": "07:00", "pass": ["loud"]}, "critical"),
    ],
)
def test_what_can_never_work_is_refused(kind: Any, value: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(kind).validate_python(value)
