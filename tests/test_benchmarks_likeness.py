"""The trees that ship are fitted to how texts are read and kept apart now."""

import json

import numpy as np
import pytest

from alerts.likeness import load_likeness
from tests.benchmarks.events import STREAM
from tests.benchmarks.fit_likeness import AGAINST, FOR, MADE, SEEN, TREES, means_of, pairs_of


def test_features_are_as_when_the_trees_were_fitted() -> None:
    """A feature that moves by a hundredth is read from other words: run `make likeness`."""
    fitted, now = json.loads(SEEN.read_text(encoding="utf-8")), means_of()
    shipped = json.loads(MADE.read_text(encoding="utf-8"))

    assert list(now) == ["pairs", *shipped["features"]]
    assert len(shipped["trees"]) == TREES
    assert now == pytest.approx(fitted, rel=0.01, abs=0.002)


def test_the_shipped_trees_tell_one_act_from_two_and_keep_to_their_conditions() -> None:
    found = pairs_of(STREAM / "tune.jsonl", mixed=False)
    shipped = load_likeness()
    odds = np.array([shipped(*one.values()) for one, _ in found])
    same = np.array([same for _, same in found], dtype=bool)

    assert np.median(odds[same]) > 0 > np.percentile(odds[~same], 95)

    for one, _ in found[::20]:
        before = shipped(*one.values())
        for name in (*FOR, *AGAINST):
            more = shipped(*{**one, name: one[name] + 1}.values())
            assert more >= before if name in FOR else more <= before, name
