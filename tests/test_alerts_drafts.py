"""Drafts: what a poll found is there before it is written, and nobody else's polls are missed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.books import SHOWN_POSTS, to_show
from alerts.domain import Act, Figures, Post
from alerts.drafts import Drafts, Known, begin
from alerts.events import open_event
from alerts.store import corrections, sources
from alerts.store import events as event_queries
from alerts.store import posts as post_queries
from alerts.store.connect import Store, open_store
from classifier.labels import Policy, Tagging

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TAGGING = Tagging(
    topics={"china": 0.9}, tags=("china",), policy=Policy(grade=3, at_least=(0.9, 0.8, 0.7)),
    model="m", terms={},
)  # fmt: skip
POST = Post(
    id="p1", source="wire", external_id="1", url=None, title="Curbs", text="Curbs on gallium",
    lang="en", author=None, published_at=NOW, dated=True, first_seen_at=NOW, official=True,
    limited=False, figures=Figures(interactions=40), platform_tags=(),
)  # fmt: skip
EVENT = open_event(POST, TAGGING, Act())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/t.db")
    with opened.write() as connection:
        sources.ensure_sources(connection, {"wire": "jsonl"}, NOW)
    yield opened
    opened.close()


def take_in(drafts: Drafts) -> None:
    drafts.add(EVENT)
    drafts.add_keys(EVENT.id, ["number:1", "link:e.org"])
    drafts.add_post(
        post_queries.Draft(
            post=POST, tagging=TAGGING, act=Act(), event_id=EVENT.id, joined_by="opened",
            backfilled=False,
        )
    )  # fmt: skip


def poll(store: Store, at: datetime) -> None:
    with store.write() as connection:
        sources.record_success(
            connection, "wire", cursor={}, health=(), new_posts=0, now=at, next_poll_at=at
        )


def test_what_is_not_written_yet_is_found(store: Store) -> None:
    with store.write() as connection:
        drafts = Drafts(connection)
        drafts.look_up(["number:1"])
        take_in(drafts)

        assert drafts.sharing(["number:1", "words:x"]) == {EVENT.id: {"number:1"}}
        assert drafts.get([EVENT.id, "eother"]) == [EVENT]
        assert drafts.survivor(EVENT.id) == EVENT.id
        assert event_queries.get_events(connection, [EVENT.id]) == []


def test_what_was_written_is_what_was_drafted(store: Store) -> None:
    grown = replace(EVENT, posts=2, sources=("wire", "other"))
    with store.write() as connection:
        drafts = Drafts(connection)
        take_in(drafts)
        drafts.write()
        drafts.change(grown)
        # A key that it has is no new one.
        drafts.add_keys(EVENT.id, ["number:1"])
        drafts.write()

    with store.read() as connection:
        assert event_queries.get_events(connection, [EVENT.id]) == [grown]
        assert event_queries.events_sharing(connection, ["number:1", "link:e.org"]) == {
            EVENT.id: {"number:1", "link:e.org"}
        }
        assert post_queries.posts_of(connection, ["p1"]) == {"p1": POST}
        assert post_queries.tagging_of(connection, "p1") == TAGGING


def test_an_alert_shows_an_authority_first_then_the_earliest_stored_or_not(store: Store) -> None:
    def add(drafts: Drafts, name: str, minutes: int, *, official: bool = False) -> None:
        at = NOW + timedelta(minutes=minutes)
        post = replace(POST, id=name, external_id=name, published_at=at, official=official)
        drafts.add_post(
            post_queries.Draft(
                post=post, tagging=TAGGING, act=Act(), event_id=EVENT.id, joined_by="link",
                backfilled=False,
            )
        )  # fmt: skip

    with store.write() as connection:
        drafts = Drafts(connection)
        drafts.add(EVENT)
        for number in range(6):
            add(drafts, f"stored{number}", 10 * number + 5)
        drafts.write()
        add(drafts, "late", 60)
        add(drafts, "early", 0)
        add(drafts, "authority", 70, official=True)

        shown = to_show(replace(POST, id="stored1"), drafts.first_shown(EVENT.id, SHOWN_POSTS))

    assert [post.id for post in shown] == ["stored1", "authority", "early", "stored0", "stored2"]


@pytest.mark.parametrize("asked", ["authorities", "reach"])
def test_what_is_asked_of_the_database_is_written_before(store: Store, asked: str) -> None:
    with store.write() as connection:
        drafts = Drafts(connection)
        take_in(drafts)

        if asked == "reach":
            assert drafts.reach(EVENT.id) == 41
        else:
            assert drafts.authorities(EVENT.id) == {"wire": "1"}


def test_events_are_kept_until_somebody_else_polled(store: Store) -> None:
    known = Known()
    with store.write() as connection:
        drafts = begin(connection, known)
        take_in(drafts)
        drafts.close()
    with store.write() as connection:
        kept = dict(begin(connection, known)._known.events)
    poll(store, NOW + timedelta(minutes=1))
    with store.write() as connection:
        after = dict(begin(connection, known)._known.events)

    assert list(kept) == [EVENT.id]
    assert after == {}


def break_off(store: Store, known: Known) -> None:
    with store.write() as connection:
        take_in(begin(connection, known))
        raise RuntimeError("the power failed")


def test_what_was_rolled_back_is_not_known(store: Store) -> None:
    known = Known()
    with store.write() as connection:
        begin(connection, known).close()
    with pytest.raises(RuntimeError):
        break_off(store, known)

    with store.write() as connection:
        assert begin(connection, known).get([EVENT.id]) == []


def test_an_event_that_was_merged_leads_to_its_survivor(store: Store) -> None:
    other = replace(EVENT, id="eother")
    with store.write() as connection:
        event_queries.add_events(connection, [EVENT, other])
        corrections.lead_to(connection, "eother", EVENT.id)

        assert Drafts(connection).survivor("eother") == EVENT.id


def test_only_so_many_events_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.drafts.MOST_EVENTS", 2)
    known = Known()
    with store.write() as connection:
        drafts = begin(connection, known)
        for name in "abcd":
            drafts.add(replace(EVENT, id=name))
        drafts.get(["a"])
        drafts.close()

    assert list(known.events) == ["d", "a"]
