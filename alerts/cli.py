"""`tocsin`: the service's commands, joined with the classifier's."""

import asyncio
import importlib.metadata
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from traceback import format_exception
from typing import Annotated, Any

import typer
from rich.console import Console

from alerts import (
    cli_backtest,
    cli_backup,
    cli_correct,
    cli_labels,
    cli_operate,
    cli_read,
    cli_rules,
    cli_silences,
)
from alerts.cleaning import counted, plain
from alerts.cli_read import ConfigOption, FormatOption
from alerts.errors import AlertsError, ConfigError
from alerts.listing import Format, show, show_one
from alerts.redaction import redact
from classifier import cli as classifier_cli
from classifier.errors import ClassifierError
from classifier.terminal import inert

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Classifies posts on trade and technology policy and tells the right people once.",
)
app.add_typer(classifier_cli.app)
cli_read.events.add_typer(cli_correct.app)
app.add_typer(cli_read.app)
app.add_typer(cli_labels.app)
app.add_typer(cli_backup.app)
app.add_typer(cli_operate.app)
app.add_typer(cli_silences.app)
app.add_typer(cli_rules.app)
app.add_typer(cli_backtest.app)

EXIT_FINDINGS, EXIT_ERROR, EXIT_CONFIG, EXIT_INTERRUPTED = 1, 2, 78, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; turn what can go wrong into clear lines and a documented exit code.

    arguments: those of the process unless given.
    """
    try:
        app(arguments, prog_name="tocsin")
    except ConfigError as error:
        fail(error.mistakes, EXIT_CONFIG)
    except (AlertsError, ClassifierError) as error:
        fail(str(error).splitlines(), EXIT_ERROR)
    except KeyboardInterrupt:
        fail(["interrupted"], EXIT_INTERRUPTED)
    except SystemExit as leaving:
        # Typer leaves with 1 where a pipe's reader (head, less) has seen enough: nothing is wrong.
        if isinstance(leaving.__context__, BrokenPipeError):
            sys.exit(0)
        raise
    except Exception as error:  # noqa: BLE001 (a traceback is no answer to a user)
        from alerts.logs import log_level

        if log_level("warning") == "debug":
            print(inert(redact("".join(format_exception(error)))), end="", file=sys.stderr)
            sys.exit(EXIT_ERROR)
        told = plain(redact(f"unforeseen {type(error).__name__}: {error}"))
        fail([f"{told} (TOCSIN_LOG=debug shows where)"], EXIT_ERROR)


def fail(lines: Any, code: int) -> None:
    """Print one line for each thing that is wrong, and exit."""
    for line in lines:
        print(f"tocsin: {line}" if code != EXIT_CONFIG else line, file=sys.stderr)
    sys.exit(code)


@app.callback(invoke_without_command=True)
def top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Classifies posts on trade and technology policy and tells the right people once."""
    if version:
        print(f"tocsin {importlib.metadata.version('tocsin')}")
        raise typer.Exit
    from alerts.logs import write_logs

    write_logs("info" if context.invoked_subcommand == "run" else "warning")


@app.command()
def demo() -> None:
    """Play a recorded morning through the whole pipeline: no key, no network, no config."""
    from alerts import demo as recording_player
    from alerts.opening import load_config, open_pipeline
    from alerts.polls import PollReport
    from classifier.resources import shipped

    screen = Console(stderr=True, highlight=False, soft_wrap=True)
    said: set[str] = set()

    def say(tick: recording_player.Tick, reports: list[PollReport]) -> None:
        new = sum(report.new for report in reports)
        alerts = sum(len(report.alerts) for report in reports)
        screen.print(
            f"[bold]{tick.at:%H:%M}[/bold]  {new:2d} new posts, {alerts} to tell  "
            f"[dim]{tick.note}[/dim]"
        )
        notes = {
            f"{report.source}: {line}"
            for report in reports
            for line in ([report.error] if report.error else report.health)
        }
        for note in sorted(notes - said):
            screen.print(f"       [yellow]{note}[/yellow]")
        said.update(notes)

    screen.print("Loading the model ...")
    recording = recording_player.read_recording(shipped("data", "demo"))
    screen.print(f"Playing {recording.ticks[0].at:%A %d %B %Y} from six local sources.\n")
    score = recording_player.play(recording, lambda path: open_pipeline(load_config(path)), say)
    screen.print(
        f"\n[bold]{score.posts} posts became {score.alerts} messages[/bold]: "
        f"{score.alerts - score.updates} acts told once each, {score.updates} of them again when "
        f"its official text came. All else was silent: relays, echoes, noise.\nTry next:\n"
        '  echo "Beijing bans exports of gallium" | tocsin classify - --explain\n'
        "  tocsin init && tocsin check      a config of your own\n"
        "  tocsin once                      poll, decide and deliver, once\n"
        "  tocsin run                       the service"
    )


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("tocsin.yaml"),
) -> None:
    """Write a commented tocsin.yaml to start from."""
    from classifier.resources import shipped

    if path.exists():
        fail([f"{path} exists already: name another file, or move it away"], EXIT_ERROR)
    schema = path.with_name("tocsin.schema.json")
    for target, name in ((path, "tocsin.example.yaml"), (schema, schema.name)):
        try:
            target.write_bytes(shipped("data", name).read_bytes())
        except OSError as error:
            fail([f"{target} cannot be written: {error.strerror}"], EXIT_ERROR)
    print(f"{path} written, and {schema.name} beside it for your editor.")
    print(f"Edit it, then: tocsin check -c {path}")


@app.command()
def check(
    config: ConfigOption = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the config's JSON Schema for editors instead.")
    ] = False,
) -> None:
    """Check the config: every mistake with file, line, column and a suggestion."""
    from alerts.opening import load_config
    from classifier.resources import shipped

    if schema:
        print(shipped("data", "tocsin.schema.json").read_text(encoding="utf-8"), end="")
        return
    checked = load_config(config)
    for warning in checked.warnings:
        place = f"{warning.file}:{warning.line}:{warning.column}"
        print(f"{place}: warning: {warning.key}: {warning.message}", file=sys.stderr)
    counts = [
        counted(len(things), noun)
        for noun, things in (
            ("source", checked.sources),
            ("channel", checked.channels),
            ("rule", checked.rules),
            ("warning", checked.warnings),
        )
        if things or noun != "warning"
    ]
    shadow = sum(rule.shadow for rule in checked.rules)
    counts[2] += f" ({shadow} in shadow)" if shadow else ""
    print(f"{checked.path}: OK: {', '.join(counts)}; {checked.hash[:19]}")


@app.command()
def run(config: ConfigOption = None) -> None:
    """Run the service until SIGTERM or Ctrl-C; SIGHUP or a changed file reloads the config."""
    from alerts.opening import load_config, models_folder, only_pipeline
    from alerts.scheduler import Scheduler

    checked = load_config(config)

    async def serve() -> None:
        scheduler = Scheduler(pipeline, models_folder(checked))
        loop = asyncio.get_running_loop()
        for stopping in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(stopping, scheduler.stop)
        # A signal handler can't wait, so the reload is left to the next look at the files.
        loop.add_signal_handler(signal.SIGHUP, scheduler.reload_soon)
        await scheduler.run()

    with only_pipeline(checked, checked=True) as pipeline:
        asyncio.run(serve())


@app.command()
def once(
    config: ConfigOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Decide on a copy of the database; send nothing.")
    ] = False,
) -> None:
    """Poll every source now, classify, decide, deliver what is due, and exit."""
    from alerts.once import run_once
    from alerts.opening import load_config

    result = run_once(load_config(config), dry_run=dry_run)
    for report in result.reports:
        line = (
            report.error
            or f"{counted(report.found, 'post')}, {report.new:,} new, "
            f"{counted(len(report.alerts), 'alert')}"
        )
        print(f"{report.source}: {line}", file=sys.stderr)
        for note in (*report.health, *report.skipped):
            print(f"{report.source}: {note}", file=sys.stderr)
    for problem in result.tally.errors:
        print(f"tocsin: {problem}", file=sys.stderr)
    would = "would be sent" if dry_run else "sent"
    messages = counted(result.waiting if dry_run else result.tally.sent, "message")
    print(
        f"{counted(result.alerts, 'alert')}; {messages} {would}, "
        f"{result.tally.retried:,} to be tried again, {result.tally.dead:,} dead"
        + _waiting(result.held),
        file=sys.stderr,
    )
    if result.tally.dead or all(report.error for report in result.reports):
        raise typer.Exit(EXIT_FINDINGS)


def _waiting(held: int) -> str:
    wait = "waits" if held == 1 else "wait"
    return (
        f"; {counted(held, 'alert')} {wait} for a digest or the end of quiet hours" if held else ""
    )


@app.command()
def poll(
    source: Annotated[str, typer.Argument(help="The source's name in the config.")],
    config: ConfigOption = None,
    fmt: FormatOption = Format.TABLE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
) -> None:
    """Poll one source and show what it brought, tagged."""
    from alerts.once import poll_one
    from alerts.opening import load_config

    report, rows = poll_one(load_config(config), source, dry_run=dry_run)
    for note in (*report.health, *report.skipped):
        print(f"{source}: {note}", file=sys.stderr)
    if report.error:
        fail([f"{source}: {report.error}"], EXIT_ERROR)
    if report.more:
        note = "has more, and so many messages wait already that it is not asked for it now"
        print(f"{source}: {note}", file=sys.stderr)
    show(rows, fmt, ("published_at", "relevance", "grade", "tags", "title"), f"{source}: no posts")


@app.command()
def why(
    wanted: Annotated[str, typer.Argument(metavar="ID", help="A post, an event or an alert.")],
    config: ConfigOption = None,
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Tell why a post, event or alert was sent or not."""
    from alerts.opening import load_config, open_pipeline
    from alerts.telling import tell
    from alerts.why import why as explain

    pipeline = open_pipeline(load_config(config, secrets=False))
    try:
        with pipeline.store.read() as connection:
            found = explain(connection, pipeline, wanted)
    finally:
        pipeline.store.close()
    if fmt is not Format.TABLE:
        show_one(found, fmt)
        return
    for line in tell(found):
        print(line)


@app.command()
def acts(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="Texts, as classify reads.")
    ] = "-",
    fmt: FormatOption = Format.TABLE,
) -> None:
    """Read the policy act that each text reports, with the words it was read from."""
    from alerts.opening import by_field, open_reader, read_acts

    complaints: list[str] = []
    acts = read_acts(open_reader(), file, complaints.append)
    columns = ("id", "field", "value", "read_from")
    if fmt is Format.JSONL:
        for act in acts:
            show([act], fmt, columns, "")
    else:
        show(list(by_field(acts) if fmt is Format.TABLE else acts), fmt, columns, "no texts")
    if complaints:
        fail(complaints, EXIT_FINDINGS)


if __name__ == "__main__":
    main()
