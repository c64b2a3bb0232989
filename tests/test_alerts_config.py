"""tocsin.yaml: every mistake at once, each with its place and a suggestion."""

from pathlib import Path

import pytest

from alerts import config as config_file
from alerts.errors import ConfigError

GOOD = """\
service: {database: sqlite:///t.db, timezone: Europe/Brussels}
sources:
  - {name: wire, kind: feed, url: https://example.org/world.xml, every: 5m}
  - {name: old, kind: jsonl, path: posts.jsonl, backfill: all}
channels:
  - {name: screen, kind: console}
  - {name: desk, kind: slack, url: "${env:TOCSIN_TEST_SLACK}"}
rules:
  - name: controls
    topics: {all: [export-controls], any: [china]}
    min_score: {export-controls: 0.8}
    min_policy: 2
    any_of: [lithium, 磷酸铁锂, "/cath.de/"]
    sources: {not: [old]}
    severity: critical
    send: [screen, desk]
    cooldown: 6h
"""
TOPICS = ("china", "export-controls")


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_TEST_SLACK", "https://hooks.slack.com/services/T0/B0/hush")


def mistakes(path: Path, text: str) -> list[str]:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config_file.load(path, topics=TOPICS)
    return [str(mistake).removeprefix(f"{path}:") for mistake in caught.value.mistakes]


@pytest.mark.usefixtures("slack")
def test_a_good_config_loads_whole(tmp_path: Path) -> None:
    path = tmp_path / "tocsin.yaml"
    path.write_text(GOOD, encoding="utf-8")

    config = config_file.load(path, topics=TOPICS)

    assert config.service.database == f"sqlite:///{tmp_path}/t.db"
    assert [source.name for source in config.sources] == ["wire", "old"]
    assert config.rules[0].send == ("screen", "desk")
    assert config.channel("desk") is not None
    assert config.channel("nobody") is None
    assert config.hash.startswith("sha256:")
    assert "hush" not in repr(config)


@pytest.mark.usefixtures("slack")
def test_the_hash_changes_with_a_rule_and_not_with_a_comment(tmp_path: Path) -> None:
    def hash_of(text: str) -> str:
        return config_file.parse(text, tmp_path / "t.yaml", topics=TOPICS, secrets=True).hash

    assert hash_of(GOOD) == hash_of("# a comment\n" + GOOD)
    assert hash_of(GOOD) != hash_of(GOOD.replace("cooldown: 6h", "cooldown: 7h"))


MISTAKES = """\
kind: feed => kind: feeed => 3:18: sources.0.kind: 'feeed' is not a kind of source: did you mean feed?
kind: console => kind: console, colour: red => 6:35: channels.0.colour: is not a key here: one of
every: 5m => every: soon => 3:66: sources.0.every: must be a duration such as 90s
every: 5m => evry: 5m => 3:66: sources.0.evry: is not a key here: did you mean every?
min_policy: 2 => min_polcy: 2 => 12:5: rules.0.min_polcy: is not a key here: did you mean min_policy?
min_policy: 2 => min_policy: 7 => 12:5: rules.0.min_policy: input should be less than or equal to 3
{export-controls: 0.8} => 1.8 => 11:5: rules.0.min_score
{export-controls: 0.8} => {export-control: 0.8} => 11:17: rules.0.min_score.export-control: is not a topic: did you mean export-controls?
any: [china] => any: [chna] => 10:44: rules.0.topics.any.0: 'chna' is not a topic here: did you mean china?
any: [china] => some: [china] => 10:38: rules.0.topics.some: is not a key here
/cath.de/ => /cath(?=ode)/ => 13:29: rules.0.any_of.2: is not a pattern that re2 takes
not: [old] => not: [olde] => 14:21: rules.0.sources.not.0: 'olde' is not a source here: did you mean old?
send: [screen, desk] => send: [scren] => 16:12: rules.0.send.0: 'scren' is not a channel here: did you mean screen?
send: [screen, desk] => send: [] => 16:5: rules.0.send: names no channel
severity: critical => severity: loud => 15:5: rules.0.severity
Europe/Brussels => Europe/Brussel => 1:37: service.timezone: is not a time zone
rules: => ruels: => 8:1: ruels: is not a section: did you mean rules?
name: old => name: wire => 4:6: sources.1.name: 'wire' is also the name of sources.0
url: https://example.org/world.xml,  =>  => 3:5: sources.0.url: is missing
TOCSIN_TEST_SLACK => TOCSIN_NOT_SET => 7:31: channels.1.url: environment variable TOCSIN_NOT_SET is not set
${env:TOCSIN_TEST_SLACK} => ${file:no-such-file} => channels.1.url: secret file no-such-file cannot be read
"""  # noqa: E501  what is good => what stands there instead => what is said


@pytest.mark.usefixtures("slack")
@pytest.mark.parametrize("row", MISTAKES.splitlines())
def test_a_mistake_is_named_with_its_place(tmp_path: Path, row: str) -> None:
    good, bad, said = row.split(" => ")
    assert good in GOOD

    found = mistakes(tmp_path / "tocsin.yaml", GOOD.replace(good, bad))

    assert [line for line in found if said in line], found


@pytest.mark.usefixtures("slack")
def test_every_mistake_is_told_at_once_in_order(tmp_path: Path) -> None:
    text = GOOD
    for good, bad in (("every: 5m", "evry: 5m"), ("kind: console", "kind: consol"),
                      ("min_policy: 2", "min_policy: 7")):  # fmt: skip
        text = text.replace(good, bad)

    lines = [int(line.split(":")[0]) for line in mistakes(tmp_path / "t.yaml", text)]

    assert lines == sorted(lines)
    assert {3, 6, 12} <= set(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("- a\n- b\n", "must have the sections"),
        ("sources: [\n", "2:1: is not YAML"),
        ("sources: 5\n", "must be a list"),
        ("rules: []\n", "needs at least one source"),
        ("sources:\n  - just words\n", "must be a mapping"),
        ("sources:\n  - {name: a, name: b}\n", "each key may stand once"),
        ("sources:\n  - {name: a}\n", "sources.0.kind: is missing: one of"),
    ],
)
def test_a_file_that_is_no_config_is_told_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    found = mistakes(tmp_path / "t.yaml", text)

    assert any(said in line for line in found), found


def test_a_missing_file_and_a_wrong_encoding_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tocsin init"):
        config_file.load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"sources: \xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config_file.load(tmp_path / "latin.yaml")


def test_secrets_stay_as_written_where_nothing_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "tocsin.yaml"
    path.write_text(GOOD.replace("TOCSIN_TEST_SLACK", "TOCSIN_NOT_SET"), encoding="utf-8")

    config = config_file.load(path, topics=TOPICS, secrets=False)

    assert len(config.channels) == 2


def test_a_country_code_is_not_false() -> None:
    # In YAML 1.1, `no` is a boolean; rules about Norwegian would break.
    text = GOOD.replace("    cooldown: 6h", "    lang: [no, en]").replace(
        '"${env:TOCSIN_TEST_SLACK}"', "https://hooks.slack.com/services/x"
    )

    config = config_file.parse(text, Path("t.yaml"), topics=TOPICS, secrets=True)

    assert config.rules[0].lang == ("no", "en")


def test_the_path_is_found_in_the_documented_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOCSIN_CONFIG", "/etc/tocsin.yaml")

    assert config_file.find_config(None) == Path("/etc/tocsin.yaml")
    assert config_file.find_config(Path("mine.yaml")) == Path("mine.yaml")
    (tmp_path / "tocsin.yaml").touch()
    assert config_file.find_config(None) == Path("tocsin.yaml")
