"""What keeps texts apart: other goods and not other names for one, other firms, countries, ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.contradictions import OFFICE, REVERSAL, items_differ, kept_apart
from alerts.domain import Act, Event, Figures, Post, Stage
from alerts.likeness import Candidate
from tests.act_reading import read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The broader name that headlines use.
        (("EUV lithography", "photomasks"), ("semiconductors",)),
        (("chipmaking parts",), ("semiconductors",)),
        (("photomasks",), ("chipmaking equipment",)),
        (("vehicle data",), ("cars",)),
        (("driver assistance",), ("vehicles",)),
        (("unmanned vessels",), ("arms",)),
        (("inverters",), ("solar panels",)),
        (("masks",), ("medical devices",)),
        (("port services",), ("ships",)),
        (("gallium",), ("rare metals",)),
        (("pork",), ("agricultural products",)),
        (("wind towers",), ("steel",)),
        # A kind of it.
        (("surveillance cameras", "copper-clad laminates"), ("cameras",)),
        (("solar wafers",), ("wafers",)),
        (("robot vacuums",), ("robots",)),
        (("contact lenses",), ("medical devices",)),
        # Each by the other's name.
        (("battery packs",), ("lithium batteries",)),
        (("nickel pig iron",), ("pig iron",)),
        (("EVA",), ("solar backsheets",)),
        (("personal data",), ("cross-border data",)),
        (("solid electrolyte",), ("solid-state batteries",)),
        (("mature chips",), ("microchips for cars",)),
        (("drone engines",), ("drone parts",)),
        (("EUV mask blanks",), ("glass",)),
        (("tankers",), ("crude oil",)),
        (("sodium perchlorate",), ("rocket propellants",)),
        (("electric buses",), ("buses",)),
        (("dry vacuum pumps",), ("pumps",)),
        (("mass spectrometers",), ("spectrometers",)),
        (("lithium carbonate",), ("lithium salts",)),
        (("tantalum ore",), ("minerals",)),
        (("ship engines",), ("machinery",)),
        # What an app, a shop or a robot is fined over.
        (("AI companions",), ("personal data",)),
        (("online marketplaces",), ("mobile apps",)),
        (("satellite phones",), ("satellite communications",)),
        (("thin-film solar",), ("solar cells",)),
        (("tankers",), ("methanol",)),
        (("vitamin C",), ("vitamins",)),
        (("coconuts",), ("fruit",)),
        # A heading of the tariff beside words, and alone.
        (("silver jewellery", "HS 7113"), ("jewellery",)),
        (("HS 7113",), ("silver jewellery",)),
        # An entry of a list may be any goods.
        (("ECCN 3B995",), ("metrology tools",)),
        # Anything may be that.
        (("strategic goods",), ("machine tools",)),
        (("dual-use items",), ("optics",)),
    ],
)
def test_a_broader_or_neighbouring_name_keeps_nothing_apart(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert not items_differ(Act(items=one), Act(items=other))
    assert not items_differ(Act(items=other), Act(items=one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Two kinds of one good, or two that go by one broader name.
        (("gallium",), ("germanium",)),
        (("rebar",), ("hot-rolled coil",)),
        (("photomasks",), ("photoresist",)),
        (("diesel",), ("gasoline",)),
        (("antibiotics",), ("clavulanate",)),
        (("beef",), ("soybeans",)),
        (("inverters",), ("solar modules",)),
        (("aluminium wheels",), ("steel wheels",)),
        # A broad good and one that has nothing to do with it.
        (("AI chips",), ("chipmaking equipment",)),
        (("cloud computing",), ("AI chips",)),
        (("steel",), ("cars",)),
        (("medical devices",), ("robots",)),
        (("LNG",), ("tankers",)),
        (("agricultural products",), ("semiconductors",)),
        (("power transformers",), ("storage systems",)),
        (("quantum technology",), ("advanced computing",)),
        # Two entries, and goods beside another's entry.
        (("ECCN 3B995",), ("ECCN 3B994",)),
        (("ECCN 3B995",), ("advanced packaging", "ECCN 3B994")),
        (("ECCN 3B995", "metrology tools"), ("advanced packaging",)),
        (("vitamin A",), ("vitamin C",)),
        (("tin",), ("bauxite",)),
        (("polysilicon",), ("silicon metal",)),
        (("nickel pig iron",), ("nickel ore",)),
        (("glass fibre",), ("optical fibre",)),
        (("weight-loss drugs",), ("insulin",)),
        (("silver jewellery", "HS 7113"), ("platinum jewellery",)),
        (("online marketplaces",), ("AI companions",)),
    ],
)
def test_other_goods_are_kept_apart(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert items_differ(Act(items=one), Act(items=other))
    assert items_differ(Act(items=other), Act(items=one))


@pytest.mark.parametrize(
    "names",
    [
        ("polysilicon", "solar-grade silicon", "硅料", "太阳能级多晶硅"),
        ("cellular modules", "IoT modules", "通信模组", "蜂窝模组"),
        ("hot-rolled coil", "热卷", "热轧卷板"),
        ("stationary storage batteries", "储能电芯", "energy storage systems", "大储"),
        ("drones", "uncrewed aerial vehicles", "无人机", "unmanned aircraft"),
        ("vitamin C", "ascorbic acid", "维C"),
        ("insulated steel bottles", "thermal bottles", "保温瓶", "不锈钢保温杯"),
        ("whole coconuts", "成熟椰子", "椰子原果"),
        ("peptide synthesisers", "nucleic acid synthesisers", "多肽合成仪"),
        ("AI accelerators", "AI芯片", "GPUs"),
        ("truck and bus tyres", "tyres for trucks and buses", "卡客车轮胎"),
    ],
)
def test_press_officials_and_traders_name_one_good(names: tuple[str, ...]) -> None:
    items = [
        read(
            f"China puts {name} under export licence from Monday"
            if name.isascii()
            else f"商务部决定对{name}实施出口管制"
        ).items
        for name in names
    ]

    assert all(items)
    assert not [one for one in items if items_differ(Act(items=items[0]), Act(items=one))]


def test_a_package_of_one_round_may_bring_other_goods() -> None:
    first = Act(jurisdiction="EU", items=("shipping services",), mentions=("round:22",))
    same = Act(jurisdiction="EU", items=("palladium",), mentions=("round:22",))
    next_one = Act(jurisdiction="EU", items=("palladium",), mentions=("round:23",))

    assert not items_differ(same, first)
    assert items_differ(next_one, first)


NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DUTY = Act(
    instrument="tariff", stage=Stage.ADOPTED, jurisdiction="TR", items=("PET film",),
    targets=("KR",), mentions=("item:PET film", "place:KR", "figure:7.4%", "figure:25%"),
)  # fmt: skip


def difference(
    act: Act, known: Act, *, days: float = REVERSAL.days, official: bool = False
) -> str | None:
    """Return what keeps a post out of an event whose texts said `known` days ago."""
    post = Post(
        id="2", source="wire", external_id="2", url=None, title="", text="", lang="en",
        author=None, published_at=NOW, dated=True, first_seen_at=NOW, official=official,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    event = Event(
        id="e1", title="Film", act=known, posts=1, sources=("wire",), topics={}, grade=3,
        at_least=(1.0, 1.0, 1.0), relevance=1, first_seen=NOW - timedelta(days=days), last_seen=NOW,
        official_post=None, official_url=None,
    )  # fmt: skip
    return kept_apart(post, act, Candidate(event=event, authorities={"wire": "1"}), "evidence")


def test_goods_that_an_event_names_in_passing_are_another_act_where_a_text_says_all_of_it() -> None:
    known = replace(DUTY, targets=(), mentions=("item:PET film", "item:polyacetal"))
    other = replace(DUTY, targets=(), items=("polyacetal",), mentions=("item:polyacetal",))

    assert difference(other, known) == "item"
    # On the first day, or at the same rate, papers each choose one good of many.
    assert difference(other, known, days=0.5) is None
    at_50, known_at_50 = (
        replace(one, mentions=(*one.mentions, "figure:50%")) for one in (other, known)
    )
    assert difference(at_50, known_at_50) is None
    # A hint, two goods of one list, and another kind of measure may be on the act all the same.
    assert difference(replace(other, stage=None), known) is None
    assert difference(replace(other, items=("polyacetal", "resin")), known) is None
    assert difference(replace(other, instrument="probe"), known) is None


def test_a_plan_to_lift_what_is_in_force_is_on_that_act() -> None:
    ban = Act(instrument="export ban", stage=Stage.ADOPTED, jurisdiction="RU", items=("gasoline",))
    read_from = {"lifted": ("lifting",)}
    lifting = replace(ban, stage=Stage.REPORTED, mentions=("way:eased",), read_from=read_from)

    assert difference(replace(lifting, stage=Stage.ADOPTED), ban) == "direction"
    assert difference(lifting, ban) is None


def test_an_authority_that_calls_its_act_by_number_has_published_no_other() -> None:
    known = replace(DUTY, number="MOFCOM 2026-46", items=("starch",), mentions=("notice:46",))
    english = Act(items=("starch",), mentions=("notice:46",))

    assert difference(english, known, official=True) is None
    assert difference(replace(english, mentions=("notice:47",)), known, official=True) is not None


def test_a_suspension_goes_by_the_number_of_what_it_suspends_too() -> None:
    known = Act(stage=Stage.SUSPENDED, number="MOFCOM 2026-68", mentions=("notice:31",))
    act = Act(stage=Stage.SUSPENDED, number="MOFCOM 2026-31", mentions=("notice:31",))

    assert difference(act, known) is None
    ends, ended = (replace(one, stage=Stage.WITHDRAWN) for one in (act, known))
    assert difference(ends, ended) is None
    assert difference(replace(act, stage=Stage.ADOPTED), known) == "number"
    assert difference(act, replace(known, mentions=("notice:30",))) == "number"


@pytest.mark.parametrize("instrument", ["probe", "penalty"])
def test_another_firm_is_probed_or_fined_by_another_act(instrument: str) -> None:
    known = Act(instrument=instrument, targets=("US",), mentions=("place:US", "company:Marvell"))
    # It was told first of "a chip designer".
    unnamed = replace(known, mentions=("place:US",))
    act = Act(instrument=instrument, targets=("Skyworks",), mentions=("company:Skyworks",))

    assert difference(act, known) == "target"
    assert difference(act, replace(known, mentions=("company:Skyworks",))) is None
    assert difference(act, unnamed) is None
    # A list has many firms, of which each paper names those that its readers know.
    listing, listed = (replace(one, instrument="entity listing") for one in (act, known))
    assert difference(listing, listed) is None


def test_who_strikes_back_at_the_same_rate_takes_an_act_of_its_own() -> None:
    both = ("place:US", "place:CN", "figure:34%")
    known = Act(instrument="tariff", stage=Stage.ADOPTED, jurisdiction="US", mentions=both,
                targets=("CN",))  # fmt: skip
    back = replace(known, jurisdiction="CN", targets=("US",))

    assert difference(back, known) == "jurisdiction"
    # A country that answers has a measure; who is aimed at without one may be read for who acts.
    assert difference(replace(back, targets=()), known) is None
    assert difference(replace(back, instrument=None), known) is None


def test_who_is_known_by_an_office_of_many_countries_may_be_another_country() -> None:
    """China's commerce ministry bars the exports of the firm that The Hague took over."""
    known = Act(jurisdiction="NL", mentions=("place:NL", "place:CN"))
    office = {"jurisdiction": ("commerce ministry",)}
    act = Act(jurisdiction="CN", mentions=("place:CN",), read_from=office)

    assert difference(act, known) == OFFICE
    assert difference(replace(act, read_from={}), known) == "jurisdiction"
    # Nothing else says that it is China, or China answers and names the other; an authority's own
    # text would not wait.
    assert difference(replace(act, mentions=()), known) is None
    assert difference(replace(act, mentions=("place:CN", "place:NL")), known) is None
    assert difference(act, known, official=True) != OFFICE


def test_a_penalty_of_another_amount_is_another_penalty() -> None:
    known = Act(instrument="penalty", jurisdiction="US", mentions=("figure:2500000", "figure:20"))

    def fined(*figures: str, instrument: str = "penalty") -> Act:
        return replace(known, instrument=instrument, mentions=figures)

    assert difference(fined("figure:216000000", "figure:20"), known) == "target"
    # Rounded, none given, and what is no penalty.
    assert difference(fined("figure:2470000"), known) is None
    assert difference(fined("figure:20"), known) is None
    assert difference(fined("figure:216000000", instrument="tariff"), known) is None
