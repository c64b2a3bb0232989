"""text -> Retraction: whether a post takes back what was said, and who does. Pure.

A denial is that of whoever is named as denying, next to the word that denies; a text that only
says "fake" is nobody's denial but its author's. Firms and suspects who deny a charge, and
agencies that deny a licence, take nothing back.
"""

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

import re2

from alerts.reader.cues import SENTENCE_END
from alerts.reader.terms import Hit, Terms, fold, scan, words_of

READS = 2_000
"""Characters of a text that are read: a retraction stands at its head."""

QUOTES = 240
"""Characters that are kept of the sentence that takes back."""

REACH = 60
"""Characters between a name and the verb whose subject it is."""

STORY = (
    r"(?:any |the |such |media |press |these |those |all |earlier |online )*"
    r"(?:reports?|rumou?rs?|claims?|talk|story|stories|suggestions?|speculation)\b"
)
DENY_VERB = re.compile(
    rf"\bden(?:y|ies|ied|ying) (?:{STORY}"
    r"|(?:that|it|this|having|(?:any |the )*(?:plans?|intention))\b)"
    rf"|\b(?:refut(?:es?|ed|ing)|dismiss(?:es|ed|ing)?|reject(?:s|ed)?|rebut(?:s|ted)?) {STORY}"
    rf"|\b{STORY}[^.;:\n]{{0,60}}?\b(?:denied|dismissed|debunked|refuted)(?= by\b)"
    r"|\bdebunk(?:s|ed|ing)?\b|否认(?!.{0,4}(?:指控|控罪|有罪|犯罪|违规|判决))|辟谣|驳斥|澄清(?=.{0,12}(?:不实|谣言|传闻|未|没有))"
)
"""Words that make whoever stands before them the one who denies."""

DENY_STATE = re.compile(
    r"\b(?:(?:is|are|was|were|as|it's|that's|be|completely|entirely|totally|simply) "
    r"(?:not true|untrue|false|fake|fabricated(?! (?:in|at|by|on|using|from))|baseless|unfounded"
    r"|groundless|a (?:hoax|fake|fabrication))"
    r"|no such (?:order|notice|plan|plans|decision|measure|measures|announcement|rule|ban)"
    r"|(?:has|have|had) no plans? to|fake (?:news|notice|document|announcement|order)|hoax"
    r"|never issued|no truth (?:to|in))\b"
    r"|不属实|(?:消息|传言|传闻|报道|说法|信息|言论|截图|公告|通知|文件)[^，。\n]{0,6}不实(?!施|行)"
    r"|不实(?:消息|信息|报道|传言|言论)|谣言|假消息|假新闻|子虚乌有|纯属(?:虚构|谣言|捏造)|毫无根据|与事实不符"
    r"|无此计划|没有此事|(?:从未|没有|并未)(?:发布|发出|出台)(?:过)?(?:任何|该|此|上述|相关|这)|系伪造|是伪造"
)
"""Words that call a report untrue; only a verb of saying tells whose words they are."""

STEMS = (
    "deny", "denie", "refut", "dismiss", "reject", "rebut", "debunk", "true", "fals", "fak",
    "fabricat", "baseless", "unfounded", "groundless", "hoax", "no such", "no plan",
    "never issued", "no truth", "correct", "corrigendum", "erratum", "version of th",
    "the error", "misreported", "misstated", "got it wrong", "got this wrong", "retract",
    "withdr", "否认", "辟谣", "驳斥", "澄清", "属实", "不实", "谣言", "假消息", "假新闻",
    "子虚乌有", "纯属", "毫无根据", "事实不符", "无此计划", "没有此事", "从未", "没有", "并未",
    "伪造", "更正", "订正", "勘误", "有误", "撤回", "撤稿",
)  # fmt: skip
"""What stands in every phrase that takes back: to ask for these first is ten times as fast, and
most texts have none."""
STEM: Any = re2.compile("|".join(STEMS))

SAYING = re.compile(
    r"\b(?:says?|said|saying|calls?|called|calling|states?|stated|stressed|told|tells?|insists?|insisted)\b"
    r"|表示|称|回应|指出|强调|说"
)
CORRECTION = re.compile(
    r"(?:^|[\n(\[【]\s*)(?:correction|corrected|corrigendum|erratum)\b"
    r"(?=[^a-z]{0,3}(?:[:：)\]】–—-]|to\b|of\b))"
    r"|\bcorrect(?:s|ed|ing) (?:the |an |its |our |an? earlier |previous )*(?:headline|story|report"
    r"|article|post|number|date|error|version|amendments?|lead|paragraph|figure|name)\b"
    r"|\b(?:an|the) (?:earlier|previous) version of th(?:is|e) (?:story|article|report|post|notice"
    r"|headline)\b"
    r"|\b(?:regrets?|apologi[sz]es? for) the error\b|\bmis(?:reported|stated)\b"
    r"|\bwe got (?:it|this) wrong\b"
    r"|\b(?:retracts?|retracted|withdr(?:aws?|ew)) (?:the |its |an? |earlier |this )*(?:story"
    r"|report|article|post)\b"
    r"|(?:^|[\n【（(「])更正(?!宗|规|常|确)|更正(?:[:：]|说明|公告|通知|启事|声明)|勘误|报道有误|撤回(?:该|此|上述|有关)?(?:报道|消息|稿件|文章)|撤稿"
)
CORRECT_VERB = re.compile(
    r"\bcorrect(?:s|ed)\b(?! (?:to|from|course|lower|higher|downward)\b)|更正|订正"
)
"""What makes whoever stands right before it the one who corrects."""

TAKEN_BACK = re.compile(
    r"(?:\bnot|n't|\bnever|\bnor|\bdeclin\w+ to|\brefus\w+ to|\bif|\bwhether|\bunless"
    r"|没有|并未|未|不|是否|如果|若|拒绝)\s*(?:\w+\s){0,1}$"
)
"""What before a cue makes it none: did not deny, neither confirmed nor denied, 没有否认."""

OFFICE = re.compile(
    r"(?:'s)?(?: \w+){0,2}? (?:ministry|government|officials?|agency|authorit(?:y|ies)|regulators?"
    r"|customs|cabinet|embassy|commission|council)\b"
)
"""What makes a country's name one of its offices: Indonesian ministry."""

QUESTION = ("?", "吗")
NAMES = ("authority", "place", "company")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """What a post takes back.

    by: who is named as taking back: an authority by its short name, a country or company as
        written; None where nobody is.
    party: the same for whoever is named in other words: a jurisdiction, or a company's name.
    quote: the sentence that says so.
    """

    kind: Literal["denied", "corrected"]
    quote: str
    by: str | None = None
    party: str | None = None


def read_retraction(terms: Terms, text: str) -> Retraction | None:
    """Return what a text takes back; None for nearly all of them."""
    text = text[:READS]
    folded = fold(text)
    if not STEM.search(folded.encode("utf-8", "replace")):
        return None
    cues = (*DENY_VERB.finditer(folded), *DENY_STATE.finditer(folded))
    if not cues and not CORRECTION.search(folded) and not CORRECT_VERB.search(folded):
        return None
    names = [hit for hit in scan(terms, text, folded, words_of(folded)) if hit.kind in NAMES]
    correction = _correction(names, terms, text, folded)
    if correction is not None:
        return correction
    for cue in sorted(cues, key=lambda match: match.start()):
        start, end = _edges(folded, cue.start())
        if TAKEN_BACK.search(folded[max(start, cue.start() - 30) : cue.start()]):
            continue
        if folded[start:end].rstrip().endswith(QUESTION):
            continue
        inside = [hit for hit in names if start <= hit.start < end]
        denier = _denier(inside, cue, start, end, folded)
        found = Retraction(kind="denied", quote=_sentence(text, folded, cue.start()))
        return _by(found, denier, terms, text, folded) if denier is not None else found
    return None


def _correction(names: list[Hit], terms: Terms, text: str, folded: str) -> Retraction | None:
    """Return the correction that a text is; an authority's own verb says that it is its own."""
    for verb in CORRECT_VERB.finditer(folded):
        start, _ = _edges(folded, verb.start())
        inside = [hit for hit in names if start <= hit.start]
        subject = _subject(inside, verb.start(), folded)
        if subject is not None and subject.kind != "company":
            found = Retraction(kind="corrected", quote=_sentence(text, folded, verb.start()))
            return _by(found, subject, terms, text, folded)
    cue = CORRECTION.search(folded)
    return Retraction(kind="corrected", quote=_sentence(text, folded, cue.start())) if cue else None


def _by(found: Retraction, name: Hit, terms: Terms, text: str, folded: str) -> Retraction:
    """Return a retraction with who takes back: an authority by its short name, or as written."""
    if name.kind == "authority":
        party = terms.agencies[name.value].jurisdiction or name.value
        return replace(found, by=name.value, party=party)
    office = OFFICE.match(folded, name.end) if name.kind == "place" else None
    called = text[name.start : office.end() if office else name.end]
    return replace(found, by=called, party=name.value)


def _denier(names: list[Hit], cue: re.Match[str], start: int, end: int, folded: str) -> Hit | None:
    """Return the name that stands as the subject of the denial; None where there is none."""
    if cue.re is DENY_VERB:
        after = re.match(r"\s*by (?:the )?", folded[cue.end() : end])
        if after:
            at = cue.end() + after.end()
            return next((hit for hit in names if at <= hit.start <= at + REACH // 2), None)
        return _subject(names, cue.start(), folded)
    said = list(SAYING.finditer(folded, start, end))
    before = [verb for verb in said if verb.end() <= cue.start()]
    if before:
        return _subject(names, before[-1].start(), folded)
    for verb in said:
        if verb.start() >= cue.end():
            behind = next((h for h in names if 0 <= h.start - verb.end() <= REACH // 2), None)
            return _subject(names, verb.start(), folded) or behind
    plans = cue[0].startswith(("has no plan", "have no plan", "had no plan"))
    return _subject(names, cue.start(), folded) if plans else None


def _subject(names: list[Hit], verb: int, folded: str) -> Hit | None:
    """Return the name right before a verb, an authority before the place that it is of."""
    near = [
        hit
        for hit in names
        if hit.end <= verb <= hit.end + REACH
        and not re.search("[,，;；:：]", folded[hit.end : verb])
        and (hit.kind != "place" or _acts(hit, verb, folded))
    ]
    if not near:
        return None
    return next((hit for hit in reversed(near) if hit.kind == "authority"), near[-1])


def _acts(place: Hit, verb: int, folded: str) -> bool:
    """Tell whether a country does something itself, or by an office, not whether it is there."""
    office = OFFICE.match(folded, place.end)
    gap = folded[office.end() if office else place.end : verb]
    there = re.search(r"\b(?:in|at|from|of|near|to)\s(?:the\s)?$", folded[: place.start])
    return len(gap) <= (20 if office else 4) and not there


def _edges(folded: str, at: int) -> tuple[int, int]:
    """Return where the sentence around a place begins and ends."""
    start = max((match.end() for match in SENTENCE_END.finditer(folded, 0, at)), default=0)
    close = SENTENCE_END.search(folded, at)
    return start, close.end() if close else len(folded)


def _sentence(text: str, folded: str, at: int) -> str:
    start, end = _edges(folded, at)
    return text[start:end].strip()[:QUOTES]
