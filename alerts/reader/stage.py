"""How far an act has come, read from the live cues of one sentence.

Pure. docs/acts.md tells the rules in short; `decide` has the order in which they are tried.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerts.domain import Stage
from alerts.reader.clauses import (
    BY_DOING,
    background,
    before_question,
    by_outsider,
    is_participle,
    purpose,
    subordinate,
    tells_which,
)
from alerts.reader.cues import Sentence, idle, negated
from alerts.reader.dates import starts_later
from alerts.reader.easing import LEAD, comes_to_nothing, easing, ends_payment, undoing
from alerts.reader.flashes import OBJECT, begins, publishes
from alerts.reader.terms import HAN, Hit
from alerts.reader.terse import TODAY_ZH, published, rated
from alerts.reader.titles import day_told, put_off, titled

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
OBJECTS_ZH = ("制裁", "限制", "管制", "豁免", "处罚", "授权", "许可", "认定", "要求")
LISTED_ZH = re.compile(r"列[入为]|纳入|移[出除]|加入|剔除|除名")
HOW_ZH = re.compile(
    r"正式|全面|再次|进一步|继续|首次|同时|[也会于要不把被]|陆续|逐步|分批|适时|尽快"
)
WHERETO = "把对向从自于在全进继"
FINAL = re.compile(r"(?:interim )?final rule\b")

FUTURE = re.compile(r"(?:\b(?:to|will|would|shall|not|due to|only)\s|[将拟]|将于)$")

CHAMBERS = ("Congress", "European Parliament")
"""Authorities that pass bills on; what they vote for is no law yet."""

LATER = re.compile(r"(?:a year )?later than|a year late|months late")
WHICH_ZH = re.compile(r"^(?![对向从就自把将]).*的")
FORETOLD = ("weigh", "intend")
OUTSIDER = re.compile(
    r"[,-]\s(?:(?!official|minister)[^,;.]){0,40}?\b(?:editor|columnist|commentator|researcher|academic|professor|scholar|economist|analyst|strategist"
    r"|lawyer|consultant|advis[eo]r|expert|author|blogger|think[- ]tank|lobby|association|ceo)s?(?:\s[\w\s]{0,24})?\s(?:say|says|said|wrote|writes|told\s\w+)\W*$"
)
"""Who says in the end what a government may do, and does not speak for it."""
HAPPENED = re.compile(r"(?:took|came|went|entered|kicked|began|became|started)\b")
"""Words of what has taken effect, whatever day is named besides."""
PUTS_OUT = re.compile(r"gazett|publish|unveil|releas|issu|announc|present")
OF_PLAN = 8
"""Characters between such a verb and the plan that is all it puts out."""


PASSIVE = re.compile(r"\b(?:is|are|was|were|been|be)\s(?:now\s|also\s|being\s)?$")
THAT = re.compile(r"\s(?:that|it|he|she|they|in|to)\b")
UNDOING = ("delay", "withdraw", "suspend")
DRAFTS = ("proposal", "draft", "bill", "草案", "法案", "议案", "提案")
MOVED_DRAFT_ZH = re.compile(r"[将把][^,。;:]{0,14}$")
DRAFT_IS = re.compile(
    r"\s(?:rule\s|plan\s|law\s)?(?:(?:is|was|has been|been|were|are)\s)?(?:now\s|again\s)?"
)
GAP = re.compile(r"[,;:、\s]|公告|决定|通知")

LAWMAKERS = re.compile(
    r"\b(?:senators?|lawmakers?|congress(?:wo)?m[ae]n|legislators?|bipartisan|meps)\b[^,;:]*$"
)

UNBOUND = ("hypothetical", "report", "will", "chamber", "law")
"""Cues that bear on the whole sentence, in whatever clause they stand."""

NEGATION = 12
"""Characters behind a verb within which a negation still bears on it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one sentence says of an act.

    stage: None where it says that there is no act, or says nothing of one.
    cue: the word that decided.
    lifted: the word that says that a restriction is eased or ended.
    relief: the word that ends a rebate or the like, so that nothing is eased by its end.
    denied: the word that says that it is not so.
    weak: read from publication or date alone; a verb in another sentence says it better.
    verb: what is done, where hearsay or a draft decided.
    """

    stage: Stage | None = None
    cue: Hit | None = None
    lifted: Hit | None = None
    relief: Hit | None = None
    denied: Hit | None = None
    weak: bool = False
    verb: Hit | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the stage depends on beyond the sentence.

    official: the text gives the act's own official number; bill: it is one of a bill.
    law: where such a number opens the text, as in the title of a regulation: its end.
    dated: an effective date is known; come: it has come. today: of the post.
    title: where the title of an act of state ends that opens the text, or 0.
    old: where the text names a day or month long past.
    office: an authority wrote the text, named in it or not.
    """

    official: bool
    dated: bool
    come: bool
    today: date
    bill: bool = False
    law: int = 0
    title: int = 0
    old: tuple[tuple[int, int], ...] = ()
    office: bool = False


def judge(sentence: Sentence, folded: str, around: Surroundings) -> Verdict:
    """Read the stage that a sentence reports."""
    if folded[sentence.start : sentence.end].rstrip().endswith(("?", "吗")):
        stated = before_question(sentence, folded)
        if stated is None:
            return Verdict()
        sentence = stated
    cues = sentence.of("cue")
    live = [cue for cue in cues if not idle(cue, sentence, folded, around.old)]
    denied = next((cue for cue in live if cue.value == "deny"), None)
    if denied:
        return Verdict(denied=denied)
    if any(
        cue.value == "deny" for cue in cues if cue not in live and cue.start < first_start(live)
    ):
        return Verdict()
    live = news(live, background(sentence, folded), sentence, folded)
    if by_outsider(live, sentence, folded):
        live = [cue for cue in live if cue.value in ("report", "weigh", "none")]
    first = leading(live, folded)
    negation = negated(cues, folded)
    if negation and (first is None or bears_on(negation, first, folded)):
        return Verdict(denied=negation)
    moved = (
        put_off(sentence.start, day_told(sentence.start, sentence.end, folded), folded)
        if around.official or around.title
        else None
    )
    stage: Stage | None
    cue: Hit | None
    if moved:
        stage, cue = Stage.DELAYED, moved
    elif first is None:
        stage, cue = decide_weakly(live, sentence, folded, around)
    elif first.value == "none" or (
        first.value in FORETOLD and OUTSIDER.search(folded, sentence.start, sentence.end)
    ):
        return Verdict(cue=first)
    else:
        stage, cue = decide(live, first, sentence, folded, around)
    if stage is Stage.ADOPTED and around.dated and around.come:
        stage = Stage.IN_EFFECT
    lifted = easing(live, first, sentence, folded)
    relief = first if ends_payment(first, folded) else None
    weak = first is None and not moved
    return Verdict(stage=stage, cue=cue, lifted=lifted, relief=relief, weak=weak, verb=first)


def bears_on(negation: Hit, verb: Hit, folded: str) -> bool:
    """Tell whether a negation is of a verb, or close behind it in the same clause."""
    if negation.start >= verb.end + NEGATION:
        return False
    return not (HAN.match(folded, verb.start) and " " in folded[verb.end : negation.start])


def first_start(live: Sequence[Hit]) -> int:
    """Return where the first deciding cue is, or a place behind every text."""
    return next((cue.start for cue in live if cue.value in DECISIVE), 1 << 30)


def news(live: Sequence[Hit], start: int, sentence: Sentence, folded: str) -> list[Hit]:
    """Leave out the cues of clauses that only lead up to the news, or explain it.

    start: where the sentence's main clause begins.
    """
    return [
        cue
        for cue in live
        if cue.value in UNBOUND
        or (
            cue.start >= start
            and (cue.value == "none" or not subordinate(cue, sentence, folded))
            and not purpose(cue, sentence, folded)
            and not tells_which(cue, folded)
        )
    ]


def leading(live: Sequence[Hit], folded: str) -> Hit | None:
    """Return the cue that decides: the first, but for one that only introduces the next."""
    decisive = [cue for cue in live if cue.value in DECISIVE]
    if not decisive:
        return None
    first = decisive[0]
    for cue in decisive[1:]:
        gap = folded[first.end : cue.start]
        han = HAN.match(folded, first.start)
        noun = folded.startswith(OBJECTS_ZH, cue.start)
        if han and WHICH_ZH.search(gap) and not noun and not GAP.search(gap):
            first = cue  # 降低退税的政策推迟: what stands before 的 only tells which
        elif folded.endswith(DRAFTS, 0, first.end) and cue.value in UNDOING:
            moved = MOVED_DRAFT_ZH.search(folded, first.start - 16, first.start) if han else None
            if (moved and not gap) or (not han and gap and DRAFT_IS.fullmatch(gap)):
                first = cue  # 将法案推迟, a proposal is withdrawn: what becomes of a draft
        elif han and not gap and folded.startswith(OBJECTS_ZH, first.start):
            first = cue  # 将制裁延长: what is extended
    taken = is_participle(first, folded)
    for cue in decisive[decisive.index(first) + 1 :]:
        if taken and (cue.value == "effect" or PASSIVE.search(folded, first.end, cue.start)):
            return cue  # rules requiring licences are withdrawn: the participle tells which
        if first.value == "adopt" and BY_DOING.match(folded, first.end, cue.start):
            return cue  # amends a rule by removing five firms: what the change is
        if folded.startswith("effective", first.start) and cue.value in UNDOING:
            return cue  # Effective today, OFAC removes: the day stands first
        if first.value != "adopt" or cue.start - first.end > LEAD or cue.start == first.start:
            break
        if re.search(r"[,;:]|(?<=[\u3400-\u9fff])\s", folded[first.end - 1 : cue.start]):
            break
        if cue.value in ("withdraw", "suspend", "delay", "ease"):
            return cue
    return first


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
    if folded.endswith(("想", "想要", "想对", "威胁要"), 0, first.start):
        return Stage.PROPOSED, first
    if "law" in by_value:
        chamber = by_value.get("chamber")
        passed_on = chamber and chamber.start < by_value["law"].start
        return (Stage.PROPOSED if passed_on else Stage.ADOPTED), by_value["law"]
    if "hypothetical" in by_value and ("will" in by_value or kind == "intend"):
        return Stage.PROPOSED, first
    late = by_value.get("delay")
    begun = folded.startswith(("beg", "start"), first.start)  # a duty begins, months late
    if kind == "delay" or (late and not begun and LATER.match(folded, late.start)):
        return Stage.DELAYED, late or first
    if kind in ("withdraw", "suspend"):
        open_yet = "announce" not in by_value and not under_way(sentence, folded, around)
        if open_yet and intended(first, by_value, sentence, folded):
            return Stage.PROPOSED, first
        return undoing(by_value, first, folded)
    if kind == "enforce":
        return Stage.ENFORCED, first
    plan = by_value.get("intend")
    if plan and PUTS_OUT.match(folded, first.start) and 0 <= plan.start - first.end <= OF_PLAN:
        return Stage.PROPOSED, plan
    if plan and kind == "ease" and 0 <= plan.start - first.end <= OF_PLAN:
        return Stage.PROPOSED, first  # softens a planned ban
    if kind in ("adopt", "ease") and comes_to_nothing(sentence, folded):
        return Stage.WITHDRAWN, first
    draft = by_value.get("propose")
    if draft and not final(cues, folded) and draft.start < first.end + OBJECT:
        return (Stage.ADOPTED if done_besides(draft, sentence, folded) else Stage.PROPOSED), draft
    return decide_adopted(by_value, first, sentence, folded, around)


APPROVED = re.compile(
    r"[^.;]{0,40}\b(?:minister|cabinet|president|government|treasury)\b[^.;,]{0,30}\b(?:approved|accepted|confirmed|signed)\b"
)
"""Behind what was recommended to them."""


def done_besides(draft: Hit, sentence: Sentence, folded: str) -> bool:
    """Tell whether comments are asked on a probe, which has begun, or what was proposed is approved."""
    asked = "comment" in folded[draft.start : draft.end]
    if asked and sentence.of("instrument", "probe"):
        return True
    return folded.startswith("recommend", draft.start) and bool(APPROVED.match(folded, draft.end))


def final(cues: Sequence[Hit], folded: str) -> bool:
    """Tell whether a final rule is named: it may ask for comments all the same."""
    return any(FINAL.match(folded, cue.start) for cue in cues if cue.value == "adopt")


def decide_adopted(
    by_value: dict[str, Hit], first: Hit, sentence: Sentence, folded: str, around: Surroundings
) -> tuple[Stage, Hit]:
    """Tell an act that is made from one that is announced, passed on by a chamber, or in force."""
    if around.bill or LAWMAKERS.search(folded, sentence.start, first.start):
        return Stage.PROPOSED, first
    if first.value == "intend":
        done = around.dated or SEEKS.match(folded, sentence.start)
        return (Stage.ADOPTED if done and around.official else Stage.PROPOSED), first
    chamber = "chamber" in by_value or sentence.of("authority", *CHAMBERS)
    if chamber and not SIGNED.search(folded, sentence.start, sentence.end):
        return Stage.PROPOSED, by_value.get("chamber", first)
    if first.value == "ease" and "suspend" in by_value:
        return Stage.SUSPENDED, by_value["suspend"]
    measures = sentence.of("instrument")
    if folded.startswith("halt", first.start) and measures and measures[0].start >= first.end:
        return Stage.SUSPENDED, first  # halts tariffs, not: halts exports
    if first.value == "effect" and HAPPENED.match(folded, first.start):
        return Stage.IN_EFFECT, first
    if first.value == "effect" and FUTURE.search(folded, sentence.start, first.start):
        return (Stage.IN_EFFECT if around.come else Stage.ADOPTED), first
    if first.value == "effect":
        ahead = not around.come and (
            around.dated
            or starts_later(folded, around.today)
            or DAYS_AFTER.match(folded, first.start, sentence.end) is not None
        )
        return (Stage.ADOPTED if ahead else Stage.IN_EFFECT), first
    if not under_way(sentence, folded, around) and intended(first, by_value, sentence, folded):
        return Stage.PROPOSED, first
    return Stage.ADOPTED, first


def decide_weakly(
    cues: Sequence[Hit], sentence: Sentence, folded: str, around: Surroundings
) -> tuple[Stage | None, Hit | None]:
    """Choose the stage of a sentence with no verb of its own: by source, date or publication."""
    by_value = {cue.value: cue for cue in reversed(cues)}
    instrument = sentence.of("instrument")
    if "report" in by_value and instrument:
        return Stage.REPORTED, by_value["report"]
    announced = by_value.get("announce")
    if announced and THAT.match(folded, announced.end):
        announced = None  # confirmed that it has received an application: no act by itself
    if announced and TO_PUBLISH.search(folded, max(0, announced.start - 8), announced.start):
        announced = None
    if announced and (instrument or around.official or publishes(announced, sentence, folded)):
        return Stage.ADOPTED, announced
    if announced and published(sentence, folded):
        return Stage.ADOPTED, announced
    if around.bill:
        return Stage.PROPOSED, None
    if "hypothetical" in by_value or WONT.search(folded, sentence.start, sentence.end):
        return None, None
    if (around.dated and (instrument or "fee" in by_value)) or begins(sentence, folded):
        return Stage.ADOPTED, by_value.get("will")
    if rated(sentence, folded):
        begun = TODAY_ZH.search(folded, sentence.start, sentence.end)
        return (Stage.IN_EFFECT if begun else Stage.ADOPTED), None
    if around.law and sentence.start <= around.law <= sentence.end:
        return titled(folded, around.law), None
    return None, None


SEEKS = re.compile(r"\W{0,3}seeks\sto\s")
"""How New Delhi sums up what a notification does."""
DAYS_AFTER = re.compile(
    r".{0,24}?\b(?:\w+|\d+)\s(?:days|weeks|months)\s(?:after|from|following)\b(?!\sjan|\sfeb)"
)
"""What is in force only some days after something: publication, promulgation."""
TO_PUBLISH = re.compile(r"[将拟待][^,。;:]{0,4}$")
"""Before what is only to be published: 将适时公布."""
WONT = re.compile(r"(?:won't|\bnot)\s(?:start|begin|take|apply|enter|kick|come|go)\b")
"""What a day is named for that nothing begins on."""


BIDDEN = re.compile(
    r"\b(?:told|tells|ordered|orders|instructed|instructs|directed|directs|bid|obliged|obliges)\s[^.,;]{2,50}\sto\s$"
)
"""An order to others is given, whatever they will do."""
TO_COME = re.compile(
    r"(?<!agree)(?<!agreed)(?<!agrees)(?<!decided)(?<!decides)(?<!voted)(?<!votes)(?<!ordered)(?<!resolves)(?<!resolved)\sto\s$"
)
"""What is agreed or decided upon is done, as far as a government can."""


NUMBERED = re.compile(
    r"\b(?:announcement|notice|notification|ordinance|decree|order|regulation|instrument|circular|resolution|proclamation)\s(?:no\.?\s?)?\d"
)
"""The number of an act, also where it is not known whose."""
DECIDED = re.compile(r",\s(?:[^,;.]{2,50}\s)?(?:decided|ruled|decreed|resolved)\b")
SIGNED = re.compile(
    r"\bunder an?\s(?:[\w-]+\s){0,2}?(?:order|decree|law|rule|notice|regulation|ordinance|circular)\s"
    r"(?:that was\s)?(?:signed|issued|published|gazetted|adopted|announced)\b"
    r"|(?:发布|出台|印发|下发|联合发布|刊登)(?:联合)?(?:公告|通知|通告|令|决定|公报)|刊登[^,。;]{0,6}公报"
)


def under_way(sentence: Sentence, folded: str, around: Surroundings) -> bool:
    """Tell whether a day, a number or a month of its start makes an act of what "will" be done."""
    if around.dated or around.official or NUMBERED.search(folded):
        return True
    if DECIDED.search(folded, sentence.start, sentence.end) or SIGNED.search(
        folded, sentence.start, sentence.end
    ):
        return True
    return starts_later(folded[sentence.start : sentence.end], around.today, firmly=True)


def intended(first: Hit, by_value: dict[str, Hit], sentence: Sentence, folded: str) -> bool:
    """Tell whether the deciding verb stands in the future: will ban, to ban, 将禁止."""
    will = by_value.get("will")
    if will and HAN.match(folded[will.start]):
        gap = folded[will.end : first.start]
        between = any(will.end <= hit.start < first.start for hit in sentence.of("instrument"))
        if between and gap[:1] != "把":
            return False  # 将制裁延长: 将 marks what is extended
        if gap and LISTED_ZH.match(folded, first.start) and not HOW_ZH.match(gap):
            return False  # 将台厂列入清单: 将 marks who is listed
        return will.end <= first.start and len(gap) <= (18 if gap[:1] in WHERETO and gap else 3)
    if will and 0 <= first.start - will.end <= 20 and folded[will.start : will.end] != "shall":
        return True
    head = folded[sentence.start : first.start]
    return (
        "announce" not in by_value
        and len(head) < 60
        and bool(TO_COME.search(head))
        and not BIDDEN.search(head)
    )
