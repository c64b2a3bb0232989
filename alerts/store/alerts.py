"""Queries on alerts, and on what rules said of posts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import Connection, Insert, Row, bindparam, func, insert, select

from alerts.domain import Alert, Reason, Severity
from alerts.ledger import Fate, Made, Telling
from alerts.store.many import execute_many
from alerts.store.tables import UPSERT, alerts, posts, verdicts

ADD_ALERT = insert(alerts).values(
    ordinal=select(func.count())
    .select_from(alerts)
    .where(alerts.c.rule == bindparam("of_rule"), alerts.c.event_id == bindparam("on_event"))
    .scalar_subquery()
)


class Draft(NamedTuple):
    """An alert to store, with what becomes of it."""

    alert: Alert
    fate: Fate
    headline: str
    document: Mapping[str, Any]


def add_alerts(connection: Connection, drafts: Sequence[Draft]) -> None:
    """Store alerts that are not stored yet, in the order in which they were made."""
    execute_many(connection, ADD_ALERT, [_values(draft) for draft in drafts])


def made_by(draft: Draft) -> Made:
    """Return what later alerts on its event depend on."""
    alert, fate = draft.alert, draft.fate
    return Made(
        id=alert.id,
        at=alert.at,
        headline=draft.headline,
        severity=alert.severity,
        facts=alert.facts,
        sent=fate.at_once,
    )


def _values(draft: Draft) -> dict[str, Any]:
    alert, fate = draft.alert, draft.fate
    return {
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
        "headline": draft.headline,
        "document": draft.document,
        "stage": alert.event.act.stage,
        "official": alert.event.official_post is not None,
        "facts": sorted(alert.facts),
        "channels": list(fate.channels or alert.channels),
        "shadow": fate.not_sent == "shadow",
        "config": alert.config,
        "model": alert.tagging.model,
    }


def is_stored(connection: Connection, alert_id: str) -> bool:
    """Tell whether an alert of this id, so this very decision, was stored before."""
    return (
        connection.execute(select(alerts.c.id).where(alerts.c.id == alert_id)).first() is not None
    )


def made_on(connection: Connection, event_id: str) -> dict[str, list[Made]]:
    """Return the alerts that rules made on an event, by rule, oldest first."""
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
    return dict(by_rule)


def is_waiting(row: Row[Any]) -> bool:
    """Tell whether an alert is still held."""
    return row.held_until is not None and row.released_at is None


def _was_sent(row: Any) -> bool:
    """Tell whether an alert went out as a message of its own."""
    return row.not_sent is None and row.told_in is None and not is_waiting(row)


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


class Verdict(TypedDict):
    """That a rule made an alert of a post. not_sent: why it was not sent; None if it was."""

    post_id: str
    rule: str
    at: datetime
    alert_id: str
    not_sent: str | None
    config: str


def add_verdicts(connection: Connection, verdicts: Sequence[Verdict]) -> None:
    """Record that rules made alerts of posts, and why they were not sent if they were not.

    A later judgement (of an edited post, or after a correction by hand) replaces a former one.
    """
    execute_many(connection, _add_verdict(connection.dialect.name), verdicts)


@cache
def _add_verdict(dialect: str) -> Insert:
    adding = UPSERT[dialect](verdicts)
    replacing: Insert = adding.on_conflict_do_update(
        index_elements=["post_id", "rule"],
        set_={name: adding.excluded[name] for name in ("at", "alert_id", "not_sent", "config")},
    )
    return replacing


class Said(NamedTuple):
    """What a rule said of a post: that it made an alert, or why it did not."""

    rule: str
    at: datetime
    alert_id: str | None
    not_sent: str | None
    config: str


def verdicts_on(connection: Connection, post_id: str) -> list[Said]:
    """Return what rules said of a post, by their names; an alert stands above any silence."""
    query = select(posts.c.silent).where(posts.c.id == post_id)
    said = {
        rule: Said(rule, datetime.fromisoformat(one["at"]), None, why, one["config"])
        for one in connection.execute(query).scalar() or ()
        for rule, why in one["said"].items()
    }
    for row in connection.execute(select(verdicts).where(verdicts.c.post_id == post_id)):
        said[row.rule] = Said(row.rule, row.at, row.alert_id, row.not_sent, row.config)
    return [said[rule] for rule in sorted(said)]


def alerts_of(connection: Connection, event_id: str) -> list[Row[Any]]:
    """Return the alerts about an event, oldest first."""
    query = select(alerts).where(alerts.c.event_id == event_id)
    return list(connection.execute(query.order_by(alerts.c.at)))


def post_of(connection: Connection, alert_id: str) -> str | None:
    """Return the id of the post that set an alert off."""
    query = select(alerts.c.post_id).where(alerts.c.id == alert_id)
    found: str | None = connection.execute(query).scalar()
    return found
