"""Sends a canary post through everything, to a channel and back, and times each stage.

Posts, events, alerts and what rules remember are written and taken back in one transaction, so
that the real database is tried and nothing of the canary stays in it. Only the message goes
out, marked as a test, through a row of the outbox that is removed afterwards.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from alerts.books import Books
from alerts.case import Case
from alerts.config import Config
from alerts.deliver import LEASE, Outbox, try_once
from alerts.domain import Act, Alert, Outcome, RawPost, Reason, Severity, Verdict
from alerts.drafts import Drafts
from alerts.errors import AlertsError, NotFound
from alerts.grouping import group
from alerts.httpclient import Client
from alerts.ledger import Fate, Silence
from alerts.normalise import normalise
from alerts.opening import open_pipeline
from alerts.pipeline import Pipeline
from alerts.reading import Read, read_act
from alerts.render import percent
from alerts.restraint import consider
from alerts.rules import Rule
from alerts.store import deliveries as delivery_queries
from alerts.store.posts import Draft
from alerts.traces import trace
from classifier.errors import ClassifierError
from classifier.labels import Tagging

SOURCE = "selftest"
"""What the canary's source and its rule are called."""

TEXT = (
    "Ruritania's trade ministry requires a licence for every export of lithography machines and "
    "gallium, in effect from today. (There is no such country: Tocsin wrote this post to see "
    "whether its messages arrive.)"
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How one stage went. says: what it came to, or what failed."""

    name: str
    ok: bool
    seconds: float
    says: str


class Failed(Exception):
    """A stage failed, and the rest cannot go on."""


class Course:
    """Runs stage after stage and tells of each as it ends."""

    def __init__(self, tell: Callable[[Stage], None]) -> None:
        self._tell = tell
        self.ok = True

    def run(self, name: str, work: Callable[[], T], say: Callable[[T], str]) -> T:
        """Run one stage. Raises Failed."""
        began = time.monotonic()
        try:
            done = work()
        except (AlertsError, ClassifierError) as error:
            self.note(name, ok=False, seconds=time.monotonic() - began, says=str(error))
            raise Failed from error
        self.note(name, ok=True, seconds=time.monotonic() - began, says=say(done))
        return done

    def note(self, name: str, *, ok: bool, seconds: float, says: str) -> None:
        """Tell how a stage went."""
        self.ok = self.ok and ok
        self._tell(Stage(name=name, ok=ok, seconds=seconds, says=says))


class _Marked(Books):
    """Books that mark every alert as a test, which no silence covers."""

    def silences(self, now: datetime) -> Sequence[Silence]:
        return ()

    def add(self, rule: Rule, case: Case, alert: Alert, fate: Fate) -> None:
        Books.add(self, rule, case, replace(alert, reason=Reason.TEST), fate)


def choose_channels(config: Config, named: str | None) -> tuple[str, ...]:
    """Return where the canary goes: as named, else to the operator, else to the only channel.

    Raises NotFound.
    """
    known = ", ".join(channel.name for channel in config.channels) or "none"
    if named is not None:
        if config.channel(named) is None:
            raise NotFound(f"{named}: no such channel in {config.path}: one of {known}")
        return (named,)
    if config.service.operator:
        return config.service.operator
    if len(config.channels) != 1:
        raise NotFound(
            f"{config.path}: name where the test goes with --channel, or in service.operator: "
            f"one of {known}"
        )
    return (config.channels[0].name,)


def run(
    config: Config,
    named: str | None,
    *,
    dry_run: bool,
    clock: Callable[[], datetime],
    tell: Callable[[Stage], None],
) -> bool:
    """Send the canary; return whether it arrived everywhere (dry_run: whether it would be sent).

    tell: called as each stage ends. Raises NotFound where the channel is not clear.
    """
    wanted = choose_channels(config, named)
    course = Course(tell)
    try:
        pipeline = course.run(
            "open",
            lambda: open_pipeline(config),
            lambda made: f"model {made.model.version}, database {made.store.name}",
        )
        try:
            bodies = _decide(course, pipeline, wanted, clock())
            for name, body in bodies.items():
                if dry_run:
                    says = f"{name}: {len(body):,} bytes would be sent"
                    course.note("delivery", ok=True, seconds=0.0, says=says)
                else:
                    _deliver(course, pipeline, name, body, clock)
        finally:
            pipeline.store.close()
    except Failed:
        return False
    return course.ok


def _decide(
    course: Course, pipeline: Pipeline, wanted: tuple[str, ...], now: datetime
) -> dict[str, bytes]:
    """Take the canary in, let a rule decide on it, take all back; return channel -> body."""
    raw = RawPost(
        source=SOURCE,
        external_id=secrets.token_hex(8),
        title=f"Tocsin's self-test of {now:%Y-%m-%d %H:%M:%S} UTC, no news",
        body=TEXT,
        published=now.isoformat(),
    )
    post = course.run(
        "normalise", lambda: normalise(raw, official=False, now=now), lambda made: made.title
    )
    tagging = course.run("classify", lambda: pipeline.model.tag([post.text])[0], _scores)
    act = course.run("act", lambda: read_act(pipeline.reader, post), _act)
    rule = Rule(name=SOURCE, severity=Severity.LOW, send=wanted)
    read = Read(post=post, tagging=tagging, act=act, seen=trace(post, act))
    with _taken_back(course, pipeline) as connection:
        case, _ = course.run(
            "event",
            lambda: _group(connection, pipeline, read),
            lambda made: "opened one" if made[1] == "opened" else f"joined one by its {made[1]}",
        )
        books = _Marked(
            connection=connection, config=pipeline.config, model=pipeline.model,
            drafts=Drafts(connection), at_once=True,
        )  # fmt: skip
        (alert,) = course.run(
            "rule",
            lambda: consider(
                [rule],
                case,
                books,
                home=pipeline.config.home,
                backfilled=False,
                now=now,
                config=pipeline.config.hash,
            ),
            lambda made: f"{len(made)} alert, for {', '.join(wanted)}",
        )
        rows = delivery_queries.of_alert(connection, alert.id)
    return {row.channel: row.body for row in rows}


@contextmanager
def _taken_back(course: Course, pipeline: Pipeline) -> Iterator[Connection]:
    """A transaction of the real database of which nothing stays."""
    opened = pipeline.store.write()
    connection = course.run("database", opened.__enter__, lambda _: "can be written to")
    try:
        yield connection
    finally:
        connection.rollback()
        opened.__exit__(None, None, None)


def _group(connection: Connection, pipeline: Pipeline, read: Read) -> tuple[Case, str]:
    drafts = Drafts(connection)
    placed = group(drafts, pipeline.window, read.post, read.tagging, read.act, read.seen)
    drafts.add_post(
        Draft(
            post=read.post,
            tagging=read.tagging,
            act=read.act,
            event_id=placed.event.id,
            joined_by=placed.by,
            backfilled=False,
        )
    )
    drafts.write()
    thresholds = pipeline.model.thresholds
    case = Case(post=read.post, tagging=read.tagging, event=placed.event, thresholds=thresholds)
    return case, placed.by


def _scores(tagging: Tagging) -> str:
    ranked = sorted(tagging.topics.items(), key=lambda item: -item[1])
    topics = ", ".join(f"{topic} {percent(share)}" for topic, share in ranked[:3])
    return f"{topics}; policy grade {tagging.policy.grade}"


def _act(act: Act) -> str:
    told = (act.instrument, act.stage and act.stage.value, act.authority, act.jurisdiction)
    return ", ".join(part for part in told if part) or "no act could be read"


def _deliver(
    course: Course, pipeline: Pipeline, name: str, body: bytes, clock: Callable[[], datetime]
) -> None:
    """Send one message through the outbox, and remove it from there."""
    lease, now = secrets.token_hex(8), clock()
    key = course.run(
        "outbox",
        lambda: _enqueue(pipeline, name, body, lease, now),
        lambda key: f"{name}: {len(body):,} bytes as {key}",
    )
    began = time.monotonic()
    try:
        outcome = asyncio.run(_try(pipeline, key, clock))
    finally:
        with pipeline.store.write() as connection:
            delivery_queries.forget(connection, key)
            off = delivery_queries.disabled_channels(connection).get(name)
    says = f"{name}: {outcome.detail}"
    arrived = outcome.verdict is Verdict.SENT
    if arrived and off:
        says += f"; but alerts are not sent there ({off}): `tocsin channels enable {name}`"
    course.note("delivery", ok=arrived and not off, seconds=time.monotonic() - began, says=says)


def _enqueue(pipeline: Pipeline, name: str, body: bytes, lease: str, now: datetime) -> str:
    with pipeline.store.write() as connection:
        key = delivery_queries.enqueue(
            connection, None, name, body, now=now, notice=f"{SOURCE} {now.isoformat()}"
        )
        # Leased at once, so that a service that runs leaves it to us.
        delivery_queries.lease(connection, key, lease=lease, until=now + LEASE)
    return key


async def _try(pipeline: Pipeline, key: str, clock: Callable[[], datetime]) -> Outcome:
    outbox = Outbox(
        store=pipeline.store,
        config=pipeline.config,
        client=Client(contact=pipeline.config.service.contact),
        clock=clock,
    )
    with pipeline.store.read() as connection:
        delivery = delivery_queries.one(connection, key)
    return await try_once(outbox, pipeline.config.channel(delivery.channel), delivery)
