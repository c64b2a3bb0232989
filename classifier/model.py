"""The topic model: blocks of TF-IDF features, one linear head a topic, three for the policy grade.

    read | count and weigh | log-odds | probabilities | tags and grade

Each head's log-odds is a plain sum over features plus a start value, already calibrated, so what
explains a score adds up to it and a compiled scorer can look all of it up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from classifier.features import BLOCKS, read
from classifier.gazetteer import Gazetteer
from classifier.tagging import POLICY_HEADS, Floats, Verdict


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

    @property
    def verdict(self) -> Verdict:
        """How the log-odds are read."""
        return Verdict(
            version=self.version,
            topics=self.topics,
            thresholds=self.thresholds,
            grade_thresholds=self.grade_thresholds,
        )

    def log_odds(self, texts: Sequence[str]) -> Floats:
        """Return the calibrated log-odds, texts x heads."""
        if not texts:
            return np.empty((0, len(self.starts)))
        rows = self.features.transform([read(text, self.gazetteer) for text in texts])
        scores: Floats = np.asarray(rows @ self.weights.T) + self.starts
        return scores

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return calibrated probabilities, texts x heads; those of the grades never increase."""
        return self.verdict.probabilities(self.log_odds(texts))
