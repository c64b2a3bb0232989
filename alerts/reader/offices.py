"""Whose office a name means: many countries have a treasury, a house and a ministry of commerce.

Pure. Drops the authorities of a text that are another country's, or only told of an act.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from alerts.reader.actors import DEMONYM
from alerts.reader.aims import acting_of, aimed_at
from alerts.reader.hints import paid_in
from alerts.reader.home import GOVERNING
from alerts.reader.terms import HAN, UNNAMED, Agency, Hit

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


def unambiguous(
    hits: Sequence[Hit], text: str, folded: str, agencies: Mapping[str, Agency]
) -> list[Hit]:
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
                found += namesake(hit, named_in, text, folded, mainland)
                continue
        found.append(hit)
    return without_advisers(found, folded, agencies)


FORMS_OF_MANY: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "statutory instrument", "order in council", "gazette notification", "总局", "mapa", "dof",
            "nfsa", "boletín oficial", "boletin oficial",
        ),
        frozenset(),
    ),
    "royal gazette": frozenset({"KH", "BN", "JO", "BT"}),
    "strategic items": frozenset({"-"}),
    **dict.fromkeys(("两用物项", "出口退税", "行政令", "开采指标", "车购税", "有关部门"), frozenset({"-"})),
}  # fmt: skip
"""Signs that other countries share, and which these are, if not any: S.I. of Zimbabwe, 总局 of
Vietnam, Madrid's MAPA. Those of "-" are another's where its name stands right beside them alone."""
OF_NO_TRADE_ZH = ("体育", "广电", "电影", "国安", "民航")
"""Bodies before 总局 that set no trade's rules."""
BODY_ZH = re.compile(r"[\u3400-\u9fff]{0,6}")


def elsewhere(sign: Hit, places: Sequence[Hit], folded: str) -> bool:
    """Tell whether a sign of one country is another's in a text that names that one alone."""
    named = folded[sign.start : sign.end]
    numbered = OTHERWISE_NUMBERED.get(named)
    if numbered and numbered.match(folded, sign.end):
        return True
    if named == "行政令" and ORDER_ZH.search(folded, max(0, sign.start - 6), sign.start):
        return True
    if named == "总局" and folded.endswith(OF_NO_TRADE_ZH, 0, sign.start):
        return True
    if named not in FORMS_OF_MANY:
        return False
    if any(is_beside(sign, place, folded) for place in places):
        return True
    theirs = FORMS_OF_MANY[named]
    if "-" in theirs or any(place.value == sign.value for place in places):
        return False
    if named == "总局":
        return any(
            place.end <= sign.start and BODY_ZH.fullmatch(folded, place.end, sign.start)
            for place in places
        )
    if OF_YEAR.match(folded, sign.end):
        return True
    return any(not theirs or place.value in theirs for place in acting_of(places, folded))


def is_beside(sign: Hit, place: Hit, folded: str) -> bool:
    """Tell whether another country's name stands right before a sign, or behind its "in" or "of"."""
    if place.value == sign.value:
        return False
    if OF_COUNTRY.fullmatch(folded, place.end, sign.start):
        return not aimed_at(place, folded)
    return OF_PLACE.fullmatch(folded, sign.end, place.start) is not None


OTHERWISE_NUMBERED = {
    "executive order": re.compile(r"\s(?:no\.?\s?)?\d{1,3}\b(?![,.]\d)"),
    "notice to exporters": re.compile(r"\s(?:serial\s)?no\.?\s?\d{3,4}\b(?!/)"),
}
"""Numbers behind an act's name that are another country's: Manila's orders, Ottawa's notices."""
ORDER_ZH = re.compile(r"第\d{1,3}号$")
"""Before an executive order that is numbered as in Manila: 第118号行政令."""
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
    r"|\svotes?\syes\b|(?:最终)?(?:决定|批准|核准|表决|裁决)后?(?:才|方)"
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
AMERICAN = re.compile(
    r"\b(?:us|u\.s\.|america\w*|trump|white house|washington|republicans?|democrats?|gop|capitol|h\.r\.|s\. \d+)(?!\w)"
)
CHINA = re.compile(
    r"(?<!from )(?<!on )(?<!against )(?<!to )(?<!in )\bchina\b|\bbeijing\b|\bmofcom\b"
)
BRITISH = re.compile(r"\b(?:uk|u\.k\.|brit(?:ain|ish)|london|whitehall|northern ireland)\b|£")
SANCTIONING = re.compile(
    r"\b(?:sanction\w*|designat\w+|blacklist\w*|sdn|ofac|iran\w*|russia\w*|venezuela\w*|cuba\w*|hezbollah|houthi\w*|outbound|tax credits?|irs|section \d+\w?|clean vehicle|chinese|(?:general )?licen[cs]es?"
    r"|de minimis|ev battery|foreign entit(?:y|ies) of concern|jones act|agoa|ira)\b"
)
"""What the American treasury is in the news of trade for."""
RIVALS = re.compile(
    r"\b(?:chinese|china|china's|beijing|ccp|russian?|iran|iranian|taiwan|tiktok|huawei|dji|nvidia|byd|entity list|chips?|semiconductors?|the administration|duv|euv|bipartisan|ndaa|filibuster"
    r"|uranium|section (?:232|301)|jones act|agoa|de minimis|crude exports?)\b"
)
"""Whom the bills are on that all the world calls those of the Senate or the House."""
PHILIPPINE = re.compile(
    r"\b(?:da (?:bans|banned|chief|may|to|lifts|lifted|extends|suspends|orders|allows|clears|eyes|sets|secretary|official)|the da\b|tiu laurel|metro manila|marcos)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesakes:
    """An office that other countries have under the same names, and what tells whose is meant.

    names: by which their press calls it; home: its country; theirs: country -> its office's name
    here, if any; own: words of a text that means the one at home, beside that country's name;
    later: whether the country may also be named behind it; else_nobody: whether it is taken for
    nobody's where neither own words nor a country tell.
    """

    names: frozenset[str]
    home: str
    theirs: Mapping[str, str]
    own: re.Pattern[str] | None = None
    later: bool = False
    else_nobody: bool = False


def unnamed(countries: str) -> dict[str, str]:
    """Return countries of whose office nothing but the country is said: country -> ""."""
    return dict.fromkeys(countries.split(), "")


SHARED: Mapping[str, Namesakes] = {
    "Congress": Namesakes(
        names=frozenset({
            "senate", "house", "house of representatives", "congress", "senate panel", "house panel",
        }),
        home="US",
        theirs=unnamed(
            "AU BR MX AR CA CL FR IT ES NL PL PH CO PE KZ RO IE BE CH NG KE TH MY CZ UY PY BO"
            " PK EG ZW LR KH DO HT MM JP IN NZ GT EC HN CR MA DZ TN"
        ),
        own=AMERICAN,
        later=True,
        else_nobody=True,
    ),
    "Treasury": Namesakes(
        names=frozenset({"treasury"}),
        home="US",
        theirs={"AU": "Australian Treasury", "GB": "HM Treasury", **unnamed("NZ ZA KE UG ZW ZM")},
        own=AMERICAN,
        else_nobody=True,
    ),
    "USDA": Namesakes(
        names=frozenset({"department of agriculture", "agriculture department", "agriculture secretary"}),
        home="US",
        theirs={"PH": "Philippine Agriculture Department", **unnamed("ZA IE KE AU TH")},
        own=AMERICAN,
        later=True,
    ),
    "DOE": Namesakes(
        names=frozenset({"department of energy", "energy department"}),
        home="US", theirs=unnamed("PH ZA"), own=AMERICAN, later=True,
    ),
    "DOJ": Namesakes(
        names=frozenset({"justice department", "department of justice", "federal prosecutors"}),
        home="US", theirs=unnamed("PH CA ZA IE DE CH BR MX BE AR"), own=AMERICAN,
    ),
    "US DOT": Namesakes(
        names=frozenset({"transportation department", "department of transportation"}),
        home="US", theirs=unnamed("PH"), own=AMERICAN, later=True,
    ),
    "MOFCOM": Namesakes(
        names=frozenset({"commerce ministry", "ministry of commerce", "commerce minister"}),
        home="", theirs=unnamed(
            "IN TH KH MM PK EG KW SA QA OM AF ID VN LA NP LK BD ET TR DZ MA NZ FR RW UG"
        ),
        own=CHINA,
        later=True,
    ),
    "TRA": Namesakes(
        names=frozenset({"trade remedies authority"}),
        home="GB",
        theirs={"IN": "DGTR", "VN": "TRAV", **unnamed("TR BR AU PK TH MY ID EG ZA MX KR JP CA PH")},
        own=BRITISH,
        later=True,
    ),
    "MPS": Namesakes(
        names=frozenset({"公安部"}),
        home="CN", theirs={"VN": "Vietnam Public Security Ministry"},
    ),
    "ITA": Namesakes(
        names=frozenset({"international trade administration"}),
        home="US", theirs={"TW": "TITA"}, later=True,
    ),
    "BIS": Namesakes(
        names=frozenset({"bis"}), home="US", theirs={"IN": "BIS India"}, later=True
    ),
    "Senasa": Namesakes(names=frozenset({"senasa"}), home="AR", theirs=unnamed("PE HN CR")),
}  # fmt: skip
"""Offices whose names other countries' press calls its own by."""
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


def namesake(hit: Hit, places: Sequence[Hit], text: str, folded: str, mainland: bool) -> list[Hit]:
    """Return the office of another country that a name means, or that country, if the text tells.

    So the treasury in a text in front of which such a country acts, and not the US;
    and the ministry of finance of a text that calls China the mainland, which is Taiwan's.
    Of what is nobody's, or of another country's chamber, no more than that is told.
    """
    if hit.value == "MOF" and mainland:
        return [hit._replace(value="Taiwan Finance Ministry")]
    shared = SHARED.get(hit.value)
    if shared is None or folded[hit.start : hit.end] not in shared.names:
        return [hit]
    if hit.value == "BIS" and not STANDARDS.search(folded):
        return [hit]
    if any(
        place.value == shared.home and (place.start < hit.start or shared.own is None)
        for place in places
    ):
        return [hit]
    if shared.own and is_told(shared.own, folded):
        return [hit]
    chamber = [hit._replace(kind="cue", value="chamber")] if hit.value == "Congress" else []
    for country in countries_before(hit, places, shared, folded):
        name = shared.theirs[country]
        if hit.value == "BIS" and (not name or MARK.match(folded, hit.end)):
            return [hit._replace(kind="place", value=country)]
        return [hit._replace(value=name or UNNAMED + country), *chamber]
    described = hit.value == "TRA" and text[hit.start : hit.end].islower()
    known = SANCTIONING if hit.value == "Treasury" else RIVALS
    if described or (shared.else_nobody and not known.search(folded)):
        return [hit._replace(value=UNNAMED), *chamber]
    return [hit]


@lru_cache(maxsize=64)
def is_told(sign: re.Pattern[str], folded: str) -> bool:
    """Tell whether a text has a sign; a text that says one word for ever asks for each of them."""
    return sign.search(folded) is not None


def countries_before(
    hit: Hit, places: Sequence[Hit], shared: Namesakes, folded: str
) -> Iterator[str]:
    """Yield the countries that a shared office may be of: named before it, or anywhere."""
    if hit.value == "USDA" and PHILIPPINE.search(folded):
        yield "PH"
    aimed: Hit | None = None
    for place in places:
        # "From Brazil, Australia and Argentina": what begins with one that it is aimed at.
        listed = aimed is not None and LISTED.fullmatch(folded, aimed.end, place.start)
        aimed = place if listed or aimed_at(place, folded) else None
        if place.value not in shared.theirs or aimed:
            continue
        if folded.endswith(DEMONYM, place.start, place.end) and not GOVERNING.match(
            folded, place.end
        ):
            continue  # whose goods or makers they are
        if place.end <= hit.start or (shared.later and not OBJECT.match(folded, place.end)):
            yield place.value
    if shared.else_nobody and (paid := paid_in(folded)) and paid.value in shared.theirs:
        yield paid.value


LISTED = re.compile(r", (?:and )?| and |、|和")
"""What stands between the places of a list."""

OBJECT = re.compile(
    r"(?:'s)?\s(?:(?!says?|said)[\w-]+\s){0,3}?(?:tariffs?|dut(?:y|ies)|imports?|goods|exports?|sanctions|bill|curbs|steel|chips|lumber|oil)\b"
)
"""Behind a country that a chamber's bill is on: votes against Brazil tariffs."""


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
