"""A destination's place in one segment: what it takes from there, and how far it has settled it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from attrs import define, field

from analytics_mixpanel.queues.spool.acks import read_ack, write_ack
from analytics_mixpanel.queues.spool.directory import Directory, NotOurs
from analytics_mixpanel.queues.spool.frames import Scan
from analytics_mixpanel.queues.spool.segment import PIECE, Header, SegmentName


@define(eq=False)
class Cursor:
    """Takes one destination's messages from an open segment.

    Attributes:
        descriptor: of the segment; the cursor closes it.
        place: of the destination, in the segment's header.
        settled: how far it has settled the segment.
    """

    directory: Directory
    name: SegmentName
    header: Header
    descriptor: int
    place: int
    settled: int
    _acks: int = field(init=False, default=-1)
    _scan: Scan = field(init=False)
    _taken: list[tuple[bytes, int]] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        self._scan = Scan(self.header.salt, max(self.settled, self.header.size))

    def take(self, limit: int, max_bytes: int, *, last: bool) -> list[bytes]:
        """The next messages: up to ``limit``, and no more than ``max_bytes`` unless one alone is.

        With ``last`` nothing will be appended: what ends within a frame is damage.
        """
        bit = 1 << self.place
        total = 0
        taken = self._taken = []
        while len(taken) < limit:
            found = self._next(last=last)
            if found is None:
                break
            destinations, body = found
            if not destinations & bit:
                continue
            total += len(body)
            if taken and total > max_bytes:
                self._scan.unread()
                break
            taken.append((body, self._scan.start))
        return [body for body, _ in taken]

    def _next(self, *, last: bool) -> tuple[int, bytes] | None:
        scan = self._scan
        while (found := scan.next()) is None:
            piece = os.pread(self.descriptor, PIECE, scan.fed_to)
            if not piece:
                return scan.next(last=True) if last else None
            scan.feed(piece)
        return found

    def settle(self, remaining: Sequence[bytes] = ()) -> None:
        """Be done with what was taken, save what remains.

        Only what comes before the first that remains is noted: if the process dies, the others come again.
        """
        taken = iter(self._taken)
        self._taken = [next(each for each in taken if each[0] == body) for body in remaining]
        self._note(self._taken[0][1] if self._taken else self._scan.offset)

    def _note(self, offset: int) -> None:
        if self._acks < 0:
            self._acks = self.directory.open_file(self.name.acks, create=True)
        write_ack(self._acks, self.place, self.header.salt, offset)

    @property
    def modified(self) -> float:
        """When something was appended last, in seconds since the epoch."""
        return os.fstat(self.descriptor).st_mtime

    def close(self) -> None:
        """Let go of the files."""
        for name in ("descriptor", "_acks"):
            number = getattr(self, name)
            setattr(self, name, -1)
            if number >= 0:
                os.close(number)


def cursor_on(descriptor: int, directory: Directory, name: SegmentName, header: Header, place: int) -> Cursor:
    """A cursor where the destination has left off; it closes the descriptor, at once if that fails.

    Raises:
        OSError: where that is cannot be read now.
    """
    try:
        return Cursor(directory, name, header, descriptor, place, read_ack_of(directory, name, header, place))
    except BaseException:
        os.close(descriptor)
        raise


def read_ack_of(directory: Directory, name: SegmentName, header: Header, place: int) -> int:
    """How far a destination has settled a segment; 0 where nothing says so.

    Raises:
        OSError: it cannot be read now.
    """
    with suppress(FileNotFoundError, NotOurs):
        descriptor = directory.open_file(name.acks)
        try:
            return read_ack(descriptor, place, header.salt)
        finally:
            os.close(descriptor)
    return 0
