"""Whose office a name means: many countries have a treasury, a house and a ministry of commerce.

Pure. Drops the authorities of a text that are another country's, or only told of an act.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from alerts.reader.aims import acting_of, aimed_at
from alerts.reader.terms import HAN, Agency, Hit

OTHER_COMMISSION = re.compile(
    r"\b(?:trade|exchange|communications|review|regulatory|tariff|competition|energy|maritime|safety|sentencing"
    r"|international|securities|federal|election|fisheries|reform|planning|health|control|protection)"
    r"\s(?:\w+\s)?commission\b"
)
COMMISSIONS = ("KTC", "ITC", "ITAC", "FTC", "FCC", "SEC", "JFTC", "KFTC", "CCI", "KPPU", "CFTC")
"""Bodies of other countries that a text may go on to call the commission."""
OF_COUNTRY = re.compile(r"(?:'s)? ?(?:federal |national |state )?")
BESIDE = 100
"""Characters around an authority in which the name of a country beside it begins."""
INITIALS = {"美": "US", "中": "CN", "欧": "EU", "英": "GB", "日": "JP", "韩": "KR", "台": "TW",
            "加": "CA", "澳": "AU", "印": "IN", "墨": "MX", "俄": "RU", "巴": "BR", "智": "CL",
            "越": "VN", "泰": "TH", "土": "TR", "荷": "NL", "法": "FR", "德": "DE"}  # fmt: skip
"""What Chinese headlines call a country by, before the name of an office."""
INITIAL = re.compile(rf"(?:^|[^\u3400-\u9fff]|[日今昨])([{''.join(INITIALS)}])$")
"""Such a name, and no end of another word (平台, 贸易法)."""
OF_PLACE = re.compile(r" (?:of|in) (?:the )?(?:republic of |kingdom of )?")


def unambiguous(hits: Sequence[Hit], folded: str, agencies: Mapping[str, Agency]) -> list[Hit]:
    """Drop the authorities that are another country's body of the same name.

    So "Commission" alone where the text means a national one, and a ministry of commerce or a
    congress beside another country's name.
    """
    if "commission" in folded:
        hits = other_commissions(hits, folded)
    if "us$" in folded:
        hits = [hit for hit in hits if hit.kind != "place" or folded[hit.end : hit.end + 1] != "$"]
    places = [hit for hit in hits if hit.kind == "place" and hit.value != "-"]
    mainland = "大陆" in folded and FROM_MAINLAND.search(folded) is not None
    shared = any(hit.kind == "authority" and hit.value in SHARED for hit in hits)
    named_in = countries_of(hits, agencies) if shared else places
    found, passed = [], ""
    for hit in hits:
        if hit.kind == "sign" and elsewhere(hit, places, folded):
            hit = hit._replace(kind="cue", value="office")  # of a state all the same
        if hit.kind == "authority":
            if addressed(hit, folded) or foreign(hit, places, folded, agencies):
                continue
            home = agencies[hit.value].jurisdiction
            if passed_over(hit, folded):
                passed = home
                hit = hit._replace(kind="place", value=home)
            elif passed == "US" and folded[hit.start : hit.end] == "商务部":
                hit = hit._replace(value="Commerce")  # of that country too: 五角大楼之后是商务部
            else:
                hit = namesake(hit, named_in, folded, mainland)
        found.append(hit)
    return without_advisers(found, folded, agencies)


FORMS_OF_MANY = (
    "statutory instrument",
    "order in council",
    "gazette notification",
    "royal gazette",
    "总局",
    "mapa",
    "dof",
    "nfsa",
    "boletín oficial",
    "boletin oficial",
)
"""Signs that other countries share: S.I. of Zimbabwe, 总局 of Vietnam, Madrid's MAPA."""
OF_NO_TRADE_ZH = ("体育", "广电", "电影", "国安", "民航")
"""Bodies before 总局 that set no trade's rules."""
BODY_ZH = re.compile(r"[\u3400-\u9fff]{0,6}")


def elsewhere(sign: Hit, places: Sequence[Hit], folded: str) -> bool:
    """Tell whether a sign of one country is another's in a text that names that one alone."""
    named = folded[sign.start : sign.end]
    numbered = OTHERWISE_NUMBERED.get(named)
    if numbered and numbered.match(folded, sign.end):
        return True
    if named == "总局" and folded.endswith(OF_NO_TRADE_ZH, 0, sign.start):
        return True
    if named not in FORMS_OF_MANY:
        return False
    if any(
        place.value != sign.value and OF_COUNTRY.fullmatch(folded, place.end, sign.start)
        for place in places
    ):
        return True
    if any(place.value == sign.value for place in places):
        return False
    if named == "总局":
        return any(
            place.end <= sign.start and BODY_ZH.fullmatch(folded, place.end, sign.start)
            for place in places
        )
    if OF_YEAR.match(folded, sign.end):
        return True
    return bool(acting_of(places, folded))


OTHERWISE_NUMBERED = {
    "executive order": re.compile(r"\s(?:no\.?\s?)?\d{1,3}\b(?![,.]\d)"),
    "notice to exporters": re.compile(r"\s(?:serial\s)?no\.?\s?\d{3,4}\b(?!/)"),
}
"""Numbers behind an act's name that are another country's: Manila's orders, Ottawa's notices."""
OF_YEAR = re.compile(r"\s(?:no\.?\s)?\d{1,3}\sof\s20\d\d")
"""Behind an instrument that is numbered as in Harare or Dublin, and not as in London."""


def other_commissions(hits: Sequence[Hit], folded: str) -> Sequence[Hit]:
    """Return the hits of a text whose commission is not the Union's, but a national one."""
    if "european c" in folded or any(hit.kind == "place" and hit.value == "EU" for hit in hits):
        return hits
    meant = next((h.value for h in hits if h.kind == "authority" and h.value in COMMISSIONS), None)
    if meant:
        return [hit._replace(value=meant) if hit.value == "Commission" else hit for hit in hits]
    if OTHER_COMMISSION.search(folded):
        return [hit for hit in hits if hit.kind != "authority" or hit.value != "Commission"]
    return hits


ADDRESSED = re.compile(
    r"\b(?:(?:told|tells|informs?|informed|briefs?|briefed|notif(?:y|ies|ied)|decide(?:s|d)? with)|(?:letters?|reports?|memos?|repl(?:y|ies)|wrote|writes|testified|statement"
    r"|sent|submitted|presented|communicated) to)\s(?:the\s|us\s)?$"
)


def addressed(hit: Hit, folded: str) -> bool:
    """Tell whether an authority is only told of an act: a letter to the House, told Congress."""
    if not folded.endswith(" ", 0, hit.start):
        return False
    told = ADDRESSED.search(folded, max(0, hit.start - 20), hit.start)
    return told is not None and not folded.startswith((" to ", "'s "), hit.end)


EARLIER_ZH = re.compile(
    r"(?:(?:周|月|天|年|日)前是|先是|上[周月次回]是|昨天是|此前|早(?:已|就)?被|曾被?|和|与|跟)$"
)
LATER_ZH = re.compile(r"(?:之后|完了?)(?:是|轮到|又|,)|[^,。;]{0,12}不是一回事|数据|统计")
"""Around an office that acted before another, or only is compared: 两周前是FCC，今天轮到商务部."""
COMPARED_ZH = re.compile(r"[^,。;]{0,14}?不是一回事")
OF_OFFICE = re.compile(
    r"(?:'s)?\s(?:money|funds|funding|loans|financing|data|figures|statistics|label|filings?)\b"
    r"|\s(?:now\s)?(?:have|has|had|must|need|still\shave)\s(?:yet\s)?(?:to\s)?(?:agreed?|approve|negotiate|endorse|sign\soff|vote)\b"
    r"|\s(?:\w+\s)?(?:objected|has\sthe\sfinal\ssay|will\sdecide|is\sto\sdecide|has\sto\sdecide|must\sdecide|makes\sthe\sfinal)\b"
    r"|(?:须|将|应)?(?:在[^,。;]{1,8}内)?(?:最终|最后)?决定是否"
)
"""Behind an office of which something is named, or that has yet to decide: EIB money."""


def passed_over(hit: Hit, folded: str) -> bool:
    """Tell whether an office acted before another, has yet to decide, or is only named."""
    if OF_OFFICE.match(folded, hit.end):
        return True
    if folded.isascii():
        return False
    earlier = EARLIER_ZH.search(folded, max(0, hit.start - 5), hit.start)
    if earlier and earlier[0] in "和与跟":
        return COMPARED_ZH.match(folded, hit.end) is not None
    return earlier is not None or LATER_ZH.match(folded, hit.end) is not None


ADVISED = re.compile(
    r"\b(?:advice|recommendation|proposal|request|behest|consultation)\s(?:of|from|with|by)\s(?:the\s)?$"
    r"|(?:经|报|应|根据|依据|据|由)$"
)
ADVISED_ZH = re.compile(r"(?:批准|同意|授权|[^,。;]{0,8}?(?:裁定|建议|意见|要求|决定是否))")
"""Around an office that advised, or allowed, what another one does: 经国务院批准."""


def without_advisers(hits: list[Hit], folded: str, agencies: Mapping[str, Agency]) -> list[Hit]:
    """Drop who advised or allowed it, where another office of that country is named."""
    offices = [hit for hit in hits if hit.kind == "authority"]
    if len({hit.value for hit in offices}) < 2:
        return hits
    dropped: set[Hit] = set()
    for hit in offices:
        before = ADVISED.search(folded, max(0, hit.start - 28), hit.start)
        han = before is not None and HAN.match(before[0]) is not None
        if not before or (han and not ADVISED_ZH.match(folded, hit.end)):
            continue
        home = agencies[hit.value].jurisdiction
        if any(
            other.value != hit.value and agencies[other.value].jurisdiction == home
            for other in offices
            if other not in dropped
        ):
            dropped.add(hit)
    return [hit for hit in hits if hit not in dropped]


FROM_MAINLAND = re.compile(
    r"[自对](?:中国)?大陆(?:产|制|进口|输|啤|钢|[\u3400-\u9fff]{1,4}(?:正式)?课征)"
)
SHARED: Mapping[str, tuple[frozenset[str], Mapping[str, str]]] = {
    "Treasury": (
        frozenset({"treasury"}),
        {"AU": "Australian Treasury", "GB": "HM Treasury", "NZ": "", "ZA": "", "KE": ""},
    ),
    "MPS": (frozenset({"公安部"}), {"VN": "Vietnam Public Security Ministry"}),
    "ITA": (frozenset({"international trade administration"}), {"TW": "TITA"}),
    "BIS": (frozenset({"bis"}), {"IN": "BIS India"}),
    "Senasa": (frozenset({"senasa"}), {"PE": "", "HN": "", "CR": ""}),
}
"""An office -> by which names other countries' press calls its own; country -> its name here, if any."""
STANDARDS = re.compile(
    r"\b(?:certif\w+|standards?|mark|testing|inspect\w+)\b|认证|验厂|标准|检查员|注册"
)
"""What the Indian bureau that is called BIS is for."""
MARK = re.compile(
    r"[ -]?(?:certif|standard|mark|registration|licen|norm|认证|验厂|标准|标志|注册|证书)"
)
"""Behind BIS, where the goods' mark is meant rather than who acts."""


def countries_of(hits: Sequence[Hit], agencies: Mapping[str, Agency]) -> list[Hit]:
    """Return the countries of a text, by name, by a sign, or by an office that only they have."""
    return [
        hit._replace(value=agencies[hit.value].jurisdiction) if hit.kind == "authority" else hit
        for hit in hits
        if (hit.kind in ("place", "sign") and hit.value != "-")
        or (hit.kind == "authority" and hit.value not in SHARED)
    ]


def namesake(hit: Hit, places: Sequence[Hit], folded: str, mainland: bool) -> Hit:
    """Return the office of another country that a name means, or that country, if the text tells.

    So the treasury in a text in front of which such a country acts, and not the US;
    and the ministry of finance of a text that calls China the mainland, which is Taiwan's.
    """
    if hit.value == "MOF" and mainland:
        return hit._replace(value="Taiwan Finance Ministry")
    words, countries = SHARED.get(hit.value, (frozenset[str](), {}))
    if folded[hit.start : hit.end] not in words:
        return hit
    if hit.value == "BIS" and not STANDARDS.search(folded):
        return hit
    if any(place.value == HOMES[hit.value] for place in places):
        return hit
    for place in places:
        fits = place.value in countries and (place.end <= hit.start or hit.value in LATER)
        if fits and (hit.value in LATER or not aimed_at(place, folded)):
            name = countries[place.value]
            if name and not (hit.value == "BIS" and MARK.match(folded, hit.end)):
                return hit._replace(value=name)
            return hit._replace(kind="place", value=place.value)
    return hit


HOMES = {"Treasury": "US", "MPS": "CN", "ITA": "US", "BIS": "US", "Senasa": "AR"}
LATER = ("ITA", "BIS")
"""Offices whose country may be told anywhere in the text, so special are their names."""


def foreign(hit: Hit, places: Sequence[Hit], folded: str, agencies: Mapping[str, Agency]) -> bool:
    """Tell whether the name of another country stands right before or behind an authority's."""
    home = agencies[hit.value].jurisdiction
    named = INITIAL.search(folded, max(0, hit.start - 2), hit.start)
    if named and INITIALS[named[1]] != home and HAN.match(folded, hit.start):
        return True
    first = bisect_left(places, hit.start - BESIDE, key=lambda place: place.start)
    last = bisect_right(places, hit.end + BESIDE, key=lambda place: place.start)
    for place in places[first:last]:
        if place.value in (home, "TW" if home == "CN" else home):
            continue
        if OF_COUNTRY.fullmatch(folded, place.end, hit.start) and not aimed_at(place, folded):
            return True
        if OF_PLACE.fullmatch(folded, hit.end, place.start):
            return True
    return False
