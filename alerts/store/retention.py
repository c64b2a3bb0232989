"""Forgets old events with all that belongs to them, a batch at a time.

What is still owed to somebody is never forgotten: what was not delivered, what is held, what a
hand corrected (those events are test material), and what a habit is learned from.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Delete, delete, false, func, or_, select, update

from alerts.domain import DeliveryState, Reason
from alerts.habit import HISTORY
from alerts.store.holding import WAITING
from alerts.store.tables import (
    alerts,
    arrivals,
    corrections,
    deliveries,
    edits,
    event_keys,
    events,
    posts,
    spells,
    taggings,
    verdicts,
)


def old_events(connection: Connection, before: datetime, limit: int) -> list[str]:
    """Return the ids of events of which nothing is younger or owed to somebody, oldest first."""
    told_elsewhere = alerts.alias()
    posts_in_use = select(posts.c.id).where(
        posts.c.event_id == events.c.id,
        or_(
            posts.c.first_seen_at >= before,
            posts.c.published_at >= before,
            # Its source may still show it, and without a date it would be taken for a new one.
            posts.c.dated.is_(False),
        ),
    )
    alerts_in_use = select(alerts.c.id).where(
        alerts.c.event_id == events.c.id,
        or_(alerts.c.at >= before, WAITING, _habits(connection, before)),
    )
    undelivered = (
        select(deliveries.c.id)
        .join(alerts, alerts.c.id == deliveries.c.alert_id)
        .where(
            alerts.c.event_id == events.c.id,
            or_(deliveries.c.state != DeliveryState.SENT, deliveries.c.settled_at >= before),
        )
    )
    carriers = (
        select(alerts.c.id)
        .join(told_elsewhere, told_elsewhere.c.told_in == alerts.c.id)
        .where(
            alerts.c.event_id == events.c.id,
            alerts.c.reason == Reason.DIGEST,
            told_elsewhere.c.at >= before,
        )
    )
    corrected = select(corrections.c.id).where(
        or_(corrections.c.event_id == events.c.id, corrections.c.other_id == events.c.id)
    )
    query = select(events.c.id).where(
        events.c.last_seen < before,
        *(~used.exists() for used in (posts_in_use, alerts_in_use, undelivered, carriers)),
        ~corrected.exists(),
    )
    return list(connection.execute(query.order_by(events.c.last_seen).limit(limit)).scalars())


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Delete so many old events at most, and small things as old; return how many events."""
    ids = old_events(connection, before, limit)
    # Who leaned on what is forgotten is on its own.
    alone = update(events).where(events.c.leans_on.in_(ids)).values(leans_on=None)
    for statement in [alone, *_of_events(ids), *_small(connection, before)]:
        connection.execute(statement)
    return len(ids)


def _of_events(ids: Sequence[str]) -> list[Delete]:
    """Return the deletions of all that belongs to events, what refers to others first."""
    theirs = select(posts.c.id).where(posts.c.event_id.in_(ids))
    told = select(alerts.c.id).where(alerts.c.event_id.in_(ids))
    return [
        delete(deliveries).where(deliveries.c.alert_id.in_(told)),
        delete(alerts).where(alerts.c.event_id.in_(ids)),
        *(
            delete(table).where(table.c.post_id.in_(theirs))
            for table in (edits, verdicts, taggings)
        ),
        delete(event_keys).where(event_keys.c.event_id.in_(ids)),
        delete(posts).where(posts.c.event_id.in_(ids)),
        delete(events).where(events.c.id.in_(ids)),
    ]


def _small(connection: Connection, before: datetime) -> list[Delete]:
    """Return the deletions of notices that arrived, of what is over, and of habits long past."""
    last = select(arrivals.c.source, func.max(arrivals.c.at).label("at")).group_by(
        arrivals.c.source
    )
    return [
        delete(deliveries).where(
            deliveries.c.alert_id.is_(None),
            deliveries.c.state == DeliveryState.SENT,
            deliveries.c.settled_at < before,
        ),
        delete(spells).where(spells.c.ended_at < before),
        *(
            delete(arrivals).where(
                arrivals.c.source == row.source, arrivals.c.at < min(before, row.at - HISTORY)
            )
            for row in connection.execute(last).all()
        ),
    ]


def _habits(connection: Connection, before: datetime) -> ColumnElement[bool]:
    """Return what is true of the alerts that a silent rule's habit is learned from."""
    last = select(alerts.c.rule, func.max(alerts.c.at).label("at")).group_by(alerts.c.rule)
    silent = [row for row in connection.execute(last).all() if row.at - HISTORY < before]
    return or_(
        false(),
        *((alerts.c.rule == row.rule) & (alerts.c.at > row.at - HISTORY) for row in silent),
    )
