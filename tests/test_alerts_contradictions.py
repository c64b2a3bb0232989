"""Whether the goods of two texts keep them apart: other names for one good, or other goods."""

import pytest

from alerts.contradictions import items_differ
from alerts.domain import Act
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
