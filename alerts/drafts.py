"""What a poll has found and not yet stored: looked up in few queries, written in few statements.

A post alone would cost a dozen statements, and most of a poll's time is theirs. So keys are
looked up for all posts of a poll at once, events are kept from poll to poll, and rows are written
together: at the poll's end, or before something is asked of the database that they bear on.
Nothing is decided here.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row

from alerts.domain import Alert, Event, Post
from alerts.store import alerts as alert_queries
from alerts.store import deliveries as delivery_queries
from alerts.store import events as event_queries
from alerts.store import posts as post_queries
from alerts.store import sources as source_queries

MOST_EVENTS = 30_000
"""Events that are kept from poll to poll, those that were asked for last."""


@dataclass(slots=True)
class Known:
    """Events as they are stored, kept from poll to poll.

    stamp: of the polls that they are the outcome of; another process may have polled since.
    """

    events: OrderedDict[str, event_queries.Stored] = field(default_factory=OrderedDict)
    stamp: object = None

    def forget(self) -> None:
        """Forget everything."""
        self.events.clear()
        self.stamp = None


class Drafts:
    """All that one transaction adds, stored or not yet.

    The archive (see alerts/archive.py) that the database keeps.
    """

    def __init__(self, connection: Connection, known: Known | None = None) -> None:
        self.connection = connection
        self._known = known or Known()
        self._holders: dict[str, set[str]] = {}
        self._new: dict[str, None] = {}
        self._changed: dict[str, None] = {}
        self._keys: list[event_queries.Key] = []
        self._posts: dict[str, list[post_queries.Draft]] = defaultdict(list)
        self._silences: list[post_queries.Silences] = []
        self._alerts: list[alert_queries.Draft] = []
        self._verdicts: list[alert_queries.Verdict] = []
        self._fresh: set[str] = set()
        self._made: set[str] = set()
        self._messages: list[delivery_queries.Draft] = []

    def look_up(self, keys: Collection[str]) -> None:
        """Look up which events hold these keys, where that is not known yet."""
        unknown = [key for key in dict.fromkeys(keys) if key not in self._holders]
        if not unknown:
            return
        for key in unknown:
            self._holders[key] = set()
        for event_id, shared in event_queries.events_sharing(self.connection, unknown).items():
            for key in shared:
                self._holders[key].add(event_id)

    def sharing(self, keys: Iterable[str]) -> dict[str, set[str]]:
        """Return event id -> the keys it shares with those given."""
        wanted = list(keys)
        self.look_up(wanted)
        shared: dict[str, set[str]] = {}
        for key in wanted:
            for event_id in self._holders[key]:
                shared.setdefault(event_id, set()).add(key)
        return shared

    def get(self, ids: Iterable[str]) -> list[Event]:
        """Return the events of these ids."""
        return [one.event for one in self._stored(ids)]

    def survivor(self, event_id: str) -> str:
        """Return the event that another was merged into; itself if it was not."""
        (stored,) = self._stored([event_id])
        return stored.survivor

    def leans_on(self, event_id: str) -> str | None:
        """Return the event that another leans on, if it does."""
        (stored,) = self._stored([event_id])
        return stored.leans_on

    def is_told(self, event_id: str) -> bool:
        """Tell whether any rule ever made an alert on an event; not if it is forgotten."""
        return any(stored.told for stored in self._stored([event_id]))

    def _stored(self, ids: Iterable[str]) -> list[event_queries.Stored]:
        wanted = list(ids)
        known = self._known.events
        found = [stored for one in wanted if (stored := known.get(one)) is not None]
        if len(found) < len(wanted):
            missing = [one for one in wanted if one not in known]
            known.update(event_queries.stored_events(self.connection, missing))
            found = [known[one] for one in wanted if one in known]
        for stored in found:
            known.move_to_end(stored.event.id)
        return found

    def authorities(self, event_id: str) -> Mapping[str, str]:
        """Return source -> external id of its official posts in an event."""
        self.write()
        return event_queries.authorities(self.connection, event_id)

    def reach(self, event_id: str) -> int:
        """Return how far an event reaches; see store.posts.reach."""
        self.write()
        return post_queries.reach(self.connection, event_id)

    def first_shown(self, event_id: str, limit: int) -> list[Post]:
        """Return posts of an event, the `limit` that say most among them, in no order."""
        drafted = [draft.post for draft in self._posts.get(event_id, ())]
        rows: list[Row[Any]] = []
        if event_id not in self._new:
            rows = post_queries.first_shown(self.connection, event_id, limit)
        return [*map(post_queries.to_post, rows), *drafted]

    def add(self, event: Event) -> None:
        """Take in a new event."""
        self._known.events[event.id] = event_queries.Stored(event, event.id, told=False)
        self._new[event.id] = None

    def lean(self, event: Event, on: str) -> None:
        """Take in a new event that leans on another until it stands up."""
        stored = event_queries.Stored(event, event.id, told=False, leans_on=on)
        self._known.events[event.id] = stored
        self._new[event.id] = None

    def stand_up(self, event_id: str) -> None:
        """Let an event that leans be one of its own."""
        self.write()
        event_queries.stand_up(self.connection, event_id)
        known = self._known.events
        known[event_id] = known[event_id]._replace(leans_on=None)

    def change(self, event: Event) -> None:
        """Take in what has become of an event that was asked for."""
        known = self._known.events
        known[event.id] = known[event.id]._replace(event=event)
        if event.id not in self._new:
            self._changed[event.id] = None

    def add_keys(self, event_id: str, keys: Iterable[str]) -> None:
        """Let an event be found by these keys, where it is not already."""
        wanted = sorted(keys)
        self.look_up(wanted)
        for key in wanted:
            if event_id not in self._holders[key]:
                self._holders[key].add(event_id)
                self._keys.append({"key": key, "event_id": event_id})

    def add_post(self, draft: post_queries.Draft) -> None:
        """Take in a post with all that is stored of it."""
        self._posts[draft.event_id].append(draft)
        self._fresh.add(draft.post.id)

    def add_silences(self, silences: post_queries.Silences) -> None:
        """Take in why rules made no alert of a post."""
        self._silences.append(silences)

    def add_alert(self, draft: alert_queries.Draft, verdict: alert_queries.Verdict | None) -> None:
        """Take in an alert, and what is to be told of the post that set it off, if one did."""
        self._alerts.append(draft)
        self._made.add(draft.alert.id)
        if verdict is not None:
            self._verdicts.append(verdict)
        known, event_id = self._known.events, draft.alert.event.id
        if event_id in known:
            known[event_id] = known[event_id]._replace(told=True)

    def add_message(self, draft: delivery_queries.Draft) -> None:
        """Take in a message for the outbox."""
        self._messages.append(draft)

    def knows(self, alert: Alert) -> bool:
        """Tell whether this very alert is stored or taken in already."""
        if alert.id in self._made:
            return True
        # A post that came just now set no alert off before.
        old = alert.posts[0].id not in self._fresh
        return old and alert_queries.is_stored(self.connection, alert.id)

    def write(self) -> None:
        """Write what is not written yet."""
        known = self._known.events
        new = [known[one] for one in self._new]
        leaning = {one.event.id: one.leans_on for one in new if one.leans_on is not None}
        event_queries.add_events(self.connection, [one.event for one in new], leaning)
        event_queries.change_events(self.connection, [known[one].event for one in self._changed])
        event_queries.add_key_rows(self.connection, self._keys)
        posts = list(chain(*self._posts.values()))
        fresh = {draft.post.id for draft in posts}
        silent = {one["post_id"]: one for one in self._silences if one["post_id"] in fresh}
        post_queries.add_posts(self.connection, posts, silent)
        post_queries.add_silences(
            self.connection, [one for one in self._silences if one["post_id"] not in fresh]
        )
        alert_queries.add_alerts(self.connection, self._alerts)
        delivery_queries.enqueue_all(self.connection, self._messages)
        alert_queries.add_verdicts(self.connection, self._verdicts)
        for written in (self._new, self._changed, self._keys, self._posts, self._silences,
                        self._alerts, self._messages, self._verdicts):  # fmt: skip
            written.clear()

    def close(self) -> None:
        """Write what is left, and forget the events that were not asked for in a while."""
        self.write()
        while len(self._known.events) > MOST_EVENTS:
            self._known.events.popitem(last=False)
        self._known.stamp = source_queries.stamp(self.connection)


def begin(connection: Connection, known: Known) -> Drafts:
    """Begin a poll's drafts, with the events of the polls before it as far as they still hold."""
    # What another process committed meanwhile may be in the stamp and not in what was read before
    # it, but where one writer goes after the other.
    if connection.dialect.name != "sqlite" or known.stamp != source_queries.stamp(connection):
        known.forget()
    # Until the drafts are closed, it knows more than the database.
    known.stamp = None
    return Drafts(connection, known)
