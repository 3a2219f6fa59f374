"""Messages in memory, oldest first, a long backlog compressed."""

from __future__ import annotations

from collections import deque
from itertools import chain, islice
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
        self._unseal(limit)
        taken: list[bytes] = []
        total = 0
        for body in chain(self._open, self._loose):
            if len(taken) >= limit or (taken and total + len(body) > max_bytes):
                break
            total += len(body)
            taken.append(body)
        count, size = self.count - len(taken), self.size - total
        for _ in taken:  # from here on nothing needs memory: where there is none, nothing has changed
            (self._open or self._loose).popleft()
        self.count, self.size = count, size
        return taken

    def _unseal(self, limit: int) -> None:
        """Open so many of the oldest messages, if that many are sealed."""
        while self._sealed and len(self._open) < limit:
            block = self._sealed[0]
            bodies = unpack(block)
            size = self.size + sum(map(len, bodies)) - len(block)
            self._open = self._open + deque(bodies)
            self._sealed.popleft()
            self.size = size
