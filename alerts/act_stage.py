"""How far an act has come, read from the cues of one sentence: verbs, modality, negation, source.

Pure. The rules stand in docs/acts.md in the order in which they are tried here.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
DIRECTED = frozenset(("adopt", "ease", "withdraw", "suspend"))

NEAR = 28
"""Characters within which a mark of history, condition or negation bears on a cue."""

OPENING = 6
"""Characters into a sentence within which a mark of history bears on all of it."""

SENTENCE_END = re.compile(
    r"(?<!\b[a-z])(?<!\b(?:no|st|vs|co|mr|ms|dr))"
    r"(?<!\b(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|inc|ltd|doc|art|reg|sen|rep|nos))"
    r"(?<!\b(?:corp|sept|dept))[.!?]+[\"'”’)]*\s+|[。！？\n]+|；"
)
CHAMBERS = ("Congress", "European Parliament")
"""Authorities that pass bills on; what they vote for is no law yet."""

AUXILIARY = re.compile(
    r"(?:\b(?:to|will|would|shall|not|may|might|could|can|must|and|should|did|does|or|also|then|n't|further)\s)$"
)
TRADE = re.compile(
    r"\s(?:(?!tariff|dut|ban\b|bans\b|control|curb|licen|permit|rule|restrict|sanction|quota|probe"
    r"|measure|order|announce|clause)[^\s.;,:]+[\s,]){0,5}?(?:all\s)?"
    r"(?P<what>exports?|imports?|shipments?|exporting|importing)\b"
    r"(?!\s(?:licen|permit|control|ban|curb|restriction|rule|quota|dut|tariff|regime))"
)
TRADE_ZH = re.compile(
    r"(?P<gap>[^，。；:、]{0,16}?)(?P<what>出口|进口)(?!管制|许可|禁令|限制|配额|关税|退税|国|商)"
)
LIST = re.compile(r"[^.;:\n]{3,90}?\s(?:to|on|from|off)\s(?:[\w'-]+\s){0,5}?(?:black|watch)?list\b")
LIST_ZH = re.compile(r"[^，。；:、]{0,16}?(?:清单|名单|目录)")
TRADE_VERBS = ("ban", "prohibit", "halt", "stop", "suspend", "outlaw", "barred", "bars", "forbid", "restrict",
               "limit", "curb", "allow", "permit", "clear", "approv")  # fmt: skip
TRADE_VERBS_ZH = ("禁止", "停止", "暂停", "限制", "叫停")
LIST_VERBS = ("add", "plac", "put", "remov", "delet")
LIST_VERBS_ZH = ("列入", "移入", "放进", "纳入", "加入", "移出", "增列")
GENTLE = ("restrict", "limit", "curb", "allow", "permit", "clear", "approv", "限制")
WHO = re.compile(
    r"compan|firms?\b|entit|bod(?:y|ies)|organi[sz]ation|people|persons?|individual|makers?\b|suppliers?"
    r"|distributors?|institut|universit|ship|vessel|tanker|subsidiar|affiliate|名单|实体|企业|公司|个人|机构|名"
)
SPREAD_NOT = re.compile(r"实施|执行|加征|关税|公告|规则|措施|管制")

GRANTING = ("grant", "approv", "clear", "批准", "核发", "发放", "授予")
MODALS = ("may", "might", "could")
PLANNED = ("adopt", "withdraw", "suspend", "delay", "ease", "propose")
LISTING = ("列入", "移出", "纳入", "增列", "追加", "制裁", "限制", "征收", "起诉")
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
    weak: bool = False
    """Read from publication or date alone; a verb in another sentence says it better."""


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


def split_sentences(folded: str, hits: Sequence[Hit]) -> list[Sentence]:
    """Cut a folded text into sentences, each with its hits."""
    edges = [0, *(match.end() for match in SENTENCE_END.finditer(folded)), len(folded)]
    sentences, at = [], 0
    for start, end in itertools.pairwise(edges):
        inside = []
        while at < len(hits) and hits[at].start < end:
            inside.append(hits[at])
            at += 1
        if end > start:
            sentences.append(Sentence(start, end, tuple(inside)))
    return sentences


def settle(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Make cues of bare verbs behind an auxiliary (will ban, to lift) and drop the other ones.

    Adds the instruments whose verb and noun stand apart: bans lithium exports, 禁止…出口.
    """
    settled: list[Hit] = []
    for hit in hits:
        if hit.kind != "cue":
            settled.append(hit)
            continue
        value = hit.value.removeprefix("base:")
        if value in DIRECTED:
            instrument = spread_instrument(hit, folded)
            if instrument:
                settled.append(instrument)
                if value == "suspend":
                    value = "adopt"  # suspends imports: a ban begins, none is suspended
        if value == hit.value or AUXILIARY.search(folded[max(0, hit.start - 9) : hit.start]):
            settled.append(hit._replace(value=value))
    settled.sort()
    return settled


def spread_instrument(verb: Hit, folded: str) -> Hit | None:
    """Return the instrument of a verb whose noun stands apart from it, as in 禁止锂精矿出口."""
    word = folded[verb.start : verb.end]
    han = bool(HAN.match(word))
    if word.startswith(TRADE_VERBS_ZH if han else TRADE_VERBS):
        trade = (TRADE_ZH if han else TRADE).match(folded, verb.end)
        if trade is None or (han and SPREAD_NOT.search(trade["gap"])):
            return None
        inward = trade["what"].startswith(("import", "进口"))
        outward = "export restriction" if word.startswith(GENTLE) else "export ban"
        return Hit(verb.start, trade.end(), "instrument", "import ban" if inward else outward)
    if word.startswith(LIST_VERBS_ZH if han else LIST_VERBS):
        listing = (LIST_ZH if han else LIST).match(folded, verb.end)
        if listing is None:
            return None
        firms = WHO.search(folded, max(0, verb.start - 40), listing.end())
        value = "entity listing" if firms else "control-list change"
        return Hit(verb.start, listing.end(), "instrument", value)
    return None


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
    if first is None:
        stage, cue = decide_weakly(live, sentence, around, folded)
    else:
        stage, cue = decide(live, first, sentence, folded, around)
    if stage is Stage.ADOPTED and around.dated and around.come:
        stage = Stage.IN_EFFECT
    return Verdict(stage=stage, cue=cue, lifted=lifted, weak=first is None)


def decide(
    cues: Sequence[Hit], first: Hit, sentence: Sentence, folded: str, around: Surroundings
) -> tuple[Stage, Hit]:
    """Choose the stage; the first rule that fits wins."""
    by_value = {cue.value: cue for cue in reversed(cues)}
    told = by_value.get("report")
    kind = first.value
    if told and not around.official:
        return Stage.REPORTED, told
    if kind == "weigh":
        return Stage.REPORTED, first
    if "law" in by_value:
        return Stage.ADOPTED, by_value["law"]
    if conditional(by_value, first):
        return Stage.PROPOSED, first
    if kind == "delay":
        return Stage.DELAYED, first
    if kind in ("withdraw", "suspend"):
        return undoing(by_value, first)
    if kind == "enforce":
        return Stage.ENFORCED, first
    if "propose" in by_value or around.bill:
        return Stage.PROPOSED, by_value.get("propose", first)
    if kind == "intend":
        return (Stage.ADOPTED if around.dated and around.official else Stage.PROPOSED), first
    if "chamber" in by_value or sentence.of("authority", *CHAMBERS):
        return Stage.PROPOSED, by_value.get("chamber", first)
    for undo, stage in (("suspend", Stage.SUSPENDED), ("delay", Stage.DELAYED)):
        if kind == "ease" and undo in by_value:
            return stage, by_value[undo]
    if kind == "effect":
        return (Stage.ADOPTED if around.dated and not around.come else Stage.IN_EFFECT), first
    if intended(first, by_value, sentence, folded) and not around.dated and not around.official:
        return Stage.PROPOSED, first
    return Stage.ADOPTED, first


def conditional(by_value: dict[str, Hit], first: Hit) -> bool:
    """Tell an offer or a threat: will end its ban if ..., 若不取消…将加征."""
    condition = by_value.get("hypothetical")
    return bool(condition and ("will" in by_value or first.value == "intend"))


def undoing(by_value: dict[str, Hit], first: Hit) -> tuple[Stage, Hit]:
    """Tell suspension from withdrawal; a sentence that has both words means suspension."""
    if first.value == "withdraw" and "suspend" in by_value:
        return Stage.SUSPENDED, by_value["suspend"]
    return (Stage.SUSPENDED if first.value == "suspend" else Stage.WITHDRAWN), first


def decide_weakly(
    cues: Sequence[Hit], sentence: Sentence, around: Surroundings, folded: str
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
    head = folded[sentence.start : first.start + 1]
    return bool(re.search(r"\w to $", head[:-1]) and len(head) < 60)


def negated(cues: Sequence[Hit], folded: str) -> Hit | None:
    """Return the negation of a verb that would have made an act: has not banned, 没有禁止."""
    for at, cue in enumerate(cues):
        if cue.value != "not" or supposed(cue, cues, folded):
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


def supposed(cue: Hit, cues: Sequence[Hit], folded: str) -> bool:
    """Tell whether a cue stands in a condition."""
    return any(
        mark.value == "hypothetical"
        and 0 <= cue.start - mark.end <= NEAR
        and not re.search("[,，]", folded[mark.end : cue.start])
        for mark in cues
    )


def idle(cue: Hit, sentence: Sentence, folded: str, around: Surroundings) -> bool:
    """Tell whether a cue speaks of what is past or only possible."""
    if cue.value == "report":
        return not attributes(cue, folded)
    if cue.value == "weigh" and folded[cue.start : cue.end] in MODALS:
        return not any(0 <= verb.start - cue.end <= 14 for verb in sentence.of("cue", *PLANNED))
    if cue.value in ("adopt", "suspend", "withdraw", "delay") and by_company(cue, sentence, folded):
        return True
    if cue.value not in DECISIVE or cue.value == "none":
        return False
    if supposed(cue, sentence.of("cue"), folded):
        return True
    for mark in sentence.of("cue", "history"):
        if cue.value not in ("weigh", "propose") and dates_back(cue, mark.start, mark.end, sentence):
            return True
    return any(dates_back(cue, start, end, sentence) for start, end in around.old)


def dates_back(cue: Hit, start: int, end: int, sentence: Sentence) -> bool:
    """Tell whether a mark of the past bears on a cue: it is near, or opens the sentence."""
    opens = sentence.start <= start <= sentence.start + OPENING
    return opens or max(cue.start - end, start - cue.end) <= NEAR


def by_company(cue: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether the nearest name before a verb is a company that does it, not one it is done to."""
    word = folded[cue.start : cue.end]
    if word.endswith("ed") and not folded[cue.end :].startswith((" its ", " production", " output")):
        return False
    named = [
        h for h in sentence.hits
        if h.end <= cue.start and h.kind in ("authority", "place", "company")
    ]
    if not named or named[-1].kind != "company":
        return False
    firm = named[-1]
    between = folded[firm.end : cue.start]
    marked = folded[max(0, firm.start - 2) : firm.start]
    return len(between) <= 12 and not re.search(r"[将把对向与被、]", marked) and word not in LISTING


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
