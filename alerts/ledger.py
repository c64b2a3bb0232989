"""What was told before, as far as a decision needs to know it. Pure.

A ledger answers the questions that rules and their restraints ask of history, and takes down
what they decide. `alerts/books.py` keeps one in the database; one in memory gives the same
alerts, since nothing is decided here or there: see alerts/restraint.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.domain import Alert, Severity
from alerts.events import Told
from alerts.rules import Case, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of an alert that a rule made.

    channels: where it goes.
    not_sent: why it goes nowhere, for good; None if it goes.
    """

    channels: tuple[str, ...]
    not_sent: str | None = None


class Ledger(Protocol):
    """History, as the decisions see it; each answer counts what was added before."""

    def told(self, rule: str, event_id: str) -> Told | None:
        """Return what a rule's readers know of an event; None if it never made an alert on it.

        The newest alert counts, whatever became of it; digests are none.
        """
        ...

    def knows(self, alert_id: str) -> bool:
        """Tell whether this very alert was added before."""
        ...

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        """Take down an alert that a post set off, and put it into the outbox if it goes at once."""
        ...

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        """Take down why a rule that a post touched made no alert of it."""
        ...


def loudest_first(rules: Sequence[Rule]) -> list[Rule]:
    """Return rules in the order that they decide in: loud before quiet, else as they stand."""
    loudness = list(Severity)
    return sorted(rules, key=lambda rule: -loudness.index(rule.severity))
