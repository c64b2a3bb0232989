"""A backlog's next part is used where it follows what was stored, and else asked for again."""

from pathlib import Path
from typing import Any

import pytest

from alerts.ahead import Ahead, Part
from alerts.domain import Polled
from alerts.sources import jsonl

WIRE, OTHER = (jsonl.Config(name=name, path=Path(f"{name}.jsonl")) for name in ("wire", "other"))
POLLED = Polled(posts=(), cursor={"line": 4})


def made() -> Ahead:
    cursor = {"line": 2, "seen": ("a",)}
    return Ahead(next=Part(settings=WIRE, cursor=cursor, polled=POLLED, posts=[]))


def test_a_part_is_used_once_with_its_posts() -> None:
    ahead = made()

    assert ahead.take(OTHER, {"line": 2, "seen": ["a"]}) is None
    assert ahead.take(WIRE, {"line": 2, "seen": ["a"]}) is POLLED
    assert ahead.posts(POLLED) == []
    assert ahead.posts(Polled(posts=(), cursor={"line": 4})) is None
    assert ahead.take(WIRE, {"line": 2, "seen": ["a"]}) is None


@pytest.mark.parametrize(
    ("settings", "cursor"),
    [(WIRE, {"line": 0, "seen": ["a"]}), (WIRE.model_copy(update={"official": True}), None)],
    ids=["what came before was not stored", "settings changed"],
)
def test_a_part_that_does_not_follow_is_dropped(settings: jsonl.Config, cursor: Any) -> None:
    ahead = made()

    assert ahead.take(settings, cursor or {"line": 2, "seen": ["a"]}) is None
    assert ahead.next is None


def test_a_backlog_that_is_over_leaves_nothing() -> None:
    ahead = made()

    ahead.end("other")
    kept = ahead.next
    ahead.end("wire")

    assert kept is not None
    assert [ahead.now, ahead.next] == [None, None]
