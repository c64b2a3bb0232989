"""Budgets and labels: proposals that hold when tried, and figures that can be counted by hand."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts import backtest, tuning
from alerts import config as config_file
from alerts.backtest import Book
from alerts.case import Case
from alerts.config import Config
from alerts.domain import Act, Figures, Post
from alerts.events import open_event
from alerts.replay import FAR, Arrival, Span
from alerts.tuning import Labelled
from classifier.errors import InputError
from classifier.labels import Example, Policy, Tagging

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
SPAN = (START - timedelta(days=1), START + timedelta(days=10))
CONFIG = """\
service: {timezone: UTC}
sources:
  - {name: wire, kind: jsonl, path: wire.jsonl}
channels:
  - {name: screen, kind: console}
rules:
  - RULE
  - {name: other, topics: {all: [china]}, min_policy: 3, shadow: true}
"""


def configured(rule: str) -> Config:
    text = CONFIG.replace("RULE", rule)
    topics = ("china", "export-controls")
    return config_file.parse(text, Path("tocsin.yaml"), topics=topics, secrets=False)


def arrival(
    name: str, *, hours: float, export: float, china: float = 0.0, policy: float = 0.9,
    text: str = "t",
) -> Arrival:  # fmt: skip
    at = START + timedelta(hours=hours)
    post = Post(
        id=f"id-{name}", source="wire", external_id=name, url=None, title=name, text=text,
        lang="en", author=None, published_at=at, dated=True, first_seen_at=at, official=False,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    grade = 3 if policy > 0.5 else 0
    tagging = Tagging(
        topics={"china": china, "export-controls": export}, tags=(),
        policy=Policy(grade=grade, at_least=(policy, policy, policy)), model="m", terms={},
    )  # fmt: skip
    thresholds = {"china": 0.5, "export-controls": 0.5}
    case = Case(
        post=post, tagging=tagging, event=open_event(post, tagging, Act()), thresholds=thresholds
    )
    return Arrival(case=case, now=at, backfilled=False, reach=1)


def lived(rule: str, arrivals: Sequence[Arrival]) -> tuple[Book, Span]:
    book, span = backtest.open_book(configured(rule)), Span(since=SPAN[0], until=SPAN[1])
    for one in arrivals:
        span.count(one.now)
    backtest.replay(arrivals, [book], FAR)
    return book, span


# Six on the first day, one on each of the four days after it.
STREAM = [
    *(arrival(f"a{n}", hours=n, export=0.6 + n / 20, policy=0.9) for n in range(6)),
    *(arrival(f"b{n}", hours=24 * n, export=0.55, china=0.9) for n in range(1, 5)),
]


@pytest.mark.parametrize(
    "rule",
    [
        "{name: r, topics: {all: [export-controls]}, send: [screen]}",
        "{name: r, topics: {any: [export-controls]}, send: [screen]}",
        "{name: r, topics: {all: [export-controls]}, min_score: 0.55, send: [screen]}",
        "{name: r, min_score: {export-controls: 0.5}, topics: {all: [export-controls]}, shadow: 1}",
        "{name: r, topics: {all: [export-controls]}, digest: '0 9 * * *', send: [screen]}",
        "{name: r, min_policy: 2, shadow: true}",
    ],
)
def test_a_proposal_holds_when_it_is_tried(rule: str) -> None:
    book, span = lived(rule, STREAM)

    row = tuning.propose(book, span, tuning.read_budget("2/day"))[0]

    assert (row["alerts"], row["busiest"], row["on"], row["within"]) == (
        10, 6, "2026-11-23", False,
    )  # fmt: skip
    assert {next(iter(one["set"])) for one in row["proposals"]} <= {"min_relevance", "min_score"}
    assert row["proposals"]
    unset = rule.replace("min_score: 0.55, ", "")
    unset = unset.replace("min_score: {export-controls: 0.5}, ", "").removesuffix("}")
    for one in row["proposals"]:
        ((key, value),) = one["set"].items()
        tried, _ = lived(f"{unset}, {key}: {value}}}", STREAM)
        own = [line for line in tried.notebook.lines if line.rule == "r" and line.alert]
        days = Counter(line.at.date() for line in own if line.alert and not line.alert.gathered)
        assert max(days.values()) == one["busiest"]
        assert (one["busiest"] if one["within"] == "every day" else one["average"]) <= 2
        assert days.total() == one["alerts"] == 10 - len(one["lost"])


def test_a_budget_that_is_kept_asks_for_nothing() -> None:
    book, span = lived("{name: r, topics: {all: [export-controls]}, send: [screen]}", STREAM)

    rows = tuning.propose(book, span, tuning.read_budget("6/day"))

    assert [(row["within"], row["proposals"]) for row in rows] == [(True, []), (True, [])]


def test_an_average_within_is_proposed_apart_from_every_day() -> None:
    busy = [arrival(f"c{n}", hours=n / 10, export=0.5 + n / 100) for n in range(40)]
    book, span = lived("{name: r, topics: {all: [export-controls]}, send: [screen]}",
                       [*busy, *STREAM[6:]])  # fmt: skip

    row = tuning.propose(book, span, tuning.read_budget("5/day"))[0]

    by_goal: dict[str, list[dict[str, Any]]] = {}
    for one in row["proposals"]:
        by_goal.setdefault(one["within"], []).append(one)
    assert row["average"] > 5
    assert set(by_goal) == {"every day", "on average"}
    assert by_goal["on average"][0]["alerts"] > by_goal["every day"][0]["alerts"]
    assert all(one["average"] <= 5 < one["busiest"] for one in by_goal["on average"])


def test_what_no_threshold_can_keep_gets_no_proposal() -> None:
    same = [arrival(f"s{n}", hours=n, export=1.0, policy=1.0) for n in range(5)]
    book, span = lived("{name: r, topics: {all: [export-controls]}, send: [screen]}", same)

    row = tuning.propose(book, span, tuning.read_budget("2/day"))[0]

    assert (row["within"], row["proposals"]) == (False, [])


def test_weeks_begin_on_monday() -> None:
    week = tuning.read_budget("20 / week")
    days = [START + timedelta(days=n) for n in (0, 6, 7)]

    assert str(week) == "20/week"
    assert [week.start(day, ZoneInfo("UTC")).day for day in days] == [
        23, 23, 30,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["5", "0/day", "five/day", "5/year", "-1/day", ""])
def test_what_is_no_budget_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="must be like 5/day"):
        tuning.read_budget(text)


# Labels -----------------------------------------------------------------------------------


def example(name: str, topics: set[str], policy: int, unsure: set[str] | None = None) -> Example:
    return Example(
        id=name, text="t", lang="en", style="social", topics=frozenset(topics),
        policy=policy, unsure=frozenset(unsure or ()),  # type: ignore[arg-type]
    )  # fmt: skip


def test_precision_recall_and_misses_are_counted_by_rule() -> None:
    rule = (
        "{name: r, topics: {all: [export-controls]}, min_policy: 2, none_of: [webinar], shadow: 1}"
    )
    wanted = {"export-controls"}
    stream = {
        "right": (arrival("right", hours=1, export=0.9), example("right", wanted, 3)),
        "wrong": (arrival("wrong", hours=2, export=0.8), example("wrong", set(), 3)),
        "low": (arrival("low", hours=3, export=0.2), example("id-low", wanted, 2)),
        "calm": (arrival("calm", hours=4, export=0.9, policy=0.1), example("calm", wanted, 3)),
        "ad": (arrival("ad", hours=5, export=0.9, text="webinar"), example("ad", wanted, 3)),
        "minor": (arrival("minor", hours=6, export=0.1), example("minor", wanted, 1)),
        "open": (arrival("open", hours=7, export=0.9), example("open", set(), 3, wanted)),
        "none": (arrival("none", hours=8, export=0.9), None),
    }
    labels = {label.id: label for _, label in stream.values() if label}
    book = backtest.open_book(configured(rule))
    span = Span(since=SPAN[0], until=SPAN[1])
    labelled: list[Labelled] = []

    arrivals = (one for one, _ in stream.values())
    backtest.replay(tuning.note_labelled(arrivals, labels, labelled, span), [book], FAR)
    row, other = tuning.judge(book, labelled)

    assert (row["labelled"], row["wanted"], row["alerts"]) == (7, 3, 2)
    assert (row["precision"], row["recall"]) == (0.5, 0.3333)
    assert [(one["post"], one["not_sent"]) for one in row["missed"]] == [
        ("low", "topics"),
        ("calm", "min_policy"),
    ]
    assert [one["post"] for one in row["wrong"]] == ["wrong"]
    assert (other["wanted"], other["precision"], other["recall"]) == (0, None, None)


def test_a_wanted_echo_counts_as_told() -> None:
    first = arrival("first", hours=1, export=0.9)
    echo = arrival("echo", hours=2, export=0.9)
    case = Case(post=echo.case.post, tagging=echo.case.tagging, event=first.case.event,
                thresholds=echo.case.thresholds)  # fmt: skip
    again = Arrival(case=case, now=echo.now, backfilled=False, reach=2)
    book, _ = lived("{name: r, topics: {all: [export-controls]}, send: [screen]}", [first, again])

    row = tuning.judge(
        book, [Labelled(arrival=again, label=example("echo", {"export-controls"}, 3))]
    )[0]

    assert (row["recall"], row["precision"], row["missed"]) == (1.0, None, [])
