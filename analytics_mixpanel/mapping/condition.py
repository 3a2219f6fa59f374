"""Conditions: Segment's FQL, as ``type = "track" and event != "Order Completed"``.

The language is small and its answers are Segment's, the odd ones too: there is no precedence (the last
``and`` or ``or`` of a level decides for all of it), unknown fields are skipped, single quotes are part
of the value.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from analytics_mixpanel.errors import ConditionError
from analytics_mixpanel.mapping.condition_lexer import Token, UnreadableError, lex
from analytics_mixpanel.mapping.condition_tests import Test, compile_field_test, compile_test, section_value
from analytics_mixpanel.mapping.js import to_number, to_string

Condition = Callable[[Mapping[str, Any]], bool]

_FIELDS: Final = frozenset({"type", "event", "name", "userId"})
_SECTIONS: Final = ("properties", "traits", "context")
_FUNCTIONS: Final = frozenset({"contains", "match"})
# The literals that are no texts, for the fields that know them; elsewhere they are compared as texts.
_NOT_TEXT: Final = {
    "name": {"null"},
    "userId": {"null", "true", "false"},
    **{section: {"null", "true", "false"} for section in _SECTIONS},
}
_LITERAL_TESTS: Final = {
    ("=", "true"): "is_true",
    ("=", "false"): "is_false",
    ("!=", "null"): "exists",
    ("=", "null"): "not_exists",
}
_NUMBER_TESTS: Final = {"=": "number_equals", "!=": "number_not_equals"}


def compile_condition(text: str, path: str = "") -> Condition:
    """Compile a condition into a predicate of a message; raise ConditionError when it cannot be read.

    Args:
        text: the condition, as in a mapping's ``subscribe``.
        path: where it stands, for the error's text.
    """
    if not isinstance(text, str):
        raise ConditionError(f"a condition is a text, not a {type(text).__name__}", path=path)
    try:
        return _parse(deque(_join_paths(lex(text))), "the condition names")
    except UnreadableError as error:
        raise ConditionError(error.reason, error.position, path) from None


def matches(condition: str, message: Mapping[str, Any]) -> bool:
    """Tell whether a message satisfies a condition; the last 1,024 conditions stay compiled."""
    return _compile_once(condition)(message)


_compile_once = lru_cache(maxsize=1024)(compile_condition)


def _join_paths(tokens: Iterable[Token]) -> list[Token]:
    """Make one word of ``properties . price``."""
    joined: list[Token] = []
    for token in tokens:
        after_dot = len(joined) > 1 and joined[-1].kind == "dot" and joined[-2].kind == "word"
        if token.kind == "word" and after_dot:
            joined.pop()
            first = joined.pop()
            token = Token("word", f"{first.text}.{token.text}", first.position)  # noqa: PLW2901
        joined.append(token)
    return joined


def _parse(tokens: deque[Token], subject: str) -> Condition:
    """Compile one level; ``subject`` begins the error for a level without a test."""
    tests: list[Test] = []
    combine = "and"
    start = tokens[0].position
    while tokens:
        token = tokens.popleft()
        if token.kind == "end":
            break
        if token.kind == "conditional":
            combine = token.text
        elif token.kind == "open":
            tests.append(_parse(_group(token, tokens), "the parentheses hold"))
        elif token.kind == "word" and token.text in _FUNCTIONS:
            tests.extend(_function(token, tokens))
        elif token.kind == "word":
            tests.extend(_comparison(token, tokens))
        elif token.text == "!" and token.kind == "operator" and tokens[0].text in _FUNCTIONS:
            tests.extend(_function(tokens.popleft(), tokens, negated="not_"))
    if not tests:
        fields = "type, event, name, userId, properties, traits or context"
        raise UnreadableError(f"{subject} none of {fields}", start)
    return _any(tests) if combine == "or" else _all(tests)


def _group(opening: Token, tokens: deque[Token]) -> deque[Token]:
    """Take the tokens up to the next closing parenthesis, which may be a function's own."""
    group: deque[Token] = deque()
    while tokens[0].kind != "close":
        if tokens[0].kind == "end":
            raise UnreadableError("the parenthesis is never closed (they do not nest)", opening.position)
        group.append(tokens.popleft())
    closing = tokens.popleft()
    group.append(Token("end", "eos", closing.position))
    return group


def _take(tokens: deque[Token], missing: str, after: Token) -> Token:
    if not tokens:
        raise UnreadableError(f"{missing} is missing after {after.text!r}", after.position)
    return tokens.popleft()


def _comparison(field: Token, tokens: deque[Token]) -> list[Test]:
    """Compile ``field operator value``; a word that is no known field is skipped."""
    root = field.text.split(".", 1)[0]
    if root not in _FIELDS and root not in _SECTIONS:
        return []
    operator = _take(tokens, "an operator and a value", field)
    value = _take(tokens, "an operator or a value", field)
    literal = _literal(value)
    test = operator.text
    if value.text in _NOT_TEXT.get(root, ()):
        test = _LITERAL_TESTS.get((test, value.text), test)
    if root in _FIELDS:
        return [compile_field_test(root, test, to_string(literal))]
    if value.kind == "number":
        test = _NUMBER_TESTS.get(test, test)
    return [compile_test(_section(root, field), test, literal)]


def _function(name: Token, tokens: deque[Token], negated: str = "") -> list[Test]:
    """Compile ``contains(field, text)`` or ``match(field, pattern)``; an unknown field is skipped."""
    opening = _take(tokens, "a parenthesis", name)
    field = _take(tokens, "the first argument", opening)
    comma = _take(tokens, "the second argument", field)
    value = _take(tokens, "the second argument", comma)
    if tokens:
        tokens.popleft()
    test, text = "contains", to_string(_literal(value))
    if name.text == "match":
        # The one star that counts is the last one; without it the first character is taken for a star.
        at_end = value.text.endswith('*"')
        test, text = ("starts_with", text[:-1]) if at_end else ("ends_with", text[1:])
    if field.text in _FIELDS - {"type"}:
        return [compile_field_test(field.text, negated + test, text)]
    root = next((section for section in _SECTIONS if field.text.startswith(section)), None)
    return [compile_test(_section(root, field), negated + test, text)] if root else []


def _section(root: str, field: Token) -> Callable[[Mapping[str, Any]], Any]:
    name = field.text.removeprefix(f"{root}.")
    if name and not name.strip(".[]"):
        raise UnreadableError(f"{field.text!r} names no field", field.position)
    return section_value(root, name)


def _literal(token: Token) -> Any:
    if token.kind == "string":
        return token.text.removeprefix('"').removesuffix('"')
    if token.kind == "number":
        return to_number(token.text)
    if token.kind == "word" and token.text in ("true", "false"):
        return token.text == "true"
    return token.text


def _all(tests: list[Test]) -> Condition:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda message: first(message) and second(message)
    return lambda message: all(test(message) for test in tests)


def _any(tests: list[Test]) -> Condition:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda message: first(message) or second(message)
    return lambda message: any(test(message) for test in tests)
