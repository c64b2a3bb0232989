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

START = -0.26

WEIGHTS: Mapping[str, float] = {
    "cosine": 5.91,
    "cover": 3.78,
    "items": 0.50,
    "items_differ": -1.03,
    "items_new": -0.57,
    "companies": -0.40,
    "companies_differ": -0.80,
    "companies_new": -0.21,
    "authorities": 0.23,
    "authorities_differ": -0.04,
    "authorities_new": -0.16,
    "places": 0.04,
    "places_differ": -0.49,
    "places_new": -0.58,
    "figures": -0.18,
    "figures_differ": -0.60,
    "figures_new": -0.38,
    "dates": 0.93,
    "dates_differ": -0.44,
    "dates_new": 0.06,
    "instrument": 1.24,
    "instrument_differs": -0.39,
    "instrument_silent": -0.19,
    "jurisdiction": 0.98,
    "jurisdiction_differs": -1.01,
    "jurisdiction_silent": 0.29,
    "date": 2.72,
    "date_differs": -1.10,
    "targets": 0.19,
    "targets_differ": -0.49,
    "direction_differs": -0.22,
    "hours": -0.58,
    "long_ago": -1.39,
    "official_again": -1.66,
    "whole": -0.76,
    "number": 0.81,
}

MOST_SHARED = 3
"""Names of a kind that count; more are lists, which share by chance."""

LONG_AGO = 72
"""Hours after which an event has left the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An open event that shares a key with a post, or resembles it.

    shared: the keys they share.
    cosine: likeness of the wording, 0 to 1.
    cover: how much of the post's wording the event knows, 0 to 1.
    authorities: source -> external id of its official posts in the event.
    """

    event: Event
    shared: frozenset[str] = frozenset()
    cosine: float = 0.0
    cover: float = 0.0
    authorities: Mapping[str, str]


def log_odds(post: Post, act: Act, candidate: Candidate) -> float:
    """Return the log-odds that a post speaks of an event's act."""
    found = features(post, act, candidate)
    return START + sum(weight * found[name] for name, weight in WEIGHTS.items())


def features(post: Post, act: Act, candidate: Candidate) -> dict[str, float]:
    """Return what speaks for and against one act, by name."""
    event, known = candidate.event, candidate.event.act
    hours = abs((post.published_at - event.last_seen).total_seconds()) / 3600
    return {
        "cosine": candidate.cosine,
        "cover": candidate.cover,
        **_names("items", "item", act, known),
        **_names("companies", "company", act, known),
        **_names("authorities", "authority", act, known),
        **_names("places", "place", act, known),
        **_names("figures", "figure", act, known),
        **_names("dates", "date", act, known),
        **_same("instrument", act.instrument, known.instrument),
        **_same("jurisdiction", act.jurisdiction, known.jurisdiction),
        "date": float(days_apart(act.effective_on, known.effective_on) == 0),
        "date_differs": float((days_apart(act.effective_on, known.effective_on) or 0) > 1),
        "targets": float(bool({*act.targets} & {*known.targets})),
        "targets_differ": _differ({*act.targets}, {*known.targets}),
        "direction_differs": float(len({direction(act), direction(known)} - {None}) == 2),
        "hours": math.log1p(hours),
        "long_ago": float(hours > LONG_AGO),
        "official_again": float(post.official and event.official_post is not None),
        # A text that says all of an act may well be the first one on it; a hint rarely is.
        "whole": float(bool(act.instrument and act.jurisdiction and act.stage)),
        "number": float(act.number is not None),
    }


def named(act: Act, kind: str) -> set[str]:
    """Return the names of one kind that a text, or an event's texts, mention."""
    return {one[len(kind) + 1 :] for one in act.mentions if one.startswith(f"{kind}:")}


def _names(name: str, kind: str, act: Act, known: Act) -> dict[str, float]:
    ours, theirs = named(act, kind), named(known, kind)
    return {
        name: float(min(MOST_SHARED, len(ours & theirs))),
        f"{name}_differ": _differ(ours, theirs),
        f"{name}_new": float(min(MOST_SHARED, len(ours - theirs))),
    }


def _differ(ours: set[str], theirs: set[str]) -> float:
    return float(bool(ours and theirs and not ours & theirs))


def _same(name: str, ours: str | None, theirs: str | None) -> dict[str, float]:
    both = ours is not None and theirs is not None
    return {
        name: float(both and ours == theirs),
        f"{name}_differs": float(both and ours != theirs),
        f"{name}_silent": float(ours is None),
    }


def days_apart(one: str | None, other: str | None) -> int | None:
    """Return the days between two ISO dates; None where one is not known or no date."""
    if not one or not other:
        return None
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    except ValueError:
        return None
