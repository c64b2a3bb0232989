"""Drift: told where scores move, not where chance or another mix of sources moves them."""

import random

import pytest

from alerts import drift
from alerts.drift import CALM, NEWS, compare, count


def scores(
    number: int, share: float, *, source: str = "wire", seed: int = 0
) -> list[tuple[str, float]]:
    """Return scores of which a share is high, as a stream has them."""
    dice = random.Random(f"{seed} {number} {share}")
    return [
        (source, dice.betavariate(8, 1) if dice.random() < share else dice.betavariate(0.3, 6))
        for _ in range(number)
    ]


@pytest.mark.parametrize("number", [400, 1000, 5000])
def test_chance_alone_is_no_drift(number: int) -> None:
    for seed in range(30):
        before, after = (count(scores(number, 0.08, seed=seed + place)) for place in (0, 1000))
        shift = compare(before, after)
        assert shift is not None
        assert shift.index < CALM


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [(0.08, 0.12, False), (0.08, 0.16, False), (0.08, 0.4, True), (0.3, 0.02, True)],
)
def test_a_large_shift_is_news_and_a_busy_fortnight_is_not(
    before: float, after: float, *, news: bool
) -> None:
    shift = compare(count(scores(2000, before)), count(scores(2000, after, seed=1)))

    assert shift is not None
    assert (shift.index > NEWS) is news
    assert (shift.before, shift.after) == pytest.approx((before, after), abs=0.03)


def test_another_mix_of_the_same_sources_is_no_drift() -> None:
    rare, rich = (0.02, "wire"), (0.6, "gazette")

    def mix(wire: int, gazette: int, seed: int) -> dict[str, list[int]]:
        return count(
            scores(wire, rare[0], source=rare[1], seed=seed)
            + scores(gazette, rich[0], source=rich[1], seed=seed)
        )

    shift = compare(mix(1800, 200, 1), mix(300, 1700, 2))

    assert shift is not None
    assert shift.index < CALM
    assert shift.after == pytest.approx(shift.before, abs=0.03)


def test_sources_that_came_or_went_are_left_out() -> None:
    old, new = scores(2000, 0.05), scores(2000, 0.05, seed=1)

    shift = compare(
        count(old + scores(900, 0.9, source="gone")), count(new + scores(900, 0.9, source="new"))
    )

    assert shift is not None
    assert shift.index < CALM


def test_too_few_scores_say_nothing() -> None:
    assert compare(count(scores(399, 0.1)), count(scores(5000, 0.1))) is None
    assert compare(count(scores(500, 0.1)), count(scores(500, 0.1, source="other"))) is None
    assert compare({}, {}) is None


def test_equal_histograms_have_no_distance() -> None:
    assert drift.stability([10, 20, 0], [10, 20, 0]) == 0
    assert drift.stability([100, 0], [0, 100]) > 5


@pytest.mark.parametrize(("score", "place"), [(0, 0), (0.01, 1), (0.5, 5), (0.97, 8), (1, 8)])
def test_scores_fall_into_bins(score: float, place: int) -> None:
    (counts,) = count([("wire", score)]).values()

    assert counts.index(1) == place
