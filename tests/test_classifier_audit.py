"""What an audit finds: planted label errors, contradicting near-duplicates, leaks; and no more."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import audit, corpus
from classifier.errors import CorpusError
from classifier.gazetteer import Gazetteer
from classifier.labels import TOPICS
from classifier.model import Parameters
from classifier.train import train

ROOT = Path(__file__).resolve().parents[1]
POST = (
    "Beijing puts gallium and germanium under an export licence from August, "
    "citing national security and the interests of the state"
)
ALMOST = POST.replace("from August", "starting in August")
OTHER = "The village choir sang until the bus came, and then it sang on the bus"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows into a file; fields that a row lacks are those of an empty label."""

    def write_rows(name: str, *rows: Mapping[str, Any]) -> Path:
        blank = {"lang": "en", "style": "social", "topics": [], "policy": 0}
        path = tmp_path / name
        path.write_text(
            "".join(json.dumps({**blank, **row}) + "\n" for row in rows), encoding="utf-8"
        )
        return path

    return write_rows


def pairs(twins: Sequence[audit.Twin]) -> list[tuple[str, str, bool, tuple[str, ...]]]:
    return [(twin.example.id, twin.other.id, twin.same, twin.differ) for twin in twins]


def test_near_duplicates_with_other_labels_contradict(write: Write) -> None:
    path = write(
        "a.jsonl",
        {"id": "1", "text": POST, "topics": ["china", "export-controls"], "policy": 3},
        {"id": "2", "text": OTHER},
        {"id": "3", "text": ALMOST, "topics": ["china"], "policy": 2},
        {"id": "4", "text": POST.upper(), "topics": ["china", "export-controls"], "policy": 3},
    )

    found = audit.contradictions(corpus.read([path], repeats=True))

    assert pairs(found) == [
        ("3", "1", False, ("export-controls", "policy")),
        ("4", "3", False, ("export-controls", "policy")),
    ]


def test_one_text_labelled_in_two_ways_is_told_where_it_may_be_read(write: Write) -> None:
    path = write("a.jsonl", {"id": "1", "text": POST}, {"id": "2", "text": POST, "policy": 3})

    found = audit.contradictions(corpus.read([path], repeats=True))

    assert pairs(found) == [("2", "1", True, ("policy",))]
    assert found[0].place.endswith("a.jsonl:2")
    with pytest.raises(CorpusError, match="contradict"):
        corpus.read([path])


def test_a_topic_that_either_row_is_unsure_of_contradicts_nothing(write: Write) -> None:
    path = write(
        "a.jsonl",
        {"id": "1", "text": POST, "topics": ["china"], "unsure": ["export-controls"]},
        {"id": "2", "text": ALMOST, "topics": ["china", "export-controls"]},
    )

    assert audit.contradictions(corpus.read([path])) == []


def test_only_near_duplicates_in_two_files_leak(write: Write) -> None:
    one = write("a.jsonl", {"id": "1", "text": POST}, {"id": "2", "text": ALMOST})
    two = write("b.jsonl", {"id": "3", "text": OTHER}, {"id": "1", "text": POST})

    found = audit.leaks(corpus.read([one, two], repeats=True))

    assert [(twin.place, twin.other_place) for twin in found] == [(f"{two}:2", f"{one}:1")]


def test_near_duplicates_share_a_fold(write: Write) -> None:
    rows = [{"id": f"{at}", "text": f"{OTHER} {'again ' * at}"} for at in range(6)]
    read = corpus.read([write("a.jsonl", *rows, {"id": "x", "text": POST})])

    folds = corpus.deal(read.examples, 5).tolist()

    assert len(set(folds[:6])) == 1


@pytest.mark.parametrize(
    ("policy", "at_least", "expected", "certainty"),
    [
        (3, (0.9, 0.8, 0.1), "2", 0.9),
        (3, (0.2, 0.05, 0.01), "0", 0.99),
        (0, (0.95, 0.9, 0.85), "3", 0.95),
        (1, (0.97, 0.9, 0.2), "2", 0.9),
    ],
)
def test_a_grade_is_doubted_at_its_weaker_border(
    write: Write,
    policy: int,
    at_least: tuple[float, float, float],
    expected: str,
    certainty: float,
) -> None:
    read = corpus.read([write("a.jsonl", {"id": "1", "text": POST, "policy": policy})])

    (found,) = audit.doubts(read, np.array([[0.0] * len(TOPICS) + [*at_least]]))

    assert (found.label, found.given, found.expected) == ("policy", str(policy), expected)
    assert found.certainty == pytest.approx(certainty)


def test_doubts_come_most_certain_first_and_spare_what_is_unsure(write: Write) -> None:
    path = write(
        "a.jsonl",
        {"id": "1", "text": POST, "topics": ["china"], "unsure": ["stocks-technology"]},
        {"id": "2", "text": OTHER, "topics": ["china"]},
    )
    chances = np.array([[0.6, 0.1, 1.0, 0.0, 0, 0, 0], [0.0, 0.02, 0.0, 0.0, 0, 0, 0]])

    found = audit.doubts(corpus.read([path]), chances)

    assert [(one.example.id, one.label, one.given) for one in found] == [
        ("2", "china", "yes"),
        ("1", "china", "yes"),
        ("1", "electric-vehicles", "no"),
    ]
    assert [one.label for one in audit.doubts(corpus.read([path]), chances, least=0.95)] == [
        "china"
    ]


def test_planted_errors_are_among_the_most_doubtful_labels(tmp_path: Path) -> None:
    rows = [
        json.loads(line)
        for file in sorted((ROOT / "data" / "corpus").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()[::8]
    ]
    clear = [row for row in rows if "electric-vehicles" in row["topics"]]
    planted = {row["id"] for row in clear[::12]}
    for row in rows:
        if row["id"] in planted:
            row["topics"].remove("electric-vehicles")
    path = tmp_path / "small.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    read = corpus.read([path])
    gazetteer = Gazetteer.load(ROOT / "data" / "gazetteer")
    chances = train(read, gazetteer, Parameters(folds=2), version="v").held_out

    found = [one for one in audit.doubts(read, chances) if one.label == "electric-vehicles"]

    first = {one.example.id for one in found[: 3 * len(planted)]}
    assert len(planted & first) >= 0.6 * len(planted)
