"""Which way an act goes: imposed, eased or ended, and what is only changed or put off."""

import pytest

from alerts.acts import direction
from alerts.traces import names_in
from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "stage", "way"),
    [
        # What a rule is amended by doing.
        (
            (
                "Removals from the Entity List\n\n"
                "In this rule, BIS amends the EAR by removing five entities in China."
            ),
            "withdrawn",
            "lifted",
        ),
        (
            (
                "Additions to the Entity List\n\n"
                "In this rule, BIS amends the EAR by adding five entities in China."
            ),
            "adopted",
            "imposed",
        ),
        # What becomes of a measure that was once imposed.
        (
            (
                "Notification No. 47/2025-26\n\n"
                "The prohibition imposed by Notification No. 44/2025-26 on rice bran is removed."
            ),
            "withdrawn",
            "lifted",
        ),
        ("US tariffs imposed on Canadian lumber are suspended", "suspended", "lifted"),
        ("US tariffs imposed on Canadian lumber in answer to a levy", "adopted", "imposed"),
        # What another measure follows.
        (
            (
                "Steel measure from 1 July 2027: quotas and duty\n\nThe UK has "
                "decided that free volumes will be 60% below the safeguard which ends on 30 June."
            ),
            "adopted",
            "imposed",
        ),
        (
            "India raises import duty on yellow peas to 30% after a year at zero",
            "adopted",
            "imposed",
        ),
        ("Canada imposes 25% tariff on US steel beyond a quota set at zero", "adopted", "imposed"),
        (
            "Decree 61: Argentina's export duty on sunflower seed is fixed at zero per cent",
            "adopted",
            "lifted",
        ),
        # Measures that are stopped.
        (
            "商务部公告2026年第28号 公布停止对8家美国实体实施出口管制管控名单措施的决定",
            "withdrawn",
            "lifted",
        ),
        (
            "商务部公告2026年第28号 公布对8家美国实体实施出口管制管控名单措施的决定",
            "adopted",
            "imposed",
        ),
        ("美国国际贸易法院裁定医疗器械关税违法", "withdrawn", "lifted"),
        ("美国国际贸易委员会裁定对华轮胎征收关税", "adopted", "imposed"),
        ("BIS把半个月前不让卖EDA软件的信收回去了", "withdrawn", "lifted"),
        (
            "商务部公告2026年第26号 关于暂停收取原产于日本的进口光刻胶反倾销保证金的公告",
            "suspended",
            "lifted",
        ),
        ("Tinplate surtax on China gone as of today", "withdrawn", "lifted"),
        ("Five Chinese lathe makers are off the Entity List", "withdrawn", "lifted"),
        # A correction or one name of several leaves an act as it is.
        (
            (
                "Entity List; Correction\n\nBIS corrects 91 FR 1845 by removing a duplicate alias, "
                "so that the rule adds 22 entities in China."
            ),
            "adopted",
            "imposed",
        ),
        (
            (
                "Corrigendum to Regulation (EU) 2026/1288 (restrictive measures, Russia)\n\n"
                "In Annex IV the entry for a Turkish optics firm is deleted."
            ),
            "adopted",
            "imposed",
        ),
        ("UK removes duplicate entry from Russia sanctions list", None, None),
        ("US Treasury drops one tanker from Zhoushan terminal action", "adopted", "lifted"),
        ("Britain removes a gas carrier from May sanctions", "adopted", "lifted"),
        ("US Treasury removes Iranian trader from sanctions list", "withdrawn", "lifted"),
        ("EU drops carbon frames from e-bike frame duty", "adopted", "lifted"),
        ("EU drops e-bike duty", "withdrawn", "lifted"),
        (
            "Recognition of seven Chinese test labs ends\n\nThe FCC's withdrawal took effect.",
            "adopted",
            None,
        ),
        # Vetoes and the like are no measures, nor is half of a fine that was suspended.
        ("Hungary lifts reserve on EU sanctions on Russia", None, None),
        ("匈牙利撤回对第19轮制裁的保留意见", None, None),
        ("Hungary lifts ban on Ukrainian grain", "withdrawn", "lifted"),
        ("欧盟撤回对华电动车关税", "withdrawn", "lifted"),
        # A decree that drops is out.
        ("Trump proclamation dropped today, 15% tariff on robots", "adopted", "imposed"),
        ("Trump tariff on robots dropped", "withdrawn", "lifted"),
        # Accounts are no measure that is put on hold.
        ("Banks in the Emirates froze balances of traders of gyroscopes", "adopted", "imposed"),
        ("昨天锡锭关门，今天铝土矿开闸，印尼真会玩", "withdrawn", "lifted"),
    ],
)
def test_ended_is_told_from_imposed(text: str, stage: str | None, way: str | None) -> None:
    act = read(text)
    assert (act.stage, direction(act)) == (stage, way)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        # A lower duty eases, and so does none.
        ("Brazil cuts import duty on lithium cells to zero", "lifted"),
        ("India reduces import duty on edible oil to 10%", "lifted"),
        ("Indonesia cuts palm oil export levy to 7.5%", "lifted"),
        ("India raises import duty on edible oil to 20%", "imposed"),
        ("US imposes 15% tariff on Korean cars, cut from 25%", "imposed"),
        ("EU cuts steel quota and raises duty to 50%", "imposed"),
        ("巴西对锂离子电芯实行零关税", "lifted"),
        ("印尼把棕榈油出口税砍到7.5%", "lifted"),
        ("加拿大对华电动车附加税降到6.1%", "lifted"),
        ("印度棉花进口税免了", "lifted"),
        ("英国7月起钢铁免税配额削减60% 超额部分征收50%关税", "imposed"),
        ("China lists 103 more car models free of vehicle and vessel tax", "lifted"),
        ("Argentina extends zero export duty to lithium chloride", "lifted"),
        ("Argentina extends export duty to lithium chloride", "imposed"),
        ("Korea extends duty-free quota for naphtha", "lifted"),
        ("UK sets duty-free quota for steel, taxes the rest at 50%", "imposed"),
        # Less of what lets goods in restricts; less of a rebate does neither.
        ("DRC halves cobalt export quota", "imposed"),
        ("印尼下调镍矿配额", "imposed"),
        ("China halves export rebate on graphite", None),
        ("财政部公告2026年第20号 关于下调人造石墨负极材料出口退税率的公告", None),
        ("中国取消光伏产品出口退税", None),
        ("China to phase out rebate on graphite anode exports", None),
        ("China to phase out graphite anode exports", "imposed"),
        ("India halves import duty on crude palm oil", "lifted"),
        # What ends was itself an exemption.
        ("BRAZIL CAMEX: FULL 35% EV IMPORT TARIFF, QUOTAS SCRAPPED", "imposed"),
        ("India scraps import quotas on yellow peas", "lifted"),
        ("印度取消太阳能玻璃进口关税优惠", "imposed"),
        ("印度取消太阳能玻璃进口关税", "lifted"),
        ("Last wind-down in EU's 21st Russia package ends", "imposed"),
        # A duty for a quota.
        ("Canada swaps 100% Chinese EV surtax for quota", "lifted"),
        ("加拿大拟以配额取代对华电动车100%附加税", "lifted"),
        ("Remission of the surtax is granted by Canada on 24,000 electric cars", "lifted"),
        # Licences that somebody gets, and a rule that asks for one.
        ("Beijing confirms first 11 general licences for magnets to EU car industry", "lifted"),
        ("China issues first rare earth export licences to European firms", "lifted"),
        ("China announces export licence for tungsten", "imposed"),
        ("BIS issues licence requirement for EDA software", "imposed"),
        ("OFAC revokes general licence for Rosneft Germany", None),
        ("Congo suspends one miner's cobalt quota", None),
        ("China pauses hafnium export licences for six months", "lifted"),
        (
            "India: laptops shall be Restricted and permitted only against an import authorisation",
            "imposed",
        ),
        ("First quota EVs from China arrive: 1,900 were released free of the surtax", "lifted"),
        ("EU accepts price undertaking for Chinese electric cars", "lifted"),
        # What is let in or out again, and what comes back.
        ("津巴布韦部分恢复锂精矿出口", "lifted"),
        ("印度恢复笔记本电脑进口许可制", "imposed"),
        ("印度恢复洋葱最低出口价", "imposed"),
        ("China resumes exports of gallium to US", "lifted"),
        # Trade that stops is banned, a duty that stops is lifted.
        ("印尼停了铝土矿出口", "imposed"),
        ("中国停了日本海鲜", "imposed"),
        ("欧盟停了对华反补贴税", "lifted"),
    ],
)
def test_easing_is_told_from_imposing(text: str, way: str | None) -> None:
    act = read(text)
    assert act.stage is not None
    assert direction(act) == way


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        (
            (
                "Notification No. 21/2026-27: lithium-ion cells\n\n"
                "The date in Notification No. 08/2026-27 is changed from 1 June to 1 October 2026."
            ),
            "delayed",
        ),
        (
            (
                "Notification No. 38/2026-27\n\n"
                "The date in Notification No. 17/2026-27 for laptops is extended to 1 January 2027."
            ),
            "delayed",
        ),
        (
            "不可靠实体清单工作机制公告2026年第11号\n\n决定自8月4日起，对2026年第7号公告所列5家美国无人机企业中的2家暂停适用相关措施90天。",
            "suspended",
        ),
        ("笔记本进口授权延到明年1月1日，印度外贸总局发的通知", "delayed"),
        (
            "韩国对日本热轧卷板作出反倾销初裁\n\n韩国贸易委员会11日建议对日本产热轧卷板征收临时税。",
            "proposed",
        ),
        ("韩国对日本热轧卷板作出反倾销初裁\n\n韩国贸易委员会11日公布裁定。", "adopted"),
        ("哈国废料禁令首周 阿拉山口再生铜到货降至零星", None),
        ("哈国将废铜出口税率降至零", "adopted"),
        ("智利第163、164号豁免法令的区别与应对", None),
        ("智利豁免钢筋反倾销税", "adopted"),
        ("欧洲车企的磁材通用许可要来了？商务部的朋友说还没收到文件", None),
    ],
)
def test_stages_beside_imposed_and_lifted(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


def test_an_act_that_a_text_tells_its_own_from_gives_no_instrument() -> None:
    text = (
        "税委会2026年第4号公告：到港货物怎么办\n\n"
        "公告以申报进口之日为准。同日公布的豌豆淀粉反倾销终裁属另一程序。"
    )
    assert read(text).instrument is None


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("US bans Russian uranium", "import ban"),
        ("EU bans Russian diesel and naphtha", "import ban"),
        ("China bars Japanese seafood", "import ban"),
        ("US bans cotton from Xinjiang", "import ban"),
        ("UK to ban Chinese CCTV cameras", "import ban"),
        ("China bans US chip exports", "export ban"),
        ("US bars Chinese chip toolmakers", None),
        ("US bars Chinese airlines from flying over Russia", None),
        ("EU shuts the door on Chinese steel", "import ban"),
        ("Brussels shuts its door to Chinese solar panels", "import ban"),
        ("India shuts the gate on imported laptops", "import ban"),
        ("Indonesia shuts the gate on raw bauxite", "export ban"),
        ("China shuts tap on gallium to US", "export ban"),
        ("Canada closes its market to Chinese steel", "import ban"),
        ("Chinese steel kept out of EU market", "import ban"),
        ("Japan grants Micron 500 billion yen for Hiroshima plant", "subsidy"),
        ("Japan grants 120 billion yen to Rapidus", "subsidy"),
    ],
)
def test_whose_goods_are_banned(text: str, instrument: str | None) -> None:
    act = read(text)
    assert act.stage in ("adopted", "proposed")
    assert act.instrument == instrument


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        ("Cadence settles over shipments to Chinese university", "enforced", "penalty"),
        ("US shipping agent pays $3.2 million for handling Iranian cargo", "enforced", "penalty"),
        ("OFAC Enforcement Release: catalyst maker settles", "enforced", "penalty"),
        ("OFAC issues Finding of Violation to freight forwarder", "enforced", "penalty"),
        ("Huawei settles patent case over shipments of phones", None, None),
        ("I paid $30 for handling cargo at the port of Shanghai", None, None),
        # Words without a trade, or a measure, behind them.
        ("Trump leans on TSMC", None, None),
        ("US locks up cobalt supply from Congo", None, None),
        ("China locks up rare earths", "adopted", "export restriction"),
        ("They really did it, the US and Nvidia on one stage", None, None),
        ("Jakarta really did it, no more tin ingots", "adopted", None),
        ("China targets 60 billion yuan of loans to chip makers", None, None),
        ("US targets 60 more chip makers", "adopted", "sanction"),
    ],
)
def test_penalties_and_sayings_have_their_object(
    text: str, stage: str | None, instrument: str | None
) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    ("text", "way", "told"),
    [
        ("Argentina extends zero export duty to lithium chloride", "prolonged", False),
        ("EU extends sanctions on Russia to January", "prolonged", True),
        ("EU extends ban on exports to Russia", "prolonged", True),
        ("India extends curbs on wheat exports to Nepal until March", "prolonged", True),
        ("令文有效期六个月，届时是否延续尚无消息", "prolonged", False),
        ("中国延续对欧盟不锈钢反倾销税", "prolonged", True),
        ("智利第163号豁免法令公布", "eased", False),
        ("美国豁免部分关税", "eased", True),
        ("The date in Notification No. 08/2026-27 is changed", "followed", True),
        ("Delhi HC stays anti-dumping duty on solar glass", "followed", True),
        ("Steel stays cheap as mills wait", "followed", False),
        ("公告：修正「戰略性高科技貨品出口實體管理名單」，新增27家實體", "followed", False),
        ("公告：修正第27號公告，延後實施", "followed", True),
        ("决定对2026年第7号公告所列5家企业中的2家停用措施", "followed", True),
    ],
)
def test_ways_in_which_a_text_follows_an_act(text: str, way: str, told: bool) -> None:
    assert (f"way:{way}" in names_in(text)) == told


@pytest.mark.parametrize(
    "text",
    [
        "China cuts tariffs " + "cuts word " * 2_000,
        "China bans " + "Chinese steel from " * 2_000,
        "中国取消" + "关税率降" * 3_000,
        "China ends exemption " + "exemption for steel is " * 1_500,
    ],
    ids=["cuts", "bans", "rates", "exemptions"],
)
def test_directions_take_no_quadratic_time(text: str) -> None:
    assert_no_quadratic_time(text)
