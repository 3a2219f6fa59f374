"""Lanes: threads, isolation between destinations, and ending in time."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client, Outcome, Rejection
from analytics_mixpanel.lanes.retry import RetryPolicy

MakeClient = Callable[..., Client]


@pytest.fixture
def hanging() -> Iterator[Callable[[Batch], None]]:
    """An answer that does not come before the test is over."""
    released = threading.Event()

    def hang(_: Batch) -> None:
        released.wait(30)

    yield hang
    released.set()


class TestThreads:
    """Who delivers."""

    def test_none_until_something_is_tracked(self, make_client: MakeClient, answering: Any) -> None:
        """A client that has nothing to deliver starts no thread."""
        client = make_client(answering())
        assert client.consumers == []
        client.track("u", "a")
        assert len(client.consumers) == 1

    def test_as_many_as_asked_for(self, make_client: MakeClient, answering: Any) -> None:
        """``thread=3`` gives every destination three; all are known, and ``shutdown`` ends all."""
        client = make_client(answering(name="First"), answering(name="Second"), thread=3)
        client.track("u", "a")
        threads = client.consumers
        assert len(threads) == 6
        assert all(thread.is_alive() for thread in threads)
        client.shutdown()
        assert not any(thread.is_alive() for thread in threads)

    def test_several_deliver_side_by_side(self, make_client: MakeClient, answering: Any) -> None:
        """The users of different threads do not wait for one another."""
        together = threading.Barrier(2)

        def meet(_: Batch) -> None:
            together.wait(5)

        client = make_client(answering(meet), thread=2)
        client.track("user-0", "a")  # these two fall to different threads
        client.track("user-4", "a")
        assert client.flush() == 0
        assert not together.broken

    def test_a_user_s_order_holds(self, make_client: MakeClient, answering: Any) -> None:
        """With several threads and failures, each user's messages arrive in the order of the calls."""
        shop = answering(lambda batch: Outcome(retry={0: "busy"}) if batch.attempt == 1 else None)
        client = make_client(shop, thread=3, upload_size=5)
        for n in range(40):
            for user in range(10):
                client.track(f"user-{user}", str(n))
        assert client.flush() == 0
        first_seen: dict[str | None, list[int]] = defaultdict(list)
        for message in shop.messages:
            if int(message["event"]) not in first_seen[message["userId"]]:
                first_seen[message["userId"]].append(int(message["event"]))
        assert len(first_seen) == 10
        assert all(numbers == list(range(40)) for numbers in first_seen.values())

    def test_an_anonymous_user_s_order_holds(self, make_client: MakeClient, answering: Any) -> None:
        """Without a user id the anonymous one keeps the messages together."""
        shop = answering()
        client = make_client(shop, thread=3, upload_size=1)
        for n in range(30):
            client.track(anonymous_id="a", event=str(n))
        client.flush()
        assert shop.events == [str(n) for n in range(30)]

    def test_without_any_a_flush_delivers(
        self, make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In a process that can start no thread the call succeeds, and ``flush`` delivers by itself."""

        def refuse(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        shop = answering()
        client = make_client(shop)
        assert client.track("u", "a")[0] is True
        assert client.consumers == []
        assert client.flush() == 0
        assert shop.events == ["a"]
        assert client.stats()["Shop"].delivered == 1


class TestIsolation:
    """One destination's trouble is its own."""

    def test_from_one_that_hangs(self, make_client: MakeClient, answering: Any, hanging: Any) -> None:
        """While one destination hangs another gets everything, and its accounts are closed."""
        good = answering(name="Good")
        client = make_client(answering(hanging, name="Hangs"), good, upload_size=1)
        for event in "abc":
            client.track("u", event)
        assert client.flush(0.3) == 3
        assert good.events == list("abc")
        assert client.stats()["Good"].pending == 0
        assert client.stats()["Hangs"].pending == 3

    def test_from_one_that_raises(self, make_client: MakeClient, answering: Any) -> None:
        """While one destination raises another gets everything."""
        good = answering(name="Good")
        client = make_client(answering(lambda _: 1 / 0, name="Raises"), good)
        client.track("u", "a")
        assert client.flush() == 0
        assert good.events == ["a"]
        assert client.stats()["Good"].delivered == 1
        assert sum(client.stats()["Raises"].dropped.values()) == 1

    def test_from_one_that_is_full(self, make_client: MakeClient, answering: Any, hanging: Any) -> None:
        """A destination that takes nothing more costs its own messages; the call says that one was lost."""
        good = answering(name="Good")
        client = make_client(answering(hanging, name="Hangs"), good, max_queue_size=2, upload_size=1)
        results = []
        for event in "abcd":
            results.append(client.track("u", event)[0])
            while client.stats()["Good"].pending:
                time.sleep(0.001)
        assert results == [True, True, False, False]
        assert good.events == list("abcd")
        assert client.stats()["Hangs"].dropped == {"queue full": 2}
        assert client.stats()["Hangs"].pending == 2


class TestCallbacks:
    """Hooks and callbacks are called on a lane's thread."""

    def test_one_may_flush_before_its_thread_has_quite_started(
        self, make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever starts a thread may go on long after that delivers: a flush there waits for nobody."""
        start, flushed = threading.Thread.start, threading.Event()

        def start_and_dawdle(thread: threading.Thread) -> None:
            start(thread)
            if thread.name.startswith("analytics-mixpanel"):
                assert flushed.wait(60), "the flush waits for itself"

        def flush(*_: object) -> None:
            client.flush(600)
            flushed.set()

        monkeypatch.setattr(threading.Thread, "start", start_and_dawdle)
        client = make_client(answering(lambda _: Outcome(rejected={0: Rejection("no")})), on_error=flush)
        assert client.track("u", "a")[0]
        assert client.flush(60) == 0


class TestTime:
    """Flush and shutdown keep their time, whatever a destination does."""

    def test_flush_says_what_is_left(self, make_client: MakeClient, answering: Any, hanging: Any) -> None:
        """A flush that cannot finish returns in time with the number of unsettled messages."""
        client = make_client(answering(hanging))
        client.track("u", "a")
        client.track("u", "b")
        started = time.monotonic()
        assert client.flush(0.1) == 2
        assert 0.1 <= time.monotonic() - started < 10

    def test_shutdown_ends_while_a_destination_hangs(
        self, make_client: MakeClient, answering: Any, hanging: Any
    ) -> None:
        """A shutdown returns in time; what it could not deliver is dropped, counted and told."""
        told: list[tuple[str, int]] = []
        client = make_client(
            answering(hanging), on_error=lambda error, lost: told.append((error.reason, len(lost)))
        )
        for event in "abc":
            client.track("u", event)
        started = time.monotonic()
        assert client.shutdown(0.1) == 3
        assert time.monotonic() - started < 10
        assert told == [("shutdown", 3)]
        stats = client.stats()["Shop"]
        assert (stats.accepted, stats.dropped, stats.pending) == (3, {"shutdown": 3}, 0)

    @pytest.mark.parametrize(
        "outcome",
        [
            Outcome(retry={0: "busy"}),
            Outcome(retry={0: "busy"}, retry_after=600),
            Outcome(retry={0: "401"}, paused="mend the token"),
        ],
        ids=["back-off", "asked", "paused"],
    )
    def test_shutdown_interrupts_every_wait(
        self, make_client: MakeClient, answering: Any, wait_until: Any, outcome: Outcome
    ) -> None:
        """A lane that waits for its next attempt stops at once when the time is up."""
        patient = RetryPolicy(first_wait=3_600, longest_wait=3_600, first_probe=600, max_retries=10_000)
        client = make_client(answering(lambda _: outcome), retry=patient)
        client.track("u", "a")
        wait_until(lambda: client.stats()["Shop"].retried)
        threads = client.consumers
        started = time.monotonic()
        assert client.shutdown(0.05) == 1
        assert time.monotonic() - started < 30
        assert not any(thread.is_alive() for thread in threads)
        assert client.stats()["Shop"].pending == 0

    def test_a_late_answer_is_not_counted_twice(
        self, make_client: MakeClient, answering: Any, wait_until: Any
    ) -> None:
        """What a shutdown gave up stays given up, though the destination takes it a moment later."""
        going, gone = threading.Event(), threading.Event()

        def slow(_: Batch) -> None:
            going.wait(10)
            gone.set()

        client = make_client(answering(slow))
        client.track("u", "a")
        threads = client.consumers
        assert client.shutdown(0.01) == 1
        going.set()
        assert gone.wait(5)
        wait_until(lambda: not threads[0].is_alive())
        stats = client.stats()["Shop"]
        assert (stats.delivered, stats.dropped, stats.pending) == (0, {"shutdown": 1}, 0)
