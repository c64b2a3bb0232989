"""The inner loops of the index of open events in machine code: needs numba, of the extra `fast`.

    weigh | vote | compare          count | weigh | add to the event | let terms lead to it

It does on tables what alerts/index.py does in dictionaries, and must change with it:
tests/test_alerts_window.py compares both. A table cannot grow in here, so whoever calls makes room
before. All that is called stands in this file, by which numba knows whether what it keeps is old.
"""

import math
from typing import Any

import numpy as np

from classifier.kernel_tables import outer, step

HALF, HELD, MOST_EVENTS, MOST_TERMS = 0.5, 10, 32, 256
UNSEEN = math.log(HALF)
"""As in alerts/index.py, and written here too: numba keeps what it compiled until this very file
changes. A test holds them together."""

IS_NAME, IS_FIGURE, IS_TELLING = 1, 2, 4
"""What a term is: a name, a figure, and a name or a word that the background does not know."""

TERM = np.dtype(
    [("hash", "u8"), ("before", "f8"), ("common", "f8"), ("texts", "i4"), ("held", "i4"),
     ("at", "i4"), ("size", "i2"), ("room", "i2"), ("kind", "i4")],
    align=True,
)  # fmt: skip
"""As in alerts/index.py; hash: see alerts/index_table.py, 0 where there is no term; held: events
whose words have it; at, size, room: of the events that it leads to, among the leads, the newest
last."""

LEAD = np.dtype([("event", "i8"), ("weight", "f8")])
"""An event that a term leads to, or where the next free block stands."""

EVENT = np.dtype(
    [("number", "i8"), ("square", "f8"), ("at", "i4"), ("size", "i4"), ("room", "i4"),
     ("voted", "i4")],
    align=True,
)  # fmt: skip
"""number: place in this table and, above SHIFT bits, how often that was used before; NOBODY if
it is free now. at, size, room: of its words, among the words. voted: place among votes, from 1."""

WORD = np.dtype([("term", "i8"), ("weight", "f8")])
"""A term of an event, or where the next free block stands."""

SHIFT, NOBODY, NONE = 32, -1, -1
MASK = (1 << SHIFT) - 1

SMALLEST, CLASSES = 4, 20
"""Room of the smallest block; each next kind has twice as much."""

PLACES = 7
"""Values that are told of an event that is alike."""


@step
def kind_of(room: Any) -> int:
    """Return the kind of block that has so much room."""
    kind = 0
    while SMALLEST << kind < room:
        kind += 1
    return kind


@step
def take(wanted: Any, table: Any, free: Any) -> Any:
    """Return the place of a block with room for so many, and its room.

    free: of each kind the first free block, which holds the next one; then where the table ends.
    """
    kind = kind_of(wanted)
    place = free[kind]
    if place != NONE:
        free[kind] = table[place][0]
    else:
        place = free[CLASSES]
        free[CLASSES] += SMALLEST << kind
    return place, SMALLEST << kind


@step
def give(place: int, room: int, table: Any, free: Any) -> None:
    """Free a block."""
    if room:
        kind = kind_of(room)
        table[place][0] = free[kind]
        free[kind] = place


@step
def note(ids: Any, slots: Any) -> int:
    """Note where each term stands in a text; return the mask of the slots."""
    mask = 63
    while mask < 2 * len(ids):
        mask = 2 * mask + 1
    for at in range(mask + 1):
        slots[at] = 0
    for at in range(len(ids)):
        if ids[at] >= 0:
            slot = ids[at] & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = at + 1
    return mask


@step
def place_of(term: int, ids: Any, slots: Any, mask: int) -> int:
    """Return where a term stands in the text, or NONE."""
    slot = term & mask
    while slots[slot]:
        if ids[slots[slot] - 1] == term:
            return slots[slot] - 1  # type: ignore[no-any-return]
        slot = (slot + 1) & mask
    return NONE


@step
def weigh(ids: Any, vector: Any, texts: float, terms: Any) -> bool:
    """Turn a text's shares into its vector; return whether it has any length."""
    total = 0.0
    for at in range(len(ids)):
        common = UNSEEN if ids[at] < 0 else terms[ids[at]].common
        vector[at] *= texts - common
        total += vector[at] * vector[at]
    if total <= 0:
        return False
    length = math.sqrt(total)
    for at in range(len(ids)):
        vector[at] /= length
    return True


@step
def insert(value: float, at: int, most: int, size: int, values: Any, places: Any) -> int:
    """Insert into a list that is sorted by value, the largest first; return its new size."""
    if size == most:
        if value <= values[size - 1]:
            return size
        size -= 1
    here = size
    while here > 0 and values[here - 1] < value:
        values[here], places[here] = values[here - 1], places[here - 1]
        here -= 1
    values[here], places[here] = value, at
    return size + 1


@step
def vote(
    ids: Any, vector: Any, probes: int, newest: int, terms: Any, leads: Any, events: Any,
    values: Any, places: Any, voted: Any, votes: Any,
) -> int:  # fmt: skip
    """List the open events that the rarest terms lead to, with their votes; return how many."""
    chosen = 0
    for at in range(len(ids)):
        if ids[at] >= 0 and terms[ids[at]].size:
            chosen = insert(vector[at], at, probes, chosen, values, places)
    many = 0
    for one in range(chosen):
        at = places[one]
        term = terms[ids[at]]
        end = term.at + term.size
        for place in range(end - 1, max(term.at, end - newest) - 1, -1):
            number = leads[place].event
            event = events[number & MASK]
            if event.number != number:
                continue
            if not event.voted:
                voted[many], votes[many] = number, 0.0
                many += 1
                event.voted = many
            votes[event.voted - 1] += vector[at] * leads[place].weight
    for one in range(many):
        events[voted[one] & MASK].voted = 0
    return many


@step
def compare(
    number: int, ids: Any, vector: Any, texts: float, mask: int, terms: Any, leads: Any,
    events: Any, words: Any, slots: Any, held: Any, hit: Any, found: Any,
) -> None:  # fmt: skip
    """Write what an event and a text have in common."""
    event = events[number & MASK]
    for at in range(len(ids)):
        hit[at] = 0
    for one in range(event.at, event.at + event.size):
        at = place_of(words[one].term, ids, slots, mask)
        if at != NONE:
            hit[at], held[at] = 1, words[one].weight
    product = cover = 0.0
    first = second = third = math.inf
    figure, own = texts, 0
    for at in range(len(ids)):
        if not hit[at]:
            continue
        weight = vector[at]
        product += weight * held[at]
        cover += weight * weight
        term = terms[ids[at]]
        common = term.common
        if not term.kind & IS_NAME:
            if common < first:
                first, second, third = common, first, second
            elif common < second:
                second, third = common, second
            elif common < third:
                third = common
        elif term.kind & IS_FIGURE and common < figure and (term.texts or term.before != HALF):
            # One that no text has any more tells as little as in alerts/index.py.
            figure = common
        if term.size == 1 and leads[term.at].event == number and term.kind & IS_TELLING:
            own += 1
    found[0], found[2], found[5], found[6] = number, cover, texts - figure, own
    found[1] = product / math.sqrt(event.square) if event.square > 0 else 0.0
    found[3] = texts - first if first < math.inf else 0.0
    found[4] = texts - third if third < math.inf else 0.0


@outer
def look(
    ids: Any, vector: Any, texts: float, probes: int, newest: int, shortlist: int, terms: Any,
    leads: Any, events: Any, words: Any, slots: Any, values: Any, places: Any, voted: Any,
    votes: Any, held: Any, hit: Any, found: Any,
) -> int:  # fmt: skip
    """Write the events that resemble a text, those that most of its terms lead to first.

    vector: the terms' shares in the text, which become its vector.
    """
    if not weigh(ids, vector, texts, terms):
        return 0
    many = vote(ids, vector, probes, newest, terms, leads, events, values, places, voted, votes)
    size = 0
    for one in range(many):
        size = insert(votes[one], one, shortlist, size, values, places)
    if size:
        mask = note(ids, slots)
        for one in range(size):
            compare(voted[places[one]], ids, vector, texts, mask, terms, leads, events, words,
                    slots, held, hit, found[one])  # fmt: skip
    return size


@outer
def forget(ids: Any, terms: Any, leads: Any, lead_free: Any, dead: Any) -> int:
    """Count a text's terms no more; list those that nothing holds any longer."""
    many = 0
    for at in range(len(ids)):
        term = terms[ids[at]]
        term.texts -= 1
        term.common = math.log(term.texts + term.before)
        if not term.texts:
            give(term.at, term.room, leads, lead_free)
            term.size = term.room = 0
            if not term.held and term.before == HALF:
                dead[many] = ids[at]
                many += 1
    return many


@outer
def release(one: int, first: int, terms: Any, events: Any, words: Any, dead: Any) -> int:
    """Take from an event its words from `first` on; list the terms that nothing holds any longer.

    one: its place among events.
    """
    many = 0
    event = events[one]
    for at in range(event.at + first, event.at + event.size):
        term = terms[words[at].term]
        term.held -= 1
        if not term.held and not term.texts and term.before == HALF:
            dead[many] = words[at].term
            many += 1
    event.size = min(event.size, first)
    return many


@outer
def end(one: int, events: Any, words: Any, word_free: Any) -> None:
    """Free an event's place."""
    event = events[one]
    give(event.at, event.room, words, word_free)
    event.size = event.room = 0
    event.number = NOBODY


@step
def lead(term: Any, number: int, weight: float, leads: Any, free: Any) -> None:
    """Let a term lead to an event, as the newest."""
    size: Any = np.int64(term.size)
    first: Any = np.int64(term.at)
    for at in range(first, first + size):
        if leads[at].event == number:
            weight += leads[at].weight
            for after in range(at, first + size - 1):
                leads[after].event = leads[after + 1].event
                leads[after].weight = leads[after + 1].weight
            size -= 1
            break
    if size == 2 * MOST_EVENTS:
        # One more would be too many: the older half goes.
        size = MOST_EVENTS
        for at in range(first, first + size):
            leads[at].event = leads[at + MOST_EVENTS].event
            leads[at].weight = leads[at + MOST_EVENTS].weight
    if size == term.room:
        place, room = take(size + 1, leads, free)
        for at in range(size):
            leads[place + at].event = leads[first + at].event
            leads[place + at].weight = leads[first + at].weight
        give(first, term.room, leads, free)
        term.at, term.room = place, room
        first = place
    leads[first + size].event = number
    leads[first + size].weight = weight
    term.size = size + 1


@step
def add(
    event: Any, ids: Any, vector: Any, terms: Any, words: Any, word_free: Any, slots: Any,
    held: Any, hit: Any,
) -> None:  # fmt: skip
    """Add a text's vector to an event's."""
    mask = note(ids, slots)
    for at in range(len(ids)):
        hit[at], held[at] = 0, 0.0
    size = np.int64(event.size)
    for one in range(event.at, event.at + size):
        at = place_of(words[one].term, ids, slots, mask)
        if at != NONE:
            hit[at], held[at] = 1, words[one].weight
            words[one].weight += vector[at]
    square = event.square
    if size + len(ids) > event.room:
        place, room = take(size + len(ids), words, word_free)
        for at in range(size):
            words[place + at].term = words[event.at + at].term
            words[place + at].weight = words[event.at + at].weight
        give(event.at, event.room, words, word_free)
        event.at, event.room = place, room
    for at in range(len(ids)):
        square += vector[at] * (2 * held[at] + vector[at])
        if not hit[at]:
            words[event.at + size].term = ids[at]
            words[event.at + size].weight = vector[at]
            terms[ids[at]].held += 1
            size += 1
    event.size, event.square = size, square


@outer
def join(
    number: int, ids: Any, vector: Any, weighed: bool, texts: float, terms: Any, leads: Any,
    events: Any, words: Any, lead_free: Any, word_free: Any, slots: Any, values: Any, places: Any,
    held: Any, hit: Any,
) -> bool:  # fmt: skip
    """Count a text's terms and add it to an event; return whether that has too many words now.

    vector: its vector, or its terms' shares if it is not weighed yet.
    """
    for at in range(len(ids)):
        term = terms[ids[at]]
        term.texts += 1
        term.common = math.log(term.texts + term.before)
    if not weighed and not weigh(ids, vector, texts, terms):
        return False
    event = events[number & MASK]
    add(event, ids, vector, terms, words, word_free, slots, held, hit)
    chosen = 0
    for at in range(len(ids)):
        hit[at] = 0
        chosen = insert(vector[at], at, HELD, chosen, values, places)
    for one in range(chosen):
        at = places[one]
        hit[at] = 1
        lead(terms[ids[at]], number, vector[at], leads, lead_free)
    for at in range(len(ids)):
        if not hit[at] and terms[ids[at]].kind & IS_NAME:
            lead(terms[ids[at]], number, vector[at], leads, lead_free)
    return bool(event.size > MOST_TERMS)
