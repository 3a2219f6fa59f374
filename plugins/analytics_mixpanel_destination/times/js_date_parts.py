"""The parts of a date as ``Date.parse`` collects them: day, time and zone. Source: V8, ``dateparser.h``."""

from __future__ import annotations

from typing import Final

from attrs import define, field

LAST_MILLISECOND: Final = 8_640_000_000_000_000
_MINUTE: Final = 60_000


def utc_milliseconds(year: int, month: int, day: int, time: tuple[int, ...]) -> int | None:
    """Answer ``Date.UTC``: every part may overflow into the next; None beyond what a Date can hold.

    ``month`` counts from 1; ``time`` is hours, minutes, seconds and milliseconds.
    """
    years, month = divmod(month - 1, 12)
    hour, minute, second, millisecond = time
    hours = (_days(year + years, month + 1) + day - 1) * 24 + hour
    total = (hours * 60 + minute) * _MINUTE + second * 1000 + millisecond
    return total if abs(total) <= LAST_MILLISECOND else None


def _days(year: int, month: int) -> int:
    """Count the days from 1970 to the first of a month, in years from March on: the leap day ends them."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 - 719_468


def is_day(number: int) -> bool:
    """Tell whether a number may be a day of a month."""
    return 1 <= number <= 31


@define
class Day:
    """Up to three numbers, of which only their sizes and a month's name tell year, month and day."""

    numbers: list[int] = field(factory=list)
    named_month: int | None = None
    is_iso: bool = False

    def add(self, number: int) -> bool:
        """Take a number; False if there are three."""
        self.numbers.append(number)
        return len(self.numbers) <= 3

    def resolve(self) -> tuple[int, int, int] | None:
        """Answer year, month and day; None where they cannot be."""
        if not self.numbers:
            return None
        first, second, third = (*self.numbers, 1, 1)[:3]
        if self.named_month is not None:
            year, month, day = (
                (second, self.named_month, first) if is_day(first) else (first, self.named_month, second)
            )
        elif self.is_iso or not is_day(first):
            year, month, day = first, second, third
        else:
            year, month, day = third, first, second
        if not self.is_iso and 0 <= year <= 99:
            year += 2000 if year < 50 else 1900
        return (year, month, day) if 1 <= month <= 12 and is_day(day) else None


@define
class Time:
    """Hours, minutes, seconds and milliseconds, as far as they were given."""

    numbers: list[int] = field(factory=list)
    half: int | None = None

    def add(self, number: int) -> bool:
        """Take a number; False if there are four."""
        self.numbers.append(number)
        return len(self.numbers) <= 4

    def finish(self, number: int) -> None:
        """Take the last number; the others are zero."""
        self.numbers = [*self.numbers, number, 0, 0, 0][:4]

    def expects(self, number: int) -> bool:
        """Tell whether a number may be the next part."""
        return len(self.numbers) in (1, 2, 3) and 0 <= number < (60, 60, 1000)[len(self.numbers) - 1]

    def resolve(self) -> tuple[int, ...] | None:
        """Answer all four; None where they cannot be. 24:00 is the end of a day."""
        hour, *rest = (*self.numbers, 0, 0, 0, 0)[:4]
        if self.half is not None:
            if hour > 12:
                return None
            hour = hour % 12 + self.half
        minute, second, millisecond = rest
        if hour == 24 and not any(rest):
            return (hour, *rest)
        return (hour, *rest) if hour < 24 and minute < 60 and second < 60 and millisecond < 1000 else None


@define
class Zone:
    """An offset from UTC, as far as it was given."""

    sign: int | None = None
    hour: int | None = None
    minute: int | None = None

    def set(self, hours: int) -> None:
        """Take a whole offset, as a zone's name gives it."""
        self.sign, self.hour, self.minute = (-1 if hours < 0 else 1), abs(hours), 0

    def expects(self, number: int) -> bool:
        """Tell whether a number may be the offset's minutes."""
        return self.hour is not None and self.minute is None and number < 60

    @property
    def is_utc(self) -> bool:
        """Whether the offset is zero."""
        return self.hour == 0 and self.minute == 0

    def resolve(self) -> int | None:
        """Answer the offset in milliseconds, 0 where none was given; None beyond what V8 can count."""
        if self.sign is None:
            return 0
        # Seconds are counted in 32 bits, of which half may be used.
        seconds = ((self.hour or 0) * 60 + (self.minute or 0)) * 60 % 2**32
        return None if seconds >= 2**31 else self.sign * seconds * 1000
