"""Stages of hard texts: clauses that are no news, words of two senses, hearsay, plans, undoing."""

import pytest

from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Malaysia's palm oil producers welcomed India's decision to cut import duty", None),
        ("Tokyo protests as Beijing puts 20 Japanese firms on its control list", "adopted"),
        ("The quota that Congo imposed in October is filled, Glencore said", None),
        ("The duty on robots that Washington imposed on Friday falls on imports from Japan",
         "adopted"),
        ("Having fined Apple and Meta, Brussels now has to decide on X", None),
        ("Every time Washington adds a Chinese fab to a list, SMIC's order book grows", None),
        ("Over the past three years Washington has banned exports of 40 kinds of tools", None),
        ("Mali banned gold exports by artisanal miners in 2023", None),
        ("A trader in Antwerp recalls the day Brussels banned Russian diamonds", None),
        ("Canola growers have waited 14 months for Beijing to lift its duties", None),
        ("Turkish exporters' union demands end to boron export quota", None),
        ("Korean battery makers seek exemption from US anode tariffs", None),
        ("The provisional duty of Mexico closes the port to clear sheet from China", None),
        ("US growers: lift the tariffs or lose the market", None),
        ("Good news for gun makers: BIS rescinds its rule on exports of firearms", "withdrawn"),
        ("The Supreme Court case that could end Trump's tariffs", None),
        ("泰国前总理：限制大米出口是错误政策", None),
        ("泰国总理：限制大米出口", "adopted"),
        ("韩国企业要求政府不要跟进美国对华半导体设备限制", None),
        ("美国要求企业停止向中国出口芯片设备", "adopted"),
        ("乌克兰农民抗议波兰延长粮食禁令", None),
        ("商务部：加方加征电池附加税违反世贸规则", None),
        ("深圳一公司被美国列入实体清单后更名", None),
        ("三年来，美国先后把30多家中国量子机构列入实体清单", None),
        ("印尼：企业整改到位即可恢复出口", None),
    ],
)  # fmt: skip
def test_what_is_no_news_makes_no_stage(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Dutch court refuses to halt metrology licence rule", None),
        ("Commerce refuses to license Nvidia's sale to Tencent", "enforced"),
        ("SAIC sues the Commission over refusal of price floor", None),
        ("Order No. 24: fines go up to 5% of turnover, China's ministry of commerce reminds", None),
        ("OTSI fines shipping broker over Russian oil", "enforced"),
        ("The anti-dumping duties of 2019 remain in force while Brussels reviews them", None),
        ("Treasury issues guidance on effective control by Chinese firms", "adopted"),
        ("The Dutch minister has decided to prohibit the proposed acquisition of Helderlicht",
         "adopted"),
        ("Korea adds 12 items to End Use control list", "adopted"),
        ("EU envoys meet Friday on sanctions package; Slovakia disagrees", None),
        ("Commerce ordered a Maryland firm to pay $685,000 for shipping sensors to Huawei",
         "enforced"),
        ("India's steel ministry has told customs to clear only certified wire rod", "adopted"),
        ("荷兰首相拒绝评论是否收紧光刻机出口", None),
        ("《汽车数据出境管理规定》已经国家网信办审议通过，对出口车辆数据实施许可管理", "adopted"),
        ("商务部：中方愿同各方加强出口管制领域对话", None),
        ("商务部：将适时公布钨矿出口国营贸易企业名单", None),
        ("日本把人形机器人执行器的许可审批交给经产省", None),
        ("英国贸易制裁执行办公室对一家物流公司罚款100万英镑", "enforced"),
        ("印度30%光伏电池反倾销税落地", "adopted"),
        ("Bottlers have cancelled two parcels after America blacklisted the shipper", None),
        ("Blacklisted drone firm says motor orders were cancelled", None),
        ("China cancels its tariff on US cargoes", "withdrawn"),
        ("China drops restrictions on shipments of gallium to the US", "withdrawn"),
        ("China cancels permits for shipments of US beef", "withdrawn"),
        ("Commerce cancels antidumping orders on Chinese steel nails", "withdrawn"),
        ("Two export denial orders were cancelled by the US Commerce Department", "withdrawn"),
        ("Commerce drops probe of parcel shipments from China", "withdrawn"),
    ],
)  # fmt: skip
def test_a_word_of_two_senses_is_read_by_what_stands_beside_it(
    text: str, stage: str | None
) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Indonesia plans export levy on nickel pig iron, officials say", "reported"),
        ("Indonesia plans export levy on nickel pig iron, mines minister says", "proposed"),
        ("Nikkei: Japan to tighten rules on chip tool exports", "reported"),
        ("White House drafting order to bar exports of AI chips - WSJ", "reported"),
        ("印尼拟对镍铁征收出口税。知情官员称，镍价低时免征。", "reported"),
        ("印尼拟对镍铁征收出口税。财政部长称，镍价低时免征。", "proposed"),
        ("印尼铝土矿年度配额或由2800万吨砍至1900万吨", "reported"),
        ("China to require licences for rhenium exports", "proposed"),
        ("China to require licences for rhenium exports from March", "adopted"),
        ("China to license thermal cameras. Announcement No. 30 is good for two years.", "adopted"),
        ("Poland will ban Chinese cars from bases under an order signed on Tuesday", "adopted"),
        ("India to scrap quality order on viscose, says minister", "proposed"),
        (
            "China will suspend port fees for US ships, the transport ministry announced",
            "suspended",
        ),
        ("Itac gazettes plan to double South Africa's duty on cars", "proposed"),
        ("India adopts dumping duty on Chinese resin as recommended", "adopted"),
        ("英国首相表示将把钢铁进口配额削减六成", "proposed"),
        ("中国将对美船舶收取特别港务费，交通运输部发布公告", "adopted"),
        ("美商务部就限制中国无人机零部件进口征求公众意见", "proposed"),
    ],
)
def test_plans_are_told_from_hearsay_and_from_acts(text: str, stage: str) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Indonesia's top court has put the export levy on hold", "suspended"),
        ("Lima suspends its new export levy", "suspended"),
        ("An Indonesian court suspended the minister's decree on bauxite exports", "suspended"),
        ("Beijing stops collecting extra tariff on American soybeans", "withdrawn"),
        ("中方停止对美木材征收附加关税", "withdrawn"),
        ("中国恢复对日本水产品的进口禁令", "adopted"),
        ("US ends tariff exemption for small parcels from China", "adopted"),
        ("US ends tariff on small parcels from China", "withdrawn"),
        ("US duty on Japanese cars drops to 15%, notice says", "adopted"),
        ("Taiwan gives crop drones six months' grace from parts ban", "delayed"),
        ("Commerce grants Samsung another year under its licence rule", "delayed"),
        ("Brussels will apply its steel tariff a year later than planned", "delayed"),
        ("欧盟将零毁林法案推迟一年实施", "delayed"),
        ("韩国贸易委员会中止对日本机器人的反倾销调查", "suspended"),
        ("商务部：不得向日本军事用户出口一切两用物项", "adopted"),
        ("墨西哥将中国汽车关税生效日推迟至7月", "delayed"),
        ("Delhi has withdrawn the duty; a quashed rule of 2019 is not meant", "withdrawn"),
        ("The EU Commission revokes nothing and lifts no sanctions on Belavia", None),
        ("India's ban on re-exports of sugar entered into force on Tuesday", "in effect"),
        ("India's ban on re-exports of sugar will enter into force on Tuesday", "adopted"),
        ("越南下月起实施稻米出口许可证制度", "adopted"),
        (("Effective 12:01 a.m. eastern standard time on December 3, 2026, the US duty on"
         " polysilicon is 30 percent"), "adopted"),
    ],
)  # fmt: skip
def test_what_becomes_of_an_act_is_told(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    "text",
    [
        (
            "Seven days in trade: India frees the onion. Kinshasa stops zinc exports. Canada spares"
            " wind towers from its surtax."
        ),
        "十月下旬管制一览。印度对铜征税；欧盟撤回废铝许可；天津海关查获镓；日本放宽出口限制。",
        (
            "Tuesday's harvest. Brazil: new duty on wheels. UK: quotas halved. Malaysia: permits"
            " for rare earths."
        ),
    ],
)
def test_a_letter_that_lists_acts_reports_none(text: str) -> None:
    act = read(text)

    assert act.stage is None
    assert act.read_from["digest"]


def test_whom_a_duty_is_laid_on_heads_no_items_of_a_list() -> None:
    act = read("US imposes duties on resin. India: 12%. Vietnam: 30%. China: 41%.")

    assert act.stage == "adopted"
    assert "digest" not in act.read_from


def test_what_stands_far_behind_is_background() -> None:
    lead = "Farmers in the province of Alberta have had a long and very dry summer this year. "
    plan = "Ottawa is weighing a surtax on Chinese steel."

    assert read(plan).stage == read(lead + plan).stage == "reported"
    assert read(lead * 2 + plan).stage is None


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        # A plan that is given up or put off
        ("美国取消对欧盟汽车加征关税的计划", "withdrawn"),
        ("欧盟推迟实施碳关税的计划", "delayed"),
        ("加拿大暂停对美国科技公司征税的计划", "suspended"),
        ("US scraps plan to end de minimis exemption", "withdrawn"),
        ("US drops plan to revoke tariff exemptions for Vietnam", "withdrawn"),
        # For how long, and not how long ago
        ("欧盟反毁林法被推迟一年，欧盟委员会称", "delayed"),
        ("美国对墨西哥的关税已暂停90天，白宫称", "suspended"),
        ("India allows duty-free imports of yellow peas for another year", "adopted"),
        # Who condemns one thing, and does another
        ("China condemned US chip curbs and banned exports of gallium to America", "adopted"),
        ("英国谴责伊朗并制裁五名官员", "adopted"),
        ("中国反对美国芯片新规并宣布对稀土实施出口管制", "adopted"),
        ("美国停止谈判并对加拿大征收35%关税", "adopted"),
        # Before a colon, but none that speaks
        ("美国制裁12家中国企业：涉嫌协助伊朗", "adopted"),
        ("US adds Chinese AI makers: 25 firms put on entity list", "adopted"),
        # Said with an adverb, a day, a power
        ("The US has now lifted sanctions on Syria", "withdrawn"),
        ("US tariffs on steel doubled on Wednesday to 50%", "adopted"),
        ("Later in the day China imposed sanctions on five US defence firms", "adopted"),
        ("Trump used emergency powers to impose a 25% tariff on Canadian goods", "proposed"),
        # An agency signs a headline
        ("EU Commission proposes 50% tariff on steel imports - Reuters", "proposed"),
        ("EU Commission plans 50% tariff on steel imports - Reuters", "reported"),
        ("The EU has proposed 50% tariffs on steel imports", "proposed"),
        ("The EU has proposed levies on Chinese parcels", "proposed"),
        # A word that is a part of another
        ("美国限制使用中国产无人机", "adopted"),
        ("美国贸易代表提议对中国造船舶收取港口费", "proposed"),
        ("白宫要求联邦政府机构禁用中国无人机", "adopted"),
        ("荷兰禁止与俄罗斯科研合作", "adopted"),
        ("欧盟对两家中国银行制裁", "adopted"),
        ("Dutch authorities to restrict exports of chip machines", "proposed"),
        # Who begins to talk has done nothing yet
        (
            "The EU and China began two days of talks on Tuesday about a licence for rare earths",
            None,
        ),
        ("Brussels opened negotiations with Jakarta on an export duty on nickel", None),
        ("Brussels opened an anti-dumping investigation into nickel from Indonesia", "adopted"),
        # Who says what they think of one act makes no list of acts
        (
            "Japan: we regret it. EU: we respond. Canada: bad. US tightened chip export controls",
            "adopted",
        ),
    ],
)
def test_plain_sentences_keep_their_stage(text: str, stage: str) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    "text",
    [
        ": " + "-" * 20_000 + " China bans exports of gallium",
        "x " + "," * 20_000 + " a b China to ban exports of gallium",
        ":" + "." * 20_000 + " China bans exports of gallium",
    ],
    ids=["dashes", "commas", "full stops"],
)
def test_long_runs_of_signs_are_read_in_a_moment(text: str) -> None:
    assert_no_quadratic_time(text)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("No new controls are planned, METI says", None),
        ("New controls are planned, METI says", "proposed"),
        ("Nothing in the new order bans exports of servers to Malaysia, Commerce says", None),
        ("The new Commerce order bans exports of servers to Malaysia", "adopted"),
        ("Zambia's mines minister visits Beijing to discuss copper export permits", None),
        ("Zambia's cabinet discusses copper export permits", "reported"),
        ("Beijing's suspension of tariffs helps Matson", None),
        ("Beijing announces suspension of tariffs", "suspended"),
        ("WTO panel backs China over US tariffs", None),
        ("Trade panel backs duty on Chinese glass, Commerce says", "proposed"),
        ("US lists conditions for easing chip curbs", None),
        ("US lists 23 firms under chip curbs", "adopted"),
        ("Dutch court to rule on Nexperia seizure on Thursday", None),
        ("Dutch customs announces seizure of GPUs on Thursday", "enforced"),
        ("Tokyo to maintain its ban on Russian seafood", None),
        ("EU sanctions chief to visit Bishkek over dual-use exports", None),
        ("EU sanctions Bishkek banks over dual-use exports", "adopted"),
        ("法国尚未就中资收购光纤企业作出决定", None),
        ("美光：未收到中国禁止采购的通知", None),
        ("美光：中国禁止采购存储芯片", "adopted"),
        ("中国出口商赶在欧盟钢铁配额生效前抢运", None),
        ("欧盟钢铁配额今日生效", "in effect"),
        ("美国会议员致信商务部 要求限制中国模组进口", None),
        ("8月以来，已有三家中国企业被列入美国实体清单", None),
        ("中国与欧盟开展半导体对话", None),
        ("中国对欧盟开展反倾销调查", "adopted"),
        ("Commerce confirms Reuters report, said it imposed tariffs on robots", "adopted"),
        ("Commerce imposed tariffs on robots, Reuters reported", "reported"),
        ("欧盟普通法院将于5月就中国轮胎反倾销税作出裁决", None),
        ("欧盟就中国轮胎反倾销税作出裁决", "adopted"),
        ("The US trade deficit with China narrowed after tariffs", None),
        ("Washington narrowed tariffs on China to 12 goods", "adopted"),
        ("The tariff truce between the US and China holds", None),
        ("Congress asks Commerce how chip export licences were granted", None),
        ("美国钢铁工会欢迎对韩国螺纹钢加征关税", None),
        ("美国对韩国螺纹钢加征关税", "adopted"),
        ("中国驻加大使：望加方取消附加税", None),
        ("加方取消附加税", "withdrawn"),
        ("三星西安工厂豁免将于年底到期，美国商务部称", None),
        ("Australia's parliament begins debate on steel tariff", None),
        ("Australia begins anti-dumping probe on steel", "adopted"),
        ("津巴布韦计划2027年起禁止锂精矿出口", "proposed"),
        ("津巴布韦2027年起禁止锂精矿出口", "adopted"),
        ("欧盟取消了对中国光伏玻璃的反倾销税", "withdrawn"),
        ("Britain froze assets of two Chinese refiners", "adopted"),
        ("Britain froze tariffs on Chinese solar cells", "suspended"),
        ("Kazakhstan lets scrap export ban lapse", "withdrawn"),
        ("Kazakhstan lets scrap exports through despite ban", "adopted"),
        ("法院暂缓执行美国对小包裹的关税令", "suspended"),
        ("美国暂缓执行对小包裹的关税令", "delayed"),
        ("Trump signs bill barring purchases of Chinese drones into law", "adopted"),
        ("House passes bill barring imports of Chinese drones, Senate to vote", "proposed"),
        ("Correction: In rule document 2026-25102 effective date should read December 16, 2026.",
         "adopted"),
    ],
)  # fmt: skip
def test_what_only_sounds_like_an_act_has_no_stage(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


def test_a_retroactive_day_is_one_that_has_gone_by() -> None:
    assert read("欧盟对华盘条征收反倾销税，追溯至6月1日生效").effective_on == "2026-06-01"
    assert read("欧盟对华盘条征收反倾销税，6月1日生效").effective_on == "2027-06-01"


FAR_BEHIND = """Lunch with a trader in Antwerp, who has seen more of these than he can count.
Prices went nowhere all week, and neither did anybody's ship, as far as one saw.
"""


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("消息称企业暂缓采购芯片\n国家网信办约谈腾讯、阿里，须待审查。", "reported"),
        ("企业暂缓采购芯片\n国家网信办约谈腾讯、阿里，须待审查。", "adopted"),
        ("Clouds, at last\nThe BIS rule on export licences was proposed in January 2024.", None),
        ("Clouds, at last\nBIS proposed a rule on export licences on Monday.", "proposed"),
        ("据当地通讯社看到的草案，刚果（金）拟禁止锗精矿出口", "reported"),
        ("据矿业部公布的草案，刚果（金）拟禁止锗精矿出口", "proposed"),
        (FAR_BEHIND + "The EU has proposed a ban on imports of Russian diamonds.", None),
        ("The EU has proposed a ban on imports of Russian diamonds.", "proposed"),
    ],
)  # fmt: skip
def test_a_plan_far_behind_or_long_ago_is_no_news(text: str, stage: str | None) -> None:
    assert read(text).stage == stage
