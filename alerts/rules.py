"""Rule x event x history x now -> an alert, or a recorded reason why not. Pure.

To add a condition: a field on Rule, a predicate in CONDITIONS, a row in the test table and
one in docs/rules.md.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Annotated, Any, Self

from pydantic import Field

from alerts import expression
from alerts.case import Case, seen
from alerts.conditions import (
    ActCondition,
    Language,
    Probability,
    Selection,
    TopicCondition,
    author_key,
    bar,
)
from alerts.domain import Alert, Reason, Severity
from alerts.expression import Expression
from alerts.settings import Duration, Name, Strict
from alerts.updates import Told, changes
from alerts.walltime import Budget, Cron, QuietHours, Zone
from alerts.words import Word, WordList, word_list
from classifier.relevance import Relevance, weigh


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
    official: bool | None = None
    sources: Selection | None = None
    authors: Selection | None = None
    lang: tuple[Language, ...] = ()
    min_engagement: Annotated[int, Field(ge=0)] | None = None
    min_posts: Annotated[int, Field(ge=1)] | None = None
    min_sources: Annotated[int, Field(ge=1)] | None = None
    act: ActCondition = ActCondition()
    any_of: tuple[Word, ...] = ()
    none_of: tuple[Word, ...] = ()
    when: Expression | None = None
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

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a changed copy, without what was worked out from the fields of this one."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    @cached_property
    def watched(self) -> frozenset[str] | None:
        """The topics that this rule is about; None: all of them."""
        every, some, _ = self.topic_sets
        return every | some or None

    @cached_property
    def topic_sets(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The topics under all, any and none."""
        wanted = self.topics
        return frozenset(wanted.all), frozenset(wanted.any), frozenset(wanted.none)

    @cached_property
    def words(self) -> tuple[WordList, WordList]:
        """The compiled words of any_of and of none_of."""
        return word_list(self.any_of), word_list(self.none_of)

    @cached_property
    def people(self) -> frozenset[str]:
        """The authors that the rule names, in the form in which they are compared."""
        named = (*self.authors.only, *self.authors.excluded) if self.authors else ()
        return frozenset(map(author_key, named))

    @cached_property
    def asked(self) -> tuple[tuple[str, "Condition"], ...]:
        """The conditions that the rule sets, cheapest first."""
        fields = type(self).model_fields
        return tuple(
            (name, condition)
            for name, condition in CONDITIONS.items()
            if getattr(self, name) != fields[name].default
        )


def holds(rule: Rule, case: Case, topic: str) -> bool:
    """Tell whether a topic holds for this rule: over its min_score, else over the threshold."""
    return case.tagging.topics.get(topic, 0.0) >= bar(rule.min_score, topic, case.thresholds)


def relevance_for(rule: Rule, case: Case) -> Relevance:
    """Weigh the post for the topics that the rule watches."""
    known = case.relevances.get(rule.watched)
    if known is None:
        known = case.relevances[rule.watched] = weigh(
            case.tagging.policy,
            case.tagging.topics,
            watched=rule.watched,
            official=case.post.official,
        )
    return known


def _topics(rule: Rule, case: Case) -> bool:
    every, some, none = rule.topic_sets
    if rule.min_score is None:
        over = case.over
    else:
        over = frozenset(topic for topic in every | some | none if holds(rule, case, topic))
    return every <= over and (not some or not some.isdisjoint(over)) and none.isdisjoint(over)


def _min_score(rule: Rule, case: Case) -> bool:
    scores = case.tagging.topics
    if isinstance(rule.min_score, dict):
        return all(scores.get(topic, 0.0) >= least for topic, least in rule.min_score.items())
    assert rule.min_score is not None
    # Without named topics, one number asks for any topic at all.
    least = rule.min_score
    return any(scores.get(topic, 0.0) >= least for topic in rule.watched or scores)


def _min_policy(rule: Rule, case: Case) -> bool:
    return case.tagging.policy.grade >= (rule.min_policy or 0)


def _min_relevance(rule: Rule, case: Case) -> bool:
    return relevance_for(rule, case).value >= (rule.min_relevance or 0)


def _official(rule: Rule, case: Case) -> bool:
    return case.post.official == rule.official


def _sources(rule: Rule, case: Case) -> bool:
    assert rule.sources is not None
    if rule.sources.only:
        return case.post.source in rule.sources.only
    return case.post.source not in rule.sources.excluded


def _authors(rule: Rule, case: Case) -> bool | str:
    assert rule.authors is not None
    if not rule.authors.only:
        return case.author not in rule.people
    return case.author in rule.people if case.author else "not known"


def _lang(rule: Rule, case: Case) -> bool:
    return case.post.lang.split("-")[0] in rule.lang or case.post.lang in rule.lang


def _min_engagement(rule: Rule, case: Case) -> bool | str:
    interactions = case.post.figures.interactions
    return "not known" if interactions is None else interactions >= (rule.min_engagement or 0)


def _min_posts(rule: Rule, case: Case) -> bool:
    return case.event.posts >= (rule.min_posts or 0)


def _min_sources(rule: Rule, case: Case) -> bool:
    return len(case.event.sources) >= (rule.min_sources or 0)


def _act(rule: Rule, case: Case) -> bool | str:
    wanted, known = rule.act, case.event.act
    for name in ("instrument", "stage", "authority", "jurisdiction"):
        choices = getattr(wanted, name)
        if choices and getattr(known, name) not in choices:
            return name
    if wanted.targets and not set(wanted.targets) & set(known.targets):
        return "targets"
    if wanted.items and wanted.wider_items.isdisjoint(known.items):
        return "items"
    return True


def _any_of(rule: Rule, case: Case) -> bool:
    return rule.words[0].found_in(case.searched)


def _none_of(rule: Rule, case: Case) -> bool:
    return not rule.words[1].found_in(case.searched)


def _when(rule: Rule, case: Case) -> bool | str:
    relevance = relevance_for(rule, case).value
    activation = case.activations.get(relevance)
    if activation is None:
        activation = expression.activate(seen(case, relevance))
        case.activations[relevance] = activation
    assert rule.when is not None
    return expression.run(rule.when, activation)


Condition = Callable[[Rule, Case], bool | str]
"""Tells whether a condition that a rule sets holds; or says in a word why it does not."""

CONDITIONS: Mapping[str, Condition] = {
    "topics": _topics,
    "min_score": _min_score,
    "min_policy": _min_policy,
    "min_relevance": _min_relevance,
    "official": _official,
    "sources": _sources,
    "authors": _authors,
    "lang": _lang,
    "min_engagement": _min_engagement,
    "min_posts": _min_posts,
    "min_sources": _min_sources,
    "act": _act,
    "any_of": _any_of,
    "none_of": _none_of,
    "when": _when,
}
"""A rule's key -> what asks it, in the order in which it is asked: the cheapest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """Why a rule said nothing: a condition's name (and why), or "backfill", "cooldown", "told"."""

    why: str

    @property
    def touched(self) -> bool:
        """Whether the rule's topics held, so that a person may ask why nothing came."""
        return self.why != "topics"


@lru_cache(maxsize=1024)
def silence(why: str) -> NotSent:
    """Return the same value for the same reason: most rules say nothing of most posts."""
    return NotSent(why=why)


def failing(rule: Rule, case: Case) -> str | None:
    """Return the first condition that fails, with a word on why where it has one; or None."""
    for name, condition in rule.asked:
        said = condition(rule, case)
        if said is not True:
            return f"{name}: {said}" if said else name
    return None


def matched(rule: Rule, case: Case) -> tuple[str, ...]:
    """Return the names of the conditions that the rule sets and that hold."""
    return tuple(name for name, condition in rule.asked if condition(rule, case) is True)


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
        # Mostly it is all told already.
        heard = case.facts <= told.facts
        changed = () if heard else changes(told, case.standing, reach=rule.updates.reach)
        changed += _raised(rule, case, told)
        if not changed:
            echo = now - told.at < rule.cooldown
            return silence("cooldown" if echo else "told")
        update = _alert(rule, case, Reason.UPDATED, changed, now, config)
        return replace(update, first=told.first)
    failed = failing(rule, case)
    if failed is not None:
        return silence(failed)
    if backfilled:
        return silence("backfill")
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
        facts=case.facts,
    )
