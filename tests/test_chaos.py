"""Delivery under crashes, in short; `make chaos` does the same a thousand times over."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts import pipeline
from alerts.books import Books
from alerts.edits import Edit
from alerts.failpoints import POINTS
from tests.chaos import __main__ as command
from tests.chaos import kills, poison, power, sequences, storm, workers
from tests.postgres import find_binaries, serve

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture
def collector() -> Iterator[kills.Collector]:
    made = kills.Collector(0.0)
    yield made
    made.close()


# Crashes ------------------------------------------------------------------------------------


def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    kills.random_kills(tmp_path, 12).check()


def test_a_crash_at_every_failpoint_loses_nothing(tmp_path: Path) -> None:
    tally = kills.failpoint_kills(tmp_path, 1)

    tally.check()
    assert set(tally.points) == set(POINTS)
    assert set(tally.points.values()) == {1}


@pytest.mark.parametrize(
    "wrong", [{"lost": 1}, {"duplicates": 1}, {"clean": 9}, {"slowest": 10.0}, {"busy": 0}]
)
def test_a_stop_that_goes_wrong_is_seen(wrong: dict[str, Any]) -> None:
    """Guard the guard."""
    good: dict[str, Any] = {
        "crashes": 10,
        "posts": 4,
        "alerts": 8,
        "told": 8,
        "clean": 10,
        "busy": 3,
        "slowest": 1.0,
    }
    kills.Tally(**good).check_stops()

    with pytest.raises(AssertionError):
        kills.Tally(**{**good, **wrong}).check_stops()


def test_stops_lose_nothing_send_nothing_twice_and_are_quick(tmp_path: Path) -> None:
    kills.stops(tmp_path, 10).check_stops()


def test_a_killed_command_run_loses_nothing(tmp_path: Path) -> None:
    kills.real_kills(tmp_path, 1).check()


def test_a_service_that_dies_at_its_start_is_told_with_its_log(tmp_path: Path) -> None:
    """Guard the guard."""
    with kills.on_stage(tmp_path) as (scene, nursery):
        scene.database.write_bytes(b"no database " * 1000)

        with pytest.raises(AssertionError, match=r"(?s)^\(1, .*it is not a Tocsin database"):
            kills.drain(scene, nursery)


def once(scene: kills.Scene, **more: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "alerts.cli", "once"],
        cwd=scene.folder, env=kills.environment(**more), capture_output=True, check=False,
    ).returncode  # fmt: skip


def test_a_lost_acknowledgement_brings_the_same_id_and_body_freshly_signed(
    tmp_path: Path, collector: kills.Collector
) -> None:
    scene = kills.Scene(tmp_path, collector)
    scene.publish(1)

    died = once(scene, TOCSIN_FAILPOINT="sent")
    before = list(collector.receipts)
    again = once(scene)

    assert (died, again) == (-signal.SIGKILL, 0)
    assert before
    for first in before:
        (second,) = (one for one in collector.receipts[len(before) :] if one.id == first.id)
        assert second.body == first.body
        assert int(second.timestamp) > int(first.timestamp)
        assert second.signature != first.signature
        assert first.verifies()
        assert second.verifies()


def test_what_is_lost_or_changed_is_seen(tmp_path: Path, collector: kills.Collector) -> None:
    """Guard the guard: every comparison can fail."""
    scene = kills.Scene(tmp_path, collector)
    scene.publish(4)
    assert once(scene) == 0
    receipts = list(collector.receipts)
    scene.compare(0).check()

    def after(*changes: str) -> kills.Tally:
        for change in changes:
            scene.write(change)
        collector.receipts.extend(receipts)
        return scene.compare(0)

    first = scene.rows("SELECT min(id) FROM deliveries")[0][0]
    changed = after(f"UPDATE deliveries SET body = x'00' WHERE id = '{first}'")
    unsent = after(f"UPDATE deliveries SET state = 'dead' WHERE id = '{first}'")
    gone = after(f"DELETE FROM deliveries WHERE id = '{first}'")
    receipts.append(receipts[1])
    receipts.append(receipts[2])
    twice = after()

    assert (changed.changed, changed.lost) == (1, 0)
    assert unsent.lost == 1
    assert (gone.lost, gone.changed) == (1, 1)
    assert twice.duplicates in (1, 2)


# Power cuts ---------------------------------------------------------------------------------


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    losses = power.cut_power(tmp_path, 40)

    assert losses.runs == 40
    assert losses.acked > 200
    assert (losses.lost, losses.damaged) == (0, [])


def test_without_a_sync_at_each_commit_a_power_cut_loses(tmp_path: Path) -> None:
    """Guard the guard: the power cuts do lose what was not synced."""
    losses = power.cut_power(tmp_path, 20, synchronous="NORMAL")

    assert losses.lost > 0
    assert losses.damaged == []


# Several workers ----------------------------------------------------------------------------


@pytest.mark.skipif(find_binaries() is None, reason="PostgreSQL is not installed")
def test_killed_and_stalled_workers_lose_nothing_and_overwrite_nothing(tmp_path: Path) -> None:
    binaries = find_binaries()
    assert binaries is not None
    with serve(binaries) as url:
        workers.crash_workers(url, tmp_path, messages=240, kills=3, stalls=2).check()


def came(*sent: str) -> list[kills.Receipt]:
    """Return receipts of "worker channel message"."""
    parts = [one.split() for one in sent]
    return [
        kills.Receipt(f"/{worker}/{channel}", message, b"", "", "", accepted=True)
        for worker, channel, message in parts
    ]


@pytest.mark.parametrize(
    ("receipts", "unexplained"),
    [
        (came("0 north a", "0 north b", "1 north c"), 0),
        # Before the blow, or when the worker woke up, after the other's.
        (came("0 north a", "0 north b", "1 north b"), 0),
        (came("0 north a", "1 north z", "1 north b", "0 north b"), 0),
        (came("0 north a", "0 south b", "1 south b", "1 north a"), 0),
        # Another worker, one too early, one too late, two by one blow.
        (came("1 north a", "1 north b", "2 north b"), 1),
        (came("0 north a", "0 north b", "1 north a"), 1),
        (came("0 north a", "1 north z", "0 north c", "0 north b", "1 north b"), 1),
        (came("0 north a", "1 north z", "0 north b", "1 north a", "1 north b"), 1),
        (came("0 north a", "0 north b", "1 north b", "2 north b"), 1),
    ],
)
def test_what_comes_twice_was_under_way_at_a_blow_one_a_channel(
    receipts: list[kills.Receipt], unexplained: int
) -> None:
    """Guard the guard: worker 0 is hit when two messages have come."""
    assert workers.count_unexplained(receipts, [workers.Blow(0, 2, 2)]) == unexplained


def test_what_comes_twice_without_a_blow_is_seen() -> None:
    assert workers.count_unexplained(came("0 north a", "1 north a"), []) == 1


def test_without_postgresql_the_workers_fail_unless_they_are_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_binaries", lambda: None)

    with pytest.raises(SystemExit, match="PostgreSQL is not installed"):
        command.main(["workers"])
    with pytest.raises(SystemExit, match=r"^2$"):
        command.main(["wrokers"])
    command.main(["--without-postgres", "workers"])

    assert capsys.readouterr().out == "workers: left out\n"


# Storms and poison --------------------------------------------------------------------------


def test_a_long_queue_for_slack_keeps_its_pace_and_holds_up_no_other(tmp_path: Path) -> None:
    storm.blow(tmp_path, 300).check()


def test_bad_messages_are_dead_with_their_reason_and_good_ones_arrive(tmp_path: Path) -> None:
    poison.poison(tmp_path, 100, 20).check()


def test_bad_messages_stand_among_the_good_ones_of_every_poll() -> None:
    made = [post.external_id for post in poison.posts(100, 20)]

    polls = [made[at : at + poison.A_POLL] for at in range(0, len(made), poison.A_POLL)]

    for kind in ("good", "broken", "refused", "hostile"):
        assert all(any(name.startswith(kind) for name in poll) for poll in polls), kind


# Edits ----------------------------------------------------------------------------------------


def test_polls_in_any_order_leave_what_a_dictionary_says(tmp_path: Path) -> None:
    sequences.run(tmp_path, 12)


def test_an_edit_that_is_overlooked_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard the guard."""
    monkeypatch.setattr(pipeline, "compare", lambda before, after: Edit.SAME)

    with pytest.raises(AssertionError):
        sequences.run(tmp_path, 12, shorten=False)


def test_a_story_that_is_told_to_nobody_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard the guard: here only the first alert of a database goes out."""
    whole = Books._enqueue
    first: dict[int, str] = {}

    def only_first(books: Books, alert: Any, now: Any) -> None:
        if first.setdefault(id(books.config), alert.id) == alert.id:
            whole(books, alert, now)

    monkeypatch.setattr(Books, "_enqueue", only_first)

    with pytest.raises(AssertionError):
        sequences.run(tmp_path, 12, shorten=False)


# The failpoints themselves ------------------------------------------------------------------


def test_every_failpoint_is_reached_somewhere_and_documented() -> None:
    sources = [*(ROOT / "alerts").rglob("*.py")]
    reached = {
        name for file in sources
        for name in re.findall(r'failpoints\.reach\("(\w+)"\)', file.read_text(encoding="utf-8"))
    }  # fmt: skip
    told = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8").partition("## Failpoints")[2]

    assert reached == set(POINTS)
    assert re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE) == list(POINTS)
