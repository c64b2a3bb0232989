"""The look at what is silent: told to the operator when it begins and when it ends."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from structlog.testing import capture_logs

from alerts import config as config_file
from alerts import habit, watch
from alerts import pipeline as stages
from alerts.acts import Reader, load_reader
from alerts.domain import Polled, RawPost
from alerts.errors import SourceUnreachable
from alerts.normalise import post_id
from alerts.outages import Outage
from alerts.pipeline import Pipeline
from alerts.spells import Kind
from alerts.store import deliveries, listing, tables
from alerts.store import spells as queries
from alerts.store.connect import open_store
from alerts.window import Window
from classifier.labels import Policy, Tagging

ROOT = Path(__file__).resolve().parents[1]
START = datetime(2026, 9, 7, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAYS = 63
NOW = START + DAYS * DAY
CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: "off", operator: [{operator}]}}
sources:
  - {{name: wire, kind: feed, url: "https://wire.example/feed", backfill: all}}
channels:
  - {{name: ops, kind: console}}
  - {{name: desk, kind: console}}
rules:
  - {{name: controls, topics: {{all: [china]}}, send: [desk]}}
"""


@dataclass(frozen=True, slots=True)
class AlwaysChina:
    version: str = "test-1"
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"china": 0.5})

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        policy = Policy(grade=3, at_least=(0.9, 0.9, 0.9))
        return [
            Tagging(topics={"china": 0.9}, tags=("china",), policy=policy, model="test-1", terms={})
            for _ in texts
        ]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return load_reader(ROOT / "data")


@pytest.fixture
def make(tmp_path: Path, reader: Reader) -> Iterator[Callable[..., Pipeline]]:
    made: list[Pipeline] = []

    def build(operator: str = "ops", text: str = CONFIG, at: datetime = START) -> Pipeline:
        config = config_file.parse(
            text.format(folder=tmp_path, operator=operator), tmp_path / "t.yaml",
            topics=("china",), secrets=False,
        )  # fmt: skip
        made.append(
            Pipeline(
                store=open_store(config.service.database),
                config=config,
                model=AlwaysChina(),
                reader=reader,
                window=Window(7),
            )
        )
        stages.prepare(made[-1], at)
        return made[-1]

    yield build
    for pipeline in made:
        pipeline.store.close()


def remember(pipeline: Pipeline, *, until: datetime = NOW, ran: datetime = START) -> None:
    """Write two months in which the wire brought something every hour of every working day."""
    hours = (START + n * HOUR for n in range(DAYS * 24))
    rows = [
        {"source": "wire", "at": at, "posts": 1}
        for at in hours
        if at < until and at.weekday() < 5 and 6 <= at.hour < 20
    ]
    with pipeline.store.write() as connection:
        connection.execute(insert(tables.arrivals), rows)
        connection.execute(insert(tables.runs), {"started_at": ran, "last_seen_at": NOW})
    poll(pipeline, until)


def poll(pipeline: Pipeline, now: datetime, *ids: str, shown: int | None = None) -> None:
    (settings,) = pipeline.config.sources
    posts = tuple(RawPost(source="wire", external_id=one, body=f"China {one}") for one in ids)
    stages.ingest(pipeline, settings, Polled(posts=posts, cursor={}, shown=shown), now)


def fail(pipeline: Pipeline, now: datetime) -> None:
    (settings,) = pipeline.config.sources
    stages.settle_poll(pipeline, settings, SourceUnreachable("wire: no answer"), now)


def looks(pipeline: Pipeline, begin: datetime, hours: float) -> list[str]:
    """Run for so many hours and look at the end of each; return what began and ended."""
    told = []
    for step in range(int(hours) + 1):
        at = begin + step * HOUR
        if step:
            with pipeline.store.write() as connection:
                last = select(func.max(tables.runs.c.started_at)).scalar_subquery()
                connection.execute(
                    update(tables.runs).where(tables.runs.c.started_at == last)
                    .values(last_seen_at=at)
                )  # fmt: skip
        changed = watch.look(pipeline, at)
        told += [f"+{spell.kind} {spell.name}" for spell in changed.begun]
        told += [f"-{spell.kind} {spell.name}" for spell in changed.ended]
    return told


def notices(pipeline: Pipeline) -> list[tuple[str, str]]:
    """Return channel and first line of what the outbox holds for the operator."""
    table = tables.deliveries
    with pipeline.store.read() as connection:
        query = select(table).where(table.c.notice.is_not(None)).order_by(table.c.created_at)
        rows = list(connection.execute(query))
    return [(row.channel, row.body.decode().splitlines()[0]) for row in rows]


def test_a_source_that_falls_silent_is_told_once_and_its_return_once(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    remember(pipeline)

    silent = looks(pipeline, NOW, 48)
    poll(pipeline, NOW + 2 * DAY, "back")
    after = looks(pipeline, NOW + 2 * DAY, 2)

    assert (silent, after) == (["+quiet wire"], ["-quiet wire"])
    assert notices(pipeline) == [
        ("ops", "[operator] source wire has fallen silent"),
        ("ops", "[operator] Recovered: source wire has fallen silent"),
    ]


def test_a_weekend_is_no_silence(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    friday = START + 54 * DAY - 4 * HOUR
    assert friday.weekday() == 4
    remember(pipeline, until=friday)

    assert looks(pipeline, friday, 60) == []


def test_a_fresh_install_says_nothing(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    poll(pipeline, START, *map(str, range(50)))

    assert looks(pipeline, START, 24 * 3) == []


def test_a_service_that_did_not_run_blames_no_source(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    remember(pipeline)
    back = NOW + 30 * DAY

    # The first look comes before the first poll has ended.
    early = looks(pipeline, back, 0.5)
    poll(pipeline, back + HOUR)

    assert early == []
    assert looks(pipeline, back + HOUR, 2) == []


def test_a_history_from_before_the_runs_were_known_is_none(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    remember(pipeline, ran=NOW - 10 * DAY)

    assert looks(pipeline, NOW, 72) == []


def test_a_source_that_fails_for_long_is_told_and_its_silence_is_not(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    remember(pipeline)
    told = []
    for quarter in range(40):
        at = NOW + quarter * 15 * MINUTE
        fail(pipeline, at)
        told += looks(pipeline, at, 0)
    poll(pipeline, NOW + 10 * HOUR, "back")
    told += looks(pipeline, NOW + 10 * HOUR, 1)

    assert told == ["+failing wire", "-failing wire"]
    assert "no answer" in body(pipeline)


def body(pipeline: Pipeline) -> str:
    with pipeline.store.read() as connection:
        found: bytes = connection.execute(select(tables.deliveries.c.body)).scalars().all()[0]
    return found.decode()


def test_a_page_that_shows_nothing_any_more_is_told(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    with pipeline.store.write() as connection:
        queries.sign_of_life(connection, START)
    told = []
    for step in range(60):
        at = START + step * 5 * MINUTE
        poll(pipeline, at, shown=12 if step < 30 or step > 55 else 0)
        told += looks(pipeline, at, 0)

    assert told == ["+empty wire", "-empty wire"]


def test_a_rule_that_falls_silent_is_told_unless_it_was_changed(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    poll(pipeline, START, "1")
    with pipeline.store.write() as connection:
        connection.execute(insert(tables.runs), {"started_at": START, "last_seen_at": NOW})
        alert = connection.execute(select(tables.alerts)).one()._asdict()
        rows = [{**alert, "id": f"a{n}", "at": START + n * DAY} for n in range(1, DAYS)]
        connection.execute(insert(tables.alerts), rows)
    poll(pipeline, NOW)

    early = looks(pipeline, NOW, 24)
    told = long_after(pipeline)
    other = make(text=CONFIG.replace("all: [china]", "any: [china]"), at=NOW)

    assert early == []
    assert [one for one in told if "controls" in one] == ["+quiet controls"]
    assert [one for one in long_after(other) if "controls" in one] == ["-quiet controls"]


def long_after(pipeline: Pipeline) -> list[str]:
    """Look after the service ran for twenty days more."""
    with pipeline.store.write() as connection:
        connection.execute(update(tables.runs).values(last_seen_at=NOW + 20 * DAY))
    return looks(pipeline, NOW + 20 * DAY, 0)


def test_without_an_operator_it_is_logged_and_listed(make: Callable[..., Pipeline]) -> None:
    pipeline = make(operator="")
    remember(pipeline)

    with capture_logs() as logs:
        looks(pipeline, NOW, 48)

    with pipeline.store.read() as connection:
        (source,) = listing.list_sources(connection)
        (notice,) = listing.list_notices(connection, 10)
    assert notices(pipeline) == []
    assert [(line["event"], line["source"]) for line in logs if line["event"] == "off"] == [
        ("off", "wire")
    ]
    assert source["state"] == "quiet"
    assert source["notices"][0]["says"] == notice["says"]
    assert (notice["ended_at"], notice["kind"]) == (None, "quiet")


def test_a_source_that_leaves_the_config_takes_its_spell_along(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    remember(pipeline)
    looks(pipeline, NOW, 48)

    watch.look(replace(pipeline, config=replace(pipeline.config, sources=())), NOW + 3 * DAY)

    with pipeline.store.read() as connection:
        assert queries.open_spells(connection) == []
    assert len(notices(pipeline)) == 1


@pytest.mark.parametrize(
    ("minutes", "spans"),
    [
        ([0, 5, 10], [(0, 10)]),
        ([0, 15], [(0, 15)]),
        ([0, 16], [(0, 0), (16, 16)]),
        ([0, 10, 5, 12], [(0, 12)]),  # the clock was set back
    ],
)
def test_signs_of_life_make_runs(
    make: Callable[..., Pipeline], minutes: list[int], spans: list[tuple[int, int]]
) -> None:
    pipeline = make()
    with pipeline.store.write() as connection:
        for minute in minutes:
            queries.sign_of_life(connection, START + minute * MINUTE)
        found = queries.watched(connection, START)

    assert found == [(START + a * MINUTE, START + b * MINUTE) for a, b in spans]


@pytest.mark.parametrize("kind", ["slack", "webhook"])
def test_every_channel_can_tell_a_notice(make: Callable[..., Pipeline], kind: str) -> None:
    from alerts.channels import KINDS
    from alerts.spells import begin_notice

    pipeline = make(operator="")
    remember(pipeline)
    looks(pipeline, NOW, 48)
    with pipeline.store.read() as connection:
        notice = begin_notice(queries.open_spells(connection), NOW)

    told = json.loads(KINDS[kind].notify(None, notice))

    if kind == "slack":
        assert told["blocks"][0]["text"]["text"] == "source wire has fallen silent"
        assert "poll wire --dry-run" in json.dumps(told["blocks"][1:])
    else:
        assert told["type"] == "operator.notice"
        assert told["data"]["spells"][0]["name"] == "wire"


def score(pipeline: Pipeline, day: float, share: float, model: str = "test-1") -> None:
    """Write a day's forty scores, of which a share is high."""
    at = START + day * DAY
    with pipeline.store.write() as connection:
        post = connection.execute(select(tables.posts).limit(1)).one()._asdict()
        tagging = connection.execute(select(tables.taggings).limit(1)).one()._asdict()
        names = [post_id("wire", f"d{day}-{n}") for n in range(40)]
        connection.execute(
            insert(tables.posts), [{**post, "id": name, "first_seen_at": at} for name in names]
        )
        rows = [
            {**tagging, "post_id": name, "model": model,
             "topics": {"china": 0.9 if n < 40 * share else 0.02}}
            for n, name in enumerate(names)
        ]  # fmt: skip
        connection.execute(insert(tables.taggings), rows)


def look_at_scores(pipeline: Pipeline, day: float) -> tuple[list[str], list[str]]:
    changed = watch.look_at_scores(pipeline, START + day * DAY)
    return [spell.name for spell in changed.begun], [spell.name for spell in changed.ended]


def test_scores_that_drift_are_told_and_so_is_their_return(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    poll(pipeline, START, "1")
    for day in range(40):
        score(pipeline, day + 0.5, 0.1)
    young, steady = look_at_scores(pipeline, 20), look_at_scores(pipeline, 40)
    for day in range(40, 56):
        score(pipeline, day + 0.5, 0.7)
    drifted, still = look_at_scores(pipeline, 56), look_at_scores(pipeline, 56.25)
    quiet = watch.look(pipeline, START + 56.3 * DAY)
    for day in range(56, 72):
        score(pipeline, day + 0.5, 0.1)
    back = look_at_scores(pipeline, 72)

    assert (young, steady) == (([], []), ([], []))
    assert (drifted, still) == ((["china"], []), ([], []))
    assert quiet == watch.Changed()
    assert back == ([], ["china"])
    assert [line for _, line in notices(pipeline)] == [
        "[operator] topic china is scored differently",
        "[operator] Recovered: topic china is scored differently",
    ]


def test_of_many_scores_a_fair_share_is_compared(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = make()
    poll(pipeline, START, "1")
    for day in range(10):
        score(pipeline, day + 0.5, 0.1 if day < 5 else 0.7)
    monkeypatch.setattr(queries, "MOST_SCORES", 200)

    with pipeline.store.read() as connection:
        found = queries.scores_between(connection, "test-1", START + HOUR, START + 10 * DAY)

    assert len(found) == 200
    # 160 of 400, so about 80; the oldest 200 have 20, the newest 140.
    assert 65 < sum(topics["china"] > 0.5 for _, topics in found) < 95


def test_another_model_ends_a_drift_without_a_word(make: Callable[..., Pipeline]) -> None:
    pipeline = make()
    poll(pipeline, START, "1")
    for day in range(40):
        score(pipeline, day + 0.5, 0.1 if day < 20 else 0.7)
    drifted = look_at_scores(pipeline, 40)

    other = replace(pipeline, model=AlwaysChina(version="test-2"))

    assert (drifted, look_at_scores(other, 40.25)) == ((["china"], []), ([], []))
    with pipeline.store.read() as connection:
        assert queries.open_spells(connection) == []


def test_dates_that_stand_still_are_told_once_the_source_has_answered(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make()
    poll(pipeline, START, "1")
    with pipeline.store.write() as connection:
        post = connection.execute(select(tables.posts)).one()._asdict()
        dated = [
            {**post, "id": f"d{day}", "dated": True, "published_at": START + day * DAY}
            for day in range(DAYS)
        ]
        connection.execute(insert(tables.posts), dated)
        connection.execute(insert(tables.runs), {"started_at": START, "last_seen_at": NOW})
    back = NOW + 30 * DAY

    # After a month in which the service did not run, what it knows is old.
    before = looks(pipeline, back, 0)
    poll(pipeline, back + MINUTE)
    after = looks(pipeline, back + 2 * MINUTE, 0)

    assert (before, after) == ([], ["+stale wire"])


def test_a_channel_that_fails_and_is_switched_off_is_told_and_so_is_its_return(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make(at=NOW)
    store = pipeline.store

    def fail(at: datetime) -> Outage:
        with store.write() as connection:
            return deliveries.note_failure(connection, "desk", "the receiver answered 503", at)

    def kinds(changed: watch.Changed) -> list[tuple[list[Kind], list[Kind]]]:
        return [([one.kind for one in changed.begun], [one.kind for one in changed.ended])]

    fail(NOW)
    fail(NOW + MINUTE)
    looks = kinds(watch.look(pipeline, NOW + 2 * HOUR))
    fail(NOW + 2 * HOUR)
    looks += kinds(watch.look(pipeline, NOW + 2 * HOUR))
    with store.write() as connection:
        deliveries.disable_channel(connection, "desk", reason="too long", now=NOW + DAY)
    looks += kinds(watch.look(pipeline, NOW + DAY + MINUTE))
    looks += kinds(watch.look(pipeline, NOW + DAY + HOUR))
    with store.write() as connection:
        deliveries.enable_channel(connection, "desk")
    looks += kinds(watch.look(pipeline, NOW + 2 * DAY))

    failing, off = [Kind.FAILING], [Kind.DISABLED]
    assert looks == [([], []), (failing, []), (off, []), ([], []), ([], off)]
    with store.read() as connection:
        told = [
            row.body.decode()
            for row in connection.execute(
                select(tables.deliveries).order_by(tables.deliveries.c.created_at)
            )
        ]
    assert len(told) == 3
    assert "channel desk has been failing" in told[0]
    assert (
        "3 tries in a row failed since 2026-11-09 00:00 UTC: the receiver answered 503" in told[0]
    )
    assert "channel desk is switched off" in told[1]
    assert "tocsin channels enable desk" in told[1]
    # That it is switched on again is no success: of its failing nothing is said.
    assert told[2].count("all is well again") == 1
    assert "has been failing" not in told[2]


def test_a_channel_that_fails_again_after_a_pause_has_not_recovered(
    make: Callable[..., Pipeline],
) -> None:
    pipeline = make(at=NOW)
    told = []
    for at in (NOW, NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * DAY):
        with pipeline.store.write() as connection:
            deliveries.note_failure(connection, "desk", "the receiver answered 503", at)
        told += looks(pipeline, at, 0)
    with pipeline.store.write() as connection:
        deliveries.end_outage(connection, "desk")

    assert told == ["+failing desk"]
    assert looks(pipeline, NOW + 4 * DAY, 0) == ["-failing desk"]


def test_nobody_waits_while_it_looks(
    make: Callable[..., Pipeline], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = make()
    remember(pipeline)
    other = open_store(pipeline.config.service.database, busy_seconds=0)
    written = []
    judge = habit.judge

    def write_meanwhile(*given: Any) -> Any:
        with other.write() as connection:
            queries.sign_of_life(connection, NOW)
        written.append(True)
        return judge(*given)

    monkeypatch.setattr(habit, "judge", write_meanwhile)
    told = looks(pipeline, NOW, 0)
    other.close()

    assert (told, written) == ([], [True])
