"""poll | normalise | classify | read the act | group | match rules | outbox

The only place that knows the order. Polling happens with nothing open; then one transaction
writes posts, taggings, events, alerts, deliveries and the source's cursor together, so that a
crash only repeats a poll: no alert is lost, none is doubled.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter

import structlog
from sqlalchemy import Connection

from alerts import configs, failpoints, sources
from alerts.acts import Reader
from alerts.ahead import Ahead, Part
from alerts.books import Books
from alerts.config import Config
from alerts.domain import Fetch, Polled, Post, RawPost
from alerts.drafts import Drafts, Known, begin
from alerts.edits import MOST_EDITS, Edit, as_another, compare
from alerts.errors import SourceError, StoreError
from alerts.grouping import fill_window, group, is_current, regroup_edited
from alerts.httpclient import Client
from alerts.judging import judge, judge_again
from alerts.normalise import normalise
from alerts.polls import PollReport, fail, record_success, unforeseen
from alerts.reading import Read, Tagger
from alerts.release import release
from alerts.second_reader import SecondReader
from alerts.settings import SourceSettings
from alerts.shorteners import HOSTS, Shorteners, short_links
from alerts.store import configs as config_queries
from alerts.store import deliveries as delivery_queries
from alerts.store import holding as holding_queries
from alerts.store import posts as post_queries
from alerts.store import retention as retention_queries
from alerts.store import sources as source_queries
from alerts.store.connect import Store
from alerts.window import Window

log = structlog.get_logger()

FORGET_AT_ONCE = 200
"""Old events that one transaction deletes: so few that nobody waits long behind it."""

BY_TIME = attrgetter("published_at", "id")
"""The order in which posts are taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The parts that a post passes through.

    window: the open events, known: events as they are stored, and shorteners: where links lead;
        what changes as posts pass.
    second: reads beside this process where there are many posts; ahead: what it reads next.
    """

    store: Store
    config: Config
    model: Tagger
    reader: Reader
    window: Window
    shorteners: Shorteners = field(default_factory=Shorteners)
    known: Known = field(default_factory=Known)
    second: SecondReader = field(default_factory=SecondReader)
    ahead: Ahead = field(default_factory=Ahead)

    def end_backlog(self, source: str) -> None:
        """End what was begun for a source's backlog: it is over, or put off."""
        self.second.end(source)
        self.ahead.end(source)

    def close(self) -> None:
        """End what runs beside it, and close the database."""
        self.second.close()
        self.store.close()


async def poll(
    settings: SourceSettings, fetch: Fetch, cursor: Mapping[str, object], now: datetime
) -> Polled:
    """Ask one source for what is new. Raises SourceError."""
    return await sources.KINDS[settings.kind].poll(settings, fetch, cursor, now)


def choose_unread(
    pipeline: Pipeline,
    settings: SourceSettings,
    found: Iterable[RawPost],
    now: datetime,
    normal: Iterable[Post] | None = None,
) -> list[Post]:
    """Normalise posts of a source and return those that are new or edited, oldest first.

    normal: the posts, if they are normalised already.
    """
    if normal is None:
        normal = normalise_all(settings, found, now)
    posts = {post.id: post for post in normal}
    with pipeline.store.read() as connection:
        texts = post_queries.texts(connection, posts.keys())
        became = {one: compare(text, posts[one].text) for one, text in texts.items()}
        # An old id that was given to another story: that story is a post of its own.
        reused = [as_another(posts[one]) for one, how in became.items() if how is Edit.OTHER]
        known = post_queries.known_ids(connection, [post.id for post in reused])
    unread = [post for post in posts.values() if became.get(post.id, Edit.EDITED) is Edit.EDITED]
    unread += [post for post in reused if post.id not in known]
    # What is forgotten and still shown somewhere must not come back as news.
    since = keeps_since(pipeline, now)
    unread = [
        post
        for post in unread
        if post.id in texts or since is None or not post.dated or post.published_at >= since
    ]
    return sorted(unread, key=BY_TIME)


def normalise_all(
    settings: SourceSettings, found: Iterable[RawPost], now: datetime
) -> Iterator[Post]:
    """Normalise posts of a source."""
    return (normalise(raw, official=settings.official, now=now) for raw in found)


def ingest(
    pipeline: Pipeline,
    settings: SourceSettings,
    polled: Polled,
    now: datetime,
    asked: datetime | None = None,
) -> PollReport:
    """Take in one poll: everything it brought and the cursor that it leaves, or nothing.

    asked: when the poll began, if that was not now.
    """
    normal = pipeline.ahead.posts(polled)
    unread = choose_unread(pipeline, settings, polled.posts, now, normal)
    coming = pipeline.ahead.next
    parts = pipeline.second.read(
        pipeline.model,
        pipeline.reader,
        unread,
        polled.resolved,
        source=settings.name,
        more=polled.more,
        coming=(coming.posts, coming.polled.resolved) if coming else ((), {}),
    )
    with pipeline.store.write() as connection:
        state = source_queries.source_state(connection, settings.name)
        first_poll = state is None or state.first_polled_at is None
        known = post_queries.known_ids(connection, [post.id for post in unread])
        drafts = begin_drafts(connection, pipeline, now)
        ledger = books(connection, pipeline, drafts)
        made: list[str] = []
        whole: list[Read] = []
        for read in parts:
            whole += read
            drafts.look_up([key for one in read for key in one.seen.keys])
            for one in read:
                if one.post.id in known:
                    made += take_edit(ledger, drafts, pipeline, one, now=now)
                else:
                    old = first_poll and settings.is_backfill(one.post, now)
                    made += take_in(ledger, drafts, pipeline, one, backfilled=old, now=now)
        report = record_success(
            connection,
            settings,
            state,
            polled,
            now,
            asked=asked or now,
            new=len(unread) - len(known),
            misread=tell_misread(whole),
        )
        drafts.close()
        failpoints.reach("ingesting")
    failpoints.reach("ingested")
    pipeline.window.valid = True
    return replace(report, read=tuple(whole), alerts=tuple(made))


def tell_misread(read: Iterable[Read]) -> int:
    """Log the posts whose acts could not be read; return how many they are."""
    misread = [one for one in read if one.fault is not None]
    for one in misread:
        log.warning("act not read", source=one.post.source, post=one.post.id, error=one.fault)
    return len(misread)


def begin_drafts(connection: Connection, pipeline: Pipeline, now: datetime) -> Drafts:
    """Begin to draft a poll, on events as they are."""
    if not is_current(connection, pipeline.window):
        fill_window(connection, pipeline.window, now)
        pipeline.known.forget()
    # Until the transaction is committed, the window knows more than the database.
    pipeline.window.valid = False
    return begin(connection, pipeline.known)


def take_in(
    ledger: Books,
    drafts: Drafts,
    pipeline: Pipeline,
    read: Read,
    *,
    backfilled: bool,
    now: datetime,
) -> list[str]:
    """Group one new post, store it, and let every rule decide; return the alerts' ids."""
    placed = group(drafts, pipeline.window, read.post, read.tagging, read.act, read.seen)
    event = placed.event
    drafts.add_post(
        post_queries.Draft(
            post=read.post,
            tagging=read.tagging,
            act=read.act,
            event_id=event.id,
            joined_by=placed.by,
            backfilled=backfilled,
            kin=placed.kin if placed.kin != event.id else None,
        )
    )
    thresholds, earlier = pipeline.model.thresholds, list[str]()
    if placed.stood_up:
        drafts.write()
        rules, terms = pipeline.config.rules, pipeline.reader.terms
        earlier = judge_again(ledger, rules, thresholds, terms, event.id, (), now=now)
    return earlier + judge(ledger, thresholds, read, event, backfilled=backfilled, now=now)


def take_edit(
    ledger: Books, drafts: Drafts, pipeline: Pipeline, read: Read, *, now: datetime
) -> list[str]:
    """Take in what a stored post says now, and let every rule decide; return the alerts' ids.

    It stays in its event; what it said before is kept. Rules see it as a new post of an event
    that they know, so only what is material is told.
    """
    connection = drafts.connection
    row = post_queries.stored(connection, read.post.id)
    changed = compare(row.text, read.post.text) is Edit.EDITED
    if not changed or len(post_queries.edits_of(connection, row.id)) >= MOST_EDITS:
        return []
    post = replace(post_queries.to_post(row), title=read.post.title, text=read.post.text)
    edited = replace(read, post=post)
    kin = row.kin or row.event_id
    event = regroup_edited(drafts, kin, row.event_id, post, read.tagging, read.act, read.seen)
    post_queries.change_post(connection, post, read.tagging, read.act)
    backfilled, thresholds = row.backfilled, pipeline.model.thresholds
    made = judge(ledger, thresholds, edited, event, backfilled=backfilled, now=now)
    post_queries.add_edit(connection, row, alerts=made, now=now)
    return made


def books(connection: Connection, pipeline: Pipeline, drafts: Drafts | None = None) -> Books:
    """Return the ledger that the database keeps, within a transaction."""
    return Books(
        connection=connection,
        config=pipeline.config,
        model=pipeline.model,
        drafts=drafts or Drafts(connection),
        at_once=drafts is None,
    )


def release_due(pipeline: Pipeline, now: datetime) -> list[str]:
    """Put what was held and is due into the outbox; return the ids of the alerts that go out."""
    with pipeline.store.read() as connection:
        due = holding_queries.rules_due(connection, now)
    if not due:
        return []
    with pipeline.store.write() as connection:
        sent = release(
            pipeline.config.rules,
            books(connection, pipeline),
            home=pipeline.config.home,
            channels=[channel.name for channel in pipeline.config.channels],
            now=now,
            config=pipeline.config.hash,
            of=due,
        )
        failpoints.reach("releasing")
    return [alert.id for alert in sent]


async def poll_source(
    pipeline: Pipeline, client: Client, settings: SourceSettings, now: datetime
) -> Polled | SourceError:
    """Poll one source from where its cursor stands; a failure is a value, since others go on."""
    with pipeline.store.read() as connection:
        state = source_queries.source_state(connection, settings.name)
    cursor = state.cursor if state else {}
    try:
        polled = pipeline.ahead.take(settings, cursor)
        if polled is None:
            polled = await poll_from(pipeline, client, settings, cursor, now)
    except StoreError:
        raise
    except SourceError as error:
        return error
    except Exception as error:  # noqa: BLE001 (one source's fault must not stop the others)
        return unforeseen(settings, error)
    if polled.more and pipeline.second.reads(settings.name):
        # So that its texts are read while this part is taken in. What fails now fails again in its
        # turn, and is told then.
        with suppress(Exception):
            after = await poll_from(pipeline, client, settings, polled.cursor, now)
            normal = normalise_all(settings, after.posts, now)
            posts = await asyncio.to_thread(sorted, normal, key=BY_TIME)
            pipeline.ahead.next = Part(
                settings=settings, cursor=polled.cursor, polled=after, posts=posts
            )
    return polled


async def poll_from(
    pipeline: Pipeline,
    client: Client,
    settings: SourceSettings,
    cursor: Mapping[str, object],
    now: datetime,
) -> Polled:
    """Poll one source from a cursor on, and ask where short links of its new posts lead."""
    fetch = client.fetcher(allow_private=settings.allow_private)
    polled = await poll(settings, fetch, cursor, now)
    # Where the links of stored posts lead was asked when they were new.
    short = [raw for raw in polled.posts if short_links(raw.url, raw.title, raw.body)]
    unread = await asyncio.to_thread(choose_unread, pipeline, settings, short, now) if short else []
    links = [link for post in unread for link in short_links(post.url, post.text)]
    resolved = await pipeline.shorteners.resolve(links, client.fetcher(hosts=HOSTS), now)
    return replace(polled, resolved=resolved)


def settle_poll(
    pipeline: Pipeline,
    settings: SourceSettings,
    polled: Polled | SourceError,
    now: datetime,
    asked: datetime | None = None,
) -> PollReport:
    """Take in what a poll brought, or write down why it failed; asked: as in `ingest`."""
    if isinstance(polled, SourceError):
        return fail(pipeline.store, settings, polled, now)
    failpoints.reach("polled")
    try:
        return ingest(pipeline, settings, polled, now, asked)
    except StoreError:
        raise
    except SourceError as error:
        return fail(pipeline.store, settings, error, now)
    except Exception as error:  # noqa: BLE001 (nothing of it is stored; the next poll repeats it)
        return fail(pipeline.store, settings, unforeseen(settings, error), now)


async def poll_all(pipeline: Pipeline, client: Client, now: datetime) -> list[PollReport]:
    """Poll every source at once, then take them in one by one in the config's order.

    What comes in parts is asked for its next part, until there is none or the outbox is full.
    """
    reports: dict[str, PollReport] = {}
    left = list(pipeline.config.sources)
    while left:
        polled = await asyncio.gather(
            *(poll_source(pipeline, client, source, now) for source in left)
        )
        for source, brought in zip(left, polled, strict=True):
            report = settle_poll(pipeline, source, brought, now)
            before = reports.get(source.name)
            reports[source.name] = before.then(report) if before else report
            if not report.more:
                pipeline.end_backlog(source.name)
        left = [source for source in left if reports[source.name].more]
        if left and outbox_is_full(pipeline):
            break
    return [reports[source.name] for source in pipeline.config.sources]


def prepare(pipeline: Pipeline, now: datetime) -> None:
    """Make the database ready for a config: a row for each source, the config kept by hash."""
    config = pipeline.config
    with pipeline.store.write() as connection:
        kinds = {source.name: source.kind for source in config.sources}
        source_queries.ensure_sources(connection, kinds, now)
        config_queries.remember_config(connection, config.hash, configs.document(config), now)


def keeps_since(pipeline: Pipeline, now: datetime) -> datetime | None:
    """Return the time before which nothing is kept; None if everything is."""
    days = pipeline.config.service.keep_days
    return None if days is None else now - timedelta(days=days)


def forget_old(pipeline: Pipeline, now: datetime) -> bool:
    """Delete a batch of what is older than the config keeps; tell whether there may be more."""
    before = keeps_since(pipeline, now)
    if before is None:
        return False
    with pipeline.store.write() as connection:
        forgotten = retention_queries.forget(connection, before, FORGET_AT_ONCE)
    if forgotten:
        pipeline.known.forget()
        log.info("forgot", events=forgotten, before=before.isoformat())
    return forgotten == FORGET_AT_ONCE


def outbox_is_full(pipeline: Pipeline) -> bool:
    """Tell whether so much waits for delivery that polling more would only add to it."""
    with pipeline.store.read() as connection:
        waiting = delivery_queries.waiting(connection)
    return waiting >= pipeline.config.service.outbox_limit
