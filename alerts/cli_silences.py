"""The commands for silences: what nobody wants to hear of for a while."""

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer

from alerts.cli_read import ConfigOption, FormatOption, reading, writing
from alerts.errors import NotFound
from alerts.listing import Format, show

app = typer.Typer()
silences = typer.Typer(help="What is not told for a while.", no_args_is_help=True)
app.add_typer(silences, name="silences")
app.add_typer(silences, name="silence", hidden=True)


@silences.command("add")
def add(
    rule: Annotated[str | None, typer.Option(help="Alerts of this rule.")] = None,
    topic: Annotated[str | None, typer.Option(help="Posts tagged with this topic.")] = None,
    event: Annotated[str | None, typer.Option(help="Alerts on this event, by its id.")] = None,
    source: Annotated[str | None, typer.Option(help="Posts from this source.")] = None,
    author: Annotated[str | None, typer.Option(help="Posts by this author.")] = None,
    words: Annotated[
        str | None, typer.Option(help="Posts with these words, or a /pattern/, in their text.")
    ] = None,
    lasting: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="For so long: 90m, 3h, 2d.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Until then: 2026-11-25T07:00, in service.timezone."),
    ] = None,
    comment: Annotated[str, typer.Option(help="Why, for those who read the list.")] = "",
    config: ConfigOption = None,
) -> None:
    """Silence alerts that all the given options fit; they are recorded, and not sent."""
    from alerts.ledger import Silence
    from alerts.opening import load_config
    from alerts.silencing import check_names, check_words, ends_at
    from alerts.store import silences as queries

    now = datetime.now(UTC)
    loaded = load_config(config, secrets=False)
    try:
        expires_at = ends_at(lasting, until, now, loaded.home.zone)
        check_words(words)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    limits = {"rule": rule, "topic": topic, "event": event, "source": source, "author": author,
              "words": words}  # fmt: skip
    if not any(limits.values()):
        raise typer.BadParameter(f"say what to silence: --{', --'.join(limits)}, or several")
    silence = Silence(id=f"s{secrets.token_hex(4)}", **limits)
    with writing(config) as connection:
        check_names(connection, loaded, silence)
        queries.add_silence(connection, silence, comment=comment, now=now, expires_at=expires_at)
    said = ", ".join(f"{name} {value}" for name, value in limits.items() if value)
    print(
        f"{silence.id} silences {said} until {expires_at:%Y-%m-%d %H:%M} UTC; "
        f"to hear it again sooner: tocsin silences expire {silence.id}"
    )


@silences.command("list")
def list_silences(
    config: ConfigOption = None,
    fmt: FormatOption = Format.TABLE,
    ended: Annotated[bool, typer.Option("--all", help="Those that ended, too.")] = False,
) -> None:
    """The silences that hold, newest first, and how many alerts each kept back."""
    from alerts.store import silences as queries

    with reading(config) as connection:
        rows = queries.list_silences(connection, datetime.now(UTC), ended=ended)
    columns = ("id", "state", "silences", "expires_at", "alerts", "comment")
    show(rows, fmt, columns, "nothing is silenced")


@silences.command("expire")
def expire(
    ids: Annotated[list[str], typer.Argument(metavar="ID...")], config: ConfigOption = None
) -> None:
    """End silences now; what comes from now on is told again."""
    from alerts.store import silences as queries

    now = datetime.now(UTC)
    with writing(config) as connection:
        wrong = [one for one in ids if not queries.expire(connection, one, now)]
        if wrong:
            raise NotFound(f"{', '.join(wrong)}: no such silence holds: see `tocsin silences list`")
    print(f"{', '.join(ids)} {'is' if len(ids) == 1 else 'are'} over")
