"""Reads many posts at once: a second process reads some of them while this one goes on.

Reading a text is half of what a post costs, and needs nothing but the text. So while a backlog
is taken in, chunks of it are offered to a process of its own; this one takes those that it finds
read, and reads from the end of the row itself where it would have to wait. Nothing depends on
who read what: without the process, or when it dies, all are read here.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

import structlog

from alerts.acts import Reader, load_reader
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

_model: Tagger
_reader: Reader
"""What the second process reads with; unset in the first."""


@dataclass(slots=True)
class SecondReader:
    """A process beside this one that is started with the first backlog and ended with it.

    models: folder of the versions that it reads with; None: there is no such process.
    """

    models: Path | None = None
    _pool: ProcessPoolExecutor | None = None
    _version: str = ""

    def read(
        self,
        model: Tagger,
        reader: Reader,
        posts: Sequence[Post],
        resolved: Mapping[str, str],
        *,
        more: bool,
    ) -> Iterator[list[Read]]:
        """Read posts, in their order, part by part.

        resolved: shortened link -> where it leads.
        more: there are more to come, so that a second process is worth its start.
        """
        if self.models is None or len(posts) < FEW or _cores() < 2 or not (more or self._pool):
            self.close()
            return iter([read_all(model, reader, posts, resolved)])
        chunks = [posts[start : start + CHUNK] for start in range(0, len(posts), CHUNK)]
        pool = self._opened(self.models, model.version)
        try:
            shared = [pool.submit(_read_beside, chunk, resolved) for chunk in chunks]
        except BrokenProcessPool:
            self._bury()
            return iter([read_all(model, reader, posts, resolved)])
        return self._in_order(model, reader, chunks, shared, resolved, more)

    def close(self) -> None:
        """End the second process, if there is one."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _bury(self) -> None:
        """Go on without the second process, which died: the next backlog starts another one."""
        if self._pool is not None:
            log.warning("the second reader died: its posts are read here")
            self.close()

    def _in_order(
        self,
        model: Tagger,
        reader: Reader,
        chunks: Sequence[Sequence[Post]],
        shared: Sequence[Future[list[Read]]],
        resolved: Mapping[str, str],
        more: bool,
    ) -> Iterator[list[Read]]:
        here: dict[int, list[Read]] = {}
        try:
            for number, future in enumerate(shared):
                while number not in here and not future.done():
                    # Nothing to take yet: read the last chunk that the other has not begun.
                    left = range(len(shared) - 1, number - 1, -1)
                    free = (one for one in left if one not in here and shared[one].cancel())
                    taken = next(free, None)
                    if taken is None:
                        break
                    here[taken] = read_all(model, reader, chunks[taken], resolved)
                if number in here:
                    yield here.pop(number)
                    continue
                try:
                    yield future.result()
                except BrokenProcessPool:
                    self._bury()
                    yield read_all(model, reader, chunks[number], resolved)
        finally:
            for future in shared:
                future.cancel()
            if not more:
                self.close()

    def _opened(self, models: Path, version: str) -> ProcessPoolExecutor:
        if self._pool is not None and self._version != version:
            self.close()
        if self._pool is None:
            self._version = version
            self._pool = ProcessPoolExecutor(
                max_workers=1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(models, version),
            )
        return self._pool


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


def _read_beside(posts: Sequence[Post], resolved: Mapping[str, str]) -> list[Read]:
    return read_all(_model, _reader, posts, resolved)
