"""The ledger in the database: what is held, released, silenced and muted, across restarts."""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select

from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import Reader, load_reader
from alerts.books import Books
from alerts.case import Case
from alerts.config import Config
from alerts.domain import Alert, Polled, RawPost
from alerts.drafts import Drafts
from alerts.errors import StoreError
from alerts.ledger import Fate, Held, Silence, Telling
from alerts.pipeline import Pipeline
from alerts.rules import Rule
from alerts.store import listing, silences, tables
from alerts.store.connect import open_store
from alerts.updates import Told
from alerts.why import why
from alerts.window import Window
from classifier.resources import shipped
from tests.test_alerts_pipeline import ACT, WordTagger
from tests.test_alerts_restraint import Notebook

NIGHT = datetime(2026, 11, 24, 23, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 7, tzinfo=UTC)
DIGEST = datetime(2026, 11, 25, 8, tzinfo=UTC)
OFFICIAL = "商务部公告2026年第72号 关于电池正极材料制备技术限制出口的公告"
CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: "off"}}
sources:
  - {{name: wire, kind: jsonl, path: wire.jsonl, backfill: all}}
  - {{name: mofcom, kind: jsonl, path: mofcom.jsonl, official: true, backfill: all}}
channels:
  - {{name: screen, kind: console}}
  - {{name: slack, kind: slack, url: "https://hooks.example.org/x"}}
  - {{name: hook, kind: webhook, url: "https://example.org/hook", secret: whsec_AAECAwQFBgcICQ==}}
rules:
  - {rule}
"""
QUIET = '{name: r, send: [screen, hook], quiet_hours: {from: "22:00", to: "07:00"}}'
DAILY = '{name: r, send: [screen, slack, hook], digest: "0 8 * * *"}'

Make = Callable[..., Pipeline]


def open_at(
    folder: Path, reading: Reader, rule: str = QUIET, *, without: str = "", database: str = ""
) -> Pipeline:
    """Open a pipeline with one rule, without one of its channels, or on another database."""
    text = CONFIG.format(folder=folder, rule=rule)
    gone = f"name: {without}," if without else "nothing"
    kept = "\n".join(line for line in text.splitlines() if gone not in line)
    topics = ("china", "export-controls")
    config = config_file.parse(kept, folder / "t.yaml", topics=topics, secrets=False)
    pipeline = Pipeline(
        store=open_store(database or config.service.database),
        config=config,
        model=WordTagger(),
        reader=reading,
        window=Window(7),
    )
    stages.prepare(pipeline, NIGHT)
    return pipeline


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(shipped("data"))


@pytest.fixture
def make(tmp_path: Path, reader: Reader) -> Make:
    return partial(open_at, tmp_path, reader)


def bring(pipeline: Pipeline, name: str, text: str = ACT, *, source: str = "wire",
          now: datetime = NIGHT) -> None:  # fmt: skip
    settings = pipeline.config.source(source)
    assert settings is not None
    post = RawPost(source=source, external_id=name, body=text, published=now.isoformat())
    stages.ingest(pipeline, settings, Polled(posts=(post,), cursor={}), now)


def other_act(number: int) -> str:
    goods = ("gallium", "graphite", "tungsten", "yttrium", "indium", "germanium")[number % 6]
    return f"Export licence needed for {goods}, MOFCOM Announcement No. {80 + number} of 2026"


def alert_rows(pipeline: Pipeline) -> list[dict[str, Any]]:
    with pipeline.store.read() as connection:
        return listing.list_alerts(connection, 999)


def alerts_of(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    return {f"{row['post']}/{row['reason']}": row for row in alert_rows(pipeline)}


def outbox(pipeline: Pipeline) -> dict[str, list[bytes]]:
    with pipeline.store.read() as connection:
        found: dict[str, list[bytes]] = {}
        for row in connection.execute(select(tables.deliveries).order_by(tables.deliveries.c.id)):
            found.setdefault(f"{row.channel} {row.state}", []).append(row.body)
    return found


def test_what_is_held_says_until_when_and_goes_out_once(make: Make) -> None:
    pipeline = make()
    bring(pipeline, "1")
    before, waiting = outbox(pipeline), alerts_of(pipeline)["1/new"]
    with pipeline.store.read() as connection:
        (verdict,) = why(connection, pipeline, "1")["rules"]

    counts = [len(stages.release_due(pipeline, MORNING + timedelta(seconds=s))) for s in (-1, 0, 5)]

    until = "2026-11-25T07:00:00Z"
    assert (before, waiting["sent_to"], waiting["held_until"]) == ({}, [], until)
    assert (verdict["sent"], verdict["not_sent"], verdict["held_until"]) == (
        False, "quiet_hours", until,
    )  # fmt: skip
    assert counts == [0, 1, 0]
    assert {name: len(bodies) for name, bodies in outbox(pipeline).items()} == {
        "hook pending": 1, "screen pending": 1,
    }  # fmt: skip
    assert alerts_of(pipeline)["1/new"]["sent_to"] == ["screen", "hook"]
    with pipeline.store.read() as connection:
        assert why(connection, pipeline, "1")["rules"][0]["sent"] is True


def test_a_restart_forgets_nothing_that_is_held(make: Make) -> None:
    bring(make(), "1")

    assert len(stages.release_due(make(), MORNING)) == 1


def test_the_night_s_update_is_in_the_one_message(make: Make) -> None:
    pipeline = make()
    bring(pipeline, "1")
    bring(pipeline, "72", OFFICIAL, source="mofcom", now=NIGHT + timedelta(hours=1))

    stages.release_due(pipeline, MORNING)

    (body,) = outbox(pipeline)["hook pending"]
    data = orjson.loads(body)["data"]
    rows = alerts_of(pipeline)
    assert (data["reason"], data["event"]["posts"], data["changes"]) == (
        "new", 2, ["official text found, 1 h after the first post"],
    )  # fmt: skip
    assert "held since 2026-11-24 23:00 UTC" in data["note"]
    assert rows["72/updated"]["told_in"] == rows["1/new"]["id"] == data["alert_id"]


def test_a_digest_is_one_message_a_channel(make: Make) -> None:
    pipeline = make(DAILY)
    for number in range(3):
        bring(pipeline, str(number), other_act(number))

    (digest,) = stages.release_due(pipeline, DIGEST)

    messages = outbox(pipeline)
    assert {name: len(bodies) for name, bodies in messages.items()} == {
        "hook pending": 1, "screen pending": 1, "slack pending": 1,
    }  # fmt: skip
    sent = orjson.loads(messages["hook pending"][0])
    assert (sent["type"], sent["data"]["events"], sent["data"]["alert_id"]) == (
        "alert.digest", 3, digest,
    )  # fmt: skip
    assert all(f"{place}. medium" in messages["screen pending"][0].decode() for place in (1, 2, 3))
    assert {row["told_in"] for key, row in alerts_of(pipeline).items() if "new" in key} == {digest}


def test_what_a_digest_told_is_told(make: Make) -> None:
    pipeline = make(DAILY)
    bring(pipeline, "1")
    stages.release_due(pipeline, DIGEST)

    bring(pipeline, "2", f"Wow: {ACT}", now=DIGEST + timedelta(hours=1))
    with pipeline.store.read() as connection:
        (verdict,) = why(connection, pipeline, "2")["rules"]

    assert verdict["not_sent"] == "told"
    assert stages.release_due(pipeline, DIGEST + timedelta(days=1)) == []


@pytest.mark.parametrize("rule", [QUIET, DAILY])
def test_a_crash_in_the_middle_of_a_release_leaves_all_of_it_to_the_next(
    make: Make, rule: str
) -> None:
    pipeline = make(rule)
    bring(pipeline, "1", other_act(1))
    bring(pipeline, "2", other_act(2))
    with pipeline.store.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER second BEFORE INSERT ON deliveries "
            "WHEN (SELECT count(*) FROM deliveries) = 1 "
            "BEGIN SELECT RAISE(ABORT, 'the second message breaks'); END"
        )
    with pytest.raises(StoreError, match="the second message breaks"):
        stages.release_due(pipeline, DIGEST)
    left = outbox(pipeline)
    with pipeline.store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER second")
    again = make(rule)
    stages.release_due(again, DIGEST)
    stages.release_due(again, DIGEST)

    assert left == {}
    each = 1 if rule == DAILY else 2
    assert {len(bodies) for bodies in outbox(again).values()} == {each}


def test_a_channel_that_is_gone_leaves_a_dead_delivery_that_says_why(make: Make) -> None:
    bring(make(), "1")
    gone = make("{name: other, send: [screen]}", without="hook")

    stages.release_due(gone, MORNING)

    assert set(outbox(gone)) == {"hook dead", "screen pending"}
    with gone.store.read() as connection:
        (dead,) = listing.list_deliveries(connection, 9, "dead")
    assert dead["last_error"] == "channel hook is no longer in the config"


def test_a_silenced_alert_is_recorded_with_the_silence(make: Make) -> None:
    pipeline = make("{name: r, send: [screen]}")
    with pipeline.store.write() as connection:
        silences.add_silence(
            connection, Silence(id="s1", words="cathode"), comment="known", now=NIGHT,
            expires_at=NIGHT + timedelta(hours=3),
        )  # fmt: skip
    bring(pipeline, "1")
    bring(pipeline, "2", other_act(1))
    bring(pipeline, "3", other_act(2) + " cathode", now=NIGHT + timedelta(hours=3))

    rows = alerts_of(pipeline)
    assert [rows[f"{n}/new"]["not_sent"] for n in (1, 2, 3)] == ["silenced by s1", None, None]
    assert len(outbox(pipeline)["screen pending"]) == 2
    with pipeline.store.read() as connection:
        (row,) = silences.list_silences(connection, NIGHT, ended=False)
        assert silences.list_silences(connection, DIGEST, ended=False) == []
        assert len(silences.list_silences(connection, DIGEST, ended=True)) == 1
    assert (row["alerts"], row["silences"]) == (1, {"words": "cathode"})


def test_a_silence_can_be_ended_once(make: Make) -> None:
    pipeline = make()
    with pipeline.store.write() as connection:
        silences.add_silence(
            connection, Silence(id="s1", rule="r"), comment="", now=NIGHT, expires_at=DIGEST
        )
        ended = [silences.expire(connection, name, NIGHT) for name in ("s1", "s1", "s2")]
        left = silences.active(connection, NIGHT)

    assert (ended, left) == ([True, False, False], [])


def test_the_budget_counts_what_the_database_holds(make: Make) -> None:
    rule = "{name: r, send: [screen], budget: 2/day}"
    for number in range(4):
        bring(make(rule), str(number), other_act(number))

    rows = alerts_of(make(rule))
    assert [rows[f"{n}/new"]["held_for"] for n in range(4)] == [None, None, "budget", "budget"]
    assert len(outbox(make(rule))["screen pending"]) == 2


def test_neither_digests_nor_what_is_silenced_use_up_a_budget(make: Make) -> None:
    pipeline = make("{name: r, send: [screen], budget: 1/day}")
    for number in range(3):
        bring(pipeline, str(number), other_act(number))
    stages.release_due(pipeline, DIGEST)
    with pipeline.store.write() as connection:
        silences.add_silence(
            connection, Silence(id="s1", words="yttrium"), comment="", now=DIGEST,
            expires_at=DIGEST + timedelta(hours=1),
        )  # fmt: skip
    for number in (3, 4, 5):
        bring(pipeline, str(number), other_act(number), now=DIGEST)

    rows = alerts_of(pipeline)
    assert [rows[f"{n}/new"]["not_sent"] for n in (3, 4, 5)] == ["silenced by s1", None, None]
    assert [rows[f"{n}/new"]["held_for"] for n in (3, 4, 5)] == [None, None, "budget"]


@pytest.mark.parametrize("number", range(6))
def test_of_two_alerts_at_one_moment_the_later_one_is_what_readers_know(
    make: Make, number: int
) -> None:
    pipeline = make("{name: r, send: [screen], topics: {all: [export-controls]}}")
    settings = pipeline.config.sources[0]
    about = f"export rule for gallium, MOFCOM Announcement No. {number + 1} of 2026"
    texts = (f"China proposes a draft {about}", f"China withdraws its {about}", f"Gone: {about}")
    posts = tuple(
        RawPost(source="wire", external_id=f"{number}-{place}", body=text,
                published=(NIGHT - timedelta(minutes=9 - place)).isoformat())
        for place, text in enumerate(texts)
    )  # fmt: skip

    stages.ingest(pipeline, settings, Polled(posts=posts, cursor={}), NIGHT)

    assert set(alerts_of(pipeline)) == {f"{number}-0/new", f"{number}-1/updated"}
    with pipeline.store.read() as connection:
        assert why(connection, pipeline, f"{number}-2")["rules"][0]["not_sent"] == "cooldown"


def test_a_louder_rule_mutes_in_the_database_too(make: Make) -> None:
    rules = (
        "{name: quiet, send: [screen], severity: low, muted_by: [loud]}\n"
        "  - {name: loud, send: [screen], severity: critical}"
    )
    pipeline = make(rules)
    bring(pipeline, "1")

    with pipeline.store.read() as connection:
        said = {one["rule"]: one["not_sent"] for one in why(connection, pipeline, "1")["rules"]}
    assert said == {"loud": None, "quiet": "muted by loud"}
    assert len(outbox(pipeline)["screen pending"]) == 1


def test_a_rule_that_became_critical_tells_again(make: Make) -> None:
    bring(make("{name: r, send: [screen], severity: high}"), "1")
    critical = make("{name: r, send: [screen], severity: critical}")

    bring(critical, "2", f"Wow: {ACT}", now=NIGHT + timedelta(minutes=5))
    bring(critical, "3", f"Oh: {ACT}", now=NIGHT + timedelta(minutes=6))

    assert alerts_of(critical)["2/updated"]["changes"] == ["now critical (the severity was high)"]
    assert "3/updated" not in alerts_of(critical)


def test_hundreds_of_held_events_fit_into_one_digest_of_each_kind(make: Make) -> None:
    pipeline = make(DAILY)
    settings = pipeline.config.sources[0]
    posts = tuple(
        RawPost(source="wire", external_id=str(n), published=NIGHT.isoformat(), url=f"https://e.org/{n}",
                body=f"Export licence rule {n}: " + f"word{n} other{n} third{n} " * 20
                + f" MOFCOM Announcement No. {n + 1} of 2026")
        for n in range(120)
    )  # fmt: skip
    stages.ingest(pipeline, settings, Polled(posts=posts, cursor={}), NIGHT)

    stages.release_due(pipeline, DIGEST)

    messages = outbox(pipeline)
    slack = orjson.loads(messages["slack pending"][0])
    hook = orjson.loads(messages["hook pending"][0])["data"]
    assert hook["events"] > 100
    assert len(messages["hook pending"][0]) <= 20_000
    assert len(slack["blocks"]) <= 50
    assert all(len(b["text"]["text"]) <= 3000 for b in slack["blocks"] if b["type"] == "section")
    assert "more: see `tocsin alerts list`" in messages["screen pending"][0].decode()


# The database beside a ledger in memory ---------------------------------------------------


@dataclass(slots=True)
class Twin:
    """Two ledgers that must give the same answer to everything that they are asked."""

    books: Books
    notebook: Notebook

    @property
    def config(self) -> Config:
        return self.books.config

    @property
    def connection(self) -> Connection:
        return self.books.connection

    @property
    def drafts(self) -> Drafts:
        return self.books.drafts

    def told(self, rule: str, event_id: str) -> Told | None:
        there, here = (one.told(rule, event_id) for one in (self.books, self.notebook))
        assert there == here
        return there

    def knows(self, alert: Alert) -> bool:
        assert self.books.knows(alert) == self.notebook.knows(alert)
        return self.books.knows(alert)

    def tellings(self, event_id: str) -> Sequence[Telling]:
        there, here = (
            sorted(one.tellings(event_id), key=str) for one in (self.books, self.notebook)
        )
        assert there == here
        return there

    def planned(self, rule: str, start: datetime, end: datetime) -> int:
        there, here = (one.planned(rule, start, end) for one in (self.books, self.notebook))
        assert there == here
        return there

    def silences(self, now: datetime) -> Sequence[Silence]:
        return self.books.silences(now)

    def held(self, rule: str | None = None, event_id: str | None = None) -> Sequence[Held]:
        there, here = (one.held(rule, event_id) for one in (self.books, self.notebook))
        assert sorted(map(summed_up, there)) == sorted(map(summed_up, here))
        return there

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        self.books.add(rule, case, alert, fate)
        self.notebook.add(rule, case, alert, fate)

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        self.books.skip(rule, case, why, now)

    def tellers(self, event_id: str) -> Collection[str]:
        return self.books.tellers(event_id)

    def write_skipped(self, case: Case, now: datetime) -> None:
        self.books.write_skipped(case, now)

    def join(self, alert_id: str, other: str, now: datetime) -> None:
        self.books.join(alert_id, other, now)
        self.notebook.join(alert_id, other, now)

    def drop(self, alert_id: str, why: str, now: datetime) -> None:
        self.books.drop(alert_id, why, now)
        self.notebook.drop(alert_id, why, now)

    def postpone(self, alert_id: str, until: datetime) -> None:
        self.books.postpone(alert_id, until)
        self.notebook.postpone(alert_id, until)

    def send(self, alert: Alert, now: datetime) -> None:
        self.books.send(alert, now)
        self.notebook.send(alert, now)


def summed_up(held: Held) -> tuple[Any, ...]:
    alert = held.alert
    return (alert.id, alert.reason.value, alert.changes, alert.severity.value, alert.channels,
            alert.at, alert.event.id, held.held_for.value, held.held_until)  # fmt: skip


SAID = ("China proposes a draft {}", "China adopts its {}", "China delays its {}",
        "China withdraws its {}", "Traders talk of the {}")  # fmt: skip
MANY_RULES = """{name: a, send: [screen, hook], severity: critical, budget: 2/day}
  - {name: b, send: [screen, slack], severity: low, muted_by: [a], digest: "0 8 * * *"}
  - {name: c, send: [screen, slack], quiet_hours: {from: "22:00", to: "07:00"}, budget: 3/day}
  - {name: d, send: [hook], severity: high, muted_by: [a], timezone: Asia/Shanghai,
     quiet_hours: {from: "21:30", to: "06:00"}}
  - {name: e, shadow: true}"""


@pytest.mark.parametrize("seed", range(2))
def test_a_ledger_in_memory_gives_the_same_answers(
    make: Make, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    pipeline, notebook, chance = make(MANY_RULES), Notebook(), random.Random(seed)
    in_store = stages.books

    def twin(connection: Connection, pipeline: Pipeline, drafts: Drafts | None = None) -> Any:
        return Twin(in_store(connection, pipeline, drafts), notebook)

    monkeypatch.setattr(stages, "books", twin)
    now = NIGHT
    for place in range(60):
        now += timedelta(minutes=chance.choice((0, 7, 60, 300, 700)))
        if chance.random() < 0.2:
            what = chance.choice(({"words": "draft"}, {"rule": "a"}, {"rule": "c"}))
            with pipeline.store.write() as connection:
                silence, ends = Silence(id=f"s{place}", **what), now + timedelta(hours=5)
                silences.add_silence(connection, silence, comment="", now=now, expires_at=ends)
        stages.release_due(pipeline, now)
        text = chance.choice(SAID).format(other_act(chance.randrange(25)))
        bring(pipeline, f"{seed}-{place}", text, now=now)
    stages.release_due(pipeline, now + timedelta(days=2))

    rows = {row["id"]: row for row in alert_rows(pipeline)}
    reasons = {str(row["not_sent"]).split()[0] for row in rows.values()}
    assert {"None", "silenced", "muted", "shadow"} <= reasons
    assert {row["held_for"] for row in rows.values()} == {None, "quiet_hours", "digest", "budget"}
    assert {one.id for one in notebook.sent} == {
        row["id"] for row in rows.values() if row["sent_to"] and not row["told_in"]
    }
