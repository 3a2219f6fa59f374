"""The spools in a directory, as they lie there: whose files they are and what is in them."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

import orjson
from attrs import define, frozen

from analytics_mixpanel.dead_letters import files as dead_files
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues.spool.adoption import segments_of
from analytics_mixpanel.queues.spool.cursor import read_ack_of
from analytics_mixpanel.queues.spool.directory import Directory, NotOurs
from analytics_mixpanel.queues.spool.locks import instances, is_held
from analytics_mixpanel.queues.spool.segment import SegmentName, messages, read_header

_CORRUPT: Final = ".corrupt"
_OURS: Final = (".seg", ".lock", ".ack", ".ndjson", _CORRUPT)


@frozen
class Pending:
    """A message on disk.

    Attributes:
        destinations: those that have not settled it.
        body: as it was put.
    """

    destinations: tuple[str, ...]
    body: bytes


@define(eq=False)
class Instance:
    """What one process has in a spool.

    Attributes:
        name: which begins with the time of its start.
        alive: whether it is held by a living process.
        segments: its files, oldest first.
    """

    directory: Directory
    name: str
    alive: bool
    segments: list[SegmentName]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(self.directory.size(segment.file) for segment in self.segments)

    def bounded(self, seconds: float | None) -> float | None:
        """How long its oldest message has waited; it was tracked then, whatever time the call was given."""
        began = began_at(self.name)
        if seconds is None or began is None:
            return seconds
        return round(min(max(seconds, 0.0), max(time.time() - began, 0.0)), 1)

    def pending(self) -> Iterator[Pending]:
        """The messages that some destination has not settled, oldest first."""
        for segment in self.segments:
            yield from _pending(self.directory, segment)


@define(eq=False)
class Spool:
    """One project's part of a spool's directory."""

    directory: Directory

    @property
    def name(self) -> str:
        """The directory's own name."""
        return self.directory.path.name

    def instances(self) -> list[Instance]:
        """Who has something in it, oldest first."""
        names = self.directory.names()
        known = sorted(
            {*instances(names), *(each.instance for each in map(SegmentName.parse, names) if each)}
        )
        return [
            Instance(self.directory, name, is_held(self.directory, name), segments_of(name, names))
            for name in known
        ]

    def corrupt(self) -> list[str]:
        """Files that were set aside because they could not be read."""
        return [name for name in self.directory.names() if name.endswith(_CORRUPT)]

    def dead(self) -> list[str]:
        """Files of dead letters, oldest first."""
        return dead_files.files(self.directory)

    def letters(self) -> Iterator[dead_files.Found]:
        """What is in the files of dead letters, oldest first."""
        for name in self.dead():
            try:
                yield from dead_files.lines(self.directory, name)
            except (FileNotFoundError, NotOurs):
                continue  # taken away meanwhile, or nobody's


@contextmanager
def spools(root: str) -> Iterator[list[Spool]]:
    """The spools in a directory: those within, or itself if it is one.

    Raises:
        ConfigurationError: it is not safe, or there is none.
        OSError: it cannot be opened.
    """
    path = Path(root)
    opened: list[Spool] = []
    try:
        try:
            outer = Directory.open_existing(path)
        except FileNotFoundError:
            raise ConfigurationError(f"there is no directory {root}") from None
        names = outer.names()
        if any(name.endswith(_OURS) for name in names):
            opened.append(Spool(outer))
        else:
            outer.close()
            within = [
                path / name for name in names if (path / name).is_dir() and not (path / name).is_symlink()
            ]
            opened.extend(Spool(Directory.open_existing(each)) for each in within)
        if not opened:
            raise ConfigurationError(f"there is no spool in {root}")
        yield opened
    finally:
        for spool in opened:
            spool.directory.close()


def began_at(instance: str) -> float | None:
    """When a process began to write, in seconds since the epoch; its name says so."""
    try:
        return int(instance[:12], 16) / 1_000
    except ValueError:
        return None


def counted(pending: Iterator[Pending]) -> tuple[Counter[str], str | None]:
    """How many messages wait, by destination, and when the oldest of them was tracked, as it says itself."""
    counts: Counter[str] = Counter()
    oldest: str | None = None
    for each in pending:
        if oldest is None:
            oldest = _timestamp(each.body)
        counts.update(each.destinations)
    return counts, oldest


def seconds_since(timestamp: str | None) -> float | None:
    """How long ago that was; None where nobody knows."""
    try:
        moment = datetime.fromisoformat((timestamp or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return round((datetime.now(timezone.utc) - moment).total_seconds(), 1)


def _timestamp(body: bytes) -> str | None:
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    timestamp = message.get("timestamp") if isinstance(message, dict) else None
    return timestamp if isinstance(timestamp, str) else None


def _pending(directory: Directory, segment: SegmentName) -> Iterator[Pending]:
    try:
        descriptor = directory.open_file(segment.file)
    except (FileNotFoundError, NotOurs):
        return  # delivered meanwhile, or nobody's
    try:
        header = read_header(descriptor)
        if header is None:
            return
        settled = [
            read_ack_of(directory, segment, header, place) for place in range(len(header.destinations))
        ]
        for start, bits, body in messages(descriptor, header, min(settled)):
            waiting = tuple(
                name
                for place, name in enumerate(header.destinations)
                if bits >> place & 1 and start >= settled[place]
            )
            if waiting:
                yield Pending(waiting, body)
    finally:
        os.close(descriptor)
