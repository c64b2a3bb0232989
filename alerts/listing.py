"""Prints rows as a table for people, or as JSON for programs."""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.cleaning import plain
from classifier.terminal import as_json


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


WIDE = 160
"""Columns of a table that is not printed to a terminal."""


def console() -> Console:
    """Return a console on standard output that never cuts to 80 columns in a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=False)


def show(
    rows: Sequence[Mapping[str, Any]], fmt: Format, columns: Sequence[str], empty: str
) -> None:
    """Print rows; a table has only the given columns, and `empty` where there are no rows."""
    if fmt is Format.JSON:
        sys.stdout.write(as_json(list(rows), indent=True) + "\n")
    elif fmt is Format.JSONL:
        for row in rows:
            sys.stdout.write(as_json(row) + "\n")
    elif not rows:
        sys.stdout.write(empty + "\n")
    else:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for column in columns:
            table.add_column(column.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell(row.get(column))) for column in columns))
        console().print(table)


def show_one(row: Mapping[str, Any], fmt: Format) -> None:
    """Print one thing whole."""
    if fmt is Format.JSON:
        sys.stdout.write(as_json(row, indent=True) + "\n")
        return
    if fmt is Format.JSONL:
        sys.stdout.write(as_json(row) + "\n")
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in row.items():
        table.add_row(name.replace("_", " "), Text(cell(value)))
    console().print(table)


def cell(value: Any) -> str:
    """Return a value as one cell of a table, free of control characters."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        text = ", ".join(f"{name} {cell(inner)}" for name, inner in value.items() if inner)
    elif isinstance(value, list | tuple):
        text = "; ".join(cell(inner) for inner in value)
    elif isinstance(value, float):
        text = f"{value:.2f}"
    else:
        text = str(value)
    return plain(text)
