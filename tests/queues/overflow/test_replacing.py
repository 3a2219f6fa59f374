"""``drop-old``: the oldest messages that are not on their way yet make room for the newest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analytics_mixpanel.queues.backlog import LOOSE, SEAL
from analytics_mixpanel.queues.memory import Line, MemoryQueue
from analytics_mixpanel.queues.overflow.replacing import DropOld

LARGE = 1 << 30


def test_the_oldest_goes(jam: Callable[..., Any]) -> None:
    """Every call succeeds; what waited longest is counted and told, and never delivered."""
    full = jam(3, when_full="drop-old")
    assert full.track("a", "b", "c", "d") == [True] * 4
    assert full.lost == [("queue full", ["a"]), ("queue full", ["b"])]
    stats = full.client.stats()["Shop"]
    assert (stats.accepted, stats.dropped, stats.pending) == (5, {"queue full": 2}, 3)
    full.release()
    assert full.client.flush() == 0
    assert full.shop.events == ["first", "c", "d"]


def test_what_is_on_its_way_stays(jam: Callable[..., Any]) -> None:
    """When all that is held is with the destination already, the new message is the one that goes."""
    full = jam(1, when_full="drop-old")
    assert full.track("a") == [False]
    assert full.lost == [("queue full", ["a"])]
    full.release()
    assert full.client.flush() == 0
    assert full.shop.events == ["first"]


def test_a_callback_that_tracks_does_not_recurse(jam: Callable[..., Any]) -> None:
    """``on_error`` may track into the full queue: each time displaces one more, which is counted alone."""
    full = jam(3, when_full="drop-old")
    told = full.client.on_error

    def on_error(error: Any, messages: Any) -> None:
        told(error, messages)
        full.track("again")

    full.client._router.lanes[0].losses.on_error = on_error
    assert full.track("a", "b", "c") == [True, True, True]
    stats = full.client.stats()["Shop"]
    assert (stats.accepted, stats.pending) == (5, 3)
    assert stats.dropped == {"queue full": 2}
    assert full.lost == [("queue full", ["a"])]
    full.release()
    assert full.client.flush() == 0
    assert full.shop.events == ["first", "c", "again"]


def test_as_many_go_as_make_room_by_bytes() -> None:
    """A limit of bytes may cost several messages, until what is held is below it."""
    line = Line(1_000, 10)
    for body in (b"1", b"2", b"3456789012"):
        line.put(body)
    assert line.put(b"x") is False
    assert line.displace() == [b"1", b"2", b"3456789012"]
    assert line.put(b"x") is True


def test_a_flush_does_not_wait_for_what_went() -> None:
    """What made room counts as settled: it is not left over, and holds no flush up."""
    line = Line(3, LARGE)
    for body in (b"a", b"b", b"c"):
        line.put(body)
    line.take_now(1, LARGE)
    assert line.displace() == [b"b"]
    line.put(b"d")
    assert line.wait_settled(0) == 3
    line.settle()
    assert line.take_now(10, LARGE) == [b"c", b"d"]
    line.settle()
    line.take_now(10, LARGE)
    assert line.wait_settled(0) == 0


def test_a_compressed_backlog_gives_its_oldest() -> None:
    """The oldest of a long backlog, which are compressed, go first, in order."""
    count = LOOSE + 2 * SEAL
    line = Line(count, LARGE)
    for n in range(count):
        assert line.put(b"%d" % n)
    assert [line.displace() for _ in range(2)] == [[b"0"], []]
    line.put(b"new")
    assert line.displace() == [b"1"]
    assert line.take_now(2, LARGE) == [b"2", b"3"]


def test_a_closed_queue_refuses() -> None:
    """After a close nothing makes room, and the message is refused at once."""
    queue, lost = MemoryQueue(1, LARGE), list[bytes]()
    (line,) = queue.open("shop")
    line.close()
    policy = DropOld(queue, lambda _, bodies: lost.extend(bodies))
    assert policy.put(b"a", ["shop"], 0) == ["shop"]
    assert lost == []


def test_each_destination_loses_its_own() -> None:
    """Where several are full, each gives up its own oldest."""
    queue, lost = MemoryQueue(2, LARGE), list[tuple[str, list[bytes]]]()
    (first,), (second,) = queue.open("first"), queue.open("second")
    queue.put(b"a", ["first", "second"])
    queue.put(b"b", ["first"])
    queue.put(b"c", ["second"])
    second.take_now(1, LARGE)
    policy = DropOld(queue, lambda name, bodies: lost.append((name, bodies)))
    assert policy.put(b"d", ["first", "second"], 0) == []
    assert lost == [("first", [b"a"]), ("second", [b"c"])]
    assert first.take_now(9, LARGE) == [b"b", b"d"]
    assert second.take_now(9, LARGE) == [b"d"]
