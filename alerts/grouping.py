"""(Post, Tagging, Act) -> the event that the post belongs to, over whatever keeps the events.

Looks up what alerts/events.py decides on, and keeps what it decided. An event that a hand
merged into another still recognises its posts, and leads them to the other one.
"""

from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Connection

from alerts.archive import Archive
from alerts.domain import Act, Event, Post
from alerts.events import absorb, find_event, open_event
from alerts.index import UNLIKE
from alerts.likeness import Candidate
from alerts.store import corrections as correction_queries
from alerts.store import posts as post_queries
from alerts.traces import Trace, is_digest, terms_of
from alerts.window import SOON, Window
from classifier.labels import Tagging


def group(
    archive: Archive, window: Window, post: Post, tagging: Tagging, act: Act, seen: Trace
) -> tuple[Event, str, str]:
    """Put a post into the event that it belongs to, or open one; return it and by what.

    The third is the event that the post was recognised by: another one, where a hand has
    merged that one into the first. seen: what the post can be recognised by.
    """
    shared = archive.sharing(seen.keys)
    # A post that readers would be told of is compared with more: one repeat costs their trust.
    wide = tagging.policy.grade >= 2
    looked = is_compared(tagging) or names_something(act)
    alike = window.alike(seen.terms, post.published_at, wide=wide) if looked else {}
    among = window.acts
    candidates = [
        Candidate(
            event=event,
            alike=alike.get(event.id, UNLIKE),
            among=among,
            shared=shared.get(event.id, ()),
            authorities=archive.authorities(event.id) if post.official else {},
        )
        for event in archive.get(shared.keys() | alike.keys())
    ]
    found = find_event(post, tagging, act, seen, candidates)
    if found is None:
        event, joined_by = open_event(post, tagging, act), "opened"
        archive.add(event)
        kin = event.id
    else:
        event, joined_by = absorb(found[0], post, tagging, act), found[1]
        kin = event.id
        archive.change(event)
        survivor = archive.survivor(kin)
        if survivor != kin:
            (other,) = archive.get([survivor])
            event = absorb(other, post, tagging, act)
            archive.change(event)
    archive.add_keys(kin, seen.keys)
    if is_compared(tagging):
        window.put(kin, seen.terms, post.published_at, policy=wide)
    return event, joined_by, kin


def regroup_edited(
    archive: Archive, kin: str, event_id: str, post: Post, tagging: Tagging, act: Act, seen: Trace
) -> Event:
    """Let an event know what one of its posts says since it was edited; return the event.

    kin: the event that the post was recognised by. seen: what it can be recognised by now.
    """
    for known in archive.get({kin, event_id}):
        grown = replace(absorb(known, post, tagging, act), posts=known.posts)
        archive.change(grown)
    archive.add_keys(kin, seen.keys)
    return archive.get([event_id])[0]


def is_current(connection: Connection, window: Window) -> bool:
    """Tell whether a window holds the events as they are, also where a hand regrouped them; and
    whether to fill it anew would not make it faster."""
    if not window.valid or window.is_slow:
        return False
    return window.version == correction_queries.version(connection)


def is_compared(tagging: Tagging) -> bool:
    """Tell whether later posts are compared with this one's wording; of noise, only the keys."""
    return bool(tagging.tags) or tagging.policy.grade > 0


def names_something(act: Act) -> bool:
    """Tell whether a text names a place, an office, goods or a company.

    Noise that names none is nine posts in ten of a social network, and hardly ever on an act.
    """
    return any(not one.startswith(("figure:", "date:", "way:", "notice:")) for one in act.mentions)


def fill_window(connection: Connection, window: Window, now: datetime) -> None:
    """Fill a window afresh with the stored posts that it would hold."""
    rows = post_queries.compared_since(connection, now - window.span, now - window.talk_span)
    first = list(islice(rows, SOON))
    window.clear(len(first))
    window.version = correction_queries.version(connection)
    for row in chain(first, rows):
        act = post_queries.act_from_json(row.act)
        terms = {} if is_digest(act) else terms_of(row.text, act)
        window.put(row.event_id, terms, row.published_at, policy=row.grade >= 2)
