"""The documentation against the code: what can be typed, set or met has its place on a page."""

import ast
import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel
from ruamel.yaml import YAML

from alerts import channels, checking, cli, config, events, rule_tests, sources
from alerts.conditions import ActCondition, Selection, TopicCondition
from alerts.expression import VARIABLES
from alerts.rules import CONDITIONS, Rule
from alerts.settings import ChannelSettings, SourceSettings
from alerts.walltime import QuietHours
from classifier.labels import Policy
from classifier.relevance import weigh
from tests.chaos import __main__ as chaos
from tests.commands import every_command

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
README, CHANGELOG = ROOT / "README.md", ROOT / "CHANGELOG.md"
PAGES = [README, CHANGELOG, ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
ENTRIES: dict[str, type[BaseModel]] = {
    **{kind: made.config for kind, made in sources.KINDS.items()},
    **{kind: made.config for kind, made in channels.KINDS.items()},
}
"""The kinds of source and channel, and how one is written."""

HEADING = re.compile(r"^(#+) +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|farm|Users)\b")


def page(name: str) -> str:
    """Return a page of docs/."""
    return (DOCS / name).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    """Return a page without its code blocks, in which a # is no heading."""
    return FENCE.sub("", text)


def section(text: str, title: str) -> str:
    """Return what stands under a heading, up to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {title!r}"
    return found[1]


def first_column(text: str) -> list[str]:
    """Return the code words that the rows of a section's tables begin with."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def blocks(text: str, language: str) -> list[str]:
    """Return a page's code blocks in one language."""
    return [found[2] for found in FENCE.finditer(text) if found[1] == language]


def slug(heading: str) -> str:
    """Return the anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def named(paths: list[Path]) -> list[Any]:
    return [pytest.param(path, id=path.relative_to(ROOT).as_posix()) for path in paths]


# Commands ---------------------------------------------------------------------------------

COMMANDS = every_command()
TOP = typer.main.get_command(cli.app)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_its_options(name: str) -> None:
    told = section(page("commands.md"), f"tocsin {name}")

    assert f"tocsin {name}" in told
    for parameter in COMMANDS[name].params:
        for option in (one for one in parameter.opts if one.startswith("--")):
            assert option in told.replace("[", " ").replace("]", " ").split(), option


def test_every_documented_command_exists() -> None:
    headings = re.findall(r"^## tocsin (.+)$", page("commands.md"), re.MULTILINE)

    assert sorted(headings) == sorted(COMMANDS)


@pytest.mark.parametrize("path", named(PAGES))
def test_pages_speak_only_of_commands_that_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    spoken = set(re.findall(r"`tocsin ([a-z]+)", text)) | set(
        re.findall(r"^(?:.*\| )?tocsin ([a-z]+)", "\n".join(blocks(text, "")), re.MULTILINE)
    )

    assert spoken <= {name.split()[0] for name in COMMANDS} | set(TOP.commands)  # type: ignore[attr-defined]


def test_every_exit_code_is_documented() -> None:
    codes = {0, cli.EXIT_FINDINGS, cli.EXIT_ERROR, cli.EXIT_CONFIG, cli.EXIT_INTERRUPTED}
    told = section(page("commands.md"), "Exit codes")

    assert set(map(int, re.findall(r"^\| (\d+) \|", told, re.MULTILINE))) == codes


# The environment --------------------------------------------------------------------------


def environment_reads(file: Path) -> Iterator[str]:
    """Yield the name in each os.environ[...], os.environ.get(...) and os.getenv(...)."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            yield ast.unparse(node.slice)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "os.environ.get",
            "os.getenv",
        ):
            yield ast.unparse(node.args[0])


def test_every_environment_variable_is_documented() -> None:
    files = [*(ROOT / "alerts").rglob("*.py"), *(ROOT / "classifier").rglob("*.py")]
    read = {name for file in files for name in environment_reads(file)}
    told = {f"'{name}'" for name in first_column(section(page("commands.md"), "Environment"))}

    # `name` is what a secret reference says.
    assert read - {"name"} == told


# The config -------------------------------------------------------------------------------


def keys(model: type[BaseModel]) -> set[str]:
    """Return the keys of a config model, as they are written."""
    return {field.alias or name for name, field in model.model_fields.items()}


SECTIONS: list[tuple[str, set[str]]] = [
    ("service", keys(config.Service)),
    ("sources", keys(SourceSettings)),
    ("channels", keys(ChannelSettings)),
    ("rules", keys(Rule)),
    *((kind, keys(made.config) - keys(SourceSettings)) for kind, made in sources.KINDS.items()),
    *((kind, keys(made.config) - keys(ChannelSettings)) for kind, made in channels.KINDS.items()),
]


@pytest.mark.parametrize(("title", "known"), SECTIONS, ids=[title for title, _ in SECTIONS])
def test_every_config_key_is_documented_and_no_other(title: str, known: set[str]) -> None:
    told = section(page("configuration.md"), f"`{title}`")

    assert set(first_column(told)) == known


@pytest.mark.parametrize(
    ("key", "model"),
    [
        ("topics", TopicCondition),
        ("sources", Selection),
        ("authors", Selection),
        ("act", ActCondition),
        ("quiet_hours", QuietHours),
    ],
)
def test_the_parts_of_a_condition_are_documented(key: str, model: type[BaseModel]) -> None:
    rows = section(page("configuration.md"), "`rules`").splitlines()
    (row,) = (line for line in rows if line.startswith(f"| `{key}` |"))

    assert keys(model) <= set(re.findall(r"`(\w+)`", row))


def test_every_condition_has_its_meaning_and_its_reason() -> None:
    text = page("rules.md")

    assert first_column(section(text, "Conditions")) == list(CONDITIONS)
    assert set(CONDITIONS) <= set(re.findall(r"`(\w+)`", section(text, "Why nothing came")))


def test_every_variable_of_expressions_is_documented_with_its_type() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| ([\w ]+) \|", section(page("rules.md"), "Expressions"),
                      re.MULTILINE)  # fmt: skip
    told = {
        "list of string": "list<string>",
        "map of double": "map<string,double>",
    }

    assert {name: told.get(kind, kind) for name, kind in rows} == VARIABLES


@pytest.mark.parametrize(
    ("name", "kind"),
    [*(("sources.md", k) for k in sources.KINDS), *(("channels.md", k) for k in channels.KINDS)],
)
def test_every_kind_has_its_heading(name: str, kind: str) -> None:
    titles = {found[2].strip("`") for found in HEADING.finditer(without_code(page(name)))}

    assert kind in titles


def test_the_example_config_loads() -> None:
    loaded = config.load(ROOT / "data" / "tocsin.example.yaml", secrets=False)

    assert loaded.sources
    assert loaded.rules


def check_entries(entries: list[Any]) -> None:
    for entry in entries:
        model = ENTRIES[entry["kind"]] if "kind" in entry else Rule
        model.model_validate(entry)


@pytest.mark.parametrize("path", named(PAGES))
def test_configs_in_code_blocks_are_good(path: Path) -> None:
    for block in blocks(path.read_text(encoding="utf-8"), "yaml"):
        read = YAML(typ="safe").load(block)
        if isinstance(read, list):
            check_entries(read)
            continue
        if "tests" in read:
            rule_tests.Suite.model_validate(read)
            continue
        assert set(read) <= set(checking.SECTIONS)
        config.Service.model_validate(read.get("service", {}))
        for kind in ("sources", "channels", "rules"):
            check_entries(read.get(kind, []))


@pytest.mark.parametrize("path", named(PAGES))
def test_json_in_code_blocks_can_be_read(path: Path) -> None:
    for block in blocks(path.read_text(encoding="utf-8"), "json"):
        json.loads(block)


# How it decides ---------------------------------------------------------------------------


def test_what_joins_posts_is_documented_with_its_figures() -> None:
    text = page("events.md")
    told = first_column(section(text, "By what a post joins"))
    likeness = re.findall(r"^\| [^|]+ \| (-?\d\.\d+) \|", section(text, "Likeness"), re.MULTILINE)

    assert told == [*events.STRENGTH, "opened"]
    assert list(map(float, likeness)) == [events.NEAR, events.STORY, events.JOIN]
    assert f"log-odds of at least {events.JOIN}" in text


def test_the_worked_example_of_relevance_is_right() -> None:
    scores = {"export-controls": 0.97, "china": 0.98, "electric-vehicles": 0.96}
    watched = {"export-controls", "electric-vehicles"}
    likely, unlikely = (Policy(grade=2, at_least=(p, p, 0.0)) for p in (0.85, 0.20))
    found = [
        weigh(likely, scores, watched=watched).value,
        weigh(likely, scores).value,
        weigh(likely, scores, watched=watched, official=True).value,
        weigh(unlikely, scores, watched=watched).value,
    ]

    told = re.findall(r"= \*\*(\d+)\*\* \|", section(page("relevance.md"), "Worked through"))

    assert list(map(int, told)) == found


# The pages themselves ---------------------------------------------------------------------


def test_the_readme_begins_with_two_commands_that_make_knows() -> None:
    commands = blocks(README.read_text(encoding="utf-8"), "")

    assert [block for block in commands if block.startswith("make")] == [
        "make demo\n",
        "make test\n",
    ]
    assert commands[0] == "make demo\n"


@pytest.mark.parametrize("path", named(PAGES))
def test_pages_name_only_make_targets_that_exist(path: Path) -> None:
    targets = set(
        re.findall(
            r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    spoken = re.findall(r"(?:`|^)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(spoken) <= targets


@pytest.mark.parametrize("path", named(PAGES))
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(without_code(path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.is_file(), link
        if anchor:
            text = without_code(target.read_text(encoding="utf-8"))
            anchors = {slug(found[2]) for found in HEADING.finditer(text)}
            assert anchor in anchors, link


def test_the_index_lists_every_page() -> None:
    listed = {link for link in LINK.findall(page("README.md")) if link.endswith(".md")}

    assert listed == {path.name for path in DOCS.glob("*.md")} - {"README.md"}


@pytest.mark.parametrize("path", named(PAGES))
def test_pages_name_no_path_of_somebodys_machine(path: Path) -> None:
    assert not MACHINE_PATH.findall(path.read_text(encoding="utf-8"))


def test_the_changelog_has_a_section_for_what_is_here() -> None:
    text = CHANGELOG.read_text(encoding="utf-8")
    headings = re.findall(r"^## \[([^\]]+)\]", text, re.MULTILINE)

    assert {"Unreleased", version("tocsin")} & set(headings)


def test_every_figure_has_its_command_and_its_date() -> None:
    rows = [line for line in page("measurements.md").splitlines() if line.startswith("| ")]
    figures = [
        cells for row in rows
        if len(cells := [cell.strip() for cell in row.strip("|").split("|")]) == 4
        and cells[0] not in ("figure", "---")
    ]  # fmt: skip

    assert len(figures) > 5
    for figure, value, command, day in figures:
        assert figure, value
        assert value, figure
        assert re.fullmatch(r"`[^`]+`", command), figure
        assert date.fromisoformat(day)


def test_every_key_of_a_rule_test_is_documented() -> None:
    told = section(page("rules.md"), "Testing rules")
    models = (rule_tests.Suite, rule_tests.RuleTest, rule_tests.Expected, rule_tests.Silence)
    keys = {key for model in models for key in model.model_fields}

    assert {key for key in keys if not re.search(rf"\b{key}\b", told)} == set()


def commands_on(path: Path, program: str) -> Iterator[list[str]]:
    """Yield the words of every command of a program that a page gives in its text."""
    for code in re.findall(r"`([^`\n]+)`", path.read_text(encoding="utf-8")):
        if code.startswith(f"{program} "):
            yield shlex.split(code.removeprefix(program))


def named_tests() -> Iterator[Any]:
    """Yield (place, part of a -k expression) of what the pages' pytest commands select."""
    for path in PAGES:
        for words in commands_on(path, "pytest"):
            places = [word for word in words if word.startswith("tests")]
            wanted = words[words.index("-k") + 1] if "-k" in words else ""
            for place in places:
                for way in wanted.split(" or "):
                    yield pytest.param(place, way, id=f"{path.name}: {place} -k {way}")


def test_the_commands_of_promises_are_seen() -> None:
    """Guard the guards below."""
    (page,) = (path for path in PAGES if path.name == "promises.md")
    rows = re.findall(r"^\| [^|]+ \| [^|]*`(?:pytest|python -m|make|tocsin) ",
                      page.read_text(encoding="utf-8"), re.MULTILINE)  # fmt: skip

    assert len([one for one in named_tests() if one.id.startswith("promises.md")]) > len(rows) > 60
    assert len(list(commands_on(page, "python -m tests.chaos"))) >= len(chaos.SERIES)


@pytest.mark.parametrize(("place", "way"), [*named_tests()])
def test_a_page_names_tests_that_exist(place: str, way: str) -> None:
    files = list(ROOT.glob(f"{place}/test_*.py" if place == "tests" else place))
    parts = [part.strip() for part in way.split(" and ")]

    assert files
    assert [
        name for file in files
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
        if all(part in name for part in parts)
    ]  # fmt: skip


@pytest.mark.parametrize("path", named(PAGES))
def test_pages_name_only_series_of_chaos_that_exist(path: Path) -> None:
    spoken = {word for words in commands_on(path, "python -m tests.chaos") for word in words}

    assert {word for word in spoken if word.isalpha() and word.islower()} <= chaos.SERIES.keys()


def test_every_module_stands_once_in_the_layout() -> None:
    page = (ROOT / "docs" / "layout.md").read_text(encoding="utf-8")
    service, _, rest = page.partition("## How a text becomes an act")
    reader, _, rest = rest.partition("## Around it")
    around, _, engine = rest.partition("## `classifier/`")
    parts = {"alerts": service + around, "alerts/reader": reader, "classifier": engine}

    for folder, part in parts.items():
        named = Counter(re.findall(r"`([a-z_]+\.py)`", part))
        modules = {file.name for file in (ROOT / folder).glob("*.py")} - {"__init__.py"}
        assert modules - named.keys() == set(), folder
        assert [name for name in modules if named[name] > 1 and name != "pipeline.py"] == []
