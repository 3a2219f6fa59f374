"""Messages in memory, oldest first, a long backlog compressed."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Final

from analytics_mixpanel.compression import pack, unpack

# Beyond so many loose messages, the oldest are sealed: an outage then costs a fifth of the memory,
# while steady traffic is never compressed twice.
LOOSE: Final = 2_048
SEAL: Final = 128


class Backlog:
    """A first-in, first-out store of encoded messages; for one thread at a time.

    Attributes:
        count: messages held.
        size: bytes held, of sealed messages as they are held.
    """

    __slots__ = ("_loose", "_open", "_sealed", "count", "size")

    def __init__(self) -> None:
        self._open: deque[bytes] = deque()  # the oldest: unsealed, not yet taken
        self._sealed: deque[bytes] = deque()
        self._loose: deque[bytes] = deque()
        self.count = 0
        self.size = 0

    def append(self, body: bytes) -> None:
        """Add the newest message; where there is no memory for it, nothing has changed."""
        loose = self._loose
        count, size = self.count + 1, self.size + len(body)
        loose.append(body)
        self.count, self.size = count, size
        try:
            if len(loose) >= LOOSE + SEAL:
                self._seal()
        except MemoryError:
            pass  # it takes some to make some: the next message tries again

    def _seal(self) -> None:
        bodies = list(islice(self._loose, SEAL))
        block = pack(bodies)
        size = self.size + len(block) - sum(map(len, bodies))
        self._sealed.append(block)
        self.size = size
        for _ in bodies:
            self._loose.popleft()

    def pop(self, limit: int, max_bytes: int) -> list[bytes]:
        """Remove the oldest messages: up to ``limit``, and no more than ``max_bytes`` unless one alone is."""
        taken: list[bytes] = []
        total = 0
        while len(taken) < limit:
            source = self._oldest()
            if not source or (taken and total + len(source[0]) > max_bytes):
                break
            body = source.popleft()
            total += len(body)
            taken.append(body)
        self.count -= len(taken)
        self.size -= total
        return taken

    def _oldest(self) -> deque[bytes]:
        if self._open:
            return self._open
        if not self._sealed:
            return self._loose
        block = self._sealed.popleft()
        self._open.extend(unpack(block))
        self.size += sum(map(len, self._open)) - len(block)
        return self._open
