"""The end of one reader's stream."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from attrs import define, evolve, field

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.live.hub import Pace
from analytics_mixpanel.debugger.live.stream import Stream

_SCOPE = {"type": "http", "client": ("127.0.0.1", 1)}


@define
class Visitor:
    """A reader who goes as soon as the first state was sent."""

    satisfied: asyncio.Event = field(factory=asyncio.Event)

    async def send(self, message: Any) -> None:
        """Take a part of the answer."""
        if b"data:" in message.get("body", b""):
            self.satisfied.set()

    async def receive(self) -> dict[str, str]:
        """Say that they are gone, once they are."""
        await self.satisfied.wait()
        await asyncio.sleep(0.1)  # until the stream waits for the next change
        return {"type": "http.disconnect"}


async def _swallowing(awaitable: Any, timeout: float) -> Any:
    with suppress(asyncio.CancelledError):
        return await awaitable


def test_a_reader_who_goes_is_told_no_more(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's wait_for swallowed a cancellation that came with the result, before version 3.12."""
    monkeypatch.setattr(asyncio, "wait_for", _swallowing)
    hub = stand_in.desk.hub
    hub.pace = evolve(Pace(), interval=0.01)

    async def visit() -> None:
        changed = asyncio.Event()
        visitor = Visitor()
        telling = asyncio.ensure_future(Stream(hub, changed, "", 0)(_SCOPE, visitor.receive, visitor.send))
        assert await asyncio.wait({telling}, timeout=30) == ({telling}, set())

    asyncio.run(visit())
