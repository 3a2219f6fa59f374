"""The tests of a condition: one value of a message against one literal."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from analytics_mixpanel.mapping.js import UNDEFINED, is_number, to_number, to_string
from analytics_mixpanel.mapping.path import walk

Message = Mapping[str, Any]
Getter = Callable[[Message], Any]
Test = Callable[[Message], bool]
Predicate = Callable[[Any], bool]

_KEYS: Final = re.compile(r"[^\[.\]]+")
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "number_equals": operator.eq,
    "number_not_equals": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXT_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "contains": operator.contains,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
_PLAIN: Final[dict[str, Predicate]] = {
    "exists": lambda actual: actual is not None and actual is not UNDEFINED,
    "not_exists": lambda actual: actual is None or actual is UNDEFINED,
    "is_true": lambda actual: actual is True,
    "is_false": lambda actual: actual is False,
}


def compile_field_test(name: str, test: str, expected: str) -> tuple[Getter, Test]:
    """Compile one test of a field of the message itself; most conditions are no more than two equalities."""

    def get(message: Message) -> Any:
        return message.get(name, UNDEFINED)

    if test == "=":
        return get, lambda message: message.get(name) == expected
    if test == "!=":
        return get, lambda message: message.get(name) != expected
    return get, compile_test(get, test, expected)


def section_value(section: str, name: str) -> Getter:
    """Make the getter of a field of ``properties``, ``traits`` or ``context``; no name is no value."""
    keys = tuple(_KEYS.findall(name))
    if not keys:
        return lambda _: UNDEFINED
    return lambda message: walk(message.get(section, UNDEFINED), keys)


def compile_test(get: Getter, test: str, expected: Any) -> Test:
    """Compile one test; a test that is not known is never true."""
    predicate = _predicate(test, expected)
    return lambda message: predicate(get(message))


def _predicate(test: str, expected: Any) -> Predicate:
    if test in ("=", "!="):
        return _equality(test, to_string(expected))
    if test in _COMPARISONS:
        return _comparison(_COMPARISONS[test], _as_number(expected))
    positive = test.removeprefix("not_")
    if positive in _TEXT_TESTS:
        return _text_test(_TEXT_TESTS[positive], to_string(expected), wanted=positive == test)
    return _PLAIN.get(test, lambda _: False)


def _equality(test: str, text: str) -> Predicate:
    """Compare with a text, strictly: a number is never equal to one, and a missing value differs."""
    if test == "=":
        return lambda actual: actual == text
    return lambda actual: actual != text


def _comparison(compare: Callable[[Any, Any], bool], number: float) -> Predicate:
    return lambda actual: is_number(actual) and compare(actual, number)


def _text_test(holds: Callable[[str, str], bool], text: str, *, wanted: bool) -> Predicate:
    """Look into a text; a value that is no text fails the negated test too."""
    return lambda actual: isinstance(actual, str) and holds(actual, text) is wanted


def _as_number(expected: Any) -> float:
    return to_number(expected) if isinstance(expected, str) else float(expected)
