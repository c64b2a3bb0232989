"""What Chinese headlines and short posts leave out: the government, the full name of a country.

Pure. 日管制光刻胶, 铼物项出口管制今起实施 and 光伏玻璃出口退税今起取消 are told as news of an act by
readers who know whose it is.
"""

import re
from collections.abc import Sequence

from alerts.reader.chinese import flat_rates, sayings
from alerts.reader.cues import Sentence
from alerts.reader.terms import HAN, Hit

SHORT = {
    "日": "JP",
    "韩": "KR",
    "英": "GB",
    "德": "DE",
    "法": "FR",
    "俄": "RU",
    "澳": "AU",
    "加": "CA",
    "印": "IN",
    "欧": "EU",
    "荷": "NL",
    "墨": "MX",
    "泰": "TH",
    "越": "VN",
    "巴": "BR",
    "土": "TR",
    "台": "TW",
    "以": "IL",
    "沙": "SA",
    "哈": "KZ",
    "菲": "PH",
    "瑞": "CH",
}
"""The one character that a headline calls a country by."""
EDGE = re.compile(r"(?:^|[\s,。;:!?、|【】“”\"「」《》()]|[人部]谈)$")
OPENS = re.compile(r"(?:^|[\s,。;:!?、|【】“”\"「」《》()遭被获])$")
"""Before a country that does what the next word says: 遭美列实体清单."""
ADVERB = re.compile(
    rf"(?<!\d\s)(?!以)[{''.join(SHORT)}](?:正式|拟|将|又|再|也|已|首次|突然|紧急){{1,2}}$"
)
"""Between such a character and its verb: 哈正式禁止."""
SHORT_ACTS = (
    "adopt",
    "propose",
    "intend",
    "weigh",
    "withdraw",
    "suspend",
    "delay",
    "ease",
    "enforce",
)
BODIES = SHORT | {
    "意": "IT", "匈": "HU", "乌": "UA", "孟": "BD", "缅": "MM", "埃": "EG", "柬": "KH", "波": "PL", "捷": "CZ",
    "希": "GR", "葡": "PT", "西": "ES", "津": "ZW", "赞": "ZM", "蒙": "MN", "伊": "IR", "丹": "DK", "挪": "NO",
    "芬": "FI", "罗": "RO", "秘": "PE", "奥": "AT", "叙": "SY", "摩": "MA", "哥": "CO", "委": "VE",
}  # fmt: skip
"""Also those that only a body behind them makes a country of: 乌政府, and not 乌木."""
BODY = re.compile(
    # That no other word ends there is asked second: the search can leap from sign to sign.
    rf"[{''.join(BODIES)}](?<![\u3400-\u9fff].)(?=(?:最高|上诉|联邦|国际|高等|地方)?(?:政府|当局|国会|议会|众院|参院|内阁|法院|海关|警方|检方|央行|财长|总统|首相"
    r"|总理|外长|商务部|财政部|农业部|能源部|工业部|贸易部|经济部|内政部|国防部|外交部|司法部|卫生部|环境部|交通部|运输部|产业部|矿业部|能矿部|工贸部|经贸部|投资部|科技部"
    r"|工商部|公安部|农林部|渔业部|通信部|数字部|经济发展部|农监局|反垄断局|竞争局|竞争委|贸委会|税务局|药监局|关税委|央行))"
)
"""A body behind the one character that a headline calls its country by."""


def short_names(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the countries that Chinese headlines name by one character, before a verb or a body."""
    found = []
    for hit in hits:
        start = hit.start - 1
        if hit.kind == "cue" and (adverb := ADVERB.search(folded, max(0, start - 6), hit.start)):
            start = adverb.start()
        towards = hit.kind == "place" and folded.startswith("对", hit.start)
        if start < 0 or not (towards or hit.kind in ("cue", "instrument", "item")):
            continue
        code = SHORT.get(folded[start])
        if code is None or not HAN.match(folded, hit.start):
            continue
        formal = start < hit.start - 1 and hit.value == "announce"  # 哈正式签署命令
        if hit.kind == "cue" and hit.value not in SHORT_ACTS and not formal:
            continue
        if EDGE.search(folded[max(0, start - 2) : start]):
            found.append(Hit(start, start + 1, "place", code))
    bodies = (
        Hit(*body.span(), "place", BODIES[body[0]])
        for body in BODY.finditer(folded)
        if body.end() - body.start() == 1
    )
    return list({*found, *bodies})


def with_short_forms(hits: list[Hit], folded: str) -> list[Hit]:
    """Add the countries and verbs that Chinese headlines shorten to one character."""
    if folded.isascii():
        return hits
    names = short_names(hits, folded)
    every = sorted([*hits, *names]) if names else hits
    verbs = sayings(every, folded)
    if HAN.search(folded):  # all the others are of Chinese words alone
        for more in (short_verbs, growths, controls, bans, entries, flat_rates, demands, citations):
            verbs += more(every, folded)
    if not verbs:
        return every
    said = {at for hit in verbs if hit.kind == "cue" for at in range(hit.start, hit.end)}
    made = {hit.start for hit in verbs if hit.kind == "instrument"}
    return sorted([*(h for h in every if not overruled(h, said, made)), *verbs])


DECIDE = (*SHORT_ACTS, "needy", "loose", "strong", "announce", "effect")


def overruled(hit: Hit, said: set[int], made: set[int]) -> bool:
    """Tell whether a saying has told what a cue of the tables means in its place."""
    if hit.kind == "instrument":
        return hit.start in made
    return hit.kind == "cue" and hit.value in DECIDE and hit.start in said


VERBS = {
    "enforce": r"罚(?!款|金|单)",
    "withdraw": r"[撤废](?![离退侨换资旧料铜钢铝铁电轮塑纸钯锌铅锡镍金杂弃船车布玻橡油品物水气渣])",
    "adopt": r"查(?![获处扣封看询阅到出明验户岗税账房无])"
    r"|停(?=[^,。;:\s]{0,8}(?:进口|出口|锌|锗|锂|镍|钴|铜|锡|钽|稀土|矿))"
    r"|管制(?=[^,。;:\s]{2})(?!影响|措施|清单|[下阴之对的以后前已将]|升级|政策|风险|新规|令|呼声|名单|范围|细则|解读|[^,。;:\s]{0,8}[一二两三四五六七八九十半\d]年)"
    r"|封(?=[^,。;:\s]{0,4}\d+[个款])"
    r"|[禁限](?![止令用售制额区忌毒定于购])|管(?![制控理道辖家用得线材])"
    r"|断(?=[^,。;:]{0,12}(?:认证|许可|供应|供货))"
    r"|列(?=[^,。;:\s]{0,14}(?:清单|名单|艘|家|人|项))|锁(?=[^,。;:\s]{0,12}(?:技术|工艺))"
    r"|(?:补贴|补助|资助)(?=[^,。;:]{0,20}(?:亿|万|建|厂|购|回|项目|线))|调查|立案|课(?=[\d.]+%)|另?加(?=[^,。;:\s]{0,6}(?:税|成关税))",
}
"""Verbs of headlines that only mean an act right behind a country that opens a clause: 欧盟查补贴."""
VERB = re.compile(
    r"(?:政府|当局)?(?:\d{1,2}日)?(?:再次|再度|首次|正式|将再|这回|这次|今[天日]|昨[天日晚]|终于|果然|真的?|还是|还|再|又|也|已|要|拟){0,3}(?:对[^,。;:\s]{1,24}?|向[^,。;:\s]{1,10}?)?首?(?:"
    + "|".join(f"(?P<{value}>{words})" for value, words in VERBS.items())
    + ")"
)


def short_verbs(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the verbs of one character, and the probes, that stand right behind a country."""
    found: list[Hit] = []
    taken: set[int] | None = None
    places = {hit.end: hit.start for hit in hits if hit.kind == "place"}
    for hit in hits:
        if hit.kind not in ("place", "authority") or hit.value == "-":
            continue
        first = places.get(hit.start, hit.start)  # 日本|公取委
        if not HAN.match(folded, hit.end - 1) or not OPENS.search(
            folded[max(0, first - 1) : first]
        ):
            continue
        verb = VERB.match(folded, hit.end)
        if verb is None or verb.lastgroup is None:
            continue
        start, end = verb.span(verb.lastgroup)
        if taken is None:
            taken = {
                at
                for one in hits
                if one.kind == "cue" and one.value != "norm"
                for at in range(one.start, one.end)
            }
        if start in taken:
            continue
        found.append(Hit(start, end, "cue", verb.lastgroup))
        if folded.startswith(("查", "调查", "立案"), start):
            found.append(Hit(start, end, "instrument", "probe"))
    return found


GROWS = re.compile(r"(?:[再又新]|首次)?增(?=\d+\s?[家项个艘名人])")
"""What a list does, as the subject: 实体名单增21家."""


BAN_FOR = re.compile(r"(?P<out>出口|输出|出境|外流)|(?P<inward>进口|输入|入境|准入)")
FIRST = 160
"""Characters of a text that tell which way a ban on goods is meant."""


def bans(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the bans that are named by their goods, if the text says which way: 汽油禁令."""
    found = []
    for hit in hits:
        if hit.kind == "item" and folded.startswith("禁令", hit.end):
            way = BAN_FOR.search(folded, 0, FIRST)
            if way:
                value = "export ban" if way["out"] else "import ban"
                found.append(Hit(hit.end, hit.end + 2, "instrument", value))
    return found


def growths(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the verbs of lists that grow."""
    found = []
    for hit in hits:
        if hit.kind in ("cue", "instrument", "sign") and folded.endswith(LISTS, 0, hit.end):
            grown = GROWS.match(folded, hit.end)
            if grown:
                found.append(Hit(*grown.span(), "cue", "adopt"))
    return found


ENTERS = re.compile(
    r"(?:也|又|正式|都)?[进上](?=[^,。;:\s]{0,6}(?:管制清单|管控清单|管制名单|实体清单|不可靠|制裁名单|黑名单|出口目录|管制目录))"
)
"""What goods and firms do when they are listed: 铍进管制清单."""
ADDS = re.compile(r"[又再]加(?=\d+\s?家)")


def entries(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the verbs of goods and firms that get onto a list, and of a list that gets longer."""
    found = [
        Hit(*entered.span(), "cue", "adopt")
        for hit in hits
        if hit.kind in ("item", "company") and (entered := ENTERS.match(folded, hit.end))
    ]
    if "家" in folded:  # what ADDS looks for at the last
        found += [Hit(*added.span(), "cue", "adopt") for added in ADDS.finditer(folded)]
    return found


def controls(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the controls that are named by their goods: 铪管制."""
    return [
        Hit(hit.end, hit.end + 2, "instrument", "export restriction")
        for hit in hits
        if hit.kind == "item"
        and folded.startswith("管制", hit.end)
        and not folded.startswith(("管制员", "管制刀", "管制影"), hit.end)
    ]


LISTS = ("名单", "清单", "目录", "技术")
STATE = re.compile(
    r"^[“「\"](?:决定[对自将]|拟[对将]|未经|自[^”」\"]{2,16}起|须|应[当不在]|不得|加征|暂停|继续|停止|禁止|限制|对原产于|凡|经[^”」\"]{2,12}批准|列入|上调|下调|征收)[^”」\"]{0,60}[”」\"]|\d\s?号(?:公告|文|令|通知|法令|告示|通告)|[国强]标|国家标准|(?:废料|金属|矿|数据|出境|零部件|设备)[^,。;:\s]{0,4}(?:新规|禁令)|(?:稀土|矿)[^,。;:]{0,6}指标|当局|我国|退税[^,。;:\s]{0,4}(?:没了|取消|归零|下调|降到|砍)|[两三四五六七八多]部门|监管|总局|报批稿|强制性国家标准|(?:规定|条例|管理办法)[^,。;:\s]{0,6}(?:施行|实施|生效)|(?:禁令|管制)(?:再|又)?(?:缓|推迟|延)|(?<![a-z])gb\s?\d{4,5}|上面(?=约谈|叫停|发话|下令|不让|通知|打招呼|要求)|上头|有关部门|窗口指导|主管部门|[内本]阁|白宫"
)
"""What tells of a government that is not named."""

OURS = re.compile(
    r"管制|出口许可|许可证|办证|须许可|要许可|出口退税|出口配额|开采指标|反倾销|反补贴|双反|反垄断|港务费|附加税|关税|出口禁令|进口禁令|禁令|许可制|暂定税率"
)
"""Instruments that only a government has, so that a Chinese headline need not say whose."""


OURS_EN = re.compile(
    r"\b(?:dut(?:y|ies)|tariffs?|surtax|surcharges?|lev(?:y|ies)|quotas?|anti-?dumping|countervailing|safeguards?|cvd|a[ds]d?(?:/cvd)?|mip|price\sfloor|import\sfloor|(?:min|minimum)\s(?:import|export)\sprices?|232s?|301s?|sdns?|fsr|remission|prelim"
    r"|(?:bans?|curbs?|limits?|controls?)\son\s[^.;]{0,40}?(?:exports?|imports?)"
    r"|(?:export|import)\s(?:bans?|quotas?|licen\w+|controls?|permits?|freeze|suspensions?|restrictions?))\b"
)
"""The same in English."""
STEP = re.compile(r"[^,。;:\s]{0,10}")
"""What stands between such an instrument and its verb."""


def only_of_states(instrument: Hit, folded: str) -> bool:
    """Tell whether an instrument is such a one."""
    ours = OURS_EN if folded[instrument.start] < "\u3400" else OURS
    return ours.search(folded, instrument.start, instrument.end) is not None


RULED_ZH = re.compile(r"(?:规定|条例|法令|禁令|国标|强标|管理办法|管制|强制认证)[^,。;:\s]{0,10}$")
PRIVATE_ZH = re.compile(
    r"公司|平台|小区|学校|球队|联赛|足协|航司|酒店|景区|商场|医院|银行|社区|群规|俱乐部"
)
"""Rules that only governments make, and whose else they can be."""


def only_states(sentence: Sentence, cue: Hit | None, folded: str) -> bool:
    """Tell whether a Chinese text opens with what only a government does: 出口管制今起实施."""
    if cue is None or sentence.start > 0 or not HAN.match(folded, cue.start):
        return False
    if cue.value in ("effect", "delay") and sentence.of("item"):
        ruled = RULED_ZH.search(folded, max(0, cue.start - 14), cue.start)
        if ruled and not PRIVATE_ZH.search(folded, 0, cue.start):
            return True
    return any(
        only_of_states(hit, folded)
        and (
            hit.start <= cue.start < hit.end
            or STEP.fullmatch(folded, hit.end, cue.start)
            or STEP.fullmatch(folded, cue.end, hit.start)
        )
        for hit in sentence.of("instrument")
    )


OBJECTS = ("item", "company", "instrument")
OBJECT_ZH = re.compile(
    r"\d+\s?(?:项|款|种|家|个[a-z]|艘)|技术|收购|股权|应用|备案|云服务|跨境|牌照|资质|认证|船|设备|小包|处理费|标准|强标|修改单|规定|细则"
)
"""What governments rule on that no table lists."""
NEAR = 30
"""Characters before a verb in which the country stands that does it."""
APART = re.compile(r"[,。;:\s]")


def terse(sentence: Sentence, cue: Hit | None, folded: str) -> bool:
    """Tell whether a Chinese text opens with a country, what it does, and what to."""
    if cue is None or not HAN.match(folded, cue.start) or sentence.start > 0:
        return False
    if PATENTS.search(folded, sentence.start, sentence.end):
        return False
    if not OBJECT_ZH.search(folded, sentence.start, sentence.end) and not any(
        hit.kind in OBJECTS or (hit.kind == "cue" and hit.value == "norm") for hit in sentence.hits
    ):
        return False
    numbered = NUMBERED_ZH.match(folded, sentence.start, cue.start)
    if numbered and not APART.search(folded, numbered.end(), cue.start):
        return True
    return any(
        (hit.kind in ("authority", "sign") or (hit.kind == "place" and hit.value != "-"))
        and hit.start < cue.end
        and cue.start - hit.end <= NEAR
        and not APART.search(folded, hit.end, cue.start)
        and not folded.startswith(FIRMS, hit.end)
        for hit in sentence.hits
    )


NUMBERED_ZH = re.compile(r"[^,。;:\s]{0,6}?\d{1,4}号(?:公告|文|令|通知|法令|告示|通告)")
"""An act by its number, as the subject of what it does: 30号公告把…圈进去."""


PATENTS = re.compile(r"337|专利|仲裁|商标|版权")
"""What courts decide between firms."""
FIRMS = ("企", "厂", "的租", "的客户", "的工程师", "公司", "人的", "工厂", "子公司")
"""Behind a country's name, whose people or firms are meant and not the country."""


RATED_ZH = re.compile(
    r"(?:关税|反倾销税|反补贴税|双反|附加税|保障税|出口税|临时税|税率|权利金|指标|配额|限价|底价|地板价)[^,。;:%\d]{0,8}[\d.]+(?:%|个点|万吨|吨|万)?(?!月|日|年|号|家|项|倍)"
)
"""A headline without a verb: what is levied or allotted, and how much."""


def rated(sentence: Sentence, folded: str) -> bool:
    """Tell whether a Chinese text opens with what is levied or allotted, and how much."""
    if sentence.start > 0 or sentence.of(
        "cue", "none", "history", "hypothetical", "weigh", "report"
    ):
        return False
    return RATED_ZH.search(folded, sentence.start, sentence.end) is not None


TODAY_ZH = re.compile(r"今[天日早]?(?:零点|凌晨)?起|即日起|今[天日]零点")
"""From today on."""


PUT_OUT = r"(?:公布|发布|出台|印发|出炉|颁布|下达)"
RULES = (
    r"(?:细则|新规|规定|办法|准则|指引|指南|清单|名单|目录|条例|法令|强标|国标|修改单|指标|配额)"
)
PUBLISHED_ZH = re.compile(
    rf"{PUT_OUT}[^,。;\n]{{0,24}}?{RULES}(?!征求|草案|或|将|拟)|{RULES}[^,。;:\s]{{0,6}}{PUT_OUT}"
)


DEMANDED_ZH = re.compile(
    r"[^,。;!?\n]{2,24}?(?:规则|法令|条例|公告|通知|新规|细则|文件|号令|省令|部门|总局|委员会|[部局署院委]|当局|政府)(?:公布|发布|明确|规定|最终版)?[:\s]\s?(?![^。;!?\n]{0,40}(?:建议|呼吁|应该|征求|草案|拟|或|回应|反对|敦促))"
    r"[^。;!?\n]{2,36}?(?:须|需(?![求要])|应当|不得|必须|不准|应(?=于|在|向|当|落后|保存|留存))"
)
"""A headline that gives a rule's or an office's name, and what must be done: 省令：出口商须留存记录五年."""


def demands(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the announcement that such a headline is."""
    told = DEMANDED_ZH.match(folded)
    return [Hit(told.end() - 1, told.end(), "cue", "announce")] if told else []


CITED_ZH = re.compile(
    r"[“「\"](?=[^”」\"\n]{0,60}?(?:不[低高]于[\d.]|不超过[\d.]|不得|[须应]|自[^”」\"]{1,10}起|有效期|税率|[上下]调至|实施|征收|列入|管制|许可|备案|暂停|过渡期|前提是|期满|作废|分配|补助|申报|核查|公布|制备|[低高]于[\d.]+%|[大小]于\d))[^”」\"\n]{4,80}[”」\"]"
    r"|[^。;!?\n]{0,24}?(?<![\d年月])\d{1,4}号(?:公告|文(?!件)|令|法令|通知|通告|告示|省令|部令)(?!解读|原文)"
)
"""How a post opens that quotes a rule, or gives its number: “自公布之日起实施”, 71号公告."""
DRAFTED_ZH = re.compile(
    r"草案|征求|提案|报批稿|听说|据说|传|拟|或将|可能|建议|反对|回应|如果|周年|去年|多年"
)


TURN_ZH = re.compile(
    r"[^,。;:!?\n]{0,6}?(?:昨[天日]|前天|上周|上个?月|上次|上回|[一两三]周前|[一两三]天前|前脚|去年|周[一二三四五六日]|月初)(?!.{0,40}(?:涨|跌|股|促销|打折|降价|吃|喝|比赛|演出|电影))[^,。;!?\n]{1,16},\s?"
    r"(?:今[天日早晚]|这周|本周|这[次回]|现在|后脚|昨[天晚日]|周[一二三四五六日]|月底|如今)(?:又?轮到|又是|是|轮|又)(?=[^,。;!?\n]{1,24})"
)
"""How a post opens that sets one act beside the last: 昨天是石墨，今天是坩埚."""


def cites(sentence: Sentence, folded: str) -> bool:
    """Tell whether a text opens with a rule's own words or number, and names goods or a firm."""
    if sentence.start > 0 or not (sentence.of("item") or sentence.of("company")):
        return False
    if sentence.of("cue", "none", "hypothetical", "weigh", "report", "deny"):
        return False
    if TURN_ZH.match(folded, 0, sentence.end):
        return True
    return (
        not sentence.of("cue", "history")
        and bool(CITED_ZH.match(folded, 0, sentence.end))
        and not DRAFTED_ZH.search(folded, 0, sentence.end)
    )


def citations(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the announcement that such an opening is."""
    told = CITED_ZH.match(folded) or TURN_ZH.match(folded)
    return [Hit(told.end() - 1, told.end(), "cue", "announce")] if told else []


def demanded(sentence: Sentence, folded: str) -> bool:
    """Tell whether a sentence is such a headline, or sets an act beside the last."""
    if sentence.start > 0:
        return False
    if TURN_ZH.match(folded, 0, sentence.end):
        return bool(sentence.of("item") or sentence.of("company"))
    return DEMANDED_ZH.match(folded, 0, sentence.end) is not None


def published(sentence: Sentence, folded: str) -> bool:
    """Tell whether a Chinese text opens with a government that puts out a rule or a list."""
    if sentence.start > 0 or sentence.of(
        "cue", "none", "history", "hypothetical", "weigh", "report"
    ):
        return False
    if cites(sentence, folded):
        return True
    told = DEMANDED_ZH.match(folded, 0, sentence.end)
    if told:
        return bool(STATE.search(folded, 0, told.end())) or any(
            hit.end <= told.end() and hit.kind in ("authority", "sign", "place")
            for hit in sentence.hits
        )
    told = PUBLISHED_ZH.search(folded, sentence.start, sentence.end)
    if told is None:
        return False
    return bool(STATE.search(folded, sentence.start, told.start() + 1)) or any(
        hit.start < told.start()
        and hit.kind in ("authority", "sign", "place")
        and hit.value != "-"
        and not folded.startswith(FIRMS, hit.end)
        for hit in sentence.hits
    )
