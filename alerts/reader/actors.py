"""Which place acts in a sentence, and which only names where goods or firms come from.

Pure. Who acts stands before the verb, does it ("blocked by Warsaw", 被美国列入), or owns the measure.
"""

import re
from collections.abc import Sequence

from alerts.reader.aims import acting_of
from alerts.reader.clauses import background
from alerts.reader.cues import Sentence
from alerts.reader.terms import HAN, Hit


def choose_actor(main: Sentence, cue: Hit | None, folded: str) -> Hit | None:
    """Return the place that acts: who does what the verb says, or stands first before it.

    Who acts in the clause of the verb goes before others (Tokyo protests as Beijing bans); else
    whose measure it is, or who says so, behind the verb. Where goods or firms come from acts only
    where nobody else does.
    """
    places = [hit for hit in main.of("place") if hit.value != "-"]
    acting = acting_of(places, folded)
    acting = [
        hit for hit in acting if not undergone(hit, main, folded) and not is_firm(hit, main, folded)
    ]
    native = [hit for hit in acting if not only_origin(hit, main, folded)]
    if acting and not native:
        owners = [hit for hit in places if owns(hit, folded) or THEIR_OWN.match(folded, hit.end)]
        owners = owners[:1]
        acting = owners or [hit for hit in acting if hit.local or not HAN.match(folded, hit.start)]
    else:
        acting = native
    acting = [hit for hit in acting if not folded.endswith(LAST_ZH, 0, hit.start)]
    now = [hit for hit in acting if not before_zh(hit, folded)]
    if now and len(now) < len(acting) and cue and now[0].start > cue.start:
        return now[0]  # the verb is the earlier one's: 美国刚初裁，欧盟又立案
    acting = [hit for hit in now or acting if not hit.local] or now or acting
    if cue is None:
        return acting[0] if acting else None
    agent = next((hit for hit in places if does(hit, cue, folded)), None)
    if agent:
        return agent
    written = after_dateline(folded, main.start)
    before = [hit for hit in acting if hit.start < cue.start]
    inside = [hit for hit in before if hit.start >= written]
    if not inside and acting and cue.value == "report":
        return acting[0]
    if not inside:
        behind = (hit for hit in places if hit.start >= cue.start)
        officials = (
            hit for hit in places if OFFICE_OF.search(folded, max(0, hit.start - 90), hit.start)
        )
        issuer = next((hit for hit in behind if issues(hit, cue, folded)), None)
        return (
            issuer
            or next(officials, None)
            or next((hit for hit in acting if comments_zh(hit, cue, folded)), None)
            or (before[0] if before else None)
        )
    if len(inside) > 1:
        last = inside[-1]
        if folded.endswith(", ", 0, last.start) and folded[last.end : cue.start] == " ":
            return last  # the subject of the verb's own clause: …, EU closes the case
        if own := subject_zh(inside, cue, main, folded):
            return own
        start = background(main, folded)
        for hit in inside[1:]:
            inner = WHILE.search(folded, inside[0].end, hit.start)
            if inner or inside[0].start < start <= hit.start:
                return hit
    return inside[0]


BEFORE_ZH = re.compile(
    r"(?:[^,。;:]{0,4}?(?:刚刚?|才刚|前脚)[^,。;:]{2,16}|[^,。;:]{0,3}(?:之后|完了?|后),?|[^,。;:]{0,4}?(?:更惨|之前|那边刚))"
)
"""Behind whoever did something before the one that acts now: 欧盟刚立案一周，加拿大也…"""
LAST_ZH = ("上周是", "昨天是", "上次是", "上回是", "上月是", "之前是", "先是", "不是", "刚送走")


def before_zh(place: Hit, folded: str) -> bool:
    """Tell whether a country is only the one that was on before: 上周是日本，这周轮到…"""
    if not HAN.match(folded, place.start):
        return False
    return BEFORE_ZH.match(folded, place.end) is not None


def subject_zh(places: Sequence[Hit], cue: Hit, main: Sentence, folded: str) -> Hit | None:
    """Return the country that opens the clause of a Chinese verb: …，欧盟就查补贴."""
    if not HAN.match(folded, cue.start):
        return None
    clause = max(folded.rfind(mark, main.start, cue.start) for mark in ",;:") + 1
    first = next((hit for hit in places if hit.start == clause > main.start), None)
    return None if first and THAT_ZH.match(folded, first.end) else first


COMMENTED_ZH = re.compile(
    r"(?:政府|方面|那边)?(?:这[是回次一]|是[真要在]|真|又|终于|人(?:终于|自己)|一天|直接|出手|动手|下手|开[查征]|[堵卡查限禁管盯砍征罚])"
)
"""Behind the country on which a clause after the act's remarks: 荷兰这是…, 日本一天一个."""


def comments_zh(place: Hit, cue: Hit, folded: str) -> bool:
    """Tell whether a country opens a clause behind a Chinese verb: 要许可了，荷兰这是把封装也补上."""
    if place.start <= cue.end or not HAN.match(folded, place.start) or place.local:
        return False
    return folded[place.start - 1] in ",;。" and COMMENTED_ZH.match(folded, place.end) is not None


THAT_ZH = re.compile(r"[^,。;:\s]{0,4}?[的货]")
"""Behind a country that something only is of: 中国写的代码."""
SUFFERED = ("被", "遭", "获", "遭到")
BY_WHOM = 60
"""Characters behind a verb within which it says who did it."""
BY = re.compile(r"\s(?:[^\s.;:,]+\s){0,2}?by\s(?:the\s)?")
SHUT_OUT = re.compile(
    r"(?:cuts?\soff|barred|shuts?\sout|locked\sout|excluded|loses?|lost|kept\sout)\b"
)
OUT_OF = re.compile(
    r"\s(?:(?:from|out\sof|of|access\sto)\s)(?:(?:all|any|the|buying|entering|using|selling\s(?:in|to)|exporting\sto|shipping\sto)\s){0,2}"
)
"""Between who is shut out and the country that keeps its goods, or its market, from him."""
PAUSE = re.compile(r"[,。;:\s]")


def does(place: Hit, verb: Hit, folded: str) -> bool:
    """Tell whether a place does what is said in the passive: sanctioned by London, 被美国列入."""
    if HAN.match(folded, place.start):
        undergone = folded.endswith(SUFFERED, 0, place.start) and place.end <= verb.start
        return undergone and not PAUSE.search(folded, place.end, verb.start)
    near = verb.end < place.start <= verb.end + BY_WHOM
    if near and SHUT_OUT.match(folded, verb.start, place.start):
        return bool(OUT_OF.fullmatch(folded, verb.end, place.start))
    if MAKERS.match(folded, place.end):
        return False
    if folded.endswith(("to ", "will ", "would "), 0, verb.start):
        return False  # to ban access by Chinese inverters
    return near and bool(BY.fullmatch(folded, verb.end, place.start))


DEMONYM = (
    "ese", "ish", "ian", "ean", "ican", "rman", "utch", "ench", "hai", "iss", "kistani", "shi", "rani",
    "eli", "aqi", "reek", "ipino", "saudi", "emirati",
)  # fmt: skip
"""How an adjective of a country ends."""
MEASURE = (
    r"(?:bans?|curbs?|quotas?|licen\w+|dut(?:y|ies)|tariffs?|rules?|tax(?:es)?|lev(?:y|ies)|controls?|restrict\w+|lists?|embargo"
    r"|sanctions?|surcharges?|surtax|probes?|permits?|limits?|caps?|policy|measures?|polic\w+|export|exports|import|safeguards?)\b"
)
OWNED = re.compile(
    r"\s(?:(?:import|export|safeguard|anti-dumping|annual|tariff-rate|beef|country|trade|national)\s)?"
    r"(?:quotas?|dut(?:y|ies)|tariffs?|bans?|curbs|lev(?:y|ies)|surtax|safeguards?|import\slimits?)\b"
)
"""A measure right behind an adjective, whose it is: hits the Chinese quota."""
THEIRS = re.compile(
    r"(?:\s(?:ores?|metals?|parts?|products?|materials?|chips?|tools?|imports?|exports?|equipment|technology|goods|compounds|oxides?))*"
    rf"\s(?:(?:import|export|anti-dumping|safeguard|new|trade)\s)?{MEASURE}"
)
"""What makes goods with a country before them the name of that country's measure."""
BORNE_ZH = re.compile(
    r"[^,。;:\s]{0,10}?(?:被|遭|反倾销|反补贴|双反|超额|超配额|配额(?:用尽|用完|耗尽|告罄)|输华|获[准批移]|关税落地|也?立案|保证金|(?:也|已|刚|终于)?解禁|\d+家[^,。;:\s]{0,3}停"
    r"|加(?:税)?[一二两三四五六七八九十百\d]+(?:成|个点|%)|的?[\d.]+%(?:取消|免了|没了|不收)|先不收)"
)
OBJECT_ZH = re.compile(r"(?:清点|替换|采购|购买|买入|使用|更换|淘汰|停用|依赖|检查|囤积?|抢购)$")
"""A verb right before goods and whose they are: 清点美国处理器."""
THEIR_ZH = re.compile(r"[^,。;:\s]{0,6}?(?:禁令|管制|关税|许可|配额|限制|出口)")
OF_ZH = re.compile(
    r"(?:[^,。;:\s禁限拟将对向宣查征]{1,5}的|的|[a-z]{1,5}\d?|出口[^,。;:\s]{1,4}的)?"
)
"""Between a country and its goods: 泰国罗勇的叉车电池, 韩国G5氢氟酸."""
"""What is done to goods with a country before them, by another: 印度轮胎遭欧盟立案."""
MAKERS = re.compile(
    r"(?:[ -]|'s\s)(?:and\s\w+\s)?(?:[\w-]+\s)?(?:institut|universit|laborator|labs?\b|producers?\b|(?!law|policy|rule)\w*makers?\b|exporters?\b|importers?\b"
    r"|mills?\b|plants?\b|smelters?\b|refiner|packers?\b|slaughterhouses?|suppliers?\b|processors?\b|traders?\b|buyers?\b|fabs?\b"
    r"|shippers?\b|shops?\b|shipyards?\b|vessels?\b|tankers?\b|hulls?\b|growers?\b|farmers?\b|miners?\b|investors?\b"
    r"|suitors?\b|bidders?\b|developers?\b|retailers?\b|start-?ups?\b|operators?\b|banks?\b(?!\sof)|conglomerates?\b|tycoons?\b)"
)
STATE = (
    r"government|cabinet|parliament|senate|congress|assembly|president|premier|prime|chancellor|leader|king|emir|minist\w+"
    r"|regulator|watchdog|court|judges?|customs|treasury|central|commission|authority|agency|board|council|state|trade|tax"
    r"|industry|finance|foreign|commerce|economy|energy|police|prosecutors?|military|navy|army|lawmakers|house|lower|upper"
    r"|ruling|supreme|top|new|national|federal|competition|antitrust|export|import|officials?"
)
FIRM = re.compile(
    rf"'s\s(?:(?!(?:{STATE})\b)[\w&.-]+\s){{1,2}}(?:turns?\sdown|turned\sdown|spurns?|rejects?|rejected|declines?|sells?|sold|buys|bought|acquires?"
    r"|wins|won|lands|gets|got|seeks|asks|bids|offers|ships|shipped|invests|pulls|posts|faces|pays|paid|settles?|settled|loses|lost"
    r"|agrees|sues|says|warns|expects|raises|scraps|shelves|walks|exits|(?:halts|stops|suspends)(?!\s(?!its\b)(?:[\w-]+\s){0,2}?(?:imports\b|exports\sof\b))|cuts|shuts|closes|idles)\b"
)
"""A firm of a country that does what firms do: Canada's Teck turns down …, and not what offices do:
Kenya's AFA suspends exports of avocados."""


def is_firm(place: Hit, main: Sentence, folded: str) -> bool:
    """Tell whether a country's name stands before a firm's, and no minister's or leader's."""
    if not folded.startswith("'s ", place.end):
        return False
    start = place.end + 3
    bodies = ("place", "authority", "cue")
    if any(hit.start == start and hit.kind in bodies for hit in main.hits):
        return False
    named = any(hit.start == start for hit in main.of("company"))
    return named or FIRM.match(folded, place.end) is not None


def only_origin(place: Hit, main: Sentence, folded: str) -> bool:
    """Tell whether a place only says whose goods or firms they are: Australian beef, Korean mills.

    Where a measure stands behind the goods, it is that country's: Indonesian nickel ore quota.
    """
    goods = next((hit for hit in main.of("item") if 0 <= hit.start - place.end <= 14), None)
    if HAN.match(folded, place.start):
        if MADE_ZH.match(folded, place.end):
            return True
        if not goods or not OF_ZH.fullmatch(folded, place.end, goods.start):
            return False
        if BORNE_ZH.match(folded, goods.end, main.end):
            return True
        after = goods.start == place.end and OBJECT_ZH.search(folded, main.start, place.start)
        return bool(after) and not THEIR_ZH.match(folded, goods.end, main.end)
    theirs = folded.startswith("'s ", place.end)
    if not (theirs or folded.endswith(DEMONYM, place.start, place.end)):
        return False
    if MAKERS.match(folded, place.end):
        return True
    if theirs:
        return False
    if goods is None or not ADJACENT.fullmatch(folded, place.end, goods.start):
        return False
    return not THEIRS.match(folded, goods.end)


MADE_ZH = re.compile(r"制(?![裁定度止约造动])|产的|品牌|厂牌")
"""Behind the country that made what is spoken of: 中国制行车记录器."""
HEADLINE = re.compile(r"\s(?:[\w-]+s|to|will|has|may)\b(?!')")


def headline_actor(title: Sentence, folded: str) -> Hit | None:
    """Return the place that a headline begins with as the subject of its verb: Mexico publishes."""
    first = next(iter(title.of("place")), None)
    if first is None or first.start > 2 or first.value == "-" or HAN.match(folded, first.start):
        return None
    if folded.endswith(DEMONYM, first.start, first.end) or not HEADLINE.match(folded, first.end):
        return None
    return first


def issuer_of(title: Sentence, end: int, folded: str) -> Hit | None:
    """Return the country whose minister or government a title names: Minister of … of Kazakhstan."""
    return next(
        (
            hit
            for hit in title.of("place")
            if hit.start < end and OFFICE_OF.search(folded, max(0, hit.start - 90), hit.start)
        ),
        None,
    )


THEIR_OWN = re.compile(
    r"'s\s(?:[\w-]+\s){0,2}?(?:draft|bans?|curbs|tariffs?|dut(?:y|ies)|rules?|list|order|probe|controls|quota|levy)\b"
)
"""Behind whose measure it is, wherever it stands: China's mask shops on Tokyo's draft."""
ADJACENT = re.compile(r"\s(?:[\w-]+\s)?")
"""What stands between a country and its goods: Brazilian frozen beef."""


def owns(place: Hit, folded: str) -> bool:
    """Tell whether a measure bears a country's name: the Chinese quota."""
    if HAN.match(folded, place.start) or not OWNED.match(folded, place.end):
        return False
    return bool(folded.endswith(DEMONYM, place.start, place.end)) and not AGAINST.search(
        folded, max(0, place.start - 14), place.start
    )


DASHES = ("—", "–", "--", " -")
DATELINE = re.compile(
    r"\W*(?:[a-zà-ÿ.' -]{3,24}/){0,2}[a-zà-ÿ.' ]{3,24}(?:,\s[a-z]{3,9}\.?\s\d{1,2})?(?:\s\([a-z ]{2,20}\))?\s?(?:—|–|--|\s-)\s"
)
"""Where a report was written: Karachi/Washington — ..."""


def after_dateline(folded: str, start: int = 0) -> int:
    """Return where the dateline that opens a text, or a sentence, ends; else 0."""
    head = folded[start : start + 90]
    if not any(dash in head for dash in DASHES):
        return 0
    written = DATELINE.match(folded, start)
    return written.end() if written else 0


WHILE = re.compile(r"\b(?:as|while|after)\s(?:the\s)?$")
MEASURE_OF = re.compile(
    r"\s(?:[\w-]+\s){0,3}?(?:ban|dut(?:y|ies)|tariffs?|levy|surtax|curbs?|sanctions|restrictions?|controls?|rules?|quota)"
    r"\s(?:on|against|for)\b"
    r"|,?\s(?:says|said|announces|announced)\b"
    r"|\s(?:trade\s)?(?:commission|ministry|regulator|panel|tribunal|authority|customs|government|officials)\s(?:says?|said|finds?|found|rules?|ruled)\b"
    r"|'s\s(?:[\w-]+\s){0,3}?(?:ministry|ministers?|government|cabinet|customs|president|parliament|regulator|authority)\b"
)
"""What stands behind the place that an act comes from."""
OFFICE_OF = re.compile(
    r"\b(?:minister|ministry|government|cabinet|president|parliament)\b[^.;:,]{0,50}\sof\s(?:the\s)?(?:republic\sof\s|kingdom\sof\s)?$"
)
LEAVING = re.compile(
    r"\b(?:leaves?|leaving|exit|stay\sin|remain\sin|kept\sin|out\sof|(?:paper|approval|nod|permission|licen[cs]e)\s(?:from|in))\s(?:an?\s|any\s|the\s)?$"
    r"|(?:留在|留|离开|运出)$"
)
"""Before the country that lets no goods go, or whose nod it takes: may not leave Indonesia."""
APPROVES = re.compile(
    r"(?:'s)?\s(?:export\s|import\s)?(?:stamp|nod|blessing|approval|permission|permit\swall|permit\sregime)\b"
    r"|(?:政府|方面)?(?:点头|首肯|放行|批准|审批|盖章|批(?![评量次发准]))"
)
"""Behind the country whose nod something takes: needs a Dutch stamp, 要海牙点头."""
IN_CASE = re.compile(r"\s(?:[\w-]+\s){0,2}(?:case|affair|trial|ring)\b")
"""Behind a place that a case in court is called by: a plea in the Bishkek chip case."""
DONE_BY = re.compile(r"\s(?:by|in)\s(?:the\s)?|\s[^.;:,\n]{0,30}\sby\s(?:the\s)?")
TOLD_BY = re.compile(r"\b(?:told|informed|notified|ordered|instructed|warned)\sby\s(?:the\s)?$")
"""Words between a verb, or what it is told to, and the place that does it."""


def issues(place: Hit, verb: Hit, folded: str) -> bool:
    """Tell whether a place behind the verb is where the act comes from: banned in Kenya, Delhi says."""
    if MEASURE_OF.match(folded, place.end):
        return not AGAINST.search(folded, max(0, place.start - 12), place.start)
    if IN_CASE.match(folded, place.end):
        return False
    if LEAVING.search(folded, max(0, place.start - 20), place.start):
        return True
    if APPROVES.match(folded, place.end):
        return True
    if TOLD_BY.search(folded, max(verb.end, place.start - 20), place.start):
        return True
    return bool(DONE_BY.fullmatch(folded, verb.end, place.start))


AGAINST = re.compile(r"\b(?:to|against|on|from|for|of|with|over)\s(?:the\s)?$")


UNDERGONE = re.compile(
    r"(?:,\s(?:who|which)\s[^,]{3,60},|\s[\w-]+)?\s(?:(?:are|were|is|was|also|to\sbe)\s){0,2}(?:hit\swith|slapped\swith|dumped|accused\sof|caught\sby)\b"
)
"""Behind a country's goods or firms that another one's act is on: foil trays hit with duties."""


def undergone(place: Hit, main: Sentence, folded: str) -> bool:
    """Tell whether something is done to a country's goods or firms: Vietnamese trays hit with duties."""
    theirs = folded.startswith("'s ", place.end)
    if not (theirs or folded.endswith(DEMONYM, place.start, place.end)):
        return False
    start = place.end + 3 if theirs else place.end + 1
    goods = next((hit for hit in main.of("item") if 0 <= hit.start - start <= 14), None)
    ends = [goods.end] if goods else []
    if makers := MAKERS.match(folded, place.end):
        ends.append(folded.find(" ", makers.end()))
    return any(UNDERGONE.match(folded, end) for end in ends)
