"""Rule tests: what passes, what a failure says, and the shipped tests of the example."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alerts import cli, rehearsal, rule_tests
from alerts import config as config_file
from alerts import pipeline as stages
from alerts.acts import Reader, load_reader
from alerts.domain import Polled, RawPost
from alerts.errors import NotFound, StoreError
from alerts.normalise import post_id
from alerts.pipeline import Pipeline
from alerts.rehearsal import Finding
from alerts.store.connect import open_store
from alerts.window import Window
from classifier.labels import Policy, Tagging

ROOT = Path(__file__).resolve().parents[1]
CONFIG = """\
service: {database: "sqlite:///t.db"}
sources:
  - {name: wire, kind: jsonl, path: wire.jsonl}
  - {name: mofcom, kind: jsonl, path: mofcom.jsonl, official: true}
channels:
  - {name: screen, kind: console}
rules:
  - {name: controls, topics: {all: [export-controls]}, min_policy: 2, none_of: [webinar],
     send: [screen]}
  - {name: quiet, topics: {all: [export-controls]}, shadow: true}
"""
HEAD = """\
tests:
  - name: gallium
    start: 2026-11-24T08:00:00Z
    posts:
      - {id: a, text: "Export ban on gallium, Announcement No. 72 of 2026 of the commerce ministry"}
      - {id: b, at: 1h, text: "Export ban: Announcement No. 72 of 2026 of the commerce ministry"}
      - advance: 6h
      - {id: c, text: "Export ban, Announcement No. 72 of 2026 of the commerce ministry, again"}
      - {id: fish, text: "Cod quota agreed"}
      - {id: ad, text: "Webinar: how to fill in export forms for wheat"}
"""
ALERTS = """\
    alerts:
      - {rule: controls, post: a, at: 0, reason: new, changes: [], sent_to: [screen],
         held_until: null, severity: medium, headline: gallium}
      - {rule: quiet, post: a, shadow: true, sent_to: []}
      - {rule: quiet, post: ad, at: 2026-11-24T15:00:00Z}
"""
SILENT = """\
    silent:
      - {post: a, rule: quiet, why: shadow}
      - {post: b, rule: controls, why: cooldown}
      - {post: c, why: told}
      - {post: fish, why: topics}
      - {post: ad, rule: controls, why: none_of}
      - {post: ad}
"""
GOOD = HEAD + ALERTS + SILENT


@dataclass(frozen=True, slots=True)
class WordTagger:
    """Tags by one word, so that a test says what a text is."""

    version: str = "test-1"
    thresholds: Mapping[str, float] = field(default_factory=lambda: {"export-controls": 0.5})

    def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
        return [self._tag("export" in text.lower()) for text in texts]

    def _tag(self, export: bool) -> Tagging:
        return Tagging(
            topics={"export-controls": 0.95 if export else 0.02},
            tags=("export-controls",) if export else (),
            policy=Policy(grade=3 if export else 0,
                          at_least=(0.99, 0.96, 0.9) if export else (0.1, 0.05, 0.01)),
            model=self.version, terms={},
        )  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader(ROOT / "data")


@pytest.fixture
def findings(tmp_path: Path, reader: Reader) -> Callable[[str], list[Finding]]:
    def play(text: str) -> list[Finding]:
        (tmp_path / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
        path = tmp_path / "t.test.yaml"
        path.write_text(text, encoding="utf-8")
        file = rule_tests.load(
            path, lambda _: config_file.load(tmp_path / "tocsin.yaml", secrets=False)
        )
        (played,) = rehearsal.play(file, WordTagger(), reader)
        assert (played.name, played.line) == ("gallium", 2)
        return list(played.findings)

    return play


def test_what_is_expected_passes(findings: Callable[[str], list[Finding]]) -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "kind", "line", "expected", "got"),
    [
        ("reason: new", "reason: updated", "different", 12, {"reason": "updated"},
         {"reason": "new", "post": "a"}),
        ("at: 0,", "at: 5m,", "different", 12, {"at": "2026-11-24T08:05:00Z"},
         {"at": "2026-11-24T08:00:00Z", "post": "a"}),
        ("held_until: null", "held_until: 2h", "different", 12,
         {"held_until": "2026-11-24T10:00:00Z"}, {"held_until": None, "post": "a"}),
        ("headline: gallium", "headline: cobalt", "different", 12, {"headline": "cobalt"}, None),
        ("changes: []", "changes: [x]", "different", 12, {"changes": ["x"]},
         {"changes": [], "post": "a"}),
        ("sent_to: [screen]", "sent_to: []", "different", 12, {"sent_to": []},
         {"sent_to": ["screen"], "post": "a"}),
        ("post: a, shadow", "post: b, shadow", "different", 14, {"post": "b"}, {"post": "a"}),
        ("b, rule: controls, why: cooldown", "b, rule: controls, why: told", "different", 18,
         {"post": "b", "rule": "controls", "why": "told"}, {"why": "cooldown"}),
        ("{post: ad}", "{post: a, rule: controls}", "not silent", 22,
         {"post": "a", "rule": "controls"}, {"sent_to": ["screen"]}),
    ],
)  # fmt: skip
def test_a_difference_is_told_by_field_and_line(
    findings: Callable[[str], list[Finding]], old: str, new: str, kind: str, line: int,
    expected: dict[str, object], got: dict[str, object] | None,
) -> None:  # fmt: skip
    assert old in GOOD

    (found,) = findings(GOOD.replace(old, new))

    assert (found.kind, found.line) == (kind, line)
    assert expected.items() <= found.expected.items()
    if got is not None:
        assert found.got == got


def test_a_missing_alert_says_what_the_rule_made_of_the_post(
    findings: Callable[[str], list[Finding]],
) -> None:
    more = "      - {rule: controls, post: ad}\n      - {rule: controls, post: fish}\n"

    found = findings(HEAD + ALERTS + more + SILENT)

    assert [one.kind for one in found] == ["missing", "missing"]
    assert found[0].because[0].startswith("ad: none_of (export-controls 0.95; policy grade 3")
    assert found[1].because == (
        "fish: topics (export-controls 0.02 (too low); policy grade 0; relevance 0)",
    )


def test_an_alert_that_nobody_expects_fails(findings: Callable[[str], list[Finding]]) -> None:
    found = findings(HEAD + SILENT)

    assert [(one.kind, one.line, one.got["rule"], one.got["post"]) for one in found] == [
        ("unexpected", 2, "controls", "a"),
        ("unexpected", 2, "quiet", "a"),
        ("unexpected", 2, "quiet", "ad"),
    ]
    one = HEAD.replace("    posts", "    rules: [controls]\n    posts")
    assert [found.got["rule"] for found in findings(one)] == ["controls"]


def test_what_is_held_comes_when_time_passes(
    findings: Callable[[str], list[Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = 'quiet_hours: {from: "06:00", to: "10:00"}, send: [screen]}'
    monkeypatch.setitem(globals(), "CONFIG", CONFIG.replace("send: [screen]}", hours, 1))
    head = HEAD.partition("      - advance")[0].replace("posts:", "rules: [controls]\n    posts:")
    silent = "    silent: [{post: a, why: quiet_hours}]\n"
    held = "    alerts: [{rule: controls, post: a, at: 0, held_until: 2h, sent_to: []}]\n"

    assert findings(head + held + silent) == []
    assert findings(f"{head}      - advance: 59m\n{held}{silent}") == []
    (found,) = findings(f"{head}      - advance: 60m\n{held}")
    assert (found.expected["sent_to"], found.got["sent_to"]) == ([], ["screen"])


def fill(folder: Path, reader: Reader, external_id: str) -> None:
    """Store a post in the database of the config in a folder."""
    config = config_file.load(folder / "tocsin.yaml", secrets=False)
    store = open_store(config.service.database)
    pipeline = Pipeline(
        store=store, config=config, model=WordTagger(), reader=reader, window=Window(7)
    )
    stages.prepare(pipeline, rule_tests.START)
    post = RawPost(source="wire", external_id=external_id, body="Export licence for antimony")
    stages.ingest(pipeline, config.sources[0], Polled(posts=(post,), cursor={}), rule_tests.START)
    store.close()


def test_posts_come_from_the_store_which_stays_as_it_is(
    findings: Callable[[str], list[Finding]], tmp_path: Path, reader: Reader
) -> None:
    head, _, _ = GOOD.partition("    posts:")
    text = (
        f"{head}    posts:\n      - {{ids: [s1], at: 2h}}\n    rules: [controls]\n"
        "    alerts:\n      - {rule: controls, post: s1, at: 2h, sent_to: [screen]}\n"
    )
    with pytest.raises(StoreError, match="there is no such file"):
        findings(text)
    assert not (tmp_path / "t.db").exists()
    fill(tmp_path, reader, "s1")
    before = hashlib.sha256((tmp_path / "t.db").read_bytes()).digest()

    assert findings(text) == []
    with pytest.raises(NotFound, match="no stored post has the id s2"):
        findings(text.replace("s1", "s2"))
    assert hashlib.sha256((tmp_path / "t.db").read_bytes()).digest() == before


def test_a_post_that_is_not_taken_in_is_told_of(
    findings: Callable[[str], list[Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = CONFIG.replace('t.db"', 't.db", keep_days: 90, event_days: 7')
    monkeypatch.setitem(globals(), "CONFIG", kept)
    old = '      - {id: old, published: 2026-01-05, text: "Export ban on antimony"}\n'
    more = "      - {rule: controls, post: old}\n"

    assert findings(HEAD + old + ALERTS + SILENT + "      - {post: old}\n") == []
    (found,) = findings(HEAD + old + ALERTS + more + SILENT)
    assert found.because == (
        "old: topics (not taken in: it is older than `service.keep_days` allows)",
    )


def test_a_stored_post_that_comes_again_is_no_news(
    findings: Callable[[str], list[Finding]], tmp_path: Path, reader: Reader
) -> None:
    (tmp_path / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
    fill(tmp_path, reader, "s1")
    head, _, _ = GOOD.partition("    posts:")
    text = (
        f"{head}    rules: [controls]\n    posts:\n"
        f"      - {{ids: [s1, {post_id('wire', 's1')}]}}\n"
        "    alerts:\n      - {rule: controls, post: s1, sent_to: [screen]}\n"
    )

    assert findings(text) == []


def test_each_text_is_scored_once(tmp_path: Path, reader: Reader) -> None:
    scored: list[str] = []

    class Counting(WordTagger):
        def tag(self, texts: Sequence[str], *, terms: int = 0) -> list[Tagging]:
            # The terms behind an alert are asked for on their own.
            scored.extend(() if terms else texts)
            return super().tag(texts, terms=terms)

    (tmp_path / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "t.test.yaml").write_text(GOOD, encoding="utf-8")
    file = rule_tests.load(
        tmp_path / "t.test.yaml",
        lambda _: config_file.load(tmp_path / "tocsin.yaml", secrets=False),
    )
    rehearsal.play(file, Counting(), reader)

    assert len(scored) == len(set(scored)) == 5


# The command ------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        cli.main(["rules", "test", *arguments])
    said = capsys.readouterr()
    return int(caught.value.code or 0), said.out, said.err


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOCSIN_MODELS", str(ROOT / "models"))
    return ROOT / "data" / "tocsin.example.test.yaml"


def test_the_shipped_tests_pass_and_fail_as_rows(
    capsys: pytest.CaptureFixture[str], shipped: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.test.yaml"
    text = shipped.read_text(encoding="utf-8").replace("severity: critical", "severity: low")
    broken.write_text(text.replace("config: ", f"config: {shipped.parent}/"), encoding="utf-8")

    code, out, err = run(capsys, "--format", "jsonl", str(shipped), str(broken))

    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (1, "")
    assert [row["passed"] for row in rows] == [True, True, True, False, True, True]
    assert rows[3]["file"] == str(broken)
    (finding,) = rows[3]["findings"]
    assert (finding["kind"], finding["expected"]["severity"]) == ("different", "low")
    assert finding["got"]["severity"] == "critical"


def test_the_command_runs_the_tests_beside_it(
    capsys: pytest.CaptureFixture[str], shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shipped.parent)

    assert run(capsys) == (0, "3 passed, 0 failed in 1 file\n", "")


def test_bad_files_are_all_named_with_78(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tocsin.yaml").write_text(CONFIG, encoding="utf-8")
    Path("one.test.yaml").write_text(GOOD.replace("why: told", "why: tol"), encoding="utf-8")

    code, out, err = run(capsys, "one.test.yaml", "two.test.yaml")

    assert (code, out) == (78, "")
    assert err.splitlines() == [
        "one.test.yaml:19:19: tests.0.silent.2.why: 'tol' is not a reason: did you mean told?",
        "two.test.yaml:1:1: there is no such file of tests",
    ]


def test_no_tests_at_all_is_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    code, _, err = run(capsys)

    assert (code, err) == (2, "tocsin: no *.test.yaml in this folder: name the files of tests\n")
