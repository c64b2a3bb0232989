"""The events so far, as grouping looks them up: a protocol, and one way to keep it. Pure.

alerts/drafts.py keeps an archive in the database; the one in memory is for replays.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from alerts.domain import Event, Post


class Archive(Protocol):
    """The events, and the keys that posts find them by."""

    def sharing(self, keys: Iterable[str]) -> Mapping[str, set[str]]:
        """Return event id -> the keys it shares with those given."""
        ...

    def get(self, ids: Iterable[str]) -> list[Event]:
        """Return the events of these ids."""
        ...

    def authorities(self, event_id: str) -> Mapping[str, str]:
        """Return source -> external id of its official posts in an event."""
        ...

    def survivor(self, event_id: str) -> str:
        """Return the event that another was merged into by hand; itself if it was not."""
        ...

    def leans_on(self, event_id: str) -> str | None:
        """Return the event that another leans on, if it does."""
        ...

    def add(self, event: Event) -> None:
        """Keep a new event."""
        ...

    def lean(self, event: Event, on: str) -> None:
        """Keep a new event that leans on another: it may be on the same act."""
        ...

    def stand_up(self, event_id: str) -> None:
        """Let an event that leans be one of its own."""
        ...

    def change(self, event: Event) -> None:
        """Keep what has become of an event."""
        ...

    def add_keys(self, event_id: str, keys: Iterable[str]) -> None:
        """Let an event be found by these keys."""
        ...


@dataclass(slots=True)
class EventMemory:
    """An archive in memory, where no hand corrects anything."""

    events: dict[str, Event] = field(default_factory=dict)
    _holders: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _authorities: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _leaning: dict[str, str] = field(default_factory=dict)

    def sharing(self, keys: Iterable[str]) -> Mapping[str, set[str]]:
        shared: dict[str, set[str]] = defaultdict(set)
        for key in keys:
            for event_id in self._holders.get(key, ()):
                shared[event_id].add(key)
        return shared

    def get(self, ids: Iterable[str]) -> list[Event]:
        return [self.events[one] for one in ids if one in self.events]

    def authorities(self, event_id: str) -> Mapping[str, str]:
        return self._authorities.get(event_id, {})

    def survivor(self, event_id: str) -> str:
        return event_id

    def leans_on(self, event_id: str) -> str | None:
        return self._leaning.get(event_id)

    def add(self, event: Event) -> None:
        self.events[event.id] = event

    def lean(self, event: Event, on: str) -> None:
        self.events[event.id] = event
        self._leaning[event.id] = on

    def stand_up(self, event_id: str) -> None:
        del self._leaning[event_id]

    def change(self, event: Event) -> None:
        self.events[event.id] = event

    def add_keys(self, event_id: str, keys: Iterable[str]) -> None:
        for key in keys:
            holders = self._holders[key]
            if event_id not in holders:
                holders.append(event_id)

    def join(self, post: Post, event_id: str) -> None:
        """Remember that a post is in an event, as the table of posts would."""
        if post.official:
            self._authorities[event_id][post.source] = post.external_id
