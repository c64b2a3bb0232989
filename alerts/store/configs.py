"""Every config that was live: its hash, since when, and its rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from alerts.store.tables import configs


def remember_config(
    connection: Connection, config_hash: str, rules: Sequence[Any], now: datetime
) -> None:
    """Keep a config's rules under its hash, the first time that it is live."""
    if connection.execute(select(configs).where(configs.c.hash == config_hash)).first() is None:
        row = {"hash": config_hash, "live_since": now, "rules": list(rules)}
        connection.execute(insert(configs), row)


def rules_of(connection: Connection, config_hash: str) -> list[Any] | None:
    """Return the rules as they stood in a config; None if it was never live here."""
    query = select(configs.c.rules).where(configs.c.hash == config_hash)
    found: list[Any] | None = connection.execute(query).scalar()
    return found
