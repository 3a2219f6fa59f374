"""The newest message gives way: ``drop-new``, and ``raise``, which says so by an exception."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Overflow(Protocol):
    """A second chance for a message that its queue had no room for."""

    def put(self, body: bytes, refused: Sequence[str], shard: int) -> Sequence[str]:
        """Keep the message for the destinations that had no room for it; those that still have none."""


class DropNew:
    """Gives no second chance."""

    def put(self, body: bytes, refused: Sequence[str], shard: int) -> Sequence[str]:  # noqa: ARG002
        """None of them."""
        return refused
