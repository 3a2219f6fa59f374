"""The super properties of one reach."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Final

from analytics_mixpanel.journal import log_seldom

# Mixpanel takes fewer than 255 properties of an event, and fewer than 255 elements of a list.
MOST: Final = 254


class Properties:
    """Names and values, changed by any thread without a lock: each step is one operation of a dict."""

    __slots__ = ("_plain", "_united")

    def __init__(self) -> None:
        self._plain: dict[str, Any] = {}
        self._united: dict[str, dict[Any, Any]] = {}  # lists, as items by what tells them apart

    def shown(self) -> Mapping[str, Any]:
        """What events carry; to be read at once."""
        if not self._united:
            return self._plain
        return self._plain | {name: list(items.values()) for name, items in self._united.copy().items()}

    def register(self, properties: Mapping[str, Any]) -> None:
        """Set these, in place of what was there."""
        added = {name: _own(value) for name, value in self._with_room(properties)}
        for name in added:
            self._united.pop(name, None)
        self._plain.update(added)

    def register_once(self, properties: Mapping[str, Any]) -> None:
        """Set those of these that are not there."""
        for name, value in self._with_room(properties):
            if name not in self._united:
                self._plain.setdefault(name, _own(value))

    def unite(self, traits: Mapping[str, Any]) -> None:
        """Set these, but add the items of a list to those of the list that is there."""
        self.register({name: value for name, value in traits.items() if not _is_full_list(value)})
        for name, items in self._with_room(traits):
            if _is_full_list(items):
                self._add(name, items)

    def _add(self, name: str, items: Iterable[Any]) -> None:
        before = self._plain.get(name)
        start = before if isinstance(before, list) else ()
        united = self._united.setdefault(name, {_identity(each): each for each in start})
        new = {key: _own(each) for each in items if (key := _identity(each)) not in united}
        united.update(itertools.islice(new.items(), max(0, MOST - len(united))))
        self._plain.pop(name, None)

    def unregister(self, names: Iterable[str]) -> None:
        """Take these out."""
        for name in names:
            self._plain.pop(name, None)
            self._united.pop(name, None)

    def clear(self) -> None:
        """Take all out."""
        self._plain.clear()
        self._united.clear()

    def _with_room(self, properties: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Those that there is room for: what is there already, and new ones up to the most."""
        known, united = self._plain, self._united
        new = [name for name in properties if name not in known and name not in united]
        room = max(0, MOST - len(known) - len(united))
        if len(new) <= room:
            return list(properties.items())
        log_seldom("super properties full", "super properties were left out: there are %d already", MOST)
        left_out = frozenset(new[room:])
        return [(name, value) for name, value in properties.items() if name not in left_out]


def _is_full_list(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) and bool(value)


def _identity(item: Any) -> Any:
    """What tells an item of a list from another, as JSON does: 1 is not true."""
    try:
        hash(item)
    except TypeError:
        return repr(item)
    return type(item), item


def _own(value: Any) -> Any:
    """A value whose dicts and lists are not the caller's, who may change them."""
    if isinstance(value, Mapping):
        return {key: _own(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_own(each) for each in value]
    return value
