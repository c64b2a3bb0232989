"""Corrects events by hand: merges two, or splits posts off, and tells what was swallowed.

Everything of one correction happens in the caller's transaction, so a running service sees all
of it or nothing; that there is one tells it to fill its window afresh. What leaned on an event that
a hand corrects is in it for good.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from alerts.domain import Event
from alerts.errors import AlertsError
from alerts.events import absorb, open_event
from alerts.judging import judge_again
from alerts.pipeline import Pipeline, books
from alerts.store import corrections as queries
from alerts.store import events as event_queries
from alerts.store import posts as post_queries
from alerts.traces import trace


class CorrectionRefused(AlertsError):
    """Two events cannot be merged, or posts not be split off, as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction did.

    event: the survivor of a merge, or the event that posts were split off.
    other: the event that was merged away, or the one that the posts make now.
    posts: ids of those that moved.
    moved: ids of the alerts that moved with them.
    alerts: ids of the alerts that it set off.
    """

    kind: str
    event: str
    other: str
    posts: tuple[str, ...]
    moved: tuple[str, ...]
    alerts: tuple[str, ...]


def merge(
    connection: Connection, pipeline: Pipeline, into: str, away: str, *, silent: bool, now: datetime
) -> Corrected:
    """Merge one event into another: its posts, its alerts, and all that would join it.

    into, away: ids, or beginnings of ids. silent: record what it would tell, send nothing.
    Raises NotFound and CorrectionRefused.
    """
    survivor = queries.find_event_id(connection, into)
    other = queries.find_event_id(connection, away)
    if survivor == other:
        raise CorrectionRefused(f"{into} and {away} are one event already")
    for one in (survivor, other):
        queries.revive(connection, one)
    for one in (survivor, other):
        queries.settle_leaning(connection, one)
    rows = queries.posts_of(connection, other)
    ids = [row.id for row in rows]
    queries.move_posts(connection, ids, survivor, joined_by="merge", keep_kin=True)
    queries.lead_to(connection, other, survivor)
    moved = queries.move_alerts(connection, other, survivor, None)
    _remember(connection, "merge", survivor, other, rows, moved, now)
    refold(connection, survivor)
    made = _tell(connection, pipeline, survivor, ids, silent=silent, now=now)
    return _corrected("merge", survivor, other, ids, moved, made)


def split(
    connection: Connection,
    pipeline: Pipeline,
    event: str,
    posts: Sequence[str],
    *,
    silent: bool,
    now: datetime,
) -> Corrected:
    """Split posts off an event: they make an event of their own, and so does what is like them.

    The rest keeps the event's id. Where the posts are just those of an event that was merged
    into this one, that event comes back; where they are all of one that leans, it stands up.
    Raises NotFound and CorrectionRefused.
    """
    whole = queries.find_event_id(connection, event)
    known = queries.leaned_on(connection, whole)
    queries.settle_leaning(connection, whole)
    queries.revive(connection, whole)
    rows = queries.posts_of(connection, whole)
    ids = {queries.find_post_id(rows, post) for post in posts}
    leaving = [row for row in rows if row.id in ids]
    staying = [row for row in rows if row.id not in ids]
    if not staying and known is not None:
        return _stand_up(connection, pipeline, known, whole, leaving, silent=silent, now=now)
    if not staying:
        raise CorrectionRefused(
            f"{event}: these are all its posts: leave at least one, or it is the same event"
        )
    other = _undone(connection, leaving) or _new_event(connection, whole, leaving)
    moved = queries.move_alerts(connection, whole, other, ids)
    queries.move_posts(connection, ids, other, joined_by="split", keep_kin=False)
    _remember(connection, "split", whole, other, leaving, moved, now)
    refold(connection, whole)
    refold(connection, other)
    for kin in {row.kin for row in leaving} - {None, other}:
        if left := queries.kin_of(connection, kin):
            event_queries.change_events(connection, [replace(fold(connection, left), id=kin)])
    made = [
        *_tell(connection, pipeline, other, ids, silent=silent, now=now),
        *_tell(connection, pipeline, whole, [], silent=silent, now=now),
    ]
    return _corrected("split", whole, other, [row.id for row in leaving], moved, made)


def _stand_up(
    connection: Connection,
    pipeline: Pipeline,
    known: str,
    event: str,
    rows: Sequence[Row[Any]],
    *,
    silent: bool,
    now: datetime,
) -> Corrected:
    """Tell of an event that is revived already as one apart from the known one it leaned on."""
    _remember(connection, "split", known, event, rows, (), now)
    ids = [row.id for row in rows]
    queries.move_posts(connection, ids, event, joined_by="split", keep_kin=True)
    made = _tell(connection, pipeline, event, ids, silent=silent, now=now)
    return _corrected("split", known, event, ids, [], made)


def _undone(connection: Connection, leaving: Sequence[Row[Any]]) -> str | None:
    """Bring back the merged event whose posts these are, all of them; None if there is none."""
    kin = {row.kin for row in leaving}
    former = next(iter(kin)) if len(kin) == 1 else None
    if former is None or len(queries.kin_of(connection, former)) != len(leaving):
        return None
    queries.revive(connection, former)
    return str(former)


def _new_event(connection: Connection, whole: str, leaving: Sequence[Row[Any]]) -> str:
    """Open an event for posts that leave another, and take their keys along."""
    named = "|".join((whole, str(queries.version(connection)), *(row.id for row in leaving)))
    event = replace(
        fold(connection, leaving), id=f"e{hashlib.sha256(named.encode()).hexdigest()[:16]}"
    )
    event_queries.add_events(connection, [event])
    ids = {row.id for row in leaving}
    kept = {
        kin: _keys([one for one in queries.kin_of(connection, kin) if one.id not in ids])
        for kin in {row.kin or row.event_id for row in leaving}
    }
    for row in leaving:
        keys = _keys([row])
        event_queries.add_keys(connection, event.id, keys)
        kin = row.kin or row.event_id
        queries.drop_keys(connection, kin, keys - kept[kin])
    return event.id


def _keys(rows: Sequence[Row[Any]]) -> set[str]:
    return {
        key
        for row in rows
        for key in trace(post_queries.to_post(row), post_queries.act_from_json(row.act)).keys
    }


def fold(connection: Connection, rows: Sequence[Row[Any]]) -> Event:
    """Return the event that posts make, taken in one by one in their order of arrival."""
    event: Event | None = None
    for row in rows:
        tagging = post_queries.tagging_of(connection, row.id)
        assert tagging is not None, f"post {row.id} has no tagging"
        post, act = post_queries.to_post(row), post_queries.act_from_json(row.act)
        event = absorb(event, post, tagging, act) if event else open_event(post, tagging, act)
    assert event is not None, "an event has at least one post"
    return event


def refold(connection: Connection, event_id: str) -> None:
    """Make an event anew out of the posts that it has now."""
    event = fold(connection, queries.posts_of(connection, event_id))
    event_queries.change_events(connection, [replace(event, id=event_id)])


def _tell(
    connection: Connection,
    pipeline: Pipeline,
    event_id: str,
    moved: Collection[str],
    *,
    silent: bool,
    now: datetime,
) -> list[str]:
    """Let rules tell of an event what the old grouping swallowed; return the alerts' ids."""
    rules = pipeline.config.rules
    if silent:
        rules = tuple(rule.model_copy(update={"shadow": True}) for rule in rules)
    return judge_again(
        books(connection, pipeline), rules, pipeline.model.thresholds, pipeline.reader.terms,
        event_id, moved, now=now,
    )  # fmt: skip


def _remember(
    connection: Connection,
    kind: str,
    event: str,
    other: str,
    rows: Sequence[Row[Any]],
    moved: Collection[str],
    now: datetime,
) -> None:
    joined: Mapping[str, str] = {row.id: row.joined_by for row in rows}
    queries.add_correction(
        connection, kind=kind, event_id=event, other_id=other, moved=joined,
        moved_alerts=moved, now=now,
    )  # fmt: skip


def _corrected(
    kind: str, event: str, other: str, posts: Sequence[str], moved: list[str], made: list[str]
) -> Corrected:
    return Corrected(
        kind=kind, event=event, other=other, posts=tuple(posts), moved=tuple(moved),
        alerts=tuple(made),
    )  # fmt: skip
