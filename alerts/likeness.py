"""How likely a post and an open event speak of one act, though they share no key. Pure.

    log-odds = START + sum of weight * feature

Weights were fitted by logistic regression on pairs of posts and events from the labelled streams
in tests/data/events: `python tests/benchmarks/fit_likeness.py` prints them afresh.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from alerts.domain import Act, Event, Post

START = -4.15

WEIGHTS: Mapping[str, float] = {
    "cosine": 9.96,
    "cover": 1.39,
    "rarest": 0.28,
    "rare": 0.29,
    "items_new": -0.91,
    "figures": 0.98,
    "instrument": 0.10,
    "jurisdiction": 0.61,
    "jurisdiction_differs": -0.96,
    "date": 1.84,
    "due": 1.51,
    "hours": -0.49,
    "long_ago": -1.09,
    "official_again": -2.48,
    "whole": -0.59,
    "other_figures": -0.56,
    "posts": 0.35,
}

MOST_COUNTED = 3
"""Names of a kind that count; more are lists."""

SMALL = 12
"""Numbers up to here are shared by chance, unless they are percentages."""

LONG_AGO = 72
"""Hours after which an event has left the news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An open event that shares a key with a post, or resembles it.

    shared: the keys they share.
    cosine: likeness of the wording, 0 to 1.
    cover: how much of the post's wording the event knows, 0 to 1.
    rarest, rare: inverse document frequency of the rarest and the third rarest word of both.
    authorities: source -> external id of its official posts in the event.
    """

    event: Event
    shared: frozenset[str] = frozenset()
    cosine: float = 0.0
    cover: float = 0.0
    rarest: float = 0.0
    rare: float = 0.0
    authorities: Mapping[str, str]


def log_odds(post: Post, act: Act, candidate: Candidate) -> float:
    """Return the log-odds that a post speaks of an event's act."""
    found = features(post, act, candidate)
    return START + sum(weight * found[name] for name, weight in WEIGHTS.items())


def features(post: Post, act: Act, candidate: Candidate) -> dict[str, float]:
    """Return what speaks for and against one act, by name."""
    event, known = candidate.event, candidate.event.act
    ours, theirs = _telling_figures(act), _telling_figures(known)
    hours = abs((post.published_at - event.last_seen).total_seconds()) / 3600
    return {
        "cosine": candidate.cosine,
        "cover": candidate.cover,
        "rarest": candidate.rarest,
        "rare": candidate.rare,
        "items_new": _count(named(act, "item") - named(known, "item")),
        "figures": _count(ours & theirs),
        "instrument": _same(act.instrument, known.instrument),
        "jurisdiction": _same(act.jurisdiction, known.jurisdiction),
        "jurisdiction_differs": _differ(act.jurisdiction, known.jurisdiction),
        "date": _same(act.effective_on, known.effective_on),
        "due": float(hours > 24 and is_due(post, known)),
        "hours": math.log1p(hours),
        "long_ago": float(hours > LONG_AGO),
        "official_again": float(post.official and event.official_post is not None),
        # A text that says all of an act may well be the first one on it; a hint rarely is.
        "whole": float(is_whole(act)),
        "other_figures": float(is_whole(act) and bool(ours and theirs and not ours & theirs)),
        "posts": math.log1p(event.posts),
    }


def named(act: Act, kind: str) -> frozenset[str]:
    """Return the names of one kind that a text, or an event's texts, mention."""
    return _named(act.mentions, kind)


@lru_cache(maxsize=8192)
def _named(mentions: tuple[str, ...], kind: str) -> frozenset[str]:
    # A post is compared with dozens of events, and each of them with many posts.
    return frozenset(one[len(kind) + 1 :] for one in mentions if one.startswith(f"{kind}:"))


def is_whole(act: Act) -> bool:
    """Tell whether a text says all of an act: what it is, whose, and how far it has come."""
    return bool(act.instrument and act.jurisdiction and act.stage)


def is_due(post: Post, known: Act) -> bool:
    """Tell whether a post comes on the day of effect of an act, when everybody speaks of it."""
    days = days_apart(post.published_at.date().isoformat(), known.effective_on)
    return days is not None and days <= 1


def _telling_figures(act: Act) -> set[str]:
    return {one for one in named(act, "figure") if one[-1] == "%" or float(one) > SMALL}


def _count(names: Collection[str]) -> float:
    return float(min(MOST_COUNTED, len(names)))


def _same(ours: str | None, theirs: str | None) -> float:
    return float(ours is not None and ours == theirs)


def _differ(ours: str | None, theirs: str | None) -> float:
    return float(ours is not None and theirs is not None and ours != theirs)


def days_apart(one: str | None, other: str | None) -> int | None:
    """Return the days between two ISO dates; None where one is not known or no date."""
    if not one or not other:
        return None
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    except ValueError:
        return None
