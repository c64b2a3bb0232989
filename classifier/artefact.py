"""Trained versions on disk: saved whole or not at all, verified before a byte is unpickled.

    models/
        current              names the version in use
        previous             the versions that were current before, newest first
        2026-11-25-1/        manifest.json and what it names: model.joblib, scorer.npz,
                             metrics.json, held_out.json.gz, card.md, plots

What serves is scorer.npz, plain arrays (`serve`). The model as scikit-learn has it (`load`) is for
measuring and tuning: a joblib file can run code when it is opened. The sums in the manifest catch
damage; they can't catch someone who rewrites both, so load only versions that you trained or trust.
"""

import contextlib
import hashlib
import io
import os
import pickle
import platform
import re
import shutil
import time
import warnings
import zlib
from collections.abc import Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from classifier.errors import ModelDamaged, ModelError, ModelForeign, ModelMissing
from classifier.resources import shipped

if TYPE_CHECKING:
    from classifier.model import TopicModel
    from classifier.scorer import Scorer

FORMAT = 1
"""Raised when a change of code makes older model files unreadable."""

MODEL = "model.joblib"
COMPILED = "scorer.npz"
MANIFEST = "manifest.json"
CURRENT = "current"
PREVIOUS = "previous"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "joblib")
REMEMBERED = 50
"""How many earlier versions `previous` keeps."""

GOLDEN = (
    "China's commerce ministry adds battery cathode technology to its restricted export list",
    "商务部公告：对镓、锗相关物项实施出口管制",
    "Commission imposes definitive countervailing duties on electric vehicles from China",
    "$TSLA and $NVDA slide as Washington weighs new licences for AI chips #ExportControls",
    "Cod quota agreed after a long night of talks",
    "",
)
"""Texts whose scores are kept with a model, so that code that reads texts otherwise is noticed."""

CLOSE = 1e-5
"""How far a score may be from the kept one: the arrays are 32-bit floats."""

VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*(\.[0-9A-Za-z_-]+)*")


def home(*, writing: bool = False) -> Path:
    """Return where versions are kept unless told: $TOCSIN_MODELS, ./models, or the shipped ones.

    writing: never the shipped folder of an installed package.
    """
    told = os.environ.get("TOCSIN_MODELS")
    if told:
        return Path(told)
    here = Path("models")
    if writing or (here / CURRENT).is_file():
        return here
    return shipped("models")


def versions(models_dir: Path) -> list[str]:
    """Return the names of all versions, oldest first."""
    found = [
        path.name
        for path in models_dir.glob("*/" + MANIFEST)
        for path in [path.parent]
        if VERSION.fullmatch(path.name)
    ]
    return sorted(found, key=_age)


def next_version(models_dir: Path, today: date) -> str:
    """Return the name for a version that is trained today: 2026-11-25-1, then -2 and so on."""
    day = today.isoformat()
    taken = [int(n) for v in versions(models_dir) if (n := v.removeprefix(day + "-")).isdigit()]
    return f"{day}-{max(taken, default=0) + 1}"


def current(models_dir: Path) -> str:
    """Return the version in use. Raise ModelMissing."""
    try:
        named = (models_dir / CURRENT).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ModelMissing(
            f"{models_dir} has no current model: run `tocsin train`, or name a folder with --models"
        ) from error
    except UnicodeDecodeError as error:
        raise ModelDamaged(f"{models_dir / CURRENT} is not text") from error
    _folder(models_dir, named)
    return named


def use(models_dir: Path, version: str) -> None:
    """Make a version the current one, after verifying it; the one before is remembered."""
    check_servable(models_dir, version)
    with contextlib.suppress(ModelError):
        before = current(models_dir)
        if before != version:
            earlier = [before, *previous(models_dir)][:REMEMBERED]
            _write(models_dir / PREVIOUS, "".join(v + "\n" for v in earlier).encode())
    _write(models_dir / CURRENT, (version + "\n").encode())


def previous(models_dir: Path) -> list[str]:
    """Return the versions that were current before, newest first."""
    file = models_dir / PREVIOUS
    return file.read_text(encoding="utf-8").split() if file.is_file() else []


def rollback(models_dir: Path) -> str:
    """Make the version before the current one current again, and return it."""
    earlier = previous(models_dir)
    if not earlier:
        raise ModelMissing(f"{models_dir} remembers no version before {current(models_dir)}")
    check_servable(models_dir, earlier[0])
    _write(models_dir / CURRENT, (earlier[0] + "\n").encode())
    _write(models_dir / PREVIOUS, "".join(v + "\n" for v in earlier[1:]).encode())
    return earlier[0]


def manifest(models_dir: Path, version: str) -> dict[str, Any]:
    """Return what a version's manifest says. Raise ModelMissing, ModelDamaged, ModelForeign."""
    file = _folder(models_dir, version) / MANIFEST
    try:
        said = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ModelDamaged(f"{file} cannot be read: {error}") from error
    if not isinstance(said, dict) or not isinstance(said.get("files"), dict):
        raise ModelDamaged(f"{file} is not a model's manifest")
    if said.get("format") != FORMAT:
        raise ModelForeign(
            f"model {version} has format {said.get('format')} and this Tocsin reads {FORMAT}: "
            "retrain with `tocsin train`"
        )
    return said


def verify(models_dir: Path, version: str) -> bytes:
    """Return the bytes of a version's model file, once all its files match the manifest."""
    held = check_files(models_dir, version)
    if MODEL not in held:
        raise ModelDamaged(f"{models_dir / version / MANIFEST} names no {MODEL}")
    _check_libraries(version, manifest(models_dir, version).get("libraries", {}))
    return held[MODEL]


def check_servable(models_dir: Path, version: str) -> None:
    """Raise what `serve` would for the files of a version, without opening one.

    Compiled arrays serve whichever scikit-learn wrote the version; one without them is opened by
    scikit-learn, so its version counts.
    """
    if COMPILED not in check_files(models_dir, version):
        verify(models_dir, version)


def check_files(models_dir: Path, version: str) -> dict[str, bytes]:
    """Return every file that a version's manifest names, whichever scikit-learn wrote it.

    Raise ModelDamaged for the first that is missing or differs from what was saved.
    """
    folder = models_dir / version
    held: dict[str, bytes] = {}
    for name, sums in manifest(models_dir, version)["files"].items():
        if Path(name).name != name:
            raise ModelDamaged(f"{folder / MANIFEST} names a file outside its folder: {name!r}")
        held[name] = _read(folder / name, sums)
    return held


def read_file(models_dir: Path, version: str, name: str) -> bytes | None:
    """Return one file of a version, checked against its manifest; None where it has no such file.

    Other than load, it reads versions that another scikit-learn wrote too.
    """
    sums = manifest(models_dir, version)["files"].get(name)
    return None if sums is None else _read(models_dir / version / name, sums)


def serve(models_dir: Path, version: str | None = None) -> "Scorer":
    """Return the scorer of a trained version (None: the current one), verified before it is opened.

    A version that was saved without compiled arrays is compiled here, which needs scikit-learn and
    takes a few seconds. Raise ModelMissing, ModelDamaged or ModelForeign.
    """
    from classifier.compiled import compile_model, unpack
    from classifier.scorer import Scorer

    name = version if version is not None else current(models_dir)
    # A version with damage anywhere is not to be trusted, so the other file is checked too.
    read_file(models_dir, name, MODEL)
    held = read_file(models_dir, name, COMPILED)
    if held is None:
        return Scorer(compile_model(load(models_dir, name)))
    try:
        compiled = unpack(held)
    except ValueError as error:
        raise ModelForeign(
            f"{models_dir / name / COMPILED} {error}: retrain with `tocsin train`"
        ) from error
    if compiled.verdict.version != name:
        raise ModelForeign(f"{models_dir / name / COMPILED} is not model {name}")
    scorer = Scorer(compiled)
    _check_golden(scorer, manifest(models_dir, name).get("golden"))
    return scorer


def _check_golden(scorer: "Scorer", kept: Any) -> None:
    """Refuse a model that scores texts otherwise than when it was saved; an older one kept none."""
    if kept is None:
        return
    try:
        found = scorer.probabilities(list(kept)).tolist()
        same = all(
            abs(one - other) <= CLOSE
            for row, wanted in zip(found, kept.values(), strict=True)
            for one, other in zip(row, wanted, strict=True)
        )
    except (AttributeError, TypeError, ValueError):
        same = False
    if not same:
        raise ModelForeign(
            f"model {scorer.version} scores texts otherwise than when it was trained: this Tocsin "
            "reads texts in another way; retrain with `tocsin train`, or install the version before"
        )


def load(models_dir: Path, version: str | None = None) -> "TopicModel":
    """Return a trained version (None: the current one) as scikit-learn has it, verified first.

    Raise ModelMissing, ModelDamaged or ModelForeign.
    """
    name = version if version is not None else current(models_dir)
    held = verify(models_dir, name)

    import joblib

    from classifier.model import TopicModel

    try:
        with warnings.catch_warnings():
            # Another patch release of the same scikit-learn minor version is fine.
            warnings.filterwarnings("ignore", category=UserWarning, module="sklearn")
            model = joblib.load(io.BytesIO(held))
    except (
        pickle.UnpicklingError,
        AttributeError,
        ImportError,
        TypeError,
        ValueError,
        KeyError,
        EOFError,
    ) as error:
        raise ModelForeign(
            f"model {name} cannot be opened by this Tocsin ({error}): retrain with `tocsin train`"
        ) from error
    if not isinstance(model, TopicModel) or model.version != name:
        raise ModelForeign(f"{models_dir / name / MODEL} is not model {name}")
    return model


def save(
    models_dir: Path,
    model: "TopicModel",
    *,
    facts: Mapping[str, Any],
    files: Mapping[str, bytes],
) -> Path:
    """Write a version beside the others and return its folder; it does not become current.

    facts: what the manifest says besides versions and sums (fingerprints, metrics).
    files: further files, name -> content.
    """
    from classifier.compiled import compile_model, pack
    from classifier.scorer import Scorer

    folder = models_dir / model.version
    if folder.exists():
        raise ModelError(f"{folder} exists already")
    compiled = compile_model(model)
    # joblib reads this as its own; what it writes takes several times as long.
    pickled = zlib.compress(pickle.dumps(model, pickle.HIGHEST_PROTOCOL), 3)
    contents = {MODEL: pickled, COMPILED: pack(compiled), **files}
    golden = Scorer(compiled).probabilities(GOLDEN)
    said = {
        "format": FORMAT,
        "version": model.version,
        "topics": list(model.topics),
        "thresholds": dict(model.thresholds),
        "grade_thresholds": list(model.grade_thresholds),
        "golden": {text: row.tolist() for text, row in zip(GOLDEN, golden, strict=True)},
        "libraries": {name: metadata.version(name) for name in LIBRARIES}
        | {"python": platform.python_version()},
        "files": {
            name: {"sha256": hashlib.sha256(held).hexdigest(), "size": len(held)}
            for name, held in contents.items()
        },
        **facts,
    }
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    contents[MANIFEST] = orjson.dumps(said, option=option)
    _place(folder, contents)
    return folder


def _place(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a staging folder, then rename it: whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    staging = folder.parent / f".staging-{folder.name}-{os.getpid()}"
    try:
        staging.mkdir()
        for name, held in contents.items():
            with (staging / name).open("wb") as file:
                file.write(held)
                file.flush()
                os.fsync(file.fileno())
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _sweep(models_dir: Path) -> None:
    """Remove what a killed training left behind more than an hour ago."""
    for left in models_dir.glob(".staging-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > 3600:
                shutil.rmtree(left, ignore_errors=True)


def _write(file: Path, held: bytes) -> None:
    fresh = file.with_name(f".staging-{file.name}-{os.getpid()}")
    try:
        fresh.write_bytes(held)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _folder(models_dir: Path, version: str) -> Path:
    if not VERSION.fullmatch(version):
        raise ModelMissing(f"{version!r} is not a version's name")
    folder = models_dir / version
    if not (folder / MANIFEST).is_file():
        known = ", ".join(versions(models_dir)) or "none"
        raise ModelMissing(f"{models_dir} has no model {version}; it has: {known}")
    return folder


def _read(file: Path, sums: Mapping[str, Any]) -> bytes:
    try:
        if file.stat().st_size != sums["size"]:
            raise ModelDamaged(f"{file} has another size than its manifest says")
        held = file.read_bytes()
        if hashlib.sha256(held).hexdigest() != sums["sha256"]:
            raise ModelDamaged(f"{file} differs from its manifest (sha256)")
    except OSError as error:
        raise ModelDamaged(f"{file} cannot be read: {error.strerror}") from error
    except (KeyError, TypeError) as error:
        raise ModelDamaged(f"the manifest beside {file} has no size and sum for it") from error
    return held


def _check_libraries(version: str, written: Mapping[str, str]) -> None:
    """Refuse a file of another minor version of scikit-learn, which promises nothing across."""
    here = metadata.version("scikit-learn")
    there = str(written.get("scikit-learn", "an unknown version"))
    if there.split(".")[:2] != here.split(".")[:2]:
        raise ModelForeign(
            f"model {version} was written with scikit-learn {there} and this is {here}: "
            "retrain with `tocsin train`"
        )


def _age(version: str) -> list[tuple[int, str]]:
    """Return a key that sorts 2026-11-25-2 before 2026-11-25-10."""
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[-._]", version)
    ]
