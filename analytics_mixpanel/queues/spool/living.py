"""The segments that this process writes, or has written and that are not settled."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence

from attrs import define, field

from analytics_mixpanel.queues.spool.home import Home, LiveSegment
from analytics_mixpanel.queues.spool.room import Room
from analytics_mixpanel.queues.spool.syncing import Syncing


@define(eq=False)
class LivingSegments:
    """One log's, oldest first; changed by the holder of the log's lock.

    A new segment is at hand in a single step, before the one before it is closed: what is at hand can be
    written to, whatever the writer interrupts.

    Attributes:
        number: of the log.
        at_hand: where messages are appended now; None before the first, and when there is no room.
    """

    number: int
    _home: Home
    _room: Room
    _syncing: Syncing
    at_hand: LiveSegment | None = None
    _all: deque[LiveSegment] = field(factory=deque)
    _serial: int = 0
    _size_seen: int = -1

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(segment.size for segment in list(self._all))

    @property
    def all_settled(self) -> bool:
        """Whether nothing is left."""
        return not self._all

    def begin(self, destinations: Sequence[str], *, after_memory: bool) -> LiveSegment | None:
        """Begin another segment and end the one at hand; None, and none at hand, when there is no room.

        Raises:
            OSError: it cannot be written.
        """
        ended, segment = self.at_hand, None
        if self._room.has_another():
            segment = self._home.new_segment(self.number, self._serial, destinations)
            self._serial += 1
            segment.after_memory = after_memory
            self._syncing.begun(segment)
            self._all.append(segment)
        self.at_hand = segment
        if ended is not None:
            self._end(ended)
        return segment

    def end(self) -> None:
        """End the segment at hand."""
        ended, self.at_hand = self.at_hand, None
        if ended is not None:
            self._end(ended)

    def _end(self, segment: LiveSegment) -> None:
        self._syncing.ending(segment)
        segment.end()

    def end_if_idle(self) -> None:
        """End the segment at hand if nothing was appended since the last time, or somebody has removed it."""
        segment = self.at_hand
        if segment is None:
            return
        if segment.size == self._size_seen or os.fstat(segment.descriptor).st_nlink == 0:
            self.end()
        self._size_seen = segment.size

    def after(self, segment: LiveSegment | None) -> LiveSegment | None:
        """The segment that follows this one, or the first."""
        serial = -1 if segment is None else segment.name.serial
        return next((each for each in self._all if each.name.serial > serial), None)

    def untouched(self) -> list[LiveSegment]:
        """Those, oldest first, that are ended, and that each destination has settled or not begun."""
        return [
            segment
            for segment in self._all
            if segment is not self.at_hand and segment.begun.isdisjoint(segment.losers)
        ]

    def displace(self, segment: LiveSegment) -> None:
        """Have one make room; its files are still there."""
        self._all.remove(segment)

    def remove_settled(self) -> None:
        """Remove the files of segments that are ended and settled."""
        for segment in list(self._all):
            if segment is not self.at_hand and segment.settled == segment.written:
                self._all.remove(segment)
                segment.remove()
                self._room.freed()
