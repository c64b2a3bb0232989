"""The pipeline: all of a poll or nothing, nothing twice, and a reason for every silence."""

import asyncio
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import delete, func, select, update

from alerts import config as config_file
from alerts import once, opening
from alerts import pipeline as stages
from alerts.acts import Reader, load_reader
from alerts.domain import Act, Fetch, Figures, Polled, Post, RawPost
from alerts.errors import NotFound, SourceLimited, SourceUnreachable, SourceUnreadable
from alerts.httpclient import Client
from alerts.pipeline import Pipeline, choose_unread
from alerts.polls import PollReport, fail
from alerts.reading import Read
from alerts.retry import backoff
from alerts.rules import Rule, UpdateChoice
from alerts.second_reader import SecondReader
from alerts.shorteners import Shorteners
from alerts.sources import jsonl
from alerts.store import alerts, listing, posts, sources, tables
from alerts.store.connect import open_store
from alerts.timetable import first_slot
from alerts.why import why
from alerts.window import Window
from classifier.labels import Policy, Tagging

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ACT = (
    "China's commerce ministry adds battery cathode technology to its restricted export list, "
    "Announcement No. 72 of 2026, with immediate effect"
)
NUMBERED = "the export restriction of Announcement No. 72 of 2026"
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
    assert state.cursor == {"at": 2}
    assert state.next_poll_at == first_slot("wire", timedelta(minutes=5), NOW)


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
    assert (update["reason"], update["changes"]) == (
        "updated",
        ["official text found, 2 h after the first post"],
    )


def test_stages_that_go_back_and_forth_are_told_once_each(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    adds = ACT.replace(", with immediate effect", "")
    suspends = f"China's commerce ministry suspends {NUMBERED}"
    withdraws = f"China's commerce ministry withdraws {NUMBERED}"
    first = ingest(pipeline, raw("1", adds))

    updates: list[str] = []
    for number, text in enumerate([suspends, adds, withdraws, suspends, adds, withdraws]):
        updates += ingest(pipeline, raw(f"f{number}", text)).alerts

    with pipeline.store.read() as connection:
        shown = [listing.show_alert(connection, one) for one in updates]
    told = [one for one in shown if one and one["rule"] == "controls"]
    assert [one["changes"] for one in told] == [
        ["now suspended (the stage was adopted), according to wire"],
        ["now withdrawn (the stage was suspended), according to wire"],
    ]
    data = told[0]["document"]["data"]
    assert told[0]["document"]["type"] == "alert.updated"
    assert data["first_alert_id"] == first.alerts[0]


def test_a_random_accounts_denial_is_told_as_its_own(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    ingest(pipeline, raw("1"))
    doubt = replace(
        raw("2", "The export notice No. 72 of 2026 by MOFCOM is fake, Announcement No. 72 of 2026"),
        author="joe",
    )

    (update, _) = ingest(pipeline, doubt).alerts
    again = ingest(pipeline, replace(doubt, external_id="3", author="ann"))

    with pipeline.store.read() as connection:
        shown = listing.show_alert(connection, update)
    assert shown is not None
    assert shown["changes"] == [
        f"disputed by joe (wire), who is no authority: “{doubt.body}”",
    ]
    assert again.alerts == ()


def test_reach_is_told_to_the_rule_that_asks_each_time_it_grew_tenfold(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    asking = pipeline.config.rules[0].model_copy(update={"updates": UpdateChoice(reach=True)})
    rules = (asking, pipeline.config.rules[1])
    pipeline = replace(pipeline, config=replace(pipeline.config, rules=rules))

    for hour, interactions in enumerate((200, 1_000, 1_500, 5_000, 20_000)):
        post = replace(raw(str(hour)), figures=Figures(interactions=interactions))
        ingest(pipeline, post, now=NOW + timedelta(hours=hour))

    assert told_of(pipeline) == [
        ("new", []),
        ("updated", ["reach grew tenfold: 2,703 posts and interactions (were 201)"]),
        ("updated", ["reach grew tenfold: 27,705 posts and interactions (were 2,703)"]),
    ]
    assert told_of(pipeline, "quiet") == [("new", [])]


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


def test_what_a_condition_does_not_know_is_recorded_as_the_reason(
    make: Callable[..., Pipeline],
) -> None:
    asked: dict[str, dict[str, object]] = {
        "figures": {"when": "engagement > 100"},
        "busy": {"min_engagement": 1},
        "act": {"act": {"stage": ["withdrawn"]}},
        "either": {"when": "engagement > 1 || policy == 3"},
        "elsewhere": {"topics": {"all": ["china"]}, "min_score": 0.99},
    }
    rules = [
        Rule.model_validate({"name": name, "send": ["screen"], **keys})
        for name, keys in asked.items()
    ]
    pipeline = make()
    pipeline = replace(pipeline, config=replace(pipeline.config, rules=tuple(rules)))

    ingest(pipeline, RawPost(source="wire", external_id="1", body=ACT))

    with pipeline.store.read() as connection:
        (post,) = connection.execute(select(tables.posts.c.id)).scalars()
        rows = alerts.verdicts_on(connection, post)
    assert {row.rule: row.not_sent for row in rows} == {
        "figures": "when: missing field engagement",
        "busy": "min_engagement: not known",
        "act": "act: stage",
        "either": None,
    }


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
    waits = backoff(timedelta(seconds=every), failures, retry_after)

    assert waits == timedelta(seconds=seconds)


def test_a_failure_is_written_down_and_success_clears_it(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    settings = pipeline.config.sources[0]

    for error in (SourceUnreachable("no answer"), SourceLimited("slow down", retry_after=5000)):
        report = fail(pipeline.store, settings, error, NOW)
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


def told_of(pipeline: Pipeline, rule: str = "controls") -> list[tuple[str, list[str]]]:
    """Return reason and changes of a rule's alerts, oldest first."""
    with pipeline.store.read() as connection:
        rows = listing.list_alerts(connection, 1000)
    ours = [row for row in rows if row["rule"] == rule]
    return [(row["reason"], row["changes"]) for row in sorted(ours, key=lambda row: row["at"])]


def edit_every_hour(pipeline: Pipeline, texts: Sequence[str]) -> list[int]:
    """Serve one post again and again, edited; return how many alerts each edit set off."""
    return [
        len(ingest(pipeline, raw("1", text), now=NOW + timedelta(hours=hour)).alerts)
        for hour, text in enumerate(texts)
    ]


def test_a_post_edited_after_it_alerted_is_silent_and_what_it_said_is_kept(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()

    made = edit_every_hour(
        pipeline, [ACT, f"{ACT}.", f"{ACT}. Shares fell.", f"{ACT}. Shares rose."]
    )

    with pipeline.store.read() as connection:
        found = why(connection, pipeline, "1")
        (event,) = listing.list_events(connection, 10)
    assert made == [2, 0, 0, 0]
    assert [edit["before"] for edit in found["edits"]] == [ACT, f"{ACT}. Shares fell."]
    with pipeline.store.read() as connection:
        assert posts.stored(connection, found["id"]).text == f"{ACT}. Shares rose."
    assert len(event["posts"]) == 1
    assert [rule["sent"] for rule in found["rules"]] == [True, False]
    assert all(rule["alert"] for rule in found["rules"])


def test_an_edit_that_takes_an_act_back_is_told_once(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    gone = f"China's commerce ministry withdraws {NUMBERED} on cathode technology"
    dated = ACT.replace(", with immediate effect", "")

    made = edit_every_hour(pipeline, [dated, gone, dated, gone, f"Correction: {gone}", gone])

    assert made == [2, 2, 0, 0, 2, 0]
    assert told_of(pipeline) == [
        ("new", []),
        ("updated", ["now withdrawn (the stage was adopted), according to wire"]),
        ("updated", [f"corrected by wire: “Correction: {gone}”"]),
    ]


def test_a_page_that_changes_at_every_look_is_left_alone_at_last(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()

    edit_every_hour(pipeline, [f"{ACT}. Seen {n} times" for n in range(30)])

    assert count(pipeline, "edits") == 20
    assert len(told_of(pipeline)) == 1


def test_an_edit_into_an_act_alerts(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    dull = "China's commerce ministry meets on battery cathode technology list No. 72"

    assert edit_every_hour(pipeline, [dull, ACT]) == [0, 2]


def test_an_edited_post_keeps_no_score_of_what_it_said(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    said = "Commerce ministry holds a press conference on battery cathode technology"
    ingest(replace(pipeline, model=WordTagger(version="test-2")), raw("1", said))

    # An edit that comes after the model was rolled back.
    ingest(pipeline, raw("1", f"{said}: an export ban"))

    with pipeline.store.read() as connection:
        row = posts.post_row(connection, "1")
        assert row is not None
        tagging = posts.tagging_of(connection, row.id)
    assert count(pipeline, "taggings") == 1
    assert tagging is not None
    assert (tagging.model, tagging.policy.grade) == ("test-1", 3)


def test_another_story_under_an_old_id_is_a_post_of_its_own(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    other = "Dutch export licence needed for lithography spare parts, government in The Hague says"

    made = edit_every_hour(pipeline, [ACT, other, ACT, other, f"{other.upper()} ..."])

    assert made == [2, 2, 0, 0, 0]
    assert (count(pipeline, "posts"), count(pipeline, "events")) == (2, 2)


def test_one_story_from_five_sources_is_one_alert_whatever_their_order(
    make: Callable[..., Pipeline],
) -> None:
    for order in ([0, 1, 2, 3, 4], [4, 2, 0, 3, 1]):
        pipeline = make()
        names = ("wire", "daily", "agency", "social", "forum")
        same = [raw("same-id", ACT, source=names[n], hours=n / 10) for n in order]

        made = [len(ingest(pipeline, post).alerts) for post in same]

        assert made == [2, 0, 0, 0, 0]
        assert (count(pipeline, "posts"), count(pipeline, "events")) == (5, 1)
        with pipeline.store.write() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(delete(table))


def test_posts_that_arrive_days_late_make_no_storm_and_none_is_lost(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make("24h")
    ingest(pipeline)
    ingest(pipeline, raw("1"))
    old = "China's commerce ministry proposes export rule on cathode technology, No. 72 of 2026"
    other = "Dutch export licence needed for lithography spare parts, government in The Hague says"

    late = ingest(
        pipeline,
        *[raw(f"late-{n}", f"{old}, report {n}", hours=24 * (2 + n % 5)) for n in range(40)],
        now=NOW + timedelta(hours=2),
    )
    unknown = ingest(
        pipeline,
        *[raw(f"other-{n}", f"{other}, report {n}", hours=24 * (2 + n % 5)) for n in range(40)],
        now=NOW + timedelta(hours=3),
    )

    # What was told stays told; an act that only came late is told all the same, once.
    assert (late.new, late.alerts) == (40, ())
    assert (unknown.new, len(unknown.alerts)) == (40, 2)
    assert count(pipeline, "posts") == 81


def test_an_official_text_that_comes_days_late_is_told_once_with_its_own_date(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    ingest(pipeline, raw("1", hours=30))
    text = "商务部公告2026年第72号 关于电池正极材料制备技术限制出口的公告"
    notice = raw("72", text, source="mofcom", hours=24.5)

    for day in (2, 3):
        ingest(pipeline, notice, source="mofcom", now=NOW + timedelta(days=day))

    assert told_of(pipeline) == [
        ("new", []),
        ("updated", ["official text found, 5 h 30 min after the first post"]),
    ]


def test_what_was_forgotten_and_is_still_shown_does_not_come_back_as_news(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    service = pipeline.config.service.model_copy(update={"keep_days": 90})
    pipeline = replace(pipeline, config=replace(pipeline.config, service=service))
    first = ingest(pipeline, raw("1"))
    later = NOW + timedelta(days=120)
    fresh = RawPost(
        source="wire",
        external_id="2",
        body="Tokyo licences every export of photoresist from March",
        published=later.isoformat(),
    )
    ingest(pipeline, fresh, now=later)
    with pipeline.store.write() as connection:
        connection.execute(update(tables.deliveries).values(state="sent", settled_at=NOW))

    more = stages.forget_old(pipeline, later)
    again = ingest(pipeline, raw("1"), fresh, now=later)

    assert (len(first.alerts), more, count(pipeline, "posts")) == (2, False, 1)
    assert (again.found, again.new, again.alerts) == (2, 0, ())


@dataclass(frozen=True, slots=True)
class BrokenTagger(WordTagger):
    """Scores nothing: raises, or gives what is no number. how: "raises", or the number."""

    how: str = "raises"

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        if self.how == "raises":
            raise RuntimeError("out of memory")
        good = WordTagger.tag(self, texts, terms=terms)
        policy = Policy(grade=3, at_least=(0.9, float(self.how), 0.1))
        return [*good[:-1], replace(good[-1], policy=policy)]


@pytest.mark.parametrize("how", ["raises", "nan", "inf"])
def test_a_model_that_scores_nothing_loses_no_post(make: Callable[..., Pipeline], how: str) -> None:
    pipeline = make()
    settings = pipeline.config.sources[0]
    polled = Polled(posts=(raw("1"), raw("2", "Cod quota agreed")), cursor={"at": 2})

    failed = stages.settle_poll(
        replace(pipeline, model=BrokenTagger(how=how)), settings, polled, NOW
    )
    with pipeline.store.read() as connection:
        state = sources.source_state(connection, "wire")
    nothing = (count(pipeline, "posts"), count(pipeline, "alerts"))
    again = stages.settle_poll(pipeline, settings, polled, NOW + timedelta(minutes=5))

    assert failed.error is not None
    assert ("no number" in failed.error) == (how != "raises")
    assert nothing == (0, 0)
    assert state is not None
    assert (state.cursor, state.failures) == ({}, 1)
    assert NOW < state.next_poll_at <= NOW + timedelta(hours=1)
    assert (again.new, len(again.alerts)) == (2, 2)


def poll_with(
    monkeypatch: pytest.MonkeyPatch, pipeline: Pipeline
) -> tuple[PollReport, list[dict[str, Any]]]:
    """Poll a file of two posts as `tocsin poll` does, with the parts of this pipeline."""
    lines = [json.dumps({"id": name, "body": f"{ACT} {name}"}) for name in ("1", "2")]
    (pipeline.config.path.parent / "wire.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(opening, "open_pipeline", lambda config: pipeline)
    return once.poll_one(pipeline.config, "wire", dry_run=False)


@dataclass(frozen=True, slots=True)
class ListingTagger(WordTagger):
    """Takes down what it was asked to score."""

    asked: list[str] = field(default_factory=list)

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        self.asked.extend(texts if not terms else ())
        return WordTagger.tag(self, texts, terms=terms)


def test_a_poll_by_hand_reads_each_post_once(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ListingTagger()

    report, rows = poll_with(monkeypatch, make(model=model))

    assert (report.error, report.new) == (None, 2)
    assert sorted(row["external_id"] for row in rows) == ["1", "2"]
    assert sorted(model.asked) == [f"{ACT} 1", f"{ACT} 2"]


@pytest.mark.parametrize("how", ["raises", "nan"])
def test_a_poll_by_hand_tells_in_one_line_that_the_model_fails(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    report, rows = poll_with(monkeypatch, make(model=BrokenTagger(how=how)))

    assert report.error is not None
    assert ("no number" if how == "nan" else "out of memory") in report.error
    assert rows == []


class FailingReader(Reader):
    """Reads every text but those with one word in them."""

    def read(
        self, text: str, *, lang: str | None = None, published_at: datetime, official: bool = False
    ) -> Act:
        if "poison" in text:
            raise RecursionError(f"too deep: {text}\x1b[2J")
        return super().read(text, lang=lang, published_at=published_at, official=official)


def test_a_post_that_the_reader_of_acts_fails_on_is_stored_without_one_and_stops_nothing(
    make: Callable[..., Pipeline], reader: Reader
) -> None:
    pipeline = make()
    failing = replace(pipeline, reader=FailingReader(terms=reader.terms))
    settings = pipeline.config.sources[0]
    other = "Beijing puts export licences on tungsten powder from Monday"
    found = (
        raw("1"),
        raw("2", "The Hague bans the export of poison gas scrubbers", hours=1),
        raw("3", other),
    )

    with structlog.testing.capture_logs() as logs:
        report = stages.settle_poll(failing, settings, Polled(posts=found, cursor={"at": 3}), NOW)
        again = stages.settle_poll(failing, settings, Polled(posts=found, cursor={"at": 3}), NOW)

    with pipeline.store.read() as connection:
        stored = {row.external_id: row for row in posts.recent_posts(connection, 9)}
        state = sources.source_state(connection, "wire")
        told = [row["post"] for row in listing.list_alerts(connection, 9)]
    misread = stored["2"]
    assert (report.error, report.new, again.error, again.new) == (None, 3, None, 0)
    assert posts.act_from_json(misread.act) == Act()
    assert posts.act_from_json(stored["1"].act).number == "MOFCOM 2026-72"
    assert posts.act_from_json(stored["3"].act).instrument == "export licence"
    # It is judged as any other post: both rules tell each of the three.
    assert sorted(told) == ["1", "1", "2", "2", "3", "3"]
    assert state is not None
    assert (state.cursor, state.failures, state.misread) == ({"at": 3}, 0, 1)
    (warning,) = [line for line in logs if line["log_level"] == "warning"]
    assert (warning["event"], warning["source"]) == ("act not read", "wire")
    assert warning["post"] == misread.id
    assert warning["error"].startswith("RecursionError at test_alerts_pipeline.py:")
    assert ": too deep: " in warning["error"]
    assert "\x1b" not in warning["error"]


def test_an_edit_that_the_reader_of_acts_fails_on_is_stored_without_an_act(
    make: Callable[..., Pipeline], reader: Reader
) -> None:
    pipeline = make()
    ingest(pipeline, raw("1"))

    failing = replace(pipeline, reader=FailingReader(terms=reader.terms))
    report = ingest(failing, raw("1", f"{ACT}, and poison"), raw("2", "Cod quota agreed"))

    with pipeline.store.read() as connection:
        edited = posts.post_row(connection, "1")
        state = sources.source_state(connection, "wire")
    assert report.new == 1
    assert edited is not None
    assert edited.text.endswith("poison")
    assert posts.act_from_json(edited.act) == Act()
    assert state is not None
    assert state.misread == 1


def test_a_first_poll_in_parts_is_one_first_poll(make: Callable[..., Pipeline]) -> None:
    pipeline = make(backfill="24h")
    settings = pipeline.config.sources[0]
    parts = [
        Polled(posts=(raw(name, f"{ACT} {name}", hours=hours),), cursor={"at": name}, more=more)
        for name, hours, more in (("1", 90, True), ("2", 80, False), ("3", 70, False))
    ]
    told, states = [], []
    for part in parts:
        told.append(len(stages.ingest(pipeline, settings, part, NOW).alerts))
        with pipeline.store.read() as connection:
            states.append(sources.source_state(connection, "wire"))

    # The third comes with a later poll, and so is news, although as old.
    assert told == [0, 0, 2]
    assert [state and state.first_polled_at for state in states] == [None, NOW, NOW]
    assert [state and state.next_poll_at for state in states] == [
        NOW, first_slot("wire", settings.every, NOW), NOW + settings.every,
    ]  # fmt: skip


class Asking(Client):
    """Asks the test's own server, in the place of shorteners."""

    def fetcher(
        self, *, allow_private: bool = False, deadline: float = 20.0, hosts: Collection[str] = ()
    ) -> Fetch:
        return super().fetcher(allow_private=True, deadline=deadline, hosts=hosts)


def test_links_are_asked_of_what_is_new_or_edited_and_recognise_an_edited_post(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch, server: Any
) -> None:
    for module in ("pipeline", "shorteners"):
        monkeypatch.setattr(f"alerts.{module}.HOSTS", {"127.0.0.1"})
    for path in ("/a", "/b"):
        server.reply(path, redirect=f"https://example.invalid{path}")
    found: list[RawPost] = []

    async def brought(*_: object) -> Polled:
        return Polled(posts=tuple(found), cursor={})

    on_loop: list[bool] = []

    def choose(*arguments: Any) -> list[Post]:
        on_loop.append(asyncio._get_running_loop() is not None)
        return choose_unread(*arguments)

    monkeypatch.setattr(stages, "poll", brought)
    monkeypatch.setattr(stages, "choose_unread", choose)
    texts = [f"{ACT} {server.url('/a')}", f"{ACT} {server.url('/a')} {server.url('/b')}"]
    pipeline, asked = make(), []
    settings = pipeline.config.sources[0]
    for text in (texts[0], texts[0], texts[1], texts[1]):
        found[:] = [raw("1", text)]
        # A restart forgets what was asked.
        pipeline = replace(pipeline, shorteners=Shorteners())
        polled = asyncio.run(stages.poll_source(pipeline, Asking(), settings, NOW))
        assert stages.settle_poll(pipeline, settings, polled, NOW).error is None
        asked.append(sorted(request.path for request in server.requests))
        server.requests.clear()
    with pipeline.store.read() as connection:
        keys = connection.execute(select(tables.event_keys.c.key)).scalars().all()

    assert asked == [["/a"], [], ["/a", "/b"], []]
    # The database is never asked where other polls would wait for it.
    assert not any(on_loop)
    assert {"link:example.invalid/a", "link:example.invalid/b"} <= set(keys)


def write_posts(pipeline: Pipeline, count: int) -> None:
    lines = (f'{{"id": "{n}", "text": "Bread and roses {n}"}}\n' for n in range(count))
    (pipeline.config.path.parent / "wire.jsonl").write_text("".join(lines), encoding="utf-8")


def with_limit(pipeline: Pipeline, limit: int) -> Pipeline:
    """Let so many messages wait; one does, and a file of five posts is to be polled."""
    service = pipeline.config.service.model_copy(update={"outbox_limit": limit})
    pipeline = replace(pipeline, config=replace(pipeline.config, service=service))
    ingest(pipeline, raw("0", source="mofcom"), source="mofcom")
    write_posts(pipeline, 5)
    return pipeline


class Beside(SecondReader):
    """A second process that is at work, as far as the pipeline knows; it reads nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.coming: list[int] = []

    def reads(self, source: str) -> bool:
        return source == "wire"

    def read(self, *given: Any, coming: Any = ((), {}), **more: Any) -> Iterator[list[Read]]:
        self.coming.append(len(coming[0]))
        return super().read(*given, **more)


def test_a_backlogs_next_part_is_asked_for_before_its_turn(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MOST_LINES", 2)
    second = Beside()
    pipeline = replace(make(), second=second)
    write_posts(pipeline, 5)
    settings, polls, poll = pipeline.config.sources[0], list[int](), stages.poll

    async def counted(*given: Any) -> Polled:
        polls.append(given[2].get("line", 0))
        if len(polls) == 3:
            raise SourceUnreadable("not now")
        return await poll(*given)

    monkeypatch.setattr(stages, "poll", counted)
    reports = list[PollReport]()
    while not reports or reports[-1].more:
        polled = asyncio.run(stages.poll_source(pipeline, Client(), settings, NOW))
        reports.append(stages.settle_poll(pipeline, settings, polled, NOW))

    assert [(one.new, one.error) for one in reports] == [(2, None), (2, None), (1, None)]
    # The third was asked for too early, and again in its turn.
    assert polls == [0, 2, 4, 4]
    assert second.coming == [2, 0, 0]


@pytest.mark.parametrize(("limit", "taken"), [(100_000, 5), (1, 2)])
def test_a_source_with_more_is_asked_until_it_has_none_or_the_outbox_is_full(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch, limit: int, taken: int
) -> None:
    monkeypatch.setattr("alerts.sources.jsonl.MOST_LINES", 2)
    pipeline = with_limit(make(), limit)
    (pipeline.config.path.parent / "mofcom.jsonl").touch()

    report, _ = asyncio.run(stages.poll_all(pipeline, Client(), NOW))

    assert (report.found, report.new, report.more) == (taken, taken, taken < 5)


@pytest.mark.parametrize(("limit", "taken"), [(100_000, 5), (1, 2)])
def test_a_poll_by_hand_ends_with_the_source_or_where_the_outbox_is_full(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch, limit: int, taken: int
) -> None:
    monkeypatch.setattr("alerts.sources.jsonl.MOST_LINES", 2)
    pipeline = with_limit(make(), limit)
    monkeypatch.setattr(opening, "open_pipeline", lambda config: pipeline)

    report, rows = once.poll_one(pipeline.config, "wire", dry_run=False)

    assert (report.found, report.new, report.more) == (taken, taken, taken < 5)
    parts = [int(row["external_id"]) // 2 for row in rows]
    assert parts == sorted(parts, reverse=True)
    assert len(parts) == taken
