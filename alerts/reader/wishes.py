"""What somebody asks for, hopes for, wants or does not get: the words of an act, and none.

Pure.
"""

import re

from alerts.reader.terms import Hit

PLEA = re.compile(
    r"\b(?:ask|sue|suing|urge|wait|press|call|want|lobb|beg(?!in|an|un)|plead|petition|request|hope|able|free|enough|time|power|right|authority"
    r"|mandate|reluctan|refus|fail|declin|unlikely|tr(?:y|ies|ied)|attempt|pressure|afraid|hard|difficult|easier"
    r"|necessary|bid(?!en)|seek|sought|easy|how(?!ard)|where|what|used(?=\sto\s)|allowed)\w*(?:\s(?:on|for|upon|by))?(?:\s[^\s,.;]+){0,4}?\sto\s$"
)
"""Words behind which "to lift" is asked for or possible, not done."""
NONE_OF = re.compile(
    r"\bno\s(?:exemptions?\s|exceptions?\s|changes?\s|new\s|further\s|more\s|additional\s|plans?\s(?:for|of)\s)?$"
)
"""Words behind which there is none of it: no exemptions planned."""
NO_SUBJECT = re.compile(
    r"\bno\s(?:new\s|further\s|such\s|other\s)?(?:[\w-]+\s){1,3}(?:is|are|was|were|has\sbeen|have\sbeen)\s(?:being\s|currently\s)?$"
    r"|\bnothing\s(?:in|about)\s[^.;,]{3,50}\s$"
)
"""Words of what is done to nothing: no new controls are planned, nothing in the order bans."""
SOUGHT = re.compile(
    r"\b(?:hop|wish|wait|long|ask|seek|request|push|plea|press|lobby|appl|petition|call|plead)\w*(?:\s[^\s.;,]+){0,4}?\sfor\s(?:an?\s|the\s|more\s)?(?:tariff\s|duty\s|export\s|import\s|trade\s)?$"
)
SOUGHT_NOUN = re.compile(
    r"\b(?:seek|sought|request|want|demand|crave|expect|await|hope)\w*\s(?:for\s)?(?:an?\s|more\s|further\s|the\s)?(?:[\w-]+\s){0,2}$"
)
NOT_NOW = re.compile(r"(?:\b(?:not|never|no longer)|n't)\W{1,3}(?:\w+\W{1,3})?$")
DONE = ("ed", "made permanent", "withdrawn", "undone")
WANT_DONE = re.compile(r"\bwants?\s(?:(?!to\b)[^,.;]){3,40}\s$")
"""Whoever wants a tariff lifted has not seen it so."""
PLEADED = ("withdraw", "suspend", "ease", "delay")
USED = re.compile(r"\b(?:us(?:es|ed|ing)|invok(?:es|ed|ing)|exercis(?:es|ed|ing))\s(?:\S+\s){0,2}$")
"""Who uses a power does what it is for."""
OUGHT = re.compile(
    r"\b(?:must|should|ought to|needs? to|has to|have to)\s(?:\w+\s)?be\s(?:\w+\s)?$"
)
"""Words of who asks that something end: the quota must be scrapped."""
MIGHT = re.compile(
    r"(?<!bill\s)(?<!rule\s)(?<!rules\s)(?<!draft\s)(?<!plan\s)(?<!order\s)(?<!proposal\s)(?<!law\s)(?<!legislation\s)(?<!decree\s)\bthat\s(?:could|might|may|can)\s(?:\w+\s)?$"
)
"""Words of what something might bring about: a case that could end tariffs."""
WANTED = ("intend", "weigh", "ease")
BY_OTHERS = re.compile(
    r"\b(?:(?!law|policy)\w*makers?|exporters?|importers?|producers?|firms?|compan(?:y|ies)|miners?|farmers?|growers?|traders?|lobby|lobbies"
    r"|unions?|retailers?|buyers?|suppliers?|shippers?|shipowners?|smelters?|refiners?|mills?|investors?|lawyers?|economists?|analysts?|banks?)\s(?:that\s|which\s|who\s)?(?:also\s|now\s)?$"
)
"""Who has plans that are no government's."""
GERUND = re.compile(
    r"\b(?:of|for|by|without|from|about|against|on|with|to|than|into|before|after|while|when|avoid|stop)\s$"
)
"""Words behind which a form in -ing is a noun: from easing, of banning."""


def wanted(cue: Hit, word: str, folded: str) -> bool:
    """Tell whether a cue is what somebody asks for, hopes for or does not get."""
    near = folded[max(0, cue.start - 24) : cue.start]
    return bool(
        NONE_OF.search(near)
        or no_subject(cue, folded)
        or pleaded(cue, folded)
        or (cue.value in PLEADED and OUGHT.search(near))
        or (cue.value in PLEADED and MIGHT.search(folded, max(0, cue.start - 40), cue.start))
        or (cue.value in WANTED and BY_OTHERS.search(near))
        or (cue.value == "ease" and SOUGHT_NOUN.search(folded, max(0, cue.start - 40), cue.start))
        or (cue.value in ("intend", "weigh") and NOT_NOW.search(near))
        or (word.endswith(DONE) and WANT_DONE.search(folded, max(0, cue.start - 50), cue.start))
        or SOUGHT.search(folded, max(0, cue.start - 60), cue.start)
        or (word.endswith("ing") and GERUND.search(near) and not changed_by(cue, folded))
    )


CHANGED_BY = re.compile(
    r"\b(?:amend|revis|modif|chang|correct|updat)\w*\s[^.;]{0,90}\s(?:by|and)\s$"
)
"""What an amendment does: amends the list by removing five firms."""


def changed_by(cue: Hit, folded: str) -> bool:
    """Tell whether a gerund says what is changed in a rule."""
    return CHANGED_BY.search(folded, max(0, cue.start - 110), cue.start) is not None


def no_subject(cue: Hit, folded: str) -> bool:
    """Tell whether what is said is said of nothing."""
    start = max(0, cue.start - 70)
    return "no" in folded[start : cue.start] and bool(NO_SUBJECT.search(folded, start, cue.start))


def pleaded(cue: Hit, folded: str) -> bool:
    """Tell whether a bare verb is what somebody is asked, or able, to do."""
    end = cue.start - 3 if folded.endswith("to be ", 0, cue.start) else cue.start
    found = PLEA.search(folded, max(0, end - 70), end) if folded.endswith("to ", 0, end) else None
    if found is None:
        return False
    return not USED.search(folded, max(0, found.start() - 30), found.start())
