"""Feeds the kernel: a model's hash tables, and characters as they are first seen.

Importing this needs numba; the scorer does without where it is not installed.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import kernel, kernel_tables, kernel_text
from classifier.compiled import NONE, Compiled
from classifier.features import OPENING
from classifier.kernel import MOST, TOGETHER
from classifier.kernel_rows import LANES
from classifier.kernel_terms import LEARNED, MOST_PIECES
from classifier.kernel_text import (
    BREAK,
    DIGIT,
    LATIN,
    LOW_AT,
    PAD,
    READ,
    SINGLE,
    SPACE,
    SPELLED,
    STRANGE,
    WORD,
)
from classifier.tagging import Floats
from classifier.text import ATOM, LETTER, READS, fold_character, is_break

CODE_POINTS = 0x110000
BLOCKS = ("words", "pieces", "concepts", "opening")
"""As the kernel counts them."""


class Machine:
    """The kernel with the tables of one model."""

    def __init__(self, compiled: Compiled) -> None:
        self._tables = _together(_tables(_by_frequency(compiled)))
        self._arguments = [self._tables[name] for name in kernel.TABLES]
        self._spelled = 1
        self._lock = threading.Lock()

    def log_odds(self, texts: Sequence[str]) -> tuple[Floats, int]:
        """Return the log-odds, texts x heads, and how many texts only Python reads rightly.

        Those have NaN.
        """
        odds = np.empty((len(texts), len(self._tables["starts"])))
        unread = 0
        for first in range(0, len(texts), MOST):
            unread += self._score(texts[first : first + MOST], odds[first : first + MOST])
        return odds, unread

    def _score(self, texts: Sequence[str], odds: Floats) -> int:
        cut = [text[:READS] for text in texts]
        points = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), np.uint32)
        ends = np.array(list(accumulate(map(len, cut))), np.int64)
        first = unread = 0
        while first < len(texts):
            # The kernel notes things in its tables: no other thread runs meanwhile, since a
            # compiled function holds the interpreter's lock.
            first, unknown, strange = kernel.score(points, ends, first, odds, *self._arguments)
            unread += strange
            if first < len(texts):
                with self._lock:
                    self._learn(unknown)
        return unread

    def _learn(self, point: int) -> None:
        """Write how a character is read into the tables."""
        folded = [sign_of(one) for one in fold_character(chr(point))]
        if len(folded) == 1:
            self._tables["signs"][point] = folded[0]
            return
        place, self._spelled = self._spelled, self._spelled + 1 + len(folded)
        self._tables["spelled"][place : self._spelled] = [len(folded), *folded]
        self._tables["signs"][point] = SPELLED | place


def is_compiled() -> bool:
    """Return whether numba keeps a kernel on disk.

    One of another version of numba or of this code is not used, so the first run after an upgrade
    compiles all the same.
    """
    folder = Path(kernel.score.stats.cache_path)
    return any(folder.glob("kernel._bind.locals.score-*.nbi"))


def sign_of(folded: str) -> int:
    """Return a folded character's sign; see kernel_text."""
    alone = re.fullmatch(LETTER, folded) is None and ATOM.findall(f" {folded} ") == [folded]
    low = folded.lower()
    strange = (
        len(low) != 1
        or folded == "Σ"  # is lower-cased by where it stands
        or (not folded.isascii() and (folded.isdigit() or low.isascii()))
    )
    return (
        READ
        | ord(folded)
        | ord(low[0]) << LOW_AT
        | WORD * bool(re.fullmatch(r"\w", folded))
        | kernel_text.LETTER * bool(re.fullmatch(LETTER, folded))
        | DIGIT * bool(re.fullmatch(r"\d", folded))
        | SPACE * bool(re.fullmatch(r"\s", folded))
        | LATIN * (folded.isascii() and folded.isalpha())
        | SINGLE * alone
        | BREAK * is_break(folded)
        | STRANGE * strange
    )


def _by_frequency(compiled: Compiled) -> Compiled:
    """Return the model with tokens, pieces and pairs numbered by how common they are.

    What is read often then stands together, and much of it stays in the processor's cache.
    """

    def order(columns: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.argsort(
            np.where(columns == NONE, np.inf, compiled.rarity[columns]), kind="stable"
        )

    tokens, pieces, pairs = map(
        order, (compiled.words, compiled.piece_columns, compiled.pair_columns)
    )
    number = np.argsort(tokens)
    first, second = np.divmod(compiled.pairs[pairs], len(tokens))
    nodes, after = np.divmod(compiled.edges, len(tokens))
    return replace(
        compiled,
        tokens=[compiled.tokens[at] for at in tokens.tolist()],
        words=compiled.words[tokens],
        opening=compiled.opening[tokens],
        pieces=[compiled.pieces[at] for at in pieces.tolist()],
        piece_columns=compiled.piece_columns[pieces],
        pairs=number[first] * len(tokens) + number[second],
        pair_columns=compiled.pair_columns[pairs],
        edges=nodes * len(tokens) + number[after],
    )


def _tables(compiled: Compiled) -> dict[str, Any]:
    """Return what the kernel reads, under the names of its arguments."""
    numbers = {token: at for at, token in enumerate(compiled.tokens)}
    fixed = [numbers.get(token, NONE) for token in ("<number>", "<year>", "<user>", "<link>")]
    lengths = dict(zip(compiled.blocks, compiled.lengths, strict=True))
    own = _strings("piece", compiled.pieces, np.arange(len(compiled.pieces)))
    return {
        "signs": np.zeros(CODE_POINTS, np.int64),
        "spelled": np.zeros(6 * CODE_POINTS, np.int64),
        "lengths": np.array([lengths.get(block, 1.0) for block in BLOCKS]),
        "logs": np.concatenate(([0.0], 1 + np.log(np.arange(1, 1 << 16)))),
        "fixed": np.array(fixed),
        "most": OPENING,
        **_scratch(),
        "set_ends": _narrow(np.concatenate(([0], np.cumsum(compiled.set_sizes)))),
        "starts": compiled.starts,
        "set_members": compiled.set_members,
        **_strings("token", compiled.tokens, np.arange(len(compiled.tokens))),
        **own,
        **_numbers("pair", compiled.pairs, np.arange(len(compiled.pairs))),
        **_rows(compiled, own["piece_slots"]),
        **_terms(compiled),
    }


def _together(tables: dict[str, Any]) -> dict[str, Any]:
    """Return the tables in one piece of memory: large ones stand in large pages, where the system
    has some, and finding a page's place costs as much as finding what stands there."""
    scratch = _scratch()
    packed = {
        name: one for name, one in tables.items()
        if isinstance(one, np.ndarray) and name not in ("signs", "spelled") and name not in scratch
    }  # fmt: skip
    places = list(accumulate((-(-one.nbytes // 64) * 64 for one in packed.values()), initial=64))
    held = np.empty(places[-1], np.uint8)
    shift = -held.ctypes.data % 64 - 64
    moved = dict(tables)
    for place, (name, one) in zip(places, packed.items(), strict=False):
        part = held[place + shift : place + shift + one.nbytes].view(one.dtype)
        moved[name] = part.reshape(one.shape)
        moved[name][...] = one
    return moved


def _scratch() -> dict[str, Any]:
    """Return room for what the kernel notes of some texts.

    A character is read as four at most, each of which begins three pieces at most; and U.S. is
    written twice.
    """
    room = 8 * (READS + TOGETHER) + 2 * PAD * (MOST + 1)
    lists = 32 * READS + 99
    sizes: dict[str, tuple[Any, Any]] = {
        "text": (room, np.int64),
        "atoms": ((3, room), np.int32),
        "states": (room, np.uint64),
        "atom_ends": (MOST + 1, np.int32),
        "strange": (MOST, np.uint8),
        "seen": ((2, room), np.int32),
        "heads": ((2, room), np.int32),
        "head_keys": (room, np.uint64),
        "keys": (lists, np.uint64),
        "different": (4 * READS + 99, np.int32),
        "letters": (99, np.int32),
        "listed": (lists, np.int32),
        "shared_ends": (4 * READS + 99, np.int32),
        "times": (lists, np.float64),
        "sums": (LANES, np.float64),
    }
    return {name: np.empty(shape, kind) for name, (shape, kind) in sizes.items()}


def _terms(compiled: Compiled) -> dict[str, Any]:
    """Return the tree of terms but for its root, of which the facts of tokens tell."""
    deeper = compiled.edges >= len(compiled.tokens)
    return {
        "nodes": _nodes(compiled),
        **_numbers("edge", compiled.edges[deeper], compiled.targets[deeper]),
        **_strings("handle", compiled.handles, compiled.handle_sets),
        **_strings("surface", compiled.surfaces, compiled.cased_sets, compiled.cased_nodes),
    }


def _nodes(compiled: Compiled) -> NDArray[np.int32]:
    nodes: NDArray[np.int32] = 2 * (compiled.plain_sets + 1)
    nodes[compiled.cased_nodes] |= 1
    return nodes


def _rows(compiled: Compiled, slots: NDArray[np.uint64]) -> dict[str, Any]:
    """Return rows of weights, each with its squared rarity behind it, and what tells of them.

    Of each token the row of its word, and the sum of its pieces' rows; of each piece, pair and
    opening; of concepts. facts: of each token, after one of none, the node of the terms that begin
    with it, where its pieces stand, and the row of its opening.
    """
    tokens, pieces = len(compiled.tokens), len(compiled.pieces)
    characters, ends = _points(compiled.tokens)
    word_pieces = np.empty(3 * len(characters) + 16, np.int32)
    piece_ends = np.zeros(tokens + 1, np.int32)
    count = kernel_tables.list_pieces(characters, ends, slots, word_pieces, piece_ends[1:])
    known = compiled.concept_columns != NONE
    opened = compiled.opening != NONE
    columns = np.concatenate(
        (compiled.piece_columns, compiled.pair_columns, compiled.opening[opened],
         compiled.concept_columns[known])
    )  # fmt: skip
    heads, first = len(compiled.starts), 2 * (tokens + LEARNED)
    width = -(-(heads + 1) // LANES) * LANES
    held = np.hstack((compiled.weights, compiled.rarity[:, None] ** 2), dtype=np.float32)
    rows = np.zeros((first + len(columns), width), np.float32)
    rows[first:, : heads + 1] = held[columns]
    worded = np.flatnonzero(compiled.words != NONE)
    rows[2 * worded, : heads + 1] = held[compiled.words[worded]]
    kernel_tables.sum_pieces(word_pieces, piece_ends, rows, first, rows)
    facts = np.zeros((tokens + LEARNED + 1, 4), np.int32)
    roots = compiled.edges < tokens
    begun = compiled.targets[roots]
    facts[compiled.edges[roots] + 1, 0] = 4 * begun + 2 * (_nodes(compiled)[begun] > 0)
    facts[compiled.edges[~roots] % tokens + 1, 0] |= 1
    facts[1 : tokens + 1, 1], facts[1 : tokens + 1, 2] = piece_ends[:-1], piece_ends[1:]
    facts[:, 3] = NONE
    before = first + pieces + len(compiled.pairs)
    facts[1 : tokens + 1, 3][opened] = before + np.arange(opened.sum())
    concept_rows = np.full(known.shape, NONE, np.int32)
    concept_rows[known] = before + opened.sum() + np.arange(known.sum())
    kept = np.zeros(count + 2 * MOST_PIECES, np.uint16 if pieces < 1 << 16 else np.int32)
    kept[:count] = word_pieces[:count]
    return {
        "tokens": tokens,
        "facts": facts,
        "word_pieces": kept,
        "learned": np.array([0, count, count]),
        "learned_slots": np.zeros(2 * LEARNED, np.uint64),
        "rows": rows,
        "piece_row": first,
        "pair_row": first + pieces,
        "concept_rows": concept_rows,
        "counts": np.zeros(len(rows), np.uint16),
        "bits": np.zeros(pieces // 64 + 1, np.uint64),
        "counted": np.zeros(pieces // 64 + 1, np.uint64),
        "present": np.zeros(len(concept_rows) + 1, np.int32),
    }


def _points(strings: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the code points of strings, one after another, and where each ends."""
    points = np.frombuffer("".join(strings).encode("utf-32-le"), np.int32)
    return points, np.array(list(accumulate(map(len, strings))), np.int64)


def _room(count: int, values: NDArray[Any]) -> NDArray[np.uint64]:
    largest = int(values.max(initial=0))
    return np.zeros(1 << max(2 * count, largest + 1, 2).bit_length(), np.uint64)


def _strings(
    name: str,
    strings: Sequence[str],
    values: NDArray[Any],
    owners: NDArray[np.int32] | None = None,
) -> dict[str, Any]:
    slots = _room(len(strings), values)
    points, ends = _points(strings)
    own = np.full(len(strings), NONE, np.int32) if owners is None else owners
    if kernel_tables.store_strings(slots, points, ends, own, _narrow(values)):
        raise ValueError(f"two strings of the model have one hash ({name})")
    return {f"{name}_slots": slots}


def _numbers(name: str, numbers: NDArray[np.int64], values: NDArray[Any]) -> dict[str, Any]:
    slots = _room(len(numbers), values)
    if kernel_tables.store_numbers(slots, numbers, _narrow(values)):
        raise ValueError(f"two numbers of the model have one hash ({name})")
    return {f"{name}_slots": slots}


def _narrow(values: NDArray[Any]) -> NDArray[np.int32]:
    return values.astype(np.int32)
