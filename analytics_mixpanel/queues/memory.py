"""The default queue: in this process's memory, bounded by count and by bytes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from analytics_mixpanel.queues.backlog import Backlog

# Seconds to wait for a lock whose holder may be the very thread that waits, interrupted.
_NOT_FOR_EVER: Final = 0.1


class MemoryQueue:
    """Keep messages in memory, in one line for each destination and shard.

    Args:
        maxsize: messages a destination may have pending; what exceeds it is refused.
        max_bytes: bytes a destination may hold, as they are held (a long backlog is compressed).
        shards: lines for each destination.
    """

    def __init__(self, maxsize: int, max_bytes: int, shards: int = 1) -> None:
        self.maxsize = maxsize
        self.max_bytes = max_bytes
        self.shards = shards
        self._lines: dict[str, tuple[Line, ...]] = {}

    def open(self, destination: str) -> Sequence[Line]:
        """Start keeping messages for a destination; its lines, one a shard."""
        maxsize = max(1, self.maxsize // self.shards)
        max_bytes = max(1, self.max_bytes // self.shards)
        lines = tuple(Line(maxsize, max_bytes) for _ in range(self.shards))
        self._lines = {**self._lines, destination: lines}
        return lines

    def put(self, body: bytes, destinations: Sequence[str], shard: int = 0) -> Sequence[str]:
        """Keep one message for these destinations; those that had no room for it."""
        lines = self._lines
        if len(destinations) == 1:  # the usual case, without a list
            return () if lines[destinations[0]][shard].put(body) else destinations
        return [name for name in destinations if not lines[name][shard].put(body)]

    def qsize(self) -> int:
        """How many messages the busiest destination has still to settle."""
        return max((sum(line.pending for line in lines) for lines in self._lines.values()), default=0)

    def empty(self) -> bool:
        """Whether every destination has settled everything."""
        return self.qsize() == 0


class Line:
    """The messages of one destination and shard.

    ``put`` waits for nothing, whatever it interrupts: a signal handler or a finalizer runs on the thread that
    is in the middle of this code, and would wait for itself. So a message is first put aside, an atomic
    operation, and brought in by whoever gets the lock without waiting. Who does not get it leaves that to
    the holder, who looks again after letting go.
    """

    def __init__(self, maxsize: int, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._maxsize = maxsize
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._aside: deque[bytes] = deque()
        self._backlog = Backlog()
        self._taken: list[bytes] = []
        self._closed = False
        # Running totals; what is between them says what a flush has still to wait for.
        self._put = 0
        self._out = 0
        self._done = 0
        self._hurry_to = 0
        # What the sleeping reader wants before it is woken; every wake costs the callers their GIL.
        self._wanted = maxsize
        self._wanted_bytes = max_bytes
        self._bell = _silent_bell()
        self._flushes: deque[tuple[int, threading.Lock]] = deque()

    def put(self, body: bytes) -> bool:
        """Append a message; False when there is no room for it, or the line is closed."""
        backlog = self._backlog
        if (
            backlog.count + len(self._taken) + len(self._aside) >= self._maxsize
            or backlog.size >= self._max_bytes
            or self._closed
        ):
            return False
        self._aside.append(body)
        self._bring_in()
        return not self._closed or not self._take_back(body)

    def _bring_in(self) -> None:
        """Move what was put aside into the backlog, unless somebody else is at it; wake the reader for it."""
        backlog = self._backlog
        while self._aside and self._lock.acquire(blocking=False):
            try:
                self._move()
            finally:
                self._lock.release()
        if backlog.count >= self._wanted or backlog.size >= self._wanted_bytes:
            _ring(self._bell)

    def _move(self) -> None:
        while self._aside:
            self._backlog.append(self._aside.popleft())
            self._put += 1

    def _take_back(self, body: bytes) -> bool:
        """Whether a message that the closing of the line missed could be taken back."""
        try:
            self._aside.remove(body)
        except ValueError:
            return False
        return True

    def take(self, limit: int, max_bytes: int, interval: float) -> list[bytes]:
        """Wait for a first message, then for a full batch or ``interval`` seconds; ``[]`` when closed."""
        self._come_back()
        self._sleep(1, 1, None)
        self._sleep(min(limit, self._maxsize), min(max_bytes, self._max_bytes), self._clock() + interval)
        return self.take_now(limit, max_bytes)

    def _sleep(self, wanted: int, wanted_bytes: int, deadline: float | None) -> None:
        """Sleep until so much is there, the deadline has passed, or somebody is in a hurry."""
        self._wanted, self._wanted_bytes = wanted, wanted_bytes
        backlog = self._backlog
        while not (self._closed or self._out < self._hurry_to):
            self._bring_in()
            if backlog.count >= wanted or backlog.size >= wanted_bytes:
                break
            remaining = -1.0 if deadline is None else deadline - self._clock()
            if deadline is not None and remaining <= 0:
                break
            self._bell.acquire(timeout=remaining)
        self._wanted, self._wanted_bytes = self._maxsize + 1, self._max_bytes + 1  # awake: no need to ring

    def take_now(self, limit: int, max_bytes: int) -> list[bytes]:
        """Take the oldest messages without waiting; ``[]`` when there are none."""
        self._come_back()
        with self._lock:
            self._move()
            self._taken += (bodies := self._backlog.pop(limit, max_bytes))
            self._out += len(bodies)
        return bodies

    def settle(self, remaining: Sequence[bytes] = ()) -> bool:
        """Be done with everything taken, save ``remaining``; False when closed meanwhile."""
        with self._lock:
            if self._closed:
                return False
            self._taken = list(remaining)
        return True

    def _come_back(self) -> None:
        """Who takes again has finished what it took, and has told everybody who wants to know."""
        if not self._taken and self._done != self._out:
            self._done = self._out
            self._tell_flushes()

    def _tell_flushes(self) -> None:
        for target, bell in list(self._flushes):
            if self._closed or self._done >= target:
                _ring(bell)

    @property
    def pending(self) -> int:
        """How many messages are not settled."""
        return self._backlog.count + len(self._taken) + len(self._aside)

    def hurry(self) -> None:
        """Let what is there be taken now, not when the interval has passed."""
        self._hurry_to = self._put_so_far()
        _ring(self._bell)

    def _put_so_far(self) -> int:
        # Exact with the lock; without it, where this interrupts the holder, short of what that has in hand.
        locked = self._lock.acquire(timeout=_NOT_FOR_EVER)
        try:
            return self._put + len(self._aside)
        finally:
            if locked:
                self._lock.release()
                self._bring_in()

    def wait_settled(self, timeout: float) -> int:
        """Wait until everything put before this call is settled; what of it is not, after ``timeout``."""
        flush = (self._put_so_far(), _silent_bell())
        target, bell = flush
        self._flushes.append(flush)
        if not self._closed and self._done < target:
            bell.acquire(timeout=timeout)
        self._flushes.remove(flush)
        return 0 if self._closed else max(0, min(self.pending, target - self._done))

    def close(self) -> list[bytes]:
        """End every wait and refuse what comes; what was not settled, oldest first."""
        self._closed = True
        with self._lock:
            self._move()
            lost = self._taken + self._backlog.pop(self._backlog.count, 1 << 62)
            self._taken = []
        _ring(self._bell)
        self._tell_flushes()
        return lost


def _silent_bell() -> threading.Lock:
    """A lock that is held until somebody rings: waiting for it needs no other lock, as an Event would."""
    bell = threading.Lock()
    bell.acquire()
    return bell


def _ring(bell: threading.Lock) -> None:
    try:
        bell.release()
    except RuntimeError:
        pass  # rung already, not yet heard
