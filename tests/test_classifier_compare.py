"""A paired bootstrap finds real differences, leaves noise alone, and keeps rows apart."""

import gzip
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from classifier.compare import (
    POLICY_HEAD,
    HeldOut,
    compare,
    compare_held_out,
    hold_out,
    pack,
    unpack,
)
from classifier.evaluate import decide
from classifier.labels import Example

TOPICS = ("china", "export-controls")
THRESHOLDS = {"china": 0.5, "export-controls": 0.5}
GRADES = (0.5, 0.5, 0.5)


def example(number: int) -> Example:
    held = frozenset({"china"}) if number % 2 else frozenset({"export-controls"})
    return Example(
        id=f"r{number}", text=f"text {number}", lang="en", style="social",
        topics=held, policy=3 if number % 3 == 0 else 0,
    )  # fmt: skip


EXAMPLES = [example(number) for number in range(300)]


@pytest.fixture
def make_held() -> Callable[..., HeldOut]:
    """Make out-of-fold chances that are right except for one topic's first wrong rows."""

    def make(wrong: int = 0, examples: list[Example] = EXAMPLES) -> HeldOut:
        chances = np.array(
            [
                [0.9 if topic in one.topics else 0.1 for topic in TOPICS]
                + [0.9 if one.policy >= grade else 0.1 for grade in (1, 2, 3)]
                for one in examples
            ]
        )
        chances[:wrong, 0] = 1 - chances[:wrong, 0]
        return hold_out(examples, TOPICS, chances, THRESHOLDS, GRADES)

    return make


def verdicts_of(found: object) -> dict[str, str]:
    return {one.head: one.verdict for one in found.differences}  # type: ignore[attr-defined]


def test_a_worse_topic_is_found_and_named(make_held: Callable[..., HeldOut]) -> None:
    found = compare_held_out(make_held(), make_held(wrong=60), names=("a", "b"))

    assert found.worse == ("china",)
    assert verdicts_of(found) == {
        "china": "worse",
        "export-controls": "no clear difference",
        POLICY_HEAD: "no clear difference",
    }


def test_the_same_change_seen_from_the_other_side_is_better(
    make_held: Callable[..., HeldOut],
) -> None:
    found = compare_held_out(make_held(wrong=60), make_held(), names=("a", "b"))

    assert verdicts_of(found)["china"] == "better"
    assert found.worse == ()


def test_one_row_in_three_hundred_is_no_clear_difference(
    make_held: Callable[..., HeldOut],
) -> None:
    found = compare_held_out(make_held(), make_held(wrong=1), names=("a", "b"))

    assert found.worse == ()
    china = found.differences[0]
    assert china.low < china.after - china.before <= china.high


def test_only_rows_with_the_same_id_and_text_are_compared(
    make_held: Callable[..., HeldOut],
) -> None:
    rewritten = [replace(one, text="other") if at < 100 else one for at, one in enumerate(EXAMPLES)]

    found = compare_held_out(make_held(), make_held(examples=rewritten[:250]), names=("a", "b"))

    assert found.rows == 150


def test_a_topic_that_is_gone_counts_as_worse() -> None:
    chances = np.full((300, 5), 0.1)
    both = decide(TOPICS, chances, THRESHOLDS, GRADES)
    one = decide(("china",), chances[:, 1:], THRESHOLDS, GRADES)

    assert compare(EXAMPLES, both, one, names=("a", "b")).worse == ("export-controls",)


def test_rows_that_readers_are_unsure_of_do_not_count(make_held: Callable[..., HeldOut]) -> None:
    unsure = [replace(one, unsure=frozenset({"china"})) for one in EXAMPLES[:60]] + EXAMPLES[60:]

    found = compare_held_out(make_held(), make_held(wrong=60, examples=unsure), names=("a", "b"))

    assert found.worse == ()


def test_what_is_held_out_survives_the_file_and_gives_the_same_bytes(
    make_held: Callable[..., HeldOut],
) -> None:
    held = make_held(wrong=5)

    again = unpack(pack(held))

    assert np.array_equal(again.chances, held.chances)
    assert again.examples == held.examples
    assert all(one.text == "" for one in again.examples)
    assert pack(again) == pack(held)


def test_a_probability_at_its_threshold_still_passes_after_rounding() -> None:
    chances = np.full((1, 5), 0.123456789)
    held = hold_out(EXAMPLES[:1], TOPICS, chances, dict.fromkeys(TOPICS, 0.123456789), GRADES)

    assert held.verdicts().tags.all()


@pytest.mark.parametrize(
    "content", [b"", b"x", gzip.compress(b"{}", mtime=0), gzip.compress(b"[1]", mtime=0)]
)
def test_a_foreign_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"out-of-fold|format"):
        unpack(content)
