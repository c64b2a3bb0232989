"""Which country a text is about, towns that stand for theirs, and who only speaks of an act."""

from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from classifier.resources import shipped

READER: Reader = load_reader(shipped("data"))
THURSDAY = datetime(2026, 11, 19, 9, tzinfo=UTC)


def read(text: str) -> Act:
    return READER.read(text, published_at=THURSDAY)


def home(text: str) -> str | None:
    return next((one[5:] for one in read(text).mentions if one.startswith("home:")), None)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Indian tyre makers talk about an EU subsidy probe", "EU"),
        ("Korean mills and Washington's new steel duty", "US"),
        ("Japanese refiner on the US blacklist", "US"),
        ("Chinese tyre duties weigh on mills", None),  # on China's tyres, or China's on tyres
        ("Russian gasoline export ban weighs on traders", "RU"),
        ("商务部就美对华人形机器人301调查答记者问", "US"),
        ("商务部就人形机器人答记者问", "CN"),
        ("外交部:敦促欧方不要将中国企业列入第20轮制裁", "EU"),
        ("Vietnam asks Washington to drop the glass case", "US"),
        ("Vietnam drops the glass case", "VN"),
        ("China's Targeting of the Maritime Sector", None),
        ("China's fleet and the maritime sector", "CN"),
        ("A week after China it is their turn", None),
        ("Twentieth package adopted: used lathes banned", "EU"),
        ("A holiday package adopted: used lathes banned", None),
        ("Two buyers off the SHTC list", "TW"),
        ("Foggy Bottom is angry", "US"),
        ("菲律宾总统府大动肝火", "PH"),
    ],
)
def test_a_text_is_about_the_country_whose_measure_it_is(text: str, country: str | None) -> None:
    assert home(text) == country


@pytest.mark.parametrize(
    ("text", "authority", "jurisdiction"),
    [
        ("FIOD fines distributor over exports of chips to Russia", "FIOD", "NL"),
        ("DPIIT bans imports of telecom gear from China", "DPIIT", "IN"),
        ("韩国食药处暂停进口中国泡菜", "Korea Food and Drug Ministry", "KR"),
        ("Latvian customs fined a dealer over exports of lathes", "Latvian Customs", "LV"),
        ("英国内阁办公厅禁止收购激光企业", "UK Cabinet Office", "GB"),
        ("The home office sets tariffs on coffee", None, None),
    ],
)
def test_offices_of_more_countries(
    text: str, authority: str | None, jurisdiction: str | None
) -> None:
    act = read(text)

    assert (act.authority, act.jurisdiction) == (authority, jurisdiction)


@pytest.mark.parametrize(
    ("text", "jurisdiction", "targets"),
    [
        ("Changsha customs fines smuggler of rhenium. US buyers wait.", "CN", ()),
        ("Hefei start-ups cut off from American lasers", "US", ("CN",)),
        ("Johor firms added to US Entity List", "US", ("MY",)),
        ("Four Russian tankers barred from British ports", "GB", ("RU",)),
        ("Britain bars four Russian tankers from its ports", "GB", ("RU",)),
        ("Guangdong halts exports of gallium to Japan", "CN", ("JP",)),
        ("Rotterdam customs seizes chips bound for Russia", "NL", ("RU",)),
        ("印尼苏拉威西镍矿出口禁令今起实施", "ID", ()),
    ],
)
def test_a_town_acts_only_where_nobody_else_does(
    text: str, jurisdiction: str, targets: tuple[str, ...]
) -> None:
    act = read(text)

    assert (act.jurisdiction, act.targets) == (jurisdiction, targets)


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Swiss adopt EU's dual-use export curbs on Belarus", "CH"),
        ("Australia's new tariffs on steel: the Senate approved them on Monday", "AU"),
        ("EU adopts dual-use export curbs on Belarus", "EU"),
        ("六家中国轴承企业获移出美实体清单 商务部回应:这有利于两国企业合作", "US"),
    ],
)
def test_whose_measure_it_is_goes_before_who_speaks(text: str, jurisdiction: str) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("text", "jurisdiction", "instrument"),
    [
        ("232 tariffs on robots start on Monday", "US", "tariff"),
        ("Tariffs on robots start on Monday", None, None),
        ("铼被列入出口管制管控名单,今起实施", "CN", "entity listing"),
        ("芬太尼关税今起取消", "US", "tariff"),
        ("Golden power used: sale of the laser maker blocked", "IT", "investment restriction"),
    ],
)
def test_schemes_that_only_one_country_has_tell_it(
    text: str, jurisdiction: str | None, instrument: str | None
) -> None:
    act = read(text)

    assert act.jurisdiction == jurisdiction
    assert instrument is None or act.instrument == instrument


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Days after Washington's affiliates rule took effect, Beijing sanctions US firms", "CN"),
        ("Washington's affiliates rule took effect today", "US"),
        ("Swiss sign up to EU's 18th sanctions package against Russia", "CH"),
    ],
)
def test_a_scheme_that_another_answers_or_follows_tells_nothing(
    text: str, jurisdiction: str
) -> None:
    assert read(text).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    "text",
    [
        "The kart track in Nagoya bans refunds",
        "Miami suspends its coach over fines",
        "特斯拉在奥斯汀带我兜了两小时,禁止吃东西",
        "提高市场信心,今日商务会议加企业家论坛",  # 高市, 日商 and 加企 are no names here
    ],
)
def test_a_town_makes_no_act_of_chatter(text: str) -> None:
    act = read(text)

    assert (act.stage, act.instrument, act.jurisdiction) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Deposits in A-552-847 go back to importers", "US"),
        ("Deposits in A-552-8471 go back to importers", None),
        ("Respondents in 337-TA-1450 settle", "US"),
        ("3B903 takes in dry pumps", "US"),
        ("3B903A takes in dry pumps, and so does 3B001", None),
        ("DA 26-902 looks through to the module", "US"),
        ("da 26-9 looks through to the module", None),
        ("OJ C/2026/6611 has the questionnaire", "EU"),
        ("Bidder leaves, FS.100212 is closed", "EU"),
        ("S.O. 1088(E) needs the ISI stamp", "IN"),
        ("Terminal in RUS2304 shrugs", "GB"),
        ("Read BTI-2026-004 on laser chips", "NL"),
        ("Decree 168/2026/ND-CP on core data", "VN"),
        ("15 C.F.R. 750.7 and letters to exporters", "US"),
    ],
)
def test_a_number_that_only_one_office_uses_tells_the_country(
    text: str, country: str | None
) -> None:
    assert home(text) == country


def test_an_order_of_the_fcc_has_its_own_number_and_a_case_has_many_acts() -> None:
    order = read("DA 26-902: the Bureau prohibits imports of routers from Monday")
    case = read("Final determination in A-552-847: tariffs on wafers from Monday")

    assert (order.number, order.jurisdiction) == ("FCC DA 26-902", "US")
    assert (case.number, case.jurisdiction) == (None, "US")


def test_currencies_and_papers_name_no_country() -> None:
    assert read("Hong Kong dollar and Washington Post").mentions == ()
    assert "place:HK" in read("Hong Kong dollars' peg, says Hong Kong").mentions


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("Envoys back 20th Russia package", None),
        ("EU envoys back 20th Russia package", "EU"),
        ("JP Kenny bans exports of gallium to staff", None),
        ("Near KR Puram station: ban on exports of rice", None),
        ("Reeves bans exports of gallium", None),
        ("Rachel Reeves raises the duty on spirits", "GB"),
        ("Japan bans exports of gallium", "JP"),
    ],
)
def test_a_package_s_aim_and_namesakes_tell_no_country(text: str, jurisdiction: str | None) -> None:
    assert read(text).jurisdiction == jurisdiction
