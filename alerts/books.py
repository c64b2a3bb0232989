"""The ledger that the service keeps: in the database, within the transaction of a poll.

It asks and writes; nothing is decided here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import orjson
import structlog
from sqlalchemy import Connection, Row

from alerts import channels
from alerts.case import Case
from alerts.config import Config
from alerts.document import document
from alerts.domain import Alert, Event, Post, Reason
from alerts.drafts import Drafts
from alerts.ledger import Fate, Held, Hold, Made, Silence, Telling, told_by
from alerts.reading import SHOWN_TERMS
from alerts.release import part_for
from alerts.render import headline
from alerts.rules import Rule
from alerts.store import alerts as alert_queries
from alerts.store import deliveries as delivery_queries
from alerts.store import events as event_queries
from alerts.store import holding as holding_queries
from alerts.store import posts as post_queries
from alerts.store import silences as silence_queries
from alerts.updates import Told
from classifier.labels import Tagging, Term

log = structlog.get_logger()

SHOWN_POSTS = 5
"""How many of an event's posts an alert carries."""

BATCH = 200
"""Alerts that wait, read together."""


def batches(rows: Sequence[Row[Any]]) -> Iterator[Sequence[Row[Any]]]:
    """Yield rows in batches that one query can name."""
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))


def to_show(trigger: Post, posts: Iterable[Post]) -> tuple[Post, ...]:
    """Return the posts of an event that an alert shows, the one that set it off first."""
    # The authority's own text first, then who reported it earliest.
    others = sorted(
        (post for post in posts if post.id != trigger.id),
        key=lambda post: (not post.official, post.published_at, post.id),
    )
    return (trigger, *others[: SHOWN_POSTS - 1])


class Explainer(Protocol):
    """What is needed of a topic model to show a score's terms."""

    def tag(self, texts: list[str], *, terms: int = 0) -> list[Tagging]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A ledger (see alerts/ledger.py) over one open transaction.

    drafts: what the transaction adds.
    at_once: write each alert when it is added, for drafts that nobody closes.
    """

    connection: Connection
    config: Config
    model: Explainer
    drafts: Drafts
    at_once: bool = False
    _terms: dict[str, Mapping[str, tuple[Term, ...]]] = field(default_factory=dict)
    _made: dict[str, dict[str, list[Made]]] = field(default_factory=dict)
    _told: dict[tuple[str, str], Told | None] = field(default_factory=dict)
    _silences: dict[datetime, Sequence[Silence]] = field(default_factory=dict)
    _skipped: dict[str, str] = field(default_factory=dict)

    def tellers(self, event_id: str) -> Collection[str]:
        """Return the names of the rules that made alerts on an event."""
        return self._made_on(event_id).keys()

    def told(self, rule: str, event_id: str) -> Told | None:
        if (rule, event_id) not in self._told:
            self._told[rule, event_id] = told_by(self._made_on(event_id).get(rule, ()))
        return self._told[rule, event_id]

    def knows(self, alert: Alert) -> bool:
        return self.drafts.knows(alert)

    def tellings(self, event_id: str) -> Sequence[Telling]:
        self.drafts.write()
        return alert_queries.tellings(self.connection, event_id)

    def planned(self, rule: str, start: datetime, end: datetime) -> int:
        self.drafts.write()
        return holding_queries.planned(self.connection, rule, start, end)

    def silences(self, now: datetime) -> Sequence[Silence]:
        if now not in self._silences:
            # One that is added meanwhile counts from the next transaction on.
            self._silences[now] = silence_queries.active(self.connection, now)
        return self._silences[now]

    def held(self, rule: str | None = None, event_id: str | None = None) -> Sequence[Held]:
        if rule and event_id and all(one.sent for one in self._made_on(event_id).get(rule, ())):
            # What waits was not sent yet.
            return []
        self.drafts.write()
        rows = holding_queries.held_rows(self.connection, rule, event_id)
        return [held for some in batches(rows) for held in self._to_held(some)]

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        whole = self._explain(replace(alert, posts=self._posts(alert.event, alert.posts[0])))
        verdict = alert_queries.Verdict(
            post_id=case.post.id,
            rule=rule.name,
            at=alert.at,
            config=self.config.hash,
            alert_id=alert.id,
            not_sent=fate.not_sent or fate.held_for,
        )
        self._store(whole, fate, verdict)
        if fate.at_once:
            self._enqueue(replace(whole, channels=fate.channels), alert.at)
        if self.at_once:
            self.drafts.write()

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        self._skipped[rule.name] = why

    def write_skipped(self, case: Case, now: datetime) -> None:
        """Remember what was skipped of a post, so that `tocsin why` can tell: all at once."""
        if not self._skipped:
            return
        silences = post_queries.Silences(
            post_id=case.post.id, at=now, config=self.config.hash, said=dict(self._skipped)
        )
        self._skipped.clear()
        self.drafts.add_silences(silences)
        if self.at_once:
            self.drafts.write()

    def join(self, alert_id: str, other: str, now: datetime) -> None:
        self._settle()
        holding_queries.let_go(self.connection, alert_id, now, told_in=other)

    def drop(self, alert_id: str, why: str, now: datetime) -> None:
        self._settle()
        holding_queries.let_go(self.connection, alert_id, now, not_sent=why)

    def postpone(self, alert_id: str, until: datetime) -> None:
        self._settle()
        holding_queries.hold_until(self.connection, alert_id, until)

    def send(self, alert: Alert, now: datetime) -> None:
        self._settle()
        if alert.reason is Reason.DIGEST:
            self._store(alert, Fate(channels=alert.channels), None)
        else:
            holding_queries.rewrite(
                self.connection,
                alert,
                headline=headline(alert),
                document=document(alert),
            )
            holding_queries.let_go(self.connection, alert.id, now)
        self._enqueue(alert, now)
        self.drafts.write()

    def _made_on(self, event_id: str) -> dict[str, list[Made]]:
        """Return the alerts that rules made on an event, by rule; mostly there are none."""
        if event_id not in self._made:
            told = self.at_once or self.drafts.is_told(event_id)
            made = alert_queries.made_on(self.connection, event_id) if told else {}
            self._made[event_id] = made
        return self._made[event_id]

    def _settle(self) -> None:
        """Write what was added, before what is stored changes, and ask anew what was made."""
        self.drafts.write()
        self._made.clear()
        self._told.clear()

    def _store(self, alert: Alert, fate: Fate, verdict: alert_queries.Verdict | None) -> None:
        draft = alert_queries.Draft(alert, fate, headline(alert), document(alert))
        if alert.reason is not Reason.DIGEST:
            made = self._made_on(alert.event.id).setdefault(alert.rule, [])
            made.append(alert_queries.made_by(draft))
            self._told.pop((alert.rule, alert.event.id), None)
        self.drafts.add_alert(draft, verdict)

    def _to_held(self, rows: Sequence[Row[Any]]) -> Iterator[Held]:
        """Turn rows of alerts that wait into values, with a query for each kind of thing."""
        event_ids, post_ids = {row.event_id for row in rows}, {row.post_id for row in rows}
        events = {event.id: event for event in event_queries.get_events(self.connection, event_ids)}
        taggings = post_queries.taggings_of(self.connection, post_ids)
        triggers = post_queries.posts_of(self.connection, post_ids)
        posts: dict[str, list[Post]] = defaultdict(list)
        for event_id, post in post_queries.posts_of_events(self.connection, event_ids):
            posts[event_id].append(post)
        for row in rows:
            shown = to_show(triggers[row.post_id], posts[row.event_id])
            event, tagging = events[row.event_id], taggings[row.post_id]
            alert = holding_queries.to_alert(row, event, shown, tagging)
            told = self.told(row.rule, row.event_id) if alert.reason is Reason.UPDATED else None
            yield Held(
                alert=replace(alert, first=told.first) if told else alert,
                held_for=Hold(row.held_for),
                held_until=row.held_until,
            )

    def _posts(self, event: Event, trigger: Post) -> tuple[Post, ...]:
        """Return the posts to show of an event, the one that set an alert off first."""
        if event.posts == 1:
            return (trigger,)
        return to_show(trigger, self.drafts.first_shown(event.id, SHOWN_POSTS))

    def _explain(self, alert: Alert) -> Alert:
        """Add to an alert the terms that made its scores."""
        telling, found = {*alert.tagging.tags, "policy"}, alert.tagging.terms
        if not found:
            text = alert.posts[0].text
            if text not in self._terms:
                # Several rules may alert on one post, one after another.
                self._terms.clear()
                self._terms[text] = self.model.tag([text], terms=SHOWN_TERMS)[0].terms
            found = self._terms[text]
        terms = {name: some for name, some in found.items() if name in telling}
        return replace(alert, tagging=replace(alert.tagging, terms=terms))

    def _enqueue(self, alert: Alert, now: datetime) -> None:
        """Freeze an alert's body for each of its channels and put it into the outbox."""
        for name in alert.channels:
            channel = self.config.channel(name)
            if channel is None:
                # What was held for it must be seen to be lost, not vanish with it.
                self._bury(alert, name, f"channel {name} is no longer in the config", now)
                continue
            told = part_for(alert, name) if alert.gathered else alert
            try:
                body = channels.KINDS[channel.kind].render(channel, told)
            except (
                Exception
            ) as error:  # one message's fault must not stop all that its source shows
                log.debug("unforeseen", alert=alert.id, channel=name, exc_info=error)
                why = f"cannot be rendered: unforeseen {type(error).__name__} in channel {name}"
                self._bury(alert, name, why, now)
                continue
            self.drafts.add_message(
                delivery_queries.Draft(alert_id=alert.id, channel=name, body=body, at=now)
            )

    def _bury(self, alert: Alert, channel: str, why: str, now: datetime) -> None:
        """Put a message that nobody can be sent into the outbox as a dead one, with its reason."""
        body = orjson.dumps(document(alert))
        self.drafts.add_message(
            delivery_queries.Draft(alert_id=alert.id, channel=channel, body=body, at=now, dead=why)
        )
        log.warning("dead at once", alert=alert.id, channel=channel, reason=why)
