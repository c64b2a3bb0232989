"""The main job as a user runs it: the command, real HTTP, real SQLite, a real receiver."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

if TYPE_CHECKING:
    from tests.conftest import Request, Server

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT.parent / "shared" / "seed" / "lunarcrush_post_page.txt"
KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TOPICS = {"china", "electric-vehicles", "export-controls", "stocks-technology"}

CONFIG = """\
service: {{database: sqlite:///t.db}}
sources:
{sources}
channels:
  - {{name: hook, kind: webhook, url: "{receiver}", secret: "${{env:HOOK_SECRET}}",
     allow_private: true}}
rules:
  - name: export controls
    topics: {{all: [export-controls]}}
    min_policy: 2
    severity: high
    send: [hook]
"""

ARTICLE = (
    "China adds battery cathode technology to export restriction list. The commerce ministry "
    "said on Tuesday that licences are required with immediate effect for the export of "
    "lithium iron phosphate cathode technology used in electric vehicles."
)


def feed(*items: tuple[str, str, str]) -> str:
    """An RSS feed of (guid, title, date) items."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        f"<link>https://wire.example.org/{guid}</link><pubDate>{date}</pubDate></item>"
        for guid, title, date in items
    )
    head = "<?xml version='1.0'?><rss version='2.0'><channel><title>w</title>"
    return f"{head}{entries}</channel></rss>"


@pytest.fixture
def receiver(make_server: "Callable[..., Server]") -> "Server":
    """A webhook receiver that takes everything."""
    server = make_server()
    server.reply("/hook", status=204)
    return server


@pytest.fixture
def tocsin(tmp_path: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    def run(*arguments: str, env: dict[str, str] | None = None) -> Any:
        return subprocess.run(
            [sys.executable, "-m", "alerts.cli", *arguments],
            cwd=tmp_path, text=True, capture_output=True, timeout=120, check=False,
            env={**os.environ, "HOOK_SECRET": KEY, "PYTHONPATH": str(ROOT), **(env or {})},
        )  # fmt: skip

    return run


def write_config(folder: Path, receiver: "Server", *sources: str) -> None:
    text = CONFIG.format(
        sources="\n".join(f"  - {source}" for source in sources), receiver=receiver.url("/hook")
    )
    (folder / "tocsin.yaml").write_text(text, encoding="utf-8")


def received(receiver: "Server") -> "list[Request]":
    return [request for request in receiver.requests if request.method == "POST"]


def body_of(request: "Request") -> dict[str, Any]:
    """Verify a delivery's signature with the reference library; return its body."""
    headers = {name: request.headers[name] for name in
               ("webhook-id", "webhook-timestamp", "webhook-signature")}  # fmt: skip
    Webhook(KEY).verify(request.body, headers)
    loaded: dict[str, Any] = json.loads(request.body)
    return loaded


@pytest.mark.shared
@pytest.mark.skipif(not SEED.exists(), reason="the folder of shared texts is not there")
def test_the_post_page_gives_one_signed_alert_and_then_none(
    tmp_path: Path, server: "Server", receiver: "Server", tocsin: Any
) -> None:
    server.reply("/post/tweet/1945147363653509237", body=SEED.read_bytes())
    page = server.url("/post/tweet/1945147363653509237")
    write_config(
        tmp_path, receiver,
        f"{{name: page, kind: lunarcrush_page, url: '{page}', allow_private: true, backfill: all}}",
    )  # fmt: skip

    first = tocsin("once")
    second = tocsin("once")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    (only,) = received(receiver)
    body = body_of(only)
    assert body["type"] == "alert.new"
    data = body["data"]
    assert set(data["topics"]) >= TOPICS
    assert min(data["topics"][topic] for topic in TOPICS) >= 0.95
    assert data["policy"]["grade"] >= 2
    (post,) = data["posts"]
    assert post["url"] == "https://x.com/kmartyn5/status/1945147363653509237"
    assert post["platform_tags"] == ["stocks technology", "electric vehicle", "china"]
    assert "XX" not in only.body.decode()
    assert set(post["figures"].values()) == {None}


def test_the_same_with_a_page_of_our_own(
    tmp_path: Path, server: "Server", receiver: "Server", tocsin: Any
) -> None:
    demo_page = ROOT / "data" / "demo" / "0700" / "page.txt"
    server.reply("/page", body=demo_page.read_bytes())
    write_config(
        tmp_path, receiver,
        f"{{name: page, kind: lunarcrush_page, url: '{server.url('/page')}',"
        " allow_private: true, backfill: all}",
    )  # fmt: skip

    runs = [tocsin("once") for _ in range(2)]

    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr
    (only,) = received(receiver)
    assert "export-controls" in body_of(only)["data"]["topics"]
    assert "key" in runs[0].stderr  # the guest page says that a key is missing


def test_a_relay_chain_gives_one_alert_and_a_dead_source_stops_nothing(
    tmp_path: Path, server: "Server", receiver: "Server", tocsin: Any
) -> None:
    now = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    today = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    server.reply("/wire.xml", body=feed(("1", ARTICLE, now), ("2", "Cod quota agreed", now)))
    server.reply("/down.xml", status=503)
    rows = [
        {"id": "r1", "published": today, "text": f"Wow. {ARTICLE}",
         "url": "https://x.com/a/status/1"},
        {"id": "r2", "published": today,
         "text": "this https://wire.example.org/1?utm_source=x"},
    ]  # fmt: skip
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    write_config(
        tmp_path, receiver,
        f"{{name: down, kind: feed, url: '{server.url('/down.xml')}', allow_private: true}}",
        f"{{name: wire, kind: feed, url: '{server.url('/wire.xml')}', allow_private: true}}",
        "{name: relays, kind: jsonl, path: posts.jsonl, backfill: all}",
    )  # fmt: skip

    run = tocsin("once")
    events = json.loads(tocsin("events", "list", "--format", "json").stdout)
    sources = json.loads(tocsin("sources", "list", "--format", "json").stdout)
    alerts = [
        json.loads(line)
        for line in tocsin("alerts", "list", "--format", "jsonl").stdout.splitlines()
    ]

    assert run.returncode == 0, run.stderr
    assert len(received(receiver)) == 1
    assert sorted(len(event["posts"]) for event in events) == [1, 3]
    assert {source["name"]: source["state"] for source in sources}["down"] == "failing"
    assert [(alert["reason"], alert["sent_to"]) for alert in alerts] == [("new", ["hook"])]
    why = tocsin("why", alerts[0]["post"], "--format", "json")
    assert json.loads(why.stdout)["rules"][0]["sent"] is True


def test_old_news_of_a_first_poll_is_stored_and_silent(
    tmp_path: Path, server: "Server", receiver: "Server", tocsin: Any
) -> None:
    server.reply("/wire.xml", body=feed(("1", ARTICLE, "Mon, 03 Mar 2025 08:00:00 +0000")))
    write_config(
        tmp_path, receiver,
        f"{{name: wire, kind: feed, url: '{server.url('/wire.xml')}', allow_private: true}}",
    )  # fmt: skip

    assert tocsin("once").returncode == 0
    why = json.loads(tocsin("why", "1", "--format", "json").stdout)

    assert received(receiver) == []
    assert "export-controls" in why["tags"]
    assert [rule["not_sent"] for rule in why["rules"]] == ["backfill"]


def test_a_receiver_that_is_down_gets_the_same_message_later(
    tmp_path: Path, receiver: "Server", tocsin: Any
) -> None:
    receiver.replies("/hook", [{"status": 503, "headers": {"Retry-After": "0"}}, {"status": 204}])
    row = {"id": "1", "published": "2026-11-24T08:00:00Z", "text": ARTICLE}
    (tmp_path / "posts.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    write_config(tmp_path, receiver, "{name: j, kind: jsonl, path: posts.jsonl, backfill: all}")

    first = tocsin("once")
    waiting = json.loads(tocsin("deliveries", "list", "--format", "json").stdout)
    deadline = time.monotonic() + 30
    while len(received(receiver)) < 2 and time.monotonic() < deadline:
        tocsin("once")

    assert "it will be tried again" in first.stderr
    assert [(one["state"], one["attempts"]) for one in waiting] == [("pending", 1)]
    one, two = received(receiver)
    assert (one.body, one.headers["webhook-id"]) == (two.body, two.headers["webhook-id"])


def test_a_receiver_that_refuses_makes_a_dead_letter_that_can_be_replayed(
    tmp_path: Path, receiver: "Server", tocsin: Any
) -> None:
    receiver.replies("/hook", [{"status": 410}, {"status": 204}])
    row = {"id": "1", "published": "2026-11-24T08:00:00Z", "text": ARTICLE}
    (tmp_path / "posts.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    write_config(tmp_path, receiver, "{name: j, kind: jsonl, path: posts.jsonl, backfill: all}")

    first = tocsin("once")
    off = json.loads(tocsin("channels", "list", "--format", "json").stdout)
    silent = tocsin("once")
    steps = [tocsin("channels", "enable", "hook"), tocsin("deliveries", "replay", "--dead")]
    last = tocsin("once")

    assert first.returncode == 1
    assert [channel["name"] for channel in off] == ["hook"]
    assert silent.returncode == 0
    assert [step.returncode for step in steps] == [0, 0]
    assert last.returncode == 0
    one, two = received(receiver)
    assert (one.body, one.headers["webhook-id"]) == (two.body, two.headers["webhook-id"])


def test_a_dry_run_stores_and_sends_nothing(
    tmp_path: Path, receiver: "Server", tocsin: Any
) -> None:
    row = {"id": "1", "published": "2026-11-24T08:00:00Z", "text": ARTICLE}
    (tmp_path / "posts.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    write_config(tmp_path, receiver, "{name: j, kind: jsonl, path: posts.jsonl, backfill: all}")

    rehearsal = tocsin("once", "--dry-run")
    shown = tocsin("poll", "j", "--dry-run", "--format", "jsonl")
    stored = json.loads(tocsin("events", "list", "--format", "json").stdout)

    assert "1 message would be sent" in rehearsal.stderr
    assert json.loads(shown.stdout)["tags"]
    assert (received(receiver), stored) == ([], [])


@pytest.fixture
def service(tmp_path: Path, receiver: "Server", server: "Server") -> Iterator[Any]:
    """The running service on one feed, polled every second."""
    server.reply("/wire.xml", body=feed())
    write_config(
        tmp_path, receiver,
        f"{{name: wire, kind: feed, url: '{server.url('/wire.xml')}', every: 1s,"
        " allow_private: true, backfill: all}",
    )  # fmt: skip
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "alerts.cli", "run"],
        cwd=tmp_path, stderr=log, stdout=log,
        env={**os.environ, "HOOK_SECRET": KEY, "PYTHONPATH": str(ROOT), "TOCSIN_LOG": "info"},
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    log.close()


def wait_until(holds: Callable[[], Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_the_service_alerts_reloads_and_stops_cleanly(
    tmp_path: Path, service: Any, server: "Server", receiver: "Server", tocsin: Any
) -> None:
    now = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    log = tmp_path / "log"
    wait_until(lambda: any(request.path == "/wire.xml" for request in server.requests))
    second = tocsin("run")

    server.reply("/wire.xml", body=feed(("1", ARTICLE, now)))
    wait_until(lambda: received(receiver))
    config = tmp_path / "tocsin.yaml"
    good = config.read_text(encoding="utf-8")
    config.write_text(good.replace("min_policy", "min_polcy"), encoding="utf-8")
    wait_until(lambda: "the old one stays live" in log.read_text())
    config.write_text(good.replace("severity: high", "severity: critical"), encoding="utf-8")
    wait_until(lambda: "config reloaded" in log.read_text())
    asked = time.monotonic()
    service.send_signal(signal.SIGTERM)
    code = service.wait(timeout=10)

    assert (second.returncode, "another Tocsin works on it" in second.stderr) == (2, True)
    assert body_of(received(receiver)[0])["data"]["severity"] == "high"
    assert (code, time.monotonic() - asked < 10) == (0, True)
