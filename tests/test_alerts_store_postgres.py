"""The same database code on PostgreSQL: schema, a whole morning, and several workers."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text

from alerts import demo
from alerts.acts import load_reader
from alerts.domain import DeliveryState
from alerts.drafts import Known, begin
from alerts.opening import load_config, open_pipeline
from alerts.pipeline import Pipeline, release_due
from alerts.polls import Ended, PollReport, record_together
from alerts.store import deliveries, sources, tables
from alerts.store import events as event_queries
from alerts.store.connect import Store, open_store, open_to_read
from alerts.store.soundness import count_rows, find_faults
from classifier.resources import shipped
from tests import test_alerts_drafts as drafts_tests
from tests import test_alerts_polls as polls_tests
from tests import test_alerts_store as store_tests
from tests import test_alerts_store_migrations as migrations_tests
from tests import test_alerts_store_retention as retention_tests
from tests.postgres import find_binaries, serve
from tests.test_alerts_books import DAILY, DIGEST, QUIET, bring, open_at, other_act, outbox
from tests.waiting import wait_for

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BINARIES = find_binaries()

pytestmark = pytest.mark.skipif(BINARIES is None, reason="PostgreSQL is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    assert BINARIES is not None
    with serve(BINARIES) as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    """An empty database."""
    store = open_store(server)
    with store.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    store.close()
    return server


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def play(database: str | None) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    """Play the recorded morning; return the alerts that it left, and how many rows."""
    recording = demo.read_recording(shipped("data", "demo"))
    left: list[tuple[Any, ...]] = []
    counts: dict[str, int] = {}

    def opened(path: Path) -> Any:
        return open_pipeline(load_config(path), database=database)

    def look(store: Store) -> None:
        with store.read() as connection:
            rows = connection.execute(
                select(tables.alerts.c.rule, tables.alerts.c.reason, tables.alerts.c.headline)
                .order_by(tables.alerts.c.at, tables.alerts.c.id)
            )  # fmt: skip
            left.extend(tuple(row) for row in rows)
        counts.update(count_rows(store))

    pipelines: list[Any] = []

    def keep(path: Path) -> Any:
        pipelines.append(opened(path))
        return pipelines[0]

    def say(tick: demo.Tick, reports: list[Any]) -> None:
        if tick is recording.ticks[-1]:
            look(pipelines[0].store)

    demo.play(recording, keep, say)
    return left, counts


def test_the_migrations_make_the_schema_of_the_tables(store: Store) -> None:
    with store.read() as connection:
        changes = compare_metadata(MigrationContext.configure(connection), tables.metadata)

    assert changes == []


def test_silences_that_were_rows_are_still_told(url: str) -> None:
    migrations_tests.fill_0010(url)
    migrations_tests.check_0010(url)


def test_a_later_judgement_replaces_what_rules_said(store: Store) -> None:
    store_tests.test_a_later_judgement_replaces_what_rules_said(store)


def test_a_morning_leaves_what_it_leaves_in_sqlite(url: str) -> None:
    there, rows = play(url)
    here, same_rows = play(None)

    assert there == here
    assert len(there) >= 5
    assert rows == same_rows
    reader = open_to_read(url)
    assert find_faults(reader) == []
    reader.close()


def test_four_workers_send_each_message_once(store: Store) -> None:
    with store.write() as connection:
        make_outbox(connection, 400)
    taken: Counter[str] = Counter()
    lock = threading.Lock()

    def work(name: str) -> None:
        while True:
            with store.write() as connection:
                found = deliveries.claim(
                    connection, lease=name, now=NOW, until=NOW + timedelta(minutes=1), limit=7
                )
            if not found:
                return
            with lock:
                taken.update(one.id for one in found)
            with store.write() as connection:
                for one in found:
                    assert deliveries.settle(
                        connection, one.id, lease=name, state=DeliveryState.SENT, attempts=1,
                        now=NOW, next_attempt_at=None, error=None,
                    )  # fmt: skip

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(taken) == 400
    assert set(taken.values()) == {1}
    with store.read() as connection:
        sent = select(func.count()).where(tables.deliveries.c.state == DeliveryState.SENT)
        assert connection.execute(sent).scalar() == 400


@pytest.mark.parametrize(("rule", "messages"), [(QUIET, 10), (DAILY, 3)])
def test_two_workers_release_what_is_held_once(
    url: str, tmp_path: Path, rule: str, messages: int
) -> None:
    reading = load_reader(shipped("data"))
    workers = [open_at(tmp_path, reading, rule, database=url) for _ in range(2)]
    for number in range(5):
        bring(workers[0], str(number), other_act(number))
    together = threading.Barrier(2)

    def work(pipeline: Pipeline) -> None:
        together.wait()
        release_due(pipeline, DIGEST)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(len(bodies) for bodies in outbox(workers[0]).values()) == messages
    for worker in workers:
        worker.store.close()


def test_what_another_service_commits_during_a_poll_is_seen_by_the_next(store: Store) -> None:
    event, known = drafts_tests.EVENT, Known()
    grown = replace(event, posts=2, sources=("wire", "other"))
    with store.write() as connection:
        sources.ensure_sources(connection, {"wire": "jsonl"}, NOW)
        drafts = begin(connection, known)
        drafts_tests.take_in(drafts)
        drafts.close()

    with store.write() as connection:
        drafts = begin(connection, known)
        drafts.get([event.id])
        with store.write() as other:
            event_queries.change_events(other, [grown])
        drafts_tests.poll(store, NOW)
        drafts.close()

    with store.write() as connection:
        assert begin(connection, known).get([event.id]) == [grown]


def test_two_services_that_write_down_quiet_polls_do_not_wait_for_each_other(
    store: Store, tmp_path: Path
) -> None:
    polls = polls_tests.ended(polls_tests.make_config(tmp_path))
    with store.write() as connection:
        sources.ensure_sources(connection, dict.fromkeys(polls_tests.NAMES, "feed"), NOW)
    reports: list[PollReport] = []

    def work(in_order: Sequence[Ended]) -> None:
        reports.extend(record_together(store, Known(), in_order))

    threads = [threading.Thread(target=work, args=(order,)) for order in (polls, polls[::-1])]
    with store.write() as connection:
        # Whoever comes to the one in the middle waits there, with what it has locked on its way.
        middle = tables.sources.c.name == polls_tests.NAMES[4]
        connection.execute(select(tables.sources).where(middle).with_for_update())
        for thread in threads:
            thread.start()
        wait_for(lambda: count_waiting(store) == 2, seconds=10)
    for thread in threads:
        thread.join()

    assert Counter(one.source for one in reports) == dict.fromkeys(polls_tests.NAMES, 2)


def count_waiting(store: Store) -> int:
    """Count the transactions that wait for a lock."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with store.read() as connection:
        return int(connection.execute(query).scalar_one())


def make_outbox(connection: Any, size: int) -> None:
    """Write one alert and so many deliveries of it."""
    connection.execute(tables.events.insert(), {
        "id": "e", "title": "t", "act": {}, "posts": 1, "sources": [], "topics": {}, "grade": 3,
        "at_least": [1, 1, 1], "relevance": 9, "first_seen": NOW, "last_seen": NOW,
    })  # fmt: skip
    connection.execute(tables.posts.insert(), {
        "id": "p", "source": "s", "external_id": "1", "title": "t", "text": "t", "lang": "en",
        "published_at": NOW, "dated": True, "first_seen_at": NOW, "official": False,
        "limited": False, "platform_tags": [], "act": {}, "event_id": "e", "joined_by": "opened",
        "backfilled": False,
    })  # fmt: skip
    connection.execute(tables.alerts.insert(), {
        "id": "a", "rule": "r", "event_id": "e", "post_id": "p", "severity": "high",
        "reason": "new", "changes": [], "at": NOW, "headline": "h", "document": {},
        "official": False, "channels": ["c"], "shadow": False, "config": "c", "model": "m",
    })  # fmt: skip
    for number in range(size):
        deliveries.enqueue(connection, "a", f"c{number}", b"{}", now=NOW)


def test_old_events_are_forgotten_as_in_sqlite(store: Store) -> None:
    retention_tests.test_an_old_event_goes_whole_and_a_young_one_stays(store)
    retention_tests.test_a_batch_is_no_larger_than_it_may_be_and_takes_the_oldest(store)


def test_a_clock_that_jumps_skips_no_source(store: Store) -> None:
    store_tests.test_a_thousand_jumps_of_the_clock_skip_no_source_and_poll_none_twice(store)
    store_tests.test_what_was_put_off_before_the_clock_was_set_back_is_due(store)
