"""The window of open events: finds those that a text resembles, in bounded time and memory. Pure.

Each event is the sum of its texts' vectors (Rocchio centroid), each text a unit vector of
term weights: a term's share in the text times its inverse document frequency in the window.
A post is compared with the few events that hold its rarest terms.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PROBES = 8
"""Rarest terms of a text, of those that any event holds, by which events are looked up."""

HELD = 16
"""Rarest terms of a text under which its event can be looked up."""

MOST_EVENTS = 16
"""Newest events that are looked at for one term; a term in more of them tells nothing."""

SHORTLIST = 12
"""Events that are compared in full."""

MOST_TERMS = 256
"""Terms that one event keeps; the heaviest half stays when there are more."""

SMOOTHING = 50.0
"""Texts that the document frequencies act as having seen, so that the first ones are not odd."""

Vector = dict[str, float]


@dataclass(slots=True)
class _Centroid:
    terms: Vector = field(default_factory=dict)
    square: float = 0.0
    last_seen: datetime | None = None

    def add(self, vector: Mapping[str, float]) -> None:
        for term, weight in vector.items():
            old = self.terms.get(term, 0.0)
            self.terms[term] = old + weight
            self.square += weight * (2 * old + weight)
        if len(self.terms) > MOST_TERMS:
            kept = sorted(self.terms.items(), key=lambda item: (-item[1], item[0]))
            self.terms = dict(kept[: MOST_TERMS // 2])
            self.square = sum(weight * weight for weight in self.terms.values())

    def cosine(self, vector: Mapping[str, float]) -> float:
        held = self.terms
        shared = sum(weight * held[term] for term, weight in vector.items() if term in held)
        return shared / math.sqrt(self.square) if self.square > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """An open event that resembles a text: cosine of the text and the event, 0 to 1."""

    event_id: str
    cosine: float


class Window:
    """Events that saw a post in the last days, by their terms.

    days: how long after its last post an event stays open to wording.
    valid: whether it holds what the database holds; a new one does not yet.
    version: of the grouping that it was filled from; a hand may have changed it since.
    """

    def __init__(self, days: float) -> None:
        self.span = timedelta(days=days)
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.valid = False
        self.version = 0
        self._events: OrderedDict[str, _Centroid] = OrderedDict()
        self._holders: dict[str, dict[str, None]] = {}
        self._frequency: dict[str, int] = {}
        self._texts: deque[tuple[datetime, tuple[str, ...]]] = deque()

    def __len__(self) -> int:
        """Count the open events."""
        return len(self._events)

    def alike(self, terms: Mapping[str, float], at: datetime) -> list[Likeness]:
        """Return the events that resemble a text most, the most alike first."""
        self._forget(at)
        vector = self._weigh(terms)
        shortlist: dict[str, float] = {}
        for term in _rarest({t: w for t, w in vector.items() if t in self._holders}, PROBES):
            weight = vector[term]
            for event_id in self._newest_holders(term):
                held = self._events[event_id].terms.get(term, 0.0)
                shortlist[event_id] = shortlist.get(event_id, 0.0) + weight * held
        best = sorted(shortlist, key=lambda one: (-shortlist[one], one))[:SHORTLIST]
        found = [Likeness(one, self._events[one].cosine(vector)) for one in best]
        return sorted(found, key=lambda likeness: (-likeness.cosine, likeness.event_id))

    def put(self, event_id: str, terms: Mapping[str, float], at: datetime) -> None:
        """Add a text to an event, opening it if it is not in the window."""
        if not terms:
            return
        for term in terms:
            self._frequency[term] = self._frequency.get(term, 0) + 1
        self._texts.append((at, tuple(terms)))
        vector = self._weigh(terms)
        centroid = self._events.setdefault(event_id, _Centroid())
        centroid.add(vector)
        centroid.last_seen = max(at, centroid.last_seen or at)
        self._events.move_to_end(event_id)
        for term in _rarest(vector, HELD):
            holders = self._holders.setdefault(term, {})
            # Newest last: a term that everyone uses leads to the newest events only.
            holders.pop(event_id, None)
            holders[event_id] = None
            if len(holders) > 2 * MOST_EVENTS:
                for stale in list(holders)[:MOST_EVENTS]:
                    del holders[stale]

    def _newest_holders(self, term: str) -> list[str]:
        holders = self._holders.get(term)
        if not holders:
            return []
        return [one for one in list(holders)[-MOST_EVENTS:] if one in self._events]

    def _weigh(self, terms: Mapping[str, float]) -> Vector:
        texts = len(self._texts) + SMOOTHING
        weighed = {
            term: share * math.log(texts / (self._frequency.get(term, 0) + 0.5))
            for term, share in terms.items()
        }
        length = math.sqrt(sum(weight * weight for weight in weighed.values()))
        return {term: weight / length for term, weight in weighed.items()} if length else {}

    def _forget(self, now: datetime) -> None:
        """Drop what has left the window: texts from the counts, events with their terms."""
        oldest = now - self.span
        while self._texts and self._texts[0][0] < oldest:
            for term in self._texts.popleft()[1]:
                if self._frequency[term] == 1:
                    del self._frequency[term]
                    self._holders.pop(term, None)
                else:
                    self._frequency[term] -= 1
        while self._events:
            event_id, centroid = next(iter(self._events.items()))
            if centroid.last_seen is None or centroid.last_seen >= oldest:
                break
            del self._events[event_id]


def _rarest(vector: Mapping[str, float], most: int) -> list[str]:
    return sorted(vector, key=lambda term: (-vector[term], term))[:most]
