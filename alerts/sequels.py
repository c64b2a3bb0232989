"""text -> how long ago it says that another act was: "a week after the Hongchang refinery". Pure.

Acts that look alike often come one after the other, and the press says so of the second one.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice

from alerts.reader.number_forms import chinese_integer

OPENING = 500
"""Characters in which a text says what its news comes after."""

MOST = 4
"""Such words that count; a text with more is a chronicle."""

DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "fortnight": 14, "month": 30,
        "天": 1, "日": 1, "周": 7, "星期": 7, "月": 30}  # fmt: skip
WORDS = ("a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

SELF = (
    # The act itself came into force or was published, or is called by a pronoun.
    r"(?:the\s|its\s|their\s|an?\s)?(?:\w+\s){0,3}(?:entry|entering|came|comes|took|takes|taking|publ\w+"
    r"|release|announc\w+|unveil\w+|enact\w+|arrival|shipment|date\b|effective|coming|promulgation|signing|designation|deadline|receipt|filing|request"
    r"|(?:was|were)\s(?:announced|published|adopted|listed|added))\b"
    r"|the\s(?:watchdog|regulator|ministry|commission|government|agency|court|authority)'s\s(?:order|ruling|decision|finding|fine|ban)\b"
    r"|the\s(?:ban|order|ruling|listing|duty|tariffs?|rule|measure)\b"
    # At the end of what it tells, not before what comes next: "a week after US tariffs, the US".
    r"|(?:us|u\.s\.|uk|eu|chinese|american|british|european|japanese|korean|indian|russian)"
    r"\s(?:sanctions?|listing|ban|tariffs?|curbs?|duty|order)\s?(?:[.;!?\n]|$)"
    r"|the\s\w+\s(?:was|were)\s(?:granted|issued|signed|approved|rescinded|scrapped)\b"
    r"|(?:it|they|he|she)\s(?:was|were|had\sbeen)\b|no\."
    r"|(?:\w+\s){1,3}(?:listed|barred|banned|added|cleared|approved|blacklisted|sanctioned|hit|named)\s(?:it|them)\b"
    r"|(?:\w+\s){1,3}(?:said|says|denied|told|complained)\b"
    r"|(?:\w+\s){0,3}(?:imposed|set|issued)\s(?:the|its)\s(?:rule|ban|order|duty|duties|licence|measure)s?\b"
)
UNITS = "hour|day|week|fortnight|month"
AFTER = re.compile(
    rf"(?:(?<![\w.,])({'|'.join(WORDS)}|one|an|\d{{1,3}})\s({UNITS})s?"
    # Bare "days after", where no number stands before.
    rf"|(?:^|(?<=[.,;:!?\n]\s)|(?<=[.,;:!?\n])|(?<=just\s)|(?<=only\s)|(?<=came\s)|(?<=comes\s))({UNITS})s)"
    rf"\safter\b(?!\s(?:{SELF}))"
)
LATER = re.compile(
    r"(?:时隔|相隔|隔了?|过了)(?!两三|二三|三四|三五|四五|五六)(\d{1,2}|[一两二三四五六七八九十]{1,2})(天|日|周|个?星期|个?月)"
)
SINCE = re.compile(
    r"继(昨[天日]|前天|上周|上个?月)"
    r"|(昨[天日]|前天|上周|上个?月)(?:(?!公布|宣布|发布|公告|出台)[^。；\n]){1,20}?[，,、；][^。\n]{0,6}"
    # What is in force today was announced yesterday.
    r"(?:今[天日]|这周|这次|这回|轮到)(?![^。，,\n]{0,8}(?:生效|施行|实施|执行|回应)|起)"
)
AGO = {"昨": (0.3, 2.2), "前": (1.2, 3.2), "周": (2.0, 13.0), "月": (10.0, 60.0)}
"""Days ago at least and at most, by a sign of the word."""

SECOND = re.compile(
    r"\b(?:(?:second|third|fourth|fifth)\s(?:[\w-]+\s){0,3}?"
    r"(?:case|probe|inquiry|investigation|listing|strike|move|round|batch|blow|action|curbs?|ban|sanctions?|penalty|fine|hike)"
    # What is planned in two weeks is yet to come.
    r"|another\s[\w-]+(?=\s[^.,;:!?]{0,40}\sin\s(?:just|only|barely)\s))\s"
    r"(?:(?!(?:will|would|to|is|are|was|be|takes?|starts?|begins?|comes?|due|enters?|opens?|ends?|follows?|looms?|arrives?"
    r"|planned|scheduled|expires?|appl(?:y|ies)|effective|expected|force|talks)\b)[^\s.,;:!?]+\s){0,7}?"
    rf"in\s(?:just\s|only\s|barely\s)?({'|'.join(WORDS)}|one|\d{{1,2}})\s({UNITS})s?\b"
)
"""The second act of a kind in so many days."""

COMING = re.compile(r"\b(?:will|would|to|may|could|might|plans?|planned)\s(?:[\w-]+\s){0,3}$")
"""Before one that is yet to come: will launch a second probe in two weeks."""

WITHIN = re.compile(
    r"(?<![月应须将需可求\d])(\d{1,2}|[一两二三四五六七八九十]{1,2})(天|日|周|个?星期|个?月)之?[内里],?[^。;,\n]{0,10}?"
    r"(?:第[二三四五][次轮批起项度](?!裁|审)|再[次度](?=对|加|出手|列|制裁|立案|升级|收紧))"
)

CHINESE = ("时隔", "隔", "过了", "继", "昨", "前天", "上周", "上个", "上月", "再次", "再度", "第")


def earlier(folded: str) -> Iterator[tuple[float, float]]:
    """Yield days, at least and at most, since each act that a text says its news is after."""
    opening = folded[:OPENING]
    if " after " in opening:
        for match in islice(AFTER.finditer(opening), MOST):
            yield _about(match[1], DAYS[match[2] or match[3]])
    if " in " in opening:
        for match in islice(SECOND.finditer(opening), MOST):
            if not COMING.search(opening, max(0, match.start() - 40), match.start()):
                yield _about(match[1], DAYS[match[2]])
    if opening.isascii() or not any(sign in opening for sign in CHINESE):
        return
    for match in islice(chain(LATER.finditer(opening), WITHIN.finditer(opening)), MOST):
        count = chinese_integer(match[1].replace("两", "二"))
        yield _around(count * DAYS[match[2].removeprefix("个")])
    for match in islice(SINCE.finditer(opening), MOST):
        word = match[1] or match[2]
        yield next(days for sign, days in AGO.items() if sign in word)


def _about(count: str | None, unit: float) -> tuple[float, float]:
    if count is None:
        # "Days after": more than one, and fewer than would be called a week.
        return 1.2 * unit, 6.5 * unit
    if count.isdigit():
        return _around(int(count) * unit)
    return _around((WORDS.index(count) + 1 if count in WORDS else 1) * unit)


def _around(days: float) -> tuple[float, float]:
    """Return how much less and more days may be meant: the press rounds, and hears late."""
    slack = max(1.1 if days >= 1 else 0.5, 0.35 * days)
    return max(0.25, days - slack), days + slack
