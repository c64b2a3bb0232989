"""(Post, Act) -> what the post can be recognised by: number, links, sentences, terms. Pure."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from operator import add
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import re2

from alerts.domain import Act, Post
from alerts.figures import figures, notices, rounds
from alerts.glossary import english
from alerts.reader.cues import SENTENCE_END
from alerts.reader.terms import fold
from alerts.remedies import remedies, reviews, steps
from alerts.schemes import schemes
from alerts.sequels import earlier

MIN_WORDS = 6
"""Shorter openings ("Breaking news from Beijing") are shared by chance."""

LISTED = 3
"""Numbers, or links, from which a text is a list of things rather than news of one."""

TRACKING = re.compile(
    r"^(utm_.*|fbclid|gclid|mc_[ce]id|igshid|ref|ref_src|ref_url|s|src|cmp|cmpid|smid|smtyp|"
    r"spm|share.*|from|source|amp|ito|ns_.*|mod|xtor|guccounter)$"
)
LINK = re.compile(r"https?://[^\s<>\"'）)」】，。；、]+")
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]+")
COMMON = frozenset({
    "a", "about", "after", "all", "also", "an", "and", "are", "as", "at", "be", "been",
    "but", "by", "can", "could", "for", "from", "had", "has", "have", "he", "her", "his",
    "how", "i", "in", "into", "is", "it", "its", "just", "more", "most", "new", "no", "not",
    "now", "of", "off", "on", "or", "our", "out", "over", "said", "say", "says", "she",
    "so", "some", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "to", "up", "us", "was", "we", "were", "what", "when", "which", "who", "will",
    "with", "would", "you", "your",
})  # fmt: skip

TO_WHEN = (
    r"(?:(?:the\s)?(?:end|next|late|early|one|two|three|four|five|six|ten"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b|\d|mid-)"
)
"""Behind "to", until when something is prolonged."""
WAYS = {
    "prolonged": re.compile(
        r"\b(?:extends|extended|extension of|renews|renewed|renewal of|prolongs|prolonged"
        r"|prolongation|rolls? over|rolled over)\b"
        r"(?!\s(?:\w+\s){0,2}(?:comment|deadline|talks|losses|gains|rally))"
        # A duty that extends to controllers reaches further, not longer.
        rf"(?!\sto\s(?!{TO_WHEN}))"
        # Nor does who extends an exemption to more goods.
        r"(?!\s(?:[\w%'-]+\s){1,5}(?<!exports\s)(?<!imports\s)(?<!sales\s)(?<!shipments\s)"
        rf"to\s(?!{TO_WHEN})(?![^.;\n]{{0,80}}\b(?:until|through|by\s(?:a|another|one|two|three|six)\b|for\s(?:a|another|one|two|three|six|\d))))"
        r"|延长|(?<!是否)(?<!会否)(?<!能否)(?:延续|续期)|继续(?:暂停|实施|执行|有效)"
    ),
    "paused": re.compile(r"\b(?:suspen\w+|paus(?:es?|ed|ing))\b|暂停|中止"),
    "eased": re.compile(
        r"\b(?:general licen[cs]e|waivers?|waives|exempts|exempted|exemption|eases?|eased|easing"
        r"|relax(?:es|ed)?|lifts|lifted|lifting|scraps|repeals?|repealed|withdraws|withdrawn"
        r"|revokes|revoked|delist(?:s|ed)?|remission|remits|remitted)\b"
        r"|放宽|豁免(?!法令|决议)|免征|减免|取消|解除|废止|撤销|撤回|停止(?:执行|实施)|通用许可|移出"
    ),
}
"""What a text does with an act, where its first words say so, folded; apart from imposing it."""

AMERICAN = {
    "sulph": "sulf", "aluminium": "aluminum", "fibre": "fiber", "licence": "license",
    "defence": "defense", "tyre": "tire", "isation": "ization", "ising": "izing", "iser": "izer",
    "ised": "ized", "ise": "ize", "tonne": "ton", "colour": "color", "harbour": "harbor",
    "labour": "labor", "centre": "center", "programme": "program", "vapour": "vapor",
}  # fmt: skip
BRITISH = re.compile("|".join(sorted(AMERICAN, key=len, reverse=True)))
"""Spellings that would keep one word apart from itself."""

WAY_STEMS = (
    "exten", "renew", "prolong", "roll", "licen", "waive", "exempt", "eas", "relax", "lift",
    "scrap", "repeal", "withdr", "revok", "delist", "remi", "延", "续", "继", "放", "豁", "免",
    "取", "解", "废", "撤", "停", "许", "移", "susp", "paus", "止",
)  # fmt: skip
"""What stands in all words of WAYS; to ask for these first is eight times as fast."""
WAY_STEM: Any = re2.compile("|".join(WAY_STEMS))

WRAPPERS = re.compile(
    r"^(?:(?:www\.)?google\.[a-z.]+/url|l\.(?:facebook|instagram)\.com/l\.php|lm\.facebook\.com/l\.php|"
    r"out\.reddit\.com/|t\.umblr\.com/redirect|slack-redir\.net/link|(?:www\.)?youtube\.com/redirect|"
    r"[a-z0-9.]*safelinks\.protection\.outlook\.com/|(?:www\.)?linkedin\.com/redir/redirect|"
    r"steamcommunity\.com/linkfilter|link\.zhihu\.com/|c\.pc\.qq\.com/|weibo\.cn/sinaurl)"
)
"""Pages that only lead on to the address in their query."""

LEADS_TO = ("url", "u", "q", "target", "to", "dest", "pfurl")
INSIDE = re.compile(
    r"^(?:web\.archive\.org/web/\d+[a-z_]*/|(?:www\.)?google\.[a-z.]+/amp/(?:s/)?|"
    r"[a-z0-9-]+\.cdn\.ampproject\.org/[cv]/(?:s/)?)(?:https?:/*)?(?=[^/]+\.[^/]+/)"
)
"""Caches and archives, whose path ends with the address that they keep."""

MOBILE = re.compile(r"^(?:(?:www|m|mobile|amp|edition|wap)\.)+")
SAME_HOST = {"twitter.com": "x.com", "vxtwitter.com": "x.com", "fxtwitter.com": "x.com",
             "nitter.net": "x.com", "old.reddit.com": "reddit.com"}  # fmt: skip

UNWEIGHED = ("way:", "home:", "after:", "remedy:", "scheme:", "step:", "review:")
"""Mentions that are no terms."""

MENTION_WEIGHTS = {"figure": 1.0, "date": 1.5}
MENTION_WEIGHT = 2.0
"""Weight of a canonical name beside a plain word: names cross languages, words don't."""

ACT_WEIGHT = 1.0
"""Weight of who acts by which instrument."""

HAN_WEIGHT = 0.6
"""Weight of a pair of Chinese characters: one word makes about two of them."""

ENGLISH_WEIGHT = 1.0
"""Weight of an English word that a Chinese one stands for."""

OPENING = 250
"""Characters in which a text says what it does, if that is its news."""

FOLLOWED: Any = re2.compile(
    # Somebody goes to court, or a court has decided.
    r"\b(?:courts?|judges?|tribunals?|lawsuits?|sues?|sued|appeals?|injunctions?|judicial review"
    r"|upholds?|upheld|strikes? down|struck down|annuls?|quash\w*|petitions?|challenges?"
    r"|prosecutors?|fined|fines|pleads?|pleaded|guilty|sentenced|wind(?:s|ing)?[- ]?down"
    # It begins to bite.
    r"|(?:comes?|came) into (?:force|effect)|takes? effect|took effect|in force since|kicks? in"
    r"|bites?|(?:starts?|begins?|began|started) (?:today|on|collect\w*|to bite)|as of today"
    r"|from today|now in force|first (?:day|week)"
    # It spares somebody, or grants what it asks for.
    r"|exempt\w*|spares?|carve-?outs?|waives?|waivers?|loosens?|softens?|excuses|grace period"
    r"|shields?|lets?|allows?|first (?:\w+ )?(?:licen[cs]es|permits|approvals)"
    # It is put off or halted.
    r"|delays?|delayed|postpon\w*|push(?:es|ed)? (?:\S+ ){0,3}(?:back|to)|defers?|deferred"
    r"|stays (?:[\w-]+ ){0,4}(?:dut(?:y|ies)|tariffs?|ban|rule|order|notification|price floor)"
    r"|puts? off|pauses?|paused|suspends?|suspended"
    # It is corrected or explained.
    r"|correct(?:s|ed|ions?)|corrigendum|erratum|clarif\w+|typo|misprint\w*"
    r"|date in (?:the )?(?:notification|notice|order|circular|regulation|decree)"
    r"|amend(?:s|ed|ing|ment)?|mix-?up|rectif\w+|uitstel"
    # It ends, or somebody is no longer under it.
    r"|remov(?:es?|ed)|delist(?:s|ed)?|off (?:\S+ ){0,3}(?:list|blacklist)|revokes?|lifts?"
    r"|lapses?|expires?|scraps?|withdraws?|withdrawn)\b"
    r"|法院|法官|起诉|诉讼|上诉|复核|裁定|驳回|状告|申诉|生效|首日|首周|首批|开始征收"
    r"|初步结论|豁免|放行|宽限|过渡期|获批|放宽|推迟|延期|暂缓|暂不|先不收|停征|暂停|延后|延至|更正|勘误|澄清|修正|解读"
    r"|[对将就][^。]{0,20}号(?:公告|令|通知)(?:附件)?中?所列"
    r"|答记者问|答问|问答|整改|承诺|移出|取消|撤销|到期|届满|终止|解除|废止"
)
"""What is done with an act that is known already, folded: nobody sues over a rule that is not."""

AMENDS = re.compile(
    r"\bamend(?:s|ed|ing|ments?)?\s(?:to|in|of)?\s?(?:[\w()'-]+\s){0,12}?"
    r"(?:regulations?|ear|itar|cfr|code|schedules?|lists?|polic(?:y|ies)|law|act)\b"
    r"|修[正订改][^,。;:、]{0,24}?(?:清单|名单|目录|附件|条例|法)"
)
"""What every new rule does by its first sentence: "BIS amends the Export Administration
Regulations"."""

HEADLINE = 130
"""Bytes in which that must stand; a Chinese character has three, and says as much."""

SEVERAL = 10
"""From which on packages of sanctions go by their count."""

READS = 3000
"""Characters of a text whose words count: what is news stands before that."""


class Trace(NamedTuple):
    """What a post can be recognised by.

    keys: "kind:value" -> how it is called when it joins a post to an event.
    terms: term -> its share in the text, for the window.
    """

    keys: Mapping[str, str]
    terms: Mapping[str, float]


def trace(post: Post, act: Act, resolved: Mapping[str, str] | None = None) -> Trace:
    """Return all that a post can be recognised by.

    resolved: shortened link -> where it leads, as far as known.
    A digest of many acts is no evidence for any one of them: only its own link is kept.
    """
    digest = is_digest(act)
    keys: dict[str, str] = {}
    if act.number and not digest and not is_disputed(act):
        keys[f"number:{act.number}"] = "number"
    if not digest and (package := package_of(act)):
        keys[package] = "number"
    links = links_of(post.text)
    for link in (post.url, *(() if digest or len(links) > LISTED else links)):
        canonical = canonical_link((resolved or {}).get(link, link)) if link else None
        if canonical:
            keys[f"link:{canonical}"] = "link"
    if not digest:
        for opening in _openings(post.text):
            keys[f"words:{opening}"] = "words"
    return Trace(keys=keys, terms={} if digest else terms_of(post.text, act))


def package_of(act: Act) -> str | None:
    """Return the key of the package of sanctions that a text is on: its count is its number, from a
    proposal to its adoption weeks later. Small ones many governments have, and many times."""
    rounds = {one for one in act.mentions if one.startswith("round:")}
    if act.instrument != "sanction" or act.jurisdiction is None or len(rounds) != 1:
        return None
    count = int(rounds.pop().removeprefix("round:"))
    return f"package:{act.jurisdiction} {count}" if count >= SEVERAL else None


def names_in(text: str) -> tuple[str, ...]:
    """Return figures and notices of a text as "kind:name", as "way:..." what it does, and as
    "after:1.20-6.50" how many days its news is after another act."""
    # The path of a link often holds the day, and would tie all that was posted on it.
    bare = fold(LINK.sub(" ", text[:READS]))
    opening = bare[:OPENING]
    after = (f"after:{least:.2f}-{most:.2f}" for least, most in earlier(bare))
    found = (
        *figures(bare),
        *notices(bare),
        *rounds(bare),
        *remedies(bare),
        *reviews(bare),
        *steps(bare),
        *schemes(bare),
        *after,
    )
    headline = opening.strip()
    if "amend" in headline or "修" in headline:
        headline = AMENDS.sub(" ", headline)
    if FOLLOWED.search(headline.encode("utf-8", "replace")[:HEADLINE]):
        found = (*found, "way:followed")
    if not WAY_STEM.search(opening.encode("utf-8", "replace")):
        return found
    ways = (f"way:{way}" for way, pattern in WAYS.items() if pattern.search(opening))
    return (*found, *ways)


def links_of(text: str) -> list[str]:
    """Return the links that stand in a text, without the punctuation after them."""
    return list(dict.fromkeys(link.rstrip(".,;:!?…") for link in LINK.findall(text)))


def is_digest(act: Act) -> bool:
    """Tell whether a text lists several acts, as a newsletter does."""
    series: dict[str, int] = {}
    for number in act.read_from.get("numbers", ()):
        series[series_of(number)] = series.get(series_of(number), 0) + 1
    return "digest" in act.read_from or max(series.values(), default=0) > LISTED


def is_disputed(act: Act) -> bool:
    """Tell whether a text gives several numbers of one series, so that none is surely its own."""
    numbers = act.read_from.get("numbers", ())
    return act.number is not None and any(
        number != act.number and series_of(number) == series_of(act.number) for number in numbers
    )


def series_of(number: str) -> str:
    """Return what an official number is counted in: an authority's notices, a docket, ..."""
    return re.split(r"[\d〔]", number, maxsplit=1)[0]


def terms_of(text: str, act: Act) -> dict[str, float]:
    """Return a text's terms with their weights: words, pairs of Chinese characters, names."""
    terms: dict[str, float] = {}
    folded = fold(LINK.sub(" ", text[:READS]))
    for word in WORD.findall(folded):
        if word[0] >= "\u3400":
            terms |= dict.fromkeys(map(add, word, word[1:]), HAN_WEIGHT)
        elif len(word) > 1 and word not in COMMON:
            terms[stem(word)] = 1.0
    for word in english(folded):
        terms.setdefault(word, ENGLISH_WEIGHT)
    # What a text does with an act tells nothing of which act it is.
    for name in (one for one in act.mentions if not one.startswith(UNWEIGHED)):
        terms[f"@{name}"] = MENTION_WEIGHTS.get(name.partition(":")[0], MENTION_WEIGHT)
    if act.jurisdiction:
        # An official text hardly names its own country.
        terms[f"@place:{act.jurisdiction}"] = MENTION_WEIGHT
        if act.instrument:
            terms[f"@act:{act.jurisdiction} {act.instrument}"] = ACT_WEIGHT
    return terms


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Cut the commonest endings, so that "curbs" meets "curb", and spell as Americans do."""
    word = BRITISH.sub(lambda found: AMERICAN[found[0]], word.removesuffix("'s"))
    for ending in ("ing", "ed", "es", "s", "e"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def canonical_link(url: str) -> str | None:
    """Return a link without scheme, mobile host, tracking parameters, fragment and wrapper.

    None for a front page, which says nothing about one story.
    """
    try:
        parts = urlsplit(unwrap(url))
        host = MOBILE.sub("", (parts.hostname or "").lower().rstrip("."))
    except ValueError:
        return None
    host = SAME_HOST.get(host, host)
    path = re.sub(r"/(amp|index\.html?)?/?$", "", parts.path)
    query = [(k, v) for k, v in parse_qsl(parts.query) if not TRACKING.match(k.lower())]
    if not host or (not path and not query):
        return None
    return f"{host}{path}" + (f"?{urlencode(sorted(query))}" if query else "")


def unwrap(url: str) -> str:
    """Return the address inside a page that only leads on, or that keeps a copy of it."""
    url = url.rstrip(".,;:!?…")
    for _ in range(3):
        bare = re.sub(r"^https?://", "", url, flags=re.IGNORECASE)
        inside = INSIDE.match(bare)
        if inside:
            url = f"https://{bare[inside.end() :]}"
            continue
        following = _leads_to(url) if WRAPPERS.match(bare.lower()) else None
        if following is None:
            break
        url = following
    return url


def _leads_to(url: str) -> str | None:
    query = dict(parse_qsl(urlsplit(url).query))
    found: Iterator[str] = (query[name] for name in LEADS_TO if name in query)
    return next((to for to in map(unquote, found) if to.startswith(("http://", "https://"))), None)


def _openings(text: str) -> list[str]:
    """Return hashes of the first three sentences or lines that are long enough to be telling."""
    folded, found, start = fold(LINK.sub(" ", text[:READS])), list[str](), 0
    ascii_only = folded.isascii()
    ends = (match.end() for match in SENTENCE_END.finditer(folded))
    for end in chain(ends, [len(folded)]):
        words = WORD.findall(folded, start, end)
        start = end
        weight = float(len(words))
        if not ascii_only:
            weight = sum(len(word) / 2 if word[0] >= "\u3400" else 1 for word in words)
        if weight >= MIN_WORDS:
            digest = hashlib.sha256(" ".join(words).encode()).hexdigest()
            found.append(digest[:16])
        if len(found) == 3:
            break
    return found
