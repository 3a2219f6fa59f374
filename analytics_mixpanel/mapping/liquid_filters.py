"""Liquid's filters with JavaScript's numbers and texts."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from liquid.undefined import is_undefined

from analytics_mixpanel.mapping.js import UNDEFINED, is_number, json_stringify, to_number, to_string

Filter = Callable[..., Any]

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_ESCAPES: Final = {ord(character): entity for character, entity in _ENTITIES.items()}
_CHARACTERS: Final = {entity: character for character, entity in _ENTITIES.items()}
_ENTITY: Final = re.compile("|".join(_CHARACTERS))


def js_text(value: Any) -> str:
    """Write a value as liquidjs does: nothing for null, lists without commas, else ``String(value)``."""
    if value is None or is_undefined(value):
        return ""
    if isinstance(value, list):
        return "".join(map(js_text, value))
    if isinstance(value, range):
        return "".join(map(str, value))
    if isinstance(value, (str, bool, int, float, dict)):
        return to_string(value)
    return str(value)


def with_js_texts(function: Filter) -> Filter:
    """Give a text filter texts as JavaScript writes them; whole numbers stay, for they may be positions."""

    @wraps(function)
    def filtered(value: Any, *arguments: Any, **options: Any) -> Any:
        return function(js_text(value), *map(_argument, arguments), **options)

    return filtered


def _argument(value: Any) -> Any:
    return value if type(value) is int or is_undefined(value) else js_text(value)


def _number(value: Any) -> float:
    """Answer ``Number(value)``."""
    if value is None or isinstance(value, bool) or is_number(value):
        return float(value or 0)
    return math.nan if is_undefined(value) else to_number(to_string(value))


def _arithmetic(calculate: Callable[[float, float], float]) -> Filter:
    def filtered(value: Any, argument: Any = None) -> float:
        return calculate(_number(value), _number(argument))

    return filtered


def _rounded(to_integer: Callable[[float], float]) -> Filter:
    def filtered(value: Any) -> float:
        number = _number(value)
        return to_integer(number) if math.isfinite(number) else number

    return filtered


def _divide(dividend: float, divisor: float) -> float:
    if divisor:
        return dividend / divisor
    return math.nan if not dividend or math.isnan(dividend) else math.copysign(math.inf, dividend)


def _remainder(dividend: float, divisor: float) -> float:
    return math.fmod(dividend, divisor) if divisor and math.isfinite(dividend) else math.nan


def _divided_by(dividend: Any, divisor: Any = None, whole: Any = False) -> float:
    quotient = _divide(_number(dividend), _number(divisor))
    return math.floor(quotient) if whole and math.isfinite(quotient) else quotient


def _round(value: Any, digits: Any = 0) -> float:
    factor = 10 ** _number(digits)
    scaled = _number(value) * factor
    return math.floor(scaled + 0.5) / factor if math.isfinite(scaled) else scaled


def _default(value: Any, default: Any = None, *, allow_false: Any = False) -> Any:
    if isinstance(value, (list, str)):
        return value or default
    if value is False and allow_false:
        return value
    return default if value is None or value is False or is_undefined(value) else value


def _end(position: int) -> Filter:
    def filtered(value: Any) -> Any:
        return value[position] if isinstance(value, (list, str)) and value else ""

    return filtered


def _join(value: Any, separator: Any = None) -> str:
    items = value if isinstance(value, list) else [] if value is None or is_undefined(value) else [value]
    return (" " if separator is None else js_text(separator)).join(map(_item, items))


def _item(value: Any) -> str:
    return "" if value is None or is_undefined(value) else to_string(value)


def _escape(value: Any) -> str:
    return js_text(value).translate(_ESCAPES)


def _escape_once(value: Any) -> str:
    return _escape(_ENTITY.sub(lambda entity: _CHARACTERS[entity.group()], js_text(value)))


def _json(value: Any) -> Any:
    return json_stringify(UNDEFINED if is_undefined(value) else value) or None


FILTERS: Final[dict[str, Filter]] = {
    "abs": lambda value: abs(_number(value)),
    "at_least": _arithmetic(max),
    "at_most": _arithmetic(min),
    "ceil": _rounded(math.ceil),
    "divided_by": _divided_by,
    "floor": _rounded(math.floor),
    "minus": _arithmetic(operator.sub),
    "modulo": _arithmetic(_remainder),
    "plus": _arithmetic(operator.add),
    "round": _round,
    "times": _arithmetic(operator.mul),
    "to_integer": _number,
    "default": _default,
    "escape": _escape,
    "escape_once": _escape_once,
    "xml_escape": _escape,
    "join": _join,
    "first": _end(0),
    "last": _end(-1),
    "json": _json,
    "jsonify": _json,
    "inspect": _json,
    "raw": lambda value: value,
}
