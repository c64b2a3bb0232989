"""Plays a recorded morning through the real pipeline, from a server on this machine.

Everything is the real thing (sources, HTTP, SQLite, outbox, console) except the clock, which
is set to the recorded times, and the replies, which a local server reads from data/demo/.
"""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from alerts import pipeline as stages
from alerts import yamltree
from alerts.deliver import Outbox, deliver_due
from alerts.domain import Reason
from alerts.httpclient import Client
from alerts.pipeline import Pipeline
from alerts.polls import PollReport
from alerts.store.listing import list_alerts

LOCAL_FILES = "*.jsonl"
"""Replies that sources read from disk, laid beside the config at each tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A moment of the recording: when, what a person would see happen, and its replies."""

    at: datetime
    note: str
    folder: Path

    def now(self) -> datetime:
        """Stand in for the clock: during a tick it is always that time."""
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded stretch of time: its ticks, and which file answers which path."""

    ticks: tuple[Tick, ...]
    routes: Mapping[str, str]
    config: str


def read_recording(folder: Path) -> Recording:
    """Read a recording from a folder with morning.yaml, tocsin.yaml and a folder a tick."""
    told = yamltree.read((folder / "morning.yaml").read_text(encoding="utf-8"))
    ticks = tuple(
        Tick(
            at=datetime.fromisoformat(f"{told['date']}T{tick['time']}").replace(tzinfo=UTC),
            note=tick["note"],
            folder=folder / str(tick["time"]).replace(":", ""),
        )
        for tick in told["ticks"]
    )
    config = (folder / "tocsin.yaml").read_text(encoding="utf-8")
    return Recording(ticks=ticks, routes=told["routes"], config=config)


class Replies:
    """What the local server answers now; a tick's files replace those of the ticks before."""

    def __init__(self, routes: Mapping[str, str]) -> None:
        self._routes = routes
        self._bodies: dict[str, bytes] = {}

    def turn_to(self, tick: Tick) -> None:
        """Serve a tick's replies from now on."""
        for path, file in self._routes.items():
            if (tick.folder / file).is_file():
                self._bodies[path] = (tick.folder / file).read_bytes()

    def find(self, path: str) -> bytes | None:
        """Return the body at a request's path, without its query."""
        return self._bodies.get(unquote(urlsplit(path).path))


@contextmanager
def serve(replies: Replies) -> Iterator[int]:
    """Serve replies on a free port of 127.0.0.1; yields the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = replies.find(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the demo prints what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass(slots=True, kw_only=True)
class Score:
    """What the whole recording came to. updates: those of the alerts that told what changed."""

    posts: int = 0
    alerts: int = 0
    updates: int = 0
    sent: int = 0


def play(
    recording: Recording,
    open_pipeline: Callable[[Path], Pipeline],
    say: Callable[[Tick, list[PollReport]], None],
) -> Score:
    """Play a recording: at each tick poll every source, decide, and deliver what is due.

    open_pipeline: makes the pipeline for a config file.
    say: told of each tick after its polls and before its deliveries.
    """
    replies = Replies(recording.routes)
    with tempfile.TemporaryDirectory(prefix="tocsin-demo-") as place, serve(replies) as port:
        path = Path(place) / "tocsin.yaml"
        path.write_text(recording.config.replace("{port}", str(port)), encoding="utf-8")
        pipeline = open_pipeline(path)
        try:
            return asyncio.run(_play(recording, pipeline, replies, Path(place), say))
        finally:
            pipeline.store.close()


async def _play(
    recording: Recording,
    pipeline: Pipeline,
    replies: Replies,
    place: Path,
    say: Callable[[Tick, list[PollReport]], None],
) -> Score:
    client = Client()
    score = Score()
    stages.prepare(pipeline, recording.ticks[0].at)
    for tick in recording.ticks:
        replies.turn_to(tick)
        for file in tick.folder.glob(LOCAL_FILES):
            shutil.copy(file, place)
        reports = await stages.poll_all(pipeline, client, tick.at)
        say(tick, reports)
        outbox = Outbox(
            store=pipeline.store,
            config=pipeline.config,
            client=client,
            clock=tick.now,
        )
        tally = await deliver_due(outbox)
        score.posts += sum(report.new for report in reports)
        score.alerts += sum(len(report.alerts) for report in reports)
        score.sent += tally.sent
    with pipeline.store.read() as connection:
        rows = list_alerts(connection, score.alerts)
    score.updates = sum(row["reason"] == Reason.UPDATED for row in rows)
    return score
