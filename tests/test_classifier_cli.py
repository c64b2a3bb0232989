"""`tocsin classify`, `evaluate` and `models`, in the shapes that others rely on."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT.parent / "shared" / "eval" / "dev.jsonl"


def tocsin(*arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "alerts.cli", *arguments],
        cwd=ROOT, input=given, text=True, capture_output=True, timeout=120, check=False,
        env={**os.environ, "TOCSIN_MODELS": str(ROOT / "models")},
    )  # fmt: skip


def rows_of(run: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_classify_gives_one_row_a_line_in_the_promised_shape() -> None:
    run = tocsin(
        "classify", "-", "--format", "jsonl", given="Beijing bans exports of gallium\nCod quota\n"
    )

    assert run.returncode == 0, run.stderr
    first, second = rows_of(run)
    assert list(first) == ["id", "topics", "tags", "policy", "relevance", "model"]
    assert (first["id"], second["id"]) == ("line-1", "line-2")
    assert set(first["policy"]) == {"grade", "at_least_2", "at_least_3"}
    assert {"china", "export-controls"} <= set(first["tags"])
    assert second["tags"] == []
    assert first["relevance"] > 80 > 20 > second["relevance"]


def test_classify_reads_jsonl_names_broken_lines_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text('{"id": "x", "text": "Beijing bans exports"}\n{broken\n{"text": "cod"}\n')

    run = tocsin("classify", str(file), "--format", "jsonl", "--explain")

    rows = rows_of(run)
    assert [row["id"] for row in rows] == ["x", "line-3"]
    assert rows[0]["terms"]["china"][0][0]
    assert "posts.jsonl:2" in run.stderr
    assert run.returncode == 1


def test_binary_input_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "b"
    file.write_bytes(b"\x00\x01\x02" * 100)

    run = tocsin("classify", str(file))

    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1)


def test_models_are_listed_and_an_unknown_one_is_told() -> None:
    listed, unknown = tocsin("models", "list"), tocsin("models", "use", "no-such-version")

    assert (ROOT / "models" / "current").read_text().strip() in listed.stdout
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (2, 1)


def test_training_on_bad_rows_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": "a"}\n[]\n')

    run = tocsin(
        "train", "--corpus", str(tmp_path / "bad.jsonl"), "--models", str(tmp_path / "models")
    )

    assert run.returncode == 2
    assert [f"bad.jsonl:{line}" in run.stderr for line in (1, 2)] == [True, True]
    assert not list(tmp_path.glob("models/*"))


@pytest.mark.shared
@pytest.mark.skipif(not DEV.exists(), reason="the folder of shared texts is not there")
def test_evaluate_has_the_promised_shape_and_beats_the_keyword_baseline() -> None:
    run = tocsin("evaluate", "--data", str(DEV), "--format", "json")

    found = json.loads(run.stdout)
    assert (run.returncode, found["rows"]) == (0, 660)
    china = found["topics"]["china"]
    assert {"precision", "recall", "f1", "f1_interval", "average_precision", "threshold",
            "support"} <= set(china)  # fmt: skip
    assert {"precision", "recall", "f1", "average_precision"} <= set(found["policy"]["at_least_2"])
    assert {"exact"} <= set(found["policy"])
    assert {"precision", "recall", "support"} <= set(found["must_alert"])
    assert {"precision", "recall", "f1"} <= set(found["high_relevance"])
    assert found["macro_f1"] >= 0.83
