"""The trees that ship are fitted to how texts are read and kept apart now."""

import json

import numpy as np
import pytest

from alerts.likeness import load_likeness
from tests.benchmarks.events import STREAM
from tests.benchmarks.fit_likeness import MADE, SEEN, fit, means_of, pairs_of


def test_features_are_as_when_the_trees_were_fitted() -> None:
    """A feature that moves by a hundredth is read from other words: run `make likeness`."""
    fitted, now = json.loads(SEEN.read_text(encoding="utf-8")), means_of()
    shipped = json.loads(MADE.read_text(encoding="utf-8"))

    assert list(now) == ["pairs", *shipped["features"]]
    assert now == pytest.approx(fitted, rel=0.01, abs=0.002)


def test_what_is_shipped_is_of_the_kind_that_a_fit_gives() -> None:
    found = pairs_of(STREAM / "tune.jsonl", mixed=False)
    shipped = load_likeness()
    made = fit(found)

    odds = [shipped(*one.values()) for one, _ in found]
    same = np.array([same for _, same in found], dtype=bool)

    assert made.keys() == json.loads(MADE.read_text(encoding="utf-8")).keys()
    assert np.median(np.array(odds)[same]) > 0 > np.percentile(np.array(odds)[~same], 95)
