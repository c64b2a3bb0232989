"""The commands on bad input: one clear line, the documented exit code, nothing lost."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from alerts import cli
from alerts.opening import load_config, only_instance
from tests.commands import Result

if TYPE_CHECKING:
    from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[1]
BLNS = ROOT.parent / "shared" / "hostile" / "text" / "blns.json"
POST = {"id": "1", "published": "2026-11-24T08:00:00Z", "text": "Beijing bans gallium exports"}
CONFIG = """\
service: {database: sqlite:///t.db, web: "off"}
sources:
  - {name: posts, kind: jsonl, path: posts.jsonl, backfill: all}
channels:
  - {name: screen, kind: console}
rules:
  - {name: controls, topics: {all: [export-controls]}, send: [screen]}
"""


def write(folder: Path, config: str = CONFIG, *posts: object) -> None:
    (folder / "tocsin.yaml").write_text(config, encoding="utf-8")
    lines = "".join(json.dumps(post) + "\n" for post in posts or (POST,))
    (folder / "posts.jsonl").write_text(lines, encoding="utf-8")


def flip(file: Path) -> None:
    """Change one bit in the middle of a file."""
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    file.write_bytes(held)


def test_a_missing_config_is_one_line(tocsin: Callable[..., Result]) -> None:
    for command in (["check"], ["once"], ["events", "list"]):
        result = tocsin(*command)
        assert (result.code, len(result.err)) == (78, 1)
        assert result.err[0].startswith("tocsin.yaml:1:1: ")
        assert "tocsin init" in result.err[0]


def test_every_mistake_of_a_config_is_a_line(tmp_path: Path, tocsin: Callable[..., Result]) -> None:
    write(tmp_path, CONFIG.replace("kind: jsonl", "kind: jsnl").replace("send:", "sned:"))

    result = tocsin("check")

    assert result.code == 78
    assert any("did you mean jsonl?" in line for line in result.err)
    assert any("did you mean send?" in line for line in result.err)
    assert not (tmp_path / "t.db").exists()


def test_init_writes_a_config_that_is_good_and_never_overwrites(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    first, checked = tocsin("init"), tocsin("check")
    before = (tmp_path / "tocsin.yaml").read_bytes()
    second = tocsin("init")

    assert (first.code, checked.code, second.code) == (0, 0, 2)
    assert (tmp_path / "tocsin.yaml").read_bytes() == before
    assert checked.err == []


def test_init_leaves_a_schema_where_its_first_line_says(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    (tmp_path / "deep").mkdir()
    tocsin("init", "deep/mine.yaml")

    first = (tmp_path / "deep" / "mine.yaml").read_text(encoding="utf-8").splitlines()[0]
    schema = tmp_path / "deep" / first.removeprefix("# yaml-language-server: $schema=")

    assert json.loads(schema.read_text()) == json.loads(tocsin("check", "--schema").out)


def test_what_is_odd_is_a_warning_with_its_place_and_no_failure(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path, CONFIG.replace("send: [screen]", "min_policy: 0, send: [screen]"))

    result = tocsin("check")

    assert result.code == 0
    assert result.out.endswith("\n")
    assert "1 rule, 1 warning; sha256:" in result.out
    assert [line.partition(": ")[2] for line in result.err] == [
        "warning: rules.0.min_policy: is 0, which every post reaches"
    ]


def test_a_good_run_is_silent_the_second_time(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path)

    first, second = tocsin("once"), tocsin("once")

    assert (first.code, second.code) == (0, 0)
    assert "Beijing bans gallium exports" in first.out
    assert second.out == ""


@pytest.mark.parametrize(
    ("status", "said"), [(401, "SourceDenied"), (402, "SourceDenied"), (429, "SourceLimited"),
                         (503, "SourceBroken")]
)  # fmt: skip
def test_a_source_that_refuses_is_told_and_shown(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server", status: int, said: str
) -> None:
    server.reply("/api/public/topic/china/posts/v1", status=status, body={"error": "no"})
    server.reply("/api/public/topic/china/news/v1", status=status, body={"error": "no"})
    write(
        tmp_path,
        CONFIG.replace(
            "sources:\n",
            "sources:\n  - {name: lc, kind: lunarcrush, topic: china, api_key: hush-hush, "
            f"base: '{server.url('/api')}', allow_private: true}}\n",
        ),
    )

    result = tocsin("once")
    shown = json.loads(tocsin("sources", "list", "--format", "json").out)

    assert result.code == 0
    assert [line for line in result.err if line.startswith(f"lc: {said}")]
    assert "hush-hush" not in "".join(result.err) + json.dumps(shown)
    assert {row["name"]: row["state"] for row in shown} == {"lc": "failing", "posts": "ok"}


def test_an_unreachable_host_and_a_private_one_are_told(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(
        tmp_path,
        CONFIG.replace(
            "sources:\n",
            "sources:\n"
            "  - {name: down, kind: feed, url: 'http://127.0.0.1:9/x', allow_private: true}\n"
            "  - {name: inside, kind: feed, url: 'http://127.0.0.1:9/x'}\n",
        ),
    )

    result = tocsin("once")

    assert result.code == 0
    assert [line for line in result.err if line.startswith("down: SourceUnreachable")]
    assert [line for line in result.err if line.startswith("inside: SourceRefused")]


def test_when_every_source_fails_the_exit_code_says_so(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path)
    (tmp_path / "posts.jsonl").unlink()

    assert tocsin("once").code == 1


def test_a_damaged_model_stops_everything_in_one_line(
    tmp_path: Path, tocsin: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    shutil.copytree(ROOT / "models", tmp_path / "m")
    monkeypatch.setenv("TOCSIN_MODELS", str(tmp_path / "m"))
    (model,) = tmp_path.glob("m/*/scorer.npz")
    model.write_bytes(model.read_bytes()[:-1])

    result = tocsin("once")

    assert (result.code, len(result.err)) == (2, 1)
    assert not (tmp_path / "t.db").exists()


def test_a_missing_model_says_how_to_get_one(
    tmp_path: Path, tocsin: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    monkeypatch.setenv("TOCSIN_MODELS", str(tmp_path / "none"))

    result = tocsin("once")

    assert (result.code, len(result.err)) == (2, 1)
    assert "tocsin train" in result.err[0]


def test_a_locked_database_is_one_line_and_loses_nothing(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path)
    tocsin("events", "list")

    with closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked = tocsin("once")
    after = tocsin("once")

    assert (locked.code, len(locked.err)) == (2, 1)
    assert "another process is writing" in locked.err[0]
    assert (after.code, "Beijing bans" in after.out) == (0, True)


@pytest.mark.parametrize(
    ("place", "said"),
    [("nowhere/t.db", "cannot be opened"), ("posts.jsonl", "not a Tocsin database")],
)
def test_a_place_that_is_no_database_is_one_line(
    tmp_path: Path, tocsin: Callable[..., Result], place: str, said: str
) -> None:
    write(tmp_path, CONFIG.replace("sqlite:///t.db", f"sqlite:///{place}"))
    before = (tmp_path / "posts.jsonl").read_bytes()

    result = tocsin("once")

    assert (result.code, len(result.err)) == (2, 1)
    assert said in result.err[0]
    assert (tmp_path / "posts.jsonl").read_bytes() == before


def test_a_full_outbox_stops_polling_and_says_so(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    down = CONFIG.replace("outbox_limit", "").replace(
        "{name: screen, kind: console}",
        '{name: screen, kind: webhook, url: "http://127.0.0.1:9/x", allow_private: true, '
        'secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}',
    )
    write(tmp_path, down.replace('web: "off"', 'web: "off", outbox_limit: 1'))

    first, second = tocsin("once"), tocsin("once")

    assert "it will be tried again" in "".join(first.err)
    assert any("not polled: the outbox is full at 1 message" in line for line in second.err)
    assert len(json.loads(tocsin("deliveries", "list", "--format", "json").out)) == 1


def test_a_poll_that_stops_at_a_full_outbox_says_so(
    tmp_path: Path, tocsin: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.sources.jsonl.MOST_LINES", 1)
    small = CONFIG.replace('web: "off"', 'web: "off", outbox_limit: 1')
    write(tmp_path, small, POST, {**POST, "id": "2"})

    stopped = tocsin("poll", "posts", "--format", "json")
    tocsin("once")
    again = tocsin("poll", "posts")

    assert len(json.loads(stopped.out)) == 1
    assert stopped.err == [
        "posts: has more, and so many messages wait already that it is not asked for it now"
    ]
    assert (again.code, again.err) == (0, [])


def test_control_characters_never_reach_the_terminal(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    evil = {**POST, "text": "\x1b]0;owned\x07Beijing bans gallium exports \x1b[31m\u202e"}
    write(tmp_path, CONFIG, evil)

    said = [tocsin("once"), tocsin("events", "list"), tocsin("why", "1")]

    text = "".join(result.out + "".join(result.err) for result in said)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


ACTS_ON_TERMINALS = (
    *map(chr, (*range(9), *range(11, 32), *range(127, 160))),
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029",
)
"""C0 and C1 controls (but tab and line feed), and what turns the direction of writing."""

SEQUENCES = (
    "\x1b[2J", "\x1b]0;owned\x07", "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07", "\x1bP$q\x1b\\", "\x9b31m", "\x9d0;owned\x9c", "\x1b(0",
)  # fmt: skip


@pytest.mark.parametrize(
    "strings",
    [
        pytest.param([*ACTS_ON_TERMINALS, *SEQUENCES], id="crafted"),
        pytest.param(
            json.loads(BLNS.read_bytes()) if BLNS.is_file() else [],
            id="naughty strings",
            marks=[pytest.mark.shared, pytest.mark.skipif(not BLNS.is_file(), reason="not here")],
        ),
    ],
)
def test_no_command_prints_what_acts_on_a_terminal(
    tmp_path: Path, tocsin: Callable[..., Result], strings: list[str]
) -> None:
    posts = [
        {**POST, "id": f"{number}{string}", "author": string, "title": string,
         "text": f"{string} Beijing bans gallium exports {string} number {number}"}
        for number, string in enumerate(strings)
    ]  # fmt: skip
    write(tmp_path, CONFIG, *posts)
    said = [tocsin("poll", "posts", "--dry-run"), tocsin("once", "--dry-run"), tocsin("once")]
    ids = {
        what: [row["id"] for row in json.loads(tocsin(what, "list", "--format", "json").out)]
        for what in ("events", "alerts", "deliveries")
    }

    for what in ("events", "alerts", "deliveries", "sources", "configs", "notices", "silences"):
        said += [tocsin(what, "list"), tocsin(what, "list", "--format", "jsonl")]
    for what, known in ids.items():
        said += [tocsin(what, "show", one) for one in known[:3]]
    said += [tocsin("why", one) for one in ids["events"][:3]]
    said += [tocsin("sources", "show", "posts"), tocsin("backtest", "--backfill", "--explain")]
    for command in ("acts", "classify"):
        said += [
            tocsin(command, "posts.jsonl"),
            tocsin(command, "posts.jsonl", "--format", "jsonl"),
        ]

    assert all(ids.values())
    assert {result.code for result in said} == {0}
    for result in said:
        text = result.out + "\n".join(result.err)
        assert not {*ACTS_ON_TERMINALS} & set(text), re.findall(r".{20}[\x1b\x9b].{20}", text)


def test_unknown_ids_and_sources_are_told(tmp_path: Path, tocsin: Callable[..., Result]) -> None:
    write(tmp_path)

    for command in (["why", "x"], ["poll", "x"], ["events", "show", "x"], ["alerts", "show", "x"],
                    ["deliveries", "show", "x"], ["deliveries", "replay", "x"],
                    ["channels", "enable", "x"], ["sources", "show", "x"]):  # fmt: skip
        result = tocsin(*command)
        assert (result.code, len(result.err)) == (2, 1), command
        assert "x" in result.err[0]


def test_acts_are_read_with_their_words(tmp_path: Path, tocsin: Callable[..., Result]) -> None:
    (tmp_path / "t.txt").write_text("商务部公告2026年第72号:对镓相关物项实施出口管制\n")

    (row,) = json.loads(tocsin("acts", "t.txt", "--format", "json").out)

    assert row["number"] == "MOFCOM 2026-72"
    assert row["read_from"]["number"]
    assert row["mentions"] == ["authority:MOFCOM", "item:gallium", "home:CN"]


def test_a_table_of_acts_has_a_row_for_each_field(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    posts = [
        {"id": "a", "text": "EU bans lithium exports from today", "published": "2026-01-05"},
        {"id": "b", "text": "Beijing denies it will ban gallium exports"},
        {"id": "c", "text": "lovely weather"},
        {"id": "d", "text": "MOFCOM Announcement No. 61 and No. 62 of 2026"},
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, posts)))

    shown = tocsin("acts", "t.jsonl").out

    rows = [" ".join(line.split()) for line in shown.splitlines()]
    assert "a effective on 2026-01-05 today" in rows
    assert "b denied yes denies it" in rows
    assert "c - no act -" in rows
    assert "d numbers MOFCOM 2026-61; MOFCOM 2026-62 -" in rows


# Usage --------------------------------------------------------------------------------------


def walk(command: Any, *words: str) -> Iterator[tuple[str, ...]]:
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from walk(inner, *words, name)


@pytest.mark.parametrize("words", list(walk(typer.main.get_command(cli.app))), ids=" ".join)
def test_every_command_explains_itself(tocsin: Callable[..., Result], words: list[str]) -> None:
    result = tocsin(*words, "--help")

    assert (result.code, result.err) == (0, [])
    assert " ".join(["Usage: tocsin", *words]) in result.out


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["once", "--nonsense"], ["poll"], ["why"], ["events", "nonsense"],
     ["events", "list", "--format", "xml"], ["events", "list", "--limit", "0"],
     ["deliveries", "list", "--state", "lost"], ["deliveries", "replay"]],
    ids=" ".join,
)  # fmt: skip
def test_what_cannot_be_understood_is_a_usage_error(
    tmp_path: Path, tocsin: Callable[..., Result], words: list[str]
) -> None:
    write(tmp_path)

    result = tocsin(*words)

    assert (result.code, result.out) == (2, "")
    assert result.err[0].startswith("Usage: tocsin")


def test_the_version_is_told(tocsin: Callable[..., Result]) -> None:
    assert re.fullmatch(r"tocsin \d+\.\d+\.\d+\n", tocsin("--version").out)


def test_the_config_is_the_one_named_then_the_one_here_then_that_of_the_environment(
    tmp_path: Path, tocsin: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named", "environment", "tocsin"):
        (tmp_path / f"{name}.yaml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("TOCSIN_CONFIG", str(tmp_path / "environment.yaml"))

    named, here = tocsin("check", "-c", "named.yaml"), tocsin("check")
    (tmp_path / "tocsin.yaml").unlink()
    environment = tocsin("check")

    assert named.out.startswith("named.yaml: OK: 1 source, 1 channel, 1 rule; sha256:")
    assert here.out.startswith("tocsin.yaml: OK")
    assert environment.out.startswith(f"{tmp_path}/environment.yaml: OK")


# Bad configs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("kind: jsonl", "kind: telepathy", 3, "is not a kind of source"),
        ("kind: console", "kind: pigeon", 5, "is not a kind of channel"),
        ("send: [screen]", "send: [gone]", 7, "is not a channel here"),
        ("send: [screen]", "send: [screen, screen]", 7, "is named twice"),
        ("path: posts.jsonl, ", "", 3, "is missing"),
        ("sources:", "sources: [", 3, ""),
        ("{name: screen, kind: console}",
         '{name: screen, kind: slack, url: "${env:NOT_SET_ANYWHERE}"}', 5, "NOT_SET_ANYWHERE"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["check", "once", "run"])
def test_a_mistake_stops_every_command_and_is_named_with_its_place(
    tmp_path: Path, tocsin: Callable[..., Result], command: str, right: str, wrong: str,
    line: int, said: str,
) -> None:  # fmt: skip
    write(tmp_path, CONFIG.replace(right, wrong))

    result = tocsin(command)

    assert (result.code, result.out) == (78, "")
    assert re.match(rf"tocsin\.yaml:{line}:\d+: .*{said}", result.err[0]), result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["posts.jsonl", "tocsin.yaml"]


def test_a_channel_that_was_removed_stops_the_rule_that_names_it(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path)
    before = tocsin("poll", "posts")
    write(tmp_path, CONFIG.replace("{name: screen,", "{name: other,"))

    result = tocsin("once")

    assert (before.code, result.code) == (0, 78)
    assert "'screen' is not a channel here" in result.err[0]


def test_a_message_for_a_channel_that_was_removed_dies_and_is_told(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path)
    tocsin("poll", "posts")
    write(tmp_path, CONFIG.replace("name: screen", "name: other").replace("screen", "other"))

    result = tocsin("once")

    assert result.code == 1
    assert any("channel screen is no longer in the config" in line for line in result.err)


def test_a_rule_may_name_the_topics_of_the_models_that_the_config_names(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    folder = tmp_path / "mine" / "v1"
    folder.mkdir(parents=True)
    (folder.parent / "current").write_text("v1", encoding="utf-8")
    manifest = {"format": 1, "files": {}, "topics": ["tariffs"]}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    mine = CONFIG.replace('web: "off"', 'web: "off", models: mine')
    write(tmp_path, mine.replace("export-controls", "tariffs"))

    good = tocsin("check")
    write(tmp_path, mine)

    assert good.code == 0, good.err
    assert "'export-controls' is not a topic here" in tocsin("check").err[0]


def test_init_into_a_folder_that_is_not_there_is_one_line(tocsin: Callable[..., Result]) -> None:
    result = tocsin("init", "nowhere/tocsin.yaml")

    assert (result.code, len(result.err)) == (2, 1)


# Bad models, databases, receivers -------------------------------------------------------------


def test_a_model_with_one_changed_bit_is_opened_by_no_command(
    tmp_path: Path, tocsin: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    shutil.copytree(ROOT / "models", tmp_path / "m")
    monkeypatch.setenv("TOCSIN_MODELS", str(tmp_path / "m"))
    (model,) = tmp_path.glob("m/*/scorer.npz")
    flip(model)

    for command in (["once"], ["run"], ["poll", "posts"], ["why", "1"], ["classify", "t.txt"]):
        result = tocsin(*command)
        assert (result.code, result.out, len(result.err)) == (2, "", 1), command
        assert "differs from its manifest" in result.err[0]
    assert list(tmp_path.glob("t.db")) == []


@pytest.mark.parametrize("name", ["model.joblib", "scorer.npz", "metrics.json", "card.md"])
def test_a_version_with_a_damaged_file_is_neither_shown_nor_taken_into_use(
    tmp_path: Path, tocsin: Callable[..., Result], name: str
) -> None:
    shutil.copytree(ROOT / "models", tmp_path / "m")
    version = (tmp_path / "m" / "current").read_text(encoding="utf-8").strip()
    flip(tmp_path / "m" / version / name)

    for command in (["show"], ["use", version]):
        result = tocsin("models", *command, "--models", "m")
        assert (result.code, result.out, len(result.err)) == (2, "", 1), command
        assert f"{name} differs from its manifest" in result.err[0]
    assert f"{name} differs from its manifest" in tocsin("models", "list", "--models", "m").out


@pytest.mark.parametrize("corpus", ["no-such-place", "empty-folder", "empty.jsonl"])
def test_an_empty_corpus_trains_nothing_and_leaves_nothing(
    tmp_path: Path, tocsin: Callable[..., Result], corpus: str
) -> None:
    (tmp_path / "empty-folder").mkdir()
    (tmp_path / "empty.jsonl").touch()
    before = sorted(tmp_path.iterdir())

    result = tocsin("train", "--corpus", corpus, "--models", "m")

    assert (result.code, result.out) == (2, "")
    assert [line for line in result.err if line.startswith("tocsin: ")] == result.err[-1:]
    assert sorted(tmp_path.iterdir()) == before


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be someone whom permissions bind; skip where that person could not read the project."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        try:
            (ROOT / "pyproject.toml").read_bytes()
        except PermissionError:
            pytest.skip("only its owner can read the checkout")
        yield
    finally:
        os.seteuid(0)


def test_a_read_only_database_is_one_line_and_stays_whole(tocsin: Callable[..., Result]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder)
        config = f"{folder}/tocsin.yaml"
        assert tocsin("once", "-c", config).code == 0
        (folder / "posts.jsonl").write_text(json.dumps({**POST, "id": "2"}), encoding="utf-8")
        before = (folder / "t.db").read_bytes()
        (folder / "t.db").chmod(0o444)
        folder.chmod(0o555)

        with unprivileged():
            results = [tocsin(name, "-c", config) for name in ("once", "run")]
        unchanged = (folder / "t.db").read_bytes() == before
        folder.chmod(0o755)
        (folder / "t.db").chmod(0o644)
        mended = tocsin("once", "-c", config)

    assert unchanged
    for result in results:
        assert (result.code, result.out, len(result.err)) == (2, "", 1), result
        assert "cannot be" in result.err[0]
    assert mended.err[0] == "posts: 1 post, 1 new, 0 alerts"


def test_a_rehearsal_on_a_database_that_is_none_is_one_line(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path, CONFIG.replace("t.db", "folder"))
    (tmp_path / "folder").mkdir()

    result = tocsin("once", "--dry-run")

    assert (result.code, len(result.err)) == (2, 1)
    assert "cannot be opened" in result.err[0]


@pytest.mark.parametrize("command", [["run"], ["once"], ["poll", "posts"]])
def test_what_polls_is_refused_where_another_process_works_on_the_database(
    tmp_path: Path, tocsin: Callable[..., Result], command: list[str]
) -> None:
    write(tmp_path)

    with only_instance(load_config(tmp_path / "tocsin.yaml")):
        result = tocsin(*command)
        rehearsed = tocsin("once", "--dry-run")

    assert (result.code, len(result.err)) == (2, 1)
    assert f"another Tocsin works on it (process {os.getpid()})" in result.err[0]
    assert rehearsed.code == 0


HOOK = (
    '{{name: screen, kind: webhook, url: "{url}", allow_private: true, '
    'secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}'
)


def test_a_receiver_that_is_down_is_said_and_tried_again(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    server.reply("/hook", status=503)
    hook = HOOK.format(url=server.url("/hook"))
    write(tmp_path, CONFIG.replace("{name: screen, kind: console}", hook))

    down = tocsin("once")
    (waiting,) = json.loads(tocsin("deliveries", "list", "--format", "json").out)

    assert down.code == 0
    assert "the receiver answered 503; it will be tried again" in down.err[1]
    assert down.err[-1] == "1 alert; 0 messages sent, 1 to be tried again, 0 dead"
    assert (waiting["state"], waiting["attempts"]) == ("pending", 1)


def test_a_dead_letter_is_shown_and_replayed_once_its_channel_is_back(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    server.replies("/hook", [{"status": 410}, {"status": 204}])
    hook = HOOK.format(url=server.url("/hook"))
    write(tmp_path, CONFIG.replace("{name: screen, kind: console}", hook))

    died = tocsin("once")
    (dead,) = json.loads(tocsin("deliveries", "list", "--state", "dead", "--format", "json").out)
    shown = json.loads(tocsin("deliveries", "show", dead["id"], "--format", "json").out)
    off = json.loads(tocsin("channels", "list", "--format", "json").out)
    enabled = tocsin("channels", "enable", "screen")
    rehearsed = tocsin("deliveries", "replay", dead["id"], "--dry-run")
    replayed = tocsin("deliveries", "replay", dead["id"])
    sent = tocsin("once")

    assert died.code == 1
    assert f"tocsin deliveries replay {dead['id']}" in died.err[1]
    assert json.loads(shown["body"])["type"] == "alert.new"
    assert [row["name"] for row in off] == ["screen"]
    assert (enabled.code, replayed.out) == (0, "1 deliveries are due again\n")
    assert rehearsed.out == "1 deliveries would be due again\n"
    assert sent.err[-1] == "0 alerts; 1 message sent, 0 to be tried again, 0 dead"
    assert tocsin("deliveries", "list", "--state", "dead").out == "no deliveries yet\n"


# What is printed ------------------------------------------------------------------------------


def test_a_poll_shows_what_it_found_and_stores_it_unless_told_not_to(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path)

    rehearsed = tocsin("poll", "posts", "--dry-run", "--format", "jsonl")
    untouched = tocsin("events", "list").out
    (row,) = json.loads(tocsin("poll", "posts", "--format", "json").out)
    again = tocsin("poll", "posts")
    (tmp_path / "posts.jsonl").unlink()
    failing = tocsin("poll", "posts")

    assert json.loads(rehearsed.out) == row
    assert ("export-controls" in row["tags"], row["title"]) == (True, POST["text"])
    assert (untouched, again.out) == ("no events yet\n", "posts: no posts\n")
    assert (failing.code, len(failing.err)) == (2, 1)
    assert "posts: SourceBroken" in failing.err[0]


def test_rows_are_a_table_a_document_or_lines(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    kinds = ("events", "alerts", "deliveries", "sources")
    write(tmp_path, CONFIG, POST, {**POST, "id": "2", "text": "Seoul bans lithium exports to Oman"})
    empty = [tocsin(kind, "list", "--format", "json").out for kind in kinds]
    tocsin("once")

    assert empty == ["[]\n"] * 4
    for kind in kinds:
        document = json.loads(tocsin(kind, "list", "--format", "json").out)
        lines = tocsin(kind, "list", "--format", "jsonl").out.splitlines()
        header, *table = tocsin(kind, "list").out.splitlines()
        names = [row.get("id", row.get("name")) for row in document]
        one = json.loads(tocsin(kind, "show", names[0], "--format", "json").out)

        assert len(document) == (1 if kind == "sources" else 2)
        assert [json.loads(line) for line in lines] == document
        assert header.split()[0] in ("id", "name")
        assert all(name in "\n".join(table) for name in names)
        assert one.items() >= document[0].items()


@pytest.mark.parametrize(
    "title", ["[/b] [red]Beijing", r"Beijing \[/foo]", r"[bold]\\", ":smile: 100 %"]
)
def test_a_title_is_shown_as_it_is_written(
    tmp_path: Path, tocsin: Callable[..., Result], title: str
) -> None:
    write(tmp_path, CONFIG, {**POST, "title": title})

    assert title in tocsin("poll", "posts").out
    assert title in tocsin("events", "list").out


def test_what_a_source_complains_of_reaches_no_terminal_raw(
    tmp_path: Path, tocsin: Callable[..., Result], server: "Server"
) -> None:
    server.reply("/x.xml", body="<html><title>\x1b[31m\x9b\u202eno feed</title></html>")
    write(
        tmp_path,
        CONFIG.replace(
            "sources:\n",
            f"sources:\n  - {{name: x, kind: feed, url: '{server.url('/x.xml')}', "
            "allow_private: true}\n",
        ),
    )
    with (tmp_path / "posts.jsonl").open("ab") as file:
        file.write(b'\x1b]0;owned\x07\n{"id": ["\\u001b[31m\\u009b"], "text": "x"}\n')

    said = [tocsin("once"), tocsin("sources"), tocsin("sources", "list", "--format", "json")]

    text = "".join(result.out + "".join(result.err) for result in said)
    assert "line 2" in text
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)


def test_a_reader_that_leaves_early_is_no_error(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    write(tmp_path)
    tocsin("poll", "posts")
    reading, writing = os.pipe()
    os.close(reading)

    with open(writing, "wb") as closed:  # noqa: PTH123 (a descriptor, not a path)
        left = subprocess.run(
            [sys.executable, "-m", "alerts.cli", "events", "list", "--format", "json"],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=closed,
            stderr=subprocess.PIPE, timeout=60, check=False,
        )  # fmt: skip

    assert (left.returncode, left.stderr) == (0, b"")


def test_a_fault_that_nobody_foresaw_is_one_line_unless_asked_for_more(
    tmp_path: Path,
    tocsin: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path)
    tocsin("poll", "posts")
    with closing(sqlite3.connect(tmp_path / "t.db")) as other:
        other.execute("UPDATE events SET act = 'nonsense'")
        other.commit()

    result = tocsin("events", "list")
    monkeypatch.setenv("TOCSIN_LOG", "debug")

    assert (result.code, result.out, len(result.err)) == (2, "", 1)
    assert "unforeseen JSONDecodeError" in result.err[0]
    with pytest.raises(SystemExit, match=r"^2$"):
        cli.main(["events", "list"])
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback")
    assert "json.loads" in shown or "orjson" in shown
    assert "JSONDecodeError" in shown.splitlines()[-1]


def test_events_are_corrected_by_hand_shown_and_exported(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    link = {"url": "https://example.org/a"}
    later = {"published": "2026-11-24T09:00:00Z"} | link
    lithography = "The Netherlands requires an export licence for lithography spare parts"
    write(tmp_path, CONFIG, POST | link, {"id": "2", "text": lithography} | later)
    tocsin("once")
    (event,) = json.loads(tocsin("events", "list", "--format", "json").out)

    tried = tocsin("events", "split", event["id"][:8], "2", "--dry-run")
    untouched = tocsin("events", "corrections")
    done = tocsin("events", "split", event["id"][:8], "2")
    delivered = tocsin("once")
    exported = tocsin("events", "corrections", "--export", "rows.jsonl")
    wrong = tocsin("events", "merge", event["id"], "nobody")

    assert tried.out.startswith(f"would split 1 post off {event['id']}, into e")
    assert f"would alert (controls; to screen): {lithography}" in tried.out
    assert untouched.out == "no event was merged or split by hand\n"
    assert f"alerts (controls; to screen): {lithography}" in done.out
    assert lithography in delivered.out
    assert (exported.code, exported.err) == (0, ["2 posts of corrected events"])
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert rows[1]["apart_from"] == [event["id"]] == [rows[0]["act"]]
    assert (wrong.code, wrong.err) == (
        2,
        ["tocsin: nobody: no such event: see `tocsin events list`"],
    )
