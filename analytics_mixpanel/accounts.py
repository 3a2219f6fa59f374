"""Accounting: for each destination, accepted = delivered + rejected + dropped + pending, at any time."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Hashable, Mapping
from itertools import islice
from typing import Final

from attrs import field, frozen

from analytics_mixpanel.delivery import Outcome

ACCEPTED: Final = "accepted"
DELIVERED: Final = "delivered"
REJECTED: Final = "rejected"
RETRIED: Final = "retried"
RECOVERED: Final = "recovered"
_FOLD_AT: Final = 512
_TRIES: Final = 3


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
        self._batches: deque[Mapping[Hashable, int]] = deque()
        self._totals: Counter[Hashable] = Counter()
        self._adding_up = threading.Lock()

    def add(self, what: str) -> None:
        """Count one message under ACCEPTED, DELIVERED, REJECTED or RETRIED."""
        self._entries.append(what)
        if len(self._entries) >= _FOLD_AT:
            self._add_up()

    def add_many(self, what: str, count: int) -> None:
        """Count several messages at once."""
        self.settle({what: count})

    def settle(self, counts: Mapping[Hashable, int]) -> None:
        """Count what became of a batch, as ``tally`` has it: all of it or, where memory lacks, nothing."""
        self._batches.append(counts)
        self._add_up()

    @staticmethod
    def tally(delivered: int, outcome: Outcome) -> Mapping[Hashable, int]:
        """What to count for a batch of which so many were delivered."""
        dropped = Counter[Hashable]((reason,) for reason in outcome.dropped.values())
        return {DELIVERED: delivered, REJECTED: len(outcome.rejected), **dropped}

    def drop(self, reason: str) -> None:
        """Count one message as dropped for this reason."""
        self._entries.append((reason,))

    def _add_up(self, wait: float = 0.0) -> bool:
        # Whoever holds the lock may be this very thread, interrupted: it is never waited for without end.
        if not self._adding_up.acquire(timeout=wait):
            return False
        try:
            seen = list(islice(self._entries, len(self._entries)))
            batches = list(islice(self._batches, len(self._batches)))
            totals = self._totals.copy()
            totals.update(seen)
            for batch in batches:
                totals.update(batch)
            these, those = iter(seen), iter(batches)
            for _ in these:  # from here on nothing needs memory, of which there may be none
                self._entries.popleft()
            for _ in those:
                self._batches.popleft()
            self._totals = totals
        except (MemoryError, RuntimeError):  # there is none, or somebody has appended meanwhile
            return False  # nothing has changed: it is added up the next time
        finally:
            self._adding_up.release()
        return True

    def stats(self) -> Stats:
        """The counts now."""
        for _ in range(_TRIES):
            if self._add_up(wait=0.1):
                break
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
