"""Which goods a text is on: everyday names, expressions that are no goods, and verbs."""

from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from alerts.likeness import named
from classifier.resources import shipped

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(shipped("data"))


def read(reader: Reader, text: str) -> Act:
    return reader.read(text, published_at=NOW)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("China drafts stricter export rules for car data", ("vehicle data",)),
        ("US bars sale of chip-tool components to Chinese equipment makers",
         ("chipmaking parts",)),
        ("Japan to require export licences for advanced chip-packaging tools",
         ("advanced packaging",)),
        ("Indonesia bans export of tin ingots from January", ("tin",)),
        ("US imposes 20% tariff on Chinese contact lenses", ("contact lenses",)),
        ("美国对隐形眼镜加征20%关税", ("contact lenses",)),
        ("墨西哥对无自贸协定国家电动车征收50%关税", ("EVs",)),
        ("墨西哥对钢琴加征关税", ("musical instruments",)),
        ("中国对出口电芯实施许可管理", ("batteries",)),
        ("經濟部公告：碳化矽晶圓輸往中國大陸須申請許可", ("silicon carbide substrates",)),
        ("美國對台灣工具機加徵關稅", ("machine tools",)),
        ("Russia bans fuel exports until May", ("refined products",)),
        ("Taiwan adds 20 firms to its list for strategic high-tech goods", ("strategic goods",)),
        ("US adds makers of Unmanned Aerial Vehicle components to the Entity List", ("drones",)),
    ],
)  # fmt: skip
def test_everyday_names_are_known(reader: Reader, text: str, items: tuple[str, ...]) -> None:
    assert read(reader, text).items == items


def test_goods_may_stand_before_the_sentence_that_reports_the_act(reader: Reader) -> None:
    text = (
        "Proclamation 11022 of June 26, 2026. Adjusting Imports of Polysilicon and Its"
        " Derivatives. I, the President, proclaim a tariff of 20 percent on the imports listed in"
        " the Annex, effective July 10, 2026."
    )

    assert read(reader, text).items == ("polysilicon",)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("China bans soybean imports from Brazil in search of a bargaining chip", "semiconductors"),
        ("EU scraps tariffs on US lobsters: every cloud has a silver lining", "silver"),
        ("商务部：对美大豆加征关税，国家具备反制条件", "furniture"),
        ("美国商务部将14家实体列入实体清单，又是涨停催化剂", "catalysts"),
        ("EU to scrap tariffs on aluminium", "scrap"),
        ("Brussels may scrap plan for duties on fertiliser", "scrap"),
        ("US licence rule: Nvidia ships chips to China under export licences", "ships"),
        ("US imposes duties on gloves: Malaysia ships 40 billion of them a year", "ships"),
        ("Zambia exempts copper concentrate: Lumwana has letters for half of what it ships",
         "ships"),
    ],
)  # fmt: skip
def test_expressions_and_verbs_name_no_goods(reader: Reader, text: str, good: str) -> None:
    act = read(reader, text)

    assert good not in act.items
    assert good not in named(act, "item")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("US bars port fees on Chinese ships from October", "ships"),
        ("US imposes port fees on ships built in China", "ships"),
        ("EU bans exports of scrap to China", "scrap"),
    ],
)
def test_the_same_words_are_goods_elsewhere(reader: Reader, text: str, good: str) -> None:
    assert good in named(read(reader, text), "item")
