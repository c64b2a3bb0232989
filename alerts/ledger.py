"""What was told before, as far as a decision needs to know it. Pure.

A ledger answers the questions that rules and their restraints ask of history, and takes down
what they decide. `alerts/books.py` keeps one in the database; one in memory gives the same
alerts, since nothing is decided here or there: see alerts/restraint.py and alerts/release.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from alerts.case import Case
from alerts.conditions import author_key
from alerts.domain import Alert, Earlier, Severity
from alerts.rules import Rule
from alerts.updates import Told
from alerts.words import contains


class Hold(StrEnum):
    """What an alert waits for."""

    QUIET_HOURS = "quiet_hours"
    DIGEST = "digest"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of an alert that a rule made.

    channels: where it goes, now or later.
    not_sent: why it goes nowhere, for good; None if it goes.
    held_for, held_until: what it waits for, and until when; None if it goes at once.
    note: what its readers must know of later alerts.
    """

    channels: tuple[str, ...] = ()
    not_sent: str | None = None
    held_for: Hold | None = None
    held_until: datetime | None = None
    note: str = ""

    @property
    def at_once(self) -> bool:
        """Whether it goes out now."""
        return self.not_sent is None and self.held_until is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An alert that a rule made on an event, as far as its later ones depend on it.

    headline: as it stands; that of an alert which waited is the one it was sent with.
    sent: whether it went out as a message of its own.
    """

    id: str
    at: datetime
    headline: str
    severity: Severity
    facts: frozenset[str]
    sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That a rule tells of an event: the alert was sent, or is held to be sent."""

    rule: str
    severity: Severity
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An alert that waits.

    alert: as it was made, with its event as that is now, and the channels that it will go to.
    """

    alert: Alert
    held_for: Hold
    held_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What somebody does not want to hear of for a while: alerts that all the set fields fit.

    topic: one of the tags of the post that set an alert off.
    source, author, words: that post's; words are those of any_of.
    """

    id: str
    rule: str | None = None
    topic: str | None = None
    event: str | None = None
    source: str | None = None
    author: str | None = None
    words: str | None = None

    def covers(self, alert: Alert) -> bool:
        """Tell whether an alert is silenced by this."""
        post = alert.posts[0]
        fits = (
            self.rule in (None, alert.rule),
            self.topic is None or self.topic in alert.tagging.tags,
            self.event in (None, alert.event.id),
            self.source in (None, post.source),
            self.author is None or author_key(self.author) == author_key(post.author or ""),
            self.words is None or contains((self.words,), post.text),
        )
        return all(fits)


class Ledger(Protocol):
    """History, as the decisions see it; each answer counts what was taken down before."""

    def told(self, rule: str, event_id: str) -> Told | None:
        """Return what a rule's readers know of an event; None if it never made an alert on it.

        Every alert counts, whatever became of it. Digests are none.
        """
        ...

    def knows(self, alert: Alert) -> bool:
        """Tell whether this very alert, by its id, was added before."""
        ...

    def tellings(self, event_id: str) -> Sequence[Telling]:
        """Return who tells of an event: alerts that were sent or wait, digests left out."""
        ...

    def planned(self, rule: str, start: datetime, end: datetime) -> int:
        """Return how many messages of their own a rule's alerts make in a span, its end left out.

        One for every alert that went at once, at the time it was made, and one for every event
        with alerts that waited or wait for quiet hours, at the time until which they are held.
        """
        ...

    def silences(self, now: datetime) -> Sequence[Silence]:
        """Return the silences that hold now, oldest first."""
        ...

    def held(self, rule: str | None = None, event_id: str | None = None) -> Sequence[Held]:
        """Return the alerts that wait, of one rule and on one event if asked, oldest first."""
        ...

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        """Take down an alert that a post set off, and put it into the outbox if it goes at once."""
        ...

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        """Take down why a rule that a post touched made no alert of it."""
        ...

    def join(self, alert_id: str, other: str, now: datetime) -> None:
        """Take down that an alert waits no more: another one tells it."""
        ...

    def drop(self, alert_id: str, why: str, now: datetime) -> None:
        """Take down that an alert waits no more: it is not sent."""
        ...

    def postpone(self, alert_id: str, until: datetime) -> None:
        """Take down that an alert waits longer."""
        ...

    def send(self, alert: Alert, now: datetime) -> None:
        """Put an alert that waited, or a digest, into the outbox, as it is now."""
        ...


def loudest_first(rules: Sequence[Rule]) -> list[Rule]:
    """Return rules in the order that they decide in: loud before quiet, else as they stand."""
    return sorted(rules, key=lambda rule: -rule.severity.loudness)


def told_by(made: Sequence[Made]) -> Told | None:
    """Return what readers know of an event from one rule's alerts on it, oldest first."""
    if not made:
        return None
    sent = [one for one in made if one.sent]
    first = (sent or made)[0]
    return Told(
        at=made[-1].at,
        first=Earlier(id=first.id, at=first.at, headline=first.headline, sent=bool(sent)),
        facts=frozenset(fact for one in made for fact in one.facts),
        severity=max((one.severity for one in made), key=lambda severity: severity.loudness),
    )
