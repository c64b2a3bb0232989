"""Measures how many past posts a second a backtest replays: stored ones, and scored again.

python tests/benchmarks/backtest.py [--posts N] [--rescored N]

Three kinds of posts, five minutes apart: the corpus' slice that no rule of the example asks for,
which is what most of a real stream is; its slice of official publications, a quarter of which
have a topic; and the whole corpus, which is made of what rules ask for.
A database holds as many copies of them as it takes, under ids of their own, each
with the scores and the event that scoring found. A rule for every post is the hardest case:
nothing can be passed over.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from alerts import backtest, replay, rescore
from alerts.acts import load_reader
from alerts.config import Config
from alerts.domain import Post, RawPost
from alerts.normalise import normalise
from alerts.opening import load_config
from alerts.replay import BEGINNING, FAR, Arrival, Item, Span
from alerts.rules import Rule
from alerts.store.connect import Store, open_store, open_to_read
from alerts.store.events import add_events
from alerts.store.posts import Draft, add_posts
from classifier import artefact, corpus
from classifier.resources import shipped
from classifier.scorer import Scorer

SLICES = (("noise", "neg.jsonl"), ("a stream", "stream.jsonl"), ("the corpus", ""))
START = datetime(2026, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=5)
Done = TypeVar("Done")
TERMS = load_reader(shipped("data")).terms
EVERY_POST = Rule.model_validate({"name": "every post", "min_policy": 3, "shadow": True})


def make_posts(slice_of_corpus: str, most: int) -> list[Post]:
    """Return texts of the corpus as the posts of one source."""
    examples = corpus.read([shipped("data", "corpus") / slice_of_corpus]).examples
    return [
        normalise(
            RawPost(source="bench", external_id=one.id, body=one.text, language=one.lang),
            official=False,
            now=START + place * APART,
        )
        for place, one in enumerate(examples[:: max(1, len(examples) // most)][:most])
    ]


def score_again(config: Config, model: Scorer, posts: Sequence[Post]) -> list[Arrival]:
    """Score, read, group and decide; return the posts as they came in."""
    reader, span = load_reader(shipped("data")), Span(since=BEGINNING, until=FAR)
    items = (Item(post=post) for post in posts)
    arrivals = list(rescore.rescored(items, span, model, reader, config.service.event_days))
    backtest.replay(arrivals, [backtest.open_book(config)], FAR)
    return arrivals


def fill(store: Store, arrivals: Sequence[Arrival], most: int) -> None:
    """Store copies of posts with their scores and events."""
    known: set[str] = set()
    with store.write() as connection:
        for place in range(most):
            copy, position = divmod(place, len(arrivals))
            case = arrivals[position].case
            at = START + place * APART
            post = replace(
                case.post, id=f"{case.post.id}-{copy}", published_at=at, first_seen_at=at
            )
            event = replace(case.event, id=f"{case.event.id}-{copy}")
            if event.id not in known:
                add_events(connection, [event])
            known.add(event.id)
            act = case.event.act
            draft = Draft(post=post, tagging=case.tagging, act=act, event_id=event.id,
                          joined_by="opened", backfilled=False)  # fmt: skip
            add_posts(connection, [draft], {})


def from_store(config: Config, url: str, thresholds: replay.Thresholds) -> int:
    """Replay a database as `tocsin backtest` does; return how many alerts that makes."""
    store, span = open_to_read(url, current_only=True), Span(since=BEGINNING, until=FAR)
    book = backtest.open_book(config)
    with store.read() as connection:
        heard = book.notebook.heard.__contains__
        arrivals = replay.stored(connection, span, config.rules, thresholds, heard, TERMS)
        backtest.replay(arrivals, [book], FAR)
    store.close()
    return len(backtest.result([book], span).alerts)


def measure(name: str, posts: int, work: Callable[[], Done]) -> Done:
    """Do a piece of work and print how many posts a second it took."""
    began, busy = time.perf_counter(), time.process_time()
    done = work()
    took, worked = time.perf_counter() - began, time.process_time() - busy
    print(
        f"{name}: {posts:,} posts, {posts / took:,.0f} posts/s "
        f"({posts / worked:,.0f} a second of processor time)"
    )
    return done


def main() -> None:
    """Print a line for each way to replay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=30_000, help="stored posts")
    parser.add_argument("--rescored", type=int, default=3_000, help="posts that are scored")
    asked = parser.parse_args()
    config = load_config(shipped("data", "tocsin.example.yaml"), secrets=False)
    every = replace(config, rules=(*config.rules, EVERY_POST))
    model = artefact.serve(artefact.home())

    def thresholds(_: str) -> dict[str, float]:
        return dict(model.thresholds)

    for name, slice_of_corpus in SLICES:
        posts = make_posts(slice_of_corpus, asked.rescored)
        texts = [post.text for post in posts]
        measure(f"{name}, classifier alone", len(posts), partial(model.tag, texts))
        arrivals = measure(
            f"{name}, scored again", len(posts), partial(score_again, config, model, posts)
        )
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
            url = f"sqlite:///{folder}/bench.db"
            store = open_store(url)
            fill(store, arrivals, asked.posts)
            store.close()
            for what, one in (("stored", config), ("stored, a rule for every post", every)):
                work = partial(from_store, one, url, thresholds)
                alerts = measure(f"{name}, {what}", asked.posts, work)
                print(f"  {alerts:,} alerts, one in {asked.posts / max(alerts, 1):.1f} posts")


if __name__ == "__main__":
    main()
