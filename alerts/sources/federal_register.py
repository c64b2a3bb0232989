"""The Federal Register: published documents, and those on public inspection before.

A document keeps its number from inspection to publication, but for zeros in front: both are one
post. The API turns a page number that it does not like silently into page 1, so only its own
`next_page_url` is followed, and a range with more hits than it pages through is halved by date.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import orjson
from pydantic import Field, HttpUrl

from alerts.domain import Fetch, Fetched, Json, Polled, RawPost
from alerts.errors import SourceError, SourceUnreadable
from alerts.httpclient import check, read_json
from alerts.settings import Duration, SourceSettings

PER_PAGE = 200  # 1, and more than 1,000, silently become 20
MOST_HITS = 10_000  # behind these every page is page 1 again
MOST_PAGES = 60
MOST_SEEN = 5_000
OVERLAP = timedelta(days=2)
# Seconds; the maintainers ask for at most five requests a second.
PAUSE = 0.2
LABELS = {
    "RULE": "rule",
    "PRORULE": "proposed rule",
    "NOTICE": "notice",
    "PRESDOCU": "presidential document",
}
FIELDS = [
    "document_number", "title", "type", "abstract", "action", "dates", "html_url",
    "publication_date", "agencies",
]  # fmt: skip
# The stored copies of an answer are a day old and more.
HEADERS = {"Accept": "application/json", "Cache-Control": "no-cache"}


class Config(SourceSettings):
    """A selection of the Federal Register.

    agencies: their slugs, such as industry-and-security-bureau; all where none is given.
    types: kinds of document; all where none is given.
    term: words to search for.
    public_inspection: read what is on public inspection too, a day or more before publication.
    lookback: how far the first poll goes back.
    base: where the API is.
    """

    kind: Literal["federal_register"] = "federal_register"
    official: bool = True
    agencies: tuple[str, ...] = ()
    types: tuple[Literal["RULE", "PRORULE", "NOTICE", "PRESDOCU"], ...] = ()
    term: str | None = Field(default=None, min_length=1, max_length=500)
    public_inspection: bool = True
    lookback: Duration = Field(default=timedelta(days=7), ge=timedelta(days=1))
    base: HttpUrl = HttpUrl("https://www.federalregister.gov/api/v1")


class Visit:
    """One poll: asks page after page, and keeps each document that is new since the cursor."""

    def __init__(self, source: str, fetch: Fetch, now: datetime, seen: Iterable[str]) -> None:
        self.source = source
        self.fetch = fetch
        self.now = now
        self.asked = 0
        self.seen = dict.fromkeys(seen)
        self.posts: dict[str, RawPost] = {}
        self.health: list[str] = []
        self.skipped: list[str] = []

    async def ask(
        self, url: str, query: Mapping[str, str | list[str]] | None = None
    ) -> Mapping[str, Json]:
        """Get one page, no more often than the maintainers ask for. Raises SourceError."""
        if self.asked:
            await asyncio.sleep(PAUSE)
        self.asked += 1
        answer = await self.fetch(url, params=query, headers=HEADERS)
        host = urlsplit(answer.url).netloc
        if answer.status == 400:
            raise SourceUnreadable(f"{host}: refuses the query: {complaint(answer)}")
        page = read_json(check(answer, self.now))
        if not isinstance(page, dict) or ("results" not in page and page.get("count") != 0):
            raise SourceUnreadable(f"{host}: answers with JSON that has no documents")
        return page

    def add(self, document: Json, stage: str) -> str | None:
        """Take a document; return its publication date, or None if it cannot be read."""
        number = document.get("document_number") if isinstance(document, dict) else None
        if not isinstance(number, str) or not title_of(document):
            self.skipped.append(f"{stage}: a document without number or title")
            return None
        key = f"{stage} {normalise_number(number)}"
        if key not in self.seen:
            self.seen[key] = None
            post = post_of(self.source, document)
            self.posts.setdefault(post.external_id, post)
        published = document.get("publication_date")
        return published if isinstance(published, str) else None


async def poll(config: Config, fetch: Fetch, cursor: Mapping[str, Json], now: datetime) -> Polled:
    """Return what was published, and put on public inspection, since the last poll."""
    query = fingerprint(config)
    known = cursor if cursor.get("query") == query else {}
    visit = Visit(config.name, fetch, now, known.get("seen", ()))
    since = (now - config.lookback).date()
    latest = parse_day(known.get("until")) or since
    if known:
        since = latest - OVERLAP
    # A day more than today's: the day begins earlier elsewhere than in Washington.
    until = now.date() + timedelta(days=1)
    async for document in documents(config, visit, since, until):
        day = parse_day(visit.add(document, "published"))
        latest = max(latest, day) if day else latest
    if config.public_inspection:
        try:
            for document in await inspected(config, visit):
                visit.add(document, "inspected")
        except SourceError as failed:
            visit.health.append(f"public inspection: {failed}")
    return Polled(
        posts=tuple(visit.posts.values()),
        cursor={
            "query": query,
            "until": min(latest, until).isoformat(),
            "seen": list(visit.seen)[-MOST_SEEN:],
        },
        health=tuple(visit.health),
        skipped=tuple(visit.skipped),
    )


def fingerprint(config: Config) -> str:
    """Return a hash of what is asked for: another question starts anew."""
    asked = config.model_dump(mode="json", include={"agencies", "types", "term", "base"})
    return hashlib.sha256(orjson.dumps(asked)).hexdigest()[:16]


async def documents(config: Config, visit: Visit, since: date, until: date) -> AsyncIterator[Json]:
    """Yield the documents published in a range of days."""
    url = f"{str(config.base).rstrip('/')}/documents.json"
    first = await visit.ask(url, conditions(config, since, until))
    hits = first.get("count")
    if isinstance(hits, int) and hits > MOST_HITS and since < until:
        middle = since + (until - since) // 2
        for start, end in ((since, middle), (middle + timedelta(days=1), until)):
            async for document in documents(config, visit, start, end):
                yield document
        return
    page, visited = first, {""}
    for _ in range(MOST_PAGES):
        # With no hit there is no `results` at all.
        for document in results(page):
            yield document
        following = page.get("next_page_url")
        if not isinstance(following, str) or following in visited:
            return
        if urlsplit(following).netloc != urlsplit(str(config.base)).netloc:
            visit.health.append("the next page is on another host and was not read")
            return
        visited.add(following)
        page = await visit.ask(following)
    visit.health.append(f"more than {MOST_PAGES} pages; the rest was not read")


def conditions(config: Config, since: date, until: date) -> dict[str, str | list[str]]:
    """Return the query for the documents of a range of days."""
    query: dict[str, str | list[str]] = {
        "per_page": str(PER_PAGE),
        "order": "newest",
        "fields[]": FIELDS,
        "conditions[publication_date][gte]": since.isoformat(),
        "conditions[publication_date][lte]": until.isoformat(),
    }
    if config.agencies:
        query["conditions[agencies][]"] = list(config.agencies)
    if config.types:
        query["conditions[type][]"] = list(config.types)
    if config.term:
        query["conditions[term]"] = config.term
    return query


async def inspected(config: Config, visit: Visit) -> Iterator[Json]:
    """Return the selected documents on public inspection; the API selects none of them itself."""
    url = f"{str(config.base).rstrip('/')}/public-inspection-documents/current.json"
    page = await visit.ask(url)
    return (document for document in results(page) if selected(config, document))


def selected(config: Config, document: Json) -> bool:
    """Say whether a document on public inspection is one that was asked for.

    The search term is taken as words that must all stand in the titles: there is no text yet.
    """
    if not isinstance(document, dict):
        return True
    slugs = {agency.get("slug") for agency in agencies(document)}
    label = str(document.get("type", "")).casefold()
    titles = " ".join(strings(document, "title", "toc_subject", "toc_doc")).casefold()
    return (
        (not config.agencies or not slugs.isdisjoint(config.agencies))
        and (not config.types or label in {LABELS[code] for code in config.types})
        and all(word in titles for word in re.findall(r"\w+", (config.term or "").casefold()))
    )


def complaint(answer: Fetched) -> str:
    """Return what a 400 says, in either of the two shapes that it has."""
    try:
        body = read_json(answer)
    except SourceUnreadable:
        return "without a reason"
    said = body if isinstance(body, dict) else {}
    errors = said.get("errors")
    if isinstance(errors, dict):
        return "; ".join(f"{key} {value}" for key, value in errors.items())[:300]
    return str(said.get("message", "without a reason"))[:300]


def results(page: Mapping[str, Json]) -> list[Json]:
    """Return the documents of a page."""
    found = page.get("results")
    return found if isinstance(found, list) else []


def post_of(source: str, document: Mapping[str, Json]) -> RawPost:
    """Return the post of one document."""
    number = str(document["document_number"]).strip()
    names = [
        name
        for agency in agencies(document)
        if (name := agency.get("name") or agency.get("raw_name"))
    ]
    kind, *notes = strings(document, "type", "abstract", "action", "dates", "editorial_note") or [
        ""
    ]
    body = [f"{kind or 'Document'} of the {', '.join(map(str, names))}." if names else kind, *notes]
    day = next(iter(strings(document, "filed_at", "publication_date")), None)
    return RawPost(
        source=source,
        external_id=normalise_number(number),
        url=next(iter(strings(document, "html_url")), None),
        title=title_of(document),
        body="\n\n".join([*filter(None, body), f"FR Doc. {number}"]),
        author=", ".join(map(str, names)) or None,
        published=day,
        language="en",
    )


def agencies(document: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    """Return a document's agencies; some have nothing but a raw name."""
    listed = document.get("agencies")
    return [a for a in listed if isinstance(a, dict)] if isinstance(listed, list) else []


def strings(document: Mapping[str, Json], *keys: str) -> list[str]:
    """Return the values of these keys that are texts."""
    values = (document.get(key) for key in keys)
    return [value for value in values if isinstance(value, str) and value.strip()]


def title_of(document: Mapping[str, Json]) -> str:
    """Return a document's title; on public inspection it may be only in the table of contents."""
    return next(iter(strings(document, "title")), "") or " ".join(
        strings(document, "toc_subject", "toc_doc")
    )


def normalise_number(number: str) -> str:
    """Return a document number without what varies: 2012-07333 and 2012-7333 are the same."""
    head, dash, tail = number.strip().upper().rpartition("-")
    return f"{head}{dash}{tail.lstrip('0') or '0'}"


def parse_day(text: str | None) -> date | None:
    """Return the day that an ISO date names."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
