"""A child process that makes requests while every contact is noted, and none leaves the machine.

Nothing can be relied on to see all contacts but an audit hook, and a hook cannot be taken away
again: so it lives here. A job comes as JSON on standard input, what happened goes as JSON to
standard output. `do` is the way to call it.
"""

import asyncio
import itertools
import json
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
from pydantic import ValidationError

from alerts.channels import KINDS as CHANNELS
from alerts.domain import Delivery, DeliveryState
from alerts.errors import SourceError
from alerts.guard import resolve_name
from alerts.httpclient import Client
from alerts.sources import KINDS as SOURCES
from alerts.sources import feed_worker

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PUBLIC = "93.184.216.34"
AT_ONCE = 32

CONTACTED: list[str] = []
OPEN_PORTS: set[int] = set()


def note(event: str, details: tuple[Any, ...]) -> None:
    """Note whom a socket is about to contact, and refuse unless the job opened the port."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        host, port = details[1][:2]
        CONTACTED.append(str(host))
        if port not in OPEN_PORTS:
            raise ConnectionRefusedError("nothing leaves this process")


def do(**job: Any) -> dict[str, Any]:
    """Do a job in a child: `task` is the name of a function below, the rest its arguments."""
    done = subprocess.run(
        [sys.executable, "-P", __file__],
        input=json.dumps({"path": sys.path, **job}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# Whom a spelling reaches ----------------------------------------------------------------------


def resolver(names: Mapping[str, Sequence[str]]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Resolve as the system does, but for names that would have to be looked up."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return names.get(host) or await resolve_name(host, port)

    return resolve


class Redirected(Client):
    """A client whose first host lies outside and redirects to where the test says."""

    target = ""

    @asynccontextmanager
    async def _exchange(self, allow_private: bool) -> Any:
        def redirect(_: httpx.Request) -> httpx.Response:
            return httpx.Response(302, headers=[(b"Location", self.target.encode())])

        async with super()._exchange(allow_private) as http:
            answered = httpx.MockTransport(redirect)
            mounts = {"http://first.test": answered}
            http._mounts |= httpx.AsyncClient(transport=answered, mounts=mounts)._mounts
            yield http


async def by_source(kind: str, keys: Mapping[str, Any], client: Client, private: bool) -> None:
    config = SOURCES[kind].config(name="s", kind=kind, allow_private=private, **keys)
    fetch = client.fetcher(allow_private=config.allow_private)
    await SOURCES[kind].poll(config, fetch, {}, NOW)


async def by_channel(kind: str, keys: Mapping[str, Any], client: Client, private: bool) -> None:
    config = CHANNELS[kind].config(name="c", kind=kind, allow_private=private, **keys)
    delivery = Delivery(
        id="d", alert=None, channel="c", body=b"{}", state=DeliveryState.PENDING, attempts=0,
        created_at=NOW, next_attempt_at=NOW, last_error=None,
    )  # fmt: skip
    send = client.sender(allow_private=config.allow_private)
    outcome = await CHANNELS[kind].send(config, delivery, send, NOW)
    raise SourceError(outcome.detail)


async def by_redirect(url: str, client: Client, private: bool) -> None:
    redirected = Redirected(resolve=client._resolve, tls=client._tls)
    redirected.target = url
    await redirected.fetcher(allow_private=private)("http://first.test/")


WAYS: dict[str, Callable[[str, Client, bool], Awaitable[None]]] = {
    "feed": lambda url, c, p: by_source("feed", {"url": url}, c, p),
    "lunarcrush": lambda url, c, p: by_source(
        "lunarcrush", {"topic": "t", "api_key": "k", "base": url}, c, p
    ),
    "lunarcrush_page": lambda url, c, p: by_source(
        "lunarcrush_page", {"url": url, "api_key": "k"}, c, p
    ),
    "federal_register": lambda url, c, p: by_source("federal_register", {"base": url}, c, p),
    "webhook": lambda url, c, p: by_channel("webhook", {"url": url, "secret": KEY}, c, p),
    "slack": lambda url, c, p: by_channel("slack", {"url": url}, c, p),
    "redirect": by_redirect,
}
"""Every way in which an address from outside becomes a request."""


def contact(*, urls: list[str], names: dict[str, list[str]], private: bool) -> dict[str, Any]:
    """Make a request to every address in every way; return who was contacted, and what was said."""
    said: dict[str, int] = {}

    async def try_one(free: asyncio.Semaphore, client: Client, way: str, url: str) -> None:
        async with free:
            try:
                await WAYS[way](url, client, private)
                outcome = "answered"
            except (SourceError, ValidationError) as refused:
                outcome = type(refused).__name__
        said[outcome] = said.get(outcome, 0) + 1

    async def try_all() -> None:
        client, free = Client(resolve=resolver(names)), asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(try_one(free, client, way, url) for way in WAYS for url in urls))

    asyncio.run(try_all())
    return {"said": said, "ways": len(WAYS)}


def rebind(*, rounds: int) -> dict[str, Any]:
    """Fetch from a name whose address changes at every look; count the looks."""
    answers = itertools.cycle(
        [[PUBLIC], ["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1", PUBLIC], ["169.254.169.254"]]
    )
    looked: list[list[str]] = []
    refused = 0

    async def resolve(host: str, port: int) -> Sequence[str]:
        looked.append(next(answers))
        return looked[-1]

    async def fetch_all() -> None:
        nonlocal refused
        fetch = Client(resolve=resolve).fetcher()
        for _ in range(rounds):
            try:
                await fetch("http://rebind.test/")
            except SourceError:
                refused += 1

    asyncio.run(fetch_all())
    return {
        "looks": len(looked),
        "refused": refused,
        "public": sum(addresses == [PUBLIC] for addresses in looked),
    }


# What an answer costs -------------------------------------------------------------------------


def measure(*, urls: list[str], deadline: float) -> dict[str, Any]:
    """Fetch from a server of the test; return what came of each, the seconds, and memory grown."""
    found: list[dict[str, Any]] = []

    async def fetch_all() -> None:
        fetch = Client().fetcher(allow_private=True, deadline=deadline)
        await fetch(urls[0])  # everything is loaded before anything is measured
        for url in urls[1:]:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
            before, started = peak(), time.monotonic()
            try:
                said, size = "", len((await fetch(url)).body)
            except SourceError as failed:
                said, size = f"{type(failed).__name__}: {failed}", 0
            found.append(
                {
                    "said": said,
                    "size": size,
                    "seconds": time.monotonic() - started,
                    "grown": peak() - before,
                    "peak": peak(),
                }
            )

    asyncio.run(fetch_all())
    return {"found": found}


def peak() -> int:
    """Return the most bytes of memory that this process ever had, since it is itself.

    getrusage would tell of the process that started it, too.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


# What a document makes its parser do ----------------------------------------------------------


def parse(*, feeds: list[str], canary: str, control: bool) -> dict[str, Any]:
    """Read feeds as the feed reader's child does; count what of the canary was opened or came out.

    control: open it and contact an address on purpose.
    """
    opened = 0

    def note_file(event: str, details: tuple[Any, ...]) -> None:
        nonlocal opened
        opened += event == "open" and canary in str(details[0])

    sys.addaudithook(note_file)
    leaked = 0
    for feed in feeds:
        try:
            found = feed_worker.read_feed(feedparser.parse, feed.encode(), {})
        except (ValueError, KeyError, TypeError):
            continue
        leaked += "CANARY" in json.dumps(found)
    if control:
        Path(canary).read_text(encoding="ascii")
        with suppress(OSError):
            socket.create_connection((PUBLIC, 80))
    return {"opened": opened, "leaked": leaked}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "contact": contact,
    "rebind": rebind,
    "measure": measure,
    "parse": parse,
}

if __name__ == "__main__":
    job = json.load(sys.stdin)
    sys.path[:] = job.pop("path")
    OPEN_PORTS.update(job.pop("open_ports", ()))
    sys.addaudithook(note)
    done = TASKS[job.pop("task")](**job)
    json.dump({**done, "contacted": sorted(set(CONTACTED)), "contacts": len(CONTACTED)}, sys.stdout)
