"""Words that look like a government's verb, and tell what firms feel, make, order and list. Pure."""

import re

from alerts.reader.terms import Hit

ON_EXCHANGE = re.compile(
    r"\b(?:firms?|compan(?:y|ies)|groups?|\w*makers?|subsidiaries|parents?|units?|owners?|is|are|was|were|dually|dual|also)[ ,]{1,2}(?:dual-|dually )?listed (?:in|on) (?:the )?(?:shanghai|shenzhen|hong kong|new york|london|tokyo|seoul|taipei|frankfurt|paris|amsterdam|mumbai|singapore|bangkok|jakarta|kuala lumpur|toronto|sydney|zurich|nasdaq|nyse|star market|stock|bourse|exchange|local bourse|kosdaq|kospi|bse|nse|\w+ (?:stock )?(?:exchange|bourse))\b"
)
"""Around what is listed where shares are traded, and on nobody's black list."""
RELIEVED = re.compile(r"\s(?:for|among|at|in)\s[^.;:,\n]{2,50}?\s(?:as|after|when|over)\s")
"""Behind a feeling, of which the next words tell the reason: relief for brands as India defers."""
MADE_NO_MORE = re.compile(
    r"\s(?:[\w'’-]+\s){0,3}?(?:production|output|assembly|operations|trading|expansion|construction|hiring|gigafactory)\b"
)
"""What firms halt."""


TRADED = r"(?:parcels?|shipments?|cargoe?s?|bookings|deliver(?:y|ies)|purchases)"
ORDERED = re.compile(
    rf"\s(?:(?!the\b|its\b|all\b)[\w'’-]+\s)?{TRADED}\b(?!\s(?:ban|curb|limit|licen|fee|tax|rule))"
)
ORDERED_TO_BE = re.compile(
    rf"\b(?:{TRADED}|(?<!\bdenial\s)(?<!executive\s)(?<!control\s)(?<!dumping\s)(?<!countervailing\s)(?<!duty\s)(?<!export\s)orders)"
    r"\s(?:(?:was|were|been|being|be|got|has|have)\s)*$"
)
"""What firms cancel; orders of a government are cancelled too."""


def in_business(cue: Hit, word: str, folded: str) -> bool:
    """Tell whether a word is of firms: where they are listed, the relief that they feel, what they
    cancel, the output that they halt."""
    if word == "listed":
        return ON_EXCHANGE.search(folded, max(0, cue.start - 40), cue.end + 40) is not None
    if word == "relief":
        return RELIEVED.match(folded, cue.end) is not None
    if word.startswith("cancel"):
        ordered = ORDERED.match(folded, cue.end)
        to_be = ORDERED_TO_BE.search(folded, max(0, cue.start - 60), cue.start)
        return bool(ordered or (to_be and not folded.startswith(" by ", cue.end)))
    halts = word.startswith(("halt", "stop", "suspend"))
    return halts and MADE_NO_MORE.match(folded, cue.end) is not None
