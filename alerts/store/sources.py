"""Queries on what is remembered of each source: its cursor, its health, when it is due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from alerts.store.tables import sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of one source.

    cursor: the source's own memory, opaque.
    failures: polls that failed in a row.
    health: warnings of the last poll that worked.
    """

    name: str
    kind: str
    cursor: Mapping[str, Any]
    first_polled_at: datetime | None
    next_poll_at: datetime
    last_ok_at: datetime | None
    last_new_at: datetime | None
    last_error_at: datetime | None
    last_error: str | None
    failures: int
    posts: int
    health: Sequence[str]


def ensure_sources(connection: Connection, kinds: Mapping[str, str], now: datetime) -> None:
    """Give each configured source (name -> kind) a row, due at once.

    A source whose kind changed under the same name starts anew: its cursor means nothing now.
    """
    known = {row.name: row.kind for row in connection.execute(select(sources))}
    for name, kind in kinds.items():
        if name not in known:
            connection.execute(insert(sources), _fresh(name, kind, now))
        elif known[name] != kind:
            changed = _fresh(name, kind, now)
            connection.execute(update(sources).where(sources.c.name == name).values(changed))


def _fresh(name: str, kind: str, now: datetime) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "cursor": {},
        "first_polled_at": None,
        "next_poll_at": now,
        "failures": 0,
        "posts": 0,
        "health": [],
    }


def due_sources(connection: Connection, names: Collection[str], now: datetime) -> list[str]:
    """Return those of the sources that are due, the longest overdue first."""
    query = select(sources.c.name).where(
        sources.c.name.in_(list(names)), sources.c.next_poll_at <= now
    )
    return list(connection.execute(query.order_by(sources.c.next_poll_at)).scalars())


def source_states(connection: Connection) -> list[SourceState]:
    """Return what is remembered of every source, by name."""
    rows = connection.execute(select(sources).order_by(sources.c.name))
    return [SourceState(**row._mapping) for row in rows]


def source_state(connection: Connection, name: str) -> SourceState | None:
    """Return what is remembered of one source."""
    row = connection.execute(select(sources).where(sources.c.name == name)).first()
    return SourceState(**row._mapping) if row else None


def record_success(
    connection: Connection,
    name: str,
    *,
    cursor: Mapping[str, Any],
    health: Sequence[str],
    new_posts: int,
    now: datetime,
    next_poll_at: datetime,
) -> None:
    """Write down a poll that worked, together with the cursor that it leaves."""
    state = source_state(connection, name)
    assert state is not None, f"source {name} has no row"
    connection.execute(
        update(sources)
        .where(sources.c.name == name)
        .values(
            cursor=dict(cursor),
            health=list(health),
            failures=0,
            last_error=None,
            last_ok_at=now,
            last_new_at=now if new_posts else state.last_new_at,
            first_polled_at=state.first_polled_at or now,
            posts=state.posts + new_posts,
            next_poll_at=next_poll_at,
        )
    )


def record_failure(
    connection: Connection, name: str, *, error: str, now: datetime, next_poll_at: datetime
) -> None:
    """Write down a poll that failed; the cursor stays, so nothing is skipped."""
    connection.execute(
        update(sources)
        .where(sources.c.name == name)
        .values(
            failures=sources.c.failures + 1,
            last_error=error,
            last_error_at=now,
            next_poll_at=next_poll_at,
        )
    )
