"""Who acts, by which instrument, against whom and on what: the fields beside an act's stage.

Pure. All are read from the sentence that reports the act; what it lacks comes from the title
or from the sentences next to it.
"""

import re
from collections.abc import Mapping, Sequence

from alerts.reader.actors import FIRM, after_dateline, before_zh, choose_actor, headline_actor
from alerts.reader.cues import Sentence
from alerts.reader.terms import Agency, Hit

GROUP_GAP = 12
"""Characters between two authorities that act together or belong together."""

REPLIES = re.compile(
    r"(?:针对|就|对于|回应|谴责|反对|抗议|抨击|批评)$"
    r"|\b(?:condemn|criticis|criticiz|slam|protest|denounc|deplor|blast|oppos|regret|welcom|respond|react|object|hit out"
    r"|hits out|urg|complain|respons)\w*\s(?:to\s|at\s|against\s|over\s|about\s|the\s|that\s)*$"
)
"""Words behind which somebody else's act is named."""
ANSWERS = re.compile(r"答|表示|回应|谈话|评论|表态|反对|称|声明|指出|敦促|谴责|交涉|不满|说")
"""Words of which one stands behind 就 where somebody answers an act."""
WHICH_WOULD = re.compile(r"\b(?:which|that)\s(?:would|will|could|may|might)\b")
ACTIVE = re.compile(r"\w+s\b")
"""A verb in the present: whose rule stands behind it does not do it (court strikes down Trump's)."""
VIA = re.compile(
    r"(?:via|through|outside|经|经由|通过|途经|绕道|走|转口(?:至|到)?|跑(?:完|到)?)\s*(?:the\s+)?$"
)
WITHIN = re.compile(r"(?:\bin|\bat|在)\s*(?:the\s+)?$")
RESIDENT = re.compile(
    r"\b(?:originat\w+|located|based|made|produced|registered|built|headquartered|firms?|compan(?:y|ies)|entit(?:y|ies)"
    r"|buyers?|resellers?|distributors?|parties|persons?|individuals|organi[sz]ations|institutes?|universit(?:y|ies)|makers?|users?|traders?|fabs?"
    r"|plants?|customers|most|all|addresses|investments?|investing|suppliers|banks?|\band\s(?:one|two|three|four|five|six|seven|eight|nine|ten|others|another|\d{1,3}))(?:\sof\s(?:them|which))?(?:\seach)?\sin\s(?:the\s)?$"
)
"""Words behind which "in China" tells whom an act is aimed at, rather than where something happens."""
ELSEWHERE = re.compile(
    r"\b(?:destinations?\sof|originating\s(?:in|from)(?:\sor\sexported\sfrom)?|exported\sfrom|located\sin"
    r"|(?:entities|persons|companies|firms)\sin)\s(?:[^.;:]{0,80}\s)?$"
)
"""Words of another sentence behind which countries are named that the act is aimed at."""
MAKER = re.compile(r"(?:'s)?\s?")
"""What stands between a maker and its goods: Nvidia's H200."""
LISTENERS = re.compile(
    r"^\s*(?:'s)?\s*(?:shares?|stock|says|said|ceo|chief|spokes|analyst|股价|称|表示|回应)"
)
AIMED = {"entity listing", "sanction", "penalty", "probe", "import ban", "export restriction", "export ban",
         "investment restriction", "export licence", "tariff", None}  # fmt: skip
LISTING = {"sanction", "entity listing"}
"""Instruments of which the reason is given behind "for" and "over"."""
OF_GOODS = {
    "export licence",
    "export ban",
    "export restriction",
    "penalty",
    "entity listing",
    None,
}
"""Instruments that bear on goods, whoever made them."""
OF_EXPORTS = ("export licence", "export ban", "export restriction", "entity listing")
NAMED = re.compile(
    r"(?:fined?|(?:penalty|fine)\son|sanctioned|indicted|penali[sz]ed|designated|blacklisted|added|placed|lists?|listed|against)\s+"
    r"((?:[A-Z][\w&.-]*)(?:\s+(?:[A-Z][\w&-]*|of|de))*(?:\s+[A-Z][\w&-]*)?)"
)


def groups(authorities: Sequence[Hit], folded: str) -> list[list[Hit]]:
    """Put authorities that stand side by side together: joint issuers, an agency and its parent."""
    found: list[list[Hit]] = []
    for hit in authorities:
        gap = folded[found[-1][-1].end : hit.start] if found else ""
        if found and len(gap) <= GROUP_GAP and not re.search(r"[.;。:\n]|回应|对|就|to|that", gap):
            found[-1].append(hit)
        else:
            found.append([hit])
    return found


def lead(group: Sequence[Hit], agencies: Mapping[str, Agency]) -> Hit:
    """Return the first of joint issuers; an agency goes before the department it belongs to."""
    parents = {agencies[hit.value].parent for hit in group}
    return next((hit for hit in group if hit.value not in parents), group[0])


def answered(main: Sentence, cue: Hit | None, folded: str) -> Sentence:
    """Cut a sentence that answers somebody's act down to that act: "…就美国…初裁答记者问"."""
    if cue is None:
        return main
    for hit in main.hits:
        if hit.start >= cue.start:
            break
        if hit.kind not in ("place", "authority"):
            continue
        stop = hit.start + folded.startswith("对", hit.start)
        if REPLIES.search(folded, max(main.start, hit.start - 24), stop):
            if folded.endswith("就", 0, stop) and not ANSWERS.search(folded, hit.end, main.end):
                continue  # 就…立案: opens a case on it
            comma = re.compile("[,:]").search(folded, cue.end, main.end)
            end = comma.start() if comma else main.end
            inside = tuple(h for h in main.hits if hit.start <= h.start < end)
            return Sentence(hit.start, end, inside)
    return main


def choose_authority(
    main: Sentence,
    sentences: Sequence[Sentence],
    cue: Hit | None,
    folded: str,
    agencies: Mapping[str, Agency],
) -> Hit | None:
    """Return the authority whose act it is: the subject before the deciding verb, or who says so.

    Where the sentence names none, another sentence's, if it is of the country that acts.
    """
    found = groups(main.of("authority"), folded)
    actor = actor_of(main, sentences, cue, folded)
    before = [g for g in found if cue is None or g[0].start <= cue.start]
    if before:
        return lead(before[-1], agencies)
    for group in found:
        hit = lead(group, agencies)
        if cue and WHICH_WOULD.search(folded, cue.end, max(cue.end, hit.start)):
            continue
        if cue and folded.startswith("'s", hit.end) and ACTIVE.match(folded, cue.start, cue.end):
            continue
        if actor is None or cue is None or actor.start > cue.start:
            return hit
        if agencies[hit.value].jurisdiction == actor.value:
            return hit
    actor = actor or next(iter(main.of("sign")), None)
    others = [s for s in sentences if not s.start <= main.start < s.end]
    for sentence in sorted(others, key=lambda s: abs(s.start - main.start)):
        for group in groups(sentence.of("authority"), folded):
            hit = lead(group, agencies)
            if actor is None or agencies[hit.value].jurisdiction == actor.value:
                return hit
    return None


def actor_of(
    main: Sentence, sentences: Sequence[Sentence], cue: Hit | None, folded: str
) -> Hit | None:
    """Return the place that acts; the title's before the one where the report was written."""
    actor = choose_actor(main, cue, folded)
    title = sentences[0]
    if main.start < title.end:
        return actor
    if actor and actor.start < after_dateline(folded, main.start):
        return choose_actor(title, None, folded) or actor
    return actor or headline_actor(title, folded)


def choose_jurisdiction(
    authority: Hit | None,
    main: Sentence,
    sentences: Sequence[Sentence],
    cue: Hit | None,
    folded: str,
    agencies: Mapping[str, Agency],
) -> Hit | None:
    """Return where the jurisdiction that acts is read from, which is its value."""
    if authority and (country := agencies[authority.value].jurisdiction):
        return authority._replace(value=country)
    actor = actor_of(main, sentences, cue, folded)
    if actor is None:
        signs = [hit for sentence in (main, *sentences) for hit in sentence.of("sign")]
        # A country in another sentence is as often one that is affected.
        actor = signs[0] if signs else None
    return actor


def choose_instrument(main: Sentence, sentences: Sequence[Sentence], cue: Hit | None) -> Hit | None:
    """Return the instrument nearest behind the deciding verb, or before it, or in another sentence."""
    at = cue.start if cue else main.start

    def distance(hit: Hit) -> int:
        return hit.start - at if hit.start >= at else 40 + at - hit.end

    found = main.of("instrument")
    if found:
        chosen = min(found, key=distance)
        for hit in found:
            if 0 <= hit.start - chosen.end <= 1:
                chosen = hit  # sanctions guidance is guidance: the noun at the end says what it is
        return chosen
    for sentence in sorted(sentences, key=lambda s: abs(s.start - main.start)):
        if sentence.of("instrument"):
            return sentence.of("instrument")[0]
    return None


SANCTIONERS = ("OFAC", "OFSI")
"""Bodies that do nothing but sanctions."""
LISTS = ("designat", "list", "add", "sanction", "delist", "remov", "freez", "制裁", "列入", "移出")


def sanctioned(instrument: Hit | None, cue: Hit | None, folded: str) -> Hit | None:
    """Return the instrument of a body for sanctions: its licences are none for exports."""
    if instrument and instrument.value == "export licence":
        return None
    if instrument is None and cue and folded.startswith(LISTS, cue.start):
        return Hit(cue.start, cue.end, "instrument", "sanction")
    return instrument


def refuses(cue: Hit, folded: str) -> bool:
    """Tell whether an application to export is refused, which is no penalty."""
    return bool(REFUSES.match(folded, cue.start))


REFUSES = re.compile(
    r"(?:reject|refus|turn|den)\w*[^.;:]{0,40}?\b(?:application|licen[cs]e|permit|permission|request)s?\b"
    r"|(?:拒绝|驳回|拒发|拒签|拒批)[^,。;]{0,12}(?:申请|许可)"
)


OURS = re.compile(r"(?:我们|咱们|我司|我方|本公司|\bour|\bmy)\s*$")
"""Before a place: the speaker's own branch there, not whom an act is aimed at."""


def read_targets(
    main: Sentence,
    others: Sequence[Sentence],
    text: str,
    folded: str,
    *,
    jurisdiction: str | None,
    instrument: str | None,
    cue: Hit | None,
) -> list[tuple[str, Hit]]:
    """Return the countries and companies that the act is aimed at, with where each is read from.

    others: the text's sentences, which are asked where the main one names nobody.
    """
    written = after_dateline(folded, main.start)
    found = [
        (hit.value, hit)
        for hit in main.of("place")
        if hit.value not in ("-", jurisdiction)
        and hit.start >= written
        and suffers(hit, folded)
        and not acts_along(hit, main, cue, folded)
    ]
    companies = aimed_companies(main, text, folded, instrument) if instrument in AIMED else []
    if instrument in OF_EXPORTS:
        found = [
            (value, hit)
            for value, hit in found
            if not folded.startswith(MADE_IN, hit.end)
            and not folded.endswith(MADE_IN, hit.start, hit.end)
        ]
    if instrument == "penalty" and companies:
        found = []  # where the goods went is where no firm is named
    elif instrument in LISTING and cue and (why := REASON.search(folded, cue.end, main.end)):
        found = [(value, hit) for value, hit in found if hit.start < why.start()]
    found += companies
    if not found:
        found = [
            (hit.value, hit)
            for sentence in others
            if sentence.start > main.start
            for hit in sentence.of("place")
            if hit.value not in ("-", jurisdiction)
            and ELSEWHERE.search(folded, max(sentence.start, hit.start - 110), hit.start)
        ]
    unique = dict(reversed(found))
    return sorted(unique.items(), key=lambda pair: pair[1].start)


ALONG = re.compile(r",\s|\s(?:and|&)\s(?:the\s)?|/|,\sand\s")
"""Between two who do the same: the US, UK sanction; Burkina Faso and Mali bar."""


def acts_along(place: Hit, main: Sentence, cue: Hit | None, folded: str) -> bool:
    """Tell whether a place is one of two that stand right before the verb, and act."""
    if cue is None:
        return False
    pairs = (sorted((place, other)) for other in main.of("place") if other.start != place.start)
    return any(
        second.end == cue.start - 1 and ALONG.fullmatch(folded, first.end, second.start)
        for first, second in pairs
    )


THEIR_MEASURE = re.compile(
    r"'s\s(?:[\w-]+\s){0,3}?(?:sanctions|curbs|controls|tariffs?|package|ban|rules?|list)\b"
)
"""Behind a place: the measure is its own, which another follows (adopts the EU's curbs)."""
REASON = re.compile(
    r"\b(?:over|for\s\w+ing|(?:it|they|he)\ssays?|accused\sof|suspected\sof|that\s(?:steered|diverted|shipped|sold|sent|helped))\s"
)
CLAUSE_OF = re.compile(
    r"\b(?:after|as|while|since|because|although|before|until|once|when)\s(?:the\s)?$"
)
SUBJECT = re.compile(r"\s(?:[\w-]+s|\w+ed|got|won|will|is|has)\b")
"""Around the place that does something else in a clause of time or reason: after Greece gets."""
PASSED_ZH = re.compile(r"[^,。;:]{0,3}(?:转口|中转|转运)|有关")
"""Behind a place that goods only pass, or that is only concerned."""
MADE_IN = ("-made", "-built", "-origin", "-designed", "产的", "制造的")
"""Behind where goods were made, of which the export is what an act is about."""


def suffers(place: Hit, folded: str) -> bool:
    """Tell whether a place can be whom an act is aimed at: no way station, venue or own branch."""
    before = folded[max(0, place.start - 12) : place.start]
    if OURS.search(before) or VIA.search(before) or THEIR_MEASURE.match(folded, place.end):
        return False
    if FIRM.match(folded, place.end) or before_zh(place, folded):
        return False
    bound = folded.startswith("对", place.start) or before.endswith(("向", "对", "往", "至"))
    if not bound and PASSED_ZH.match(folded, place.end):
        return False
    ahead = folded[max(0, place.start - 16) : place.start]
    if CLAUSE_OF.search(ahead) and SUBJECT.match(folded, place.end):
        return False
    return not WITHIN.search(before) or bool(
        RESIDENT.search(folded, max(0, place.start - 48), place.start)
    )


def aimed_companies(
    main: Sentence, text: str, folded: str, instrument: str | None
) -> list[tuple[str, Hit]]:
    """Return the companies that an act is aimed at; whose goods they are is another matter."""
    companies = main.of("company")
    found = [
        (hit.value, hit)
        for hit in companies
        if not LISTENERS.match(folded[hit.end : hit.end + 12])
        and not (instrument in OF_GOODS and makes(hit, main, folded))
    ]
    if companies or instrument not in ("penalty", "sanction", "entity listing"):
        return found
    named = NAMED.search(text, main.start, main.end)
    if named:
        inside = [h for h in main.hits if h.start < named.end(1) and h.end > named.start(1)]
        if not inside:
            hit = Hit(named.start(1), named.end(1), "company", named[1])
            found.append((named[1], hit))
    return found


def makes(company: Hit, main: Sentence, folded: str) -> bool:
    """Tell whether a company stands before goods as their maker."""
    gap = MAKER.match(folded, company.end)
    return gap is not None and any(hit.start == gap.end() for hit in main.of("item"))
