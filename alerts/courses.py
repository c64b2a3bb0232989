"""What became of a known act: the next step of its case, a setback, a penalty under it. Pure.

It has a number and a day of its own, and yet is no act of its own.
"""

import re
from datetime import timedelta

from alerts.acts import is_company
from alerts.domain import Act, Post, Stage
from alerts.likeness import Candidate, named

FOLLOWING = ("followed", "paused", "prolonged")
"""What a text does with an act that is known, in its first words."""

EXPLAINING = ("DGFT Public Notice", "DGFT Trade Notice", "DGFT Policy Circular")
"""Series of texts that say how notifications of another series are applied."""

TOLD_BY = ("company", "item")
"""What two texts on one probe both name."""

TRADE = ("probe", "tariff")
"""What a trade case consists of."""

STEP = timedelta(days=10)
"""What lies between two steps of a trade case at least; its authority may open two on one day."""

COUNT = re.compile(r"^(?:DGFT|India).*?(\d+)/20\d\d(?:-\d\d)?$|^(?!Docket|FR |RIN ).*?(\d+)$")
"""What a number counts: 11 in DGFT 11/2026-27, 72 in MOFCOM 2026-72."""

SINCE = timedelta(days=3)
"""How long ago an act is at least that a text calls by its day."""

SETBACKS = (Stage.DELAYED, Stage.SUSPENDED)

ENDS = (Stage.SUSPENDED, Stage.WITHDRAWN, Stage.ENFORCED)
"""How a probe ends: for a promise, for nothing, with a fine."""


def is_later(post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether a text is on what became of an event's act: under a number, and with a day, of
    its own."""
    known = candidate.event.act
    if act.number is not None and act.number == known.number:
        return True
    return (
        (resumes(act) and (names_number(act, known) or (post.official and calls(act, known))))
        or sets_back(act, known)
        or (post.official and dates_back(post, act, candidate))
        or is_next_step(post, act, candidate)
    )


def resumes(act: Act) -> bool:
    """Tell whether a text only does something with an act that is known, short of ending it: what
    it cites is more than its ground."""
    halted = act.stage in SETBACKS or not named(act, "way").isdisjoint(FOLLOWING)
    return (halted or explains(act)) and act.stage is not Stage.WITHDRAWN


def dates_back(post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether a text that does something with a known act, or punishes under it, names the
    day of the event's first report: waives the prohibition of March 12."""
    first = candidate.event.first_seen
    days = {(first + timedelta(days=more)).strftime("%m-%d") for more in (-1, 0, 1)}
    told = named(act, "date") & days
    does = resumes(act) or act.stage is Stage.ENFORCED
    return bool(told) and does and post.published_at - first >= SINCE


def sets_back(act: Act, known: Act) -> bool:
    """Tell whether a text delays or suspends what is known and was not yet: under a number of its
    own."""
    setback = act.stage in SETBACKS and "followed" in named(act, "way")
    return setback and known.stage not in (*SETBACKS, Stage.WITHDRAWN)


def cites(act: Act, known: Act) -> bool:
    """Tell whether a text without a number of its own calls the event's act by its number."""
    return act.number is None and is_called(act, known)


def is_called(act: Act, known: Act) -> bool:
    """Tell whether a text calls the event's act by its bare number: notice 73, Notification 11."""
    if not known.number or not named(act, "notice"):
        return False
    own = COUNT.search(known.number)
    return own is not None and str(int(own[1] or own[2])) in named(act, "notice")


def calls(act: Act, known: Act) -> bool:
    """Tell whether an authority's text calls an event's act by its number, or by the name that the
    event's own texts have for it: General License 143A replaces General License 143."""
    return is_called(act, known) or bool(named(act, "notice") & named(known, "notice"))


def explains(act: Act) -> bool:
    """Tell whether a text is of a kind that only says how another act is applied."""
    return act.number is not None and act.number.startswith(EXPLAINING)


def names_number(act: Act, known: Act) -> bool:
    """Tell whether a text gives the number of an event's act, be it beside one of its own."""
    return known.number is not None and known.number in act.read_from.get("numbers", ())


def is_one_case(act: Act, known: Act) -> bool:
    """Tell whether both are on one trade case, which goods and whose they are make: it goes from a
    probe over a preliminary finding to a duty.

    A review of what a case came to, or of who gets round it, is a case of its own.
    """
    trade = act.instrument in TRADE and known.instrument in TRADE
    makers = {*act.targets} | named(act, "place")
    one = bool({*act.items} & {*known.items} and makers & {*known.targets})
    return trade and one and is_one_review(act, known)


def is_one_review(act: Act, known: Act) -> bool:
    """Tell whether both are on reviews of one kind, of the same years, or neither is on any."""
    ours, theirs = named(act, "review"), named(known, "review")
    kinds, years = set(filter(str.isalpha, ours)), set(filter(is_period, ours))
    known_years = set(filter(is_period, theirs))
    if not kinds:
        return not set(filter(str.isalpha, theirs))
    return kinds <= theirs and not (years and known_years and not years & known_years)


def is_period(review: str) -> bool:
    """Tell the years of a review from its kind."""
    return review[0].isdigit()


def is_enforced(act: Act, known: Act) -> bool:
    """Tell whether one of its targets is punished under an act that is known."""
    later = act.stage is Stage.ENFORCED and known.stage is not Stage.ENFORCED
    return later and any(is_company(one) and one in known.targets for one in act.targets)


def is_concluded(act: Act, known: Act) -> bool:
    """Tell whether a probe that is known ends with a fine, a promise or nothing."""
    ended = known.instrument == "probe" and act.stage in ENDS
    kind = "company" if named(act, "company") else "item"
    return ended and bool(named(act, kind) & named(known, kind))


def is_next_step(post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether a text is on a later step of a trade case, which has a number of its own."""
    known, event = candidate.event.act, candidate.event
    grown = post.published_at - event.first_seen >= STEP
    follows = act.stage is Stage.WITHDRAWN or not named(act, "way").isdisjoint(FOLLOWING)
    begun = known.instrument == "probe" or named(act, "remedy") & named(known, "remedy")
    return bool(grown and follows and begun and is_one_case(act, known))
