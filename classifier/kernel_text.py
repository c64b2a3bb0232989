"""The tokeniser in machine code: code points -> folded characters -> atoms, as text.split does."""

from typing import Any

import numpy as np

from classifier.kernel_tables import inner

WORD, LETTER, DIGIT, SPACE, CJK, SINGLE, BREAK, STRANGE = 1, 2, 4, 8, 16, 32, 64, 128
"""Kinds of characters, as bits: what the tokeniser's \\w, letter, \\d, \\s, and one CJK character
are; what is an atom by itself; what ends a phrase; what only Python lower-cases or counts."""

PAD = 16
"""Zeros behind a text, so that looking ahead needs no check."""


@inner
def fold(
    points: Any, start: int, end: int, fold_of: Any, spelled: Any, kinds: Any, chars: Any,
    size: int, strange: Any,
) -> Any:  # fmt: skip
    """Write the folded characters from `size` on and return their end, zeros behind it.

    Below 0: -1 - a code point to look up.

    fold_of: code point -> the character that it is read as, plus 1; 0: not looked up yet; below 0:
    -1 - its place in `spelled`, where a count and so many characters stand.
    strange[0]: set if Python must score this text.
    """
    for at in range(start, end):
        folded = fold_of[points[at]]
        if folded > 0:
            chars[size] = folded - 1
            if kinds[folded - 1] & STRANGE:
                strange[0] = 1
            size += 1
        elif folded == 0:
            return -1 - np.int64(points[at])
        else:
            place = -1 - folded
            for offset in range(spelled[place]):
                one = spelled[place + 1 + offset]
                if kinds[one] & STRANGE:
                    strange[0] = 1
                chars[size] = one
                size += 1
    for offset in range(PAD):
        chars[size + offset] = 0
    return size


@inner
def is_letter(one: Any) -> Any:
    """Return whether this is one of A to Z or a to z."""
    return 97 <= (one | 32) <= 122


@inner
def run(chars: Any, at: int, end: int, kinds: Any, kind: int) -> int:
    """Return where characters of a kind end."""
    while at < end and kinds[chars[at]] & kind:
        at += 1
    return at


@inner
def link_end(chars: Any, at: int) -> int:
    """Return where a link that begins here ends, or `at`."""
    end = at
    if chars[at] == 119 and chars[at + 1] == 119 and chars[at + 2] == 119 and chars[at + 3] == 46:
        end = at + 4
    elif chars[at] == 104 and chars[at + 1] == 116 and chars[at + 2] == 116:
        if chars[at + 3] == 112:
            end = at + 5 if chars[at + 4] == 115 else at + 4
            if chars[end] == 58 and chars[end + 1] == 47 and chars[end + 2] == 47:
                end += 3
            else:
                end = at
    first = end
    if end > at:
        while 33 <= chars[end] <= 126:
            end += 1
    return end if end > first else at


@inner
def dotted_end(chars: Any, at: int, kinds: Any) -> int:
    """Return where letters with dots such as U.S. end, or `at`."""
    if kinds[chars[at - 1]] & WORD:
        return at
    end = at
    while end < at + 12 and is_letter(chars[end]) and chars[end + 1] == 46:
        end += 2
    return end if end >= at + 4 and not kinds[chars[end]] & WORD else at


@inner
def clitic_end(chars: Any, at: int, kinds: Any) -> int:
    """Return where 't, 're, 've, 'll, 'd or 'm ends, or `at`."""
    if chars[at] != 39:
        return at
    one, two = chars[at + 1], chars[at + 2]
    end = at
    if one == 116 or one == 100 or one == 109:
        end = at + 2
    elif ((one == 114 or one == 118) and two == 101) or (one == 108 and two == 108):
        end = at + 3
    return end if end > at and not kinds[chars[end]] & WORD else at


@inner
def number_end(chars: Any, at: int, size: int, kinds: Any) -> int:
    """Return where a number with dots or commas such as 1,200.5 ends, or `at`."""
    end = run(chars, at, size, kinds, DIGIT)
    first = end
    while (chars[end] == 46 or chars[end] == 44) and kinds[chars[end + 1]] & DIGIT:
        end = run(chars, end + 1, size, kinds, DIGIT)
    return end if end > first else at


@inner
def is_single(chars: Any, at: int, kinds: Any) -> Any:
    """Return whether what may be an atom by itself is one here: a dot, say, within no word."""
    one = chars[at]
    if one == 46:
        return not kinds[chars[at + 1]] & WORD
    if one == 45:
        return bool(kinds[chars[at - 1]] & kinds[chars[at + 1]] & SPACE)
    return True


@inner
def add(atoms: Any, count: int, start: int, end: int, link: int) -> int:
    """Append an atom."""
    atoms[count, 0], atoms[count, 1], atoms[count, 2] = start, end, link
    return count + 1


@inner
def open_hashtag(chars: Any, start: int, end: int, kinds: Any, atoms: Any, count: int) -> int:
    """Append the tag and its parts, or, where it is not ASCII, # and the atoms that follow."""
    ascii_only = True
    for at in range(start, end):
        ascii_only &= chars[at] < 128
    count = add(atoms, count, start, end if ascii_only else start + 1, 0)
    at = start + 1
    while at < end:
        one = chars[at]
        last = at + 1
        if one == 95:
            at = last
            continue
        if not ascii_only:
            if kinds[one] & LETTER:
                last = run(chars, at, min(at + 40, end), kinds, LETTER)
        elif one <= 57:
            last = run(chars, at, end, kinds, DIGIT)
        else:
            while last < end and one <= 90 and 65 <= chars[last] <= 90:
                last += 1
            if one >= 97 or (last < end and 97 <= chars[last] <= 122):
                # Before small letters the last capital begins a word of its own.
                last = last - 1 if one <= 90 and last > at + 1 else last
                if one >= 97 or last == at + 1:
                    while last < end and 97 <= chars[last] <= 122:
                        last += 1
        count = add(atoms, count, at, last, 0)
        at = last
    return count


@inner
def cut(chars: Any, at: int, size: int, kinds: Any, atoms: Any, count: int) -> Any:
    """Append start, end of each atom (links marked); see text.split.

    Before and after the characters from `at` to `size` stand zeros. Return how many atoms there
    are, and where the characters end: U.S. is written behind them as US.
    """
    spare = size + PAD
    while at < size:
        one = chars[at]
        kind = kinds[one]
        end = at
        if one == 104 or one == 119:
            end = link_end(chars, at)
            if end > at:
                count = add(atoms, count, at, end, 1)
                at = end
                continue
        if (one == 64 or one == 35) and kinds[chars[at + 1]] & WORD:
            end = run(chars, at + 1, min(at + 81, size), kinds, WORD)
            if one == 64:
                count = add(atoms, count, at, end, 0)
            else:
                count = open_hashtag(chars, at, end, kinds, atoms, count)
        elif one == 36:
            end = at + 1
            while end < at + 7 and is_letter(chars[end]):
                end += 1
            if end > at + 1 and not kinds[chars[end]] & WORD:
                count = add(atoms, count, at, end, 0)
            else:
                end = at + 1
        elif one == 39:
            end = at + 1
            if (chars[end] | 32) == 115 and not kinds[chars[end + 1]] & WORD:
                end += 1
        elif kind & LETTER:
            end = dotted_end(chars, at, kinds) if is_letter(one) and chars[at + 1] == 46 else at
            if end > at:
                first = spare
                for place in range(at, end, 2):
                    chars[spare] = chars[place]
                    spare += 1
                count = add(atoms, count, first, spare, 0)
            else:
                end = number_end(chars, at, size, kinds) if kind & DIGIT else at
                if end == at:
                    end = run(chars, at, min(at + 40, size), kinds, LETTER)
                    end = clitic_end(chars, end, kinds)
                count = add(atoms, count, at, end, 0)
        else:
            end = at + 1
            if kind & SINGLE and is_single(chars, at, kinds):
                count = add(atoms, count, at, end, 0)
        at = end
    return count, spare


@inner
def read(
    points: Any, ends: Any, first: int, last: int, chars: Any, low: Any, atoms: Any, atom_ends: Any,
    strange: Any, fold_of: Any, spelled: Any, kinds: Any, lower: Any,
) -> int:  # fmt: skip
    """Cut the texts from first to last into atoms; return 0, or a code point to look up, plus 1."""
    size = count = 0
    for text in range(first, last):
        chars[size] = 0
        base = size + 1
        start = ends[text - 1] if text else 0
        strange[text - first] = 0
        size = fold(points, start, ends[text], fold_of, spelled, kinds, chars, base,
                    strange[text - first :])  # fmt: skip
        if size < 0:
            return int(-size)
        if not strange[text - first]:
            count, size = cut(chars, base, size, kinds, atoms, count)
        atom_ends[text - first + 1] = count
    for at in range(size):
        low[at] = lower[chars[at]]
    return 0
