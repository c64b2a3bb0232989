"""Denials and corrections: found by their words, and put into nobody else's mouth."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.acts import Reader, load_reader
from alerts.reader.terms import fold
from alerts.retractions import (
    CORRECT_VERB,
    CORRECTION,
    DENY_STATE,
    DENY_VERB,
    STEM,
    Retraction,
    read_retraction,
)  # fmt: skip
from alerts.traces import WAY_STEM, WAYS
from classifier.resources import shipped


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(shipped("data"))


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (
            "China's commerce ministry denied reports that it will restrict cathode exports",
            "MOFCOM",
        ),
        ("MOFCOM spokesperson says the report of a cathode export ban is not true", "MOFCOM"),
        ("No such order exists, says MOFCOM", "MOFCOM"),
        ("Reports of a gallium ban denied by the Commerce Department", "Commerce"),
        ("US Commerce Department rejected claims that chips would be banned", "Commerce"),
        ("White House has no plans to lift the tariffs", "White House"),
        ("Beijing denied that it will limit shipments. Traders doubt it.", "Beijing"),
        ("Indonesian ministry denies that the cap applies to nickel", "Indonesian ministry"),
        ("CATL denied reports that it will move its plant", "CATL"),
        ("The U.S. denied reports that it will ban chips", "U.S."),
        ("MOFCOM said on Nov. 28 that the report of a cathode ban is not true", "MOFCOM"),
        ("商务部否认将限制正极材料出口", "MOFCOM"),
        ("商务部新闻发言人表示，有关禁止出口正极材料的传言不属实", "MOFCOM"),
        # nobody but the author: never the authority that the text is about
        ("The MOFCOM notice going around is fake, don't fall for it", None),
        ("Traders say the gallium ban report is untrue", None),
        ("Reports that China banned gallium are false", None),
        ("My uncle works in a lab in Hefei and says that the annex is fake", None),
        ("网传商务部公告是谣言", None),
        ("网传商务部公告系伪造", None),
    ],
)
def test_a_denial_names_who_denies(reader: Reader, text: str, by: str | None) -> None:
    found = read_retraction(reader.terms, text)

    assert found is not None
    assert (found.kind, found.by) == ("denied", by)
    assert found.quote == text.split(" Traders")[0] or found.quote == text


def test_one_party_is_the_same_in_all_its_names(reader: Reader) -> None:
    texts = ("MOFCOM denied the report", "Beijing denied the report", "商务部否认该报道")

    found = [read_retraction(reader.terms, text) for text in texts]

    assert [one.party for one in found if one] == ["CN", "CN", "CN"]


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Commerce corrects HBM4 rule: threshold is 2.4 TB/s, not 2.0", "Commerce"),
        ("BIS corrects the date of the interim final rule", "BIS"),
        ("刚果（金）更正钴配额：四季度总量为2.215万吨", "刚果（金）"),
    ],
)
def test_a_correction_by_an_authority_names_it(reader: Reader, text: str, by: str) -> None:
    found = read_retraction(reader.terms, text)

    assert found is not None
    assert (found.kind, found.by, found.quote) == ("corrected", by, text)


@pytest.mark.parametrize(
    "text",
    [
        "Correction: the rule covers anodes, not cathodes",
        "(Corrects headline to say anodes)",
        "Correction to Announcement No. 72 of 2026",
        "An earlier version of this story misstated the date",
        "更正：第72号公告自12月1日起施行",
        "此前报道有误，特此说明",
    ],
)
def test_a_correction_is_found(reader: Reader, text: str) -> None:
    assert read_retraction(reader.terms, text) == Retraction(kind="corrected", quote=text)


@pytest.mark.parametrize(
    "text",
    [
        "China restricts exports of cathode technology",
        "CATL denies wrongdoing in licence case",
        "BIS issues order denying export privileges to Acme",
        "BIS denied the licence",
        "He denied the charges",
        "MOFCOM has not denied the report",
        "Did MOFCOM deny the report?",
        "The ministry would neither confirm nor deny the report",
        "商务部没有否认该报道",
        "商务部是否否认该报道",
        "配额尚未实施，不实施新的限制",
        "A correction in lithium stocks after the ban",
        "The market corrects to last year's level",
        "审计发现其财务资料不实，台账不实",
        "那边的热干面好像更正宗",
        "两人均否认指控并称要上诉",
        "Our wafers are fabricated in Hsinchu",
        "Beijing rejects plan to curb exports",
    ],
)
def test_what_takes_nothing_back_is_left_alone(reader: Reader, text: str) -> None:
    assert read_retraction(reader.terms, text) is None


def test_only_the_head_of_a_text_is_read(reader: Reader) -> None:
    text = "China restricts exports. " * 100 + "MOFCOM denied reports of it."

    assert read_retraction(reader.terms, text) is None


@pytest.mark.parametrize("pattern", [DENY_VERB, DENY_STATE, CORRECTION, CORRECT_VERB])
@given(data=st.data())
def test_every_phrase_that_takes_back_has_a_stem(
    pattern: re.Pattern[str], data: st.DataObject
) -> None:
    folded = fold(data.draw(st.from_regex(pattern)))
    assume(pattern.search(folded))

    assert STEM.search(folded.encode("utf-8", "replace"))


@pytest.mark.parametrize("way", list(WAYS))
@given(data=st.data())
def test_every_word_that_is_a_way_has_a_stem(way: str, data: st.DataObject) -> None:
    folded = fold(data.draw(st.from_regex(WAYS[way])))
    assume(WAYS[way].search(folded))

    assert WAY_STEM.search(folded.encode("utf-8", "replace"))
