"""Which trade remedy a text is about, against dumping or against subsidies, and how far the case
has come. Pure.

Two cases on one product of one country run side by side and read alike, the one with a margin of
dumping and the other with a rate of subsidy. What a text names first is its own; what stands
right beside that is its own too ("anti-dumping and countervailing duties", 双反).
"""

import re
from collections.abc import Iterator

STEMS = (
    "dump", "fair value", "fair-value", "countervail", "subsid", "倾销", "补贴", "平衡税", "双反",
)  # fmt: skip
"""What stands in all words of REMEDIES; hardly any text has one."""

BOTH = "双反"

REMEDIES = {
    "dumping": re.compile(
        r"\banti-?\s?dumping\b|反倾销|\bless[- ]than[- ]fair[- ]value\b"
        r"|\bdumping (?:dut(?:y|ies)|inquir(?:y|ies)|(?:probe|investigation|case|margin|rate)s?)\b"
        r"|\bdumping and (?=(?:countervailing|subsidy|subsidi[sz]ation)\b)"
    ),
    "subsidy": re.compile(
        r"\bcountervail\w*|\banti-?\s?subsid\w+|反补贴|平衡税"
        r"|\bsubsid(?:y|ies) (?:dut(?:y|ies)|inquir(?:y|ies)|(?:probe|investigation|case)s?"
        r"|(?:margin|rate)s?)\b"
        r"|补贴(?:[初终]裁|[税率案])"
    ),
}
"""What names a remedy in a folded text; state aid alone is none."""

BESIDE = 40
"""Characters within which a second remedy is named beside the first."""


def remedies(folded: str) -> Iterator[str]:
    """Yield "remedy:dumping" or "remedy:subsidy", or both, for what a folded text is about."""
    if not any(stem in folded for stem in STEMS):
        return
    found = {kind: match for kind, sign in REMEDIES.items() if (match := sign.search(folded))}
    both = BOTH in folded
    first = min((match.start() for match in found.values()), default=0)
    for kind in REMEDIES:
        if both or (kind in found and found[kind].start() <= first + BESIDE):
            yield f"remedy:{kind}"


REVIEW_STEMS = (
    "circum", "absorp", "review", "shipper", "scope", "反规避", "反吸收", "复审", "期终", "情势",
    "新出口",
)  # fmt: skip
REVIEWS = {
    "circumvention": re.compile(r"\b(?:anti-?)?circumvent\w*|反规避"),
    "absorption": re.compile(r"\b(?:anti-?)?absorption\b|反吸收"),
    "expiry": re.compile(r"\b(?:expiry|sunset|five-year) reviews?\b|期终"),
    "shipper": re.compile(r"\bnew[- ]shipper\b|新出口商"),
    "circumstances": re.compile(r"\bchanged[- ]circumstances?\b|情势变迁"),
    "scope": re.compile(r"\bscope (?:ruling|inquir(?:y|ies))\b"),
    "rates": re.compile(r"\b(?:administrative|interim) reviews?\b|期中复审|年度复审"),
}
"""Reviews of what a trade case came to, and of who gets round it, in a folded text."""

REVIEW = re.compile(r"复审")
"""A review of a kind that the text does not say."""

PERIOD = re.compile(
    r"\breviews?;? ?(20\d\d) ?[-–] ?(20\d\d)\b"
    r"|\b(?:por|period of review)\b[^.;\n]{0,40}?(20\d\d),? (?:through|to) [^.;\n]{0,15}?(20\d\d)\b"
)
"""The years that an administrative review is on; each has one of its own."""


def reviews(folded: str) -> Iterator[str]:
    """Yield "review:expiry" or the like for each review of a trade case that a folded text is on,
    and the years that it reviews, as "review:2021-2022"."""
    if not any(stem in folded for stem in REVIEW_STEMS):
        return
    found = [kind for kind, sign in REVIEWS.items() if sign.search(folded)]
    if not found and REVIEW.search(folded):
        found = ["case"]
    years = PERIOD.search(folded) if found else None
    if years is not None:
        found.append("-".join(filter(None, years.groups())))
    for one in found:
        yield f"review:{one}"


DECISION_STEMS = ("prelim", "provisional", "final", "definitive", "初裁", "裁定", "临时", "终裁")
DECISIONS = {
    "preliminary": re.compile(
        r"\b(?:preliminar(?:y|ily)|provisional(?:ly)?)\b[^.;。；\n]{0,60}"
        r"\b(?:determin\w+|finds?|found|findings?|rul(?:ing|es|ed)|dut(?:y|ies)|tariffs?|deposits?"
        r"|anti-?dumping|decision|measures?|rates?|margins?)\b|初裁|初步裁定|临时反[倾补]"
    ),
    "final": re.compile(
        r"\b(?:final(?:ly)?|definitive)\b[^.;。；\n]{0,40}"
        r"\b(?:determin\w+|findings?|ruling|dut(?:y|ies)|tariffs?|anti-?dumping|countervailing|rates?"
        r"|margins?)\b|终裁|最终裁定"
    ),
}
"""What tells in a folded text how far a trade case has come."""


def steps(folded: str) -> Iterator[str]:
    """Yield "step:preliminary" or "step:final", whichever a folded text names first: the other one
    is told of before it, or still to come."""
    if not any(stem in folded for stem in DECISION_STEMS):
        return
    found = [
        (match.start(), kind) for kind, sign in DECISIONS.items() if (match := sign.search(folded))
    ]
    if found:
        yield f"step:{min(found)[1]}"
