"""Conditions: Segment's FQL, as ``type = "track" and event != "Order Completed"``.

The language is small and its answers are Segment's, the odd ones too: there is no precedence (the last
``and`` or ``or`` of a level decides for all of it), unknown fields are skipped, single quotes are part
of the value.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Literal

from attrs import evolve

from analytics_mixpanel.errors import ConditionError
from analytics_mixpanel.mapping.condition_lexer import Token, UnreadableError, lex
from analytics_mixpanel.mapping.condition_tests import compile_field_test, compile_test, section_value
from analytics_mixpanel.mapping.condition_tree import Level, Part, Span
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
    return read_condition(text, path).holds


def read_condition(text: str, path: str = "") -> Level:
    """Take a condition apart; raise ConditionError when it cannot be read. See compile_condition."""
    if not isinstance(text, str):
        raise ConditionError(f"a condition is a text, not a {type(text).__name__}", path=path)
    try:
        return _parse(deque(_join_paths(lex(text))), "the condition names", text)
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


def _parse(tokens: deque[Token], subject: str, text: str) -> Level:
    """Read one level; ``subject`` begins the error for a level without a test."""
    parts: list[Part | Level] = []
    words: list[str] = []
    skipped: list[Span] = []
    start = tokens[0].position
    while tokens:
        token = tokens.popleft()
        found: list[Part] = []
        if token.kind == "end":
            break
        if token.kind == "conditional":
            words.append(token.text)
        elif token.kind == "open":
            level = _parse(_group(token, tokens), "the parentheses hold", text)
            parts.append(evolve(level, span=_span(token, tokens, text)))
        elif token.kind == "word" and token.text in _FUNCTIONS:
            found = _function(token, tokens)
        elif token.kind == "word":
            found = _comparison(token, tokens)
        elif token.text == "!" and token.kind == "operator" and tokens[0].text in _FUNCTIONS:
            found = _function(tokens.popleft(), tokens, negated="not_")
        if token.kind not in ("conditional", "open") and not found:
            skipped.append(_span(token, tokens, text))
        parts += [evolve(part, span=_span(token, tokens, text)) for part in found]
    if not parts:
        fields = "type, event, name, userId, properties, traits or context"
        raise UnreadableError(f"{subject} none of {fields}", start)
    combine: Literal["and", "or"] = "or" if words and words[-1] == "or" else "and"
    return Level(combine, tuple(parts), tuple(words), tuple(skipped), (start, len(text)))


def _span(first: Token, rest: deque[Token], text: str) -> Span:
    """Say where what was read begins and ends: before the next token, and the gap before that."""
    end = rest[0].position if rest else len(text)
    return first.position, first.position + len(text[first.position : end].rstrip())


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


def _comparison(field: Token, tokens: deque[Token]) -> list[Part]:
    """Read ``field operator value``; a word that is no known field is skipped."""
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
        return [_field_part(root, test, to_string(literal))]
    if value.kind == "number":
        test = _NUMBER_TESTS.get(test, test)
    return [_section_part(root, field, test, literal)]


def _function(name: Token, tokens: deque[Token], negated: str = "") -> list[Part]:
    """Read ``contains(field, text)`` or ``match(field, pattern)``; an unknown field is skipped."""
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
        return [_field_part(field.text, negated + test, text)]
    root = next((section for section in _SECTIONS if field.text.startswith(section)), None)
    return [_section_part(root, field, negated + test, text)] if root else []


def _field_part(name: str, test: str, expected: str) -> Part:
    get, holds = compile_field_test(name, test, expected)
    return Part(name, test, expected, get, holds)


def _section_part(root: str, field: Token, test: str, expected: Any) -> Part:
    get = _section(root, field)
    return Part(field.text, test, expected, get, compile_test(get, test, expected))


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
