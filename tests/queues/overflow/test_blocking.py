"""``block:SECONDS``: the caller waits for room, but neither for ever nor on a thread that makes room."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from analytics_mixpanel import Batch, Client
from analytics_mixpanel.queues.memory import Line, MemoryQueue
from analytics_mixpanel.queues.overflow.blocking import Block

LARGE = 1 << 30


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads for what waits."""
    with ThreadPoolExecutor(4) as threads:
        yield threads


def _until_waiting(line: Line, callers: int) -> None:
    deadline = time.monotonic() + 30
    while len(line._callers) < callers:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_call_waits_until_there_is_room(
    jam: Callable[..., Any], pool: ThreadPoolExecutor, wait_until: Callable[..., None]
) -> None:
    """Nothing is lost: the call returns once the destination has taken something."""
    full = jam(2, when_full="block:60")
    full.track("a")
    (line,) = full.client.queue._lines["Shop"]
    waiting = pool.submit(full.track, "b")
    _until_waiting(line, 1)
    assert not waiting.done()
    full.release()
    assert waiting.result(30) == [True]
    assert full.client.flush() == 0
    assert full.shop.events == ["first", "a", "b"]
    assert full.lost == []


def test_it_is_dropped_when_the_time_is_up(jam: Callable[..., Any]) -> None:
    """After so many seconds the message is lost as without waiting: refused, counted, told."""
    full = jam(1, when_full="block:0.05")
    started = time.monotonic()
    assert full.track("a") == [False]
    assert time.monotonic() - started >= 0.05
    assert full.lost == [("queue full", ["a"])]


def test_all_destinations_share_the_seconds() -> None:
    """Several full destinations do not add their waits up; the clock is asked once for all."""
    asked: list[float] = []

    class Full(MemoryQueue):
        def wait_for_room(self, destination: str, shard: int, timeout: float) -> bool:
            asked.append(timeout)
            return False

    queue, now = Full(1, LARGE), iter([100.0, 100.2, 100.6])
    assert Block(queue, 0.5, lambda: next(now)).put(b"b", ["first", "second"], 0) == ["first", "second"]
    assert asked == pytest.approx([0.3, 0.0])


def test_every_caller_that_waits_is_woken(pool: ThreadPoolExecutor) -> None:
    """When a batch is settled all callers get room at once, and each its message's place."""
    queue = MemoryQueue(3, LARGE)
    (line,) = queue.open("shop")
    for body in (b"a", b"b", b"c"):
        queue.put(body, ["shop"])
    policy = Block(queue, 60.0)
    callers = [pool.submit(policy.put, body, ["shop"], 0) for body in (b"d", b"e", b"f")]
    _until_waiting(line, 3)
    line.take_now(3, LARGE)
    line.settle()
    assert [caller.result(30) for caller in callers] == [[], [], []]
    assert sorted(line.take_now(9, LARGE)) == [b"d", b"e", b"f"]


def test_room_by_bytes_comes_with_the_taking(pool: ThreadPoolExecutor) -> None:
    """Where the bytes were the limit, a caller is woken as soon as the reader takes."""
    queue = MemoryQueue(100, 3)
    (line,) = queue.open("shop")
    queue.put(b"123", ["shop"])
    caller = pool.submit(Block(queue, 60.0).put, b"4", ["shop"], 0)
    _until_waiting(line, 1)
    line.take_now(1, LARGE)
    assert caller.result(30) == []


def test_a_close_ends_the_wait(pool: ThreadPoolExecutor) -> None:
    """A shutdown does not leave callers waiting."""
    queue = MemoryQueue(1, LARGE)
    (line,) = queue.open("shop")
    queue.put(b"a", ["shop"])
    caller = pool.submit(Block(queue, 60.0).put, b"b", ["shop"], 0)
    _until_waiting(line, 1)
    line.close()
    assert caller.result(30) == ["shop"]
    assert line.pending == 0


def test_a_hook_on_the_lane_does_not_wait(make_client: Callable[..., Client], answering: Any) -> None:
    """A destination that tracks into its own full queue is refused at once: nobody else makes room."""
    results: list[bool] = []

    def track_again(_: Batch) -> None:
        if not results:
            results.extend(client.track("u", "again")[0] for _ in range(3))

    shop = answering(track_again)
    client = make_client(shop, max_queue_size=2, upload_size=1, when_full="block:3600")
    client.track("u", "a")
    assert client.flush() == 0
    assert results == [True, False, False]


def test_a_hook_does_not_wait_for_another_client_either(
    make_client: Callable[..., Client], answering: Any, jam: Callable[..., Any]
) -> None:
    """A lane's thread of one client is not held up by the full queue of another."""
    full = jam(1, when_full="block:3600")
    results: list[bool] = []
    client = make_client(answering(lambda _: results.extend(full.track("a"))))
    client.track("u", "e")
    assert client.flush() == 0
    assert results == [False]


def test_a_flush_that_delivers_itself_does_not_wait(
    make_client: Callable[..., Client], answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no thread can be started, the hooks of the flushing thread are not held up."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    results: list[bool] = []

    def track_again(_: Batch) -> None:
        if not results:
            results.append(client.track("u", "again")[0])

    client = make_client(answering(track_again), max_queue_size=1, when_full="block:3600")
    client.track("u", "a")
    assert client.flush() == 0
    assert results == [False]


def test_a_call_in_sync_mode_is_not_concerned(make_client: Callable[..., Client], answering: Any) -> None:
    """Without a queue there is nothing to wait for."""
    client = make_client(answering(), sync_mode=True, max_queue_size=1, when_full="block:3600")
    assert [client.track("u", "e")[0] for _ in range(3)] == [True] * 3


_INTERRUPTED = """
import faulthandler, signal, sys, threading
from analytics_mixpanel import Client, hookimpl
faulthandler.dump_traceback_later(25, exit=True)

class Shop:
    name = "Shop"
    @hookimpl
    def deliver(self, batch):
        gate.wait(20)

gate = threading.Event()
client = Client(discover=False, plugins=[Shop()], max_queue_size=1, upload_size=1, when_full="block:0.2")
inner = []
signal.signal(signal.SIGALRM, lambda *_: inner.append(client.track("u", "from the handler")[0]))
client.track("u", "a")
signal.setitimer(signal.ITIMER_REAL, 0.05)
outer = client.track("u", "b")[0]
stats = client.stats()["Shop"]
gate.set()
left = client.flush(10)
print(outer, inner, stats.accepted, dict(stats.dropped), left)
client.shutdown()
"""


def test_a_signal_handler_that_interrupts_a_wait_ends(
    run_python: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """A handler that tracks while its own thread waits for room is bounded too, and nothing is uncounted."""
    ended = run_python(_INTERRUPTED)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "False [False] 3 {'queue full': 2} 0\n"
