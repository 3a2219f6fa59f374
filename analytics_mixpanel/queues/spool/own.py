"""What this process has written, read back from disk by one destination, segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.queues.spool.cursor import Cursor, cursor_on
from analytics_mixpanel.queues.spool.directory import NotOurs

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.age import Age
    from analytics_mixpanel.queues.spool.home import LiveSegment
    from analytics_mixpanel.queues.spool.line import SpoolLine
    from analytics_mixpanel.queues.spool.log import Log


class Own:
    """Takes a line's messages from the segments of its log."""

    def __init__(self, line: SpoolLine, log: Log, age: Age) -> None:
        self._line = line
        self._log = log
        self._age = age
        self._segment: LiveSegment | None = None
        self._cursor: Cursor | None = None
        self._read = 0
        self._in_hand = 0

    def take(self, limit: int, max_bytes: int) -> list[bytes]:
        """The oldest messages; ``[]`` when there are none, or those in memory come first."""
        while self._cursor is not None or (not self._in_hand and self._advance()):
            segment, cursor = self._at
            counted, is_open = self._log.state_of(segment, self._line.place)
            bodies = cursor.take(limit, max_bytes, last=not is_open)
            self._read += len(bodies)
            self._in_hand += len(bodies)
            if bodies:
                self._line.took(bodies)
                if is_open or not self._age.is_over(cursor.modified):
                    return bodies
                self.settle()
                self._line.give_up(bodies, self._age.reason)
                continue
            self._miss(counted - self._read)
            if is_open or self._in_hand:
                break
            self._leave()
        return []

    @property
    def _at(self) -> tuple[LiveSegment, Cursor]:
        assert self._segment is not None
        assert self._cursor is not None
        return self._segment, self._cursor

    def _advance(self) -> bool:
        """Open the next segment that has something for this destination."""
        place = self._line.place
        while segment := self._log.after(self._segment, place):
            if segment.after_memory and self._line.remembers:
                return False
            if place < len(segment.written):
                counted, is_open = self._log.state_of(segment, place)
                self._read = segment.settled[place]
                if (is_open or counted > self._read) and self._open(segment):
                    return True
            elif self._log.is_open(segment):
                return False
            self._segment = segment
        return False

    def _open(self, segment: LiveSegment) -> bool:
        try:
            descriptor = self._log.descriptor_of(segment)
        except (FileNotFoundError, NotOurs):  # somebody has removed it
            self._segment = segment
            self._miss(segment.written[self._line.place] - self._read)
            return False
        self._cursor = cursor_on(
            descriptor, segment.directory, segment.name, segment.header, self._line.place
        )
        self._segment = segment
        return True

    def _miss(self, count: int) -> None:
        """Account for messages that are not there any more."""
        if count > 0 and self._segment is not None:
            self._read += count
            self._segment.settled[self._line.place] += count
            self._line.missed(count)

    def settle(self, remaining: Sequence[bytes] = ()) -> None:
        """Be done with what was taken, save what remains."""
        segment, cursor = self._at
        try:
            cursor.settle(remaining)
        except OSError as error:  # a full disk: at worst they are delivered again
            log_seldom("spool acks", "what is settled could not be noted: %s", place_of(error))
        segment.settled[self._line.place] += self._in_hand - len(remaining)
        self._in_hand = len(remaining)
        if not self._in_hand and not self._log.is_open(segment):
            self._log.remove_settled()

    def _leave(self) -> None:
        self.close()
        self._log.remove_settled()

    def close(self) -> None:
        """Let go of the files."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()
