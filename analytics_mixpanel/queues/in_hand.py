"""Before any queue: in synchronous mode a message goes from the call straight to a courier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define

if TYPE_CHECKING:
    from analytics_mixpanel.queues.ledger import Ledger


@define(eq=False)
class InHand:
    """A reader of what its user has in hand already; nothing ever waits in it.

    Attributes:
        durable: what cannot be delivered goes to a queue that outlives the process.
    """

    durable: bool = False
    pending = 0
    at_risk = 0

    def report_to(self, ledger: Ledger) -> None:
        """Nothing happens to messages but what their courier does."""

    def take(self, limit: int, max_bytes: int, interval: float) -> list[bytes]:  # noqa: ARG002
        """Nothing."""
        return []

    def take_now(self, limit: int, max_bytes: int) -> list[bytes]:  # noqa: ARG002
        """Nothing."""
        return []

    def settle(self, remaining: Sequence[bytes] = ()) -> bool:  # noqa: ARG002
        """Always done: the courier keeps what remains."""
        return True

    def hurry(self) -> None:
        """Nothing waits."""

    def wait_settled(self, timeout: float) -> int:  # noqa: ARG002
        """Nothing is left."""
        return 0

    def close(self) -> list[bytes]:
        """Nothing is lost."""
        return []
