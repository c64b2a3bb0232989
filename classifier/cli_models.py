"""The commands `tocsin models ...`: list, show, use, roll back, compare and tune versions."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classifier import artefact
from classifier.errors import ClassifierError, InputError, ModelError
from classifier.options import (
    Format,
    FormatOption,
    ModelOption,
    ModelsOption,
    opened,
    print_document,
    print_rows,
)

if TYPE_CHECKING:
    from classifier.compare import HeldOut
    from classifier.model import TopicModel
    from classifier.tuning import Tuning

models_app = typer.Typer(no_args_is_help=True, help="The trained versions.")


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
    print_rows(rows, format)


def _summary(folder: Path, version: str) -> dict[str, Any]:
    try:
        said = artefact.manifest(folder, version)
        artefact.check_servable(folder, version)
        state = "ok"
    except ClassifierError as error:
        said, state = {}, str(error)
    return {
        "macro_f1": said.get("metrics", {}).get("macro_f1"),
        "rows": said.get("corpus", {}).get("rows"),
        "state": state,
    }


@models_app.command("show")
def models_show(
    version: Annotated[str | None, typer.Argument(help="Default: the current one.")] = None,
    format: FormatOption = Format.table,
    models: ModelsOption = None,
) -> None:
    """A version's card, or its manifest as JSON, once every file is what was saved."""
    folder = models or artefact.home()
    name = version or artefact.current(folder)
    said = artefact.manifest(folder, name)
    card = artefact.check_files(folder, name).get("card.md")
    if format is not Format.table:
        print_document(said, format)
        return
    print(f"model {name} has no card" if card is None else card.decode())


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


@models_app.command("compare")
def models_compare(
    before: Annotated[str, typer.Argument(metavar="A", help="A version.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The version to compare with it.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Labelled JSONL. Default: the rows that both held out."),
    ] = None,
    format: FormatOption = Format.table,
    models: ModelsOption = None,
) -> None:
    """How B differs from A on the same posts: a paired bootstrap of F1 for each topic."""
    from classifier.publish import compare_versions
    from classifier.report import comparison_lines

    found = compare_versions(models or artefact.home(), before, after, data)
    if format is not Format.table:
        print_document(found.to_json(), format)
        return
    for line in comparison_lines(found):
        print(line)


@models_app.command("tune")
def models_tune(
    stream: Annotated[str, typer.Option("--stream", help="Unlabelled posts as JSONL, or -.")],
    budget: Annotated[
        str | None, typer.Option("--budget", help="Posts for each topic, such as 10/day.")
    ] = None,
    precision: Annotated[
        float | None, typer.Option("--precision", help="Expected precision, such as 0.9.")
    ] = None,
    examples: Annotated[
        int, typer.Option("--examples", min=0, help="Posts shown of those that fall off.")
    ] = 5,
    write: Annotated[
        bool, typer.Option("--write", help="Store the thresholds as a new version.")
    ] = False,
    format: FormatOption = Format.table,
    model: ModelOption = None,
    models: ModelsOption = None,
) -> None:
    """Raise thresholds for an unlabelled stream, and say what falls off."""
    from classifier import inputs, publish, report, tuning

    if (budget is None) == (precision is None):
        raise InputError("give either --budget or --precision")
    if precision is not None and not 0 < precision < 1:
        raise InputError(f"precision must lie between 0 and 1, not be {precision:g}")
    goal = tuning.Goal(
        budget=None if budget is None else tuning.parse_budget(budget), precision=precision
    )
    folder = models or artefact.home(writing=write)
    served = artefact.serve(folder, model)
    held = publish.read_held_out(folder, served.version)
    if held is None:
        raise ModelError(
            f"model {served.version} holds no out-of-fold probabilities: retrain with "
            "`tocsin train`"
        )
    skipped: list[str] = []
    with opened(stream) as (file, name):
        posts = list(inputs.read(file, name, "jsonl", skipped.append))
    for line in skipped:
        typer.echo(f"skipped {line}", err=True)
    found = tuning.tune(served, held, posts, goal, examples=examples)
    if format is not Format.table:
        print_document(found.to_json(), format)
    else:
        for line in report.tuning_lines(found):
            print(line)
    if write:
        _store(folder, artefact.load(folder, served.version), held, found, Path(name).name)
    if skipped:
        raise typer.Exit(1)


def _store(
    folder: Path, served: "TopicModel", held: "HeldOut", found: "Tuning", stream: str
) -> None:
    from classifier import publish

    if not found.changed:
        typer.echo("no threshold changes: nothing stored", err=True)
        return
    version = artefact.next_version(folder, datetime.now(UTC).date())
    tuned = replace(
        served,
        version=version,
        thresholds=found.thresholds,
        grade_thresholds=found.grade_thresholds,
    )
    facts = {"stream": stream, "posts": found.posts, "days": found.days, "goal": str(found.goal)}
    publish.save_tuned(folder, tuned, held, source=served.version, facts=facts)
    typer.echo(f"stored {version}, not current: `tocsin models use {version}`", err=True)
