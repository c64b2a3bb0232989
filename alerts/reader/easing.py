"""Whether what is undone eases, restricts, or is undone for one of many only.

Pure. How far an act has come is decided in stage.py.
"""

import re
from collections.abc import Sequence

from alerts.domain import Stage
from alerts.reader.chirps import COUNTRY
from alerts.reader.cues import Sentence
from alerts.reader.everyday import DIRECTED
from alerts.reader.terms import HAN, Hit

LEAD = 14
"""Characters between a verb that only introduces (decided to, agreed to) and what it introduces."""

CASE_OVER = re.compile(
    r"\b(?:finds?|found|rules?|ruled|determines?|determined|votes?|voted)\b[^.;]{0,50}?\b(?:negligible|no\s(?:material\s)?injury|not\s(?:injured|harmed|materially)|no\sharm)\b"
    r"|(?:进口量?|数量)[^,。;]{0,4}可忽略|(?:裁定|认定)[^,。;]{0,20}?(?:未造成|不构成|没有|无)[^,。;]{0,6}损害"
)
"""How a trade case comes to nothing."""
CASE_STEMS = ("negligible", "injur", "harm", "忽略", "损害")


def comes_to_nothing(sentence: Sentence, folded: str) -> bool:
    """Tell whether a trade case ends without a duty, as nobody was harmed."""
    near = any(stem in folded for stem in CASE_STEMS)
    return near and CASE_OVER.search(folded, sentence.start, sentence.end) is not None


GRANTING = ("grant", "approv", "clear", "批准", "核发", "发放", "授予")


EXEMPT = re.compile(
    r"\s(?:(?!plans?\b|proposals?\b)[\w'’%-]+\s){0,4}?(?:exemptions?|waivers?|exclusions?|duty-free|tax-free|de minimis|loopholes?"
    r"|(?:trade|tariff|duty)\spreferences|zero[ -](?:duty|tariff|rate)|tax holiday|duty holiday)\b"
    r"|\s(?:[\w-]+\s){0,2}?quotas?,\s(?:and\s)?(?:bring|rais|hik|impos|restor|set|lift)[^.;:]{0,40}?\b(?:tariffs?|dut(?:y|ies))\b"
    r"|[^,。;:]{0,18}?(?:免税|豁免|零关税待遇|优惠(?!贷款)|最惠国|普惠制|收购|并购)"
)
PAID = re.compile(
    r"\s(?:[\w'’%-]+\s){0,5}?(?:rebates?|refunds?|subsid(?:y|ies)|incentives|tax credits?|general licen[cs]es?)\b(?!\s(?:case|probe|inquiry|investigation|dut|rate))|[^,。;:]{0,24}?(?:退税|(?<!反)补贴(?!调查|案|税)|补助|零关税|税收抵免)"
)
RECOGNISED = re.compile(r"\b(?:recognition|accreditation)\b")
"""What a withdrawal is of, where it was named before."""
HELD = re.compile(
    r"\s(?:one|two|three|four|five|some|\d+)\sof\s[^.;:\n]{0,40}?\b(?:licen[cs]es?|permits?|quotas?)\b"
    rf"|\s(?:[\w&.-]+\s){{0,3}}?(?!{COUNTRY}['’])[\w&.-]+['’]s?\s(?:[\w-]+\s){{0,3}}?(?:licen[cs]es?|permits?|quotas?|authori[sz]ation)\b(?!\s(?:requirement|rule|regime|system|scheme))"
    r"|\s(?:the\s|its\s)?(?:[\w-]+\s){0,2}?(?:licen[cs]es?|permits?)\s(?:of|held\sby)\s"
)
"""What one firm holds, and trades by: who freezes it restricts."""
ONE_OF = re.compile(
    r"\s[^.;:\n]{0,50}?\b(?:for|on|from|at)\s(?:just\s|only\s)?one\sof\s(?:the\s|its\s|their\s)?(?:two|three|four|five|six|seven|eight|nine|ten|several|many|\d+)\b"
)
ONE_BELOW = re.compile(
    r"\bone\sof\s(?:the\s|its\s)?(?:two|three|four|five|six|several|\d+)\s(?:[\w-]+\s){0,2}?(?:provinces|regions|states|prefectures|districts|plants|firms|companies|ports|mills|farms|exporters)\b"
)
ONE_ZH = re.compile(
    r"(?:一家|一厂|一省|一州|1家)[^,。;:]{0,8}$|(?:两|三|四|五|六|多)(?:省|家|地|州|县|厂|国)[^,。;:]{0,4}之一[^,。;:]{0,8}$|其中(?:一|1)[家省州地个][^,。;:]{0,10}$"
)
"""Who alone is let in again, of several who are not: lifts the ban for one of two provinces."""
PAID_ZH = re.compile(r"(?:退税|(?<!反)补贴(?!调查|案|税)|补助|抵免)[^,。;:]{0,12}$")
"""What is paid or left to traders: who ends it undoes an act, and eases nothing by that."""
FREED = re.compile(
    r"\b(?:exemptions?|waivers?|exclusions?|loopholes?|duty-free\s\w+|(?:tax|duty)\sholidays?|preferences|recognition|accreditations?|grace\speriods?|wind-downs?)"
    r"(?:\s(?:for|of|on|in|under)\s[^.;:,\n]{2,60}?)?\s(?:is\s|are\s|was\s|were\s|has\sbeen\s|have\sbeen\s|to\sbe\s)?$"
    r"|\b(?:tariffs?|dut(?:y|ies))\b[^.;:\n]{0,50}?\bquotas?\s$"
    r"|(?:优惠|豁免|免税(?:额度)?)(?:政策|资格|待遇)?[^,。;:]{0,4}$"
)
"""What lets somebody off, right before the verb that ends it: exemption for solar glass scrapped."""


PART = 260
PARTLY = re.compile(
    r"\b(?:mix-up|by mistake|in error|mistakenly|confused with|namesake|shares? (?:a|its) (?:name|address|building|post box)"
    r"|(?:the other )?\w+ (?:names |firms |ships |vessels |entities |companies )?remain\b(?: on| listed)?|the other \w+\b[^.;\n]{0,50}?\b(?:stays?|remains?)\b"
    r"|one of (?:the |its |some )?\w+ [^.;\n]{2,40}?(?:listed|named|designated|sanctioned|added|specified) (?:on|in|last)"
    r"|(?:one|two|a single) [\w-]+ (?:from|off) [^.;\n]{2,40}?(?:action|package|round|batch|designations)\b"
    r"|(?:from|off|out of) (?:its |the |last )?(?:january|february|march|april|may|june|july|august|september|october|november|december|\w+day's) (?:sanctions|list|action|package|round|listing|designations))\b"
    r"|误列|录入有误"
)
"""Words of which one stands behind what is taken off a list that goes on for the others."""
BEFORE = 220
"""Characters ahead of what is taken out in which a text calls itself a correction."""
CORRECTING = re.compile(
    r"\b(?:correct(?:s|ed|ion|ions|ing)|corrigendum|corrigenda|erratum|errata|duplicate)\b|更正|勘误|修正笔误"
)
"""What is taken out by mistake, or listed twice, leaves the rest of an act as it is."""


def undoing(by_value: dict[str, Hit], first: Hit, folded: str) -> tuple[Stage, Hit]:
    """Tell suspension from withdrawal; a sentence that has both words means suspension.

    But what lifts a suspension, 解除暂停, withdraws, and who ends an exemption restricts.
    """
    if first.value == "withdraw" and (ends_relief(first, folded) or corrected(first, folded)):
        return Stage.ADOPTED, first
    if first.value == "withdraw" and PARTLY.search(folded, first.end, first.end + PART):
        return Stage.ADOPTED, first
    pause = by_value.get("suspend")
    lifted = pause and 0 <= pause.start - first.end <= LEAD
    if first.value == "withdraw" and pause and not lifted:
        return Stage.SUSPENDED, by_value["suspend"]
    return (Stage.SUSPENDED if first.value == "suspend" else Stage.WITHDRAWN), first


def ends_relief(verb: Hit, folded: str) -> bool:
    """Tell whether what a verb ends is an exemption or the like, which restricts."""
    if verb.value != "withdraw":
        return False
    before = max(0, verb.start - 110)
    if folded.startswith("withdrawal", verb.start) and not folded.startswith(" of", verb.end):
        return RECOGNISED.search(folded, before, verb.start) is not None
    return bool(EXEMPT.match(folded, verb.end) or FREED.search(folded, before, verb.start))


def ends_payment(verb: Hit | None, folded: str) -> bool:
    """Tell whether what a verb ends is a rebate, a subsidy, or the licence of one firm."""
    if verb is None or verb.value not in ("withdraw", "suspend"):
        return False
    if HELD.match(folded, verb.end) or ONE_OF.match(folded, verb.end):
        return True
    if ONE_BELOW.search(folded, verb.end, verb.end + PART):
        return True
    if ONE_ZH.search(folded, max(0, verb.start - 20), verb.start):
        return True
    if verb.value == "suspend":
        return False
    before = max(0, verb.start - 30)
    return bool(PAID.match(folded, verb.end) or PAID_ZH.search(folded, before, verb.start))


def corrected(verb: Hit, folded: str) -> bool:
    """Tell whether a verb is said of an entry that a correction takes out."""
    return (
        verb.value == "withdraw"
        and CORRECTING.search(folded, max(0, verb.start - BEFORE), verb.end + 20) is not None
    )


def spares_none(verb: Hit, folded: str) -> bool:
    """Tell whether what is withdrawn is no restriction, or one entry too many."""
    return ends_relief(verb, folded) or ends_payment(verb, folded) or corrected(verb, folded)


IMPOSING = (
    "impos",
    "slap",
    "ban",
    "prohibit",
    "blacklist",
    "lev",
    "征收",
    "征反",
    "加征",
    "课征",
    "禁止",
    "列入",
)
"""What restricts, whoever is exempted from it besides."""


LEVIES = r"(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|surtax|surcharges?|tax(?:es)?)"
WORD = r"(?:(?!quotas?\b|rebates?\b|subsid|refunds?\b)[\w'’&%.-]+\s)"
LOWERED = re.compile(
    rf"(?:cut|cuts|reduc|lower|slash|trim|halv)\w*\s(?:to\szero\s)?{WORD}{{0,7}}?{LEVIES}\b(?!\s(?:[\w-]+\s)?(?:rebate|refund|credit|exempt|break|free|quota|relief|holiday))"
    r"|(?:下调|调低|降低|调降|削减|减征|取消|砍|降)[^,。;:\s征]{0,24}?(?:关税|税率|出口税|进口税|附加税|消费税)"
)
"""A verb that makes a duty less, which eases; less of a quota or a rebate restricts."""
LOWERED_ZH = re.compile(
    r"(?:关税|(?<!退)税率|出口税|进口税|附加税|反倾销税|反补贴税|车税)(?:税率)?[^,。;:]{0,12}?(?:降至|降到|降为|砍到|砍至|砍半|减半|下调至|下调到|调低至|调低到|调降至|减至|归零|清零|减到)"
)
FALLS = re.compile(
    rf"\b{LEVIES}(?:\s(?:on|for)\s[^.;:,\n]{{2,50}}?)?\s(?:is\s|are\s|was\s|were\s|to\sbe\s|be\s)?$"
)
FALLING = ("cut", "reduc", "lower", "slash", "halv", "fall", "drop")
LESS = re.compile(
    r"[a-z]+(?:\s(?:back|down))?\s(?:[\w'’&%.-]+\s){0,6}?(?:quotas?|rebates?|refunds?|subsid(?:y|ies)|grants|allocations?|allowances?|incentives)\b"
    r"|[^,。;:]{0,30}?(?:退税|补贴|补助|配额|指标|额度|抵免)"
)
REFUND_ZH = re.compile(r"(?:退税|补贴|补助|配额|指标|额度)[^,。;]{0,14}$")
RAN_OUT = re.compile(
    r"\s(?:(?:for|in|of|on|under)\s[^.;:,\n]{2,60}?\s)?(?:ran\sout|runs\sout|ended|ends|expired|expires|lapsed|lapses|is\sover|has\sended|has\sexpired)\b|(?:已|将|也)?(?:到期|届满|结束)"
)
"""What becomes of an exemption or a grace period that is over."""
LESSENING = (
    "halv", "lower", "slash", "trim", "pare", "narrow", "scale", "scaling", "dial", "cuts",
    "下调", "降低", "降至", "减征",
)  # fmt: skip
"""Verbs that ease where they are said of a duty or a rule, and restrict said of what lets goods in."""
ZERO = re.compile(
    rf"\bzero[ -](?:import |export |customs )?{LEVIES}|\bfree (?:of|from) (?:[\w-]+ ){{0,4}}?(?:{LEVIES}|charge\b)|\b(?:to|(?<!quota )(?:fixed|set|kept|held) at) (?:zero\b|nil\b|0 ?%)"
    r"|零关税|零税率|税率为零|降至零|降到零|降为零|免关税"
)
"""Goods that pay nothing from now on."""
FREELY = re.compile(
    r"(?:extend|renew|grant|prolong|expand|widen|open)\w*\s(?:[\w'’&-]+\s){0,3}?(?:duty|tax|tariff)-free\b|accept\w*\s(?:[\w'’%-]+\s){0,5}?(?:undertakings?|minimum\sprices?|price\s(?:offers?|promises?))\b|(?:延长|延续|扩大|新增|给予)[^,。;:]{0,12}?(?:免税|免关税|零关税)"
)
LICENSED = re.compile(
    r"\s(?:the\s|its\s|a\s|an\s)?(?:(?:first|more|another|\w+)\s){0,3}?(?:general\slicen[cs]es?\b|(?:first|more|another|\d+|two|three|four|five|several|some)\s(?:[\w-]+\s){0,4}?(?:licen[cs]es|permits)\b|licen[cs]e\sfor\s)"
    r"(?!\s(?:requirement|rule|regime|system|scheme|polic|process|fee))|[^,。;:]{0,24}?通用许可"
)
"""Licences that somebody gets, behind the word that they are out."""


PROLONGED_ZH = re.compile(
    r"(?:延长|延续|续期|展期|再延|续)[^,。;:]{0,24}?(?:豁免|排除|免税|免关税|暂停|宽限|通用许可)(?!清单外)"
)
"""What eases as long as it is prolonged."""
BESIDES_ZH = re.compile(r"[,; ][^,;]{0,24}(?:豁免|免征|除外|不在此列|排除在)")


def easing(cues: Sequence[Hit], first: Hit | None, sentence: Sentence, folded: str) -> Hit | None:
    """Return the word that says that a restriction is eased; ending an exemption is none."""
    if first is None:
        told = next((cue for cue in cues if cue.value == "announce"), None)
        free = told and lowers(told, sentence, folded)  # cars released free of the surtax
        return told if free else licensed(cues, folded)
    lead = next((cue for cue in cues if cue.value in DIRECTED), None)
    eases = next((cue for cue in cues if cue.value == "ease"), None)
    undoes = lead if lead and lead.value in ("withdraw", "suspend") else None
    if undoes and eases and eases.start - undoes.end <= 40:
        return None
    if undoes and spares_none(undoes, folded):
        return None
    if lead and PROLONGED_ZH.match(folded, lead.start):
        return lead
    if lead and eases and lead.value == "adopt" and BESIDES_ZH.search(folded, lead.end, eases.end):
        return None  # 出不了关了，两家有豁免: some are exempt from what is imposed
    if eases and restricts(eases, folded):
        eases = None  # halves a quota, lowers a rebate
    if lead and lead.value == "adopt" and lowers(lead, sentence, folded):
        return lead
    if lead and folded.startswith(IMPOSING, lead.start) and not undoes:
        return None  # imposes a duty, and exempts somebody from it
    if undoes or eases:
        return undoes or eases
    granted = lead and folded[lead.start : lead.end].startswith(GRANTING)
    allowed = any(
        hit.value == "export licence"
        or (lead and hit.start == lead.start and hit.value != "subsidy")
        for hit in sentence.of("instrument")
    )
    return lead if granted and allowed else licensed(cues, folded)


def licensed(cues: Sequence[Hit], folded: str) -> Hit | None:
    """Return the word that says that licences are out: confirms the first 11 general licences."""
    return next(
        (
            cue
            for cue in cues
            if cue.value in ("announce", "adopt")
            and folded.startswith(HANDING_OUT, cue.start)
            and LICENSED.match(folded, cue.end)
        ),
        None,
    )


HANDING_OUT = (
    "confirm",
    "issue",
    "grant",
    "hand",
    "give",
    "approv",
    "证实",
    "发布",
    "公布",
    "签发",
)


def restricts(verb: Hit, folded: str) -> bool:
    """Tell whether a verb makes less of what lets goods in or is paid for them, or it ends."""
    if RAN_OUT.match(folded, verb.end):
        return True
    if not folded.startswith(LESSENING, verb.start):
        return False
    return bool(
        LESS.match(folded, verb.start)
        or REFUND_ZH.search(folded, max(0, verb.start - 24), verb.start)
    )


def lowers(lead: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether what is adopted is a lower duty, or none: cuts a duty, exports free of tax."""
    if FREELY.match(folded, lead.start):
        return True
    if not sentence.of("instrument", "tariff"):
        return False
    if LOWERED.match(folded, lead.start) or ZERO.search(folded, lead.start, sentence.end):
        return True
    if HAN.match(folded, lead.start):
        return LOWERED_ZH.search(folded, sentence.start, sentence.end) is not None
    falling = folded.startswith(FALLING, lead.start)
    return falling and FALLS.search(folded, max(0, lead.start - 80), lead.start) is not None
