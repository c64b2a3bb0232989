"""poll | normalise | classify | read the act | group | match rules | outbox

The only place that knows the order. Polling happens with nothing open; then one transaction
writes posts, taggings, events, alerts, deliveries and the source's cursor together, so that a
crash only repeats a poll: no alert is lost, none is doubled.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection

from alerts import sources
from alerts.acts import Reader
from alerts.books import Books
from alerts.cleaning import plain
from alerts.config import Config
from alerts.domain import Act, Event, Fetch, Polled, Post
from alerts.errors import SourceError, SourceUnreadable, StoreError
from alerts.events import absorb, find_event, is_digest, open_event, terms_of, trace
from alerts.httpclient import Client
from alerts.likeness import Candidate
from alerts.normalise import normalise
from alerts.release import release
from alerts.restraint import consider
from alerts.rules import Case
from alerts.settings import SourceSettings
from alerts.store import configs as config_queries
from alerts.store import deliveries as delivery_queries
from alerts.store import events as event_queries
from alerts.store import holding as holding_queries
from alerts.store import posts as post_queries
from alerts.store import sources as source_queries
from alerts.store.connect import Store
from alerts.window import Window
from classifier.labels import Tagging

log = structlog.get_logger()

MAX_BACKOFF = timedelta(hours=1)
"""Longest wait after failures in a row, unless the source's own interval is longer."""


class Tagger(Protocol):
    """What the pipeline needs of a topic model."""

    @property
    def version(self) -> str: ...

    @property
    def thresholds(self) -> Mapping[str, float]: ...

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The parts that a post passes through.

    window: the open events; the one part that changes as posts pass.
    """

    store: Store
    config: Config
    model: Tagger
    reader: Reader
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What became of one poll.

    found, new: posts that the source showed, and those not seen before.
    alerts: ids of the alerts that they set off, shadow ones included.
    error: what went wrong, in one line; None if it worked.
    """

    source: str
    found: int = 0
    new: int = 0
    alerts: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A post with all that was read from its text."""

    post: Post
    tagging: Tagging
    act: Act


async def poll(
    settings: SourceSettings, fetch: Fetch, cursor: Mapping[str, object], now: datetime
) -> Polled:
    """Ask one source for what is new. Raises SourceError."""
    return await sources.KINDS[settings.kind].poll(settings, fetch, cursor, now)


def read_posts(
    pipeline: Pipeline, settings: SourceSettings, polled: Polled, now: datetime
) -> list[Read]:
    """Normalise, classify and read those posts of a poll that are not stored yet, oldest first."""
    normal = (normalise(raw, official=settings.official, now=now) for raw in polled.posts)
    posts = {post.id: post for post in normal}
    with pipeline.store.read() as connection:
        known = post_queries.known_ids(connection, posts.keys())
    fresh = [post for post in posts.values() if post.id not in known]
    fresh.sort(key=lambda post: (post.published_at, post.id))
    taggings = pipeline.model.tag([post.text for post in fresh]) if fresh else []
    return [
        Read(post=post, tagging=tagging, act=read_act(pipeline.reader, post))
        for post, tagging in zip(fresh, taggings, strict=True)
    ]


def read_act(reader: Reader, post: Post) -> Act:
    """Read the act that a post reports; an authority's own number may stand only in its link."""
    act = reader.read(post.text, lang=post.lang, published_at=post.published_at)
    act = replace(act, mentions=reader.mentions(post.text))
    if act.number is None and post.official and post.url:
        own = reader.read(post.url, lang=post.lang, published_at=post.published_at)
        return replace(act, number=own.number)
    return act


def ingest(
    pipeline: Pipeline, settings: SourceSettings, polled: Polled, now: datetime
) -> PollReport:
    """Take in one poll: everything it brought and the cursor that it leaves, or nothing."""
    read = read_posts(pipeline, settings, polled, now)
    # What a source complains of may quote what it received.
    health, skipped = (tuple(map(plain, notes)) for notes in (polled.health, polled.skipped))
    made: list[str] = []
    with pipeline.store.write() as connection:
        state = source_queries.source_state(connection, settings.name)
        first_poll = state is None or state.first_polled_at is None
        known = post_queries.known_ids(connection, [one.post.id for one in read])
        fresh = [one for one in read if one.post.id not in known]
        if not pipeline.window.valid:
            fill_window(connection, pipeline.window, now)
        # Until this transaction is committed, the window knows more than the database.
        pipeline.window.valid = False
        for one in fresh:
            old = first_poll and is_backfill(settings, one.post, now)
            made += take_in(connection, pipeline, one, backfilled=old, now=now)
        source_queries.record_success(
            connection,
            settings.name,
            cursor=polled.cursor,
            health=[*health, *skipped[:20]],
            new_posts=len(fresh),
            now=now,
            next_poll_at=now + settings.every,
        )
    pipeline.window.valid = True
    return PollReport(
        source=settings.name,
        found=len(polled.posts),
        new=len(fresh),
        alerts=tuple(made),
        health=health,
        skipped=skipped,
    )


def is_backfill(settings: SourceSettings, post: Post, now: datetime) -> bool:
    """Tell whether a post of a source's first poll is too old to alert on."""
    if settings.backfill == "all":
        return False
    if settings.backfill == "none" or not post.dated:
        return True
    return post.published_at < now - settings.backfill


def take_in(
    connection: Connection, pipeline: Pipeline, read: Read, *, backfilled: bool, now: datetime
) -> list[str]:
    """Group one new post, store it, and let every rule decide; return the alerts' ids."""
    event, joined_by = group(connection, pipeline.window, read)
    post_queries.add_post(
        connection,
        read.post,
        read.tagging,
        read.act,
        event_id=event.id,
        joined_by=joined_by,
        backfilled=backfilled,
    )
    case = Case(
        post=read.post,
        tagging=read.tagging,
        event=event,
        thresholds=pipeline.model.thresholds,
    )
    made = consider(
        pipeline.config.rules,
        case,
        books(connection, pipeline),
        home=pipeline.config.home,
        backfilled=backfilled,
        now=now,
        config=pipeline.config.hash,
    )
    return [alert.id for alert in made]


def books(connection: Connection, pipeline: Pipeline) -> Books:
    """Return the ledger that the database keeps, within a transaction."""
    return Books(connection=connection, config=pipeline.config, model=pipeline.model)


def release_due(pipeline: Pipeline, now: datetime) -> list[str]:
    """Put what was held and is due into the outbox; return the ids of the alerts that go out."""
    with pipeline.store.read() as connection:
        if not holding_queries.is_due(connection, now):
            return []
    with pipeline.store.write() as connection:
        sent = release(
            pipeline.config.rules,
            books(connection, pipeline),
            home=pipeline.config.home,
            channels=[channel.name for channel in pipeline.config.channels],
            now=now,
            config=pipeline.config.hash,
        )
    return [alert.id for alert in sent]


def group(connection: Connection, window: Window, read: Read) -> tuple[Event, str]:
    """Put a post into the event that it belongs to, or open one; return it and by what."""
    post = read.post
    seen = trace(post, read.act)
    shared = event_queries.events_sharing(connection, seen.keys)
    alike = {one.event_id: one.cosine for one in window.alike(seen.terms, post.published_at)}
    candidates = [
        Candidate(
            event=event,
            shared=frozenset(shared.get(event.id, ())),
            cosine=alike.get(event.id, 0.0),
            authorities=event_queries.authorities(connection, event.id) if post.official else {},
        )
        for event in event_queries.get_events(connection, shared.keys() | alike.keys())
    ]
    found = find_event(post, read.tagging, read.act, seen, candidates)
    if found is None:
        event, joined_by = open_event(post, read.tagging, read.act), "opened"
        event_queries.add_event(connection, event)
    else:
        event, joined_by = absorb(found[0], post, read.tagging, read.act), found[1]
        event_queries.change_event(connection, event)
    event_queries.add_keys(connection, event.id, seen.keys, post.first_seen_at)
    if is_compared(read.tagging):
        window.put(event.id, seen.terms, post.published_at)
    return event, joined_by


def is_compared(tagging: Tagging) -> bool:
    """Tell whether later posts are compared with this one's wording; of noise, only the keys."""
    return bool(tagging.tags) or tagging.policy.grade > 0


def fill_window(connection: Connection, window: Window, now: datetime) -> None:
    """Fill a window afresh with the stored posts that it would hold."""
    window.clear()
    for row in post_queries.compared_since(connection, now - window.span):
        act = post_queries.act_from_json(row.act)
        terms = {} if is_digest(act) else terms_of(row.text, act)
        window.put(row.event_id, terms, row.published_at)


def fail(
    pipeline: Pipeline, settings: SourceSettings, error: SourceError, now: datetime
) -> PollReport:
    """Write down that a poll failed and when the source is asked again."""
    told = plain(f"{type(error).__name__}: {error}")
    with pipeline.store.write() as connection:
        state = source_queries.source_state(connection, settings.name)
        failures = (state.failures if state else 0) + 1
        source_queries.record_failure(
            connection,
            settings.name,
            error=told,
            now=now,
            next_poll_at=now + backoff(settings.every, failures, error.retry_after),
        )
    return PollReport(source=settings.name, error=told)


def backoff(every: timedelta, failures: int, retry_after: float | None) -> timedelta:
    """Return how long to leave a failing source alone: doubling, bounded, as it asked at least."""
    doubled = every * (1 << min(failures - 1, 10))
    wait = min(doubled, max(MAX_BACKOFF, every))
    return max(wait, timedelta(seconds=retry_after or 0))


async def poll_source(
    pipeline: Pipeline, client: Client, settings: SourceSettings, now: datetime
) -> Polled | SourceError:
    """Poll one source from where its cursor stands; a failure is a value, since others go on."""
    with pipeline.store.read() as connection:
        state = source_queries.source_state(connection, settings.name)
    fetch = client.fetcher(allow_private=settings.allow_private)
    try:
        return await poll(settings, fetch, state.cursor if state else {}, now)
    except SourceError as error:
        return error
    except Exception as error:  # noqa: BLE001 (one source's fault must not stop the others)
        return unforeseen(settings, error)


def unforeseen(settings: SourceSettings, error: Exception) -> SourceError:
    """Turn a fault that nobody thought of into a failed poll, so that the source backs off."""
    log.debug("unforeseen", source=settings.name, exc_info=error)
    return SourceUnreadable(f"unforeseen {type(error).__name__}: {error}")


def settle_poll(
    pipeline: Pipeline, settings: SourceSettings, polled: Polled | SourceError, now: datetime
) -> PollReport:
    """Take in what a poll brought, or write down why it failed."""
    if isinstance(polled, SourceError):
        return fail(pipeline, settings, polled, now)
    try:
        return ingest(pipeline, settings, polled, now)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 (nothing of it is stored; the next poll repeats it)
        return fail(pipeline, settings, unforeseen(settings, error), now)


async def poll_all(pipeline: Pipeline, client: Client, now: datetime) -> list[PollReport]:
    """Poll every source at once, then take them in one by one in the config's order."""
    sources_now = pipeline.config.sources
    polled = await asyncio.gather(
        *(poll_source(pipeline, client, source, now) for source in sources_now)
    )
    return [
        settle_poll(pipeline, source, brought, now)
        for source, brought in zip(sources_now, polled, strict=True)
    ]


def prepare(pipeline: Pipeline, now: datetime) -> None:
    """Make the database ready for a config: a row for each source, the rules kept by hash."""
    config = pipeline.config
    with pipeline.store.write() as connection:
        kinds = {source.name: source.kind for source in config.sources}
        source_queries.ensure_sources(connection, kinds, now)
        rules = [rule.model_dump(mode="json", by_alias=True) for rule in config.rules]
        config_queries.remember_config(connection, config.hash, rules, now)


def outbox_is_full(pipeline: Pipeline) -> bool:
    """Tell whether so much waits for delivery that polling more would only add to it."""
    with pipeline.store.read() as connection:
        waiting = delivery_queries.waiting(connection)
    return waiting >= pipeline.config.service.outbox_limit
