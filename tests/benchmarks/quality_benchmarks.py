"""Trains the classifier's engine on two published text collections, beside published figures.

python tests/benchmarks/quality_benchmarks.py [--data FOLDER] [--only r8|r90]

FOLDER holds `reuters21578/*.sgm` (Reuters-21578 as it was published) and `r8/train.txt` and
`r8/test.txt` (a class, a tab and a text on each line). The features and their weighing are those
of `tocsin train` without the gazetteer, whose concepts are of another field; the heads are the
same linear support vector machines. Strength and thresholds come from cross-validation on the
training part; the test part is scored once.
"""

import argparse
import html
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from classifier.features import Reading, read
from classifier.gazetteer import Gazetteer
from classifier.model import Parameters, make_features

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STRENGTHS = (1.0, 4.0, 16.0)
"""Values of C that cross-validation chooses from."""

PULLS = (1.0, 2.0, 5.0, 10.0, 20.0)
"""How many positives the common threshold counts as, beside a class's own."""

FOLDS = 4
SEED = 20261125
PUBLISHED = {
    "R8": (
        ("TF-IDF + logistic regression", "accuracy .9374"),
        ("fastText", "accuracy .9613"),
        ("TextGCN", "accuracy .9707"),
        ("WideMLP", "accuracy .9727"),
    ),
    "R90": (("linear SVM (Yang and Liu, 1999)", "micro-F1 .8599"),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A collection in its published split: readings, and labels as texts x classes."""

    train: list[Reading]
    train_labels: Flags
    test: list[Reading]
    test_labels: Flags


def read_r8(folder: Path) -> Task:
    """Read the R8 split: one class a text."""
    parts = [
        [line.split("\t", 1) for line in (folder / name).read_text("utf-8").splitlines() if line]
        for name in ("train.txt", "test.txt")
    ]
    train, test = ([({label}, text) for label, text in rows] for rows in parts)
    return make_task(train, test)


def read_r90(folder: Path) -> Task:
    """Read the ModApte split of Reuters-21578: the classes with a text in both parts."""
    parts: dict[str, list[tuple[set[str], str]]] = {"TRAIN": [], "TEST": []}
    for file in sorted(folder.glob("*.sgm")):
        story = r"<REUTERS ([^>]*)>(.*?)</REUTERS>"
        for head, body in re.findall(story, file.read_text("latin-1"), re.DOTALL):
            told = dict(re.findall(r'(\w+)="([^"]*)"', head))
            if told["TOPICS"] == "YES" and told["LEWISSPLIT"] in parts:
                classes = set(re.findall(r"<D>(.*?)</D>", _inside(body, "TOPICS")))
                parts[told["LEWISSPLIT"]].append((classes, story_text(body)))
    common = {
        one for classes, _ in parts["TRAIN"] for one in classes
    } & {one for classes, _ in parts["TEST"] for one in classes}  # fmt: skip
    train, test = (
        [(classes & common, text) for classes, text in rows if classes & common]
        for rows in parts.values()
    )
    return make_task(train, test)


def story_text(body: str) -> str:
    """Return a story's title and body, without tags, place and date line."""
    text = re.sub(r"<(DATELINE|AUTHOR)>.*?</\1>", "\n", _inside(body, "TEXT"), flags=re.DOTALL)
    text = re.sub(r"</?(TITLE|BODY)>", ". ", text)
    return " ".join(html.unescape(re.sub(r"&#\d+;", " ", text)).split())


def _inside(body: str, tag: str) -> str:
    found = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", body, re.DOTALL)
    return found[1] if found else ""


def make_task(train: list[tuple[set[str], str]], test: list[tuple[set[str], str]]) -> Task:
    """Return the task of these texts with their classes."""
    none = Gazetteer.build([])
    classes = sorted({one for held, _ in train for one in held})

    def labels(rows: list[tuple[set[str], str]]) -> Flags:
        return np.array([[one in held for one in classes] for held, _ in rows])

    return Task(
        train=[read(text, none) for _, text in train],
        train_labels=labels(train),
        test=[read(text, none) for _, text in test],
        test_labels=labels(test),
    )


def weigh(train: Sequence[Reading], others: Sequence[Reading]) -> tuple[csr_matrix, csr_matrix]:
    """Return weighed features of both; only the first decide features and weights."""
    shipped = Parameters().blocks
    blocks = {name: block for name, block in shipped.items() if name != "concepts"}
    features = make_features(Parameters(blocks=blocks))
    return csr_matrix(features.fit_transform(train)), csr_matrix(features.transform(others))


def fit_and_score(rows: csr_matrix, labels: Flags, others: csr_matrix, strength: float) -> Floats:
    """Return the scores of other rows, texts x classes."""

    def one(held: Flags) -> Any:
        if not held.any():
            return np.full(others.shape[0], -1.0)
        machine = LinearSVC(C=strength, tol=1e-3, random_state=SEED)
        return machine.fit(rows, held).decision_function(others)

    return np.array(Parallel(n_jobs=2, prefer="threads")(delayed(one)(h) for h in labels.T)).T


def deal(labels: Flags) -> NDArray[np.int64]:
    """Return a fold for each row, every set of classes spread evenly."""
    shuffled = np.random.default_rng(SEED).permutation(len(labels))
    order = shuffled[np.lexsort(labels[shuffled].T)]
    folds = np.zeros(len(labels), dtype=np.int64)
    folds[order] = np.arange(len(labels)) % FOLDS
    return folds


def hold_out(task: Task, folds: NDArray[np.int64]) -> dict[float, Floats]:
    """Return out-of-fold scores of the training part for each strength."""
    scores = {strength: np.zeros(task.train_labels.shape) for strength in STRENGTHS}
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        rows, held = weigh([task.train[i] for i in inside], [task.train[i] for i in outside])
        for strength in STRENGTHS:
            labels = task.train_labels[inside]
            scores[strength][outside] = fit_and_score(rows, labels, held, strength)
    return scores


def best_threshold(scores: Floats, labels: Flags) -> float:
    """Return the score at which F1 is best, halfway to the next lower one."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(labels) + 1) + labels.sum())
    best = int(f1.argmax())
    below = order[min(best + 1, len(order) - 1)]
    return float(scores[order[best]] + scores[below]) / 2


def thresholds(scores: Floats, labels: Flags, pull: float) -> Floats:
    """Return one a class: its own best, drawn to the common best where positives are few."""
    common = best_threshold(scores.ravel(), labels.ravel())
    counts = labels.sum(axis=0)
    own = np.array([best_threshold(*pair) for pair in zip(scores.T, labels.T, strict=True)])
    drawn: Floats = (counts * np.where(counts > 0, own, 0) + pull * common) / (counts + pull)
    return drawn


def f1(said: Flags, labels: Flags) -> tuple[float, float]:
    """Return micro-F1 and macro-F1."""
    hits, total = (said & labels).sum(axis=0), said.sum(axis=0) + labels.sum(axis=0)
    return float(2 * hits.sum() / total.sum()), float((2 * hits / np.maximum(total, 1)).mean())


def held_out_f1(scores: Floats, labels: Flags, pull: float, folds: NDArray[np.int64]) -> float:
    """Return the mean of micro-F1 and macro-F1 with thresholds from the other folds."""
    said = np.zeros(labels.shape, dtype=bool)
    for fold in range(FOLDS):
        inside, outside = folds != fold, folds == fold
        said[outside] = scores[outside] >= thresholds(scores[inside], labels[inside], pull)
    return sum(f1(said, labels)) / 2


def accuracy(scores: Floats, labels: Flags) -> float:
    """Return the share of texts whose best-scored class is theirs."""
    return float(labels[np.arange(len(labels)), scores.argmax(axis=1)].mean())


def run_r8(folder: Path) -> str:
    """Return the figures on R8."""
    task = read_r8(folder)
    held = hold_out(task, deal(task.train_labels))
    found = {strength: accuracy(scores, task.train_labels) for strength, scores in held.items()}
    strength = max(found, key=found.__getitem__)
    rows, others = weigh(task.train, task.test)
    scores = fit_and_score(rows, task.train_labels, others, strength)
    return (
        f"accuracy {accuracy(scores, task.test_labels):.4f}   "
        f"(cross-validated {found[strength]:.4f}, C={strength:g})"
    )


def run_r90(folder: Path) -> str:
    """Return the figures on Reuters-21578, ModApte, 90 classes."""
    task = read_r90(folder)
    folds = deal(task.train_labels)
    held = hold_out(task, folds)
    found = {
        (strength, pull): held_out_f1(scores, task.train_labels, pull, folds)
        for strength, scores in held.items()
        for pull in PULLS
    }
    strength, pull = max(found, key=found.__getitem__)
    needed = thresholds(held[strength], task.train_labels, pull)
    rows, others = weigh(task.train, task.test)
    scores = fit_and_score(rows, task.train_labels, others, strength)
    micro, macro = f1(scores >= needed, task.test_labels)
    return (
        f"micro-F1 {micro:.4f}, macro-F1 {macro:.4f}   ({len(task.train)} / {len(task.test)} "
        f"texts, {task.train_labels.shape[1]} classes, C={strength:g}, pull {pull:g})"
    )


def main() -> None:
    """Print each collection's table."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = Path(__file__).resolve().parents[3] / "shared" / "benchmarks"
    parser.add_argument("--data", type=Path, default=shared)
    parser.add_argument("--only", choices=("r8", "r90"))
    asked = parser.parse_args()

    runs = {"R8": (run_r8, "r8"), "R90": (run_r90, "reuters21578")}
    for name, (run, folder) in runs.items():
        if asked.only not in (None, name.lower()):
            continue
        if not (asked.data / folder).is_dir():
            parser.exit(2, f"{asked.data / folder}: no such folder; name its parent with --data\n")
        began = time.perf_counter()
        figures = run(asked.data / folder)
        print(f"{name}, {time.perf_counter() - began:.0f} s")
        for who, figure in (*PUBLISHED[name], ("Tocsin's engine", figures)):
            print(f"  {who:34} {figure}", flush=True)


if __name__ == "__main__":
    main()
