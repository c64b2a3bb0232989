"""Which posts are compared with open events, and which find them by their keys alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alerts.archive import EventMemory
from alerts.domain import Act, Figures, Post
from alerts.grouping import Placed, group
from alerts.traces import trace
from alerts.window import Window
from classifier.labels import Policy, Tagging

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TALK = Tagging(
    topics={"china": 0.9}, tags=("china",), policy=Policy(grade=1, at_least=(0.8, 0.1, 0.0)),
    model="m", terms={},
)  # fmt: skip
NOISE = replace(TALK, topics={"china": 0.1}, tags=(), policy=Policy(grade=0, at_least=(0.1, 0, 0)))
REPORTS = replace(TALK, policy=Policy(grade=3, at_least=(0.9, 0.9, 0.9)))
TEXT = "Gallium traders wonder aloud whether the port will ever ship anything again this winter"
REWORDED = "wonder whether the gallium traders will ever ship anything this winter again, aloud"


def make_post(name: str, text: str) -> Post:
    return Post(
        id=name, source=f"s{name}", external_id=name, url=None, title="", text=text, lang="en",
        author=None, published_at=NOW, dated=True, first_seen_at=NOW, official=False,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip


def events_of(told: Tagging, act: Act, text: str = REWORDED) -> set[str]:
    """Return the events of a post of talk and of another one on the same."""
    archive, window = EventMemory(), Window(7)
    found = set()
    for name, words, tagging, read in (("1", TEXT, TALK, Act()), ("2", text, told, act)):
        post = make_post(name, words)
        event = group(archive, window, post, tagging, read, trace(post, read)).event
        found.add(event.id)
    return found


def place(archive: EventMemory, *texts: str) -> list[Placed]:
    """Group reports on gallium one by one."""
    window, act, placed = Window(7), Act(mentions=("item:gallium",)), []
    for name, text in enumerate(texts):
        post = make_post(str(name), text)
        placed.append(group(archive, window, post, REPORTS, act, trace(post, act)))
    return placed


def test_noise_joins_by_its_wording_only_if_it_names_something() -> None:
    assert len(events_of(TALK, Act())) == 1
    assert len(events_of(NOISE, Act(mentions=("item:gallium",)))) == 1
    assert len(events_of(NOISE, Act(mentions=("figure:20%", "way:followed")))) == 2


def test_noise_that_names_nothing_joins_by_the_same_sentence() -> None:
    assert len(events_of(NOISE, Act(), f"{TEXT}. So do I.")) == 1


def test_a_post_that_is_surely_on_the_known_act_does_not_join_what_leans_on_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive = EventMemory()
    monkeypatch.setattr("alerts.events.SURE", 99.0)
    monkeypatch.setattr("alerts.events.JOIN", -99.0)
    monkeypatch.setattr("alerts.events.LEAD", 99.0)
    monkeypatch.setattr("alerts.events.APART", -99.0)

    first, second, third = place(
        archive,
        "Gallium goes under licence, the ministry in Beijing says, as buyers abroad had feared",
        "Gallium: smelters at Baise count what a licence from the capital will cost them",
        "Plants in Baise fret: gallium needs a stamp now, so freight to Rotterdam waits",
    )

    assert archive.leans_on(second.event.id) == first.event.id
    assert (third.event.id, third.by) == (first.event.id, "evidence")


def test_what_resembles_a_leaning_event_by_weak_evidence_leans_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else three acts that are a little alike would be told under the first one's title."""
    archive = EventMemory()
    monkeypatch.setattr("alerts.events.SURE", 99.0)
    monkeypatch.setattr("alerts.events.JOIN", -99.0)
    monkeypatch.setattr("alerts.events.APART", 99.0)

    placed = place(
        archive,
        "Gallium goes under licence, the ministry in Beijing says, as buyers abroad had feared",
        "Smelters at Baise in Guangxi count what a paper from the capital costs",
        "Traders in Rotterdam hear that Baise has stopped loading until stamps arrive",
    )

    first, *others = placed

    assert len({one.event.id for one in placed}) == 3
    assert {archive.leans_on(one.event.id) for one in others} == {first.event.id}
    assert all(one.event.posts == 1 and one.by == "weak evidence" for one in others)
