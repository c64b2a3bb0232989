"""Lines of JSON in a file that something else appends to: one post a line.

Read from where the last poll ended, whole lines only. A file that was replaced or cut is read
from its start again.
"""

import asyncio
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import orjson
from pydantic import AfterValidator, ValidationInfo

from alerts.domain import Fetch, Figures, Json, Polled, RawPost
from alerts.errors import SourceBroken
from alerts.settings import SourceSettings

LONGEST_LINE = 1 << 20
MOST_LINES = 2_000
HEAD = 1_024


def anchor(path: Path, info: ValidationInfo) -> Path:
    """Take a relative path as relative to the config's folder, where the loader names it."""
    folder: Path | None = (info.context or {}).get("folder")
    return path if folder is None else folder / path


class Config(SourceSettings):
    """A file of posts. path: where it is, relative to the config."""

    kind: Literal["jsonl"] = "jsonl"
    path: Annotated[Path, AfterValidator(anchor)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where reading stands. head: hash of the file's first bytes, up to `offset` of them."""

    offset: int = 0
    line: int = 0
    head: str = ""


async def poll(config: Config, _: Fetch, cursor: Mapping[str, Json], now: datetime) -> Polled:
    """Return the posts of the lines that were added since the last poll."""
    return await asyncio.to_thread(read_file, config, Place(**cursor))


def read_file(config: Config, place: Place) -> Polled:
    """Read the new lines of a file. Raises SourceBroken where there is none to read."""
    try:
        if not stat.S_ISREG(config.path.stat().st_mode):
            # Opening a pipe would wait for its writer.
            raise SourceBroken(f"{config.path}: is not a regular file")
        with config.path.open("rb") as file:
            return read_lines(config.name, file, continue_at(file, place))
    except OSError as failed:
        raise SourceBroken(f"{config.path}: {failed.strerror}") from failed


def continue_at(file: BinaryIO, place: Place) -> Place:
    """Return where to go on: at the last place if the file still begins as it did then."""
    return place if head_of(file, place.offset) == place.head else Place()


def head_of(file: BinaryIO, offset: int) -> str:
    """Return the hash of what stands before an offset, as far as it counts; "" beyond the end."""
    if offset > file.seek(0, os.SEEK_END):
        return ""
    file.seek(0)
    return hashlib.sha256(file.read(min(offset, HEAD))).hexdigest()[:16]


def read_lines(source: str, file: BinaryIO, start: Place) -> Polled:
    """Read posts from a place on, as many as one poll takes."""
    posts: list[RawPost] = []
    skipped: list[str] = []
    offset, number, more = start.offset, start.line, False
    file.seek(start.offset)
    for line, ended, end in lines_of(file):
        if number - start.line >= MOST_LINES:
            more = True
            break
        try:
            if line.strip():
                posts.append(parse_line(line, source=source))
        except ValueError as unusable:
            if not ended:
                # Someone is still writing it.
                break
            skipped.append(f"line {number + 1}: {unusable}")
        offset, number = end, number + ended
    place = Place(offset=offset, line=number, head=head_of(file, offset))
    return Polled(posts=tuple(posts), cursor=asdict(place), skipped=tuple(skipped), more=more)


def lines_of(file: BinaryIO) -> Iterator[tuple[bytes, bool, int]]:
    """Yield each line, whether its end is there, and its end; of a long line only the start."""
    end = file.tell()
    while line := file.readline(LONGEST_LINE + 2):
        rest = line
        end += len(rest)
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 2)
            end += len(rest)
        yield line, rest.endswith(b"\n"), end


def parse_line(line: bytes, *, source: str) -> RawPost:
    """Return the post of one line.

    source: whose post it is where the line names no source of its own.
    Raises ValueError, which says in words for people what is wrong.
    """
    if len(line) > LONGEST_LINE + 1:
        raise ValueError(f"is longer than {LONGEST_LINE:,} bytes")
    try:
        row = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as wrong:
        raise ValueError(f"is not JSON: {wrong.msg}") from wrong
    if not isinstance(row, dict):
        raise ValueError("is not a JSON object")
    title = text(row, "title")
    body = text(row, "text") or text(row, "body") or text(row, "abstract")
    if title is None and body is None:
        raise ValueError("has neither text nor title nor body")
    figures = row.get("figures")
    counts = figures if isinstance(figures, dict) else {}
    tags = row.get("platform_tags")
    official = row.get("official")
    return RawPost(
        source=text(row, "source") or source,
        external_id=text(row, "id") or "hash:" + hashlib.sha256(line.strip()).hexdigest()[:32],
        url=text(row, "url"),
        title=title,
        body=body,
        author=text(row, "author"),
        published=text(row, "published"),
        language=text(row, "lang"),
        figures=Figures(
            followers=count(counts.get("followers")), interactions=count(counts.get("interactions"))
        ),
        platform_tags=tuple(t for t in tags if isinstance(t, str))
        if isinstance(tags, list)
        else (),
        official=official if isinstance(official, bool) else None,
    )


def text(row: Mapping[str, Json], key: str) -> str | None:
    """Return a value that is a text, or a number as text. Raises ValueError for any other."""
    value = row.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{key}: is not a text")
    return str(value)


def count(value: Json) -> int | None:
    """Return a count, or None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
