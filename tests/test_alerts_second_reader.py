"""A backlog is read by two processes as one alone would read it, whatever becomes of the second."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import second_reader
from alerts.acts import Reader
from alerts.domain import Act, Figures, Post
from alerts.opening import open_reader
from alerts.reading import Read, read_all, read_text
from alerts.second_reader import FEW, SecondReader, pack, unpack
from alerts.words import searched
from classifier import artefact
from classifier.labels import Policy, Tagging
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


def begin(second: SecondReader, model: Scorer, reader: Reader) -> None:
    """Read the first part of a backlog, and wait until the second process has begun."""
    first = posts(FEW, 50_000)
    came = flat(second.read(model, reader, first, {}, source="net", more=True))
    assert [one.post.id for one in came] == [one.id for one in first]
    line = second._line
    assert line is not None
    assert line.answer(line.ask([], {}), 60) == []


def test_two_read_what_one_reads_in_the_same_order(
    second: SecondReader, model: Scorer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = posts(3 * FEW)
    here: list[int] = []

    def counted(*given: Any) -> list[Read]:
        here.append(len(given[2]))
        return read_all(*given)

    begin(second, model, reader)
    monkeypatch.setattr(second_reader, "read_all", counted)
    came: list[Read] = []
    for part in second.read(model, reader, many, {}, source="net", more=True):
        # It has its share, if what is read takes as long to take in.
        time.sleep(0.05)
        came += part

    assert told(came) == told(read_all(model, reader, many, {}))
    assert sum(here) < len(many)


@pytest.mark.parametrize("known", [[], [0], [130], list(range(FEW, 2 * FEW))])
def test_what_comes_next_is_read_before_its_turn(
    known: list[int], second: SecondReader, model: Scorer, reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What was known after all changes nothing but what is read for nothing."""
    many, later = posts(FEW), posts(2 * FEW, 10_000)
    begin(second, model, reader)
    came = flat(
        second.read(model, reader, many, {}, source="net", more=True, coming=(later, {"a": "b"}))
    )
    assert second._line is not None
    second._line.answer(second._coming[-1].number, 60)
    # What was answered is gone: as slow as the second process can be.
    monkeypatch.setattr(second_reader, "PATIENCE", 0.0)
    left = [post for number, post in enumerate(later) if number not in known]

    again = flat(second.read(model, reader, left, {"a": "b"}, source="net", more=True))

    assert told(came) == told(read_all(model, reader, many, {}))
    assert told(again) == told(read_all(model, reader, left, {}))
    assert not second._coming


def test_what_was_read_before_its_turn_is_not_read_again(
    second: SecondReader, model: Scorer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    many, later = posts(FEW), posts(FEW, 10_000)
    begin(second, model, reader)
    came = flat(second.read(model, reader, many, {}, source="net", more=True, coming=(later, {})))
    asked = [one.number for one in second._coming]
    monkeypatch.setattr(second_reader, "PATIENCE", 30.0)
    monkeypatch.setattr(second_reader, "read_all", pytest.fail)

    came += flat(second.read(model, reader, later, {}, source="net", more=True))

    assert len(asked) == FEW / second_reader.CHUNK
    assert second._line is not None
    assert second._line._asked == asked[-1]
    assert [one.post for one in came] == [*many, *later]


def test_only_the_source_that_it_was_started_for_uses_it_and_ends_it(
    second: SecondReader, model: Scorer, reader: Reader
) -> None:
    begin(second, model, reader)

    parts = list(second.read(model, reader, posts(2 * FEW), {}, source="another", more=True))
    second.end("another")
    assert (len(parts), second._line is not None) == (1, True)

    second.end("net")
    assert second._line is None
    assert wait_for_children(0) == []


def test_what_a_second_reader_took_with_it_is_read_here(
    second: SecondReader, model: Scorer, reader: Reader
) -> None:
    many = posts(2 * FEW)
    begin(second, model, reader)
    parts = second.read(model, reader, many, {}, source="net", more=True)
    came = list(next(parts))
    for pid in wait_for_children(1):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    wait_for_children(0)

    came += flat(parts)
    again = flat(second.read(model, reader, many, {}, source="net", more=True))

    assert told(came) == told(again) == told(read_all(model, reader, many, {}))
    assert second._line is None


def test_what_a_second_reader_cannot_read_is_read_here_and_told(
    second: SecondReader, model: Scorer, reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    many = posts(FEW)
    begin(second, model, reader)
    line = second._line
    assert line is not None
    line.ask([replace(many[0], text=None)], {})  # type: ignore[arg-type]

    came = flat(second.read(model, reader, many, {}, source="net", more=True))

    assert told(came) == told(read_all(model, reader, many, {}))
    assert (second._line, line.is_open, wait_for_children(0)) == (None, False, [])
    assert "one process reads from now on" in capsys.readouterr().out


def test_one_that_stands_still_holds_nothing_up(
    second: SecondReader, model: Scorer, reader: Reader
) -> None:
    """Its end of the line fills up, and nothing comes back."""
    many = [replace(post, text=f"{post.text}{' tariff' * 500}") for post in posts(2 * FEW)]
    begin(second, model, reader)
    (pid,) = wait_for_children(1)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)

    came = flat(second.read(model, reader, many, {}, source="net", more=True))
    os.kill(pid, signal.SIGCONT)
    again = flat(second.read(model, reader, many, {}, source="net", more=True))

    assert told(came) == told(again) == told(read_all(model, reader, many, {}))
    assert second._line is not None


def test_all_that_was_read_comes_over_the_line(reader: Reader) -> None:
    post = posts(1)[0]
    tagging = Tagging(
        topics={"china": 0.9}, tags=("china",), policy=Policy(grade=3, at_least=(0.9, 0.8, 0.7)),
        model="m-1", terms={"china": (("export", 1.5),)},
    )  # fmt: skip
    read = read_text(reader, post, tagging, {})
    failed = replace(read, act=Act(), fault="ValueError at acts.py:1: odd")

    assert read.act.stage is not None
    for one in (read, failed):
        came = unpack(post, pickle.loads(pickle.dumps(pack(one))))
        assert came == one
        assert came.searched == searched(post.text)


def test_one_that_is_ended_meanwhile_keeps_nothing_back(
    second: SecondReader, model: Scorer, reader: Reader
) -> None:
    """A stop, or a reload, ends a backlog while a part of it is taken in."""
    many = posts(2 * FEW)
    begin(second, model, reader)
    parts = second.read(model, reader, many, {}, source="net", more=True)
    came = list(next(parts))

    second.end("net")
    came += flat(parts)

    assert told(came) == told(read_all(model, reader, many, {}))
    assert second.models is not None


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
    assert alone._line is None


ORPHAN = """
import multiprocessing, time
from alerts import second_reader
from classifier import artefact

if __name__ == "__main__":
    reader = second_reader.SecondReader()
    reader.models = artefact.home()
    reader._start(artefact.current(artefact.home()), "net")
    reader._line.answer(reader._line.ask([], {}), 60)
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
