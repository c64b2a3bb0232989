"""The long forms of what tests/test_promises_parsing.py tries: `make fuzz`.

Mutated feeds go the whole way from the parser's child to an act that is read; shapes come as
large as they are fetched. Anything but posts or a named error ends it with exit code 1.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from alerts.acts import Reader, load_reader
from alerts.domain import Fetched
from alerts.errors import SourceUnreadable
from alerts.normalise import normalise
from alerts.retractions import read_retraction
from alerts.sources.feed import read
from tests.hostile import SHAPES, mutated

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SLOWEST = 12.0
"""Seconds for one feed: the parser's ten, and what comes after it."""


async def take(body: bytes, reader: Reader) -> str:
    """Take one document the whole way; return what became of it."""
    answer = Fetched(status=200, url="https://wire.example/f", headers={}, body=body)
    try:
        posts = (await read("wire", answer)).posts
    except SourceUnreadable as named:
        return str(named).removeprefix("wire.example: ")
    for raw in posts[:200]:
        post = normalise(raw, official=False, now=NOW)
        (post.title + post.text + post.external_id + (post.url or "")).encode()
        reader.read(post.text, lang=post.lang, published_at=post.published_at)
        read_retraction(reader.terms, post.text)
    return "posts" if posts else "an empty feed"


async def fuzz(feeds: Path, count: int, seed: int) -> int:
    """Try it all; return the number of feeds that did what none may do."""
    reader, became, faults, slowest = load_reader(ROOT / "data"), Counter[str](), 0, 0.0
    bodies = [(f"shape: {name}", make(1.0)) for name, make in SHAPES.items()]
    for name, body in bodies:
        started = time.monotonic()
        said = await take(body, reader)
        took = time.monotonic() - started
        slowest, faults = max(slowest, took), faults + (took > SLOWEST)
        print(f"{took:5.1f} s  {len(body) / 1e6:5.1f} MB  {name}: {said}", flush=True)
    for number, body in enumerate(mutated(feeds, random.Random(seed), count)):
        started = time.monotonic()
        try:
            became[await take(body, reader)] += 1
        except Exception as fault:  # noqa: BLE001 (finding these is what this is for)
            faults += 1
            print(f"seed {seed}, mutation {number}: {type(fault).__name__}: {fault}", flush=True)
        slowest = max(slowest, time.monotonic() - started)
    for said, often in became.most_common():
        print(f"{often:9,}  {said}")
    print(f"{count:9,}  mutations (seed {seed}), {len(bodies)} shapes, slowest {slowest:.1f} s")
    print(f"{faults:9,}  crashes, unnamed errors and feeds beyond {SLOWEST:g} s")
    return faults


def main() -> int:
    """Read the options and fuzz."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=Path, default=ROOT.parent / "shared/hostile/feeds")
    options.add_argument("--count", type=int, default=100_000, help="mutated feeds to try")
    options.add_argument("--seed", type=int, default=int(time.time()), help="makes it repeatable")
    chosen = options.parse_args()
    if not chosen.feeds.is_dir():
        print(f"{chosen.feeds}: no folder of feeds; name one with --feeds", file=sys.stderr)
        return 2
    return min(1, asyncio.run(fuzz(chosen.feeds, chosen.count, chosen.seed)))


if __name__ == "__main__":
    sys.exit(main())
