"""Reads from the database that stop in time, and the counts that only the page needs."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, func, select

from alerts.domain import DeliveryState, Reason
from alerts.store.connect import Store
from alerts.store.events import LIVING
from alerts.store.tables import alerts, deliveries, events

SECONDS = 1.0
"""How long the queries of one request may take together."""

STEPS = 10_000
"""SQLite's virtual machine steps between two looks at the clock, well under a millisecond."""


@contextmanager
def read_briefly(store: Store, seconds: float = SECONDS) -> Iterator[Connection]:
    """Read like `store.read`, but give up after so many seconds. Raises StoreError."""
    with store.read() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {seconds * 1000:.0f}")
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        deadline = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
        try:
            yield connection
        finally:
            # The connection goes back to a pool that pollers take from as well.
            driver.set_progress_handler(None, 0)


def newest_events(connection: Connection, limit: int) -> list[Row[Any]]:
    """Return the newest events without their posts, newest first."""
    living = select(events).where(LIVING)
    query = living.order_by(events.c.last_seen.desc(), events.c.id)
    return list(connection.execute(query.limit(limit)))


def deliveries_by_state(connection: Connection) -> dict[str, int]:
    """Return how many deliveries stand in each state; every state is there."""
    query = select(deliveries.c.state, func.count().label("number")).group_by(deliveries.c.state)
    found = {row.state: row.number for row in connection.execute(query)}
    return {state.value: found.get(state, 0) for state in DeliveryState}


def alerts_by_rule(connection: Connection) -> list[tuple[str, bool, int]]:
    """Return rule, whether in shadow, and how many alerts; digests are none."""
    query = select(alerts.c.rule, alerts.c.shadow, func.count().label("number")).where(
        alerts.c.reason != Reason.DIGEST
    )
    grouped = query.group_by(alerts.c.rule, alerts.c.shadow).order_by(alerts.c.rule)
    return [(row.rule, row.shadow, row.number) for row in connection.execute(grouped)]


def digests_by_rule(connection: Connection) -> list[tuple[str, int]]:
    """Return rule and how many digests."""
    query = select(alerts.c.rule, func.count().label("number")).group_by(alerts.c.rule)
    rows = connection.execute(query.where(alerts.c.reason == Reason.DIGEST).order_by(alerts.c.rule))
    return [(row.rule, row.number) for row in rows]


def not_sent_by_rule(connection: Connection) -> Mapping[tuple[str, str], int]:
    """Return (rule, first word of why) -> how many alerts were made and not sent for it."""
    query = select(alerts.c.rule, alerts.c.not_sent, func.count().label("number"))
    rows = connection.execute(
        query.where(alerts.c.not_sent.is_not(None)).group_by(alerts.c.rule, alerts.c.not_sent)
    )
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        found[row.rule, row.not_sent.split()[0]] += row.number
    return found


def whereabouts(
    connection: Connection, alert_ids: Collection[str]
) -> Mapping[str, list[tuple[str, str]]]:
    """Return alert -> the channels that it goes to, each with its delivery's state."""
    query = select(deliveries.c.alert_id, deliveries.c.channel, deliveries.c.state).where(
        deliveries.c.alert_id.in_(list(alert_ids))
    )
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for alert_id, channel, state in connection.execute(query.order_by(deliveries.c.channel)):
        found[alert_id].append((channel, state))
    return found
