"""Files of JSON lines: what a line may hold, what is read again, and lines that break things."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.domain import Figures, Polled, RawPost
from alerts.errors import SourceBroken
from alerts.sources.jsonl import LONGEST_LINE, Config, parse_line

SHARED = Path(__file__).resolve().parents[2] / "shared"
Poll = Callable[..., Polled]


def row(number: int, **more: Any) -> bytes:
    return orjson.dumps({"id": f"r{number}", "text": f"Text {number}", **more}) + b"\n"


def ids(polled: Polled) -> list[str]:
    return [post.external_id for post in polled.posts]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "posts.jsonl"


# Lines ------------------------------------------------------------------------------------


def test_a_whole_row_is_read() -> None:
    line = orjson.dumps(
        {
            "id": "a12-03", "published": "2026-11-23T12:00:00Z", "title": "T", "text": "B",
            "url": "https://wire.example/1", "author": "A", "lang": "en", "source": "wsj",
            "official": True, "figures": {"followers": 5, "interactions": 7},
            "platform_tags": ["china", 5], "unknown": {"x": 1},
        }
    )  # fmt: skip

    assert parse_line(line, source="file") == RawPost(
        source="wsj", external_id="a12-03", url="https://wire.example/1", title="T", body="B",
        author="A", published="2026-11-23T12:00:00Z", language="en",
        figures=Figures(followers=5, interactions=7), platform_tags=("china",), official=True,
    )  # fmt: skip


def test_a_short_row_is_read() -> None:
    post = parse_line(b'{"id": 7, "title": "T", "body": "B", "published": 1795435200}', source="f")

    assert (post.source, post.external_id, post.title, post.body) == ("f", "7", "T", "B")
    assert (post.published, post.official, post.figures) == ("1795435200", None, Figures())


def test_a_row_without_an_id_keeps_the_same_one() -> None:
    first, second = (parse_line(b'{"text": "x"}' + end, source="f") for end in (b"\n", b"\r\n"))

    assert first.external_id == second.external_id
    assert first.external_id.startswith("hash:")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b'"text"', "is not a JSON object"),
        (b"{}", "has neither text nor title nor body"),
        (b'{"text": ""}', "has neither text nor title nor body"),
        (b'{"text": ["x"]}', "text: is not a text"),
        (b'{"text": "x", "id": true}', "id: is not a text"),
        (b'{"text": NaN}', "is not JSON"),
        (b'{"text": "\\ud800"}', "is not JSON"),
        (b'{"text": "\xff"}', "is not JSON"),
        (b'{"text": "' + b"x" * LONGEST_LINE + b'"}', "is longer than"),
    ],
)
def test_a_broken_line_is_explained(line: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_line(line, source="f")


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**60), 2**60)
        | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "text",
                        "title",
                        "figures",
                        "source",
                        "official",
                        "published",
                        "platform_tags",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_any_json_is_read_or_explained(value: Any) -> None:
    try:
        post = parse_line(orjson.dumps(value), source="f")
    except ValueError:
        return

    assert post.title or post.body


# Files ------------------------------------------------------------------------------------


def test_only_new_lines_are_read(file: Path, poll: Poll) -> None:
    file.write_bytes(row(1) + row(2))
    first = poll("jsonl", path=str(file))
    file.write_bytes(file.read_bytes() + row(3))

    second = poll("jsonl", path=str(file), cursor=first.cursor)
    third = poll("jsonl", path=str(file), cursor=second.cursor)

    assert (ids(first), ids(second), ids(third)) == (["r1", "r2"], ["r3"], [])
    assert orjson.loads(orjson.dumps(third.cursor)) == third.cursor


def test_a_line_that_is_being_written_waits(file: Path, poll: Poll) -> None:
    file.write_bytes(row(1) + row(2)[:-9])
    first = poll("jsonl", path=str(file))
    file.write_bytes(row(1) + row(2) + row(3))

    second = poll("jsonl", path=str(file), cursor=first.cursor)

    assert (ids(first), ids(second)) == (["r1"], ["r2", "r3"])
    assert first.skipped == second.skipped == ()


def test_a_last_line_without_its_end_is_read_if_it_is_whole(file: Path, poll: Poll) -> None:
    file.write_bytes(row(1) + row(2).rstrip())
    first = poll("jsonl", path=str(file))
    file.write_bytes(row(1) + row(2) + b"broken\n")

    second = poll("jsonl", path=str(file), cursor=first.cursor)

    assert (ids(first), ids(second)) == (["r1", "r2"], [])
    assert second.skipped[0].startswith("line 3: is not JSON")


def test_a_broken_line_is_named_and_the_rest_goes_on(file: Path, poll: Poll) -> None:
    file.write_bytes(row(1) + b"{broken\n\n" + row(2) + b"[]\r\n" + row(3))
    first = poll("jsonl", path=str(file))
    file.write_bytes(file.read_bytes() + b"again\n")

    second = poll("jsonl", path=str(file), cursor=first.cursor)

    assert ids(first) == ["r1", "r2", "r3"]
    assert [line.split(":")[0] for line in first.skipped] == ["line 2", "line 5"]
    assert second.skipped[0].startswith("line 7: is not JSON")


def test_a_line_that_is_too_long_is_named_and_the_rest_goes_on(file: Path, poll: Poll) -> None:
    file.write_bytes(row(1) + b"x" * (3 * LONGEST_LINE) + b"\n" + row(2))

    found = poll("jsonl", path=str(file))

    assert ids(found) == ["r1", "r2"]
    assert found.skipped == ("line 2: is longer than 1,048,576 bytes",)


def test_a_file_that_was_replaced_is_read_from_its_start(file: Path, poll: Poll) -> None:
    file.write_bytes(row(1) + row(2))
    first = poll("jsonl", path=str(file))
    fresh = file.with_name("fresh")
    fresh.write_bytes(row(3) + row(4) + row(5))
    fresh.rename(file)

    assert ids(poll("jsonl", path=str(file), cursor=first.cursor)) == ["r3", "r4", "r5"]


@pytest.mark.parametrize("rewritten", [row(9), row(7) + row(8) + row(9)], ids=["short", "long"])
def test_a_file_that_was_cut_is_read_from_its_start(
    file: Path, poll: Poll, rewritten: bytes
) -> None:
    file.write_bytes(row(1) + row(2))
    first = poll("jsonl", path=str(file))
    with file.open("r+b") as same:
        same.truncate()
        same.write(rewritten)
        same.truncate()

    assert ids(poll("jsonl", path=str(file), cursor=first.cursor))[-1] == "r9"


def test_a_large_file_is_read_in_parts(file: Path, poll: Poll) -> None:
    file.write_bytes(b"".join(row(number) for number in range(2_001)))

    first = poll("jsonl", path=str(file))
    second = poll("jsonl", path=str(file), cursor=first.cursor)

    assert (len(first.posts), ids(second)) == (2_000, ["r2000"])
    assert (first.more, second.more) == (True, False)


def test_a_mark_at_the_start_is_no_text(file: Path, poll: Poll) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + row(1))

    assert ids(poll("jsonl", path=str(file))) == ["r1"]


def test_what_is_no_file_is_named(tmp_path: Path, poll: Poll) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path, told in (
        (tmp_path / "none", "No such file"),
        (tmp_path, "not a regular file"),
        (pipe, "not a regular file"),
    ):
        with pytest.raises(SourceBroken, match=told):
            poll("jsonl", path=str(path))


def test_a_relative_path_starts_at_the_config() -> None:
    told = {"folder": Path("/etc/tocsin")}

    config = Config.model_validate({"name": "f", "path": "a.jsonl"}, context=told)
    absolute = Config.model_validate({"name": "f", "path": "/b.jsonl"}, context=told)

    assert (config.path, absolute.path) == (Path("/etc/tocsin/a.jsonl"), Path("/b.jsonl"))
    assert Config(name="f", path=Path("a.jsonl")).path == Path("a.jsonl")


# Lines that break things ------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of hostile JSON")
@pytest.mark.shared
def test_hostile_json_is_decided_right() -> None:
    files = sorted((SHARED / "hostile" / "json").glob("*.json"))
    wrong = []

    for path in files:
        try:
            parse_line(path.read_bytes(), source="f")
            accepted = True
        except ValueError as told:
            accepted = "is not JSON" not in str(told)
        # i_ may go either way; it must only be decided.
        if path.name[0] != "i" and accepted != (path.name[0] == "y"):
            wrong.append(path.name)

    assert len(files) == 318
    assert wrong == []
