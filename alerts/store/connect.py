"""Opens the database, keeps its schema current, and names what can go wrong with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from alerts.errors import (
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreNewer,
    StoreReadOnly,
)

MIGRATIONS = Path(__file__).parent / "migrations"

BUSY_SECONDS = 5
"""How long a writer waits for another one before it gives up."""

SYMPTOMS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("locked", StoreLocked, "another process is writing to it: stop that one, then try again"),
    ("readonly", StoreReadOnly, "it cannot be written: check the owner and the permissions"),
    ("unable to open", StoreReadOnly, "it cannot be opened: check the folder and the permissions"),
    ("disk i/o", StoreFull, "the disk failed: check its space and health"),
    ("full", StoreFull, "the disk is full: free space; nothing that was committed is lost"),
    (
        "not a database",
        StoreDamaged,
        "it is not a Tocsin database: set service.database to another file",
    ),
    ("malformed", StoreDamaged, "it is damaged: restore the last backup"),
)
"""What SQLite says, the error that it is, and what a person does about it."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open database."""

    engine: Engine
    name: str

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; nothing is written."""
        with self._explained(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed whole or not at all; waits its turn behind other writers."""
        with (
            self._explained(),
            self.engine.connect().execution_options(tocsin_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise explain(error, self.name) from error


def explain(error: DBAPIError, name: str) -> StoreError:
    """Turn a driver's error into one of ours: which database, what happened, what to do."""
    return diagnose(error.orig, name)


def diagnose(error: BaseException | None, name: str) -> StoreError:
    """Turn what a driver said into the error that it stands for."""
    said = str(error)
    for symptom, kind, remedy in SYMPTOMS:
        if symptom in said.lower():
            return kind(f"database {name}: {remedy} ({said})")
    return StoreError(f"database {name}: {said}")


def open_store(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Store:
    """Open the database at a SQLAlchemy URL, make or migrate its schema, and check it.

    busy_seconds: how long a SQLite writer waits for another one.
    Raises StoreError with a line that says what to do.
    """
    engine = make_engine(url, busy_seconds)
    name = engine.url.database or engine.url.render_as_string(hide_password=True)
    store = Store(engine, name)
    migrate(store)
    return store


def make_engine(url: str, busy_seconds: float) -> Engine:
    """Return an engine that commits durably: SQLite in WAL with synchronous FULL."""
    try:
        parsed = make_url(url)
        engine = create_engine(
            parsed,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise StoreError(
            "service.database: must be like sqlite:///tocsin.db or "
            f"postgresql+psycopg://user@host/db ({error.__class__.__name__})"
        ) from error
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, busy_seconds))
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(busy_seconds: float, connection: sqlite3.Connection, _record: Any) -> None:
    # None: the driver opens no transaction of its own, so BEGIN below is the only one.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {busy_seconds * 1000:.0f}",
        "journal_mode = WAL",
        # NORMAL would lose committed alerts when the power fails.
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("tocsin_write", False)
    # A reader that turns writer half-way fails at once, whatever the timeout; so say it first.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def copy_sqlite(url: str, target: Path) -> bool:
    """Copy a SQLite database, even while it is written to; False for another kind of database.

    A database that does not exist yet leaves no copy, which is a new one all the same.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return False
    if parsed.database and Path(parsed.database).exists():
        _back_up(parsed.database, target)
    return True


def _back_up(database: str, target: Path) -> None:
    if not Path(database).is_file():
        raise StoreReadOnly(f"database {database}: it cannot be opened: it is not a file")
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(database)}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    except sqlite3.DatabaseError as error:
        raise diagnose(error, database) from error


def migrate(store: Store) -> None:
    """Bring the schema to this version in one transaction; refuse a newer or a foreign one."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = ScriptDirectory.from_config(config)
    with store.read() as connection:
        current = _current_revision(connection, store.name)
    if current == known.get_current_head():
        return
    if current is not None and current not in {s.revision for s in known.walk_revisions()}:
        raise StoreNewer(
            f"database {store.name}: a newer Tocsin made it (schema {current}): "
            "install that version, or set service.database to another file"
        )
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _current_revision(connection: Connection, name: str) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(revision) if revision is not None else None
    if tables:
        raise StoreNewer(
            f"database {name}: another program made it (tables {', '.join(sorted(tables)[:3])}): "
            "set service.database to a file of its own"
        )
    return None
