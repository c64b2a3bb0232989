"""Which list or law a text is about: Section 1260H or the Biosecure Act, Section 232 or 301.

Pure, but for data/acts/schemes.tsv.

What two of one government do to one firm reads alike. Only what opens a text names its own; the
Entity List is none of them, for the press calls each list of firms so.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import re2

from classifier.resources import shipped

HEADLINE = re.compile(r"[^\n。！？]*?(?:[.!?](?=\s)|[\n。！？]|$)")
"""The first sentence of a folded text."""


@cache
def load_schemes() -> Mapping[str, str]:
    """Read the shipped table: words in folded texts -> the scheme that they mean."""
    lines = shipped("data", "acts", "schemes.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return {word: name for name, words in rows for word in words.split("|")}


@cache
def signs() -> Any:
    """Return what finds those words, the longest first: an unreliable entity list is another."""
    words = sorted(load_schemes(), key=len, reverse=True)
    latin = (rf"\b{re.escape(word)}\b" if word.isascii() else word for word in words)
    return re2.compile("|".join(latin))


def schemes(folded: str) -> Iterator[str]:
    """Yield "scheme:Section 232" for each that a folded text opens with."""
    first = HEADLINE.match(folded)
    for match in signs().finditer(first[0].encode("utf-8", "replace")) if first else ():
        yield f"scheme:{load_schemes()[match[0].decode()]}"
