"""From what rules decide to what is sent: each alert's fate. Pure.

A rule decides whether a post is an alert; here it is decided whether that alert goes out. The
order stands in `consider` and `restrain`, and nowhere else.
"""

from collections.abc import Sequence
from datetime import datetime

from alerts.domain import Alert
from alerts.ledger import Fate, Ledger, loudest_first
from alerts.rules import Case, NotSent, Rule, decide


def consider(
    rules: Sequence[Rule],
    case: Case,
    ledger: Ledger,
    *,
    backfilled: bool,
    now: datetime,
    config: str,
) -> list[Alert]:
    """Let every rule decide on one post, and take down what each says; return the alerts made."""
    made = []
    for rule in loudest_first(rules):
        told = ledger.told(rule.name, case.event.id)
        decision = decide(rule, case, told=told, backfilled=backfilled, now=now, config=config)
        if isinstance(decision, Alert) and ledger.knows(decision.id):
            decision = NotSent(why="told")
        if isinstance(decision, Alert):
            ledger.add(rule, case, decision, restrain(rule, decision))
            made.append(decision)
        elif decision.touched:
            ledger.skip(rule, case, decision.why, now)
    return made


def restrain(rule: Rule, alert: Alert) -> Fate:
    """Decide what becomes of an alert; the first reason to keep it back is the one that counts."""
    if rule.shadow:
        return Fate(channels=(), not_sent="shadow")
    return Fate(channels=alert.channels)
