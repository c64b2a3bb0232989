"""Clauses that are not the news: what only leads up to an act, explains it, or says what it is for.

Pure. Whether a word is a verb at all, and a government's, is told in cues.py.
"""

import re
from collections.abc import Sequence

from alerts.reader.cues import Sentence
from alerts.reader.everyday import DIRECTED
from alerts.reader.terms import HAN, Hit

FRONTED = re.compile(
    r"\W*having\s\w+[^,;]{4,160},\s|\W*(?!the following)(?:(?:just|only|barely|nearly|almost|about|some|\w+)\s)?(?:(?:an?\s)?(?:day|week|month|year|hour|decade|minute)s?\s)?"
    r"(?:shortly\s|soon\s|even\s|just\s|immediately\s|long\s)?"
    r"(?:after|since|when|while|although|though|following|despite|before|until|ever\ssince|because)\b"
    r"[^,;]{8,160},\s"
    r"|\W*(?:昨[天晚日]|前天|上周|上个?月)[^,。;]{2,24},(?=(?:今[天早晚日]|这周|本周|这个?月|本月|这[回次]|现在))"
    r"|\W*(?:继|在|自从|自(?![^,。;]{2,24}起[^,。;])|随着|虽然|尽管|鉴于|由于|因)[^,。;]{4,80}?(?:之后|后|以来|之际|同时|来|的情况下)?,"
)
"""A clause in front of the main one: what happens there is not the news."""
CONDITION = re.compile(
    r"\W*(?:but |and |so |only |even )?(?:if|unless|every\stime|each\stime|whenever|should|were|had|suppose|imagine|assuming|provided)\b"
    r"|\W*(?:要是|如果|假如|倘若|假使|若是|若(?!干)|一旦|万一|哪天|除非|只要)"
)

LOOK_BACK = re.compile(
    r"\W*(?:over|in|during|for|within)\s(?:the\s)?(?:past|last)\s(?:\w+\s)?(?:years?|months?|decades?)\b"
    r"|\W*(?:近|过去|这)?[一二两三四五六七八九十几\d]+(?:年|个月)(?:以来|多来|来|间|里),?"
    r"|\W*(?:今年|年初|年内|(?:今年)?\d{1,2}月份?)(?:以来)?,?(?:已有|已经有|累计有|先后有|共有)"
)
"""How a sentence opens that sums up what has been done in years."""
OPENER = re.compile(
    r"\b(?:after|since|when|because|before|until|once|although|while|now that|so that|in case|lest|despite|amid|besides"
    r"|(?:hope[sd]?|hopeful|hoping|confident|optimistic|doubt(?:s|ed|ful)?|wish(?:es|ed)?|unclear|unlikely) (?:that|whether|if)"
    r"|(?:hope[sd]?|fear(?:s|ed)?|bets?)(?!\s(?:to|of|for)\b)|(?<!in )(?<!of )the (?:day|time|moment|week|month|year)(?: that| when)?"
    r"|(?:asks?|asked|wonders?|explains?|explained|know) (?:\w+ ){0,3}?(?:how|why)"
    r"|on (?:talk|speculation|hopes|bets|expectations|fears|worries|signs) (?:that|of|for)"
    r"|(?P<felt>welcom|prais|condemn|criticis|criticiz|denounc|protest|deplor|oppos|regret|slamm?|blast|applaud|resent|cheer|hail|celebrat|lament|mourn|object)(?:e?[sd]|ing|e)?[\"”]?(?: (?:at|against|to))?)\s(?!as |after |when |and |but )"
)
CLAUSE_END = re.compile(r"[,;:—(]|\s[-–]\s")
OWING_ZH = re.compile(
    r"(?:未|没有?|不会|并未)因(?:为|被)?[^,。;:]{0,6}$|(?:阻止|否决|阻挠|阻挡)欧盟[^,。;:]{0,12}$"
)
"""Before what somebody says that it does not suffer from (未因列入清单受影响), or that one member
keeps a bloc from."""
SINCE_THEN = re.compile(r"[^,。;:!?]{0,14}?后(?![续果者端门台方勤])")
"""Behind what was done to somebody, before what became of it: 被列入清单后更名."""
PLEA_ZH = re.compile(
    r"(?:建议|要求|呼吁|请求|希望|敦促|游说|恳请|促请|吁|盼|期待|渴望)(?:[^,。;:、\s]{0,4}?(?:政府(?!机构|部门|机关)|当局|国会|总统|首相|总理)"
    r"|[\u3400-\u9fff]方(?![面案式法向]))|致信[^,。;:]{2,16}?(?:要求|敦促|呼吁|促)|(?:企业|[^通协会]商|议员|协会|工会|行业|农民|业者|专家|学者)(?:们)?(?:要求|呼吁|建议|请求|希望|敦促|主张|期望)(?!企业)|(?:市场|分析师|机构|业内|外界|投行)(?:人士|普遍)?(?:预计|预期|预测|料|认为|猜测)"
)
ASKED_ZH = re.compile(
    r"(?:等待|等候|静待|游说|押注|预测|猜测|抗议|反对|谴责|批评|不满|痛批|抨击|欢迎|指责|要求|呼吁|请求|希望|敦促|恳请|促请|吁|盼|期待|渴望|(?<![有失绝展观])望)$"
)
"""Who is asked by others to do something, which is not done by that."""
THEIR_FIRMS = (
    "企业",
    "公司",
    "银行",
    "车企",
    "供应商",
    "制造商",
    "进口商",
    "出口商",
    "厂商",
    "用户",
    "籍",
    "产",
)
"""What a government asks of those is its own act."""
ASIDE = re.compile(r",\s(?:which|who|whose)\s[^,;.]{3,110}(?:,\s|$)")
"""A relative clause between commas, which tells who somebody is."""
THEIR_OWN = re.compile(
    r"\b(?:tariffs?|dut(?:y|ies)|bans?|rules?|quotas?|lists?|curbs|controls?|measures?|orders?|lev(?:y|ies)|fees?|sanctions|restrictions?|licen[cs]es?"
    r"|laws?|decrees?|requirements?|moratorium|surtax|surcharge|limits?|notices?|deadline)\s(?:that|which)\s[^,;:.]{2,28}?$"
)
"""A measure that somebody took, behind which the sentence goes on: the quota that Congo imposed."""
RUNS_OUT = re.compile(
    r"\b(?:tariffs?|dut(?:y|ies)|bans?|rules?|quotas?|measures?|safeguards?|status|waivers?|licen[cs]es?|controls?|regime|system|scheme)\s(?:that|which)\s(?:is\s|are\s|has\s|have\s|will\s|was\s|were\s)?(?:ends?|expires?|lapses?|ended|expired|lapsed|withdrawn|scrapped)$"
)
"""What another measure follows: the safeguard which ends on 30 June."""
JUST_NOW = re.compile(
    r"[^,;.]{0,40}?\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|this (?:week|month|morning)|has|now)\b"
)
"""Days that make news of what stands in a relative clause all the same."""
SUBJECT = 8
"""Characters behind a clause's comma within which a country is the subject of the next."""
AFTERWARDS = re.compile(
    r"[^,。;:]{0,10}?(?:至今|后(?=订单|销量|出口|价格|生意|股价|业绩|市场|进口|需求|来华))"
    r"|[^,。;:]{0,20}?(?:影响(?:有限|不大|较小|可控|甚微)|影响,|毫无道理|是(?:个|一个)?错误|不明智|无济于事|毫无依据|站不住脚|损人害己|霸凌|违反世贸|违反国际|于法无据"
    r"|不得人心|缺乏(?:事实)?依据|没有依据|表示(?:遗憾|失望|反对|不满|关切|欢迎|抗议)|严正交涉)"
    r"|[^,。;:]{0,20}?(?:属(?:于)?另(?:一|案|外)|是另(?:一|外)|另案|是两码事|不是一回事)"
    r"|[^,。;:]{0,10}?(?:清单|名单|管制|制裁|措施|禁令)?(?:对|未对|不会对)(?:公司|本公司|我司|我们|集团|企业|生产|业绩)[^,。;:]{0,16}?(?:影响|冲击)"
    r"|[^,。;:!?]{0,16}?(?:之后|以后|以来|过后|(?<![延推押落幕背今最])后|之前)(?:[,\s]|$)"
)
"""What stands behind a verb that is only when something else happened, or what is complained of."""

INFINITIVE = re.compile(
    r"\b(?:set|due|poised|plan|decid|agree|vot|about|going|has|have|had|need|read[yi]|order|tell|told|requir|instruct|direct|mov"
    r"|resolv|intend|intent|want|wish|aim|vow|threat|pledg|promis|propos|prepar|gear|start|beg[au]n|begin|continu|rul|law|bill|office|department|ministry|chamber|government|commission|cabinet|parliament|decree|measure|decision"
    r"|deal|agreement|pact|notice|package|step|first|last|latest|next|right|power|regulation|act|it|is|are|be|was|were|will|would)"
    r"\w*(?:\s[^\s.,;:]+){0,2}?\sto\s$"
)
"""Words behind which "to ban" says what is done, not what for."""
TO_DO = 24
"""Characters between a government's name and "to ban" if it is the subject."""
HEADED = 80
HEAD = re.compile(r"(?:.*[:;,—–|*]\s?)?(?:rt\s@\w+:?\s)?(?:[^\s]+\s)?", re.DOTALL)
"""What can stand before the subject of a headline's "to ban"."""
SUBJECTS = ("authority", "place", "sign", "company")

TELLS_WHICH = re.compile(
    r"\b(?:an?|the|its|their|this|that|these|those|last year's|(?<!has )(?<!have )(?<!had )(?:recently|newly|now|once|long)|\w+'s|of|for|with|on|over|about|under|into)\s$"
)
"""Words between which and a noun a participle tells which one is meant: the suspended rule."""
NOUN_BEHIND = re.compile(
    r"\s(?!by\b|on\b|in\b|from\b|to\b|for\b|until\b|after\b|the\b|its\b|an?\b|all\b|as\b|at\b|with\b|and\b|\d)[a-z][a-z'-]{2,}"
)
PARTICIPLES = ("withdraw", "suspend", "delay", "ease", "enforce")


def tells_which(cue: Hit, folded: str) -> bool:
    """Tell whether a participle only says which thing is meant: a quashed duty, the lapsed ban."""
    if cue.value not in PARTICIPLES or not folded.endswith(("ed", "wn", "en"), cue.start, cue.end):
        return False
    return bool(
        TELLS_WHICH.search(folded, max(0, cue.start - 14), cue.start)
        and NOUN_BEHIND.match(folded, cue.end)
    )


MEASURE_TAKEN = re.compile(
    r"\b(?:prohibition|ban|bans|dut(?:y|ies)|tariffs?|lev(?:y|ies)|surtax|quotas?|curbs|controls?|restrictions?|measures?|sanctions|embargo|moratorium|requirements?|suspension|safeguards?|fees?)\s$"
)
"""Right before what was done with it: the prohibition imposed by Notification No. 44 is removed."""
BY_DOING = re.compile(r"[^.;]{0,90}\sby\s$")


def is_participle(verb: Hit, folded: str) -> bool:
    """Tell whether a verb may only say which measure is meant."""
    if folded.endswith("ing", verb.start, verb.end):
        return True
    told = folded.endswith("ed", verb.start, verb.end)
    before = max(0, verb.start - 16)
    return told and MEASURE_TAKEN.search(folded, before, verb.start) is not None


def subordinate(cue: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether a cue stands in a clause that only gives the time or the reason: after it banned."""
    if HAN.match(folded, cue.start):
        undergone = "被" in folded[max(sentence.start, cue.start - 8) : cue.start]
        after = AFTERWARDS.match(folded, cue.end, sentence.end) or (
            undergone and SINCE_THEN.match(folded, cue.end, sentence.end)
        )
        owing = OWING_ZH.search(folded, max(sentence.start, cue.start - 18), cue.start)
        return bool(after or owing) or pleaded_for(cue, sentence, folded)
    if aside(cue, sentence, folded):
        return True
    openers = list(OPENER.finditer(folded, max(sentence.start, cue.start - 90), cue.start))
    if openers and openers[-1]["felt"] and folded.endswith((" and ", " but "), 0, cue.start):
        # Who condemns one thing, and does another.
        return False
    return bool(openers) and not CLAUSE_END.search(folded, openers[-1].end(), cue.start)


def aside(cue: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether a cue stands in a relative clause that is not the news."""
    first, last = max(sentence.start, cue.start - 120), min(sentence.end, cue.end + 120)
    around = folded[first:last]
    if " wh" not in around and " that " not in around:
        return False
    if JUST_NOW.match(folded, cue.end, sentence.end):
        return False
    if any(
        clause.start() < cue.start < clause.end() for clause in ASIDE.finditer(folded, first, last)
    ):
        return True
    if cue.value == "withdraw" and RUNS_OUT.search(folded, max(0, cue.start - 60), cue.end):
        return True
    theirs = THEIR_OWN.search(folded, max(sentence.start, cue.start - 50), cue.start)
    return theirs is not None and any(
        theirs.start() < hit.start < cue.start
        for hit in sentence.hits
        if hit.kind in ("place", "authority")
    )


FELT_ZH = ("谴责", "批评", "抗议", "反对", "不满", "痛批", "抨击", "欢迎", "指责")


def pleaded_for(cue: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether a government is asked for what a Chinese cue says, by somebody else.

    Not where it is a firm of a town that is told to be sold: 要求深圳某公司出售股权.
    """
    sold = sentence.of("instrument", "investment restriction")
    if any(hit.start == cue.start for hit in sold):
        return False
    ahead = max(sentence.start, cue.start - 40)
    ends = [
        plea.end()
        for plea in PLEA_ZH.finditer(folded, ahead, min(sentence.end, cue.end + 8))
        if plea.start() <= cue.start
    ]
    for hit in sentence.hits:
        if hit.kind in ("place", "authority") and ahead <= hit.start <= cue.end + 2:
            start = hit.start + folded.startswith("对", hit.start)  # 反对欧盟 names 对欧盟
            asked = ASKED_ZH.search(folded, ahead, start)
            if asked is None and start != hit.start:
                asked = ASKED_ZH.search(folded, ahead, hit.start)
            if not asked or asked.start() > cue.start or folded.startswith(THEIR_FIRMS, hit.end):
                continue
            # Who condemns one thing, and does another: 谴责伊朗并制裁五名官员.
            if asked[0] not in FELT_ZH or "并" not in folded[hit.end : cue.start]:
                ends.append(hit.end)
    return any(not re.search("[,。;:]", folded[end : cue.start]) for end in ends)


def background(sentence: Sentence, folded: str) -> int:
    """Return where the clause that opens a sentence ends if it is not the news, else its start.

    Such a clause tells what went before, or a condition. Where no government is named behind a
    condition, the sentence is nothing but supposed.
    """
    fronted = FRONTED.match(folded, sentence.start, sentence.end)
    if fronted:
        return fronted.end()
    if LOOK_BACK.match(folded, sentence.start, sentence.end):
        return sentence.end
    if CONDITION.match(folded, sentence.start, sentence.end):
        comma = folded.find(",", sentence.start, sentence.end)
        ruled = comma > 0 and any(
            hit.start > comma and (hit.kind == "authority" or hit.start <= comma + SUBJECT)
            for hit in sentence.hits
            if hit.kind in ("authority", "place")
        )
        return comma + 1 if ruled else sentence.end
    return sentence.start


SPEAKER = re.compile(
    r"\W{0,8}(?:[^\s:]{1,40}\s){0,5}?(?:boss|ceos?|cfo|executives?|analysts?|economists?|traders?|growers?|farmers?|miners?|(?!law|policy)\w*makers?|lobby|association"
    r"|experts?|think[- ]tank|survey|poll|lawyers?|columnist|editorial|opinion|analysis|explainer|fitch|moody's|goldman(?: sachs)?)(?:\s\w+)?:\s"
    r"|\W{0,8}(?:[^\s:]{1,40}\s){0,3}?(?:ex-|former\s)[^:,.;]{3,30}:\s"
    r"|[^,。;:\s]{0,12}(?:企业|公司|商社|厂商|粮商|商会|协会|业者|业内|专家|学者|分析师|律师|律所|网友|高管|董事长|总裁|券商|投行|智库|社论|评论|观点|农民|外贸人"
    r"|车企|矿商|贸易商|经济学家|教授|研究员|民调|分析|解读|读者|博主|前(?:总理|总统|首相|部长|官员|高官|副部长)):"
)
"""Who speaks in a headline and is none that acts: what follows is said, asked or thought."""


RIVALS = (
    "opposition",
    "shadow ",
    "candidate",
    "challenger",
    "hopeful",
    "front-runner",
    "frontrunner",
)
RIVAL = re.compile(
    r"\W*(?:[\w.'’-]+\s){0,4}?(?:opposition|shadow\s(?:minister|chancellor|treasurer|trade|foreign|secretary)|(?:presidential|mayoral|party|senate)?\s?candidate|challenger|hopeful|front-?runner)\b"
    r"[^,.;:]{0,40}?\b(?:says?|said|vows?|vowed|pledge[sd]?|promise[sd]?|wants|would|floats?|proposes?|plans?)\b"
)
"""Who would do so if he governed."""
ADVISED = re.compile(
    r"(?<!white\s)(?<!green\s)\b(?:policy\sbriefs?|papers?|stud(?:y|ies)|think[- ]tanks?|scholars?|researchers?|academics?|professors?|bruegel|economists?|analysts?|op-ed|editorial|essay|columnists?|consultants?)\s"
    r"(?:also\s)?(?:propos|recommend|suggest|argu|advis)\w*"
)
"""Who only advises, in writing or not: a policy brief proposes."""
DECIDING = ("adopt", "withdraw", "suspend", "delay", "enforce", "propose", "intend")


def by_outsider(live: Sequence[Hit], sentence: Sentence, folded: str) -> bool:
    """Tell whether a headline opens with somebody who speaks for no government.

    Unless something is done to them before the colon, or an authority comes right behind it: good
    news for gun makers: BIS has rescinded a rule.
    """
    if any(word in folded for word in RIVALS) and RIVAL.match(folded, sentence.start, sentence.end):
        return True
    plans = [cue for cue in live if cue.value == "propose"]
    if plans and ADVISED.search(folded, sentence.start, min(sentence.end, plans[0].end)):
        return True
    if folded.find(":", sentence.start, sentence.start + 60) < 0:
        return False
    speaker = SPEAKER.match(folded, sentence.start, sentence.end)
    if speaker is None:
        return False
    done = any(cue.start < speaker.end() and cue.value in DECIDING for cue in live)
    acts = any(hit.start <= speaker.end() + 1 < hit.end for hit in sentence.of("authority"))
    return not done and not acts


def purpose(cue: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether "to" and a bare verb say what something is for: closes a port to clear sheet."""
    if cue.value not in DIRECTED or not folded.endswith("to ", sentence.start + 6, cue.start):
        return False
    if INFINITIVE.search(folded, max(sentence.start, cue.start - 60), cue.start):
        return False
    named = [hit for hit in sentence.hits if hit.kind in SUBJECTS and hit.start < cue.start]
    if not named or cue.start - named[-1].end > TO_DO:
        return True
    # Not from the sentence's start: a long one would be looked through from each colon on.
    start = max(sentence.start, named[-1].start - HEADED)
    return not HEAD.fullmatch(folded, start, named[-1].start)


IN_DOUBT_ZH = re.compile(
    r"为什么|为何|会不会|是不是|是否|难道|怎么|如果|要是|万一|谁|吗|如何|何时|哪|听说|据说|传|假如|若|十年|多年|[快近满][一二两三半]年"
)
"""What makes a question of all that stands before its mark."""
REALLY_ZH = re.compile(
    r"真的|真假|是不是|属实|靠谱|可信|谣言|消息|这回事|对吧|对吗|有没有[^,。;]{0,6}(?:证实|官宣|官方|听说)|是真|还是|(?:有|是|对|真|确定|可能|可以|通知|知道|看到|听说|收到|现在|意味|算)[^,。;]{0,8}吗|([行好])不\1|[会能要]不[会能要](?:真|是|成真|落地|取消|变|改|黄|算)"
)
"""Who asks so doubts what is told before it."""


OPINED_ZH = re.compile(r"(?:大家)?(?:如何|怎么|怎样)(?:看待|评价|理解|解读|看)(?!的)")
"""How a question opens that asks what others think of what it then tells: 如何看待商务部宣布…"""


def before_question(sentence: Sentence, folded: str) -> Sentence | None:
    """Return the part of a Chinese sentence that is told before what is asked in its last clause.

    So of 鳞片石墨不让出口了，利好谁？; None where all of it is asked, or doubted.
    """
    if opined := OPINED_ZH.match(folded, sentence.start):
        return told_of(sentence, opined.end(), folded)
    comma = folded.rfind(",", sentence.start, sentence.end)
    comma = max(comma, folded.rfind("。", sentence.start, sentence.end - 1))
    if comma < 0 or not HAN.search(folded, sentence.start, sentence.end):
        return None
    if IN_DOUBT_ZH.search(folded, sentence.start, comma) or REALLY_ZH.search(
        folded, comma, sentence.end
    ):
        return None
    told = tuple(hit for hit in sentence.hits if hit.end <= comma)
    return Sentence(sentence.start, comma, told) if told else None


def told_of(sentence: Sentence, start: int, folded: str) -> Sentence | None:
    """Return what a question tells that asks for opinions of it; None if others may only do it."""
    comma = folded.find(",", start, sentence.end)
    end = comma if comma > 0 else sentence.end
    if IN_DOUBT_ZH.search(folded, start, end):
        return None
    told = tuple(hit for hit in sentence.hits if start <= hit.start and hit.end <= end)
    named = any(hit.kind in ("authority", "place") for hit in told)
    return Sentence(start, end, told) if named else None
