"""Rule x event x history x now -> an alert, or a recorded reason why not. Pure.

To add a condition: a field on Rule, a predicate in CONDITIONS, a row in the test table and
one in docs/rules.md.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

import re2
from pydantic import AfterValidator, Field, model_validator

from alerts.domain import Act, Alert, Event, Post, Reason, Severity
from alerts.retractions import Retraction
from alerts.settings import Duration, Name, Strict
from alerts.updates import Standing, Told, changes, facts_of
from alerts.walltime import Budget, Cron, QuietHours, Zone
from classifier.labels import Tagging
from classifier.relevance import Relevance, weigh

CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

MAX_PATTERN = 2000
"""Characters in one pattern; longer ones are mistakes more often than rules."""


def check_pattern(word: str) -> str:
    """Refuse an empty word, and a /pattern/ that re2 does not take."""
    if not word.strip():
        raise ValueError("must not be empty: an empty word matches every post")
    if len(word) > MAX_PATTERN:
        raise ValueError(f"is longer than {MAX_PATTERN} characters")
    if is_pattern(word):
        _compile((word,))
    return word


def is_pattern(word: str) -> bool:
    """Tell /a re2 pattern/ from a plain word."""
    return len(word) > 2 and word.startswith("/") and word.endswith("/")


@lru_cache(maxsize=4096)
def _compile(words: tuple[str, ...]) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return re2.compile("|".join(_as_pattern(word) for word in words), options)
    except re2.error as error:
        said = error.args[0] if error.args else "unknown error"
        said = said.decode() if isinstance(said, bytes) else str(said)
        raise ValueError(
            f"is not a pattern that re2 takes: {said} "
            "(re2 has no look-around and no back-references)"
        ) from error


def _as_pattern(word: str) -> str:
    if is_pattern(word):
        return f"(?:{word[1:-1]})"
    escaped = re2.escape(word.strip())
    if CJK.search(word):
        return str(escaped)
    # \b knows ASCII letters only, so a word that starts or ends otherwise needs no border there.
    before = r"\b" if word.strip()[0].isascii() and word.strip()[0].isalnum() else ""
    after = r"\b" if word.strip()[-1].isascii() and word.strip()[-1].isalnum() else ""
    return f"{before}{escaped}{after}"


def contains(words: tuple[str, ...], text: str) -> bool:
    """Tell whether one of these words or /patterns/ is in a text."""
    return _compile(words).search(text) is not None


Word = Annotated[str, AfterValidator(check_pattern)]
Probability = Annotated[float, Field(ge=0, le=1)]


class TopicCondition(Strict):
    """Which topics must hold: all of these, any of these, none of these."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class SourceCondition(Strict):
    """Which sources count: only these, or all but these."""

    only: tuple[str, ...] = ()
    excluded: tuple[str, ...] = Field(default=(), alias="not")

    @model_validator(mode="after")
    def _one_of_both(self) -> "SourceCondition":
        if bool(self.only) == bool(self.excluded):
            raise ValueError("needs either only: [...] or not: [...]")
        return self


class UpdateChoice(Strict):
    """Which updates a rule's readers want beyond the material ones.

    reach: also when an event has come to reach ten times as far.
    """

    reach: bool = False


class Rule(Strict):
    """One alert rule, as tocsin.yaml has it.

    min_score: one probability for every topic of the rule, or one for some topics; where
        none is given, a topic holds over the model's own threshold.
    cooldown: how long after an alert the same event's further posts count as its echo.
    quiet_hours: when alerts wait.
    digest: cron; alerts wait for it, and come together.
    budget: alerts a day that go at once; more wait for a digest.
    timezone: of the three above; the service's, unless set.
    muted_by: rules whose alert on an event keeps this rule's from the same channels.
    shadow: decide and record, send nothing.
    """

    name: Name
    topics: TopicCondition = TopicCondition()
    min_score: Probability | dict[str, Probability] | None = None
    min_policy: Annotated[int, Field(ge=0, le=3)] | None = None
    min_relevance: Annotated[int, Field(ge=0, le=100)] | None = None
    any_of: tuple[Word, ...] = ()
    none_of: tuple[Word, ...] = ()
    sources: SourceCondition | None = None
    lang: tuple[str, ...] = ()
    severity: Severity = Severity.MEDIUM
    send: tuple[str, ...] = ()
    cooldown: Duration = timedelta(hours=6)
    updates: UpdateChoice = UpdateChoice()
    quiet_hours: QuietHours | None = None
    digest: Cron | None = None
    budget: Budget | None = None
    timezone: Zone | None = None
    muted_by: tuple[str, ...] = ()
    shadow: bool = False

    @property
    def watched(self) -> frozenset[str] | None:
        """The topics that this rule is about; None: all of them."""
        named = frozenset(self.topics.all) | frozenset(self.topics.any)
        return named or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a rule looks at.

    event: as it stands with this post in it.
    thresholds: topic -> the model's own threshold.
    act: what the post itself says of the act.
    retraction: what the post takes back.
    reach: posts and interactions of the event; None where no rule asks.
    """

    post: Post
    tagging: Tagging
    event: Event
    thresholds: Mapping[str, float]
    act: Act = field(default_factory=Act)
    retraction: Retraction | None = None
    reach: int | None = None

    @property
    def standing(self) -> Standing:
        """The event as its readers hear of it."""
        return Standing(
            event=self.event,
            post=self.post,
            act=self.act,
            retraction=self.retraction,
            reach=self.reach,
        )


def holds(rule: Rule, case: Case, topic: str) -> bool:
    """Tell whether a topic holds for this rule: over its min_score, else over the threshold."""
    least = rule.min_score.get(topic) if isinstance(rule.min_score, dict) else rule.min_score
    if least is None:
        least = case.thresholds.get(topic, 1.0)
    return case.tagging.topics.get(topic, 0.0) >= least


def relevance_for(rule: Rule, case: Case) -> Relevance:
    """Weigh the post for the topics that the rule watches."""
    return weigh(
        case.tagging.policy,
        case.tagging.topics,
        watched=rule.watched,
        official=case.post.official,
    )


def _topics(rule: Rule, case: Case) -> bool | None:
    wanted = rule.topics
    if not (wanted.all or wanted.any or wanted.none):
        return None
    return (
        all(holds(rule, case, topic) for topic in wanted.all)
        and (not wanted.any or any(holds(rule, case, topic) for topic in wanted.any))
        and not any(holds(rule, case, topic) for topic in wanted.none)
    )


def _min_score(rule: Rule, case: Case) -> bool | None:
    if rule.min_score is None:
        return None
    if isinstance(rule.min_score, dict):
        return all(case.tagging.topics.get(t, 0.0) >= p for t, p in rule.min_score.items())
    # Without named topics, one number asks for any topic at all.
    watched = rule.watched or case.tagging.topics.keys()
    return any(case.tagging.topics.get(topic, 0.0) >= rule.min_score for topic in watched)


def _min_policy(rule: Rule, case: Case) -> bool | None:
    if rule.min_policy is None:
        return None
    return case.tagging.policy.grade >= rule.min_policy


def _min_relevance(rule: Rule, case: Case) -> bool | None:
    if rule.min_relevance is None:
        return None
    return relevance_for(rule, case).value >= rule.min_relevance


def _any_of(rule: Rule, case: Case) -> bool | None:
    if not rule.any_of:
        return None
    return contains(rule.any_of, case.post.text)


def _none_of(rule: Rule, case: Case) -> bool | None:
    if not rule.none_of:
        return None
    return not contains(rule.none_of, case.post.text)


def _sources(rule: Rule, case: Case) -> bool | None:
    if rule.sources is None:
        return None
    if rule.sources.only:
        return case.post.source in rule.sources.only
    return case.post.source not in rule.sources.excluded


def _lang(rule: Rule, case: Case) -> bool | None:
    if not rule.lang:
        return None
    return case.post.lang.split("-")[0] in rule.lang or case.post.lang in rule.lang


CONDITIONS: Mapping[str, Callable[[Rule, Case], bool | None]] = {
    "topics": _topics,
    "min_score": _min_score,
    "min_policy": _min_policy,
    "min_relevance": _min_relevance,
    "any_of": _any_of,
    "none_of": _none_of,
    "sources": _sources,
    "lang": _lang,
}
"""Condition -> whether it holds; None where the rule does not set it. Cheapest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Why a rule said nothing: a condition's name, or "backfill", "cooldown", "told"."""

    why: str

    @property
    def touched(self) -> bool:
        """Whether the rule's topics held, so that a person may ask why nothing came."""
        return self.why != "topics"


def failing(rule: Rule, case: Case) -> str | None:
    """Return the name of the first condition that fails, or None."""
    for name, predicate in CONDITIONS.items():
        if predicate(rule, case) is False:
            return name
    return None


def matched(rule: Rule, case: Case) -> tuple[str, ...]:
    """Return the names of the conditions that the rule sets and that hold."""
    return tuple(name for name, predicate in CONDITIONS.items() if predicate(rule, case))


def decide(
    rule: Rule,
    case: Case,
    *,
    told: Told | None,
    backfilled: bool,
    now: datetime,
    config: str,
) -> Alert | NotSent:
    """Decide what one rule says of one post.

    told: what this rule's readers already know of the event; None if nothing.
    backfilled: the post is older than its source's first poll may alert on.
    config: hash of the config that the rule stands in.
    """
    if told is not None:
        changed = changes(told, case.standing, reach=rule.updates.reach)
        changed += _raised(rule, case, told)
        if not changed:
            echo = now - told.at < rule.cooldown
            return NotSent(why="cooldown" if echo else "told")
        update = _alert(rule, case, Reason.UPDATED, changed, now, config)
        return replace(update, first=told.first)
    failed = failing(rule, case)
    if failed is not None:
        return NotSent(why=failed)
    if backfilled:
        return NotSent(why="backfill")
    return _alert(rule, case, Reason.NEW, (), now, config)


def _raised(rule: Rule, case: Case, told: Told) -> tuple[str, ...]:
    """Return the change that a rule which became louder would tell this event louder now."""
    if told.severity is None or rule.severity.loudness <= told.severity.loudness:
        return ()
    return (
        () if failing(rule, case) else (f"now {rule.severity} (the severity was {told.severity})",)
    )


def _alert(
    rule: Rule, case: Case, reason: Reason, changed: tuple[str, ...], now: datetime, config: str
) -> Alert:
    occasion = "|".join((rule.name, case.event.id, case.post.id, reason, *changed))
    return Alert(
        id=f"a{hashlib.sha256(occasion.encode()).hexdigest()[:16]}",
        rule=rule.name,
        severity=rule.severity,
        reason=reason,
        changes=changed,
        at=now,
        event=case.event,
        tagging=case.tagging,
        relevance=relevance_for(rule, case),
        posts=(case.post,),
        matched=matched(rule, case),
        channels=rule.send,
        config=config,
        facts=facts_of(case.standing),
    )
