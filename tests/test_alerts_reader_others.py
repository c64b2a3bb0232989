"""Goods of another act that a text names beside its own, and goods that are its own after all."""

import time

import pytest

from alerts.reader.others import others
from tests.act_reading import goods


@pytest.mark.parametrize(
    ("text", "own", "another"),
    [
        (("Korean commission rules for duties on Chinese titanium dioxide. At the same session "
         "that dealt with optical fibre, the trade commission gave its final ruling."),
         "titanium dioxide", "optical fibre"),
        (("At the meeting that extended the steel safeguard, ministers cut the import quota on "
         "butter to 4,000 tonnes."),
         "butter", "steel"),
        (("In the gazette that ended the duty on float glass, Ankara imposed anti-dumping "
         "duties on ceramic tiles from China."),
         "tiles", "glass"),
        (("Alongside Monday's withdrawal of the duty on float glass, Ankara imposed "
         "anti-dumping duties on ceramic tiles from China."),
         "tiles", "glass"),
        (("Alongside its curbs on gallium, Beijing put hafnium exports under licence on "
         "Thursday."),
         "hafnium", "gallium"),
        (("US drops six Chinese bearing makers from Entity List. The removals came alongside "
         "nine additions in quantum computing."),
         "bearings", "quantum technology"),
        ("Not content with antimony, Beijing now requires licences for bismuth exports.",
         "bismuth", "antimony"),
        ("Not satisfied with its nickel ore ban, Manila will ban chromite exports from June.",
         "chromium", "nickel ore"),
        (("Having already curbed graphite, China requires licences for tungsten exports from "
         "Monday."),
         "tungsten", "graphite"),
        ("Besides steel, which was hit last month, Mexico will put a 25% tariff on aluminium.",
         "aluminium", "steel"),
        ("On top of last week's rice duty, the Philippines imposed a 15% tariff on sugar.",
         "sugar", "rice"),
        ("The week after bauxite, Guinea banned exports of gold bars.",
         "gold", "bauxite"),
        ("After silver, platinum: India restricts imports of platinum jewellery.",
         "platinum jewellery", "silver"),
        ("After tungsten, molybdenum: China puts molybdenum exports under licence",
         "molybdenum", "tungsten"),
        ("After cobalt, Congo imposes export quotas on copper",
         "copper", "cobalt"),
        ("Guinea taxed gold in March, now bauxite too: 5% export levy",
         "bauxite", "gold"),
        ("First it was cobalt. Now Congo bans exports of germanium.",
         "germanium", "cobalt"),
        (("Indonesia's trade ministry, which last month banned exports of bauxite, imposed a "
         "10% export levy on tin."),
         "tin", "bauxite"),
        (("India imposes anti-dumping duty on Chinese solar glass. Separately, it opened a "
         "probe into vitamin C from China."),
         "solar glass", "vitamins"),
        (("India imposes anti-dumping duty on Chinese solar glass. In a separate notice, the "
         "ministry ended its duty on aluminium foil."),
         "solar glass", "aluminium foil"),
        ("China to license indium exports, as it did with antimony two years ago.",
         "indium", "antimony"),
        ("China licenses indium exports. The move follows similar curbs on antimony.",
         "indium", "antimony"),
        (("EU sets duties on Chinese phosphorous acid. Not to be confused with the citric acid "
         "case."),
         "phosphorous acid", "citric acid"),
        (("India extends duty on Chinese vitamin C, $2.20/kg. Don't mix it up with last week's "
         "paracetamol finding."),
         "vitamins", "paracetamol"),
        ("Unlike germanium, gallium stays banned: MOFCOM keeps gallium exports banned to US",
         "gallium", "germanium"),
        ("Gallium yesterday, indium today: China adds licence rule for indium",
         "indium", "gallium"),
        ("Turkey hits Chinese float glass with 30% duty, hours after it taxed polyester yarn.",
         "glass", "polyester yarn"),
        ("Steel was only the start: Canada puts 25% surtax on Chinese aluminium",
         "aluminium", "steel"),
        ("啤酒之後輪熱軋 陸製鋼捲反傾銷稅最高20.15%",
         "hot-rolled coil", "beer"),
        ("镓之后,中国又对铟实施出口管制",
         "indium", "gallium"),
        ("继镓之后,铟也被实施出口管制",
         "indium", "gallium"),
        ("大米之后是糖:印度禁止食糖出口",
         "sugar", "rice"),
        ("钨刚管完,钼又来了:商务部对钼实施出口管制",
         "molybdenum", "tungsten"),
        ("铝土矿的事还没完,几内亚又禁止黄金出口",
         "gold", "bauxite"),
        ("印尼又对椰子征收7.5%出口税,棕榈油那个是上个月的事。",
         "coconuts", "palm oil"),
        ("韩国对华钛白粉反倾销终裁,同一次会议还处理了光纤案。",
         "titanium dioxide", "optical fibre"),
        ("在审理光纤案的同一次会议上,韩国贸易委员会裁定对华钛白粉征收反倾销税。",
         "titanium dioxide", "optical fibre"),
        ("印度对华维生素C反倾销税延长五年,跟上周的扑热息痛是两码事。",
         "vitamins", "paracetamol"),
        ("菲律宾暂停成熟椰子出口90天。上周印尼刚宣布对铝土矿出口收费。",
         "coconuts", "bauxite"),
        ("先是钢铁,现在是铝:加拿大对中国铝材加征25%关税",
         "aluminium", "steel"),
        ("此前已对石墨实施管制的商务部,今天又对钨实施出口许可",
         "tungsten", "graphite"),
        ("除上月已加税的钢铁外,墨西哥对铝加征25%关税",
         "aluminium", "steel"),
    ],
)  # fmt: skip
def test_goods_of_another_act_are_not_those_of_the_text(text: str, own: str, another: str) -> None:
    named = goods(text)

    assert own in named
    assert another not in named


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("China bans exports of gallium alongside germanium and antimony",
         {"gallium", "germanium", "antimony"}),
        ("In addition to gallium, the notice puts germanium and antimony under licence",
         {"gallium", "germanium"}),
        ("Besides steel, the 25% tariff covers aluminium and copper",
         {"steel", "aluminium", "copper"}),
        ("After weeks of talks, the EU and China agree a floor price for EVs",
         {"EVs"}),
        (("After a safeguard probe into steel pipes, India imposes a duty on steel pipes and "
         "flanges"),
         {"steel pipes", "flanges"}),
        ("Unlike last year, India will ban exports of sugar",
         {"sugar"}),
        ("Following a two-year investigation, Brussels imposes duties on Chinese tyres",
         {"tyres"}),
        (("Indonesia bans exports of bauxite. The ban follows years of talks on aluminium "
         "smelters."),
         {"bauxite"}),
        ("Not content with Chinese steel, US mills ask for duties on imports of rebar",
         {"rebar"}),
        ("The ministry, which already controls gallium exports, tightened the rules on gallium",
         {"gallium"}),
        ("Canada puts a 25% tariff on steel and aluminium from China, as it did in 2024",
         {"steel", "aluminium"}),
        ("EU and Chinese negotiators met again; separately, Brussels imposed duties on tyres",
         {"tyres"}),
        ("China has bans on gallium, germanium and now antimony too",
         {"antimony"}),
        ("Beijing, having put gallium under licence, now licenses gallium oxide too",
         {"gallium oxide"}),
        ("After antimony prices tripled, China bans antimony exports to the US",
         {"antimony"}),
        ("商务部决定对镓、锗实施出口管制,此前已对石墨实施管制",
         {"gallium", "germanium"}),
        ("春节之后,中国又对稀土实施出口管制",
         {"rare earths"}),
        ("欧盟又对轮胎征收反倾销税,与汽车无关",
         {"tyres"}),
        ("除镓、锗外,还对锑实施出口管制",
         {"gallium", "germanium", "antimony"}),
        ("商务部上周刚宣布的石墨管制今天生效",
         {"graphite"}),
        ("印度对钢铁加征12%保障措施税,去年已调查一年",
         {"steel"}),
        ("9日之后不再是稀土出口限制",
         {"rare earths"}),
        (("In the notice that took effect on Monday, Ankara put anti-dumping duties on ceramic "
         "tiles from China"),
         {"tiles"}),
        ("By an order that bans imports of Chinese drones, the president shut out DJI",
         {"drones"}),
        ("In a separate lane, trucks. India bans imports of toys",
         {"toys"}),
        ("In another step against Chinese steel, Hanoi imposed duties on galvanised steel",
         {"galvanised steel"}),
    ],
)  # fmt: skip
def test_goods_of_one_act_are_all_its_own(text: str, own: set[str]) -> None:
    assert own <= goods(text)


@pytest.mark.parametrize(
    "text",
    ["alongside a duty on ", "after a, ", "separately, ", "它和它那个", "此前已对", "了之后又",
     "x just the start, now y too"],
)  # fmt: skip
def test_looking_for_other_acts_takes_time_in_proportion(text: str) -> None:
    started = time.process_time()
    others(text * 1000)

    assert time.process_time() - started < 1
