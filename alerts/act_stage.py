"""How far an act has come, read from the live cues of one sentence.

Pure. docs/acts.md explains the rules in the order in which they are tried here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.act_cues import DIRECTED, Sentence, idle, negated
from alerts.act_terms import HAN, Hit
from alerts.domain import Stage

DECISIVE = frozenset(
    [
        "adopt",
        "propose",
        "intend",
        "weigh",
        "delay",
        "suspend",
        "withdraw",
        "enforce",
        "effect",
        "ease",
        "law",
        "none",
    ]
)
CHAMBERS = ("Congress", "European Parliament")
"""Authorities that pass bills on; what they vote for is no law yet."""

OBJECT = 45
"""Characters behind a verb within which a draft or a bill is what the verb is about."""

SENTENCES = 5
"""Sentences with cues in which an act is looked for; what is news stands before that."""

ABOUT_ACTS = (
    "strong",
    "norm",
    "propose",
    "enforce",
    "law",
    "weigh",
    "delay",
    "suspend",
    "withdraw",
)
"""Cues that make a sentence with an authority be about an act without naming its instrument."""

PLANS = ("weigh", "propose", "intend")
"""Cues that beside a rule's name make a sentence with a country be about an act."""

SUBJECT = 30
"""Characters between a country and a verb that it is the subject of."""

GRANTING = ("grant", "approv", "clear", "批准", "核发", "发放", "授予")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one sentence says of an act.

    stage: None where it says that there is no act, or says nothing of one.
    cue: the word that decided.
    lifted: the word that says that a restriction is eased or ended.
    denied: the word that says that it is not so.
    weak: read from publication or date alone; a verb in another sentence says it better.
    """

    stage: Stage | None = None
    cue: Hit | None = None
    lifted: Hit | None = None
    denied: Hit | None = None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the stage depends on beyond the sentence.

    official: the text gives the act's own official number; bill: it is one of a bill.
    law: where such a number opens the text, as in the title of a regulation: its end.
    dated: an effective date is known; come: it has come.
    old: where the text names a day or month long past.
    """

    official: bool
    dated: bool
    come: bool
    bill: bool = False
    law: int = 0
    old: tuple[tuple[int, int], ...] = ()


def judge(sentence: Sentence, folded: str, around: Surroundings) -> Verdict:
    """Read the stage that a sentence reports."""
    if folded[sentence.start : sentence.end].rstrip().endswith(("?", "？", "吗")):
        return Verdict()
    cues = sentence.of("cue")
    live = [cue for cue in cues if not idle(cue, sentence, folded, around.old)]
    denied = next((cue for cue in live if cue.value == "deny"), None) or negated(cues, folded)
    if denied:
        return Verdict(denied=denied)
    first = next((cue for cue in live if cue.value in DECISIVE), None)
    if first is None:
        stage, cue = decide_weakly(live, sentence, around)
    elif first.value == "none":
        return Verdict(cue=first)
    else:
        stage, cue = decide(live, first, sentence, folded, around)
    if stage is Stage.ADOPTED and around.dated and around.come:
        stage = Stage.IN_EFFECT
    lifted = easing(live, first, sentence, folded)
    return Verdict(stage=stage, cue=cue, lifted=lifted, weak=first is None)


def decide(
    cues: Sequence[Hit], first: Hit, sentence: Sentence, folded: str, around: Surroundings
) -> tuple[Stage, Hit]:
    """Choose the stage; the first rule that fits wins."""
    by_value = {cue.value: cue for cue in reversed(cues)}
    kind = first.value
    if "report" in by_value and not around.official:
        return Stage.REPORTED, by_value["report"]
    if kind == "weigh":
        return Stage.REPORTED, first
    if "law" in by_value:
        return Stage.ADOPTED, by_value["law"]
    if "hypothetical" in by_value and ("will" in by_value or kind == "intend"):
        return Stage.PROPOSED, first
    if kind == "delay":
        return Stage.DELAYED, first
    if kind in ("withdraw", "suspend"):
        return undoing(by_value, first)
    if kind == "enforce":
        return Stage.ENFORCED, first
    draft = by_value.get("propose")
    if draft and draft.start < first.end + OBJECT:
        return Stage.PROPOSED, draft
    return decide_adopted(by_value, first, sentence, folded, around)


def decide_adopted(
    by_value: dict[str, Hit], first: Hit, sentence: Sentence, folded: str, around: Surroundings
) -> tuple[Stage, Hit]:
    """Tell an act that is made from one that is announced, passed on by a chamber, or in force."""
    if around.bill:
        return Stage.PROPOSED, first
    if first.value == "intend":
        return (Stage.ADOPTED if around.dated and around.official else Stage.PROPOSED), first
    if "chamber" in by_value or sentence.of("authority", *CHAMBERS):
        return Stage.PROPOSED, by_value.get("chamber", first)
    if first.value == "ease" and "suspend" in by_value:
        return Stage.SUSPENDED, by_value["suspend"]
    if first.value == "effect":
        return (Stage.ADOPTED if around.dated and not around.come else Stage.IN_EFFECT), first
    if not around.dated and not around.official and intended(first, by_value, sentence, folded):
        return Stage.PROPOSED, first
    return Stage.ADOPTED, first


def undoing(by_value: dict[str, Hit], first: Hit) -> tuple[Stage, Hit]:
    """Tell suspension from withdrawal; a sentence that has both words means suspension."""
    if first.value == "withdraw" and "suspend" in by_value:
        return Stage.SUSPENDED, by_value["suspend"]
    return (Stage.SUSPENDED if first.value == "suspend" else Stage.WITHDRAWN), first


def decide_weakly(
    cues: Sequence[Hit], sentence: Sentence, around: Surroundings
) -> tuple[Stage | None, Hit | None]:
    """Choose the stage of a sentence with no verb of its own: by source, date or publication."""
    by_value = {cue.value: cue for cue in reversed(cues)}
    instrument = sentence.of("instrument")
    if "report" in by_value and instrument:
        return Stage.REPORTED, by_value["report"]
    if "announce" in by_value and (instrument or around.official):
        return Stage.ADOPTED, by_value["announce"]
    if around.bill:
        return Stage.PROPOSED, None
    if instrument and around.dated:
        return Stage.ADOPTED, by_value.get("will")
    if around.law and sentence.start <= around.law <= sentence.end:
        return Stage.ADOPTED, None
    return None, None


def intended(first: Hit, by_value: dict[str, Hit], sentence: Sentence, folded: str) -> bool:
    """Tell whether the deciding verb stands in the future: will ban, to ban, 将禁止."""
    will = by_value.get("will")
    if will and 0 <= first.start - will.end <= (3 if HAN.match(folded[will.start]) else 20):
        return True
    head = folded[sentence.start : first.start]
    return "announce" not in by_value and len(head) < 60 and bool(re.search(r"\w to $", head))


def easing(cues: Sequence[Hit], first: Hit | None, sentence: Sentence, folded: str) -> Hit | None:
    """Return the word that says that a restriction is eased; ending an exemption is none."""
    if first is None:
        return None
    lead = next((cue for cue in cues if cue.value in DIRECTED), None)
    eases = next((cue for cue in cues if cue.value == "ease"), None)
    undoes = lead if lead and lead.value in ("withdraw", "suspend") else None
    if undoes and eases and eases.start - undoes.end <= 40:
        return None
    if undoes or eases:
        return undoes or eases
    granted = lead and folded[lead.start : lead.end].startswith(GRANTING)
    return lead if granted and sentence.of("instrument", "export licence") else None


def choose(
    sentences: Sequence[Sentence], folded: str, around: Surroundings
) -> tuple[Sentence | None, Verdict]:
    """Return the sentence that reports the act and its verdict.

    The first with a stage and an instrument wins, then the first with a stage that is about an
    act all the same, then one that is read from publication or date alone. A denial overrules
    hearsay and what comes behind it. Without a stage: the first sentence that names an
    instrument or an authority.
    """
    telling = [s for s in sentences if s.of("instrument") or s.of("cue", *DECISIVE, "announce")]
    verdicts = [(s, judge(s, folded, around)) for s in telling[:SENTENCES]]
    staged = [(s, v) for s, v in verdicts if v.stage and governed(s, v, sentences, around)]
    denial = next(((s, v) for s, v in verdicts if v.denied and denies(s, sentences)), None)
    if denial and (
        not staged or staged[0][1].stage is Stage.REPORTED or denial[0].start < staged[0][0].start
    ):
        return denial
    ranked = [
        [(s, v) for s, v in staged if s.of("instrument") and not v.weak],
        [(s, v) for s, v in staged if not v.weak and (strong(s) or around.official)],
        [(s, v) for s, v in staged if v.weak],
    ]
    found = next((group[0] for group in ranked if group), denial)
    if found:
        return found
    first = next((s for s in sentences if s.of("instrument") or s.of("authority")), None)
    return first, Verdict()


def denies(sentence: Sentence, sentences: Sequence[Sentence]) -> bool:
    """Tell whether a denial is about an act: an instrument is named there or just before."""
    at = sentences.index(sentence)
    named = any(part.of("instrument") for part in sentences[max(0, at - 2) : at + 1])
    return named and named_government(sentence, sentences)


def governed(
    sentence: Sentence, verdict: Verdict, sentences: Sequence[Sentence], around: Surroundings
) -> bool:
    """Tell whether a government acts: by number, by name, or by punishing a trade in goods."""
    if around.official or named_government(sentence, sentences):
        return True
    return verdict.stage is Stage.ENFORCED and bool(sentence.of("item"))


def named_government(sentence: Sentence, sentences: Sequence[Sentence]) -> bool:
    """Tell whether the sentence, or the text's opening, names an authority or a country."""
    return any(
        hit.kind in ("authority", "sign") or (hit.kind == "place" and hit.value != "-")
        for part in (sentence, *sentences[:2])
        for hit in part.hits
    )


def strong(sentence: Sentence) -> bool:
    """Tell whether a sentence without an instrument is about an act all the same.

    So it is where an authority meets a rule, or a country a verb that only governments use.
    """
    if sentence.of("authority"):
        return bool(sentence.of("cue", *ABOUT_ACTS))
    places = [hit for hit in sentence.of("place") if hit.value != "-"]
    return any(
        0 <= verb.start - place.end <= SUBJECT
        for verb in sentence.of("cue", "strong", *(PLANS if sentence.of("cue", "norm") else ()))
        for place in places
    )
