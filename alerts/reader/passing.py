"""Acts that a text tells in passing: shares fell a day after Ankara doubled the duty; Thursday's ban.

Pure. Asked only where no sentence reports an act as its news. What is told so must be of these
days: what follows from a rule of long ago tells of no act.
"""

import re
from collections.abc import Iterator, Sequence

from alerts.domain import Stage
from alerts.reader.cues import Sentence
from alerts.reader.terms import Hit

DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
CLAUSE = re.compile(
    r"\b(?P<days>(?:(?:an?|one|two|three|four|five|some|\d+|just|only|barely|less\sthan)\s){0,3}(?:days?|hours?|minutes?|a\sweek|one\sweek|two\sweeks)\s(?:after|since)"
    r"|the\s(?:day|morning)\safter|hours\safter)\s|\b(?:after|since|as|when|now\sthat|because|where)\s"
)
"""Words that such a clause begins with; how long ago it is."""
RECENT = re.compile(
    rf"\b(?:on\s{DAY}|{DAY}|today|yesterday|overnight|tonight|this\s(?:week|morning|afternoon|evening)|earlier\s(?:this\sweek|today|in\sthe\sday)|late\son)\b"
)
"""Days of news."""
NOW = re.compile(
    r"(?:[\w'’&-]+\s){1,4}?(?:bans|bars|blocks|curbs|restricts|halts|suspends|imposes|slaps|raises|doubles|hikes|cuts|lifts|scraps|ends|extends|renews|delays|defers|postpones|revokes|removes|adds|blacklists|sanctions"
    r"|tightens|widens|opens|launches|starts|closes|shuts|limits|caps|taxes|exempts|eases|allows|resumes|vetoes|orders|fines|puts|places|lists)\s"
)
"""What a headline says is being done as something else happens: shares jump as India bans exports."""
OFF = re.compile(
    r"[.;:]\s|,\s(?:said|says|according|but|while|though|although|with|and|who|which|the|a)\b|\s[-–—]\s"
)
"""Where such a clause ends."""
COMMA = re.compile(r"[,;:]\s")
"""Where it ends in front of the main clause."""
FRONTED = 12
"""Characters into a sentence in which a clause stands in front."""
NOUNS = (
    r"(?:decisions?|rulings?|listings?|designations?|orders?|decrees?|determinations?|sanctions|bans?|dut(?:y|ies)|tariffs?|hikes?|extensions?|curbs|controls?|measures?|actions?|steps?|moves?"
    r"|restrictions?|lev(?:y|ies)|suspension|requirements?|rules?|proclamation|vetoe?s?|revocation|embargo|halt|quotas?|surcharge|probe|investigation|inquiry|blacklisting|penalt(?:y|ies)|fines?)"
)
TODAYS = re.compile(
    rf"\b(?:{DAY}|today|yesterday|this\sweek|tonight|last\s(?:night|{DAY}))['’]s\s(?!(?:[\w'’-]+\s){{0,4}}?(?:draft|proposed|planned|possible|threatened|expected|court|fed|rate|hearing|vote|meeting)\b)"
    rf"(?:[\w'’/%.-]+\s){{0,5}}?(?P<what>{NOUNS})\b"
    rf"|\b(?:ban|sanctions|duty|duties|curbs|controls|listing|order|decree|tariffs?|levy|restriction|restrictions|suspension|move|action|step|ruling|decision)\s(?:(?:announced|imposed|issued|decreed|taken|made|published|set)\s)?(?:on\s|late\s){{0,2}}(?P<day>{DAY}|yesterday|this\sweek)\b"
)
"""A measure of these days: Thursday's sanctions, this week's extension, the order on Monday."""
SENTENCES = 3
"""Sentences in which an act is told in passing."""


def clauses(sentences: Sequence[Sentence], folded: str) -> Iterator[Sentence]:
    """Yield the clauses of time and reason that tell of these days, each as a sentence."""
    for sentence in sentences[:SENTENCES]:
        for opener in CLAUSE.finditer(folded, sentence.start, sentence.end):
            fronted = opener.start() - sentence.start < FRONTED
            off = (COMMA if fronted else OFF).search(folded, opener.end(), sentence.end)
            end = off.start() if off else sentence.end
            running = opener[0] == "as " and sentence.start == 0 and NOW.match(folded, opener.end())
            if not (opener["days"] or running) and not RECENT.search(folded, opener.end(), end):
                continue
            hits = tuple(hit for hit in sentence.hits if opener.end() <= hit.start < end)
            yield Sentence(opener.end(), end, hits)


def todays(sentence: Sentence, folded: str) -> Hit | None:
    """Return the measure of these days that a sentence names."""
    found = TODAYS.search(folded, sentence.start, sentence.end)
    if found is None or sentence.of("cue", "hypothetical", "deny", "weigh", "genre", "roundup"):
        return None
    return Hit(found.start(), found.end(), "cue", "adopt")


MADE = (
    Stage.ADOPTED,
    Stage.IN_EFFECT,
    Stage.WITHDRAWN,
    Stage.SUSPENDED,
    Stage.DELAYED,
    Stage.ENFORCED,
)


def about_trade(sentences: Sequence[Sentence]) -> bool:
    """Tell whether sentences name an instrument, and goods or a firm."""
    return any(s.of("instrument") for s in sentences) and any(
        s.of("item") or s.of("company") for s in sentences
    )
