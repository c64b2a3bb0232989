"""The commands that show what happened: events, alerts, deliveries, sources, channels."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cleaning import counted
from alerts.domain import DeliveryState
from alerts.errors import NotFound
from alerts.listing import Format, show, show_one

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alerts.store.connect import Store


app = typer.Typer()

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="The config; by default tocsin.yaml, else what $TOCSIN_CONFIG names."
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How rows are printed.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many rows.")]
IdArgument = Annotated[str, typer.Argument(metavar="ID")]


@contextmanager
def reading(config: Path | None) -> Iterator["Connection"]:
    """Open the config's database to look at it."""
    store = _open(config)
    try:
        with store.read() as connection:
            yield connection
    finally:
        store.close()


@contextmanager
def writing(config: Path | None) -> Iterator["Connection"]:
    """Open the config's database to change it."""
    store = _open(config)
    try:
        with store.write() as connection:
            yield connection
    finally:
        store.close()


def _open(config: Path | None) -> "Store":
    from alerts.opening import load_config
    from alerts.store.connect import open_store

    return open_store(load_config(config, secrets=False).service.database)


events = typer.Typer(help="Policy acts that posts were grouped into.", no_args_is_help=True)
alerts = typer.Typer(help="What was told, or decided in shadow.", no_args_is_help=True)
deliveries = typer.Typer(help="The outbox.", no_args_is_help=True)
sources = typer.Typer(help="The sources and their state.", invoke_without_command=True)
channels = typer.Typer(help="The channels that are switched off.", no_args_is_help=True)
for name, group in (
    ("events", events),
    ("alerts", alerts),
    ("deliveries", deliveries),
    ("sources", sources),
    ("channels", channels),
):
    app.add_typer(group, name=name)


@events.command("list")
def list_events(
    config: ConfigOption = None, fmt: FormatOption = Format.TABLE, limit: LimitOption = 50
) -> None:
    """The newest events, newest first."""
    from alerts.store import listing

    with reading(config) as connection:
        rows = listing.list_events(connection, limit)
    if fmt is Format.TABLE:
        rows = [{**row, "posts": len(row["posts"])} for row in rows]
    show(rows, fmt, ("id", "last_seen", "relevance", "stage", "posts", "title"), "no events yet")


@events.command("show")
def show_event(
    wanted: IdArgument, config: ConfigOption = None, fmt: FormatOption = Format.TABLE
) -> None:
    """One event with its posts and by what each joined."""
    from alerts.store import listing

    with reading(config) as connection:
        row = listing.show_event(connection, wanted)
    if row is None:
        raise NotFound(f"{wanted}: no such event: see `tocsin events list`")
    show_one(row, fmt)


@alerts.command("list")
def list_alerts(
    config: ConfigOption = None, fmt: FormatOption = Format.TABLE, limit: LimitOption = 50
) -> None:
    """The newest alerts, newest first."""
    from alerts.store import listing

    with reading(config) as connection:
        rows = listing.list_alerts(connection, limit)
    if fmt is Format.TABLE:
        rows = [{**row, "what_became_of_it": _fate(row)} for row in rows]
    columns = ("id", "at", "severity", "reason", "rule", "headline", "what_became_of_it")
    show(rows, fmt, columns, "no alerts yet")


def _fate(row: Mapping[str, Any]) -> str:
    """Return in a few words where an alert went, or why it did not."""
    if row["not_sent"]:
        return str(row["not_sent"])
    if row["told_in"]:
        return f"told in {row['told_in']}"
    if row["held_until"] and not row["sent_to"]:
        return f"held for {row['held_for'].replace('_', ' ')} until {row['held_until']}"
    return f"sent to {', '.join(row['sent_to'])}"


@alerts.command("show")
def show_alert(
    wanted: IdArgument, config: ConfigOption = None, fmt: FormatOption = Format.TABLE
) -> None:
    """One alert with all that it said and where it went."""
    from alerts.store import listing

    with reading(config) as connection:
        row = listing.show_alert(connection, wanted)
    if row is None:
        raise NotFound(f"{wanted}: no such alert: see `tocsin alerts list`")
    show_one(row, fmt)


@deliveries.command("list")
def list_deliveries(
    config: ConfigOption = None,
    fmt: FormatOption = Format.TABLE,
    limit: LimitOption = 50,
    state: Annotated[DeliveryState | None, typer.Option(help="Only these.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only those for this channel.")] = None,
) -> None:
    """The newest deliveries, newest first."""
    from alerts.store import listing

    with reading(config) as connection:
        rows = listing.list_deliveries(connection, limit, state, channel)
    columns = ("id", "channel", "state", "attempts", "next_attempt_at", "last_error")
    show(rows, fmt, columns, "no deliveries yet")


@deliveries.command("show")
def show_delivery(
    wanted: IdArgument, config: ConfigOption = None, fmt: FormatOption = Format.TABLE
) -> None:
    """One delivery with the body that is sent."""
    from alerts.store import listing

    with reading(config) as connection:
        row = listing.show_delivery(connection, wanted)
    if row is None:
        raise NotFound(f"{wanted}: no such delivery: see `tocsin deliveries list`")
    show_one(row, fmt)


@deliveries.command("replay")
def replay(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="Every dead delivery.")] = False,
    channel: Annotated[
        str | None, typer.Option(help="With --dead: only those for this channel.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many.")] = False,
    config: ConfigOption = None,
) -> None:
    """Make dead deliveries due again, with the same ids and bodies."""
    from alerts.store import deliveries as queries

    if not ids and not dead:
        raise typer.BadParameter("name the deliveries, or say --dead")
    if channel and not dead:
        raise typer.BadParameter("--channel goes with --dead")
    with writing(config) as connection:
        known = queries.dead_ids(connection, channel)
        unknown = [one for one in ids or [] if one not in known]
        if unknown:
            raise NotFound(f"{', '.join(unknown)}: no such dead delivery")
        wanted = known if dead else ids or []
        if not dry_run:
            queries.replay(connection, wanted, now=datetime.now(UTC))
    would = "would be" if dry_run else "are"
    print(f"{len(wanted)} deliveries {would} due again")


@sources.callback()
def all_sources(
    context: typer.Context, config: ConfigOption = None, fmt: FormatOption = Format.TABLE
) -> None:
    """The sources and their state."""
    if context.invoked_subcommand is None:
        list_sources(config, fmt)


@sources.command("list")
def list_sources(config: ConfigOption = None, fmt: FormatOption = Format.TABLE) -> None:
    """Every source: whether it works, what it brought, when it is asked next."""
    from alerts.store import listing

    with reading(config) as connection:
        rows = listing.list_sources(connection)
    columns = (
        "name",
        "kind",
        "state",
        "posts",
        "last_ok_at",
        "next_poll_at",
        "last_error",
        "health",
    )
    if fmt is Format.TABLE:
        # What is off stands beside what the source itself says.
        says = (
            [*row["health"], *(one["says"] for one in row["notices"] if one["kind"] != "failing")]
            for row in rows
        )
        rows = [{**row, "health": said} for row, said in zip(rows, says, strict=True)]
    show(rows, fmt, columns, "no source was polled yet: `tocsin once` or `tocsin run` does")


@sources.command("show")
def show_source(
    wanted: IdArgument, config: ConfigOption = None, fmt: FormatOption = Format.TABLE
) -> None:
    """One source."""
    from alerts.store import listing

    with reading(config) as connection:
        row = listing.show_source(connection, wanted)
    if row is None:
        raise NotFound(f"{wanted}: no such source was polled: see `tocsin sources list`")
    show_one(row, fmt)


@channels.command("list")
def list_channels(config: ConfigOption = None, fmt: FormatOption = Format.TABLE) -> None:
    """The channels that are switched off: their receiver is gone, or only failed for days."""
    from alerts.store import listing

    with reading(config) as connection:
        rows = listing.list_disabled(connection)
    show(rows, fmt, ("name", "disabled_at", "reason", "waiting"), "no channel is switched off")


@channels.command("enable")
def enable_channel(wanted: IdArgument, config: ConfigOption = None) -> None:
    """Send to a channel again; what waits for it goes out."""
    from alerts.store import deliveries as queries

    with writing(config) as connection:
        enabled = queries.enable_channel(connection, wanted)
        dead = len(queries.dead_ids(connection, wanted))
    if not enabled:
        raise NotFound(f"{wanted}: this channel is not switched off: see `tocsin channels list`")
    print(f"{wanted} is sent to again")
    if dead:
        print(
            f"{counted(dead, 'message')} for it {'is' if dead == 1 else 'are'} dead: "
            f"`tocsin deliveries replay --dead --channel {wanted}`"
        )
