"""Counting without a lock."""

from __future__ import annotations

import itertools


class Tally:
    """A count to which every thread and signal handler adds in one step."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def add(self) -> int:
        """Add one; the count before."""
        return next(self._numbers)

    def count(self) -> int:
        """How many were added."""
        # The next number, without taking it: "count(3)".
        return int(repr(self._numbers)[len("count(") : -1])
