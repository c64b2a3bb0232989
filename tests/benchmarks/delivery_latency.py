"""Measures the seconds from a source's answer to the receipt of the alert that it sets off.

python tests/benchmarks/delivery_latency.py [--times N]

The real service runs as its own process, polls a feed on this machine every second, and sends
to a webhook on this machine. A new act is put into the feed once the alert on the one before
has come. The clock starts when the first answer that holds the act has left the server.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds after which an alert counts as lost."""

ITEMS = (
    "gallium", "germanium", "antimony", "graphite", "tungsten", "tellurium", "bismuth", "indium",
    "molybdenum", "dysprosium", "terbium", "samarium", "lithium", "cobalt", "yttrium", "scandium",
    "lutetium", "holmium", "erbium", "europium",
)  # fmt: skip

CONFIG = """\
service: {{database: sqlite:///latency.db, web: off}}
sources:
  - {{name: wire, kind: feed, url: "http://127.0.0.1:{port}/wire.xml", every: 1s,
     allow_private: true, backfill: all}}
channels:
  - {{name: hook, kind: webhook, url: "http://127.0.0.1:{port}/hook", allow_private: true,
     secret: whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=}}
rules:
  - {{name: export controls, topics: {{all: [export-controls]}}, min_policy: 2, send: [hook]}}
"""


class Exchange:
    """The feed and the receiver, and when each act left the one and reached the other.

    answered, received: official number of an act -> time.perf_counter().
    """

    def __init__(self) -> None:
        self.answered: dict[str, float] = {}
        self.received: dict[str, float] = {}
        self.changed = threading.Condition()
        self._numbers: list[str] = []
        self._entries: list[str] = []

    def publish(self, position: int) -> str:
        """Put one more act into the feed; return its number."""
        number, item = f"No. {position + 11} of 2026", ITEMS[position % len(ITEMS)]
        now = format_datetime(datetime.now(UTC))
        with self.changed:
            self._numbers.append(number)
            self._entries.insert(
                0,
                f"<item><guid isPermaLink='false'>{position}</guid>"
                f"<title>MOFCOM Announcement {number}: export controls on {item}</title>"
                f"<description>The commerce ministry of China requires export licences for {item} "
                f"with immediate effect, {number} says.</description>"
                f"<link>https://wire.example.org/{item}/{position}</link>"
                f"<pubDate>{now}</pubDate></item>",
            )
        return number

    def feed(self) -> tuple[bytes, list[str]]:
        """Return the feed as it is now, and the numbers in it."""
        with self.changed:
            body = (
                "<?xml version='1.0'?><rss version='2.0'><channel><title>wire</title>"
                f"{''.join(self._entries)}</channel></rss>"
            )
            return body.encode(), list(self._numbers)

    def note_answer(self, numbers: list[str], at: float) -> None:
        """Remember when acts were first answered."""
        with self.changed:
            for number in numbers:
                self.answered.setdefault(number, at)

    def note_receipt(self, body: str, at: float) -> None:
        """Remember when the alert on an act came."""
        with self.changed:
            for number in self._numbers:
                if number in body:
                    self.received.setdefault(number, at)
            self.changed.notify_all()

    def await_receipt(self, number: str) -> bool:
        """Wait for the alert on an act; False if it does not come in time."""
        with self.changed:
            return self.changed.wait_for(lambda: number in self.received, PATIENCE)


@contextmanager
def serve(exchange: Exchange) -> Iterator[int]:
    """Serve the feed and the receiver on a free port; yields the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, numbers = exchange.feed()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            exchange.note_answer(numbers, time.perf_counter())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            exchange.note_receipt(body.decode(), time.perf_counter())
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def run_service(folder: Path, port: int) -> Iterator[None]:
    """Run the service on a config of its own; it must stop cleanly."""
    (folder / "tocsin.yaml").write_text(CONFIG.format(port=port), encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(
        [sys.executable, "-m", "alerts.cli", "run"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "TOCSIN_LOG": "warning"},
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=20)
    assert code == 0, f"the service ended with {code}"


def measure(times: int) -> list[float]:
    """Return the seconds from answer to receipt, sorted."""
    exchange = Exchange()
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-latency-") as place,
        serve(exchange) as port,
        run_service(Path(place), port),
    ):
        for position in range(times):
            number = exchange.publish(position)
            if not exchange.await_receipt(number):
                raise SystemExit(f"no alert on {number} within {PATIENCE:.0f} s")
    return sorted(
        exchange.received[number] - exchange.answered[number] for number in exchange.received
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    taken = measure(parser.parse_args().times)
    # Nearest rank: of 20 values, the 99th percentile is the largest.
    p50, p99 = (taken[-(-len(taken) * percent // 100) - 1] for percent in (50, 99))
    print(
        f"{len(taken)} alerts, from the source's answer to the webhook's receipt: "
        f"p50 {p50:.3f} s, p99 {p99:.3f} s"
    )


if __name__ == "__main__":
    main()
