"""Texts -> how often each has which feature, for all texts at once, as training needs it.

The counts are those that `features.BLOCKS` gives for one text after another: a test compares them.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from classifier.atoms import Cut, cut
from classifier.features import OPENING, Reading, pieces_of, with_pairs
from classifier.gazetteer import Gazetteer
from classifier.model import Block, Parameters
from classifier.text import is_break, word

Integers = NDArray[np.integer[Any]]
Concepts = frozenset[str]


class Counted(NamedTuple):
    """A block's features, sorted by name, and 1 + log of how often each row has them."""

    name: str
    block: Block
    features: list[str]
    counts: csr_matrix


class Seen(NamedTuple):
    """What was found in texts. concepts: of the gazetteer, for each text."""

    blocks: list[Counted]
    concepts: list[Concepts]


def see(texts: Sequence[str], gazetteer: Gazetteer, parameters: Parameters) -> Seen:
    """Return what is in texts, without features that too few rows have in any fold."""
    held = cut(tuple(texts))
    found = find_concepts(held, gazetteer)
    blocks = []
    for name, block in parameters.blocks.items():
        counts, features = _COUNT[name](held, found, block.min_df)
        counts.data = np.log(counts.data.astype(float)) + 1.0
        blocks.append(Counted(name, block, features, counts))
    return Seen(blocks, found)


def find_concepts(held: Cut, gazetteer: Gazetteer) -> list[Concepts]:
    """Return the concepts of the gazetteer in each text."""
    atoms, found = held.atoms, []
    for begin, end in itertools.pairwise(held.bounds.tolist()):
        line = [atoms[number] for number in held.numbers[begin:end].tolist()]
        found.append(Reading(line, gazetteer.match(line)).concepts)
    return found


def _words(held: Cut, found: list[Concepts], least: int) -> tuple[csr_matrix, list[str]]:
    spoken = [None if is_break(atom) else word(atom) for atom in held.atoms]
    numbers = {one: at for at, one in enumerate(dict.fromkeys(filter(None, spoken)))}
    names = list(numbers)
    said = np.array([-1 if one is None else numbers[one] for one in spoken], int)[held.numbers]
    rows = _rows(held)
    alone = said >= 0
    singles = _common(_table(rows[alone], said[alone], (len(found), len(names))), least)
    paired = (said[:-1] >= 0) & (said[1:] >= 0) & (rows[:-1] == rows[1:])
    keys = said[:-1][paired] * len(names) + said[1:][paired]
    pairs, which = np.unique(keys, return_inverse=True)
    doubles = _common(_table(rows[:-1][paired], which, (len(found), len(pairs))), least)
    # Most pairs are too rare to count, so only the others get a name.
    features = [names[at] for at in singles[1].tolist()]
    features += [
        f"{names[key // len(names)]} {names[key % len(names)]}"
        for key in pairs[doubles[1]].tolist()
    ]
    return _by_name(hstack([singles[0], doubles[0]], format="csr"), features)


def _opening(held: Cut, found: list[Concepts], least: int) -> tuple[csr_matrix, list[str]]:
    spoken = np.array([not is_break(atom) for atom in held.atoms], bool)[held.numbers]
    before = np.concatenate([[0], np.cumsum(spoken)])
    rows = _rows(held)
    here = spoken & (before[:-1] - before[held.bounds[rows]] < OPENING)
    things = _table(rows[here], held.numbers[here], (len(found), len(held.atoms)))
    return _features_of(
        things, [() if is_break(one) else (word(one),) for one in held.atoms], least
    )


def _pieces(held: Cut, found: list[Concepts], least: int) -> tuple[csr_matrix, list[str]]:
    things = _table(_rows(held), held.numbers, (len(found), len(held.atoms)))
    return _features_of(things, map(pieces_of, held.atoms), least)


def _concepts(held: Cut, found: list[Concepts], least: int) -> tuple[csr_matrix, list[str]]:
    sets = {one: at for at, one in enumerate(dict.fromkeys(found))}
    shape = (len(found), len(sets))
    things = _table(np.arange(len(found)), np.array([sets[one] for one in found]), shape)
    return _features_of(things, map(with_pairs, sets), least)


_Count = Callable[[Cut, list[Concepts], int], tuple[csr_matrix, list[str]]]
_COUNT: dict[str, _Count] = {
    "words": _words,
    "pieces": _pieces,
    "concepts": _concepts,
    "opening": _opening,
}


def _rows(held: Cut) -> Integers:
    """Return in which text each atom stands."""
    return np.repeat(np.arange(len(held.bounds) - 1), np.diff(held.bounds))


def _table(rows: Integers, columns: Integers, shape: tuple[int, int]) -> csr_matrix:
    """Return how often each row, which are in order, has each column."""
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    # What is given is copied, since it is put in order in place.
    columns = columns.astype(np.int32)
    counts = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape)
    counts.sum_duplicates()
    return counts


def _features_of(
    things: csr_matrix, features: Iterable[Sequence[str]], least: int
) -> tuple[csr_matrix, list[str]]:
    """Return the features that rows have by way of things, which have these features each."""
    numbers: dict[str, int] = {}
    flat = [[numbers.setdefault(one, len(numbers)) for one in each] for each in features]
    owners = np.repeat(np.arange(len(flat)), [len(each) for each in flat])
    columns = np.array([one for each in flat for one in each], int)
    held = _table(owners, columns, (things.shape[1], len(numbers)))
    counts, kept = _common(things @ held, least)
    names = list(numbers)
    return _by_name(counts, [names[at] for at in kept.tolist()])


def _common(counts: csr_matrix, least: int) -> tuple[csr_matrix, Integers]:
    """Return the columns that so many rows have, and which they are."""
    kept = np.flatnonzero(np.bincount(counts.indices, minlength=counts.shape[1]) >= least)
    return counts[:, kept], kept


def _by_name(counts: csr_matrix, features: list[str]) -> tuple[csr_matrix, list[str]]:
    """Return columns and their features, sorted."""
    order = sorted(range(len(features)), key=features.__getitem__)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    counts = csr_matrix((counts.data, rank[counts.indices], counts.indptr), counts.shape)
    counts.sort_indices()
    return counts, [features[at] for at in order]
