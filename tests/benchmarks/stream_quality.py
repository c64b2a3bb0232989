"""Measures the classifier on a real stream of official notices, most of them irrelevant.

Labels: tests/data/stream_labels.jsonl. Rows of the `random` sample are a uniform draw and give
false tags and false alerts at natural prevalence; `sought` rows were found by queries and give
recall only. Topics that a row is `unsure` of are left out for that row.

python tests/benchmarks/stream_quality.py [--stream FILE] [--model VERSION] [--models FOLDER]
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from classifier import artefact
from classifier.evaluate import MUST_ALERT_TOPIC, Verdicts, decide

ROOT = Path(__file__).resolve().parents[2]
LABELS = ROOT / "tests" / "data" / "stream_labels.jsonl"
STREAM = ROOT.parent / "shared" / "streams" / "federal_register_2024.jsonl"
BATCH = 1000
MUST_ALERT, HIGH_RELEVANCE = "must alert", "high relevance"
Flags = NDArray[np.bool_]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def judge(model: Any, texts: Sequence[str]) -> Verdicts:
    """Return what a model says of the texts."""
    chances = np.vstack(
        [model.probabilities(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
    )
    return decide(model.topics, chances, model.thresholds, model.grade_thresholds)


def heads(
    labels: Sequence[dict[str, Any]], verdicts: Verdicts
) -> Iterator[tuple[str, Flags, Flags, Flags]]:
    """Yield each head with what holds, what was said, and which rows count for it."""
    grades = np.array([row["policy"] for row in labels])
    held, certain = (
        np.array([[topic in row[field] for topic in verdicts.topics] for row in labels])
        for field in ("topics", "unsure")
    )
    certain = ~certain
    for at, topic in enumerate(verdicts.topics):
        yield topic, held[:, at], verdicts.tags[:, at], certain[:, at]
    everything = np.ones(len(labels), dtype=bool)
    for grade in (2, 3):
        yield f"policy at least {grade}", grades >= grade, verdicts.grades >= grade, everything
    at = verdicts.topics.index(MUST_ALERT_TOPIC)
    yield (
        MUST_ALERT,
        held[:, at] & (grades == 3),
        verdicts.tags[:, at] & (verdicts.grades == 3),
        certain[:, at],
    )
    surely = (held & certain).any(axis=1)
    yield (
        HIGH_RELEVANCE,
        surely & (grades >= 2),
        verdicts.tags.any(axis=1) & (verdicts.grades >= 2),
        surely | certain.all(axis=1) | (grades < 2),
    )


def share(hits: int, of: int, times: float = 1.0, digits: int = 3) -> str:
    """Return a share with Wilson's 95% interval, or - where there is nothing to share."""
    if not of:
        return "-"
    within = binomtest(hits, of).proportion_ci(method="wilson")
    edges = (f"{times * edge:.{digits}f}" for edge in (within.low, within.high))
    return f"{times * hits / of:.{digits}f} [{', '.join(edges)}]"


def main() -> None:
    """Print the figures as tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", type=Path, default=STREAM)
    parser.add_argument("--model")
    parser.add_argument("--models", type=Path)
    asked = parser.parse_args()
    if not asked.stream.is_file():
        raise SystemExit(f"{asked.stream}: no such file; name the stream with --stream")

    model = artefact.serve(asked.models or artefact.home(), asked.model)
    stream = read_rows(asked.stream)
    texts = {row["id"]: f"{row['title']}\n{row.get('abstract') or ''}" for row in stream}
    labels = read_rows(LABELS)
    verdicts = judge(model, [texts[row["id"]] for row in labels])
    uniform = np.array([row["sample"] == "random" for row in labels])
    print(
        f"model {model.version}; {uniform.sum()} random and {(~uniform).sum()} sought notices "
        f"of {len(stream)}; Wilson's 95% intervals"
    )
    print(f"{'':<18} {'false a 1,000':<20} {'found of random':<17} recall on sought")
    for name, held, said, counts in heads(labels, verdicts):
        drawn, sought = counts & uniform, counts & ~uniform & held
        wrong = share(int((drawn & said & ~held).sum()), int(drawn.sum()), 1000, 1)
        found = f"{(drawn & held & said).sum()} of {(drawn & held).sum()}"
        recall = share(int((sought & said).sum()), int(sought.sum()))
        print(f"{name:<18} {wrong:<20} {found:<17} {recall} of {sought.sum()}")
    tags = [
        (c & uniform & s & ~h).sum()
        for _, h, s, c in list(heads(labels, verdicts))[: len(model.topics)]
    ]
    print(f"false tags, all topics: {1000 * sum(tags) / uniform.sum():.1f} a 1,000 notices")

    whole = judge(model, list(texts.values()))
    at = whole.topics.index(MUST_ALERT_TOPIC)
    alerts = int((whole.tags[:, at] & (whole.grades == 3)).sum())
    print(
        f"whole stream: {alerts} must-alerts, {500 * alerts / len(texts):.2f} a 500 notices; "
        + ", ".join(
            f"{topic} {count}"
            for topic, count in zip(whole.topics, whole.tags.sum(axis=0), strict=True)
        )
    )


if __name__ == "__main__":
    main()
