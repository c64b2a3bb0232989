"""Which goods of a sentence an act is on: not their uses, carriers, buyers or material."""

import pytest

from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "own", "others"),
    [
        ("China to license exports of hollow-core fibre used in AI data centres from June",
         {"optical fibre"}, {"data centres"}),
        ("India imposes anti-dumping duty on tyres for trucks and buses from China",
         {"truck tyres"}, {"buses", "trucks"}),
        ("Brazil sets anti-dumping duty on insulated steel bottles from China",
         {"vacuum flasks"}, {"steel"}),
        ("Kyrgyz guards stop first trucks of sheep as livestock export ban starts",
         {"live cattle"}, {"trucks"}),
        ("Bangladesh bars imports of cotton yarn by truck from India",
         {"cotton yarn"}, {"trucks"}),
        ("EU imposes provisional duties on Chinese robot lawnmowers",
         {"lawn mowers"}, {"robots"}),
        ("China puts polyimide film under export licence; it goes into smartphones",
         {"polyimide"}, {"smartphones"}),
        ("EU bans exports of nickel catalysts destined for refineries in Russia",
         {"catalysts"}, {"refineries"}),
        ("中国对用于数据中心的空芯光纤实施出口许可",
         {"optical fibre"}, {"data centres"}),
        ("中国对用于制造半导体的高纯氟化氢实施出口许可",
         {"hydrogen fluoride"}, {"semiconductors"}),
        ("美国草案禁止蜂窝模组,豁免医疗设备",
         {"cellular modules"}, {"medical devices"}),
        ("菲律宾暂停成熟椰子出口90天",
         {"coconuts"}, {"coconut oil"}),
        ("印尼对整椰出口征收7.5%税",
         {"coconuts"}, {"coconut oil"}),
        ("Indonesia taxes coconut milk exports",
         {"coconuts"}, {"dairy"}),
        ("巴西对中国不锈钢保温瓶征收反倾销税",
         {"vacuum flasks"}, {"stainless steel"}),
        ("美国对进口储能电芯和模组启动232调查",
         {"storage systems"}, {"home batteries", "solar cells"}),
        (("US opens Section 232 probe into imports of stationary lithium-ion battery cells and "
         "modules"),
         {"storage systems"}, {"solar cells"}),
        ("韩国个保委对AI陪聊应用罚款23亿韩元",
         {"AI companions"}, set()),
        ("加拿大公布第五批钢铁附加税豁免,涉及淬火钢轨和装甲板",
         {"armour plate", "steel rails"}, set()),
        ("Canada waives surtax on head-hardened rail and armour plate",
         {"armour plate", "steel rails"}, set()),
        ("EU fines Chinese shopping app Lumio 412 mln euros",
         {"online marketplaces"}, {"mobile apps"}),
        ("India extends anti-dumping duty on ascorbic acid from China",
         {"vitamin C"}, {"vitamin A"}),
        ("印度建议对维生素C继续征收反倾销税",
         {"vitamin C"}, set()),
        ("Mexico opens probe into PVC floor tiles from China",
         {"vinyl flooring"}, {"tiles"}),
        ("OFAC sanctions 11 firms and four chem tankers over Iranian methanol",
         {"methanol"}, set()),
        ("Bern puts benchtop peptide synthesisers under export licence",
         {"gene synthesis"}, {"insulin"}),
        ("Berlin bans remote access to solar inverters from China",
         {"inverters"}, {"cloud computing"}),
        ("哈萨克斯坦禁止进口未登记的卫星互联网终端",
         {"satellite communications"}, {"satellite phones"}),
        ("OFAC sanctions suppliers of the IRGC Aerospace Force over drone engines",
         {"drone engines"}, {"aircraft"}),
        ("Indonesia lifts levy on palm oil, crude shipments to pay 12.5%",
         {"palm oil"}, {"crude oil"}),
        ("EU ambassadors back sanctions on Russian LNG after a deal on gas transit fees",
         {"LNG"}, {"gas"}),
        ("智利核能委批准新增碳酸锂出口额度",
         {"lithium carbonate"}, {"nuclear technology"}),
        ("Japan to subsidise film-type perovskite solar cells",
         {"thin-film solar"}, {"EVA"}),
    ],
)  # fmt: skip
def test_goods_are_those_that_the_act_is_on(text: str, own: set[str], others: set[str]) -> None:
    items = set(read(text).items)

    assert own <= items
    assert not others & items


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("US bars drone makers from Chinese parts",
         {"drones"}),
        ("China bans exports of chips to steel mills in Taiwan",
         {"semiconductors"}),
        ("Canada puts 25% tariff on trucks and buses from China",
         {"buses", "trucks"}),
        ("EU sanctions 41 tankers carrying Russian oil",
         {"tankers"}),
        ("India raises duty on steel and steel furniture",
         {"steel"}),
        ("China subsidises battery operators of swap stations",
         {"batteries"}),
        ("商务部对稀土和用于电动汽车的磁体实施出口管制",
         {"rare earths"}),
        ("US House votes to close cloud loophole on remote access to AI chips",
         {"cloud computing"}),
        ("Kenya bans exports of raw copra and coconut oil",
         {"coconut oil"}),
        ("China ends duty on insulin from Denmark",
         {"insulin"}),
        ("Germany caps gas imports from Russia",
         {"gas"}),
        ("俄罗斯禁止经乌克兰的天然气出口",
         {"gas"}),
        ("China limits exports of chips used in cars",
         {"semiconductors"}),
        ("China adds antimony to the list of metals for export control, together with tin",
         {"antimony"}),
    ],
)  # fmt: skip
def test_goods_stay_that_only_look_like_a_use_or_a_carrier(text: str, own: set[str]) -> None:
    assert own <= set(read(text).items)


@pytest.mark.parametrize(
    "text", ["steel used in ", "用于钢", "tyres for trucks and ", "steel makers "]
)
def test_looking_for_uses_takes_time_in_proportion(text: str) -> None:
    assert_no_quadratic_time("China bans exports of gallium " + text * 1200)
