"""What a courier has in hand: messages, and the bytes that the queue knows them by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import orjson

from analytics_mixpanel.message import Message


def decoded(body: bytes) -> Message | None:
    """The message; None where the bytes are none, which nobody but an intruder puts on disk."""
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return message if isinstance(message, dict) else None  # type: ignore[return-value]


class Decoded(Sequence[Message]):
    """Messages that are decoded when they are looked at, each time anew."""

    __slots__ = ("_bodies",)

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies

    def __len__(self) -> int:
        return len(self._bodies)

    def __iter__(self) -> Iterator[Message]:
        return map(orjson.loads, self._bodies)

    @overload
    def __getitem__(self, at: int) -> Message: ...

    @overload
    def __getitem__(self, at: slice) -> Decoded: ...

    def __getitem__(self, at: int | slice) -> Message | Decoded:
        if isinstance(at, slice):
            return Decoded(self._bodies[at])
        message: Message = orjson.loads(self._bodies[at])
        return message


class Load:
    """Messages that are on their way together.

    Attributes:
        bodies: as the queue gave them.
        messages: decoded when looked at or, where plugins enriched them, what they became.
        notes: the destination's own, by place.
    """

    __slots__ = ("bodies", "messages", "notes")

    def __init__(
        self,
        bodies: Sequence[bytes],
        messages: Sequence[Message] | None = None,
        notes: dict[int, Any] | None = None,
    ) -> None:
        self.bodies = bodies
        self.messages = Decoded(bodies) if messages is None else messages
        self.notes = {} if notes is None else notes

    def __len__(self) -> int:
        return len(self.bodies)

    def only(self, places: Sequence[int]) -> Load:
        """The part of the load at these places, which are renewed."""
        bodies = [self.bodies[i] for i in places]
        notes = {new: self.notes[old] for new, old in enumerate(places) if old in self.notes}
        if isinstance(self.messages, Decoded):
            return Load(bodies, notes=notes)
        return Load(bodies, [self.messages[i] for i in places], notes)

    def first(self, count: int | None) -> Load:
        """So many messages from the front, at their places; the whole load for None."""
        return self if count is None or count >= len(self) else self.only(range(count))
