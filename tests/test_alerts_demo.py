"""The demo: every act is told, no noise is, and nothing leaves the machine."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from alerts import demo
from alerts.events import WEAK
from alerts.opening import load_config, open_pipeline
from alerts.store import listing
from alerts.store.connect import open_store
from alerts.store.tables import posts
from classifier.resources import shipped

EXPECTED = json.loads((shipped("data", "demo") / "expected.json").read_text(encoding="utf-8"))
ACTS = {act["act"]: act for act in EXPECTED["acts"]}
CATHODE = ACTS["cathode-and-lithium-technology"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The morning as it went: what was counted, stored and printed, and who was connected to.

    homes: id of a post -> the event that it is in, which may lean on another one.
    opened: ids of the posts that opened theirs.
    """

    score: demo.Score
    alerts: list[dict[str, Any]]
    homes: dict[str, str]
    opened: set[str]
    printed: str
    addresses: set[str]


REWORDED = ("paraphrase", "translation")
"""How posts belong to an act of which one may be missed: their own words are all they share."""

LISTENING: list[set[str]] = []
"""Where the addresses that are connected to go; an audit hook cannot be taken out again."""


def listen(event: str, arguments: tuple[Any, ...]) -> None:
    if LISTENING and event == "socket.connect" and isinstance(arguments[1], tuple):
        LISTENING[-1].add(str(arguments[1][0]))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    database = f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.db"
    sys.addaudithook(listen)
    LISTENING.append(set())
    # The console writes to standard output as it stands when a message is sent.
    printed = Path(tmp_path_factory.mktemp("screen")) / "out"
    before = sys.stdout
    with printed.open("w", encoding="utf-8") as screen:
        sys.stdout = screen
        try:
            score = demo.play(
                demo.read_recording(shipped("data", "demo")),
                lambda path: open_pipeline(load_config(path), database=database),
                lambda tick, reports: None,
            )
        finally:
            sys.stdout = before
    addresses = LISTENING.pop()
    store = open_store(database)
    with store.read() as connection:
        rows = listing.list_alerts(connection, 100)
        alerts = [listing.show_alert(connection, row["id"]) or {} for row in reversed(rows)]
        # Social sites count their posts apart, so there an id has its network before it.
        found = [
            (name.split("::")[-1], event, by)
            for name, event, by in connection.execute(
                select(posts.c.external_id, posts.c.event_id, posts.c.joined_by)
            )
        ]
    store.close()
    return Played(
        score=score, alerts=alerts, addresses=addresses,
        homes={name: event for name, event, _ in found},
        opened={name for name, _, by in found if by in ("opened", "told apart", WEAK)},
        printed=printed.read_text(encoding="utf-8"),
    )  # fmt: skip


def test_every_act_is_told_when_and_from_which_post_a_careful_reader_expects(
    played: Played,
) -> None:
    expected = [
        (alert["tick"], alert["reason"], act["rule"], act["severity"], alert["post"])
        for act in EXPECTED["acts"]
        for alert in act["alerts"]
    ]

    told = [(alert["at"][11:16], alert["reason"], alert["rule"], alert["severity"], alert["post"])
            for alert in played.alerts]  # fmt: skip

    assert told == sorted(expected)
    counts = EXPECTED["counts"]
    assert (played.score.posts, played.score.alerts, played.score.updates, played.score.sent) == (
        counts["posts"],
        counts["alerts_new"] + counts["alerts_updated"],
        counts["alerts_updated"],
        counts["alerts_new"] + counts["alerts_updated"],
    )


def test_relays_are_one_event_and_the_look_alike_is_another(played: Played) -> None:
    home = played.homes
    homes = {
        name: {home[post["id"]] for post in act["posts"] if post["how"] not in REWORDED}
        for name, act in ACTS.items()
    }

    assert {name: len(found) for name, found in homes.items()} == dict.fromkeys(ACTS, 1)
    assert len(set.union(*homes.values())) == len(ACTS)
    strayed = [
        post["id"]
        for name, act in ACTS.items()
        for post in act["posts"]
        if home[post["id"]] not in homes[name]
    ]
    assert len(strayed) <= 1
    noise = {post for posts in EXPECTED["noise"].values() for post in posts}
    assert not {alert["post"] for alert in played.alerts} & noise


def test_no_event_that_is_told_of_began_with_a_post_on_no_act(played: Played) -> None:
    noise = {post for posts in EXPECTED["noise"].values() for post in posts}
    told = {alert["event"] for alert in played.alerts}
    opened = {name for name, event in played.homes.items() if event in told} & played.opened

    assert len(opened) == len(told) == len(ACTS)
    assert not opened & noise


def test_the_official_text_is_an_update_that_reads_by_itself(played: Played) -> None:
    (update,) = [alert for alert in played.alerts if alert["reason"] == "updated"]
    first = next(a for a in played.alerts if a["event"] == update["event"])
    data = update["document"]["data"]

    assert CATHODE["lead_minutes"] == data["lead_minutes"] == 138
    assert update["changes"] == ["official text found, 2 h 18 min after the first post"]
    assert data["first_alert_id"] == first["id"]
    message = re.search(r"^\[critical\] Update: .*?\n\n", played.printed, re.MULTILINE | re.DOTALL)
    assert message is not None
    headline, summary, follows, *_ = message[0].splitlines()
    assert headline.startswith(
        "[critical] Update: official text found – 商务部 科技部公告2026年第72号"
    )
    assert summary.startswith(f"  changed: {update['changes'][0]} · MOFCOM (CN) · ")
    assert summary.endswith(
        "official text (mofcom.example.org): https://mofcom.example.org/gg/2026/72.html"
    )
    assert follows == (
        f"  Update to    “{first['headline']}”, alerted at 2026-11-24 06:00 UTC "
        f"(alert {first['id']})"
    )


def test_nothing_leaves_the_machine(played: Played) -> None:
    assert played.addresses == {"127.0.0.1"}
