"""asyncio: flushing and shutting down are awaited, and the event loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import analytics_mixpanel as analytics
from analytics_mixpanel import Client, functions
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination import Mixpanel

Make = Callable[..., Client]


@pytest.fixture
def client(make_client: Make, stand_in: StandIn) -> Client:
    """A client of the stand-in, with its usual waits."""
    return make_client(Mixpanel(token="token", api_host=stand_in.url), upload_interval=60)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def _ticks_while(awaited: Any) -> tuple[Any, int]:
    """What something gives, and how often the loop came round meanwhile."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    result = await awaited
    ticking.cancel()
    return result, ticks


def test_aflush_delivers(client: Client, stand_in: StandIn) -> None:
    """What was tracked before has arrived when the await is over; the client goes on."""

    async def main() -> None:
        for _ in range(1_000):
            client.track("u", "First")
        assert await client.aflush() == 0
        assert len(stand_in.events) == 1_000
        client.track("u", "Second")
        assert await client.aflush(30) == 0

    asyncio.run(main())
    assert len(stand_in.events) == 1_001
    assert client.stats()["Mixpanel"].delivered == 1_001


def test_ashutdown_delivers(client: Client, stand_in: StandIn) -> None:
    """What was tracked before has arrived, and later calls are not taken."""

    async def main() -> None:
        client.track("u", "First")
        assert await client.ashutdown() == 0

    asyncio.run(main())
    assert [event.event for event in stand_in.events] == ["First"]
    assert client.track("u", "Late")[0] is False


@pytest.mark.parametrize("end", ["aflush", "ashutdown"])
def test_the_loop_goes_on_in_an_outage(make_client: Make, silent: str, end: str) -> None:
    """The loop comes round all the time, and the await is over in time and says what is left."""
    client = make_client(Mixpanel(token="token", api_host=silent))

    async def main() -> None:
        client.track("u", "Waiting")
        started = time.monotonic()
        left, ticks = await _ticks_while(getattr(client, end)(0.5))
        assert left == 1
        assert ticks > 20
        assert time.monotonic() - started < 20

    asyncio.run(main())
    stats = client.stats()["Mixpanel"]
    assert stats.accepted == 1 == stats.pending + sum(stats.dropped.values())


def test_a_busy_executor_holds_nothing_up(client: Client, stand_in: StandIn) -> None:
    """The application's threads may all be taken: flushing does not queue behind them."""
    released = threading.Event()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = loop.run_in_executor(None, released.wait, 60)
        client.track("u", "First")
        try:
            assert await client.aflush(30) == 0
        finally:
            released.set()
            await busy

    asyncio.run(main())
    assert len(stand_in.events) == 1


def test_a_flush_hook_that_hangs_is_not_waited_for(
    make_client: Make, answering: Any, plugin_that_hangs: tuple[object, threading.Event]
) -> None:
    """A plugin that ignores its timeout holds up a thread, not the loop."""
    plugin, released = plugin_that_hangs
    client = make_client(answering(), plugin)

    async def main() -> None:
        client.track("u", "First")
        assert await client.aflush(0.2) == 0

    asyncio.run(main())
    released.set()


@pytest.fixture
def plugin_that_hangs() -> Iterator[tuple[object, threading.Event]]:
    """A plugin whose ``flush`` returns when the event is set."""
    released = threading.Event()

    class Hanging:
        @analytics.hookimpl
        def flush(self) -> None:
            released.wait(60)

    yield Hanging(), released
    released.set()


def test_a_cancelled_flush_goes_on(client: Client, stand_in: StandIn) -> None:
    """Who is cancelled while awaiting a flush stops waiting; the messages are delivered all the same."""
    stand_in.answer_next(delay=0.3)

    async def main() -> None:
        client.track("u", "First")
        flushing = asyncio.create_task(client.aflush(30))
        await asyncio.sleep(0.05)
        flushing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flushing

    asyncio.run(main())
    stand_in.wait_until(lambda: len(stand_in.events) == 1, 30)


def test_the_module_has_them(monkeypatch: pytest.MonkeyPatch, stand_in: StandIn) -> None:
    """``analytics.aflush`` and ``ashutdown`` are those of the module's client."""
    for name, value in {
        "default_client": None,
        "write_key": "token",
        "host": stand_in.url,
        "discover": False,
    }.items():
        monkeypatch.setattr(analytics, name, value)
    monkeypatch.setattr(functions, "_plugins", [Mixpanel()])

    async def main() -> None:
        assert await analytics.ashutdown() == 0, "there is nothing to shut down"
        analytics.track("u", "First")
        assert await analytics.aflush() == 0
        analytics.track("u", "Second")
        assert await analytics.ashutdown() == 0

    asyncio.run(main())
    assert [event.event for event in stand_in.events] == ["First", "Second"]
