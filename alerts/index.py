"""The words of open events: how common each term is, and which events it leads to.

Each event is the sum of its texts' vectors (Rocchio centroid), each text a unit vector of term
weights: a term's share in the text times its inverse document frequency in the window. A post is
compared in full with the few events that most of its rarest terms lead to. This one is Python's
own; alerts/index_machine.py does the same in machine code, and must change with it.
"""

import math
from array import array
from collections.abc import ItemsView, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from typing import NamedTuple, Protocol

from alerts.background import Background

HELD = 10
"""Rarest terms of a text under which its event can be looked up; its names come on top."""

NAME, FIGURE = "@", "@figure:"
"""What a term that is a name begins with: names lead across languages and rewordings. Figures are
names too."""

MOST_EVENTS = 32
"""Newest events that a term leads to."""

MOST_TERMS = 256
"""Terms that one event keeps; the heaviest half stays when there are more."""

HALF = 0.5
"""What counts as having a term on top of the texts that do, so that none has a logarithm of 0."""

UNSEEN = math.log(HALF)
"""Of a term that no text had yet: the logarithm of half a text."""

Vector = dict[str, float]


class Packed(Mapping[str, float]):
    """A text's terms and their shares in it, as they go from one process to another: in one piece.

    Most are looked up by alerts/index_machine.py alone, which needs no strings of their own.
    joined: the terms, a line each; none has a line break in it. shares: in the same order.
    """

    __slots__ = ("joined", "shares")

    def __init__(self, joined: str, shares: "array[float]") -> None:
        self.joined, self.shares = joined, shares

    def __iter__(self) -> Iterator[str]:
        return iter(self.joined.split("\n") if self.shares else ())

    def __len__(self) -> int:
        return len(self.shares)

    def __getitem__(self, term: str) -> float:
        return dict(zip(self, self.shares, strict=True))[term]

    def items(self) -> ItemsView[str, float]:
        return dict(zip(self, self.shares, strict=True)).items()


def packed(terms: Mapping[str, float]) -> Packed:
    """Return terms in one piece."""
    if isinstance(terms, Packed):
        return terms
    joined = "\n".join(terms)
    if joined.count("\n") >= max(1, len(terms)):
        # Else each line would be taken for a term.
        joined = "\n".join(" ".join(term.split("\n")) for term in terms)
    return Packed(joined, array("d", terms.values()))


class Breadth(NamedTuple):
    """How far to look: terms that lead to events, newest events looked at for each, and events
    compared in full."""

    probes: int
    newest: int
    shortlist: int


NARROW = Breadth(probes=5, newest=6, shortlist=3)
"""How far to look for most posts."""

WIDE = Breadth(probes=64, newest=24, shortlist=24)
"""The same for a post that may be about to open an event that readers are told of."""


class Likeness(NamedTuple):
    """How much an event resembles a text.

    cosine: of the text and the event, 0 to 1.
    cover: how much of the text's weight the event knows, 0 to 1; a short text may be covered
        by a long event that it has a low cosine with.
    rarest: inverse document frequency of the rarest word that both have, names apart.
    rare: that of the third rarest.
    figure: that of the rarest figure that both have; 0 if there is none.
    own: how many words that the background does not know, and names, lead to this event alone.
    """

    cosine: float
    cover: float
    rarest: float
    rare: float
    figure: float
    own: float


UNLIKE = Likeness(0.0, 0.0, 0.0, 0.0, 0.0, 0)
"""Of an event that a text shares no wording with."""

Found = list[tuple[int, Likeness]]
"""Events by their numbers, those that most of a text's terms lead to first."""


class Index(Protocol):
    """The words of open events, which have numbers that come only once.

    terms: term -> its share in a text. texts: logarithm of how many texts terms are counted in.
    """

    def open(self) -> int:
        """Begin an event; return its number."""
        ...

    def add(self, number: int, terms: Mapping[str, float], texts: float) -> object:
        """Count a text's terms, and add it to an event; return what `forget_text` takes."""
        ...

    def alike(self, terms: Mapping[str, float], texts: float, breadth: Breadth) -> Found:
        """Return the events that resemble a text."""
        ...

    def forget_text(self, counted: object) -> None:
        """Count a text no more."""
        ...

    def forget_event(self, number: int) -> None:
        """End an event."""
        ...


@dataclass(slots=True)
class _Centroid:
    terms: Vector = field(default_factory=dict)
    square: float = 0.0

    def add(self, vector: Mapping[str, float]) -> None:
        terms, square = self.terms, self.square
        for term, weight in vector.items():
            old = terms.get(term, 0.0)
            terms[term] = old + weight
            square += weight * (2 * old + weight)
        self.square = square
        if len(terms) > MOST_TERMS:
            kept = sorted(terms.items(), key=lambda item: (-item[1], item[0]))
            self.terms = dict(kept[: MOST_TERMS // 2])
            self.square = sum(weight * weight for weight in self.terms.values())


@dataclass(slots=True)
class _Term:
    """What is known of a term, in one place: memory that is far apart is slow to reach.

    before: texts that have it before the window has seen any, and HALF a one.
    texts: those of the window that have it.
    commonness: logarithm of both together.
    events: number of an event -> weight of the term there, where it is among those that lead to
        the event.
    """

    before: float
    texts: int
    commonness: float
    events: dict[int, float] | None = None


class PlainIndex:
    """An index in dictionaries."""

    def __init__(self, background: Background) -> None:
        self._numbers = count()
        self._centroids: dict[int, _Centroid] = {}
        self._terms = {
            term: _Term(before, 0, math.log(before))
            for term, before in counted_before(background).items()
        }
        self._weighed: tuple[Mapping[str, float], Vector] = ({}, {})

    def open(self) -> int:
        number = next(self._numbers)
        self._centroids[number] = _Centroid()
        return number

    def add(self, number: int, terms: Mapping[str, float], texts: float) -> object:
        known = self._terms
        for term in terms:
            one = known.get(term)
            if one is None:
                one = known[term] = _Term(HALF, 0, UNSEEN)
            one.texts += 1
            one.commonness = math.log(one.texts + one.before)
        # A text is mostly looked up just before it is put, and weighs the same then.
        looked_up, vector = self._weighed
        if looked_up is not terms:
            vector = self._weigh(terms, texts)
        self._centroids[number].add(vector)
        names = (term for term in vector if term[0] == NAME)
        for term in dict.fromkeys((*_rarest(vector, vector, HELD), *names)):
            events = known[term].events
            if events is None:
                events = known[term].events = {}
            weight = events.pop(number, 0.0)
            events[number] = weight + vector[term]
            if len(events) > 2 * MOST_EVENTS:
                for stale in list(events)[:MOST_EVENTS]:
                    del events[stale]
        return tuple(terms)

    def alike(self, terms: Mapping[str, float], texts: float, breadth: Breadth) -> Found:
        vector = self._weigh(terms, texts)
        self._weighed = (terms, vector)
        known = self._terms.get
        leading = {
            term: one.events for term in vector if (one := known(term)) is not None and one.events
        }
        votes: dict[int, float] = {}
        for term in _rarest(leading, vector, breadth.probes):
            weight = vector[term]
            # Newest last: a term that everyone uses leads to the newest events only.
            for number, held in islice(reversed(leading[term].items()), breadth.newest):
                votes[number] = votes.get(number, 0.0) + weight * held
        found: Found = []
        for number in sorted(votes, key=votes.__getitem__, reverse=True):
            centroid = self._centroids.get(number)
            if centroid is not None:
                found.append((number, self._compare(number, centroid, vector, texts)))
                if len(found) == breadth.shortlist:
                    break
        return found

    def _compare(
        self, number: int, centroid: _Centroid, vector: Mapping[str, float], texts: float
    ) -> Likeness:
        held, known = centroid.terms, self._terms
        product = cover = 0.0
        commonness = []
        figure, own = texts, 0
        # Most words of a text are in no event but its own.
        for term in filter(held.__contains__, vector):
            weight = vector[term]
            product += weight * held[term]
            cover += weight * weight
            one, name = known.get(term), term[0] == NAME
            if not name:
                # An act outlives the talk about it, whose words are counted no more.
                commonness.append(UNSEEN if one is None else one.commonness)
            if one is None:
                continue
            if name and one.commonness < figure and term.startswith(FIGURE):
                figure = one.commonness
            events = one.events
            if events and len(events) == 1 and number in events:
                own += name or (one.before == HALF and not term.isdigit())
        cosine = product / math.sqrt(centroid.square) if centroid.square > 0 else 0.0
        commonness.sort()
        rarest = texts - commonness[0] if commonness else 0.0
        rare = texts - commonness[2] if len(commonness) > 2 else 0.0
        return Likeness(cosine, cover, rarest, rare, texts - figure, own)

    def _weigh(self, terms: Mapping[str, float], texts: float) -> Vector:
        known = self._terms.get
        weighed = {
            term: share * (texts - (UNSEEN if (one := known(term)) is None else one.commonness))
            for term, share in terms.items()
        }
        length = math.hypot(*weighed.values())
        return {term: value / length for term, value in weighed.items()} if length else {}

    def forget_text(self, counted: object) -> None:
        assert isinstance(counted, tuple)
        for term in counted:
            one = self._terms[term]
            one.texts -= 1
            one.commonness = math.log(one.texts + one.before)
            if not one.texts:
                one.events = None
                if one.before == HALF:
                    del self._terms[term]

    def forget_event(self, number: int) -> None:
        del self._centroids[number]


def counted_before(background: Background) -> dict[str, float]:
    """Return term -> texts that have it before a window has seen any, and HALF a one."""
    return {term: background.texts * share + HALF for term, share in background.shares.items()}


def _rarest(terms: Iterable[str], vector: Mapping[str, float], most: int) -> list[str]:
    return sorted(terms, key=vector.__getitem__, reverse=True)[:most]
