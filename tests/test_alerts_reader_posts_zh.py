"""More ways in which Chinese posts tell of acts: rulings, lists, drafts, public use, questions."""

import pytest

from tests.act_reading import read


@pytest.mark.parametrize(
    ("text", "stage", "instrument"),
    [
        # Rulings and probes.
        ("越南对我们盘条初裁税率比预期的高", "adopted", "tariff"),
        ("马桶临时税出来了,潮州普遍81.2", "adopted", "tariff"),
        ("欧盟的税率出来了,我家38%", "adopted", "tariff"),
        ("加拿大CITT裁了,混凝土钢筋有损害,税收定了", "adopted", "tariff"),
        ("巴西Gecex批了光纤反倾销,五年", "adopted", "tariff"),
        ("海合会对中国瓷砖反倾销税延五年", "adopted", "tariff"),
        ("南非又续了三年,44%起步,螺栓的保障税", "adopted", "tariff"),
        ("智利加税14%,新西兰奶粉会不会转来中国?", "adopted", "tariff"),
        ("15%落地了,工业机器人和加工中心全算", "adopted", "tariff"),
        ("阿根廷把轮胎的反倾销撤了", "withdrawn", "tariff"),
        ("232调查搞到泵阀头上了", "adopted", "probe"),
        ("美国232瞄准泵阀:出口企业须知", "adopted", "probe"),
        ("玻纤也232了?!影响看细节", "adopted", "probe"),
        ("Lumatrix被反垄断,激光芯片搭售大家都懂", "adopted", "probe"),
        # Lists.
        ("某汉公司被FCC点名了,新型号别想过认证", "adopted", "entity listing"),
        ("又来实体清单,14家,深圳占了6家", "adopted", "entity listing"),
        ("出口管制管控名单+6,磁材对美军工链又紧一扣", "adopted", "entity listing"),
        ("FCC把移远塞清单了", "adopted", "entity listing"),
        ("商务部把五家日本军工企业放进出口管制管控名单", "adopted", "entity listing"),
        ("美国国防部1260H又更新了,加了11家", "adopted", "entity listing"),
        ("韩国把LFP工艺列国家核心技术", "adopted", "control-list change"),
        ("第21轮来了,两家炼厂上名单", "adopted", "sanction"),
        ("中方对5家韩华子公司下了反制", "adopted", "sanction"),
        # What may go, come in, or be used.
        ("菲律宾椰子停出口三个月", "adopted", "export ban"),
        ("尼日利亚断供腰果,越南加工厂急了", "adopted", "export ban"),
        ("哈国油品公路出口继续禁", "adopted", "export ban"),
        ("缅甸那边又封关了,稀土矿出不来", "adopted", "export ban"),
        ("石英坩埚出口要凭证了", "adopted", "export licence"),
        ("印度QCO撤了!粘胶纱重新开门", "withdrawn", None),
        ("马来松口了,3000吨离子矿", "adopted", None),
        ("数发部:公务机关禁用陆制扫地机器人", "adopted", None),
        ("台湾也不让机关学校用大陆扫地机器人", "adopted", None),
        ("湾湾把宇树机器狗禁了", "adopted", None),
        ("退税没了!瓷砖13个点", "withdrawn", None),
        # Money, deals, drafts.
        ("日本给Rapidus再掏8025亿日元", "adopted", "subsidy"),
        ("泰国电动车补贴续了,4万铢", "adopted", "subsidy"),
        ("新加坡那个倒卖服务器的判了,罚420万新币", "enforced", "penalty"),
        ("香港海关拘三人,涉无牌出口AI芯片", "enforced", "penalty"),
        ("英国又逼中资卖公司,做海底声呐的", "adopted", "investment restriction"),
        ("英国NSIA今年首个禁令,光子芯片", "adopted", "investment restriction"),
        ("智能体管理办法来了!读屏要同意", "adopted", None),
        ("巴西Redata过参院了,数据中心受益", "proposed", None),
        ("日本公取委查微软云了", "adopted", "probe"),
        ("墨西哥给中国鞋子加35,年底前生效", "adopted", "tariff"),
        ("南非把自行车轮胎也立了案", "adopted", "probe"),
        ("阿根廷锂出口税清零", "withdrawn", "tariff"),
        ("俄罗斯报废税12月1号又涨,160马力以上的完蛋", "adopted", "tariff"),
        ("埃塞不让进油车了,整车散件都不行", "adopted", "import ban"),
        ("立陶宛不让中国逆变器远程连了", "adopted", "import ban"),
        ("乌克兰对废钢零配额,等于禁出", "adopted", "export ban"),
        ("捷克网安局警告:别用DeepSeek", "adopted", "guidance"),
        ("比利时海关在列日扣了三千箱小包", "adopted", "import ban"),
        ("巴西海鲜也要过MAPA注册了", "adopted", None),
        ("老美又给英伟达H20开了口子", "adopted", None),
        # Questions for opinions tell what they ask about.
        ("如何看待荷兰政府宣布收紧浸润式光刻机维修许可,影响大吗?", "adopted", "export licence"),
        ("如何评价商务部把TechInsights列入不可靠实体清单?", "adopted", "entity listing"),
        ("如何看待外媒称美国正考虑限制向中国出口软件?", "reported", "export restriction"),
    ],
)
def test_posts_tell_of_acts(text: str, stage: str, instrument: str | None) -> None:
    act = read(text)
    assert (act.stage and act.stage.value, act.instrument) == (stage, instrument)


@pytest.mark.parametrize(
    "text",
    [
        "公司把加班禁了,老板终于做人",
        "学校把手机禁了,学生一片哀嚎",
        "清单+1,又买了个锅",
        "初裁裁判今天又吹黑哨,球迷怒了",
        "日本断供焦虑蔓延,国产光刻胶概念大涨",
        "美国断供阴影下 国产EDA公司迎来招聘季",
        "中国断供稀土会怎样?专家这样说",
        "第20轮比赛落地,国安1比0",
        "管理办法来了!公司新考勤制度下周执行",
        "装修合同草案出来了,大家看看",
        "他把社交软件禁用了,专心考研",
        "同学上名单了,保研稳了",
        "德国队连续三轮不胜,主帅下课",
        "如何看待特朗普的关税政策?",
        "如何评价小米汽车的新品发布会?",
        "怎么看欧盟这些年对中国的态度?",
        "消防队那台老车年底退役了",
        "意法院线联合放映新片",
        "海底捞在意大利被罚?谣言",
        "他在美国被查出癌症",
        "头上的关税帽子三十年没摘",
        "机关学校食堂不让用一次性筷子",
        "这手机15%落地,机器人概念股回调",
        "印尼禁矿十年把电池产业链逼过去了,刚果(金)学得来吗?",
        "美国投资限制落地近一年,基金还投AI吗",
        "又是实体清单,23家里面有没有浪潮系的?",
        "我家小区把外卖电动车给禁了",
        "京东把订单取消了,白等",
        "退税一取消,六氟单日报价涨了四千",
        "老师警告:别用手机查答案",
        "超市给鞋子加35,贵得离谱",
        "老板把门关了,口岸那家店转让",
        "商务部点名表扬十家老字号",
    ],
)
def test_chatter_stays_none(text: str) -> None:
    act = read(text)
    assert (act.stage, act.instrument) == (None, None)
