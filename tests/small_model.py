"""A model of a few rows, for tests of what happens to models and not of what they say."""

from dataclasses import replace
from pathlib import Path

from classifier import corpus
from classifier.gazetteer import Gazetteer
from classifier.model import Parameters, TopicModel
from classifier.train import train

DATA = Path(__file__).resolve().parents[1] / "data"


def train_small(version: str) -> TopicModel:
    """Train on every fortieth row of the shipped corpus, which takes about a second."""
    rows = corpus.read(sorted((DATA / "corpus").glob("*.jsonl")))
    few = replace(rows, examples=rows.examples[::40])
    return train(
        few, Gazetteer.load(DATA / "gazetteer"), Parameters(folds=2), version=version
    ).model
