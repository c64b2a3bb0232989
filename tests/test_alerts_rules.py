"""Rules: each condition in a table, and the order of what a rule says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerts import expression
from alerts.case import Case, seen
from alerts.domain import Act, Alert, Earlier, Event, Figures, Post, Reason, Severity, Stage
from alerts.events import open_event
from alerts.rules import NotSent, Rule, decide, failing, matched, relevance_for
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
    author: str | None = None,
    figures: Figures = Figures(),
    act: Act = Act(),
    posts: int = 1,
    sources: tuple[str, ...] = ("wire",),
    grade: int = 3,
    at_least: tuple[float, float, float] = (0.99, 0.96, 0.91),
    **topics: float,
) -> Case:
    probabilities = {"china": 0.97, "export-controls": 0.98, "electric-vehicles": 0.2}
    probabilities |= {name.replace("_", "-"): value for name, value in topics.items()}
    post = Post(
        id="p1", source=source, external_id="1", url="https://example.org/a", title=text,
        text=text, lang=lang, author=author, published_at=NOW, dated=True, first_seen_at=NOW,
        official=official, limited=False, figures=figures, platform_tags=(),
    )  # fmt: skip
    tagging = Tagging(
        topics=probabilities,
        tags=tuple(t for t, p in sorted(probabilities.items()) if p >= THRESHOLDS[t]),
        policy=Policy(grade=grade, at_least=at_least),
        model="m",
        terms={},
    )
    event = replace(open_event(post, tagging, act), posts=posts, sources=sources)
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
    ({"official": True}, lambda: make_case(official=True), None),
    ({"official": True}, make_case, "official"),
    ({"official": False}, make_case, None),
    ({"official": False}, lambda: make_case(official=True), "official"),
    ({"authors": {"only": ["@Zoë"]}}, lambda: make_case(author="zoe"), None),
    ({"authors": {"only": ["zoe"]}}, lambda: make_case(author="zoey"), "authors"),
    ({"authors": {"only": ["zoe"]}}, make_case, "authors: not known"),
    ({"authors": {"not": ["ZOE"]}}, lambda: make_case(author="@zoe"), "authors"),
    ({"authors": {"not": ["zoe"]}}, make_case, None),
    ({"min_engagement": 100}, lambda: make_case(figures=Figures(interactions=100)), None),
    ({"min_engagement": 100}, lambda: make_case(figures=Figures(interactions=99)),
     "min_engagement"),
    # Not known is not zero: not even 0 interactions are known of it.
    ({"min_engagement": 0}, make_case, "min_engagement: not known"),
    ({"min_posts": 2}, make_case, "min_posts"),
    ({"min_posts": 2}, lambda: make_case(posts=2), None),
    ({"min_sources": 2}, lambda: make_case(posts=5), "min_sources"),
    ({"min_sources": 2}, lambda: make_case(sources=("wire", "bis")), None),
    ({"act": {"stage": ["adopted"]}}, make_case, "act: stage"),
    ({"act": {"stage": ["adopted", "in effect"]}},
     lambda: make_case(act=Act(stage=Stage.IN_EFFECT)), None),
    ({"act": {"stage": ["adopted"]}}, lambda: make_case(act=Act(stage=Stage.PROPOSED)),
     "act: stage"),
    ({"act": {"instrument": ["tariff"]}}, lambda: make_case(act=Act(instrument="quota")),
     "act: instrument"),
    ({"act": {"instrument": ["tariff"], "authority": ["USTR"], "jurisdiction": ["US"]}},
     lambda: make_case(act=Act(instrument="tariff", authority="USTR", jurisdiction="US")), None),
    ({"act": {"authority": ["BIS"]}}, lambda: make_case(act=Act(authority="OFAC")),
     "act: authority"),
    ({"act": {"jurisdiction": ["CN"]}}, lambda: make_case(act=Act(jurisdiction="US")),
     "act: jurisdiction"),
    ({"act": {"targets": ["CN", "HK"]}}, lambda: make_case(act=Act(targets=("RU", "HK"))), None),
    ({"act": {"targets": ["CN"]}}, lambda: make_case(act=Act(targets=("RU",))), "act: targets"),
    ({"act": {"items": ["gallium"]}}, lambda: make_case(act=Act(items=("gallium", "germanium"))),
     None),
    ({"act": {"items": ["gallium"]}}, lambda: make_case(act=Act(items=("antimony",))),
     "act: items"),
    # A general item holds for a more exact one, not the other way round.
    ({"act": {"items": ["memory chips"]}}, lambda: make_case(act=Act(items=("HBM",))), None),
    ({"act": {"items": ["HBM"]}}, lambda: make_case(act=Act(items=("memory chips",))),
     "act: items"),
    ({"when": "policy == 3 && relevance > 90"}, make_case, None),
    ({"when": "official"}, make_case, "when"),
    ({"when": "engagement > 100"}, make_case, "when: missing field engagement"),
    ({"when": "engagement > 100 || !official"}, make_case, None),
    ({"when": "topics['electric-vehicles'] > 0.1"}, make_case, None),
    # relevance is that of the rule's own topics
    ({"topics": {"any": ["electric-vehicles"]}, "min_score": 0.1, "when": "relevance < 20"},
     make_case, None),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "case", "expected"), CONDITIONS)
def test_a_condition_fails_by_its_name(
    keys: dict[str, Any], case: Callable[[], Case], expected: str | None
) -> None:
    assert failing(make_rule(**keys), case()) == expected


def test_a_changed_copy_of_a_rule_asks_what_it_says_itself() -> None:
    rule, case = make_rule(none_of=["webinar"]), make_case()
    assert failing(rule, case) is None

    changed = rule.model_copy(update={"none_of": ("cathode",), "min_policy": 3})

    assert failing(changed, case) == "none_of"
    assert matched(changed, case) == ("min_policy",)


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


@pytest.mark.parametrize(("severity", "told"), [("high", True), ("low", False)])
def test_of_a_told_event_an_old_post_may_bring_an_update(severity: str, told: bool) -> None:
    known = replace(told_at(NOW - timedelta(days=3)), severity=Severity.LOW)

    said = judge(make_rule(severity=severity), make_case(), known, backfilled=True)

    assert getattr(said, "reason", None) == (Reason.UPDATED if told else None)
    assert told or said == NotSent(why="told")


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


def test_every_variable_of_an_expression_has_a_value_of_its_type() -> None:
    act = Act(
        instrument="tariff", stage=Stage.ADOPTED, authority="USTR", jurisdiction="US",
        number="FR 2026-1", effective_on="2026-12-01", targets=("CN",),
        items=("EVs",),
    )  # fmt: skip
    case = make_case(act=act, author="zoe", figures=Figures(followers=1, interactions=2))
    values = seen(case, 94)

    assert values.keys() == expression.VARIABLES.keys()
    activation = expression.activate(values)
    for name, kind in expression.VARIABLES.items():
        asked = name if kind == "bool" else f"{name} == {name}"
        assert isinstance(expression.run(asked, activation), bool), name


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
        ({"min_engagement": -1}, "greater than or equal to 0"),
        ({"min_sources": 0}, "greater than or equal to 1"),
        ({"authors": {}}, "either only"),
        ({"lang": ["english"]}, "not a language"),
        ({"lang": ["zh-TW"]}, "without region"),
        ({"act": {"stage": ["done"]}}, "adopted"),
        ({"act": {"stages": ["adopted"]}}, "not permitted"),
        ({"when": "relevnce > 3"}, "did you mean relevance"),
    ],
)
def test_an_impossible_rule_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make_rule(**keys)


def test_a_pattern_that_would_backtrack_forever_is_quick() -> None:
    rule = make_rule(any_of=[r"/^(\w+\s?)*$/"])

    assert failing(rule, make_case(text="a" * 100_000 + "!")) == "any_of"
