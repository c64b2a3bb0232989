"""How people tell of acts in passing: just got banned in the US, doing a 301 on tyres, no tin leaves.

Pure. Read by idioms.py, behind what the press says.
"""

import re

from alerts.reader.sayings import CASE, COMMODITY, FILL, LEVY, MEASURE, NATION, NO_PERSON, said

COUNTRY = (
    r"(?:us|u\.s\.|usa|states|uk|eu|china|india|canada|australia|japan|taiwan|korea|south\skorea|brazil|mexico|germany|france|italy|russia|turkey|vietnam|america|britain|europe"
    r"|indonesia|malaysia|thailand|philippines|chile|egypt|saudi|uae|ukraine|kazakhstan|pakistan|kenya|nigeria|south\safrica|norway|switzerland|poland|spain)"
)
SOME = r"(?:another|a\scouple(?:\sof)?|a\sfew|a\sbunch\sof|a\sbatch\sof|more|\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?(?:\sof)?|a\sdozen)"
HULLS = r"(?:tankers?|ships?|vessels?|hulls?|carriers?|boats)"
FIRMS = r"(?:firms?|compan(?:y|ies)|entit(?:y|ies)|labs?|names|banks?|brokers?|traders?|resellers?|suppliers?|refiner(?:y|ies)|teapots?|terminals?|exchanges?)"
PERSONS = (
    r"firms?|compan(?:y|ies)|investors?|investments?|students?|citizens?|officials?|nationals?|ships?|vessels?|tankers?|airlines?|carriers?|flights?|planes|tourists?|visitors?|travell?ers|journalists?|diplomats?"
    r"|researchers?|scientists?|lawmakers?|buyers?|bidders?|funds?|banks?|lenders?|athletes?|teams?|players?|media|outlets?|broadcasters?|channels?|\w*makers?|owners?|traders?|suppliers?|exporters?|importers?|contractors|universit(?:y|ies)"
    r"|institutes?|entities|money|capital|takeovers?|acquisitions?|bids?|stakes?|purchases?|exports|sales|access|citizenship|people|workers|labou?r|immigrants|migrants|refugees|airspace|websites?|producers"
)
"""Who is barred, where no goods are."""
JUST = re.compile(r"\b(?:just|now|got|gets|getting|been|officially|finally)\s$")
"""Before a participle that is news."""

DOOR = r"\s(?:the\s|its\s|a\s)?(?:door|gates?|taps?|spigot|hatch|window|border)s?\s(?:on|to|for|against)\b"
ABROAD = rf"\s(?:more\s|all\s|cheap\s)?(?:{NATION}\b(?![^.;:,\n]{{0,40}}?\b(?:{PERSONS})\b)|import(?:s|ed)\b|foreign\s(?!buyers|firms|invest)|goods\sfrom\b)"
"""Goods of somebody else, behind a door that is shut on them."""

CHIRPS = (
    said(
        "banned|blacklisted|barred|outlawed|delisted|kicked out|booted|booted out",
        rf"\s(?:in|from|by|out\sof)\s(?:the\s)?{COUNTRY}\b(?!\s(?:team|squad|election|tour|game|match|cup))",
        "adopt",
        "import ban",
        subject=False,
        ahead=JUST,
    ),
    said(
        "tariffed|tariffing|slapped|whacked|whacks|smacked|smacks|socked|clobbers|clobbered|dinged|walloped|hit|hits|hitting|taxed|taxing|slaps",
        rf"\s{FILL}{{0,6}}?(?:(?:with\s)?(?:an?\s)?(?:extra\s)?\d[\d.]*\s?(?:%|per\s?cent|pct)(?=\s(?:on|tariff|dut|lev|surtax|extra|more)|[.,;:!\n]|$)|{LEVY}(?=\s|[.,;:!\n]|$))",
        "adopt",
        "tariff",
    ),
    said(
        "added|adds|adding|hit|hits|nails|nailed|bags|bagged|nabs|nabbed|gets|tags|tagged|lists|listed|names|named|froze|freezes",
        rf"\s(?:yet\s)?{SOME}\s{FILL}{{0,5}}?{HULLS}\b(?!\s(?:to\sits\s(?:fleet|order|navy)|with\s|near\s|off\s))",
        "adopt",
        "sanction",
    ),
    said(
        "added|adds|adding|nails|nailed|tags|tagged|zaps|zapped|cuts off",
        rf"\s(?:yet\s)?{SOME}\s{FILL}{{0,5}}?{FIRMS}\b(?!\s(?:to\sits\s(?:fleet|order|portfolio|board|index)))",
        "adopt",
        "entity listing",
    ),
    said(
        "has a go at|having a go at|had a go at|poking|pokes|sniffing around|sniffs around|digging into|digs into|gunning for|coming for|comes for|came for|picks on|picking on"
        "|takes a swing at|took a swing at|takes a shot at|went for|goes for",
        r"\s(?!gold\b|broke\b|lunch\b|dinner\b|a\s(?:walk|run|swim|drive|ride|record)|her\b|him\b|me\b|us\b(?!\s\w))[a-z]",
    ),
    # Bans a country's goods, shuts its market to them, keeps them out.
    said(
        "bans|banned|ban|bars|barred|bar|outlaws|outlawed|outlaw|prohibits|prohibited|prohibit|forbids|blocks|blocked",
        rf"\s(?:all\s|most\s|some\s|more\s|new\s)?(?:{NATION}|(?:[\w-]+\s){{1,4}}?from\s(?:the\s)?(?:{COUNTRY}|xinjiang|france|lithuania|belarus|myanmar|north\skorea|iran|ecuador|argentina|new\szealand)\b(?=\s?(?:[.,;:!\n]|$)|\s(?:over|after|from|as|until|for|in|amid|on)\b))"
        rf"(?![^.;:,\n]{{0,45}}?\b(?:{PERSONS})\b)(?=[\s.,;:!]|$)",
        "adopt",
        "import ban",
    ),
    said(
        "shuts|shut|closes|closed|close|slams|slammed",
        rf"{DOOR}{ABROAD}",
        "adopt",
        "import ban",
    ),
    said(
        "shuts|shut|closes|closed|close",
        rf"\s(?:its|the|their)\s(?:[\w-]+\s)?markets?\s(?:to|for|against)\s(?![^.;:,\n]{{0,30}}?\b(?:{PERSONS})\b)",
        "adopt",
        "import ban",
    ),
    said(
        "kept out|keeps out|shut out|locked out|frozen out|pushed out|squeezed out",
        rf"\sof\s(?:the\s|all\s)?(?:{NATION}|{COUNTRY}(?:'s)?)\s{FILL}{{0,3}}?(?:markets?|grids?|ports?|tenders?|networks?|procurement|projects?|auctions?|subsidy)\b",
        "adopt",
        "import ban",
        subject=False,
    ),
    said(
        "doing|files|filed|starts|started|launches|launched|opens|opened|begins|began|gets",
        rf"\s(?:an?\s|another\s|the\s|its\s|own\s)*(?:section\s)?(?:301|232|201|421)\b(?:\s{CASE})?\s(?:on|against|into|over|for)\b",
        "adopt",
        "probe",
        goods=False,
    ),
    said(
        "is real|is official|is law|is law now|is a go|is happening|is live|is here|is done|are real|are official|are live|are here|is signed|is through",
        r"(?=\s?(?:[.,;:!\n-]|$)|\s(?:now|from|as of|then|folks|people|today)\b)",
        subject=False,
        ahead=re.compile(
            rf"\b(?:{MEASURE}|232|301|rule)(?:\s(?:on|for|against|around)\s[^.;:,\n]{{2,50}}?)?\s$"
        ),
    ),
    said(
        "taking|takes|accepts|accepting|lets|letting|letting in|allows",
        rf"\s(?:(?:in\s)?{NATION}\s(?:[\w-]+\s){{1,4}}again\b|[^.;:\n?]{{2,50}}?\sback in\b)(?!st|\?)",
        "withdraw",
        "import ban",
    ),
    said(
        "keeping|keeps|hoarding|hoards|hanging on to|hangs on to|holding on to|sitting on",
        rf"\s(?:all\s|every\s)(?:of\s)?(?:its|their|the|that|gram\sof|ton\sof|tonne\sof|drop\sof)\s(?:[\w-]+\s)?{COMMODITY}\b",
        "adopt",
        "export ban",
    ),
    said(
        "says yes to|say yes to|said yes to|nods through|nodded through|rubber-stamps|okays|signs off on|signed off on|waves through",
        rf"\s[^.;:\n]{{0,50}}?(?:\d[\d.]*\s?(?:%|per\s?cent|pct)\s(?:[\w-]+\s)?on\b|\b{LEVY}\b)",
        "adopt",
        "tariff",
    ),
    said(
        "really did it|actually did it|just did it|went and did it|pulled the trigger|pulls the trigger|did the thing|made good on|went through with",
        rf"(?=[^\n]{{0,120}}?(?:\b{MEASURE}\b|\d\s?%|\bper\s?cent\b|\b(?:exports?|imports?|blacklist|entity\slist|licen[cs]\w+|permits?|banned|gone|no\smore)\b))",
    ),
    said(
        "now controlled|now licensed|now dual-use|officially controlled|officially dual-use|now on licence|now under licence|now behind a permit",
        r"(?=[\s.,;:!\n]|$)",
        "adopt",
        "export licence",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "now illegal|now contraband|now banned|officially illegal|officially banned|now verboten",
        rf"\s(?:in|to import into|to sell in|across)\s(?:the\s)?{COUNTRY}\b",
        "adopt",
        "import ban",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "leaves|leave|sails|sail|gets out|goes out",
        rf"\s(?:the\s(?:country|island|islands|mainland|docks|port)|{COUNTRY}|an?\s\w+\sport|\w+\sports?)\s(?:without|unless)\b[^.;\n]{{0,40}}?\b(?:licen[cs]e|permit|paper|stamp|form|approval)",
        "adopt",
        "export licence",
        subject=False,
        ahead=re.compile(r"\b(?:no|not\s(?:a|one))\s(?:[\w-]+\s){1,4}$"),
    ),
    said(
        "leaves|leave|sails|sail|gets out|goes out",
        rf"\s(?:the\s(?:country|island|islands|mainland|docks|port)|{COUNTRY}|an?\s\w+\sport|\w+\sports?)\s[^.;\n]{{0,40}}?(?:without|unless|from|until|till|anymore|any\smore|after|before)\b",
        "adopt",
        "export ban",
        subject=False,
        ahead=re.compile(r"\b(?:no|not\s(?:a|one))\s(?:[\w-]+\s){1,4}$"),
    ),
    said(
        "locks up|locking up|locked up|locks down|locking down|puts a lock on|throws the key",
        rf"\s(?!{FILL}{{0,5}}?(?:deals?|suppl(?:y|ies)|contracts?|stakes?|offtake|votes|support|seats?|suspects?|opposition|leaders?|journalists?|activists?|people|migrants|funds?|money|capital|thie(?:f|ves))\b)(?!for\b|his\b|her\b)[a-z]",
        "adopt",
        "export restriction",
    ),
    said(
        "wants a say in|wants a word on|wants paper for|wants papers for|wants a permit for|wants a form for|wants a licence for|wants a license for|wants forms for",
        r"\s[a-z]",
        "propose",
        "export licence",
        goods=False,
    ),
    said(
        "makes it harder|made it harder|makes it dearer|makes it illegal",
        rf"\s(?:for\s{FILL}{{1,4}})?to\s(?:buy|sell|import|export|ship|bring in)\b",
    ),
    said(
        "copies|follows|joins|joined",
        rf"\s(?:the\s)?(?:{NATION}|eu|us|washington|brussels|canada|ottawa)(?:'s)?\s{FILL}{{0,4}}?(?:{MEASURE})\b",
        goods=False,
    ),
)
"""Tried in their order, behind what follows for others."""
