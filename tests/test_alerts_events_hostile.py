"""Input that grouping must survive: nothing lost, no storm of alerts, no acts glued together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.domain import Polled, RawPost
from alerts.opening import open_reader
from alerts.pipeline import Pipeline
from alerts.polls import PollReport
from alerts.store import listing
from alerts.store.connect import open_store
from alerts.window import Window
from classifier import artefact

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SOURCES = tuple(f"s{number}" for number in range(5))
CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: "off"}}
sources:
  - {{name: s0, kind: jsonl, path: none, backfill: all}}
  - {{name: s1, kind: jsonl, path: none, backfill: all}}
  - {{name: s2, kind: jsonl, path: none, backfill: all}}
  - {{name: s3, kind: jsonl, path: none, backfill: all}}
  - {{name: s4, kind: jsonl, path: none, backfill: all}}
  - {{name: ministry, kind: jsonl, path: none, backfill: all, official: true}}
channels: [{{name: screen, kind: console}}]
rules: [{{name: acts, min_policy: 2, send: [screen]}}]
"""
INDIUM = (
    "China's commerce ministry bans exports of indium phosphide wafers without a licence from "
    "December 1, its Announcement No. 71 of 2026 says."
)
YTTRIUM = (
    "China's commerce ministry bans exports of yttrium oxide without a licence from "
    "December 1, its Announcement No. 72 of 2026 says."
)


@pytest.fixture(scope="module")
def parts() -> tuple[Any, Any]:
    return artefact.serve(ROOT / "models"), open_reader()


@pytest.fixture
def pipeline(tmp_path: Path, parts: tuple[Any, Any]) -> Pipeline:
    model, reader = parts
    config = config_file.parse(
        CONFIG.format(folder=tmp_path),
        tmp_path / "t.yaml",
        topics=model.topics,
        secrets=False,
    )
    made = Pipeline(
        store=open_store(config.service.database),
        config=config,
        model=model,
        reader=reader,
        window=Window(config.service.event_days),
    )
    stages.prepare(made, NOW)
    return made


@pytest.fixture
def take(pipeline: Pipeline) -> Callable[..., PollReport]:
    def ingest(
        name: str, text: str, *, source: str = "s0", hours: float = 0, late: float = 0
    ) -> PollReport:
        settings = pipeline.config.source(source)
        assert settings is not None
        now = NOW + timedelta(hours=hours)
        published = (now - timedelta(hours=late)).isoformat()
        post = RawPost(source=source, external_id=name, body=text, published=published)
        return stages.ingest(pipeline, settings, Polled(posts=(post,), cursor={}), now)

    return ingest


def events(pipeline: Pipeline) -> list[set[str]]:
    """Return the posts of each event by their own ids."""
    with pipeline.store.read() as connection:
        found = listing.list_events(connection, 1000)
    return [{post["external_id"] for post in event["posts"]} for event in found]


Take = Callable[..., PollReport]


def test_the_same_post_from_five_sources_is_one_event_and_one_alert(
    pipeline: Pipeline, take: Take
) -> None:
    reports = [
        take(f"p{number}", INDIUM, source=source, hours=number)
        for number, source in enumerate(SOURCES)
    ]

    assert [len(report.alerts) for report in reports] == [1, 0, 0, 0, 0]
    assert events(pipeline) == [{"p0", "p1", "p2", "p3", "p4"}]


def test_contradictory_numbers_in_one_text_join_nothing_by_number(
    pipeline: Pipeline, take: Take
) -> None:
    take("71", INDIUM)
    take("72", YTTRIUM, hours=1)

    take(
        "both",
        "Correction: MOFCOM Announcement No. 72 of 2026 is about yttrium oxide, our first mail "
        "wrongly said MOFCOM Announcement No. 71 of 2026.",
        source="s1",
        hours=2,
    )

    found = events(pipeline)
    assert {"71"} in found or {"71", "both"} in found
    assert not any({"71", "72"} <= event for event in found)
    assert sum("both" in event for event in found) == 1


def test_a_list_of_thirty_acts_glues_none_together(pipeline: Pipeline, take: Take) -> None:
    lines = "\n".join(
        f"{number}. MOFCOM Announcement No. {number} of 2026 on exports, "
        f"https://example.org/notices/{number}"
        for number in range(55, 85)
    )
    take("71", f"{INDIUM} https://example.org/notices/71")
    take("list", f"The month in export controls\n{lines}", source="s1", hours=1)
    take("72", f"{YTTRIUM} https://example.org/notices/72", hours=2)

    assert sorted(map(sorted, events(pipeline))) == [["71"], ["72"], ["list"]]


@pytest.mark.parametrize(
    "text",
    [
        f"{INDIUM} The licence lapses on 31 December 9999.",
        f"{INDIUM} It is in force until 9999-12-31, and from 0000-00-00.",
        f"{INDIUM} 自9999年12月31日起施行。",
    ],
)
def test_dates_out_of_this_world_stop_nothing(pipeline: Pipeline, take: Take, text: str) -> None:
    take("plain", INDIUM)

    report = take("odd", text, source="s1", hours=1)

    assert (report.new, report.error, len(report.alerts)) == (1, None, 0)
    assert events(pipeline) == [{"plain", "odd"}]


def test_a_post_published_in_the_year_9999_is_one_of_today(pipeline: Pipeline, take: Take) -> None:
    take("plain", INDIUM)

    take("odd", INDIUM, source="s1", hours=1, late=-24 * 366 * 7000)
    take("after", INDIUM, source="s2", hours=2)

    assert events(pipeline) == [{"plain", "odd", "after"}]


def test_posts_that_arrive_days_late_join_and_stay_silent(pipeline: Pipeline, take: Take) -> None:
    take("first", INDIUM)

    late = take("late", f"Only now on the forum: {INDIUM}", source="s1", hours=100, late=98)

    assert (late.new, late.alerts) == (1, ())
    assert events(pipeline) == [{"first", "late"}]


def test_an_old_event_takes_a_post_in_by_its_number(pipeline: Pipeline, take: Take) -> None:
    take("first", INDIUM)
    months = 24 * 100.0

    late = take(
        "review", "What MOFCOM Announcement No. 71 of 2026 has changed.", source="s1", hours=months
    )

    assert late.alerts == ()
    assert events(pipeline) == [{"first", "review"}]


def test_a_post_edited_after_its_alert_is_not_told_again(pipeline: Pipeline, take: Take) -> None:
    first = take("1", INDIUM)

    edited = take("1", f"{INDIUM} Updated with a comment of the ministry.", hours=1)

    assert (len(first.alerts), edited.new, edited.alerts) == (1, 0, ())
    with pipeline.store.read() as connection:
        (event,) = listing.list_events(connection, 10)
    assert len(event["posts"]) == 1


def test_two_acts_of_one_minute_stay_two(pipeline: Pipeline, take: Take) -> None:
    reports = [take("71", INDIUM, source="ministry"), take("72", YTTRIUM, source="ministry")]

    assert [len(report.alerts) for report in reports] == [1, 1]
    assert events(pipeline) == [{"72"}, {"71"}] or events(pipeline) == [{"71"}, {"72"}]


def test_a_restart_groups_as_if_nothing_had_happened(pipeline: Pipeline, take: Take) -> None:
    take("first", INDIUM)
    restarted = replace(pipeline, window=Window(45))
    settings = pipeline.config.source("s1")
    assert settings is not None
    post = RawPost(
        source="s1", external_id="hint", published=(NOW + timedelta(hours=1)).isoformat(),
        body="Beijing now wants to see a licence before indium phosphide leaves: December 1.",
    )  # fmt: skip

    stages.ingest(restarted, settings, Polled(posts=(post,), cursor={}), NOW + timedelta(hours=1))

    assert events(restarted) == [{"first", "hint"}]
