"""Everyday verbs that are a government's only by what stands around them: lift, take, name, push.

Pure. `settle` of verbs.py asks for each.
"""

import re
from functools import cache

from alerts.reader.chirps import CHIRPS
from alerts.reader.consequences import CONSEQUENCES
from alerts.reader.headlines import HEADLINES
from alerts.reader.idioms import IDIOMS, idioms_of
from alerts.reader.idioms import PER_CENT as PERCENT
from alerts.reader.objects import (
    ILLEGAL_ZH,
    ONLY,
    OUT_NOW,
    OUT_WHEN,
    POLICY,
    RESUMED,
    STOPPED_TRADE_ZH,
    TAKEN_BACK_ZH,
    nothing_done,
    stopped_by_state,
    taken_out,
)
from alerts.reader.sayings import SAYINGS
from alerts.reader.terms import Hit

DIRECTED = frozenset(("adopt", "ease", "withdraw", "suspend"))
"""Cues that restrict or ease."""
LIFTED_TO = re.compile(
    r"[^.;,:]{0,70}?\b(?:to|from(?=[^.;]{0,40}(?:effect|force|to\s[1-9])))\s(?:up to\s|as much as\s|about\s)?(?!0\s?(?:%|per))\d[\d.]*\s?(?:%|per\s?cent)"
)
COURT = 40
"""Characters before a verb in which a court is its subject."""
STARTED = ("starts", "begins", "started", "began", "start", "begin")
ON_ITS_OWN = re.compile(
    r"\s*(?:$|[.,;:!)\n]|(?:on|from|in|at|to(?:day|morrow|night)|this|next|now|immediately|as|collecting|applying|enforcing|after\s(?:a\s|an?\s\w+\s)?(?:delay|wait|pause)|\w+day)\b)"
)
MOVED_TO = re.compile(
    r"(?![^.;:]{3,60}?\sto\s['\"]?(?:restricted|prohibited|free|the|its|a)\b(?!\s(?:end|start|beginning|middle)))\s[^.;:]{3,80}?\s(?:back\s)?(?:to|until|into|till)\s(?:(?:early|late|mid|next|the end of|the start of|the|\d\d?)[\s-])*"
    r"(?:jan|feb|mar|apr|may\b|jun|jul|aug|sep|oct|nov|dec|20\d\d|spring|summer|autumn|fall\b|winter|year|month|quarter)"
)
MONTH_NEXT = re.compile(
    r"\s(?:(?:early|late|mid|next|the end of|the start of|the|\d\d?)[\s-])*"
    r"(?:jan|feb|mar|apr|may\b|jun|jul|aug|sep|oct|nov|dec|20\d\d|spring|summer|autumn|winter|year|month|quarter)"
)
OFF_LIST = re.compile(
    r"\s[^.;:\n]{2,80}?\s(?:off|from)\s(?:[^.;:,\n]{0,30}?\b(?:entit\w+|unverified|denied|military|unreliable|end[ -]user|sanctions"
    r"|sdn|covered|debar\w+|watch|control|trade|black)[^.;:,\n]{0,20}?list\b|(?:the\s|its\s|a\s)?list\sof\b|[^.;:,\n]{0,30}?blacklist\b)"
)
NAMED_TO = re.compile(
    r"(?!\son\s)\s[^.;:\n]{2,90}?\s(?:in|to|on|as)\s(?:[\w'-]+\s){0,4}?"
    r"(?:list\b|compan(?:y|ies) of concern|military compan(?:y|ies)|entities of concern)"
)
ORDERS_TO = re.compile(
    r"\s[^.;:,\n]{2,60}?\sto\s(?!hold|delay|pause|suspend|review|study|investigat|draft|consider|prepare|look)\w"
)
THE_NAMES = re.compile(r"\b(?:the|of|their|its|these|those|and|new|more|other|all|\d+)\s$")
SOLD = re.compile(
    r"(?!\s(?:who|what|how|where))\s[^.;:\n]{2,80}?\sto\s(?:sell|divest|dispose of|unwind|exit|give up)\b(?=[^.;\n]{0,60}?"
    r"\b(?:stakes?|shares?|shareholdings?|holdings?|interests?|out of|owner|business|unit|arm|firm|maker|miner|mine)\b)"
)
ADJECTIVE = re.compile(r"(?:ese|ish|ian|ean|ican|rman)\s$")
SOLD_ZH = re.compile(
    r"[^,。;:]{1,18}?(?:(?:出售|剥离|转让|处置)(?=[^,。;]{1,16}?(?:股|权|业务|资产|公司))|(?:关闭|退出|撤出|清盘|清算|停业|停止运营|解散))"
)
BY_COURT = re.compile(
    r"\b(?:court|judges?|tribunal|bench|amparo|hc)\b[^.;,:]{0,26}$|(?:法院|法官|高院)[^,。;:]{0,6}$"
)
STAYED = (
    "stays",
    "stayed",
    "blocks",
    "blocked",
    "halts",
    "halted",
    "pauses",
    "freezes",
    "叫停",
    "中止",
    "暂停",
    "暂缓",
    "冻结",
)
ASSETS = re.compile(
    r"\s(?:[\w'-]+\s){0,5}?(?:assets|funds|accounts|holdings|property|balances|deposits\sof|reserves\sof)\b|[^,。;:]{0,24}?(?:资产|账户|财产|资金)"
)
"""What is frozen as a sanction, and no measure that is put on hold."""
BACKERS = re.compile(
    r"\b(?:panel|commission|tribunal|committee|board|body|authority|bureau|secretariat|ministry|minister|ministers|cabinet"
    r"|government|regulator|watchdog|department|directorate|council|parliament|meps|lawmakers|senators|chamber|senate)\s$"
)
BACKED = re.compile(
    r"\s(?:(?!over\b|against\b)[\w%-]+\s){0,5}?(?:dut(?:y|ies)|tariffs?|quotas?|ban|curbs|safeguards?|levy|levies|fees?|surtax|sanctions"
    r"|rules?|bill|law|licensing|controls|limits|caps?)\b"
)
"""A body that only advises, and what it is for: trade panel backs duties."""
RATE_OF = re.compile(
    r"\b(?:quotas?|tariffs?|dut(?:y|ies)|lev(?:y|ies)|surtax|surcharge|fees?)(?:\s(?:on|for)\s[^.;:,\n]{2,50}?)?\s(?:to\s|will\s|would\s)?$"
)
RATE_OF_ZH = re.compile(r"(?:关税|税率|附加税|配额|出口税|港务费)[^,。;:]{0,9}$")
TO_RATE = re.compile(
    r"\s(?:by|to|from)\s(?:about\s|nearly\s|almost\s|just\s)?(?:\d|zero|an?\s(?:quarter|third|fifth|tenth)|half|nil)"
)
CHANGED = ("raised", "cut", "hiked", "doubled", "increased", "reduced", "slashed", "lowered")
"""What is done to a rate that stands before it: cable duty raised to 35%."""
TO_SEE = re.compile(r"\b(?:will|would|to)\s(?:\w+\s)?see\b")
"""What rises or falls only because a government says so, and to what."""
LEVIED_ZH = re.compile(
    r"(?<![特象长远应出新不未免停缓减计课被遭或若])征(?=\d|最高|临时|反倾销|反补贴|双反|关税|附加|惩罚|保障|税)"
)
REPEALED = ("repeals", "repealed", "repeal", "废止")
REPLACED = re.compile(r"同时废止|repeal\w*\sand\s(?:re-?place|re-?enact)")
"""A rule's successor is what is new, not the end of the old one."""
HALTED = ("暂停", "暂停对", "中止", "停止")
HALTED_ZH = re.compile(
    r"(?![^,。;:\n]{0,24}?(?:许可|关税|加征|管制|措施|规则|征收|实施|执行|(?<!的)公告(?!的更正)|清单|调查)(?![^,。;:\n]{0,8}输华))"
    r"[^,。;:\n]{0,24}?(?P<what>输华|对华出口|对华输出|注册|准入|进口申报|供货|供应|采购|购买|放行|清关|通关)"
)
"""What is stopped so is newly barred, none that was suspended."""
INWARD_ZH = ("输华", "对华出口", "对华输出", "注册", "准入", "进口申报")
SUPPLIERS = re.compile(
    r"(?:\s(?!tariff|dut|rule|ban|curb|licen|sanction)[\w&'-]+){1,6}?\s(?:plants?|slaughterhouses?|meatpackers?|packers|abattoirs|establishments|exporters)\b"
    r"(?!\s(?:rule|ban|list|requirement|polic))"
    r"|\s(?:the\s)?(?:issu(?:e|ing|ance)\sof\s)?(?:all\s|new\s|any\s|further\s)?import\s(?:permits?|licen[cs]es|clearances?)\b(?!\s(?:rule|requirement|system|regime|fee))"
)
"""Whose goods are not let in as long as they, or the papers for them, are suspended."""
STRIPPED = re.compile(
    r"(?:\s(?!tariff|dut)[\w'-]+){0,7}?\s(?:recognition|accreditations?)\b(?!\s(?:requirement|rule))"
    r"|[^,。;:\n]{0,24}?(?:资质|资格|认可|牌照|执照)(?!要求|规定|制度|限制)"
)
"""What is taken from somebody as a restriction; no measure ends by that."""
DUTIES_OFF = re.compile(
    r"\s(?:out\s)?(?!in\b)(?:[\w'’%-]+\s){0,4}?(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|surtax|surcharges?)\b"
)
"""What is phased out, or stripped off goods, so that they pay less."""
LONGER_ZH = re.compile(
    r"(?:禁令|禁运|豁免|排除|通用授权|配额|关税|反倾销税|反补贴税|附加税|措施|制裁|补贴|暂停|休战|免税|限价|保障措施|冻结|进口权|通用许可证?)(?:令|期|政策|期限|有效期|再|将|拟|被|也|再次|又|正式|已|获|,)*$"
)
"""What lasts longer if its end is put off: a ban, a waiver, a quota."""
BEGINS_ZH = re.compile(r"生效|实施|施行|启用|起征|执行|开征|征收|适用|落地|上路")
"""What is said to be put off where a beginning is: 关税延至明年生效."""
UNDONE = (
    "withdr",
    "revok",
    "rescind",
    "strip",
    "cancel",
    "terminat",
    "撤销",
    "取消",
    "撤回",
    "吊销",
)
CASE = re.compile(
    r"\s(?:[\w'%-]+\s){0,6}?(?:case|probe|inquiry|investigation|review)\b[^.;:\n]{0,90}?\swith\s(?:an?\s|the\s)?(?:[\w%.-]+\s){0,4}?(?:dut(?:y|ies)|tariffs?|levy|levies)\b"
)
"""A case that ends with a duty, which begins by that."""
QUOTA_OUT_ZH = re.compile(r"(?:配额|免税|豁免|优惠)[^,。;:]{0,4}$")
"""What lets goods in, and restricts as it ends."""
RULED_ZH = re.compile(r"337|专利|仲裁|商标|版权")
CAPPED = re.compile(
    r"(?![^.;:\n]{0,40}\b(?:prices?|rates?|fees?|rents?|costs|interest)\b)[^.;:\n]{0,60}?\bat\s(?:about\s|only\s|just\s)?"
    r"(?:\d[\d.,]*\s?(?:%|per\s?cent|m?ln|mn|million|thousand|tons|tonnes|units|vehicles|cars)|an?\s(?:quarter|third|half|fifth|tenth)\b|half\b)"
)
VOLUME = re.compile(
    r"\b(?:imports?|exports?|quotas?|volumes?|shipments|tons|tonnes|suppl(?:y|ies)|sales|vehicles|cars)\b"
)
"""A limit in per cent or tons of what is traded is a quota."""
OWNED = re.compile(
    r"\s[^.;:\n]{0,60}?\b(?:own|hold|take|buy|acquire)\s(?:up to\s|as much as\s|more than\s|an?\s)*"
    r"(?:\d[\d.]*\s?(?:%|per\s?cent)|majority|minority|controlling|stakes?\b)"
)
"""What foreigners may own."""
TO_PAY = re.compile(r"\s[^.;:,\n]{2,60}?\sto\spay\b(?!\s(?:dut|tariff|tax|fees))")
NO_MORE = re.compile(r"\s(?:collecting|charging|levying|applying|enforcing|imposing)\b")
LEVIED_SO = ("征收", "加征", "加税", "课税", "征税", "课征", "实施", "采取", "适用")
STOPPED_ZH = re.compile(r"(?:停止|不再)(?:[^,。;:并而]{0,14}|对[^,。;:并而]{0,36})$")
"""Of a levy or a rule that is stopped there was one."""
MORE_TIME = re.compile(
    r"\s[^.;:\n]{3,70}?\s(?<!\sfor\s)(?:(?:another|an extra|an additional|[\w-]+ more|[\w-]+ extra)\s(?:year|month|week|quarter)s?\b|more time\b"
    r"|(?:[\w-]+\s)?(?:months?|years?|weeks?)(?:['’]s?)?\s(?:of\s)?grace\b|until\s[^.;:]{3,30}?\s(?:to\s(?:comply|adapt|meet|empty|wind|sell|exit|stop|switch|file|register|apply)|before\s[^.;:]{0,30}\bban|on\s[^.;:]{0,24}\b(?:decree|rule|law|order))\b)"
)
"""Who is given more time has what is to come put off."""
TRADED = re.compile(
    r"\b(?P<what>exports?|imports?|shipments?|import\s(?:permits?|licen[cs]es?|clearances?))(?:\s(?:of|to|from|for)\s[^.;:,\n]{1,60}?)?\s"
    r"(?:(?:is|are|was|were|be|been|being|has|have|now|temporarily|formally|again)\s)*$"
)
BARRED = ("banned", "prohibited", "halted", "suspended", "barred", "outlawed", "restricted")


LAPSE = re.compile(r"\s[^.;:,\n]{2,60}?\s(?:lapse|expire|run out)\b")
ON_HOLD = re.compile(r"\s[^.;:,\n]{2,70}?\s(?:on\s(?:hold|ice|pause)|in\sabeyance)\b")
STOPPING = ("stop ", "stops ", "end ", "ends ", "cease ", "ceases ", "stopped ", "ended ")
PER_CENT = re.compile(
    rf"\s(?:an?\s|another\s|extra\s|additional\s|provisional\s|preliminary\s|final\s|cash\s|security\s|deposits of\s|deposit of\s|guarantees? of\s|margins? of\s|rates? of\s|up to\s|about\s)*"
    rf"\d[\d.]*\s?{PERCENT}\s(?:extra\s|more\s)?(?:on\b|for\b|(?:cash\s|security\s|dumping\s)?(?:deposits?|margins?)\b)"
    r"|\s(?:an?\s|up to\s|about\s|another\s|extra\s)*(?:us\$|[$€£¥₹])?\d[\d.,]*(?:\s(?:cents|dollars|euros|yuan|rupees|pesos))?(?:\s?/\s?|\s(?:a|per)\s)(?:t|tonne|ton|kg|kilo\w*|mt|unit|net ton|barrel|litre|piece)\s(?:on|for)\b"
)
LEVYING = ("charg", "slap", "impos", "put", "lev", "set")
"""Verbs that with a percentage on goods lay a tariff on them."""
RULES = re.compile(
    r"\s(?!(?:on|over|by|for|to|and|as|in|of|from|that|have|has|are|were|will|would|may|can|could|bite|hit|take)\b)"
    r"(?=\w)[^.;:\n]{0,60}?\b(?:exports?|shipments|sales?|technolog(?:y|ies)|know-how)\b"
)
EVERYDAY = ("没收", "豁免", "降至", "降到", "降为", "放弃", "解除", "收回", "裁定", "延", "block", "veto", "阻止", "阻挡", "remov", "pull", "eliminat", "phas", "移除", "拆除", "清除", "停了", "abandon", "revis", "chang", "amend", "suspen", "freez", "froze", "暂缓", *LEVIED_SO, *UNDONE, "失效", "closes", "closed", "ended", "ending", "has put", "have put", "stop", "ceas", "ends", "grant", "drop", "giv", "lift", "start", "beg", "order", "tell", "told", "forc", "恢复", "下令", "责令", "勒令", "要求", "令",
            *LEVYING, "cap", "let", "allow", "permit", "repeal", *HALTED, "废止", "fall", "ris", "shrink", "back", "征", "初裁", "终裁", "作出", "立案", "升", "涨到", "提升至", "上升至", "降为", "controls", "curbs", "limits", "licenses", "licences", "push", "shift", "mov",
            *CHANGED, "slid", "stay", "take", "took", "str", "name", *STAYED, *BARRED,
            *(word for one in IDIOMS if not one.whole for word in one.words))  # fmt: skip
"""Verbs that mean different things by what stands around them."""


ONLY_IDIOMS = (
    "answer", "respond", "agree", "licen", "sampl", "pick", "mak", "made", "shield", "guard", "ring", "protect", "lock", "keep", "screen", "drop", "let", "allow", "rolls",
    "shut", "clos", "slam", "cut", "bring", "brought", "yank", "go", "went", "join", "land", "find", "found", "forc", "fac", "investig", "exam",
    "look", "spec", "may ", "must ", "can ", "need", "now need", "will need", "win", "get", "secur", "receiv", "rules", "ruled",
)  # fmt: skip
"""Verbs of the row of moving ones that mean nothing but in an idiom."""
SAID = frozenset(
    word for one in (*SAYINGS, *CONSEQUENCES, *CHIRPS, *HEADLINES) for word in one.words
)
MOVED = (
    "giv", "gave", "back", "fall", "ris", "shrink", "push", "shift", "mov", "slid", "stay", "orders", "name", "take", "took", "str",
)  # fmt: skip
"""Verbs of idioms that can be more than that."""


@cache
def is_everyday(cue: str) -> bool:
    """Tell whether a cue of the tables is such a verb."""
    return cue.startswith(EVERYDAY) or bool(idioms_of(cue))


Told = tuple[Hit | None, list[Hit]]
"""A cue, None where the verb is no government's, and the instruments that it makes."""


def told_apart(hit: Hit, named: Hit | None, folded: str) -> Told:
    """Return what an everyday verb means by what stands around it.

    Lifts a duty to 35%, takes firms off a list, a court stays a rule, exports are banned.
    named: the authority or country that was named last.
    """
    word = folded[hit.start : hit.end]
    if hit.value == "moving":
        only = word.startswith(ONLY_IDIOMS) or (word in SAID and not word.startswith(MOVED))
        return (None, []) if only else moved(hit, named, folded)
    if hit.value == "norm":
        return regulated(hit, named, folded)
    bare = "base:" if hit.value.startswith("base:") else ""
    if word.startswith("lift") and LIFTED_TO.match(folded, hit.end):
        return as_cue(hit, bare + "adopt"), []
    if word in STARTED and ON_ITS_OWN.match(folded, hit.end):
        return as_cue(hit, bare + "effect"), []
    if word.startswith(("freez", "froze", "冻结")) and ASSETS.match(folded, hit.end):
        return as_cue(hit, bare + "adopt"), [made(hit, hit.end, "sanction")]
    if word.startswith(STAYED) and BY_COURT.search(folded, max(0, hit.start - COURT), hit.start):
        return (hit if hit.value == "strong" else as_cue(hit, "suspend")), []
    if word in CHANGED and hit.value == "adopt" and falls_to(hit, folded):
        return hit, [made(hit, hit.end, "tariff")]
    undone = undoing(hit, word, folded)
    if undone:
        return as_cue(hit, undone), []
    if nothing_done(hit, word, folded):
        return None, []
    traded = moved_trade(hit, word, named, folded)
    if traded:
        return traded
    if word.startswith("suspen") and SUPPLIERS.match(folded, hit.end):
        return as_cue(hit, bare + "adopt"), [made(hit, hit.end, "import ban")]
    if word in REPEALED and REPLACED.search(folded, max(0, hit.start - 3), hit.end + 24):
        return (as_cue(hit, "adopt") if word.isascii() else None), []
    if word in HALTED and (halted := HALTED_ZH.match(folded, hit.end)):
        inward = halted["what"] in INWARD_ZH
        return as_cue(hit, "adopt"), [made(hit, halted.end(), "import ban")] if inward else []
    if word == "立案":
        return hit, [made(hit, hit.end, "probe")]
    if word.endswith(("初裁", "终裁")):
        patent = RULED_ZH.search(folded, max(0, hit.start - 24), hit.start)
        return hit, [] if patent else [made(hit, hit.end, "tariff")]
    if hit.value.removeprefix("base:") not in DIRECTED:
        return hit, []
    if word.startswith("cap") and (capped := CAPPED.match(folded, hit.end)):
        volume = VOLUME.search(folded, max(0, hit.start - 80), capped.end() + 40)
        return hit, [made(hit, capped.end(), "quota")] if volume else []
    if word.startswith(("let", "allow", "permit")):
        owned = OWNED.match(folded, hit.end)
        return hit, [made(hit, owned.end(), "investment restriction")] if owned else []
    if word.startswith(LEVYING):
        levied = PER_CENT.match(folded, hit.end)
        if levied is None:
            return hit, []
        if folded.endswith(STOPPING, 0, hit.start):
            return as_cue(hit, "withdraw"), [made(hit, levied.end(), "tariff")]
        return as_cue(hit, bare + "adopt"), [made(hit, levied.end(), "tariff")]
    return bidden(hit, word, folded)


def undoing(hit: Hit, word: str, folded: str) -> str | None:
    """Return what becomes of a measure by what a verb is said of, if it is not as the verb has it."""
    if word == "dropped" and OUT_NOW.search(folded, max(0, hit.start - 30), hit.start):
        return "adopt" if OUT_WHEN.match(folded, hit.end) else None
    if word == "裁定" and ILLEGAL_ZH.match(folded, hit.end):
        return "withdraw"
    if word == "收回" and TAKEN_BACK_ZH.search(folded, max(0, hit.start - 44), hit.start):
        return "withdraw"
    if word.startswith(("permit", "allow")) and ONLY.match(folded, hit.end):
        return "adopt"
    if word == "moved to" and MONTH_NEXT.match(folded, hit.end):
        return "delay"
    if word.startswith(("grant", "allow")) and MORE_TIME.match(folded, hit.end):
        return "delay"
    if word.startswith("let") and LAPSE.match(folded, hit.end):
        return "withdraw"
    if word.endswith(("put", "puts")) and ON_HOLD.match(folded, hit.end):
        return "suspend"
    if word.startswith(("end", "clos")) and CASE.match(folded, hit.end):
        return "adopt"
    if word.startswith(UNDONE) and STRIPPED.match(folded, hit.end):
        return "adopt"
    if word.startswith(("phas", "strip")) and DUTIES_OFF.match(folded, hit.end):
        return "withdraw"
    if word.startswith("延") and LONGER_ZH.search(folded, max(0, hit.start - 18), hit.start):
        begun = BEGINS_ZH.search(folded, max(0, hit.start - 18), hit.end + 16)
        return None if begun else "adopt"
    if word == "失效" and QUOTA_OUT_ZH.search(folded, max(0, hit.start - 8), hit.start):
        return "adopt"
    if word in ("stops", "stopped", "stop", "ceases", "ends") and NO_MORE.match(folded, hit.end):
        return "withdraw"
    if word.startswith(LEVIED_SO):
        stopped = STOPPED_ZH.search(folded, max(0, hit.start - 42), hit.start)
        return "withdraw" if stopped else None
    return "adopt" if word.startswith("drop") and falls_to(hit, folded) else None


def moved_trade(hit: Hit, word: str, named: Hit | None, folded: str) -> Told | None:
    """Read a verb that is said of trade itself: 恢复…出口, 停了…进口, revised from Free to Restricted."""
    if word == "恢复" and (resumed := RESUMED.match(folded, hit.end)):
        outward = resumed["what"] in ("出口", "对外供应")
        value = "export ban" if outward else "import ban"
        return as_cue(hit, "withdraw"), [made(hit, hit.end, value)]
    traded = STOPPED_TRADE_ZH.match(folded, hit.end) if word == "停了" else None
    if traded and stopped_by_state(hit, named, folded):
        value = "export ban" if traded["out"] else "import ban"
        return as_cue(hit, "adopt"), [made(hit, traded.end(), value)]
    bare = "base:" if hit.value.startswith("base:") else ""
    if taken_out(hit, word, folded):
        return as_cue(hit, bare + "adopt"), [made(hit, hit.end, "import ban")]
    policy = POLICY.match(folded, hit.end) if word.startswith(REVISED) else None
    if policy is None:
        return None
    return as_cue(hit, bare + ("withdraw" if policy["now"] == "free" else "adopt")), []


REVISED = ("revis", "chang", "amend", "mov")


def as_cue(hit: Hit, value: str) -> Hit:
    """Return the cue with another meaning."""
    return Hit(hit.start, hit.end, "cue", value)


def made(verb: Hit, end: int, value: str) -> Hit:
    """Return the instrument that a verb makes together with what stands behind it."""
    return Hit(verb.start, end, "instrument", value)


def falls_to(hit: Hit, folded: str) -> bool:
    """Tell whether a rate that only a government sets is what rises or falls, and to what."""
    rate = RATE_OF.search(folded, max(0, hit.start - 80), hit.start)
    return rate is not None and TO_RATE.match(folded, hit.end) is not None


def moved(hit: Hit, named: Hit | None, folded: str) -> Told:
    """Read a verb that is none of a government's but with what it moves, names or takes off."""
    word = folded[hit.start : hit.end]
    if word.startswith("giv"):
        return (as_cue(hit, "delay") if MORE_TIME.match(folded, hit.end) else None), []
    if word.startswith("back"):
        backed = BACKERS.search(folded, max(0, hit.start - 14), hit.start) or (
            named and named.kind == "authority" and named.end == hit.start - 1
        )
        return (as_cue(hit, "propose") if backed and BACKED.match(folded, hit.end) else None), []
    if word in ("升至", "升到", "涨到", "提升至", "上升至", "降为", "升为"):
        rate = RATE_OF_ZH.search(folded, max(0, hit.start - 16), hit.start)
        return (as_cue(hit, "adopt") if rate else None), []
    if word == "征":
        return (as_cue(hit, "adopt") if LEVIED_ZH.match(folded, hit.start) else None), []
    if word.startswith(("fall", "ris", "shrink")):
        if not falls_to(hit, folded):
            return None, []
        seen = TO_SEE.search(folded, max(0, hit.start - 80), hit.start)
        return as_cue(hit, "intend" if seen else "adopt"), []
    if word.startswith(("push", "shift", "mov", "slid")):
        return (as_cue(hit, "delay") if MOVED_TO.match(folded, hit.end) else None), []
    if word.startswith("stay"):
        by_court = BY_COURT.search(folded, max(0, hit.start - COURT), hit.start)
        return (as_cue(hit, "suspend") if by_court else None), []
    if word == "orders":
        ours = named and named.end == hit.start - 1 and ORDERS_TO.match(folded, hit.end)
        return (as_cue(hit, "adopt") if ours else None), []
    names = word.startswith("name")
    listed = (NAMED_TO if names else OFF_LIST).match(folded, hit.end)
    if listed is None or THE_NAMES.search(folded, max(0, hit.start - 8), hit.start):
        return None, []
    value = "adopt" if names else "withdraw"
    return as_cue(hit, value), [made(hit, listed.end(), "entity listing")]


def regulated(hit: Hit, named: Hit | None, folded: str) -> Told:
    """Read a noun that is a verb here: China curbs tungsten exports, 财长令四股东出售股份."""
    word = folded[hit.start : hit.end]
    if word == "令" and (sold := SOLD_ZH.match(folded, hit.end)):
        return as_cue(hit, "adopt"), [made(hit, sold.end(), "investment restriction")]
    ruled = named and named.end == hit.start - 1 and RULES.match(folded, hit.end)
    if not ruled or ADJECTIVE.search(folded, max(0, hit.start - 8), hit.start):
        return hit, []
    value = "export licence" if word.startswith("licen") else "export restriction"
    return as_cue(hit, "adopt"), [made(hit, ruled.end(), value)]


def bidden(hit: Hit, word: str, folded: str) -> Told:
    """Read an order to sell a firm, and the passive of a ban on trade (exports of X are banned)."""
    ordered = None
    if word.startswith(("order", "tell", "told")) and TO_PAY.match(folded, hit.end):
        return as_cue(hit, "enforce"), []
    if word.startswith(("order", "tell", "told", "forc")):
        ordered = SOLD.match(folded, hit.end)
    elif word in ("下令", "责令", "勒令", "要求", "强令"):
        ordered = SOLD_ZH.match(folded, hit.end)
    if ordered:
        return hit, [made(hit, ordered.end(), "investment restriction")]
    if word not in BARRED or hit.value not in ("adopt", "suspend"):
        return hit, []
    traded = TRADED.search(folded, max(0, hit.start - 110), hit.start)
    if traded is None:
        return hit, []
    outward = "export restriction" if word == "restricted" else "export ban"
    value = "import ban" if traded["what"].startswith("import") else outward
    return as_cue(hit, "adopt"), [Hit(traded.start(), hit.end, "instrument", value)]
