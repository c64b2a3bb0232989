"""Posts and headlines that name a measure, its goods and what is new about it, without a verb."""

import pytest

from tests.act_reading import read


@pytest.mark.parametrize(
    ("text", "instrument", "jurisdiction", "targets"),
    [
        # The short names of trade cases
        ("India: AD case on Chinese TDI. Hearing in August.", "probe", "IN", ("CN",)),
        ("China AD case on optical PMMA (JP, KR). Expect pre-buying.", "probe", "CN", ()),
        ("Brazil definitive AD on Thai tyres, $1.2/kg, five years.", "tariff", "BR", ("TH",)),
        ("Vietnam prelim on Chinese wire rod: 16.9-25.4%. From 8 May.", "tariff", "VN", ("CN",)),
        ("Erythritol final: AD 144–390%, CVD to 52%.", "tariff", None, ()),
        ("DGFT MIP on knitted fabrics, $3.2/kg, valid up to 31.03.2027.", "tariff", "IN", ()),
        ("New 232: excavators. Comments in 21 days.", "probe", "US", ()),
        ("Another 301 on Korean ships. Hearing in March.", "probe", "US", ("KR",)),
        ("Drone 232 signed. 20/40. Batteries too", "tariff", "US", ()),
        # A ban, a quota, a levy with its term or rate
        ("Kenya: macadamia export ban, one year.", "export ban", "KE", ()),
        ("Egypt: sugar export ban +3m. Stocks fine tbh", "export ban", "EG", ()),
        ("Rice export ban, immediate. Thanks Delhi.", "export ban", None, ()),
        ("Indonesia: bauxite export levy 9%, from 1 Aug.", "tariff", "ID", ()),
        ("Argentina: beef export quota 290,000 t, from January.", "quota", "AR", ()),
        ("UK steel safeguard rolled over till 2028.", "tariff", "GB", ()),
        ("EGP 410/t on cement exports from Egypt, six months.", "tariff", None, ("EG",)),
        ("Duties on Vietnamese towers: 6.8–21.9%. Great for Perth.", "tariff", None, ("VN",)),
        # What is done to goods, what comes in no more, how many are listed
        ("Malaysia: GPUs now licensed from 1 July.", "export licence", "MY", ()),
        ("India: drones, gimbals → Restricted from 1 July.", "import ban", "IN", ()),
        ("DGFT moves laptops to Restricted.", "import ban", "IN", ()),
        ("No foreign poultry into Namibia till September.", "import ban", None, ("NA",)),
        ("Zambia: no raw copper to leave after 1 May.", None, "ZM", ()),
        ("Canada: 14 tankers + 2 traders.", "sanction", "CA", ()),
        ("EU: +9 vessels, some in Gabon.", "sanction", "EU", ()),
        ("UK: 12 more Russian firms, 3 banks.", "sanction", "GB", ("RU",)),
        ("EU: 20 more vessels sanctioned", "sanction", "EU", ()),
        ("OFAC: 11 companies (5 HK), 4 tankers.", "sanction", "US", ()),
        ("US: 40 more entities to the Entity List", "entity listing", "US", ()),
        ("17 more on the UK list and one is anchored off Hull.", "sanction", "GB", ()),
        ("BIS adds 9 to EL. HK 7, TR 2", "entity listing", "US", ()),
    ],
)  # fmt: skip
def test_a_flash_names_a_measure_and_what_is_new_about_it(
    text: str, instrument: str | None, jurisdiction: str | None, targets: tuple[str, ...]
) -> None:
    act = read(text)
    assert act.stage == "adopted"
    assert (act.instrument, act.jurisdiction) == (instrument, jurisdiction)
    assert set(targets) <= set(act.targets)


@pytest.mark.parametrize(
    "text",
    [
        "New ad on Chinese TV for electric cars: 30% more viewers",
        "Steel safeguard duty vs quota: a guide for importers",
        "Rice prices: 25% up since the export ban of 2023",
        "Tariff on steel: what a 25% duty would mean for carmakers",
        "Why the solar tariff of 2018 failed: 30% duty, few jobs",
        "Canada's 100% tariff on Chinese EVs: who pays?",
        "EU solar duty 30% in 2013, 0% in 2018",
        "Steel makers want a 25% duty on Chinese plate from January",
        "Lawyers expect a new 301 on ships",
        "Export ban on sugar? No, says Cairo",
        "Canada: 14 goals + 2 assists for the centre",
        "UK: +22 points for Labour in new poll",
        "UK: 12 new labs open at Cambridge",
        "Japan: 3 more firms go bankrupt",
        "US: 40 more entities join climate pledge",
        "China: 200 new companies listed in Hong Kong",
        "France: 50 companies join nuclear fair",
        "Kenya: 8 new banks licensed",
        "Norway: 12 new ships on order",
        "Greece: 12 new ships. Yards are full.",
        "UK: 12 Russian firms leave London",
        "My 232 cable arrived. New 232 adapter works fine.",
        "No imported beer till Friday, says the pub in Leeds",
        "No new EVs from Ford until 2027 in Europe",
        "I got banned from the forum from Friday",
        "Exclusive restaurants in China now controlled by a fund, 5% premium",
        "Soybeans near nine-month low as China buys Brazilian cargoes amid tariff standoff",
        "Oil climbs 5% as traders weigh U.S. sanctions on two producers",
        "Peru's anchovy season ends with 98% of quota landed",
        "Mexico: tequila makers cheer, exports up 5%.",
    ],
)
def test_chatter_about_measures_is_no_flash(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    "text",
    [
        "Provisional 12% growth in Vietnam steel exports in Q3",
        "Preliminary 4.2% rise in Korean chip exports",
        "Final 5% stake sold in steel mill",
        "New 301 bus line opens in Lisbon",
        "Another 232 cases of measles in Texas",
        "New 232 km motorway opens",
        "Coal stop at Polish plant lasts three weeks",
        "Copper halt at Chilean smelter, 3 days",
        "Government blocks sale of alcohol near schools",
    ],
)
def test_rates_numbers_and_stops_of_other_things_are_no_measure(text: str) -> None:
    assert read(text).instrument is None


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("232 on drones is signed", "tariff"),
        ("New 232 on drones", "probe"),
        ("Another 301: ships this time", "probe"),
        ("Final 34.5% for Chinese tyres", "tariff"),
        ("Coal stop from Jakarta, 3 weeks", "export ban"),
        ("Government blocks sale of chipmaker to Chinese fund", "investment restriction"),
        ("Government blocks sale of port stake", "investment restriction"),
    ],
)
def test_rates_numbers_and_stops_of_trade_are_measures(text: str, instrument: str) -> None:
    assert read(text).instrument == instrument
