"""Training and serving: deterministic, explained to the last digit, refused when damaged."""

import itertools
import json
import shutil
from pathlib import Path
from random import Random

import numpy as np
import pytest

from classifier import artefact, corpus
from classifier.errors import CorpusError, ModelDamaged, ModelError, ModelForeign, ModelMissing
from classifier.features import read
from classifier.gazetteer import Gazetteer
from classifier.model import Parameters, make_features
from classifier.scorer import Scorer
from classifier.text import split
from classifier.train import choose_threshold, expect_threshold, train

ROOT = Path(__file__).resolve().parents[1]
TEXTS = (
    "China adds cathode technology to its export restriction catalogue",
    "商务部公告:对镓、锗相关物项实施出口管制",
    "Cod quota agreed after a long night",
    "",
    "🚗🔋",
    "$TSLA to the moon #ElectricVehicles",
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load(ROOT / "data" / "gazetteer")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> corpus.Corpus:
    """Every sixth row of the shipped corpus, so that a training takes a second or two."""
    rows = [
        line
        for file in sorted((ROOT / "data" / "corpus").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()[::6]
    ]
    path = tmp_path_factory.mktemp("corpus") / "small.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    return corpus.read([path])


@pytest.fixture(scope="module")
def shipped() -> Scorer:
    return artefact.serve(ROOT / "models")


def test_the_same_corpus_gives_the_same_scores(small: corpus.Corpus, gazetteer: Gazetteer) -> None:
    one, two = (train(small, gazetteer, Parameters(folds=2), version="v").model for _ in range(2))

    assert np.array_equal(one.probabilities(TEXTS), two.probabilities(TEXTS))
    assert one.thresholds == two.thresholds


def test_several_processes_learn_the_same_model(small: corpus.Corpus, gazetteer: Gazetteer) -> None:
    one, two = (
        train(small, gazetteer, Parameters(folds=2), version="v", processes=count)
        for count in (1, 2)
    )

    assert np.array_equal(one.held_out, two.held_out)
    assert np.array_equal(one.model.weights, two.model.weights)
    assert (
        one.concepts
        == two.concepts
        == [read(example.text, gazetteer).concepts for example in small.examples]
    )
    assert [
        step.get_feature_names_out().tolist() for _, step in one.model.features.transformer_list
    ] == [step.get_feature_names_out().tolist() for _, step in two.model.features.transformer_list]


def test_features_are_those_that_scikit_learn_would_fit(
    small: corpus.Corpus, gazetteer: Gazetteer
) -> None:
    trained = train(small, gazetteer, Parameters(folds=2), version="v").model.features
    readings = [read(example.text, gazetteer) for example in small.examples]
    fitted = make_features(Parameters()).fit(readings)

    assert trained.get_feature_names_out().tolist() == fitted.get_feature_names_out().tolist()
    assert abs(trained.transform(readings) - fitted.transform(readings)).max() == 0


def test_the_shipped_model_reads_both_languages(shipped: Scorer) -> None:
    english, chinese, fish, empty, emoji, _ = shipped.tag(TEXTS)

    assert {"china", "export-controls"} <= set(english.tags)
    assert {"china", "export-controls"} <= set(chinese.tags)
    assert (fish.tags, empty.tags, emoji.tags) == ((), (), ())
    assert english.policy.grade == 3


def test_grade_probabilities_never_increase(shipped: Scorer) -> None:
    for tagging in shipped.tag(TEXTS):
        one, two, three = tagging.policy.at_least
        assert 1 >= one >= two >= three >= 0


def test_terms_sum_to_the_score(shipped: Scorer) -> None:
    (tagging,) = shipped.tag([TEXTS[0]], terms=5)

    for topic, chance in tagging.topics.items():
        total = sum(weight for _, weight in tagging.terms[topic])
        assert total == pytest.approx(np.log(chance / (1 - chance)), abs=1e-6)
    shown = " ".join(term for term, _ in tagging.terms["export-controls"])
    assert "export_control_term" in shown


def test_a_text_alone_scores_as_in_a_batch(shipped: Scorer) -> None:
    batch = shipped.probabilities(TEXTS)
    alone = np.vstack([shipped.probabilities([text]) for text in TEXTS])

    assert np.allclose(batch, alone, atol=1e-12)


def test_the_threshold_is_where_f1_is_best_for_a_stream_with_fewer_positives() -> None:
    chances = np.array([0.9, 0.8, 0.7, 0.6, 0.1])
    labels = np.array([1.0, 1.0, 0.0, 1.0, 0.0])

    # At 0.6 three of three are found, at the price of one negative that counts twice.
    assert choose_threshold(chances, labels) == 0.8


def test_a_topics_threshold_is_half_of_the_best_f1_in_the_odds_of_its_rows() -> None:
    chances = np.array([0.9, 0.8, 0.7, 0.1])
    apart = np.array([1.0, 1.0, 0.0, 0.0])

    # F1 is 1 at best; a half are odds of 1, and a negative counts 5.67 times, so that two
    # positives are 15% of all.
    assert expect_threshold(chances, apart) == pytest.approx(1 - 0.15, abs=1e-9)
    assert expect_threshold(chances[::-1], apart) < 0.85


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "models", tmp_path / "models")
    return tmp_path / "models"


def test_a_changed_bit_is_refused_before_the_file_is_opened(copied: Path) -> None:
    version = artefact.current(copied)
    file = copied / version / artefact.MODEL
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    file.write_bytes(held)

    with pytest.raises(ModelDamaged, match=version):
        artefact.load(copied)


def test_a_hostile_file_is_never_unpickled(copied: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    file = copied / artefact.current(copied) / artefact.MODEL
    file.write_bytes(b"cos\nsystem\n(S'touch " + str(canary).encode() + b"'\ntR.")

    with pytest.raises(ModelError):
        artefact.load(copied)

    assert not canary.exists()


def test_another_scikit_learn_is_refused_with_what_to_do(copied: Path) -> None:
    file = copied / artefact.current(copied) / artefact.MANIFEST
    manifest = json.loads(file.read_text(encoding="utf-8"))
    assert "scikit-learn" in manifest["libraries"]
    manifest["libraries"]["scikit-learn"] = "0.1.0"
    file.write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(ModelForeign, match="tocsin train"):
        artefact.load(copied)


def test_a_missing_version_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="tocsin train"):
        artefact.load(tmp_path)


@pytest.mark.parametrize("name", ["../evil", "/etc", "a/b", ""])
def test_a_version_name_never_leaves_the_folder(copied: Path, name: str) -> None:
    with pytest.raises(ModelError):
        artefact.load(copied, name)


ROW = {"id": "a", "text": "t", "lang": "en", "style": "social", "topics": [], "policy": 0}


def problems(folder: Path, *rows: object) -> list[str]:
    path = folder / "c.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        corpus.read([path])
    return [problem.removeprefix(f"{path}:") for problem in caught.value.problems]


def test_every_bad_row_is_named_with_its_line(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ROW,
        "{not json",
        {**ROW, "id": "b", "policy": 7},
        {**ROW, "id": "c", "text": " "},
        {**ROW, "id": "d", "topics": ["chna"]},
        {**ROW, "text": "other"},
        {**ROW, "id": "e", "policy": 3},
    )

    assert sorted({int(line.split(":")[0]) for line in found}) == [2, 3, 4, 5, 6, 7]
    assert any("china" in line for line in found)


def test_an_empty_corpus_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").touch()
    with pytest.raises(CorpusError):
        corpus.read([tmp_path])
    with pytest.raises(CorpusError):
        corpus.read([tmp_path / "none"])


def concepts(gazetteer: Gazetteer, text: str) -> set[str]:
    return {concept for match in gazetteer.match(split(text)) for concept in match.concepts}


def test_the_longer_chinese_name_hides_the_one_inside(gazetteer: Gazetteer) -> None:
    assert "china_org" not in concepts(gazetteer, "美国商务部更新实体清单")
    assert "china_org" in concepts(gazetteer, "商务部发布公告")


def test_case_matters_where_the_gazetteer_says_so(gazetteer: Gazetteer) -> None:
    assert "ev_maker" in concepts(gazetteer, "NIO delivers more cars")
    assert "ev_maker" not in concepts(gazetteer, "the word nio in small letters")


def test_plurals_and_traditional_characters_match(gazetteer: Gazetteer) -> None:
    assert "export_control_term" in concepts(gazetteer, "new export curbs")
    assert concepts(gazetteer, "實體清單") == concepts(gazetteer, "实体清单") != set()


def test_a_users_own_terms_need_no_code(tmp_path: Path) -> None:
    (tmp_path / "my_maker.tsv").write_text("Zyxwv Motors\tany\t\n", encoding="utf-8")

    own = Gazetteer.load(tmp_path)

    assert concepts(own, "Zyxwv Motors recalls cars") == {"my_maker"}


def test_a_bad_gazetteer_row_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("good\ten\t\nodd\ten\tq\n", encoding="utf-8")

    with pytest.raises(CorpusError, match=r"mine\.tsv:2"):
        Gazetteer.load(tmp_path)


def test_near_duplicates_never_straddle_a_split() -> None:
    text = "China restricts the export of cathode technology used in electric vehicle batteries"
    groups = corpus.group([text, text + " today", "Cod quota agreed after a long night at sea"])

    assert groups[0] == groups[1] != groups[2]


def test_groups_are_those_of_texts_compared_one_by_one() -> None:
    chance = Random(7)
    words = ["Beijing", "bans", "gallium", "Exports", "to", "É", "é", "tokyo", "a", "b"]
    texts = [" ".join(chance.choices(words, k=chance.randrange(9))) for _ in range(150)]
    texts += ["", " ", "Beijing", "beijing!", "ban", "Ban"]

    groups = corpus.group(texts).tolist()

    expected = _grouped_one_by_one(texts)
    pairs = list(zip(groups, expected, strict=True))
    assert len({*groups}) == len({*expected}) == len({*pairs})
    assert 1 < len({*groups}) < len(texts)


def _grouped_one_by_one(texts: list[str]) -> list[int]:
    """Group by what docs and names say: Jaccard of runs of four atoms, also by way of others."""
    pieces = []
    for text in texts:
        atoms = [atom.lower() for atom in split(text)]
        runs = range(max(1, len(atoms) - corpus.SHINGLE + 1))
        pieces.append({tuple(atoms[start : start + corpus.SHINGLE]) for start in runs})
    groups = list(range(len(texts)))
    for one, two in itertools.combinations(range(len(texts)), 2):
        if len(pieces[one] & pieces[two]) >= corpus.NEAR * len(pieces[one] | pieces[two]):
            old, new = groups[two], groups[one]
            groups = [new if group == old else group for group in groups]
    return groups
