"""What may be wrong with a model's files is noticed before they are opened."""

import io
import json
import pickle
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import joblib
import numpy as np
import pytest

from classifier import artefact
from classifier.errors import ModelDamaged, ModelError, ModelForeign
from classifier.model import TopicModel
from tests.small_model import train_small

ROOT = Path(__file__).resolve().parents[1]
TEXTS = [
    "Beijing bans exports of gallium", "Cod quota agreed", "中国限制电池出口", "Chip stocks rally",
]  # fmt: skip


@pytest.fixture(scope="module")
def small() -> TopicModel:
    return train_small("v1")


@pytest.fixture(scope="module")
def saved(small: TopicModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("models")
    artefact.save(home, small, facts={}, files={"card.md": b"# A card\n" * 20})
    artefact.use(home, "v1")
    return home


@pytest.fixture
def home(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "m"))


def damaged(held: bytes, chance: Random) -> bytes:
    """Return a file's content with one bit changed, or cut off, or grown."""
    how = chance.randrange(4)
    at = chance.randrange(len(held))
    if how == 0:
        return held[:at]
    if how == 1:
        return held + bytes([chance.randrange(256)])
    return held[:at] + bytes([held[at] ^ (1 << chance.randrange(8))]) + held[at + 1 :]


def test_a_thousand_damaged_files_are_refused_before_they_are_opened(home: Path) -> None:
    chance = Random(20261128)

    for name, times in ((artefact.COMPILED, 500), (artefact.MODEL, 400), ("card.md", 100)):
        file = home / "v1" / name
        whole = file.read_bytes()
        for _ in range(times):
            file.write_bytes(damaged(whole, chance))
            # Opening them would say "foreign" at best; damage is told by the sums alone.
            with pytest.raises(ModelDamaged, match=name):
                artefact.verify(home, "v1")
            if name != "card.md":
                with pytest.raises(ModelDamaged, match=name):
                    artefact.serve(home)
        file.write_bytes(whole)

    artefact.serve(home)


def test_what_a_damaged_manifest_lets_through_scores_as_before(home: Path) -> None:
    chance = Random(7)
    expected = artefact.serve(home).probabilities(TEXTS)
    outcomes = {"refused": 0, "same": 0}

    for file in (home / "v1" / artefact.MANIFEST, home / artefact.CURRENT):
        whole = file.read_bytes()
        for _ in range(100):
            file.write_bytes(damaged(whole, chance))
            try:
                served = artefact.serve(home)
            except ModelError:
                outcomes["refused"] += 1
            else:
                assert np.array_equal(served.probabilities(TEXTS), expected)
                outcomes["same"] += 1
        file.write_bytes(whole)

    assert min(outcomes.values()) > 0


class Evil:
    """Opens as a file that should not be there."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.canary,)


def hostile(canary: Path) -> dict[str, bytes]:
    """Return contents of a file that would leave a trace if they were unpickled."""
    array = np.empty(1, object)
    array[0] = Evil(canary)
    objects, joined, dumped = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.save(objects, array, allow_pickle=True)
    np.savez(joined, head=array, allow_pickle=True)
    joblib.dump(Evil(canary), dumped)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("head.npy", objects.getvalue())
        file.writestr("../../evil.npy", objects.getvalue())
    squeezed = io.BytesIO()
    joblib.dump(Evil(canary), squeezed, compress=3)
    return {
        "pickle": pickle.dumps(Evil(canary)),
        "pickle of protocol 0": pickle.dumps(Evil(canary), protocol=0),
        "npy of objects": objects.getvalue(),
        "npz of objects": joined.getvalue(),
        "zip that leaves its folder": packed.getvalue(),
    } | {"joblib": dumped.getvalue(), "joblib, compressed": squeezed.getvalue()}


@pytest.mark.parametrize("name", [artefact.COMPILED, artefact.MODEL])
@pytest.mark.parametrize("told", [False, True], ids=["foreign sum", "its sum in the manifest"])
def test_a_hostile_file_leaves_no_trace(home: Path, tmp_path: Path, name: str, told: bool) -> None:
    canary = tmp_path / "canary"
    file, manifest = home / "v1" / name, home / "v1" / artefact.MANIFEST
    said = json.loads(manifest.read_text(encoding="utf-8"))

    for how, held in hostile(canary).items():
        file.write_bytes(held)
        if told:
            sums = {"size": len(held), "sha256": sha256(held).hexdigest()}
            said["files"][name] = sums
            manifest.write_text(json.dumps(said), encoding="utf-8")
        if name == artefact.COMPILED or not told:
            with pytest.raises(ModelError):
                artefact.serve(home)
        else:
            artefact.serve(home)  # which opens the arrays only
        assert not canary.exists(), how


def test_the_canary_would_be_seen(tmp_path: Path) -> None:
    pickle.loads(hostile(tmp_path / "canary")["pickle"])

    assert (tmp_path / "canary").exists()


@pytest.mark.parametrize("by", [2e-5, -0.5])
def test_a_model_that_scores_otherwise_than_when_it_was_saved_is_refused(
    home: Path, by: float
) -> None:
    manifest = home / "v1" / artefact.MANIFEST
    said = json.loads(manifest.read_text(encoding="utf-8"))
    assert set(said["golden"]) == set(artefact.GOLDEN)
    said["golden"][artefact.GOLDEN[2]][1] += by
    manifest.write_text(json.dumps(said), encoding="utf-8")

    with pytest.raises(ModelForeign, match="scores texts otherwise"):
        artefact.serve(home)


def test_a_model_that_kept_no_scores_is_served(home: Path) -> None:
    manifest = home / "v1" / artefact.MANIFEST
    said = json.loads(manifest.read_text(encoding="utf-8"))
    del said["golden"]
    manifest.write_text(json.dumps(said), encoding="utf-8")

    assert artefact.serve(home).version == "v1"


def test_the_shipped_model_keeps_its_scores() -> None:
    home = ROOT / "models"

    assert len(artefact.manifest(home, artefact.current(home))["golden"]) == len(artefact.GOLDEN)
