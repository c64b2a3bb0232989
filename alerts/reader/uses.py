"""Which goods of a text are only what its own are made into, carried by, bought by or kept from.

They are left out of an act's goods where it names others; where it names none, they say best what
it is on. Pure.
"""

import re
from collections.abc import Sequence

from alerts.goods import called, wider
from alerts.reader.terms import HAN, Hit

BUSINESS = (
    r"makers?|manufacturers?|producers?|users?|operators?|buyers?|owners?|assemblers?|builders?|mills?|growers?|farmers?|refiners?"
    r"|smelters?|fabricators?|drivers?|fleets?|miners?|bottlers?|retailers?|dealers?|traders?|startups?|start-ups"
)
MAKER = re.compile(
    r"(?:'s?)?[ -](?:users?|operators?|buyers?|owners?|assemblers?|builders?|fabricators?|drivers?|fleets?|retailers?|farmers?)\b"
)
"""What stands behind goods that only tell whose business they are: steel users."""
MAKER_NAMED = re.compile(rf"(?:{BUSINESS}|厂|企业|厂商|业者|制造商|生产商)$")
"""How a name of goods ends that is one of a business: carmakers, 阀门厂."""
MAKER_ZH = re.compile(
    r"(?:厂(?!房)|企业|公司|生产商|制造商|厂商|厂家|用户|行业|业者|商(?!品|用|业|务)|业(?!务|绩))"
)
FOR_ZH = re.compile(r"[用级](?!于|途|品|户|电|别|地)")
"""What stands behind goods that other goods are only meant for: 挖掘机用发动机."""
USED_ZH = re.compile(r"(?:用于|用来|用作|应用于|用以|用在)[^,。;:!?\n的]{0,16}$")
USED = re.compile(
    r"\b(?:(?:used|use|uses|needed|required|essential|vital|key|crucial|critical|destined|meant|intended|designed|suitable"
    r"|ingredients?|inputs?|feedstocks?|raw materials?) (?:in|for|by|as|to (?:make|build|produce|power|grow|cool|manufacture|refine))|(?:goe?s?|going|went) into|found in|heart of"
    r"|(?:makers?|producers?|manufacturers?|buyers?|users?|operators?|assemblers?|growers?) of) "
    r"(?:(?!(?:will|would|is|are|was|were|must|may|need|needs|has|have|can|from|after|because|as|said|that|which|who|now) )[\w'-]+ ){0,5}$"
)
"""What stands before the goods that those of an act are made into, or before a business."""
FOR = re.compile(r" for (?:[\w'-]+ )?")
"""What stands between goods and those that they are parts of: tyres for trucks."""
AND = re.compile(r" and (?:[\w'-]+ )?")
"""What stands between goods of one kind: tyres for trucks and buses."""
SPARED_ZH = re.compile(r"(?:豁免|除外|不含|不包括|不涉及)[^,。;:!?\n]{0,3}$")
"""What stands before goods that a measure leaves out."""
MADE_OF = re.compile(
    r"[ -](?:bottles?|flasks?|mugs?|tumblers?|cups|trays?|sinks?|jars?|bags?|racks?|shelv\w+|cabinets?|lockers?|drums?|barrels?|kegs?"
    r"|cylinders?|wheels?|doors?|windows?|frames?|ladders?|furniture|cutlery|cookware|pots|pans|utensils|nails|screws|hangers"
    r"|grating|fittings?|fasteners|profiles?|buckets?|pails?|straws|toys|bins|crates)\b"
)
"""What stands behind the material that goods are made of: steel bottles are no steel."""
MATERIALS = frozenset({
    "steel", "stainless steel", "aluminium", "copper", "glass", "plastics", "rubber", "timber", "ceramics", "titanium",
    "tin", "silver", "paper", "polyethylene", "leather",
})  # fmt: skip
METALS = frozenset({"metals", "minerals", "energy", "precious metals"})
"""Goods that lists name right behind a material: 钢铝关税."""
CARRIERS = frozenset({
    "trucks", "ships", "container ships", "tankers", "trains", "aircraft", "vehicles", "fishing vessels",
    "gas carriers", "LPG carriers", "LNG carriers", "small parcels", "cars",
})  # fmt: skip
"""Goods that others go by."""
LADEN = re.compile(
    r" (?:(?:full |loads? )?of|waiting|diverted|stuck|queu\w+|turned|cleared|sent back)\b"
)
"""What stands behind goods by which others go, where they are told of on their way."""
ABOARD = re.compile(r"\b(?:by|per|aboard|on board|via|last|first) (?:road |rail |sea )?$")
"""What stands before them."""
LOOSE_GOODS = {"semiconductors", "batteries", "cars", "EVs", "vehicles", "lithium batteries", "aircraft", "oil",
               "solar panels", "robots", "data centres", "wafers", "ships", "trucks", "buses",
               "construction machinery"}  # fmt: skip
"""Goods whose name often only describes a head: EV tyres, 半导体光掩膜检测设备."""
LONGEST = 90
"""Signs that are looked at before a name of goods."""


def is_aside(hit: Hit, before: Hit | None, folded: str) -> bool:
    """Tell whether goods are only what others serve, go by, or belong to the business of.

    before: the goods next before them.
    """
    name = folded[hit.start : hit.end]
    if MAKER_NAMED.search(name):
        return True
    if HAN.match(name):
        ahead = folded[max(0, hit.start - LONGEST) : hit.start]
        behind = (MAKER_ZH, FOR_ZH)
        return any(sign.match(folded, hit.end) for sign in behind) or any(
            sign.search(ahead) for sign in (USED_ZH, SPARED_ZH)
        )
    if MAKER.match(folded, hit.end):
        return True
    if hit.value in MATERIALS and MADE_OF.match(folded, hit.end):
        return True
    if hit.value in CARRIERS and (
        LADEN.match(folded, hit.end) or ABOARD.search(folded, max(0, hit.start - 24), hit.start)
    ):
        return True
    if before and hit.value in LOOSE_GOODS and follows(FOR, before, hit, folded):
        return True
    return bool(USED.search(folded, max(0, hit.start - LONGEST), hit.start))


def own_goods(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the goods of a sentence that are more than a use, a carrier or a business, or all."""
    heads = [
        hit
        for n, hit in enumerate(hits)
        if n + 1 == len(hits) or not describes(hit, hits[n + 1], folded)
    ]
    own: list[Hit] = []
    before, aside = None, False
    for hit in heads:
        aside = aside and before is not None and follows(AND, before, hit, folded)
        aside = aside or is_aside(hit, before, folded)
        if not aside:
            own.append(hit)
        before = hit
    return own or heads


def follows(gap: re.Pattern[str], before: Hit, hit: Hit, folded: str) -> bool:
    """Tell whether only this stands between two names of goods."""
    return gap.fullmatch(folded, before.end, hit.start) is not None


def describes(hit: Hit, head: Hit, folded: str) -> bool:
    """Tell whether a name of goods right before another only describes it: EV tyres are tyres, and
    steel tableware is tableware."""
    made = hit.value in MATERIALS and METALS.isdisjoint(
        (head.value, *wider(head.value), *called(head.value))
    )
    if not made and hit.value not in LOOSE_GOODS:
        return False
    gap = head.start - hit.end
    return gap == 0 if HAN.match(folded, hit.start) else gap == 1 and folded[hit.end] in " -"
