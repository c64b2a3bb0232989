"""The ways of classifying that `performance.py` compares, each trained on the same rows."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from classifier.compiled import Compiled
from classifier.corpus import Corpus
from classifier.model import TopicModel
from classifier.scorer import Scorer
from classifier.tagging import to_probability
from classifier.train import label_matrix

Way = Callable[[list[str]], Any]
"""Texts -> their probabilities."""

PLAIN = "plain pipeline"


class Ours:
    """A scorer's probabilities; keeps its arrays, for more topics."""

    def __init__(self, compiled: Compiled, *, kernel: bool) -> None:
        self.compiled, self.kernel = compiled, kernel
        self._scorer = Scorer(compiled, kernel=kernel)

    def __call__(self, texts: list[str]) -> Any:
        """Return probabilities."""
        return self._scorer.probabilities(texts)


class Plain:
    """The plain pipeline's probabilities."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    def __call__(self, texts: list[str]) -> Any:
        """Return probabilities."""
        return self.pipeline.predict_proba(texts)


def make_ways(
    labelled: Corpus, compiled: Compiled, model: TopicModel, has_numba: bool
) -> dict[str, Way]:
    """Return every way that can be had here, Tocsin's first."""
    texts = [example.text for example in labelled.examples]
    labels = label_matrix(labelled).astype(int)
    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2)), OneVsRestClassifier(LogisticRegression(max_iter=500))
    ).fit(texts, labels)
    ways: dict[str, Way] = {"Tocsin": Ours(compiled, kernel=has_numba)}
    if has_numba:
        ways["Tocsin without numba"] = Ours(compiled, kernel=False)
    ways["its model through scikit-learn"] = model.probabilities
    ways[PLAIN] = Plain(pipeline)
    ways[f"{PLAIN}, stacked"] = _stacked(pipeline)
    fast = _fasttext(texts, labels)
    if fast is not None:
        ways["fastText"] = fast
    return ways


def tile(ways: dict[str, Way], topics: int) -> dict[str, Way]:
    """Return Tocsin and the plain pipeline with so many topics; see performance.topics."""
    ours, plain = ways["Tocsin"], ways[PLAIN]
    assert isinstance(ours, Ours)
    assert isinstance(plain, Plain)
    compiled = ours.compiled
    known = len(compiled.verdict.topics)
    heads = [at % known for at in range(topics)] + [known, known + 1, known + 2]
    verdict = replace(
        compiled.verdict,
        topics=tuple(f"topic-{at}" for at in range(topics)),
        thresholds={f"topic-{at}": 0.5 for at in range(topics)},
    )
    more = replace(
        compiled,
        verdict=verdict,
        weights=np.ascontiguousarray(compiled.weights[:, heads]),
        starts=compiled.starts[heads],
    )
    vectoriser, rest = plain.pipeline[0], plain.pipeline[-1]
    wide = OneVsRestClassifier(rest.estimator)
    wide.__dict__.update(rest.__dict__)
    wide.estimators_ = [rest.estimators_[head] for head in heads]
    wide.classes_ = np.arange(len(heads))
    wide.label_binarizer_ = type(rest.label_binarizer_)().fit(np.eye(len(heads), dtype=int))
    return {
        "Tocsin": Ours(more, kernel=ours.kernel),
        PLAIN: Plain(make_pipeline(vectoriser, wide)),
    }


def _stacked(pipeline: Pipeline) -> Way:
    vectoriser, rest = pipeline[0], pipeline[-1]
    weights = np.vstack([one.coef_[0] for one in rest.estimators_]).T.copy()
    starts = np.array([one.intercept_[0] for one in rest.estimators_])

    def classify(texts: list[str]) -> Any:
        return to_probability(vectoriser.transform(texts) @ weights + starts)

    return classify


def _fasttext(texts: list[str], labels: Any) -> Way | None:
    try:
        import fasttext
    except ImportError:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.txt"
        file.write_text(
            "\n".join(
                " ".join([*(f"__label__{head}" for head in np.flatnonzero(row)), *text.split()])
                for text, row in zip(texts, labels, strict=True)
            ),
            encoding="utf-8",
        )
        trained = fasttext.train_supervised(
            str(file), dim=100, wordNgrams=2, loss="ova", thread=1, verbose=0
        )

    def classify(texts: list[str]) -> Any:
        return trained.predict([text.replace("\n", " ") for text in texts], k=-1)

    return classify
