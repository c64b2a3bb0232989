"""What a poll leaves behind beside its posts: where its source stands, and when it is due again.

Polls that brought nothing are written down together, in one transaction. Most polls of most
sources find what the last one found, and a commit waits for the disk. What a crash takes of them
is that they were made: their sources are asked again, from where they stood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from alerts import failpoints
from alerts.cleaning import plain
from alerts.domain import Polled
from alerts.drafts import Known
from alerts.errors import SourceError, SourceUnreadable, StoreError
from alerts.reading import Read
from alerts.redaction import redact
from alerts.retry import backoff
from alerts.settings import SourceSettings
from alerts.spells import page_after
from alerts.store import sources as source_queries
from alerts.store.connect import Store
from alerts.store.sources import SourceState
from alerts.timetable import first_slot, next_slot

log = structlog.get_logger()

MOST_SKIPPED = 20
"""Unreadable items that are kept among a source's warnings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What became of one poll.

    found, new: posts that the source showed, and those not seen before.
    read: the new and the edited ones as they were read, oldest first; of the last part only.
    alerts: ids of the alerts that they set off, shadow ones included.
    error: what went wrong, in one line; None if it worked.
    more: the source has more and is to be asked again at once.
    """

    source: str
    found: int = 0
    new: int = 0
    read: tuple[Read, ...] = ()
    alerts: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    error: str | None = None
    more: bool = False

    def then(self, later: "PollReport") -> "PollReport":
        """Return what became of this poll and of the one that followed at once."""
        return replace(
            later,
            found=self.found + later.found,
            new=self.new + later.new,
            alerts=self.alerts + later.alerts,
            health=tuple(dict.fromkeys(self.health + later.health)),
            skipped=self.skipped + later.skipped,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A poll that is over and not yet written down. asked, at: when it began and was over."""

    settings: SourceSettings
    polled: Polled | SourceError
    asked: datetime
    at: datetime


def brought_nothing(polled: Polled | SourceError) -> bool:
    """Tell whether a poll has no post to take in: it failed, or all is as it was."""
    return isinstance(polled, SourceError) or not (polled.posts or polled.more)


def record_together(store: Store, known: Known, polls: Sequence[Ended]) -> list[PollReport]:
    """Write down polls that brought nothing, all of them or none.

    known: the events as they are; it holds on, since none changes.
    """
    failpoints.reach("polled")
    with store.write() as connection:
        holds = known.stamp == source_queries.stamp(connection)
        reports = [
            _record(connection, one)
            # Two processes that lock the same rows in two orders would wait for each other.
            for one in sorted(polls, key=lambda one: one.settings.name)
        ]
        stamp = source_queries.stamp(connection)
        failpoints.reach("ingesting")
    failpoints.reach("ingested")
    if holds:
        known.stamp = stamp
    return reports


def _record(connection: Connection, one: Ended) -> PollReport:
    if isinstance(one.polled, SourceError):
        return record_failure(connection, one.settings, one.polled, one.at)
    state = source_queries.source_state(connection, one.settings.name)
    return record_success(connection, one.settings, state, one.polled, one.at, asked=one.asked)


def record_success(
    connection: Connection,
    settings: SourceSettings,
    state: SourceState | None,
    polled: Polled,
    now: datetime,
    *,
    asked: datetime,
    new: int = 0,
    misread: int = 0,
) -> PollReport:
    """Write down where a source stands after a poll that worked, and when it is due again.

    state: where it stood before.
    asked: when the poll began. What it took is no reason to miss the next one.
    """
    # What a source complains of may quote what it received.
    health, skipped = (tuple(map(plain, notes)) for notes in (polled.health, polled.skipped))
    if polled.more:
        due = now
    elif state is None or state.first_polled_at is None:
        due = first_slot(settings.name, settings.every, now)
    else:
        due = next_slot(state.next_poll_at, settings.every, asked)
    source_queries.record_success(
        connection,
        settings.name,
        cursor=polled.cursor,
        health=_remembered(state, health, skipped),
        new_posts=new,
        now=now,
        next_poll_at=due,
        page=page_after(state.page if state else None, polled.shown, now),
        more=polled.more,
        misread=misread,
    )
    return PollReport(
        source=settings.name,
        found=len(polled.posts),
        new=new,
        health=health,
        skipped=skipped,
        more=polled.more,
    )


def _remembered(
    state: SourceState | None, health: Sequence[str], skipped: Sequence[str]
) -> list[str]:
    """Return a source's warnings: its last poll's, and what earlier parts of a backlog skipped."""
    earlier = state.health if state and state.had_more else ()
    notes = [note for note in dict.fromkeys((*earlier, *skipped)) if note not in health]
    return [*health, *notes[:MOST_SKIPPED]]


def record_failure(
    connection: Connection, settings: SourceSettings, error: SourceError, now: datetime
) -> PollReport:
    """Write down that a poll failed and when its source is asked again."""
    told = plain(f"{type(error).__name__}: {error}")
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


def fail(store: Store, settings: SourceSettings, error: SourceError, now: datetime) -> PollReport:
    """Write down that a poll failed, in a transaction of its own; log it where that fails too.

    Its source then stays due.
    """
    try:
        with store.write() as connection:
            return record_failure(connection, settings, error, now)
    except StoreError:
        raise
    except Exception as fault:  # noqa: BLE001 (one source's fault must not stop the others)
        told = str(unforeseen(settings, fault))
    log.error("poll not stored", source=settings.name, error=told)
    return PollReport(source=settings.name, error=told)


def unforeseen(settings: SourceSettings, error: Exception) -> SourceError:
    """Turn a fault that nobody thought of into a failed poll, so that the source backs off."""
    log.debug("unforeseen", source=settings.name, exc_info=error)
    return SourceUnreadable(plain(redact(f"unforeseen {type(error).__name__}: {error}")))


def settle_quiet(store: Store, known: Known, polls: Sequence[Ended]) -> list[PollReport]:
    """Write down polls that brought nothing: together, or one by one if one of them cannot be."""
    try:
        return record_together(store, known, polls)
    except StoreError:
        raise
    except Exception:  # noqa: BLE001 (whose fault it is shows where each is written alone)
        return [_settle_alone(store, known, one) for one in polls]


def _settle_alone(store: Store, known: Known, one: Ended) -> PollReport:
    try:
        return record_together(store, known, [one])[0]
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 (one source's fault must not stop the others)
        return fail(store, one.settings, unforeseen(one.settings, error), one.at)
