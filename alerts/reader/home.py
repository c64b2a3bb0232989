"""The country that a text is most likely about, also where it reports no act in words known.

Pure. Whose number or measure it is goes before who stands first; who only answers an act, asks
for it or complains goes behind the one that is answered.
"""

import itertools
import re
from collections.abc import Mapping, Sequence

from alerts.reader.actors import DEMONYM, MADE_ZH, MAKERS, SUFFERED, after_dateline, before_zh
from alerts.reader.aims import aimed_at, of_package
from alerts.reader.number_forms import nation_of
from alerts.reader.official_numbers import Number
from alerts.reader.terms import HAN, Agency, Hit

TELLING = ("place", "authority", "sign")
SURE = ("measure", "sign")
"""Kinds of what tells the country that go before whoever stands in the sentence of the verb."""
DATELINED = 30
"""Characters into a text before which the place of a dateline stands."""
ANSWERED = 90
"""Characters behind another country, which a speaker names, in which a measure may be a third's."""
OPENING = 400
"""Characters in which a text says whose measure it is about."""

THEIRS = re.compile(
    r"(?:'s?)? (?:(?!(?:in|on|at|by|to|from|for|of|with|under|over|after|as|and|or|says?|said|faces?|facing|hit|hits|fights?"
    r"|firms?|companies|goods|imports?(?! (?:ban|quota|dut|tax|licen|permit|price|surcharge))|shares?|stocks?|traders?|buyers?|\w{0,16}makers?|mills?|exporters?|producers?|suppliers?)\b)[\w-]+ ){0,3}?"
    r"(?:bans?|dut(?:y|ies)|tariffs?|lev(?:y|ies)|surtax|curbs?|sanctions|restrictions|controls|quotas?|probes?|inquir(?:y|ies)"
    r"|investigations?|blacklists?|blacklisting|listings?|lists?|alert|ruling|findings?|veto|crackdown|embargo|surcharge|packages?"
    r"|safeguards?|(?:export|import|carbon|digital)\stax(?:es)?|charges?\son|fees?\son|moratorium|freeze|decree|revocation|mandate|scheme|caps?\son|licen[cs]e\srules?|export\srules?|chip\srules?|bill|penalt(?:y|ies)|determinations?|sanctions\slist)\b"
)
"""What stands behind the country whose measure it is, on its line: faces an EU subsidy probe."""
CASE = re.compile(r"(?:'s?)? (?:[\w-]+ ){0,3}?cases?\b")
"""What may be that too, where somebody before it only answers: joins Vietnam in US battery cases."""
FOLLOWED = re.compile(
    r"\b(?:adopt\w*|sign\w*\sup\sto|follow\w*|mirror\w*|join\w*|match\w*|cop(?:y|ies|ied)|implement\w*|align\w*\s(?:\w+\s)?with)\s(?:the\s)?(?:\w+'s\s)?$"
)
"""Before a country whose measure another one makes its own."""
LISTED = re.compile(r"'s\s(?:[\w-]+\s){0,2}(?:list|catalogue)\b")
"""Behind the country whose list goods or firms join, which is no following of it."""
EARLIER = re.compile(
    r"\b(?:after|since|following|despite|before|until|(?:response|reply|retaliation|answer)\s(?:to|for)|against|over)\s(?:the\s)?(?:[\w.]+'s\s)?$"
    r"|(?:针对|反制|回应|报复|反对|继|就)$"
)
"""Before a measure that another act follows or answers."""
EXPORTS = re.compile(r"\s(?:export|curbs|controls|floor|quota|licen[cs]e)\b")
"""In a measure on what a country has itself."""
THEIRS_ZH = re.compile(
    r"[^,。;:\s就驻被遭上]{0,12}?(?:制裁|清单|名单|反倾销|反补贴|双反|关税|加税|禁令|管制|限制(?=严重|措施|令)|新规|立案|调查|裁定|初裁|终裁|法案|提案|加征|否决|拉黑)"
)
ANSWERS = re.compile(
    r"(?:'s\s[\w\s]{3,40}?)?\s(?:asks?|asked|urges?|urged|protests?|protested|regrets?|condemns?|condemned|vows?|vowed|slams?|calls?\s(?:on|for)"
    r"|hits?\sback|den(?:ies|ied)|criticises|criticizes|demands?|demanded|rejects?|complains?|complained|welcomes?|welcomed"
    r"|objects?|(?:responds?|responded)(?!\s[^.;\n]{0,60}?\b(?:with|by)\b)|dismisses|reminds?|seeks?|faces?|facing|joins?|counts?|wins?|won|outvoted|drops?|dropped|named|barred|checks?|hit\s(?:by|with))\b"
    r"|(?:新闻)?(?:发言人)?(?:\d{1,2}日)?[就对][^,。;:\n]{2,40}(?:答记者问|表态|表示|发表谈话|答问|反对|回应)"
    r"|[^,。;:\s]{0,6}?[:,]?(?:回应|坚决反对|强烈反对|反对|敦促|谴责|抗议|要求[中美欧日韩英印]|批[中美欧日韩英印]|驳斥|强烈不满|严正交涉)"
)
"""Behind who speaks of another's act."""


def home_of(
    hits: Sequence[Hit], numbers: Sequence[Number], folded: str, agencies: Mapping[str, Agency]
) -> Hit | None:
    """Return the country that a text is most likely about: the first one that does something.

    The hit's kind is what tells it: a number, a measure, an authority, a sign, a place. Who only
    answers is told where nobody else is named; where goods come from and towns tell nothing.
    """
    if outright := told_outright(hits, numbers, folded):
        return outright
    if not any(hit.kind in TELLING for hit in hits):
        return None
    opening = any(hit.kind == "place" and hit.start < DATELINED for hit in hits[:2])
    written = after_dateline(folded) if opening else 0
    goods = {hit.start: hit.end for hit in hits if hit.kind in ("item", "company")}
    speaker: Hit | None = None
    other: Hit | None = None
    for hit in itertools.chain((hit for hit in hits if hit.start >= written), hits):
        answered = speaker is not None and hit.start > speaker.start
        theirs = answered and speaker is not None and hit.value != speaker.value
        if hit.kind == "authority":
            if not agencies[hit.value].jurisdiction:
                continue
            found = hit._replace(value=agencies[hit.value].jurisdiction)
        elif hit.kind == "place" and happens(hit, folded):
            return hit._replace(kind="measure")
        elif hit.kind == "sign":
            if FOLLOWED.search(folded, max(0, hit.start - 30), hit.start):
                continue
            if not (HAN.match(folded, hit.start) and reacts(hit, folded)):
                return surely(hit, folded, answered=answered)
            found = hit
        elif hit.kind != "place" or hit.value == "-":
            continue
        elif hit.local:
            if not BODY.match(folded, hit.end):
                continue
            found = hit._replace(kind="body")
        elif owns_measure(hit, goods, folded, answered=theirs) and not (
            reacts(hit, folded) or before_zh(hit, folded)
        ):
            return surely(hit._replace(kind="measure"), folded, answered=answered)
        elif aimed_at(hit, folded) or maker_of(hit, goods, folded):
            continue
        else:
            found = hit
        if answers(found, folded):
            speaker = speaker or found
        elif speaker is None:
            return found
        elif found.value != speaker.value:
            other = other or found  # unless a measure behind it is another's
        if other and hit.start > other.start + ANSWERED:
            return other
    # A town tells nothing, unless all was written there and nobody else is named.
    return (
        other
        or speaker
        or next((hit for hit in hits if hit.kind == "place" and hit.end <= written), None)
    )


BEFALLS = re.compile(
    r"\b(?:banned|fined|blocked|barred|probed|sued|outlawed|suspended|penali[sz]ed|raided|investigated|blacklisted|told\soff|under\s(?:scrutiny|investigation|fire))"
    r",?\s(?:only\s)?in\s(?:the\s)?$"
    r"|\b(?:to|may\snot|must\snot|cannot|can't|not|from)\s(?:leave|leaving)\s(?:the\s)?$"
    r"|\b(?:face|faces|facing|draws?|pays?|attracts?|hit\s(?:with|by)|slapped\swith|subject\sto|runs?\sinto|loses?|wins?)\s[^.;:\n]{2,60}?\b(?:dut(?:y|ies)|tariffs?|surtax|levy|tax|surcharge|bans?|probes?|quotas?|curbs?|fees?|fine|deposits?)\sin\s(?:the\s)?$"
    r"|\bto\sexport\sfrom\s(?:the\s)?$|\bexports?\sof\s[^.;,\n]{2,60}\sfrom\sthe\sterritory\sof\s(?:the\s)?(?:republic\sof\s)?$"
)
"""Before the country in which something is done, or that goods may not leave: fined in Italy."""
BEFALLS_ZH = re.compile(
    r"(?:那边|本土)?(?:也|又|再|刚|已|正式)?(?:被|遭|挨|吃)(?:罚|查|立案|起诉|调查|封|下架|禁|叫停|开罚|拦|约谈|重罚|了?罚单)"
)
"""Behind it in Chinese: 在意大利被罚."""


def happens(place: Hit, folded: str) -> bool:
    """Tell whether what is done in a country, or to what may not leave it, is its doing."""
    if HAN.match(folded, place.start):
        bound = folded[place.start] == "在" or folded.endswith("在", 0, place.start)
        return bound and BEFALLS_ZH.match(folded, place.end) is not None
    return BEFALLS.search(folded, max(0, place.start - 90), place.start) is not None


def told_outright(hits: Sequence[Hit], numbers: Sequence[Number], folded: str) -> Hit | None:
    """Return the country of a number, or of the rule under which something is done to somebody."""
    for number in numbers:
        if nation := nation_of(number.canonical):
            return Hit(number.start, number.end, "number", nation)
    return next((hit for hit in hits if hit.kind == "sign" and undergone_zh(hit, folded)), None)


def undergone_zh(sign: Hit, folded: str) -> bool:
    """Tell whether something is done under a rule of one country: 罗马尼亚项目被FSR."""
    return folded.endswith(SUFFERED, 0, sign.start)


BODY = re.compile(
    r"(?:'s)?\s(?:customs|court|prosecutors|police|authorities|port\sauthority|government)\b"
    r"|海关|法院|检察院|检方|警方|市监局|商务厅|商务局|政府"
)
"""Behind a town that acts by a body of its own: Changsha customs."""


def surely(hit: Hit, folded: str, *, answered: bool) -> Hit:
    """Return a measure or a sign, as a mere place where it is only what went before another's act.

    answered: by a speaker before it, who does nothing: vows a response to US listings.
    """
    if answered:
        return hit
    before = EARLIER.search(folded, max(0, hit.start - 30), hit.start)
    return hit._replace(kind="place") if before else hit


def answers(speaker: Hit, folded: str) -> bool:
    """Tell whether somebody only speaks of another's act: asks Washington to drop, 就美…答记者问."""
    return ANSWERS.match(folded, speaker.end) is not None or reacts(speaker, folded)


NAMESAKES = frozenset({
    "商务部", "财政部", "经济部", "外交部", "农业部", "senate", "house", "congress", "treasury", "commerce ministry",
    "ministry of commerce", "agriculture department", "department of agriculture", "commission", "council", "commerce",
})  # fmt: skip
"""Offices that many countries have, and press of one country calls another's by the bare name."""


def unsure(home: Hit | None, folded: str) -> bool:
    """Tell whether a text's country is read from a mere place, or an office that many have."""
    return (
        home is None
        or home.kind in ("place", "body")
        or (home.kind == "authority" and folded[home.start : home.end] in NAMESAKES)
    )


def whose(
    authority: Hit | None,
    country: Hit | None,
    home: Hit | None,
    own: Number | None,
    hits: Sequence[Hit],
    folded: str,
) -> tuple[Hit | None, Hit | None]:
    """Return the authority and the country of an act; its value is the jurisdiction.

    country: read from the sentence of the verb, with the authority's jurisdiction where there is
    one. A number of the act, a measure's owner and a sign that only one country has go before it,
    and so does who acts where only a town was found; but not before an authority, unless other
    countries have one of the same name.
    """
    nation = nation_of(own.canonical) if own else None
    if own and nation and nation != (authority and country and country.value):
        return None, Hit(own.start, own.end, "place", nation)  # the ITC of another country's tariff
    if country and PLEADS.match(folded, country.end):
        return None, None if home and home.value == country.value else home
    if home is None or (country and home.value == country.value):
        return authority, country
    if country and home.kind == "authority" and aimed_later(country, folded):
        return None, home
    if country is None and (home.kind != "place" or does_so(home, folded)):
        return authority, home
    if country and (
        reacts(country, folded)
        or MAKERS.match(folded, country.end)
        or speaks_mildly(country, hits, folded)
    ):
        return None, home
    named = authority and folded[authority.start : authority.end] not in NAMESAKES
    if named or country is None or not (country.local or home.kind in SURE):
        return authority, country
    return None, home


MILD = re.compile(
    r"\b(?:regret|defend|stud(?:y|ies|ied)\b|assess|watch|monitor|compare|wants?\b|hopes?\b|fears?\b)"
)
"""What a government says of another's act that is no step against it."""


def speaks_mildly(country: Hit, hits: Sequence[Hit], folded: str) -> bool:
    """Tell whether the country that is found to act has only regretted, or studied, before."""
    for hit in hits:
        if hit.start >= country.start:
            return False
        if hit.kind == "place" and hit.value == country.value:
            told = REACTS.match(folded, hit.end)
            return PLEADS.match(folded, hit.end) is not None or bool(told and MILD.search(told[0]))
    return False


def aimed_later(place: Hit, folded: str) -> bool:
    """Tell whether a Chinese text says further on that its act is on the country first named."""
    name = folded[place.start : place.end]
    return bool(HAN.match(name)) and folded.find(f"对{name}", place.end) > 0


DOES = re.compile(
    r"\s(?:(?:has|have|had|will|to|also|again|on\s\w+day|today|this\sweek)\s){0,3}(?:adds?|added|bars?|barred|bans?|banned|puts?|delay(?:s|ed)?|impos(?:es?|ed)|extend(?:s|ed)?"
    r"|halt(?:s|ed)?|suspend(?:s|ed)?|lift(?:s|ed)?|block(?:s|ed)?|tighten(?:s|ed)?|remov(?:es?|ed)|scrap(?:s|ped)?|cuts?|rais(?:es?|ed)|slap(?:s|ped)?|lev(?:y|ies|ied)|keeps?|kept"
    r"|drop(?:s|ped)?|ends?|ended|order(?:s|ed)?|fin(?:es|ed)|approv(?:es?|ed)|renew(?:s|ed)?|prolong(?:s|ed)?|widen(?:s|ed)?|exempt(?:s|ed)?|waiv(?:es?|ed)|restrict(?:s|ed)?|curb(?:s|ed)?"
    r"|cap(?:s|ped)?|tax(?:es|ed)?|publish(?:es|ed)?|gazett(?:es|ed)|issu(?:es|ed)|releas(?:es|ed)|launch(?:es|ed)?|adopt(?:s|ed)?|introduc(?:es?|ed)|opened|opens)\b"
)
"""Behind a country or a capital that does what only a state does: Pretoria removed the charge."""


SINCE = re.compile(r"\b(?:since|after|when|before|until|while|if|because|although|as)\s(?:the\s)?$")
"""Before a country that something else was done by, or may be."""


def does_so(home: Hit, folded: str) -> bool:
    """Tell whether a country that no verb of the act was read of is the subject of such a verb."""
    if home.local or SINCE.search(folded, max(0, home.start - 24), home.start):
        return False
    return DOES.match(folded, home.end) is not None


REACTS = re.compile(
    r"(?:'s\s[\w\s]{3,40}?)?\s[\"“]?(?:asks|asked|urges|urged|protest(?:s|ed)|regrets?|regretted|condemn(?:s|ed)|slam(?:s|med)|critici[sz](?:es|ed)"
    r"|denounc(?:es|ed)|blast(?:s|ed)|mocks|mocked|derides|derided|brush(?:es|ed)\soff|shrugs\soff|dismiss(?:es|ed)|plays\sdown|deplor(?:es|ed)|laments?|complain(?:s|ed)|object(?:s|ed)|oppos(?:es|ed)|welcom(?:es|ed)|hails|applauds|cheers"
    r"|(?:respond(?:s|ed)|reacts|reacted|hits\sback)(?!\s[^.;\n]{0,60}?\b(?:with|by)\b)|calls?\s(?:on|for)|calls\s[^.;:,\n]{4,60}?[\"“]?(?:regrettable|unfair|unjust\w*|unacceptable|groundless|worn[- ]out|piracy|futile|illegal|unlawful|bullying|hypocri\w+|absurd|useless|illegitimate)"
    r"|vow(?:s|ed)\s(?:to\s(?:defend|protect|fight|respond|safeguard|challenge|retaliate|hit\sback)|[\"“]?(?:\w+\s)?(?:measures|response|steps|retaliation|countermeasures))"
    r"|(?:said\sit\s)?(?:disputes?|disputed|contests|contested)|escap(?:es|ed)|(?:is\s)?(?:spared|exempted\sfrom|let\soff)|(?:wins|won|gets|got|secures|secured|seeks)\s(?:an?\s|\w+\s)?(?:exemption|reprieve|carve-out|waiver|exception)|defends|defended|joins|faces"
    r"|(?:weighs|considers|mulls|threatens|files|to\stake)\s[^.;:,\n]{0,30}?(?:wto|complaint|legal|challenge)|to\s(?:raise|protest|complain|contest)\b"
    r"|to\sset\sup\s(?:an?\s)?task\sforce\sover|wants\s[^.;\n]{3,90}?\s(?:to\sbe\s(?:made|lifted|removed|eased|scrapped|dropped)|lifted|scrapped)|has\shad\sno|hopes|fears|braces"
    r"|(?:will\s|to\s)?(?:stud(?:y|ies|ied)|examines?|assess(?:es)?|watch(?:es)?|monitors?|compares?|looks?\s(?:at|into)|begins\schecking)\s(?:the\s)?(?:impact|effects?|fallout|consequences|implications"
    r"|(?:whether\s)?(?!its\b)(?:[\w]+(?:'s)?)\s(?:[\w-]+\s){0,2}?(?:list|curbs|rules?|law|bans?|quota|tariffs?|levy|measures?|decree|bill)(?=$|[\s.,;]))"
    r"|(?:said|says)\s(?:it|that\s(?:it|tokyo|beijing|seoul|the\s\w+))\s(?:will|would)\s(?:watch|monitor|study|follow|seek\s(?:talks|consultations|clarif\w+|an?\s(?:exemption|explanation))|raise\sit|raise\sthe|back\sits|support\sits|defend|respond|take\spart|take\sit\sto)"
    r")(?![\w-])"
    r"|(?:政府|官房长官|外务省|外长|外相|经产相)?(?:[^,。;:\s就对]{0,8})?(?:发言人|负责人)?(?:\d{1,2}日)?[:,]?(?:就[^,。;:\n]{2,40}(?:答记者问|表态|发表谈话|发表声明|答问|回应)|[就对][^,。;:\n]{2,40}(?:反对|表示(?:强烈|严重|深切|高度|坚决|遗憾|失望|不满|反对|关切|担忧|欢迎)|不满|[\"“]?深表遗憾))"
    r"|[^,。;:\s]{0,6}?[:,]?(?:回应|坚决反对|强烈反对|反对|敦促|谴责|抗议|要求[中美欧日韩英印加墨][方国盟]?(?:撤|取消|停止|纠正|解释)|批(?:大陆|民进党|[中美欧日韩英印加澳墨荷德法越泰])|驳斥|强烈不满|严正交涉)"
    r"|(?:新闻)?(?:发言人)?(?:[\u3400-\u9fff]{1,3})?谈(?!判)[^,。;:\n]{2,30}"
    r"|[^,。;:\s]{0,8}?:(?![^,。;:\s]{0,8}(?:中方|我方|双方|各方|官方|警方))[^,。;:\s]{1,4}[方国](?:政府)?(?:应|须|须|将|把|单方面|此举|的?做法|以|无理|执意|滥用|再次|近日)"
    r"|[^,。;:\s]{0,8}?:(?:[美欧日韩印加澳英墨越泰荷德法俄土巴智][^,。;:\s将拟就止消除停施]{0,5}?)对(?:华(?!为|硕|虹)|中国|我国)"
    r"|[^,。;:\s]{0,8}?:[美欧日韩印加澳英墨越泰荷德法俄土巴智波捷立][^,。;:\n]{3,24}?(?:不利于|损害|损人|破坏|违反|违背|是典型|毫无|没有任?何?(?:根据|道理)|不公)"
    r"|(?:发言人)?:[^。\n]{4,50}?(?:强烈不满|坚决反对|毫无(?:事实)?(?:依据|根据)|严重(?:破坏|损害|干扰)|采取一?切?必要措施|歧视|滥用)"
)
"""Behind who only answers another's act, or is its victim: it does nothing, so the other one acts."""


SPEAKERS = (
    r"(?:embassy|ambassador|envoy|consulate|(?:business\s|industry\s|trade\s|farm\s|car\s|steel\s|shipping\s)?lobby|chambers?(?:\sof\scommerce)?(?=\s(?:in|to|says?|said|asks?|urges?|calls?|wants?|warns?))"
    r"|chambers?\sof\scommerce|(?:trade|industry|lobby)\s(?:group|body|association)|business\s(?:group|council)s?|(?:[\w-]+\s)?union(?=\s(?:asks?|urges?|says?|calls?|wants?|protests?|slams?))|federation\sof)"
)
"""Bodies of a country that speak for it, or for its firms, and take no act of trade."""
PLEADS = re.compile(
    rf"(?:'s)?\s(?:[\w-]+\s)?{SPEAKERS}\b"
    r"|(?:'s\s[\w\s]{3,40}?)?\s(?:will\s|to\s|has\s)?(?:receiv(?:es?|ed)\s[^.;,\n]{0,30}?(?:reports?|data|notice|letter|questionnaires?)"
    r"|(?:sends?|sent|submits?|submitted|hands?|handed|provid(?:es?|ed)|presents?|presented|suppl(?:y|ies|ied))\s(?:[\w-]+\s){0,3}?(?:dossiers?|evidence|teams?|delegation|experts|samples|objections?|action\splan|replies|answers))\b"
)
"""Behind who speaks for those that an act is on, or brings forward what speaks for them: sends a
dossier to Beijing. Where nobody else is told, it is nobody's act."""


def reacts(speaker: Hit, folded: str) -> bool:
    """Tell whether a country or its office only answers another's act, or suffers it."""
    end = speaker.end
    return bool(REACTS.match(folded, end) or PLEADS.match(folded, end))


OF_GOODS_ZH = re.compile(r"[^,。;:\s]{0,4}的[^,。;:\s]{1,6}?也?(?:被)?立案")
"""Behind where goods come from on which another one opens a case: 泰国罗勇的叉车电池也立案."""


def owns_measure(
    place: Hit, goods: Mapping[int, int], folded: str, *, answered: bool = False
) -> bool:
    """Tell whether a measure behind a country is its own; goods: start -> end of goods and firms.

    Of a tariff on Chinese tyres and China's on tyres, "Chinese tyre duties" may be either.
    """
    if HAN.match(folded, place.start):
        return (
            (answered or place.end not in goods or sends_out(goods[place.end], folded))
            and (
                folded[place.start] not in "对输涉在"
                or folded.endswith("反", 0, place.start)
                or (answered and folded[place.start] == "对")
            )
            and THEIRS_ZH.match(folded, place.end) is not None
            and not OF_GOODS_ZH.match(folded, place.end)
            and not (
                aimed_at(place, folded)
                and not (answered and "对" in folded[place.start - 1 : place.start + 1])
            )
        )
    measure = THEIRS.match(folded, place.end) or (answered and CASE.match(folded, place.end))
    followed = FOLLOWED.search(folded, max(0, place.start - 24), place.start)
    if (
        not measure
        or of_package(place, folded)
        or (followed and not LISTED.match(folded, place.end))
    ):
        return False
    if EXPORTS.search(folded, place.end, measure.end()):
        return True
    return (
        answered
        or not folded.endswith(DEMONYM, place.start, place.end)
        or not any(start in goods for start in range(place.end, measure.end()))
    )


def maker_of(place: Hit, goods: Mapping[int, int], folded: str) -> bool:
    """Tell whether a country only says whose goods or firms they are, or what came before."""
    if HAN.match(folded, place.start):
        if place.end in goods and sends_out(goods[place.end], folded):
            return False
        later = folded.startswith(LATER_ZH, place.end) or MADE_ZH.match(folded, place.end)
        return place.end in goods or bool(later) or before_zh(place, folded)
    if folded.startswith(ACCUSED, place.end):
        return True
    if folded.endswith("after ", 0, place.start):
        return not (THEIR_BODY.match(folded, place.end) or DOES.match(folded, place.end))
    if MAKERS.match(folded, place.end) and not GOVERNING.match(folded, place.end):
        return True
    if not folded.endswith(DEMONYM, place.start, place.end):
        return False
    return GOVERNING.match(folded, place.end) is None


THEIR_BODY = re.compile(
    r"'s\s(?:[\w-]+\s){0,2}?(?:watchdog|regulator|ministry|minister|customs|court|commission|government|cabinet|agency|tribunal)\b"
)
"""Behind a country whose body did what a text is about: rattled after Beijing's watchdog …"""
OUTWARD_ZH = re.compile(
    r"[^,。;:\s]{0,6}?(?:(?:停|禁|禁止|限|限制|暂停|管制)出口|出口(?:管制|禁令|配额|许可|限制|关税|税|停|禁)|(?:征|加征|上调|下调|取消)出口)"
)


def sends_out(end: int, folded: str) -> bool:
    """Tell whether goods, by where they end, are a country's own, since it is their export."""
    return OUTWARD_ZH.match(folded, end) is not None


LATER_ZH = (
    "之后",
    "后,",
    "造",
    "产的",
    "的",
    "项目",
    "工厂",
    "基地",
    "子公司",
    "市场",
    "客户",
    "订单",
    "人呗",
    "那边的厂",
)
ACCUSED = ("'s acts, policies", "'s targeting", "'s act, polic")
"""Behind the country that an American investigation is about, in its title."""
GOVERNING = re.compile(
    r"\s(?:[\w-]+\s){0,2}?(?:government|cabinet|minist\w+|officials?|authorit\w+|regulators?|customs|court|judges?|parliament"
    r"|senate|senators?|lawmakers?|president|premier|prosecutors?|police|commission|agency|watchdog|tribunal|leaders?|\w{0,16}rules?|draft|decree"
    r"|licen[cs]\w+|notice|law|order|deal|reserve|approval|action|state|step|response|answer|government's)\b"
    r"|\s(?:sign|join|adopt|follow|back|agree|approve|adds?|bars?|bans?|puts?|delays?|to|will|may|plans?|moves?|sets?|imposes?|extends?|halts?|suspends?|lifts?|blocks?|seeks?|tightens?)\b"
    r"|\s(?:[\w-]+\s){0,3}?export\s"
)
"""Behind the adjective of a country whose state does something."""
