"""Feeds the kernel: a model's hash tables, and characters as they are first seen.

Importing this needs numba; the scorer does without where it is not installed.
"""

import re
import threading
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import kernel, kernel_tables, kernel_text
from classifier.compiled import NONE, Compiled
from classifier.features import OPENING
from classifier.kernel import LANES, LOGS, MOST
from classifier.kernel_text import BREAK, DIGIT, SINGLE, SPACE, STRANGE, WORD
from classifier.tagging import Floats
from classifier.text import ATOM, LETTER, READS, fold_character, is_break

CODE_POINTS = 0x110000
BLOCKS = ("words", "pieces", "concepts", "opening")
"""As the kernel counts them."""


class Machine:
    """The kernel with the tables of one model."""

    def __init__(self, compiled: Compiled) -> None:
        self._tables = _tables(compiled)
        self._arguments = [self._tables[name] for name in kernel.TABLES]
        self._spelled = 1
        self._lock = threading.Lock()

    def log_odds(self, texts: Sequence[str]) -> Floats:
        """Return the log-odds, texts x heads; NaN for a text that only Python reads rightly."""
        odds = np.empty((len(texts), len(self._tables["starts"])))
        for first in range(0, len(texts), MOST):
            self._score(texts[first : first + MOST], odds[first : first + MOST])
        return odds

    def _score(self, texts: Sequence[str], odds: Floats) -> None:
        cut = [text[:READS] for text in texts]
        points = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), np.uint32)
        ends = np.array(list(accumulate(map(len, cut))), np.int64)
        first = 0
        while first < len(texts):
            # The kernel keeps its counts in the tables: no other thread runs meanwhile, since a
            # compiled function holds the interpreter's lock.
            first, unknown = kernel.score(points, ends, first, odds, *self._arguments)
            if first < len(texts):
                with self._lock:
                    self._learn(unknown)

    def _learn(self, point: int) -> None:
        """Write how a character is read into the tables."""
        folded = fold_character(chr(point))
        for one in folded:
            self._tables["kinds"][ord(one)] = kinds_of(one)
            self._tables["lower"][ord(one)] = ord(one.lower()[0])
        if len(folded) == 1:
            self._tables["fold_of"][point] = 1 + ord(folded)
            return
        place, self._spelled = self._spelled, self._spelled + 1 + len(folded)
        self._tables["spelled"][place : self._spelled] = [len(folded), *map(ord, folded)]
        self._tables["fold_of"][point] = -1 - place


def is_compiled() -> bool:
    """Return whether numba keeps a kernel on disk.

    One of another version of numba or of this code is not used, so the first run after an upgrade
    compiles all the same.
    """
    folder = Path(kernel.score.stats.cache_path)
    return any(folder.glob("kernel._bind.locals.score-*.nbi"))


def kinds_of(folded: str) -> int:
    """Return what a folded character is to the tokeniser, as the kernel's bits."""
    alone = re.fullmatch(LETTER, folded) is None and ATOM.findall(f" {folded} ") == [folded]
    low = folded.lower()
    strange = (
        len(low) != 1
        or folded == "Σ"  # is lower-cased by where it stands
        or (not folded.isascii() and (folded.isdigit() or low.isascii()))
    )
    return (
        WORD * bool(re.fullmatch(r"\w", folded))
        | kernel_text.LETTER * bool(re.fullmatch(LETTER, folded))
        | DIGIT * bool(re.fullmatch(r"\d", folded))
        | SPACE * bool(re.fullmatch(r"\s", folded))
        | SINGLE * alone
        | BREAK * is_break(folded)
        | STRANGE * strange
    )


def _tables(compiled: Compiled) -> dict[str, Any]:
    """Return what the kernel reads, under the names of its arguments."""
    numbers = {token: at for at, token in enumerate(compiled.tokens)}
    fixed = [numbers.get(token, NONE) for token in ("<number>", "<year>", "<user>", "<link>")]
    lengths = dict(zip(compiled.blocks, compiled.lengths, strict=True))
    pieces = _strings("piece", compiled.pieces, compiled.piece_columns)
    same = ("words", "opening", "plain_sets", "set_members", "concept_columns", "starts")
    return {
        "fold_of": np.zeros(CODE_POINTS, np.int32),
        "spelled": np.zeros(6 * CODE_POINTS, np.int32),
        "kinds": np.zeros(CODE_POINTS, np.uint8),
        "lower": np.zeros(CODE_POINTS, np.int32),
        "lengths": np.array([lengths.get(block, 1.0) for block in BLOCKS]),
        "logs": 1 + np.log(np.maximum(np.arange(LOGS), 1)),
        "fixed": np.array(fixed),
        "most": OPENING,
        "counts": np.zeros(len(compiled.rarity), np.uint16),
        "set_ends": _narrow(np.concatenate(([0], np.cumsum(compiled.set_sizes)))),
        **{name: np.ascontiguousarray(getattr(compiled, name)) for name in same},
        **_strings("token", compiled.tokens, np.arange(len(compiled.tokens))),
        **pieces,
        **_numbers("pair", compiled.pairs, compiled.pair_columns),
        **_rows(compiled, pieces["piece_keys"], pieces["piece_values"]),
        **_terms(compiled),
    }


def _terms(compiled: Compiled) -> dict[str, Any]:
    """Return the tree of terms; what begins at its root stands by token."""
    roots = np.zeros(len(compiled.tokens), np.int32)
    first = compiled.edges < len(compiled.tokens)
    roots[compiled.edges[first]] = compiled.targets[first]
    cased = np.zeros(len(compiled.plain_sets), np.uint8)
    cased[compiled.cased_nodes] = 1
    return {
        "roots": roots,
        "cased": cased,
        **_numbers("edge", compiled.edges, compiled.targets),
        **_strings("handle", compiled.handles, compiled.handle_sets),
        **_strings("surface", compiled.surfaces, compiled.cased_sets, compiled.cased_nodes),
    }


def _rows(
    compiled: Compiled, keys: NDArray[np.uint64], values: NDArray[np.int32]
) -> dict[str, Any]:
    """Return rows of weights with the rarity behind them: of each column, then of the pieces of
    each token that has some, summed."""
    characters, ends = _points(compiled.tokens)
    listed = np.empty(3 * len(characters) + 16, np.int32)
    piece_ends = np.zeros(len(ends) + 1, np.int32)
    count = kernel_tables.list_pieces(characters, ends, keys, values, listed, piece_ends[1:])
    heads, columns = len(compiled.starts), len(compiled.rarity)
    width = -(-(heads + 1) // LANES) * LANES
    plain = np.diff(piece_ends) > 0
    piece_rows = np.full(len(ends), NONE, np.int32)
    piece_rows[plain] = columns + np.arange(plain.sum())
    rows = np.zeros((columns + int(plain.sum()), width), np.float32)
    rows[:columns, :heads], rows[:columns, heads] = compiled.weights, compiled.rarity
    flat = rows.ravel()
    kernel_tables.sum_pieces(listed, piece_ends, flat, width, heads, piece_rows, flat)
    return {
        "piece_ends": piece_ends,
        "word_pieces": listed[:count].copy(),
        "piece_rows": piece_rows,
        "rows": flat,
        "width": width,
    }


def _points(strings: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the code points of strings, one after another, and where each ends."""
    points = np.frombuffer("".join(strings).encode("utf-32-le"), np.int32)
    return points, np.array(list(accumulate(map(len, strings))), np.int64)


def _room(count: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    size = 1 << max(2 * count, 2).bit_length()
    return np.zeros(size, np.uint64), np.zeros(size, np.int32)


def _strings(
    name: str,
    strings: Sequence[str],
    values: NDArray[Any],
    owners: NDArray[np.int32] | None = None,
) -> dict[str, Any]:
    keys, found = _room(len(strings))
    points, ends = _points(strings)
    own = np.full(len(strings), NONE, np.int32) if owners is None else owners
    if kernel_tables.store_strings(keys, found, points, ends, own, _narrow(values)):
        raise ValueError(f"two strings of the model have one hash ({name})")
    return {f"{name}_keys": keys, f"{name}_values": found}


def _numbers(name: str, numbers: NDArray[np.int64], values: NDArray[np.int32]) -> dict[str, Any]:
    keys, found = _room(len(numbers))
    if kernel_tables.store_numbers(keys, found, numbers, values):
        raise ValueError(f"two numbers of the model have one hash ({name})")
    return {f"{name}_keys": keys, f"{name}_values": found}


def _narrow(values: NDArray[Any]) -> NDArray[np.int32]:
    return values.astype(np.int32)
