"""What is known of sources, rules and topics -> which of them are off, and what to check. Pure.

A spell is a time in which one of them is off. It is told when it begins and when it ends, and
not in between.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from alerts.cleaning import cut, plain
from alerts.domain import Notice
from alerts.drift import CALM, NEWS, Shift
from alerts.habit import UNLIKELY, Silence
from alerts.render import percent

FAILING_HOURS = 1.0
FAILING_POLLS = 3
"""Watched hours and polls in a row for which a source fails before it is told."""

USUALLY_FULL = 20
"""Polls that showed items, after which an empty page is worth a word."""

EMPTY_POLLS = 3
EMPTY_FOR = timedelta(hours=1)
"""Polls in a row and time for which a page is empty before it is told."""

STALE_AFTER = timedelta(days=14)
"""Age of the newest date below which nothing is called stale."""

DATED_DAYS = 5
"""Days with a dated post that a source must show before its dates say anything."""

DATED_WITHIN = timedelta(days=56)
"""Stretch before the newest date whose days are counted."""


MOST = 15
"""Spells that one notice tells in full; receivers take no endless messages."""


class Kind(StrEnum):
    """In which way something is off."""

    FAILING = "failing"
    EMPTY = "empty"
    QUIET = "quiet"
    STALE = "stale"
    DRIFT = "drift"
    DISABLED = "disabled"


ONE_OF = (Kind.EMPTY, Kind.QUIET, Kind.STALE)
"""Of these a source has one spell at a time, the first that holds: they have one cause."""

LABELS = {
    Kind.FAILING: "has been failing",
    Kind.EMPTY: "shows nothing any more",
    Kind.QUIET: "has fallen silent",
    Kind.STALE: "stands still",
    Kind.DRIFT: "is scored differently",
    Kind.DISABLED: "is switched off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Something that is off.

    about, name: "source", "rule", "topic" or "channel", and which.
    since: when it began.
    says: what is the matter, in one line; check: what to do about it.
    """

    kind: Kind
    about: str
    name: str
    since: datetime
    says: str
    check: tuple[str, ...]

    @property
    def id(self) -> str:
        """The same spell always has the same id."""
        what = "|".join((self.kind, self.about, self.name, self.since.isoformat()))
        return f"s{hashlib.sha256(what.encode('utf-8', 'replace')).hexdigest()[:16]}"

    @property
    def headline(self) -> str:
        """The spell in a few words."""
        return f"{self.about} {plain(self.name)} {LABELS[self.kind]}"


Verdicts = Mapping[Kind, Spell | None]
"""Kind -> the spell that holds, or None where all is well; what is missing can't be judged now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What a source is judged by.

    settled: it was polled with success since the service started.
    failing_hours: watched hours since the first of its failures in a row.
    dates: publication times of the posts that came last; None for an archive.
    silence: its silence beside its habit, if that is known.
    """

    name: str
    every: timedelta
    settled: bool
    failures: int
    failing_since: datetime | None
    failing_hours: float
    last_error: str | None
    page: Mapping[str, Any]
    dates: Sequence[datetime] | None
    silence: Silence | None


def page_after(
    page: Mapping[str, Any] | None, shown: int | None, now: datetime
) -> dict[str, Any] | None:
    """Return what is remembered of a source's page after a poll that showed so many items.

    full: polls that showed some; empty: polls in a row that showed none, since when; longest:
    seconds that an earlier such time took.
    """
    known = dict(page or {"full": 0, "empty": 0, "since": None, "longest": 0.0})
    if shown is None:
        return dict(page) if page else None
    if shown == 0:
        since = known["since"] or now.isoformat()
        return {**known, "shown": 0, "empty": known["empty"] + 1, "since": since}
    if known["since"]:
        took = (now - datetime.fromisoformat(known["since"])).total_seconds()
        known["longest"] = max(known["longest"], took)
    return {**known, "shown": shown, "full": known["full"] + 1, "empty": 0, "since": None}


def judge_source(facts: SourceFacts, now: datetime) -> Verdicts:
    """Return what is off with a source; what can't be told while it fails is left open."""
    if facts.failures > 0 and facts.failing_since is not None:
        failing = _failing(facts)
        # One that does not fail for long enough to be told is not well either.
        return {Kind.FAILING: failing} if failing else {}
    if not facts.settled:
        return {}
    return {
        Kind.FAILING: None,
        Kind.EMPTY: _empty(facts, now),
        Kind.QUIET: _quiet(facts),
        **_stale(facts, now),
    }


def _failing(facts: SourceFacts) -> Spell | None:
    long = max(FAILING_HOURS, 3 * facts.every.total_seconds() / 3600)
    if facts.failing_since is None or facts.failures < FAILING_POLLS or facts.failing_hours < long:
        return None
    error = cut(plain(facts.last_error or "no reason given"), 300)
    return Spell(
        kind=Kind.FAILING,
        about="source",
        name=facts.name,
        since=facts.failing_since,
        says=f"{facts.failures} polls in a row failed since {minute(facts.failing_since)}: {error}",
        check=(
            *(advice for sign, advice in ADVICE.items() if error.startswith(sign)),
            f"`tocsin poll {facts.name} --dry-run` tries it now",
        ),
    )


ADVICE = {
    "SourceUnreachable": "is the machine's network up, and does the name of the host resolve?",
    "SourceRefused": "does the address redirect to another place, or to a private one?",
    "SourceDenied": "is the key still valid, and does its plan still cover this?",
    "SourceLimited": "does something else use the same key? A longer `every` asks less often",
    "SourceBroken": "has the page moved? Open its address in a browser",
    "SourceUnreadable": "has the page changed its form? Open its address in a browser",
}
"""Beginning of an error -> what to look at first."""


def _empty(facts: SourceFacts, now: datetime) -> Spell | None:
    page = facts.page
    if not page.get("since") or page["full"] < USUALLY_FULL or page["empty"] < EMPTY_POLLS:
        return None
    since = datetime.fromisoformat(page["since"])
    if now - since < max(EMPTY_FOR, timedelta(seconds=2 * page["longest"])):
        return None
    return Spell(
        kind=Kind.EMPTY,
        about="source",
        name=facts.name,
        since=since,
        says=f"it answers, but since {minute(since)} not one item could be read "
        f"({page['empty']} polls); {page['full']} polls before showed some",
        check=(
            "open its address in a browser: a new layout, another place, a question for consent?",
            f"`tocsin poll {facts.name} --dry-run` shows what is read now",
        ),
    )


def _quiet(facts: SourceFacts) -> Spell | None:
    silence = facts.silence
    if silence is None or not silence.is_news:
        return None
    shown = facts.page.get("shown")
    items = f"; it answers, and shows {shown} items, all known" if shown else ""
    return Spell(
        kind=Kind.QUIET,
        about="source",
        name=facts.name,
        since=silence.since,
        says=f"nothing new since {minute(silence.since)}: {told(silence)}{items}",
        check=(
            "open its address in a browser: is there anything newer than what is stored?",
            f"`tocsin poll {facts.name} --dry-run` shows what is read now",
            "if it only rests (a holiday), there is nothing to do: you will hear when it is back",
        ),
    )


def told(silence: Silence) -> str:
    """Return how unlikely a silence is, for people."""
    many = f"{silence.expected:.0f} times" if silence.expected >= 1.5 else "once"
    odds = f"1 in {1 / silence.chance:,.0f}" if silence.chance > 1e-6 else "under 1 in a million"
    return (
        f"in these {silence.watched:.0f} hours something usually comes about {many}, and the "
        f"probability of nothing is {odds}"
    )


def _stale(facts: SourceFacts, now: datetime) -> Verdicts:
    if facts.dates is None:
        return {Kind.STALE: None}
    if not facts.dates:
        return {}
    newest = max(facts.dates)
    days = sorted({at.date() for at in facts.dates if at > newest - DATED_WITHIN})
    age = now - newest
    if age < STALE_AFTER:
        return {Kind.STALE: None}
    # Old dates of which too few are left to go by: posts were forgotten, nothing came.
    if len(days) < DATED_DAYS:
        return {}
    span = max((days[-1] - days[0]).days, 1)
    # So long a gap after so many in so long a time, each as likely as the other.
    chance = float((1 + age.days / span) ** (1 - len(days)))
    if chance >= UNLIKELY:
        return {}
    spell = Spell(
        kind=Kind.STALE,
        about="source",
        name=facts.name,
        since=newest,
        says=f"it answers, but nothing in it is dated after {minute(newest)}, {age.days} days ago; "
        f"before, {len(days)} of {span + 1} days had something",
        check=(
            "open its address in a browser: is it an old copy, a cache or an archive?",
            "has the publisher another address for what is new?",
        ),
    )
    return {Kind.STALE: spell}


def judge_rule(name: str, silence: Silence | None, *, off: Sequence[str]) -> Verdicts:
    """Return whether a rule's silence is news.

    off: sources that are off themselves.
    """
    if silence is None or not silence.is_news:
        return {Kind.QUIET: None}
    causes = (f"these sources are off themselves: {', '.join(off)}",) if off else ()
    spell = Spell(
        kind=Kind.QUIET,
        about="rule",
        name=name,
        since=silence.since,
        says=f"no alert since {minute(silence.since)}: {told(silence)}",
        check=(
            *causes,
            "was the config or the model changed? `tocsin configs list`, `tocsin models list`",
            "`tocsin why ID` with a post that should have matched says what failed",
        ),
    )
    return {Kind.QUIET: spell}


def judge_topic(name: str, shift: Shift, since: datetime, *, is_open: bool) -> Verdicts:
    """Return whether a topic's scores have drifted.

    since: from when on the newer scores are.
    """
    if shift.index < (CALM if is_open else NEWS):
        return {Kind.DRIFT: None}
    spell = Spell(
        kind=Kind.DRIFT,
        about="topic",
        name=name,
        since=since,
        says=f"its scores since {minute(since)} are spread otherwise than in the model's first "
        f"weeks here: stability index {shift.index:.2f} (over {NEWS} is much); "
        f"{percent(shift.before)} of posts were over 50 % then, {percent(shift.after)} are now",
        check=(
            "has a source begun to carry something else, or in another language or layout?",
            "is the model still right? `tocsin label --suggest` asks about some of the new posts",
            "if it is, the world has changed, and there is nothing to do; if not, train again",
        ),
    )
    return {Kind.DRIFT: spell}


def changes(verdicts: Verdicts, known: Iterable[Spell]) -> tuple[list[Spell], list[Spell]]:
    """Return the spells of one thing that begin, and those that end.

    known: its spells that are open.
    """
    still: list[Spell] = []
    ended: list[Spell] = []
    for spell in known:
        (ended if verdicts.get(spell.kind, spell) is None else still).append(spell)
    kinds = {spell.kind for spell in still}
    begun = []
    for kind, found in verdicts.items():
        taken = kinds & set(ONE_OF) if kind in ONE_OF else kinds & {kind}
        if found is not None and not taken:
            begun.append(found)
            kinds.add(kind)
    return begun, ended


def begin_notice(spells: Sequence[Spell], now: datetime) -> Notice:
    """Return the one notice for the spells that begin now."""
    lines: list[tuple[str, str]] = []
    for spell in spells[:MOST]:
        lines.append((_label(spell, spells), spell.says))
        lines += (("Check", line) for line in spell.check)
    return _notice(spells, now, lines=lines, ended=None)


def end_notice(spells: Sequence[Spell], now: datetime) -> Notice:
    """Return the one notice for the spells that end now."""
    lines = [
        (
            _label(spell, spells),
            f"all is well again; off since {minute(spell.since)}: {distance(now - spell.since)}",
        )
        for spell in spells[:MOST]
    ]
    return _notice(spells, now, lines=lines, ended=now)


def _label(spell: Spell, spells: Sequence[Spell]) -> str:
    return "" if len(spells) == 1 else cut(f"{spell.about} {spell.name}", 60)


def _notice(
    spells: Sequence[Spell],
    now: datetime,
    *,
    lines: Sequence[tuple[str, str]],
    ended: datetime | None,
) -> Notice:
    more = len(spells) - MOST
    rest = (("", f"and {more} more: `tocsin notices list`"),) if more > 0 else ()
    occasion = "|".join((*(spell.id for spell in spells), instant(ended) if ended else ""))
    return Notice(
        id=f"n{hashlib.sha256(occasion.encode()).hexdigest()[:16]}",
        type="operator.recovered" if ended else "operator.notice",
        headline=f"Recovered: {headline(spells)}" if ended else headline(spells),
        lines=(*lines, *rest),
        facts={"spells": [facts_of(spell, ended) for spell in spells[:MOST]]},
        at=now,
    )


def headline(spells: Sequence[Spell]) -> str:
    """Return what spells have to say in one line."""
    if len(spells) == 1:
        return spells[0].headline
    by_kind: dict[str, list[str]] = {}
    for spell in spells:
        by_kind.setdefault(f"{spell.about}s {spell.kind}", []).append(plain(spell.name))
    said = "; ".join(f"{what}: {', '.join(names)}" for what, names in by_kind.items())
    return cut(f"{len(spells)} notices: {said}", 150)


def facts_of(spell: Spell, ended: datetime | None) -> dict[str, Any]:
    """Return a spell as programs read it."""
    return {
        "id": spell.id,
        "kind": spell.kind.value,
        "about": spell.about,
        "name": plain(spell.name),
        "since": instant(spell.since),
        "ended_at": instant(ended) if ended else None,
        "says": spell.says,
        "check": list(spell.check),
    }


def distance(duration: timedelta) -> str:
    """Return a stretch of time in its largest unit, or two."""
    hours = duration.total_seconds() / 3600
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


def instant(at: datetime) -> str:
    """Return a time as programs read it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def minute(at: datetime) -> str:
    """Return a time as people read it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
