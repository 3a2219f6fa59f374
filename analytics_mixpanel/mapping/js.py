"""JavaScript's view of JSON values, where it decides what a mapping answers.

Values are what ``json.loads`` gives, and ``UNDEFINED`` for what JavaScript calls undefined. Texts are indexed
and measured in UTF-16 units. Source: ECMA-262, the abstract operations named in the docstrings.
"""

from __future__ import annotations

import json
import math
import re
from enum import Enum
from typing import Any, Final, Literal, NoReturn

SAFE_INTEGER: Final = 2**53
WHITESPACE: Final = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)

_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PREFIXED: Final = re.compile(r"0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+", re.ASCII)
_INFINITY: Final = {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}
_INDEX: Final = re.compile(r"0|[1-9]\d{0,9}", re.ASCII)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Undefined(Enum):
    """The type of ``UNDEFINED``."""

    UNDEFINED = "undefined"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = Undefined.UNDEFINED


def is_number(value: Any) -> bool:
    """Tell whether ``typeof value`` is "number"; unlike in Python, a bool is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def truthy(value: Any) -> bool:
    """Answer ``Boolean(value)``: empty lists and objects are true, NaN is false (ToBoolean)."""
    if isinstance(value, (dict, list, tuple)):
        return True
    return bool(value) and value == value  # noqa: PLR0124 - false for NaN only


def loosely_empty(value: Any) -> bool:
    """Answer ``value == ''`` (IsLooselyEqual): true for ``""``, ``0``, ``False``, ``[]`` and ``[None]``."""
    if isinstance(value, (list, tuple)):
        return to_string(value) == ""
    if isinstance(value, (str, int, float)):
        return not value
    return False


def to_number(text: str) -> float:
    """Answer ``Number(text)`` (StringToNumber): NaN for what is no number, 0 for a blank text."""
    text = text.strip(WHITESPACE)
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _PREFIXED.fullmatch(text):
        return as_double(int(text, 0))
    return _INFINITY.get(text, math.nan)


def as_double(number: int) -> float:
    """Round an integer to a double; too large a one is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def to_string(value: Any) -> str:
    """Answer ``String(value)`` (ToString): lists joined by commas, objects as ``[object Object]``."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return ",".join("" if item is None or item is UNDEFINED else to_string(item) for item in value)
    if is_number(value):
        return number_to_string(value)
    constants = {None: "null", UNDEFINED: "undefined", True: "true", False: "false"}
    return "[object Object]" if isinstance(value, dict) else constants.get(value, "[object Object]")


def number_to_string(number: float) -> str:
    """Answer ``String(number)`` (Number::toString): shortest digits, exponents from 1e21 and below 1e-6."""
    if isinstance(number, int) and not -SAFE_INTEGER <= number <= SAFE_INTEGER:
        number = as_double(number)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "-Infinity" if number < 0 else "Infinity"
    if -SAFE_INTEGER <= number <= SAFE_INTEGER and number == int(number):
        return str(int(number))
    return ("-" if number < 0 else "") + _positive_to_string(abs(number))


def _positive_to_string(number: float) -> str:
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(exponent or 0)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{point - 1:+d}"


def units(text: str) -> list[str]:
    """Split a text into its UTF-16 units, as JavaScript's indexes count them."""
    if text.isascii():
        return list(text)
    encoded = text.encode("utf-16-le", "surrogatepass")
    return [chr(int.from_bytes(encoded[at : at + 2], "little")) for at in range(0, len(encoded), 2)]


def length(text: str) -> int:
    """Count the UTF-16 units of a text."""
    return len(text) if text.isascii() else sum(1 + (character > "\uffff") for character in text)


def member(value: Any, key: str) -> Any:
    """Answer ``value[key]`` for a JSON value: own keys, and ``length`` and indexes of lists and texts."""
    if isinstance(value, dict):
        return value.get(key, UNDEFINED)
    if not isinstance(value, (str, list, tuple)):
        return UNDEFINED
    if key == "length":
        return length(value) if isinstance(value, str) else len(value)
    if not _INDEX.fullmatch(key):
        return UNDEFINED
    items = units(value) if isinstance(value, str) else value
    return items[int(key)] if int(key) < len(items) else UNDEFINED


def entries(value: Any) -> list[tuple[str, Any]]:
    """Answer ``Object.entries(value)``: integer-like keys first and ascending; nothing for a scalar."""
    if isinstance(value, str):
        value = units(value)
    if isinstance(value, (list, tuple)):
        return [(str(index), item) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return []
    indexes = sorted((key for key in value if _INDEX.fullmatch(key) and int(key) < 2**32 - 1), key=int)
    if not indexes:
        return list(value.items())
    first = set(indexes)
    return [(key, value[key]) for key in (*indexes, *(key for key in value if key not in first))]


def json_stringify(value: Any) -> Any:
    """Answer ``JSON.stringify(value)``: UNDEFINED for itself; its keys are left out, its items are null."""
    if value is UNDEFINED:
        return UNDEFINED
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
    if isinstance(value, dict):
        members = [(key, item) for key, item in entries(value) if item is not UNDEFINED]
        return "{" + ",".join(f"{json_stringify(key)}:{json_stringify(item)}" for key, item in members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join("null" if item is UNDEFINED else json_stringify(item) for item in value) + "]"
    if is_number(value) and not math.isfinite(value):
        return "null"
    return to_string(value)


def json_parse(text: str) -> Any:
    """Answer ``JSON.parse(text)``; raise ValueError for what is no JSON, as NaN, ``01`` and ``[1,]``."""
    try:
        return json.loads(text, parse_constant=_no_constant, parse_int=_parse_integer)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _parse_integer(digits: str) -> float:
    return int(digits) if len(digits) < 16 else float(digits)
