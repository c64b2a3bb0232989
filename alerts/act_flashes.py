"""Headlines and flashes that report an act without a verb. Pure."""

import re

from alerts.act_cues import Sentence

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
FLASH = re.compile(
    r"\W*(?P<who>[^:.;\n]{2,40}):\s(?:(?:an?|new|extra|final|provisional|preliminary|prelim|definitive|up to|anti-dumping|antidumping|countervailing|anti-subsidy|safeguard|import|export"
    r"|(?:\w+|\d)[-\s](?:yr|year|month)s?|\d[\d.]*\s?(?:%|per\s?cent|pct))\s){1,5}"
    r"(?:(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surcharge|surtax|tax|deposits?|cvd)\s)?(?:on|for)\s(?=[^.;\n]{0,120}?[\d])"
    r"|\W*(?P<who_>[^:.;\n]{2,40}):\s(?:(?:\d[\d.]*\s?(?:%|per\s?cent|pct)|provisional|final|extra|additional)\s){1,3}(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surcharge|surtax)\s(?:on|for)\s"
)
"""A flash: Chile: 18.4% provisional surcharge on wire rod."""


def begins(sentence: Sentence, folded: str) -> bool:
    """Tell whether a sentence without a verb says what is levied on what, and from when."""
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
