"""What a machine does to a database: many writers, a full disk, an end at any moment."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Engine, create_engine, event, text

from alerts.domain import DeliveryState
from alerts.errors import StoreFull, StoreLocked
from alerts.opening import load_config, only_instance, take_over
from alerts.store import deliveries
from alerts.store.connect import MIGRATIONS, Store, open_store
from alerts.store.soundness import find_faults

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 9, tzinfo=UTC)

WRITER = """
import json, sys, time
from datetime import UTC, datetime
from alerts.store import deliveries
from alerts.store.connect import open_store
url, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
store, waits = open_store(url), []
for number in range(count):
    began = time.monotonic()
    with store.write() as connection:
        deliveries.waiting(connection)  # a reader that turns writer is what SQLite refuses
        deliveries.enqueue(connection, None, name, b"", now=datetime.now(UTC), notice=str(number))
    waits.append(time.monotonic() - began)
print(json.dumps(waits))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def waiting(store: Store) -> int:
    with store.read() as connection:
        return deliveries.waiting(connection)


def enqueue(store: Store, name: str, body: bytes = b"") -> None:
    with store.write() as connection:
        deliveries.enqueue(connection, None, "c", body, now=NOW, notice=name)


def test_four_processes_write_and_none_is_told_that_it_is_locked(
    store: Store, path: Path, choose: Callable[[int, int], int]
) -> None:
    each = choose(100, 10_000)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, f"sqlite:///{path}", f"w{number}", str(each)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for number in range(4)
    ]  # fmt: skip

    ended = [writer.communicate(timeout=120 + each / 2) for writer in writers]

    assert [error for _, error in ended] == [""] * 4
    waits = sorted(wait for out, _ in ended for wait in json.loads(out))
    assert waiting(store) == len(waits) == 4 * each
    # Of few writes the slowest ones tell of the machine, not of the queue.
    assert waits[int(len(waits) * 0.99)] < choose(5, 1)
    assert find_faults(store) == []


def test_a_writer_gets_its_turn_between_others_that_hardly_pause(store: Store, path: Path) -> None:
    enough, writes, chance = threading.Event(), threading.Event(), random.Random(5)

    def write_on() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            while not enough.is_set():
                other.execute("BEGIN IMMEDIATE")
                writes.set()
                time.sleep(chance.uniform(0.08, 0.12))
                writes.clear()
                other.execute("COMMIT")
                time.sleep(0.002)

    writer = threading.Thread(target=write_on)
    writer.start()
    began = time.monotonic()
    try:
        for number in range(5):
            assert writes.wait(5)
            enqueue(store, f"n{number}")
    finally:
        enough.set()
        writer.join()

    assert time.monotonic() - began < 4


def test_a_disk_that_fills_up_a_hundred_times_costs_nothing_that_was_committed(
    store: Store,
) -> None:
    for cycle in range(100):
        with store.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + cycle % 4}")
        with pytest.raises(StoreFull, match="free space"):
            enqueue(store, f"lost {cycle}", b"x" * 100_000)
        with store.read() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        enqueue(store, f"kept {cycle}")
        assert waiting(store) == cycle + 1

    assert find_faults(store) == []


def at_first_schema(path: Path) -> None:
    """Write a database as the first version left it, with one event, post and alert."""
    engine = create_engine(f"sqlite:///{path}")
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO events VALUES ('e','t','{}',1,'[]','{}',3,'[1,1,1]',"
            "9,'2026-11-24 08:00:00','2026-11-24 08:00:00',NULL,NULL)"))  # fmt: skip
        connection.execute(text("INSERT INTO posts VALUES ('p','s','1',NULL,'t','t','en',NULL,"
            "'2026-11-24 08:00:00',1,'2026-11-24 08:00:00',0,0,NULL,NULL,'[]','{}','e','opened',"
            "0)"))  # fmt: skip
        connection.execute(text("INSERT INTO alerts VALUES ('a','r','e','p','high','new','[]',"
            "'2026-11-24 08:00:00',NULL,'Headline','{}','adopted',1,'[]',0,'c','m')"))  # fmt: skip
    engine.dispose()


def count_statements(path: Path) -> int:
    """Migrate a database; return how many statements that takes."""
    seen = []

    def note(*_: object) -> None:
        seen.append(1)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        open_store(f"sqlite:///{path}").close()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def migrate_and_die(path: Path, statement: int) -> bool:
    """Migrate in a process that is killed before its n-th statement; tell whether it was."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1
            if seen > statement:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", count)
        try:
            open_store(f"sqlite:///{path}").close()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_migration_that_is_killed_at_any_statement_is_all_or_nothing(
    tmp_path: Path, choose: Callable[[int, int], int]
) -> None:
    first = tmp_path / "first.db"
    at_first_schema(first)
    path, counted = tmp_path / "t.db", tmp_path / "counted.db"
    shutil.copy(first, counted)
    statements = count_statements(counted)
    assert statements > 90

    # Every third statement at least, so that no migration is passed over.
    for statement in range(0, statements, choose(3, 1)):
        shutil.copy(first, path)
        assert migrate_and_die(path, statement), statement
        with closing(sqlite3.connect(path)) as left:
            assert left.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
            assert left.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for file in tmp_path.glob("t.db*"):
            file.unlink()

    shutil.copy(first, path)
    assert not migrate_and_die(path, statements)
    store = open_store(f"sqlite:///{path}")
    with store.read() as connection:
        rows = [connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                for table in ("events", "posts", "alerts")]  # fmt: skip
    store.close()
    assert rows == [1, 1, 1]


CONFIG = """\
service: {database: "sqlite:///t.db", web: "off"}
sources: [{name: posts, kind: jsonl, path: posts.jsonl}]
channels: [{name: screen, kind: console}]
rules: [{name: r, topics: {all: [china]}, send: [screen]}]
"""


def test_a_second_instance_is_refused_a_hundred_times_of_a_hundred(tmp_path: Path) -> None:
    (tmp_path / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
    config = load_config(tmp_path / "tocsin.yaml")

    def enter() -> None:
        with only_instance(config):
            raise AssertionError("two at once")

    began = time.monotonic()
    with only_instance(config):
        for _ in range(100):
            with pytest.raises(StoreLocked, match=f"process {os.getpid()}"):
                enter()
    took = time.monotonic() - began

    assert took / 100 < 2
    with only_instance(config):
        pass


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    (tmp_path / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
    config = load_config(tmp_path / "tocsin.yaml")
    child = os.fork()
    if child == 0:
        with only_instance(config):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    with only_instance(config):
        pass


def test_what_a_dead_process_had_claimed_is_due_at_once(store: Store) -> None:
    with store.write() as connection:
        for number in range(3):
            deliveries.enqueue(connection, None, "screen", b"", now=NOW, notice=str(number))
        deliveries.claim(connection, lease="dead", now=NOW, until=LATER, limit=2)
        (settled,) = deliveries.claim(connection, lease="done", now=NOW, until=LATER, limit=1)
        deliveries.settle(
            connection, settled.id, lease="done", state=DeliveryState.SENT, attempts=1, now=NOW,
            next_attempt_at=None, error=None,
        )  # fmt: skip

    take_over(store)

    with store.write() as connection:
        due = deliveries.claim(connection, lease="next", now=NOW, until=LATER, limit=9)
        late = deliveries.settle(
            connection, due[0].id, lease="dead", state=DeliveryState.SENT, attempts=1, now=NOW,
            next_attempt_at=None, error=None,
        )  # fmt: skip
    assert len(due) == 2
    assert settled.id not in {one.id for one in due}
    assert not late


def test_on_postgresql_nobody_knows_that_nobody_else_is_at_work(tmp_path: Path) -> None:
    text = CONFIG.replace("sqlite:///t.db", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    (tmp_path / "tocsin.yaml").write_text(text, encoding="utf-8")

    with only_instance(load_config(tmp_path / "tocsin.yaml")) as alone:
        assert not alone
