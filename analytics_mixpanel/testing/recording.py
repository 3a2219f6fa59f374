"""A destination that keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import define, field

from analytics_mixpanel.client import Client
from analytics_mixpanel.delivery import Batch
from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.message import Message

#: Settings under which a call has delivered when it returns, and leaves nothing behind.
USUAL: Final = {"sync_mode": True, "discover": False, "queue": "memory", "when_full": "drop-new"}


@define(eq=False)
class RecordingDestination:
    """Keeps messages as a destination would get them: in wire form, after every plugin.

    Attributes:
        messages: all of them, in the order of the calls.
    """

    name: str = "Recording"
    messages: list[Message] = field(factory=list)

    @hookimpl
    def deliver(self, batch: Batch) -> None:
        """Keep a batch."""
        self.messages.extend(batch.messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages)

    def __len__(self) -> int:
        return len(self.messages)

    def of_type(self, kind: str) -> list[Message]:
        """The messages of one call: ``track``, ``identify``, ``group``, ``page``, ``screen``, ``alias``."""
        return [message for message in self.messages if message.get("type") == kind]

    def tracked(self, event: str, **properties: Any) -> list[Message]:
        """The ``track`` messages of an event that have at least these properties."""
        return [
            message
            for message in self.of_type("track")
            if message.get("event") == event
            and properties.items() <= (message.get("properties") or {}).items()
        ]

    def clear(self) -> None:
        """Forget what was kept."""
        self.messages.clear()


def recording_client(**settings: Any) -> tuple[Client, RecordingDestination]:
    """A client that delivers within each call, and only to the destination returned beside it."""
    recording = RecordingDestination()
    plugins = [*settings.pop("plugins", ()), recording]
    return Client(**{**USUAL, **settings}, plugins=plugins), recording
