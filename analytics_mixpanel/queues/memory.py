"""The default queue: in this process's memory, bounded by count and by bytes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from analytics_mixpanel.lanes.bell import Bell
from analytics_mixpanel.queues.backlog import Backlog

if TYPE_CHECKING:
    from analytics_mixpanel.queues.ledger import Ledger
from analytics_mixpanel.queues.waiting import ENDLESS, Waiting

# Seconds to wait for a lock whose holder may be the very thread that waits, interrupted.
_NOT_FOR_EVER: Final = 0.1


class MemoryQueue:
    """Keep messages in memory, in one line for each destination and shard.

    Args:
        maxsize: messages a destination may have pending; what exceeds it is refused.
        max_bytes: bytes a destination may hold, as they are held (a long backlog is compressed).
        shards: lines for each destination.
    """

    dead_letters = None
    longest = ENDLESS

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

    def wait_for_room(self, destination: str, shard: int, timeout: float) -> bool:
        """Wait until a destination has room again; False when none has come in time, or ever will."""
        return self._lines[destination][shard].wait_for_room(timeout)

    def displace(self, destination: str, shard: int) -> Mapping[str, list[bytes]]:
        """Remove a destination's oldest messages that are not taken, as many as make room."""
        oldest = self._lines[destination][shard].displace()
        return {destination: oldest} if oldest else {}

    def qsize(self) -> int:
        """How many messages the busiest destination has still to settle."""
        return max((sum(line.pending for line in lines) for lines in self._lines.values()), default=0)

    def empty(self) -> bool:
        """Whether every destination has settled everything."""
        return self.qsize() == 0

    def check(self) -> None:
        """Nothing can be wrong with memory."""

    def has_leftovers(self) -> bool:
        """Nothing outlives its process."""
        return False

    def close(self) -> None:
        """Nothing is left when the lines are closed."""

    def abandon(self) -> None:
        """Nothing is open."""


class Line(Waiting):
    """The messages of one destination and shard.

    ``put`` waits for nothing, whatever it interrupts: a signal handler or a finalizer runs on the thread that
    is in the middle of this code, and would wait for itself. So a message is first put aside, an atomic
    operation, and brought in by whoever gets the lock without waiting. Who does not get it leaves that to
    the holder, who looks again after letting go.
    """

    durable = False

    def __init__(self, maxsize: int, max_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(maxsize, max_bytes, clock)
        self._lock = threading.Lock()
        self._aside: deque[bytes] = deque()
        self._backlog = Backlog()
        self._callers: deque[Bell] = deque()  # who waits for room

    def report_to(self, ledger: Ledger) -> None:
        """Nothing happens to messages here but what their couriers do."""

    def put(self, body: bytes) -> bool:
        """Append a message; False when there is no room for it, or the line is closed."""
        backlog = self._backlog
        if (  # as in _full, which would cost another call here
            backlog.count + len(self._taken) + len(self._aside) >= self._most
            or backlog.size >= self._most_bytes
            or self._closed
        ):
            return False
        self._aside.append(body)
        try:
            self._bring_in()
        except MemoryError:
            pass  # it is kept: whoever comes next brings it in
        return not self._closed or not self._take_back(body)

    def _full(self) -> bool:
        backlog = self._backlog
        return (
            backlog.count + len(self._taken) + len(self._aside) >= self._most
            or backlog.size >= self._most_bytes
        )

    def _bring_in(self) -> None:
        """Move what was put aside into the backlog, unless somebody else is at it; wake the reader for it."""
        backlog = self._backlog
        while self._aside and self._lock.acquire(blocking=False):
            try:
                self._move()
            finally:
                self._lock.release()
        if backlog.count >= self._wanted or backlog.size >= self._wanted_bytes:
            self._bell.ring()

    def _move(self) -> None:
        while self._aside:
            body = self._aside.popleft()
            try:
                self._backlog.append(body)
            except MemoryError:
                self._aside.appendleft(body)
                raise
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
        self._sleep(min(limit, self._most), min(max_bytes, self._most_bytes), self._clock() + interval)
        return self.take_now(limit, max_bytes)

    def take_now(self, limit: int, max_bytes: int) -> list[bytes]:
        """Take the oldest messages without waiting; ``[]`` when there are none."""
        self._come_back()
        with self._lock:
            self._move()
            bodies = self._backlog.pop(limit, max_bytes)
            self._taken = self._taken + bodies if self._taken else bodies
            self._out += len(bodies)
        self._tell_callers()
        return bodies

    def settle(self, remaining: Sequence[bytes] = ()) -> bool:
        """Be done with everything taken, save ``remaining``; False when closed meanwhile."""
        with self._lock:
            if self._closed:
                return False
            self._taken = list(remaining)
        self._tell_callers()
        return True

    def displace(self) -> list[bytes]:
        """Remove the oldest messages that are not taken, as many as make room for one."""
        oldest: list[bytes] = []
        if self._lock.acquire(timeout=_NOT_FOR_EVER):
            try:
                self._move()
                while self._full() and (bodies := self._backlog.pop(1, 0)):
                    oldest += bodies
                self._out += len(oldest)
            finally:
                self._lock.release()
        return oldest

    def wait_for_room(self, timeout: float) -> bool:
        """Wait until there is room; False when none has come in time, or ever will."""
        bell = Bell()
        until = self._clock() + timeout
        self._callers.append(bell)
        try:
            while self._full() and not self._closed and (left := until - self._clock()) > 0:
                bell.wait(left)
        finally:
            self._callers.remove(bell)
        return not (self._full() or self._closed)

    def _tell_callers(self) -> None:
        if self._callers and not self._full():
            for bell in list(self._callers):
                bell.ring()

    @property
    def pending(self) -> int:
        """How many messages are not settled."""
        return self._backlog.count + len(self._taken) + len(self._aside)

    at_risk = pending

    def _waiting(self) -> tuple[int, int]:
        self._bring_in()
        return self._backlog.count, self._backlog.size

    def _unsettled_of(self, target: int) -> int:
        return 0 if self._closed else super()._unsettled_of(target)

    def _put_so_far(self) -> int:
        # Exact with the lock; without it, where this interrupts the holder, short of what that has in hand.
        locked = self._lock.acquire(timeout=_NOT_FOR_EVER)
        try:
            return self._put + len(self._aside)
        finally:
            if locked:
                self._lock.release()
                self._bring_in()

    def close(self) -> list[bytes]:
        """End every wait and refuse what comes; what was not settled, oldest first."""
        self._closed = True
        with self._lock:
            self._move()
            lost = self._taken + self._backlog.pop(self._backlog.count, ENDLESS)
            self._taken = []
        for bell in (self._bell, *self._callers):
            bell.ring()
        self._tell_flushes()
        return lost
