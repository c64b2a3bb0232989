"""Chinese headlines that leave out the government, its name but for a character, or the verb."""

from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from alerts.reader.terse import entries, with_short_forms
from classifier.resources import shipped

READER: Reader = load_reader(shipped("data"))
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def read(text: str) -> Act:
    return READER.read(text, published_at=MONDAY)


@pytest.mark.parametrize(
    ("text", "stage", "instrument", "jurisdiction"),
    [
        ("日限制光刻胶对华出口", "adopted", "export restriction", "JP"),
        ("欧盟查中国储能电池补贴", "adopted", "probe", "EU"),
        ("德国对中国叶片厂收购案立案调查", "adopted", "probe", "DE"),
        ("美国断两家中国模组认证", "adopted", None, "US"),
        ("英国再列12艘油轮", "adopted", None, "GB"),
        ("日本经产省补贴300亿日元建封装厂 扩产先进封装", "adopted", "subsidy", "JP"),
        ("韩国推迟锂电池进口新规至明年3月", "delayed", None, "KR"),
        ("英国冻结六家俄罗斯银行资产", "adopted", "sanction", "GB"),
        ("加拿大以国安为由令锂电企业关闭在加工厂", "adopted", "investment restriction", "CA"),
        ("澳大利亚勒令三名股东退出稀土矿商", "adopted", "investment restriction", "AU"),
        ("俄罗斯汽油出口禁令再延两月", "adopted", "export ban", "RU"),
    ],
)  # fmt: skip
def test_a_headline_opens_with_a_country_and_what_it_does(
    text: str, stage: str, instrument: str | None, jurisdiction: str
) -> None:
    act = read(text)
    assert (act.stage, act.instrument, act.jurisdiction) == (stage, instrument, jurisdiction)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("铼相关物项出口管制今起实施", "in effect"),
        ("石英坩埚出口许可制度今日起执行", "in effect"),
        ("光伏玻璃出口退税今起取消", "withdrawn"),
        ("第二批钨矿开采指标下达", "adopted"),
        ("33号文落地！高纯锰要许可证了", "adopted"),
    ],
)
def test_what_only_governments_do_needs_no_name(text: str, stage: str) -> None:
    act = read(text)
    assert act.stage == stage
    assert act.jurisdiction in (None, "CN")


@pytest.mark.parametrize(
    "text",
    [
        "美国查户口 阿里云跟着涨价",
        "日管家服务涨价 半导体工程师也请不起",
        "出口管制阴影下 国产芯片招聘旺季",
        "德国企业限产硅片",
        "韩国商家限量卖芯片",
        "美国补贴都补到牙齿了，芯片还是干不过",
        "5日限购芯片玩具",
        "墨西哥法院对专利案作出初裁",
        "英国人罚站买显卡",
        "韩国查无此人",
    ],
)
def test_a_character_or_a_firm_is_no_country_that_acts(text: str) -> None:
    assert read(text).stage is None


def test_a_negation_of_other_goods_is_no_denial() -> None:
    assert read("美国对工业机器人加征关税 数控机床暂未列入").stage == "adopted"
    assert read("美国并未对工业机器人加征关税").stage is None


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("实体名单增12家 成都两家入列", "adopted", "entity listing"),
        ("印度钢卷反倾销税最高20.15%", "adopted", "tariff"),
        ("刚果（金）更正钴配额", "adopted", "quota"),
        ("消息人士：光伏组件出口退税或从9%降至5%", "reported", None),
        ("印尼真把锡锭关在家里了", "adopted", "export ban"),
        ("荷兰人要管光刻机售后了", "proposed", None),
    ],
)
def test_lists_grow_and_rates_are_told_without_a_verb(
    text: str, stage: str, instrument: str | None
) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text",
    [
        "名单增加了不少烦恼，芯片工程师说",
        "为什么关税20%让车企更赚钱",
        "转会禁令来了！国际足联判罚",
        "洋葱出口禁令反反复复 农民学会了不信公告",
        "把孩子关在家里的芯片游戏",
    ],
)
def test_a_list_or_a_rate_in_talk_is_no_act(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("66号文管的是八千瓦以上电机，普通无人机不用慌", "adopted", None),
        ("铪管制落地了，下月起要许可证", "adopted", "export licence"),
        ("“拟将掩模基板列入须许可的品类”，反正也买不到", "proposed", "export licence"),
    ],
)
def test_an_act_goes_by_its_number_its_goods_or_its_words(
    text: str, stage: str, instrument: str | None
) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text",
    ["6号店管的是电机维修，生意不错", "空中交通管制落地了一架无人机", "“将来想买块芯片”，他说"],
)
def test_other_numbers_goods_and_words_are_no_act(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    ("text", "stage", "instrument", "jurisdiction"),
    [
        ("长鑫存储遭美列实体清单 台厂喊涨", "adopted", "entity listing", "US"),
        ("貿易署首罰：業者售陸企AI伺服器未申請", "enforced", "penalty", "TW"),
        ("加法院暂停执行机器人公司清盘令", "suspended", "investment restriction", "CA"),
        ("两部门发布汽车数据出境新规", "adopted", None, None),
        ("欧盟公布人工智能标识准则定稿", "adopted", None, "EU"),
        ("俄罗斯汽油禁令再延 出口商失望", "adopted", "export ban", "RU"),
        ("英对俄工程机械禁令生效", "in effect", None, "GB"),
    ],
)  # fmt: skip
def test_bodies_go_by_the_short_name_of_their_country(
    text: str, stage: str, instrument: str | None, jurisdiction: str | None
) -> None:
    act = read(text)
    assert act.stage == stage
    assert act.instrument == instrument
    assert act.jurisdiction in (jurisdiction, "CN" if jurisdiction is None else jurisdiction)


@pytest.mark.parametrize(
    "text",
    [
        "某芯片公司发布数据安全指南",
        "美国厂商公布锂电池产品清单",
        "专家：日本发布稀土新规的可能性不大",
        "参加法院培训的芯片律师",
        "周末罚站买显卡的人又多了",
        "家里的芯片拦下了一次冲动消费",
    ],
)
def test_firms_that_publish_and_chance_characters_are_no_bodies(text: str) -> None:
    assert read(text).stage is None


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("铍进管制清单，陶瓷也在里面", "adopted", "control-list change"),
        ("48号公告又加8家，有做舵机的", "adopted", None),
        ("墨西哥对锂电池、光伏组件课35%", "adopted", "tariff"),
        ("日本管制先进封装设备 台厂交机恐延后", "adopted", None),
    ],
)
def test_goods_enter_lists_and_a_delay_of_others_is_no_afterwards(
    text: str, stage: str, instrument: str | None
) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text", ["铍进口商清单更新", "公司又加8家门店卖手机", "大陆管制镓出口两年 镓价翻三倍"]
)
def test_other_entries_and_reviews_are_no_acts(text: str) -> None:
    assert read(text).stage is None


def test_a_list_that_gets_longer_is_a_verb_and_other_additions_are_none() -> None:
    assert [hit.value for hit in entries([], "实体名单又加12家")] == ["adopt"]
    assert entries([], "又加12个菜") == []


def test_a_text_without_chinese_has_chinese_readers_marks_alone() -> None:
    assert [hit.kind for hit in with_short_forms([], "“sdn” list")] == ["sign"]
    assert with_short_forms([], "“quiet” list") == []
    assert [hit.value for hit in with_short_forms([], "“实体名单” 再加3家")] == ["adopt"]
