"""Alerts that cannot be rendered, receivers that refuse them, and hostile texts, among good ones.

Each bad message must be dead once, with its reason; everything else must arrive, in time and
although the same poll brought it.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from alerts import channels
from alerts import pipeline as stages
from alerts.deliver import Outbox, deliver_due
from alerts.domain import Alert, DeliveryState, Fetched, Polled, RawPost
from alerts.httpclient import Client
from alerts.store import tables
from alerts.store.connect import open_store
from tests.chaos.kills import act
from tests.chaos.sure import maker

NOW = datetime(2026, 11, 28, tzinfo=UTC)
A_POLL = 20
"""Posts that come in one poll."""

SENT = str(DeliveryState.SENT)
BROKEN = "unrenderable"
REFUSED = "undeliverable"
HOSTILE = (
    "\ud800", "a\x00b\udfff", "\x1b[2J\x9b31m", "\u202e" * 50, "<!channel>", "{{7*7}}{% for %}",
    "${env:HOME}", "%s%n%x{0.__class__}", "\r\nwebhook-id: forged\r\n\r\n", '"},"type":"forged',
    "<" * 20_000, "&" * 20_000, "\n" * 10_000, "\U0001f4a5" * 10_000, "\U0010ffff", "é\u0301" * 999,
    "x" * 200_000, "' OR 1=1; DROP TABLE posts; --", "a" * 199 + "\ud83d",
    "<script>alert(1)</script>",
)  # fmt: skip
FIELDS = ("body", "title", "author", "url", "language")


@dataclass(slots=True)
class Verdict:
    """What became of good and of bad posts.

    became: kind of post, channel, and why its message is dead, or "sent" or "open" -> how many;
        each post counts once for each channel. again: messages beyond the first of one post.
    """

    good: int
    bad: int
    became: Counter[tuple[str, str, str]]
    again: int
    failed_polls: list[str]

    @property
    def arrived(self) -> int:
        """Return how many good posts arrived at each channel, at least."""
        return min(self.became["good", channel, SENT] for channel in ("desk", "hook"))

    def check(self) -> None:
        """Fail unless all that is good arrived, and all that is bad is dead with its reason."""
        assert (self.again, self.failed_polls) == (0, []), self
        assert self.became == {
            ("good", "hook", SENT): self.good,
            ("good", "desk", SENT): self.good,
            ("broken", "hook", SENT): self.bad,
            ("broken", "desk", "cannot be rendered: unforeseen KeyError in channel desk"): self.bad,
            ("refused", "hook", "refused: the receiver answered 413"): self.bad,
            ("refused", "desk", "refused: Slack answered 413"): self.bad,
            ("hostile", "hook", SENT): self.bad,
            ("hostile", "desk", SENT): self.bad,
        }, self


@contextmanager
def fragile_slack() -> Iterator[None]:
    """Let Slack's rendering fail for the posts that say so."""
    whole = channels.KINDS["slack"]

    def render(config: Any, alert: Alert) -> bytes:
        if BROKEN in alert.posts[0].text:
            raise KeyError(alert.posts[0].title)
        return whole.render(config, alert)

    channels.KINDS["slack"] = replace(whole, render=render)
    try:
        yield
    finally:
        channels.KINDS["slack"] = whole


class Refusing(Client):
    """Takes every message but those that say so."""

    def sender(self, *, allow_private: bool = False, deadline: float = 15.0) -> Any:
        """Return what takes one message."""

        async def send(url: str, *, content: bytes, headers: Mapping[str, str]) -> Fetched:
            status = 413 if REFUSED.encode() in content else 200
            return Fetched(status=status, url=url, headers={}, body=b"ok")

        return send


def posts(good: int, bad: int) -> list[RawPost]:
    """Return good posts, and of each kind of bad one so many among them."""
    made = [
        RawPost(source="wire", external_id=f"good {number}", body=act(number))
        for number in range(good)
    ]
    for number in range(bad):
        # Three are added each time, so that this spreads them over all.
        place = number * (good // bad + 3)
        broken, refused, hostile = (act(good + 3 * number + more) for more in range(3))
        spoilt: dict[str, Any] = {
            "source": "wire",
            "body": hostile,
            "external_id": f"hostile {number}",
        }
        field = FIELDS[number % len(FIELDS)]
        # A text of nothing else would report no act of its own.
        spoilt[field] = (
            (f"{hostile} " if field == "body" else "")
            + HOSTILE[number // len(FIELDS) % len(HOSTILE)]
            + str(number)
        )
        made[place:place] = [
            RawPost(source="wire", external_id=f"broken {number}", body=f"{BROKEN} {broken}"),
            RawPost(source="wire", external_id=f"refused {number}", body=f"{REFUSED} {refused}"),
            RawPost(**spoilt),
        ]
    return made


def poison(folder: Path, good: int, bad: int) -> Verdict:
    """Take in and deliver so many good posts, and so many of each kind of bad one."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(f"sqlite:///{folder}/t.db")
    pipeline = maker(folder)(store)
    stages.prepare(pipeline, NOW)
    (source,) = pipeline.config.sources
    failed = []
    raw = posts(good, bad)
    with fragile_slack():
        for start in range(0, len(raw), A_POLL):
            polled = Polled(posts=tuple(raw[start : start + A_POLL]), cursor={})
            report = stages.settle_poll(pipeline, source, polled, NOW)
            failed += [report.error] if report.error else []
    outbox = Outbox(
        store=store, config=pipeline.config, client=Refusing(), clock=lambda: NOW,
        last_sent={"desk": -1e12},
    )  # fmt: skip
    with unhurried():
        asyncio.run(deliver_due(outbox))
    with store.read() as connection:
        query = (
            select(tables.deliveries, tables.posts.c.external_id)
            .join(tables.alerts, tables.alerts.c.id == tables.deliveries.c.alert_id)
            .join(tables.posts, tables.posts.c.id == tables.alerts.c.post_id)
        )
        rows = connection.execute(query).all()
    store.close()
    became = {
        (row.external_id, row.channel): row.last_error
        if row.state == DeliveryState.DEAD
        else str(row.state)
        for row in rows
    }
    return Verdict(
        good=good,
        bad=bad,
        became=Counter((name.split()[0], channel, end) for (name, channel), end in became.items()),
        again=len(rows) - len(became),
        failed_polls=failed,
    )


def told(verdict: Verdict) -> str:
    """Return what became of the posts, in one line."""
    dead = sum(often for (_, _, end), often in verdict.became.items() if end != SENT)
    return (
        f"{verdict.arrived:,} of {verdict.good:,} good posts arrived at both channels, among "
        f"{verdict.bad} that cannot be rendered, {verdict.bad} that are refused and {verdict.bad} "
        f"hostile ones; {dead} dead with their reason, "
        f"{len(verdict.failed_polls)} polls failed"
    )


@contextmanager
def unhurried() -> Iterator[None]:
    """Let messages to Slack follow one another at once."""
    whole = channels.KINDS["slack"]
    channels.KINDS["slack"] = replace(whole, pace=0.0)
    try:
        yield
    finally:
        channels.KINDS["slack"] = whole
