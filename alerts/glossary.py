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


def english(folded: str) -> Iterator[str]:
    """Yield the English stems of a folded text's Chinese words, the longest words first."""
    for run in HAN.findall(folded):
        glossary, at = load_glossary(), 0
        while at < len(run):
            for size in range(min(LONGEST, len(run) - at), 0, -1):
                if stems := glossary.get(run[at : at + size]):
                    yield from stems.split()
                    break
            at += size
