"""Feeds: RSS 0.9 to 2.0, Atom and RDF by feedparser in a child process, JSON Feed 1.0 and 1.1.

An item is known by its guid, else by its link, else by its title and date. Dates travel as found:
feedparser turns some of them silently into other days.
"""

import asyncio
import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html.entities import html5
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import orjson
from pydantic import ConfigDict

from alerts.domain import Fetch, Fetched, Json, Polled, RawPost
from alerts.errors import SourceUnreadable
from alerts.httpclient import check
from alerts.settings import SourceSettings, WebAddress
from alerts.sources.feed_worker import READER, THREAD, FeedUnreadable

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
JSON_FEED = "https://jsonfeed.org/version/"
END_TAG = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
ITEM_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
HTML_START = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
# feedparser's loose parser closes every bare ampersand: AT&T becomes AT&T;
CLOSED_AMPERSAND = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")


class Config(SourceSettings):
    """A feed. url: its address; kept secret, for private feeds carry a token."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["feed"] = "feed"
    url: WebAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read from one document. complete: nothing of it is missing."""

    posts: tuple[RawPost, ...]
    complete: bool = True
    health: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


async def poll(config: Config, fetch: Fetch, cursor: Mapping[str, Json], now: datetime) -> Polled:
    """Return the items of a feed that changed since the last poll; none if it did not change."""
    url = config.url.get_secret_value()
    address = hashlib.sha256(url.encode()).hexdigest()[:16]
    # Validators of another address mean nothing.
    known = cursor if cursor.get("address") == address else {}
    fetched = check(await fetch(url, headers=conditions(known)), now)
    if fetched.status == 304:
        return Polled(posts=(), cursor=known)
    digest = hashlib.sha256(fetched.body).hexdigest()
    unchanged = digest == known.get("digest")
    found = Read(posts=()) if unchanged else await read(config.name, fetched)
    count = known.get("count", 0) if unchanged else len(found.posts)
    health = list(found.health)
    if count == 0 and known.get("count", 0):
        health.append(f"the feed is empty; it had {known['count']} items before")
    remembered: dict[str, Json] = {"address": address, "count": count}
    if found.complete:
        # What broke off must be fetched again, however unchanged it claims to be.
        remembered |= {
            "digest": digest,
            "etag": validator(fetched, "etag"),
            "modified": validator(fetched, "last-modified"),
        }
    return Polled(
        posts=found.posts,
        cursor=remembered,
        health=tuple(health),
        skipped=found.skipped,
        shown=count,
    )


def conditions(known: Mapping[str, Json]) -> dict[str, str]:
    """Return the headers that ask only for a changed feed."""
    headers = {"Accept": ACCEPT}
    if known.get("etag"):
        headers["If-None-Match"] = known["etag"]
    if known.get("modified"):
        headers["If-Modified-Since"] = known["modified"]
    return headers


def validator(fetched: Fetched, header: str) -> str | None:
    """Return a validator to send back, unless it is one that no request could carry."""
    value = fetched.headers.get(header, "")
    return value if value.isascii() and value.isprintable() and 0 < len(value) <= 1000 else None


async def read(source: str, fetched: Fetched) -> Read:
    """Read a feed of any format. Raises SourceUnreadable."""
    host = urlsplit(fetched.url).netloc
    body = fetched.body
    if not body.strip():
        raise SourceUnreadable(f"{host}: answers with nothing instead of a feed")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found = read_json_feed(source, host, body)
    else:
        found = await read_xml_feed(source, host, fetched)
    return replace(
        found, posts=tuple({post.external_id: post for post in found.posts[::-1]}.values())[::-1]
    )


async def read_xml_feed(source: str, host: str, fetched: Fetched) -> Read:
    """Read RSS, Atom or RDF in the child process."""
    base = urlunsplit(urlsplit(fetched.url)._replace(query="", fragment=""))
    headers = {"content-location": base}
    if "content-type" in fetched.headers:
        headers["content-type"] = fetched.headers["content-type"]
    loop = asyncio.get_running_loop()
    try:
        feed = await loop.run_in_executor(THREAD, READER.read, fetched.body, headers)
    except FeedUnreadable as failed:
        raise SourceUnreadable(f"{host}: {failed}") from failed
    entries = feed["entries"]
    if not feed["version"] and not entries:
        page = "an HTML page" if HTML_START.search(fetched.body[:2000]) else "something else"
        raise SourceUnreadable(f"{host}: answers with {page} instead of a feed")
    whole = b"\0" in fetched.body[:200] or END_TAG.search(fetched.body[-1000:]) is not None
    if not whole:
        entries = entries[: len(ITEM_END.findall(fetched.body))]
        if not entries:
            raise SourceUnreadable(f"{host}: the feed breaks off before its first item ends")
    return Read(
        posts=tuple(post_of(source, entry, feed) for entry in entries),
        complete=whole,
        health=() if whole else (f"the feed breaks off after {len(entries)} whole items",),
    )


def post_of(source: str, entry: Mapping[str, Any], feed: Mapping[str, Any]) -> RawPost:
    """Return the post of one entry, as the child read it."""
    title, body = entry["title"] or "", entry["body"] or ""
    if feed["loose"]:
        title, body = reopen(title), reopen(body)
    return RawPost(
        source=source,
        external_id=identify(entry["guid"], entry["link"], title or body, entry["published"]),
        url=entry["link"],
        title=title if entry["title_type"] != "text/plain" or "<" in title else html.escape(title),
        body=html.escape(body) if entry["body_type"] == "text/plain" else body,
        markup="html",
        author=entry["author"],
        published=entry["published"],
        language=entry["language"] or feed["language"],
        platform_tags=tuple(entry["tags"]),
    )


def reopen(text: str) -> str:
    """Take back the semicolon that the loose parser set behind what is no entity."""
    return CLOSED_AMPERSAND.sub(
        lambda found: found[0] if f"{found[1]};" in html5 else f"&{found[1]}", text
    )


def identify(guid: str | None, link: str | None, title: str | None, date: str | None) -> str:
    """Return what an item is known by over polls."""
    if guid:
        return guid
    if link:
        return normalise_link(link)
    return "hash:" + hashlib.sha256(f"{title or ''}\0{date or ''}".encode()).hexdigest()[:32]


def normalise_link(link: str) -> str:
    """Return a link without what varies between its copies: host's case, campaign, fragment."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return link
    query = [
        (k, v)
        for k, v in parse_qsl(parts.query, keep_blank_values=True)
        if not k.startswith("utm_")
    ]
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), parts.path, urlencode(query), "")
    )


def read_json_feed(source: str, host: str, body: bytes) -> Read:
    """Read a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    try:
        feed = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as wrong:
        raise SourceUnreadable(f"{host}: answers with broken JSON instead of a feed") from wrong
    if not str(feed.get("version", "")).startswith(JSON_FEED) or not isinstance(
        feed.get("items"), list
    ):
        raise SourceUnreadable(f"{host}: answers with JSON that is not a JSON Feed")
    posts: list[RawPost] = []
    skipped: list[str] = []
    for number, item in enumerate(feed["items"], start=1):
        if isinstance(item, dict):
            posts.append(post_of_json(source, item, text(feed.get("language"))))
        else:
            skipped.append(f"item {number}: is not an object")
    health = ("the feed says that it has expired",) if feed.get("expired") is True else ()
    return Read(posts=tuple(posts), health=health, skipped=tuple(skipped))


def post_of_json(source: str, item: Mapping[str, Json], language: str | None) -> RawPost:
    """Return the post of one JSON Feed item; a value of a wrong type counts as missing."""
    link = text(item.get("url")) or text(item.get("external_url"))
    title = text(item.get("title"))
    date = text(item.get("date_published")) or text(item.get("date_modified"))
    page = text(item.get("content_html"))
    plain = text(item.get("content_text")) or text(item.get("summary")) or ""
    tags = item.get("tags")
    return RawPost(
        source=source,
        external_id=identify(text(item.get("id")), link, title or page or plain, date),
        url=link,
        title=html.escape(title or ""),
        body=page or html.escape(plain),
        markup="html",
        author=", ".join(authors(item)) or None,
        published=date,
        language=text(item.get("language")) or language,
        platform_tags=tuple(filter(None, map(text, tags))) if isinstance(tags, list) else (),
    )


def authors(item: Mapping[str, Json]) -> Iterator[str]:
    """Yield the names of an item's authors: a list since version 1.1, one before it."""
    listed = item.get("authors")
    for author in listed if isinstance(listed, list) else [item.get("author")]:
        name = text(author.get("name")) if isinstance(author, dict) else None
        if name:
            yield name


def text(value: Json) -> str | None:
    """Return a text, or a number as text; None for anything else and for nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None
