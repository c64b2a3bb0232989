"""Tariff lines and control numbers: the forms they are read in, and the goods they stand for."""

import pytest

from alerts.goods import is_code, load_codes, nearest, wider
from alerts.kinds_of_goods import are_kin
from alerts.likeness import named
from alerts.reader.codes import find_codes
from alerts.reader.terms import fold
from classifier.resources import shipped
from tests.act_reading import assert_no_quadratic_time, read


def codes(text: str) -> list[str]:
    return [hit.value for hit in find_codes(fold(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HS 8507.60", ["HS 850760"]),
        ("HSN 8471 and HS8471", ["HS 8471", "HS 8471"]),
        ("HS code: 8507.60.00", ["HS 85076000"]),
        ("under ITC(HS) 2504 10 is amended", ["HS 250410"]),
        ("ITC-HS 2306 90", ["HS 230690"]),
        ("cabos de fibras ópticas, NCM 8544.70.10.", ["HS 85447010"]),
        ("NCM 7019.11 a 7019.15", ["HS 701911", "HS 701915"]),
        ("códigos NCM 8541.42 e 8541.43", ["HS 854142", "HS 854143"]),
        ("para las fracciones 8507.60.01 y 8541.43.01", ["HS 85076001", "HS 85414301"]),
        ("la partida arancelaria 85.07", ["HS 8507"]),
        ("posição tarifária 8507", ["HS 8507"]),
        ("falling within CN codes ex 8507 60 00 and ex 8507 90 80", ["HS 85076000", "HS 85079080"]),
        ("position tarifaire 8507.60", ["HS 850760"]),
        ("Zolltarifnummer 8507 60 00", ["HS 85076000"]),
        ("код ТН ВЭД 8507 60 000 0", ["HS 850760"]),
        ("HTSUS subheading 8471.30.0100", ["HS 8471300100"]),
        ("HTS 8428.70, 8479.50 and parts of 8537", ["HS 842870", "HS 847950", "HS 8537"]),
        ("headings 84.71 and 8507", ["HS 8471", "HS 8507"]),
        ("subheadings 8703.21 to 8703.90", ["HS 870321", "HS 870390"]),
        ("HS 8507 (lithium), 8541 (solar) and 8542", ["HS 8507", "HS 8541", "HS 8542"]),
        ('It should say "7210.12.01 and 7210.12.04".', ["HS 72101201", "HS 72101204"]),
        ("the tariff line 2804.69", ["HS 280469"]),
        ("税则号列2804.69", ["HS 280469"]),
        ("税则号列：28046900、81129230等", ["HS 28046900", "HS 81129230"]),
        ("税号7606和7610", ["HS 7606", "HS 7610"]),
        ("参考海关商品编号：8111001010", ["HS 8111001010"]),
        ("貨品分類號列8807.90、8507.60項下", ["HS 880790", "HS 850760"]),
        ("也就是8507.60项下", ["HS 850760"]),
        ("hs코드 8507.60", ["HS 850760"]),
        ("HS 8507 20% duty", ["HS 8507"]),
        ("税号8507，税率15%", ["HS 8507"]),
        ("ECCNs 3A090.c and 4A090", ["ECCN 3A090.c", "ECCN 4A090"]),
        ("涉及3A090芯片", ["ECCN 3A090"]),
    ],
)  # fmt: skip
def test_codes_are_read_in_the_forms_of_customs(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "exports of 8,507 cars in 2026", "8507 cars", "85076000 pesos", "8507.60 dollars",
        "HS 2026", "under heading 2026", "the CN 2026 nomenclature", "税号2026年调整", "2026.05.18",
        "heading 3000 km south", "ships heading 1250 miles east", "fractions of 2000",
        "涉及税号1032个", "税目共8507个", "公告2026年第8507号", "品目8507号", "第8507项",
        "HS codes rose 8507 times",
        "tel 8610.8507", "IP 192.168.8507.60", "1,8507.60.01", "codigo postal 8507",
        "código de error 8507",
        "model 8507", "position 8507", "HTS chapters 28 and 76", "Boeing 3A0900", "hex f3a090e",
        "13A090",
    ],
)  # fmt: skip
def test_plain_numbers_are_no_codes(text: str) -> None:
    assert codes(text) == []


def test_each_code_stands_once_for_an_item() -> None:
    def column(name: str, number: int) -> list[str]:
        lines = shipped("data", "acts", name).read_text(encoding="utf-8").splitlines()
        return [line.split("\t")[number] for line in lines]

    assert {*column("codes.tsv", 1)} <= {*column("items.tsv", 0)}
    assert len(column("codes.tsv", 0)) == len(load_codes())
    assert all(is_code(code) for code in load_codes())
    whole = [
        code for code in column("codes.tsv", 0) if len(code) in (len("HS 8507"), len("HS 8507.60"))
    ]
    lines = [code for code in whole if code.startswith("HS ")]
    assert [codes(code) for code in lines] == [[code.replace(".", "")] for code in lines]


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("HS 8507", "batteries"), ("HS 85076001", "lithium batteries"),
        ("HS 85079090", "batteries"),
        ("HS 8541430010", "solar modules"), ("HS 854231", "semiconductors"),
        ("HS 8486", "chipmaking equipment"),
        ("HS 28046900", "silicon metal"), ("HS 721420", "rebar"), ("HS 72011000", "pig iron"),
        ("HS 847989", "machinery"), ("HS 88062200", "drones"),
        ("ECCN 3A090", "AI chips"), ("ECCN 3A090.a", "AI chips"), ("ECCN 3A090.c", "HBM"),
        ("ECCN 3B994", "chipmaking equipment"), ("ECCN 9A012", "drones"),
        ("ECCN 5A992.c", "encryption"),
    ],
)  # fmt: skip
def test_the_longest_beginning_of_a_code_says_its_good(code: str, good: str) -> None:
    assert nearest(code) == (good,)
    assert {good} | wider(good) == wider(code)


def test_an_unknown_code_stands_for_nothing() -> None:
    assert nearest("HS 99030124") == nearest("ECCN 3A999") == ()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("DECRETO por el que se modifica la Tarifa. Arancel de 35% para 8507.60.01 y 8541.43.01.",
         ("lithium batteries", "solar modules", "HS 85076001", "HS 85414301")),
        ("India bans imports under HSN 8471", ("laptops", "HS 8471")),
        ("BIS adds ECCN 3A090 and 4A090 to its licence rule",
         ("AI chips", "servers", "ECCN 3A090", "ECCN 4A090")),
        ("商务部对税则号列2804.69项下商品实施出口管制", ("silicon metal", "HS 280469")),
        ("China bans exports under HS 8507 and HS 8507.60",
         ("lithium batteries", "HS 8507", "HS 850760")),
    ],
)  # fmt: skip
def test_a_code_gives_its_good_where_no_goods_are_named(text: str, items: tuple[str, ...]) -> None:
    assert read(text).items == items


@pytest.mark.parametrize(
    ("text", "items", "mentioned"),
    [
        ("India bans imports of battery packs under HSN 8507.60", ("battery packs", "HS 850760"),
         {"battery packs", "lithium batteries", "batteries"}),
        ("US imposes 15% duty on HTS 8479.50. Cobots are in.", ("industrial robots", "HS 847950"),
         {"industrial robots", "robots"}),
        ("中国对光伏组件（税号85414300）取消出口退税", ("solar modules", "HS 85414300"),
         {"solar modules", "solar panels"}),
    ],
)  # fmt: skip
def test_goods_in_words_go_before_those_of_codes(
    text: str, items: tuple[str, ...], mentioned: set[str]
) -> None:
    act = read(text)

    assert act.items == items
    assert named(act, "item") == mentioned


def test_a_text_that_reports_no_act_mentions_the_goods_of_its_codes() -> None:
    assert named(read("we asked our broker whether 7213.91.10 covers this"), "item") == {
        "wire rod",
        "steel",
    }
    assert named(read("3A090.c gets a fourth generation"), "item") >= {"HBM", "memory chips"}
    assert named(read("sold 8,507 of 7208 in 2026"), "item") == set()


def test_a_code_is_told_apart_by_its_good() -> None:
    assert are_kin("HS 85076000", "batteries")
    assert not are_kin("HS 85447010", "solar modules")
    assert are_kin("HS 99030124", "solar modules")


@pytest.mark.parametrize(
    "part", ["HS 8507, ", "8507.60.01 y ", "税号8507、", "hs hs hs ", "3A090 ", "85 07 "]
)
def test_long_lists_of_codes_take_linear_time(part: str) -> None:
    assert_no_quadratic_time("China bans exports of " + part * 3000)
