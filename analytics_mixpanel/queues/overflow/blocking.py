"""The caller waits for room: ``block:SECONDS``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from attrs import frozen

from analytics_mixpanel.queues import Queue
from analytics_mixpanel.queues.overflow.delivering import is_delivering


@frozen
class Block:
    """Waits for room, for all destinations together no longer than so many seconds.

    A thread that delivers never waits: it would wait for itself.

    Attributes:
        queue: which was full.
        seconds: how long at most.
        clock: monotonic seconds.
    """

    queue: Queue
    seconds: float
    clock: Callable[[], float] = time.monotonic

    def put(self, body: bytes, refused: Sequence[str], shard: int) -> Sequence[str]:
        """Keep the message once there is room; refused where none came."""
        if is_delivering():
            return refused
        deadline = self.clock() + self.seconds
        return [name for name in refused if not self._put(body, name, shard, deadline)]

    def _put(self, body: bytes, destination: str, shard: int, deadline: float) -> bool:
        while self.queue.wait_for_room(destination, shard, max(0.0, deadline - self.clock())):
            if not self.queue.put(body, (destination,), shard):
                return True
        return False
