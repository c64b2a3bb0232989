"""The window of open events: finds those that a text resembles, in bounded time and memory.

Events that report policy stay open for long, since an act is delayed, disputed or lifted months
later; talk is over sooner. Each event is the sum of its texts' vectors (Rocchio centroid), each
text a unit vector of term weights: a term's share in the text times its inverse document
frequency in the window. A post is compared in full with the few events that most of its rarest
terms lead to.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from alerts.background import Background, load_background

TALK = timedelta(days=60)
"""How long talk that reports no act stays open, if acts stay open for longer."""

NARROW = (5, 6, 3)
"""For most posts: terms that lead to events, newest events looked at for each, and events
compared in full."""

WIDE = (64, 24, 24)
"""The same for a post that may be about to open an event that readers are told of."""

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


@dataclass(slots=True)
class _Centroid:
    terms: Vector = field(default_factory=dict)
    square: float = 0.0
    last_seen: datetime | None = None

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
    """What the window knows of a term, in one place: memory that is far apart is slow to reach.

    before: texts that have it before the window has seen any, and HALF a one.
    texts: those of the window that have it.
    commonness: logarithm of both together.
    events: event -> weight of the term there, where it is among those that lead to the event.
    """

    before: float
    texts: int
    commonness: float
    events: dict[str, float] | None = None


@dataclass(slots=True)
class _Shelf:
    """Events that stay open for one span, the one that was last seen last, and their texts."""

    span: timedelta
    events: OrderedDict[str, _Centroid] = field(default_factory=OrderedDict)
    texts: deque[tuple[datetime, tuple[str, ...]]] = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class Likeness:
    """An open event that resembles a text.

    cosine: of the text and the event, 0 to 1.
    cover: how much of the text's weight the event knows, 0 to 1; a short text may be covered
        by a long event that it has a low cosine with.
    rarest: inverse document frequency of the rarest word that both have, names apart.
    rare: that of the third rarest.
    figure: that of the rarest figure that both have; 0 if there is none.
    own: how many words that the background does not know, and names, lead to this event alone.
    """

    event_id: str
    cosine: float
    cover: float
    rarest: float
    rare: float
    figure: float
    own: int


UNLIKE = Likeness("", 0.0, 0.0, 0.0, 0.0, 0.0, 0)
"""Of an event that a text shares no wording with."""


class Window:
    """Events that saw a post in the last days, by their terms.

    days: how long after its last post an event that reports policy stays open to wording; one
        that does not, TALK at most.
    background: how common terms are before the window has seen any text; the shipped counts
        unless given.
    valid: whether it holds what the database holds; a new one does not yet.
    version: of the grouping that it was filled from; a hand may have changed it since.
    """

    def __init__(self, days: float, background: Background | None = None) -> None:
        self.span = timedelta(days=days)
        self.talk_span = min(self.span, TALK)
        self._background = background or load_background()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.valid = False
        self.version = 0
        self._acts, self._talk = _Shelf(self.span), _Shelf(self.talk_span)
        background = self._background
        before = {
            term: background.texts * share + HALF for term, share in background.shares.items()
        }
        self._terms = {term: _Term(texts, 0, math.log(texts)) for term, texts in before.items()}
        self._weighed: tuple[Mapping[str, float], Vector] = ({}, {})

    @property
    def acts(self) -> int:
        """Count the open events that report policy."""
        return len(self._acts.events)

    def __len__(self) -> int:
        """Count the open events."""
        return len(self._acts.events) + len(self._talk.events)

    def alike(
        self, terms: Mapping[str, float], at: datetime, *, wide: bool = False
    ) -> list[Likeness]:
        """Return the events that resemble a text most, the most alike first.

        wide: look further, for a post whose event would be told of.
        """
        self._forget(at)
        probes, newest, shortlist = WIDE if wide else NARROW
        vector = self._weigh(terms)
        self._weighed = (terms, vector)
        known = self._terms.get
        leading = {
            term: one.events for term in vector if (one := known(term)) is not None and one.events
        }
        votes: dict[str, float] = {}
        for term in _rarest(leading, vector, probes):
            weight = vector[term]
            # Newest last: a term that everyone uses leads to the newest events only.
            for event_id, held in islice(reversed(leading[term].items()), newest):
                votes[event_id] = votes.get(event_id, 0.0) + weight * held
        best = sorted(votes, key=votes.__getitem__, reverse=True)
        acts, talk = self._acts.events, self._talk.events
        found: list[Likeness] = []
        for event_id in best:
            centroid = acts.get(event_id) or talk.get(event_id)
            if centroid is not None:
                found.append(self._compare(event_id, centroid, vector))
                if len(found) == shortlist:
                    break
        return sorted(found, key=lambda likeness: (-likeness.cosine, likeness.event_id))

    def _compare(self, event_id: str, centroid: _Centroid, vector: Mapping[str, float]) -> Likeness:
        held, known = centroid.terms, self._terms
        product = cover = 0.0
        commonness = []
        texts = self._count()
        figure, own = texts, 0
        # Most words of a text are in no event but its own.
        for term in filter(held.__contains__, vector):
            weight = vector[term]
            product += weight * held[term]
            cover += weight * weight
            one = known.get(term)
            if one is None:
                commonness.append(UNSEEN)
                continue
            name = term[0] == NAME
            if not name:
                # An act outlives the talk about it, whose words are counted no more.
                commonness.append(one.commonness)
            elif one.commonness < figure and term.startswith(FIGURE):
                figure = one.commonness
            events = one.events
            if events and len(events) == 1 and event_id in events:
                own += name or (one.before == HALF and not term.isdigit())
        cosine = product / math.sqrt(centroid.square) if centroid.square > 0 else 0.0
        commonness.sort()
        rarest = texts - commonness[0] if commonness else 0.0
        rare = texts - commonness[2] if len(commonness) > 2 else 0.0
        return Likeness(event_id, cosine, cover, rarest, rare, texts - figure, own)

    def put(
        self, event_id: str, terms: Mapping[str, float], at: datetime, *, policy: bool = False
    ) -> None:
        """Add a text to an event, opening it if it is not in the window.

        policy: whether the text reports an act, so that its event stays open for long.
        """
        if not terms:
            return
        known = self._terms
        for term in terms:
            one = known.get(term)
            if one is None:
                one = known[term] = _Term(HALF, 0, UNSEEN)
            one.texts += 1
            one.commonness = math.log(one.texts + one.before)
        (self._acts if policy else self._talk).texts.append((at, tuple(terms)))
        # A text is mostly looked up just before it is put, and weighs the same then.
        looked_up, vector = self._weighed
        if looked_up is not terms:
            vector = self._weigh(terms)
        centroid = self._open(event_id, policy)
        centroid.add(vector)
        centroid.last_seen = max(at, centroid.last_seen or at)
        names = (term for term in vector if term[0] == NAME)
        for term in dict.fromkeys((*_rarest(vector, vector, HELD), *names)):
            events = known[term].events
            if events is None:
                events = known[term].events = {}
            weight = events.pop(event_id, 0.0)
            events[event_id] = weight + vector[term]
            if len(events) > 2 * MOST_EVENTS:
                for stale in list(events)[:MOST_EVENTS]:
                    del events[stale]

    def _open(self, event_id: str, policy: bool) -> _Centroid:
        """Return an event, put where the last seen ones are; what has become an act stays one."""
        acts, talk = self._acts.events, self._talk.events
        centroid = acts.pop(event_id, None)
        policy = policy or centroid is not None
        centroid = centroid or talk.pop(event_id, None) or _Centroid()
        (acts if policy else talk)[event_id] = centroid
        return centroid

    def _weigh(self, terms: Mapping[str, float]) -> Vector:
        texts, known = self._count(), self._terms.get
        weighed = {
            term: share * (texts - (UNSEEN if (one := known(term)) is None else one.commonness))
            for term, share in terms.items()
        }
        length = math.hypot(*weighed.values())
        return {term: value / length for term, value in weighed.items()} if length else {}

    def _count(self) -> float:
        """Return the logarithm of the texts that terms are counted in."""
        return math.log(len(self._acts.texts) + len(self._talk.texts) + self._background.texts)

    def _forget(self, now: datetime) -> None:
        """Drop what has left the window: texts from the counts, events with their terms."""
        for shelf in (self._acts, self._talk):
            oldest = now - shelf.span
            while shelf.texts and shelf.texts[0][0] < oldest:
                for term in shelf.texts.popleft()[1]:
                    self._forget_term(term)
            while shelf.events:
                event_id, centroid = next(iter(shelf.events.items()))
                if centroid.last_seen is None or centroid.last_seen >= oldest:
                    break
                del shelf.events[event_id]

    def _forget_term(self, term: str) -> None:
        one = self._terms[term]
        one.texts -= 1
        one.commonness = math.log(one.texts + one.before)
        if not one.texts:
            one.events = None
            if one.before == HALF:
                del self._terms[term]


def _rarest(terms: Iterable[str], vector: Mapping[str, float], most: int) -> list[str]:
    return sorted(terms, key=vector.__getitem__, reverse=True)[:most]
