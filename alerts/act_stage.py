"""How far an act has come, read from the cues of one sentence: verbs, modality, negation, source.

Pure. The rules stand in docs/acts.md in the order in which they are tried here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.act_terms import HAN, Hit
from alerts.domain import Stage

DECISIVE = frozenset(
    "adopt propose intend weigh delay suspend withdraw enforce effect ease law none".split()
)
WEAK = frozenset(("announce", "will"))
EASING = frozenset(("ease", "withdraw", "suspend"))
DIRECTED = EASING | {"adopt"}

NEAR = 28
"""Characters within which a mark of history, condition or negation bears on a cue."""

SENTENCE_END = re.compile(
    r"(?<!\b[a-z])(?<!\b(?:no|st|vs|co|mr|ms|dr))"
    r"(?<!\b(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|inc|ltd|doc|art|reg|sen|rep|nos))"
    r"(?<!\b(?:corp|sept|dept))[.!?]+[\"'”’)]*\s+|[。！？\n]+|;\s+(?=[a-z])|；"
)
GRANTING = ("grant", "approv", "clear", "批准", "核发", "发放", "授予")
HEADLINE_TO = re.compile(r"\s(?:to|set to)\s(?!(?:the|a|an|its|be|china|russia|us|eu)\b)[a-z]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text with the terms in it."""

    start: int
    end: int
    hits: tuple[Hit, ...]

    def of(self, kind: str, *values: str) -> list[Hit]:
        """Return the hits of one kind, and of some values if any are given."""
        return [h for h in self.hits if h.kind == kind and (not values or h.value in values)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one sentence says of an act.

    stage: None where it says that there is no act, or says nothing of one.
    cue: the word that decided.
    lifted: the word that says that a restriction is eased or ended.
    denied: the word that says that it is not so.
    """

    stage: Stage | None = None
    cue: Hit | None = None
    lifted: Hit | None = None
    denied: Hit | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the stage depends on beyond the sentence.

    official: the text gives the act's own official number.
    effective: whether an effective date is known, and whether it has come.
    """

    official: bool
    dated: bool
    come: bool
    old: tuple[tuple[int, int], ...] = ()


def split_sentences(folded: str, hits: Sequence[Hit]) -> list[Sentence]:
    """Cut a folded text into sentences, each with its hits."""
    edges = [0, *(match.end() for match in SENTENCE_END.finditer(folded)), len(folded)]
    sentences, at = [], 0
    for start, end in zip(edges, edges[1:], strict=False):
        inside = []
        while at < len(hits) and hits[at].start < end:
            inside.append(hits[at])
            at += 1
        if end > start:
            sentences.append(Sentence(start, end, tuple(inside)))
    return sentences


def judge(sentence: Sentence, folded: str, around: Surroundings) -> Verdict:
    """Read the stage that a sentence reports."""
    text = folded[sentence.start : sentence.end]
    if text.rstrip().endswith(("?", "？", "吗")):
        return Verdict()
    cues = sentence.of("cue")
    denied = next((cue for cue in cues if cue.value == "deny"), None) or negated(cues, folded)
    if denied:
        return Verdict(denied=denied)
    live = [cue for cue in cues if not idle(cue, sentence, folded, around)]
    first = next((cue for cue in live if cue.value in DECISIVE), None)
    if first and first.value == "none":
        return Verdict(cue=first)
    lifted = easing(live, first, sentence, folded)
    stage, cue = decide(live, first, sentence, folded, around)
    if stage is Stage.ADOPTED and around.dated and around.come:
        stage = Stage.IN_EFFECT
    return Verdict(stage=stage, cue=cue, lifted=lifted)


def decide(
    cues: Sequence[Hit], first: Hit | None, sentence: Sentence, folded: str, around: Surroundings
) -> tuple[Stage | None, Hit | None]:
    """Choose the stage; the first rule that fits wins."""
    by_value = {cue.value: cue for cue in reversed(cues)}
    told = next((c for c in cues if c.value == "report" and attributes(c, folded)), None)
    if first is None:
        return decide_weakly(by_value, sentence, around, told)
    kind = first.value
    if told and not around.official:
        return Stage.REPORTED, told
    if kind == "weigh":
        return Stage.REPORTED, first
    if "law" in by_value:
        return Stage.ADOPTED, by_value["law"]
    if kind == "delay":
        return Stage.DELAYED, first
    if kind in ("withdraw", "suspend"):
        return undoing(by_value, first, folded, around)
    if kind == "enforce":
        return Stage.ENFORCED, first
    if "propose" in by_value:
        return Stage.PROPOSED, by_value["propose"]
    if kind == "intend":
        return (Stage.ADOPTED if around.dated and around.official else Stage.PROPOSED), first
    if "chamber" in by_value or sentence.of("authority", "Congress", "European Parliament"):
        return Stage.PROPOSED, by_value.get("chamber", first)
    for undo, stage in (("suspend", Stage.SUSPENDED), ("delay", Stage.DELAYED)):
        if kind in ("announce", "ease") and undo in by_value:
            return stage, by_value[undo]
    if kind == "effect":
        return (Stage.ADOPTED if around.dated and not around.come else Stage.IN_EFFECT), first
    if intended(first, by_value, sentence, folded) and not around.dated and not around.official:
        return Stage.PROPOSED, first
    return Stage.ADOPTED, first


def undoing(
    by_value: dict[str, Hit], first: Hit, folded: str, around: Surroundings
) -> tuple[Stage, Hit]:
    """Tell suspension from withdrawal; a sentence that has both words means suspension."""
    if first.value == "withdraw" and "suspend" in by_value:
        return Stage.SUSPENDED, by_value["suspend"]
    return (Stage.SUSPENDED if first.value == "suspend" else Stage.WITHDRAWN), first


def decide_weakly(
    by_value: dict[str, Hit], sentence: Sentence, around: Surroundings, told: Hit | None
) -> tuple[Stage | None, Hit | None]:
    """Choose the stage of a sentence with no verb of its own: by source, date or publication."""
    named = bool(sentence.of("instrument")) or around.official
    if told and sentence.of("instrument"):
        return Stage.REPORTED, told
    if "announce" in by_value and named:
        return Stage.ADOPTED, by_value["announce"]
    if sentence.of("instrument") and around.dated:
        return Stage.ADOPTED, by_value.get("will")
    return None, None


def intended(first: Hit, by_value: dict[str, Hit], sentence: Sentence, folded: str) -> bool:
    """Tell whether the deciding verb stands in the future: will ban, to ban, 将禁止."""
    will = by_value.get("will")
    if will and 0 <= first.start - will.end <= (3 if HAN.match(folded[will.start]) else 20):
        return True
    head = folded[sentence.start : first.start + 1]
    return bool(re.search(r"\w to $", head[:-1]) and len(head) < 60)


def negated(cues: Sequence[Hit], folded: str) -> Hit | None:
    """Return the negation of a verb that would have made an act: has not banned, 没有禁止."""
    for at, cue in enumerate(cues):
        if cue.value != "not":
            continue
        for verb in cues[at + 1 :]:
            if verb.value not in ("adopt", "announce", "suspend", "withdraw", "delay", "enforce"):
                continue
            reach = 6 if HAN.match(folded[cue.start]) else 14
            between = folded[cue.end : verb.start]
            if len(between) <= reach and not re.search(r"[,;:，、]", between):
                return cue
            break
    return None


def idle(cue: Hit, sentence: Sentence, folded: str, around: Surroundings) -> bool:
    """Tell whether a cue speaks of what is past or only possible."""
    if cue.value not in DECISIVE or cue.value == "none":
        return False
    for mark in sentence.hits:
        if mark.kind != "cue" or mark.value not in ("history", "hypothetical"):
            continue
        if mark.value == "hypothetical" and 0 <= cue.start - mark.end <= NEAR:
            return True
        apart = max(cue.start - mark.end, mark.start - cue.end)
        if mark.value == "history" and apart <= NEAR and cue.value not in ("weigh", "propose"):
            return True
    return any(max(cue.start - end, start - cue.end) <= NEAR for start, end in around.old)


def attributes(cue: Hit, folded: str) -> bool:
    """Tell whether a mark of hearsay is one: "sources" alone only at the end of a clause."""
    word = folded[cue.start : cue.end]
    if word != "sources":
        return True
    return bool(re.match(r"\s*(?:[.,:;)\-]|$|\n)", folded[cue.end : cue.end + 3]))


def easing(cues: Sequence[Hit], first: Hit | None, sentence: Sentence, folded: str) -> Hit | None:
    """Return the word that says that a restriction is eased; ending an exemption is none."""
    if first is None:
        return None
    directed = [cue for cue in cues if cue.value in DIRECTED]
    lead = directed[0] if directed else None
    eases = next((cue for cue in cues if cue.value == "ease"), None)
    undoes = lead if lead and lead.value in ("withdraw", "suspend") else None
    if undoes and eases and eases.start - undoes.end <= 40:
        return None
    if undoes or eases:
        return undoes or eases
    granted = lead and folded[lead.start : lead.end].startswith(GRANTING)
    return lead if granted and sentence.of("instrument", "export licence") else None
