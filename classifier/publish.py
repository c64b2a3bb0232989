"""Train and save a version: corpus and gazetteer -> models/<version>/; the gate to `current`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier import artefact, compare, corpus, report
from classifier.collector import without_collector
from classifier.compare import Comparison, HeldOut
from classifier.corpus import Corpus
from classifier.errors import CorpusError, ModelDamaged, ModelError
from classifier.evaluate import (
    Figures,
    Verdicts,
    decide,
    evaluate,
    judge,
    measure,
    mistakes,
    name_thresholds,
)
from classifier.gazetteer import Gazetteer
from classifier.keywords import add_topics
from classifier.model import Parameters, TopicModel
from classifier.train import Progress, train

METRICS = "metrics.json"
THREADS = 1
"""Of linear algebra while training. Its vectors are short: more threads wait for each other, and
on a busy machine that took ten times as long."""

ENOUGH = 40_000
"""Rows that a fold learns from, of a corpus that has many: that is eight times as many as the
shipped corpus gives it, and each further fold costs nearly as much as a training."""

CURVE_FOLDS = 5
"""One of them is measured on; one to four others train the points of the learning curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a challenger becomes current, and why.

    comparison: with the champion, where both can be compared.
    """

    accepted: bool
    why: str
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A saved version, its cross-validated figures, and what the gate said of it."""

    version: str
    figures: Figures
    decision: Decision


@without_collector()
def publish(
    corpora: Sequence[Path],
    gazetteers: Sequence[Path],
    models_dir: Path,
    *,
    version: str,
    progress: Progress,
    parameters: Parameters | None = None,
    keywords: Sequence[Path] = (),
    force: bool = False,
    learning_curve: bool = False,
) -> Published:
    """Train on these files and save the version whole; it becomes current if the gate lets it.

    keywords: lists of terms, a further topic each (classifier/keywords.py).
    force: make it current whatever the gate says. Raise CorpusError, ModelError.
    """
    labelled, terms = add_topics(corpus.read(corpora), Gazetteer.load(*gazetteers), keywords)
    chosen = parameters or Parameters(folds=choose_folds(len(labelled.examples)))
    with threadpool_limits(limits=THREADS):
        trained = train(labelled, terms, chosen, version=version, progress=progress)
    model = trained.model
    verdicts = decide(model.topics, trained.held_out, model.thresholds, model.grade_thresholds)
    figures = measure(model, labelled.examples, verdicts, trained.concepts)
    if learning_curve:
        figures["learning"] = learn(labelled, terms, chosen, progress)
    held = compare.hold_out(
        labelled.examples,
        model.topics,
        trained.held_out,
        model.thresholds,
        model.grade_thresholds,
    )
    decision = judge_challenger(models_dir, held, version, force=force)
    facts = _facts(labelled, terms, chosen, figures, decision)
    artefact.save(
        models_dir,
        model,
        facts=facts,
        files={
            METRICS: orjson.dumps(figures, option=orjson.OPT_INDENT_2),
            compare.HELD_OUT: compare.pack(held),
            **report.files(
                figures,
                labelled.examples,
                verdicts,
                facts,
                command=_command(corpora, gazetteers, keywords),
            ),
        },
    )
    if decision.accepted:
        artefact.use(models_dir, version)
    return Published(version=version, figures=figures, decision=decision)


def choose_folds(rows: int) -> int:
    """Return how many folds cross-validation has: five, or fewer that learn from ENOUGH rows."""
    return next((folds for folds in range(2, 5) if rows * (folds - 1) >= ENOUGH * folds), 5)


def _facts(
    labelled: corpus.Corpus,
    terms: Gazetteer,
    parameters: Parameters,
    figures: Figures,
    decision: Decision,
) -> dict[str, Any]:
    """Return what a manifest says of where its version comes from."""
    return {
        "corpus": {"fingerprint": labelled.fingerprint, "rows": len(labelled.examples)},
        "gazetteer": {"fingerprint": terms.fingerprint, "terms": len(terms.entries)},
        "parameters": asdict(parameters),
        "metrics": {"macro_f1": figures["macro_f1"]},
        "gate": to_facts(decision),
    }


def judge_challenger(
    models_dir: Path, challenger: HeldOut, version: str, *, force: bool = False
) -> Decision:
    """Return whether a version may become current: unless the one that is does a head better.

    Both are judged by their out-of-fold probabilities, at the thresholds that training chose.
    """
    if not (models_dir / artefact.CURRENT).exists():
        return Decision(accepted=True, why="there was no current version")
    try:
        champion = artefact.current(models_dir)
        held = read_held_out(models_dir, champion)
    except ModelError as error:
        return Decision(accepted=True, why=f"the current version cannot be read: {error}")
    if held is None:
        return Decision(
            accepted=True,
            why=f"the current version {champion} holds no out-of-fold probabilities to compare",
        )
    found = compare.compare_held_out(held, challenger, names=(champion, version))
    tuned = "tuned" in artefact.manifest(models_dir, champion)
    note = f"; the thresholds of {champion} were tuned, tune these too" if tuned else ""
    if not found.rows:
        why, fine = f"it shares no row with the current version {champion}", True
    elif found.worse:
        why, fine = f"worse than {champion} in {', '.join(found.worse)}", False
    else:
        why, fine = f"not worse than {champion} on {found.rows} rows", True
    forced = " (forced)" if force and not fine else ""
    return Decision(accepted=fine or force, why=why + forced + note, comparison=found)


def read_held_out(models_dir: Path, version: str) -> HeldOut | None:
    """Return a version's out-of-fold probabilities; None where it holds none."""
    file = artefact.read_file(models_dir, version, compare.HELD_OUT)
    if file is None:
        return None
    try:
        return compare.unpack(file)
    except ValueError as error:
        raise ModelDamaged(f"{models_dir / version / compare.HELD_OUT} {error}") from error


def compare_versions(
    models_dir: Path, before: str, after: str, data: Path | None = None
) -> Comparison:
    """Return how two versions differ on labelled rows, or on the rows both have held out.

    Raise ModelError, CorpusError.
    """
    if data is not None:
        first, second = artefact.load(models_dir, before), artefact.load(models_dir, after)
        topics = tuple(dict.fromkeys((*first.topics, *second.topics)))
        examples = corpus.read([data], topics=topics).examples
        return compare.compare(
            examples, judge(first, examples), judge(second, examples), names=(before, after)
        )
    both = [(name, read_held_out(models_dir, name)) for name in (before, after)]
    told: list[tuple[HeldOut, Verdicts]] = []
    for name, held in both:
        if held is None:
            raise ModelError(
                f"model {name} holds no out-of-fold probabilities: name rows with --data"
            )
        said = artefact.manifest(models_dir, name)
        told.append((held, held.verdicts(said["thresholds"], said["grade_thresholds"])))
    (one, first_said), (two, second_said) = told
    found = compare.compare_held_out(
        one, two, names=(before, after), verdicts=(first_said, second_said)
    )
    if not found.rows:
        raise ModelError(f"models {before} and {after} share no row: name rows with --data")
    return found


def save_tuned(
    models_dir: Path,
    model: TopicModel,
    held: HeldOut,
    *,
    source: str,
    facts: Mapping[str, Any],
) -> None:
    """Save a version with the weights of another and thresholds of its own; it is not current.

    model: with its own version and thresholds. source: the version that the weights are from.
    facts: what the manifest says of the tuning.
    """
    before = artefact.manifest(models_dir, source)
    verdicts = held.verdicts(model.thresholds, model.grade_thresholds)
    metrics = artefact.read_file(models_dir, source, METRICS)
    figures = measure_again(model, held, verdicts, orjson.loads(metrics or b"{}"))
    kept: Figures = {
        key: before[key] for key in ("corpus", "gazetteer", "parameters") if key in before
    }
    said = {
        **kept,
        "metrics": {"macro_f1": figures["macro_f1"]},
        "tuned": {"from": source, **facts},
    }
    artefact.save(
        models_dir,
        model,
        facts=said,
        files={
            METRICS: orjson.dumps(figures, option=orjson.OPT_INDENT_2),
            compare.HELD_OUT: compare.pack(held),
            **report.files(
                figures,
                held.examples,
                verdicts,
                said,
                command=f"tocsin models tune --model {source} ... --write",
            ),
        },
    )


def measure_again(model: TopicModel, held: HeldOut, verdicts: Verdicts, before: Figures) -> Figures:
    """Return figures at other thresholds; baselines and learning curve are those of before."""
    figures = evaluate(held.examples, verdicts, model=model.version)
    name_thresholds(figures, model.thresholds, model.grade_thresholds)
    kept: Figures = {key: before[key] for key in ("baselines", "learning") if key in before}
    return {**figures, **kept, **mistakes(held.examples, verdicts)}


def learn(
    labelled: Corpus, terms: Gazetteer, parameters: Parameters, progress: Progress
) -> list[Figures]:
    """Return the points of a learning curve: rows trained on, figures on the same fifth of rows."""
    fold = corpus.deal(labelled.examples, CURVE_FOLDS)
    tested = [labelled.examples[row] for row in np.flatnonzero(fold == 0).tolist()]
    points: list[Figures] = []
    for parts in range(1, CURVE_FOLDS):
        progress(f"learning curve {parts} of {CURVE_FOLDS - 1}", parts, CURVE_FOLDS)
        rows = np.flatnonzero((fold > 0) & (fold <= parts)).tolist()
        part = Corpus(
            examples=tuple(labelled.examples[row] for row in rows),
            topics=labelled.topics,
            places=tuple(labelled.places[row] for row in rows),
        )
        try:
            with threadpool_limits(limits=THREADS):
                model = train(part, terms, replace(parameters, folds=2), version="part").model
        except CorpusError:
            # A rare topic is not in every part; the curve begins where it is.
            continue
        one = measure(model, tested, judge(model, tested))
        points.append(
            {
                "rows": len(rows),
                "macro_f1": one["macro_f1"],
                "macro_f1_interval": one["macro_f1_interval"],
                "policy_at_least_2_f1": one["policy"]["at_least_2"]["f1"],
            }
        )
    return points


def to_facts(decision: Decision) -> dict[str, Any]:
    """Return the decision as a manifest holds it."""
    found = decision.comparison
    return {
        "accepted": decision.accepted,
        "why": decision.why,
        "comparison": found.to_json() if found is not None else None,
    }


def _command(corpora: Sequence[Path], gazetteers: Sequence[Path], keywords: Sequence[Path]) -> str:
    """Return the command that trains this again, files named as seen from this folder."""
    words = [f"--corpus {_near(path)}" for path in corpora]
    words += [f"--gazetteer {_near(path)}" for path in gazetteers]
    words += [f"--keywords {_near(path)}" for path in keywords]
    return " ".join(["tocsin train", *words])


def _near(path: Path) -> str:
    """Return a path that says nothing of the machine."""
    if not path.is_absolute():
        return str(path)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else "/".join(path.parts[-2:])
