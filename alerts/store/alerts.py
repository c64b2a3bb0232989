"""Queries on alerts, and on what rules said of posts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypedDict

from sqlalchemy import (
    JSON,
    Connection,
    Executable,
    Row,
    String,
    bindparam,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite

from alerts.domain import Alert, Reason, Severity
from alerts.ledger import Fate, Made, Telling, told_by
from alerts.store.tables import Utc, alerts, verdicts
from alerts.updates import Told

OWN: Mapping[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
"""What each kind of database adds to SQL."""

ADD_ALERT = insert(alerts).values(
    ordinal=select(func.count())
    .select_from(alerts)
    .where(alerts.c.rule == bindparam("of_rule"), alerts.c.event_id == bindparam("on_event"))
    .scalar_subquery()
)


def add_alert(
    connection: Connection,
    alert: Alert,
    fate: Fate,
    *,
    headline: str,
    document: Mapping[str, Any],
) -> None:
    """Store an alert that is not stored yet, with what becomes of it."""
    connection.execute(
        ADD_ALERT,
        {
            "id": alert.id,
            "rule": alert.rule,
            "of_rule": alert.rule,
            "event_id": alert.event.id,
            "on_event": alert.event.id,
            "post_id": alert.posts[0].id,
            "severity": alert.severity,
            "reason": alert.reason,
            "changes": list(alert.changes),
            "at": alert.at,
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


def told_of(connection: Connection, event_id: str) -> dict[str, Told]:
    """Return what the readers of each rule that alerted on an event know of it."""
    columns = (alerts.c.id, alerts.c.at, alerts.c.headline, alerts.c.facts, alerts.c.severity)
    fates = (alerts.c.not_sent, alerts.c.told_in, alerts.c.held_until, alerts.c.released_at)
    query = select(alerts.c.rule, *columns, *fates).where(
        alerts.c.event_id == event_id, alerts.c.reason != Reason.DIGEST
    )
    by_rule: dict[str, list[Made]] = defaultdict(list)
    for row in connection.execute(query.order_by(alerts.c.at, alerts.c.ordinal)):
        by_rule[row.rule].append(
            Made(
                id=row.id,
                at=row.at,
                headline=row.headline,
                severity=Severity(row.severity),
                facts=frozenset(row.facts),
                sent=_was_sent(row),
            )
        )
    found = {rule: told_by(made) for rule, made in by_rule.items()}
    return {rule: told for rule, told in found.items() if told is not None}


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
    alert_id: str,
    not_sent: str | None,
    config: str,
) -> None:
    """Record that a rule made an alert of a post, and why it was not sent if it was not.

    A later judgement (of an edited post, or after a correction by hand) replaces a former one.
    """
    said = {"at": at, "alert_id": alert_id, "not_sent": not_sent, "config": config}
    connection.execute(
        _add_verdict(connection.dialect.name), {"post_id": post_id, "rule": rule, **said}
    )


@cache
def _add_verdict(dialect: str) -> Executable:
    adding = OWN[dialect].insert(verdicts)
    replacing: Executable = adding.on_conflict_do_update(
        index_elements=["post_id", "rule"],
        set_={name: adding.excluded[name] for name in ("at", "alert_id", "not_sent", "config")},
    )
    return replacing


class Silences(TypedDict):
    """Why the rules that a post touched made no alert of it. said: rule -> why."""

    post_id: str
    at: datetime
    config: str
    said: Mapping[str, str]


def add_silences(connection: Connection, silences: Sequence[Silences]) -> None:
    """Record why the rules that posts touched made no alerts of them.

    One parameter a post, eight times as fast as a row for each of many rules. They replace
    former silences, but never an alert.
    """
    if silences:
        connection.execute(_add_silences(connection.dialect.name), silences)


@cache
def _add_silences(dialect: str) -> Executable:
    each = func.json_each if dialect == "sqlite" else func.json_each_text
    said = each(bindparam("said", type_=JSON)).table_valued("key", "value")
    chosen = select(
        bindparam("post_id", type_=String),
        said.c.key,
        bindparam("at", type_=Utc),
        said.c.value,
        bindparam("config", type_=String),
    ).where(true())  # without it, SQLite takes ON CONFLICT for a join's ON
    columns = ["post_id", "rule", "at", "not_sent", "config"]
    adding: Any = OWN[dialect].insert(verdicts).from_select(columns, chosen)
    replacing: Executable = adding.on_conflict_do_update(
        index_elements=["post_id", "rule"],
        set_={name: adding.excluded[name] for name in ("at", "not_sent", "config")},
        where=verdicts.c.alert_id.is_(None),
    )
    return replacing


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
