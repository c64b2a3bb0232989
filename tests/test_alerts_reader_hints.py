"""Whose act it is by offices, leaders, codes, laws and money, and where a text leaves out China."""

import pytest

from tests.act_reading import read


def home(text: str) -> str | None:
    return next((one[5:] for one in read(text).mentions if one.startswith("home:")), None)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        # Two letters, as microblogs write countries.
        ("KZ: road export ban on gasoline extended till 12 December", "KZ"),
        ("RU gasoline export ban extended through September 30", "RU"),
        # Offices and ministers under names of their own.
        ("Provisional duty on steel towers: Tim Ayres has signed it", "AU"),
        ("FBR notifies regulatory duty on phones", "PK"),
        ("Zambia copper export duty raised, Paul Kabuswe announced", "ZM"),
        ("GCC's technical secretariat imposes definitive anti-dumping duties on tiles", "SA"),
        ("数位发展部:公务机关禁用大陆品牌扫地机器人", "TW"),
        ("哈能源部禁止柴油公路出口", "KZ"),
        ("乌政府禁止葵花籽出口", "UA"),
        ("意内阁批准限制稀土废料出口", "IT"),
        ("澳内政部宣布禁止政府部门采购中国摄像头", "AU"),
        ("哈正式签署命令 禁止废铅电池出口", "KZ"),
        # Laws, programmes and forms of one country.
        ("Steel Goods Surtax: remission granted for tinplate", "CA"),
        ("Veterinary Procedural Notice: import of poultry meat suspended", "ZA"),
        ("Resolution accepting the request and initiating the antidumping investigation", "MX"),
        ("Anti-Dumping Notice 2026/066: revocation of measures, wind towers", "AU"),
        ("Decreto 402/2026: derechos de exportación, export duty on barley is set at 4%", "AR"),
        # What happens in a country, or may not leave it.
        ("Lumi在意大利被罚了,640万欧元,年龄验证的事", "IT"),
        ("Lift imports under scrutiny in Mexico: an anti-dumping probe has opened", "MX"),
        ("No sugar to leave Egypt before December: the ministry renewed its export ban", "EG"),
        ("It is prohibited to export from the Netherlands any wafer bonders", "NL"),
        ("Tantalum joins Beijing's control list", "CN"),
        ("Government drops solar panel tariff\n\nPretoria removed the customs charge", "ZA"),
        ("罗马尼亚项目被FSR调查,280MW的光伏", "EU"),
        # Mainland posts that leave out China.
        ("关于暂停4家秘鲁鱼粉企业产品输华的通报", "CN"),
        ("三家巴西牛肉厂被停,6月9号起申报的不收", "CN"),
        ("空芯光纤也要许可证了,38号公告,15号开始", "CN"),
        ("退税没了!瓷砖13个点,6月1号以前抢出口", "CN"),
        ("钽靶反倾销立案,国产份额不足三成", "CN"),
        ("光伏退税4月1号彻底归零", "CN"),
        ("上面不让买美光了,关基的", "CN"),
        # Neither a year nor an age makes a country one that something is done to.
        ("加蓬2029起不许出原锰矿", "GA"),
        ("澳大利亚16岁以下禁社媒生效了", "AU"),
    ],
)  # fmt: skip
def test_the_country_is_told_without_its_name(text: str, country: str) -> None:
    assert read(text).jurisdiction == country


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("S$4.2m fine and 14 months for the director. AI servers, fake end user", "SG"),
        ("Car subsidy cut to 40k baht from July", "TH"),
        ("Duty gone, importers save 1.2 trillion won", "KR"),
        ("They won the tender, duty or not", None),
        ("Corp. makes servers, fine by me", None),
        ("石英坩埚出口要凭证了", "CN"),
        ("石英坩堝出口要憑證了", None),
        ("菲律宾椰子停出口三个月", "PH"),
        ("埃及磷矿石征出口税350埃镑", "EG"),
        ("Lumatrix slides after Beijing's competition watchdog opened a case", "CN"),
        ("Alumina jumps on Guinea shipping decree", "GN"),
        ("Memorandum Circular: suspension of the exportation of coconuts", "PH"),
    ],
)
def test_a_country_is_hinted_at(text: str, country: str | None) -> None:
    assert home(text) == country


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("JP Morgan says the import duty on steel may rise", None),
        ("A duty on glass from China and Malaysia was adopted", None),
        ("Since Botswana lifted its hunting ban a quota on ivory was adopted", None),
        ("Canberra adopts the anti-dumping duty: on 3 June goods of KR, JP and TW pay 12%", "AU"),
        ("美国商务部对马来西亚硅片作出反倾销初裁", "US"),
        ("马来硅片初裁落地\n\n美国商务部对马来西亚产硅片的反倾销初裁税率分化", "US"),
        ("越南盘条初裁26%封顶", "VN"),
        ("數發部公告:中國製行車記錄器列入限制使用產品", "TW"),
        ("秘鲁暂停四家企业鱼粉输华", "PE"),
        ("印度第12号公告:对光伏玻璃征收反倾销税", "IN"),
        ("德国工厂老板说,客户在美国被查出倾销", None),
    ],
)
def test_who_is_named_goes_before_hints(text: str, country: str | None) -> None:
    assert read(text).jurisdiction == country
