"""Hash tables in machine code: strings and numbers -> small numbers.

A slot is one 64-bit number: the upper bits of a key's hash, and below them its value plus 1; where
it stands says about the lower bits. That no two keys of a model are taken for one is seen when its
tables are filled.

This file and those that it is used by need numba, of the extra `fast`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numba
import numpy as np

from classifier.kernel_rows import fetch

compiler: Any = partial(numba.njit, error_model="numpy", fastmath={"contract"})
F = TypeVar("F", bound=Callable[..., Any])

NONE = -1
START, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
MIX, HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
NOTHING, ONE, TWO = np.uint64(0), np.uint64(1), np.uint64(2)
BEFORE, BEHIND = 60, 62
"""< and >, which stand around a word when it is cut into pieces."""


def inner(function: F) -> F:
    """Compile a function into those that call it.

    Without `_nrt=False` each call and each slice of an array would count references, which took a
    quarter of the time; such a function can make no arrays.
    """
    fast: Any = compiler(_nrt=False, forceinline=True)(function)
    return fast  # type: ignore[no-any-return]


def step(function: F) -> F:
    """Compile, like inner, a function that has loops and registers of its own."""
    fast: Any = compiler(_nrt=False)(function)
    return fast  # type: ignore[no-any-return]


def outer(function: F) -> F:
    """Compile, like inner, a function that Python calls, and keep it on disk."""
    fast: Any = compiler(_nrt=False, cache=True)(function)
    return fast  # type: ignore[no-any-return]


def entry(function: F) -> F:
    """Compile a function that Python calls, once, and keep it on disk.

    numba sees a change of the function's own file; all that it calls must stand there too.
    """
    fast: Any = compiler(cache=True)(function)
    return fast  # type: ignore[no-any-return]


@inner
def finish(state: Any) -> Any:
    """Return the hash from the state after the last character."""
    state ^= state >> HALF
    state *= MIX
    return state ^ (state >> HALF)


@inner
def spell(chars: Any, start: int, end: int, state: Any) -> Any:
    """Return the state after these characters."""
    for at in range(start, end):
        state = (state ^ np.uint64(chars[at])) * PRIME
    return state


@inner
def number_key(number: Any) -> Any:
    """Return the hash of a whole number."""
    return finish((START ^ np.uint64(number)) * PRIME)


@inner
def find(slots: Any, key: Any) -> Any:
    """Return a key's value, or NONE."""
    mask = np.uint64(len(slots) - 1)
    at = key & mask
    held = slots[at]
    while held != NOTHING and (held ^ key) > mask:
        at = (at + ONE) & mask
        held = slots[at]
    return np.int64(held & mask) - 1


@inner
def announce(slots: Any, key: Any) -> None:
    """Say that a key will be looked up."""
    fetch(slots, np.int64(key & np.uint64(len(slots) - 1)))


@inner
def store(slots: Any, key: Any, value: int) -> bool:
    """Add a key; return whether it, or one that cannot be told from it, is there already."""
    mask = np.uint64(len(slots) - 1)
    at = key & mask
    clash = False
    while slots[at] != NOTHING:
        clash |= (slots[at] ^ key) <= mask
        at = (at + ONE) & mask
    slots[at] = (key & ~mask) | np.uint64(value + 1)
    return clash


@entry
def store_strings(slots: Any, chars: Any, ends: Any, owners: Any, found: Any) -> bool:
    """Add strings that stand one after another in chars; return whether two are taken for one.

    owners: a number that belongs to each key, or NONE.
    """
    start = 0
    clash = False
    for at in range(len(ends)):
        state = spell(chars, start, ends[at], START)
        if owners[at] != NONE:
            state = (state ^ np.uint64(owners[at])) * PRIME
        clash |= store(slots, finish(state), found[at])
        start = ends[at]
    return clash


@entry
def store_numbers(slots: Any, numbers: Any, found: Any) -> bool:
    """Add whole numbers; return whether two are taken for one."""
    clash = False
    for at in range(len(numbers)):
        clash |= store(slots, number_key(numbers[at]), found[at])
    return clash


@inner
def list_keys(letters: Any, size: int, keys: Any, count: int) -> int:
    """Append the keys of the runs of 3 to 5 letters; return how many keys there are.

    letters: a word's, < and > around them, two more places behind.
    """
    for at in range(size - 2):
        place = np.uint64(count)
        state = START
        for one in range(at, at + 3):
            state = (state ^ np.uint64(letters[np.uint64(one)])) * PRIME
        keys[place] = finish(state)
        state = (state ^ np.uint64(letters[np.uint64(at + 3)])) * PRIME
        keys[place + ONE] = finish(state)
        state = (state ^ np.uint64(letters[np.uint64(at + 4)])) * PRIME
        keys[place + TWO] = finish(state)
        count += min(3, size - 2 - at)
    return count


@entry
def list_pieces(chars: Any, ends: Any, slots: Any, listed: Any, listed_ends: Any) -> int:
    """Write each token's pieces; return how many there are."""
    keys, letters = np.empty(len(chars) * 3 + 16, np.uint64), np.empty(len(chars) + 4, np.int32)
    start = count = 0
    for at in range(len(ends)):
        size = ends[at] - start
        plain = size >= 4
        letters[0], letters[size + 1] = BEFORE, BEHIND
        for one in range(size):
            letters[one + 1] = chars[start + one]
            plain &= 97 <= chars[start + one] <= 122
        for one in range(list_keys(letters, size + 2, keys, 0) if plain else 0):
            piece = find(slots, keys[one])
            listed[count] = piece
            count += piece >= 0
        listed_ends[at] = count
        start = ends[at]
    return count


@entry
def sum_pieces(listed: Any, listed_ends: Any, rows: Any, first: int, sums: Any) -> None:
    """Write the sum of each token's pieces' rows, which begin at `first`, behind its word's row."""
    for token in range(len(listed_ends) - 1):
        for lane in range(rows.shape[1]):
            total = 0.0
            for at in range(listed_ends[token], listed_ends[token + 1]):
                total += float(rows[first + listed[at], lane])
            sums[2 * token + 1, lane] = total
