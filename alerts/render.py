"""Alert -> headline and lines for people. Pure.

Everything that comes from posts is made harmless here, once, for every channel: plain text on
one line, and no links but web links. What is not known is left out or said to be unknown; it is
never filled in.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from alerts.cleaning import Link, counted, cut, plain, web_link
from alerts.domain import Act, Alert, Event, Post, Reason, Severity, Stage
from alerts.updates import span
from classifier.labels import Term

HEADLINE = 120
"""Characters in a headline; Slack's header takes 150."""

LISTED = 20
"""The most items, targets, sources or changes that are told."""

PIECE = 200
"""Characters of one title, name or item."""

GATHERED = 40
"""The most events that a digest tells; the others are counted."""

GATHERED_LINE = 500
"""Characters of what a digest says of one event."""

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
    prefix = f"Update: {_in_short(alert)}" if alert.reason is Reason.UPDATED else ""
    if alert.reason is Reason.DIGEST:
        prefix = f"Digest of {_events(alert.gathered)}: "
    if alert.reason is Reason.TEST:
        prefix = "Test: "
    return cut(prefix + (title or "An event without a title"), HEADLINE)


def _in_short(alert: Alert) -> str:
    """Return what an update is about, before its title: what stands before a comma or colon."""
    short = re.split("[,:(]", plain("".join(alert.changes[:1])), maxsplit=1)[0].strip()
    return f"{cut(short, HEADLINE // 2)} – " if short else ""


def _events(alerts: Collection[Alert]) -> str:
    return counted(len(alerts), "event")


def lines(alert: Alert) -> list[Line]:
    """Return what a person reads below the headline.

    The first line says who did what, when it takes effect, where the text is and why it was
    sent; the rest is the evidence.
    """
    if alert.reason is Reason.DIGEST:
        return _digest_lines(alert)
    act = alert.event.act
    found = [
        _summary(alert),
        Line(label="Update to", text=_follows(alert)),
        Line(label="Note", text=piece(alert.note)),
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
            Line(label="Terms", text=f"{piece(topic)}: {_terms(terms)}", minor=True)
            for topic, terms in list(alert.tagging.terms.items())[:LISTED]
        ),
        Line(
            label="Decided by",
            text=f"model {piece(alert.tagging.model)}, config {piece(alert.config)}, "
            f"alert {plain(alert.id)}, {_minute(alert.at)}",
            minor=True,
        ),
    ]
    return [line for line in found if line.text]


def _digest_lines(digest: Alert) -> list[Line]:
    """Return a digest's lines: what it is, then one for each event."""
    counts = Counter(alert.severity for alert in digest.gathered)
    told = (
        f"{_events(digest.gathered)} gathered by rule “{piece(digest.rule)}”",
        ", ".join(f"{counts[one]} {one.value}" for one in reversed(Severity) if counts[one]),
        piece(digest.note),
    )
    more = len(digest.gathered) - GATHERED
    found = [
        Line(label="", text=" · ".join(part for part in told if part)),
        *(_gathered(place, one) for place, one in enumerate(digest.gathered[:GATHERED], 1)),
        Line(label="", text=f"and {more} more: see `tocsin alerts list`" if more > 0 else ""),
        Line(
            label="Decided by",
            text=f"config {piece(digest.config)}, alert {plain(digest.id)}, {_minute(digest.at)}",
            minor=True,
        ),
    ]
    return [line for line in found if line.text]


def _gathered(place: int, alert: Alert) -> Line:
    posts = counted(alert.event.posts, "post")
    told = (
        headline(alert),
        f"changed: {'; '.join(_listed(alert.changes))}" if alert.changes else "",
        *_act(alert.event.act, alert.at),
        f"relevance {alert.relevance.value}, {posts}",
    )
    link = link_of(alert)
    return Line(
        label=f"{place}. {alert.severity.value}",
        text=cut(" · ".join(part for part in told if part), GATHERED_LINE),
        links=(link,) if link else (),
    )


def link_of(alert: Alert) -> Link | None:
    """Return where to read of an event: the official text, else the first report with a link."""
    official = web_link(alert.event.official_url, "official text")
    reports = (web_link(post.url, "report") for post in alert.posts)
    return official or next((found for found in reports if found), None)


def _summary(alert: Alert) -> Line:
    act = alert.event.act
    rule = f"sent by rule “{piece(alert.rule)}” ({alert.severity.value})"
    if alert.matched:
        rule += f": {', '.join(_listed(alert.matched))} hold"
    changed = f"changed: {'; '.join(_listed(alert.changes))}" if alert.changes else ""
    told = [part for part in (changed, *_act(act, alert.at)) if part]
    if alert.event.official_post is None and not web_link(alert.event.official_url):
        told.append("no official text found yet")
    link = link_of(alert)
    return Line(label="", text=" · ".join([*told, rule]), links=(link,) if link else ())


def _follows(alert: Alert) -> str:
    first = alert.first
    if first is None or alert.reason is not Reason.UPDATED:
        return ""
    told = "alerted at" if first.sent else "decided, but not sent, at"
    return f"“{piece(first.headline)}”, {told} {_minute(first.at)} (alert {plain(first.id)})"


def _act(act: Act, at: datetime) -> list[str]:
    told = [_who(act), _what(act), piece(act.number or "")]
    if not any((*told, act.effective_on)):
        return ["no act could be read from the text"]
    told[0] = told[0] or "authority not named"
    return [part for part in (*told, _effect(act, at)) if part]


def _who(act: Act) -> str:
    authority, jurisdiction = piece(act.authority or ""), piece(act.jurisdiction or "")
    return (
        f"{authority} ({jurisdiction})" if authority and jurisdiction else authority or jurisdiction
    )


def _what(act: Act) -> str:
    stage = act.stage.value if act.stage else ""
    return ", ".join(part for part in (piece(act.instrument or ""), stage) if part)


def _effect(act: Act, at: datetime) -> str:
    stated = piece(act.effective_on or "")
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
    said = {topic: f"{piece(topic)} {percent(p)}" for topic, p in ranked[:LISTED]}
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
        f"times {piece(parts.topic)} {percent(parts.topic_probability)}"
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
    count = counted(event.posts, "post")
    names = ", ".join(_listed(event.sources))
    times = f"first {_minute(event.first_seen)}"
    if event.last_seen > event.first_seen:
        times += f", last {_minute(event.last_seen)}"
    return f"{count} from {names or 'no known source'}; {times}"


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
    return f"first report {span(lead)} before the official text"


def _post(post: Post) -> Line:
    followers, interactions = post.figures.followers, post.figures.interactions
    tags = ", ".join(_listed(post.platform_tags))
    facts = (
        piece(post.author or ""),
        piece(post.source),
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
    return ", ".join(f"{piece(term)} {weight:+.1f}" for term, weight in list(terms)[:TERMS_SHOWN])


def piece(text: str) -> str:
    """Return a title, a name or an item made harmless and short."""
    return cut(plain(text), PIECE)


def _listed(texts: Iterable[str]) -> list[str]:
    """Return at most LISTED pieces, and say how many more there are."""
    pieces = [told for text in texts if (told := piece(text))]
    more = len(pieces) - LISTED
    return [*pieces[:LISTED], f"and {more} more"] if more > 0 else pieces


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
