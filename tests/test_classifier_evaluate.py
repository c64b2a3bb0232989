"""Figures against counts made by hand; intervals that hold them; mistakes by kind."""

from collections.abc import Sequence

import numpy as np
import pytest

from classifier.evaluate import (
    Verdicts,
    average_precision,
    brief,
    calibration_error,
    decide,
    evaluate,
    interval,
    kinds_of_mistakes,
    majority_baseline,
    resamples,
    worst,
)
from classifier.labels import Example

TOPICS = ("china", "export-controls")


def example(id: str, topics: Sequence[str], policy: int, **more: object) -> Example:
    fields = {"text": id, "lang": "en", "style": "social", **more}
    return Example(id=id, topics=frozenset(topics), policy=policy, **fields)  # type: ignore[arg-type]


EXAMPLES = [
    example("hit", ["china", "export-controls"], 3),
    example("missed", ["china"], 2, lang="zh", style="notice"),
    example("false", [], 0),
    example("right", [], 1),
    example("doubt", ["china"], 0, unsure=frozenset({"china"})),
]
CHANCES = np.array(
    [
        [0.9, 0.8, 0.9, 0.9, 0.9],
        [0.2, 0.1, 0.9, 0.8, 0.1],
        [0.7, 0.1, 0.2, 0.1, 0.1],
        [0.1, 0.1, 0.6, 0.2, 0.1],
        [0.1, 0.1, 0.1, 0.1, 0.1],
    ]
)


@pytest.fixture
def verdicts() -> Verdicts:
    return decide(TOPICS, CHANCES, dict.fromkeys(TOPICS, 0.5), (0.5, 0.5, 0.5))


def test_figures_are_those_counted_by_hand(verdicts: Verdicts) -> None:
    found = evaluate(EXAMPLES, verdicts, model="v")

    china = found["topics"]["china"]
    assert (china["precision"], china["recall"], china["f1"]) == (0.5, 0.5, 0.5)
    assert china["support"] == 2
    assert found["macro_f1"] == 0.75
    assert found["policy"]["exact"] == 1.0
    assert found["policy"]["confusion"][3] == [0, 0, 0, 1]
    assert found["must_alert"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "support": 1}
    assert found["high_relevance"]["recall"] == 0.5


def test_intervals_hold_their_figures_by_topic_policy_language_and_style(
    verdicts: Verdicts,
) -> None:
    found = evaluate(EXAMPLES, verdicts, model="v")

    told = [
        *((one, "f1") for one in found["topics"].values()),
        *((found["policy"][f"at_least_{grade}"], "f1") for grade in (1, 2, 3)),
        *((one, "macro_f1") for one in found["by_lang"].values()),
        *((one, "macro_f1") for one in found["by_style"].values()),
        (found, "macro_f1"),
    ]
    for one, name in told:
        low, high = one[f"{name}_interval"]
        assert 0 <= low <= one[name] <= high <= 1


def test_an_interval_is_as_wide_as_theory_says() -> None:
    held = np.arange(2000) < 1000

    low, high = interval(lambda drawn: drawn @ held / drawn.sum(axis=1), 2000)

    # 1.96 standard errors of a share of one half in 2,000 draws.
    assert (low, high) == pytest.approx((0.5 - 0.0219, 0.5 + 0.0219), abs=0.003)


def test_resamples_draw_as_many_texts_as_there_are_and_stay_the_same() -> None:
    first = resamples(50)

    assert set(first.sum(axis=1).tolist()) == {50}
    resamples.cache_clear()
    assert np.array_equal(first, resamples(50))


def test_many_texts_need_fewer_resamples() -> None:
    assert [len(resamples(size)) for size in (50, 20_000, 50_000, 300_000)] == [
        1000, 1000, 400, 200,
    ]  # fmt: skip
    resamples.cache_clear()


def test_the_highest_grade_that_passes_is_given() -> None:
    chances = np.array([[0.1, 0.1, 0.9, 0.4, 0.6], [0.1, 0.1, 0.9, 0.1, 0.1]])

    found = decide(TOPICS, chances, dict.fromkeys(TOPICS, 0.5), (0.5, 0.5, 0.5))

    assert found.grades.tolist() == [3, 1]


def test_mistakes_are_counted_by_kind_and_the_worst_named(verdicts: Verdicts) -> None:
    kinds = kinds_of_mistakes(EXAMPLES, verdicts)

    fields = ("error", "lang", "style", "count", "of")
    assert {tuple(one[field] for field in fields) for one in kinds} == {
        ("missed", "zh", "notice", 1, 1),
        ("false", "en", "social", 1, 2),
    }
    assert [one["id"] for one in worst(EXAMPLES, verdicts)] == ["missed", "false"]


def test_average_precision_counts_ties_as_one_step() -> None:
    assert average_precision(np.array([True, False]), np.array([0.5, 0.5])) == 0.5
    assert average_precision(np.array([True, False, True]), np.array([0.9, 0.5, 0.4])) == (
        pytest.approx((1 + 2 / 3) / 2)
    )
    assert average_precision(np.array([False]), np.array([0.5])) == 0.0


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    held = np.array([True, True, False, False])

    assert calibration_error(held, np.array([1.0, 1.0, 0.0, 0.0])) == 0.0
    assert calibration_error(held, np.array([0.95, 0.95, 0.35, 0.35])) == pytest.approx(0.2)


def test_the_majority_says_the_commonest_answer_every_time() -> None:
    found = brief(EXAMPLES, majority_baseline(EXAMPLES, TOPICS))

    assert found["topics"]["china"] == {"precision": 0.5, "recall": 1.0, "f1": 2 / 3}
    assert found["exact"] == 0.4
