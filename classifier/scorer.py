"""The compiled scorer: a TopicModel's scores from its arrays, many times faster.

    split | look up atoms | count columns | weigh | sum | probabilities

It needs NumPy alone and gives what `TopicModel.probabilities` gives, to about 1e-7. What it learns
of atoms it keeps in a dictionary of bounded size, so that most words are looked up once. Where
numba is installed, a process that scores many texts changes to the kernel.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier import explain
from classifier.compiled import EXCEPTED, NONE, Compiled
from classifier.features import OPENING, Reading, pieces_of
from classifier.gazetteer import Match
from classifier.labels import Tagging, Term
from classifier.tagging import POLICY_HEADS, Floats
from classifier.text import is_break, split, word

if TYPE_CHECKING:
    from classifier import machine

UNKNOWN, BREAK = -1, -2
"""Instead of a token's number: a word that the model has not seen, and what ends a phrase."""

REMEMBERED = 50_000
"""Atoms, and sets of concepts, whose columns are kept."""

CHUNK = 256
"""Texts whose columns are counted at once: more would not fit the processor's cache."""

SOON, LATE = 500, 20_000
"""Texts after which a process takes the kernel: opening it takes a second, compiling it half a
minute, once for an installation."""


class Atom(NamedTuple):
    """What the model knows of one atom.

    columns: of the word and its pieces, 32-bit integers. token: its number.
    folded: the number of its lower-case form, by which terms are matched.
    begins: the node where terms that begin with it stand; 0 if there are none; for a #hashtag or
        @mention that is a name, -1 - its set of concepts.
    """

    columns: bytes
    token: int
    folded: int
    begins: int


@dataclass(frozen=True, slots=True)
class Cells:
    """Counted and weighed features of some texts, sorted by row and column."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats


class Scorer:
    """A model that serves: the same names as TopicModel, made from its arrays."""

    def __init__(self, compiled: Compiled, *, kernel: bool | None = None) -> None:
        """Take the kernel now, never, or (None) once it is worth its start."""
        self._compiled = compiled
        self._machine: machine.Machine | None = None
        self._scored = 0
        self._wanted = kernel is not False
        self._lock = threading.Lock()
        if kernel:
            from classifier.machine import Machine

            self._machine = Machine(compiled)
        self._terms = _Terms(compiled)
        self._atoms = _Atoms(compiled, self._terms)
        self._concepts = _ConceptColumns(compiled)
        self._bits = max(len(compiled.rarity) - 1, 1).bit_length()
        self._block = np.repeat(np.arange(len(compiled.sizes)), compiled.sizes)
        self._lengths = np.array(compiled.lengths)

    @property
    def version(self) -> str:
        """The model's version."""
        return self._compiled.verdict.version

    @property
    def topics(self) -> tuple[str, ...]:
        """In the order of the first columns of scores; the policy heads follow."""
        return self._compiled.verdict.topics

    @property
    def heads(self) -> tuple[str, ...]:
        """Topics, then the policy heads."""
        return (*self.topics, *POLICY_HEADS)

    @property
    def thresholds(self) -> Mapping[str, float]:
        """Topic -> probability from which it is a tag."""
        return self._compiled.verdict.thresholds

    @property
    def grade_thresholds(self) -> tuple[float, float, float]:
        """Probabilities of grade >= 1, 2, 3 from which that grade is given."""
        return self._compiled.verdict.grade_thresholds

    @property
    def uses_kernel(self) -> bool:
        """Whether the kernel scores, and not NumPy."""
        return self._machine is not None

    def read(self, text: str) -> Reading:
        """Return the text cut into atoms and matches."""
        atoms = split(text)
        known = [self._atoms[atom] for atom in atoms]
        name = self._compiled.concepts
        return Reading(
            atoms,
            [
                Match(start, end, tuple(name[one] for one in concepts))
                for start, end, concepts in self._terms.match(atoms, known)
            ],
        )

    def log_odds(self, texts: Sequence[str]) -> Floats:
        """Return the calibrated log-odds, texts x heads."""
        if self._machine is None and self._wanted:
            self._consider(len(texts))
        if self._machine is None:
            return self._in_numpy(texts)
        scores, unread = self._machine.log_odds(texts)
        if unread:
            strange = np.flatnonzero(np.isnan(scores[:, 0]))
            scores[strange] = self._in_numpy([texts[at] for at in strange.tolist()])
        return scores

    def _consider(self, count: int) -> None:
        """Take the kernel if enough texts have come, and it can be had."""
        before, self._scored = self._scored, self._scored + count
        if self._scored < SOON or (before >= SOON and self._scored < LATE):
            return
        with self._lock:
            if self._machine is not None or not self._wanted:
                return
            try:
                from classifier.machine import Machine, is_compiled

                if self._scored < LATE and not is_compiled():
                    return
                machine = Machine(self._compiled)
                machine.log_odds(["compiles the kernel, if need be"])
            except Exception:  # noqa: BLE001 (NumPy gives the same scores)
                # numba is not there, is of a version that refuses the kernel or cannot keep what
                # it compiles, or two words of this model share a hash.
                self._wanted = False
                return
            self._machine = machine

    def _in_numpy(self, texts: Sequence[str]) -> Floats:
        scores = np.empty((len(texts), len(self._compiled.starts)))
        for first in range(0, len(texts), CHUNK):
            part = texts[first : first + CHUNK]
            cells = self._weigh(self._count(part))
            moved = self._compiled.weights[cells.columns] * cells.values[:, None]
            for head, start in enumerate(self._compiled.starts):
                sums = np.bincount(cells.rows, weights=moved[:, head], minlength=len(part))
                scores[first : first + CHUNK, head] = sums + start
        return scores

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Return calibrated probabilities, texts x heads; those of the grades never increase."""
        return self._compiled.verdict.probabilities(self.log_odds(texts))

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        """Return a Tagging for each text, with that many explaining terms a topic."""
        found = [self.explain(text, terms) for text in texts] if terms > 0 else []
        return self._compiled.verdict.taggings(self.probabilities(texts), found)

    def explain(self, text: str, most: int) -> dict[str, tuple[Term, ...]]:
        """Return topic (and "policy", the odds of grade 2 or more) -> the terms that moved it."""
        cells, reading = self._weigh(self._count([text])), self.read(text)
        moved = self._compiled.weights[cells.columns] * cells.values[:, None]
        heads = {topic: at for at, topic in enumerate(self.topics)}
        heads["policy"] = len(self.topics) + POLICY_HEADS.index("policy>=2")
        return {
            name: explain.terms(
                moved[:, at],
                cells.columns,
                float(self._compiled.starts[at]),
                self.names,
                reading,
                most,
            )
            for name, at in heads.items()
        }

    def _count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return row and column of every feature as one sorted number, as often as it occurs."""
        look, match, concepts = self._atoms.__getitem__, self._terms.match, self._concepts
        parts: list[bytes] = []
        sizes: list[int] = []
        tokens: list[int] = []
        ends = [0]
        for text in texts:
            atoms = split(text)
            known = list(map(look, atoms))
            columns = [one.columns for one in known]
            matches = match(atoms, known)
            if matches:
                columns.append(concepts[frozenset(c for found in matches for c in found[2])])
            row = b"".join(columns)
            parts.append(row)
            sizes.append(len(row) // 4)
            tokens += [one.token for one in known]
            tokens.append(BREAK)
            ends.append(len(tokens))
        rows = np.arange(len(texts))
        numbers = np.array(tokens)
        row_of = np.repeat(rows, np.diff(ends))
        pairs = self._pairs(numbers, row_of)
        opening = self._opening(numbers, row_of, np.array(ends[:-1]))
        alone = np.frombuffer(b"".join(parts), np.int32)
        keys = np.concatenate(
            (np.repeat(rows, sizes) << self._bits | alone, pairs, opening), dtype=np.int64
        )
        keys.sort()
        return keys

    def _pairs(self, numbers: NDArray[np.int64], row_of: NDArray[np.int64]) -> NDArray[np.int64]:
        first, second = numbers[:-1], numbers[1:]
        near = np.flatnonzero((first >= 0) & (second >= 0))
        known = self._compiled.pairs
        if not len(known) or not len(near):
            return near[:0]
        wanted = first[near] * len(self._compiled.tokens) + second[near]
        at = np.minimum(known.searchsorted(wanted), len(known) - 1)
        hit = known[at] == wanted
        return _keys(row_of[near[hit]], self._compiled.pair_columns[at[hit]], self._bits)

    def _opening(
        self, numbers: NDArray[np.int64], row_of: NDArray[np.int64], starts: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        spoken = np.cumsum(numbers != BREAK)
        before = np.where(starts > 0, spoken[starts - 1], 0)
        early = (spoken - before[row_of] <= OPENING) & (numbers >= 0)
        columns = self._compiled.opening[numbers[early]]
        rows = row_of[early]
        kept = columns != NONE
        return _keys(rows[kept], columns[kept], self._bits)

    def _weigh(self, keys: NDArray[np.int64]) -> Cells:
        """Return each text's columns once, with (1 + ln count), each block to its length."""
        if not len(keys):
            return Cells(keys, keys, np.empty(0))
        new = np.empty(len(keys) + 1, bool)
        new[0] = new[-1] = True
        np.not_equal(keys[1:], keys[:-1], out=new[1:-1])
        ends = np.flatnonzero(new)
        cells = keys[ends[:-1]]
        rows, columns = cells >> self._bits, cells & ((1 << self._bits) - 1)
        counts = 1 + np.log(np.diff(ends))
        kinds = len(self._lengths)
        part = rows * kinds + self._block[columns]
        squares = np.bincount(part, weights=(counts * self._compiled.rarity[columns]) ** 2)
        with np.errstate(divide="ignore"):
            scale = np.tile(self._lengths, len(squares) // kinds + 1)[: len(squares)]
            scale = scale / np.sqrt(squares)
        return Cells(rows, columns, counts * scale[part])

    @cached_property
    def names(self) -> list[str]:
        """The names of all columns, BLOCK__FEATURE."""
        held = self._compiled
        names = [""] * len(held.rarity)
        for block, columns in (("words", held.words), ("opening", held.opening)):
            for token, column in zip(held.tokens, columns.tolist(), strict=True):
                if column != NONE:
                    names[column] = f"{block}__{token}"
        for pair, column in zip(held.pairs.tolist(), held.pair_columns.tolist(), strict=True):
            one, two = divmod(pair, len(held.tokens))
            names[column] = f"words__{held.tokens[one]} {held.tokens[two]}"
        for piece, column in zip(held.pieces, held.piece_columns.tolist(), strict=True):
            names[column] = f"pieces__{piece}"
        for at, one_name in enumerate(held.concepts):
            for to, column in enumerate(held.concept_columns[at].tolist()):
                if column != NONE:
                    two_names = one_name if at == to else f"{one_name}+{held.concepts[to]}"
                    names[column] = f"concepts__{two_names}"
        return names


def _keys(rows: NDArray[np.int64], columns: NDArray[np.int32], bits: int) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = rows << bits
    keys |= columns
    return keys


class _Terms:
    """The gazetteer's terms by token number; matched as Gazetteer.match does."""

    def __init__(self, compiled: Compiled) -> None:
        self._tokens = len(compiled.tokens)
        self._edges: dict[int, int] = dict(
            zip(compiled.edges.tolist(), compiled.targets.tolist(), strict=True)
        )
        ends = np.cumsum(compiled.set_sizes)
        members = np.split(compiled.set_members, ends[:-1]) if len(ends) else []
        self.sets: list[tuple[int, ...]] = [tuple(one.tolist()) for one in members]
        self._plain = [
            self.sets[one] if one != NONE else () for one in compiled.plain_sets.tolist()
        ]
        self._cased: dict[int, dict[str, tuple[int, ...]]] = {}
        cased = zip(compiled.cased_nodes.tolist(), compiled.surfaces, compiled.cased_sets.tolist(),
                    strict=True)  # fmt: skip
        for node, surface, one in cased:
            self._cased.setdefault(node, {})[surface] = self.sets[one]
        self._ends = [bool(one) or at in self._cased for at, one in enumerate(self._plain)]

    def root(self, token: int) -> int:
        """Return the node of terms that begin with a token, or 0."""
        return self._edges.get(token, 0)

    def match(
        self, atoms: Sequence[str], known: Sequence[Atom]
    ) -> list[tuple[int, int, tuple[int, ...]]]:
        """Return start, end and concepts of the leftmost-longest terms, none overlapping."""
        matches = []
        free = 0
        edges, ends, tokens = self._edges, self._ends, self._tokens
        folded = [one.folded for one in known]
        folded.append(UNKNOWN)
        for at, one in enumerate(known):
            begins = one.begins
            if not begins or at < free:
                continue
            if begins < 0:
                end, concepts = at + 1, self.sets[-1 - begins]
            else:
                after = folded[at + 1]
                if not ends[begins] and (after < 0 or begins * tokens + after not in edges):
                    continue  # what most words that some term begins with come to
                end, concepts = self._longest(begins, atoms, folded, at)
            if concepts:
                free = end
                if EXCEPTED not in concepts:
                    matches.append((at, end, concepts))
        return matches

    def _longest(
        self, node: int, atoms: Sequence[str], folded: Sequence[int], start: int
    ) -> tuple[int, tuple[int, ...]]:
        found: tuple[int, tuple[int, ...]] = (start, ())
        end = start + 1
        while node:
            concepts = self._plain[node]
            cased = self._cased.get(node)
            if cased is not None:
                concepts = concepts + cased.get(" ".join(atoms[start:end]), ())
            if concepts:
                found = (end, concepts)
            if folded[end] < 0:
                break
            node = self._edges.get(node * self._tokens + folded[end], 0)
            end += 1
        return found


class _Atoms(dict[str, Atom]):
    """Atom -> what is known of it; filled on first sight, emptied when it grows too large."""

    def __init__(self, compiled: Compiled, terms: _Terms) -> None:
        super().__init__()
        self._terms = terms
        self._numbers = {token: at for at, token in enumerate(compiled.tokens)}
        self._words = compiled.words.tolist()
        self._pieces = dict(zip(compiled.pieces, compiled.piece_columns.tolist(), strict=True))
        self._handles = dict(zip(compiled.handles, compiled.handle_sets.tolist(), strict=True))
        self._lock = threading.Lock()

    def __missing__(self, atom: str) -> Atom:
        fresh = self._read(atom)
        with self._lock:
            if len(self) >= REMEMBERED:
                self.clear()
            self[atom] = fresh
        return fresh

    def _read(self, atom: str) -> Atom:
        low = atom.lower()
        folded = self._numbers.get(low, UNKNOWN)
        begins = self._terms.root(folded) if folded >= 0 else 0
        if not begins and atom[0] in "#@":
            one = self._handles.get(low[1:])
            # A set without concepts is none that a name could have.
            begins = -1 - one if one is not None else 0
        if is_break(atom):
            return Atom(b"", BREAK, folded, begins)
        token = self._numbers.get(word(atom), UNKNOWN)
        columns = [self._pieces[piece] for piece in pieces_of(atom) if piece in self._pieces]
        if token >= 0 and self._words[token] != NONE:
            columns.append(self._words[token])
        return Atom(np.array(columns, np.int32).tobytes(), token, folded, begins)


class _ConceptColumns(dict[frozenset[int], bytes]):
    """The concepts of a text -> their columns, alone and in pairs."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__()
        self._columns = compiled.concept_columns

    def __missing__(self, concepts: frozenset[int]) -> bytes:
        present = sorted(concepts)
        columns = self._columns[np.ix_(present, present)]
        upper = columns[np.triu_indices(len(present))]
        fresh: bytes = upper[upper != NONE].astype(np.int32).tobytes()
        if len(self) < REMEMBERED:
            self[concepts] = fresh
        return fresh
