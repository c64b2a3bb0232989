"""Idioms of English headlines for what states do, and acts that a text tells in passing."""

import pytest

from tests.act_reading import read


@pytest.mark.parametrize(
    ("text", "stage", "instrument", "jurisdiction"),
    [
        (
            "China will make exporters seek approval before shipping quartz crucibles",
            "proposed",
            "export licence",
            "CN",
        ),
        (
            "Tokyo puts etching tools under export licence from May.",
            "adopted",
            "export licence",
            "JP",
        ),
        (
            "Netherlands brings cryogenic coolers under national licence",
            "adopted",
            "export licence",
            "NL",
        ),
        (
            "UK adds game controllers to goods that may not be sent to Russia",
            "adopted",
            "export ban",
            "GB",
        ),
        ("Chile bars raw copper ore from leaving the country", "adopted", "export ban", "CL"),
        ("Beijing freezes sales of Nexperia's parts abroad", "adopted", "export ban", "CN"),
        ("Manila shuts export window for coconuts", "adopted", "export ban", "PH"),
        ("Three Brazilian beef plants lose access to China", "adopted", "import ban", "CN"),
        (
            "Denmark became the second EU country to outlaw social media for children",
            "adopted",
            None,
            "DK",
        ),
        (
            "The Commission has decided that kettles are dumped, and put duties on them",
            "adopted",
            "tariff",
            "EU",
        ),
        (
            "The ministry will look into whether Chinese floor tiles were dumped.",
            "adopted",
            "probe",
            None,
        ),
        (
            "Kiwi exporters of milk powder will pay 12% more at the Chilean border",
            "adopted",
            "tariff",
            None,
        ),
        ("Thailand keeps EV subsidies going", "adopted", "subsidy", "TH"),
        ("Cabinet approves Rs 9,000-crore push for battery plants", "adopted", "subsidy", None),
        ("India will pay half the cost of setting up display fabs", "adopted", "subsidy", "IN"),
        ("Government says no to Korex Photonics deal", "adopted", "investment restriction", None),
        (
            "Government tells Chinese owner to sell its stake in the lithium miner",
            "adopted",
            "investment restriction",
            None,
        ),
        ("EU envoys back a 22nd sanctions package on Russian crude", "proposed", "sanction", "EU"),
        # Two do the same, so that the verb is bare
        ("South Korea and Japan ban seal meat imports", "adopted", "import ban", "KR"),
        ("Burkina Faso and Mali bar cottonseed from leaving", "adopted", "export ban", "BF"),
        # In passing, of these days
        (
            "Shares of cell makers fell a day after China put graphite under licence.",
            "adopted",
            "export licence",
            "CN",
        ),
        (
            "Prices doubled after India on Thursday banned exports of sugar.",
            "adopted",
            "export ban",
            "IN",
        ),
        (
            "Makers look on after China on Friday made exports of tantalum subject to approval",
            "adopted",
            "export licence",
            "CN",
        ),
        (
            "Iran calls US drone sanctions worn-out\nHe brushed off Wednesday's listings.",
            "adopted",
            "sanction",
            "US",
        ),
    ],
)
def test_headlines_tell_of_acts_by_idioms_and_in_passing(
    text: str, stage: str, instrument: str | None, jurisdiction: str | None
) -> None:
    act = read(text)
    assert (act.stage, act.instrument, act.jurisdiction) == (stage, instrument, jurisdiction)


def test_who_acts_along_is_no_target() -> None:
    assert read("Burkina Faso and Mali bar cottonseed from leaving").targets == ()


@pytest.mark.parametrize(
    "text",
    [
        "A year after China put gallium under licence, prices have doubled",
        "Shares fell two days after Tesla cut prices of cars in China",
        "Prices rose after farmers in Brazil on Monday held back soybeans",
        "Monday's football ban on flares in Turkey",
        "France, Germany, raise a glass to Airbus",
        "Police in Chile bar fans from leaving the stadium",
        "Restaurants in Tokyo put sushi under glass from May",
        "Envoys back from Beijing after talks on duty-free shops",
        "Government says no to a deal with rail unions",
        "The carmaker found that rivals' batteries were subsidised and set targets of 20%",
        "Beijing tightens its grip on the opposition in Hong Kong",
        "India will pay half the cost of the wedding",
        "Government tells Chinese tourists to carry passports",
    ],
)
def test_firms_and_people_do_none_of_that(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    ("text", "stage", "instrument", "jurisdiction"),
    [
        ("Tyre makers jump as India raises duty on Chinese tyres", "adopted", "tariff", "IN"),
        ("Relief for PC brands as India defers laptop import licences", "delayed", None, "IN"),
        ("Rice exporters fret as Manila extends import ban", "adopted", "import ban", "PH"),
        ("India raises gold import duty to 14% to rescue rupee", "adopted", "tariff", "IN"),
        ("EU puts off AI incident reporting to 2027", "delayed", None, "EU"),
        ("US keeps 164 Chinese goods free of Section 301 tariffs", "adopted", "tariff", "US"),
        ("US gives ports a year's grace on 60% crane tariff", "delayed", "tariff", "US"),
        ("Spain's parliament makes Israel arms embargo law", "adopted", "export ban", "ES"),
        ("EU's 18th package obliges exporters to vet resellers in Turkey", "adopted", None, "EU"),
        ("Singapore charges three over AI servers that ended in China", "enforced", "penalty",
         "SG"),
        ("Czech police charge arms broker over Libyan-bound pistols", "enforced", "penalty", "CZ"),
        ("DOJ: Reno man gets 4 yrs for shipping optics to Russia", "enforced", "penalty", "US"),
        ("Treasury hits Izmir chandler that shipped bearings to Iran", "adopted", "sanction",
         "US"),
        ("US Commerce OKs up to 900 GB300s each for Humain and G42", "adopted", None, "US"),
        ("Turkey has quietly stopped transit of microelectronics to Russia", "adopted",
         "export ban", "TR"),
    ],
)  # fmt: skip
def test_what_else_headlines_do_with_a_measure(
    text: str, stage: str, instrument: str | None, jurisdiction: str | None
) -> None:
    act = read(text)
    assert (act.stage, act.instrument, act.jurisdiction) == (stage, instrument, jurisdiction)


@pytest.mark.parametrize(
    "text",
    [
        "Suzuki halts Swift production as China's rare earth curbs bite",
        "Chip stocks sink as US mulls new export curbs",
        "Oil climbs as Iran opens talks on tankers",
        "Shares dip as BYD raises prices of cars in China",
        "Striker gets two months for shipping a ball into the stands",
        "Tariffs. Duties of 45% on copper semis raised our cost of goods by $30 million.",
    ],
)
def test_what_firms_and_markets_do_is_no_act(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    ("text", "jurisdiction", "items"),
    [
        ("Posco shares rose a day after Seoul imposed duties on Chinese imports.", "KR", ()),
        ("Stocks fell hours after Washington imposed sanctions.", "US", ()),
        ("Markets calm after Beijing on Thursday suspended export controls.", "CN", ()),
        (
            "Posco rose a day after Seoul imposed duties on Vietnam. Steel was hit.",
            "KR",
            ("steel",),
        ),
    ],
)
def test_an_act_told_in_passing_need_not_name_its_goods(
    text: str, jurisdiction: str, items: tuple[str, ...]
) -> None:
    act = read(text)
    assert (act.jurisdiction, act.items) == (jurisdiction, items)
