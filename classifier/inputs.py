"""Files and pipes of posts to classify: plain text, JSONL or Parquet, read one post at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson

from classifier.errors import InputError

Form = Literal["auto", "text", "jsonl", "parquet"]
LONGEST_LINE = 64 * 2**20
"""Bytes of one line; a longer one is no post."""

TEXT_FIELDS = ("text", "title", "body", "abstract")
Complain = Callable[[str], None]
"""Called with "FILE:LINE: reason" for each line that is skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One post to classify.

    official: its publisher is an authority. published: the date or time that it gives, unread.
    """

    id: str
    text: str
    official: bool = False
    published: str | None = None


def read(file: BinaryIO, name: str, form: Form, complain: Complain) -> Iterator[Item]:
    """Yield the posts of an open file.

    A line that can't be used is named through complain and skipped. Raise InputError when the
    file as a whole can't be read.
    """
    head = _peek(file)
    if form == "auto":
        form = _guess(head, name)
    if form == "parquet":
        yield from _read_parquet(file, name, complain)
        return
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name}: is UTF-16; convert it to UTF-8 first")
    if b"\0" in head:
        raise InputError(f"{name}: is binary, not text, JSONL or Parquet")
    parse = _parse_json if form == "jsonl" else _parse_text
    for number, line in enumerate(_lines(file), 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            if len(line) >= LONGEST_LINE:
                raise ValueError(f"is longer than {LONGEST_LINE // 2**20} MB")
            yield parse(line, f"line-{number}")
        except ValueError as error:
            complain(f"{name}:{number}: {error}")


def _peek(file: BinaryIO) -> bytes:
    """Return what comes next without taking it, where the stream can do that."""
    peek = getattr(file, "peek", None)
    return bytes(peek(4096)) if peek is not None else b""


def _guess(head: bytes, name: str) -> Form:
    suffix = Path(name).suffix.lower()
    if head.startswith(b"PAR1") or suffix in (".parquet", ".pq"):
        return "parquet"
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if (
        suffix == ""
        and start.startswith(b"{")
        and any(f'"{f}"'.encode() in start for f in TEXT_FIELDS)
    ):
        return "jsonl"
    return "text"


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield lines; of one that is too long, its beginning only."""
    while line := file.readline(LONGEST_LINE):
        rest = line
        while len(rest) >= LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        yield line


def _parse_text(line: bytes, id: str) -> Item:
    try:
        return Item(id=id, text=line.decode("utf-8").rstrip("\r\n"))
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start + 1})") from error


def _parse_json(line: bytes, id: str) -> Item:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(row, dict):
        raise ValueError("is not a JSON object")
    return _item(row, id)


def _item(row: dict[str, Any], id: str) -> Item:
    """Return the post of a row that has `text`, or `title` with `body` (else `abstract`)."""
    body = "body" if row.get("body") is not None else "abstract"
    fields = ("text",) if row.get("text") is not None else ("title", body)
    parts = [row[field] for field in fields if row.get(field) not in (None, "")]
    if not all(isinstance(part, str) for part in parts):
        raise ValueError(f"{' and '.join(fields)} must be text")
    if not parts and "text" not in row:
        raise ValueError("has neither text nor title and body")
    own = row.get("id")
    named = str(own) if isinstance(own, str | int) and not isinstance(own, bool) else id
    published = row.get("published")
    return Item(
        id=named or id,
        text="\n".join(parts),
        official=row.get("official") is True,
        published=None if published is None else str(published),
    )


def _read_parquet(file: BinaryIO, name: str, complain: Complain) -> Iterator[Item]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise InputError(
            f"{name}: reading Parquet needs pyarrow: pip install 'tocsin[parquet]'"
        ) from error
    number = 0
    try:
        held = ParquetFile(file)
        wanted = [
            c for c in held.schema_arrow.names if c in ("id", "official", "published", *TEXT_FIELDS)
        ]
        for batch in held.iter_batches(batch_size=1000, columns=wanted):
            for row in batch.to_pylist():
                number += 1
                try:
                    yield _item(row, f"line-{number}")
                except ValueError as error:
                    complain(f"{name}:{number}: {error}")
    except (ArrowException, OSError) as error:
        raise InputError(f"{name}: cannot be read as Parquet: {error}") from error
