"""On what goods, technologies and codes an act bears: named in its sentence, or next to it.

Pure.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from alerts.goods import is_code, narrower, nearest
from alerts.reader.cues import Sentence
from alerts.reader.others import others, stands_in
from alerts.reader.terms import Hit
from alerts.reader.uses import own_goods


def read_items(main: Sentence, sentences: Sequence[Sentence], folded: str) -> list[tuple[str, Hit]]:
    """Return the goods, technologies and codes of the act, each with where it is read from."""
    at = sum(one.end <= main.start for one in sentences)  # main may be a clause of it
    given = IN_RETURN.search(folded, main.start, main.end)
    near = [own_goods(in_words(sentence), folded) for sentence in (main, *sentences[:1])]
    hits = [
        hit
        for hit in chain.from_iterable(near)
        if not (given and given.end() <= hit.start < main.end)
    ]
    if not hits:
        behind = (own_goods(in_words(one), folded) for one in sentences[at + 1 : at + 3])
        before = (own_goods(in_words(one), folded) for one in sentences[:at])
        hits = [*chain.from_iterable(behind)] or [*chain.from_iterable(before)]
    found = {hit.value: hit for hit in reversed(hits)}
    items = [(value, hit) for value, hit in sorted(found.items(), key=lambda pair: pair[1].start)]
    codes = [hit for sentence in sentences[:6] for hit in sentence.of("item") if is_code(hit.value)]
    if not items:
        items = [(good, hit) for hit in codes for good in nearest(hit.value)]
    items += [(hit.value, hit) for hit in codes]
    if len(items) > 1:
        items = [(v, h) for v, h in items if not covered(v, [other for other, _ in items])]
    first: dict[str, Hit] = {}
    for value, hit in items:
        first.setdefault(value, hit)
    return list(first.items())


def in_words(sentence: Sentence) -> list[Hit]:
    """Return the goods that a sentence names in words."""
    return [hit for hit in sentence.of("item") if not is_code(hit.value)]


TO_DO = re.compile(
    r"\b(?:to|can|could|may|might|will|would|must|shall|should|not|cannot|and|or|let|they|we|firms|companies|makers"
    r"|exporters|suppliers)\s$"
)
"""Words before "ship" where it is a verb."""
TO_SCRAP = re.compile(r"\b(?:to|can|could|may|might|will|would|must|should|not|cannot|let)\s$")
"""Words before "scrap" where it is a verb."""
DOES = re.compile(
    r"\b(?:it|he|she|who|which|what|company|firm|group|maker|country|already|still)\s$"
)
"""Words before "ships" where it is a verb."""
SO_MANY = re.compile(
    r"\s(?:\d|its\b|about\b|over \d|around \d|some \d|nearly\b|most\b|half\b|none\b)"
)
"""What stands behind "ships" where a country's or a company's name before it is its subject."""
RULES = re.compile(
    r"\s(?:the|its|a|an|all|some|plans?|proposed|tariffs?|dut(?:y|ies)|bans?|rules?|lev(?:y|ies)|tax(?:es)?|curbs?|quotas?"
    r"|fees?|visas?|probes?|sanctions|limits?|licen[cs]es?|caps?|orders?|laws?)\b"
)
"""What stands behind "scrap" where it is a verb."""
IN_RETURN = re.compile(r"\bin (?:exchange|return) for\b")
"""Words behind which the other side's goods and measures are named."""
VERBS = frozenset({"ship", "ships", "scrap"})


def without_misread(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Drop what only looks like goods: verbs ("to scrap tariffs"), parts of expressions, and goods
    of another act that is only compared: three days after robots."""
    real = [
        hit
        for n, hit in enumerate(hits)
        if hit.kind != "item"
        or folded[hit.start : hit.end] not in VERBS
        or not is_verb(hit, hits[max(0, n - 3) : n], folded)
        if hit.kind != "idle"
    ]
    if not any(hit.kind == "item" for hit in real):
        return real
    regions = others(folded, real)
    if not regions:
        return real
    inside = {hit for hit in real if any(stands_in(hit, region) for region in regions)}
    if not inside:
        return real
    certain = {hit for hit in inside if any(one.sure and stands_in(hit, one) for one in regions)}
    if all(hit in inside for hit in real if hit.kind == "item"):
        inside = certain
    first: dict[str, Hit] = {}
    for hit in real:
        if hit.kind == "item":
            first.setdefault(hit.value, hit)
    own = {hit.value for hit in real if hit.kind == "item" and hit not in inside}
    own = own.difference(value for value, hit in first.items() if hit in certain) or own
    return [hit for hit in real if hit.kind != "item" or hit.value in own]


def is_verb(hit: Hit, before: Sequence[Hit], folded: str) -> bool:
    """Tell whether a name of goods is a verb where it stands. before: the hits next before it."""
    word, ahead = folded[hit.start : hit.end], folded[max(0, hit.start - 14) : hit.start]
    if word == "scrap":
        return bool(RULES.match(folded, hit.end) or TO_SCRAP.search(ahead))
    subjects = {one.kind for one in before if one.end == hit.start - 1}
    if "company" in subjects or (TO_DO if word == "ship" else DOES).search(ahead):
        return True
    return word == "ships" and "place" in subjects and bool(SO_MANY.match(folded, hit.end))


EDIBLE = {"palm oil", "soybean meal", *narrower("vegetable oils")}
GENERAL = {
    "semiconductors": {"advanced computing", "photoresist"},
    "scrap": {"black mass"},
    "batteries": {"battery technology", "battery equipment", "black mass", "cathode material",
                  "LFP cathode", "battery separators"},
    "lithium batteries": {"battery technology", "battery equipment"},
    "EV batteries": {"battery technology", "black mass"},
    "dual-use items": {"drones"},
    "oil": EDIBLE,
    "crude oil": EDIBLE,
    "refined products": EDIBLE,
    "tablets": {"pharmaceuticals", "antibiotics", "paracetamol", *narrower("vitamins")},
    "sugar": {"xylitol"},
    "personal data": {"AI companions", "online marketplaces", "mobile apps", "social media", "robot vacuums"},
    "small parcels": {"LPG", "LNG", "crude oil", "coal", "soybeans", "methanol"},
}  # fmt: skip
"""Item -> others that make it idle in the same act, though they are no kinds of it."""


def more_exact(item: str) -> frozenset[str]:
    """Return the goods that say better what an item says: its kinds, and others."""
    return narrower(item).union(GENERAL.get(item, ()))


def covered(item: str, others: Iterable[str]) -> bool:
    """Tell whether a more exact item of the same act says it better."""
    return not more_exact(item).isdisjoint(others)
