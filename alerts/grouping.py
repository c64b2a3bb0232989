"""(Post, Tagging, Act) -> the event that the post belongs to, over whatever keeps the events.

Looks up what alerts/events.py decides on, and keeps what it decided. An event that a hand
merged into another still recognises its posts, and leads them to the other one. A post on weak
evidence opens an event that leans on the known one until a later post tells the two apart.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple

from sqlalchemy import Connection

from alerts.archive import Archive
from alerts.domain import Act, Event, Post
from alerts.events import WEAK, absorb, find_event, open_event, tell_apart
from alerts.index import UNLIKE
from alerts.likeness import Candidate
from alerts.store import corrections as correction_queries
from alerts.store import posts as post_queries
from alerts.traces import Trace, is_digest, terms_of
from alerts.window import SOON, Window
from classifier.labels import Tagging

NAMELESS = (
    "figure:", "date:", "way:", "notice:", "round:", "batch:", "after:", "remedy:", "scheme:",
    "step:", "review:",
)  # fmt: skip
"""What mentions that are no names begin with."""


class Placed(NamedTuple):
    """Where a post stands.

    by: what it joined the event by.
    kin: id of the event that it was recognised by: another one, where a hand has merged that one
        into the event.
    stood_up: whether the event leaned on another until this post.
    """

    event: Event
    by: str
    kin: str
    stood_up: bool = False


def group(
    archive: Archive, window: Window, post: Post, tagging: Tagging, act: Act, seen: Trace
) -> Placed:
    """Put a post into the event that it belongs to, or open one.

    seen: what the post can be recognised by.
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
    placed = _place(archive, post, tagging, act, seen, candidates)
    archive.add_keys(placed.kin, seen.keys)
    if is_compared(tagging):
        window.put(placed.kin, seen.terms, post.published_at, policy=wide)
    return placed


def _place(
    archive: Archive,
    post: Post,
    tagging: Tagging,
    act: Act,
    seen: Trace,
    candidates: Sequence[Candidate],
) -> Placed:
    found = find_event(post, tagging, act, seen, candidates)
    if found is None:
        event = open_event(post, tagging, act)
        archive.add(event)
        return Placed(event, "opened", event.id)
    known, by = found
    stood_up, on = False, archive.leans_on(known.id)
    if on is None and by == WEAK:
        return _lean(archive, post, tagging, act, archive.survivor(known.id))
    if on is not None:
        beside = [one for one in candidates if archive.survivor(one.event.id) == on]
        (leaning,) = (one for one in candidates if one.event.id == known.id)
        told = tell_apart(post, tagging, act, by, leaning, beside or _unlike(archive, on))
        if told is known:
            archive.stand_up(known.id)
            stood_up, by = True, "evidence" if by == WEAK else by
        elif told is not None:
            known, by = told, "evidence"
        elif by == WEAK:
            return _lean(archive, post, tagging, act, on)
        else:
            _see(archive, on, post)
    event = _change(archive, absorb(known, post, tagging, act))
    survivor = archive.survivor(known.id)
    if survivor == known.id:
        return Placed(event, by, known.id, stood_up)
    (other,) = archive.get([survivor])
    return Placed(_change(archive, absorb(other, post, tagging, act)), by, known.id)


def _lean(archive: Archive, post: Post, tagging: Tagging, act: Act, on: str) -> Placed:
    event = open_event(post, tagging, act)
    archive.lean(event, on)
    _see(archive, on, post)
    return Placed(event, WEAK, event.id)


def _unlike(archive: Archive, event_id: str) -> list[Candidate]:
    return [Candidate(event=event) for event in archive.get([event_id])]


def _see(archive: Archive, event_id: str, post: Post) -> None:
    """Let an event know that it may be spoken of still."""
    for event in archive.get([event_id]):
        archive.change(replace(event, last_seen=max(event.last_seen, post.published_at)))


def _change(archive: Archive, event: Event) -> Event:
    archive.change(event)
    return event


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
    return any(not one.startswith(NAMELESS) for one in act.mentions)


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
