"""What a person and a program read of an alert."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import TypeAdapter

from alerts.document import document
from alerts.domain import Act, Alert, Earlier, Figures, Reason, Stage
from alerts.render import HEADLINE, Line, headline, lead_time, lines, percent

DATA = Path(__file__).parent / "data"


@pytest.fixture
def alert() -> Alert:
    """A whole alert: an official notice that came after two reports."""
    return TypeAdapter(Alert).validate_json((DATA / "alert.json").read_bytes())


@pytest.fixture
def with_act(alert: Alert) -> Callable[..., Alert]:
    """Make the same alert with other fields of its act."""

    def make(**fields: Any) -> Alert:
        act = replace(alert.event.act, **fields)
        return replace(alert, event=replace(alert.event, act=act))

    return make


def told(alert: Alert, label: str) -> list[str]:
    return [line.text for line in lines(alert) if line.label == label]


def with_title(alert: Alert, title: str) -> Alert:
    return replace(alert, event=replace(alert.event, title=title))


def unofficial(alert: Alert) -> Alert:
    """The alert before any authority published."""
    event = replace(alert.event, official_post=None, official_url=None)
    return replace(alert, event=event, posts=alert.posts[1:])


FOUND = "official text found, 3 h 20 min after the first post"
FIRST = Earlier(
    id="a1",
    at=datetime(2026, 11, 24, 4, 40, tzinfo=UTC),
    headline="Beijing may lock up LFP",
)

# The headline -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (Reason.NEW, "Ministry adds cathode know-how to the catalogue of restricted technology"),
        (
            Reason.UPDATED,
            "Update: Ministry adds cathode know-how to the catalogue of restricted technology",
        ),
        (
            Reason.DIGEST,
            (
                "Digest of 0 events: "
                "Ministry adds cathode know-how to the catalogue of restricted technology"
            ),
        ),
    ],
)
def test_the_headline_is_the_title_and_says_what_is_not_new(
    alert: Alert, reason: Reason, line: str
) -> None:
    assert headline(replace(alert, reason=reason)) == line


def test_the_headline_of_an_update_says_what_changed_in_short(alert: Alert) -> None:
    changes = ("now withdrawn (the stage was adopted), according to wire", FOUND)
    update = replace(alert, reason=Reason.UPDATED, changes=changes)

    assert headline(update).startswith("Update: now withdrawn – Ministry adds cathode know-how")
    assert len(headline(with_title(update, "Export controls " * 40))) <= 120


def test_a_long_title_is_cut_at_a_word(alert: Alert) -> None:
    line = headline(with_title(alert, "Export controls " * 40))

    assert len(line) <= HEADLINE
    assert line.endswith((" controls…", " Export…"))


def test_a_title_cannot_break_out_of_its_line(alert: Alert) -> None:
    line = headline(with_title(alert, "One\nTwo \x1b[2Jthree \u202efour"))

    assert line == "One Two three four"


def test_an_event_without_a_title_is_called_by_its_post_or_its_act(alert: Alert) -> None:
    untitled = with_title(alert, " \x00 ")
    (first, *rest) = untitled.posts

    by_title = headline(untitled)
    by_text = headline(replace(untitled, posts=(replace(first, title=""), *rest)))
    by_act = headline(replace(untitled, posts=()))
    bare = replace(untitled, posts=(), event=replace(untitled.event, act=Act()))

    assert by_title == "Announcement No. 61 of 2026"
    assert by_text.startswith("Announcement No. 61 of 2026. Cathode know-how")
    assert by_act == "export restriction, adopted"
    assert headline(bare) == "An event without a title"


# The first line -----------------------------------------------------------------------------


def test_the_first_line_tells_who_what_when_why_and_where(alert: Alert) -> None:
    first = lines(alert)[0]

    assert first.text == (
        "MOFCOM (CN) · export restriction, adopted · MOFCOM 2026-61 · "
        "takes effect 2026-12-01 (in 7 days) · "
        "sent by rule “export controls on EV technology” (critical): topics, min_policy hold"
    )
    assert [(link.text, link.url) for link in first.links] == [
        (
            "official text (www.mofcom.example)",
            "https://www.mofcom.example/zwgk/2026/61.html",
        )
    ]


def test_without_an_official_text_the_first_line_says_so_and_links_the_report(
    alert: Alert,
) -> None:
    first = lines(unofficial(alert))[0]

    assert "no official text found yet" in first.text
    assert [link.text for link in first.links] == ["report (x.example)"]


def test_an_official_text_without_an_address_is_not_called_missing(alert: Alert) -> None:
    posts = tuple(replace(post, url=None) for post in alert.posts)
    event = replace(alert.event, official_url=None)

    first = lines(replace(alert, event=event, posts=posts))[0]

    assert "no official text" not in first.text
    assert first.links == ()


def test_an_update_begins_with_what_changed(alert: Alert) -> None:
    changes = ("official text published", "stage: proposed -> adopted")

    first = lines(replace(alert, reason=Reason.UPDATED, changes=changes))[0]

    assert first.text.startswith(
        "changed: official text published; stage: proposed -> adopted · MOFCOM (CN)"
    )


def test_an_update_names_the_alert_that_it_follows(alert: Alert) -> None:
    said = lines(replace(alert, reason=Reason.UPDATED, changes=(FOUND,), first=FIRST))

    assert (said[1].label, said[1].text) == (
        "Update to",
        "“Beijing may lock up LFP”, alerted at 2026-11-24 04:40 UTC (alert a1)",
    )
    assert "Update to" not in {line.label for line in lines(alert)}
    quiet = replace(alert, reason=Reason.UPDATED, first=replace(FIRST, sent=False))
    assert "decided, but not sent, at 2026-11-24 04:40 UTC" in lines(quiet)[1].text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"effective_on": "2026-11-24"}, "effective since 2026-11-24 (today)"),
        ({"effective_on": "2026-11-25"}, "takes effect 2026-11-25 (tomorrow)"),
        ({"effective_on": "2026-11-23"}, "effective since 2026-11-23 (yesterday)"),
        ({"effective_on": "2026-11-14"}, "effective since 2026-11-14 (10 days ago)"),
        ({"effective_on": None}, "date of effect not stated"),
        ({"effective_on": "spring"}, "date of effect stated as spring"),
        (
            {"stage": Stage.PROPOSED},
            "date of effect stated as 2026-12-01 (in 7 days)",
        ),
        (
            {"stage": Stage.WITHDRAWN, "effective_on": "2026-11-01"},
            "date of effect stated as 2026-11-01 (23 days ago)",
        ),
        ({"authority": None}, "CN · export restriction"),
        ({"jurisdiction": None}, "MOFCOM · export restriction"),
        ({"authority": None, "jurisdiction": None}, "authority not named · export restriction"),
        ({"instrument": None}, "MOFCOM (CN) · adopted"),
        ({"stage": None}, "export restriction · MOFCOM 2026-61"),
    ],
)
def test_an_act_is_told_as_far_as_it_is_known(
    with_act: Callable[..., Alert], fields: dict[str, Any], said: str
) -> None:
    assert said in lines(with_act(**fields))[0].text


def test_a_text_without_an_act_is_not_given_one(alert: Alert) -> None:
    first = lines(replace(alert, event=replace(alert.event, act=Act())))[0]

    assert first.text.startswith("no act could be read from the text · sent by rule")


def test_a_date_alone_is_told(with_act: Callable[..., Alert]) -> None:
    nothing = dict.fromkeys(("instrument", "stage", "authority", "jurisdiction", "number"))

    first = lines(with_act(**nothing))[0]

    assert first.text.startswith("authority not named · takes effect 2026-12-01 (in 7 days)")


# The evidence -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "texts"),
    [
        ("Covers", ["LFP cathode, lithium extraction"]),
        ("Aimed at", []),
        ("Published", ["2026-11-24"]),
        (
            "Topics",
            [
                (
                    "china 99 %, export-controls 98 %, electric-vehicles 97 %; "
                    "under the threshold: stocks-technology 31 %"
                )
            ],
        ),
        (
            "Policy",
            [
                (
                    "grade 3 of 3, an official act: 96 % that it is in motion or done, "
                    "91 % that it is an official act"
                )
            ],
        ),
        (
            "Relevance",
            [
                (
                    "96 of 100: policy 96 % (doubt halved: the source is an authority) "
                    "times export-controls 98 %"
                )
            ],
        ),
        (
            "Reported by",
            [
                (
                    "3 posts from wire, lc-ev, mofcom; "
                    "first 2026-11-24 04:35 UTC, last 2026-11-24 07:55 UTC"
                )
            ],
        ),
        ("Lead", ["first report 3 h 20 min before the official text"]),
        (
            "Post",
            [
                "Announcement No. 61 of 2026 (mofcom; 2026-11-24 07:55 UTC; official)",
                (
                    "Beijing is about to lock up LFP cathode know-how (battery_watch; lc-ev; "
                    "2026-11-24 04:35 UTC; 48,210 followers; "
                    "platform tags: electric vehicle, china; the source withheld a part)"
                ),
            ],
        ),
        (
            "Terms",
            [
                "export-controls: export restriction +2.1, licence +1.3, webinar -0.4",
                "policy: announcement no +1.7",
            ],
        ),
        (
            "Decided by",
            [
                (
                    "model 2026-11-24-1, config sha256:5f0c2f, alert a3f09c1d2e4b5a67, "
                    "2026-11-24 08:00 UTC"
                )
            ],
        ),
    ],
)
def test_every_reason_has_its_line(alert: Alert, label: str, texts: list[str]) -> None:
    assert told(alert, label) == texts


def test_only_evidence_and_versions_are_small_print(alert: Alert) -> None:
    assert {line.label for line in lines(alert) if line.minor} == {"Terms", "Decided by"}


def test_unknown_figures_and_dates_are_not_filled_in(alert: Alert) -> None:
    post = replace(alert.posts[1], figures=Figures(), dated=False, author=None, url=None)

    line = next(line for line in lines(replace(alert, posts=(post,))) if line.label == "Post")

    assert "followers" not in line.text
    assert "interactions" not in line.text
    assert "no date given" in line.text
    assert line.links == ()


def test_a_figure_of_zero_is_told(alert: Alert) -> None:
    post = replace(alert.posts[1], figures=Figures(followers=0, interactions=12345))

    (text,) = told(replace(alert, posts=(post,)), "Post")

    assert "0 followers; 12,345 interactions" in text


def test_one_post_is_not_called_posts(alert: Alert) -> None:
    seen = alert.event.first_seen
    event = replace(alert.event, posts=1, sources=("wire",), last_seen=seen)

    assert told(replace(alert, event=event), "Reported by") == [
        "1 post from wire; first 2026-11-24 04:35 UTC"
    ]


def test_long_lists_say_how_much_is_left_out(with_act: Callable[..., Alert]) -> None:
    (text,) = told(with_act(items=tuple(f"item {n}" for n in range(30))), "Covers")

    assert text.endswith("item 19, and 10 more")


def test_relevance_without_an_authority_or_a_topic_says_so(alert: Alert) -> None:
    plain = replace(alert, relevance=alert.relevance._replace(value=94, official=False))
    none = replace(alert, relevance=alert.relevance._replace(value=0, topic=None))

    assert told(plain, "Relevance") == [
        "94 of 100: policy 96 % times export-controls 98 %",
    ]
    assert told(none, "Relevance") == ["0 of 100: no topic was scored"]


def test_topics_are_told_where_none_is_tagged(alert: Alert) -> None:
    tagging = replace(alert.tagging, topics={"china": 0.2}, tags=())

    assert told(replace(alert, tagging=tagging), "Topics") == ["under the threshold: china 20 %"]


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "0 %"),
        (0.004, "under 1 %"),
        (0.005, "under 1 %"),
        (0.0051, "1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.996, "over 99 %"),
        (1.0, "100 %"),
        (math.nan, "unknown"),
        (1.2, "unknown"),
        (-0.1, "unknown"),
    ],
)
def test_a_probability_is_never_rounded_to_certainty(probability: float, said: str) -> None:
    assert percent(probability) == said


# The lead time ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(minutes=5), ["first report 5 min before the official text"]),
        (timedelta(days=2, hours=1), ["first report 2 d 1 h before the official text"]),
        (timedelta(seconds=10), ["first report seconds before the official text"]),
        (timedelta(0), []),
    ],
)
def test_the_lead_is_from_the_first_report_to_the_official_text(
    alert: Alert, before: timedelta, said: list[str]
) -> None:
    first_seen = alert.posts[0].published_at - before

    changed = replace(alert, event=replace(alert.event, first_seen=first_seen))

    assert told(changed, "Lead") == said


def test_there_is_no_lead_without_the_official_text_or_its_date(alert: Alert) -> None:
    undated = replace(alert, posts=(replace(alert.posts[0], dated=False), alert.posts[1]))

    assert lead_time(unofficial(alert)) is None
    assert lead_time(replace(alert, posts=alert.posts[1:])) is None
    assert lead_time(undated) is None


# The document -------------------------------------------------------------------------------


def test_the_document_has_every_documented_field(alert: Alert) -> None:
    data = document(alert)

    assert data == {
        "type": "alert.new",
        "timestamp": "2026-11-24T08:00:00Z",
        "data": {
            "alert_id": "a3f09c1d2e4b5a67",
            "rule": "export controls on EV technology",
            "severity": "critical",
            "reason": "new",
            "changes": [],
            "first_alert_id": None,
            "first_alert_at": None,
            "note": None,
            "headline": (
                "Ministry adds cathode know-how to the catalogue of restricted technology"
            ),
            "relevance": 96,
            "topics": {
                "electric-vehicles": 0.97,
                "china": 0.99,
                "stocks-technology": 0.31,
                "export-controls": 0.98,
            },
            "tags": ["china", "electric-vehicles", "export-controls"],
            "policy": {"grade": 3, "at_least_2": 0.96, "at_least_3": 0.91},
            "act": {
                "instrument": "export restriction",
                "stage": "adopted",
                "authority": "MOFCOM",
                "jurisdiction": "CN",
                "number": "MOFCOM 2026-61",
                "targets": [],
                "items": ["LFP cathode", "lithium extraction"],
                "published_on": "2026-11-24",
                "effective_on": "2026-12-01",
            },
            "event": {
                "id": "e77aa01",
                "title": "Ministry adds cathode know-how to the catalogue of restricted technology",
                "posts": 3,
                "sources": ["wire", "lc-ev", "mofcom"],
                "first_seen": "2026-11-24T04:35:00Z",
                "last_seen": "2026-11-24T07:55:00Z",
                "official_url": "https://www.mofcom.example/zwgk/2026/61.html",
            },
            "lead_minutes": 200,
            "posts": [
                {
                    "url": "https://www.mofcom.example/zwgk/2026/61.html",
                    "title": "Announcement No. 61 of 2026",
                    "author": None,
                    "source": "mofcom",
                    "external_id": "2026-61",
                    "published_at": "2026-11-24T07:55:00Z",
                    "official": True,
                    "limited": False,
                    "figures": {"followers": None, "interactions": None},
                    "platform_tags": [],
                },
                {
                    "url": "https://x.example/battery_watch/status/100200300",
                    "title": "Beijing is about to lock up LFP cathode know-how",
                    "author": "battery_watch",
                    "source": "lc-ev",
                    "external_id": "tweet::100200300",
                    "published_at": "2026-11-24T04:35:00Z",
                    "official": False,
                    "limited": True,
                    "figures": {"followers": 48210, "interactions": None},
                    "platform_tags": ["electric vehicle", "china"],
                },
            ],
            "why": {
                "terms": {
                    "export-controls": [
                        ["export restriction", 2.14],
                        ["licence", 1.31],
                        ["webinar", -0.42],
                    ],
                    "policy": [["announcement no", 1.72]],
                },
                "rule": ["topics", "min_policy"],
                "relevance": {
                    "policy": 0.96,
                    "topic": "export-controls",
                    "topic_probability": 0.98,
                    "official": True,
                },
            },
            "model": "2026-11-24-1",
            "config": "sha256:5f0c2f",
        },
    }
    assert orjson.loads(orjson.dumps(data)) == data


def test_an_update_is_another_type_lists_what_changed_and_names_the_first_alert(
    alert: Alert,
) -> None:
    data = document(replace(alert, reason=Reason.UPDATED, changes=(FOUND,), first=FIRST))

    assert data["type"] == "alert.updated"
    assert data["data"]["changes"] == [FOUND]
    assert data["data"]["first_alert_id"] == "a1"
    assert data["data"]["first_alert_at"] == "2026-11-24T04:40:00Z"


def test_what_is_not_known_is_null_in_the_document(alert: Alert) -> None:
    post = replace(alert.posts[1], dated=False, url="javascript:alert(1)", author=" ")

    data = document(replace(unofficial(alert), posts=(post,)))["data"]

    assert data["event"]["official_url"] is None
    assert data["lead_minutes"] is None
    (shown,) = data["posts"]
    assert (shown["published_at"], shown["url"], shown["author"]) == (None, None, None)


def test_times_are_told_in_utc(alert: Alert) -> None:
    east = datetime.fromisoformat("2026-11-24T16:00:30.5+08:00")

    assert document(replace(alert, at=east))["timestamp"] == "2026-11-24T08:00:30Z"
    assert told(replace(alert, at=east), "Decided by")[0].endswith("2026-11-24 08:00 UTC")


def test_rendering_changes_nothing_and_is_the_same_every_time(alert: Alert) -> None:
    again = TypeAdapter(Alert).validate_json((DATA / "alert.json").read_bytes())

    assert (headline(alert), lines(alert), document(alert)) == (
        headline(again),
        lines(again),
        document(again),
    )
    assert alert == again
    assert alert.at.tzinfo == UTC
    assert all(isinstance(line, Line) for line in lines(alert))
