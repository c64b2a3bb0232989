"""Hash tables in machine code: strings and numbers -> small numbers. A string is known by its hash
of 64 bits; that no two of a model share one is seen when its tables are filled.

This file and those that it is used by need numba, of the extra `fast`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

NONE = -1
START, PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
MIX, HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


def inner(function: F) -> F:
    """Compile a function into those that call it."""
    fast: Any = numba.njit(error_model="numpy", fastmath={"contract"})(function)
    return fast  # type: ignore[no-any-return]


def entry(function: F) -> F:
    """Compile a function that Python calls, once, and keep it on disk.

    numba sees a change of the function's own file; all that it calls must stand there too.
    """
    fast: Any = numba.njit(cache=True, error_model="numpy", fastmath={"contract"})(function)
    return fast  # type: ignore[no-any-return]


@inner
def finish(state: Any) -> Any:
    """Return the hash from the state after the last character; never 0."""
    state ^= state >> HALF
    state *= MIX
    state ^= state >> HALF
    return state | np.uint64(1)


@inner
def spell(chars: Any, start: int, end: int, state: Any) -> Any:
    """Return the state after these characters."""
    for at in range(start, end):
        state = (state ^ np.uint64(chars[at])) * PRIME
    return state


@inner
def number_key(number: int) -> Any:
    """Return the hash of a whole number."""
    return finish((START ^ np.uint64(number)) * PRIME)


@inner
def find(keys: Any, values: Any, key: Any) -> Any:
    """Return a key's value, or NONE."""
    mask = np.uint64(len(keys) - 1)
    at = (key >> np.uint64(1)) & mask
    while True:
        held = keys[at]
        if held == key:
            return values[at]
        if held == np.uint64(0):
            return NONE
        at = (at + np.uint64(1)) & mask


@inner
def store(keys: Any, values: Any, key: Any, value: int) -> bool:
    """Add a key; return whether it is there already."""
    mask = np.uint64(len(keys) - 1)
    at = (key >> np.uint64(1)) & mask
    while keys[at] != np.uint64(0):
        if keys[at] == key:
            return True
        at = (at + np.uint64(1)) & mask
    keys[at] = key
    values[at] = value
    return False


@entry
def store_strings(keys: Any, values: Any, chars: Any, ends: Any, owners: Any, found: Any) -> bool:
    """Add strings that stand one after another in chars; return whether two have one hash.

    owners: a number that belongs to each key, or NONE.
    """
    start = 0
    clash = False
    for at in range(len(ends)):
        state = spell(chars, start, ends[at], START)
        if owners[at] != NONE:
            state = (state ^ np.uint64(owners[at])) * PRIME
        clash |= store(keys, values, finish(state), found[at])
        start = ends[at]
    return clash


@entry
def store_numbers(keys: Any, values: Any, numbers: Any, found: Any) -> bool:
    """Add whole numbers; return whether two have one hash."""
    clash = False
    for at in range(len(numbers)):
        clash |= store(keys, values, number_key(numbers[at]), found[at])
    return clash


@inner
def is_plain(chars: Any, start: int, end: int) -> bool:
    """Return whether pieces are cut from these lower-case characters: four or more of a to z."""
    if end - start < 4:
        return False
    for at in range(start, end):
        if chars[at] < 97 or chars[at] > 122:
            return False
    return True


@inner
def add_pieces(
    chars: Any, start: int, end: int, keys: Any, values: Any, listed: Any, count: int
) -> int:
    """Append the columns of the runs of 3 to 5 characters, < and > around them."""
    for first in range(start - 1, end - 1):
        state = START
        for at in range(first, min(first + 5, end + 1)):
            one = 60 if at < start else 62 if at == end else chars[at]
            state = (state ^ np.uint64(one)) * PRIME
            if at - first >= 2:
                column = find(keys, values, finish(state))
                if column >= 0:
                    listed[count] = column
                    count += 1
    return count


@entry
def list_pieces(
    chars: Any, ends: Any, keys: Any, values: Any, listed: Any, listed_ends: Any
) -> int:
    """Write the columns of each token's pieces; return how many there are."""
    start = count = 0
    for at in range(len(ends)):
        if is_plain(chars, start, ends[at]):
            count = add_pieces(chars, start, ends[at], keys, values, listed, count)
        listed_ends[at] = count
        start = ends[at]
    return count


@entry
def sum_pieces(
    listed: Any, listed_ends: Any, rows: Any, width: int, heads: int, piece_rows: Any, sums: Any
) -> None:
    """Write, of each token with a row for its pieces, the sum of their rows.

    In the place of rarity stands the sum of its squares.
    """
    for token in range(len(piece_rows)):
        if piece_rows[token] < 0:
            continue
        base = piece_rows[token] * width
        for lane in range(heads + 1):
            total = 0.0
            for at in range(listed_ends[token], listed_ends[token + 1]):
                one = float(rows[listed[at] * width + lane])
                total += one * one if lane == heads else one
            sums[base + lane] = total
