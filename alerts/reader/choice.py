"""Which sentence of a text reports the act, and whether any does.

Pure. A sentence's own stage is read in stage.py; here the sentences compete.
"""

import re
from collections.abc import Sequence

from alerts.domain import Stage
from alerts.reader.actors import does
from alerts.reader.clauses import OPENER
from alerts.reader.cues import Sentence
from alerts.reader.everyday import BY_COURT, COURT
from alerts.reader.flashes import begins, new_term
from alerts.reader.hedges import hedged
from alerts.reader.passing import MADE, about_trade, clauses, todays
from alerts.reader.stage import DECISIVE, Surroundings, Verdict, judge
from alerts.reader.terms import HAN, Hit
from alerts.reader.terse import STATE, demanded, only_of_states, only_states, terse
from alerts.reader.titles import answered_zh, titled

RULEMAKING = re.compile(
    r"(?:proposed rule|(?:interim )?final rule|notice of proposed|advance notice)"
)
TELLING = DECISIVE | {"announce", "deny", "fee", "no more"}
"""Cues that tell of an act, or that there is none."""
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
BETWEEN = re.compile(
    r"(?:'s)?(?:\s(?:[\w-]+\s){0,3}?(?:government|cabinet|ministry|minister|court|parliament|senate|customs|police|authorities"
    r"|regulators?|officials?|lawmakers|prosecutors|president|ministers|countries|states|governments|ambassadors|leaders|judge|agency|watchdog|commission|panel|tribunal|committee"
    r"|board|body|authority|bureau|secretariat|department|directorate|council))?"
    r"(?:\s(?:has|have|had|will|to|is|are|may|might|could|also|again|formally|officially|quietly|abruptly|now|just|finally|partially"
    r"|temporarily|today|on \w+day|in \w+))*(?:\s(?:extends?|extended|prolongs?|lengthens?|renews?)(?:\s(?:its|the|a))?)?\s?"
    r"|(?:[^,。;:\s对向从将把就与和]{0,10}(?:委员会|部门|机构|总局|部|局|署|厅)"
    r"|[^,。;\s]{0,2}(?:政府|当局|方面|法院|海关|警方|检方|国会|总统|总理|内阁|参议院|众议院)?)"
    r"(?:以[^,。;:]{2,24}为[由名])?(?:(?:\d{1,2}月)?\d{1,2}日|今日|今天|明日|昨日|即日)?起?(?:自[^,。;:\s]{1,12}起)?(?:[对向从将把就][^,。;:\s]{1,24}?)?(?:已|也|再|正式|宣布|又|将|决定|拟|或|全面|紧急|再次|就|同意|暂时|考虑|正|正在|正式|计划|称)*"
)
"""What can stand between a country and the verb that it is the subject of."""
GENRE = 120
"""Characters in which a text says what kind of text it is."""
LATE_LATIN, LATE_HAN = 700, 300
"""Characters behind which a text's first act is no news any more, unless it is an official text."""
OBJECTS = ("item", "company", "place", "instrument")
SAYS = re.compile(
    r"(?:\s(?:spokes\w+|secretary|minister|official))?\s(?:said|says|announced|told|confirmed|stated|wrote)\b"
    r"|(?:新闻)?(?:发言人|部长)?(?:\d{1,2}日)?(?:称|表示|宣布|说|通报|要求|明确|强调)?:|(?:\d{1,2}日)?(?:称|宣布|通报|明确)"
)
CLAUSE = re.compile(r"[,;:](?!\s?\d)|\b(?:after|as|that|which|who|because|while|if|than)\b")
COURTS = re.compile(
    r"indict|sentence|jail|plead|convict|arrest|smuggl|fined|extradit|debar|denial order|prison"
    r"|走私|查获|判|缉|起诉|刑|逮捕|批捕|认罪|定罪|公诉|引渡|截获|查扣|侦破|破获|起获|瞒报"
)
"""Words of punishment that only a state can mean."""


def choose(
    sentences: Sequence[Sentence], folded: str, around: Surroundings
) -> tuple[Sentence | None, Verdict]:
    """Return the sentence that reports the act and its verdict.

    The first with a stage and an instrument wins, then the first with a stage that is about an
    act all the same, then one that is read from publication or date alone. A denial overrules
    hearsay and what comes behind it. Without a stage: the first sentence that names an
    instrument or an authority.
    """
    if opens_otherwise(sentences):
        return None, Verdict()
    end = len(folded) if around.official else LATE_HAN if HAN.search(folded[:80]) else LATE_LATIN
    told = [s for s in sentences if telling(s) or (around.law and s.start < around.law <= s.end)]
    staged: list[tuple[Sentence, Verdict]] = []
    denial: tuple[Sentence, Verdict] | None = None
    for sentence in [s for s in told[:SENTENCES] if s.start < end]:
        verdict = judge(sentence, folded, around)
        if verdict.denied and denial is None and denies(sentence, sentences, folded):
            denial = sentence, verdict
            if not staged or staged[0][1].stage is Stage.REPORTED:
                return denial
        elif verdict.weak and verdict.stage is Stage.REPORTED and not sentence.of("authority"):
            continue  # hearsay without a verb or a body that acts is about somebody's business
        elif verdict.stage and not around.official and late(sentence, verdict, sentences, folded):
            continue
        elif verdict.stage and governed(sentence, verdict, sentences, folded, around):
            staged.append((sentence, verdict))
            clear = not verdict.weak and (
                punishes(verdict)
                or ruled(sentence, verdict, folded)
                or (sentence.start == 0 and doing(sentence, verdict, folded))
            )
            if clear and staged[0][1].stage is not Stage.REPORTED:
                return sentence, hedged(sentence, verdict, sentences, folded, around)
    found = ranked(staged, folded, around) or denial
    if found:
        return found[0], hedged(*found, sentences, folded, around)
    if around.title:
        return sentences[0], Verdict(stage=titled(folded, around.law), weak=True)
    if around.office and (answered := answered_zh(folded)):
        return sentences[0], Verdict(stage=answered, weak=True)
    passing = in_passing(sentences, folded, around)
    if passing:
        return passing
    first = next((s for s in sentences if s.of("instrument") or s.of("authority")), None)
    return first, Verdict()


def in_passing(
    sentences: Sequence[Sentence], folded: str, around: Surroundings
) -> tuple[Sentence, Verdict] | None:
    """Return the clause that tells what has just been done, or the sentence that names it."""
    for clause in clauses(sentences, folded):
        if not telling(clause):
            continue
        verdict = judge(clause, folded, around)
        if verdict.stage in MADE and ruling(clause, verdict, folded):
            return clause, verdict
    for sentence in sentences[:SENTENCES]:
        named = todays(sentence, folded)
        if (
            named
            and about_trade(sentences[:SENTENCES])
            and named_government(sentence, sentences, folded)
        ):
            return sentence, Verdict(stage=Stage.ADOPTED, cue=named)
    return None


def ruling(clause: Sentence, verdict: Verdict, folded: str) -> bool:
    """Tell whether a clause says that a government does something to goods or by an instrument."""
    acting = any(hit.value != "-" for hit in clause.of("place")) or clause.of("authority")
    return bool(acting and clause.of("instrument")) or (
        not verdict.weak and doing(clause, verdict, folded)
    )


LATE = {"weigh": 2, "intend": 2, "ease": 2, "withdraw": 2, "propose": 2, "adopt": 3, "enforce": 3}
"""Sentences behind which such a cue tells of other acts, by half: background, demands, outlooks."""


WHOLE_LATIN, WHOLE_HAN = 60, 16
"""Characters of a sentence that is more than the head of a notice."""


def late(sentence: Sentence, verdict: Verdict, sentences: Sequence[Sentence], folded: str) -> bool:
    """Tell whether a sentence stands too far behind for what it says to be the text's news."""
    most = LATE.get(verdict.verb.value if verdict.verb else "")
    if most is None:
        return False
    whole = WHOLE_HAN if HAN.search(folded[:80]) else WHOLE_LATIN
    before = [part for part in sentences if part.start < sentence.start]
    return sum(part.end - part.start > whole for part in before) >= most


def ranked(
    staged: Sequence[tuple[Sentence, Verdict]], folded: str, around: Surroundings
) -> tuple[Sentence, Verdict] | None:
    """Return the first sentence of the best kind that there is."""
    by_verb = [(s, v) for s, v in staged if not v.weak]
    for s, v in by_verb:
        if punishes(v) or ruled(s, v, folded) or (s.start == 0 and doing(s, v, folded)):
            return s, v
    for s, v in by_verb:
        if (
            around.official
            or s.start < around.title
            or begins(s, folded)
            or strong(s, folded)
            or doing(s, v, folded)
            or moves_measure(s, v, folded)
            or by_itself(s, v)
        ):
            return s, v
    for s, v in by_verb:
        if (
            demanded(s, folded)
            or only_states(s, v.cue, folded)
            or terse(s, v.verb if v.stage is Stage.REPORTED else v.cue, folded)
        ):
            return s, v
    return next(((s, v) for s, v in staged if v.weak), None)


def ruled(sentence: Sentence, verdict: Verdict, folded: str) -> bool:
    """Tell whether the sentence names an instrument that its verb can be about.

    What stands behind it in a clause of time or reason is another's: resumes purchases after the
    tariff truce.
    """
    end = verdict.cue.end if verdict.cue else sentence.start
    return any(
        hit.start < end or not OPENER.search(folded, end, hit.start)
        for hit in sentence.of("instrument")
    )


def by_itself(sentence: Sentence, verdict: Verdict) -> bool:
    """Tell whether the verb is a saying of what governments alone do: 公务机关不准用."""
    cue = verdict.cue
    return cue is not None and any(hit.start == cue.start for hit in sentence.of("cue", "office"))


def punishes(verdict: Verdict) -> bool:
    """Tell whether the stage itself says that the instrument is a penalty."""
    return verdict.stage is Stage.ENFORCED


def telling(sentence: Sentence) -> bool:
    """Tell whether a sentence can report an act: it has an instrument or a verb that decides."""
    return any(
        hit.kind == "instrument" or (hit.kind == "cue" and hit.value in TELLING)
        for hit in sentence.hits
    )


def opens_otherwise(sentences: Sequence[Sentence]) -> bool:
    """Tell whether a text opens as something that reports no news: a filing, a review, a chronicle."""
    return any(hit.start < GENRE for s in sentences[:3] for hit in s.of("cue", "genre"))


def denies(sentence: Sentence, sentences: Sequence[Sentence], folded: str) -> bool:
    """Tell whether a denial is about an act: an instrument is named there or just before.

    What an authority denies may go without, if goods or a rule are named.
    """
    at = sentences.index(sentence)
    named = any(part.of("instrument") for part in sentences[max(0, at - 2) : at + 1])
    by_authority = sentence.of("authority") and (sentence.of("item") or sentence.of("cue", "norm"))
    return bool(named or by_authority) and named_government(sentence, sentences, folded)


def governed(
    sentence: Sentence, verdict: Verdict, sentences: Sequence[Sentence], folded: str,
    around: Surroundings,
) -> bool:  # fmt: skip
    """Tell whether a government acts: by number, by name, or by punishing a trade in goods."""
    by_office = around.office and not verdict.weak  # who needs not name itself
    if around.official or by_office or named_government(sentence, sentences, folded):
        return True
    if only_states(sentence, verdict.cue, folded) or of_states(sentence, verdict, folded):
        return True
    goods = sentence.of("item") or sentence.of("company")
    goods = goods or sentence.of("instrument", "investment restriction")
    if goods and by_itself(sentence, verdict):
        return True
    offices = sentence.of("cue", "office") if sentence.of("instrument") and goods else ()
    cue = verdict.cue
    if any(not verdict.weak or (cue and hit.end == cue.start - 1) for hit in offices):
        return True  # customs issues guidance: whose, the text doesn't say
    fined = sentence.of("company") and verdict.cue and folded.startswith("fine", verdict.cue.start)
    traded = any(  # settles over shipments: an idiom, longer than its verb
        cue and hit.start == cue.start and hit.end > cue.end
        for hit in sentence.of("instrument", "penalty")
    )
    if punishes(verdict) and traded and (goods or sentence.of("place")):
        return True
    about = sentence.of("item") or sentences[0].of("item") or fined
    return bool(punishes(verdict) and about and cue and COURTS.match(folded, cue.start))


OF_THE_VERB = 60
"""Characters between a measure that only a government takes and its verb."""


def of_states(sentence: Sentence, verdict: Verdict, folded: str) -> bool:
    """Tell whether a text opens with what becomes of a duty or the like on goods: duty begins."""
    cue = verdict.cue
    if verdict.weak and begins(sentence, folded):
        return any(only_of_states(hit, folded) for hit in sentence.of("instrument"))
    if cue is None or verdict.weak or sentence.start > NEAR_TOP:
        return False
    if sentence.start > 0 and OWN.search(folded, sentence.start, sentence.end):
        return False
    if not sentence.of("item") and not new_term(sentence, cue, folded):
        return False
    return any(
        only_of_states(hit, folded)
        and (
            0 <= cue.start - hit.end <= OF_THE_VERB
            or 0 <= hit.start - cue.end <= OF_THE_VERB
            or hit.start <= cue.start < hit.end
        )
        for hit in sentence.of("instrument")
    )


OWN = re.compile(r"\b(?:our|we|my|i)\b")
"""Words of who tells of his own business: duties raised our costs."""
OPENS = 80
"""Characters into a text that its first words on whose act it is stand in."""
ABROAD = ("对", "输", "涉", "中资", "中企", "陆资", "陆企", "陆制")


def named_government(sentence: Sentence, sentences: Sequence[Sentence], folded: str) -> bool:
    """Tell whether the sentence, or the text's opening, names an authority or a country.

    对欧, 输美 and 中资 only name where something goes or comes from.
    """
    return any(
        hit.kind in ("authority", "sign")
        or (hit.kind == "cue" and hit.value == "chamber")
        or (governs(hit) and not folded.startswith(ABROAD, hit.start))
        for part in (sentence, *sentences[:2])
        for hit in part.hits
    ) or any(
        STATE.search(folded, part.start, part.end)
        for part in (sentence, *sentences[:2])
        if part.start < OPENS
    )


def governs(hit: Hit) -> bool:
    """Tell whether a term names a country or its seat; a town alone has no say in trade.

    Of China a port or a province is often all that its own press names.
    """
    return hit.kind == "place" and hit.value != "-" and (not hit.local or hit.value == "CN")


def doing(sentence: Sentence, verdict: Verdict, folded: str) -> bool:
    """Tell whether an authority or a country is the subject of the deciding verb, with an object.

    An object is goods, a company, a rule or another country.
    """
    by_law = verdict.cue is not None and verdict.cue.value == "law"  # writes a rule into law
    cue = verdict.verb if verdict.stage is Stage.REPORTED or by_law else verdict.cue
    if cue is None:
        return False
    objects = [
        hit
        for hit in sentence.hits
        if hit.kind in OBJECTS or (hit.kind == "cue" and hit.value == "norm")
    ]
    if objects and any(said(hit, folded) for hit in sentence.of("authority")):
        return True
    fronted = bool(HAN.match(folded, cue.start)) and any(
        folded[hit.start - 1] in "将把对" for hit in objects if hit.end <= cue.start
    )
    if done_by(sentence, cue, folded) and (
        objects or PEOPLE_IN.search(folded, sentence.start, cue.start)
    ):
        return True
    people = LISTS.match(folded, cue.start) and PEOPLE.match(folded, cue.end)
    if not fronted and not people and not any(hit.start >= cue.end for hit in objects):
        return False
    if RULE.search(folded, max(sentence.start, cue.start - 60), cue.start):
        return True
    for hit in reversed(sentence.hits):
        if hit.start >= cue.start or hit.kind not in ("authority", "place", "company"):
            continue
        if hit.kind == "authority":
            return not CLAUSE.search(folded, hit.end, cue.start)
        return hit.kind == "place" and bool(BETWEEN.fullmatch(folded, hit.end, cue.start))
    return False


RULE = re.compile(
    r"(?<!draft\s)\b(?:decree|proclamation|ordinance|resolution|circular|executive order|ministerial order|regulation|package)"
    r"(?:(?:,)?\s(?:of|on|from|signed|issued|published|gazetted)\s[^,;:.]{3,30},?)?\s(?:also\s|now\s)?$"
)
"""A rule that does something itself: Saturday's decree adds lithium."""
LISTS = re.compile(
    r"(?:blacklist|listed|lists|added|adds|designat|sanction|named|names|banned|bans)\b|sanction"
)
PEOPLE = re.compile(
    r"\s(?:[\w'’-]+\s){0,6}?(?:people|firms?|companies|labs?|laboratories|names|entities|tankers|ships|vessels|banks|organi[sz]ations|institutes|suppliers|makers|traders|individuals)\b"
)
"""Whom an authority lists, though nobody is named."""
MEASURE = re.compile(
    r"(?:bans?|curbs?|rules?|orders?|dut(?:y|ies)|tariffs?|decrees?|lev(?:y|ies)|limits?|restrictions?|embargo|moratorium|requirements?|prohibition|controls?)\b"
)
PEOPLE_IN = re.compile(
    r"\b(?:firms?|companies|labs?|entities|tankers?|ships|vessels|banks|organi[sz]ations|institutes|suppliers?|makers?|traders?|importers?|exporters?)\b"
)


def done_by(sentence: Sentence, cue: Hit, folded: str) -> bool:
    """Tell whether a country or an authority does what is said in the passive: named by Beijing."""
    return folded.endswith(("ed", "en"), cue.start, cue.end) and any(
        does(hit, cue, folded)
        for hit in (*sentence.of("place"), *sentence.of("authority"))
        if hit.value != "-"
    )


UNDOING = ("suspend", "withdraw", "delay")
NEAR_TOP = 120
"""Characters into a text within which a sentence may be its headline's."""
MEASURED = 60
"""Characters between a measure and what becomes of it."""


def moves_measure(sentence: Sentence, verdict: Verdict, folded: str) -> bool:
    """Tell whether a ban or the like on goods of a country is stayed, put off or ended.

    A court suspends Britain's modem ban; raw ore ban slides to April, says Abuja.
    """
    cue = verdict.cue
    if cue is None or sentence.start > NEAR_TOP or cue.value not in UNDOING:
        return False
    places = {hit.value for hit in sentence.of("place") if hit.value != "-"}
    by_court = BY_COURT.search(folded, max(sentence.start, cue.start - COURT), cue.start)
    goods = sentence.of("item") or (by_court and len(places) > 1)
    if not goods or not (places or sentence.of("authority")):
        return False
    return any(
        -MEASURED <= hit.start - cue.end <= MEASURED
        for hit in sentence.of("cue", "norm")
        if MEASURE.match(folded, hit.start)
    )


def said(authority: Hit, folded: str) -> bool:
    """Tell whether an authority is who says what the sentence says."""
    return bool(SAYS.match(folded, authority.end))


def strong(sentence: Sentence, folded: str) -> bool:
    """Tell whether a sentence without an instrument is about an act all the same.

    So it is where an authority meets a rule, or a country is the subject of a verb that only
    governments use.
    """
    if sentence.of("authority"):
        return bool(sentence.of("cue", *ABOUT_ACTS))
    norm = bool(sentence.of("cue", "norm"))
    if norm and sentence.of("cue", "effect", "propose"):
        return True
    if any(RULEMAKING.match(folded, cue.start) for cue in sentence.of("cue", "propose", "adopt")):
        return True
    aimed = norm or bool(sentence.of("item") or sentence.of("company"))
    places = [hit for hit in sentence.of("place") if hit.value != "-"]
    return any(
        BETWEEN.fullmatch(folded, place.end, verb.start)
        for verb in sentence.of("cue", "strong", *(PLANS if aimed else ()))
        for place in places
        if place.end <= verb.start
    )
