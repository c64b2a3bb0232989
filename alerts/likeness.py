"""How likely a post and an open event speak of one act, though they share no key.

    log-odds = START + sum over trees of the leaf that the features lead to

Gradient-boosted trees (Friedman 2001), fitted to pairs of posts and events of the labelled streams
in tests/data/events: `make likeness` writes data/likeness.json afresh. What the two have in common
can only raise the odds, and what they differ in only lower them. Pure, but for that file.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from alerts.domain import Act, Event, Post
from alerts.goods import narrower
from alerts.index import UNLIKE, Likeness
from alerts.trees import compile_trees
from classifier.resources import shipped

NO_DIFFERENCE = (0.0,) * 6
"""What a post differs in from an event that says nothing."""

MOST_COUNTED = 3
"""Names of a kind that count; more are lists."""

LITTLE = 0.03
"""Likeness of the wording that is added to all, so that none has a logarithm of 0."""

SMALL = 12
"""Numbers up to here are shared by chance, unless they are percentages."""

NOTHING: frozenset[str] = frozenset()

MOST_KEPT = 8192
"""Acts whose names are kept sorted by kind."""

MOST_MENTIONS = 200
"""Names and figures that an event remembers of its posts."""

Kinds = Mapping[str, frozenset[str]]
"""Kind -> names."""

_kept: dict[int, tuple[tuple[str, ...], Kinds]] = {}
"""Where names are in memory -> the names, which so stay there, and the same by kind."""


class Candidate(NamedTuple):
    """An open event that shares a key with a post, or resembles it.

    shared: the keys they share.
    alike: how much its wording resembles the post's.
    among: how many open events report policy: the more there are, the likelier is one that
        resembles a post by chance.
    authorities: source -> external id of its official posts in the event.
    """

    event: Event
    shared: Collection[str] = ()
    alike: Likeness = UNLIKE
    among: int = 0
    authorities: Mapping[str, str] = MappingProxyType({})


def log_odds(post: Post, act: Act, candidate: Candidate, least: float = -math.inf) -> float:
    """Return the log-odds that a post speaks of an event's act; less than `least`, where they do
    not reach that."""
    added, shared = load_likeness(), shared_features(post, act, candidate).values()
    # What is asked next only takes away, and most candidates are far from enough.
    odds = added(*shared, *NO_DIFFERENCE)
    if odds < least:
        return odds
    return added(*shared, *differing_features(act, candidate.event.act).values())


@cache
def load_likeness() -> Callable[..., float]:
    """Return the shipped trees as a function of the features, in their order."""
    return compile_trees(json.loads(shipped("data", "likeness.json").read_text(encoding="utf-8")))


def features(post: Post, act: Act, candidate: Candidate) -> dict[str, float]:
    """Return what speaks for and against one act, by name."""
    shared = shared_features(post, act, candidate)
    return shared | differing_features(act, candidate.event.act)


def differing_features(act: Act, known: Act) -> dict[str, float]:
    """Return in what a post's act differs from an event's; each only lowers the odds."""
    ours, theirs = _telling_figures(act), _telling_figures(known)
    return {
        "items_new": _count(_narrowest(named(act, "item")) - named(known, "item")),
        "places_new": _count(named(act, "place") - named(known, "place")),
        "jurisdiction_differs": _differ(act.jurisdiction, known.jurisdiction),
        "home_differs": float(homes_differ(act, known)),
        "shares_differ": float(shares_differ(act, known)),
        # A hint may give a figure of something else; a text that says all of an act hardly does.
        "other_figures": float(is_whole(act) and bool(ours and theirs and not ours & theirs)),
    }


def shared_features(post: Post, act: Act, candidate: Candidate) -> dict[str, float]:
    """Return what a post and an event have in common, in wording, dates and standing."""
    event, known, alike = candidate.event, candidate.event.act, candidate.alike
    hours = abs((post.published_at - event.last_seen).total_seconds()) / 3600
    return {
        "wording": math.log(LITTLE + alike.cosine),
        "rarest": alike.rarest,
        "rare": alike.rare,
        "figure": alike.figure,
        "own": math.log1p(alike.own),
        "days": _count(named(act, "date") & named(known, "date")),
        "date": _same(act.effective_on, known.effective_on),
        "due": float(hours > 24 and is_due(post, known)),
        "hours": math.log1p(hours),
        "official": float(post.official),
        "official_again": float(post.official and event.official_post is not None),
        "followed": float("followed" in named(act, "way")),
        "posts": math.log1p(event.posts),
        "among": math.log1p(candidate.among),
    }


def named(act: Act, kind: str) -> frozenset[str]:
    """Return the names of one kind that a text, or an event's texts, mention."""
    return _kinds(act.mentions).get(kind, NOTHING) if act.mentions else NOTHING


def with_mentions(act: Act, said: Act) -> tuple[str, ...]:
    """Return what an event's texts mention with what one more text does, as far as is kept."""
    known = act.mentions
    if len(known) >= MOST_MENTIONS or not said.mentions:
        return known
    by_kind = _kinds(known)
    new: dict[str, None] = {}
    for one in said.mentions:
        kind, _, name = one.partition(":")
        if name not in by_kind.get(kind, NOTHING):
            new[one] = None
    if not new:
        # The very same, of which it is known how its names are sorted.
        return known
    whole = (*known, *new)[:MOST_MENTIONS]
    added = _by_kind(whole[len(known) :])
    _keep(whole, {**by_kind, **{k: by_kind.get(k, NOTHING) | names for k, names in added.items()}})
    return whole


def _kinds(mentions: tuple[str, ...]) -> Kinds:
    # A post is compared with dozens of events, and each of them with many posts; to hash hundreds
    # of names each time would take longer than all that is asked of them.
    kept = _kept.get(id(mentions))
    if kept is not None and kept[0] is mentions:
        return kept[1]
    return _keep(mentions, _by_kind(mentions))


def _keep(mentions: tuple[str, ...], by_kind: Kinds) -> Kinds:
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[id(mentions)] = (mentions, by_kind)
    return by_kind


def _by_kind(mentions: tuple[str, ...]) -> Kinds:
    found: dict[str, list[str]] = defaultdict(list)
    for one in mentions:
        kind, _, name = one.partition(":")
        found[kind].append(name)
    return {kind: frozenset(names) for kind, names in found.items()}


def _narrowest(goods: frozenset[str]) -> frozenset[str]:
    return frozenset(one for one in goods if not narrower(one) & goods) if goods else goods


def homes_differ(act: Act, known: Act) -> bool:
    """Tell whether the country that a text is about is none that the event's texts name."""
    ours, theirs = named(act, "home"), named(known, "home")
    return bool(ours and theirs) and not ours & (theirs | named(known, "place"))


def shares_differ(act: Act, known: Act) -> bool:
    """Tell whether both give percentages, and none of them is the same."""
    ours, theirs = ({one for one in named(a, "figure") if one[-1] == "%"} for a in (act, known))
    return bool(ours and theirs and not ours & theirs)


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
