"""Two texts under one id: the same post, an edited one, or another story. Pure.

Feeds serve their posts again and again, publishers correct what they wrote, and some give an
old id to a new story. None of these may be lost, or be told twice.
"""

from enum import StrEnum

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
    old, new = (WORD.findall(text.lower()) for text in (before, after))
    if old == new:
        return Edit.SAME
    known, said = _parts(old), _parts(new)
    shortest = min(len(known), len(said))
    if shortest >= FEWEST and len(known & said) < SHARED * shortest:
        return Edit.OTHER
    return Edit.EDITED


def _parts(words: list[str]) -> set[str]:
    """Return words, and pairs of Chinese characters, which stand without spaces."""
    parts: set[str] = set()
    for word in words:
        if word[0] >= "\u3400":
            parts.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            parts.add(word)
    return parts
