"""Queries on what a hand corrected: which posts and alerts moved from one event to another.

A merged event stays as what later posts are recognised by (its keys, its posts' `kin`), and
leads to the event that it was merged into. The newest correction's id is the version of the
grouping: a window that was filled at an earlier one is out of date.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from alerts.errors import NotFound
from alerts.store.tables import alerts, corrections, event_keys, events, posts

MOST_NAMED = 5
"""Events or posts that are named where a prefix fits several."""


def version(connection: Connection) -> int:
    """Return the version of the grouping; 0 where no hand has touched it."""
    return int(
        connection.execute(select(func.coalesce(func.max(corrections.c.id), 0))).scalar_one()
    )


def survivor(connection: Connection, event_id: str) -> str:
    """Return the event that another was merged into; itself if it was not."""
    query = select(events.c.merged_into).where(events.c.id == event_id)
    return connection.execute(query).scalar() or event_id


def find_event_id(connection: Connection, given: str) -> str:
    """Return the id of a living event, given whole or by a unique beginning. Raises NotFound."""
    query = select(events.c.id, events.c.merged_into)
    row = connection.execute(query.where(events.c.id == given)).first()
    if row is None:
        begins = events.c.id.startswith(given, autoescape=True)
        rows = connection.execute(query.where(begins).limit(MOST_NAMED + 1)).all()
        row = rows[0] if _only(given, "event", [one.id for one in rows]) else None
    if row is None:
        raise NotFound(f"{given}: no such event: see `tocsin events list`")
    if row.merged_into is not None:
        raise NotFound(f"{given}: it was merged into {row.merged_into}: name that event")
    return str(row.id)


def find_post_id(rows: Iterable[Row[Any]], given: str) -> str:
    """Return the id of one of these posts: its own, its source's, or a unique beginning.

    Raises NotFound.
    """
    whole = {row.id for row in rows if given in (row.id, row.external_id)}
    found = sorted(whole or {row.id for row in rows if row.id.startswith(given)})
    if not _only(given, "post", found):
        raise NotFound(f"{given}: no such post in this event: see `tocsin events show`")
    return str(found[0])


def _only(given: str, what: str, found: list[str]) -> bool:
    if len(found) > 1:
        named = ", ".join(found[:MOST_NAMED]) + (" ..." if len(found) > MOST_NAMED else "")
        raise NotFound(f"{given}: more than one {what} begins so: {named}")
    return bool(found)


def posts_of(connection: Connection, event_id: str) -> list[Row[Any]]:
    """Return every post of an event, in the order of arrival."""
    query = select(posts).where(posts.c.event_id == event_id)
    return list(
        connection.execute(query.order_by(posts.c.first_seen_at, posts.c.published_at, posts.c.id))
    )


def kin_of(connection: Connection, event_id: str) -> list[Row[Any]]:
    """Return every post that others are recognised by as like this event, in order of arrival."""
    query = select(posts).where(func.coalesce(posts.c.kin, posts.c.event_id) == event_id)
    return list(
        connection.execute(query.order_by(posts.c.first_seen_at, posts.c.published_at, posts.c.id))
    )


def lead_to(connection: Connection, event_id: str, survivor_id: str) -> None:
    """Let an event, and all that were merged into it, lead to another one."""
    merged = or_(events.c.id == event_id, events.c.merged_into == event_id)
    connection.execute(update(events).where(merged).values(merged_into=survivor_id, leans_on=None))


def leaned_on(connection: Connection, event_id: str) -> str | None:
    """Return the event that one leans on, if it does."""
    return connection.execute(
        select(events.c.leans_on).where(events.c.id == event_id)
    ).scalar_one_or_none()


def settle_leaning(connection: Connection, event_id: str) -> None:
    """Put what leans on an event into it for good, with its posts, keys and alerts."""
    leaning = select(events.c.id).where(events.c.leans_on == event_id)
    for one in connection.execute(leaning).scalars().all():
        held = select(event_keys.c.key).where(event_keys.c.event_id == event_id)
        theirs = event_keys.c.event_id == one
        connection.execute(delete(event_keys).where(theirs, event_keys.c.key.in_(held)))
        connection.execute(update(event_keys).where(theirs).values(event_id=event_id))
        own = update(posts).where(posts.c.event_id == one)
        connection.execute(own.values(event_id=event_id))
        move_alerts(connection, one, event_id, None)
        lead_to(connection, one, event_id)


def revive(connection: Connection, event_id: str) -> None:
    """Let a merged event, or one that leans, be one of its own again."""
    connection.execute(
        update(events).where(events.c.id == event_id).values(merged_into=None, leans_on=None)
    )


def move_posts(
    connection: Connection, ids: Collection[str], event_id: str, *, joined_by: str, keep_kin: bool
) -> None:
    """Put posts into another event.

    keep_kin: later posts like them are still recognised by the event that they come from.
    """
    kin = func.coalesce(posts.c.kin, posts.c.event_id) if keep_kin else None
    connection.execute(
        update(posts)
        .where(posts.c.id.in_(list(ids)))
        .values(kin=kin, event_id=event_id, joined_by=joined_by)
    )


def move_alerts(
    connection: Connection, from_event: str, event_id: str, posts_only: Collection[str] | None
) -> list[str]:
    """Put an event's alerts, or only those that these posts set off, to another; return them."""
    wanted = alerts.c.event_id == from_event
    if posts_only is not None:
        wanted &= alerts.c.post_id.in_(list(posts_only))
    ids = list(connection.execute(select(alerts.c.id).where(wanted)).scalars())
    connection.execute(update(alerts).where(wanted).values(event_id=event_id))
    return sorted(ids)


def drop_keys(connection: Connection, event_id: str, keys: Collection[str]) -> None:
    """Let an event be found by these keys no longer."""
    connection.execute(
        delete(event_keys).where(
            event_keys.c.event_id == event_id, event_keys.c.key.in_(list(keys))
        )
    )


def add_correction(
    connection: Connection,
    *,
    kind: str,
    event_id: str,
    other_id: str,
    moved: Mapping[str, str],
    moved_alerts: Collection[str],
    now: datetime,
) -> None:
    """Remember a correction.

    moved: id of each post that moved -> by what it had joined the event that it left.
    """
    connection.execute(
        insert(corrections),
        {
            "at": now,
            "kind": kind,
            "event_id": event_id,
            "other_id": other_id,
            "posts": dict(moved),
            "alerts": list(moved_alerts),
        },
    )


def history(
    connection: Connection, *, event_id: str | None = None, post_id: str | None = None
) -> list[Row[Any]]:
    """Return the corrections, those of an event or of a post if asked, oldest first."""
    query = select(corrections).order_by(corrections.c.id)
    if event_id is not None:
        touched = or_(corrections.c.event_id == event_id, corrections.c.other_id == event_id)
        query = query.where(touched)
    found = connection.execute(query)
    return [row for row in found if post_id is None or post_id in row.posts]
