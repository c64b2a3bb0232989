"""Figures: dates and numbers that mean the same in English and Chinese, in digits and words."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.figures import (
    MOST,
    NOTICE,
    NOTICE_STEMS,
    SPELT,
    WORDS,
    figures,
    notices,
    rounds,
)
from alerts.reader.number_forms import chinese_integer
from alerts.reader.terms import fold


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from October 15", ("date:10-15",)),
        ("on 15 Oct. 2026", ("date:10-15",)),
        ("自115年10月15日起", ("figure:115", "date:10-15")),
        ("in force 2026-10-15", ("date:10-15",)),
        ("the mayor 5 March", ("date:03-05",)),
        ("13月45日, February 30", ("figure:13", "figure:45", "figure:30")),
        ("the 22nd package", ("figure:22",)),
        ("fines it $2.5 mln, then £20.47m", ("figure:2500000", "figure:20470000")),
        ("a $5.5bn charge, 1.2 bln euros", ("figure:5500000000", "figure:1200000000")),
        ("a 15m fence of 300mm pipes", ()),
        ("the twenty-second bundle", ("figure:22",)),
        ("第二十二轮制裁", ("figure:22",)),
        ("thirty percent", ("figure:30%",)),
        ("a 30% duty", ("figure:30%",)),
        ("加征百分之30", ("figure:30%",)),
        ("关税三成", ("figure:30%",)),
        ("21,500 tonnes", ("figure:21500",)),
        ("14.2万吨", ("figure:142000",)),
        ("1.5 million", ("figure:1500000",)),
        ("in 2026, two of them", ()),
        ("HBM4, H200 and 3A090.c", ()),
        ("八家美企", ("figure:8",)),
        ("until 9999-12-31", ("date:12-31",)),
        ("9" * 40, ()),
    ],
)
def test_a_figure_has_one_name_in_every_spelling(text: str, found: tuple[str, ...]) -> None:
    assert figures(fold(text)) == found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("61", 61), ("六十一", 61), ("六一", 61), ("十", 10), ("一百零二", 102), ("一百〇二", 102),
        ("两百", 200), ("三千零五", 3005), ("二〇二六", 2026), ("6一", 61),
    ],
)  # fmt: skip
def test_a_chinese_number_is_read_in_every_way_of_writing_it(written: str, value: int) -> None:
    assert chinese_integer(written) == value


def test_a_table_of_figures_is_cut() -> None:
    assert len(figures(" ".join(f"{number};" for number in range(100, 900)))) == MOST


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the 12th sanctions package and the 13th package", ["round:12", "round:13"]),
        ("a thirteenth Russia package", ["round:13"]),
        ("the twentieth package", ["round:20"]),
        ("the twenty-first EU package", ["round:21"]),
        ("欧盟第二十一轮对俄制裁", ["round:21"]),
        ("减免车船税目录（第81批）", ["batch:81"]),
        ("the third round of talks", []),
        ("the third round of peace negotiations in Geneva", []),
        ("20th anti-Russia sanctions package", ["round:20"]),
        ("中美第四轮经贸磋商前夕", []),
        ("第二三批清单", []),
        ("a 13th month, a package of 13, the second package", []),
        ("第三个包裹，13批", []),
    ],
)
def test_a_package_or_batch_is_known_by_its_count(text: str, found: list[str]) -> None:
    assert list(rounds(fold(text))) == found


@given(data=st.data())
def test_every_number_in_words_is_looked_for(data: st.DataObject) -> None:
    folded = fold(data.draw(st.from_regex(WORDS)))
    assume(WORDS.search(folded))

    assert SPELT.search(folded.encode("utf-8", "replace"))


@given(data=st.data())
def test_every_notice_is_looked_for(data: st.DataObject) -> None:
    folded = fold(data.draw(st.from_regex(NOTICE)))
    assume(NOTICE.search(folded))

    assert any(stem in folded for stem in NOTICE_STEMS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("circular 12", ["notice:12"]),
        ("第73号", ["notice:73"]),
        ("61号公告", ["notice:61"]),
        ("Decree No. 5 of the court", ["notice:5"]),
        ("MOTIE Notice No. 2026-188: Amendment", ["notice:188"]),
        ("circular 2026-09-12", []),
        ("table 12, 73路公交", []),
    ],
)
def test_a_notice_goes_by_its_number(text: str, found: list[str]) -> None:
    assert list(notices(fold(text))) == found


def test_only_words_that_are_numbers_are_looked_for() -> None:
    assert figures("ükthirty often, one of two tents") == ()
    assert not SPELT.search(b"often, one of two")
