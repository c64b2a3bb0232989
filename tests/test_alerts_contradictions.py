"""Whether the goods of two texts keep them apart: other names for one good, or other goods."""

import pytest

from alerts.contradictions import items_differ
from alerts.domain import Act


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
    ],
)
def test_other_goods_are_kept_apart(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert items_differ(Act(items=one), Act(items=other))
    assert items_differ(Act(items=other), Act(items=one))
