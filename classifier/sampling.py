"""Unlabelled posts -> those whose label would teach most, in the order in which to ask.

    worth = 0.5 unsure + 0.3 missed + 0.2 words alone      each in [0, 1], the worst topic counts
    next  = the largest worth x (1 - likeness to what was labelled or asked before)

unsure: how near the log-odds lie to those of the threshold. missed: the gazetteer names the topic
and the model says no. words alone: the model says yes and the gazetteer knows no name for it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifier.text import is_break, split, word

UNSURE, MISSED, WORDS_ALONE = "unsure", "missed", "words alone"
WEIGHTS: Mapping[str, float] = {UNSURE: 0.5, MISSED: 0.3, WORDS_ALONE: 0.2}
"""What each reason to ask counts."""

ENOUGH = 3
"""Names of a topic in one text that make it as likely as names can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An unlabelled post.

    chances, thresholds: topic (or "policy") -> probability, and that from which it is given.
    names: topic -> how many terms of the gazetteer speak for it.
    """

    id: str
    text: str
    chances: Mapping[str, float]
    thresholds: Mapping[str, float]
    names: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A post to ask about. why: the reason that weighed most; about: in which topic."""

    id: str
    worth: float
    why: str
    about: str


def choose(
    candidates: Sequence[Candidate], labelled: Iterable[str], *, most: int
) -> list[Question]:
    """Return the posts to ask about, in order.

    labelled: texts that have a label already; what is like them teaches little, and what says the
        same is never asked about.
    """
    asked = [weigh(candidate) for candidate in candidates]
    words = [_words(candidate.text) for candidate in candidates]
    nearest = [0.0] * len(candidates)
    index = _index(words)
    for text in labelled:
        _approach(nearest, words, index, _words(text))
    left = set(range(len(candidates)))
    order: list[Question] = []
    while left and len(order) < most:
        best = max(left, key=lambda at: (asked[at].worth * (1 - nearest[at]), -at))
        if nearest[best] >= 1:
            break
        left.discard(best)
        order.append(asked[best])
        _approach(nearest, words, index, words[best])
    return order


def weigh(candidate: Candidate) -> Question:
    """Return what a post's label would be worth, alone, and why."""
    worth: dict[str, float] = {}
    about: dict[str, str] = {}
    for reason in WEIGHTS:
        values = {topic: _value(candidate, topic, reason) for topic in candidate.chances}
        about[reason] = max(values, key=lambda topic: values[topic])
        worth[reason] = WEIGHTS[reason] * values[about[reason]]
    why = max(worth, key=lambda reason: worth[reason])
    return Question(id=candidate.id, worth=sum(worth.values()), why=why, about=about[why])


def _value(candidate: Candidate, topic: str, reason: str) -> float:
    chance, threshold = candidate.chances[topic], candidate.thresholds[topic]
    names = min(candidate.names.get(topic, 0), ENOUGH) / ENOUGH
    if reason == UNSURE:
        return math.exp(-abs(_log_odds(chance) - _log_odds(threshold)))
    if reason == MISSED:
        return names if chance < threshold else 0.0
    return chance if chance >= threshold and not names else 0.0


def _log_odds(chance: float) -> float:
    bounded = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def _words(text: str) -> frozenset[str]:
    return frozenset(word(atom) for atom in split(text) if not is_break(atom))


def _index(words: Sequence[frozenset[str]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for at, held in enumerate(words):
        for one in held:
            index.setdefault(one, []).append(at)
    return index


def _approach(
    nearest: list[float],
    words: Sequence[frozenset[str]],
    index: Mapping[str, Sequence[int]],
    text: frozenset[str],
) -> None:
    """Raise each candidate's greatest likeness (Jaccard over words) by that to one more text."""
    shared: dict[int, int] = {}
    for one in text:
        for at in index.get(one, ()):
            shared[at] = shared.get(at, 0) + 1
    for at, count in shared.items():
        likeness = count / (len(words[at]) + len(text) - count)
        nearest[at] = max(nearest[at], likeness)
