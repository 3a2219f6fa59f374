"""The words of a condition: text to tokens.

What Segment's lexer cannot read, it answers with one and the same error; here each has a position and reason.
What it reads as something else than stands there is an error too: see ``_string`` and ``_refuse_swallowed``.
"""

from __future__ import annotations

import string
from typing import Final

from attrs import frozen

_DIGITS: Final = frozenset(string.digits)
_LETTERS: Final = frozenset(string.ascii_letters)
_WORD: Final = _LETTERS | _DIGITS | {"_", "-", "\\"}
_SPACE: Final = frozenset(" \t\n")
_TERMINATORS: Final = _SPACE | {"", ",", "]", ")"}
_AFTER_WORD: Final = _TERMINATORS | {".", "(", "=", "!"}
_PUNCTUATION: Final = {".": "dot", "[": "bracket", "]": "bracket", ",": "comma", "(": "open", ")": "close"}
_KEYWORDS: Final = {"and": "conditional", "or": "conditional", "null": "null"}


class UnreadableError(Exception):
    """A condition cannot be read, for a reason at a position of its text."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


@frozen
class Token:
    """A word of a condition; ``position`` is the index of its first character."""

    kind: str
    text: str
    position: int


def lex(text: str) -> list[Token]:
    """Split a condition into tokens, the last of kind "end"; raise UnreadableError."""
    return _Lexer(text).tokens()


class _Lexer:
    """A cursor over a condition's text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def tokens(self) -> list[Token]:
        found = []
        while self.at < len(self.text):
            if self.text[self.at] in _SPACE:
                self.at += 1
            else:
                start = self.at
                kind = self._next_kind()
                found.append(Token(kind, _unescape(self.text[start : self.at], kind), start))
        # Segment's own text for the end, which `type =` compares with.
        found.append(Token("end", "eos", self.at))
        return found

    def _next_kind(self) -> str:
        """Move behind the token that starts here and name its kind."""
        character = self.text[self.at]
        if character in _PUNCTUATION:
            self.at += 1
            return _PUNCTUATION[character]
        if character in "\"'":
            return self._string(character)
        if character in _DIGITS or character in "+-":
            return self._number()
        if character in "!=<>":
            return self._operator(character)
        if character in _LETTERS or character in "\\_":
            return self._word()
        raise UnreadableError(f"unexpected character {character!r}", self.at)

    def _peek(self, ahead: int = 0) -> str:
        """Look at a character; the end is an empty one."""
        return self.text[self.at + ahead : self.at + ahead + 1]

    def _string(self, quote: str) -> str:
        end = self.text.find(quote, self.at + 1)
        if end < 0:
            raise UnreadableError("the quote is never closed", self.at)
        self.at = end + 1
        # Segment would open a second string here and swallow the text up to the next quote.
        if self._peek() not in _TERMINATORS:
            raise UnreadableError("put a space after the closing quote", end)
        return "string"

    def _number(self) -> str:
        self.at += 1
        points = 0
        while self._peek() in _DIGITS or self._peek() == ".":
            if self._peek() == ".":
                points += 1
                if points > 1:
                    raise UnreadableError("a number has one decimal point", self.at)
                if self._peek(1) in _TERMINATORS:
                    raise UnreadableError("digits must follow the decimal point", self.at)
            self.at += 1
        return "number"

    def _operator(self, character: str) -> str:
        following = self._peek(1)
        if character == "!" and (following == "(" or following in _LETTERS):
            self.at += 1
            return "operator"
        paired = character != "=" and following == "=" and self._peek(2) in _TERMINATORS
        if character == "!" and not paired:
            reason = (
                "put a space after '!='" if following == "=" else "'!' stands before '=', contains( or match("
            )
            raise UnreadableError(reason, self.at)
        self.at += 2 if paired else 1
        return "operator"

    def _word(self) -> str:
        start = self.at
        while self._peek() in _WORD:
            self.at += 1
            if self.text[self.at - 1] == "\\":
                self._escape()
        word = self.text[start : self.at]
        if word in _KEYWORDS and self._peek() in _TERMINATORS:
            return _KEYWORDS[word]
        if self._peek() not in _AFTER_WORD:
            raise UnreadableError(f"put a space after {word!r}", self.at)
        self._refuse_swallowed(start)
        return "word"

    def _refuse_swallowed(self, start: int) -> None:
        """Refuse what Segment loses, looking ahead for ``and`` or ``null`` and not going back at the end."""
        wanted = {"a": 2, "n": 3}.get(self.text[start], 0)
        ahead = self.text[start + 1 : start + 1 + wanted]
        if 0 < len(ahead) < wanted and _TERMINATORS.isdisjoint(ahead):
            raise UnreadableError(
                f"quote {self.text[start:]!r} or add a space: Segment reads its first letter only", start
            )

    def _escape(self) -> None:
        if not self._peek():
            raise UnreadableError("a character must follow the backslash", self.at - 1)
        self.at += 1


def _unescape(text: str, kind: str) -> str:
    """Drop the backslashes of a word, keeping what they escape."""
    if kind != "word" or "\\" not in text:
        return text
    characters = iter(text)
    return "".join(next(characters) if character == "\\" else character for character in characters)
