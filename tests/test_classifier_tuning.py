"""Thresholds from a stream: budgets are kept, precision is reached, what falls off is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pytest

from classifier.compare import HeldOut, hold_out
from classifier.errors import InputError
from classifier.evaluate import Floats
from classifier.inputs import Item
from classifier.labels import Example
from classifier.tuning import Goal, Tuning, adjust, parse_budget, tune

TOPICS = ("china",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """A model whose probability is what the post says."""

    version: str = "v"
    topics: tuple[str, ...] = TOPICS
    heads: tuple[str, ...] = ("china", "policy>=1", "policy>=2", "policy>=3")
    thresholds: dict[str, float]
    grade_thresholds: tuple[float, float, float] = (0.5, 0.5, 0.5)

    def probabilities(self, texts: Sequence[str]) -> Floats:
        return np.array([[float(text)] * 4 for text in texts])


def stream(chances: Sequence[float]) -> list[Item]:
    """One post an hour from 2026-11-01 on."""
    return [
        Item(id=f"p{at}", text=str(chance), published=f"2026-11-{1 + at // 24:02}T{at % 24:02}:00Z")
        for at, chance in enumerate(chances)
    ]


@pytest.fixture
def held() -> HeldOut:
    """Half of the corpus is positive."""
    rows = [
        Example(
            id=str(at), text=str(at), lang="en", style="social",
            topics=frozenset(TOPICS if at % 2 else ()), policy=3 if at % 2 else 0,
        )
        for at in range(100)
    ]  # fmt: skip
    return hold_out(rows, TOPICS, np.full((100, 4), 0.5), {"china": 0.5}, (0.5, 0.5, 0.5))


def tuned(held: HeldOut, posts: Sequence[Item], goal: Goal, threshold: float = 0.3) -> Tuning:
    model = Scores(thresholds={"china": threshold})
    return tune(cast(Any, model), held, posts, goal)


RANDOM = np.random.default_rng(1).uniform(size=240)


@pytest.mark.parametrize("budget", [1, 2.5, 7])
def test_a_budget_is_kept_and_used(held: HeldOut, budget: float) -> None:
    found = tuned(held, stream(RANDOM.tolist()), Goal(budget=budget))

    kept = sum(found.thresholds["china"] <= RANDOM)
    assert found.days == 10
    assert kept == int(budget * 10)


def test_posts_with_one_score_all_fall_off_where_the_budget_holds_not_all(held: HeldOut) -> None:
    found = tuned(held, stream([0.9] * 48), Goal(budget=10))

    assert found.heads[0].after.posts == 0


def test_a_budget_never_lowers_a_threshold(held: HeldOut) -> None:
    found = tuned(held, stream(RANDOM.tolist()), Goal(budget=20), threshold=0.9)

    assert not found.changed


def test_a_budget_leaves_the_policy_grade_alone(held: HeldOut) -> None:
    found = tuned(held, stream(RANDOM.tolist()), Goal(budget=1))

    assert found.grade_thresholds == (0.5, 0.5, 0.5)


def test_the_expected_precision_is_reached_and_no_stricter_than_that(held: HeldOut) -> None:
    found = tuned(held, stream(RANDOM.tolist()), Goal(precision=0.9))

    _, likely = adjust(RANDOM, 0.5)
    right = np.sort(likely[found.thresholds["china"] <= RANDOM])[::-1]
    rest = np.sort(likely[found.thresholds["china"] > RANDOM])[::-1]
    assert right.mean() >= 0.9 > np.append(right, rest[0]).mean()
    assert found.heads[0].after.precision == pytest.approx(right.mean())


def test_a_precision_out_of_reach_is_told_and_changes_nothing(held: HeldOut) -> None:
    found = tuned(held, stream([0.31] * 200), Goal(precision=0.99))

    assert (found.heads[0].reached, found.changed) == (False, False)


def test_what_falls_off_is_told_likeliest_first(held: HeldOut) -> None:
    found = tuned(held, stream([0.4, 0.95, 0.6, 0.1] * 6), Goal(budget=6)).heads[0]

    assert (found.before.posts, found.after.posts, found.lost) == (18, 6, 12)
    assert [post.probability for post in found.falling] == [0.6] * 5
    assert found.falling[0].id == "p2"


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_the_share_of_positives_is_found_without_labels(share: float) -> None:
    random = np.random.default_rng(2)
    held = random.uniform(size=20_000) < share
    # Scores whose log-odds are calibrated for a corpus with half of its rows positive.
    odds = random.normal(np.where(held, 2.0, -2.0), 2.0)
    chances = 1 / (1 + np.exp(-odds))

    found, moved = adjust(chances, 0.5)

    assert found == pytest.approx(share, abs=0.01)
    assert moved[moved > 0.5].mean() == pytest.approx(held[moved > 0.5].mean(), abs=0.05)


@pytest.mark.parametrize(("text", "a_day"), [("10/day", 10), ("1/hour", 24), ("7/week", 1)])
def test_budgets_are_read(text: str, a_day: float) -> None:
    assert parse_budget(text) == pytest.approx(a_day)


@pytest.mark.parametrize("text", ["", "10", "0/day", "ten/day", "10/month", "-1/day"])
def test_bad_budgets_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="10/day"):
        parse_budget(text)


def test_streams_that_cannot_be_used_are_one_clear_line(held: HeldOut) -> None:
    undated = [Item(id="x", text="0.4")]

    with pytest.raises(InputError, match="holds no post"):
        tuned(held, [], Goal(precision=0.9))
    with pytest.raises(InputError, match=r"post x has no date"):
        tuned(held, undated, Goal(budget=1))
    with pytest.raises(InputError, match="allows no post"):
        tuned(held, stream([0.4]), Goal(budget=0.1))
    assert tuned(held, undated, Goal(precision=0.9)).days is None
