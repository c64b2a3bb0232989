"""What a rule looks at: a post, its event, and what is worked out of them once for all rules. Pure.

Whether a rule holds for it is decided in alerts/rules.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from alerts import expression
from alerts.conditions import author_key
from alerts.domain import Act, Event, Post
from alerts.retractions import Retraction
from alerts.updates import Standing, facts_of
from alerts.words import Searched, searched
from classifier.labels import Tagging
from classifier.relevance import Relevance


@dataclass(kw_only=True)
class Case:
    """All that a rule looks at. Not slotted: what many rules need is worked out once and kept. Not
    frozen: it is made for each post, and would take three times as long.

    event: as it stands with this post in it.
    thresholds: topic -> the model's own threshold.
    act: what the post itself says of the act.
    retraction: what the post takes back.
    reach: posts and interactions of the event; None where no rule asks.
    made_ready: the post's text, ready for words, if it is already.
    leans_on: id of the event that this one leans on: it may be on the same act.
    """

    post: Post
    tagging: Tagging
    event: Event
    thresholds: Mapping[str, float]
    act: Act = field(default_factory=Act)
    retraction: Retraction | None = None
    reach: int | None = None
    made_ready: Searched | None = None
    leans_on: str | None = None

    @cached_property
    def standing(self) -> Standing:
        """The event as its readers hear of it."""
        return Standing(
            event=self.event,
            post=self.post,
            act=self.act,
            retraction=self.retraction,
            reach=self.reach,
        )

    @cached_property
    def facts(self) -> frozenset[str]:
        """All that an alert would tell of the event."""
        return facts_of(self.standing)

    @cached_property
    def over(self) -> frozenset[str]:
        """The topics over the model's thresholds."""
        scores = self.tagging.topics
        return frozenset(t for t, p in scores.items() if p >= self.thresholds.get(t, 1.0))

    @cached_property
    def searched(self) -> Searched:
        """The text, ready for words."""
        return self.made_ready or searched(self.post.text)

    @cached_property
    def author(self) -> str | None:
        """The author, ready to be compared."""
        return author_key(self.post.author) if self.post.author else None

    @cached_property
    def relevances(self) -> dict[frozenset[str] | None, Relevance]:
        """Watched topics -> relevance, as far as some rule has asked."""
        return {}

    @cached_property
    def activations(self) -> dict[int, Any]:
        """Relevance -> what expressions see, as far as some rule has asked."""
        return {}


def seen(case: Case, relevance: int) -> dict[str, Any]:
    """Return what an expression sees, by the names in expression.VARIABLES; None: not known."""
    post, tagging, event, act = case.post, case.tagging, case.event, case.event.act
    return {
        "topics": dict(tagging.topics),
        "tags": list(tagging.tags),
        "policy": tagging.policy.grade,
        "policy.at_least_2": tagging.policy.at_least_2,
        "policy.at_least_3": tagging.policy.at_least_3,
        "relevance": relevance,
        "engagement": post.figures.interactions,
        "followers": post.figures.followers,
        "official": post.official,
        "limited": post.limited,
        "source": post.source,
        "author": post.author,
        "lang": post.lang,
        "title": post.title,
        "text": post.text[: expression.TEXT_READS],
        "published": post.published_at,
        "platform_tags": list(post.platform_tags),
        "act.instrument": act.instrument,
        "act.stage": str(act.stage) if act.stage else None,
        "act.authority": act.authority,
        "act.jurisdiction": act.jurisdiction,
        "act.number": act.number,
        "act.effective_on": act.effective_on,
        "act.targets": list(act.targets),
        "act.items": list(act.items),
        "event.posts": event.posts,
        "event.sources": list(event.sources),
        "event.relevance": event.relevance,
        "event.official": event.official_post is not None,
        "event.first_seen": event.first_seen,
    }
