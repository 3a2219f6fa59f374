"""Memory first, the disk when memory is full and at the end: ``spill``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.queues import Queue, Reader

# Seconds after which a wait looks around; it is ended by what it waits for.
_LONGEST: Final = 60.0


class SpillQueue:
    """Two queues as one: what the first has no room for, or loses by its closing, goes to the second.

    A user's messages stay in order. While something that was spilled is pending, later messages follow it
    into the second queue; and what is there is delivered when all of the first is settled.

    Args:
        first: in memory.
        second: on disk.
    """

    def __init__(self, first: Queue, second: Queue) -> None:
        self.first = first
        self.second = second
        self.dead_letters = second.dead_letters
        self.longest = min(first.longest, second.longest)
        self._behind: dict[str, tuple[Reader, ...]] = {}

    def open(self, destination: str) -> Sequence[Reader]:
        """Start keeping messages for a destination: the first's readers, one a shard, then the second's.

        In this order they have to be closed, too.
        """
        ahead = self.first.open(destination)
        behind = tuple(self.second.open(destination))
        self._behind = {**self._behind, destination: behind}
        return [
            *(Ahead(reader, self._keeper(destination, shard)) for shard, reader in enumerate(ahead)),
            *(Behind(reader, older) for reader, older in zip(behind, ahead, strict=True)),
        ]

    def _keeper(self, destination: str, shard: int) -> Callable[[bytes], bool]:
        return lambda body: not self.second.put(body, (destination,), shard)

    def put(self, body: bytes, destinations: Sequence[str], shard: int = 0) -> Sequence[str]:
        """Keep one message for these destinations; those for which neither queue had room."""
        behind = self._behind
        spilling = [name for name in destinations if behind[name][shard].pending]
        if not spilling:
            refused = self.first.put(body, destinations, shard)
            if not refused:
                return ()
            log_seldom("spill", "memory is full: messages go to disk, %s", " and ".join(refused))
            return self.second.put(body, refused, shard)
        others = [name for name in destinations if name not in spilling]
        refused = self.first.put(body, others, shard) if others else ()
        return self.second.put(body, [*spilling, *refused], shard)

    def wait_for_room(self, destination: str, shard: int, timeout: float) -> bool:
        """Wait until the second has room again for a destination."""
        return self.second.wait_for_room(destination, shard, timeout)

    def displace(self, destination: str, shard: int) -> Mapping[str, list[bytes]]:
        """Remove a destination's oldest messages from the second that are not taken."""
        return self.second.displace(destination, shard)

    def qsize(self) -> int:
        """How many messages the busiest destinations have still to settle."""
        return self.first.qsize() + self.second.qsize()

    def empty(self) -> bool:
        """Whether every destination has settled everything."""
        return self.first.empty() and self.second.empty()

    def check(self) -> None:
        """Raise ConfigurationError where messages cannot be kept."""
        self.second.check()

    def has_leftovers(self) -> bool:
        """Whether there may be something to deliver that other processes have left."""
        return self.second.has_leftovers()

    def close(self) -> None:
        """Leave what is not settled to another process."""
        self.second.close()

    def abandon(self) -> None:
        """Close what a forked child has inherited."""
        self.first.abandon()
        self.second.abandon()


class Ahead:
    """A reader of the first queue; its closing saves what it holds to the second.

    Args:
        reader: of the first queue.
        keep: puts a message into the second; False when that has no room.
    """

    #: Nothing is given up for having been tried for too long: what follows has the disk to wait on.
    durable = True
    #: The end saves it to disk.
    at_risk = 0

    def __init__(self, reader: Reader, keep: Callable[[bytes], bool]) -> None:
        self._reader = reader
        self._keep = keep
        self.report_to = reader.report_to
        self.take = reader.take
        self.take_now = reader.take_now
        self.settle = reader.settle
        self.hurry = reader.hurry
        self.wait_settled = reader.wait_settled

    @property
    def pending(self) -> int:
        """How many messages are not settled."""
        return self._reader.pending

    def close(self) -> list[bytes]:
        """End every wait and save what is not settled; what even the second had no room for."""
        return [body for body in self._reader.close() if not self._keep(body)]


class Behind:
    """A reader of the second queue, which gives what it has when the first has settled what is older.

    Args:
        reader: of the second queue.
        older: the reader of the first.
    """

    durable = True

    def __init__(self, reader: Reader, older: Reader) -> None:
        self._reader = reader
        self._older = older
        self.report_to = reader.report_to
        self.settle = reader.settle
        self.hurry = reader.hurry
        self.wait_settled = reader.wait_settled
        self.close = reader.close

    def take(self, limit: int, max_bytes: int, interval: float) -> list[bytes]:
        """Wait for messages, then for those before them; ``[]`` when closed."""
        bodies = self._reader.take(limit, max_bytes, interval)
        while bodies and self._older.pending:
            self._older.wait_settled(_LONGEST)
        return bodies

    def take_now(self, limit: int, max_bytes: int) -> list[bytes]:
        """Take the oldest messages without waiting; ``[]`` when there are none, or older ones elsewhere."""
        return [] if self._older.pending else self._reader.take_now(limit, max_bytes)

    @property
    def pending(self) -> int:
        """How many messages are not settled."""
        return self._reader.pending

    @property
    def at_risk(self) -> int:
        """How many of them are in memory, since the disk fails."""
        return self._reader.at_risk
