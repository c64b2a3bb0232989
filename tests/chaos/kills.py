"""Kills the service at random moments, at every failpoint and by SIGTERM, and counts what is lost.

Posts are appended to two files that the service polls; each is an act of its own and must bring
one alert to each of two webhooks. Afterwards three things are compared: what was written, what
is in the database, and what the receiver accepted.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from alerts.failpoints import POINTS
from alerts.store.connect import open_to_read
from alerts.store.soundness import find_faults

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
"""Seconds after which something that should happen counts as not happening."""

LONGEST_STOP = 10.0
"""Seconds in which a service that is asked to stop must have ended."""

EPISODE = 100
"""Kills after which a new database is begun, so that a start does not grow ever longer."""

KEY = bytes(range(32))
CHANNELS = ("left", "right")
SOURCES = ("one", "two")

ITEMS = (
    "gallium", "germanium", "antimony", "graphite", "tungsten", "tellurium", "bismuth", "indium",
    "molybdenum", "dysprosium", "terbium", "samarium", "lithium", "cobalt", "yttrium", "scandium",
)  # fmt: skip

CONFIG = """\
service: {{database: "sqlite:///{folder}/t.db", web: off}}
sources:
  - {{name: one, kind: jsonl, path: one.jsonl, every: 1s, backfill: all}}
  - {{name: two, kind: jsonl, path: two.jsonl, every: 1s, backfill: all}}
channels:
  - {{name: left, kind: webhook, url: "{url}/left", secret: {secret}, allow_private: true}}
  - {{name: right, kind: webhook, url: "{url}/right", secret: {secret}, allow_private: true}}
rules:
  - {{name: export controls, topics: {{all: [export-controls]}}, min_policy: 2,
     send: [left, right]{held}}}
"""

DIGEST = ', digest: "* * * * *"'
"""Holds each alert until the minute is over, which takes the services' clock three seconds."""


def act(number: int) -> str:
    """Return a text on an act of its own."""
    item = ITEMS[number % len(ITEMS)]
    return (
        f"MOFCOM Announcement No. {number} of 2026: export controls on {item}. The commerce "
        f"ministry of China requires export licences for {item} with immediate effect, "
        f"No. {number} of 2026 says."
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message as the receiver got it."""

    path: str
    id: str
    body: bytes
    timestamp: str
    signature: str
    accepted: bool

    def verifies(self) -> bool:
        """Tell whether the signature is that of these very bytes."""
        signed = f"{self.id}.{self.timestamp}.".encode() + self.body
        mac = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
        return self.signature == f"v1,{mac}"


class Collector:
    """A receiver of webhooks that refuses a share of all messages at their first try."""

    def __init__(self, refuses: float) -> None:
        self.receipts: list[Receipt] = []
        self.seen: set[str] = set()
        self.refuses = refuses
        self._chance = random.Random(7)
        collector = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                body = self.rfile.read(size)
                if len(body) < size:
                    # The sender died in the middle of its message.
                    self.close_connection = True
                    return
                key = self.headers["webhook-id"]
                first = key not in collector.seen
                collector.seen.add(key)
                accepted = not first or collector._chance.random() >= collector.refuses
                collector.receipts.append(
                    Receipt(
                        self.path, key, body,
                        self.headers["webhook-timestamp"], self.headers["webhook-signature"],
                        accepted,
                    )
                )  # fmt: skip
                self.send_response(204 if accepted else 503)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            def handle(self) -> None:
                # A sender that is killed while it talks is what this is about.
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop receiving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass(slots=True)
class Tally:
    """What a series of crashes came to.

    alerts, told: messages, and how often they tell of a post: each once a channel.
    lost: posts that are not stored, messages that are not there, not sent or not received.
    orphans: posts, alerts and messages that nobody published.
    changed: receipts with other bytes than are stored, or a wrong signature.
    duplicates: messages that the receiver accepted more than once.
    clean, slowest: stops with exit code 0, and the seconds of the slowest.
    busy: stops that came while there was work to do.
    points: failpoint -> how often a service died there.
    """

    crashes: int = 0
    posts: int = 0
    alerts: int = 0
    told: int = 0
    duplicates: int = 0
    lost: int = 0
    orphans: int = 0
    changed: int = 0
    unsound: list[str] = field(default_factory=list)
    slowest: float = 0.0
    clean: int = 0
    busy: int = 0
    points: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Add what another series came to."""
        for name in ("crashes", "posts", "alerts", "told", "duplicates", "lost", "orphans",
                     "changed", "clean", "busy"):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.unsound += other.unsound
        self.slowest = max(self.slowest, other.slowest)
        self.points += other.points

    def check(self, *, duplicates: int | None = None) -> None:
        """Fail if anything was lost, orphaned, changed or damaged, or too much came twice.

        duplicates: how many may; unless told, what each channel had under way at each crash.
        """
        assert self.told == self.posts * len(CHANNELS) > 0, self
        assert (self.lost, self.orphans, self.changed, self.unsound) == (0, 0, 0, []), self
        most = self.crashes * len(CHANNELS) if duplicates is None else duplicates
        assert self.duplicates <= most, self

    def check_stops(self) -> None:
        """Fail unless every stop was clean and quick, lost nothing and sent nothing twice."""
        self.check(duplicates=0)
        assert self.clean == self.crashes, f"{self.clean} of {self.crashes} ended with 0"
        assert self.slowest < LONGEST_STOP, f"the slowest took {self.slowest:.1f} s"
        assert self.busy, "no stop came while there was work: they show nothing"


class Scene:
    """A config, a database and two files of posts in a folder, and a receiver.

    held: what a rule says of when its alerts go out.
    """

    def __init__(self, folder: Path, collector: Collector, *, held: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.collector = folder, collector
        self.database = folder / "t.db"
        self.config = folder / "tocsin.yaml"
        self.written: dict[str, str] = {}
        secret = "whsec_" + base64.b64encode(KEY).decode()
        text = CONFIG.format(folder=folder, url=collector.url, secret=secret, held=held)
        self.config.write_text(text, encoding="utf-8")
        for source in SOURCES:
            (folder / f"{source}.jsonl").touch()

    def publish(self, count: int) -> None:
        """Append so many posts, each on an act of its own."""
        for _ in range(count):
            number = len(self.written) + 11
            source = SOURCES[number % len(SOURCES)]
            text = act(number)
            self.written[str(number)] = text
            with (self.folder / f"{source}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"id": str(number), "text": text}) + "\n")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Ask the database, from outside."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def write(self, statement: str) -> None:
        """Change the database, while no service runs."""
        with closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            connection.execute(statement)

    def is_drained(self) -> bool:
        """Tell whether every post is stored, every alert released and every message settled."""
        try:
            (found,) = self.rows(
                "SELECT (SELECT count(*) FROM posts),"
                " (SELECT count(*) FROM alerts WHERE released_at IS NULL AND held_for IS NOT NULL),"
                " (SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending'))"
            )
        except sqlite3.OperationalError:
            return False
        return found == (len(self.written), 0, 0)

    def compare(self, crashes: int) -> Tally:
        """Compare what was written, what is stored and what was received."""
        tally = Tally(crashes=crashes, posts=len(self.written))
        posts = Counter(str(row[0]) for row in self.rows("SELECT external_id FROM posts"))
        # A digest tells the posts of the alerts that it gathers.
        told: dict[str, set[str]] = defaultdict(set)
        for alert, post in self.rows(
            "SELECT coalesce(a.told_in, a.id), p.external_id "
            "FROM alerts a JOIN posts p ON p.id = a.post_id"
        ):
            told[str(alert)].add(str(post))
        bodies: dict[str, bytes] = {}
        expected: Counter[tuple[str, str]] = Counter()
        for key, alert, channel, body, state in self.rows(
            "SELECT id, alert_id, channel, body, state FROM deliveries"
        ):
            assert isinstance(body, bytes)
            bodies[str(key)] = body
            expected.update((post, str(channel)) for post in told.get(str(alert), {"?"}))
            tally.lost += state != "sent"
        wanted = {(post, channel) for post in self.written for channel in CHANNELS}
        tally.lost += len(self.written.keys() - posts.keys()) + len(wanted - expected.keys())
        # More than one of a kind, or one that nobody asked for, has no owner.
        tally.orphans += sum(posts.values()) - len(posts.keys() & self.written.keys())
        tally.orphans += expected.total() - len(wanted & expected.keys())
        received: dict[str, list[Receipt]] = defaultdict(list)
        for receipt in self.collector.receipts:
            received[receipt.id].append(receipt)
            if receipt.body != bodies.get(receipt.id) or not receipt.verifies():
                tally.changed += 1
                tally.unsound.append(f"receipt {receipt}, stored {bodies.get(receipt.id)!r}")
        for key in bodies:
            taken = sum(receipt.accepted for receipt in received[key])
            tally.lost += taken == 0
            tally.duplicates += max(taken - 1, 0)
        tally.alerts, tally.told = len(bodies), expected.total()
        store = open_to_read(f"sqlite:///{self.database}")
        tally.unsound += find_faults(store)
        store.close()
        self.collector.receipts.clear()
        return tally


class Nursery:
    """The process that forks services; see nursery.py."""

    def __init__(self, config: Path, kind: str = "service") -> None:
        log = config.parent / "log"
        self.log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery", kind, str(config)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=environment(),
        )  # fmt: skip
        assert self._line() == "ready", log.read_text()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def start(self, failpoint: str = "") -> int:
        """Fork a service; return its process id."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{failpoint}\n")
        self.process.stdin.flush()
        return int(self._line())

    def ended(self) -> int:
        """Wait for the service to end; return its exit code, negative for a signal."""
        return int(self._line())

    def close(self) -> None:
        """End the nursery; a service that it has forked has ended by then."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that runs this code."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", **more}


@contextmanager
def on_stage(
    folder: Path, *, refuses: float = 0.05, held: str = ""
) -> Iterator[tuple[Scene, Nursery]]:
    """Set up a scene with its receiver and nursery."""
    collector = Collector(refuses)
    scene = Scene(folder, collector, held=held)
    nursery = Nursery(scene.config)
    try:
        yield scene, nursery
    finally:
        nursery.close()
        collector.close()


def wait_until_drained(scene: Scene) -> bool:
    """Wait until everything is stored and sent; False if that does not happen."""
    until = time.monotonic() + PATIENCE
    while not scene.is_drained():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def drain(scene: Scene, nursery: Nursery) -> None:
    """Run a service until all is done, and stop it."""
    service = nursery.start()
    drained = False
    # One that dies at its start, or later by itself, is told by its exit code and its log.
    with suppress(ProcessLookupError):
        # All may be done before it is so far that it can be asked to stop.
        wait_for_life(service)
        drained = wait_until_drained(scene)
        os.kill(service, signal.SIGTERM)
    code = nursery.ended()
    log = (scene.folder / "log").read_text()[-2000:]
    assert code == 0, (code, log)
    assert drained, (log, scene.rows("SELECT * FROM deliveries WHERE state != 'sent'"))


def random_kills(folder: Path, kills: int, *, seed: int = 1) -> Tally:
    """Kill services at random moments of their lives."""
    chance = random.Random(seed)
    total = Tally()
    for episode in range(-(-kills // EPISODE)):
        with on_stage(folder / f"random{episode}") as (scene, nursery):
            here = min(EPISODE, kills - episode * EPISODE)
            span = 0.0
            for turn in range(here):
                scene.publish(2)
                began = time.monotonic()
                service = nursery.start()
                if turn % 25:
                    # From before the database is open to after everything is done.
                    time.sleep(chance.uniform(0, span))
                else:
                    assert wait_until_drained(scene), "an undisturbed service did not do its work"
                    span = 1.2 * (time.monotonic() - began)
                os.kill(service, signal.SIGKILL)
                nursery.ended()
            drain(scene, nursery)
            total.add(scene.compare(here))
    return total


def failpoint_kills(folder: Path, times: int) -> Tally:
    """Let services die at each failpoint, so many times."""
    points: Counter[str] = Counter()
    # First of all the one at which there is no schema yet, so that each turn has it to make.
    order = sorted(set(POINTS) - {"releasing"}, key=lambda point: point != "migrating")
    with on_stage(folder / "points", refuses=0.0) as (scene, nursery):
        for point in order:
            for turn in range(times):
                scene.publish(4)
                points[point] += dies_at(nursery, f"{point}:{1 + turn % 3}")
        drain(scene, nursery)
        tally = scene.compare(len(order) * times)
    with on_stage(folder / "held", refuses=0.0, held=DIGEST) as (scene, nursery):
        for turn in range(times):
            scene.publish(4)
            points["releasing"] += dies_at(nursery, "releasing")
            if turn % 2:
                drain(scene, nursery)
        drain(scene, nursery)
        released = scene.compare(times)
        # What is undone with its transaction has told nobody.
        assert released.duplicates == 0, released
        tally.add(released)
    tally.points = points
    return tally


def dies_at(nursery: Nursery, failpoint: str) -> bool:
    """Start a service that is to die at a failpoint; tell whether it did."""
    service = nursery.start(failpoint)
    killer = threading.Timer(PATIENCE, os.kill, (service, signal.SIGKILL))
    killer.start()
    died = nursery.ended() == -signal.SIGKILL and killer.is_alive()
    killer.cancel()
    return died


def stops(folder: Path, times: int, *, seed: int = 2) -> Tally:
    """Ask services to stop at random moments: nothing may be lost, and nothing come twice."""
    chance = random.Random(seed)
    total = Tally()
    for episode in range(-(-times // EPISODE)):
        with on_stage(folder / f"stops{episode}") as (scene, nursery):
            here = min(EPISODE, times - episode * EPISODE)
            clean, busy, slowest = 0, 0, 0.0
            for _ in range(here):
                scene.publish(4)
                service = nursery.start()
                wait_for_life(service)
                time.sleep(chance.uniform(0, 0.15))
                asked = time.monotonic()
                os.kill(service, signal.SIGTERM)
                # What never ends is killed, and so is not clean.
                killer = threading.Timer(LONGEST_STOP, os.kill, (service, signal.SIGKILL))
                killer.start()
                clean += nursery.ended() == 0
                killer.cancel()
                slowest = max(slowest, time.monotonic() - asked)
                busy += not scene.is_drained()
            drain(scene, nursery)
            tally = scene.compare(here)
            tally.clean, tally.busy, tally.slowest = clean, busy, slowest
            total.add(tally)
    return total


def wait_for_life(service: int) -> None:
    """Wait until a service handles SIGTERM; before that it has not begun anything.

    Raises ProcessLookupError if it ended.
    """
    handled = 1 << (signal.SIGTERM - 1)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            status = Path(f"/proc/{service}/status").read_text(encoding="ascii")
        except FileNotFoundError as gone:
            raise ProcessLookupError(f"process {service} ended at its start") from gone
        mask = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        if int(mask.split()[1], 16) & handled:
            return
        time.sleep(0.005)
    raise AssertionError(f"process {service} does not handle SIGTERM")


def real_kills(folder: Path, kills: int, *, seed: int = 3) -> Tally:
    """Kill `tocsin run` itself, started as a user starts it."""
    chance = random.Random(seed)
    collector = Collector(0.0)
    scene = Scene(folder / "real", collector)
    with (scene.folder / "log").open("ab") as log:

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, "-m", "alerts.cli", "run"],
                cwd=scene.folder, stdout=log, stderr=log, env=environment(TOCSIN_LOG="error"),
            )  # fmt: skip

        for _ in range(kills):
            scene.publish(20)
            known = len(collector.receipts)
            with start() as service:
                until = time.monotonic() + PATIENCE
                while len(collector.receipts) == known and time.monotonic() < until:
                    time.sleep(0.005)
                time.sleep(chance.uniform(0, 0.1))
                service.kill()
        with start() as service:
            drained = wait_until_drained(scene)
            service.terminate()
        assert (drained, service.returncode) == (True, 0), (scene.folder / "log").read_text()
        tally = scene.compare(kills)
        said = subprocess.run(
            [sys.executable, "-m", "alerts.cli", "verify"],
            cwd=scene.folder, env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if said.returncode:
            tally.unsound.append(said.stdout + said.stderr)
    collector.close()
    return tally
