"""Updates: what is told again, in which words, and that nothing is told twice."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.domain import Act, Earlier, Event, Figures, Post, Stage
from alerts.retractions import Retraction
from alerts.updates import Standing, Told, changes, facts_of, span
from classifier.labels import Policy

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
FIRST = Earlier(id="a1", at=NOW, headline="China restricts cathode technology")
POLICY = Policy(grade=3, at_least=(0.99, 0.96, 0.91))


def make_post(
    *, source: str = "wire", author: str | None = None, official: bool = False, hours: float = 0
) -> Post:
    return Post(
        id=f"p-{source}", source=source, external_id="1", url=None, title="T", text="T", lang="en",
        author=author, published_at=NOW + timedelta(hours=hours), dated=True, first_seen_at=NOW,
        official=official, limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip


def make_event(act: Act | None = None, official_post: str | None = None) -> Event:
    return Event(
        id="e1", title="T", act=act or Act(), posts=2, sources=("wire",), topics={}, grade=3,
        at_least=POLICY.at_least, relevance=90, first_seen=NOW, last_seen=NOW,
        official_post=official_post, official_url=None,
    )  # fmt: skip


def standing(act: Act | None = None, post: Post | None = None, **keys: object) -> Standing:
    """An event whose newest post says what the event knows."""
    one = Standing(event=make_event(act), post=post or make_post(), act=act or Act())
    return replace(one, **keys)  # type: ignore[arg-type]


def told(*facts: str) -> Told:
    return Told(at=NOW, first=FIRST, facts=frozenset(facts))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ((), Stage.ADOPTED, None),
        ((), Stage.WITHDRAWN, "now withdrawn (the stage was not known)"),
        (("reported",), Stage.PROPOSED, "now proposed (the stage was reported)"),
        (("proposed",), Stage.ADOPTED, "now adopted (the stage was proposed)"),
        (("proposed",), Stage.IN_EFFECT, "now in effect (the stage was proposed)"),
        (("adopted",), Stage.PROPOSED, None),
        (("adopted",), Stage.ADOPTED, None),
        (("adopted",), Stage.DELAYED, "now delayed (the stage was adopted)"),
        (("adopted", "delayed"), Stage.SUSPENDED, "now suspended (the stage was delayed)"),
        # back and forth: what was told once is never told again
        (("adopted", "delayed", "suspended"), Stage.DELAYED, None),
        (("adopted", "suspended"), Stage.WITHDRAWN, "now withdrawn (the stage was suspended)"),
        (("proposed", "adopted", "withdrawn"), Stage.ADOPTED, None),
    ],
)
def test_a_stage_is_told_when_it_moves_on_and_once(
    before: tuple[str, ...], now: Stage, said: str | None
) -> None:
    known = told(*(f"stage:{stage}" for stage in before))

    official = changes(known, standing(Act(stage=now), make_post(official=True)))
    relayed = changes(known, standing(Act(stage=now)))

    assert official == ((said,) if said else ())
    assert relayed == ((f"{said}, according to wire",) if said else ())


@pytest.mark.parametrize(
    ("before", "stage", "hours", "official", "is_told"),
    [
        # on the first day, another stage is another reading of the same news
        (("stage:adopted",), Stage.IN_EFFECT, 2, False, False),
        (("stage:adopted",), Stage.IN_EFFECT, 2, True, True),
        (("stage:adopted",), Stage.IN_EFFECT, 25, False, True),
        (("stage:adopted",), Stage.ENFORCED, 2, False, False),
        (("stage:in effect",), Stage.ENFORCED, 25, False, True),
        (("stage:withdrawn",), Stage.SUSPENDED, 2, False, False),
        (("stage:withdrawn",), Stage.SUSPENDED, 25, False, True),
        # a day that was told has come, or has not, or was there already
        (("stage:adopted", "effective:2026-11-27"), Stage.IN_EFFECT, 72, False, True),
        (("stage:adopted", "effective:2026-11-27"), Stage.IN_EFFECT, 48, False, False),
        (("stage:adopted", "effective:2026-11-24"), Stage.IN_EFFECT, 72, False, False),
        (("stage:adopted", "effective:2026-11-24"), Stage.IN_EFFECT, 2, True, False),
    ],
)
def test_a_stage_close_to_the_one_that_was_told_is_told_when_it_is_news(
    before: tuple[str, ...], stage: Stage, hours: float, official: bool, is_told: bool
) -> None:
    now = standing(Act(stage=stage), make_post(official=official, hours=hours))

    assert bool(changes(told(*before), now)) is is_told
    chatter = replace(now, act=Act())
    assert bool(changes(told(*before), chatter)) is (is_told and official)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (5.2, "official text found, 5 h 12 min after the first post"),
        (50, "official text found, 2 d 2 h after the first post"),
        (0, "official text found"),
        (-3, "official text found"),
    ],
)
def test_the_official_text_is_told_once_with_its_lead(hours: float, said: str) -> None:
    post = make_post(source="mofcom", official=True, hours=hours)
    now = Standing(event=make_event(official_post=post.id), post=post)

    assert changes(told(), now) == (said,)
    assert changes(told(*facts_of(now)), now) == ()


def test_an_official_text_without_a_date_has_no_lead() -> None:
    post = replace(make_post(source="mofcom", official=True, hours=5), dated=False)

    now = Standing(event=make_event(official_post=post.id), post=post)

    assert changes(told(), now) == ("official text found",)


def test_a_number_and_a_date_are_told_when_known_and_when_they_change() -> None:
    first = Act(number="MOFCOM 2026-72", effective_on="2026-12-01")
    moved = replace(first, effective_on="2027-03-01")
    official = make_post(source="mofcom", official=True)

    assert changes(told(), standing(first, make_post(author="ann"))) == (
        "official number known: MOFCOM 2026-72, according to ann (wire)",
        "date of effect known: 2026-12-01, according to ann (wire)",
    )
    assert changes(told("number:MOFCOM 2026-72", "effective:2026-12-01"), standing(first)) == ()
    known = told("number:MOFCOM 2026-72", "effective:2026-12-01")
    assert changes(known, standing(moved, official)) == (
        "date of effect changed: 2027-03-01 (was 2026-12-01)",
    )


def test_what_another_post_said_is_not_put_into_this_ones_mouth() -> None:
    now = replace(standing(Act(stage=Stage.ADOPTED)), act=Act())

    assert changes(told("stage:proposed"), now) == ("now adopted (the stage was proposed)",)


DENIAL = Retraction(kind="denied", quote="The notice is fake")


@pytest.mark.parametrize(
    ("retraction", "post", "said"),
    [
        (
            DENIAL,
            make_post(source="social", author="battery_watch"),
            "disputed by battery_watch (social), who is no authority: “The notice is fake”",
        ),
        (
            replace(DENIAL, by="MOFCOM"),
            make_post(),
            "MOFCOM denies it, according to wire: “The notice is fake”",
        ),
        (
            replace(DENIAL, by="MOFCOM"),
            make_post(source="mofcom", official=True),
            "denied by MOFCOM, in its own text: “The notice is fake”",
        ),
        (
            DENIAL,
            make_post(source="mofcom", official=True),
            "denied by mofcom, in its own text: “The notice is fake”",
        ),
        (
            replace(DENIAL, kind="corrected"),
            make_post(),
            "corrected by wire: “The notice is fake”",
        ),
        (
            replace(DENIAL, kind="corrected", by="BIS"),
            make_post(),
            "BIS corrects it, according to wire: “The notice is fake”",
        ),
        (
            replace(DENIAL, kind="corrected"),
            make_post(source="mofcom", official=True),
            "corrected by mofcom, in its own text: “The notice is fake”",
        ),
    ],
)
def test_a_denial_or_correction_says_whose_it_is_and_is_told_once(
    retraction: Retraction, post: Post, said: str
) -> None:
    now = standing(post=post, retraction=retraction)

    assert changes(told(), now) == (said,)
    assert changes(told(*facts_of(now)), now) == ()


def test_after_somebodys_doubt_the_authoritys_denial_is_still_told() -> None:
    doubt = standing(post=make_post(source="social"), retraction=DENIAL)
    denial = standing(retraction=replace(DENIAL, by="MOFCOM"))

    assert len(changes(told(*facts_of(doubt)), denial)) == 1


def test_one_party_denies_once_whatever_it_is_called() -> None:
    ministry = standing(retraction=replace(DENIAL, by="MOFCOM", party="CN"))
    capital = standing(retraction=replace(DENIAL, by="Beijing", party="CN"))
    firm = standing(retraction=replace(DENIAL, by="CATL", party="CATL"))

    known = told(*facts_of(ministry))

    assert changes(known, capital) == ()
    assert len(changes(known, firm)) == 1


def test_doubts_beside_an_official_text_are_no_news() -> None:
    event = make_event(official_post="p9")
    doubt = Standing(event=event, post=make_post(), retraction=DENIAL)

    assert changes(told("official:found"), doubt) == ()
    named = replace(doubt, retraction=replace(DENIAL, by="MOFCOM"))
    assert len(changes(told("official:found"), named)) == 1


@pytest.mark.parametrize(
    ("before", "way", "days", "said"),
    [
        ((), "way:prolonged", 30, "now prolonged, according to wire"),
        (("prolonged:2026-11-24",), "way:prolonged", 30, "now prolonged, according to wire"),
        # Told before, or the event began with it.
        (("prolonged:2026-12-10",), "way:prolonged", 30, None),
        (("prolonged:2026-11-24",), "way:prolonged", 10, None),
        ((), "way:prolonged", 3, None),
        ((), "way:followed", 30, None),
    ],
)
def test_that_an_act_lasts_longer_is_told_once_for_each_time(
    before: tuple[str, ...], way: str, days: float, said: str | None
) -> None:
    known = told(*before, "stage:adopted")
    ban = Act(instrument="export ban", stage=Stage.ADOPTED, mentions=(way,))
    now = standing(ban, make_post(hours=24 * days))

    assert changes(known, now) == ((said,) if said else ())
    assert changes(told(*facts_of(now), *known.facts), now) == ()


@pytest.mark.parametrize(
    ("of_event", "of_post"),
    [
        # The time to answer; what is only considered, and what is told in passing.
        ({"instrument": "probe"}, {}),
        ({"instrument": "guidance"}, {}),
        ({"stage": Stage.PROPOSED}, {"stage": Stage.PROPOSED}),
        ({}, {"stage": Stage.REPORTED}),
        ({}, {"instrument": None}),
        ({}, {"stage": None}),
    ],
)
def test_only_what_binds_and_is_reported_lasts_longer(
    of_event: dict[str, object], of_post: dict[str, object]
) -> None:
    ban = Act(instrument="export ban", stage=Stage.ADOPTED, mentions=("way:prolonged",))
    now = standing(ban, make_post(hours=24 * 30))
    assert changes(told("stage:adopted"), now) != ()

    known, said = replace(ban, **of_event), replace(ban, **of_post)  # type: ignore[arg-type]
    now = replace(now, event=make_event(known), act=said)
    told_of = any(fact.startswith("prolonged:") for fact in facts_of(now))
    assert told_of is (not of_post)

    assert changes(told("stage:adopted", "stage:proposed"), now) == ()


@pytest.mark.parametrize(
    ("before", "changed", "days", "said"),
    [
        ((), {}, 30, "easing reported, according to wire"),
        (("easing:reported",), {"stage": Stage.PROPOSED}, 30, "easing proposed, according to wire"),
        (("easing:reported",), {}, 30, None),
        (("easing:proposed",), {}, 30, None),
        # Soon after the first report one text is misread; what is eased is another stage.
        ((), {}, 0.5, None),
        ((), {"stage": Stage.ADOPTED}, 30, None),
        ((), {"mentions": ()}, 30, None),
        ((), {"instrument": None}, 30, None),
    ],
)
def test_a_plan_to_ease_what_is_in_force_is_told_once(
    before: tuple[str, ...], changed: dict[str, object], days: float, said: str | None
) -> None:
    ban = Act(instrument="export ban", stage=Stage.ADOPTED)
    plan = replace(
        ban, stage=Stage.REPORTED, mentions=("way:eased",), read_from={"lifted": ("lifting",)}
    )
    post = make_post(hours=24 * days)
    plan = replace(plan, **changed)  # type: ignore[arg-type]
    now = Standing(event=make_event(ban), post=post, act=plan)

    assert changes(told(*before, "stage:adopted"), now) == ((said,) if said else ())
    assert changes(told(*facts_of(now), "stage:adopted"), now) == ()
    # Of a draft there is nothing to ease.
    draft = replace(now, event=make_event(replace(ban, stage=Stage.PROPOSED)))
    assert changes(told("stage:proposed"), draft) == ()


@pytest.mark.parametrize(
    ("before", "act", "days", "said"),
    [
        (
            ("probe",),
            {"mentions": ("step:preliminary",)},
            90,
            "a preliminary decision (was an inve",
        ),
        (
            ("probe", "preliminary"),
            {"mentions": ("step:final",)},
            90,
            "a final decision (was a pre",
        ),
        (("probe",), {"instrument": "penalty"}, 90, "a final decision (was an investigation)"),
        # What was told, a step back, and what only another report calls so.
        (("probe", "final"), {"mentions": ("step:final",)}, 90, None),
        (("preliminary",), {"instrument": "probe"}, 90, None),
        (("probe",), {"mentions": ("step:preliminary",)}, 9, None),
        # Of what was told as no case nobody waits for a decision.
        ((), {"mentions": ("step:final",)}, 90, None),
        (("probe",), {"instrument": "tariff"}, 90, None),
    ],
)
def test_the_next_decision_of_a_case_is_told_once(
    before: tuple[str, ...], act: dict[str, object], days: float, said: str | None
) -> None:
    known = told(*(f"step:{one}" for one in before), "stage:adopted")
    now = standing(
        Act(stage=Stage.ADOPTED, **act),  # type: ignore[arg-type]
        make_post(hours=24 * days),
    )

    found = changes(known, now)

    assert (len(found) == 1 and f"now {said}" in found[0]) if said else found == ()
    assert changes(told(*facts_of(now), *known.facts), now) == ()


@pytest.mark.parametrize(
    ("before", "now", "grown"),
    [(150, 1_499, False), (150, 1_500, True), (9, 900, False), (None, 9_000, False)],
)
def test_reach_is_told_when_it_grew_tenfold_to_something(
    before: int | None, now: int, grown: bool
) -> None:
    known = told() if before is None else told(f"reach:{before}")

    assert bool(changes(known, standing(reach=now), reach=True)) is grown
    assert changes(known, standing(reach=now)) == ()


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=20), "seconds"),
        (timedelta(minutes=138), "2 h 18 min"),
        (timedelta(days=2, minutes=5), "2 d 5 min"),
    ],
)
def test_a_span_is_told_as_people_read_it(length: timedelta, said: str) -> None:
    assert span(length) == said


def test_where_all_facts_were_told_nothing_has_changed() -> None:
    """So rules need not ask what changed; one fact less, and something may have."""
    denial = Retraction(kind="denied", quote="It is not so.", by="MOFCOM", party="CN")
    chance = random.Random(3)
    changed = 0
    for _ in range(400):
        act = Act(
            stage=chance.choice([None, *Stage]),
            number=chance.choice([None, "MOFCOM 2026-72"]),
            effective_on=chance.choice([None, "2026-12-01"]),
        )
        official = chance.random() < 0.5
        one = standing(
            act,
            make_post(official=official),
            event=make_event(act, "p-wire" if official else None),
            retraction=chance.choice([None, denial]),
            reach=chance.choice([None, 40, 4_000]),
        )
        facts = facts_of(one)

        assert changes(told(*facts, "stage:proposed", "reach:3"), one, reach=True) == ()
        for left in facts:
            changed += bool(changes(told("stage:reported", *facts - {left}), one, reach=True))
    assert changed > 200
