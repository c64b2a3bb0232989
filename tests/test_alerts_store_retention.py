"""Old events are forgotten whole, what is owed to somebody is kept, and the file stops growing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from alerts.config import Config, load
from alerts.errors import ConfigError
from alerts.store import deliveries, retention, tables
from alerts.store.connect import Store, open_store
from alerts.store.soundness import count_rows, find_faults

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
OLD = NOW - 100 * DAY
BEFORE = NOW - 90 * DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/t.db")
    yield opened
    opened.close()


def rows_of(name: str, at: datetime, **keys: Any) -> dict[str, dict[str, Any]]:
    """Return table -> row of an event with one post, one alert and one message that arrived."""
    found: dict[str, dict[str, Any]] = {
        "events": {
            "id": f"e{name}", "title": "t", "act": {}, "posts": 1, "sources": [], "topics": {},
            "grade": 3, "at_least": [1, 1, 1], "relevance": 9, "first_seen": at, "last_seen": at,
        },
        "event_keys": {"key": f"k{name}", "event_id": f"e{name}"},
        "posts": {
            "id": f"p{name}", "source": "s", "external_id": name, "title": "t", "text": "t" * 500,
            "lang": "en", "published_at": at, "dated": True, "first_seen_at": at,
            "official": False, "limited": False, "platform_tags": [], "act": {},
            "event_id": f"e{name}", "joined_by": "opened", "backfilled": False,
        },
        "taggings": {
            "post_id": f"p{name}", "model": "m", "topics": {}, "tags": [], "grade": 3,
            "at_least_1": 1, "at_least_2": 1, "at_least_3": 1,
        },
        "edits": {"post_id": f"p{name}", "at": at, "title": "t", "text": "t", "alerts": []},
        "verdicts": {
            "post_id": f"p{name}", "rule": "r", "at": at, "alert_id": f"a{name}", "config": "c",
        },
        "alerts": {
            "id": f"a{name}", "rule": "r", "event_id": f"e{name}", "post_id": f"p{name}",
            "severity": "high", "reason": "new", "changes": [], "at": at, "headline": "h",
            "document": {}, "official": False, "channels": ["c"], "shadow": False,
            "config": "c", "model": "m", "facts": [], "ordinal": 0, "held_for": None,
            "held_until": None, "told_in": None,
        },
        "deliveries": {
            "id": f"d{name}", "alert_id": f"a{name}", "channel": "c", "body": b"x" * 500,
            "state": "sent", "attempts": 1, "created_at": at, "next_attempt_at": at,
            "settled_at": at,
        },
    }  # fmt: skip
    for key, value in keys.items():
        table, _, column = key.partition("__")
        found[table][column] = value
    return found


def add(store: Store, *events: dict[str, dict[str, Any]]) -> None:
    with store.write() as connection:
        for name in events[0]:
            connection.execute(insert(tables.metadata.tables[name]), [one[name] for one in events])


def forget(store: Store, before: datetime = BEFORE, limit: int = 100) -> int:
    with store.write() as connection:
        return retention.forget(connection, before, limit)


def kept(store: Store) -> list[str]:
    with store.read() as connection:
        return sorted(connection.execute(select(tables.events.c.id)).scalars())


def test_an_old_event_goes_whole_and_a_young_one_stays(store: Store) -> None:
    add(store, rows_of("old", OLD), rows_of("young", NOW))

    assert forget(store) == 1

    assert kept(store) == ["eyoung"]
    assert find_faults(store) == []
    assert {n: c for n, c in count_rows(store).items() if c} == dict.fromkeys(rows_of("y", NOW), 1)


@pytest.mark.parametrize(
    "owed",
    [
        {"deliveries__state": "pending", "deliveries__settled_at": None},
        {"deliveries__state": "sending", "deliveries__settled_at": None},
        {"deliveries__state": "dead"},
        {"deliveries__settled_at": NOW},
        {"alerts__held_until": NOW + DAY, "alerts__held_for": "quiet hours"},
        {"alerts__at": NOW},
        {"posts__dated": False},
        {"posts__published_at": NOW},
        {"posts__first_seen_at": NOW},
        {"events__last_seen": NOW},
    ],
    ids=str,
)
def test_what_is_owed_to_somebody_is_kept_however_old(
    store: Store, owed: dict[str, object]
) -> None:
    add(store, rows_of("owed", OLD, **owed), rows_of("latest", NOW))
    before = count_rows(store)

    assert forget(store) == 0

    assert count_rows(store) == before


def test_what_a_hand_corrected_is_kept(store: Store) -> None:
    add(store, *(rows_of(name, OLD) for name in ("a", "b", "c")), rows_of("latest", NOW))
    with store.write() as connection:
        connection.execute(insert(tables.corrections), {
            "at": OLD, "kind": "merge", "event_id": "ea", "other_id": "eb", "posts": [],
            "alerts": [],
        })  # fmt: skip

    forget(store)

    assert kept(store) == ["ea", "eb", "elatest"]


def test_a_digest_stays_as_long_as_what_it_told(store: Store) -> None:
    digest = rows_of("carrier", OLD, alerts__reason="digest")
    add(store, digest, rows_of("told", NOW, alerts__told_in="acarrier"))

    assert forget(store) == 0


def test_the_habit_of_a_silent_rule_and_source_is_kept(store: Store) -> None:
    times = [OLD - n * 7 * DAY for n in range(20)]
    add(store, *(rows_of(str(n), at) for n, at in enumerate(times)))
    with store.write() as connection:
        arrived = [{"source": "s", "at": at, "posts": 1} for at in times]
        connection.execute(insert(tables.arrivals), arrived)

    forget(store)

    assert len(kept(store)) == 8
    assert count_rows(store)["arrivals"] == 9


def test_small_things_go_when_they_are_over(store: Store) -> None:
    spell = {"kind": "quiet", "about": "source", "name": "s", "since": OLD, "noticed_at": OLD,
             "says": "", "check": []}  # fmt: skip
    with store.write() as connection:
        connection.execute(insert(tables.spells), [
            {"id": "over", "ended_at": OLD, **spell}, {"id": "open", "ended_at": None, **spell},
        ])  # fmt: skip
        for notice in ("told", "untold"):
            key = deliveries.enqueue(connection, None, "c", b"", now=OLD, notice=notice)
        sent = tables.deliveries.c.id != key
        connection.execute(
            update(tables.deliveries).where(sent).values(state="sent", settled_at=OLD)
        )

    forget(store)

    assert count_rows(store)["spells"] == 1
    assert count_rows(store)["deliveries"] == 1


def test_a_batch_is_no_larger_than_it_may_be_and_takes_the_oldest(store: Store) -> None:
    add(store, *(rows_of(str(n), OLD - n * DAY) for n in range(5)), rows_of("latest", NOW))

    assert [forget(store, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_over_a_year_the_file_and_its_log_stop_growing(store: Store, tmp_path: Path) -> None:
    sizes: list[int] = []
    for week in range(52):
        at = NOW + 7 * week * DAY
        add(store, *(rows_of(f"{week}-{n}", at) for n in range(100)))
        while forget(store, at - 90 * DAY, 200):
            pass
        with store.read() as connection:
            sizes.append(connection.exec_driver_sql("PRAGMA page_count").scalar_one())

    # Thirteen weeks are kept; from then on what goes makes room for what comes.
    assert sizes[-1] <= sizes[15] * 1.05
    assert sizes[15] > sizes[5] * 2
    assert (tmp_path / "t.db-wal").stat().st_size <= 64 * 1024 * 1024
    assert find_faults(store) == []


# In the config and the pipeline --------------------------------------------------------------

CONFIG = """\
service: {{{service}}}
sources: [{{name: posts, kind: jsonl, path: posts.jsonl}}]
channels: [{{name: screen, kind: console}}]
rules: [{{name: r, topics: {{all: [china]}}, send: [screen]}}]
"""


def read(folder: Path, service: str) -> Config:
    path = folder / "tocsin.yaml"
    path.write_text(CONFIG.format(service=service), encoding="utf-8")
    return load(path, topics=("china",))


@pytest.mark.parametrize(
    ("service", "said"),
    [("keep_days: 89", "90"), ("event_days: 120, keep_days: 120", "must be above event_days (120)"),
     ("keep_days: -1", "90"), ("keep_days: soon", "number")],
)  # fmt: skip
def test_what_posts_may_still_join_cannot_be_forgotten(
    tmp_path: Path, service: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, service)

    assert "service.keep_days" in str(caught.value)
    assert said in str(caught.value)


def test_everything_is_kept_unless_told(tmp_path: Path) -> None:
    assert read(tmp_path, "").service.keep_days is None
    assert read(tmp_path, "keep_days: 365").service.keep_days == 365


@pytest.mark.parametrize(
    ("service", "days"),
    [("", 120), ("keep_days: 365", 120), ("keep_days: 121", 120), ("keep_days: 120", 119),
     ("keep_days: 90", 89), ("keep_days: 90, event_days: 7", 7)],
)  # fmt: skip
def test_events_close_before_they_are_forgotten(tmp_path: Path, service: str, days: int) -> None:
    assert read(tmp_path, service).service.event_days == days
