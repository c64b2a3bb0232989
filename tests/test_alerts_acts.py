"""Acts are read from texts as docs/acts.md says; tests/data/acts.jsonl measures how often."""

import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from alerts.reader.cues import MOST_TERMS, split_sentences
from alerts.reader.number_forms import NOTICE_FORMS, occurrences
from alerts.reader.terms import Hit, fold
from classifier.resources import shipped

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "acts.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@cache
def reader() -> Reader:
    return load_reader(shipped("data"))


def read(text: str, at: datetime = NOW) -> Act:
    return reader().read(text, published_at=at)


def said(value: object) -> set[str]:
    if not value:
        return set()
    return {str(value)} if isinstance(value, str) else {str(one) for one in value}  # type: ignore[attr-defined]


@pytest.mark.parametrize("half", ["tune", "held"])
@pytest.mark.parametrize(
    ("field", "precision", "recall"),
    [("number", 0.95, 0.9), ("stage", 0.92, 0.85), ("authority", 0.95, 0.88)],
)
def test_the_labelled_texts_are_read(
    half: str, field: str, precision: float, recall: float
) -> None:
    counts: Counter[str] = Counter()
    for row in ROWS:
        if row["split"] == half:
            act = read(row["text"], datetime.fromisoformat(row["published_at"]))
            ours, right = said(getattr(act, field)), said(row["act"].get(field))
            counts.update(right=len(ours & right), said=len(ours), there=len(right))

    assert counts["right"] >= precision * counts["said"]
    assert counts["right"] >= recall * counts["there"]


def test_labels_are_whole() -> None:
    fields = {"instrument", "stage", "authority", "jurisdiction", "number", "targets", "items",
              "published_on", "effective_on"}  # fmt: skip

    assert len({row["id"] for row in ROWS}) == len({row["text"] for row in ROWS}) == len(ROWS)
    assert [row["id"] for row in ROWS if set(row["act"]) - fields] == []
    assert {row["split"] for row in ROWS} == {
        "tune", "held", "more", "more-held", "further", "further-held",
        "later", "later-held",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Swiss adopt EU's export curbs on Belarus", "adopted"),
        ("EU countries approve tariffs on Chinese steel", "adopted"),
        ("India raised the customs duty on imported EV batteries this morning", "adopted"),
        ("Cobalt prices doubled after the export ban", None),
        ("Danish shipping group Maersk lifts its profit outlook", None),
        ("If the EU bans Chinese inverters tomorrow half of rooftop solar stops", None),
        ("Days after the US rule took effect, China adds Skydio to its entity list", "adopted"),
        ("Lawmakers urge Commerce to revoke export licences for Huawei", None),
        ("MOFCOM has decided to remove 12 US companies from the export control list", "withdrawn"),
        ("BIS: interim final rule; request for comments. Quantum export controls", "adopted"),
        ("Germany vetoes the sale of a wafer maker to a Chinese buyer", "adopted"),
        ("ITAC terminated its probe into steel without imposing duties", "withdrawn"),
        ("UK freezes assets of two traders over Russian oil", "adopted"),
        ("US charges two men with exporting Nvidia chips to China", "enforced"),
        ("The bus is charged with solar power in China", None),
        ("财政部：降低出口退税的政策推迟至明年执行", "delayed"),
        ("欧盟拟禁止向中国出口黑粉", "proposed"),
        ("美国或放宽H20芯片对华出口", "reported"),
        ("欧盟禁止或限制中国钢材进口", "adopted"),
        ("电池技术列入限制出口目录之后，韩国厂的订单多了三成", None),
        ("日本将40家中国实体列入关注名单？经产省未予证实", None),
        ("特朗普宣布将对芯片征收100%关税", "proposed"),
        ("美国将23家中国企业列入实体清单", "adopted"),
    ],
)  # fmt: skip
def test_the_stage_is_that_of_the_main_clause(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "instrument", "stage"),
    [
        ("Serbia extends suspension of duties on Chinese steel", "tariff", "suspended"),
        ("Kenya lifts duty on imported tyres to 40%", "tariff", "adopted"),
        ("Kenya lifts duty on imported tyres to 0%", "tariff", "withdrawn"),
        ("Kenya lifts its ban on Chinese tyres", None, "withdrawn"),
        ("Gallium exports banned in Kenya", "export ban", "adopted"),
        ("海关总署恢复进口爱尔兰牛肉", "import ban", "withdrawn"),
        ("海关总署恢复乌拉圭牛肉输华资格", "import ban", "withdrawn"),
        ("Brussels tables export ban on industrial magnets", "export ban", "proposed"),
        ("The tables in the EU notice list magnets", None, None),
        ("US takes two Omani traders off Entity List", "entity listing", "withdrawn"),
        ("The trip takes two hours off the Chinese list", None, None),
        ("METI adds 12 names to End User List", "entity listing", "adopted"),
        ("Pentagon names Hesai as a Chinese military company", "entity listing", "adopted"),
        ("PENTAGON ADDS HESAI TO 1260H LIST", "entity listing", "adopted"),
        ("US trade court blocks tariff on Korean pans", "tariff", "suspended"),
        ("US blocks imports of Korean pans", "import ban", "adopted"),
        ("Chennai High Court stays India's floor price for resin", "tariff", "suspended"),
        ("India's floor price for resin stays", None, None),
        ("Japan pushes licence rule for magnets to March", "export licence", "delayed"),
        ("Norway puts 12% on imported Chinese pans", "tariff", "adopted"),
        ("China curbs exports of bismuth wire", "export restriction", "adopted"),
        ("Chinese curbs hurt exports of bismuth wire", "export restriction", None),
        ("Canberra orders a fund to sell its mine", "investment restriction", "adopted"),
        ("Canadian surtax on Chinese pans begins", "tariff", "in effect"),
        ("经国务院批准，自12月1日起，海关总署暂停实施第31号公告", None, "suspended"),
        ("Oman's bid to be taken off the US entity list", "entity listing", None),
        ("OFAC issues licence for a Serbian refinery", None, "adopted"),
        ("ECJU rejects application to export radios to Turkey", "export licence", "enforced"),
    ],
)  # fmt: skip
def test_everyday_verbs_mean_what_stands_around_them(
    text: str, instrument: str | None, stage: str | None
) -> None:
    act = read(text)

    assert act.stage == stage
    assert act.instrument == instrument or stage is None


@pytest.mark.parametrize(
    ("text", "instrument", "stage", "jurisdiction"),
    [
        ("Seoul's trade panel backs duties of 26% on Thai board", "tariff", "proposed", "KR"),
        ("Seoul's bus panel backs down", None, None, None),
        ("Harbour fee on foreign car carriers from 1 April, Jakarta says", None, "adopted", "ID"),
        ("New museum fee in Venice from 1 April angers visitors", None, None, None),
        ("25% duty on truck tyres from July, Ankara says", "tariff", "adopted", "TR"),
        ("Turkey's duty on steel rises to 40%", "tariff", "adopted", "TR"),
        ("Retail sales in Turkey fall to 40%", None, None, None),
        ("India will see its steel quota fall to a fifth", "quota", "proposed", "IN"),
        ("Ottawa caps steel imports at 20% of 2024 volumes", "quota", "adopted", "CA"),
        ("Ottawa caps card fees at 2% of sales", None, "adopted", "CA"),
        ("Hanoi would let foreign firms own 49% of airlines", "investment restriction", "proposed",
         "VN"),
        ("FCC hits seven labs with orders to show cause", "probe", "adopted", "US"),
        ("EU registers imports of Chinese tyres", "tariff", "adopted", "EU"),
        ("Licences for gallium shipments paused, exporters told by Beijing", "export licence",
         "suspended", "CN"),
        ("Gallium shipments paused, buyers told by a trader in Beijing", None, None, None),
        ("Ontario pulls US spirits off shelves, adds whisky surtax", "tariff", "adopted", "CA"),
        ("Kinshasa's quota lifts prices again", None, None, None),
        ("Nigeria suspends 4% levy on imports", "tariff", "suspended", "NG"),
        ("Peru repeals and replaces its ban on mercury imports", "import ban", "adopted", "PE"),
        ("Cabinet in Canberra approves tyre duty", "tariff", "adopted", "AU"),
        ("KARACHI/WASHINGTON - The United States imposed tariffs on steel", "tariff", "adopted",
         "US"),
        ("印尼能矿部把镍矿配额砍到2亿吨", "quota", "adopted", "ID"),
        ("能矿部长：市场自己会调整，配额不是万能药", None, None, None),
        ("监管部门就电池低价倾销立案", "probe", "adopted", "CN"),
        ("韩国贸易委员会就中国产光纤反倾销立案", "probe", "adopted", "KR"),
        ("墨西哥对华轮胎初裁：每公斤0.31美元", "tariff", "adopted", "MX"),
        ("墨西哥法院对专利案作出初裁", None, None, None),
        ("巴西电动车关税7月升至35%", "tariff", "adopted", "BR"),
        ("巴西镍价7月升至2万美元", None, None, None),
        ("澳方终裁：对越南镀锌板征7.4%反倾销税", "tariff", "adopted", "AU"),
        ("海关总署暂停两家巴西牛肉企业在华注册资格", "import ban", "adopted", "CN"),
        ("巴西公布新关税条例，旧条例同时废止", "tariff", "adopted", "BR"),
    ],
)  # fmt: skip
def test_what_the_press_calls_it(
    text: str, instrument: str | None, stage: str | None, jurisdiction: str | None
) -> None:
    act = read(text)

    assert act.stage == stage
    assert (act.instrument, act.jurisdiction) == (instrument, jurisdiction) or stage is None


def test_a_text_is_about_the_country_that_acts_not_where_it_was_written() -> None:
    assert "home:US" in read("KARACHI/WASHINGTON - The United States praised the dam").mentions
    assert "home:PK" in read("KARACHI - It rained all day on the dam").mentions


@pytest.mark.parametrize(
    "text",
    [
        "Toronto Raptors lift season hopes with third win",
        "Shipping rates from Shanghai to Los Angeles fall to two-year low",
        "Commerzbank in Frankfurt expects the ECB to hold rates",
        "A Johor data centre operator raises $400m in bonds",
        "Ontario teachers' fund sells stake in Chilean port",
        "Cocoa prices fall to 18-month low as Ghana crop improves",
        "The charger in Quebec works fine, then drops",
        "分析师：印尼若再砍配额，镍价将升至2万美元",
        "公司在柔佛的工厂利润指引上调8%",
        "长沙一家餐厅涨价，食客把预算砍到一百块",
    ],
)
def test_names_of_places_make_no_acts(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("US adds 12 firms in Qatar and Oman to the Entity List", ("QA", "OM")),
        ("US ministers in Qatar agree new tariffs on steel", ()),
        ("BIS adds to the Entity List. Destinations of Oman and Qatar.", ("OM", "QA")),
        ("EU imposes duty on lysine originating in China", ("CN",)),
        ("Trump extends Oman tariff truce", ("OM",)),
        ("Swiss adopt EU's sanctions on Belarus", ("BY",)),
        ("Poland blocks sales to China of radar parts", ("CN",)),
        ("捷克否决中资收购机床厂", ("CN",)),
        ("US bars exports of Nvidia's H200 to Oman", ("OM",)),
        ("EU sanctions two Omani banks over Russian oil", ("OM",)),
        ("The Iran (Sanctions) (EU Exit) Regulations. S.I. 2026 No. 77.", ("IR",)),
        ("Dutch rule: servicing lithography tools outside the EU requires a licence", ()),
    ],
)  # fmt: skip
def test_targets_are_those_that_it_is_done_to(text: str, targets: tuple[str, ...]) -> None:
    assert set(read(text).targets) == set(targets)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("US lets AMD ship MI308 to Oman under export licence", ("AI chips",)),
        ("Turkey imposes duty on Chinese EV tyres", ("tyres",)),
        ("UK sanctions 14 Russian oil tankers", ("tankers",)),
        ("Canada scraps surtax on Chinese EVs in exchange for lower canola duties", ("EVs",)),
    ],
)
def test_what_only_describes_is_no_item(text: str, items: tuple[str, ...]) -> None:
    assert read(text).items == items


@pytest.mark.parametrize(
    ("text", "item", "wide"),
    [
        ("Mexico imposes duty on hot-rolled coil", "hot-rolled coil", "steel"),
        ("EU imposes duty on steel, mostly rebar", "rebar", "steel"),
        ("歐盟對中國卡客車輪胎徵收反傾銷稅", "truck tyres", "tyres"),
        ("商务部对原产于欧盟的猪副产品征收反倾销税", "pork", "meat"),
        ("US bans exports of HBM3E to China", "HBM", "semiconductors"),
    ],
)
def test_the_narrower_good_is_the_item_and_the_wider_one_is_mentioned(
    text: str, item: str, wide: str
) -> None:
    act = read(text)

    assert act.items == (item,)
    assert {f"item:{item}", f"item:{wide}"} <= {*act.mentions}


@pytest.mark.parametrize(
    ("text", "number", "jurisdiction"),
    [
        ("Notification No. 88/2026-Customs (ADD): duty on glass", "India Customs 88/2026", "IN"),
        ("DGFT Notification No. 52/2026-27 prohibits exports of sugar", "DGFT 52/2026-27", "IN"),
        ("Modules Order 2026, F2026L01999: duty on modules", "AU F2026L01999", "AU"),
        ("Resolução Gecex nº 900: aplica direito antidumping a pneus", "Gecex 900", "BR"),
        ("Read MOFCOM 93 twice. Exports of yttrium need a permit.", "MOFCOM 2026-93", "CN"),
        ("MOFCOM 93 firms replied that exports of yttrium need a permit.", None, None),
        ("The Iran (Sanctions) (EU Exit) Regulations. S.I. 2026 No. 418.", "UK SI 2026/418", "GB"),
        (
            "不可靠实体清单工作机制公告2026年第12号 将两家企业列入不可靠实体清单",
            "Unreliable Entity List Mechanism 2026-12",
            "CN",
        ),
    ],
)  # fmt: skip
def test_a_number_tells_whose_act_it_is(text: str, number: str | None, jurisdiction: str) -> None:
    act = read(text)

    assert (act.number, act.jurisdiction) == (number, jurisdiction)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("India imposes duty on tin from Tuesday", "2026-11-24"),
        ("India's duty on tin starts Monday", "2026-11-30"),
        ("India's duty on tin takes effect on Monday", "2026-11-30"),
        ("中国对锑出口实施许可管理 今起执行", "2026-11-24"),
        ("中国对锑出口实施许可管理 明年元旦起执行", "2027-01-01"),
    ],
)
def test_it_begins_on_the_day_that_is_named(text: str, day: str) -> None:
    assert read(text).effective_on == day


def test_where_the_author_works_is_not_who_acts() -> None:
    act = read("正极材料制备技术被列进限制出口目录，今天就生效。我们德国那条线得先去省厅办证。")

    assert act.jurisdiction != "DE"


@pytest.mark.parametrize(
    ("text", "authority", "jurisdiction"),
    [
        ("Laos's commerce ministry bans imports of Chinese steel", None, "LA"),
        ("老挝商务部禁止进口中国钢材", None, "LA"),
        ("泰国商务部禁止进口中国钢材", "Thai Commerce Ministry", "TH"),
        ("The commerce ministry bans exports of tungsten to Japan", "MOFCOM", "CN"),
        ("Peru's Congress approves a ban on mercury imports", None, "PE"),
        ("针对美国将我有关企业列入实体清单，商务部发言人表示坚决反对", None, "US"),
        ("商务部新闻发言人就美国对华轮胎双反初裁答记者问", None, "US"),
        ("美国启动对华301调查 商务部：坚决反对", None, "US"),
        ("日本经济产业大臣否认将对华停止出口光刻胶", "METI", "JP"),
        ("加财政部宣布削减钢材配额", "Finance Canada", "CA"),
        ("土财政部宣布削减钢材配额", None, "TR"),
        ("财政部宣布削减钢材配额", "MOF", "CN"),
        ("根据对外贸易法商务部决定对镓实施出口管制", "MOFCOM", "CN"),
        ("近日墨商务部宣布对钢材加征关税", None, None),
        ("UK: The Russia (Sanctions) Regulations take effect, banning drones", None, "GB"),
        ("A duty on glass from China and Malaysia was adopted", None, None),
        ("台湾公告：输往马来西亚的服务器须申请许可", None, "TW"),
    ],
)
def test_the_authority_is_the_one_that_acts(
    text: str, authority: str | None, jurisdiction: str | None
) -> None:
    act = read(text)

    assert (act.authority, act.jurisdiction) == (authority, jurisdiction)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Pursuant to {}, China bans exports of gallium to the United States", None),
        ("In accordance with {}, China's commerce ministry adds ten firms to its list", None),
        ("China's commerce ministry fines two traders; 二者违反{}", None),
        ("Under {}, exports of gallium need a licence from December 1", "MOFCOM 2026-61"),
    ],
)
def test_what_an_act_rests_on_is_not_its_number(text: str, number: str | None) -> None:
    cited = "MOFCOM Announcement No. 61 of 2026"
    act = read(text.format(cited))

    assert act.number == number
    assert act.read_from["references"] == ("MOFCOM 2026-61",)


def test_contradictory_numbers_give_no_number() -> None:
    act = read(
        "MOFCOM Announcement No. 61 of 2026 bans gallium exports. MOFCOM Announcement No. 62 of"
        " 2026 bans gallium exports."
    )

    assert act.number is None
    assert act.read_from["numbers"] == ("MOFCOM 2026-61", "MOFCOM 2026-62")


def test_a_list_of_thirty_acts_is_none() -> None:
    doers = ("MOFCOM bans", "BIS restricts", "The Commission bans", "METI limits", "DGFT bans")
    text = "\n".join(f"{n}. {doers[n % 5]} exports of gallium" for n in range(1, 31))

    act = read(text)

    assert (act.stage, act.number, act.authority) == (None, None, None)
    assert len(act.read_from["digest"]) == 30


@pytest.mark.parametrize("year", ["9999", "0001", "2026-13-45 9999", "99999"])
def test_impossible_dates_are_no_dates(year: str) -> None:
    act = read(f"China bans gallium exports until 31 December {year}, 中国自{year}年99月99日起禁止")

    assert (act.stage, act.effective_on) == ("adopted", None)


def test_long_and_hostile_texts_take_no_time() -> None:
    texts = [
        "China bans gallium exports. " * 400_000,
        "商务部公告2026年第61号、" * 200_000,
        "1" * 1_000_000,
        "2026-" * 200_000,
        "no. " * 100_000,
        "a.b." * 100_000,
        "（" * 100_000 + "号" * 100_000,
    ]
    started = time.perf_counter()

    for text in texts:
        read(text)

    assert time.perf_counter() - started < 10


def work_of(text: str) -> int:
    """Count the steps of the interpreter while a text is read."""
    steps = 0

    def step(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal steps
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        steps += 1
        return step

    reader()
    fold.cache_clear()
    before = sys.gettrace()
    sys.settrace(step)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return steps


SHAPES = [
    "商务部公告2026年第61号,",
    "第1号公告、",
    "Regulation (EU) 2021/821 bans exports, ",
    "bans (EU) 2021/821, ",
    "2026-11-24 (EU) 2021/821 bans ",
    "Commission China ban ",
    "1. China bans exports\n",
    "China may ban ",
    "if China bans ",
    "中国禁止",
    "商务部禁止",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_as_much_takes_four_times_the_work(shape: str) -> None:
    short, long = (work_of(f"商务部{shape * size}"[:size]) for size in (2_500, 10_000))

    assert long < 5 * short


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_as_much_takes_four_times_the_time(shape: str) -> None:
    """Steps count what Python does; a pattern that looks back over all that it read takes one."""

    def seconds(size: int) -> float:
        text = f"商务部{shape * size}"[:size]
        fold.cache_clear()
        started = time.process_time()
        read(text)
        return time.process_time() - started

    reader()
    short, long = (min(seconds(size) for _ in range(5)) for size in (2_500, 10_000))

    assert long < 7 * short


def test_a_list_of_numbers_without_end_takes_no_more_for_each() -> None:
    def seconds(size: int) -> float:
        text = "no. 1, " * (size // 7)
        started = time.process_time()
        occurrences(NOTICE_FORMS, text)
        return time.process_time() - started

    short, long = (min(seconds(size) for _ in range(3)) for size in (5_000, 20_000))

    assert long < 9 * short


def test_a_sentence_of_more_terms_than_anyone_writes_is_read_in_parts() -> None:
    text = "China bans gallium exports " * 200
    hits = [Hit(at, at + 5, "place", "CN") for at in range(0, len(text), 27)]

    parts = split_sentences(text, hits)

    assert [len(part.hits) for part in parts] == [MOST_TERMS, MOST_TERMS]
    assert [hit for part in parts for hit in part.hits] == hits
    assert (parts[0].start, parts[0].end, parts[1].end) == (0, parts[1].start, len(text))
