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
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
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

Take = Callable[[bytes], Awaitable[str]]


async def take_whole(body: bytes, reader: Reader) -> str:
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


@dataclass(slots=True)
class Finding:
    """What became of one document, and in how many seconds; fault: that none may do."""

    said: str
    seconds: float
    fault: bool


async def attempt(body: bytes, take: Take, slowest: float = SLOWEST) -> Finding:
    """Take one document; an exception that has no name, or too long a time, is a fault."""
    started, fault = time.monotonic(), False
    try:
        said = await take(body)
    except Exception as error:  # noqa: BLE001 (finding these is what this is for)
        said, fault = f"{type(error).__name__}: {error}", True
    seconds = time.monotonic() - started
    return Finding(said=said, seconds=seconds, fault=fault or seconds > slowest)


async def fuzz(feeds: Path, count: int, seed: int) -> int:
    """Try it all; return the number of feeds that did what none may do."""
    take = partial(take_whole, reader=load_reader(ROOT / "data"))
    became, faults, slowest = Counter[str](), 0, 0.0
    for name, make in SHAPES.items():
        body = make(1.0)
        found = await attempt(body, take)
        slowest, faults = max(slowest, found.seconds), faults + found.fault
        print(
            f"{found.seconds:5.1f} s  {len(body) / 1e6:5.1f} MB  {name}: {found.said}", flush=True
        )
    for number, body in enumerate(mutated(feeds, random.Random(seed), count)):
        found = await attempt(body, take)
        slowest, faults = max(slowest, found.seconds), faults + found.fault
        if found.fault:
            told = f"seed {seed}, mutation {number}, {found.seconds:.1f} s: {found.said}"
            print(told, flush=True)
        else:
            became[found.said] += 1
    for said, often in became.most_common():
        print(f"{often:9,}  {said}")
    print(f"{count:9,}  mutations (seed {seed}), {len(SHAPES)} shapes, slowest {slowest:.1f} s")
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
