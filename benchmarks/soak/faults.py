"""What goes wrong at the server, and how often: each request's fault is drawn by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random
from typing import Final

#: Of a hundred requests, how many end in which way; the rest is answered as it should be.
SHARES: Final = {
    "500": 1.0,
    "429 with Retry-After": 0.5,
    "dropped before it was read": 1.0,
    "taken, and the answer lost": 0.3,
    "never answered": 0.2,
    "200 of somebody else's": 0.5,
    "400 with failed_records": 1.0,
}
TOO_LARGE: Final = "413"
#: Now and then a request may have only so many bytes, as they come, for so many seconds.
_EVERY: Final = 20.0
_FOR: Final = 2.0
_LIMITS: Final = (20_000, 120_000)


class Faults:
    """Draws faults.

    Args:
        seed: the same one draws the same faults.
        clock: seconds.
    """

    def __init__(self, seed: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._random = Random(seed)
        self._clock = clock
        self._began = clock()
        self._over = False

    def end(self) -> None:
        """Let nothing go wrong any more."""
        self._over = True

    def draw(self, size: int) -> str | None:
        """The fault of a request of so many bytes; None if there is none."""
        if self._over:
            return None
        if size > self._limit():
            return TOO_LARGE
        drawn = self._random.uniform(0.0, 100.0)
        for fault, share in SHARES.items():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    def _limit(self) -> float:
        turn, within = divmod(self._clock() - self._began, _EVERY)
        return _LIMITS[int(turn) % len(_LIMITS)] if within > _EVERY - _FOR else float("inf")
