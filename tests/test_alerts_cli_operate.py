"""The commands of whoever runs the service: what was configured, and whether messages arrive."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.commands import Result

if TYPE_CHECKING:
    from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[1]


CONFIG = """\
service: {database: sqlite:///t.db, web: "off"}
sources:
  - {name: posts, kind: jsonl, path: posts.jsonl, backfill: all}
channels:
  - {name: screen, kind: console}
rules:
  - {name: controls, topics: {all: [export-controls]}, send: [screen]}
"""


def test_the_commands_list_show_and_compare(tmp_path: Path, tocsin: Callable[..., Result]) -> None:
    (tmp_path / "posts.jsonl").write_text(
        '{"id": "1", "published": "2026-11-24T08:00:00Z", "text": "Beijing bans gallium exports"}'
    )
    for text in (CONFIG, CONFIG.replace("send:", "min_policy: 1, send:")):
        (tmp_path / "tocsin.yaml").write_text(text)
        tocsin("once")

    new, old = json.loads(tocsin("configs", "list", "--format", "json").out)
    shown = tocsin("configs", "show", old["hash"][:15]).out
    diff = tocsin("configs", "diff", old["hash"], new["hash"]).out
    why = json.loads(tocsin("why", "1", "--format", "json").out)
    unknown = tocsin("configs", "show", "feed")

    assert (new["live"], old["live"], old["alerts"]) == (True, False, 1)
    assert "- name: controls" in shown
    assert yaml.safe_load(shown)["rules"][0]["topics"] == {"all": ["export-controls"]}
    assert diff == "~ rules: controls: min_policy: - -> 1\n"
    assert "min_policy" not in why["rules"][0]["rule_then"]
    assert why["rules"][0]["config"] == old["hash"]
    assert (unknown.code, len(unknown.err)) == (2, 1)


def test_a_config_is_shown_without_what_acts_on_a_terminal(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    text = CONFIG.replace("name: controls", 'name: "con\u202etrols\u2066"')
    (tmp_path / "tocsin.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "posts.jsonl").touch()
    assert tocsin("once").code == 0
    (only,) = json.loads(tocsin("configs", "list", "--format", "json").out)

    shown = [tocsin("configs", "show", only["hash"], "--format", fmt).out
             for fmt in ("table", "json", "jsonl")]  # fmt: skip

    for said in shown:
        assert "trols" in said
        assert not {"\u202e", "\u2066"} & set(said)


KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
CHANNELS = """\
service: {{database: sqlite:///t.db, web: "off", operator: [{operator}]}}
sources:
  - {{name: posts, kind: jsonl, path: posts.jsonl}}
channels:
  - {{name: screen, kind: console}}
  - {{name: desk, kind: slack, url: "{url}/slack", allow_private: true}}
  - {{name: hook, kind: webhook, url: "{url}/hook", secret: "{key}", allow_private: true}}
rules:
  - {{name: controls, topics: {{all: [export-controls]}}, send: [screen]}}
"""


def lay_out(folder: Path, server: "Server", operator: str = "") -> None:
    text = CHANNELS.format(url=server.url("").rstrip("/"), key=KEY, operator=operator)
    (folder / "tocsin.yaml").write_text(text)


def rows_left(folder: Path) -> dict[str, int]:
    """Return how many rows the canary left in each table."""
    names = ("posts", "events", "event_keys", "taggings", "alerts", "verdicts", "deliveries")
    with closing(sqlite3.connect(folder / "t.db")) as database:
        counts = {
            name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names
        }
    return {name: count for name, count in counts.items() if count}


def test_the_canary_reaches_a_webhook_and_leaves_nothing(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    server.reply("/hook", status=204)
    lay_out(tmp_path, server)

    result = tocsin("selftest", "--channel", "hook", "--format", "json")

    stages = json.loads(result.out)
    assert (result.code, result.err) == (0, [])
    assert [stage["stage"] for stage in stages] == [
        "open", "normalise", "classify", "act", "database", "event", "rule", "outbox", "delivery",
    ]  # fmt: skip
    assert all(stage["ok"] for stage in stages)
    (request,) = server.requests
    body = json.loads(request.body)
    assert (body["type"], body["data"]["rule"]) == ("alert.test", "selftest")
    assert body["data"]["headline"].startswith("Test: Tocsin's self-test")
    assert body["data"]["topics"]["export-controls"] > 0.5
    assert rows_left(tmp_path) == {}


def test_without_a_channel_it_goes_to_the_operator_and_says_who_did_not_take_it(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    server.reply("/slack", status=404, body="no_service")
    lay_out(tmp_path, server, operator="desk, screen")

    result = tocsin("selftest")

    assert result.code == 1
    failed = [line for line in result.out.splitlines() if line.startswith("FAILED")]
    assert len(failed) == 1
    assert failed[0].endswith("desk: Slack answered 404, no_service")
    assert "Test: Tocsin's self-test" in result.out
    assert "screen: printed" in result.out
    assert len(server.requests) == 1
    assert rows_left(tmp_path) == {}


def test_a_dry_run_of_the_canary_sends_nothing(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    lay_out(tmp_path, server, operator="desk")

    result = tocsin("selftest", "--dry-run")

    assert result.code == 0
    assert "desk" in result.out.splitlines()[-1]
    assert "would be sent" in result.out
    assert (server.requests, rows_left(tmp_path)) == ([], {})


def test_the_canary_names_a_database_that_cannot_be_written(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    lay_out(tmp_path, server, operator="desk")
    tocsin("events", "list")

    with closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = tocsin("selftest")

    assert result.code == 1
    assert "another process is writing" in result.out.splitlines()[-1]
    assert server.requests == []


@pytest.mark.parametrize(
    ("options", "said"), [([], "--channel"), (["--channel", "gone"], "gone: no such channel")]
)
def test_the_canary_needs_to_know_where_to_go(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server", options: list[str], said: str
) -> None:
    lay_out(tmp_path, server)

    result = tocsin("selftest", *options)

    assert (result.code, len(result.err)) == (2, 1)
    assert said in result.err[0]
    assert "screen, desk, hook" in result.err[0]


def test_a_channel_that_is_switched_off_is_named_though_it_takes_the_canary(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    server.reply("/hook", status=204)
    lay_out(tmp_path, server, operator="hook")
    tocsin("events", "list")
    with closing(sqlite3.connect(tmp_path / "t.db")) as database:
        database.execute("INSERT INTO channels VALUES ('hook', '2026-11-24 08:00:00', 'gone')")
        database.commit()

    result = tocsin("selftest")

    assert result.code == 1
    assert "tocsin channels enable hook" in result.out


def test_a_diff_says_what_is_off_or_nought(tmp_path: Path, tocsin: Callable[..., Result]) -> None:
    rule = "  - {name: controls, updates: {reach: %s}, send: [screen]}\n"
    more = "  - {name: others, official: false, min_score: {china: 0}, send: [screen]}\n"
    for rules in (rule % "true", rule % "false" + more):
        (tmp_path / "tocsin.yaml").write_text(CONFIG.partition("  - {name: controls")[0] + rules)
        tocsin("once")
    new, old = json.loads(tocsin("configs", "list", "--format", "json").out)

    changed, added = tocsin("configs", "diff", old["hash"], new["hash"]).out.splitlines()

    assert changed == "~ rules: controls: updates: reach yes -> reach no"
    assert added.startswith("+ rules: others: name others, min_score china 0.00, official no, ")
