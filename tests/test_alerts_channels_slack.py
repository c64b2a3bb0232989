"""Alerts to a Slack incoming webhook."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from alerts.channels import slack
from alerts.cleaning import Link
from alerts.domain import Alert, Delivery, DeliveryState, Fetched, Outcome, Reason, Verdict
from alerts.errors import SourceRefused, SourceUnreachable
from alerts.render import Line

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
ADDRESS = "https://hooks.slack.example/services/T0SECRET/B0SECRET/tokensecret"
CONFIG = slack.Config.model_validate({"name": "desk", "kind": "slack", "url": ADDRESS})
DELIVERY = Delivery(
    id="d1",
    alert="a1",
    channel="desk",
    body='{"text":"磷"}'.encode(),
    state=DeliveryState.SENDING,
    attempts=1,
    created_at=NOW,
    next_attempt_at=NOW,
    last_error=None,
)


@dataclass
class Slack:
    """Answers as told, and keeps what it was sent."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    failure: Exception | None = None
    got: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def __call__(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Fetched:
        self.got.append((url, content, headers))
        if self.failure is not None:
            raise self.failure
        return Fetched(status=self.status, url=url, headers=self.headers, body=self.body)


def outcome_of(answering: Slack) -> Outcome:
    return asyncio.run(slack.send(CONFIG, DELIVERY, answering, NOW))


@pytest.fixture
def alert() -> Alert:
    """A whole alert."""
    return TypeAdapter(Alert).validate_json((DATA / "alert.json").read_bytes())


@pytest.fixture
def message() -> Callable[[Alert], Any]:
    """Read the message that an alert becomes."""
    return lambda alert: orjson.loads(slack.render(CONFIG, alert))


# The message --------------------------------------------------------------------------------


def test_the_message_has_a_headline_the_facts_and_the_small_print(
    alert: Alert, message: Callable[[Alert], Any]
) -> None:
    said = message(alert)

    header, summary, facts, small = said["blocks"]
    assert header == {
        "type": "header",
        "text": {
            "type": "plain_text",
            "text": "Ministry adds cathode know-how to the catalogue of restricted technology",
        },
    }
    assert summary["text"]["text"].startswith("MOFCOM (CN) · export restriction, adopted · ")
    assert summary["text"]["text"].endswith(
        " · <https://www.mofcom.example/zwgk/2026/61.html|official text (www.mofcom.example)>"
    )
    lines = facts["text"]["text"].split("\n")
    assert lines[0] == "*Covers:* LFP cathode, lithium extraction"
    assert lines[-1].endswith("|x.example>")
    assert small["type"] == "context"
    assert [element["text"].split(":*")[0] for element in small["elements"]] == [
        "*Terms",
        "*Terms",
        "*Decided by",
    ]


def test_there_is_always_a_text_for_notifications(
    alert: Alert, message: Callable[[Alert], Any]
) -> None:
    changes = ("official text found, 3 h 20 min after the first post",)
    said = message(replace(alert, reason=Reason.UPDATED, changes=changes))

    assert said["text"].startswith("Update: official text found – Ministry adds cathode know-how")
    assert f"\nchanged: {changes[0]} · MOFCOM (CN)" in said["text"]


def test_slack_makes_no_links_or_previews_of_its_own(
    alert: Alert, message: Callable[[Alert], Any]
) -> None:
    said = message(alert)

    texts = [block["text"] for block in said["blocks"] if block["type"] == "section"]
    texts += said["blocks"][-1]["elements"]
    assert all(text["verbatim"] for text in texts)
    assert (said["unfurl_links"], said["unfurl_media"]) == (False, False)


def test_of_too_much_small_print_the_last_is_kept(
    alert: Alert, message: Callable[[Alert], Any]
) -> None:
    terms = {f"topic {n}": (("word", 1.0),) for n in range(15)}

    said = message(replace(alert, tagging=replace(alert.tagging, terms=terms)))

    elements = said["blocks"][-1]["elements"]
    assert len(elements) == 10
    assert elements[-1]["text"].startswith("*Decided by:* model 2026-11-24-1")


@pytest.mark.parametrize(
    "injected",
    [
        "<!channel>",
        "<!here|here>",
        "<@U012AB3CD>",
        "<#C012AB3CD>",
        "<!subteam^S012>",
        "<!date^1795435200^{date}|now>",
        "<https://evil.example|https://bank.example>",
        "&lt;!channel&gt;",
        "a & b < c > d",
    ],
)
def test_nothing_in_the_content_calls_anybody(
    alert: Alert, message: Callable[[Alert], Any], injected: str
) -> None:
    event = replace(alert.event, title=injected, sources=(injected,))

    body = slack.render(CONFIG, replace(alert, event=event, rule=injected)).decode()

    escaped = injected.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert injected not in body
    assert body.count(escaped) == 5  # header, fallback twice, first line, sources


def test_a_link_cannot_be_ended_early_or_named_by_the_content() -> None:
    link = Link(text="a|b>c", url="https://a.example/?x=1&y=<z>|w")

    assert slack.anchor(link) == "<https://a.example/?x=1&amp;y=%3Cz%3E%7Cw|a¦b&gt;c>"


@pytest.mark.parametrize(
    ("text", "limit", "fitted"),
    [
        ("a & b", 9, "a &amp; b"),
        ("a & b", 8, "a &amp;…"),
        ("&&&&", 20, "&amp;&amp;&amp;&amp;"),
        ("&&&&", 19, "&amp;&amp;…"),
        ("one two three", 9, "one two…"),
        ("😀😀😀", 5, "😀…"),
    ],
)
def test_a_text_is_shortened_around_entities(text: str, limit: int, fitted: str) -> None:
    assert slack.fit(text, limit) == fitted


@given(st.text(alphabet="ab &<>😀\u0301", max_size=300), st.integers(10, 200))
def test_a_fitted_text_is_within_its_limit_and_has_whole_entities(text: str, limit: int) -> None:
    fitted = slack.fit(text, limit)

    assert slack.units(fitted) <= limit
    rest = fitted.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert not set("&<>") & set(rest)


def test_a_line_keeps_its_link_whole_or_leaves_it_out() -> None:
    short = Link(text="a.example", url="https://a.example/x")
    long = Link(text="a.example", url="https://a.example/" + "x" * 1900)

    kept = slack.mrkdwn(Line(label="Post", text="word " * 1000, links=(short,)), 3000)
    left_out = slack.mrkdwn(Line(label="Post", text="word " * 1000, links=(long,)), 3000)

    assert kept.endswith("word… · <https://a.example/x|a.example>")
    assert left_out.endswith("word…")
    assert max(len(kept), len(left_out)) <= 3000


def test_many_long_lines_are_spread_over_blocks() -> None:
    lines = [Line(label=str(n), text="x" * 1400) for n in range(6)]

    blocks = slack.sections(lines)

    assert [block["text"]["text"].count("\n") for block in blocks] == [0, 1, 1, 0]
    assert all(len(block["text"]["text"]) <= 3000 for block in blocks)


# The answer ---------------------------------------------------------------------------------


def test_the_body_is_posted_as_it_was_frozen() -> None:
    answering = Slack()

    outcome = outcome_of(answering)

    assert outcome == Outcome(verdict=Verdict.SENT, detail="Slack answered 200, ok")
    assert answering.got == [
        (ADDRESS, DELIVERY.body, {"Content-Type": "application/json; charset=utf-8"})
    ]


@pytest.mark.parametrize(
    ("status", "body", "verdict", "detail"),
    [
        (200, b"ok\n", Verdict.SENT, "Slack answered 200, ok"),
        (
            200,
            b"<html>sign in</html>",
            Verdict.RETRY,
            "Slack answered 200, but not with the ok that Slack gives",
        ),
        (200, b"", Verdict.RETRY, "Slack answered 200, but not with the ok that Slack gives"),
        (400, b"ok", Verdict.REJECTED, "Slack answered 400"),
        (400, b"invalid_payload", Verdict.REJECTED, "Slack answered 400, invalid_payload"),
        (400, b"invalid_blocks", Verdict.REJECTED, "Slack answered 400, invalid_blocks"),
        (400, b"no_text", Verdict.REJECTED, "Slack answered 400, no_text"),
        (400, b"user_not_found", Verdict.REJECTED, "Slack answered 400, user_not_found"),
        (403, b"action_prohibited", Verdict.REJECTED, "Slack answered 403, action_prohibited"),
        (403, b"invalid_token", Verdict.GONE, "Slack answered 403, invalid_token"),
        (404, b"channel_not_found", Verdict.GONE, "Slack answered 404, channel_not_found"),
        (404, b"no_service", Verdict.GONE, "Slack answered 404, no_service"),
        (404, b"no_team", Verdict.GONE, "Slack answered 404, no_team"),
        (404, b"<html>", Verdict.GONE, "Slack answered 404"),
        (410, b"channel_is_archived", Verdict.GONE, "Slack answered 410, channel_is_archived"),
        (410, b"", Verdict.GONE, "Slack answered 410"),
        (400, b"channel_is_archived", Verdict.GONE, "Slack answered 400, channel_is_archived"),
        (200, b"no_service", Verdict.GONE, "Slack answered 200, no_service"),
        (500, b"no_service", Verdict.GONE, "Slack answered 500, no_service"),
        (500, b"rollup_error", Verdict.RETRY, "Slack answered 500, rollup_error"),
        (400, b"rollup_error", Verdict.RETRY, "Slack answered 400, rollup_error"),
        (302, b"", Verdict.RETRY, "Slack answered 302"),
        (401, b"", Verdict.RETRY, "Slack answered 401"),
        (408, b"", Verdict.RETRY, "Slack answered 408"),
        (413, b"", Verdict.REJECTED, "Slack answered 413"),
        (429, b"", Verdict.RETRY, "Slack answered 429"),
        (500, b"\xff\xfe", Verdict.RETRY, "Slack answered 500"),
        (503, b"ok", Verdict.RETRY, "Slack answered 503"),
    ],
)
def test_slacks_answer_is_judged_by_its_status_and_its_text(
    status: int, body: bytes, verdict: Verdict, detail: str
) -> None:
    outcome = outcome_of(Slack(status=status, body=body))

    assert (outcome.verdict, outcome.detail) == (verdict, detail)


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (429, {"retry-after": "30"}, b'{"retry_after":7,"ok":false}', 30.0),
        (429, {}, b'{"retry_after":7,"ok":false,"error":"rate_limited"}', 7.0),
        (429, {}, b'{"retry_after":0.5}', 0.5),
        (429, {}, b'{"retry_after":"soon"}', None),
        (429, {}, b"[1]", None),
        (429, {}, b"rate limited", None),
        (429, {"retry-after": "Tue, 24 Nov 2026 08:01:00 GMT"}, b"", 60.0),
        (503, {"retry-after": "120"}, b"", 120.0),
        (503, {}, b'{"retry_after":7}', None),
    ],
)
def test_slacks_wait_is_read_from_its_header_or_its_json(
    status: int, headers: dict[str, str], body: bytes, seconds: float | None
) -> None:
    outcome = outcome_of(Slack(status=status, headers=headers, body=body))

    assert outcome.verdict is Verdict.RETRY
    assert outcome.retry_after == seconds


def test_no_answer_is_tried_again_and_a_barred_address_is_not() -> None:
    unreachable = outcome_of(Slack(failure=SourceUnreachable(f"cannot reach {ADDRESS}")))
    refused = outcome_of(Slack(failure=SourceRefused(f"{ADDRESS} is private")))

    assert unreachable.verdict is Verdict.RETRY
    assert refused.verdict is Verdict.REJECTED
    for outcome in (unreachable, refused):
        assert "hooks.slack.example" in outcome.detail
        assert "SECRET" not in outcome.detail
        assert "tokensecret" not in outcome.detail


def test_an_answer_that_echoes_the_address_is_not_repeated() -> None:
    outcome = outcome_of(Slack(status=404, body=b"no page /services/T0SECRET/B0SECRET"))

    assert "SECRET" not in outcome.detail


# The config ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "hooks.slack.example/services/T0SECRET",
        "ftp://hooks.slack.example/T0SECRET",
        "https:///T0SECRET",
        "T0SECRET",
    ],
)
def test_what_is_no_web_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        slack.Config.model_validate({"name": "desk", "kind": "slack", "url": url})

    assert "must be an http or https address" in str(caught.value)
    assert "T0SECRET" not in str(caught.value)


def test_an_address_from_a_file_may_end_in_a_line_break() -> None:
    config = slack.Config.model_validate({"name": "desk", "kind": "slack", "url": f" {ADDRESS}\n"})

    assert config.url.get_secret_value() == ADDRESS


def test_a_config_never_shows_its_address() -> None:
    assert "T0SECRET" not in f"{CONFIG!r} {CONFIG} {CONFIG.model_dump_json()}"
