"""Every config that was live: its hash, when, and what it said, secrets left out."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from alerts.store.tables import alerts, config_lives, configs


def remember_config(
    connection: Connection, config_hash: str, document: Mapping[str, Any], now: datetime
) -> None:
    """Keep a config under its hash, and note that it is live from now on if it was not before."""
    if connection.execute(select(configs).where(configs.c.hash == config_hash)).first() is None:
        row = {
            "hash": config_hash,
            "live_since": now,
            "rules": document["rules"],
            "document": document,
        }
        connection.execute(insert(configs), row)
    if live_config(connection) != config_hash:
        connection.execute(insert(config_lives), {"hash": config_hash, "since": now})


def live_config(connection: Connection) -> str | None:
    """Return the hash of the config that was live last."""
    query = select(config_lives.c.hash).order_by(config_lives.c.id.desc())
    found: str | None = connection.execute(query).scalar()
    return found


def rules_of(connection: Connection, config_hash: str) -> list[Any] | None:
    """Return the rules as they stood in a config; None if it was never live here."""
    query = select(configs.c.rules).where(configs.c.hash == config_hash)
    found: list[Any] | None = connection.execute(query).scalar()
    return found


def rule_then(connection: Connection, config_hash: str, name: str) -> dict[str, Any] | None:
    """Return one rule as it stood in a config; None if that is not known."""
    rules = rules_of(connection, config_hash) or ()
    return next((rule for rule in rules if rule["name"] == name), None)


def rule_since(
    connection: Connection, name: str, same: Callable[[Mapping[str, Any]], bool]
) -> datetime | None:
    """Return since when a rule has stood as it does; None if it never did.

    same: tells whether a rule as it was kept is the one of now.
    """
    query = select(config_lives.c.since, configs.c.rules).join(
        configs, configs.c.hash == config_lives.c.hash
    )
    since = None
    for row in connection.execute(query.order_by(config_lives.c.id.desc())):
        if not any(rule["name"] == name and same(rule) for rule in row.rules):
            break
        since = row.since
    return since


def find_configs(connection: Connection, wanted: str) -> list[Row[Any]]:
    """Return the configs whose hash begins so, with or without "sha256:" before it."""
    digest = wanted.removeprefix("sha256:").lower()
    query = select(configs).where(configs.c.hash.startswith(f"sha256:{digest}", autoescape=True))
    return list(connection.execute(query.order_by(configs.c.hash)))


def list_lives(connection: Connection, limit: int) -> list[Row[Any]]:
    """Return hash, since when it was live, and how many alerts it ever decided; newest first."""
    count = (
        select(alerts.c.config, func.count().label("alerts")).group_by(alerts.c.config).subquery()
    )
    query = (
        select(config_lives.c.id, config_lives.c.hash, config_lives.c.since, count.c.alerts)
        .outerjoin(count, count.c.config == config_lives.c.hash)
        .order_by(config_lives.c.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query))


def lives_of(connection: Connection, config_hash: str) -> list[tuple[datetime, datetime | None]]:
    """Return the times from and until which a config was live; None: it still is."""
    rows = connection.execute(
        select(config_lives.c.hash, config_lives.c.since).order_by(config_lives.c.id)
    ).all()
    ends = [row.since for row in rows[1:]] + [None]
    return [
        (row.since, end) for row, end in zip(rows, ends, strict=False) if row.hash == config_hash
    ]
