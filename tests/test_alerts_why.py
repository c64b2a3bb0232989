"""Why something was told or not, as it was stored at the time, in words and as data."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Result

CONFIG = """\
service: {database: sqlite:///t.db, web: "off"}
sources:
  - {name: posts, kind: jsonl, path: posts.jsonl, backfill: all}
channels:
  - {name: screen, kind: console}
rules:
  - {name: controls, topics: {all: [export-controls]}, min_policy: 2, send: [screen]}
  - {name: fish, topics: {all: [export-controls]}, any_of: [cod], send: [screen]}
"""
POSTS = (
    {"id": "1", "published": "2026-11-24T08:00:00Z", "url": "https://e.org/1",
     "text": "China's commerce ministry bans gallium exports to the United States from today"},
    {"id": "2", "published": "2026-11-24T08:05:00Z",
     "text": "China's commerce ministry bans gallium exports to the United States, from today!"},
    {"id": "3", "published": "2026-11-24T08:06:00Z", "text": "He sells \x1b[31mfish\x07"},
)  # fmt: skip


@pytest.fixture
def why(tmp_path: Path, tocsin: Callable[..., Result]) -> Callable[..., str]:
    """Take the posts in, then run `tocsin why`."""
    (tmp_path / "tocsin.yaml").write_text(CONFIG)
    (tmp_path / "posts.jsonl").write_text("\n".join(json.dumps(post) for post in POSTS))
    assert tocsin("once").code == 0

    def run(*arguments: str) -> str:
        said = tocsin("why", *arguments)
        assert said.code == 0, said.err
        return said.out

    return run


def test_a_post_tells_scores_words_act_and_every_rule(why: Callable[..., str]) -> None:
    said = why("1")

    assert "POST" in said
    assert "export-controls      " in said
    assert "a tag (threshold" in said
    assert "export ban" in said
    assert "“bans" in said
    assert "“controls”: sent as alert a" in said
    assert "“fish”: not sent: any_of" in said
    assert "the rule then (sha256:" in said


def test_an_echo_is_told_why_it_was_silent(why: Callable[..., str]) -> None:
    said = why("2")

    assert "joined by: near-duplicate" in said or "joined by: words" in said
    assert "“controls”: not sent: cooldown" in said


def test_an_event_tells_its_posts_and_alerts(why: Callable[..., str]) -> None:
    event = json.loads(why("1", "--format", "json"))["event"]["id"]

    said = why(event)

    assert said.startswith(f"EVENT {event}")
    assert "Its 2 posts, and by what each joined:" in said
    assert "by opened: China's commerce ministry bans gallium" in said
    assert "new      controls" in said


def test_an_alert_tells_where_it_went_and_its_post(why: Callable[..., str]) -> None:
    rules = json.loads(why("1", "--format", "json"))["rules"]
    alert = next(one["alert"] for one in rules if one["sent"])

    said = why(alert)

    assert said.startswith(f"ALERT {alert}  [medium, new]")
    assert "screen: sent after 1 try (msg_" in said
    assert "The post that set it off:" in said
    assert "(1 at posts)" in said


def test_what_a_post_says_reaches_no_terminal_raw(why: Callable[..., str]) -> None:
    said = why("3")

    assert "\x1b" not in said
    assert "\x07" not in said
    assert "not sent: topics" in said
