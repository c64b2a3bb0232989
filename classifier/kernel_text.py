"""The tokeniser in machine code: code points -> signs -> atoms, as text.split does.

A sign is one 64-bit number: the character that a code point is read as, its lower case, and what
it is to the tokeniser. So a character is looked up once, and what follows reads one array.
"""

from typing import Any

import numpy as np

from classifier.kernel_tables import PRIME, START, inner

CHARACTER, LOW_AT, KIND_AT = 0x1FFFFF, 21, 42
"""Where the parts of a sign stand."""

WORD, LETTER, DIGIT, SPACE, LATIN, SINGLE, BREAK, STRANGE = (1 << (KIND_AT + at) for at in range(8))
"""Kinds of characters: what the tokeniser's \\w, letter, \\d and \\s are, a to z in either case;
what is an atom by itself; what ends a phrase; what only Python lower-cases or counts."""

READ, SPELLED = 1 << 60, 1 << 61
"""Of a sign that is one character, and of the place where the signs of several stand, their count
before them. A code point that was not looked up yet has 0."""

PAD = 16
"""Zeros behind a text, so that looking ahead needs no check."""

LONGEST = 60_000
"""Signs of a text; what unfolds to more is left to Python, since counts are 16-bit numbers."""

PLAIN, BREAKS, DIGITS, USER, LINK, TAG = range(1, 7)
"""What an atom is: four letters or more of a to z (it has pieces); the end of a phrase; something
that begins with a digit; a mention; a link; a hashtag. 0: any other."""


@inner
def fold(
    points: Any, start: int, end: int, signs: Any, spelled: Any, text: Any, size: int
) -> Any:  # fmt: skip
    """Write the signs of code points from `size` on, and zeros behind them.

    Return their end and what kinds are among them. An end below 0: -1 - a code point to look up.
    """
    alike, kinds = READ, 0
    for at in range(start, end):
        sign = signs[points[at]]
        text[np.uint64(size + at - start)] = sign
        alike &= sign
        kinds |= sign
    if alike & READ:
        size += end - start
    else:
        kinds = 0
        for at in range(start, end):
            sign = signs[points[at]]
            if sign & READ:
                text[size] = sign
                size += 1
                kinds |= sign
            elif sign & SPELLED:
                place = sign - SPELLED
                for one in range(place + 1, place + 1 + spelled[place]):
                    text[size] = spelled[one]
                    size += 1
                    kinds |= spelled[one]
            else:
                return -1 - np.int64(points[at]), 0
    for at in range(size, size + PAD):
        text[at] = 0
    return size, kinds


@inner
def character(text: Any, at: int) -> Any:
    """Return a character as it stands."""
    return text[np.uint64(at)] & CHARACTER


@inner
def low(text: Any, at: int) -> Any:
    """Return a character in lower case."""
    return text[np.uint64(at)] >> LOW_AT & CHARACTER


@inner
def spell_low(text: Any, start: int, end: int, state: Any) -> Any:
    """Return the state after these characters in lower case."""
    for at in range(start, end):
        state = (state ^ np.uint64(low(text, at))) * PRIME
    return state


@inner
def is_letter(one: Any) -> Any:
    """Return whether this is one of A to Z or a to z."""
    return 97 <= (one | 32) <= 122


@inner
def run(text: Any, at: int, end: int, kind: int) -> int:
    """Return where characters of a kind end."""
    while at < end and text[np.uint64(at)] & kind:
        at += 1
    return at


@inner
def link_end(text: Any, at: int) -> int:
    """Return where a link that may begin here, with h or w, ends, or `at`."""
    one, two, three = character(text, at), character(text, at + 1), character(text, at + 2)
    end = at
    if two == 119:
        if one == 119 and three == 119 and character(text, at + 3) == 46:
            end = at + 4
    elif two == 116 and one == 104 and three == 116 and character(text, at + 3) == 112:
        end = at + 4 + (character(text, at + 4) == 115)
        if (character(text, end) == 58 and character(text, end + 1) == 47
                and character(text, end + 2) == 47):  # fmt: skip
            end += 3
        else:
            end = at
    first = end
    if end > at:
        while 33 <= character(text, end) <= 126:
            end += 1
    return end if end > first else at


@inner
def dotted_end(text: Any, at: int) -> int:
    """Return where letters with dots such as U.S. end, or `at`."""
    if text[at - 1] & WORD:
        return at
    end = at
    while end < at + 12 and is_letter(character(text, end)) and character(text, end + 1) == 46:
        end += 2
    return end if end >= at + 4 and not text[end] & WORD else at


@inner
def clitic_end(text: Any, at: int) -> int:
    """Return where 't, 're, 've, 'll, 'd or 'm ends, of which the ' stands here, or `at`."""
    one, two = character(text, at + 1), character(text, at + 2)
    end = at
    if one == 116 or one == 100 or one == 109:
        end = at + 2
    elif ((one == 114 or one == 118) and two == 101) or (one == 108 and two == 108):
        end = at + 3
    return end if end > at and not text[end] & WORD else at


@inner
def number_end(text: Any, at: int, size: int) -> int:
    """Return where a number with dots or commas such as 1,200.5 ends, or `at`."""
    end = run(text, at, size, DIGIT)
    first = end
    while (character(text, end) == 46 or character(text, end) == 44) and text[end + 1] & DIGIT:
        end = run(text, end + 1, size, DIGIT)
    return end if end > first else at


@inner
def is_single(text: Any, at: int) -> Any:
    """Return whether what may be an atom by itself is one here: a dot, say, within no word."""
    one = character(text, at)
    if one == 46:
        return not text[at + 1] & WORD
    if one == 45:
        return bool(text[at - 1] & text[at + 1] & SPACE)
    return True


@inner
def add(atoms: Any, states: Any, count: int, start: int, end: int, what: int, state: Any) -> int:
    """Append an atom."""
    place = np.uint64(count)
    atoms[0, place], atoms[1, place], atoms[2, place] = start, end, what
    states[place] = state
    return count + 1


@inner
def add_any(text: Any, atoms: Any, states: Any, count: int, start: int, end: int, what: int) -> int:
    """Append an atom after a look at its characters; what: if that is known, or 0."""
    if what == 0:
        alike = np.int64(-1)
        for at in range(start, end):
            alike &= text[at]
        if text[start] & DIGIT:
            what = DIGITS
        elif alike & LATIN and end - start >= 4:
            what = PLAIN
    return add(atoms, states, count, start, end, what, spell_low(text, start, end, START))


@inner
def open_hashtag(
    text: Any, start: int, end: int, atoms: Any, states: Any, count: int
) -> int:  # fmt: skip
    """Append the tag and its parts, or, where it is not ASCII, # and the atoms that follow."""
    ascii_only = True
    for at in range(start, end):
        ascii_only &= character(text, at) < 128
    whole = end if ascii_only else start + 1
    count = add_any(text, atoms, states, count, start, whole, TAG)
    at = start + 1
    while at < end:
        one = character(text, at)
        last = at + 1
        if one == 95:
            at = last
            continue
        if not ascii_only:
            if text[at] & LETTER:
                last = run(text, at, min(at + 40, end), LETTER)
        elif one <= 57:
            last = run(text, at, end, DIGIT)
        else:
            while last < end and one <= 90 and 65 <= character(text, last) <= 90:
                last += 1
            if one >= 97 or (last < end and 97 <= character(text, last) <= 122):
                # Before small letters the last capital begins a word of its own.
                last = last - 1 if one <= 90 and last > at + 1 else last
                if one >= 97 or last == at + 1:
                    while last < end and 97 <= character(text, last) <= 122:
                        last += 1
        count = add_any(text, atoms, states, count, at, last, 0)
        at = last
    return count


@inner
def cut_word(text: Any, at: int, size: int, spare: int, atoms: Any, states: Any, count: int) -> Any:
    """Append the atom that begins with a letter or digit here; return also its end, and `spare`."""
    sign = text[np.uint64(at)]
    one = sign & CHARACTER
    if one == 104 or one == 119:
        end = link_end(text, at)
        if end > at:
            return add_any(text, atoms, states, count, at, end, LINK), end, spare
    if sign & DIGIT:
        end = number_end(text, at, size)
        if end > at:
            return add_any(text, atoms, states, count, at, end, DIGITS), end, spare
    elif character(text, at + 1) == 46 and is_letter(one):
        end = dotted_end(text, at)
        if end > at:
            first = spare
            for place in range(at, end, 2):
                text[spare] = text[place]
                spare += 1
            return add_any(text, atoms, states, count, first, spare, 0), end, spare
    state, alike, end = START, sign, at
    last = at + 40
    while sign & LETTER and end < last:
        state = (state ^ np.uint64(sign >> LOW_AT & CHARACTER)) * PRIME
        alike &= sign
        end += 1
        sign = text[np.uint64(end)]
    what = (
        DIGITS if text[np.uint64(at)] & DIGIT else PLAIN if alike & LATIN and end >= at + 4 else 0
    )
    if sign & CHARACTER == 39:
        first = end
        end = clitic_end(text, end)
        if end > first:
            state = spell_low(text, first, end, state)
            what = DIGITS if what == DIGITS else 0
    return add(atoms, states, count, at, end, what, state), end, spare


@inner
def cut(text: Any, at: int, size: int, atoms: Any, states: Any, count: int) -> Any:
    """Append of each atom its start and end, what it is, and its hash's state; see text.split.

    Before and after the characters from `at` to `size` stand zeros. Return how many atoms there
    are, and where the characters end: U.S. is written behind them as US.
    """
    spare = size + PAD
    while at < size:
        sign = text[np.uint64(at)]
        if sign & LETTER:
            count, at, spare = cut_word(text, at, size, spare, atoms, states, count)
            continue
        one = sign & CHARACTER
        end = at + 1
        if (one == 64 or one == 35) and text[end] & WORD:
            end = run(text, end, min(at + 81, size), WORD)
            if one == 64:
                count = add_any(text, atoms, states, count, at, end, USER)
            else:
                count = open_hashtag(text, at, end, atoms, states, count)
        elif one == 36:
            while end < at + 7 and is_letter(character(text, end)):
                end += 1
            if end > at + 1 and not text[end] & WORD:
                count = add_any(text, atoms, states, count, at, end, 0)
            else:
                end = at + 1
        elif one == 39:
            if (character(text, end) | 32) == 115 and not text[end + 1] & WORD:
                end += 1
        elif sign & SINGLE and is_single(text, at):
            if sign & BREAK:
                count = add(atoms, states, count, at, end, BREAKS, START)
            else:
                count = add_any(text, atoms, states, count, at, end, 0)
        at = end
    return count, spare


@inner
def read(
    points: Any, ends: Any, first: int, last: int, text: Any, atoms: Any, states: Any,
    atom_ends: Any, strange: Any, signs: Any, spelled: Any,
) -> int:  # fmt: skip
    """Cut the texts from first to last into atoms; return 0, or a code point to look up, plus 1.

    strange: whether Python must score it.
    """
    size = count = 0
    atom_ends[0] = 0
    for one in range(first, last):
        text[size] = 0
        base = size + 1
        start = ends[one - 1] if one else 0
        size, kinds = fold(points, start, ends[one], signs, spelled, text, base)
        if size < 0:
            return int(-size)
        strange[one - first] = bool(kinds & STRANGE) or size - base > LONGEST
        if not strange[one - first]:
            count, size = cut(text, base, size, atoms, states, count)
        atom_ends[one - first + 1] = count
    return 0
