"""What a start of the service loads: our own code, and what pyproject.toml declares."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START = """
import importlib, json, sys
before = set(sys.modules)
for name in ("alerts.cli", "alerts.scheduler", "alerts.opening", "alerts.web.app", "alerts.once",
             "alerts.channels", "alerts.sources", "alerts.store.connect", "classifier.artefact"):
    importlib.import_module(name)
from classifier import artefact
artefact.serve(__import__("pathlib").Path("models")).tag(["China"])
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


IF_THERE = {"attr": "rich", "pkg_resources": "zhconv"}
"""What a declared package loads where it happens to be installed: name -> by which."""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required_by(names: set[str]) -> set[str]:
    """Return the packages and all that they require, as far as installed."""
    found: set[str] = set()
    while left := names - found:
        name = left.pop()
        found.add(name)
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        names |= {canonical(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in requires
                  if "extra ==" not in one}  # fmt: skip
    return found


def declared(*extras: str) -> set[str]:
    """Return the packages that pyproject.toml asks for, with those of some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"]]
    for extra in extras:
        asked += project["optional-dependencies"][extra]
    return {canonical(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in asked}


def imported(source: str) -> set[str]:
    """Return the top names of what a file imports, wherever in it the statement stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_every_import_statement_names_what_is_declared() -> None:
    allowed = declared("fast", "parquet", "postgres")
    owners = metadata.packages_distributions()
    ours = {"alerts", "classifier", *sys.stdlib_module_names}

    foreign = {
        (str(file.relative_to(ROOT)), name)
        for folder in ("alerts", "classifier")
        for file in (ROOT / folder).rglob("*.py")
        for name in imported(file.read_text(encoding="utf-8")) - ours
        if not {canonical(one) for one in owners.get(name, ())} & allowed
    }

    assert imported("def run():\n    from ruamel.yaml import YAML\n    import a.b") == {
        "ruamel",
        "a",
    }
    assert foreign == set()


def test_a_start_loads_only_what_is_declared() -> None:
    allowed = required_by(declared("fast"))
    owners = metadata.packages_distributions()

    run = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, check=True, cwd=ROOT
    )

    loaded: list[str] = json.loads(run.stdout)
    foreign = {
        name
        for name in loaded
        if name in owners and not {canonical(one) for one in owners[name]} & allowed
    }
    assert {"alerts", "classifier", "httpx", "sqlalchemy"} <= set(loaded)
    assert foreign - {"alerts", "classifier", *IF_THERE} == set()


def test_a_start_opens_no_connection_and_starts_no_program() -> None:
    watch = (
        "import sys\n"
        "def hook(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'subprocess.Popen',\n"
        "                 'os.system', 'os.exec', 'os.posix_spawn'):\n"
        "        raise SystemExit(f'{event} {args}')\n"
        "sys.addaudithook(hook)\n"
    )

    run = subprocess.run(
        [sys.executable, "-c", watch + START], capture_output=True, text=True, cwd=ROOT
    )
    control = subprocess.run(
        [sys.executable, "-c", watch + "import subprocess; subprocess.run(['true'])"],
        capture_output=True, text=True,
    )  # fmt: skip

    assert (run.returncode, run.stderr) == (0, "")
    assert "subprocess.Popen" in control.stderr
