"""Queries on what is remembered of each source: its cursor, its health, when it is due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from alerts.store.tables import Utc, arrivals, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of one source.

    cursor: the source's own memory, opaque.
    failures: polls that failed in a row.
    health: warnings of the last poll that worked, and of the parts before it of one backlog.
    failing_since: when the first of these failures was.
    misread: posts whose acts could not be read.
    page: what is remembered of how much its answers show; see alerts/spells.py.
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
    failing_since: datetime | None
    page: Mapping[str, Any] | None
    misread: int

    @property
    def had_more(self) -> bool:
        """Tell whether its last poll was a part of what it had: it was due again at once."""
        return self.next_poll_at == self.last_ok_at


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
        "failing_since": None,
        "page": None,
        "misread": 0,
    }


def due_sources(connection: Connection, names: Collection[str], now: datetime) -> list[str]:
    """Return those of the sources that are due, the longest overdue first.

    A poll in the future means that the clock was set back since: when it was to be polled next
    is then worth nothing.
    """
    due = or_(
        sources.c.next_poll_at <= now, sources.c.last_ok_at > now, sources.c.last_error_at > now
    )
    query = select(sources.c.name).where(sources.c.name.in_(list(names)), due)
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
    page: Mapping[str, Any] | None = None,
    more: bool = False,
    misread: int = 0,
) -> None:
    """Write down a poll that worked, together with the cursor that it leaves.

    page: what is remembered from now on of how much the source's answers show.
    more: this was a part; a source's first poll is over with its last part.
    misread: posts of it whose acts could not be read.
    """
    first = sources.c.first_polled_at
    written = connection.execute(
        update(sources)
        .where(sources.c.name == name)
        .values(
            cursor=dict(cursor),
            health=list(health),
            failures=0,
            failing_since=None,
            page=page,
            last_error=None,
            last_ok_at=now,
            last_error_at=_not_after(sources.c.last_error_at, now),
            last_new_at=now if new_posts else sources.c.last_new_at,
            first_polled_at=first if more else func.coalesce(first, literal(now, Utc)),
            posts=sources.c.posts + new_posts,
            misread=sources.c.misread + misread,
            next_poll_at=next_poll_at,
        )
    )
    assert written.rowcount == 1, f"source {name} has no row"
    if new_posts:
        _note_arrival(connection, name, new_posts, now)


def _note_arrival(connection: Connection, name: str, count: int, now: datetime) -> None:
    same = (arrivals.c.source == name, arrivals.c.at == now)
    more = update(arrivals).where(*same).values(posts=arrivals.c.posts + count)
    if connection.execute(more).rowcount == 0:
        connection.execute(insert(arrivals), {"source": name, "at": now, "posts": count})


def record_failure(
    connection: Connection, name: str, *, error: str, now: datetime, next_poll_at: datetime
) -> None:
    """Write down a poll that failed; the cursor stays, so nothing is skipped."""
    connection.execute(
        update(sources)
        .where(sources.c.name == name)
        .values(
            failures=sources.c.failures + 1,
            failing_since=func.coalesce(sources.c.failing_since, literal(now, Utc)),
            last_error=error,
            last_error_at=now,
            last_ok_at=_not_after(sources.c.last_ok_at, now),
            next_poll_at=next_poll_at,
        )
    )


def stamp(connection: Connection) -> object:
    """Return what differs once any source was polled again."""
    polls = select(func.sum(sources.c.posts), func.max(sources.c.last_ok_at))
    return tuple(connection.execute(polls).one())


def _not_after(column: Column[Any], now: datetime) -> ColumnElement[Any]:
    """Return a time as it stands, or now if it lies in the future."""
    return case((column > now, literal(now, Utc)), else_=column)
