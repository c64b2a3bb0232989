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

from alerts import channels, retry
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

    last_sent: channel -> event-loop time of its last message, for its pace.
    """

    store: Store
    config: Config
    client: Client
    clock: Clock
    last_sent: dict[str, float] = field(default_factory=dict)


async def deliver_due(outbox: Outbox, *, stop: asyncio.Event | None = None) -> Tally:
    """Send everything that is due, channel beside channel, until nothing is; return the tally."""
    tally = Tally()
    busy: dict[str, asyncio.Task[None]] = {}
    while not (stop and stop.is_set()):
        claimed = await asyncio.to_thread(_claim, outbox, tuple(busy))
        for name, batch in _by_channel(claimed.deliveries).items():
            work = _send_batch(outbox, name, batch, claimed.lease, tally, stop)
            busy[name] = asyncio.create_task(work)
        if not busy:
            break
        # A slow channel holds up no other: new work is claimed as soon as any one is free.
        done, _ = await asyncio.wait(busy.values(), return_when=asyncio.FIRST_COMPLETED)
        for name in [name for name, task in busy.items() if task in done]:
            busy.pop(name).result()
    if busy:
        await asyncio.gather(*busy.values())
    return tally


@dataclass(frozen=True, slots=True)
class _Claimed:
    lease: str
    deliveries: Sequence[Delivery]


def _claim(outbox: Outbox, busy: Collection[str]) -> _Claimed:
    lease = secrets.token_hex(8)
    now = outbox.clock()
    with outbox.store.write() as connection:
        found = queries.claim(
            connection, lease=lease, now=now, until=now + LEASE, limit=BATCH, skip=busy
        )
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
    stop: asyncio.Event | None,
) -> None:
    channel = outbox.config.channel(name)
    began = outbox.clock()
    for position, delivery in enumerate(batch):
        # What can't be sent well within the lease goes back to the queue.
        late = outbox.clock() - began > LEASE / 2
        if late or (stop and stop.is_set()):
            rest = [one.id for one in batch[position:]]
            await asyncio.to_thread(_give_back, outbox, rest, lease)
            return
        outcome = await _try_once(outbox, channel, delivery)
        gone = await asyncio.to_thread(_settle, outbox, delivery, lease, outcome, tally)
        if gone:
            rest = [one.id for one in batch[position + 1 :]]
            await asyncio.to_thread(_give_back, outbox, rest, lease)
            return


async def _try_once(outbox: Outbox, channel: ChannelSettings | None, delivery: Delivery) -> Outcome:
    if channel is None:
        detail = f"channel {delivery.channel} is no longer in the config"
        return Outcome(verdict=Verdict.REJECTED, detail=detail)
    kind = channels.KINDS[channel.kind]
    await _keep_pace(outbox, channel.name, kind.pace)
    send = outbox.client.sender(allow_private=channel.allow_private)
    return await kind.send(channel, delivery, send, outbox.clock())


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
        if settled.disable_channel:
            queries.disable_channel(connection, delivery.channel, reason=settled.reason, now=now)
    if not ours:
        log.warning("lease lost", delivery=delivery.id, channel=delivery.channel)
        return False
    _count(tally, delivery, settled)
    return settled.disable_channel


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
