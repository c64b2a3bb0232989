"""Goods, and the wider ones that each is a kind of: rebar is steel, HBM a memory chip.

The third column of data/acts/items.tsv holds the next wider ones, split by "|".
"""

from collections.abc import Mapping
from functools import cache

from classifier.resources import shipped


@cache
def load_wider() -> Mapping[str, tuple[str, ...]]:
    """Read the shipped table: a good -> the next wider ones, where there are any."""
    lines = shipped("data", "acts", "items.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line.strip())
    return {row[0]: tuple(row[2].split("|")) for row in rows if len(row) > 2}


@cache
def wider(good: str) -> frozenset[str]:
    """Return all that a good is a kind of, however far: HBM is memory chips and semiconductors."""
    nearest = load_wider().get(good, ())
    return frozenset(nearest).union(*map(wider, nearest))


@cache
def narrower(good: str) -> frozenset[str]:
    """Return all kinds of a good."""
    return frozenset(kind for kind in load_wider() if good in wider(kind))
