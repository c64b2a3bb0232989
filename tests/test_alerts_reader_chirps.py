"""What people say of acts in passing, each beside everyday talk in the same words."""

import pytest

from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("ugh, Quectel just got banned in Canada", "adopted", "import ban"),
        ("ugh, our Quectel fan just got banned in the chat", None, None),
        ("lol Canada just tariffed Thai e-bikes 30%", "adopted", "tariff"),
        ("lol Canada's Onex hits 30% of Thai e-bikes", None, None),
        ("Canada added another couple of ghost tankers today", "adopted", "sanction"),
        ("Canada added another couple of tankers to its fleet", None, None),
        ("the EU is having a go at Egyptian rebar now", "adopted", None),
        ("he is having a go at Egyptian rebar sculpture now", None, None),
        ("USTR doing a 301 on Laotian furniture", "adopted", "probe"),
        ("USTR doing a 10k on Laotian roads", None, None),
        ("the EU tariff on Thai bicycles is real", "adopted", "tariff"),
        ("the EU love of Thai bicycles is real", None, None),
        ("China is taking Canadian canola again", "withdrawn", "import ban"),
        ("China is taking a lead in canola again", None, None),
        ("Moscow's keeping all its diesel", "adopted", "export ban"),
        ("Moscow's keeping all its promises on diesel", None, None),
        ("Brussels says yes to 31% on Thai tyres", "adopted", "tariff"),
        ("Brussels says yes to a walk past the tyres", None, None),
        ("Jakarta really did it, no more tin ingots on the LME", "adopted", None),
        ("my coach really did it, no more tin medals in Jakarta", None, None),
        ("gallium is now controlled, says China", "adopted", "export licence"),
        ("no tin leaves Indonesia without a permit", "adopted", "export licence"),
        ("no fan leaves Indonesia's tin museum without a photo", None, None),
        ("Tokyo wants a form for every photomask", "proposed", "export licence"),
        ("Tokyo wants a word with every photomask clerk", None, None),
        ("no more third-party diesel out of Russia til september", "adopted", None),
    ],
)  # fmt: skip
def test_what_people_say_in_passing(text: str, stage: str | None, instrument: str | None) -> None:
    act = read(text)

    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text",
    [
        "China hits " + "some " * 3_000 + "with 10%",
        "China is taking " + "sugar " * 3_000,
        "China's " + "ban on sugar " * 1_500 + "is real",
        "no " + "sugar " * 3_000 + "leaves China",
    ],
    ids=["hits", "taking", "real", "leaves"],
)
def test_chirps_take_no_quadratic_time(text: str) -> None:
    assert_no_quadratic_time(text)
