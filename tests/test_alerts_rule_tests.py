"""Files of rule tests: every mistake at once, each with its place and a suggestion."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts import config as config_file
from alerts import rule_tests
from alerts.config import Config
from alerts.errors import ConfigError

CONFIG = """\
sources:
  - {name: wire, kind: jsonl, path: wire.jsonl}
channels:
  - {name: screen, kind: console}
rules:
  - {name: controls, topics: {all: [export-controls]}, send: [screen]}
  - {name: wide, topics: {any: [china]}, shadow: true}
"""
MOMENT = (
    "4:30: posts.0.at: must be an offset from the test's start such as 30m, or a time such as "
    "2026-11-24T08:00:00Z"
)
BACKWARDS = (
    "5:25: posts.1.at: is before the post above it (2026-01-05 10:00 UTC): posts stand in the "
    "order in which they arrive"
)
GOOD = """\
tests:
  - name: one
    posts:
      - {id: a, text: words}
"""


def load(folder: Path, text: str) -> rule_tests.SuiteFile:
    path = folder / "t.test.yaml"
    path.write_text(text, encoding="utf-8")
    (folder / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")

    def load_config(given: Path | None) -> Config:
        return config_file.load(given or folder / "tocsin.yaml", secrets=False)

    return rule_tests.load(path, load_config)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return [str(one).removeprefix(f"{folder / 't.test.yaml'}:") for one in caught.value.mistakes]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tests:", "test:", ["1:1: test: is not a key here: did you mean tests?",
                             "1:1: tests: is missing"]),
        ("text: words", "txt: words", ["4:17: posts.0.txt: is not a key here: did you mean text?"]),
        ("text: words", "at: 1h",
         ["4:9: posts.0: needs text, or title, or `ids` of stored posts, or `advance`"]),
        ("text: words", "advance: 1h",
         ["4:9: posts.0: `advance` stands alone: it moves the clock between two posts"]),
        ("id: a, text: words", "id: a, ids: [b]",
         ["4:9: posts.0: `ids` stands alone or with `at`: the posts come from the store"]),
        ("text: words}", "text: words, at: soon}",
         [MOMENT]),
        ("text: words}", "text: words, source: wyre}",
         ["4:30: posts.0.source: 'wyre' is not a source here: did you mean wire?"]),
        ("words}", "words}\n    rules: [contrls]",
         ["5:13: rules.0: 'contrls' is not a rule here: did you mean controls?"]),
        ("words}", "words}\n    alerts: [{rule: contrls}]",
         ["5:15: alerts.0.rule: 'contrls' is not a rule here: did you mean controls?"]),
        ("words}", "words}\n    rules: [wide]\n    alerts: [{rule: controls}]",
         ["6:15: alerts.0.rule: 'controls' is not a rule here: one of wide"]),
        ("words}", "words}\n    alerts: [{rule: wide, post: b, sent_to: [scren]}]",
         ["5:27: alerts.0.post: 'b' is not a post here: one of a",
          "5:46: alerts.0.sent_to.0: 'scren' is not a channel here: did you mean screen?"]),
        ("words}", "words}\n    silent: [{post: a, why: cooldwn}]",
         ["5:24: silent.0.why: 'cooldwn' is not a reason: did you mean cooldown?"]),
        ("words}", "words}\n    silent: [{rule: wide}]", ["5:14: silent.0.post: is missing"]),
        ("words}", "words, at: 1h}\n      - {text: earlier, at: 30m}",
         [BACKWARDS]),
        ("words}", "words}\n      - {id: a, text: again}",
         ["3:5: posts: 'a' is the id of two posts"]),
        (GOOD, "", ["1:1: is empty: docs/rules.md shows how a test is written"]),
        (GOOD, "- a", ["1:1: must have the sections config, tests"]),
        (GOOD, "tests: []\n", ["1:1: tests: must have at least one entry"]),
    ],
)  # fmt: skip
def test_a_mistake_is_named_where_it_stands(
    tmp_path: Path, old: str, new: str, told: list[str]
) -> None:
    found = mistakes(tmp_path, GOOD.replace(old, new))

    assert [one.replace("tests.0.", "") for one in found] == told


def test_a_missing_file_and_a_bad_config_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.yaml:1:1: there is no such file of tests"):
        rule_tests.load(tmp_path / "no.yaml", lambda _: pytest.fail("not read"))
    with pytest.raises(ConfigError, match=r"nothing\.yaml:1:1: "):
        load(tmp_path, f"config: nothing.yaml\n{GOOD}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-24T08:00:00Z", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24T08:00:00+02:00", datetime(2026, 11, 24, 6, tzinfo=UTC)),
        ("2026-11-24 08:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
        ('"2026-11-24T08:00:00+02:00"', datetime(2026, 11, 24, 6, tzinfo=UTC)),
        ("90m", rule_tests.START + timedelta(minutes=90)),
        ("1h30m", rule_tests.START + timedelta(minutes=90)),
        ("0", rule_tests.START),
    ],
)
def test_a_moment_is_a_time_or_an_offset(tmp_path: Path, written: str, meant: datetime) -> None:
    file = load(tmp_path, GOOD.replace("words}", f"words, at: {written}}}"))

    (case,) = file.suite.tests
    (entry,) = case.posts
    assert entry.at is not None
    assert case.moment(entry.at) == meant


def test_a_post_is_what_a_source_would_bring(tmp_path: Path) -> None:
    row = "{title: T, body: b, lang: zh, official: true, figures: {followers: 5}, author: x}"
    file = load(tmp_path, GOOD.replace("{id: a, text: words}", row))

    raw = rule_tests.raw_post(file.suite.tests[0].posts[0], 0, "wire", rule_tests.START)

    assert (raw.external_id, raw.source, raw.title, raw.body) == ("post-1", "wire", "T", "b")
    assert (raw.language, raw.official, raw.figures.followers, raw.author) == ("zh", True, 5, "x")
    assert raw.published == "2026-01-05T09:00:00+00:00"
