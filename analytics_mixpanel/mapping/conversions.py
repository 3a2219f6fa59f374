"""The directives that convert one value: ``@case``, ``@replace``, ``@json``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping.js import (
    UNDEFINED,
    is_number,
    json_parse,
    json_stringify,
    length,
    to_string,
    truthy,
)
from analytics_mixpanel.mapping.node import CompileNode, Resolver, constant, require_object

MAX_PATTERN_LENGTH: Final = 10
MAX_REPLACEMENT_LENGTH: Final = 10

_REFERENCE: Final = re.compile(r"\$([$&`'])")


def compile_case(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@case``: a text in lower or upper case; other values as they are."""
    options = require_object(operand, path)
    if not truthy(options.get("operator")):
        raise MappingError('requires an "operator" key', path)
    if not truthy(options.get("value")):
        return constant(UNDEFINED)
    value_of = compile_node(options["value"], f"{path}/value")
    operator = options["operator"]

    def resolve_case(payload: Any) -> Any:
        value = value_of(payload)
        if not isinstance(value, str):
            return value
        if operator == "lower":
            return value.lower()
        if operator == "upper":
            return value.upper()
        raise MappingError('should be "lower" or "upper"', f"{path}/operator")

    return resolve_case


def compile_json(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@json``: a value to JSON text, or JSON text to its value; a text that is no JSON stays."""
    options = require_object(operand, path)
    for key in ("mode", "value"):
        if not truthy(options.get(key)):
            raise MappingError(f'requires a "{key}" key', path)
    value_of = compile_node(options["value"], f"{path}/value")
    if options["mode"] == "encode":
        return lambda payload: json_stringify(value_of(payload))
    if options["mode"] == "decode":
        return lambda payload: _decoded(value_of(payload))

    def resolve_neither(payload: Any) -> Any:
        value_of(payload)
        return UNDEFINED

    return resolve_neither


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json_parse(value)
    except ValueError:
        return value


def compile_replace(operand: Any, path: str, compile_node: CompileNode) -> Resolver:
    """Compile ``@replace``: one text replaced by another, then a second pair; other values give ``""``."""
    options = require_object(operand, path)
    if not truthy(options.get("pattern")):
        raise MappingError('requires a "pattern" key', path)
    if not truthy(options.get("value")):
        return constant(UNDEFINED)
    value_of = compile_node(options["value"], f"{path}/value")
    pairs = _pairs(options)

    def resolve_replace(payload: Any) -> str:
        value = value_of(payload)
        if isinstance(value, bool) or is_number(value):
            value = to_string(value)
        if not isinstance(value, str) or not pairs:
            return ""
        for pair in pairs:
            value = pair.replaced(value, path)
        return value

    return resolve_replace


class _Pair:
    """A pattern and what replaces it."""

    def __init__(self, pattern: str, replacement: str, *, ignore_case: bool, everywhere: bool) -> None:
        self.pattern = _folded(pattern) if ignore_case else pattern
        self.replacement = replacement
        self.ignore_case = ignore_case
        self.everywhere = everywhere
        self.too_long = length(pattern) > MAX_PATTERN_LENGTH or length(replacement) > MAX_REPLACEMENT_LENGTH

    def replaced(self, text: str, path: str) -> str:
        if self.too_long:
            raise MappingError(
                f"a pattern and its replacement have at most {MAX_PATTERN_LENGTH} characters", path
            )
        pieces: list[str] = []
        rest = 0
        for start in self._found(_folded(text) if self.ignore_case else text):
            end = start + len(self.pattern)
            pieces += text[rest:start], self._replacement(text, start, end)
            rest = end
        return "".join([*pieces, text[rest:]])

    def _found(self, text: str) -> Iterator[int]:
        start = text.find(self.pattern)
        while start >= 0:
            yield start
            start = text.find(self.pattern, start + len(self.pattern)) if self.everywhere else -1

    def _replacement(self, text: str, start: int, end: int) -> str:
        """Expand ``$$ $& $` $'``: a dollar, the match, what precedes it, what follows it."""
        if "$" not in self.replacement:
            return self.replacement
        meanings = {"$": "$", "&": text[start:end], "`": text[:start], "'": text[end:]}
        return _REFERENCE.sub(lambda reference: meanings[reference.group(1)], self.replacement)


def _pairs(options: dict[str, Any]) -> list[_Pair]:
    """Answer the pairs that apply; none when an option has a type that Segment cannot use."""
    ignore_case, everywhere = options.get("ignorecase"), options.get("global")
    ignore_case = False if ignore_case is None else ignore_case
    everywhere = True if everywhere is None else everywhere
    if not isinstance(ignore_case, bool) or not isinstance(everywhere, bool):
        return []
    pairs = []
    for number in ("", "2"):
        pattern, replacement = options.get(f"pattern{number}"), options.get(f"replacement{number}")
        replacement = "" if replacement is None else replacement
        if isinstance(pattern, str) and pattern and isinstance(replacement, str):
            pairs.append(_Pair(pattern, replacement, ignore_case=ignore_case, everywhere=everywhere))
        elif not number:
            break
    return pairs


def _folded(text: str) -> str:
    """Fold the case of each character by itself, as a regular expression's ``i`` flag does without ``u``."""
    return "".join(map(_folded_character, text))


def _folded_character(character: str) -> str:
    upper = character.upper()
    changes_kind = len(upper) != 1 or character > "\uffff" or (upper < "\x80" <= character)
    return character if changes_kind else upper
