"""The command `rules test`, as a Typer app to be joined."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from alerts.cleaning import counted, plain
from alerts.cli_read import FormatOption
from alerts.errors import ConfigError, Mistake, NotFound
from alerts.listing import Format, cell, show

if TYPE_CHECKING:
    from alerts.rehearsal import Finding, Played
    from alerts.rule_tests import SuiteFile

app = typer.Typer(no_args_is_help=True)
rules = typer.Typer(no_args_is_help=True, help="The rules: test them before they decide.")
app.add_typer(rules, name="rules")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="A config to test, instead of those that the files name."),
]

TELLING = {
    "missing": "this alert did not come",
    "different": "it came otherwise",
    "unexpected": "nobody expected this alert",
    "not silent": "this post was to send nothing",
}


@rules.command("test")
def play_tests(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE...]", help="Files of tests; else every *.test.yaml here."),
    ] = None,
    config: ConfigOption = None,
    model: Annotated[
        str | None, typer.Option("--model", help="A version; the current one unless told.")
    ] = None,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Play posts through the rules and compare what would be sent with what a file expects."""
    from alerts import rehearsal
    from alerts.opening import models_folder, open_reader
    from classifier import artefact

    suites = _load(files or _find(), config)
    versions = {suite.path: (models_folder(suite.config), model) for suite in suites}
    models = {wanted: artefact.serve(*wanted) for wanted in set(versions.values())}
    reader = open_reader()
    played = [
        (suite, rehearsal.play(suite, models[versions[suite.path]], reader)) for suite in suites
    ]
    if fmt is Format.TABLE:
        _tell(played)
    else:
        show([row for suite, pieces in played for row in _rows(suite, pieces)], fmt, (), "")
    if any(piece.findings for _, pieces in played for piece in pieces):
        raise typer.Exit(1)


def _find() -> Sequence[Path]:
    from alerts.rule_tests import PATTERN

    found = sorted(Path().glob(PATTERN))
    if not found:
        raise NotFound(f"no {PATTERN} in this folder: name the files of tests")
    return found


def _load(files: Sequence[Path], given: Path | None) -> list["SuiteFile"]:
    """Read every file; every mistake in any of them is named. Raises ConfigError."""
    from alerts.opening import load_config
    from alerts.rule_tests import load

    suites = []
    mistakes: list[Mistake] = []
    for file in files:
        try:
            suites.append(load(file, lambda path: load_config(path, secrets=False), given=given))
        except ConfigError as error:
            mistakes += [one for one in error.mistakes if one not in mistakes]
    if mistakes:
        raise ConfigError(mistakes)
    return suites


def _tell(played: Sequence[tuple["SuiteFile", Sequence["Played"]]]) -> None:
    screen = Console(highlight=False, soft_wrap=True)
    passed = failed = 0
    for suite, pieces in played:
        for piece in pieces:
            if not piece.findings:
                passed += 1
                continue
            failed += 1
            place = f"{suite.path}:{piece.line}"
            screen.print(Text.assemble(("FAILED ", "bold red"), f"{place}: {plain(piece.name)}"))
            for finding in piece.findings:
                _tell_finding(screen, suite.path, finding)
            screen.print()
    files = counted(len(played), "file")
    colour = "red" if failed else "green"
    screen.print(f"[{colour}]{passed} passed, {failed} failed[/{colour}] in {files}")


def _tell_finding(screen: Console, path: Path, finding: "Finding") -> None:
    screen.print(Text(f"  {path}:{finding.line}: {TELLING[finding.kind]}"))
    for sign, colour, fields in _diff(finding.expected, finding.got, finding.kind):
        screen.print(Text(f"    {sign} {fields}", style=colour))
    for line in finding.because:
        screen.print(Text(f"      {plain(line)}", style="dim"))


def _diff(
    expected: Mapping[str, Any], got: Mapping[str, Any], kind: str
) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of a diff: what both share, what was expected, what came."""
    for name in dict.fromkeys((*expected, *got)):
        if kind in ("different", "not silent") and not (name in expected and name in got):
            value = expected.get(name, got.get(name))
            if name == "sent_to":
                yield "+", "green", f"{name}: {_value(value)}"
            else:
                yield " ", "", f"{name}: {_value(value)}"
            continue
        if name in expected:
            yield "-", "red", f"{name}: {_value(expected[name])}"
        if name in got:
            yield "+", "green", f"{name}: {_value(got[name])}"


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(cell(one) for one in value)}]"
    return cell(value)


def _rows(suite: "SuiteFile", pieces: Sequence["Played"]) -> Iterator[dict[str, Any]]:
    for piece in pieces:
        yield {
            "file": str(suite.path),
            "line": piece.line,
            "test": piece.name,
            "passed": not piece.findings,
            "findings": [
                {
                    "kind": finding.kind,
                    "line": finding.line,
                    "expected": dict(finding.expected),
                    "got": dict(finding.got),
                    "because": list(finding.because),
                }
                for finding in piece.findings
            ],
        }
