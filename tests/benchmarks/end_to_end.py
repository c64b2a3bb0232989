"""Measures posts a second through the whole pipeline, from a file's lines to the outbox.

python tests/benchmarks/end_to_end.py [--posts N] [--alone] [--keep FOLDER]

A stream as a social network has it (tests/benchmarks/social_stream.py) is polled from a JSONL
file, normalised, classified, read, grouped, judged by 50 rules, and stored in SQLite with its
alerts and their messages. It fails only if what is stored is wrong. Stages are timed in processor
seconds of this process, so that other work on the machine counts little; what the second process
reads is not among them. To ask the clock a dozen times a post costs as much as a stage, so that
stages are timed in one poll of five. --alone: without the second process.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from alerts import config as config_file  # noqa: E402
from alerts import pipeline as stages  # noqa: E402
from alerts import reading  # noqa: E402
from alerts.httpclient import Client  # noqa: E402
from alerts.opening import open_pipeline  # noqa: E402
from alerts.pipeline import Pipeline  # noqa: E402
from alerts.second_reader import SecondReader  # noqa: E402
from alerts.store import tables  # noqa: E402
from alerts.window import LATE as COMPARED  # noqa: E402
from alerts.window import Window  # noqa: E402
from classifier.collector import spare_collector  # noqa: E402
from classifier.labels import TOPICS  # noqa: E402
from classifier.scorer import LATE  # noqa: E402
from tests.benchmarks.rules import make_rule  # noqa: E402
from tests.benchmarks.social_stream import END, MARKED, posts  # noqa: E402

WATCHED_RULE = "marked acts"
RULES = 50
SOON = 10_000
"""Posts from which a run measures speed, and not only what is stored."""

AFTER = 50_000
"""Posts after which memory should not grow any more."""

TIMED = 20
"""Of so many polls, one is timed stage by stage: timing costs time too."""

STAGES: tuple[tuple[str, str], ...] = (
    ("poll", "read lines"),
    ("normalise", "normalise"),
    ("group", "group"),
    ("judge", "match rules, outbox"),
)
"""Functions that the pipeline calls, and the stages that they are."""


@dataclass(slots=True)
class Spent:
    """Processor seconds of each stage, without those that it calls, while this is counting.

    posts: how many were stored meanwhile.
    """

    counting: bool = False
    posts: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _inner: list[float] = field(default_factory=list)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Count what is done here for a stage."""
        if not self.counting:
            yield
            return
        self._inner.append(0.0)
        began = time.process_time()
        try:
            yield
        finally:
            taken = time.process_time() - began
            self.seconds[stage] += taken - self._inner.pop()
            if self._inner:
                self._inner[-1] += taken

    def timed(self, work: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """Return a function that counts its time for a stage."""

        def run(*args: Any, **named: Any) -> Any:
            if not self.counting:
                return work(*args, **named)
            with self.on(stage):
                return work(*args, **named)

        return run


class TimedModel:
    """A model that counts its time."""

    def __init__(self, model: Any, spent: Spent) -> None:
        self.version, self.thresholds = model.version, model.thresholds
        self.tag = spent.timed(model.tag, "classify")


def write_config(folder: Path) -> None:
    """Write a config with 50 rules, one of which watches the marked acts."""
    chance = random.Random(RULES)
    rules: list[dict[str, Any]] = []
    while len(rules) < RULES - 1:
        rule = make_rule(len(rules), chance)
        # As people write them: a rule that asks for any post on a topic would never be quiet.
        if rule.watched and rule.min_policy and (rule.any_of or rule.act.items):
            rules.append(rule.model_dump(mode="json", by_alias=True, exclude_unset=True))
    rules.append({"name": WATCHED_RULE, "any_of": [MARKED], "send": ["desk"]})
    whole = {
        "service": {"web": "off", "event_days": 7},
        "sources": [{"name": "wire", "kind": "jsonl", "path": "posts.jsonl", "backfill": "all"}],
        "channels": [
            {
                "name": "desk",
                "kind": "webhook",
                "url": "https://example.org/hook",
                "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            }
        ],
        "rules": rules,
    }
    # YAML takes JSON as it is.
    (folder / "tocsin.yaml").write_bytes(orjson.dumps(whole))


def resident() -> float:
    """Return this process's memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a run came to.

    processor, beside: processor seconds of this process, and of the second one.
    stages: stage -> processor seconds a post of those polls that were timed.
    memory: posts stored -> MB of this process after that poll.
    """

    posts: int
    wall: float
    processor: float
    beside: float
    stages: dict[str, float]
    memory: dict[int, float]


def children_time() -> float:
    """Return the processor seconds of this process's children, once they have ended."""
    while multiprocessing.active_children():
        time.sleep(0.05)
    used = os.times()
    return used.children_user + used.children_system


async def run(pipeline: Pipeline, spent: Spent) -> Measured:
    """Poll the file until all of it is stored, in one event loop, as the service does."""
    settings, client = pipeline.config.sources[0], Client()
    now = END + timedelta(minutes=1)
    stages.prepare(pipeline, now)
    stored, memory, growing, polls = 0, dict[int, float](), True, 0
    beside = children_time()
    began, wall = time.process_time(), time.perf_counter()
    while growing:
        # Not the first one, which reads all by itself.
        spent.counting = polls % TIMED == 1
        polls += 1
        with spent.on("read lines"):
            polled = await stages.poll_source(pipeline, client, settings, now)
        with spent.on("store"):
            report = stages.settle_poll(pipeline, settings, polled, now)
        if report.error:
            raise SystemExit(report.error)
        del polled
        stored += report.new
        spent.posts += report.new if spent.counting else 0
        memory[stored] = resident()
        growing = report.more
    took = time.perf_counter() - wall
    pipeline.end_backlog(settings.name)
    return Measured(
        posts=stored,
        wall=took,
        processor=time.process_time() - began,
        beside=children_time() - beside,
        stages={stage: seconds / spent.posts for stage, seconds in spent.seconds.items()},
        memory=memory,
    )


def check(pipeline: Pipeline, count: int) -> None:
    """Raise AssertionError if a post is missing or double, or an alert is not what it must be."""
    rows = list(posts(count))
    with pipeline.store.read() as connection:
        ids = list(connection.execute(select(tables.posts.c.external_id)).scalars())
        assert sorted(ids) == sorted(row["id"] for row in rows), "not every post is stored once"
        for table in (tables.taggings, tables.verdicts):
            known = select(func.count(func.distinct(table.c.post_id)))
            assert connection.execute(known).scalar_one() <= count
        told = (
            select(tables.posts.c.external_id)
            .join(tables.alerts, tables.alerts.c.post_id == tables.posts.c.id)
            .where(tables.alerts.c.rule == WATCHED_RULE, tables.alerts.c.reason == "new")
        )
        alerts = sorted(connection.execute(told).scalars())
        expected = sorted(row["id"] for row in rows if row["id"].startswith("marked-"))
        assert alerts == expected, (
            f"marked acts without an alert: {sorted(set(expected) - set(alerts))[:5]}; "
            f"alerts on others: {sorted(set(alerts) - set(expected))[:5]}"
        )
        made = select(func.count()).select_from(tables.alerts)
        sent = select(func.count()).select_from(tables.deliveries)
        assert connection.execute(made).scalar_one() == connection.execute(sent).scalar_one()


@contextmanager
def watched(pipeline: Pipeline, spent: Spent) -> Iterator[None]:
    """Count each stage's time while this is open."""
    kept = {name: getattr(stages, name) for name, _ in STAGES}
    read = reading.read_text
    for name, stage in STAGES[1:]:
        setattr(stages, name, spent.timed(kept[name], stage))
    reading.read_text = spent.timed(read, "read the act")
    try:
        yield
    finally:
        reading.read_text = read
        for name, work in kept.items():
            setattr(stages, name, work)


def measure(count: int, folder: Path, *, alone: bool) -> Measured:
    """Run a stream of so many posts in a folder, and check what is stored."""
    write_config(folder)
    with (folder / "posts.jsonl").open("wb") as file:
        file.writelines(orjson.dumps(row) + b"\n" for row in posts(count))
    config = config_file.load(folder / "tocsin.yaml", topics=TOPICS)
    pipeline = open_pipeline(config)
    spare_collector()
    spent = Spent()
    if count > SOON:
        # A service that sees many posts soon classifies and groups in machine code; compiling it is
        # no post's.
        pipeline.model.tag(["warm"] * LATE)
        Window(1).clear(COMPARED)
    try:
        timed = replace(pipeline, model=TimedModel(pipeline.model, spent))
        if alone:
            timed = replace(timed, second=SecondReader())
        with watched(pipeline, spent):
            measured = asyncio.run(run(timed, spent))
        check(pipeline, count)
    finally:
        pipeline.close()
    return measured


def report(measured: Measured) -> Iterator[str]:
    """Yield what is to be told of a run."""
    each = 1e6 / measured.posts
    yield (
        f"{measured.posts:,} posts, {RULES} rules: {measured.posts / measured.wall:,.0f} posts a "
        f"second by the clock; processor time a post: {measured.processor * each:.0f} µs here, "
        f"{measured.beside * each:.0f} µs in a second process"
    )
    yield ""
    yield "| stage | µs a post | share |"
    yield "| --- | ---: | ---: |"
    whole = sum(measured.stages.values())
    for stage, seconds in sorted(measured.stages.items(), key=lambda one: -one[1]):
        yield f"| {stage} | {seconds * 1e6:.0f} | {100 * seconds / whole:.0f} % |"
    yield ""
    settled = min((at for at in measured.memory if at >= AFTER), default=max(measured.memory))
    last = max(measured.memory)
    yield (
        f"memory: {measured.memory[settled]:.0f} MB after {settled:,} posts, "
        f"{measured.memory[last]:.0f} MB after {last:,}"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000, help="How many; 3000 is a check.")
    parser.add_argument("--alone", action="store_true", help="In one process.")
    parser.add_argument("--keep", type=Path, help="Folder to leave the database in.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tocsin-speed-") as place:
        folder = asked.keep or Path(place)
        print(f"{datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {os.cpu_count()} "
              f"cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
        for line in report(measure(asked.posts, folder, alone=asked.alone)):
            print(line)


if __name__ == "__main__":
    main()
