"""The signed terms behind a score; all of a score's terms together add up to its log-odds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.features import Reading
from classifier.labels import Term

START = "(start)"
"""What a text without any known feature scores: the intercept."""

REST = "(rest)"
"""The sum of all terms that are not shown."""


def terms(
    moved: NDArray[np.float64],
    columns: NDArray[np.int64],
    start: float,
    names: Sequence[str],
    reading: Reading,
    most: int,
) -> tuple[Term, ...]:
    """Return the `most` terms that move a score furthest, largest first, then start and rest.

    moved: by each of the text's columns, which ascend. names: of all columns, "BLOCK__FEATURE".
    """
    order = np.argsort(-np.abs(moved), kind="stable")
    shown = order[:most]
    found = [
        (show(names[column], reading), move)
        for column, move in zip(columns[shown].tolist(), moved[shown].tolist(), strict=True)
    ]
    rest = float(moved[order[most:]].sum())
    return (*found, (START, float(start)), (REST, rest))


def show(name: str, reading: Reading) -> str:
    """Return a feature as a person reads it: a concept with the words behind it, say."""
    block, _, feature = name.partition("__")
    if block == "concepts":
        return " + ".join(_concept(one, reading) for one in feature.split("+"))
    if block == "opening":
        return f"{feature} (opening)"
    if block == "pieces":
        return f"…{feature}…".replace("…<", "").replace(">…", "")
    return feature


def _concept(concept: str, reading: Reading) -> str:
    for match in reading.matches:
        if concept in match.concepts:
            atoms = reading.atoms[match.start : match.end]
            joiner = " " if all(atom.isascii() for atom in atoms) else ""
            return f"{joiner.join(atoms)} ({concept})"
    return concept
