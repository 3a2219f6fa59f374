"""The words for one test of a condition: what the message has, and what would have been wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import orjson

from analytics_mixpanel.mapping.condition_tree import Part
from analytics_mixpanel.mapping.js import UNDEFINED, is_number, to_string
from analytics_mixpanel.mapping.node import type_name

_LONGEST: Final = 60
_ARTICLES: Final = {
    "object": "an object",
    "array": "a list",
    "number": "a number",
    "boolean": "true or false",
    "string": "a text",
}
_NUMBERS: Final = {
    "number_equals": "",
    "number_not_equals": "anything but ",
    "<": "less than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
}
_TEXTS: Final = {
    "contains": ("contains", "does not contain"),
    "starts_with": ("begins with", "does not begin with"),
    "ends_with": ("ends with", "does not end with"),
}


def because(part: Part, message: Mapping[str, Any], *, holds: bool) -> str:
    """Say why one test holds for a message, or does not."""
    actual = part.get(message)
    for words in (_equality, _number, _text, _literal):
        if reason := words(part, actual, holds):
            return reason
    return f"{_is(part.name, actual)}, and the test {quoted(part.test)} is never true"


def _equality(part: Part, actual: Any, holds: bool) -> str:
    if part.test not in ("=", "!="):
        return ""
    expected = quoted(to_string(part.expected))
    if part.test == "=":
        if holds:
            return f"{part.name} is {expected}"
        if actual is None or actual is UNDEFINED or isinstance(actual, str):
            return f"{_is(part.name, actual)}, not {expected}"
        return f"{_is(part.name, actual)}, not the text {expected}"
    if not holds:
        return f"{part.name} is {expected}, which is ruled out"
    return f"{_is(part.name, actual)}, not {expected}"


def _number(part: Part, actual: Any, holds: bool) -> str:
    if part.test not in _NUMBERS or not is_number(part.expected):
        return ""
    wanted = f"{_NUMBERS[part.test]}{to_string(part.expected)}"
    if not is_number(actual):
        return f"{_is(part.name, actual)}, and only numbers compare with {to_string(part.expected)}"
    return f"{_is(part.name, actual)}, {'which is' if holds else 'not'} {wanted}"


def _text(part: Part, actual: Any, holds: bool) -> str:
    positive = part.test.removeprefix("not_")
    if positive not in _TEXTS:
        return ""
    if not isinstance(actual, str):
        return f"{_is(part.name, actual)}, and only a text can be searched"
    # A negated test that holds says the same of the text as one that fails.
    does, does_not = _TEXTS[positive]
    verb = does if holds is (positive == part.test) else does_not
    return f"{part.name}, {quoted(actual)}, {verb} {quoted(part.expected)}"


def _literal(part: Part, actual: Any, holds: bool) -> str:
    words: dict[str, Callable[[], str]] = {
        "exists": lambda: f"{part.name} is there" if holds else _is(part.name, actual),
        "not_exists": lambda: _is(part.name, actual) if holds else f"{part.name} is there",
        "is_true": lambda: f"{part.name} is true" if holds else f"{_is(part.name, actual)}, not true",
        "is_false": lambda: f"{part.name} is false" if holds else f"{_is(part.name, actual)}, not false",
    }
    return words[part.test]() if part.test in words else ""


def _is(name: str, actual: Any) -> str:
    return f"{name} is {absent(actual)}"


def absent(actual: Any) -> str:
    """Name a value, or that there is none."""
    if actual is UNDEFINED:
        return "missing"
    if actual is None or isinstance(actual, bool):
        return {None: "null", True: "true", False: "false"}[actual]
    if isinstance(actual, str):
        return quoted(actual)
    return to_string(actual) if is_number(actual) else _ARTICLES[type_name(actual)]


def quoted(text: str) -> str:
    """Put double quotes around a text; a long one is cut."""
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return orjson.dumps(cut.encode(errors="replace").decode()).decode()


def as_code(text: str) -> str:
    """Quote a part of a condition, which has double quotes of its own."""
    return f"`{text}`"


def listed(reasons: Iterable[str]) -> str:
    """Join reasons as a sentence does."""
    every = list(reasons)
    return ("; " if any("," in each for each in every) else " and ").join(every)
