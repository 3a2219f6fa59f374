"""The waits around a line of messages: of its reader for a batch, of a flush for what was put before it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from analytics_mixpanel.lanes.bell import Bell

ENDLESS: Final = 1 << 62
# Seconds between two looks of who cannot be woken.
_OTHERWISE: Final = 0.05


class Waiting:
    """Running totals of a line, and who sleeps until they change.

    Whoever puts counts up ``_put``, whoever takes ``_out``. A batch is done when its reader takes again: then
    ``_done`` follows. What lies between the totals says what a flush has still to wait for.
    """

    def __init__(
        self, most: int = ENDLESS, most_bytes: int = ENDLESS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._clock = clock
        self._taken: list[bytes] = []
        self._closed = False
        self._put = 0
        self._out = 0
        self._done = 0
        self._hurry_to = 0
        # What the sleeping reader wants before it is woken; every wake costs the callers their GIL.
        self._wanted = most
        self._wanted_bytes = most_bytes
        self._bell = Bell()
        self._flushes: deque[tuple[int, Bell]] = deque()

    def _waiting(self) -> tuple[int, int]:
        """Messages that wait to be taken, and their bytes; of the latest calls too."""
        raise NotImplementedError

    def _put_so_far(self) -> int:
        """``_put``, of the latest calls too."""
        raise NotImplementedError

    def _within(self, target: int) -> int:
        """A number of messages put, or as many as there are if some were taken back since."""
        return target

    def _sleep(self, wanted: int, wanted_bytes: int, deadline: float | None) -> None:
        """Sleep until so much is there, the deadline has passed, or somebody is in a hurry."""
        self._wanted, self._wanted_bytes = wanted, wanted_bytes
        while not (self._closed or self._out < self._within(self._hurry_to)):
            count, size = self._waiting()
            if count >= wanted or size >= wanted_bytes:
                break
            remaining = ENDLESS if deadline is None else deadline - self._clock()
            if remaining <= 0:
                break
            self._bell.wait(remaining)
        self._wanted, self._wanted_bytes = self._most + 1, self._most_bytes + 1  # awake: no need to ring

    def hurry(self) -> None:
        """Let what is there be taken now, not when the interval has passed."""
        self._hurry_to = self._put_so_far()
        self._bell.ring()

    def _come_back(self) -> None:
        """Who takes again has finished what it took, and has told everybody who wants to know."""
        if not self._taken and self._done != self._out:
            self._done = self._out
            self._tell_flushes()

    def _tell_flushes(self) -> None:
        for target, bell in list(self._flushes):
            if self._closed or self._done >= self._within(target):
                bell.ring()

    def wait_settled(self, timeout: float) -> int:
        """Wait until everything put before this call is settled; what of it is not, after ``timeout``."""
        flush = (self._put_so_far(), Bell())
        target, bell = flush
        until = self._clock() + timeout
        # A thread from before eventlet's patches rings in vain, after them.
        longest = ENDLESS if bell.is_like(self._bell) else _OTHERWISE
        self._flushes.append(flush)
        while not (done := self._done >= self._within(target)) and not self._closed:
            if (left := until - self._clock()) <= 0:
                break
            bell.wait(min(left, longest))
        self._flushes.remove(flush)
        return 0 if done else self._unsettled_of(self._within(target))

    def _unsettled_of(self, target: int) -> int:
        """How many of the first so many messages are not settled."""
        if self._done >= target:
            return 0
        return max(0, target - self._out) + min(len(self._taken), target - self._done)
