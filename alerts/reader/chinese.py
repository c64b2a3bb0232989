"""Finds Chinese sayings for what governments do: 铼也管了, 出口要批条子, 又上了美方名单, 收购黄了.

Pure. Each is a few characters of no meaning by themselves, with what must stand around them.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Any

import re2

from alerts.reader.phrases import RATE, SAYINGS, Saying
from alerts.reader.terms import Hit

FOLKS = re.compile(
    r"(?:我妈|我爸|食堂|宿舍|员工|爸妈|老婆|老公|媳妇|家里|(?<!机关)(?<!公立)学校|老师|医生|航空|机场|航班|地铁|高铁|酒店|物业|小区|平台|客服|房东|公司不|领导|孩子|宝宝|女儿|儿子)[^,。;!?]{0,8}$"
)
"""Who forbids, and is no government."""
OUTWARD = ("export ban", "export licence", "export restriction", "control-list change", "tariff")
STATELY = re.compile(
    r"公告|\d\s?号文|商务部|许可证|技术出口|技术出海|工艺|管制|出口退税|清单|实体|关税|海关|两用物项|反倾销|保证金|附加税|开征|省令|部令|批文|初裁|终裁|双反|反补贴|退税|临时税|保障措施|贸易救济|凭证"
)
"""What makes the text one on an act though it names no government."""


OFFENCE = re.compile(r"卖给|卖到|出口|走私|规避|漏报|低报|伪报|绕道|转口|制裁|泄密|窃|管制")
"""What only a state punishes."""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the table ready for use: most texts need none, and no text all."""
    return re.compile(pattern)


def by_needle() -> dict[str, list[Saying]]:
    """Return the sayings to try where their characters stand."""
    found: dict[str, list[Saying]] = {}
    for one in SAYINGS:
        for needle in one.needles:
            found.setdefault(needle, []).append(one)
    return found


FORMS = by_needle()
PAIRS: dict[str, list[str]] = {}
for word in sorted((needle for needle in FORMS if len(needle) > 1), key=len, reverse=True):
    PAIRS.setdefault(word[:2], []).append(word)
"""The characters of sayings by the first two, the longest first."""
ALONE = re.escape("".join(needle for needle in FORMS if len(needle) == 1))
STARTS = re.compile(
    rf"[{ALONE}]|[{re.escape(''.join({pair[0] for pair in PAIRS}))}]"
    rf"(?=[{re.escape(''.join({pair[1] for pair in PAIRS}))}])"
)
"""Where a saying can begin: a sign that is one, or the first of some with the second of some."""
LONG, FIRST, SHORT_POST = 300, 90, 200
"""Characters of a text that is no short post, and of either kind those that sayings are read in."""
BEFORE = 48
"""Characters in front of a saying in which what must stand before it is looked for."""
MARK = re.compile(
    r"(?<![a-z0-9])(?:(?P<US>sdn|uvl|1260h|uflpa|feoc|veu|ndaa|232(?=的?[关税调查条终落大案又了瞄盯打搞轮头烧砸])|301(?=的?[关税调查条结听大又了案港瞄盯打搞轮头烧砸])|2[0-9]{2}条款)|(?P<EU>fsr|cbam))(?![a-z0-9.])|(?P<CN>厂号|冻品)"
)
"""Names of one government's rules that Chinese posts leave in Latin letters and figures."""
MARKED: Any = re2.compile(
    "sdn|uvl|1260h|uflpa|feoc|veu|ndaa|232|301|2[0-9][0-9]条款|fsr|cbam|厂号|冻品"
)
"""What stands in each of them: one pass finds that most texts have none."""
SUPPOSED = re.compile(
    r"(?:如果|要是|万一|若|假如|会不会|是不是|是否|难道|别说|何时|为何|为什么|凭什么|怎么|没有|没|未|不会|不可能|担心|怕|希望|呼吁)[^,。;!?]{0,10}$"
)
"""Before what is only thought of, or is not so."""


SPORT = re.compile(
    r"点球|进球|联赛|球迷|球队|球星|球员|转会|教练|中场|门将|决赛|赛季|nba|世界杯|演唱会|剧集|综艺|票房|女团|男团|粉丝见面"
)
"""Where lists, deals, bans and fines are no government's."""


def sayings(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the cues and instruments of the sayings in a Chinese text, and whose rules it names."""
    found: list[Hit] = []
    if MARKED.search(folded[:SHORT_POST].encode("utf-8", "replace")):
        for mark in MARK.finditer(folded, 0, SHORT_POST):
            found.append(Hit(*mark.span(), "sign", mark.lastgroup or ""))
    goods = sorted(h.start for h in hits if h.kind in ("item", "company"))
    if SPORT.search(folded, 0, SHORT_POST):
        return found
    at, last = 0, FIRST if len(folded) > LONG else SHORT_POST
    early = [hit for hit in hits if hit.start < last]
    for place in STARTS.finditer(folded, 0, last + 1):  # one more, which may be a second sign
        start, first = place.start(), place[0]
        if not at <= start < last:
            continue
        pair = folded[start : start + 2]
        longer = [n for n in PAIRS.get(pair, ()) if folded.startswith(n, start)]
        for needle in longer or (first,):
            told = told_by(needle, start, early, goods, folded)
            if told:
                found += told
                at = start + len(needle)
                break
    return found


def told_by(
    needle: str, start: int, early: Sequence[Hit], goods: Sequence[int], folded: str
) -> list[Hit]:
    """Return what the characters of sayings at a place tell: a cue, its instrument, and its office.

    early: the hits in front of which, and goods: where goods and firms are named.
    """
    stop = start + len(needle)
    for one in FORMS.get(needle, ()):
        end = fits(one, start, stop, folded)
        if end is None or (one.goods and not beside(goods, start - one.goods, end + one.goods)):
            continue
        if one.by and not acted(early, start, one.by, folded):
            continue
        told = [Hit(start, stop, "cue", one.value)]
        if one.instrument:
            told.append(Hit(start, max(end, stop), "instrument", one.instrument))
        if (
            one.alone
            or (one.instrument in OUTWARD and STATELY.search(folded))
            or (one.value == "enforce" and OFFENCE.search(folded))
        ):
            told.append(Hit(start, stop, "cue", "office"))
        return told
    return []


FLAT = re.compile(
    rf"(?:类|整机|零部件|整车|产品|板|管|材|部件|组件|设备|[\u3400-\u9fff]{{0,3}})(?:进口)?(?:也|都|一律|统统|直接|统一|要)?\+?{RATE}(?![的股产份市以增降下左])"
)
"""Goods and how much, with no verb: 墨西哥轮胎35个点."""
LEVIED = re.compile(r"税|开征|起征|开始|[号月]起|对美|出口|没签协定|自贸")
MARKET = re.compile(
    r"涨|跌|股|毛利|份额|占比|产能|利率|通胀|增|降|销量|渗透|利用率|仓|库存|补贴|概率|市占|良率"
)
"""What rates are of in talk of markets."""


def flat_rates(hits: Sequence[Hit], folded: str) -> list[Hit]:
    """Return the tariffs of a post that opens with a country, goods and a rate, and has no verb."""
    places = [h for h in hits[:4] if h.kind in ("place", "authority") and h.start <= 2]
    if not places or not LEVIED.search(folded, 0, SHORT_POST):
        return []
    if MARKET.search(folded, 0, OPENING):
        return []
    for hit in hits:
        if hit.kind == "item" and 0 <= hit.start - places[0].end <= 6:
            rate = FLAT.match(folded, hit.end)
            if rate:
                span = (hit.end, rate.end())
                return [Hit(*span, "cue", "adopt"), Hit(*span, "instrument", "tariff")]
    return []


OPENING = 30
"""Characters that such a post opens with."""


def fits(one: Saying, start: int, end: int, folded: str) -> int | None:
    """Return where a saying ends whose characters stand in a text, None if it is none there."""
    behind = compiled(one.behind).match(folded, end)
    if behind is None:
        return None
    ahead = folded[max(0, start - BEFORE) : start]
    if one.before and not compiled(one.before).search(ahead):
        return None
    if SUPPOSED.search(ahead) or FOLKS.search(ahead):
        return None
    return behind.end()


def acted(hits: Sequence[Hit], start: int, reach: int, folded: str) -> bool:
    """Tell whether a country or an office is named right before a place in a text."""
    return any(
        hit.kind in ("place", "authority")
        and hit.value != "-"
        and 0 <= start - hit.end <= reach
        and not CLAUSE.search(folded, hit.end, start)
        for hit in hits
    )


CLAUSE = re.compile(r"[,。;:!?\n]")


def beside(starts: Sequence[int], first: int, last: int) -> bool:
    """Tell whether one of the sorted places lies between two others."""
    at = bisect_left(starts, first)
    return at < len(starts) and starts[at] <= last
