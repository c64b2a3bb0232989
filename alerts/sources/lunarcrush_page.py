"""LunarCrush's page of one post, as text: complete with a key, scrambled for guests.

For guests the page says every figure as a run of X. None of these becomes a number: the counts
are missing, and a run inside the text is shown as an ellipsis. Handle, time, words, topics and
link are real either way. The page says everything twice; only its first half is read.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict

from alerts.domain import Fetch, Fetched, Figures, Json, Polled, RawPost
from alerts.errors import SourceDenied, SourceUnreadable
from alerts.httpclient import check
from alerts.normalise import read_html
from alerts.settings import Secret, SourceSettings, WebAddress

BANNER = re.compile(r"\[GUEST ACCESS MODE\b|\bLimited data mode\b", re.IGNORECASE)
FIGURE = r"(?:[\d.,]+\s?[KMB]?|X[X.,]*)"
AUTHOR = re.compile(
    r"\[@(?P<handle>[^\]\n]{1,100})\]\(/creator/[^)\n]{1,300}\) on \w{1,50}"
    rf" (?P<followers>{FIGURE}) followers[ \t]*$",
    re.MULTILINE,
)
CREATED = re.compile(
    r"^Created: (?P<created>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC)[ \t]*$", re.MULTILINE
)
ENGAGEMENTS = re.compile(rf"^(?P<engagements>{FIGURE}) engagements[ \t]*$", re.MULTILINE)
TOPICS = re.compile(r"^\*\*Related Topics\*\*[ \t]*$", re.MULTILINE)
TOPIC = re.compile(r"^\[(?P<name>[^\]\n]+)\]\(/topic/[^)\n]+\)[ \t]*$", re.MULTILINE)
LINK = re.compile(r"^\[Post Link\]\((?P<link>https?://[^)\s]+)\)[ \t]*$", re.MULTILINE)
IDENTITY = re.compile(r"(?:/p:|post/)(?P<kind>[a-z][a-z-]*)(?:::|/)(?P<number>[\w.-]+)")

# Bounded runs, so that a page of nothing else is read in linear time.
SCRAMBLED = re.compile(r"\bNaN%|\bX{1,15}(?:[.,]X{1,15}){0,8}%|\bX{2,15}(?:[.,]X{1,15}){0,8}\b")
MULTIPLES = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


class Config(SourceSettings):
    """A post page. url: its address; api_key: unlocks the figures."""

    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["lunarcrush_page"] = "lunarcrush_page"
    url: WebAddress
    api_key: Secret | None = None


async def poll(config: Config, fetch: Fetch, cursor: Mapping[str, Json], now: datetime) -> Polled:
    """Return the page's one post, the same on every poll."""
    headers = {"Accept": "text/markdown, text/plain;q=0.9, */*;q=0.5"}
    if config.api_key is not None:
        headers["Authorization"] = f"Bearer {config.api_key.get_secret_value().strip()}"
    fetched = check(await fetch(config.url.get_secret_value(), headers=headers), now)
    host = urlsplit(fetched.url).netloc
    page = read_page(fetched)
    post = read_post(config.name, host, page, urlsplit(config.url.get_secret_value()).path)
    health: tuple[str, ...] = ()
    if post.limited:
        key = "no API key is set" if config.api_key is None else "the API key is wrong"
        health = (f"{host}: answers in guest mode, without figures: {key}",)
    return Polled(posts=(post,), cursor=cursor, health=health)


def read_page(fetched: Fetched) -> str:
    """Return a page as text. Raises SourceUnreadable, or SourceDenied for an error in its place."""
    host = urlsplit(fetched.url).netloc
    text = fetched.body.decode("utf-8", "replace").lstrip("\ufeff")
    if not text.strip():
        raise SourceUnreadable(f"{host}: answers with nothing instead of a page")
    if text.lstrip().startswith('{"error"'):
        raise SourceDenied(f"{host}: answers with an error instead of a page")
    if "<html" in text[:2000].lower():
        text = read_html(text)
    return text.replace("\r\n", "\n")


def read_post(source: str, host: str, page: str, path: str) -> RawPost:
    """Read the post out of a page's first half. Raises SourceUnreadable for another layout.

    path: of the page's address, which names the post as well.
    """
    author = find(AUTHOR, page, 0, host, "author")
    created = find(CREATED, page, author.end(), host, "date")
    link = find(LINK, page, created.end(), host, "link")
    half = page[: link.start()]
    # A post may quote a line that looks like the page's own; the last one is the page's.
    ends = list(ENGAGEMENTS.finditer(half, created.end()))
    if not ends:
        raise SourceUnreadable(f"{host}: the page has another layout than a post's: no engagements")
    end = ends[-1]
    identity = IDENTITY.search(page, end.end()) or IDENTITY.search(path)
    if identity is None:
        raise SourceUnreadable(f"{host}: the page has another layout than a post's: no id")
    scrambled = "X" in author["followers"] or "X" in end["engagements"]
    limited = scrambled or BANNER.search(page) is not None
    said = half[created.end() : end.start()].strip()
    topics = TOPICS.search(half, end.end())
    tags = TOPIC.findall(half, topics.end()) if topics else []
    return RawPost(
        source=source,
        external_id=f"{identity['kind']}::{identity['number']}",
        url=link["link"],
        body=SCRAMBLED.sub("…", said) if limited else said,
        author=author["handle"],
        published=created["created"],
        figures=Figures(
            followers=None if limited else count(author["followers"]),
            interactions=None if limited else count(end["engagements"]),
        ),
        platform_tags=tuple(tags),
        limited=limited,
    )


def find(pattern: re.Pattern[str], page: str, start: int, host: str, what: str) -> re.Match[str]:
    """Return a part that every post page has. Raises SourceUnreadable."""
    found = pattern.search(page, start)
    if found is None:
        raise SourceUnreadable(f"{host}: the page has another layout than a post's: no {what}")
    return found


def count(figure: str) -> int | None:
    """Return a figure as a number: "10,543", "10.5K"; None if it is none."""
    unit = MULTIPLES.get(figure[-1], 1)
    try:
        return round(float(figure.rstrip("KMB ").replace(",", "")) * unit)
    except (ValueError, OverflowError):
        return None
