"""Queries on alerts, and on what rules said of posts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from alerts.domain import Alert, Reason, Severity
from alerts.ledger import Fate, Made, Telling, told_by
from alerts.store.tables import alerts, verdicts
from alerts.updates import Told


def add_alert(
    connection: Connection,
    alert: Alert,
    fate: Fate,
    *,
    headline: str,
    document: Mapping[str, Any],
) -> None:
    """Store an alert that is not stored yet, with what becomes of it."""
    before = select(func.count()).where(
        alerts.c.rule == alert.rule, alerts.c.event_id == alert.event.id
    )
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
            "ordinal": connection.execute(before).scalar_one(),
            "held_for": fate.held_for,
            "held_until": fate.held_until,
            "not_sent": fate.not_sent,
            "headline": headline,
            "document": document,
            "stage": alert.event.act.stage,
            "official": alert.event.official_post is not None,
            "facts": sorted(alert.facts),
            "channels": list(fate.channels or alert.channels),
            "shadow": fate.not_sent == "shadow",
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
    mine = and_(
        alerts.c.rule == rule, alerts.c.event_id == event_id, alerts.c.reason != Reason.DIGEST
    )
    columns = (alerts.c.id, alerts.c.at, alerts.c.headline, alerts.c.facts, alerts.c.severity)
    fates = (alerts.c.not_sent, alerts.c.told_in, alerts.c.held_until, alerts.c.released_at)
    query = select(*columns, *fates).where(mine)
    return told_by(
        [
            Made(
                id=row.id,
                at=row.at,
                headline=row.headline,
                severity=Severity(row.severity),
                facts=frozenset(row.facts),
                sent=_was_sent(row),
            )
            for row in connection.execute(query.order_by(alerts.c.at, alerts.c.ordinal))
        ]
    )


def _was_sent(row: Any) -> bool:
    """Tell whether an alert went out as a message of its own."""
    waits = row.held_until is not None and row.released_at is None
    return row.not_sent is None and row.told_in is None and not waits


def tellings(connection: Connection, event_id: str) -> list[Telling]:
    """Return who tells of an event: alerts that were sent or wait; digests are none."""
    query = select(alerts.c.rule, alerts.c.severity, alerts.c.channels).where(
        alerts.c.event_id == event_id,
        alerts.c.not_sent.is_(None),
        alerts.c.reason != Reason.DIGEST,
    )
    return [
        Telling(rule=row.rule, severity=Severity(row.severity), channels=tuple(row.channels))
        for row in connection.execute(query.order_by(alerts.c.at, alerts.c.ordinal, alerts.c.id))
    ]


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
    """Record what a rule that a post touched said of it.

    A later judgement (of an edited post, or after a correction by hand) replaces a former one,
    but silence never replaces an alert.
    """
    on = (verdicts.c.post_id == post_id, verdicts.c.rule == rule)
    said = {"at": at, "alert_id": alert_id, "not_sent": not_sent, "config": config}
    before = connection.execute(select(verdicts.c.alert_id).where(*on)).first()
    if before is None:
        connection.execute(insert(verdicts), {"post_id": post_id, "rule": rule, **said})
    elif before.alert_id is None or alert_id is not None:
        connection.execute(update(verdicts).where(*on).values(said))


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
