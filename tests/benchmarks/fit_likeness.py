"""Fits the weights of alerts/likeness.py on the labelled stream and prints them.

    python tests/benchmarks/fit_likeness.py

Each post of tests/data/events/tune.jsonl is put beside the open events that resemble it, which
are kept as the labels say; whether the two are one act is what the regression learns.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from alerts.domain import Event, RawPost
from alerts.events import absorb, open_event, trace
from alerts.likeness import WEIGHTS, Candidate, features
from alerts.normalise import normalise
from alerts.opening import open_reader
from alerts.pipeline import read_act
from alerts.window import Window
from classifier import artefact

ROOT = Path(__file__).resolve().parents[2]
STREAM = ROOT / "tests" / "data" / "events" / "tune.jsonl"


def pairs(rows: Sequence[Mapping[str, Any]]) -> tuple[list[list[float]], list[int]]:
    """Return features of each post beside each event that it resembles, and whether it is one."""
    model, reader, window = artefact.serve(ROOT / "models"), open_reader(), Window(7)
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
        seen = trace(post, act)
        links = "link" in seen.keys.values()
        for one in window.alike(seen.terms, post.published_at):
            candidate = Candidate(event=events[one.event_id], cosine=one.cosine, authorities={})
            values = features(post, tagging, act, candidate, links=links)
            found.append([values[name] for name in WEIGHTS])
            labels.append(int(row["act"] is not None and act_of[one.event_id] == row["act"]))
        known = events.get(home.get(row["act"] or "", ""))
        event = absorb(known, post, tagging, act) if known else open_event(post, tagging, act)
        events[event.id] = event
        act_of[event.id] = row["act"]
        if row["act"]:
            home[row["act"]] = event.id
        window.put(event.id, seen.terms, post.published_at)
    return found, labels


def main() -> None:
    """Print the start value and the weights."""
    lines = STREAM.read_text(encoding="utf-8").splitlines()
    found, labels = pairs([json.loads(line) for line in lines])
    machine = LogisticRegression(C=1.0, max_iter=3000).fit(np.array(found), labels)
    print(f"{len(labels)} pairs, {sum(labels)} of one act")
    print(f"START = {machine.intercept_[0]:.2f}")
    for name, weight in zip(WEIGHTS, machine.coef_[0], strict=True):
        print(f'    "{name}": {weight:.2f},')


if __name__ == "__main__":
    main()
