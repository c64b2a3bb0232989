"""Feeds the index's kernel: numbers for terms, and tables that have room.

Importing this needs numba; alerts/window.py does without where it is not installed.
"""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from alerts import index_kernel as kernel
from alerts import index_table as finder
from alerts.background import Background
from alerts.index import (
    FIGURE,
    HALF,
    MOST_EVENTS,
    MOST_TERMS,
    NAME,
    NARROW,
    WIDE,
    Breadth,
    Found,
    Likeness,
    counted_before,
    packed,
)
from alerts.index_kernel import (
    CLASSES,
    EVENT,
    IS_FIGURE,
    IS_NAME,
    IS_TELLING,
    LEAD,
    MASK,
    NONE,
    PLACES,
    SHIFT,
    TERM,
    WORD,
)
from alerts.index_table import SLOT

ROOM = 1024
"""Rows of a table, and a text's terms, that there is room for at first."""

MOST_VOTES = WIDE.probes * WIDE.newest
"""Events that the widest look may name."""

LARGEST = 2 * MOST_EVENTS
"""Room of the largest block of leads."""

SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")

Floats = NDArray[np.float64]


class _Pool:
    """A table of blocks, and where free ones begin."""

    def __init__(self, kind: Any) -> None:
        self.table = np.zeros(ROOM, kind)
        self.free = np.full(CLASSES + 1, NONE, np.int64)
        self.free[CLASSES] = 0

    def make_room(self, wanted: int) -> None:
        """Let so many rows more fit behind the last block."""
        self.table = _grown(self.table, int(self.free[CLASSES]) + wanted)


class MachineIndex:
    """An index in tables; see alerts/index.py."""

    def __init__(self, background: Background) -> None:
        self._names: list[str] = []
        self._unused: list[int] = []
        self._terms = np.zeros(ROOM, TERM)
        self._table = np.zeros(ROOM, SLOT)
        self._leads, self._words = _Pool(LEAD), _Pool(WORD)
        self._events = np.zeros(0, EVENT)
        self._uses: list[int] = []
        self._closed: list[int] = []
        self._weighed: tuple[Mapping[str, float], Floats] = ({}, np.empty(0))
        self._room = 0
        self._fit(ROOM)
        for term, texts in counted_before(background).items():
            hashes = np.empty(1, np.uint64)
            finder.number(_bytes(term), hashes, self._ids[:1], self._table)
            self._name(term, hashes[0], texts)

    def open(self) -> int:
        if self._closed:
            place = self._closed.pop()
        else:
            place = len(self._uses)
            self._uses.append(0)
            self._events = _grown(self._events, place + 1)
        number = place | self._uses[place] << SHIFT
        self._uses[place] += 1
        self._events[place] = (number, 0.0, 0, 0, 0, 0)
        return number

    def add(self, number: int, terms: Mapping[str, float], texts: float) -> object:
        whole = packed(terms)
        ids = np.empty(len(whole), np.int32)
        self._fit(len(ids))
        if finder.number(_bytes(whole.joined), self._hashes, ids, self._table):
            words = whole.joined.split("\n")
            for at in np.flatnonzero(ids == NONE).tolist():
                ids[at] = self._name(words[at], self._hashes[at], HALF)
        self._leads.make_room(LARGEST * len(ids))
        self._words.make_room(2 * (MOST_TERMS + len(ids)))
        # A text is mostly looked up just before it is put, and weighs the same then.
        looked_up, vector = self._weighed
        weighed = looked_up is terms
        if not weighed:
            vector = np.array(whole.shares)
        if kernel.join(
            number, ids, vector, weighed, texts, self._terms, self._leads.table, self._events,
            self._words.table, self._leads.free, self._words.free, self._slots, self._values,
            self._places, self._held, self._hit,
        ):  # fmt: skip
            self._cut(number & MASK)
        return ids

    def alike(self, terms: Mapping[str, float], texts: float, breadth: Breadth) -> Found:
        whole = packed(terms)
        vector = np.array(whole.shares)
        self._weighed = (terms, vector)
        self._fit(len(vector))
        ids = self._ids[: len(vector)]
        finder.number(_bytes(whole.joined), self._hashes, ids, self._table)
        many = kernel.look(
            ids, vector, texts, *breadth, self._terms, self._leads.table, self._events,
            self._words.table, self._slots, self._values, self._places, self._voted, self._votes,
            self._held, self._hit, self._found,
        )  # fmt: skip
        rows = self._found[:many].tolist()
        return [(int(row[0]), Likeness._make(row[1:])) for row in rows]

    def forget_text(self, counted: object) -> None:
        assert isinstance(counted, np.ndarray)
        leads = self._leads
        many = kernel.forget(counted, self._terms, leads.table, leads.free, self._dead)
        self._bury(many)

    def forget_event(self, number: int) -> None:
        place = number & MASK
        self._release(place, 0)
        kernel.end(place, self._events, self._words.table, self._words.free)
        self._closed.append(place)

    def _name(self, term: str, key: np.uint64, before: float) -> int:
        """Give a new term a number."""
        if self._unused:
            one = self._unused.pop()
            self._names[one] = term
        else:
            one = len(self._names)
            self._names.append(term)
            self._terms = _grown(self._terms, one + 1)
        self._terms[one] = (key, before, math.log(before), 0, 0, 0, 0, 0, _kind(term, before))
        if 2 * len(self._names) > len(self._table):
            self._table = np.zeros(2 * len(self._table), SLOT)
            finder.store_all(self._terms, self._table)
        else:
            finder.store(key, one, self._table)
        return one

    def _cut(self, place: int) -> None:
        """Leave an event its heaviest words; of those that weigh the same, the first by name."""
        at, size = int(self._events[place]["at"]), int(self._events[place]["size"])
        words, kept = self._words.table[at : at + size], MOST_TERMS // 2
        order = np.argsort(-words["weight"], kind="stable")
        weights = words["weight"][order]
        first, last = (np.searchsorted(-weights, -weights[kept], side) for side in SIDES)
        if first < kept:
            alike = sorted(
                order[first:last].tolist(), key=lambda one: self._names[words[one]["term"]]
            )
            order[first:last] = alike
        words[:] = words[order]
        self._release(place, kept)
        self._events[place]["square"] = float(np.square(weights[:kept]).sum())

    def _release(self, place: int, first: int) -> None:
        """Take from an event its words from `first` on."""
        many = kernel.release(
            place, first, self._terms, self._events, self._words.table, self._dead
        )
        self._bury(many)

    def _bury(self, many: int) -> None:
        """Forget the terms that were listed as dead."""
        dead = self._dead[:many]
        finder.drop_all(dead, self._terms, self._table)
        for one in dead.tolist():
            self._names[one] = ""
            self._unused.append(one)

    def _fit(self, terms: int) -> None:
        """Make room for what the kernel notes of a text of so many terms."""
        if terms + MOST_TERMS <= self._room:
            return
        # An event has too many words for as long as it takes to see that.
        room = self._room = 2 * (terms + MOST_TERMS)
        self._slots = np.empty(1 << (2 * room).bit_length(), np.int32)
        self._held, self._hit = np.empty(room), np.empty(room, np.uint8)
        self._dead = np.empty(room, np.int64)
        self._hashes, self._ids = np.empty(room, np.uint64), np.empty(room, np.int32)
        self._values, self._places = np.empty(MOST_VOTES), np.empty(MOST_VOTES, np.int64)
        self._voted, self._votes = np.empty(MOST_VOTES, np.int64), np.empty(MOST_VOTES)
        self._found = np.empty((MOST_VOTES, PLACES))


@cache
def compile_all() -> None:
    """Compile all that is not compiled yet. Raises what numba does where it cannot."""
    index = MachineIndex(Background(shares={}, texts=1))
    number, terms = index.open(), {f"term{at}": 1.0 for at in range(ROOM)}
    counted = index.add(number, terms, 1.0)
    index.alike({"term": 1.0}, 1.0, NARROW)
    index.forget_text(counted)
    index.forget_event(number)


def is_compiled() -> bool:
    """Return whether numba keeps the search on disk; see classifier.machine.is_compiled."""
    compiled: Any = kernel.look
    folder = Path(compiled.stats.cache_path)
    return any(folder.glob("index_kernel.look-*.nbi"))


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)


def _kind(term: str, before: float) -> int:
    name = term[0] == NAME
    telling = name or (before == HALF and not term.isdigit())
    return IS_NAME * name | IS_FIGURE * term.startswith(FIGURE) | IS_TELLING * telling


def _grown(table: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return a table with so many rows at least."""
    if len(table) >= rows:
        return table
    more = np.zeros(max(rows, ROOM, len(table) * 3 // 2), table.dtype)
    more[: len(table)] = table
    return more
