"""Counts in how many texts of data/corpus each term occurs, for data/background.tsv.

make background
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from alerts.opening import open_reader
from alerts.traces import names_in, terms_of
from classifier import corpus
from classifier.resources import shipped

LEAST = 5
"""Texts that a term must occur in; rarer ones are rare enough without being told."""

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def count() -> tuple[int, Counter[str]]:
    """Return how many texts there are, and in how many each term occurs."""
    reader, found, texts = open_reader(), Counter[str](), 0
    for example in corpus.read([shipped("data", "corpus")]).examples:
        act = reader.read(example.text, lang=example.lang, published_at=NOW)
        act = replace(act, mentions=(*act.mentions, *names_in(example.text)))
        found.update(terms_of(example.text, act).keys())
        texts += 1
    return texts, found


def main() -> None:
    """Print the number of texts, then a line a term, the commonest first."""
    texts, found = count()
    print(f"# texts: {texts}")
    for term, held in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        if held >= LEAST:
            print(f"{term}\t{held}")


if __name__ == "__main__":
    main()
