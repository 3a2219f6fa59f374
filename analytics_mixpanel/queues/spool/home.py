"""Where this process writes: a directory, and an instance of its own in it, both opened when first needed."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from attrs import define, field

from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.locks import InstanceLock
from analytics_mixpanel.queues.spool.room import check_reserve
from analytics_mixpanel.queues.spool.segment import Header, SegmentName, new_header


@define(eq=False)
class LiveSegment:
    """A segment that this process writes, or has written.

    Attributes:
        descriptor: for appending; -1 once it is ended.
        size: bytes written.
        after_memory: what is in memory is older than what is in here.
        written: by destination, how many messages were appended.
        settled: by destination, how many of them are settled.
        begun: the destinations, by place, that have begun to read it.
    """

    directory: Directory
    name: SegmentName
    header: Header
    descriptor: int
    size: int
    after_memory: bool = False
    written: list[int] = field(init=False)
    settled: list[int] = field(init=False)
    begun: set[int] = field(init=False, factory=set)

    def __attrs_post_init__(self) -> None:
        self.written = [0] * len(self.header.destinations)
        self.settled = [0] * len(self.header.destinations)

    def end(self) -> None:
        """Append no more. A number that is closed once may be another file's afterwards."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    @property
    def losers(self) -> list[int]:
        """The destinations, by place, that its removal costs something."""
        return [place for place, count in enumerate(self.written) if self.settled[place] < count]

    def remove(self) -> None:
        """Remove the files: a lone ack file is garbage, a segment without one would be delivered again."""
        self.directory.remove(self.name.file)
        self.directory.remove(self.name.acks)


class Home:
    """This process's part of a spool.

    Args:
        root: the directory that was named.
        name: of the directory within it, which tells one project's messages from another's.
    """

    def __init__(self, root: Path, name: str) -> None:
        self._root = root
        self._name = name
        self._directory: Directory | None = None
        self._lock: InstanceLock | None = None
        self._opening = threading.RLock()
        self._former: list[Directory] = []

    def directory(self) -> Directory:
        """The directory, made where it is missing.

        Raises:
            ConfigurationError: it is not safe to keep messages there.
            OSError: it cannot be made or opened.
        """
        if self._directory is None:
            with self._opening:
                if self._directory is None:
                    self._directory = Directory.open(self._root, self._name)
        return self._directory

    @property
    def instance(self) -> str | None:
        """This process's instance, once it has written something."""
        return self._lock.instance if self._lock else None

    def new_segment(self, log: int, serial: int, destinations: Sequence[str]) -> LiveSegment:
        """Begin a segment.

        Raises:
            ConfigurationError: the directory was removed, and what is there now is not safe.
            OSError: it cannot be written, or too little of the disk would be left.
        """
        lock = self._own_lock()
        check_reserve(lock.directory)
        name = SegmentName(lock.instance, log, serial)
        header, data = new_header(destinations)
        descriptor = lock.directory.create(name.file)
        try:
            written = os.write(descriptor, data)
        except OSError:
            written = 0
        if written < len(data):
            os.close(descriptor)
            lock.directory.remove(name.file)
            raise OSError(errno.ENOSPC, "a segment's header could not be written")
        return LiveSegment(lock.directory, name, header, descriptor, header.size)

    def _own_lock(self) -> InstanceLock:
        lock = self._lock
        if lock is not None and lock.is_whole:
            return lock
        with self._opening:
            if lock is not None and self._lock is lock:
                self._leave(lock)
            if self._lock is None:
                began = InstanceLock.begin(self.directory())
                if self._lock is None:
                    self._lock = began
                else:
                    began.remove()  # whoever interrupted this was faster
            return self._lock

    def _leave(self, lock: InstanceLock) -> None:
        """Begin anew: the lock file was removed, and perhaps the directory with it."""
        self._former.append(lock.directory)  # readers may be at work in it
        self._lock = self._directory = None
        lock.release()

    def close(self, *, empty: bool) -> None:
        """Leave what there is to other processes, or leave nothing."""
        lock, self._lock = self._lock, None
        if lock is not None and empty:
            lock.remove()
        elif lock is not None:
            lock.release()
        self.abandon()

    def abandon(self) -> None:
        """Close what a forked child has inherited."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
        directory, self._directory = self._directory, None
        for each in (directory, *self._former):
            if each is not None:
                each.close()
