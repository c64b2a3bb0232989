"""The commands for whoever runs the service: what is off, what was configured when."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alerts.cleaning import plain
from alerts.cli_read import ConfigOption, FormatOption, LimitOption, reading
from alerts.errors import NotFound
from alerts.listing import Format, cell, show, show_one
from classifier.terminal import inert

if TYPE_CHECKING:
    from sqlalchemy import Connection


app = typer.Typer()
configs = typer.Typer(help="Every config that was live.", no_args_is_help=True)
app.add_typer(configs, name="configs")
notices = typer.Typer(help="What fell silent, or is off otherwise.", no_args_is_help=True)
app.add_typer(notices, name="notices")

HashArgument = Annotated[str, typer.Argument(metavar="HASH", help="Its beginning is enough.")]
SHORT = len("sha256:") + 12


@configs.command("list")
def list_configs(
    config: ConfigOption = None, fmt: FormatOption = Format.TABLE, limit: LimitOption = 50
) -> None:
    """The configs that were live, the newest first: since when, and how many alerts each made."""
    from alerts.store import configs as queries
    from alerts.store.listing import iso

    with reading(config) as connection:
        lives = queries.list_lives(connection, limit)
        live = queries.live_config(connection)
    rows = [
        {
            "hash": row.hash,
            "live_since": iso(row.since),
            "alerts": row.alerts or 0,
            "live": row.hash == live and place == 0,
        }
        for place, row in enumerate(lives)
    ]
    if fmt is Format.TABLE:
        rows = [{**row, "hash": row["hash"][:SHORT]} for row in rows]
    show(rows, fmt, ("hash", "live_since", "live", "alerts"), "no config was live yet")


@configs.command("show")
def show_config(
    wanted: HashArgument, config: ConfigOption = None, fmt: FormatOption = Format.TABLE
) -> None:
    """One config as it stood, defaults filled in and secrets left out."""
    import yaml

    from alerts.configs import SECTIONS
    from alerts.store import configs as queries
    from alerts.store.listing import iso

    with reading(config) as connection:
        row = find(connection, wanted)
        lives = queries.lives_of(connection, row["hash"])
    times = [{"from": iso(since), "until": iso(until)} for since, until in lives]
    if fmt is not Format.TABLE:
        show_one({"hash": row["hash"], "live": times, "config": row["config"]}, fmt)
        return
    print(f"# {row['hash']}")
    for time in times:
        print(f"# live from {time['from']} {'until ' + time['until'] if time['until'] else 'on'}")
    sections = {name: _briefly(row["config"][name]) for name in ("service", *SECTIONS)
                if name in row["config"]}  # fmt: skip
    if "service" not in sections:
        print("# An older version kept its rules alone.")
    spelt = yaml.safe_dump(sections, sort_keys=False, allow_unicode=True, width=100)
    print(inert(spelt), end="")


def _briefly(section: Any) -> Any:
    from alerts.configs import brief

    return brief(section) if isinstance(section, Mapping) else [brief(entry) for entry in section]


@configs.command("diff")
def diff_configs(
    old: Annotated[str, typer.Argument(metavar="A", help="The older one's hash.")],
    new: Annotated[str, typer.Argument(metavar="B", help="The newer one's hash.")],
    config: ConfigOption = None,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """What differs between two configs, key by key."""
    from alerts.configs import differences

    with reading(config) as connection:
        rows = differences(find(connection, old)["config"], find(connection, new)["config"])
    if fmt is not Format.TABLE:
        show(rows, fmt, (), "")
        return
    if not rows:
        print("no difference; secrets are not compared")
    for row in rows:
        place = ": ".join(str(row[part]) for part in ("section", "name", "key") if row[part])
        if row["change"] == "changed":
            print(f"~ {place}: {_spelt(row['old'])} -> {_spelt(row['new'])}")
        else:
            sign, entry = ("-", row["old"]) if row["change"] == "removed" else ("+", row["new"])
            print(f"{sign} {place}: {_spelt(entry)}")


def _spelt(value: Any) -> str:
    """Return a value of a config as one cell; what is false or 0 may be meant so."""
    from alerts.configs import brief

    if not isinstance(value, Mapping):
        return cell(value)
    parts = (f"{plain(name)} {_spelt(inner)}" for name, inner in brief(value).items())
    return ", ".join(parts) or "-"


@app.command()
def selftest(
    config: ConfigOption = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="Where to; by default service.operator.")
    ] = None,
    fmt: FormatOption = Format.TABLE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Send nothing.")] = False,
) -> None:
    """Send a test message through every stage, to a channel and back; exit 1 if it is lost."""
    from alerts import selftest as course
    from alerts.opening import load_config

    rows: list[dict[str, Any]] = []

    def tell(stage: course.Stage) -> None:
        milliseconds = round(stage.seconds * 1000)
        rows.append(
            {"stage": stage.name, "ok": stage.ok, "milliseconds": milliseconds, "says": stage.says}
        )
        if fmt is Format.TABLE:
            sign = "ok    " if stage.ok else "FAILED"
            print(
                f"{sign}  {stage.name:<9}  {milliseconds:>6,} ms  {plain(stage.says)}", flush=True
            )

    arrived = course.run(
        load_config(config), channel, dry_run=dry_run, clock=lambda: datetime.now(UTC), tell=tell
    )
    if fmt is not Format.TABLE:
        show(rows, fmt, (), "")
    if not arrived:
        raise typer.Exit(1)


@notices.command("list")
def list_notices(
    config: ConfigOption = None, fmt: FormatOption = Format.TABLE, limit: LimitOption = 50
) -> None:
    """What is off now, then what was: since when, what is the matter, what to check."""
    from alerts.store import listing

    with reading(config) as connection:
        rows = listing.list_notices(connection, limit)
    if fmt is Format.TABLE:
        rows = [{**row, "what": f"{row['about']} {row['name']}"} for row in rows]
    columns = ("kind", "what", "since", "ended_at", "says", "check")
    show(rows, fmt, columns, "nothing is off, and nothing was")


def find(connection: "Connection", wanted: str) -> dict[str, Any]:
    """Return the one config whose hash begins so. Raises NotFound."""
    from alerts.store import configs as queries

    found = queries.find_configs(connection, wanted)
    if len(found) != 1:
        what = "more than one config begins so" if found else "no config of this hash was live"
        raise NotFound(f"{wanted}: {what}: see `tocsin configs list`")
    return {"hash": found[0].hash, "config": found[0].document or {"rules": found[0].rules}}
