"""Fits the weights of alerts/likeness.py on the labelled stream and prints them.

    python tests/benchmarks/fit_likeness.py

Each post of tests/data/events/tune.jsonl that reports policy is put beside the open events that
resemble it, which are kept as the labels say; whether the two are one act is what the regression
learns. Features are standardised for the fit, so that the penalty treats them alike.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from alerts.domain import Event, RawPost
from alerts.events import absorb, open_event
from alerts.grouping import is_compared
from alerts.likeness import Candidate, features
from alerts.normalise import normalise
from alerts.opening import open_reader
from alerts.reading import read_act
from alerts.traces import is_digest, trace
from alerts.window import Window
from classifier import artefact

ROOT = Path(__file__).resolve().parents[2]
STREAM = ROOT / "tests" / "data" / "events" / "tune.jsonl"
PENALTY = 0.1
"""Inverse strength of the regression's penalty: there are few acts, and many features."""


def pairs(rows: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, float]], list[int]]:
    """Return features of each post beside each event that it resembles, and whether it is one."""
    model, reader, window = artefact.serve(ROOT / "models"), open_reader(), Window(45)
    found, labels = [], []
    events: dict[str, Event] = {}
    act_of: dict[str, str | None] = {}
    home: dict[str, str] = {}
    for row in rows:
        raw = RawPost(
            source=row["source"], external_id=row["id"], url=row.get("url"),
            title=row.get("title"), body=row.get("body"), published=row["published"],
            language=row["lang"], official=row["official"],
        )  # fmt: skip
        post = normalise(raw, official=False, now=datetime.fromisoformat(row["published"]))
        (tagging,) = model.tag([post.text])
        act = read_act(reader, post)
        if is_digest(act) or not is_compared(tagging):
            continue
        seen = trace(post, act)
        for one in window.alike(seen.terms, post.published_at, wide=True):
            event = events[one.event_id]
            if min(tagging.policy.grade, event.grade) < 2:
                continue
            candidate = Candidate(event=event, cosine=one.cosine, cover=one.cover, authorities={})
            found.append(features(post, act, candidate))
            labels.append(int(row["act"] is not None and act_of[one.event_id] == row["act"]))
        known = events.get(home.get(row["act"] or "", ""))
        event = absorb(known, post, tagging, act) if known else open_event(post, tagging, act)
        events[event.id] = event
        act_of[event.id] = row["act"]
        if row["act"]:
            home[row["act"]] = event.id
        window.put(event.id, seen.terms, post.published_at)
    return found, labels


def fit(found: Sequence[Mapping[str, float]], labels: Sequence[int]) -> tuple[float, list[float]]:
    """Return the start value and a weight for each feature, in the features' own units."""
    values = np.array([list(one.values()) for one in found])
    scaler = StandardScaler().fit(values)
    machine = LogisticRegression(C=PENALTY, max_iter=3000).fit(scaler.transform(values), labels)
    weights = machine.coef_[0] / scaler.scale_
    return float(machine.intercept_[0] - weights @ scaler.mean_), list(weights)


def main() -> None:
    """Print the start value and the weights."""
    lines = STREAM.read_text(encoding="utf-8").splitlines()
    found, labels = pairs([json.loads(line) for line in lines])
    start, weights = fit(found, labels)
    print(f"{len(labels)} pairs, {sum(labels)} of one act")
    print(f"START = {start:.2f}")
    for name, weight in zip(found[0], weights, strict=True):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
