"""Words that look like a government's verb and mean something else by what stands right beside them.

Pure, and blind to names: who does it is told in cues.py.
"""

import re

from alerts.reader.business import in_business
from alerts.reader.everyday import DIRECTED
from alerts.reader.terms import HAN, Hit

BACK_THEN = re.compile(r"\b(?:as|(?:was|were|been)\s(?:first\s|originally\s)?|first)\s$")
"""Words behind which "proposed" tells of what has come further since."""
HOW_WELL = re.compile(
    r"\W{0,2}\s?(?:controls?|tariffs?|rates?|measures?|means|ways?|tools?|remed\w+|enforcement|use|tax|level|policy|against|responses?)\b"
)
"""What is "effective" without taking effect: effective control, an effective tariff of 30%."""
DATE_READS = re.compile(
    r"\sdate\s(?:in\s[^.;,]{3,30}\s)?(?:should|would|shall|must|reads?|was|is corrected)\b"
)
"""Behind "effective" where the date itself is spoken of."""
LONG_SINCE = re.compile(r"\b(?:was|were)\sproposed\sin\s(?:[a-z]+\s)?20\d\d\b")
REJECTED = re.compile(
    r"\b(?:reject(?:s|ed)|vot(?:es|ed) down|defeat(?:s|ed)|kill(?:s|ed))\s(?:(?:a|the|its|their|this)\s)?(?:[\w-]+\s)?(?:bill|draft|proposal|plan)$"
)
"""A draft that is turned down comes no further."""
NO_DEAL = re.compile(
    r"(?!\s(?:an?\s|the\s|its\s)?(?:[\w-]+\s)?(?:deals?|agreements?|accord|pact|truce|peak|record|highs?|lows?|anniversary|birthday|end|limit)\b)"
)
OUTCOMES = (
    r"|\s(?:(?:the|its|their|an?|possible|likely|potential|further|legal|new)\s){0,3}?(?:[\w-]+\s)?(?:impacts?|effects?|implications|consequences|fall-?out|damage|costs?|stockpil\w+|inventor(?:y|ies)|suppliers"
    r"|shifting|moving\s(?:production|plants?|supply|orders)|relocat\w+|sourcing|factories|wto\s(?:case|complaint|challenge|action)|case\sat\sthe|lawsuits?|suing|appeal\w*|challenges?|legal\s(?:action|options|steps))\b"
    r"|\s(?:whether|if|how)\s[^.;\n]{2,80}?\b(?:breaks?|breach\w*|fits?|complies|comply|violates?|is\s(?:legal|lawful|compatible|in\sline)|affects?|copes?|hurt\sby|will\shit)\b"
)
"""What is weighed of an act that somebody else took: what comes of it, whether it is lawful."""
SENSES = {
    "promises": re.compile(
        r"\s(?:to|that|an?|new|more|fresh|action|tariffs?|curbs|bans?|dut(?:y|ies)|cuts?|relief|laws?|legislation|subsid\w+|aid|support|quotas?|licen\w+|rules?)\b"
    ),
    "open to": re.compile(
        r"(?!\s(?:any|all|every|everyone|anyone|the public|traffic|trade|firms|companies|investors?|foreign)\b)"
    ),
    **dict.fromkeys(
        ("narrows", "narrowed", "widens", "widened"),
        re.compile(r"(?!\s(?:after|as|in|last|since|sharply|further|to\s\$)\b|\s?[.,;]|$)"),
    ),
    "truce": re.compile(
        r"(?!\s(?:between\s[^.;,]{3,40}\s)?(?:holds?|held|talks|still|remains?|has|had|nears?|is|was|frays?|hopes|optimism)\b)"
    ),
    **dict.fromkeys(
        ("eases", "eased"),
        re.compile(
            r"(?!\s?(?:[.;]|$)|\s?,(?!\s(?:for|until|as of|from)\s[^,.;]{2,30},\s(?:the|its|their|some|all)\b)"
            r"|\s(?:as|in|after|but|slightly|further|since)\b)"
        ),
    ),
    **dict.fromkeys(
        ("exclusion", "exclusions", "exemption", "exemptions"),
        re.compile(r"(?!\s(?:process|requests?|applications?|bids?|hopes|talks)\b)"),
    ),
    **dict.fromkeys(
        ("sets", "set", "setting"),
        re.compile(
            r"(?!\sin(?:\sas|\samong|\sover|\sat|\sfor|\sacross)?(?:\s|[.,;:!]|$)(?!stone|motion|place|law))"
        ),
    ),
    **dict.fromkeys(
        ("wants to", "want to"),
        re.compile(
            r"\s(?:ban|bar|block|restrict|limit|curb|licen[cs]e|tax|tariff|outlaw|prohibit|slap|impose|levy|raise|double|triple|hike|cut|lower|halve|lift|scrap|end|ease|loosen|relax|tighten|extend|delay|postpone"
            r"|suspend|halt|stop|phase\sout|require|add|blacklist|sanction|exclude|exempt|control|cap|charge|put\s[^.;]{2,60}\s(?:under|on)|force|oblige|keep\s[^.;]{2,50}\sout)\b"
        ),
    ),
    **dict.fromkeys(
        ("threatens", "threaten", "threatening"),
        re.compile(
            r"(?!\s(?:an?\s|the\s|more\s|new\s|to\s(?:call\s)?)?(?:[\w-]+\s)?(?:strikes?|stoppages?|walkouts?|boycott|protests?|blockades?|lawsuits?|sue|legal|court|go\sto\scourt|quit|leave|close|shut|move|relocate|lay|lay-?offs|jobs?"
            r"|suppl(?:y|ies)|growth|recovery|exports?\b(?!\s(?:ban|curb|control|licen|tax|dut|restrict|quota|tariff|lev))|farmers|industry|margins|profits|livelihoods?|plans?)\b)"
        ),
    ),
    **dict.fromkeys(
        ("renews", "renewed", "renew", "renewing"),
        re.compile(
            r"(?!\s(?:his|her|its|their|the|an?|our|my)?\s?(?:[\w-]+\s)?(?:calls?|push|pleas?|demands?|threats?|vows?|pledges?|appeals?|criticism|attacks?|warnings?|bids?|hopes?|interest|fears?|focus|tensions?|efforts?|talks|requests?"
            r"|pressure|commitments?|concerns?|worries|assault|drive|campaign|debate|optimism|scrutiny|speculation|uncertainty|strength|rally|buying|selling)\b)"
        ),
    ),
    **dict.fromkeys(
        ("doubled", "tripled", "halved", "quadrupled"),
        re.compile(r"(?!\s(?:in|since|after|last|over|within|on(?! \w+day)|during|year)\b)"),
    ),
    **dict.fromkeys(
        (
            "weighs",
            "weigh",
            "weighing",
            "weighed",
            "considers",
            "considering",
            "studies",
            "studying",
            "looks at",
            "looking at",
            "is looking at",
            "explores",
            "exploring",
            "eyes",
            "eyeing",
            "discusses",
            "discussing",
            "assesses",
        ),
        re.compile(
            rf"(?!\sin\b|\son\b{OUTCOMES}"
            r"|\s(?:the\s|an?\s|its\s|their\s|this\s)(?:\w+\s){0,2}?(?:announcement|notice|ruling|decision|text|document)\b)"
        ),
    ),
    **dict.fromkeys(("consultation", "consultations"), re.compile(r"(?!\swith\b)")),
    "relief": re.compile(r"(?!\s(?:programm?e?|fund|scheme|package|rally|aid|efforts?|hopes)s?\b)"),
    **dict.fromkeys(
        ("adopts", "adopted", "adopting"),
        re.compile(
            r"(?!\s(?:an?\s|its\s|the\s)?(?:[\w-]+\s)?(?:position|stance|conclusions|tone|approach|strategy|statement)\b)"
        ),
    ),
    **dict.fromkeys(("settled", "settles"), re.compile(r"(?!\s(?:at|on|in|into|down|for)\b)")),
    "signed": re.compile(r"(?!\sup\sfor\b)"),
    "demands": re.compile(
        r"(?!\s(?:an?\s|the\s|immediate\s)?(?:end|lifting|removal|repeal|halt|withdrawal|scrapping|answers?|relief|return|release|apology|more time|talks)\b)"
    ),
    "threatened": re.compile(r"(?!\s(?:in|on|by|last|earlier|this|never|for)\b|\s?[.,;])"),
    **dict.fromkeys(("is close to", "are close to", "nears", "nearing", "close to"), NO_DEAL),
    # An exchange that opens, an institute, a word or a hint that is dropped.
    **dict.fromkeys(
        ("institutes", "instituted"),
        re.compile(
            r"(?=\s(?:an?|the|anti|counter|new|proceed|safeguard|investig|probe|inquir|ban|dut|tariff|licen|restrict|control|curb)\w*\b)"
        ),
    ),
    **dict.fromkeys(
        ("drops", "dropped", "dropping", "drop"),
        re.compile(r"(?!\s(?:the|a)\s(?:\S+\s)?(?:word|bomb|bombshell|hint|name|ball|act)\b)"),
    ),
    "approved": re.compile(r"(?!\s(?:fewer|more|less)\b)"),
    "granted": re.compile(
        r"(?!\s(?:an?|the|its)\s(?:\w+\s)?(?:permit|licen[cs]e|approval)\sto\s(?:build|construct|mine|explore|operate|open|expand)\b)"
    ),
    "a bill": re.compile(r"(?!\s(?:of|for)\s)"),
    # What both sides say at a table is no act of either.
    **dict.fromkeys(
        (
            "begins",
            "began",
            "starts",
            "started",
            "opens",
            "opened",
            "launches",
            "launched",
            "resumes",
            "resumed",
            "commences",
            "commenced",
            "kicks off",
            "kicked off",
        ),
        re.compile(
            r"(?!\s(?:[\w-]+\s){0,4}?(?:talks|negotiations|discussions|debates?|dialogue|meetings?|summit)\b"
            r"|\s(?:higher|lower|flat|up|down|mixed|after(?!\s(?:a\s|an?\s\w+\s)?(?:delay|wait|pause))|weaker|firmer)\b)"
        ),
    ),
}
"""What must follow words of plans that mean as much else."""
NOTHING = re.compile(
    r"\s(?:nothing|nobody|no\s(?:one|new|further|more|other|such|dut|tariff|ban|sanction|curb|rule|restriction|limit|licen))"
)
LIQUIDATION = re.compile(r"\s(?:of\s)?(?:the\s)?liquidation\b")
"""What is suspended as a duty begins, so that it can be charged on entries that are not settled."""
MEETING_OVER = ("discuss", "review", "explore", "study", "consider")
MEETS = re.compile(
    r"\b(?:visit|meet|met\b|travel|fl(?:y|ies|ew)\b|head|arriv|gather|conven|call)\w*\b[^.;]{0,50}\sto\s$"
)
"""What people come together for is no plan yet."""
HELPS = re.compile(
    r"[^,.;:]{3,50}?\s(?:helps?|helped|hurts?|boosts?|boosted|means|gives?|gave|leaves|left|cheers|sparks|fuels|did|does|could|might)\b"
)
"""Behind the name of an act: what it does to others is the news."""
DISPUTED = re.compile(
    r"\b(?:rule|ruling|hearing|decide|decision|appeal|challenge|case|talks|dispute|row|fight)\w*\s(?:on|over|against|about)\s[^.;,]{2,30}\s$"
)
"""Before what a court or two sides have yet to settle."""
A_NOUN = re.compile(
    r"(?:ese|(?<!iss)ian|ish|can|en|\bof|\bfrom|\band|\ball|\bthe|\bthese|\btheir|\bits|\bour|\blaser|\brobot|\belectronic|\bmachine|\bcar|s['’])\s$"
)
RATE_CUT = re.compile(r"\b(?:tariff|duty|tax|quota|rate|rebate|subsidy|levy)\s$")
CUT_TO = re.compile(r"\s(?:to|by|from)\s\d")
"""What a cut is of, as a noun, and where it is a verb all the same: duty cut to 5%."""
PLANS = ("intend", "weigh", "propose")
RELATIVE = ("that ", "which ", "who ")
"""Words behind which a plan only tells who somebody is: the council that drew up the list."""
FAILED_ZH = re.compile(r"[^,。;:]{0,12}?(?:达成|通过|获批|敲定|就|一致)")
TALKS_ZH = re.compile(
    r"[^,。;:的]{0,10}?(?:领域)?(?:对话|沟通|合作|交流|磋商|协调|联系|互信|能力建设)(?:[,。\s]|$|机制)"
)
"""What is strengthened without a rule: 加强出口管制领域对话."""
BY_OTHERS_ZH = re.compile(
    r"(?:学家|专家|学者|协会|商会|智库|业内|业者|分析师|人士|律师|(?<!贸易)代表|(?<!贸易)委员|企业|公司|网友|教授|研究员|市场|外界|普遍|投行|(?<!调查)机构)(?:们|还|也|则|曾)?$"
)
"""Who advises and is no body of the state."""
BY_ITSELF_ZH = (
    "采购",
    "供应",
    "供货",
    "销售",
    "生产",
    "出货",
    "交付",
    "谈判",
    "对话",
    "磋商",
    "运营",
    "产能",
)
"""What is resumed by firms, or by talking."""
AGAINST_ZH = (
    "反对",
    "抗议",
    "拒绝",
    "抵制",
    "避免",
    "防止",
    "无意",
    "不想",
    "不愿",
    "担心",
    "规避",
    "要不要",
    "该不该",
)
"""Before what is not wanted, or feared."""
ONLY_THEN = re.compile(r"(?:即可|方可|才能|才可|才会)$")
"""Before what is done if something else is: 整改到位即可恢复."""
NOT_MADE = re.compile(
    r"(?:未|没有|将(?:于[^,。;:]{1,10}?)?)(?:就[^,。;:]{2,24}(?:作出|做出)|(?:收到|接到)[^,。;:]{0,14})$"
)
WORD_OF_ZH = tuple(
    f"{what}{of}"
    for of in ("的通知", "通知", "的消息", "的要求", "的命令")
    for what in ("", "采购", "销售", "出口", "进口", "供货")
)
"""What nobody has decided, or heard of: 未收到禁止采购的通知."""
RECEIVED = re.compile(r"\b(?:received|got|drew|read)\s(?:\S+\s){0,2}$")
STILL = re.compile(r"\b(?:remains?|remained|stays?|stayed|still)\s$")
EXECUTOR = re.compile(r"[器者长官层董人力]|委员|副总|总裁|机构|办公室|情况|部门|局")
"""What makes 执行 part of a name or a noun: 执行器, 执行委员会."""
SILENT = re.compile(r"(?:对[^,。]{0,20})?(?:评论|置评|透露|表态|回应|说明|承认)")
"""What officials refuse to do with their mouths is no refusal of a licence."""
GRANT = re.compile(r"\sto\s(?:grant|issue|licen[cs]e|approve|renew|clear|authori[sz]e|let)\b")
PROPOSED_WHAT = re.compile(
    r"(?!\s(?:[\w-]+\s)?(?:acquisition|takeover|purchase|merger|sale|deal|transaction|buyout|investment|stake)\b)\s(?:[\w%.$-]+\s){0,3}?(?:lev(?:y|ies)|limit|tax|safeguard|phas|requir|rule|tariff|ban|law|legislat|regulat|amend|list|measure|control|restrict|dut|quota"
    r"|curb|sanction|change|exempt|exclu|delist|addition|removal|fee|new|to|a|an|the|add|rais|that|by|export|import|licen)"
)
ANNIVERSARY = re.compile(
    r"(?:已|满|至今)*[一二两三四五六七八九十半\d]+(?:个月|周年|年|周|天)(?:以来|后|来|多|[,\s]|$)"
)
JUST_BEGUN = re.compile(
    r"(?:已|刚|满)?(?:[一二两三四五六七]天|[一两三]周(?!年)|首[日周]|第[一二三][天周])"
)
"""How long ago that is news still: 管制生效三天."""
WHAT_OF = re.compile(
    r"[^,。;:\s]{0,24}的(?:问题|要求|可能|传闻|消息|呼声|建议|影响|背景|情况下|前提|条件|说法|诉求|权力|压力|计划|做法|威胁|举动|行为|想法|打算|呼吁)"
)
DECISION_ZH = re.compile(r"的(?:公告|通知|决定|公示|令|通告|办法|规定|公报|裁定|裁决|指引|规则)")
"""What a verb before 的 is the news of; other things it only tells which: 征收的关税."""
SINCE = re.compile(
    r"[^,。;:]{0,20}?(?:(?:满|届满|已过|过去)[一二两三四五六七八九十半\d]+(?:个月|周年|年|周|天)|[一二两三四五六七八九十\d]周年)"
)
BY_LEAVE = re.compile(r"经[^,。;:]{0,14}$")
"""Before an approval that only leads up to the act: 经国务院批准，自…起暂停."""
NOUN_BEHIND_ZH = re.compile(
    r"(?:措施|规则|制度|政策|体系|手段|工具|执行|机制|法规|风险|壁垒|合规|程序)"
)
"""What makes a noun of 管制, 限制 and 制裁 before it."""
DOES_ZH = re.compile(
    r"(?:(?:将)?(?:于[^,。;:]{2,8})?(?:到期|届满)|不是|是|并非|只会|让|使(?!用)|导致|无助|伤害|损害|削弱|推高|之下|下(?![调令发达游载])|风险|不断|持续|依然|仍然|难以|能否|究竟|到底)"
)
"""What a restriction is or does, as the subject of another verb."""
DAY_ZH = re.compile(r"日期?(?=[为改推由是延定,。;:]|$)|时间|日期")
"""Behind 生效 where only the day of it is meant."""
RUSHED_ZH = re.compile(r"[赶抢]在[^,。;:]*$")
"""Before what others hurry to be ahead of: 赶在关税生效前出货."""
NOUN_ZH = re.compile(r"[之项类种]$|(?<![进实施银])行$|(?<=的)$")


PUT_OFF = ("withdraw", "suspend", "delay")
PLANS_ZH = ("计划", "做法", "打算", "威胁")
"""What can be given up or put off, so that its verb is no part of its name."""
STOPS_ZH = ("禁止", "暂停", "中止", "停止", "限制", "叫停")
"""Words of which a talk or an exchange is the object."""


def means_another(cue: Hit, word: str, folded: str) -> bool:
    """Tell whether a cue's word has another sense here, or is no verb at all."""
    if HAN.match(word):
        return means_another_zh(cue, word, folded)
    after = folded[cue.end : cue.end + 100]
    if word in ("proposed", "recommended") and BACK_THEN.search(
        folded, max(0, cue.start - 16), cue.start
    ):
        return True
    if word == "proposed" and LONG_SINCE.search(folded, max(0, cue.start - 6), cue.end + 20):
        return True
    if word == "proposed":
        return not PROPOSED_WHAT.match(after)
    if word in ("cut", "cuts", "hike") and RATE_CUT.search(
        folded, max(0, cue.start - 12), cue.start
    ):
        return not CUT_TO.match(after)
    if word in ("toys with", "eyes") and A_NOUN.search(folded, max(0, cue.start - 10), cue.start):
        return True
    if word in ("maintain", "maintains", "maintained") or in_business(cue, word, folded):
        return True
    if word in SENSES:
        return not SENSES[word].match(after)
    if word.startswith(MEETING_OVER) and MEETS.search(folded, max(0, cue.start - 70), cue.start):
        return True
    if word.endswith(" of") and HELPS.match(after):
        return True
    if word == "seizure" and DISPUTED.search(folded, max(0, cue.start - 50), cue.start):
        return True
    if word.startswith("suspen") and LIQUIDATION.match(after):
        return True
    if cue.value in PLANS and folded.endswith("had ", 0, cue.start):
        return True
    if cue.value in (*DIRECTED, *PLANS, "enforce") and NOTHING.match(after):
        return True
    if (
        cue.value in PLANS
        and folded.endswith(RELATIVE, 0, cue.start)
        and not word.startswith(("it ", "would"))
    ):
        return True
    if (word in ("refuses", "refused") or word.endswith("request")) and after.startswith(" to "):
        return not GRANT.match(after)
    if word in ("end", "ends") and after.startswith((" use", "-use", " user")):
        return True
    if word.startswith("comments on") and RECEIVED.search(
        folded, max(0, cue.start - 24), cue.start
    ):
        return True
    if cue.value == "propose" and REJECTED.search(folded, max(0, cue.start - 22), cue.end):
        return True
    if word == "on the table" and STILL.search(folded, max(0, cue.start - 14), cue.start):
        return True
    if cue.value != "effect":
        return False
    if word.startswith("appl"):
        return after.startswith((" for", " to the", " through"))
    if word == "effective" and (HOW_WELL.match(after) or DATE_READS.match(after)):
        return True
    return bool(STILL.search(folded, max(0, cue.start - 14), cue.start))


def means_another_zh(cue: Hit, word: str, folded: str) -> bool:
    """Tell it of a Chinese word."""
    what = WHAT_OF.match(folded, cue.end)
    if what and not (cue.value in PUT_OFF and what[0].endswith(PLANS_ZH)):
        return True
    which = cue.value in DIRECTED and folded.startswith("的", cue.end)
    if which and not DECISION_ZH.match(folded, cue.end):
        return True
    if word not in STOPS_ZH and TALKS_ZH.match(folded, cue.end):
        return True
    if word in ("拒绝", "拒"):
        return bool(SILENT.match(folded, cue.end))
    if word == "未能":
        return not FAILED_ZH.match(folded, cue.end)
    ahead = folded[max(0, cue.start - 8) : cue.start]
    if cue.value in PLANS and ahead.endswith(("多次", "一再", "屡次", "曾", "曾经")):
        return True
    if word in ("建议", "提议", "呼吁", "预计") and BY_OTHERS_ZH.search(ahead):
        return True
    if cue.value in DIRECTED and ahead.endswith(AGAINST_ZH):
        return True
    if word in ("恢复", "重启") and ahead.endswith(BY_ITSELF_ZH):
        return True
    since = ANNIVERSARY.match(folded, cue.end)
    # How long ago it was; but how long it is put off in 被推迟一年.
    ago = since is not None and (cue.value not in PUT_OFF or since[0].endswith(("来", "后", "多")))
    if ago and (ahead.endswith("已") or "被" in ahead):
        return True
    made = ahead.endswith("出") or "到" in ahead
    if made and NOT_MADE.search(folded, max(0, cue.start - 36), cue.start):
        return word.startswith(("决定", "裁决", "裁定")) or folded.startswith(WORD_OF_ZH, cue.end)
    if ONLY_THEN.search(folded, max(0, cue.start - 4), cue.start):
        return True
    if folded.startswith(("前", "之前"), cue.end) and RUSHED_ZH.search(
        folded, max(0, cue.start - 24), cue.start
    ):
        return True
    noun = word in ("限制", "制裁", "管制", "管控", "调整", "豁免", "撤销", "取消")
    if noun and (
        NOUN_ZH.search(folded, max(0, cue.start - 2), cue.start)
        or NOUN_BEHIND_ZH.match(folded, cue.end)
        or DOES_ZH.match(folded, cue.end)
    ):
        return True
    if word in ("批准", "同意") and BY_LEAVE.search(folded, max(0, cue.start - 16), cue.start):
        return folded.startswith(",", cue.end)
    if word.endswith("审议"):
        return folded.startswith(("通过", "并通过"), cue.end)
    if word == "执行" and EXECUTOR.match(folded, cue.end):
        return True
    if cue.value in ("effect", *DIRECTED) and DAY_ZH.match(folded, cue.end):
        return True
    begun = cue.value == "effect" or word in ("实施", "落地")
    if cue.value == "effect" and JUST_BEGUN.match(folded, cue.end):
        return False
    return bool(SINCE.match(folded, cue.end) or (begun and ANNIVERSARY.match(folded, cue.end)))
