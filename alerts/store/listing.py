"""Rows for people and programs: what `tocsin events|alerts|deliveries|sources` show.

Every row is a dict ready for JSON, in the shapes that the documentation promises.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from alerts.store import corrections as correction_queries
from alerts.store.alerts import is_waiting
from alerts.store.deliveries import switched_off
from alerts.store.events import LIVING
from alerts.store.posts import act_from_json, act_to_json, is_shown_in
from alerts.store.tables import alerts, deliveries, events, posts, sources, spells

Rows = list[dict[str, Any]]


def iso(at: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC with a Z, to the second where it is whole."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def list_events(connection: Connection, limit: int) -> Rows:
    """Return the newest events with their posts, newest first."""
    living = select(events).where(LIVING)
    query = living.order_by(events.c.last_seen.desc(), events.c.id).limit(limit)
    return [_event(connection, row) for row in connection.execute(query)]


def show_event(connection: Connection, event_id: str) -> dict[str, Any] | None:
    """Return one event with its posts."""
    row = connection.execute(select(events).where(events.c.id == event_id)).first()
    return _event(connection, row) if row else None


def _event(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    query = select(posts).where(is_shown_in(row.id)).order_by(posts.c.first_seen_at)
    act = act_to_json(act_from_json(row.act))
    return {
        "id": row.id,
        "title": row.title,
        "topics": row.topics,
        "relevance": row.relevance,
        "stage": act["stage"],
        "act": public_act(act),
        "first_seen": iso(row.first_seen),
        "last_seen": iso(row.last_seen),
        "official_url": row.official_url,
        **({"merged_into": row.merged_into} if row.merged_into else {}),
        **({"leans_on": row.leans_on} if row.leans_on else {}),
        "posts": [
            {
                "id": post.id,
                "external_id": post.external_id,
                "source": post.source,
                "url": post.url,
                "published_at": iso(post.published_at),
                "joined_by": post.joined_by,
            }
            for post in connection.execute(query)
        ],
    }


def public_act(act: Mapping[str, Any]) -> dict[str, Any]:
    """Return an act's fields without the words that they were read from."""
    return {name: value for name, value in act.items() if name not in ("read_from", "mentions")}


def list_corrections(
    connection: Connection, *, event_id: str | None = None, post_id: str | None = None
) -> Rows:
    """Return what was merged and split by hand, of one event or post if asked, oldest first."""
    rows = correction_queries.history(connection, event_id=event_id, post_id=post_id)
    return [
        {
            "id": row.id,
            "at": iso(row.at),
            "kind": row.kind,
            "event": row.event_id,
            "other": row.other_id,
            "posts": list(row.posts),
            "joined_by": row.posts,
            "alerts": row.alerts,
        }
        for row in rows
    ]


def list_alerts(connection: Connection, limit: int) -> Rows:
    """Return the newest alerts, newest first."""
    query = (
        select(alerts, posts.c.external_id)
        .join(posts, posts.c.id == alerts.c.post_id)
        .order_by(alerts.c.at.desc(), alerts.c.id)
        .limit(limit)
    )
    return [_alert(row) for row in connection.execute(query)]


def show_alert(connection: Connection, alert_id: str) -> dict[str, Any] | None:
    """Return one alert with all that it showed and where it went."""
    query = select(alerts, posts.c.external_id).join(posts, posts.c.id == alerts.c.post_id)
    row = connection.execute(query.where(alerts.c.id == alert_id)).first()
    if row is None:
        return None
    sent = select(deliveries).where(deliveries.c.alert_id == alert_id)
    found = connection.execute(sent.order_by(deliveries.c.channel))
    return {
        **_alert(row),
        "document": row.document,
        "deliveries": [_delivery(one) for one in found],
    }


def _alert(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "rule": row.rule,
        "event": row.event_id,
        "reason": row.reason,
        "changes": row.changes,
        "severity": row.severity,
        "at": iso(row.at),
        "headline": row.headline,
        "post": row.external_id,
        "sent_to": [] if row.shadow or row.not_sent or is_waiting(row) else row.channels,
        "held_until": iso(row.held_until),
        "held_for": row.held_for,
        "told_in": row.told_in,
        "not_sent": row.not_sent,
        "shadow": row.shadow,
    }


def list_deliveries(
    connection: Connection, limit: int, state: str | None = None, channel: str | None = None
) -> Rows:
    """Return the newest deliveries, newest first; of one state or channel only, if asked."""
    query = select(deliveries).order_by(deliveries.c.created_at.desc(), deliveries.c.id)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    if channel is not None:
        query = query.where(deliveries.c.channel == channel)
    return [_delivery(row) for row in connection.execute(query.limit(limit))]


def show_delivery(connection: Connection, delivery_id: str) -> dict[str, Any] | None:
    """Return one delivery with the body that is sent."""
    row = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).first()
    if row is None:
        return None
    return {**_delivery(row), "body": row.body.decode("utf-8", "replace")}


def _delivery(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "alert": row.alert_id,
        "notice": row.notice,
        "channel": row.channel,
        "state": row.state,
        "attempts": row.attempts,
        "created_at": iso(row.created_at),
        "next_attempt_at": iso(row.next_attempt_at) if row.settled_at is None else None,
        "settled_at": iso(row.settled_at),
        "last_error": row.last_error,
    }


def list_sources(connection: Connection) -> Rows:
    """Return every source that the database knows, by name."""
    rows = connection.execute(select(sources).order_by(sources.c.name))
    off = _off(connection)
    return [_source(row, off.get(row.name, [])) for row in rows]


def show_source(connection: Connection, name: str) -> dict[str, Any] | None:
    """Return one source."""
    row = connection.execute(select(sources).where(sources.c.name == name)).first()
    return _source(row, _off(connection).get(name, [])) if row else None


def _off(connection: Connection) -> dict[str, Rows]:
    """Return source -> its open spells."""
    query = select(spells).where(spells.c.ended_at.is_(None), spells.c.about == "source")
    found: dict[str, Rows] = {}
    for row in connection.execute(query.order_by(spells.c.since)):
        spell = {"kind": row.kind, "since": iso(row.since), "says": row.says}
        found.setdefault(row.name, []).append(spell)
    return found


def _source(row: Row[Any], off: Rows) -> dict[str, Any]:
    if row.last_error is not None:
        state = "failing"
    elif off:
        state = off[0]["kind"]
    elif row.first_polled_at is None:
        state = "new"
    else:
        state = "warning" if row.health else "ok"
    return {
        "name": row.name,
        "kind": row.kind,
        "state": state,
        "posts": row.posts,
        "last_ok_at": iso(row.last_ok_at),
        "last_new_at": iso(row.last_new_at),
        "next_poll_at": iso(row.next_poll_at),
        "failures": row.failures,
        "last_error": row.last_error,
        "health": row.health,
        "notices": off,
    }


def list_notices(connection: Connection, limit: int) -> Rows:
    """Return what is or was off, what still is first, then the newest first."""
    query = select(spells).order_by(spells.c.ended_at.is_not(None), spells.c.noticed_at.desc())
    rows = connection.execute(query.order_by(spells.c.id).limit(limit))
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "about": row.about,
            "name": row.name,
            "since": iso(row.since),
            "noticed_at": iso(row.noticed_at),
            "ended_at": iso(row.ended_at),
            "says": row.says,
            "check": row.check,
        }
        for row in rows
    ]


def list_disabled(connection: Connection) -> Rows:
    """Return the channels that nothing is sent to, why, and how much waits for them."""
    return [
        {
            "name": name,
            "disabled_at": iso(off.since),
            "reason": off.reason,
            "waiting": off.waiting,
        }
        for name, off in switched_off(connection).items()
    ]
