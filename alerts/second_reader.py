"""Reads many posts at once: a second process reads some of them while this one goes on.

Reading a text is a third of what a post costs, and needs nothing but the text. So while a backlog
is taken in, chunks of it are offered to a process of its own; this one takes those that it finds
read, and reads from the end of the row itself where it would have to wait. Nothing depends on
who read what: without the process, or when it dies, all are read here.
"""

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from alerts.acts import Reader, load_reader
from alerts.cleaning import plain
from alerts.domain import Post
from alerts.reading import Read, Tagger, read_all
from classifier import artefact
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

_model: Tagger
_reader: Reader
"""What the second process reads with; unset in the first."""


@dataclass(slots=True)
class SecondReader:
    """A process beside this one, for one source's backlog at a time.

    models: folder of the versions that it reads with; None: there is no such process.
    """

    models: Path | None = None
    _pool: ProcessPoolExecutor | None = None
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
        if self._pool is not None and source == self._source and len(posts) >= FEW:
            if model.version == self._version:
                chunks = deque(posts[at : at + CHUNK] for at in range(0, len(posts), CHUNK))
                return self._in_order(self._pool, model, reader, chunks, resolved)
            self.close()
        if self._pool is None and more and len(posts) >= FEW and _cores() > 1:
            self._start(model.version, source)
        return iter([read_all(model, reader, posts, resolved)])

    def end(self, source: str) -> None:
        """End the process if it was started for this source: its backlog is over, or put off."""
        if source == self._source:
            self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _in_order(
        self,
        pool: ProcessPoolExecutor,
        model: Tagger,
        reader: Reader,
        chunks: deque[Sequence[Post]],
        resolved: Mapping[str, str],
    ) -> Iterator[list[Read]]:
        ahead: deque[tuple[Sequence[Post], Future[bytes]]] = deque()
        behind: list[list[Read]] = []
        patience = PATIENCE
        while chunks or ahead:
            while chunks and len(ahead) < AHEAD:
                ahead.append((chunks[0], _offer(pool, chunks[0], resolved)))
                chunks.popleft()
            chunk, future = ahead.popleft()
            while chunks and not future.done():
                # Nothing to take yet: read what it would come to last.
                behind.append(read_all(model, reader, chunks.pop(), resolved))
            try:
                read = pickle.loads(future.result(timeout=patience))  # noqa: S301 (our own)
            except TimeoutError:
                future.cancel()
                patience = 0.0
                read = read_all(model, reader, chunk, resolved)
            except Exception as error:  # noqa: BLE001 (whatever it died of or cannot do, we can)
                self._bury(pool, error)
                read = read_all(model, reader, chunk, resolved)
            yield read
        yield from reversed(behind)

    def _start(self, version: str, source: str) -> None:
        if self.models is None:
            return
        self._version, self._source = version, source
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(self.models, version),
        )
        _offer(self._pool, [], {})

    def _bury(self, pool: ProcessPoolExecutor, error: Exception) -> None:
        """Go on without a second process for good: what killed it might kill the next."""
        if self._pool is pool:
            why = plain(f"{type(error).__name__}: {error}")
            log.warning("the second reader failed: one process reads from now on", error=why)
            self.close()
            self.models = None


def _offer(
    pool: ProcessPoolExecutor, chunk: Sequence[Post], resolved: Mapping[str, str]
) -> Future[bytes]:
    """Give a chunk to the second process; one that died, or was ended, answers so at once."""
    try:
        return pool.submit(_read_beside, pickle.dumps((chunk, resolved)))
    except RuntimeError as error:
        failed: Future[bytes] = Future()
        failed.set_exception(error)
        return failed


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _begin(models: Path, version: str) -> None:
    """Prepare the second process."""
    global _model, _reader
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Ctrl-C reaches both; the first decides what becomes of what is being read.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _model, _reader = artefact.serve(models, version), load_reader(shipped("data"))
    _model.tag(["warm"] * SOON)


def _end_with_parent() -> None:
    """End when the first process ended, however it did: nobody else would end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(0)


def _read_beside(asked: bytes) -> bytes:
    """Read a chunk; pickled here and there, for the pool's own threads would be in the way."""
    posts, resolved = pickle.loads(asked)  # noqa: S301 (our own process asks)
    return pickle.dumps(read_all(_model, _reader, posts, resolved))
