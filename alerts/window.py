"""The window of open events: finds those that a text resembles, in bounded time and memory.

Events that report policy stay open for long, since an act is delayed, disputed or lifted months
later; talk is over sooner. What is here keeps the time; the words of events are in alerts/index.py.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from alerts.background import Background, load_background
from alerts.index import NARROW, WIDE, Index, Likeness, PlainIndex

TALK = timedelta(days=60)
"""How long talk that reports no act stays open, if acts stay open for longer."""

SOON, LATE = 500, 20_000
"""Posts compared after which a window is filled anew in machine code: at once where that is
compiled already, and else when there are so many that some seconds are well spent."""


class _Open(NamedTuple):
    """An open event. number: in the index."""

    number: int
    last_seen: datetime


@dataclass(slots=True)
class _Shelf:
    """Events that stay open for one span, the one that was last seen last, and their texts.

    texts: when each was, and what the index counted of it.
    """

    span: timedelta
    events: OrderedDict[str, _Open] = field(default_factory=OrderedDict)
    texts: deque[tuple[datetime, object]] = field(default_factory=deque)


class Window:
    """Events that saw a post in the last days, by their terms.

    days: how long after its last post an event that reports policy stays open to wording; one
        that does not, TALK at most.
    background: how common terms are before the window has seen any text; the shipped counts
        unless given.
    machine: compare in machine code now, never, or (None) once it is worth its start.
    valid: whether it holds what the database holds; a new one does not yet.
    version: of the grouping that it was filled from; a hand may have changed it since.
    """

    def __init__(
        self, days: float, background: Background | None = None, *, machine: bool | None = None
    ) -> None:
        self.span = timedelta(days=days)
        self.talk_span = min(self.span, TALK)
        self._background = background or load_background()
        self._machine = machine
        self._compared = 0
        self.clear()

    def clear(self, coming: int = 0) -> None:
        """Forget everything; be faster from now on, if that can be had and is worth its start.

        coming: how many texts will be put at once, as far as known.
        """
        self.valid = False
        self.version = 0
        self._compared += coming
        self._acts, self._talk = _Shelf(self.span), _Shelf(self.talk_span)
        self._ids: dict[int, str] = {}
        self._index = (self._faster() or PlainIndex)(self._background)

    def _faster(self) -> Callable[[Background], Index] | None:
        """Return what makes an index in machine code, if it can be had and is worth its start."""
        if self._machine is False or (self._machine is None and self._compared < SOON):
            return None
        try:
            from alerts.index_machine import MachineIndex, compile_all, is_compiled

            if not (self._machine or self._compared >= LATE or is_compiled()):
                return None
            compile_all()
        except Exception:
            # numba is not there, is of a version that refuses the kernel, or cannot keep what it
            # compiles.
            if self._machine:
                raise
            self._machine = False
            return None
        return MachineIndex

    @property
    def is_slow(self) -> bool:
        """Whether it would be faster if it were cleared and filled anew."""
        return isinstance(self._index, PlainIndex) and self._faster() is not None

    @property
    def acts(self) -> int:
        """Count the open events that report policy."""
        return len(self._acts.events)

    def __len__(self) -> int:
        """Count the open events."""
        return len(self._acts.events) + len(self._talk.events)

    def alike(
        self, terms: Mapping[str, float], at: datetime, *, wide: bool = False
    ) -> dict[str, Likeness]:
        """Return the events that resemble a text most, the most alike first.

        wide: look further, for a post whose event would be told of.
        """
        self._forget(at)
        self._compared += 1
        if not terms:
            return {}
        found = self._index.alike(terms, self._count(), WIDE if wide else NARROW)
        named = ((self._ids[number], likeness) for number, likeness in found)
        return dict(sorted(named, key=lambda one: (-one[1].cosine, one[0])))

    def put(
        self, event_id: str, terms: Mapping[str, float], at: datetime, *, policy: bool = False
    ) -> None:
        """Add a text to an event, opening it if it is not in the window.

        policy: whether the text reports an act, so that its event stays open for long.
        """
        if not terms:
            return
        number = self._open(event_id, at, policy)
        counted = self._index.add(number, terms, self._count(1))
        (self._acts if policy else self._talk).texts.append((at, counted))

    def _open(self, event_id: str, at: datetime, policy: bool) -> int:
        """Put an event where the last seen ones are, and return its number.

        What has become an act stays one.
        """
        acts, talk = self._acts.events, self._talk.events
        known = acts.pop(event_id, None)
        policy = policy or known is not None
        known = known or talk.pop(event_id, None)
        if known is None:
            known = _Open(self._index.open(), at)
            self._ids[known.number] = event_id
        (acts if policy else talk)[event_id] = _Open(known.number, max(at, known.last_seen))
        return known.number

    def _count(self, more: int = 0) -> float:
        """Return the logarithm of the texts that terms are counted in."""
        texts = len(self._acts.texts) + len(self._talk.texts) + more
        return math.log(texts + self._background.texts)

    def _forget(self, now: datetime) -> None:
        """Drop what has left the window: texts from the counts, events with their terms."""
        for shelf in (self._acts, self._talk):
            oldest = now - shelf.span
            while shelf.texts and shelf.texts[0][0] < oldest:
                self._index.forget_text(shelf.texts.popleft()[1])
            while shelf.events:
                event_id, known = next(iter(shelf.events.items()))
                if known.last_seen >= oldest:
                    break
                del shelf.events[event_id]
                del self._ids[known.number]
                self._index.forget_event(known.number)
