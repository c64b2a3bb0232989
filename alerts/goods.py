"""Goods, the wider ones that each is a kind of, and the broader names that others give it.

Rebar is steel, HBM a memory chip: the third column of data/acts/items.tsv holds the next wider
ones, split by "|". The fourth holds names that are used for a good, and for its kinds, though
it is no kind of them: of a rule on photomasks, headlines say that it is on semiconductors.

A tariff line or a control number ("HS 850760", "ECCN 3A090.c") is a kind of the good that
data/acts/codes.tsv gives the longest beginning of it.
"""

from collections.abc import Mapping
from functools import cache, lru_cache

from classifier.resources import shipped

WIDER, CALLED = 2, 3
"""Columns of the table."""


@cache
def load_column(column: int) -> Mapping[str, tuple[str, ...]]:
    """Read a column of the shipped table: a good -> other goods, where there are any."""
    lines = shipped("data", "acts", "items.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line.strip())
    return {row[0]: tuple(row[column].split("|")) for row in rows if row[column:] and row[column]}


@cache
def load_codes() -> Mapping[str, str]:
    """Read the shipped table of codes: what a code begins with -> the good."""
    lines = shipped("data", "acts", "codes.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return {code.replace(".", "") if code.startswith("HS ") else code: good for code, good in rows}


def is_code(good: str) -> bool:
    """Tell a tariff line or a control number from the name of a good."""
    return good.startswith(("HS ", "ECCN "))


def nearest(good: str) -> tuple[str, ...]:
    """Return the next wider goods, or the one that a code stands for."""
    if not is_code(good):
        return load_column(WIDER).get(good, ())
    known = load_codes()
    return next(((known[good[:n]],) for n in range(len(good), 4, -1) if good[:n] in known), ())


@lru_cache(maxsize=8192)
def wider(good: str) -> frozenset[str]:
    """Return all that a good is a kind of, however far: HBM is memory chips and semiconductors."""
    return frozenset(nearest(good)).union(*map(wider, nearest(good)))


@cache
def narrower(good: str) -> frozenset[str]:
    """Return all kinds of a good."""
    return frozenset(kind for kind in load_column(WIDER) if good in wider(kind))


@cache
def called(good: str) -> frozenset[str]:
    """Return the broader names that a good goes by beside those of what it is a kind of."""
    own = load_column(CALLED)
    return frozenset(name for one in (good, *wider(good)) for name in own.get(one, ()))
