"""tocsin.yaml: every mistake at once, each with its place and a suggestion."""

import time
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
min_policy: 2 => min_policy: 7 => 12:5: rules.0.min_policy: must be at most 3
{export-controls: 0.8} => 1.8 => 11:5: rules.0.min_score
{export-controls: 0.8} => {export-control: 0.8} => 11:17: rules.0.min_score.export-control: is not a topic: did you mean export-controls?
any: [china] => any: [chna] => 10:44: rules.0.topics.any.0: 'chna' is not a topic here: did you mean china?
{all: [export-controls], any: [china]} => [china] => rules.0.topics: must be a mapping of keys to values: all, any, none
any: [china] => some: [china] => 10:38: rules.0.topics.some: is not a key here
/cath.de/ => /cath(?=ode)/ => 13:29: rules.0.any_of.2: is not a pattern that re2 takes: invalid perl operator: (?= (re2
not: [old] => not: [olde] => 14:21: rules.0.sources.not.0: 'olde' is not a source here: did you mean old?
send: [screen, desk] => send: [scren] => 16:12: rules.0.send.0: 'scren' is not a channel here: did you mean screen?
send: [screen, desk] => send: [] => 16:5: rules.0.send: names no channel
severity: critical => severity: loud => 15:5: rules.0.severity: 'loud' is not one of low, medium, high, critical
Europe/Brussels => Europe/Brussel => 1:37: service.timezone: is not a time zone
rules: => ruels: => 8:1: ruels: is not a section: did you mean rules?
name: old => name: wire => 4:6: sources.1.name: 'wire' is also the name of sources.0
url: https://example.org/world.xml,  =>  => 3:5: sources.0.url: is missing
any: [china] => any: [china], none: [china] => 10:59: rules.0.topics.none.0: 'china' is also asked for
    sources: {not: [old]} =>     none_of: [gallium, Lithium] => 14:24: rules.0.none_of.1: 'Lithium' is also in any_of
    sources: {not: [old]} =>     act: {stage: [adoptd]} => 14:19: rules.0.act.stage.0: 'adoptd' is not one of
    sources: {not: [old]} =>     act: {stages: [adopted]} => 14:11: rules.0.act.stages: is not a key here: did you mean stage?
    sources: {not: [old]} =>     act: {instrument: [tarif]} => 14:24: rules.0.act.instrument.0: 'tarif' is not an act's instrument: did you mean tariff?
    sources: {not: [old]} =>     act: {authority: [Ministry of Commerce]} => 'Ministry of Commerce' is not an act's authority: did you mean MOFCOM?
    sources: {not: [old]} =>     act: {jurisdiction: [China]} => 'China' is not an act's jurisdiction: did you mean CN?
    sources: {not: [old]} =>     act: {items: [稀土]} => '稀土' is not an act's item: did you mean rare earths?
    sources: {not: [old]} =>     when: "engagment > 1" => 14:5: rules.0.when: near character 1: 'engagment' is not known: did you mean engagement?
    sources: {not: [old]} =>     when: "topics['chna'] > 0.5" => 14:5: rules.0.when: 'chna' is not a topic here: did you mean china?
    sources: {not: [old]} =>     when: "has(topics.chna)" => 14:5: rules.0.when: 'chna' is not a topic here: did you mean china?
    sources: {not: [old]} =>     lang: [english] => 14:12: rules.0.lang.0: 'english' is not a language's code
    sources: {not: [old]} =>     any_off: [2025] => did you mean any_of?
    sources: {not: [old]} =>     none_of: [2025] => 14:15: rules.0.none_of.0: must be text: put it in quotes
    sources: {not: [old]} =>     min_sources: 0 => rules.0.min_sources: must be at least 1
severity: critical => severity: critcal => 'critcal' is not one of low, medium, high, critical: did you mean critical?
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


@pytest.mark.usefixtures("slack")
def test_a_rule_with_one_mistake_is_still_checked_for_others(tmp_path: Path) -> None:
    text = GOOD
    for good, bad in (
        ("min_policy: 2", "min_polcy: 2"),
        ("[screen, desk]", "[scren]"),
        ("any: [china]", "any: [chna]"),
        ("cooldown: 6h", "cooldown: soon"),
    ):
        text = text.replace(good, bad)

    found = mistakes(tmp_path / "t.yaml", text)

    assert [line.split(": ")[1] for line in found] == [
        "rules.0.topics.any.0", "rules.0.min_polcy", "rules.0.send.0", "rules.0.cooldown",
    ]  # fmt: skip


@pytest.mark.usefixtures("slack")
def test_a_rule_without_its_route_is_told_so_once(tmp_path: Path) -> None:
    found = mistakes(tmp_path / "t.yaml", GOOD.replace("send: [screen, desk]", "send: screen"))

    assert len(found) == 1
    assert "16:5: rules.0.send: " in found[0]


WARNINGS = """\
min_policy: 2 => min_policy: 0 => 12:5: rules.0.min_policy: is 0, which every post reaches
/cath.de/ => /.*/ => 13:29: rules.0.any_of.2: '/.*/' matches every text
[lithium, 磷酸铁锂, => [lithium, LITHIUM, => 13:23: rules.0.any_of.1: 'LITHIUM' says the same as 'lithium'
    sources: {not: [old]} =>     lang: [cn] => 14:12: rules.0.lang.0: is a country: the language is zh
    sources: {not: [old]} =>     act: {targets: [Hoggets Ltd]} => 14:21: rules.0.act.targets.0: 'Hoggets Ltd' is not an act's target
"""  # noqa: E501  what is good => what stands there instead => what is said


@pytest.mark.usefixtures("slack")
@pytest.mark.parametrize("row", WARNINGS.splitlines())
def test_what_is_odd_is_a_warning_and_no_mistake(tmp_path: Path, row: str) -> None:
    good, odd, said = row.split(" => ")
    path = tmp_path / "t.yaml"
    assert good in GOOD

    config = config_file.parse(GOOD.replace(good, odd), path, topics=TOPICS, secrets=True)

    told = [str(warning).removeprefix(f"{path}:") for warning in config.warnings]
    assert [line for line in told if line.startswith(said)], told


@pytest.mark.usefixtures("slack")
def test_a_good_config_has_no_warnings(tmp_path: Path) -> None:
    config = config_file.parse(GOOD, tmp_path / "t.yaml", topics=TOPICS, secrets=True)

    assert config.warnings == ()


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


# Very many rules ----------------------------------------------------------------------------

MANY = """\
  - name: rule {number}
    topics: {{all: [export-controls], any: [china]}}
    min_policy: 2
    any_of: [{words}, "/batter(y|ies) {number}/"]
    when: "engagement > {number} || official"
    send: [screen]
"""


def many(rules: int, words: int) -> str:
    listed = ", ".join(f"word{number}" for number in range(words))
    head = GOOD[: GOOD.index("rules:")].replace('"${env:TOCSIN_TEST_SLACK}"', "https://example.org")
    return head + "rules:\n" + "".join(MANY.format(number=n, words=listed) for n in range(rules))


def test_a_thousand_rules_of_ten_kilobytes_load_in_seconds() -> None:
    text = many(1000, 1100)
    assert len(text) > 10_000_000
    began = time.process_time()

    config = config_file.parse(text, Path("t.yaml"), topics=TOPICS, secrets=True)

    assert len(config.rules) == 1000
    # It takes about 5 s; with a YAML parser in Python it was a minute.
    assert time.process_time() - began < 40


def test_a_mistake_in_each_of_a_thousand_rules_is_told(tmp_path: Path) -> None:
    text = many(1000, 5).replace("min_policy", "min_polcy")

    assert len(mistakes(tmp_path / "t.yaml", text)) == 1000


def test_a_file_beyond_all_measure_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(b"#" * (config_file.MAX_BYTES + 1))

    with pytest.raises(ConfigError, match="is larger than 16,000,000 bytes"):
        config_file.load(path)
