"""The trees that ship are those that `make likeness` gives."""

import json

import numpy as np

from alerts.trees import compile_trees
from tests.benchmarks.events import STREAM
from tests.benchmarks.fit_likeness import MADE, STREAMS, fit, pairs_of


def test_the_trees_are_fitted_to_how_texts_are_read_and_kept_apart_now() -> None:
    found = [pair for name in STREAMS for pair in pairs_of(STREAM / f"{name}.jsonl")]
    shipped = json.loads(MADE.read_text(encoding="utf-8"))
    assert list(found[0][0]) == shipped["features"]

    ours, theirs = compile_trees(fit(found)), compile_trees(shipped)

    few = [list(one.values()) for one, _ in found[::50]]
    assert np.mean([abs(ours(*one) - theirs(*one)) for one in few]) < 0.02
