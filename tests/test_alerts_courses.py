"""What became of a known act: who gives its number, name or day, and does something with it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.contradictions import kept_apart
from alerts.domain import Act, Event, Figures, Post
from alerts.likeness import Candidate, named
from alerts.traces import names_in
from tests.act_reading import READER, THURSDAY


def told(text: str, at: datetime, *, official: bool) -> tuple[Post, Act]:
    """Return a post and what is read from it."""
    act = READER.read(text, published_at=at, official=official)
    post = Post(
        id="2", source="gov", external_id="2", url=None, title="", text=text, lang="en",
        author=None, published_at=at, dated=True, first_seen_at=at, official=official,
        limited=False, figures=Figures(), platform_tags=(),
    )  # fmt: skip
    return post, replace(act, mentions=(*act.mentions, *names_in(text)))


def why_apart(known: str, text: str, days: int, *, ways: tuple[str, ...] = ()) -> str | None:
    """Return what keeps an authority's text out of the event that its own text opened."""
    _, act = told(known, THURSDAY, official=True)
    act = replace(act, mentions=(*act.mentions, *(f"way:{way}" for way in ways)))
    event = Event(
        id="e1", title="", act=act, posts=1, sources=("gov",), topics={}, grade=3,
        at_least=(1.0, 1.0, 1.0), relevance=1, first_seen=THURSDAY, last_seen=THURSDAY,
        official_post="1", official_url=None,
    )  # fmt: skip
    post, later = told(text, THURSDAY + timedelta(days=days), official=True)
    return kept_apart(post, later, Candidate(event=event, authorities={"gov": "1"}), "evidence")


GRAPHITE = "Notification No. 31/2026-27: Export policy of natural graphite\nExport of natural graphite is prohibited with effect from 1 December 2026."  # noqa: E501
LICENCE = "Issuance of Russia-related General License 143\nGeneral License 143 authorizes transactions involving Danubol Refining AD in Bulgaria through December 30, 2026."  # noqa: E501
LISTED = "DA 26-241: Cellular modules added to the Covered List\nThe Bureau adds cellular modules of Yunlink to the Covered List."  # noqa: E501


@pytest.mark.parametrize(
    ("known", "text", "days"),
    [
        (GRAPHITE, "Notification No. 35/2026-27: Date of effect\nThe date of effect mentioned in Notification No. 31/2026-27 shall be read as 1 March 2027 in place of 1 December 2026. Natural graphite.", 9),  # noqa: E501
        (GRAPHITE, "Trade Notice No. 18/2026-27 on Notification No. 31/2026-27\nExports of natural graphite to subsidiaries abroad may be permitted case by case.", 9),  # noqa: E501
        (GRAPHITE, "Public Notice No. 6/2026-27: natural graphite\nApplications under Notification No. 31 will be decided within 15 days.", 9),  # noqa: E501
        (GRAPHITE, "Policy Circular No. 9/2026-27: clarification\nIt is clarified that Notification No. 31/2026-27 does not apply to samples of natural graphite.", 9),  # noqa: E501
        (LICENCE, "Issuance of Russia-related General License 143A\nGeneral License 143A replaces General License 143 and extends the authorization for Danubol Refining AD in Bulgaria through March 30, 2027.", 40),  # noqa: E501
        (LISTED, "DA 26-318: Waiver for call devices with cellular modules\nThe Bureau waives until April 9, 2027 the prohibition of November 19 for devices that contain Yunlink modules.", 40),  # noqa: E501
    ],
)  # fmt: skip
def test_what_an_authority_does_with_its_act_is_of_that_act(
    known: str, text: str, days: int
) -> None:
    assert why_apart(known, text, days) is None


@pytest.mark.parametrize(
    ("known", "text", "days"),
    [
        (GRAPHITE, "Notification No. 36/2026-27: Export policy of synthetic graphite\nExport of synthetic graphite is prohibited with immediate effect.", 9),  # noqa: E501
        (LICENCE, "Issuance of Russia-related General License 145\nGeneral License 145 authorizes transactions involving Lomza Refining in Poland through March 30, 2027.", 40),  # noqa: E501
        (LISTED, "DA 26-318: Drones added to the Covered List\nThe Bureau adds drones of Aeromax to the Covered List.", 40),  # noqa: E501
        (LISTED, "DA 26-318: Waiver for cellular modules\nThe Bureau waives until April 9, 2027 the prohibition of June 5.", 40),  # noqa: E501
    ],
)  # fmt: skip
def test_another_act_of_the_authority_is_kept_apart(known: str, text: str, days: int) -> None:
    assert why_apart(known, text, days) is not None


BAN = "Russia bans sulphur exports until December 31, the government said"


@pytest.mark.parametrize(
    ("known", "text", "days", "ways", "why"),
    [
        # What is imposed for a term and lasts longer is one act.
        (BAN, "Russia extends sulphur export ban to March", 30, ("imposed",), None),
        (BAN, "俄罗斯将硫磺出口禁令延长至三月", 30, ("imposed",), None),
        # Not so soon, not a suspension, and no list.
        (BAN, "Russia extends sulphur export ban to March", 4, ("imposed",), "prolonged"),
        ("US suspends port fees on Chinese ships",
         "US extends suspension of port fees on Chinese ships for a year", 30,
         ("paused", "lifted"), "prolonged"),
        ("UK sanctions 20 shadow fleet tankers", "UK extends shadow fleet list to six carriers", 30,
         ("imposed",), "prolonged"),
    ],
)  # fmt: skip
def test_a_measure_imposed_for_a_term_that_lasts_longer_is_that_measure(
    known: str, text: str, days: int, ways: tuple[str, ...], why: str | None
) -> None:
    _, act = told(known, THURSDAY, official=False)
    act = replace(act, mentions=(*act.mentions, *(f"way:{way}" for way in ways)))
    event = Event(
        id="e1", title="", act=act, posts=1, sources=("wire",), topics={}, grade=3,
        at_least=(1.0, 1.0, 1.0), relevance=1, first_seen=THURSDAY, last_seen=THURSDAY,
        official_post=None, official_url=None,
    )  # fmt: skip
    post, later = told(text, THURSDAY + timedelta(days=days), official=False)
    assert kept_apart(post, later, Candidate(event=event), "evidence") == why


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("OFAC issued General License 143A", {"143"}),
        ("traders breathe again: notice 73 is paused", {"73"}),
        ("DGFT said in Trade Notice 4", set()),
        ("Public notice 12 lists the plants", set()),
    ],
)
def test_a_notice_goes_by_its_number(text: str, names: set[str]) -> None:
    assert named(Act(mentions=names_in(text)), "notice") == names
