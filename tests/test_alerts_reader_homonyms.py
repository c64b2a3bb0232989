"""Short words for goods that the rest of a text tells apart."""

import pytest

from alerts.reader.homonyms import told_apart
from alerts.reader.terms import Hit
from classifier.resources import shipped
from tests.act_reading import assert_no_quadratic_time, goods


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("India taxes polysilicon and modules", "solar modules"),
        ("FCC bars modules of Quectel", "cellular modules"),
        ("Mexico raises its duty on CATL modules", "battery packs"),
        ("India taxes polysilicon and cells", "solar cells"),
        ("隆基组件在墨西哥被加征关税", "solar modules"),
        ("FCC撤销七家实验室资质", "test laboratories"),
        ("Washington taxes drones and their motors", "drone motors"),
        ("Brussels taxes motors of electric bikes", "e-bike motors"),
        ("The Hague wants permits for ASML tools", "chipmaking equipment"),
        ("BIS tells Cadence and Synopsys to stop tools", "EDA software"),
        ("EU opens a probe into wind towers and blades", "wind blades"),
        ("Beijing curbs rhenium; blades need it", "superalloys"),
        ("US lists nine quantum firms that buy fridges", "dilution refrigerators"),
    ],
)
def test_what_else_a_text_names_says_which(text: str, good: str) -> None:
    assert good in goods(text)


@pytest.mark.parametrize(
    "text",
    [
        "He read the modules of his course in the lab",
        "The panel backs duties on motors and blades",
        "学校要求学生完成三个模块，实验室今起开放",
        "She plays her cards well and packs her tools",
    ],
)
def test_alone_a_short_word_names_nothing(text: str) -> None:
    assert goods(text) == frozenset()


def test_it_goes_before_what_the_word_means_otherwise() -> None:
    assert "batteries" not in goods("India taxes polysilicon and cells")
    assert "batteries" in goods("India taxes cells")
    assert "household appliances" not in goods("US lists quantum firms that buy fridges")


def test_the_first_good_that_fits_is_taken_and_other_names_stay() -> None:
    beside = {"solar modules": frozenset({"polysilicon"}), "cellular modules": frozenset()}
    module = [Hit(0, 6, "homonym", good) for good in reversed(beside)]
    others = [Hit(7, 18, "item", "polysilicon"), Hit(19, 22, "place", "IN")]

    assert told_apart([*module, *others], beside) == [
        Hit(0, 6, "item", "solar modules"),
        *others,
    ]
    assert told_apart([*module, others[1]], beside) == [others[1]]


def test_the_table_names_goods_and_companies_that_are_known() -> None:
    def first(table: str) -> list[list[str]]:
        text = shipped("data", "acts", f"{table}.tsv").read_text(encoding="utf-8")
        return [line.split("\t") for line in text.splitlines()]

    items = {row[0] for row in first("items")}
    companies = {f"company:{row[0]}" for row in first("companies")}
    offices = {f"authority:{row[0]}" for row in first("authorities")}
    measures = {f"instrument:{row[0]}" for row in first("instruments")}
    rows = first("homonyms")

    assert {row[0] for row in rows} <= items
    assert {name for row in rows for name in row[2].split("|")} <= (
        items | companies | offices | measures
    )
    assert len(rows) == len({row[0] for row in rows})


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("鞋子落地：美国对半导体加征关税", "footwear"),
        ("往伤口上撒盐，美国加征关税", "salt"),
        ("糖衣炮弹：美国关税豁免", "sugar"),
        ("煤老板：关税没用", "coal"),
        ("美国对电线杆加征关税", "power cables"),
        ("Beijing pushes buttons: export ban on gallium", "buttons"),
        ("Peter Wood, of the EU Commission, said tariffs on steel rise", "timber"),
        ("Mr Wood of commerce imposes a duty on steel", "timber"),
        ("Ministers in the lime light as tariffs rise", "lime"),
    ],
)
def test_a_word_of_another_clause_or_name_is_no_good(text: str, good: str) -> None:
    assert good not in goods(text)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("India puts a duty on wood", "timber"),
        ("Kenya raises duties on tiles, cut roses, figs and shoes", "footwear"),
        ("美国对鞋子加征关税", "footwear"),
        ("Ghana bans imports of shoes", "footwear"),
    ],
)
def test_a_word_in_the_clause_of_a_measure_is_a_good(text: str, good: str) -> None:
    assert good in goods(text)


@pytest.mark.parametrize("part", ["duty on tiles ", "ban ", "sanctions ", "agree "])
def test_many_measures_and_verbs_take_no_quadratic_time(part: str) -> None:
    assert_no_quadratic_time("China bans exports of gallium. " + part * 1400)
