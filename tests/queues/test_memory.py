"""The queue in memory: its bounds, its order, its waits, and being interrupted by itself."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from analytics_mixpanel.queues.memory import Line, MemoryQueue

LARGE = 1 << 30


@pytest.fixture
def line() -> Line:
    """A line with room."""
    return Line(1_000, LARGE)


@pytest.fixture
def reader() -> Iterator[ThreadPoolExecutor]:
    """A thread for what waits."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def _waits(future: Future[list[bytes]]) -> bool:
    """Whether it is still waiting after a moment."""
    time.sleep(0.03)
    return not future.done()


class TestBounds:
    """How much a queue takes."""

    def test_it_is_bounded_by_count(self) -> None:
        """What exceeds the count is refused, until something is settled."""
        line = Line(2, LARGE)
        assert [line.put(b"a"), line.put(b"b"), line.put(b"c")] == [True, True, False]
        line.take_now(1, LARGE)
        assert line.put(b"d") is False
        line.settle()
        assert line.put(b"e") is True

    def test_it_is_bounded_by_bytes(self) -> None:
        """Once so many bytes are held, nothing more is taken."""
        line = Line(1_000, 10)
        assert [line.put(b"12345"), line.put(b"12345"), line.put(b"1")] == [True, True, False]

    def test_destinations_are_bounded_one_by_one(self) -> None:
        """A full destination is named by ``put``; the others get the message."""
        queue = MemoryQueue(1, LARGE)
        queue.open("full")
        queue.put(b"a", ["full"])
        (line,) = queue.open("empty")
        assert queue.put(b"b", ["full", "empty"]) == ["full"]
        assert line.take_now(10, LARGE) == [b"b"]

    def test_a_destination_alone_is_told_as_well(self) -> None:
        """With one destination ``put`` names it when it is full, and nobody otherwise."""
        queue = MemoryQueue(1, LARGE)
        queue.open("only")
        assert list(queue.put(b"a", ["only"])) == []
        assert list(queue.put(b"b", ["only"])) == ["only"]

    def test_shards_share_the_bound(self) -> None:
        """Lines of one destination together hold what it may hold."""
        queue = MemoryQueue(6, 600, shards=3)
        lines = queue.open("shop")
        refused = [list(queue.put(b"a", ["shop"], shard)) for shard in (0, 1, 2) for _ in range(3)]
        assert refused.count(["shop"]) == 3
        assert [line.pending for line in lines] == [2, 2, 2]
        assert queue.qsize() == 6

    def test_a_closed_line_takes_nothing(self, line: Line) -> None:
        """After ``close`` a message is refused, so that its loss can be told."""
        line.close()
        assert line.put(b"a") is False
        assert line.pending == 0


class TestTake:
    """What a reader waits for."""

    def test_oldest_first(self, line: Line) -> None:
        """Messages come in the order in which they were put, up to the limit."""
        for n in range(5):
            line.put(b"%d" % n)
        assert line.take(3, LARGE, 0) == [b"0", b"1", b"2"]
        line.settle()
        assert line.take(3, LARGE, 0) == [b"3", b"4"]

    def test_it_waits_for_the_count(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """A batch is taken as soon as it is full, whatever the interval."""
        taken = reader.submit(line.take, 3, LARGE, 60.0)
        line.put(b"a")
        line.put(b"b")
        assert _waits(taken)
        line.put(b"c")
        assert taken.result(5) == [b"a", b"b", b"c"]

    def test_it_waits_for_the_bytes(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """A batch is taken as soon as it is long enough."""
        taken = reader.submit(line.take, 100, 10, 60.0)
        line.put(b"12345")
        assert _waits(taken)
        line.put(b"67890")
        assert taken.result(5) == [b"12345", b"67890"]

    def test_it_waits_for_the_interval(self, line: Line) -> None:
        """A batch that does not fill is taken so long after its first message."""
        line.put(b"a")
        started = time.monotonic()
        assert line.take(100, LARGE, 0.05) == [b"a"]
        assert time.monotonic() - started >= 0.05

    def test_the_interval_begins_with_the_first_message(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """An empty line keeps its reader asleep, for longer than the interval."""
        taken = reader.submit(line.take, 100, LARGE, 0.001)
        assert _waits(taken)
        line.put(b"a")
        assert taken.result(5) == [b"a"]

    def test_a_hurry_ends_the_wait(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """``hurry`` lets what is there be taken."""
        taken = reader.submit(line.take, 100, LARGE, 60.0)
        line.put(b"a")
        assert _waits(taken)
        line.hurry()
        assert taken.result(5) == [b"a"]

    def test_a_hurry_is_over_once_all_is_taken(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """What comes after a hurried message waits for its own interval."""
        line.put(b"a")
        line.hurry()
        assert line.take(100, LARGE, 60.0) == [b"a"]
        line.settle()
        taken = reader.submit(line.take, 100, LARGE, 60.0)
        line.put(b"b")
        assert _waits(taken)
        line.close()
        assert taken.result(5) == []

    def test_a_close_ends_the_wait(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """A reader of a closed line gets nothing, and knows that it is over."""
        taken = reader.submit(line.take, 100, LARGE, 60.0)
        assert _waits(taken)
        line.close()
        assert taken.result(5) == []

    def test_a_batch_larger_than_the_bound_is_not_waited_for(self) -> None:
        """When a line is full its reader takes, though its batch could be larger."""
        line = Line(2, LARGE)
        line.put(b"a")
        line.put(b"b")
        assert line.take(100, LARGE, 60.0) == [b"a", b"b"]

    def test_take_now_never_waits(self, line: Line) -> None:
        """``take_now`` gives what is there."""
        assert line.take_now(10, LARGE) == []
        line.put(b"a")
        assert line.take_now(10, LARGE) == [b"a"]


class TestSettle:
    """Being done with messages."""

    def test_pending_counts_what_is_taken(self, line: Line) -> None:
        """A message is pending until it is settled, not until it is taken."""
        line.put(b"a")
        line.put(b"b")
        line.take_now(1, LARGE)
        assert line.pending == 2
        line.settle()
        assert line.pending == 1

    def test_what_remains_stays_pending(self, line: Line) -> None:
        """A part of a batch may be settled."""
        for body in (b"a", b"b", b"c"):
            line.put(body)
        line.take_now(3, LARGE)
        assert line.settle([b"b"]) is True
        assert line.pending == 1
        assert line.close() == [b"b"]

    def test_close_returns_what_is_lost(self, line: Line) -> None:
        """What was taken and what still waited, oldest first."""
        for body in (b"a", b"b", b"c"):
            line.put(body)
        line.take_now(2, LARGE)
        assert line.close() == [b"a", b"b", b"c"]
        assert line.pending == 0

    def test_settling_after_a_close_says_so(self, line: Line) -> None:
        """A reader learns that what it holds was given up meanwhile."""
        line.put(b"a")
        line.take_now(1, LARGE)
        line.close()
        assert line.settle() is False

    def test_empty_means_settled_everywhere(self) -> None:
        """A queue is empty when no destination has anything to settle."""
        queue = MemoryQueue(10, LARGE)
        (first,) = queue.open("first")
        (second,) = queue.open("second")
        assert queue.empty()
        queue.put(b"a", ["first", "second"])
        for line in (first, second):
            assert not queue.empty()
            line.take_now(1, LARGE)
            line.settle()
        assert queue.empty()


class TestWaitSettled:
    """Waiting for what was put before."""

    def test_an_empty_line_is_settled(self, line: Line) -> None:
        """There is nothing to wait for."""
        assert line.wait_settled(60.0) == 0

    def test_it_returns_when_all_is_settled(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """It ends when the reader that settled the last of it comes back for more."""
        line.put(b"a")
        left = reader.submit(line.wait_settled, 60.0)
        line.take_now(1, LARGE)
        line.settle()
        line.take_now(1, LARGE)
        assert left.result(5) == 0

    def test_later_messages_are_not_waited_for(self, line: Line) -> None:
        """What is put after the call does not keep it waiting."""
        line.put(b"a")
        left: list[int] = []
        waiting = threading.Thread(target=lambda: left.append(line.wait_settled(5.0)))
        waiting.start()
        time.sleep(0.03)
        line.put(b"b")
        line.take_now(1, LARGE)
        line.settle()
        line.take_now(1, LARGE)
        waiting.join(5)
        assert left == [0]
        assert line.pending == 1

    def test_it_says_what_is_left_in_time(self, line: Line) -> None:
        """At the end of its time it says how many are not settled."""
        for body in (b"a", b"b", b"c"):
            line.put(body)
        line.take_now(1, LARGE)
        line.settle()
        line.take_now(1, LARGE)
        started = time.monotonic()
        assert line.wait_settled(0.05) == 2
        assert 0.05 <= time.monotonic() - started < 10

    def test_a_close_ends_it(self, line: Line, reader: ThreadPoolExecutor) -> None:
        """Nobody waits for a closed line."""
        line.put(b"a")
        left = reader.submit(line.wait_settled, 60.0)
        line.close()
        assert left.result(5) == 0


def test_many_threads_lose_nothing(line: Line) -> None:
    """Whatever several threads put at once comes out, each thread's messages in its order."""
    line = Line(100_000, LARGE)
    taken: list[bytes] = []

    def read() -> None:
        while bodies := line.take(500, LARGE, 0.001):
            taken.extend(bodies)
            line.settle()

    def write(who: int) -> None:
        for n in range(2_000):
            line.put(b"%d %d" % (who, n))

    reading = threading.Thread(target=read)
    reading.start()
    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert line.wait_settled(20) == 0
    line.close()
    reading.join()
    for who in range(4):
        mine = [int(body.split()[1]) for body in taken if body.split()[0] == b"%d" % who]
        assert mine == list(range(2_000))


_INTERRUPTED = """
import faulthandler, gc, itertools, signal, sys, threading, time
from analytics_mixpanel.queues.memory import Line

faulthandler.dump_traceback_later(50, exit=True)  # a deadlock ends the program, with the place
line = Line(1 << 30, 1 << 40)
taken, numbers_aside = [], itertools.count()  # counts in one step: a handler may interrupt a handler

def read():
    while bodies := line.take(1_000, 1 << 30, 0.001):
        taken.extend(bodies)
        line.settle()

reading = threading.Thread(target=read)
reading.start()
"""

_BY_A_SIGNAL = """
def interrupt(*_):
    line.put(b"aside %d" % next(numbers_aside))

signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
mains, end = 0, time.monotonic() + 1.5
while time.monotonic() < end:
    line.put(b"main %d" % mains)
    mains += 1
signal.setitimer(signal.ITIMER_REAL, 0)
asides = next(numbers_aside)
assert asides > 100, asides
"""

_BY_THE_COLLECTOR = """
class Finalized:
    def __init__(self):
        self.cycle = self
    def __del__(self):
        line.put(b"aside %d" % next(numbers_aside))
        finalized.append(None)

finalized = []
gc.set_threshold(3)
mains, end = 0, time.monotonic() + 1.5
while time.monotonic() < end:
    Finalized()
    line.put(b"main %d" % mains)
    mains += 1
gc.set_threshold(700)
while len(finalized) < mains:  # the other thread may be collecting: nothing is collected here then
    gc.collect()
asides = next(numbers_aside)
assert asides == mains, (asides, mains)
"""

_ACCOUNT = """
assert line.wait_settled(40) == 0
line.close()
reading.join()
numbers = {b"main": [], b"aside": []}
for body in taken:
    who, number = body.split()
    numbers[who].append(int(number))
assert numbers[b"main"] == list(range(mains)), "lost, twice or out of order"
assert sorted(numbers[b"aside"]) == list(range(asides)), "lost or twice"
"""


@pytest.mark.parametrize("interruption", [_BY_A_SIGNAL, _BY_THE_COLLECTOR], ids=["signal", "collector"])
def test_it_may_interrupt_itself(
    run_python: Callable[..., subprocess.CompletedProcess[str]], interruption: str
) -> None:
    """A signal handler and a finalizer that put while their own thread puts lose nothing and hang nothing."""
    ended = run_python(_INTERRUPTED + interruption + _ACCOUNT, timeout=60)
    assert ended.returncode == 0, ended.stderr
