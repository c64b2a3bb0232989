"""What goes to a terminal: nothing that a text brings may act on it. Pure."""

import re
from typing import Any

import orjson

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Controls but tab and line feed, and what ends a line or turns the direction of writing."""


def as_json(value: Any, *, indent: bool = False) -> str:
    """Return JSON that means the same; what would act on a terminal stands in it as \\u009b."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None).decode()
    return ACTING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def inert(text: str) -> str:
    """Return a text without what would act on a terminal."""
    return ACTING.sub("", text)
