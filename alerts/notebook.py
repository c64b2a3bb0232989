"""A ledger in memory: what the service would have written, for replays. Pure.

It keeps what was decided, in order; like every ledger, it decides nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.case import Case
from alerts.domain import Alert, Event, Post, Reason
from alerts.ledger import Fate, Held, Hold, Made, Silence, Telling, told_by
from alerts.render import headline
from alerts.rules import Rule
from alerts.updates import Told


@dataclass(slots=True, kw_only=True)
class Line:
    """What a rule said of a post that it touched, and what became of it.

    rule: its name. shadow: whether it only records.
    case: the post's; of a digest, that of the alert it tells first.
    alert: as it was made or, once it was sent, as it was sent; None where none was made.
    at: when it was decided, which stays when it is sent later.
    not_sent, held_for, held_until, told_in: as in the table of alerts.
    waits: whether it is still held.
    facts: all that the alert told when it was made.
    """

    rule: str
    shadow: bool
    case: Case
    at: datetime
    alert: Alert | None = None
    not_sent: str | None = None
    held_for: Hold | None = None
    held_until: datetime | None = None
    told_in: str | None = None
    waits: bool = False
    facts: frozenset[str] = frozenset()

    @property
    def post(self) -> Post:
        """The post that set it off."""
        is_digest = self.alert is not None and self.alert.reason is Reason.DIGEST
        return self.alert.posts[0] if is_digest and self.alert else self.case.post

    @property
    def went_out(self) -> bool:
        """Whether it is an alert that was sent as a message of its own."""
        return self.not_sent is None and self.told_in is None and not self.waits

    @property
    def made(self) -> Made:
        """The alert, as far as later ones depend on it."""
        assert self.alert is not None
        return Made(
            id=self.alert.id,
            at=self.at,
            headline=headline(self.alert),
            severity=self.alert.severity,
            facts=self.facts,
            sent=self.went_out,
        )

    @property
    def is_telling(self) -> bool:
        """Whether it is an alert on one event, and neither kept back nor a digest."""
        made = self.alert is not None and self.alert.reason is not Reason.DIGEST
        return made and self.not_sent is None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedSilence:
    """A silence, with the time in which it held."""

    silence: Silence
    since: datetime
    until: datetime


@dataclass(slots=True)
class Notebook:
    """A ledger (see alerts/ledger.py) that forgets nothing.

    was_silent: the silences of the time that is replayed, oldest first.
    lines: what was taken down, in that order.
    heard: events that some rule made an alert on, as they are now.
    """

    was_silent: Sequence[TimedSilence] = ()
    lines: list[Line] = field(default_factory=list)
    heard: dict[str, Event] = field(default_factory=dict)
    _by_id: dict[str, Line] = field(default_factory=dict)
    _on_event: dict[tuple[str, str], list[Line]] = field(default_factory=lambda: defaultdict(list))
    _tellers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _of_event: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    _of_rule: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    _waiting: dict[str, Line] = field(default_factory=dict)

    def look(self, event: Event) -> None:
        """See an event as it is now, if any alert was made on it."""
        if event.id in self.heard:
            self.heard[event.id] = event

    def next_release(self) -> datetime | None:
        """Return when the time of the next alert that waits comes."""
        times = (line.held_until for line in self._waiting.values())
        return min((until for until in times if until is not None), default=None)

    def tellers(self, event_id: str) -> Collection[str]:
        """Return the names of the rules that made alerts on an event."""
        return self._tellers.get(event_id, ())

    # What a ledger answers -----------------------------------------------------------------

    def told(self, rule: str, event_id: str) -> Told | None:
        return told_by([line.made for line in self._on_event.get((rule, event_id), ())])

    def knows(self, alert: Alert) -> bool:
        return alert.id in self._by_id

    def tellings(self, event_id: str) -> Sequence[Telling]:
        return [
            Telling(rule=line.rule, severity=line.alert.severity, channels=line.alert.channels)
            for line in self._of_event.get(event_id, ())
            if line.alert is not None and line.is_telling
        ]

    def planned(self, rule: str, start: datetime, end: datetime) -> int:
        lines = [line for line in self._of_rule.get(rule, ()) if line.is_telling]
        at_once = sum(line.held_until is None and start <= line.at < end for line in lines)
        waited = {
            line.case.event.id
            for line in lines
            if line.held_for is Hold.QUIET_HOURS
            and line.held_until is not None
            and start <= line.held_until < end
        }
        return at_once + len(waited)

    def silences(self, now: datetime) -> Sequence[Silence]:
        return [one.silence for one in self.was_silent if one.since <= now < one.until]

    def held(self, rule: str | None = None, event_id: str | None = None) -> Sequence[Held]:
        return list(self._held(rule, event_id))

    def _held(self, rule: str | None, event_id: str | None) -> Iterator[Held]:
        for line in self._waiting.values():
            event = line.case.event.id
            if rule not in (None, line.rule) or event_id not in (None, event):
                continue
            assert line.alert is not None
            assert line.held_for is not None
            assert line.held_until is not None
            alert = replace(line.alert, event=self.heard[event])
            yield Held(alert=alert, held_for=line.held_for, held_until=line.held_until)

    # What it takes down --------------------------------------------------------------------

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        self.heard[alert.event.id] = alert.event
        line = Line(
            rule=rule.name,
            shadow=fate.not_sent == "shadow",
            case=case,
            at=alert.at,
            alert=replace(alert, channels=fate.channels or alert.channels),
            not_sent=fate.not_sent,
            held_for=fate.held_for,
            held_until=fate.held_until,
            waits=fate.held_until is not None,
            facts=alert.facts,
        )
        self._write(line, alert)
        self._on_event[rule.name, alert.event.id].append(line)
        self._tellers[alert.event.id].add(rule.name)
        if line.waits:
            self._waiting[alert.id] = line

    def _write(self, line: Line, alert: Alert) -> None:
        self.lines.append(line)
        self._by_id[alert.id] = line
        self._of_event[alert.event.id].append(line)
        self._of_rule[line.rule].append(line)

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        line = Line(rule=rule.name, shadow=rule.shadow, case=case, at=now, not_sent=why)
        self.lines.append(line)

    def join(self, alert_id: str, other: str, now: datetime) -> None:
        self._let_go(alert_id).told_in = other

    def drop(self, alert_id: str, why: str, now: datetime) -> None:
        self._let_go(alert_id).not_sent = why

    def _let_go(self, alert_id: str) -> Line:
        line = self._waiting.pop(alert_id)
        line.waits = False
        return line

    def postpone(self, alert_id: str, until: datetime) -> None:
        self._waiting[alert_id].held_until = until

    def send(self, alert: Alert, now: datetime) -> None:
        if alert.reason is not Reason.DIGEST:
            line = self._let_go(alert.id)
            line.alert = replace(alert, at=line.at)
            return
        first = self._by_id[alert.gathered[0].id]
        self._write(
            Line(rule=alert.rule, shadow=False, case=first.case, at=now, alert=alert), alert
        )


def of_span(lines: Iterable[Line], since: datetime, until: datetime) -> Iterator[Line]:
    """Return the lines of a span of time, its end left out."""
    return (line for line in lines if since <= line.at < until)
