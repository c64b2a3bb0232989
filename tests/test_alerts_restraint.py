"""Restraint: the order in which rules decide, and what is taken down of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.case import Case
from alerts.domain import Act, Alert, Figures, Post, Stage
from alerts.events import open_event
from alerts.ledger import Fate, Held, Hold, Made, Silence, Telling, told_by
from alerts.render import headline
from alerts.restraint import consider
from alerts.rules import Rule
from alerts.updates import Told
from alerts.walltime import Home
from classifier.labels import Policy, Tagging

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOME = Home(zone=ZoneInfo("UTC"), digest="0 8 * * *")


@dataclass(slots=True)
class Notebook:
    """A ledger in memory, as short as can be."""

    alerts: list[tuple[Alert, Fate]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    quiet: list[Silence] = field(default_factory=list)
    waiting: dict[str, Held] = field(default_factory=dict)
    told_in: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    sent: list[Alert] = field(default_factory=list)

    def told(self, rule: str, event_id: str) -> Told | None:
        sent = {alert.id: alert for alert in self.sent}
        return told_by([
            Made(id=a.id, at=a.at, headline=headline(sent.get(a.id, a)),
                 severity=sent.get(a.id, a).severity, facts=a.facts, sent=a.id in sent)
            for a, _ in self.alerts
            if (a.rule, a.event.id) == (rule, event_id)
        ])  # fmt: skip

    def knows(self, alert: Alert) -> bool:
        return any(one.id == alert.id for one, _ in self.alerts)

    def tellings(self, event_id: str) -> Sequence[Telling]:
        return [
            Telling(rule=a.rule, severity=a.severity, channels=fate.channels)
            for a, fate in self.alerts
            if a.event.id == event_id and fate.not_sent is None and a.id not in self.dropped
        ]

    def planned(self, rule: str, start: datetime, end: datetime) -> int:
        mine = [(a, f) for a, f in self.alerts if a.rule == rule and f.not_sent is None
                and a.id not in self.dropped]  # fmt: skip
        at_once = [a for a, fate in mine if fate.at_once and start <= a.at < end]
        waited = {
            a.event.id
            for a, fate in mine
            if fate.held_for is Hold.QUIET_HOURS
            and fate.held_until is not None
            and start <= fate.held_until < end
        }
        return len(at_once) + len(waited)

    def silences(self, now: datetime) -> Sequence[Silence]:
        return self.quiet

    def held(self, rule: str | None = None, event_id: str | None = None) -> Sequence[Held]:
        return [
            one
            for one in self.waiting.values()
            if rule in (None, one.alert.rule) and event_id in (None, one.alert.event.id)
        ]

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        self.alerts.append((alert, fate))
        if fate.held_for is not None and fate.held_until is not None:
            held = replace(alert, channels=fate.channels)
            self.waiting[alert.id] = Held(
                alert=held, held_for=fate.held_for, held_until=fate.held_until
            )
        elif fate.at_once:
            self.sent.append(replace(alert, channels=fate.channels))

    def join(self, alert_id: str, other: str, now: datetime) -> None:
        del self.waiting[alert_id]
        self.told_in[alert_id] = other

    def drop(self, alert_id: str, why: str, now: datetime) -> None:
        del self.waiting[alert_id]
        self.dropped[alert_id] = why

    def postpone(self, alert_id: str, until: datetime) -> None:
        self.waiting[alert_id] = replace(self.waiting[alert_id], held_until=until)

    def send(self, alert: Alert, now: datetime) -> None:
        self.waiting.pop(alert.id, None)
        self.sent.append(alert)

    def skip(self, rule: Rule, case: Case, why: str, now: datetime) -> None:
        self.skipped.append((rule.name, why))


def make_case(name: str = "1", stage: Stage | None = None) -> Case:
    post = Post(
        id=f"p{name}", source="wire", external_id=name, url=f"https://example.org/{name}",
        title=f"title {name}", text="China restricts exports", lang="en", author="ann",
        published_at=NOW, dated=True,
        first_seen_at=NOW, official=False, limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    tagging = Tagging(
        topics={"china": 0.9}, tags=("china",), policy=Policy(grade=3, at_least=(0.9, 0.9, 0.9)),
        model="m", terms={},
    )  # fmt: skip
    event = open_event(post, tagging, Act(stage=stage))
    return Case(post=post, tagging=tagging, event=event, thresholds={"china": 0.5})


def make_rule(name: str = "r", **keys: Any) -> Rule:
    return Rule.model_validate({"name": name, "send": ["screen"], **keys})


def judge(
    rules: Sequence[Rule], ledger: Notebook, case: Case | None = None, now: datetime = NOW
) -> list[str]:
    made = consider(
        rules, case or make_case(), ledger, home=HOME, backfilled=False, now=now, config="c"
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


def fates(ledger: Notebook) -> list[Fate]:
    return [fate for _, fate in ledger.alerts]


def many(rule: Rule, ledger: Notebook, count: int, now: datetime = NOW) -> None:
    for place in range(count):
        judge([rule], ledger, make_case(f"{now:%d%H}-{place}"), now)


# Severity ---------------------------------------------------------------------------------


def test_an_event_told_high_is_told_again_once_its_rule_is_critical() -> None:
    ledger = Notebook()
    high, critical = (make_rule(severity=severity) for severity in ("high", "critical"))
    for rule in (high, high, critical, critical, high):
        judge([rule], ledger)

    assert [(a.severity, a.changes) for a, _ in ledger.alerts] == [
        ("high", ()), ("critical", ("now critical (the severity was high)",)),
    ]  # fmt: skip
    assert ledger.skipped == [("r", "cooldown")] * 3


def test_a_raised_rule_is_told_only_by_a_post_that_fulfils_it() -> None:
    ledger = Notebook()
    judge([make_rule(severity="high")], ledger)

    judge([make_rule(severity="critical", any_of=["gallium"])], ledger)

    assert ledger.skipped == [("r", "cooldown")]


def test_the_same_change_is_told_once() -> None:
    ledger, case = Notebook(), make_case(stage=Stage.DELAYED)
    for stage in (Stage.DELAYED, Stage.WITHDRAWN, Stage.DELAYED, Stage.WITHDRAWN):
        act = replace(case.event.act, stage=stage)
        judge([make_rule()], ledger, replace(case, event=replace(case.event, act=act)))

    assert len(ledger.sent) == 2
    assert ledger.skipped == [("r", "cooldown"), ("r", "cooldown")]


def test_one_rules_alert_never_holds_up_another_rules() -> None:
    ledger = Notebook()

    judge([make_rule("a", severity="high")], ledger)
    judge([make_rule("b", severity="critical")], ledger)

    assert [alert.rule for alert in ledger.sent] == ["a", "b"]


# Silences ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "silent"),
    [
        ({"rule": "r"}, True),
        ({"rule": "other"}, False),
        ({"topic": "china"}, True),
        ({"topic": "export-controls"}, False),
        ({"source": "wire"}, True),
        ({"source": "feed"}, False),
        ({"author": "Ann"}, True),
        ({"author": "@Ánn"}, True),  # as rules compare them
        ({"author": "bob"}, False),
        ({"words": "restricts"}, True),
        ({"words": "/restrict(s|ed)/"}, True),
        ({"words": "restrict"}, False),
        ({"rule": "r", "author": "ann"}, True),
        ({"rule": "r", "author": "bob"}, False),
    ],
)
def test_a_silence_covers_what_all_its_fields_fit(keys: dict[str, str], silent: bool) -> None:
    ledger = Notebook(quiet=[Silence(id="s1", **keys)])

    judge([make_rule()], ledger)

    assert fates(ledger)[0].not_sent == ("silenced by s1" if silent else None)
    assert bool(ledger.sent) is not silent


def test_an_event_that_was_silenced_stays_told_once_the_silence_is_over() -> None:
    ledger = Notebook(quiet=[Silence(id="s1", rule="r")])
    judge([make_rule()], ledger)
    ledger.quiet = []

    judge([make_rule()], ledger, now=NOW + timedelta(hours=9))

    assert (ledger.sent, ledger.skipped) == ([], [("r", "told")])


# Muting -----------------------------------------------------------------------------------


def test_a_louder_rule_mutes_on_the_same_event_and_the_same_channels() -> None:
    ledger = Notebook()
    quiet = make_rule("quiet", severity="low", muted_by=["loud"], send=["screen", "log"])
    loud = make_rule("loud", severity="critical")

    judge([quiet, loud], ledger)
    judge([quiet], ledger, make_case("2"))

    assert [(a.rule, a.event.title, a.channels) for a in ledger.sent] == [
        ("loud", "title 1", ("screen",)),
        ("quiet", "title 1", ("log",)),
        ("quiet", "title 2", ("screen", "log")),
    ]


def test_a_rule_with_no_channel_left_says_which_rule_mutes_it() -> None:
    ledger = Notebook()
    quiet = make_rule("quiet", severity="low", muted_by=["loud"])

    judge([quiet, make_rule("loud", severity="critical")], ledger)

    assert [fate.not_sent for fate in fates(ledger)] == [None, "muted by loud"]


@pytest.mark.parametrize("why", ["shadow", "silence", "quieter"])
def test_what_is_not_told_or_is_quieter_mutes_nothing(why: str) -> None:
    ledger = Notebook()
    loud = make_rule("loud", severity="low" if why == "quieter" else "high", shadow=why == "shadow")
    if why == "silence":
        ledger.quiet = [Silence(id="s1", rule="loud")]

    judge([loud], ledger)
    judge([make_rule("other", severity="medium", muted_by=["loud"])], ledger)

    assert "other" in [alert.rule for alert in ledger.sent]


# Quiet hours, digests, budgets ------------------------------------------------------------

NIGHT = {"from": "22:00", "to": "07:00"}
LATE = datetime(2026, 11, 24, 23, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 7, tzinfo=UTC)


def test_quiet_hours_hold_until_they_end() -> None:
    ledger = Notebook()

    judge([make_rule(quiet_hours=NIGHT)], ledger, now=LATE)

    assert (fates(ledger)[0].held_for, fates(ledger)[0].held_until) == ("quiet_hours", MORNING)
    assert ledger.sent == []


def test_what_may_pass_quiet_hours_goes_at_once() -> None:
    ledger = Notebook()

    judge([make_rule(quiet_hours={**NIGHT, "pass": ["critical"]}, severity="critical")], ledger,
          now=LATE)  # fmt: skip

    assert len(ledger.sent) == 1


def test_a_rule_with_a_digest_tells_nothing_at_once() -> None:
    ledger = Notebook()

    judge([make_rule(digest="0 8 * * 1-5")], ledger, now=datetime(2026, 11, 27, 9, tzinfo=UTC))

    monday = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert (fates(ledger)[0].held_for, fates(ledger)[0].held_until) == ("digest", monday)


def test_a_digest_that_falls_into_quiet_hours_waits_for_their_end() -> None:
    ledger = Notebook()

    judge([make_rule(digest="0 6 * * *", quiet_hours=NIGHT)], ledger)

    assert fates(ledger)[0].held_until == MORNING


def test_a_rules_hours_are_those_of_its_own_time_zone() -> None:
    ledger = Notebook()

    judge([make_rule(digest="0 8 * * *", timezone="Asia/Shanghai")], ledger)

    assert fates(ledger)[0].held_until == datetime(2026, 11, 25, 0, tzinfo=UTC)


def test_over_the_budget_alerts_wait_for_the_digest_and_the_last_one_says_so() -> None:
    ledger = Notebook()

    many(make_rule(budget="2/day"), ledger, 4)

    next_digest = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert [(f.held_for, f.held_until) for f in fates(ledger)] == [
        (None, None), (None, None), ("budget", next_digest), ("budget", next_digest),
    ]  # fmt: skip
    assert [bool(alert.note) for alert in ledger.sent] == [False, True]
    assert "budget of 2/day" in ledger.sent[1].note


def test_a_budget_is_new_every_day_of_the_home_zone() -> None:
    ledger = Notebook()
    rule = make_rule(budget="1/day", timezone="Europe/Brussels")

    for hour in (22, 23, 24):  # midnight in Brussels is 23:00 UTC
        many(rule, ledger, 1, datetime(2026, 11, 24, tzinfo=UTC) + timedelta(hours=hour))

    assert [fate.held_for for fate in fates(ledger)] == [None, None, "budget"]


def test_what_is_held_over_night_counts_on_the_day_it_is_sent() -> None:
    ledger = Notebook()
    rule = make_rule(budget="2/day", quiet_hours=NIGHT)

    many(rule, ledger, 1, NOW)  # one today
    many(rule, ledger, 3, LATE)  # two of these fit into tomorrow
    many(rule, ledger, 1, MORNING + timedelta(hours=2))

    assert [fate.held_for for fate in fates(ledger)] == [
        None, "quiet_hours", "quiet_hours", "budget", "budget",
    ]  # fmt: skip


def test_an_update_that_joins_what_waits_costs_no_budget() -> None:
    ledger = Notebook()
    rule = make_rule(budget="1/day", quiet_hours=NIGHT)
    case = make_case(stage=Stage.PROPOSED)
    judge([rule], ledger, case, LATE)
    act = replace(case.event.act, stage=Stage.ADOPTED)

    judge([rule], ledger, replace(case, event=replace(case.event, act=act)), LATE)

    assert [fate.held_for for fate in fates(ledger)] == ["quiet_hours", "quiet_hours"]


def test_an_alert_at_once_tells_what_waited_on_its_event() -> None:
    ledger = Notebook()
    case = make_case(stage=Stage.PROPOSED)
    judge([make_rule(quiet_hours=NIGHT)], ledger, case, LATE)
    moved = replace(case.event, act=replace(case.event.act, stage=Stage.ADOPTED))

    judge([make_rule()], ledger, replace(case, event=moved), LATE)

    (only,) = ledger.sent
    assert (only.reason, only.changes) == ("new", ("now adopted (the stage was proposed)",))
    assert (ledger.waiting, list(ledger.told_in.values())) == ({}, [only.id])
