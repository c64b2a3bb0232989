"""Cuts the power at random moments: what was not synced is lost in part, what was acked may not be.

kill -9 cannot show this, for the kernel keeps what a dead process wrote. Here SQLite writes
through a file system of our own (apsw), which remembers what was synced. At the cut, each sector
that was not is there or not, by chance; then the service's own code opens what is left.
"""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import orjson
from sqlalchemy import create_engine, event, select
from sqlalchemy.pool import StaticPool

from alerts import pipeline as stages
from alerts.domain import DeliveryState, Polled, RawPost
from alerts.pipeline import Pipeline
from alerts.store import connect, deliveries, tables
from alerts.store.connect import Store, open_store
from alerts.store.soundness import find_faults
from tests.chaos.sure import maker

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SECTOR = 512
CHECKPOINTS = (20, 1000)
"""Pages in the log after which it is written back: so few that cuts hit that, or SQLite's own."""

TURNS = 6
"""Polls and deliveries in one run, if the power stays on."""


class PowerCut(Exception):
    """The power is gone."""


@dataclass(slots=True)
class File:
    """What of a file is safe, and what was written to it since: offset and bytes, or a size."""

    safe: bytearray = field(default_factory=bytearray)
    unsafe: list[tuple[int, bytes] | int] = field(default_factory=list)
    exists: bool = False

    def sync(self) -> None:
        """Make everything safe."""
        for change in self.unsafe:
            apply(self.safe, change)
        self.unsafe.clear()
        self.exists = True

    def after_cut(self, chance: random.Random) -> bytes | None:
        """Return what is there when the power is back; None: no file."""
        if not self.exists and chance.random() < 0.5:
            return None
        left = bytearray(self.safe)
        kept = chance.choice((0.0, 0.5, 0.9, 1.0))
        for change in self.unsafe:
            for piece in sectors(change):
                if chance.random() < kept:
                    apply(left, piece)
        return bytes(left)


def apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    """Write or truncate."""
    if isinstance(change, int):
        del content[change:]
        return
    offset, data = change
    content.extend(bytes(max(offset - len(content), 0)))
    content[offset : offset + len(data)] = data


def sectors(change: tuple[int, bytes] | int) -> Iterator[tuple[int, bytes] | int]:
    """Cut a write into the sectors that a disk writes whole or not at all."""
    if isinstance(change, int):
        yield change
        return
    offset, data = change
    start = 0
    while start < len(data):
        end = min(len(data), start + SECTOR - (offset + start) % SECTOR)
        yield offset + start, data[start:end]
        start = end


class Disk(apsw.VFS):
    """The files of one run; after so many writes and syncs the power goes.

    writes: how many until then.
    """

    def __init__(self, name: str, writes: int) -> None:
        super().__init__(name, base="")
        self.name = name
        self.files: dict[str, File] = {}
        self.left = writes
        self.is_off = False

    def xOpen(self, name: Any, flags: list[int]) -> "Platter":
        """Open a file of the run, or a temporary one."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        known = self.files.get(str(path))
        if known is None:
            known = self.files[str(path)] = File()
            if path and Path(path).exists():
                known.safe, known.exists = bytearray(Path(path).read_bytes()), True
        return Platter(self, known, name, flags)

    def tick(self) -> None:
        """Count what reaches the disk; at the end of the count the power goes."""
        self.left -= 1
        if self.left == 0:
            self.is_off = True
            raise PowerCut

    def after_cut(self, folder: Path, chance: random.Random) -> None:
        """Write what the cut has left into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for path, file in self.files.items():
            left = file.after_cut(chance)
            if left is not None and not path.endswith("-shm"):
                (folder / Path(path).name).write_bytes(left)


class Platter(apsw.VFSFile):
    """One open file, whose writes are remembered until they are synced."""

    def __init__(self, disk: Disk, file: File, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self.disk, self.file = disk, file

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write, and remember it."""
        if not self.disk.is_off:
            self.file.unsafe.append((offset, bytes(data)))
            self.disk.tick()
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        """Truncate, and remember it."""
        if not self.disk.is_off:
            self.file.unsafe.append(newsize)
            self.disk.tick()
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        """What is remembered is safe; the real disk need not hear of it."""
        if not self.disk.is_off:
            self.disk.tick()
            self.file.sync()


# What SQLAlchemy needs of a driver, over apsw ------------------------------------------------


class Cursor:
    """A cursor as the standard library's sqlite3 has it."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self.description: list[tuple[Any, ...]] | None = None
        self.rowcount = -1
        self.lastrowid = 0
        self._rows: Iterator[Any] = iter(())

    def execute(self, statement: str, parameters: Iterable[Any] = ()) -> "Cursor":
        """Run one statement and keep its rows."""
        cursor = self._connection.cursor()

        def note_columns(running: apsw.Cursor, _: str, __: Any) -> bool:
            columns = running.get_description()
            self.description = [(name, *[None] * 6) for name, _ in columns] or None
            return True

        cursor.exec_trace = note_columns
        try:
            self._rows = iter(list(cursor.execute(statement, tuple(parameters))))
        except apsw.Error as error:
            fault = sqlite3.OperationalError(str(error))
            fault.sqlite_errorcode = getattr(error, "result", sqlite3.SQLITE_ERROR)
            raise fault from error
        self.rowcount = self._connection.changes()
        self.lastrowid = self._connection.last_insert_rowid()
        return self

    def executemany(self, statement: str, many: Iterable[Iterable[Any]]) -> None:
        """Run one statement for each of many sets of parameters."""
        for parameters in many:
            self.execute(statement, parameters)

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next rows."""
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return list(self._rows)

    def close(self) -> None:
        """Forget the rows."""
        self._rows = iter(())


class Driver:
    """A connection as the standard library's sqlite3 has it."""

    isolation_level: str | None = None

    def __init__(self, path: Path, disk: Disk) -> None:
        self._connection = apsw.Connection(str(path), vfs=disk.name)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def cursor(self, *_: Any) -> Cursor:
        """Return a cursor."""
        return Cursor(self._connection)

    def execute(self, statement: str, parameters: Iterable[Any] = ()) -> Cursor:
        """Run one statement."""
        return self.cursor().execute(statement, parameters)

    def create_function(self, *_: Any, **__: Any) -> None:
        """Take SQLAlchemy's regular expressions, which nothing here uses."""

    def commit(self) -> None:
        """End the transaction, if there is one."""
        if self._connection.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file, which writes back its log, if the power is still on by then."""
        with suppress(PowerCut):
            self._connection.close()


@contextmanager
def on_disk(path: Path, disk: Disk, synchronous: str) -> Iterator[Store]:
    """Open a database on such a disk, with the service's own settings but the one given."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: Driver(path, disk),
        poolclass=StaticPool,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
    )
    event.listen(engine, "connect", partial(connect._prepare_sqlite, 5.0))
    event.listen(engine, "begin", partial(connect._begin_sqlite, 5.0))
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        (level,) = driver.execute("PRAGMA synchronous").fetchone()
        assert level == 2, "the service is to write with synchronous=FULL"
        driver.execute(f"PRAGMA synchronous = {synchronous}")
        driver.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINTS[disk.left % 2]}")
    try:
        yield Store(engine, str(path))
    finally:
        engine.dispose()


# One run and many -----------------------------------------------------------------------------


@dataclass(slots=True)
class Losses:
    """What a series of power cuts came to.

    acked: posts and notes of deliveries whose commit had returned; lost: those gone afterwards.
    damaged: databases that could not be opened, or are not sound.
    """

    runs: int = 0
    acked: int = 0
    lost: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Acked:
    """What the service believes to be safe."""

    posts: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)


def work(pipeline: Pipeline, acked: Acked) -> None:
    """Take in polls and settle deliveries, noting each commit once it has returned."""
    (source,) = pipeline.config.sources
    for turn in range(TURNS):
        raw = tuple(
            RawPost(source=source.name, external_id=f"{turn}-{number}", body=f"China {turn} bans "
                    f"the export of material {number * 7 + turn}, announcement {turn}{number}.")
            for number in range(3)
        )  # fmt: skip
        now = NOW + timedelta(minutes=turn)
        stages.ingest(pipeline, source, Polled(posts=raw, cursor={"turn": turn}), now)
        acked.posts += [post.external_id for post in raw]
        with pipeline.store.write() as connection:
            claimed = deliveries.claim(
                connection, lease="l", now=now, until=now + timedelta(minutes=1), limit=2
            )
        for one in claimed:
            with pipeline.store.write() as connection:
                deliveries.settle(
                    connection, one.id, lease="l", state=DeliveryState.SENT, attempts=1,
                    now=now, next_attempt_at=None, error=None,
                )  # fmt: skip
            acked.sent.append(one.id)


def run_once(
    make: Callable[[Store], Pipeline], template: Path, folder: Path, writes: int, seed: int,
    synchronous: str,
) -> tuple[Disk, Acked]:  # fmt: skip
    """Work on a copy of a database until the power goes after so many writes."""
    folder.mkdir(parents=True)
    path = folder / "t.db"
    shutil.copyfile(template, path)
    disk = Disk(f"power{seed}", writes)
    acked = Acked()
    try:
        with on_disk(path, disk, synchronous) as store:
            work(make(store), acked)
    except PowerCut:
        pass
    disk.after_cut(folder / "after", random.Random(seed))
    disk.unregister()
    return disk, acked


def look(folder: Path, acked: Acked, losses: Losses) -> None:
    """Open what the cut has left with the service's own code, and count what is missing."""
    store = open_store(f"sqlite:///{folder}/after/t.db")
    losses.damaged += find_faults(store)
    with store.read() as connection:
        posts = set(connection.execute(select(tables.posts.c.external_id)).scalars())
        sent = select(tables.deliveries.c.id).where(tables.deliveries.c.state == DeliveryState.SENT)
        safe = set(connection.execute(sent).scalars())
    store.close()
    losses.acked += len(acked.posts) + len(acked.sent)
    losses.lost += len(set(acked.posts) - posts) + len(set(acked.sent) - safe)


def cut_power(folder: Path, runs: int, *, synchronous: str = "FULL", seed: int = 5) -> Losses:
    """Cut the power in so many runs, each at a random write or sync."""
    folder.mkdir(parents=True, exist_ok=True)
    make = maker(folder)
    template = folder / "template.db"
    store = open_store(f"sqlite:///{template}")
    stages.prepare(make(store), NOW)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    chance = random.Random(seed)
    never = 1_000_000_000
    disk, whole = run_once(make, template, folder / "whole", never, seed * never, synchronous)
    writes = never - disk.left
    assert len(whole.posts) == 3 * TURNS, "an undisturbed run did not do its work"
    assert whole.sent, "an undisturbed run sent nothing"
    losses = Losses()
    for run in range(runs):
        here = folder / "run"
        shutil.rmtree(here, ignore_errors=True)
        _, acked = run_once(
            make, template, here, chance.randint(1, writes), seed * never + run + 1, synchronous
        )
        try:
            look(here, acked, losses)
        except Exception as error:  # noqa: BLE001 (whatever it is, the database did not survive)
            losses.damaged.append(f"run {run}: {type(error).__name__}: {error}")
        losses.runs += 1
    return losses


def told(losses: Losses, synchronous: str) -> str:
    """Return what a series of power cuts came to, in one line."""
    return (
        f"{losses.runs:,} power cuts with synchronous={synchronous}: {losses.lost} of "
        f"{losses.acked:,} acknowledged rows lost, {len(losses.damaged)} databases damaged"
    )
