"""The service's nouns, and the protocols that a source and a channel fulfil.

Every value is frozen; every time is aware and in UTC.
"""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol

from classifier.labels import Tagging
from classifier.relevance import Relevance

Json = Any
"""What orjson reads and writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Reach of a post as its platform counts it. None: not known, which is not zero."""

    followers: int | None = None
    interactions: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPost:
    """A post as the source gave it: strings as found, nothing trusted.

    external_id: what the source calls it; the same post keeps it over polls.
    markup: whether title and body are plain text or HTML.
    published: the date as found (ISO 8601, RFC 822, Chinese, slashes, ...), or None.
    limited: the source withheld part of it (a guest page, a preview).
    official: whether its publisher is an authority; None leaves it to the source's setting.
    """

    source: str
    external_id: str
    url: str | None = None
    title: str | None = None
    body: str | None = None
    markup: Literal["text", "html"] = "text"
    author: str | None = None
    published: str | None = None
    language: str | None = None
    figures: Figures = Figures()
    platform_tags: tuple[str, ...] = ()
    limited: bool = False
    official: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post made safe and uniform.

    id: hash of source and external_id.
    text: title, then body, without markup, control characters or scrambled figures.
    published_at: never after first_seen_at; equal to it where the source gave no usable date.
    dated: whether published_at came from the source.
    """

    id: str
    source: str
    external_id: str
    url: str | None
    title: str
    text: str
    lang: str
    author: str | None
    published_at: datetime
    dated: bool
    first_seen_at: datetime
    official: bool
    limited: bool
    figures: Figures
    platform_tags: tuple[str, ...]


class Stage(StrEnum):
    """How far a policy act has come."""

    REPORTED = "reported"
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    IN_EFFECT = "in effect"
    DELAYED = "delayed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    ENFORCED = "enforced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The policy act that a text reports, as far as it says; every field is optional.

    jurisdiction: ISO 3166 alpha-2, or EU, UN.
    number: official number in its canonical form, such as "MOFCOM 2025-61" or "FR 2026-23456".
    effective_on: ISO 8601 date.
    mentions: "kind:name" of all that the text names, in whichever language, touched by the act
        or not; "home:" and the country that it is most likely about.
    read_from: field -> the words it was read from.
    """

    instrument: str | None = None
    stage: Stage | None = None
    authority: str | None = None
    jurisdiction: str | None = None
    number: str | None = None
    targets: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    published_on: str | None = None
    effective_on: str | None = None
    mentions: tuple[str, ...] = ()
    read_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Posts that speak of one act.

    title: of the post that opened it, or of the official text once there is one.
    topics: topic -> highest probability among its posts.
    policy: the strongest post's probabilities of grade >= 1, 2, 3.
    sources: names of the sources that carried it, in order of arrival.
    official_url: link of the first post from an authority.
    """

    id: str
    title: str
    act: Act
    posts: int
    sources: tuple[str, ...]
    topics: Mapping[str, float]
    grade: int
    at_least: tuple[float, float, float]
    relevance: int
    first_seen: datetime
    last_seen: datetime
    official_post: str | None
    official_url: str | None


class Severity(StrEnum):
    """How loud a rule is, from quiet to loud."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def loudness(self) -> int:
        """A number to compare by: the louder, the higher."""
        return LOUDNESS[self]


LOUDNESS = {severity: place for place, severity in enumerate(Severity)}


class Reason(StrEnum):
    """Why an alert is sent."""

    NEW = "new"
    UPDATED = "updated"
    DIGEST = "digest"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The alert that first told a rule's readers of an event, as an update names it.

    sent: whether somebody may have read it: not if it was in shadow, silenced or muted.
    """

    id: str
    at: datetime
    headline: str
    sent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing to tell, with a snapshot of all that it shows.

    id: stable hash of rule, event and occasion: the same decision always has the same id.
    changes: for an update, what changed, one sentence each.
    first: for an update, the alert that it follows.
    facts: all that it tells, so that none of it is told again (alerts/updates.py).
    matched: the rule's conditions that held, by their names in the config.
    posts: the event's posts to show, the one that set it off first.
    config: hash of the config that decided.
    note: what else its readers must know, such as why it comes late.
    gathered: for a digest, the alerts that it tells, one an event, the most important first.
    """

    id: str
    rule: str
    severity: Severity
    reason: Reason
    changes: tuple[str, ...]
    at: datetime
    event: Event
    tagging: Tagging
    relevance: Relevance
    posts: tuple[Post, ...]
    matched: tuple[str, ...]
    channels: tuple[str, ...]
    config: str
    note: str = ""
    gathered: "tuple[Alert, ...]" = ()
    first: Earlier | None = None
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell whoever runs the service, not those who read alerts.

    type: what a webhook's body calls it, such as "operator.notice".
    lines: (label, text) below the headline; the label may be empty.
    facts: the same for programs.
    """

    id: str
    type: str
    headline: str
    lines: tuple[tuple[str, str], ...]
    facts: Mapping[str, Json]
    at: datetime


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert, or one notice, on its way to one channel.

    id: idempotency key; it and the body stay the same on every try.
    alert: the alert's id; None for a notice.
    attempts: tries already made.
    """

    id: str
    alert: str | None
    channel: str
    body: bytes
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    last_error: str | None


class Verdict(StrEnum):
    """How one try to send went, as the channel saw it."""

    SENT = "sent"
    RETRY = "retry"  # later, by the schedule or retry_after
    REJECTED = "rejected"  # this message will never be taken
    GONE = "gone"  # nothing will be taken there any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one try to send went.

    detail: one line for people, free of secrets.
    retry_after: seconds that the receiver asked for.
    """

    verdict: Verdict
    detail: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer to one request, read whole.

    url: where it came from after redirects.
    headers: names in lower case.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Fetch(Protocol):
    """Gets one address, guarded: see alerts/httpclient.py.

    Raises SourceUnreachable or SourceRefused. Any status is an answer, errors included;
    `httpclient.check(fetched)` turns those into the SourceError that fits.
    """

    def __call__(
        self,
        url: str,
        *,
        params: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Awaitable[Fetched]: ...


class Send(Protocol):
    """Posts one body to one address, guarded, without following redirects."""

    def __call__(
        self, url: str, *, content: bytes, headers: Mapping[str, str]
    ) -> Awaitable[Fetched]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll brought.

    cursor: what the source wants to remember until its next poll (validators, last id);
        committed together with the posts, opaque to everyone else.
    health: warnings for people, such as a missing key that still let posts through.
    skipped: items that could not be read, each named.
    shown: items that the source shows now, new or not; None where its answer doesn't tell.
    more: the source has more and is to be asked again at once; one poll is one transaction, and a
        long one would keep other writers waiting.
    resolved: shortened link -> where it leads, as far as known.
    """

    posts: tuple[RawPost, ...]
    cursor: Mapping[str, Json]
    health: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    shown: int | None = None
    more: bool = False
    resolved: Mapping[str, str] = field(default_factory=dict)
