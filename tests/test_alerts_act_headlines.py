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
