"""What the classifier's commands have in common: options, output forms, printing."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer

from classifier.errors import InputError


class Format(StrEnum):
    """How data is printed."""

    table = "table"
    json = "json"
    jsonl = "jsonl"


ModelsOption = Annotated[
    Path | None,
    typer.Option(
        "--models", help="Folder of trained versions. Default: $TOCSIN_MODELS or ./models."
    ),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="Version to use. Default: the current one.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]


@contextmanager
def opened(file: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file to read, or standard input for "-", with its name. Raise InputError."""
    if file == "-":
        yield sys.stdin.buffer, "standard input"
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    with stream:
        yield stream, file


def print_rows(rows: Sequence[Any], format: Format) -> None:
    """Print rows as one JSON document or one object a line."""
    if format is Format.json:
        print(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    for row in rows:
        print(orjson.dumps(row).decode())


def print_document(document: Any, format: Format) -> None:
    """Print one document as JSON: indented, or on one line."""
    option = orjson.OPT_INDENT_2 if format is Format.json else 0
    print(orjson.dumps(document, option=option).decode())
