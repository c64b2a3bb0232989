"""The commands that correct events by hand, and show or export what was corrected."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from alerts.cleaning import counted, plain
from alerts.cli_read import ConfigOption, FormatOption, reading
from alerts.listing import Format, show

if TYPE_CHECKING:
    from sqlalchemy import Connection

    # Both load scikit-learn, which the other commands need not wait for.
    from alerts.pipeline import Pipeline
    from alerts.regroup import Corrected

app = typer.Typer()

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")]
Silent = Annotated[
    bool,
    typer.Option("--silent", help="Record what it would tell, send nothing: for old events."),
]


@app.command("merge")
def merge_events(
    into: Annotated[str, typer.Argument(metavar="A", help="The event that stays.")],
    away: Annotated[str, typer.Argument(metavar="B", help="The event that goes into it.")],
    config: ConfigOption = None,
    silent: Silent = False,
    dry_run: DryRun = False,
) -> None:
    """Merge event B into A: its posts, its alerts, and later posts like them."""
    from alerts.regroup import merge

    correct(
        config,
        dry_run,
        lambda connection, pipeline: merge(
            connection, pipeline, into, away, silent=silent, now=datetime.now(UTC)
        ),
    )


@app.command("split")
def split_event(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The event that is two.")],
    posts: Annotated[list[str], typer.Argument(metavar="POST...", help="Its posts to take out.")],
    config: ConfigOption = None,
    silent: Silent = False,
    dry_run: DryRun = False,
) -> None:
    """Take posts out of an event: they, and later posts like them, are an event of their own."""
    from alerts.regroup import split

    correct(
        config,
        dry_run,
        lambda connection, pipeline: split(
            connection, pipeline, event, posts, silent=silent, now=datetime.now(UTC)
        ),
    )


@app.command("corrections")
def list_corrections(
    config: ConfigOption = None,
    fmt: FormatOption = Format.TABLE,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE|-",
            help="Write the corrected events' posts as labelled JSON lines, to measure grouping.",
        ),
    ] = None,
) -> None:
    """What was merged and split by hand, oldest first."""
    from alerts.store import listing
    from alerts.store.labelled import labelled_rows

    with reading(config) as connection:
        if export is None:
            rows = listing.list_corrections(connection)
        else:
            labelled = labelled_rows(connection)
    if export is None:
        columns = ("at", "kind", "event", "other", "posts", "alerts")
        show(rows, fmt, columns, "no event was merged or split by hand")
        return
    lines = b"".join(orjson.dumps(row) + b"\n" for row in labelled)
    if str(export) == "-":
        sys.stdout.write(lines.decode())
    else:
        export.write_bytes(lines)
    print(f"{counted(len(labelled), 'post')} of corrected events", file=sys.stderr)


def correct(
    config: Path | None, dry_run: bool, change: "Callable[[Connection, Pipeline], Corrected]"
) -> None:
    """Correct in one transaction, taken back for a dry run, and say what was done."""
    from alerts.opening import load_config, open_pipeline

    pipeline = open_pipeline(load_config(config, secrets=False))
    try:
        with pipeline.store.write() as connection:
            done = change(connection, pipeline)
            told = describe(connection, done, dry_run)
            transaction = connection.get_transaction()
            if dry_run and transaction is not None:
                transaction.rollback()
    finally:
        pipeline.store.close()
    for line in told:
        print(line)


def describe(connection: "Connection", done: "Corrected", dry_run: bool) -> list[str]:
    """Return what a correction did, line by line."""
    from alerts.store import listing

    if done.kind == "merge":
        verb = "would merge" if dry_run else "merged"
        told = [f"{verb} {done.other} into {done.event}: {counted(len(done.posts), 'post')} moved"]
    else:
        verb = "would split" if dry_run else "split"
        told = [f"{verb} {counted(len(done.posts), 'post')} off {done.event}, into {done.other}"]
    for event_id in dict.fromkeys((done.event, done.other)):
        event = listing.show_event(connection, event_id)
        if event is not None and "merged_into" not in event:
            told.append(
                f"  {event_id}: {counted(len(event['posts']), 'post')}: {plain(event['title'])}"
            )
    if done.moved:
        told.append(f"  alerts that moved along: {', '.join(done.moved)}")
    for alert_id in done.alerts:
        alert = listing.show_alert(connection, alert_id)
        assert alert is not None, f"alert {alert_id} was made and is not there"
        where = ", ".join(alert["sent_to"]) or "nobody: recorded only"
        told.append(
            f"  {'would alert' if dry_run else 'alerts'} ({alert['rule']}; to {where}): "
            f"{alert['headline']}"
        )
    if not done.alerts:
        told.append("  nothing new to tell")
    return told
