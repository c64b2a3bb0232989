"""Whose act an official text tells by how it is written: its number, its border, its money.

Pure. Asked only of official texts in which no office, law or measure names the country.
"""

import re
from collections.abc import Sequence

from alerts.reader.actors import DEMONYM
from alerts.reader.aims import OWNED_GAP, acting_of
from alerts.reader.cues import Sentence
from alerts.reader.terms import Hit

FORMS: tuple[tuple[str, str], ...] = (
    ("US", (r"\bsection\s(?:201|232|301|337|122|421)\b|\badjusting\simports\sof\b|^\W{0,3}(?:enforcement\srelease|presidential\sdocument)\b|\border\sregarding\sthe\s(?:proposed\s)?acquisition\b|\bimport\sadjustment\b|\b\d\d-cr-\d{3,5}\b|\bcountervailable\ssubsid|\bless\sthan\sfair\svalue\b"
           r"|^\W{0,3}[^\n:.]{4,120}\sfrom\s[^\n:.]{3,120}:\s(?:[\w-]+\s){0,5}?(?:determinations?|results|countervailing|antidumping|initiation|continuation|postponement|rescission)\b")),
    ("PK", r"\bs\.?\s?r\.?\s?o\.?\s?(?:no\.?\s?)?\d{1,4}\s?\(i\)|\bntc\b[\s\S]{0,160}?\b(?:anti-?)?dump|\ba\.?d\.?c\.?\s(?:no\.?\s?)?\d{1,3}/"),
    ("BD", r"\bs\.?\s?r\.?\s?o\.?\s(?:no\.?\s?)?\d{1,4}[-/](?:law|l|ain)\b"),
    ("ZA", r"\b(?:notice|no\.)\sr\.\s?\d{3,5}\b|\bitac\sreport\b"),
    ("ID", (r"\bpmk\s(?:no\.?\s?|nomor\s)?\d|/pmk\.\d{3}/|\b(?:nomor|no\.?|number)\s\d{1,4}\stahun\s20\d\d|\.pers/\d")),
    ("GB", r"\(sanctions\)\s(?:\(eu\sexit\)\s)?(?:\(amendment\)\s)?regulations\b|\b(?:ad|ts|as|sg|tq|td)00\d\d\b|\btrade\sremedies\snotice\s20\d\d/|\b(?:anti-dumping|countervailing)\samount\b|\bexport\scontrol\s\(amendment\)|\bnotice\sto\simporters\s\d"),
    ("AU", r"\b(?:anti-dumping\snotice|adn)\s(?:no\.?\s?)?20\d\d/\d|\b(?:dumping|countervailing)\sduty\snotice\b|\binterim\sdumping\sduty\b|\bsection\s269t|\bcustoms\snotice\sacdn|\bautonomous\ssanctions\b|\bcustoms\s(?:act\s)?\(prohibited\s(?:ex|im)ports\)"),
    ("EU", r"\bofficial\sjournal\b|\bimpending\sexpiry\b|\bc\(20\d\d\)\s\d{3,4}\b"),
    ("CN", r"输华|对华出口资格|进口申报|在华注册"),
    ("CA", (r"\bnotice\sto\s(?:ex|im)porters\s(?:serial\s)?no\.?\s?\d{3,4}\b|\bsurtax(?:es)?\b[^.\n]{0,60}\b(?:remissions?|order|goods)\b|\bremissions?\b[^.\n]{0,60}\bsurtax|\bremission\sdecisions?\b|\bbatch\s(?:of\s)?remission|\bgeneral\s(?:export|import)\spermit\sno"
           r"|\bcustoms\snotice\s\d\d-\d")),
    ("PH", (r"\b(?:department\s)?administrative\sorder\s(?:no\.?\s?)?\d\d-\d\d\b|\bdao\s(?:no\.?\s?)?\d\d-\d\d"
           r"|\bcustoms\s(?:memorandum|administrative)\sorder\b|\bexport\scommodity\sclearance\b")),
    ("IN", r"\b(?:public|trade)\snotice\s(?:no\.?\s?)?\d{1,3}/20\d\d-\d\d\b|\bf\.?\s?no\.?\s?\d{1,2}/\d{1,3}/20\d\d|\b\d{1,3}/20\d\d-customs\b"),
    ("GH", r"\bl\.\s?i\.?\s?2\d{3}\b"),
    ("HK", r"\(strategic\scommodities\)|\bl\.\s?n\.\s?\d{1,3}\sof\s20\d\d"),
    ("MY", r"\bcustoms\s\(prohibition\sof\s(?:ex|im)ports\)\sorder|\bp\.?\s?u\.?\s?\(a\)\s?\d"),
    ("IT", r"\bdecree-law\s21/2012"),
    ("SG", r"\bstrategic\sgoods\s\(control\)|\bregulation\sof\simports\sand\sexports\b"),
    ("LK", r"\bimports\sand\sexports\s\(control\)|\bextraordinary\s(?:gazette|no\.)\s(?:no\.?\s?)?2\d{3}/\d\d"),
    ("TR", r"\bofficial\sgazette\s(?:no\.?\s?)?3[1-4]\d{3}\b"),
    ("PE", r"\bsupreme\sdecree\s(?:no\.?\s?)?\d{1,3}-20\d\d-"),
    ("BO", r"\bsupreme\sdecree\s(?:no\.?\s?)?\d{4}\b"),
    ("DE", r"\bgeneral\sauthori[sz]ation\sno\b|\bbundesanzeiger\b"),
    ("AR", r"\bnon-automatic\simport\slicen|\bderechos\sde\sexportaci[óo]n"),
    ("MX", r"\b(?:preliminary|final)\sresolution\sof\sthe\s(?:anti|counter)|\bresolution\s(?:accepting|declaring)\b[^.\n]{0,60}\banti-?dumping|\bcompensatory\s(?:duty|duties|quotas?)\b|\bgeneral\simport\sand\sexport\stax"),
    ("BR", r"\binstru[çc][ãa]o\snormativa|\bresolu[çc][ãa]o\sgecex"),
    ("NO", r"\bfor-20\d\d-\d\d-\d\d"),
    ("ZW", r"\bbase\sminerals\sexport\scontrol\b|\bcontrol\sof\sgoods\s\((?:ex|im)port\)"),
    ("ES", r"\broyal\sdecree(?:-law)?\s\d{1,4}/20\d\d|\bprograma\s"),
    ("SE", r"\bsfs\s20\d\d:\d"),
    ("NL", r"\bstcrt\b|\binwerkingtreding\b|\bminister\sfor\sforeign\strade\b[^.\n]{0,160}\bsemiconductor|\bsemiconductor[^.\n]{0,60}[.\n][^.\n]{0,20}\bminister\s(?:for|of)\sforeign\strade\b"),
    ("RU", r"\bexports?\sof\s[\w\s]{3,40}?\sbeyond\sthe\scustoms\sterritory\sof\sthe\sunion|\bunfriendly\s(?:states|countries)\b"),
    ("TH", r"\bb\.?\s?e\.?\s?25[67]\d\b"),
    ("KR", (r"\((?:public\s)?notice\s20\d\d-\d{1,3}\)|\bpublic\snotice\son\s(?:export|the\sexport)|\bministry\sof\s(?:finance\sand\seconomy|economy\sand\sfinance)(?:\s(?:ordinance|decree|notice)|:)")),
    ("JP", r"\bgoods\sordinance\b|\bministerial\sorder\son\sgoods\b|令和\s?\d|\breiwa\s\d"),
    ("TW", r"(?<!\d)11[4-9]年(?:\d{1,2}月|度)|台财关|经授?贸字"),
)  # fmt: skip
"""Country -> the forms of numbers and titles that only its offices write."""
BY_FORM = [(country, re.compile(pattern)) for country, pattern in FORMS]

SHARED: tuple[tuple[str, str], ...] = (
    ("US", r"^\W{0,3}(?:notice|announcement)\s20\d\d-\d{1,2}\b"),
    ("ID", (r"\bminister(?:ial)?\sregulation\sno\b"
           r"|\bregulation\sof\sthe\sminister\sof\s(?:trade|finance|industry|energy|agriculture|investment)\b[\w\s]{0,40}?\s(?:no|number)\b")),
    ("PH", r"\bexecutive\sorder\s(?:no\.?\s?)?\d{1,3}\b(?![,.]\d)"),
    ("KE", r"\blegal\snotice\s(?:no\.?\s?)?\d{1,3}\sof\s20\d\d"),
    ("IT", r"\bspecial\spowers\b"),
    ("CO", r"\bdecreto\s(?:no\.?\s?)?\d{4}\sde\s20\d\d"),
    ("AR", r"^\W{0,3}decreto\s\d{2,4}/20\d\d|\bresoluci[óo]n\s\d{2,4}/20\d\d"),
    ("BR", r"\bportaria\b"),
    ("JP", r"\bcabinet\sorder\b|\bministerial\sordinance\b"),
)  # fmt: skip
"""Forms that others write too, so they tell a country only where no other one can be meant."""
BY_SHARED = [(country, re.compile(pattern)) for country, pattern in SHARED]

WTO = re.compile(r"\bg/(?:sg|tbt|sps|adp|scm|lic|mi|q)/n/(?:\d{1,3}/)?([a-z]{2,3})/\d")
WTO_CODES = {
    "mar": "MA", "egy": "EG", "ind": "IN", "idn": "ID", "tur": "TR", "zaf": "ZA", "chn": "CN", "usa": "US", "eu": "EU",
    "eec": "EU", "vnm": "VN", "tha": "TH", "phl": "PH", "mys": "MY", "jpn": "JP", "kor": "KR", "bra": "BR", "mex": "MX",
    "chl": "CL", "col": "CO", "per": "PE", "arg": "AR", "ecu": "EC", "can": "CA", "aus": "AU", "nzl": "NZ", "gbr": "GB",
    "che": "CH", "nor": "NO", "ukr": "UA", "rus": "RU", "kaz": "KZ", "kgz": "KG", "pak": "PK", "bgd": "BD", "lka": "LK",
    "ken": "KE", "uga": "UG", "tza": "TZ", "nga": "NG", "gha": "GH", "tun": "TN", "jor": "JO", "isr": "IL", "sau": "SA",
    "are": "AE", "kwt": "KW", "qat": "QA", "omn": "OM", "bhr": "BH", "tpkm": "TW", "hkg": "HK", "sgp": "SG", "cri": "CR",
    "gtm": "GT", "dom": "DO", "mdg": "MG", "mda": "MD", "geo": "GE", "arm": "AM", "npl": "NP", "khm": "KH", "lao": "LA",
}  # fmt: skip
"""Codes of members in the numbers of notifications: G/SG/N/8/MAR/5."""

MONEY: tuple[tuple[str, str], ...] = (
    ("GB", r"\(sanctions\)\s(?:\(eu\sexit\)\s)?(?:\(amendment\)\s)?regulations\b|£\s?\d|\bgbp\s?\d"), ("PH", r"\bphp\s?\d|₱\s?\d"), ("ID", r"\b(?:rp\.?|idr)\s?\d|\brupiah\b"),
    ("MY", r"\bcustoms\s\(prohibition\sof\s(?:ex|im)ports\)\sorder|\brm\s?\d[\d,.]*\b|\bringgit\b"), ("TH", r"\bthb\s?\d|\bbaht\b"), ("VN", r"\bvnd\s?\d|\bdong\s(?:a|per)\b"),
    ("TW", r"\bnt\$\s?\d|\btwd\s?\d"), ("HK", r"\bhk\$\s?\d"), ("SG", r"\bs\$\s?\d|\bsgd\s?\d|\bpte\.?\sltd\b"), ("AU", r"\ba\$\s?\d|\baud\s?\d"),
    ("NZ", r"\bnz\$\s?\d|\bnzd\s?\d"), ("CA", r"\bc\$\s?\d|\bcad\s?\d|\bcdn\$"), ("ZA", r"\bzar\s?\d|\b\d[\d,.]*\srand\b"),
    ("NG", r"₦\s?\d|\bngn\s?\d|\bnaira\b"), ("KE", r"\b(?:kes|ksh|kshs)\.?\s?\d"), ("GH", r"\bgh[s¢₵]\s?\d|\bcedis\b"),
    ("TR", r"\b(?:try|tl)\s\d|\blira\b"), ("RU", r"\b(?:rub|rur)\s?\d|\br(?:o)?ubles?\b"), ("UA", r"\buah\s?\d|\bhryvnias?\b"),
    ("KZ", r"\bkzt\s?\d|\btenge\b"), ("CH", r"\bchf\s?\d"), ("NO", r"\bnok\s?\d"), ("SE", r"\bsek\s?\d"), ("DK", r"\bdkk\s?\d"),
    ("PL", r"\bpln\s?\d|\bzlotys?\b"), ("CZ", r"\bczk\s?\d"), ("HU", r"\bhuf\s?\d|\bforints?\b"), ("RO", r"\bron\s\d"),
    ("BD", r"\b(?:tk|bdt)\.?\s?\d|\btaka\b"), ("PK", r"\bpkr\s?\d"), ("LK", r"\blkr\s?\d"), ("EG", r"\begp\s?\d"),
    ("AE", r"\baed\s?\d"), ("SA", r"\bsar\s?\d"), ("BR", r"\br\$\s?\d|\bbrl\s?\d|\breais\b"), ("MX", r"\bmxn\s?\d"),
    ("CL", r"\bclp\s?\d"), ("PE", r"\bpen\s\d|\bsoles\b"), ("KR", r"\bkrw\s?\d|\bwon\s(?:per|a)\b|\d\s(?:million|billion|trillion)\swon\b"),
    ("JP", r"\bjpy\s?\d|\d\s(?:million|billion|trillion)\syen\b"), ("IN", r"₹\s?\d|\binr\s?\d|\bcrores?\b|\blakhs?\b"), ("ET", r"\bbirr\b"),
)  # fmt: skip
"""Country -> sums in its money, in which its offices fix fines and fees, and names of its firms."""
BY_MONEY = [(country, re.compile(pattern)) for country, pattern in MONEY]

SHUT = re.compile(
    r"\b(?:exports?|exported|exportation|exporting|shipments?|supply|leave|sale\sabroad)\b[^;\n]{0,110}?\bfrom\s(?:the\s)?(?:territory\sof\s)?(?:the\s)?(?:republic\sof\s|kingdom\sof\s)?$"
)
"""Before the country out of which something may not go: prohibited to export from the Netherlands."""
INWARD = re.compile(
    r"\b(?:imports?|imported|importation|importing|exported|dumped|entry|entering|brought)\b[^;\n]{0,90}?\b(?:in)?to\s(?:the\s)?(?:territory\sof\s)?(?:the\s)?(?:republic\sof\s|kingdom\sof\s)?$"
)
"""Before the country into which goods come that it weighs down: wind towers exported to Australia."""
DONE_AT = re.compile(r"\b(?:done|given|made|signed|issued|dated)\s(?:at|in)\s$")
"""Before the place where an act was signed."""
AT_HOME = re.compile(
    r"\s(?:flag|supply|imports?\sof|market|territory|ports|customs\sterritory|gazette|waters|citizens|subjects)\b"
)
"""Behind the adjective of the country that speaks of its own: vessels of Guinean flag."""
OUTWARD = frozenset(
    {"export ban", "export restriction", "export licence", "control-list change", "quota"}
)
OPENING = 1500
"""Characters in which an official text says whose it is; a longer one has the law below."""
BEFORE = 170
"""Characters before a country in which such words begin."""


def told_by_form(folded: str, hits: Sequence[Hit]) -> Hit | None:
    """Return the country that the number or the title of an official text can only be of."""
    places = [hit for hit in hits if hit.kind == "place" and hit.value != "-"]
    for country, form in BY_FORM:
        match = form.search(folded, 0, OPENING)
        if match and not owned(match.start(), country, places, folded):
            return Hit(match.start(), match.end(), "sign", country)
    notified = WTO.search(folded, 0, OPENING)
    if notified and (member := WTO_CODES.get(notified[1])):
        return Hit(notified.start(), notified.end(), "sign", member)
    for country, form in BY_SHARED:
        match = form.search(folded, 0, OPENING)
        if match and not others_office(country, places, folded):
            return Hit(match.start(), match.end(), "sign", country)
    return None


def owned(start: int, country: str, places: Sequence[Hit], folded: str) -> bool:
    """Tell whether another country's name stands before a form as its owner: Jamaica's SRO 4."""
    return any(
        hit.value != country and OWNED_GAP.fullmatch(folded, hit.end, start) for hit in places
    )


OF_OFFICE = re.compile(
    r"\b(?:ministry|minister|government|department|cabinet|parliament|president)\s"
    r"(?:of\s(?:[\w]+,?\s){1,4})?(?:of|for|in)\s(?:the\s)?(?:republic\sof\s|kingdom\sof\s)?$"
)
"""Right before the country whose office it is: Ministry of Trade of Jamaica."""


def others_office(country: str, places: Sequence[Hit], folded: str) -> bool:
    """Tell whether another country than that of a form acts, or has an office, in a text."""
    return any(hit.value != country for hit in acting_of(places, folded)) or any(
        hit.value != country and OF_OFFICE.search(folded, max(0, hit.start - 90), hit.start)
        for hit in places
    )


def told_besides(sentences: Sequence[Sentence], instrument: Hit | None, folded: str) -> Hit | None:
    """Return the country of an official text by its border, its seat or its money."""
    return (
        told_by_border(sentences, instrument.value if instrument else None, folded)
        or told_by_place(sentences, folded)
        or told_by_money(folded)
    )


def told_by_border(
    sentences: Sequence[Sentence], instrument: str | None, folded: str
) -> Hit | None:
    """Return the country over whose border goods go in a measure on them, or that names its own."""
    border = SHUT if instrument in OUTWARD else INWARD
    for hit in (hit for sentence in sentences for hit in sentence.of("place")):
        if hit.value == "-":
            continue
        if DONE_AT.search(folded, max(0, hit.start - 12), hit.start):
            return hit
        if hit.local:
            continue
        if border.search(folded, max(0, hit.start - BEFORE), hit.start):
            return hit
        own = folded.endswith(DEMONYM, hit.start, hit.end) and AT_HOME.match(folded, hit.end)
        if own:
            return hit
    return None


OFFICE = re.compile(
    r"\b(?:minist\w+|government|department|parliament|president|cabinet|law|code|customs|authority|bank|state|council|republic|administration)\b[^.;:\n]{0,60}?\sof\s(?:the\s)?(?:republic\sof\s|kingdom\sof\s|state\sof\s)?$"
)
"""Before the country whose office is named anywhere in an official text."""
OFFICE_BEHIND = re.compile(
    r"(?:'s)?\s(?:government|cabinet|ministry|council\sof\sministers|customs|parliament|official\sgazette)\b"
)
SIGNED = re.compile(
    r"(?:(?:^|[.\n;])\s?|\b(?:fait\s[àa]|hecho\sen|dado\sen|signed\sin|ministry\sof\s[\w\s]{3,40},)\s|(?<=[a-z]),\s)$"
)
"""Before the place that an act is signed at, by itself in the end: Done at Kinshasa; …, Rabat."""
CLOSES = re.compile(r"[.,;\n]|\s*$")
OTHERS = re.compile(r"\b(?:from|against|to|in)\b")
"""Words of a sentence that may name others."""


def told_by_place(sentences: Sequence[Sentence], folded: str) -> Hit | None:
    """Return the country whose office an official text names, or at whose seat it was signed."""
    for sentence in sentences:
        places = [hit for hit in sentence.of("place") if hit.value != "-"]
        alone = len({hit.value for hit in places}) == 1
        for hit in places:
            if OFFICE.search(folded, max(sentence.start, hit.start - 90), hit.start):
                return hit
            if OFFICE_BEHIND.match(folded, hit.end):
                return hit
            signed = alone and SIGNED.search(folded, max(0, hit.start - 50), hit.start)
            if (
                signed
                and CLOSES.match(folded, hit.end)
                and not OTHERS.search(folded, sentence.start, hit.start)
            ):
                return hit
    return None


def told_by_money(folded: str) -> Hit | None:
    """Return the country in whose money an official text counts, if it is one country's."""
    found = {
        country: match for country, money in BY_MONEY if (match := money.search(folded, 0, OPENING))
    }
    if len(found) != 1:
        return None
    ((country, match),) = found.items()
    return Hit(match.start(), match.end(), "sign", country)
