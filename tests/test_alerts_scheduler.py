"""The running service: polls what is due once, reloads, and stops cleanly."""

import asyncio
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select
from structlog.testing import capture_logs

from alerts import config as config_file
from alerts import pipeline as stages
from alerts import watch
from alerts.acts import Reader, load_reader
from alerts.pipeline import Pipeline
from alerts.polls import MOST_SKIPPED
from alerts.reading import Tagger
from alerts.scheduler import PAUSE, Scheduler
from alerts.store import listing, tables
from alerts.store import sources as source_queries
from alerts.store import spells as spell_queries
from alerts.store.connect import open_store
from alerts.watchdog import Watchdog
from alerts.watched import SETTLES
from alerts.window import Window
from classifier import artefact
from classifier.labels import Policy, Tagging
from tests.small_model import train_small

if TYPE_CHECKING:
    from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SOON = 10.0
"""Seconds after which what did not happen counts as never."""

CONFIG = """\
service: {{database: "sqlite:///t.db", web: "{web}", outbox_limit: 3}}
sources:
{sources}
channels:
  - {{name: {channel}, kind: webhook, url: "{hook}", secret: "{key}", allow_private: true}}
rules:
  - {{name: {rule}, topics: {{all: [export-controls]}}, send: [{channel}], {more}}}
"""

ACTS = ("Beijing bans the export of gallium", "Tokyo licences every export of photoresist",
        "Washington fines a broker over an export to Minsk")  # fmt: skip


Log = list[MutableMapping[str, Any]]


class Clock:
    """A clock that stands still until a test turns it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        self.at += by


@dataclass(frozen=True, slots=True)
class WordTagger:
    """Says export-controls of what has the word. at_work: called when texts come in."""

    version: str = "test-1"
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"export-controls": 0.5})
    at_work: Callable[[], object] = str

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        self.at_work()
        return [self._tag("export" in text) for text in texts]

    def _tag(self, export: bool) -> Tagging:
        return Tagging(
            topics={"export-controls": 0.9 if export else 0.1},
            tags=("export-controls",) if export else (),
            policy=Policy(grade=3 if export else 0, at_least=(0.9, 0.9, 0.9)),
            model=self.version, terms={},
        )  # fmt: skip


def feed(*titles: str) -> str:
    items = "".join(f"<item><guid>{title}</guid><title>{title}</title></item>" for title in titles)
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{items}</channel></rss>"


class House:
    """A service in a folder of its own, with a server for its sources and its receiver."""

    def __init__(self, folder: Path, server: "Server", reader: Reader) -> None:
        self.folder, self.server, self.reader = folder, server, reader
        self.clock = Clock()
        self.models = folder / "models"
        self.models.mkdir()
        self.path = folder / "tocsin.yaml"
        self.store = open_store(f"sqlite:///{folder}/t.db", busy_seconds=0.5)
        self.logs: Log = []
        server.reply("/hook", status=204)

    def write(
        self,
        *sources: str,
        hook: str = "/hook",
        web: str = "off",
        rule: str = "controls",
        more: str = "severity: medium",
        channel: str = "hook",
    ) -> None:
        """Write a config of feeds, each named as its path."""
        lines = "\n".join(
            f'  - {{name: {name}, kind: feed, url: "{self.server.url(f"/{name}")}", every: 60s, '
            "allow_private: true, backfill: all}"
            for name in sources
        )
        text = CONFIG.format(
            sources=lines, hook=self.server.url(hook), key=KEY, web=web, rule=rule, more=more,
            channel=channel,
        )  # fmt: skip
        self.path.write_text(text, encoding="utf-8")

    def scheduler(self, model: Tagger | None = None, **keys: Any) -> Scheduler:
        """Make the service; it must be called in the event loop."""
        pipeline = Pipeline(
            store=self.store,
            config=config_file.load(self.path, topics=("export-controls",)),
            model=model or WordTagger(),
            reader=self.reader,
            window=Window(7),
        )
        parts = {"clock": self.clock, "tick": 0.02, **keys}
        return Scheduler(pipeline, self.models, **parts)

    def run(self, while_running: Callable[[Scheduler], Awaitable[None]], **keys: Any) -> Log:
        """Run the service until the given steps are done, stop it, and return its log."""

        async def serve() -> None:
            scheduler = self.scheduler(**keys)
            running = asyncio.create_task(scheduler.run())
            try:
                await while_running(scheduler)
            finally:
                scheduler.stop()
                async with asyncio.timeout(SOON):
                    await running

        with capture_logs() as self.logs:
            asyncio.run(serve())
        return self.logs

    def asked(self, name: str) -> int:
        return len([one for one in self.server.requests if one.path == f"/{name}"])

    def source(self, name: str) -> dict[str, Any]:
        with self.store.read() as connection:
            return listing.show_source(connection, name) or {}

    def is_polled(self, name: str) -> bool:
        """Tell whether a source was polled and is due later than now."""
        with self.store.read() as connection:
            state = source_queries.source_state(connection, name)
        return state is not None and state.next_poll_at > self.clock()

    def deliveries(self) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            return listing.list_deliveries(connection, 100)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(ROOT / "data")


@pytest.fixture
def house(tmp_path: Path, server: "Server", reader: Reader) -> Iterator[House]:
    made = House(tmp_path, server, reader)
    yield made
    made.store.close()


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(SOON):
        while not holds():
            await asyncio.sleep(0.01)


def said(logs: Log, event: str) -> Log:
    return [line for line in logs if event in line["event"]]


# Polling ----------------------------------------------------------------------------------


def test_what_is_due_is_polled_once_and_what_is_under_way_not_twice(house: House) -> None:
    house.server.reply("/quick", body=feed("Cod quota agreed"))
    house.server.reply("/slow", hang=60)
    house.write("quick", "slow")

    async def steps(scheduler: Scheduler) -> None:
        for _ in range(3):
            await until(lambda: house.is_polled("quick") and house.asked("slow"))
            house.clock.turn(timedelta(seconds=61))
        await until(lambda: house.is_polled("quick"))

    house.run(steps)

    assert (house.asked("quick"), house.asked("slow")) == (4, 1)
    assert house.source("quick")["posts"] == 1


def write_archive(house: House, lines: list[str]) -> None:
    """Write a config of a feed and of a file of posts, and that file."""
    house.write("wire")
    text = house.path.read_text(encoding="utf-8")
    archive = "  - {name: archive, kind: jsonl, path: archive.jsonl, every: 60s}\nchannels:"
    house.path.write_text(text.replace("channels:", archive), encoding="utf-8")
    house.server.reply("/wire", body=feed())
    (house.folder / "archive.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_source_with_more_is_asked_again_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.sources.jsonl.MOST_LINES", 2)
    write_archive(house, [f'{{"id": "{n}", "text": "Bread {n}"}}' for n in range(7)])

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.source("archive").get("posts") == 7)

    logs = house.run(steps, tick=60)

    polls = [line["new"] for line in said(logs, "polled") if line["source"] == "archive"]
    assert polls == [2, 2, 2, 1]


def test_what_any_part_of_a_backlog_skipped_is_told_and_remembered_until_the_next_poll(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.sources.jsonl.MOST_LINES", MOST_SKIPPED + 5)
    # Parts of 25 lines: the first has 22 bad ones, the second none, the third 4.
    lines = [f'{{"id": "{n}", "text": "Bread {n}"}}' for n in range(60)]
    for number in (*range(22), *range(52, 56)):
        lines[number] = "no post"
    write_archive(house, lines)
    backlogs: list[Any] = []

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("archive"))
        backlogs.append(house.source("archive"))
        house.clock.turn(timedelta(seconds=91))
        with (house.folder / "archive.jsonl").open("a", encoding="utf-8") as file:
            file.write('{"id": "late", "text": "Late bread"}\n')
        await until(lambda: house.source("archive")["posts"] == 35)

    logs = house.run(steps)

    (backlog,) = backlogs
    assert [note.split(":")[0] for note in backlog["health"]] == [
        f"line {number}" for number in range(1, MOST_SKIPPED + 1)
    ]
    assert (backlog["posts"], backlog["state"]) == (34, "warning")
    told = [line for line in said(logs, "works in part") if line["source"] == "archive"]
    assert [line["count"] for line in told] == [22, 4]
    assert [len(line["notes"]) for line in told] == [MOST_SKIPPED, 4]
    assert told[1]["notes"][0].startswith("line 53: ")
    assert {line["log_level"] for line in told} == {"warning"}
    later = house.source("archive")
    assert (later["health"], later["state"]) == ([], "ok")


def test_what_is_not_due_is_left_alone(house: House) -> None:
    house.server.reply("/wire", body=feed())
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        for _ in range(3):
            await scheduler.tick_polls()

    house.run(steps)

    assert house.asked("wire") == 1


def test_polls_that_bring_nothing_are_written_down_together_and_not_repeated_meanwhile(
    house: House,
) -> None:
    names = [f"feed{number}" for number in range(8)]
    for name in names:
        house.server.reply(f"/{name}", status=304)
    house.write(*names)

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: {*scheduler._ended} == {*names})
        # Still due, as the database has it; but they were asked.
        await scheduler.tick_polls()
        await scheduler.tick_quiet()

    logs = house.run(steps, tick=60)

    assert {line["source"]: line["new"] for line in said(logs, "polled")} == dict.fromkeys(names, 0)
    assert [house.asked(name) for name in names] == [1] * len(names)
    assert all(house.is_polled(name) for name in names)


def test_a_stop_writes_down_the_polls_that_brought_nothing(house: House) -> None:
    house.server.reply("/wire", status=304)
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: scheduler._ended)

    house.run(steps, tick=60)

    assert house.is_polled("wire")


def test_a_poll_that_brought_nothing_is_dropped_if_its_source_is_another_now(house: House) -> None:
    house.server.reply("/wire", status=304)
    house.server.reply("/next", status=304)
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: scheduler._ended)
        house.write("next")
        await scheduler.reload()
        await scheduler.tick_quiet()

    logs = house.run(steps, tick=60)

    assert [line["source"] for line in said(logs, "settings changed")] == ["wire"]
    assert not house.is_polled("wire")


def test_an_alert_goes_out_and_is_signed_off(house: House) -> None:
    house.server.reply("/wire", body=feed(ACTS[0]))
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: [one["state"] for one in house.deliveries()] == ["sent"])

    logs = house.run(steps, tick=60)

    assert house.asked("hook") == 1
    (polled,) = said(logs, "polled")
    assert (polled["source"], polled["new"], polled["alerts"]) == ("wire", 1, 1)
    assert said(logs, "stopped")


def test_a_failing_source_backs_off_and_stops_no_other(house: House) -> None:
    house.server.reply("/down", status=503, headers={"Retry-After": "600"})
    house.server.reply("/wire", body=feed(ACTS[0]))
    house.write("down", "wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("hook") and house.is_polled("down"))

    house.run(steps)

    down = house.source("down")
    assert (down["state"], down["failures"]) == ("failing", 1)
    assert down["next_poll_at"] == "2026-11-24T08:10:00Z"


def test_a_fault_that_nobody_foresaw_makes_a_source_back_off(house: House) -> None:
    house.server.reply("/wire", body=feed(ACTS[0]))
    house.write("wire")

    def fault() -> None:
        raise ZeroDivisionError("the model broke")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        await scheduler.tick_polls()

    house.run(steps, model=WordTagger(at_work=fault))

    wire = house.source("wire")
    assert "unforeseen ZeroDivisionError: the model broke" in wire["last_error"]
    assert (house.asked("wire"), wire["failures"]) == (1, 1)


def test_a_full_outbox_stops_polling_until_it_is_emptied(house: House) -> None:
    house.server.reply("/wire", body=feed(*ACTS))
    house.server.reply("/next", body=feed())
    house.server.reply("/hook", status=503)
    house.write("wire")

    async def fill(scheduler: Scheduler) -> None:
        await until(lambda: [one["attempts"] for one in house.deliveries()] == [1, 1, 1])
        house.clock.turn(timedelta(seconds=61))
        for _ in range(3):
            await scheduler.tick_polls()

    async def empty(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("wire") == 2)
        # Polling goes on once there is room, which may be before the last message is settled.
        await until(lambda: {one["state"] for one in house.deliveries()} == {"sent"})

    full = house.run(fill)
    asked_while_full = house.asked("wire")
    house.server.reply("/hook", status=204)
    house.clock.turn(timedelta(hours=1))
    house.run(empty)

    assert asked_while_full == 1
    assert said(full, "outbox full")[0]["limit"] == 3


# The database -------------------------------------------------------------------------------


def test_a_locked_database_pauses_polling_and_loses_nothing(house: House) -> None:
    house.write("wire")
    other = sqlite3.connect(house.folder / "t.db", isolation_level=None, check_same_thread=False)

    def lock(_: Any) -> dict[str, Any]:
        other.execute("BEGIN IMMEDIATE")
        return {"body": feed(ACTS[0])}

    house.server.handle("/wire", lock)

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: said(house.logs, "polling waits for the database"))
        await asyncio.sleep(5 * scheduler.tick)
        assert house.asked("wire") == 1
        other.execute("ROLLBACK")
        house.server.reply("/wire", body=feed(ACTS[0]))
        house.clock.turn(PAUSE)
        await until(lambda: house.asked("hook"))

    with closing(other):
        logs = house.run(steps)

    assert said(logs, "polling waits for the database")
    assert house.source("wire")["posts"] == 1
    assert [one["state"] for one in house.deliveries()] == ["sent"]


def test_a_database_that_cannot_be_read_kills_no_tick(house: House) -> None:
    house.server.reply("/wire", body=feed())
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        for table, name in (("sources", "hidden"), ("hidden", "sources")):
            with house.store.write() as connection:
                connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")
            house.clock.turn(timedelta(seconds=61))
            await scheduler.tick_polls()
        # A tick of the service's own may have failed last, and pauses for a while of this clock.
        async with asyncio.timeout(SOON):
            while house.asked("wire") < 2:
                house.clock.turn(PAUSE)
                await asyncio.sleep(0.05)

    logs = house.run(steps)

    assert "no such table" in said(logs, "polling waits for the database")[0]["error"]


# Reloading ----------------------------------------------------------------------------------


def test_a_changed_config_takes_over_and_a_bad_one_does_not(house: House) -> None:
    for name in ("wire", "second"):
        house.server.reply(f"/{name}", body=feed())
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("wire"))
        first = scheduler.pipeline.config
        good = house.path.read_text()
        house.path.write_text(good.replace("send:", "sned:"))
        await scheduler.tick_files()
        assert scheduler.pipeline.config is first
        house.write("wire", "second")
        await until(lambda: house.asked("second"))

    (refused,) = said(house.run(steps), "the old one stays live")
    assert f"{house.path}:" in refused["mistakes"]
    assert "did you mean send?" in refused["mistakes"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.97])
def test_a_half_saved_config_leaves_the_old_one_live_and_says_so_in_one_line(
    house: House, share: float
) -> None:
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        first = scheduler.pipeline.config
        whole = house.path.read_text()
        house.path.write_text(whole[: int(share * len(whole))])
        await scheduler.tick_files()
        assert scheduler.pipeline.config is first
        house.path.write_text(whole + "\n# saved\n")
        await scheduler.tick_files()
        assert scheduler.pipeline.config is not first

    logs = house.run(steps, tick=60)

    (refused,) = said(logs, "the old one stays live")
    assert "\n" not in refused["mistakes"]
    assert len(said(logs, "config reloaded")) == 1


def test_a_config_is_read_when_it_is_saved_whole(house: House) -> None:
    house.write("wire")
    rule = "  - {name: second, send: [hook]}\n"

    async def steps(scheduler: Scheduler) -> None:
        whole = house.path.read_text().rstrip() + "\n"
        # Without its second half this is a good config, of one rule.
        house.path.write_text(whole)
        reading = asyncio.create_task(scheduler.tick_files())
        await asyncio.sleep(SETTLES / 2)
        house.path.write_text(whole + rule)
        await reading
        assert [one.name for one in scheduler.pipeline.config.rules][1:] == ["second"]

    assert len(said(house.run(steps, tick=60), "config reloaded")) == 1


def test_a_config_that_is_gone_leaves_the_old_one_live(house: House) -> None:
    house.server.reply("/wire", body=feed())
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        house.path.unlink()
        await scheduler.tick_files()
        await until(lambda: house.asked("wire"))

    assert said(house.run(steps, tick=60), "the old one stays live")


def test_a_hangup_reads_the_config_again_though_it_did_not_change(house: House) -> None:
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await scheduler.tick_files()
        scheduler.reload_soon()
        await scheduler.tick_files()
        await scheduler.tick_files()

    assert len(said(house.run(steps, tick=60), "config reloaded")) == 1


def test_a_change_under_service_is_said_to_need_a_restart(house: House) -> None:
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        house.path.write_text(house.path.read_text().replace("outbox_limit: 3", "contact: me"))
        await scheduler.tick_files()

    assert said(house.run(steps, tick=60), "needs a restart")


def test_a_new_config_waits_for_no_queue_and_the_queue_goes_to_the_new_address(
    house: House,
) -> None:
    house.server.reply("/wire", body=feed(*ACTS))
    house.server.reply("/new", status=204)
    house.write("wire", hook="/old")

    def change(_: Any) -> dict[str, Any]:
        house.write("wire", hook="/new")
        return {"status": 204, "hang": 0.3}

    house.server.handle("/old", change)

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: {one["state"] for one in house.deliveries()} == {"sent"})

    house.run(steps)

    assert (house.asked("old"), house.asked("new")) == (1, 2)


def test_what_was_asked_before_a_reload_that_changed_the_source_is_dropped(house: House) -> None:
    house.write("wire")
    reloaded = threading.Event()

    def late(_: Any) -> dict[str, Any]:
        assert reloaded.wait(SOON)
        return {"body": feed(ACTS[0])}

    house.server.handle("/wire", late)
    (house.folder / "wire.jsonl").write_text('{"id": "1", "text": "Bread"}\n', encoding="utf-8")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("wire"))
        lines = house.path.read_text(encoding="utf-8").splitlines()
        wire = "  - {name: wire, kind: jsonl, path: wire.jsonl, every: 60s}"
        text = "\n".join(wire if "kind: feed" in line else line for line in lines)
        house.path.write_text(text, encoding="utf-8")
        await until(lambda: said(house.logs, "config reloaded"))
        reloaded.set()
        await until(lambda: house.is_polled("wire"))

    logs = house.run(steps)

    assert [line["source"] for line in said(logs, "poll dropped")] == ["wire"]
    with house.store.read() as connection:
        assert connection.execute(select(tables.posts.c.text)).scalars().all() == ["Bread"]


def test_a_reload_lets_a_receiver_rest_that_asked_for_it_but_not_a_new_one(house: House) -> None:
    house.server.reply("/wire", body=feed(*ACTS))
    house.server.reply("/hook", status=429, headers={"Retry-After": "600"})
    house.server.reply("/new", status=204)
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: sorted(one["attempts"] for one in house.deliveries()) == [0, 0, 1])
        await until(lambda: {one["state"] for one in house.deliveries()} == {"pending"})
        scheduler.reload_soon()
        await scheduler.tick_files()
        await scheduler.tick_deliveries()
        assert house.asked("hook") == 1
        house.write("wire", hook="/new")
        await scheduler.tick_files()
        await scheduler.tick_deliveries()

    logs = house.run(steps, tick=60)

    assert len(said(logs, "config reloaded")) == 2
    assert (house.asked("hook"), house.asked("new")) == (1, 2)


def test_a_new_current_model_is_taken_up_and_a_bad_one_is_not(house: House) -> None:
    shipped = artefact.current(ROOT / "models")
    shutil.copytree(ROOT / "models" / shipped, house.models / shipped)
    house.write("wire")
    current = house.models / artefact.CURRENT
    seen: list[str] = []

    async def steps(scheduler: Scheduler) -> None:
        for named in ("no-such-version", shipped):
            current.write_text(named, encoding="utf-8")
            await scheduler.tick_files()
            seen.append(scheduler.pipeline.model.version)

    logs = house.run(steps, tick=60)

    assert seen == ["test-1", shipped]
    assert "no-such-version" in said(logs, "model not reloaded")[0]["error"]


def test_swaps_of_the_model_under_load_mix_no_versions(
    house: House, choose: Callable[[int, int], int]
) -> None:
    one = train_small("v1")
    other = replace(one, version="v2", starts=one.starts + 1.0)
    for model in (one, other):
        artefact.save(house.models, model, facts={}, files={})
    alone = {model.version: artefact.serve(house.models, model.version) for model in (one, other)}
    house.server.reply("/wire", body=feed("First export"))
    house.write("wire")
    current = house.models / artefact.CURRENT
    polls = swaps = 0
    wanted = choose(200, 1_000)

    async def swap(scheduler: Scheduler) -> None:
        nonlocal swaps
        for number in range(wanted):
            current.write_text(f"v{number % 2 + 1}\n", encoding="utf-8")
            await scheduler._reload_model()
            assert scheduler.pipeline.model.version == f"v{number % 2 + 1}"
            swaps += 1

    async def steps(scheduler: Scheduler) -> None:
        nonlocal polls
        # The one tick's own poll would share its moment with one of ours.
        await until(lambda: house.is_polled("wire"))
        current.write_text("v2", encoding="utf-8")
        await scheduler._reload_model()
        swapping = asyncio.create_task(swap(scheduler))
        while not swapping.done():
            house.server.reply("/wire", body=feed(*(f"{polls} export {n}" for n in range(4))))
            house.clock.turn(timedelta(seconds=1))
            await scheduler._poll(scheduler.pipeline.config.sources[0])
            polls += 1
            await asyncio.sleep(0.05)
        await swapping

    # Its one tick would be the last sign of life.
    logs = house.run(steps, tick=3600, model=alone["v1"], watchdog=Watchdog(stuck=3600))

    assert (swaps, said(logs, "not reloaded")) == (wanted, [])
    # A loaded machine may not answer a poll in time; what a swap must not do is break one.
    assert [one for one in said(logs, "polled") if "unforeseen" in (one["error"] or "")] == []
    with house.store.read() as connection:
        rows = connection.execute(
            select(tables.posts.c.text, tables.posts.c.first_seen_at, tables.taggings)
            .join(tables.taggings, tables.taggings.c.post_id == tables.posts.c.id)
        ).all()  # fmt: skip
    assert len(rows) == sum(one["new"] for one in said(logs, "polled")) > polls
    assert {row.model for row in rows} == {"v1", "v2"}
    for _, found in groupby(sorted(rows, key=itemgetter(1)), key=itemgetter(1)):
        together = list(found)
        (version,) = {row.model for row in together}
        expected = alone[version].tag([row.text for row in together])
        for row, tagging in zip(together, expected, strict=True):
            assert row.topics == pytest.approx(dict(tagging.topics), abs=1e-9)


# Stopping -----------------------------------------------------------------------------------


def test_a_stop_drops_a_poll_that_hangs_and_nothing_of_it_is_stored(house: House) -> None:
    house.server.reply("/wire", hang=60)
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("wire"))

    logs = house.run(steps)

    assert [line["event"] for line in logs][-1] == "stopped"
    wire = house.source("wire")
    assert (wire["state"], wire["posts"], wire["failures"]) == ("new", 0, 0)
    assert wire["next_poll_at"] == "2026-11-24T08:00:00Z"


def test_a_stop_lets_a_started_transaction_end(house: House) -> None:
    house.server.reply("/wire", body=feed(ACTS[0]))
    house.write("wire")
    begun, stopped = threading.Event(), threading.Event()

    def at_work() -> None:
        begun.set()
        assert stopped.wait(SOON)

    async def steps(scheduler: Scheduler) -> None:
        await until(begun.is_set)
        scheduler.stop()
        asyncio.get_running_loop().call_later(0.1, stopped.set)

    house.run(steps, model=WordTagger(at_work=at_work))

    assert house.source("wire")["posts"] == 1
    assert [one["state"] for one in house.deliveries()] == ["pending"]


def test_a_stop_lets_a_message_under_way_arrive_and_notes_it(house: House) -> None:
    house.server.reply("/wire", body=feed(*ACTS[:2]))
    house.server.reply("/hook", status=204, hang=0.3)
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("hook"))

    house.run(steps)

    assert house.asked("hook") == 1
    states = sorted((one["state"], one["attempts"]) for one in house.deliveries())
    assert states == [("pending", 0), ("sent", 1)]


def test_a_stop_does_not_wait_for_ever_and_gives_the_message_back(house: House) -> None:
    house.server.reply("/wire", body=feed(ACTS[0]))
    house.server.reply("/hook", hang=60)
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("hook"))

    logs = house.run(steps, grace=0.1)

    assert said(logs, "its message will be sent again")
    assert [(one["state"], one["attempts"]) for one in house.deliveries()] == [("pending", 0)]


def test_a_port_that_is_taken_costs_the_page_and_nothing_else(house: House) -> None:
    house.server.reply("/wire", body=feed(ACTS[0]))
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        house.write("wire", web=f"127.0.0.1:{taken.getsockname()[1]}")

        async def steps(scheduler: Scheduler) -> None:
            await until(lambda: house.asked("hook"))

        logs = house.run(steps)

    assert "cannot be opened" in said(logs, "no status page")[0]["error"]


# What is held -----------------------------------------------------------------------------

QUIET = 'quiet_hours: {from: "07:00", to: "09:00"}'
DAILY = 'digest: "0 9 * * *"'


@pytest.mark.parametrize(("more", "messages"), [(QUIET, 3), (DAILY, 1)])
def test_what_is_held_goes_out_once_whatever_the_clock_does(
    house: House, more: str, messages: int
) -> None:
    house.write("wire", more=more)
    house.server.reply("/wire", body=feed(*ACTS))

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        held = house.asked("hook")
        house.clock.turn(timedelta(hours=1))
        await until(lambda: house.asked("hook") == messages)
        for hours in (-3, 3, 24, -24 * 30, 24 * 60):
            house.clock.turn(timedelta(hours=hours))
            await scheduler.tick_releases()
            await scheduler.tick_deliveries()
        assert held == 0

    house.run(steps)

    assert house.asked("hook") == messages
    assert {row["state"] for row in house.deliveries()} == {"sent"}


def test_a_release_waits_for_no_slow_receiver(house: House) -> None:
    house.write("wire", more=QUIET)
    house.server.reply("/wire", body=feed(ACTS[0]))
    house.server.reply("/hook", hang=60)

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        house.clock.turn(timedelta(hours=1))
        async with asyncio.timeout(SOON / 2):
            await scheduler.tick_releases()

    house.run(steps, tick=60)

    assert [(one["state"], one["attempts"]) for one in house.deliveries()] == [("pending", 0)]


def test_what_is_held_outlives_its_rule_and_fails_in_the_open_without_its_channel(
    house: House,
) -> None:
    house.write("wire", more=QUIET)
    house.server.reply("/wire", body=feed(ACTS[0]))

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        house.write("wire", rule="another", channel="elsewhere")
        await scheduler.reload()
        house.clock.turn(timedelta(hours=1))
        await until(house.deliveries)

    house.run(steps)

    (row,) = house.deliveries()
    assert (row["channel"], row["state"]) == ("hook", "dead")
    assert row["last_error"] == "channel hook is no longer in the config"


def test_a_night_s_alerts_survive_the_service_that_held_them(house: House) -> None:
    house.write("wire", more=QUIET)
    house.server.reply("/wire", body=feed(ACTS[0]))

    async def hold(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))

    async def deliver(scheduler: Scheduler) -> None:
        await until(lambda: house.asked("hook") == 1)

    house.run(hold)
    house.clock.turn(timedelta(hours=5))
    house.run(deliver)

    assert [row["state"] for row in house.deliveries()] == ["sent"]


# What is off --------------------------------------------------------------------------------


def test_a_look_notes_that_the_service_runs_and_survives_a_locked_database(house: House) -> None:
    house.server.reply("/wire", body=feed())
    house.write("wire")

    def runs() -> list[tuple[datetime, datetime]]:
        with house.store.read() as connection:
            return spell_queries.watched(connection, NOW - timedelta(days=1))

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        await scheduler.tick_watch(watch.look)
        with closing(sqlite3.connect(house.folder / "t.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await scheduler.tick_watch(watch.look_at_scores)

    logs = house.run(steps)

    assert runs() == [(NOW, NOW)]
    assert "another process" in said(logs, "no look at what is off")[0]["error"]


def test_what_is_too_old_is_forgotten_batch_after_batch(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "FORGET_AT_ONCE", 2)
    old, young = (house.clock() + timedelta(days=days) for days in (-100, -1))
    house.write("wire")
    text = house.path.read_text(encoding="utf-8")
    house.path.write_text(text.replace("outbox_limit: 3", "keep_days: 90"), encoding="utf-8")
    with house.store.write() as connection:
        for number, at in enumerate((old, old, old, old, old, young)):
            event = {"id": f"e{number}", "title": "t", "act": {}, "posts": 1, "sources": [],
                     "topics": {}, "grade": 0, "at_least": [0, 0, 0], "relevance": 0,
                     "first_seen": at, "last_seen": at}  # fmt: skip
            connection.execute(insert(tables.events), event)

    async def steps(scheduler: Scheduler) -> None:
        await scheduler.tick_old()

    logs = house.run(steps)

    with house.store.read() as connection:
        assert connection.execute(select(tables.events.c.id)).scalars().all() == ["e5"]
    assert [line["events"] for line in said(logs, "forgot")] == [2, 2, 1]


# A stuck service, and a clock that jumps --------------------------------------------------------


def test_a_loop_that_is_blocked_is_noticed(house: House) -> None:
    house.write("wire")
    ended = threading.Event()

    async def steps(scheduler: Scheduler) -> None:
        await asyncio.sleep(0.1)
        assert not ended.is_set()
        time.sleep(2)  # what a tick must never do
        assert ended.is_set()

    house.run(steps, watchdog=Watchdog(stuck=0.7, end=ended.set))


def test_what_fell_due_while_the_loop_was_blocked_is_done_once_afterwards(house: House) -> None:
    house.server.reply("/wire", body=feed())
    house.write("wire")

    async def steps(scheduler: Scheduler) -> None:
        await until(lambda: house.is_polled("wire"))
        house.clock.turn(timedelta(seconds=61))
        time.sleep(1.5)  # above the second after which APScheduler drops a job unless told
        await until(lambda: house.asked("wire") == 2)
        await asyncio.sleep(0.2)

    house.run(steps)

    assert house.asked("wire") == 2


def test_a_tick_that_fails_each_time_is_told_in_a_line_and_ends_the_service(house: House) -> None:
    house.write("wire")
    ended = threading.Event()

    async def steps(scheduler: Scheduler) -> None:
        scheduler.__dict__["_due"] = lambda: dict[str, int]()["nobody foresaw this"]
        await until(ended.is_set)

    logs = house.run(steps, watchdog=Watchdog(stuck=1.0, end=ended.set))

    assert said(logs, "polls: unforeseen KeyError: 'nobody foresaw this'")
