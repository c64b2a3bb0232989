"""What quick posts call measures by: prelim AD, a new 232, 11 to EL, an import floor, an oak stop.

Pure. Adds the instruments that no table can list, since each is a common word but for what stands
around it.
"""

import re
from typing import Any

import re2

from alerts.reader.flashes import short_flashes
from alerts.reader.objects import OWNED
from alerts.reader.sayings import COMMODITY
from alerts.reader.terms import Hit

STEP = r"(?:prelim(?:inary)?|provisional|definitive|final|initial)"
RATE = r"\d[\d.,]*(?:\s?(?:[–—-]|to)\s?\d[\d.,]*)?\s?(?:%|pct\b|per\s?cent\b|percent\b)"
CASES = (
    r"(?:cases?|probes?|inquir(?:y|ies)|investigations?|review|petition|start|initiation|hearing)"
)
DEALS = (
    rf"(?:deal|takeover|sale(?!\sof\b)|sale\sof\b{OWNED}|bid|buyout|purchase|acquisition|merger)"
)
GROWTH = r"(?!\s(?:[\w/-]+\s)?(?:growth|rise|fall|drop|increase|decline|decrease|gain|jump|stake|payment|dividend|yield|turnout|inflation)\b)"
"""What a rate is said of that is no duty: provisional 12% growth."""
AT_PLANT = r"(?!\s(?:at|in)\s[^.;:,\n]{0,40}?\b(?:plants?|mines?|smelters?|mills?|refiner(?:y|ies)|factor(?:y|ies)|works|shafts?|pits?|warehouses?|terminals?|furnaces?)\b)"
SECTION = r"(?=s?\s?(?:[.,;:!?()\n]|$)|s?\s(?:on|into|against|over|is|are|tariffs?|dut(?:y|ies)|action|probes?|(?:cases?|investigations?|inquir(?:y|ies))(?!\sof))\b)"
"""What follows a section of a law, and not a number of something."""
AUTHORITIES = r"(?:samr|jftc|kftc|ftc|cma|cade|cci|accc|kppu|garante|cnil|agcm|bundeskartellamt)"
FORMS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("probe", ("case", "probe", "inquir", "investigation", "review", "petition", "start", "initiation", "hearing"), re.compile(rf"\b(?:ad/?cvd|ad/as|ad|add|cvd|fsr|dumping|countervail)\s(?:sunset\s)?{CASES}\b")),
    ("tariff", (" ad", " cvd"), re.compile(rf"\b{STEP}\s(?:ad|add|ad/?cvd|cvd)\b")),
    ("tariff", ("ad ", "add ", "cvd "), re.compile(r"\b(?:ad|add|ad/?cvd)\s(?:dut(?:y|ies)|margins?|rates?|order|deposits?)\b")),
    ("tariff", ("ad ", "add ", "ad: ", "cvd", " ad"), re.compile(rf"\b(?:ad|add|cvd)s?(?:\sof|:|\sat|\sup\sto)?\s{RATE}|{RATE}\s(?:ad|add|ad/?cvd|cvd)\b")),
    ("tariff", ("prelim", "provisional", "definitive", "final", "initial"), re.compile(rf"\b{STEP}(?:\sdetermination|\sruling|\sdut(?:y|ies))?:\s(?=[^.\n]{{0,30}}?{RATE})")),
    ("tariff", ("prelim", "provisional", "definitive", "final", "initial"), re.compile(rf"\b{STEP}(?:\sduty|\sduties|\srates?)?(?:\sat|\sof)?\s{RATE}{GROWTH}")),
    ("tariff", ("prelim", "provisional", "definitive", "final", "initial"), re.compile(rf"\b{STEP}(?:\sruling|\sdetermination)?\son\s(?=[^.;\n]{{3,60}}?{RATE})")),
    ("tariff", ("232", "301", "201", "421"), re.compile(r"\b(?:232|301)s?\s(?:is\s|are\s)?(?:signed|live|done|final|tariffs?|dut(?:y|ies)|action|out)\b|\b(?:232|301)s?\son\s[^.;:,\n]{2,40}?\s(?:is|are)\s(?:signed|live|done|final)\b")),
    ("probe", ("232", "301", "201", "421"), re.compile(rf"\b(?:new|another)\s(?:section\s)?(?:232|301|201|421){SECTION}|\b(?:232|301|201)\s(?:on|into|against|over)\s(?!\d)")),
    ("probe", ("fsr",), re.compile(r"\bfsr\s(?:no\.?\s?\d|number\s\w+|in-depth|again|vs)\b|\bin-depth\sfsr\b")),
    ("sanction", ("sdn",), re.compile(r"\bnew\ssdns?\b|\b\d+\s(?:new\s)?sdns?\b|\bsdns?\sadded\b")),
    ("entity listing", (" el", " uel", " uvl", " meu"), re.compile(r"\b(?:adds?|added|puts|more|names?|goes|go|went|new)\s[^.;:\n]{0,40}?(?:to|on|onto)\s(?:the\s)?(?:el|uel|uvl|meu)\b(?=\s?(?:[.,;:!(\n]|$))")),
    ("tariff", (" floor", " wall"), re.compile(r"\b(?:import|price)\s(?:floor|wall)\b(?!\s(?:of\sthe|area|space))")),
    ("export ban", (" stop", " halt"), re.compile(rf"\b{COMMODITY}\s(?:export\s)?(?:stop|halt)\b{AT_PLANT}")),
    ("tariff", ("duty ", "remission", "drawback"), re.compile(r"\bduty\s(?:hike|rise|cut|increase|reduction)\b|\b(?<!under\s)remission\s(?:order|batch)\b")),
    ("probe", ("abuse", "dominance", "antitrust", "merger", "cartel", "monopoly", "breach", "bundling", "tying"), re.compile(rf"\b{AUTHORITIES}\s(?:vs?\.?|versus|again:|goes\safter|on)\s(?=[^\n]{{2,120}}?\b(?:abuse|dominance|antitrust|merger|cartel|monopoly|breach|bundling|tying)\b)")),
    ("probe", (" v. ", " vs"), re.compile(r"(?<=\s)(?:v\.|vs\.?)\s(?=[^.;\n]{2,50}?\son\s[^\n]{2,120}?\b(?:trade\sremed|dumping|safeguard|anti-?dumping)\w*)")),
    ("investment restriction", ("deal", "takeover", "sale", "bid", "buyout", "purchase", "acquisition", "merger"), re.compile(rf"\b(?:government|govt|gov't|ministers?|cabinet|minister)\s(?:has\s|have\s)?(?:blocks?|blocked|vetoes|vetoed|veto|says?\sno\sto|said\sno\sto|kills|killed|turns?\sdown|rejects?|rejected|prohibits?|stops?|stopped)\s[^.;:\n]{{2,50}}?\b{DEALS}\b(?!\s(?:with|talks)\b)")),
    ("entity listing", ("addition", "listing", "batch", "entries"), re.compile(r"\b(?:second|third|fourth|another|latest|new|today's)\s(?:bis\s|us\s)?(?:entity\slist|covered\slist|bis|unverified\slist|sdn|ofac)\s(?:additions?|listings?|batch|entries)\b")),
    ("import ban", ("restricted", "→", "->", "=>"), re.compile(r"(?:→|->|=>|\bmoved?\s[^.;\n]{2,60}?\sto|\bmoves\s[^.;\n]{2,60}?\sto|\bput\s[^.;\n]{2,60}?\sunder)\s[\"']?restricted\b(?!\sstock)|(?:→|->|=>)\simport\s(?:authori[sz]ation|licen[cs]e|permit)s?\b")),
    ("tariff", ("remission",), re.compile(r"\bremission\b(?=\s?(?:[!.:,#]|$|from\b|on\b|for\b))")),
    ("tariff", ("safeguard",), re.compile(r"\bsafeguards?\b(?=\s?(?:[:,.!]|$|(?:on|against|rolled|extended|renewed|duty|dut(?:y|ies)|ends?|lapses|lapsed|expires|ended|quota|till?|until|from)\b))")),
)  # fmt: skip
"""What each is, what it holds, and how it is written; most posts hold none and cost no more."""
NEEDLED: Any = re2.compile(
    rb"\b(?:ad|add|ad/cvd|ad/as|cvd|fsr|232|301|201|421|sdns?|el|uel|uvl|meu|floor|wall|stop|halt|duty\s(?:hike|rise|cut|increase|reduction)|remission|drawback"
    rb"|safeguards?|samr|jftc|kftc|ftc|cma|cade|cci|accc|kppu|garante|cnil|agcm|vs?|restricted|dumping|countervail)\b"
    rb"|\b(?:prelim|preliminary|provisional|definitive|final|initial)\b|(?:->|=>|\xe2\x86\x92)|\b(?:entity\slist|covered\slist|bis|ofac)\s(?:addition|listing|batch|entries)"
    rb"|\b(?:government|govt|gov't|ministers?|cabinet)\s(?:has\s|have\s)?(?:block|veto|say|said|kill|turn|reject|prohibit|stop)"
)
"""What each of them holds in a word: most posts hold none, and cost no more."""
OPENED: Any = re2.compile(
    rb"\b(?:no|zero|more|new|further|another|banned|barred|outlawed|licensed|controlled|restricted|taxed|blocked|halted|capped|listed|blacklisted|dual-use)\b"
    rb"|[\d](?:%|\s%|\spct|\sper|/|\sa\s|\sdollars|\seuros|\scents)|:\s\+?\s?\d"
)
"""The same for how a flash opens."""
OPENING = 200
"""Bytes in which a flash opens."""
DONE = ("investment restriction", "import ban")
"""What a verb of its own makes here."""
OF = (("232", "US"), ("301", "US"), ("fsr", "EU"))
"""Whose sections and laws these are."""


def shorthand(hits: list[Hit], folded: str) -> list[Hit]:
    """Return the hits with the instruments that quick posts only hint at."""
    held = any(one in folded for one in HOLDING)
    found = [one for hit in hits if (one := within_goods(hit, folded))] if held else []
    text = folded.encode("utf-8", "replace")
    if OPENED.search(text[:OPENING]):
        found += short_flashes([*hits, *found], folded)
    if NEEDLED.search(text):
        found += hinted_at([*hits, *found], folded)
    return sorted([*hits, *found]) if found else hits


def hinted_at(hits: list[Hit], folded: str) -> list[Hit]:
    """Return the instruments that a post names by what stands around common words."""
    found: list[Hit] = []
    known = [hit for hit in hits if hit.kind == "instrument"]
    for kind, needles, form in FORMS:
        for told in form.finditer(folded) if any(one in folded for one in needles) else ():
            if any(hit.start < told.end() and told.start() < hit.end for hit in known):
                continue
            known.append(Hit(*told.span(), "instrument", kind))
            found.append(known[-1])
            if kind in DONE:
                found.append(Hit(*told.span(), "cue", "adopt"))
            found += [Hit(*told.span(), "sign", code) for word, code in OF if word in told[0]]
    return found


LEVIES = (" duty", " tariff", " tariffs", " levy")
HOLDING = (*LEVIES, " quota", "口税")


def within_goods(hit: Hit, folded: str) -> Hit | None:
    """Return the measure that the table's name of some goods holds: gold import duty, 电力进口税."""
    if hit.kind != "item":
        return None
    if folded.startswith("税", hit.end) and folded.endswith(("进口", "出口"), hit.start, hit.end):
        return Hit(hit.end - 2, hit.end + 1, "instrument", "tariff")
    levied = folded.endswith(LEVIES, hit.start, hit.end)
    if not levied and not folded.endswith(" quota", hit.start, hit.end):
        return None
    return Hit(hit.end - 4, hit.end, "instrument", "tariff" if levied else "quota")
