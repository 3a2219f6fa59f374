"""The client: modes, callbacks, flushing and ending."""

from __future__ import annotations

import inspect
import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from attrs import define, field

from analytics_mixpanel import Batch, Client, Drop, Message, Outcome, Rejection, hookimpl
from analytics_mixpanel.errors import AnalyticsError, ConfigurationError
from analytics_mixpanel.journal import log
from analytics_mixpanel.testing import RecordingDestination, recording_client

MakeClient = Callable[..., Client]
_CANARY = "secret-canary"


def _reject(batch: Batch) -> Outcome:
    return Outcome(rejected={index: Rejection("bad") for index in range(len(batch.messages))})


def _until(going: threading.Event) -> Callable[[Batch], None]:
    def wait(_: Batch) -> None:
        going.wait(10)

    return wait


@pytest.fixture
def quiet_log() -> Iterator[None]:
    """The logger as it was, after a test that adds handlers and levels."""
    handlers, level = list(log.handlers), log.level
    yield
    log.handlers[:], log.level = handlers, level
    log.setLevel(level)


class TestModes:
    """Settings that change what a call does."""

    def test_without_send_nothing_is_kept(self, make_client: MakeClient, answering: Any) -> None:
        """``send=False`` builds and returns the message; nothing is queued, counted or started."""
        shop = answering()
        client = make_client(shop, send=False)
        success, message = client.track("u", "a")
        assert success is True
        assert message["event"] == "a"
        assert client.flush() == 0
        assert (shop.batches, client.consumers) == ([], [])
        assert client.queue.empty()
        assert client.stats()["Shop"].accepted == 0

    def test_sync_mode_delivers_within_the_call(self, make_client: MakeClient, answering: Any) -> None:
        """``sync_mode`` delivers on the caller's thread before the call returns."""
        seen: list[threading.Thread] = []
        shop = answering(lambda _: seen.append(threading.current_thread()))
        client = make_client(shop, sync_mode=True)
        assert client.track("u", "a")[0] is True
        assert shop.events == ["a"]
        assert seen == [threading.current_thread()]
        assert client.consumers == []

    def test_sync_mode_says_what_failed(self, make_client: MakeClient, answering: Any) -> None:
        """A synchronous call whose message was refused returns False, and does not raise."""
        client = make_client(answering(_reject), sync_mode=True)
        assert client.track("u", "a")[0] is False
        assert client.stats()["Shop"].rejected == 1

    def test_sync_mode_retries_within_the_timeout(self, make_client: MakeClient, answering: Any) -> None:
        """A synchronous call tries again, for no longer than ``timeout``."""
        shop = answering(lambda batch: Outcome(retry={0: "busy"}) if batch.attempt < 3 else None)
        assert make_client(shop, sync_mode=True).track("u", "a")[0] is True
        never = answering(lambda _: Outcome(retry={0: "busy"}, retry_after=60))
        client = make_client(never, sync_mode=True, timeout=0.2)
        started = time.monotonic()
        assert client.track("u", "a")[0] is False
        assert time.monotonic() - started < 30, "it waited to try again"
        assert client.stats()["Shop"].dropped == {"not delivered in time": 1}

    def test_sync_mode_gives_up_at_a_shutdown(
        self, make_client: MakeClient, answering: Any, wait_until: Any
    ) -> None:
        """A synchronous call that waits for its next attempt ends when another thread shuts down."""
        client = make_client(
            answering(lambda _: Outcome(retry={0: "busy"}, retry_after=20)), sync_mode=True, timeout=30
        )
        results: list[bool] = []
        calling = threading.Thread(target=lambda: results.append(client.track("u", "a")[0]))
        calling.start()
        wait_until(lambda: client.stats()["Shop"].retried)
        client.shutdown(0.05)
        calling.join(5)
        assert results == [False]
        stats = client.stats()["Shop"]
        assert (stats.accepted, stats.dropped, stats.pending) == (1, {"shutdown": 1}, 0)

    def test_sync_mode_ends_as_every_client(self, make_client: MakeClient, answering: Any) -> None:
        """Flush, join and shutdown work without threads; later calls are not taken."""
        client = make_client(answering(), sync_mode=True)
        client.track("u", "a")
        assert client.flush() == 0
        client.join()
        assert client.shutdown() == 0
        assert client.track("u", "b")[0] is False

    def test_a_callback_that_tracks_in_sync_mode_returns(
        self, make_client: MakeClient, answering: Any
    ) -> None:
        """A synchronous loss that tracks from ``on_error`` does not recurse."""

        def calling(*_: object) -> None:
            client.track("u", "error seen")

        client = make_client(answering(_reject), sync_mode=True, on_error=calling)
        client.track("u", "a")
        assert client.stats()["Shop"].rejected == 2


class TestLog:
    """Who hears what."""

    def test_debug_lowers_the_level(self, quiet_log: None, make_client: MakeClient, answering: Any) -> None:
        """``debug=True`` logs at DEBUG, to a stream when there is no other handler."""
        make_client(answering(), debug=True)
        assert log.level == logging.DEBUG
        assert any(isinstance(handler, logging.StreamHandler) for handler in log.handlers)

    def test_a_log_handler_is_added(self, quiet_log: None, make_client: MakeClient, answering: Any) -> None:
        """``log_handler`` gets the client's lines, and is the only one added."""
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        client = make_client(answering(_reject), debug=True, log_handler=handler)
        client.track("u", "a")
        client.flush()
        assert log.handlers.count(handler) == 1
        assert "Shop rejected a message: bad" in stream.getvalue()

    def test_segment_s_oauth_is_said_to_do_nothing(
        self, make_client: MakeClient, answering: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Who configures Segment's OAuth learns that it has no effect; no value is shown."""
        make_client(answering(), oauth_client_key=_CANARY)
        assert "oauth" in caplog.text
        assert _CANARY not in caplog.text

    def test_nothing_personal_is_said(
        self, quiet_log: None, make_client: MakeClient, answering: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A whole life with losses of every kind, logged at DEBUG, shows no token and no value."""
        caplog.set_level(logging.DEBUG)

        def broken(batch: Batch) -> Outcome:
            raise ValueError(batch.messages[0]["event"])

        client = make_client(
            answering(broken),
            answering(_reject, name="Other"),
            write_key=_CANARY,
            debug=True,
            max_message_bytes=900,
        )
        client.track(_CANARY, _CANARY, {"odd": object()})
        client.track(_CANARY, _CANARY, {"long": _CANARY * 100})
        client.flush()
        client.shutdown()
        client.track(_CANARY, _CANARY)
        assert "odd was left out of a message" in caplog.text
        assert _CANARY not in caplog.text
        assert _CANARY not in repr(client)


class TestOnError:
    """The application's callback."""

    def test_it_gets_error_and_batch(self, make_client: MakeClient, answering: Any) -> None:
        """It is called with an error of this package and a list of the messages, as upstream calls it."""
        told: list[tuple[Any, Any]] = []
        client = make_client(answering(_reject), on_error=lambda error, batch: told.append((error, batch)))
        _, message = client.track("u", "a")
        client.flush()
        ((error, batch),) = told
        assert isinstance(error, AnalyticsError)
        assert batch == [message]

    def test_one_that_raises_stops_nothing(
        self, make_client: MakeClient, answering: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Delivery goes on after a callback raised, and the callback's text is not logged."""

        def raising(*_: object) -> None:
            raise RuntimeError(_CANARY)

        client = make_client(answering(_reject), on_error=raising, upload_size=1)
        for event in "abc":
            client.track("u", event)
        assert client.flush() == 0
        assert client.stats()["Shop"].rejected == 3
        assert "on_error raised RuntimeError" in caplog.text
        assert _CANARY not in caplog.text

    @pytest.mark.parametrize("what", ["track", "flush", "shutdown", "stats"])
    def test_it_may_call_the_client(self, make_client: MakeClient, answering: Any, what: str) -> None:
        """A callback that tracks, flushes or shuts down neither recurses nor blocks."""
        took: list[float] = []

        def calling(*_: object) -> None:
            started = time.monotonic()
            call()
            took.append(time.monotonic() - started)

        client = make_client(answering(_reject), on_error=calling, shutdown_timeout=60, flush_timeout=60)
        other = {"user_id": "u", "event": "error seen", "integrations": {"Shop": False}}
        call = partial(getattr(client, what), **(other if what == "track" else {}))
        client.track("u", "a")
        client.flush(60)
        client.shutdown(60)
        assert len(took) == 1
        assert took[0] < 30, "it waited for itself"
        stats = client.stats()["Shop"]
        assert (stats.accepted, stats.rejected, stats.pending) == (1, 1, 0)

    def test_a_full_queue_does_not_recurse(self, make_client: MakeClient, answering: Any) -> None:
        """A callback that tracks into the full queue is not called for its own loss, which is counted."""
        going = threading.Event()
        depth: list[str] = []

        def calling(error: Exception, batch: list[Message]) -> None:
            depth.append(batch[0]["event"])
            client.track("u", "error seen")

        client = make_client(answering(_until(going)), max_queue_size=1, on_error=calling)
        for event in "abc":
            client.track("u", event)
        going.set()
        client.shutdown()
        assert depth == ["b", "c"]
        assert client.stats()["Shop"].dropped["queue full"] == 4


class TestFlush:
    """Waiting for delivery."""

    def test_an_idle_client_has_nothing_to_flush(self, make_client: MakeClient, answering: Any) -> None:
        """Flushing nothing returns at once, and starts no thread."""
        client = make_client(answering())
        assert client.flush() == 0
        assert client.consumers == []

    def test_all_is_delivered_afterwards(self, make_client: MakeClient, answering: Any) -> None:
        """After a flush everything tracked before has been delivered and counted, whatever the interval."""
        shop = answering()
        client = make_client(shop, upload_interval=60, upload_size=300)
        for n in range(1_000):
            client.track("u", str(n))
        assert client.flush() == 0
        assert shop.events == [str(n) for n in range(1_000)]
        assert client.queue.empty()
        assert client.stats()["Shop"].delivered == 1_000

    def test_the_setting_is_its_default_time(self, make_client: MakeClient, answering: Any) -> None:
        """Without an argument a flush lasts ``flush_timeout`` at most."""
        going = threading.Event()
        client = make_client(answering(_until(going)), flush_timeout=0.05)
        client.track("u", "a")
        started = time.monotonic()
        assert client.flush() == 1
        assert time.monotonic() - started < 10
        going.set()


class TestEnd:
    """Shutting down."""

    def test_a_context_manager_delivers(self, answering: Any) -> None:
        """Leaving the block delivers everything and ends the threads, also after an error."""
        shop = answering()
        client = Client(plugins=[shop], discover=False, upload_interval=60)
        with suppress(KeyError), client:
            client.track("u", "a")
            raise KeyError
        assert shop.events == ["a"]
        assert client.closed
        assert not any(thread.is_alive() for thread in client.consumers)

    def test_join_delivers_and_ends(self, make_client: MakeClient, answering: Any) -> None:
        """``join`` is upstream's way to shut down."""
        shop = answering()
        client = make_client(shop, upload_interval=60)
        client.track("u", "a")
        threads = client.consumers
        client.join()
        assert shop.events == ["a"]
        assert not any(thread.is_alive() for thread in threads)

    def test_a_second_shutdown_does_nothing(self, make_client: MakeClient, answering: Any) -> None:
        """Shutting down again is harmless, and so is flushing afterwards."""
        client = make_client(answering())
        client.track("u", "a")
        assert [client.shutdown(), client.shutdown(), client.flush()] == [0, 0, 0]

    def test_the_setting_is_its_default_time(self, make_client: MakeClient, answering: Any) -> None:
        """Without an argument a shutdown lasts ``shutdown_timeout`` and a moment."""
        going = threading.Event()
        client = make_client(answering(_until(going)), shutdown_timeout=0.05)
        client.track("u", "a")
        started = time.monotonic()
        assert client.shutdown() == 1
        assert time.monotonic() - started < 10
        going.set()


class TestConstruction:
    """Making a client."""

    def test_without_a_destination_it_is_refused(self) -> None:
        """A client that could deliver nowhere is an error which says what to give."""
        with pytest.raises(ConfigurationError, match="write_key"):
            Client(discover=False)

    def test_without_a_token_it_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No token anywhere is one clear error, an AssertionError too, which names both ways to give one."""
        monkeypatch.delenv("MIXPANEL_TOKEN", raising=False)
        with pytest.raises(ConfigurationError) as caught:
            Client()
        assert isinstance(caught.value, AssertionError)
        assert "write_key" in str(caught.value)

    def test_it_starts_nothing(self, answering: Any) -> None:
        """Making a client starts no thread, so that a process may still fork."""
        before = set(threading.enumerate())
        Client(plugins=[answering()], discover=False)
        assert set(threading.enumerate()) <= before


@define(eq=False)
class Capturing:
    """A plugin that acts by the event's name."""

    seen: list[Message] = field(factory=list)

    @hookimpl
    def capture(self, message: Message) -> Message | Drop | None:
        """Act."""
        self.seen.append(message)
        event = message.get("event")
        if event == "drop":
            return Drop("not wanted")
        if event == "replace":
            return {**message, "event": "replaced"}
        return None


class TestCapture:
    """Plugins on the caller's thread."""

    def test_what_they_return_is_delivered(self) -> None:
        """A hook's message is the one that is returned and delivered."""
        client, recording = recording_client(plugins=[Capturing()])
        success, message = client.track("u", "replace")
        assert success is True
        assert message["event"] == "replaced"
        assert recording.messages == [message]

    def test_a_drop_is_told(self, make_client: MakeClient, answering: Any) -> None:
        """A dropped message is not taken; it is counted and told with the plugin's reason."""
        told: list[Any] = []
        shop = answering()
        client = make_client(
            shop, Capturing(), on_error=lambda error, lost: told.append((error.reason, lost))
        )
        success, message = client.track("u", "drop")
        client.flush()
        assert success is False
        assert shop.batches == []
        assert told == [("not wanted", [message])]
        assert client.stats()["Shop"].dropped == {"not wanted": 1}

    def test_they_see_the_whole_message(self) -> None:
        """Id, time, context and library are there already when plugins look."""
        capturing = Capturing()
        client, _ = recording_client(plugins=[capturing])
        client.track("u", "a", context={"ip": "10.0.0.1"})
        assert {"messageId", "timestamp", "userId", "properties"} <= capturing.seen[0].keys()
        assert capturing.seen[0]["context"].keys() == {"ip", "library"}


def test_a_plugin_may_come_late(make_client: MakeClient, answering: Any) -> None:
    """A destination registered later gets what is tracked from then on."""
    first, second = answering(name="First"), answering(name="Second")
    client = make_client(first)
    client.track("u", "a")
    client.register(second)
    client.track("u", "b")
    client.flush()
    assert first.events == ["a", "b"]
    assert second.events == ["b"]


def test_an_encoder_may_be_registered() -> None:
    """A client's own encoder serves its messages, given at construction or later."""

    class Money:
        cents = 5

    def encode(money: Money) -> int:
        return money.cents

    early, first = recording_client(encoders={Money: encode})
    late, second = recording_client()
    late.register_encoder(Money, encode)
    for client, recording in ((early, first), (late, second)):
        client.track("u", "a", {"price": Money()})
        assert recording.messages[0]["properties"] == {"price": 5}


def test_nothing_breaks_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong after the arguments were checked, the call returns and the loss is counted."""
    client, _ = recording_client()

    def broken(_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(client._encoder, "encode", broken)
    assert client.track("u", "a")[0] is False
    assert client.stats()["Recording"].dropped == {"error in the client": 1}


def test_public_methods_are_described() -> None:
    """Each public method has a docstring."""
    methods = inspect.getmembers(Client, inspect.isfunction)
    assert [name for name, method in methods if not name.startswith("_") and not method.__doc__] == []


def test_a_recording_is_no_default() -> None:
    """Plugins given to one client are not known to another."""
    first = RecordingDestination()
    Client(plugins=[first], discover=False, sync_mode=True).track("u", "a")
    other, recording = recording_client()
    other.track("u", "b")
    assert [m["event"] for m in first] == ["a"]
    assert [m["event"] for m in recording] == ["b"]
