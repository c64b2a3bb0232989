"""Alerts as text on the terminal."""

import asyncio
import io
import os
import pty
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from alerts.channels import console
from alerts.domain import Alert, Delivery, DeliveryState, Fetched, Outcome, Verdict

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
CONFIG = console.Config(name="screen", kind="console")


@pytest.fixture
def alert() -> Alert:
    """A whole alert."""
    return TypeAdapter(Alert).validate_json((DATA / "alert.json").read_bytes())


async def nowhere(url: str, *, content: bytes, headers: Mapping[str, str]) -> Fetched:
    raise AssertionError("a console sends nothing over the network")


def printed(body: bytes) -> Outcome:
    delivery = Delivery(
        id="d1",
        alert="a1",
        channel="screen",
        body=body,
        state=DeliveryState.SENDING,
        attempts=1,
        created_at=NOW,
        next_attempt_at=NOW,
        last_error=None,
    )
    return asyncio.run(console.send(CONFIG, delivery, nowhere, NOW))


def test_the_first_two_lines_tell_what_happened_who_when_why_and_where(alert: Alert) -> None:
    first, second, *_ = console.render(CONFIG, alert).decode().splitlines()

    assert first == (
        "[critical] Ministry adds cathode know-how to the catalogue of restricted technology"
    )
    assert second == (
        "  MOFCOM (CN) · export restriction, adopted · MOFCOM 2026-61 · "
        "takes effect 2026-12-01 (in 7 days) · "
        "sent by rule “export controls on EV technology” (critical): topics, min_policy hold · "
        "official text (www.mofcom.example): https://www.mofcom.example/zwgk/2026/61.html"
    )


def test_the_evidence_stands_under_each_other(alert: Alert) -> None:
    _, _, *rest = console.render(CONFIG, alert).decode().splitlines()

    assert rest[0] == "  Covers       LFP cathode, lithium extraction"
    assert [line[:15].strip() for line in rest] == [
        "Covers",
        "Published",
        "Topics",
        "Policy",
        "Relevance",
        "Reported by",
        "Lead",
        "Post",
        "Post",
        "Terms",
        "Terms",
        "Decided by",
    ]


def test_a_link_is_written_once(alert: Alert) -> None:
    lines = console.render(CONFIG, alert).decode().splitlines()

    (post,) = [line for line in lines if "battery_watch;" in line]
    assert post.endswith("withheld a part) · https://x.example/battery_watch/status/100200300")


def test_it_prints_the_body_and_a_blank_line(
    alert: Alert, capsys: pytest.CaptureFixture[str]
) -> None:
    body = console.render(CONFIG, alert)

    outcome = printed(body)

    assert outcome.verdict is Verdict.SENT
    assert capsys.readouterr().out == body.decode() + "\n"


def test_a_terminal_gets_a_bold_headline_and_no_escape_from_the_content(alert: Alert) -> None:
    hostile = "x\x1b[2J\x1b]0;owned\x07\x9b31m\u202ey"
    event = replace(alert.event, title=hostile, sources=(hostile,))
    posts = tuple(replace(post, title=hostile, author=hostile) for post in alert.posts)
    body = console.render(CONFIG, replace(alert, event=event, posts=posts, rule=hostile))
    ours, terminal = pty.openpty()

    with os.fdopen(terminal, "w", encoding="utf-8") as screen, redirect_stdout(screen):
        outcome = printed(body)
    shown = os.read(ours, 65536).decode()
    os.close(ours)

    assert outcome.verdict is Verdict.SENT
    assert shown.startswith("\x1b[1m[critical] xy\x1b[0m")
    assert shown.count("\x1b") == 2
    assert "\x07" not in shown
    assert "\u202e" not in shown


def test_a_terminal_that_lacks_characters_still_shows_the_rest() -> None:
    shown = io.BytesIO()
    screen = io.TextIOWrapper(shown, encoding="ascii")

    with redirect_stdout(screen):
        outcome = printed("锂 lithium\n".encode())

    assert outcome.verdict is Verdict.SENT
    assert shown.getvalue() == b"? lithium\n\n"


def test_a_closed_output_is_tried_again() -> None:
    screen = io.StringIO()
    screen.close()

    with redirect_stdout(screen):
        outcome = printed(b"x\n")

    assert outcome.verdict is Verdict.RETRY
    assert outcome.detail.startswith("standard output takes nothing: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_tried_again() -> None:
    # Unbuffered, so that nothing is left to fail when the file is closed.
    with Path("/dev/full").open("wb", buffering=0) as raw:
        screen = io.TextIOWrapper(raw, write_through=True)
        with redirect_stdout(screen):
            outcome = printed(b"x\n")

    assert outcome.verdict is Verdict.RETRY


def test_it_writes_to_standard_output_as_it_is_then(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    other = io.StringIO()

    with redirect_stdout(other):
        printed(b"elsewhere\n")
    printed(b"here\n")

    assert sys.stdout is before
    assert other.getvalue() == "elsewhere\n\n"
    assert capsys.readouterr().out == "here\n\n"


def test_a_console_has_no_keys_of_its_own() -> None:
    with pytest.raises(ValidationError):
        console.Config.model_validate({"name": "screen", "kind": "console", "url": "x"})
