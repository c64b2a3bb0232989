"""The commands on bad input: one clear line, the documented exit code, nothing lost."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from alerts import cli

if TYPE_CHECKING:
    from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[1]
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


class Result(NamedTuple):
    code: int
    out: str
    err: list[str]


@pytest.fixture
def tocsin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Run a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_MODELS", str(ROOT / "models"))

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as caught:
            cli.main(arguments)
        code = caught.value.code or 0
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Result(int(code), said.out, said.err.splitlines())

    return run


def write(folder: Path, config: str = CONFIG, *posts: object) -> None:
    (folder / "tocsin.yaml").write_text(config, encoding="utf-8")
    lines = "".join(json.dumps(post) + "\n" for post in posts or (POST,))
    (folder / "posts.jsonl").write_text(lines, encoding="utf-8")


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
    (model,) = tmp_path.glob("m/*/model.joblib")
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
    assert any("1 messages wait already" in line for line in second.err)
    assert len(json.loads(tocsin("deliveries", "list", "--format", "json").out)) == 1


def test_control_characters_never_reach_the_terminal(
    tmp_path: Path, tocsin: Callable[..., Result]
) -> None:
    evil = {**POST, "text": "\x1b]0;owned\x07Beijing bans gallium exports \x1b[31m\u202e"}
    write(tmp_path, CONFIG, evil)

    said = [tocsin("once"), tocsin("events", "list"), tocsin("why", "1")]

    text = "".join(result.out + "".join(result.err) for result in said)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


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
