"""Values that are told by what they look like, and what is done with each."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_redact.actions import Action
from analytics_mixpanel_redact.patterns import ValuePattern

#: What ``Redact(values=...)`` takes: one that is ready, or a regular expression.
Pattern: TypeAlias = ValuePattern | str | re.Pattern[str]

#: Stands for a value that is left out.
REMOVED: Final[Any] = object()


class Values:
    """Finds values in texts and numbers, and does with each what is to be done.

    Attributes:
        numbers_from: smaller numbers are none of the values.

    Raises:
        ConfigurationError: a pattern is none.
    """

    def __init__(self, actions: Mapping[Pattern, Action]) -> None:
        self._actions = [
            (_value_pattern(place, given), action) for place, (given, action) in enumerate(actions.items())
        ]
        hints = [hint for pattern, _ in self._actions for hint in pattern.hints]
        self._needles = [hint for hint in hints if isinstance(hint, str)]
        self._searches = [hint.search for hint in hints if isinstance(hint, re.Pattern)]
        self._own = [pattern.expression.search for pattern, _ in self._actions if not pattern.hints]
        lengths = [pattern.shortest for pattern, _ in self._actions if pattern.numbers]
        shortest = min(lengths, default=0)
        # Where a single digit may be one, so may 0.5.
        self.numbers_from = math.inf if not lengths else 10.0 ** (shortest - 1) if shortest > 1 else 0.0

    def __bool__(self) -> bool:
        return bool(self._actions)

    def __repr__(self) -> str:
        return f"{[pattern.name for pattern, _ in self._actions]}"

    def may_be_in(self, texts: Sequence[str]) -> bool:
        """Whether it is worth while to look for values in these; quick, and right where it says no."""
        joined = "\n".join(texts)
        for needle in self._needles:
            if needle in joined:
                return True
        for search in self._searches:
            if search(joined):
                return True
        return any(any(map(search, texts)) for search in self._own)

    def are_in(self, text: str) -> bool:
        """Whether a text has such a value."""
        return any(True for _ in self._found(text))

    def text(self, text: str, always: Action | None = None) -> Any:
        """A text with other texts in the places of its values; REMOVED where one is to be left out.

        Args:
            text: any.
            always: what to do instead of what is to be done with each pattern's values.
        """
        if not self._actions or not self.may_be_in((text,)):
            return text
        parts, at = [], 0
        for start, end, action in sorted(self._found(text), key=lambda place: place[0]):
            if start < at:
                continue  # within one that was found already
            instead = (always or action)(text[start:end])
            if instead is None:
                return REMOVED
            parts += [text[at:start], instead]
            at = end
        return "".join([*parts, text[at:]]) if parts else text

    def number(self, number: float) -> Any:
        """A number, or what stands in its place if it is such a value."""
        if not abs(number) >= self.numbers_from:
            return number
        for _, _, action in self._found(number_text(number)):
            instead = action(number_text(number))
            return REMOVED if instead is None else instead
        return number

    def _found(self, text: str) -> list[tuple[int, int, Action]]:
        return [
            (start, end, action)
            for pattern, action in self._actions
            if len(text) >= pattern.shortest and pattern.may_be_in(text)
            for start, end in pattern.places(text)
        ]


def number_text(number: float) -> str:
    """A number as somebody would write it: a whole one without a fraction."""
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)


def _value_pattern(place: int, given: object) -> ValuePattern:
    """A pattern as it was given, or made from a regular expression."""
    where = f"values[{place}]"
    if isinstance(given, ValuePattern):
        return given
    if not isinstance(given, (str, re.Pattern)):
        raise ConfigurationError(f"{where} must be EMAILS, CARDS, ... or a regular expression as a str")
    try:
        expression = re.compile(given)
    except (re.error, RecursionError, OverflowError) as error:
        raise ConfigurationError(
            f"{where} is no regular expression: {error}; correct it, or use re.escape() for a plain text"
        ) from None
    if not isinstance(expression.pattern, str):
        raise ConfigurationError(f"{where} is for bytes; give a str: messages are text")
    if expression.search("") is not None:
        raise ConfigurationError(
            f"{where} fits an empty text, so it is in every text; make it need a character"
        )
    return ValuePattern(where, expression)
