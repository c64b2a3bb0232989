"""Cues as verbs and nouns: bare forms behind an auxiliary, and instruments that stand apart.

Pure. "bans lithium exports" and 禁止锂精矿出口 name an instrument that no table can list.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from alerts.reader.everyday import DIRECTED, is_everyday, told_apart
from alerts.reader.idioms import BESIDE, PER_CENT, idiom, idioms_of
from alerts.reader.objects import OWNED
from alerts.reader.terms import HAN, Hit

AUXILIARY = re.compile(
    r"(?:\b(?:to|will|would|shall|not|may|might|could|can|must|should|did|does|also|then|further)|'ll)\s$"
)
JOINED = re.compile(
    r"\b(?:to|will|would|shall|may|might|could|can|must)\s[^.;]{2,70}\b(?:and|or)\s$"
)
FINITE = re.compile(
    r"adopt|impose|add|designate|prohibit|restrict|require|tighten|widen|expand|finali[sz]e|enact"
    r"|approve|initiate|extend|renew|amend|revise|reinstate|reimpose|publish|introduce|announce"
    r"|forbid|exclude|propose|consider|weigh|mull|revoke|rescind|repeal|abolish|cancel"
    r"|suspend|postpone|defer|ease|relax|loosen|waive|exempt|allow|lower|soften|agree|subsidi[sz]e"
    r"|indict|impound|shelve|ditch|abandon|recommend|table|delay"
)
"""Bare verbs that are hardly ever nouns: a plural or a name before one is its subject."""
FINITE_PLURAL = re.compile(
    r"arrest|seize|detain|charge|fine|jail|prosecute|raid|lift|ban|drop|launch|sanction|order|stop|block|halt|cut|limit|curb|clear|pass|tax|raise|sign off"
)
PLURAL = re.compile(
    r"\b(?:we|they|countries|ministers|states|lawmakers|senators|members|leaders|nations|authorities|officials|ambassadors|countries|legislators|deputies|capitals|provinces|courts|agents"
    r"|prosecutors|regulators|customs|police|judges|governments|envoys|meps|republicans|democrats|agencies|ministries)\s$"
)
MEASURES = re.compile(
    r"\b(?:licen[cs]es|permits|rules|curbs|controls|duties|tariffs|sanctions|quotas|restrictions|limits|fees|levies|checks)\s$"
)
"""What begins by itself: export licences start."""
PAST = re.compile(r"(?:put|set)\b")
"""Verbs whose past is as their bare form, behind the name of a government."""
NATIONS = ("dutch", "swiss", "british", "french", "irish", "spanish", "brits")
"""Adjectives that are a nation's name in the plural as well: Dutch put tools under licence."""
BARE = re.compile(r"(?:bar|issue|back|force|make|shut|fix|place|add|widen|tax)\b")
TRADE = re.compile(
    r"\s(?:(?!tariff|dut|levy|levies|surcharge|surtax|fees?\b|tax|rebate|refund|subsid|ban\b|bans\b|control|curb|licen|permit|rule|restrict|sanction|quota|probe"
    r"|measure|order|decree|regulation|ordinance|decision|program|scheme|polic|announce|clause)[^\s.;,:]+[\s,]){0,5}?(?:all\s)?"
    r"(?P<what>exports?|imports?|shipments?|exporting|importing|sales(?=\s(?:of\s[^.;,]{2,40}?\s)?to\b))\b"
    r"(?!\s(?:licen|permit|control|ban|curb|restriction|rule|quota|dut|tariff|regime|lev(?:y|ies)|tax|fees?\b|surcharge|cap\b|caps\b))"
)
TRADE_ZH = re.compile(
    r"(?P<gap>[^,。;:]{0,16}?)(?P<what>出口|进口)(?!管制|许可|新规|规定|政策|规则|禁令|限制|配额|关税|退税|税|信贷|信用|权利金|国|商|申报|检验|备案|义务)"
)
DEAL = re.compile(
    rf"\s(?:[^\s.;,]+\s){{0,5}}?(?:takeover|acquisition|buyout|merger|sale of\b{OWNED}|sale to|purchase of|stake in|investment by|investments? in)\b"
)
DEAL_BEFORE_ZH = re.compile(r"(?:收购|并购|入股|买下|投资|交易|fdi)[^。;!?]{0,20}$")
DEAL_ZH = re.compile(r"[^,。;:、]{0,14}?(?:收购|并购|入股|投资)")
LISTED = re.compile(
    r"1260h|end[ -]user|entity|entities|black|unverified|denied|military|unreliable|实体|黑名单"
)
SANCTIONED = re.compile(r"sanction|\bsdn\b|制裁|特别指定国民")
DEAL_VERBS = (
    "block",
    "veto",
    "reject",
    "prohibit",
    "bar",
    "ban",
    "halt",
    "stop",
    "否决",
    "阻止",
    "禁止",
    "叫停",
)
NOUN_TRADE = re.compile(
    r"\s(?:on|of|to|for|governing)\s(?:[^\s.;,]+\s){0,5}?(?P<what>exports?|imports?|shipments?|exporting|importing|exportation)\b"
)
RATE_ON = re.compile(
    rf"(?:'s|:)\s(?:(?:final|provisional|new|extra|preliminary|prelim|definitive|additional|up to)\s){{0,2}}(?P<rate>\d)[\d.]*\s?{PER_CENT}\s"
    r"(?:on|for)\s(?!(?:the|a|an|its|their|average|year|month|week|quarter|each|every|all|\d)\b)"
)
"""A rate on goods behind a country's name, whose duty it is: Seoul's 24% on tinplate."""
LEVIES = ("duty", "levy", "tax")
"""Words that with goods before them are a tariff."""
NOUN_HEADS = ("ban", "curb", "limit", "control", "restriction", "prohibition", "embargo", "moratorium", "suspension", "rule", "regulation",
              "requirement", "law")  # fmt: skip
LIST = re.compile(r"[^.;:\n]{3,90}?\s(?:to|on|from|off)\s(?:[\w'-]+\s){0,5}?(?:black|watch)?list\b")
LIST_ZH = re.compile(r"[^,。;:、]{0,16}?(?:清单|名单|目录)")
TRADE_VERBS = ("ban", "prohibit", "halt", "stop", "suspend", "outlaw", "block", "barred", "bars", "forbid",
               "restrict", "limit", "curb", "allow", "permit", "clear", "approv", "cap", "curtail",
               "tighten", "control", "resum", "licen", "end", "phas", "ceas")  # fmt: skip
TRADE_VERBS_ZH = ("禁止", "停止", "暂停", "限制", "叫停", "放宽", "放松", "允许", "恢复", "收紧", "批准", "管制", "准许",
                  "放开", "禁", "断", "授权", "严禁")  # fmt: skip
LIST_VERBS = ("add", "plac", "put", "remov", "delet")
LIST_VERBS_ZH = ("列入", "移入", "放进", "纳入", "加入", "移出", "增列")
GENTLE = ("restrict", "limit", "curb", "allow", "permit", "clear", "approv", "cap", "curtail", "tighten", "control",
          "resum", "licen", "限制", "放宽", "放松", "允许", "恢复", "收紧", "批准", "管制", "准许", "放开", "授权")  # fmt: skip
WHO = re.compile(
    r"compan|firms?\b|entit|bod(?:y|ies)|organi[sz]ation|people|persons?|individual|makers?\b"
    r"|suppliers?|distributors?|institut|universit|ship|vessel|tanker|subsidiar|affiliate"
    r"|名单|实体|企业|公司|个人|机构|名"
)
NOT_TRADE_ZH = re.compile(r"实施|执行|加征|关税|公告|规则|措施|管制|收取|征收|缴纳")


def settle(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Make cues of bare verbs behind an auxiliary (will ban, to lift) and drop the other ones.

    Adds the instruments whose verb and noun stand apart: bans lithium exports, 禁止…出口.
    """
    settled: list[Hit] = []
    named: Hit | None = None
    plain: list[int] = []  # where idioms stand, which have their object
    traded = [hit.start for hit in hits if hit.kind in ("item", "company")]
    for hit in hits:
        if hit.kind != "cue":
            settled.append(hit)
            if hit.kind in ("authority", "place"):
                named = hit
                rate = RATE_ON.match(folded, hit.end)
                if rate:
                    settled.append(Hit(rate.start("rate"), rate.end(), "instrument", "tariff"))
            continue
        found: Sequence[Hit] = ()
        if hit.value != "needy" and is_everyday(folded[hit.start : hit.end]):
            word = folded[hit.start : hit.end]
            said = None
            if idioms_of(word):
                said = idiom(hit, word, named, folded, beside_goods(hit, traded))
                plain += [hit.start] if said else []
            told, found = said or told_apart(hit, named, folded)
            settled += found
            if told is None:
                continue
            hit = told
        value = hit.value.removeprefix("base:")
        taxed = settled[-1] if settled and settled[-1].end == hit.start - 1 else None
        if taxed and taxed.kind == "item" and folded[hit.start : hit.end] in LEVIES:
            settled.append(Hit(hit.start, hit.end, "instrument", "tariff"))  # tyre duty
        if value in ("norm", "propose"):
            instrument = spread_noun(hit, folded)
            if instrument:
                settled.append(instrument)
                if value == "propose":
                    value = "adopt"  # vetoes a takeover: that is a decision
        if value in DIRECTED and not found:
            instrument = spread_instrument(hit, folded)
            if instrument:
                settled.append(instrument)
                if value == "suspend" or folded.startswith(("end", "phas"), hit.start):
                    value = "adopt"  # suspends imports: a ban begins, none is suspended
                if folded.startswith("resum", hit.start):
                    value = "withdraw"
        subject = named if named and named.end == hit.start - 1 else None
        if not hit.value.startswith("base:") or finite(hit, subject, folded):
            settled.append(hit if value == hit.value else Hit(hit.start, hit.end, "cue", value))
    settled.sort()
    if plain:
        return [one for one in settled if one.value not in MARKS or one.start not in plain]
    return settled


MARKS = ("needy", "loose")
"""Marks of verbs that need an object beside them."""


def beside_goods(hit: Hit, traded: Sequence[int]) -> bool:
    """Tell whether goods or a firm, of which traded are the places in order, stand near a hit."""
    first = bisect_left(traded, hit.start - BESIDE)
    return first < bisect_right(traded, hit.start + BESIDE)


def spread_instrument(verb: Hit, folded: str) -> Hit | None:
    """Return the instrument of a verb whose noun stands apart from it, as in 禁止锂精矿出口."""
    word = folded[verb.start : verb.end]
    han = bool(HAN.match(word))
    if word.startswith(TRADE_VERBS_ZH if han else TRADE_VERBS):
        trade = (TRADE_ZH if han else TRADE).match(folded, verb.end)
        if trade is None or (han and NOT_TRADE_ZH.search(trade["gap"])):
            return deal_of(verb, word, folded)
        inward = trade["what"].startswith(("import", "进口"))
        outward = "export restriction" if word.startswith(GENTLE) else "export ban"
        outward = "export licence" if word.startswith("licen") else outward
        return Hit(verb.start, trade.end(), "instrument", "import ban" if inward else outward)
    if word.startswith(DEAL_VERBS):
        return deal_of(verb, word, folded)
    if word.startswith(LIST_VERBS_ZH if han else LIST_VERBS):
        listing = (LIST_ZH if han else LIST).match(folded, verb.end)
        if listing is None:
            return None
        firms = WHO.search(folded, max(0, verb.start - 40), listing.end())
        value = "entity listing" if firms else "control-list change"
        if LISTED.search(folded, verb.end, listing.end()):
            value = "entity listing"
        if SANCTIONED.search(folded, verb.end, listing.end()):
            value = "sanction"
        return Hit(verb.start, listing.end(), "instrument", value)
    return None


def finite(verb: Hit, subject: Hit | None, folded: str) -> bool:
    """Tell whether a bare form is a verb here: will ban, to lift, ministers agree, the Swiss adopt.

    subject: the authority or country right before it.
    """
    ahead = folded[max(0, verb.start - 14) : verb.start]
    if AUXILIARY.search(ahead):
        return True
    if ahead.endswith(("and ", "or ")):
        return bool(JOINED.search(folded, max(0, verb.start - 90), verb.start))
    if PLURAL.search(ahead):
        return bool(FINITE.match(folded, verb.start) or FINITE_PLURAL.match(folded, verb.start))
    if MEASURES.search(folded, max(0, verb.start - 14), verb.start):
        return verb.value in ("base:effect", "base:delay")  # export licences start, controls slip
    if subject is None:
        return False
    several = folded.endswith((", ", " and ", " & ", "/"), 0, subject.start)  # the US, UK sanction
    return bool(
        (several and (FINITE_PLURAL.match(folded, verb.start) or BARE.match(folded, verb.start)))
        or FINITE.match(folded, verb.start)
        or PAST.match(folded, verb.start)
        or (
            folded.endswith(NATIONS, 0, subject.end)
            and (FINITE_PLURAL.match(folded, verb.start) or BARE.match(folded, verb.start))
        )
    )


def spread_noun(noun: Hit, folded: str) -> Hit | None:
    """Return the instrument of a noun whose trade stands apart: a ban on all rice exports.

    A veto is a proposal's end, unless it is of a purchase.
    """
    word = folded[noun.start : noun.end]
    if word == "否决" and DEAL_BEFORE_ZH.search(folded, max(0, noun.start - 24), noun.start):
        return Hit(noun.start, noun.end, "instrument", "investment restriction")
    if word.startswith(("veto", "否决")):
        return deal_of(noun, word, folded)
    if noun.value != "norm" or not word.startswith(NOUN_HEADS):
        return None
    trade = NOUN_TRADE.match(folded, noun.end)
    if trade is None:
        return None
    inward = trade["what"].startswith("import")
    outward = (
        "export ban" if word.startswith(("ban", "proh", "emb", "mor")) else "export restriction"
    )
    return Hit(noun.start, trade.end(), "instrument", "import ban" if inward else outward)


def deal_of(verb: Hit, word: str, folded: str) -> Hit | None:
    """Return the investment restriction of a verb that stops a purchase: vetoes the sale of."""
    if not word.startswith(DEAL_VERBS):
        return None
    deal = (DEAL_ZH if HAN.match(word) else DEAL).match(folded, verb.end)
    return Hit(verb.start, deal.end(), "instrument", "investment restriction") if deal else None
