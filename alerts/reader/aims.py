"""Which countries something is done to rather than by, from the words around their names.

Pure. Destinations and ways, firms and goods, and what another's measure is named after.
"""

import re
from collections.abc import Sequence

from alerts.reader.terms import HAN, Hit

SEATED = re.compile(
    r"\b(?:cabinet|government|ministers|lawmakers|regulators?|court|judges?|officials|authorities|customs|parliament"
    r"|prosecutors|police|senate|congress|appeal|ministry)\sin\s$"
)
"""Before a place: whose seat it is, so it acts (the cabinet in Canberra)."""


LISTED_WITH = re.compile(
    r" [+&] |,? (?:and |or )?(?:the )?(?:people's )?(?:republic of )?|[、和及与]"
)
"""What stands between the countries of one list: from China, Malaysia and the Republic of Korea."""


def acting_of(places: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the places that nothing is aimed at, nor at one that is listed before them."""
    acting: list[Hit] = []
    aimed, end, last = False, 0, None
    for hit in places:
        apart = folded[end : hit.start] == " " and HAN.match(folded, hit.start)
        listed = aimed and not apart and LISTED_WITH.fullmatch(folded, end, hit.start)
        aimed = bool(listed) or aimed_at(hit, folded)
        end = hit.end
        if not aimed and not owned_by_another(last, hit, folded):
            acting.append(hit)
        last = hit
    return acting


TOWN_ZH = re.compile(
    r"系|产|企业|公司|实体|商品|船舶|进口|军工|龙虾|汽车|水产|工厂|子公司|分公司|办公室|办事处|供应商|贸易商|厂商|老板|买家|客户|船东|药企|车企"
    r"|又?(?:再)?有?[一二两三四五六七八九十几数多]+余?多?(?:家|艘)(?!法院|部门|机构|机关)|那[一二两三几]个厂"
)
ROUND_ZH = re.compile(r"[绕经][^,。;:]{1,7}(?:进|到|去|卖|流入|运往)$")
AIMED_ZH = re.compile(
    rf"(?:{TOWN_ZH.pattern}|这家|那家"
    r"|[^,。;:\s]{1,14}?(?:公司|集团)[^,。;:]{0,4}(?:涉嫌|因|被|未)"
    r"|(?:[、和及与][\u3400-\u9fff]{2,4})?[a-z\d ]{0,12}?(?:也|又|再|都|同日|双双|相继|接连|已)?(?:被(?!曝|指|传|爆|视|问|揭|认|要求|迫)|遭(?!遇)|获准|获批|获豁免|获许))"
)
"""Behind a place that something is done to, or to whose firms: 越南工厂, 印度也被查."""


CVD = re.compile(
    r"\s(?:[\w-]+\s){0,2}(?:cvd|ad/cvd|ad)\b(?!\s(?:(?:case|probe|dut(?:y|ies)|start|order|ruling)s?\s)?(?:on|against|vs)\b)"
)
"""Behind a country in the short name of an American case on its goods: Ethiopia solar CVD."""
CASE_FROM = re.compile(
    r"\b(?:ad|cvd|antidumping|anti-dumping|dumping|countervailing|safeguard|dut(?:y|ies)|tariffs?|surcharge|prelim)\b[^.;:\n]{3,60}?(?:,|\()\s?$"
)
"""Before a country whose goods a flash tells of: antidumping start for float glass, China + Malaysia."""
NEXT = re.compile(r"\s?(?:[+&),.]|and\b|$)")
"""What stands behind one of them."""
OWNED_GAP = re.compile(r"'s?\s(?:[\w-]+\s){0,2}")


def owned_by_another(last: Hit | None, place: Hit, folded: str) -> bool:
    """Tell whether a country only tells on whom another's measure is: the EU's Russia package."""
    return (
        last is not None
        and last.end < place.start < last.end + 40
        and OWNED_GAP.fullmatch(folded, last.end, place.start) is not None
    )


NUMBERED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|dozens?|several)\s(?:(?:more|other|of)\s)?$"
)
OFFICIAL = re.compile(
    r"\s(?:[\w-]+\s)?(?:officials?|sources?|agenc|lawmakers?|senators?|ministr|ministers?|judges?|courts?|states?|regulators?|departments?)"
)
"""Around a country of which some firms are meant: nine mainland buyers, and not two US officials."""

ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\s$")
PACKAGE = re.compile(r"\s(?:sanctions\s)?package\b")
"""Around a country that a package is against."""


def of_package(place: Hit, folded: str) -> bool:
    """Tell whether a numbered package is against a country: the 20th Russia package."""
    return bool(
        PACKAGE.match(folded, place.end)
        and ORDINAL.search(folded, max(0, place.start - 6), place.start)
    )


def aimed_at(place: Hit, folded: str) -> bool:
    """Tell from the words around a place whether something is done to it rather than by it."""
    word = folded[place.start : place.end]
    if HAN.match(word):
        before, after = (
            folded[max(0, place.start - 3) : place.start],
            folded[place.end : place.end + 3],
        )
        return (
            (word[0] in "对输涉在" and not folded.endswith("反", 0, place.start))
            or (len(word) > 1 and word[-1] in "企资货厂")
            or bool(
                re.search(
                    r"(?:对|向|自|从|于|与|将|家|产|们|往|至|到|赴|军售|售|寄|运|卖|走|给|绕|吃下|收购|买下|并购|入股|绕道|经由|借道|取道|途经|出口|输|跑完|跑|[^颁下签批开印]发)$",
                    before,
                )
            )
            or bool((TOWN_ZH if place.local else AIMED_ZH).match(folded, place.end))
            or bool(
                re.match(
                    r"\d(?!\d{0,3}[月日年岁])(?!\d{3}[起底前])(?!\d{0,4}号|\d{3}-\d{1,3}号)",
                    folded[place.end : place.end + 9],
                )
            )
            or bool(ROUND_ZH.search(folded, max(0, place.start - 12), place.start))
        )
    before = folded[max(0, place.start - 18) : place.start]
    after = folded[place.end : place.end + 16]
    if SEATED.search(before):
        return False
    if before[-1:] == " " and NUMBERED.search(before) and not OFFICIAL.match(folded, place.end):
        return True
    if CVD.match(folded, place.end):
        return True
    if of_package(place, folded):
        return True
    listed = before.endswith((", ", "(", "( ")) and NEXT.match(folded, place.end)
    if listed and CASE_FROM.search(folded, max(0, place.start - 90), place.start):
        return True
    return bool(
        re.search(
            r"\b(?:to|against|on|from|for|of|in|with|over|outside|into|at|via|through|off|than|between|targeting|\d+)\s+(?:(?:the|an?|its|all|more)\s+)?$"
            r"|\b(?:their|our|your|its)\s$|sanctions\snotice:\s$",
            before,
        )
        or re.match(
            r"\s\(sanctions\)|[ -](?:brand|branded|made|built|origin|linked|based|owned|flagged|backed|related|bound|registered|controlled|compan|firm|entit|bank|ship|imports?|goods|exports? of)",
            after,
        )
    )
