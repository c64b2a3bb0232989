"""Queries on alerts, and on what rules said of posts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from alerts.domain import Alert, Stage
from alerts.events import Told
from alerts.store.tables import alerts, verdicts


def add_alert(
    connection: Connection,
    alert: Alert,
    *,
    headline: str,
    document: Mapping[str, Any],
    shadow: bool,
) -> None:
    """Store an alert that is not stored yet."""
    connection.execute(
        insert(alerts),
        {
            "id": alert.id,
            "rule": alert.rule,
            "event_id": alert.event.id,
            "post_id": alert.posts[0].id,
            "severity": alert.severity,
            "reason": alert.reason,
            "changes": list(alert.changes),
            "at": alert.at,
            "held_until": None,
            "headline": headline,
            "document": document,
            "stage": alert.event.act.stage,
            "official": alert.event.official_post is not None,
            "channels": list(alert.channels),
            "shadow": shadow,
            "config": alert.config,
            "model": alert.tagging.model,
        },
    )


def is_stored(connection: Connection, alert_id: str) -> bool:
    """Tell whether an alert of this id, so this very decision, was stored before."""
    return (
        connection.execute(select(alerts.c.id).where(alerts.c.id == alert_id)).first() is not None
    )


def told(connection: Connection, rule: str, event_id: str) -> Told | None:
    """Return what a rule's readers know of an event; None if it never alerted them."""
    query = select(alerts.c.at, alerts.c.stage, alerts.c.official).where(
        alerts.c.rule == rule, alerts.c.event_id == event_id
    )
    row = connection.execute(query.order_by(alerts.c.at.desc(), alerts.c.id)).first()
    if row is None:
        return None
    stage = Stage(row.stage) if row.stage else None
    return Told(at=row.at, stage=stage, official=row.official)


def add_verdict(
    connection: Connection,
    *,
    post_id: str,
    rule: str,
    at: datetime,
    alert_id: str | None,
    not_sent: str | None,
    config: str,
) -> None:
    """Record what a rule that a post touched said of it."""
    connection.execute(
        insert(verdicts),
        {
            "post_id": post_id,
            "rule": rule,
            "at": at,
            "alert_id": alert_id,
            "not_sent": not_sent,
            "config": config,
        },
    )


def verdicts_on(connection: Connection, post_id: str) -> list[Row[Any]]:
    """Return the recorded verdicts on a post."""
    query = select(verdicts).where(verdicts.c.post_id == post_id)
    return list(connection.execute(query.order_by(verdicts.c.rule)))


def alerts_of(connection: Connection, event_id: str) -> list[Row[Any]]:
    """Return the alerts about an event, oldest first."""
    query = select(alerts).where(alerts.c.event_id == event_id)
    return list(connection.execute(query.order_by(alerts.c.at)))


def post_of(connection: Connection, alert_id: str) -> str | None:
    """Return the id of the post that set an alert off."""
    query = select(alerts.c.post_id).where(alerts.c.id == alert_id)
    found: str | None = connection.execute(query).scalar()
    return found
