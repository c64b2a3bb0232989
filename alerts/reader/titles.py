"""Whether a text opens with the title of an act of state: an order, a notice, a regulation.

Pure. The title is the act: it needs no verb ("Notice of initiation of an anti-dumping proceeding",
"Regulation of the Minister of Trade No. 14 of 2026 on the Export of Tin", 汽车数据出境管理规定（…令第24号）).
"""

import re
from typing import Any

import re2

from alerts.domain import Stage
from alerts.reader.terms import HAN, Hit

LONGEST = 240
"""Characters in which a title ends."""

KIND = (
    r"(?:orders?|decrees?|regulations?|ordinances?|notices?|notifications?|circulars?|resolutions?|directives?|directions?|proclamations?"
    r"|determinations?|announcements?|memorandum|rules?|instruments?|alerts?|licen[cs]es?|instructions?|gazette|decisions?|communiqu[ée]s?|bulletins?"
    r"|authori[sz]ations?|(?:notices?|circulars?)\sto\s(?:importers|exporters)(?:\sand\sbrokers)?|ordinances?|(?:anatel|royal|supreme)\s(?:act|decree))"
)
MEASURES = (
    r"(?:bans?|prohibition|restrictions?|dut(?:y|ies)|quotas?|licen[cs]\w+|surtax(?:es)?|surcharges?|lev(?:y|ies)|measures|remissions?|anti-?dumping|safeguards?|embargo|moratorium"
    r"|bond|exports?|imports?|exportation|importation)"
)
"""What is introduced, applied, collected or prohibited."""
SORT = (
    r"(?:draft|exempt|supreme|royal|presidential|executive|legislative|emergency|cabinet|ministerial|joint|public|trade|customs|government|council|extraordinary"
    r"|legal|veterinary|sanitary|phytosanitary|procedural|general|special|administrative|federal|implementing|delegated|technical|statutory|urgent|standing|policy"
    r"|anti-?dumping|countervailing|safeguard|import|export|tariff|memorandum|temporary|definitive|provisional|preliminary|final|interim|amended|partial|joint|free"
    r"|(?:fir|seco|thi)(?:st|nd|rd)|\w{3,7}th|new|amending|gazette|prime)"
)
"""Words before the name of an act that say of what sort it is."""
ON_TRADE = (
    r"(?:ban|bans|prohibit\w+|restrict\w+|exports?|imports?|exportation|importation|dut(?:y|ies)|tariffs?|lev(?:y|ies)|surtax(?:es)?|surcharges?|quotas?|remissions?"
    r"|anti-?dumping|countervailing|safeguards?|dumping|licen[cs]\w+|permits?|sanctions?|moratorium|embargo|investment|subsid(?:y|ies)|certification|approval|data)"
)
"""What acts on trade are about."""
NUMBERED = re.compile(
    rf"\W{{0,3}}(?:[^\s:]+\s){{0,7}}?{KIND}\s(?:(?:no|nr|number|n°|nº)\b\.?\s?[\w./()-]{{0,24}}?\d|(?:[a-z]\.)?\d{{1,4}}[-/]\d|[a-z]\.\d{{3,5}}:|\d{{1,5}}:)"
    rf"|\W{{0,3}}(?:(?!report|the\snext)[^\s:]+\s){{0,6}}?{KIND}\sof\sthe\s(?:minister|ministry|government|president|council|director|secretary|state|republic)"
)
"""Department Administrative Order No. 26-09: …, Regulation of the Minister of …"""
YEARED = re.compile(
    rf"\W{{0,3}}(?!proposed|draft|the\s(?:impact|effect|end|future))[^:?!.\n]{{8,150}}?\)?\s{KIND},?\s(?:\(?amendment\)?,?\s)?20\d\d\b(?!/)"
    r"|\W{0,3}[^:?!.\n]{8,150}?:\sa\sproclamation\b"
)
"""The … (Quality Control) Order, 2026; Adjusting Imports of …: A Proclamation."""
NAMED = re.compile(
    rf"\W{{0,3}}(?:{SORT}\s){{0,3}}?"
    r"(?:final|interim|partial\samendment|amendment|amendments|notice|corrigendum|correction|clarification|imposition|initiation|certification"
    r"|definitive|provisional|preliminary|withdrawal|revocation|repeal|removal|addition|extension|suspension|termination|modification|waiver"
    r"|invitation\sfor\scomments|statement\sof\sessential\sfacts|import\salert|general\slicen[cs]e|decision|determination|designation|regulation|decree|order"
    r"|ministerial\s(?:order|ordinance|decree|regulation|notification|review|determination)|(?:da|fcc)\s\d\d-\d+|annex"
    r"|circular|resolution|ordinance|directive|proclamation|communiqu[ée]|bulletin|notification|announcement|instruction|final\sfindings|sub-decree|request\sfor\s(?:public\s)?comments?"
    rf"|(?:introduction|application|collection|payment|prohibition|allocation|batch|consultation)\s(?:of|on)\s(?:[\w-]+\s){{0,5}}?{MEASURES})\b"
    r"(?=[^\n?]{0,160}\b(?:of|on|to|for|in|under|concerning|amending|regarding|imposing|establishing|modifying|fixing|introducing|extending|accepting|prohibiting|containing|order|duty|duties|quotas?|exemption)\b)"
    r"(?=[^\n?]{0,200}\b(?:orders?\s(?:for|on|no|specifying)|decrees?|regulations?|ordinances?|notices?|proclamations?|proceedings?|duty|duties|imports?|exports?|tariffs?|licen[cs]es?|act\b|list|table|tables"
    r"|suspension|quota|quotas|measures?|recognition|sanctions?|control|supply\splan|resolution|transactions|authorisations?|alert|rules?|modules|penalt\w+"
    r"|bans?|prohibition|exportation|importation|exporting|importing|lev(?:y|ies)|surtax(?:es)?|surcharges?|remissions?|investigation|anti-?dumping|safeguards?|restrictions?|permits?|embargo)\b)"
)
HEADED = re.compile(
    r"\W{0,3}(?:[\w.'&,-]{1,24}\s){0,6}?(?:press\s(?:release|statement)|media\s(?:statement|release)|announcement|notice|gazette|circular|directive|communiqu[ée]|statement"
    r"|decision|proclamation|resolution|ministry\sof\s[\w\s]{3,40}?|department\sof\s[\w\s]{3,40}?|amendment|findings|notification|authority|council\sof\sministers|cabinet|government(?:\sof\s[\w\s]{3,40}?)?)"
    r"(?:\s[\w./-]{0,16}\d[\w./-]{0,16})?\s?(?:\([^)\n]{1,30}\))?:\s(?!no\s|not\s|[^\n]{0,60}\b(?:not|no|denies|calendar|prices?|figures|statistics|data\sfor|(?:increase|reduction)\sin\s(?:[\w-]+\s){0,2}?(?:ex|im)ports|rose|fell|grew|up|down)\b)"
    rf"(?=[^\n?]{{0,140}}\b(?:(?:exercise|use)\sof\s(?:the\s)?(?:special|golden)\spowers?|(?:ban|prohibition|imposition|suspension|lifting|removal|extension|revocation|repeal|withdrawal|increase|reduction|exemption|amendment|levy|collection|initiation|moratorium|embargo|restriction|application|introduction|continuation|review|inquiry|investigation|allocation)\b[^\n?]{{0,60}}\b{ON_TRADE}|{ON_TRADE}\b[^\n?]{{0,80}}\b(?:suspended|banned|prohibited|lifted|extended|imposed|restricted|amended|revoked)|(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|quotas?|surcharges?|sanctions?)\b[^\n?]{{0,80}}\b(?:increased|reduced)|(?:definitive|provisional|preliminary|final|additional|regulatory|anti-?dumping|countervailing|safeguard|customs|export|import)\s(?:[\w-]+\s){{0,2}}?(?:dut(?:y|ies)|lev(?:y|ies)|quotas?|bans?|licen[cs]\w+|surcharges?|tax(?:es)?)|moratorium|embargo|schedule\s\d|(?:affirmative|negative|preliminary|final)\s(?:[\w-]+\s){{0,2}}?determination\son|(?:fine|penalty)\son)\b)"
)
"""Who says it, and behind a colon what is done: Media statement: prohibition of export of sand."""
ON = re.compile(
    r"\W{0,3}(?:on|about)\s(?:the\s)?(?:introduc\w+|amend\w+|certain\s(?:issues|measures)|approv\w+|establish\w+|measures|prohibit\w+|restrict\w+|impos\w+|exten\w+|appl(?:ying|ication)"
    r"|setting|temporary|lifting|suspen\w+|regulati(?:ng|on)|special|making|determin\w+|invalidat\w+|cancell?\w+|customs)\b"
    rf"(?=[^\n?]{{0,160}}\b{ON_TRADE}\b)"
)
"""How titles begin in Moscow, Astana and Kyiv: On introducing a ban on exports of helium."""
SHORT = re.compile(
    r"\W{0,3}(?:s\.?\s?r\.?\s?o\.?|dao|pmk|l\.\s?i\.?|s\.\s?i\.?|pp|cmo|cmc|a\.?o\.?|e\.?o\.?|perpres|keppres|permen\w+|kepmen\w+|g\.\s?s\.\s?r\.?|s\.\s?o\.?|l\.\s?n\.?|ad/?cvd|adn|p\.?\s?u\.?\s?\(a\))"
    rf"(?:\s|-)(?:no\.?\s?)?\d[\w()/.-]{{0,20}}(?=[^\n?]{{0,180}}\b{ON_TRADE}\b)"
)
"""Acts that go by letters and a number: SRO 912(I)/2026, PMK No. 41."""
SURE = re.compile(
    r"\W{0,3}(?:[^\s:]+\s){0,3}?(?:statement\sof\sessential\sfacts|order\srelating\sto|(?:amended\s)?(?:preliminary|final)\s(?:affirmative\s|negative\s)?determination|import\salert\s\d|general\slicen[cs]e\s(?:no\.?\s)?[a-z0-9]{1,4}\b"
    r"|(?:da|fcc)\s\d\d-\d+|notice\sof\s(?:extension|modification|initiation|termination|determination|action|inquiry|proposed)|order\sin\scouncil"
    r"|office\smemorandum|request\sfor\s(?:public\s)?comments?:|(?:inquiry\snq|expiry\sreview\srr)-20\d\d-\d{3}|order\sregarding\sthe\s(?:proposed\s)?acquisition|(?:presidential\sdocument:\s)?(?:further\s)?(?:amending|modifying|adjusting)\s(?:duties|imports\sof|(?:reciprocal\s)?tariff)|tariff\samendments?:|(?:export|import)\spermits?\sfor\s[^\n?]{3,60}\sare\ssuspended)\b|\W{0,3}regulation\son\s[^\n?]{8,120}:\samendment"
    r"|\W{0,3}[^\n?:]{4,80}:\s(?:notice\sof\s)?(?:amended\s|corrected\s|postponement\sof\s|partial\s){0,2}(?:preliminary|final)\s(?:affirmative\s|negative\s)?(?:determination|results)\b"
    r"|\W{0,3}statement\sby\sthe\s(?:minister|president|secretary)\b[^\n]{0,60}?\son\sthe\s(?:review\sof|\d+(?:st|nd|rd|th)\s)"
    r"|\W{0,3}letter\sto\s(?:the\s)?(?:house|parliament|senate):\sdecision\b|\W{0,3}ministerial\s(?:review|decision|statement):\s"
)
"""Names that nothing else has."""
ABROAD = re.compile(
    r"\W{0,3}(?:regeling|besluit|arr[êe]t[ée]|d[ée]cret|decreto|resoluci[óo]n|resolu[çc][ãa]o|portaria|acuerdo|ley\sn|lei\sn|medida\sprovis[óo]ria"
    r"|instru[çc][ãa]o\snormativa|circular(?!\seconomy)|orden\s(?:ministerial|[a-z]{2,4}/)|real\sdecreto|despacho|peraturan|keputusan|permendag|ngh[ịi]\s[đd][ịi]nh|th[ôo]ng\st[ưu]|quy[ếe]t\s[đd][ịi]nh"
    r"|note\scirculaire|verordnung|richtlinie|bekanntmachung|allgemeinverf[üu]gung|gesetz|приказ|постановление|распоряжение|указ|rozporz[ąa]dzenie|tebli[ğg]|karar[ıi]?|ordinanza|disposizione|f[öo]rordning)\b"
    r"(?=[^\n?]{0,120}(?:\d|\bpor\s(?:el|la)\b|\bque\b|portant|tot\swijziging|houdende|tentang|sobre|relati[fv]|concernant|[üu]ber\b|zur\b|w\ssprawie|ili[şs]kin|\sоб?\s|\bdel?\b|:))[^\n?]{12,}"
)
"""How titles begin in the languages in which ministries write."""
MOVES_ZH = r"(?:列入|列管|禁止|限制|暂停|取消|恢复|修正|订定|课征|征收|加征|输入|输出|进口|出口|管制|输华|反倾销|反补贴|关税|配额|许可|准入|制裁|出境|补贴)"
HAN_TITLE = re.compile(
    r"\W{0,3}[^\n。?!]{2,60}?(?:令|公告|通告|告示|决定|规定|办法|条例|目录|细则|规则|通知)\W{0,4}?(?:\(|〔|\[|第)[^\n。]{0,24}?\d[^\n。]{0,12}?号"
    r"|\W{0,3}[^\n。?!]{2,40}?(?:令|公告|通告)20\d\d年第\d{1,4}号\s*$"
    r"|\W{0,3}[^\n。?!]{2,30}?(?:令|公告|通告|告示)第?\s?\d{1,4}号\s?[:)]"
    r"|\W{0,3}(?:关于)?公开征求[^\n]{0,4}《[^\n]{4,60}意见|\W{0,3}[^\n,。?!]{0,20}(?:公告|令|通告)[:|]?(?:修正|订定|废止|预告)「"
    r"|\W{0,3}(?:修正|订定|废止|公告修正|预告修正|发布)「[^」\n]{4,60}」"
    rf"|\W{{0,3}}[^\n,。?!:]{{2,16}}(?:公告|通告|令)\s?:[^\n?]{{0,40}}?{MOVES_ZH}"
    rf"|\W{{0,3}}(?:[^\n,。?!:]{{2,24}})?关于[^\n。?!]{{0,60}}?{MOVES_ZH}[^\n。?!]{{0,60}}(?:公告|通知|通报|决定|令|措施|办法|规定)\s*(?:$|\()"
    r"|\W{0,3}(?:强制性国家标准)?《[^》\n]{4,60}》[^\n,。?!]{0,12}(?:发布|公示|印发|施行|公布|征求意见|实施|出台)"
)
HELD = ("号", "「", "公开征求", "公告", "通告", "令", "关于", "》")
"""Signs of which each way of such a title has one."""
OTHERWISE = re.compile(
    r"\b(?:meetings?|hearing|workshop|webinar|seminar|information\scollection|paperwork|tender|vacanc|appointment|recruit|scholarship|festival|fishing|traffic|parking"
    r"|annual\sreport|budget\s(?:speech|hearing)|speech|remarks|reaction|responds?|response|explained|explainer|analysis|opinion|what\s(?:it|the|you)|how\s(?:to|the)|why|faq|frequently\sasked|a\sguide|guide\s(?:to|for)|study(?!\s(?:permit|visa))|(?:findings|results)\sof\sa\s(?:survey|poll)|in\s\w+\stimes|\w+teenth\scentury|middle\sages|new\syear|resolution\sfor\s20\d\d(?=:)|webcast"
    r"|statistics|survey|venue|conference|lecture|museum|exhibition|calendar|office\shours|holidays?|performance|record\shigh|hits\srecord|says|said|sees|reminds?|reminded|asks?|wants?|tells|told|means|warns?|go|goes|out|today|now|just|read|my|our|your|i'm|we|you|shares?|stocks?|analysts?|complain\w*|protest\w*|petition\w*|lawsuit)\b|公司关于|公司公告|团队游|出境游|排片|营业|门店|解读|问答|答记者|培训|会议|招聘|招标|任免|情况|统计|形势|宣讲|报名|座谈|调研|看法|影响|怎么"
)
"""Words of titles that announce an event, or talk of an act."""


def title_end(folded: str) -> int:
    """Return where the title of an act of state ends that a text opens with, or 0."""
    end = folded.find("\n", 0, LONGEST)
    if end < 0:
        end = min(len(folded), LONGEST)
    first = folded[:end]
    if len(first) < SHORTEST or first.endswith(("?", "!")):
        return 0
    if not first.isascii() and HAN.search(first, 0, 40):
        held = any(sign in first for sign in HELD)
        forms: tuple[re.Pattern[str], ...] = (HAN_TITLE,) if held else ()
    elif NEEDLED.search(first.encode("utf-8", "replace")):
        dated = "20" in first or "proclamation" in first  # YEARED has one, and takes long to ask
        forms = (NUMBERED, *((YEARED,) if dated else ()), NAMED, SURE, HEADED, ON, SHORT, ABROAD)
    else:
        forms = (ABROAD,)
    printed = PRINTED.match(first)
    starts = (0, printed.end()) if printed else (0,)
    titled = any(form.match(first, start) for start in starts for form in forms)
    return end if titled and not OTHERWISE.search(first) else 0


PRINTED = re.compile(
    r"\W{0,3}(?:[\w.]{2,16}\s){0,3}?(?:gazette|bundesanzeiger|staatscourant|official\sjournal|federal\sregister|(?:diario|bolet[íi]n)\soficial|journal\sofficiel|corrigendum|published|press\srelease)"
    r"(?:\sno\.?\s?[\w./-]{1,12})?:\s"
)
"""Where an act is printed, before its title: Bundesanzeiger: General Authorisation No. 45."""
SHORTEST = 12
"""Characters of a title."""
NEEDLES = (
    "order", "decree", "regulation", "ordinance", "notice", "notification", "circular", "resolution",
    "directi", "proclamation", "determination", "announcement", "memorandum", "rule", "instrument",
    "alert", "licen", "instruction", "gazette", "amendment", "corrigendum", "proceeding", "duty",
    "import", "export", "tariff", "statement", "press release", "media release", "decision", "ban ", "moratorium", "levy", "surtax", "remission", "act", "list", "quota", "measure", "control", "da ", "facts",
)  # fmt: skip
"""What every title in English contains."""
NEEDLED: Any = re2.compile("|".join(NEEDLES))
DRAFT = re.compile(
    r"\b(?:proposed|draft|consultation|invitation\sfor\scomments|request\sfor\scomments?|essential\sfacts|notice\sof\sintent|putting\sforward|we\spropose)\b|征求|草案|预告|报批稿|公示"
)
"""Words of a title whose act is not made yet."""
UNMADE = re.compile(
    r"\W{0,3}(?:[^\n:]{0,50}?:\s)?(?:notice\sof\s)?(?:withdrawal|revocation|repeal|removal|termination|lifting|rescission)\sof\b(?!\s(?:recognition|accreditation|authori|licen|permit))"
)


def titled(folded: str, end: int) -> Stage:
    """Tell what an act is by its title alone, which ends there."""
    if DRAFT.search(folded, 0, end):
        return Stage.PROPOSED
    return Stage.WITHDRAWN if UNMADE.match(folded) else Stage.ADOPTED


ANSWERED_ZH = re.compile(
    r"\W{0,3}(?:中国)?(?:商务部|外交部|国台办|驻[^\n]{1,6}使馆)[^\n就对]{0,16}?(?:就|对)(?P<what>[^\n]{2,50}?)(?:发表谈话|答[^\n]{0,4}问|应询|表态)"
)
"""A ministry's answers on an act, its own or another state's."""
MEASURED_ZH = re.compile(
    r"管制|制裁|清单|关税|反倾销|反补贴|双反|限制|禁[止令]|立案|调查|审查|加征|列单|初裁|终裁"
)
PLANNED_ZH = re.compile(r"拟|将(?!中|多|\d|[^,]{0,12}列入)|计划|草案|考虑")


def answered_zh(folded: str) -> Stage | None:
    """Return the stage of the act that a Chinese ministry answers questions on, in its title."""
    answers = ANSWERED_ZH.match(folded)
    if answers is None or not MEASURED_ZH.search(answers["what"]):
        return None
    return Stage.PROPOSED if PLANNED_ZH.search(answers["what"]) else Stage.ADOPTED


PUT_OFF = re.compile(
    r"\b(?:date|deadline|day)\b(?:[^.;]|(?<=\bno)\.){0,90}?\b(?:is|are|was|were|stands?|has\sbeen|shall\sbe)\s(?:hereby\s)?"
    r"(?:changed|revised|moved|postponed|deferred|put\sback|amended|shifted|replaced|extended|set\sback)\b(?:\sfrom\s[^;\n]{3,30}?)?\s(?:to|until|by)\s(?!the\sminister)"
    r"|\bdate\b(?:[^.;\n]|(?<=\bno)\.){0,90}?\b(?:shall|should|will|is\sto)\s(?:now\s)?(?:be\sread|read)\s(?:as\s)?(?=[^.;\n]{3,40}\b(?:in\splace|instead)\sof\b)"
)
"""A day that is changed for a later one."""


DAY_IN_TITLE = re.compile(
    r"\bdate of (?:effect|application|entry|commencement)|\beffective date|实施日期|生效日期"
)
BELOW = 240
"""Characters below a title on a day in which the text tells which day it is now."""


def day_told(start: int, end: int, folded: str) -> int:
    """Return how far it is told that a day is moved: below a title that is on that day, too."""
    on_day = start == 0 and DAY_IN_TITLE.search(folded, 0, end)
    return end + BELOW if on_day else end


def put_off(start: int, end: int, folded: str) -> Hit | None:
    """Return the words of a sentence that say that a day is moved."""
    moved = PUT_OFF.search(folded, start, end)
    return Hit(moved.start(), moved.end(), "cue", "delay") if moved else None
