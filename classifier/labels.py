"""Topics, policy grades, labelled examples and the tagging of one text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

TOPICS = ("electric-vehicles", "china", "stocks-technology", "export-controls")
"""The four topics that ship; a corpus may add others."""

GRADES = (0, 1, 2, 3)
"""Policy grade: 0 none, 1 background, 2 in motion, 3 an official act."""

STYLES = ("social", "headline", "article", "notice", "forum", "filing")

Term = tuple[str, float]
"""A feature as a person reads it, and its signed contribution in log-odds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled text (a corpus row).

    unsure: topics that careful readers disagree on; left out when those are measured.
    """

    id: str
    text: str
    lang: str
    style: str
    topics: frozenset[str]
    policy: Literal[0, 1, 2, 3]
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How much of a policy act a text reports.

    grade: 0 to 3, the decision.
    at_least: calibrated probabilities that the grade is at least 1, 2 and 3; never increasing.
    """

    grade: int
    at_least: tuple[float, float, float]

    @property
    def at_least_2(self) -> float:
        """Probability that the text reports a policy in motion or an act."""
        return self.at_least[1]

    @property
    def at_least_3(self) -> float:
        """Probability that the text reports an official act."""
        return self.at_least[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """What the classifier says of one text.

    topics: topic -> calibrated probability in [0, 1].
    tags: the topics at or over their thresholds, sorted.
    model: version of the model that said it.
    terms: topic (or "policy", the odds of grade 2 or more) -> the terms that moved it most,
        largest first; empty unless asked for.
    """

    topics: Mapping[str, float]
    tags: tuple[str, ...]
    policy: Policy
    model: str
    terms: Mapping[str, tuple[Term, ...]]
