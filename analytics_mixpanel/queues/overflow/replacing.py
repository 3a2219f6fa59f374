"""The oldest messages give way: ``drop-old``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from analytics_mixpanel.queues import Queue


@frozen
class DropOld:
    """Drops the oldest messages that are not on their way yet, until there is room.

    Attributes:
        queue: which was full.
        give_up: told the destination, and what it loses.
    """

    queue: Queue
    give_up: Callable[[str, list[bytes]], None]

    def put(self, body: bytes, refused: Sequence[str], shard: int) -> Sequence[str]:
        """Keep the message; refused only where all that waits is on its way."""
        return [name for name in refused if not self._put(body, name, shard)]

    def _put(self, body: bytes, destination: str, shard: int) -> bool:
        gone: dict[str, list[bytes]] = {}
        kept, more = False, True
        while more and not kept:
            oldest = self.queue.displace(destination, shard)
            for name, bodies in oldest.items():
                gone.setdefault(name, []).extend(bodies)
            kept, more = not self.queue.put(body, (destination,), shard), bool(oldest)
        # Told last: a callback that tracks must not take the room that was just made, again and again.
        for name, bodies in gone.items():
            self.give_up(name, bodies)
        return kept
