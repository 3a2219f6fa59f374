"""What every queue has to do, whatever it keeps messages in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from analytics_mixpanel.queues import Queue
from analytics_mixpanel.queues.choosing import QueueSettings, make_queue

LARGE = 1 << 30
MakeQueue = Callable[..., Queue]


@pytest.fixture(params=["memory", "spool"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeQueue]:
    """Makes queues of a kind."""
    made: list[Queue] = []

    def make(shards: int = 1) -> Queue:
        kind = f"spool:{tmp_path / 'spool'}" if request.param == "spool" else "memory"
        made.append(make_queue(QueueSettings(kind, 1_000, LARGE, shards)))
        return made[-1]

    yield make
    for each in made:
        each.abandon()


@pytest.fixture
def queue(make: MakeQueue) -> Queue:
    """A queue of a kind."""
    return make()


@pytest.fixture
def reader() -> Iterator[ThreadPoolExecutor]:
    """A thread for what waits."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def _waits(future: Future[list[bytes]]) -> bool:
    time.sleep(0.03)
    return not future.done()


def test_oldest_first(queue: Queue) -> None:
    """Messages come in the order in which they were put, up to the limit of count and of bytes."""
    (line,) = queue.open("shop")
    for n in range(7):
        assert list(queue.put(b"%d" % n, ("shop",))) == []
    assert line.take(3, LARGE, 0) == [b"0", b"1", b"2"]
    assert line.settle()
    assert line.take(9, 2, 0) == [b"3", b"4"]
    assert line.settle()
    assert line.take_now(9, 0) == [b"5"]  # one that is too long alone is taken all the same
    assert line.settle()
    assert line.take_now(9, LARGE) == [b"6"]


def test_more_is_taken_while_some_is_in_hand(queue: Queue) -> None:
    """A reader may take again before it has settled; all of it is in its hand."""
    (line,) = queue.open("shop")
    for n in range(4):
        queue.put(b"%d" % n, ("shop",))
    assert line.take_now(1, LARGE) + line.take_now(2, LARGE) == [b"0", b"1", b"2"]
    assert line.settle([b"1"])
    assert line.pending == 2
    assert line.settle()
    assert line.take_now(9, LARGE) == [b"3"]


def test_destinations_settle_by_themselves(queue: Queue) -> None:
    """Each destination gets what was put for it, and is not kept waiting by another."""
    (first,), (second,) = queue.open("first"), queue.open("second")
    queue.put(b"both", ("first", "second"))
    queue.put(b"one", ("second",))
    assert first.take_now(9, LARGE) == [b"both"]
    first.settle()
    assert (first.pending, second.pending) == (0, 2)
    assert not queue.empty()
    assert second.take_now(9, LARGE) == [b"both", b"one"]
    second.settle()
    assert queue.empty()


def test_a_destination_gets_what_is_put_after_it_was_opened(queue: Queue) -> None:
    """A later destination has its own line, in which what was put before is not."""
    (first,) = queue.open("first")
    queue.put(b"a", ("first",))
    (second,) = queue.open("second")
    queue.put(b"b", ("first", "second"))
    assert second.take_now(9, LARGE) == [b"b"]
    assert _all_of(first) == [b"a", b"b"]


def _all_of(line: object) -> list[bytes]:
    taken: list[bytes] = []
    while bodies := line.take_now(9, LARGE):  # type: ignore[attr-defined]
        taken += bodies
        line.settle()  # type: ignore[attr-defined]
    return taken


def test_shards_are_lines_of_their_own(make: MakeQueue) -> None:
    """What is put under a shard is taken from its line, in order."""
    queue = make(shards=3)
    lines = queue.open("shop")
    for n in range(9):
        queue.put(b"%d" % n, ("shop",), n % 3)
    assert [line.take_now(9, LARGE) for line in lines] == [
        [b"0", b"3", b"6"],
        [b"1", b"4", b"7"],
        [b"2", b"5", b"8"],
    ]
    assert queue.qsize() == 9


def test_it_waits_for_the_count(queue: Queue, reader: ThreadPoolExecutor) -> None:
    """A batch is taken as soon as it is full, whatever the interval."""
    (line,) = queue.open("shop")
    taken = reader.submit(line.take, 3, LARGE, 60.0)
    queue.put(b"a", ("shop",))
    queue.put(b"b", ("shop",))
    assert _waits(taken)
    queue.put(b"c", ("shop",))
    assert taken.result(10) == [b"a", b"b", b"c"]


def test_it_waits_for_the_bytes(queue: Queue, reader: ThreadPoolExecutor) -> None:
    """A batch is taken as soon as it is long enough."""
    (line,) = queue.open("shop")
    taken = reader.submit(line.take, 100, 1_000, 60.0)
    queue.put(b"x" * 500, ("shop",))
    assert _waits(taken)
    queue.put(b"y" * 600, ("shop",))
    assert len(taken.result(10)) >= 1


def test_it_waits_for_the_interval(queue: Queue) -> None:
    """A batch that does not fill is taken so long after its first message."""
    (line,) = queue.open("shop")
    queue.put(b"a", ("shop",))
    started = time.monotonic()
    assert line.take(100, LARGE, 0.05) == [b"a"]
    assert time.monotonic() - started >= 0.05


def test_a_hurry_ends_the_wait(queue: Queue, reader: ThreadPoolExecutor) -> None:
    """``hurry`` lets what is there be taken, and nothing that comes later."""
    (line,) = queue.open("shop")
    taken = reader.submit(line.take, 100, LARGE, 60.0)
    queue.put(b"a", ("shop",))
    assert _waits(taken)
    line.hurry()
    assert taken.result(10) == [b"a"]
    line.settle()
    taken = reader.submit(line.take, 100, LARGE, 60.0)
    queue.put(b"b", ("shop",))
    assert _waits(taken)
    line.close()
    assert taken.result(10) == []


def test_what_remains_stays_pending(queue: Queue) -> None:
    """A part of a batch may be settled, again and again."""
    (line,) = queue.open("shop")
    for body in (b"a", b"b", b"b", b"c", b"d"):
        queue.put(body, ("shop",))
    _, _, second, third, fourth = line.take_now(5, LARGE)
    assert line.settle([second, third, fourth]) is True
    assert line.pending == 3
    assert line.settle([fourth]) is True
    assert line.pending == 1
    assert line.settle() is True
    assert line.pending == 0


def test_a_flush_waits_for_what_was_put_before(queue: Queue, reader: ThreadPoolExecutor) -> None:
    """It ends when the reader that settled the last of it comes back for more, and says what is left."""
    (line,) = queue.open("shop")
    assert line.wait_settled(60.0) == 0
    queue.put(b"a", ("shop",))
    waiting = reader.submit(line.wait_settled, 60.0)
    time.sleep(0.03)
    queue.put(b"later", ("shop",))
    assert line.take_now(1, LARGE) == [b"a"]
    line.settle()
    assert not waiting.done()
    assert line.take_now(1, LARGE) == [b"later"]
    assert waiting.result(10) == 0
    started = time.monotonic()
    assert line.wait_settled(0.05) == 1
    assert time.monotonic() - started >= 0.05


def test_a_close_ends_every_wait(queue: Queue) -> None:
    """Neither a reader nor a flush waits for a closed line."""
    (line,) = queue.open("shop")
    queue.put(b"a", ("shop",))
    with ThreadPoolExecutor(2) as pool:
        flushing = pool.submit(line.wait_settled, 60.0)
        taking = pool.submit(line.take, 9, LARGE, 60.0)
        time.sleep(0.03)
        line.close()
        flushing.result(10)
        assert taking.result(10) == []


def test_many_threads_lose_nothing(make: MakeQueue) -> None:
    """Whatever several threads put at once comes out, each thread's messages in its order."""
    queue = make()
    (line,) = queue.open("shop")
    taken: list[bytes] = []
    refused: list[bytes] = []

    def read() -> None:
        while bodies := line.take(500, LARGE, 0.001):
            taken.extend(bodies)
            line.settle()

    def write(who: int) -> None:
        for n in range(1_000):
            body = b"%d %d" % (who, n)
            if queue.put(body, ("shop",)):
                refused.append(body)

    reading = threading.Thread(target=read)
    reading.start()
    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert line.wait_settled(30) == 0
    line.close()
    reading.join(30)
    assert sorted([*taken, *refused]) == sorted(b"%d %d" % (who, n) for who in range(4) for n in range(1_000))
    for who in range(4):
        mine = [int(body.split()[1]) for body in taken if body.split()[0] == b"%d" % who]
        assert mine == sorted(mine)
