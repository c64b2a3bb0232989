"""The history of configs: whole, without a secret, and readable where two differ."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from alerts import config as config_file
from alerts import configs
from alerts.config import Config
from alerts.store import configs as queries
from alerts.store.connect import Store, open_store

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TEXT = f"""\
service: {{database: "postgresql+psycopg://me:hunter2@db/t", web_token: "{"t" * 20}"}}
sources:
  - {{name: wire, kind: feed, url: "https://feeds.example/x?token=sesame", every: 5m}}
  - {{name: lc, kind: lunarcrush, topic: china, api_key: abracadabra}}
channels:
  - {{name: desk, kind: slack, url: "https://hooks.example/T0/B0/xyzzy"}}
  - {{name: hook, kind: webhook, url: "https://hook.example/plugh", secret: "{KEY}"}}
rules:
  - {{name: controls, topics: {{all: [export-controls]}}, send: [desk], cooldown: 90m}}
"""
SECRETS = ("hunter2", "tttt", "sesame", "abracadabra", "xyzzy", "plugh", "AAECAwQF")


def parse(text: str = TEXT) -> Config:
    topics = ("china", "export-controls")
    return config_file.parse(text, Path("tocsin.yaml"), topics=topics, secrets=True)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/t.db")


def live(store: Store, config: Config, minutes: int) -> None:
    with store.write() as connection:
        at = NOW + timedelta(minutes=minutes)
        queries.remember_config(connection, config.hash, configs.document(config), at)


def test_a_document_holds_everything_but_the_secrets() -> None:
    written = orjson.dumps(configs.document(parse())).decode()

    assert [secret for secret in SECRETS if secret in written] == []
    assert "postgresql+psycopg://me:(secret)@db/t" in written
    assert '"cooldown":"1h30m"' in written


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("me:hunter2@db/t", "me:(secret)@db/t"),
        ("me:hun/ter2?@db/t", "me:(secret)@db/t"),
        ("me@db/t?password=hunter2&sslmode=require", "me@db/t?sslmode=require"),
        ("me:hunter2@db?sslpassword=hunter2", "me:(secret)@db"),
        ("me:hunter2@db:port/t", "me:(secret)@db:port/t"),  # no address that could be used
        ("me@db/t?sslmode=require", "me@db/t?sslmode=require"),
    ],
)
def test_a_database_is_kept_without_its_password(address: str, kept: str) -> None:
    config = parse(TEXT.replace("me:hunter2@db/t", address))

    written = configs.document(config)["service"]["database"]

    assert written == f"postgresql+psycopg://{kept}"


@pytest.mark.parametrize(
    ("seconds", "spelt"),
    [(0, "0s"), (0.5, "500ms"), (90, "1m30s"), (3600, "1h"), (694861, "1w1d1h1m1s")],
)
def test_durations_are_written_as_the_config_takes_them(seconds: float, spelt: str) -> None:
    assert configs.spell_duration(timedelta(seconds=seconds)) == spelt


@pytest.mark.parametrize(
    ("right", "changed", "told"),
    [
        ("cooldown: 90m", "cooldown: 2h", ("rules", "controls", "cooldown", "1h30m", "2h")),
        ("every: 5m", "every: 300s", None),
        ("every: 5m", "every: 1m", ("sources", "wire", "every", "5m", "1m")),
        ("send: [desk]", "send: [desk, hook]",
         ("rules", "controls", "send", ["desk"], ["desk", "hook"])),
        ("xyzzy", "rotated", None),
        ("service: {", "service: {event_days: 3, ", ("service", None, "event_days", 120, 3)),
    ],
)  # fmt: skip
def test_each_changed_key_is_a_row(right: str, changed: str, told: tuple[Any, ...] | None) -> None:
    old, new = (configs.document(parse(text)) for text in (TEXT, TEXT.replace(right, changed)))

    rows = configs.differences(old, new)

    found = [tuple(row[key] for key in ("section", "name", "key", "old", "new")) for row in rows]
    assert found == ([told] if told else [])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"official": None}, {"official": False}, [(None, False)]),
        ({"official": False}, {"official": None}, [(False, None)]),
        ({}, {"official": None}, []),  # another version of Tocsin knows one key more
        ({"shadow": False}, {}, []),
        ({}, {"official": True}, [(None, True)]),
    ],
)
def test_only_a_key_that_one_version_does_not_know_may_say_nothing(
    before: dict[str, Any], after: dict[str, Any], told: list[tuple[Any, Any]]
) -> None:
    old, new = ({"rules": [{"name": "r", **rule}]} for rule in (before, after))

    assert [(row["old"], row["new"]) for row in configs.differences(old, new)] == told


def test_entries_that_came_and_went_are_told_whole() -> None:
    old, new = (configs.document(parse(text)) for text in (TEXT, TEXT.replace("wire", "wires")))

    rows = [(row["change"], row["name"]) for row in configs.differences(old, new)]

    assert rows == [("removed", "wire"), ("added", "wires")]


def test_a_new_order_is_told() -> None:
    document = configs.document(parse())
    other = {**document, "channels": document["channels"][::-1]}

    (row,) = configs.differences(document, other)

    assert (row["section"], row["key"], row["new"]) == ("channels", "order", ["hook", "desk"])


def test_every_time_that_a_config_was_live_is_kept(store: Store) -> None:
    first, second = parse(), parse(TEXT.replace("90m", "2h"))
    for minutes, config in enumerate((first, first, second, first)):
        live(store, config, minutes)

    with store.read() as connection:
        lives = [row.hash for row in queries.list_lives(connection, 10)]
        (found,) = queries.find_configs(connection, first.hash[7:20])
        times = queries.lives_of(connection, first.hash)
        then = queries.rule_then(connection, second.hash, "controls")

    assert lives == [first.hash, second.hash, first.hash]
    assert found.document == configs.document(first)
    minute = timedelta(minutes=1)
    assert times == [(NOW, NOW + 2 * minute), (NOW + 3 * minute, None)]
    assert then is not None
    assert then["cooldown"] == "2h"
    store.close()


def test_a_database_of_before_keeps_what_it_knew(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config as AlembicConfig

    from alerts.store.connect import MIGRATIONS, make_engine

    url = f"sqlite:///{tmp_path}/old.db"
    old = Store(make_engine(url, 1), "old")
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with old.write() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        connection.exec_driver_sql(
            "INSERT INTO configs VALUES ('sha256:aa', '2026-11-01 00:00:00', '[{\"name\": \"r\"}]')"
        )
    old.close()

    store = open_store(url)
    with store.read() as connection:
        lives = [row.hash for row in queries.list_lives(connection, 10)]
        then = queries.rule_then(connection, "sha256:aa", "r")
    store.close()

    assert (lives, then) == (["sha256:aa"], {"name": "r"})
