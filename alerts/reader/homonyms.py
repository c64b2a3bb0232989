"""Short words for goods that say which by what else a text names: modules, cells, blades, 组件.

The table data/acts/homonyms.tsv has a good, its short words, and the goods, companies,
authorities and measures beside which they mean it: roses are goods where a tariff is near. Pure.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from alerts.goods import wider
from alerts.reader.terms import Hit

NEAR = 60
"""How many signs a measure may be away from a word that it makes goods: a duty on roses."""
LONGEST = 90
"""Signs that the name of a measure takes at most."""

TRADED = re.compile(
    r"(?:\b(?:im|ex)port(?:s|ation)? (?:of )?(?:[\w'-]+ ){0,2}|(?:[进出]口|输[入出])[\u4e00-\u9fff]{0,6})$"
)
"""What stands right before a word that is goods as it is near a measure: imports of Chilean figs."""

APART = re.compile(
    r"\b(?:as|while|because|after|amid|but)\b|[;:。!?\n]|\.\s|,(?:\s[^\s,\u4e00-\u9fff]+){4}|,[^,、]{8,}[\u4e00-\u9fff]"
)
"""What parts a word from a measure: another clause, and not the commas of a list."""
NAMED = re.compile(
    r"\b(?:mr|mrs|ms|dr|sir|lord|lady|dame|minister|senator|governor|peter|john|paul|mark|james"
    r"|david|michael|robert|william|george|thomas|mary|anna|elizabeth|sarah|jane)\.?\s$"
)
"""What stands before a surname that is goods otherwise: Mr Wood."""


def told_apart(
    hits: Sequence[Hit], beside: Mapping[str, frozenset[str]], folded: str = ""
) -> Sequence[Hit]:
    """Return the hits with every short word read as the first good that the text speaks for.

    It goes before what the word means otherwise ("cells" are batteries, but not with polysilicon),
    and names nothing where the text says nothing on it. beside: a good -> what makes it likely, in
    the order in which goods are tried. folded: the text.
    """
    short = {(hit.start, hit.end) for hit in hits if hit.kind == "homonym"}
    if not short:
        return hits
    told = {
        name
        for hit in hits
        if hit.kind != "instrument" and (hit.start, hit.end) not in short
        for name in ((hit.value, *wider(hit.value)) if hit.kind == "item" else (said(hit),))
    }
    meant = {hit.value for hit in hits if hit.kind == "homonym"}
    ranks = {good: rank for rank, good in enumerate(beside) if good in meant}
    likely = {good for good in ranks if good in told or not told.isdisjoint(beside[good])}
    measures = [hit for hit in hits if hit.kind == "instrument"]
    fitting = [
        hit
        for hit in hits
        if hit.kind == "homonym"
        and (hit.value in likely or is_measured(hit, measures, beside[hit.value], folded))
    ]
    chosen: dict[tuple[int, int], str] = {}
    for hit in sorted(fitting, key=lambda hit: ranks[hit.value]):
        chosen.setdefault((hit.start, hit.end), hit.value)
    kept = [
        hit
        for hit in hits
        if hit.kind != "homonym" and not (hit.kind == "item" and (hit.start, hit.end) in chosen)
    ]
    return sorted([*kept, *(Hit(*place, "item", good) for place, good in chosen.items())])


def is_measured(word: Hit, measures: Sequence[Hit], names: frozenset[str], folded: str) -> bool:
    """Tell whether a measure that makes a word goods stands near it, or the word is imported.

    measures: in the order of the text.
    """
    if NAMED.search(folded, max(0, word.start - 12), word.start):
        return False
    last = bisect_right(measures, word.end + NEAR, key=lambda hit: hit.start)
    first = bisect_left(measures, word.start - NEAR - LONGEST, hi=last, key=lambda hit: hit.start)
    near = any(
        said(hit) in names
        and word.start <= hit.end + NEAR
        and not APART.search(folded, min(hit.end, word.end), max(hit.start, word.start))
        for hit in measures[first:last]
    )
    if near or "instrument:tariff" not in names:
        return near
    return TRADED.search(folded, max(0, word.start - 40), word.start) is not None


def said(hit: Hit) -> str:
    """Return a name as the table writes it: company:ASML."""
    return f"{hit.kind}:{hit.value}"
