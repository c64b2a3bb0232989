"""Headlines and flashes that report an act without a verb. Pure."""

import re
from collections.abc import Sequence

from alerts.reader.cues import Sentence
from alerts.reader.terms import Hit
from alerts.reader.terse import only_of_states

RATED = re.compile(
    r"\W*(?:[a-z' ]{2,24}:\s)?(?:an?\s|new\s|extra\s|up to\s)*\d[\d.]*\s?(?:%|per\s?cent)\s[^.;:]{0,12}?(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surcharge|surtax|tax)\s(?:on|for)\s"
    r"[^.;:]{3,80}?\s(?:from|starting|as of|effective)\s(?:early\s|mid-|late\s|next\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|week|month|year|\d)"
)
"""A headline without a verb: 25% duty on truck tyres from July."""
NO_MORE = re.compile(
    r"\bno\s(?:more|new)\s[^.:;!?\n]{3,90}?\s(?:to|for|out of|into|via)\s[^.:;!?\n]{2,50}?\s"
    r"(?:(?:from|after|as of|starting|until|til|till|before)\s(?:(?:early|mid|late|next|the)[\s-])?(?:\d|jan|feb|mar|apr|may\b|jun|jul|aug|sep|oct|nov|dec|today|tomorrow|now|midnight|end\b|monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|month)"
    r"|without\s(?:an?\s)?(?:[\w-]+\s)?(?:permit|licen[cs]e|approval|stamp|paper|consent))"
)
"""No more motors to Belarus from today, no resist for Wuhan without a permit."""
CORRECTION = re.compile(r"\W*correct(?:ion|ed|ing)?\s?(?:from\s[\w\s]{2,20})?[:(]")
"""What is set right is still an act: Correction: export duty is 8.5%."""
LISTS = r"(?:entity list|unreliable entit(?:y|ies) list|export control list|sdn list|covered list|naughty list|unverified list|end[ -]user list|1260h list|blacklist|sanctions list)\b"
MORE_LISTED = re.compile(
    rf"(?=[^.;:\n]{{0,60}}\b(?:more|new|another|adds|additions|names|->|→)(?=\s))[^.;:\n]{{2,80}}?\s(?:on|to|onto|->|→|=>)\s(?:(?:the|its|us|china's)\s)?{LISTS}(?=\s?(?:[.,;:(!\n]|$))"
    rf"|[^.;:\n]{{2,80}}?(?:->|→|=>)\s?(?:the\s)?{LISTS}"
)
"""A quick post without a verb: 23 more on the Entity List."""
MONEY_ON = re.compile(
    r"\W*(?:[^:.;\n]{2,40}:\s)?(?:(?:extra|another|up\sto)\s)?(?:\d[\d.,]*\s?(?:%|pct\b|per\s?cent\b)|(?:[$€£¥₹]|[a-z]{2,3}\s|r\$)?\s?\d[\d.,]*\s?(?:dollars|euros|cents|rupees|yuan|usd|eur)?\s?(?:/|per\s|an?\s)(?:kg|kilo|kilogram|t|tonne|ton|mt|unit|piece|litre|barrel|bbl)\b)"
    r"\s(?:extra\s|more\s)?on\s(?!the\b|a\b|my\b|average|sale|top)(?=[^.;?\n]{2,60}?(?:\sexports\b|\simports\b|\s(?:from|into|out\sof)\s)|(?:chinese|indonesian|vietnamese|thai|indian|korean|japanese|russian|turkish|malaysian|american|us|brazilian|mexican|canadian|european|eu)\s)"
    r"(?![^.\n]{0,80}\b(?:discount|off|sale|yield|return|profit|margin|interest|loan|stake|invest\w*|bonds?|tourists?|students?)\b)"
)
"""What is levied by weight or value on what comes in or goes out: EGP 350/t on phosphate exports."""
FLASH = re.compile(
    r"\W*(?P<who>[^:.;\n]{2,40}):\s(?:(?:an?|new|extra|final|provisional|preliminary|prelim|definitive|up to|anti-dumping|antidumping|countervailing|anti-subsidy|safeguard|import|export"
    r"|(?:\w+|\d)[-\s](?:yr|year|month)s?|\d[\d.]*\s?(?:%|per\s?cent|pct))\s){1,5}"
    r"(?:(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surcharge|surtax|tax|deposits?|cvd)\s)?(?:on|for)\s(?=[^.;\n]{0,120}?[\d])"
    r"|\W*(?P<who_>[^:.;\n]{2,40}):\s(?:(?:\d[\d.]*\s?(?:%|per\s?cent|pct)|provisional|final|extra|additional)\s){1,3}(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surcharge|surtax)\s(?:on|for)\s"
)
"""A flash: Chile: 18.4% provisional surcharge on wire rod."""
SPOKEN = re.compile(
    r"\b(?:is|are|was|were|be|been|isn't|has|have|had|do|does|did|don't|can|can't|could|would|should|may|might|must|will|won't|i|i'm|we|you|my|our|your|me|he|she|they|why|how|what|who|where|when|which|whose"
    r"|if|whether|because|than|says?|said|asks?|asked|wants?|thinks?|hopes?|fears?|warns?|warned|remember|imagine|like|lol|winners|losers|guide|history|explained|compared|since|vs|versus|average|index|prices?"
    r"|remains?|stays?|still|debate|threats?|talks|calls?|pleas?|worries|impact|effects?|risks?|burden|relief|policy|policies|proposals?|plans?|idea|study|report|survey|review|paper|act|revenues?"
    r"|expects?|predicts?|sees?|seeks?|urges?|demands?|needs?|lawyers|analysts|traders|reaction|lawsuit|challenges?|appeal|petition|dispute|row|hopes|question|questions|myth|facts|years\sof|decades?)\b|\?"
)
"""What a flash without a verb does not have: who speaks, what is asked, thought or compared."""
MONTH = r"(?:jan|feb|mar|apr|may\b|jun|jul|aug|sep|oct|nov|dec)"
NEWLY = re.compile(
    rf"\d\s?(?:%|pct\b|per\s?cent\b|percent\b|pts?\b|points\b)|[$€£¥₹]\s?\d[\d.,]*\s?(?:/|per\b|a\b)|\b(?:rs|usd|eur|myr|cny)\s?[\d.,]+\s?(?:/|per\b|a\b)"
    rf"|\b(?:from|till?|until|through|thru|by|effective|starting|as\sof|valid\s(?:up\s)?to|wef|w\.e\.f\.?)\s(?:(?:the\s)?(?:early|mid|late|end|next|start)[\s-](?:of\s)?)?(?:\d|{MONTH}|today|tomorrow|midnight|monday|tuesday|wednesday|thursday|friday|q[1-4]\b|20\d\d|next\s|this\s)"
    r"|(?<![\w.])\+\s?\d+\s?(?:m|mo|y|yr|d|w|months?|years?|days?|weeks?)\b|\b(?:one|two|three|four|five|six|nine|twelve|\d+)[\s-](?:years?|yrs?|months?|days?|weeks?)\b"
    r"|\b(?:immediate(?:ly)?|effective|gazetted|in\sforce|in\s(?:the\s)?oj|signed|rolled\sover|renewed|extended)\b|\b(?:prelim|preliminary|provisional|definitive|final)\b|(?:^|[:!.]\s?)\W*new\s|!!"
    r"|\b(?:second|third|fourth|fifth|sixth|seventh|latest|\d+(?:nd|rd|th)|#\d+)\s(?:batch|round|tranche|lot|set|list)\b|\b(?:batch|round|tranche)\s#?\d|\banother\s(?:232|301)\b"
    r"|\b(?:232|301)\son\b|\bfsr\s(?:no|in-depth|vs)\b|\b(?:ad|as|cvd|fsr|dumping|anti-?dumping|safeguard)\s(?:case|probe|start|initiation|inquiry|investigation)\b"
)
"""What makes news of a measure that is only named: a rate, a day, a term, a step of the case."""
OPENED = re.compile(
    r"\W*(?:there it is|it's (?:official|signed|out|on|done)|and it's (?:on|out|done))[:,.!]?\s"
)
LEADING = re.compile(
    r"\W*(?:(?:there it is|it's (?:official|signed|out|on|done)|its official|and it's (?:on|out|done)|done|confirmed|breaking|as predicted|as expected|official|just in|update|correction)[:,.!]?\s)?"
    r"(?:[\w-]+\s(?:batch|round|tranche|set)\sof\s)?(?:(?!(?:as|amid|with|after|of|by|on|in|at|to|for|from|over|under|into|out|that|which|and|but|before|until|near|despite|under|through|about|against|than|during|the|this|that|these|its|their)\s)"
    r"[\w&/.+'’-]*[\w&/.+)](?<![a-z]{3}'s)(?<![a-z]{3}’s)[\s:,]+){0,7}"
)
"""Before the measure: whose it is and on what, without a word that leads on to something else."""
FOLLOWED = re.compile(
    r"s?\s?(?:[:,.;(+!–—>=-]|→|$|\d|of\s\d|(?:definitiv[oa]|on|for|against|till?|until|from|at|out|in|live|signed|cases?|start|initiation|probe|batch|now|up\sto|to|one|two|three|immediate\w*|effective|round|list|action|action:|and|&"
    r"|rolled|extended|renewed|duty|duties|tariffs?|rates?|update|notice|order|today|tonight|this\sweek|incl\w*|covers?|proc)\b)"
)
"""Behind the measure: no verb."""
HEADING, FLASHED = 16, 220
"""Characters that a mere heading has at most, and a flash."""
AFTER = 36
"""Characters behind it in which its day may stand: … 17.6-26.2%. From 23 April."""
HEAD = 60
"""Characters into a text in which a flash begins."""
NAMES = ("item", "company")
IDLE = ("none", "history", "hypothetical", "weigh", "deny", "not", "genre", "roundup")


def verbless(sentence: Sentence, folded: str) -> bool:
    """Tell whether a post opens with a measure on goods and what is new about it, without a verb.

    Egypt: sugar export ban +6m; GCC definitive AD on Chinese basins, 34-51%.
    """
    if sentence.start > HEAD or not HEADING < sentence.end - sentence.start <= FLASHED:
        return False
    measures = sentence.of("instrument")
    if not measures or sentence.of("cue", *IDLE):
        return False
    if not any(sentence.of(kind) for kind in NAMES) and not any(
        only_of_states(hit, folded) for hit in measures
    ):
        return False
    opened = OPENED.match(folded, sentence.start)
    if SPOKEN.search(folded, opened.end() if opened else sentence.start, sentence.end):
        return False
    return any(
        LEADING.fullmatch(folded, sentence.start, hit.start)
        and (folded[hit.end - 1] == " " or FOLLOWED.match(folded, hit.end))
        and NEWLY.search(folded, sentence.start, sentence.end + AFTER)
        for hit in measures[:TWO]
    )


TWO = 2
"""Measures of a sentence that are looked at."""
DONE_TO = re.compile(
    r"\b(?:now\s|again\s|finally\s)?(?:banned|barred|outlawed|licensed|controlled|restricted|taxed|blocked|halted|capped|dual-use|shtc-licensed)\s?"
    r"(?=(?:again|too|now|as\swell)?\s?(?:[.,;:!(]|$|(?:in|from|as\sof|until|till|effective|for|at|over|without|unless)\b))"
)
"""What is done to goods in a flash: robot vacuums banned in the public sector."""
NONE_IN = re.compile(
    r"\W*(?:[a-zà-ÿ'/ ]{2,24}:\s|(?:so|now|and|well)[,:]?\s)?(?:no(?:\smore|\snew|\simported|\sforeign)?|zero)\s[^.:;!?\n]{3,50}?\s"
    r"(?P<way>(?:from|to(?!\s(?:leave|sail|go)\b)|into|out\sof)\s(?=[^.:;!?\n]{2,60}(?:[.!\n]|$))|in\s(?=[^.:;!?\n]{0,30}?\b(?:public|state|government|official|military|schools|ministries|premises|buildings|networks|commonwealth)\b)"
    r"|to\s(?:leave|sail|go\sabroad)\b"
    rf"|(?:till?|until|before|after|as\sof)\s(?:the\send|end|early|mid|late|next|\d|{MONTH}|today|tomorrow))"
)
"""What is let in or out no more: no imported rice till October, SFDA: no poultry from Mazovia."""
NUMBER = r"(?:\d+|another\s\w+|\w+\smore)\s(?:more\s|new\s|further\s)?"
TARGETED = r"(?:shadow\sfleet|russian|iranian|chinese|hong\skong)\s"
COUNTED = re.compile(
    r"\W*(?:[\w' ]{0,20}?\b(?:and\s)?(?:now\s|then\s|also\s)?)?(?:(?P<office>ofac|ofsi|bis|sdn)|(?P<who>[a-z.' ]{2,24})):\s"
    rf"(?:\+\s?{NUMBER}(?:{TARGETED})?|{NUMBER}{TARGETED}|{NUMBER}(?(office)|(?!firms|compan|banks|labs|ships?\b)))"
    r"(?:(?P<hulls>tankers?|vessels?|ships?)|entit(?:y|ies)|firms|compan(?:y|ies)|individuals|names|banks|listings|designations|labs)\b"
    r"(?=\s?(?:[.,;:!()+&/\n–—-]|$|(?:now\s|newly\s)?(?:(?:sanctioned|designated|blacklisted)\b|listed\b(?!\s(?:in|on|at)\b)|(?:added\s)?(?:on)?to\s(?:the\s)?(?:el|list|entity\slist|sdn)\b|under\sthe\sdestinations?\b)))"
    r"|\W*\+?(?:\d+|\w+)\s(?:more|new)(?:\s(?:names|ships|tankers|vessels|firms|entities))?\s(?:on|to|onto)\s(?:the\s)?(?:uk|eu|us|canadian|canada|swiss|australian|japanese|chinese|ofac|sdn)(?:'s)?\s(?:sanctions\s)?list\b"
    r"|\W*(?:brits|british|uk|eu|brussels|london|canada|ottawa|swiss|australia|canberra|japan|tokyo|us|china|beijing)\s(?:lists?|adds?|sanctions?|designates?|hits?|names?|blacklists?|does)\s(?:another\s)?(?:\d+\s(?:more|new|further)|another\s\d+)\b"
)
"""How many are listed: UK: +22 tankers; 22 more on the UK list. A plain count of firms, banks, labs or
ships is a list of theirs only if an office counts them, or it says whose they are or "+"."""


def none_in(hits: Sequence[Hit], folded: str) -> re.Match[str] | None:
    """Return how a post opens that says that goods come in or leave no more.

    Goods must stand right before where from or until when, and a country behind it.
    """
    told = NONE_IN.match(folded)
    if told is None:
        return None
    at = told.start("way")
    goods = any(hit.kind in ("item", "company") and 0 <= at - hit.end <= OF_GOODS for hit in hits)
    when = TERM.match(told["way"]) and (BROUGHT.search(folded, 0, at) or named(hits, 0, at))
    return told if goods and (when or named(hits, at, told.end() + NEXT)) else None


def named(hits: Sequence[Hit], start: int, end: int) -> bool:
    """Tell whether a country is named between two places."""
    return any(
        hit.kind == "place" and hit.value != "-" and start <= hit.start < end for hit in hits
    )


OF_GOODS, NEXT = 14, 12
"""Characters between goods and where from, and behind that in which a country is named."""
TERM = re.compile(r"till?|until|before|after|as\sof|to\s[lsg]|in\s")
BROUGHT = re.compile(r"\bimported\b|\bforeign\b|\bexport(?:ed|s)?\b")


def short_flashes(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the verb, and the instrument, of how a post opens that counts who is listed or says
    what comes in or leaves no more."""
    counted = COUNTED.match(folded)
    if counted:
        end = counted.end()
        ours = BLACKLISTS.match(folded) and not counted["hulls"]
        kind = "entity listing" if ours else "sanction"
        return [Hit(end - 1, end, "cue", "adopt"), Hit(end - 1, end, "instrument", kind)]
    levied = MONEY_ON.match(folded)
    if levied:
        return [Hit(levied.end() - 1, levied.end(), "instrument", "tariff")]
    none = none_in(hits, folded)
    if none is None:
        return passives(folded)
    at = none.end() - 1
    verb = Hit(at, at + 1, "cue", "no more")
    way = "import ban" if IMPORTED.search(folded, 0, at) else ""
    way = "export ban" if EXPORTED.search(folded, 0, at) else way
    return [verb, Hit(at, at + 1, "instrument", way)] if way else [verb]


BLACKLISTS = re.compile(r"\W*(?:[\w' ]{0,20}?\b)?(?:us|bis|commerce|china|beijing|mofcom|taiwan)\b")
"""Who counts firms on a blacklist; others impose sanctions."""
IMPORTED = re.compile(r"\bimported\b|\bforeign\b|\bfrom\s$")
EXPORTED = re.compile(r"\b(?:to|out\sof)\s$|\bexport")


DONE_WORDS = ("ned", "red", "wed", "sed", "led", "ted", "ked", "xed", "ped", "dual-use")
"""How what is done ends."""
DONE_FIRST = re.compile(
    rf"(?P<who>[^:.;?!\n]{{2,40}}:\s)?[^:.;?!\n]{{3,90}}?(?P<done>{DONE_TO.pattern})"
)
"""How a flash opens that says what is done to goods."""


def passives(folded: str) -> list[Hit]:
    """Return the verb of such a flash, and what it is done with."""
    told = DONE_FIRST.match(folded) if any(word in folded for word in DONE_WORDS) else None
    if told is None or SPOKEN.search(folded, 0, told.start("done")):
        return []
    start, end = told.span("done")
    if not NEWLY.search(folded, end - 1, end + AFTER):
        return []
    licensed = "licens" in told["done"] or "controlled" in told["done"] or "dual" in told["done"]
    verb = [Hit(start, end, "cue", "adopt")]
    return [*verb, Hit(start, end, "instrument", "export licence")] if licensed else verb


def passive(sentence: Sentence, folded: str) -> bool:
    """Tell whether a post opens so, and names goods or whose doing it is."""
    told = DONE_FIRST.match(folded, 0, sentence.end) if sentence.start == 0 else None
    if told is None or sentence.of("cue", *IDLE[1:]) or not passives(folded):
        return False
    ours = any(
        hit.kind in ("place", "authority", "sign") and hit.value != "-" for hit in sentence.hits
    )
    return ours and (told["who"] is not None or bool(sentence.of("item")))


def new_term(sentence: Sentence, cue: Hit, folded: str) -> bool:
    """Tell whether a flash that names no known goods says until when its verb is: rolled over till May."""
    if sentence.end - sentence.start > FLASHED // 2:
        return False
    spoken = SPOKEN.search(folded, sentence.start, sentence.end)
    return spoken is None and NEWLY.search(folded, cue.start, sentence.end + AFTER) is not None


def begins(sentence: Sentence, folded: str) -> bool:
    """Tell whether a sentence without a verb says what is levied on what, and from when."""
    if verbless(sentence, folded) or passive(sentence, folded):
        return True
    opens = sentence.start == 0 and not sentence.of("cue", *IDLE[1:])
    if opens and (
        COUNTED.match(folded) or MONEY_ON.match(folded) or none_in(sentence.hits, folded)
    ):
        return True
    if RATED.match(folded, sentence.start, sentence.end):
        return True
    if sentence.of("cue", "no more") and sentence.of("item"):
        return NO_MORE.search(folded, sentence.start, sentence.end) is not None
    corrected = CORRECTION.match(folded, sentence.start)
    if corrected and (sentence.of("item") or ("from" in corrected[0] and sentence.of("authority"))):
        return True
    if MORE_LISTED.match(folded, sentence.start, sentence.end):
        return True
    flash = FLASH.match(folded, sentence.start, sentence.end)
    return flash is not None and any(
        hit.kind in ("place", "authority") and hit.end <= flash.end(flash.lastgroup or 0)
        for hit in sentence.hits
    )


OBJECT = 45
"""Characters behind a verb within which a draft or a bill is what the verb is about."""
OUT = 24
"""Characters between an office or a rule and the news that it is out."""
CORRECTS = re.compile(
    r"(?:corrects?|corrected|clarif(?:y|ies|ied))\s(?:[\w'’-]+\s){0,5}?(?:tables?|thresholds?|annex(?:es)?|entry|list|rules?|notices?|figures?|rates?|case|order|blacklist|penalty|dates?|quotas?)\b"
)
"""What an office corrects is its own act."""


def publishes(verb: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether an authority puts out a rule or a list."""
    if folded.endswith((" is out", " are out"), 0, verb.end):
        return any(
            0 <= verb.start - hit.end <= OUT and hit.kind in ("authority", "cue")
            for hit in (*sentence.of("authority"), *sentence.of("cue", "norm"))
        )
    if CORRECTS.match(folded, verb.start):
        known = ("place", "authority") if sentence.of("item") else ("authority",)
        return any(hit.end == verb.start - 1 for hit in sentence.hits if hit.kind in known)
    return any(hit.end <= verb.start for hit in sentence.of("authority")) and any(
        0 <= hit.start - verb.end <= OBJECT and hit.end - hit.start > 1
        for hit in sentence.of("cue", "norm")
    )
