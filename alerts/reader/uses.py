"""Which goods of a text are only what its own are made into, carried by, bought by or kept from.

They are left out of an act's goods where it names others; where it names none, they say best what
it is on. Pure.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest

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
MAKER_ZH = re.compile(r"(?:厂(?!房)|企业|公司|生产商|制造商|厂商|厂家|用户|业者|商(?!品|用|业|务))")
TRADE_ZH = re.compile(r"(?:行业|业(?!务|绩))")
"""What stands behind goods whose trade is meant, unless it is what a measure is on: 对钢铁业."""
UPON_ZH = re.compile(r"对[^,。;:!?\n]{0,6}$")
FOR_ZH = re.compile(r"[用级](?!于|途|品|户|电|别|地)")
"""What stands behind goods that other goods are only meant for: 挖掘机用发动机."""
USED_ZH = re.compile(r"(?:用于|用来|用作|应用于|用以|用在)[^,。;:!?\n的]{0,16}$")
USED = re.compile(
    r"\b(?:(?:used|use|uses|needed|required|essential|vital|key|crucial|critical|destined|meant|intended|designed|suitable"
    r"|ingredients?|inputs?|feedstocks?|raw materials?) (?:in|for|by|as|to (?:make|build|produce|power|grow|cool|manufacture|refine))|(?:goe?s?|going|went) into(?! (?:effect|force|operation)\b)|found in|heart of"
    r"|(?:makers?|producers?|manufacturers?|buyers?|users?|operators?|assemblers?|growers?) of) "
    r"(?:(?!(?:will|would|is|are|was|were|must|may|need|needs|has|have|can|from|after|because|as|said|that|which|who|now|and|or) )[\w'-]+ ){0,5}$"
)
"""What stands before the goods that those of an act are made into, or before a business."""
FOR = re.compile(r" for (?:[\w'-]+ )?")
"""What stands between goods and those that they are parts of: tyres for trucks."""
AND = re.compile(r" and (?:[\w'-]+ )?")
"""What stands between goods of one kind: tyres for trucks and buses."""
SPARED_ZH = re.compile(r"(?:除外|不含|不包括|不涉及)[^,。;:!?\n]{0,3}$")
"""What stands before goods that a measure leaves out."""
EXEMPT_ZH = re.compile(r"豁免[^,。;:!?\n]{0,3}$")
"""What does so only beside a measure on other goods: alone it is the act."""
MEASURE_ZH = re.compile(r"加征|征收|征税|禁止|限制|管制|提高|上调|实施")
EXCEPT_ZH = re.compile(r"(?:等?产品)?除外")
"""What stands behind goods that a measure leaves out."""
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
LISTED = MATERIALS | {"toys", "auto parts"}
"""Goods that a material right before them does not describe, beside what has loose names."""
MADE_OF_ZH = re.compile(r"(?:餐具|水槽|车轮|轮毂|制品|瓶|杯|锅|壶|桶)$")
"""How a Chinese name of goods ends that a material right before it describes: 陶瓷餐具."""
METALS = frozenset({"metals", "minerals", "energy", "precious metals"})
"""Goods that lists name right behind a material: 钢铝关税."""
CARRIERS = frozenset({
    "trucks", "ships", "container ships", "tankers", "trains", "aircraft", "vehicles", "fishing vessels",
    "gas carriers", "LPG carriers", "LNG carriers", "small parcels", "cars",
})  # fmt: skip
"""Goods that others go by."""
LADEN = re.compile(r" (?:waiting|diverted|stuck|queu\w+|turned|cleared|sent back)\b")
"""What stands behind goods by which others go, where they are told of on their way."""
LOAD = re.compile(r" (?:full |loads? )?of (?:[\w'-]+ )?")
"""What stands between them and the goods that they carry: trucks of livestock."""
OWN_KINDS = frozenset({"cars", "vehicles", "aircraft"})
"""Goods whose kind, age or owner is told as a load of others is: cars of over 1,800cc."""
ABOARD = re.compile(r"\b(?:by|per|aboard|on board|via|last|first) (?:road |rail |sea )?$")
"""What stands before them."""
LOOSE_GOODS = {"semiconductors", "batteries", "cars", "EVs", "vehicles", "lithium batteries", "aircraft", "oil",
               "solar panels", "robots", "data centres", "wafers", "ships", "trucks", "buses",
               "construction machinery"}  # fmt: skip
"""Goods whose name often only describes a head: EV tyres, 半导体光掩膜检测设备."""
LONGEST = 90
"""Signs that are looked at before a name of goods."""


def is_aside(hit: Hit, before: Hit | None, after: Hit | None, folded: str) -> bool:
    """Tell whether goods are only what others serve, go by, or belong to the business of.

    before, after: the goods next to them.
    """
    name = folded[hit.start : hit.end]
    if MAKER_NAMED.search(name):
        return True
    if HAN.match(name):
        ahead = folded[max(0, hit.start - LONGEST) : hit.start]
        behind = (MAKER_ZH, FOR_ZH, EXCEPT_ZH)
        return (
            any(sign.match(folded, hit.end) for sign in behind)
            or any(sign.search(ahead) for sign in (USED_ZH, SPARED_ZH))
            or (TRADE_ZH.match(folded, hit.end) is not None and not UPON_ZH.search(ahead))
            or (before is not None and is_exempt(ahead))
        )
    if MAKER.match(folded, hit.end):
        return True
    if hit.value in MATERIALS and MADE_OF.match(folded, hit.end):
        return True
    if hit.value in CARRIERS and is_carrier(hit, after, folded):
        return True
    if before and hit.value in LOOSE_GOODS and follows(FOR, before, hit, folded):
        return True
    return bool(USED.search(folded, max(0, hit.start - LONGEST), hit.start))


def is_exempt(ahead: str) -> bool:
    """Tell whether goods are kept from a measure on others. ahead: what stands before them."""
    spared = EXEMPT_ZH.search(ahead)
    return spared is not None and MEASURE_ZH.search(ahead, 0, spared.start()) is not None


def is_carrier(hit: Hit, after: Hit | None, folded: str) -> bool:
    """Tell whether goods by which others go are told of for what they carry, or on their way."""
    if ABOARD.search(folded, max(0, hit.start - 24), hit.start):
        return True
    if hit.value in OWN_KINDS:
        return False
    laden = LADEN.match(folded, hit.end) is not None
    return laden or (after is not None and follows(LOAD, hit, after, folded))


def own_goods(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the goods of a sentence that are more than a use, a carrier or a business, or all."""
    heads = [
        hit
        for n, hit in enumerate(hits)
        if n + 1 == len(hits) or not describes(hit, hits[n + 1], folded)
    ]
    own: list[Hit] = []
    before, aside = None, False
    for hit, after in zip_longest(heads, heads[1:]):
        aside = aside and before is not None and follows(AND, before, hit, folded)
        aside = (aside and hit.value in LOOSE_GOODS) or is_aside(hit, before, after, folded)
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
    if hit.value not in LOOSE_GOODS and not is_material(hit, head, folded):
        return False
    gap = head.start - hit.end
    return gap == 0 if HAN.match(folded, hit.start) else gap == 1 and folded[hit.end] in " -"


def is_material(hit: Hit, head: Hit, folded: str) -> bool:
    """Tell whether the next goods may be made of those, not be the next of a list: 钢铁汽车."""
    if hit.value not in MATERIALS or head.value in LISTED | LOOSE_GOODS | CARRIERS:
        return False
    if HAN.match(folded, hit.start):
        named = folded[hit.start : hit.end]
        return named != "钢铁" and bool(MADE_OF_ZH.search(folded, head.start, head.end))
    return METALS.isdisjoint((head.value, *wider(head.value), *called(head.value)))
