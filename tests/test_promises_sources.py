"""What docs/promises.md says of sources: failing for a week, validators, bad ones among good."""

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import load_reader
from alerts.domain import Fetch, Fetched, Json
from alerts.errors import SourceError, SourceUnreachable
from alerts.httpclient import Client
from alerts.pipeline import Pipeline
from alerts.sources import feed
from alerts.store import sources as source_queries
from alerts.store import tables
from alerts.store.connect import open_store
from alerts.window import Window
from tests.conftest import Server
from tests.test_alerts_scheduler import House, WordTagger
from tests.test_alerts_scheduler import feed as rss

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


# F9: a host that is down for a week -----------------------------------------------------------

FAULTS: tuple[tuple[int | None, str | None], ...] = (
    (None, None), (403, None), (404, None), (410, None), (429, None), (503, None),
    (429, "7200"), (503, "Wed, 25 Nov 2026 08:00:00 GMT"), (429, "99999999"), (503, "-5"),
)  # fmt: skip
"""Status (None: no answer at all) and Retry-After."""


class Outside(Client):
    """The world as its sources show it, until it recovers. asked: when each was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.well = False
        self.asked: dict[str, list[datetime]] = {}

    def fetcher(
        self, *, allow_private: bool = False, deadline: float = 20.0, hosts: Collection[str] = ()
    ) -> Fetch:
        async def fetch(url: str, **_: Any) -> Fetched:
            name = url.rpartition("/")[2]
            self.asked.setdefault(name, []).append(self.now)
            status, wait = FAULTS[int(name[1:]) % len(FAULTS)]
            if self.well:
                return Fetched(status=200, url=url, headers={}, body=rss(name).encode())
            if status is None:
                raise SourceUnreachable("host.example: refuses the connection")
            headers = {} if wait is None else {"retry-after": wait}
            return Fetched(status=status, url=url, headers=headers, body=b"")

        return fetch


def documented(every: timedelta, fault: tuple[int | None, str | None]) -> list[datetime]:
    """Return when a source that fails is asked in a week, as docs/reliability-notes.md says."""
    asked, at, wait, most = [], NOW, every, max(timedelta(hours=1), every)
    while at < NOW + WEEK:
        asked.append(at)
        told = fault[1] or "0"
        dated = NOW + timedelta(days=1) if "GMT" in told else at
        seconds = 0 if "GMT" in told else min(max(0, int(told)), 86_400)
        at = max(at + wait, at + timedelta(seconds=seconds), dated)
        wait = min(2 * wait, most)
    return asked


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory, where there is one: thousands of commits take a disk minutes."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)


def test_a_hundred_failing_sources_are_asked_for_a_week_as_documented_and_then_recover(
    quick_folder: Path,
) -> None:
    every = {f"s{n}": ("5m" if n < 10 else "6h" if n < 30 else "1d") for n in range(100)}
    lines = "".join(
        f"  - {{name: {name}, kind: feed, url: 'https://host.example/{name}', every: {often}}}\n"
        for name, often in every.items()
    )
    text = f"service: {{database: 'sqlite:///{quick_folder}/t.db'}}\nsources:\n{lines}"
    config = config_file.parse(
        text, quick_folder / "t.yaml", topics=("export-controls",), secrets=False
    )
    store = open_store(config.service.database)
    pipeline = Pipeline(
        store=store, config=config, model=WordTagger(), reader=load_reader(ROOT / "data"),
        window=Window(7),
    )  # fmt: skip
    outside = Outside()
    stages.prepare(pipeline, NOW)

    async def run(until: datetime) -> None:
        while True:
            with store.read() as connection:
                soonest = connection.execute(
                    select(func.min(tables.sources.c.next_poll_at))
                ).scalar_one()
            if soonest >= until:
                return
            # The service looks at each tick; here the clock jumps to the next one that matters.
            outside.now = max(outside.now, soonest)
            with store.read() as connection:
                due = source_queries.due_sources(connection, list(every), outside.now)
            for name in due:
                source = config.source(name)
                assert source is not None
                polled = await stages.poll_source(pipeline, outside, source, outside.now)
                stages.settle_poll(pipeline, source, polled, outside.now)

    asyncio.run(run(NOW + WEEK))
    expected = {
        source.name: documented(source.every, FAULTS[int(source.name[1:]) % len(FAULTS)])
        for source in config.sources
    }
    assert outside.asked == expected

    outside.well, outside.now = True, NOW + WEEK
    failing = {name: len(asked) for name, asked in outside.asked.items()}
    asyncio.run(run(NOW + WEEK + timedelta(days=1, hours=1)))
    for source in config.sources:
        back = outside.asked[source.name][failing[source.name]]
        told = FAULTS[int(source.name[1:]) % len(FAULTS)][1]
        assert back - (NOW + WEEK) <= max(
            timedelta(days=1) if told else timedelta(hours=1), source.every
        )
    with store.read() as connection:
        states = source_queries.source_states(connection)
    store.close()
    assert all(state.failures == 0 and state.posts == 1 for state in states)


# F10: validators ------------------------------------------------------------------------------


CONFIG = feed.Config.model_validate({"name": "wire", "url": "https://wire.example/f"})


@dataclass(slots=True)
class Publisher:
    """A server with a feed, and the habits that servers have."""

    items: list[str] = field(default_factory=list)
    habit: str = "well"
    published: int = 0
    tag: int = 0

    def live(self, habit: str, fresh: int, dropped: int, stored: list[str]) -> None:
        """Publish so many items, and take some away that were seen."""
        self.habit = habit
        self.items += [f"item {self.published + n}" for n in range(fresh)]
        self.published += fresh
        gone = self.items if habit == "no items" else stored[-dropped:] if dropped else ()
        kept = [item for item in self.items if item not in gone]
        changed = fresh or kept != self.items or habit == "other tag"
        self.items, self.tag = kept, self.tag + bool(changed)

    async def fetch(self, url: str, *, headers: Any = None, **_: Any) -> Fetched:
        """Answer as this server does; only its validators are always right."""
        if self.habit == "unreachable":
            raise SourceUnreachable("wire.example: refuses the connection")
        tag = f'"{self.tag}"'
        sent = {"etag": f"W/{tag}" if self.habit == "weak" else tag, "last-modified": "today"}
        status, body = 200, orjson.dumps(
            {"version": "https://jsonfeed.org/version/1.1",
             "items": [{"id": item, "content_text": item} for item in self.items]}
        )  # fmt: skip
        if self.habit == "no validators":
            sent = {}
        elif headers.get("If-None-Match", "").removeprefix("W/") == tag:
            status, body = 304, body if self.habit == "304 with a body" else b""
        if self.habit in {"error", "empty"}:
            status, body = 503 if self.habit == "error" else 200, b""
        if self.habit == "cut":
            body = body[: len(body) // 2]
        return Fetched(status=status, url=url, headers=sent, body=body)


HABITS = st.sampled_from(
    ["well", "well", "well", "well", "304 with a body", "error", "empty", "cut", "unreachable",
     "killed", "other tag", "weak", "no validators", "no items"]
)  # fmt: skip


@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(HABITS, st.integers(0, 3), st.integers(0, 2)), min_size=3, max_size=12))
def test_whatever_validators_do_no_item_is_missed_and_none_doubled(
    steps: list[tuple[str, int, int]],
) -> None:
    """A poll's items and its cursor are stored together, or neither: that is the pipeline's."""
    publisher, stored = Publisher(), list[str]()

    async def play() -> None:
        cursor: Mapping[str, Json] = {}
        for habit, fresh, dropped in [*steps, ("well", 1, 0), ("well", 0, 0)]:
            publisher.live(habit, fresh, dropped, stored)
            try:
                polled = await feed.poll(CONFIG, publisher.fetch, cursor, NOW)
            except SourceError:
                continue
            if habit == "killed":
                continue
            cursor = polled.cursor
            shown = [post.external_id for post in polled.posts]
            assert len(shown) == len(set(shown))
            stored.extend(item for item in shown if item not in stored)
            assert set(publisher.items) <= set(stored)

    asyncio.run(play())

    assert set(publisher.items) <= set(stored)


# F11: requests that are given up --------------------------------------------------------------


def descriptors() -> int:
    """Return how many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_five_thousand_requests_of_which_a_third_is_given_up_use_nothing_up() -> None:

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Some leave before they have asked.
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    async def scenario() -> tuple[int, float, int]:
        async with await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512) as listener:
            url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
            fetch = Client().fetcher(allow_private=True)
            await fetch(url)
            before, cancelled = descriptors(), 0
            for batch in range(250):
                tasks = [asyncio.ensure_future(fetch(url)) for _ in range(20)]
                for _ in range(batch % 9):
                    await asyncio.sleep(0)
                for task in tasks[::3]:
                    task.cancel()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
                cancelled += sum(isinstance(one, asyncio.CancelledError) for one in ended)
                assert all(isinstance(one, Fetched | asyncio.CancelledError) for one in ended)
            started = time.monotonic()
            assert (await fetch(url)).body == b"ok"
            took = time.monotonic() - started
            await asyncio.sleep(0.05)
            return cancelled, took, descriptors() - before

    cancelled, took, leaked = asyncio.run(scenario())

    assert cancelled > 1_500
    assert took < 1
    assert leaked <= 0


# F13: one bad among good ----------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path, server: Server) -> Iterator[House]:
    made = House(tmp_path, server, load_reader(ROOT / "data"))
    yield made
    made.store.close()


def test_hostile_sources_keep_fifty_good_ones_from_nothing(house: House) -> None:
    good = [f"good{number}" for number in range(50)]
    for name in good:
        house.server.reply(f"/{name}", body=rss(f"{name} export"))
    items = "".join(
        f"<item><guid>{n}</guid><description>{'word and other words ' * 150}</description></item>"
        for n in range(500)
    )
    house.server.reply("/parser", body="<rss version='2.0'><channel><item>" + "<a>" * 1_000_000)
    house.server.reply("/silent", hang=60)
    house.server.reply("/dripping", drip=0.01, body="x" * 100_000)
    house.server.reply("/flood", body=f"<rss version='2.0'><channel>{items}</channel></rss>")
    bad = ["parser", "silent", "dripping", "flood"]
    house.write(*bad, *good)
    started = time.monotonic()
    seconds = 0.0

    async def steps(_: Any) -> None:
        nonlocal seconds
        async with asyncio.timeout(100):
            for name in good:
                while not await asyncio.to_thread(house.is_polled, name):
                    await asyncio.sleep(0.1)
        seconds = time.monotonic() - started

    house.run(steps)

    assert seconds < 30
    assert all(house.source(name)["posts"] == 1 for name in good)
