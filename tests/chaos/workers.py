"""Several workers on one PostgreSQL outbox, killed and stalled past their leases.

A stalled worker wakes up to find its lease gone and its messages taken over: it may have sent
one a channel once more, and must write nothing over what the other has noted. Each worker has
addresses of its own, so that each receipt tells who sent it: a message that comes twice must
have been under way at a blow, and no blow has more than one under way for each channel.
"""

import base64
import os
import random
import signal
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching
from sqlalchemy import select, text

from alerts.domain import DeliveryState
from alerts.store import deliveries, tables
from alerts.store.connect import Store, open_store
from tests.chaos.kills import KEY, PATIENCE, Collector, Nursery, Receipt, wait_for_life
from tests.chaos.nursery import EPOCH, SPEED
from tests.chaos.outbox import fill

CHANNELS = ("north", "east", "south", "west")
WORKERS = 4
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
    """What a series came to; the last four must be 0.

    duplicates: channel -> messages that the receiver accepted once more.
    unexplained: those of them that were not under way at a blow, or not alone in their channel.
    """

    messages: int
    kills: int
    stalls: int
    duplicates: Counter[str]
    unexplained: int
    lost: int
    changed: int
    overwritten: int

    def check(self) -> None:
        """Fail unless everything came, and nothing twice that no kill or stall explains."""
        assert (self.lost, self.changed, self.overwritten, self.unexplained) == (0, 0, 0, 0), self


@dataclass(frozen=True, slots=True)
class Blow:
    """A kill or stall of a worker; before, after: how many receipts there were by then."""

    worker: int
    before: int
    after: int


class Crew:
    """Workers that can be killed and stalled, each with a config of its own."""

    def __init__(self, configs: Sequence[Path], receipts: Sequence[Receipt]) -> None:
        self.nurseries = [Nursery(config, "worker") for config in configs]
        self.workers = [nursery.start() for nursery in self.nurseries]
        self.receipts = receipts
        self.stalled: dict[int, float] = {}
        self.blows: list[Blow] = []

    def kill(self, number: int) -> None:
        """Kill a worker and start another in its place."""
        before = len(self.receipts)
        os.kill(self.workers[number], signal.SIGKILL)
        self.nurseries[number].ended()
        self.blows.append(Blow(number, before, len(self.receipts)))
        self.stalled.pop(number, None)
        self.workers[number] = self.nurseries[number].start()

    def stall(self, number: int) -> None:
        """Stop a worker for longer than its lease."""
        before = len(self.receipts)
        os.kill(self.workers[number], signal.SIGSTOP)
        self.blows.append(Blow(number, before, len(self.receipts)))
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
    configs = [folder / str(number) / "tocsin.yaml" for number in range(WORKERS)]
    for number, config in enumerate(configs):
        channels = "\n".join(
            f'  - {{name: {name}, kind: webhook, url: "{collector.url}/{number}/{name}", '
            f"secret: {secret}, allow_private: true}}"
            for name in CHANNELS
        )
        config.parent.mkdir()
        config.write_text(CONFIG.format(database=url, channels=channels), encoding="utf-8")
    store = open_store(url)
    fill(store, dict.fromkeys(CHANNELS, messages // len(CHANNELS)), EPOCH)
    with store.write() as connection:
        connection.execute(text(WATCH_SETTLED))
    chance = random.Random(seed)
    blows = ["kill"] * kills + ["stall"] * stalls
    chance.shuffle(blows)
    crew = Crew(configs, collector.receipts)
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
    logs = [(config.parent / "log").read_text()[-2000:] for config in configs]
    assert codes == [0] * len(codes), logs
    assert not blows, f"{len(blows)} blows came too late"
    outcome = compare(store, collector, crew.blows, messages, kills, stalls)
    store.close()
    collector.close()
    return outcome


def waiting(store: Store) -> int:
    """Return how many messages are not settled."""
    with store.read() as connection:
        return deliveries.waiting(connection)


def sender(receipt: Receipt) -> tuple[int, str]:
    """Return which worker sent a message, and over which channel."""
    _, worker, channel = receipt.path.split("/")
    return int(worker), channel


def under_way(receipts: Sequence[Receipt], blows: Sequence[Blow]) -> dict[int, set[int]]:
    """Return place of a receipt -> blows at which it may have been under way, channel by channel.

    Of a worker and channel, that is the last receipt before the blow, whose note may be missing,
    or the first one after it, which was on its way or was sent when the worker woke up.
    """
    sent: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, receipt in enumerate(receipts):
        sent[sender(receipt)].append(place)
    found: dict[int, set[int]] = defaultdict(set)
    for number, blow in enumerate(blows):
        for column, channel in enumerate(CHANNELS):
            places = sent[blow.worker, channel]
            first = max(bisect_left(places, blow.before) - 1, 0)
            for place in places[first : bisect_left(places, blow.after) + 1]:
                found[place].add(number * len(CHANNELS) + column)
    return found


def count_unexplained(receipts: Sequence[Receipt], blows: Sequence[Blow]) -> int:
    """Return how many repeats are left if each blow explains one message a channel at most."""
    near = under_way(receipts, blows)
    taken: dict[str, list[int]] = defaultdict(list)
    for place, receipt in enumerate(receipts):
        if receipt.accepted:
            taken[receipt.id].append(place)
    # Of a message that came n times, all but one receipt are repeats: any of them may be the one.
    repeats = [
        sorted(set().union(*(near[place] for place in places)))
        for places in taken.values()
        for _ in places[1:]
    ]
    if not repeats or not blows:
        return len(repeats)
    may = np.zeros((len(repeats), len(blows) * len(CHANNELS)), dtype=bool)
    for row, columns in enumerate(repeats):
        may[row, columns] = True
    return int((maximum_bipartite_matching(csr_array(may), perm_type="column") < 0).sum())


def compare(
    store: Store,
    collector: Collector,
    blows: Sequence[Blow],
    messages: int,
    kills: int,
    stalls: int,
) -> Outcome:
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
        duplicates=Counter(row.channel for row in rows for _ in range(taken[row.id] - 1)),
        unexplained=count_unexplained(collector.receipts, blows),
        lost=sum(times == 0 for times in taken.values()) + unsettled + messages - len(rows),
        changed=sum(
            one.body != bodies.get(one.id) or not one.verifies() for one in collector.receipts
        ),
        overwritten=overwritten,
    )


def told(outcome: Outcome) -> str:
    """Return what a series came to, in one line."""
    return (
        f"{outcome.messages:,} messages, {WORKERS} workers, {outcome.kills} kills, "
        f"{outcome.stalls} stalls past the lease: {outcome.lost} lost, {outcome.changed} changed, "
        f"{outcome.overwritten} overwritten, {outcome.duplicates.total()} came twice with their id "
        f"({', '.join(f'{name} {outcome.duplicates[name]}' for name in CHANNELS)}), "
        f"{outcome.unexplained} of them not under way at a blow"
    )
