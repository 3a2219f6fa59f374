"""What becomes of messages, as the client's hooks tell it."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import Any

from attrs import define, field, frozen

from analytics_mixpanel.delivery import Batch, Outcome, Rejection
from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.message import Message


@frozen
class Fate:
    """What became of one message.

    Attributes:
        status: delivered, rejected, dropped, pending, or invalid where it was never sent.
        reason: why it was not delivered.
        field: the field at fault, as the destination names it.
    """

    status: str
    reason: str = ""
    field: str = ""


@define(eq=False)
class Fates:
    """A plugin that observes: keeps what became of each message, by its ``messageId``.

    Of messages with one id, the first fate is taken to be the first message's.
    """

    name: str = "fates"
    _settled: dict[str, deque[Fate]] = field(factory=lambda: defaultdict(deque))
    _count: int = 0
    _paused: bool = False
    _waiting: dict[str, str] = field(factory=dict)
    _changed: threading.Condition = field(factory=threading.Condition)

    @hookimpl
    def delivered(self, message: Message) -> None:
        """Keep that the destination took it."""
        self._settle(message, Fate("delivered"))

    @hookimpl
    def rejected(self, message: Message, reason: Rejection) -> None:
        """Keep why the destination refused it."""
        self._settle(message, Fate("rejected", reason.reason, reason.field))

    @hookimpl
    def dropped(self, message: Message, reason: str) -> None:
        """Keep why the client gave it up."""
        self._settle(message, Fate("dropped", reason))

    def _settle(self, message: Message, fate: Fate) -> None:
        with self._changed:
            self._settled[_id(message)].append(fate)
            self._count += 1
            self._changed.notify_all()

    def attempted(self, batch: Batch, outcome: Outcome) -> None:
        """Keep why messages are to be sent again, and whether that is of use before a setting is mended."""
        with self._changed:
            self._waiting.update({_id(batch.messages[at]): why for at, why in outcome.retry.items()})
            self._paused = outcome.paused is not None
            self._changed.notify_all()

    def wait(self, count: int, timeout: float) -> None:
        """Wait until so many messages are settled, or waiting is of no use."""
        with self._changed:
            self._changed.wait_for(lambda: self._count >= count or self._paused, timeout)

    def take(self, message_id: str) -> Fate:
        """The fate of one message."""
        with self._changed:
            settled = self._settled[message_id]
            if settled:
                return settled.popleft()
            return Fate("pending", self._waiting.get(message_id, "no answer yet"))


def _id(message: Message) -> str:
    return str(message.get("messageId"))


def watched(plugin: Any, fates: Fates) -> Any:
    """A destination's class, whose every attempt to deliver is told to ``fates``."""

    class Watched(plugin):  # type: ignore[misc]  # it comes from an entry point
        @hookimpl
        def deliver(self, batch: Batch) -> Outcome | None:
            outcome: Outcome | None = super().deliver(batch)
            if outcome is not None:
                fates.attempted(batch, outcome)
            return outcome

    Watched.__name__ = plugin.__name__  # which is its name if it gives itself none
    return Watched
