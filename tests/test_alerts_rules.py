"""Rules: each condition in a table, and the order of what a rule says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerts.domain import Act, Alert, Earlier, Event, Figures, Post, Reason, Stage
from alerts.events import open_event
from alerts.rules import Case, NotSent, Rule, decide, failing, matched, relevance_for
from alerts.updates import Told
from classifier.labels import Policy, Tagging

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
THRESHOLDS = {"china": 0.5, "export-controls": 0.4, "electric-vehicles": 0.5}


def make_case(
    *,
    text: str = "China restricts exports of battery cathode technology",
    lang: str = "en",
    source: str = "wire",
    official: bool = False,
    grade: int = 3,
    at_least: tuple[float, float, float] = (0.99, 0.96, 0.91),
    **topics: float,
) -> Case:
    probabilities = {"china": 0.97, "export-controls": 0.98, "electric-vehicles": 0.2}
    probabilities |= {name.replace("_", "-"): value for name, value in topics.items()}
    post = Post(
        id="p1", source=source, external_id="1", url="https://example.org/a", title=text,
        text=text, lang=lang, author=None, published_at=NOW, dated=True, first_seen_at=NOW,
        official=official, limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    tagging = Tagging(
        topics=probabilities,
        tags=tuple(t for t, p in sorted(probabilities.items()) if p >= THRESHOLDS[t]),
        policy=Policy(grade=grade, at_least=at_least),
        model="m",
        terms={},
    )
    event = open_event(post, tagging, Act())
    return Case(post=post, tagging=tagging, event=event, thresholds=THRESHOLDS)


def make_rule(**keys: Any) -> Rule:
    return Rule.model_validate({"name": "r", "send": ["screen"], **keys})


def told_at(at: datetime, *facts: str) -> Told:
    return Told(at=at, first=Earlier(id="a1", at=at, headline="First"), facts=frozenset(facts))


def judge(rule: Rule, case: Case, told: Told | None = None, **keys: Any) -> Alert | NotSent:
    return decide(rule, case, told=told, backfilled=keys.get("backfilled", False),
                  now=keys.get("now", NOW), config="sha256:0")  # fmt: skip


CONDITIONS: list[tuple[dict[str, Any], Callable[[], Case], str | None]] = [
    ({}, make_case, None),
    ({"topics": {"all": ["china", "export-controls"]}}, make_case, None),
    ({"topics": {"all": ["china", "electric-vehicles"]}}, make_case, "topics"),
    ({"topics": {"any": ["china", "electric-vehicles"]}}, make_case, None),
    ({"topics": {"any": ["electric-vehicles"]}}, make_case, "topics"),
    ({"topics": {"none": ["china"]}}, make_case, "topics"),
    ({"topics": {"none": ["electric-vehicles"]}}, make_case, None),
    # a topic of the rule holds over min_score, not over the model's threshold
    ({"topics": {"all": ["china"]}, "min_score": 0.99}, make_case, "topics"),
    ({"topics": {"all": ["electric-vehicles"]}, "min_score": 0.1}, make_case, None),
    ({"topics": {"all": ["china"]}, "min_score": {"china": 0.98}}, make_case, "topics"),
    ({"min_score": {"export-controls": 0.985}}, make_case, "min_score"),
    ({"min_score": 0.99}, make_case, "min_score"),
    ({"min_score": 0.9}, make_case, None),
    ({"min_policy": 3}, make_case, None),
    ({"min_policy": 3}, lambda: make_case(grade=2), "min_policy"),
    ({"min_relevance": 94}, make_case, None),
    ({"min_relevance": 95}, make_case, "min_relevance"),
    ({"min_relevance": 95}, lambda: make_case(official=True), None),
    ({"topics": {"any": ["electric-vehicles"]}, "min_score": 0.1, "min_relevance": 30},
     make_case, "min_relevance"),
    ({"any_of": ["cathode", "anode"]}, make_case, None),
    ({"any_of": ["CATHODE"]}, make_case, None),
    ({"any_of": ["cath"]}, make_case, "any_of"),
    ({"any_of": ["/cath(ode|olyte)/"]}, make_case, None),
    ({"any_of": ["磷酸铁锂"]}, lambda: make_case(text="对磷酸铁锂技术实施出口管制"), None),
    ({"any_of": ["磷酸铁锂"]}, make_case, "any_of"),
    ({"any_of": ["C++"]}, lambda: make_case(text="a C++ compiler"), None),
    ({"none_of": ["webinar"]}, make_case, None),
    ({"none_of": ["webinar"]}, lambda: make_case(text="Free Webinar on controls"), "none_of"),
    ({"sources": {"only": ["wire", "bis"]}}, make_case, None),
    ({"sources": {"only": ["bis"]}}, make_case, "sources"),
    ({"sources": {"not": ["wire"]}}, make_case, "sources"),
    ({"sources": {"not": ["bis"]}}, make_case, None),
    ({"lang": ["en"]}, make_case, None),
    ({"lang": ["zh"]}, make_case, "lang"),
    ({"lang": ["zh"]}, lambda: make_case(lang="zh-Hant"), None),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "case", "expected"), CONDITIONS)
def test_a_condition_fails_by_its_name(
    keys: dict[str, Any], case: Callable[[], Case], expected: str | None
) -> None:
    assert failing(make_rule(**keys), case()) == expected


def test_matched_names_the_conditions_that_the_rule_sets() -> None:
    rule = make_rule(topics={"all": ["china"]}, min_policy=2, none_of=["webinar"])

    assert matched(rule, make_case()) == ("topics", "min_policy", "none_of")


def test_relevance_counts_only_the_watched_topics() -> None:
    case = make_case()

    watched = relevance_for(make_rule(topics={"any": ["electric-vehicles"]}), case)
    everything = relevance_for(make_rule(), case)

    assert (watched.value, watched.topic) == (19, "electric-vehicles")
    assert (everything.value, everything.topic) == (94, "export-controls")


def test_a_first_post_alerts_as_new_with_a_stable_id() -> None:
    alert, again = judge(make_rule(), make_case()), judge(make_rule(), make_case())

    assert isinstance(alert, Alert)
    assert isinstance(again, Alert)
    assert (alert.reason, alert.channels, alert.id) == (Reason.NEW, ("screen",), again.id)


def test_two_rules_give_two_ids() -> None:
    one, other = judge(make_rule(), make_case()), judge(make_rule(name="s"), make_case())

    assert isinstance(one, Alert)
    assert isinstance(other, Alert)
    assert one.id != other.id


def test_backfill_says_nothing_but_only_after_the_conditions() -> None:
    assert judge(make_rule(), make_case(), backfilled=True) == NotSent(why="backfill")
    unfit = make_rule(any_of=["anode"])
    assert judge(unfit, make_case(), backfilled=True) == NotSent(why="any_of")


@pytest.mark.parametrize(
    ("hours", "why"), [(0, "cooldown"), (5.9, "cooldown"), (6, "told"), (100, "told")]
)
def test_a_known_event_is_silent_within_and_after_its_cooldown(hours: float, why: str) -> None:
    told = told_at(NOW - timedelta(hours=hours))

    assert judge(make_rule(cooldown="6h"), make_case(), told) == NotSent(why=why)


def test_the_official_text_is_an_update_even_within_the_cooldown() -> None:
    case = make_case()
    official: Event = replace(case.event, official_post="p1")
    told = told_at(NOW - timedelta(minutes=5))

    alert = judge(make_rule(), replace(case, event=official), told)

    assert isinstance(alert, Alert)
    assert (alert.reason, alert.changes) == (Reason.UPDATED, ("official text found",))
    assert alert.first == told.first


def test_a_withdrawal_is_an_update() -> None:
    case = make_case()
    event = replace(case.event, act=Act(stage=Stage.WITHDRAWN))
    told = told_at(NOW, "stage:adopted")

    alert = judge(make_rule(), replace(case, event=event), told)

    assert isinstance(alert, Alert)
    assert alert.changes == ("now withdrawn (the stage was adopted)",)


def test_reach_is_told_only_where_the_rule_asks() -> None:
    told = told_at(NOW, "reach:500")
    case = replace(make_case(), reach=5_000)

    asked = judge(make_rule(updates={"reach": True}), case, told)

    assert isinstance(asked, Alert)
    assert asked.changes == ("reach grew tenfold: 5,000 posts and interactions (were 500)",)
    assert judge(make_rule(), case, told) == NotSent(why="cooldown")


def test_only_an_untouched_post_is_not_worth_a_record() -> None:
    assert not NotSent(why="topics").touched
    assert all(NotSent(why=why).touched for why in ("min_policy", "cooldown", "backfill"))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"min_score": 1.2}, "less than or equal to 1"),
        ({"min_policy": 4}, "less than or equal to 3"),
        ({"any_of": ["/(?=a)/"]}, "re2"),
        ({"any_of": [" "]}, "empty"),
        ({"sources": {}}, "either only"),
        ({"sources": {"only": ["a"], "not": ["b"]}}, "either only"),
        ({"cooldown": "6 parsecs"}, "duration"),
        ({"severity": "loud"}, "critical"),
        ({"min_scores": 0.5}, "not permitted"),
        ({"updates": {"stage": True}}, "not permitted"),
    ],
)
def test_an_impossible_rule_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make_rule(**keys)


def test_a_pattern_that_would_backtrack_forever_is_quick() -> None:
    rule = make_rule(any_of=[r"/^(\w+\s?)*$/"])

    assert failing(rule, make_case(text="a" * 100_000 + "!")) == "any_of"
