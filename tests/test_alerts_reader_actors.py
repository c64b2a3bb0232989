"""Who acts, whose office a name means, and what restricts though its verb undoes."""

from datetime import UTC, date, datetime

import pytest

from alerts.acts import Reader, direction, load_reader
from alerts.domain import Act
from alerts.reader.dates import find_dates
from alerts.reader.terms import words_of
from classifier.resources import shipped

READER: Reader = load_reader(shipped("data"))
THURSDAY = datetime(2026, 11, 19, 9, tzinfo=UTC)


def read(text: str) -> Act:
    return READER.read(text, published_at=THURSDAY)


@pytest.mark.parametrize(
    ("text", "jurisdiction", "targets"),
    [
        ("Australian beef hits Chinese quota, 55% duty from Tuesday", "CN", ("AU",)),
        ("Indonesian nickel ore quota is cut by a third", "ID", ()),
        ("Bishkek bank sanctioned by London says it will go on clearing roubles", "GB", ("KG",)),
        ("London bank says it will go on as Bishkek imposes tariffs on UK imports", "KG", ("GB",)),
        ("印度轮胎遭欧盟反补贴立案", "EU", ("IN",)),
        ("印度对欧盟轮胎反补贴立案", "IN", ("EU",)),
        ("韩国胶膜被印度加税", "IN", ("KR",)),
        ("泰国铝箔容器反倾销终裁：最低12.90%", None, ("TH",)),
        ("泰国反倾销终裁：铝箔容器最低12.90%", "TH", ()),
        ("因军售台湾 北京制裁11家美企", "CN", ("TW", "US")),
        ("Seoul imposes new duty on Chinese sheet", "KR", ("CN",)),
    ],
)  # fmt: skip
def test_where_goods_come_from_acts_only_where_nobody_else_does(
    text: str, jurisdiction: str | None, targets: tuple[str, ...]
) -> None:
    act = read(text)
    assert (act.jurisdiction, act.targets) == (jurisdiction, targets)


def test_the_place_of_a_dateline_below_a_title_does_not_act() -> None:
    act = read(
        "EU ministers sign off 2-euro fee on parcels\n"
        "LUXEMBOURG - Finance ministers agreed to impose a tariff of 2% on small parcels."
    )
    assert (act.jurisdiction, act.targets) == ("EU", ())
    alone = read("LUXEMBOURG - Ministers agreed to impose a tariff of 2% on small parcels.")
    assert alone.jurisdiction == "LU"


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("CANBERRA - Treasury proposes a ban on foreign purchases of mines", "Australian Treasury"),
        ("Treasury imposes sanctions on a mine near Canberra", "Treasury"),
        ("US delays chip tool curbs to March 20, the administration told Congress", None),
        ("Congress delays chip tool curbs to March 20, the administration said", "Congress"),
        ("Commerce tells Congress it will delay tariffs on robots by two months", "Commerce"),
        ("越南增加财政部收入 对钢铁加征关税", "MOF"),
        ("加财政部对钢铁加征关税", "Finance Canada"),
        ("財政部公告：自中國大陸產製進口之啤酒課徵反傾銷稅", "Taiwan Finance Ministry"),
        ("财政部公告：自美国进口之啤酒征收反倾销税", "MOF"),
        ("欧盟财长批准对小包裹征收2欧元关税", "Council"),
    ],
)  # fmt: skip
def test_an_office_is_that_of_the_country_that_the_text_means(
    text: str, authority: str | None
) -> None:
    assert read(text).authority == authority


@pytest.mark.parametrize(
    ("text", "stage", "way"),
    [
        ("China suspends three Brazilian beef plants over drug residue", "adopted", "imposed"),
        ("China suspends tariffs on Brazilian beef for a year", "suspended", "lifted"),
        ("海关总署暂停3家巴西肉企输华资格", "adopted", "imposed"),
        ("海关总署暂停受理3家巴西企业牛肉进口申报", "adopted", "imposed"),
        ("海关总署暂停对巴西牛肉加征关税", "suspended", "lifted"),
        ("FCC: Order withdrawing recognition of four Chinese test laboratories", "adopted", None),
        ("FCC: Order withdrawing import ban on four Chinese test devices", "withdrawn", "lifted"),
        ("美国FCC撤销四家中国检测实验室资质", "adopted", None),
        ("美国FCC撤销四家中国检测实验室禁令", "withdrawn", "lifted"),
        ("Mexico ends second steel case with duty on Chinese wire", "adopted", "imposed"),
        ("Mexico ends second steel case against duty on Chinese wire", "withdrawn", "lifted"),
        ("国务院关税税则委员会关于停止对原产于加拿大的部分进口商品加征关税的公告",
         "withdrawn", "lifted"),
        ("国务院关税税则委员会关于对原产于加拿大的部分进口商品加征关税的公告",
         "adopted", "imposed"),
        ("China eased, for one year, its curbs on rare earth exports", "adopted", "lifted"),
        ("Lumikare sues FDA to be taken off an import alert list", None, None),
        ("Lumikare was taken off FDA's import ban list", "withdrawn", "lifted"),
        ("若干中国企业被美国列入实体清单", "adopted", "imposed"),
        ("若中国企业被美国列入实体清单，商务部将反制", None, None),
        ("SK Hynix falls as Seoul opens after US memory rule", None, None),
        ("Seoul opens anti-dumping probe after US memory rule", "adopted", "imposed"),
        ("Seventeen Chinese institutes on Tokyo's list", None, None),
        ("MOFCOM dropping the U word: unreliable entity list grows", None, None),
        ("MOFCOM dropping the tariff on US sorghum", "withdrawn", "lifted"),
    ],
)  # fmt: skip
def test_what_a_verb_undoes_tells_whether_it_restricts(
    text: str, stage: str | None, way: str | None
) -> None:
    act = read(text)
    assert (act.stage, direction(act)) == (stage, way)


def test_liquidation_that_is_suspended_is_no_duty_that_is() -> None:
    text = (
        "Commerce made an affirmative determination of dumping of aluminum trays from Vietnam:"
        " duties of 38% are imposed. It will direct CBP to suspend {} of entries."
    )
    assert read(text.format("liquidation")).stage == "adopted"
    assert direction(read("CBP suspends duties on trays from Vietnam")) == "lifted"


def test_countries_with_their_rates_are_parts_of_one_act() -> None:
    order = "New US tariff order. India: {} tariff. Brazil: {}. Vietnam: {}."
    assert "digest" not in read(order.format("50%", "40%", "20%")).read_from
    roundup = "India: bans rice exports. Brazil: raises steel tariff. Vietnam: scraps coal duty."
    assert "digest" in read(roundup).read_from


@pytest.mark.parametrize(
    ("text", "day", "purpose"),
    [
        ("商务部周三发布公告", date(2026, 11, 18), "published"),
        ("出口管制周五起生效", date(2026, 11, 20), "effective"),
        ("下周二起实施", date(2026, 11, 24), "effective"),
        ("上周五公布", date(2026, 11, 13), "published"),
        ("各国大使周五开始磋商", date(2026, 11, 20), None),
        ("price is up $90 from friday", date(2026, 11, 20), "other"),
        ("the ban applies from friday", date(2026, 11, 20), "effective"),
    ],
)  # fmt: skip
def test_weekdays_are_dates(text: str, day: date, purpose: str | None) -> None:
    (found,) = find_dates(text, words_of(text), date(2026, 11, 19))
    assert found.day == day
    assert found.purpose == purpose if purpose else found.purpose != "effective"


def test_an_anniversary_or_a_whole_week_is_no_weekday() -> None:
    assert find_dates("一周年 周边 周一至周五", words_of(""), date(2026, 11, 19)) == []


@pytest.mark.parametrize(
    ("text", "stage", "way"),
    [
        ("US takes Malaysian firm off Entity List after mix-up of names. Sixteen remain.",
         "adopted", "lifted"),
        ("US takes Malaysian firm off Entity List after it changed hands.", "withdrawn", "lifted"),
        ("Brazil ends quotas, brings forward 35% tariff on electric cars", "adopted", "imposed"),
        ("Brazil ends quotas, and the talks on electric cars go on", "withdrawn", "lifted"),
        ("韩国对华热轧板征收反倾销税 三家钢企按承诺价出口豁免", "adopted", "imposed"),
        ("韩国豁免三家钢企热轧板反倾销税", "adopted", "lifted"),
    ],
)  # fmt: skip
def test_what_goes_on_for_the_others_is_not_ended(text: str, stage: str, way: str) -> None:
    act = read(text)
    assert (act.stage, direction(act)) == (stage, way)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("印尼下调镍矿配额至2.4亿吨，高于市场传言", "adopted"),
        ("市场传言印尼下调镍矿配额至2.4亿吨", "reported"),
        ("Brussels imposes new Russia sanctions, adds banks to leaked plan", "adopted"),
        ("Leaked plan: Brussels imposes new Russia sanctions on banks", "reported"),
    ],
)
def test_what_the_news_is_held_against_is_no_hearsay(text: str, stage: str) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("土耳其对锂电池包加征30%附加关税 即时生效", "in effect"),
        ("土耳其对锂电池包加征30%附加关税，法令公布即生效", "in effect"),
        ("土耳其对锂电池包加征30%附加关税 企业即时通讯", "adopted"),
        ("China puts hafnium under export licence, effective now", "in effect"),
        ("China now puts hafnium under export licence", "adopted"),
    ],
)
def test_what_takes_effect_as_it_is_published_is_in_effect(text: str, stage: str) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Mexico publishes list. The decree lifts the duty on electric cars to 50%.", "MX"),
        ("Chinese drones grounded. The decree lifts the duty on electric cars to 50%.", None),
        ("Mexico's carmakers cheer. The decree lifts the duty on electric cars to 50%.", None),
    ],
)
def test_the_subject_of_a_headline_acts_where_the_news_names_nobody(
    text: str, jurisdiction: str | None
) -> None:
    act = read(text)
    assert (act.jurisdiction, act.stage) == (jurisdiction, "adopted")


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("海关总署恢复两家巴西肉企输华资格 此前被停逾一年", "withdrawn"),
        ("海关总署此前恢复两家巴西肉企输华资格", None),
        ("海关总署恢复2家巴西牛肉企业对华出口注册资格", "withdrawn"),
        ("海关总署恢复对2家巴西牛肉企业加征关税", "adopted"),
    ],
)
def test_letting_goods_in_again_ends_their_ban(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


def test_firms_that_are_let_in_again_are_no_longer_barred() -> None:
    assert read("Beijing readmits two Brazilian beef plants").stage == "withdrawn"
    assert read("Beijing bars two Brazilian beef plants from its market").stage == "adopted"


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("EU adopts sanctions package against Russia after Greece gets a delay", ("RU",)),
        ("EU adopts sanctions package against Greece", ("GR",)),
        ("US blacklists 17 Malaysian resellers it says steered AI servers to China", ("MY",)),
        ("US bans exports of AI servers to 17 resellers in China", ("CN",)),
        ("Taiwan bans exports of US-made AI servers to Russia", ("RU",)),
        ("Taiwan imposes tariff on US-made AI servers", ("US",)),
        ("美国对HBM实施出口许可，香港封测转口这条路被点名", ()),
        ("美国对HBM实施出口许可，禁止向香港转口", ("HK",)),
        ("澳门禁止向与中国有关的进出口活动出口芯片", ()),
    ],
)
def test_who_is_only_passed_or_does_something_else_is_no_target(
    text: str, targets: tuple[str, ...]
) -> None:
    assert read(text).targets == targets


@pytest.mark.parametrize(
    ("text", "jurisdiction", "targets"),
    [
        ("尼日利亚12月1日起禁止锂原矿出口", "NG", ()),
        ("印尼7月起禁止锡锭出口", "ID", ()),
        ("商务部将美国14家实体列入出口管制管控名单", "CN", ("US",)),
        ("英对俄工程机械禁令生效", "GB", ("RU",)),
        ("意大利以虚假折扣为由对速卖通罚款650万欧元", "IT", ("AliExpress",)),
        (
            "Order of the Minister of Trade of the Republic of Kazakhstan No. 112\n\nCopper scrap.",
            "KZ",
            (),
        ),
        (
            "Decision No. 1744/QD-BCT: anti-dumping measures on hot-rolled coil from China",
            "VN",
            ("CN",),
        ),
        ("消费者在意大利对速卖通罚款传闻不以为意", None, ()),
    ],
)
def test_a_day_a_reason_or_a_title_does_not_hide_who_acts(
    text: str, jurisdiction: str | None, targets: tuple[str, ...]
) -> None:
    act = read(text)
    assert (act.jurisdiction, act.targets) == (jurisdiction, targets)
