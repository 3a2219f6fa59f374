"""The group keys that the application declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.journal import log

#: Segment's group key, for whoever declares none. Events have it from ``context.groupId``.
DEFAULT_KEY: Final = "$group_id"
# What events cannot carry. Source: the properties that Segment's action for Mixpanel leaves out.
_RESERVED: Final = frozenset({"time", "id", "$anon_id", "distinct_id", "$insert_id", "$user_id"})
# Types come with the data: no more are remembered, and warned of, than anybody would read about.
_WARNINGS: Final = 100


class Keys:
    """Group keys by type, the first for groups whose type is not named.

    Args:
        given: keys, or dicts of type → key; none for ``$group_id``.

    Raises:
        ConfigurationError: one is no text, reserved by Mixpanel or declared twice.
    """

    def __init__(self, given: tuple[str | Mapping[str, str], ...]) -> None:
        pairs = [pair for each in given or (DEFAULT_KEY,) for pair in _pairs(each)]
        for type_, key in pairs:
            if not (isinstance(type_, str) and type_ and isinstance(key, str) and key):
                raise ConfigurationError("a group key must be a text: Groups('company_id')")
            if key in _RESERVED:
                raise ConfigurationError(f"{key!r} cannot be a group key: Mixpanel keeps the name for itself")
        types, keys = [type_ for type_, _ in pairs], [key for _, key in pairs]
        if len(set(types)) < len(types) or len(set(keys)) < len(keys) or not keys:
            raise ConfigurationError("every group key must be declared once, and by one type")
        self.first: Final = keys[0]
        self._declared = dict(zip(keys, keys, strict=True)) | dict(pairs)
        self._warned: dict[str, object] = {}

    def __repr__(self) -> str:
        return f"Keys({sorted(set(self._declared.values()))})"

    def of(self, named: Any) -> str:
        """The key of a type, or of groups that name none.

        What was not declared is taken for a key by itself: its groups are mixed with no others.
        """
        if not named or not isinstance(named, str):
            return self.first
        key = self._declared.get(named)
        if key is None:
            self._warn(named)
            return named
        return key

    def _warn(self, named: str) -> None:
        mark = object()  # of several threads, the one whose mark stays warns
        if len(self._warned) < _WARNINGS and self._warned.setdefault(named, mark) is mark:
            log.warning(
                "the group key %.50r was never declared: Groups(...) has %s. It is used as it is; Mixpanel "
                "keeps only groups under keys that are defined in the project's settings",
                named,
                ", ".join(map(repr, dict.fromkeys(self._declared.values()))),
            )


def _pairs(given: str | Mapping[str, str]) -> list[tuple[str, str]]:
    return list(given.items()) if isinstance(given, Mapping) else [(given, given)]
