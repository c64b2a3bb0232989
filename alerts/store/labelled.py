"""The posts of events that a hand corrected, as labelled rows: test material for grouping."""

from typing import Any

from sqlalchemy import Connection, select

from alerts.store import corrections as queries
from alerts.store.listing import iso
from alerts.store.posts import act_from_json, tagging_of
from alerts.store.tables import events


def labelled_rows(connection: Connection) -> list[dict[str, Any]]:
    """Return every post of the corrected events in order of arrival.

    act: the event that the post belongs to, as corrected; the label. apart_from: events that
    this one was split from, or that were split from it: look-alikes.
    """
    touched: set[str] = set()
    apart: dict[str, set[str]] = {}
    for row in queries.history(connection):
        touched |= {row.event_id, row.other_id}
        if row.kind == "split":
            apart.setdefault(row.event_id, set()).add(row.other_id)
            apart.setdefault(row.other_id, set()).add(row.event_id)
    living = select(events.c.id).where(events.c.id.in_(touched), events.c.merged_into.is_(None))
    posts = [
        post
        for event_id in connection.execute(living).scalars()
        for post in queries.posts_of(connection, event_id)
    ]
    posts.sort(key=lambda post: (post.first_seen_at, post.published_at, post.id))
    return [_labelled(connection, post, apart) for post in posts]


def _labelled(connection: Connection, post: Any, apart: dict[str, set[str]]) -> dict[str, Any]:
    tagging = tagging_of(connection, post.id)
    rest = post.text.removeprefix(post.title).strip() if post.title else post.text
    return {
        "id": post.id,
        "published": iso(post.published_at),
        "source": post.source,
        "url": post.url,
        "author": post.author,
        "lang": post.lang,
        "official": post.official,
        "title": post.title,
        "body": rest,
        "act": post.event_id,
        "apart_from": sorted(apart.get(post.event_id, ())),
        "grade": tagging.policy.grade if tagging else 0,
        "stage": act_from_json(post.act).stage,
    }
