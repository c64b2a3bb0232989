"""What of a text the linear model sees: blocks of named features.

    words      atoms as words, alone and in pairs within a phrase
    pieces     letters 3 to 5 within a Latin word
    concepts   which concepts of the gazetteer occur, alone and in pairs
    patterns   neighbouring words with concepts in place of the words they cover

Every feature belongs to one atom, one pair of neighbours or one set of concepts, so that all of
it can be looked up in tables of ids.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classifier.gazetteer import Gazetteer, Match
from classifier.text import is_break, split, word


@dataclass(frozen=True, slots=True)
class Reading:
    """A text cut into atoms, with the terms found among them."""

    atoms: list[str]
    matches: list[Match]


def read(text: str, gazetteer: Gazetteer) -> Reading:
    """Return the text's atoms and matches."""
    atoms = split(text)
    return Reading(atoms, gazetteer.match(atoms))


def words(reading: Reading) -> list[str]:
    """Return the words, and the pairs of words with no break between them."""
    return _grams([None if is_break(atom) else word(atom) for atom in reading.atoms])


def pieces(reading: Reading) -> list[str]:
    """Return the runs of 3 to 5 letters within each Latin word, borders marked."""
    found: list[str] = []
    for atom in reading.atoms:
        if len(atom) > 3 and atom.isascii() and atom.isalpha():
            marked = f"<{atom.lower()}>"
            for size in (3, 4, 5):
                found.extend(marked[at : at + size] for at in range(len(marked) - size + 1))
    return found


def concepts(reading: Reading) -> list[str]:
    """Return each concept that occurs, once, and each pair of them."""
    present = sorted({concept for match in reading.matches for concept in match.concepts})
    pairs = [f"{one}+{two}" for at, one in enumerate(present) for two in present[at + 1 :]]
    return present + pairs


def patterns(reading: Reading) -> list[str]:
    """Return neighbouring pairs in which at least one side is a concept."""
    line: list[str | None] = []
    at = 0
    for match in reading.matches:
        line.extend(None if is_break(a) else word(a) for a in reading.atoms[at : match.start])
        line.append("{" + match.concepts[0] + "}")
        at = match.end
    line.extend(None if is_break(a) else word(a) for a in reading.atoms[at:])
    return [
        f"{one} {two}"
        for one, two in itertools.pairwise(line)
        if one is not None and two is not None and ("{" in one or "{" in two)
    ]


BLOCKS: dict[str, Callable[[Reading], list[str]]] = {
    "words": words,
    "pieces": pieces,
    "concepts": concepts,
    "patterns": patterns,
}


def _grams(line: Sequence[str | None]) -> list[str]:
    singles = [one for one in line if one is not None]
    pairs = [
        f"{one} {two}"
        for one, two in itertools.pairwise(line)
        if one is not None and two is not None
    ]
    return singles + pairs
