"""Labelled JSONL rows -> examples: read, checked, fingerprinted, and split without leaks."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import orjson
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from classifier.atoms import cut
from classifier.errors import CorpusError
from classifier.gazetteer import LANG
from classifier.labels import GRADES, STYLES, TOPICS, Example
from classifier.text import fold

MIN_EXAMPLES = 10
"""Rows that a topic of one's own needs before it can be learned."""

SHINGLE = 4
"""Atoms in a row that count as one piece when two texts are compared."""

NEAR = 0.4
"""Jaccard similarity of pieces from which two texts are near-duplicates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Checked examples.

    topics: the shipped four that occur or not, then any of the corpus's own, sorted.
    places: "FILE:LINE" of each example.
    """

    examples: tuple[Example, ...]
    topics: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """sha256 of what the rows say, independent of their files and order."""
        rows = sorted(orjson.dumps(_row(example)) for example in self.examples)
        return hashlib.sha256(b"\n".join(rows)).hexdigest()


def read(
    paths: Iterable[Path], *, topics: Sequence[str] | None = None, repeats: bool = False
) -> Corpus:
    """Read JSONL files, or the *.jsonl files of folders, with the rows of a labelled corpus.

    topics: the only ones allowed (None: the four, and further ones with MIN_EXAMPLES rows).
    repeats: let ids and texts occur twice, for whoever looks for such rows.
    Raise CorpusError that names every bad row as FILE:LINE.
    """
    problems: list[str] = []
    examples: list[Example] = []
    places: list[str] = []
    for file in _files(paths, problems):
        for place, example in _read_file(file, problems):
            examples.append(example)
            places.append(place)
    if not examples and not problems:
        problems.append("the corpus is empty: no labelled row in " + ", ".join(map(str, paths)))
    return check(examples, places, topics=topics, repeats=repeats, problems=problems)


def check(
    examples: Sequence[Example],
    places: Sequence[str],
    *,
    topics: Sequence[str] | None = None,
    repeats: bool = False,
    problems: Sequence[str] = (),
) -> Corpus:
    """Return rows as a corpus, once their topics, ids and texts agree; as `read` does.

    problems: what is known to be wrong already.
    """
    found = list(problems)
    known = _check_topics(examples, places, topics, found)
    if not repeats:
        _check_repeats(examples, places, found)
    if found:
        raise CorpusError(found)
    return Corpus(examples=tuple(examples), topics=known, places=tuple(places))


def group(texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return a group number for each text; near-duplicates, also by way of others, share one."""
    held = _pieces(texts)
    size = np.diff(held.indptr)
    # Most pieces stand in one text only, and tell no two texts to be alike.
    shared = held[:, np.bincount(held.indices, minlength=held.shape[1]) > 1]
    alike = (shared @ shared.T).tocoo()
    near = alike.data >= NEAR * (size[alike.row] + size[alike.col] - alike.data)
    graph = csr_matrix((near[near], (alike.row[near], alike.col[near])), shape=alike.shape)
    labels = connected_components(graph, directed=False)[1]
    return cast(np.ndarray[Any, np.dtype[np.int64]], labels.astype(np.int64))


def _pieces(texts: Sequence[str]) -> csr_matrix:
    """Return which runs of SHINGLE atoms each text has, once; a text that is shorter is one run."""
    held = cut(tuple(texts))
    lower: dict[str, int] = {}
    folded = [lower.setdefault(atom.lower(), len(lower) + 1) for atom in held.atoms]
    lengths = np.maximum(np.diff(held.bounds), SHINGLE)
    ends = np.cumsum(lengths)
    # Where a text is shorter than a run, noughts fill it up.
    runs = np.zeros(lengths.sum(), np.int64)
    moved = np.repeat(ends - lengths - held.bounds[:-1], np.diff(held.bounds))
    runs[np.arange(len(held.numbers)) + moved] = np.array(folded, np.int64)[held.numbers]
    length, within = 1, np.ones(len(runs), bool)
    for last in range(1, SHINGLE):
        within[ends - last] = False
    while length < SHINGLE:
        # A run of four is two runs of two, and what those are called is enough to tell it.
        both = runs[:-length] * (runs.max() + 1) + runs[length:]
        runs, length = np.unique(both, return_inverse=True)[1], 2 * length
    columns = runs[within[: len(runs)]]
    starts = np.concatenate([[0], ends - (SHINGLE - 1) * np.arange(1, len(texts) + 1)])
    table = csr_matrix((np.ones(len(columns)), columns, starts), (len(texts), runs.max() + 1))
    table.sum_duplicates()
    table.data[:] = 1
    return table


def deal(examples: Sequence[Example], folds: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return a fold number for each example.

    Near-duplicates share a fold; labels and languages are spread evenly; the same rows in another
    order fall into the same folds.
    """
    return _deal(tuple(examples), folds)


@lru_cache(maxsize=4)  # a training asks three times for the same rows
def _deal(examples: tuple[Example, ...], folds: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    groups = group([example.text for example in examples])
    first: dict[int, tuple[str, str]] = {}
    for example, number in zip(examples, groups.tolist(), strict=True):
        kind = f"{example.lang} {sorted(example.topics)} {example.policy}"
        key = (kind, hashlib.sha256(example.id.encode()).hexdigest())
        first[number] = min(first.get(number, key), key)
    ranked = sorted(first, key=first.__getitem__)
    fold_of = {number: rank % folds for rank, number in enumerate(ranked)}
    return np.array([fold_of[number] for number in groups.tolist()], dtype=np.int64)


def _row(example: Example) -> dict[str, Any]:
    return {
        "id": example.id,
        "text": example.text,
        "lang": example.lang,
        "style": example.style,
        "topics": sorted(example.topics),
        "policy": example.policy,
        "unsure": sorted(example.unsure),
    }


def _files(paths: Iterable[Path], problems: list[str]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.jsonl"))
            if not inside:
                problems.append(f"{path}: holds no .jsonl file")
            files.extend(inside)
        elif path.is_file():
            files.append(path)
        else:
            problems.append(f"{path}: no such file or folder")
    return files


def _read_file(file: Path, problems: list[str]) -> list[tuple[str, Example]]:
    rows: list[tuple[str, Example]] = []
    try:
        lines = file.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        problems.append(f"{file}: cannot be read: {error.strerror}")
        return rows
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{file}:{number}"
        try:
            rows.append((place, parse(line)))
        except ValueError as error:
            problems.append(f"{place}: {error}")
    return rows


def parse(line: bytes) -> Example:
    """Return the example that one JSONL line holds. Raise ValueError that says what is wrong."""
    try:
        line.decode("utf-8")
        row = orjson.loads(line)
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start + 1} of the line)") from error
    except orjson.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(row, dict):
        raise ValueError("is not a JSON object")
    policy = row.get("policy")
    if not isinstance(policy, int) or isinstance(policy, bool) or policy not in GRADES:
        raise ValueError(f"policy must be 0, 1, 2 or 3, not {_show(row, 'policy')}")
    style = _text(row, "style")
    if style not in STYLES:
        near = get_close_matches(style, STYLES, 1)
        hint = f", did you mean {near[0]!r}?" if near else f"; known: {', '.join(STYLES)}"
        raise ValueError(f"unknown style {style!r}{hint}")
    lang = _text(row, "lang")
    if not LANG.fullmatch(lang) or lang == "any":
        raise ValueError(f"lang must be a language code such as en or zh, not {lang!r}")
    text = _text(row, "text")
    if not fold(text).strip():
        raise ValueError("text has nothing to read")
    return Example(
        id=_text(row, "id"),
        text=text,
        lang=lang,
        style=style,
        topics=_slugs(row, "topics", required=True),
        policy=cast(Any, policy),
        unsure=_slugs(row, "unsure", required=False),
    )


def _show(row: dict[str, Any], field: str) -> str:
    if field not in row:
        return "missing"
    shown = orjson.dumps(row[field]).decode()
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _text(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        if field in row and value in ("", None):
            raise ValueError(f"{field} is empty")
        if isinstance(value, str):
            raise ValueError(f"{field} is empty")
        raise ValueError(f"{field} must be a text, not {_show(row, field)}")
    return value


def _slugs(row: dict[str, Any], field: str, *, required: bool) -> frozenset[str]:
    value = row.get(field, None if required else [])
    if not isinstance(value, list) or not all(isinstance(slug, str) for slug in value):
        raise ValueError(f"{field} must be a list of topics, not {_show(row, field)}")
    if len(set(value)) < len(value):
        raise ValueError(f"{field} names a topic twice")
    return frozenset(value)


def _check_topics(
    examples: Sequence[Example],
    places: Sequence[str],
    allowed: Sequence[str] | None,
    problems: list[str],
) -> tuple[str, ...]:
    """Return the topics in use; report rows with a topic that cannot be one."""
    known = TOPICS if allowed is None else tuple(allowed)
    counts = Counter(topic for example in examples for topic in example.topics)
    own: list[str] = []
    wrong: dict[str, str] = {}
    for topic in sorted(counts.keys() | {slug for e in examples for slug in e.unsure}):
        if topic in known:
            continue
        fault = _fault(topic, counts[topic], known, closed=allowed is not None)
        if fault is None:
            own.append(topic)
        else:
            wrong[topic] = fault
    for example, place in zip(examples, places, strict=True):
        problems.extend(
            f"{place}: {wrong[topic]}"
            for topic in sorted(example.topics | example.unsure)
            if topic in wrong
        )
    return (*known, *own)


def _fault(topic: str, count: int, known: Sequence[str], *, closed: bool) -> str | None:
    near = get_close_matches(topic, known, 1, cutoff=0.75)
    if near:
        return f"unknown topic {topic!r}, did you mean {near[0]!r}?"
    if closed:
        return f"unknown topic {topic!r}; known: {', '.join(known)}"
    if not topic or topic != "-".join(topic.lower().split()) or topic in ("policy", "none"):
        return f"{topic!r} can't be a topic: use lower-case words joined by -"
    if count < MIN_EXAMPLES:
        return (
            f"unknown topic {topic!r}: a new topic needs {MIN_EXAMPLES} examples "
            f"and this one has {count}"
        )
    return None


def _check_repeats(examples: Sequence[Example], places: Sequence[str], problems: list[str]) -> None:
    """Report an id used twice, and one text labelled in two ways."""
    ids: dict[str, str] = {}
    texts: dict[str, tuple[Example, str]] = {}
    for example, place in zip(examples, places, strict=True):
        if example.id in ids:
            problems.append(f"{place}: id {example.id!r} was used before, at {ids[example.id]}")
        ids.setdefault(example.id, place)
        same = " ".join(fold(example.text).split()).lower()
        other, where = texts.setdefault(same, (example, place))
        labels = (example.topics - other.unsure, example.policy)
        if labels != (other.topics - example.unsure, other.policy):
            problems.append(f"{place}: labels contradict {where}, which has the same text")
