"""Which posts are compared with open events, and which find them by their keys alone."""

from dataclasses import replace
from datetime import UTC, datetime

from alerts.archive import EventMemory
from alerts.domain import Act, Figures, Post
from alerts.grouping import group
from alerts.traces import trace
from alerts.window import Window
from classifier.labels import Policy, Tagging

TALK = Tagging(
    topics={"china": 0.9}, tags=("china",), policy=Policy(grade=1, at_least=(0.8, 0.1, 0.0)),
    model="m", terms={},
)  # fmt: skip
NOISE = replace(TALK, topics={"china": 0.1}, tags=(), policy=Policy(grade=0, at_least=(0.1, 0, 0)))
TEXT = "Gallium traders wonder aloud whether the port will ever ship anything again this winter"
REWORDED = "wonder whether the gallium traders will ever ship anything this winter again, aloud"


def events_of(told: Tagging, act: Act, text: str = REWORDED) -> set[str]:
    """Return the events of a post of talk and of another one on the same."""
    archive, window = EventMemory(), Window(7)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    found = set()
    for name, words, tagging, read in (("1", TEXT, TALK, Act()), ("2", text, told, act)):
        post = Post(
            id=name, source=f"s{name}", external_id=name, url=None, title="", text=words, lang="en",
            author=None, published_at=now, dated=True, first_seen_at=now, official=False,
            limited=False, figures=Figures(), platform_tags=(),
        )  # fmt: skip
        event = group(archive, window, post, tagging, read, trace(post, read)).event
        found.add(event.id)
    return found


def test_noise_joins_by_its_wording_only_if_it_names_something() -> None:
    assert len(events_of(TALK, Act())) == 1
    assert len(events_of(NOISE, Act(mentions=("item:gallium",)))) == 1
    assert len(events_of(NOISE, Act(mentions=("figure:20%", "way:followed")))) == 2


def test_noise_that_names_nothing_joins_by_the_same_sentence() -> None:
    assert len(events_of(NOISE, Act(), f"{TEXT}. So do I.")) == 1
