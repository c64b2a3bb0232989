"""Boosted trees as a function: each leads to one leaf, and the leaves add up."""

import pytest

from alerts.trees import compile_trees

TABLE = {
    "features": ["wording", "hours"],
    "start": -1,
    "trees": [
        [(0, 0.5, 1, 2), (0.25,), (1, 24, 3, 4), (4,), (2.5,)],
        [(1, 1, 1, 2), (100,), (0,)],
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("wording", "hours", "odds"),
    [
        (0.5, 30, -1 + 0.25),
        (0.51, 24, -1 + 4),
        (0.51, 24.1, -1 + 2.5),
        (0, 1, -1 + 0.25 + 100),
    ],
)
def test_each_tree_adds_the_leaf_that_its_conditions_lead_to(
    wording: float, hours: float, odds: float
) -> None:
    assert compile_trees(TABLE)(wording, hours) == odds


def test_a_tree_may_be_a_leaf() -> None:
    assert compile_trees({"features": ["x"], "start": 0.5, "trees": [[(1,)]]})(7) == 1.5
