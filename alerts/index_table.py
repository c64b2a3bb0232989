"""Finds terms by their hashes, in machine code: the table of alerts/index_machine.py.

A text's terms come as lines of one text, so that no strings need be made of them. Two terms share a
hash once in some 10^19 pairs. Needs numba, of the extra `fast`; all that is called stands in this
file, by which numba knows whether what it keeps is old.
"""

from typing import Any

import numpy as np

from classifier.kernel_tables import outer, step

NONE = -1

SLOT = np.dtype([("hash", "u8"), ("term", "i8")])
"""Where a term is found by its hash."""

START, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
MIX, HALF_WAY, ONE = np.uint64(0x9E3779B97F4A7C15), np.uint64(32), np.uint64(1)
FREE = np.uint64(0)
LINE_BREAK = 10


@step
def hash_terms(text: Any, hashes: Any) -> None:
    """Write the hash of each line of a text: FNV-1a, mixed. Two terms share one hardly ever."""
    state, count = START, 0
    for at in range(len(text) + 1):
        if at < len(text) and text[at] != LINE_BREAK:
            state = (state ^ np.uint64(text[at])) * PRIME
            continue
        mixed = (state ^ (state >> HALF_WAY)) * MIX
        hashes[count] = (mixed ^ (mixed >> HALF_WAY)) | ONE
        state = START
        count += 1


@step
def slot_of(key: Any, slots: Any) -> int:
    """Return the slot of a hash, or the free one where it would stand."""
    mask = len(slots) - 1
    at = np.int64(key & np.uint64(mask))
    while slots[at].hash != FREE and slots[at].hash != key:
        at = (at + 1) & mask
    return at  # type: ignore[return-value]


@step
def drop(key: Any, slots: Any) -> None:
    """Free the slot of a hash, and close the gap: linear probing without tombstones."""
    mask = len(slots) - 1
    gap = slot_of(key, slots)
    at = (gap + 1) & mask
    while slots[at].hash != FREE:
        home = np.int64(slots[at].hash & np.uint64(mask))
        # Whether its home lies behind the gap, on the way round to where it stands.
        if ((at - home) & mask) >= ((at - gap) & mask):
            slots[gap].hash, slots[gap].term = slots[at].hash, slots[at].term
            gap = at
        at = (at + 1) & mask
    slots[gap].hash = FREE


@outer
def store(key: Any, term: int, slots: Any) -> None:
    """Let a term be found by its hash."""
    at = slot_of(key, slots)
    slots[at].hash, slots[at].term = key, term


@outer
def drop_all(ids: Any, terms: Any, slots: Any) -> None:
    """Let these terms be found no more."""
    for at in range(len(ids)):
        drop(terms[ids[at]].hash, slots)
        terms[ids[at]].hash = FREE


@outer
def store_all(terms: Any, slots: Any) -> None:
    """Let all terms be found in a table that is empty yet."""
    for one in range(len(terms)):
        if terms[one].hash != FREE:
            at = slot_of(terms[one].hash, slots)
            slots[at].hash, slots[at].term = terms[one].hash, one


@outer
def number(text: Any, hashes: Any, ids: Any, slots: Any) -> int:
    """Write the number of each term of a text, NONE for those that are new; return how many are."""
    hash_terms(text, hashes)
    new = 0
    for at in range(len(ids)):
        slot = slot_of(hashes[at], slots)
        known = slots[slot].hash != FREE
        ids[at] = slots[slot].term if known else NONE
        new += not known
    return new
