"""Log-odds -> probabilities, tags and grade: what every way of scoring a text ends with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.labels import Policy, Tagging, Term

Floats = NDArray[np.float64]
POLICY_HEADS = ("policy>=1", "policy>=2", "policy>=3")


class Classifier(Protocol):
    """What measuring needs of a model: one that was just trained, or one that serves."""

    @property
    def version(self) -> str: ...

    @property
    def topics(self) -> tuple[str, ...]: ...

    @property
    def heads(self) -> tuple[str, ...]: ...

    @property
    def thresholds(self) -> Mapping[str, float]: ...

    @property
    def grade_thresholds(self) -> tuple[float, float, float]: ...

    def probabilities(self, texts: Sequence[str]) -> Floats: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a model's log-odds are read.

    topics: in the order of the first columns; the policy heads follow.
    thresholds: topic -> probability from which it is a tag.
    grade_thresholds: probabilities of grade >= 1, 2, 3 from which that grade is given.
    """

    version: str
    topics: tuple[str, ...]
    thresholds: Mapping[str, float]
    grade_thresholds: tuple[float, float, float]

    def probabilities(self, log_odds: Floats) -> Floats:
        """Return probabilities, texts x heads; those of the grades never increase."""
        chances = to_probability(log_odds)
        first = len(self.topics)
        # Grade >= 2 is the head that matters; the other two give way to it.
        chances[:, first] = np.maximum(chances[:, first], chances[:, first + 1])
        chances[:, first + 2] = np.minimum(chances[:, first + 2], chances[:, first + 1])
        return chances

    def taggings(
        self, chances: Floats, terms: Sequence[Mapping[str, tuple[Term, ...]]] = ()
    ) -> list[Tagging]:
        """Return a Tagging for each row of probabilities, with its terms where there are any."""
        names = self.topics
        needed = [(at, self.thresholds[topic]) for at, topic in sorted(enumerate(names), key=_name)]
        first = len(names)
        one, two, three = self.grade_thresholds
        found = []
        for at, row in enumerate(chances.tolist()):
            grades = (row[first], row[first + 1], row[first + 2])
            grade = 3 if grades[2] >= three else 2 if grades[1] >= two else int(grades[0] >= one)
            found.append(
                Tagging(
                    topics=dict(zip(names, row, strict=False)),
                    tags=tuple([names[head] for head, least in needed if row[head] >= least]),
                    policy=Policy(grade=grade, at_least=grades),
                    model=self.version,
                    terms=terms[at] if terms else {},
                )
            )
        return found


def _name(numbered: tuple[int, str]) -> str:
    return numbered[1]


def to_probability(log_odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)), without overflow."""
    chances: Floats = 0.5 * (1 + np.tanh(0.5 * log_odds))
    return chances
