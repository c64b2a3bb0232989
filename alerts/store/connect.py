"""Opens the database, keeps its schema current, and names what can go wrong with it."""

import os
import sqlite3
import time
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
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from alerts import redaction
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

ASK_AGAIN = 0.001
"""Seconds after which a writer asks again whether it is its turn."""

PASSWORDS = ("password", "sslpassword")
"""Options of an address that are secret."""

LARGEST_LOG = 96 * 1024 * 1024
"""Bytes that SQLite's write-ahead log keeps on disk after it was emptied."""

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
        except UnicodeDecodeError as error:
            raise StoreDamaged(
                f"database {self.name}: it is damaged: restore the last backup ({error})"
            ) from error


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
    name = engine.url.database or shown(engine.url)
    store = Store(engine, name)
    migrate(store)
    return store


def shown(url: URL) -> str:
    """Return an address whose password is ***, without the options that are passwords."""
    return url.difference_update_query(PASSWORDS).render_as_string(hide_password=True)


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
    for password in (parsed.password, *(parsed.query.get(name) for name in PASSWORDS)):
        if isinstance(password, str):
            redaction.hold(password)
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, busy_seconds))
        event.listen(engine, "begin", partial(_begin_sqlite, busy_seconds))
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
        # What one large transaction left in the log is given back once it is in the database.
        f"journal_size_limit = {LARGEST_LOG}",
        # A backlog changes thousands of pages a commit: to write each one back into the database
        # every thousand pages costs more than to keep sixteen times as many in the log, where what
        # every commit changes is written back once for several.
        "wal_autocheckpoint = 16000",
        # KiB. Keys of old events lie all over their index, of which 2 MB, as SQLite would keep,
        # hold too little to find most of a post's keys without reading.
        "cache_size = -32768",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(busy_seconds: float, connection: Connection) -> None:
    if not connection.get_execution_options().get("tocsin_write", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.dbapi_connection
    until = time.monotonic() + busy_seconds
    # SQLite asks ever less often for its turn, ten times a second in the end, and may never get
    # it while others write without a pause.
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while _is_busy(driver) and time.monotonic() < until:
            time.sleep(ASK_AGAIN)
        if not driver.in_transaction:
            # Once more in vain, for SQLAlchemy's own error.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {busy_seconds * 1000:.0f}")


def _is_busy(driver: sqlite3.Connection) -> bool:
    """Begin to write; True if somebody else is writing."""
    try:
        # A reader that turns writer half-way fails at once, however long it would wait.
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        return (
            isinstance(error, sqlite3.OperationalError)
            and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
        )
    return False


def open_to_read(url: str, *, current_only: bool = False) -> Store:
    """Open a database as it is: nothing is written, made or migrated, and an old schema will do.

    current_only: refuse an old schema too.
    Raises StoreError where there is none, or one of a newer Tocsin or another program.
    """
    parsed = make_url(url)
    engine = make_engine(url, BUSY_SECONDS)
    if parsed.get_backend_name() == "sqlite":
        engine.dispose()
        path = _existing(parsed.database or "")
        address = f"file:{quote(path)}?mode=ro"
        engine = create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool
        )
    store = Store(engine, parsed.database or shown(parsed))
    with store.read() as connection:
        current = _current_revision(connection, store.name)
    if current is None:
        raise StoreDamaged(
            f"database {store.name}: holds nothing of Tocsin's: is it the right one?"
        )
    _refuse_newer(current, store.name)
    if current_only and current != ScriptDirectory.from_config(_alembic()).get_current_head():
        raise StoreError(
            f"database {store.name}: an older Tocsin made it: "
            "`tocsin once` or `tocsin run` brings it up to date"
        )
    return store


def copy_sqlite(url: str, target: Path) -> bool:
    """Copy a SQLite database, even while it is written to; False for another kind of database.

    A database that does not exist yet leaves no copy, which is a new one all the same.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return False
    if parsed.database and Path(parsed.database).exists():
        _copy(parsed.database, target)
    return True


def back_up(url: str, target: Path) -> None:
    """Copy a SQLite database into a new file, which appears whole, on disk and checked, or not.

    A service may go on writing; the copy holds what was committed when it began, and maybe more.
    Raises StoreError.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise StoreError("backup copies SQLite files: use pg_dump for this database")
    if target.exists():
        raise StoreError(f"{target}: exists already: name a new file")
    unfinished = target.with_name(f"{target.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        _copy(_existing(parsed.database or ""), unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        # A link, unlike a rename, refuses a file that another backup has made meanwhile.
        target.hardlink_to(unfinished)
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _existing(database: str) -> str:
    path = Path(database)
    if not path.exists():
        raise StoreError(f"database {database}: there is no such file")
    if not path.is_file():
        raise StoreReadOnly(f"database {database}: it cannot be opened: it is not a file")
    return database


def _copy(database: str, target: Path) -> None:
    try:
        with (
            closing(
                sqlite3.connect(f"file:{quote(_existing(database))}?mode=ro", uri=True)
            ) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            # One file is easier to carry than three; a service turns WAL on again.
            copy.execute("PRAGMA journal_mode = DELETE")
            (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise StoreDamaged(f"database {database}: it is damaged ({said})")
    except sqlite3.DatabaseError as error:
        raise diagnose(error, database) from error


def migrate(store: Store) -> None:
    """Bring the schema to this version in one transaction; refuse a newer or a foreign one."""
    config = _alembic()
    with store.read() as connection:
        current = _current_revision(connection, store.name)
    if current == ScriptDirectory.from_config(config).get_current_head():
        return
    if current is not None:
        _refuse_newer(current, store.name)
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _refuse_newer(revision: str, name: str) -> None:
    known = {one.revision for one in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    if revision not in known:
        raise StoreNewer(
            f"database {name}: a newer Tocsin made it (schema {revision}): "
            "install that version, or set service.database to another file"
        )


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
