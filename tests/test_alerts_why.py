"""Why something was told or not, as it was stored at the time, in words and as data."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from classifier import artefact
from tests.commands import Result

ROOT = Path(__file__).resolve().parents[1]

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


@pytest.mark.parametrize("kept", [True, False])
def test_scores_stand_beside_what_the_model_that_gave_them_asked(
    why: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    models = tmp_path / "models"
    shutil.copytree(ROOT / "models", models)
    monkeypatch.setenv("TOCSIN_MODELS", str(models))
    # A version with a topic more, from which the current one went back.
    current = artefact.current(models)
    manifest = artefact.manifest(models, current)
    thresholds = {**manifest["thresholds"], "china": 0.123, "shipping": 0.456}
    (models / "2030-01-01").mkdir()
    said = {**manifest, "version": "2030-01-01", "thresholds": thresholds}
    if kept:
        (models / "2030-01-01" / "manifest.json").write_text(json.dumps(said))
    with closing(sqlite3.connect(tmp_path / "t.db")) as database:
        database.execute(
            "UPDATE taggings SET model = '2030-01-01', "
            "topics = json_set(topics, '$.shipping', 0.7), tags = '[\"shipping\"]'"
        )
        database.commit()

    lines, post = why("1").splitlines(), json.loads(why("1", "--format", "json"))

    (shipping,) = (line for line in lines if line.startswith("  shipping "))
    expected = "threshold 0.456" if kept else "threshold not known"
    assert shipping.endswith(f"0.700  a tag ({expected})")
    assert post["thresholds"] == (thresholds if kept else {})
    assert post["terms"] == {}
    assert "Scores, by model 2030-01-01, not the current one" in "\n".join(lines)


def test_what_a_post_says_reaches_no_terminal_raw(why: Callable[..., str]) -> None:
    said = why("3")

    assert "\x1b" not in said
    assert "\x07" not in said
    assert "not sent: topics" in said
