"""Which goods a text is on: everyday names, expressions that are no goods, and verbs."""

import time
from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from alerts.likeness import named
from alerts.reader.formulas import element_terms
from alerts.reader.others import others
from classifier.resources import shipped

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(shipped("data"))


def read(reader: Reader, text: str) -> Act:
    return reader.read(text, published_at=NOW)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("China drafts stricter export rules for car data", ("vehicle data",)),
        ("US bars sale of chip-tool components to Chinese equipment makers",
         ("chipmaking parts",)),
        ("Japan to require export licences for advanced chip-packaging tools",
         ("advanced packaging",)),
        ("Indonesia bans export of tin ingots from January", ("tin",)),
        ("US imposes 20% tariff on Chinese contact lenses", ("contact lenses",)),
        ("美国对隐形眼镜加征20%关税", ("contact lenses",)),
        ("墨西哥对无自贸协定国家电动车征收50%关税", ("EVs",)),
        ("墨西哥对钢琴加征关税", ("musical instruments",)),
        ("中国对出口电芯实施许可管理", ("batteries",)),
        ("經濟部公告：碳化矽晶圓輸往中國大陸須申請許可", ("silicon carbide substrates",)),
        ("美國對台灣工具機加徵關稅", ("machine tools",)),
        ("Russia bans fuel exports until May", ("refined products",)),
        ("Taiwan adds 20 firms to its list for strategic high-tech goods", ("strategic goods",)),
        ("US adds makers of Unmanned Aerial Vehicle components to the Entity List", ("drones",)),
    ],
)  # fmt: skip
def test_everyday_names_are_known(reader: Reader, text: str, items: tuple[str, ...]) -> None:
    assert read(reader, text).items == items


def test_goods_may_stand_before_the_sentence_that_reports_the_act(reader: Reader) -> None:
    text = (
        "Proclamation 11022 of June 26, 2026. Adjusting Imports of Polysilicon and Its"
        " Derivatives. I, the President, proclaim a tariff of 20 percent on the imports listed in"
        " the Annex, effective July 10, 2026."
    )

    assert read(reader, text).items == ("polysilicon",)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("China bans soybean imports from Brazil in search of a bargaining chip", "semiconductors"),
        ("EU scraps tariffs on US lobsters: every cloud has a silver lining", "silver"),
        ("商务部：对美大豆加征关税，国家具备反制条件", "furniture"),
        ("美国商务部将14家实体列入实体清单，又是涨停催化剂", "catalysts"),
        ("EU to scrap tariffs on aluminium", "scrap"),
        ("Brussels may scrap plan for duties on fertiliser", "scrap"),
        ("US licence rule: Nvidia ships chips to China under export licences", "ships"),
        ("US imposes duties on gloves: Malaysia ships 40 billion of them a year", "ships"),
        ("Zambia exempts copper concentrate: Lumwana has letters for half of what it ships",
         "ships"),
    ],
)  # fmt: skip
def test_expressions_and_verbs_name_no_goods(reader: Reader, text: str, good: str) -> None:
    act = read(reader, text)

    assert good not in act.items
    assert good not in named(act, "item")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("US bars port fees on Chinese ships from October", "ships"),
        ("US imposes port fees on ships built in China", "ships"),
        ("EU bans exports of scrap to China", "scrap"),
    ],
)
def test_the_same_words_are_goods_elsewhere(reader: Reader, text: str, good: str) -> None:
    assert good in named(read(reader, text), "item")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("China adds HfO2 to its export control list", ("hafnium",)),
        ("China adds HfO₂ to its export control list", ("hafnium",)),
        ("China bans exports of Ta2O5 and Dy2O3", ("tantalum", "dysprosium")),
        ("China adds element 72 to its export control list", ("hafnium",)),
        ("India bans Mn ore exports from August", ("manganese",)),
        ("中国将72号元素列入出口管制清单", ("hafnium",)),
        ("China adds LiPF6 to its export control list", ("lithium hexafluorophosphate",)),
        ("China adds elements to its export control list", ()),
        ("China sets a limit on CO2 from June 1", ()),
        ("Mn mayor signs order: Li wins, Ta loses, VO2 max and H2O count", ()),
    ],
)
def test_formulas_symbols_and_numbers_of_elements_are_goods(
    reader: Reader, text: str, items: tuple[str, ...]
) -> None:
    assert named(read(reader, text), "item") >= {*items}
    assert read(reader, text).items == items


def test_what_elements_stand_for_is_in_the_table() -> None:
    assert {goods for _, goods in element_terms()} <= {
        line.split("\t")[0]
        for line in shipped("data", "acts", "items.tsv").read_text(encoding="utf-8").splitlines()
    }


@pytest.mark.parametrize(
    ("text", "own", "another"),
    [
        ("Three days after robots, the White House puts a duty on power transformers",
         "power transformers", "robots"),
        ("China puts 15% tariff on US MRI scanners, a week after the duty on propane",
         "imaging equipment", "LPG"),
        ("A week after it took up transformers, the US opens a probe into drones",
         "drones", "power transformers"),
        ("Three days after robots, the US puts a duty on drones. The robot tariff starts in May.",
         "drones", "robots"),
        ("Tantalum joins gallium on the control list, says China's commerce ministry",
         "tantalum", "gallium"),
        ("EV batteries follow power transformers into the US security probe",
         "EV batteries", "power transformers"),
        ("Robots last week, now this: US signs tariff on drones", "drones", "robots"),
        ("Steel yesterday, pork today: Beijing imposes duties on Canadian pork", "pork", "steel"),
        ("China puts tungsten under a licence rule like the one on gallium", "tungsten", "gallium"),
        ("继对镓、锗实施管制后，商务部对锑实施出口管制", "antimony", "gallium"),
        ("上周是铜，这周轮到铝，特朗普加征25%关税", "aluminium", "copper"),
        ("上周五是电机，今天是铝材，欧盟加征关税", "aluminium", "electric motors"),
        ("India opens dumping probe into copper foil (not the robot one, that was Friday)",
         "copper foil", "robots"),
        ("印度对铜箔立案，不是机器人那个", "copper foil", "robots"),
        ("乘用车胎刚裁完，欧盟又对农机轮胎立案", "tyres", "car tyres"),
        ("与对华无人机调查同日公布，美国对越南家具加征关税", "furniture", "drones"),
        ("Japan lists chip labs, on the same day as an order on robots", "semiconductors",
         "robots"),
        ("Tokyo bans exports of tin, together with controls on robots", "tin", "robots"),
        ("Vietnam's timber rule starts in August for all but furniture", "timber", "furniture"),
    ],
)  # fmt: skip
def test_goods_of_another_act_are_not_those_of_the_text(
    reader: Reader, text: str, own: str, another: str
) -> None:
    goods = named(read(reader, text), "item")

    assert own in goods
    assert another not in goods


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Three weeks after imposing duties on steel, Trump doubles them", "steel"),
        ("Prices jump two days after China bans gallium exports", "gallium"),
        ("商务部继续对镓实施出口管制", "gallium"),
        ("The duty is on robots, now and later", "robots"),
        ("US bans drones. A week after the ban, the drones are still sold", "drones"),
        ("Farmers who follow soybean prices to the letter fear the tariff", "soybeans"),
        ("继对钢铁加征关税后，特朗普再度上调税率", "steel"),
    ],
)
def test_goods_stay_where_the_text_names_no_others(reader: Reader, text: str, good: str) -> None:
    assert good in named(read(reader, text), "item")


@pytest.mark.parametrize("text", ["days after gallium ", "继", "上周是", "a, now b", "like the "])
def test_looking_for_other_acts_takes_no_longer_than_reading(reader: Reader, text: str) -> None:
    started = time.perf_counter()
    others(text * 4000)

    assert time.perf_counter() - started < 1


def test_a_longer_name_hides_no_other_goods(reader: Reader) -> None:
    goods = named(
        read(reader, "UK sanctions 14 Russian LNG tankers, steel and aluminium, soy and pork"),
        "item",
    )

    assert {"LNG carriers", "steel", "aluminium", "pork"} <= goods


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("China bans exports of HTPB and sodium perchlorate", "sodium perchlorate"),
        ("EU imposes provisional duties on Chinese phosphorous acid", "phosphorous acid"),
        ("欧盟对华亚磷酸征收临时反倾销税", "phosphorous acid"),
        ("China to put 15% tariff on US linacs", "radiotherapy machines"),
        ("中国对美国医用直线加速器加征15%关税", "radiotherapy machines"),
        ("US sanctions teapot refiner over Iranian crude", "refineries"),
        ("India extends minimum price on PVC paste resin", "PVC"),
        ("India bans export of DORB until March", "rice bran"),
        ("China suspends imports from three Brazilian meatpackers", "meat"),
        ("Indonesia raises CPO export levy to 12.5%", "palm oil"),
        ("中国对原产于加拿大的进口豌豆、菜籽粕加征关税", "canola meal"),
        ("Mexico imposes duty on window glass from China", "float glass"),
        ("Vietnam imposes duties on wide coil from China", "hot-rolled coil"),
        ("Canada lifts surtax on tin mill products", "tinplate"),
        ("Korea sets duties on PI film from Japan", "polyimide"),
        ("经济部公告：對中國大陸熱軋鋼品課徵反傾銷稅", "hot-rolled coil"),
        ("Congo bans exports of 3TG from Rubaya", "conflict minerals"),
        ("China bans exports of chlorine trifluoride", "chlorine trifluoride"),
        ("India opens dumping probe into epichlorohydrin from China", "epichlorohydrin"),
        ("中国对镝铁合金实施出口管制", "dysprosium oxide"),
        ("India imposes duties on Chinese sweeteners and erythritol", "erythritol"),
        ("商务部对原产于美国的聚苯硫醚征收反倾销税", "polyphenylene sulphide"),
        ("印度对钛白粉终裁，硫酸法税率最高", "titanium dioxide"),
        ("China bans exports of ASSB know-how", "solid-state batteries"),
        ("EU spares electric Minis from duty", "EVs"),
        ("日本对感光树脂实施出口管制", "photoresist"),
        ("DRC bans exports of tin concentrates", "tin"),
        ("印度禁止进口绿茶和抹茶", "tea"),
        ("US sets duty on chloroacetic acid", "chloroacetic acid"),
    ],
)
def test_traders_and_officials_names_are_known(reader: Reader, text: str, good: str) -> None:
    assert good in named(read(reader, text), "item")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("What to watch as China sets its 2026 growth goal", "watches"),
        ("My lease says the fridge stays; the kettles and the sofa go", "refrigerators"),
        ("网信办宣布限制粉丝应援", "pasta"),
        ("酒店行业：商务部宣布限制价格", "alcohol"),
        ("Analysts see a catalyst for the shares in the tariff", "catalysts"),
        ("For God's sake, the ministry bans it", "spirits"),
        ("CPO概念股大涨，光模块受关税影响有限", "palm oil"),
        ("The fruits of trade talks: EU suspends tariffs, with champagne in the fridge", "fruit"),
        ("美国商务部发言人出席茶话会", "tea"),
        ("US semis fall on tariff on chips", "steel billets"),
        ("Security roundup: FCC bans test labs", "glyphosate"),
        ("Japan lists firms tied to weapons of mass destruction", "arms"),
        ("日本将31家机构列入清单，涉大规模杀伤性武器", "arms"),
        ("十个点的税免一年，对矿企是真金白银", "silver"),
        ("US lists an optics institute in Changchun", "optics"),
    ],
)
def test_everyday_words_are_no_goods(reader: Reader, text: str, good: str) -> None:
    assert good not in named(read(reader, text), "item")


@pytest.mark.parametrize(
    ("text", "targets", "items"),
    [
        # Names that only meet across two words.
        ("欧盟委员会3日立案调查中国轮胎", ("CN",), ("tyres",)),
        ("美国对全球管制AI芯片出口", (), ("AI chips",)),
        ("欧盟对高纯电解锰征反倾销税", (), ("manganese",)),
        ("美国加大金属关税", (), ()),
        # Food and tissue.
        ("EU bans import of human cells and tissue", (), ()),
        ("Mexico puts 8% tax on chips and cookies", (), ()),
        # The same where they stand for themselves.
        ("美国将日立列入实体清单", ("Hitachi",), ()),
        ("EU bans import of battery cells from China", ("CN",), ("batteries",)),
    ],
)
def test_no_name_is_read_across_words_nor_food_for_goods(
    reader: Reader, text: str, targets: tuple[str, ...], items: tuple[str, ...]
) -> None:
    act = read(reader, text)

    assert act.stage is not None
    assert (act.targets, act.items) == (targets, items)


@pytest.mark.parametrize(
    ("text", "reports"),
    [
        ("宇树机器人公司通过第三轮融资", False),
        ("欧盟通过第20轮制裁", True),
        ("铁矿石开门红，澳洲力拓大涨", False),
        ("铁矿石开门，印尼恢复出口", True),
        ("铜价再加2%，智利矿工罢工", False),
        ("中国女子偷日本化妆品被抓", False),
        ("Woman admits to stealing batteries from Canada store", False),
        ("Engineer admits to stealing chip secrets for China", True),
        ("Lithium producer Albemarle wins US tariff exemption", False),
        ("Steel mills win US tariff on Chinese coil", True),
        ("China puts a floor under yuan, oil rises", False),
        ("China puts a floor under polysilicon imports", True),
    ],
)
def test_trade_sport_and_theft_are_no_acts(reader: Reader, text: str, reports: bool) -> None:
    assert (read(reader, text).stage is not None) is reports
