"""Short words for goods that say which by what else a text names: modules, cells, blades, 组件.

The table data/acts/homonyms.tsv has a good, its short words, and the goods, companies,
authorities and measures beside which they mean it: roses are goods where a tariff is near. Pure.
"""

import re
from collections.abc import Mapping, Sequence

from alerts.act_terms import Hit
from alerts.goods import wider

NEAR = 60
"""How many signs a measure may be away from a word that it makes goods: a duty on roses."""

TRADED = re.compile(
    r"(?:\b(?:im|ex)port(?:s|ation)? (?:of )?(?:[\w'-]+ ){0,2}|(?:[进出]口|输[入出])[\u4e00-\u9fff]{0,6})$"
)
"""What stands right before a word that is goods as it is near a measure: imports of Chilean figs."""


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
    """Tell whether a measure that makes a word goods stands near it, or the word is imported."""
    near = any(
        said(hit) in names and hit.start - NEAR <= word.end and word.start <= hit.end + NEAR
        for hit in measures
    )
    if near or "instrument:tariff" not in names:
        return near
    return TRADED.search(folded, max(0, word.start - 40), word.start) is not None


def said(hit: Hit) -> str:
    """Return a name as the table writes it: company:ASML."""
    return f"{hit.kind}:{hit.value}"
