"""Corrections by hand: they hold for later posts, and no alert is lost or doubled."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import Reader, load_reader
from alerts.domain import Figures, Polled, RawPost, Severity
from alerts.errors import NotFound
from alerts.pipeline import Pipeline
from alerts.regroup import Corrected, CorrectionRefused, merge, split
from alerts.store import listing
from alerts.store.connect import open_store
from alerts.store.labelled import labelled_rows
from alerts.store.soundness import find_faults
from alerts.why import why
from alerts.window import Window
from classifier.labels import Policy, Tagging
from classifier.resources import shipped

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
CATHODE = "China's commerce ministry restricts the export of battery cathode technology"
GALLIUM = "Beijing bans export of gallium to chip makers abroad, traders in Rotterdam say"
CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: "off"}}
sources: [{{name: wire, kind: jsonl, path: wire.jsonl, backfill: all}}]
channels: [{{name: screen, kind: console}}]
rules: [{{name: controls, topics: {{all: [export-controls]}}, min_policy: 2, send: [screen]}}]
"""


@dataclass(frozen=True, slots=True)
class WordTagger:
    """Tags whatever speaks of exports as an act."""

    version: str = "test-1"
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"export-controls": 0.5})

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        return [
            Tagging(
                topics={"export-controls": 0.95}, tags=("export-controls",),
                policy=Policy(grade=3, at_least=(0.99, 0.96, 0.9)), model=self.version, terms={},
            )
            for _ in texts
        ]  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(shipped("data"))


@pytest.fixture
def pipeline(tmp_path: Path, reader: Reader) -> Pipeline:
    config = config_file.parse(
        CONFIG.format(folder=tmp_path), tmp_path / "t.yaml", topics=("export-controls",),
        secrets=False,
    )  # fmt: skip
    made = Pipeline(
        store=open_store(config.service.database), config=config, model=WordTagger(),
        reader=reader, window=Window(7),
    )  # fmt: skip
    stages.prepare(made, NOW)
    return made


def ingest(
    pipeline: Pipeline, name: str, text: str, url: str | None = None, likes: int | None = None
) -> tuple[str, ...]:
    at = NOW + timedelta(minutes=len(events(pipeline)))
    raw = RawPost(
        source="wire", external_id=name, body=text, url=url, published=at.isoformat(),
        figures=Figures(interactions=likes),
    )  # fmt: skip
    settings = pipeline.config.sources[0]
    return stages.ingest(pipeline, settings, Polled(posts=(raw,), cursor={}), at).alerts


def events(pipeline: Pipeline) -> list[dict[str, Any]]:
    with pipeline.store.read() as connection:
        return listing.list_events(connection, 100)


def alerts(pipeline: Pipeline) -> list[dict[str, Any]]:
    with pipeline.store.read() as connection:
        return listing.list_alerts(connection, 100)


def deliveries(pipeline: Pipeline) -> int:
    with pipeline.store.read() as connection:
        return len(listing.list_deliveries(connection, 100))


def event_of(pipeline: Pipeline, name: str) -> str:
    return next(
        str(event["id"])
        for event in events(pipeline)
        if name in [post["external_id"] for post in event["posts"]]
    )


def correct(pipeline: Pipeline, change: Callable[..., Corrected], *given: Any) -> Corrected:
    # From another process: with a pipeline, and so a window, of its own.
    other = replace(pipeline, window=Window(7))
    with other.store.write() as connection:
        return change(connection, other, *given, silent=False, now=NOW + timedelta(hours=1))


def test_a_merge_moves_posts_and_alerts_and_tells_nothing_twice(pipeline: Pipeline) -> None:
    ingest(pipeline, "1", CATHODE)
    ingest(pipeline, "2", GALLIUM)
    one, two = event_of(pipeline, "1"), event_of(pipeline, "2")

    done = correct(pipeline, merge, one, two)

    (event,) = events(pipeline)
    assert (done.event, done.other, done.alerts) == (one, two, ())
    assert [(post["external_id"], post["joined_by"]) for post in event["posts"]] == [
        ("1", "opened"),
        ("2", "merge"),
    ]
    assert {alert["event"] for alert in alerts(pipeline)} == {one}
    assert (len(alerts(pipeline)), deliveries(pipeline)) == (2, 2)
    assert find_faults(pipeline.store) == []


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"Just in: {GALLIUM}", None),
        ("Nothing alike but the export link", "https://example.org/gallium?utm_source=x"),
    ],
)
def test_what_would_join_the_merged_event_joins_the_survivor_silently(
    pipeline: Pipeline, text: str, url: str | None
) -> None:
    ingest(pipeline, "1", CATHODE)
    ingest(pipeline, "2", GALLIUM, "https://example.org/gallium")
    one, two = event_of(pipeline, "1"), event_of(pipeline, "2")
    correct(pipeline, merge, one, two)

    # The service's window was filled before the correction.
    told = ingest(pipeline, "3", text, url)

    assert told == ()
    assert event_of(pipeline, "3") == one
    assert len(events(pipeline)) == 1


def test_a_merge_of_a_merge_still_leads_to_the_survivor(pipeline: Pipeline) -> None:
    ingest(pipeline, "1", CATHODE)
    ingest(pipeline, "2", GALLIUM)
    ingest(pipeline, "3", "Dutch ministry revokes the export licence of a lithography maker")
    one, two, three = (event_of(pipeline, name) for name in "123")
    correct(pipeline, merge, one, two)
    correct(pipeline, merge, three, one)

    ingest(pipeline, "4", f"Just in: {GALLIUM}")

    (event,) = events(pipeline)
    assert event["id"] == three
    assert len(event["posts"]) == 4


def test_a_merge_tells_what_the_survivors_readers_did_not_know(pipeline: Pipeline) -> None:
    ingest(pipeline, "1", CATHODE)
    loose = pipeline.config.rules[0].model_copy(update={"none_of": ("No. 72",)})
    deaf = replace(pipeline, config=replace(pipeline.config, rules=(loose,)))
    ingest(deaf, "2", f"{GALLIUM}, MOFCOM Announcement No. 72 of 2026")

    done = correct(pipeline, merge, event_of(pipeline, "1"), event_of(pipeline, "2"))

    (update,) = done.alerts
    shown = {alert["id"]: alert for alert in alerts(pipeline)}[update]
    assert (shown["reason"], shown["post"]) == ("updated", "2")
    assert shown["changes"] == ["official number known: MOFCOM 2026-72, according to wire"]


def test_a_merge_tells_that_the_event_reaches_further_if_the_rule_asks(
    pipeline: Pipeline,
) -> None:
    rule = pipeline.config.rules[0]
    asks = rule.model_copy(update={"updates": rule.updates.model_copy(update={"reach": True})})
    asking = replace(pipeline, config=replace(pipeline.config, rules=(asks,)))
    loose = asks.model_copy(update={"none_of": ("Rotterdam",)})
    deaf = replace(pipeline, config=replace(pipeline.config, rules=(loose,)))
    ingest(asking, "1", CATHODE)
    assert ingest(deaf, "2", GALLIUM, likes=5000) == ()

    done = correct(asking, merge, event_of(pipeline, "1"), event_of(pipeline, "2"))

    (update,) = done.alerts
    shown = {alert["id"]: alert for alert in alerts(pipeline)}[update]
    assert shown["changes"] == ["reach grew tenfold: 5,002 posts and interactions (were 1)"]


def swallowed(pipeline: Pipeline) -> str:
    """Two acts that a shared link made one event: the second was told to nobody."""
    ingest(pipeline, "1", CATHODE, "https://example.org/a")
    assert ingest(pipeline, "2", GALLIUM, "https://example.org/a") == ()
    return event_of(pipeline, "1")


def test_a_split_tells_the_act_that_was_swallowed_once(pipeline: Pipeline) -> None:
    whole = swallowed(pipeline)

    done = correct(pipeline, split, whole, ["2"])

    assert len(done.alerts) == 1
    assert event_of(pipeline, "1") == whole
    assert event_of(pipeline, "2") == done.other != whole
    assert sorted(alert["post"] for alert in alerts(pipeline)) == ["1", "2"]
    assert deliveries(pipeline) == 2
    assert ingest(pipeline, "3", f"Just in: {GALLIUM}") == ()


def test_after_a_split_the_louder_rule_decides_first_and_mutes_the_other(
    pipeline: Pipeline,
) -> None:
    loud = pipeline.config.rules[0].model_copy(update={"severity": Severity.HIGH})
    quiet = loud.model_copy(
        update={"name": "quiet", "severity": Severity.LOW, "muted_by": ("controls",)}
    )
    two = replace(pipeline, config=replace(pipeline.config, rules=(quiet, loud)))
    whole = swallowed(two)
    before = {alert["id"] for alert in alerts(two)}

    correct(two, split, whole, ["2"])

    after = [alert for alert in alerts(two) if alert["id"] not in before]
    fates = {alert["rule"]: alert["not_sent"] for alert in after}
    assert fates == {"controls": None, "quiet": "muted by controls"}


def test_splitting_off_the_post_that_was_told_tells_what_stays(pipeline: Pipeline) -> None:
    whole = swallowed(pipeline)

    done = correct(pipeline, split, whole, ["1"])

    assert len(done.moved) == len(done.alerts) == 1
    by_post = {alert["post"]: alert["event"] for alert in alerts(pipeline)}
    assert by_post == {"1": done.other, "2": whole}


@pytest.mark.parametrize(
    ("text", "url", "like"),
    [
        (f"Just in: {GALLIUM}", None, "2"),
        (f"Just in: {CATHODE}", None, "1"),
        (f"{GALLIUM}, they add", "https://example.org/a", "2"),
        (f"{CATHODE}, it says", "https://example.org/a", "1"),
    ],
)
def test_after_a_split_later_posts_follow_the_right_side(
    pipeline: Pipeline, text: str, url: str | None, like: str
) -> None:
    correct(pipeline, split, swallowed(pipeline), ["2"])

    ingest(pipeline, "3", text, url)

    assert event_of(pipeline, "3") == event_of(pipeline, like)
    assert event_of(pipeline, "1") != event_of(pipeline, "2")


def test_splitting_what_was_merged_brings_the_event_back(pipeline: Pipeline) -> None:
    ingest(pipeline, "1", CATHODE)
    ingest(pipeline, "2", GALLIUM)
    before = {event["id"]: event["title"] for event in events(pipeline)}
    one, two = event_of(pipeline, "1"), event_of(pipeline, "2")
    correct(pipeline, merge, one, two)

    done = correct(pipeline, split, one, ["2"])

    assert (done.other, done.alerts) == (two, ())
    assert {event["id"]: event["title"] for event in events(pipeline)} == before
    assert {alert["event"] for alert in alerts(pipeline)} == {one, two}
    ingest(pipeline, "3", f"Just in: {GALLIUM}")
    assert event_of(pipeline, "3") == two


def test_a_silent_correction_records_and_sends_nothing(pipeline: Pipeline) -> None:
    whole = swallowed(pipeline)

    with pipeline.store.write() as connection:
        done = split(connection, pipeline, whole, ["2"], silent=True, now=NOW)

    assert len(done.alerts) == 1
    assert deliveries(pipeline) == 1
    assert ingest(pipeline, "3", f"Just in: {GALLIUM}") == ()


def test_ids_may_be_beginnings_and_mistakes_are_named(pipeline: Pipeline) -> None:
    ingest(pipeline, "1", CATHODE)
    ingest(pipeline, "2", GALLIUM)
    one, two = event_of(pipeline, "1"), event_of(pipeline, "2")
    for given, error, said in (
        ((merge, "e", two), NotFound, "more than one event begins so"),
        ((merge, one, "nobody"), NotFound, "tocsin events list"),
        ((merge, one, one), CorrectionRefused, "one event already"),
        ((split, one, ["2"]), NotFound, "no such post in this event"),
        ((split, one, ["1"]), CorrectionRefused, "all its posts"),
    ):
        with pytest.raises(error, match=said):
            correct(pipeline, *given)

    correct(pipeline, merge, one[:9], two[:9])

    with pytest.raises(NotFound, match=f"merged into {one}"):
        correct(pipeline, merge, two, one)
    assert len(events(pipeline)) == 1


def test_why_and_the_export_keep_what_a_hand_did(pipeline: Pipeline) -> None:
    whole = swallowed(pipeline)
    ingest(pipeline, "3", "Fans cheered in the rain.", "https://example.org/a")
    done = correct(pipeline, split, whole, ["2"])

    with pipeline.store.read() as connection:
        post, event = why(connection, pipeline, "2"), why(connection, pipeline, whole)
        rows = labelled_rows(connection)
    (kept,) = post["corrections"]
    assert (kept["kind"], kept["event"], kept["other"]) == ("split", whole, done.other)
    assert kept["joined_by"] == {post["id"]: "link"}
    assert event["corrections"] == post["corrections"]
    assert [(row["act"], row["apart_from"]) for row in rows] == [
        (whole, [done.other]),
        (whole, [done.other]),
        (done.other, [whole]),
    ]
    assert [row["stage"] for row in rows] == ["adopted", None, "adopted"]
    assert {"id", "published", "source", "official", "body", "lang", "grade"} <= rows[0].keys()
    assert json.dumps(rows)
