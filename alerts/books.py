"""The ledger that the service keeps: in the database, within the transaction of a poll.

It asks and writes; nothing is decided here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from alerts import channels, render
from alerts.config import Config
from alerts.domain import Alert
from alerts.events import Told
from alerts.ledger import Fate
from alerts.rules import Case, Rule
from alerts.store import alerts as alert_queries
from alerts.store import deliveries as delivery_queries
from alerts.store import posts as post_queries
from classifier.labels import Tagging

SHOWN_POSTS = 5
"""How many of an event's posts an alert carries."""

SHOWN_TERMS = 5
"""How many terms an alert shows for each topic."""


class Explainer(Protocol):
    """What is needed of a topic model to show a score's terms."""

    def tag(self, texts: list[str], *, terms: int = 0) -> list[Tagging]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A ledger (see alerts/ledger.py) over one open transaction."""

    connection: Connection
    config: Config
    model: Explainer

    def told(self, rule: str, event_id: str) -> Told | None:
        return alert_queries.told(self.connection, rule, event_id)

    def knows(self, alert_id: str) -> bool:
        return alert_queries.is_stored(self.connection, alert_id)

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        whole = self._complete(alert)
        alert_queries.add_alert(
            self.connection,
            whole,
            headline=render.headline(whole),
            document=render.document(whole),
            shadow=rule.shadow,
        )
        if fate.not_sent is None:
            self._enqueue(whole, fate, whole.at)
        self._record(rule, case, alert.at, alert_id=alert.id, not_sent=fate.not_sent)

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        self._record(rule, case, now, not_sent=why)

    def _record(
        self,
        rule: Rule,
        case: Case,
        now: datetime,
        *,
        alert_id: str | None = None,
        not_sent: str | None = None,
    ) -> None:
        """Remember what a rule said of a post, so that `tocsin why` can tell."""
        alert_queries.add_verdict(
            self.connection,
            post_id=case.post.id,
            rule=rule.name,
            at=now,
            alert_id=alert_id,
            not_sent=not_sent,
            config=self.config.hash,
        )

    def _complete(self, alert: Alert) -> Alert:
        """Add to an alert what a reader needs: the other posts of its event, and the terms."""
        trigger = alert.posts[0]
        others = [
            post_queries.to_post(row)
            for row in post_queries.event_posts(self.connection, alert.event.id)
            if row.id != trigger.id
        ]
        # The authority's own text first, then who reported it earliest.
        others.sort(key=lambda post: (not post.official, post.published_at, post.id))
        explained = self.model.tag([trigger.text], terms=SHOWN_TERMS)[0]
        telling = {*alert.tagging.tags, "policy"}
        return replace(
            alert,
            posts=(trigger, *others[: SHOWN_POSTS - 1]),
            tagging=replace(
                alert.tagging,
                terms={name: terms for name, terms in explained.terms.items() if name in telling},
            ),
        )

    def _enqueue(self, alert: Alert, fate: Fate, now: datetime) -> None:
        """Freeze an alert's body for each of its channels and put it into the outbox."""
        for name in fate.channels:
            channel = self.config.channel(name)
            assert channel is not None, f"rule {alert.rule} sends to {name}, which is unknown"
            body = channels.KINDS[channel.kind].render(channel, alert)
            delivery_queries.enqueue(self.connection, alert.id, name, body, now=now)
