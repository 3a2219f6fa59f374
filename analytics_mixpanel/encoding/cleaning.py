"""The slow way to JSON: value by value, leaving out what cannot be encoded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from attrs import define, field

# Mixpanel documents three levels and is known to take ten; this bound only keeps the walk finite.
MAX_DEPTH: Final = 100
_INTEGERS: Final = range(-(1 << 63), 1 << 64)  # what orjson writes as an integer


class _LeftOut(Exception):  # noqa: N818 - carries a reason up to the key's owner
    """This value cannot be encoded, for the reason given."""


def clean(value: Any, simplify: Callable[[Any], Any], warn: Callable[[str, str], None]) -> Any:
    """Copy a message into JSON's own types.

    Args:
        value: a message.
        simplify: one step of a value of another type towards JSON; raises when there is none.
        warn: told the path and the reason of every key and element that is left out.
    """
    return _Cleaning(simplify, warn).value(value, "")


@define
class _Cleaning:
    _simplify: Callable[[Any], Any]
    _warn: Callable[[str, str], None]
    _ancestors: list[int] = field(factory=list)

    def value(self, value: Any, path: str) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return _text(value)
        if kind is int:
            return value if value in _INTEGERS else _as_float(value)
        if kind is float:
            return value if math.isfinite(value) else None
        return self._compound(value, path)

    def _compound(self, value: Any, path: str) -> Any:
        if id(value) in self._ancestors:
            raise _LeftOut("it contains itself")
        if len(self._ancestors) >= MAX_DEPTH:
            raise _LeftOut(f"it is nested more than {MAX_DEPTH} deep")
        self._ancestors.append(id(value))
        try:
            if type(value) is dict:
                items = list(value.items())  # another thread may be adding to it
                return dict(self._kept((_named(path, key), key, item) for key, item in items))
            if type(value) is list:
                return [item for _, item in self._kept((f"{path}[]", "", item) for item in value)]
            return self.value(self._simpler(value), path)
        finally:
            self._ancestors.pop()

    def _kept(self, parts: Iterable[tuple[str, Any, Any]]) -> Iterator[tuple[str, Any]]:
        for path, key, item in parts:
            try:
                yield self._key(key), self.value(item, path)
            except (_LeftOut, RecursionError, ValueError) as error:  # ValueError: a key of 5,000 digits
                self._warn(path, str(error))

    def _key(self, key: Any) -> str:
        for _ in range(3):  # a key is a str, or a step or two away: an Enum of UUIDs
            if type(key) is str:
                return _text(key)
            if key is None or isinstance(key, bool):
                return {None: "null", True: "true", False: "false"}[key]
            if type(key) in (int, float):
                return str(key)
            key = self._simpler(key)
        raise _LeftOut("its key is not a string")

    def _simpler(self, value: Any) -> Any:
        try:
            return self._simplify(value)
        except Exception as error:  # noqa: BLE001 - a user's encoder or property may raise anything
            name = type(value).__name__
            raise _LeftOut(
                f"{name} has no form in JSON ({type(error).__name__}); "
                f"client.register_encoder({name}, ...) gives it one"
            ) from None


def _named(path: str, key: Any) -> str:
    """A key as a warning names it; one that is no string may refuse to become text."""
    name = key if type(key) is str else f"<{type(key).__name__}>"
    return f"{path}.{name}".lstrip(".")


def _text(value: str) -> str:
    """Pairs of surrogates joined, lone ones replaced: UTF-8 has neither."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _as_float(value: int) -> float | None:
    """An integer beyond 64 bits, as JavaScript reads it: a float, null beyond those."""
    try:
        return float(value)
    except OverflowError:
        return None
