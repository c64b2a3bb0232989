"""Two texts under one id: the same post, an edited one, or another story. Pure.

Feeds serve their posts again and again, publishers correct what they wrote, and some give an
old id to a new story. None of these may be lost, or be told twice.
"""

from dataclasses import replace
from enum import StrEnum

from alerts.domain import Post
from alerts.normalise import post_id
from alerts.traces import WORD

SHARED = 0.25
"""Share of the shorter text's words below which the other one is another story."""

FEWEST = 4
"""Words below which a text is too short to be told from another one."""

MOST_EDITS = 20
"""Edits of one post that are looked at: some pages change at every look."""


class Edit(StrEnum):
    """What a later text under a known id is."""

    SAME = "same"
    EDITED = "edited"
    OTHER = "other"


def compare(before: str, after: str) -> Edit:
    """Tell what became of a post's text; case, punctuation and spaces are no change."""
    old, new = _words(before), _words(after)
    if old == new:
        return Edit.SAME
    known, said = _parts(old), _parts(new)
    shortest = min(len(known), len(said))
    if shortest >= FEWEST and len(known & said) < SHARED * shortest:
        return Edit.OTHER
    return Edit.EDITED


def as_another(post: Post) -> Post:
    """Return a post as one of its own, beside the earlier one that its source gave its id to.

    The same words make the same post, as in `compare`.
    """
    words = " ".join(_words(post.text))
    return replace(post, id=post_id(post.source, f"{post.external_id}\0{words}"))


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def _parts(words: list[str]) -> set[str]:
    """Return words, and pairs of Chinese characters, which stand without spaces."""
    parts: set[str] = set()
    for word in words:
        if word[0] >= "\u3400":
            parts.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            parts.add(word)
    return parts
