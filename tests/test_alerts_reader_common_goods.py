"""Goods that go by common words: read where a trade measure is near, and in no chatter."""

import pytest

from tests.act_reading import goods


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Kenya's roses face a 10% tariff in the US", "cut flowers"),
        ("EU to impose import duty on Russian wood", "timber"),
        ("Gabon announces export ban on logs", "timber"),
        ("US sets 25% tariff on machines from Japan", "machinery"),
        ("Turkey raises customs duty on jackets and jeans", "apparel"),
        ("India puts anti-dumping duty on glass from Iran", "glass"),
        ("Pakistan lifts import ban on beans", "pulses"),
        ("Brazil imposes anti-dumping duty on towels", "towels"),
        ("Mexico puts 35% tariffs on boots and sandals", "footwear"),
        ("EU sets tariff-rate quota for Ukrainian juice", "soft drinks"),
        ("India imposes import duty on diamonds", "diamonds"),
        ("South Africa puts safeguard duty on metals", "metals"),
        ("EU anti-dumping duties on chemicals from China", "chemicals"),
        ("印尼将煤出口禁令延长一个月", "coal"),
        ("印度对进口砖加征关税", "bricks"),
        ("埃及上调糖进口关税", "sugar"),
        ("Nigeria bans import of foreign-made trousers", "apparel"),
        ("India bans the import of jeans", "apparel"),
        ("Ghana prohibits importation of wood", "timber"),
        ("Russia restricts exports of wood", "timber"),
        ("阿尔及利亚禁止进口外国砖", "bricks"),
    ],
)
def test_a_common_word_names_goods_where_a_measure_is_near(text: str, good: str) -> None:
    assert good in goods(text)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Mexico dumping duty on bicycles for children", "bicycles"),
        ("Korea opens dumping case on butyl glycol ether", "glycol"),
        ("China probes Canadian pea starch", "starch"),
        ("商务部对原产于日本的二氯二氢硅立案调查", "dichlorosilane"),
        ("商务部对原产于印度的氯氰菊酯征收反倾销税", "insecticides"),
        ("海关总署暂停进口台湾竹荚鱼", "mackerel"),
        ("經濟部限制輸出筊白筍", "vegetables"),
        ("Indonesia bans imports of used clothes", "apparel"),
        ("US imposes duties on Vietnamese hard capsules", "hard capsules"),
        ("Philippines imposes duty on galvanized iron sheets", "galvanised steel"),
        ("EU safeguard measures on silicon and manganese alloys", "ferroalloys"),
        ("India fixes duty on thiourea", "thiourea"),
        ("India fixes duty on plastic cable ties", "cable ties"),
        ("India fixes duty on self-adhesive vinyl", "vinyl film"),
        ("EU opens probe into castors from China", "castors"),
        ("US opens dumping case on freight rail couplers", "rail cars"),
        ("US issues dumping orders on overhead door counterbalance torsion springs", "springs"),
        ("UK taxes engine oils from Lithuania", "lubricants"),
        ("China restricts export of rare earth separation technology", "rare earth technology"),
        ("商务部对稀土分离技术实施出口管制", "rare earth technology"),
        ("China bans export of lithium carbonate production technology",
         "lithium extraction technology"),
        ("US lists makers of magnetometers", "magnetometers"),
        ("Japan puts plutonium under export licence", "plutonium"),
        ("EU bans red dye No. 3 and other food dyes", "food colours"),
        ("美国终止小额免税", "small parcels"),
        ("欧盟推迟碳关税", "carbon levy"),
        ("Vietnam bans export of cassava", "cassava"),
    ],
)  # fmt: skip
def test_goods_of_trade_cases_and_control_lists_are_known(text: str, good: str) -> None:
    assert good in goods(text)


def test_a_measure_far_away_makes_no_word_goods() -> None:
    text = (
        "The president signed a new tariff this morning. He then walked with his guests through"
        " the garden, stopped a while to smell the roses, and went back to his desk."
    )

    assert "cut flowers" not in goods(text)


@pytest.mark.parametrize(
    "text",
    [
        "Brussels matches the tariff of Washington",
        "Tariff fears hammer shares, and the stock tanks",
        "She chairs the panel that watches over the tariff",
        "The tariff fuels prices and fans anger",
        "Minister presses for lower import duty",
        "NCM 9902, a tariff line of the Mercosur",
    ],
)
def test_verbs_near_a_measure_name_no_goods(text: str) -> None:
    assert goods(text) == frozenset()


CHATTER = (
    "Happy birthday to my wonderful sister, see you on Sunday",
    "He gave her roses and a box of sweets, and she cried",
    "I burnt the bread again, any tips for a slow oven?",
    "The new season starts on Friday and I cannot wait",
    "Our team lost in the semis after extra time",
    "We hiked up the hill in the fog and came home with wet boots",
    "My cat sleeps on the printer all day long",
    "She plays her cards well and keeps her cool",
    "The judge dismissed both suits before lunch",
    "Does anyone have a good book on Roman history?",
    "It rained on the parade but nobody minded",
    "Stop and smell the flowers, life is short",
    "My grandmother's wisdom: never go to bed angry",
    "The lamps in the old theatre went out during the second act",
    "He drums in a band and works in a bank",
    "That was the last straw, I am moving out",
    "The choir sang until the windows shook",
    "The mayor cut the ribbon and everybody clapped",
    "It is pouring and the dog wants out",
    "The referee waved play on, what a joke",
    "Long day, sore feet, worth it",
    "Nobody knows what the meeting was about",
    "Traffic on the bridge is terrible this morning",
    "She is writing her thesis on medieval law",
    "The children built a castle and the tide took it",
    "Thanks to all who voted in the school board election",
    "今天天气真好，适合出去走走",
    "昨晚的球赛太精彩了，最后一分钟绝杀",
    "孩子第一天上学，哭了一路",
    "周末有人一起爬山吗",
    "这部剧的结局让人意难平",
    "加班到十点，地铁上睡着了",
    "祝大家新年快乐，万事如意",
    "学校要求学生完成三个模块",
    "演唱会门票又没抢到",
    "房东突然说要涨租，怎么办",
    "老家下雪了，好想回去看看",
    "考试终于结束，可以睡懒觉了",
    "导师让我把论文再改一遍",
    "他的故事讲得比谁都好",
)


@pytest.mark.parametrize("text", CHATTER)
def test_chatter_names_no_goods(text: str) -> None:
    assert goods(text) == frozenset()
