"""The command `backtest`, as a Typer app to be joined."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.cleaning import counted
from alerts.cli_read import ConfigOption, FormatOption
from alerts.listing import Format, cell, console, show, show_one

if TYPE_CHECKING:
    from alerts.backtest import Book, Result
    from alerts.config import Config
    from alerts.replay import Arrival, Span
    from classifier.labels import Example

app = typer.Typer()

SINCE = timedelta(days=30)
"""How far back a backtest looks into the database unless told."""

Row = dict[str, Any]


def read_span(value: str) -> timedelta:
    """Read 30d."""
    from alerts.settings import parse_duration

    try:
        return parse_duration(value)  # type: ignore[return-value]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def read_moment(value: str) -> datetime:
    """Read a day or a time."""
    from alerts.rule_tests import read_time

    try:
        return read_time(value)  # type: ignore[return-value]
    except ValueError as error:
        raise typer.BadParameter("must be a day or a time such as 2026-11-24") from error


Since = Annotated[
    timedelta | None,
    typer.Option("--since", parser=read_span, metavar="30d", help="So far back from now."),
]
Start = Annotated[
    datetime | None, typer.Option("--from", parser=read_moment, metavar="DAY", help="From then on.")
]
End = Annotated[
    datetime | None, typer.Option("--to", parser=read_moment, metavar="DAY", help="Before then.")
]


Data = Annotated[Path | None, typer.Option("--data", help="JSON lines instead of the database.")]
Against = Annotated[Path | None, typer.Option("--against", help="Another config to compare with.")]
Limit = Annotated[
    str | None,
    typer.Option("--budget", help="Thresholds that keep each rule within, such as 5/day."),
]
Labels = Annotated[
    Path | None,
    typer.Option("--labels", help="Labelled posts (else labels.jsonl beside the config)."),
]
Model = Annotated[str | None, typer.Option("--model", help="Score again, with this version.")]
Backfill = Annotated[
    bool, typer.Option("--backfill", help="Let a first poll's old posts alert too.")
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Also what was touched and not sent, and why.")
]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw the alerts over time as a PNG.")]


@app.command()
def backtest(
    config: ConfigOption = None,
    since: Since = None,
    start: Start = None,
    end: End = None,
    data: Data = None,
    against: Against = None,
    model: Model = None,
    budget: Limit = None,
    labels: Labels = None,
    backfill: Backfill = False,
    explain: Explain = False,
    plot: Plot = None,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Show what the config would have sent on past posts; nothing is sent or written."""
    from alerts import backtest as backtests
    from alerts import tuning
    from alerts.opening import load_config

    if since is not None and start is not None:
        raise typer.BadParameter("--since and --from exclude each other")
    limit = tuning.read_budget(budget) if budget is not None else None
    checked = load_config(config, secrets=False)
    configs = [checked, *([load_config(against, secrets=False)] if against else [])]
    known = _labels(labels, checked)
    span = _span(since, start, end, everything=data is not None)
    # What the service still holds is still held here; a file's time goes on.
    last = span.until if data is not None else min(span.until, datetime.now(UTC))
    labelled: list[tuning.Labelled] = []
    with _posts(configs, span, data, model, marked=known) as (books, arrivals, skipped):
        if backfill:
            arrivals = backtests.not_backfilled(arrivals)
        noted = tuning.note_labelled(arrivals, known, labelled, span)
        backtests.replay(noted, books, last)
    result = replace(
        backtests.result(books, span),
        budget=tuning.propose(books[0], span, limit) if limit else None,
        labels=tuning.judge(books[0], labelled) if labelled else None,
    )
    if labels is not None and not labelled:
        print(f"{labels}: none of its posts came in at that time", file=sys.stderr)
    if plot is not None:
        from alerts.charts import draw

        _write(plot, draw(result, checked))
    _print(result, checked, fmt, explain=explain)
    for line in skipped:
        print(f"{data}: {line}", file=sys.stderr)
    if skipped:
        raise typer.Exit(1)


def _write(path: Path, drawn: bytes) -> None:
    from alerts.errors import NotFound

    try:
        path.write_bytes(drawn)
    except OSError as error:
        raise NotFound(f"{path}: cannot be written: {error.strerror}") from error


def _span(
    since: timedelta | None, start: datetime | None, end: datetime | None, *, everything: bool
) -> "Span":
    from alerts.replay import BEGINNING, FAR, Span

    if start is None and (since is not None or not everything):
        start = datetime.now(UTC) - (since or SINCE)
    span = Span(since=start or BEGINNING, until=end or FAR)
    if span.since >= span.until:
        raise typer.BadParameter("there is no time between the start and the end")
    return span


@contextmanager
def _posts(
    configs: Sequence["Config"],
    span: "Span",
    data: Path | None,
    version: str | None,
    *,
    marked: Collection[str],
) -> Iterator[tuple[list["Book"], "Iterator[Arrival]", list[str]]]:
    """Open an empty book for each config, the posts to replay, and what could not be read."""
    from alerts import replay, rescore
    from alerts.backtest import open_book
    from alerts.opening import models_folder, open_reader
    from alerts.store.connect import open_to_read
    from classifier import artefact

    folder = models_folder(configs[0])
    days = configs[0].service.event_days
    if data is not None:
        posts, skipped = _read(data, configs[0])
        model, reader = artefact.serve(folder, version), open_reader()
        items = (replay.Item(post=post) for post in posts)
        books = [open_book(config) for config in configs]
        yield books, rescore.rescored(items, span, model, reader, days), skipped
        return
    with ExitStack() as stack:
        store = open_to_read(configs[0].service.database, current_only=True)
        stack.callback(store.close)
        connection = stack.enter_context(store.read())
        silences = replay.stored_silences(connection)
        books = [open_book(config, silences) for config in configs]
        if version is not None:
            model, reader = artefact.serve(folder, version), open_reader()
            stored = replay.stored_items(connection, span)
            yield books, rescore.rescored(stored, span, model, reader, days), []
            return
        rules = [rule for config in configs for rule in config.rules]
        thresholds = replay.thresholds_in(folder)

        def heard(event: str) -> bool:
            return any(event in book.notebook.heard for book in books)

        terms = open_reader().terms
        yield books, replay.stored(connection, span, rules, thresholds, heard, terms, marked), []


def _labels(given: Path | None, config: "Config") -> dict[str, "Example"]:
    """Return people's labels by id: those of a file, else those that `tocsin label` wrote."""
    from alerts import feedback
    from classifier.errors import InputError

    file = given or config.path.parent / feedback.LABELS_FILE
    if given is not None and not given.is_file():
        raise InputError(f"{given}: there is no such file of labels")
    return {example.id: example for _, example in feedback.read_labels(file)}


def _read(data: Path, config: "Config") -> tuple[list[Any], list[str]]:
    from alerts import rescore
    from classifier.errors import InputError

    try:
        with data.open("rb") as file:
            return rescore.read_file(file, config, _source_of(data, config), datetime.now(UTC))
    except OSError as error:
        raise InputError(f"{data}: cannot be read: {error.strerror}") from error


def _source_of(data: Path, config: "Config") -> str:
    """Return the source that brings a file: the one that reads it, else the first of its kind."""
    files = [source for source in config.sources if source.kind == "jsonl"]
    same = [one for one in files if getattr(one, "path", Path()).resolve() == data.resolve()]
    return next((one.name for one in (*same, *files)), data.stem)


# What is shown ----------------------------------------------------------------------------

SHOWN = 20
"""Alerts that a table lists; programs get all of them."""


def _print(result: "Result", config: "Config", fmt: Format, *, explain: bool) -> None:
    silences = result.silences if explain else []
    if fmt is Format.JSON:
        show_one(result.document(explain=explain), fmt)
    elif fmt is Format.JSONL:
        rows = result.changes if result.against else [*result.alerts, *silences]
        extra = (*(result.budget or ()), *(result.labels or ()))
        show([*sorted(rows, key=lambda row: row["at"]), *extra], fmt, (), "")
    else:
        _tell(result, config, silences)


def _tell(result: "Result", config: "Config", silences: Sequence[Row]) -> None:
    from alerts.charts import bars

    screen = console()
    if not result.span.posts:
        screen.print("no posts came in at that time; --from, --to and --since say when")
        return
    screen.print(Text(result.title))
    screen.print()
    screen.print(_rules_table(result.rules))
    if result.alerts:
        screen.print()
        screen.print(bars(result, config))
        screen.print()
        _tell_alerts(screen, result)
    for rule in result.budget or ():
        _tell_budget(screen, rule)
    for rule in result.labels or ():
        _tell_labels(screen, rule)
    if silences:
        screen.print("\nnot sent:")
        show(silences, Format.TABLE, ("at", "post", "rule", "not_sent"), "nothing")


def _rules_table(rules: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("rule", "alerts", "a day", "busiest day", "reasons", "held", "not sent, and why"):
        table.add_column(name, overflow="fold")
    for rule in rules:
        busiest = rule["busiest_day"]
        table.add_row(
            Text(cell(rule["rule"]) + (" (shadow)" if rule["shadow"] else "")),
            str(rule["alerts"]),
            f"{rule['a_day']:.2f}",
            f"{busiest['alerts']} on {busiest['day']}" if busiest else "-",
            Text(cell(rule["reasons"]) or "-"),
            str(rule["held"]),
            Text(cell(rule["not_sent"]) or "-"),
        )
    return table


def _tell_alerts(screen: Console, result: "Result") -> None:
    rows: Sequence[Row] = result.alerts
    columns: tuple[str, ...] = ("at", "severity", "reason", "rule", "headline", "post")
    if result.against:
        rows, columns = result.changes, ("change", "at", "rule", "headline", "post")
        if any("was" in row for row in rows):
            columns = (*columns, "was")
        screen.print(Text(result.compared))
    hidden = len(rows) - SHOWN
    if hidden > 0:
        screen.print(f"the newest {SHOWN} of {len(rows):,} (--format jsonl has all):")
    show(rows[-SHOWN:], Format.TABLE, columns, "the same alerts")


FALLEN = 5
"""Posts that a table names where something is lost, missed or wrong."""


def _tell_budget(screen: Console, rule: Row) -> None:
    per = rule["budget"].partition("/")[2]
    alerts = "alert" if rule["average"] == 1 else "alerts"
    most = f", at most {rule['busiest']} ({rule['on']})" if rule["on"] else ""
    told = f"{cell(rule['rule'])}: {rule['average']:g} {alerts} a {per} on average{most}"
    if rule["within"]:
        screen.print(Text(f"\n{told}: within {rule['budget']}"))
        return
    screen.print(Text(f"\n{told}: over {rule['budget']}", style="yellow"))
    for one in rule["proposals"]:
        ((name, value),) = one["set"].items()
        told = f"keeps {one['alerts']} of {rule['alerts']}, {one['average']:g} a {per}, at most "
        screen.print(Text(f"  within it {one['within']}: {name}: {_yaml(value)}", style="bold"))
        screen.print(Text(f"    {told}{one['busiest']}; {len(one['lost'])} fall off:"))
        _tell_posts(screen, sorted(one["lost"], key=lambda row: -row["relevance"]))
    if not rule["proposals"]:
        screen.print("  no threshold keeps within it and leaves an alert: narrow the conditions")
    if per == "day":
        screen.print(Text(f"  or `budget: {rule['budget']}` in the rule: more waits for a digest"))


def _yaml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {least:.4g}" for name, least in value.items()) + "}"
    return f"{value:.4g}"


def _tell_labels(screen: Console, rule: Row) -> None:
    precision, recall = (
        "-" if rule[name] is None else f"{100 * rule[name]:.0f} %"
        for name in ("precision", "recall")
    )
    screen.print(
        Text(
            f"\n{cell(rule['rule'])}: precision {precision} of "
            f"{counted(rule['alerts'], 'labelled alert')}, "
            f"recall {recall} of {counted(rule['wanted'], 'wanted post')}"
        )
    )
    for name in ("missed", "wrong"):
        if rule[name]:
            screen.print(f"  {name}:")
            _tell_posts(screen, sorted(rule[name], key=lambda row: -row["relevance"]))


def _tell_posts(screen: Console, rows: Sequence[Row]) -> None:
    for row in rows[:FALLEN]:
        why = f"{row['not_sent']}: " if row.get("not_sent") else ""
        title = cell(row.get("headline") or row.get("title"))
        told = f"    {row['at'][:10]}  relevance {row['relevance']:3d}  {why}{title}"
        screen.print(Text(told), overflow="ellipsis", no_wrap=True)
    if len(rows) > FALLEN:
        screen.print(f"    and {len(rows) - FALLEN} more (--format json has all)")
