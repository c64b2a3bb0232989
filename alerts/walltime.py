"""Times as people write them: zones, hours of the day, days, cron schedules. Pure.

A wall clock skips an hour once a year and shows one twice; here that is turned into moments,
once, for everything that a config says about hours.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, model_validator

from alerts.domain import Severity
from alerts.settings import Strict

ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""A day to try a schedule from; what fires at all fires within the years after it."""


def check_zone(name: str) -> str:
    """Refuse a time zone that the zone database does not have."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not a time zone; one is like Europe/Brussels or UTC") from error
    return name


def check_time(text: str) -> str:
    """Refuse what is no time of day such as 22:00."""
    try:
        time.fromisoformat(text)
    except ValueError as error:
        raise ValueError('must be a time such as "22:00", from "00:00" to "23:59"') from error
    if len(text) != len("22:00"):
        raise ValueError('must be hours and minutes, such as "22:00"')
    return text


def check_cron(text: str) -> str:
    """Refuse what is no cron schedule of five fields, and one that never fires."""
    if len(text.split()) != 5:
        raise ValueError(
            "must have the five fields of cron: minute, hour, day, month, weekday, "
            'such as "0 8 * * 1-5"'
        )
    try:
        next(CronSim(text, ANY_DAY))
    except CronSimError as error:
        if _is_each_field_good(text):
            raise ValueError("never fires: no month that it names has such a day") from error
        said = str(error).removeprefix("Bad ")
        raise ValueError(f'is not a cron schedule: its {said} cannot be read ("{text}")') from error
    except StopIteration:
        raise ValueError("never fires: no day fulfils all its fields") from None
    return text


def _is_each_field_good(text: str) -> bool:
    """Tell whether a schedule's fields are good one by one, so that only all together are not."""
    parts = text.split()
    try:
        for place, part in enumerate(parts):
            CronSim(" ".join(part if p == place else "*" for p in range(5)), ANY_DAY)
    except CronSimError:
        return False
    return True


def check_budget(text: str) -> str:
    """Refuse what is no budget such as 10/day."""
    count, _, per = text.replace(" ", "").partition("/")
    if per != "day" or not (count.isascii() and count.isdigit()):
        raise ValueError("must be a number of alerts a day, such as 10/day")
    if not 1 <= int(count) <= 100_000:
        raise ValueError("must be 1/day or more: `digest` or `shadow: true` send none at once")
    return text


Zone = Annotated[str, AfterValidator(check_zone)]
TimeOfDay = Annotated[str, AfterValidator(check_time)]
Cron = Annotated[str, AfterValidator(check_cron)]
Budget = Annotated[str, AfterValidator(check_budget)]


def budget_size(budget: str) -> int:
    """Return how many alerts a day a budget allows."""
    return int(budget.partition("/")[0])


class QuietHours(Strict):
    """When a rule's alerts wait.

    from, to: the wall clock's times; a span that ends before it begins goes over midnight.
    timezone: the rule's, unless set.
    pass: severities that go out all the same.
    """

    start: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")
    timezone: Zone | None = None
    passing: tuple[Severity, ...] = Field(default=(), alias="pass")

    @model_validator(mode="after")
    def _ends(self) -> "QuietHours":
        if self.start == self.end:
            raise ValueError(
                f"never end: they go from {self.start} to {self.end}; "
                "`shadow: true` sends nothing at any hour"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What the service says of hours, where a rule says nothing.

    digest: when what went over a budget is sent.
    """

    zone: ZoneInfo
    digest: str


def moment(day: date, at: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """Return the moment, in UTC, at which a wall clock shows a time.

    Of a time that it shows twice, the first or the last; of one that it skips, the jump.
    """
    first = datetime.combine(day, at, zone).astimezone(UTC)
    second = datetime.combine(day, at.replace(fold=1), zone).astimezone(UTC)
    if second < first:
        return _jump(second, first, zone)
    return second if last else first


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the second between two moments at which a zone's offset changes."""
    old = before.astimezone(zone).utcoffset()
    seconds = int((after - before).total_seconds())
    low, high = 0, seconds
    while low + 1 < high:
        middle = (low + high) // 2
        here = (before + timedelta(seconds=middle)).astimezone(zone)
        low, high = (middle, high) if here.utcoffset() == old else (low, middle)
    return before + timedelta(seconds=high)


def day_of(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the day of a moment begins and when the next one does: 23, 24 or 25 hours."""
    day = at.astimezone(zone).date()
    return moment(day, time(), zone), moment(day + timedelta(days=1), time(), zone)


def quiet_until(hours: QuietHours, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours that a moment lies in end; None if it lies in none."""
    zone = ZoneInfo(hours.timezone) if hours.timezone else zone
    start, end = time.fromisoformat(hours.start), time.fromisoformat(hours.end)
    overnight = timedelta(days=1 if end < start else 0)
    until = None
    today = now.astimezone(zone).date()
    for days in (-1, 0, 1):
        day = today + timedelta(days=days)
        ends = moment(day + overnight, end, zone, last=True)
        # Where an hour is shown twice, one night may reach into the next.
        if moment(day, start, zone) <= (until or now) < ends:
            until = ends
    return until


def next_fire(cron: str, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment after another, in UTC, at which a schedule fires.

    As with Debian's cron, a time that is skipped fires at the jump, one shown twice fires once.
    """
    fires = CronSim(cron, after.astimezone(zone))
    # Within the hour that is shown twice, the schedule may look back at its first showing.
    return next(at for fire in fires if (at := fire.astimezone(UTC)) > after)
