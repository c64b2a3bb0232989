"""Spells: which sources and rules are off, told once when it begins and once when it ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts import spells
from alerts.habit import Habit, Silence
from alerts.spells import Kind, SourceFacts, Spell, judge_rule, judge_source

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HABIT = Habit(rates=(1.0,) * 168, steadiness=5, empty=((1, 1), (1, 1)), arrivals=1000, days=56)
WELL = SourceFacts(
    name="wire", every=5 * MINUTE, settled=True, failures=0, failing_since=None, failing_hours=0,
    last_error=None, page={}, dates=(), silence=None,
)  # fmt: skip


def silence(chance: float) -> Silence:
    return Silence(since=NOW - DAY, watched=24, expected=24, chance=chance, habit=HABIT)


def failing(hours: float, polls: int, error: str = "SourceDenied: wire: 401") -> SourceFacts:
    return replace(
        WELL, failures=polls, failing_since=NOW - hours * HOUR, failing_hours=hours,
        last_error=error,
    )  # fmt: skip


def page(shown: list[int], every: timedelta = 5 * MINUTE) -> dict[str, Any]:
    """Return what is remembered after polls that showed so many items, the last one just now."""
    known: dict[str, Any] | None = None
    for place, count in enumerate(shown):
        known = spells.page_after(known, count, NOW - (len(shown) - 1 - place) * every)
    return known or {}


def dated(*days_ago: float) -> tuple[datetime, ...]:
    return tuple(NOW - days * DAY for days in days_ago)


def kinds(facts: SourceFacts) -> set[Kind]:
    return {kind for kind, spell in judge_source(facts, NOW).items() if spell is not None}


@pytest.mark.parametrize(
    ("facts", "off"),
    [
        (WELL, set()),
        (failing(2, 3), {Kind.FAILING}),
        (failing(0.9, 30), set()),  # an hour at least
        (failing(2, 2), set()),  # and three polls
        (replace(failing(2, 3), every=HOUR), set()),  # a slow source needs three of its polls
        (replace(failing(30, 3), silence=silence(1e-9)), {Kind.FAILING}),  # no word on silence then
        (replace(failing(2, 3), settled=False), {Kind.FAILING}),
        (replace(WELL, settled=False, silence=silence(1e-9)), set()),
        (replace(WELL, silence=silence(1e-9)), {Kind.QUIET}),
        (replace(WELL, silence=silence(1e-3)), set()),
        (replace(WELL, page=page([9] * 30 + [0] * 13)), {Kind.EMPTY}),
        (replace(WELL, page=page([9] * 30 + [0] * 12)), set()),  # not yet an hour
        (replace(WELL, page=page([9] * 30 + [0] * 2, HOUR)), set()),  # two polls are none
        (replace(WELL, page=page([9] * 19 + [0] * 40)), set()),  # hardly known
        (replace(WELL, page=page([9] * 30 + [0] * 24 + [9] + [0] * 40)), set()),  # it was so before
        (replace(WELL, page=page([9] * 30 + [0] * 24 + [9] + [0] * 60)), {Kind.EMPTY}),
        (replace(WELL, dates=dated(*range(20, 60))), {Kind.STALE}),
        (replace(WELL, dates=dated(*range(1000, 1010))), {Kind.STALE}),
        (replace(WELL, dates=dated(*range(13, 60))), set()),  # two weeks are nothing
        (replace(WELL, dates=dated(20, 20.1, 20.2, 20.3, 20.4, 20.5)), set()),  # one day
        (replace(WELL, dates=dated(20, 34, 48, 62, 76)), set()),  # fortnightly
    ],
)
def test_what_is_off_with_a_source(facts: SourceFacts, off: set[Kind]) -> None:
    assert kinds(facts) == off


def test_a_page_that_does_not_tell_changes_nothing() -> None:
    known = page([3] * 5)

    assert spells.page_after(known, None, NOW) == known
    assert spells.page_after(None, None, NOW) is None


@pytest.mark.parametrize("sign", spells.ADVICE)
def test_every_kind_of_failure_has_its_advice(sign: str) -> None:
    spell = judge_source(failing(2, 3, f"{sign}: wire: no"), NOW)[Kind.FAILING]

    assert spell is not None
    assert spells.ADVICE[sign] in spell.check
    assert f"{sign}: wire: no" in spell.says


def test_a_rules_silence_names_the_sources_that_are_off() -> None:
    spell = judge_rule("controls", silence(1e-9), off=["wire"])[Kind.QUIET]

    assert spell is not None
    assert "wire" in spell.check[0]
    assert judge_rule("controls", silence(0.5), off=[]) == {Kind.QUIET: None}
    assert judge_rule("controls", None, off=[]) == {Kind.QUIET: None}


def spell(kind: Kind, name: str = "wire", since: datetime = NOW - DAY) -> Spell:
    return Spell(kind=kind, about="source", name=name, since=since, says="says", check=("do",))


QUIET, EMPTY, STALE, FAILING = (
    spell(kind) for kind in (Kind.QUIET, Kind.EMPTY, Kind.STALE, Kind.FAILING)
)


@pytest.mark.parametrize(
    ("known", "verdicts", "begun", "ended"),
    [
        ([], {}, [], []),
        ([], {Kind.QUIET: QUIET}, [QUIET], []),
        ([QUIET], {Kind.QUIET: QUIET}, [], []),
        ([QUIET], {}, [], []),  # can't be told now: it stays open
        ([QUIET], {Kind.QUIET: None}, [], [QUIET]),
        ([], {Kind.EMPTY: EMPTY, Kind.QUIET: QUIET, Kind.STALE: STALE}, [EMPTY], []),
        ([QUIET], {Kind.QUIET: QUIET, Kind.STALE: STALE}, [], []),  # one cause, one notice
        ([QUIET], {Kind.FAILING: FAILING}, [FAILING], []),
        ([EMPTY], {Kind.EMPTY: None, Kind.QUIET: QUIET}, [QUIET], [EMPTY]),
        ([FAILING, QUIET], {Kind.FAILING: None, Kind.QUIET: None}, [], [FAILING, QUIET]),
    ],
)  # fmt: skip
def test_a_spell_begins_and_ends_once(
    known: list[Spell], verdicts: spells.Verdicts, begun: list[Spell], ended: list[Spell]
) -> None:
    assert spells.changes(verdicts, known) == (begun, ended)


@pytest.mark.parametrize(
    ("known", "facts", "over"),
    [
        (FAILING, failing(0.5, 30), False),  # its `every` may have become longer, too
        (FAILING, failing(2, 2), False),
        (FAILING, replace(WELL, settled=False), False),
        (FAILING, WELL, True),
        (STALE, replace(WELL, dates=dated(20, 21)), False),  # the rest of its posts is forgotten
        (STALE, WELL, False),  # all of them
        (STALE, replace(WELL, dates=dated(20, 34, 48, 62, 76)), False),
        (STALE, replace(WELL, dates=dated(1)), True),
        (STALE, replace(WELL, dates=None), True),  # it is an archive now
    ],
)
def test_only_what_is_well_ends_a_spell(known: Spell, facts: SourceFacts, over: bool) -> None:
    begun, ended = spells.changes(judge_source(facts, NOW), [known])

    assert (begun, ended) == ([], [known] if over else [])


def test_one_notice_tells_all_that_begin_at_once() -> None:
    one = spells.begin_notice([QUIET], NOW)
    two = spells.begin_notice([QUIET, spell(Kind.QUIET, "lc\x1b[31m"), FAILING], NOW)
    end = spells.end_notice([QUIET], NOW)

    assert one.headline == "source wire has fallen silent"
    assert one.lines == (("", "says"), ("Check", "do"))
    assert two.headline.startswith("3 notices: sources quiet: wire, lc")
    assert "\x1b" not in two.headline
    assert ("source wire", "says") in two.lines
    assert end.headline == "Recovered: source wire has fallen silent"
    assert len({one.id, two.id, end.id}) == 3
    assert one.facts["spells"][0]["ended_at"] is None
    assert end.facts["spells"][0]["ended_at"] == "2026-11-24T08:00:00Z"


def test_the_same_spell_has_the_same_id_and_another_has_another() -> None:
    assert QUIET.id == spell(Kind.QUIET).id
    assert len({QUIET.id, STALE.id, spell(Kind.QUIET, since=NOW).id}) == 3
