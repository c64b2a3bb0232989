"""How common words and names are in this field, so that a window's first texts are weighed well.

An empty window takes every word for rare: two posts that share "week" and "China" would look like
one story. The counts come from data/corpus: `make background`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from classifier.resources import shipped

FILE = "background.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Document frequencies of terms, per text.

    shares: term -> share of texts that hold it; terms that are rare are not there.
    texts: how many texts of a window they weigh as much as.
    """

    shares: Mapping[str, float]
    texts: float


@cache
def load_background() -> Background:
    """Read the shipped counts: the first line has the number of texts, others a term and texts."""
    lines = shipped("data", FILE).read_text(encoding="utf-8").splitlines()
    total = int(lines[0].removeprefix("# texts: "))
    rows = (line.rsplit("\t", 1) for line in lines[1:])
    return Background(shares={term: int(texts) / total for term, texts in rows}, texts=4_000)
