"""Which documents of a real stream join the act of an earlier one: to be read one by one.

    python tests/benchmarks/real_stream.py

Takes four months of the Federal Register, which lie beside the checkout, as an authority's own,
and prints the events of two documents and more that are on a topic and of policy grade 2.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from alerts.archive import EventMemory  # noqa: E402
from alerts.config import Service  # noqa: E402
from alerts.grouping import group  # noqa: E402
from alerts.window import Window  # noqa: E402
from tests.benchmarks.events import read_rows  # noqa: E402
from tests.benchmarks.stream_quality import STREAM  # noqa: E402


def main() -> None:
    """Print how many documents join an earlier one, and each event with its titles."""
    rows = [
        {
            "id": row["id"], "source": "register", "title": row["title"], "body": row["abstract"],
            "published": row["published"], "lang": "en", "official": True,
        }
        for row in map(json.loads, STREAM.read_text(encoding="utf-8").splitlines())
    ]  # fmt: skip
    archive, window = EventMemory(), Window(Service().event_days)
    held: dict[str, list[str]] = defaultdict(list)
    for row, one in zip(rows, read_rows(rows).values(), strict=True):
        placed = group(archive, window, one.post, one.tagging, one.act, one.seen)
        archive.join(one.post, placed.kin)
        event = archive.leans_on(placed.event.id) or placed.event.id
        if one.tagging.tags and one.tagging.policy.grade >= 2:
            held[event].append(f"{row['published']} {placed.by}: {row['title']}")
    wanted = sum(map(len, held.values()))
    print(
        f"{wanted} of {len(rows)} on a topic and policy; {wanted - len(held)} join an earlier one"
    )
    for titles in held.values():
        if len(titles) > 1:
            print("", *titles, sep="\n  ")


if __name__ == "__main__":
    main()
