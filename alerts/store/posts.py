"""Queries on posts and their taggings."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    delete,
    func,
    insert,
    select,
    union_all,
    update,
)

from alerts.domain import Act, Figures, Post, Stage
from alerts.store.many import execute_many
from alerts.store.tables import MOST_PARAMETERS, edits, events, posts, taggings
from classifier.labels import Policy, Tagging

ADD = insert(posts)
ADD_TAGGING = insert(taggings)


def known_ids(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return those of the ids that are stored."""
    found: set[str] = set()
    wanted = list(ids)
    for start in range(0, len(wanted), MOST_PARAMETERS):
        chunk = wanted[start : start + MOST_PARAMETERS]
        found.update(connection.execute(select(posts.c.id).where(posts.c.id.in_(chunk))).scalars())
    return found


def texts(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Return id -> text of those of the posts that are stored."""
    found: dict[str, str] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), MOST_PARAMETERS):
        chunk = wanted[start : start + MOST_PARAMETERS]
        query = select(posts.c.id, posts.c.text).where(posts.c.id.in_(chunk))
        found.update((row.id, row.text) for row in connection.execute(query))
    return found


def stored(connection: Connection, post_id: str) -> Row[Any]:
    """Return the row of a post that is stored."""
    return connection.execute(select(posts).where(posts.c.id == post_id)).one()


def change_post(connection: Connection, post: Post, tagging: Tagging, act: Act) -> None:
    """Store what a post says since it was edited, with the tagging and the act of that.

    What any model gave the former text is no score of this one.
    """
    said = {"title": post.title, "text": post.text, "act": act_to_row(act)}
    connection.execute(update(posts).where(posts.c.id == post.id).values(said))
    connection.execute(delete(taggings).where(taggings.c.post_id == post.id))
    connection.execute(insert(taggings), _tagging_values(post.id, tagging))


def add_edit(
    connection: Connection, before: Row[Any], *, alerts: Collection[str], now: datetime
) -> None:
    """Keep what a post said before it was edited, and the alerts that the edit set off."""
    connection.execute(
        insert(edits),
        {
            "post_id": before.id,
            "at": now,
            "title": before.title,
            "text": before.text,
            "alerts": list(alerts),
        },
    )


def edits_of(connection: Connection, post_id: str) -> list[Row[Any]]:
    """Return what a post said before its edits, oldest first."""
    query = select(edits).where(edits.c.post_id == post_id)
    return list(connection.execute(query.order_by(edits.c.id)))


SAID = attrgetter(*(one.name for one in fields(Act) if one.name != "mentions"))
"""What an act says, but for the names that stand in its text."""


class Draft(NamedTuple):
    """A post to store with its tagging, its act, and the event that it joined and by what.

    kin: the event that it was recognised by, where that one was merged into another by hand.
    """

    post: Post
    tagging: Tagging
    act: Act
    event_id: str
    joined_by: str
    backfilled: bool
    kin: str | None = None


class Silences(TypedDict):
    """Why the rules that a post touched made no alert of it. said: rule -> why."""

    post_id: str
    at: datetime
    config: str
    said: Mapping[str, str]


def add_posts(
    connection: Connection, drafts: Sequence[Draft], silent: Mapping[str, Silences]
) -> None:
    """Store new posts with their taggings. silent: post -> why rules made no alert of it."""
    execute_many(connection, ADD, [_post_values(one, silent.get(one.post.id)) for one in drafts])
    rows = [_tagging_values(draft.post.id, draft.tagging) for draft in drafts]
    execute_many(connection, ADD_TAGGING, rows)


def add_silences(connection: Connection, silences: Iterable[Silences]) -> None:
    """Record why the rules that stored posts touched made no alerts of them.

    What a rule said before is replaced. All that is said of a post is one value of its row: with
    a row for each rule, a third of the database would be reasons for silence.
    """
    for one in silences:
        mine = posts.c.id == one["post_id"]
        query = select(posts.c.silent).where(mine).with_for_update()
        former = connection.execute(query).scalar_one() or ()
        said = [
            {**before, "said": left}
            for before in former
            if (left := {r: why for r, why in before["said"].items() if r not in one["said"]})
        ]
        said.append(_silences_to_json(one))
        connection.execute(update(posts).where(mine).values(silent=said))


def _silences_to_json(silences: Silences) -> dict[str, Any]:
    at, config, said = silences["at"], silences["config"], silences["said"]
    return {"at": _written(at), "config": config, "said": dict(said)}


@lru_cache(maxsize=64)
def _written(at: datetime) -> str:
    """Return a time as JSON has it; it is the same for all posts of a poll."""
    return at.astimezone(UTC).isoformat()


def _post_values(draft: Draft, silences: Silences | None) -> dict[str, Any]:
    post = draft.post
    return {
        "id": post.id,
        "source": post.source,
        "external_id": post.external_id,
        "url": post.url,
        "title": post.title,
        "text": post.text,
        "lang": post.lang,
        "author": post.author,
        "published_at": post.published_at,
        "dated": post.dated,
        "first_seen_at": post.first_seen_at,
        "official": post.official,
        "limited": post.limited,
        "followers": post.figures.followers,
        "interactions": post.figures.interactions,
        "platform_tags": list(post.platform_tags),
        "act": act_to_row(draft.act),
        "event_id": draft.event_id,
        "joined_by": draft.joined_by,
        "backfilled": draft.backfilled,
        "kin": draft.kin,
        "silent": [_silences_to_json(silences)] if silences else None,
    }


def _tagging_values(post_id: str, tagging: Tagging) -> dict[str, Any]:
    return {
        "post_id": post_id,
        "model": tagging.model,
        "topics": dict(tagging.topics),
        "tags": list(tagging.tags),
        "grade": tagging.policy.grade,
        "at_least_1": tagging.policy.at_least[0],
        "at_least_2": tagging.policy.at_least[1],
        "at_least_3": tagging.policy.at_least[2],
    }


def post_row(connection: Connection, post_id: str) -> Row[Any] | None:
    """Return a post's row, by its own id or by the source's; None if there is none."""
    by_id = connection.execute(select(posts).where(posts.c.id == post_id)).first()
    if by_id is not None:
        return by_id
    query = select(posts).where(posts.c.external_id == post_id)
    return connection.execute(query.order_by(posts.c.first_seen_at)).first()


def is_shown_in(event_id: str) -> ColumnElement[bool]:
    """Return what holds for the posts that are shown in an event: its own, and those of what leans
    on it."""
    own, leaning = events.c.id == event_id, events.c.leans_on == event_id
    # Two look-ups; with "or", PostgreSQL would read the whole table.
    ids = union_all(select(events.c.id).where(own), select(events.c.id).where(leaning))
    return posts.c.event_id.in_(ids)


def event_posts(connection: Connection, event_id: str, limit: int = 1000) -> list[Row[Any]]:
    """Return the rows of the posts that are shown in an event, oldest first."""
    query = select(posts).where(is_shown_in(event_id))
    return list(connection.execute(query.order_by(posts.c.first_seen_at).limit(limit)))


def first_shown(connection: Connection, event_id: str, limit: int) -> list[Row[Any]]:
    """Return the rows of an event's posts that say most: authorities' first, then the earliest."""
    query = select(posts).where(posts.c.event_id == event_id)
    order = (posts.c.official.desc(), posts.c.published_at, posts.c.id)
    return list(connection.execute(query.order_by(*order).limit(limit)))


def reach(connection: Connection, event_id: str) -> int:
    """Return how far an event reaches: its posts, and the interactions that are known of them."""
    spread = func.count() + func.coalesce(func.sum(posts.c.interactions), 0)
    return int(connection.execute(select(spread).where(posts.c.event_id == event_id)).scalar_one())


def compared_since(
    connection: Connection, since: datetime, talk_since: datetime
) -> Iterator[Row[Any]]:
    """Yield event, text, act and time of the posts with a topic or a policy, in stored order.

    talk_since: from when on posts of grade 0 and 1 count; earlier ones must report an act.
    The event is the one that later posts are recognised by.
    """
    query = (
        select(func.coalesce(posts.c.kin, posts.c.event_id).label("event_id"))
        .add_columns(posts.c.text, posts.c.act, posts.c.published_at)
        .add_columns(taggings.c.tags, taggings.c.grade)
        .join(taggings, taggings.c.post_id == posts.c.id)
        .where(posts.c.published_at >= since)
        .where((posts.c.published_at >= talk_since) | (taggings.c.grade >= 2))
        .order_by(posts.c.first_seen_at, posts.c.published_at, posts.c.id)
    )
    return (row for row in connection.execute(query) if row.tags or row.grade > 0)


def recent_posts(connection: Connection, limit: int) -> list[Row[Any]]:
    """Return the rows of the posts that came in last, newest first."""
    query = select(posts).order_by(posts.c.first_seen_at.desc(), posts.c.published_at.desc())
    return list(connection.execute(query.order_by(posts.c.id).limit(limit)))


def posts_of(connection: Connection, post_ids: Collection[str]) -> dict[str, Post]:
    """Return the posts of these ids, by id."""
    query = select(posts).where(posts.c.id.in_(list(post_ids)))
    return {row.id: to_post(row) for row in connection.execute(query)}


def posts_of_events(
    connection: Connection, event_ids: Collection[str]
) -> Iterator[tuple[str, Post]]:
    """Yield (event, post) for the posts of several events, oldest first."""
    query = select(posts).where(posts.c.event_id.in_(list(event_ids)))
    rows = connection.execute(query.order_by(posts.c.first_seen_at))
    return ((row.event_id, to_post(row)) for row in rows)


def tagging_of(connection: Connection, post_id: str) -> Tagging | None:
    """Return the newest tagging of a post."""
    return taggings_of(connection, [post_id]).get(post_id)


def taggings_of(connection: Connection, post_ids: Collection[str]) -> dict[str, Tagging]:
    """Return post -> its newest tagging."""
    query = select(taggings).where(taggings.c.post_id.in_(list(post_ids)))
    rows = connection.execute(query.order_by(taggings.c.model))
    return {
        row.post_id: Tagging(
            topics=row.topics,
            tags=tuple(row.tags),
            policy=Policy(
                grade=row.grade, at_least=(row.at_least_1, row.at_least_2, row.at_least_3)
            ),
            model=row.model,
            terms={},
        )
        for row in rows
    }


def to_post(row: Row[Any]) -> Post:
    """Turn a row into the noun."""
    return Post(
        id=row.id,
        source=row.source,
        external_id=row.external_id,
        url=row.url,
        title=row.title,
        text=row.text,
        lang=row.lang,
        author=row.author,
        published_at=row.published_at,
        dated=row.dated,
        first_seen_at=row.first_seen_at,
        official=row.official,
        limited=row.limited,
        figures=Figures(followers=row.followers, interactions=row.interactions),
        platform_tags=tuple(row.platform_tags),
    )


def act_to_row(act: Act) -> dict[str, Any]:
    """Turn an act into what its column holds: what it says."""
    if not any(SAID(act)):
        # Nine posts in ten.
        return {"mentions": act.mentions} if act.mentions else {}
    return {name: value for name, value in act_to_json(act).items() if value}


def act_to_json(act: Act) -> dict[str, Any]:
    """Turn an act into JSON; the words it was read from included."""
    return {
        "instrument": act.instrument,
        "stage": act.stage,
        "authority": act.authority,
        "jurisdiction": act.jurisdiction,
        "number": act.number,
        "targets": list(act.targets),
        "items": list(act.items),
        "published_on": act.published_on,
        "effective_on": act.effective_on,
        "mentions": list(act.mentions),
        "read_from": {name: list(words) for name, words in act.read_from.items()},
    }


def act_from_json(data: Mapping[str, Any]) -> Act:
    """Turn what a column holds back into an act; what does not stand there was not said."""
    said = data.get
    return Act(
        instrument=said("instrument"),
        stage=Stage(data["stage"]) if said("stage") else None,
        authority=said("authority"),
        jurisdiction=said("jurisdiction"),
        number=said("number"),
        targets=tuple(said("targets", ())),
        items=tuple(said("items", ())),
        published_on=said("published_on"),
        effective_on=said("effective_on"),
        mentions=tuple(said("mentions", ())),
        read_from=_words(said("read_from", {})),
    )


def _words(data: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in data.items()}
