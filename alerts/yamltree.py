"""Places in a YAML tree that was read with its positions: what stands there, and where. Pure."""

from collections.abc import Mapping
from typing import Any

from ruamel.yaml.comments import CommentedMap

Where = tuple[str | int, ...]
"""A path of keys and list positions."""


def plain(data: Any) -> Any:
    """Turn ruamel's containers and scalars into Python's own."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    for kind in (bool, int, float, str):
        if isinstance(data, kind):
            return kind(data)
    return data


def in_tree(tree: Any, where: Where, part: str | int) -> bool:
    """Tell whether a step of pydantic's path is one in the file (and not a union's branch)."""
    here = walk(tree, where)
    stack = [here]
    while stack:
        node = stack.pop()
        if has(node, part):
            return True
        if isinstance(node, Mapping):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return False


def walk(tree: Any, where: Where) -> Any:
    """Return what stands at a path; None where nothing does."""
    node = tree
    for part in where:
        if not has(node, part):
            return None
        node = node[part]
    return node


def has(node: Any, part: str | int) -> bool:
    """Tell whether a node has such a key or position."""
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, Mapping) and part in node


def position(tree: CommentedMap, where: Where) -> tuple[int, int]:
    """Return line and column (1-based) of a path, or of its nearest parent that exists."""
    node: Any = tree
    line, column = 1, 1
    for part in where:
        if not has(node, part):
            break
        found = node.lc.key(part) if isinstance(node, CommentedMap) else node.lc.item(part)
        line, column = found[0] + 1, found[1] + 1
        node = node[part]
    return line, column
