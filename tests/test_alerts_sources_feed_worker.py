"""The child process that reads feeds: its limits, its replacement, and thousands of bad feeds."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.sources.feed_worker import FeedReader, FeedUnreadable, read_entry, text_of

GOOD = b'<rss version="2.0"><channel><item><title>Good</title></item></channel></rss>'


@pytest.fixture
def make_reader() -> Iterator[Callable[..., FeedReader]]:
    made: list[FeedReader] = []

    def make(**limits: Any) -> FeedReader:
        made.append(FeedReader(**limits))
        return made[-1]

    yield make
    for reader in made:
        reader.close()


@pytest.fixture
def reader(make_reader: Callable[..., FeedReader]) -> FeedReader:
    return make_reader(cpu=1, wall=5.0)


def wrap(description: bytes) -> bytes:
    head = b'<rss version="2.0"><channel><item><title>x</title><description>'
    return head + description + b"</description></item></channel></rss>"


def test_a_child_is_used_again(reader: FeedReader) -> None:
    reader.read(GOOD, {})
    first = reader._child

    assert reader.read(GOOD, {})["entries"][0]["title"] == "Good"
    assert reader._child is first


def test_a_feed_that_makes_the_parser_raise_costs_no_new_child(reader: FeedReader) -> None:
    reader.read(GOOD, {})
    first = reader._child

    # The parser decodes the name of the encoding without care.
    with pytest.raises(FeedUnreadable, match="makes the feed parser fail"):
        reader.read(b'<?xml version="1.0" encoding="utf\xe98"?>' + GOOD, {})

    assert reader.read(GOOD, {})["entries"]
    assert reader._child is first


def test_a_feed_that_takes_too_long_is_cut_off_and_the_next_is_read(reader: FeedReader) -> None:
    started = time.monotonic()

    with pytest.raises(FeedUnreadable, match="takes more than 1 s"):
        reader.read(b'<rss version="2.0"><channel><item>' + b"<a>" * 1_000_000, {})

    assert reader.read(GOOD, {})["entries"]
    assert time.monotonic() - started < 6


def test_a_child_that_only_waits_is_ended_too(make_reader: Callable[..., FeedReader]) -> None:
    reader = make_reader(wall=0.3)
    child = reader._ready()
    child.send_signal(signal.SIGSTOP)

    with pytest.raises(FeedUnreadable, match="takes more than"):
        reader.read(GOOD, {})

    assert child.returncode == -signal.SIGKILL
    assert reader._child is None


def test_a_feed_that_takes_too_much_memory_is_cut_off_and_the_next_is_read(
    make_reader: Callable[..., FeedReader],
) -> None:
    reader = make_reader(memory=128 << 20)

    with pytest.raises(FeedUnreadable, match="needs more than 128 MiB"):
        reader.read(wrap(b"x" * (30 << 20)), {})

    assert reader.read(GOOD, {})["entries"]


def test_a_comment_that_is_opened_forty_thousand_times_takes_no_time(reader: FeedReader) -> None:
    started = time.monotonic()

    found = reader.read(wrap(b"&lt;!--" * 40_000), {})

    assert len(found["entries"]) == 1
    assert time.monotonic() - started < 2


def test_a_body_is_never_taken_for_the_name_of_a_file(reader: FeedReader, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(GOOD)

    assert reader.read(str(file).encode(), {})["entries"] == []


def test_an_external_entity_is_not_read(reader: FeedReader, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("CANARY")
    head = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{canary}">]>'

    found = reader.read(head.encode() + wrap(b"&x;"), {})

    assert "CANARY" not in str(found)


def test_the_child_has_no_secrets(reader: FeedReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_TEST_SECRET", "SECRET")
    reader.read(GOOD, {})
    assert reader._child is not None

    environment = Path(f"/proc/{reader._child.pid}/environ")
    if not environment.exists():
        pytest.skip("this system does not show a process's environment")

    assert b"SECRET" not in environment.read_bytes()


def test_its_children_end_with_a_reader(reader: FeedReader) -> None:
    for _ in range(2):
        reader.read(GOOD, {})
    children = [reader._child, reader._next]

    reader.close()

    assert [child and child.returncode for child in children] == [-signal.SIGKILL] * 2


def test_the_next_child_is_ready_before_the_one_at_work_fails(reader: FeedReader) -> None:
    for _ in range(2):
        reader.read(GOOD, {})
    waits = reader._next

    with pytest.raises(FeedUnreadable):
        reader.read(b'<rss version="2.0"><channel><item>' + b"<a>" * 1_000_000, {})

    assert reader.read(GOOD, {})["entries"]
    assert reader._child is waits is not None


def test_a_child_that_died_while_it_waited_is_passed_over(reader: FeedReader) -> None:
    for _ in range(2):
        reader.read(GOOD, {})
    for child in (reader._child, reader._next):
        assert child is not None
        child.kill()
        child.wait()

    assert reader.read(GOOD, {})["entries"]


def test_an_entry_without_anything_is_one() -> None:
    assert read_entry({})["guid"] is None
    assert text_of(5) is None
