"""From what rules decide to what is sent: each alert's fate. Pure.

A rule decides whether a post is an alert; here it is decided whether that alert goes out. The
order stands in `consider` and `restrain`, and nowhere else; what was held back goes out as
alerts/release.py says.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.case import Case
from alerts.domain import Alert, Reason, Severity
from alerts.ledger import Fate, Hold, Ledger, Silence, Telling, loudest_first
from alerts.rules import NotSent, Rule, decide
from alerts.walltime import Home, budget_size, day_of, next_fire, quiet_until

LEANS = "leans"
"""Why an alert on an event that may be on a known act is not made: its readers were told of that
one."""


def consider(
    rules: Sequence[Rule],
    case: Case,
    ledger: Ledger,
    *,
    home: Home,
    backfilled: bool,
    now: datetime,
    config: str,
) -> list[Alert]:
    """Let every rule decide on one post, and take down what each says; return the alerts made."""
    made = []
    for rule in loudest_first(rules):
        told = ledger.told(rule.name, case.event.id)
        decision = decide(rule, case, told=told, backfilled=backfilled, now=now, config=config)
        if isinstance(decision, Alert) and ledger.knows(decision):
            decision = NotSent(why="told")
        if isinstance(decision, Alert) and told is None and _may_be_known(rule, case, ledger):
            decision = NotSent(why=LEANS)
        if isinstance(decision, Alert):
            made.append(_take_down(rule, case, decision, ledger, home, now))
        elif decision.touched:
            ledger.skip(rule, case, decision.why, now)
    return made


def _may_be_known(rule: Rule, case: Case, ledger: Ledger) -> bool:
    """Tell whether an event leans on one that a rule's readers were told of."""
    return case.leans_on is not None and ledger.told(rule.name, case.leans_on) is not None


def _take_down(
    rule: Rule, case: Case, alert: Alert, ledger: Ledger, home: Home, now: datetime
) -> Alert:
    """Take down an alert with its fate; one that goes at once tells what waited on its event."""
    fate = restrain(rule, alert, ledger, home, now, leans_on=case.leans_on)
    waiting = ledger.held(rule.name, alert.event.id) if fate.at_once else ()
    if any(one.alert.reason is Reason.NEW for one in waiting):
        # Its readers were not told of the event yet.
        alert = replace(alert, reason=Reason.NEW)
    alert = replace(alert, note=fate.note)
    ledger.add(rule, case, alert, fate)
    for one in waiting:
        ledger.join(one.alert.id, alert.id, now)
    return alert


def restrain(
    rule: Rule,
    alert: Alert,
    ledger: Ledger,
    home: Home,
    now: datetime,
    *,
    leans_on: str | None = None,
) -> Fate:
    """Decide what becomes of an alert; the first reason to keep it back is the one that counts.

    leans_on: the event that the alert's leans on; who silenced that one means this one too.
    """
    if rule.shadow:
        return Fate(not_sent="shadow")
    silences = ledger.silences(now)
    silence = silenced_by(alert, silences)
    if silence is None and leans_on is not None:
        known = replace(alert, event=replace(alert.event, id=leans_on))
        silence = silenced_by(known, silences)
    if silence is not None:
        return Fate(not_sent=f"silenced by {silence.id}")
    muters = _muters(rule, alert, ledger)
    taken = {name for telling in muters for name in telling.channels}
    left = tuple(name for name in alert.channels if name not in taken)
    if muters and not left:
        loudest = min(muters, key=lambda telling: (-telling.severity.loudness, telling.rule))
        return Fate(not_sent=f"muted by {loudest.rule}")
    return _timed(rule, replace(alert, channels=left), ledger, home, now)


def silenced_by(alert: Alert, silences: Sequence[Silence]) -> Silence | None:
    """Return the first silence that covers an alert."""
    return next((silence for silence in silences if silence.covers(alert)), None)


def _muters(rule: Rule, alert: Alert, ledger: Ledger) -> list[Telling]:
    """Return what mutes an alert: rules that it names, at least as loud, on the same event."""
    if not rule.muted_by:
        return []
    return [
        telling
        for telling in ledger.tellings(alert.event.id)
        if telling.rule in rule.muted_by
        and telling.severity.loudness >= alert.severity.loudness
        and set(telling.channels) & set(alert.channels)
    ]


def zone_of(rule: Rule, home: Home) -> ZoneInfo:
    """Return the time zone that a rule's hours and days are meant in."""
    return ZoneInfo(rule.timezone) if rule.timezone else home.zone


def quiet_end(rule: Rule, severity: Severity, at: datetime, home: Home) -> datetime | None:
    """Return when a rule's quiet hours end, if a moment lies in them for such a severity."""
    if rule.quiet_hours is None or severity in rule.quiet_hours.passing:
        return None
    return quiet_until(rule.quiet_hours, at, zone_of(rule, home))


def _timed(rule: Rule, alert: Alert, ledger: Ledger, home: Home, now: datetime) -> Fate:
    """Decide when an alert goes: at once, after quiet hours, or in a digest."""
    if rule.digest is not None:
        return _for_digest(rule, alert, rule.digest, Hold.DIGEST, home, now)
    quiet = quiet_end(rule, alert.severity, now, home)
    # What waits for the same morning on the same event becomes one message with it.
    joins = quiet is not None and any(
        one.held_for is Hold.QUIET_HOURS for one in ledger.held(rule.name, alert.event.id)
    )
    note = ""
    if rule.budget is not None and not joins:
        start, end = day_of(quiet or now, zone_of(rule, home))
        left = budget_size(rule.budget) - ledger.planned(rule.name, start, end)
        if left <= 0:
            return _for_digest(rule, alert, home.digest, Hold.BUDGET, home, now)
        if left == 1:
            note = f"the last within the rule's budget of {rule.budget}: more wait for a digest"
    held_for = Hold.QUIET_HOURS if quiet else None
    return Fate(channels=alert.channels, held_for=held_for, held_until=quiet, note=note)


def _for_digest(
    rule: Rule, alert: Alert, cron: str, held_for: Hold, home: Home, now: datetime
) -> Fate:
    """Hold an alert until a digest, which itself waits for the end of quiet hours."""
    fires = next_fire(cron, now, zone_of(rule, home))
    until = quiet_end(rule, alert.severity, fires, home) or fires
    return Fate(channels=alert.channels, held_for=held_for, held_until=until)
