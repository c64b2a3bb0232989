"""A long queue for one Slack channel, on a clock that jumps over the waiting.

The Slack here is a model in memory: it refuses what comes within a second of the message before,
and now and then asks for half a minute's rest. Beside it a webhook takes all it gets.
"""

import asyncio
import random
import selectors
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts import config as config_file
from alerts.deliver import Outbox, deliver_due
from alerts.domain import Fetched
from alerts.httpclient import Client
from alerts.store import deliveries
from alerts.store.connect import Store, open_store
from tests.chaos.outbox import fill

NOW = datetime(2026, 11, 28, tzinfo=UTC)
WAIT_FOR_THREADS = 0.003
"""Real seconds after which the clock jumps, if nothing happened."""

SLACK_PACE = 0.95
"""Seconds between two messages; less than one by what a busy machine may delay the first."""

CONFIG = """\
sources: [{name: wire, kind: jsonl, path: wire.jsonl}]
channels:
  - {name: hook, kind: webhook, url: "https://hook.example/", secret: whsec_AAECAwQFBgcICQoL}
  - {name: desk, kind: slack, url: "https://slack.example/"}
"""


class Jumping(selectors.DefaultSelector):
    """Waits hardly at all, and says by how much it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready; if nothing comes soon, act as if the whole time had passed."""
        if timeout is None or timeout <= WAIT_FOR_THREADS:
            return super().select(timeout)
        ready = super().select(WAIT_FOR_THREADS)
        if not ready:
            self.skipped += timeout - WAIT_FOR_THREADS
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock runs ahead of the machine's by what its selector has skipped."""

    def __init__(self) -> None:
        self.selector = Jumping()
        super().__init__(self.selector)

    def time(self) -> float:
        """Return the time that has seemingly passed, in seconds."""
        return super().time() + self.selector.skipped


@dataclass(slots=True)
class Storm:
    """What was received when, in seconds of the jumping clock, and how often Slack refused."""

    messages: int
    slack: list[float] = field(default_factory=list)
    hook: list[float] = field(default_factory=list)
    bodies: set[bytes] = field(default_factory=set)
    too_fast: int = 0
    rests: int = 0
    waiting: int = 0

    @property
    def shortest(self) -> float:
        """Seconds between the two messages to Slack that came closest together."""
        return min(b - a for a, b in zip(self.slack, self.slack[1:], strict=False))

    def check(self) -> None:
        """Fail unless all came, none too soon, and the webhook did not wait for Slack."""
        assert self.waiting == 0, self.waiting
        assert len(self.slack) == self.messages
        assert len(self.bodies) == len(self.slack) + len(self.hook)
        assert self.shortest >= SLACK_PACE, self.shortest
        assert len(self.slack) <= self.slack[-1] - self.slack[0] + 1, "more than one a second"
        assert self.too_fast == 0, self.too_fast
        assert self.rests > 0, "the model never asked for rest"
        assert max(self.hook) < self.slack[-1] / 4, "the webhook waited for Slack"


class Model(Client):
    """Answers as Slack and a webhook do, without a network."""

    def __init__(self, storm: Storm, seed: int) -> None:
        super().__init__()
        self.storm, self.chance = storm, random.Random(seed)
        self.rest_until = 0.0

    def sender(self, *, allow_private: bool = False, deadline: float = 15.0) -> Any:
        """Return what takes one message."""

        async def send(url: str, *, content: bytes, headers: Mapping[str, str]) -> Fetched:
            at = asyncio.get_running_loop().time()
            if "hook" in url:
                self.storm.hook.append(at)
                self.storm.bodies.add(content)
                return Fetched(status=204, url=url, headers={}, body=b"")
            if at < self.rest_until or (
                self.storm.slack and at - self.storm.slack[-1] < SLACK_PACE
            ):
                self.storm.too_fast += 1
                return Fetched(status=429, url=url, headers={"retry-after": "1"}, body=b"")
            if self.chance.random() < 0.01:
                self.storm.rests += 1
                self.rest_until = at + 30
                return Fetched(status=429, url=url, headers={"retry-after": "30"}, body=b"")
            self.storm.slack.append(at)
            self.storm.bodies.add(content)
            return Fetched(status=200, url=url, headers={}, body=b"ok")

        return send


async def _deliver(store: Store, storm: Storm, folder: Path, seed: int) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    config = config_file.parse(CONFIG, folder / "t.yaml", topics=(), secrets=False)
    outbox = Outbox(
        store=store, config=config, client=Model(storm, seed),
        clock=lambda: NOW + timedelta(seconds=loop.time() - began),
    )  # fmt: skip
    while True:
        await deliver_due(outbox)
        with store.read() as connection:
            storm.waiting = deliveries.waiting(connection)
        if not storm.waiting:
            break
        await asyncio.sleep(1)
    storm.slack[:] = [at - began for at in storm.slack]
    storm.hook[:] = [at - began for at in storm.hook]


def blow(folder: Path, messages: int, *, seed: int = 6) -> Storm:
    """Deliver so many messages to Slack, and a tenth of that to the webhook."""
    folder.mkdir(parents=True, exist_ok=True)
    storm = Storm(messages)
    store = open_store(f"sqlite:///{folder}/t.db")
    fill(store, {"desk": messages, "hook": messages // 10}, NOW)
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(_deliver(store, storm, folder, seed))
    store.close()
    return storm


def told(storm: Storm) -> str:
    """Return what a storm came to, in one line."""
    lasted = storm.slack[-1] - storm.slack[0]
    return (
        f"{storm.messages:,} messages to one Slack in {lasted / 3600:.1f} h of a clock that jumps:"
        f" {storm.messages - len(storm.slack)} lost, {len(storm.slack) / lasted:.2f} a second, "
        f"{storm.shortest:.2f} s between two at least, {storm.too_fast} refused as too fast"
    )
