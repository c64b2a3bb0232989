"""Alert -> headline, lines for people, and the JSON document. Pure.

Everything that comes from posts is made harmless here, once, for every channel: plain text on
one line, and no links but web links. What is not known is left out or said to be unknown; it is
never filled in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from alerts.cleaning import Link, cut, plain, web_link
from alerts.domain import Act, Alert, Event, Json, Post, Reason, Stage
from classifier.labels import Term

HEADLINE = 120
"""Characters in a headline; Slack's header takes 150."""

LISTED = 20
"""The most items, targets, sources or changes that are told."""

PIECE = 200
"""Characters of one title, name or item."""

POSTS_SHOWN = 5
TERMS_SHOWN = 6

GRADES = ("no policy", "background", "a policy in motion", "an official act")

UNSETTLED = frozenset({Stage.PROPOSED, Stage.DELAYED, Stage.SUSPENDED, Stage.WITHDRAWN})
"""Stages at which a date of effect is only what was once said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an alert.

    label: what it tells; empty for the first line.
    links: shown after the text.
    minor: evidence and versions, for small print.
    """

    label: str
    text: str
    links: tuple[Link, ...] = ()
    minor: bool = False


def headline(alert: Alert) -> str:
    """Return one line that says what happened, at most HEADLINE characters."""
    texts = (alert.event.title, *(post.title or post.text[:1000] for post in alert.posts))
    title = next((text for text in map(plain, texts) if text), "") or _what(alert.event.act)
    prefix = {Reason.UPDATED: "Update: ", Reason.DIGEST: "Digest: "}.get(alert.reason, "")
    return cut(prefix + (title or "An event without a title"), HEADLINE)


def lines(alert: Alert) -> list[Line]:
    """Return what a person reads below the headline.

    The first line says who did what, when it takes effect, where the text is and why it was
    sent; the rest is the evidence.
    """
    act = alert.event.act
    found = [
        _summary(alert),
        Line(label="Covers", text=", ".join(_listed(act.items))),
        Line(label="Aimed at", text=", ".join(_listed(act.targets))),
        Line(label="Published", text=plain(act.published_on or "")),
        Line(label="Topics", text=_topics(alert)),
        Line(label="Policy", text=_policy(alert)),
        Line(label="Relevance", text=_relevance(alert)),
        Line(label="Reported by", text=_sources(alert.event)),
        Line(label="Lead", text=_lead(alert)),
        *(_post(post) for post in alert.posts[:POSTS_SHOWN]),
        *(
            Line(label="Terms", text=f"{_piece(topic)}: {_terms(terms)}", minor=True)
            for topic, terms in list(alert.tagging.terms.items())[:LISTED]
        ),
        Line(
            label="Decided by",
            text=f"model {_piece(alert.tagging.model)}, config {_piece(alert.config)}, "
            f"alert {plain(alert.id)}, {_minute(alert.at)}",
            minor=True,
        ),
    ]
    return [line for line in found if line.text]


def _summary(alert: Alert) -> Line:
    act = alert.event.act
    rule = f"sent by rule “{_piece(alert.rule)}” ({alert.severity.value})"
    if alert.matched:
        rule += f": {', '.join(_listed(alert.matched))} hold"
    official = web_link(alert.event.official_url, "official text")
    report = next((found for post in alert.posts if (found := web_link(post.url, "report"))), None)
    changed = f"changed: {'; '.join(_listed(alert.changes))}" if alert.changes else ""
    told = [part for part in (changed, *_act(act, alert.at)) if part]
    if alert.event.official_post is None and official is None:
        told.append("no official text found yet")
    link = official or report
    return Line(label="", text=" · ".join([*told, rule]), links=(link,) if link else ())


def _act(act: Act, at: datetime) -> list[str]:
    told = [_who(act), _what(act), _piece(act.number or "")]
    if not any((*told, act.effective_on)):
        return ["no act could be read from the text"]
    told[0] = told[0] or "authority not named"
    return [part for part in (*told, _effect(act, at)) if part]


def _who(act: Act) -> str:
    authority, jurisdiction = _piece(act.authority or ""), _piece(act.jurisdiction or "")
    return (
        f"{authority} ({jurisdiction})" if authority and jurisdiction else authority or jurisdiction
    )


def _what(act: Act) -> str:
    stage = act.stage.value if act.stage else ""
    return ", ".join(part for part in (_piece(act.instrument or ""), stage) if part)


def _effect(act: Act, at: datetime) -> str:
    stated = _piece(act.effective_on or "")
    if not stated:
        return "date of effect not stated"
    try:
        days = (date.fromisoformat(stated) - at.astimezone(UTC).date()).days
    except ValueError:
        return f"date of effect stated as {stated}"
    when = f"{stated} ({_days(days)})"
    if act.stage in UNSETTLED:
        return f"date of effect stated as {when}"
    return f"takes effect {when}" if days > 0 else f"effective since {when}"


def _days(days: int) -> str:
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return near[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def _topics(alert: Alert) -> str:
    ranked = sorted(alert.tagging.topics.items(), key=lambda item: (-item[1], item[0]))
    said = {topic: f"{_piece(topic)} {percent(p)}" for topic, p in ranked[:LISTED]}
    tagged = [text for topic, text in said.items() if topic in alert.tagging.tags]
    others = [text for topic, text in said.items() if topic not in alert.tagging.tags]
    under = f"under the threshold: {', '.join(others)}" if others else ""
    return "; ".join(part for part in (", ".join(tagged), under) if part)


def _policy(alert: Alert) -> str:
    policy = alert.tagging.policy
    return (
        f"grade {policy.grade} of 3, {GRADES[policy.grade]}: "
        f"{percent(policy.at_least_2)} that it is in motion or done, "
        f"{percent(policy.at_least_3)} that it is an official act"
    )


def _relevance(alert: Alert) -> str:
    parts = alert.relevance
    if parts.topic is None:
        return f"{parts.value} of 100: no topic was scored"
    doubt = " (doubt halved: the source is an authority)" if parts.official else ""
    return (
        f"{parts.value} of 100: policy {percent(parts.policy)}{doubt} "
        f"times {_piece(parts.topic)} {percent(parts.topic_probability)}"
    )


def percent(probability: float) -> str:
    """Return a probability as people read it; what is not certain is never called so."""
    if not 0 <= probability <= 1:
        return "unknown"
    if 0 < probability <= 0.005:
        return "under 1 %"
    if 0.995 <= probability < 1:
        return "over 99 %"
    return f"{100 * probability:.0f} %"


def _sources(event: Event) -> str:
    count = f"{event.posts} post{'' if event.posts == 1 else 's'}"
    names = ", ".join(_listed(event.sources))
    span = f"first {_minute(event.first_seen)}"
    if event.last_seen > event.first_seen:
        span += f", last {_minute(event.last_seen)}"
    return f"{count} from {names or 'no known source'}; {span}"


def lead_time(alert: Alert) -> timedelta | None:
    """Return how long the first report came before the official text; None if not known."""
    for post in alert.posts:
        if post.id == alert.event.official_post and post.dated:
            lead = post.published_at - alert.event.first_seen
            return lead if lead > timedelta(0) else None
    return None


def _lead(alert: Alert) -> str:
    lead = lead_time(alert)
    if lead is None:
        return ""
    hours, minutes = divmod(round(lead.total_seconds() / 60), 60)
    days, hours = divmod(hours, 24)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return f"first report {' '.join(parts) or 'seconds'} before the official text"


def _post(post: Post) -> Line:
    followers, interactions = post.figures.followers, post.figures.interactions
    tags = ", ".join(_listed(post.platform_tags))
    facts = (
        _piece(post.author or ""),
        _piece(post.source),
        _minute(post.published_at) if post.dated else "no date given",
        "official" if post.official else "",
        "" if followers is None else f"{followers:,} followers",
        "" if interactions is None else f"{interactions:,} interactions",
        f"platform tags: {tags}" if tags else "",
        "the source withheld a part" if post.limited else "",
    )
    title = cut(plain(post.title or post.text[:1000]), 140) or "without a title"
    link = web_link(post.url)
    return Line(
        label="Post",
        text=f"{title} ({'; '.join(fact for fact in facts if fact)})",
        links=(link,) if link else (),
    )


def _terms(terms: Iterable[Term]) -> str:
    return ", ".join(f"{_piece(term)} {weight:+.1f}" for term, weight in list(terms)[:TERMS_SHOWN])


def _piece(text: str) -> str:
    return cut(plain(text), PIECE)


def _listed(texts: Iterable[str]) -> list[str]:
    """Return at most LISTED pieces, and say how many more there are."""
    pieces = [piece for piece in map(_piece, texts) if piece]
    more = len(pieces) - LISTED
    return [*pieces[:LISTED], f"and {more} more"] if more > 0 else pieces


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def document(alert: Alert) -> dict[str, Json]:
    """Return the alert as the JSON document that webhooks receive (docs/channels.md)."""
    policy, lead = alert.tagging.policy, lead_time(alert)
    return {
        "type": f"alert.{alert.reason.value}",
        "timestamp": _instant(alert.at),
        "data": {
            "alert_id": plain(alert.id),
            "rule": _piece(alert.rule),
            "severity": alert.severity.value,
            "reason": alert.reason.value,
            "changes": _pieces(alert.changes),
            "headline": headline(alert),
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
                    _piece(topic): [[_piece(term), round(weight, 2)] for term, weight in terms]
                    for topic, terms in alert.tagging.terms.items()
                },
                "rule": _pieces(alert.matched),
                "relevance": _relevance_document(alert),
            },
            "model": _piece(alert.tagging.model),
            "config": _piece(alert.config),
        },
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
        "title": _piece(event.title),
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
        "title": _piece(post.title),
        "author": _optional(post.author),
        "source": _piece(post.source),
        "external_id": _piece(post.external_id),
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
    return {_piece(topic): round(probability, 4) for topic, probability in topics.items()}


def _pieces(texts: Iterable[str]) -> list[str]:
    return [piece for piece in map(_piece, texts) if piece][:LISTED]


def _optional(text: str | None) -> str | None:
    return _piece(text or "") or None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
