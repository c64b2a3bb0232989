"""The commands: all that there are, and what one said that was run in the test's own process."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import typer

from alerts import cli


class Result(NamedTuple):
    """code: of exit. out: standard output. err: the lines of standard error."""

    code: int
    out: str
    err: list[str]


def every_command() -> dict[str, Any]:
    """Return every command that does something, by the words it is called by."""
    return dict(_walk(typer.main.get_command(cli.app), ()))


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", {})
    if path and (not inner or command.invoke_without_command):
        yield " ".join(path), command
    for name, one in inner.items():
        if not one.hidden:
            yield from _walk(one, (*path, name))
