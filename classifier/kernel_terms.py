"""Looking up in machine code: atoms -> tokens, and the gazetteer's terms among them.

It does what text.word and Gazetteer.match do on strings.
"""

from typing import Any

import numpy as np

from classifier.kernel_rows import fetch
from classifier.kernel_tables import (
    BEFORE,
    BEHIND,
    NONE,
    ONE,
    PRIME,
    START,
    announce,
    find,
    finish,
    inner,
    list_keys,
    number_key,
    spell,
    step,
    store,
)
from classifier.kernel_text import (
    BREAKS,
    DIGITS,
    LINK,
    LONGEST,
    PLAIN,
    TAG,
    USER,
    character,
    low,
    spell_low,
)

BROKEN = -2
"""Instead of a token's number: what ends a phrase."""

LEARNED = 8192
"""Words that the model does not know of which the kernel keeps the pieces; a text has fewer."""

MOST_PIECES = 3 * LONGEST
"""Pieces that a text can have."""

SPACE_BETWEEN = np.uint64(32)
NUMBER = (60, 110, 117, 109, 98, 101, 114, 62)
"""<number>, which stands before what follows a number's digits."""


@inner
def is_digit(one: Any) -> Any:
    """Return whether this is one of 0 to 9."""
    return 48 <= one <= 57


@inner
def is_year(text: Any, start: int, end: int) -> Any:
    """Return whether these are four digits, the first two 19 or 20."""
    if end - start != 4:
        return False
    if not (is_digit(character(text, start + 2)) and is_digit(character(text, start + 3))):
        return False
    one, two = character(text, start), character(text, start + 1)
    return (one == 49 and two == 57) or (one == 50 and two == 48)


@inner
def suffix(text: Any, start: int, end: int) -> int:
    """Return where the digits, dots and commas end that an atom begins with."""
    while start < end:
        one = character(text, start)
        if not (is_digit(one) or one == 46 or one == 44):
            break
        start += 1
    return start


@inner
def special(
    text: Any, start: int, end: int, what: int, token: int, token_slots: Any, fixed: Any
) -> Any:  # fmt: skip
    """Return the token of the word that an atom counts as; see text.word.

    fixed: the tokens of <number>, <year>, <user> and <link>.
    """
    if what == DIGITS:
        last = suffix(text, start, end)
        if last < end:
            state = spell(NUMBER, 0, len(NUMBER), START)
            return find(token_slots, finish(spell_low(text, last, end, state)))
        return fixed[1] if is_year(text, start, end) else fixed[0]
    if what == USER:
        return fixed[2]
    if what == LINK:
        return fixed[3]
    return token


@step
def learn(
    text: Any, start: int, end: int, key: Any, tokens: int, facts: Any, piece_slots: Any,
    piece_row: int, word_pieces: Any, rows: Any, learned_slots: Any, learned: Any, letters: Any,
    keys: Any,
) -> Any:  # fmt: skip
    """Make a token of a word that the model does not know, for its pieces; return its number.

    It is no word and begins no term. Many such words come again, and to find a word's pieces is
    to look up three a letter. All of them go through this, so that a score does not depend on
    what was scored before.
    """
    token = tokens + learned[0]
    letters[0], letters[end - start + 1] = BEFORE, BEHIND
    for at in range(start, end):
        letters[at - start + 1] = low(text, at)
    wanted = list_keys(letters, end - start + 2, keys, 0)
    for at in range(wanted):
        announce(piece_slots, keys[np.uint64(at)])
    first = count = learned[1]
    for at in range(wanted):
        piece = find(piece_slots, keys[np.uint64(at)])
        fetch(rows, piece_row + piece)
        word_pieces[np.uint64(count)] = piece
        count += piece >= 0
    for lane in range(rows.shape[1]):
        total = 0.0
        for at in range(first, count):
            total += float(rows[piece_row + word_pieces[np.uint64(at)], lane])
        rows[2 * token + 1, lane] = total
    facts[token + 1, 1], facts[token + 1, 2] = first, count
    store(learned_slots, key, learned[0])
    learned[0], learned[1] = learned[0] + 1, count
    return token


@inner
def make_room(atoms: int, learned_slots: Any, learned: Any, word_pieces: Any) -> None:
    """Forget the words that were learned, if those of a text might be too many more.

    learned: their number, where their pieces end, and where the first one's begin.
    """
    if learned[0] + atoms > LEARNED or learned[1] + MOST_PIECES > len(word_pieces):
        for at in range(len(learned_slots)):
            learned_slots[at] = 0
        learned[0], learned[1] = 0, learned[2]


@inner
def look_up(
    text: Any, atoms: Any, states: Any, first: int, last: int, tokens: int, token_slots: Any,
    handle_slots: Any, edge_slots: Any, piece_slots: Any, facts: Any, rows: Any, piece_row: int,
    word_pieces: Any, learned_slots: Any, learned: Any, fixed: Any, seen: Any, heads: Any,
    head_keys: Any, letters: Any, keys: Any,
) -> Any:  # fmt: skip
    """Write of each atom its word's token and its lower-case form's.

    heads: where terms may begin, and 2 * the node of the terms + 1 if one ends there, or -1 - a
    set of concepts. head_keys: of the edge to the next atom. Return how many there are.
    """
    for at in range(first, last):
        key = finish(states[np.uint64(at)])
        states[np.uint64(at)] = key
        announce(token_slots, key)
    for at in range(first, last):
        token = find(token_slots, states[np.uint64(at)])
        seen[0, np.uint64(at)] = BROKEN if atoms[2, np.uint64(at)] == BREAKS else token
        seen[1, np.uint64(at)] = token
        fetch(facts, token + 1)
        fetch(rows, 2 * token)
    seen[1, last] = NONE
    many: Any = 0
    for at in range(first, last):
        place = np.uint64(at)
        what, folded = atoms[2, place], seen[1, place]
        fetch(word_pieces, np.int64(facts[np.uint64(folded + 1), 1]))
        fact, after = facts[np.uint64(folded + 1), 0], facts[np.uint64(seen[1, place + ONE] + 1), 0]
        begins: Any = np.int64(fact >> 1 if fact >> 1 & 1 or after & 1 else 0)
        if what > BREAKS:
            start, end = atoms[0, place], atoms[1, place]
            token = special(text, start, end, what, folded, token_slots, fixed)
            seen[0, place] = token
            if fact < 4 and what in (TAG, USER):
                name = finish(spell_low(text, start + 1, end, START))
                begins = -1 - find(handle_slots, name)
        elif what == PLAIN and folded == NONE:
            token = tokens + find(learned_slots, states[place])
            if token < tokens:
                token = learn(text, atoms[0, place], atoms[1, place], states[place], tokens, facts,
                              piece_slots, piece_row, word_pieces, rows, learned_slots, learned,
                              letters, keys)  # fmt: skip
            seen[0, place] = token
            fetch(word_pieces, np.int64(facts[np.uint64(token + 1), 1]))
            fetch(rows, 2 * token)
        heads[0, np.uint64(many)], heads[1, np.uint64(many)] = at, begins
        many += (begins < 0) | (begins > 1)
    for head in range(many):
        at, begins = heads[0, np.uint64(head)], heads[1, np.uint64(head)]
        after = seen[1, np.uint64(at + 1)]
        key = number_key((begins >> 1) * tokens + after)
        head_keys[np.uint64(head)] = key
        announce(edge_slots, key)
    return many


@inner
def surface_key(text: Any, atoms: Any, first: int, last: int, node: int) -> Any:
    """Return the hash of the atoms as they stand, a space between, at a node."""
    state = START
    for at in range(first, last):
        if at > first:
            state = (state ^ SPACE_BETWEEN) * PRIME
        for one in range(atoms[0, at], atoms[1, at]):
            state = (state ^ np.uint64(character(text, one))) * PRIME
    return finish((state ^ np.uint64(node)) * PRIME)


@inner
def match(
    text: Any, atoms: Any, heads: Any, many: int, keys: Any, count: int, seen: Any, tokens: int,
    edge_slots: Any, surface_slots: Any, nodes: Any, set_ends: Any, set_members: Any, present: Any,
) -> int:  # fmt: skip
    """Write the concepts of the leftmost-longest terms, sorted; return their number.

    nodes: 2 * (the set of concepts in any case + 1) + 1 if there are some in one case only.
    """
    found = free = 0
    for head in range(many):
        at, begins = heads[0, head], heads[1, head]
        if at < free:
            continue
        plain = cased = NONE
        end = at + 1
        if begins < 0:
            plain = -1 - begins
        else:
            node, last, key = begins >> 1, end, keys[head]
            ends = nodes[node] if begins & 1 else 0
            while True:
                if ends:
                    one, two = (ends >> 1) - 1, NONE
                    if ends & 1:
                        two = find(surface_slots, surface_key(text, atoms, at, last, node))
                    if one != NONE or two != NONE:
                        plain, cased, end = one, two, last
                if last >= count or seen[1, last] < 0:
                    break
                node = find(edge_slots, key)
                if node < 0:
                    break
                ends = nodes[node]
                last += 1
                if last < count:
                    key = number_key(node * tokens + seen[1, last])
        if plain != NONE or cased != NONE:
            free = end
            if not (is_excepted(plain, set_ends, set_members)
                    or is_excepted(cased, set_ends, set_members)):  # fmt: skip
                found = join(plain, set_ends, set_members, present, found)
                found = join(cased, set_ends, set_members, present, found)
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
