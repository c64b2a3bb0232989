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


REVIEW_STEMS = ("circum", "absorp", "review", "shipper", "反规避", "反吸收", "复审", "期终")
REVIEW = re.compile(
    r"\b(?:circumvent\w*|anti-?circumvention|anti-?absorption|expiry reviews?|sunset reviews?"
    r"|interim reviews?|administrative reviews?|new shipper)\b|反规避|反吸收|复审|期终"
)


def reviews(folded: str) -> Iterator[str]:
    """Yield "review:case" if a folded text is on the review of a case, or on who gets round it."""
    if any(stem in folded for stem in REVIEW_STEMS) and REVIEW.search(folded):
        yield "review:case"


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
