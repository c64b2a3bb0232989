"""Relevance: one number from 0 to 100 that a person can follow.

    relevance = 100 * P(policy grade >= 2) * P(the likeliest topic that matters)

An official source halves the doubt about policy, since what an authority publishes is rarely
mere talk:  P = 1 - (1 - P) / 2.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from classifier.labels import Policy


class Relevance(NamedTuple):
    """The number and the parts that made it.

    policy: probability of grade 2 or more, before the source's standing.
    topic, topic_probability: the likeliest of the topics that matter.
    official: whether the source's standing was counted.
    """

    value: int
    policy: float
    topic: str | None
    topic_probability: float
    official: bool


def weigh(
    policy: Policy,
    topics: Mapping[str, float],
    *,
    watched: Collection[str] | None = None,
    official: bool = False,
) -> Relevance:
    """Return how relevant a text is to someone who watches these topics (None: all of them)."""
    topic, topic_probability = None, 0.0
    for name, probability in topics.items():
        if watched is not None and name not in watched:
            continue
        # Of two that are as likely, the one that stands first in the alphabet.
        if topic is None or (-probability, name) < (-topic_probability, topic):
            topic, topic_probability = name, probability
    certainty = 1 - (1 - policy.at_least_2) / 2 if official else policy.at_least_2
    return Relevance(
        value=round(100 * certainty * topic_probability),
        policy=policy.at_least_2,
        topic=topic,
        topic_probability=topic_probability,
        official=official,
    )
