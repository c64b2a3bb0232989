"""What was held -> what goes out now that its time has come. Pure.

Quiet hours end with one message an event, in its latest state; a digest gathers all that waits
for it into one message a rule. What is not sent after all is taken down with its reason.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from alerts.domain import Alert, Reason
from alerts.ledger import Held, Hold, Ledger, Silence
from alerts.restraint import quiet_end, silenced_by
from alerts.rules import Rule
from alerts.walltime import Home

Group = Sequence[Held]
"""What waits of one rule on one event, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One release: what is known now, and where it is taken down."""

    rules: Mapping[str, Rule]
    channels: Collection[str]
    silences: Sequence[Silence]
    ledger: Ledger
    home: Home
    now: datetime


def release(
    rules: Sequence[Rule],
    ledger: Ledger,
    *,
    home: Home,
    channels: Collection[str],
    now: datetime,
    config: str,
    of: Collection[str] | None = None,
) -> list[Alert]:
    """Let go of what is due, and take down what becomes of it; return what goes out.

    rules, channels: those of the config as it is now, which need not know what was held.
    of: names of the rules that have something due, where that is known.
    """
    this = _Round(
        rules={rule.name: rule for rule in rules},
        channels=channels,
        silences=ledger.silences(now),
        ledger=ledger,
        home=home,
        now=now,
    )
    waiting = ledger.held() if of is None else [one for name in of for one in ledger.held(name)]
    due = [one for one in waiting if one.held_until <= now and not _sleeps_on(this, one)]
    single = {_key(one) for one in due if one.held_for is Hold.QUIET_HOURS}
    sent = []
    # A message tells the latest of its event, and with it all that waits on it for any reason.
    for group in by_event(one for one in waiting if _key(one) in single):
        alert = merge(group, this.rules.get(group[0].alert.rule), channels, now)
        if not _is_dropped(this, alert, group):
            sent.append(alert)
            _send(alert, group, ledger, now)
    gathered: dict[str, list[Group]] = defaultdict(list)
    for group in by_event(one for one in due if _key(one) not in single):
        gathered[group[0].alert.rule].append(group)
    for name, groups in gathered.items():
        digest = _digest(this, this.rules.get(name), groups, config)
        if digest is not None:
            sent.append(digest)
    return sent


def _key(held: Held) -> tuple[str, str]:
    return held.alert.rule, held.alert.event.id


def by_event(waiting: Iterable[Held]) -> list[Group]:
    """Return what waits, grouped by rule and event, in the order of each group's oldest."""
    groups: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for one in waiting:
        groups[_key(one)].append(one)
    return list(groups.values())


def _sleeps_on(this: _Round, held: Held) -> bool:
    """Put off what became due within quiet hours: they changed, or the service was not running."""
    rule = this.rules.get(held.alert.rule)
    until = quiet_end(rule, held.alert.severity, this.now, this.home) if rule else None
    if until is not None:
        this.ledger.postpone(held.alert.id, until)
    return until is not None


def _is_dropped(this: _Round, alert: Alert, group: Group) -> bool:
    """Take down what is not wanted any more: silenced meanwhile, or its rule is in shadow now."""
    rule = this.rules.get(alert.rule)
    silence = silenced_by(alert, this.silences)
    if silence is not None:
        why = f"silenced by {silence.id}"
    elif rule is not None and rule.shadow:
        why = "shadow"
    else:
        return False
    for one in group:
        this.ledger.drop(one.alert.id, why, this.now)
    return True


def _send(alert: Alert, group: Group, ledger: Ledger, now: datetime) -> None:
    ledger.send(alert, now)
    for one in group:
        if one.alert.id != alert.id:
            ledger.join(one.alert.id, alert.id, now)


def merge(group: Group, rule: Rule | None, channels: Collection[str], now: datetime) -> Alert:
    """Return one alert that tells all that waits on an event, in its latest state.

    It keeps the id of the oldest, and is news if one of them is.
    """
    first, last = group[0], group[-1]
    alerts = [one.alert for one in group]
    notes = [alert.note for alert in alerts]
    wanted = tuple(dict.fromkeys(name for alert in alerts for name in alert.channels))
    return replace(
        last.alert,
        id=first.alert.id,
        reason=Reason.NEW if any(a.reason is Reason.NEW for a in alerts) else first.alert.reason,
        changes=tuple(dict.fromkeys(change for alert in alerts for change in alert.changes)),
        severity=max((a.severity for a in alerts), key=lambda severity: severity.loudness),
        at=now,
        channels=reroute(wanted, rule, channels),
        note="; ".join(dict.fromkeys(note for note in (_waited(first), *notes) if note)),
    )


def _waited(first: Held) -> str:
    if first.held_for is Hold.QUIET_HOURS:
        return f"held since {_minute(first.alert.at)} for quiet hours"
    return ""


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def reroute(
    wanted: tuple[str, ...], rule: Rule | None, channels: Collection[str]
) -> tuple[str, ...]:
    """Return where a held alert goes now.

    In place of channels that are gone come those that its rule has got instead. Where there is
    none, they stay named, and so come to be dead deliveries that somebody can see.
    """
    there = tuple(name for name in wanted if name in channels)
    instead = tuple(name for name in rule.send if name not in wanted) if rule else ()
    return wanted if len(there) == len(wanted) or not instead else there + instead


def _digest(this: _Round, rule: Rule | None, groups: Sequence[Group], config: str) -> Alert | None:
    """Send one digest of a rule's due groups; None if nothing of them is to be told."""
    merged = [(merge(group, rule, this.channels, this.now), group) for group in groups]
    told = [(alert, group) for alert, group in merged if not _is_dropped(this, alert, group)]
    if not told:
        return None
    over = sum(group[0].held_for is Hold.BUDGET for _, group in told)
    digest = gather([alert for alert, _ in told], this.now, config, note=_over_budget(over, rule))
    this.ledger.send(digest, this.now)
    for _, group in told:
        for one in group:
            this.ledger.join(one.alert.id, digest.id, this.now)
    return digest


def _over_budget(over: int, rule: Rule | None) -> str:
    if not over:
        return ""
    budget = f" of {rule.budget}" if rule and rule.budget else ""
    return f"{over} went over the rule's budget{budget}"


def gather(alerts: Sequence[Alert], now: datetime, config: str, note: str = "") -> Alert:
    """Return the digest of alerts of one rule, one an event: loud first, then by relevance."""
    ranked = sorted(alerts, key=lambda a: (-a.severity.loudness, -a.relevance.value, a.id))
    top = ranked[0]
    occasion = "|".join((top.rule, Reason.DIGEST, *sorted(alert.id for alert in alerts)))
    return replace(
        top,
        id=f"a{hashlib.sha256(occasion.encode()).hexdigest()[:16]}",
        reason=Reason.DIGEST,
        changes=(),
        at=now,
        channels=tuple(dict.fromkeys(name for alert in ranked for name in alert.channels)),
        config=config,
        note=note,
        gathered=tuple(ranked),
    )


def part_for(digest: Alert, channel: str) -> Alert:
    """Return what of a digest goes to one channel."""
    return replace(
        digest, gathered=tuple(one for one in digest.gathered if channel in one.channels)
    )
