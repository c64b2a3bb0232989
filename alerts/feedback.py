"""People's labels: which stored posts to ask about, what each key means, and the labels file."""

import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal, cast

from sqlalchemy import Connection

from alerts.domain import Post
from alerts.store.posts import recent_posts, to_post
from classifier import exchange
from classifier.corpus import check
from classifier.errors import CorpusError
from classifier.evaluate import KEYWORDS, POLICY_KEYWORDS
from classifier.exchange import Placed
from classifier.labels import GRADES, TOPICS, Example, Tagging
from classifier.sampling import Candidate, Question, choose
from classifier.scorer import Scorer
from classifier.text import fold

LABELS_FILE = "labels.jsonl"
ARTICLE = 400
"""Characters from which a text with a title is an article rather than a headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A post to label, why it is asked about, and what the model says of it."""

    post: Post
    question: Question
    tagging: Tagging


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A label being made. pending: "p" or "u" where the next key completes it."""

    topics: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    policy: int = 0
    pending: Literal["", "p", "u"] = ""


class Move(StrEnum):
    """A key that leaves the post."""

    SAVE = "save"
    SKIP = "skip"
    UNDO = "undo"
    QUIT = "quit"


MOVES = {"\n": Move.SAVE, "\r": Move.SAVE, "s": Move.SKIP, "z": Move.UNDO, "q": Move.QUIT}

Show = Callable[[Asked, Draft, str], None]
"""Called with the post, its label so far, and "post", "key", "unknown" or a move."""


def questions(
    connection: Connection,
    model: Scorer,
    labelled: Sequence[Example],
    *,
    most: int,
    pool: int,
) -> list[Asked]:
    """Return the unlabelled posts to ask about, the most instructive first.

    pool: how many of the newest posts are looked at.
    """
    done = {example.id for example in labelled}
    rows = recent_posts(connection, pool)
    readable = (row for row in rows if row.id not in done and fold(row.text).strip())
    posts = {row.id: to_post(row) for row in readable}
    taggings = dict(zip(posts, model.tag([p.text for p in posts.values()]), strict=True))
    candidates = [_candidate(model, post, taggings[post.id]) for post in posts.values()]
    chosen = choose(candidates, [example.text for example in labelled], most=most)
    return [Asked(post=posts[one.id], question=one, tagging=taggings[one.id]) for one in chosen]


def _candidate(model: Scorer, post: Post, tagging: Tagging) -> Candidate:
    matches = model.read(post.text).matches
    speaking = {
        **{topic: KEYWORDS.get(topic, (topic.replace("-", "_"),)) for topic in model.topics},
        "policy": POLICY_KEYWORDS,
    }
    return Candidate(
        id=post.id,
        text=post.text,
        chances={**tagging.topics, "policy": tagging.policy.at_least_2},
        thresholds={**model.thresholds, "policy": model.grade_thresholds[1]},
        names={
            topic: sum(not set(match.concepts).isdisjoint(concepts) for match in matches)
            for topic, concepts in speaking.items()
        },
    )


def press(draft: Draft, key: str, topics: Sequence[str]) -> Draft | Move | None:
    """Return what a key makes of a draft: another draft, a move, or None if it means nothing."""
    if draft.pending == "p":
        grade = "0123".find(key)
        return replace(draft, policy=grade, pending="") if key and grade >= 0 else None
    if key in MOVES and not draft.pending:
        return MOVES[key]
    if key in ("p", "u") and not draft.pending:
        return replace(draft, pending=cast(Literal["p", "u"], key))
    at = "123456789".find(key)
    if not key or not 0 <= at < len(topics):
        return None
    one = frozenset({topics[at]})
    if draft.pending == "u":
        return replace(draft, unsure=draft.unsure ^ one, pending="")
    return replace(draft, topics=draft.topics ^ one)


def review(
    queue: Sequence[Asked],
    keys: Iterator[str],
    topics: Sequence[str],
    file: Path,
    show: Show,
    *,
    suggest: bool = False,
) -> int:
    """Ask about each post until the queue, the keys or the person ends; return the labels made.

    Every label is on disk before the next post shows. suggest: begin with the model's verdict.
    """
    left, passed = deque(queue), list[tuple[Asked, Example | None]]()
    while left:
        asked = left[0]
        draft, move = _ask(asked, keys, topics, show, _start(asked, suggest=suggest))
        show(asked, draft, move)
        if move is Move.QUIT:
            break
        if move is Move.UNDO:
            if passed:
                before, saved = passed.pop()
                if saved is not None:
                    take_back(file, saved)
                left.appendleft(before)
            continue
        made = to_example(asked.post, draft) if move is Move.SAVE else None
        if made is not None:
            append(file, [made])
        passed.append((left.popleft(), made))
    return sum(saved is not None for _, saved in passed)


def _start(asked: Asked, *, suggest: bool) -> Draft:
    if not suggest:
        return Draft()
    return Draft(topics=frozenset(asked.tagging.tags), policy=asked.tagging.policy.grade)


def _ask(
    asked: Asked, keys: Iterator[str], topics: Sequence[str], show: Show, draft: Draft
) -> tuple[Draft, Move]:
    show(asked, draft, "post")
    for key in keys:
        pressed = press(draft, key, topics)
        if isinstance(pressed, Move):
            return draft, pressed
        # A key that means nothing also ends a half-typed p or u.
        draft = replace(draft, pending="") if pressed is None else pressed
        show(asked, draft, "unknown" if pressed is None else "key")
    return draft, Move.QUIT


def to_example(post: Post, draft: Draft) -> Example:
    """Return a labelled row of a post."""
    return Example(
        id=post.id,
        text=post.text,
        lang=post.lang,
        style=style_of(post),
        topics=draft.topics,
        policy=cast(Literal[0, 1, 2, 3], GRADES[draft.policy]),
        unsure=draft.unsure,
    )


def style_of(post: Post) -> str:
    """Return the style of a post, as far as its source and shape tell."""
    if post.official:
        return "notice"
    if not post.title:
        return "social"
    return "article" if len(post.text) >= ARTICLE else "headline"


def read_labels(file: Path) -> list[Placed]:
    """Return the rows of a labels file with their places; none if there is no such file yet.

    Raises CorpusError that names every bad row.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CorpusError([f"{file}: cannot be read: {error.strerror}"]) from error
    return parse_labels("jsonl", content, str(file))


def parse_labels(
    form: str,
    content: bytes,
    name: str,
    *,
    note: Callable[[str], None] = lambda line: None,
    lang: str = "",
    style: str = "",
) -> list[Placed]:
    """Read labels in one of the exchanged formats. Raises CorpusError that names every bad row."""
    problems: list[str] = []
    defaults = {"lang": lang, "style": style}
    found = exchange.read(form, content, name, problems.append, note, defaults=defaults)
    if problems:
        raise CorpusError(problems)
    return found


def take_in(
    file: Path, new: Sequence[Placed], *, known: Sequence[str] = TOPICS, replacing: bool = False
) -> tuple[int, int]:
    """Add rows to a labels file, all or none; return how many were added and how many changed.

    A row that stands there already changes nothing. known: the model's topics.
    replacing: a row with another label under the same id takes the place of the old one.
    Raises CorpusError that names every row that contradicts another or has an unknown topic.
    """
    old = read_labels(file)
    there = {example.id: example for _, example in old}
    fresh = [one for one in new if there.get(one[1].id) != one[1]]
    changed = {example.id for _, example in fresh if example.id in there} if replacing else set()
    kept = [one for one in old if one[1].id not in changed]
    whole = [*kept, *fresh]
    named = {topic for _, example in whole for topic in example.topics | example.unsure}
    check(
        [example for _, example in whole],
        [place for place, _ in whole],
        topics=known if named <= set(known) else None,
    )
    if changed:
        write_whole(file, exchange.write("jsonl", [example for _, example in whole]))
    elif fresh:
        append(file, [example for _, example in fresh])
    return len(fresh) - len(changed), len(changed)


def append(file: Path, examples: Iterable[Example]) -> None:
    """Add rows to a labels file in one durable write, or none. Raises CorpusError."""
    lines = exchange.write("jsonl", examples)
    with _locked(file) as handle:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        content = b"\n" + lines if torn else lines
        try:
            if os.write(handle, content) < len(content):
                raise OSError(28, "No space left on device")
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise


def take_back(file: Path, example: Example) -> None:
    """Remove the row that was added last. Raises CorpusError if another one stands there now."""
    line = exchange.write("jsonl", [example])
    with _locked(file) as handle:
        start = os.fstat(handle).st_size - len(line)
        if start < 0 or os.pread(handle, len(line), start) != line:
            raise CorpusError([f"{file}: changed since: {example.id} can't be undone"])
        os.ftruncate(handle, start)
        os.fsync(handle)


@contextmanager
def _locked(file: Path) -> Iterator[int]:
    """Open a labels file for appending, alone. Raises CorpusError where that fails."""
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        raise CorpusError([f"{file}: cannot be written: {error.strerror}"]) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    except OSError as error:
        raise CorpusError([f"{file}: cannot be written: {error.strerror}"]) from error
    finally:
        os.close(handle)


def write_whole(file: Path, content: bytes) -> None:
    """Put a file in place of another, whole and durable. Raises CorpusError."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with beside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CorpusError([f"{file}: cannot be written: {error.strerror}"]) from error
