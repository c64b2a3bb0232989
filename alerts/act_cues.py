"""Which cues of a text speak of a present act: verbs, not nouns; governments, not companies.

Pure. A cue that is idle (history, condition, adjective, a firm's own doing) counts for nothing.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.act_terms import HAN, Hit

DIRECTED = frozenset(("adopt", "ease", "withdraw", "suspend"))
"""Cues that restrict or ease."""

NEAR = 28
"""Characters within which a mark of history, condition or negation bears on a cue."""

OPENING = 6
"""Characters into a sentence within which a mark of history bears on all of it."""

SENTENCE_END = re.compile(
    r"[.!?](?<!\b[a-z]\.)(?<!\b(?:no|st|vs|co|mr|ms|dr)\.)"
    r"(?<!\b(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|inc|ltd|doc|art|reg|sen|rep|nos)\.)"
    r"(?<!\b(?:corp|sept|dept)\.)[.!?]*[\"'”’)]*\s+|[。！？\n]+|；"
)
AUXILIARY = re.compile(
    r"\b(?:to|will|would|shall|not|may|might|could|can|must|and|should|did|does|or|also|then|further)\s$"
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
TRADE_VERBS = ("ban", "prohibit", "halt", "stop", "suspend", "outlaw", "barred", "bars", "forbid",
               "restrict", "limit", "curb", "allow", "permit", "clear", "approv")  # fmt: skip
TRADE_VERBS_ZH = ("禁止", "停止", "暂停", "限制", "叫停")
LIST_VERBS = ("add", "plac", "put", "remov", "delet")
LIST_VERBS_ZH = ("列入", "移入", "放进", "纳入", "加入", "移出", "增列")
GENTLE = ("restrict", "limit", "curb", "allow", "permit", "clear", "approv", "限制")
WHO = re.compile(
    r"compan|firms?\b|entit|bod(?:y|ies)|organi[sz]ation|people|persons?|individual|makers?\b"
    r"|suppliers?|distributors?|institut|universit|ship|vessel|tanker|subsidiar|affiliate"
    r"|名单|实体|企业|公司|个人|机构|名"
)
NOT_TRADE_ZH = re.compile(r"实施|执行|加征|关税|公告|规则|措施|管制")

MODALS = ("may", "might", "could")
PLANNED = ("adopt", "withdraw", "suspend", "delay", "ease", "propose")
PASSIVE_ZH = ("列入", "移出", "纳入", "增列", "追加", "制裁", "限制", "征收", "起诉", "罚款")
PARTICIPLES = ("sanctioned", "banned", "restricted", "listed", "blacklisted", "forbidden", "barred")
PASSIVE = re.compile(r"\b(?:was|were|been|is|are|be|gets?|got|being|just|newly)\s$")
NOUNS = ("sanctions", "bans", "bars", "limits", "caps", "curbs", "permits", "targets", "charges")
NOUN_AFTER = re.compile(
    r"\s(?:on|against|over|for|relief|lists?|regimes?|packages?|evasion|waivers?|and|as|would|could|are|were"
    r"|have|had|has|is|by|in|imposed|under|rules?|risks?|busting|that|from|to|of|until|after|if|,)\b|[.,;:]|$"
)
PROPOSED_WHAT = re.compile(
    r"\s(?:\w+\s){0,2}?(?:rule|tariff|ban|law|legislat|regulat|amend|list|measure|control|restrict|dut|quota"
    r"|curb|sanction|change|new|to|a|an|the|add|rais|that|by|export|import|licen)"
)
TOLD_TO = re.compile(
    r"[^.;]{2,80}\sto\s(?:stop|halt|hold|suspend|cut|cease|avoid|pause|end|refrain|not|seek|apply|get)\b"
)
DENIERS = ("denied", "denies", "denying", "否认")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text with the terms in it."""

    start: int
    end: int
    hits: tuple[Hit, ...]

    def of(self, kind: str, *values: str) -> list[Hit]:
        """Return the hits of one kind, and of some values if any are given."""
        return [h for h in self.hits if h.kind == kind and (not values or h.value in values)]


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
        bare = hit.value.startswith("base:")
        if not bare or AUXILIARY.search(folded[max(0, hit.start - 9) : hit.start]):
            settled.append(hit._replace(value=value))
    settled.sort()
    return settled


def spread_instrument(verb: Hit, folded: str) -> Hit | None:
    """Return the instrument of a verb whose noun stands apart from it, as in 禁止锂精矿出口."""
    word = folded[verb.start : verb.end]
    han = bool(HAN.match(word))
    if word.startswith(TRADE_VERBS_ZH if han else TRADE_VERBS):
        trade = (TRADE_ZH if han else TRADE).match(folded, verb.end)
        if trade is None or (han and NOT_TRADE_ZH.search(trade["gap"])):
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


def idle(cue: Hit, sentence: Sentence, folded: str, old: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a cue speaks of what is past, only possible, or no government's doing.

    old: where the text names a day or month long past.
    """
    if cue.value in ("report", "deny"):
        return not (attributes(cue, folded) if cue.value == "report" else refutes(cue, sentence))
    if cue.value in ("none", "history", "hypothetical", "not", "norm", "strong", "roundup"):
        return False
    word = folded[cue.start : cue.end]
    if cue.value == "weigh" and word in MODALS:
        return not any(0 <= verb.start - cue.end <= 14 for verb in sentence.of("cue", *PLANNED))
    if no_verb(cue, word, sentence, folded) or supposed(cue, sentence.of("cue"), folded):
        return True
    if cue.value in ("weigh", "propose", "announce"):
        return False
    marks = [(mark.start, mark.end) for mark in sentence.of("cue", "history")]
    return any(dates_back(cue, start, end, sentence) for start, end in (*marks, *old))


def no_verb(cue: Hit, word: str, sentence: Sentence, folded: str) -> bool:
    """Tell whether a word that can be a government's verb is none here."""
    after = folded[cue.end : cue.end + 100]
    if word == "proposed":
        return not PROPOSED_WHAT.match(after)
    if word in ("told", "tells"):
        return not TOLD_TO.match(after)
    if word in NOUNS:
        return bool(NOUN_AFTER.match(after)) or not named_before(cue, sentence, 3)
    if word in PARTICIPLES:
        ahead = folded[max(0, cue.start - 12) : cue.start]
        said = PASSIVE.search(ahead) or re.match(r"\s(?:\w+\s){0,6}?by\b", after)
        return not (said or named_before(cue, sentence, 30))
    return cue.value in ("adopt", "suspend", "withdraw", "delay") and by_company(
        cue, word, sentence, folded
    )


def named_before(cue: Hit, sentence: Sentence, reach: int) -> bool:
    """Tell whether an authority, a country or a company stands right before a word."""
    return any(
        hit.kind in ("authority", "place", "company") and 0 <= cue.start - hit.end <= reach
        for hit in sentence.hits
    )


def by_company(cue: Hit, word: str, sentence: Sentence, folded: str) -> bool:
    """Tell whether a company right before a verb does it, rather than has it done to it."""
    after = folded[cue.end : cue.end + 12]
    if word.endswith("ed") and not after.startswith((" its ", " production", " output")):
        return False
    named = [h for h in sentence.hits if h.end <= cue.start and h.kind in NAMED]
    if not named or named[-1].kind != "company":
        return False
    firm = named[-1]
    marked = re.search(r"[将把对向与被、]$", folded[max(0, firm.start - 2) : firm.start])
    return cue.start - firm.end <= 12 and not marked and word not in PASSIVE_ZH


NAMED = ("authority", "place", "company")


def attributes(cue: Hit, folded: str) -> bool:
    """Tell whether a mark of hearsay is one: "sources" alone only at the end of a clause."""
    word = folded[cue.start : cue.end]
    if word == "exclusive":
        return cue.start < 3 or folded[cue.end : cue.end + 1] in ":|-"
    if word != "sources":
        return True
    return bool(re.match(r"\s*(?:[.,:;)\-]|$|\n)", folded[cue.end : cue.end + 3]))


def refutes(cue: Hit, sentence: Sentence) -> bool:
    """Tell whether a denial is an authority's: a firm or a suspect denies something else."""
    named = [hit for hit in sentence.hits if hit.kind in NAMED and hit.end <= cue.start]
    return not named or named[-1].kind != "company"


def supposed(cue: Hit, cues: Sequence[Hit], folded: str) -> bool:
    """Tell whether a cue stands in a condition."""
    return any(
        mark.value == "hypothetical"
        and 0 <= cue.start - mark.end <= NEAR
        and not re.search("[,，]", folded[mark.end : cue.start])
        for mark in cues
    )


def dates_back(cue: Hit, start: int, end: int, sentence: Sentence) -> bool:
    """Tell whether a mark of the past bears on a cue: it is near, or opens the sentence."""
    opens = sentence.start <= start <= sentence.start + OPENING
    return opens or max(cue.start - end, start - cue.end) <= NEAR


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
                return None if folded.startswith("通过", verb.start) else cue
            break
    return None
