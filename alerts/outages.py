"""A channel's tries that all fail -> when it is switched off, and what the operator hears. Pure.

An outage is a time in which every try to one channel failed. One success ends it, and so does a
pause: what failed days apart may be two short faults.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.cleaning import counted, cut, plain
from alerts.retry import SKEW
from alerts.spells import Kind, Spell, Verdicts, distance, minute

SWITCH_OFF_AFTER = timedelta(days=5)
"""Length of an outage after which a channel is switched off, as Svix does it: longer than one
message is tried, so that a weekend does not suffice."""

PAUSE = timedelta(days=2)
"""Time without a try after which a failure begins a new outage; two tries of one message are
29 hours apart at most."""

TOLD_AFTER = timedelta(hours=1)
TOLD_FAILURES = 3
"""Length of an outage and failed tries from which on the operator hears of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Tries of one channel that failed without a success in between.

    since, last_at: when the first and the last of them failed.
    error: how the last one failed, free of secrets.
    """

    channel: str
    since: datetime
    last_at: datetime
    failures: int
    error: str

    @property
    def is_too_long(self) -> bool:
        """Whether the channel is to be switched off."""
        return self.last_at - self.since >= SWITCH_OFF_AFTER

    @property
    def verdict(self) -> str:
        """Why the channel was switched off, in one line."""
        return (
            f"nothing but failures since {minute(self.since)}, {self.failures} in "
            f"{distance(self.last_at - self.since)}; the last: {self.error}"
        )


def after_failure(outage: Outage | None, channel: str, error: str, now: datetime) -> Outage:
    """Return a channel's outage once one more try has failed."""
    if outage is None or not outage.last_at - SKEW <= now < outage.last_at + PAUSE:
        # A clock that was set back begins anew as well; another worker's may lag a little.
        return Outage(channel=channel, since=now, last_at=now, failures=1, error=error)
    last_at = max(outage.last_at, now)
    return replace(outage, last_at=last_at, failures=outage.failures + 1, error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedOff:
    """Since when and why nothing is sent to a channel, and how many messages wait for it."""

    since: datetime
    reason: str
    waiting: int


def judge_channel(
    name: str, outage: Outage | None, off: SwitchedOff | None, now: datetime
) -> Verdicts:
    """Return what is off with a channel; while it is switched off, nobody knows if it fails."""
    if off is not None:
        return {Kind.DISABLED: _disabled(name, off)}
    failing = _failing(name, outage, now)
    if outage is not None and failing is None:
        # Its last try failed: no reason to tell yet, but none to call it well either.
        return {Kind.DISABLED: None}
    return {Kind.DISABLED: None, Kind.FAILING: failing}


def _disabled(name: str, off: SwitchedOff) -> Spell:
    return Spell(
        kind=Kind.DISABLED,
        about="channel",
        name=name,
        since=off.since,
        says=f"nothing is sent to it since {minute(off.since)}: {cut(plain(off.reason), 300)}; "
        f"{counted(off.waiting, 'message')} {'waits' if off.waiting == 1 else 'wait'} for it",
        check=(
            "does its receiver still exist, at that address and with that secret?",
            f"once it does, `tocsin channels enable {name}` sends what waits",
            f"`tocsin deliveries replay --dead --channel {name}` sends what was given up before",
        ),
    )


def _failing(name: str, outage: Outage | None, now: datetime) -> Spell | None:
    if outage is None or outage.failures < TOLD_FAILURES or now - outage.since < TOLD_AFTER:
        return None
    return Spell(
        kind=Kind.FAILING,
        about="channel",
        name=name,
        since=outage.since,
        says=f"{outage.failures} tries in a row failed since {minute(outage.since)}: "
        f"{cut(plain(outage.error), 300)}",
        check=(
            "is its receiver up, and are its address and its secret still right?",
            f"`tocsin deliveries list --channel {name}` shows what waits",
            f"after {SWITCH_OFF_AFTER.days} days of failures only it is switched off",
        ),
    )
