"""Texts -> numbers of their atoms, so that what counts or compares many texts cuts them once."""

from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.text import split


class Cut(NamedTuple):
    """Texts that were cut.

    atoms: the distinct ones, in order of first sight. numbers: of each atom, text after text.
    bounds: where each text begins in them, and where the last ends.
    """

    atoms: list[str]
    numbers: NDArray[np.int32]
    bounds: NDArray[np.int64]


class _Numbers(dict[str, int]):
    """Atom -> number; given on first sight."""

    def __missing__(self, atom: str) -> int:
        number = self[atom] = len(self)
        return number


@lru_cache(maxsize=1)  # a training asks twice for the same texts
def cut(texts: tuple[str, ...]) -> Cut:
    """Return the atoms of texts as numbers."""
    known = _Numbers()
    number: Callable[[str], int] = known.__getitem__
    flat = array("i")
    bounds = [0]
    for text in texts:
        flat.extend(map(number, split(text)))
        bounds.append(len(flat))
    return Cut(list(known), np.frombuffer(flat.tobytes(), np.int32), np.array(bounds))
