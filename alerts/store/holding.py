"""Alerts that wait: for the end of quiet hours, or for a digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, update

from alerts.domain import Alert, Event, Post, Reason, Severity
from alerts.ledger import Hold
from alerts.store.tables import alerts, verdicts
from classifier.labels import Tagging
from classifier.relevance import Relevance

OF_ALERT = alerts.c.id == bindparam("alert")
LET_GO = (
    update(alerts)
    .where(OF_ALERT)
    .values(released_at=bindparam("now"), told_in=bindparam("carrier"), not_sent=bindparam("why"))
)
# By the whole key: a scan for the alert's id would be one for each alert of a digest.
SAY_WHY = (
    update(verdicts)
    .where(
        verdicts.c.post_id == select(alerts.c.post_id).where(OF_ALERT).scalar_subquery(),
        verdicts.c.rule == select(alerts.c.rule).where(OF_ALERT).scalar_subquery(),
        # An edit of the post may have made another alert since.
        verdicts.c.alert_id == bindparam("alert"),
    )
    .values(not_sent=bindparam("why"))
)

WAITING = and_(alerts.c.released_at.is_(None), alerts.c.held_until.is_not(None))


def rules_due(connection: Connection, now: datetime) -> list[str]:
    """Return the names of the rules with an alert that waits, and whose time has come."""
    query = select(alerts.c.rule).where(WAITING, alerts.c.held_until <= now)
    return list(connection.execute(query.distinct().order_by(alerts.c.rule)).scalars())


def next_release(connection: Connection) -> datetime | None:
    """Return when the time of the next alert that waits comes."""
    found: datetime | None = connection.execute(
        select(func.min(alerts.c.held_until)).where(WAITING)
    ).scalar()
    return found


def waiting_by_reason(connection: Connection) -> dict[str, int]:
    """Return what alerts wait for -> how many; every reason is there."""
    query = select(alerts.c.held_for, func.count().label("number")).where(WAITING)
    query = query.group_by(alerts.c.held_for)
    found = {row.held_for: row.number for row in connection.execute(query)}
    return {hold.value: found.get(hold, 0) for hold in Hold}


def held_rows(
    connection: Connection, rule: str | None = None, event_id: str | None = None
) -> list[Row[Any]]:
    """Return the rows of alerts that wait, oldest first; no other worker takes them meanwhile."""
    query = select(alerts).where(WAITING)
    if rule is not None:
        query = query.where(alerts.c.rule == rule)
    if event_id is not None:
        query = query.where(alerts.c.event_id == event_id)
    ordered = query.order_by(alerts.c.at, alerts.c.ordinal, alerts.c.id)
    return list(connection.execute(ordered.with_for_update(skip_locked=True)))


def planned(connection: Connection, rule: str, start: datetime, end: datetime) -> int:
    """Return how many messages of their own a rule's alerts make in a span."""
    mine = and_(
        alerts.c.rule == rule, alerts.c.not_sent.is_(None), alerts.c.reason != Reason.DIGEST
    )
    at_once = select(func.count()).where(
        mine, alerts.c.held_until.is_(None), alerts.c.at >= start, alerts.c.at < end
    )
    waited = select(func.count(alerts.c.event_id.distinct())).where(
        mine,
        alerts.c.held_for == Hold.QUIET_HOURS,
        alerts.c.held_until >= start,
        alerts.c.held_until < end,
    )
    return int(connection.execute(at_once).scalar_one() + connection.execute(waited).scalar_one())


def let_go(
    connection: Connection,
    alert_id: str,
    now: datetime,
    *,
    told_in: str | None = None,
    not_sent: str | None = None,
) -> None:
    """Write down that an alert waits no more, and what became of it."""
    said = {"alert": alert_id, "now": now, "carrier": told_in, "why": not_sent}
    connection.execute(LET_GO, said)
    connection.execute(SAY_WHY, said)


def hold_until(connection: Connection, alert_id: str, until: datetime) -> None:
    """Write down that an alert waits longer."""
    connection.execute(update(alerts).where(alerts.c.id == alert_id).values(held_until=until))


def rewrite(
    connection: Connection, alert: Alert, *, headline: str, document: Mapping[str, Any]
) -> None:
    """Store an alert that waited as it is sent: with the latest of its event."""
    connection.execute(
        update(alerts)
        .where(alerts.c.id == alert.id)
        .values(
            reason=alert.reason,
            severity=alert.severity,
            changes=list(alert.changes),
            channels=list(alert.channels),
            headline=headline,
            document=document,
        )
    )


def to_alert(row: Row[Any], event: Event, posts: Sequence[Post], tagging: Tagging) -> Alert:
    """Turn a row back into the noun, with the event and the posts as they are given."""
    data = row.document["data"]
    why, parts = data["why"], data["why"]["relevance"]
    terms = {
        topic: tuple((str(term), float(weight)) for term, weight in told)
        for topic, told in why["terms"].items()
    }
    return Alert(
        id=row.id,
        rule=row.rule,
        severity=Severity(row.severity),
        reason=Reason(row.reason),
        changes=tuple(row.changes),
        at=row.at,
        event=event,
        tagging=Tagging(
            topics=tagging.topics,
            tags=tagging.tags,
            policy=tagging.policy,
            model=tagging.model,
            terms=terms,
        ),
        relevance=Relevance(
            value=data["relevance"],
            policy=parts["policy"],
            topic=parts["topic"],
            topic_probability=parts["topic_probability"],
            official=parts["official"],
        ),
        posts=tuple(posts),
        matched=tuple(why["rule"]),
        channels=tuple(row.channels),
        config=row.config,
        note=data.get("note") or "",
    )
