"""Texts that list unrelated acts: roundups, weekly letters, one line a country.

Pure. Such a text reports no act of its own.
"""

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence

from alerts.reader.cues import Sentence
from alerts.reader.terms import Hit, Terms

MARK = re.compile(r"[\d①-⑳•▪‣*–-](?:(?<=\d)[.)、]|(?<=[①-⑳•▪‣*])|(?<=[-–])\s)")
"""What every enumerator has, quick to count."""
PART = re.compile(r"[.!?](?=\s)|[;。!?\n]")
"""What parts the items of a roundup that are not numbered."""
HEADING = re.compile(r"[^\s,.;:。]{0,2}:")
RATE = re.compile(
    r":\s?(?:(?:an?|about|from|up to|now|stays at|at)\s){0,2}(?:[$€£¥]\s?)?\d[\d.,]*\s?"
    r"(?:(?:%|per\s?cent|percent|[-–]\s?\d)|(?:firms|entities|companies|tons|tonnes|names|ships)\b|[家%]|个百分点|万?吨)"
)
"""What stands behind a country's name in a list of what one act does to each."""
BEGINS = re.compile(r"[.!?;。\n]\s{0,2}$")
"""What stands around the country that heads a part."""
TITLED = 40
"""Characters in which a roundup's title has its name."""
TITLE = re.compile(
    r"\W{0,3}(?:the\s|a\s)?(?:(?:week|month|fortnight|quarter|seven days)\sin\b|(?:january|february|march|april|may|june|july|august|september|october|november|december)\sin\s)"
    r"|\W{0,3}(?:the\s)?[\w' &-]{2,30}\s(?:weekly|letter|digest|notebook|bulletin|watch)\b(?:[,:]|\sno\.?)\s?(?:no\.?\s)?\d{1,3}\b"
)
"""How the letter of a week opens, whatever it is called: Controls Weekly, 17 October."""
LOOSELY = ("本周", "一周", "weekly", "briefing", "要点", "digest", "newsletter", "links below")
"""Names that also stand in the titles of other texts."""
ENUMERATOR = re.compile(
    r"(?:^|\s|[;。:])(?:\(?\d{1,2}[.)、]|[①-⑳•▪‣*]|[-–]\s)\s*(?=\S)", re.MULTILINE
)


def digest_marks(sentences: Sequence[Sentence], folded: str, terms: Terms) -> list[Hit]:
    """Return the marks of a list of unrelated acts: a roundup's name, or three numbered acts.

    In a text that has such a name for a title, its sentences are what is listed. Either way at
    least three authorities or countries must each do something of their own.
    """
    names = [hit for sentence in sentences for hit in sentence.of("cue", "roundup")]
    letter = TITLE.match(folded)
    if letter and (countries := every_country(sentences, terms)):
        return countries
    numbered = []
    if len(MARK.findall(folded)) >= 3:
        numbered = [Hit(*found.span(), "cue", "roundup") for found in ENUMERATOR.finditer(folded)]
    listed = len(numbered) >= 3
    if not names and not listed:
        return by_country(sentences, folded, terms)
    titled = any(hit.start < TITLED and folded[hit.start : hit.end] not in LOOSELY for hit in names)
    if listed or titled:
        hits = [hit for sentence in sentences for hit in sentence.hits]
        parts = numbered if listed else [Hit(*at.span(), "", "") for at in PART.finditer(folded)]
        edges = [0, *(part.start for part in parts), len(folded)]
        actors = actors_of_parts(hits, edges, terms)
    else:
        doers = [
            s
            for s in sentences
            if s.of("authority") and s.of("cue", "adopt", "announce", "propose", "enforce")
        ]
        actors = {s.of("authority")[0].value for s in doers}
    found = [*names, *numbered] if len(actors) >= 3 else []
    return found or rounds_up(sentences, folded) or by_country(sentences, folded, terms)


ROUNDUP_ZH = re.compile(
    r"[^,。;\n]{0,12}?(?:[一本上]周[^,。;:\n]{0,10}?(?:回顾|盘点|汇总|要闻|速览|大事|动态|必读|备忘|漏掉)|周[刊报]|周[一二三四五六日]盘点|汇总|盘点|[早晚]报|要闻|备忘)[^,。;:\n]{0,14}[\n:(]"
)
"""How a Chinese roundup opens."""
PART_ZH = re.compile(r"[;。\n、,①-⑳]")


def rounds_up(sentences: Sequence[Sentence], folded: str) -> list[Hit]:
    """Return the name of a Chinese roundup whose parts each tell of something else."""
    opened = ROUNDUP_ZH.match(folded)
    if opened is None:
        return []
    edges = [
        opened.end(),
        *(at.end() for at in PART_ZH.finditer(folded, opened.end())),
        len(folded),
    ]
    hits = [hit for sentence in sentences for hit in sentence.hits]
    cuts = [bisect_left(hits, edge, key=lambda hit: hit.start) for edge in edges]
    about, told = set(), 0
    for first, last in itertools.pairwise(cuts):
        inside = hits[first:last]
        told += any(h.kind == "instrument" or h.value in TOLD for h in inside)
        about |= {h.value for h in inside if h.kind in ("item", "company")}
        about |= {h.value for h in inside if h.kind in ("authority", "place") and h.value != "-"}
    listed = told >= 3 and len(about) >= 4
    return [Hit(0, opened.end(), "cue", "roundup")] if listed else []


TOLD = (
    "adopt", "announce", "propose", "enforce", "withdraw", "suspend", "delay", "effect", "norm",
)  # fmt: skip


def every_country(sentences: Sequence[Sentence], terms: Terms) -> list[Hit]:
    """Return whose acts a letter's title and text name, if they are three at least."""
    found: dict[str, Hit] = {}
    for sentence in sentences:
        for hit in sentence.hits:
            if hit.kind in ("authority", "place") and hit.value != "-":
                agency = terms.agencies.get(hit.value)
                found.setdefault(agency.jurisdiction if agency else hit.value, hit)
    return list(found.values()) if len(found) >= 3 else []


def by_country(sentences: Sequence[Sentence], folded: str, terms: Terms) -> list[Hit]:
    """Return the countries that head the parts of a text, "India: ...", if there are three.

    Behind a title that tells of an act itself they are whom it is done to; and who only says what
    they think of one does none of their own.
    """
    if folded.count(":") < 3:
        return []
    heads: dict[str, Hit] = {}
    hits = [hit for sentence in sentences for hit in sentence.hits]
    for hit in hits:
        opens = hit.start < 3 or BEGINS.search(folded, hit.start - 3, hit.start)
        if RATE.match(folded, hit.end):
            continue  # whom one act hits, and how hard
        if hit.kind in ("authority", "place") and opens and HEADING.match(folded, hit.end):
            agency = terms.agencies.get(hit.value)
            heads.setdefault(agency.jurisdiction if agency else hit.value, hit)
        elif not heads and (hit.kind == "instrument" or hit.value in ("adopt", "announce")):
            return []
    edges = [*sorted(hit.start for hit in heads.values()), len(folded)]
    return list(heads.values()) if len(actors_of_parts(hits, edges, terms)) >= 3 else []


def actors_of_parts(hits: Sequence[Hit], edges: Sequence[int], terms: Terms) -> set[str]:
    """Return the jurisdictions that are named first in a part of a text that tells of an act."""
    actors = set()
    cuts = [bisect_left(hits, edge, key=lambda hit: hit.start) for edge in edges]
    for first, last in itertools.pairwise(cuts):
        inside = hits[first:last]
        actor = next(
            (h for h in inside if h.kind in ("authority", "place") and h.value != "-"), None
        )
        if actor and any(h.kind in ("cue", "instrument") for h in inside):
            agency = terms.agencies.get(actor.value)
            actors.add(agency.jurisdiction if agency else actor.value)
    return actors
