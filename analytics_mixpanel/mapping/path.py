"""Paths such as ``$.context.page.url`` and ``products[0].price``: taken apart once, walked per message."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from analytics_mixpanel.mapping.js import UNDEFINED, member, truthy

# Brackets take part only beside a digit or a quote: ``a[b]`` is one literal key.
_SEPARATOR: Final = re.compile(r"""\[(?=["'\d])|\.|(?<=["'\d])\]+""", re.ASCII)
_QUOTES: Final = str.maketrans("", "", "'\"")


@lru_cache(maxsize=4096)
def split_path(path: str) -> tuple[str, ...]:
    """Split a path into its keys; no keys mean the whole payload."""
    return tuple(part.translate(_QUOTES) for part in _SEPARATOR.split(path) if part)


def mapping_keys(path: str) -> tuple[str, ...]:
    """Split a path of ``@path`` or ``@arrayPath``, where the first ``$.`` is dropped wherever it stands."""
    return split_path(path.replace("$.", "", 1))


def walk(value: Any, keys: tuple[str, ...]) -> Any:
    """Follow keys from a value; a falsy value on the way stops the walk and is the answer."""
    for key in keys:
        if type(value) is dict:
            # An empty object is truthy in JavaScript, and has no members either way.
            value = value.get(key, UNDEFINED)
        elif value is not UNDEFINED and truthy(value):
            value = member(value, key)
        else:
            return value
    return value


def compile_path(keys: tuple[str, ...]) -> Callable[[Any], Any]:
    """Make the function that follows keys from a payload."""

    def follow(payload: Any) -> Any:
        return walk(payload, keys)

    return follow
