"""(Post, Tagging, Act) + open events -> event changes. Pure.

A post joins the event of earlier ones when both carry the same official number, the same link,
the same opening words, nearly the same text, or enough of the same names, figures and rare
words. The first three are keys that the store looks up, the others come from the window of open
events. What speaks against it (another number, another item, the opposite direction) is checked
last and wins over all evidence from wording.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from alerts.contradictions import (
    DRAFTED,
    OFFICE,
    REIMPOSED,
    REVERSAL,
    differences,
    is_imposed,
    is_pending,
    kept_apart,
    lifts,
    may_be_lifted,
    same_measure,
    strikes_back,
)
from alerts.courses import is_one_case
from alerts.domain import Act, Event, Post, Stage
from alerts.likeness import Candidate, is_due, is_whole, log_odds, named, with_mentions
from alerts.traces import Trace
from classifier.labels import Tagging
from classifier.relevance import weigh

NEAR = 0.7
"""Cosine from which two texts are one text, reworded."""

JOIN = -3.5
"""Log-odds from which a post that reports an act joins an event (a chance of 3%). It is low: a
second alert on a known act is what readers complain of. It is no lower, since in a stream of
hundreds of acts a new one finds some event that it resembles a little, and would vanish in it."""

JOIN_BUSY, BUSY = -5.0, 4
"""Log-odds in place of JOIN for an event of so many posts: what many speak of is told once more in
other words, sooner than what one did."""

SURE = -1.0
"""Log-odds from which such a post is one of the event's own (a chance of 27%). With less it opens
an event that only leans on it, for it may be the first on an act of its own."""

APART = 1.0
"""Log-odds that a later post must reach with one that leans to tell that it has an act of its own;
and from which it is one of the event's own, whatever leans there."""

LEAD = 2.0
"""How much more likely it must be with the one that leans than with the one that is leaned on."""

CHANCE = 0.0
"""Log-odds from which a post that reports no act joins an event: it alerts nobody anyway."""

WORDING = 0.05
"""Least cover for a post that shares neither goods nor a company with the event."""

SURE_OF_ANOTHER = 2.5
"""In place of SURE for a text that says all of an act by another instrument, and names neither
goods nor a company of the event: one rule on all that are listed is no list."""

JOIN_LATE, SURE_LATE = -1.0, 1.0
"""Log-odds in place of JOIN and SURE for a text that says all of an act when the event has been out
of the news for LATE: ministries publish orders that read alike every few weeks."""

LATE = timedelta(days=3)

GOING_ON = ("followed", "prolonged")
"""What a text does with an act that was known before."""

STORY = 0.2
"""Least cosine for a post that reports no act to follow a story that is none either."""

WEAK = "weak evidence"
"""By what a post joins an event that it leans on."""

TELLING = ("item", "company")
"""Names that two posts on one act share; a country or an office is in every second one."""

LIKELY = ("evidence", WEAK)
"""By what a post joins that resembles an event enough."""

DOUBTED = {
    "jurisdiction": 2.0, OFFICE: JOIN_BUSY, "item": 2.5, "target": 2.0, "direction": 1.5,
    REIMPOSED: 1.0,
}  # fmt: skip
"""Log-odds from which a difference is more likely a misreading of one text than a second act, so
that the post leans. Numbers and days are never doubted."""

CONTROLS = frozenset({"export licence", "export ban", "export restriction", "control-list change"})
"""Instruments that an authority and the press call each by another's name."""

ONE_EACH = {"item": "item", "target": "place"}
"""Differences that are clear where each text names one, and as what a text names such."""

ECHOES = ("link", "words", "near-duplicate")
"""By what a post joins that only repeats or relays another one."""

RELAYS = ("link", "words")
"""By what a post joins that has another one's very words."""

STRENGTH = ("number", "link", "words", "near-duplicate", "evidence", WEAK)
"""By what a post may join an event, from the strongest."""


def find_event(
    post: Post, tagging: Tagging, act: Act, seen: Trace, candidates: Iterable[Candidate]
) -> tuple[Event, str] | None:
    """Return the open event that a post belongs to, and by what; None opens a new one.

    Of several, a post that reports policy goes to one that does too, unless it joins another by
    number; then the strongest evidence wins, then the likelier one, then the older event, so that
    the order of look-up does not matter.
    """
    found = []
    for candidate in candidates:
        by, likely = _evidence(post, tagging, act, seen, candidate)
        if by is None:
            continue
        if kept_apart(post, act, candidate, by):
            if by not in LIKELY or not is_doubted(post, act, candidate, likely):
                continue
            by = WEAK
        event = candidate.event
        # Readers know of no event without policy, so a new report of one goes to what they know.
        untold = by != "number" and event.grade < 2 <= tagging.policy.grade
        rank = (untold, STRENGTH.index(by), -round(likely, 6), event.first_seen, event.id)
        found.append((rank, event, by))
    if not found:
        return None
    _, event, by = min(found, key=lambda item: item[0])
    return event, by


def _evidence(
    post: Post, tagging: Tagging, act: Act, seen: Trace, candidate: Candidate
) -> tuple[str | None, float]:
    if candidate.shared:
        kinds = {seen.keys[key] for key in candidate.shared}
        for kind in ("number", "link", "words"):
            if kind in kinds:
                return kind, candidate.alike.cosine
    if candidate.alike.cosine >= NEAR:
        return "near-duplicate", candidate.alike.cosine
    if tagging.policy.grade < 2 and candidate.event.grade < 2:
        return "evidence" if candidate.alike.cosine >= STORY else None, candidate.alike.cosine
    # A new act must not vanish in a story that was no act, nor in one it shares nothing with.
    resembles = candidate.alike.cover >= WORDING or _shares(act, candidate.event.act)
    if candidate.event.grade < 2 or not resembles:
        return None, 0.0
    reports = tagging.policy.grade >= 2
    least, sure = _bars(post, act, candidate.event) if reports else (CHANCE, CHANCE)
    odds = log_odds(post, act, candidate, least)
    if odds < least:
        return None, 0.0
    if not reports:
        return "evidence", candidate.alike.cosine
    return "evidence" if odds >= sure else WEAK, odds


def _bars(post: Post, act: Act, event: Event) -> tuple[float, float]:
    """Return the log-odds from which a post may be on an event's act, and from which it is.

    A hint may come late, and so may the next stage of the same act; else a whole act is news. What
    an authority itself publishes must not wait for others to confirm that it is.
    """
    late = abs(post.published_at - event.last_seen) > LATE
    # Weeks later an authority may publish something else on the goods.
    one_kind = act.instrument == event.act.instrument or not late
    awaited = post.official and one_kind and _is_awaited(act, event, late=late)
    if act.stage is Stage.WITHDRAWN and is_pending(event.act) and is_one_case(act, event.act):
        return JOIN, JOIN
    if late and is_whole(act) and not (awaited or _goes_on(post, act, event.act)):
        return SURE_LATE if post.official else JOIN_LATE, SURE_LATE
    if post.official and not ("followed" in named(act, "way") and _shares(act, event.act)):
        least = JOIN if awaited else SURE
        return least, least
    by_another = is_whole(act) and act.instrument != event.act.instrument
    if by_another and event.act.instrument is not None and not _shares(act, event.act):
        return JOIN, SURE_OF_ANOTHER
    if event.posts < BUSY or by_another:
        return JOIN, SURE
    return JOIN_BUSY, SURE


def _is_awaited(act: Act, event: Event, *, late: bool) -> bool:
    """Tell whether an authority's own text may be what reports foretold; or what they have just
    told, where it names nothing that could be something else: "two technologies are designated".
    """
    known = event.act
    ours = act.jurisdiction is not None and act.jurisdiction == known.jurisdiction
    if event.official_post is not None or not ours:
        return False
    if any(named(act, kind) for kind in TELLING):
        return known.stage in DRAFTED and _shares(act, known)
    one_kind = act.instrument is None or {act.instrument, known.instrument} <= CONTROLS
    others = {*act.targets} - named(known, "place")
    fits = one_kind and not others and known.number in (None, act.number)
    return fits and not late and act.authority in named(known, "authority")


def _goes_on(post: Post, act: Act, known: Act) -> bool:
    """Tell whether a text has the next stage of an act, or comes on its day of effect.

    What is delayed or disputed was known before, so that is hardly ever an act of its own.
    """
    if act.stage is Stage.DELAYED or not named(act, "way").isdisjoint(GOING_ON):
        return True
    if is_due(post, known) or may_be_lifted(act, known):
        return True
    if known.stage in PROGRESS[:2] and act.stage is not known.stage:
        return True
    # What is found at a probe's end, and who is punished under an act, came after it.
    if is_one_case(act, known) or (known.instrument == "probe" and _shares(act, known)):
        return True
    return act.stage is Stage.ENFORCED and known.stage is not Stage.ENFORCED


def is_doubted(post: Post, act: Act, candidate: Candidate, odds: float) -> bool:
    """Tell whether the only thing that keeps a post out of an event is doubted, since all else is
    alike.

    An authority's own text is read better, and must not wait.
    """
    if post.official:
        return False
    found = list(differences(post, act, candidate, "evidence"))
    if len(found) != 1:
        return False
    bar = DOUBTED.get(found[0], math.inf)
    if found[0] in (*ONE_EACH, "direction") and figures_agree(act, candidate.event.act):
        bar = JOIN_BUSY
    return odds >= bar and not is_clear(found[0], post, act, candidate)


def is_clear(difference: str, post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether a difference of a kind that is doubted is none to be doubted here.

    Two texts that say of one measure of one country which goods it is on, or whom it is aimed at,
    are on two, unless one names the other's too; so are who strikes and who strikes back; and what
    has been in force for some days may well be lifted, as may another country's.
    """
    known = candidate.event.act
    if difference == "jurisdiction":
        return strikes_back(act, known)
    if difference in ONE_EACH:
        ours, theirs = ((one.items, one.targets)[difference == "target"] for one in (act, known))
        kind = ONE_EACH[difference]
        both = {*ours} & named(known, kind) or {*theirs} & named(act, kind)
        one_each = len(ours) == len(theirs) == 1 and not (both or figures_agree(act, known))
        return one_each and same_measure(act, known)
    if difference != "direction":
        return False
    others = bool(act.targets and known.targets) and not {*act.targets} & {*known.targets}
    return others or post.published_at - candidate.event.first_seen >= REVERSAL


def figures_agree(act: Act, known: Act) -> bool:
    """Tell whether two texts give a figure that acts hardly share by chance: a broken one, as 7.5%;
    every second tariff is of 25%."""
    return any("." in one for one in named(act, "figure") & named(known, "figure"))


def tell_apart(
    post: Post,
    tagging: Tagging,
    act: Act,
    by: str,
    leaning: Candidate,
    beside: Sequence[Candidate],
) -> Event | None:
    """Return which event a post is on that belongs to one that leans on another, if it tells.

    by: what it joined the one that leans by. beside: the one that is leaned on, with what a hand
    merged into it. None if the post may be on either, and leans with the first.
    """
    if tagging.policy.grade < 2:
        return None
    against = [one for one in beside if kept_apart(post, act, one, "words")]
    doubted = all(is_doubted(post, act, one, log_odds(post, act, one)) for one in against)
    # A relay says nothing that the post it relays did not, unless it says more; and what was
    # misread there is misread here.
    relay = by in RELAYS if against else by in ECHOES
    if relay and doubted and not post.official:
        return None
    likely = [
        (log_odds(post, act, one), one)
        for one in beside
        if one.event.grade >= 2 and not kept_apart(post, act, one, "evidence")
    ]
    other, near = max(likely, key=lambda one: one[0], default=(-math.inf, None))
    odds = log_odds(post, act, leaning)
    if (odds >= APART and odds - other >= LEAD) or (against and by in ECHOES):
        return leaning.event
    if near is not None and other >= APART:
        return near.event
    # Nobody should have to confirm what an authority publishes.
    return leaning.event if post.official else None


def _shares(act: Act, known: Act) -> bool:
    """Tell whether a text names goods or a company that an event's texts name."""
    return any(
        not ours.isdisjoint(named(known, kind)) for kind in TELLING if (ours := named(act, kind))
    )


def open_event(post: Post, tagging: Tagging, act: Act) -> Event:
    """Return the event that a post opens; its id follows from the post's."""
    return Event(
        id=f"e{post.id}",
        title=post.title,
        act=remember_direction(act),
        posts=1,
        sources=(post.source,),
        topics=dict(tagging.topics),
        grade=tagging.policy.grade,
        at_least=tagging.policy.at_least,
        relevance=weigh(tagging.policy, tagging.topics, official=post.official).value,
        first_seen=post.published_at,
        last_seen=post.published_at,
        official_post=post.id if post.official else None,
        official_url=post.url if post.official else None,
    )


def absorb(event: Event, post: Post, tagging: Tagging, act: Act) -> Event:
    """Return the event with one more post in it."""
    first_official = post.official and event.official_post is None
    relevance = weigh(tagging.policy, tagging.topics, official=post.official).value
    known = {*event.sources}
    # An event that began as talk is called after the first post that reports an act.
    telling = event.grade < 2 <= tagging.policy.grade and event.official_post is None
    return Event(
        id=event.id,
        title=post.title if first_official or telling else event.title,
        act=merge_acts(
            event.act,
            remember_direction(act),
            official=post.official,
            published=event.official_post is not None,
        ),
        posts=event.posts + 1,
        sources=event.sources if post.source in known else (*event.sources, post.source),
        topics={
            topic: max(event.topics.get(topic, 0.0), tagging.topics.get(topic, 0.0))
            for topic in {**event.topics, **tagging.topics}
        },
        grade=max(event.grade, tagging.policy.grade),
        at_least=max(event.at_least, tagging.policy.at_least, key=lambda p: (p[1], p)),
        relevance=max(event.relevance, relevance),
        first_seen=min(event.first_seen, post.published_at),
        last_seen=max(event.last_seen, post.published_at),
        official_post=post.id if first_official else event.official_post,
        official_url=post.url if first_official else event.official_url,
    )


def remember_direction(act: Act) -> Act:
    """Return what a text says with the direction of its act among the names that an event keeps."""
    told = (("imposed", is_imposed(act)), ("lifted", lifts(act)))
    ways = tuple(f"way:{way}" for way, holds in told if holds)
    return replace(act, mentions=(*act.mentions, *ways)) if ways else act


PROGRESS = (Stage.REPORTED, Stage.PROPOSED, Stage.ADOPTED, Stage.IN_EFFECT, Stage.ENFORCED)
SETBACKS = (Stage.DELAYED, Stage.SUSPENDED, Stage.WITHDRAWN)


STEPS = ("probe", "preliminary", "final")
"""How far a case comes."""


def step_of(act: Act) -> str | None:
    """Return how far a case has come by a text, or by an event's texts; None if it is no case."""
    said = {*named(act, "step")}
    if act.instrument in ("probe", "penalty"):
        said.add("probe" if act.instrument == "probe" else "final")
    return max(said, key=STEPS.index, default=None)


def comes_further(act: Act, known: Act) -> bool:
    """Tell whether a text has the next decision of a known case, with a day of its own."""
    step, before = step_of(act), step_of(known)
    further = step is not None and before is not None and STEPS.index(step) > STEPS.index(before)
    return further and act.instrument is not None


def merge_acts(known: Act, said: Act, *, official: bool, published: bool = False) -> Act:
    """Fill what was not known; an authority's own words replace what others said.

    published: whether the authority's own text is known, whose number what it does with the act
        later does not replace, but for the next decision of a case.
    The stage only moves on, or to a setback; so one late relay of old news turns nothing back.
    """
    first, second = (said, known) if official else (known, said)
    # Whose office it is tells better than a text that names none.
    told = first.authority or not second.authority or (official and first.jurisdiction)
    owners = (first, second) if told else (second, first)
    owner = next((one for one in owners if one.jurisdiction), first)
    read_from = {**second.read_from, **first.read_from}
    further = comes_further(said, known)
    number = first.number or second.number
    if owner.jurisdiction:
        read_from["jurisdiction"] = owner.read_from.get("jurisdiction", ())
    return Act(
        instrument=said.instrument if further else first.instrument or second.instrument,
        stage=_later(known.stage, said.stage),
        authority=first.authority or second.authority,
        jurisdiction=owner.jurisdiction,
        number=known.number if published and known.number and not further else number,
        targets=first.targets or second.targets,
        items=first.items or second.items,
        published_on=first.published_on or second.published_on,
        # A delay is known by its new date, whoever reports it, and so is a decision.
        effective_on=(said.effective_on if further or said.stage is Stage.DELAYED else None)
        or first.effective_on
        or second.effective_on,
        mentions=with_mentions(known, said),
        read_from=read_from,
    )


def _later(known: Stage | None, said: Stage | None) -> Stage | None:
    if known is None or said is None:
        return known or said
    if said in SETBACKS or known in SETBACKS:
        return said if said in SETBACKS else known
    return max(known, said, key=PROGRESS.index)
