"""Idioms that tell of an act by what follows from it for others.

Pure. Importers must now lodge a deposit, a lab loses the right to test, ore stays at home.
"""

import re

from alerts.reader.sayings import (
    ABOUT,
    CAPITAL,
    CASE,
    COMMODITY,
    FILL,
    GOODS,
    LEAVE,
    LEVY,
    MEASURE,
    MEASURE_IS,
    MONEY,
    NATION,
    NO_PERSON,
    said,
)

CONSEQUENCES = (
    said(
        "lands|landed|wins|won|win|gets|get|secures|secured|receives|received|bags|bagged",
        rf"\s{FILL}{{0,6}}?(?:{MONEY}|\w+\sof\sits\s[^.;:\n]{{2,40}}?)\s(?:in\s|of\s|from\s)?(?:the\s)?(?:state|government|public|federal|taxpayers?|chips act|treasury|meti|subsid(?:y|ies))\b",
        "adopt",
        "subsidy",
        subject=False,
        goods=False,
    ),
    said(
        "loses|lose|lost",
        rf"\s{ABOUT}(?:{MONEY})\s[^.;:\n]{{0,30}}?\b(?:state|federal|government|public|chips act|chip|us|eu)\s(?:\w+\s)?(?:money|aid|grants?|awards?|subsid(?:y|ies)|funding|loans?)\b",
        "withdraw",
        "subsidy",
        subject=False,
        goods=False,
    ),
    said(
        "grants|granted|awards|awarded",
        rf"\s{FILL}{{0,2}}?(?:{MONEY})\s(?:(?:in|of)\s\w+\s)?to\s(?!{NATION}\s(?:famil|farm|army|people)|ukraine|famil|farmers|students|victims|charit|widows)",
        "adopt",
        "subsidy",
    ),
    # Pays a fine over shipments.
    said(
        "pays|paid|to pay|will pay|pay|agrees to pay|agreed to pay|fined",
        rf"\s{ABOUT}(?:{MONEY})\s(?:\w+\s)?(?:over|for|to (?:settle|resolve|end))\s[^.;\n]{{0,70}}?\b(?:shipments?|sales|(?:handling|carrying|transporting|moving|insuring|financing|brokering)\s[^.;\n]{{0,40}}?(?:cargo(?:es)?|goods|oil|crude|freight|exports?|trade|vessels?|ships?)|exports?|violations?|breach(?:es|ing)?|sanctions|charges|claims|allegations"
        r"|dealings|transfers?|smuggling|supplying|selling|shipping|exporting|orders|deliveries)\b",
        "enforce",
        "penalty",
        subject=False,
        goods=False,
        ahead=NO_PERSON,
    ),
    said(
        "settles|settled|settle|to settle|agrees to settle|agreed to settle",
        r"(?![^.;\n]{0,60}?\b(?:patents?|lawsuits?|suits?|royalt\w+|copyright|trademarks?|disputes?|insurance|wages?|strike|class\saction|libel|lost|late|missing|damaged|delay(?:s|ed)?)\b)"
        rf"\s{FILL}{{0,6}}?(?:over|for|of)\s[^.;\n]{{0,50}}?\b(?:shipments?|exports?|sales\sto|(?:export|sanctions|customs)\s(?:violations?|breaches)|dealings\swith|cargo(?:es)?|transfers?\sto|smuggling)\b",
        "enforce",
        "penalty",
        subject=False,
        goods=False,
    ),
    said(
        "escapes|escape|escaped|dodges|dodged|ducks|sidesteps",
        rf"\s(?:new\s|extra\s|higher\s)?{NATION}\s{FILL}{{0,5}}?(?:{LEVY}|quotas?|safeguards?|sanctions|bans?)\b",
        "ease",
        "tariff",
        subject=False,
        goods=False,
    ),
    said(
        "wins|win|won|gets|get|earns|secures|granted|given",
        rf"\s{FILL}{{0,5}}?(?:reprieve|respite|breather|breathing space|grace period|extra time|more time)\b[^.;\n]{{0,50}}?\b(?:{MEASURE}|rules?|checks?|deadline|labell?ing|cut-off|licen[cs]es?)\b",
        "delay",
        subject=False,
        goods=False,
    ),
    # Loses access, the right to test; a supplier that is off limits.
    said(
        "loses|lose|lost|just lost|denied|stripped of",
        rf"\s(?:its\s|their\s|the\s|legal\s)*(?:access\sto\s{FILL}{{0,2}}?(?:{NATION}|nvidia|asml)\b|(?:{NATION})\s{FILL}{{0,2}}?{GOODS}\b)",
        "adopt",
        "export ban",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "loses|lose|lost|stripped of",
        r"\s(?:its\s|their\s|the\s)*(?:right\sto|licen[cs]es?\s(?:to|for)|recognition|accreditation|registration)\s[^.;:\n]{0,50}?\b(?:test|certify|sell|ship|import|export|supply|approve)",
        "adopt",
        "import ban",
        subject=False,
        goods=False,
        ahead=NO_PERSON,
    ),
    said(
        "off limits|off-limits|out of bounds",
        rf"\s(?:to|for)\s(?:[\w'’-]+\s){{0,2}}?(?:{NATION}\b|buyers|exporters|suppliers|importers|investors|insurers|fabs?\b|shippers)",
        "adopt",
        "export ban",
        subject=False,
    ),
    said(
        "stays|stay|to stay|will stay|stops",
        r"\s(?:at home|home\b(?!\s(?:with|on|because|and))|in the country|onshore|on the (?:mainland|islands?|archipelago)|at the border|in\s\w+\s(?:from|until|unless|for good))\b",
        "adopt",
        "export ban",
        subject=False,
        ahead=re.compile(rf"\b{COMMODITY}\s$"),
    ),
    said(
        "examined|investigated|probed|be examined|be investigated|accused",
        r"\s(?:for|over|of)\s(?:[\w-]+\s){0,2}?(?:dumping|subsidies|circumvention|undercutting|selling\s(?:too cheap|below))",
        "adopt",
        "probe",
        subject=False,
    ),
    said(
        "faces|face|facing|comes under|come under|came under|draws|drew",
        rf"\s{FILL}{{0,3}}?{NATION}\s{FILL}{{0,3}}?(?:{CASE}|scrutiny)\b",
        "adopt",
        "probe",
        subject=False,
    ),
    said(
        "faces|face|facing|to face|will face",
        rf"\s{FILL}{{0,3}}?(?:{NATION}\s{FILL}{{0,2}}?(?:{LEVY}|charge)\b|(?:security|cash)\sdeposits?\b)",
        "adopt",
        "tariff",
        subject=False,
    ),
    said(
        "also dumped|dumped",
        r"[,\s]{1,2}[^.;:\n]{0,40}?\b(?:commission|commerce|court|tribunal|panel|ministry|authority)\s(?:says|said|finds|found|rules|ruled)\b",
        "adopt",
        "tariff",
        subject=False,
    ),
    # Gets onto a list of goods, is named a core technology.
    said(
        "goes|went|go|joins|join|joined|lands|landed|put|placed|added|becomes|become",
        rf"\s{FILL}{{0,8}}?(?:(?:permit|licen[cs]e|licensing|dual-use|core[ -]technology|technology|controlled|restricted|export[ -]control)\s(?:goods\s|items\s|export\s)?(?:list|club|catalogue|roll|register)"
        r"|uflpa\s(?:list|register)|ship\slist|list\sof\s(?:things|goods|items|banned|controlled|restricted|sanctioned|protected)|protected\stechnology|core\stechnolog(?:y|ies)|state\ssecrets?)\b",
        "adopt",
        "control-list change",
        subject=False,
    ),
    # May no longer be sold, must be licensed, needs somebody's stamp.
    said(
        "may no longer|can no longer|no longer|cannot|can not|must no longer|must not|may not|will no longer|may leave|can leave",
        r"\s(?:be\s(?:sold|certified|approved|authori[sz]ed|registered|supplied|serviced|installed|imported|marketed|licensed)|sell\b|supply|service\b|certify|vouch|import\b)(?![^.;\n]{0,40}\b(?:online|out of|return|refund))",
        "adopt",
        "import ban",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "may no longer|can no longer|no longer|cannot|can not|may not",
        rf"\s(?:buy|purchase|order|obtain|receive|source|get)\s(?:[\w'’-]+\s){{0,3}}?(?:{NATION}|controlled|dual-use)\b",
        "adopt",
        "export ban",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "may|may only|can only|will|must|may not|can no longer|may no longer|must not|cannot",
        r"\s(?:now\s|only\s)?(?:leave|be exported|be shipped|be sent abroad|cross the border)\s[^.;\n]{0,50}?\b(?:only|without|after|with)\s(?:an?\s|the\s)?(?:[\w'’-]+\s){0,3}?(?:licen[cs]es?|permits?|approval|permission|consent|stamp|sign-off)\b",
        "adopt",
        "export licence",
        subject=False,
    ),
    said(
        "must|must now|must first|now have to|have to first",
        rf"\s(?:now\s|first\s)?(?:obtain|get|seek|win|secure|ask|apply|wait|queue|hold|show)\s(?:for\s)?(?:an?\s|the\s)?{FILL}{{0,3}}?{LEAVE}\b[^.;\n]{{0,60}}?\b(?:export\w*|ship\w*|abroad|overseas|leav\w+|import\w*|transfer\w*|before\s(?:selling|sending|shipping))\b",
        "adopt",
        "export licence",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "must|must now|must first|now have to",
        r"\s(?:now\s)?(?:lodge|post|put up|deposit|pay)\s(?:an?\s|cash\s)?(?:[\w-]+\s){0,2}?(?:guarantees?|deposits?|bonds?|security)\b",
        "adopt",
        "tariff",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "must|shall|must now|has to",
        r"\s(?:now\s)?(?:be\s(?:smelted|refined|processed|crushed|milled|beneficiated|upgraded)\s(?:in the country|at home|locally|domestically|in\s\w+)|sell\s(?:[\w'’-]+\s){0,5}?(?:at home|to domestic|to local|domestically|locally))\b",
        "adopt",
        "export restriction",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "must|must now|has to|have to|told|ordered",
        r"\s(?:now\s|to\s)?(?:sell|dispose of|divest|give up|walk away from|unwind|get rid of|hand over)\s(?:its|their|the|a|his|all)\s[^.;\n]{0,60}?\b(?:bid|stakes?|shares?|shareholdings?|holdings?|unit|subsidiary|interests?)\b",
        "adopt",
        "investment restriction",
        subject=False,
        ahead=NO_PERSON,
    ),
    # Offices must not buy what they must take out.
    said(
        "must|shall",
        r"\s(?:prevent|stop|cease|prohibit|not\spermit)\s(?:the\s)?(?:acquisition|purchase|procurement|use|installation|connection)\b",
        "adopt",
        "import ban",
        subject=False,
        ahead=re.compile(
            r"\b(?:entities|agencies|departments|ministries|offices|bodies|operators|carriers|authorities|contractors)\s$"
        ),
    ),
    said(
        "must|have to|told|ordered|tells|orders",
        r"\s(?:[\w'’-]+\s){0,4}?(?:now\s|to\s)?(?:strip|remove|rip|tear|purge|phase|take)\s(?:out\s|down\s)?[^.;:\n]{0,30}?\b(?:chinese|foreign|huawei|zte|russian|american|dji|hikvision|dahua)\b",
        "adopt",
        "import ban",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "need|needs|now need|now needs|will need|will now need|requires|awaits",
        rf"\s(?:an?\s)?{CAPITAL}(?:'s)?\s(?:[\w-]+\s)?(?:{LEAVE})\b",
        "adopt",
        "export licence",
        subject=False,
        goods=False,
        ahead=NO_PERSON,
    ),
    said(
        "now need|now needs|will need|will now need|needs|need",
        rf"\s(?:an?\s)?(?:[\w'’-]+\s){{0,2}}?(?:{LEAVE})\s(?:to (?:leave|travel|export|ship|go abroad|cross)|before (?:export|leaving|shipping|they leave|it leaves)|for (?:exports?|every shipment|each shipment|shipments|sales abroad|sale abroad|all destinations)|by order of|under (?:notice|announcement|order|regulation|decree))",
        "adopt",
        "export licence",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "carries|carry|will carry|attracts|will attract|pays|pay|will pay|gets|get|draws|cop|cops",
        rf"\s(?:an?\s|a further\s|extra\s|up to\s|between\s)*(?:\w+\s)?(?:\d[\d.]*\s?(?:%|per\s?cent|pct)(?:\s(?:to|and)\s\d[\d.]*\s?(?:%|per\s?cent|pct))?\s(?:[\w-]+\s)?(?:{LEVY}|at the (?:border|port|quay|frontier)|to enter|customs)|(?:charge|guarantee|deposit|{LEVY})\sof\s(?:up to\s|between\s|about\s)?\d)",
        "adopt",
        "tariff",
        subject=False,
        ahead=NO_PERSON,
    ),
    # A wall that is gone; goods that may sail again.
    said(
        "gone|is dead|are dead|is gone|are gone|is history|are history|is no more|are no more|bites the dust|falls away|fell away",
        r"(?=\s?(?:[.,;:!\n]|$)|\s(?:from|after|as of|for good|today|now|at)\b)",
        "withdraw",
        subject=False,
        ahead=MEASURE_IS,
    ),
    said(
        "may again|can again|may once more|can once more|again allowed to|allowed again to",
        r"\s(?:ship|sail|export|leave|sell|load|import|receive|buy|supply|be (?:sold|shipped|exported|imported|licensed))\b",
        "withdraw",
        "export ban",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "may sail|may ship|can ship|may leave|can sail|may load|can export|may export",
        r"\s[^.;:\n]{0,60}?\bagain\b",
        "withdraw",
        "export ban",
        subject=False,
        ahead=NO_PERSON,
    ),
    # Off somebody's list; goods that are taken out of a duty.
    said(
        "is off the|are off the|was off the|were off the|come off|came off",
        r"\s(?:the\s|its\s)?(?:[\w'’.-]+\s){0,3}?(?:black|entity|sanctions|denied|unverified|military|sdn|control)\s?list\b",
        "withdraw",
        "entity listing",
        subject=False,
        goods=False,
    ),
    said(
        "drops|dropped|removes|removed|strikes|struck|takes|took",
        rf"\s[^.;:,\n]{{2,60}}?\b(?:from|out of|off)\s{FILL}{{0,5}}?(?:{LEVY}|quotas?|curbs|export\sban|import\sban|controls)\b(?!\s(?:war|threat|list|exempt|exclusion|relief|waiver|break|holiday|pause))",
        "ease",
        "tariff",
        goods=False,
    ),
    # Accused of sending chips abroad.
    said(
        "accused|held|detained|charged|arrested|jailed|admitted|admits|convicted|sentenced|guilty|guilty plea|pleads guilty|pleaded guilty",
        r"\s(?:guilty\s)?(?:of|over|for|with|to|in)\s(?:[\w-]+\s){0,3}?(?:sending|smuggling|shipping|exporting|diverting|supplying|funnell?ing|(?:leaking|stealing)\s(?=[^.;]{0,40}(?:secret|technolog|data|design|blueprint|know-how|source\scode))|rerouting|re-?exporting|evading|busting"
        r"|conspir\w+\sto\s(?:send|smuggle|ship|export|divert|evade|supply)|[\w-]+\ssmuggling)\b",
        "enforce",
        "penalty",
        subject=False,
        ahead=NO_PERSON,
    ),
    # A batch of names on somebody's list.
    said(
        "names on|firms on|companies on|institutes on|labs on|makers on|suppliers on|entities on|ships on|tankers on|banks on|traders on|universities on",
        rf"\s(?:{CAPITAL}|{NATION})(?:'s)?\s(?:[\w-]+\s){{0,3}}?(?:control|black|entity|sanctions|export\scontrol|end[- ]user|unreliable|ship|no-sell|denied)\s?(?:[\w-]+\s)?list\b|\s(?:{CAPITAL})'s\slist\sof\s(?:end\susers|firms|compan(?:y|ies)|entities|buyers)\b",
        "adopt",
        "entity listing",
        subject=False,
        goods=False,
    ),
    # Caught by a licence rule, told to cut a place off.
    said(
        "caught by|caught in|hit by|named in|snared by|snared in|swept up in|covered by|swept into|caught up in|faces|face|facing",
        rf"\s(?:the\s|a\s|an\s)?(?:new\s|latest\s)?(?:(?:{NATION}|{CAPITAL}'s?|{CAPITAL}’s?)\s)?{FILL}{{0,4}}?(?:licen[cs]e|licensing|permit|export[- ]control|control|technology)\s(?:rules?|regime|requirements?|lists?|order|notice|limits|wall)\b",
        "adopt",
        "export licence",
        subject=False,
        ahead=NO_PERSON,
    ),
    said(
        "told|ordered",
        r"\sto\s(?:cut off|stop\s(?:supplying|selling\sto|shipping|serving|servicing)|halt\s(?:sales|shipments|supplies|deliveries))\b",
        "adopt",
        "export ban",
        subject=False,
    ),
    said(
        "to stay|stay|will stay|stays",
        r"\s(?:on the (?:mainland|islands?|archipelago)|at home|in the country)\b",
        "adopt",
        "export ban",
        subject=False,
        ahead=re.compile(r"\b(?:supply|output|ingots?|concentrates?|production|stocks?)\s$"),
    ),
    said(
        "win|wins|won|gets|get|secures|obtain",
        rf"\s(?:\w+\s){{0,2}}?{NATION}\s{FILL}{{0,3}}?(?:{LEVY}|protection|safeguards?|price\sfloor)\b(?!\s(?:exemption|waiver|relief|break|exclusion|reprieve|carve-out|holiday))",
        "adopt",
        "tariff",
        subject=False,
    ),
    said(
        "goes up|go up|went up",
        r"\s(?:against|around|for)\s[^.;:\n]{2,40}?\b(?:imports?|imported|foreign|from)\b",
        "adopt",
        "tariff",
        subject=False,
        ahead=re.compile(r"\b(?:walls?|barriers?|fences?|gates?)\s$"),
    ),
    said(
        "named|singled out|listed",
        rf"\sby\s{CAPITAL}\b(?!\sas\b|'s|\s(?:post|times|monthly|institute|university|magazine)\b)",
        "adopt",
        "entity listing",
        subject=False,
        ahead=re.compile(
            r"\b(?:firms|compan(?:y|ies)|\w*makers|labs|suppliers|entities|traders|institutes|banks|refiners|contractors|exporters)\s$"
        ),
    ),
)
"""Tried in their order, behind what governments do."""
