"""Chinese sayings of short posts, their questions, and what they hold against the past."""

import time
from datetime import UTC, datetime

import pytest

from alerts.acts import Reader, direction, load_reader
from alerts.domain import Act
from alerts.reader.chinese import FORMS, LONG, SHORT_POST, STARTS, sayings
from alerts.reader.terms import Hit
from classifier.resources import shipped

READER: Reader = load_reader(shipped("data"))
MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)


def read(text: str) -> Act:
    return READER.read(text, published_at=MONDAY)


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("钪也管了，铝钪合金靶材厂下个月起出口要拿许可证", "adopted", "export restriction"),
        ("日本光刻机的维修也要东京批", "adopted", "export licence"),
        ("印尼镍矿又关门了，这回停半年", "adopted", "export ban"),
        ("菲律宾把铬铁矿留在国内加工，不让往外运", "adopted", "export ban"),
        ("哈萨克斯坦的废铝半年不准出境", "adopted", "export ban"),
        ("12家日企被禁购中国稀土磁材", "adopted", "export ban"),
        ("两家西安雷达公司进UVL了", "adopted", "entity listing"),
        ("从UVL里放出来四家", "withdrawn", "entity listing"),
        ("韩国给中国钢板加了两成八的反倾销税", "adopted", "tariff"),
        ("加拿大对铝材的附加税从一成提到两成五", "adopted", "tariff"),
        ("印度给草甘膦设了地板价", "adopted", "tariff"),
        ("越南对中国玻璃查倾销", "adopted", "probe"),
        ("英国要求杭州某传感器公司在60天内卖掉芯片厂的股份", "adopted", "investment restriction"),
        ("收购德国激光厂黄了，柏林以国家安全为由叫停", "adopted", "investment restriction"),
        ("日本经产省给北海道晶圆厂补了5000亿日元", "adopted", "subsidy"),
        ("泰国电动车补贴没了，明年起", "withdrawn", "subsidy"),
        ("FCC把六家深圳实验室的报告不认了", "adopted", "import ban"),
        ("欧盟对无锡的光伏银浆动手了", "adopted", None),
        ("欧盟碳边境税下游规则又拖一年", "delayed", None),
        ("锑锭出口卡得更死了，商务部说以后逐单审", "adopted", "export licence"),
        ("越南稀土不卖原矿了，先深加工再说", "adopted", "export ban"),
        ("津巴布韦锂精矿明年一颗都不让走", "adopted", "export ban"),
        ("中方反制：波音防务不许买中国稀土", "adopted", "export ban"),
        ("印度对中国染料中间体收反倾销税，五年", "adopted", "tariff"),
        ("巴西钢铁配额再续一年", "adopted", "quota"),
        ("澳洲不让中资增持稀土矿", "adopted", "investment restriction"),
        ("英国国安法又拦一单，这次是石墨烯", "adopted", "investment restriction"),
        ("VEU没了，三星西安以后一年一申请", "adopted", "export licence"),
        ("OFAC又点了两家青岛码头", "adopted", "sanction"),
        ("欧盟第21轮把广东一家芯片贸易商也捎上了", "adopted", "sanction"),
        ("海关总署停收立陶宛牛肉", "adopted", "import ban"),
        ("FCC不给大疆新机发证", "adopted", None),
        ("法国电动车环保奖金把中国车踢出去", "adopted", None),
        ("Cadence认罚一点四亿，卖给国防科大", "enforced", "penalty"),
        ("台湾检方带走三名东京电子前员工", "enforced", "penalty"),
        ("马来西亚AI芯片出口转运要报备三十天", "adopted", "export licence"),
        ("俄罗斯汽车报废税又涨", "adopted", "tariff"),
        ("韩国给电池厂的补贴砍半", "adopted", "subsidy"),
        ("台灣對陸製啤酒課反傾銷稅，最高六成四", "adopted", "tariff"),
        ("財政部對越南熱軋鋼捲啟動反傾銷", "adopted", "probe"),
        ("巴西对中国预涂板反倾销，五年", "adopted", "tariff"),
        ("商务部：对三类稀土技术出口管制", "adopted", "export restriction"),
        ("税委会停止对加拿大油渣饼加税", "withdrawn", "tariff"),
        ("南宁中院判走私锑锭27人", "enforced", "penalty"),
        ("瑞士跟进第19轮", "adopted", "sanction"),
        ("几内亚吊销铝厂牌照，铝土矿停运", "adopted", None),
        ("美國商務部將台廠列入實體清單，半導體設備商喊冤", "adopted", "entity listing"),
        ("美國商務部將正式列入三家半導體廠到實體清單", "proposed", "entity listing"),
        ("南非对华汽车想加税", "proposed", "tariff"),
        ("韩国对华钢板定了34%", "adopted", "tariff"),
        ("英国对华挖掘机反倾销税", "adopted", "tariff"),
        ("我们的逆变器进印度要过BIS了", "adopted", None),
        ("美国封了中俄车联网软件，2027款起", "adopted", "import ban"),
        ("德国风电不许用明阳", "adopted", "import ban"),
        ("印度稀土不给日本了", "adopted", "export ban"),
        ("商务部给欧企开了稀土绿色通道", "adopted", "export licence"),
        ("台湾把华为中芯列实体名单了", "adopted", "entity listing"),
        ("英国电动车补贴把中国造排除", "adopted", "subsidy"),
        ("伦敦又添九艘油轮", "adopted", "sanction"),
    ],
)
def test_sayings_tell_of_acts(text: str, stage: str, instrument: str | None) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text",
    [
        "这孩子终于有人管了",
        "我妈不让往外卖那辆电动车",
        "英国的老师不让带手机进教室",
        "如果韩国给中国钢板加两成八的反倾销税，船厂先哭",
        "特斯拉美国厂的电池上了三成新设备",
        "周末去德国，箱子太重，机场加收两成",
        "日本电池厂拿到964亿日元融资",
        "会不会又轮到日本的光刻胶",
        "英特尔收购以色列晶圆厂的传闻被否认",
        "购物清单上又见可可粉，法国巧克力涨价",
        "老婆说美国大豆油没了",
        "德国队又拦一单进攻，点球没进",
        "荷兰球星收购案黄了，拜仁报价被拒",
        "智利车厘子进不来了，路上堵船",
        "老公把我拉黑了，他在英国的船上",
        "比亚迪给经销商返点两成",
        "上海进口牛肉涨了三成",
        "日本汽车出口对美下降三成",
        "台积电上了最佳雇主名单",
        "物业公告：电动车须在楼下充电",
        "加拿大朋友说冬天电动车续航砍半",
        "上周是草莓，这周轮到樱桃，德国超市打折",
        "德国风电厂老板说不许用手机",
        "韩国给学生加了三成补贴",
        "我们把三文鱼排除，日本菜单照旧",
        "日本旅行团又添九条线路，油轮改道",
        "“不低于五星”，这家日本料理的三文鱼",
    ],
)
def test_everyday_words_tell_of_none(text: str) -> None:
    act = read(text)
    assert act.stage is None


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("上周是叉车，这周轮到轮胎：欧盟又加征两成反倾销税", "adopted"),
        ("去年那批里的四家美企今天移出管控名单", "withdrawn"),
        ("去年欧盟对叉车加征反倾销税", None),
        ("商务部去年把四家美企列入管控名单", None),
    ],
)
def test_a_word_of_the_past_is_no_history_of_what_comes_after_it_today(
    text: str, stage: str | None
) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("印度禁止鳞片石墨出口，利好国内球形石墨厂？", "adopted"),
        ("美国将三家光刻胶企业列入实体清单，有没有同行在用？", "adopted"),
        ("印度禁止鳞片石墨出口，是真的吗？", None),
        ("印度会不会禁止鳞片石墨出口，跌成这样？", None),
        ("印度禁止鳞片石墨出口了吗？", None),
        ("如果印度禁止鳞片石墨出口，谁受益？", None),
    ],
)
def test_what_is_told_before_a_question_is_told(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("美方将四家中国芯片分析机构列入实体清单", "adopted", "entity listing"),
        ("机构：美国列入实体清单的企业影响有限", None, None),
        ("海牙以国家安全为由叫停光芯片收购", "adopted", "investment restriction"),
        ("美国因违规供货对光刻机企业罚款9500万美元", "enforced", "penalty"),
    ],
)
def test_bodies_reasons_and_fines(text: str, stage: str | None, instrument: str | None) -> None:
    act = read(text)
    assert act.stage == stage
    if stage:
        assert act.instrument == instrument


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("墨西哥轮胎35个点，九月起", "adopted"),
        ("加拿大铝材四成，下月开征", "adopted"),
        ("墨西哥轮胎涨35个点，九月起", None),
        ("美国汽车股三成，九月起", None),
        ("美国最终规则：云服务商须核验外国客户身份", "adopted"),
        ("韩国产业部公告：电池出口商须留存记录五年", "adopted"),
        ("韩国电池协会建议：出口商须留存记录五年", None),
        ("铪出口管制生效三天，报关行忙着补材料", "in effect"),
        ("铪出口管制生效三年，报关行忙着补材料", None),
        ("钨矿第二批指标4.9万吨 江西减两成", "adopted"),
        ("土耳其限铜废料出口，去年的四分之一", "adopted"),
        ("印度反倾销终于出了，焊丝最高两成", "adopted"),
        ("中资收购比利时晶圆厂被布鲁塞尔一票否决", "adopted"),
        ("传商务部要管高纯镁出口", "reported"),
        ("传统的商务部要管高纯镁出口", "proposed"),
        ("赞比亚放精矿出来了", "withdrawn"),
        ("赞比亚放烟花出来了", None),
    ],
)
def test_headlines_without_a_verb_or_with_a_short_one(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("“税率为52.7%至113.4%”，豌豆淀粉这下贵了，加拿大的船在路上", "adopted"),
        ("“酒香不怕巷子深”，豌豆淀粉这下贵了，加拿大的船在路上", None),
        ("52号公告说的是钪靶，蒸发料没写", "adopted"),
        ("听说52号公告说的是钪靶，蒸发料没写", None),
        ("52号公寓的钪靶工程师搬走了", None),
    ],
)
def test_a_rules_own_words_or_number_with_goods_are_an_act(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("一周贸易回顾\n商务部公告管钪；印度对铜箔反倾销立案；智利对盘条加征关税。", False),
        ("本周汇总：钪技术管制；韩国光刻胶反倾销；机器人关税25%；津巴布韦锂精矿禁止出口。", False),
        ("本周汇总：韩国对中国光刻胶征收反倾销税，最高两成。", True),
    ],
)  # fmt: skip
def test_a_chinese_roundup_reports_no_act_of_its_own(text: str, told: bool) -> None:
    assert (read(text).stage is not None) is told


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("美国最终规则禁售中国无人机 大疆：将提起诉讼", "adopted", None),
        ("欧委会拒绝上汽价格承诺 名爵继续缴反补贴税", "adopted", "tariff"),
        ("泰国责令一家车企退还12亿泰铢电动车补贴", "enforced", "penalty"),
        ("英国下令智能电表停用中国蜂窝模组", "adopted", "import ban"),
        ("英国下令停用旧的出口管制条款", "withdrawn", None),
        ("电池包也被查补贴了，欧盟出手", "adopted", "probe"),
        ("越南公布数据出境新规。违者罚款最高可达营业额的5%。", "adopted", None),
        ("越南公布数据出境违规处罚，对平台罚款五亿越南盾。", "enforced", "penalty"),
        ("工信部就智算芯片指导意见公开征求意见，市场此前传闻要拆除洋卡", "proposed", None),
    ],
)
def test_words_that_looked_like_another_stage(
    text: str, stage: str, instrument: str | None
) -> None:
    act = read(text)
    assert act.stage == stage
    assert instrument is None or act.instrument == instrument


@pytest.mark.parametrize(
    ("text", "instrument", "towards"),
    [
        ("海关总署关于暂停巴西两家企业牛肉产品输华的公告", "import ban", "imposed"),
        ("商务部暂停第58号出口管制公告", None, "lifted"),
        ("赞比亚暂停征收铜精矿出口税一年", None, "lifted"),
        ("美国延长光伏设备301关税豁免至明年8月", None, "lifted"),
        ("高纯碲提纯工艺出口须获许可，商务部今天公布", "export licence", "imposed"),
        ("商务部：两家企业碲出口获许可", None, "lifted"),
        ("韩国对中国热轧板征收反倾销税，三家钢厂以承诺换豁免", "tariff", "imposed"),
        ("六家香港元器件公司上SDN了，舵机厂商注意", "sanction", "imposed"),
        ("英国又拉黑九条老油轮", "sanction", "imposed"),
        ("美国又拉黑九家雷达厂", "entity listing", "imposed"),
        ("232终于落到多晶硅头上", "tariff", "imposed"),
        ("欧盟接受大众安徽的最低限价承诺，电动车免税", "tariff", "lifted"),
        ("欧盟给电动车设最低限价", "tariff", "imposed"),
        ("欧盟接近接受最低限价承诺，电动车或免税", "tariff", "lifted"),
        ("商务部新闻发言人就美移除部分中国实体答记者问", None, "lifted"),
    ],
)
def test_which_way_an_act_goes(text: str, instrument: str | None, towards: str | None) -> None:
    act = read(text)
    assert direction(act) == towards
    assert act.instrument in (instrument, *(() if instrument else ("tariff", "export restriction")))


@pytest.mark.parametrize(
    "text",
    [
        "美国对光刻胶" + "加" * 8_000,
        "出口要" + "从技术出口要" * 3_000 + "批条",
        "美国" + "收购买卖交易" * 3_000 + "黄了",
        "“" + "须在60天内要得" * 2_000 + "卖掉",
    ],
    ids=["加", "要", "收购", "须"],
)
def test_sayings_take_no_quadratic_time(text: str) -> None:
    began = time.process_time()
    read("中国禁止镓出口")
    short = time.process_time() - began
    began = time.process_time()
    read(text)

    assert time.process_time() - began < 0.5 + 1000 * short


@pytest.mark.parametrize(
    "mark",
    ["sdn", "uvl", "1260h", "uflpa", "feoc", "veu", "ndaa", "232", "301", "217条款", "fsr", "cbam",
     "厂号", "冻品"],
)  # fmt: skip
def test_each_name_of_a_government_s_rules_is_its_sign(mark: str) -> None:
    behind = "关税" if mark.isdigit() else ""
    assert [hit.kind for hit in sayings([], f"又见 {mark}{behind}")] == ["sign"]
    assert sayings([], f"又见 x{mark[0]}y{mark[-1]}{behind}") == []


def test_each_saying_is_looked_for_at_each_of_its_places() -> None:
    for needle in FORMS:
        for text in (needle, f"在{needle}了", f"{'好' * 7}{needle}"):
            assert any(place.start() == text.find(needle) for place in STARTS.finditer(text))
    assert not STARTS.search("天气很好")


def test_a_saying_may_end_behind_what_is_read_and_not_begin_there() -> None:
    hits = [Hit(0, 1, "item", "rhenium")]
    ahead = "铼" + "好" * (SHORT_POST - 6)
    for more, found in ((3, True), (4, False)):
        text = f"{ahead}{'好' * more},双反凑齐了"[:LONG]
        assert bool(sayings(hits, text)) is found, more


@pytest.mark.parametrize(
    "text",
    [
        "我停了日本奶粉，换国产的",
        "盒马停了挪威三文鱼",
        "山姆停了日本水产",
        "公司停了越南进口木材",
        "工厂停了澳洲进口铁矿石",
        "德国宝马再掏10亿欧元建厂",
        "法国达飞再掏30亿欧元买船",
        "德国大众掏50亿欧元入股Rivian",
        "我的退税没了，今年得补税",
        "个税退税没了",
        "英国警告大家慎用减肥药",
        "体育总局：处罚两名马术运动员",
    ],
)
def test_what_shops_firms_and_people_do_is_no_act(text: str) -> None:
    assert (read(text).instrument, read(text).stage) == (None, None)


@pytest.mark.parametrize(
    ("text", "instrument", "jurisdiction"),
    [
        ("中国停了日本水产", "import ban", "CN"),
        ("海关总署停了巴西牛肉进口", "import ban", "CN"),
        ("印尼又停了铝土矿出口", "export ban", "ID"),
        ("德国再掏50亿欧元补芯片", "subsidy", "DE"),
        ("日本政府再掏1万亿日元补芯片", "subsidy", "JP"),
        ("光伏出口退税没了", None, "CN"),
        ("英国警告企业别用中国摄像头", "guidance", "GB"),
        ("印度下调黄金进口税", "tariff", "IN"),
        ("印度上调香烟进口税", "tariff", "IN"),
        ("土耳其上调电力进口税", "tariff", "TR"),
        ("市场监管总局：处罚三家医药企业", "penalty", "CN"),
        ("总局出手：暂停进口日本水产", "import ban", "CN"),
    ],
)
def test_what_states_do_in_the_same_words_is_one(
    text: str, instrument: str | None, jurisdiction: str
) -> None:
    act = read(text)
    assert (act.instrument, act.jurisdiction) == (instrument, jurisdiction)
    assert act.stage is not None
