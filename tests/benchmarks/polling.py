"""Measures what polling many feeds costs: a share of one core, and whether a slow one delays them.

python tests/benchmarks/polling.py [--feeds N] [--every SECONDS] [--rounds N]

The real service polls feeds on this machine, which answer a conditional request with 304; one more
feed never answers. Each feed is a host of its own (127.0.0.1, 127.0.0.2, ...): of one host's feeds,
four are asked at a time. Counted is the processor time of the service and its children, after a
first round, in which every feed is read, and a second. It fails if a feed is asked too seldom.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path

import orjson

ROOT = Path(__file__).resolve().parents[2]
HANGS = "/hostile"
LOCAL = IPv4Address("127.0.0.1")
LATE = 2.5
"""Seconds by which a poll may miss its beat: a tick, and what keeps the machine busy."""

FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>{0}</title><item>"
    "<guid isPermaLink='false'>{0}</guid><title>Bread and roses {0}</title>"
    "<link>https://example.org{0}</link></item></channel></rss>"
)


class Feeds:
    """The server's side: when each feed was asked, and what was read anew."""

    def __init__(self) -> None:
        self.asked: defaultdict[str, list[float]] = defaultdict(list)
        self.read: Counter[str] = Counter()
        self.closing = threading.Event()


@contextmanager
def serve(feeds: Feeds) -> Iterator[int]:
    """Serve every feed, on a free port of every local address; yields the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feeds.asked[self.path].append(time.monotonic())
            if self.path == HANGS:
                feeds.closing.wait(60)
                return
            if self.headers["If-None-Match"] == '"1"':
                self.send_response(304)
                self.send_header("ETag", '"1"')
                self.end_headers()
                return
            feeds.read[self.path] += 1
            body = FEED.format(self.path).encode()
            self.send_response(200)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("0.0.0.0", 0), Answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        feeds.closing.set()
        server.shutdown()
        server.server_close()


@contextmanager
def run_service(folder: Path, port: int, count: int, every: int) -> Iterator[int]:
    """Run the service on so many feeds; yields its process id. It must stop cleanly."""
    paths = [*(f"/feed-{number}" for number in range(count)), HANGS]
    feeds = [
        {"name": path[1:], "kind": "feed", "url": f"http://{LOCAL + at}:{port}{path}",
         "every": f"{every}s", "allow_private": True}
        for at, path in enumerate(paths)
    ]  # fmt: skip
    whole = {
        "service": {"web": "off"},
        "sources": feeds,
        "channels": [{"name": "screen", "kind": "console"}],
        "rules": [{"name": "controls", "topics": {"all": ["export-controls"]}, "send": ["screen"]}],
    }
    (folder / "tocsin.yaml").write_bytes(orjson.dumps(whole))
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-m", "alerts.cli", "run"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "TOCSIN_LOG": "error"},
    )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=20)
    assert code == 0, f"the service ended with {code}"


def processor_time(pid: int) -> float:
    """Return the processor seconds of a process and its living children."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [one for thread in threads for one in thread.read_text().split()]
    ticks = 0
    for one in (str(pid), *children):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(count: int, every: int, rounds: int) -> str:
    """Return what polling costs, in one line."""
    feeds = Feeds()
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-polling-") as place,
        serve(feeds) as port,
        run_service(Path(place), port, count, every) as pid,
    ):
        patience = time.monotonic() + 60 + 4 * every
        names = [f"/feed-{number}" for number in range(count)]
        while min(len(feeds.asked[name]) for name in names) < 2 and time.monotonic() < patience:
            time.sleep(0.2)
        feeds.read.clear()
        spent, began = processor_time(pid), time.monotonic()
        time.sleep(rounds * every)
        spent, ended = processor_time(pid) - spent, time.monotonic()
    taken = ended - began
    # A feed's beat begins with its second poll.
    asked = [[at for at in feeds.asked[name][1:] if at < ended] for name in names]
    polls = sum(at >= began for one in asked for at in one)
    gaps = sorted(after - before for one in asked for before, after in pairwise(one))
    off = sum(abs(gap - every) > LATE for gap in gaps)
    assert min(map(len, asked)) >= rounds, "a feed was asked too seldom"
    return (
        f"{count:,} feeds every {every} s, {polls:,} of {rounds * count:,} polls in {taken:.0f} s: "
        f"{100 * spent / taken:.0f} % of one core, {1000 * spent / polls:.1f} ms a poll, "
        f"{sum(feeds.read.values())} read anew; each asked again after {gaps[0]:.1f} to "
        f"{gaps[-1]:.1f} s beside one that never answers, {off} polls off their beat"
    )


def main() -> None:
    """Print the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--every", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(measure(asked.feeds, asked.every, asked.rounds))


if __name__ == "__main__":
    main()
