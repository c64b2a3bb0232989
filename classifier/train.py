"""A corpus and a gazetteer -> a TopicModel; the same input gives the same scores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.svm import LinearSVC

from classifier.corpus import Corpus, deal
from classifier.errors import CorpusError
from classifier.features import BLOCKS, Reading, read
from classifier.gazetteer import Gazetteer
from classifier.model import Block, Parameters, TopicModel, make_features
from classifier.tagging import Floats, to_probability

Indices = NDArray[np.int64]
Progress = Callable[[str, int, int], None]
"""Called with what is done now, steps done and steps in all."""


SHARE = 0.15
"""Share of positives for which thresholds are chosen; a corpus that teaches has more of them."""

LEAST = 2.0
"""How often a negative counts at least when a threshold is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model with the out-of-fold probabilities of its corpus, in the corpus's order."""

    model: TopicModel
    held_out: Floats


def train(
    corpus: Corpus,
    gazetteer: Gazetteer,
    parameters: Parameters,
    *,
    version: str,
    progress: Progress = lambda now, done, steps: None,
) -> Trained:
    """Return the model of this corpus.

    Cross-validation over groups of near-duplicates gives out-of-fold scores; those give each
    head its calibration and threshold; then all rows train the model itself.
    """
    steps = parameters.folds + 3
    progress("reading", 0, steps)
    readings = [read(example.text, gazetteer) for example in corpus.examples]
    if not any(reading.matches for reading in readings):
        raise CorpusError(
            ["no text of the corpus holds a term of the gazetteer: is it the right one?"]
        )
    labels = label_matrix(corpus)
    blocks = count(readings, parameters)
    folds = deal(corpus.examples, parameters.folds)
    scores = np.zeros(labels.shape)
    for fold in range(parameters.folds):
        progress(f"cross-validation {fold + 1} of {parameters.folds}", fold + 1, steps)
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        rows, held = weigh(blocks, inside, outside, parameters)
        weights, starts = fit(rows, labels[inside], parameters)
        scores[outside] = held @ weights.T + starts
    progress("training on all rows", parameters.folds + 1, steps)
    features = make_features(parameters)
    rows = csr_matrix(features.fit_transform(readings))
    weights, starts = fit(rows, labels, parameters)
    progress("calibrating", parameters.folds + 2, steps)
    calibration = [calibrate(scores[:, head], labels[:, head]) for head in range(labels.shape[1])]
    slopes = np.array([slope for slope, _ in calibration])
    offsets = np.array([offset for _, offset in calibration])
    held_out = to_probability(scores * slopes + offsets)
    topics = len(corpus.topics)
    # The grades' probabilities hold less well on texts of another kind, so their cuts rest on
    # the order of the rows alone (docs/ablation.md).
    choices = [expect_threshold] * topics + [choose_threshold] * 3
    thresholds = [choose(held_out[:, head], labels[:, head]) for head, choose in enumerate(choices)]
    progress("done", steps, steps)
    model = TopicModel(
        version=version,
        topics=corpus.topics,
        thresholds=dict(zip(corpus.topics, thresholds, strict=False)),
        grade_thresholds=(thresholds[topics], thresholds[topics + 1], thresholds[topics + 2]),
        parameters=parameters,
        gazetteer=gazetteer,
        features=features,
        weights=weights * slopes[:, None],
        starts=starts * slopes + offsets,
    )
    return Trained(model=model, held_out=held_out)


def calibrate(scores: Floats, labels: Floats) -> tuple[float, float]:
    """Return slope and offset of Platt's sigmoid, by Newton's method on smoothed targets.

    Targets follow J. Platt, Probabilistic Outputs for Support Vector Machines (1999).
    """
    positives = float(labels.sum())
    high = (positives + 1) / (positives + 2)
    low = 1 / (len(labels) - positives + 2)
    targets = np.where(labels > 0, high, low)
    design = np.column_stack([scores, np.ones(len(scores))])
    line = np.array([1.0, 0.0])
    for _ in range(50):
        chance = to_probability(design @ line)
        slope = design.T @ (chance - targets)
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        line = line - step
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(line[0]), float(line[1])


def choose_threshold(chances: Floats, labels: Floats) -> float:
    """Return the probability at which F1 is best on these held-out rows, as they are weighed."""
    order = np.argsort(-chances, kind="stable")
    return float(chances[order[int(_f1_down(labels[order]).argmax())]])


def expect_threshold(chances: Floats, labels: Floats) -> float:
    """Return the calibrated probability at which F1 is expected to be best: half of that F1.

    Where probabilities are calibrated this is the best cut, and it does not hang on single rows
    as the best cut on the rows themselves does (Z. Lipton, C. Elkan, B. Narayanaswamy: Optimal
    Thresholding of Classifiers to Maximize F1 Measure, 2014). The weight of the negatives turns
    the odds at that half into those of the rows.
    """
    order = np.argsort(-chances, kind="stable")
    half = float(_f1_down(labels[order]).max()) / 2
    odds = half / (1 - half) * _weight_of_negatives(labels)
    return odds / (1 + odds)


def _f1_down(labels: Floats) -> Floats:
    """Return F1 if the first row is said to be positive, the first two, ..., of ordered rows."""
    hits = np.cumsum(labels)
    taken = hits + _weight_of_negatives(labels) * np.cumsum(1 - labels)
    f1: Floats = 2 * hits / (taken + labels.sum())
    return f1


def _weight_of_negatives(labels: Floats) -> float:
    """Return how often a negative counts.

    As often as it takes to make positives a SHARE of all, since a real stream has fewer of them
    than a corpus that was written to teach; and LEAST times at least.
    """
    positives = float(labels.sum())
    return max(positives * (1 - SHARE) / SHARE / max(len(labels) - positives, 1.0), LEAST)


def label_matrix(corpus: Corpus) -> Floats:
    """Return 1 or 0, rows x heads: the topics, then grade >= 1, 2, 3."""
    return np.array(
        [
            [float(topic in e.topics) for topic in corpus.topics]
            + [float(e.policy >= grade) for grade in (1, 2, 3)]
            for e in corpus.examples
        ]
    )


def count(readings: list[Reading], parameters: Parameters) -> list[tuple[Block, Any]]:
    """Return each block with the counts of its features, rows x features."""
    return [
        (block, CountVectorizer(analyzer=BLOCKS[name]).fit_transform(readings).astype(float))
        for name, block in parameters.blocks.items()
    ]


def weigh(
    blocks: list[tuple[Block, Any]], inside: Indices, outside: Indices, parameters: Parameters
) -> tuple[csr_matrix, csr_matrix]:
    """Return training and held-out rows; only training rows decide features and weights."""
    rows, held = [], []
    for block, counts in blocks:
        spread = np.asarray((counts[inside] > 0).sum(axis=0)).ravel()
        kept = counts[:, np.flatnonzero(spread >= block.min_df)]
        weigher = TfidfTransformer(sublinear_tf=True).fit(kept[inside])
        rows.append(block.scale * weigher.transform(kept[inside]))
        held.append(block.scale * weigher.transform(kept[outside]))
    return hstack(rows).tocsr(), hstack(held).tocsr()


def fit(rows: csr_matrix, labels: Floats, parameters: Parameters) -> tuple[Floats, Floats]:
    """Return weights and starts of one linear support vector machine a head.

    Squared hinge loss ranks texts of another kind a little better than logistic loss does
    (docs/ablation.md), and is fitted sooner.
    """
    weights, starts = [], []
    for held in labels.T:
        machine = LinearSVC(C=parameters.strength, tol=1e-3, random_state=parameters.seed)
        machine.fit(rows, held)
        weights.append(machine.coef_[0])
        starts.append(machine.intercept_[0])
    return np.array(weights), np.array(starts)
