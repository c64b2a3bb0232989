"""Words and patterns: what is found where, folded like the classifier's texts."""

import time

import pytest
from pydantic import TypeAdapter, ValidationError

from alerts.words import MAX_PATTERN, Word, searched, word_list


def found(text: str, *words: str) -> bool:
    return word_list(words).found_in(searched(text))


FOUND = """\
cathode | Cathode exports
CATHODE | cathode
rare earths | on Rare  earths. And rare earths too
C++ | a C++ compiler
U.S. | from the U.S. side
anti-dumping | an anti‐dumping duty
H20 | 英伟达H20芯片
H20 | Ｈ２０ 芯片
出口管制 | 商务部：出口管製
出口管製 | 出口管制措施
磷酸铁锂 | 对磷酸铁锂技术
h20芯片 | 禁售H20芯片
résumé | the resume of talks
nexperia | NEXPÉRIA
газ | Экспорт ГАЗА и газ
редкие земли | На редкие земли: квоты
Malmø | i MALMØ.
κίνα | η Κίνα
H20 | H20이 금지
มาตรการ | ประกาศมาตรการใหม่
tax | tax税
/batter(y|ies)/ | LFP Batteries
/出口(管製|禁令)/ | 实施出口管制
/（稀土）/ | 重稀土（稀土）出口
/\\d+ ?%/ | 加征１００％关税
/cath.de/ | cathode
/a|b/ | xbx
"""


@pytest.mark.parametrize("row", FOUND.splitlines())
def test_a_word_is_found(row: str) -> None:
    word, text = row.split(" | ")

    assert found(text, word)
    assert found(text, "no such word", word)


NOT_FOUND = """\
cathode | cathodes
tax | a taxi
rare earths | rare earthsong
rare earths | rareearths
C++ | a C compiler
art | ART_1
anode | the cath-ode
磷酸铁锂 | 磷酸锂铁
газ | газета
газ | биогаз
редкие земли | редкие земли1 и редкие землицы
Malmø | Malmøs
tax | taxø
øre | føre
/^ban/ | a ban
/[（(]稀土/ | 稀土
"""


@pytest.mark.parametrize("row", NOT_FOUND.splitlines())
def test_a_word_is_not_found(row: str) -> None:
    word, text = row.split(" | ")

    assert not found(text, word)


def test_a_word_counts_wherever_it_stands() -> None:
    assert found("x " * 60_000 + "gallium", "gallium")


@pytest.mark.parametrize("word", ["", "  ", "\u200b", "/(/", "/a(?=b)/", "x" * (MAX_PATTERN + 1)])
def test_a_bad_word_is_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Word).validate_python(word)


@pytest.mark.parametrize("pattern", [r"/^(\w+\s?)*$/", r"/(a|a)*b/", r"/(a*)*c/", r"/(x+x+)+y/"])
def test_a_pattern_that_backtracks_elsewhere_is_linear_here(pattern: str) -> None:
    text = searched("a" * 100_000 + "x" * 100 + "!")
    began = time.perf_counter()

    assert not word_list([pattern]).found_in(text)

    # A backtracking engine needs longer than the universe has been there.
    assert time.perf_counter() - began < 5
