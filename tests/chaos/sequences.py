"""Polls in any order, of items that are edited, repeated and given old ids, against a dictionary.

What is stored must be what the dictionary says, each event must be told to each channel, and no
message that was once put into the outbox may change or vanish.
"""

import shutil
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from alerts import pipeline as stages
from alerts.domain import Polled, RawPost
from alerts.edits import MOST_EDITS
from alerts.store import tables
from alerts.store.connect import open_store
from tests.chaos.sure import CONFIG, maker

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SECOND = "  - {name: relay, kind: jsonl, path: relay.jsonl, backfill: all}\n"
BOTH = CONFIG.replace("sources: [", "sources:\n  - ").replace("all}]\n", "all}\n" + SECOND, 1)
STORIES = (
    "Ministry adds gallium exports under licence as traders expected shortages this winter",
    "Regulator opens inquiry into subsidised battery makers after complaints from rivals abroad",
    "Parliament votes tomorrow about tariffs on imported electric buses, sources close say",
)
CHANNELS = ("hook", "desk")
VERSIONS = ("", " (corrected)", " with immediate effect", " UPDATE two")

shown = st.tuples(
    st.sampled_from(("1", "2", "1 ")), st.sampled_from(STORIES), st.sampled_from(VERSIONS)
)


class Sources(RuleBasedStateMachine):
    """Two sources whose items come, change and come again.

    stored: (source, id) -> the text that is known under it; others: stories under a used id.
    """

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="tocsin-sequences-")
        path = Path(self.folder.name) / "t.db"
        shutil.copyfile(self.template, path)
        self.store = open_store(f"sqlite:///{path}")
        self.pipeline = maker(Path(self.folder.name), BOTH)(self.store)
        self.now = NOW
        self.stored: dict[tuple[str, str], tuple[str, str]] = {}
        self.edits: Counter[tuple[str, str]] = Counter()
        self.others: set[tuple[str, str, str]] = set()
        self.messages: dict[str, bytes] = {}

    @rule(source=st.sampled_from(("wire", "relay")), items=st.lists(shown, max_size=4))
    def poll(self, source: str, items: list[tuple[str, str, str]]) -> None:
        """Take in a poll, and do the same with the dictionary."""
        self.now += timedelta(minutes=1)
        posts = tuple(
            RawPost(source=source, external_id=key, body=story + version)
            for key, story, version in items
        )
        settings_of = self.pipeline.config.source(source)
        assert settings_of is not None
        report = stages.settle_poll(
            self.pipeline, settings_of, Polled(posts=posts, cursor={}), self.now
        )
        assert report.error is None
        # Of one id in one poll, the last counts.
        for key, (story, version) in {key.strip(): rest for key, *rest in items}.items():
            self._expect(source, key, story, version)

    def _expect(self, source: str, key: str, story: str, version: str) -> None:
        known = self.stored.get((source, key))
        if known is None:
            self.stored[source, key] = (story, version)
        elif known[0] != story:
            self.others.add((source, key, story + version))
        elif known[1] != version and self.edits[source, key] < MOST_EDITS:
            self.stored[source, key] = (story, version)
            self.edits[source, key] += 1

    @invariant()
    def what_is_stored_is_what_was_shown(self) -> None:
        """Compare posts and edits with the dictionary."""
        with self.store.read() as connection:
            rows = connection.execute(select(tables.posts)).all()
            edits = connection.execute(select(tables.edits.c.post_id)).scalars().all()
        found = Counter((row.source, row.external_id.strip(), row.text) for row in rows)
        wanted = Counter(
            (source, key, story + version)
            for (source, key), (story, version) in self.stored.items()
        )
        assert found == wanted + Counter(self.others)
        assert len(edits) == self.edits.total()

    @invariant()
    def no_message_changes(self) -> None:
        """Compare the outbox with what it was before."""
        with self.store.read() as connection:
            rows: list[Any] = list(connection.execute(select(tables.deliveries)))
        now = {row.id: bytes(row.body) for row in rows}
        assert self.messages.items() <= now.items()
        self.messages = now

    @invariant()
    def every_event_is_told(self) -> None:
        """Find a message for each channel on each event, or on what it leans on."""
        alerts, deliveries = tables.alerts.c, tables.deliveries.c
        with self.store.read() as connection:
            events = connection.execute(select(tables.posts.c.event_id)).scalars().all()
            leans = select(tables.events.c.id, tables.events.c.leans_on)
            on = {row.id: row.leans_on for row in connection.execute(leans)}
            rows = connection.execute(
                select(alerts.event_id, deliveries.channel)
                .select_from(tables.alerts)
                .join(tables.deliveries, deliveries.alert_id == alerts.id)
            ).all()
        told = {(row.event_id, row.channel) for row in rows}
        known = {on[event] or event for event in events}
        assert told == {(event, channel) for event in known for channel in CHANNELS}

    def teardown(self) -> None:
        """Close the database."""
        self.store.close()
        self.folder.cleanup()


def run_beside(folder: Path, sequences: int, *, processes: int = 2) -> None:
    """Try so many sequences, in processes side by side."""
    each = -(-sequences // processes)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        parts = [pool.submit(run, folder / f"{n}", each, chance=n) for n in range(processes)]
    for part in parts:
        part.result()


def run(folder: Path, sequences: int, *, shorten: bool = True, chance: int = 0) -> None:
    """Try so many sequences of up to eight polls.

    shorten: look for the shortest sequence that fails. chance: other sequences for another one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / "template.db"
    store = open_store(f"sqlite:///{template}")
    stages.prepare(maker(folder, BOTH)(store), NOW)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    Sources.template = template
    run_state_machine_as_test(
        seed(chance)(Sources),
        settings=settings(
            max_examples=sequences,
            stateful_step_count=8,
            deadline=None,
            phases=(Phase.generate, Phase.shrink) if shorten else (Phase.generate,),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
