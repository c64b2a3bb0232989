"""Reads tariff lines and control numbers in the forms that customs give them: HS 8507.60, 3A090.

Pure. Four figures are a heading only where a word for it stands before them (NCM, fracción, 税号),
after another one in a list, or before 项下; 8507.60.01 is a line by its form alone.
"""

import re
from collections.abc import Sequence

from alerts.reader.terms import Hit

NEAR = re.compile(r"[0-9](?:[0-9]\.?[0-9]{2}|[a-e][0-9]{3})")
ECCN = re.compile(r"(\d[a-e]\d{3})((?:\.[a-z](?:\.\d+)*)?)(?![0-9a-z])", re.ASCII)
LINE = re.compile(
    r"(?!\d\d\.?00|20[1-4]\d|19(?:0[6-9]|[1-9]\d))(?:(?:28|84)\.?\d\d|\d\d\.?[0-4]\d)(?:[. ]?\d\d){0,4}"
    r"(?![0-9a-z]|,\d{3}(?!\d)|\s?(?:%|per\s?cent|pct|km\b|miles|feet|tons?\b|tonnes|units)"
    r"|[个号年余多种件家吨亿万元台辆]|项(?!下))",
    re.ASCII,
)
"""No year, and no heading that no chapter has; what counts or measures something is none either."""
LEAD = re.compile(
    r"(?:(?<![a-zà-ÿ])(?:h\.?s\.?n?|hts(?:us|a)?|cn|ncm|taric|ahtn|hsk|gtip|cts?h|schedule b|codes? nc|kn-codes?"
    r"|tariff\s(?:codes?|lines?|items?|numbers?)|(?:customs|commodity|statistical)\scodes?|(?:sub-?)?headings?"
    r"|fracci[oó]n(?:es)?|(?:sub)?partidas?|subposiç(?:ão|ões)|(?:posici[oó]n(?:es)?|posiç(?:ão|ões)|c[oó]digos?)\s(?=arancel|tarif)"
    r"|sous-positions?|positions?\s(?=tarif)|codes?\sdouaniers?|pos\starif|(?:zoll)?tarifnummern?|warennummern?|тн\sвэд(?:\sеаэс)?)"
    r"|税则号?列?|税目|税号|号列|(?:商品|海关|货品|hs)编[号码]|统计番号|品目(?:番号)?|hs코드|품목번호|세번)"
    r"(?:[\s:()\"“'’#=-]|(?:sub-?)?headings?|codes?|lines?|items?|numbers?|nos?\b\.?|n[º°]|arancelari[ao]s?|tarif\w{1,8}"
    r"|ex|为|是|第|分别){0,9}$"
)
"""What stands before a tariff line, and leads to it."""
LIST = re.compile(
    r"(?:\s?\([^()]{1,30}\))?\s?[,;、/&-]?\s?(?:(?:and|or|y|e|o|et|ou|und|to|through|a|al|bis|parts of|ex)\s|ex|和|及|或|与|至|到|–|—){0,2}\s?"
)
"""What stands between two lines of a list, or of a range: 8507 (cells), 8541 and 8542."""
BEHIND = re.compile(r"等?\s?(?:项下|号列|税号|税目)")
FULL = re.compile(r"\d{4}\.\d\d\.\d\d")
"""No number but a tariff line looks like it: a day is no heading."""
AHEAD = 40
"""Characters before a line in which the word that leads to it stands."""


def find_codes(folded: str) -> list[Hit]:
    """Return the tariff lines and control numbers of a folded text, in its order, as goods."""
    found: list[Hit] = []
    end = 0
    for near in NEAR.finditer(folded):
        start = near.start()
        if start < end or (start and folded[start - 1] in "0123456789"):
            continue
        if (match := ECCN.match(folded, start)) and stands_alone(folded, start):
            value = f"ECCN {match[1].upper()}{match[2]}"
        elif (match := LINE.match(folded, start)) and is_line(match, folded, found):
            value = f"HS {re.sub('[. ]', '', match[0])}"
        else:
            continue
        end = match.end()
        found.append(Hit(start, end, "item", value))
    return found


def is_line(match: re.Match[str], folded: str, before: Sequence[Hit]) -> bool:
    """Tell whether figures are a tariff line: by a word for it, by a list, or by their form."""
    start, end = match.span()
    if (FULL.match(match[0]) or BEHIND.match(folded, end)) and stands_alone(folded, start):
        return True
    last = before[-1].end if before and before[-1].value.startswith("HS ") else start
    if start - 2 * AHEAD < last < start and LIST.fullmatch(folded, last, start):
        return True
    return LEAD.search(folded, max(0, start - AHEAD), start) is not None


def stands_alone(folded: str, start: int) -> bool:
    """Tell whether no letter and no figure stands right before a code."""
    return start == 0 or folded[start - 1] not in "0123456789abcdefghijklmnopqrstuvwxyz.,"
