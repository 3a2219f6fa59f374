"""A reader of the spool: one destination's messages of one shard, this process's and those of ended ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.queues.backlog import Backlog
from analytics_mixpanel.queues.ledger import Ledger, NoLedger
from analytics_mixpanel.queues.spool.age import Age
from analytics_mixpanel.queues.spool.frames import HEAD
from analytics_mixpanel.queues.spool.leftovers import Leftovers, LeftSegment
from analytics_mixpanel.queues.spool.own import Own
from analytics_mixpanel.queues.waiting import ENDLESS, Waiting

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.home import LiveSegment
    from analytics_mixpanel.queues.spool.log import Log

# Seconds without a message after which a segment is ended.
_IDLE: Final = 5.0
# Seconds until files are tried again that could not be opened or read.
_TRY_AGAIN: Final = 1.0
_LOST: Final = "lost on disk"


class Chores(Protocol):
    """What the threads of readers do besides: look for what ended processes have left."""

    due: float

    def do(self) -> None:
        """Do it if it is due, and no other thread is at it."""


class SpoolLine(Waiting):
    """Reads one destination's messages of one shard.

    Args:
        destination: its name.
        place: its bit in frames, counted from 0.
        log: that this process writes.
        age: the limit.
        chores: done when they are due.
        maxsize: messages that are kept in memory while the disk fails.
        max_bytes: bytes of them.
        clock: monotonic seconds.
    """

    #: Nothing is given up for having been tried for too long.
    durable = True

    def __init__(
        self,
        destination: str,
        place: int,
        log: Log,
        age: Age,
        chores: Chores,
        maxsize: int,
        max_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock=clock)
        self.destination = destination
        self.place = place
        self._log = log
        self._chores = chores
        self._maxsize = maxsize
        self._max_bytes = max_bytes
        self._memory = Backlog()
        self._ledger: Ledger = NoLedger()
        self._put_bytes = 0
        self._out_bytes = 0
        self._settled = 0
        self._own = Own(self, log, age)
        self._left = Leftovers(self, age)
        self._source: Own | Leftovers | None = self._own  # of what is taken; None for memory
        self._own_turn = True
        self._idle_at = clock() + _IDLE
        self._guard = threading.RLock()
        self._ended = False

    def report_to(self, ledger: Ledger) -> None:
        """Tell from now on what becomes of messages that no courier has in hand."""
        self._ledger = ledger
        ledger.recover(self._put - self._settled)  # of a line before this one

    def continue_from(self, former: SpoolLine) -> None:
        """Go on where the line of a destination that was closed has left off."""
        former.end()
        self._put = former.pending
        self._put_bytes = max(0, former._put_bytes - former._out_bytes)
        self._left.segments.extend(former._left.segments)

    # -- what is put, by the holder of the log's lock ----------------------------------------------

    def count(self, segment: LiveSegment, messages: int, size: int) -> None:
        """Count messages that are on disk in this segment."""
        segment.written[self.place] += messages
        self._put += messages
        self._put_bytes += size

    def lose(self, segment: LiveSegment) -> int:
        """Uncount what a segment has that makes room, and that was not begun; how many messages."""
        count = segment.written[self.place]
        self._put -= count
        self._put_bytes = max(self._out_bytes, self._put_bytes - segment.size)
        self._tell_flushes()
        return count

    def _within(self, target: int) -> int:
        return min(target, self._put)

    def remember(self, body: bytes, *, force: bool = False) -> bool:
        """Keep a message in memory; False when there is no room for it."""
        memory = self._memory
        full = memory.count >= self._maxsize or memory.size >= self._max_bytes
        if (full and not force) or self._closed:
            return False
        memory.append(body)
        self._put += 1
        self._put_bytes += len(body) + HEAD.size
        return True

    @property
    def remembers(self) -> int:
        """How many messages are in memory."""
        return self._memory.count

    def wake(self) -> None:
        """Wake the reader if it has what it waits for."""
        if self._put - self._out >= self._wanted or self._put_bytes - self._out_bytes >= self._wanted_bytes:
            self._bell.ring()

    def ring(self) -> None:
        """Wake the reader in any case."""
        self._bell.ring()

    # -- taking ------------------------------------------------------------------------------------

    def take(self, limit: int, max_bytes: int, interval: float) -> list[bytes]:
        """Wait for a first message, then for a full batch or ``interval`` seconds; ``[]`` when closed."""
        while not self._closed:
            self._come_back()
            self._sleep(1, 1, self._next_look())
            self._look_around()
            if not self._closed and self._has_something():
                self._sleep(limit, max_bytes, self._clock() + interval)
                if bodies := self.take_now(limit, max_bytes):
                    return bodies
                self._bell.wait(_TRY_AGAIN)  # what is there cannot be read now
        return []

    def take_now(self, limit: int, max_bytes: int) -> list[bytes]:
        """Take the oldest messages without waiting, of this process and of ended ones by turns."""
        self._come_back()
        self._look_around()
        with self._guard:
            if self._closed:
                return []
            try:
                bodies = self._take(limit, max_bytes)
            except OSError as error:
                log_seldom("spool read", "the spool cannot be read now: %s", place_of(error))
                return []
            self._taken += bodies
        return bodies

    def _take(self, limit: int, max_bytes: int) -> list[bytes]:
        if self._taken:  # only more of the same
            return self._source.take(limit, max_bytes) if self._source else []
        self._own_turn = not self._own_turn
        first, second = (self._left, self._own) if self._own_turn else (self._own, self._left)
        for source in (first, second):
            self._source = source
            if bodies := source.take(limit, max_bytes):
                return bodies
            if source is self._own and (bodies := self._recall(limit, max_bytes)):
                self._source = None
                return bodies
        return []

    def _recall(self, limit: int, max_bytes: int) -> list[bytes]:
        with self._log.alone() as alone:
            bodies = self._memory.pop(limit, max_bytes) if alone else []
        self.took(bodies)
        return bodies

    def took(self, bodies: Sequence[bytes]) -> None:
        """Count messages of this process that are taken."""
        self._out += len(bodies)
        self._out_bytes += sum(map(len, bodies)) + HEAD.size * len(bodies)

    def settle(self, remaining: Sequence[bytes] = ()) -> bool:
        """Be done with everything taken, save ``remaining``; False when it is another process's by now."""
        with self._guard:
            if self._ended or (self._closed and self._source is None):
                return False
            if self._source is not None and self._taken:
                self._source.settle(remaining)
            if self._source is not self._left:
                self._settled += len(self._taken) - len(remaining)
            self._taken = list(remaining)
        return True

    # -- messages that no courier has in hand ------------------------------------------------------

    def missed(self, count: int) -> None:
        """Account for messages that were on disk and are not there any more."""
        self._out += count
        self._settled += count
        self._put_bytes = max(self._put_bytes, self._out_bytes)
        self._ledger.drop_encoded([b"{}"] * count, _LOST)

    def recovered(self, count: int) -> None:
        """Account for messages of an ended process."""
        self._ledger.recover(count)

    def give_up(self, bodies: Sequence[bytes], reason: str) -> None:
        """Account for messages that were taken and are not delivered."""
        if self._source is self._own:
            self._settled += len(bodies)
        self._ledger.drop_encoded(bodies, reason)

    def inherit(self, left: LeftSegment) -> None:
        """Deliver what an ended process has left."""
        self._left.segments.append(left)
        self._bell.ring()

    # -- waiting -----------------------------------------------------------------------------------

    def _waiting(self) -> tuple[int, int]:
        self._log.bring_in()
        if self._left.segments:
            return ENDLESS, ENDLESS
        return self._put - self._out, self._put_bytes - self._out_bytes

    def _has_something(self) -> bool:
        return self._waiting()[0] > 0

    def _next_look(self) -> float:
        return min(self._chores.due, self._idle_at) if self._log.is_appending else self._chores.due

    def _look_around(self) -> None:
        if self._clock() >= self._idle_at:
            self._idle_at = self._clock() + _IDLE
            self._log.end_if_idle()
            self._log.remove_settled()
        self._chores.do()

    def _put_so_far(self) -> int:
        self._log.bring_in()
        return self._put

    @property
    def pending(self) -> int:
        """How many messages of this process are not settled."""
        return self._put - self._settled

    @property
    def at_risk(self) -> int:
        """How many of them are in memory, since the disk fails."""
        return self._memory.count + (len(self._taken) if self._source is None else 0)

    # -- ending ------------------------------------------------------------------------------------

    def close(self) -> list[bytes]:
        """End every wait; what was only in memory and is lost. What is on disk stays there."""
        self._closed = True
        with self._guard:
            lost = self._taken if self._source is None else []
            with self._log.alone():
                lost = lost + self._memory.pop(self._memory.count, ENDLESS)
            if self._source is None:
                self._taken = []
            self._settled += len(lost)
        self._bell.ring()
        self._tell_flushes()
        return lost

    def end(self) -> None:
        """Let go of the files: they are another process's from now on."""
        with self._guard:
            self._ended = True
            self._own.close()
            self._left.close()

    def abandon(self) -> None:
        """Close what a forked child has inherited, without waiting for locks."""
        self._own.close()
        self._left.close()
