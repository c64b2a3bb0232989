"""Measures how well acts are read: precision and recall per field on tests/data/acts.jsonl.

python tests/benchmarks/acts.py [--misses tune]     figures of both halves; misses of one
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from classifier.resources import shipped

ROWS = Path(__file__).resolve().parents[1] / "data" / "acts.jsonl"
ALWAYS = ("number", "stage", "authority")
WITH_STAGE = ("instrument", "jurisdiction", "targets", "items", "published_on", "effective_on")
"""Judged only where the row reports an act: what else a text mentions is nobody's business."""


def rows() -> list[dict[str, Any]]:
    """Return the labelled texts."""
    return [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]


def values(value: object) -> set[str]:
    """Return a field's values as a set, empty where there is none."""
    if not value:
        return set()
    return {str(value)} if isinstance(value, str) else {str(part) for part in value}  # type: ignore[attr-defined]


def read(reader: Reader, row: Mapping[str, Any]) -> Act:
    """Read the act of one labelled text."""
    return reader.read(
        row["text"], lang=row["lang"], published_at=datetime.fromisoformat(row["published_at"])
    )


def compare(
    reader: Reader, chosen: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], str, set[str], set[str]]]:
    """Yield row, field, the values that were said and those that are right."""
    for row in chosen:
        act = read(reader, row)
        fields = ALWAYS + (WITH_STAGE if "stage" in row["act"] else ())
        for field in fields:
            yield row, field, values(getattr(act, field)), values(row["act"].get(field))


def figures(reader: Reader, chosen: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Return field -> how many values were right, said, and there to be read."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _, field, said, right in compare(reader, chosen):
        counts[field].update(right=len(said & right), said=len(said), there=len(right))
    return {field: (c["right"], c["said"], c["there"]) for field, c in counts.items()}


def table(reader: Reader) -> str:
    """Return the figures of both halves as a Markdown table."""
    lines = [
        "| half | texts | field | precision | recall | values |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for split in ("held", "tune"):
        chosen = [row for row in rows() if row["split"] == split]
        for field, (right, said, there) in figures(reader, chosen).items():
            precision = right / said if said else 1.0
            recall = right / there if there else 1.0
            lines.append(
                f"| {split} | {len(chosen)} | {field} | {precision:.3f} | {recall:.3f} | {there} |"
            )
    return "\n".join(lines)


def speed(reader: Reader) -> str:
    """Return posts a second on one core over the labelled texts, and over texts of 100 words."""
    chosen = [(row, datetime.fromisoformat(row["published_at"])) for row in rows()]
    longer = []
    for at in range(0, len(chosen) - 3, 3):
        parts = [row["text"] for row, _ in chosen[at : at + 3] if row["lang"] == "en"]
        if parts:
            longer.append((" ".join((" ".join(parts)).split()[:100]), chosen[at][1]))
    started = time.perf_counter()
    for row, published in chosen:
        reader.read(row["text"], lang=row["lang"], published_at=published)
    short = len(chosen) / (time.perf_counter() - started)
    started = time.perf_counter()
    for text, published in longer:
        reader.read(text, lang="en", published_at=published)
    words = sum(len(text.split()) for text, _ in longer) / len(longer)
    long = len(longer) / (time.perf_counter() - started)
    return f"{short:,.0f} labelled texts/s; {long:,.0f} English texts of {words:.0f} words/s"


def main() -> None:
    """Print the figures, or the misses of one half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", choices=("tune", "held"))
    parser.add_argument("--field", default="")
    options = parser.parse_args()
    reader = load_reader(shipped("data"))
    if options.misses:
        chosen = [row for row in rows() if row["split"] == options.misses]
        for row, field, said, right in compare(reader, chosen):
            if said != right and options.field in ("", field):
                print(f"{row['id']} {field}: said {sorted(said)}, right {sorted(right)}")
                print(f"    {row['text'][:300]!r}")
        return
    print(table(reader))
    print(speed(reader))


if __name__ == "__main__":
    main()
