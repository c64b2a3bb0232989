"""Queries on when the service ran, what came when, and the spells in which something is off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from alerts.domain import Reason
from alerts.spells import Kind, Spell
from alerts.store.tables import alerts, arrivals, posts, runs, spells, taggings

STILL_RUNNING = timedelta(minutes=15)
"""Longest time between two signs of life that counts as having run."""

MOST_SCORES = 5000
"""Scores that are compared at most."""

LAST_POSTS = 300
"""Posts whose dates tell how far a source has come."""


def sign_of_life(connection: Connection, now: datetime) -> None:
    """Note that the service runs now; since the last sign too, unless that is long ago."""
    last = connection.execute(select(runs).order_by(runs.c.started_at.desc()).limit(1)).first()
    if last is not None and now <= last.last_seen_at + STILL_RUNNING:
        # A clock that was set back changes nothing.
        if now > last.last_seen_at:
            connection.execute(
                update(runs).where(runs.c.started_at == last.started_at).values(last_seen_at=now)
            )
        return
    connection.execute(insert(runs), {"started_at": now, "last_seen_at": now})


def watched(connection: Connection, since: datetime) -> list[tuple[datetime, datetime]]:
    """Return when the service ran, oldest first, from the run that a time falls into on."""
    query = select(runs).where(runs.c.last_seen_at >= since).order_by(runs.c.started_at)
    return [(row.started_at, row.last_seen_at) for row in connection.execute(query)]


def last_arrival(connection: Connection, source: str) -> datetime | None:
    """Return when a source last brought something."""
    query = select(func.max(arrivals.c.at)).where(arrivals.c.source == source)
    found: datetime | None = connection.execute(query).scalar()
    return found


def arrivals_between(
    connection: Connection, source: str, since: datetime, until: datetime
) -> list[datetime]:
    """Return when a source brought something, oldest first."""
    query = select(arrivals.c.at).where(
        arrivals.c.source == source, arrivals.c.at > since, arrivals.c.at <= until
    )
    return list(connection.execute(query.order_by(arrivals.c.at)).scalars())


def last_alert(connection: Connection, rule: str) -> datetime | None:
    """Return when a rule last made an alert."""
    found: datetime | None = connection.execute(
        select(func.max(alerts.c.at)).where(alerts.c.rule == rule, alerts.c.reason != Reason.DIGEST)
    ).scalar()
    return found


def alerts_between(
    connection: Connection, rule: str, since: datetime, until: datetime
) -> list[datetime]:
    """Return when a rule made alerts, oldest first, those of one moment once."""
    query = select(alerts.c.at).where(
        alerts.c.rule == rule,
        # A digest tells what was decided before.
        alerts.c.reason != Reason.DIGEST,
        alerts.c.at > since,
        alerts.c.at <= until,
    )
    return list(connection.execute(query.distinct().order_by(alerts.c.at)).scalars())


def last_dates(connection: Connection, source: str) -> list[datetime]:
    """Return the publication times of a source's last posts, as far as they have one."""
    query = select(posts.c.published_at, posts.c.dated).where(posts.c.source == source)
    rows = connection.execute(query.order_by(posts.c.first_seen_at.desc()).limit(LAST_POSTS))
    return [row.published_at for row in rows if row.dated]


def first_score(connection: Connection, model: str) -> datetime | None:
    """Return when the first post that a model scored came in."""
    query = select(posts.c.first_seen_at).join(taggings, taggings.c.post_id == posts.c.id)
    query = query.where(taggings.c.model == model, posts.c.backfilled.is_(False))
    found: datetime | None = connection.execute(
        query.order_by(posts.c.first_seen_at).limit(1)
    ).scalar()
    return found


def scores_between(
    connection: Connection, model: str, since: datetime, until: datetime
) -> list[tuple[str, Mapping[str, float]]]:
    """Return source and topics of what a model scored; of each event the first post only.

    Where there are too many it is a fair sample, and the same one each time: ids are hashes.
    Forty posts on one act are one thing that happened, not forty.
    """
    query = (
        select(posts.c.source, taggings.c.topics)
        .join(taggings, taggings.c.post_id == posts.c.id)
        .where(
            taggings.c.model == model,
            posts.c.joined_by == "opened",
            posts.c.backfilled.is_(False),
            posts.c.first_seen_at >= since,
            posts.c.first_seen_at < until,
        )
        .order_by(posts.c.id)
        .limit(MOST_SCORES)
    )
    return [(row.source, row.topics) for row in connection.execute(query)]


def open_spells(connection: Connection) -> list[Spell]:
    """Return what is off now, the oldest first."""
    query = select(spells).where(spells.c.ended_at.is_(None))
    rows = connection.execute(query.order_by(spells.c.since, spells.c.id))
    return [to_spell(row) for row in rows]


def begin_spell(connection: Connection, spell: Spell, now: datetime) -> bool:
    """Store a spell; False if this very one was told before."""
    if connection.execute(select(spells.c.id).where(spells.c.id == spell.id)).first():
        connection.execute(update(spells).where(spells.c.id == spell.id).values(ended_at=None))
        return False
    connection.execute(
        insert(spells),
        {
            "id": spell.id,
            "kind": spell.kind,
            "about": spell.about,
            "name": spell.name,
            "since": spell.since,
            "noticed_at": now,
            "says": spell.says,
            "check": list(spell.check),
        },
    )
    return True


def end_spells(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Note that spells are over."""
    connection.execute(update(spells).where(spells.c.id.in_(list(ids))).values(ended_at=now))


def to_spell(row: Row[Any]) -> Spell:
    """Turn a row into the noun."""
    return Spell(
        kind=Kind(row.kind),
        about=row.about,
        name=row.name,
        since=row.since,
        says=row.says,
        check=tuple(row.check),
    )
