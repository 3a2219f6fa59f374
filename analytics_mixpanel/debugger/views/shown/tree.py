"""A JSON value as lines, each with the path of what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from analytics_mixpanel.debugger.paths import path_text

_MOST_LINES: Final = 1_500
_DEEPEST: Final = 12


@frozen
class Line:
    """One line.

    Attributes:
        depth: how far it is indented.
        key: the property's name, the element's index, or "".
        text: the value, or how many values are in it.
        kind: ``text``, ``number``, ``constant``, ``object`` or ``list``.
        path: of the value, as ``properties.products[0].price``.
    """

    depth: int
    key: str
    text: str
    kind: str
    path: str


def lines(value: Any, most: int = _MOST_LINES) -> list[Line]:
    """Give the lines of a value, and one that counts those left out, however large or deep it is."""
    shown: list[Line] = []
    waiting = list(_inside(value, 0, "")) if _has_parts(value) else [(0, "", value, "")]
    waiting.reverse()
    while waiting:
        depth, key, part, path = waiting.pop()
        if len(shown) == most:
            shown.append(Line(0, "", "… and more, which “Copy as JSON” has", "more", ""))
            break
        shown.append(_line(depth, key, part, path))
        if _has_parts(part):
            waiting.extend(reversed(list(_inside(part, depth + 1, path))))
    return shown


def _inside(value: Any, depth: int, path: str) -> Iterator[tuple[int, str, Any, str]]:
    depth = min(depth, _DEEPEST)
    if isinstance(value, dict):
        for key, part in value.items():
            step = path_text((key,))
            yield depth, key, part, path + step if not path or step.startswith("[") else f"{path}.{step}"
    else:
        for index, part in enumerate(value):
            yield depth, str(index), part, f"{path}[{index}]"


def _has_parts(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _line(depth: int, key: str, value: Any, path: str) -> Line:
    return Line(depth, key, *_shown(value), path)


def _shown(value: Any) -> tuple[str, str]:
    if isinstance(value, str):
        return value, "text"
    if isinstance(value, dict):
        return ("{}" if not value else ""), "object"
    if isinstance(value, list):
        return ("[]" if not value else f"{len(value)}"), "list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value], "constant"
    return json.dumps(value), "number"
