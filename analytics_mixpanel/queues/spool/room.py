"""How much may be written: a bound of our own, and a reserve of the disk that is left to others."""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from analytics_mixpanel.dead_letters.files import is_dead
from analytics_mixpanel.lanes.bell import Bell
from analytics_mixpanel.queues.spool.directory import Directory

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.log import Log

#: A segment is ended at so many bytes, or at an eighth of what all of them may take.
SEGMENT: Final = 4 << 20
_PART: Final = 8
# What is left free: so many bytes or, on a small disk, a tenth of it.
_RESERVE: Final = 512 << 20
_RESERVE_PART: Final = 10


class Room:
    """What the queue in a spool's directory may take, all processes on it together.

    Attributes:
        most: bytes.
        others: bytes that other processes' files had when they were measured last.
        logs: this process's.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.others = 0
        self.logs: Sequence[Log] = ()
        self._callers: deque[Bell] = deque()
        self._closed = False

    @property
    def segment(self) -> int:
        """At how many bytes a segment is ended."""
        return max(1, min(SEGMENT, self.most // _PART))

    def measure(self, directory: Directory, names: Iterable[str], own: str) -> None:
        """Measure what files there are besides this process's own, whose names begin with ``own``.

        Dead letters have a bound of their own: what a destination refused is to crowd out nothing.
        """
        self.others = sum(
            directory.size(name) for name in names if not (name.startswith(own) or is_dead(name))
        )

    @property
    def lack(self) -> int:
        """Bytes by which there is too little room for another segment; 0 where there is enough."""
        used = sum(log.size for log in self.logs)
        return max(0, used + self.others + self.segment - max(self.most, self.segment))

    def has_another(self) -> bool:
        """Whether another segment may be begun."""
        return self.lack == 0

    def wait(self, timeout: float, clock: Callable[[], float]) -> bool:
        """Wait until another segment may be begun; False when it may not in time, or ever."""
        bell = Bell()
        until = clock() + timeout
        self._callers.append(bell)
        try:
            while not (self._closed or self.has_another()) and (left := until - clock()) > 0:
                bell.wait(left)
        finally:
            self._callers.remove(bell)
        return not self._closed and self.has_another()

    def freed(self) -> None:
        """Wake who waits: files were removed."""
        for bell in list(self._callers):
            bell.ring()

    def close(self) -> None:
        """End every wait."""
        self._closed = True
        self.freed()


def check_reserve(directory: Directory) -> None:
    """Raise the error of a full disk while little of it is left."""
    disk = os.fstatvfs(directory.descriptor)
    reserve = min(_RESERVE, disk.f_blocks * disk.f_frsize // _RESERVE_PART)
    if disk.f_bavail * disk.f_frsize < reserve:
        raise OSError(errno.ENOSPC, "little of the disk is left")
