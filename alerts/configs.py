"""Config -> the document that is kept of it, and what differs between two of them. Pure.

A secret is never in a document, nor is a password inside an address.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from alerts.config import Config
from alerts.store.connect import PASSWORDS, shown

HIDDEN = "(secret)"

SECTIONS = ("sources", "channels", "rules")
"""The sections that are lists, of entries with a name each."""

PASSWORD = re.compile(r"(://[^/@:\s]*):[^/@\s]+@")
"""A password within a text that is more than an address."""

UNITS = ((604800, "w"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def document(config: Config) -> dict[str, Any]:
    """Return everything that a config says, defaults included and secrets left out, for JSON."""
    return {
        "service": written(config.service),
        **{section: written(getattr(config, section)) for section in SECTIONS},
    }


def written(value: object) -> Any:
    """Return a value as a person would write it in the file."""
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, BaseModel):
        return written(value.model_dump(by_alias=True))
    if isinstance(value, Mapping):
        return {str(name): written(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [written(inner) for inner in value]
    if isinstance(value, timedelta):
        return spell_duration(value)
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float):
        return value
    return _without_password(str(value))


def _without_password(text: str) -> str:
    """Return an address without the password in it; any other text as it is."""
    if "://" not in text:
        return text
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    if url.password is None and not any(name in url.query for name in PASSWORDS):
        return text
    return shown(url).replace(":***@", f":{HIDDEN}@", 1)


def spell_duration(duration: timedelta) -> str:
    """Return a duration as the config writes it: 90s is 1m30s."""
    left, parts = round(duration.total_seconds() * 1000), []
    for size, unit in UNITS:
        count, left = divmod(left, size * 1000)
        if count:
            parts.append(f"{count}{unit}")
    if left:
        parts.append(f"{left}ms")
    return "".join(parts) or "0s"


def unset(value: object) -> bool:
    """Tell whether a key asks for nothing, an empty one inside counting as none."""
    if isinstance(value, Mapping):
        return all(unset(inner) for inner in value.values())
    return value is None or value is False or value in ("", [], ())


def brief(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry without the keys that are empty; what is false may be meant so."""
    return {
        name: brief(value) if isinstance(value, Mapping) else value
        for name, value in entry.items()
        if value is False or not unset(value)
    }


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each entry that came or went, and for each key that changed."""
    rows = list(_changed("service", None, old.get("service", {}), new.get("service", {})))
    for section in SECTIONS:
        before = {entry["name"]: entry for entry in old.get(section, [])}
        after = {entry["name"]: entry for entry in new.get(section, [])}
        for name, entry in before.items():
            if name not in after:
                rows.append(_row(section, name, None, "removed", brief(entry), None))
        for name, entry in after.items():
            if name not in before:
                rows.append(_row(section, name, None, "added", None, brief(entry)))
            else:
                rows += _changed(section, name, before[name], entry)
        if list(before) != list(after) and before.keys() == after.keys():
            rows.append(_row(section, None, "order", "changed", list(before), list(after)))
    return rows


def _changed(
    section: str, name: str | None, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) == new.get(key):
            continue
        # A key that one of two versions of Tocsin does not know says nothing while it is unset.
        if (key not in old or key not in new) and unset(old.get(key)) and unset(new.get(key)):
            continue
        yield _row(section, name, key, "changed", old.get(key), new.get(key))


def _row(
    section: str, name: str | None, key: str | None, change: str, old: Any, new: Any
) -> dict[str, Any]:
    return {"section": section, "name": name, "key": key, "change": change, "old": old, "new": new}
