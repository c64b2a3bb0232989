"""The pipeline: all of a poll or nothing, nothing twice, and a reason for every silence."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import Reader, load_reader
from alerts.domain import Polled, RawPost
from alerts.errors import NotFound, SourceLimited, SourceUnreachable
from alerts.pipeline import Pipeline, PollReport
from alerts.store import listing, sources, tables
from alerts.store.connect import open_store
from alerts.why import why
from alerts.window import Window
from classifier.labels import Policy, Tagging

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ACT = (
    "China's commerce ministry adds battery cathode technology to its restricted export list, "
    "Announcement No. 72 of 2026, with immediate effect"
)
CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: "off"}}
sources:
  - {{name: wire, kind: jsonl, path: wire.jsonl, every: 5m, backfill: {backfill}}}
  - {{name: mofcom, kind: jsonl, path: mofcom.jsonl, official: true, backfill: all}}
channels:
  - {{name: screen, kind: console}}
  - {{name: second, kind: console}}
rules:
  - {{name: controls, topics: {{all: [export-controls]}}, min_policy: 2, send: [screen, second]}}
  - {{name: quiet, topics: {{all: [export-controls]}}, shadow: true}}
"""


@dataclass(frozen=True, slots=True)
class WordTagger:
    """Tags by two words, so that a test says what a text is. fails: stands in for a bad model."""

    version: str = "test-1"
    fails: bool = False
    thresholds: Mapping[str, float] = field(
        default_factory=lambda: {"china": 0.5, "export-controls": 0.5}
    )

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        if self.fails and terms:
            raise RuntimeError("the model broke in the middle of a transaction")
        return [self._tag(text) for text in texts]

    def _tag(self, text: str) -> Tagging:
        export = "export" in text.lower() or "出口" in text
        topics = {"china": 0.9 if export else 0.1, "export-controls": 0.95 if export else 0.02}
        return Tagging(
            topics=topics, tags=tuple(t for t, p in topics.items() if p >= 0.5),
            policy=Policy(grade=3 if export else 0,
                          at_least=(0.99, 0.96, 0.9) if export else (0.1, 0.05, 0.01)),
            model=self.version, terms={},
        )  # fmt: skip


@pytest.fixture(scope="session")
def reader() -> Reader:
    return load_reader(ROOT / "data")


@pytest.fixture
def make(tmp_path: Path, reader: Reader) -> Callable[..., Pipeline]:
    def build(backfill: str = "all", **keys: object) -> Pipeline:
        text = CONFIG.format(folder=tmp_path, backfill=backfill)
        config = config_file.parse(
            text, tmp_path / "t.yaml", topics=("china", "export-controls"), secrets=False
        )
        pipeline = Pipeline(
            store=open_store(config.service.database),
            config=config,
            model=WordTagger(),
            reader=reader,
            window=Window(7),
        )
        stages.prepare(pipeline, NOW)
        return replace(pipeline, **keys)  # type: ignore[arg-type]

    return build


def raw(name: str, body: str = ACT, *, source: str = "wire", hours: float = 0) -> RawPost:
    at = NOW - timedelta(hours=hours)
    return RawPost(source=source, external_id=name, body=body, published=at.isoformat())


def ingest(
    pipeline: Pipeline, *posts: RawPost, source: str = "wire", now: datetime = NOW
) -> PollReport:
    settings = pipeline.config.source(source)
    assert settings is not None
    return stages.ingest(pipeline, settings, Polled(posts=posts, cursor={"at": len(posts)}), now)


def count(pipeline: Pipeline, table: str) -> int:
    with pipeline.store.read() as connection:
        query = select(func.count()).select_from(tables.metadata.tables[table])
        return int(connection.execute(query).scalar_one())


def test_a_poll_is_stored_with_its_alerts_deliveries_and_cursor(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()

    report = ingest(pipeline, raw("1"), raw("2", "Cod quota agreed after a night of talks"))

    assert (report.found, report.new, len(report.alerts)) == (2, 2, 2)
    assert (count(pipeline, "alerts"), count(pipeline, "deliveries")) == (2, 2)
    with pipeline.store.read() as connection:
        state = sources.source_state(connection, "wire")
    assert state is not None
    assert (state.cursor, state.next_poll_at) == ({"at": 2}, NOW + timedelta(minutes=5))


def test_the_same_poll_again_changes_nothing(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    ingest(pipeline, raw("1"))
    before = {name: count(pipeline, name) for name in tables.metadata.tables}

    report = ingest(pipeline, raw("1"))

    assert (report.new, report.alerts) == (0, ())
    assert {name: count(pipeline, name) for name in tables.metadata.tables} == before


def test_a_failure_in_the_middle_leaves_nothing_and_the_next_poll_takes_it_all(
    make: Callable[..., Pipeline],
) -> None:
    broken = make(model=WordTagger(fails=True))

    with pytest.raises(RuntimeError):
        ingest(broken, raw("1"), raw("2", f"Wow: {ACT}"))
    left = {name: count(broken, name) for name in ("posts", "events", "alerts", "deliveries")}
    with broken.store.read() as connection:
        state = sources.source_state(connection, "wire")
    mended = replace(broken, model=WordTagger())
    report = ingest(mended, raw("1"), raw("2", f"Wow: {ACT}"))

    assert set(left.values()) == {0}
    assert state is not None
    assert state.cursor == {}
    assert (report.new, len(report.alerts)) == (2, 2)
    assert count(mended, "events") == 1


def test_a_relay_is_silent_with_its_reason(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    ingest(pipeline, raw("1"))

    report = ingest(pipeline, raw("2", f"Wow: {ACT}"), now=NOW + timedelta(hours=1))

    assert report.alerts == ()
    with pipeline.store.read() as connection:
        found = why(connection, pipeline, "2")
    assert found["event"]["joined_by"] == "number"
    assert [rule["not_sent"] for rule in found["rules"]] == ["cooldown", "cooldown"]


def test_the_official_text_is_told_as_an_update(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    ingest(pipeline, raw("1", hours=2))
    text = "商务部公告2026年第72号 关于电池正极材料制备技术限制出口的公告"

    report = ingest(
        pipeline, raw("72", text, source="mofcom"), source="mofcom", now=NOW + timedelta(hours=1)
    )

    assert len(report.alerts) == 2
    with pipeline.store.read() as connection:
        (update, *_) = listing.list_alerts(connection, 10)
    assert (update["reason"], update["changes"]) == ("updated", ["official text published"])


@pytest.mark.parametrize(
    ("backfill", "hours", "alerts"),
    [("all", 1000, 2), ("24h", 23, 2), ("24h", 25, 0), ("7d", 100, 2), ("none", 0, 0)],
)
def test_a_first_poll_alerts_on_what_backfill_allows(
    make: Callable[..., Pipeline], backfill: str, hours: float, alerts: int
) -> None:
    pipeline = make(backfill)

    report = ingest(pipeline, raw("1", hours=hours))

    assert (report.new, len(report.alerts)) == (1, alerts)


def test_after_the_first_poll_an_old_post_alerts(make: Callable[..., Pipeline]) -> None:
    pipeline = make("24h")
    ingest(pipeline)

    assert len(ingest(pipeline, raw("1", hours=1000)).alerts) == 2


def test_an_undated_post_of_a_first_poll_is_backfill(make: Callable[..., Pipeline]) -> None:
    pipeline = make("24h")

    report = ingest(pipeline, replace(raw("1"), published="some day"))

    assert (report.new, report.alerts) == (1, ())


def test_a_shadow_rule_records_and_sends_nothing(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    ingest(pipeline, raw("1"))

    with pipeline.store.read() as connection:
        by_rule = {alert["rule"]: alert for alert in listing.list_alerts(connection, 10)}
    assert by_rule["quiet"]["sent_to"] == []
    assert by_rule["controls"]["sent_to"] == ["screen", "second"]


def test_a_restart_still_knows_what_posts_resemble(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    text = "Beijing restricts the export of cathode know-how, traders in Shanghai say tonight"
    ingest(pipeline, raw("1", text))
    restarted = replace(pipeline, window=Window(7))

    ingest(restarted, raw("2", "Tonight traders in Shanghai say: " + text[:66]))

    assert count(restarted, "events") == 1


def test_why_tells_of_posts_events_alerts_and_unknown_ids(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    report = ingest(pipeline, raw("1"))
    with pipeline.store.read() as connection:
        alert = why(connection, pipeline, report.alerts[0])
        event = why(connection, pipeline, alert["event"])
        post = why(connection, pipeline, "1")
        with pytest.raises(NotFound, match="tocsin alerts list"):
            why(connection, pipeline, "nobody")

    assert (alert["kind"], event["kind"], post["kind"]) == ("alert", "event", "post")
    assert [rule["sent"] for rule in post["rules"]] == [True, False]
    assert json.dumps(event)


@pytest.mark.parametrize(
    ("every", "failures", "retry_after", "seconds"),
    [
        (300, 1, None, 300),
        (300, 2, None, 600),
        (300, 4, None, 2400),
        (300, 5, None, 3600),
        (300, 500, None, 3600),
        (7200, 3, None, 7200),
        (300, 1, 900, 900),
        (300, 1, 86400, 86400),
    ],
)
def test_a_failing_source_is_left_alone_for_longer_and_longer(
    every: float, failures: int, retry_after: float | None, seconds: float
) -> None:
    waits = stages.backoff(timedelta(seconds=every), failures, retry_after)

    assert waits == timedelta(seconds=seconds)


def test_a_failure_is_written_down_and_success_clears_it(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    settings = pipeline.config.sources[0]

    for error in (SourceUnreachable("no answer"), SourceLimited("slow down", retry_after=5000)):
        report = stages.fail(pipeline, settings, error, NOW)
        assert report.error == f"{type(error).__name__}: {error}"
    with pipeline.store.read() as connection:
        failing = sources.source_state(connection, "wire")
        shown = listing.show_source(connection, "wire")
    ingest(pipeline)
    with pipeline.store.read() as connection:
        mended = listing.show_source(connection, "wire")

    assert failing is not None
    assert (failing.failures, failing.next_poll_at) == (2, NOW + timedelta(seconds=5000))
    assert shown is not None
    assert mended is not None
    assert (shown["state"], mended["state"]) == ("failing", "ok")


def test_a_full_outbox_is_noticed(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    small = replace(
        pipeline.config,
        service=pipeline.config.service.model_copy(update={"outbox_limit": 2}),
    )

    assert not stages.outbox_is_full(replace(pipeline, config=small))
    ingest(pipeline, raw("1"))

    assert stages.outbox_is_full(replace(pipeline, config=small))
