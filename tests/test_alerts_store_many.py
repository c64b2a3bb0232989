"""Many rows are stored just as SQLAlchemy stores one."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, update

from alerts.errors import StoreError
from alerts.store.connect import open_store
from alerts.store.many import execute_many
from alerts.store.tables import spells, taggings

ADD = insert(spells)
END = update(spells).where(spells.c.id == bindparam("which"))
ORPHAN = insert(taggings)
SHANGHAI = timezone(timedelta(hours=8))


def row(name: str, at: datetime, ended: datetime | None, check: Any) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "silent",
        "about": "source",
        "name": "wire",
        "since": at,
        "noticed_at": at,
        "ended_at": ended,
        "says": "沉默 'or' \"silent\"",
        "check": check,
    }


ROWS = [
    row("a", datetime(2026, 3, 1, 8, 30, tzinfo=UTC), None, {"posts": 3, "né": [1.5, None, True]}),
    row("b", datetime(2026, 3, 1, 8, 30, 1, 250, tzinfo=SHANGHAI),
        datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=SHANGHAI), []),
]  # fmt: skip


def stored(folder: Path, *, together: bool) -> list[tuple[Any, ...]]:
    store = open_store(f"sqlite:///{folder / f'{together}.db'}")
    with store.write() as connection:
        if together:
            execute_many(connection, ADD, ROWS)
            execute_many(connection, END, [{"which": "a", "ended_at": ROWS[0]["since"]}])
            execute_many(connection, END, [])
        else:
            connection.execute(ADD, ROWS)
            connection.execute(END, [{"which": "a", "ended_at": ROWS[0]["since"]}])
    with store.read() as connection:
        raw = connection.exec_driver_sql("SELECT * FROM spells ORDER BY id").all()
    store.close()
    return [tuple(one) for one in raw]


def test_rows_are_stored_as_sqlalchemy_stores_them(tmp_path: Path) -> None:
    together = stored(tmp_path, together=True)

    assert together == stored(tmp_path, together=False)
    assert together[1][4] == "2026-03-01 00:30:01.000250"


def test_a_row_that_the_database_refuses_is_told_as_ever(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    of_nothing = {"post_id": "none", "model": "m", "topics": {}, "tags": [], "grade": 0,
                  "at_least_1": 0.0, "at_least_2": 0.0, "at_least_3": 0.0}  # fmt: skip

    with pytest.raises(StoreError, match="FOREIGN KEY"), store.write() as connection:
        execute_many(connection, ORPHAN, [of_nothing])

    store.close()
