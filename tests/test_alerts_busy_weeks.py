"""Weeks in which measures answer each other: one alert each, by the shipped model and reader."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.config import Service
from tests.benchmarks.events import group_posts, read_rows

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)

Told = tuple[float, str, str]
"""Hours since Monday, the act that a text is on, and the text, its headline before a bar."""

WEEKS: dict[str, list[Told]] = {
    "a country strikes back at the same rate": [
        (0, "us", "US imposes 34% tariff on all Chinese goods | The levy starts on April 9."),
        (1, "us", "Trump hits China with 34% duties on all imports | They start on April 9."),
        (24, "china", "China imposes 34% tariff on all US goods | The levy starts on April 10."),
        (25, "china", "China retaliates with 34% duties on US imports | They start on April 10."),
        (26, "china", "中国对所有美国商品加征34%关税 | 国务院税委会宣布，自4月10日起执行。"),
    ],
    "a neighbour strikes back on the same goods": [
        (0, "canada", "Canada puts 25% tariff on US steel and aluminium | It starts on Thursday."),
        (4, "us", "US puts 25% tariff on Canadian steel and aluminium | It starts on Thursday."),
        (5, "us", "US slaps 25% on steel from Canada"),
        (6, "us", "美国对加拿大钢铝加征25%关税"),
    ],
    "a duty is doubled": [
        (0, "first", "Trump slaps 25% tariff on India over Russian oil | It starts on August 7."),
        (2, "first", "India calls US 25% tariff unjustified"),
        (100, "second", "Trump doubles tariff on India to 50% | A further 25% from August 27."),
        (101, "second", "美国对印度加征额外25%关税 总税率升至50%"),
    ],
    "two governments and one firm": [
        (0, "hague", "Dutch government takes control of Chinese-owned chipmaker Nexperia"),
        (1, "hague", "荷兰政府接管安世半导体"),
        (30, "beijing",
         "China bars Nexperia from exporting | The commerce ministry issued the ban, it said."),
        (31, "beijing", "中国禁止安世半导体中国工厂出口"),
    ],
    "two fines": [
        (0, "haas", "US fines Haas Automation $2.5 mln for export violations"),
        (1, "haas", "美国就违反出口管制对哈斯罚款250万美元"),
        (20, "gva", "US fines GVA Capital $216 mln for Russia sanctions violations"),
        (21, "gva", "OFAC fines GVA Capital $216 million"),
    ],
    "a package from its draft to its adoption": [
        (0, "19", "EU proposes 19th sanctions package against Russia | It would ban Russian LNG."),
        (1, "19", "欧盟提出第19轮对俄制裁"),
        (500, "19", "EU adopts 19th package of sanctions on Russia | The bloc bans LNG imports."),
        (502, "19", "欧盟通过第19轮对俄制裁 禁止进口LNG"),
        (800, "20", "EU starts work on 20th sanctions package | A proposal is due in January."),
    ],
    "a rule on all who are listed": [
        (0, "list", ("US adds 32 entities to trade blacklist, including 23 in China"
                     " | The Commerce Department put chip firms on its Entity List.")),
        (1, "list", "美国商务部将23家中国实体列入实体清单"),
        (72, "rule", ("US to extend export curbs to subsidiaries of blacklisted firms"
                      " | Commerce's affiliates rule covers units owned 50% or more.")),
        (73, "rule", "BIS issues 50% rule for Entity List affiliates | It takes effect at once."),
    ],
    "one order, told good by good": [
        (0, "order", "US puts 50% tariffs on steel | The order also covers aluminium and copper."),
        (1, "order", "Trump hits copper with 50% tariff"),
        (2, "order", "美国对铜加征50%关税"),
        (3, "order", "US puts 50% tariff on aluminium imports"),
    ],
}  # fmt: skip


def post_of(number: int, told: Told) -> Mapping[str, Any]:
    hours, act, text = told
    title, _, body = text.partition(" | ")
    return {
        "id": f"p{number}", "published": (MONDAY + timedelta(hours=hours)).isoformat(),
        "source": f"s{number}", "url": f"https://s{number}.example.com/{number}",
        "author": None, "lang": "en" if text.isascii() else "zh", "official": False,
        "title": title, "body": body, "act": act,
    }  # fmt: skip


@pytest.mark.parametrize("week", WEEKS)
def test_each_measure_is_told_once(week: str) -> None:
    rows: Sequence[Mapping[str, Any]] = [
        post_of(number, told) for number, told in enumerate(WEEKS[week])
    ]
    read = read_rows(rows)

    _, alerted = group_posts([read[row["id"]] for row in rows], Service().event_days)

    told = [row["act"] for row, alert in zip(rows, alerted, strict=True) if alert]
    assert told == list(dict.fromkeys(row["act"] for row in rows))
