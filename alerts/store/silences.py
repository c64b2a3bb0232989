"""Queries on silences: what somebody does not want to hear of for a while."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from alerts.ledger import Silence
from alerts.store.listing import iso
from alerts.store.tables import alerts, events, posts, silences

FIELDS = ("rule", "topic", "event", "source", "author", "words")
"""What a silence can be limited to."""


def add_silence(
    connection: Connection, silence: Silence, *, comment: str, now: datetime, expires_at: datetime
) -> None:
    """Store a silence that holds from now on."""
    connection.execute(
        insert(silences),
        {
            "id": silence.id,
            **{name: getattr(silence, name) for name in FIELDS},
            "comment": comment,
            "created_at": now,
            "expires_at": expires_at,
        },
    )


def active(connection: Connection, now: datetime) -> list[Silence]:
    """Return the silences that hold now, oldest first."""
    query = select(silences).where(silences.c.expires_at > now)
    rows = connection.execute(query.order_by(silences.c.created_at, silences.c.id))
    return [to_silence(row) for row in rows]


def history(connection: Connection) -> list[tuple[Silence, datetime, datetime]]:
    """Return every silence that ever was, with the times at which it began and ended."""
    rows = connection.execute(select(silences).order_by(silences.c.created_at, silences.c.id))
    return [(to_silence(row), row.created_at, row.expires_at) for row in rows]


def to_silence(row: Row[Any]) -> Silence:
    """Turn a row into the noun."""
    return Silence(id=row.id, **{name: getattr(row, name) for name in FIELDS})


def expire(connection: Connection, silence_id: str, now: datetime) -> bool:
    """End a silence now; False if none of this id holds."""
    done = connection.execute(
        update(silences)
        .where(silences.c.id == silence_id, silences.c.expires_at > now)
        .values(expires_at=now)
    )
    return done.rowcount == 1


def list_silences(connection: Connection, now: datetime, *, ended: bool) -> list[dict[str, Any]]:
    """Return the silences that hold, and those that ended if asked, newest first."""
    query = select(silences).order_by(silences.c.created_at.desc(), silences.c.id)
    if not ended:
        query = query.where(silences.c.expires_at > now)
    return [_row(connection, row, now) for row in connection.execute(query)]


def _row(connection: Connection, row: Row[Any], now: datetime) -> dict[str, Any]:
    silenced = select(func.count()).where(alerts.c.not_sent == f"silenced by {row.id}")
    return {
        "id": row.id,
        "state": "active" if row.expires_at > now else "expired",
        "silences": {name: value for name in FIELDS if (value := getattr(row, name)) is not None},
        "comment": row.comment,
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "alerts": connection.execute(silenced).scalar_one(),
    }


def told_rules(connection: Connection) -> set[str]:
    """Return the names of the rules that ever made an alert."""
    return set(connection.execute(select(alerts.c.rule).distinct()).scalars())


def seen_sources(connection: Connection) -> set[str]:
    """Return the sources that posts came from, which a file may name for itself."""
    return set(connection.execute(select(posts.c.source).distinct()).scalars())


def is_event(connection: Connection, event_id: str) -> bool:
    """Tell whether there is an event of this id."""
    query = select(events.c.id).where(events.c.id == event_id)
    return connection.execute(query).first() is not None
