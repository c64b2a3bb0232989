"""Polls that brought nothing: written down together, and what a crash takes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import load_reader
from alerts.config import Config
from alerts.domain import Polled, RawPost
from alerts.errors import SourceError, SourceLimited, SourceUnreachable, StoreError
from alerts.pipeline import Pipeline
from alerts.polls import Ended, PollReport, brought_nothing, record_together, settle_quiet
from alerts.store import sources
from alerts.store.connect import open_store
from alerts.store.sources import SourceState
from alerts.window import Window
from tests.test_alerts_scheduler import WordTagger

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LATER = NOW + timedelta(seconds=61)
NAMES = [f"s{number}" for number in range(9)]
POST = RawPost(source="s0", external_id="1", title="Beijing bans the export of gallium")
UNCHANGED = Polled(posts=(), cursor={"etag": "1"})


def make_config(folder: Path) -> Config:
    lines = "".join(
        f"  - {{name: {name}, kind: feed, url: 'https://host.example/{name}', every: 60s}}\n"
        for name in NAMES
    )
    text = f"service: {{database: 'sqlite:///{folder}/t.db'}}\nsources:\n{lines}"
    return config_file.parse(text, folder / "t.yaml", topics=("export-controls",), secrets=False)


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    config = make_config(tmp_path)
    made = Pipeline(
        store=open_store(config.service.database, busy_seconds=0.1), config=config,
        model=WordTagger(), reader=load_reader(ROOT / "data"), window=Window(7),
    )  # fmt: skip
    stages.prepare(made, NOW)
    with made.store.write() as connection:
        for settings in config.sources:
            sources.record_success(
                connection, settings.name, cursor={"etag": "0"}, health=[], new_posts=0, now=NOW,
                next_poll_at=NOW + timedelta(seconds=60),
            )  # fmt: skip
    yield made
    made.store.close()


def ended(config: Config, at: datetime = LATER) -> list[Ended]:
    return [
        Ended(settings=settings, polled=UNCHANGED, asked=at, at=at) for settings in config.sources
    ]


def record(pipeline: Pipeline, polls: list[Ended]) -> list[PollReport]:
    return record_together(pipeline.store, pipeline.known, polls)


def state(pipeline: Pipeline, name: str) -> SourceState:
    with pipeline.store.read() as connection:
        found = sources.source_state(connection, name)
    assert found is not None
    return found


def test_only_what_has_nothing_to_take_in_may_wait() -> None:
    assert brought_nothing(UNCHANGED)
    assert brought_nothing(SourceUnreachable("no answer"))
    assert not brought_nothing(Polled(posts=(POST,), cursor={}))
    assert not brought_nothing(Polled(posts=(), cursor={}, more=True))


def test_a_poll_and_its_later_part_tell_the_warnings_of_both() -> None:
    first = PollReport(source="s0", new=2, health=("no key",), skipped=("line 1: x",), more=True)
    later = PollReport(source="s0", new=1, health=("no key", "cut"), skipped=("line 9: x",))

    assert first.then(later) == PollReport(
        source="s0", new=3, health=("no key", "cut"), skipped=("line 1: x", "line 9: x")
    )


def test_warnings_of_earlier_parts_stay_beside_later_ones(pipeline: Pipeline) -> None:
    settings = pipeline.config.sources[0]
    for health, skipped, more in (
        (("no key",), ("line 1: x",), True),
        (("no key", "cut"), (), True),
        ((), ("line 9: x",), False),
    ):
        part = Polled(posts=(), cursor={}, health=health, skipped=skipped, more=more)
        stages.settle_poll(pipeline, settings, part, LATER)

    assert state(pipeline, "s0").health == ["no key", "cut", "line 1: x", "line 9: x"]


def test_many_polls_are_one_commit_and_each_keeps_its_beat(pipeline: Pipeline) -> None:
    commits: list[object] = []
    event.listen(pipeline.store.engine, "commit", commits.append)
    polls = ended(pipeline.config)
    polls[3] = Ended(
        settings=polls[3].settings, polled=SourceUnreachable("no answer"), asked=LATER, at=LATER
    )
    polls[4] = Ended(
        settings=polls[4].settings,
        polled=SourceLimited("wait", retry_after=500),
        asked=LATER,
        at=LATER,
    )

    reports = record(pipeline, polls)

    assert len(commits) == 1
    assert [one.source for one in reports if one.error] == ["s3", "s4"]
    # Due at 08:01:00 and polled a second late: due again at 08:02:00.
    one = state(pipeline, "s0")
    assert (one.cursor, one.last_ok_at) == ({"etag": "1"}, LATER)
    assert one.next_poll_at == NOW + timedelta(seconds=120)
    failed, limited = (state(pipeline, name) for name in ("s3", "s4"))
    assert (failed.failures, failed.cursor) == (1, {"etag": "0"})
    assert failed.next_poll_at == LATER + timedelta(seconds=60)
    assert limited.next_poll_at == LATER + timedelta(seconds=500)


def test_where_a_source_stands_is_read_once_a_poll(pipeline: Pipeline) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT sources.name"):
            asked.append(statement)

    event.listen(pipeline.store.engine, "before_cursor_execute", note)
    record(pipeline, ended(pipeline.config)[:1])
    quiet = len(asked)
    settings = pipeline.config.sources[0]
    stages.settle_poll(pipeline, settings, Polled(posts=(POST,), cursor={}), LATER)

    assert (quiet, len(asked)) == (1, 2)


def test_what_a_poll_takes_is_no_reason_to_miss_the_next(pipeline: Pipeline) -> None:
    slow = [replace(one, at=LATER + timedelta(seconds=65)) for one in ended(pipeline.config)]

    record(pipeline, slow)

    one = state(pipeline, "s0")
    assert one.last_ok_at == LATER + timedelta(seconds=65)
    assert one.next_poll_at == NOW + timedelta(seconds=120)


def test_what_is_known_of_events_holds_on(pipeline: Pipeline) -> None:
    settings = pipeline.config.sources[0]
    stages.settle_poll(pipeline, settings, Polled(posts=(POST,), cursor={}), NOW)
    (known,) = pipeline.known.events

    record(pipeline, ended(pipeline.config))
    with pipeline.store.write() as connection:
        drafts = stages.begin_drafts(connection, pipeline, LATER)
        drafts.close()

    assert list(pipeline.known.events) == [known]


def test_another_process_that_polled_is_still_noticed(pipeline: Pipeline) -> None:
    settings = pipeline.config.sources[0]
    stages.settle_poll(pipeline, settings, Polled(posts=(POST,), cursor={}), NOW)
    with pipeline.store.write() as connection:
        sources.record_success(
            connection, "s1", cursor={}, health=[], new_posts=1, now=NOW, next_poll_at=NOW
        )

    record(pipeline, ended(pipeline.config))
    with pipeline.store.write() as connection:
        stages.begin_drafts(connection, pipeline, LATER)

    assert not pipeline.known.events


def test_polls_that_cannot_be_written_leave_every_source_as_it_was(pipeline: Pipeline) -> None:
    other = open_store(pipeline.config.service.database)
    with other.write(), pytest.raises(StoreError):
        record(pipeline, ended(pipeline.config))
    other.close()

    with pipeline.store.read() as connection:
        due = sources.due_sources(connection, NAMES, LATER)
    assert due == NAMES
    assert {state(pipeline, name).cursor["etag"] for name in NAMES} == {"0"}


UNSTORABLE = Polled(posts=(), cursor={"seen": cast(Any, {1, 2})})


@pytest.mark.parametrize(
    "broken", [UNSTORABLE, SourceLimited("wait", retry_after=cast(Any, "soon"))],
    ids=["worked", "failed"],
)  # fmt: skip
def test_one_poll_that_cannot_be_written_has_failed_and_holds_up_no_other(
    pipeline: Pipeline, broken: Polled | SourceError
) -> None:
    polls = ended(pipeline.config)
    polls[3] = replace(polls[3], polled=broken)

    reports = settle_quiet(pipeline.store, pipeline.known, polls)

    assert len(reports) == len(NAMES)
    assert [one.source for one in reports if one.error] == ["s3"]
    states = {name: state(pipeline, name) for name in NAMES}
    assert [name for name, one in states.items() if one.cursor != {"etag": "1"}] == ["s3"]
    failed = states["s3"]
    assert (failed.cursor, failed.failures) == ({"etag": "0"}, 1)
    assert failed.next_poll_at == LATER + timedelta(seconds=60)
    assert str(failed.last_error).startswith("SourceUnreadable: unforeseen ")


def test_a_poll_that_cannot_even_fail_is_told_and_holds_up_no_other(pipeline: Pipeline) -> None:
    polls = ended(pipeline.config)
    # No time is left to ask it again.
    never = datetime.max.replace(tzinfo=UTC)
    polls[3] = replace(polls[3], polled=UNSTORABLE, at=never)

    with capture_logs() as logs:
        reports = settle_quiet(pipeline.store, pipeline.known, polls)

    assert [one.source for one in reports if not one.error] == [n for n in NAMES if n != "s3"]
    (failed,) = [one for one in reports if one.error]
    assert (failed.source, "unforeseen OverflowError" in str(failed.error)) == ("s3", True)
    assert (state(pipeline, "s3").failures, state(pipeline, "s4").cursor) == (0, {"etag": "1"})
    (told,) = [line for line in logs if line["log_level"] == "error"]
    assert (told["event"], told["source"]) == ("poll not stored", "s3")
    assert "unforeseen OverflowError" in told["error"]


def test_a_poll_with_posts_that_cannot_even_fail_is_told(pipeline: Pipeline) -> None:
    never = datetime.max.replace(tzinfo=UTC)
    polled = Polled(posts=(POST,), cursor=UNSTORABLE.cursor)

    with capture_logs() as logs:
        report = stages.settle_poll(pipeline, pipeline.config.sources[3], polled, never)

    assert "unforeseen OverflowError" in str(report.error)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["poll not stored"]
    assert state(pipeline, "s3").cursor == {"etag": "0"}


def test_where_the_database_takes_nothing_polls_are_not_tried_one_by_one(
    pipeline: Pipeline,
) -> None:
    tries: list[object] = []
    event.listen(pipeline.store.engine, "engine_connect", tries.append)
    other = open_store(pipeline.config.service.database)
    with other.write(), pytest.raises(StoreError):
        settle_quiet(pipeline.store, pipeline.known, ended(pipeline.config))
    other.close()

    assert len(tries) == 1
