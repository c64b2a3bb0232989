"""Scores of then and of now -> how far they have moved apart. Pure.

The measure is the population stability index over bins of probability, with every source
weighed as it was then: another mix of sources alone is no drift.
"""

import math
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

EDGES = (0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)
"""Bounds of the bins; finer at both ends, where most scores are."""

ENOUGH = 400
ENOUGH_OF_A_SOURCE = 30
"""Scores that each side needs, in all and of a source, to be compared."""

NEWS, CALM = 0.25, 0.1
"""Index from which a shift is told, and below which it is over; the usual bounds."""

Counts = Mapping[str, Sequence[int]]
"""Source -> how many scores fell into each bin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far scores have moved.

    index: the population stability index, less what chance alone makes of it.
    before, after: share of scores of 0.5 and more.
    """

    index: float
    before: float
    after: float


def count(scores: Iterable[tuple[str, float]]) -> dict[str, list[int]]:
    """Count (source, probability) pairs into bins."""
    counts: dict[str, list[int]] = {}
    for source, score in scores:
        counts.setdefault(source, [0] * (len(EDGES) + 1))[bisect(EDGES, score)] += 1
    return counts


def compare(before: Counts, after: Counts) -> Shift | None:
    """Return how far scores have moved; None if too few of the same sources are there."""
    shared = [
        source
        for source in before.keys() & after.keys()
        if min(sum(before[source]), sum(after[source])) >= ENOUGH_OF_A_SOURCE
    ]
    then = {source: sum(before[source]) for source in shared}
    now = {source: sum(after[source]) for source in shared}
    total = sum(then.values())
    if min(total, sum(now.values())) < ENOUGH:
        return None
    bins = range(len(EDGES) + 1)
    # So many scores the weighed ones are worth: a source that became rare weighs much.
    worth = 1 / sum((then[source] / total) ** 2 / now[source] for source in shared)
    old = [sum(before[source][place] for source in shared) for place in bins]
    new = [
        worth * sum(then[source] / total * after[source][place] / now[source] for source in shared)
        for place in bins
    ]
    half = EDGES.index(0.5) + 1
    # By chance alone the index is about this large.
    chance = (len(bins) - 1) * (1 / total + 1 / worth)
    return Shift(
        index=stability(old, new) - chance,
        before=sum(old[half:]) / total,
        after=sum(new[half:]) / worth,
    )


def stability(old: Sequence[float], new: Sequence[float]) -> float:
    """Return the population stability index of two histograms; half a score more in each bin."""
    shares = (
        [(count + 0.5) / (sum(counts) + len(counts) / 2) for count in counts]
        for counts in (old, new)
    )
    return math.fsum((q - p) * math.log(q / p) for p, q in zip(*shares, strict=True))
