"""How likely a post and an open event speak of one act, though they share no key. Pure.

    log-odds = START + sum of weight * feature

Weights were fitted by logistic regression on pairs of posts and events from the labelled stream
tests/data/events/tune.jsonl: `python tests/benchmarks/fit_likeness.py` prints them afresh.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from alerts.acts import direction
from alerts.domain import Act, Event, Post
from classifier.labels import Tagging

START = -2.15

WEIGHTS: Mapping[str, float] = {
    "cosine": 3.13,
    "items": 0.80,
    "items_differ": -2.69,
    "companies": 0.80,
    "companies_differ": -0.93,
    "authorities": 1.11,
    "authorities_differ": -0.62,
    "places": 0.67,
    "places_differ": -0.87,
    "instrument": 0.29,
    "instrument_differs": -1.36,
    "date": 1.09,
    "date_differs": -1.08,
    "hours": -1.02,
    "act": -0.28,
    "event_act": 2.83,
    "jurisdiction": 1.20,
    "jurisdiction_differs": -0.91,
    "targets": 0.39,
    "targets_differ": -0.15,
    "direction_differs": -0.62,
    "links": -0.04,
}

MOST_SHARED = 3
"""Shared names of a kind that count; more are lists, which share by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An open event that shares a key with a post, or resembles it.

    shared: the keys they share.
    cosine: likeness of the wording, 0 to 1.
    authorities: source -> external id of its official posts in the event.
    """

    event: Event
    shared: frozenset[str] = frozenset()
    cosine: float = 0.0
    authorities: Mapping[str, str]


def log_odds(post: Post, tagging: Tagging, act: Act, candidate: Candidate, *, links: bool) -> float:
    """Return the log-odds that a post speaks of an event's act.

    links: whether the post gives a link; one to another page speaks for another act.
    """
    found = features(post, tagging, act, candidate, links=links)
    return START + sum(weight * found[name] for name, weight in WEIGHTS.items())


def features(
    post: Post, tagging: Tagging, act: Act, candidate: Candidate, *, links: bool
) -> dict[str, float]:
    """Return what speaks for and against one act, by name."""
    event, known = candidate.event, candidate.event.act
    hours = abs((post.published_at - event.last_seen).total_seconds()) / 3600
    return {
        "cosine": candidate.cosine,
        **_names("items", "item:", act, known),
        **_names("companies", "company:", act, known),
        **_names("authorities", "authority:", act, known),
        **_names("places", "place:", act, known),
        **_same("instrument", act.instrument, known.instrument),
        **_same("jurisdiction", act.jurisdiction, known.jurisdiction),
        "date": float(days_apart(act.effective_on, known.effective_on) == 0),
        "date_differs": float((days_apart(act.effective_on, known.effective_on) or 0) > 1),
        "targets": float(bool({*act.targets} & {*known.targets})),
        "targets_differ": _differ({*act.targets}, {*known.targets}),
        "direction_differs": float(len({direction(act), direction(known)} - {None}) == 2),
        "hours": math.log1p(hours),
        "act": float(tagging.policy.grade >= 2),
        "event_act": float(event.grade >= 2),
        "links": float(links),
    }


def _names(name: str, prefix: str, act: Act, known: Act) -> dict[str, float]:
    ours = {one for one in act.mentions if one.startswith(prefix)}
    theirs = {one for one in known.mentions if one.startswith(prefix)}
    shared = float(min(MOST_SHARED, len(ours & theirs)))
    return {name: shared, f"{name}_differ": _differ(ours, theirs)}


def _differ(ours: set[str], theirs: set[str]) -> float:
    return float(bool(ours and theirs and not ours & theirs))


def _same(name: str, ours: str | None, theirs: str | None) -> dict[str, float]:
    both = ours is not None and theirs is not None
    return {name: float(both and ours == theirs), f"{name}_differs": float(both and ours != theirs)}


def days_apart(one: str | None, other: str | None) -> int | None:
    """Return the days between two ISO dates; None where one is not known or no date."""
    if not one or not other:
        return None
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    except ValueError:
        return None
