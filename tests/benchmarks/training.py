"""Measures what `tocsin train` takes: on the shipped corpus, and on a large one made from it.

python tests/benchmarks/training.py [--rows N ...] [--keep FILE]

The large corpus recombines sentences of the shipped one, between rows of the same labels and
language, so that each row has as many sentences as some row of its kind; figures in it are drawn
anew, and one Latin word in twenty is an invented one, since a larger corpus has more words. So its
size is real and its quality figures mean nothing. What is timed is the whole command as users run
it, up to the saved version: seconds by the clock, and of the processor in all its processes.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "data" / "corpus"
SEED = 20261128
SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
FIGURE = re.compile(r"\d")
WORD = re.compile(r"\b[A-Za-z]{4,}\b")
INVENTED = 0.05
"""Share of Latin words that are replaced by invented ones."""

SYLLABLES = (
    "ba", "cor", "dan", "el", "fi", "gra", "hol", "in", "jo", "kel", "lu", "mor", "na", "or", "pel",
    "qui", "ras", "sto", "tem", "ul", "ver", "wi", "xan", "yor", "zet",
)  # fmt: skip

Row = dict[str, Any]


def shipped() -> list[Row]:
    """Return the rows of the shipped corpus."""
    lines = [line for file in sorted(CORPUS.glob("*.jsonl")) for line in file.open("rb")]
    return [orjson.loads(line) for line in lines]


def recombine(count: int, chance: Random) -> Iterator[Row]:
    """Yield so many rows whose sentences come from shipped rows of the same labels."""
    kinds: defaultdict[tuple[Any, ...], list[Row]] = defaultdict(list)
    rows = shipped()
    for row in rows:
        kinds[_kind(row)].append(row)
    sentences = {kind: [_sentences(row) for row in alike] for kind, alike in kinds.items()}
    for number in range(count):
        row = chance.choice(rows)
        alike = sentences[_kind(row)]
        wanted = max(len(_sentences(row)), 2)
        text = " ".join(chance.choice(chance.choice(alike)) for _ in range(wanted))
        yield {**row, "id": f"made-{number}", "text": _varied(text, chance)}


def _kind(row: Row) -> tuple[Any, ...]:
    return (row["lang"], tuple(sorted(row["topics"])), row["policy"])


def _sentences(row: Row) -> list[str]:
    return [one.strip() for one in SENTENCE.split(row["text"]) if one.strip()]


def _varied(text: str, chance: Random) -> str:
    text = FIGURE.sub(lambda _: str(chance.randrange(10)), text)
    return WORD.sub(lambda found: _invent(chance) if chance.random() < INVENTED else found[0], text)


def _invent(chance: Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4))))


def time_training(corpus: Path, models: Path) -> tuple[float, float]:
    """Return the seconds that a training takes by the clock and of the processor."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    subprocess.run(
        [sys.executable, "-m", "alerts.cli", "train", "--corpus", corpus, "--models", models],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    taken = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[0, 100_000], help="0: as shipped.")
    parser.add_argument("--keep", type=Path, help="Write the largest corpus here too.")
    asked = parser.parse_args()
    for count in asked.rows:
        with tempfile.TemporaryDirectory(prefix="tocsin-training-") as place:
            corpus = CORPUS
            if count:
                corpus = asked.keep or Path(place) / "made.jsonl"
                with corpus.open("wb") as file:
                    for row in recombine(count, Random(SEED)):
                        file.write(orjson.dumps(row) + b"\n")
            taken, spent = time_training(corpus, Path(place) / "models")
        rows = f"{count:,} rows made from it" if count else "the shipped corpus"
        print(f"{rows}: {taken:.1f} s, {spent:.1f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
