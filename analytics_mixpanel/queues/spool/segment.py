"""A segment: a file of frames behind a header.

    AMSPOOL1 | salt u32 | length u32 | check u32 | JSON: the names of the destinations, by bit

``<instance>-<log>-<serial>.seg``: an instance is one process's run, a log keeps the messages of one shard
in order, the serial counts its segments up.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

import orjson
from attrs import frozen

from analytics_mixpanel.queues.spool.frames import MOST_DESTINATIONS, Scan

#: Bytes that are read at once.
PIECE: Final = 1 << 18

_TAG: Final = b"AMSPOOL1"
_HEAD: Final = struct.Struct("<8sIII")
_LONGEST: Final = 1 << 16
_NAME: Final = re.compile(r"([0-9a-f]{24})-(\d{1,4})-(\d{8,16})\.seg")


@frozen(order=True)
class SegmentName:
    """What a segment's file is called; in the order in which segments were begun."""

    instance: str
    log: int
    serial: int

    @classmethod
    def parse(cls, file: str) -> SegmentName | None:
        """The name of this file; None if it is no segment's."""
        match = _NAME.fullmatch(file)
        return cls(match[1], int(match[2]), int(match[3])) if match else None

    @property
    def file(self) -> str:
        """The segment's file."""
        return f"{self.instance}-{self.log}-{self.serial:08d}.seg"

    @property
    def acks(self) -> str:
        """The file that says how far each destination has settled it."""
        return f"{self.instance}-{self.log}-{self.serial:08d}.ack"


@frozen
class Header:
    """What a segment begins with.

    Attributes:
        salt: where its checksums begin.
        destinations: names, the first for the lowest bit.
        size: bytes of the header, which is where the first frame begins.
    """

    salt: int
    destinations: tuple[str, ...]
    size: int

    def bit(self, destination: str) -> int:
        """The destination's bit in frames; 0 if the segment has nothing for it."""
        return 1 << self.destinations.index(destination) if destination in self.destinations else 0


def new_header(destinations: Sequence[str]) -> tuple[Header, bytes]:
    """A header with a salt of its own, and its bytes."""
    names = orjson.dumps(list(destinations))
    salt = int.from_bytes(os.urandom(4), "little")
    data = _HEAD.pack(_TAG, salt, len(names), crc32(names, salt)) + names
    return Header(salt, tuple(destinations), len(data)), data


def read_header(descriptor: int) -> Header | None:
    """The header of an open segment; None where it is damaged."""
    data = os.pread(descriptor, _HEAD.size + _LONGEST, 0)
    if len(data) < _HEAD.size:
        return None
    tag, salt, length, check = _HEAD.unpack_from(data)
    names = data[_HEAD.size : _HEAD.size + length]
    if tag != _TAG or len(names) != length or crc32(names, salt) != check:
        return None
    try:
        destinations = orjson.loads(names)
    except orjson.JSONDecodeError:
        return None
    if not _are_names(destinations):
        return None
    return Header(salt, tuple(destinations), _HEAD.size + length)


def _are_names(value: object) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= MOST_DESTINATIONS
        and all(isinstance(name, str) for name in value)
    )


def is_blank(descriptor: int) -> bool:
    """Whether nothing, or nothing but zeros, is in an open file: what a power failure leaves of a new one."""
    offset = 0
    while piece := os.pread(descriptor, PIECE, offset):
        if piece.count(0) != len(piece):
            return False
        offset += len(piece)
    return True


def messages(descriptor: int, header: Header, offset: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Every whole message of a segment that nobody appends to: its place, destinations and body."""
    scan = Scan(header.salt, max(offset, header.size))
    last = False
    while not last:
        piece = os.pread(descriptor, PIECE, scan.fed_to)
        last = not piece
        scan.feed(piece)
        while found := scan.next(last=last):
            yield scan.start, *found
