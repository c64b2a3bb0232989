"""Idioms of what governments do, each beside everyday talk in the same words."""

import pytest

from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("Norway keeps its scrap copper at home", "adopted", "export ban"),
        ("Norway keeps its copper prices at a record", None, None),
        ("Brussels swaps duty for minimum price on Thai solar cells", "adopted", "tariff"),
        ("Brussels swaps notes with Thailand on solar cells", None, None),
        ("Poland hands battery maker 480 million euros for cathode plant", "adopted", "subsidy"),
        ("Poland hands battery maker a list of questions", None, None),
        ("France to pay €1.2bn towards silicon carbide fab", "adopted", "subsidy"),
        ("France to pay €1.2bn for helicopters", None, None),
        ("Ghana carves 30,000 tons out of bauxite export ban", "adopted", "export ban"),
        ("Ghana carves statues out of bauxite", None, None),
        ("Canberra shuts the tap: no petrol leaves from Monday", "adopted", "export ban"),
        ("Canberra shuts the taps in the garden to save water and petrol", None, None),
        ("Seoul turns on Dutch flower bulbs in dumping case", "adopted", "probe"),
        ("Seoul turns on the lights of its flower market", None, None),
        ("London widens probe into Chinese excavators", "adopted", "probe"),
        ("London widens road for Chinese excavators", None, None),
        ("Delhi asks whether Vietnamese wire rod is sold below cost", "adopted", "probe"),
        ("Delhi asks whether Vietnamese wire rod is any good", None, None),
        ("Chile joins Peru in US copper foil case", "adopted", "probe"),
        ("Chile joins Peru in the final of the copper cup", None, None),
        ("Taiwan declares micro-LED know-how a protected technology", "adopted",
         "control-list change"),
        ("Taiwan declares micro-LED show a success", None, None),
        ("Vietnam writes data localisation rule into law", "adopted", None),
        ("Vietnam writes data to the cloud", None, None),
        ("Court upholds Chile's copper export ban", "adopted", "export ban"),
        ("Court upholds Chile's copper thief's claim", None, None),
        ("Berlin says no to Chinese bid for laser maker", "adopted", "investment restriction"),
        ("Berlin says no to Chinese laser show", None, None),
        ("Turkey taxes imported solar panels by the kilo", "adopted", "tariff"),
        ("Turkey taxes my patience with imported solar panels", None, None),
        ("Austria leans to a ban on Chinese inverters", "reported", None),
        ("Austria leans to the left", None, None),
        ("Washington wants Chinese modems out of US cars", "proposed", "import ban"),
        ("Washington wants modems in every school", None, None),
        ("Denmark cuts six Omani contractors off from dual-use goods", "adopted", "export ban"),
        ("Denmark cuts six Omani contractors a cheque", None, None),
        ("Morocco squeezes Turkish miners to refine at home", "adopted", "export restriction"),
        ("Morocco squeezes Turkish miners to refine their pitch", None, None),
        ("Athens orders cell maker to hand back 30m euros", "enforced", "penalty"),
        ("A coach orders cell maker to hand back the ball", None, None),
        ("Brussels probes Turkish bid for Prague's metro", "adopted", "probe"),
        ("Brussels probes Turkish taste in Prague", None, None),
        ("Tokyo bars tool makers from supplying Omani fabs", "adopted", "export ban"),
        ("Tokyo pubs bar no tool makers from beer", None, None),
        ("Ottawa opens the door to Volkswagen's Chinese EVs", "adopted", None),
        ("Ottawa opens the door to the public in Volkswagen week", None, None),
        ("Tunisia protects its steel mills from cheap imports", "adopted", "tariff"),
        ("Tunisia protects its steel mills from sandstorms", None, None),
        ("FCC drops three more Omani laboratories", "adopted", "import ban"),
        ("FCC drops three more meetings", None, None),
        ("Canada sues fund over unsold lithium stake", "enforced", "penalty"),
        ("Canada sues fund over unsold tickets for lithium show", None, None),
        ("Jakarta settles on 9 million tons of bauxite", "adopted", "quota"),
        ("Jakarta settles on a name for its bauxite museum", None, None),
        ("Delhi lays 19% on Thai glass", "adopted", "tariff"),
        ("Delhi lays 19 wreaths of Thai glass", None, None),
        ("Brasilia pares back tariff on bicycles", "adopted", "tariff"),
        ("Brasilia pares back its gin on bicycles", None, None),
        ("Commerce sends drone rule to White House", "proposed", None),
        ("Commerce sends drone pilots to White House lunch", None, None),
        ("Japan adds drones to sectors shielded from foreign investors", "adopted",
         "investment restriction"),
        ("Japan adds drones to school lessons", None, None),
        ("Kazakhstan stops the last diesel exporters", "adopted", "export ban"),
        ("Rain stops the last diesel train in Kazakhstan", None, None),
        ("Brussels wants argon kept out of Belarus", "proposed", "export ban"),
        ("Brussels wants dogs kept out of the park", None, None),
        ("Peru to claw back grants from battery maker", "proposed", "subsidy"),
    ],
)  # fmt: skip
def test_what_the_press_says_of_governments(
    text: str, stage: str | None, instrument: str | None
) -> None:
    act = read(text)

    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text",
    [
        "China gives " + "some " * 3_000 + "for",
        "China swaps " + "a duty " * 2_000,
        "China keeps its " + "ore " * 3_000,
        "China turns on " + "dumping " * 2_000,
        "China pays $1 " + "for a " * 3_000,
    ],
    ids=["gives", "swaps", "keeps", "turns", "pays"],
)
def test_sayings_take_no_quadratic_time(text: str) -> None:
    assert_no_quadratic_time(text)
