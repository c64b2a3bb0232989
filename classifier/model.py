"""The topic model: blocks of TF-IDF features, one linear head a topic, three for the policy grade.

    read | count and weigh | log-odds | probabilities | tags and grade

Each head's log-odds is a plain sum over features plus a start value, already calibrated, so what
explains a score adds up to it and a compiled scorer can look all of it up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from classifier import explain
from classifier.features import BLOCKS, Reading, pieces_of, read
from classifier.gazetteer import Gazetteer
from classifier.labels import Policy, Tagging, Term

Floats = NDArray[np.float64]
POLICY_HEADS = ("policy>=1", "policy>=2", "policy>=3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """How one block of features is weighed.

    min_df: texts that a feature must occur in.
    scale: length of the block's vector; the longer, the less its weights are held back.
    """

    min_df: int = 2
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """All that decides a training besides corpus and gazetteer.

    strength: inverse regularisation of the linear heads (scikit-learn's C).
    folds: of the cross-validation behind calibration and thresholds.
    """

    blocks: Mapping[str, Block] = field(
        default_factory=lambda: {
            "words": Block(),
            "pieces": Block(scale=1.4),
            "concepts": Block(scale=0.8),
            "opening": Block(scale=0.7),
        }
    )
    strength: float = 0.5
    folds: int = 5
    seed: int = 20261125


def make_features(parameters: Parameters) -> FeatureUnion:
    """Return the unfitted union of blocks; it transforms Readings."""
    return FeatureUnion(
        [
            (
                name,
                Pipeline(
                    [
                        ("count", CountVectorizer(analyzer=BLOCKS[name], min_df=block.min_df)),
                        ("weigh", TfidfTransformer(sublinear_tf=True)),
                    ]
                ),
            )
            for name, block in parameters.blocks.items()
        ],
        transformer_weights={name: block.scale for name, block in parameters.blocks.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicModel:
    """A trained model: text -> Tagging.

    topics: in the order of the first rows of weights; the policy heads follow.
    thresholds: topic -> probability from which it is a tag.
    grade_thresholds: probabilities of grade >= 1, 2, 3 from which that grade is given.
    weights, starts: of the calibrated log-odds, heads x features and heads.
    """

    version: str
    topics: tuple[str, ...]
    thresholds: Mapping[str, float]
    grade_thresholds: tuple[float, float, float]
    parameters: Parameters
    gazetteer: Gazetteer
    features: FeatureUnion
    weights: Floats
    starts: Floats

    @property
    def heads(self) -> tuple[str, ...]:
        """Topics, then the policy heads."""
        return (*self.topics, *POLICY_HEADS)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return the texts cut into atoms and matches."""
        return [read(text, self.gazetteer) for text in texts]

    def log_odds(self, rows: csr_matrix) -> Floats:
        """Return the calibrated log-odds, texts x heads, of transformed texts."""
        scores: Floats = np.asarray(rows @ self.weights.T) + self.starts
        return scores

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return calibrated probabilities, texts x heads; those of the grades never increase."""
        return self._to_probabilities(self.log_odds(self._transform(self.read(texts))))

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        """Return a Tagging for each text, with that many explaining terms a topic."""
        if not texts:
            return []
        readings = self.read(texts)
        rows = self._transform(readings)
        chances = self._to_probabilities(self.log_odds(rows))
        return [
            self._tagging(chances[at], self._explain(rows[[at]], readings[at], terms))
            for at in range(len(texts))
        ]

    def _transform(self, readings: list[Reading]) -> csr_matrix:
        return _columns(self.features).weigh(readings)

    def _to_probabilities(self, log_odds: Floats) -> Floats:
        chances = to_probability(log_odds)
        first = len(self.topics)
        # Grade >= 2 is the head that matters; the other two give way to it.
        chances[:, first] = np.maximum(chances[:, first], chances[:, first + 1])
        chances[:, first + 2] = np.minimum(chances[:, first + 2], chances[:, first + 1])
        return chances

    def _tagging(self, chances: Floats, terms: Mapping[str, tuple[Term, ...]]) -> Tagging:
        topics = {topic: float(p) for topic, p in zip(self.topics, chances, strict=False)}
        one, two, three = (float(p) for p in chances[len(self.topics) :])
        return Tagging(
            topics=topics,
            tags=tuple(sorted(t for t, p in topics.items() if p >= self.thresholds[t])),
            policy=Policy(grade=self._grade((one, two, three)), at_least=(one, two, three)),
            model=self.version,
            terms=terms,
        )

    def _grade(self, at_least: tuple[float, float, float]) -> int:
        passed = zip((1, 2, 3), at_least, self.grade_thresholds, strict=True)
        return max((grade for grade, p, needed in passed if p >= needed), default=0)

    def _explain(
        self, row: csr_matrix, reading: Reading, terms: int
    ) -> Mapping[str, tuple[Term, ...]]:
        if terms <= 0:
            return {}
        names = feature_names(self.features)
        found = {
            head: explain.terms(row, self.weights[at], self.starts[at], names, reading, terms)
            for at, head in enumerate(self.heads)
        }
        kept: dict[str, Any] = {topic: found[topic] for topic in self.topics}
        return {**kept, "policy": found["policy>=2"]}


class _Columns:
    """The fitted union laid out for reading: what its `transform` gives, several times faster.

    The union counts each block into a matrix of its own; here all blocks fill one matrix, whose
    cells are weighed at once: (1 + ln count) * idf, each block's cells scaled to its length.
    """

    def __init__(self, features: FeatureUnion) -> None:
        self._blocks: list[Callable[[Reading], list[int]]] = []
        rarities: list[Floats] = []
        lengths: list[float] = []
        scales = features.transformer_weights or {}
        for name, steps in features.transformer_list:
            first = sum(len(one) for one in rarities)
            found = steps.named_steps["count"].vocabulary_
            at = {feature: first + int(column) for feature, column in found.items()}
            self._blocks.append(_piece_finder(at) if name == "pieces" else _finder(name, at))
            rarities.append(steps.named_steps["weigh"].idf_)
            lengths.append(scales.get(name, 1.0))
        self._rarity = np.concatenate(rarities)
        self._lengths = np.array(lengths)
        self._block = np.repeat(np.arange(len(rarities)), [len(one) for one in rarities])

    def weigh(self, readings: Sequence[Reading]) -> csr_matrix:
        """Return one row of weighed features a reading."""
        columns: list[int] = []
        ends = [0]
        for reading in readings:
            for block in self._blocks:
                columns.extend(block(reading))
            ends.append(len(columns))
        shape = (len(readings), len(self._rarity))
        rows = csr_matrix((np.ones(len(columns)), columns, ends), shape=shape)
        rows.sum_duplicates()
        cells = (1 + np.log(rows.data)) * self._rarity[rows.indices]
        kinds = len(self._lengths)
        part = np.repeat(np.arange(len(readings)) * kinds, np.diff(rows.indptr))
        part += self._block[rows.indices]
        squares = np.bincount(part, weights=cells**2, minlength=len(readings) * kinds)
        rows.data = cells * (self._lengths[part % kinds] / np.sqrt(squares[part]))
        return rows


def _finder(name: str, at: Mapping[str, int]) -> Callable[[Reading], list[int]]:
    """Return a function from a reading to the columns of its features in a block."""
    block = BLOCKS[name]

    def find(reading: Reading) -> list[int]:
        return [at[one] for one in block(reading) if one in at]

    return find


def _piece_finder(at: Mapping[str, int]) -> Callable[[Reading], list[int]]:
    """Return the same for pieces, which are most of all features: looked up once a word."""

    @lru_cache(maxsize=50_000)
    def columns_of(atom: str) -> tuple[int, ...]:
        return tuple(at[one] for one in pieces_of(atom) if one in at)

    def find(reading: Reading) -> list[int]:
        return [column for atom in reading.atoms for column in columns_of(atom)]

    return find


@lru_cache(maxsize=4)
def _columns(features: FeatureUnion) -> _Columns:
    """Return a model's columns; laid out on first use, and never saved with it."""
    return _Columns(features)


@lru_cache(maxsize=4)
def feature_names(features: FeatureUnion) -> tuple[str, ...]:
    """Return the names of a model's features; made once, since it takes longer than a score."""
    return tuple(features.get_feature_names_out().tolist())


def to_probability(log_odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)), without overflow."""
    chances: Floats = 0.5 * (1 + np.tanh(0.5 * log_odds))
    return chances
