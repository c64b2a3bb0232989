"""Whether what is undone eases, restricts, or is undone for one of many only.

Pure. How far an act has come is decided in act_stage.
"""

import re
from collections.abc import Sequence

from alerts.act_cues import Sentence
from alerts.act_everyday import DIRECTED
from alerts.act_terms import Hit
from alerts.domain import Stage

LEAD = 14
"""Characters between a verb that only introduces (decided to, agreed to) and what it introduces."""

GRANTING = ("grant", "approv", "clear", "批准", "核发", "发放", "授予")


EXEMPT = re.compile(
    r"\s(?:(?!plans?\b|proposals?\b)[\w'’%-]+\s){0,4}?(?:exemptions?|waivers?|exclusions?|duty-free|tax-free|de minimis|loopholes?)\b"
    r"|\s(?:[\w-]+\s){0,2}?quotas?,\s(?:and\s)?(?:bring|rais|hik|impos|restor|set|lift)[^.;:]{0,40}?\b(?:tariffs?|dut(?:y|ies))\b"
    r"|[^,。;:]{0,14}?(?:免税|豁免|零关税待遇|收购|并购)"
)


PART = 260
PARTLY = re.compile(
    r"\b(?:mix-up|by mistake|in error|mistakenly|confused with|namesake|shares? (?:a|its) (?:name|address|building|post box)"
    r"|(?:the other )?\w+ (?:names |firms |ships |vessels |entities |companies )?remain\b(?: on| listed)?)|误列|录入有误"
)
"""Words of which one stands behind what is taken off a list that goes on for the others."""


def undoing(by_value: dict[str, Hit], first: Hit, folded: str) -> tuple[Stage, Hit]:
    """Tell suspension from withdrawal; a sentence that has both words means suspension.

    But what lifts a suspension, 解除暂停, withdraws, and who ends an exemption restricts.
    """
    if first.value == "withdraw" and EXEMPT.match(folded, first.end):
        return Stage.ADOPTED, first
    if first.value == "withdraw" and PARTLY.search(folded, first.end, first.end + PART):
        return Stage.ADOPTED, first
    pause = by_value.get("suspend")
    lifted = pause and 0 <= pause.start - first.end <= LEAD
    if first.value == "withdraw" and pause and not lifted:
        return Stage.SUSPENDED, by_value["suspend"]
    return (Stage.SUSPENDED if first.value == "suspend" else Stage.WITHDRAWN), first


IMPOSING = (
    "impos",
    "slap",
    "ban",
    "prohibit",
    "blacklist",
    "lev",
    "征收",
    "征反",
    "加征",
    "课征",
    "禁止",
    "列入",
)
"""What restricts, whoever is exempted from it besides."""


PROLONGED_ZH = re.compile(
    r"(?:延长|延续|续期|展期|再延|续)[^,。;:]{0,24}?(?:豁免|排除|免税|免关税|暂停|宽限|通用许可)(?!清单外)"
)
"""What eases as long as it is prolonged."""
BESIDES_ZH = re.compile(r"[,; ][^,;]{0,24}(?:豁免|免征|除外|不在此列|排除在)")


def easing(cues: Sequence[Hit], first: Hit | None, sentence: Sentence, folded: str) -> Hit | None:
    """Return the word that says that a restriction is eased; ending an exemption is none."""
    if first is None:
        return None
    lead = next((cue for cue in cues if cue.value in DIRECTED), None)
    eases = next((cue for cue in cues if cue.value == "ease"), None)
    undoes = lead if lead and lead.value in ("withdraw", "suspend") else None
    if undoes and eases and eases.start - undoes.end <= 40:
        return None
    if undoes and EXEMPT.match(folded, undoes.end):
        return None
    if lead and PROLONGED_ZH.match(folded, lead.start):
        return lead
    if lead and eases and lead.value == "adopt" and BESIDES_ZH.search(folded, lead.end, eases.end):
        return None  # 出不了关了，两家有豁免: some are exempt from what is imposed
    if lead and folded.startswith(IMPOSING, lead.start) and not undoes:
        return None  # imposes a duty, and exempts somebody from it
    if undoes or eases:
        return undoes or eases
    granted = lead and folded[lead.start : lead.end].startswith(GRANTING)
    allowed = any(
        hit.value == "export licence" or (lead and hit.start == lead.start)
        for hit in sentence.of("instrument")
    )
    return lead if granted and allowed else None
