"""``spill``: memory first, then the second queue; nothing lost between them and nothing out of order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from attrs import define
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_mixpanel.queues.memory import MemoryQueue
from analytics_mixpanel.queues.overflow.spilling import SpillQueue

LARGE = 1 << 30


@define
class Spill:
    """A spilling queue for one destination, and its two readers."""

    queue: SpillQueue
    ahead: Any
    behind: Any

    def put(self, *bodies: bytes) -> list[bytes]:
        """Put; what was refused."""
        return [body for body in bodies if self.queue.put(body, ("shop",))]


@pytest.fixture
def spill() -> Spill:
    """Room for two messages in the first, three in the second."""
    return make(2, 3)


def make(first: int, second: int) -> Spill:
    """A queue with so much room in each part."""
    queue = SpillQueue(MemoryQueue(first, LARGE), MemoryQueue(second, LARGE))
    ahead, behind = queue.open("shop")
    return Spill(queue, ahead, behind)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """A thread for what waits."""
    with ThreadPoolExecutor(1) as threads:
        yield threads


def test_memory_comes_first(spill: Spill) -> None:
    """While there is room in memory nothing goes to disk."""
    assert spill.put(b"a", b"b") == []
    assert (spill.ahead.pending, spill.behind.pending) == (2, 0)


def test_what_exceeds_memory_goes_to_disk(spill: Spill) -> None:
    """Only what both have no room for is refused."""
    assert spill.put(b"a", b"b", b"c", b"d", b"e", b"f") == [b"f"]
    assert (spill.ahead.pending, spill.behind.pending) == (2, 3)


def test_later_messages_follow_to_disk(spill: Spill) -> None:
    """Room in memory is of no use to a message while older ones are on disk."""
    spill.put(b"a", b"b", b"c")
    spill.ahead.take_now(9, LARGE)
    spill.ahead.settle()
    spill.put(b"d")
    assert (spill.ahead.pending, spill.behind.pending) == (0, 2)
    assert spill.behind.take_now(9, LARGE) == [b"c", b"d"]
    spill.behind.settle()
    spill.put(b"e")
    assert (spill.ahead.pending, spill.behind.pending) == (1, 0)


def test_disk_waits_for_memory(spill: Spill, pool: ThreadPoolExecutor) -> None:
    """What is on disk is given once all that is older is settled, not only taken."""
    spill.put(b"a", b"b", b"c")
    given_first = threading.Event()
    behind = pool.submit(spill.behind.take, 9, LARGE, 0)
    assert spill.ahead.take_now(9, LARGE) == [b"a", b"b"]
    assert spill.behind.take_now(9, LARGE) == []
    assert not given_first.wait(0.03)
    assert not behind.done()
    spill.ahead.settle()
    spill.ahead.take_now(9, LARGE)
    assert behind.result(30) == [b"c"]


def test_a_close_saves_what_memory_holds(spill: Spill) -> None:
    """At the end memory goes to disk, what is under way too; only what finds no room is lost."""
    spill.put(b"a", b"b", b"c")
    spill.ahead.take_now(1, LARGE)
    assert spill.ahead.close() == []
    assert spill.behind.pending == 3
    other = make(2, 1)
    other.put(b"a", b"b")
    assert other.ahead.close() == [b"b"]


def test_after_the_close_of_memory_disk_takes_all(spill: Spill) -> None:
    """A call during a shutdown still finds the disk."""
    spill.ahead.close()
    assert spill.put(b"a") == []
    assert spill.behind.take_now(9, LARGE) == [b"a"]


def test_a_close_ends_the_wait_behind(spill: Spill, pool: ThreadPoolExecutor) -> None:
    """A reader of the disk that waits for memory is freed by its closing."""
    spill.put(b"a", b"b", b"c")
    behind = pool.submit(spill.behind.take, 9, LARGE, 0)
    spill.ahead.close()
    assert behind.result(30)[0] == b"c"


def test_destinations_spill_by_themselves() -> None:
    """A full destination's messages go to disk, the others' do not; a message for both is split."""
    queue = SpillQueue(MemoryQueue(1, LARGE), MemoryQueue(1, LARGE))
    first, first_disk = queue.open("first")
    queue.put(b"a", ("first",))
    second, second_disk = queue.open("second")
    assert list(queue.put(b"b", ("first", "second"))) == []
    assert [each.pending for each in (first, first_disk, second, second_disk)] == [1, 1, 1, 0]
    assert list(queue.put(b"c", ("first", "second"))) == ["first"]
    assert second_disk.pending == 1


def test_shards_spill_by_themselves() -> None:
    """Readers come in pairs, one pair a shard."""
    queue = SpillQueue(MemoryQueue(2, LARGE, 2), MemoryQueue(2, LARGE, 2))
    ahead_0, ahead_1, behind_0, behind_1 = queue.open("shop")
    for shard in (0, 0, 1):
        queue.put(b"a", ("shop",), shard)
    assert [each.pending for each in (ahead_0, behind_0, ahead_1, behind_1)] == [1, 1, 1, 0]


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(st.sampled_from(["put", "put", "put", "ahead", "behind", "some"]), max_size=60),
    memory=st.integers(1, 4),
)
def test_order_and_number_hold(steps: list[str], memory: int) -> None:
    """However calls and deliveries interleave, every message comes out once, in the order of the calls."""
    spill, number = make(memory, 1_000), 0
    out: list[int] = []
    in_hand: dict[str, list[bytes]] = {"ahead": [], "behind": []}

    def work(which: str, *, all_of_it: bool) -> None:
        reader = getattr(spill, which)
        bodies = in_hand[which] or reader.take_now(2, LARGE)
        done = bodies if all_of_it else bodies[:1]
        rest = bodies[len(done) :]
        if bodies:
            reader.settle(rest)
        in_hand[which] = rest
        out.extend(map(int, done))

    for step in steps:
        if step == "put":
            assert spill.put(b"%d" % number) == []
            number += 1
        else:
            work("behind" if step == "behind" else "ahead", all_of_it=step != "some")
    while spill.ahead.pending or spill.behind.pending:
        work("ahead", all_of_it=True)
        work("behind", all_of_it=True)
    assert out == list(range(number))
