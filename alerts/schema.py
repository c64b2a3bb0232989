"""The JSON Schema of tocsin.yaml for editors, made from the config's models and the docs' tables.

python -m alerts.schema DOCS/configuration.md > data/tocsin.schema.json

It says what the models say, so that an editor completes and underlines; `tocsin check` knows
more (names, contradictions, secrets) and has the last word. Draft 7, which editors know best.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel

from alerts import channels, sources
from alerts.config import Service
from alerts.reader.terms import vocabulary
from alerts.rules import Rule
from classifier.labels import TOPICS
from classifier.resources import shipped

HEADING = re.compile(r"^#+ `(\w+)`\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \|(.*)\|$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
UNKNOWN_DEFAULTS = {"", "required", "none", "not asked", "all"}
"""Defaults in the tables that only say that nothing is set."""

Described = Mapping[str, Mapping[str, str]]
"""Section or kind -> key -> what it means."""


def read_descriptions(page: str) -> Described:
    """Read what keys mean from the tables of docs/configuration.md."""
    return {
        section: {key: _meaning(cells) for key, cells in ROW.findall(body)}
        for section, body in HEADING.findall(page)
    }


def _meaning(cells: str) -> str:
    """Return a row's last cell, with the default from the one before it."""
    *_, default, means = ["", *(LINK.sub(r"\1", cell).strip() for cell in cells.split(" | "))]
    means = means[:1].upper() + means[1:]
    default = default.replace("`", "")
    return means if default in UNKNOWN_DEFAULTS else f"{means}. Default: {default}"


def build(described: Described) -> dict[str, Any]:
    """Return the schema of a whole config."""
    definitions: dict[str, Any] = {}

    def part(model: type[BaseModel], *sections: str) -> dict[str, Any]:
        made: dict[str, Any] = _tidy(model.model_json_schema(by_alias=True))
        definitions.update(made.pop("$defs", {}))
        for key, field in made["properties"].items():
            means = next((described[s][key] for s in sections if key in described.get(s, {})), "")
            if means:
                # Beside a reference, draft 7 overlooks everything.
                reference = {"allOf": [{"$ref": field.pop("$ref")}]} if "$ref" in field else {}
                field |= {"description": means, **reference}
        made.pop("description", None)
        return made

    def kinds(section: str, known: Mapping[str, type[BaseModel]]) -> list[dict[str, Any]]:
        found = []
        for name, model in known.items():
            made = part(model, name, section)
            made["title"] = f"{section.removesuffix('s')}: {name}"
            made["properties"]["kind"] = {"const": name}
            made["required"] = sorted({*made.get("required", ()), "name", "kind"})
            found.append(made)
        return found

    source_kinds = kinds("sources", {k: v.config for k, v in sources.KINDS.items()})
    channel_kinds = kinds("channels", {k: v.config for k, v in channels.KINDS.items()})
    rule = part(Rule, "rules")
    _offer(definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Tocsin's config",
        "type": "object",
        "additionalProperties": False,
        "required": ["sources"],
        "properties": {
            "service": part(Service, "service"),
            "sources": {"type": "array", "minItems": 1, "items": {"oneOf": source_kinds}},
            "channels": {"type": "array", "items": {"oneOf": channel_kinds}},
            "rules": {"type": "array", "items": rule},
        },
        "$defs": definitions,
    }


def _tidy(node: Any) -> Any:
    """Leave out what pydantic adds for programs: titles, null as a choice, defaults as ISO text."""
    if isinstance(node, list):
        return [_tidy(one) for one in node]
    if not isinstance(node, dict):
        return node
    choices = [one for one in node.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) == 1:
        node = {**{k: v for k, v in node.items() if k != "anyOf"}, **choices[0]}
    elif choices:
        node = {**node, "anyOf": choices}
    dropped = {"default", "writeOnly"}
    # A key called "title" is a property, not an annotation.
    return {
        key: _tidy(value)
        for key, value in node.items()
        if key not in dropped and not (key == "title" and isinstance(value, str))
    }


def _offer(definitions: dict[str, Any]) -> None:
    """Let an editor offer the shipped topics and the acts' vocabulary."""
    topic = {"anyOf": [{"enum": list(TOPICS)}, {"type": "string"}]}
    for field in definitions["TopicCondition"]["properties"].values():
        field["items"] = topic
    ways = vocabulary(shipped("data"))
    act = definitions["ActCondition"]["properties"]
    for name in ("instrument", "authority", "jurisdiction"):
        act[name]["items"] = {"enum": list(dict.fromkeys(ways[name].values()))}
    items = {"enum": list(dict.fromkeys(ways["items"].values()))}
    act["items"]["items"] = {"anyOf": [items, {"type": "string", "pattern": "^(ECCN|HS) "}]}


def main() -> None:
    """Print the schema for the page that is named."""
    described = read_descriptions(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.buffer.write(as_json(build(described)))


def as_json(schema: Mapping[str, Any]) -> bytes:
    """Return a schema as it is published."""
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2) + b"\n"


if __name__ == "__main__":
    main()
