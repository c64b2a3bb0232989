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
    NONE,
    ONE,
    announce,
    find,
    inner,
    number_key,
    outer,
    step,
)
from classifier.kernel_terms import BROKEN, look_up, make_room, match
from classifier.kernel_text import read

SIX, LAST = np.uint64(6), np.uint64(63)

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
        token = np.int64(seen[0, np.uint64(at)])
        known = token >= 0
        word = token if token < tokens else np.int64(NONE)
        key = number_key(before * tokens + word)
        keys[np.uint64(wanted)] = key
        announce(pair_slots, key)
        wanted += (before | word) >= 0
        before = word
        # What is no token is counted where nothing is read.
        place = np.uint64(2 * token if known else pair_row - 1)
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
        token = seen[0, np.uint64(at)]
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
def mark(bits: Any, piece: Any) -> Any:
    """Mark a piece, and return whether it was marked before, as 0 or 1."""
    place, bit = piece >> SIX, piece & LAST
    held = bits[place]
    bits[place] = held | (ONE << bit)
    return (held >> bit) & ONE


@step
def list_shared(
    different: Any, many: int, facts: Any, word_pieces: Any, piece_row: int, bits: Any,
    counted: Any, counts: Any, ends: Any, listed: Any,
) -> Any:  # fmt: skip
    """List behind each other those pieces of each word that words before it have; mark all.

    A piece's count is 1 unless it is marked as counted: most are, and what is written to a table
    of that size is waited for. Return the end of the list, which begins at `many`.
    """
    size: Any = many
    for word in range(many):
        token = np.int64(different[np.uint64(word)])
        often = counts[np.uint64(2 * token)]
        first, last = facts[np.uint64(token + 1), 1], facts[np.uint64(token + 1), 2]
        if often == 1:
            for at in range(first, last):
                piece = word_pieces[np.uint64(at)]
                listed[np.uint64(size)] = piece
                size += np.int64(mark(bits, np.uint64(piece)))
        else:
            for at in range(first, last):
                piece = word_pieces[np.uint64(at)]
                listed[np.uint64(size)] = piece
                if mark(bits, np.uint64(piece)):
                    size += 1
                else:
                    mark(counted, np.uint64(piece))
                    counts[np.uint64(piece_row + piece)] = often
        ends[np.uint64(word)] = size
    return size


@inner
def score_pieces(
    facts: Any, word_pieces: Any, piece_row: int, counts: Any, logs: Any, rows: Any, length: float,
    different: Any, many: int, bits: Any, counted: Any, shared_ends: Any, listed: Any, times: Any,
    sums: Any, row: Any,
) -> None:  # fmt: skip
    """Add the block of pieces, and clear the counts of words.

    Most pieces are of one word, so the sum over a word's pieces stands in a row of its own. What
    other words share is put right: 1 + ln(m + n) - (1 + ln m) - (1 + ln n).
    """
    squares, heads = 0.0, len(row)
    piece: Any
    for place in range(len(bits)):
        bits[np.uint64(place)] = 0
        counted[np.uint64(place)] = 0
    shared = list_shared(different, many, facts, word_pieces, piece_row, bits, counted, counts,
                         shared_ends, listed)  # fmt: skip
    for at in range(many, shared):
        fetch(rows, piece_row + np.int64(listed[np.uint64(at)]))
    at = many
    for word in range(many):
        place = 2 * different[np.uint64(word)]
        often = np.int64(counts[np.uint64(place)])
        counts[np.uint64(place)] = 0
        one = logs[np.uint64(often)]
        listed[np.uint64(word)], times[np.uint64(word)] = place + 1, one
        squares += one * one * rows[np.uint64(place + 1), heads]
        while at < shared_ends[np.uint64(word)]:
            piece = np.int64(listed[np.uint64(at)])
            known = mark(counted, np.uint64(piece))
            piece += piece_row
            before = np.int64(counts[np.uint64(piece)]) if known else 1
            counts[np.uint64(piece)] = before + often
            two, three = logs[np.uint64(before)], logs[np.uint64(before + often)]
            listed[np.uint64(at)], times[np.uint64(at)] = piece, three - two - one
            gain = three * three - two * two - one * one
            squares += gain * rows[np.uint64(piece), heads]
            at += 1
    settle(rows, listed, times, shared, squares, length, sums, row)


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
def score_all(
    points: Any, ends: Any, first: int, odds: Any,
    signs: Any, spelled: Any, token_slots: Any, piece_slots: Any, pair_slots: Any, edge_slots: Any,
    handle_slots: Any, surface_slots: Any, facts: Any, word_pieces: Any, nodes: Any,
    set_ends: Any, set_members: Any, concept_rows: Any, rows: Any, piece_row: int,
    pair_row: int, starts: Any, lengths: Any, logs: Any, fixed: Any, most: int, counts: Any,
    tokens: int, learned_slots: Any, learned: Any,
    text: Any, atoms: Any, states: Any, atom_ends: Any, strange: Any, seen: Any, heads: Any,
    head_keys: Any, keys: Any, different: Any, letters: Any, present: Any, listed: Any,
    shared_ends: Any, times: Any, bits: Any, counted: Any, sums: Any,
) -> Any:  # fmt: skip
    """Write the log-odds of texts from `first` on, whose code points stand one after another.

    A text that Python must score gets NaN. Return the text that was come to and a code point that
    must be looked up, or the number of texts and 0; and how many got NaN. Some texts are cut
    together, few enough for what is noted of them to stay in the processor's cache.
    """
    unread = 0
    while first < len(ends):
        last = first + 1
        begin = ends[first - 1] if first else 0
        while last < len(ends) and last < first + MOST and ends[last] - begin < TOGETHER:
            last += 1
        unknown = read(points, ends, first, last, text, atoms, states, atom_ends, strange, signs,
                       spelled)  # fmt: skip
        if unknown:
            return first, unknown - 1, unread
        for at in range(first, last):
            unread += strange[at - first]
            for head in range(len(starts)):
                odds[at, head] = starts[head] if not strange[at - first] else np.nan
            one, two = atom_ends[at - first], atom_ends[at - first + 1]
            make_room(two - one, learned_slots, learned, word_pieces)
            found = look_up(text, atoms, states, one, two, tokens, token_slots, handle_slots,
                            edge_slots, piece_slots, facts, rows, piece_row, word_pieces,
                            learned_slots, learned, fixed, seen, heads, head_keys, letters,
                            keys)  # fmt: skip
            many = score_words(seen, one, two, tokens, pair_slots, pair_row, counts, logs, rows,
                               lengths[0], different, keys, listed, times, sums,
                               odds[at])  # fmt: skip
            score_pieces(facts, word_pieces, piece_row, counts, logs, rows, lengths[1], different,
                         many, bits, counted, shared_ends, listed, times, sums,
                         odds[at])  # fmt: skip
            score_opening(seen, one, two, facts, most, counts, logs, rows, lengths[3], listed,
                          times, sums, odds[at])  # fmt: skip
            found = match(text, atoms, heads, found, head_keys, two, seen, tokens, edge_slots,
                          surface_slots, nodes, set_ends, set_members, present)  # fmt: skip
            score_concepts(present, found, concept_rows, rows, lengths[2], listed, times, sums,
                           odds[at])  # fmt: skip
        first = last
    return len(ends), 0, unread


TABLES = tuple(signature(score_all).parameters)[4:]
"""The names of what is read."""


def _bind(source: int) -> Any:
    """Return score_all for Python to call; numba keeps it by what it is bound to."""

    @outer
    def score(*arguments: Any) -> Any:
        return score_all(*arguments) if source >= 0 else (0, 0, 0)

    return score


SOURCES = (kernel_rows, kernel_tables, kernel_terms, kernel_text)
score = _bind(
    zlib.crc32(
        b"".join(
            Path(one).read_bytes() for one in (__file__, *(str(part.__file__) for part in SOURCES))
        )
    )
)
