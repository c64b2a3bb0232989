"""Queries on events and the keys that posts find them by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from alerts.domain import Event
from alerts.store.corrections import survivor
from alerts.store.posts import act_from_json, act_to_json
from alerts.store.tables import event_keys, events, posts


def events_sharing(connection: Connection, keys: Iterable[str]) -> dict[str, set[str]]:
    """Return event id -> the keys it shares with those given."""
    query = select(event_keys.c.event_id, event_keys.c.key).where(event_keys.c.key.in_(list(keys)))
    shared: dict[str, set[str]] = defaultdict(set)
    for event_id, key in connection.execute(query):
        shared[event_id].add(key)
    return dict(shared)


def get_events(connection: Connection, ids: Iterable[str]) -> list[Event]:
    """Return the events of these ids."""
    query = select(events).where(events.c.id.in_(list(ids)))
    return [to_event(row) for row in connection.execute(query)]


def authorities(connection: Connection, event_id: str) -> dict[str, str]:
    """Return source -> external id of its official posts in an event."""
    query = select(posts.c.source, posts.c.external_id).where(
        func.coalesce(posts.c.kin, posts.c.event_id) == event_id, posts.c.official
    )
    return {row.source: row.external_id for row in connection.execute(query)}


def add_event(connection: Connection, event: Event) -> None:
    """Store a new event."""
    connection.execute(insert(events), _values(event))


def change_event(connection: Connection, event: Event) -> None:
    """Store what has become of an event."""
    connection.execute(update(events).where(events.c.id == event.id).values(_values(event)))


def add_keys(connection: Connection, event_id: str, keys: Iterable[str], now: datetime) -> None:
    """Let an event be found by these keys, where it is not already."""
    wanted = set(keys)
    query = select(event_keys.c.key).where(
        event_keys.c.event_id == event_id, event_keys.c.key.in_(list(wanted))
    )
    new = wanted - set(connection.execute(query).scalars())
    if new:
        rows = [{"key": key, "event_id": event_id, "seen_at": now} for key in sorted(new)]
        connection.execute(insert(event_keys), rows)


@dataclass(frozen=True, slots=True)
class EventRows:
    """The archive (see alerts/archive.py) that the database keeps."""

    connection: Connection

    def sharing(self, keys: Iterable[str]) -> Mapping[str, set[str]]:
        return events_sharing(self.connection, keys)

    def get(self, ids: Iterable[str]) -> list[Event]:
        return get_events(self.connection, ids)

    def authorities(self, event_id: str) -> Mapping[str, str]:
        return authorities(self.connection, event_id)

    def survivor(self, event_id: str) -> str:
        return survivor(self.connection, event_id)

    def add(self, event: Event) -> None:
        add_event(self.connection, event)

    def change(self, event: Event) -> None:
        change_event(self.connection, event)

    def add_keys(self, event_id: str, keys: Iterable[str], now: datetime) -> None:
        add_keys(self.connection, event_id, keys, now)


def to_event(row: Row[Any]) -> Event:
    """Turn a row into the noun."""
    first, second, third = row.at_least
    return Event(
        id=row.id,
        title=row.title,
        act=act_from_json(row.act),
        posts=row.posts,
        sources=tuple(row.sources),
        topics=row.topics,
        grade=row.grade,
        at_least=(first, second, third),
        relevance=row.relevance,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        official_post=row.official_post,
        official_url=row.official_url,
    )


def _values(event: Event) -> Mapping[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "act": act_to_json(event.act),
        "posts": event.posts,
        "sources": list(event.sources),
        "topics": dict(event.topics),
        "grade": event.grade,
        "at_least": list(event.at_least),
        "relevance": event.relevance,
        "first_seen": event.first_seen,
        "last_seen": event.last_seen,
        "official_post": event.official_post,
        "official_url": event.official_url,
    }
