"""What a backtest teaches: thresholds that keep a rule within a budget, and how right it was.

Proposals are tried, not guessed: a rule with other thresholds decides once more on every post
that it touched, each rule by itself.
"""

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.backtest import Book, Row, days_in
from alerts.case import Case
from alerts.conditions import bar
from alerts.domain import Reason
from alerts.notebook import Line, Notebook, of_span
from alerts.render import headline
from alerts.replay import Arrival, Span
from alerts.restraint import consider
from alerts.rules import Rule, relevance_for
from alerts.store.listing import iso
from classifier.errors import InputError
from classifier.labels import Example

BUDGET = re.compile(r"(\d+)\s*/\s*(day|week)")

SCORED = frozenset({"topics", "min_score", "min_policy", "min_relevance"})
"""Conditions on what the model says; a label stands in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many alerts a rule may make on any day, or in any week from Monday on."""

    most: int
    per: str

    def __str__(self) -> str:
        return f"{self.most}/{self.per}"

    def start(self, at: datetime, zone: ZoneInfo) -> date:
        """Return the day, or the first day of the week, that a moment lies in."""
        day = at.astimezone(zone).date()
        return day if self.per == "day" else day - timedelta(days=day.weekday())


def read_budget(text: str) -> Budget:
    """Read 5/day or 20/week. Raises InputError."""
    found = BUDGET.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise InputError(f"--budget must be like 5/day or 20/week, not {text!r}")
    return Budget(most=int(found[1]), per=found[2])


# Thresholds that keep within a budget -----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A rule that decides once more. lines: on what it decided; kept_back: alerts not to count."""

    rule: Rule
    book: Book
    span: Span
    lines: Sequence[Line]
    kept_back: Collection[str]

    def alerts(self, **changed: Any) -> list[Line]:
        """Return the alerts that the rule would make with other thresholds."""
        # When an alert goes out does not matter here, only that it is made.
        at_once = {"digest": None, "quiet_hours": None, "budget": None, "muted_by": ()}
        rule = self.rule.model_copy(update={**at_once, "shadow": False, **changed})
        notebook = Notebook()
        for line in self.lines:
            consider(
                [rule],
                line.case,
                notebook,
                home=self.book.config.home,
                backfilled=line.not_sent == "backfill",
                now=line.at,
                config=self.book.config.hash,
            )
        made = of_span(notebook.lines, self.span.since, self.span.until)
        return [line for line in made if line.alert and line.alert.id not in self.kept_back]


def propose(book: Book, span: Span, budget: Budget) -> list[Row]:
    """Return for each rule whether it is within a budget, and if not, what would keep it there.

    It is within if no day (or week) has more; what would keep it within on average comes after.
    Of two ways, the one that keeps more alerts comes first; each says what falls off.
    """
    return [_propose(_trial(book, span, rule), budget) for rule in book.config.rules]


def _trial(book: Book, span: Span, rule: Rule) -> _Trial:
    own = [line for line in book.notebook.lines if line.rule == rule.name]
    decided = [line for line in own if line.alert is None or line.alert.reason is not Reason.DIGEST]
    kept_back = {
        line.alert.id
        for line in own
        if line.alert and (line.not_sent or "").startswith(("muted by", "silenced by"))
    }
    return _Trial(rule=rule, book=book, span=span, lines=decided, kept_back=kept_back)


def _propose(trial: _Trial, budget: Budget) -> Row:
    now = trial.alerts()
    load = _load(trial, now, budget)
    steps = [_relevance_steps(trial.rule), _score_steps(trial.rule, now)]
    proposals: list[Row] = []
    for goal in ("busiest", "average"):
        if load[goal] <= budget.most:
            continue
        found = [_least(trial, budget, goal, one) for one in steps]
        made = [_proposal(trial, budget, goal, one, now) for one in found if one is not None]
        proposals += sorted(made, key=lambda one: -int(one["alerts"]))
    return {
        "rule": trial.rule.name,
        "budget": str(budget),
        "alerts": len(now),
        **load,
        "within": load["busiest"] <= budget.most,
        "proposals": proposals,
    }


def _load(trial: _Trial, alerts: Sequence[Line], budget: Budget) -> Row:
    """Return how many alerts there are a day or week: on average, at most, and when that is."""
    zone = ZoneInfo(trial.book.config.service.timezone)
    counts = Counter(budget.start(line.at, zone) for line in alerts)
    most = max(counts.items(), key=lambda item: item[1], default=None)
    days = days_in(trial.span) / (1 if budget.per == "day" else 7)
    return {
        "average": round(len(alerts) / max(1.0, days), 2),
        "busiest": most[1] if most else 0,
        "on": most[0].isoformat() if most else None,
    }


def _least(trial: _Trial, budget: Budget, goal: str, steps: Sequence[Row]) -> Row | None:
    """Return the first step that keeps within the budget and still leaves an alert, or None."""

    def fits(step: Row) -> bool:
        return bool(_load(trial, trial.alerts(**step), budget)[goal] <= budget.most)

    place = bisect_left(steps, True, key=fits)
    if place == len(steps) or not trial.alerts(**steps[place]):
        return None
    return steps[place]


def _proposal(trial: _Trial, budget: Budget, goal: str, found: Row, now: Sequence[Line]) -> Row:
    kept = trial.alerts(**found)
    still = {line.alert.id for line in kept if line.alert}
    return {
        "set": found,
        "within": f"every {budget.per}" if goal == "busiest" else "on average",
        "alerts": len(kept),
        **_load(trial, kept, budget),
        "lost": [_told(line) for line in now if line.alert and line.alert.id not in still],
    }


def _relevance_steps(rule: Rule) -> list[Row]:
    start = (rule.min_relevance or 0) + 1
    return [{"min_relevance": least} for least in range(start, 101)]


def _score_steps(rule: Rule, alerts: Sequence[Line]) -> list[Row]:
    """Return the ways to raise a rule's scores, each a little above the one before.

    Where all of some topics must hold, theirs are raised; else one number for any topic, which
    stands in the model's thresholds' place and so begins at the highest of them.
    """
    every = rule.topics.all
    thresholds = [line.case.thresholds for line in alerts]
    values = sorted({_strength(rule, line.case) for line in alerts})
    if not every:
        floor = max((_bar(rule, topic, thresholds) for topic in rule.topics.any), default=0.0)
        return [{"min_score": value} for value in values if value > floor]
    given = rule.min_score if isinstance(rule.min_score, dict) else {}
    lowest = {topic: _bar(rule, topic, thresholds) for topic in every}
    return [
        {"min_score": {**given, **{topic: max(value, lowest[topic]) for topic in every}}}
        for value in values
        if value > min(lowest.values())
    ]


def _bar(rule: Rule, topic: str, thresholds: Iterable[Mapping[str, float]]) -> float:
    """Return the highest bar that a topic had to reach, of those that can be reached."""
    bars = (bar(rule.min_score, topic, one) for one in thresholds)
    return max((one for one in bars if one <= 1), default=0.0)


def _strength(rule: Rule, case: Case) -> float:
    """Return the highest score to four digits that this post would still reach."""
    scores = case.tagging.topics
    if rule.topics.all:
        reached = min(scores.get(topic, 0.0) for topic in rule.topics.all)
    else:
        watched = rule.watched or scores.keys()
        reached = max((scores.get(topic, 0.0) for topic in watched), default=0.0)
    return math.floor(reached * 10_000) / 10_000


def _told(line: Line) -> Row:
    assert line.alert is not None
    return {
        "post": line.post.external_id,
        "at": iso(line.at),
        "relevance": line.alert.relevance.value,
        "headline": headline(line.alert),
    }


# Beside people's labels -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A post that came in, with what people say of it."""

    arrival: Arrival
    label: Example


def note_labelled(
    arrivals: Iterable[Arrival], labels: dict[str, Example], found: list[Labelled], span: Span
) -> Iterator[Arrival]:
    """Pass posts on, and note those that are labelled, by their own id or their source's."""
    for arrival in arrivals:
        post = arrival.case.post
        label = labels.get(post.id) or labels.get(post.external_id)
        if label is not None and span.since <= arrival.now < span.until:
            found.append(Labelled(arrival=arrival, label=label))
        yield arrival


def judge(book: Book, labelled: Sequence[Labelled]) -> list[Row]:
    """Return how right each rule was on the posts that people labelled.

    A post is wanted by a rule whose topics and policy its label fulfils and whose other
    conditions, but for scores, it fulfils itself. It counts as told if its event was.
    """
    return [_judge(book, rule, labelled) for rule in book.config.rules]


def _judge(book: Book, rule: Rule, labelled: Sequence[Labelled]) -> Row:
    own = [line for line in book.notebook.lines if line.rule == rule.name]
    told = {line.case.event.id for line in own if line.alert}
    said = {line.post.id: line for line in own if not line.alert}
    news = {line.post.id: line for line in own if line.alert and line.alert.reason is Reason.NEW}
    wanted, wrong = [], []
    for one in labelled:
        verdict = _wants(rule, one)
        if verdict:
            wanted.append(one)
        elif verdict is False and one.arrival.case.post.id in news:
            wrong.append(one)
    missed = [one for one in wanted if one.arrival.case.event.id not in told]
    right = sum(one.arrival.case.post.id in news for one in wanted)
    return {
        "rule": rule.name,
        "labelled": len(labelled),
        "wanted": len(wanted),
        "alerts": right + len(wrong),
        "precision": _share(right, right + len(wrong)),
        "recall": _share(len(wanted) - len(missed), len(wanted)),
        "missed": [_missed(rule, one, said) for one in missed],
        "wrong": [_told(news[one.arrival.case.post.id]) for one in wrong],
    }


def _wants(rule: Rule, one: Labelled) -> bool | None:
    """Tell whether a rule should tell of a post; None where its label leaves that open."""
    label, wanted = one.label, rule.topics
    if label.unsure & {*wanted.all, *wanted.any, *wanted.none}:
        return None
    others = (
        condition(rule, one.arrival.case) is True
        for name, condition in rule.asked
        if name not in SCORED
    )
    return (
        label.topics >= set(wanted.all)
        and (not wanted.any or bool(label.topics & set(wanted.any)))
        and not label.topics & set(wanted.none)
        and label.policy >= (rule.min_policy or 0)
        and all(others)
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _missed(rule: Rule, one: Labelled, said: dict[str, Line]) -> Row:
    case = one.arrival.case
    line = said.get(case.post.id)
    return {
        "post": case.post.external_id,
        "at": iso(one.arrival.now),
        # Of a post that fails at its topics nothing is taken down.
        "not_sent": line.not_sent if line else "topics",
        "relevance": relevance_for(rule, case).value,
        "topics": {topic: round(p, 4) for topic, p in case.tagging.topics.items()},
        "grade": case.tagging.policy.grade,
        "title": case.post.title,
    }
