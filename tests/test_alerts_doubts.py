"""Doubts: when all else is alike, a difference that was read may be a misreading; and what is on a
known act under a number, and with a day, of its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.archive import EventMemory
from alerts.contradictions import REIMPOSED, REVERSAL, kept_apart
from alerts.courses import is_called
from alerts.domain import Act, Event, Figures, Post, Stage
from alerts.events import (
    BUSY,
    DOUBTED,
    JOIN,
    JOIN_BUSY,
    SURE,
    WEAK,
    find_event,
    is_doubted,
    merge_acts,
    open_event,
    tell_apart,
)
from alerts.grouping import group, names_something
from alerts.index import UNLIKE
from alerts.likeness import Candidate
from alerts.traces import terms_of, trace
from alerts.window import Window
from classifier.labels import Policy, Tagging
from tests.test_alerts_events import candidate_at

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
REPORTS = Tagging(
    topics={"china": 0.9}, tags=("china",), policy=Policy(grade=3, at_least=(1.0, 0.9, 0.9)),
    model="m", terms={},
)  # fmt: skip
LICENCE = Act(
    instrument="export licence", stage=Stage.ADOPTED, jurisdiction="TW", items=("servers",),
    mentions=("item:servers",),
)  # fmt: skip
DRONES = replace(LICENCE, items=("drones",), mentions=("item:drones",))
BAN = replace(LICENCE, instrument="export ban")
OVER = replace(BAN, stage=Stage.WITHDRAWN)
BOTH = ("place:IN", "place:JP")
MANY = {"jurisdiction": ("commerce ministry",)}
CERTAIN = 99.0
"""Log-odds above all bars."""

WAITING = (
    "Wistron told its Malaysian buyers in Johor and Penang on Monday that rows of racks already "
    "packed would be held up, since each shipment of servers must have papers by May, and that it "
    "had asked Taipei for time; nobody there answered its calls"
)
NAMED = ("item:servers", "place:MY", "company:Wistron", "date:05-01", "figure:42%")
DIFFERENCES = [
    ("jurisdiction", LICENCE, replace(LICENCE, jurisdiction="MY")),
    ("item", LICENCE, replace(LICENCE, items=("drones",), instrument="export ban")),
    ("item", LICENCE, replace(LICENCE, items=("drones", "lidar"))),
    ("target", replace(LICENCE, targets=("MY", "SG")), replace(LICENCE, targets=("AE",))),
    # One target each, but one text names the other's country too.
    (
        "target",
        replace(LICENCE, targets=("MY",)),
        replace(LICENCE, targets=("AE",), mentions=("item:servers", "place:MY")),
    ),
    ("direction", BAN, OVER),
    (REIMPOSED, OVER, BAN),
    # One measure of one country, on one good and on another, but one text names both.
    ("item", LICENCE, replace(DRONES, mentions=("item:servers", "item:drones"))),
]
NEVER = [
    # One measure of one country, on one good or target and on another; every second tariff is of
    # 25%.
    ("target", replace(LICENCE, targets=("MY",)), replace(LICENCE, targets=("AE",))),
    ("item", LICENCE, DRONES),
    ("item", replace(LICENCE, mentions=("figure:25%",)), replace(DRONES, mentions=("figure:25%",))),
    (
        "date",
        replace(LICENCE, effective_on="2026-12-01"),
        replace(LICENCE, effective_on="2027-01-01"),
    ),
    ("item", LICENCE, replace(LICENCE, items=("drones",), jurisdiction="MY")),
    # Who is hit by a measure strikes back with the same one.
    (
        "jurisdiction",
        replace(LICENCE, targets=("CN",), mentions=("place:CN", "place:TW")),
        replace(LICENCE, targets=("TW",), jurisdiction="CN", mentions=("place:TW",)),
    ),
    # Another country's ban may well be lifted the day after.
    ("direction", replace(BAN, targets=("JP",), mentions=BOTH), replace(OVER, targets=("IN",))),
    ("number", replace(LICENCE, number="FR 2026-1"), replace(LICENCE, number="FR 2026-2")),
]


def make_post(name: str = "2", text: str = "Servers", *, official: bool = False) -> Post:
    return Post(
        id=name, source=f"s{name}", external_id=name, url=None, title=text, text=text, lang="en",
        author=None, published_at=NOW, dated=True, first_seen_at=NOW, official=official,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip


def event_of(act: Act, *, days: float = 0, title: str = "Servers") -> Event:
    event = open_event(make_post("1", title), REPORTS, act)
    return replace(event, first_seen=NOW - timedelta(days=days))


def age_of(why: str) -> float:
    """Return how many days old an event is of which a difference is doubted."""
    return REVERSAL.days if why == REIMPOSED else 0


def placed_by(act: Act, known: Act, odds: float, *, posts: int = 1, days: float = 0) -> str | None:
    """Return by what a post joins an event that it is on at these log-odds, if it does."""
    post, event = make_post(), replace(event_of(known, days=days), posts=posts)

    found = find_event(post, REPORTS, act, trace(post, act), [candidate_at(odds, post, act, event)])

    return found[1] if found else None


@pytest.mark.parametrize(("why", "known", "act"), DIFFERENCES)
def test_a_difference_is_doubted_from_its_bar_on(why: str, known: Act, act: Act) -> None:
    candidate = Candidate(event=event_of(known, days=age_of(why)))
    bar = DOUBTED[why]
    assert kept_apart(make_post(), act, candidate, "evidence") == why

    assert is_doubted(make_post(), act, candidate, bar)
    assert not is_doubted(make_post(), act, candidate, bar - 0.01)
    # An authority must not wait until somebody tells the two apart.
    assert not is_doubted(make_post(official=True), act, candidate, CERTAIN)


@pytest.mark.parametrize(("why", "known", "act"), DIFFERENCES)
def test_what_is_doubted_leans(why: str, known: Act, act: Act) -> None:
    bar, days = DOUBTED[why], age_of(why)

    assert placed_by(act, known, bar + 0.15, days=days) == WEAK
    assert placed_by(act, known, bar - 0.15, days=days) is None


@pytest.mark.parametrize(("why", "known", "act"), DIFFERENCES)
def test_what_differs_in_a_word_alone_is_another_act_of_one_form(
    why: str, known: Act, act: Act
) -> None:
    post, event = make_post(), event_of(known, days=age_of(why))
    candidate = Candidate(event=event, alike=UNLIKE._replace(cosine=0.9, cover=0.9))

    assert find_event(post, REPORTS, act, trace(post, act), [candidate]) is None


@pytest.mark.parametrize(("why", "known", "act"), NEVER)
def test_other_differences_and_two_at_once_are_never_doubted(
    why: str, known: Act, act: Act
) -> None:
    candidate = Candidate(event=event_of(known))

    assert kept_apart(make_post(), act, candidate, "evidence") == why
    assert not is_doubted(make_post(), act, candidate, CERTAIN)


@pytest.mark.parametrize(
    ("why", "known", "act"),
    [
        ("item", LICENCE, DRONES),
        ("target", replace(LICENCE, targets=("MY",)), replace(LICENCE, targets=("AE",))),
        ("direction", BAN, OVER),
    ],
)
def test_what_gives_a_broken_figure_of_an_act_leans_whatever_its_odds(
    why: str, known: Act, act: Act
) -> None:
    """7.5% on one good and on another may be two acts: silent, but not lost."""
    for figure, leans in (("figure:7.5%", True), ("figure:25%", False)):
        known, act = (replace(one, mentions=(*one.mentions, figure)) for one in (known, act))
        candidate = Candidate(event=event_of(known))
        assert kept_apart(make_post(), act, candidate, "evidence") == why
        assert is_doubted(make_post(), act, candidate, JOIN) is leans
        known, act = (replace(one, mentions=one.mentions[:-1]) for one in (known, act))
    # Goods and targets are not both misread.
    both = replace(act, items=("lidar",), targets=("AE",), mentions=("figure:7.5%",))
    other = replace(known, items=("rubber",), targets=("MY",), mentions=("figure:7.5%",))
    candidate = Candidate(event=event_of(other))
    assert not is_doubted(make_post(), both, candidate, CERTAIN)


def test_a_country_that_acts_by_an_office_of_many_leans_whatever_its_odds() -> None:
    act = replace(LICENCE, jurisdiction="MY", mentions=("place:MY",), read_from=MANY)

    assert placed_by(act, LICENCE, JOIN + 0.15) == WEAK
    assert placed_by(act, LICENCE, SURE + 2) == WEAK
    assert placed_by(act, LICENCE, JOIN - 0.15) is None


def test_what_was_in_force_for_days_may_well_be_lifted() -> None:
    old, young = (Candidate(event=event_of(BAN, days=REVERSAL.days - less)) for less in (0, 1))

    assert not is_doubted(make_post(), OVER, old, CERTAIN)
    assert is_doubted(make_post(), OVER, young, CERTAIN)


@pytest.mark.parametrize(("odds", "stands_up"), [(3.0, False), (0.5, True)])
def test_a_relay_with_the_same_misreading_tells_nothing_apart(odds: float, stands_up: bool) -> None:
    _, known, act = DIFFERENCES[0]
    post = make_post("3")
    leaning, other = (candidate_at(odds, post, act, event_of(one)) for one in (act, known))

    told = tell_apart(post, REPORTS, act, "words", leaning, [other])

    assert told == (leaning.event if stands_up else None)


def test_what_leans_for_a_doubt_and_its_relay_are_shown_with_the_known_act() -> None:
    archive, window = EventMemory(), Window(7)
    other = replace(DIFFERENCES[0][2], mentions=NAMED, effective_on="2027-05-01")
    texts = {
        "1": (
            "Taiwan wants a licence for servers that leave for Johor and Penang from 1 May",
            replace(LICENCE, mentions=NAMED, effective_on="2027-05-01"),
        ),
        "2": (WAITING, other),
        "3": (f"{WAITING}!", other),
    }  # fmt: skip
    placed = []
    for name, (text, act) in texts.items():
        post = make_post(name, text)
        placed.append(group(archive, window, post, REPORTS, act, trace(post, act)))

    first, doubted, relay = placed
    assert (doubted.by, archive.leans_on(doubted.event.id)) == (WEAK, first.event.id)
    assert (relay.event.id, relay.stood_up) == (doubted.event.id, False)


@pytest.mark.parametrize(
    ("posts", "odds", "by"),
    [
        (BUSY, JOIN_BUSY + 0.1, WEAK),
        (BUSY, JOIN_BUSY - 0.1, None),
        (BUSY - 1, JOIN - 0.1, None),
        (BUSY - 1, JOIN + 0.1, WEAK),
    ],
)
def test_what_many_speak_of_draws_more_that_leans(posts: int, odds: float, by: str | None) -> None:
    assert placed_by(LICENCE, LICENCE, odds, posts=posts) == by


FOUND = Act(
    instrument="probe", stage=Stage.ADOPTED, jurisdiction="CN", number="MOFCOM 2026-23",
    items=("photoresist",), targets=("JP",), effective_on="2026-04-15",
    mentions=("item:photoresist", "place:JP", "notice:23"),
)  # fmt: skip
DEPOSITS = replace(
    FOUND, instrument="tariff", number="MOFCOM 2026-52", effective_on="2026-07-25",
    mentions=("item:photoresist", "place:JP", "notice:52", "way:followed"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("days", "changed", "why"),
    [
        (100, {}, None),
        (100, {"targets": ()}, None),
        (100, {"instrument": "probe", "stage": Stage.WITHDRAWN}, None),
        # Two cases that are opened within days are two, and so are a maker's, and of goods.
        (7, {}, "number"),
        (100, {"targets": ("KR",), "mentions": ("place:KR", "way:followed")}, "number"),
        (100, {"items": ("polyimide",)}, "number"),
        (100, {"mentions": ("item:photoresist", "place:JP", "notice:52")}, "number"),
        (100, {"instrument": "quota"}, "number"),
    ],
)
def test_the_next_step_of_a_trade_case_has_a_number_and_a_day_of_its_own(
    days: float, changed: dict[str, object], why: str | None
) -> None:
    act = replace(DEPOSITS, **changed)  # type: ignore[arg-type]
    event = event_of(FOUND, days=days)
    candidate = Candidate(event=event, authorities={"s2": "0"})

    assert kept_apart(make_post(official=True), act, candidate, "evidence") == why


@pytest.mark.parametrize(
    ("mentions", "instrument", "day"),
    [
        (("step:preliminary",), "tariff", "2026-07-25"),
        (("step:final",), "tariff", "2026-07-25"),
        # Reports of the probe itself call it a tariff at times.
        ((), "probe", "2026-04-15"),
    ],
)
def test_an_event_is_known_by_the_last_decision_of_its_case(
    mentions: tuple[str, ...], instrument: str, day: str
) -> None:
    merged = merge_acts(FOUND, replace(DEPOSITS, mentions=mentions), official=False)

    assert (merged.instrument, merged.effective_on) == (instrument, day)


@pytest.mark.parametrize(
    ("numbers", "stage", "way", "why"),
    [
        (("MOFCOM 2026-53", "MOFCOM 2026-42"), Stage.SUSPENDED, "", None),
        (("MOFCOM 2026-53", "MOFCOM 2026-42"), Stage.ADOPTED, "way:followed", None),
        (("MOFCOM 2026-53", "MOFCOM 2026-41"), Stage.SUSPENDED, "", "notice"),
        (("MOFCOM 2026-53",), Stage.SUSPENDED, "", "notice"),
        # Else it cites the ground of another act; and what ends an act is told.
        (("MOFCOM 2026-53", "MOFCOM 2026-42"), Stage.ADOPTED, "", "notice"),
        (("MOFCOM 2026-53", "MOFCOM 2026-42"), Stage.WITHDRAWN, "", "notice"),
    ],
)
def test_an_authority_that_does_something_with_the_act_it_cites_goes_on_with_it(
    numbers: tuple[str, ...], stage: Stage, way: str, why: str | None
) -> None:
    known = Act(stage=Stage.IN_EFFECT, number="MOFCOM 2026-42", effective_on="2026-07-15")
    act = Act(
        stage=stage, effective_on="2026-10-01", mentions=(way,), read_from={"numbers": numbers},
    )  # fmt: skip
    candidate = Candidate(event=event_of(known), authorities={"s2": "0"})

    assert kept_apart(make_post(official=True), act, candidate, "evidence") == why


@pytest.mark.parametrize(
    ("stage", "known", "targets", "why"),
    [
        (Stage.ENFORCED, Stage.ADOPTED, ("CXMT",), None),
        (Stage.ENFORCED, Stage.ADOPTED, ("CN",), "notice"),
        (Stage.ENFORCED, Stage.ENFORCED, ("CXMT",), "notice"),
        (Stage.ADOPTED, Stage.ADOPTED, ("CXMT",), "notice"),
    ],
)
def test_a_target_of_an_act_that_is_punished_belongs_to_it(
    stage: Stage, known: Stage, targets: tuple[str, ...], why: str | None
) -> None:
    event = event_of(Act(stage=known, targets=("CXMT", "CN")))
    act, candidate = (
        Act(stage=stage, targets=targets),
        Candidate(event=event, authorities={"s2": "0"}),
    )

    assert kept_apart(make_post(official=True), act, candidate, "evidence") == why


@pytest.mark.parametrize(
    ("place", "mention", "why"),
    [
        ("EU", "round:20", None),
        ("EU", "batch:20", "target"),
        ("GB", "round:20", "target"),
        ("EU", "figure:20", "target"),
    ],
)
def test_one_package_has_many_targets(place: str, mention: str, why: str | None) -> None:
    known = Act(jurisdiction="EU", targets=("RU",), mentions=("round:20", "place:RU"))
    act = Act(jurisdiction=place, targets=("CN",), mentions=(mention, "place:CN"))

    assert kept_apart(make_post(), act, Candidate(event=event_of(known)), "evidence") == why


def test_a_day_that_is_put_off_is_no_extension() -> None:
    known = event_of(Act(stage=Stage.ADOPTED), days=30)
    act = Act(stage=Stage.DELAYED, mentions=("way:prolonged",))

    assert kept_apart(make_post(), act, Candidate(event=known), "evidence") is None
    still = replace(act, stage=Stage.ADOPTED)
    assert kept_apart(make_post(), still, Candidate(event=known), "evidence") == "prolonged"


NOTED = ("remedy:dumping", "review:case", "step:final", "scheme:Section 232", "way:followed")


def test_who_acts_and_by_what_leads_across_languages_and_rewordings() -> None:
    theirs = terms_of("Staatscourant 18443", Act(jurisdiction="NL", instrument="export licence"))
    ours = terms_of("荷兰：铟须许可", Act(jurisdiction="NL", instrument="export licence",
                                mentions=("place:NL",)))  # fmt: skip

    assert theirs.keys() & ours.keys() == {"@place:NL", "@act:NL export licence"}
    assert "@act:NL export licence" not in terms_of("NL", Act(jurisdiction="NL"))
    assert not [term for term in terms_of("NL", Act(instrument="tariff")) if term[0] == "@"]


def test_what_only_guards_ask_for_is_no_word_and_no_name() -> None:
    bare = terms_of("Gallium", Act())

    assert terms_of("Gallium", Act(mentions=NOTED)) == bare
    assert terms_of("Gallium", Act(mentions=("item:gallium",))) != bare
    assert not names_something(Act(mentions=NOTED))
    assert names_something(Act(mentions=(*NOTED, "item:gallium")))


@pytest.mark.parametrize(
    ("instrument", "stage", "why"),
    [
        ("export ban", Stage.ADOPTED, "prolonged"),
        # Who may answer until when.
        ("export ban", Stage.PROPOSED, None),
        ("probe", Stage.ADOPTED, None),
        ("guidance", Stage.ADOPTED, None),
    ],
)
def test_only_what_binds_is_prolonged(instrument: str, stage: Stage, why: str | None) -> None:
    event = event_of(Act(instrument=instrument, stage=stage), days=6)
    longer = Act(mentions=("way:prolonged",))

    assert kept_apart(make_post(), longer, Candidate(event=event), "evidence") == why


@pytest.mark.parametrize(
    ("published", "step", "number"),
    [
        (True, "", "MOFCOM 2026-23"),
        # The next decision of a case; and the authority's own text after reports.
        (True, "step:preliminary", "MOFCOM 2026-52"),
        (False, "", "MOFCOM 2026-52"),
    ],
)
def test_an_act_keeps_its_number_when_something_is_done_with_it(
    published: bool, step: str, number: str
) -> None:
    known = replace(FOUND, instrument="probe")
    waiver = replace(DEPOSITS, mentions=(step,) if step else ())

    merged = merge_acts(known, waiver, official=True, published=published)

    assert merged.number == number


@pytest.mark.parametrize(
    ("number", "notice", "called"),
    [
        ("MOFCOM 2026-72", "72", True),
        ("DGFT 11/2026-27", "11", True),
        ("EU 2026/2045", "2026", False),
        ("EU 2026/2045", "2045", True),
        ("Docket BIS-2026-0040", "40", False),
    ],
)
def test_an_act_is_called_by_what_its_number_counts(number: str, notice: str, called: bool) -> None:
    assert is_called(Act(mentions=(f"notice:{notice}",)), Act(number=number)) is called


def test_a_case_that_is_dropped_before_its_end_is_told_as_its_end() -> None:
    known = replace(
        DEPOSITS, stage=Stage.ADOPTED, mentions=(*DEPOSITS.mentions, "step:preliminary")
    )
    over = replace(DEPOSITS, stage=Stage.WITHDRAWN, number=None, effective_on=None)

    assert placed_by(over, known, JOIN + 0.1, days=40) == "evidence"
    assert placed_by(replace(over, items=("polyimide",)), known, JOIN + 0.1, days=40) == WEAK


@pytest.mark.parametrize(
    ("instrument", "stage", "named", "why"),
    [
        ("probe", Stage.SUSPENDED, ("item:servers",), None),
        ("probe", Stage.ENFORCED, ("company:CXMT",), None),
        ("probe", Stage.ENFORCED, ("item:drones",), "notice"),
        # A fine for another company in the same trade.
        ("probe", Stage.ENFORCED, ("company:YMTC", "item:servers"), "notice"),
        ("probe", Stage.ADOPTED, ("item:servers",), "notice"),
        ("tariff", Stage.ENFORCED, ("item:servers",), "notice"),
    ],
)
def test_a_probe_ends_with_a_fine_a_promise_or_nothing(
    instrument: str, stage: Stage, named: tuple[str, ...], why: str | None
) -> None:
    names = ("item:servers", "company:CXMT")
    event = event_of(Act(instrument=instrument, stage=Stage.ADOPTED, mentions=names))
    candidate = Candidate(event=event, authorities={"s2": "0"})
    act = Act(instrument="penalty", stage=stage, mentions=named)

    assert kept_apart(make_post(official=True), act, candidate, "evidence") == why


@pytest.mark.parametrize(("number", "why"), [("FR 2026-1", None), (None, "prolonged")])
def test_what_prolongs_an_act_under_its_own_number_goes_on_with_it(
    number: str | None, why: str | None
) -> None:
    known = event_of(Act(stage=Stage.SUSPENDED, number="FR 2026-1"), days=30)
    act = Act(stage=Stage.SUSPENDED, number=number, mentions=("way:prolonged",))

    assert kept_apart(make_post(), act, Candidate(event=known), "words") == why


@pytest.mark.parametrize(("read_from", "why"), [({}, "direction"), ({"relief": ("x",)}, None)])
def test_what_spares_one_of_many_ends_no_act(
    read_from: dict[str, tuple[str, ...]], why: str | None
) -> None:
    act = replace(OVER, read_from=read_from)

    assert kept_apart(make_post(), act, Candidate(event=event_of(BAN)), "evidence") == why
