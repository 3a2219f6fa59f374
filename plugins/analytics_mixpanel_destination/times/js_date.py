"""JavaScript's ``Date.parse``: ISO 8601, and the older forms that V8 reads besides, as ``Aug 17, 2021 3 PM``.

A time without a zone is UTC, as on Segment's servers. Source: ECMA-262, Date Time String Format; V8,
``dateparser.h``.
"""

from __future__ import annotations

from typing import Final

from attrs import define, field

from analytics_mixpanel_destination.times.js_date_parts import Day, Time, Zone, utc_milliseconds
from analytics_mixpanel_destination.times.js_date_tokens import END, Token, tokens_of

_MONTHS: Final = {
    name: at
    for at, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_ZONES: Final = {
    "ut": 0,
    "utc": 0,
    "z": 0,
    "gmt": 0,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
}
_ZONES.update(pst=-8, pdt=-7)
_HALVES: Final = {"am": 0, "pm": 12}


class _NotADateError(Exception):
    """The text is no date."""


def parse_date(text: str) -> int | None:
    """Answer ``Date.parse(text)`` in milliseconds, None where it is NaN."""
    try:
        return _Parser(tokens_of(text)).parse()
    except _NotADateError:
        return None


def _demand(condition: bool) -> None:
    if not condition:
        raise _NotADateError


@define
class _Parser:
    """Reads ISO 8601 as far as it goes; from where it is not, the older forms, which keep what was read."""

    tokens: list[Token]
    at: int = 0
    day: Day = field(factory=Day)
    time: Time = field(factory=Time)
    zone: Zone = field(factory=Zone)
    has_read_number: bool = False

    def parse(self) -> int | None:
        """Answer milliseconds since 1970; None beyond what a Date can hold."""
        if not self._iso():
            self.has_read_number = bool(self.day.numbers)
            while self._peek() is not END:
                self._older(self._next())
        day, time, offset = self.day.resolve(), self.time.resolve(), self.zone.resolve()
        if day is None or time is None or offset is None:
            raise _NotADateError
        # The offset may carry a day from beyond the range into it, so it is part of the sum.
        return utc_milliseconds(*day, (*time[:3], time[3] - offset))

    def _peek(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def _next(self) -> Token:
        token = self._peek()
        self.at += 1
        return token

    def _skip(self, symbol: str) -> bool:
        found = self._peek().text == symbol
        self.at += found
        return found

    def _iso(self) -> bool:
        if not self._iso_year():
            return False
        if self._skip("-"):
            if not self._iso_part(1, 12):
                return False
            if self._skip("-") and not self._iso_part(1, 31):
                return False
        if self._peek().word == "t":
            self._next()
            self._iso_time()
        elif self._peek() is not END:
            return False
        self.day.is_iso = True
        return True

    def _iso_year(self) -> bool:
        signed = self._peek().text in ("+", "-")
        sign = self.tokens[self.at].text if signed else ""
        year = self.tokens[self.at + 1] if signed and self.at + 1 < len(self.tokens) else self._peek()
        if not year.is_number(6 if signed else 4):
            return False
        self.at += 1 + signed
        if sign == "-" and year.number == 0:
            return False
        self.day.add(-year.number if sign == "-" else year.number)
        return True

    def _iso_part(self, least: int, most: int) -> bool:
        token = self._peek()
        if not (token.is_number(2) and least <= token.number <= most):
            return False
        self.day.add(self._next().number)
        return True

    def _two_digits(self, most: int) -> int:
        token = self._next()
        _demand(token.is_number(2) and token.number <= most)
        return token.number

    def _iso_time(self) -> None:
        """Read ``HH:mm[:ss[.sss]][Z|±HH:mm|±HHmm]`` to the end; after a T nothing else makes a date."""
        self.time.add(self._two_digits(24))
        _demand(self._skip(":"))
        self.time.add(self._two_digits(59))
        if self._skip(":"):
            self.time.add(self._two_digits(59))
            if self._skip("."):
                _demand(self._peek().is_number())
                self.time.add(self._next().milliseconds)
        if self._peek().word == "z":
            self._next()
            self.zone.set(0)
        elif self._peek().text in ("+", "-"):
            self._iso_offset()
        _demand(self._peek() is END)

    def _iso_offset(self) -> None:
        self.zone.sign = -1 if self._next().text == "-" else 1
        if self._peek().is_number(4):
            self.zone.hour, self.zone.minute = divmod(self._next().number, 100)
            _demand(self.zone.hour < 24 and self.zone.minute < 60)
        else:
            self.zone.hour = self._two_digits(23)
            _demand(self._skip(":"))
            self.zone.minute = self._two_digits(59)

    def _older(self, token: Token) -> None:
        if token.is_number():
            self.has_read_number = True
            self._older_number(token)
        elif token.kind == "word":
            self._older_word(token.word)
        elif token.text in ("+", "-") and (self.zone.is_utc or self.time.numbers):
            self._older_offset(token.text)
        elif token.text in ("+", "-", ")"):
            _demand(not self.has_read_number)

    def _older_number(self, token: Token) -> None:
        number = token.number
        if self._skip(":"):
            if self._skip(":"):
                _demand(not self.time.numbers)
                self.time.numbers = [number, 0]
            else:
                _demand(self.time.add(number))
                self._skip(".")
        elif self._peek().text == "." and self.time.expects(number):
            self._next()
            self.time.add(number)
            _demand(self._peek().is_number())
            self.time.finish(self._next().milliseconds)
        else:
            self._skip(".")
            self._older_last_number(number)

    def _older_last_number(self, number: int) -> None:
        if self.zone.expects(number):
            self.zone.minute = number
        elif self.time.expects(number):
            self.time.finish(number)
            peek = self._peek()
            _demand(peek is END or peek.kind == "space" or peek.word == "z" or peek.text in ("+", "-"))
        else:
            _demand(self.day.add(number))
            self._skip("-")

    def _older_word(self, word: str) -> None:
        if word in _HALVES and self.time.numbers:
            self.time.half = _HALVES[word]
        elif word[:3] in _MONTHS:
            self.day.named_month = _MONTHS[word[:3]]
            self._skip("-")
        elif word in _ZONES and self.has_read_number:
            self.zone.set(_ZONES[word])
        else:  # any other word must come before the first number, and apart from it
            _demand(not self.has_read_number and not self._peek().is_number())

    def _older_offset(self, sign: str) -> None:
        self.zone.sign = -1 if sign == "-" else 1
        digits = self._next() if self._peek().is_number() else Token("number", "")
        self.has_read_number = True
        if self._peek().text == ":":
            self.zone.hour, self.zone.minute = digits.number, None
        elif len(digits.text) in (1, 2):
            self.zone.hour, self.zone.minute = digits.number, 0
        else:
            _demand(len(digits.text) in (3, 4))
            self.zone.hour, self.zone.minute = divmod(digits.number, 100)
