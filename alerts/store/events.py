"""Queries on events and the keys that posts find them by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import JSON, Connection, Row, bindparam, exists, func, insert, select, update

from alerts.domain import Event
from alerts.events import WEAK
from alerts.store.many import execute_many
from alerts.store.posts import act_from_json, act_to_row
from alerts.store.tables import MOST_PARAMETERS, alerts, event_keys, events, posts

LIVING = events.c.merged_into.is_(None) & events.c.leans_on.is_(None)
"""What is shown as an event: neither merged into another one by hand nor leaning on one."""

ADD = insert(events)
CHANGE = update(events).where(events.c.id == bindparam("which"))
ADD_KEY = insert(event_keys)


NOBODY: Mapping[str, str] = MappingProxyType({})

TOLD_APART = "told apart"
"""By what a post is in an event that it opened on weak evidence of another one, until another post
told the two apart."""


class Key(TypedDict):
    """A row of event_keys."""

    key: str
    event_id: str


class Stored(NamedTuple):
    """An event as it is stored.

    survivor: id of the event that it was merged into; its own if it was not.
    told: whether any rule ever made an alert on it.
    leans_on: id of the event that it leans on, until a later post tells the two apart.
    """

    event: Event
    survivor: str
    told: bool
    leans_on: str | None = None


def events_sharing(connection: Connection, keys: Iterable[str]) -> dict[str, set[str]]:
    """Return event id -> the keys it shares with those given."""
    wanted = list(keys)
    shared: dict[str, set[str]] = defaultdict(set)
    for start in range(0, len(wanted), MOST_PARAMETERS):
        for event_id, key in _holders(connection, wanted[start : start + MOST_PARAMETERS]):
            shared[event_id].add(key)
    return dict(shared)


GIVEN = func.json_each(bindparam("keys", type_=JSON)).table_valued("value")
HOLDERS = select(event_keys.c.event_id, event_keys.c.key)
HOLDERS_IN_SQLITE = HOLDERS.where(event_keys.c.key.in_(select(GIVEN.c.value)))


def _holders(connection: Connection, keys: Sequence[str]) -> Sequence[Any]:
    if connection.dialect.name == "sqlite":
        # To name a hundred keys one by one takes SQLAlchemy longer than SQLite looks for them.
        return connection.execute(HOLDERS_IN_SQLITE, {"keys": keys}).all()
    return connection.execute(HOLDERS.where(event_keys.c.key.in_(keys))).all()


def get_events(connection: Connection, ids: Iterable[str]) -> list[Event]:
    """Return the events of these ids."""
    query = select(events).where(events.c.id.in_(list(ids)))
    return [to_event(row) for row in connection.execute(query)]


def stored_events(connection: Connection, ids: Iterable[str]) -> Mapping[str, Stored]:
    """Return id -> the event, with what else is known of it."""
    told = exists().where(alerts.c.event_id == events.c.id).label("told")
    query = select(events, told).where(events.c.id.in_(list(ids)))
    return {
        row.id: Stored(to_event(row), row.merged_into or row.id, bool(row.told), row.leans_on)
        for row in connection.execute(query)
    }


def authorities(connection: Connection, event_id: str) -> dict[str, str]:
    """Return source -> external id of its official posts in an event."""
    query = select(posts.c.source, posts.c.external_id).where(
        func.coalesce(posts.c.kin, posts.c.event_id) == event_id, posts.c.official
    )
    return {row.source: row.external_id for row in connection.execute(query)}


def add_events(
    connection: Connection, new: Sequence[Event], leaning: Mapping[str, str] = NOBODY
) -> None:
    """Store new events. leaning: id of one that leans -> the event that it leans on."""
    rows = [{**_values(event), "leans_on": leaning.get(event.id)} for event in new]
    execute_many(connection, ADD, rows)


def stand_up(connection: Connection, event_id: str) -> None:
    """Let an event that leans on another be one of its own."""
    own, theirs = events.c.id == event_id, posts.c.event_id == event_id
    connection.execute(update(events).where(own).values(leans_on=None))
    opened = theirs & (posts.c.joined_by == WEAK)
    connection.execute(update(posts).where(opened).values(joined_by=TOLD_APART))


def change_events(connection: Connection, changed: Sequence[Event]) -> None:
    """Store what has become of events."""
    execute_many(connection, CHANGE, [_without_id(one) for one in changed])


def add_key_rows(connection: Connection, rows: Sequence[Key]) -> None:
    """Let events be found by keys by which they are not found yet."""
    execute_many(connection, ADD_KEY, rows)


def add_keys(connection: Connection, event_id: str, keys: Iterable[str]) -> None:
    """Let an event be found by these keys, where it is not already."""
    wanted = set(keys)
    query = select(event_keys.c.key).where(
        event_keys.c.event_id == event_id, event_keys.c.key.in_(list(wanted))
    )
    new = wanted - set(connection.execute(query).scalars())
    add_key_rows(connection, [Key(key=key, event_id=event_id) for key in sorted(new)])


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


def _without_id(event: Event) -> Mapping[str, Any]:
    # To write the id, even the same one, would make SQLite look through all that refers to it.
    values = dict(_values(event))
    return {"which": values.pop("id"), **values}


def _values(event: Event) -> Mapping[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "act": act_to_row(event.act),
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
