"""A batch's way through a destination, attempt by attempt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from attrs import define, field

from analytics_mixpanel import Batch, Client, Drop, Message, Outcome, Rejection, hookimpl
from analytics_mixpanel.errors import DroppedError, RejectedError
from analytics_mixpanel.lanes.retry import RetryPolicy

MakeClient = Callable[..., Client]
_CANARY = "secret-canary"


@define(eq=False)
class Losses:
    """Keeps what ``on_error`` is told."""

    told: list[tuple[Exception, list[Message]]] = field(factory=list)

    def __call__(self, error: Exception, messages: list[Message]) -> None:
        """Keep it."""
        self.told.append((error, messages))

    @property
    def reasons(self) -> list[tuple[str, list[str]]]:
        """Each error's reason, and the events it lost."""
        return [(error.reason, [m["event"] for m in lost]) for error, lost in self.told]  # type: ignore[attr-defined]


@pytest.fixture
def losses() -> Losses:
    """An ``on_error`` that keeps what it is told."""
    return Losses()


@pytest.fixture(autouse=True)
def _interrupted_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """What interrupts the delivery does so for a moment only."""
    monkeypatch.setattr("analytics_mixpanel.lanes.courier._INTERRUPTED", 0.01)


def _track(client: Client, *events: str) -> None:
    for event in events:
        client.track("u", event)


def _adds_up(client: Client, name: str = "Shop", **expected: Any) -> None:
    stats = client.stats()[name]
    assert {key: getattr(stats, key) for key in expected} == expected
    assert stats.pending == 0
    assert stats.accepted == stats.delivered + stats.rejected + sum(stats.dropped.values())


class TestBatches:
    """What is delivered together."""

    def test_by_count(self, make_client: MakeClient, answering: Any) -> None:
        """A batch has at most ``upload_size`` messages, in the order of the calls."""
        shop = answering()
        client = make_client(shop, upload_size=3, upload_interval=60)
        _track(client, *"abcdefg")
        client.flush()
        assert [len(batch) for batch in shop.batches] == [3, 3, 1]
        assert shop.events == list("abcdefg")
        _adds_up(client, accepted=7, delivered=7)

    def test_by_bytes(self, make_client: MakeClient, answering: Any) -> None:
        """A batch has at most ``batch_bytes`` bytes of encoded messages."""
        shop = answering()
        client = make_client(shop, batch_bytes=3_000, upload_interval=60)
        for event in "abcd":
            client.track("u", event, {"long": "x" * 1_000})
        client.flush()
        assert [len(batch) for batch in shop.batches] == [2, 2]
        assert shop.events == list("abcd")

    def test_by_interval(self, make_client: MakeClient, answering: Any, wait_until: Any) -> None:
        """Without a flush a batch goes when its interval has passed."""
        shop = answering()
        _track(make_client(shop, upload_interval=0.02), "a", "b")
        wait_until(lambda: shop.events == ["a", "b"])

    def test_a_full_batch_does_not_wait(
        self, make_client: MakeClient, answering: Any, wait_until: Any
    ) -> None:
        """Without a flush a batch goes when it is full, long before its interval."""
        shop = answering()
        _track(make_client(shop, upload_size=2, upload_interval=60), "a", "b")
        wait_until(lambda: shop.batches)
        assert shop.events == ["a", "b"]

    def test_a_destination_gets_a_deadline(self, make_client: MakeClient, answering: Any) -> None:
        """A batch says by when it should be done: within the setting ``timeout``."""
        left: list[float] = []
        shop = answering(lambda batch: left.append(batch.deadline - time.monotonic()))
        client = make_client(shop, timeout=3)
        _track(client, "a")
        client.flush()
        assert 2 < left[0] <= 3


class TestRetry:
    """What did not get through."""

    def test_it_is_sent_again(self, make_client: MakeClient, answering: Any) -> None:
        """What is to be retried comes again with the next attempt's number; then it is delivered."""
        attempts: list[int] = []

        def twice(batch: Batch) -> Outcome | None:
            attempts.append(batch.attempt)
            return Outcome(retry={0: "busy"}) if batch.attempt < 3 else None

        client = make_client(answering(twice))
        _track(client, "a")
        assert client.flush() == 0
        assert attempts == [1, 2, 3]
        _adds_up(client, accepted=1, delivered=1, retried=2)

    def test_only_that_part_is_sent_again(
        self, make_client: MakeClient, answering: Any, losses: Losses
    ) -> None:
        """One outcome may deliver, reject, drop and retry; each message meets its own fate, once."""
        mixed = Outcome(
            rejected={0: Rejection("too old", "properties.time")},
            dropped={1: "no mapping"},
            retry={3: "busy"},
        )
        shop = answering(lambda batch: mixed if batch.attempt == 1 else None)
        client = make_client(shop, upload_interval=60, on_error=losses)
        _track(client, *"abcde")
        client.flush()
        assert [[m["event"] for m in batch] for batch in shop.batches] == [list("abcde"), ["d"]]
        assert losses.reasons == [("too old", ["a"]), ("no mapping", ["b"])]
        _adds_up(client, accepted=5, delivered=3, rejected=1, dropped={"no mapping": 1}, retried=1)

    def test_notes_last_from_one_attempt_to_the_next(self, make_client: MakeClient, answering: Any) -> None:
        """What a destination notes about a message it finds again when that message comes again."""
        found: list[Any] = []

        def noting(batch: Batch) -> Outcome | None:
            found.append([batch.notes.get(place) for place in range(len(batch.messages))])
            batch.notes.update({place: message["event"] for place, message in enumerate(batch.messages)})
            return Outcome(retry={1: "busy"}) if batch.attempt == 1 else None

        client = make_client(answering(noting), upload_interval=60)
        _track(client, "a", "b")
        client.flush()
        assert found == [[None, None], ["b"]]

    def test_order_holds(self, make_client: MakeClient, answering: Any) -> None:
        """What failed is delivered before what came after it."""
        shop = answering(lambda batch: Outcome(retry={0: "busy"}) if batch.attempt < 3 else None)
        client = make_client(shop, upload_size=1)
        _track(client, "a", "b")
        client.flush()
        assert shop.events == ["a", "a", "a", "b", "b", "b"]

    def test_it_ends(self, make_client: MakeClient, answering: Any, losses: Losses) -> None:
        """After the last retry the messages are dropped, and ``on_error`` is told."""
        shop = answering(lambda batch: Outcome(retry=dict.fromkeys(range(len(batch.messages)), "busy")))
        policy = RetryPolicy(max_retries=2, first_wait=0.001, longest_wait=0.01)
        client = make_client(shop, retry=policy, on_error=losses, upload_interval=60)
        _track(client, "a", "b")
        assert client.flush() == 0
        assert len(shop.batches) == 3
        assert losses.reasons == [("retries exhausted", ["a", "b"])]
        assert isinstance(losses.told[0][0], DroppedError)
        _adds_up(client, accepted=2, dropped={"retries exhausted": 2}, retried=4)

    def test_the_asked_wait_is_kept(self, make_client: MakeClient, answering: Any) -> None:
        """A destination that asks for time gets it, though somebody flushes."""
        times: list[float] = []

        def busy(batch: Batch) -> Outcome | None:
            times.append(time.monotonic())
            return Outcome(retry={0: "busy"}, retry_after=0.15) if batch.attempt == 1 else None

        client = make_client(answering(busy))
        _track(client, "a")
        assert client.flush() == 0
        assert times[1] - times[0] >= 0.15

    def test_a_flush_ends_a_back_off(self, make_client: MakeClient, answering: Any, wait_until: Any) -> None:
        """What only waits for its own back-off is tried at once when somebody flushes."""
        slow = RetryPolicy(first_wait=3_600, longest_wait=3_600)
        shop = answering(lambda batch: Outcome(retry={0: "busy"}) if batch.attempt == 1 else None)
        client = make_client(shop, retry=slow)
        _track(client, "a")
        wait_until(lambda: client.stats()["Shop"].retried == 1)
        assert client.flush(5) == 0
        _adds_up(client, delivered=1)

    def test_a_wrong_setting_keeps_the_messages(
        self, make_client: MakeClient, answering: Any, wait_until: Any
    ) -> None:
        """A paused destination is probed, without end, and gets everything once it is mended."""
        mended = threading.Event()
        paused = Outcome(retry={0: "401"}, paused="mend the token")
        shop = answering(lambda _: None if mended.is_set() else paused)
        policy = RetryPolicy(max_retries=0, max_total_backoff=0, first_probe=0.001, longest_probe=0.002)
        client = make_client(shop, retry=policy, upload_size=1)
        _track(client, "a", "b")
        wait_until(lambda: len(shop.batches) > 5)
        assert client.stats()["Shop"].pending == 2
        mended.set()
        assert client.flush() == 0
        assert shop.events[-2:] == ["a", "b"]
        _adds_up(client, accepted=2, delivered=2)


class TestProbing:
    """How a destination that failed is found to be back."""

    def test_with_a_small_batch(self, make_client: MakeClient, answering: Any) -> None:
        """After a failure a few of the messages are tried; once they are taken the rest follows."""
        attempts: list[int] = []

        def twice(batch: Batch) -> Outcome | None:
            attempts.append(batch.attempt)
            failed = dict.fromkeys(range(len(batch.messages)), "busy")
            return Outcome(retry=failed) if batch.attempt < 3 else None

        shop = answering(twice)
        client = make_client(shop, upload_interval=60)
        _track(client, *map(str, range(200)))
        assert client.flush() == 0
        assert [len(batch) for batch in shop.batches] == [200, 50, 50, 150]
        assert shop.batches[2] + shop.batches[3] == shop.batches[0]
        assert attempts == [1, 2, 3, 4]
        _adds_up(client, accepted=200, delivered=200, retried=250)

    def test_a_pause_with_one_message(self, make_client: MakeClient, answering: Any) -> None:
        """While a setting is wrong one message is tried at a time; once it is taken the rest follows."""

        def thrice(batch: Batch) -> Outcome | None:
            kept = dict.fromkeys(range(len(batch.messages)), "401")
            return Outcome(retry=kept, paused="mend the token") if batch.attempt < 4 else None

        shop = answering(thrice)
        client = make_client(shop, upload_interval=60)
        _track(client, *map(str, range(100)))
        assert client.flush() == 0
        assert [len(batch) for batch in shop.batches] == [100, 1, 1, 1, 99]
        assert shop.events[-100:] == [str(n) for n in range(100)]
        _adds_up(client, accepted=100, delivered=100)

    def test_each_message_of_a_probe_has_its_fate(
        self, make_client: MakeClient, answering: Any, losses: Losses
    ) -> None:
        """What a probe rejects, drops or leaves is settled by itself; the places of the rest are right."""

        def mixed(batch: Batch) -> Outcome | None:
            if batch.attempt == 1:
                return Outcome(retry=dict.fromkeys(range(len(batch.messages)), "busy"))
            if batch.attempt == 2:
                return Outcome(rejected={1: Rejection("bad")}, dropped={2: "no mapping"}, retry={3: "busy"})
            return None

        shop = answering(mixed)
        client = make_client(shop, upload_interval=60, on_error=losses)
        _track(client, *map(str, range(60)))
        assert client.flush() == 0
        assert losses.reasons == [("bad", ["1"]), ("no mapping", ["2"])]
        assert [m["event"] for m in shop.batches[2]][:2] == ["3", "50"]
        assert sorted({int(event) for event in shop.events}) == list(range(60))
        _adds_up(client, accepted=60, delivered=58, rejected=1, dropped={"no mapping": 1})

    def test_notes_outlast_a_probe(self, make_client: MakeClient, answering: Any) -> None:
        """What was noted of messages that are not in the probe is there when they are tried."""
        found: list[list[Any]] = []

        def noting(batch: Batch) -> Outcome | None:
            places = range(len(batch.messages))
            found.append([batch.notes.get(place) for place in places])
            batch.notes.update({place: batch.messages[place]["event"] for place in places})
            return Outcome(retry=dict.fromkeys(places, "busy")) if batch.attempt < 3 else None

        client = make_client(answering(noting), upload_interval=60)
        _track(client, *map(str, range(70)))
        assert client.flush() == 0
        events = [str(n) for n in range(70)]
        assert found == [[None] * 70, events[:50], events[:50], events[50:]]

    def test_progress_is_not_given_up(self, make_client: MakeClient, answering: Any) -> None:
        """A destination that takes one message at a time gets all, whatever the number of retries."""

        def one(batch: Batch) -> Outcome:
            return Outcome(retry=dict.fromkeys(range(1, len(batch.messages)), "busy"))

        policy = RetryPolicy(max_retries=1, max_total_backoff=0.05, first_wait=0.001, longest_wait=0.01)
        shop = answering(one)
        client = make_client(shop, retry=policy, upload_interval=60)
        _track(client, *map(str, range(40)))
        assert client.flush() == 0
        _adds_up(client, accepted=40, delivered=40)


class TestKeeping:
    """What is not given up."""

    def test_by_a_durable_queue(self, make_client: MakeClient, answering: Any, wait_until: Any) -> None:
        """Where the messages are kept on disk, neither attempts nor time end them."""
        shop = answering(lambda batch: Outcome(retry={0: "busy"}) if batch.attempt < 40 else None)
        policy = RetryPolicy(max_retries=1, max_total_backoff=0, first_wait=0.001, longest_wait=0.002)
        client = make_client(shop, retry=policy)
        client._router.lanes[0].couriers[0].reader.durable = True
        _track(client, "a")
        assert client.flush() == 0
        _adds_up(client, accepted=1, delivered=1, retried=39)

    def test_by_a_flush_without_threads(
        self, make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In a process that can start none, a flush whose time is up loses nothing; the next goes on."""

        def refuse(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        attempts: list[int] = []

        def later(batch: Batch) -> Outcome | None:
            attempts.append(batch.attempt)
            batch.notes[0] = "known"
            return Outcome(retry={0: "401", 1: "401"}, paused="mend it") if len(attempts) < 3 else None

        policy = RetryPolicy(first_probe=600, longest_probe=600)
        shop = answering(later)
        client = make_client(shop, retry=policy)
        _track(client, "a", "b")
        assert client.flush(0.05) == 2
        assert client.flush(0.05) == 2
        assert client.stats()["Shop"].pending == 2
        assert client.flush() == 0
        assert attempts == [1, 2, 3]
        assert shop.events == ["a", "b"] * 3
        _adds_up(client, accepted=2, delivered=2)

    def test_what_was_delivered_before_an_exit(
        self, make_client: MakeClient, answering: Any, losses: Losses
    ) -> None:
        """A destination that raises SystemExit is at fault as one that raises: nothing comes twice."""

        def leave(batch: Batch) -> Outcome:
            if batch.attempt >= 2:
                raise SystemExit
            return Outcome(retry={1: "busy", 3: "busy"})

        shop = answering(leave)
        client = make_client(shop, on_error=losses, upload_interval=60)
        _track(client, *"abcd")
        assert client.flush() == 0
        ((reason, lost),) = losses.reasons
        assert lost == ["b", "d"]
        assert reason.startswith("SystemExit at test_courier.py")
        assert shop.events == [*"abcd", *"bd" * 3]
        _adds_up(client, accepted=4, delivered=2)

    @pytest.mark.parametrize("problem", [OSError(24, "too many open files"), MemoryError()], ids=repr)
    def test_by_a_machine_that_lacks_something(
        self, make_client: MakeClient, answering: Any, problem: Exception
    ) -> None:
        """What a destination raises because memory or files have run out is not its fault, and passes."""

        def lack(batch: Batch) -> None:
            if batch.attempt < 8:
                raise problem

        client = make_client(answering(lack))
        _track(client, "a")
        assert client.flush() == 0
        _adds_up(client, accepted=1, delivered=1, retried=7)

    def test_by_a_lane_that_lacks_something_itself(
        self, make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch, losses: Losses
    ) -> None:
        """Where no back-off can be computed, what was delivered is settled and the rest comes again."""
        backoff, failing = RetryPolicy.backoff, [True] * 4

        def lacking(policy: RetryPolicy, failures: int) -> float:
            if failing:
                failing.pop()
                raise OSError(24, "too many open files")
            return backoff(policy, failures)

        monkeypatch.setattr(RetryPolicy, "backoff", lacking)
        shop = answering(
            lambda batch: Outcome(retry={len(batch.messages) - 1: "busy"}) if batch.attempt < 7 else None
        )
        client = make_client(shop, on_error=losses, upload_interval=60)
        _track(client, "a", "b")
        assert client.flush() == 0
        assert shop.events == ["a", *"b" * 7]
        assert losses.told == []
        _adds_up(client, accepted=2, delivered=2)

    def test_by_a_thread_that_could_take_nothing(
        self, make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A queue that raises while it is read ends no thread."""
        shop = answering()
        client = make_client(shop, upload_interval=60)
        reader = client._router.lanes[0].couriers[0].reader
        take, failing = reader.take, [True, True]

        def lacking(*arguments: Any) -> list[bytes]:
            if failing:
                failing.pop()
                raise MemoryError
            return take(*arguments)

        monkeypatch.setattr(reader, "take", lacking)
        _track(client, "a")
        assert client.flush() == 0
        assert shop.events == ["a"]
        _adds_up(client, accepted=1, delivered=1)

    def test_by_an_interrupted_flush(
        self, make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ctrl-C ends a flush that delivers by itself; the next one, or the shutdown, goes on."""
        monkeypatch.setattr("analytics_mixpanel.lanes.lane.threads_run", lambda: False)

        def interrupt(batch: Batch) -> None:
            if batch.attempt == 1:
                raise KeyboardInterrupt

        shop = answering(interrupt)
        client = make_client(shop, upload_interval=60)
        _track(client, "a", "b")
        with pytest.raises(KeyboardInterrupt):
            client.flush()
        assert client.stats()["Shop"].pending == 2
        assert client.flush() == 0
        assert shop.events == ["a", "b"] * 2
        _adds_up(client, accepted=2, delivered=2)

    def test_an_interrupted_shutdown_is_one(
        self, make_client: MakeClient, answering: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who presses Ctrl-C meanwhile wants no more waiting; what was not delivered is accounted for."""
        monkeypatch.setattr("analytics_mixpanel.lanes.lane.threads_run", lambda: False)

        def interrupt(_: Batch) -> None:
            raise KeyboardInterrupt

        client = make_client(answering(interrupt), upload_interval=60)
        _track(client, "a", "b")
        with pytest.raises(KeyboardInterrupt):
            client.shutdown()
        assert client.health["Shop"].state == "closed"
        _adds_up(client, accepted=2, dropped={"shutdown": 2})

    def test_nothing_when_a_synchronous_call_is_interrupted(
        self, make_client: MakeClient, answering: Any
    ) -> None:
        """What stops a synchronous call stops it, and its message is accounted for."""

        def interrupt(_: Batch) -> None:
            raise KeyboardInterrupt

        client = make_client(answering(interrupt), sync_mode=True)
        with pytest.raises(KeyboardInterrupt):
            client.track("u", "a")
        _adds_up(client, accepted=1, dropped={"error in deliver": 1})

    def test_a_synchronous_call_tries_whatever_came_before(
        self, make_client: MakeClient, answering: Any
    ) -> None:
        """A call that delivers by itself does not wait for a destination's back-off from earlier calls."""
        policy = RetryPolicy(first_probe=600, first_wait=600, longest_wait=600)
        mended: list[bool] = []
        shop = answering(lambda _: None if mended else Outcome(retry={0: "401"}, paused="mend it"))
        client = make_client(shop, sync_mode=True, retry=policy, timeout=5)
        assert client.track("u", "a")[0] is False
        mended.append(True)
        assert client.track("u", "b")[0] is True
        assert client.health["Shop"].state == "ok"
        _adds_up(client, accepted=2, delivered=1, dropped={"not delivered in time": 1})


class TestRejection:
    """What a destination refuses."""

    def test_it_is_told_with_its_reason(
        self, make_client: MakeClient, answering: Any, losses: Losses
    ) -> None:
        """``on_error`` gets the destination's reason, the field at fault and the message."""
        client = make_client(
            answering(lambda _: Outcome(rejected={0: Rejection("bad", "time")})), on_error=losses
        )
        _, message = client.track("u", "a")
        client.flush()
        ((error, messages),) = losses.told
        assert isinstance(error, RejectedError)
        assert (error.destination, error.reason, error.field) == ("Shop", "bad", "time")
        assert messages == [message]
        _adds_up(client, rejected=1)

    def test_whatever_the_callback_does_each_is_counted_once(
        self, make_client: MakeClient, answering: Any
    ) -> None:
        """A callback that raises SystemExit costs the others their telling, not their count."""

        def leave(*_: object) -> None:
            raise SystemExit

        mixed = Outcome(
            rejected={0: Rejection("bad"), 1: Rejection("bad")}, dropped={2: "no mapping", 3: "no mapping"}
        )
        shop = answering(lambda batch: mixed if len(batch.messages) == 5 else None)
        client = make_client(shop, on_error=leave, upload_interval=60)
        _track(client, *"abcde")
        assert client.flush() == 0
        assert shop.events == [*"abcde"]
        _adds_up(client, accepted=5, delivered=1, rejected=2, dropped={"no mapping": 2})

    def test_it_is_told_before_the_flush_is_over(self, make_client: MakeClient, answering: Any) -> None:
        """When ``flush`` returns, every loss has been told and counted."""
        told: list[str] = []

        def slowly(error: Exception, _: object) -> None:
            time.sleep(0.05)
            told.append(str(error))

        client = make_client(answering(lambda _: Outcome(rejected={0: Rejection("bad")})), on_error=slowly)
        _track(client, "a")
        assert client.flush() == 0
        assert told == ["Shop: bad"]


_GARBAGE: dict[str, Any] = {
    "a str": lambda _: "delivered",
    "True": lambda _: True,
    "a dict": lambda _: {},
    "an index too high": lambda batch: Outcome(retry={len(batch.messages): "x"}),
    "an index too low": lambda _: Outcome(dropped={-1: "x"}),
    "an index that is none": lambda _: Outcome(rejected={"0": Rejection("x")}),  # type: ignore[dict-item]
    "a message twice": lambda _: Outcome(rejected={0: Rejection("x")}, retry={0: "x"}),
    "no Rejection": lambda _: Outcome(rejected={0: "x"}),  # type: ignore[dict-item]
    "no reason": lambda _: Outcome(dropped={0: ["x"]}),  # type: ignore[dict-item]
    "no mapping": lambda _: Outcome(retry=[0]),  # type: ignore[arg-type]
    "no number": lambda _: Outcome(retry={0: "x"}, retry_after="soon"),  # type: ignore[arg-type]
}


class TestBroken:
    """Destinations at fault themselves."""

    def test_one_that_raises_is_given_up(
        self, make_client: MakeClient, answering: Any, losses: Losses, caplog: pytest.LogCaptureFixture
    ) -> None:
        """After three tries its messages are dropped; the exception's text is logged nowhere."""

        def broken(_: Batch) -> None:
            raise RuntimeError(_CANARY)

        shop = answering(broken)
        client = make_client(shop, on_error=losses)
        _track(client, "a")
        assert client.flush() == 0
        assert len(shop.batches) == 3
        assert "RuntimeError at test_courier.py" in losses.reasons[0][0]
        assert _CANARY not in caplog.text + str(losses.told[0][0])
        assert sum(client.stats()["Shop"].dropped.values()) == 1
        _adds_up(client, accepted=1, delivered=0)

    @pytest.mark.parametrize("answer", _GARBAGE.values(), ids=_GARBAGE.keys())
    def test_one_that_answers_garbage_is_given_up(
        self, make_client: MakeClient, answering: Any, losses: Losses, answer: Any
    ) -> None:
        """An answer that makes no sense is a failure; after three the messages are dropped."""
        shop = answering(answer)
        client = make_client(shop, on_error=losses)
        _track(client, "a")
        assert client.flush(5) == 0
        assert len(shop.batches) == 3
        assert "in deliver" in losses.reasons[0][0]
        _adds_up(client, accepted=1, delivered=0, rejected=0)

    def test_it_goes_on_afterwards(self, make_client: MakeClient, answering: Any) -> None:
        """A destination that recovers gets what comes then."""
        shop = answering(lambda batch: 1 / 0 if batch.messages[0]["event"] == "a" else None)
        client = make_client(shop, upload_size=1)
        _track(client, "a", "b")
        client.flush()
        assert shop.events == ["a", "a", "a", "b"]
        _adds_up(client, accepted=2, delivered=1)


@define(eq=False)
class Enriching:
    """Changes, drops or breaks on one event each."""

    @hookimpl
    def enrich(self, message: Message, destination: str) -> Message | Drop | None:
        """Act by the event's name."""
        if message["event"] == "drop":
            return Drop("not wanted")
        if message["event"] == "break":
            raise RuntimeError(_CANARY)
        message["context"]["for"] = destination
        return None


class TestEnrich:
    """Plugins between the queue and the destination."""

    def test_each_destination_has_its_own_copy(self, make_client: MakeClient, answering: Any) -> None:
        """What a plugin or destination does to a message, another destination does not see."""
        first, second = answering(name="First"), answering(name="Second")
        client = make_client(first, second, Enriching())
        _track(client, "a")
        client.flush()
        assert first.messages[0]["context"]["for"] == "First"
        assert second.messages[0]["context"]["for"] == "Second"

    def test_a_drop_costs_its_message(self, make_client: MakeClient, answering: Any, losses: Losses) -> None:
        """A dropped message is told with the plugin's reason; the rest of its batch goes on."""
        shop = answering()
        client = make_client(shop, Enriching(), upload_interval=60, on_error=losses)
        _track(client, "a", "drop", "b")
        client.flush()
        assert shop.events == ["a", "b"]
        assert losses.reasons == [("not wanted", ["drop"])]
        _adds_up(client, accepted=3, delivered=2, dropped={"not wanted": 1})

    def test_a_batch_may_be_dropped_whole(self, make_client: MakeClient, answering: Any) -> None:
        """A destination is not asked to deliver nothing."""
        shop = answering()
        client = make_client(shop, Enriching())
        _track(client, "drop")
        assert client.flush() == 0
        assert shop.batches == []
        _adds_up(client, accepted=1, dropped={"not wanted": 1})

    def test_one_that_exits_is_given_up(
        self, make_client: MakeClient, answering: Any, losses: Losses
    ) -> None:
        """A plugin that raises SystemExit each time costs its batch after three tries, and no other."""

        @define(eq=False)
        class Leaving:
            tries: int = 0

            @hookimpl
            def enrich(self, message: Message) -> None:
                if message["event"] == "never" or (message["event"] == "later" and not self.tries):
                    self.tries += 1
                    raise SystemExit

        shop = answering()
        client = make_client(shop, Leaving(), upload_size=1, on_error=losses)
        _track(client, "later", "never", "a")
        assert client.flush() == 0
        assert shop.events == ["later", "a"]
        ((reason, lost),) = losses.reasons
        assert lost == ["never"]
        assert reason.startswith("SystemExit at test_courier.py")
        _adds_up(client, accepted=3, delivered=2)

    def test_one_that_raises_loses_nothing(
        self, make_client: MakeClient, answering: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A message on which a plugin breaks is delivered as it was."""
        shop = answering()
        client = make_client(shop, Enriching())
        _track(client, "break")
        client.flush()
        assert shop.events == ["break"]
        assert "Enriching" in caplog.text
        assert _CANARY not in caplog.text
