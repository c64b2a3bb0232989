"""(Post, Tagging, Act) + open events -> event changes. Pure.

A post joins the event of earlier ones when both carry the same official number, the same link,
the same opening words, nearly the same text, or enough of the same names and rare words. The
first three are keys that the store looks up, the others come from the window of open events.
What speaks against it (another number, another item, the opposite direction) is checked last
and wins over all evidence from wording.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from alerts.acts import direction
from alerts.domain import Act, Event, Post, Stage
from alerts.likeness import Candidate, days_apart, log_odds
from classifier.labels import Tagging
from classifier.relevance import weigh

NEAR = 0.7
"""Cosine from which two texts are one text, reworded."""

JOIN = -1.2
"""Log-odds from which a post that reports an act joins an event (a chance of 23%): two alerts
on one act are worse than a paraphrase that hides in a similar one, which numbers, goods,
targets and dates keep rare."""

WORDING = 0.3
"""Least cosine for a post that reports an act, where it names nothing that the event names."""

STORY = 0.14
"""Least cosine for a post that reports no act (reaction, background) to follow a story."""

MIN_WORDS = 6
"""Shorter openings ("Breaking news from Beijing") are shared by chance."""

MOST_MENTIONS = 60
"""Names that an event remembers of its posts."""

TRACKING = re.compile(
    r"^(utm_.*|fbclid|gclid|mc_[ce]id|igshid|ref|ref_src|ref_url|s|src|cmp|cmpid|smid|smtyp|"
    r"spm|share.*|from|source|amp|ito|ns_.*|mod|xtor|guccounter)$"
)
LINK = re.compile(r"https?://[^\s<>\"'）)」】]+")
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]+")
SEGMENT = re.compile(r"[\n。！？]+|(?<=[.!?])\s+")
COMMON = frozenset({
    "a", "about", "after", "all", "also", "an", "and", "are", "as", "at", "be", "been",
    "but", "by", "can", "could", "for", "from", "had", "has", "have", "he", "her", "his",
    "how", "i", "in", "into", "is", "it", "its", "just", "more", "most", "new", "no", "not",
    "now", "of", "off", "on", "or", "our", "out", "over", "said", "say", "says", "she",
    "so", "some", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "to", "up", "us", "was", "we", "were", "what", "when", "which", "who", "will",
    "with", "would", "you", "your",
})  # fmt: skip

MENTION_WEIGHT = 2.0
"""Weight of a canonical name beside a plain word: names cross languages, words don't."""

HAN_WEIGHT = 0.6
"""Weight of a pair of Chinese characters: one word makes about two of them."""

READS = 3000
"""Characters of a text whose words count: what is news stands before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a post can be recognised by.

    keys: "kind:value" -> how it is called when it joins a post to an event.
    terms: term -> its share in the text, for the window.
    """

    keys: Mapping[str, str]
    terms: Mapping[str, float]


def trace(post: Post, act: Act) -> Trace:
    """Return all that a post can be recognised by.

    A digest of many acts is no evidence for any one of them: only its link is kept.
    """
    digest = is_digest(act)
    keys: dict[str, str] = {}
    if act.number and not digest:
        keys[f"number:{act.number}"] = "number"
    for link in (post.url, *LINK.findall(post.text)):
        canonical = canonical_link(link) if link else None
        if canonical:
            keys[f"link:{canonical}"] = "link"
    if not digest:
        for opening in _openings(post.text):
            keys[f"words:{opening}"] = "words"
    return Trace(keys=keys, terms={} if digest else terms_of(post.text, act))


def is_digest(act: Act) -> bool:
    """Tell whether a text lists several acts, as a newsletter does."""
    return "digest" in act.read_from


def terms_of(text: str, act: Act) -> dict[str, float]:
    """Return a text's terms with their weights: words, pairs of Chinese characters, names."""
    terms: dict[str, float] = {}
    for word in WORD.findall(LINK.sub(" ", text[:READS]).lower()):
        if word[0] >= "\u3400":
            for place in range(len(word) - 1):
                terms[word[place : place + 2]] = HAN_WEIGHT
        elif len(word) > 1 and word not in COMMON:
            terms[_stem(word)] = 1.0
    for name in act.mentions:
        terms[f"@{name}"] = MENTION_WEIGHT
    return terms


def _stem(word: str) -> str:
    """Cut the commonest endings, so that "curbs" meets "curb" and "restricted" "restricting"."""
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def canonical_link(url: str) -> str | None:
    """Return a link without scheme, mobile host, tracking parameters and fragment.

    None for a front page, which says nothing about one story.
    """
    try:
        parts = urlsplit(url.rstrip(".,;:!?…"))
    except ValueError:
        return None
    host = re.sub(r"^(www|m|mobile|amp|edition)\.", "", (parts.hostname or "").lower())
    host = {"twitter.com": "x.com"}.get(host, host)
    path = re.sub(r"/(amp|index\.html?)?/?$", "", parts.path)
    query = [(k, v) for k, v in parse_qsl(parts.query) if not TRACKING.match(k.lower())]
    if not host or (not path and not query):
        return None
    return f"{host}{path}" + (f"?{urlencode(sorted(query))}" if query else "")


def _openings(text: str) -> list[str]:
    """Return hashes of the first three sentences or lines that are long enough to be telling."""
    found = []
    for segment in SEGMENT.split(LINK.sub(" ", text[:READS])):
        words = WORD.findall(segment.lower())
        weight = sum(len(word) / 2 if word[0] >= "\u3400" else 1 for word in words)
        if weight >= MIN_WORDS:
            digest = hashlib.sha256(" ".join(words).encode()).hexdigest()
            found.append(digest[:16])
        if len(found) == 3:
            break
    return found


STRENGTH = ("number", "link", "words", "near-duplicate", "evidence")
"""By what a post may join an event, from the strongest."""


def find_event(
    post: Post, tagging: Tagging, act: Act, seen: Trace, candidates: Iterable[Candidate]
) -> tuple[Event, str] | None:
    """Return the open event that a post belongs to, and by what; None opens a new one.

    Of several, the strongest evidence wins, then the more alike, then the older event, so that
    the order of look-up does not matter.
    """
    found = []
    for candidate in candidates:
        by = _evidence(post, tagging, act, seen, candidate)
        if by is None or kept_apart(post, act, candidate, by) is not None:
            continue
        event = candidate.event
        rank = (STRENGTH.index(by), -round(candidate.cosine, 6), event.first_seen, event.id)
        found.append((rank, event, by))
    if not found:
        return None
    _, event, by = min(found, key=lambda item: item[0])
    return event, by


def _evidence(
    post: Post, tagging: Tagging, act: Act, seen: Trace, candidate: Candidate
) -> str | None:
    kinds = {seen.keys[key] for key in candidate.shared}
    for kind in ("number", "link", "words"):
        if kind in kinds:
            return kind
    if candidate.cosine >= NEAR:
        return "near-duplicate"
    if tagging.policy.grade < 2:
        return "evidence" if candidate.cosine >= STORY else None
    # A new act must not vanish in a story that was no act, nor in one with which it shares
    # neither a thing nor many words.
    agreed = _things(act) & _things(candidate.event.act)
    if candidate.event.grade < 2 or not (agreed or candidate.cosine >= WORDING):
        return None
    links = "link" in seen.keys.values()
    odds = log_odds(post, tagging, act, candidate, links=links)
    return "evidence" if odds >= JOIN else None


def _things(act: Act) -> set[str]:
    return {name for name in act.mentions if name.startswith(("item:", "company:"))}


def kept_apart(post: Post, act: Act, candidate: Candidate, by: str) -> str | None:
    """Return what keeps a post out of an event although it resembles it, or None."""
    known = candidate.event.act
    if _numbers_differ(act.number, known.number):
        return "number"
    if by in ("number", "link"):
        return None
    # One authority does not publish the same act twice under two ids.
    other = candidate.authorities.get(post.source) if post.official else None
    if other is not None and other != post.external_id:
        return "notice"
    ways = {direction(act), direction(known)} - {None}
    if len(ways) == 2:
        return "direction"
    if act.jurisdiction and known.jurisdiction and act.jurisdiction != known.jurisdiction:
        return "jurisdiction"
    if act.items and known.items and not set(act.items) & set(known.items):
        return "item"
    if act.targets and known.targets and not set(act.targets) & set(known.targets):
        return "target"
    moved = act.stage is Stage.DELAYED
    if not moved and (days_apart(act.effective_on, known.effective_on) or 0) > 1:
        return "date"
    return None


def _numbers_differ(one: str | None, other: str | None) -> bool:
    """Tell whether two numbers of one series differ; a docket says nothing against a document."""
    if not one or not other or one == other:
        return False
    series = [re.split(r"[\d〔]", number, maxsplit=1)[0] for number in (one, other)]
    return series[0] == series[1]


def open_event(post: Post, tagging: Tagging, act: Act) -> Event:
    """Return the event that a post opens; its id follows from the post's."""
    return Event(
        id=f"e{post.id}",
        title=post.title,
        act=act,
        posts=1,
        sources=(post.source,),
        topics=dict(tagging.topics),
        grade=tagging.policy.grade,
        at_least=tagging.policy.at_least,
        relevance=weigh(tagging.policy, tagging.topics, official=post.official).value,
        first_seen=post.published_at,
        last_seen=post.published_at,
        official_post=post.id if post.official else None,
        official_url=post.url if post.official else None,
    )


def absorb(event: Event, post: Post, tagging: Tagging, act: Act) -> Event:
    """Return the event with one more post in it."""
    first_official = post.official and event.official_post is None
    relevance = weigh(tagging.policy, tagging.topics, official=post.official).value
    known = {*event.sources}
    return replace(
        event,
        title=post.title if first_official else event.title,
        act=merge_acts(event.act, act, official=post.official),
        posts=event.posts + 1,
        sources=event.sources if post.source in known else (*event.sources, post.source),
        topics={
            topic: max(event.topics.get(topic, 0.0), tagging.topics.get(topic, 0.0))
            for topic in {**event.topics, **tagging.topics}
        },
        grade=max(event.grade, tagging.policy.grade),
        at_least=max(event.at_least, tagging.policy.at_least, key=lambda p: (p[1], p)),
        relevance=max(event.relevance, relevance),
        first_seen=min(event.first_seen, post.published_at),
        last_seen=max(event.last_seen, post.published_at),
        official_post=post.id if first_official else event.official_post,
        official_url=post.url if first_official else event.official_url,
    )


PROGRESS = (Stage.REPORTED, Stage.PROPOSED, Stage.ADOPTED, Stage.IN_EFFECT, Stage.ENFORCED)
SETBACKS = (Stage.DELAYED, Stage.SUSPENDED, Stage.WITHDRAWN)


def merge_acts(known: Act, said: Act, *, official: bool) -> Act:
    """Fill what was not known; an authority's own words replace what others said.

    The stage only moves on, or to a setback; so one late relay of old news turns nothing back.
    """
    first, second = (said, known) if official else (known, said)
    return Act(
        instrument=first.instrument or second.instrument,
        stage=_later(known.stage, said.stage),
        authority=first.authority or second.authority,
        jurisdiction=first.jurisdiction or second.jurisdiction,
        number=first.number or second.number,
        targets=first.targets or second.targets,
        items=first.items or second.items,
        published_on=first.published_on or second.published_on,
        # A delay is known by its new date, whoever reports it.
        effective_on=(said.effective_on if said.stage is Stage.DELAYED else None)
        or first.effective_on
        or second.effective_on,
        mentions=tuple(dict.fromkeys((*known.mentions, *said.mentions)))[:MOST_MENTIONS],
        read_from={**second.read_from, **first.read_from},
    )


def _later(known: Stage | None, said: Stage | None) -> Stage | None:
    if known is None or said is None:
        return known or said
    if said in SETBACKS or known in SETBACKS:
        return said if said in SETBACKS else known
    return max(known, said, key=PROGRESS.index)
