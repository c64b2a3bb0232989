"""The card and the plots: every figure is there, no text of the corpus is, files stay small."""

from typing import Any

import numpy as np
import pytest

from classifier import report
from classifier.evaluate import Verdicts, brief, decide, evaluate, mistakes, name_thresholds
from classifier.labels import Example

TOPICS = ("china", "export-controls")
THRESHOLDS = dict.fromkeys(TOPICS, 0.5)
GRADES = (0.5, 0.5, 0.5)
SECRET = "a text that belongs to somebody"


@pytest.fixture
def examples() -> list[Example]:
    return [
        Example(
            id=f"r{at}", text=SECRET, lang="en" if at % 3 else "zh",
            style="social" if at % 2 else "notice",
            topics=frozenset(TOPICS[: at % 3]), policy=(0, 1, 2, 3)[at % 4],
        )
        for at in range(120)
    ]  # fmt: skip


@pytest.fixture
def verdicts() -> Verdicts:
    chances = np.random.default_rng(3).uniform(size=(120, 5))
    return decide(TOPICS, chances, THRESHOLDS, GRADES)


@pytest.fixture
def figures(examples: list[Example], verdicts: Verdicts) -> dict[str, Any]:
    found = evaluate(examples, verdicts, model="v-1")
    name_thresholds(found, THRESHOLDS, GRADES)
    baselines = {"keywords": brief(examples, verdicts)}
    point = {"macro_f1": 0.5, "macro_f1_interval": [0.4, 0.6], "policy_at_least_2_f1": 0.5}
    learning = [{"rows": rows, **point} for rows in (30, 60, 90)]
    return {
        **found, "baselines": baselines, "learning": learning, **mistakes(examples, verdicts),
    }  # fmt: skip


FACTS: dict[str, Any] = {
    "corpus": {"rows": 120, "fingerprint": "c0ffee"},
    "gazetteer": {"terms": 9, "fingerprint": "beef"},
    "parameters": {"strength": 4.0},
    "gate": {"accepted": True, "why": "there was no current version", "comparison": None},
}


def test_the_card_says_what_it_is_from_what_and_how_good(
    figures: dict[str, Any], examples: list[Example], verdicts: Verdicts
) -> None:
    files = report.files(figures, examples, verdicts, FACTS, command="tocsin train --corpus here")

    card = files["card.md"].decode()
    low, high = figures["topics"]["china"]["f1_interval"]
    for told in (
        "v-1", "c0ffee", "beef", '"strength":4.0', "there was no current version",
        f"[{low:.3f}, {high:.3f}]", "| zh |", "| notice |", "keywords", "## Mistakes",
        "## Limits", "tocsin train --corpus here", "learning.png", "must alert",
    ):  # fmt: skip
        assert told in card, told
    assert SECRET not in card


def test_plots_are_small_pictures_and_the_same_every_time(
    figures: dict[str, Any], examples: list[Example], verdicts: Verdicts
) -> None:
    one, two = (report.files(figures, examples, verdicts, FACTS, command="c") for _ in range(2))

    drawn = {name for name in one if name.endswith(".png")}
    assert drawn == {"pr.png", "calibration.png", "confusion.png", "learning.png"}
    for name in drawn:
        assert one[name].startswith(b"\x89PNG")
        assert len(one[name]) < 150_000
    assert one == two


def test_there_is_no_learning_curve_unless_it_was_measured(
    figures: dict[str, Any], examples: list[Example], verdicts: Verdicts
) -> None:
    del figures["learning"]

    files = report.files(figures, examples, verdicts, {"data": "dev.jsonl"}, command="c")

    assert "learning.png" not in files
    assert "Measured on `dev.jsonl`" in files["card.md"].decode()


def test_topics_that_never_hold_can_still_be_drawn() -> None:
    nothing = [Example(id="a", text="t", lang="en", style="social", topics=frozenset(), policy=0)]
    verdicts = decide(TOPICS, np.zeros((1, 5)), THRESHOLDS, GRADES)
    figures = {**evaluate(nothing, verdicts, model="v"), **mistakes(nothing, verdicts)}
    name_thresholds(figures, THRESHOLDS, GRADES)

    assert report.files(figures, nothing, verdicts, {"data": "d"}, command="c")["pr.png"]
    assert list(report.to_lines(figures))
