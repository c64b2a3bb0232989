"""The compiled scorer says what the scikit-learn model says, about anything, and is refused when
damaged. Serving needs no scikit-learn."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from random import Random

import numpy as np
import pytest

from classifier import artefact, corpus
from classifier.compiled import compile_model, pack, unpack
from classifier.errors import ModelDamaged, ModelForeign
from classifier.features import read
from classifier.gazetteer import Entry, Gazetteer
from classifier.model import Block, Parameters, TopicModel
from classifier.scorer import Scorer
from classifier.train import train

ROOT = Path(__file__).resolve().parents[1]
NAUGHTY = ROOT.parent / "shared" / "hostile" / "text" / "blns.json"
CLOSE = 1e-6


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return artefact.load(ROOT / "models")


@pytest.fixture(scope="module", params=[False, True], ids=["numpy", "kernel"])
def scorer(request: pytest.FixtureRequest, model: TopicModel) -> Scorer:
    if request.param:
        pytest.importorskip("numba")
    return Scorer(compile_model(model), kernel=request.param)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [example.text for example in corpus.read([ROOT / "data" / "corpus"]).examples]


def fuzzed(texts: list[str], count: int) -> Iterator[str]:
    """Yield random strings: any characters, punctuation and letters, and corpus texts spoilt."""
    random = Random(20261128)
    small = "aAbBzZ019 .,'’-–#@$%_:/\n\t()\"é中文商务部半导体ΣσßİǅⅣ①½٣፩ﷺ🚗\u200d\u0301\ud800hwtsmr"
    for at in range(count):
        size = random.randrange(60)
        kind = at % 4
        if kind == 0:
            yield "".join(chr(random.randrange(0x110000)) for _ in range(size))
        elif kind == 1:
            yield "".join(random.choice(small) for _ in range(size))
        else:
            words = random.choice(texts).split(" ") + random.choice(texts).split(" ")
            random.shuffle(words)
            spoilt = list("".join(word + random.choice(" -.#") for word in words[:size]))
            for _ in range(kind * 3 if spoilt else 0):
                spoilt[random.randrange(len(spoilt))] = random.choice(small)
            yield "".join(spoilt)


def assert_same(model: TopicModel, scorer: Scorer, texts: list[str]) -> None:
    expected, found = model.probabilities(texts), scorer.probabilities(texts)
    apart = np.abs(expected - found).max(axis=1)
    worst = int(apart.argmax())
    assert apart[worst] < CLOSE, f"{apart[worst]} apart: {texts[worst]!r}"
    tags = [tagging.tags for tagging in model.verdict.taggings(expected)]
    assert [tagging.tags for tagging in scorer.tag(texts)] == tags


def test_every_corpus_text_scores_the_same(
    model: TopicModel, scorer: Scorer, texts: list[str]
) -> None:
    assert_same(model, scorer, texts)


def test_any_string_scores_the_same(model: TopicModel, scorer: Scorer, texts: list[str]) -> None:
    assert_same(model, scorer, list(fuzzed(texts, 10_000)))


@pytest.mark.shared
@pytest.mark.skipif(not NAUGHTY.exists(), reason="the shared texts are not here")
def test_naughty_strings_score_the_same(model: TopicModel, scorer: Scorer) -> None:
    assert_same(model, scorer, json.loads(NAUGHTY.read_text(encoding="utf-8")))


def test_edges_score_the_same(model: TopicModel, scorer: Scorer) -> None:
    long = "China restricts exports of cathode technology. " * 220_000
    edges = ["", " ", "a", "中", "\ud800", "\0", "a" * 41, "U.S.", "#", "@", "$", "'s", long]
    assert len(long) > 10_000_000

    assert_same(model, scorer, edges)
    assert scorer.probabilities([]).shape == (0, len(scorer.heads))
    assert scorer.tag([]) == []


def test_a_text_alone_scores_as_in_a_batch(scorer: Scorer, texts: list[str]) -> None:
    some = ["", *texts[::100], ""]
    alone = np.vstack([scorer.probabilities([text]) for text in some])

    assert np.abs(alone - scorer.probabilities(some)).max() < 1e-12


def test_words_that_nobody_knows_score_the_same_however_many(
    model: TopicModel, scorer: Scorer
) -> None:
    random = Random(8)
    words = [
        "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=4 + at % 9)) for at in range(12_000)
    ]
    many = [" ".join(words[at : at + 40]) for at in range(0, len(words), 40)]
    whole = " ".join(word[:4] for word in words)
    before = scorer.probabilities(many[:1])

    assert_same(model, scorer, [*many, whole, *many[:20], whole + " China", many[0] * 60])
    assert np.array_equal(scorer.probabilities(many[:1]), before)


def test_a_text_of_one_word_scores_the_same_however_long(model: TopicModel, scorer: Scorer) -> None:
    assert_same(model, scorer, [(word + " ") * 5000 for word in ("ban", "tariffs", "zzyzx", "中")])


def test_terms_are_found_as_the_gazetteer_finds_them(
    model: TopicModel, scorer: Scorer, texts: list[str]
) -> None:
    for text in [*texts[::10], *fuzzed(texts, 1000), "#byd @catl #Tesla NIO nio Tesla coil"]:
        assert scorer.read(text) == read(text, model.gazetteer)


def test_terms_sum_to_the_score_and_have_the_models_names(
    model: TopicModel, scorer: Scorer, texts: list[str]
) -> None:
    names = model.features.get_feature_names_out().tolist()
    assert scorer.names == names
    for text in texts[::500]:
        (tagging,) = scorer.tag([text], terms=5)
        odds = model.log_odds([text])[0]
        for at, topic in enumerate(scorer.topics):
            assert len(tagging.terms[topic]) <= 7
            assert sum(weight for _, weight in tagging.terms[topic]) == pytest.approx(
                odds[at], abs=CLOSE
            )


def test_a_model_with_few_parts_scores_the_same(texts: list[str]) -> None:
    labelled = corpus.read([ROOT / "data" / "corpus"])
    some = replace(labelled, examples=labelled.examples[::40], places=labelled.places[::40])
    blocks = {"opening": Block(min_df=1, scale=0.7), "words": Block(min_df=1)}
    terms = Gazetteer.build([Entry("mine", "China", "any")])
    model = train(some, terms, Parameters(blocks=blocks, folds=2), version="v").model

    for kernel in (False, True) if find_spec("numba") else (False,):
        assert_same(model, Scorer(compile_model(model), kernel=kernel), texts[::50])


def test_arrays_survive_being_written(model: TopicModel, texts: list[str]) -> None:
    compiled = compile_model(model)
    again = unpack(pack(compiled))

    one, two = Scorer(compiled), Scorer(again)
    assert np.array_equal(one.probabilities(texts[:200]), two.probabilities(texts[:200]))
    assert pack(again) == pack(compiled)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "models", tmp_path / "models")
    return tmp_path / "models"


@pytest.mark.parametrize("name", [artefact.COMPILED, artefact.MODEL])
def test_a_changed_bit_is_refused(copied: Path, name: str) -> None:
    version = artefact.current(copied)
    file = copied / version / name
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    file.write_bytes(held)

    with pytest.raises(ModelDamaged, match=version):
        artefact.serve(copied)


def test_arrays_of_another_version_are_refused(copied: Path, model: TopicModel) -> None:
    version = artefact.current(copied)
    (copied / version).rename(copied / "other")

    with pytest.raises(ModelForeign, match="other"):
        artefact.serve(copied, "other")


@pytest.mark.parametrize("held", [b"", b"PK", b"\x80\x04N.", b"cos\nsystem\n(S'true'\ntR."])
def test_a_file_that_is_no_model_is_refused(held: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(held)


def test_a_version_without_arrays_is_compiled(copied: Path, scorer: Scorer) -> None:
    version = artefact.current(copied)
    (copied / version / artefact.COMPILED).unlink()
    manifest = copied / version / artefact.MANIFEST
    said = json.loads(manifest.read_text(encoding="utf-8"))
    del said["files"][artefact.COMPILED]
    manifest.write_text(json.dumps(said), encoding="utf-8")

    served = artefact.serve(copied)

    assert np.allclose(served.probabilities(["China"]), scorer.probabilities(["China"]), atol=CLOSE)


def test_what_is_shipped_is_the_model(model: TopicModel, texts: list[str]) -> None:
    assert_same(model, artefact.serve(ROOT / "models"), texts[::20])


def test_a_model_that_the_kernel_cannot_hold_is_scored_by_numpy(
    model: TopicModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("classifier.scorer.SOON", 1)
    monkeypatch.setattr("classifier.scorer.LATE", 1)
    compiled = compile_model(model)
    twice = replace(compiled, tokens=[*compiled.tokens[:-1], compiled.tokens[0]])
    scorer = Scorer(twice)

    first, second = (scorer.probabilities(["China bans exports"]) for _ in range(2))

    assert not scorer.uses_kernel
    assert np.array_equal(first, second)


def test_the_kernel_is_taken_when_it_is_worth_its_start(
    model: TopicModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr("classifier.scorer.SOON", 3)
    monkeypatch.setattr("classifier.scorer.LATE", 5)
    scorer = Scorer(compile_model(model))
    compiled, chances = [], []
    for count in (2, 3):
        chances.append(scorer.probabilities(["China"] * count)[0])
        compiled.append(scorer.uses_kernel)

    assert compiled == [False, True]
    assert np.allclose(chances[0], chances[1], atol=CLOSE)


@pytest.mark.parametrize(
    "numba",
    ["sys.modules['numba'] = None", "import numba; numba.njit = lambda **options: 1 / 0"],
    ids=["no numba", "a numba that refuses the kernel"],
)
def test_serving_goes_on_without_the_kernel(model: TopicModel, numba: str) -> None:
    if "import numba" in numba:
        pytest.importorskip("numba")
    program = (
        f"import sys; {numba}\n"
        "from classifier import artefact, scorer; scorer.SOON = scorer.LATE = 1\n"
        "print(artefact.serve(artefact.home()).probabilities(['China'] * 3)[2, 1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == pytest.approx(model.probabilities(["China"])[0, 1], abs=CLOSE)


def test_serving_loads_no_scikit_learn() -> None:
    program = (
        "import sys, io; import alerts.cli; from classifier.cli import app\n"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b'China curbs exports'))\n"
        "app(['classify', '--explain', '--format', 'jsonl'], standalone_mode=False)\n"
        "heavy = {'sklearn', 'scipy', 'matplotlib', 'joblib', 'numba'}\n"
        "heavy |= {'sqlalchemy', 'alembic', 're2'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["tags"]
