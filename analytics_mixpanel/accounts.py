"""Accounting: for each destination, accepted = delivered + rejected + dropped + pending, at any time."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Hashable, Mapping
from itertools import repeat
from typing import Final

from attrs import field, frozen

ACCEPTED: Final = "accepted"
DELIVERED: Final = "delivered"
REJECTED: Final = "rejected"
RETRIED: Final = "retried"
RECOVERED: Final = "recovered"
_FOLD_AT: Final = 512


@frozen
class Stats:
    """What became of the messages for one destination.

    Attributes:
        accepted: messages that calls handed in for it, their arguments being right.
        delivered: taken by the destination.
        rejected: refused by the destination.
        dropped: given up by the client, by reason.
        retried: deliveries that were tried again; not part of the sum.
        recovered: taken over from processes that ended; they are among the accepted.
    """

    accepted: int = 0
    delivered: int = 0
    rejected: int = 0
    dropped: Mapping[str, int] = field(factory=dict)
    retried: int = 0
    recovered: int = 0

    @property
    def pending(self) -> int:
        """Messages on their way."""
        return self.accepted - self.delivered - self.rejected - sum(self.dropped.values())


class Account:
    """Counts for one destination.

    Adding is one atomic append, so that a signal handler or finalizer that interrupts an addition on its
    own thread loses no count and waits for no lock; what was appended is added up now and then.
    """

    def __init__(self) -> None:
        self._entries: deque[Hashable] = deque()
        self._totals: Counter[Hashable] = Counter()
        self._adding_up = threading.Lock()

    def add(self, what: str) -> None:
        """Count one message under ACCEPTED, DELIVERED, REJECTED or RETRIED."""
        self._entries.append(what)
        if len(self._entries) >= _FOLD_AT:
            self._add_up()

    def add_many(self, what: str, count: int) -> None:
        """Count several messages at once."""
        self._entries.extend(repeat(what, count))
        self._add_up()

    def drop(self, reason: str) -> None:
        """Count one message as dropped for this reason."""
        self._entries.append((reason,))

    def _add_up(self, wait: float = 0.0) -> None:
        # Whoever holds the lock may be this very thread, interrupted: it is never waited for without end.
        if not self._adding_up.acquire(timeout=wait):
            return
        try:
            entries = self._entries
            self._totals.update([entries.popleft() for _ in range(len(entries))])
        finally:
            self._adding_up.release()

    def stats(self) -> Stats:
        """The counts now."""
        self._add_up(wait=0.1)
        totals = dict(self._totals)
        dropped = {key[0]: count for key, count in totals.items() if isinstance(key, tuple)}
        return Stats(
            totals.get(ACCEPTED, 0),
            totals.get(DELIVERED, 0),
            totals.get(REJECTED, 0),
            dropped,
            totals.get(RETRIED, 0),
            totals.get(RECOVERED, 0),
        )
