"""How likely a post and an open event speak of one act, though they share no key. Pure.

    log-odds = START + sum of weight * feature

Weights were fitted by logistic regression on pairs of posts and events from the labelled streams
in tests/data/events: `python tests/benchmarks/fit_likeness.py` prints them afresh.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from alerts.domain import Act, Event, Post

START = -3.23

WEIGHTS: Mapping[str, float] = {
    "cosine": 10.87,
    "cover": 1.35,
    "rarest": 0.33,
    "rare": 0.31,
    "items_new": -1.02,
    "figures": 1.08,
    "instrument": 0.20,
    "jurisdiction": 0.67,
    "jurisdiction_differs": -1.07,
    "date": 2.23,
    "due": 1.54,
    "hours": -0.52,
    "long_ago": -0.89,
    "official_again": -2.62,
    "whole": -0.70,
    "other_figures": -0.67,
    "posts": 0.34,
    "among": -0.37,
}

MOST_COUNTED = 3
"""Names of a kind that count; more are lists."""

SMALL = 12
"""Numbers up to here are shared by chance, unless they are percentages."""

LONG_AGO = 72
"""Hours after which an event has left the news."""

NOTHING: frozenset[str] = frozenset()

MOST_KEPT = 8192
"""Acts whose names are kept sorted by kind."""

_kept: dict[int, tuple[tuple[str, ...], Mapping[str, frozenset[str]]]] = {}
"""Where names are in memory -> the names, which so stay there, and the same by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An open event that shares a key with a post, or resembles it.

    shared: the keys they share.
    cosine: likeness of the wording, 0 to 1.
    cover: how much of the post's wording the event knows, 0 to 1.
    rarest, rare: inverse document frequency of the rarest and the third rarest word of both.
    among: how many open events report policy: the more there are, the likelier is one that
        resembles a post by chance.
    authorities: source -> external id of its official posts in the event.
    """

    event: Event
    shared: frozenset[str] = frozenset()
    cosine: float = 0.0
    cover: float = 0.0
    rarest: float = 0.0
    rare: float = 0.0
    among: int = 0
    authorities: Mapping[str, str]


def log_odds(post: Post, act: Act, candidate: Candidate) -> float:
    """Return the log-odds that a post speaks of an event's act."""
    found = features(post, act, candidate)
    return START + sum(weight * found[name] for name, weight in WEIGHTS.items())


def features(post: Post, act: Act, candidate: Candidate) -> dict[str, float]:
    """Return what speaks for and against one act, by name."""
    event, known = candidate.event, candidate.event.act
    # Most posts name nothing: then it need not be known what the event's many posts name.
    items, ours = named(act, "item"), _telling_figures(act)
    theirs = _telling_figures(known) if ours else NOTHING
    hours = abs((post.published_at - event.last_seen).total_seconds()) / 3600
    return {
        "cosine": candidate.cosine,
        "cover": candidate.cover,
        "rarest": candidate.rarest,
        "rare": candidate.rare,
        "items_new": _count(items - named(known, "item")) if items else 0.0,
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
        "among": math.log1p(candidate.among),
    }


def named(act: Act, kind: str) -> frozenset[str]:
    """Return the names of one kind that a text, or an event's texts, mention."""
    mentions = act.mentions
    if not mentions:
        return NOTHING
    # A post is compared with dozens of events, and each of them with many posts; to hash hundreds
    # of names each time would take longer than all that is asked of them.
    kept = _kept.get(id(mentions))
    if kept is None or kept[0] is not mentions:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[id(mentions)] = (mentions, _by_kind(mentions))
    return kept[1].get(kind, NOTHING)


def _by_kind(mentions: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in mentions:
        kind, _, name = one.partition(":")
        found[kind].append(name)
    return {kind: frozenset(names) for kind, names in found.items()}


def is_whole(act: Act) -> bool:
    """Tell whether a text says all of an act: what it is, whose, and how far it has come."""
    return bool(act.instrument and act.jurisdiction and act.stage)


def is_due(post: Post, known: Act) -> bool:
    """Tell whether a post comes on the day of effect of an act, when everybody speaks of it."""
    days = days_apart(post.published_at.date().isoformat(), known.effective_on)
    return days is not None and days <= 1


def _telling_figures(act: Act) -> frozenset[str]:
    return _telling(named(act, "figure"))


@lru_cache(maxsize=8192)
def _telling(figures: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in figures if one[-1] == "%" or float(one) > SMALL)


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
