"""Reads many posts at once: a second process reads some of them while this one goes on.

Reading a text is a third of what a post costs, and needs nothing but the text. So while a backlog
is taken in, chunks of it are offered to a process of its own; this one takes those that it finds
read, and reads from the end of the row itself where it would have to wait. Nothing depends on
who read what: without the process, or when it dies, all are read here.
"""

import multiprocessing
import os
import pickle
import select
import signal
import socket
import time
from array import array
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, cast

import structlog

from alerts.acts import Reader, load_reader
from alerts.cleaning import plain
from alerts.domain import Act, Figures, Post, Stage
from alerts.index import Packed, packed
from alerts.reading import SHOWN_TERMS, Read, Tagger, read_all
from alerts.traces import Trace
from alerts.words import Searched, searched
from classifier import artefact
from classifier.collector import spare_collector
from classifier.labels import Policy, Tagging
from classifier.resources import shipped
from classifier.scorer import SOON

log = structlog.get_logger()

FEW = 500
"""Posts that are read before a second process would have begun."""

CHUNK = 50
"""Posts that one process reads at a time."""

AHEAD = 32
"""Chunks that the second process is given at once: as many as it reads while what was grouped is
stored, and the next part of a backlog is not asked for yet."""

PATIENCE = 0.1
"""Seconds to wait, once, for a chunk when nothing else is left to read."""

Rows = list[tuple[Any, ...]]
"""A chunk as it was read, packed."""

SIZE = 8
"""Bytes that tell how long an answer is."""


class End:
    """One end of the line between two processes, at which neither makes the other wait.

    A pool of processes would do the same with two threads here, which take turns with this one.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._out = bytearray()
        self._in = bytearray()
        end.setblocking(False)

    def send(self, message: bytes) -> None:
        """Send a message, or keep what the other end can't take yet."""
        self._out += len(message).to_bytes(SIZE, "big") + message
        self.move()

    def move(self) -> None:
        """Send and receive what can be at once. Raises EOFError where the other end is gone."""
        with suppress(BlockingIOError):
            while self._out:
                del self._out[: self._end.send(self._out)]
        with suppress(BlockingIOError):
            while part := self._end.recv(1 << 16):
                self._in += part
            raise EOFError("it ended")

    def whole(self) -> Iterator[bytes]:
        """Yield the messages that are here whole."""
        while len(self._in) >= SIZE:
            end = SIZE + int.from_bytes(self._in[:SIZE], "big")
            if len(self._in) < end:
                return
            message = bytes(self._in[SIZE:end])
            del self._in[:end]
            yield message

    def wait(self, seconds: float | None = None) -> None:
        """Wait until something can be sent or received."""
        ready = select.poll()
        ready.register(self._end, select.POLLIN | (select.POLLOUT if self._out else 0))
        ready.poll(None if seconds is None else 1000 * seconds)

    def close(self) -> None:
        """Leave the line."""
        self._end.close()


class Line:
    """The first process's end of the line, and the second process at the other."""

    def __init__(self, end: socket.socket, process: BaseProcess) -> None:
        self.is_open = True
        self._process = process
        self._end = End(end)
        self._asked = 0

    def ask(self, posts: Sequence[Post], resolved: Mapping[str, str]) -> int:
        """Ask for a chunk; return by which number the answer is known."""
        self._asked += 1
        self._end.send(pickle.dumps((self._asked, list(map(_needed, posts)), resolved)))
        return self._asked

    def answer(self, number: int, seconds: float = 0.0) -> Rows | None:
        """Return an answer; None if it does not come in time. Raises what kept it from coming."""
        until = time.monotonic() + seconds
        while True:
            self._end.move()
            for message in self._end.whole():
                came, rows, failed = pickle.loads(message)  # noqa: S301 (our own)
                if failed:
                    raise RuntimeError(failed)
                # Those before it came too late, or nobody needs them.
                if came == number:
                    return cast(Rows, rows)
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._end.wait(left)

    def close(self) -> None:
        """End the second process, whatever it is at."""
        self.is_open = False
        self._end.close()
        self._process.kill()
        self._process.join()


class Asked(NamedTuple):
    """A chunk that the second process was asked for, and by which number it answers."""

    number: int
    posts: Sequence[Post]
    resolved: Mapping[str, str]


@dataclass(slots=True)
class SecondReader:
    """A process beside this one, for one source's backlog at a time.

    models: folder of the versions that it reads with; None: there is no such process.
    """

    models: Path | None = None
    _line: Line | None = None
    _version: str = ""
    _source: str = ""
    _coming: deque[Asked] = field(default_factory=deque)

    def reads(self, source: str) -> bool:
        """Tell whether a second process is at a source's backlog."""
        return self._line is not None and source == self._source

    def read(
        self,
        model: Tagger,
        reader: Reader,
        posts: Sequence[Post],
        resolved: Mapping[str, str],
        *,
        source: str,
        more: bool,
        coming: tuple[Sequence[Post], Mapping[str, str]] = ((), {}),
    ) -> Iterator[list[Read]]:
        """Read a source's posts, in their order, part by part.

        The first part of a backlog is read here at once, while the process starts.
        resolved: shortened link -> where it leads.
        more: it has more to come, so that a second process is worth its start.
        coming: posts that come next, as far as known, with their resolved links; the second
            process goes on with them.
        """
        if self._line is not None and source == self._source and len(posts) >= FEW:
            if model.version == self._version:
                next_chunks = deque((chunk, coming[1]) for chunk in _cut(coming[0]))
                return self._in_order(self._line, model, reader, posts, resolved, next_chunks)
            self.close()
        if self._line is None and more and len(posts) >= FEW and _cores() > 1:
            self._start(model.version, source)
        return iter([read_all(model, reader, posts, resolved)])

    def end(self, source: str) -> None:
        """End the process if it was started for this source: its backlog is over, or put off."""
        if source == self._source:
            self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._line is not None:
            self._line.close()
            self._line = None
        self._coming.clear()

    def _in_order(
        self,
        line: Line,
        model: Tagger,
        reader: Reader,
        posts: Sequence[Post],
        resolved: Mapping[str, str],
        coming: deque[tuple[Sequence[Post], Mapping[str, str]]],
    ) -> Iterator[list[Read]]:
        ahead = self._begun(posts, resolved)
        chunks = deque(_cut(posts[sum(len(one.posts) for one in ahead) :]))
        behind: list[list[Read]] = []
        patience = PATIENCE
        while chunks or ahead:
            while chunks and len(ahead) < AHEAD:
                ahead.append(self._ask(line, chunks.popleft(), resolved))
            while coming and len(ahead) + len(self._coming) < AHEAD:
                self._coming.append(self._ask(line, *coming.popleft()))
            number, chunk, _ = ahead.popleft()
            rows = self._answer(line, number)
            while chunks and rows is None and line.is_open:
                # Nothing to take yet: read what it would come to last.
                behind.append(read_all(model, reader, chunks.pop(), resolved))
                rows = self._answer(line, number)
            if rows is None:
                rows = self._answer(line, number, patience)
            if rows is None:
                patience = 0.0
                yield read_all(model, reader, chunk, resolved)
            else:
                yield [unpack(post, row) for post, row in zip(chunk, rows, strict=True)]
        yield from reversed(behind)

    def _begun(self, posts: Sequence[Post], resolved: Mapping[str, str]) -> deque[Asked]:
        """Return the chunks of posts that were asked for while the part before was taken in."""
        coming, self._coming = self._coming, deque()
        begun, at = deque[Asked](), 0
        for one in coming:
            chunk = posts[at : at + len(one.posts)]
            # What was known already, or was asked anew, is not what was sent.
            if [*map(NEEDED, chunk)] != [*map(NEEDED, one.posts)] or one.resolved != resolved:
                break
            begun.append(one._replace(posts=chunk))
            at += len(chunk)
        return begun

    def _ask(self, line: Line, chunk: Sequence[Post], resolved: Mapping[str, str]) -> Asked:
        number = 0
        try:
            number = line.ask(chunk, resolved) if line.is_open else 0
        except Exception as error:  # noqa: BLE001 (whatever it cannot do, we can)
            self._bury(line, error)
        return Asked(number, chunk, resolved)

    def _answer(self, line: Line, number: int, seconds: float = 0.0) -> Rows | None:
        try:
            return line.answer(number, seconds) if line.is_open else None
        except Exception as error:  # noqa: BLE001 (whatever it died of or cannot do, we can)
            self._bury(line, error)
            return None

    def _start(self, version: str, source: str) -> None:
        if self.models is None:
            return
        self._version, self._source = version, source
        here, there = socket.socketpair()
        process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(there, self.models, version), daemon=True
        )
        process.start()
        there.close()
        self._line = Line(here, process)

    def _bury(self, line: Line, error: Exception) -> None:
        """Go on without a second process for good: what killed it might kill the next."""
        why = plain(f"{type(error).__name__}: {error}")
        log.warning("the second reader failed: one process reads from now on", error=why)
        line.close()
        if self._line is line:
            self._line = None
        self.models = None


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _serve(end: socket.socket, models: Path, version: str) -> None:
    """Be the second process, until the first one closes the line or ends, however it does."""
    # Ctrl-C reaches both; the first decides what becomes of what is being read.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = End(end)
    with suppress(EOFError, ConnectionError):
        try:
            model, reader = artefact.serve(models, version), load_reader(shipped("data"))
            model.tag(["warm"] * SOON)
            spare_collector()
            while True:
                line.move()
                for message in line.whole():
                    number, posts, resolved = pickle.loads(message)  # noqa: S301 (our own asks)
                    read = read_all(model, reader, [_post(*one) for one in posts], resolved)
                    read = [_explained(model, one) for one in read]
                    line.send(pickle.dumps((number, list(map(pack, read)), "")))
                line.wait()
        except (EOFError, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001 (the first process tells of it, and goes on)
            line.send(pickle.dumps((0, [], f"{type(error).__name__}: {error}")))
            while True:
                line.wait()
                line.move()


def _explained(model: Tagger, read: Read) -> Read:
    """Add the terms behind a post's scores, if rules are likely to alert on it."""
    tagging = read.tagging
    if not tagging.tags or tagging.policy.grade < 2:
        return read
    (explained,) = model.tag([read.post.text], terms=SHOWN_TERMS)
    return replace(read, tagging=replace(tagging, terms=explained.terms))


def _cut(posts: Sequence[Post]) -> Iterator[Sequence[Post]]:
    return (posts[at : at + CHUNK] for at in range(0, len(posts), CHUNK))


NEEDED = attrgetter("text", "url", "lang", "published_at", "official")
"""What of a post is needed to read it."""


def _needed(post: Post) -> tuple[str, str | None, str, float, bool]:
    """Return what of a post is needed; its time as a number, which is pickled fast."""
    return post.text, post.url, post.lang, post.published_at.timestamp(), post.official


def _post(text: str, url: str | None, lang: str, published: float, official: bool) -> Post:
    """Return a post of which only that is known which is needed to read it."""
    published_at = datetime.fromtimestamp(published, UTC)
    return Post(
        id="", source="", external_id="", url=url, title="", text=text, lang=lang, author=None,
        published_at=published_at, dated=True, first_seen_at=published_at, official=official,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip


STAGES: Mapping[str | None, Stage] = {stage.value: stage for stage in Stage}
SAYS = tuple(one.name for one in fields(Act) if one.name not in ("mentions", "stage"))
SAID = attrgetter(*SAYS)
"""What an act may say, its stage and the names that stand in its text apart."""


def pack(read: Read) -> tuple[Any, ...]:
    """Return what was read of a post as values that are pickled fast: hardly any of our classes."""
    tagging, act, terms = read.tagging, read.act, packed(read.seen.terms)
    # Nine posts in ten report no act.
    bare = act == Act(mentions=act.mentions)
    return (
        (dict(tagging.topics), tagging.tags, tagging.model, dict(tagging.terms)),
        (tagging.policy.grade, tagging.policy.at_least),
        act.mentions,
        None if bare else (act.stage and act.stage.value, *SAID(act)),
        (dict(read.seen.keys), terms.joined, terms.shares.tobytes()),
        read.retraction,
        read.fault,
        searched(read.post.text).text,
    )


def unpack(post: Post, row: tuple[Any, ...]) -> Read:
    """Turn what was packed back into what was read of a post."""
    tagged, (grade, at_least), mentions, said, seen, retraction, fault, folded = row
    keys, joined, shares = seen
    (topics, tags, model, terms), policy = tagged, Policy(grade=grade, at_least=at_least)
    act = Act(mentions=mentions)
    if said is not None:
        stage, *others = said
        act = Act(
            mentions=mentions, stage=STAGES.get(stage), **dict(zip(SAYS, others, strict=True))
        )
    return Read(
        post=post,
        tagging=Tagging(topics=topics, tags=tags, policy=policy, model=model, terms=terms),
        act=act,
        seen=Trace(keys=keys, terms=Packed(joined, array("d", shares))),
        retraction=retraction,
        fault=fault,
        searched=Searched(folded),
    )
