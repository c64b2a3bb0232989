"""(Post, Tagging, Act) + open events -> event changes. Pure.

A post joins the event of an earlier one when both carry the same official number, the same
link, the same opening words, or nearly the same text. Each way is a key or a signature that
the store looks up; this file decides. What speaks against it (two official numbers, two
notices of one authority) is checked last and always wins.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray

from alerts.domain import Act, Event, Post, Stage
from classifier.labels import Tagging
from classifier.relevance import weigh

WINDOW = timedelta(days=7)
"""How long after its last post an event still takes in posts by their wording or link."""

NEAR = 0.55
"""Least estimated Jaccard similarity of word triples for two texts to be one."""

BANDS, ROWS = 16, 4
"""Locality-sensitive hashing: texts at NEAR share a band with probability 0.79; at 0.8, 0.99."""

MIN_WORDS = 6
"""Shorter openings ("Breaking news from Beijing") are shared by chance."""

TRACKING = re.compile(
    r"^(utm_.*|fbclid|gclid|mc_[ce]id|igshid|ref|ref_src|ref_url|s|src|cmp|cmpid|smid|smtyp|"
    r"spm|share.*|from|source|amp|ito|ns_.*|mod|xtor|guccounter)$"
)
LINK = re.compile(r"https?://[^\s<>\"'）)」】]+")
WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]")
SEGMENT = re.compile(r"[\n。！？]+|(?<=[.!?])\s+")

# One odd multiplier a hash function, in arithmetic modulo 2^64 (multiply-shift hashing).
_MULTIPLIERS = np.random.default_rng(20261124).integers(
    1, 1 << 63, BANDS * ROWS, dtype=np.uint64
) * np.uint64(2) + np.uint64(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a post can be recognised by.

    keys: "kind:value" -> how it is called when it joins a post to an event.
    signature: MinHash of the text's word triples, uint32 of shape (64,); None for short texts.
    """

    keys: Mapping[str, str]
    signature: NDArray[np.uint32] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An open event that shares at least one key with a post.

    shared: the keys they share.
    texts: texts of the event's posts to compare with, newest last.
    authorities: source -> external id of its official posts in the event.
    """

    event: Event
    shared: frozenset[str]
    texts: Sequence[str]
    authorities: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a rule's readers know of an event from the last alert about it."""

    at: datetime
    stage: Stage | None
    official: bool


def trace(post: Post, act: Act) -> Trace:
    """Return all that a post can be recognised by."""
    keys: dict[str, str] = {}
    if act.number:
        keys[f"number:{act.number}"] = "number"
    for link in (post.url, *LINK.findall(post.text)):
        canonical = canonical_link(link) if link else None
        if canonical:
            keys[f"link:{canonical}"] = "link"
    for opening in _openings(post.text):
        keys[f"words:{opening}"] = "words"
    signature = sign(post.text)
    if signature is not None:
        for band in range(BANDS):
            part = signature[band * ROWS : (band + 1) * ROWS].tobytes()
            keys[f"near:{band}:{zlib.crc32(part):08x}"] = "near-duplicate"
    return Trace(keys=keys, signature=signature)


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
    for segment in SEGMENT.split(LINK.sub(" ", text[:5000])):
        words = WORD.findall(segment.lower())
        weight = sum(2 if len(word) > 1 else 1 for word in words)
        if weight >= 2 * MIN_WORDS:
            digest = hashlib.sha256(" ".join(words).encode()).hexdigest()
            found.append(digest[:16])
        if len(found) == 3:
            break
    return found


def sign(text: str) -> NDArray[np.uint32] | None:
    """Return the MinHash signature of a text's word triples (Broder 1997); None if too short."""
    words = WORD.findall(LINK.sub(" ", text[:20000]).lower())
    if len(words) < MIN_WORDS + 2:
        return None
    triples = {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}
    hashes = np.fromiter((zlib.crc32(t.encode()) for t in triples), np.uint64, len(triples))
    mixed = (hashes[:, None] * _MULTIPLIERS) >> np.uint64(32)
    lowest: NDArray[np.uint32] = mixed.min(axis=0).astype(np.uint32)
    return lowest


def similarity(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Return the estimated Jaccard similarity of two texts from their signatures."""
    return float(np.mean(one == other))


def find_event(
    post: Post, act: Act, seen: Trace, candidates: Iterable[Candidate]
) -> tuple[Event, str] | None:
    """Return the open event that a post belongs to, and by what; None opens a new one.

    Of several, the strongest evidence wins: number, link, opening words, near-duplicate; then
    the older event, so that the order of look-up does not matter.
    """
    strength = ("number", "link", "words", "near-duplicate")
    found = []
    for candidate in candidates:
        if _kept_apart(post, act, candidate):
            continue
        evidence = _evidence(post, seen, candidate)
        if evidence is not None:
            found.append((strength.index(evidence), candidate.event.first_seen, candidate.event))
    if not found:
        return None
    best, _, event = min(found, key=lambda item: (item[0], item[1], item[2].id))
    return event, strength[best]


def _evidence(post: Post, seen: Trace, candidate: Candidate) -> str | None:
    kinds = {seen.keys[key] for key in candidate.shared}
    if "number" in kinds:
        return "number"
    if abs(post.published_at - candidate.event.last_seen) > WINDOW:
        return None
    for kind in ("link", "words"):
        if kind in kinds:
            return kind
    if seen.signature is None:
        return None
    for text in candidate.texts:
        other = sign(text)
        if other is not None and similarity(seen.signature, other) >= NEAR:
            return "near-duplicate"
    return None


def _kept_apart(post: Post, act: Act, candidate: Candidate) -> bool:
    known = candidate.event.act.number
    if act.number and known and act.number != known:
        return True
    # One authority does not publish the same act twice under two ids.
    other = candidate.authorities.get(post.source) if post.official else None
    same_number = act.number is not None and act.number == known
    return other is not None and other != post.external_id and not same_number


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
        effective_on=first.effective_on or second.effective_on,
        read_from={**second.read_from, **first.read_from},
    )


def _later(known: Stage | None, said: Stage | None) -> Stage | None:
    if known is None or said is None:
        return known or said
    if said in SETBACKS or known in SETBACKS:
        return said if said in SETBACKS else known
    return max(known, said, key=PROGRESS.index)


def material_changes(told: Told, event: Event) -> tuple[str, ...]:
    """Return what readers of an earlier alert must hear; empty for everything else."""
    changes = []
    if event.official_post is not None and not told.official:
        changes.append("official text published")
    before, after = told.stage, event.act.stage
    moved = after in SETBACKS or (before is Stage.PROPOSED and after in PROGRESS[2:])
    if moved and after != before:
        changes.append(f"stage: {before or 'not known'} -> {after}")
    return tuple(changes)
