"""A backlog is read by two processes as one alone would read it, whatever becomes of the second."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import second_reader
from alerts.acts import Reader
from alerts.domain import Figures, Post
from alerts.opening import open_reader
from alerts.reading import Read, read_all
from alerts.second_reader import FEW, SecondReader
from classifier import artefact
from classifier.scorer import Scorer

BEGAN = datetime(2026, 11, 24, 8, tzinfo=UTC)
TEXTS = (
    "MOFCOM Announcement No. {} of 2026 puts gallium under export control",
    "商务部公告2026年第{}号：对石墨实施出口管制",
    "Model Y drives {} km in a day",
    "BIS denies reports that it added {} firms to the Entity List",
)


@pytest.fixture(scope="module")
def model() -> Scorer:
    return artefact.serve(artefact.home())


@pytest.fixture(scope="module")
def reader() -> Reader:
    return open_reader()


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecondReader]:
    monkeypatch.setattr(second_reader, "_cores", lambda: 2)
    made = SecondReader(artefact.home())
    yield made
    made.close()


def posts(count: int, first: int = 0) -> list[Post]:
    return [
        Post(
            id=str(number), source="s", external_id=str(number), url=None, title="",
            text=TEXTS[number % len(TEXTS)].format(number), lang="en", author=None,
            published_at=BEGAN + timedelta(seconds=number), dated=True, first_seen_at=BEGAN,
            official=False, limited=False, figures=Figures(), platform_tags=(),
        )
        for number in range(first, first + count)
    ]  # fmt: skip


def flat(parts: Iterator[list[Read]]) -> list[Read]:
    return [one for part in parts for one in part]


def told(read: list[Read]) -> list[Any]:
    """What was read, with scores to the millionth within which NumPy and the kernel agree."""
    return [
        (one.post, one.act, one.seen, one.retraction, one.tagging.tags, one.tagging.model,
         {topic: pytest.approx(score, abs=1e-6) for topic, score in one.tagging.topics.items()})
        for one in read
    ]  # fmt: skip


def wait_for_children(count: int) -> list[int | None]:
    end = time.monotonic() + 30
    while len(multiprocessing.active_children()) != count and time.monotonic() < end:
        time.sleep(0.01)
    return [child.pid for child in multiprocessing.active_children()]


def test_two_read_what_one_reads_in_the_same_order(
    second: SecondReader, model: Scorer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = posts(3 * FEW)
    here: list[int] = []

    def counted(*given: Any) -> list[Read]:
        here.append(len(given[2]))
        return read_all(*given)

    monkeypatch.setattr(second_reader, "read_all", counted)
    parts = second.read(model, reader, many, {}, source="net", more=True)
    came = list(next(parts))
    assert second._pool is not None
    # Once it is there it has its share, if what is read takes as long to take in.
    second._pool.submit(second_reader._read_beside, pickle.dumps(([], {}))).result(timeout=60)
    for part in parts:
        time.sleep(0.05)
        came += part

    assert told(came) == told(read_all(model, reader, many, {}))
    assert sum(here) < len(many)


def test_the_second_ends_with_the_backlog(
    second: SecondReader, model: Scorer, reader: Reader
) -> None:
    flat(second.read(model, reader, posts(FEW), {}, source="net", more=True))
    assert len(wait_for_children(1)) == 1

    last = flat(second.read(model, reader, posts(FEW, 10_000), {}, source="net", more=False))

    assert [one.post.id for one in last] == [one.id for one in posts(FEW, 10_000)]
    assert wait_for_children(0) == []


@pytest.mark.parametrize(("source", "left"), [("net", 0), ("another", 1)])
def test_only_the_source_that_began_it_ends_it_with_little(
    second: SecondReader, model: Scorer, reader: Reader, source: str, left: int
) -> None:
    flat(second.read(model, reader, posts(FEW), {}, source="net", more=True))

    flat(second.read(model, reader, posts(3, 10_000), {}, source=source, more=False))

    assert (second._pool is not None) == bool(left)
    assert len(wait_for_children(left)) == left


def test_what_a_second_reader_took_with_it_is_read_here(
    second: SecondReader, model: Scorer, reader: Reader
) -> None:
    many = posts(2 * FEW)
    parts = second.read(model, reader, many, {}, source="net", more=True)
    came = list(next(parts))
    for pid in wait_for_children(1):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    wait_for_children(0)

    came += flat(parts)
    again = flat(second.read(model, reader, many, {}, source="net", more=True))

    assert told(came) == told(again) == told(read_all(model, reader, many, {}))


@pytest.mark.parametrize(
    ("count", "more", "cores", "models"),
    [(FEW - 1, True, 2, True), (FEW, False, 2, True), (FEW, True, 1, True), (FEW, True, 2, False)],
    ids=["few", "last", "one core", "no folder"],
)
def test_no_process_is_started_for_little(
    count: int,
    more: bool,
    cores: int,
    models: bool,
    model: Scorer,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(second_reader, "_cores", lambda: cores)
    alone = SecondReader(artefact.home() if models else None)

    came = flat(alone.read(model, reader, posts(count), {}, source="net", more=more))

    assert len(came) == count
    assert alone._pool is None


ORPHAN = """
import multiprocessing, pickle, sys, time
from alerts import second_reader
from classifier import artefact

if __name__ == "__main__":
    reader = second_reader.SecondReader()
    pool = reader._opened(artefact.home(), artefact.current(artefact.home()), "net")
    pool.submit(second_reader._read_beside, pickle.dumps(([], {}))).result()
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(60)
"""


def test_the_second_does_not_outlive_the_first(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    first = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert first.stdout is not None
    pid = int(first.stdout.readline())
    os.kill(pid, 0)

    first.kill()
    first.wait()
    first.stdout.close()

    end = time.monotonic() + 30
    while is_running(pid) and time.monotonic() < end:
        time.sleep(0.05)
    outlived = is_running(pid)
    if outlived:
        os.kill(pid, signal.SIGKILL)
    assert not outlived


def is_running(pid: int) -> bool:
    # One that nobody waits for any more is a zombie until init takes it: it has ended all the same.
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
