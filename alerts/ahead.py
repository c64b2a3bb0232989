"""What a backlog has next: polled before its turn, so that its texts can be read meanwhile.

While one part is grouped and stored, a second process (alerts/second_reader.py) would run out of
texts. So the next part is asked for early. It is used only where the part before it was stored and
left the cursor that it began at; otherwise the source is asked again. Nothing is decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from alerts.domain import Json, Polled, Post
from alerts.settings import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a backlog. cursor: where it begins; posts: its posts, normalised."""

    settings: SourceSettings
    cursor: Mapping[str, Json]
    polled: Polled
    posts: Sequence[Post]


@dataclass(slots=True)
class Ahead:
    """The part that is taken in now, if it was asked for early, and the one that comes next."""

    now: Part | None = None
    next: Part | None = None

    def take(self, settings: SourceSettings, cursor: Mapping[str, Json]) -> Polled | None:
        """Return what a source has from a cursor on, if that was asked for early."""
        part = self.next
        if part is None or part.settings.name != settings.name:
            return None
        self.now, self.next = part, None
        # A stored cursor is JSON, which knows no tuples.
        begins = orjson.loads(orjson.dumps(dict(part.cursor)))
        return part.polled if part.settings == settings and begins == cursor else None

    def posts(self, polled: Polled) -> Sequence[Post] | None:
        """Return the normalised posts of a poll, if it was asked for early."""
        part = self.now
        return part.posts if part is not None and part.polled is polled else None

    def end(self, source: str) -> None:
        """Forget what a source has next: its backlog is over, or put off."""
        for part in (self.now, self.next):
            if part is not None and part.settings.name == source:
                self.now = self.next = None
