"""Several workers on one PostgreSQL outbox, killed and stalled past their leases.

A stalled worker wakes up to find its lease gone and its messages taken over: it may have sent
one a channel once more, and must write nothing over what the other has noted.
"""

import base64
import os
import random
import signal
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from alerts.domain import DeliveryState
from alerts.store import deliveries, tables
from alerts.store.connect import Store, open_store
from tests.chaos.kills import KEY, PATIENCE, Collector, Nursery, Receipt, wait_for_life
from tests.chaos.nursery import EPOCH, SPEED
from tests.chaos.outbox import fill

CHANNELS = ("north", "east", "south", "west")
STALL = 60 / SPEED + 1
"""Seconds for which a worker is stopped: longer than its lease."""

CONFIG = """\
service: {{database: "{database}", web: off}}
sources: [{{name: none, kind: jsonl, path: none.jsonl}}]
channels:
{channels}
"""

WATCH_SETTLED = """
CREATE TABLE overwritten (id text);
CREATE FUNCTION note_overwritten() RETURNS trigger AS $$ BEGIN
  IF OLD.state IN ('sent', 'dead') THEN INSERT INTO overwritten VALUES (OLD.id); END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER overwritten BEFORE UPDATE ON deliveries
  FOR EACH ROW EXECUTE FUNCTION note_overwritten();
"""
"""Writes down each change of what was settled, which should stay as it is."""


@dataclass(slots=True)
class Outcome:
    """What a series came to; the last three must be 0, and duplicates within their bound."""

    messages: int
    kills: int
    stalls: int
    duplicates: int
    lost: int
    changed: int
    overwritten: int

    def check(self) -> None:
        """Fail unless everything came, and nothing twice that no kill or stall explains."""
        assert (self.lost, self.changed, self.overwritten) == (0, 0, 0), self
        assert self.duplicates <= (self.kills + self.stalls) * len(CHANNELS), self


class Crew:
    """Workers that can be killed and stalled."""

    def __init__(self, config: Path, size: int) -> None:
        self.nurseries = [Nursery(config, "worker") for _ in range(size)]
        self.workers = [nursery.start() for nursery in self.nurseries]
        self.stalled: dict[int, float] = {}

    def kill(self, number: int) -> None:
        """Kill a worker and start another in its place."""
        os.kill(self.workers[number], signal.SIGKILL)
        self.nurseries[number].ended()
        self.stalled.pop(number, None)
        self.workers[number] = self.nurseries[number].start()

    def stall(self, number: int) -> None:
        """Stop a worker for longer than its lease."""
        os.kill(self.workers[number], signal.SIGSTOP)
        self.stalled[number] = time.monotonic() + STALL

    def wake(self, *, everyone: bool = False) -> None:
        """Let those go on whose stall is over."""
        for number, until in list(self.stalled.items()):
            if everyone or time.monotonic() >= until:
                os.kill(self.workers[number], signal.SIGCONT)
                del self.stalled[number]

    def close(self) -> list[int]:
        """Ask every worker to stop; return their exit codes."""
        self.wake(everyone=True)
        for worker in self.workers:
            wait_for_life(worker)
            os.kill(worker, signal.SIGTERM)
        codes = [nursery.ended() for nursery in self.nurseries]
        for nursery in self.nurseries:
            nursery.close()
        return codes


def crash_workers(
    url: str, folder: Path, messages: int, kills: int, stalls: int, *, seed: int = 4
) -> Outcome:
    """Let four workers deliver so many messages, and kill and stall them meanwhile.

    url: an empty PostgreSQL database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    collector = Collector(refuses=0.02)
    secret = "whsec_" + base64.b64encode(KEY).decode()
    channels = "\n".join(
        f'  - {{name: {name}, kind: webhook, url: "{collector.url}/{name}", secret: {secret}, '
        "allow_private: true}"
        for name in CHANNELS
    )
    config = folder / "tocsin.yaml"
    config.write_text(CONFIG.format(database=url, channels=channels), encoding="utf-8")
    store = open_store(url)
    fill(store, dict.fromkeys(CHANNELS, messages // len(CHANNELS)), EPOCH)
    with store.write() as connection:
        connection.execute(text(WATCH_SETTLED))
    chance = random.Random(seed)
    blows = ["kill"] * kills + ["stall"] * stalls
    chance.shuffle(blows)
    crew = Crew(config, 4)
    # Each blow falls when its share of the messages has come.
    due = [round(messages * 0.9 * (number + 1) / (len(blows) + 1)) for number in range(len(blows))]
    until = time.monotonic() + PATIENCE + messages / 10
    while waiting(store) and time.monotonic() < until:
        crew.wake()
        if blows and len(collector.receipts) >= due[-len(blows)]:
            number = chance.randrange(len(crew.workers))
            if blows.pop() == "kill":
                crew.kill(number)
            else:
                crew.stall(number)
        time.sleep(0.01)
    codes = crew.close()
    assert codes == [0] * len(codes), (folder / "log").read_text()[-2000:]
    assert not blows, f"{len(blows)} blows came too late"
    outcome = compare(store, collector, messages, kills, stalls)
    store.close()
    collector.close()
    return outcome


def waiting(store: Store) -> int:
    """Return how many messages are not settled."""
    with store.read() as connection:
        return deliveries.waiting(connection)


def compare(
    store: Store, collector: Collector, messages: int, kills: int, stalls: int
) -> Outcome:  # fmt: skip
    """Compare the outbox with what was received."""
    received: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in collector.receipts:
        received[receipt.id].append(receipt)
    with store.read() as connection:
        rows = connection.execute(select(tables.deliveries)).all()
        overwritten = connection.execute(text("SELECT count(*) FROM overwritten")).scalar_one()
    bodies = {row.id: bytes(row.body) for row in rows}
    taken = {key: sum(one.accepted for one in received[key]) for key in bodies}
    unsettled = sum(row.state != DeliveryState.SENT for row in rows)
    return Outcome(
        messages=messages,
        kills=kills,
        stalls=stalls,
        duplicates=sum(max(times - 1, 0) for times in taken.values()),
        lost=sum(times == 0 for times in taken.values()) + unsettled + messages - len(rows),
        changed=sum(
            one.body != bodies.get(one.id) or not one.verifies() for one in collector.receipts
        ),
        overwritten=overwritten,
    )


def told(outcome: Outcome) -> str:
    """Return what a series came to, in one line."""
    return (
        f"{outcome.messages:,} messages, 4 workers, {outcome.kills} kills, {outcome.stalls} "
        f"stalls past the lease: {outcome.lost} lost, {outcome.changed} changed, "
        f"{outcome.overwritten} overwritten, {outcome.duplicates} came twice with their id"
    )
