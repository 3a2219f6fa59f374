"""The way through what a message holds: dicts in lists in dicts, and values of any type."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import orjson

from analytics_mixpanel.encoding.cleaning import MAX_DEPTH
from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel_redact.actions import Action, drop
from analytics_mixpanel_redact.glancing import NOTHING, glance
from analytics_mixpanel_redact.names import Names
from analytics_mixpanel_redact.values import REMOVED, Values, number_text

#: Gives the JSON of a message, as the queue gets it.
Encode = Callable[[Any], bytes]

UNSEEN: Final[Any] = object()
_TEXT: Final = frozenset({str})
_SIMPLE: Final = NOTHING | {str, int, float}


class Walk:
    """Redacts what a message holds; what the application handed in is copied, not changed."""

    def __init__(self, names: Names, values: Values, encode: Encode) -> None:
        self._names = names
        self._values = values
        self._encode = encode
        self._quiet = NOTHING if values else _SIMPLE

    def value(self, value: Any, inside: tuple[int, ...] = (), seen: Any = UNSEEN) -> Any:
        """A value without what nobody may see; REMOVED where nothing is left of it.

        Args:
            value: of any type.
            inside: the ids of the dicts and lists around it.
            seen: the value that was redacted in its place before: where it is the same it stays.
        """
        kind = type(value)
        if kind in self._quiet or (seen is not UNSEEN and _equal(value, seen)):
            return value
        if kind in _SIMPLE:
            return self._values.text(value) if kind is str else self._values.number(value)
        if len(inside) <= 1 and not self._values and self._is_ordinary(value):
            return value
        return self._compound(value, inside, seen)

    def _compound(self, value: Any, inside: tuple[int, ...], seen: Any) -> Any:
        if id(value) in inside or len(inside) >= MAX_DEPTH:
            # What is copied no longer contains itself: it would be encoded, with what is to be redacted.
            log_seldom("redact", "a value was left out: it contains itself, or is nested too deep")
            return REMOVED
        inside = (*inside, id(value))
        if type(value) is dict:
            return self.mapping(value, inside, seen)
        if type(value) is list:
            return _listed(lambda each: self.value(each, inside), value, seen)
        return self._in_json(lambda json: self.value(json, inside, seen), value)

    def mapping(self, given: dict[Any, Any], inside: tuple[int, ...] = (), seen: Any = UNSEEN) -> Any:
        """A dict without what nobody may see."""
        items = list(given.items())  # another thread may be adding to it
        if not _TEXT.issuperset(map(type, dict(items))):
            return self._in_json(lambda json: self.mapping(json, inside, seen), given)
        before = seen if type(seen) is dict else {}
        ordinary, quiet = self._names.ordinary, self._quiet
        kept = {}
        for name, value in items:
            if name in ordinary:
                new = value if type(value) in quiet else self.value(value, inside, before.get(name, UNSEEN))
            else:
                new = self.entry(name, value, inside, before.get(name, UNSEEN))
                name = name if name in before else self._values.text(name)  # noqa: PLW2901
            if new is not REMOVED and name is not REMOVED:
                kept[name] = new
        return kept

    def entry(self, name: str, value: Any, inside: tuple[int, ...] = (), seen: Any = UNSEEN) -> Any:
        """A dict's value without what nobody may see; REMOVED where it is to be left out."""
        action = self._names.action(name)
        if action is None:
            return self.value(value, inside, seen)
        return REMOVED if action is drop else self._acted(action, value, seen)

    def _acted(self, action: Action, value: Any, seen: Any) -> Any:
        """What an action makes of a value; of a list, element by element."""
        if value is None or _equal(value, seen):
            return value
        if type(value) not in _SIMPLE:
            value = self._as_json(value)
        if type(value) is list:
            return _listed(lambda each: self._acted(action, each, UNSEEN), value, seen)
        if value is None or value is REMOVED:
            return value
        new = action(_as_text(value))
        return REMOVED if new is None else new

    def _is_ordinary(self, value: Any) -> bool:
        """Whether all names in a value are ordinary, where nothing else is asked for."""
        try:
            seen = glance([value], self._names.ordinary, math.inf)
        except RuntimeError:
            return False  # another thread changes a dict
        return seen is not None and seen[1]

    def _in_json(self, redacted: Callable[[Any], Any], value: Any) -> Any:
        json = self._as_json(value)
        return json if json is REMOVED else redacted(json)

    def _as_json(self, value: Any) -> Any:
        """What a value of another type is in the queue; REMOVED where it is left out, with a warning."""
        return orjson.loads(self._encode({"value": value})).get("value", REMOVED)


def _listed(redacted: Callable[[Any], Any], given: list[Any], seen: Any) -> list[Any]:
    before = seen if type(seen) is list else ()
    new = [each if each in before else redacted(each) for each in list(given)]
    return [each for each in new if each is not REMOVED]


def _as_text(value: Any) -> str:
    """What an action is given for a value of JSON that is no list: its text, sorted where it is a dict."""
    if type(value) is str:
        return value
    if type(value) is bool or type(value) is dict:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return number_text(value)


def _equal(value: Any, seen: Any) -> bool:
    return type(value) is type(seen) and bool(value == seen)
