"""What follows from acts for others, each beside everyday talk in the same words."""

import pytest

from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("Ohio pump maker pays $3.1m over shipments to Wuhan", "enforced", "penalty"),
        ("Ohio pump maker pays $3.1m for a hall in Wuhan", None, None),
        ("Turbine maker lands $400 million in federal money for Texas magnet plant", "adopted",
         "subsidy"),
        ("Turbine maker lands $400 million order for Texas", None, None),
        ("Solar start-up loses $90m in US grants", "withdrawn", "subsidy"),
        ("Solar start-up loses $90m in US lawsuit", None, None),
        ("Three Omani traders lose access to American chip tools", "adopted", "export ban"),
        ("Three Omani hikers lose access to their chip tools", None, None),
        ("I lose access to my American Motors fan page", None, None),
        ("Petrol stays at home, Kazakhstan decrees", "adopted", "export ban"),
        ("Petrol stays at a record, Kazakhstan's drivers say", None, None),
        ("Kenyan tyre makers face European inquiry", "adopted", "probe"),
        ("Kenyan tyre makers face European rivals", None, None),
        ("Steel rails from Egypt face security deposits in Morocco", "adopted", "tariff"),
        ("Night-vision lenses join Japan's permit list", "adopted", "control-list change"),
        ("Night-vision lenses join Japan's controlled list", "adopted", "control-list change"),
        ("Night-vision lenses join Japan's best-selling gadgets", None, None),
        ("Routers from Shenzhen may no longer be sold in Canada", "adopted", "import ban"),
        ("I may no longer be sold on Canada's routers", None, None),
        ("Yttrium oxide now needs Beijing's blessing", "adopted", "export licence"),
        ("Yttrium oxide now needs a better price in Beijing", None, None),
        ("Bauxite must be refined in the country, Guinea says", "adopted", "export restriction"),
        ("Importers of Turkish rebar must now lodge cash deposits in Canada", "adopted", "tariff"),
        ("Importers of Turkish rebar must now lodge in Canada's cheaper hotels", None, None),
        ("Suzhou fund must walk away from its bid for Danish drone maker", "adopted",
         "investment restriction"),
        ("Suzhou fans must walk away from Danish drone show", None, None),
        ("Lens makers caught by Japanese licence rule on mirrors", "adopted", "export licence"),
        ("Lens makers caught by Japanese rain on a tour", None, None),
        ("Software vendors told to cut off Minsk", "adopted", "export ban"),
        ("Software vendors told to cut costs in Minsk", None, None),
        ("Zinc output to stay on the islands, Indonesian decree says", "adopted", "export ban"),
        ("Zinc heads to stay on the islands of Indonesia for a holiday", None, None),
        ("Four Taiwanese sensor makers named by Beijing", "adopted", "entity listing"),
        ("Four Taiwanese sensor makers named by Washington Post", None, None),
        ("Wall goes up against imported bathtubs from China", "adopted", "tariff"),
        ("Smoke goes up against imported bathtubs from China", None, None),
        ("Cable makers win higher Brazilian duty on fibre", "adopted", "tariff"),
        ("Cable makers win higher Brazilian praise for fibre", None, None),
        ("Five accused of smuggling lasers to Iran", "enforced", "penalty"),
        ("Five accused of singing about lasers in Iran", None, None),
        ("Nine labs on Tokyo's end user list", "adopted", "entity listing"),
        ("Nine labs on Tokyo's wish list", None, None),
        ("Beryllium can no longer leave China without a permit", "adopted", "export licence"),
        ("Beryllium can no longer leave China after today", "adopted", "export ban"),
        ("Canada's surtax on aluminium is gone", "withdrawn", "tariff"),
        ("Canada's aluminium man is gone", None, None),
        ("Refiners may again export diesel, Russia says", "withdrawn", "export ban"),
        ("Ethiopian panels escape US duty on solar cells", "adopted", "tariff"),
        ("Ethiopian runners escape US heat on solar bikes", None, None),
        ("Importers win two-month reprieve from US tariff on transformers", "delayed", "tariff"),
    ],
)  # fmt: skip
def test_what_follows_tells_of_the_act(
    text: str, stage: str | None, instrument: str | None
) -> None:
    act = read(text)

    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text",
    [
        "China's firms must " + "get a " * 3_000,
        "China's " + "duty on " * 2_000 + "is gone",
        "China's ore may no longer " + "be " * 3_000,
        "China's tin loses " + "the " * 3_000,
        "China's tin goes " + "on a list of " * 1_500,
    ],
    ids=["must", "gone", "may", "loses", "list"],
)
def test_consequences_take_no_quadratic_time(text: str) -> None:
    assert_no_quadratic_time(text)


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("DHL settles over lost shipments of Chinese phones", None),
        ("Shell settles Dutch case for cargo delays", None),
        ("Seagate settles over illegal shipments to Huawei", "penalty"),
    ],
)
def test_who_settles_over_lost_or_late_cargo_is_not_punished(
    text: str, instrument: str | None
) -> None:
    assert read(text).instrument == instrument
