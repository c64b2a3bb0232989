"""Idioms of the press for what governments do: shuts the gate on ore, cuts a firm off from tools.

Pure. Each is a verb of no meaning by itself, and what must stand behind it.
"""

import re
from functools import cache

from alerts.reader.chirps import ABROAD, CHIRPS, DOOR
from alerts.reader.consequences import CONSEQUENCES
from alerts.reader.headlines import HEADLINES
from alerts.reader.sayings import SAYINGS, Idiom
from alerts.reader.terms import Hit

PER_CENT = r"(?:%|per\s?cent\b|pct\b)"
DUTY = r"(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|surcharge)"
TRADED = r"(?:exports?|imports?|shipments?|sales?|purchases?)"


OWNED = (
    r"\s(?:[\w'&-]+\s){0,5}?(?:units?|arms?|subsidiar(?:y|ies)|offices?|branch(?:es)?|labs?|firms?|makers?|compan(?:y|ies)|operations|business|developers?)\s"
    r"(?:of|with|owned by|run by|controlled by|linked to)\s"
)
HOLDERS = r"(?:holders?|shareholders?|stakeholders?|investors?|owners?|funds?|buyers?)"
NUMBER = r"(?:\d[\d,]*|dozens?(?:\sof)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|twenty|thirty|forty|more|another|further|new)"
PARTIES = (
    r"(?:tankers?|ships|vessels|carriers|shadow fleet|banks|lenders|officials|firms|compan(?:y|ies)|entit(?:y|ies)|individuals|people|suppliers|traders|traffickers"
    r"|refiners?|refineries|ports?|terminals?|networks?|fleet|exchanges|airlines|labs|laborator(?:y|ies)|institut\w+|names|organi[sz]ations|makers)"
)
WAR = r"(?:strikes?|missiles?|attack\w*|bomb\w*|overnight|killed|raids?|troops|navy|shell\w*|torpedo\w*|mines?|strait|gulf|war|blockade|rockets?)\b"
"""Ships and terminals that are hit by more than a list."""
AT_WAR = ("RU", "UA", "IL", "IR", "YE", "SY", "LB", "SD")
"""Who targets ships and banks with more than that as a rule."""
IDIOMS = (
    # Shuts the gate on raw ore; not a door that opens, nor a firm's own plant.
    Idiom(
        ("shut", "clos", "slam"),
        re.compile(
            rf"{DOOR}(?!{ABROAD})" + r"(?![^.;:\n]{0,40}\b(?:talks|migrants|refugees|hope|deal)\b)"
        ),
        "adopt",
        "export ban",
    ),
    Idiom(("shut", "clos"), re.compile(OWNED), "adopt", "investment restriction", goods=False),
    # Cut off from American lasers, a bank from the euro; not from the world, nor the power.
    Idiom(
        ("cuts", "cut", "cutting"),
        re.compile(
            r"(?=[^.;:\n]{0,70}?\boff\b)\s(?:[\w'’&,-]+\s){0,9}?off\sfrom\s(?!the\s(?:world|rest|outside|internet|grid|mainland|sea|land)\b|power|water|help|aid|relief|each)"
        ),
        "adopt",
        "export ban",
    ),
    Idiom(
        ("cut off", "cut-off"),
        re.compile(
            r"\sfrom\s(?:[\w'-]+\s){0,3}?(?:lasers?|chips?|tools?|parts?|goods|equipment|software|technolog(?:y|ies)|suppl(?:y|ies)|exports?|machines?|motors?|metals?|magnets?|components?)\b"
        ),
        "adopt",
        "export ban",
        subject=False,
        goods=False,
    ),
    # Brings a ban forward to 2028.
    Idiom(
        ("bring", "brought", "pull", "yank"),
        re.compile(
            r"\s[^.;:\n]{0,70}?\b(?:bans?|dut(?:y|ies)|tariffs?|rules?|curbs?|quotas?|deadline|start|date|lev(?:y|ies)|requirements?|controls?|limits?|law|phase-out)\s(?:[\w-]+\s){0,2}?(?:forward|fwd)\b"
        ),
        "adopt",
    ),
    # Goes on a list.
    Idiom(
        ("goes", "went", "go", "joins", "join", "joined", "lands", "landed", "placed", "end up"),
        re.compile(
            r"\s(?:on(?:to)?\s)?(?:[\w'.-]+\s){0,4}?(?:entity|covered|sanctions|control(?!led)|black|unverified|unreliable|denied|debarred|military|end[ -]user|end users|sdn|restricted|naughty)\s?(?:[\w-]+\s){0,2}?list\b(?!\sof\b)"
        ),
        "adopt",
        "entity listing",
        subject=False,
        goods=False,
    ),
    # Finds that cells were dumped.
    Idiom(
        ("finds", "found", "find", "rules that", "ruled that"),
        re.compile(
            r"\s(?:that\s)?[^.;:\n]{0,90}?\b(?:dumping|(?:were|was|are|is|been|being|had|have|mills|makers|exporters|firms|producers)\s(?:dumped|undercut)|dumped\s(?:on|$|[,.;])"
            r"|dumped\sin\s[^.;:\n]{2,24}\smarket|unfairly\s(?:subsidi[sz]ed|priced|traded)|(?:were|was|are|been)\ssubsidi[sz]ed|undercutting|material injury|below (?:fair value|cost))\b"
            r"(?!\s(?:in|at|into|near|outside|behind)\s(?!the\s\w+\smarket))"
        ),
        "adopt",
        "tariff",
    ),
    # Investigates subsidies.
    Idiom(
        ("investigates", "examines", "probes", "looks into"),
        re.compile(
            r"\s(?:[\w'’%-]+\s){0,6}?(?:subsid(?:y|ies)|dumping|imports?|state aid|circumvention|exports?|pricing|merger|takeover)\b"
            r"|\s(?!death|murder|crash|fire|claims)[^.;:\n]{2,50}?\sover\s(?!death|murder|crash|fire|abuse|claims)\w"
        ),
        "adopt",
        "probe",
    ),
    Idiom(
        ("investigates", "probes"),
        re.compile(
            r"\s[^.;:\n]{2,60}?\sfor\s(?:suspected|alleged|possible)\s(?:[\w-]+\s){0,3}?(?:breach|violat|monopol|abuse|dumping|evasion|smuggling|anti-monopoly)"
        ),
        "adopt",
        "probe",
        goods=False,
    ),
    # Targets tankers; a company's targets have no government before them.
    Idiom(
        (
            "targets",
            "targeted",
            "hits",
            "hit",
            "specifies",
            "specified",
            "designates",
            "goes after",
        ),
        re.compile(
            rf"\s(?!\d[\d.,]*\s?(?:bn|billion|million|trillion|crore|lakh|gw|mw|tonnes|tons|units|barrels|%|per))(?:(?:nearly|almost|over|about|some|up to)\s)?{NUMBER}\s(?:more\s|new\s)?(?:[\w'’-]+\s){{0,5}}?{PARTIES}\b(?!\swith\b)(?![^.\n]{{0,60}}\b{WAR})"
        ),
        "adopt",
        "sanction",
    ),
    # Bars a fund from buying a firm.
    Idiom(
        (
            "bars",
            "bar",
            "barred",
            "stops",
            "stop",
            "blocks",
            "block",
            "bans",
            "prevents",
            "forbids",
        ),
        re.compile(
            r"\s[^.;:\n]{0,60}?\b(?:funds?|investors?|firms?|buyers?|compan(?:y|ies)|groups?|bidders?|giant|\w*maker|conglomerate|holding|consortium)\s(?:from\s)?(?:buying|acquiring|taking over|investing in|owning|purchasing|(?:raising|increasing|lifting|taking)\s(?:its|their|a|an)\s(?:[\w.%-]+\s){0,2}?stake)\b"
        ),
        "adopt",
        "investment restriction",
        goods=False,
    ),
    Idiom(
        ("forc", "order"),
        re.compile(
            r"\s(?:the\s|a\s)?(?:forced\s)?(?:sale|sell-off|divestment|divestiture|disposal|unwinding)\sof\s[^.;:\n]{0,60}?\b(?:stakes?|shares?|shareholdings?|holdings?|interests?|unit|business|arm|firm|owner)"
        ),
        "adopt",
        "investment restriction",
        subject=False,
        goods=False,
    ),
    Idiom(
        ("forc", "orders", "ordered"),
        re.compile(rf"\s[^.;:\n]{{2,60}}?\b{HOLDERS}\sout\sof\s"),
        "adopt",
        "investment restriction",
        subject=False,
        goods=False,
    ),
    # May not be sold to a buyer, may not leave the country.
    Idiom(
        ("may not be sold", "must not be sold", "may not be taken over"),
        re.compile(
            r"\s(?:to|by)\s(?:[\w'-]+\s){0,3}?(?:buyers?|bidders?|funds?|groups?|investors?|firms?|owners?|compan(?:y|ies))\b"
        ),
        "adopt",
        "investment restriction",
        subject=False,
        goods=False,
    ),
    Idiom(
        ("may not", "must not", "may no longer", "can no longer"),
        re.compile(
            r"(?!\sleave\s[^.;:\n]{2,30}?\s(?:without|unless)\s(?:an?\s|the\s)?(?:[\w-]+\s){0,2}?(?:permit|licen[cs]e|stamp|paper|approval))"
            r"\s(?:leave\s(?:the country|\w+\s(?:after|from|without|unless)|unprocessed|raw)|be\s(?:exported|shipped|sent abroad|sold abroad|taken out)|export|ship)\b"
        ),
        "adopt",
        "export ban",
        subject=False,
    ),
    Idiom(
        ("may not", "must not", "may no longer", "can no longer"),
        re.compile(r"\s(?:be\s(?:imported|brought in)|import|enter\s(?:\w+\s)?(?:ports|market))\b"),
        "adopt",
        "import ban",
        subject=False,
    ),
    # Needs a nod from an office, leave to go abroad.
    Idiom(
        ("now need", "need", "will need"),
        re.compile(
            r"\s(?:an?\s|the\s|its\s)?(?:[\w-]+\s)?(?:papers?|paperwork|nod|stamp|approval|consent|leave|sign-off|clearance|permission|slip|permit|licen[cs]e)\s(?:first\s)?"
            r"(?:from\s(?!your|my|the\s(?:landlord|boss|bank|council|owner))|to\s(?:leave|go to|travel|be (?:exported|shipped)|export|ship)\b)"
        ),
        "adopt",
        "export licence",
        subject=False,
    ),
    # Licenses the sale of chips; lets them flow.
    Idiom(
        ("licenses", "licences"),
        re.compile(
            rf"\s(?:the\s|more\s|first\s)?(?:[\w'’-]+\s){{0,3}}?(?:{TRADED}|chips?|servers?|transfers?)\b"
        ),
        "adopt",
        "export licence",
    ),
    Idiom(
        ("lets", "allows"),
        re.compile(
            r"(?![^.;:\n]{0,80}\b(?:lapse|expire|run out)\b)\s[^.;:\n]{2,60}?\s(?:ship|flow|export|sell(?=\s(?:[\w-]+\s){0,4}?(?:to|abroad|overseas)\b)|sail|load|go on selling|keep (?:buying|selling|shipping|paying|operating|trading))\b"
        ),
        "ease",
        "export licence",
    ),
    # Samples makers in a case, makes a duty final.
    Idiom(
        ("samples", "picks"),
        re.compile(r"\s[^.;:\n]{2,80}?\b(?:case|probe|sample|investigation|inquiry)\b"),
        "adopt",
        "probe",
    ),
    Idiom(
        ("mak", "made"),
        re.compile(
            r"\s(?=[^.;:\n]{0,80}\b(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|curbs?|bans?|safeguards?|certification|licen[cs]\w+|registration|permits?|approvals?|label\w*|standards?|disclosure)\b)"
            r"[^.;:\n]{2,80}?\b(?:final|definitive|permanent|mandatory|compulsory)\b"
        ),
        "adopt",
    ),
    # Guards know-how, closes a loophole, keeps inverters out of tenders.
    Idiom(
        ("shields", "guards", "ring-fences", "protects", "locks"),
        re.compile(r"\s(?:[\w'’-]+\s){0,6}?(?:know-how|technolog(?:y|ies))\b"),
        "adopt",
        "control-list change",
        goods=False,
    ),
    Idiom(
        ("shields", "guards", "ring-fences", "protects", "locks"),
        re.compile(r"\s(?:[\w'’-]+\s){0,6}?(?:secrets|recipes?|tricks|process(?:es)?)\b"),
        "adopt",
        "control-list change",
    ),
    Idiom(
        ("closes loophole", "closes"),
        re.compile(
            r"(?:(?<=loophole)|\s(?:a\s|the\s|its\s)?(?:[\w-]+\s)?loophole)\s(?:for|on|in|that|through|used)\b"
        ),
        "adopt",
    ),
    Idiom(
        ("keep", "kept"),
        re.compile(
            r"\s[^.;:\n]{2,60}?\bout\sof\s(?:[\w'’-]+\s){0,4}?(?:projects?|tenders?|networks?|markets?|procurement|grids?|auctions?|contracts|schemes?)\b"
        ),
        "adopt",
        "import ban",
    ),
    Idiom(
        ("keeps", "kept"),
        re.compile(
            r"(?:(?<=licence keeps)|(?<=license keeps)|(?<=waiver keeps)|(?<=exemption keeps))\s[^.;:\n]{2,60}?\s(?:in business|running|open|afloat|operating|supplied)\b"
        ),
        "ease",
        "sanction",
        goods=False,
    ),
    Idiom(
        ("screen",),
        re.compile(
            r"\s(?:[\w'’-]+\s){0,3}?(?:transfers?|exports?|outflows?)\sof\s(?:[\w'‘’-]+\s){0,3}?(?:data|technolog(?:y|ies)|know-how|goods)\b"
        ),
        "adopt",
        "export restriction",
        goods=False,
    ),
    # Prolongs a halt of ore, takes goods out of a duty-free scheme, takes on subsidies.
    Idiom(
        ("extend", "prolong", "renew"),
        re.compile(r"\s(?:its\s|the\s|a\s)?(?:[\w-]+\s){0,2}?(?:halt|freeze|stop)\s(?:of|on|to)\s"),
        "adopt",
        "export ban",
    ),
    Idiom(
        ("takes", "took"),
        re.compile(
            r"\s[^.;:\n]{2,60}?\sout\sof\s(?:[\w'’-]+\s){0,2}?(?:duty-free|tax-free|zero-rated|zero-duty|exempt)\b"
        ),
        "adopt",
        "tariff",
    ),
    Idiom(
        ("takes", "took"),
        re.compile(r"\son\s(?:[\w'’-]+\s){0,3}?(?:subsid(?:y|ies)|dumping|imports)\b"),
        "adopt",
        "probe",
    ),
    Idiom(
        ("drop",),
        re.compile(
            r"\s(?:[\w'’-]+\s){0,4}?(?:recognition|accreditations?)\b(?!\s(?:requirement|rule))"
        ),
        "adopt",
        "import ban",
    ),
    Idiom(
        ("rolls", "rolled"),
        re.compile(
            r"\s[^.;:\n]{0,60}?\b(?:bans?|dut(?:y|ies)|tariffs?|curbs?|quotas?|lev(?:y|ies)|controls?|limits?)\s(?:forward|over)\b"
        ),
        "adopt",
    ),
    Idiom(
        ("hits", "hit"),
        re.compile(
            r"\s[^.;:\n]{2,60}?\b(?:over|for)\s(?:[\w'’-]+\s){0,2}?(?:parts|sales|exports?|shipments|trade|oil|chips|drones?|helping|supplying|evading|supplies|dealings|purchases)\b"
        ),
        "adopt",
        "sanction",
    ),
    # Wins aid from the state.
    Idiom(
        ("win", "wins", "gets", "get", "lands", "secures", "receives"),
        re.compile(
            r"\s(?:[\w'¥$€£.,%-]+\s){0,7}?(?:in\s|of\s)?(?:state|government|public|federal)\s(?:aid|subsid(?:y|ies)|money|grants?|support)\b"
        ),
        "adopt",
        "subsidy",
        subject=False,
    ),
    # Faces a probe, or a duty of so much; what may come is no rate yet.
    Idiom(
        ("faces", "face", "facing"),
        re.compile(
            r"\s(?:[\w'’.-]+\s){0,4}?(?:dumping|anti-dumping|antidumping|subsidy|anti-subsidy|trade|antitrust|competition|export|customs|safeguard|circumvention|tariff|national security|state aid|import)\s"
            r"(?:probes?|inquir(?:y|ies)|investigations?|case)\b"
        ),
        "adopt",
        "probe",
        subject=False,
    ),
    Idiom(
        ("faces", "face", "facing"),
        re.compile(
            rf"\s(?:[\w'’-]+\s){{0,4}}?(?:up to\s)?\d[\d.]*\s?{PER_CENT}\s(?:[\w-]+\s){{0,3}}?{DUTY}\b"
            rf"|\s(?:[\w'’-]+\s){{0,4}}?{DUTY}\sof\s(?:up to\s)?\d"
        ),
        "adopt",
        "tariff",
        subject=False,
    ),
    # Sets a cap on mining; answers fees with a charge of its own.
    Idiom(
        ("sets", "set", "fixes", "introduces"),
        re.compile(
            r"\s(?:[\w-]+\s){0,3}?(?:cap|ceiling|limit)s?\son\s[^.;:\n]{2,40}?\b(?:mining|output|production|exports?|imports?|shipments)\b"
        ),
        "adopt",
        "quota",
    ),
    Idiom(
        ("answer", "respond"),
        re.compile(
            rf"\s[^.;:\n]{{2,60}}?\bwith\s[^.;:\n]{{0,40}}?\b(?:port\scharges?|{DUTY}|bans?|curbs|fees?|sanctions|controls|probes?|blacklist)\b"
        ),
        "adopt",
    ),
    # Agrees a package.
    Idiom(
        ("agrees", "agreed"),
        re.compile(
            r"\s(?:on\s)?(?:(?:the|an?|its|new|fresh|more|further|\d+(?:st|nd|rd|th))\s){0,3}"
            r"(?:(?:[\w-]+\s){0,2}?(?:sanctions|curbs|duties|tariffs|quotas?|safeguards?|embargo|price cap)|(?:russia|belarus|iran|china|steel|trade|export|sanctions)\s(?:package|measures)"
            r"|(?:(?<=th\s)|(?<=st\s)|(?<=nd\s)|(?<=rd\s))package)\b"
        ),
        "adopt",
        goods=False,
    ),
    *SAYINGS,
    *CONSEQUENCES,
    *CHIRPS,
    *HEADLINES,
)
"""Tried in their order; the first one that fits has it."""
BESIDE = 110
"""Characters between a verb and the goods or the firm that it may be about."""
TRADERS = re.compile(
    r"\b(?:\w*makers|mills|smelters?|refiners?|importers|exporters|suppliers|vendors|contractors|chipmakers|fabs|miners|ore|concentrates?|ingots?|wafers?|modules?|hulls?|tankers?|carriers"
    r"|semiconductors?|minerals|smuggl\w+|dual-use|producers|refineries|machine\stools?|shipments)\b"
)
"""Who trades, and general words for goods, where no table knows the goods themselves."""
MIGHT = re.compile(
    r"\b(?:could|may|might|would|if|whether|not|never|to|should|can|still|already)\s$"
)
BETWEEN = re.compile(
    r"(?:'s\s(?:[\w-]+\s){0,4})?\s?(?:(?:government|cabinet|department|commission|council|watchdog|panel|agency|authority|parliament|customs|ministry|ministers?|regulator|treasurer|court|licen[cs]e|waiver|order|decree|ruling|really|finally|quietly|actually|officially|is|also|now|just|again|today|formally|has|have|is|to|will|on\s\w+day|\w+day)\s)*"
)
"""What may stand between a government's name and its verb."""


@cache
def idioms_of(word: str) -> tuple[Idiom, ...]:
    """Return the idioms that a verb of the tables can open, in their order."""
    return tuple(
        one for one in IDIOMS if (word in one.words if one.whole else word.startswith(one.words))
    )


def idiom(
    hit: Hit, word: str, named: Hit | None, folded: str, goods: bool
) -> tuple[Hit, list[Hit]] | None:
    """Return the cue that a verb is with what stands behind it, and the instrument it makes.

    named: the authority or country that was named last. goods: whether goods or a firm stand near.
    """
    for one in idioms_of(word):
        found = one.behind.match(folded, hit.end)
        if found is None or (one.subject and not subject(named, hit, folded)):
            continue
        near = max(0, hit.start - BESIDE), hit.end + BESIDE
        if one.goods and not goods and not TRADERS.search(folded, *near):
            continue
        if one.ahead and not one.ahead.search(folded, max(0, hit.start - 70), hit.start):
            continue
        if one.instrument == "sanction" and named and named.value in AT_WAR:
            continue
        if MIGHT.search(folded, max(0, hit.start - 10), hit.start) and not one.subject:
            return None
        made = [Hit(hit.start, found.end(), "instrument", one.instrument)] if one.instrument else []
        bare = "base:" if hit.value.startswith("base:") else ""
        return Hit(hit.start, hit.end, "cue", bare + one.value), made
    return None


def subject(named: Hit | None, hit: Hit, folded: str) -> bool:
    """Tell whether a government stands right before a verb."""
    if named is None or not 0 < hit.start - named.end <= 60:
        return False
    return bool(BETWEEN.fullmatch(folded, named.end, hit.start))
