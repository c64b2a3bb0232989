"""The outbox: what is to be delivered, claimed, tried and settled."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from alerts.domain import Delivery, DeliveryState
from alerts.outages import Outage, SwitchedOff, after_failure
from alerts.retry import FURTHEST, SKEW
from alerts.store.many import execute_many
from alerts.store.tables import UPSERT, channels, deliveries, outages

ADD = insert(deliveries)

OPEN = (DeliveryState.PENDING, DeliveryState.SENDING)


def delivery_id(alert_id: str, channel: str) -> str:
    """Return the idempotency key of one alert on its way to one channel.

    Letters and digits only: Standard Webhooks forbids a full stop, which its signed text uses.
    """
    return f"msg_{hashlib.sha256(f'{alert_id}|{channel}'.encode()).hexdigest()[:24]}"


def enqueue(
    connection: Connection,
    alert_id: str | None,
    channel: str,
    body: bytes,
    *,
    now: datetime,
    notice: str | None = None,
) -> str:
    """Put one message into the outbox, with its body as it will be sent on every try.

    notice: id of the notice that it tells, in place of an alert.
    """
    draft = Draft(alert_id=alert_id, notice=notice, channel=channel, body=body, at=now)
    enqueue_all(connection, [draft])
    return draft.key


class Draft(NamedTuple):
    """A message to put into the outbox; see enqueue.

    dead: why it cannot be sent, if so: it is seen there with this reason.
    """

    alert_id: str | None
    channel: str
    body: bytes
    at: datetime
    notice: str | None = None
    dead: str | None = None

    @property
    def key(self) -> str:
        """Its idempotency key."""
        return delivery_id(self.alert_id or f"notice {self.notice}", self.channel)


def enqueue_all(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Put messages into the outbox, with their bodies as they will be sent on every try."""
    execute_many(connection, ADD, [_values(draft) for draft in drafts])


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.key,
        "alert_id": draft.alert_id,
        "notice": draft.notice,
        "channel": draft.channel,
        "body": draft.body,
        "state": DeliveryState.PENDING if draft.dead is None else DeliveryState.DEAD,
        "attempts": 0,
        "created_at": draft.at,
        "next_attempt_at": draft.at,
        "last_error": draft.dead,
        "settled_at": None if draft.dead is None else draft.at,
    }


def claim(
    connection: Connection,
    *,
    lease: str,
    now: datetime,
    until: datetime,
    limit: int,
    skip: Collection[str] = (),
) -> list[Delivery]:
    """Lease the deliveries that are due, oldest first, so that no other worker takes them.

    A lease that ran out (its worker died) is due again. What waits for longer than anything is
    made to wait was put off before the clock was set back, and is due too.
    skip: channels that take nothing now.
    """
    due = or_(
        and_(
            deliveries.c.state == DeliveryState.PENDING,
            or_(
                deliveries.c.next_attempt_at <= now,
                deliveries.c.created_at > now + SKEW,
                deliveries.c.next_attempt_at > now + FURTHEST + SKEW,
            ),
        ),
        and_(
            deliveries.c.state == DeliveryState.SENDING,
            or_(deliveries.c.leased_until <= now, deliveries.c.leased_until > until + SKEW),
        ),
    )
    disabled = select(channels.c.name)
    query = (
        select(deliveries)
        .where(due, deliveries.c.channel.not_in(disabled), deliveries.c.channel.not_in(list(skip)))
        .order_by(deliveries.c.next_attempt_at, deliveries.c.created_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(connection.execute(query))
    if rows:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_([row.id for row in rows]))
            .values(state=DeliveryState.SENDING, lease=lease, leased_until=until)
        )
    return [to_delivery(row) for row in rows]


def lease(connection: Connection, delivery_id: str, *, lease: str, until: datetime) -> None:
    """Take one delivery for oneself, due or not."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(state=DeliveryState.SENDING, lease=lease, leased_until=until)
    )


def one(connection: Connection, delivery_id: str) -> Delivery:
    """Return the delivery of that id."""
    query = select(deliveries).where(deliveries.c.id == delivery_id)
    return to_delivery(connection.execute(query).one())


def forget(connection: Connection, delivery_id: str) -> None:
    """Remove a delivery that told nothing."""
    connection.execute(delete(deliveries).where(deliveries.c.id == delivery_id))


def settle(
    connection: Connection,
    delivery_id: str,
    *,
    lease: str,
    state: DeliveryState,
    attempts: int,
    now: datetime,
    next_attempt_at: datetime | None,
    error: str | None,
) -> bool:
    """Write down how a try went; False if the lease was lost and another worker has it."""
    settled = state in (DeliveryState.SENT, DeliveryState.DEAD)
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.lease == lease)
        .values(
            state=state,
            attempts=attempts,
            lease=None,
            leased_until=None,
            last_error=error,
            next_attempt_at=next_attempt_at or now,
            settled_at=now if settled else None,
        )
    )
    return done.rowcount == 1


def release(connection: Connection, ids: Collection[str], lease: str) -> None:
    """Give back what a worker claimed and did not send."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(list(ids)), deliveries.c.lease == lease)
        .values(state=DeliveryState.PENDING, lease=None, leased_until=None)
    )


def release_all(connection: Connection) -> int:
    """Give back every claim, for whoever knows that nobody is at work; return how many."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.state == DeliveryState.SENDING)
        .values(state=DeliveryState.PENDING, lease=None, leased_until=None)
    )
    return done.rowcount


def replay(connection: Connection, ids: Collection[str], *, now: datetime) -> int:
    """Make dead deliveries due again, with the same ids and bodies; return how many."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(list(ids)), deliveries.c.state == DeliveryState.DEAD)
        .values(
            state=DeliveryState.PENDING,
            attempts=0,
            created_at=now,
            next_attempt_at=now,
            settled_at=None,
        )
    )
    return done.rowcount


def dead_ids(connection: Connection, channel: str | None = None) -> list[str]:
    """Return the ids of every dead delivery; of one channel only, if asked."""
    query = select(deliveries.c.id).where(deliveries.c.state == DeliveryState.DEAD)
    if channel is not None:
        query = query.where(deliveries.c.channel == channel)
    return list(connection.execute(query).scalars())


def waiting(connection: Connection) -> int:
    """Return how many deliveries are not settled."""
    query = select(func.count()).where(deliveries.c.state.in_(OPEN))
    return int(connection.execute(query).scalar_one())


def disable_channel(connection: Connection, name: str, *, reason: str, now: datetime) -> None:
    """Stop trying a channel until someone enables it; what waits for it stays."""
    connection.execute(
        UPSERT[connection.dialect.name](channels)
        .values(name=name, disabled_at=now, reason=reason)
        .on_conflict_do_nothing()
    )


def enable_channel(connection: Connection, name: str) -> bool:
    """Try a channel again, as if it had never failed; False if it was not disabled."""
    end_outage(connection, name)
    return connection.execute(delete(channels).where(channels.c.name == name)).rowcount == 1


def disabled_channels(connection: Connection) -> dict[str, str]:
    """Return channel -> why nothing is sent there."""
    rows = connection.execute(select(channels.c.name, channels.c.reason))
    return {row.name: row.reason for row in rows}


def switched_off(connection: Connection) -> dict[str, SwitchedOff]:
    """Return channel -> since when and why nothing is sent there, and what waits for it."""
    waits = (
        select(deliveries.c.channel, func.count().label("waiting"))
        .where(deliveries.c.state.in_(OPEN))
        .group_by(deliveries.c.channel)
        .subquery()
    )
    query = select(channels, waits.c.waiting).outerjoin(waits, waits.c.channel == channels.c.name)
    return {
        row.name: SwitchedOff(since=row.disabled_at, reason=row.reason, waiting=row.waiting or 0)
        for row in connection.execute(query)
    }


def note_failure(connection: Connection, channel: str, error: str, now: datetime) -> Outage:
    """Write down that a try to a channel failed; return its outage."""
    known = outages_now(connection, channel).get(channel)
    outage = after_failure(known, channel, error, now)
    values = {
        "since": outage.since,
        "last_at": outage.last_at,
        "failures": outage.failures,
        "error": outage.error,
    }
    # Another worker may have noted the channel's first failure a moment ago.
    connection.execute(
        UPSERT[connection.dialect.name](outages)
        .values(channel=channel, **values)
        .on_conflict_do_update(index_elements=["channel"], set_=values)
    )
    return outage


def end_outage(connection: Connection, channel: str) -> None:
    """Forget what failed before a success."""
    connection.execute(delete(outages).where(outages.c.channel == channel))


def outages_now(connection: Connection, channel: str | None = None) -> dict[str, Outage]:
    """Return channel -> its outage, where the last try failed."""
    query = select(outages)
    if channel is not None:
        query = query.where(outages.c.channel == channel)
    return {row.channel: Outage(**row._mapping) for row in connection.execute(query)}


def of_alert(connection: Connection, alert_id: str) -> list[Row[Any]]:
    """Return the deliveries of an alert."""
    query = select(deliveries).where(deliveries.c.alert_id == alert_id)
    return list(connection.execute(query.order_by(deliveries.c.channel)))


def to_delivery(row: Row[Any]) -> Delivery:
    """Turn a row into the noun."""
    return Delivery(
        id=row.id,
        alert=row.alert_id,
        channel=row.channel,
        body=row.body,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at,
        last_error=row.last_error,
    )
