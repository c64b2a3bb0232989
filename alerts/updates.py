"""What readers of an earlier alert must hear of an event, and in which words. Pure.

Each thing is told once an event: what an alert told is kept with it as facts ("stage:adopted",
"number:MOFCOM 2026-72"), and only what none of a rule's alerts told is a change. So stages that
go back and forth, or ten denials, make one message and not ten.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from alerts.cleaning import cut, plain
from alerts.contradictions import IN_FORCE, TERM, UNBINDING, may_be_lifted
from alerts.courses import STEP
from alerts.domain import Act, Earlier, Event, Post, Severity, Stage
from alerts.events import PROGRESS, SETBACKS, STEPS, step_of
from alerts.likeness import named
from alerts.retractions import Retraction

QUOTED = 160
"""Characters of a denial or a correction that are quoted."""

TERM_NEWS = timedelta(days=25)
"""For how long reports that an act was prolonged may be on one decision."""

SAME_NEWS = timedelta(days=1)
"""How long after the first alert another stage may be another reading of the same news."""

CALLED = {
    "probe": "an investigation",
    "preliminary": "a preliminary decision",
    "final": "a final decision",
}
"""What the steps of a case are called."""

GROWTH = 10
"""How many times further an event must reach than when it was last told."""

LEAST_REACH = 1_000
"""Posts and interactions below which growth says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a rule's readers know of an event.

    at: when they were last told.
    first: the alert that told them first.
    facts: all that their alerts told.
    severity: of the loudest of them.
    """

    at: datetime
    first: Earlier
    facts: frozenset[str] = frozenset()
    severity: Severity | None = None

    def values(self, kind: str) -> list[str]:
        """Return what was told of one kind."""
        prefix = f"{kind}:"
        return [one.removeprefix(prefix) for one in sorted(self.facts) if one.startswith(prefix)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An event as it stands with one more post in it, and what that post says.

    act: what the post itself says of the act.
    reach: posts and their interactions; None where no rule asks.
    """

    event: Event
    post: Post
    act: Act = field(default_factory=Act)
    retraction: Retraction | None = None
    reach: int | None = None


def facts_of(standing: Standing) -> frozenset[str]:
    """Return all that an alert tells of an event as it stands."""
    event, act = standing.event, standing.event.act
    facts = {
        "official:found" if event.official_post is not None else None,
        f"stage:{act.stage}" if act.stage else None,
        f"step:{step}" if (step := step_of(act)) else None,
        f"prolonged:{standing.post.published_at.date()}" if _prolongs(standing) else None,
        f"easing:{standing.act.stage}" if may_be_lifted(standing.act, act) else None,
        f"number:{act.number}" if act.number else None,
        f"effective:{act.effective_on}" if act.effective_on else None,
        _retracted(standing)[0] if standing.retraction else None,
        f"reach:{standing.reach}" if standing.reach is not None else None,
    }
    return frozenset(fact for fact in facts if fact is not None)


def changes(told: Told, standing: Standing, *, reach: bool = False) -> tuple[str, ...]:
    """Return what is material and new to a rule's readers, one sentence each.

    What comes before the first comma or colon of a sentence says it in short.
    reach: whether they want to hear that an event spreads.
    """
    found = (
        _official(told, standing),
        _stage(told, standing),
        _step(told, standing),
        _term(told, standing),
        _easing(told, standing),
        _number(told, standing),
        _effect(told, standing),
        _retraction(told, standing),
        _reach(told, standing) if reach else None,
    )
    return tuple(text for text in found if text)


def _official(told: Told, standing: Standing) -> str | None:
    event, post = standing.event, standing.post
    if event.official_post is None or "official:found" in told.facts:
        return None
    lead = post.published_at - event.first_seen
    if post.id != event.official_post or not post.dated or lead <= timedelta(0):
        return "official text found"
    return f"official text found, {span(lead)} after the first post"


def span(length: timedelta) -> str:
    """Return a length of time as people read it: 2 d 5 h, 5 h 12 min, 3 min."""
    minutes = round(length.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return " ".join(parts) or "seconds"


def _stage(told: Told, standing: Standing) -> str | None:
    """Tell a step forward, or a setback; never one that was told before, nor a step back."""
    stage = standing.event.act.stage
    before = [Stage(value) for value in told.values("stage")]
    if stage is None or stage in before:
        return None
    setback = max((SETBACKS.index(one) for one in before if one in SETBACKS), default=-1)
    steps = max((PROGRESS.index(one) for one in before if one in PROGRESS), default=-1)
    if stage in SETBACKS:
        softer = SETBACKS.index(stage) < setback
        moved = not softer or not _another_reading(told, standing)
    else:
        # Between adopted, in effect and enforced, readings of the same news differ.
        moved = 0 <= steps < PROGRESS.index(stage)
        if moved and steps >= PROGRESS.index(Stage.ADOPTED):
            moved = _came(told, standing) if stage is Stage.IN_EFFECT else True
            moved = moved and not _another_reading(told, standing)
    if not moved:
        return None
    last = SETBACKS[setback] if setback >= 0 else PROGRESS[steps] if steps >= 0 else None
    was = f"the stage was {last}" if last else "the stage was not known"
    return f"now {stage} ({was}){_according(standing, standing.act.stage == stage)}"


def _step(told: Told, standing: Standing) -> str | None:
    """Tell that a case came to its next decision: its stage, adopted, may be the same.

    In its first days reports differ in what they call a case.
    """
    step = step_of(standing.act)
    before = max(told.values("step"), key=STEPS.index, default=None)
    if step is None or before is None or STEPS.index(step) <= STEPS.index(before):
        return None
    if standing.post.published_at < standing.event.first_seen + STEP:
        return None
    return f"now {CALLED[step]} (was {CALLED[before]}){_according(standing, True)}"


def _term(told: Told, standing: Standing) -> str | None:
    """Tell that what was in force for some time was prolonged: once, for as long as the news of it
    may last."""
    event = standing.event
    grown = standing.post.published_at - event.first_seen >= TERM
    binding = event.act.instrument not in UNBINDING and event.act.stage in IN_FORCE
    if not (grown and binding and _prolongs(standing)):
        return None
    day = standing.post.published_at.date()
    if any(abs(day - date.fromisoformat(one)) < TERM_NEWS for one in told.values("prolonged")):
        return None
    return f"now prolonged{_according(standing, True)}"


def _prolongs(standing: Standing) -> bool:
    # What is only considered, denied or told in passing reads as no act, or as none in force.
    act = standing.act
    reported = act.instrument is not None and act.stage in IN_FORCE
    return reported and "prolonged" in named(act, "way")


def _easing(told: Told, standing: Standing) -> str | None:
    """Tell that what is in force may be lifted or eased: once when it is reported, and once when it
    is proposed."""
    stage, before = standing.act.stage, told.values("easing")
    soon = standing.post.published_at < told.first.at + SAME_NEWS
    planned = may_be_lifted(standing.act, standing.event.act)
    if not planned or stage in before or Stage.PROPOSED in before:
        return None
    # In the first hours one text is misread.
    return None if soon else f"easing {stage}{_according(standing, True)}"


def _another_reading(told: Told, standing: Standing) -> bool:
    """Tell whether a post only reads otherwise what its readers were just told, or says nothing."""
    soon = standing.post.published_at < told.first.at + SAME_NEWS
    says_so = standing.act.stage is standing.event.act.stage
    return (soon or not says_so) and not standing.post.official


def _came(told: Told, standing: Standing) -> bool:
    """Tell whether the date of effect that was told has come since; where none was, it may have."""
    days = told.values("effective")
    first, now = (at.date().isoformat() for at in (told.first.at, standing.post.published_at))
    return not days or first < max(days) <= now


def _number(told: Told, standing: Standing) -> str | None:
    number = standing.event.act.number
    before = told.values("number")
    if number is None or number in before:
        return None
    said = _according(standing, standing.act.number == number)
    if before:
        return f"official number changed: {number} (was {', '.join(before)}){said}"
    return f"official number known: {number}{said}"


def _effect(told: Told, standing: Standing) -> str | None:
    day = standing.event.act.effective_on
    before = told.values("effective")
    if day is None or day in before:
        return None
    said = _according(standing, standing.act.effective_on == day)
    if before:
        return f"date of effect changed: {day} (was {', '.join(before)}){said}"
    return f"date of effect known: {day}{said}"


def _according(standing: Standing, its_own: bool) -> str:
    """Return who says so, where the post that brought it is no authority's."""
    if standing.post.official or not its_own:
        return ""
    return f", according to {teller(standing.post)}"


def teller(post: Post) -> str:
    """Return who wrote a post: its author, and the source that carried it."""
    author, source = plain(post.author or ""), plain(post.source)
    return f"{author} ({source})" if author else source


def _retraction(told: Told, standing: Standing) -> str | None:
    if standing.retraction is None:
        return None
    fact, text = _retracted(standing)
    if fact in told.facts:
        return None
    # Beside the authority's own text, what somebody makes of it is no news.
    unnamed = fact == UNNAMED and standing.event.official_post is not None
    return None if unnamed else text


UNNAMED = "denied:nobody named"
"""The fact that somebody denies, but no authority or company is named as denying."""


def _retracted(standing: Standing) -> tuple[str, str]:
    """Return the fact and the sentence of a denial or a correction: above all, who says so."""
    said, post = standing.retraction, standing.post
    assert said is not None
    quote = f": “{cut(plain(said.quote), QUOTED)}”"
    by = plain(said.by or post.source)
    if post.official:
        words = f"denied by {by}" if said.kind == "denied" else f"corrected by {by}"
        return f"{said.kind} officially:{said.party or by}", f"{words}, in its own text{quote}"
    if said.by:
        words = "denies it" if said.kind == "denied" else "corrects it"
        told = f"{by} {words}, according to {teller(post)}{quote}"
        return f"{said.kind}:{plain(said.party or by)}", told
    if said.kind == "corrected":
        return "corrected:report", f"corrected by {teller(post)}{quote}"
    return UNNAMED, f"disputed by {teller(post)}, who is no authority{quote}"


def _reach(told: Told, standing: Standing) -> str | None:
    if standing.reach is None or standing.reach < LEAST_REACH:
        return None
    before = max((int(value) for value in told.values("reach")), default=None)
    if before is None or standing.reach < GROWTH * before:
        return None
    return f"reach grew tenfold: {standing.reach:,} posts and interactions (were {before:,})"
