"""When something came, and when we watched -> whether its silence is news. Pure.

The habit is a rate for each hour of the week, learned from the weeks before the silence. Only
hours in which the service ran count, in the habit as in the silence. docs/monitoring.md has the
formula.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise

HISTORY = timedelta(days=56)
"""How far back a habit is learned: eight weeks, so that each weekday is seen several times."""

ENOUGH_DAYS = 21.0
ENOUGH_ARRIVALS = 20
"""Watched days and arrivals below which nothing is said."""

KNOWN_HOURS = 30.0
"""Watched hours of a weekday below which nothing is expected on it."""

WHOLE_DAY = 22.0
"""Watched hours from which a day counts as a whole one; 23 when summer time begins."""

UNLIKELY = 1e-4
"""Probability of a silence, given the habit, below which it is news."""

FALSE_A_YEAR = 0.05
"""So many silences a year that the habit alone brings about may be told as news."""

STEADIEST = 10.0
"""The most that days may be alike: no count of quiet weeks proves that a holiday won't come."""

HOUR = timedelta(hours=1)
WEEK = 7 * 24

Spans = Sequence[tuple[datetime, datetime]]
"""Stretches of time, in order, none over another."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour on the clock, or the share of it that was watched. slot: hour of the week."""

    slot: int
    day: date
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What usually comes.

    rates: expected arrivals in each hour of the week, from Monday 00:00.
    steadiness: how alike days are; 1 / steadiness is the variance of a day's own factor.
    empty: for working days and for the weekend, the probability that a day brings nothing, and
        that one does after another that did.
    arrivals, days: what it was learned from.
    """

    rates: tuple[float, ...]
    steadiness: float
    empty: tuple[tuple[float, float], tuple[float, float]]
    arrivals: int
    days: float

    @property
    def a_day(self) -> float:
        """Arrivals on an average day."""
        return self.arrivals / self.days

    @property
    def bar(self) -> float:
        """Probability below which a silence is news: the busier, the more silences there are."""
        return min(UNLIKELY, FALSE_A_YEAR / (365 * self.a_day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence beside the habit.

    since: the last arrival.
    watched: hours of it in which the service ran.
    expected: arrivals that the habit had in those hours.
    chance: probability that none came.
    """

    since: datetime
    watched: float
    expected: float
    chance: float
    habit: Habit

    @property
    def is_news(self) -> bool:
        """Whether the habit makes it unlikely enough."""
        return self.chance < self.habit.bar


def judge(
    arrivals: Sequence[datetime], watched: Spans, now: datetime, zone: tzinfo
) -> Silence | None:
    """Return the silence since the last arrival; None without history enough.

    arrivals: when something came, oldest first; what came together counts once.
    watched: when the service ran.
    zone: whose weekdays and hours the habit follows.
    """
    if not arrivals:
        return None
    since = arrivals[-1]
    known = [at for at in arrivals if at > since - HISTORY]
    if len(known) < ENOUGH_ARRIVALS:
        return None
    habit = learn(known, list(hours(watched, since - HISTORY, since, zone)), zone)
    if habit is None:
        return None
    silent = list(hours(watched, since, now, zone))
    days: dict[date, float] = defaultdict(float)
    for hour in silent:
        days[hour.day] += habit.rates[hour.slot] * hour.share
    # The day of the last arrival was none without.
    whole = [day for day in whole_days(silent) if day > since.astimezone(zone).date()]
    return Silence(
        since=since,
        watched=sum(hour.share for hour in silent),
        expected=sum(days.values()),
        chance=min(chance(list(days.values()), habit), chance_of_days(whole, habit)),
        habit=habit,
    )


def hours(watched: Spans, since: datetime, until: datetime, zone: tzinfo) -> Iterator[Hour]:
    """Yield the watched hours of a stretch of time, cut where the clock strikes."""
    for begin, end in watched:
        at, last = max(begin, since).astimezone(UTC), min(end, until).astimezone(UTC)
        while at < last:
            strike = min(at.replace(minute=0, second=0, microsecond=0) + HOUR, last)
            local = at.astimezone(zone)
            slot = local.weekday() * 24 + local.hour
            yield Hour(slot, local.date(), (strike - at) / HOUR)
            at = strike


def learn(arrivals: Sequence[datetime], seen: Sequence[Hour], zone: tzinfo) -> Habit | None:
    """Learn a habit from arrivals in watched hours; None if these are too few."""
    days = sum(hour.share for hour in seen) / 24
    if days < ENOUGH_DAYS or len(arrivals) < ENOUGH_ARRIVALS:
        return None
    counts, exposure = [0.0] * WEEK, [0.0] * WEEK
    by_day: dict[date, int] = defaultdict(int)
    for at in arrivals:
        local = at.astimezone(zone)
        counts[local.weekday() * 24 + local.hour] += 1
        by_day[local.date()] += 1
    for hour in seen:
        exposure[hour.slot] += hour.share
    rates = weekly_rates(counts, exposure)
    expected: dict[date, float] = defaultdict(float)
    for hour in seen:
        expected[hour.day] += rates[hour.slot] * hour.share
    pairs = [(by_day[day], mean) for day, mean in expected.items() if mean > 0]
    whole = whole_days(seen)
    working, weekend = ([day for day in whole if is_weekend(day) is off] for off in (False, True))
    return Habit(
        rates=rates,
        steadiness=steadiness(pairs),
        empty=(
            empty_days([by_day[day] == 0 for day in working]),
            empty_days([by_day[day] == 0 for day in weekend]),
        ),
        arrivals=len(arrivals),
        days=days,
    )


def is_weekend(day: date) -> bool:
    """Tell Saturday and Sunday from working days."""
    return day.weekday() >= 5


def whole_days(seen: Sequence[Hour]) -> list[date]:
    """Return the days that were watched nearly whole, in order."""
    shares: dict[date, float] = defaultdict(float)
    for hour in seen:
        shares[hour.day] += hour.share
    return sorted(day for day, share in shares.items() if share >= WHOLE_DAY)


def empty_days(days: Sequence[bool]) -> tuple[float, float]:
    """Return the probability that a day is empty, and that one after an empty one is.

    days: whether each was empty. What is not known of the second is taken from the first.
    """
    alone = (sum(days) + 1) / (len(days) + 2)
    after = [day for before, day in pairwise(days) if before]
    return alone, (sum(after) + 2 * alone) / (len(after) + 2)


def chance_of_days(days: Sequence[date], habit: Habit) -> float:
    """Return the probability that all of these days are empty.

    It knows what rates don't: a source that brings something each working day is not random.
    """
    found = 1.0
    for off in (False, True):
        count = sum(is_weekend(day) is off for day in days)
        alone, after = habit.empty[off]
        found *= alone * after ** (count - 1) if count else 1.0
    return found


def weekly_rates(counts: Sequence[float], exposure: Sequence[float]) -> tuple[float, ...]:
    """Return the rate of each hour of the week: the course of the day times the weekday's factor.

    The course is that of all working days, or of the weekend, since one weekday alone is seen
    too seldom to tell its hours; it is smoothed over the hours beside, which the change to
    summer time moves.
    """
    rates = [0.0] * WEEK
    for group in (range(5), range(5, 7)):
        course = []
        for hour in range(24):
            beside = ((hour - 1) % 24, hour, hour, (hour + 1) % 24)
            came = sum(counts[day * 24 + one] for day in group for one in beside)
            watched = sum(exposure[day * 24 + one] for day in group for one in beside)
            course.append(came / watched if watched else 0.0)
        for day in group:
            slots = range(day * 24, day * 24 + 24)
            if sum(exposure[slot] for slot in slots) < KNOWN_HOURS:
                continue
            expected = sum(exposure[slot] * course[slot % 24] for slot in slots)
            factor = sum(counts[slot] for slot in slots) / expected if expected else 0.0
            for slot in slots:
                rates[slot] = factor * course[slot % 24]
    return tuple(rates)


def steadiness(days: Sequence[tuple[int, float]]) -> float:
    """Return how alike days are, from pairs of what came and what was expected, by moments.

    Seven weekdays' means are fitted to the same days, which takes as many degrees of freedom.
    """
    if len(days) <= 7:
        return 1 / len(days) if days else 1.0
    freedom = len(days) / (len(days) - 7)
    excess = sum(freedom * (came - mean) ** 2 - mean for came, mean in days)
    variance = excess / sum(mean**2 for _, mean in days)
    return 1 / max(variance, 1 / STEADIEST)


def chance(days: Sequence[float], habit: Habit) -> float:
    """Return the probability that nothing comes, given what is expected on each day.

    Each day has a factor of its own (a holiday, a big story), so its count is negative binomial;
    and the rate as a whole is known from so many arrivals only, which the outer power tells.
    """
    k, n = habit.steadiness, habit.arrivals
    weight = sum(k * math.log1p(mean / k) for mean in days)
    return math.exp(-n * math.log1p(weight / n))
