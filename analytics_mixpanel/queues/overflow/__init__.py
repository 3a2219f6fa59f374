"""What happens to a message for which its queue has no room; chosen by the setting ``when_full``."""

from __future__ import annotations

from collections.abc import Callable

from analytics_mixpanel.queues import Queue
from analytics_mixpanel.queues.overflow.blocking import Block
from analytics_mixpanel.queues.overflow.policy import WhenFull
from analytics_mixpanel.queues.overflow.refusing import DropNew, Overflow
from analytics_mixpanel.queues.overflow.replacing import DropOld

__all__ = ["Overflow", "WhenFull", "overflow"]


def overflow(policy: WhenFull, queue: Queue, give_up: Callable[[str, list[bytes]], None]) -> Overflow:
    """The policy at work on a queue; ``give_up`` is told a destination and what it loses to make room."""
    if policy.kind == "drop-old":
        return DropOld(queue, give_up)
    if policy.kind == "block":
        return Block(queue, policy.seconds)
    return DropNew()
