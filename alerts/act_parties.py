"""Who acts, by which instrument, against whom and on what: the fields beside an act's stage.

Pure. All are read from the sentence that reports the act; what it lacks comes from the title
or from the sentences next to it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from alerts.act_cues import Sentence
from alerts.act_terms import HAN, Agency, Hit

GROUP_GAP = 12
"""Characters between two authorities that act together or belong together."""

ECCN = re.compile(r"\b(\d[a-e]\d{3})((?:\.[a-z](?:\.\d+)*)?)(?!\w)", re.ASCII)
NEAR_ECCN = re.compile(r"\d[a-e]\d")
FOUR_DIGITS = re.compile(r"\d{4}")
TARIFF_CODE = re.compile(
    r"(?:\b(?:hs|hts|htsus|cn|taric)(?:\s+(?:codes?|headings?|subheadings?))?|\bheadings?|\bsubheadings?"
    r"|税则号列|税号|海关商品编号|商品编号|hs编码)\s*:?\s*(\d{4}(?:[. ]?\d{2}){0,3})\b"
)
REPLIES = re.compile(
    r"(?:针对|就|对于|回应|谴责|反对|抗议|抨击|批评)$"
    r"|\b(?:condemn|criticis|criticiz|slam|protest|denounc|deplor|blast|oppos|regret|welcom|respond|react|object|hit out"
    r"|hits out|urg|complain|respons)\w*\s(?:to\s|at\s|against\s|over\s|about\s|the\s|that\s)*$"
)
"""Words behind which somebody else's act is named."""
WHICH_WOULD = re.compile(r"\b(?:which|that)\s(?:would|will|could|may|might)\b")
ACTIVE = re.compile(r"\w+s\b")
"""A verb in the present: whose rule stands behind it does not do it (court strikes down Trump's)."""
VIA = re.compile(r"(?:via|through|in|from|经|经由|通过|在|途经)\s*(?:the\s+)?$")
LISTENERS = re.compile(
    r"^\s*(?:'s)?\s*(?:shares?|stock|says|said|ceo|chief|spokes|analyst|股价|称|表示|回应)"
)
AIMED = {"entity listing", "sanction", "penalty", "probe", "import ban", "export restriction", "export ban",
         "investment restriction", "export licence", "tariff", None}  # fmt: skip
NAMED = re.compile(
    r"(?:fined?|sanctioned|indicted|penali[sz]ed|designated|blacklisted|added|placed|lists?|listed|against)\s+"
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
    actor = choose_actor(main, cue, folded)
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
    others = [s for s in sentences if not s.start <= main.start < s.end]
    for sentence in sorted(others, key=lambda s: abs(s.start - main.start)):
        for group in groups(sentence.of("authority"), folded):
            hit = lead(group, agencies)
            if actor is None or agencies[hit.value].jurisdiction == actor.value:
                return hit
    return None


def choose_actor(main: Sentence, cue: Hit | None, folded: str) -> Hit | None:
    """Return the place that acts: the last one before the verb that nothing is aimed at."""
    places = [hit for hit in main.of("place") if hit.value != "-"]
    acting = [hit for hit in places if not aimed_at(hit, folded)]
    before = [hit for hit in acting if cue is None or hit.start < cue.start]
    return before[0] if before else (acting[0] if acting and cue is None else None)


def aimed_at(place: Hit, folded: str) -> bool:
    """Tell from the words around a place whether something is done to it rather than by it."""
    word = folded[place.start : place.end]
    if HAN.match(word):
        before, after = (
            folded[max(0, place.start - 3) : place.start],
            folded[place.end : place.end + 3],
        )
        return (
            word[0] in "对输涉在"
            or bool(re.search(r"(?:对|向|自|从|于|与|将|家|产|们)$", before))
            or bool(re.match(r"(?:产|企业|公司|实体|商品|船舶|进口|军工|龙虾|汽车|水产)", after))
            or bool(re.match(r"\d", after))
        )
    before = folded[max(0, place.start - 12) : place.start]
    after = folded[place.end : place.end + 16]
    return bool(
        re.search(
            r"\b(?:to|against|on|from|for|of|in|with|over|into|at|targeting|\d+)\s+(?:the\s+|more\s+)?$",
            before,
        )
        or re.match(
            r"[ -](?:made|built|origin|linked|based|owned|flagged|backed|related|bound|registered|controlled|compan|firm|entit|bank|ship|imports?|goods|exports? of)",
            after,
        )
    )


def choose_jurisdiction(
    authority: Hit | None,
    main: Sentence,
    sentences: Sequence[Sentence],
    cue: Hit | None,
    folded: str,
    agencies: Mapping[str, Agency],
) -> tuple[str | None, Hit | None]:
    """Return the jurisdiction that acts, and where it is read from."""
    if authority:
        return agencies[authority.value].jurisdiction, authority
    actor = choose_actor(main, cue, folded)
    if actor is None:
        signs = [hit for sentence in (main, *sentences) for hit in sentence.of("sign")]
        # A country in another sentence is as often one that is affected.
        actor = signs[0] if signs else None
    return (actor.value, actor) if actor else (None, None)


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


def read_items(main: Sentence, sentences: Sequence[Sentence], folded: str) -> list[tuple[str, Hit]]:
    """Return the goods, technologies and codes of the act, each with where it is read from."""
    near = [main, *sentences[:1]]
    hits = [hit for sentence in near for hit in sentence.of("item")]
    if not hits:
        at = sentences.index(main)
        hits = [hit for sentence in sentences[at + 1 : at + 3] for hit in sentence.of("item")]
    found = {hit.value: hit for hit in reversed(hits)}
    items = [(value, hit) for value, hit in sorted(found.items(), key=lambda pair: pair[1].start)]
    items += codes(folded[: sentences[min(len(sentences), 6) - 1].end])
    if len(items) > 1:
        items = [(v, h) for v, h in items if not covered(v, [other for other, _ in items])]
    return list(dict.fromkeys(items))


GENERAL = {
    "semiconductors": {"AI chips", "memory chips", "HBM", "advanced computing"},
    "memory chips": {"HBM"},
    "batteries": {"lithium batteries", "EV batteries", "battery technology", "battery equipment", "black mass",
                  "cathode material", "LFP cathode", "battery separators"},
    "lithium batteries": {"battery technology", "battery equipment"},
    "EV batteries": {"battery technology", "black mass"},
    "cathode material": {"LFP cathode"},
    "vehicles": {"EVs", "cars", "trucks"},
    "cars": {"EVs"},
    "dual-use items": {"drones"},
}  # fmt: skip
"""Item -> more exact ones that make it idle in the same act."""


def covered(item: str, others: Iterable[str]) -> bool:
    """Tell whether a more exact item of the same act says it better."""
    return bool(GENERAL.get(item, set()).intersection(others))


def codes(folded: str) -> list[tuple[str, Hit]]:
    """Return the ECCN and tariff codes in a folded text."""
    found = []
    for near in NEAR_ECCN.finditer(folded):
        if match := ECCN.match(folded, near.start()):
            canonical = f"ECCN {match[1].upper()}{match[2]}"
            found.append((canonical, Hit(match.start(), match.end(), "item", canonical)))
    end = 0
    for digits in FOUR_DIGITS.finditer(folded):
        match = TARIFF_CODE.search(folded, max(end, digits.start() - 24), digits.end() + 12)
        if match and match.start(1) == digits.start():
            canonical = "HS " + re.sub(r"[. ]", "", match[1])
            found.append((canonical, Hit(match.start(1), match.end(1), "item", canonical)))
            end = match.end()
    return found


OURS = re.compile(r"(?:我们|咱们|我司|我方|本公司|\bour|\bmy)\s*$")
"""Before a place: the speaker's own branch there, not whom an act is aimed at."""


def read_targets(
    main: Sentence,
    text: str,
    folded: str,
    *,
    jurisdiction: str | None,
    instrument: str | None,
    cue: Hit | None,
) -> list[tuple[str, Hit]]:
    """Return the countries and companies that the act is aimed at, with where each is read from."""
    found: list[tuple[str, Hit]] = []
    actor = choose_actor(main, cue, folded)
    for hit in main.of("place"):
        if hit.value in ("-", jurisdiction) or hit == actor:
            continue
        before = folded[max(0, hit.start - 10) : hit.start]
        if OURS.search(before):
            continue
        if not VIA.search(before) or re.search(r"(?:from|自|对)\s*$", before):
            found.append((hit.value, hit))
    if instrument in AIMED:
        companies = main.of("company")
        for hit in companies:
            if not LISTENERS.match(folded[hit.end : hit.end + 12]):
                found.append((hit.value, hit))
        named = NAMED.search(text, main.start, main.end)
        if named and not companies and instrument in ("penalty", "sanction", "entity listing"):
            inside = [h for h in main.hits if h.start < named.end(1) and h.end > named.start(1)]
            if not inside:
                hit = Hit(named.start(1), named.end(1), "company", named[1])
                found.append((named[1], hit))
    unique = dict(reversed(found))
    return sorted(unique.items(), key=lambda pair: pair[1].start)
