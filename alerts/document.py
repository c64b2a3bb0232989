"""Alert -> the JSON document that webhooks receive and the database keeps. Pure.

Everything that comes from posts is made harmless here as in alerts/render.py. What is not known
is null; it is never filled in.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from alerts.cleaning import plain, web_link
from alerts.domain import Act, Alert, Event, Json, Post, Reason
from alerts.render import GATHERED, LISTED, headline, lead_time, link_of, piece


def document(alert: Alert) -> dict[str, Json]:
    """Return the alert as the JSON document that webhooks receive (docs/channels.md).

    A digest's has all that its first alert's would have, and the alerts that it gathers.
    """
    policy, lead = alert.tagging.policy, lead_time(alert)
    return {
        "type": f"alert.{alert.reason.value}",
        "timestamp": _instant(alert.at),
        "data": {
            "alert_id": plain(alert.id),
            "rule": piece(alert.rule),
            "severity": alert.severity.value,
            "reason": alert.reason.value,
            "changes": _pieces(alert.changes),
            **_first(alert),
            "note": _optional(alert.note),
            "headline": headline(alert),
            **(_gathered(alert) if alert.reason is Reason.DIGEST else {}),
            "relevance": alert.relevance.value,
            "topics": _probabilities(alert.tagging.topics),
            "tags": _pieces(alert.tagging.tags),
            "policy": {
                "grade": policy.grade,
                "at_least_2": round(policy.at_least_2, 4),
                "at_least_3": round(policy.at_least_3, 4),
            },
            "act": _act_document(alert.event.act),
            "event": _event_document(alert.event),
            "lead_minutes": None if lead is None else round(lead.total_seconds() / 60),
            "posts": [_post_document(post) for post in alert.posts[:LISTED]],
            "why": {
                "terms": {
                    piece(topic): [[piece(term), round(weight, 2)] for term, weight in terms]
                    for topic, terms in alert.tagging.terms.items()
                },
                "rule": _pieces(alert.matched),
                "relevance": _relevance_document(alert),
            },
            "model": piece(alert.tagging.model),
            "config": piece(alert.config),
        },
    }


def _first(alert: Alert) -> dict[str, Json]:
    first = alert.first if alert.reason is Reason.UPDATED else None
    return {
        "first_alert_id": plain(first.id) if first else None,
        "first_alert_at": _instant(first.at) if first else None,
    }


def _gathered(digest: Alert) -> dict[str, Json]:
    return {
        "events": len(digest.gathered),
        "alerts": [_gathered_document(alert) for alert in digest.gathered[:GATHERED]],
    }


def _gathered_document(alert: Alert) -> dict[str, Json]:
    link = link_of(alert)
    return {
        "alert_id": plain(alert.id),
        "severity": alert.severity.value,
        "reason": alert.reason.value,
        "changes": _pieces(alert.changes),
        "headline": headline(alert),
        "relevance": alert.relevance.value,
        "topics": _probabilities(alert.tagging.topics),
        "act": _act_document(alert.event.act),
        "event": _event_document(alert.event),
        "url": link.url if link else None,
    }


def _act_document(act: Act) -> dict[str, Json]:
    return {
        "instrument": _optional(act.instrument),
        "stage": act.stage.value if act.stage else None,
        "authority": _optional(act.authority),
        "jurisdiction": _optional(act.jurisdiction),
        "number": _optional(act.number),
        "targets": _pieces(act.targets),
        "items": _pieces(act.items),
        "published_on": _optional(act.published_on),
        "effective_on": _optional(act.effective_on),
    }


def _event_document(event: Event) -> dict[str, Json]:
    official = web_link(event.official_url)
    return {
        "id": plain(event.id),
        "title": piece(event.title),
        "posts": event.posts,
        "sources": _pieces(event.sources),
        "first_seen": _instant(event.first_seen),
        "last_seen": _instant(event.last_seen),
        "official_url": official.url if official else None,
    }


def _post_document(post: Post) -> dict[str, Json]:
    link = web_link(post.url)
    return {
        "url": link.url if link else None,
        "title": piece(post.title),
        "author": _optional(post.author),
        "source": piece(post.source),
        "external_id": piece(post.external_id),
        "published_at": _instant(post.published_at) if post.dated else None,
        "official": post.official,
        "limited": post.limited,
        "figures": {
            "followers": post.figures.followers,
            "interactions": post.figures.interactions,
        },
        "platform_tags": _pieces(post.platform_tags),
    }


def _relevance_document(alert: Alert) -> dict[str, Json]:
    parts = alert.relevance
    return {
        "policy": round(parts.policy, 4),
        "topic": _optional(parts.topic),
        "topic_probability": round(parts.topic_probability, 4),
        "official": parts.official,
    }


def _probabilities(topics: Mapping[str, float]) -> dict[str, float]:
    return {piece(topic): round(probability, 4) for topic, probability in topics.items()}


def _pieces(texts: Iterable[str]) -> list[str]:
    return [told for text in texts if (told := piece(text))][:LISTED]


def _optional(text: str | None) -> str | None:
    return piece(text or "") or None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"
