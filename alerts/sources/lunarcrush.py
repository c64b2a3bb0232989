"""LunarCrush API v4: the posts and the news of one topic.

The same post comes back on every poll with other figures: it is known by its type and id.
Nothing here is sorted by time, and nothing is paged.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit

from pydantic import ConfigDict, Field, HttpUrl

from alerts.domain import Fetch, Fetched, Figures, Json, Polled, RawPost
from alerts.errors import (
    SourceDenied,
    SourceError,
    SourceLimited,
    SourceUnreadable,
)
from alerts.httpclient import check, parse_retry_after, read_json
from alerts.settings import Secret, SourceSettings

GUEST = re.compile(rb"GUEST ACCESS MODE|Limited data mode", re.IGNORECASE)
NO_DATA = b"no data generated"
TOPIC = r"^[^/?%\\\x00-\x1f]+$"
LONGEST_MESSAGE = 200


class Config(SourceSettings):
    """A LunarCrush topic.

    topic: as LunarCrush writes it: "electric vehicles", "$tsla", "stocks:7056".
    what: which of its lists are read.
    base: where the API is.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["lunarcrush"] = "lunarcrush"
    topic: str = Field(min_length=1, max_length=100, pattern=TOPIC)
    api_key: Secret
    what: tuple[Literal["posts", "news"], ...] = Field(default=("posts", "news"), min_length=1)
    base: HttpUrl = HttpUrl("https://lunarcrush.com/api4")


async def poll(config: Config, fetch: Fetch, cursor: Mapping[str, Json], now: datetime) -> Polled:
    """Return the topic's posts and news; one of the two may fail, and is then named."""
    posts: dict[str, RawPost] = {}
    health: list[str] = []
    skipped: list[str] = []
    failures: list[SourceError] = []
    for what in dict.fromkeys(config.what):
        try:
            answer = await ask(config, fetch, what, now)
        except SourceError as failed:
            failures.append(failed)
            health.append(f"{what}: {failed}")
            continue
        limited = GUEST.search(answer.body) is not None
        if limited:
            health.append(f"{what}: figures are withheld: the API key is missing or wrong")
        for number, item in enumerate(items(answer), start=1):
            try:
                post = post_of(config, item, limited=limited)
            except ValueError as unusable:
                skipped.append(f"{what} {number}: {unusable}")
            else:
                posts.setdefault(post.external_id, post)
    if len(failures) == len(set(config.what)):
        raise failures[0]
    return Polled(
        posts=tuple(posts.values()),
        cursor=cursor,
        health=tuple(health),
        skipped=tuple(skipped),
        # A list that failed says nothing of how many it has.
        shown=None if failures else len(posts),
    )


async def ask(config: Config, fetch: Fetch, what: str, now: datetime) -> Fetched:
    """Get one list. Raises SourceError, also for an error that comes with status 200."""
    key = config.api_key.get_secret_value().strip()
    base = str(config.base).rstrip("/")
    topic = quote(config.topic.strip().lower(), safe="")
    answer = await fetch(
        f"{base}/public/topic/{topic}/{what}/v1", headers={"Authorization": f"Bearer {key}"}
    )
    if answer.status == 429 and "retry-after" not in answer.headers:
        host = urlsplit(answer.url).netloc
        raise SourceLimited(f"{host}: answers 429", retry_after=seconds_to_reset(answer, now))
    check(answer, now)
    refuse_errors(answer, key)
    return answer


def seconds_to_reset(answer: Fetched, now: datetime) -> float | None:
    """Return how long the minute's limit lasts, from the header with its end in Unix seconds."""
    end = answer.headers.get("x-rate-limit-minute-reset", "")
    if not re.fullmatch(r"[0-9]{1,12}", end):
        return None
    return parse_retry_after(str(int(end) - now.timestamp()), now)


def refuse_errors(answer: Fetched, key: str) -> None:
    """Raise the SourceError for an answer that has status 200 and is none."""
    host = urlsplit(answer.url).netloc
    start = answer.body.lstrip()[:1]
    if start != b"{" and GUEST.search(answer.body):
        raise SourceDenied(f"{host}: answers in guest mode: the API key is missing or wrong")
    if NO_DATA in answer.body[:200]:
        return
    found = read_json(answer)
    if isinstance(found, dict) and "error" in found and "data" not in found:
        told = " ".join(str(found["error"]).split()).replace(key, "[key]")[:LONGEST_MESSAGE]
        about_key = re.search(r"key|auth|token|plan|subscri", told, re.IGNORECASE)
        raise (SourceDenied if about_key else SourceUnreadable)(f"{host}: answers {told!r}")
    if not isinstance(found, dict) or not isinstance(found.get("data"), list):
        raise SourceUnreadable(f"{host}: answers with JSON that has no list of posts")


def items(answer: Fetched) -> list[Json]:
    """Return the items of an answer that was found to be one."""
    if NO_DATA in answer.body[:200]:
        return []
    found: list[Json] = read_json(answer)["data"]
    return found


def post_of(config: Config, item: Json, *, limited: bool) -> RawPost:
    """Return the post of one item. Raises ValueError, which says what is missing."""
    if not isinstance(item, dict):
        raise ValueError("is not an object")
    kind, number = item.get("post_type"), item.get("id")
    if not isinstance(kind, str) or not isinstance(number, str | int) or number == "":
        raise ValueError("has no type and id")
    said = repair(text(item.get("post_title")))
    if not said.strip():
        raise ValueError(f"{kind}::{number} has no text")
    created = item.get("post_created")
    news = kind == "news"
    return RawPost(
        source=config.name,
        external_id=f"{kind}::{number}",
        url=text(item.get("post_link")) or None,
        title=said if news else None,
        body=None if news else said,
        author=repair(text(item.get("creator_display_name")) or text(item.get("creator_name"))),
        published=str(created) if isinstance(created, str | int) else None,
        figures=Figures(
            followers=None if limited else count(item.get("creator_followers")),
            interactions=None if limited else count(item.get("interactions_total")),
        ),
        platform_tags=(config.topic.strip().lower(),),
        limited=limited,
    )


def text(value: Json) -> str:
    """Return a text, or nothing for anything else."""
    return value if isinstance(value, str) else ""


def count(value: Json) -> int | None:
    """Return a count that is one; scrambled figures are runs of X."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value[:18])
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def repair(said: str) -> str:
    """Return the text that was sent as UTF-8 and read as a Western code page, if it was.

    Real Western text is hardly ever valid UTF-8, so nothing else changes.
    """
    if said.isascii():
        return said
    for codec in ("latin-1", "cp1252"):
        try:
            return said.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return said
