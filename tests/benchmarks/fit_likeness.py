"""Fits the trees of alerts/likeness.py to the labelled streams and writes data/likeness.json, and
beside the tests what the features of two streams were, by which they see whether that is stale.

    python tests/benchmarks/fit_likeness.py [--streams tune,held,fresh-a]

Posts are put, in two orders of arrival, beside the open events of grade 2 and 3 that resemble
them, which are kept as the labels say; whether the two are one act is what the trees learn.
Posts that share a key with their act, and events that a guard keeps apart, are left out: nobody
asks for their likeness. Posts of the corpus, each on an act of its own, are put beside one another
as well. What speaks for one act may only raise the odds and what speaks against it only lower them
(monotonic constraints), so that the trees learn no chance of so few acts.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from alerts.config import Service
from alerts.contradictions import OFFICE, kept_apart
from alerts.domain import Event
from alerts.events import absorb, open_event
from alerts.grouping import is_compared
from alerts.likeness import Candidate, features
from alerts.reading import Read
from alerts.traces import is_digest, trace
from alerts.window import Window

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.events import FITTED, OTHERS, STREAM, corpus_stream, read_rows, shuffled  # noqa: E402

STREAMS = (
    "tune", "held", "fresh-a", "fresh-c", "fresh-d", "fresh-f", "fresh-g", "fresh-j", "fresh-k",
    "fresh-l", "fresh-m", "fresh-n", "fresh-o", "fresh-p", "fresh-q", "fresh-r",
)  # fmt: skip
"""What the shipped trees are fitted to; the other streams are for measuring alone."""

MADE = ROOT / "data" / "likeness.json"

WATCHED = ("tune", "fresh-k")
SEEN = ROOT / "tests" / "data" / "likeness-means.json"
"""Streams whose features the tests compare, and what these were when the trees were fitted."""

TREES, LEAVES, RATE, LEAST, RIDGE = 100, 6, 0.1, 150, 5.0
"""Trees, leaves of each, how much of it counts, pairs that a leaf stands for at least, and penalty
on its value."""

FOR = ("wording", "rarest", "rare", "figure", "own", "days", "date", "due")
AGAINST = (
    "among", "official_again", "items_new", "places_new", "jurisdiction_differs", "home_differs",
    "shares_differ", "other_figures",
)  # fmt: skip
"""Features that can only raise the odds of one act, and those that can only lower them."""

SEED = 100
"""Of another order of arrival than as published, and than those that figures are measured on."""

MISREAD = 0.15
"""How much of what is read is left out in that order. Of streams that were read to mend the reader,
less is misread than of others, and trees that are fitted to them alone trust it too much."""

SAME = 0.25
"""Cosine from which two posts of the corpus may be on one act after all."""

Pair = tuple[dict[str, float], int]


def pairs(rows: Sequence[Mapping[str, Any]], read: Mapping[str, Read]) -> Iterator[Pair]:
    """Yield features of each post beside each event that it resembles, and whether it is one."""
    window = Window(Service().event_days)
    events: dict[str, Event] = {}
    act_of: dict[str, str | None] = {}
    home: dict[str, str] = {}
    keys: dict[str, set[str]] = defaultdict(set)
    authorities: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        one, name = read[row["id"]], row["act"]
        keyed = name is not None and not keys[name].isdisjoint(one.seen.keys)
        if name is not None:
            keys[name].update(one.seen.keys)
        if is_digest(one.act) or not is_compared(one.tagging):
            continue
        found = window.alike(one.seen.terms, one.post.published_at, wide=True)
        for event_id, alike in found.items():
            event = events[event_id]
            published = authorities[event_id] if one.post.official else {}
            candidate = Candidate(
                event=event, alike=alike, among=window.acts, authorities=published
            )
            apart = kept_apart(one.post, one.act, candidate, "evidence")
            # Of who only leans on it, likeness has to tell.
            if keyed or event.grade < 2 or apart not in (None, OFFICE):
                continue
            if alike.cosine >= SAME and row["id"].startswith(OTHERS):
                continue
            same = name is not None and act_of[event.id] == name
            yield features(one.post, one.act, candidate), int(same)
        known = events.get(home.get(name or "", ""))
        event = (
            absorb(known, one.post, one.tagging, one.act)
            if known
            else open_event(one.post, one.tagging, one.act)
        )
        events[event.id] = event
        act_of[event.id] = name
        if one.post.official:
            authorities[event.id][one.post.source] = one.post.external_id
        if name is not None:
            home[name] = event.id
        window.put(
            event.id, one.seen.terms, one.post.published_at, policy=one.tagging.policy.grade >= 2
        )


def pairs_of(stream: Path, *, mixed: bool = True) -> list[Pair]:
    """Return the pairs of one stream, alone in two orders, and once among posts of the corpus."""
    rows = [json.loads(line) for line in stream.read_text(encoding="utf-8").splitlines()]
    read = read_rows(rows)
    found = [*pairs(rows, read), *pairs(shuffled(rows, SEED), misread(read))]
    if not mixed:
        return found
    among = among_others(rows)
    others = (row for row in among if row["id"].startswith(OTHERS))
    return found + list(pairs(among, read | {row["id"]: read_other(row) for row in others}))


def misread(read: Mapping[str, Read]) -> dict[str, Read]:
    """Return posts with some of what was read of each left out, at random but always the same."""
    chance = random.Random(SEED)

    def kept() -> bool:
        return chance.random() >= MISREAD

    found = {}
    for name, one in read.items():
        names = tuple(mention for mention in one.act.mentions if kept())
        act = replace(
            one.act,
            mentions=names,
            items=tuple(item for item in one.act.items if f"item:{item}" in names),
            targets=one.act.targets if kept() else (),
            instrument=one.act.instrument if kept() else None,
            jurisdiction=one.act.jurisdiction if kept() else None,
            stage=one.act.stage if kept() else None,
            effective_on=one.act.effective_on if kept() else None,
        )
        found[name] = replace(one, act=act, seen=trace(one.post, act))
    return found


def means_of(names: Sequence[str] = WATCHED) -> dict[str, float]:
    """Return how many pairs streams have, in order of arrival, and the mean of each feature."""
    found = []
    for name in names:
        lines = (STREAM / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        found += [features for features, _ in pairs(rows, read_rows(rows))]
    means = {name: round(fmean(one[name] for one in found), 4) for name in found[0]}
    return {"pairs": len(found), **means}


def read_other(row: Mapping[str, Any]) -> Read:
    """Return a post of the corpus as it is read, at the time that the row gives it."""
    read = read_others()[row["id"]]
    at = datetime.fromisoformat(row["published"])
    return replace(read, post=replace(read.post, published_at=at))


@cache
def read_others() -> dict[str, Read]:
    """Read the posts of the corpus once for all streams."""
    return read_rows(corpus_stream(1, slice(FITTED)))


def among_others(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return a stream with posts of the corpus between its own, spread over the same time.

    The streams are on few acts in few fields. Where there are hundreds in all fields, a post finds
    one that it resembles a little, and must not vanish in it.
    """
    first, last = (datetime.fromisoformat(rows[place]["published"]) for place in (0, -1))
    minutes = (last - first).total_seconds() / 60 / FITTED
    others = corpus_stream(minutes, slice(FITTED), first)
    return sorted((*rows, *others), key=lambda row: datetime.fromisoformat(row["published"]))


def fit(found: Sequence[Pair]) -> dict[str, Any]:
    """Return the fitted trees, as alerts/trees.py compiles them."""
    names = list(found[0][0])
    machine = HistGradientBoostingClassifier(
        learning_rate=RATE, max_iter=TREES, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST,
        l2_regularization=RIDGE, early_stopping=False, random_state=0,
        monotonic_cst=[(name in FOR) - (name in AGAINST) for name in names],
    )  # fmt: skip
    machine.fit(np.array([list(one.values()) for one, _ in found]), [same for _, same in found])
    return {
        "features": names,
        "start": round(float(np.ravel(machine._baseline_prediction)[0]), 4),
        "trees": [
            [
                (round(float(node["value"]), 4),)
                if node["is_leaf"]
                else (
                    int(node["feature_idx"]), round(float(node["num_threshold"]), 5),
                    int(node["left"]), int(node["right"]),
                )
                for node in tree.nodes
            ]
            for (tree,) in machine._predictors
        ],
    }  # fmt: skip


def main() -> None:
    """Write the trees, one a line."""
    options = argparse.ArgumentParser()
    options.add_argument("--streams", default=",".join(STREAMS))
    names = options.parse_args().streams.split(",")
    found = [pair for name in names for pair in pairs_of(STREAM / f"{name}.jsonl")]
    made = fit(found)
    print(f"{len(found)} pairs, {sum(same for _, same in found)} of one act")
    head = {name: made[name] for name in ("features", "start")}
    trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in made["trees"])
    SEEN.write_text(json.dumps(means_of(), indent=0) + "\n", encoding="utf-8")
    MADE.write_text(f'{json.dumps(head)[:-1]}, "trees": [\n{trees}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
