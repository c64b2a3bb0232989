"""Fits the weights of alerts/likeness.py on the labelled streams and prints them.

    python tests/benchmarks/fit_likeness.py [--streams tune,held,fresh-a]

Posts are put, in several orders of arrival, beside the open events of grade 2 and 3 that resemble
them, which are kept as the labels say; whether the two are one act is what the regression learns.
Posts that share a key with their act, and events that a guard keeps apart, are left out: nobody
asks for their likeness. Posts of the corpus, each on an act of its own, are put beside one another
as well. Features are standardised for the fit, so that the penalty treats them
alike. Few features, for there are few acts: forty of them fit one stream better and the other
worse.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from alerts.config import Service
from alerts.contradictions import kept_apart
from alerts.domain import Event
from alerts.events import absorb, open_event
from alerts.grouping import is_compared
from alerts.likeness import Candidate, features
from alerts.reading import Read
from alerts.traces import is_digest
from alerts.window import Window

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.events import FITTED, OTHERS, STREAM, corpus_stream, read_rows, shuffled  # noqa: E402

STREAMS = ("tune", "held", "fresh-a", "fresh-c", "fresh-d", "fresh-f", "fresh-g")
"""What the shipped weights are fitted to; the other streams are for measuring alone."""

PENALTY = 0.02
"""Inverse strength of the regression's penalty."""

SEEDS = (None, 100)
"""Orders of arrival: as published, and another than those that figures are measured on."""

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
            if keyed or event.grade < 2 or apart is not None:
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


def pairs_of(stream: Path) -> list[Pair]:
    """Return the pairs of one stream, alone in two orders, and once among posts of the corpus."""
    rows = [json.loads(line) for line in stream.read_text(encoding="utf-8").splitlines()]
    read = read_rows(rows)
    orders = [rows if seed is None else shuffled(rows, seed) for seed in SEEDS]
    found = [pair for order in orders for pair in pairs(order, read)]
    mixed = among_others(rows)
    return found + list(pairs(mixed, read | read_rows([row for row in mixed if not row["act"]])))


def among_others(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return a stream with posts of the corpus between its own, spread over the same time.

    The streams are on few acts in few fields. Where there are hundreds in all fields, a post finds
    one that it resembles a little, and must not vanish in it.
    """
    first, last = (datetime.fromisoformat(rows[place]["published"]) for place in (0, -1))
    minutes = (last - first).total_seconds() / 60 / FITTED
    others = corpus_stream(minutes, slice(FITTED), first)
    return sorted((*rows, *others), key=lambda row: datetime.fromisoformat(row["published"]))


def fit(found: Sequence[Pair]) -> tuple[float, dict[str, float]]:
    """Return the start value and a weight for each feature, in the features' own units."""
    values = np.array([list(one.values()) for one, _ in found])
    scaler = StandardScaler().fit(values)
    machine = LogisticRegression(C=PENALTY, max_iter=3000)
    machine.fit(scaler.transform(values), [same for _, same in found])
    weights = machine.coef_[0] / scaler.scale_
    start = float(machine.intercept_[0] - weights @ scaler.mean_)
    return start, {name: float(one) for name, one in zip(found[0][0], weights, strict=True)}


def main() -> None:
    """Print the start value and the weights."""
    options = argparse.ArgumentParser()
    options.add_argument("--streams", default=",".join(STREAMS))
    names = options.parse_args().streams.split(",")
    found = [pair for name in names for pair in pairs_of(STREAM / f"{name}.jsonl")]
    start, weights = fit(found)
    print(f"{len(found)} pairs, {sum(same for _, same in found)} of one act")
    print(f"START = {start:.2f}")
    for name, weight in weights.items():
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
