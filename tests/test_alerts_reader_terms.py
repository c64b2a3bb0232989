import sys
from functools import cache

import pytest

from alerts.reader.terms import (
    FOLDING,
    PLAIN_WORD,
    WORD,
    Entry,
    Terms,
    add_term,
    fold,
    scan,
    words_of,
)


@cache
def terms() -> Terms:
    made = Terms()
    for term in ("钢", "钢管", "铼", "出口管制", "a股公司", "steel"):
        add_term(made, term, Entry("item", term))
    return made


def found(text: str) -> list[str]:
    folded = fold(text)
    return [hit.value for hit in scan(terms(), text, folded, words_of(folded))]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("铼也管了", ["铼"]),  # a term of one sign, whatever stands behind it
        ("也管铼", ["铼"]),
        ("钢管与钢", ["钢管", "钢"]),
        ("买a股公司", ["a股公司"]),
        ("出口管", []),
        ("出口管制钢", ["出口管制", "钢"]),
        ("🛑 steel 钢", ["steel", "钢"]),
        ("出境管制", []),  # begins as a term does, and goes on otherwise
        ("", []),
    ],
)
def test_chinese_terms_are_found_by_their_first_two_signs(text: str, values: list[str]) -> None:
    assert found(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "the u.s. bans",
        "u.k.",
        "3.5 at u.s.a. inc.",
        "b.com, p.5",
        "no dots",
        "end. a. b",
        "x.y",
        "",
    ],
)
def test_words_with_dots_are_asked_for_only_where_they_are(text: str) -> None:
    pieces = WORD.split(text)
    assert words_of(text).gaps == pieces[::2]
    assert words_of(text).edges[-1] == len(text)


def test_a_dotted_name_is_one_word() -> None:
    assert words_of("u.s. steel").words == ["us", "steel"]
    assert PLAIN_WORD.split("u.s. steel")[1::2] == ["u", "s", "steel"]


def test_every_sign_is_folded_as_the_table_says() -> None:
    signs = "".join(map(chr, range(sys.maxunicode + 1)))  # rare Chinese ones beyond the first plane
    assert fold(signs) == signs.translate(FOLDING).lower()
    assert fold("𠁞") == "𠀾"
    assert fold("關稅１０％ HfO₂") == "关税10% hfo2"
