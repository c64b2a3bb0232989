"""Release: what was held goes out once, in its latest state, or is taken down with its reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.case import Case
from alerts.domain import Alert, Severity, Stage
from alerts.ledger import Silence
from alerts.release import part_for, release
from alerts.rules import Rule
from tests.test_alerts_restraint import HOME, LATE, MORNING, NIGHT, Notebook, judge, make_case
from tests.test_alerts_restraint import make_rule as rule_of

DIGEST = datetime(2026, 11, 25, 8, tzinfo=UTC)


def let_go(
    rules: Sequence[Rule], ledger: Notebook, now: datetime, channels: Sequence[str] = ("screen",)
) -> list[Alert]:
    return release(rules, ledger, home=HOME, channels=channels, now=now, config="c2")


def moved(case: Case, stage: Stage) -> Case:
    return replace(case, event=replace(case.event, act=replace(case.event.act, stage=stage)))


def night_rule(**keys: Any) -> Rule:
    return rule_of(quiet_hours=NIGHT, **keys)


def test_what_quiet_hours_held_goes_out_once_when_they_end() -> None:
    ledger, rules = Notebook(), [night_rule()]
    judge(rules, ledger, now=LATE)

    sent = [let_go(rules, ledger, MORNING + timedelta(seconds=s)) for s in (-1, 0, 1)]

    assert [len(alerts) for alerts in sent] == [0, 1, 0]
    assert (sent[1][0].reason, sent[1][0].channels) == ("new", ("screen",))
    assert "held since 2026-11-24 23:00 UTC for quiet hours" in sent[1][0].note


def test_a_clock_that_jumps_back_sends_nothing_again() -> None:
    ledger, rules = Notebook(), [night_rule()]
    judge(rules, ledger, now=LATE)
    let_go(rules, ledger, MORNING)

    assert let_go(rules, ledger, LATE) == []
    assert let_go(rules, ledger, MORNING) == []
    assert len(ledger.sent) == 1


def test_updates_during_the_night_become_one_message_with_the_latest_state() -> None:
    ledger, rules = Notebook(), [night_rule()]
    case = make_case(stage=Stage.PROPOSED)
    for hour, stage in enumerate((Stage.PROPOSED, Stage.ADOPTED, Stage.WITHDRAWN)):
        judge(rules, ledger, moved(case, stage), LATE + timedelta(hours=hour))

    (only,) = let_go(rules, ledger, MORNING)

    first = ledger.alerts[0][0]
    assert (only.id, only.reason, only.event.act.stage) == (first.id, "new", "withdrawn")
    assert only.changes == (
        "now adopted (the stage was proposed)",
        "now withdrawn (the stage was adopted)",
    )
    assert set(ledger.told_in.values()) == {first.id}
    assert ledger.waiting == {}


def test_the_morning_s_message_tells_what_waits_on_its_event_for_a_digest_too() -> None:
    ledger, rules = Notebook(), [night_rule(budget="1/day")]
    case = make_case(stage=Stage.PROPOSED)
    judge(rules, ledger, make_case("other"), LATE - timedelta(hours=3))
    judge(rules, ledger, case, LATE - timedelta(hours=2))  # over the budget
    judge(rules, ledger, moved(case, Stage.ADOPTED), LATE)  # in the morning's budget

    (only,) = let_go(rules, ledger, MORNING)

    assert (only.reason, only.changes) == ("new", ("now adopted (the stage was proposed)",))
    assert let_go(rules, ledger, DIGEST) == []
    assert ledger.waiting == {}


def test_a_merged_alert_is_as_loud_as_its_loudest() -> None:
    ledger, case = Notebook(), make_case()
    for severity in ("low", "high"):
        judge([night_rule(severity=severity)], ledger, case, LATE)

    (only,) = let_go([], ledger, MORNING)

    assert (only.severity, only.changes) == ("high", ("now high (the severity was low)",))


def test_events_stay_apart_when_quiet_hours_end() -> None:
    ledger, rules = Notebook(), [night_rule()]
    judge(rules, ledger, make_case("1"), LATE)
    judge(rules, ledger, make_case("2"), LATE)

    assert [alert.event.title for alert in let_go(rules, ledger, MORNING)] == ["title 1", "title 2"]


def test_a_digest_gathers_events_loud_and_relevant_first() -> None:
    ledger = Notebook()
    rules = [rule_of(digest="0 8 * * *")]
    for name in ("1", "2", "3"):
        judge(rules, ledger, make_case(name), LATE)
    _, loud, relevant = (one.alert for one in ledger.waiting.values())
    for alert in (
        replace(loud, severity=Severity.CRITICAL),
        replace(relevant, relevance=relevant.relevance._replace(value=99)),
    ):
        ledger.waiting[alert.id] = replace(ledger.waiting[alert.id], alert=alert)

    (digest,) = let_go(rules, ledger, DIGEST)

    assert (digest.reason, digest.rule, digest.severity) == ("digest", "r", "critical")
    assert [one.event.title for one in digest.gathered] == ["title 2", "title 3", "title 1"]
    assert set(ledger.told_in.values()) == {digest.id}
    assert len(ledger.told_in) == 3


def test_a_digest_is_never_empty_and_comes_once() -> None:
    ledger, rules = Notebook(), [rule_of(digest="0 8 * * *")]
    judge(rules, ledger, now=LATE)

    counts = [len(let_go(rules, ledger, DIGEST + timedelta(days=day))) for day in (-1, 0, 0, 1)]

    assert counts == [0, 1, 0, 0]


def test_a_digest_tells_an_event_once_with_all_that_changed() -> None:
    ledger, rules = Notebook(), [rule_of(digest="0 8 * * *")]
    case = make_case(stage=Stage.PROPOSED)
    judge(rules, ledger, case, LATE)
    judge(rules, ledger, moved(case, Stage.ADOPTED), LATE)

    (digest,) = let_go(rules, ledger, DIGEST)

    (entry,) = digest.gathered
    assert (entry.reason, entry.changes) == ("new", ("now adopted (the stage was proposed)",))


def test_a_digest_says_how_many_went_over_the_budget() -> None:
    ledger, rules = Notebook(), [rule_of(budget="1/day")]
    for name in ("1", "2", "3"):
        judge(rules, ledger, make_case(name), LATE)

    (digest,) = let_go(rules, ledger, DIGEST)

    assert digest.note == "2 went over the rule's budget of 1/day"
    assert len(digest.gathered) == 2


def test_there_is_one_digest_a_rule() -> None:
    ledger = Notebook()
    rules = [rule_of(name, digest="0 8 * * *") for name in ("a", "b")]
    judge(rules, ledger, now=LATE)

    assert [digest.rule for digest in let_go(rules, ledger, DIGEST)] == ["a", "b"]


def test_each_channel_gets_its_part_of_a_digest() -> None:
    ledger = Notebook()
    loud = rule_of("loud", severity="critical")
    rule = rule_of(digest="0 8 * * *", send=["screen", "log"], muted_by=["loud"])
    judge([loud, rule], ledger, make_case("1"), LATE)
    judge([rule], ledger, make_case("2"), LATE)

    (digest,) = let_go([rule], ledger, DIGEST, ("screen", "log"))

    parts = {name: part_for(digest, name).gathered for name in digest.channels}
    assert {name: sorted(a.event.title for a in part) for name, part in parts.items()} == {
        "screen": ["title 2"], "log": ["title 1", "title 2"],
    }  # fmt: skip


@pytest.mark.parametrize("keys", [{"quiet_hours": NIGHT}, {"digest": "0 8 * * *"}])
def test_what_is_silenced_while_it_waits_is_not_sent(keys: dict[str, Any]) -> None:
    ledger, rules = Notebook(), [rule_of(**keys)]
    judge(rules, ledger, now=LATE)
    ledger.quiet = [Silence(id="s1", rule="r")]

    assert let_go(rules, ledger, DIGEST) == []
    assert list(ledger.dropped.values()) == ["silenced by s1"]
    assert ledger.waiting == {}


def test_a_rule_put_into_shadow_meanwhile_sends_nothing() -> None:
    ledger = Notebook()
    judge([night_rule()], ledger, now=LATE)

    assert let_go([night_rule(shadow=True)], ledger, MORNING) == []
    assert list(ledger.dropped.values()) == ["shadow"]


@pytest.mark.parametrize("keys", [{"quiet_hours": NIGHT}, {"digest": "0 8 * * *"}])
def test_what_a_vanished_rule_held_is_still_sent(keys: dict[str, Any]) -> None:
    ledger = Notebook()
    judge([rule_of(**keys)], ledger, now=LATE)

    (only,) = let_go([], ledger, DIGEST)

    assert (only.rule, only.channels) == ("r", ("screen",))


@pytest.mark.parametrize(
    ("rules", "channels"),
    [
        ([rule_of(send=["desk"])], ("desk",)),  # the channel's rule has another one instead
        ([rule_of(send=["screen"])], ("screen",)),  # none: it stays named, to fail in the open
        ([], ("screen",)),
    ],
)
def test_a_channel_that_is_gone_is_replaced_or_stays_named(
    rules: list[Rule], channels: tuple[str, ...]
) -> None:
    ledger = Notebook()
    judge([night_rule()], ledger, now=LATE)

    (only,) = let_go(rules, ledger, MORNING, ("desk",))

    assert only.channels == channels


def test_a_service_that_was_down_in_the_morning_does_not_send_the_next_night() -> None:
    ledger, rules = Notebook(), [night_rule()]
    judge(rules, ledger, now=LATE)

    nights = [let_go(rules, ledger, LATE + timedelta(days=1)), let_go(rules, ledger, DIGEST)]
    (only,) = let_go(rules, ledger, MORNING + timedelta(days=1))

    assert nights == [[], []]
    assert only.rule == "r"


def test_a_late_service_gathers_what_several_digests_missed_into_one() -> None:
    ledger, rules = Notebook(), [rule_of(digest="0 8 * * *")]
    for day in range(3):
        judge(rules, ledger, make_case(str(day)), LATE + timedelta(days=day))

    (digest,) = let_go(rules, ledger, DIGEST + timedelta(days=9))

    assert len(digest.gathered) == 3
