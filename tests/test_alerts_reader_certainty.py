"""How sure a text is: what is open yet, only heard or weighed by others; goods taken out of use."""

import pytest

from alerts.acts import direction
from tests.act_reading import assert_no_quadratic_time, read


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        # A finding that is made, though preliminary.
        (
            (
                "Certain Steel Racks From Thailand: Preliminary Affirmative Determination "
                "of Sales at Less Than Fair Value"
            ),
            "adopted",
        ),
        (
            (
                "Commerce makes preliminary affirmative determination in the antidumping "
                "investigation of erythritol from China"
            ),
            "adopted",
        ),
        (
            (
                "Xylitol From the People's Republic of China: Preliminary Affirmative "
                "Countervailing Duty Determination. Commerce preliminarily determines "
                "that countervailable subsidies are being provided to producers of "
                "xylitol."
            ),
            "adopted",
        ),
        # Plans of who wants.
        ("Japan wants to licence exports of dilution fridges", "proposed"),
        ("Brussels wants to ban Chinese inverters", "proposed"),
        ("Ankara wants to tax tyre imports", "proposed"),
        ("Seoul wants to restrict exports of lithium", "proposed"),
        (
            (
                "Public comments invited on amendment of the Export Trade Control Order "
                "(quantum cryogenic equipment). METI is seeking comments until July "
                "3 on a draft ordinance adding dilution refrigerators."
            ),
            "proposed",
        ),
        (
            ("Ministry invites comments on changes to the export control order for drones"),
            "proposed",
        ),
        # Who is consulted by law.
        (
            (
                "Viscose Staple Yarn (Quality Control) Rescission Order, 2026. The "
                "Central Government, in consultation with the Bureau of Indian Standards, "
                "hereby rescinds the Viscose Staple Yarn (Quality Control) Order, 2022."
            ),
            "withdrawn",
        ),
        # What only the market tells.
        (
            ("China sets first 2026 urea export quota at 3.3 million tonnes, traders say"),
            "reported",
        ),
        ("China bans exports of tungsten scrap, two traders say", "reported"),
        ("Egypt halts sugar imports, industry sources say", "reported"),
        ("Beijing suspends soybean import permits, shippers say", "reported"),
        (
            (
                "China's urea export quota will hurt farmers, traders say: Beijing "
                "sets quota at 3.3 million tonnes in notice No. 5 of 2026"
            ),
            "adopted",
        ),
        ("Indonesia bans tin exports, minister says", "adopted"),
        ("China bans tungsten exports, commerce ministry says", "adopted"),
        # Lasts longer, or begins later.
        ("马科斯下令大米进口禁令延至年底", "adopted"),
        ("俄政府签署决议:汽油出口禁令延期", "adopted"),
        ("印度食糖出口禁令延长至明年九月", "adopted"),
        ("印尼棕榈油出口禁令延至12月31日", "adopted"),
        ("美国对华301关税豁免延至2027年11月", "adopted"),
        ("欧盟电池护照生效日期延至2028年", "delayed"),
        ("印度推迟质量控制令 实施日期延至明年4月", "delayed"),
        ("正式通知：印度钢铁质量控制令延到明年4月实施", "delayed"),
        ("欧盟毁林法规延期一年实施", "delayed"),
        # What comes of it is weighed, not an act.
        ("Robotaxi fleets may keep their Chinese eyes, for now", None),
        (
            (
                "Micro-LED makers in Taiwan and Korea weigh sapphire stockpiles after "
                "Beijing's licence rule"
            ),
            None,
        ),
        ("Chipmakers weigh moving production after US tariff", None),
        ("Seoul studies impact of Chinese hydrogen fluoride curbs", None),
        ("Commission looks at whether Danish age law fits DSA", None),
        ("Tokyo weighs WTO case over Chinese resist probe", None),
        ("Commission studies whether Ukraine's oak quota breaks trade pact", None),
        ("Berlin studies effects of US steel tariffs", None),
        ("Brazil assesses the impact of Trump's tariffs on coffee", None),
        ("EU weighs ban on Chinese inverters", "reported"),
        ("India studies curbs on Chinese solar cells", "reported"),
        ("US considers export controls on quantum chips", "reported"),
        (
            (
                "Under the new procedure, satellite terminals may not be imported into "
                "Kazakhstan without a permit"
            ),
            "adopted",
        ),
        (
            ("Used tyres may not be exported from Egypt from January 1, the trade ministry ruled"),
            "adopted",
        ),
        # Scrap metal is nothing that is scrapped.
        ("欧盟废铝要收15%出口税,宁波这边做欧洲废料的得换货源了。", "adopted"),
        ("哈萨克要禁废电瓶出口", "adopted"),
        ("印度对废钢出口征收15%关税", "adopted"),
        ("马来西亚禁止进口废塑料", "adopted"),
        ("印度废止粘胶纱质量控制令", "withdrawn"),
        ("韩国废除对日半导体材料出口管制", "withdrawn"),
        # What one member keeps a bloc from.
        ("Hungary and Slovakia block EU's 22nd Russia package", None),
        ("Hungary vetoes EU sanctions on Russian LNG", None),
        ("Slovakia blocks EU's 18th sanctions package on Russia", None),
        ("匈牙利阻止欧盟第22轮对俄制裁", None),
        # What the text below has printed.
        (
            (
                "Russia to license helium exports. Prime Minister signed a decree introducing "
                "licences for exports of helium outside the Eurasian Economic Union "
                "until end-2027"
            ),
            "adopted",
        ),
        (
            (
                "印度限制进口无人机电机和飞控 外媒:主要针对中国。据印度报业托拉斯报"
                "道,印度外贸总局9日发布通知,将无人机无刷电机的进口政策由“自由”改为“限"
                "制”,即日生效。"
            ),
            "adopted",
        ),
        # What sets in by itself.
        (
            (
                "Behind the curtain: tariff fatigue sets in. Lobbyists say clients "
                "stopped calling about rumours and just wait for the proclamation."
            ),
            None,
        ),
        ("Panic sets in among soybean farmers as tariffs bite", None),
        # A plan that is softened is a plan.
        ("EU softens planned ban on high-risk inverters to six years", "proposed"),
        ("Commerce narrows proposed rule on connected vehicles", "proposed"),
        ("EU softens ban on high-risk inverters", "adopted"),
        # What people threaten with.
        ("Truckers threaten stoppage over tire tariff", None),
        ("Miners threaten to sue over export ban", None),
        ("Drivers' union threatens strike over import ban on used tyres", None),
        ("Trump threatens 100% tariff on Chinese chips", "proposed"),
        ("Beijing threatens to ban exports of rare earth magnets to Japan", "proposed"),
        ("Brussels sketches next sanctions round against Russia", "proposed"),
        ("EU floats new tariff on Russian fertiliser", "reported"),
        (
            (
                "India likely to keep anti-dumping levy on Chinese vitamin C. The Directorate "
                "General of Trade Remedies wants the existing duty prolonged until "
                "2031, its sunset review says."
            ),
            "reported",
        ),
        ("India likely to extend sugar export ban", "reported"),
        ("Indonesia set to ban bauxite exports", "proposed"),
        (
            (
                "FCC NPRM adopted 3-0: no Chinese repeaters or SLTE in cables touching "
                "US soil. Comments 30 days after FR publication."
            ),
            "proposed",
        ),
        ("FCC adopts notice of proposed rulemaking to bar Huawei labs", "proposed"),
        ("Commerce issues advance notice of proposed rulemaking on drones", "proposed"),
        # Heard until a day, or still to be decided.
        (
            (
                "Ottawa to put 40-per-cent surtax on Chinese battery cells. Finance "
                "Canada says it'll impose a surtax of 40 per cent on lithium-ion cells "
                "and packs from China as of Dec. 1, after a 30-day consultation"
            ),
            "proposed",
        ),
        (
            (
                "40% surtax on Chinese batteries from Dec 1, Finance Canada says. Consultation "
                "till Nov 12."
            ),
            "proposed",
        ),
        (
            ("20% duty on imported tyres from January, Ankara says. Comments until 5 December."),
            "proposed",
        ),
        ("日本跟上荷兰了，尼康佳能东电的售后也要审批，10月23日前收意见。", "proposed"),
        ("韩国将稀释制冷机列入战略物资修订预告，计划12月1日施行", "proposed"),
        (
            (
                "Japan to give up to 110bn yen for gallium oxide chip plant. METI is "
                "to subsidise one third of the plant, to be decided by the end of the "
                "month."
            ),
            "proposed",
        ),
        (
            (
                "Itac raises sugar import trigger price. South Africa's trade commission "
                "has recommended, and Minister Parks Tau approved, lifting the reference "
                "price for sugar to $905 a tonne from $680."
            ),
            "adopted",
        ),
        # Calls that are renewed.
        (
            (
                "France wants Europe to buy European, again. In a speech in Toulouse "
                "the president renewed his call for a preference in public contracts "
                "for goods made in Europe."
            ),
            None,
        ),
        ("India renews push for lower tariffs on textiles", None),
        ("Trump renews threat of auto tariffs", None),
        ("Unions renew their demand for tariffs on Chinese steel", None),
        ("USTR renews tariff exclusions for Chinese medical goods", "adopted"),
        # Denials.
        (
            (
                "China denies order to remove foreign chips from telecom networks. "
                "The industry ministry said there was no deadline of 2028."
            ),
            None,
        ),
        ("India denies plan to ban sugar exports", None),
        ("Tokyo denies report of export curbs on photoresist", None),
        (
            (
                "工信部：未要求运营商限期替换境外芯片。发言人称有关2028年前替换核心"
                "网芯片的报道与事实不符。"
            ),
            None,
        ),
        ("商务部：没有暂停对欧稀土出口许可", None),
        ("印尼政府否认禁止棕榈油出口", None),
        (
            (
                "Hearing the steel quota that replaces the safeguard on 1 July is cut "
                "again: 16.9m t, over-quota 50%. Text to follow."
            ),
            "reported",
        ),
        ("Hearing Indonesia has banned bauxite exports", "reported"),
        ("Hearing set on proposed tariff for Chinese cranes", "proposed"),
        (("墨西哥这块最大的出口市场要变天，整车税率从两成拉到五成，还在国会讨论。"), "proposed"),
        (("墨西哥又要加税，刹车、车灯、线束35%，还要国会过，我们厂在抢二季度的柜。"), "proposed"),
        ("欧盟对铝废料征收15%出口税，还需理事会批准", "proposed"),
        (
            (
                "There it is: EU export duty on alu scrap, 15%, all destinations ex "
                "EFTA. Needs Council."
            ),
            "proposed",
        ),
        ("Mexico puts 50% tariff on Chinese cars; still needs Senate approval", "proposed"),
        (
            (
                "EU sets 50% tariff on steel beyond quota. The regulation still needs "
                "approval by parliament and member states."
            ),
            "proposed",
        ),
        ("EU sets 50% tariff on steel beyond quota", "adopted"),
        # What a list does to a firm.
        (
            (
                "湖南三广功率：未因列入实体清单受到重大影响。公司在业绩会上称，外延"
                "和切磨设备已实现国产化。"
            ),
            None,
        ),
        ("海光信息：被列入实体清单对公司经营无重大影响", None),
        # Who only advises in writing.
        (
            (
                "Europe's trade defence needs economists, not more lawyers. A policy "
                "brief proposes that the Commission publish its injury models."
            ),
            None,
        ),
        ("Think tank paper proposes export controls on AI chips", None),
        ("Bruegel study recommends EU tariff on Chinese steel", None),
        ("Commission proposes tariff on Russian fertiliser", "proposed"),
        # Comments on a case that has begun.
        (
            (
                "Notice of Request for Public Comments on Section 232 National Security "
                "Investigation of Imports of Industrial Pumps and Valves. On April "
                "8, 2026, the Secretary of Commerce initiated an investigation to determine "
                "the effects on the national security of imports of industrial pumps."
            ),
            "adopted",
        ),
        (
            (
                "Request for Comments: Section 232 Investigation of Imports of Glass "
                "Fibers. The investigation was initiated on April 10, 2026."
            ),
            "adopted",
        ),
        (
            (
                "Resolução Gecex - Definitive antidumping duty, thermal bottles, China. "
                "The Executive Management Committee of Camex resolves to apply a definitive "
                "antidumping duty for up to five years to Brazilian imports of thermal "
                "bottles of stainless steel."
            ),
            "adopted",
        ),
        (
            (
                "Commission to postpone battery due-diligence duty by one year from "
                "August 18, 2027, regulation says"
            ),
            "delayed",
        ),
        # Comments on what is in force; what others say of a plan.
        ("FCC bans new foreign drones. Comments due by January 5.", "adopted"),
        ("Commission proposes steel quotas, analysts suggest mills will gain", "proposed"),
        ("Bruegel economists propose a tariff on steel", None),
        ("EU considers new legal limits on exports of scrap aluminium", "reported"),
        ("US weighs how hard to hit Chinese ships with port fees", "reported"),
        ("US withdraws chip rule from market", "withdrawn"),
    ],
)
def test_how_far_an_act_has_come_by_how_sure_a_text_is(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (
            (
                "Agencies must prevent the acquisition and use of, and remove, cleaning "
                "robots from China, the Home Affairs secretary directed"
            ),
            "imposed",
        ),
        ("Australia orders agencies to remove Chinese robot vacuums from offices", "imposed"),
        ("Germany orders carriers to rip out Huawei gear from 5G cores by end-2026", "imposed"),
        ("EU phases out Russian gas imports by end-2027", "imposed"),
        ("Taiwan orders agencies to take down DJI drones", "imposed"),
        ("澳大利亚下令政府部门移除中国扫地机器人", "imposed"),
        ("美国要求运营商拆除华为设备", "imposed"),
        ("工信部要求运营商移除境外芯片", "imposed"),
        ("Argentina removes export duties on soybeans", "lifted"),
        ("India removes anti-dumping duty on Chinese solar glass", "lifted"),
        ("Japan removes two firms from end user list", "lifted"),
        ("Indonesia removes import quotas on beef", "lifted"),
        ("India phases out export duty on steel", "lifted"),
        ("US strips tariffs off Brazilian coffee", "lifted"),
        ("Washington removes curbs on EDA software for China", "lifted"),
        ("Thailand escapes US foil tray duties as panel finds imports negligible", "lifted"),
        ("Vietnam escapes US duties on plastic bags after ITC finds no injury", "lifted"),
        ("USITC votes no injury from Turkish rebar, no duties to be imposed", "lifted"),
        (("ITC finds no injury from imports of foil trays from Thailand; case ends"), "lifted"),
        ("美国国际贸易委员会裁定泰国铝箔餐盒进口量可忽略 终止调查", "lifted"),
        ("Chile says chau to antidumping duty on Argentine wheat flour", "lifted"),
        ("Chau antidumping on Chinese washing machines, Argentina", "lifted"),
        ("Adiós to Mexico's 25% tariff on Brazilian chicken", "lifted"),
        ("Adiós al arancel: Colombia scraps duty on Chinese steel wire", "lifted"),
        ("India scraps import duty on cotton", "lifted"),
        ("Argentina axes export tax on beef", "lifted"),
        ("Brazil bins antidumping duty on Chinese tyres", "lifted"),
        ("Indonesia does away with import quotas on salt", "lifted"),
        ("London ditches duty on Chinese excavators", "lifted"),
        ("Pakistan junks regulatory duty on mobile phones", "lifted"),
        ("Australia bins 500 nuisance tariffs", "lifted"),
        ("The city bins plastic bags as recycling begins", None),
        ("He bins his phone after the ban", None),
        ("China lifts ban on seafood from one of two Japanese prefectures", None),
        ("Beijing lifts beef ban for one of two Brazilian plants", None),
        ("China lifts ban for one of two provinces", None),
        (
            "Riyadh lifts poultry ban. It reopened one of the two Polish provinces shut in June",
            None,
        ),
        ("Riyadh lifts poultry ban. It is one of the two big buyers of Polish hens", "lifted"),
        ("China lifts ban on Japanese seafood from 37 prefectures", "lifted"),
        ("China resumes Irish beef imports", "lifted"),
        ("海关总署恢复阿根廷禽肉输华", "lifted"),
        ("巴西一家牛肉厂恢复输华 其余两家仍暂停", None),
        ("海关总署：爱尔兰一家企业恢复输华", None),
        ("India removes onions from export ban list", "lifted"),
        ("US removes de minimis exemption for Chinese parcels", "imposed"),
    ],
)
def test_goods_taken_out_restrict_and_measures_taken_off_ease(text: str, way: str | None) -> None:
    assert direction(read(text)) == way


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Opposition leader says he would scrap the EV tariff on day one", None),
        ("Presidential candidate pledges 60% tariff on Chinese goods", None),
        ("Shadow trade minister says Labor would ban Chinese inverters", None),
        ("Beijing could cut off rare earths if the US lists more firms, an adviser wrote", None),
        ("China tells banks to stop financing US soybean purchases, Reuters reports", "reported"),
        ("Beijing asks firms to avoid Nvidia's H20, Bloomberg reports", "reported"),
        # Those who govern, and what everybody can see.
        ("UK sanctions 20 shadow fleet tankers", "adopted"),
        ("Trump says he will impose 100% tariff on foreign films", "proposed"),
        ("China's cabinet tells ministries to stop buying Dell servers", "adopted"),
        ("US bans Chinese car software, Reuters reports", "adopted"),
    ],
)
def test_who_only_thinks_or_would_like_to_govern_does_nothing(text: str, stage: str | None) -> None:
    assert read(text).stage == stage


@pytest.mark.parametrize(
    "text",
    [
        "Hearing " * 4000,
        "needs " * 4000 + "the council",
        "removes " + "the " * 8000 + "from networks",
        "must prevent the use of " * 2000,
        "要求" * 4000 + "移除" * 4000,
        "还要" * 8000,
    ],
)
def test_a_long_text_is_read_in_time(text: str) -> None:
    assert_no_quadratic_time(text)
