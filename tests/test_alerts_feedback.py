"""The label queue, its file, and the formats that labels are exchanged in."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from alerts import cli, feedback
from alerts.feedback import Draft, Move, press
from classifier import corpus, exchange
from classifier.errors import CorpusError
from classifier.labels import TOPICS, Example

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """\
service: {database: sqlite:///t.db, web: "off"}
sources:
  - {name: posts, kind: jsonl, path: posts.jsonl, backfill: all}
channels:
  - {name: screen, kind: console}
rules:
  - {name: controls, topics: {all: [export-controls]}, send: [screen]}
"""
POSTS = (
    "Beijing bans exports of gallium to the United States",
    "Rivian cuts its delivery outlook as battery costs rise",
    "The choir sang on the night bus to Leeds",
    "商务部对稀土相关技术实施出口管制",
)
AWKWARD = (
    "=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'quoted", "'=kept", "''=kept",
    'say "hi", twice;\nand a line', "两用物项\r\n第二行", "＝１＋１",
)  # fmt: skip

Run = Callable[..., tuple[int, str, str]]


def example(id: str = "1", text: str = "Gallium", **fields: Any) -> Example:
    known: dict[str, Any] = {
        "lang": "en", "style": "social", "topics": frozenset(), "policy": 0, **fields,
    }  # fmt: skip
    return Example(id=id, text=text, **known)


EXAMPLES = [
    example("a", topics=frozenset({"china", "export-controls"}), policy=3),
    example("b", "Choir", unsure=frozenset({"china"}), lang="zh", style="headline"),
    *(example(f"={at}", text) for at, text in enumerate(AWKWARD)),
]


def read_back(form: str, content: bytes) -> list[Example]:
    return [one for _, one in feedback.parse_labels(form, content, "f")]


@pytest.fixture
def tocsin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Run a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_MODELS", str(ROOT / "models"))

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)
        said = capsys.readouterr()
        return int(caught.value.code or 0), said.out, said.err

    yield run
    structlog.reset_defaults()


@pytest.fixture
def filled(tmp_path: Path, tocsin: Run) -> Path:
    """A folder with a config and a database that holds POSTS."""
    (tmp_path / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
    rows = [
        {"id": str(at), "published": f"2026-11-24T0{at}:00:00Z", "text": text}
        for at, text in enumerate(POSTS)
    ]
    (tmp_path / "posts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert tocsin("poll", "posts")[0] == 0
    return tmp_path


def label(folder: Path, typed: str, *options: str) -> tuple[int, str]:
    """Run `tocsin label` with its standard input from a pipe."""
    run = subprocess.run(
        [sys.executable, "-m", "alerts.cli", "label", *options],
        cwd=folder, input=typed, text=True, capture_output=True, timeout=120, check=False,
        env={**os.environ, "TOCSIN_MODELS": str(ROOT / "models"), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return run.returncode, run.stderr


def labels_in(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


# Keys -------------------------------------------------------------------------------------


def typed(keys: str, draft: Draft | None = None) -> Draft | Move | None:
    """Press keys one after another; stop at the first that leaves the draft or means nothing."""
    state: Draft | Move | None = draft or Draft()
    for key in keys:
        if not isinstance(state, Draft):
            break
        state = press(state, key, TOPICS)
    return state


@pytest.mark.parametrize(
    ("keys", "made"),
    [
        ("2", Draft(topics=frozenset({"china"}))),
        ("24", Draft(topics=frozenset({"china", "export-controls"}))),
        ("242", Draft(topics=frozenset({"export-controls"}))),
        ("p3", Draft(policy=3)),
        ("p3p1", Draft(policy=1)),
        ("u1", Draft(unsure=frozenset({"electric-vehicles"}))),
        ("u1u1", Draft()),
        ("p", Draft(pending="p")),
        ("p4", None),
        ("ps", None),
        ("5", None),
        ("u5", None),
        ("0", None),
        ("x", None),
        ("\x1b[A", None),
        ("\n", Move.SAVE),
        ("\r", Move.SAVE),
        ("s", Move.SKIP),
        ("z", Move.UNDO),
        ("1q", Move.QUIT),
    ],
)
def test_what_keys_mean(keys: str, made: Draft | Move | None) -> None:
    assert typed(keys) == made


# The queue --------------------------------------------------------------------------------


def test_labels_are_appended_and_train_can_read_them(filled: Path) -> None:
    code, said = label(filled, "24p3\np1\n\nq")

    assert code == 0, said
    rows = labels_in(filled)
    assert [(row["topics"], row["policy"]) for row in rows] == [
        (["china", "export-controls"], 3),
        ([], 1),
        ([], 0),
    ]
    assert {row["text"] for row in rows} < set(POSTS)
    assert len(corpus.read([filled / "labels.jsonl"]).examples) == 3


def test_the_next_session_goes_on_where_the_last_one_ended(filled: Path) -> None:
    label(filled, "\nq")
    label(filled, "\n\n\n\n\n")
    code, said = label(filled, "")

    assert code == 0
    assert sorted(row["text"] for row in labels_in(filled)) == sorted(POSTS)
    assert "no unlabelled post" in said


def test_undo_takes_the_last_label_off_the_file_and_asks_again(filled: Path) -> None:
    label(filled, "1\n2\nzz3\nq")

    assert [row["topics"] for row in labels_in(filled)] == [["stocks-technology"]]


def test_a_skipped_post_gets_no_label_and_undo_brings_it_back(filled: Path) -> None:
    label(filled, "sz2\nszs\nq")

    assert [row["topics"] for row in labels_in(filled)] == [["china"], []]


def test_the_end_of_the_input_saves_nothing_more(filled: Path) -> None:
    code, _ = label(filled, "2")

    assert code == 0
    assert not (filled / "labels.jsonl").exists()


def test_an_unknown_key_changes_nothing_and_is_told(filled: Path) -> None:
    _, said = label(filled, "x2p9\nq")

    assert said.count("means nothing") == 2
    assert labels_in(filled)[0]["topics"] == ["china"]


def test_a_suggested_label_begins_as_the_model_has_it(filled: Path) -> None:
    label(filled, "\n\n\n\n", "--suggest")

    by_text = {row["text"]: row["topics"] for row in labels_in(filled)}
    assert {"china", "export-controls"} <= set(by_text[POSTS[0]])
    assert by_text[POSTS[2]] == []


def test_a_limit_bounds_the_session(filled: Path) -> None:
    label(filled, "\n\n\n\n", "--limit", "2")

    assert len(labels_in(filled)) == 2


# The file ---------------------------------------------------------------------------------


def test_a_line_without_its_end_is_not_run_together_with_the_next(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    feedback.append(file, [example("a")])
    file.write_bytes(file.read_bytes().rstrip(b"\n"))

    feedback.append(file, [example("b", "Choir")])

    assert [one.id for _, one in feedback.read_labels(file)] == ["a", "b"]


def test_undo_leaves_alone_what_somebody_else_added(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    feedback.append(file, [example("a")])
    feedback.append(file, [example("b", "Choir")])
    before = file.read_bytes()

    with pytest.raises(CorpusError, match="changed since"):
        feedback.take_back(file, example("a"))

    assert file.read_bytes() == before


def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be written"):
        feedback.append(tmp_path / "missing" / "labels.jsonl", [example()])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_clear_line() -> None:
    with pytest.raises(CorpusError, match="cannot be written"):
        feedback.append(Path("/dev/full"), [example()])


# Exchange ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", exchange.WRITERS)
def test_what_is_exported_comes_back_the_same(form: str) -> None:
    assert read_back(form, exchange.write(form, EXAMPLES)) == EXAMPLES


def test_no_cell_of_a_csv_is_a_formula() -> None:
    content = exchange.write("csv", [example(text, text) for text in AWKWARD]).decode("utf-8-sig")

    cells = content.replace('"', "").replace("\n", ",").split(",")

    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t＝")]


def test_label_studio_tasks_have_its_shape() -> None:
    (task,) = json.loads(exchange.write("label-studio", [EXAMPLES[0]]))

    result = {part["from_name"]: part for part in task["annotations"][0]["result"]}
    assert task["data"]["text"] == "Gallium"
    assert result["topics"]["type"] == "choices"
    assert result["topics"]["value"] == {"choices": ["china", "export-controls"]}
    assert result["policy"]["value"] == {"choices": ["3"]}


def task(*results: Any, **fields: Any) -> dict[str, Any]:
    parts = [
        [{"from_name": name, "value": {"choices": chosen}} for name, chosen in result.items()]
        for result in results
    ]
    data = {"text": "Gallium", "lang": "en", "style": "social"}
    return {"id": 7, "data": data, "annotations": [{"result": one} for one in parts], **fields}


def test_tasks_made_elsewhere_are_read() -> None:
    notes: list[str] = []
    tasks = [task({"topics": ["china"], "policy": ["2 in motion"]}), task()]

    ((_, found),) = feedback.parse_labels(
        "label-studio", json.dumps(tasks).encode(), "f", note=notes.append
    )

    assert (found.id, set(found.topics), found.policy) == ("label-studio-7", {"china"}, 2)
    assert notes == ["f: task 2: has no annotation, left out"]


BAD = [
    ("jsonl", '{"id": "1"}\n[]\n{broken\n', ["f:1: policy", "f:2: is not", "f:3: is not JSON"]),
    ("csv", "id,text\n1,x\n", ["f:1: has no column policy, topics"]),
    (
        "csv",
        (
            'id,text,lang,style,topics,policy\n1,"two\nlines",en,social,,7\n'
            "2,x,en,social,china\n3,x,en,socail,,1\n"
        ),
        ["f:2: policy", "f:4: has another number", "f:5: unknown style"],
    ),
    ("csv", 'id,text,topics,policy\n1,"x" y,,0\n', ["f:2: is not CSV"]),
    ("label-studio", "{}", ["f: is not a list"]),
    ("label-studio", "[", ["f: is not JSON"]),
    (
        "label-studio",
        json.dumps(
            [
                {"id": 1},
                task({"topics": ["china"]}),
                task({"policy": ["1"]}, {"policy": ["2"]}),
                task({"policy": ["5"]}),
                3,
            ]
        ),
        [
            "f: task 1: is not a task",
            "f: task 2: needs exactly one",
            "f: task 3: its annotations disagree",
            "f: task 4: policy must be",
            "f: task 5: is not a task",
        ],
    ),
]


@pytest.mark.parametrize(("form", "content", "problems"), BAD)
def test_every_bad_row_is_named_with_its_place(
    form: str, content: str, problems: list[str]
) -> None:
    with pytest.raises(CorpusError) as caught:
        feedback.parse_labels(form, content.encode(), "f")

    told = caught.value.problems
    assert len(told) == len(problems)
    assert all(line.startswith(start) for line, start in zip(told, problems, strict=True))


@pytest.mark.parametrize("form", exchange.READERS)
def test_another_encoding_is_one_clear_line(form: str) -> None:
    with pytest.raises(CorpusError, match=r"^f: is not UTF-8"):
        feedback.parse_labels(form, "钛".encode("utf-16"), "f")


def test_import_adds_all_rows_or_none(tmp_path: Path, tocsin: Run) -> None:
    (tmp_path / "good.jsonl").write_bytes(exchange.write("jsonl", [example("a")]))
    clash = [example("b", "Choir"), example("c", "gallium", policy=2)]
    (tmp_path / "bad.csv").write_bytes(exchange.write("csv", clash))

    first = tocsin("labels", "import", "good.jsonl", "--from", "jsonl", "--labels", "l.jsonl")
    again = tocsin("labels", "import", "good.jsonl", "--from", "jsonl", "--labels", "l.jsonl")
    code, _, said = tocsin("labels", "import", "bad.csv", "--from", "csv", "--labels", "l.jsonl")

    assert (first[0], again[0], code) == (0, 0, 2)
    assert "0 labels added" in again[2]
    assert "bad.csv:3: labels contradict l.jsonl:1" in said
    assert [one.id for _, one in feedback.read_labels(tmp_path / "l.jsonl")] == ["a"]


def test_a_changed_label_needs_to_be_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "l.jsonl"
    feedback.append(file, [example("a"), example("b", "Choir")])
    new = [("n:1", example("a", policy=3))]

    with pytest.raises(CorpusError, match="n:1: id 'a' was used before"):
        feedback.take_in(file, new)
    counts = feedback.take_in(file, new, replacing=True)

    assert counts == (0, 1)
    assert {one.id: one.policy for _, one in feedback.read_labels(file)} == {"a": 3, "b": 0}


def test_a_misspelt_topic_is_refused_and_one_that_the_model_knows_is_not(tmp_path: Path) -> None:
    file = tmp_path / "l.jsonl"

    with pytest.raises(CorpusError, match="did you mean 'china'"):
        feedback.take_in(file, [("n:1", example(topics=frozenset({"chian"})))])
    own = example(topics=frozenset({"shipping"}))
    feedback.take_in(file, [("n:1", own)], known=(*TOPICS, "shipping"))

    assert [one for _, one in feedback.read_labels(file)] == [own]


def test_export_and_import_from_the_command_line(tmp_path: Path, tocsin: Run) -> None:
    feedback.append(tmp_path / "l.jsonl", EXAMPLES)

    for form in exchange.WRITERS:
        one = tocsin("labels", "export", "out", "--to", form, "--labels", "l.jsonl")
        two = tocsin("labels", "import", "out", "--from", form, "--labels", f"{form}.back")
        assert (one[0], two[0]) == (0, 0)
        assert [e for _, e in feedback.read_labels(tmp_path / f"{form}.back")] == EXAMPLES


def test_rows_that_name_no_language_or_style_take_those_given(tmp_path: Path, tocsin: Run) -> None:
    (tmp_path / "in.csv").write_text("id,text,topics,policy\n1,Gallium,china,2\n")
    command = ("labels", "import", "in.csv", "--from", "csv", "--labels", "l.jsonl")

    without = tocsin(*command)
    code, _, _ = tocsin(*command, "--lang", "en", "--style", "headline")

    assert (without[0], code) == (2, 0)
    ((_, found),) = feedback.read_labels(tmp_path / "l.jsonl")
    assert (found.lang, found.style) == ("en", "headline")


# Audit ------------------------------------------------------------------------------------


def test_the_audit_of_contradicting_rows_ends_with_1(tmp_path: Path, tocsin: Run) -> None:
    clash = [example("a", POSTS[0]), example("b", POSTS[0], policy=3)]
    (tmp_path / "c.jsonl").write_bytes(exchange.write("jsonl", clash))
    command = ("labels", "audit", "--quick", "--corpus", "c.jsonl", "--format")

    code, out, _ = tocsin(*command, "jsonl")

    (row,) = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert (row["kind"], row["id"], row["other"], row["label"]) == (
        "contradiction", "b", "a", "policy",
    )  # fmt: skip
    assert tocsin(*command, "table")[0] == 1


def test_the_shipped_corpus_contradicts_itself_nowhere(tocsin: Run) -> None:
    code, out, _ = tocsin("labels", "audit", "--quick", "--format", "json")

    assert code == 0
    assert {row["kind"] for row in json.loads(out)} <= {"leak"}
