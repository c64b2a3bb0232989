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

SETTLED = re.compile(
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
