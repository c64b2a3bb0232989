"""One pass over a config's tree that gathers every mistake, each with its place and a hint."""

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from alerts.cleaning import plain
from alerts.errors import Mistake
from alerts.faults import Known, find_faults, find_odd, find_unknown, suggest
from alerts.reader.terms import vocabulary
from alerts.rules import Rule
from alerts.yamltree import Branch, Row, Where, follow, position, walk
from classifier.resources import shipped

SECTIONS = ("service", "sources", "channels", "rules")

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRule:
    """A rule as far as it can be read. unread: its keys with mistakes, which are left out."""

    index: int
    rule: Rule
    unread: frozenset[str]


class Checking:
    """One pass over a config's tree that gathers mistakes instead of stopping at the first."""

    def __init__(self, path: Path, tree: Branch, read_secret: Callable[[str], str] | None) -> None:
        self.path = path
        self.tree = tree
        self.context = {"read_secret": read_secret, "folder": path.absolute().parent}
        self.mistakes: list[Mistake] = []
        self.warnings: list[Mistake] = []
        self.told: set[Where] = set()

    def add(self, where: Where, message: str, *, warning: bool = False) -> None:
        self.told.add(where)
        line, column = position(self.tree, where)
        # Both quote the file, which may hold what acts on a terminal.
        key, message = plain(".".join(str(part) for part in where)), plain(message)
        (self.warnings if warning else self.mistakes).append(
            Mistake(file=str(self.path), line=line, column=column, key=key, message=message)
        )

    def check_sections(self) -> None:
        for key in self.tree:
            if key not in SECTIONS:
                self.add((str(key),), f"is not a section{suggest(str(key), SECTIONS)}")
        for section in ("sources", "channels", "rules"):
            if section in self.tree and not isinstance(self.tree[section], Row):
                self.add((section,), "must be a list, each item on a line that starts with '-'")
        if not self.entries("sources"):
            self.add(("sources",), "needs at least one source")

    def entries(self, section: str) -> list[tuple[int, Any]]:
        found = self.tree.get(section)
        return list(enumerate(found)) if isinstance(found, Row) else []

    def model(self, kind: type[M], data: Any, where: Where) -> M | None:
        if not isinstance(data, Mapping):
            self.add(where, "must be a mapping of keys to values")
            return None
        try:
            return kind.model_validate(data, context=self.context)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False):
                self.explain(kind, one, where)
            return None

    def explain(self, kind: type[BaseModel], error: Any, where: Where) -> None:
        """Turn one of pydantic's errors into a line for the person who wrote the config."""
        path = follow(self.tree, where, error["loc"])
        path = (*where, *error["loc"][:1]) if path == where else path
        if error["type"] == "extra_forbidden":
            path = (*where, *error["loc"])
            known = _keys_at(kind, error["loc"][:-1])
            message = f"is not a key here{suggest(str(error['loc'][-1]), known)}"
        elif error["type"] == "missing":
            path = (*where, *error["loc"])
            message = "is missing"
        else:
            message = _message(error, walk(self.tree, path))
            if error["type"] == "model_type":
                message = f"{message}: {', '.join(_keys_at(kind, error['loc']))}"
        # One value may fail every branch of a union; the first says enough.
        if path not in self.told:
            self.add(path, message)

    def kinds(self, section: str, known: Mapping[str, type[BaseModel]]) -> list[BaseModel]:
        found = []
        for index, data in self.entries(section):
            where: Where = (section, index)
            if not isinstance(data, Mapping):
                self.add(where, "must be a mapping of keys to values")
                continue
            kind = data.get("kind")
            if kind is None:
                self.add((*where, "kind"), f"is missing: one of {', '.join(sorted(known))}")
            elif not isinstance(kind, str) or kind not in known:
                hint = suggest(str(kind), known)
                self.add(
                    (*where, "kind"),
                    f"{kind!r} is not a kind of {section.removesuffix('s')}{hint}",
                )
            else:
                model = self.model(known[kind], data, where)
                if model is not None:
                    found.append(model)
        return found

    def rules(self) -> list[FoundRule]:
        found = []
        for index, data in self.entries("rules"):
            rule = self.model(Rule, data, ("rules", index))
            unread: frozenset[str] = frozenset()
            if rule is None and isinstance(data, Mapping):
                # Leave out the keys with mistakes, so that the others' are told as well.
                unread = frozenset(self.keys_with_mistakes(("rules", index)))
                rule = self.without(data, unread)
            if rule is not None:
                found.append(FoundRule(index=index, rule=rule, unread=unread))
        return found

    def keys_with_mistakes(self, where: Where) -> Iterator[str]:
        prefix = ".".join(map(str, where)) + "."
        for mistake in self.mistakes:
            if mistake.key.startswith(prefix):
                yield mistake.key.removeprefix(prefix).split(".")[0]

    def without(self, data: Mapping[str, Any], unread: Collection[str]) -> Rule | None:
        rest = {key: value for key, value in data.items() if key not in unread}
        try:
            return Rule.model_validate({"name": "unnamed", **rest}, context=self.context)
        except ValidationError:
            return None

    def mappings(self, section: str) -> list[tuple[int, Mapping[str, Any]]]:
        return [(i, data) for i, data in self.entries(section) if isinstance(data, Mapping)]

    def names(self, section: str) -> list[tuple[int, str]]:
        return [(i, str(data["name"])) for i, data in self.mappings(section) if "name" in data]

    def check_names(self) -> None:
        for section in ("sources", "channels", "rules"):
            first: dict[str, int] = {}
            for index, name in self.names(section):
                if name in first:
                    where = (section, index, "name")
                    self.add(where, f"{name!r} is also the name of {section}.{first[name]}")
                first.setdefault(name, index)

    def check_rules(self, rules: Sequence[FoundRule], topics: Sequence[str]) -> None:
        """Check what a rule says of topics, sources, channels and acts, and whether it can hold."""
        known = Known(
            topics=topics,
            sources=[name for _, name in self.names("sources")],
            channels=[name for _, name in self.names("channels")],
            rules={
                **dict.fromkeys(name for _, name in self.names("rules")),
                **{found.rule.name: found.rule for found in rules if not found.unread},
            },
            acts=vocabulary(shipped("data")) if any(r.rule.act.asked for r in rules) else {},
            open_sources=any(data.get("kind") == "jsonl" for _, data in self.mappings("sources")),
        )
        for found in rules:
            for fault in find_faults(found.rule, known):
                key = str(fault.place[0])
                # A misspelt `send` has been told; that it is missing as well says nothing new.
                meant = (
                    difflib.get_close_matches(key, found.unread) if len(fault.place) == 1 else []
                )
                if not meant:
                    where = ("rules", found.index, *fault.place)
                    self.add(where, fault.message, warning=fault.warning)
        operator = walk(self.tree, ("service", "operator"))
        listed = operator if isinstance(operator, Row) else []
        used = [name for name in listed if isinstance(name, str)]
        chosen = [found.rule for found in rules]
        for section, number, message in find_odd(chosen, known.channels, used):
            self.add((section, number), message, warning=True)

    def check_operator(self, named: Sequence[str]) -> None:
        """Check the channels that hear of the service's own silences."""
        channels = [name for _, name in self.names("channels")]
        for fault in find_unknown(("service", "operator"), named, channels, "channel"):
            self.add(fault.place, fault.message)


BOUNDS = {
    "less_than_equal": "at most",
    "less_than": "less than",
    "greater_than_equal": "at least",
    "greater_than": "more than",
}


def _message(error: Any, value: Any) -> str:
    """Put one of pydantic's errors into our words. value: what stands in the file."""
    kind = error["type"]
    if kind in ("enum", "literal_error") and isinstance(value, str):
        choices = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        close = suggest(value, choices)
        hint = close if "did you mean" in close else ""
        return f"{value!r} is not one of {', '.join(choices)}{hint}"
    if kind == "string_type":
        scalar = isinstance(value, bool | int | float)
        return "must be text: put it in quotes" if scalar else "must be text"
    if kind == "tuple_type":
        return f"must be a list: [{value}]" if isinstance(value, str) else "must be a list"
    if kind in BOUNDS:
        (limit,) = error["ctx"].values()
        return (
            f"must be {BOUNDS[kind]} {limit:g}"
            if isinstance(limit, int | float)
            else (f"must be {BOUNDS[kind]} {limit}")
        )
    if kind in ("bool_parsing", "bool_type"):
        return "must be true or false"
    if kind in ("int_parsing", "int_type", "int_from_float"):
        return "must be a whole number"
    if kind in ("float_parsing", "float_type"):
        return "must be a number"
    if kind == "model_type":
        return "must be a mapping of keys to values"
    message: str = error["msg"].removeprefix("Value error, ")
    return message[0].lower() + message[1:]


def _keys_at(kind: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Return the keys that a model takes at a place inside it."""
    model: type[BaseModel] = kind
    for part in loc:
        field = next(
            (f for n, f in model.model_fields.items() if part in (n, f.alias)),
            None,
        )
        inner = _model_in(field.annotation) if field else None
        if inner is not None:
            model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)
