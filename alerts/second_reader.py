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
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.process import BaseProcess
from operator import attrgetter
from pathlib import Path
from typing import Any

import structlog

from alerts.acts import Reader, load_reader
from alerts.cleaning import plain
from alerts.domain import Act, Figures, Post
from alerts.reading import Read, Tagger, read_all
from alerts.traces import Trace
from classifier import artefact
from classifier.labels import Policy, Tagging
from classifier.resources import shipped
from classifier.scorer import SOON

log = structlog.get_logger()

FEW = 500
"""Posts that are read before a second process would have begun."""

CHUNK = 50
"""Posts that one process reads at a time."""

AHEAD = 8
"""Chunks that the second process is given at once: more than it reads while one is taken in."""

PATIENCE = 0.1
"""Seconds to wait, once, for a chunk when nothing else is left to read."""

Rows = list[tuple[Any, ...]]
"""A chunk as it was read, packed."""

SIZE = 8
"""Bytes that tell how long an answer is."""


class Line:
    """The first process's end of the line to the second, which neither can make the other wait at.

    A pool of processes would do the same with two threads here, which take turns with this one.
    """

    def __init__(self, end: socket.socket, process: BaseProcess) -> None:
        self.is_open = True
        self._process = process
        self._end = end
        self._out = bytearray()
        self._in = bytearray()
        self._asked = 0
        end.setblocking(False)

    def ask(self, posts: Sequence[Post], resolved: Mapping[str, str]) -> int:
        """Ask for a chunk; return by which number the answer is known."""
        self._asked += 1
        self._out += pickle.dumps((self._asked, list(map(NEEDED, posts)), resolved))
        self._move()
        return self._asked

    def answer(self, number: int, seconds: float = 0.0) -> Rows | None:
        """Return an answer; None if it does not come in time. Raises what kept it from coming."""
        until = time.monotonic() + seconds
        while True:
            self._move()
            for came, rows in self._whole():
                # Those before it came too late.
                if came == number:
                    return rows
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._wait(left)

    def close(self) -> None:
        """End the second process, whatever it is at."""
        self.is_open = False
        self._end.close()
        self._process.kill()
        self._process.join()

    def _move(self) -> None:
        """Send and receive what can be at once."""
        with suppress(BlockingIOError):
            while self._out:
                del self._out[: self._end.send(self._out)]
        with suppress(BlockingIOError):
            while part := self._end.recv(1 << 16):
                self._in += part
            raise EOFError("it ended")

    def _whole(self) -> Iterator[tuple[int, Rows]]:
        """Yield the answers that are here whole."""
        while len(self._in) >= SIZE:
            end = SIZE + int.from_bytes(self._in[:SIZE], "big")
            if len(self._in) < end:
                return
            number, rows, failed = pickle.loads(self._in[SIZE:end])  # noqa: S301 (our own)
            del self._in[:end]
            if failed:
                raise RuntimeError(failed)
            yield number, rows

    def _wait(self, seconds: float) -> None:
        ready = select.poll()
        ready.register(self._end, select.POLLIN | (select.POLLOUT if self._out else 0))
        ready.poll(1000 * seconds)


@dataclass(slots=True)
class SecondReader:
    """A process beside this one, for one source's backlog at a time.

    models: folder of the versions that it reads with; None: there is no such process.
    """

    models: Path | None = None
    _line: Line | None = None
    _version: str = ""
    _source: str = ""

    def read(
        self,
        model: Tagger,
        reader: Reader,
        posts: Sequence[Post],
        resolved: Mapping[str, str],
        *,
        source: str,
        more: bool,
    ) -> Iterator[list[Read]]:
        """Read a source's posts, in their order, part by part.

        The first part of a backlog is read here at once, while the process starts.
        resolved: shortened link -> where it leads.
        more: it has more to come, so that a second process is worth its start.
        """
        if self._line is not None and source == self._source and len(posts) >= FEW:
            if model.version == self._version:
                chunks = deque(posts[at : at + CHUNK] for at in range(0, len(posts), CHUNK))
                return self._in_order(self._line, model, reader, chunks, resolved)
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

    def _in_order(
        self,
        line: Line,
        model: Tagger,
        reader: Reader,
        chunks: deque[Sequence[Post]],
        resolved: Mapping[str, str],
    ) -> Iterator[list[Read]]:
        ahead: deque[tuple[int, Sequence[Post]]] = deque()
        behind: list[list[Read]] = []
        patience = PATIENCE
        while chunks or ahead:
            while chunks and len(ahead) < AHEAD:
                ahead.append((self._ask(line, chunks[0], resolved), chunks.popleft()))
            number, chunk = ahead.popleft()
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

    def _ask(self, line: Line, chunk: Sequence[Post], resolved: Mapping[str, str]) -> int:
        try:
            return line.ask(chunk, resolved) if line.is_open else 0
        except Exception as error:  # noqa: BLE001 (whatever it cannot do, we can)
            self._bury(line, error)
            return 0

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
    asked = end.makefile("rb")
    with suppress(EOFError, ConnectionError):
        try:
            model, reader = artefact.serve(models, version), load_reader(shipped("data"))
            model.tag(["warm"] * SOON)
            while True:
                number, posts, resolved = pickle.load(asked)  # noqa: S301 (our own process asks)
                read = read_all(model, reader, [_post(*one) for one in posts], resolved)
                _send(end, number, list(map(pack, read)))
        except (EOFError, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001 (the first process tells of it, and goes on)
            _send(end, 0, [], f"{type(error).__name__}: {error}")


def _send(end: socket.socket, number: int, rows: Rows, failed: str = "") -> None:
    answer = pickle.dumps((number, rows, failed))
    end.sendall(len(answer).to_bytes(SIZE, "big") + answer)


NEEDED = attrgetter("text", "url", "lang", "published_at", "official")
"""What of a post is needed to read it."""


def _post(text: str, url: str | None, lang: str, published_at: datetime, official: bool) -> Post:
    """Return a post of which only that is known which is needed to read it."""
    return Post(
        id="", source="", external_id="", url=url, title="", text=text, lang=lang, author=None,
        published_at=published_at, dated=True, first_seen_at=published_at, official=official,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip


def pack(read: Read) -> tuple[Any, ...]:
    """Return what was read of a post as values that are pickled fast: without our own classes."""
    tagging, act = read.tagging, read.act
    # Nine posts in ten report no act.
    bare = act == Act(mentions=act.mentions)
    return (
        (dict(tagging.topics), tagging.tags, tagging.model, dict(tagging.terms)),
        (tagging.policy.grade, tagging.policy.at_least),
        act.mentions if bare else act,
        (dict(read.seen.keys), dict(read.seen.terms)),
        read.retraction,
        read.fault,
    )


def unpack(post: Post, row: tuple[Any, ...]) -> Read:
    """Turn what was packed back into what was read of a post."""
    (topics, tags, model, terms), (grade, at_least), act, seen, retraction, fault = row
    policy = Policy(grade=grade, at_least=at_least)
    return Read(
        post=post,
        tagging=Tagging(topics=topics, tags=tags, policy=policy, model=model, terms=terms),
        act=Act(mentions=act) if isinstance(act, tuple) else act,
        seen=Trace(keys=seen[0], terms=seen[1]),
        retraction=retraction,
        fault=fault,
    )
