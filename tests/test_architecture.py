"""The house's structure: who may import whom, how large things get, how they are named."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted([*(ROOT / "classifier").rglob("*.py"), *(ROOT / "alerts").rglob("*.py")])

LAYERS = {
    "cli": 6, "cli_backup": 6, "cli_labels": 6, "cli_silences": 5.5, "cli_correct": 5.2,
    "cli_read": 5, "web": 5, "scheduler": 5.5, "silencing": 5.2, "once": 5,
    "demo": 5, "listing": 5, "telling": 2.5, "opening": 5, "why": 5,
    "cli_rules": 6, "rehearsal": 5, "rule_tests": 4.5,
    "cli_backtest": 6, "charts": 5, "tuning": 5, "replay": 4.5, "rescore": 4.55,
    "notebook": 2.35, "archive": 2.1,
    "pipeline": 4, "deliver": 4, "backtest": 4.6, "feedback": 4,
    "schema": 5, "books": 3.8, "judging": 3.9, "regroup": 4.1, "grouping": 3.8, "config": 3.5,
    "checking": 3.2,
    "sources": 3, "channels": 3, "store": 3,
    "httpclient": 2.5, "guard": 2.4,
    "normalise": 2, "dates": 1, "cleaning": 2, "acts": 1.9, "reader": 1.9,
    "likeness": 1.95, "trees": 1,
    "retractions": 1.95, "edits": 2.05, "updates": 2.05,
    "words": 2, "conditions": 2, "expression": 2, "case": 2.08, "rules": 2.1,
    "shortlist": 2.2, "faults": 2.2, "ledger": 2.2, "restraint": 2.3, "release": 2.4,
    "background": 1, "glossary": 1, "goods": 1, "kinds_of_goods": 1.1, "logs": 2.1,
    "figures": 1.92, "sequels": 1.92, "remedies": 1.92, "schemes": 1.92, "traces": 1.94,
    "contradictions": 1.96, "courses": 1.955, "shorteners": 2.6,
    "events": 2, "walltime": 1.7,
    "index": 1.9, "index_kernel": 1.91, "index_table": 1.91,
    "index_machine": 1.92, "window": 2, "render": 2.1,
    "document": 2.15, "retry": 2,
    "settings": 1.5, "ahead": 1.6, "addresses": 1,
    "domain": 1, "errors": 1, "yamltree": 1,
    "watchdog": 1, "cli_operate": 6, "selftest": 5.5, "watch": 4.5, "configs": 3.6,
    "drafts": 3.7, "reading": 2.05, "second_reader": 2.1, "spells": 2.2, "habit": 1, "drift": 1,
    "failpoints": 1, "redaction": 1,
    "outages": 2.3, "timetable": 1, "polls": 3.9, "watched": 1,
}  # fmt: skip
"""alerts module -> its layer; imports go down, or sideways only where NEIGHBOURS says so."""

PURE = {
    "normalise", "cleaning", "acts", "reader", "events", "words", "conditions", "expression",
    "case", "rules", "shortlist", "faults", "ledger", "notebook", "archive", "restraint", "release",
    "figures", "sequels", "remedies", "schemes", "traces", "likeness", "trees",
    "contradictions", "kinds_of_goods", "courses", "ahead", "index_kernel", "index_table",
    "render", "document", "retry", "walltime", "retractions", "updates", "edits",
    "habit", "drift", "spells", "outages", "timetable",
}  # fmt: skip
IMPURE_IMPORTS = {
    "httpx", "sqlalchemy", "alembic", "apscheduler", "socket", "subprocess", "os", "time",
    "asyncio", "random", "alerts.config", "alerts.store", "alerts.httpclient",
}  # fmt: skip

BANNED_NAMES = ("Manager", "Service", "Handler", "Helper", "Processor", "Factory", "Util")
ALLOWED_NAMES = {"Service"}  # the `service:` section of tocsin.yaml
BANNED_FILES = ("util", "helper", "common", "misc", "base")
LONG_FUNCTIONS: dict[str, int] = {"alerts.acts.compose": 75, "alerts.web.app.make_app": 100,
                                  "classifier.kernel.score_all": 62}  # fmt: skip
MAX_FUNCTION, MAX_FILE = 60, 450


def module_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(module: str) -> float | None:
    parts = module.split(".")
    if parts[0] != "alerts" or len(parts) < 2:
        return None
    return LAYERS.get(parts[1])


def group_of(module: str) -> str:
    """A module and its own parts count as one: sources.feed_worker belongs to sources.feed."""
    name = module.split(".")
    if name[1] in ("sources", "channels") and len(name) > 2:
        return ".".join([name[1], name[2].split("_worker")[0]])
    return name[1]


def test_every_alerts_module_has_a_layer() -> None:
    unplaced = {
        module_of(file)
        for file in FILES
        if module_of(file).startswith("alerts.") and layer_of(module_of(file)) is None
    }

    assert unplaced == set()


def test_the_classifier_never_imports_the_service() -> None:
    guilty = [
        file.name
        for file in (ROOT / "classifier").glob("*.py")
        if "alerts" in {name.split(".")[0] for name in imports(file)}
    ]

    assert guilty == []


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_imports_go_downwards(file: Path) -> None:
    module = module_of(file)
    own = layer_of(module)
    if own is None:
        return
    upward = [
        name
        for name in imports(file)
        if (other := layer_of(name)) is not None
        and (other > own or (other == own and own == 3 and group_of(name) != group_of(module)))
        and group_of(name) != group_of(module)
        and not (module.endswith(("sources", "channels")) and name.startswith(module))
    ]

    assert upward == []


PURE_FILES = [file for file in FILES if set(module_of(file).split(".")[1:2]) & PURE]


def test_every_pure_module_exists() -> None:
    assert {module_of(file).split(".")[1] for file in PURE_FILES} == PURE


@pytest.mark.parametrize("file", PURE_FILES, ids=module_of)
def test_the_middle_is_pure(file: Path) -> None:
    impure = [
        one
        for one in imports(file)
        if any(one == banned or one.startswith(f"{banned}.") for banned in IMPURE_IMPORTS)
    ]
    clocks = [call for call in ("datetime.now", "utcnow", "open(") if call in file.read_text()]

    assert impure == []
    assert module_of(file) == "alerts.acts" or clocks == []


def test_there_are_no_import_cycles() -> None:
    graph = {
        module_of(file): {
            name for name in imports(file) if name in {module_of(other) for other in FILES}
        }
        for file in FILES
        if file.name != "__init__.py"
    }

    def reaches(start: str) -> bool:
        seen: set[str] = set()
        stack = list(graph.get(start, ()))
        while stack:
            here = stack.pop()
            if here == start:
                return True
            if here not in seen:
                seen.add(here)
                stack.extend(graph.get(here, ()))
        return False

    assert [module for module in graph if reaches(module)] == []


def test_nothing_commits_but_the_store_s_own_transactions() -> None:
    """One helper begins and ends every transaction; a driver's own commit would split one."""
    calls = {"commit", "executescript", "begin", "autocommit", "isolation_level"}
    guilty = {
        (module_of(file), node.attr)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in calls
    }

    assert guilty == {
        ("alerts.store.connect", "begin"), ("alerts.store.connect", "isolation_level"),
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_every_file_says_what_it_is_for(file: Path) -> None:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))

    assert docstring


def test_files_and_functions_stay_small() -> None:
    large = [
        module_of(file)
        for file in FILES
        if len(file.read_text(encoding="utf-8").splitlines()) > MAX_FILE
    ]
    long = [
        f"{module_of(file)}.{node.name}"
        for file in FILES
        if "migrations" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1
        > LONG_FUNCTIONS.get(f"{module_of(file)}.{node.name}", MAX_FUNCTION)
    ]

    assert large == []
    assert long == []


def test_names_are_those_of_the_field() -> None:
    classes = [
        node.name
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    files = [file.stem for file in FILES]

    assert [name for name in classes if name.endswith(BANNED_NAMES)] == [*ALLOWED_NAMES]
    assert [name for name in files if any(banned in name for banned in BANNED_FILES)] == []
