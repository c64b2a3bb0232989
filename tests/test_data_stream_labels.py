"""The labels of a year's official notices: well-formed, and drawn from the stream as declared.

A row of `stream_labels.jsonl` names a notice and says what a careful reader makes of its title
and abstract; the texts stay in the stream. `sample` is "random" for a uniform draw, fit for
measuring at natural prevalence, and "sought" for rows that a query found, fit for recall only.
`unsure` names the topics that careful readers may differ on; `topics` says the likelier reading
of those too.
"""

import json
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from classifier.labels import GRADES, TOPICS

LABELS = Path(__file__).resolve().parent / "data" / "stream_labels.jsonl"
STREAM = Path(__file__).resolve().parents[2] / "shared" / "streams" / "federal_register_2024.jsonl"
SEED = 20261125
RANDOM_ROWS = 520
SOUGHT: Mapping[str, int] = {
    r"export administration|export control|export privileges|entity list|denial order"
    r"|denying export|unverified list|military end.user|dual.use|commerce control list"
    r"|munitions|traffic in arms|industry and security|export licen|licen[sc]e to export"
    r"|to export|exporter of controlled|nonproliferation": 60,
    r"sanction|foreign assets control|blocked persons|blocking (of )?property": 12,
    r"\bchina\b|\bchinese\b|hong kong|macau|taiwan|people's republic|xinjiang|uyghur": 26,
    r"semiconductor|\bchips\b|integrated circuit|artificial intelligence|microelectronic"
    r"|quantum|cybersecurity|telecommunication|broadband|spectrum|satellite|\b[56]g\b"
    r"|data center|cloud computing|unmanned aircraft": 28,
    r"electric vehicle|electric.powered|electric bicycle|clean vehicle|fuel econom"
    r"|alternative fuel|charging station|heavy.duty vehicles|light.duty and"
    r"|technology vehicle|critical mineral|lithium.ion|30D\b": 18,
    r"batter(y|ies)|lithium|hybrid|zero.emission|\bcharging\b": 6,
}
"""Queries in their order, each with the rows to draw from its matches not yet drawn."""

needs_stream = pytest.mark.skipif(
    not STREAM.exists(), reason="the folder of shared texts is not there"
)


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def draw(stream: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Draw the sample anew. Returns id and sample of each row, in the order of the labels."""
    uniform = random.Random(SEED).sample(stream, RANDOM_ROWS)
    drawn = {row["id"]: "random" for row in uniform}
    chance = random.Random(SEED)
    for query, rows in SOUGHT.items():
        found = [
            row["id"]
            for row in stream
            if row["id"] not in drawn
            and re.search(query, f"{row['title']}\n{row['abstract']}", re.IGNORECASE)
        ]
        drawn |= dict.fromkeys(chance.sample(found, rows), "sought")
    return list(drawn.items())


@pytest.fixture(scope="module")
def labels() -> list[dict[str, Any]]:
    return read_rows(LABELS)


def test_rows_carry_ids_and_labels_and_no_text(labels: list[dict[str, Any]]) -> None:
    fields = {"id", "sample", "topics", "policy", "unsure"}

    assert [row for row in labels if row.keys() != fields] == []
    assert [
        row["id"]
        for row in labels
        if not re.fullmatch(r"federal_register:(C\d-)?\d{4}-\d{5}", row["id"])
    ] == []


def test_ids_are_unique(labels: list[dict[str, Any]]) -> None:
    assert len({row["id"] for row in labels}) == len(labels)


def test_labels_have_allowed_values(labels: list[dict[str, Any]]) -> None:
    for row in labels:
        assert row["sample"] in ("random", "sought"), row
        assert type(row["policy"]) is int, row
        assert row["policy"] in GRADES, row
        for field in ("topics", "unsure"):
            assert set(row[field]) <= set(TOPICS), row
            assert row[field] == sorted(set(row[field])), row


def test_there_are_enough_rows_to_measure(labels: list[dict[str, Any]]) -> None:
    uniform = [row for row in labels if row["sample"] == "random"]
    positives = {topic: sum(topic in row["topics"] for row in labels) for topic in TOPICS}

    assert len(uniform) >= 400
    assert min(positives.values()) >= 5
    assert sum("export-controls" in row["topics"] and row["policy"] == 3 for row in labels) >= 30


@needs_stream
@pytest.mark.shared
def test_every_label_names_a_notice_of_the_stream(labels: list[dict[str, Any]]) -> None:
    known = {row["id"] for row in read_rows(STREAM)}

    assert [row["id"] for row in labels if row["id"] not in known] == []


@needs_stream
@pytest.mark.shared
def test_the_sample_is_the_declared_draw(labels: list[dict[str, Any]]) -> None:
    assert [(row["id"], row["sample"]) for row in labels] == draw(read_rows(STREAM))
