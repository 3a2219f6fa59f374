"""Paths in JSON as text: one way to write them for everything that shows or links values.

``properties.products[0].price``; a name with other characters than letters, digits, ``_``, ``-`` and ``$``
is written ``["a.b"]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import orjson

Keys: TypeAlias = tuple[str | int, ...]

_PLAIN: Final = re.compile(r"[\w$-]+", re.ASCII)


def path_text(keys: Keys) -> str:
    """Write a path."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        elif _PLAIN.fullmatch(key):
            text += f".{key}" if text else key
        else:
            text += f"[{orjson.dumps(key.encode(errors='replace').decode()).decode()}]"
    return text


def leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Walk through the values that hold no others, in their order; empty objects and lists are such."""
    stack = [(keys, value)]
    while stack:
        place, each = stack.pop()
        members = list(members_of(each))
        if not members:
            yield place, each
        stack += [((*place, key), member) for key, member in reversed(members)]


def places(value: Any) -> list[tuple[Keys, Any]]:
    """List every place of a value with what is there, those of objects and lists before their members'."""
    found: list[tuple[Keys, Any]] = []
    stack: list[tuple[Keys, Any]] = [((), value)]
    while stack:
        place, each = stack.pop()
        found.append((place, each))
        stack += [((*place, key), member) for key, member in reversed(list(members_of(each)))]
    return found


def replaced(value: Any, keys: Keys, by: Any) -> Any:
    """Copy a value with another one in a place of it; what is beside the path is shared."""
    if not keys:
        return by
    root = copy = value.copy()
    for key in keys[:-1]:
        copy[key] = copy[key].copy()
        copy = copy[key]
    copy[keys[-1]] = by
    return root


def members_of(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Walk through what an object or a list holds; another value holds nothing."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def member_of(value: Any, key: str | int, missing: Any) -> Any:
    """Answer one of what an object or a list holds, or ``missing``."""
    if isinstance(key, int):
        return value[key] if isinstance(value, list) and key < len(value) else missing
    return value.get(key, missing) if isinstance(value, dict) else missing
