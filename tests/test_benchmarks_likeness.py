"""The weights that ship are those that `make likeness` gives."""

import pytest

from alerts.likeness import START, WEIGHTS
from tests.benchmarks.events import STREAM
from tests.benchmarks.fit_likeness import STREAMS, fit, pairs_of


def test_the_weights_are_fitted_to_how_texts_are_read_and_kept_apart_now() -> None:
    found = [pair for name in STREAMS for pair in pairs_of(STREAM / f"{name}.jsonl")]

    start, weights = fit(found)

    assert start == pytest.approx(START, abs=0.02)
    assert weights == pytest.approx(dict(WEIGHTS), abs=0.02)
