"""The scorer's inner loop in machine code, where numba is installed: `pip install tocsin[fast]`.

    code points | signs | cut into atoms | look up | match terms | count | weigh | sum

It does on numbers what text.split, features and Gazetteer.match do on strings, and must change
with them: tests/test_classifier_scorer.py compares both on any text. Nothing here grows with what
is scored; how a character is read is looked up by Python, once.

Most branches that a processor cannot foresee cost more than the work that they save, so what may
or may not belong to a list is written behind it, and the list grows by 0 or 1.
"""

import zlib
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from classifier import kernel_rows, kernel_tables, kernel_terms, kernel_text
from classifier.kernel_rows import LANES, add_rows, fetch
from classifier.kernel_tables import (
    BEFORE,
    BEHIND,
    NONE,
    announce,
    entry,
    find,
    inner,
    list_keys,
    number_key,
)
from classifier.kernel_terms import BROKEN, look_up, match
from classifier.kernel_text import PAD, PLAIN, low, read

TOGETHER, MOST = 4096, 512
"""Code points, and texts, that take each step together."""


@inner
def settle(
    rows: Any, listed: Any, times: Any, size: int, squares: float, length: float, sums: Any,
    row: Any,
) -> None:  # fmt: skip
    """Add to the log-odds the listed rows, each so many times, a block scaled to its length."""
    if squares <= 0:
        return
    scale = length / np.sqrt(squares)
    for base in range(0, len(row), LANES):
        add_rows(rows, listed, times, size, base, sums)
        for lane in range(min(LANES, len(row) - base)):
            row[base + lane] += sums[lane] * scale


@inner
def again(row: int, counts: Any, logs: Any, rows: Any, heads: int, times: Any, at: int) -> Any:
    """Count a row once more, write what that adds to 1 + ln n, and return what to its square."""
    before = counts[np.uint64(row)]
    counts[np.uint64(row)] = before + 1
    one, two = logs[np.uint64(before)], logs[np.uint64(before + 1)]
    times[np.uint64(at)] = two - one
    return (two * two - one * one) * rows[np.uint64(row), heads]


@inner
def score_words(
    seen: Any, first: int, last: int, tokens: int, pair_slots: Any, pair_row: int, counts: Any,
    logs: Any, rows: Any, length: float, different: Any, keys: Any, listed: Any, times: Any,
    sums: Any, row: Any,
) -> Any:  # fmt: skip
    """Add the block of words and of pairs of neighbours; list the different words.

    Their counts are left to score_pieces, which clears them.
    """
    many: Any = 0
    wanted: Any = 0
    before = np.int64(BROKEN)
    place: Any
    for at in range(first, last):
        token = np.int64(seen[np.uint64(at), 0])
        known = token >= 0
        key = number_key(before * tokens + token)
        keys[np.uint64(wanted)] = key
        announce(pair_slots, key)
        wanted += (before | token) >= 0
        before = token
        place = np.uint64(2 * token if known else 2 * tokens)
        times_before = counts[place]
        counts[place] = times_before + known
        different[np.uint64(many)] = token
        many += known & (times_before == 0)
    squares, heads = 0.0, len(row)
    for at in range(many):
        place = 2 * different[np.uint64(at)]
        value = logs[counts[np.uint64(place)]]
        squares += value * value * rows[np.uint64(place), heads]
        listed[np.uint64(at)], times[np.uint64(at)] = place, value
    size = many
    for at in range(wanted):
        pair = pair_row + find(pair_slots, keys[np.uint64(at)])
        listed[np.uint64(size)] = pair
        fetch(rows, pair)
        size += pair >= pair_row
    for at in range(many, size):
        squares += again(listed[np.uint64(at)], counts, logs, rows, heads, times, at)
    for at in range(many, size):
        counts[np.uint64(listed[np.uint64(at)])] = 0
    settle(rows, listed, times, size, squares, length, sums, row)
    return many


@inner
def score_opening(
    seen: Any, at: int, last: int, facts: Any, most: int, counts: Any, logs: Any, rows: Any,
    length: float, listed: Any, times: Any, sums: Any, row: Any,
) -> None:  # fmt: skip
    """Add the block of the first words."""
    size = spoken = 0
    while at < last and spoken < most:
        token = seen[np.uint64(at), 0]
        opening = facts[np.uint64(max(token, NONE) + 1), 3]
        listed[size] = opening
        size += opening >= 0
        spoken += token != BROKEN
        at += 1
    squares = 0.0
    for one in range(size):
        squares += again(listed[one], counts, logs, rows, len(row), times, one)
    for one in range(size):
        counts[listed[one]] = 0
    settle(rows, listed, times, size, squares, length, sums, row)


@inner
def score_pieces(
    text: Any, atoms: Any, seen: Any, first: int, last: int, facts: Any, word_pieces: Any,
    piece_slots: Any, piece_row: int, counts: Any, logs: Any, rows: Any, length: float,
    different: Any, many: int, letters: Any, keys: Any, earlier: Any, added: Any, listed: Any,
    times: Any, sums: Any, row: Any,
) -> None:  # fmt: skip
    """Add the block of pieces, and clear the counts of words.

    Most pieces are of one word, so the sum over a word's pieces stands in a row of its own. What
    other words share is put right: 1 + ln(m + n) - (1 + ln m) - (1 + ln n).
    """
    squares, heads = 0.0, len(row)
    shared, size = many, many
    for word in range(many):
        token = np.int64(different[np.uint64(word)])
        often = counts[np.uint64(2 * token)]
        counts[np.uint64(2 * token)] = 0
        value = logs[often]
        listed[np.uint64(word)], times[np.uint64(word)] = 2 * token + 1, value
        squares += value * value * rows[np.uint64(2 * token + 1), heads]
        for at in range(facts[np.uint64(token + 1), 1], facts[np.uint64(token + 1), 2]):
            piece: Any = np.uint64(piece_row + word_pieces[np.uint64(at)])
            before = counts[piece]
            counts[piece] = before + often
            listed[np.uint64(size)], added[np.uint64(size)] = piece, often
            earlier[np.uint64(size)] = before
            size += before != 0
    for at in range(shared, size):
        before, often = earlier[np.uint64(at)], added[np.uint64(at)]
        one, two, three = logs[before], logs[often], logs[before + often]
        times[np.uint64(at)] = three - two - one
        gain = three * three - two * two - one * one
        squares += gain * rows[np.uint64(listed[np.uint64(at)]), heads]
    wanted = 0
    for at in range(first, last):
        if seen[np.uint64(at), 1] == NONE and atoms[np.uint64(at), 2] == PLAIN:
            start, end = atoms[np.uint64(at), 0], atoms[np.uint64(at), 1]
            letters[0], letters[np.uint64(end - start + 1)] = BEFORE, BEHIND
            for one in range(start, end):
                letters[np.uint64(one - start + 1)] = low(text, one)
            begin, wanted = wanted, list_keys(letters, end - start + 2, keys, wanted)
            for one in range(begin, wanted):
                announce(piece_slots, keys[np.uint64(one)])
    begin = size
    for at in range(wanted):
        piece = piece_row + find(piece_slots, keys[np.uint64(at)])
        listed[np.uint64(size)] = piece
        fetch(rows, piece)
        size += piece >= piece_row
    for at in range(begin, size):
        squares += again(listed[np.uint64(at)], counts, logs, rows, heads, times, at)
    for at in range(begin, size):
        counts[np.uint64(listed[np.uint64(at)])] = 0
    for word in range(many):
        token = np.int64(different[np.uint64(word)])
        for at in range(facts[np.uint64(token + 1), 1], facts[np.uint64(token + 1), 2]):
            counts[np.uint64(piece_row + word_pieces[np.uint64(at)])] = 0
    settle(rows, listed, times, size, squares, length, sums, row)


@inner
def score_concepts(
    present: Any, found: int, columns: Any, rows: Any, length: float, listed: Any, times: Any,
    sums: Any, row: Any,
) -> None:  # fmt: skip
    """Add the block of concepts and of pairs of them, each of which counts once."""
    size, squares = 0, 0.0
    for one in range(found):
        for two in range(one, found):
            column = columns[present[one], present[two]]
            if column >= 0:
                listed[size], times[size] = column, 1.0
                squares += rows[column, len(row)]
                size += 1
    settle(rows, listed, times, size, squares, length, sums, row)


@inner
def longest_of(ends: Any) -> int:
    """Return the length of the longest text."""
    longest = start = 0
    for end in ends:
        longest = max(longest, end - start)
        start = end
    return longest


@inner
def score_all(
    points: Any, ends: Any, first: int, odds: Any,
    signs: Any, spelled: Any, token_slots: Any, piece_slots: Any, pair_slots: Any, edge_slots: Any,
    handle_slots: Any, surface_slots: Any, facts: Any, word_pieces: Any, nodes: Any,
    set_ends: Any, set_members: Any, concept_rows: Any, rows: Any, piece_row: int,
    pair_row: int, starts: Any, lengths: Any, logs: Any, fixed: Any, most: int, counts: Any,
) -> Any:  # fmt: skip
    """Write the log-odds of texts from `first` on, whose code points stand one after another.

    A text that Python must score gets NaN. Return the text that was come to and a code point that
    must be looked up, or the number of texts and 0. Some texts take each step together, so that
    its tables stay in the processor's cache.
    """
    longest = longest_of(ends)
    room = 8 * (longest + min(TOGETHER, len(points))) + 2 * PAD * min(MOST + 1, len(ends) + 1)
    text, states = np.empty(room, np.int64), np.empty(room, np.uint64)
    atoms, seen = np.empty((room, 3), np.int32), np.empty((room, 2), np.int32)
    heads, head_keys = np.empty((room, 2), np.int32), np.empty(room, np.uint64)
    keys = np.empty(32 * longest + 99, np.uint64)
    atom_ends, strange = np.zeros(MOST + 1, np.int32), np.zeros(MOST, np.uint8)
    listed, times = np.empty(32 * longest + 99, np.int32), np.empty(32 * longest + 99, np.float64)
    present, sums = np.empty(len(concept_rows) + 1, np.int32), np.empty(LANES, np.float64)
    different, letters = np.empty(4 * longest + 99, np.int32), np.empty(99, np.int32)
    earlier, added = np.empty(len(listed), np.uint16), np.empty(len(listed), np.uint16)
    tokens = len(facts) - 1
    while first < len(ends):
        last = first + 1
        begin = ends[first - 1] if first else 0
        while last < len(ends) and last < first + MOST and ends[last] - begin < TOGETHER:
            last += 1
        unknown = read(points, ends, first, last, text, atoms, states, atom_ends, strange, signs,
                       spelled)  # fmt: skip
        if unknown:
            return first, unknown - 1
        for at in range(first, last):
            odds[at, :] = starts
            one, two = atom_ends[at - first], atom_ends[at - first + 1]
            found = look_up(text, atoms, states, one, two, token_slots, handle_slots, edge_slots,
                            facts, rows, word_pieces, fixed, seen, heads, head_keys)  # fmt: skip
            many = score_words(seen, one, two, tokens, pair_slots, pair_row, counts, logs, rows,
                               lengths[0], different, keys, listed, times, sums,
                               odds[at])  # fmt: skip
            score_pieces(text, atoms, seen, one, two, facts, word_pieces, piece_slots, piece_row,
                         counts, logs, rows, lengths[1], different, many, letters, keys, earlier,
                         added, listed, times, sums, odds[at])  # fmt: skip
            score_opening(seen, one, two, facts, most, counts, logs, rows, lengths[3], listed,
                          times, sums, odds[at])  # fmt: skip
            found = match(text, atoms, heads, found, head_keys, two, seen, tokens, edge_slots,
                          surface_slots, nodes, set_ends, set_members, present)  # fmt: skip
            score_concepts(present, found, concept_rows, rows, lengths[2], listed, times, sums,
                           odds[at])  # fmt: skip
            if strange[at - first]:
                odds[at, :] = np.nan
        first = last
    return len(ends), 0


TABLES = tuple(signature(score_all).parameters)[4:]
"""The names of what is read."""


def _bind(source: int) -> Any:
    """Return score_all for Python to call; numba keeps it by what it is bound to."""

    @entry
    def score(*arguments: Any) -> Any:
        return score_all(*arguments) if source >= 0 else (0, 0)

    return score


SOURCES = (kernel_rows, kernel_tables, kernel_terms, kernel_text)
score = _bind(
    zlib.crc32(
        b"".join(
            Path(one).read_bytes() for one in (__file__, *(str(part.__file__) for part in SOURCES))
        )
    )
)
