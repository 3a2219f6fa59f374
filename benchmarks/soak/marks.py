"""What the writers note in shared memory: a kill takes nothing back that stands there."""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from types import TracebackType
from typing import Final

_NUMBER: Final = 8
_ORDER: Final = 0  # the first number is the runner's order to all writers
_FIRST: Final = 1
_EACH: Final = 2

#: Orders.
GO: Final = 0
HOLD: Final = 1
END: Final = 2


class Marks:
    """Numbers that several processes share, each written whole by one of them.

    Args:
        path: the file.
        lives: for so many writers; None opens what is there.
    """

    def __init__(self, path: Path, lives: int | None = None) -> None:
        if lives is not None:
            path.write_bytes(bytes(_NUMBER * (_FIRST + _EACH * lives)))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), os.fstat(file.fileno()).st_size)
        self._numbers = memoryview(self._map).cast("Q")

    @property
    def order(self) -> int:
        """What the writers are to do: GO, HOLD or END."""
        return self._numbers[_ORDER]

    @order.setter
    def order(self, order: int) -> None:
        self._numbers[_ORDER] = order

    def note(self, life: int, accepted: int, refused: int) -> None:
        """Note how many calls of this life have returned True, and how many False."""
        at = _FIRST + _EACH * life
        self._numbers[at] = accepted
        self._numbers[at + 1] = refused

    def accepted(self, life: int) -> int:
        """How many calls of this life have returned True; they were numbered from 0."""
        return self._numbers[_FIRST + _EACH * life]

    def refused(self, life: int) -> int:
        """How many calls of this life have returned False."""
        return self._numbers[_FIRST + _EACH * life + 1]

    def __enter__(self) -> Marks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._numbers.release()
        self._map.close()
