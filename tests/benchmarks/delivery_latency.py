"""Measures the seconds from a source's answer to the receipt of the alert that it sets off.

python tests/benchmarks/delivery_latency.py [--times N] [--rate N --seconds N]

The real service runs as its own process, polls a feed on this machine every second, and sends
to a webhook on this machine. A new act is put into the feed once the alert on the one before
has come. The clock starts when the first answer that holds the act has left the server.

Then the same under load: so many posts a second, all but one in 25 of them chatter.
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
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.social_stream import Stream  # noqa: E402

SHOWN = 200
"""Newest items that the feed shows."""

ACT_EVERY = 25
"""Under load, one post in so many reports an act."""

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
        with self.changed:
            self._numbers.append(number)
        self.add(
            f"{item}/{position}",
            f"MOFCOM Announcement {number}: export controls on {item}",
            f"The commerce ministry of China requires export licences for {item} "
            f"with immediate effect, {number} says.",
        )
        return number

    def add(self, name: str, title: str, text: str) -> None:
        """Put an item into the feed."""
        now = format_datetime(datetime.now(UTC))
        entry = (
            f"<item><guid isPermaLink='false'>{name}</guid><title>{escape(title)}</title>"
            f"<description>{escape(text)}</description>"
            f"<link>https://wire.example.org/{name}</link><pubDate>{now}</pubDate></item>"
        )
        with self.changed:
            self._entries = [entry, *self._entries[: SHOWN - 1]]

    def feed(self) -> tuple[bytes, list[str]]:
        """Return the feed as it is now, and the numbers in it."""
        with self.changed:
            body = (
                "<?xml version='1.0'?><rss version='2.0'><channel><title>wire</title>"
                f"{''.join(self._entries)}</channel></rss>"
            )
            return body.encode(), self._numbers[-SHOWN:]

    def note_answer(self, numbers: list[str], at: float) -> None:
        """Remember when acts were first answered."""
        with self.changed:
            for number in numbers:
                self.answered.setdefault(number, at)

    def note_receipt(self, body: str, at: float) -> None:
        """Remember when the alert on an act came."""
        with self.changed:
            for number in self._numbers[-SHOWN:]:
                if f"{number}:" in body:
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


def measure_under_load(rate: int, seconds: int) -> list[float]:
    """Return the seconds from answer to receipt, sorted, at so many posts a second."""
    exchange, stream = Exchange(), Stream()
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-latency-") as place,
        serve(exchange) as port,
        run_service(Path(place), port),
    ):
        # The service is up once the first act has come.
        exchange.await_receipt(exchange.publish(0))
        exchange.received.clear()
        began = time.perf_counter()
        numbers = []
        for place_in_stream in range(1, rate * seconds + 1):
            if place_in_stream % ACT_EVERY == 0:
                numbers.append(exchange.publish(place_in_stream // ACT_EVERY))
            else:
                exchange.add(f"chatter-{place_in_stream}", "", stream.chatter())
            time.sleep(max(0.0, began + place_in_stream / rate - time.perf_counter()))
        for number in numbers:
            if not exchange.await_receipt(number):
                raise SystemExit(f"no alert on {number} within {PATIENCE:.0f} s")
    return sorted(exchange.received[number] - exchange.answered[number] for number in numbers)


def told(taken: list[float], load: str) -> str:
    """Return the figures in one line; of 20 values, the 99th percentile is the largest."""
    p50, p99 = (taken[-(-len(taken) * percent // 100) - 1] for percent in (50, 99))
    return (
        f"{len(taken)} alerts{load}, from the source's answer to the webhook's receipt: "
        f"p50 {p50:.3f} s, p99 {p99:.3f} s"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--rate", type=int, default=50, help="Posts a second, under load.")
    parser.add_argument("--seconds", type=int, default=60, help="How long; 0: no load.")
    asked = parser.parse_args()
    if asked.times:
        print(told(measure(asked.times), ""), flush=True)
    if asked.seconds:
        load = f" at {asked.rate} posts a second"
        print(told(measure_under_load(asked.rate, asked.seconds), load))


if __name__ == "__main__":
    main()
