"""Measures how fast posts are classified, beside the plainest pipeline on the same corpus.

python tests/benchmarks/classify_speed.py [--data FILE.jsonl] [--rounds N]

The plain pipeline is scikit-learn's TfidfVectorizer over words and pairs of words with one
logistic regression a label, trained here on the rows that the model was trained on. Both give
the four topics and the three policy grades. Training is not timed.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import orjson
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from classifier import artefact, corpus
from classifier.corpus import Corpus
from classifier.resources import shipped

SINGLES = 500
"""Posts that are classified one at a time."""


def train_plain(labelled: Corpus) -> Pipeline:
    """Return the plain pipeline, trained on these rows."""
    labels = np.array(
        [
            [topic in example.topics for topic in labelled.topics]
            + [example.policy >= grade for grade in (1, 2, 3)]
            for example in labelled.examples
        ]
    ).astype(int)
    plain = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2)),
        OneVsRestClassifier(LogisticRegression(max_iter=500)),
    )
    return plain.fit([example.text for example in labelled.examples], labels)


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time that a piece of work takes."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def one_by_one(classify: Callable[[list[str]], object], texts: Sequence[str]) -> list[float]:
    """Return the seconds that each text takes when it comes alone."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        classify([text])
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def run_command(texts: Sequence[str]) -> None:
    """Classify the texts with the command itself, start-up included."""
    lines = b"".join(orjson.dumps({"text": text}) + b"\n" for text in texts)
    command = [sys.executable, "-m", "alerts.cli", "classify", "-", "--format", "jsonl"]
    done = subprocess.run(command, input=lines, capture_output=True, check=True)
    printed = done.stdout.count(b"\n")
    assert printed == len(texts), f"{printed} rows for {len(texts)} posts"


def main() -> None:
    """Print the figures as rows of a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="Labelled JSONL to classify; else the corpus.")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()

    labelled = corpus.read([shipped("data", "corpus")])
    read = labelled if asked.data is None else corpus.read([asked.data])
    texts = [example.text for example in read.examples]
    model = artefact.serve(artefact.home())
    plain = train_plain(labelled)
    ways: dict[str, Callable[[list[str]], object]] = {
        f"model {model.version}": model.tag,
        "plain pipeline": plain.predict_proba,
    }
    length = statistics.mean(map(len, texts))
    print(f"{len(texts)} posts, {length:.0f} characters on average; medians of {asked.rounds}")
    for name, classify in ways.items():
        whole = seconds(partial(classify, texts), asked.rounds)
        alone = one_by_one(classify, texts[:: max(1, len(texts) // SINGLES)])
        print(
            f"{name}: all at once {len(texts) / whole:,.0f} posts/s; one at a time "
            f"{len(alone) / sum(alone):,.0f} posts/s, p50 {1000 * alone[len(alone) // 2]:.2f} ms, "
            f"p99 {1000 * alone[int(len(alone) * 0.99)]:.2f} ms"
        )
    whole = seconds(partial(run_command, texts), asked.rounds)
    print(f"tocsin classify: {len(texts) / whole:,.0f} posts/s, start-up of the command included")


if __name__ == "__main__":
    main()
