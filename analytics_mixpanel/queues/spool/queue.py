"""The spool: a queue on disk that outlives its process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from analytics_mixpanel.dead_letters.keeping import DeadLetters
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.queues.spool.adoption import Adoption
from analytics_mixpanel.queues.spool.age import Age
from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.displacing import displace
from analytics_mixpanel.queues.spool.frames import MAX_BODY, MOST_DESTINATIONS
from analytics_mixpanel.queues.spool.home import Home
from analytics_mixpanel.queues.spool.line import SpoolLine
from analytics_mixpanel.queues.spool.log import Log
from analytics_mixpanel.queues.spool.room import Room
from analytics_mixpanel.queues.spool.syncing import Fsync, syncing

#: Bytes that the files of a spool take at most.
MAX_BYTES: Final = 1_000_000_000
#: Seconds that a message is kept at most: 30 days.
MAX_AGE: Final = 30 * 86_400.0
#: Bytes that dead letters take at most.
MAX_DEAD_BYTES: Final = 100_000_000


@frozen
class SpoolSettings:
    """What a spool is told.

    Attributes:
        root: its directory.
        name: of the directory within, which tells one project's messages from another's.
        max_bytes: bytes that all processes' files in it take at most.
        max_age: seconds that a message is kept at most.
        max_dead_bytes: bytes that all dead letters in it take at most.
        fsync: when the disk itself is told to keep what was written.
        maxsize: messages that are kept in memory for each destination while the disk fails.
        memory_bytes: bytes of them.
        shards: lines for each destination.
    """

    root: Path
    name: str
    max_bytes: int = MAX_BYTES
    max_age: float = MAX_AGE
    max_dead_bytes: int = MAX_DEAD_BYTES
    fsync: Fsync = None
    maxsize: int = 100_000
    memory_bytes: int = 64_000_000
    shards: int = 1


class SpoolQueue:
    """Keep messages on disk until every destination has settled them.

    Nothing is opened before it is needed, so that a forked child that calls nothing leaves no trace.
    """

    longest = MAX_BODY

    def __init__(self, settings: SpoolSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._home = Home(settings.root, settings.name)
        self.dead_letters = DeadLetters(self._home.directory, settings.max_dead_bytes)
        self._room = Room(settings.max_bytes)
        self._logs = tuple(
            Log(number, self._home, self._room, syncing(settings.fsync), clock)
            for number in range(settings.shards)
        )
        self._room.logs = self._logs
        self._lines: dict[str, tuple[SpoolLine, ...]] = {}
        self._bits: dict[tuple[str, ...], int] = {}
        self._age = Age(settings.max_age)
        self._adoption = Adoption(self._home, self._room, self._age, self._lines, clock)

    @property
    def path(self) -> Path:
        """Its directory, whether it is there yet or not."""
        return self._settings.root / self._settings.name

    def check(self) -> None:
        """Open the directory.

        Raises:
            ConfigurationError: messages cannot be kept there, and what to do.
        """
        try:
            self._home.directory()
        except OSError as error:
            raise ConfigurationError(
                f"queue: the spool's directory {self._settings.root} cannot be used ({error.strerror}); "
                "name one that this process may write to"
            ) from None

    def open(self, destination: str) -> Sequence[SpoolLine]:
        """Start keeping messages for a destination; its lines, one a shard."""
        places = [*self._lines, destination] if destination not in self._lines else [*self._lines]
        place = places.index(destination)
        if place >= MOST_DESTINATIONS:
            raise ConfigurationError(f"a spool keeps messages for at most {MOST_DESTINATIONS} destinations")
        shards = self._settings.shards
        maxsize, memory_bytes = self._settings.maxsize // shards, self._settings.memory_bytes // shards
        clock = self._clock
        lines = tuple(
            SpoolLine(
                destination,
                place,
                log,
                self._age,
                self._adoption,
                max(1, maxsize),
                max(1, memory_bytes),
                clock,
            )
            for log in self._logs
        )
        for line, former in zip(lines, self._lines.get(destination, ()), strict=False):
            line.continue_from(former)
        self._lines[destination] = lines
        self._bits = {}
        for log in self._logs:
            log.attach(tuple(each[log.number] for each in self._lines.values()))
        return lines

    def put(self, body: bytes, destinations: Sequence[str], shard: int = 0) -> Sequence[str]:
        """Keep one message for these destinations; those that had no room for it."""
        names = tuple(destinations)
        bits = self._bits.get(names) or self._bits_of(names)
        refused = self._logs[shard].append(body, bits)
        return [line.destination for line in refused] if refused else ()

    def _bits_of(self, names: tuple[str, ...]) -> int:
        places = list(self._lines)
        bits = sum(1 << places.index(name) for name in set(names))
        self._bits[names] = bits
        return bits

    def wait_for_room(self, destination: str, shard: int, timeout: float) -> bool:  # noqa: ARG002
        """Wait until enough of what is on disk is settled; False when it is not in time, or never will."""
        return self._room.wait(timeout, self._clock)

    def displace(self, destination: str, shard: int) -> Mapping[str, list[bytes]]:  # noqa: ARG002
        """Remove the oldest whole segments of this process of which nothing is on its way."""
        others = [log for log in self._logs if log.number != shard]
        return displace([self._logs[shard], *others], self._room)

    def has_leftovers(self) -> bool:
        """Whether an ended process may have left something to deliver."""
        try:
            return self._adoption.anything()
        except OSError as error:
            log_seldom("spool adoption", "the spool cannot be looked at: %s", place_of(error))
            return False

    @property
    def corrupt_segments(self) -> int:
        """How many segments this process has set aside because they could not be read."""
        return self._adoption.corrupt

    def directory(self) -> Directory:
        """The directory, for what else is kept in it.

        Raises:
            ConfigurationError: it is not safe.
            OSError: it cannot be made or opened.
        """
        return self._home.directory()

    def qsize(self) -> int:
        """How many messages the busiest destination has still to settle."""
        return max((sum(line.pending for line in lines) for lines in self._lines.values()), default=0)

    def empty(self) -> bool:
        """Whether every destination has settled everything."""
        return self.qsize() == 0

    def close(self) -> None:
        """Leave what is not settled to the next process, and nothing else."""
        for lines in self._lines.values():
            for line in lines:
                line.end()
        self._adoption.close()
        self._room.close()
        self._home.close(empty=all([log.close() for log in self._logs]))

    def abandon(self) -> None:
        """Close what a forked child has inherited: all of it is the parent's."""
        for lines in self._lines.values():
            for line in lines:
                line.abandon()
        for log in self._logs:
            log.abandon()
        self._adoption.abandon()
        self._home.abandon()
