"""Stored posts once more, as they came in, with the scores, acts and events that they have.

Only what rules may touch is put together. Nothing is scored or written; alerts/rescore.py brings
posts that must be scored.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy import Connection, String, func, literal_column, or_, select, type_coerce

from alerts.case import Case
from alerts.conditions import bar
from alerts.domain import Act, Event, Figures, Post
from alerts.events import absorb, open_event
from alerts.notebook import TimedSilence
from alerts.reader.terms import Terms
from alerts.retractions import Retraction, read_retraction
from alerts.rules import Rule
from alerts.store import silences as silence_queries
from alerts.store.posts import act_from_json
from alerts.store.tables import events, posts, taggings
from alerts.updates import Standing
from classifier import artefact
from classifier.errors import ModelError
from classifier.labels import Policy, Tagging

LEAD = timedelta(days=32)
"""How much earlier than what is asked for a replay begins, so that whatever was held back then
(the longest: a monthly digest) is held back here."""

NEVER = 2.0
"""More than any probability."""

BEGINNING = datetime(1971, 1, 1, tzinfo=UTC)
FAR = datetime(9000, 1, 1, tzinfo=UTC)

WHOLE = (*posts.c, *(column for column in taggings.c if column.name != "post_id"))
"""Every column of a post and its scores; the post's id comes first."""

Thresholds = Callable[[str], Mapping[str, float] | None]
"""Version of a model -> its thresholds; None where it is there no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A post as it came in: its case with the event as it stood then, and when.

    backfilled: it was older than its source's first poll may alert on.
    reach: posts and interactions of the event by then, for rules that ask.
    """

    case: Case
    now: datetime
    backfilled: bool
    reach: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A post to be scored again. act: as it was read before, if it was."""

    post: Post
    act: Act | None = None
    backfilled: bool = False


@dataclass(slots=True, kw_only=True)
class Span:
    """What is replayed, and what was seen of it.

    since, until: the times that are asked about, the last exclusive.
    posts, first, last: how many posts came in between, and when.
    """

    since: datetime
    until: datetime
    posts: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def count(self, now: datetime) -> None:
        """Count a post that came in at a time, where it was asked about."""
        if self.since <= now < self.until:
            self.posts += 1
            self.first = self.first or now
            self.last = now


def thresholds_in(folder: Path) -> Thresholds:
    """Return what finds the thresholds of a version, by its manifest; no model is opened."""

    def find(version: str) -> Mapping[str, float] | None:
        try:
            found: Mapping[str, float] = artefact.manifest(folder, version)["thresholds"]
        except ModelError:
            return None
        return found

    return find


def thresholds_by(tags: Collection[str], topics: Iterable[str]) -> dict[str, float]:
    """Return thresholds that give a post the tags that it has, for want of its model's own."""
    return {topic: 0.0 if topic in tags else NEVER for topic in topics}


# From the database -----------------------------------------------------------------------


def stored(
    connection: Connection,
    span: Span,
    rules: Sequence[Rule],
    thresholds: Thresholds,
    heard: Callable[[str], bool],
    terms: Terms,
    marked: Collection[str] = frozenset(),
) -> Iterator[Arrival]:
    """Yield the stored posts that these rules may say something of, in the order they came.

    A post whose topics no rule asks for leaves no trace, unless its event was heard of; it only
    counts for its event, which is put together when another post needs it. So the scores of all
    posts are looked at first, and the rest is read only of events that some rule may touch.
    heard: tells whether a rule made an alert on an event by now.
    terms: the reader's, for what posts take back.
    marked: posts, by either of their ids, that are yielded whatever rules ask for.
    """
    _count(connection, span)
    known: dict[str, Mapping[str, float] | None] = {}
    wanted = _touching(connection, span, rules, thresholds, known, marked)
    stories: dict[str, _Story] = defaultdict(_Story)
    leans = select(events.c.id, events.c.leans_on).where(events.c.leans_on.is_not(None))
    leaning = {row.id: row.leans_on for row in connection.execute(leans)}
    # Every rule asks of the post at hand.
    read = lru_cache(maxsize=8)(partial(read_retraction, terms))
    for row, touched in _whole_rows(connection, wanted):
        story = stories[row.event_id]
        if not touched and not heard(row.event_id):
            story.waiting.append(row)
            continue
        for earlier in story.waiting:
            story.take_in(earlier, _post(earlier), _tagging(earlier))
        story.waiting.clear()
        post, tagging = _post(row), _tagging(row)
        event, act = story.take_in(row, post, tagging)
        case = _StoredCase(
            post=post,
            tagging=tagging,
            event=event,
            thresholds=known[row.model] or thresholds_by(tagging.tags, tagging.topics),
            act=act,
            read=read,
            leans_on=leaning.get(row.event_id),
        )
        now, backfilled = post.first_seen_at, bool(row.backfilled)
        yield Arrival(case=case, now=now, backfilled=backfilled, reach=story.reach)


@dataclass(kw_only=True)
class _StoredCase(Case):
    """A case whose retraction, which is not stored, is read when somebody asks."""

    read: Callable[[str], Retraction | None]

    @cached_property
    def standing(self) -> Standing:
        """The event as its readers hear of it."""
        return replace(super().standing, retraction=self.read(self.post.text))


@dataclass(slots=True)
class _Story:
    """An event as it is put together. waiting: rows that came before anyone asked for it."""

    event: Event | None = None
    reach: int = 0
    waiting: list[Any] = field(default_factory=list)

    def take_in(self, row: Any, post: Post, tagging: Tagging) -> tuple[Event, Act]:
        """Take in one more post; the first one opens the event. Return it and the post's act."""
        act = act_from_json(_json(row.act))
        if self.event is None:
            self.event = open_event(post, tagging, act)
            if self.event.id != row.event_id:
                # A hand has moved its posts, or those that came before are gone.
                self.event = replace(self.event, id=row.event_id)
        else:
            self.event = absorb(self.event, post, tagging, act)
        self.reach += 1 + (post.figures.interactions or 0)
        return self.event, act


def stored_items(connection: Connection, span: Span) -> Iterator[Item]:
    """Yield the stored posts without their scores and events, in the order they came."""
    for row in _in_order(connection, span, WHOLE):
        act = act_from_json(_json(row.act))
        yield Item(post=_post(row), act=act, backfilled=bool(row.backfilled))


def stored_silences(connection: Connection) -> list[TimedSilence]:
    """Return the silences of the past, for a notebook."""
    return [
        TimedSilence(silence=silence, since=since, until=until)
        for silence, since, until in silence_queries.history(connection)
    ]


def _touching(
    connection: Connection,
    span: Span,
    rules: Sequence[Rule],
    thresholds: Thresholds,
    known: dict[str, Mapping[str, float] | None],
    marked: Collection[str],
) -> list[tuple[str, str, bool]]:
    """Return id, model and "a rule's topics hold" of each post in an event that has such a post.

    known: takes up the thresholds of the models that are met.
    """
    asked: dict[str, list[_Asked]] = {}
    found = []
    events = set()
    columns = (posts.c.id, posts.c.external_id, posts.c.event_id)
    scores = (taggings.c.model, taggings.c.topics, taggings.c.tags)
    for row in _in_order(connection, span, (*columns, *scores)):
        post_id, external_id, event_id, model, held, tags = row
        topics = _json(held)
        if model not in known:
            known[model] = thresholds(model)
            asked[model] = [_asked(rule, known[model] or {}) for rule in rules]
        asking = asked[model]
        if known[model] is None:
            own = thresholds_by(_json(tags), topics)
            asking = [_asked(rule, own) for rule in rules]
        touched = _touches(asking, topics) or post_id in marked or external_id in marked
        if touched:
            events.add(event_id)
        found.append((post_id, model, event_id, touched))
    return [(one, model, touched) for one, model, event, touched in found if event in events]


_Asked = tuple[list[tuple[str, float]], list[tuple[str, float]], list[tuple[str, float]]]
"""The topics that a rule asks for, with their bars: all of, any of, none of."""


def _asked(rule: Rule, thresholds: Mapping[str, float]) -> _Asked:
    wanted = rule.topics
    every, some, none = (
        [(topic, bar(rule.min_score, topic, thresholds)) for topic in part]
        for part in (wanted.all, wanted.any, wanted.none)
    )
    return every, some, none


def _touches(asked: Sequence[_Asked], topics: Mapping[str, float]) -> bool:
    """Tell whether any rule's topics hold: the condition on topics, for many posts a second."""
    for every, some, none in asked:
        for topic, least in every:
            if topics.get(topic, 0.0) < least:
                break
        else:
            if some and not any(topics.get(topic, 0.0) >= least for topic, least in some):
                continue
            if not any(topics.get(topic, 0.0) >= least for topic, least in none):
                return True
    return False


def _count(connection: Connection, span: Span) -> None:
    """Count the posts of a span, and find the first and the last."""
    at = posts.c.first_seen_at
    query = select(func.count(), func.min(at), func.max(at))
    row = connection.execute(query.where(at >= span.since, at < span.until)).one()
    span.posts, span.first, span.last = row


def _in_order(connection: Connection, span: Span, columns: Sequence[Any]) -> Iterator[Any]:
    """Yield columns of each post with the scores that it came in with, as the posts came in.

    Values are as the driver gives them: few of them are looked at.
    """
    start = span.since - LEAD if span.since > BEGINNING + LEAD else BEGINNING
    query = (
        select(*(type_coerce(column, String).label(column.name) for column in columns))
        .join_from(posts, taggings, taggings.c.post_id == posts.c.id)
        .where(posts.c.first_seen_at < span.until)
    )
    if start > BEGINNING:
        alive = select(posts.c.event_id).where(
            posts.c.first_seen_at >= start, posts.c.first_seen_at < span.until
        )
        known = select(events.c.leans_on).where(events.c.id.in_(alive))
        query = query.where(or_(posts.c.event_id.in_(alive), posts.c.event_id.in_(known)))
    if connection.dialect.name == "sqlite":
        # Rows are numbered as they were written, which tells posts of one poll apart.
        place: list[Any] = [literal_column("posts.rowid")]
    else:
        place = [posts.c.published_at, posts.c.id]
    query = query.order_by(posts.c.first_seen_at, *place, taggings.c.model)
    before = None
    for row in connection.execute(query, execution_options={"yield_per": 2000}):
        if row[0] != before:
            yield row
        before = row[0]


def _whole_rows(
    connection: Connection, wanted: Sequence[tuple[str, str, bool]]
) -> Iterator[tuple[Any, bool]]:
    """Yield the rows of posts with their scores, in the order given, and whether each touches."""
    columns = [type_coerce(column, String).label(column.name) for column in WHOLE]
    joined = select(*columns).join_from(posts, taggings, taggings.c.post_id == posts.c.id)
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        query = joined.where(posts.c.id.in_([post_id for post_id, _, _ in chunk]))
        rows = {(row.id, row.model): row for row in connection.execute(query).all()}
        yield from ((rows[post_id, model], touched) for post_id, model, touched in chunk)


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _time(value: Any) -> datetime:
    if isinstance(value, str):
        # SQLite has it without a zone, which is UTC.
        return datetime.fromisoformat(f"{value}+00:00")
    return cast(datetime, value).astimezone(UTC)


def _post(row: Any) -> Post:
    return Post(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        url=row.url,
        title=row.title,
        text=row.text,
        lang=row.lang,
        author=row.author,
        published_at=_time(row.published_at),
        dated=bool(row.dated),
        first_seen_at=_time(row.first_seen_at),
        official=bool(row.official),
        limited=bool(row.limited),
        figures=Figures(followers=row.followers, interactions=row.interactions),
        platform_tags=() if row.platform_tags == "[]" else tuple(_json(row.platform_tags)),
    )


def _tagging(row: Any) -> Tagging:
    at_least = (row.at_least_1, row.at_least_2, row.at_least_3)
    return Tagging(
        topics=_json(row.topics),
        tags=tuple(_json(row.tags)),
        policy=Policy(grade=row.grade, at_least=at_least),
        model=row.model,
        terms={},
    )
