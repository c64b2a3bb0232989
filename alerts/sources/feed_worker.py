"""Reads feeds with feedparser, in a child process that may use so much and no more.

feedparser raises on odd input and takes seconds over some small ones; so it runs here: this file
is both the child's program and, for alerts/sources/feed.py, the way to call it. The child gets
bytes and answers with JSON; it has neither the environment nor the secrets of its parent.
"""

import atexit
import io
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import Any

CPU_SECONDS = 5
WALL_SECONDS = 10.0
MEMORY_BYTES = 512 << 20
LONGEST_ANSWER = 64 << 20
MOST_ENTRIES = 2_000
LONGEST_VALUE = 500_000
MOST_TAGS = 50
READS_A_CHILD = 1_000
OUT_OF_MEMORY = 3
FAILED = b"null"
PARSER_FAILS = "makes the feed parser fail"

ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
HAN = re.compile("[\u4e00-\u9fff]")


class FeedUnreadable(Exception):
    """The parser raised on this feed, or ran out of its time or memory."""


# The parent's side ------------------------------------------------------------------------


class FeedReader:
    """One child that reads one feed after another; replaced when it fails or has read many.

    A second one waits to replace it, since a child takes up to a second before it can read.

    cpu, wall: seconds for one feed. memory: bytes for the child's address space.
    """

    def __init__(
        self, *, cpu: int = CPU_SECONDS, wall: float = WALL_SECONDS, memory: int = MEMORY_BYTES
    ) -> None:
        self._cpu = cpu
        self._wall = wall
        self._memory = memory
        self._child: subprocess.Popen[bytes] | None = None
        self._next: subprocess.Popen[bytes] | None = None
        self._left = 0

    def read(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return what feedparser makes of a feed. Raises FeedUnreadable.

        headers: "content-type" and "content-location", as far as they are known.
        """
        child = self._ready()
        head = json.dumps({"size": len(body), "cpu": self._cpu, "headers": dict(headers)})
        timer = Timer(self._wall, child.kill)
        timer.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(head.encode() + b"\n" + body)
            child.stdin.flush()
            answer = child.stdout.readline(LONGEST_ANSWER)
        except OSError:
            answer = b""
        finally:
            timer.cancel()
        if not answer.endswith(b"\n"):
            raise FeedUnreadable(self._epitaph(child))
        self._left -= 1
        if answer.strip() == FAILED:
            raise FeedUnreadable(PARSER_FAILS)
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        """End the children, if there are any."""
        self._bury()
        self._child, self._next = self._next, None
        self._bury()

    def _bury(self) -> None:
        if self._child is not None:
            # Both pipes close with it; what was not yet written has no reader any more.
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                try:
                    if pipe is not None:
                        pipe.close()
                except OSError:
                    continue
            self._child = None

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._left <= 0 or self._child.poll() is not None:
            self._bury()
            self._left = READS_A_CHILD
            self._child, self._next = self._next, None
            if self._child is None or self._child.poll() is not None:
                self._bury()
                self._child = self._start()
        elif self._next is None:
            # Not sooner: the first feed would have to share its start with it.
            self._next = self._start()
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-P", __file__, str(self._memory)],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # An interrupt from the terminal is for the parent, which ends its child itself.
            start_new_session=True,
        )

    def _epitaph(self, child: subprocess.Popen[bytes]) -> str:
        """Say why the child gave no answer, and bury it."""
        try:
            code = child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            code = 0
        self._bury()
        if code == OUT_OF_MEMORY:
            return f"needs more than {self._memory >> 20} MiB to be read"
        if code < 0:
            return f"takes more than {self._cpu} s to be read"
        return PARSER_FAILS


READER = FeedReader()
# One child, so one thread; a thread of its own, so that it never waits for name lookups.
THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feed-reader")
atexit.register(READER.close)


# The child's side -------------------------------------------------------------------------


def serve(memory: int) -> None:
    """Read feeds from standard input until it ends. memory: bytes of address space."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    import feedparser

    while line := sys.stdin.buffer.readline():
        task = json.loads(line)
        body = sys.stdin.buffer.read(task["size"])
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + 1 + task["cpu"]
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            found = read_feed(feedparser.parse, body, task["headers"])
            answer = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except Exception:  # noqa: BLE001 (the parser raises all kinds on odd feeds)
            # A new process for each poll of an odd feed would cost more than reading it.
            answer = FAILED
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


def read_feed(parse: Any, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Parse a feed and keep what a post needs, as JSON values."""
    body, headers = repair_encoding(body, headers)
    # A stream: feedparser takes bare bytes for a file name first.
    feed = parse(
        io.BytesIO(body),
        response_headers=dict(headers),
        sanitize_html=False,
        resolve_relative_uris=True,
    )
    return {
        "version": feed.get("version") or "",
        "loose": bool(feed.get("bozo")),
        "language": text_of(feed.feed.get("language")),
        "entries": [read_entry(entry) for entry in feed.entries[:MOST_ENTRIES]],
    }


def repair_encoding(body: bytes, headers: Mapping[str, str]) -> tuple[bytes, Mapping[str, str]]:
    """Turn a Chinese feed that only claims to be UTF-8 into one that is.

    feedparser would read it as windows-1252.
    """
    declared = ENCODING.search(body[:200])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8"):
        return body, headers
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = body.decode("gb18030")
        except UnicodeDecodeError:
            return body, headers
        if len(HAN.findall(text)) >= 0.5 * sum(byte > 127 for byte in body) / 2:
            return text.encode(), {**headers, "content-type": "application/xml; charset=utf-8"}
    return body, headers


def read_entry(entry: Any) -> dict[str, Any]:
    """Keep of one entry what a post needs; dates as found."""
    contents = [part for part in entry.get("content") or () if part.get("value")]
    body = contents[0] if contents else entry.get("summary_detail") or {}
    title = entry.get("title_detail") or {}
    # Not entry.get: feedparser answers with another date for one that is missing.
    dates = (dict.get(entry, key) for key in ("published", "updated", "created"))
    return {
        "guid": text_of(entry.get("id")),
        "link": text_of(entry.get("link")),
        "title": text_of(title.get("value")),
        "title_type": text_of(title.get("type")),
        "body": text_of(body.get("value")),
        "body_type": text_of(body.get("type")),
        "language": text_of(body.get("language") or title.get("language")),
        "author": text_of(entry.get("author")),
        "published": next((text_of(date) for date in dates if date), None),
        "tags": [
            name
            for tag in (entry.get("tags") or ())[:MOST_TAGS]
            if (name := text_of(tag.get("label") or tag.get("term")))
        ],
    }


def text_of(value: Any) -> str | None:
    """Return a text, cut, or None for what is none."""
    return value[:LONGEST_VALUE] if isinstance(value, str) and value.strip() else None


if __name__ == "__main__":
    serve(int(sys.argv[1]))
