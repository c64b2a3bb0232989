"""Silence beside habit: over simulated years, and case by case."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts import habit
from alerts.habit import Habit, Silence, judge

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BRUSSELS = ZoneInfo("Europe/Brussels")
ALWAYS = [(START - DAY, START + 800 * DAY)]
Course = Callable[[datetime], float]


def office(at: datetime) -> float:
    """Six a working day, between eight and six."""
    local = at.astimezone(BRUSSELS)
    return 0.6 if local.weekday() < 5 and 8 <= local.hour < 18 else 0.0


def around_the_clock(at: datetime) -> float:
    return 2.0 if at.weekday() < 5 else 1.0


def tuesdays(at: datetime) -> float:
    return 3.0 if at.weekday() == 1 and at.hour == 9 else 0.0


def come(course: Course, days: int, seed: str = "") -> list[datetime]:
    """Return arrivals by a course of expected ones an hour."""
    dice = random.Random(f"{course.__name__}{seed}")

    def each() -> Iterator[datetime]:
        for hour in range(days * 24):
            begin, at = START + hour * HOUR, 0.0
            while (rate := course(begin)) and (at := at + dice.expovariate(rate)) < 1:
                yield begin + at * HOUR

    return list(each())


def judged(
    arrivals: list[datetime], after: timedelta, watched: habit.Spans = ALWAYS
) -> Silence | None:
    return judge(arrivals, watched, arrivals[-1] + after, BRUSSELS)


@pytest.mark.parametrize(
    ("course", "days", "after", "news"),
    [
        (around_the_clock, 60, 5 * HOUR, False),
        (around_the_clock, 60, 24 * HOUR, True),
        (office, 54, 60 * HOUR, False),  # a weekend: the last one came on a Friday
        (office, 60, 9 * DAY, True),
        (tuesdays, 120, 7 * DAY, False),
        (tuesdays, 120, 14 * DAY, False),
        (tuesdays, 120, 70 * DAY, True),
    ],
)
def test_a_silence_is_news_when_the_habit_makes_it_unlikely(
    course: Course, days: int, after: timedelta, *, news: bool
) -> None:
    silence = judged(come(course, days), after)

    assert silence is not None
    assert silence.is_news is news
    assert silence.expected > 9 or not news


@pytest.mark.parametrize(("course", "days"), [(around_the_clock, 20), (tuesdays, 40), (office, 3)])
def test_without_history_enough_nothing_is_said(course: Course, days: int) -> None:
    assert judged(come(course, days), 60 * DAY) is None


def test_hours_in_which_the_service_did_not_run_do_not_count() -> None:
    arrivals = come(around_the_clock, 60)
    last = arrivals[-1]
    down = [(START, last + HOUR), (last + 30 * DAY, last + 30 * DAY + 2 * HOUR)]

    silence = judged(arrivals, 30 * DAY + 2 * HOUR, down)

    assert silence is not None
    assert (round(silence.watched, 6), silence.is_news) == (3, False)


def test_a_service_that_runs_by_day_only_learns_the_rates_of_those_hours() -> None:
    by_day = [(START + n * DAY + 8 * HOUR, START + n * DAY + 18 * HOUR) for n in range(120)]
    arrivals = [at for at in come(around_the_clock, 110) if 8 <= at.hour < 18]

    silence = judged(arrivals, 2 * DAY, by_day)

    assert silence is not None
    assert silence.habit.rates[10] == pytest.approx(2.0, rel=0.3)
    assert 20 < silence.expected < 60


def test_nothing_is_known_of_a_weekday_that_was_hardly_watched() -> None:
    workdays = [(START + n * DAY, START + (n + 1) * DAY) for n in range(84) if n % 7 < 5]
    arrivals = [at for at in come(around_the_clock, 82) if at.weekday() < 5]

    silence = judged(arrivals, DAY, [*workdays, (START + 84 * DAY, START + 99 * DAY)])

    assert silence is not None
    assert silence.habit.rates[5 * 24 :] == (0.0,) * 48


def test_days_that_differ_much_make_silence_less_telling() -> None:
    even = [(4, 4.0)] * 40
    uneven = [(0, 4.0), (8, 4.0)] * 20

    assert habit.steadiness(even) == habit.STEADIEST
    assert habit.steadiness(uneven) < 2


@pytest.mark.parametrize(
    ("days", "k", "n", "chance"),
    [
        ([], 5, 50, 1.0),
        ([10.0], 10, 10**9, 2**-10),  # one day: negative binomial
        ([5.0, 5.0], 5, 10**9, 2**-10),  # two days, each with a factor of its own
        ([10.0], 1e9, 10, 2**-10),  # a rate known from ten arrivals
    ],
)
def test_the_chance_of_nothing(days: list[float], k: float, n: int, chance: float) -> None:
    known = Habit(rates=(0.0,) * 168, steadiness=k, empty=((1, 1), (1, 1)), arrivals=n, days=56)

    assert habit.chance(days, known) == pytest.approx(chance, rel=1e-6)


@pytest.mark.parametrize(
    ("days", "alone", "after"),
    [
        ([False] * 38, 1 / 40, 1 / 40),
        ([True] * 8, 9 / 10, (7 + 1.8) / 9),
        ([False, True, True, False] * 5, 11 / 22, (5 + 1) / 12),
        ([], 1 / 2, 1 / 2),
    ],
)
def test_empty_days_are_counted_alone_and_after_another(
    days: list[bool], alone: float, after: float
) -> None:
    assert habit.empty_days(days) == pytest.approx((alone, after))


def test_a_source_that_never_misses_a_working_day_is_missed_soon() -> None:
    mornings = [START + n * DAY + 9 * HOUR for n in range(54) if n % 7 < 5]

    weekend, monday, wednesday = (judged(mornings, n * DAY + 14 * HOUR) for n in (2, 3, 5))

    assert mornings[-1].weekday() == 4
    assert [found.is_news for found in (weekend, monday, wednesday) if found] == [
        False, False, True,
    ]  # fmt: skip


def test_the_busier_a_source_the_less_likely_a_silence_must_be() -> None:
    rare, busy = (
        Habit(rates=(), steadiness=1, empty=((1, 1), (1, 1)), arrivals=n, days=50)
        for n in (50, 10_000)
    )

    assert rare.bar == habit.UNLIKELY
    assert busy.bar == pytest.approx(habit.FALSE_A_YEAR / (365 * 200))


def test_hours_are_cut_where_the_clock_strikes_and_follow_the_zone() -> None:
    begin = datetime(2026, 1, 5, 22, 30, tzinfo=UTC)

    found = list(habit.hours([(begin, begin + HOUR)], begin - DAY, begin + DAY, BRUSSELS))

    assert [(hour.slot, hour.day.day, hour.share) for hour in found] == [(23, 5, 0.5), (24, 6, 0.5)]


@pytest.mark.parametrize("course", [around_the_clock, office, tuesdays])
def test_simulated_years_bring_no_false_notice(course: Course) -> None:
    arrivals = come(course, 700, "years")
    longest = sorted(range(200, len(arrivals)), key=lambda i: arrivals[i - 1] - arrivals[i])

    false = [
        arrivals[place]
        for place in longest[:25]
        if (found := judge(arrivals[:place], ALWAYS, arrivals[place], BRUSSELS)) and found.is_news
    ]

    assert false == []
