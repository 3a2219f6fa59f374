"""Values made to fit a JSON Schema type, as AJV does it with ``coerceTypes: 'array'``."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from analytics_mixpanel.mapping import js

_UNFIT: Final = object()


def json_type(value: Any) -> str:
    """Name the JSON type of a value: string, number, boolean, null, array or object."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if value is None:
        return "null"
    return "array" if isinstance(value, (list, tuple)) else "object"


def fits(value: Any, type_: str) -> bool:
    """Tell whether a value has a type already; no number but a finite one is of a number type."""
    if type_ == "integer":
        return fits(value, "number") and value % 1 == 0
    if type_ == "number":
        return js.is_number(value) and math.isfinite(js.as_double(value) if type(value) is int else value)
    return json_type(value) == type_


def coerce(value: Any, types: tuple[str, ...]) -> tuple[Any, bool]:
    """Make a value fit one of the types.

    Returns:
        The value and whether it fits. A list of one is opened even if its element does not fit, and then it
        is the element that later checks and the error speak of. With several types an element that fits one
        of them is not accepted for it, only converted to another: a quirk of AJV that Segment's answers show.
    """
    if any(fits(value, type_) for type_ in types):
        return value, True
    if isinstance(value, (list, tuple)) and len(value) == 1 and any(type_ in _CONVERSIONS for type_ in types):
        value = value[0]
        if len(types) == 1 and fits(value, types[0]):
            return value, True
    for type_ in types:
        converted = _CONVERSIONS[type_](value) if type_ in _CONVERSIONS else _UNFIT
        if converted is not _UNFIT:
            return converted, True
    return value, False


def number(text: str) -> float | None:
    """Answer ``Number(text)`` as JSON can carry it: None for an infinity, NaN where it is no number."""
    value = js.to_number(text)
    if math.isinf(value):
        return None
    whole = abs(value) <= js.SAFE_INTEGER and value == int(value)
    return int(value) if whole else value


def _to_string(value: Any) -> Any:
    if value is None:
        return ""
    return js.to_string(value) if isinstance(value, (bool, int, float)) else _UNFIT


def _to_number(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return int(bool(value))
    if not isinstance(value, str) or not value:
        return _UNFIT
    converted = number(value)
    return _UNFIT if converted is not None and math.isnan(converted) else converted


def _to_integer(value: Any) -> Any:
    converted = _to_number(value)
    return _UNFIT if isinstance(converted, float) and converted % 1 else converted


def _to_boolean(value: Any) -> Any:
    if value is None or value == "false" or (js.is_number(value) and value == 0):
        return False
    return True if value == "true" or (js.is_number(value) and value == 1) else _UNFIT


def _to_null(value: Any) -> Any:
    return None if value == "" or value is False or (js.is_number(value) and value == 0) else _UNFIT


_CONVERSIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "string": _to_string,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
    "null": _to_null,
}
