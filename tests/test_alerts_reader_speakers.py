"""Who only speaks of another's act, or pleads with who took it: spokesmen, envoys, lobbies."""

import pytest

from tests.act_reading import read


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("外交部发言人：加方应停止打压中企\n对加政府要求中企撤出锑矿项目，中方反对。", "CA"),
        ("外交部发言人谈澳限制中国逆变器\n中方反对泛化国家安全概念。", "AU"),
        ("外交部：美方将中国企业列入实体清单是典型的经济胁迫", "US"),
        ("外交部：印度限制中企参与电网招标不利于两国合作", "IN"),
        ("商务部：墨西哥对华加征关税损害两国关系", "MX"),
        ("商务部新闻发言人谈欧盟割草机器人反倾销初裁", "EU"),
        ("商务部贸易救济局负责人就欧盟卫生陶瓷反倾销初裁发表谈话", "EU"),
        ("陆委会批大陆暂停进口台湾石斑鱼是政治操作", "CN"),
        ("日本经产相：对中国管制稀土出口表示严重关切", "CN"),
        ("阿根廷禽肉解禁了，海关142号公告", "CN"),
        ("US business lobby asks China to narrow robot data draft", "CN"),
        ("American chamber in Shanghai urges Beijing to ease rare earth permits", "CN"),
        (
            ("China urges Canada to drop battery surtax plan\n"
            "The Chinese embassy in Ottawa said the planned levy on batteries breaks a consensus."),
            "CA",
        ),
        (
            ("Developer moves court against app block\nThe Singapore developer of one of the apps"
            " blocked on Oct 5 has asked the Delhi High Court to quash the order."),
            "IN",
        ),
        ("Commission studies whether Ukraine's oak quota breaks trade pact", "UA"),
        (
            ("Seoul studies impact of Chinese hydrogen fluoride curbs\nSouth Korea's industry"
            " ministry called in chipmakers after Beijing said it would license shipments."),
            "CN",
        ),
        ("Ankara trader among those sanctioned for drone parts, US Treasury says", "US"),
        ("Chinese lithium-ion packs face 40 per cent surtax in Canada", "CA"),
        ("Argentine plants can again ship poultry after Beijing dropped its restrictions", "CN"),
        ("Uruguay sends dossier to Beijing on suspended beef plants", None),
        ("Canada submits evidence to China over barred canola exporter", None),
    ],
)  # fmt: skip
def test_an_act_is_none_of_who_only_speaks_of_it(text: str, jurisdiction: str | None) -> None:
    act = read(text)

    assert act.jurisdiction in (jurisdiction, None)
    assert jurisdiction is None or f"home:{jurisdiction}" in act.mentions


@pytest.mark.parametrize(
    ("text", "jurisdiction"),
    [
        ("外交部发言人宣布对6家美国无人机企业实施制裁", "CN"),
        ("外交部公布对20家美国军工企业采取反制措施的决定", "CN"),
        ("商务部：对加拿大菜籽油加征100%关税", "CN"),
        ("越南工贸部：终止对中国彩涂板反倾销调查", "VN"),
        ("墨西哥经济部：对华钢板征收35%关税", "MX"),
        ("China's foreign ministry sanctions six US drone makers over Taiwan arms sale", "CN"),
        ("Canada hits back with 25% tariff on American orange juice", "CA"),
        ("China responds to US chip curbs with ban on gallium exports", "CN"),
        ("EU ambassadors approve ban on Russian LNG", "EU"),
        ("Brazil's Chamber of Deputies passes duty on parcels", "BR"),
        ("Indonesia studies export levy on nickel pig iron", "ID"),
        ("Seoul says it will ban Russian seafood imports", "KR"),
        ("US chip start-ups barred from selling to China, Commerce says", "US"),
        ("Czech government to ban remote access by Chinese inverters", "CZ"),
        ("Banned by Chinese customs, Australian lobster seeks buyers", "CN"),
    ],
)
def test_who_speaks_and_acts_acts(text: str, jurisdiction: str) -> None:
    assert read(text).jurisdiction == jurisdiction


def test_shares_that_are_listed_in_a_city_are_no_listing_there() -> None:
    assert read("Beijing-based company listed in Shanghai sells chips, Commerce said").stage is None
    assert read("US listed nine firms in Hong Kong over drones").targets == ("HK",)


def test_an_office_that_has_yet_to_decide_is_not_the_authority() -> None:
    act = read("韩国光纤初裁：三家企业税率31.47%，须经财政经济部决定后才会实际征收。")

    assert (act.authority, act.jurisdiction) == (None, "KR")
