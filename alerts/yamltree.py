"""YAML with the place of everything in it: text -> a tree that knows lines and columns. Pure.

libyaml reads the text, many times faster than a parser in Python; what plain scalars mean is
decided here, by the core schema of YAML 1.2, in which NO is Norway and 12:30 no number.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

Where = tuple[str | int, ...]
"""A path of keys and list positions."""

Place = tuple[int, int]
"""Line and column, from 1."""

MOST_VALUES = 2_000_000
"""Values that a file may stand for once its anchors are followed; a few lines can ask for any."""

CONSTANTS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
NUMBER = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|0o[0-7]+|0x[0-9a-fA-F]+")  # fmt: skip  # noqa: E501
WHOLE = re.compile(r"[-+]?\d{1,4000}")
TAG = "tag:yaml.org,2002:"
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Unreadable(ValueError):
    """The text is not YAML, or not what a config may be. place: where."""

    def __init__(self, message: str, place: Place = (1, 1)) -> None:
        self.place = place
        super().__init__(message)


class Branch(dict[str, Any]):
    """A mapping. places: key -> where it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Place] = {}


class Row(list[Any]):
    """A list. places: where each item stands."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []


def read(text: str) -> Any:
    """Return what a YAML document holds: Branch, Row, or a scalar. Raises Unreadable."""
    try:
        node = yaml.compose(text, Loader=LOADER)
        return None if node is None else _Growing().value(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(f"is not YAML: {said}", place) from error
    except yaml.YAMLError as error:
        raise Unreadable(f"is not YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise Unreadable("is nested too deeply") from error


class _Growing:
    """Grows a tree from libyaml's nodes; what an anchor names is grown once and shared."""

    def __init__(self) -> None:
        self.grown: dict[int, tuple[Any, int]] = {}
        self.growing: set[int] = set()

    def value(self, node: Any) -> Any:
        return self.grow(node)[0]

    def grow(self, node: Any) -> tuple[Any, int]:
        """Return a node's value, and how many values it stands for."""
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node), 1
        known = self.grown.get(id(node))
        if known is not None:
            return known
        if id(node) in self.growing:
            raise Unreadable("an anchor holds itself", _place(node))
        self.growing.add(id(node))
        if node.tag not in (f"{TAG}seq", f"{TAG}map"):
            raise Unreadable(f"the tag {node.tag} is not taken here", _place(node))
        is_list = isinstance(node, yaml.SequenceNode)
        grown, size = self.row(node) if is_list else self.branch(node)
        if size > MOST_VALUES:
            raise Unreadable(f"stands for more than {MOST_VALUES:,} values", _place(node))
        self.growing.discard(id(node))
        self.grown[id(node)] = grown, size
        return grown, size

    def row(self, node: Any) -> tuple[Row, int]:
        row, size = Row(), 1
        for item in node.value:
            value, more = self.grow(item)
            row.append(value)
            row.places.append(_place(item))
            size += more
        return row, size

    def branch(self, node: Any) -> tuple[Branch, int]:
        branch, size = Branch(), 1
        merged: list[Any] = []
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise Unreadable("a key must be one word", _place(key_node))
            key = key_node.value
            value, more = self.grow(value_node)
            size += more
            if key == "<<" and not key_node.style:
                merged += value if isinstance(value, Row) else [value]
                continue
            if key in branch:
                raise Unreadable(
                    f'duplicate key "{key}": each key may stand once', _place(key_node)
                )
            branch[key] = value
            branch.places[key] = _place(key_node)
        for other in merged:
            if not isinstance(other, Branch):
                raise Unreadable("<< takes a mapping", _place(node))
            for key, value in other.items():
                if key not in branch:
                    branch[key], branch.places[key] = value, other.places[key]
        return branch, size


def _place(node: Any) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: Any) -> Any:
    written, kind = node.value, node.tag.removeprefix(TAG)
    if node.style and kind == "str":
        return written
    if kind not in ("str", "int", "float", "bool", "null"):
        raise Unreadable(f"the tag {node.tag} is not taken here", _place(node))
    if written in CONSTANTS:
        return CONSTANTS[written]
    if not NUMBER.fullmatch(written):
        return written
    if WHOLE.fullmatch(written):
        return int(written)
    if written[:2] in ("0o", "0x"):
        return int(written, 0)
    return float(re.sub(r"\.(inf|nan)", r"\1", written.lower()))


def walk(tree: Any, where: Where) -> Any:
    """Return what stands at a path; None where nothing does."""
    node = tree
    for part in where:
        if not has(node, part):
            return None
        node = node[part]
    return node


def follow(tree: Any, where: Where, loc: Where) -> Where:
    """Return pydantic's path below a place, without the steps that are no keys in the file."""
    node, path = walk(tree, where), where
    for part in loc:
        if has(node, part):
            node, path = node[part], (*path, part)
    return path


def has(node: Any, part: str | int) -> bool:
    """Tell whether a node has such a key or position."""
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, Mapping) and part in node


def position(tree: Any, where: Where) -> Place:
    """Return line and column of a path, or of its nearest parent that exists."""
    node, place = tree, (1, 1)
    for part in where:
        if not has(node, part):
            break
        place = node.places[part]
        node = node[part]
    return place
