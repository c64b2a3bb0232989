"""Companies by their names in either language, and names that are words too."""

from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, load_reader
from alerts.likeness import named
from alerts.reader.terms import fold
from classifier.resources import shipped
from tests.act_reading import read

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(shipped("data"))


def table() -> list[list[str]]:
    lines = shipped("data", "acts", "companies.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


def companies(reader: Reader, text: str) -> frozenset[str]:
    return named(reader.read(text, published_at=NOW), "company")


def test_each_company_stands_once_and_each_of_its_names_under_one() -> None:
    names = [row[0] for row in table()]
    ways = [
        way for row in table() for way in {fold(way.removeprefix("=")) for way in row[1].split("|")}
    ]

    assert len(names) == len(set(names))
    assert sorted(ways) == sorted(set(ways))


@pytest.mark.parametrize(
    ("english", "chinese", "company"),
    [
        ("US puts Piotech on the Entity List", "美国将拓荆科技列入实体清单", "Piotech"),
        ("China investigates Keysight", "市场监管总局对是德科技立案调查", "Keysight"),
        ("Ottawa orders Hytera out", "加拿大下令海能达停业", "Hytera"),
        ("Seoul turns on Nippon Steel", "韩国对新日铁征收反倾销税", "Nippon Steel"),
        ("EU fines AliExpress", "欧盟对速卖通罚款", "AliExpress"),
    ],
)
def test_one_company_is_known_in_both_languages(
    reader: Reader, english: str, chinese: str, company: str
) -> None:
    assert company in companies(reader, english) & companies(reader, chinese)


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("US steel tariffs rise to 50% in June", "US Steel"),
        ("Officials may enter Shanghai electric plants", "Shanghai Electric"),
        ("Duty on black sesame seeds", "Black Sesame"),
        ("JD Vance backs tariffs on cars", "JD"),
        ("Trade talks on TEL 555 0100", "Tokyo Electron"),
        ("日本限制苹果进口", "Apple"),
        ("第一汽车站今起停运", "FAW"),
    ],
)
def test_words_that_only_sound_like_one_name_none(reader: Reader, text: str, company: str) -> None:
    assert company not in companies(reader, text)


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("中国对英伟达展开反垄断调查", ("Nvidia",)),
        ("中国对美光启动网络安全审查", ("Micron",)),
        ("中国对美加征关税", ("US",)),
        ("中国对英国加征关税", ("GB",)),
        ("中国宣布对美的关税反制措施", ("US",)),
    ],
)
def test_a_firm_whose_name_begins_as_a_countrys_is_that_firm(
    text: str, targets: tuple[str, ...]
) -> None:
    assert read(text).targets == targets
