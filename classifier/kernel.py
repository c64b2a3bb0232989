"""The scorer's inner loop in machine code, where numba is installed: `pip install tocsin[fast]`.

    code points | fold | cut into atoms | look up | match terms | count | weigh | sum

It does on numbers what text.split, features and Gazetteer.match do on strings, and must change
with them: tests/test_classifier_scorer.py compares both on any text. Nothing here grows with what
is scored; how a character is read is looked up by Python, once.
"""

import zlib
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from classifier import kernel_tables, kernel_text
from classifier.kernel_tables import (
    NONE,
    PRIME,
    START,
    add_pieces,
    entry,
    find,
    finish,
    inner,
    is_plain,
    number_key,
    spell,
)
from classifier.kernel_text import BREAK, PAD, read

BROKEN = -2
SPACE_BETWEEN = np.uint64(32)
LOGS = 1024
NUMBER = (60, 110, 117, 109, 98, 101, 114, 62)
"""<number>, which stands before what follows a number's digits."""

LANES = 8
TOGETHER, MOST = 32768, 512
"""Code points, and texts, that take each step together."""

BITS, LAST_BIT, FACTOR = 4096, np.uint32(4095), 40503


@inner
def is_digit(one: Any) -> Any:
    """Return whether this is one of 0 to 9."""
    return 48 <= one <= 57


@inner
def is_year(chars: Any, start: int, end: int) -> Any:
    """Return whether these are four digits, the first two 19 or 20."""
    if end - start != 4 or not (is_digit(chars[start + 2]) and is_digit(chars[start + 3])):
        return False
    one, two = chars[start], chars[start + 1]
    return (one == 49 and two == 57) or (one == 50 and two == 48)


@inner
def suffix(chars: Any, start: int, end: int) -> int:
    """Return where the digits, dots and commas end that an atom begins with."""
    while start < end and (is_digit(chars[start]) or chars[start] == 46 or chars[start] == 44):
        start += 1
    return start


@inner
def look_up(
    chars: Any, low: Any, atoms: Any, first: int, count: int, kinds: Any, token_keys: Any,
    token_values: Any, handle_keys: Any, handle_values: Any, roots: Any, fixed: Any,
    prefix: Any, seen: Any,
) -> None:  # fmt: skip
    """Write of each atom its word's token, its lower-case form's, and where terms begin.

    See text.word. fixed: the tokens of <number>, <year>, <user> and <link>.
    """
    for at in range(first, count):
        start, end = atoms[at, 0], atoms[at, 1]
        one = chars[start]
        if kinds[one] & BREAK:
            seen[at, 0], seen[at, 1], seen[at, 2] = BROKEN, NONE, 0
            continue
        folded = find(token_keys, token_values, finish(spell(low, start, end, START)))
        token = folded
        if is_digit(one):
            last = suffix(chars, start, end)
            if last < end:
                token = find(token_keys, token_values, finish(spell(low, last, end, prefix)))
            else:
                token = fixed[1] if is_year(chars, start, end) else fixed[0]
        elif one == 64:
            token = fixed[2]
        elif atoms[at, 2]:
            token = fixed[3]
        begins = roots[folded] if folded >= 0 else 0
        if begins == 0 and (one == 35 or one == 64):
            handle = finish(spell(low, start + 1, end, START))
            begins = -1 - find(handle_keys, handle_values, handle)
        seen[at, 0], seen[at, 1], seen[at, 2] = token, folded, begins


@inner
def surface_key(chars: Any, atoms: Any, first: int, last: int, node: int) -> Any:
    """Return the hash of the atoms as they stand, a space between, at a node."""
    state = START
    for at in range(first, last):
        if at > first:
            state = (state ^ SPACE_BETWEEN) * PRIME
        state = spell(chars, atoms[at, 0], atoms[at, 1], state)
    return finish((state ^ np.uint64(node)) * PRIME)


@inner
def match(
    chars: Any, atoms: Any, at: int, count: int, seen: Any, tokens: int, edge_keys: Any,
    edge_values: Any, surface_keys: Any, surface_values: Any, plain_sets: Any, cased_nodes: Any,
    set_ends: Any, set_members: Any, present: Any,
) -> int:  # fmt: skip
    """Write the concepts of the leftmost-longest terms, sorted; return their number."""
    found = 0
    while at < count:
        node = seen[at, 2]
        plain = cased = NONE
        end = at + 1
        if node < 0:
            plain = -1 - node
        elif node > 0:
            last = end
            while True:
                one, two = plain_sets[node], NONE
                if cased_nodes[node]:
                    key = surface_key(chars, atoms, at, last, node)
                    two = find(surface_keys, surface_values, key)
                if one != NONE or two != NONE:
                    plain, cased, end = one, two, last
                if last >= count or seen[last, 1] < 0:
                    break
                edge = number_key(node * tokens + seen[last, 1])
                node = find(edge_keys, edge_values, edge)
                if node < 0:
                    break
                last += 1
        if plain != NONE or cased != NONE:
            if not (is_excepted(plain, set_ends, set_members)
                    or is_excepted(cased, set_ends, set_members)):  # fmt: skip
                found = join(plain, set_ends, set_members, present, found)
                found = join(cased, set_ends, set_members, present, found)
        at = end
    return found


@inner
def is_excepted(one: int, set_ends: Any, set_members: Any) -> bool:
    """Return whether a set of concepts says that its term counts for nothing."""
    if one == NONE:
        return False
    for at in range(set_ends[one], set_ends[one + 1]):
        if set_members[at] == NONE:
            return True
    return False


@inner
def join(one: int, set_ends: Any, set_members: Any, present: Any, found: int) -> int:
    """Add a set's concepts to the sorted ones; return how many there are."""
    if one == NONE:
        return found
    for at in range(set_ends[one], set_ends[one + 1]):
        concept = set_members[at]
        place = found
        while place > 0 and present[place - 1] > concept:
            place -= 1
        if place > 0 and present[place - 1] == concept:
            continue
        for later in range(found, place, -1):
            present[later] = present[later - 1]
        present[place] = concept
        found += 1
    return found


@inner
def tally(column: int, counts: Any, touched: Any, size: int) -> Any:
    """Count a column; return how many different ones there are."""
    if column < 0:
        return size
    before = counts[column]
    counts[column] = before + 1
    touched[size] = column
    return size + (before == 0)


@inner
def count_words(
    seen: Any, first: int, count: int, tokens: int, words: Any, pair_keys: Any, pair_values: Any,
    counts: Any, touched: Any,
) -> int:  # fmt: skip
    """Count the columns of words and of pairs of neighbours."""
    many = 0
    before = BROKEN
    for at in range(first, count):
        token = seen[at, 0]
        if token >= 0:
            many = tally(words[token], counts, touched, many)
            if before >= 0:
                column = find(pair_keys, pair_values, number_key(before * tokens + token))
                many = tally(column, counts, touched, many)
        before = token
    return many


@inner
def count_opening(
    seen: Any, at: int, count: int, opening: Any, most: int, counts: Any, touched: Any
) -> int:
    """Count the columns of the first words."""
    many = spoken = 0
    while at < count and spoken < most:
        token = seen[at, 0]
        if token >= 0:
            many = tally(opening[token], counts, touched, many)
        spoken += token != BROKEN
        at += 1
    return many


@inner
def count_concepts(present: Any, found: int, columns: Any, counts: Any, touched: Any) -> int:
    """Count the columns of concepts and of pairs of them."""
    many = 0
    for one in range(found):
        for two in range(one, found):
            many = tally(columns[present[one], present[two]], counts, touched, many)
    return many


@inner
def sum_rows(
    touched: Any, size: int, tallied: Any, rows: Any, width: int, scale: float, row: Any
) -> None:
    """Add to the log-odds the touched rows, each so many times as was tallied."""
    heads = len(row)
    for base in range(0, heads, LANES):
        a = b = c = d = e = f = g = h = 0.0
        for at in range(size):
            place = touched[at] * width + base
            value = tallied[at]
            a += value * rows[place]
            b += value * rows[place + 1]
            c += value * rows[place + 2]
            d += value * rows[place + 3]
            e += value * rows[place + 4]
            f += value * rows[place + 5]
            g += value * rows[place + 6]
            h += value * rows[place + 7]
        sums = (a, b, c, d, e, f, g, h)
        for lane in range(min(LANES, heads - base)):
            row[base + lane] += sums[lane] * scale


@inner
def weigh(
    touched: Any, size: int, length: float, counts: Any, logs: Any, rows: Any, width: int,
    tallied: Any, row: Any,
) -> None:  # fmt: skip
    """Add a block's weighed counts to the log-odds, and forget the counts."""
    if size == 0:
        return
    squares = 0.0
    for at in range(size):
        column = touched[at]
        count = counts[column]
        counts[column] = 0
        value = logs[count] if count < LOGS else 1 + np.log(count)
        tallied[at] = value
        value *= rows[column * width + len(row)]
        squares += value * value
    sum_rows(touched, size, tallied, rows, width, length / np.sqrt(squares), row)


@inner
def score_pieces(
    low: Any, atoms: Any, first_atom: int, count: int, seen: Any, piece_ends: Any, word_pieces: Any,
    piece_rows: Any, piece_keys: Any, piece_values: Any, listed: Any, bits: Any, length: float,
    counts: Any, logs: Any, rows: Any, width: int, touched: Any, tallied: Any, row: Any,
) -> None:  # fmt: skip
    """Add the block of pieces to the log-odds.

    Most pieces occur once in a text, so the sum over a known word's pieces stands in a row of its
    own. What occurs more often is counted, and the difference is put right: (1 + ln n) - n times.
    """
    size = many = 0
    squares = 0.0
    for at in range(first_atom, count):
        token = seen[at, 1]
        if token >= 0:
            place = piece_rows[token]
            if place >= 0:
                for one in range(piece_ends[token], piece_ends[token + 1]):
                    listed[size] = word_pieces[one]
                    size += 1
                touched[many], tallied[many] = place, 1.0
                squares += rows[place * width + len(row)]
                many += 1
        elif is_plain(low, atoms[at, 0], atoms[at, 1]):
            first = size
            size = add_pieces(
                low, atoms[at, 0], atoms[at, 1], piece_keys, piece_values, listed, size
            )
            for one in range(first, size):
                touched[many], tallied[many] = listed[one], 1.0
                rarity = float(rows[listed[one] * width + len(row)])
                squares += rarity * rarity
                many += 1
    if size == 0:
        return
    first = many
    many = find_repeated(listed, size, bits, counts, touched, many)
    for at in range(first, many):
        column = touched[at]
        often = counts[column]
        counts[column] = 0
        value = logs[often] if often < LOGS else 1 + np.log(often)
        rarity = float(rows[column * width + len(row)])
        tallied[at] = value - often
        squares += (value * value - often) * rarity * rarity
    sum_rows(touched, many, tallied, rows, width, length / np.sqrt(squares), row)


@inner
def find_repeated(listed: Any, size: int, bits: Any, counts: Any, touched: Any, many: int) -> int:
    """Count the columns that may be listed twice: those that share a bit with another."""
    for at in range(size):
        bit = np.uint32(listed[at] * FACTOR) & LAST_BIT
        bits[bit] += bits[bit] < 2
    for at in range(size):
        bit = np.uint32(listed[at] * FACTOR) & LAST_BIT
        if bits[bit] > 1:
            many = tally(listed[at], counts, touched, many)
    for at in range(size):
        bits[np.uint32(listed[at] * FACTOR) & LAST_BIT] = 0
    return many


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
    fold_of: Any, spelled: Any, kinds: Any, lower: Any,
    token_keys: Any, token_values: Any, piece_keys: Any, piece_values: Any, pair_keys: Any,
    pair_values: Any, edge_keys: Any, edge_values: Any, handle_keys: Any, handle_values: Any,
    surface_keys: Any, surface_values: Any, words: Any, opening: Any, roots: Any,
    plain_sets: Any, cased: Any, set_ends: Any, set_members: Any, concept_columns: Any,
    piece_ends: Any, word_pieces: Any, piece_rows: Any, rows: Any, width: int, starts: Any,
    lengths: Any, logs: Any, fixed: Any, most: int, counts: Any,
) -> Any:  # fmt: skip
    """Write the log-odds of texts from `first` on, whose code points stand one after another.

    A text that Python must score gets NaN. Return the text that was come to and a code point that
    must be looked up, or the number of texts and 0. Some texts take each step together, so that
    its tables stay in the processor's cache.
    """
    longest = longest_of(ends)
    room = 8 * (longest + min(TOGETHER, len(points))) + 2 * PAD * min(MOST + 1, len(ends) + 1)
    chars, low = np.empty(room, np.int32), np.empty(room, np.int32)
    atoms, seen = np.empty((room, 3), np.int32), np.empty((room, 3), np.int32)
    atom_ends, strange = np.zeros(MOST + 1, np.int32), np.zeros(MOST, np.uint8)
    touched, listed = np.empty(32 * longest + 99, np.int32), np.empty(16 * longest + 99, np.int32)
    tallied = np.empty(32 * longest + 99, np.float64)
    present, bits = np.empty(len(concept_columns) + 1, np.int32), np.zeros(BITS, np.uint8)
    prefix = spell(NUMBER, 0, len(NUMBER), START)
    tokens = len(words)
    while first < len(ends):
        last = first + 1
        begin = ends[first - 1] if first else 0
        while last < len(ends) and last < first + MOST and ends[last] - begin < TOGETHER:
            last += 1
        unknown = read(points, ends, first, last, chars, low, atoms, atom_ends, strange, fold_of,
                       spelled, kinds, lower)  # fmt: skip
        if unknown:
            return first, unknown - 1
        count = atom_ends[last - first]
        look_up(chars, low, atoms, 0, count, kinds, token_keys, token_values, handle_keys,
                handle_values, roots, fixed, prefix, seen)  # fmt: skip
        for text in range(first, last):
            one, two = atom_ends[text - first], atom_ends[text - first + 1]
            odds[text, :] = starts
            many = count_words(seen, one, two, tokens, words, pair_keys, pair_values, counts,
                               touched)  # fmt: skip
            weigh(touched, many, lengths[0], counts, logs, rows, width, tallied, odds[text])
            many = count_opening(seen, one, two, opening, most, counts, touched)
            weigh(touched, many, lengths[3], counts, logs, rows, width, tallied, odds[text])
        for text in range(first, last):
            one, two = atom_ends[text - first], atom_ends[text - first + 1]
            score_pieces(low, atoms, one, two, seen, piece_ends, word_pieces, piece_rows,
                         piece_keys, piece_values, listed, bits, lengths[1], counts, logs, rows,
                         width, touched, tallied, odds[text])  # fmt: skip
        for text in range(first, last):
            one, two = atom_ends[text - first], atom_ends[text - first + 1]
            found = match(chars, atoms, one, two, seen, tokens, edge_keys, edge_values,
                          surface_keys, surface_values, plain_sets, cased, set_ends, set_members,
                          present)  # fmt: skip
            many = count_concepts(present, found, concept_columns, counts, touched)
            weigh(touched, many, lengths[2], counts, logs, rows, width, tallied, odds[text])
            if strange[text - first]:
                odds[text, :] = np.nan
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


score = _bind(
    zlib.crc32(
        b"".join(
            Path(one).read_bytes()
            for one in (__file__, kernel_tables.__file__, kernel_text.__file__)
        )
    )
)
