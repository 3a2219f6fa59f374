"""Taking over what ended processes have left: whoever gets the lock of an instance delivers its messages."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import define, field

from analytics_mixpanel.journal import log_seldom, place_of
from analytics_mixpanel.queues.spool.cursor import read_ack_of
from analytics_mixpanel.queues.spool.directory import Directory, NotOurs
from analytics_mixpanel.queues.spool.home import Home
from analytics_mixpanel.queues.spool.leftovers import LeftSegment
from analytics_mixpanel.queues.spool.locks import InstanceLock, instances
from analytics_mixpanel.queues.spool.room import Room
from analytics_mixpanel.queues.spool.segment import Header, SegmentName, is_blank, read_header
from analytics_mixpanel.queues.spool.tidying import CORRUPT, tidy

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.age import Age
    from analytics_mixpanel.queues.spool.line import SpoolLine

#: Seconds between two looks for what others have left, less a random part.
EVERY: Final = 30.0
_JITTER: Final = 5.0


@define(eq=False)
class Estate:
    """What one process has left, until the last of it is settled.

    Attributes:
        segments: those with messages for destinations of this process.
    """

    lock: InstanceLock
    directory: Directory
    segments: set[SegmentName] = field(factory=set)
    _closed: bool = False
    _ending: threading.RLock = field(factory=threading.RLock)

    def settled(self, left: LeftSegment, destination: str) -> None:
        """One destination has settled one segment."""
        with self._ending:
            left.heirs.discard(destination)
            if self._closed or left.heirs:
                return
            if not left.others:
                remove_segment(self.directory, left.name)
            self.segments.discard(left.name)
            if not self.segments:
                self.close()

    def close(self) -> None:
        """Let go of the instance; of its lock file too, if it has no segments any more."""
        with self._ending:
            if self._closed:
                return
            self._closed = True
            if segments_of(self.lock.instance, self.directory.names()):
                self.lock.release()
            else:
                self.lock.remove()


class Adoption:
    """Looks for what ended processes have left, and deals it out to this process's lines.

    Args:
        home: this process's part of the spool.
        room: told what the other processes' files take.
        age: how long what was set aside is kept.
        lines: by destination, one a shard.
        clock: monotonic seconds.

    Attributes:
        due: when to look next.
        corrupt: segments that were set aside because they could not be read.
    """

    def __init__(
        self,
        home: Home,
        room: Room,
        age: Age,
        lines: Mapping[str, Sequence[SpoolLine]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.due = 0.0
        self.corrupt = 0
        self._home = home
        self._room = room
        self._age = age
        self._lines = lines
        self._clock = clock
        self._looking = threading.Lock()
        self._estates: list[Estate] = []
        self._closed = False

    def do(self) -> None:
        """Look, if it is due and no other thread is at it."""
        if self._clock() < self.due or self._closed or not self._looking.acquire(blocking=False):
            return
        try:
            self.due = self._clock() + EVERY - random.uniform(0, _JITTER)  # noqa: S311 - no secret
            self._look(self._home.directory())
        except Exception as error:  # noqa: BLE001 - own messages must go on, whatever lies about
            log_seldom("spool adoption", "what ended processes left cannot be looked at: %s", place_of(error))
        finally:
            self._looking.release()

    def anything(self) -> bool:
        """Whether an ended process may have left something."""
        names = self._home.directory().names()
        return any(instance != self._home.instance for instance in instances(names))

    def _look(self, directory: Directory) -> None:
        names = directory.names()
        self._room.measure(directory, names, self._home.instance or "none")
        self._estates = [estate for estate in self._estates if estate.segments]
        for instance in sorted([*instances(names), *tidy(directory, names, self._age)]):
            try:
                lock = InstanceLock.take(directory, instance)
            except (NotOurs, FileNotFoundError):
                continue
            if lock is not None:
                self._inherit(lock, directory)

    def _inherit(self, lock: InstanceLock, directory: Directory) -> None:
        """Deal out an instance's segments; listed only now that nobody adds to them any more."""
        estate = Estate(lock, directory)
        try:
            names = segments_of(lock.instance, directory.names())
            lefts = [left for name in names if (left := self._left(estate, name))]
        except BaseException:
            lock.release()
            raise
        estate.segments.update(left.name for left in lefts)
        if not lefts or self._closed:
            estate.close()
            return
        self._estates.append(estate)
        for left in lefts:
            for destination in sorted(left.heirs):
                lines = self._lines[destination]
                lines[left.name.log % len(lines)].inherit(left)

    def _left(self, estate: Estate, name: SegmentName) -> LeftSegment | None:
        """A segment with what is for this process's destinations; None if nothing is, or it is damaged."""
        directory = estate.directory
        header = self._header(directory, name)
        if header is None:
            return None
        size = directory.size(name.file)
        unsettled = {
            destination
            for place, destination in enumerate(header.destinations)
            if read_ack_of(directory, name, header, place) < size
        }
        heirs = unsettled & self._lines.keys()
        if not unsettled:
            remove_segment(directory, name)
        return LeftSegment(estate, name, header, heirs, others=unsettled > heirs) if heirs else None

    def _header(self, directory: Directory, name: SegmentName) -> Header | None:
        try:
            descriptor = directory.open_file(name.file)
        except (NotOurs, FileNotFoundError):
            return None
        try:
            header = read_header(descriptor)
            blank = header is None and is_blank(descriptor)
        finally:
            os.close(descriptor)
        if blank:
            remove_segment(directory, name)
        elif header is None:
            self.corrupt += 1
            directory.rename(name.file, name.file + CORRUPT)
            directory.remove(name.acks)
            log_seldom("spool corrupt", "a damaged segment was set aside: %s", name.file + CORRUPT)
        return header

    def close(self) -> None:
        """Leave what is not settled to others."""
        self._closed = True
        with self._looking:
            for estate in self._estates:
                estate.close()

    def abandon(self) -> None:
        """Close what a forked child has inherited."""
        for estate in self._estates:
            estate.lock.release()


def segments_of(instance: str, names: Sequence[str]) -> list[SegmentName]:
    """The segments of an instance among these files, oldest first."""
    return sorted(name for file in names if (name := SegmentName.parse(file)) and name.instance == instance)


def remove_segment(directory: Directory, name: SegmentName) -> None:
    """Remove a segment's files, in this order: a lone ack file is garbage."""
    directory.remove(name.file)
    directory.remove(name.acks)
