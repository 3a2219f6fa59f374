"""Where in a JSON text a path leads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

_DECODER: Final = json.JSONDecoder()
_GAP: Final = re.compile(r"[ \t\n\r]*[,:]?[ \t\n\r]*")


def line_of(text: str, path: str) -> int:
    """Answer the line, counted from 1, of what a path leads to, or of the last on the way that is there.

    Args:
        text: valid JSON.
        path: as ``/2/mapping/event``.
    """
    return place_of(text, path)[0]


def place_of(text: str, path: str) -> tuple[int, int]:
    """Answer line and column, both counted from 1; see line_of."""
    position = _position(text, _skip(text, 0), path)
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _position(text: str, value_at: int, path: str) -> int:
    # A key may have slashes of its own, and of a key given twice the last one counts.
    leads = [member for member in _members(text, value_at) if f"{path}/".startswith(f"/{member[0]}/")]
    if not path or not leads:
        return value_at
    key, starts_at, value_at = leads[-1]
    rest = path[len(key) + 1 :]
    return _position(text, value_at, rest) if rest else starts_at


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """Walk through a value's members: the key or index, where the member starts, and where its value does."""
    opening = text[at]
    if opening not in "{[":
        return
    at = _skip(text, at + 1)
    index = 0
    while text[at] not in "}]":
        key, starts_at = str(index), at
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, at)
        yield key, starts_at, at
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        index += 1


def _skip(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at
