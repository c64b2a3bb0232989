"""Log lines, in which nothing from outside passes for a line of ours."""

import json
import re
import sys

import pytest
import structlog

from alerts.logs import write_logs

FORGED = '2026-11-29T00:00:00Z [info     ] {"event": "stopped", "level": "info"}'
HOSTILE = [
    f"a\n{FORGED}", f"a\r\n{FORGED}", f"a\x0b{FORGED}", f"a\x0c{FORGED}", f"a\x85{FORGED}",
    f"a\u2028{FORGED}", f"a\u2029{FORGED}", f"a\x1c{FORGED}",
    f'a"}}\n{FORGED}', f'a\\"}}\n{FORGED}',
    "\x1b[2J\x1b[1;1H", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "\x9b2J", "\x08\x08\x08gone", "\u202etxt.exe", "\x00", "\x7f", "\u2066x\u2069",
]  # fmt: skip
OURS = re.compile(r"\x1b\[\d*m")
"""The colours that the console's form has."""

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_from_outside_forges_a_line_of_the_log(
    hostile: str, terminal: bool, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("TOCSIN_LOG", "debug")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    write_logs("debug")
    log = structlog.get_logger()

    log.error(hostile)
    log.error("polled", source=hostile, title=hostile, error=f"the server said {hostile}")
    log.error("polled", listed=[hostile])
    log.error("polled", exc_info=ValueError(hostile))
    lines = capsys.readouterr().err.encode("utf-8").decode().split("\n")

    assert lines.pop() == ""
    assert not [line for line in lines if ACTING.search(OURS.sub("", line) if terminal else line)]
    if not terminal:
        assert len(lines) == 4
        assert {frozenset(json.loads(line)) for line in lines} == {
            frozenset({"event", "level", "timestamp", *more})
            for more in ((), ("source", "title", "error"), ("listed",), ("exception",))
        }
    else:
        # A traceback has lines of its own, each set off from those that begin with a time.
        begun = [line for line in lines if not line.startswith("  ")]
        assert len(begun) == 4
