"""Measures what each choice in the classifier's engine is worth on texts of another kind.

python tests/benchmarks/ablation.py [--only WORD]

Each file of data/corpus was written apart from the others, with its own fields, styles and
lengths. A model is trained on all files but one and scores that one; so for every file, and for
every variant of the engine. Near-duplicates of the file left out are left out of training too.
Figures are means over files: average precision, F1 with the threshold that was best on the other
files' scores, and log-loss of probabilities calibrated over all files (in thousandths).
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifier import corpus
from classifier.counts import see
from classifier.evaluate import average_precision
from classifier.gazetteer import Gazetteer
from classifier.model import Block, Parameters
from classifier.resources import shipped
from classifier.tagging import Floats
from classifier.train import calibrate, fit, label_matrix, stack, weigh

FEWEST = 10
"""Positives that a file needs to count for a head's average precision and F1."""

Fit = Callable[[csr_matrix, Floats, Parameters], tuple[Floats, Floats]]
AS_SHIPPED = Parameters()


def fit_logistic(rows: csr_matrix, labels: Floats, parameters: Parameters) -> tuple[Floats, Floats]:
    """Return weights and starts of logistic regressions in place of the machines."""
    made = [
        LogisticRegression(C=parameters.strength, max_iter=3000, tol=1e-5).fit(rows, held)
        for held in labels.T
    ]
    return np.array([one.coef_[0] for one in made]), np.array([one.intercept_[0] for one in made])


def blocks(**changed: Block | None) -> Parameters:
    """Return the shipped parameters with blocks changed, or left out (None)."""
    found = {**AS_SHIPPED.blocks, **changed}
    kept = {name: block for name, block in found.items() if block is not None}
    return replace(AS_SHIPPED, blocks=kept)


def plain_scales() -> Parameters:
    """Return the shipped parameters with every block at length 1."""
    return replace(AS_SHIPPED, blocks={name: Block() for name in AS_SHIPPED.blocks})


VARIANTS: Mapping[str, tuple[Parameters, Fit]] = {
    "as shipped": (AS_SHIPPED, fit),
    "without words": (blocks(words=None), fit),
    "without pieces": (blocks(pieces=None), fit),
    "without concepts": (blocks(concepts=None), fit),
    "without opening": (blocks(opening=None), fit),
    "concepts alone": (blocks(words=None, pieces=None, opening=None), fit),
    "every block at length 1": (plain_scales(), fit),
    "features in one text or more": (
        replace(AS_SHIPPED, blocks={n: replace(b, min_df=1) for n, b in AS_SHIPPED.blocks.items()}),
        fit,
    ),
    "half the strength": (replace(AS_SHIPPED, strength=AS_SHIPPED.strength / 2), fit),
    "twice the strength": (replace(AS_SHIPPED, strength=AS_SHIPPED.strength * 2), fit),
    "logistic loss, C = 4": (replace(AS_SHIPPED, strength=4.0), fit_logistic),
    "logistic loss, C = 8": (replace(AS_SHIPPED, strength=8.0), fit_logistic),
    "logistic loss, C = 4, length 1, without opening": (
        replace(
            AS_SHIPPED,
            strength=4.0,
            blocks={name: Block() for name in ("words", "pieces", "concepts")},
        ),
        fit_logistic,
    ),
}


def score_each_file(
    labelled: corpus.Corpus, files: NDArray[np.str_], gazetteer: Gazetteer, variant: str
) -> Floats:
    """Return the scores, rows x heads, each from a model that has not seen the row's file."""
    parameters, fitting = VARIANTS[variant]
    texts = [example.text for example in labelled.examples]
    groups = corpus.group(texts)
    held_texts = stack(see(texts, gazetteer, parameters).blocks)
    labels = label_matrix(labelled)
    scores = np.zeros(labels.shape)
    for file in np.unique(files):
        outside = np.flatnonzero(files == file)
        inside = np.flatnonzero((files != file) & ~np.isin(groups, groups[outside]))
        rows, held = weigh(held_texts, inside, outside)
        weights, starts = fitting(rows, labels[inside], parameters)
        scores[outside] = held @ weights.T + starts
    return scores


def best_cut(scores: Floats, labels: Floats) -> float:
    """Return the score from which F1 is best."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    f1 = 2 * hits / (np.arange(1, len(labels) + 1) + labels.sum())
    return float(scores[order[int(f1.argmax())]])


def judge(scores: Floats, labels: Floats, files: NDArray[np.str_]) -> tuple[float, float, float]:
    """Return one head's average precision, F1 and log-loss, means over files."""
    precisions, f1s, losses = [], [], []
    slope, offset = calibrate(scores, labels)
    surprise = np.logaddexp(0, -(slope * scores + offset) * (2 * labels - 1))
    for file in np.unique(files):
        here = files == file
        losses.append(float(surprise[here].mean()))
        held = labels[here] > 0
        if held.sum() < FEWEST:
            continue
        said = scores[here] >= best_cut(scores[~here], labels[~here])
        precisions.append(average_precision(held, scores[here]))
        f1s.append(float(2 * (said & held).sum() / (said.sum() + held.sum())))
    return float(np.mean(precisions)), float(np.mean(f1s)), 1000 * float(np.mean(losses))


def main() -> None:
    """Print one row of a table a variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="Variants whose name holds this.")
    asked = parser.parse_args()

    labelled = corpus.read([shipped("data", "corpus")])
    gazetteer = Gazetteer.load(shipped("data", "gazetteer"))
    files = np.array([Path(place.rsplit(":", 1)[0]).stem for place in labelled.places])
    labels = label_matrix(labelled)
    topics = len(labelled.topics)
    print("| variant | topics: AP | F1 | log-loss | policy: AP | F1 | log-loss |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in (one for one in VARIANTS if asked.only in one):
        began = time.perf_counter()
        scores = score_each_file(labelled, files, gazetteer, name)
        heads = np.array([judge(scores[:, h], labels[:, h], files) for h in range(labels.shape[1])])
        cells = [
            f"{ap:.3f} | {f1:.3f} | {loss:.0f}"
            for ap, f1, loss in (heads[:topics].mean(axis=0), heads[topics:].mean(axis=0))
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
