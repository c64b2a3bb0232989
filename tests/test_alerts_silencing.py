"""Silences from the command line: each ends, names what there is, and can be ended."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts import cli
from alerts.silencing import ends_at

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
CONFIG = """\
service: {timezone: Europe/Brussels, web: "off"}
sources: [{name: wire, kind: jsonl, path: p.jsonl, backfill: all}]
channels: [{name: screen, kind: console}]
rules:
  - {name: controls, send: [screen]}
  - {name: daily, send: [screen], digest: "0 8 1 1 *"}
  - {name: echo, send: [screen], severity: low, muted_by: [controls]}
"""

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    (tmp_path / "t.yaml").write_text(CONFIG)

    def run(*words: str) -> tuple[int, str, str]:
        code = 0
        try:
            cli.main([*words, "-c", str(tmp_path / "t.yaml")])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.mark.parametrize(
    ("lasting", "until", "end"),
    [
        ("3h", None, NOW + timedelta(hours=3)),
        ("1d12h", None, NOW + timedelta(hours=36)),
        (None, "2026-11-25T07:00", datetime(2026, 11, 25, 6, tzinfo=UTC)),
        (None, "2026-11-25T07:00Z", datetime(2026, 11, 25, 7, tzinfo=UTC)),
        (None, "2026-11-25", datetime(2026, 11, 24, 23, tzinfo=UTC)),
    ],
)
def test_a_silence_ends_when_it_says(lasting: str, until: str, end: datetime) -> None:
    assert ends_at(lasting, until, NOW, ZoneInfo("Europe/Brussels")) == end


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--rule", "controls"], 2, "--for 3h"),
        (["--rule", "controls", "--for", "1h", "--until", "2030-01-01"], 2, "either --for"),
        (["--for", "1h"], 2, "say what to silence"),
        (["--rule", "controls", "--for", "0s"], 2, "--for 0s"),
        (["--rule", "controls", "--for", "soon"], 2, "must be a duration"),
        (["--rule", "controls", "--until", "soon"], 2, "is not a time"),
        (["--rule", "controls", "--until", "2020-01-01"], 2, "is over already"),
        (["--words", "/(/", "--for", "1h"], 2, "not a pattern"),
        (["--rule", "control", "--for", "1h"], 2, "did you mean controls?"),
        (["--source", "wires", "--for", "1h"], 2, "did you mean wire?"),
        (["--topic", "chin", "--for", "1h"], 2, "did you mean china?"),
        (["--event", "e0", "--for", "1h"], 2, "tocsin events list"),
    ],
)
def test_a_silence_that_would_do_nothing_is_refused(
    command: Command, words: list[str], code: int, said: str
) -> None:
    left, _, told = command("silences", "add", *words)

    assert left == code
    assert said in " ".join(told.replace("│", " ").split())
    assert json.loads(command("silences", "list", "--format", "json")[1]) == []


def test_a_silence_is_added_listed_and_ended(command: Command) -> None:
    code, added, _ = command(
        "silence", "add", "--rule", "controls", "--author", "ann", "--for", "3h", "--comment", "x"
    )
    name = added.split()[0]
    (row,) = json.loads(command("silences", "list", "--format", "json")[1])
    ended = [command("silences", "expire", name) for _ in range(2)]

    assert code == 0
    assert (row["id"], row["state"], row["alerts"], row["comment"]) == (name, "active", 0, "x")
    assert row["silences"] == {"rule": "controls", "author": "ann"}
    assert [one[0] for one in ended] == [0, 2]
    assert "no such silence holds" in ended[1][2]
    assert json.loads(command("silences", "list", "--format", "json")[1]) == []
    assert json.loads(command("silences", "list", "--all", "--format", "json")[1])[0]["state"] == (
        "expired"
    )


def test_the_list_of_alerts_says_what_became_of_each(command: Command, tmp_path: Path) -> None:
    now = datetime.now(UTC).isoformat()
    post = {"id": "1", "published": now, "text": "Beijing bans the export of gallium"}
    (tmp_path / "p.jsonl").write_text(json.dumps(post))
    silenced = command("silences", "add", "--rule", "controls", "--words", "tin", "--for", "1h")

    _, _, summary = command("once")
    _, table, _ = command("alerts", "list")
    rows = json.loads(command("alerts", "list", "--format", "json")[1])

    assert silenced[0] == 0
    assert "; 1 alert waits for a digest" in summary
    told = " ".join(table.split())
    assert "sent to screen" in told
    assert "muted by controls" in told
    assert "held for digest until" in told
    by_rule = {row["rule"]: row for row in rows}
    assert {name: row["sent_to"] for name, row in by_rule.items()} == {
        "controls": ["screen"], "daily": [], "echo": [],
    }  # fmt: skip
    assert by_rule["daily"]["held_until"].endswith("-01-01T07:00:00Z")
