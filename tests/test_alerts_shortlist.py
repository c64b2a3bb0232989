"""The shortlist leaves out a rule only where its topics fail."""

import itertools
from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.case import Case
from alerts.domain import Act, Figures, Post
from alerts.events import open_event
from alerts.rules import Rule, failing
from alerts.shortlist import Shortlist
from classifier.labels import Policy, Tagging

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
THRESHOLDS = {"china": 0.5, "export-controls": 0.4, "electric-vehicles": 0.5}


def make_rule(**keys: Any) -> Rule:
    return Rule.model_validate({"name": "r", "send": ["screen"], **keys})


def make_case(*, china: float = 0.97, electric_vehicles: float = 0.2) -> Case:
    post = Post(
        id="p1", source="wire", external_id="1", url=None, title="A ban", text="A ban",
        lang="en", author=None, published_at=NOW, dated=True, first_seen_at=NOW, official=False,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    scores = {"china": china, "export-controls": 0.98, "electric-vehicles": electric_vehicles}
    tagging = Tagging(
        topics=scores, tags=(), policy=Policy(grade=3, at_least=(0.99, 0.96, 0.91)), model="m",
        terms={},
    )  # fmt: skip
    event = open_event(post, tagging, Act())
    return Case(post=post, tagging=tagging, event=event, thresholds=THRESHOLDS)


def some_rules() -> list[Rule]:
    picks = [(), ("china",), ("electric-vehicles",), ("china", "export-controls")]
    bars: list[Any] = [None, 0, 0.1, 0.99, {"china": 0.98}, {"electric-vehicles": 0.1}]
    return [
        make_rule(name=f"r{number}", topics={"all": every, "any": some}, min_score=bar)
        for number, (every, some, bar) in enumerate(itertools.product(picks, picks, bars))
    ]


@pytest.mark.parametrize("china", [0.0, 0.49, 0.5, 0.98, 1.0])
@pytest.mark.parametrize("vehicles", [0.0, 0.1, 0.7])
def test_every_rule_whose_topics_hold_is_on_it(china: float, vehicles: float) -> None:
    case = make_case(china=china, electric_vehicles=vehicles)
    rules = some_rules()

    touched = Shortlist(rules).touched(case)

    left_out = [rule for rule in rules if rule not in touched]
    assert {failing(rule, case) for rule in left_out} <= {"topics"}
    assert [rule for rule in rules if failing(rule, case) is None and rule not in touched] == []
    assert touched == sorted(touched, key=rules.index)


def test_most_rules_are_left_out_for_a_post_on_something_else() -> None:
    rules = [make_rule(name=f"r{n}", topics={"all": ["electric-vehicles"]}) for n in range(100)]

    assert Shortlist(rules).touched(make_case()) == []


def test_a_rule_that_told_of_the_event_is_asked_whatever_the_topics() -> None:
    rules = [make_rule(name=name, topics={"all": ["electric-vehicles"]}) for name in "ab"]

    assert Shortlist(rules).touched(make_case(), ["b", "gone"]) == [rules[1]]
