"""Events that lean: a post that joins on weak evidence is told apart by a later one, and no alert
is lost or doubled by it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from alerts import config as config_file
from alerts import pipeline as stages
from alerts import telling
from alerts.acts import Reader, load_reader
from alerts.domain import Polled, RawPost
from alerts.drafts import Known
from alerts.ledger import Silence
from alerts.normalise import normalise
from alerts.pipeline import Pipeline
from alerts.regroup import CorrectionRefused, merge, split
from alerts.replay import Item, Span, stored
from alerts.rescore import rescored
from alerts.store import listing
from alerts.store import retention as retention_queries
from alerts.store import silences as silence_queries
from alerts.store.connect import open_store
from alerts.store.events import get_events
from alerts.store.posts import event_posts
from alerts.store.soundness import find_faults
from alerts.store.tables import alerts, deliveries, posts, verdicts
from alerts.web.reading import newest_events
from alerts.why import why
from alerts.window import Window
from classifier.labels import Policy, Tagging
from classifier.resources import shipped

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=900)
CATHODE = "China's commerce ministry restricts the export of battery cathode technology"
DUTY = "Cathode powder faces a levy in Jakarta; smelters on Sulawesi pay nine percent from Monday"
AGAIN = (
    "Ulsan shrugs at Jakarta: with the levy its cathode powder is nine percent dearer, and plants "
    "in Busan or Osaka ask for more than that, one buyer reckons before the holidays"
)
CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: "off"}}
sources: [{{name: wire, kind: jsonl, path: wire.jsonl, backfill: all}}]
channels: [{{name: screen, kind: console}}]
rules:
  - {{name: controls, topics: {{all: [export-controls]}}, min_policy: 2, send: [screen]}}
  - {{name: levies, min_policy: 2, any_of: [levy], send: [screen]}}
"""


@dataclass(frozen=True, slots=True)
class WordTagger:
    """Tags every post as an act of export control; "wonder" as talk of it."""

    version: str = "test-1"
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"export-controls": 0.5})

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        return [
            Tagging(
                topics={"export-controls": 0.95}, tags=("export-controls",),
                policy=Policy(grade=1 if "wonder" in text else 3, at_least=(0.99, 0.96, 0.9)),
                model=self.version, terms={},
            )
            for text in texts
        ]  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(shipped("data"))


@pytest.fixture
def pipeline(tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    # Whatever shares its goods with an event joins it, and on weak evidence.
    monkeypatch.setattr("alerts.events.JOIN", -99.0)
    monkeypatch.setattr("alerts.events.SURE", 99.0)
    config = config_file.parse(
        CONFIG.format(folder=tmp_path), tmp_path / "t.yaml", topics=("export-controls",),
        secrets=False,
    )  # fmt: skip
    made = Pipeline(
        store=open_store(config.service.database), config=config, model=WordTagger(),
        reader=reader, window=Window(7),
    )  # fmt: skip
    stages.prepare(made, NOW)
    yield made
    made.store.close()


def ingest(
    pipeline: Pipeline, name: str, text: str, minutes: int, url: str | None = None
) -> list[tuple[str, str, str]]:
    """Take a post in; return rule, reason and post of each alert."""
    return ingest_all(pipeline, (raw(name, text, minutes, url),), minutes)


def raw(name: str, text: str, minutes: int, url: str | None = None) -> RawPost:
    at = (NOW + timedelta(minutes=minutes)).isoformat()
    return RawPost(source="wire", external_id=name, body=text, published=at, url=url)


def ingest_all(
    pipeline: Pipeline, posts: tuple[RawPost, ...], minutes: int
) -> list[tuple[str, str, str]]:
    at = NOW + timedelta(minutes=minutes)
    polled = Polled(posts=posts, cursor={})
    made = stages.ingest(pipeline, pipeline.config.sources[0], polled, at).alerts
    with pipeline.store.read() as connection:
        told = {row["id"]: row for row in listing.list_alerts(connection, 100)}
    return [(told[one]["rule"], told[one]["reason"], told[one]["post"]) for one in made]


def events(pipeline: Pipeline) -> dict[str, dict[str, str]]:
    """Return event -> post -> by what it joined."""
    with pipeline.store.read() as connection:
        return {
            str(event["id"]): {post["external_id"]: post["joined_by"] for post in event["posts"]}
            for event in listing.list_events(connection, 100)
        }


def alerts_of(pipeline: Pipeline, event: str) -> list[tuple[str, str]]:
    with pipeline.store.read() as connection:
        rows = listing.list_alerts(connection, 100)
    return sorted((row["rule"], row["post"]) for row in rows if row["event"] == event)


def lean(pipeline: Pipeline) -> str:
    """Take in an act, and one more that leans on it; return the first one's event."""
    ingest(pipeline, "1", CATHODE, 0)
    assert ingest(pipeline, "2", DUTY, 1) == [("levies", "new", "2")]
    (event,) = events(pipeline)
    return event


def show(pipeline: Pipeline, event: str) -> dict[str, Any]:
    with pipeline.store.read() as connection:
        found = listing.show_event(connection, event)
    assert found is not None
    return found


def event_of(pipeline: Pipeline, post: str) -> str:
    """Return the event that a post is stored in."""
    with pipeline.store.read() as connection:
        return str(why(connection, pipeline, post)["event"]["id"])


def test_a_post_on_weak_evidence_is_shown_in_the_event_and_changes_nothing_of_it(
    pipeline: Pipeline,
) -> None:
    ingest(pipeline, "1", CATHODE, 0)
    (event,) = events(pipeline)
    before = show(pipeline, event)

    ingest(pipeline, "2", DUTY, 1)

    after = show(pipeline, event)
    own = event_of(pipeline, "2")
    assert events(pipeline) == {event: {"1": "opened", "2": "weak evidence"}}
    # It is spoken of still, or may be.
    since = {"last_seen": before["last_seen"], "posts": after["posts"][:1]}
    assert {**after, **since} == before
    assert after["last_seen"] > before["last_seen"]
    assert (show(pipeline, own)["leans_on"], len(show(pipeline, own)["posts"])) == (event, 1)
    with pipeline.store.read() as connection:
        told = why(connection, pipeline, "2")
        lines = list(telling.tell(why(connection, pipeline, own)))
    assert told["event"]["leans_on"] == event
    assert {one["rule"]: one["not_sent"] for one in told["rules"]}["controls"] == "leans"
    assert lines
    assert find_faults(pipeline.store) == []


def test_a_rule_whose_readers_know_nothing_of_the_event_is_not_silent(pipeline: Pipeline) -> None:
    event = lean(pipeline)

    assert alerts_of(pipeline, event) == [("controls", "1")]
    assert alerts_of(pipeline, event_of(pipeline, "2")) == [("levies", "2")]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_later_post_that_resembles_it_alone_makes_it_an_event_that_is_told(
    pipeline: Pipeline, restarted: bool
) -> None:
    first = lean(pipeline)
    if restarted:
        pipeline = replace(pipeline, window=Window(7), known=Known())

    made = ingest(pipeline, "3", AGAIN, 2)

    second = event_of(pipeline, "2")
    assert events(pipeline) == {
        first: {"1": "opened"},
        second: {"2": "told apart", "3": "evidence"},
    }
    assert made == [("controls", "new", "2")]
    assert alerts_of(pipeline, second) == [("controls", "2"), ("levies", "2")]
    # It is told as what both posts make it.
    with pipeline.store.read() as connection:
        rows = listing.list_alerts(connection, 10)
        (alert,) = [one for one in rows if (one["rule"], one["post"]) == ("controls", "2")]
        shown = listing.show_alert(connection, alert["id"])
    assert shown is not None
    assert shown["document"]["data"]["event"]["posts"] == 2
    assert ingest(pipeline, "4", f"Once more: {DUTY}", 3) == []
    with pipeline.store.read() as connection:
        counted = {one.id: one.posts for one in get_events(connection, [first, second])}
    assert counted == {first: 1, second: 3}
    assert find_faults(pipeline.store) == []


def test_all_of_it_may_come_in_one_poll(pipeline: Pipeline) -> None:
    texts = enumerate((CATHODE, DUTY, AGAIN), start=1)

    made = ingest_all(pipeline, tuple(raw(str(n), text, n) for n, text in texts), 10)

    assert made == [("controls", "new", "1"), ("levies", "new", "2"), ("controls", "new", "2")]
    second = event_of(pipeline, "2")
    assert "leans_on" not in show(pipeline, second)
    assert events(pipeline)[second] == {"2": "told apart", "3": "evidence"}
    # What it was is forgotten: a rule that was told the first event tells this one.
    with pipeline.store.write() as connection:
        assert stages.begin_drafts(connection, pipeline, NOW).leans_on(second) is None


def test_talk_tells_nothing_apart(pipeline: Pipeline) -> None:
    first = lean(pipeline)

    assert ingest(pipeline, "3", f"{DUTY}, I wonder", 2) == []
    assert list(events(pipeline)) == [first]
    assert ingest(pipeline, "4", AGAIN, 3) == [("controls", "new", "2")]


def test_a_relay_tells_nothing_apart(pipeline: Pipeline) -> None:
    first = lean(pipeline)

    assert ingest(pipeline, "3", f"Just in: {DUTY}", 2) == []
    assert list(events(pipeline)) == [first]
    assert ingest(pipeline, "4", AGAIN, 3) == [("controls", "new", "2")]


@pytest.mark.parametrize("undone", [False, True])
def test_what_leans_on_an_event_that_a_hand_corrects_is_in_it_for_good(
    pipeline: Pipeline, undone: bool
) -> None:
    ingest(pipeline, "1", CATHODE, 0)
    ingest(pipeline, "2", DUTY, 1, url="https://e.org/levy")
    (lent,) = events(pipeline)
    own = event_of(pipeline, "2")
    ingest(pipeline, "3", "Fishing ends at noon in the strait, the coast guard of Iceland says", 2)
    other = event_of(pipeline, "3")
    with pipeline.store.write() as connection:
        fresh = replace(pipeline, window=Window(7))
        merge(connection, fresh, other, lent, silent=False, now=NOW + timedelta(hours=1))
    if undone:
        with pipeline.store.write() as connection:
            fresh, later = replace(pipeline, window=Window(7)), NOW + timedelta(hours=2)
            done = split(connection, fresh, other, ["1", "2"], silent=False, now=later)
        assert done.other == lent

    assert ingest(pipeline, "4", AGAIN, 180) == []
    ingest(pipeline, "5", "No words alike at all here", 181, url="https://e.org/levy?ref=x")
    home = lent if undone else other
    assert {"1", "2", "4", "5"} <= events(pipeline)[home].keys()
    assert "leans_on" not in show(pipeline, own)
    assert alerts_of(pipeline, own) == []
    assert {("controls", "1"), ("levies", "2")} <= {*alerts_of(pipeline, home)}
    assert find_faults(pipeline.store) == []


def test_what_a_hand_splits_off_is_an_event_of_its_own(pipeline: Pipeline) -> None:
    first = lean(pipeline)
    with pipeline.store.write() as connection:
        fresh = replace(pipeline, window=Window(7))
        done = split(connection, fresh, first, ["2"], silent=False, now=NOW + timedelta(hours=1))

    assert [post["external_id"] for post in show(pipeline, first)["posts"]] == ["1"]
    assert len(done.alerts) == 1
    assert ingest(pipeline, "3", AGAIN, 90) == []
    assert events(pipeline)[done.other] == {"2": "split", "3": "weak evidence"}
    assert find_faults(pipeline.store) == []


def test_all_posts_split_off_what_leans_let_it_stand_up(pipeline: Pipeline) -> None:
    first = lean(pipeline)
    own = event_of(pipeline, "2")
    with pipeline.store.write() as connection:
        fresh = replace(pipeline, window=Window(7))
        done = split(connection, fresh, own, ["2"], silent=False, now=NOW + timedelta(hours=1))

    assert (done.event, done.other, len(done.alerts)) == (first, own, 1)
    assert "leans_on" not in show(pipeline, own)
    assert events(pipeline)[own] == {"2": "split"}
    assert ("controls", "2") in alerts_of(pipeline, own)
    with pipeline.store.read() as connection:
        (kept,) = listing.list_corrections(connection)
    assert (kept["event"], kept["other"]) == (first, own)
    assert find_faults(pipeline.store) == []
    # Of an event that leans on nothing, some post must stay.
    with pytest.raises(CorrectionRefused, match="all its posts"), pipeline.store.write() as again:
        split(again, fresh, own, ["2"], silent=False, now=NOW + timedelta(hours=2))


@pytest.mark.parametrize("change", ["merge", "split"])
def test_what_leans_stands_up_where_a_hand_corrects_it_itself(
    pipeline: Pipeline, change: str
) -> None:
    first = lean(pipeline)
    own = event_of(pipeline, "2")
    ingest(pipeline, "3", f"Just in: {DUTY}", 2)
    ingest(pipeline, "4", "Fishing ends at noon in the strait, the coast guard of Iceland says", 3)
    with pipeline.store.write() as connection:
        fresh, later = replace(pipeline, window=Window(7)), NOW + timedelta(hours=1)
        if change == "merge":
            other = event_of(pipeline, "4")
            merge(connection, fresh, own, other, silent=False, now=later)
        else:
            split(connection, fresh, own, ["3"], silent=False, now=later)

    assert {first, own} <= events(pipeline).keys()
    assert "leans_on" not in show(pipeline, own)
    assert ("controls", "2") in alerts_of(pipeline, own) or change == "merge"


@pytest.mark.parametrize("leaning_first", [False, True])
def test_a_hand_may_say_that_both_are_one(pipeline: Pipeline, leaning_first: bool) -> None:
    first = lean(pipeline)
    own = event_of(pipeline, "2")
    into, away = (own, first) if leaning_first else (first, own)
    with pipeline.store.write() as connection:
        fresh, later = replace(pipeline, window=Window(7)), NOW + timedelta(hours=1)
        done = merge(connection, fresh, into, away, silent=False, now=later)

    assert len(done.posts) == 1
    assert ingest(pipeline, "3", AGAIN, 90) == []
    assert list(events(pipeline)) == [into]
    with pipeline.store.write() as connection:
        fresh, later = replace(pipeline, window=Window(7)), NOW + timedelta(hours=2)
        moved = events(pipeline)[into]
        undone = split(connection, fresh, into, [*done.posts], silent=True, now=later)
    assert {"1", "2", "3"} == moved.keys()
    assert undone.other == away or "3" in moved
    assert find_faults(pipeline.store) == []


def test_a_silence_on_the_known_event_covers_what_leans_on_it(pipeline: Pipeline) -> None:
    ingest(pipeline, "1", CATHODE, 0)
    (event,) = events(pipeline)
    with pipeline.store.write() as connection:
        silence_queries.add_silence(
            connection, Silence(id="s1", event=event), comment="", now=NOW, expires_at=LATER
        )

    ingest(pipeline, "2", DUTY, 1)

    with pipeline.store.read() as connection:
        told = {one["rule"]: one["not_sent"] for one in why(connection, pipeline, "2")["rules"]}
    assert told["levies"] == "silenced by s1"


def test_what_leaned_on_an_event_that_is_forgotten_is_on_its_own(pipeline: Pipeline) -> None:
    lean(pipeline)
    own = event_of(pipeline, "2")
    with pipeline.store.write() as connection:
        for table in (deliveries, verdicts, alerts):
            connection.execute(delete(table))
        connection.execute(
            update(posts).where(posts.c.external_id == "2").values(first_seen_at=LATER)
        )
        forgotten = retention_queries.forget(connection, LATER - timedelta(days=1), 10)

    assert forgotten == 1
    assert events(pipeline) == {own: {"2": "weak evidence"}}
    assert find_faults(pipeline.store) == []


def test_a_backtest_knows_what_leans(pipeline: Pipeline) -> None:
    first = lean(pipeline)
    span = Span(since=NOW - timedelta(days=1), until=LATER)

    with pipeline.store.read() as connection:
        arrivals = list(
            stored(
                connection, span, pipeline.config.rules, lambda version: {"export-controls": 0.5},
                lambda event: True, pipeline.reader.terms,
            )
        )  # fmt: skip

    assert [one.case.leans_on for one in arrivals] == [None, first]


def test_pages_list_what_leans_in_the_known_event_alone(pipeline: Pipeline) -> None:
    first = lean(pipeline)

    with pipeline.store.read() as connection:
        listed = [row.id for row in newest_events(connection, 10)]
        shown = [row.external_id for row in event_posts(connection, first)]

    assert listed == [first]
    assert shown == ["1", "2"]


def test_the_same_happens_in_memory(pipeline: Pipeline) -> None:
    items = [
        Item(post=normalise(raw(str(n), text, n), official=False, now=NOW + timedelta(minutes=n)))
        for n, text in enumerate((CATHODE, DUTY, AGAIN), start=1)
    ]
    span = Span(since=NOW, until=NOW + timedelta(days=1))

    arrivals = list(rescored(items, span, pipeline.model, pipeline.reader, 7))

    cases = [one.case for one in arrivals]
    assert [case.post.external_id for case in cases] == ["1", "2", "2", "3"]
    first, second = cases[0].event.id, cases[1].event.id
    assert [case.event.id for case in cases] == [first, second, second, second]
    assert [case.leans_on for case in cases] == [None, first, None, None]
    assert [case.event.posts for case in cases] == [1, 1, 2, 2]
