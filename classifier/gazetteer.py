"""Names and set phrases -> concept tokens, so that a maker never seen in training still counts.

A gazetteer is a folder of NAME.tsv files, one concept each, with rows `term<TAB>lang<TAB>flags`.
Terms are cut into the same atoms as texts and matched leftmost-longest over all files at once;
then every concept of the matched term counts, and of the terms that it is made of: the words of
"MOFCOM Announcement", the beginning of 商务部办公厅. So 商务部 does not fire inside 美国商务部.

Flags: `c` only in exactly this case; `x` an exception, which is matched and counts for nothing,
so that "Tesla coil" is no car maker.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from classifier.errors import CorpusError
from classifier.text import is_break, split

CONCEPT_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
FLAGS = "cx"
LANG = re.compile(r"any|[a-z]{2,3}(-[A-Za-z0-9]+)*")
SHORTEST_HANDLE = 4
"""Letters that a term needs to be found in a lower-case #hashtag or @mention."""


class Entry(NamedTuple):
    """One row: a term of a concept.

    cased: only in exactly this case. exception: counts for nothing.
    """

    concept: str
    term: str
    lang: str
    cased: bool = False
    exception: bool = False


class Match(NamedTuple):
    """Where a term stands among a text's atoms (start to end, exclusive), and its concepts."""

    start: int
    end: int
    concepts: tuple[str, ...]


EXCEPTION = ""
"""Stands for the concept of a term that counts for nothing; beats the others of that term."""

_Node = dict[str, Any]
"""Folded atom -> next node; under "" what ends here: surface ("" for any case) -> concepts."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All entries, ready to match."""

    entries: tuple[Entry, ...]
    _root: _Node
    _handles: dict[str, tuple[str, ...]]

    @classmethod
    def build(cls, entries: Iterable[Entry]) -> "Gazetteer":
        """Return the gazetteer of these entries; order and repetition do not matter."""
        ordered = tuple(sorted(set(entries)))
        root: _Node = {}
        handles: dict[str, tuple[str, ...]] = {}
        terms = []
        for entry in ordered:
            atoms = [atom for atom in split(entry.term) if not is_break(atom)]
            concept = EXCEPTION if entry.exception else entry.concept
            cased = entry.cased and not atoms[0].startswith("$")
            terms.append((atoms, concept, cased))
            for form in _forms(atoms):
                _plant(root, form, concept, cased=cased)
            handle = "".join(atoms).lower()
            if handle.isascii() and len(handle) >= SHORTEST_HANDLE:
                _join(handles, handle, concept)
        inner = [(atoms, cased, _within(root, atoms)) for atoms, _, cased in terms]
        for atoms, cased, concepts in inner:
            for concept in concepts:
                for form in _forms(atoms):
                    _plant(root, form, concept, cased=cased)
        return cls(ordered, root, handles)

    @classmethod
    def load(cls, *folders: Path) -> "Gazetteer":
        """Read every NAME.tsv of the folders. Raise CorpusError that names all bad rows."""
        problems: list[str] = []
        entries: list[Entry] = []
        for folder in folders:
            files = sorted(folder.glob("*.tsv"))
            if not files:
                problems.append(f"{folder}: holds no .tsv file")
            for file in files:
                entries.extend(read_terms(file, problems))
        if problems:
            raise CorpusError(problems)
        return cls.build(entries)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the entries alone; the tree is made again."""
        return (Gazetteer.build, (self.entries,))

    @property
    def concepts(self) -> tuple[str, ...]:
        """Every concept, sorted."""
        return tuple(sorted({e.concept for e in self.entries if not e.exception}))

    @property
    def fingerprint(self) -> str:
        """sha256 of what the entries say, independent of their files and order."""
        lines = (
            "\t".join((e.concept, e.term, e.lang, "c" * e.cased + "x" * e.exception))
            for e in self.entries
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def match(self, atoms: Sequence[str]) -> list[Match]:
        """Return the leftmost-longest terms among the atoms, in order, none overlapping."""
        folded = [atom.lower() for atom in atoms]
        matches: list[Match] = []
        at, size, root = 0, len(atoms), self._root
        while at < size:
            first = folded[at]
            node = root.get(first)
            found = None
            if node is not None:
                found = _longest(node, atoms, folded, at)
            elif first[0] in "#@":
                concepts = self._handles.get(first[1:])
                found = Match(at, at + 1, concepts) if concepts else None
            if found is None:
                at += 1
                continue
            if EXCEPTION not in found.concepts:
                matches.append(found)
            at = found.end
        return matches


def _longest(
    node: _Node | None, atoms: Sequence[str], folded: Sequence[str], start: int
) -> Match | None:
    found = None
    end = start + 1
    while node is not None:
        ends = node.get("")
        if ends is not None:
            concepts = ends.get("", ())
            if len(ends) > 1 or not concepts:
                concepts = concepts + ends.get(" ".join(atoms[start:end]), ())
            if concepts:
                found = Match(start, end, concepts)
        if end >= len(folded):
            break
        node = node.get(folded[end])
        end += 1
    return found


def _plant(root: _Node, atoms: Sequence[str], concept: str, *, cased: bool) -> None:
    node = root
    for atom in atoms:
        node = node.setdefault(atom.lower(), {})
    _join(node.setdefault("", {}), " ".join(atoms) if cased else "", concept)


def _join(ends: dict[str, tuple[str, ...]], surface: str, concept: str) -> None:
    known = ends.get(surface, ())
    if concept not in known:
        ends[surface] = tuple(sorted((*known, concept)))


def _within(root: _Node, atoms: list[str]) -> set[str]:
    """Return the concepts of the terms that a longer term is made of.

    Any of its words where words are spaced; of a Chinese term only the beginning, since what
    follows may be cut from another word: 商务部 inside 美国商务部 is not China's.
    """
    spaced = all(atom.isascii() for atom in atoms)
    folded = [atom.lower() for atom in atoms]
    concepts: set[str] = set()
    for start in range(len(atoms) if spaced else 1):
        last = len(atoms) if start else len(atoms) - 1
        found = _longest(root.get(folded[start]), atoms[:last], folded[:last], start)
        if found is not None and start < last and EXCEPTION not in found.concepts:
            concepts.update(found.concepts)
    return concepts


def _forms(atoms: list[str]) -> Iterator[list[str]]:
    """Yield the term and, where its last word is Latin, the plural."""
    yield atoms
    last = atoms[-1]
    if not (last.isascii() and last.isalpha()):
        return
    if last.lower().endswith(("s", "x", "z", "ch", "sh")):
        yield [*atoms[:-1], last + "es"]
    elif last.endswith("y") and last[-2:-1] not in tuple("aeiou") and len(last) > 2:
        yield [*atoms[:-1], last[:-1] + "ies"]
    else:
        yield [*atoms[:-1], last + "s"]


def read_terms(file: Path, problems: list[str]) -> Iterator[Entry]:
    """Yield the rows of one concept's file; what is wrong is added to the problems."""
    concept = file.stem
    if not CONCEPT_NAME.fullmatch(concept):
        problems.append(f"{file}: a concept's name is lower-case letters, digits and _")
        return
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        problems.append(f"{file}: is not UTF-8 (byte {error.start})")
        return
    except OSError as error:
        problems.append(f"{file}: cannot be read: {error.strerror}")
        return
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("# "):
            continue
        fields = [field.strip() for field in line.split("\t")] + ["", ""]
        term, lang, flags = fields[0], fields[1] or "any", fields[2]
        wrong = _fault(term, lang, flags, extra=fields[3:-2])
        if wrong:
            problems.append(f"{file}:{number}: {wrong}")
        else:
            yield Entry(concept, term, lang, "c" in flags, "x" in flags)


def _fault(term: str, lang: str, flags: str, *, extra: list[str]) -> str | None:
    """Return what is wrong with a row, or None."""
    if not term:
        return "has no term"
    if all(is_break(atom) for atom in split(term)):
        return f"the term {term!r} holds no word"
    if not LANG.fullmatch(lang):
        near = get_close_matches(lang, ["any", "en", "zh"], 1)
        return f"unknown language {lang!r}" + (f", did you mean {near[0]!r}?" if near else "")
    if any(flag not in FLAGS for flag in flags):
        return f"unknown flags {flags!r}: known are c (case-sensitive) and x (an exception)"
    if any(extra):
        return "has more than three columns (term, language, flags)"
    return None
