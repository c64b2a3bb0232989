"""Idioms of English headlines for what states do: makes exporters seek approval, says no to a deal.

Pure. Read by idioms.py, behind how people tell of acts in passing.
"""

import re

from alerts.reader.chirps import COUNTRY, SOME
from alerts.reader.sayings import CASE, GOODS, LEAVE, LEVY, MEASURE, MONEY, NATION, WORKS, said

OFFICE = re.compile(
    r"\b(?:cabinet|government|govt|gov't|centre|ministry|ministers?|treasurer|commission|authority|regulators?|watchdog|customs|tribunal|agency|department|council|court|parliament|lawmakers|mps)\s(?:has\s|have\s|will\s|is\s|to\s|also\s|on\s\w+day\s)*$"
)
"""Before what an office does, whosever."""
ENVOYS = re.compile(
    r"\b(?:envoys|ambassadors|diplomats|coreper|member\sstates|capitals)\s(?:have\s|has\s|on\s\w+day\s)*$"
)
"""Who agrees to what ministers adopt afterwards."""
TRADER = r"(?:exporters?|importers?|shippers?|sellers?|traders?|\w*makers?|firms?|compan(?:y|ies)|buyers?|miners?|smelters?|refiners?|mills?|suppliers?|distributors?|dealers?|vendors?|brokers?|growers?|producers?)"
HOLDER = r"(?:owners?|shareholders?|holders?|investors?|parent|buyer|fund|stakeholders?|bidder)"
AID = r"(?:subsid(?:y|ies)|incentives?|rebates?|grants?|handouts?|tax\s(?:breaks?|credits?)|vouchers?|scheme|programme|bonus)"
PUSH = r"(?:push|plan|scheme|package|programme|program|incentives?|aid|fund|support|subsid(?:y|ies)|bill|line|mission|outlay)"
TERM = r"(?:until|till?|through|to\sthe\send|for\s(?:another|a\s(?:further|second|third)|an?\s|one|two|three|six|nine|twelve|five|\d))"
LET_IN = r"(?:certified|authori[sz]ed|approved|imported|sold|exported|shipped|registered|marketed|entering|leaving|buying|selling|bidding)"
TRADE_WORD = r"(?:exports?|imports?|shipments?|sales|deliver(?:y|ies)|suppl(?:y|ies))"
IMPORTED = re.compile(r"\b(?:imported|imports?|foreign|shipped\sin|from\sabroad)\b[^.;\n]{0,66}$")
RISES = re.compile(
    rf"\b(?:import|export|regulatory|customs|anti-dumping|excise|additional)?\s?{LEVY}(?:\s(?:on|for)\s[^.;:\n]{{2,46}}?)?\s$"
)

HEADLINES = (
    # Makes others ask first: what they will need, show, report.
    said(
        "makes|make|made|forces|force|forced|obliges|requires|asks|wants",
        rf"\s(?:all\s|its\s|the\s)?(?:[\w-]+\s){{0,2}}?{TRADER}\s(?:of\s[^.;]{{2,30}}?\s)?(?:to\s)?(?:seek|get|obtain|apply|ask|queue|register|hold|carry)\s[^.;\n]{{0,40}}?\b{LEAVE}\b(?=[^.;\n]{{0,60}}?\b(?:ship|export|sell|send|leav|abroad|overseas|sale))",
        "adopt",
        "export licence",
    ),
    said(
        "need|needs|will need|now needs|now need|will now need|requires|require|must have",
        r"\s(?:an?\s)?(?:government|state|ministry|official|ministerial)\s(?:permit|licen[cs]e|authori[sz]ation|approval|nod|stamp)\b",
        subject=False,
    ),
    said(
        "brings|brought|puts|put|places|placed|takes|took",
        r"\s[^.;:\n]{2,70}?\bunder\s(?:(?:an?|national|export|the|state|strict|new|its)\s){0,3}(?:licen[cs](?:e|ing)|permits?|export\scontrols?|controls?)\b",
        "adopt",
        "export licence",
    ),
    said(
        "adds|added|add",
        r"\s[^.;:\n]{2,60}?\bto\s(?:the\s)?(?:goods|items|products|list\sof\sgoods|things)\s(?:that|which)?\s?(?:may|can|must)(?:not|\snot)\sbe\s(?:sent|sold|shipped|exported|supplied)\b",
        "adopt",
        "export ban",
    ),
    said(
        "bar|bars|barred|ban|bans|banned|stop|stops|stopped|block|blocks|blocked|keep|keeps|forbid|forbids",
        r"\s[^.;:,\n]{2,50}?\sfrom\s(?:leaving|going\sabroad|being\s(?:exported|shipped\s(?:out|abroad)|sold\sabroad)|crossing\sthe\sborder)\b(?![^.;\n]{0,30}\b(?:people|men|citizens)\b)",
        "adopt",
        "export ban",
    ),
    said(
        "prevents|prevent|stops|keeps|bars|barred|blocks|blocked|stopped|kept",
        rf"\s[^.;:\n]{{2,60}}?\sfrom\s(?:being\s)?{LET_IN}\b",
        goods=True,
        subject=True,
    ),
    said(
        "freezes|froze|halts|halted|stops|stopped|suspends|suspended|pauses|paused|blocks|blocked",
        rf"\s(?:all\s)?(?:sales|deliver(?:y|ies)|shipments|transit|supplies)\s(?:of\s[^.;:\n]{{2,60}}?\s)?(?:abroad|overseas|to\s(?:{COUNTRY}|foreign))\b",
        "adopt",
        "export ban",
    ),
    said(
        "shuts|shut|closes|closed|slams",
        r"\s(?:the\s|its\s)?(?:export|import)\s(?:window|door|tap|gate|valve|channel|route)\b",
        "adopt",
        "export ban",
    ),
    said(
        "loses|lose|lost",
        rf"\s(?:its\s|their\s|the\s)?access\sto\s(?:the\s)?{COUNTRY}\b(?!['’]s\s(?:credit|capital|bond))",
        "adopt",
        "import ban",
        subject=False,
    ),
    # The first country to ban; finds that goods are dumped.
    said(
        "becomes|became",
        r"\s(?:the\s)?(?:first|latest|second|third|only)\s[^.;,\n]{2,40}?\sto\s(?:ban|outlaw|bar|restrict|license|block|prohibit|forbid)\b",
    ),
    said(
        "decided|decides|rules|ruled|finds|found|determined|concluded|concludes",
        rf"\sthat\s[^.;\n]{{2,60}}?\b(?:are|were|is|was)\s(?:being\s)?(?:dumped|subsidi[sz]ed|undercut)\b(?=[^.;\n]{{0,60}}?\b{LEVY}\b)",
        "adopt",
        "tariff",
    ),
    said(
        "look into|looks into|looking into|will look into|to look into|digs into|examines|will examine|to examine",
        r"\s(?:whether|if|claims\sthat|complaints?\sthat)\s[^.;\n]{2,110}?\b(?:below\s(?:cost|fair|price)|dumped|dumping|subsidi[sz]ed|undercut|too\scheap|circumvent\w*)\b",
        "adopt",
        "probe",
        subject=False,
        goods=False,
        ahead=OFFICE,
    ),
    said(
        "win|wins|won|gets|get|secures|triggers|trigger|triggered|prompts|prompted|sparks",
        rf"\s(?:an?\s|the\s)?(?:hearing|{CASE})\s(?:over|into|against|on)\s(?:\w+\s)?{NATION}\s",
        "adopt",
        "probe",
        subject=False,
        goods=False,
    ),
    said(
        "protected|shielded|sheltered",
        rf"\s{TERM}[^.;\n]{{2,40}}?\b(?:against|from)\s(?:cheap\s|low-cost\s)?(?:\w+\s)?imports\b",
        "adopt",
        "tariff",
        subject=False,
        goods=False,
    ),
    said(
        "will pay|to pay|must pay|pay|pays",
        rf"\s(?:an?\s)?(?:extra\s)?\d[\d.]*\s?(?:%|per\s?cent|percent|pct)\s(?:more\s|extra\s|duty\s|tariff\s|in\s{LEVY}\s)?(?:at\sthe\s(?:{NATION}\s)?border|on\sentry|to\senter|at\scustoms)\b",
        "adopt",
        "tariff",
        subject=False,
    ),
    said(
        "taxed|is taxed|are taxed|will be taxed",
        r"\sat\s\d[\d.]*\s?(?:%|per\s?cent|percent|pct)",
        "adopt",
        "tariff",
        subject=False,
        ahead=IMPORTED,
    ),
    said(
        "goes up|go up|went up|climbs|jumps|comes down|came down",
        r"\sto\s(?:about\s)?\d[\d.]*\s?(?:%|per\s?cent|percent|pct)",
        "adopt",
        "tariff",
        subject=False,
        ahead=RISES,
    ),
    said("to go up|to come down|going up|coming down", r"", "intend", "tariff", subject=False, ahead=RISES),
    # Lasts longer: keeps a ban until autumn, subsidies going.
    said(
        "keeps|kept|leaves|maintains|prolongs|renews|extends",
        rf"\s(?:[\w'’-]+\s){{0,5}}?{MEASURE}\s(?:(?:on|against)\s[^.;:\n]{{2,40}}?\s)?(?:in\splace\s|in\sforce\s)?{TERM}\b",
    ),
    said(
        "keeps|kept|extends|extended|prolongs|renews|revives",
        rf"\s[^.;:\n]{{2,40}}?\b{AID}\s(?:going|alive|{TERM})\b",
        "adopt",
        "subsidy",
    ),
    said(
        "clears|cleared|approves|approved|okays|backs|greenlights|unveils|sanctions|nods through|signs off",
        rf"\s(?:on\s)?(?:an?\s)?(?:[\w-]+\s){{0,2}}?(?:{MONEY}|(?:rs\.?\s?)?[\d,.]+[\s-]?(?:lakh[\s-])?crore)[\s-][^.;:\n]{{0,30}}?\b{PUSH}\b(?:\s(?:for|to)\s[^.;:\n]{{0,60}}?\b{WORKS}\b)?",
        "adopt",
        "subsidy",
        subject=False,
        ahead=OFFICE,
    ),
    said(
        "will pay|pays|to pay|pay|will cover|covers|will fund|funds",
        rf"\s(?:up\sto\s)?(?:half|a\sthird|a\squarter|two\sthirds|\d+\s?(?:%|per\s?cent|percent))\s(?:of\s)?(?:the\s)?(?:cost|costs|bill|price|capex|investment)\s(?:of|for)\s[^.;:\n]{{0,60}}?\b(?:{WORKS}|setting\sup)\b",
        "adopt",
        "subsidy",
    ),
    # Gives leave, and takes it.
    said(
        "gives|gave|given|hands|handed|grants|granted",
        r"\s[^.;:\n]{2,70}?\b(?:permission|leave|approval|licen[cs]es|permits|the\sgo-ahead|clearance)\sto\s(?:sell|import|export|ship|buy|run|operate|test|trial|launch|resume|supply|process)\b",
        "ease",
        "",
    ),
    said(
        "licenses|licences|clears|approves",
        rf"\s(?:{SOME}|\w+)\s(?:[\w-]+\s){{0,3}}?(?:firms?|compan(?:y|ies)|operators?|banks?|plants?|exporters?|mills?|buyers?|labs?|makers?|start-ups)\s(?:for|to)\b",
        "ease",
        "",
    ),
    said(
        "tells|told|orders|ordered|evicts|evict|evicted|forces out|force out|kicks out|throws out",
        rf"\s(?:[\w'’-]+\s){{0,4}}?(?:{NATION}\s)?{HOLDER}\b(?:\sto\s(?:leave|go|exit|sell|get\sout|divest|give\sup|hand\sback)\b|(?=\s?(?:$|[.\n])))",
        "adopt",
        "investment restriction",
        subject=False,
        goods=False,
        ahead=OFFICE,
    ),
    # What envoys agree on is proposed, until ministers adopt it.
    said(
        "agree|agreed|back|backed|sign off|signed off|approve|approved|clear|cleared|endorse|endorsed|close in|closing in",
        rf"\s(?!from\b|home\b|in\sbrussels|at\b)(?:on\s\w+day\s)?(?:on\s|to\s)?(?:[\w'’-]+\s){{0,6}}?(?:package|round|{MEASURE})\b",
        "propose",
        subject=False,
        goods=False,
        ahead=ENVOYS,
    ),
    # What keeps goods free of a duty, and a court or an office that punishes.
    said(
        "keeps|kept|leaves",
        rf"\s[^.;:\n]{{2,50}}?\s(?:free\s(?:of|from)|exempt\sfrom|out\sof)\s[^.;:\n]{{0,30}}?\b{MEASURE}\b",
        "ease",
        "",
        goods=False,
    ),
    said(
        "settles|settled|resolves|resolved",
        r"\s(?:\w+\s){0,3}?(?:export|sanctions|customs|smuggling)(?:[\s-]control)?\s(?:case|violations?|charges|allegations|claims)\b",
        "enforce",
        "penalty",
        subject=False,
        goods=False,
    ),
    said(
        "gets|got|given|handed|draws",
        rf"\s(?:\d+|[a-z-]+)\s(?:yrs?|years?|months?|mos?)\s(?:(?:in\s)?(?:prison|jail|inside)\s)?(?:for|over)\s[^.;\n]{{0,20}}?(?:shipping|smuggling|selling|sending|exporting|diverting|supplying|taking\s[^.;\n]{{2,40}}?\sto\s{COUNTRY})\b",
        "enforce",
        "penalty",
        subject=False,
        goods=False,
    ),
    said(
        "hits|targets|punishes|blacklists|slaps",
        rf"\s[^.;:\n]{{3,60}}?\s(?:that|which|who|for|over|accused\sof)\s[^.;:\n]{{0,40}}?\b(?:shipp|suppl|sold|sell|export|smuggl|procur|mov|feed|fed)\w*\s[^.;:\n]{{2,70}}?\b(?:to|for|into)\s(?:iran|russia|north\skorea|pyongyang|moscow|tehran|belarus|houthi|{NATION}\s(?:army|military|drone|missile|arms))",
        "adopt",
        "sanction",
        goods=False,
    ),
    said(
        "makes|made|turns|turned",
        rf"\s[^.;:\n]{{2,50}}?\b{MEASURE}\s(?:into\s)?law\b",
        goods=False,
    ),
    said(
        "strikes again|strike again",
        rf"[^\n]{{0,60}}?(?:{MONEY}|{CASE}|\d+\s{GOODS})",
        "enforce",
        "penalty",
        goods=False,
    ),
)  # fmt: skip
"""Tried in their order."""
