"""An outbox full of messages that nobody had to decide."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert

from alerts.store import deliveries, tables
from alerts.store.connect import Store


def fill(store: Store, channels: Mapping[str, int], now: datetime) -> None:
    """Put messages into an empty database's outbox: so many for each channel."""
    event = {
        "id": "e", "title": "t", "act": {}, "posts": 1, "sources": [], "topics": {}, "grade": 3,
        "at_least": [1, 1, 1], "relevance": 9, "first_seen": now, "last_seen": now,
    }  # fmt: skip
    post = {
        "id": "p", "source": "s", "external_id": "1", "title": "t", "text": "t", "lang": "en",
        "published_at": now, "dated": True, "first_seen_at": now, "official": False,
        "limited": False, "platform_tags": [], "act": {}, "event_id": "e", "joined_by": "opened",
        "backfilled": False,
    }  # fmt: skip
    alert = {
        "rule": "r", "event_id": "e", "post_id": "p", "severity": "high", "reason": "new",
        "changes": [], "at": now, "headline": "h", "document": {}, "official": False,
        "channels": [*channels], "shadow": False, "config": "c", "model": "m", "facts": [],
    }  # fmt: skip
    names = [f"a{number}" for number in range(max(channels.values()))]
    with store.write() as connection:
        connection.execute(insert(tables.events), event)
        connection.execute(insert(tables.posts), post)
        connection.execute(insert(tables.alerts), [{**alert, "id": name} for name in names])
        for channel, count in channels.items():
            for name in names[:count]:
                body = f'{{"alert": "{name}", "channel": "{channel}"}}'.encode()
                deliveries.enqueue(connection, name, channel, body, now=now)
