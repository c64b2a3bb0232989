"""Two hundred configs with one mistake each: every one is named by its key, in one line each."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from alerts import config as config_file
from alerts.errors import ConfigError, Mistake
from classifier.labels import TOPICS

WHOLE = """\
service:
  {database: sqlite:///t.db, timezone: Europe/Brussels, digest: "0 8 * * *", web: "off",
   contact: desk@example.org, outbox_limit: 10, event_days: 14, keep_days: 365, operator: [screen]}
sources:
  - {name: wire, kind: feed, url: "https://example.org/world.xml", every: 5m, backfill: 7d}
  - {name: old, kind: jsonl, path: posts.jsonl, backfill: all, official: true}
  - {name: bis, kind: federal_register, agencies: [industry-and-security-bureau], every: 5m}
  - {name: lc, kind: lunarcrush, topic: electric vehicles, api_key: hush, every: 2m}
channels:
  - {name: screen, kind: console}
  - {name: hook, kind: webhook, url: "https://example.org/hook", secret: whsec_AAECAwQFBgcICQoL}
  - {name: desk, kind: slack, url: "https://hooks.slack.com/services/T0/B0/hush"}
rules:
  - {name: controls, topics: {all: [export-controls], any: [china]}, min_policy: 2,
     min_relevance: 70, any_of: [lithium], none_of: [webinar], sources: {not: [old]},
     lang: [en, zh], severity: critical, send: [screen, hook], cooldown: 6h, shadow: false,
     quiet_hours: {from: "22:00", to: "07:00", timezone: Asia/Shanghai, pass: [critical]},
     min_score: {export-controls: 0.8}}
  - {name: cars, topics: {any: [electric-vehicles]}, send: [desk], digest: "0 8 * * 1-5",
     budget: 10/day}
"""
Way = tuple[str | int, ...]

WRONG: tuple[object, ...] = ([[]], {"so": {"so": 1}}, -1.5, "\x07 no such thing \x07", None)
"""What stands where something else is asked for; no key takes all of them."""


def ways(node: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to every key, at any depth."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs:
        if isinstance(key, str):
            yield (*way, key)
        if isinstance(value, dict | list):
            yield from ways(value, (*way, key))


def changed(tree: Any, way: Way, how: str, wrong: object = None) -> Any:
    """Return a config of which one key is misspelt, gone, or holds something else."""
    made = copy.deepcopy(tree)
    holder = made
    for step in way[:-1]:
        holder = holder[step]
    value = holder.pop(way[-1])
    if how == "misspelt":
        holder[f"{way[-1]}x"] = value
    elif how == "mistyped":
        holder[way[-1]] = wrong
    return made


def mutations() -> Iterator[tuple[Way, str, Any]]:
    tree = yaml.safe_load(WHOLE)
    for way in ways(tree):
        for how in ("misspelt", "deleted"):
            yield way, how, changed(tree, way, how)
        for wrong in WRONG:
            yield way, "mistyped", changed(tree, way, "mistyped", wrong)


def names(key: str, way: Way, how: str) -> bool:
    """Tell whether a message's key is the changed one, lies within it, or is what misses it."""
    path = ".".join(map(str, way))
    if how == "misspelt":
        return key in (path, f"{path}x")
    if way[-1] in ("name", "channels") and key.startswith(("rules.", "service.operator.")):
        return True  # what named it is told
    elders = {".".join(map(str, way[:n])) for n in range(1, len(way))}
    return key == path or key.startswith(f"{path}.") or key in elders


def faults(text: str) -> list[Mistake]:
    """Return the mistakes of a config; none for a good one."""
    try:
        config_file.parse(text, Path("t.yaml"), topics=TOPICS, secrets=True)
    except ConfigError as error:
        return list(error.mistakes)
    return []


def test_the_unchanged_config_is_good() -> None:
    assert faults(WHOLE) == []


def test_every_mistake_names_its_key() -> None:
    refused = {"misspelt": 0, "deleted": 0, "mistyped": 0}
    tried = dict(refused)

    for way, how, tree in mutations():
        tried[how] += 1
        found = faults(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))
        if not found:
            continue
        refused[how] += 1
        told = "".join(map(str, found))
        assert any(names(mistake.key, way, how) for mistake in found), (way, how, told)
        # What is quoted acts on no terminal and tells no secret.
        assert told.isprintable(), told
        assert "hush" not in told

    # A key that does not exist is never passed over; others may be gone, or hold a good value.
    assert tried == {"misspelt": 69, "deleted": 69, "mistyped": 345}
    assert refused == {"misspelt": 69, "deleted": 30, "mistyped": 325}


def test_half_a_config_is_told_or_is_a_config() -> None:
    told = [faults(WHOLE[:cut]) for cut in range(0, len(WHOLE), 20)]

    assert sum(map(bool, told)) > len(told) / 2
    assert all(str(mistake).isprintable() for found in told for mistake in found)
