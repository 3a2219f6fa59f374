"""How large a request may be, learnt from what was refused."""

from __future__ import annotations

from typing import Final

from attrs import define, field

# A smaller limit than a server can have; one that refuses everything teaches nothing.
_SMALLEST: Final = 2_048
_GROW_AFTER: Final = 20


@define(eq=False)
class WorkingSize:
    """How many bytes a request may have: half of what was too much, and slowly more again.

    Attributes:
        most: as the settings have it.
        bytes: now.
    """

    most: int
    bytes: int = field(init=False)
    _taken: int = 0

    def __attrs_post_init__(self) -> None:
        self.bytes = self.most

    def shrink(self, refused: int) -> None:
        """Remember that a request of this many bytes was too large."""
        self._taken = 0
        self.bytes = max(min(self.bytes, refused // 2), min(_SMALLEST, self.most))

    def grow(self) -> None:
        """Count a request that was taken: after twenty, a tenth more is tried."""
        if self.bytes < self.most:
            self._taken += 1
            if self._taken % _GROW_AFTER == 0:
                self.bytes = min(self.most, self.bytes + self.bytes // 10)
