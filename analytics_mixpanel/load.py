"""What a courier has in hand: messages, and the bytes that the queue knows them by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import orjson

from analytics_mixpanel.message import Message


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
    """

    __slots__ = ("bodies", "messages")

    def __init__(self, bodies: Sequence[bytes], messages: Sequence[Message] | None = None) -> None:
        self.bodies = bodies
        self.messages = Decoded(bodies) if messages is None else messages

    def only(self, places: Sequence[int]) -> Load:
        """The part of the load at these places."""
        bodies = [self.bodies[i] for i in places]
        if isinstance(self.messages, Decoded):
            return Load(bodies)
        return Load(bodies, [self.messages[i] for i in places])
