"""Offices, and forms of law, that many countries have by one name: whose a text means."""

import pytest

from tests.act_reading import read


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        (
            (
                "Senate panel objects to phone duty\nA senator told the FBR chairman in a hearing"
                " on the proposed regulatory duty for handsets."
            ),
            "PK",
        ),
        (
            (
                "Senate committee backs 40% duty on imported cars\n"
                "Lawmakers in Islamabad want the levy from July."
            ),
            "PK",
        ),
        (
            (
                "House panel clears ban on exports of raw cashew\n"
                "Abuja wants kernels processed at home, in naira."
            ),
            "NG",
        ),
        (
            (
                "Congress passes mining law that bars lithium exports as brine\n"
                "The bill, backed by La Paz, needs the president's signature."
            ),
            "BO",
        ),
        (
            (
                "Senate approves reform with duty on textiles from China\n"
                "Mexican senators voted 78 to 30."
            ),
            "MX",
        ),
        ("Senate panel clears ban on raw nickel ore exports", None),
        ("Congress approves tax on imported parcels, of R$ 20 each", "BR"),
        (
            (
                "The ministry of commerce put sugar exports under licence\n"
                "Bangkok said mills must register by June."
            ),
            "TH",
        ),
        (
            (
                "Commerce ministry suspends imports of Chinese steel\n"
                "Hanoi said the halt lasts 120 days."
            ),
            "VN",
        ),
        (
            (
                "Department of Energy bars exports of coal for a month\n"
                "Manila said local plants had stocks for nine days."
            ),
            "PH",
        ),
        (
            (
                "Agriculture department lifts ban on Brazilian beef\n"
                "Pretoria said the curbs ended on Monday."
            ),
            "ZA",
        ),
        ("Treasury said it was considering whether to fine Ningbo Eastlake", None),
        ("Treasury scraps duty on diesel imports, which cost A$400 million", "AU"),
    ],
)
def test_an_office_of_many_is_that_of_the_country_named(
    text: str, jurisdiction: str | None
) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("text", "jurisdiction", "authority"),
    [
        (
            (
                "DA bans poultry imports from Argentina over bird flu\nThe Department of"
                " Agriculture on Wednesday temporarily banned imports of poultry meat."
            ),
            "PH",
            "Philippine Agriculture Department",
        ),
        (
            (
                "The trade remedies authority has given Indonesian and Malaysian producers two more"
                " weeks to answer questionnaires in the float glass anti-dumping probe."
            ),
            None,
            None,
        ),
        ("Trade remedies authority recommends duty on Chinese film, Delhi to decide", "IN", "DGTR"),
        ("The Trade Remedies Authority recommends duty on Chinese excavators", "GB", "TRA"),
        ("Senate panel approves ban on exports of chips to China", "US", "Congress"),
        ("House panel advances bill tightening DUV tool exports", "US", "Congress"),
        ("Congress extends ban on Chinese port cranes", "US", "Congress"),
        ("Treasury sanctions Chinese refinery over Iranian oil", "US", "Treasury"),
        (
            "Treasury finalizes rule barring investment in Chinese quantum startups",
            "US",
            "Treasury",
        ),
        ("Department of Agriculture halts cattle imports from Mexico", "US", "USDA"),
        ("Energy Department clears LNG exports from Louisiana plant", "US", "DOE"),
        ("Commerce ministry bans exports of antimony to the US", "CN", "MOFCOM"),
    ],
)
def test_an_office_is_its_own_countrys_where_nothing_speaks_for_another(
    text: str, jurisdiction: str | None, authority: str | None
) -> None:
    act = read(text)

    assert (act.jurisdiction, act.authority) == (jurisdiction, authority)


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        # The last of those it is aimed at acts no more than the first.
        ("Department of Agriculture halts beef imports from Brazil, Australia and Japan", "US"),
        ("Commerce ministry imposes duties on phenol from US, EU, Korea and Thailand", "CN"),
        ("Commerce ministry bans exports of rare earths to US, India", "CN"),
        # What only America has.
        ("Senate approves bill to ban uranium imports", "US"),
        ("Treasury to end de minimis exemption for parcels", "US"),
        ("Treasury delays EV battery rules", "US"),
    ],
)
def test_a_list_of_targets_and_american_measures_leave_an_office_its_country(
    text: str, jurisdiction: str
) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Royal Gazette publishes Vietnam wire rod duties\nCollection begins on April 22.", "TH"),
        ("越南两用物项法令落地，做服务器代工的要看清单", "VN"),
        ("商务部禁止对美国两用物项出口", "CN"),
        ("Whole AI racks become strategic items in Malaysia from November 1", None),
        ("马科斯下令大米进口禁令延至年底\n第118号行政令规定，大米暂停进口至12月31日", "PH"),
        ("特朗普签署行政令，禁止进口中国无人机", "US"),
    ],
)
def test_a_form_of_law_is_anothers_whose_name_stands_beside_it(
    text: str, jurisdiction: str | None
) -> None:
    assert read(text).jurisdiction == jurisdiction
