"""The JSON Schema for editors: as the models and the docs are now, and of use."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from alerts import schema

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "data" / "tocsin.schema.json"
EXAMPLE = ROOT / "data" / "tocsin.example.yaml"


def complaints(config: Any) -> list[str]:
    found = Draft7Validator(json.loads(PUBLISHED.read_bytes())).iter_errors(config)
    return [f"{'.'.join(map(str, one.absolute_path))}: {one.message}" for one in found]


def example() -> Any:
    return json.loads(json.dumps(YAML(typ="safe").load(EXAMPLE.read_text(encoding="utf-8"))))


def test_the_published_schema_is_made_from_what_is_here() -> None:
    described = schema.read_descriptions((ROOT / "docs" / "configuration.md").read_text("utf-8"))

    made = schema.as_json(schema.build(described))

    assert made == PUBLISHED.read_bytes(), "`make schema` brings it up to date"


def test_it_is_a_schema_and_takes_the_example() -> None:
    Draft7Validator.check_schema(json.loads(PUBLISHED.read_bytes()))

    assert complaints(example()) == []


GOOD_RULE = {
    "name": "r", "topics": {"all": ["china"], "any": ["my-own"]}, "min_score": {"china": 0.8},
    "act": {"stage": ["in effect"], "items": ["gallium", "ECCN 3B001"], "authority": ["BIS"]},
    "authors": {"not": ["a"]}, "any_of": ["/a|b/"], "when": "official", "cooldown": "1h30m",
    "official": True, "min_sources": 2, "send": ["screen"],
}  # fmt: skip


def test_it_takes_a_rule_with_everything() -> None:
    assert complaints({**example(), "rules": [GOOD_RULE]}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_scor": 0.5}, {"min_score": 1.5}, {"min_policy": 4}, {"cooldown": "soon"},
        {"act": {"stage": ["done"]}}, {"act": {"stages": []}}, {"severity": "loud"},
        {"any_of": "lithium"}, {"act": {"authority": ["Ministry of Commerce"]}},
        {"min_sources": 0}, {"sources": {"except": ["a"]}},
    ],
)  # fmt: skip
def test_it_underlines_what_check_refuses(wrong: dict[str, Any]) -> None:
    assert len(complaints({**example(), "rules": [{**GOOD_RULE, **wrong}]})) == 1


def test_a_source_without_its_address_is_underlined() -> None:
    assert complaints({**example(), "sources": [{"name": "a", "kind": "feed"}]})


def test_every_key_says_what_it_is() -> None:
    published = json.loads(PUBLISHED.read_bytes())["properties"]
    parts = [
        published["service"],
        published["rules"]["items"],
        *published["sources"]["items"]["oneOf"],
        *published["channels"]["items"]["oneOf"],
    ]
    silent = [
        key
        for part in parts
        for key, field in part["properties"].items()
        if "description" not in field and key != "kind"
    ]

    assert silent == []
