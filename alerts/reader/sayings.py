"""More idioms of the press for what governments do: swaps a duty for a quota, keeps ore at home.

Pure. Also the words that these and consequences.py are made of.
"""

import re
from typing import NamedTuple


class Idiom(NamedTuple):
    """What a verb means before `behind`.

    words: how it begins. value: the cue that it is, with the instrument that it makes, "" for none.
    subject: whether an authority or a country must stand right before it.
    goods: whether goods or a firm must be named beside it.
    ahead: what must stand right before it, such as a measure.
    whole: whether the words are whole ones, not beginnings.
    """

    words: tuple[str, ...]
    behind: re.Pattern[str]
    value: str
    instrument: str = ""
    subject: bool = True
    goods: bool = True
    ahead: re.Pattern[str] | None = None
    whole: bool = False


FILL = r"(?:[\w'’&%.-]+\s)"
"""A word between two others."""
NATION = (
    r"(?:american|us|u\.s\.|chinese|british|uk|european|eu|japanese|dutch|korean|taiwanese|indian|canadian|mexican|brazilian|russian|german|turkish|australian"
    r"|indonesian|vietnamese|thai|malaysian|philippine|argentine|chilean|egyptian|saudi|israeli|ukrainian|kazakh|moroccan|pakistani|bangladeshi|polish|italian|french|spanish|swiss|swedish|norwegian"
    r"|south\s(?:korean|african)|western|foreign)"
)
CAPITAL = (
    r"(?:beijing|washington|brussels|tokyo|seoul|new delhi|delhi|the hague|london|taipei|ottawa|canberra|jakarta|moscow|ankara|hanoi|bern|berlin|paris|rome|madrid"
    r"|brasilia|pretoria|kinshasa|abuja|manila|bangkok|kuala lumpur|riyadh|abu dhabi|santiago|mexico city|uncle sam|mofcom|meti|bis|ofac|dgft|the ministry|the minister|the government|the regulator|the state|the treasury|customs)"
)
LEVY = r"(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surtax|surcharges?)"
MEASURE = (
    rf"(?:{LEVY}|bans?|curbs?|quotas?|fees?|sanctions|safeguards?|embargo(?:es)?|licen[cs]ing|(?:export|import)\s(?:licen[cs]es?|permits?)|controls?"
    r"|restrictions?|price\sfloors?|minimum\s(?:import\s)?prices?|moratorium)"
)
CASE = r"(?:probes?|inquir(?:y|ies)|investigations?|cases?)"
LEAVE = r"(?:permits?|licen[cs]es?|permission|blessing|stamp|paperwork|leave|approval|consent|nod|sign-off|say-so|signature|okay|ok|clearance)"
WORKS = (
    r"(?:plants?|fabs?|factor(?:y|ies)|gigafactor(?:y|ies)|production|lines?|works|smelters?|refiner(?:y|ies)|mines?|foundr(?:y|ies)|batter(?:y|ies)|chips?|semiconductors?"
    r"|wafers?|cells?|\w*makers?|capacity|silicon|carbide|magnets?|memory|tie-up|reactors?|shipyards?|furnaces?)"
)
UNITS = r"(?:bn|billion|b|m|mn|mln|bln|million|trillion|tn|crore|lakh)"
MONEY = (
    rf"(?:(?:us|a|c|nz|s|hk|nt)?[$€£¥₩₹]\s?\d[\d.,]*\s?{UNITS}?\b|(?:rs|rmb|eur|usd|y)\s?\d[\d.,]*\s?{UNITS}?\b"
    rf"|\d[\d.,]*\s?{UNITS}(?:\s(?:in\s)?(?:yen|yuan|euros?|dollars?|won|baht|rupees|pounds|ringgit|reais|pesos|riyals?|dirhams?|kronor|francs))?)"
)
ABOUT = r"(?:(?:up to|as much as|about|nearly|almost|some|another|over|more than|its|a)\s)?"
GOODS = (
    r"(?:chips?|parts|tools?|kit|gear|equipment|software|technolog(?:y|ies)|components?|metals?|ores?|minerals?|magnets?|modules?|machines?|lasers?|goods|cover"
    r"|suppl(?:y|ies)|drones?|cells?|batter(?:y|ies)|steel|inputs?)"
)
COMMODITY = (
    r"(?:ores?|metals?|concentrates?|oxides?|flakes?|scrap|petrol|gasoline|diesel|fuel|rice|sugar|wheat|corn|maize|onions?|copper|zinc|nickel|tin|bauxite|lithium|cobalt|graphite"
    r"|gallium|germanium|antimony|tungsten|magnets?|chips|material|lumps|know-how|technology|recipes?|alumina|manganese|chromite|fertili[sz]ers?|urea|logs|timber|cocoa|nuts|coal|steel)"
)
NO_PERSON = re.compile(
    r"(?<!\bi\s)(?<!\bwe\s)(?<!\byou\s)(?<!\bhe\s)(?<!\bshe\s)(?<!\bpeople\s)(?<!\bkids\s)(?<!\bfans\s)(?<!\bwho\s)(?<!\bnobody\s)(?<!\banyone\s)(?<!\bone\s)(?<!\bdrivers\s)(?<!\bowners\s)$"
)
"""Before what is no one person's doing or wish."""
MEASURE_IS = re.compile(rf"\b{MEASURE}(?:\s(?:on|for|against|around)\s[^.;:,\n]{{2,50}}?)?\s$")
"""Before what becomes of a measure."""


def said(
    words: str,
    behind: str,
    value: str = "adopt",
    instrument: str = "",
    *,
    subject: bool = True,
    goods: bool = True,
    ahead: re.Pattern[str] | None = None,
) -> Idiom:
    """Return an idiom; its words are parted by bars."""
    return Idiom(
        tuple(words.split("|")), re.compile(behind), value, instrument, subject, goods, ahead, True
    )


SAYINGS = (
    # Gives a fab so much; pays for a plant, but not a fine.
    said(
        "gives|gave|hands|handed|grants|granted|awards|awarded|pours|poured|pumps|pumped|ploughs|plows|ploughed|plowed|throws|threw|injects|injected|stumps up|commits|committed"
        "|earmarks|earmarked|sets aside|signs off|signed off|channels|lavishes|offers|approves|approved",
        rf"\s(?:on\s)?{FILL}{{0,5}}?(?:{MONEY})[^.;:\n]{{0,60}}?\b(?:for|to|into|towards?|at)\s[^.;:\n]{{0,60}}?\b{WORKS}\b",
        "adopt",
        "subsidy",
    ),
    said(
        "to pay|will pay|pays|paid|pay|to fund|funds|to bankroll|bankrolls",
        rf"\s{ABOUT}(?:{MONEY}|\w+\sof)[^.;:\n]{{0,40}}?\b(?:for|towards?|of)\s[^.;:\n]{{0,60}}?\b{WORKS}\b",
        "adopt",
        "subsidy",
    ),
    said(
        "claw back|reclaim",
        r"\s[^.;:\n]{0,50}?\b(?:subsid(?:y|ies)|grants?|aid|incentives?|rebates?|credits?)\b",
        "intend",
        "subsidy",
    ),
    said(
        "claws back|clawed back|reclaims|reclaimed",
        r"\s[^.;:\n]{0,50}?\b(?:subsid(?:y|ies)|grants?|aid|incentives?|rebates?|credits?)\b",
        "enforce",
        "subsidy",
    ),
    # Swaps a duty for a quota; carves tons out of a ban; spares goods from it.
    said(
        "swaps|swapped|swap|exchanges|replaces|replaced|replace",
        rf"\s{FILL}{{0,7}}?(?:{LEVY}|bans?|embargo)\s[^.;:\n]{{0,40}}?\b(?:for|with|by)\s{FILL}{{0,3}}?quotas?\b",
        "ease",
        "quota",
        goods=False,
    ),
    said(
        "swaps|swapped|swap|exchanges",
        rf"\s{FILL}{{0,7}}?(?:{LEVY}|safeguards?)\s[^.;:\n]{{0,40}}?\b(?:for|with|by)\b",
        "adopt",
        "tariff",
        goods=False,
    ),
    said(
        "swaps|swapped|swap|exchanges",
        rf"\s{FILL}{{0,7}}?{MEASURE}\s[^.;:\n]{{0,40}}?\b(?:for|with|by)\b",
        goods=False,
    ),
    said(
        "carves|carved|spares|spared|spare|excuses|excused|excuse|frees|freed|exempts|exempted",
        rf"\s[^.;:\n]{{2,70}}?\b(?:from|out of)\s{FILL}{{0,5}}?(?:{MEASURE}|checks?|tax|rules?)\b",
        "ease",
        goods=False,
    ),
    said(
        "frees|freed|clears|waves in|waves through",
        rf"\s{FILL}{{0,4}}?(?:buyers|firms|compan(?:y|ies)|exporters?|plants?|containers?|cargo(?:es)?|shippers?|packers|slaughterhouses|shipments?|consignments?|mills)\b",
        "ease",
    ),
    said(
        "opens|opened|open|reopens|reopened|unlocks",
        r"\s(?:the\s|its\s|a\s)?(?:doors?|gates?|taps?)\s(?:a crack\s|again\s|wider\s)?(?:to|for)\b(?!\s(?:the\s(?:sea|world|future|public|north|south)|talks|peace|negotiat|dialogue|refugees|migrants|tourists|visitors))",
        "ease",
    ),
    said(
        "shut out|shuts out|locks out|locked out|frozen out|freezes out|squeezes out|keeps out",
        r"\s(?:of\s)?(?:[\w'’-]+\s){1,6}?(?:markets?|tenders?|auctions?|supply chains?|networks?|procurement|projects?|grids?|cars|contracts)\b",
        "adopt",
        "import ban",
        goods=False,
    ),
    # Keeps ore at home; ore stays on the islands.
    said(
        "keeps|keep|kept",
        r"\s(?:all\s|more\s)?(?:of\s)?(?:its|their|the)\s(?:[\w'’-]+\s){0,5}?(?:at home|home|to itself|onshore|in the country|inside the country|for itself|for local \w+|off the (?:export|world) market)\b",
        "adopt",
        "export ban",
    ),
    said(
        "fences|fenced|walls|walled|ring-fences|ropes",
        r"\s(?:off|in)\s(?!by\b)",
        "adopt",
        "export restriction",
    ),
    *(
        said(
            "puts|put|slaps",
            rf"\s(?:an?\s)?(?:export\s)?(?:{words})s?\s(?:on|around|under)\b(?!\s(?:spending|prices|rents?|rates|wages|pay|fees|profits|fares))",
            "adopt",
            instrument,
        )
        for words, instrument in (
            ("lid|padlock|lock|leash|stamp|cap", "export restriction"),
            ("licen[cs]e|permit", "export licence"),
        )
    ),
    said(
        "puts|put|sets|lays",
        r"\s(?:a\s|the\s)?(?:price\s)?floor\s(?:under|below|beneath)\b(?!\s(?:the\s)?(?:yuan|yen|won|rupee|currency|stocks|shares|markets?|prices))",
        "adopt",
        "tariff",
    ),
    said(
        "draws|drew|puts|put|throws|threw|builds|built|erects|erected|raises",
        rf"\s(?:a\s|an\s|its\s)?(?:\w+\s)?(?:(?:line\sunder|ring\s(?:a?round|fence)|fence\s(?:a?round|on)|wall\s(?:a?round|against|for|on|to keep))|(?:{LEVY})\swall)\b",
    ),
    said(
        "shuts|shut|closes|closed|slams",
        r"\s(?:off\s)?(?:the\s)?(?:doors?|gates?|taps?|spigot|hatch|back door|window)(?:\sshut)?(?=\s?(?:[:,;.\n]|$)|\s(?:until|from|after|as of|this|next)\b)",
        "adopt",
        "export ban",
    ),
    said(
        "shuts|shut|closes|closed",
        r"\s(?:the\s|a\s|its\s)?(?:[\w-]+\s)?(?:gap|back door|loophole|route|detour|side door)\b",
    ),
    # Turns on a maker in a case; looks at whether goods are dumped.
    said(
        "turns|turned|moves|moved|takes aim|goes after|swoops|rounds",
        rf"\s(?:on|to|against|at)?\s?[^.;:\n]{{2,70}}?\b(?:dumping|subsidy|anti-dumping|antitrust|safeguard|circumvention|trade|301|232)\s{CASE}\b",
        "adopt",
        "probe",
        goods=False,
    ),
    said(
        "goes after|went after|takes aim at|took aim at|moves against|moved against|targets|targeted|widens the net|tightens the noose|turns the screw|hits out",
        r"\s(?!with\b|at\b|record|target|growth)[a-z]",
    ),
    said(
        "looks at|looking at|is looking at|weighs|weigh|examines|wants to know|asks|studies|considers|checks",
        r"\s(?:into\s)?(?:whether|if)\s[^.;\n]{2,110}?\b(?:below (?:cost|fair|price)|dumped|subsidi[sz]ed|undercut|endanger|threaten|harm\w*|hurt|security|state (?:aid|money|loans)|public money|injur\w+|circumvent\w*|too cheap)\b",
        "adopt",
        "probe",
        goods=False,
    ),
    said(
        "deepens|deepened|widens|widened|expands|expanded|broadens|steps up|escalates|reopens|revives|takes up|took up|starts|started|opens|opened|begins|began|launches",
        rf"\s(?:an?\s|the\s|its\s|new\s|second\s|another\s)*(?:in-depth\s)?{FILL}{{0,5}}?{CASE}\s(?:into|against|of|on|over)\b",
        "adopt",
        "probe",
        goods=False,
    ),
    said(
        "joins|joined|join",
        rf"\s{FILL}{{0,4}}?in\s{NATION}\s[^.;:\n]{{2,50}}?\b{CASE}\b",
        "adopt",
        "probe",
    ),
    said(
        "name|names|named|makes|make|made|declares|declared|declare|designates|brands|branded|classes|classed|labels|crowns",
        r"\s[^.;:\n]{2,80}?\b(?:core|strategic|protected|controlled|sensitive|critical|key)\s(?:technolog(?:y|ies)|sectors?|goods|items?|industr(?:y|ies))\b",
        "adopt",
        "control-list change",
    ),
    said(
        "writes|wrote|written|enshrines|codifies|puts|turns",
        rf"\s[^.;:\n]{{2,70}}?\b(?:rules?|limits?|{MEASURE}|gap|checks?)\b[^.;:\n]{{0,40}}?\binto\s(?:law|regulation|statute|decree)\b",
        goods=False,
    ),
    # A court that lets a measure stand; a bid that a minister refuses.
    said(
        "upholds|upheld|uphold|backs|confirms|leaves|lets",
        rf"\s(?:the\s|a\s|an\s)?{FILL}{{0,4}}?(?:{MEASURE}|veto|order|prohibition|listing|blacklisting)\b",
        ahead=re.compile(r"\b(?:court|judges?|tribunal|bench|appeals? panel)\s$"),
        subject=False,
        goods=False,
    ),
    said(
        "says no|say no|said no|turns down|turned down|rejects|rejected|refuses|refused|vetoes|vetoed|kills|killed|sinks",
        r"\s(?!to\s(?:licen|grant|issue|approve|renew|clear|let))(?:to\s)?[^.;:\n]{2,60}?\b(?:bid|takeover|sale|deal|purchase|acquisition|buyer|merger|stake|buyout|suitor)\b(?![^.;\n]{0,30}\b(?:peace|nuclear|truce|ceasefire|hostage|trade deal))",
        "adopt",
        "investment restriction",
    ),
    said(
        "turns down|turned down|rejects|rejected|refuses|refused|accepts|accepted",
        r"\s[^.;:\n]{2,60}?\b(?:minimum|price)\W(?:[\w-]+\s)?(?:offers?|undertakings?|promises?|bids?|floors?)\b",
        "adopt",
        "tariff",
    ),
    # Taxes imports by the kilo; means to have something out of networks.
    said(
        "taxes|taxed",
        rf"(?!\s(?:my|our|your|his|her)\b)\s{FILL}{{0,3}}?(?:{NATION}|imported|foreign)\s",
        "adopt",
        "tariff",
        goods=False,
    ),
    said(
        "wants|want|seeks|aims|hopes",
        rf"\s[^.;:\n]{{2,60}}?\b(?:kept\s)?out\sof\s{FILL}{{0,4}}?(?:networks?|cars|buses|trucks|vehicles|grids?|tenders?|markets?|data cent(?:re|er)s|supply chains?|meters|ports|hospitals)\b",
        "propose",
        "import ban",
    ),
    said(
        "about to|close to|near to|nears|leans to|leans toward|leans towards|leaning to",
        rf"\s(?:force|strict|year|a\s|an\s|the\s|accept|exempt|let\b|spar|delay|postpon|ban|bar|block|list|slap|impos|limit|cut|rais|ax|scrap|lift)[^.;:\n]{{0,80}}?\b(?:{MEASURE}|rules?|delay|out of|holders|{CASE}|exports?|imports?|licen[cs]es?|subsid(?:y|ies))\b",
        "weigh",
        goods=False,
    ),
    said(
        "takes up|took up|debates|debated",
        rf"\s(?:an?\s|the\s)?{FILL}{{0,4}}?(?:{MEASURE}|bill)\b",
        "propose",
    ),
    # Strips labs of their right, takes one name out of an action, has a holder in court.
    said(
        "drops|dropped|strips|stripped|bars|barred|ousts|ousted|expels|expelled|kicks out|delists|suspends",
        rf"\s(?:of\s)?{FILL}{{0,5}}?(?:labs?|laborator(?:y|ies)|test\shouses?|certifiers|testing\sbodies)\b",
        "adopt",
        "import ban",
        goods=False,
    ),
    said(
        "drops|dropped|takes|took|strikes|struck",
        rf"\s[^.;:\n]{{2,50}}?\b(?:from|out of|off)\s{FILL}{{0,5}}?(?:sanctions|designations?|terminal\saction)\b",
        "withdraw",
        "sanction",
        goods=False,
    ),
    said(
        "sues|sued|takes|took",
        r"\s[^.;:\n]{2,60}?\b(?:over|for)\s(?:[\w'’-]+\s){0,5}?(?:stakes?|shares|shareholding|holding|interests)\b(?!\sprice)",
        "enforce",
        "investment restriction",
        goods=False,
    ),
    said(
        "holds|held|detains|detained|stops|stopped|seizes|seized|turns back|turned back|impounds|impounded|intercepts|intercepted",
        rf"\s(?:the\s|a\s)?{FILL}{{0,4}}?(?:shipments?|cargo(?:es)?|containers?|consignments?|parcels?)\b[^.;\n]{{0,50}}?\b(?:over|for|under|as|because|of|without)\b",
        "enforce",
        "import ban",
    ),
    said(
        "settles on|settled on|lands on|plumps for|opts for",
        rf"\s{ABOUT}\d[\d.,]*\s?(?:m|mln|mn|million|thousand)?\s?(?:metric\s)?(?:tons|tonnes|units|vehicles|cars)\b",
        "adopt",
        "quota",
    ),
    said(
        "tells|told|asks|orders|ordered",
        rf"\s[^.;:\n]{{2,60}}?\bto\s(?:shun|avoid|drop|ditch|stop (?:buying|using|ordering)|strip|rip out|purge|phase out|unplug|swear off)\s{FILL}{{0,4}}?(?:{NATION}|nvidia|intel|amd|huawei|zte|dji|tiktok)\b",
        "adopt",
        "import ban",
        goods=False,
    ),
    said(
        "makes|made|forces|forced|compels|obliges|obliged|orders|ordered|wants|tells|told",
        rf"\s[^.;:\n]{{2,60}}?\b(?:declare|disclose|register|label|report|trace|licen[cs]e|localise|localize|store)\s{FILL}{{0,6}}?(?:origin|chips?|servers|data|imports?|exports?|buyers|users|owners|suppliers|batter(?:y|ies)|code|content)\b",
    ),
    said(
        "lays|laid|sets|clamps|clamped|levies|slaps|slapped|imposes|puts|put|fixes|fixed|lands",
        rf"\s{ABOUT}{FILL}{{0,3}}?\d[\d.]*\s?(?:%|per\s?cent|pct)\s(?:[\w-]+\s){{0,3}}?(?:on|for)\s(?:{NATION}|imported|imports|goods)\b",
        "adopt",
        "tariff",
        goods=False,
    ),
    said(
        "guts|gutted|softens|softened|weakens|narrows|trims|trimmed|shortens|pares back|pared back|tones down|toned down",
        rf"\s[^.;:\n]{{0,60}}?\b(?:{MEASURE}|rules?|draft|bill|list|plan|duty)\b",
        "ease",
        goods=False,
    ),
    said(
        "hardens|stiffens|stiffened|beefs up|beefed up|sharpens|sharpened|ramps up|ramped up|bolsters|bolstered|steps up|strengthens|strengthened|deepens",
        rf"\s[^.;:\n]{{0,60}}?\b(?:{MEASURE}|export\srules|trade\sbarriers?|import\schecks)\b",
        "adopt",
        goods=False,
    ),
    said(
        "sends|sent|submits|forwards|refers",
        rf"\s[^.;:\n]{{0,60}}?\b(?:{MEASURE}|rules?|bill|decree|plan)\b[^.;:\n]{{0,20}}?\bto\s(?:the\s)?(?:white house|parliament|congress|cabinet|senate|president|lawmakers|duma|council|budget office)\b",
        "propose",
        goods=False,
    ),
    # Cuts contractors off, has miners refine at home, has aid handed back.
    said(
        "cuts|cut|cutting",
        rf"\s[^.;:\n]{{2,60}}?\boff\sfrom\s{FILL}{{0,3}}?(?:items|goods|{GOODS}|exports)\b",
        "adopt",
        "export ban",
        goods=False,
    ),
    said(
        "cuts off|cut off|cutting off|cuts|cutting",
        r"\s(?:off\s)?(?:[\w'’-]+\s){0,4}?(?:contractors|builders|(?<!up\s)(?:\w*)makers|suppliers|buyers|refiners|traders|labs|institutes|arms\sfirms|defen[cs]e\sfirms)(?:\soff)?\b(?=[^.;:\n]{0,60}?\b(?:from|of|over|after|in)\b|\s?$|\s?[.\n])",
        "adopt",
        "export ban",
    ),
    said(
        "squeezes|presses|forces|forced|makes|made|tells|told|orders|ordered|obliges|obliged|wants|asks",
        r"\s[^.;:\n]{2,60}?\bto\s(?:refine|process|smelt|beneficiate|crush|sell|mill|concentrate)\s(?:[\w'’-]+\s){0,4}?(?:at home|locally|in the country|domestically|to local|to domestic)\b",
        "adopt",
        "export restriction",
    ),
    said(
        "orders|ordered|tells|told|makes|made|forces|forced",
        rf"\s[^.;:\n]{{2,50}}?\b(?:hand|pay|give)\sback\s[^.;\n]{{0,20}}?(?:{MONEY}|subsid|aid\b|grants?\b|incentives)",
        "enforce",
        "subsidy",
        goods=False,
    ),
    said(
        "probes|investigates|examines|queries|vets|vetted|looks into|scrutinises|scrutinizes",
        rf"\s(?:the\s|a\s|an\s)?{FILL}{{0,5}}?(?:bids?|tender|merger|takeover|purchase|acquisition|imports|pricing|subsid(?:y|ies)|guarantee)\b",
        "adopt",
        "probe",
        goods=False,
    ),
    said(
        "tells|told|orders|ordered|asks|instructs|bars|forbids|bans",
        r"\s[^.;:\n]{2,60}?\b(?:to\s(?:cut off|stop\s(?:supplying|selling\sto|shipping|serving|servicing)|halt\s(?:sales|shipments|supplies|deliveries))|from\s(?:supplying|servicing|shipping|selling\sto|dealing\swith))\b",
        "adopt",
        "export ban",
        goods=False,
    ),
    said(
        "protects|shields|shelters|guards",
        rf"\s(?:its\s|the\s|local\s|domestic\s|home\s)?{FILL}{{0,3}}?(?:\w*makers|mills|producers|growers|smelters|refiners|farmers)\b[^.;\n]{{0,40}}?\b(?:with|from|by|against)\s[^.;\n]{{0,40}}?\b(?:imports?|{LEVY}|dumped|cheap|foreign|quotas?|{NATION})\b",
        "adopt",
        "tariff",
    ),
    said(
        "cuts off|cut off|cutting off",
        r"\s(?:[\w'’-]+\s){1,6}?from\s(?!the\s(?:world|rest|outside|internet|grid|mainland|sea|land)\b|power|water|help|aid|relief|each)",
        "adopt",
        "export ban",
    ),
    said(
        "adds|added|adding|add",
        rf"\s[^.;:\n]{{2,60}}?\bto\s(?:the\s|its\s|a\s)?{FILL}{{0,3}}?sectors?\b",
        "adopt",
        "investment restriction",
    ),
    said(
        "adds|added|adding|add",
        rf"\s[^.;:\n]{{2,60}}?\bto\s(?:the\s|its\s|a\s)?{FILL}{{0,4}}?(?:controls|licensing|curbs|regime|ban|sanctions|restrictions)\b",
    ),
    said(
        "stops|stopped|halts|halted|bars|barred",
        rf"\s(?:the\s|its\s|all\s)?{FILL}{{0,3}}?(?:exporters|shippers|loadings|resellers|sellers)\b(?!\s(?:strike|protest))",
        "adopt",
        "export ban",
    ),
    said(
        "wants|want|seeks",
        r"\s[^.;:\n]{2,60}?\b(?:kept\sout\sof|off\slimits\sto|barred\sfrom|out\sof\sreach\sof)\s\w",
        "propose",
        "export ban",
    ),
)
"""Tried in their order, behind those of idioms.py."""
