"""The database: durable, migrated whole, and clear about what is wrong with it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from alerts.domain import DeliveryState
from alerts.errors import (
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreNewer,
    StoreReadOnly,
)
from alerts.store import alerts, deliveries, posts, sources, tables
from alerts.store.connect import Store, back_up, copy_sqlite, open_store, open_to_read
from alerts.store.soundness import check_file, count_rows, find_faults
from tests.commands import Result

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()


def add_alert(store: Store, name: str = "a1") -> None:
    """Write the rows that a delivery hangs on."""
    with store.write() as connection:
        connection.execute(insert(tables.events), {
            "id": f"e{name}", "title": "t", "act": {}, "posts": 1, "sources": [], "topics": {},
            "grade": 3, "at_least": [1, 1, 1], "relevance": 9, "first_seen": NOW,
            "last_seen": NOW,
        })  # fmt: skip
        connection.execute(insert(tables.posts), {
            "id": f"p{name}", "source": "s", "external_id": "1", "title": "t", "text": "t",
            "lang": "en", "published_at": NOW, "dated": True, "first_seen_at": NOW,
            "official": False, "limited": False, "platform_tags": [], "act": {},
            "event_id": f"e{name}", "joined_by": "opened", "backfilled": False,
        })  # fmt: skip
        connection.execute(insert(tables.taggings), {
            "post_id": f"p{name}", "model": "m", "topics": {}, "tags": [], "grade": 3,
            "at_least_1": 1, "at_least_2": 1, "at_least_3": 1,
        })  # fmt: skip
        connection.execute(insert(tables.alerts), {
            "id": name, "rule": "r", "event_id": f"e{name}", "post_id": f"p{name}",
            "severity": "high", "reason": "new", "changes": [], "at": NOW, "headline": "h",
            "document": {}, "official": False, "channels": ["c"], "shadow": False,
            "config": "c", "model": "m",
        })  # fmt: skip


def enqueue(store: Store, channel: str = "c", *, alert: str = "a1", at: datetime = NOW) -> str:
    with store.write() as connection:
        return deliveries.enqueue(connection, alert, channel, b"{}", now=at)


def claim(store: Store, lease: str, now: datetime = NOW, **keys: object) -> list[str]:
    with store.write() as connection:
        found = deliveries.claim(
            connection, lease=lease, now=now, until=now + timedelta(seconds=60), limit=10,
            skip=keys.get("skip", ()),  # type: ignore[arg-type]
        )  # fmt: skip
    return [delivery.id for delivery in found]


def settle(store: Store, delivery: str, lease: str, state: DeliveryState) -> bool:
    with store.write() as connection:
        return deliveries.settle(
            connection, delivery, lease=lease, state=state, attempts=1, now=NOW,
            next_attempt_at=NOW + timedelta(minutes=5), error="e",
        )  # fmt: skip


def test_sqlite_commits_durably(store: Store) -> None:
    with store.read() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()

    assert (mode, synchronous) == ("wal", 2)


def test_the_migrations_make_the_schema_of_the_tables(store: Store) -> None:
    with store.read() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), tables.metadata
        )

    assert differences == []


def test_opening_twice_changes_nothing(store: Store, path: Path) -> None:
    add_alert(store)

    again = open_store(f"sqlite:///{path}")

    with again.read() as connection:
        assert connection.execute(select(tables.alerts.c.id)).scalars().all() == ["a1"]
    again.close()


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def half_wrong() -> None:
        with store.write() as connection:
            deliveries.disable_channel(connection, "c", reason="gone", now=NOW)
            deliveries.enqueue(connection, "no such alert", "c", b"", now=NOW)

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        half_wrong()

    with store.read() as connection:
        assert deliveries.disabled_channels(connection) == {}


def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    brussels = datetime.fromisoformat("2026-11-24T09:00:00+01:00")
    with store.write() as connection:
        sources.ensure_sources(connection, {"s": "feed"}, brussels)
        state = sources.source_state(connection, "s")

    assert state is not None
    assert (state.next_poll_at, state.next_poll_at.tzinfo) == (NOW, UTC)


def test_a_locked_database_is_named(store: Store, path: Path) -> None:
    impatient = open_store(f"sqlite:///{path}", busy_seconds=0)

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match=r"t\.db: another process"), impatient.write():
            pass
    impatient.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_file_that_is_no_database_is_refused_and_kept(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"t\.db"):
        open_store(f"sqlite:///{path}")

    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_kept(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (id)")
        other.commit()

    with pytest.raises(StoreNewer, match="another program"):
        open_store(f"sqlite:///{path}")


def test_a_newer_schema_is_refused(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()

    with pytest.raises(StoreNewer, match="a newer Tocsin"):
        open_store(f"sqlite:///{path}")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreReadOnly, match="cannot be opened"):
        open_store(f"sqlite:///{tmp_path}/none/t.db")


@pytest.mark.parametrize("url", ["nonsense", "oracle://x", "mysql+none://u@h/d"])
def test_an_url_that_is_no_database_is_told(url: str) -> None:
    with pytest.raises(StoreError, match=r"service\.database"):
        open_store(url)


def test_a_full_disk_is_told_and_what_was_committed_stays(store: Store) -> None:
    add_alert(store)

    def overfill() -> None:
        with store.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            deliveries.enqueue(connection, "a1", "c", b"x" * 10_000_000, now=NOW)

    with pytest.raises(StoreFull, match="full"):
        overfill()

    with store.read() as connection:
        assert deliveries.waiting(connection) == 0
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_one_delivery_has_one_id_without_a_full_stop(store: Store) -> None:
    one, same = (deliveries.delivery_id("a1", "c") for _ in range(2))

    assert one == same
    assert one != deliveries.delivery_id("a1", "d")
    assert "." not in one


def test_a_claimed_delivery_is_not_claimed_again_until_its_lease_ends(store: Store) -> None:
    add_alert(store)
    key = enqueue(store)

    assert claim(store, "one") == [key]
    assert claim(store, "two") == []
    assert claim(store, "two", NOW + timedelta(seconds=61)) == [key]


def test_a_worker_that_lost_its_lease_settles_nothing(store: Store) -> None:
    add_alert(store)
    key = enqueue(store)
    claim(store, "slow")
    claim(store, "fast", NOW + timedelta(seconds=61))

    assert settle(store, key, "fast", DeliveryState.SENT)
    assert not settle(store, key, "slow", DeliveryState.DEAD)
    with store.read() as connection:
        assert deliveries.of_alert(connection, "a1")[0].state == "sent"


def test_what_was_put_off_before_the_clock_was_set_back_is_due(store: Store) -> None:
    add_alert(store)
    claimed = enqueue(store)
    claim(store, "one")
    waiting = enqueue(store, "d", at=NOW)

    year_before = NOW - timedelta(days=400)

    assert sorted(claim(store, "two", year_before)) == sorted([claimed, waiting])
    assert claim(store, "two", year_before) == []


def test_a_thousand_jumps_of_the_clock_skip_no_source_and_poll_none_twice(store: Store) -> None:
    names = ("one", "two", "three")
    chance = Random(7)
    polls = dict.fromkeys(names, 0)
    now = NOW

    with store.write() as connection:
        sources.ensure_sources(connection, dict.fromkeys(names, "feed"), now)
        for _ in range(1000):
            later = now + timedelta(seconds=60)
            for name in sources.due_sources(connection, names, now):
                polls[name] += 1
                if chance.random() < 0.3:
                    sources.record_failure(
                        connection, name, error="down", now=now, next_poll_at=later
                    )
                else:
                    sources.record_success(
                        connection, name, cursor={}, health=[], new_posts=0, now=now,
                        next_poll_at=later,
                    )  # fmt: skip
            assert sources.due_sources(connection, names, now) == []
            now += timedelta(seconds=chance.choice([60, 3600, 86_400, -60, -3600, -86_400 * 400]))

    # Forwards by an interval or more, or backwards: each source is due once.
    assert polls == dict.fromkeys(names, 1000)


def test_what_is_not_due_or_not_wanted_is_left(store: Store) -> None:
    add_alert(store)
    enqueue(store, "later", at=NOW + timedelta(seconds=1))
    enqueue(store, "busy")
    enqueue(store, "off")
    with store.write() as connection:
        deliveries.disable_channel(connection, "off", reason="gone", now=NOW)

    assert claim(store, "one", skip=("busy",)) == []
    assert len(claim(store, "one", NOW + timedelta(seconds=1))) == 2


def test_a_released_delivery_is_due_again_with_the_same_body(store: Store) -> None:
    add_alert(store)
    key = enqueue(store)
    claim(store, "one")

    with store.write() as connection:
        deliveries.release(connection, [key], "one")

    assert claim(store, "two") == [key]


def test_a_dead_delivery_can_be_replayed_and_a_sent_one_cannot(store: Store) -> None:
    add_alert(store)
    dead, sent = enqueue(store, "dead"), enqueue(store, "sent")
    claim(store, "one")
    settle(store, dead, "one", DeliveryState.DEAD)
    settle(store, sent, "one", DeliveryState.SENT)

    with store.write() as connection:
        assert deliveries.dead_ids(connection) == [dead]
        assert deliveries.replay(connection, [dead, sent], now=NOW) == 1

    assert claim(store, "two") == [dead]


def test_a_channel_is_enabled_again_once(store: Store) -> None:
    with store.write() as connection:
        for _ in range(2):
            deliveries.disable_channel(connection, "c", reason="410", now=NOW)
        assert deliveries.disabled_channels(connection) == {"c": "410"}
        assert deliveries.enable_channel(connection, "c")
        assert not deliveries.enable_channel(connection, "c")


def test_a_source_that_changes_kind_starts_anew(store: Store) -> None:
    with store.write() as connection:
        sources.ensure_sources(connection, {"s": "feed"}, NOW)
        sources.record_success(
            connection, "s", cursor={"etag": "x"}, health=[], new_posts=3, now=NOW,
            next_poll_at=NOW + timedelta(minutes=5),
        )  # fmt: skip
        sources.ensure_sources(connection, {"s": "feed"}, NOW)
        kept = sources.source_state(connection, "s")
        sources.ensure_sources(connection, {"s": "jsonl"}, NOW)
        changed = sources.source_state(connection, "s")

    assert kept is not None
    assert changed is not None
    assert (kept.cursor, kept.posts) == ({"etag": "x"}, 3)
    assert (changed.cursor, changed.first_polled_at) == ({}, None)


def test_a_failure_keeps_the_cursor(store: Store) -> None:
    with store.write() as connection:
        sources.ensure_sources(connection, {"s": "feed"}, NOW)
        sources.record_success(
            connection, "s", cursor={"etag": "x"}, health=["h"], new_posts=0, now=NOW,
            next_poll_at=NOW,
        )  # fmt: skip
        sources.record_failure(
            connection, "s", error="down", now=NOW, next_poll_at=NOW + timedelta(hours=1)
        )
        state = sources.source_state(connection, "s")
        due = sources.due_sources(connection, ["s"], NOW + timedelta(minutes=59))

    assert state is not None
    assert (state.cursor, state.failures, state.last_error) == ({"etag": "x"}, 1, "down")
    assert due == []


def test_a_copy_holds_what_was_committed(store: Store, path: Path, tmp_path: Path) -> None:
    add_alert(store)

    assert copy_sqlite(f"sqlite:///{path}", tmp_path / "copy.db")

    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT id FROM alerts").fetchall() == [("a1",)]


def test_a_damaged_database_is_not_copied(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"junk" * 1000)

    with pytest.raises(StoreDamaged):
        copy_sqlite(f"sqlite:///{path}", tmp_path / "copy.db")


def test_a_backup_under_load_holds_all_that_was_committed_before_it(
    store: Store, path: Path, tmp_path: Path
) -> None:
    add_alert(store)
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set():
            number = len(written)
            with store.write() as connection:
                sources.ensure_sources(connection, {f"s{number}": "feed"}, NOW)
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(100):
            before = len(written)
            target = tmp_path / f"copy-{number}.db"
            back_up(f"sqlite:///{path}", target)
            copy = open_to_read(f"sqlite:///{target}")
            assert find_faults(copy) == []
            assert count_rows(copy)["sources"] >= before
            assert count_rows(copy)["alerts"] == 1
            copy.close()
    finally:
        stop.set()
        writer.join()
    assert len(written) > 100
    assert not list(tmp_path.glob("*.part"))


def test_a_backup_never_overwrites(store: Store, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine", encoding="utf-8")

    with pytest.raises(StoreError, match="exists already"):
        back_up(f"sqlite:///{path}", target)

    assert target.read_text(encoding="utf-8") == "mine"


def test_a_damaged_database_gives_no_backup(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"junk" * 1000)

    with pytest.raises(StoreDamaged):
        back_up(f"sqlite:///{path}", tmp_path / "copy.db")

    assert [file.name for file in tmp_path.glob("copy*")] == []


def test_loose_ends_are_found(store: Store, path: Path) -> None:
    add_alert(store)
    assert find_faults(store) == []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM taggings")
        connection.execute("UPDATE posts SET event_id = 'gone'")
        connection.commit()

    faults = " | ".join(find_faults(store))

    assert "posts without a tagging: pa1" in faults
    assert "refers to a row of events that is not there" in faults
    assert "events without a post" in faults


def test_reading_a_database_writes_nothing(store: Store, path: Path, tmp_path: Path) -> None:
    add_alert(store)
    store.close()
    path.chmod(0o444)
    before = path.read_bytes()

    reader = open_to_read(f"sqlite:///{path}")
    assert count_rows(reader)["alerts"] == 1
    reader.close()

    assert path.read_bytes() == before
    with pytest.raises(StoreError, match="no such file"):
        open_to_read(f"sqlite:///{tmp_path / 'none.db'}")


CONFIG = """\
service: {database: "sqlite:///t.db", web: "off"}
sources: [{name: posts, kind: jsonl, path: posts.jsonl, backfill: all}]
channels: [{name: screen, kind: console}]
rules: [{name: r, topics: {all: [export-controls]}, send: [screen]}]
"""
COMMANDS = (
    ("verify",), ("events", "list"), ("alerts", "list"), ("deliveries", "list"),
    ("why", "1"),
)  # fmt: skip


def test_flipped_bytes_are_read_or_refused_and_never_crash(
    path: Path, choose: Callable[[int, int], int], tocsin: Callable[..., Result]
) -> None:
    (path.parent / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
    (path.parent / "posts.jsonl").write_text(
        '{"id": "1", "published": "2026-11-24T08:00:00Z", "text": "Beijing bans gallium exports"}'
    )
    assert tocsin("once").code == 0
    assert {tocsin(*command).code for command in COMMANDS} == {0}
    sound = path.read_bytes()
    random, codes = Random(3), set[int]()
    refused, files = 0, choose(150, 1_000)
    for number in range(files):
        broken = bytearray(sound)
        for at in (random.randrange(len(sound)) for _ in range(3)):
            broken[at] ^= 1 << random.randrange(8)
        path.write_bytes(broken)
        try:
            opened = open_to_read(f"sqlite:///{path}")
            check_file(opened)
            count_rows(opened)
        except StoreError:
            refused += 1
        for command in COMMANDS if number % 5 == 0 else ():
            said = tocsin(*command)
            assert said.code in (0, 1, 2), said
            assert len(said.err) == (said.code == 2), said
            codes.add(said.code)

    assert 0 < refused < files
    # Read, found damaged, refused.
    assert codes == {0, 1, 2}


def test_a_later_judgement_replaces_what_rules_said(store: Store) -> None:
    add_alert(store)
    later = NOW + timedelta(hours=1)

    def judged(at: datetime, config: str, **said: str) -> posts.Silences:
        return posts.Silences(post_id="pa1", at=at, config=config, said=said)

    with store.write() as connection:
        posts.add_silences(connection, [judged(NOW, "c1", one="topics", two="act", r="told")])
        posts.add_silences(connection, [judged(later, "c2", two="told", three="act")])
        verdict = alerts.Verdict(
            post_id="pa1", rule="r", at=later, alert_id="aa1", not_sent=None, config="c2"
        )
        alerts.add_verdicts(connection, [verdict])
        # It said so of an edit; that it made an alert is what counts.
        posts.add_silences(connection, [judged(later, "c3", r="told")])
    with store.read() as connection:
        said = alerts.verdicts_on(connection, "pa1")

    assert said == [
        ("one", NOW, None, "topics", "c1"),
        ("r", later, "aa1", None, "c2"),
        ("three", later, None, "act", "c2"),
        ("two", later, None, "told", "c2"),
    ]
