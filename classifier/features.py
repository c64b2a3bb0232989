"""What of a text the linear model sees: blocks of named features.

    words      atoms as words, alone and in pairs within a phrase
    pieces     letters 3 to 5 within a Latin word
    concepts   which concepts of the gazetteer occur, alone and in pairs
    opening    the first words once more, since a title says what the text is about

Every feature belongs to one atom, one pair of neighbours or one set of concepts.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from classifier.gazetteer import Gazetteer, Match
from classifier.text import is_break, split, word

OPENING = 15
"""Words (or Chinese characters) of a text that its opening takes in."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text cut into atoms, with the terms found among them."""

    atoms: list[str]
    matches: list[Match]

    @property
    def concepts(self) -> frozenset[str]:
        """What its terms stand for."""
        return frozenset(concept for match in self.matches for concept in match.concepts)


def read(text: str, gazetteer: Gazetteer) -> Reading:
    """Return the text's atoms and matches."""
    atoms = split(text)
    return Reading(atoms, gazetteer.match(atoms))


def words(reading: Reading) -> list[str]:
    """Return the words, and the pairs of words with no break between them."""
    return _grams([None if is_break(atom) else word(atom) for atom in reading.atoms])


def pieces(reading: Reading) -> list[str]:
    """Return the runs of 3 to 5 letters within each Latin word, borders marked."""
    return [piece for atom in reading.atoms for piece in pieces_of(atom)]


@lru_cache(maxsize=50_000)
def pieces_of(atom: str) -> tuple[str, ...]:
    """Return one atom's pieces; none of what is no Latin word of four letters or more."""
    if len(atom) < 4 or not (atom.isascii() and atom.isalpha()):
        return ()
    marked = f"<{atom.lower()}>"
    return tuple(
        marked[at : at + size] for size in (3, 4, 5) for at in range(len(marked) - size + 1)
    )


def concepts(reading: Reading) -> list[str]:
    """Return each concept that occurs, once, and each pair of them."""
    return with_pairs(reading.concepts)


def with_pairs(found: Iterable[str]) -> list[str]:
    """Return concepts in order, then each pair of them."""
    present = sorted(found)
    pairs = [f"{one}+{two}" for at, one in enumerate(present) for two in present[at + 1 :]]
    return present + pairs


def opening(reading: Reading) -> list[str]:
    """Return the first words: what a text is about, and whether it reports, stands in its title."""
    spoken = (word(atom) for atom in reading.atoms if not is_break(atom))
    return list(itertools.islice(spoken, OPENING))


BLOCKS: dict[str, Callable[[Reading], list[str]]] = {
    "words": words,
    "pieces": pieces,
    "concepts": concepts,
    "opening": opening,
}


def _grams(line: Sequence[str | None]) -> list[str]:
    singles = [one for one in line if one is not None]
    pairs = [
        f"{one} {two}"
        for one, two in itertools.pairwise(line)
        if one is not None and two is not None
    ]
    return singles + pairs
