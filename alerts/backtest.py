"""What a config would have sent: its rules over past posts, with a ledger in memory.

The rules, and what holds their alerts back, are the service's own; alerts/replay.py brings the
posts. Nothing is sent, and nothing is written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts import render
from alerts.cleaning import counted
from alerts.config import Config
from alerts.domain import Alert
from alerts.notebook import Line, Notebook, TimedSilence, of_span
from alerts.release import release
from alerts.replay import Arrival, Span
from alerts.restraint import consider
from alerts.store.listing import iso
from classifier.collector import without_collector

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A config with what it decided."""

    config: Config
    notebook: Notebook


def open_book(config: Config, silences: Sequence[TimedSilence] = ()) -> Book:
    """Return an empty book for a config."""
    return Book(config=config, notebook=Notebook(was_silent=silences))


def replay(arrivals: Iterable[Arrival], books: Sequence[Book], end: datetime) -> None:
    """Let every config's rules decide on every post, and what is held go out at its time.

    end: until when; what is held longer is still held.
    """
    # Looking for cycles would take a quarter of the time.
    with without_collector():
        _replay(arrivals, books)
    for book in books:
        release_until(book, end)


def _replay(arrivals: Iterable[Arrival], books: Sequence[Book]) -> None:
    for arrival in arrivals:
        for book in books:
            release_until(book, arrival.now)
            book.notebook.look(arrival.case.event)
            case, shortlist = arrival.case, book.config.shortlist
            if shortlist.asks_reach:
                case = replace(case, reach=arrival.reach)
            consider(
                shortlist.touched(case, book.notebook.tellers(case.event.id)),
                case,
                book.notebook,
                home=book.config.home,
                backfilled=arrival.backfilled,
                now=arrival.now,
                config=book.config.hash,
            )


def release_until(book: Book, now: datetime) -> None:
    """Let go of what is due by now, each at its own time, as a service that runs all along."""
    while (due := book.notebook.next_release()) is not None and due <= now:
        release(
            book.config.rules,
            book.notebook,
            home=book.config.home,
            channels=[channel.name for channel in book.config.channels],
            now=due,
            config=book.config.hash,
        )


def not_backfilled(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    """Let posts alert that a source's first poll found too old."""
    return (replace(arrival, backfilled=False) for arrival in arrivals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a config would have sent.

    alerts, silences: rows, oldest first.
    rules: what each rule did.
    against: path of the config that it was held against; changes: what is different.
    budget: what would keep each rule within a budget; None if nobody asked.
    labels: how right each rule was by people's labels; None where there are none.
    """

    config: Config
    span: Span
    days: float
    alerts: Sequence[Row]
    silences: Sequence[Row]
    rules: Sequence[Row]
    against: str | None = None
    changes: Sequence[Row] = ()
    budget: Sequence[Row] | None = None
    labels: Sequence[Row] | None = None

    @property
    def title(self) -> str:
        """What was replayed, in one line."""
        first, last = (at and at.date() for at in (self.span.first, self.span.last))
        posts, alerts = counted(self.span.posts, "post"), counted(len(self.alerts), "alert")
        return f"{posts} from {first} to {last}: {alerts} with {self.config.path}"

    @property
    def compared(self) -> str:
        """How the two configs differ, in one line."""
        counts = Counter(row["change"] for row in self.changes)
        told = ", ".join(f"{counts[change]} {change}" for change in ("gained", "lost", "moved"))
        return f"{self.config.path} against {self.against}: {told}"

    def document(self, *, explain: bool) -> Row:
        """Return all of it as one JSON document."""
        return {
            "config": str(self.config.path),
            "config_hash": self.config.hash,
            "posts": self.span.posts,
            "first": iso(self.span.first),
            "last": iso(self.span.last),
            "days": round(self.days, 2),
            "rules": list(self.rules),
            "alerts": list(self.alerts),
            **({"not_sent": list(self.silences)} if explain else {}),
            **({"against": self.against, "changes": list(self.changes)} if self.against else {}),
            **({"budget": list(self.budget)} if self.budget is not None else {}),
            **({"labels": list(self.labels)} if self.labels is not None else {}),
        }


def result(books: Sequence[Book], span: Span) -> Result:
    """Sum up a replay: of the first book, held against the second where there is one."""
    book, *others = books
    days = days_in(span)
    alerts, silences = alert_rows(book, span), silence_rows(book, span)
    return Result(
        config=book.config,
        span=span,
        days=days,
        alerts=alerts,
        silences=silences,
        rules=by_rule(book, alerts, silences, days),
        against=str(others[0].config.path) if others else None,
        changes=list(differences(alerts, alert_rows(others[0], span))) if others else (),
    )


# What came of it --------------------------------------------------------------------------


def alert_rows(book: Book, span: Span) -> list[Row]:
    """Return the alerts of a span, oldest first, as `tocsin alerts list` has them."""
    lines = of_span(book.notebook.lines, span.since, span.until)
    return [alert_row(line, line.alert) for line in lines if line.alert is not None]


def alert_row(line: Line, alert: Alert) -> Row:
    """Return one alert as a row."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "event": alert.event.id,
        "reason": alert.reason.value,
        "changes": list(alert.changes),
        "severity": alert.severity.value,
        "at": iso(line.at),
        "headline": render.headline(alert),
        "post": line.post.external_id,
        "sent_to": [] if line.not_sent or line.waits else list(alert.channels),
        "held_until": iso(line.held_until),
        "held_for": line.held_for.value if line.held_for else None,
        "told_in": line.told_in,
        "not_sent": line.not_sent,
        "shadow": line.shadow,
    }


def silence_rows(book: Book, span: Span) -> list[Row]:
    """Return what rules touched and did not send in a span, oldest first."""
    return [
        {
            "post": line.post.external_id,
            "rule": line.rule,
            "not_sent": line.not_sent or (line.held_for.value if line.held_for else None),
            "at": iso(line.at),
        }
        for line in of_span(book.notebook.lines, span.since, span.until)
        if line.not_sent is not None or line.waits
    ]


def by_rule(book: Book, alerts: Sequence[Row], silences: Sequence[Row], days: float) -> list[Row]:
    """Return what each rule did: how many alerts, of which kind, and what it kept back and why."""
    zone = ZoneInfo(book.config.service.timezone)
    rows = []
    for rule in book.config.rules:
        own = [row for row in alerts if row["rule"] == rule.name]
        busiest = Counter(day_of(row, zone) for row in own).most_common(1)
        kept = Counter(row["not_sent"] for row in silences if row["rule"] == rule.name)
        rows.append(
            {
                "rule": rule.name,
                "shadow": rule.shadow,
                "alerts": len(own),
                "sent": sum(bool(row["sent_to"]) for row in own),
                "held": sum(row["held_until"] is not None for row in own),
                "reasons": dict(Counter(row["reason"] for row in own)),
                "a_day": round(len(own) / days, 2),
                "busiest_day": {"day": str(busiest[0][0]), "alerts": busiest[0][1]}
                if busiest
                else None,
                "not_sent": dict(kept.most_common()),
            }
        )
    return rows


def day_of(row: Mapping[str, Any], zone: ZoneInfo) -> date:
    """Return the day on which an alert was made, in the service's time zone."""
    return datetime.fromisoformat(row["at"]).astimezone(zone).date()


def days_in(span: Span) -> float:
    """Return how many days a replay covered: what was asked, as far as there were posts."""
    if span.first is None or span.last is None:
        return 1.0
    return max(1.0, (span.last - span.first).total_seconds() / 86400)


def by_day(rows: Sequence[Row], zone: ZoneInfo) -> dict[date, dict[str, int]]:
    """Return day -> rule -> alerts, for the days that had any."""
    days: dict[date, dict[str, int]] = defaultdict(dict)
    for row in rows:
        day = days[day_of(row, zone)]
        day[row["rule"]] = day.get(row["rule"], 0) + 1
    return dict(sorted(days.items()))


# Beside another config --------------------------------------------------------------------

MOVABLE = ("at", "post", "severity", "sent_to", "held_until")
"""In what an alert of one decision may differ between two configs."""


def differences(rows: Sequence[Row], others: Sequence[Row]) -> Iterator[Row]:
    """Yield what a config sends and another does not, and the other way round, oldest first.

    rows: the config's alerts. others: those of the config that it is held against. The same
    news of a rule on an event is one alert, whichever post set it off.
    """
    ours, theirs = (dict(_occasions(side)) for side in (rows, others))
    for occasion, row in sorted((theirs | ours).items(), key=lambda one: (one[1]["at"], one[0])):
        if occasion not in theirs:
            yield {"change": "gained", **row}
        elif occasion not in ours:
            yield {"change": "lost", **row}
        else:
            was = theirs[occasion]
            moved = {name: was[name] for name in MOVABLE if was[name] != row[name]}
            if moved:
                yield {"change": "moved", **row, "was": moved}


def _occasions(rows: Sequence[Row]) -> Iterator[tuple[tuple[str, ...], Row]]:
    """Yield alerts by what they tell, and as the how manieth of their kind."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        occasion = (row["rule"], row["event"], row["reason"], *row["changes"])
        seen[occasion] += 1
        yield (*occasion, str(seen[occasion])), row
