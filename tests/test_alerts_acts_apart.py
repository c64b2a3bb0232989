"""Acts that read alike, report by report through reading, likeness and guards: each is told."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from alerts.acts import Reader
from alerts.archive import EventMemory
from alerts.domain import RawPost
from alerts.grouping import group
from alerts.normalise import normalise
from alerts.opening import open_reader
from alerts.reading import read_act
from alerts.traces import trace
from alerts.window import Window
from classifier.labels import Policy, Tagging

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
REPORTS = Tagging(
    topics={"china": 0.9}, tags=("china",), policy=Policy(grade=3, at_least=(1.0, 0.9, 0.9)),
    model="m", terms={},
)  # fmt: skip
Report = tuple[float, str] | tuple[float, str, str]
"""Hours after the first, text, and the authority that publishes it."""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return open_reader()


def told(reader: Reader, reports: Sequence[Report]) -> Iterator[int]:
    """Yield the places of the reports that set an alert off."""
    archive, window, known = EventMemory(), Window(120), set[str | None]()
    for number, (hours, text, *office) in enumerate(reports):
        raw = RawPost(
            source=office[0] if office else f"s{number}", external_id=str(number), body=text,
            published=(NOW + timedelta(hours=hours)).isoformat(),
        )  # fmt: skip
        post = normalise(raw, official=bool(office), now=NOW + timedelta(days=365))
        act = read_act(reader, post)
        placed = group(archive, window, post, REPORTS, act, trace(post, act))
        archive.join(post, placed.kin)
        event = placed.event.id
        if known.isdisjoint({event, archive.leans_on(event)}):
            yield number
            known.add(event)


GALLIUM: list[Report] = [
    (0, "商务部：12月1日起禁止向日本出口镓"),
    (1, "China bans exports of gallium to Japan from December 1, MOFCOM says"),
    (2, "中国12月1日起禁止对日出口镓，商务部公告"),
    (3, "对日镓出口12月1日起被禁 商务部：维护国家安全"),
]
COPPER: list[Report] = [
    (0, "US raises tariff on copper imports to 50% from December 1 under Section 232"),
    (1, "Trump: 50% tariff on copper from December 1"),
    (2, "White House: copper imports face 50% tariff as of December 1"),
    (3, "美国12月1日起对进口铜加征50%关税"),
]
PACKAGE: list[Report] = [
    (0, "EU adopts 20th sanctions package against Russia"),
    (1, "欧盟通过对俄第20轮制裁"),
]
ADDS = (
    "In this rule, the Bureau of Industry and Security (BIS) amends the Export Administration "
    "Regulations (EAR) by adding {number} entities under the destination of China."
)
TYRES = "Truck Tyres From the People's Republic of China: {} the Antidumping Duty {}"
EARLIER = "In the rule published as FR Doc. 2026-23456, it added 12."
LISTED = "BIS adds 12 Chinese firms to the Entity List. FR Doc. 2026-23456"


@pytest.mark.parametrize(
    ("first", "second", "within"),
    [
        # Goods that differ are not doubted where one measure of one country is on each.
        (
            GALLIUM,
            [
                (8, "Beijing halts graphite shipments to Japan: ministry bars exports from Dec 1"),
                (9, "中国12月1日起禁止对日出口石墨，商务部公告"),
                (10, "China bans exports of graphite to Japan from December 1, MOFCOM says"),
            ],
            2,
        ),
        (
            COPPER,
            [
                (30, "US raises tariff on silver imports to 50% from December 1, Section 232"),
                (31, "White House: silver imports face 50% tariff as of December 1"),
            ],
            1,
        ),
        # A duty that is lifted is no step of a trade case.
        (
            [(0, "US imposes 25% tariff on Canadian aluminium, effective November 3")],
            [(24 * 12, "US lifts 25% tariff on Canadian aluminium after deal with Ottawa")],
            1,
        ),
        (
            [(0, "国务院关税税则委员会公告2026年第9号 对原产于美国的大豆加征15%关税", "mof")],
            [
                (
                    24 * 13,
                    "国务院关税税则委员会公告2026年第11号 停止对原产于美国的大豆加征关税",
                    "mof",
                )
            ],
            1,
        ),
        # Who hits back, and who else is hit.
        (
            [
                (0, "US imposes 50% tariff on Canadian steel, White House says"),
                (1, "White House puts 50% tariff on Canadian steel"),
            ],
            [
                (
                    20,
                    "Canada imposes 25% tariff on US steel in retaliation, Finance Department says",
                ),
                (21, "Ottawa hits back at Trump with 25% duty on American steel"),
            ],
            2,
        ),
        (
            [(0, "BIS adds SMIC to the Entity List")],
            [(5, "BIS adds YMTC to the Entity List")],
            1,
        ),
        (
            [(0, "美国对日本汽车加征25%关税")],
            [(5, "美国对韩国汽车加征30%关税")],
            1,
        ),
        # What is cited is the ground of another act, or comes before it.
        (
            [(0, LISTED, "fr")],
            [
                (
                    480,
                    f"BIS adds 9 Chinese firms to its list, FR Doc. 2026-24567. {EARLIER}",
                    "fr",
                )
            ],
            1,
        ),
        # Packages and batches.
        (
            PACKAGE,
            [(48, "EU proposes 21st sanctions package hitting Chinese ports, after the 20th")],
            1,
        ),
        (
            [(0, "China grants third batch of rare earth export licences to South Korean firms")],
            [(24, "商务部将日本5家实体列入第三批出口管制管控名单")],
            1,
        ),
        # Another proceeding on the same goods.
        (
            [(0, "商务部公告2026年第23号 对原产于日本的进口光刻胶发起反倾销调查", "mofcom")],
            [(960, "商务部公告2026年第41号 终止对原产于日本的进口光刻胶反规避调查", "mofcom")],
            1,
        ),
        # What an authority writes in one form again and again; each rule amends a regulation.
        *(
            (
                [(0, f"{before}\n\n{ADDS.format(number=9)}", "fr")],
                [(24 * 40, f"{title}\n\n{ADDS.format(number=37)}", "fr")],
                1,
            )
            for before, title in (
                ("Removals From the Unverified List", "Additions of Entities to the Entity List"),
                ("Additions of Entities to the Entity List",) * 2,
                (
                    "Additions of Entities to the Entity List",
                    "Additions of Entities, Revision of an Entry, and Removal of an Entity",
                ),
            )
        ),
        # A review of another kind, or of other years.
        *(
            (
                [(0, TYRES.format("Final Results of", "Administrative Review; 2021-2022"), "fr")],
                [(24 * 30, TYRES.format(of, review), "fr")],
                1,
            )
            for of, review in (
                ("Preliminary Results of", "Administrative Review; 2022-2023"),
                ("Preliminary Affirmative Determination of", "Circumvention Inquiry"),
                ("Initiation of", "Changed Circumstances Review"),
            )
        ),
        # Who is punished for something else.
        (
            [(0, "BIS adds 12 Chinese chip firms to the Entity List over supply to Huawei", "bis")],
            [(48, "BIS imposes $95 million penalty on Cadence for exports of EDA tools", "bis")],
            1,
        ),
    ],
)
def test_two_acts_that_read_alike_are_both_told(
    reader: Reader, first: list[Report], second: list[Report], within: int
) -> None:
    """within: of how many reports on the second act one sets an alert off."""
    found = [*told(reader, [*first, *second])]

    assert found[0] == 0
    assert any(len(first) <= place < len(first) + within for place in found)


@pytest.mark.parametrize(
    "reports",
    [
        GALLIUM,
        COPPER,
        # Words of the background, or of the press, make no second act.
        [
            (0, "US doubles tariff on Chinese semiconductors to 50% under Section 232"),
            (1, "White House sets 50% tariff on chips from China. It adds to Section 301 duties."),
        ],
        [
            (0, "EU imposes anti-subsidy duties of up to 38% on Chinese electric cars"),
            (1, "EU slaps duties of up to 38% on Chinese EVs to stop dumping on its market"),
        ],
        [
            (0, "US sets 93.5% anti-dumping duty on Chinese graphite"),
            (1, "Commerce: 93.5% on Chinese graphite, plus countervailing rates set earlier"),
        ],
        [
            (0, TYRES.format("Final Results of", "Administrative Review; 2021-2022"), "fr"),
            (
                24 * 30,
                TYRES.format("Amended Final Results of", "Administrative Review; 2021-2022"),
                "fr",
            ),
        ],
        [
            (0, "Credit for Makers of Chips\n\nTreasury adopts rules on the credit.", "fr"),
            (
                24 * 40,
                "Credit for Makers of Chips; Correction\n\nThis corrects the rules on it.",
                "fr",
            ),
        ],
        # A step of a case, and what becomes of an act, with numbers of their own.
        [
            (
                0,
                "商务部公告2026年第26号 关于对原产于日本的进口光刻胶发起反倾销调查的公告",
                "mofcom",
            ),
            (
                2400,
                "商务部公告2026年第41号 关于终止对原产于日本的进口光刻胶反倾销调查的公告",
                "mofcom",
            ),
        ],
        [
            (
                0,
                "商务部公告2026年第42号 决定对磷酸铁锂正极技术实施出口管制，自7月15日起实施",
                "mofcom",
            ),
            (
                600,
                "商务部公告2026年第53号 将2026年第42号公告（磷酸铁锂正极技术）推迟至10月1日实施",
                "mofcom",
            ),
        ],
    ],
)
def test_one_act_is_told_once(reader: Reader, reports: list[Report]) -> None:
    assert [*told(reader, reports)] == [0]
