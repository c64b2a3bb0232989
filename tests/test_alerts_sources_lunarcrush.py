"""LunarCrush's API: posts and news of a topic, odd items, guest mode and its errors."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from pydantic import ValidationError

from alerts.domain import Figures, Polled
from alerts.errors import SourceDenied, SourceError, SourceLimited, SourceUnreadable
from alerts.sources.lunarcrush import Config, repair

if TYPE_CHECKING:
    from tests.conftest import Server

DATA = Path(__file__).parent / "data" / "sources"
NOON = int(datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp())
POSTS = "/api4/public/topic/electric%20vehicles/posts/v1"
NEWS = "/api4/public/topic/electric%20vehicles/news/v1"
Poll = Callable[..., Polled]


@pytest.fixture
def keys(server: "Server") -> dict[str, Any]:
    server.reply(POSTS, body=orjson.loads((DATA / "lunarcrush_posts.json").read_bytes()))
    server.reply(NEWS, body=orjson.loads((DATA / "lunarcrush_news.json").read_bytes()))
    return {"topic": "Electric Vehicles", "api_key": "KEY-123", "base": server.url("/api4")}


def test_posts_and_news_are_read(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    found = poll("lunarcrush", **keys)

    tweet, reddit, news = found.posts
    assert tweet.external_id == "tweet::1990000000000000001"
    assert (tweet.title, tweet.url) == (None, "https://x.com/anyuser/status/1990000000000000001")
    assert (tweet.body or "").startswith("Cathode export list is out.")
    assert tweet.figures == Figures(followers=10543, interactions=7340)
    assert (tweet.published, tweet.author) == ("1795431600", "Any User")
    assert tweet.platform_tags == ("electric vehicles",)
    assert reddit.body == "BYD’s plant in Szeged opens: café talk"
    assert reddit.author == "u_ev"
    assert (news.external_id, news.title) == (
        "news::example.com-866082279",
        "Ministry opens probe into subsidies",
    )
    assert found.skipped == (
        "posts 2: tweet::1990000000000000002 has no text",
        "posts 4: is not an object",
    )
    assert found.health == ()
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer KEY-123"}


def test_only_what_is_asked_for_is_read(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    found = poll("lunarcrush", what=["news"], **keys)

    assert [post.external_id for post in found.posts] == ["news::example.com-866082279"]
    assert len(server.requests) == 1


def test_a_post_keeps_its_id_when_its_figures_grow(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    first = poll("lunarcrush", **keys)
    grown = orjson.loads((DATA / "lunarcrush_posts.json").read_bytes())
    grown["data"][0]["interactions_total"] = 999_999
    server.reply(POSTS, body=grown)

    second = poll("lunarcrush", cursor=first.cursor, **keys)

    assert [post.external_id for post in second.posts] == [p.external_id for p in first.posts]
    assert second.posts[0].figures.interactions == 999_999


def test_a_post_in_both_lists_comes_once(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    server.reply(POSTS, body=orjson.loads((DATA / "lunarcrush_news.json").read_bytes()))

    assert len(poll("lunarcrush", **keys).posts) == 1


def test_one_list_may_fail(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    server.reply(NEWS, status=402, body={"error": "plan"})

    found = poll("lunarcrush", **keys)

    assert len(found.posts) == 2
    assert found.health == (f"news: 127.0.0.1:{server.port}: answers 402 Payment Required",)


def test_a_limit_lasts_until_its_minute_ends(
    server: "Server", poll: Poll, keys: dict[str, Any]
) -> None:
    for path in (POSTS, NEWS):
        server.reply(path, status=429, headers={"x-rate-limit-minute-reset": str(NOON + 42)})

    with pytest.raises(SourceLimited) as caught:
        poll("lunarcrush", **keys)

    assert caught.value.retry_after == 42


@pytest.mark.parametrize("reset", ["", "soon", "-5", "9" * 400, "9" * 12])
def test_a_limit_with_an_odd_end_is_a_limit(
    server: "Server", poll: Poll, keys: dict[str, Any], reset: str
) -> None:
    for path in (POSTS, NEWS):
        server.reply(path, status=429, headers={"x-rate-limit-minute-reset": reset})

    with pytest.raises(SourceLimited) as caught:
        poll("lunarcrush", **keys)

    assert caught.value.retry_after in (None, 86_400)


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        ({"error": "Invalid API key KEY-123"}, SourceDenied, r"Invalid API key \[key\]"),
        ({"error": "topic unknown"}, SourceUnreadable, "topic unknown"),
        ({"config": {}}, SourceUnreadable, "no list of posts"),
        ({"data": {"posts": []}}, SourceUnreadable, "no list of posts"),
        ([], SourceUnreadable, "no list of posts"),
        ("[GUEST ACCESS MODE: Data is scrambled]\n# EV", SourceDenied, "guest mode"),
        ("<!doctype html><p>Log in", SourceUnreadable, "an HTML page"),
        ("", SourceUnreadable, "nothing"),
    ],
)
def test_an_error_with_status_200_is_one(
    server: "Server",
    poll: Poll,
    keys: dict[str, Any],
    body: Any,
    kind: type[SourceError],
    told: str,
) -> None:
    for path in (POSTS, NEWS):
        server.reply(path, body=body)

    with pytest.raises(SourceError, match=told) as caught:
        poll("lunarcrush", **keys)

    assert type(caught.value) is kind
    assert "KEY-123" not in str(caught.value)


def test_no_data_is_no_error(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    for path in (POSTS, NEWS):
        server.reply(path, body="no data generated")

    assert poll("lunarcrush", **keys).posts == ()


def test_scrambled_figures_are_missing(server: "Server", poll: Poll, keys: dict[str, Any]) -> None:
    body = orjson.loads((DATA / "lunarcrush_news.json").read_bytes())
    body["notice"] = "[GUEST ACCESS MODE: Data is scrambled]"
    body["data"][0] |= {"creator_followers": "XX,XXX", "interactions_total": 777}
    server.reply(NEWS, body=body)

    found = poll("lunarcrush", what=["news"], **keys)

    assert found.posts[0].figures == Figures()
    assert found.posts[0].limited
    assert found.health == ("news: figures are withheld: the API key is missing or wrong",)


@pytest.mark.parametrize(
    ("said", "repaired"),
    [
        ("cafÃ©", "café"),
        ("BYDâ€™s", "BYD’s"),
        ("å‡ºå£", "å‡ºå£"),
        ("出口", "出口"),
        ("café", "café"),
        ("plain", "plain"),
        ("出口".encode().decode("latin-1"), "出口"),
    ],
)
def test_only_what_was_misread_is_repaired(said: str, repaired: str) -> None:
    assert repair(said) == repaired


@pytest.mark.parametrize("topic", ["", "a/b", "a?b", "../x", "x" * 200, "a\nb", "a%2fb"])
def test_a_topic_that_would_change_the_address_is_refused(topic: str) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"name": "lc", "topic": topic, "api_key": "k"})


def test_the_key_is_not_printed() -> None:
    config = Config.model_validate({"name": "lc", "topic": "china", "api_key": "SECRET"})

    assert "SECRET" not in repr(config) + config.model_dump_json()
