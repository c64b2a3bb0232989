"""Schemes: which list or law of trade policy a text is about."""

import pytest

from alerts.contradictions import kept_apart
from alerts.domain import Act
from alerts.likeness import Candidate
from alerts.reader.terms import fold
from alerts.schemes import load_schemes, schemes
from tests.test_alerts_doubts import event_of, make_post


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Beijing puts Skydio on its Unreliable Entity List", {"Unreliable Entity List"}),
        ("不可靠实体清单工作机制公告2026年第7号", {"Unreliable Entity List"}),
        ("商务部將5家美國實體列入出口管制管控名單", {"Export Control List"}),
        ("Pentagon names 12 under Section 1260H", {"Section 1260H"}),
        ("美启动232调查", {"Section 232"}),
        ("A 232 tariff on top of the 301 duties", {"Section 232", "Section 301"}),
        # What comes later is not the text's own.
        ("US doubles the chip tariff. It comes on top of Section 301.", set()),
        ("美国上调芯片关税\n此前已有301关税", set()),
        # What the press calls any list of firms.
        ("BIS adds five firms to the Entity List", set()),
        ("Covered List takes in SDN controllers", {"Covered List"}),
        # Figures, and lists of nobody in particular.
        ("It sold 232 cars and 301 vans", set()),
        ("Taiwan adds 32 firms to its export control list", set()),
        ("A list of entities", set()),
    ],
)
def test_which_schemes_a_text_names(text: str, found: set[str]) -> None:
    assert set(schemes(fold(text))) == {f"scheme:{name}" for name in found}


def test_words_of_the_table_are_folded_and_stand_there_once() -> None:
    words = list(load_schemes())

    assert words
    assert all(fold(word) == word for word in words)


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        ("Section 1260H", "Biosecure Act", "scheme"),
        ("Covered List", "Covered List", None),
        ("Covered List", None, None),
    ],
)
def test_two_lists_are_two_acts(ours: str, theirs: str | None, why: str | None) -> None:
    known = Act(mentions=(f"scheme:{theirs}",) if theirs else ())
    act = Act(mentions=(f"scheme:{ours}",))

    assert kept_apart(make_post(), act, Candidate(event=event_of(known)), "words") == why
