"""Which cues of a text speak of a present act: verbs, not nouns; governments, not companies.

Pure. A cue that is idle (history, condition, adjective, a firm's own doing) counts for nothing.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from alerts.act_terms import HAN, Hit

NEAR = 28
"""Characters within which a mark of history, condition or negation bears on a cue."""

OPENING = 6
"""Characters into a sentence within which a mark of history bears on all of it."""

MOST_TERMS = 100
"""Terms of one sentence; each is held against the others. A longer one is read in parts: 26 are the
most in the 7,000 texts of the corpora, so it is none that anybody wrote to be read."""

SENTENCE_END = re.compile(
    r"[.!?;。\n](?:"
    r"(?<=[.!?])(?<!\b[a-z]\.)(?<!\b(?:no|st|vs|co|mr|ms|dr)\.)"
    r"(?<!\b(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec|inc|ltd|doc|art|reg|sen|rep|nos)\.)"
    r"(?<!\b(?:corp|sept|dept)\.)[.!?]*[\"'”’)]*\s+"
    r"|(?<=[。\n])[。\n]*|(?<=[\u3400-\u9fff”’][?!;])[?!;]*)"
)

FRONTED = re.compile(
    r"\W*(?!the following)(?:(?:just|only|barely|nearly|almost|about|some|\w+)\s)?(?:(?:an?\s)?(?:day|week|month|year|hour|decade|minute)s?\s)?"
    r"(?:shortly\s|soon\s|even\s|just\s|immediately\s|long\s)?"
    r"(?:after|since|when|while|although|though|following|despite|before|until|ever\ssince|because)\b"
    r"[^,;]{8,160},\s"
    r"|\W*(?:继|在|自|自从|随着|虽然|尽管|鉴于|由于|因)[^,。;]{4,80}?(?:之后|后|以来|之际|同时|来|的情况下)?,"
)
"""A clause in front of the main one: what happens there is not the news."""
CONDITION = re.compile(
    r"\W*(?:but |and |so |only |even )?(?:if|unless|should|were|had|suppose|imagine|assuming|provided)\b"
    r"|\W*(?:要是|如果|假如|倘若|假使|若是|若|一旦|万一|哪天|除非|只要)"
)

OPENER = re.compile(
    r"\b(?:after|since|when|because|before|until|once|although|while|now that|so that|in case|lest|despite|amid|besides)\s"
)
CLAUSE_END = re.compile(r"[,;:—(]|\s[-–]\s")
SUBJECT = 8
"""Characters behind a clause's comma within which a country is the subject of the next."""
AFTERWARDS = re.compile(r"[^,。;:!?]{0,16}?(?:之后|以后|以来|过后|后|之前)(?:[,\s]|$)")

MODALS = ("may", "might", "could")
PERHAPS = (
    "可能",
    "可能会",
    "或将",
    "有望",
    "不排除",
    "恐将",
    "possible",
    "possibly",
    "讨论",
    "考虑",
)
PLEA = re.compile(
    r"\b(?:ask|urge|press|call|want|lobb|beg|plead|petition|request|hope|able|free|enough|time|power|right|authorit"
    r"|mandate|reluctan|refus|fail|declin|unlikely|tr(?:y|ies|ied)|attempt|pressure|afraid|hard|difficult|easier"
    r"|necessary|bid|seek|sought|easy|how|where|what|used|allowed)\w*(?:\s(?:on|for|upon|by))?(?:\s[^\s,.;]+){0,4}?\sto\s$"
)
"""Words behind which "to lift" is asked for or possible, not done."""
PLANNED = ("adopt", "withdraw", "suspend", "delay", "ease", "propose")
DONE_TO = ("列入", "移出", "纳入", "增列", "追加", "制裁", "限制", "征收", "起诉", "罚款", "获", "hit with", "gets", "wins",
           "won", "granted", "given")  # fmt: skip
PARTICIPLES = ("sanctioned", "banned", "restricted", "listed", "blacklisted", "forbidden", "barred")
PASSIVE = re.compile(r"\b(?:was|were|been|is|are|be|gets?|got|being|just|newly)\s$")
NOUNS = (
    "orders",
    "hits",
    "hit",
    "lists",
    "delays",
    "halts",
    "cuts",
    "sanctions",
    "bans",
    "bars",
    "limits",
    "caps",
    "curbs",
    "permits",
    "targets",
    "charges",
)
NOUN_AFTER = re.compile(
    r"\s(?:on|against|over|for|relief|lists?|regimes?|packages?|evasion|waivers?|and|as|would|could|are|were"
    r"|have|had|has|is|by|in|imposed|under|rules?|risks?|busting|that|from|to|of|until|after|if|,)\b|[.,;:]|$"
)
ADJECTIVE = re.compile(r"(?:ese|ish|ian|ean|ican|rman)\s$")
PROPOSED_WHAT = re.compile(
    r"\s(?:[\w-]+\s){0,3}?(?:rule|tariff|ban|law|legislat|regulat|amend|list|measure|control|restrict|dut|quota"
    r"|curb|sanction|change|exempt|exclu|delist|addition|removal|fee|new|to|a|an|the|add|rais|that|by|export|import|licen)"
)
TOLD_TO = re.compile(
    r"[^.;]{2,80}\sto\s(?:stop|halt|hold|suspend|cut|cease|avoid|pause|end|refrain|not|seek|apply|get|sell|divest|dispose|leave|exit)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text with the terms in it. kinds: the same by their kind."""

    start: int
    end: int
    hits: tuple[Hit, ...]
    kinds: dict[str, list[Hit]] = field(init=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for hit in self.hits:
            self.kinds.setdefault(hit.kind, []).append(hit)

    def of(self, kind: str, *values: str) -> Sequence[Hit]:
        """Return the hits of one kind, and of some values if any are given."""
        found = self.kinds.get(kind, ())
        return [hit for hit in found if hit.value in values] if values and found else found


def split_sentences(folded: str, hits: Sequence[Hit]) -> list[Sentence]:
    """Cut a folded text into sentences, each with its hits, about MOST_TERMS at most."""
    edges = [0, *(match.end() for match in SENTENCE_END.finditer(folded)), len(folded)]
    sentences, at = [], 0
    for start, end in itertools.pairwise(edges):
        first = at
        while at < len(hits) and hits[at].start < end:
            if at - first >= MOST_TERMS and hits[at].start > hits[at - 1].start:
                sentences.append(Sentence(start, hits[at].start, tuple(hits[first:at])))
                start, first = hits[at].start, at
            at += 1
        if end > start:
            sentences.append(Sentence(start, end, tuple(hits[first:at])))
    return sentences


def subordinate(cue: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether a cue stands in a clause that only gives the time or the reason: after it banned."""
    if HAN.match(folded, cue.start):
        return bool(AFTERWARDS.match(folded, cue.end, sentence.end))
    openers = list(OPENER.finditer(folded, max(sentence.start, cue.start - 90), cue.start))
    return bool(openers) and not CLAUSE_END.search(folded, openers[-1].end(), cue.start)


def background(sentence: Sentence, folded: str) -> int:
    """Return where the clause that opens a sentence ends if it is not the news, else its start.

    Such a clause tells what went before, or a condition. Where no government is named behind a
    condition, the sentence is nothing but supposed.
    """
    fronted = FRONTED.match(folded, sentence.start, sentence.end)
    if fronted:
        return fronted.end()
    if CONDITION.match(folded, sentence.start, sentence.end):
        comma = folded.find(",", sentence.start, sentence.end)
        ruled = comma > 0 and any(
            hit.start > comma and (hit.kind == "authority" or hit.start <= comma + SUBJECT)
            for hit in sentence.hits
            if hit.kind in ("authority", "place")
        )
        return comma + 1 if ruled else sentence.end
    return sentence.start


def idle(cue: Hit, sentence: Sentence, folded: str, old: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a cue speaks of what is past, only possible, or no government's doing.

    old: where the text names a day or month long past.
    """
    if cue.value in ("report", "deny"):
        return not (attributes(cue, folded) if cue.value == "report" else refutes(cue, sentence))
    if cue.value in (
        "none",
        "history",
        "hypothetical",
        "not",
        "norm",
        "fee",
        "strong",
        "roundup",
        "genre",
        "needy",
        "loose",
    ):
        return False
    word = folded[cue.start : cue.end]
    if word == "或":
        return not maybe(cue, sentence)
    if folded[cue.end : cue.end + 1] == "-" or folded[max(0, cue.start - 1) : cue.start] == "-":
        return True
    if word in MODALS:
        return not (
            any(0 <= verb.start - cue.end <= 14 for verb in sentence.of("cue", *PLANNED))
            and named_before(cue, sentence, 24)
        )
    if word in PERHAPS:
        return not any(
            0 <= verb.start - cue.end <= 14
            for verb in sentence.hits
            if verb.kind in ("cue", "instrument")
        )
    if (
        NONE_OF.search(folded, max(0, cue.start - 24), cue.start)
        or pleaded(cue, folded)
        or SOUGHT.search(folded, max(0, cue.start - 60), cue.start)
        or (word.endswith("ing") and GERUND.search(folded, max(0, cue.start - 12), cue.start))
    ):
        return True
    if no_verb(cue, word, sentence, folded) or supposed(cue, sentence.of("cue"), folded):
        return True
    if cue.value in ("weigh", "propose", "announce"):
        return False
    marks = [(mark.start, mark.end) for mark in sentence.of("cue", "history")]
    if old:
        marks += [
            (start, end)
            for start, end in old
            if sentence.start <= start < sentence.end and not SINCE_WHEN.match(folded, end)
        ]
    return any(dates_back(cue, start, end, sentence) for start, end in marks)


SINCE_WHEN = re.compile(r"起[^,。;:]{1,12}的")
"""Behind a date: it only tells which, as in 撤销2024年起征收的附加税."""
NONE_OF = re.compile(
    r"\bno\s(?:exemptions?\s|exceptions?\s|changes?\s|new\s|further\s|more\s|additional\s|plans?\s(?:for|of)\s)?$"
)
"""Words behind which there is none of it: no exemptions planned."""
SOUGHT = re.compile(
    r"\b(?:ask|seek|request|push|plea|press|lobby|appl|petition|call|plead)\w*(?:\s[^\s.;,]+){0,4}?\sfor\s(?:an?\s|the\s|more\s)?$"
)
GERUND = re.compile(
    r"\b(?:of|for|by|without|from|about|against|on|with|to|than|into|before|after|while|when|avoid|stop)\s$"
)
"""Words behind which a form in -ing is a noun: from easing, of banning."""


def pleaded(cue: Hit, folded: str) -> bool:
    """Tell whether a bare verb is what somebody is asked, or able, to do."""
    end = cue.start - 3 if folded.endswith("to be ", 0, cue.start) else cue.start
    return folded.endswith("to ", 0, end) and bool(PLEA.search(folded, max(0, end - 70), end))


def maybe(cue: Hit, sentence: Sentence) -> bool:
    """Tell whether 或 means perhaps, as before a verb, rather than or."""
    verbs = [hit for hit in sentence.of("cue") if hit is not cue]
    return any(0 <= verb.start - cue.end <= 2 for verb in verbs) and not any(
        hit.end == cue.start for hit in sentence.hits if hit.kind in ("cue", "item")
    )


ANNIVERSARY = re.compile(
    r"(?:已|满|至今)*[一二两三四五六七八九十半\d]+(?:个月|周年|年|周|天)(?:以来|后|来|多|[,\s]|$)"
)
WHAT_OF = re.compile(
    r"[^,。;:]{0,24}的(?:问题|要求|可能|传闻|消息|呼声|建议|影响|背景|情况下|前提|条件|说法|诉求|权力|压力)"
)
SINCE = re.compile(
    r"[^,。;:]{0,20}?(?:满|届满|已过|过去)[一二两三四五六七八九十半\d]+(?:个月|周年|年|周|天)"
)
BY_LEAVE = re.compile(r"经[^,。;:]{0,14}$")
"""Before an approval that only leads up to the act: 经国务院批准，自…起暂停."""
NOUN_ZH = re.compile(r"[之行项类种]$|(?<=的)$")


def no_verb(cue: Hit, word: str, sentence: Sentence, folded: str) -> bool:
    """Tell whether a word that can be a government's verb is none here."""
    after = folded[cue.end : cue.end + 100]
    marks = {h.value for h in sentence.hits if h.start == cue.start and h.kind == "cue"}
    if HAN.match(word):
        if WHAT_OF.match(folded, cue.end):
            return True
        noun = word in ("限制", "制裁", "管制", "调整", "豁免")
        if noun and NOUN_ZH.search(folded, max(0, cue.start - 1), cue.start):
            return True
        if word in ("批准", "同意") and BY_LEAVE.search(folded, max(0, cue.start - 16), cue.start):
            return folded.startswith(",", cue.end)
        begun = cue.value == "effect" or word in ("实施", "落地")
        if SINCE.match(folded, cue.end) or (begun and ANNIVERSARY.match(folded, cue.end)):
            return True
    if word == "proposed":
        return not PROPOSED_WHAT.match(after)
    if (
        cue.value == "effect"
        and word.startswith("appl")
        and after.startswith((" for", " to the", " through"))
    ):
        return True
    if word in ("told", "tells"):
        return not TOLD_TO.match(after)
    if NEEDY in marks and not has_object(cue, sentence):
        return True
    if NEEDY in marks or cue.value in ("withdraw", "suspend", "delay"):
        ahead = folded[max(sentence.start, cue.start - 16) : cue.start]
        licensed = LICENSED.search(folded, max(sentence.start, cue.start - 60), cue.start)
        if (SUBJECTS.search(ahead) and not licensed) or IDLE_OBJECTS.match(after):
            return True
    if LOOSE in marks and not punishable(cue, sentence, folded):
        return True
    if "charg" in word:
        levied = any(hit.start == cue.start for hit in sentence.of("instrument"))
        return not (levied or word.endswith("with") or CHARGED.match(after))
    if word in NOUNS:
        adjective = ADJECTIVE.search(folded, max(0, cue.start - 16), cue.start)
        return bool(NOUN_AFTER.match(after) or adjective) or not named_before(cue, sentence, 3)
    if word in PARTICIPLES:
        ahead = folded[max(0, cue.start - 12) : cue.start]
        said = PASSIVE.search(ahead) or re.match(r"\s(?:\w+\s){0,6}?by\b", after)
        trade = any(
            hit.start < cue.start and hit.end == cue.end for hit in sentence.of("instrument")
        )
        return not (said or trade or named_before(cue, sentence, 30))
    return cue.value in ("adopt", "suspend", "withdraw", "delay") and by_company(
        cue, word, sentence, folded
    )


NEEDY, LOOSE = "needy", "loose"
"""Marks of everyday verbs: a government's only with an instrument or a rule as object, or, of
punishing and refusing, with an authority, or what governments punish, beside them."""
CHARGED = re.compile(
    r"(?:\s[^.;]{0,90})?\s(?:with|over)\s(?:[\w-]+\s){0,3}?(?:(?:chips?|goods|parts|servers)\s(?:sent|shipped|sold)|\w+ing\b|fraud|espionage|theft|illegal|unlawful|smuggl"
    r"|violat|breach|conspir|counts?\b|crime|offen[cs]e|sanctions|exports?\b|leak|secrets|false)"
)
STATE_BODY = re.compile(
    r"\b(?:customs|police|prosecutors?|court|judge|coast guard|border (?:force|guards?|agents)|authorities|regulators?)\b"
    r"|海关|警方|检方|法院|海警|缉私|检察"
)
SUBJECTS = re.compile(
    r"\b(?:prices?|sales|shares?|stocks?|exports|imports|revenues?|profits?|output|demand|shipments|deliveries"
    r"|costs|orders|volumes?|season|rush|gains?|losses|margins?|services?|traffic|talks|deadline|contract"
    r"|company|firm|maker|carmaker|automaker|chipmaker|supplier|bank|fund)\s$"
)
"""What goes up, down or on by itself: a verb behind it is no government's."""
LICENSED = re.compile(r"\b(?:licen[cs]es?|permits?|approvals?|quotas?)\sfor\s[^.;:,]+$")
"""What does not go by itself though such a word stands last: licences for exports paused."""
IDLE_OBJECTS = re.compile(
    r"\s(?:[\w-]+\s){0,2}?(?:doubts?|concerns?|questions?|fears?|guidance|forecasts?|outlook|profits?|output|production"
    r"|requests?|bids?|appeals?|challenges?|petitions?|lawsuits?|suits?|objections?|injunction"
    r"|money|funds?|stakes?|hopes?|eyebrows|alarm|target price|price target|purchases|buying|deliveries|flights|talks|sales|capacity|jobs|workers|staff|costs?|trial"
    r"|records?|up shop|foot|sail|pressure|tensions?|stage|tone|pace|prices(?!\s(?:floor|cap)))\b"
    r"|\s(?:[\w-]+\s){1,4}?off\s(?:the\s|its\s|their\s)?shelves\b"
)
"""What people and firms raise, cut, set and end."""
OBJECT_AFTER, OBJECT_BEFORE = 90, 40


def has_object(verb: Hit, sentence: Sentence) -> bool:
    """Tell whether an instrument or a rule stands where a verb's object can."""
    return any(
        -OBJECT_BEFORE <= hit.start - verb.end <= OBJECT_AFTER
        for hit in sentence.hits
        if hit.kind == "instrument"
        or (hit.kind == "cue" and hit.value in ("norm", "propose", "intend") and hit is not verb)
    )


def punishable(verb: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether a body of the state, or a licence or the like, stands in a verb's sentence."""
    return bool(STATE_BODY.search(folded, sentence.start, sentence.end)) or any(
        hit.kind in ("authority", "instrument", "sign")
        for hit in sentence.hits
        if hit.start >= verb.end or hit.end <= verb.start
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
    marked = re.search(
        r"[将把对向与被、][^,。;]{0,12}$", folded[max(0, firm.start - 14) : firm.start]
    )
    return cue.start - firm.end <= 12 and not marked and not word.startswith(DONE_TO)


NAMED = ("authority", "place", "company")


def attributes(cue: Hit, folded: str) -> bool:
    """Tell whether a mark of hearsay is one: "sources" alone only at the end of a clause."""
    word = folded[cue.start : cue.end]
    if word == "exclusive":
        return cue.start < 3 or folded[cue.end : cue.end + 1] in ":|-"
    if word != "sources":
        return True
    return bool(re.match(r"\s*(?:[.,:;)\-]|$|\n|ht)", folded[cue.end : cue.end + 3]))


def refutes(cue: Hit, sentence: Sentence) -> bool:
    """Tell whether a denial is an authority's: a firm or a suspect denies something else."""
    named = [hit for hit in sentence.hits if hit.kind in NAMED and hit.end <= cue.start]
    return (
        not named or "authority" in (named[0].kind, named[-1].kind) or named[-1].kind != "company"
    )


def supposed(cue: Hit, cues: Sequence[Hit], folded: str) -> bool:
    """Tell whether a cue stands in a condition."""
    return any(
        mark.value == "hypothetical"
        and 0 <= cue.start - mark.end <= NEAR
        and not re.search(",", folded[mark.end : cue.start])
        for mark in cues
    )


def dates_back(cue: Hit, start: int, end: int, sentence: Sentence) -> bool:
    """Tell whether a mark of the past bears on a cue: it is near, or opens the sentence."""
    opens = sentence.start <= start <= sentence.start + OPENING
    return opens or max(cue.start - end, start - cue.end) <= NEAR


NEGATED = ("adopt", "announce", "propose", "ease", "suspend", "withdraw", "delay", "enforce")


def negated(cues: Sequence[Hit], folded: str) -> Hit | None:
    """Return the negation of a verb that would have made an act: has not banned, 没有禁止."""
    for at, cue in enumerate(cues):
        if cue.value != "not" or supposed(cue, cues, folded):
            continue
        for verb in cues[at + 1 :]:
            if verb.value not in NEGATED:
                continue
            reach = 6 if HAN.match(folded[cue.start]) else 14
            between = folded[cue.end : verb.start]
            if len(between) <= reach and not re.search(r"[,;:、]", between):
                return None if folded.startswith("通过", verb.start) else cue
            break
    return None
