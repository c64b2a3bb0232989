"""A corpus and a gazetteer -> a TopicModel; the same input gives the same scores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from joblib import Parallel, cpu_count, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from classifier.atoms import cut
from classifier.corpus import Corpus, deal
from classifier.counts import Counted, see
from classifier.errors import CorpusError
from classifier.gazetteer import Gazetteer
from classifier.labels import GRADES
from classifier.model import Parameters, TopicModel, make_features
from classifier.tagging import Floats, to_probability

Indices = NDArray[np.int64]
Progress = Callable[[str, int, int], None]
"""Called with what is done now, steps done and steps in all."""


SHARE = 0.15
"""Share of positives for which thresholds are chosen; a corpus that teaches has more of them."""

LEAST = 2.0
"""How often a negative counts at least when a threshold is chosen."""

WORTH_PROCESSES = 5_000
"""Rows from which several processes learn sooner than one, though each must start first."""

PART = 1 << 18
"""Counts that are weighed at once."""


class Stack(NamedTuple):
    """Blocks of counts below one another, all texts of a block together, columns side by side.

    blocks: how many. least, scale: of each column, rows that it needs and its block's length.
    """

    counts: csr_matrix
    blocks: int
    least: Indices
    scale: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model, with the out-of-fold probabilities and the concepts of its corpus, in its order."""

    model: TopicModel
    held_out: Floats
    concepts: list[frozenset[str]]


def train(
    corpus: Corpus,
    gazetteer: Gazetteer,
    parameters: Parameters,
    *,
    version: str,
    progress: Progress = lambda now, done, steps: None,
    processes: int | None = None,
) -> Trained:
    """Return the model of this corpus.

    Cross-validation over groups of near-duplicates gives out-of-fold scores; those give each
    head its calibration and threshold; then all rows train the model itself.

    processes: how many learn at once; None: as many as pay. The model is the same.
    """
    steps = parameters.folds + 3
    progress("reading", 0, steps)
    many = processes or (cpu_count() if len(corpus.examples) >= WORTH_PROCESSES else 1)
    # Processes start, and import what they need, while this one reads.
    started = Parallel(n_jobs=many, return_as="generator")(delayed(_start)() for _ in range(many))
    texts = tuple(example.text for example in corpus.examples)
    cut(texts)  # both that follow need it
    with ThreadPoolExecutor(1) as beside:
        # Dealing is sorting and multiplying for the most part, which leave the interpreter free.
        dealt = beside.submit(deal_learnable, corpus, parameters.folds)
        seen = see(texts, gazetteer, parameters)
        list(started)
        folds = dealt.result()
    if not any(seen.concepts):
        raise CorpusError(
            ["no text of the corpus holds a term of the gazetteer: is it the right one?"]
        )
    labels = label_matrix(corpus)
    weights, starts, scores = _cross_validate(
        seen.blocks, labels, folds, parameters, many, lambda now, done: progress(now, done, steps)
    )
    features = _fitted(seen.blocks, parameters)
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
    return Trained(model=model, held_out=held_out, concepts=seen.concepts)


def _start() -> None:
    """Do nothing, in a process that has imported this module then."""


def _cross_validate(
    blocks: list[Counted],
    labels: Floats,
    folds: Indices,
    parameters: Parameters,
    processes: int,
    progress: Callable[[str, int], None],
) -> tuple[Floats, Floats, Floats]:
    """Return weights and starts learned from all rows, and each row's score without its fold."""
    scores = np.zeros(labels.shape)
    # The model itself comes first: it takes longest, and folds fill the other processes meanwhile.
    work = [(np.arange(len(labels)), folds < 0)]
    work += [(np.flatnonzero(folds != one), folds == one) for one in range(parameters.folds)]
    held = stack(blocks)
    progress("training on all rows", 1)
    learned = Parallel(n_jobs=min(processes, len(work)), return_as="generator")(
        delayed(_learn)(held, labels, inside, np.flatnonzero(outside), parameters)
        for inside, outside in work
    )
    weights, starts, _ = next(learned)
    for one in range(parameters.folds):
        progress(f"cross-validation {one + 1} of {parameters.folds}", one + 2)
        scores[folds == one] = next(learned)[2]
    return weights, starts, scores


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


def deal_learnable(corpus: Corpus, folds: int) -> Indices:
    """Return each row's fold.

    Raise CorpusError for each topic or grade that some fold would have to learn from nothing.
    """
    fold = deal(corpus.examples, folds)
    problems = []
    for head, held in zip(_head_names(corpus), label_matrix(corpus).T > 0, strict=True):
        for label, what in ((held, "with"), (~held, "without")):
            if len(set(fold[label].tolist())) < 2:
                count = int(label.sum())
                problems.append(
                    f"{head} cannot be learned: {count} {'row' if count == 1 else 'rows'} {what} "
                    "it, and cross-validation needs several that are no near-duplicates"
                )
    if problems:
        raise CorpusError(problems)
    return fold


def _head_names(corpus: Corpus) -> list[str]:
    topics = [f"topic {topic!r}" for topic in corpus.topics]
    return topics + [f"policy grade {grade} or more" for grade in GRADES[1:]]


def label_matrix(corpus: Corpus) -> Floats:
    """Return 1 or 0, rows x heads: the topics, then grade >= 1, 2, 3."""
    return np.array(
        [
            [float(topic in e.topics) for topic in corpus.topics]
            + [float(e.policy >= grade) for grade in (1, 2, 3)]
            for e in corpus.examples
        ]
    )


def stack(blocks: list[Counted]) -> Stack:
    """Return blocks as one matrix."""
    sizes = [len(one.features) for one in blocks]
    starts = np.cumsum([0, *sizes])
    shape = (blocks[0].counts.shape[0], int(starts[-1]))
    moved = [
        csr_matrix(
            (one.counts.data, one.counts.indices + np.int32(start), one.counts.indptr), shape
        )
        for one, start in zip(blocks, starts, strict=False)
    ]
    return Stack(
        counts=vstack(moved, format="csr"),
        blocks=len(blocks),
        least=np.repeat([one.block.min_df for one in blocks], sizes),
        scale=np.repeat([one.block.scale for one in blocks], sizes),
    )


def weigh(held: Stack, inside: Indices, outside: Indices) -> tuple[csr_matrix, csr_matrix]:
    """Return training and held-out rows; only training rows decide features and weights."""
    rows = _take(held, inside)
    spread = np.bincount(rows.indices, minlength=rows.shape[1])
    columns = np.flatnonzero(spread >= held.least)
    idf = np.log((len(inside) + 1) / (spread[columns] + 1.0)) + 1.0
    others = _take(held, outside)
    return _weighed(rows, columns, idf, held), _weighed(others, columns, idf, held)


def _take(held: Stack, rows: Indices) -> csr_matrix:
    """Return these rows of each block, those of one text below one another."""
    size = held.counts.shape[0] // held.blocks
    return held.counts[(rows[:, None] + size * np.arange(held.blocks)).ravel()]


def _weighed(counts: csr_matrix, columns: Indices, idf: Floats, held: Stack) -> csr_matrix:
    """Return the counts of these columns, weighed in place: at this size, each copy counts."""
    if len(columns) < counts.shape[1]:
        counts = counts[:, columns]
    _multiply(counts, idf)
    if counts.shape[0]:
        normalize(counts, copy=False)
    _multiply(counts, held.scale[columns])
    # The blocks of a text follow one another already, so they are one row as they are.
    ends = counts.indptr[:: held.blocks].copy()
    return csr_matrix((counts.data, counts.indices, ends), (len(ends) - 1, len(columns)))


def _multiply(counts: csr_matrix, factors: Floats) -> None:
    """Multiply each column in place, a part at a time: a second matrix of factors takes longer."""
    for start in range(0, len(counts.data), PART):
        part = slice(start, start + PART)
        counts.data[part] *= factors[counts.indices[part]]


def _fitted(blocks: list[Counted], parameters: Parameters) -> FeatureUnion:
    """Return the union of blocks as if it had been fitted to the texts that were counted."""
    union = make_features(parameters)
    steps = dict(union.transformer_list)
    for one in blocks:
        counter, weigher = (step for _, step in steps[one.name].steps)
        counter.vocabulary_ = {feature: at for at, feature in enumerate(one.features)}
        weigher.fit(one.counts)
    return union


def _learn(
    held: Stack, labels: Floats, inside: Indices, outside: Indices, parameters: Parameters
) -> tuple[Floats, Floats, Floats]:
    """Return weights and starts learned from the inside rows, and the scores of the others."""
    rows, others = weigh(held, inside, outside)
    weights, starts = fit(rows, labels[inside], parameters)
    scores = others @ weights.T + starts
    return weights, starts, scores


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
