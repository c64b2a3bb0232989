"""One pass over everything, for `tocsin once` and `tocsin poll`."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts import pipeline as stages
from alerts.cleaning import counted
from alerts.config import Config
from alerts.deliver import Outbox, Tally, deliver_due
from alerts.errors import NotFound, StoreError
from alerts.httpclient import Client
from alerts.opening import only_pipeline, open_pipeline
from alerts.pipeline import Pipeline
from alerts.polls import PollReport
from alerts.reading import Read
from alerts.settings import SourceSettings
from alerts.store import deliveries as delivery_queries
from alerts.store import holding as holding_queries
from alerts.store.connect import copy_sqlite
from alerts.store.listing import iso
from classifier.relevance import weigh


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one pass came to.

    waiting: deliveries that are not settled after it.
    held: alerts that wait for quiet hours to end, or for a digest.
    """

    reports: list[PollReport]
    tally: Tally = field(default_factory=Tally)
    waiting: int = 0
    held: int = 0

    @property
    def alerts(self) -> int:
        """How many alerts the pass made, shadow ones included."""
        return sum(len(report.alerts) for report in self.reports)


def run_once(config: Config, *, dry_run: bool) -> Pass:
    """Poll every source, decide, deliver what is due.

    dry_run: decide on a copy of the database, and send nothing.
    """
    if not dry_run:
        with only_pipeline(config) as pipeline:
            return asyncio.run(_pass(pipeline, deliver=True))
    with _rehearsal(config) as pipeline:
        return asyncio.run(_pass(pipeline, deliver=False))


async def _pass(pipeline: Pipeline, *, deliver: bool) -> Pass:
    now = datetime.now(UTC)
    client = Client(contact=pipeline.config.service.contact)
    stages.prepare(pipeline, now)
    if stages.outbox_is_full(pipeline):
        full = f"the outbox is full at {counted(pipeline.config.service.outbox_limit, 'message')}"
        reports = [
            PollReport(source=source.name, error=f"not polled: {full}")
            for source in pipeline.config.sources
        ]
    else:
        reports = await stages.poll_all(pipeline, client, now)
    stages.release_due(pipeline, now)
    tally = Tally()
    if deliver:
        outbox = Outbox(
            store=pipeline.store,
            config=pipeline.config,
            client=client,
            clock=lambda: datetime.now(UTC),
        )
        tally = await deliver_due(outbox)
    with pipeline.store.read() as connection:
        waiting = delivery_queries.waiting(connection)
        held = sum(holding_queries.waiting_by_reason(connection).values())
    return Pass(reports=reports, tally=tally, waiting=waiting, held=held)


@contextmanager
def _rehearsal(config: Config) -> Iterator[Pipeline]:
    """Open the pipeline on a copy of its database that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="tocsin-dry-") as place:
        copy = Path(place) / "copy.db"
        if not copy_sqlite(config.service.database, copy):
            raise StoreError("--dry-run decides on a copy, which only SQLite databases have here")
        pipeline = open_pipeline(config, database=f"sqlite:///{copy}")
        try:
            yield pipeline
        finally:
            pipeline.close()


def poll_one(
    config: Config, name: str, *, dry_run: bool
) -> tuple[PollReport, list[dict[str, Any]]]:
    """Poll one source; return what became of it and its posts as rows, newest first."""
    settings = config.source(name)
    if settings is None:
        names = ", ".join(source.name for source in config.sources)
        raise NotFound(f"{name}: no such source in {config.path}: one of {names}")
    if not dry_run:
        with only_pipeline(config) as pipeline:
            return asyncio.run(_poll_one(pipeline, settings))
    with _rehearsal(config) as pipeline:
        return asyncio.run(_poll_one(pipeline, settings))


async def _poll_one(
    pipeline: Pipeline, settings: SourceSettings
) -> tuple[PollReport, list[dict[str, Any]]]:
    now = datetime.now(UTC)
    stages.prepare(pipeline, now)
    client = Client(contact=pipeline.config.service.contact)
    rows: list[dict[str, Any]] = []
    whole: PollReport | None = None
    while whole is None or (whole.more and not stages.outbox_is_full(pipeline)):
        polled = await stages.poll_source(pipeline, client, settings, now)
        report = stages.settle_poll(pipeline, settings, polled, now)
        rows += map(_row, report.read)
        whole = whole.then(report) if whole else report
    return whole, rows[::-1]


def _row(one: Read) -> dict[str, Any]:
    return {
        "id": one.post.id,
        "external_id": one.post.external_id,
        "published_at": iso(one.post.published_at),
        "title": one.post.title,
        "url": one.post.url,
        "author": one.post.author,
        "lang": one.post.lang,
        "limited": one.post.limited,
        "platform_tags": list(one.post.platform_tags),
        "topics": dict(one.tagging.topics),
        "tags": list(one.tagging.tags),
        "grade": one.tagging.policy.grade,
        "relevance": weigh(
            one.tagging.policy, one.tagging.topics, official=one.post.official
        ).value,
        "number": one.act.number,
    }
