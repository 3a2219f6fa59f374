"""A frame: one message on disk, checked by a checksum that only its own segment gives.

    FF FE C0 A1 | length u32 | destinations u32 | check u32 | check of the body u32 | body

Numbers are little-endian. ``destinations`` has a bit for each destination that the segment's header names.
The first four bytes occur in no UTF-8 text, and the checks begin from the segment's random salt: whatever
an application puts into a message, it cannot pass for a frame.
"""

from __future__ import annotations

import struct
from typing import Final
from zlib import crc32

MAGIC: Final = b"\xff\xfe\xc0\xa1"
#: A longer body is damage. Mixpanel takes events of up to one megabyte.
MAX_BODY: Final = 1 << 20
HEAD: Final = struct.Struct("<4sIIII")
#: Most destinations of one segment.
MOST_DESTINATIONS: Final = 32

_MEANING: Final = struct.Struct("<II")
# Bytes of damaged bodies that are looked into for whole frames, before a segment is read in larger strides:
# frames within frames, put there by hand, would otherwise cost the square of their number.
_MOST_DOUBT: Final = 64 << 20


def frame(body: bytes, destinations: int, salt: int) -> bytes:
    """One message, ready to be appended."""
    length = len(body)
    check = crc32(_MEANING.pack(length, destinations), salt)
    return HEAD.pack(MAGIC, length, destinations, check, crc32(body, check)) + body


class Scan:
    """Finds the whole frames of a segment, which is fed to it piece by piece.

    Attributes:
        start: where in the segment the frame begins that was found last.
        doubtful: bytes skipped so far.
    """

    __slots__ = ("_at", "_base", "_doubt", "_piece", "_salt", "doubtful", "start")

    def __init__(self, salt: int, offset: int) -> None:
        self._salt = salt
        self._base = offset
        self._piece = b""
        self._at = 0
        self._doubt = 0
        self.start = offset
        self.doubtful = 0

    @property
    def offset(self) -> int:
        """Where in the segment the next frame is looked for."""
        return self._base + self._at

    @property
    def fed_to(self) -> int:
        """Where in the segment the next piece begins."""
        return self._base + len(self._piece)

    def feed(self, piece: bytes) -> None:
        """Add the next piece."""
        self._base += self._at
        self._piece = self._piece[self._at :] + piece
        self._at = 0

    def unread(self) -> None:
        """Go back to before the frame that was found last."""
        self._at = self.start - self._base

    def next(self, *, last: bool = False) -> tuple[int, bytes] | None:
        """The next whole frame: its destinations and its body; None where the pieces end before it does.

        Args:
            last: nothing will follow; what begins a frame and does not end is damage.
        """
        piece = self._piece
        while len(piece) - self._at >= HEAD.size:
            at = self._at
            magic, length, destinations, check, body_check = HEAD.unpack_from(piece, at)
            skip = 1
            if magic == MAGIC and length <= MAX_BODY and check == self._check(length, destinations):
                end = at + HEAD.size + length
                if end > len(piece) and not last:
                    return None
                body = piece[at + HEAD.size : end]
                if len(body) == length and crc32(body, check) == body_check:
                    self.start = self._base + at
                    self._at = end
                    return destinations, body
                self._doubt += length
                if self._doubt > _MOST_DOUBT:
                    skip = HEAD.size + length
            self._skip_to_magic(at + skip)
        if last:
            self.doubtful += len(piece) - self._at
            self._at = len(piece)
        return None

    def _check(self, length: int, destinations: int) -> int:
        return crc32(_MEANING.pack(length, destinations), self._salt)

    def _skip_to_magic(self, earliest: int) -> None:
        found = self._piece.find(MAGIC, earliest)
        # Without one, its first bytes may be the piece's last.
        to = found if found >= 0 else max(self._at + 1, len(self._piece) - len(MAGIC) + 1)
        self.doubtful += to - self._at
        self._at = to
