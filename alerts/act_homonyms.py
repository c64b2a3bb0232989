"""Short words for goods that say which by what else a text names: modules, cells, blades, 组件.

The table data/acts/homonyms.tsv has a good, its short words, and the goods, companies and
authorities beside which they mean it. Pure.
"""

from collections.abc import Mapping, Sequence

from alerts.act_terms import Hit
from alerts.goods import wider


def told_apart(hits: Sequence[Hit], beside: Mapping[str, frozenset[str]]) -> Sequence[Hit]:
    """Return the hits with every short word read as the first good that the text speaks for.

    It goes before what the word means otherwise ("cells" are batteries, but not with polysilicon),
    and names nothing where the text says nothing on it. beside: a good -> what makes it likely, in
    the order in which goods are tried.
    """
    short = {(hit.start, hit.end) for hit in hits if hit.kind == "homonym"}
    if not short:
        return hits
    told = {
        name
        for hit in hits
        if (hit.start, hit.end) not in short
        for name in ((hit.value, *wider(hit.value)) if hit.kind == "item" else (said(hit),))
    }
    meant = {hit.value for hit in hits if hit.kind == "homonym"}
    likely = {
        good: rank
        for rank, (good, names) in enumerate(beside.items())
        if good in meant and (good in told or not told.isdisjoint(names))
    }
    chosen: dict[tuple[int, int], str] = {}
    fitting = [hit for hit in hits if hit.kind == "homonym" and hit.value in likely]
    for hit in sorted(fitting, key=lambda hit: likely[hit.value]):
        chosen.setdefault((hit.start, hit.end), hit.value)
    kept = [
        hit
        for hit in hits
        if hit.kind != "homonym" and not (hit.kind == "item" and (hit.start, hit.end) in chosen)
    ]
    return sorted([*kept, *(Hit(*place, "item", good) for place, good in chosen.items())])


def said(hit: Hit) -> str:
    """Return a name as the table writes it: company:ASML."""
    return f"{hit.kind}:{hit.value}"
