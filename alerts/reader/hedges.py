"""How sure the text below a headline makes what that says: heard, still a draft, or decided.

Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from alerts.domain import Stage
from alerts.reader.cues import Sentence, idle
from alerts.reader.everyday import DIRECTED
from alerts.reader.stage import Surroundings, Verdict
from alerts.reader.terms import Hit

PRESS = (
    r"(?:nikkei(?: asia)?|reuters|bloomberg(?: news)?|wsj|ft|financial times|kyodo|yonhap|handelsblatt|politico|axios|caixin|nyt"
    r"|new york times|washington post|scmp|semafor|the information|le monde|les echos|der spiegel|jiji|asahi|yomiuri|media|press|report|sources?)"
)
LINK = r"\W*(?:https?://\S+[^.;:]*)?"
"""What stands behind the last word of a headline that somebody shares."""
UNNAMED = re.compile(
    rf"(?:,\s|\s?[-–—]\s?)((?:\w+\s)?(?:officials?|diplomats?|envoys|insiders|executives)(?:\s(?:say|said|says))?(?:\sprivately)?){LINK}$"
    rf"|\s[-–—|]\s?({PRESS}){LINK}$|,\s((?:\w+\s)?{PRESS})\s(?:says?|said|reports?|reported|writes){LINK}$"
)
HEARD = re.compile(
    rf"\W*(?:breaking:?\s|exclusive:?\s)?({PRESS}|(?:two|three|four|some|several|eu|us|u\.s\.)\s(?:\w+\s)?(?:officials|diplomats|sources|insiders|executives))(?=:\s)"
    r"|(彭博|路透|日经|日经新闻|共同社|韩联社|华尔街日报|金融时报|英媒|德媒|法媒|外媒|日媒|韩媒|美媒|媒体)(?=:)"
)
"""Who told of it at the end of a headline, or in front of it, and is no authority."""


DRAFTED = re.compile(
    r"\W*(?:under\s)?(?:the|this|a|an|its|that)\s(?:(?:\w+\s)?(?:proposal|draft)|proposed\s\w+)\b(?!\s(?:of|was first))|\W*comments?\s(?:are|is)\s(?:open|due|invited)\b"
    r"|\W*the\s(?:public\s)?consultation\b"
    r"|[^。;]{0,50}?(?:委员会|贸委会|贸易局|商工省|ktc)[^,。;]{0,12}建议[^,。;]{0,24}?(?:征收|加征|课征|实施)"
)
"""How the sentence below a headline calls what that told of as done."""
MADE = re.compile(
    r"\b(?:adopted|approved|final|passed|in force|takes effect|took effect|signed|gazetted)\b"
)

PENDING = re.compile(
    r"(?:^|[.;!]\s)\W*needs\s(?:the\s)?(?:eu\s)?(?:council|congress|parliament|senate|duma|diet|lawmakers|member\sstates|ministers)\b"
    r"|\b(?:still|yet)\s(?:needs|requires|awaits|must\sget|has\sto\s(?:get|win))\s(?:[\w'’-]+\s){0,4}?(?:approval|consent|backing|sign-off|signature|vote|assent|ratification|nod)\b"
    r"|\b(?:has|have)\syet\sto\sbe\s(?:approved|adopted|signed|passed|ratified|gazetted)\b"
    r"|\b(?:comments|submissions)\s(?:are\s)?(?:open\s|invited\s)?(?:till?|until|through)\s"
    r"|\b(?:consultation|feedback)\s(?:is\s|are\s|period\s)?(?:open\s|due\s|invited\s)?(?:till?|until|through|by|close[sd]?|ends?|runs?)\s"
    r"|\bto\sbe\s(?:decided|finali[sz]ed|voted\son|submitted\sto\s(?:parliament|congress|cabinet))\b"
)
"""What a text says of an act that somebody has yet to agree to, or to be heard on."""
PENDING_ZH = re.compile(
    r"(?:还要|还需|尚需|仍需|还得|还在|有待|尚待|须经|待|等)(?:经|由|等|交|获)?[^,。;:]{0,6}?(?:国会|议会|参议院|众议院|理事会|内阁|成员国|两院|立法院)[^,。;:]{0,6}?(?:过|批准|表决|审议|讨论|签署|同意|点头|投票|审)"
    r"|(?:日|月底|月)(?:前|之前|为止)收意见|征求意见(?:截至|至|到)"
)
OPEN_STEMS = ("needs", "still", " yet", "consult", "comment", "feedback", "submission", "to be ")
BIDS = ("ask", "tell", "told", "urge", "instruct", "advise")
"""What is said to firms behind closed doors, and only the press tells."""
AFTER_HEARING = re.compile(r"\bafter\san?\s[\w-]+\sconsultation\b")
TO_DO = re.compile(r"\W*(?:[\w'’.-]+\s){1,3}to\s")
"""How a headline opens that has it in the future: Ottawa to put a surtax."""
INQUIRY = re.compile(
    r"\b(?:probes?|investigat\w+|inquiry|review|section\s(?:232|301))\b|调查|立案|复审"
)
"""What comments are asked on after it has begun."""
RUMOUR = re.compile(
    r"\W*(?:just\s|i'm\s|we're\s|am\s)?hearing(?:\sthat)?\s(?!on\b|set\b|in\b|date|for\b|held|scheduled|begins|opens)"
)
TAIL = 110
"""Characters before the end of a headline in which it says who tells so, with a link."""
MARKET = re.compile(
    rf"(?:,|\s[-–—])\s(?:(?:two|three|four|several|some|local|industry|trade|shipping)\s)?(?:traders|dealers|brokers|shippers|importers|exporters|refiners|millers|mills|smelters|market\ssources|(?:industry|trade|market|shipping)\ssources|market\sparticipants)"
    rf"\s(?:say|said|tell\s\w+){LINK}[.!]?\s*$"
)
"""Who tells of an act at the end of a headline and only deals in the goods."""
SETTLED_ZH = re.compile(
    r"(?:发布|公布|印发|刊登|签署|下发)了?[^,。;:]{0,10}?(?:通知|公告|通报|法令|命令|决定|政令|决议|令|公报)"
)
SETTLED = re.compile(
    r"\b(?:signed|issued|published|gazetted|approved|adopted)\s(?:an?|the)\s(?:[\w-]+\s)?(?:decree|order|resolution|notice|notification|regulation|ordinance|proclamation|circular)\b|"
    r"\bthe\s(?:\w+\s)?(?:dut(?:y|ies)|tariff|rule|ban|order|measure|levy|change|fee|curb|quota)\s(?:starts?|applies|takes?\seffect|enters?|begins?|bites?)\b"
    r"|\b(?:come|comes|came)\sunder\scontrol\s(?:on|from)\b|\b(?:is|are|was|were|been)\s(?:hit\s|charged\s|levied\s)?(?:printed|gazetted|signed\s(?:on|by)|(?:hit|due)\sfrom)\b|\bfrom\s(?:noon|midnight)\b"
    r"|\b(?:decision|decree|order|resolution)\s(?:was|were)\s(?:taken|issued|published|signed)\b|\b(?:chamber|cabinet|commission|ministry|government|council)\s(?:\w+\s)?(?:decided|ruled|decreed|approved|ordered)\b"
    r"|\b(?:notice|decree|announcement|decision|circular)\s(?:that\s(?!would)|of\s\w+day)"
)
"""What the next sentence says of an act that its headline has in the future, as the press writes."""
OPEN_YET = re.compile(
    r"\b(?:drafts?|proposals?|proposed|propose|plans?|planned|would|could|may|might|if|once|bill|votes?|consult\w*|comments?|expected|considers?|sources|recommend\w*)\b"
)
FORMAL = ("propos", "提议")


def hedged(
    sentence: Sentence,
    verdict: Verdict,
    sentences: Sequence[Sentence],
    folded: str,
    around: Surroundings,
) -> Verdict:
    """Make a plan hearsay if the next sentence says who it was heard from, whom nobody named."""
    if around.official:
        return verdict
    loose = verdict.stage is Stage.ADOPTED or (
        verdict.stage is Stage.REPORTED and verdict.cue is not None and verdict.cue.value == "weigh"
    )
    if loose and sentence.start == 0:
        # What the next sentence calls a draft is not made yet, though its headline says so.
        for part in sentences[1:3]:
            drafted = DRAFTED.match(folded, part.start, part.end)
            if drafted and not MADE.search(folded, sentence.start, part.end):
                draft = Hit(part.start, drafted.end(), "cue", "propose")
                return replace(verdict, stage=Stage.PROPOSED, cue=draft)
    if verdict.stage in UNSURE and (doubt := doubted(sentence, verdict, sentences, folded)):
        return doubt
    if sentence.start > 0 and verdict.stage in (Stage.PROPOSED, Stage.ADOPTED):
        # What a headline only heard, the text below it has not seen either.
        for cue in sentences[0].of("cue", "report"):
            if not idle(cue, sentences[0], folded, around.old):
                return replace(verdict, stage=Stage.REPORTED, cue=cue)
    if verdict.stage is not Stage.PROPOSED or sentence.start > 0:
        return verdict
    told = HEARD.match(folded) or UNNAMED.search(folded, sentence.start, sentence.end)
    # An agency that tells of a formal proposal only signs its headline.
    formal = verdict.cue is not None and folded.startswith(FORMAL, verdict.cue.start)
    if told and not (formal and re.fullmatch(PRESS, told[told.lastindex or 0])):
        heard = Hit(*told.span(told.lastindex or 0), "cue", "report")
        return replace(verdict, stage=Stage.REPORTED, cue=heard)
    for part in sentences[1:3]:
        for cue in part.of("cue", "report"):
            if not idle(cue, part, folded, around.old):
                return replace(verdict, stage=Stage.REPORTED, cue=cue)
    return settled_below(verdict, sentences[1:3], folded)


UNSURE = (Stage.ADOPTED, Stage.SUSPENDED, Stage.WITHDRAWN, Stage.REPORTED)


def doubted(
    sentence: Sentence, verdict: Verdict, sentences: Sequence[Sentence], folded: str
) -> Verdict | None:
    """Return what is told as done as hearsay or a plan, if the text tells it is no more; and what
    a headline only heard as done, if the text below has it printed."""
    below = [part for part in sentences if part.start > sentence.start][:2]
    if verdict.stage is Stage.REPORTED:
        heard = verdict.cue is not None and verdict.cue.value == "report"
        made = verdict.verb is not None and verdict.verb.value in DIRECTED
        printed = any(SETTLED_ZH.search(folded, part.start, part.end) for part in below)
        sure = heard and made and printed and sentence.start == 0
        return replace(verdict, stage=Stage.ADOPTED, cue=verdict.verb) if sure else None
    last = max(sentence.start, sentence.end - TAIL)
    told = MARKET.search(folded, last, sentence.end) or RUMOUR.match(folded)
    verb = verdict.verb
    if told is None and verb and folded.startswith(BIDS, verb.start):
        told = UNNAMED.search(folded, sentence.start, sentence.end)
    if (
        told
        and sentence.start == 0
        and not any(SETTLED.search(folded, part.start, part.end) for part in below)
    ):
        return replace(verdict, stage=Stage.REPORTED, cue=Hit(*told.span(), "cue", "report"))
    end = below[-1].end if below else sentence.end
    open_yet = open_in(sentence.start, end, folded) if verdict.stage is Stage.ADOPTED else None
    if open_yet is None or MADE.search(folded, sentence.start, end):
        return None
    if INQUIRY.search(folded, 0, sentence.end):
        return None
    return replace(verdict, stage=Stage.PROPOSED, cue=Hit(*open_yet.span(), "cue", "propose"))


def open_in(start: int, end: int, folded: str) -> re.Match[str] | None:
    """Return the words between two places that tell that an act is not made yet."""
    found = None
    if any(stem in folded for stem in OPEN_STEMS):
        found = PENDING.search(folded, start, end)
        if found is None and TO_DO.match(folded, start, end):
            found = AFTER_HEARING.search(folded, start, end)
    return found or (None if folded.isascii() else PENDING_ZH.search(folded, start, end))


def settled_below(verdict: Verdict, below: Sequence[Sentence], folded: str) -> Verdict:
    """Make an act of what a headline has in the future if the text below has it decided."""
    if verdict.stage is not Stage.PROPOSED or verdict.verb is None:
        return verdict
    if verdict.verb.value not in DIRECTED:
        return verdict
    for part in below:
        decided = SETTLED.search(folded, part.start, part.end)
        if decided and not OPEN_YET.search(folded, part.start, part.end):
            return replace(verdict, stage=Stage.ADOPTED)
    return verdict
