"""What ended processes have left for one destination and shard."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define, field

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.queues.spool.cursor import Cursor, cursor_on
from analytics_mixpanel.queues.spool.directory import NotOurs

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.adoption import Estate
    from analytics_mixpanel.queues.spool.age import Age
    from analytics_mixpanel.queues.spool.line import SpoolLine
    from analytics_mixpanel.queues.spool.segment import Header, SegmentName


@define(eq=False)
class LeftSegment:
    """A segment that nobody writes any more.

    Attributes:
        heirs: destinations that have still to settle it in this process.
        others: whether there is something in it for destinations that are unknown to this process.
    """

    estate: Estate
    name: SegmentName
    header: Header
    heirs: set[str] = field(factory=set)
    others: bool = False


class Leftovers:
    """Takes a line's messages from the segments of ended processes, the oldest process first."""

    def __init__(self, line: SpoolLine, age: Age) -> None:
        self.segments: deque[LeftSegment] = deque()
        self._line = line
        self._age = age
        self._cursor: Cursor | None = None
        self._in_hand = False

    def take(self, limit: int, max_bytes: int) -> list[bytes]:
        """The oldest messages; ``[]`` when there are none."""
        while self.segments and (cursor := self._cursor or self._open()):
            bodies = cursor.take(limit, max_bytes, last=True)
            if not bodies and self._in_hand:
                break
            self._in_hand = bool(bodies)
            if not bodies:
                self._finish()
                continue
            self._line.recovered(len(bodies))
            if not self._age.is_over(cursor.modified):
                return bodies
            self.settle()
            self._line.give_up(bodies, self._age.reason)
        return []

    def _open(self) -> Cursor | None:
        while self.segments:
            left = self.segments[0]
            directory = left.estate.directory
            try:
                descriptor = directory.open_file(left.name.file)
            except (FileNotFoundError, NotOurs):
                self._finish()
                continue
            place = left.header.destinations.index(self._line.destination)
            self._cursor = cursor_on(descriptor, directory, left.name, left.header, place)
            return self._cursor
        return None

    def _finish(self) -> None:
        """Be done with the oldest segment."""
        self.settle()
        self.close()
        left = self.segments.popleft()
        left.estate.settled(left, self._line.destination)

    def settle(self, remaining: Sequence[bytes] = ()) -> None:
        """Be done with what was taken, save what remains."""
        self._in_hand = bool(remaining)
        if self._cursor is None:
            return
        try:
            self._cursor.settle(remaining)
        except OSError as error:  # a full disk: at worst they are delivered again
            log_seldom("spool acks", "what is settled could not be noted: %s", place_of(error))

    def close(self) -> None:
        """Let go of the files."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()
