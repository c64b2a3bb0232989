"""Counts in how many texts of data/corpus each term occurs, for data/background.tsv.

python tests/benchmarks/count_background.py > data/background.tsv
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from alerts.opening import open_reader
from alerts.traces import names_in, terms_of

CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"
LEAST = 5
"""Texts that a term must occur in; rarer ones are rare enough without being told."""

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def count() -> tuple[int, Counter[str]]:
    """Return how many texts there are, and in how many each term occurs."""
    reader, found, texts = open_reader(), Counter[str](), 0
    for file in sorted(CORPUS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            act = reader.read(row["text"], lang=row["lang"], published_at=NOW)
            act = replace(act, mentions=(*act.mentions, *names_in(row["text"])))
            found.update(terms_of(row["text"], act).keys())
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
