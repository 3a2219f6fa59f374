"""How far each destination has settled a segment.

For each destination, by its bit in the frames: offset u64 | check u32. Everything before the offset is
settled. An entry never crosses a disk's sector, and one that does not check counts as nothing settled: what
a failure can do is to have messages delivered again.
"""

from __future__ import annotations

import os
import struct
from typing import Final
from zlib import crc32

_OFFSET: Final = struct.Struct("<QI")  # with the place, as it is checked
_ENTRY: Final = struct.Struct("<QI")  # with the check, as it is kept


def _check(place: int, offset: int, salt: int) -> int:
    return crc32(_OFFSET.pack(offset, place), salt)


def read_ack(descriptor: int, place: int, salt: int) -> int:
    """How far the destination at this place has settled; 0 where nothing, or nothing whole, is written."""
    entry = os.pread(descriptor, _ENTRY.size, place * _ENTRY.size)
    if len(entry) < _ENTRY.size:
        return 0
    offset: int
    offset, check = _ENTRY.unpack(entry)
    return offset if check == _check(place, offset, salt) else 0


def write_ack(descriptor: int, place: int, salt: int, offset: int) -> None:
    """Note that the destination at this place has settled everything before the offset."""
    os.pwrite(descriptor, _ENTRY.pack(offset, _check(place, offset, salt)), place * _ENTRY.size)
