"""What keeps a post out of an event that it resembles: both state a field, and differently. Pure.

Two orders of one ministry on one day read alike but for a number and a product, and an order
and its repeal share every name. So what speaks against a match is asked last, and wins.
"""

from collections.abc import Iterator
from datetime import timedelta

from alerts.acts import direction, is_company, is_country
from alerts.courses import (
    SETBACKS,
    TOLD_BY,
    cites,
    is_called,
    is_concluded,
    is_enforced,
    is_later,
    is_one_case,
    is_one_review,
    names_number,
)
from alerts.domain import Act, Post, Stage
from alerts.kinds_of_goods import may_be_one, without_headings
from alerts.likeness import Candidate, days_apart, is_whole, named, shares_differ
from alerts.reader.terms import fold
from alerts.traces import series_of

OFFICES = frozenset({
    "treasury", "house", "senate", "congress", "senate panel", "house panel", "council",
    "commission", "commerce", "commerce department", "finance ministry", "agriculture department",
    "department of agriculture", "agriculture secretary", "commerce ministry",
    "ministry of commerce", "statutory instrument",
    "财政部", "商务部", "经济部", "外交部", "交通运输部", "农业农村部", "参议院", "mof", "moea",
})  # fmt: skip
"""Offices, and forms of law, by names that other countries' have too."""

EASING = ("eased", "paused")

BOTH_WAYS = frozenset({"imposed", "lifted"})
"""What an event remembers of an act that was put in force and then lifted, or told of both ways."""

UNBINDING = frozenset({"probe", "guidance"})
"""Instruments that bind nobody: what is prolonged there is the time to answer."""

OF_ONE_FIRM = ("probe", "penalty")
"""Instruments that hit one firm by name, so that another's is another act."""

COUNTED = ("round", "batch")
"""What is counted where one act of many follows another."""

AMOUNT, ROUNDED = 10_000, 1.15
"""From which on a whole figure of a penalty is one of money, and how far the press may round it."""

ALIKE = 0.6
"""Cosine from which an authority's two texts are on one subject, whatever they name."""

REIMPOSED = "reimposed"
"""What keeps out who imposes what was lifted."""

OFFICE = "office"
"""What keeps out who may only be another country: each has a treasury."""

REVERSAL = timedelta(days=3)
"""How old an act is at least that is undone, and done anew: sooner, one text is misread."""

DRAFTED = (Stage.REPORTED, Stage.PROPOSED)
IN_FORCE = (Stage.ADOPTED, Stage.IN_EFFECT, Stage.ENFORCED)
DAY = timedelta(days=1)
BEFORE = timedelta(days=2)
"""How old an act is at least when it can be prolonged."""

TERM = timedelta(days=7)
"""How old a measure is at least that what is prolonged may be: none is imposed for less."""

TERMED = frozenset({
    "export ban", "import ban", "export restriction", "export licence", "tariff", "quota",
    "investment restriction",
})  # fmt: skip
"""Instruments that are imposed for a term, or give one."""


def kept_apart(post: Post, act: Act, candidate: Candidate, by: str) -> str | None:
    """Return what keeps a post out of an event although it resembles it, or None."""
    return next(differences(post, act, candidate, by), None)


def differences(post: Post, act: Act, candidate: Candidate, by: str) -> Iterator[str]:
    """Yield all that keeps a post out of an event."""
    known = candidate.event.act
    later = is_later(post, act, candidate)
    if not later and numbers_differ(act, known):
        yield "number"
    if by in ("number", "link"):
        return
    if not later and disjoint(act, known, "notice"):
        yield "number"
    if any(disjoint(act, known, kind) for kind in COUNTED):
        yield "number"
    if disjoint(act, known, "remedy") and not rates_agree(act, known):
        yield "remedy"
    if disjoint(act, known, "scheme"):
        yield "scheme"
    if not later and is_another_notice(post, act, candidate):
        yield "notice"
    if not later and is_prolonged(post, act, candidate):
        yield "prolonged"
    if is_sequel(post, act, candidate):
        yield "sequel"
    if cites(act, known) and not post.official:
        return
    answered = answers(act, known)
    if not (answered or rounds_agree(act, known)) and targets_differ(act, known):
        yield "target"
    if not later and act.stage is not Stage.DELAYED and dates_differ(act, known):
        yield "date"
    age = post.published_at - candidate.event.first_seen
    if items_differ(act, known, days=age / DAY):
        yield "item"
    if not later and ends(act, known):
        yield "direction"
    if age >= REVERSAL and comes_back(act, known):
        yield REIMPOSED
    if not answered and places_differ(act, known):
        yield "jurisdiction"
    elif not (answered or post.official) and offices_differ(act, known):
        yield OFFICE


def rounds_agree(act: Act, known: Act) -> bool:
    """Tell whether both are on one package of a country, which lists many targets and goods."""
    same = act.jurisdiction is not None and act.jurisdiction == known.jurisdiction
    ours = named(act, "round")
    return same and bool(ours) and ours == named(known, "round")


def disjoint(act: Act, known: Act, kind: str) -> bool:
    """Tell whether both name something of a kind, and none of it is the same: the numbers of two
    notices, the 12th and the 13th package, two lists, or cases against dumping and subsidies."""
    ours, theirs = named(act, kind), named(known, kind)
    return bool(ours and theirs and not ours & theirs)


def rates_agree(act: Act, known: Act) -> bool:
    """Tell whether both give one and the same percentage."""
    return any(rate[-1] == "%" for rate in named(act, "figure") & named(known, "figure"))


def answers(act: Act, known: Act) -> bool:
    """Tell whether the government that an act is aimed at speaks of it, and takes none itself."""
    return (
        act.instrument is None
        and act.jurisdiction is not None
        and act.jurisdiction in named(known, "place")
        and act.jurisdiction != known.jurisdiction
        and known.jurisdiction in act.targets
    )


def numbers_differ(act: Act, known: Act) -> bool:
    """Tell whether two numbers of one series differ; a docket says nothing against a document.

    A text that gives the event's number beside another one is not against it.
    """
    if not act.number or not known.number or act.number == known.number:
        return False
    if names_number(act, known) or halts_the_same(act, known):
        return False
    return series_of(act.number) == series_of(known.number)


def halts_the_same(act: Act, known: Act) -> bool:
    """Tell whether a text calls what an event suspends or ends by the number of what it is done to,
    as the event's own texts do: "Article 2 of notice 31 is suspended"."""
    halted = act.stage is known.stage and act.stage in (*SETBACKS, Stage.WITHDRAWN)
    return halted and is_called(known, act)


def ends(act: Act, known: Act) -> bool:
    """Tell whether a text lifts what an event has in force; a proposal withdrawn is one act.

    Who suspends an act that is known, or exempts somebody from it, speaks of that act.
    """
    return (
        is_imposed(known)
        and lifts(act)
        and act.stage not in DRAFTED
        and not goes_on(act)
        and not named(known, "way") >= BOTH_WAYS
    )


def comes_back(act: Act, known: Act) -> bool:
    """Tell whether a text imposes anew what an event tells is lifted: an act of its own."""
    over = known.stage in (*SETBACKS, Stage.WITHDRAWN)
    both = named(known, "way") >= BOTH_WAYS
    return is_imposed(act) and lifts(known) and not goes_on(act) and (over or not both)


def may_be_lifted(act: Act, known: Act) -> bool:
    """Tell whether a text reports or proposes that what is in force be lifted or eased."""
    drafted = act.instrument is not None and act.stage in DRAFTED
    return drafted and known.stage in IN_FORCE and lifts(act)


def goes_on(act: Act) -> bool:
    """Tell whether a text speaks of what is known and goes on."""
    return "followed" in named(act, "way") and act.stage is not Stage.WITHDRAWN


def is_imposed(act: Act) -> bool:
    """Tell whether an act restricts, is in force, and no text on it tells of easing.

    A probe restricts nobody, nor for long a preliminary finding: a case that is dropped has come
    to its end.
    """
    in_force = act.stage in IN_FORCE and direction(act) == "imposed" and not is_pending(act)
    # Who suspends imports restricts them.
    easing = EASING[:1] if act.instrument == "import ban" else EASING
    return in_force and named(act, "way").isdisjoint(easing)


def is_pending(act: Act) -> bool:
    """Tell whether a case has not come to its end."""
    steps = named(act, "step")
    return act.instrument == "probe" or ("preliminary" in steps and "final" not in steps)


def lifts(act: Act) -> bool:
    """Tell whether an act ends another: its stage says so, or its reading and its first words."""
    ended = act.stage in (Stage.WITHDRAWN, Stage.SUSPENDED) and not act.read_from.get("relief")
    return ended or (eases(act) and direction(act) == "lifted")


def eases(act: Act) -> bool:
    """Tell whether a text opens with easing; a general licence reads as in force and lifts."""
    return "eased" in named(act, "way")


def places_differ(act: Act, known: Act) -> bool:
    """Tell whether two jurisdictions act, unless each text names the other's too, and either does
    not say who acts there."""
    return is_sure(act) and is_sure(known) and jurisdictions_differ(act, known)


def offices_differ(act: Act, known: Act) -> bool:
    """Tell whether two jurisdictions act, of which one is only known by an office that many have,
    though the text names that country."""
    named_too = (is_sure(one) or one.jurisdiction in named(one, "place") for one in (act, known))
    return all(named_too) and jurisdictions_differ(act, known)


def jurisdictions_differ(act: Act, known: Act) -> bool:
    """Tell it whatever the jurisdictions are known by."""
    if not act.jurisdiction or not known.jurisdiction or act.jurisdiction == known.jurisdiction:
        return False
    if strikes_back(act, known):
        return True
    answered = act.jurisdiction in named(known, "place") and known.jurisdiction in named(
        act, "place"
    )
    return not answered or bool(act.authority and known.authority)


def strikes_back(act: Act, known: Act) -> bool:
    """Tell whether a text is on a measure of the country that an event's is aimed at, against the
    event's country: often of the same rate, on the same goods, and told in the same words."""
    return (
        act.instrument is not None
        and act.jurisdiction in known.targets
        and known.jurisdiction in act.targets
    )


def is_sure(act: Act) -> bool:
    """Tell whether it is clear which country acts: each has a treasury, and many a congress."""
    words = act.read_from.get("jurisdiction", ())
    return not words or not OFFICES.issuperset(map(fold, words))


def items_differ(act: Act, known: Act, *, days: float = 0) -> bool:
    """Tell whether the goods are others: the event does not name them, nor are they kin to its own.

    That the text names the event's goods says little: "a week after the one on gallium". That a
    text of the event named these in passing says as little, where one says all of an act on them.
    """
    if not act.items or not known.items or rounds_agree(act, known):
        return False
    alone = len(act.items) == 1 and is_whole(act) and same_measure(act, known)
    # On the first day papers each choose one good of many.
    alone = alone and days >= 1 and not rates_agree(act, known)
    in_passing = without_headings(act.items) & named(known, "item")
    if in_passing and not (alone or shares_differ(act, known)):
        return False
    return not may_be_one(act.items, known.items)


def same_measure(act: Act, known: Act) -> bool:
    """Tell whether two texts are on one country's measures, and not on two kinds of them."""
    ours, theirs = act.jurisdiction, known.jurisdiction
    kinds = {act.instrument, known.instrument} - {None}
    return ours is not None and ours == theirs and len(kinds) < 2


def targets_differ(act: Act, known: Act) -> bool:
    """Tell whether the targets are others of a kind, countries or companies; as with goods."""
    if act.instrument == known.instrument == "penalty" and amounts_differ(act, known):
        return True
    if not act.targets or not known.targets:
        return False
    if act.instrument in OF_ONE_FIRM and act.instrument == known.instrument:
        firms, others = {*act.targets} & named(act, "company"), named(known, "company")
        if firms and others and not firms & others:
            return True
    for kind, of_kind in (("place", is_country), ("company", is_company)):
        ours, theirs = set(filter(of_kind, act.targets)), set(filter(of_kind, known.targets))
        if not ours or not theirs or ours & theirs:
            continue
        if not ours & named(known, kind) or shares_differ(act, known):
            return True
    return False


def amounts_differ(act: Act, known: Act) -> bool:
    """Tell whether both give amounts of money, and none is nearly the same: the press rounds."""
    ours, theirs = (
        {float(one) for one in named(text, "figure") if one[-1] != "%" and float(one) >= AMOUNT}
        for text in (act, known)
    )
    near = any(1 / ROUNDED <= one / other <= ROUNDED for one in ours for other in theirs)
    return bool(ours and theirs) and not near


def dates_differ(act: Act, known: Act) -> bool:
    """Tell whether both give a day of effect in figures, and neither text gives the other's."""
    ours, theirs = act.effective_on, known.effective_on
    if not ours or not theirs or not (is_written(act) and is_written(known)):
        return False
    if (known.stage in DRAFTED) != (act.stage in DRAFTED):
        # A draft's day moves until it is adopted.
        return False
    if (days_apart(ours, theirs) or 0) <= 1:
        return False
    return theirs[5:] not in named(act, "date") and ours[5:] not in named(known, "date")


def is_written(act: Act) -> bool:
    """Tell whether the day of effect stands in the text; "from Monday" is read wrong too often."""
    words = act.read_from.get("effective_on")
    return words is None or any(sign.isdigit() for word in words for sign in word)


def is_another_notice(post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether an authority has a text of its own in the event already.

    It does not publish one act twice under two ids, but a draft first, and then the act, and what
    becomes of it: a correction, a delay, an exemption.
    """
    other = candidate.authorities.get(post.source) if post.official else None
    if other is None or other == post.external_id or cites(act, candidate.event.act):
        return False
    known = candidate.event.act
    if is_one_case(act, known) or is_enforced(act, known) or is_concluded(act, known):
        return False
    if not is_on_same(act, candidate):
        return True
    if "followed" in named(act, "way"):
        return False
    return known.stage not in DRAFTED or act.stage not in IN_FORCE


def is_on_same(act: Act, candidate: Candidate) -> bool:
    """Tell whether an authority's two texts may be on one subject: neither names other goods and
    companies than the other, nor reviews what it does not; or their words are nearly the same."""
    known = candidate.event.act
    ours = [(kind, names) for kind in TOLD_BY if (names := named(act, kind))]
    same = not ours or any(names & named(known, kind) for kind, names in ours)
    return candidate.alike.cosine >= ALIKE or (same and is_one_review(act, known))


def is_sequel(post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether a text says that its news is so long after another act as the event is old.

    What reports no act of its own, and names the event's goods and no other place, tells how long
    ago that was.
    """
    known = candidate.event.act
    reports = act.instrument or act.stage or named(act, "place") - named(known, "place")
    if not reports and named(act, "item") & named(known, "item"):
        return False
    spans = named(act, "after")
    if spans & named(known, "after"):
        # A relay of what the event's own posts say.
        return False
    days = (post.published_at - candidate.event.first_seen) / DAY
    ends = (span.split("-") for span in spans)
    return any(float(least) <= days <= float(most) for least, most in ends)


def is_prolonged(post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether a post prolongs what has been in force for some time: an act of its own.

    What is prolonged of a draft is the time to answer.
    """
    event = candidate.event
    return (
        "prolonged" in named(act, "way")
        and event.act.stage not in DRAFTED
        and not {act.instrument, event.act.instrument} & UNBINDING
        and act.stage is not Stage.DELAYED
        and "prolonged" not in named(event.act, "way")
        and post.published_at - event.first_seen > BEFORE
        and not runs_on(post, act, candidate)
    )


def runs_on(post: Post, act: Act, candidate: Candidate) -> bool:
    """Tell whether a measure that an event imposed for a term lasts longer: it is that measure.

    A suspension that is prolonged is another decision, and so is a list that gets longer.
    """
    event = candidate.event
    return (
        event.act.instrument in TERMED
        and act.instrument in (None, event.act.instrument)
        and "imposed" in named(event.act, "way")
        and post.published_at - event.first_seen >= TERM
    )
