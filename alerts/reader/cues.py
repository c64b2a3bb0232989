"""Which cues of a text speak of a present act: verbs, not nouns; governments, not companies.

Pure. A cue that is idle (history, condition, adjective, a firm's own doing) counts for nothing.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from alerts.reader.chinese import FORMS
from alerts.reader.senses import means_another
from alerts.reader.terms import HAN, Hit
from alerts.reader.wishes import wanted

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
    r"(?<!\b(?:corp|sept|dept)\.)[.!?]{0,9}[\"'”’)]{0,9}\s+"
    r"|(?<=[。\n])[。\n]*|(?<=[\u3400-\u9fff”’][?!;])[?!;]*)"
)

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
PLANNED = ("adopt", "withdraw", "suspend", "delay", "ease", "propose")
DONE_TO = ("列入", "移出", "纳入", "增列", "追加", "制裁", "限制", "征收", "起诉", "罚款", "获", "hit with", "gets", "wins",
           "won", "granted", "given", "goes", "went", "go", "joins", "lands", "faces", "face")  # fmt: skip
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
    r"\s(?:chiefs?|envoys?|coordinators?|experts?|lawyers?|offices?|monitors?|specialists?|advis[eo]rs?|team|unit|talks|threats?|breach\w*"
    r"|on|against|over|for|relief|lists?|regimes?|packages?|evasion|waivers?|and|as|would|could|are|were"
    r"|have|had|has|is|by|in|imposed|under|rules?|risks?|busting|that|from|to|of|until|after|if|go|run|rise|start|can|may|form|,)\b|[.,;:]|$"
)
OFFICE_BEFORE = re.compile(
    r"\b(?:regulator|ministry|government|court|minister|customs|watchdog|agency|cabinet|treasurer|president|treasury|judge"
    r"|package\sto|will|(?:order|decree|directive|regulation|resolution|ordinance|notice)(?:\s(?:no\.?\s?)?[\w/-]{0,12}\d[\w/-]{0,8})?)\s$"
)
"""Offices whose verb a word is that else is a noun: the regulator bans approvals."""
ADVERTS = re.compile(
    r"\s(?:[\w'’-]+\s){0,3}?(?:ads?|adverts?|advertisements?|commercials?|posters?)\b"
)
"""What a watchdog bans that is no trade."""
ADJECTIVE = re.compile(r"(?:ese|ish|ian|ean|ican|rman)\s$")
TOLD_TO = re.compile(
    r"(?:[^.;]{2,80})?\sto\s(?:stop|halt|hold|keep|store|retain|suspend|cut|cease|avoid|pause|end|refrain|not|seek|apply|get|sell|divest|dispose|leave|exit"
    r"|file|vet|strip|remove|report|check|screen|trace|register|label|submit|source|store|disclose|obtain|replace|prove|purge|close|shut|pack|empty|return|withdraw|unwind|rip|limit|curb|restrict)\b"
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


def idle(cue: Hit, sentence: Sentence, folded: str, old: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a cue speaks of what is past, only possible, or no government's doing.

    old: where the text names a day or month long past.
    """
    if cue.value in ("report", "deny"):
        return not (attributes(cue, folded) if cue.value == "report" else refutes(cue, sentence))
    if cue.value == "none":
        return BODIES.search(folded, max(0, cue.start - 14), cue.end) is not None
    if cue.value in (
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
        "office",
        "no more",
    ):
        return False
    word = folded[cue.start : cue.end]
    if word == "或":
        return not (maybe(cue, sentence) or MAY_ZH.match(folded, cue.end))
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
            if verb.kind == "cue" or (verb.kind == "instrument" and word != "讨论")
        )
    if (
        wanted(cue, word, folded)
        or no_verb(cue, word, sentence, folded)
        or supposed(cue, sentence.of("cue"), folded)
    ):
        return True
    if cue.value in ("weigh", "propose") or (cue.value == "announce" and HAN.match(word)):
        return False
    return long_past(cue, sentence, folded, old)


def long_past(cue: Hit, sentence: Sentence, folded: str, old: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a cue tells history: by a word beside it, or by the day that is named."""
    days = [
        (start, end)
        for start, end in old
        if sentence.start <= start < sentence.end and not SINCE_WHEN.match(folded, end)
    ]
    marks = [
        (mark.start, mark.end)
        for mark in sentence.of("cue", "history")
        if cue.value != "announce"
        and not (cue.value == "delay" and DUE.match(folded, mark.start))
        and not (HAN.match(folded, cue.start) and APART.search(folded, cue.end, mark.start))
        and not NOW_ZH.search(folded, mark.end, cue.start)
    ]
    return any(dates_back(cue, start, end, sentence) for start, end in [*marks, *days]) or any(
        told_of(cue, start, sentence, folded) for start, _ in days
    )


APART = re.compile("[ ,]")
NOW_ZH = re.compile(
    r"今[天日早晚]|,[^,。;]{0,6}(?:[这本]周|这[次回]|昨[天晚日]|周[一二三四五六日])|轮到|最新"
)
"""Between a word of the past and a verb that is news: 上周是叉车，这周轮到轮胎."""
DUE = re.compile(r"原定|原计划|原本|originally|was due|had been due|was to|were to|supposed to")
"""What was planned before is no history of a delay."""
BODIES = re.compile(
    r"(?:[\d一二两三四五六七八九十百多数几]+[家个][^,。;:]{0,10}|[国府管法关属级检认])机构$|机构(?=[被遭])"
)
"""Bodies that something is done to, or that do it, and no analysts: 四家中国机构."""
SINCE_WHEN = re.compile(r"起[^,。;:]{1,12}的")
"""Behind a date: it only tells which, as in 撤销2024年起征收的附加税."""
MAY_ZH = re.compile(
    r"(?:由|从|对|于|被|把|最快|最早)[^,。;:、]{2,24}?(?:征|砍|降|升|禁|限|减|收紧|放宽|取消|暂停|提高|实施|列入)"
)
"""Behind 或 where it means perhaps."""


def maybe(cue: Hit, sentence: Sentence) -> bool:
    """Tell whether 或 means perhaps, as before a verb, rather than or."""
    verbs = [hit for hit in sentence.of("cue") if hit is not cue]
    return any(0 <= verb.start - cue.end <= 2 for verb in verbs) and not any(
        hit.end == cue.start for hit in sentence.hits if hit.kind in ("cue", "item")
    )


def no_verb(cue: Hit, word: str, sentence: Sentence, folded: str) -> bool:
    """Tell whether a word that can be a government's verb is none here."""
    after = folded[cue.end : cue.end + 100]
    marks = {h.value for h in sentence.hits if h.start == cue.start and h.kind == "cue"}
    if means_another(cue, word, folded):
        return True
    if word in ("sues", "sued", "起诉") and any(
        0 <= hit.start - cue.end <= 5 for hit in sentence.of("authority")
    ):
        return True
    if word in ("told", "tells"):
        return not TOLD_TO.match(after)
    if NEEDY in marks and not has_object(cue, sentence):
        return True
    if NEEDY in marks or cue.value in ("withdraw", "suspend", "delay"):
        ahead = folded[max(sentence.start, cue.start - 18) : cue.start]
        licensed = LICENSED.search(folded, max(sentence.start, cue.start - 60), cue.start)
        if (SUBJECTS.search(ahead) and not licensed) or IDLE_OBJECTS.match(after):
            return True
    if LOOSE in marks and not punishable(cue, sentence, folded):
        return True
    if "charg" in word:
        levied = any(hit.start == cue.start for hit in sentence.of("instrument"))
        accused = word.endswith("with") or bool(CHARGED.match(after))
        return not levied if cue.value == "adopt" else not (levied or accused)
    if word == "fines" and NOUN_AFTER.match(after):
        return True
    if word in NOUNS:
        adjective = ADJECTIVE.search(folded, max(0, cue.start - 16), cue.start)
        ahead = folded[max(0, cue.start - 14) : cue.start]
        subject = named_before(cue, sentence, 3) or OFFICE_BEFORE.search(ahead)
        return bool(NOUN_AFTER.match(after) or ADVERTS.match(after) or adjective or not subject)
    if word in PARTICIPLES:
        ahead = folded[max(0, cue.start - 12) : cue.start]
        said = PASSIVE.search(ahead) or re.match(r"\s(?:\w+\s){0,6}?by\b", after)
        trade = any(
            hit.start < cue.start and hit.end == cue.end for hit in sentence.of("instrument")
        )
        which = ahead.endswith(("the ", "a ", "of ", "its ", "for ", "some ", "these "))
        return which or not (said or trade or named_before(cue, sentence, 30))
    return cue.value in ("adopt", "suspend", "withdraw", "delay") and by_company(
        cue, word, sentence, folded
    )


NEEDY, LOOSE = "needy", "loose"
"""Marks of everyday verbs: a government's only with an instrument or a rule as object, or, of
punishing and refusing, with an authority, or what governments punish, beside them."""
CHARGED = re.compile(
    r"(?:\s[^.;]{0,90})?\s(?:with|over)\s(?:[\w-]+\s){0,3}?(?:(?:chips?|goods|parts|servers)\s(?:sent|shipped|sold)|\w+ing\b|fraud|espionage|theft|illegal|unlawful|smuggl"
    r"|(?:[\w-]+\s){0,4}?(?:shipped|sent|sold|smuggled|diverted|exported|rebadged|ended\sup|that\sended|bound)\b|[\w-]+-bound\s|know-how|files|technolog|leaks?\b|drawings|designs|recipes?|violat|breach|conspir|counts?\b|crime|offen[cs]e|sanctions|exports?\b|leak|secrets|false)"
)
FINES_ZH = re.compile(r"(?:以[^,。;:]{2,20}为由|因[^,。;:]{2,24}?)?[对向][^,。;:\s]{2,24}")
"""Between a country and whom it fines."""
STATE_BODY = re.compile(
    r"\b(?:customs|police|prosecutors?|court|judge|coast guard|border (?:force|guards?|agents)|authorities|regulators?)\b"
    r"|海关|警方|检方|法院|海警|缉私|检察|监管|个保委|保护委|竞争委|委员会|当局|政府"
)
SUBJECTS = re.compile(
    r"\b(?:prices?|(?:freight|shipping|interest|exchange|spot|charter)\srates|sales|shares?|stocks?|exports|imports|revenues?|profits?|output|demand|shipments|deliveries"
    r"|costs|orders|volumes?|season|year|rush|gains?|losses|margins?|services?|traffic|talks|trial|hearing|conference|fair|deadline|contract"
    r"|company|firm|maker|carmaker|automaker|chipmaker|supplier|bank|fund)\s(?:ha(?:ve|s|d)\s)?$"
)
"""What goes up, down or on by itself: a verb behind it is no government's."""
LICENSED = re.compile(r"\b(?:licen[cs]es?|permits?|approvals?|quotas?)\sfor\s[^.;:,]+$")
"""What does not go by itself though such a word stands last: licences for exports paused."""
IDLE_OBJECTS = re.compile(
    r"\s(?:[\w-]+\s){0,2}?(?:doubts?|conditions|grievances|priorities|options|concerns?|questions?|fears?|guidance|forecasts?|outlook|profits?|output|production"
    r"|requests?|bids?|appeals?|challenges?|petitions?|lawsuits?|suits?|objections?|injunction"
    r"|money|funds?|stakes?|hopes?|eyebrows|alarm|target price|price target|purchases|buying|deliveries|flights|talks|sales|capacity|jobs|workers|staff|costs?|trial"
    r"|records?|up shop|foot|sail|pressure|tensions?|stage|tone|pace|prices(?!\s(?:floor|cap)))\b"
    r"|\s(?:[\w-]+\s){1,4}?off\s(?:the\s|its\s|their\s)?shelves\b"
)
"""What people and firms raise, cut, set and end."""
OBJECT_AFTER, OBJECT_BEFORE, SUBJECT_BEFORE = 90, 40, 90


def has_object(verb: Hit, sentence: Sentence) -> bool:
    """Tell whether an instrument or a rule stands where a verb's object can."""
    before = SUBJECT_BEFORE if verb.value == "effect" else OBJECT_BEFORE  # a duty on … starts
    return any(
        -before <= hit.start - verb.end <= OBJECT_AFTER
        for hit in sentence.hits
        if hit.kind == "instrument"
        or (
            hit.kind == "cue"
            and hit.value in ("norm", "propose", "intend", "fee")
            and hit is not verb
        )
    )


def punishable(verb: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether a body of the state, or a licence or the like, stands in a verb's sentence."""
    if HAN.match(folded, verb.start) and any(
        FINES_ZH.fullmatch(folded, hit.end, verb.start)
        for hit in sentence.of("place")
        if hit.end <= verb.start and not HAN.match(folded[max(0, hit.start - 1) : hit.start])
    ):
        return True
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
    if word in FORMS:
        return False
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


TELLERS = re.compile(
    r",?\s(?:said|say|told|tell|briefed|with|familiar|close|who (?:know|have seen|were|are)|involved|close|at|in|aware|added)\b|[.\n]|$"
)
TALK_ZH = re.compile(r"(?:再起|四起|升温|不断|满天飞|推高|引发|打压|刺激|扰动|提振|拖累|带动)")
"""What rumours do, which is the news then, not what they tell."""
EARLIER_ZH = re.compile(r"(?:此前|早前|先前|之前|原先|前期|昨[日天])$")
"""Before a rumour that the news has overtaken."""
COMPARED_ZH = ("高于", "低于", "超出", "不及", "好于", "高于市场", "低于市场")
THAN = re.compile(r"\b(?:to|than|from|unlike)\s(?:the\s|a\s)?$")
"""What the news is held against, and is not heard of itself."""
SECRETS = re.compile(r"[^,。;:]{0,8}(?:技术|机密|秘密|数据|图纸|情报|信息)")
"""What people do who are no party to an act but its source: four people said."""


def attributes(cue: Hit, folded: str) -> bool:
    """Tell whether a mark of hearsay is one: "sources" alone only at the end of a clause."""
    word = folded[cue.start : cue.end]
    if "," in word:
        return False  # confirming a report, said
    if word.endswith(" people") and not word.startswith(("according", "citing")):
        return bool(TELLERS.match(folded, cue.end))
    if word == "泄露" and SECRETS.match(folded, cue.end):
        return False
    if word.endswith(("传闻", "传言")) and (
        TALK_ZH.match(folded, cue.end) or folded.endswith(COMPARED_ZH, 0, cue.start)
    ):
        return False
    if word.endswith(("传闻", "传言", "传")) and EARLIER_ZH.search(
        folded, max(0, cue.start - 6), cue.start
    ):
        return False
    if word == "leaked" and THAN.search(folded, max(0, cue.start - 12), cue.start):
        return False
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


OF_ANOTHER = re.compile(r"[,;:(]|\b(?:that|which|who|rule|law|act|order|list|decree|from|of a)\b")


def told_of(cue: Hit, mark: int, sentence: Sentence, folded: str) -> bool:
    """Tell whether a day farther behind is a verb's all the same: banned gold exports by ... in 2023."""
    if not 0 < mark - cue.end <= 2 * NEAR or HAN.match(folded, cue.start):
        return False
    between = any(cue.end <= hit.start < mark for hit in sentence.of("cue") if hit.value != "norm")
    return not between and not OF_ANOTHER.search(folded, cue.end, mark)


NEGATED = ("adopt", "announce", "propose", "ease", "suspend", "withdraw", "delay", "enforce")


def negated(cues: Sequence[Hit], folded: str) -> Hit | None:
    """Return the negation of a verb that would have made an act: has not banned, 没有禁止."""
    for at, cue in enumerate(cues):
        if cue.value != "not" or supposed(cue, cues, folded):
            continue
        for verb in cues[at + 1 :]:
            if verb.value not in NEGATED or verb.start < cue.end:
                continue
            reach = 6 if HAN.match(folded[cue.start]) else 14
            between = folded[cue.end : verb.start]
            if len(between) <= reach and not re.search(r"[,;:、]", between):
                return None if folded.startswith("通过", verb.start) else cue
            break
    return None
