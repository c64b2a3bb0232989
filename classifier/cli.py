"""The commands `classify`, `train` and `evaluate`, joined with `models` in one Typer app.

Commands raise ClassifierError; main turns it into one line a problem on stderr and exit code 2.
Exit code 1 means findings: something was skipped, or a worse model refused.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from classifier import artefact
from classifier.cli_models import models_app
from classifier.errors import ClassifierError, InputError
from classifier.inputs import Item
from classifier.labels import Tagging
from classifier.options import (
    Format,
    FormatOption,
    ModelOption,
    ModelsOption,
    opened,
    print_document,
)
from classifier.terminal import as_json, inert

if TYPE_CHECKING:
    from classifier.scorer import Scorer

BATCH = 1000
"""Posts classified at a time."""

app = typer.Typer(no_args_is_help=True, help="Train, evaluate and use the topic classifier.")
app.add_typer(models_app, name="models")


class InputForm(StrEnum):
    """What the posts are written in."""

    auto = "auto"
    text = "text"
    jsonl = "jsonl"
    parquet = "parquet"


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

    served = artefact.serve(models or artefact.home(), model)
    skipped = 0

    def complain(line: str) -> None:
        nonlocal skipped
        skipped += 1
        typer.echo(f"skipped {line}", err=True)

    with opened(file) as (stream, name):
        items = inputs.read(stream, name, form.value, complain)
        rows = _classify(served, items, terms if explain else 0)
        _print_rows(rows, format)
    if skipped:
        raise typer.Exit(1)


def _classify(model: "Scorer", items: Iterator[Item], terms: int) -> Iterator[tuple[Item, Tagging]]:
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
            write(as_json(to_json(item.id, tagging)) + "\n")
        return
    between = "[\n"
    for item, tagging in rows:
        write(between + as_json(to_json(item.id, tagging)))
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
    return inert("\n".join(lines))


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
    keywords: Annotated[
        list[Path] | None,
        typer.Option(
            "--keywords", help="TSV file of terms that make a topic of its name; may be repeated."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make it current even if it is worse.")
    ] = False,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Measure one too; doubles the time.")
    ] = False,
    models: ModelsOption = None,
) -> None:
    """Train a new version from labelled posts; unless worse, it becomes the current one."""
    from classifier import report
    from classifier.publish import publish
    from classifier.resources import shipped

    folder = models or artefact.home(writing=True)
    version = artefact.next_version(folder, datetime.now(UTC).date())
    with _progress() as progress:
        published = publish(
            corpus or [shipped("data", "corpus")],
            gazetteer or [shipped("data", "gazetteer")],
            folder,
            version=version,
            progress=progress,
            keywords=keywords or (),
            force=force,
            learning_curve=learning_curve,
        )
    decision = published.decision
    lines = [*report.to_lines(published.figures), ""]
    if decision.comparison is not None and decision.comparison.rows:
        lines += [*report.comparison_lines(decision.comparison), ""]
    lines.append(f"{version} is {'' if decision.accepted else 'not '}current: {decision.why}")
    if not decision.accepted:
        lines.append(f"it is kept: `tocsin models use {version}`, or --force next time")
    for line in lines:
        typer.echo(line, err=True)
    typer.echo(version)
    if not decision.accepted:
        raise typer.Exit(1)


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
    save: Annotated[
        Path | None,
        typer.Option("--save", help="Folder to write metrics.json, a card and plots into."),
    ] = None,
    format: FormatOption = Format.table,
    model: ModelOption = None,
    models: ModelsOption = None,
) -> None:
    """Measure a version on labelled posts, beside keyword and majority baselines."""
    from classifier import corpus as corpora
    from classifier import report
    from classifier.evaluate import judge, measure

    served = artefact.load(models or artefact.home(), model)
    examples = corpora.read([data], topics=served.topics).examples
    verdicts = judge(served, examples)
    figures = measure(served, examples, verdicts)
    if save is not None:
        command = f"tocsin evaluate --data {data.name} --model {served.version}"
        facts = {"data": data.name}
        _save(
            save,
            {
                "metrics.json": orjson.dumps(figures, option=orjson.OPT_INDENT_2),
                **report.files(figures, examples, verdicts, facts, command=command),
            },
        )
    if format is Format.table:
        for line in report.to_lines(figures):
            print(line)
    else:
        print_document(figures, format)


def _save(folder: Path, contents: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, held in contents.items():
            (folder / name).write_bytes(held)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
    typer.echo(f"saved {', '.join(sorted(contents))} in {folder}", err=True)


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
