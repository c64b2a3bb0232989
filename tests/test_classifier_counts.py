"""What training counts in all texts at once is what the model's own vectorisers count in each."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from classifier import corpus
from classifier.counts import see
from classifier.features import BLOCKS, read
from classifier.gazetteer import Gazetteer
from classifier.model import Block, Parameters, make_features

DATA = Path(__file__).resolve().parents[1] / "data"
SHORT = ("", "...", "a", "a, a", "#ChipWar #出口管制 @user", "The the THE U.S. BYD's byd 比亚迪")


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load(DATA / "gazetteer")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    examples = corpus.read([DATA / "corpus"]).examples
    return [*SHORT, *(one.text for one in islice(examples, 0, None, 25)), *SHORT]


@pytest.mark.parametrize("least", [1, 2, 5])
def test_counts_are_those_of_the_vectorisers(
    texts: list[str], gazetteer: Gazetteer, least: int
) -> None:
    parameters = Parameters(blocks={name: Block(min_df=least) for name in BLOCKS})
    readings = [read(text, gazetteer) for text in texts]

    seen = see(texts, gazetteer, parameters)

    assert seen.concepts == [reading.concepts for reading in readings]
    for name, steps in make_features(parameters).transformer_list:
        counter = steps.named_steps["count"]
        expected = counter.fit_transform(readings).astype(float)
        expected.sort_indices()
        (found,) = [one for one in seen.blocks if one.name == name]
        assert found.features == counter.get_feature_names_out().tolist()
        assert np.array_equal(found.counts.indptr, expected.indptr)
        assert np.array_equal(found.counts.indices, expected.indices)
        assert np.array_equal(found.counts.data, np.log(expected.data) + 1)
