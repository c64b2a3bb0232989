"""What every kind of source that fetches must do, whatever the server does."""

import inspect
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from alerts.domain import Polled
from alerts.errors import (
    SourceBroken,
    SourceDenied,
    SourceError,
    SourceLimited,
    SourceRefused,
    SourceUnreachable,
    SourceUnreadable,
)
from alerts.settings import SourceSettings
from alerts.sources import KINDS

if TYPE_CHECKING:
    from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data" / "sources"
KEY = "KEY-SECRET-1"
HTML = "<!doctype html><html><head><title>Log in</title></head><body><p>Please.</body></html>"
Poll = Callable[..., Polled]
Answers = Callable[[Mapping[str, Any]], None]

# kind -> its keys for a server's address, and path -> the recorded answer there.
FETCHING: dict[str, tuple[Callable[[str], dict[str, Any]], dict[str, str]]] = {
    "feed": (lambda base: {"url": f"{base}/rss?token={KEY}"}, {"/rss": "rss.xml"}),
    "lunarcrush": (
        lambda base: {"topic": "china", "api_key": KEY, "base": base},
        {
            "/public/topic/china/posts/v1": "lunarcrush_posts.json",
            "/public/topic/china/news/v1": "lunarcrush_news.json",
        },
    ),
    "lunarcrush_page": (
        lambda base: {"url": f"{base}/post?key={KEY}", "api_key": KEY},
        {"/post": "lunarcrush_page.txt"},
    ),
    "federal_register": (
        lambda base: {"base": base},
        {
            "/documents.json": "federal_register_documents.json",
            "/public-inspection-documents/current.json": "federal_register_inspection.json",
        },
    ),
}
LOCAL = {"jsonl"}

kinds = pytest.mark.parametrize("kind", sorted(FETCHING))


@pytest.fixture
def good(server: "Server", kind: str) -> dict[str, Any]:
    """Let the server give the recorded answers of a kind; return the keys of its source."""
    keys, answers = FETCHING[kind]
    for path, name in answers.items():
        server.reply(path, body=(DATA / name).read_bytes())
    return keys(server.url(""))


@pytest.fixture
def every_answer(server: "Server", kind: str, good: dict[str, Any]) -> Answers:
    """Replace every answer that the kind gets."""

    def replace(reply: Mapping[str, Any]) -> None:
        for path in FETCHING[kind][1]:
            server.reply(path, **reply)

    return replace


def test_every_kind_is_under_contract() -> None:
    assert set(KINDS) == set(FETCHING) | LOCAL


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_kind_is_what_the_registry_says(kind: str) -> None:
    config = KINDS[kind].config

    assert issubclass(config, SourceSettings)
    assert config.model_fields["kind"].default == kind
    assert inspect.iscoroutinefunction(KINDS[kind].poll)
    assert inspect.getdoc(config)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_key_is_documented(kind: str) -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## `{kind}`")[2].partition("\n## ")[0]

    own = set(KINDS[kind].config.model_fields) - set(SourceSettings.model_fields)
    assert section
    assert [key for key in sorted(own) if f"| `{key}` |" not in section] == []
    assert [key for key in SourceSettings.model_fields if f"| `{key}` |" not in page] == []


@kinds
def test_a_good_answer_gives_posts(poll: Poll, kind: str, good: dict[str, Any]) -> None:
    found = poll(kind, **good)

    assert found.posts
    assert all(post.source == "wire" and post.external_id for post in found.posts)
    assert any(post.url for post in found.posts)
    assert orjson.loads(orjson.dumps(found.cursor)) == found.cursor


@kinds
def test_posts_keep_their_ids_over_polls(poll: Poll, kind: str, good: dict[str, Any]) -> None:
    first = poll(kind, **good)

    second = poll(kind, cursor=first.cursor, **good)

    assert {p.external_id for p in second.posts} <= {p.external_id for p in first.posts}
    for found in (first, second):
        assert len({p.external_id for p in found.posts}) == len(found.posts)


@kinds
@pytest.mark.parametrize(
    ("status", "error"),
    [(401, SourceDenied), (402, SourceDenied), (403, SourceDenied), (404, SourceBroken),
     (410, SourceBroken), (429, SourceLimited), (500, SourceBroken), (503, SourceBroken),
     (418, SourceUnreadable), (400, SourceUnreadable)],
)  # fmt: skip
def test_a_status_is_the_error_that_fits(
    poll: Poll, kind: str, good: dict[str, Any], every_answer: Answers, status: int, error: type
) -> None:
    every_answer({"status": status, "body": HTML, "headers": {"Retry-After": "77"}})

    with pytest.raises(SourceError) as caught:
        poll(kind, **good)

    assert type(caught.value) is error
    assert status == 400 or caught.value.retry_after == 77


@kinds
@pytest.mark.parametrize(
    "reply",
    [{"body": HTML}, {"body": ""}, {"body": "{"}, {"body": b"\xff\xfe\x00"}, {"body": []},
     {"body": HTML, "headers": {"Content-Encoding": "gzip"}},
     {"body": HTML, "headers": {"Content-Encoding": "gzip, gzip"}}, {"status": 204},
     {"status": 302}],
    ids=["html", "empty", "cut-json", "binary", "list", "not-gzip", "stacked", "204", "302"],
)  # fmt: skip
def test_something_else_is_unreadable(
    poll: Poll, kind: str, good: dict[str, Any], every_answer: Answers, reply: dict[str, Any]
) -> None:
    every_answer(reply)

    with pytest.raises(SourceUnreadable):
        poll(kind, **good)


@kinds
@pytest.mark.parametrize(
    "reply",
    [{"reset": True}, {"reset_body": True, "body": "x" * 99}, {"truncate": 9, "body": "x" * 99},
     {"garbage": b"\x16\x03\x01"}, {"drip": 0.05, "body": "x" * 999}, {"hang": 30},
     {"hang_body": 30, "body": "x"}],
    ids=["reset", "reset-body", "truncated", "garbage", "drip", "hang", "hang-body"],
)  # fmt: skip
def test_a_server_that_breaks_or_stalls_is_unreachable(
    poll: Poll, kind: str, good: dict[str, Any], every_answer: Answers, reply: dict[str, Any]
) -> None:
    every_answer(reply)

    with pytest.raises(SourceUnreachable):
        poll(kind, deadline=0.3, **good)


@kinds
def test_a_closed_port_is_unreachable(poll: Poll, kind: str) -> None:
    with pytest.raises(SourceUnreachable):
        poll(kind, **FETCHING[kind][0]("http://127.0.0.1:9"))


@kinds
def test_an_address_inside_is_refused_unless_it_is_allowed(
    server: "Server", poll: Poll, kind: str, good: dict[str, Any]
) -> None:
    with pytest.raises(SourceRefused):
        poll(kind, allow_private=False, **good)

    assert server.requests == []


@kinds
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_document_that_breaks_off_is_partial_or_named(
    server: "Server", poll: Poll, kind: str, good: dict[str, Any], share: float
) -> None:
    whole = {post.external_id for post in poll(kind, **good).posts}
    for path, name in FETCHING[kind][1].items():
        body = (DATA / name).read_bytes()
        server.reply(path, body=body[: int(len(body) * share)])

    try:
        found = poll(kind, **good)
    except SourceUnreadable:
        return

    assert {post.external_id for post in found.posts} <= whole


@kinds
def test_a_redirect_is_followed_and_gives_no_key_away(
    server: "Server",
    make_server: Callable[..., "Server"],
    poll: Poll,
    kind: str,
    good: dict[str, Any],
) -> None:
    other = make_server()
    for path, name in FETCHING[kind][1].items():
        other.reply(path, body=(DATA / name).read_bytes())
        server.reply(path, redirect=other.url(path))

    assert poll(kind, **good).posts
    assert KEY not in str([request.headers for request in other.requests])


@kinds
@pytest.mark.parametrize(
    "reply",
    [{"status": 401, "body": KEY}, {"status": 500}, {"body": HTML},
     {"body": {"error": f"bad {KEY}"}}, {"hang": 9}, {"reset": True}, {"redirect": "ftp://x"}],
)  # fmt: skip
def test_no_error_and_no_log_tells_a_key(
    poll: Poll,
    kind: str,
    good: dict[str, Any],
    every_answer: Answers,
    reply: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    every_answer(reply)

    with pytest.raises(SourceError) as caught:
        poll(kind, deadline=0.3, **good)

    assert KEY not in str(caught.value) + repr(caught.value) + caplog.text
    assert KEY not in repr(KINDS[kind].config(name="wire", **good))
