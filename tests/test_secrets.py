"""Twenty secrets go into a configuration; none comes out: not in logs, errors, rows or pages."""

import base64
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from alerts import channels, cli, opening, sources
from alerts.redaction import redact
from alerts.store.connect import make_engine
from tests.commands import every_command
from tests.waiting import free_port, wait_for

if TYPE_CHECKING:
    from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[1]

CONFIG = """\
service:
  database: sqlite:///t.db
  web: 127.0.0.1:{port}
  web_token: "${{env:S_TOKEN}}"
sources:
  - {{name: key, kind: lunarcrush, topic: electric vehicles, api_key: "${{env:S_KEY}}", every: 1s,
     base: "http://127.0.0.1:{server}/api4", allow_private: true}}
  - {{name: page, kind: lunarcrush_page, url: "${{env:S_PAGE}}", api_key: "${{env:S_PAGE_KEY}}",
     every: 1s, allow_private: true}}
  - {{name: user, kind: feed, url: "http://{s[1]}:{s[2]}@127.0.0.1:{server}/ok?token={s[3]}",
     every: 1s, backfill: all, allow_private: true}}
  - {{name: broken, kind: feed, url: "http://127.0.0.1:{server}/{s[4]}/broken?k={s[5]}", every: 1s,
     allow_private: true}}
  - {{name: moved, kind: feed, url: "http://127.0.0.1:{server}/moved?k={s[6]}", every: 1s,
     allow_private: true}}
  - {{name: shut, kind: feed, url: "http://127.0.0.1:1/{s[7]}", every: 1s, allow_private: true}}
  - {{name: inside, kind: feed, url: "http://10.0.0.1/{s[8]}", every: 1s}}
  - {{name: junk, kind: feed, url: "http://127.0.0.1:{server}/junk?k={s[9]}", every: 1s,
     allow_private: true}}
  - {{name: file, kind: feed, url: "${{file:address}}", every: 1s, allow_private: true}}
channels:
  - {{name: slack, kind: slack, url: "${{env:S_SLACK}}", allow_private: true}}
  - {{name: hook, kind: webhook, url: "http://127.0.0.1:{server}/hook/{s[11]}?k={s[12]}",
     secret: ["${{env:S_SIGN}}", "${{env:S_SIGN_OLD}}"], allow_private: true}}
  - {{name: down, kind: webhook, url: "http://127.0.0.1:1/{s[13]}", secret: "${{env:S_SIGN}}",
     allow_private: true}}
  - {{name: closed, kind: webhook, url: "http://192.168.0.1/{s[14]}", secret: "${{env:S_SIGN}}"}}
rules:
  - {{name: all, min_policy: 1, send: [slack, hook, down, closed]}}
"""

ITEM = (
    "<rss version='2.0'><channel><title>w</title><item><guid>1</guid><title>China's commerce "
    "ministry bans exports of gallium to the United States with immediate effect</title>"
    "<link>https://wire.example.org/1</link></item></channel></rss>"
)


@pytest.fixture
def secrets() -> list[str]:
    """Words that occur nowhere else and need no escaping in an address."""
    return [f"zq{number:02d}SEEDED{number * 7919:05d}qz" for number in range(20)]


@pytest.fixture
def environment(secrets: list[str], evil: "Server") -> dict[str, str]:
    def signing(secret: str) -> str:
        return "whsec_" + base64.b64encode(secret.encode() * 2).decode()

    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TOCSIN_LOG": "debug",
        "S_TOKEN": secrets[0] * 2,
        "S_KEY": secrets[15],
        "S_PAGE": evil.url("/page") + f"?session={secrets[10]}",
        "S_PAGE_KEY": secrets[16],
        "S_SLACK": evil.url(f"/services/T0/B0/{secrets[17]}"),
        "S_SIGN": signing(secrets[18]),
        "S_SIGN_OLD": signing(secrets[19]),
        "HTTPS_PROXY": f"http://{secrets[0]}@127.0.0.1:9",
    }


@pytest.fixture
def evil(server: "Server", secrets: list[str]) -> "Server":
    """A server that fails in several ways, and echoes what it was asked."""
    server.reply("/ok", body=ITEM)
    server.reply(f"/{secrets[4]}/broken", status=500, body=" ".join(secrets))
    server.reply("/moved", status=302, headers={"Location": f"http://10.0.0.1/{secrets[6]}"})
    server.reply("/junk", body=b"\x00\xff<no feed " + secrets[9].encode())
    server.reply("/file", status=403, body=" ".join(secrets))
    server.reply("/page", status=429, body=" ".join(secrets))
    server.reply(f"/hook/{secrets[11]}", status=500, body=" ".join(secrets))
    server.reply(f"/services/T0/B0/{secrets[17]}", status=400, body=" ".join(secrets))
    return server


@pytest.fixture
def place(tmp_path: Path, secrets: list[str], evil: "Server") -> tuple[Path, int]:
    port = free_port()
    server = int(evil.url("/").rsplit(":", 1)[1].strip("/"))
    text = CONFIG.format(port=port, server=server, s=secrets)
    (tmp_path / "tocsin.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "address").write_text(evil.url(f"/file?k={secrets[3]}") + "\n", encoding="utf-8")
    return tmp_path, port


def seeded(secrets: list[str], environment: dict[str, str]) -> re.Pattern[str]:
    """Return a pattern of every secret, also as it is written in base64."""
    signing = [environment[name].removeprefix("whsec_")[:24] for name in ("S_SIGN", "S_SIGN_OLD")]
    return re.compile("|".join(map(re.escape, [*secrets, *signing])))


COMMANDS = """\
check
once
once --dry-run
poll user
poll broken --dry-run
poll shut --dry-run
sources list
sources list --format json
sources show broken
channels list
deliveries list
deliveries show {delivery}
deliveries replay {delivery} --dry-run
alerts list
alerts show {alert}
events list
events show {event}
events corrections
why {post}
why {event}
why {alert}
configs list
configs show {config}
notices list
silences add --rule all --for 1h --comment no
silences list
selftest --channel hook
selftest --channel down --dry-run
backtest --backfill
verify
backup copy.db
--help
"""
"""What is run, in turn, with the ids that are there by then."""

FAILING = {"once", "poll broken --dry-run", "poll shut --dry-run", "selftest --channel hook"}
"""What ends with another code than 0, because its server fails."""

PAGES = (
    "/", "/events", "/events/{event}", "/alerts", "/alerts/{alert}", "/posts/{post}", "/metrics",
    "/healthz", "/static/tocsin.css",
)  # fmt: skip


@pytest.mark.slow
def test_no_secret_comes_out_anywhere(
    place: tuple[Path, int], secrets: list[str], environment: dict[str, str]
) -> None:
    folder, port = place
    said: dict[str, str] = {}
    codes: dict[str, int] = {}
    for command in COMMANDS.splitlines():
        run = subprocess.run(
            [sys.executable, "-m", "alerts.cli", *command.format(**ids(folder)).split()],
            cwd=folder, env=environment, text=True, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        said[command], codes[command] = run.stdout + run.stderr, run.returncode
    said["run"] = serve_a_while(folder, port, environment, said)
    for file in folder.glob("*.db*"):
        said[file.name] = file.read_bytes().decode("utf-8", errors="replace")

    pattern = seeded(secrets, environment)
    told = {name: found.group() for name, text in said.items() if (found := pattern.search(text))}

    assert told == {}
    assert {command for command, code in codes.items() if code} == FAILING
    # What was looked through is what was meant: the alert went out, the failures were told.
    assert '"alert.new"' in said["t.db"]
    assert "500" in said["sources list --format json"]


def ids(folder: Path) -> dict[str, str]:
    """Return one id of each kind that the database has by now."""
    found: dict[str, str] = {}
    if not (folder / "t.db").exists():
        return found
    with closing(sqlite3.connect(folder / "t.db", timeout=30)) as connection:
        for kind, query in (
            ("post", "SELECT post_id FROM alerts"),
            ("event", "SELECT event_id FROM alerts"),
            ("alert", "SELECT id FROM alerts"),
            ("delivery", "SELECT id FROM deliveries WHERE channel = 'slack'"),
            ("config", "SELECT hash FROM configs"),
        ):
            row = connection.execute(query).fetchone()
            if row:
                found[kind] = str(row[0])
    return found


def serve_a_while(
    folder: Path, port: int, environment: dict[str, str], said: dict[str, str]
) -> str:
    """Run the service until it has polled and tried; look at its pages; return its log."""
    log = folder / "log"
    with log.open("wb") as out:
        service = subprocess.Popen(
            [sys.executable, "-m", "alerts.cli", "run"],
            cwd=folder, env=environment, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        wait_for(lambda: b"broken" in log.read_bytes() and answers(port, environment), seconds=60)
        for path in PAGES:
            status, said[path] = get(port, path.format(**ids(folder)), environment["S_TOKEN"])
            assert status == 200, path
        # Whether it is ready depends on whether every source was polled by now.
        said["/readyz"] = get(port, "/readyz", environment["S_TOKEN"])[1]
        status, said["404"] = get(port, "/events/none", environment["S_TOKEN"])
        assert status == 404
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(timeout=30)
    return log.read_text(encoding="utf-8", errors="replace")


def answers(port: int, environment: dict[str, str]) -> bool:
    try:
        return bool(get(port, "/readyz", environment["S_TOKEN"]))
    except OSError:
        return False


def get(port: int, path: str, token: str) -> tuple[int, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, f"{answer.headers}{answer.read().decode()}"
    except urllib.error.HTTPError as error:
        return error.code, f"{error.headers}{error.read().decode()}"


LEAKY = """\
service: {{database: "sqlite:///t.db", web: off}}
sources:
  - {{name: wire, kind: feed, url: "{url}", backfill: all, allow_private: true}}
channels:
  - {{name: hook, kind: webhook, url: "{url}", secret: "{signing}", allow_private: true}}
rules:
  - {{name: all, min_policy: 1, send: [hook]}}
"""


@pytest.mark.parametrize("level", ["debug", "info"])
@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("place", ["poll", "render", "send", "command"])
def test_an_unforeseen_error_that_carries_a_secret_does_not_tell_it(
    place: str, terminal: bool, level: str, tmp_path: Path, secrets: list[str], evil: "Server",
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    s = secrets
    url = evil.url("/ok").replace("//", f"//{s[1]}:{s[2]}@") + f"?token={s[3]}"
    signing = "whsec_" + base64.b64encode(s[18].encode() * 2).decode()
    (tmp_path / "tocsin.yaml").write_text(LEAKY.format(url=url, signing=signing), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_LOG", level)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)

    def leak(*_: Any) -> Any:
        parts = urlsplit(url)
        raise ZeroDivisionError(f"{url}, {parts.query}, {parts.password}, {signing}\nmore")

    feed, webhook = sources.KINDS["feed"], channels.KINDS["webhook"]
    if place == "poll":
        monkeypatch.setitem(sources.KINDS, "feed", replace(feed, poll=leak))
    elif place == "render":
        monkeypatch.setitem(channels.KINDS, "webhook", replace(webhook, render=leak))
    elif place == "send":
        monkeypatch.setitem(channels.KINDS, "webhook", replace(webhook, send=leak))
    else:
        monkeypatch.setattr(opening, "open_reader", leak)

    with pytest.raises(SystemExit):
        cli.main(["once"])
    with pytest.raises(SystemExit):
        cli.main(["sources" if place == "poll" else "deliveries", "list", "--format", "json"])

    said = "".join(capsys.readouterr())
    stored = "".join(
        file.read_bytes().decode("utf-8", "replace") for file in tmp_path.glob("t.db*")
    )
    assert "ZeroDivisionError" in said
    assert ("Traceback" in said) == (level == "debug")
    assert not [one for one in (*secrets, signing, signing[6:]) if one in said + stored]


def test_the_passwords_of_a_database_are_known_as_secret() -> None:
    make_engine("postgresql+psycopg://me:OpenSesame7@db/t?sslpassword=KeyOfKeys8", 1.0)

    told = redact("connecting as me with OpenSesame7 and KeyOfKeys8")

    assert told == "connecting as me with (secret) and (secret)"


def test_no_help_tells_a_secret(
    place: tuple[Path, int], secrets: list[str], environment: dict[str, str],
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(place[0])
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = {}

    for command in every_command():
        with pytest.raises(SystemExit, match=r"^0$"):
            cli.main([*command.split(), "--help"])
        said[command] = "".join(capsys.readouterr())

    assert all(f"Usage: tocsin {command}" in text for command, text in said.items())
    assert not [name for name, text in said.items() if seeded(secrets, environment).search(text)]


@pytest.mark.parametrize("wrong", ["url: 7", "urll: x", "kind: feeed"])
def test_a_mistake_beside_a_secret_does_not_repeat_it(
    tmp_path: Path, secrets: list[str], wrong: str, run_tocsin: Callable[..., Any]
) -> None:
    config = tmp_path / "tocsin.yaml"
    config.write_text(
        "sources:\n  - {name: s, kind: feed, "
        f"url: 'ftp://{secrets[0]}@x/{secrets[1]}', {wrong}}}\n"
        f"channels:\n  - {{name: c, kind: webhook, url: 'https://x/{secrets[2]}', "
        f"secret: '{secrets[3]}'}}\n",
        encoding="utf-8",
    )

    run = run_tocsin(tmp_path, "check")

    assert run.returncode == 78
    assert json.dumps(run.stdout + run.stderr).count("SEEDED") == 0, run.stderr


@pytest.fixture
def run_tocsin() -> Callable[..., Any]:
    def run(folder: Path, *arguments: str) -> Any:
        return subprocess.run(
            [sys.executable, "-m", "alerts.cli", *arguments],
            cwd=folder, text=True, capture_output=True, timeout=120, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TOCSIN_LOG": "debug"},
        )  # fmt: skip

    return run
