"""Restraint: the order in which rules decide, and what is taken down of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.domain import Act, Alert, Figures, Post
from alerts.events import Told, open_event
from alerts.ledger import Fate
from alerts.restraint import consider
from alerts.rules import Case, Rule
from classifier.labels import Policy, Tagging

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@dataclass(slots=True)
class Notebook:
    """A ledger in memory, as short as can be."""

    alerts: list[tuple[Alert, Fate]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def told(self, rule: str, event_id: str) -> Told | None:
        made = [a for a, _ in self.alerts if (a.rule, a.event.id) == (rule, event_id)]
        if not made:
            return None
        last = made[-1].event
        return Told(at=made[-1].at, stage=last.act.stage, official=last.official_post is not None)

    def knows(self, alert_id: str) -> bool:
        return any(alert.id == alert_id for alert, _ in self.alerts)

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        self.alerts.append((alert, fate))

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        self.skipped.append((rule.name, why))


def make_case() -> Case:
    post = Post(
        id="p1", source="wire", external_id="1", url="https://example.org/a", title="t",
        text="China restricts exports", lang="en", author="ann", published_at=NOW, dated=True,
        first_seen_at=NOW, official=False, limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    tagging = Tagging(
        topics={"china": 0.9}, tags=("china",), policy=Policy(grade=3, at_least=(0.9, 0.9, 0.9)),
        model="m", terms={},
    )  # fmt: skip
    event = open_event(post, tagging, Act())
    return Case(post=post, tagging=tagging, event=event, thresholds={"china": 0.5})


def make_rule(name: str = "r", **keys: Any) -> Rule:
    return Rule.model_validate({"name": name, "send": ["screen"], **keys})


def judge(
    rules: Sequence[Rule], ledger: Notebook, case: Case | None = None, now: datetime = NOW
) -> list[str]:
    made = consider(
        rules, case or make_case(), ledger, backfilled=False, now=now, config="sha256:0"
    )
    return [alert.rule for alert in made]


def test_the_loudest_rule_decides_first_else_the_order_of_the_file_counts() -> None:
    rules = [
        make_rule("a", severity="low"),
        make_rule("b", severity="critical"),
        make_rule("c", severity="low"),
    ]

    assert judge(rules, Notebook()) == ["b", "a", "c"]


def test_what_a_rule_told_is_not_told_again_and_the_reason_is_taken_down() -> None:
    ledger = Notebook()
    rule = make_rule(cooldown="6h")

    made = [judge([rule], ledger, now=NOW + timedelta(hours=hours)) for hours in (0, 5, 7)]

    assert made == [["r"], [], []]
    assert ledger.skipped == [("r", "cooldown"), ("r", "told")]


def test_a_rule_that_no_topic_touches_leaves_no_trace() -> None:
    ledger = Notebook()

    assert judge([make_rule(topics={"none": ["china"]})], ledger) == []
    assert (ledger.alerts, ledger.skipped) == ([], [])


def test_a_shadow_rule_makes_an_alert_that_goes_nowhere() -> None:
    ledger = Notebook()
    judge([make_rule(shadow=True), make_rule("loud")], ledger)

    fates = {alert.rule: fate for alert, fate in ledger.alerts}
    assert fates["r"] == Fate(channels=(), not_sent="shadow")
    assert fates["loud"] == Fate(channels=("screen",))
