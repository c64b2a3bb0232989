"""How often silences are told as news that are none, and how soon those that are.

Simulated years of sources with different habits, each with holidays, stories that fill whole
days, and a service that is down now and then. Prints Markdown; needs no network or model.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts import habit

START = datetime(2024, 1, 1, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Brussels")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

OFFICE = [0.0] * 7 + [0.5, 1, 1.5, 1.5, 1, 1, 1.5, 1.5, 1.2, 0.8, 0.3] + [0.0] * 6
ROUND = [0.5, 0.4, 0.3, 0.3, 0.4, 0.6] + [1.0] * 4 + [1.4] * 8 + [1.2, 1.1, 1, 0.9, 0.7, 0.6]
MORNING = [0.0] * 8 + [1.0] + [0.0] * 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of source.

    week: arrivals a day from Monday; where regular, the probability of the one that there is.
    own: variance of a day's factor.
    """

    name: str
    week: tuple[float, ...]
    course: list[float]
    own: float = 0.1
    holidays: bool = False
    regular: bool = False


KINDS = (
    Kind(name="newswire, 200 a day", week=(220,) * 5 + (140, 140), course=ROUND),
    Kind(name="news site, 20 a day", week=(24,) * 5 + (10, 10), course=ROUND, own=0.2),
    Kind(name="social topic, 8 a day in bursts", week=(8,) * 7, course=ROUND, own=1.0),
    Kind(name="agency, 6 a working day", week=(6,) * 5 + (0, 0), course=OFFICE, holidays=True),
    Kind(name="gazette, each working day but one in fifty", week=(0.98,) * 5 + (0, 0),
         course=MORNING, regular=True, holidays=True),
    Kind(name="bulletin, Tuesdays and Fridays", week=(0, 3, 0, 0, 3, 0, 0), course=OFFICE,
         own=0.05, holidays=True),
    Kind(name="blog, three a week", week=(0.45,) * 7, course=ROUND, own=0.3),
    Kind(name="rule, one alert a day", week=(1.2,) * 5 + (0.3, 0.3), course=ROUND, own=1.0),
)  # fmt: skip


def holidays(year: int, dice: random.Random) -> set[int]:
    """Return days of the year without work: ten single ones, and the last week."""
    return {*dice.sample(range(1, 355), 10), *range(358, 367)}


def downtimes(days: int, dice: random.Random) -> list[tuple[datetime, datetime]]:
    """Return when the service ran: down for an hour or two each month, for days twice a year."""
    spans, at = [], START
    end = START + days * DAY
    while at < end:
        up = dice.expovariate(1 / 20) * DAY
        down = dice.choice([0.5, 1, 2, 3, 6, 60]) * HOUR
        spans.append((at, min(at + up, end)))
        at += up + down
    return spans


def arrivals(kind: Kind, days: int, dice: random.Random) -> Iterator[datetime]:
    """Yield when posts are published."""
    off = {year: holidays(year, dice) for year in range(2024, 2024 + days // 365 + 2)}
    whole = sum(kind.course)
    for day in range(days):
        begin = START + day * DAY
        local = begin.astimezone(ZONE)
        factor = dice.gammavariate(1 / kind.own, kind.own)
        if kind.holidays and local.timetuple().tm_yday in off[local.year]:
            continue
        if kind.regular:
            if dice.random() < kind.week[local.weekday()]:
                yield begin + (kind.course.index(1.0) + dice.random()) * HOUR
            continue
        mean = kind.week[local.weekday()] * factor
        for hour, share in enumerate(kind.course):
            expected = mean * share / whole
            left = dice.expovariate(1)
            at = 0.0
            while expected > 0 and (at := at + left / expected) < 1:
                yield begin + (hour + at) * HOUR
                left = dice.expovariate(1)


def as_seen(published: list[datetime], spans: list[tuple[datetime, datetime]]) -> list[datetime]:
    """Return when polls brought something: every five minutes while the service ran."""
    seen: list[datetime] = []
    place = 0
    for at in published:
        while place < len(spans) and spans[place][1] < at:
            place += 1
        if place == len(spans):
            break
        ran = max(at, spans[place][0])
        poll = START + timedelta(minutes=5 * ((ran - START) // timedelta(minutes=5) + 1))
        if not seen or seen[-1] < poll:
            seen.append(poll)
    return seen


def measure(kind: Kind, years: int, dice: random.Random) -> tuple[float, list[float], int]:
    """Return false notices a year, hours until real silences are told, and those never told."""
    days = 365 * years
    spans = downtimes(days + 60, dice)
    seen = as_seen(list(arrivals(kind, days, dice)), spans)
    false = 0
    gaps = sorted(range(1, len(seen)), key=lambda i: seen[i - 1] - seen[i])
    for place in gaps[: 60 * years]:
        known = [at for at in seen[:place] if at > seen[place - 1] - habit.HISTORY]
        found = habit.judge(known, spans, seen[place], ZONE)
        false += found is not None and found.is_news
    delays, missed = [], 0
    for _ in range(20):
        dies = START + dice.uniform(90, days - 10) * DAY
        delay = told_after(kind, [at for at in seen if at < dies], spans, dies)
        if delay is None:
            missed += 1
        else:
            delays.append(delay)
    return false / years, delays, missed


def told_after(
    kind: Kind, seen: list[datetime], spans: list[tuple[datetime, datetime]], dies: datetime
) -> float | None:
    """Return the hours from a source's death to its notice, 60 days at most."""
    known = [at for at in seen if at > seen[-1] - habit.HISTORY]

    def is_news(hour: int) -> bool:
        found = habit.judge(known, spans, dies + hour * HOUR, ZONE)
        return found is not None and found.is_news

    low, high = 0, 60 * 24
    if not is_news(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_news(middle) else (middle + 1, high)
    return low


def main() -> None:
    """Print a row for each kind."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--years", type=int, default=2)
    reading.add_argument("--sources", type=int, default=3, help="of each kind")
    told = reading.parse_args()
    print("| source | false notices a source-year | told after, median | 90 % | not in 60 days |")
    print("| --- | --- | --- | --- | --- |")
    for kind in KINDS:
        dice = random.Random(kind.name)
        results = [measure(kind, told.years, dice) for _ in range(told.sources)]
        false = sum(result[0] for result in results) / told.sources
        delays = sorted(delay for result in results for delay in result[1])
        missed = sum(result[2] for result in results)
        middle, late = (
            (f"{delays[int(len(delays) * q)]:.0f} h" for q in (0.5, 0.9)) if delays else ("-", "-")
        )
        never = f"{missed} of {missed + len(delays)}"
        print(f"| {kind.name} | {false:.2f} | {middle} | {late} | {never} |", flush=True)


if __name__ == "__main__":
    main()
