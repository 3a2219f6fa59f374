"""The log: appends messages to segments, in order, from any thread and whatever it interrupts.

A signal handler or a finalizer runs on the thread that is in the middle of this code. The lock is re-entrant,
so it gets in, finds the log busy, and only appends one frame to the segment at hand: a single write, which
comes before or after the one that it interrupted, never within. What there is to count it notes for whoever
holds the lock.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.queues.spool.frames import MAX_BODY, frame
from analytics_mixpanel.queues.spool.home import Home, LiveSegment
from analytics_mixpanel.queues.spool.living import LivingSegments
from analytics_mixpanel.queues.spool.room import Room
from analytics_mixpanel.queues.spool.syncing import Syncing

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.line import SpoolLine

# Seconds until a disk that failed is tried again.
_TRY_AGAIN: Final = 30.0


class Log:
    """The messages of one shard.

    A message is counted before it is written and uncounted if that fails, so that a reader that has waited
    for the lock finds on disk whatever is counted.

    Args:
        number: of the shard.
        home: where segments are begun.
        room: how much they may take.
        syncing: when the disk is told to keep them.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        number: int,
        home: Home,
        room: Room,
        syncing: Syncing,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.number, self._most = number, room.segment
        self._segments = LivingSegments(number, home, room, syncing)
        self._syncing = syncing
        self._clock = clock
        self._lines: tuple[SpoolLine, ...] = ()
        self._names: tuple[str, ...] = ()
        self._lines_by_bits: dict[int, tuple[SpoolLine, ...]] = {}
        self._lock = threading.RLock()
        self._busy = False
        self._notes: deque[tuple[LiveSegment, int, int, int]] = deque()
        self._aside: deque[tuple[int, bytes]] = deque()
        self._broken_until = 0.0
        self._closed = False

    def attach(self, lines: tuple[SpoolLine, ...]) -> None:
        """Name the readers, by bit; segments that are begun from now on have their names."""
        with self.alone():
            self._lines = lines
            self._names = tuple(line.destination for line in lines)
            self._lines_by_bits = {}

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._segments.size

    # -- appending ---------------------------------------------------------------------------------

    def append(self, body: bytes, bits: int) -> Sequence[SpoolLine]:
        """Append a message for these destinations; the lines that had no room for it."""
        lines = self._lines_by_bits.get(bits) or self._lines_of(bits)
        with self._lock:
            if self._busy:
                refused = self._append_within(body, bits)
                for line in lines:
                    line.ring()
            else:
                try:
                    self._busy = True
                    refused = self._append(body, bits, lines)
                    if self._notes or self._aside:
                        self._bring_in()
                finally:
                    self._busy = False
        for line in lines:
            line.wake()
        if self._syncing.active:
            self._syncing.written(self._segments.at_hand)
        return refused

    def _lines_of(self, bits: int) -> tuple[SpoolLine, ...]:
        kept = self._lines_by_bits  # read first: one of the lines before is not kept for those after
        lines = tuple(line for place, line in enumerate(self._lines) if bits >> place & 1)
        kept[bits] = lines
        return lines

    def _append(self, body: bytes, bits: int, lines: tuple[SpoolLine, ...]) -> Sequence[SpoolLine]:
        if self._broken_until and self._clock() < self._broken_until:
            return self._keep_in_memory(body, lines)
        segment = self._segments.at_hand
        if len(body) > MAX_BODY or self._closed:
            return lines
        try:
            if (
                segment is None
                or segment.size >= self._most
                or segment.header.destinations is not self._names
            ):
                segment = self._next_segment()
                if segment is None:
                    return lines
            self._write(segment, body, bits, lines)
        except (OSError, ConfigurationError) as error:
            self._fall_back(error)
            return self._keep_in_memory(body, lines)
        return ()

    def _write(self, segment: LiveSegment, body: bytes, bits: int, lines: tuple[SpoolLine, ...]) -> None:
        data = frame(body, bits, segment.header.salt)
        size = len(data)
        segment.size += size
        for line in lines:
            line.count(segment, 1, size)
        written = -1
        try:
            written = os.write(segment.descriptor, data)
        finally:
            if written != size:
                for line in lines:
                    line.count(segment, -1, -size)
        if written != size:
            raise OSError(errno.ENOSPC, "a message was written in part")

    def _append_within(self, body: bytes, bits: int) -> Sequence[SpoolLine]:
        """Append while the holder of the lock, who is interrupted, is at it."""
        segment = self._segments.at_hand
        if self._closed or len(body) > MAX_BODY:
            return self._lines_of(bits)
        if segment is None or segment.header.destinations is not self._names:
            self._aside.append((bits, body))
            return ()
        data = frame(body, bits, segment.header.salt)
        size = len(data)
        self._notes.append((segment, bits, 1, size))
        try:
            written = os.write(segment.descriptor, data)
        except OSError:
            written = -1
        if written != size:
            self._notes.append((segment, bits, -1, -size))
            self._aside.append((bits, body))
        return ()

    def _bring_in(self) -> None:
        """Count and keep what interruptions have left; by the holder of the lock."""
        while self._notes:
            segment, bits, messages, size = self._notes.popleft()
            segment.size += max(0, size)
            for line in self._lines_of(bits):
                line.count(segment, messages, size)
        while self._aside:
            bits, body = self._aside.popleft()
            lines = self._lines_of(bits)
            for line in self._append(body, bits, lines):
                line.remember(body, force=True)  # it was accepted already

    # -- when the disk fails -----------------------------------------------------------------------

    def _fall_back(self, error: Exception) -> None:
        """End the segment at hand, whose last frame may be torn, and leave the disk alone for a while."""
        with suppress(OSError):
            self._segments.end()
        self._broken_until = self._clock() + _TRY_AGAIN
        log_seldom(
            "spool broken",
            "messages are kept in memory: the spool's disk cannot be written: %s",
            os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error,
        )

    @staticmethod
    def _keep_in_memory(body: bytes, lines: tuple[SpoolLine, ...]) -> Sequence[SpoolLine]:
        return [line for line in lines if not line.remember(body)]

    # -- segments ----------------------------------------------------------------------------------

    @property
    def displaceable(self) -> int:
        """Bytes of segments that may make room; none where that is of no use, as while the disk fails."""
        with self._lock:
            in_vain = self._closed or self._broken_until
            return 0 if in_vain else sum(each.size for each in self._segments.untouched())

    def displace(self) -> tuple[LiveSegment, dict[SpoolLine, int]] | None:
        """Uncount the oldest segment that may make room; what it costs which lines. None if there is none."""
        with self.alone() as alone:
            if not alone or not (untouched := self._segments.untouched()):
                return None
            self._segments.displace(segment := untouched[0])
            lines = [self._lines[place] for place in segment.losers]
            return segment, {line: line.lose(segment) for line in lines}

    def _next_segment(self) -> LiveSegment | None:
        segment = self._segments.begin(self._names, after_memory=any(line.remembers for line in self._lines))
        self._broken_until = 0.0
        return segment

    # -- for readers -------------------------------------------------------------------------------

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the lock, everything appended being counted; False where this very thread is appending."""
        with self._lock:
            if self._busy:
                yield False
                return
            try:
                self._busy = True
                self._bring_in()
                yield True
            finally:
                self._busy = False

    def bring_in(self) -> None:
        """Wait until whatever is being appended is on disk, and count it."""
        with self.alone():
            pass

    def state_of(self, segment: LiveSegment, place: int) -> tuple[int, bool]:
        """How many messages a destination must find in a segment by now, and whether there may be more."""
        with self.alone() as alone:
            return (segment.written[place], segment is self._segments.at_hand) if alone else (0, True)

    def is_open(self, segment: LiveSegment) -> bool:
        """Whether more may be appended to a segment."""
        return segment is self._segments.at_hand

    @property
    def is_appending(self) -> bool:
        """Whether there is a segment at hand."""
        return self._segments.at_hand is not None

    def after(self, segment: LiveSegment | None, place: int) -> LiveSegment | None:
        """The segment that follows this one, or the first, begun by a destination."""
        with self._lock:
            found = self._segments.after(segment)
            if found is not None:
                found.begun.add(place)
            return found

    def descriptor_of(self, segment: LiveSegment) -> int:
        """Open a segment for reading: the one at hand even if somebody has removed it."""
        with self._lock:
            if segment.descriptor >= 0:
                return os.dup(segment.descriptor)
        return segment.directory.open_file(segment.name.file)

    def end_if_idle(self) -> None:
        """End the segment at hand if nothing was appended since this was called last, or it was removed."""
        with self.alone() as alone:
            if alone:
                self._segments.end_if_idle()

    def remove_settled(self) -> None:
        """Remove the files of segments that are ended and settled."""
        with self.alone() as alone:
            if alone:
                self._segments.remove_settled()

    def close(self) -> bool:
        """Take no more, and end the segment at hand; whether everything is settled."""
        with self.alone():
            self._closed = True
            with suppress(OSError):
                self._segments.end()
        self._syncing.close()
        self.remove_settled()
        return self._segments.all_settled

    def abandon(self) -> None:
        """Close what a forked child has inherited, without waiting for locks that nobody will release."""
        self._closed = True
        segment, self._segments.at_hand = self._segments.at_hand, None
        if segment is not None:
            segment.end()
