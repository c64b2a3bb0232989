"""What an everyday verb is said of, which turns its meaning round: a veto that is dropped, trade that
is stopped.

Pure. everyday.py asks for each.
"""

import re

from alerts.reader.terms import Hit

RESUMED = re.compile(
    r"(?!受理)[^,。;:]{0,20}?(?P<what>进口|输华|准入|对华出口|对华输出|采购资[质格]|出口资[质格]|(?<!进)出口|对外供应)"
    r"(?![^,。;:]{0,3}(?:禁令|限制|关税|配额|管制|税|许可|审批|登记|检验|查验|补贴|指导|价|征|增长|势头|信心|活力|到|至|正常))"
)
"""What is let in or out again; a licence or a quota that is back restricts."""

POLICY = re.compile(
    r"\s?(?:from\s)?[\"“']?(?:free|restricted|prohibited)[\"”']?\sto\s[\"“']?(?P<now>free|restricted|prohibited)\b"
)
"""How India's policy for goods changes: from “Free” to “Restricted”."""
STOPPED_TRADE_ZH = re.compile(
    r"(?![^,。;:\n]{0,16}?(?:税|措施|管制|许可|调查|制裁|豁免|保证金|审批|规定|补贴))[^,。;:\n]{0,16}?(?:(?P<out>出口|供货|供应|发货|对外|外运)|进口|输华"
    r"|(?<=停了)(?:日本|美国|韩国|印度|澳洲|澳大利亚|加拿大|巴西|欧盟|俄罗斯|挪威|新西兰|台湾|阿根廷|立陶宛|法国|泰国|越南)[^,。;:\n]{0,6}?(?:肉|海鲜|水产|水果|大豆|菜籽|高粱|奶|酒|木|煤|矿|鱼|虾|粮|果|籽))"
)
"""Trade that is stopped, which no measure is."""
STOPPER_ZH = re.compile(
    r"(?:[又也再已刚都]|已经|刚刚|今天|昨天|突然|正式|全面|直接|宣布|政府|当局|海关|先)*"
)
"""What may stand between a government, or the start of a clause, and what it stops."""
CLAUSE_ZH = re.compile(r"[^,。;:!?\s]*$")


def stopped_by_state(verb: Hit, named: Hit | None, folded: str) -> bool:
    """Tell whether a country or an office, or nobody, is named right before 停了: no shop's 停了."""
    clause = CLAUSE_ZH.search(folded, max(0, verb.start - 24), verb.start)
    begun = clause.start() if clause else verb.start
    if named and begun < named.end <= verb.start:
        begun = named.end
    return STOPPER_ZH.fullmatch(folded, begun, verb.start) is not None


OWNED = (
    r"(?=[^.;:\n]{0,80}?\b(?:stakes?|shares?|firms?|compan(?:y|ies)|units?|business|arm|subsidiary|owner|startup|start-up|ports?|terminals?|airports?|mines?|refiner(?:y|ies)"
    r"|(?:chip)?fabs?|plants?|grids?|producers?|\w*makers?|groups?|buyers?|bidders?|investors?|rivals?|funds?|lenders?|banks?|insurers?|designers?|developers?|operators?|suppliers?)\b)"
)
"""What may be bought of a country: the sale of a port is no sale of goods."""

ONLY = re.compile(
    r"\s(?:\w+\s){0,2}?only\s(?:against|with|under|by|on|if|subject|through|after|when)\b"
)
"""What is allowed on a condition alone is not free."""


def nothing_done(hit: Hit, word: str, folded: str) -> bool:
    """Tell whether a verb is said of something else than a measure, or names a kind of decree."""
    if word.startswith(("lift", "drop", "withdr", "abandon", "撤回", "放弃", "取消", "解除")):
        return RESERVE.match(folded, hit.end) is not None
    if word.startswith(("block", "veto", "阻止", "阻挡", "hold")):
        return BLOC.match(folded, hit.end) is not None
    if word.startswith(("remov", "delet")):
        return TWICE.match(folded, hit.end) is not None
    if word.startswith("suspended"):
        return PART_OF.match(folded, hit.end) is not None
    if word.startswith("豁免"):
        return DECREE_ZH.match(folded, hit.end) is not None
    if word == "没收":
        return folded.startswith("到", hit.end)
    if word in ("降至", "降到", "降为"):
        return RATED_ZH.search(folded, max(0, hit.start - 30), hit.end + 10) is None
    return False


RESERVE = re.compile(
    r"\s(?:[\w'’-]+\s){0,3}?(?:reserve|reservations?|veto|objections?|hold|opposition|blockade)\b(?!\s(?:on\sexports|tank))"
    r"|[^,。;:]{0,12}?(?:保留意见|否决|反对|异议|阻挠)"
)
"""What a state puts to others that decide: who drops it lets them act, and lifts nothing."""
BLOC = re.compile(
    r"\s(?:the\s|an?\s|new\s)?(?:eu|e\.u\.|european union|bloc|brussels|commission|union|g7|un)(?:['’]s)?\s[^.;:\n]{0,50}?\b(?:package|round|sanctions|proposals?|plans?|statement|measures|deal)\b"
    r"|(?:欧盟|欧洲联盟|布鲁塞尔|联合国)[^,。;:]{0,16}?(?:制裁|方案|提案|草案|措施|计划)"
)
"""What one member keeps a bloc from doing, and does nothing by it: Hungary blocks the package."""
OUT_OF_USE = re.compile(
    r"(?!\s(?:[\w'’%-]+\s){0,4}?(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|curbs?|bans?|restrictions?|limits?|requirements?|quotas?|barriers?|sanctions|exemptions?|caps|checks|names?|firms?|compan(?:y|ies)|entit(?:y|ies)|people|rules?|licen[cs]es?|controls?|orders?|plans?)\b)"
    r"\s[^.;:,\n]{2,60}?\s(?:from|out\sof|off)\s(?:[\w'’-]+\s){0,4}?(?:networks?|offices?|buildings?|premises|sites?|systems?|shelves|stores?|cars|vehicles|buses|fleets?|grids?|cores?|bases?|agencies|ministries|schools|hospitals|ports|airports"
    r"|data\scent(?:re|er)s|phones|devices|hardware|use|supply\schains?|tenders?|market)\b"
)
"""Goods that are taken out of where they are used, which lifts nothing."""
ORDERED_ZH = re.compile(
    r"(?:下令|要求|责令|勒令|命令|强制|限期|必须|须|应当|通知|指示)[^,。;:美欧日方]{0,22}$"
)
TAKEN_OUT_ZH = re.compile(
    r"(?![^,。;:]{0,14}(?:清单|名单|关税|限制|措施|条款|壁垒|禁令|税|名字|许可|制裁|管制|要求))[^,。;:]{2,20}"
)
"""What others are told to take out: 要求运营商移除境外芯片."""


def taken_out(hit: Hit, word: str, folded: str) -> bool:
    """Tell whether goods are taken out of networks, offices or shops, as a restriction."""
    if word in ("移除", "拆除", "清除", "移走"):
        told = ORDERED_ZH.search(folded, max(0, hit.start - 28), hit.start)
        return told is not None and TAKEN_OUT_ZH.match(folded, hit.end) is not None
    out = word.startswith(("remov", "strip", "pull", "take", "took", "drop", "withdr", "eliminat"))
    return out and OUT_OF_USE.match(folded, hit.end) is not None


PART_OF = re.compile(r"\s(?:half|part|portion|share|sentence|fine|penalty|amount)\b")
TWICE = re.compile(r"\s(?:an?\s|the\s|two\s|its\s)?(?:duplicate|duplicated|double)\b")
"""What is struck out as it stands twice, which changes nothing."""
DECREE_ZH = re.compile(r"(?:法令|决议|令第)")
RATED_ZH = re.compile(r"[税率费额限槛金价]|标准|配|指标|上限|比例|要求|门")
"""What a government sets, near what falls."""
OUT_NOW = re.compile(
    r"\b(?:proclamation|rule|notice|order|decree|list|regs?|text|announcement|circular|gazette|eo|designations?|faq)\s(?:just\s|finally\s|also\s)?$"
)
OUT_WHEN = re.compile(
    r"\s?(?:[.,;:!\n]|$)|\s(?:after\s(?:lunch|hours|the\sclose|midnight|market|dark|work)|this\s(?:morning|afternoon|evening|week)|today|tonight|yesterday|last\snight|late\b|early\b|overnight|an?\s(?:few\s)?(?:hours?|minutes?)\sago|minutes\sago|moments\sago)"
)
"""A decree that dropped after lunch is out."""
ILLEGAL_ZH = re.compile(r"[^,。;:]{2,24}?(?:违法|无效|非法|越权|违宪|不合法)")
TAKEN_BACK_ZH = re.compile(
    r"[^,。;]{0,40}(?:信|函|令|规定|通知|要求|措施|清单|文件|公告)[^,。;:]{0,4}$"
)
