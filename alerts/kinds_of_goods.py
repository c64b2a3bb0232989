"""Whether goods that two texts name may be the same: by kind, or by another name. Pure."""

import re
from collections.abc import Iterable

from alerts.goods import called, wider

FAMILIES = (
    {"EVs", "cars", "vehicles", "auto parts"},
    {"batteries", "lithium batteries", "EV batteries", "battery packs", "storage systems"},
    {"batteries", "solar cells"},
    {"cathode material", "LFP cathode", "battery technology"},
    {"semiconductors", "AI chips", "advanced computing", "servers", "HBM", "GPUs", "data centres"},
    {"cloud computing", "data centres", "servers", "computing power"},
    {"semiconductors", "wafers"}, {"photonics", "semiconductors", "optics", "lasers"},
    {"solar panels", "polysilicon"}, {"solar cells", "solar modules"}, {"EVA", "solar backsheets"},
    {"arms", "drones"}, {"oil", "tankers"}, {"pig iron", "nickel pig iron"},
    {"personal data", "cross-border data", "geographic data", "vehicle data"},
    {"mobile apps", "social media"}, {"online marketplaces", "small parcels"},
    {"fentanyl", "drug precursors"}, {"drone motors", "drone engines"},
    {"magnets", "rare metals", "neodymium", "praseodymium", "samarium",
     "dysprosium", "terbium", "yttrium", "scandium", "gadolinium", "lutetium", "holmium", "erbium",
     "europium", "ytterbium", "thulium", "rare earths"},
)  # fmt: skip
"""Goods that are no kinds of each other, nor one the broader name of the other (alerts/goods.py),
yet called by each other's names."""

ECCN = "ECCN "
"""How the number of an entry of the American control list begins."""

LOOSE = frozenset({"dual-use items", "critical minerals", "strategic goods"})
"""Goods that may be any other."""

HEADING = re.compile(r"HS \d{4}")
"""A tariff line that holds many goods."""


def may_be_one(goods: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether some goods of the one text may be some of the other."""
    ours, theirs = without_headings(goods), without_headings(others)
    if ours & theirs or (ours | theirs) & LOOSE:
        return True
    if any(are_kin(one, other) for one in ours for other in theirs):
        return True
    if is_entry_alone(ours, theirs) or is_entry_alone(theirs, ours):
        return True
    return any(ours & family and theirs & family for family in FAMILIES)


def without_headings(items: Iterable[str]) -> set[str]:
    """Return goods without the headings of the tariff, which hold more than the act is on, unless
    there are no others."""
    return {good for good in items if not HEADING.fullmatch(good)} or {*items}


def is_entry_alone(ours: set[str], theirs: set[str]) -> bool:
    """Tell whether one names its goods by entries of a control list alone, and the other by none:
    they may be the same."""
    entries = {good for good in ours if good.startswith(ECCN)}
    return entries == ours and not any(good.startswith(ECCN) for good in theirs)


def are_kin(one: str, other: str) -> bool:
    """Tell whether the one is a kind of the other, or goes by its name; as an unknown line may, and
    a heading, which has neighbouring goods too."""
    if one in wider(other) or other in wider(one) or one in called(other) or other in called(one):
        return True
    if is_unknown(one) != is_unknown(other):
        return True
    heading = HEADING.fullmatch(one) or HEADING.fullmatch(other)
    return bool(heading and (wider(one) | called(one)) & (wider(other) | called(other)))


def is_unknown(item: str) -> bool:
    """Tell whether an item is a tariff line of which nothing says what goods it has."""
    return item.startswith("HS ") and not wider(item)
