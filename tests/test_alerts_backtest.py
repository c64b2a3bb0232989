"""Backtests: alert for alert what the service sent, from its database and from a file."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from alerts import backtest, charts, cli, replay, rescore
from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import Reader, load_reader
from alerts.backtest import Result
from alerts.case import Case
from alerts.config import Config
from alerts.domain import Act, Figures, Polled, Post
from alerts.errors import StoreError
from alerts.events import open_event
from alerts.ledger import Silence
from alerts.notebook import TimedSilence
from alerts.pipeline import Pipeline
from alerts.replay import BEGINNING, FAR, Span
from alerts.rules import CONDITIONS, Rule
from alerts.sources.jsonl import parse_line
from alerts.store import holding, listing, silences, tables
from alerts.store.alerts import verdicts_on
from alerts.store.connect import open_store, open_to_read
from alerts.window import Window
from classifier import artefact
from classifier.labels import Policy, Tagging

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2026, 11, 24, 8, tzinfo=UTC)
TERMS = load_reader(ROOT / "data").terms
TOPICS = ("china", "export-controls")
CONFIG = """\
service: {database: "sqlite:///t.db", timezone: Asia/Shanghai}
sources:
  - {name: wire, kind: jsonl, path: wire.jsonl, backfill: all}
  - {name: mofcom, kind: jsonl, path: mofcom.jsonl, official: true, backfill: 1h}
channels:
  - {name: screen, kind: console}
  - {name: second, kind: console}
rules:
  - {name: controls, topics: {all: [export-controls]}, min_policy: 2, cooldown: 2h, send: [screen]}
  - {name: china, topics: {any: [china]}, min_score: {china: 0.7}, none_of: [webinar],
     severity: high, send: [second, screen]}
  - {name: quiet, topics: {all: [export-controls]}, shadow: true}
  - {name: night, topics: {all: [export-controls]}, quiet_hours: {from: "15:00", to: "22:00"},
     send: [screen]}
  - {name: paper, topics: {all: [export-controls]}, digest: "0 9 * * *", send: [second]}
  - {name: tight, topics: {all: [export-controls]}, budget: 1/day, send: [screen]}
  - {name: soft, topics: {all: [export-controls]}, muted_by: [controls], severity: low,
     send: [screen]}
"""
SILENCE = Silence(id="s1", words="antimony")
NUMBER = "Announcement No. 72 of 2026 of the commerce ministry"
TEXTS = (
    ("1", "wire", 0, f"China proposes an export ban on gallium, {NUMBER}"),
    ("2", "wire", 0, f"Relay: export ban on gallium proposed, {NUMBER}"),
    ("3", "wire", 1, f"Another relay, an hour later: export ban on gallium, {NUMBER}"),
    ("3b", "wire", 3, f"A late relay: export ban on gallium, {NUMBER}"),
    ("4", "wire", 4, "Cod quota agreed after a night of talks"),
    ("5", "mofcom", 5, f"商务部公告2026年第72号 关于镓出口管制的公告, in effect, {NUMBER}"),
    ("6", "wire", 5, "Webinar on how to fill in forms for exporters of barley from China"),
    ("7", "wire", 29, f"Export ban on gallium suspended, {NUMBER}"),
    ("8", "wire", 30, "Beijing restricts the export of antimony to Japan"),
    ("9", "wire", 31, "Cod quota: the night of talks on the quota for cod"),
    ("10", "wire", 32, "Snow festival of harbin draws crowds https://news.example/k1"),
    ("11", "wire", 33, "China in winter https://news.example/k1"),
    ("12", "wire", 34, "Dumplings as in harbin: dill, beef, vinegar"),
)


@dataclass(frozen=True, slots=True)
class WordTagger:
    """Tags by two words, so that a test says what a text is."""

    version: str = "test-1"
    thresholds: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(TOPICS, 0.5))

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        return [self._tag(text) for text in texts]

    def _tag(self, text: str) -> Tagging:
        export = "export" in text.lower()
        china = 0.8 if "China" in text else 0.6 if "harbin" in text else 0.1
        topics = {"china": china, "export-controls": 0.95 if export else 0.02}
        return Tagging(
            topics=topics, tags=tuple(t for t, p in topics.items() if p >= 0.5),
            policy=Policy(grade=3 if export else 0,
                          at_least=(0.99, 0.96, 0.9) if export else (0.1, 0.05, 0.01)),
            model=self.version, terms={},
        )  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(ROOT / "data")


def rows_of(texts: Iterable[tuple[str, str, float, str]]) -> list[dict[str, Any]]:
    return [
        {"id": name, "source": source, "text": text,
         "published": (START + timedelta(hours=hours)).isoformat()}
        for name, source, hours, text in texts
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A stream that the service took in, and what it made of it."""

    folder: Path
    config: Config
    alerts: list[dict[str, Any]]
    silent: list[tuple[str, str, str]]

    def variant(self, old: str, new: str) -> Config:
        """Return the config with something changed."""
        path = self.folder / "other.yaml"
        assert old in CONFIG
        path.write_text(CONFIG.replace(old, new), encoding="utf-8")
        return config_file.load(path, topics=TOPICS, secrets=False)


@pytest.fixture
def live(tmp_path: Path, reader: Reader) -> Lived:
    """Let the service live through the stream, with a clock that is set to each post's time."""
    path = tmp_path / "tocsin.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    config = config_file.load(path, topics=TOPICS, secrets=False)
    (tmp_path / "wire.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows_of(TEXTS)), encoding="utf-8"
    )
    pipeline = Pipeline(
        store=open_store(config.service.database), config=config, model=WordTagger(),
        reader=reader, window=Window(config.service.event_days),
    )  # fmt: skip
    stages.prepare(pipeline, START)
    with pipeline.store.write() as connection:
        silences.add_silence(
            connection, SILENCE, comment="", now=START + timedelta(hours=29.5),
            expires_at=START + timedelta(hours=30.5),
        )  # fmt: skip
    wire = config.sources[0]
    for at, rows in groupby(rows_of(TEXTS), key=lambda row: str(row["published"])):
        polled = tuple(parse_line(json.dumps(row).encode(), source="wire") for row in rows)
        # An authority's own post says that it is one, as the source's setting would.
        marked = tuple(
            raw if raw.source == "wire" else dataclass_with(raw, official=True) for raw in polled
        )
        let_go(pipeline, datetime.fromisoformat(at))
        stages.ingest(pipeline, wire, Polled(posts=marked, cursor={}), datetime.fromisoformat(at))
    let_go(pipeline, FAR)
    with pipeline.store.read() as connection:
        alerts = listing.list_alerts(connection, 100)
        silent = sorted(
            (row.external_id, said.rule, said.not_sent)
            for row in connection.execute(select(tables.posts.c.id, tables.posts.c.external_id))
            for said in verdicts_on(connection, row.id)
            if said.not_sent is not None
        )
    pipeline.store.close()
    return Lived(folder=tmp_path, config=config, alerts=alerts, silent=silent)


def let_go(pipeline: Pipeline, now: datetime) -> None:
    """Release what is held, as a service does whose clock ticks all along."""
    while True:
        with pipeline.store.read() as connection:
            due = holding.next_release(connection)
        if due is None or due > now:
            return
        stages.release_due(pipeline, due)


def dataclass_with(value: Any, **changes: Any) -> Any:
    from dataclasses import replace

    return replace(value, **changes)


def whole() -> Span:
    return Span(since=BEGINNING, until=FAR)


def from_store(*configs: Config, span: Span | None = None) -> Result:
    span = span or whole()
    store = open_to_read(configs[0].service.database)
    with store.read() as connection:
        silent = replay.stored_silences(connection)
        books = [backtest.open_book(config, silent) for config in configs]
        arrivals = replay.stored(
            connection,
            span,
            [rule for config in configs for rule in config.rules],
            lambda _: WordTagger().thresholds,
            lambda event: any(event in book.notebook.heard for book in books),
            TERMS,
        )
        backtest.replay(arrivals, books, FAR)
    store.close()
    return backtest.result(books, span)


def from_file(config: Config, reader: Reader, path: Path) -> Result:
    since, until = (START + timedelta(hours=hours) for hours in (29.5, 30.5))
    silent = TimedSilence(silence=SILENCE, since=since, until=until)
    book, span = backtest.open_book(config, [silent]), whole()
    with path.open("rb") as file:
        posts, skipped = rescore.read_file(file, config, "wire", START)
    assert skipped == []
    items = [replay.Item(post=post) for post in posts]
    backtest.replay(rescore.rescored(items, span, WordTagger(), reader, 14), [book], FAR)
    return backtest.result([book], span)


def by_id(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def test_the_stream_has_every_kind_of_alert_and_silence(live: Lived) -> None:
    assert {row["reason"] for row in live.alerts} == {"new", "updated", "digest"}
    assert {row["held_for"] for row in live.alerts} == {None, "quiet_hours", "digest", "budget"}
    assert any(row["told_in"] for row in live.alerts)
    reasons = {"cooldown", "told", "shadow", "none_of", "silenced by s1", "muted by controls"}
    assert {why for _, _, why in live.silent} >= reasons


def test_stored_posts_give_the_very_alerts_that_were_sent(live: Lived) -> None:
    result = from_store(live.config)

    assert by_id(result.alerts) == by_id(live.alerts)
    assert [row["at"] for row in result.alerts] == sorted(row["at"] for row in result.alerts)
    assert sorted((r["post"], r["rule"], r["not_sent"]) for r in result.silences) == live.silent
    assert result.span.posts == len(TEXTS)


def test_a_file_of_posts_gives_the_very_alerts_that_were_sent(live: Lived, reader: Reader) -> None:
    result = from_file(live.config, reader, live.folder / "wire.jsonl")

    assert by_id(result.alerts) == by_id(live.alerts)
    assert sorted((r["post"], r["rule"], r["not_sent"]) for r in result.silences) == live.silent


def test_a_later_start_counts_what_was_told_before(live: Lived) -> None:
    span = Span(since=START + timedelta(hours=1), until=START + timedelta(hours=30))

    result = from_store(live.config, span=span)

    asked = [row for row in live.alerts if span.since <= at(row) < span.until]
    assert by_id(result.alerts) == by_id(asked)
    assert len(asked) not in (0, len(live.alerts))
    assert (result.span.posts, result.span.first) == (6, span.since)


def at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])


def test_the_database_stays_as_it_is(live: Lived) -> None:
    before = {path.name: digest(path) for path in live.folder.glob("t.db*")}

    from_store(live.config)

    assert digest(live.folder / "t.db") == before["t.db"]


def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def test_a_database_that_is_not_there_is_not_made(live: Lived) -> None:
    other = live.variant("t.db", "none.db")

    with pytest.raises(StoreError, match="there is no such file"):
        from_store(other)
    assert not (live.folder / "none.db").exists()


def test_another_config_gains_loses_and_moves_alerts(live: Lived) -> None:
    loud = live.variant("severity: high", "severity: low")
    louder = from_store(live.config, loud).changes
    wide = live.variant("min_score: {china: 0.7}", "min_score: {china: 0.5}")
    wider = from_store(live.config, wide).changes
    narrow = live.variant("min_policy: 2", "any_of: [antimony]")
    narrower = from_store(live.config, narrow).changes

    assert {(row["change"], row["was"]["severity"]) for row in louder} == {("moved", "low")}
    assert [(row["change"], row["post"]) for row in wider] == [("moved", "11"), ("lost", "12")]
    assert wider[0]["was"] == {"at": "2026-11-25T16:00:00Z", "post": "10"}
    assert {(row["change"], row["rule"]) for row in narrower} == {
        ("gained", "controls"),
        ("moved", "soft"),
    }
    assert from_store(live.config, live.config).changes == []


def test_backfill_is_honoured_and_can_be_lifted(live: Lived) -> None:
    book, span = backtest.open_book(live.config), whole()
    store = open_to_read(live.config.service.database)
    with store.read() as connection:
        silent = replay.stored_silences(connection)
        rules, thresholds = live.config.rules, WordTagger().thresholds
        arrivals = [
            dataclass_with(arrival, backfilled=True)
            for arrival in replay.stored(
                connection, span, rules, lambda _: thresholds, lambda _: True, TERMS
            )
        ]
    store.close()

    backtest.replay(arrivals, [book], FAR)
    lifted = backtest.open_book(live.config, silent)
    backtest.replay(backtest.not_backfilled(arrivals), [lifted], FAR)

    assert backtest.alert_rows(book, span) == []
    assert {row["not_sent"] for row in backtest.silence_rows(book, span)} >= {"backfill"}
    assert by_id(backtest.alert_rows(lifted, span)) == by_id(live.alerts)


# The short cut over topics ----------------------------------------------------------------

NAMES = st.lists(st.sampled_from(("a", "b", "c")), max_size=2, unique=True)
CHANCES = st.sampled_from((0.0, 0.3, 0.5, 0.7, 1.0))


@given(
    topics=st.fixed_dictionaries({"all": NAMES, "any": NAMES, "none": NAMES}),
    least=st.none() | CHANCES | st.dictionaries(st.sampled_from(("a", "b")), CHANCES),
    scores=st.dictionaries(st.sampled_from(("a", "b", "c")), CHANCES),
)
def test_a_post_is_passed_over_only_where_a_rule_would_stop_at_its_topics(
    topics: dict[str, list[str]], least: Any, scores: dict[str, float]
) -> None:
    rule = Rule.model_validate({"name": "r", "topics": topics, "min_score": least})
    thresholds = {"a": 0.5, "b": 0.3}
    policy = Policy(grade=0, at_least=(0.0, 0.0, 0.0))
    tagging = Tagging(topics=scores, tags=(), policy=policy, model="m", terms={})
    post = Post(
        id="p", source="wire", external_id="1", url=None, title="t", text="t", lang="en",
        author=None, published_at=START, dated=True, first_seen_at=START, official=False,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    case = Case(
        post=post, tagging=tagging, event=open_event(post, tagging, Act()), thresholds=thresholds
    )

    asked = [replay._asked(rule, thresholds)]

    assert next(iter(CONDITIONS)) == "topics"
    assert replay._touches(asked, scores) == (CONDITIONS["topics"](rule, case) is not False)


# Files ------------------------------------------------------------------------------------


def test_a_file_is_read_in_the_order_of_its_times(live: Lived) -> None:
    path = live.folder / "odd.jsonl"
    lines = [
        {"id": "late", "text": "x", "published": "2099-01-02"},
        {"id": "b", "text": "y", "published": "2024-01-03"},
        {"id": "undated", "text": "after b"},
        {"id": "b", "text": "again", "published": "2024-01-04"},
        {"id": "a", "title": "T", "abstract": "z", "published": "2024-01-02"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines) + "{\n\n[]\n"
    path.write_text(text, encoding="utf-8")

    with path.open("rb") as file:
        posts, skipped = rescore.read_file(file, live.config, "mofcom", START)

    assert sorted(post.external_id for post in posts[1:3]) == ["b", "undated"]
    assert [post.external_id for post in (posts[0], *posts[3:])] == ["a", "b", "late"]
    assert posts[0].text == "T\n\nz"
    assert {post.published_at.year for post in posts} == {2024, 2099}
    assert all(post.official for post in posts)
    assert [line.split(":")[0] for line in skipped] == ["line 6", "line 8"]


def test_a_file_without_any_date_is_of_now(live: Lived) -> None:
    path = live.folder / "undated.jsonl"
    path.write_text('{"text": "x"}\n', encoding="utf-8")

    with path.open("rb") as file:
        (post,), _ = rescore.read_file(file, live.config, "wire", START)

    assert post.first_seen_at == START


# What is shown ----------------------------------------------------------------------------


def test_rules_are_summed_up_by_day_in_the_service_s_zone(live: Lived) -> None:
    result = from_store(live.config)
    controls = next(row for row in result.rules if row["rule"] == "controls")

    own = [row for row in result.alerts if row["rule"] == "controls"]
    assert controls["alerts"] == len(own)
    assert controls["sent"] == sum(bool(row["sent_to"]) for row in own) == len(own) - 1
    assert controls["reasons"] == {"new": 3, "updated": 2}
    # 16:00 in Shanghai is 08:00 in UTC.
    assert controls["busiest_day"] == {"day": "2026-11-24", "alerts": 3}
    assert controls["not_sent"]["cooldown"] == 2


def test_long_spans_are_drawn_by_week_and_month() -> None:
    first = date(2026, 1, 1)
    for length, unit, bars in ((40, "day", 40), (41, "week", 7), (366, "month", 13)):
        days = {first: {"r": 1}, first + timedelta(days=length - 1): {"r": 2}}
        counts, found = charts.buckets(days)
        assert (found, len(counts)) == (unit, bars)
        assert sum(one.get("r", 0) for one in counts.values()) == 3


def test_a_picture_shows_alerts_or_that_there_are_none(live: Lived) -> None:
    span = Span(since=FAR - timedelta(days=1), until=FAR)
    some = charts.draw(from_store(live.config), live.config)
    none = charts.draw(from_store(live.config, span=span), live.config)

    assert some.startswith(b"\x89PNG")
    assert none.startswith(b"\x89PNG")
    assert some != none


# The command ------------------------------------------------------------------------------


@pytest.fixture
def tocsin(
    live: Lived,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(live.folder)
    tagger = WordTagger()
    version = tmp_path / "models" / tagger.version
    version.mkdir(parents=True)
    for shipped in (ROOT / "models").iterdir():
        (tmp_path / "models" / shipped.name).symlink_to(shipped)
    manifest = {"format": artefact.FORMAT, "files": {}, "thresholds": dict(tagger.thresholds)}
    (version / artefact.MANIFEST).write_text(json.dumps(manifest))
    monkeypatch.setenv("TOCSIN_MODELS", str(tmp_path / "models"))

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            cli.main(["backtest", *arguments])
        said = capsys.readouterr()
        return int(caught.value.code or 0), said.out, said.err

    return run


def test_the_command_prints_the_rows_of_alerts_list(
    live: Lived, tocsin: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = tocsin("--from", "2026-11-24", "--format", "jsonl", "--explain")

    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert by_id(row for row in rows if "id" in row) == by_id(live.alerts)
    silent = sorted((r["post"], r["rule"], r["not_sent"]) for r in rows if "id" not in r)
    assert silent == live.silent


def test_the_table_says_what_came_of_each_rule(
    tocsin: Callable[..., tuple[int, str, str]], live: Lived
) -> None:
    code, out, err = tocsin("--from", "2026-11-24", "--plot", "p.png")

    assert (code, err) == (0, "")
    assert out.startswith(
        f"{len(TEXTS)} posts from 2026-11-24 to 2026-11-25: {len(live.alerts)} alerts"
    )
    assert "quiet (shadow)" in out
    assert (live.folder / "p.png").read_bytes().startswith(b"\x89PNG")


def test_a_broken_line_is_named_and_the_rest_goes_on(
    live: Lived, tocsin: Callable[..., tuple[int, str, str]]
) -> None:
    with (live.folder / "wire.jsonl").open("a") as file:
        file.write("{broken\n")

    code, out, err = tocsin("--data", "wire.jsonl", "--format", "json")

    assert code == 1
    assert err.startswith("wire.jsonl: line 14: is not JSON")
    assert json.loads(out)["posts"] == len(TEXTS)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--since", "30d", "--from", "2026-01-01"], "exclude each other"),
        (["--from", "soon"], "must be a day or a time"),
        (["--since", "soon"], "must be a duration"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "no time between"),
        (["--data", "none.jsonl"], "none.jsonl: cannot be read: No such file"),
        (["--plot", "no/p.png"], "no/p.png: cannot be written"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(
    tocsin: Callable[..., tuple[int, str, str]], arguments: list[str], told: str
) -> None:
    code, _, err = tocsin(*arguments)

    assert code == 2
    assert told in " ".join(err.replace("│", " ").split())


def test_a_time_without_posts_is_said(tocsin: Callable[..., tuple[int, str, str]]) -> None:
    assert tocsin("--from", "2030-01-01") == (
        0, "no posts came in at that time; --from, --to and --since say when\n", "",
    )  # fmt: skip


def test_budgets_and_labels_come_with_the_table_and_the_rows(
    live: Lived, tocsin: Callable[..., tuple[int, str, str]]
) -> None:
    label = {"id": "8", "text": "x", "lang": "en", "style": "social", "policy": 3}
    row = {**label, "topics": ["export-controls"]}
    (live.folder / "labels.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    asked = ("--from", "2026-11-24", "--budget", "1/day")

    code, out, err = tocsin(*asked)
    _, document, _ = tocsin(*asked, "--format", "json")
    missing = tocsin("--labels", "none.jsonl")

    whole = json.loads(document)
    assert (code, err) == (0, "")
    assert "controls: precision 100 % of 1 labelled alert, recall 100 % of 1 wanted" in out
    assert [one["rule"] for one in whole["budget"]] == [one["rule"] for one in whole["labels"]]
    assert any(not one["within"] and one["rule"] in out for one in whole["budget"])
    assert missing[0] == 2
    assert "none.jsonl: there is no such file of labels" in missing[2]


def test_a_model_that_is_gone_leaves_its_tags(live: Lived) -> None:
    book, span = backtest.open_book(live.config), whole()
    store = open_to_read(live.config.service.database)
    with store.read() as connection:
        book.notebook.was_silent = replay.stored_silences(connection)
        find = replay.thresholds_in(live.folder)
        heard = book.notebook.heard.__contains__
        arrivals = replay.stored(connection, span, live.config.rules, find, heard, TERMS)
        backtest.replay(arrivals, [book], FAR)
    store.close()

    assert find("test-1") is None
    assert by_id(backtest.alert_rows(book, span)) == by_id(live.alerts)
