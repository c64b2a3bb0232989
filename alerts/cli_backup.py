"""The commands that keep the database safe: backup, verify."""

from pathlib import Path
from typing import Annotated

import typer

from alerts.cli_read import ConfigOption, FormatOption
from alerts.listing import Format, show_one

app = typer.Typer()


def _database(config: Path | None) -> str:
    from alerts.opening import load_config

    return load_config(config, secrets=False).service.database


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")],
    config: ConfigOption = None,
) -> None:
    """Copy the database into a new file, also while the service runs."""
    from alerts.store.connect import back_up, open_to_read
    from alerts.store.soundness import count_rows

    back_up(_database(config), file)
    copy = open_to_read(f"sqlite:///{file}")
    counts = count_rows(copy)
    copy.close()
    told = ", ".join(f"{counts[name]} {name}" for name in ("posts", "events", "alerts"))
    print(f"{file}: {told}. To restore: stop the service, put it where service.database points")


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="A database file; by default the config's database.")
    ] = None,
    config: ConfigOption = None,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Check that a database is whole; exit code 1 and a line for each fault if it is not."""
    from alerts.store.connect import open_to_read
    from alerts.store.soundness import count_rows, find_faults

    store = open_to_read(f"sqlite:///{file}" if file else _database(config))
    try:
        faults = find_faults(store)
        rows = {} if faults else dict(count_rows(store))
    finally:
        store.close()
    show_one({"database": store.name, "sound": not faults, "faults": faults, "rows": rows}, fmt)
    if faults:
        raise typer.Exit(1)
