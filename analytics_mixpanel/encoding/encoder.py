"""Encode a message as JSON bytes; a value that cannot be encoded costs its own key, never the message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson

from analytics_mixpanel.encoding.cleaning import clean
from analytics_mixpanel.encoding.values import simplify
from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel.message import Message

T = TypeVar("T")

log = logging.getLogger("analytics_mixpanel")

# Values whose encoding is ours or the user's to choose are handed to `_default` instead of orjson's own way.
_OPTIONS: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
# What orjson encodes without asking: a user's encoder for a subclass of these needs the slow way.
_NEVER_ASKED: Final = (str, int, float, dict, list, tuple, Enum, UUID)
# What is JSON already: of these it is only their subclasses that an encoder could be for.
_JSON: Final = (str, int, float, bool, type(None), dict, list)
_WARNED_LIMIT: Final = 1_000


def check_kind(kind: object) -> None:
    """Raise ArgumentError for a type whose encoder would never be asked."""
    if not isinstance(kind, type):
        raise ArgumentError(f"what an encoder is for must be a class, not {type(kind).__name__}")
    if kind in _JSON:
        name = "None" if kind is type(None) else kind.__name__
        raise ArgumentError(f"an encoder for {name} has no effect: it is JSON already")


class Encoder:
    """Turns messages into bytes.

    The fast way is one call of orjson. Whatever that refuses (a key that is no string, an integer beyond 64
    bits, a cycle, a lone surrogate, a type without encoder) goes the slow way: cleaned, then encoded.
    """

    def __init__(self, encoders: Mapping[type, Callable[[Any], Any]] | None = None) -> None:
        self._own: dict[type, Callable[[Any], Any]] = {}
        self._always_clean = False
        self._warned: set[str] = set()
        for kind, encode in (encoders or {}).items():
            self.register(kind, encode)

    def register(self, kind: type[T], encode: Callable[[T], Any]) -> None:
        """Encode values of ``kind`` and its subclasses as what ``encode(value)`` returns.

        Raises:
            ArgumentError: ``kind`` is a type of JSON's own.
        """
        check_kind(kind)
        self._own = {**self._own, kind: encode}
        self._always_clean = self._always_clean or issubclass(kind, _NEVER_ASKED)

    def encode(self, message: Message) -> bytes:
        """The message as JSON, in an object of exactly its size.

        orjson's own result keeps the whole buffer that it grew, eight kilobytes for a small message.
        """
        if not self._always_clean:
            try:
                return bytes(memoryview(orjson.dumps(message, self._simplify, _OPTIONS)))
            except Exception:  # noqa: BLE001, S110 - the slow way finds out which value it was
                pass
        cleaned = clean(message, self._simplify, self._warn)
        return bytes(memoryview(orjson.dumps(cleaned)))

    def _simplify(self, value: Any) -> Any:
        if self._own:
            for kind in type(value).__mro__:
                if kind in self._own:
                    return self._own[kind](value)
        return simplify(value)

    def _warn(self, path: str, why: str) -> None:
        if path in self._warned or len(self._warned) >= _WARNED_LIMIT:
            return
        self._warned.add(path)
        log.warning("%s was left out of a message: %s", path, why)
