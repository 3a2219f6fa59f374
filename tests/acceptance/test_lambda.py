"""Functions whose process is frozen when they return, as in AWS Lambda."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import define

import analytics_mixpanel as analytics
from analytics_mixpanel import Client, functions
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel_destination import Mixpanel

Make = Callable[..., Client]


@define
class Context:
    """What AWS hands to a handler."""

    milliseconds: Any

    def get_remaining_time_in_millis(self) -> Any:
        """As AWS names it."""
        return self.milliseconds


@pytest.fixture
def client(make_client: Make, stand_in: StandIn) -> Client:
    """A client whose messages wait for a minute unless they are flushed."""
    return make_client(Mixpanel(token="token", api_host=stand_in.url), upload_interval=60)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_it_returns_after_the_delivery(client: Client, stand_in: StandIn) -> None:
    """What the function tracked has arrived when it returns, with what it returns."""

    @client.flush_after
    def handler(event: dict[str, str], context: Context) -> str:
        client.track(event["user"], "Paid")
        return "done"

    assert handler({"user": "u"}, Context(30_000)) == "done"
    assert [event.event for event in stand_in.events] == ["Paid"]
    assert handler.__name__ == "handler"


def test_it_raises_after_the_delivery(client: Client, stand_in: StandIn) -> None:
    """A function that raises has delivered what it tracked before; the exception is its own."""

    @client.flush_after
    def handler() -> None:
        client.track("u", "Paid")
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        handler()
    assert len(stand_in.events) == 1


@pytest.mark.parametrize("raises", [False, True])
def test_a_coroutine_function(client: Client, stand_in: StandIn, raises: bool) -> None:
    """It stays one, and awaits the delivery."""

    @client.flush_after
    async def handler(event: object, context: Context) -> str:
        client.track("u", "Paid")
        if raises:
            raise LookupError("mine")
        return "done"

    running = handler(None, context=Context(30_000))
    assert asyncio.iscoroutine(running)
    if raises:
        with pytest.raises(LookupError, match="mine"):
            asyncio.run(running)
    else:
        assert asyncio.run(running) == "done"
    assert len(stand_in.events) == 1


@pytest.mark.parametrize("milliseconds", [700, 100, -5, 1e400])
def test_it_keeps_to_the_time_that_is_left(make_client: Make, silent: str, milliseconds: float) -> None:
    """In an outage it returns 200 ms before the end, or within ``flush_timeout``, and keeps the messages."""
    client = make_client(Mixpanel(token="token", api_host=silent), flush_timeout=1)

    @client.flush_after
    def handler(event: object, context: Context) -> float:
        client.track("u", "Paid")
        return time.monotonic()

    before = time.monotonic()
    began = handler(None, Context(milliseconds))
    took = time.monotonic() - began
    assert began >= before
    assert max(0.0, min(1.0, milliseconds / 1000 - 0.2)) <= took < 20
    assert client.pending == 1


@pytest.mark.parametrize("context", [None, object(), Context("soon"), Context(None)])
def test_any_second_argument_will_do(client: Client, stand_in: StandIn, context: object) -> None:
    """Without a time that is left, or with one that makes no sense, the usual time holds."""

    @client.flush_after
    def handler(event: object, context: object) -> None:
        client.track("u", "Paid")

    handler(None, context)
    assert len(stand_in.events) == 1


def test_the_module_has_it(monkeypatch: pytest.MonkeyPatch, stand_in: StandIn) -> None:
    """``analytics.flush_after`` flushes the client that there is by then, and makes none."""
    monkeypatch.setattr(analytics, "default_client", None)

    @analytics.flush_after
    def handler(number: int) -> int:
        if number:
            analytics.track("u", "Paid")
        return number

    assert handler(0) == 0
    assert analytics.default_client is None
    for name, value in {
        "write_key": "token",
        "host": stand_in.url,
        "discover": False,
        "upload_interval": 60,
    }.items():
        monkeypatch.setattr(analytics, name, value)
    monkeypatch.setattr(functions, "_plugins", [Mixpanel()])
    assert handler(1) == 1
    assert len(stand_in.events) == 1
    analytics.shutdown()


def test_a_frozen_process(start: Callable[..., Any], stand_in: StandIn) -> None:
    """Stopped after each invocation by a real SIGSTOP: all of it has arrived by then, nothing twice."""
    program = start(
        """
        client = make(upload_interval=60)

        @client.flush_after
        def handler(event, context):
            track(client, event, 10)

        for invocation in range(4):
            handler(f"Invocation {invocation}", None)
            print(f"returned {invocation}")
            sys.stdin.readline()
        """,
        stdin=True,
    )
    for invocation in range(4):
        program.wait_for(f"returned {invocation}")
        os.killpg(program.process.pid, signal.SIGSTOP)
        assert len(stand_in.events) == 10 * (invocation + 1)
        time.sleep(0.3)
        os.killpg(program.process.pid, signal.SIGCONT)
        program.process.stdin.write("go on\n")
        program.process.stdin.flush()
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == len(stand_in.events) == 40
    assert not any(event.duplicates for event in stand_in.events)


def test_frozen_in_the_middle_of_a_request(start: Callable[..., Any], stand_in: StandIn) -> None:
    """Without the flush a request may be on its way: thawed, its deadline over, it is tried again."""
    stand_in.answer_next(delay=0.5)
    program = start(
        """
        client = make(upload_interval=0, timeout=2)
        client.track("u", "Frozen")
        time.sleep(0.2)
        print("tracked")
        sys.stdin.readline()
        """,
        stdin=True,
    )
    program.wait_for("tracked")
    os.killpg(program.process.pid, signal.SIGSTOP)
    time.sleep(2.5)
    os.killpg(program.process.pid, signal.SIGCONT)
    program.process.stdin.write("go on\n")
    program.process.stdin.flush()
    accounts = program.succeeded().accounts
    assert accounts.add_up()
    assert accounts.delivered == 1
    assert [event.event for event in stand_in.events] == ["Frozen"]
