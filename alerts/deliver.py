"""The outbox loop: claim, send, settle.

Delivery is at least once, with the same id and the same body on every try. A crash between
the receiver's answer and our note of it sends the message again; never is one lost.
"""

import asyncio
import random
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from alerts import channels, failpoints, retry
from alerts.config import Config
from alerts.domain import Delivery, DeliveryState, Outcome, Verdict
from alerts.httpclient import Client
from alerts.settings import ChannelSettings
from alerts.store import deliveries as queries
from alerts.store.connect import Store

log = structlog.get_logger()

BATCH = 100
"""Deliveries claimed at once."""

LEASE = timedelta(seconds=60)
"""How long one try may take before another worker may take it over; tries end after 15 s."""

LOOK = 1.0
"""Seconds after which work that came in meanwhile is looked for, whoever is still busy."""

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Tally:
    """What a round of deliveries came to."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """The parts that deliveries need.

    look: seconds between two looks for new work while a channel is busy.
    last_sent: channel -> event-loop time of its last message, for its pace.
    resting: channel -> until when it asked to be left alone.
    """

    store: Store
    config: Config
    client: Client
    clock: Clock
    look: float = LOOK
    last_sent: dict[str, float] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)


async def deliver_due(
    outbox: Outbox, *, stop: asyncio.Event | None = None, more: asyncio.Event | None = None
) -> Tally:
    """Send everything that is due, channel beside channel, until nothing is; return the tally.

    stop: once it is set, messages under way are finished and the others given back.
    more: set whenever something has become due, so that it need not wait for the next look.
    """
    more = more or asyncio.Event()
    tally = Tally()
    busy: dict[str, asyncio.Task[None]] = {}
    ending = asyncio.Event()

    def is_ending() -> bool:
        return ending.is_set() or (stop is not None and stop.is_set())

    try:
        while not is_ending():
            # Here, not in the thread: a batch under way may just then let its channel rest.
            skipped = {*busy, *_resting(outbox)}
            more.clear()
            claimed = await asyncio.to_thread(_claim, outbox, skipped)
            for name, batch in _by_channel(claimed.deliveries).items():
                work = _send_batch(outbox, name, batch, claimed.lease, tally, is_ending)
                busy[name] = asyncio.create_task(work)
            if claimed.deliveries or more.is_set():
                # One channel's long queue may stand before another channel's only message.
                continue
            if not busy:
                break
            # A slow channel holds up no other, nor what comes in while it is slow.
            told = asyncio.create_task(more.wait())
            done, _ = await asyncio.wait(
                {*busy.values(), told}, timeout=outbox.look, return_when=asyncio.FIRST_COMPLETED
            )
            told.cancel()
            for name in [name for name, task in busy.items() if task in done]:
                busy.pop(name).result()
    finally:
        # Whatever ends this round, no try is left running without anyone to note its outcome.
        ending.set()
        if busy:
            await asyncio.wait(busy.values())
    for task in busy.values():
        task.result()
    return tally


@dataclass(frozen=True, slots=True)
class _Claimed:
    lease: str
    deliveries: Sequence[Delivery]


def _resting(outbox: Outbox) -> list[str]:
    now = outbox.clock()
    return [name for name, until in outbox.resting.items() if now < until]


def _claim(outbox: Outbox, skipped: Collection[str]) -> _Claimed:
    lease = secrets.token_hex(8)
    now = outbox.clock()
    with outbox.store.write() as connection:
        found = queries.claim(
            connection, lease=lease, now=now, until=now + LEASE, limit=BATCH, skip=skipped
        )
    if found:
        failpoints.reach("claimed")
    return _Claimed(lease, found)


def _by_channel(deliveries: Sequence[Delivery]) -> Mapping[str, list[Delivery]]:
    batches: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        batches[delivery.channel].append(delivery)
    return batches


async def _send_batch(
    outbox: Outbox,
    name: str,
    batch: Sequence[Delivery],
    lease: str,
    tally: Tally,
    is_ending: Callable[[], bool],
) -> None:
    channel = outbox.config.channel(name)
    began = outbox.clock()
    rest = [delivery.id for delivery in batch]
    try:
        for delivery in batch:
            # What can't be sent well within the lease goes back to the queue.
            if is_ending() or outbox.clock() - began > LEASE / 2:
                break
            outcome = await try_once(outbox, channel, delivery)
            failpoints.reach("sent")
            gone = await asyncio.to_thread(_settle, outbox, delivery, lease, outcome, tally)
            rest.remove(delivery.id)
            if gone or _must_rest(outbox, name, outcome):
                break
    except asyncio.CancelledError:
        # Nothing may be awaited any more. The message under way may arrive twice, with one id.
        _give_back(outbox, rest, lease)
        raise
    if rest:
        await asyncio.to_thread(_give_back, outbox, rest, lease)


def _must_rest(outbox: Outbox, name: str, outcome: Outcome) -> bool:
    """Tell whether a receiver asked to be left alone for a while, and remember until when."""
    rest = retry.asked(outcome.retry_after)
    if outcome.verdict is not Verdict.RETRY or not rest:
        return False
    outbox.resting[name] = outbox.clock() + rest
    return True


async def try_once(outbox: Outbox, channel: ChannelSettings | None, delivery: Delivery) -> Outcome:
    """Send one message once, at its channel's pace; whatever goes wrong is an outcome."""
    if channel is None:
        detail = f"channel {delivery.channel} is no longer in the config"
        return Outcome(verdict=Verdict.REJECTED, detail=detail)
    kind = channels.KINDS[channel.kind]
    await _keep_pace(outbox, channel.name, kind.pace)
    send = outbox.client.sender(allow_private=channel.allow_private)
    try:
        return await kind.send(channel, delivery, send, outbox.clock())
    except Exception as error:  # one message's fault must not stop the others
        log.debug("unforeseen", delivery=delivery.id, exc_info=error)
        # Its text may repeat an address, and an address may be a secret.
        detail = f"unforeseen {type(error).__name__} in channel {channel.name}"
        return Outcome(verdict=Verdict.RETRY, detail=detail)


async def _keep_pace(outbox: Outbox, name: str, pace: float) -> None:
    loop = asyncio.get_running_loop()
    wait = outbox.last_sent.get(name, -pace) + pace - loop.time()
    if wait > 0:
        await asyncio.sleep(wait)
    outbox.last_sent[name] = loop.time()


def _settle(outbox: Outbox, delivery: Delivery, lease: str, outcome: Outcome, tally: Tally) -> bool:
    """Write down how a try went; return whether the channel takes nothing any more."""
    now = outbox.clock()
    attempts = delivery.attempts + 1
    settled = retry.decide(outcome, attempts, now, delivery.created_at, random.random())
    with outbox.store.write() as connection:
        ours = queries.settle(
            connection,
            delivery.id,
            lease=lease,
            state=settled.state,
            attempts=attempts,
            now=now,
            next_attempt_at=settled.next_attempt_at,
            error=None if settled.state is DeliveryState.SENT else settled.reason,
        )
        reason = _why_off(connection, delivery.channel, outcome, settled, now)
        if reason is not None:
            queries.disable_channel(connection, delivery.channel, reason=reason, now=now)
        failpoints.reach("settling")
    failpoints.reach("settled")
    if not ours:
        log.warning("lease lost", delivery=delivery.id, channel=delivery.channel)
        return False
    _count(tally, delivery, settled)
    if reason is not None:
        log.info("channel switched off", channel=delivery.channel, reason=reason)
    return reason is not None


def _why_off(
    connection: Connection, channel: str, outcome: Outcome, settled: retry.Settled, now: datetime
) -> str | None:
    """Note whether a channel works; return why it is to be switched off, or None."""
    if settled.disable_channel:
        return settled.reason
    if outcome.verdict is Verdict.SENT:
        queries.end_outage(connection, channel)
    if outcome.verdict is not Verdict.RETRY:
        # Who refuses one message may well take the next.
        return None
    outage = queries.note_failure(connection, channel, outcome.detail, now)
    return outage.verdict if outage.is_too_long else None


def _count(tally: Tally, delivery: Delivery, settled: retry.Settled) -> None:
    log.info(
        "delivery",
        id=delivery.id,
        channel=delivery.channel,
        state=str(settled.state),
        reason=settled.reason,
    )
    if settled.state is DeliveryState.SENT:
        tally.sent += 1
        return
    if settled.state is DeliveryState.DEAD:
        tally.dead += 1
        advice = f"after repair: `tocsin deliveries replay {delivery.id}`"
    else:
        tally.retried += 1
        advice = "it will be tried again"
    tally.errors.append(f"{delivery.channel}: {delivery.id}: {settled.reason}; {advice}")


def _give_back(outbox: Outbox, ids: Sequence[str], lease: str) -> None:
    with outbox.store.write() as connection:
        queries.release(connection, ids, lease)
