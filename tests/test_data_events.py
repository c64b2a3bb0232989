"""The streams on which the grouping of posts into policy acts is measured: are they well-formed?

Two halves of like difficulty with acts of their own: `tune.jsonl` to improve the grouping on,
`held.jsonl` to measure it. A row is a post in order of arrival; `act` names the policy act that
it speaks of, `role` how, `stage` how far the act has come by this post, and `new_information`
marks a post after the first that a reader wants to hear of. `look-alikes.json` lists acts that
read alike and must stay apart. All developments in it are invented. The `fresh` streams are by
other hands, in the same form, each with look-alikes of its own.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.domain import Stage
from classifier.labels import GRADES

FOLDER = Path(__file__).resolve().parent / "data" / "events"
HALVES = ("tune", "held")
FRESH = tuple(sorted(path.stem for path in FOLDER.glob("fresh-*.jsonl")))
STREAMS = (*HALVES, *FRESH)
FIELDS = {
    "id": str,
    "published": str,
    "source": str,
    "url": str,
    "author": str | None,
    "lang": str,
    "official": bool,
    "title": str,
    "body": str,
    "act": str | None,
    "role": str,
    "grade": int,
    "stage": str | None,
    "new_information": bool,
}
ROLES = frozenset(
    [
        "first",
        "relay",
        "quote",
        "paraphrase",
        "translation",
        "followup",
        "official",
        "correction",
        "noise",
        "digest",
        "reaction",
        "late",
    ]
)
WITHOUT_ACT = frozenset({"noise", "digest"})
NEWS = frozenset({"followup", "official", "correction"})
LATE = timedelta(days=2)

Row = Mapping[str, Any]


def read_stream(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def read_look_alikes(name: str = "look-alikes") -> list[list[str]]:
    groups: list[list[str]] = json.loads((FOLDER / f"{name}.json").read_bytes())
    return groups


def by_act(rows: Sequence[Row]) -> dict[str, list[Row]]:
    acts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["act"] is not None:
            acts[row["act"]].append(row)
    return acts


def published(row: Row) -> datetime:
    return datetime.fromisoformat(row["published"])


@pytest.fixture(params=STREAMS)
def stream(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return read_stream(request.param)


def read_all(names: Sequence[str]) -> list[dict[str, Any]]:
    return [row for name in names for row in read_stream(name)]


def test_every_row_has_the_fields_and_their_types(stream: list[dict[str, Any]]) -> None:
    for row in stream:
        assert list(row) == list(FIELDS), row["id"]
        for name, kind in FIELDS.items():
            assert isinstance(row[name], kind), (row["id"], name)


def test_every_value_is_one_of_those_allowed(stream: list[dict[str, Any]]) -> None:
    for row in stream:
        assert row["role"] in ROLES, row["id"]
        assert row["lang"] in {"en", "zh", "zh-Hant"}, row["id"]
        assert row["grade"] in GRADES, row["id"]
        assert row["stage"] is None or Stage(row["stage"]), row["id"]
        assert row["url"].startswith("https://"), row["id"]
        assert row["title"] or row["body"], row["id"]


def test_ids_are_unique() -> None:
    counts = Counter(row["id"] for row in read_all(STREAMS))

    assert [name for name, count in counts.items() if count > 1] == []


def test_a_chinese_row_holds_chinese_and_no_other_does(stream: list[dict[str, Any]]) -> None:
    for row in stream:
        han = len(re.findall(r"[\u4e00-\u9fff]", row["title"] + row["body"]))

        assert (han >= 6) == row["lang"].startswith("zh"), row["id"]


def test_dates_are_sane(stream: list[dict[str, Any]]) -> None:
    for row in stream:
        at = published(row)

        assert at.tzinfo == UTC, row["id"]
        assert datetime(2025, 10, 1, tzinfo=UTC) <= at < datetime(2027, 3, 1, tzinfo=UTC), row["id"]


def test_rows_arrive_in_order_but_for_the_late_ones(stream: list[dict[str, Any]]) -> None:
    newest = published(stream[0])
    for row in stream:
        if row["role"] == "late":
            assert published(row) <= newest - LATE, row["id"]
        else:
            assert published(row) >= newest, row["id"]
            newest = published(row)


def test_only_noise_and_digests_are_without_an_act(stream: list[dict[str, Any]]) -> None:
    for row in stream:
        assert (row["act"] is None) == (row["role"] in WITHOUT_ACT), row["id"]
        assert row["act"] is not None or row["grade"] <= 1, row["id"]
        assert row["stage"] is None or row["grade"] >= 2, row["id"]


def test_each_act_opens_with_its_only_first_post(stream: list[dict[str, Any]]) -> None:
    for act, rows in by_act(stream).items():
        assert [row["role"] for row in rows].index("first") == 0, act
        assert sum(row["role"] == "first" for row in rows) == 1, act
        assert rows[0]["grade"] >= 2, act
        assert [row["id"] for row in rows] == [f"{act}-{n:02d}" for n in range(1, len(rows) + 1)]


def test_an_update_comes_from_a_post_that_brings_news(stream: list[dict[str, Any]]) -> None:
    for row in stream:
        if row["new_information"]:
            assert row["role"] in NEWS, row["id"]
            assert row["grade"] >= 2, row["id"]


def test_a_stage_moves_on_with_an_update(stream: list[dict[str, Any]]) -> None:
    for rows in by_act(stream).values():
        told = {rows[0]["stage"], None}
        for row in rows:
            assert row["stage"] in told or row["new_information"], row["id"]
            told.add(row["stage"])


def test_the_halves_are_as_large_as_promised() -> None:
    stream = read_all(HALVES)
    roles = Counter(row["role"] for row in stream)
    acts = by_act(stream)

    assert len(stream) >= 600
    assert len(acts) >= 60
    assert roles["noise"] >= 100
    assert roles["digest"] >= 6
    assert roles["late"] >= 10
    assert set(roles) == ROLES
    assert sum(row["lang"] != "en" for row in stream) >= 0.25 * len(stream)
    assert min(map(len, acts.values())) >= 3
    assert max(map(len, acts.values())) >= 40


def test_the_halves_are_alike_and_share_no_act_or_text() -> None:
    tune, held = (read_stream(name) for name in HALVES)

    assert by_act(tune).keys().isdisjoint(by_act(held))
    assert len(by_act(tune)) == len(by_act(held))
    assert abs(len(tune) - len(held)) <= 0.1 * len(tune)
    texts = [{(row["title"], row["body"]) for row in rows} for rows in (tune, held)]
    assert texts[0].isdisjoint(texts[1])


def test_look_alikes_are_groups_of_acts_within_one_half() -> None:
    groups = read_look_alikes()
    acts = [set(by_act(read_stream(name))) for name in HALVES]

    assert len(groups) >= 20
    for group in groups:
        assert len(set(group)) == len(group) >= 2, group
        assert any(set(group) <= half for half in acts), group
    for half in acts:
        assert sum(set(group) <= half for group in groups) >= 10


@pytest.mark.parametrize("name", FRESH)
def test_look_alikes_of_another_hand_are_groups_of_its_acts(name: str) -> None:
    acts = set(by_act(read_stream(name)))
    groups = read_look_alikes(f"{name}-look-alikes")

    assert len(groups) >= 20
    assert all(len(set(group)) == len(group) >= 2 and set(group) <= acts for group in groups)


@pytest.mark.parametrize("name", HALVES)
def test_each_half_holds_the_awkward_posts(name: str) -> None:
    rows = read_stream(name)
    texts = [f"{row['title']} {row['body']}" for row in rows]
    copies: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        copies[re.sub(r"\W+", "", row["title"] + row["body"])].add(row["source"])

    assert any("9999" in text for text in texts)
    assert any("wrong" in text and text.count("No.") >= 2 for text in texts)
    assert max(map(len, copies.values())) >= 5
