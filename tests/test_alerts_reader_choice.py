"""Which sentence tells of an act, how sure it is, and what is told without a government's name."""

import pytest

from tests.act_reading import read


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        # What only states levy needs no name of one
        ("Extra duty on garden tractors raised to 25%", "adopted", "tariff"),
        ("Entry fee for garden tractors show raised to 25", None, None),
        ("Tariff on bicycles begins after a long delay", "in effect", "tariff"),
        ("Copper market begins after a long delay", None, None),
        ("Import duty on robots begins, two months late", "in effect", "tariff"),
        ("Levy on small parcels put off to October", "delayed", "tariff"),
        ("Concert on small stage put off to October", None, None),
        ("Lens controls slip to autumn, says METI official", "delayed", None),
        ("METI official lets camera slip to autumn leaves", None, None),
        ("Brazil: cable duty raised to 35%", "adopted", "tariff"),
        ("Brazil: cable price raised to 35%", None, None),
        # Chambers that pass a bill need no country either
        ("SENATE PASSES LITHIUM RESERVE ACT 62-31", "proposed", None),
        ("Senate passes the salt at its dinner", None, None),
        # Who shares a headline adds a link to it, or a name in front
        ("Mexico to set 20% tariff on tyres, officials say https://a.example/b?c=d", "reported",
         "tariff"),
        ("Mexico to set 20% tariff on tyres https://a.example/b?c=officials-say", "proposed",
         "tariff"),
        ("RT @portwire Canada to blacklist nine suppliers of Russian chip tool makers", "proposed",
         "entity listing"),
        ("Peru decides: 12% on bicycles from all countries, in force July 25", "adopted",
         "tariff"),
        ("Peru decides: 12% of bicycles from all countries, in fashion July 25", None, None),
        ("EU states adopt scheme for cloud computing, 18 to 6", "adopted", None),
        ("EU states of mind adopt clouds", None, None),
    ],
)  # fmt: skip
def test_headlines_of_which_much_is_left_out(
    text: str, stage: str | None, instrument: str | None
) -> None:
    act = read(text)

    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    ("below", "stage"),
    [
        ("The proposal would spare public shares.", "proposed"),
        ("Under the draft, public shares are spared.", "proposed"),
        ("Comments are due on January 9.", "proposed"),
        ("The proposal of last spring was adopted without a change.", "adopted"),
        ("Public shares are spared.", "adopted"),
    ],
)
def test_what_the_next_sentence_calls_a_draft_is_not_made_yet(below: str, stage: str) -> None:
    assert read(f"Treasury adds robots to outbound investment rule\n{below}").stage == stage


@pytest.mark.parametrize(
    ("below", "stage"),
    [
        ("The duty starts at noon on Monday week.", "adopted"),
        ("The trade chamber decided on it at its meeting.", "adopted"),
        ("The order was gazetted while the ministers slept.", "adopted"),
        ("The duty starts once parliament votes.", "proposed"),
        ("Makers of spokes are glad.", "proposed"),
        ("The ministry decided on it, sources said.", "reported"),
    ],
)
def test_the_future_of_headlines_is_decided_if_the_text_says_so(below: str, stage: str) -> None:
    assert read(f"Brazil to put 15% tariff on Thai bicycles\n{below}").stage == stage


def test_a_plan_that_is_open_for_comment_is_no_hearsay() -> None:
    headline = "China floats no-fire rule for EV batteries"

    assert read(headline).stage == "reported"
    assert read(f"{headline}\nA draft standard asks for two hours.").stage == "proposed"


def test_the_letter_of_a_week_reports_no_act_of_its_own() -> None:
    listed = "Canada bans tyre imports; Brazil's cell duty ends. Commerce lists six firms."

    assert read(f"Sanctions Weekly, 14 November\n{listed}").stage is None
    assert read(f"November in trade policy\n{listed}").stage is None
    assert read(f"Weekly sanctions of Canada\n{listed}").stage == "adopted"


def test_punishment_far_below_is_not_the_news() -> None:
    far = "The port of Oslo has three cranes and a long quay for the summer's ships. " * 3

    assert read(f"{far}Smugglers were jailed.").stage is None
    assert read("Norway jailed two smugglers of lasers.").stage == "enforced"
