"""Feeds: every format, what identifies an item, conditional requests, and feeds that break."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from alerts.domain import Fetched, Polled
from alerts.errors import SourceUnreadable
from alerts.normalise import normalise
from alerts.sources.feed import read
from alerts.sources.feed_worker import PARSER_FAILS

if TYPE_CHECKING:
    from tests.conftest import Server

DATA = Path(__file__).parent / "data" / "sources"
SHARED = Path(__file__).resolve().parents[2] / "shared"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
Poll = Callable[..., Polled]


def rss(items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


def read_bytes(body: bytes, **headers: str) -> Any:
    fetched = Fetched(
        status=200, url="https://wire.example/f.xml?key=K", headers=headers, body=body
    )
    return asyncio.run(read("wire", fetched))


# Formats ----------------------------------------------------------------------------------


def test_an_rss_feed_is_read(server: "Server", poll: Poll) -> None:
    server.reply("/feed", body=(DATA / "rss.xml").read_bytes())

    found = poll("feed", url=server.url("/feed"))

    first, ferry, note = found.posts
    assert (first.external_id, first.url) == ("wire-1001", server.url("/2026/cathode"))
    assert first.title == "Ministry adds cathode know-how to its export list"
    assert "licence from <b>Tuesday</b>" in (first.body or "")
    assert first.published == "Mon, 23 Nov 2026 12:00:00 +0800"
    assert (first.author, first.language, first.markup) == ("R. Lindqvist", "en-gb", "html")
    assert first.platform_tags == ("batteries", "export controls")
    assert ferry.external_id == "https://wire.example/2026/ferry?id=7"
    assert ferry.published == "2026年11月22日 09:30"
    assert note.external_id.startswith("hash:")
    assert found.health == found.skipped == ()


def test_an_atom_feed_is_read(server: "Server", poll: Poll) -> None:
    server.reply("/feed", body=(DATA / "atom.xml").read_bytes())

    first, second = poll("feed", url=server.url("/feed")).posts

    assert (first.external_id, first.language) == ("urn:x-wire:2001", "zh-CN")
    assert first.published == "2026-11-23T09:00:00+08:00"
    assert "磷酸铁锂" in (first.body or "")
    assert (second.title, second.body) == (
        "R&amp;D spending rises",
        "Up by a tenth, &lt;plainly&gt; said.",
    )
    assert second.published == "2026-11-22T12:00:00Z"


def test_an_rdf_feed_is_read(server: "Server", poll: Poll) -> None:
    server.reply("/feed", body=(DATA / "rdf.xml").read_bytes())

    (post,) = poll("feed", url=server.url("/feed")).posts

    assert (post.url, post.published) == ("https://wire.example/rdf/1", "2026-11-23T10:00:00Z")


def test_a_json_feed_is_read(server: "Server", poll: Poll) -> None:
    server.reply("/feed", body=(DATA / "feed.json").read_bytes())

    found = poll("feed", url=server.url("/feed"))

    first, second, third = found.posts
    assert (first.external_id, first.title) == ("j1", "Tariff &amp; quota")
    assert (first.author, first.platform_tags) == ("A. Writer, B. Writer", ("tariffs",))
    assert (second.external_id, second.url) == ("2", "https://wire.example/j/2")
    assert (second.body, second.language) == ("Plain &lt;text&gt; with a mark.", "de")
    assert (second.author, second.published) == ("Old Style", "2026-11-22T12:00:00Z")
    assert (third.external_id, third.language) == ("https://wire.example/j/3", "en")
    assert found.skipped == ("item 4: is not an object",)


def test_a_json_feed_that_has_ended_says_so(server: "Server", poll: Poll) -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "items": [], "expired": True}
    server.reply("/feed", body=feed)

    assert poll("feed", url=server.url("/feed")).health == ("the feed says that it has expired",)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("AT&T & co", "AT&T & co"), ("A &amp; B", "A & B"), ("R&D; spending", "R&D spending")],
)
def test_a_bare_ampersand_stays_one(title: str, expected: str) -> None:
    found = read_bytes(rss(f"<item><title>{title}</title></item>").encode())

    assert found.posts[0].title.replace("&amp;", "&") == expected


def test_a_chinese_feed_that_claims_to_be_utf8_is_repaired() -> None:
    found = read_bytes(rss("<item><title>商务部公布出口管制清单</title></item>").encode("gbk"))

    assert found.posts[0].title == "商务部公布出口管制清单"


@pytest.mark.parametrize(
    ("charset", "header"),
    [("gb2312", {}), ("utf-16", {}), ("utf-8", {"content-type": "text/html; charset=latin-1"}),
     ("utf-8", {"content-type": "text/xml"}), ("big5", {"content-type": "application/rss+xml"})],
)  # fmt: skip
def test_encodings_are_read(charset: str, header: dict[str, str]) -> None:
    head = f'<?xml version="1.0" encoding="{charset}"?>'
    body = rss("<item><title>出口</title></item>", head).encode(charset)

    assert read_bytes(body, **header).posts[0].title == "出口"


def test_a_relative_link_never_takes_the_feeds_own_query() -> None:
    found = read_bytes(
        rss(
            "<item><link></link><title>a</title></item><item><link>?p=1</link><title>b</title>"
            "</item><item><link>/c</link><title>c</title></item>"
            "<item><link>#d</link><title>d</title></item>"
        ).encode()
    )

    assert [post.url for post in found.posts][2:] == [
        "https://wire.example/c",
        "https://wire.example/f.xml#d",
    ]
    assert "key" not in "".join(str(post.url) for post in found.posts)


# Conditional requests ---------------------------------------------------------------------


def test_an_unchanged_feed_is_not_sent_again(server: "Server", poll: Poll) -> None:
    server.reply("/feed", body=(DATA / "rss.xml").read_bytes(), etag='W/"v1"',
                 headers={"Last-Modified": "Mon, 23 Nov 2026 04:00:00 GMT"})  # fmt: skip
    first = poll("feed", url=server.url("/feed"))

    second = poll("feed", url=server.url("/feed"), cursor=first.cursor)

    sent = server.requests[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (
        'W/"v1"',
        "Mon, 23 Nov 2026 04:00:00 GMT",
    )
    assert second.posts == ()
    assert second.cursor == first.cursor


def test_a_feed_with_a_new_etag_and_the_same_body_brings_nothing(
    server: "Server", poll: Poll
) -> None:
    body = (DATA / "rss.xml").read_bytes()
    server.replies("/feed", [{"body": body, "etag": '"1"'}, {"body": body, "etag": '"2"'}])
    first = poll("feed", url=server.url("/feed"))

    second = poll("feed", url=server.url("/feed"), cursor=first.cursor)

    assert second.posts == ()
    assert second.cursor["etag"] == '"2"'
    assert second.cursor["count"] == 3


def test_validators_of_another_address_are_not_used(server: "Server", poll: Poll) -> None:
    server.reply("/feed", body=(DATA / "rss.xml").read_bytes(), etag='"1"')
    server.reply("/other", body=(DATA / "atom.xml").read_bytes(), etag='"1"')
    first = poll("feed", url=server.url("/feed"))

    second = poll("feed", url=server.url("/other"), cursor=first.cursor)

    assert "if-none-match" not in server.requests[1].headers
    assert len(second.posts) == 2


def test_a_validator_that_no_request_can_carry_is_forgotten(server: "Server", poll: Poll) -> None:
    server.reply(
        "/feed",
        body=(DATA / "rss.xml").read_bytes(),
        headers={"ETag": '"é"', "Last-Modified": "x" * 2000},
    )
    first = poll("feed", url=server.url("/feed"))

    assert poll("feed", url=server.url("/feed"), cursor=first.cursor).posts == ()
    assert (first.cursor["etag"], first.cursor["modified"]) == (None, None)


def test_a_feed_that_became_empty_is_told(server: "Server", poll: Poll) -> None:
    server.replies("/feed", [{"body": (DATA / "rss.xml").read_bytes()}, {"body": rss("")}])
    first = poll("feed", url=server.url("/feed"))

    second = poll("feed", url=server.url("/feed"), cursor=first.cursor)

    assert second.health == ("the feed is empty; it had 3 items before",)


# Feeds that break -------------------------------------------------------------------------


def test_a_feed_that_breaks_off_gives_its_whole_items(server: "Server", poll: Poll) -> None:
    whole = (DATA / "rss.xml").read_bytes()
    server.reply("/feed", body=whole[: whole.index(b"winter") + 6], etag='"1"')

    found = poll("feed", url=server.url("/feed"))

    assert [post.external_id for post in found.posts] == ["wire-1001"]
    assert found.health == ("the feed breaks off after 2 whole items",)
    assert "etag" not in found.cursor


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "nothing instead of a feed"),
        (b" \n ", "nothing instead of a feed"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "an HTML page instead of a feed"),
        (b"just words", "something else instead of a feed"),
        (b'{"items": ', "broken JSON"),
        (b'{"error": "no"}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "not a JSON Feed"),
        (rss("<item><title>never clo").encode()[:-16], "breaks off before its first item"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, told: str) -> None:
    with pytest.raises(SourceUnreadable, match=rf"wire\.example: .*{told}") as caught:
        read_bytes(body)

    assert "key" not in str(caught.value)


def test_an_empty_feed_is_no_error() -> None:
    assert read_bytes(rss("").encode()).posts == ()


def test_a_feed_that_makes_the_parser_raise_is_named_and_the_next_is_read() -> None:
    # The parser decodes the name of the encoding without care.
    bad = rss("<item><title>a</title></item>", '<?xml version="1.0" encoding="utf\xe98"?>')

    with pytest.raises(SourceUnreadable, match=PARSER_FAILS):
        read_bytes(bad.encode("latin-1"))

    assert len(read_bytes((DATA / "rss.xml").read_bytes()).posts) == 3


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of hostile feeds")
@pytest.mark.shared
@pytest.mark.slow
def test_every_hostile_feed_becomes_posts_or_is_named() -> None:
    folder = SHARED / "hostile" / "feeds"
    files = sorted(folder.rglob("*.xml"))
    posts = 0
    unreadable: list[str] = []

    async def read_all() -> None:
        nonlocal posts
        for path in files:
            fetched = Fetched(
                status=200, url="https://wire.example/f", headers={}, body=path.read_bytes()
            )
            try:
                for raw in (await read("wire", fetched)).posts:
                    post = normalise(raw, official=False, now=NOW)
                    (post.text + post.title + post.external_id + (post.url or "")).encode()
                    posts += 1
            except SourceUnreadable as named:
                unreadable.append(str(named))

    asyncio.run(read_all())

    assert Counter(path.relative_to(folder).parts[0] for path in files) == {
        "feedparser": 2_106,
        "w3c": 2_156,
        "gofeed": 541,
    }
    assert posts > 2_800
    # Pages, empty files, and fragments whose root element is not a feed's.
    assert len(unreadable) < 400
    assert not [said for said in unreadable if PARSER_FAILS in said or " more than " in said]
