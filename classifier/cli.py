"""The commands `classify`, `train`, `evaluate` and `models`, as a Typer app to be joined.

Commands raise ClassifierError; main turns it into one line a problem on stderr and exit code 2.
Exit code 1 means findings: something was skipped, or a worse model refused.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import orjson
import typer

from classifier import artefact
from classifier.errors import ClassifierError, InputError
from classifier.inputs import Item
from classifier.labels import Tagging

if TYPE_CHECKING:
    from classifier.model import TopicModel

BATCH = 1000
"""Posts classified at a time."""

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and use the topic classifier.")
models_app = typer.Typer(no_args_is_help=True, help="The trained versions.")
app.add_typer(models_app, name="models")


class Format(StrEnum):
    """How data is printed."""

    table = "table"
    json = "json"
    jsonl = "jsonl"


class InputForm(StrEnum):
    """What the posts are written in."""

    auto = "auto"
    text = "text"
    jsonl = "jsonl"
    parquet = "parquet"


ModelsOption = Annotated[
    Path | None,
    typer.Option(
        "--models", help="Folder of trained versions. Default: $TOCSIN_MODELS or ./models."
    ),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="Version to use. Default: the current one.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]


@app.command()
def classify(
    file: Annotated[str, typer.Argument(help="A file, or - for standard input.")] = "-",
    format: FormatOption = Format.table,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add the terms behind each score.")
    ] = False,
    terms: Annotated[int, typer.Option(min=1, help="How many terms --explain gives a topic.")] = 10,
    form: Annotated[
        InputForm, typer.Option("--input", help="What FILE is written in.")
    ] = InputForm.auto,
    model: ModelOption = None,
    models: ModelsOption = None,
) -> None:
    """Tag posts: plain text (a post a line), JSONL with text (or title and body), or Parquet."""
    from classifier import inputs

    served = artefact.load(models or artefact.home(), model)
    skipped = 0

    def complain(line: str) -> None:
        nonlocal skipped
        skipped += 1
        typer.echo(f"skipped {line}", err=True)

    with _open(file) as (stream, name):
        items = inputs.read(stream, name, form.value, complain)
        rows = _classify(served, items, terms if explain else 0)
        _print_rows(rows, format)
    if skipped:
        raise typer.Exit(1)


def _classify(
    model: "TopicModel", items: Iterator[Item], terms: int
) -> Iterator[tuple[Item, Tagging]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield from zip(batch, model.tag([i.text for i in batch], terms=terms), strict=True)
            batch = []
    yield from zip(batch, model.tag([i.text for i in batch], terms=terms), strict=True)


def to_json(item_id: str, tagging: Tagging, *, official: bool = False) -> dict[str, Any]:
    """Return the row that `classify` prints for one post."""
    from classifier.relevance import weigh

    row: dict[str, Any] = {
        "id": item_id,
        "topics": {topic: round(p, 6) for topic, p in tagging.topics.items()},
        "tags": list(tagging.tags),
        "policy": {
            "grade": tagging.policy.grade,
            "at_least_2": round(tagging.policy.at_least_2, 6),
            "at_least_3": round(tagging.policy.at_least_3, 6),
        },
        "relevance": weigh(tagging.policy, tagging.topics, official=official).value,
        "model": tagging.model,
    }
    if tagging.terms:
        row["terms"] = {
            topic: [list(term) for term in found] for topic, found in tagging.terms.items()
        }
    return row


def _print_rows(rows: Iterator[tuple[Item, Tagging]], format: Format) -> None:
    write = sys.stdout.write
    if format is Format.table:
        write(f"{'ID':<20} {'REL':>3} {'POLICY':>6}  TOPICS\n")
        for item, tagging in rows:
            row = to_json(item.id, tagging)
            write(_line(row, item) + "\n")
        return
    if format is Format.jsonl:
        for item, tagging in rows:
            write(orjson.dumps(to_json(item.id, tagging)).decode() + "\n")
        return
    between = "[\n"
    for item, tagging in rows:
        write(between + orjson.dumps(to_json(item.id, tagging)).decode())
        between = ",\n"
    write("[]\n" if between == "[\n" else "\n]\n")


def _line(row: dict[str, Any], item: Item) -> str:
    """Return a post's line of the table, and one line a topic for its terms."""
    tags = ", ".join(f"{tag} {row['topics'][tag]:.2f}" for tag in row["tags"]) or "-"
    policy = row["policy"]
    grade = f"{policy['grade']} {policy['at_least_2']:.2f}"
    text = " ".join(item.text.split())
    shown = text if len(text) <= 70 else text[:69] + "…"
    lines = [f"{row['id']:<20} {row['relevance']:>3} {grade:>6}  {tags}  |  {shown}"]
    for topic, found in row.get("terms", {}).items():
        told = ", ".join(f"{term} {weight:+.2f}" for term, weight in found)
        lines.append(f"    {topic}: {told}")
    return "\n".join(lines)


@contextmanager
def _open(file: str) -> Iterator[tuple[BinaryIO, str]]:
    if file == "-":
        yield sys.stdin.buffer, "standard input"
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    with stream:
        yield stream, file


@app.command()
def train(
    corpus: Annotated[
        list[Path] | None,
        typer.Option("--corpus", help="Folder or file of labelled JSONL; may be repeated."),
    ] = None,
    gazetteer: Annotated[
        list[Path] | None,
        typer.Option("--gazetteer", help="Folder of NAME.tsv files; may be repeated."),
    ] = None,
    models: ModelsOption = None,
) -> None:
    """Train a new version from labelled posts and make it the current one."""
    from classifier.publish import publish
    from classifier.resources import shipped

    folder = models or artefact.home(writing=True)
    version = artefact.next_version(folder, datetime.now(UTC).date())
    with _progress() as progress:
        figures = publish(
            corpus or [shipped("data", "corpus")],
            gazetteer or [shipped("data", "gazetteer")],
            folder,
            version=version,
            progress=progress,
        )
    _print_figures(figures, Format.table, file=sys.stderr)
    typer.echo(version)


@contextmanager
def _progress() -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda now, done, steps: bar.update(
            task, description=now, completed=done, total=steps
        )


@app.command()
def evaluate(
    data: Annotated[Path, typer.Option("--data", help="Labelled JSONL to measure on.")],
    format: FormatOption = Format.table,
    model: ModelOption = None,
    models: ModelsOption = None,
) -> None:
    """Measure a version on labelled posts, beside keyword and majority baselines."""
    from classifier import corpus as corpora
    from classifier.evaluate import measure

    served = artefact.load(models or artefact.home(), model)
    examples = corpora.read([data], topics=served.topics).examples
    _print_figures(measure(served, examples), format, file=sys.stdout)


def _print_figures(figures: dict[str, Any], format: Format, *, file: Any) -> None:
    if format is not Format.table:
        option = orjson.OPT_INDENT_2 if format is Format.json else 0
        print(orjson.dumps(figures, option=option).decode(), file=file)
        return
    from classifier.report import to_lines

    for line in to_lines(figures):
        print(line, file=file)


@models_app.command("list")
def models_list(format: FormatOption = Format.table, models: ModelsOption = None) -> None:
    """All versions, oldest first; the current one is marked."""
    folder = models or artefact.home()
    now = artefact.current(folder) if (folder / artefact.CURRENT).exists() else None
    rows = [
        {"version": version, "current": version == now, **_summary(folder, version)}
        for version in artefact.versions(folder)
    ]
    if format is Format.table:
        print(f"  {'VERSION':<20} {'MACRO-F1':>8} {'ROWS':>6}  STATE")
        for row in rows:
            mark = "*" if row["current"] else " "
            f1 = "-" if row["macro_f1"] is None else f"{row['macro_f1']:.3f}"
            print(f"{mark} {row['version']:<20} {f1:>8} {row['rows'] or '-':>6}  {row['state']}")
        return
    _print_json(rows, format)


def _summary(folder: Path, version: str) -> dict[str, Any]:
    try:
        said = artefact.manifest(folder, version)
        artefact.verify(folder, version)
        state = "ok"
    except ClassifierError as error:
        said, state = {}, str(error)
    return {
        "macro_f1": said.get("metrics", {}).get("macro_f1"),
        "rows": said.get("corpus", {}).get("rows"),
        "state": state,
    }


def _print_json(rows: Sequence[Any], format: Format) -> None:
    if format is Format.json:
        print(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    for row in rows:
        print(orjson.dumps(row).decode())


@models_app.command("show")
def models_show(
    version: Annotated[str | None, typer.Argument(help="Default: the current one.")] = None,
    format: FormatOption = Format.table,
    models: ModelsOption = None,
) -> None:
    """A version's card, or its manifest as JSON."""
    folder = models or artefact.home()
    name = version or artefact.current(folder)
    said = artefact.manifest(folder, name)
    if format is not Format.table:
        _print_json([said], format) if format is Format.jsonl else print(
            orjson.dumps(said, option=orjson.OPT_INDENT_2).decode()
        )
        return
    card = folder / name / "card.md"
    print(card.read_text(encoding="utf-8") if card.is_file() else f"model {name} has no card")


@models_app.command("use")
def models_use(version: str, models: ModelsOption = None) -> None:
    """Make a version the current one, after verifying it."""
    folder = models or artefact.home(writing=True)
    artefact.use(folder, version)
    typer.echo(f"current: {version}")


@models_app.command("rollback")
def models_rollback(models: ModelsOption = None) -> None:
    """Make the version that was current before this one current again."""
    folder = models or artefact.home(writing=True)
    typer.echo(f"current: {artefact.rollback(folder)}")


def main() -> None:
    """Run the app; a ClassifierError becomes one line a problem and exit code 2."""
    try:
        app()
    except ClassifierError as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader has seen enough; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
