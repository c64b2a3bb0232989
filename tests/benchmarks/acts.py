"""Measures how well acts are read: precision and recall per field on tests/data/acts.jsonl.

python tests/benchmarks/acts.py [--misses tune]     figures of each part; misses of one
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from alerts.acts import Reader, load_reader
from alerts.domain import Act
from alerts.goods import is_code, wider
from classifier.resources import shipped

ROWS = Path(__file__).resolve().parents[1] / "data" / "acts.jsonl"
SPLITS = (
    "held", "tune", "more-held", "more", "further-held", "further", "later-held", "later",
)  # fmt: skip
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
            said, right = values(getattr(act, field)), values(row["act"].get(field))
            yield row, field, as_labelled(said, right) if field == "items" else said, right


@cache
def labelled_goods() -> frozenset[str]:
    """Return the goods that some label names."""
    return frozenset(good for row in rows() for good in values(row["act"].get("items")))


def as_labelled(said: set[str], right: set[str]) -> set[str]:
    """Return goods as the labels call them, which were given when fewer had a name.

    A kind of a labelled good is that good; what no label could name is not judged, nor are the
    goods that a labelled code stands for.
    """
    wide = {name for one in said for name in right & {one, *wider(one)} or {one}}
    stood_for = {good for code in right if is_code(code) for good in wider(code)}
    return wide & labelled_goods() - (stood_for - right)


def figures(reader: Reader, chosen: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Return field -> how many values were right, said, and there to be read."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _, field, said, right in compare(reader, chosen):
        counts[field].update(right=len(said & right), said=len(said), there=len(right))
    return {field: (c["right"], c["said"], c["there"]) for field, c in counts.items()}


def table(reader: Reader) -> str:
    """Return the figures of each part as a Markdown table."""
    lines = [
        "| part | texts | field | precision | recall | values |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for split in SPLITS:
        chosen = [row for row in rows() if row["split"] == split]
        for field, (right, said, there) in figures(reader, chosen).items():
            precision = right / said if said else 1.0
            recall = right / there if there else 1.0
            lines.append(
                f"| {split} | {len(chosen)} | {field} | {precision:.3f} | {recall:.3f} | {there} |"
            )
    return "\n".join(lines)


CHATTER = (
    "Had the loveliest walk along the canal this morning, saw two herons and a kingfisher before"
    " breakfast. Now back at the desk with a mountain of email and the radio on; the new season of"
    " the baking show starts tonight and I can't wait to see who makes it through."
)


def speed(reader: Reader) -> str:
    """Return microseconds a text on one core: labelled ones of some 250 characters, and chatter."""
    chosen = [
        (row["text"], datetime.fromisoformat(row["published_at"]))
        for row in rows()
        if row["lang"] == "en" and 200 <= len(row["text"]) <= 320
    ]
    samples = {"labelled": chosen, "chatter": [(CHATTER, chosen[0][1])] * len(chosen)}
    figures = []
    for name, texts in samples.items():
        best = float("inf")
        for _ in range(20):
            started = time.process_time()
            for text, published in texts:
                reader.read(text, published_at=published)
            best = min(best, (time.process_time() - started) / len(texts))
        length = sum(len(text) for text, _ in texts) // len(texts)
        figures.append(f"{name}: {best * 1e6:.0f} microseconds a text of {length} characters")
    return "\n".join(figures)


def main() -> None:
    """Print the figures, or the misses of one part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", choices=SPLITS)
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
