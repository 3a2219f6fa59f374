"""The words and numbers that ``Date.parse`` reads. Source: V8, ``dateparser.h``."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from analytics_mixpanel.mapping.js import WHITESPACE

_TOKEN: Final = re.compile(
    rf"(?P<number>[0-9]+)|(?P<space>[{WHITESPACE}]+)|(?P<word>(?:(?![{WHITESPACE}])[A-Z\[-`a-z{{-\U0010ffff])+)|(?P<symbol>.)",
    re.DOTALL,
)
_SIGNIFICANT_DIGITS: Final = 9


@frozen
class Token:
    """A run of digits, a word, white space, one other character, or parentheses with what is in them."""

    kind: str
    text: str

    @property
    def number(self) -> int:
        """The value of the digits that count: nine after the leading zeros."""
        return int(self.text.lstrip("0")[:_SIGNIFICANT_DIGITS] or "0")

    @property
    def word(self) -> str:
        """The word in small letters, "" where it is none."""
        return self.text.lower() if self.kind == "word" else ""

    def is_number(self, length: int = 0) -> bool:
        """Tell whether it is a number, of so many digits if a length is given."""
        return self.kind == "number" and (not length or len(self.text) == length)

    @property
    def milliseconds(self) -> int:
        """The digits as a fraction of a second, cut off after three."""
        length = min(len(self.text), _SIGNIFICANT_DIGITS)
        return int(self.number * 10 ** (3 - length)) if length < 3 else self.number // 10 ** (length - 3)


END: Final = Token("end", "")


def tokens_of(text: str) -> list[Token]:
    """Split a text."""
    tokens: list[Token] = []
    at = 0
    while match := _TOKEN.match(text, at):
        at = _closing(text, at) if match[0] == "(" else match.end()
        tokens.append(Token(str(match.lastgroup), match[0]))
    return tokens


def _closing(text: str, at: int) -> int:
    depth = 0
    for position in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return len(text)
