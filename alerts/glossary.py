"""Chinese text -> the English words that its words stand for, so that wording crosses languages.

Names and figures are read in both languages by other modules; this is for all other words.
data/glossary.tsv holds those that reports on policy use; see data/README.md.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from classifier.resources import shipped

FILE = "glossary.tsv"
LONGEST = 4
"""Characters of the longest words in the table."""

HAN = re.compile("[\u3400-\u9fff]+")


@cache
def load_glossary() -> Mapping[str, str]:
    """Read the shipped table: a Chinese word, then stems of English ones, as traces cuts them."""
    lines = shipped("data", FILE).read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


@cache
def sizes() -> Mapping[str, tuple[int, ...]]:
    """Return the first character of words in the table -> their lengths, the longest first."""
    found: dict[str, set[int]] = {}
    for word in load_glossary():
        found.setdefault(word[0], set()).add(min(len(word), LONGEST))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def english(folded: str) -> Iterator[str]:
    """Yield the English stems of a folded text's Chinese words, the longest words first."""
    if folded.isascii():
        return
    glossary, lengths = load_glossary(), sizes()
    for run in HAN.findall(folded):
        at = 0
        while at < len(run):
            for size in lengths.get(run[at], ()):
                if stems := glossary.get(run[at : at + size]):
                    yield from stems.split()
                    at += size
                    break
            else:
                at += 1
