"""The table of goods: is every good named once, and does it lead to its wider ones?"""

from alerts.goods import CALLED, WIDER, called, load_column, narrower, wider
from alerts.reader.terms import IDLE, fold, vocabulary
from classifier.resources import shipped


def table() -> list[list[str]]:
    lines = shipped("data", "acts", "items.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


def test_a_kind_of_a_kind_is_a_kind() -> None:
    assert wider("HBM") == {"memory chips", "semiconductors"}
    assert wider("aluminium scrap") == {"aluminium", "scrap"}
    assert wider("steel") == wider("no such good") == frozenset()


def test_a_good_has_the_kinds_of_its_kinds() -> None:
    assert {"rebar", "stainless steel", "stainless steel pipes"} <= narrower("steel")
    assert "steel" not in narrower("steel")


def test_each_good_stands_once_and_each_word_under_one_good() -> None:
    names = [row[0] for row in table()]
    words = [fold(word.removeprefix("=")) for row in table() for word in row[1].split("|")]

    assert len(names) == len(set(names))
    assert sorted(words) == sorted(set(words))


def test_wider_goods_are_in_the_table_and_lead_nowhere_back() -> None:
    names = {row[0] for row in table()}

    assert {one for nearest in load_column(WIDER).values() for one in nearest} <= names
    assert not [good for good in names if good in wider(good)]


def test_a_good_goes_by_its_broader_names_and_those_of_what_it_is_a_kind_of() -> None:
    assert {"semiconductors", "lithography"} <= called("photomasks")
    assert "semiconductors" in called("EUV lithography")
    assert "agricultural products" in called("pork")
    assert "photomasks" not in called("semiconductors")
    assert called("no such good") == frozenset()


def test_narrow_goods_meet_what_headlines_call_them_and_no_sibling() -> None:
    assert "lithium salts" in called("lithium metal anodes")
    assert "minerals" in called("mineral sands")
    assert "steel" in wider("amorphous metal")
    assert "nitrogen trifluoride" not in called("silane") | wider("silane")
    assert "dysprosium" not in called("terbium oxide") | wider("terbium oxide")


def test_broader_names_are_in_the_table_and_none_is_a_wider_good_of_the_same_row() -> None:
    names = {row[0] for row in table()}

    assert {one for broader in load_column(CALLED).values() for one in broader} <= names
    assert not [
        good
        for good, broader in load_column(CALLED).items()
        if {good, *load_column(WIDER).get(good, ())} & {*broader}
    ]


def test_expressions_that_only_hold_the_name_of_goods_are_no_good() -> None:
    assert IDLE not in vocabulary(shipped("data"))["items"].values()
    assert "bargaining chip" not in vocabulary(shipped("data"))["items"]
