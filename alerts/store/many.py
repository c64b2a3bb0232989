"""One statement with many rows.

SQLAlchemy works out anew for each row which of its values stands where and how it is stored,
which takes longer than SQLite takes for the row. Here that is worked out once a statement.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Update

from alerts.store.tables import Utc


def execute_many(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Run a statement once for each row; all rows have the same names in the same order.

    statement: one that is kept, since what is worked out of it is kept as long.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        # It sends many rows in one statement, where the way to the server is what takes time.
        connection.execute(statement, rows)
        return
    sql, values_of = _prepare(statement, connection.dialect, tuple(rows[0]))
    connection.exec_driver_sql(sql, [values_of(row) for row in rows])


@lru_cache(maxsize=64)
def _prepare(
    statement: Insert | Update, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """Return a statement's SQL, and what turns a row into what its places take."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
    places = list(compiled.positiontup)
    ways = [_way(compiled.binds[name].type, dialect) for name in places]
    stored = [(place, way) for place, way in enumerate(ways) if way is not None]
    pick = itemgetter(*places)

    def values_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
        values = list(pick(row))
        for place, way in stored:
            values[place] = way(values[place])
        return tuple(values)

    return str(compiled), values_of


def _way(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return how SQLite stores values of a type; None where it takes them as they are."""
    if isinstance(kind, Utc):
        return _as_text
    way: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return way


@lru_cache(maxsize=4096)
def _as_text(at: datetime | None) -> str | None:
    """Return a time as SQLAlchemy stores it in SQLite; each stands in several rows."""
    if at is None:
        return None
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(" ", "microseconds")
