"""A condition taken apart: its levels, and the tests on them, each with its place in the text.

Conditions are compiled from it, and explained by it: what is said about a condition is what it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from analytics_mixpanel.mapping.condition_tests import Getter, Message, Test

#: From where to where in the condition's text, as a slice has it.
Span: TypeAlias = tuple[int, int]


@frozen
class Part:
    """One test of a message.

    Attributes:
        name: what is looked at, as ``properties.plan``.
        test: how, as ``=``, ``>=``, ``exists``, ``contains`` or ``not_starts_with``; it may be unknown.
        expected: the literal that it is compared with.
        get: answers what the message has there; UNDEFINED for nothing.
        holds: the compiled test.
        span: where it stands.
    """

    name: str
    test: str
    expected: Any
    get: Getter = field(repr=False)
    holds: Test = field(repr=False)
    span: Span = (0, 0)


@frozen
class Level:
    """The tests that one ``and`` or ``or`` joins: those of the condition itself, or of a parenthesis.

    Attributes:
        combine: the last ``and`` or ``or`` of the level, which decides for all of it.
        parts: in their order.
        words: every ``and`` and ``or`` of the level, in their order.
        skipped: what stands there without effect.
        span: where it stands.
    """

    combine: Literal["and", "or"]
    parts: tuple[Part | Level, ...]
    words: tuple[str, ...] = ()
    skipped: tuple[Span, ...] = ()
    span: Span = (0, 0)

    @property
    def holds(self) -> Test:
        """Compile the level."""
        tests = [part.holds for part in self.parts]
        return _any(tests) if self.combine == "or" else _all(tests)

    def tests(self) -> Iterator[Part]:
        """Walk through every test, those of parentheses too."""
        for part in self.parts:
            if isinstance(part, Level):
                yield from part.tests()
            else:
                yield part


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda message: first(message) and second(message)
    return lambda message: all(test(message) for test in tests)


def _any(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda message: first(message) or second(message)

    def any_of(message: Message) -> bool:
        return any(test(message) for test in tests)

    return any_of
