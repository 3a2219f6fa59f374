"""Whom a queue tells what becomes of messages that no courier has in hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Ledger(Protocol):
    """Keeps a destination's accounts."""

    def recover(self, count: int) -> None:
        """So many messages of a process that ended are taken over."""

    def drop_encoded(self, bodies: Sequence[bytes], reason: str) -> None:
        """Messages are given up."""


class NoLedger:
    """Keeps none."""

    def recover(self, count: int) -> None:
        """Nothing."""

    def drop_encoded(self, bodies: Sequence[bytes], reason: str) -> None:
        """Nothing."""
