"""The outbox loop: at least once, one id and body, and no channel in the way of another."""

import asyncio
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import trustme
from sqlalchemy import Row, func, insert, select, text, update

from alerts import config as config_file
from alerts.channels import KINDS
from alerts.channels.slack import PACE
from alerts.deliver import BATCH, LEASE, Outbox, Tally, deliver_due
from alerts.domain import DeliveryState
from alerts.errors import StoreError
from alerts.httpclient import Client
from alerts.retry import SCHEDULE, TRIES
from alerts.store import deliveries as queries
from alerts.store import tables
from alerts.store.connect import open_store
from tests.waiting import free_port

if TYPE_CHECKING:
    from tests.conftest import Request, Server

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
KEY = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SOON = 5.0
"""Seconds that one part waits for another before the test fails."""


class Clock:
    """A clock that stands still until a test turns it."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


class Post:
    """The outbox of one test: its database, its channels a, b and c on one receiver each path."""

    def __init__(self, folder: Path, receiver: "Server") -> None:
        self.receiver = receiver
        self.clock = Clock()
        self.store = open_store(f"sqlite:///{folder}/t.db")
        hooks = "\n".join(
            f'  - {{name: {name}, kind: webhook, url: "{receiver.url(f"/{name}?key=s3cret")}", '
            f'secret: "{KEY}", allow_private: {"false" if name == "closed" else "true"}}}'
            for name in ("a", "b", "c", "closed")
        )
        slack = (
            f'  - {{name: slack, kind: slack, url: "{receiver.url("/s")}", allow_private: true}}'
        )
        self.config = config_file.parse(
            "sources: [{name: j, kind: jsonl, path: x}]\n" + f"channels:\n{hooks}\n{slack}\n",
            folder / "t.yaml", topics=(), secrets=False,
        )  # fmt: skip
        self.made = 0
        for name in ("a", "b", "c"):
            receiver.reply(f"/{name}", status=204)

    def outbox(self, **keys: Any) -> Outbox:
        parts = {"client": Client(), "look": 0.02, **keys}
        return Outbox(store=self.store, config=self.config, clock=self.clock, **parts)

    def add(self, *channels: str) -> list[str]:
        """Put one message for each of these channels into the outbox, in this order."""
        keys = []
        for channel in channels:
            self.made += 1
            self.clock.turn(microseconds=1)
            keys.append(self._add_one(f"{self.made:04}", channel))
        return keys

    def _add_one(self, name: str, channel: str) -> str:
        with self.store.write() as connection:
            connection.execute(insert(tables.events), {
                "id": f"e{name}", "title": "t", "act": {}, "posts": 1, "sources": [],
                "topics": {}, "grade": 3, "at_least": [1, 1, 1], "relevance": 99,
                "first_seen": NOW, "last_seen": NOW,
            })  # fmt: skip
            connection.execute(insert(tables.posts), {
                "id": f"p{name}", "source": "s", "external_id": name, "title": "t", "text": "t",
                "lang": "en", "published_at": NOW, "dated": True, "first_seen_at": NOW,
                "official": False, "limited": False, "platform_tags": [], "act": {},
                "event_id": f"e{name}", "joined_by": "opened", "backfilled": False,
            })  # fmt: skip
            connection.execute(insert(tables.alerts), {
                "id": name, "rule": "r", "event_id": f"e{name}", "post_id": f"p{name}",
                "severity": "high", "reason": "new", "changes": [], "at": NOW, "headline": "h",
                "document": {}, "official": False, "channels": [channel], "shadow": False,
                "config": "c", "model": "m",
            })  # fmt: skip
            body = f'{{"alert": "{name}"}}'.encode()
            return queries.enqueue(connection, name, channel, body, now=self.clock())

    def add_hooks(self, urls: Mapping[str, str]) -> None:
        """Put more webhooks into the config."""
        made: Any = KINDS["webhook"].config
        hooks = tuple(
            made(name=name, kind="webhook", url=url, secret=KEY, allow_private=True)
            for name, url in urls.items()
        )
        self.config = replace(self.config, channels=self.config.channels + hooks)

    def due(self, until: datetime) -> datetime | None:
        """Return when the next message is due, if before that time."""
        table = tables.deliveries.c
        query = select(func.min(table.next_attempt_at)).where(
            table.state == DeliveryState.PENDING, table.channel.not_in(self.off())
        )
        with self.store.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found if found is not None and found <= until else None

    def off(self) -> dict[str, str]:
        with self.store.read() as connection:
            return queries.disabled_channels(connection)

    def deliver(self, **keys: Any) -> Tally:
        return asyncio.run(deliver_due(self.outbox(**keys)))

    def row(self, key: str) -> Row[Any]:
        with self.store.read() as connection:
            query = select(tables.deliveries).where(tables.deliveries.c.id == key)
            return connection.execute(query).one()

    def states(self, keys: list[str]) -> list[str]:
        return [self.row(key).state for key in keys]

    def claim(self, lease: str) -> list[str]:
        now = self.clock()
        with self.store.write() as connection:
            found = queries.claim(connection, lease=lease, now=now, until=now + LEASE, limit=BATCH)
        return [delivery.id for delivery in found]

    def received(self, channel: str) -> "list[Request]":
        return [one for one in self.receiver.requests if one.path == f"/{channel}"]

    def ids(self, channel: str) -> list[str]:
        return [request.headers["webhook-id"] for request in self.received(channel)]


@pytest.fixture
def post(tmp_path: Path, server: "Server") -> Iterator[Post]:
    made = Post(tmp_path, server)
    yield made
    made.store.close()


def answer(handler: Callable[[], Any], **reply: Any) -> "Callable[[Request], Mapping[str, Any]]":
    """Do something when a message arrives, then answer."""

    def handle(_: "Request") -> Mapping[str, Any]:
        handler()
        return reply or {"status": 204}

    return handle


# What becomes of one message ----------------------------------------------------------------


def test_what_is_taken_is_sent_once(post: Post) -> None:
    keys = post.add("a", "b", "a")

    first, second = post.deliver(), post.deliver()

    assert (first.sent, second.sent) == (3, 0)
    assert (post.ids("a"), post.ids("b")) == ([keys[0], keys[2]], [keys[1]])
    assert [request.body for request in post.received("b")] == [b'{"alert": "0002"}']
    sent = post.row(keys[0])
    assert (sent.state, sent.attempts, sent.last_error, sent.lease) == ("sent", 1, None, None)


def test_a_failed_try_is_repeated_later_with_the_same_id_and_body(post: Post) -> None:
    (key,) = post.add("a")
    post.receiver.replies("/a", [{"status": 503}, {"status": 500}, {"status": 204}])

    first, at_once = post.deliver(), post.deliver()
    waiting = post.row(key)
    post.clock.turn(seconds=6)
    second = post.deliver()
    post.clock.turn(minutes=6)
    third = post.deliver()

    assert (first.retried, at_once.retried, second.retried, third.sent) == (1, 0, 1, 1)
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert waiting.last_error == "the receiver answered 503"
    assert "it will be tried again" in first.errors[0]
    assert {(one.headers["webhook-id"], one.body) for one in post.received("a")} == {
        (key, b'{"alert": "0001"}')
    }
    assert post.row(key).attempts == 3


def test_a_receiver_that_is_down_is_told_without_its_secret(post: Post) -> None:
    (key,) = post.add("a")
    post.receiver.reply("/a", reset=True)

    tally = post.deliver()

    assert tally.retried == 1
    assert post.row(key).last_error
    assert "s3cret" not in tally.errors[0] + post.row(key).last_error


def test_a_refused_message_dies_and_the_next_one_goes(post: Post) -> None:
    keys = post.add("a", "a")
    post.receiver.replies("/a", [{"status": 413}, {"status": 204}])

    tally = post.deliver()

    assert (tally.sent, tally.dead) == (1, 1)
    assert post.states(keys) == ["dead", "sent"]
    assert f"tocsin deliveries replay {keys[0]}" in tally.errors[0]


def test_a_receiver_that_is_gone_gets_nothing_more_until_it_is_enabled(post: Post) -> None:
    keys = post.add("a", "a", "b")
    post.receiver.replies("/a", [{"status": 410}, {"status": 204}])

    gone, silent = post.deliver(), post.deliver()
    off = [post.row(keys[1]).state, len(post.received("a"))]
    with post.store.write() as connection:
        queries.enable_channel(connection, "a")
    back = post.deliver()

    assert (gone.dead, gone.sent, silent.sent) == (1, 1, 0)
    assert off == ["pending", 1]
    assert (back.sent, post.states(keys)) == (1, ["dead", "sent", "sent"])


def test_a_receiver_that_is_dead_for_a_week_is_switched_off_and_then_gets_everything(
    post: Post,
) -> None:
    keys: list[str] = []
    tries: dict[str, list[datetime]] = defaultdict(list)
    off_at: list[datetime] = []
    answers = {"status": 503}

    def receive(request: "Request") -> Mapping[str, Any]:
        tries[request.headers["webhook-id"]].append(post.clock())
        return answers

    post.receiver.handle("/a", receive)
    end = NOW + timedelta(days=7)
    for arrival in range(14):
        keys += post.add("a")
        until = NOW + timedelta(hours=12) * (arrival + 1)
        while (due := post.due(until)) is not None:
            post.clock.at = max(post.clock.at, due)
            post.deliver()
        if not off_at and post.off():
            off_at.append(max(at for all_tries in tries.values() for at in all_tries))
        post.clock.at = until
    assert post.clock.at == end
    week, reason = list(post.received("a")), post.off()["a"]
    answers["status"] = 204
    with post.store.write() as connection:
        queries.enable_channel(connection, "a")
        replayed = queries.replay(connection, queries.dead_ids(connection, "a"), now=end)
    post.clock.turn(days=2)
    while post.deliver().sent:
        pass

    first = min(at for all_tries in tries.values() for at in all_tries)
    assert timedelta(days=5) <= off_at[0] - first <= timedelta(days=6, hours=5)
    assert reason.startswith("nothing but failures since 2026-11-24 08:00 UTC")
    waits = [
        (after - before) / planned
        for all_tries in tries.values()
        for before, after, planned in zip(all_tries, all_tries[1:], SCHEDULE, strict=False)
        if after <= off_at[0]
    ]
    assert len(waits) > 60
    assert 0.79 < min(waits) < max(waits) < 1.21
    assert replayed > 0
    assert post.states(keys) == ["sent"] * 14
    bodies = {(one.headers["webhook-id"], one.body) for one in post.received("a")}
    assert len(bodies) == len(keys)
    assert len(post.received("a")) == len(week) + 14
    assert post.off() == {}


def test_one_success_or_a_long_pause_begins_an_outage_anew(post: Post) -> None:
    answers: list[dict[str, Any]] = []
    post.receiver.handle("/a", lambda _: answers.pop(0))

    def fail(days: float, status: int = 503) -> timedelta | None:
        post.clock.turn(days=days)
        answers.append({"status": status})
        post.add("a")
        with post.store.write() as connection:
            # Only the new one is tried.
            connection.execute(
                update(tables.deliveries)
                .where(tables.deliveries.c.attempts > 0)
                .values(state=DeliveryState.DEAD)
            )
        post.deliver()
        with post.store.read() as connection:
            outage = queries.outages_now(connection).get("a")
        return outage.last_at - outage.since if outage else None

    spans = [fail(0), fail(1.5), fail(1.5, 413), fail(0.1, 204), fail(1), fail(1), fail(2.1)]
    # Another worker's clock lags by less than an hour; one by more was set back.
    spans += [fail(1), fail(-0.04), fail(0.04), fail(-0.05)]

    assert [span if span is None else span.total_seconds() / 86400 for span in spans] == [
        0, pytest.approx(1.5), pytest.approx(1.5), None, 0, pytest.approx(1), 0,
        pytest.approx(1), pytest.approx(1), pytest.approx(1), 0,
    ]  # fmt: skip
    assert post.off() == {}


WRONG: tuple[Mapping[str, Any], ...] = (
    {"reset": True},
    {"reset_body": True, "status": 500, "body": "ok"},
    {"hang": 5.0},
    {"hang_body": 5.0, "status": 500, "body": "ok"},
    {"drip": 0.2, "status": 500, "body": "x" * 100},
    {"truncate": 1, "status": 500, "body": "oops"},
    {"endless": True, "status": 500},
    {"garbage": b"SSH-2.0-x\r\n"},
    {"garbage": b""},
    {"redirect": "/elsewhere"},
)
"""What receivers do wrong; two more below: nobody listens, and no certificate is right."""


class Hasty(Client):
    """A client that waits for nobody for long."""

    def sender(self, *, allow_private: bool = False, deadline: float = 15.0) -> Any:
        return super().sender(allow_private=allow_private, deadline=0.2)


def test_whatever_a_receiver_does_wrong_its_message_ends_dead_with_a_reason_and_others_go_on(
    post: Post, make_server: "Callable[..., Server]"
) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    urls = [post.receiver.url(f"/wrong{number}") for number in range(len(WRONG))]
    urls += [f"http://127.0.0.1:{free_port()}/", make_server(tls).url("/hook")]
    for number, reply in enumerate(WRONG):
        post.receiver.reply(f"/wrong{number}", **reply)
    post.add_hooks({f"wrong{number}": url for number, url in enumerate(urls)})
    bad = post.add(*(f"wrong{number}" for number in range(12)))
    good: list[str] = []

    for wait in (timedelta(0), *SCHEDULE):
        post.clock.at += wait * 1.21
        good += post.add("a")
        post.deliver(client=Hasty())

    assert post.states(bad) == ["dead"] * 12
    assert post.states(good) == ["sent"] * len(good)
    reasons = [post.row(key).last_error for key in bad]
    assert [post.row(key).attempts for key in bad] == [TRIES] * 12
    assert all(reason.startswith("given up after 10 tries: ") for reason in reasons)
    assert len(set(reasons)) >= 6
    assert not post.received("elsewhere")


def test_a_private_address_is_refused_and_the_message_kept_dead(post: Post) -> None:
    (key,) = post.add("closed")

    tally = post.deliver()

    assert (tally.dead, post.row(key).state) == (1, "dead")
    assert "allow_private" in tally.errors[0]
    assert post.receiver.requests == []


def test_a_message_for_a_channel_that_was_removed_dies_with_the_reason(post: Post) -> None:
    keys = post.add("removed", "a")

    tally = post.deliver()

    assert (tally.dead, tally.sent) == (1, 1)
    assert "no longer in the config" in post.row(keys[0]).last_error


def test_a_fault_that_nobody_foresaw_is_a_failed_try_and_tells_no_secret(post: Post) -> None:
    class Broken(Client):
        def sender(self, *, allow_private: bool = False, deadline: float = 15.0) -> Any:
            async def send(url: str, **_: Any) -> NoReturn:
                raise KeyError(url)

            return send

    (key,) = post.add("a")

    tally = post.deliver(client=Broken())

    assert (tally.retried, post.row(key).state) == (1, "pending")
    assert "KeyError" in tally.errors[0]
    assert "s3cret" not in tally.errors[0]


# One channel beside another -----------------------------------------------------------------


def hold_until(post: Post, happens: threading.Event, seen: list[bool]) -> None:
    """Let channel a answer only once something happened; note whether it did in time."""
    post.receiver.handle("/a", answer(lambda: seen.append(happens.wait(SOON))))


def test_a_slow_channel_holds_up_no_other(post: Post) -> None:
    b_arrived, seen = threading.Event(), list[bool]()
    post.add("a", "b")
    hold_until(post, b_arrived, seen)
    post.receiver.handle("/b", answer(b_arrived.set))

    assert post.deliver().sent == 2
    assert seen == [True]


def test_a_long_queue_holds_up_no_other_channel(post: Post) -> None:
    b_arrived, seen = threading.Event(), list[bool]()
    post.add(*["a"] * BATCH, "b")
    hold_until(post, b_arrived, seen)
    post.receiver.handle("/b", answer(b_arrived.set))

    assert post.deliver(look=SOON).sent == BATCH + 1
    assert set(seen) == {True}


def test_what_comes_in_while_a_channel_is_slow_is_not_held_up(post: Post) -> None:
    b_arrived, seen = threading.Event(), list[bool]()
    post.add("a")
    post.receiver.handle("/b", answer(b_arrived.set))

    def add_then_wait() -> None:
        post.add("b")
        seen.append(b_arrived.wait(SOON))

    post.receiver.handle("/a", answer(add_then_wait))

    assert post.deliver().sent == 2
    assert seen == [True]


def test_what_is_told_to_have_come_in_is_not_waited_for(post: Post) -> None:
    b_arrived, seen = threading.Event(), list[bool]()
    post.add("a")
    post.receiver.handle("/b", answer(b_arrived.set))

    async def deliver() -> Tally:
        loop, more = asyncio.get_running_loop(), asyncio.Event()

        def add_then_wait() -> None:
            post.add("b")
            loop.call_soon_threadsafe(more.set)
            seen.append(b_arrived.wait(SOON))

        post.receiver.handle("/a", answer(add_then_wait))
        return await deliver_due(post.outbox(look=60), more=more)

    assert asyncio.run(deliver()).sent == 2
    assert seen == [True]


def test_messages_to_one_channel_keep_its_pace(post: Post) -> None:
    post.receiver.reply("/s", body="ok")
    post.add("slack")
    started, arrived = list[float](), list[float]()

    async def deliver() -> None:
        loop = asyncio.get_running_loop()
        started.append(loop.time())
        last = {"slack": loop.time() - PACE + 0.1}
        await deliver_due(post.outbox(last_sent=last))
        arrived.append(last["slack"])

    asyncio.run(deliver())

    assert len(post.received("s")) == 1
    assert arrived[0] - started[0] >= 0.099


def test_a_receiver_that_asks_for_rest_gets_it_for_its_whole_queue(post: Post) -> None:
    keys = post.add("a", "a", "a", "b")
    post.receiver.replies("/a", [{"status": 429, "headers": {"Retry-After": "30"}}, {}])
    outbox = post.outbox()

    async def deliver() -> list[Tally]:
        tallies = [await deliver_due(outbox)]
        post.clock.turn(seconds=29)
        tallies.append(await deliver_due(outbox))
        post.clock.turn(seconds=2)
        return [*tallies, await deliver_due(outbox)]

    asked, resting, after = asyncio.run(deliver())

    assert (asked.retried, asked.sent, resting.sent, after.sent) == (1, 1, 0, 3)
    assert post.ids("a") == [keys[0], keys[1], keys[2], keys[0]]
    assert [post.row(key).attempts for key in keys] == [2, 1, 1, 1]


# Crashes, lost leases, stops ----------------------------------------------------------------


def test_what_a_dead_worker_held_is_taken_over_with_the_same_id(post: Post) -> None:
    keys = post.add("a")
    assert post.claim("dead worker") == keys

    before = post.deliver()
    post.clock.turn(seconds=LEASE.seconds + 1)
    after = post.deliver()

    assert (before.sent, after.sent) == (0, 1)
    assert post.ids("a") == keys


def test_a_worker_that_was_overtaken_notes_nothing(post: Post) -> None:
    (key,) = post.add("a")
    taken: list[str] = []

    def overtake() -> None:
        post.clock.turn(seconds=LEASE.seconds + 1)
        taken.extend(post.claim("another worker"))

    post.receiver.handle("/a", answer(overtake, status=503))

    tally = post.deliver()

    assert taken == [key]
    assert (tally.sent, tally.retried, tally.dead) == (0, 0, 0)
    row = post.row(key)
    assert (row.state, row.lease, row.attempts) == ("sending", "another worker", 0)


def test_what_cannot_be_sent_within_the_lease_is_claimed_anew(post: Post) -> None:
    keys = post.add(*["a"] * 4)
    leases: list[Any] = []

    def take_long() -> None:
        leases.append({post.row(key).lease for key in keys} - {None})
        post.clock.turn(seconds=LEASE.seconds / 2 + 1)

    post.receiver.handle("/a", answer(take_long))

    assert post.deliver().sent == 4
    assert post.ids("a") == keys
    assert len(set.union(*leases)) == 4


def test_a_stop_finishes_the_message_under_way_and_gives_the_rest_back(post: Post) -> None:
    keys = post.add("a", "a", "a")
    stop = asyncio.Event()

    async def deliver() -> Tally:
        loop = asyncio.get_running_loop()
        post.receiver.handle("/a", answer(lambda: loop.call_soon_threadsafe(stop.set)))
        return await deliver_due(post.outbox(), stop=stop)

    tally = asyncio.run(deliver())

    assert (tally.sent, post.ids("a")) == (1, keys[:1])
    rest = [post.row(key) for key in keys[1:]]
    assert [(row.state, row.lease, row.attempts) for row in rest] == [("pending", None, 0)] * 2
    assert post.claim("next") == keys[1:]


def test_a_set_stop_sends_nothing(post: Post) -> None:
    keys = post.add("a")
    stop = asyncio.Event()
    stop.set()

    assert asyncio.run(deliver_due(post.outbox(), stop=stop)).sent == 0
    assert post.states(keys) == ["pending"]


def test_a_cancelled_round_gives_back_all_that_it_holds(post: Post) -> None:
    keys = post.add("a", "a", "b")
    post.receiver.reply("/a", hang=60)

    async def begin_and_cancel() -> None:
        work = asyncio.create_task(deliver_due(post.outbox()))
        async with asyncio.timeout(SOON):
            while not (post.received("a") and post.row(keys[2]).state == "sent"):
                await asyncio.sleep(0.01)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(begin_and_cancel())

    assert post.states(keys) == ["pending", "pending", "sent"]
    assert post.claim("next") == keys[:2]


def fill_up(post: Post, channel: str) -> None:
    """Let the database take no note of a channel's messages any more."""
    with post.store.write() as connection:
        connection.execute(text(
            "CREATE TRIGGER full BEFORE UPDATE OF settled_at ON deliveries "
            f"WHEN NEW.channel = '{channel}' "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        ))  # fmt: skip


def test_a_database_that_takes_nothing_leaves_no_try_without_its_note(post: Post) -> None:
    bad, good, next_good = post.add("a", "b", "b")
    a_arrived = threading.Event()
    post.receiver.handle("/a", answer(a_arrived.set))
    post.receiver.handle("/b", answer(lambda: a_arrived.wait(SOON), status=204, hang=0.1))
    fill_up(post, "a")

    with pytest.raises(StoreError, match="full"):
        post.deliver()
    first_round = [post.ids("b"), post.states([bad, good, next_good])]
    with post.store.write() as connection:
        connection.execute(text("DROP TRIGGER full"))
    post.clock.turn(seconds=LEASE.seconds + 1)
    again = post.deliver()

    assert first_round == [[good], ["sending", "sent", "pending"]]
    assert (again.sent, post.ids("a"), post.ids("b")) == (2, [bad, bad], [good, next_good])


def test_a_database_that_fails_during_a_stop_is_not_passed_over(post: Post) -> None:
    post.add("a")
    fill_up(post, "a")
    stop = asyncio.Event()

    async def deliver() -> Tally:
        loop = asyncio.get_running_loop()
        asked = answer(lambda: loop.call_soon_threadsafe(stop.set), status=204, hang=0.1)
        post.receiver.handle("/a", asked)
        return await deliver_due(post.outbox(), stop=stop)

    with pytest.raises(StoreError, match="full"):
        asyncio.run(deliver())
