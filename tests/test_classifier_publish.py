"""Training with a gate: what a version holds, when it becomes current, what bad input does."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from alerts import cli
from classifier import artefact, corpus
from classifier.compare import HELD_OUT, HeldOut, pack
from classifier.gazetteer import Gazetteer
from classifier.model import Parameters
from classifier.publish import (
    Published,
    choose_folds,
    judge_challenger,
    learn,
    publish,
    read_held_out,
    save_tuned,
)

ROOT = Path(__file__).resolve().parents[1]
GOOD = Parameters(folds=2)


class House(NamedTuple):
    """A small corpus, a small gazetteer and a folder of versions."""

    corpus: Path
    gazetteer: Path
    models: Path


class Result(NamedTuple):
    code: int
    out: str
    err: list[str]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Every twentieth row of the shipped corpus, and the version v-1 of it."""
    folder = tmp_path_factory.mktemp("house")
    rows = [
        line
        for file in sorted((ROOT / "data" / "corpus").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()[::20]
    ]
    house = House(folder / "small.jsonl", folder / "terms", folder / "models")
    house.corpus.write_text("\n".join(rows), encoding="utf-8")
    house.gazetteer.mkdir()
    for name in ("china_place.tsv", "export_control_term.tsv"):
        shutil.copy(ROOT / "data" / "gazetteer" / name, house.gazetteer / name)
    train(house, "v-1")
    return house


@pytest.fixture
def house(built: House, tmp_path: Path) -> House:
    """The same with a folder of versions of one's own."""
    shutil.copytree(built.models, tmp_path / "models")
    return built._replace(models=tmp_path / "models")


@pytest.fixture
def tocsin(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run a command in this process."""

    def run(*arguments: str | Path) -> Result:
        with pytest.raises(SystemExit) as caught:
            cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Result(int(caught.value.code or 0), said.out, said.err.splitlines())

    return run


def train(house: House, version: str) -> Published:
    return publish(
        [house.corpus], [house.gazetteer], house.models,
        version=version, progress=lambda now, done, steps: None, parameters=GOOD,
    )  # fmt: skip


def held_out(house: House, version: str = "v-1") -> HeldOut:
    held = read_held_out(house.models, version)
    assert held is not None
    return held


def with_china(held: HeldOut, *, right: bool) -> HeldOut:
    """Return the same with all chances of one topic right, or all wrong."""
    at = held.topics.index("china")
    chances = held.chances.copy()
    chances[:, at] = [0.999 if ("china" in one.topics) == right else 0.001
                      for one in held.examples]  # fmt: skip
    return replace(held, chances=chances)


def place(house: House, version: str, held: HeldOut | None) -> None:
    """Save v-1's model under another name and with other held-out rows, without training."""
    model = replace(artefact.load(house.models, "v-1"), version=version)
    files = {} if held is None else {HELD_OUT: pack(held)}
    artefact.save(house.models, model, facts={}, files=files)


def pretend_other_scikit_learn(house: House) -> None:
    file = house.models / "v-1" / artefact.MANIFEST
    said = json.loads(file.read_text(encoding="utf-8"))
    said["libraries"]["scikit-learn"] = "0.1.0"
    file.write_text(json.dumps(said), encoding="utf-8")


def test_a_version_holds_its_card_plots_figures_and_held_out_rows(house: House) -> None:
    said = artefact.manifest(house.models, "v-1")

    assert set(said["files"]) == {
        "model.joblib", "scorer.npz", "metrics.json", HELD_OUT, "card.md", "pr.png",
        "calibration.png", "confusion.png",
    }  # fmt: skip
    assert said["parameters"]["folds"] == 2
    assert said["gate"]["why"] == "there was no current version"
    card = (house.models / "v-1" / "card.md").read_text(encoding="utf-8")
    assert said["corpus"]["fingerprint"] in card
    assert str(house.corpus.parent.parent) not in card


def test_an_equal_challenger_becomes_current(house: House) -> None:
    found = train(house, "v-2")

    assert found.decision.accepted
    assert artefact.current(house.models) == "v-2"
    assert artefact.rollback(house.models) == "v-1"


def test_a_worse_challenger_is_refused_unless_forced(house: House) -> None:
    weak = with_china(held_out(house), right=False)

    refused = judge_challenger(house.models, weak, "v-2")
    forced = judge_challenger(house.models, weak, "v-2", force=True)

    assert refused.comparison is not None
    assert (refused.accepted, refused.comparison.worse) == (False, ("china",))
    assert (forced.accepted, forced.comparison) == (True, refused.comparison)


def test_a_champion_without_held_out_rows_is_replaced_and_that_is_said(house: House) -> None:
    place(house, "old", None)
    artefact.use(house.models, "old")

    found = judge_challenger(house.models, held_out(house), "v-2")

    assert found.accepted
    assert "old holds no out-of-fold" in found.why


def test_a_damaged_champion_does_not_stop_a_training(house: House) -> None:
    challenger = held_out(house)
    (house.models / "v-1" / HELD_OUT).write_bytes(b"damaged")

    found = judge_challenger(house.models, challenger, "v-2")

    assert found.accepted
    assert "cannot be read" in found.why


def test_a_champion_of_another_scikit_learn_is_still_compared(house: House) -> None:
    pretend_other_scikit_learn(house)

    weak = with_china(held_out(house), right=False)

    assert not judge_challenger(house.models, weak, "v-2").accepted


def test_versions_without_a_common_row_are_not_held_against_each_other(house: House) -> None:
    held = held_out(house)
    others = replace(held, digests=tuple(f"other {at}" for at in range(len(held.digests))))

    found = judge_challenger(house.models, with_china(others, right=False), "v-2")

    assert found.accepted
    assert "no row" in found.why


@pytest.mark.slow
def test_a_learning_curve_has_more_rows_at_each_point(house: House) -> None:
    points = learn(
        corpus.read([house.corpus]), Gazetteer.load(house.gazetteer), GOOD,
        lambda now, done, steps: None,
    )  # fmt: skip

    rows = [point["rows"] for point in points]
    assert rows == sorted(set(rows))
    assert points[-1]["macro_f1"] > points[0]["macro_f1"]


def test_train_keeps_a_worse_version_says_in_what_and_exits_with_one(
    house: House, tocsin: Callable[..., Result]
) -> None:
    place(house, "best", with_china(held_out(house), right=True))
    artefact.use(house.models, "best")

    run = tocsin(
        "train", "--corpus", house.corpus, "--gazetteer", house.gazetteer,
        "--models", house.models,
    )  # fmt: skip

    assert run.code == 1
    version = run.out.strip()
    assert f"{version} is not current: worse than best in china" in run.err[-2]
    assert "--force" in run.err[-1]
    assert artefact.current(house.models) == "best"
    assert artefact.manifest(house.models, version)["gate"]["accepted"] is False
    artefact.load(house.models, version)


def test_compare_tells_the_difference_by_topic(house: House, tocsin: Callable[..., Result]) -> None:
    place(house, "weak", with_china(held_out(house), right=False))

    held = tocsin("models", "compare", "v-1", "weak", "--models", house.models, "--format", "json")
    data = tocsin(
        "models", "compare", "weak", "v-1", "--data", house.corpus, "--models", house.models
    )

    found: dict[str, Any] = json.loads(held.out)
    assert (found["before"], found["after"], found["worse"]) == ("v-1", "weak", ["china"])
    assert {one["head"]: one["verdict"] for one in found["heads"]}["china"] == "worse"
    # Their weights are the same.
    assert data.out.count("no clear difference") == 5


def test_tuned_thresholds_are_stored_only_when_asked_and_say_from_which(
    house: House, tocsin: Callable[..., Result], tmp_path: Path
) -> None:
    stream = tmp_path / "stream.jsonl"
    rows = [json.loads(line) for line in house.corpus.read_text(encoding="utf-8").splitlines()]
    posts = [
        {"id": f"s{at}", "text": row["text"], "published": f"2026-11-{1 + at % 9:02}"}
        for at, row in enumerate(rows)
    ]
    stream.write_text("\n".join(json.dumps(post) for post in posts), encoding="utf-8")
    command = ("models", "tune", "--stream", stream, "--budget", "5/day", "--models", house.models)

    dry = tocsin(*command)
    assert artefact.versions(house.models) == ["v-1"]
    written = tocsin(*command, "--write", "--format", "json")

    assert "fall off, the likeliest:" in dry.out
    version = next(name for name in artefact.versions(house.models) if name != "v-1")
    said = artefact.manifest(house.models, version)
    heads = {one["name"]: one for one in json.loads(written.out)["heads"]}
    assert heads["china"]["after"]["posts"] <= 45 < heads["china"]["before"]["posts"]
    assert said["thresholds"]["china"] == heads["china"]["after"]["threshold"]
    assert (said["tuned"]["from"], said["tuned"]["stream"]) == ("v-1", "stream.jsonl")
    assert artefact.current(house.models) == "v-1"
    before, after = (artefact.load(house.models, name) for name in ("v-1", version))
    assert (before.weights == after.weights).all()


def test_the_gate_looks_past_tuned_thresholds_and_says_they_are_gone(house: House) -> None:
    held, model = held_out(house), artefact.load(house.models, "v-1")
    strict = replace(model, version="v-1-strict", thresholds=dict.fromkeys(model.topics, 0.999))
    save_tuned(house.models, strict, held, source="v-1", facts={"stream": "s", "goal": "g"})
    artefact.use(house.models, "v-1-strict")

    weak = judge_challenger(house.models, with_china(held, right=False), "v-2")
    equal = judge_challenger(house.models, held, "v-3")

    assert not weak.accepted
    assert equal.accepted
    assert "tuned" in equal.why


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tune", "--stream", "-"), "either --budget or --precision"),
        (("tune", "--stream", "-", "--budget", "lots"), "10/day"),
        (("tune", "--stream", "-", "--precision", "1.5"), "between 0 and 1"),
        (("tune", "--stream", "no-such-file", "--precision", "0.9"), "no-such-file"),
        (("compare", "v-1", "v-9"), "no model v-9"),
    ],
)
def test_bad_requests_are_one_clear_line(
    house: House, tocsin: Callable[..., Result], arguments: tuple[str, ...], told: str
) -> None:
    run = tocsin("models", *arguments, "--models", house.models)

    assert (run.code, len(run.err)) == (2, 1)
    assert told in run.err[0]


def row(id: str, text: str, *topics: str, policy: int = 0) -> dict[str, Any]:
    return {
        "id": id, "text": text, "lang": "en", "style": "social",
        "topics": list(topics), "policy": policy,
    }  # fmt: skip


BAD_ROWS = {
    "one example of a new topic": ([row("n", "quantum computers", "quantum")], "needs 10 examples"),
    "contradiction": ([row("a", "Same text"), row("b", "same  TEXT", policy=3)], "contradict"),
    "grade 7": ([row("g", "text", policy=7)], "policy must be 0, 1, 2 or 3"),
    "duplicate id": ([row("d", "one"), row("d", "two")], "was used before"),
    "no text": ([row("e", "")], "text is empty"),
}


@pytest.mark.parametrize(("rows", "told"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_rows_are_named_and_change_nothing(
    house: House, tocsin: Callable[..., Result], tmp_path: Path,
    rows: list[dict[str, Any]], told: str,
) -> None:  # fmt: skip
    bad = tmp_path / "bad.jsonl"
    bad.write_text("\n".join(json.dumps(one) for one in rows), encoding="utf-8")

    run = tocsin(
        "train", "--corpus", house.corpus, "--corpus", bad, "--gazetteer", house.gazetteer,
        "--models", house.models,
    )  # fmt: skip

    lines = [line for line in run.err if line.startswith("tocsin:")]
    assert (run.code, len(lines)) == (2, 1)
    assert told in lines[0]
    assert f"bad.jsonl:{len(rows)}" in lines[0]
    assert artefact.versions(house.models) == ["v-1"]


def test_a_list_of_terms_makes_a_topic(
    house: House, tocsin: Callable[..., Result], tmp_path: Path
) -> None:
    terms = tmp_path / "solar_power.tsv"
    terms.write_text("solar panel\ten\nphotovoltaic\ten\n光伏\tzh\n", encoding="utf-8")

    run = tocsin(
        "train", "--corpus", house.corpus, "--gazetteer", house.gazetteer,
        "--keywords", terms, "--models", house.models, "--force",
    )  # fmt: skip

    assert run.code == 0
    model = artefact.serve(house.models)
    english, chinese, fish = model.tag(
        ["The maker cuts prices of photovoltaic modules", "光伏补贴新政策发布", "He sells fish"]
    )
    assert "solar-power" in english.tags
    assert "solar-power" in chinese.tags
    assert "solar-power" not in fish.tags


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("solar_power.tsv", "", "holds no term"),
        ("china.tsv", "Beijing\n", "labelled examples of 'china' already"),
        ("solar_power.tsv", "solar\tenglish\n", "unknown language 'english'"),
        ("missing.tsv", None, "cannot be read"),
    ],
)
def test_a_bad_list_of_terms_is_one_clear_line(
    house: House, tocsin: Callable[..., Result], tmp_path: Path,
    name: str, content: str | None, told: str,
) -> None:  # fmt: skip
    terms = tmp_path / name
    if content is not None:
        terms.write_text(content, encoding="utf-8")

    run = tocsin(
        "train", "--corpus", house.corpus, "--gazetteer", house.gazetteer,
        "--keywords", terms, "--models", house.models,
    )  # fmt: skip

    lines = [line for line in run.err if line.startswith("tocsin:")]
    assert (run.code, len(lines)) == (2, 1)
    assert name in lines[0]
    assert told in lines[0]
    assert artefact.versions(house.models) == ["v-1"]


def test_a_gazetteer_that_matches_nothing_is_one_clear_line(
    house: House, tocsin: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "word.tsv").write_text("qwertzuiop\n", encoding="utf-8")

    run = tocsin(
        "train", "--corpus", house.corpus, "--gazetteer", tmp_path, "--models", house.models
    )

    lines = [line for line in run.err if line.startswith("tocsin:")]
    assert (run.code, lines) == (
        2,
        ["tocsin: no text of the corpus holds a term of the gazetteer: is it the right one?"],
    )


def test_a_shipped_topic_with_one_example_cannot_be_learned(
    house: House, tocsin: Callable[..., Result], tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in house.corpus.read_text(encoding="utf-8").splitlines()]
    kept = [one for one in rows if "china" not in one["topics"]]
    kept.append(next(one for one in rows if "china" in one["topics"]))
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(json.dumps(one) for one in kept), encoding="utf-8")

    run = tocsin("train", "--corpus", few, "--gazetteer", house.gazetteer, "--models", house.models)

    lines = [line for line in run.err if line.startswith("tocsin:")]
    assert (run.code, len(lines)) == (2, 1)
    assert "topic 'china' cannot be learned: 1 row with it" in lines[0]
    assert artefact.versions(house.models) == ["v-1"]


@pytest.mark.parametrize("text", ["🚗🔋", "China bans exports. " * 500_000], ids=["emoji", "10 MB"])
def test_odd_posts_are_classified_like_any_other(
    house: House, tocsin: Callable[..., Result], tmp_path: Path, text: str
) -> None:
    file = tmp_path / "odd.jsonl"
    file.write_text(json.dumps({"id": "odd", "text": text}), encoding="utf-8")

    run = tocsin("classify", file, "--models", house.models, "--format", "jsonl")

    assert (run.code, run.err) == (0, [])
    assert json.loads(run.out)["id"] == "odd"


def test_a_model_of_another_scikit_learn_serves_but_is_not_measured(
    house: House, tocsin: Callable[..., Result], tmp_path: Path
) -> None:
    pretend_other_scikit_learn(house)
    posts = tmp_path / "posts.txt"
    posts.write_text("Beijing bans gallium exports\n", encoding="utf-8")

    listed = tocsin("models", "list", "--format", "jsonl", "--models", house.models)
    used = tocsin("models", "use", "v-1", "--models", house.models)
    served = tocsin("classify", posts, "--models", house.models)
    measured = tocsin("evaluate", "--data", house.corpus, "--models", house.models)

    assert json.loads(listed.out)["state"] == "ok"
    assert used.code == 0, used.err
    assert (served.code, served.err) == (0, [])
    assert (measured.code, measured.out, len(measured.err)) == (2, "", 1)
    assert "tocsin train" in measured.err[0]


def test_an_evaluation_is_saved_as_metrics_card_and_plots(
    house: House, tocsin: Callable[..., Result], tmp_path: Path
) -> None:
    folder = tmp_path / "there" / "eval"

    run = tocsin(
        "evaluate", "--data", house.corpus, "--save", folder, "--models", house.models,
        "--format", "json",
    )  # fmt: skip

    assert run.code == 0
    assert {path.name for path in folder.iterdir()} == {
        "metrics.json", "card.md", "pr.png", "calibration.png", "confusion.png",
    }  # fmt: skip
    assert json.loads((folder / "metrics.json").read_text(encoding="utf-8")) == json.loads(run.out)
    assert str(tmp_path) not in (folder / "card.md").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_one_clear_line(
    house: House, tocsin: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    run = tocsin(
        "evaluate", "--data", house.corpus, "--save", tmp_path / "file", "--models", house.models
    )

    assert (run.code, len(run.err)) == (2, 1)
    assert "cannot be written" in run.err[0]


@pytest.mark.parametrize(
    ("rows", "folds"), [(100, 5), (6_226, 5), (49_999, 5), (53_334, 4), (60_000, 3), (100_000, 2)]
)
def test_a_large_corpus_has_fewer_folds(rows: int, folds: int) -> None:
    assert choose_folds(rows) == folds
