"""Having the disk itself keep what was written: never, at every call, or now and then.

Without it the kernel writes in its own time, which loses nothing when a process dies; only when the machine
does.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections import deque
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.lanes.bell import Bell

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.home import LiveSegment

#: None, seconds, or "always".
Fsync: TypeAlias = float | Literal["always"] | None

# Seconds without a message after which the thread ends; the next message starts another.
_IDLE: Final = 10.0

_sync: Final = getattr(os, "fdatasync", os.fsync)


def syncing(fsync: Fsync) -> Syncing:
    """What does it for one log."""
    if fsync is None:
        return Syncing()
    return SyncEach() if fsync == "always" else SyncSometimes(float(fsync))


class Syncing:
    """Leave it to the kernel."""

    #: Whether there is anything to do.
    active = False

    def begun(self, segment: LiveSegment) -> None:
        """A segment was begun."""

    def written(self, segment: LiveSegment | None) -> None:
        """A message was appended to the segment at hand."""

    def ending(self, segment: LiveSegment) -> None:
        """A segment is about to be closed."""

    def close(self) -> None:
        """Nothing will be appended any more."""


class SyncEach(Syncing):
    """Before a call returns; calls of several threads share what it takes."""

    active = True

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._tickets = itertools.count(1)
        self._synced_to = 0

    def begun(self, segment: LiveSegment) -> None:
        """Keep the file's name."""
        segment.directory.sync()

    def written(self, segment: LiveSegment | None) -> None:
        """Return when the disk has the message, whoever has seen to it."""
        ticket = next(self._tickets)
        with self._lock:
            if self._synced_to >= ticket or segment is None:
                return
            here = next(self._tickets)  # whose ticket is lower, has been written
            try:
                _sync(segment.descriptor)
            except OSError as error:
                if segment.descriptor >= 0:  # else it was ended, and synced then
                    log_seldom("spool sync", "the disk does not keep what is written: %s", place_of(error))
                return
            self._synced_to = here

    def ending(self, segment: LiveSegment) -> None:
        """Sync what another thread may be about to."""
        _sync(segment.descriptor)


class SyncSometimes(Syncing):
    """On a thread of its own, so many seconds after a message at the latest."""

    active = True

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._work = Bell()
        self._end = Bell()
        self._thread: threading.Thread | None = None
        self._dirty = False
        self._segment: LiveSegment | None = None
        self._ended: deque[int] = deque()
        self._new = False
        self._closed = False
        self._syncing = threading.RLock()

    def begun(self, segment: LiveSegment) -> None:  # noqa: ARG002
        """Keep its name, with the next."""
        self._new = True

    def written(self, segment: LiveSegment | None) -> None:
        """Have the thread see to it."""
        self._segment = segment
        if not self._dirty:
            self._dirty = True
            if self._thread is None:
                self._start()
            self._work.ring()

    def ending(self, segment: LiveSegment) -> None:
        """Keep it open for the thread."""
        self._ended.append(os.dup(segment.descriptor))
        self.written(segment)

    def close(self) -> None:
        """Sync what is left, here and now."""
        self._closed = True
        self._end.ring()
        self._work.ring()
        self._sync_all()

    def _start(self) -> None:
        try:
            self._thread = threading.Thread(target=self._run, name="analytics-mixpanel fsync", daemon=True)
            self._thread.start()
        except RuntimeError:  # at the end of the process, say
            self._thread = None
            self._sync_all()

    def _run(self) -> None:
        while self._dirty and not self._closed:
            self._end.wait(self._seconds)
            self._sync_all()
            if not self._dirty and not self._closed:
                self._work.wait(_IDLE)
        self._thread = None
        if self._dirty and not self._closed:
            self._start()  # for who wrote while this thread was ending

    def _sync_all(self) -> None:
        with self._syncing:
            self._dirty = False
            segment = self._segment
            try:
                if segment is not None and self._new:
                    self._new = False
                    segment.directory.sync()
                while self._ended:
                    _sync_and_close(self._ended.popleft())
                if segment is not None and segment.descriptor >= 0:
                    _sync(segment.descriptor)
            except OSError:
                pass  # the log finds out by itself, when it writes


def _sync_and_close(descriptor: int) -> None:
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)
