"""How one try went + tries made + now -> what becomes of the delivery. Pure.

It never looks at a clock, a queue or a channel: `now` and the jitter come from the caller.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from alerts.cleaning import cut, plain
from alerts.domain import DeliveryState, Outcome, Verdict
from alerts.errors import SourceError, SourceRefused

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Waits after the first, second, ... failed try: ten tries over 3.2 days, as Standard Webhooks
suggests for a receiver that is down over a weekend."""

TRIES = len(SCHEDULE) + 1

JITTER = 0.2
"""Share by which a wait may be shorter or longer, so that a queue does not come back at once."""

LONGEST_WAIT = timedelta(hours=24)
"""The most that a receiver may ask for."""

FURTHEST = max(LONGEST_WAIT, SCHEDULE[-1] * (1 + JITTER))
"""The furthest ahead that a try is ever planned; what is planned later was by another clock."""

SKEW = timedelta(hours=1)
"""How far the clocks of two machines may be apart, which is no sign that one was set back."""

LIFETIME = timedelta(days=5)
"""How long after it was made a delivery may still be planned."""

FAIR_TRIES = 4
"""Tries that every delivery gets whatever its age, so that one made before a long outage of our
own, or replayed by hand, is not given up at its first failure."""

MAX_BACKOFF = timedelta(hours=1)
"""Longest wait after failed polls in a row, unless the source's own interval is longer."""

SHORTEST_SECRET = 4
"""Characters; shorter parts of an address are everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What becomes of a delivery after a try.

    state: SENT, PENDING (again at next_attempt_at) or DEAD.
    next_attempt_at: set for PENDING only.
    reason: one line for people, free of secrets.
    disable_channel: nothing will be taken there any more, so its channel is to be switched off.
    """

    state: DeliveryState
    next_attempt_at: datetime | None = None
    reason: str
    disable_channel: bool = False


def backoff(every: timedelta, failures: int, retry_after: float | None) -> timedelta:
    """Return how long to leave a failing source alone: doubling, bounded, as it asked at least."""
    doubled = every * (1 << min(failures - 1, 10))
    wait = min(doubled, max(MAX_BACKOFF, every))
    return max(wait, timedelta(seconds=retry_after or 0))


def decide(
    outcome: Outcome, attempts: int, now: datetime, created_at: datetime, jitter: float
) -> Settled:
    """Decide what becomes of a delivery.

    attempts: tries made, this one included (1 or more).
    jitter: a random number in [0, 1); 0.5 keeps to the schedule.
    """
    if outcome.verdict is Verdict.SENT:
        return Settled(state=DeliveryState.SENT, reason=outcome.detail)
    if outcome.verdict is Verdict.REJECTED:
        return Settled(state=DeliveryState.DEAD, reason=f"refused: {outcome.detail}")
    if outcome.verdict is Verdict.GONE:
        return Settled(
            state=DeliveryState.DEAD,
            reason=f"the receiver is gone: {outcome.detail}",
            disable_channel=True,
        )
    if attempts >= TRIES:
        return _given_up(outcome, f"after {attempts} tries")
    again_at = now + max(_scheduled(attempts, jitter), asked(outcome.retry_after))
    if attempts >= FAIR_TRIES and again_at - created_at > LIFETIME:
        return _given_up(outcome, f"after {attempts} tries, {LIFETIME.days} days old")
    return Settled(state=DeliveryState.PENDING, next_attempt_at=again_at, reason=outcome.detail)


def _given_up(outcome: Outcome, when: str) -> Settled:
    return Settled(state=DeliveryState.DEAD, reason=f"given up {when}: {outcome.detail}")


def _scheduled(attempts: int, jitter: float) -> timedelta:
    wait = SCHEDULE[max(attempts, 1) - 1]
    return wait * (1 - JITTER + 2 * JITTER * jitter)


def asked(seconds: float | None) -> timedelta:
    """Return the wait that a receiver asked for, held between none and LONGEST_WAIT."""
    if seconds is None or math.isnan(seconds):
        return timedelta(0)
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_WAIT.total_seconds()))


def unanswered(error: SourceError, secrets: Iterable[str] = ()) -> Outcome:
    """Return the outcome of a try that got no answer to judge.

    secrets: addresses and keys of the channel; no part of them is repeated.
    """
    refused = isinstance(error, SourceRefused)
    return Outcome(
        verdict=Verdict.REJECTED if refused else Verdict.RETRY,
        detail=cut(_without(plain(str(error)), secrets), 300) or type(error).__name__,
        retry_after=error.retry_after,
    )


def _without(text: str, secrets: Iterable[str]) -> str:
    """Take secrets out of a text, and every part of them that would tell something.

    Of an address the host stays: a person needs it to find the mistake.
    """
    for secret in secrets:
        host = urlsplit(secret).netloc.rpartition("@")[2] if "://" in secret else ""
        text = text.replace(secret, host or "***")
        parts = re.split(r"[/?&=#@:;,]+", secret.replace(host, "/", 1) if host else secret)
        forms = {form for part in parts for form in (part, unquote(part))} - {"http", "https"}
        for form in sorted(forms, key=len, reverse=True):
            if len(form) >= SHORTEST_SECRET:
                text = text.replace(form, "***")
    return text
