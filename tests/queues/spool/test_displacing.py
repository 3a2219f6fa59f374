"""``drop-old`` on disk: the oldest whole segments make room that nobody has begun to deliver."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analytics_mixpanel import Batch, Client
from analytics_mixpanel.queues.overflow.replacing import DropOld
from analytics_mixpanel.queues.spool import SpoolQueue
from analytics_mixpanel.queues.spool.line import SpoolLine

LARGE = 1 << 30
MOST = 8_000
MakeSpool = Callable[..., SpoolQueue]


def _body(number: int) -> bytes:
    return b"%04d" % number + b"x" * 100


def _fill(queue: SpoolQueue, *names: str) -> int:
    """Put until there is no room; how many found some."""
    number = 0
    while not queue.put(_body(number), names):
        number += 1
    return number


def _taken(line: SpoolLine) -> list[bytes]:
    taken: list[bytes] = []
    while bodies := line.take_now(7, LARGE):
        taken += bodies
        line.settle()
    return taken


def test_the_oldest_goes(make_spool: MakeSpool, root: Path) -> None:
    """A whole segment is removed, its messages are told, and what stays is in order."""
    queue, lost = make_spool(max_bytes=MOST), list[bytes]()
    (line,) = queue.open("Shop")
    count = _fill(queue, "Shop")
    policy = DropOld(queue, lambda _, bodies: lost.extend(bodies))
    before = len(list(root.rglob("*.seg")))
    assert policy.put(_body(count), ["Shop"], 0) == []
    assert lost == [_body(number) for number in range(len(lost))]
    assert 0 < len(lost) < count / 4
    assert len(list(root.rglob("*.seg"))) == before
    assert line.pending == count + 1 - len(lost)
    assert _taken(line) == [_body(number) for number in range(len(lost), count + 1)]
    assert line.pending == 0


def test_what_is_on_its_way_stays(make_spool: MakeSpool) -> None:
    """A segment that the destination is in the middle of is left to it; the one after that goes."""
    queue, lost = make_spool(max_bytes=MOST), list[bytes]()
    (line,) = queue.open("Shop")
    count = _fill(queue, "Shop")
    in_hand = line.take_now(2, LARGE)
    assert DropOld(queue, lambda _, bodies: lost.extend(bodies)).put(_body(count), ["Shop"], 0) == []
    assert lost
    assert line.settle()
    assert sorted(in_hand + _taken(line) + lost) == [_body(number) for number in range(count + 1)]
    assert _body(2) not in lost


def test_who_has_settled_it_loses_nothing(make_spool: MakeSpool) -> None:
    """Of two destinations the slow one pays, for what the other has already."""
    queue, lost = make_spool(max_bytes=MOST), list[tuple[str, bytes]]()
    (fast,), (slow,) = queue.open("Fast"), queue.open("Slow")
    count = _fill(queue, "Fast", "Slow")
    assert len(_taken(fast)) == count
    policy = DropOld(queue, lambda name, bodies: lost.extend((name, body) for body in bodies))
    assert policy.put(_body(count), ["Fast", "Slow"], 0) == []
    assert {name for name, _ in lost} == {"Slow"}
    assert _taken(fast) == [_body(count)]
    assert _taken(slow) == [_body(number) for number in range(len(lost), count + 1)]


def test_who_shares_it_is_told(make_spool: MakeSpool) -> None:
    """A segment goes as a whole: what it had for other destinations is told as theirs."""
    queue, lost = make_spool(max_bytes=MOST), list[tuple[str, bytes]]()
    (first,), (second,) = queue.open("First"), queue.open("Second")
    count = _fill(queue, "First", "Second")
    policy = DropOld(queue, lambda name, bodies: lost.extend((name, body) for body in bodies))
    assert policy.put(_body(count), ["First"], 0) == []
    told = [body for name, body in lost if name == "Second"]
    assert told == [body for name, body in lost if name == "First"]
    assert second.pending == count - len(told)
    assert _taken(second) == [_body(number) for number in range(len(told), count)]
    assert _taken(first)[-1] == _body(count)


def test_nothing_goes_in_vain(make_spool: MakeSpool) -> None:
    """Where another process has taken the room, nothing of this one's would make enough of it."""
    queue, lost = make_spool(max_bytes=MOST), list[bytes]()
    (line,) = queue.open("Shop")
    queue.put(_body(0), ["Shop"])
    queue._room.others = 10 * MOST
    count = _fill(queue, "Shop")
    assert DropOld(queue, lambda _, bodies: lost.extend(bodies)).put(_body(9), ["Shop"], 0) == ["Shop"]
    assert lost == []
    assert line.pending == count + 1


def test_a_lost_file_makes_room_too(make_spool: MakeSpool, root: Path) -> None:
    """What somebody has removed is counted as lost, though nobody can say what it was."""
    queue, lost = make_spool(max_bytes=MOST), list[bytes]()
    (line,) = queue.open("Shop")
    count = _fill(queue, "Shop")
    min(root.rglob("*.seg")).unlink()
    assert DropOld(queue, lambda _, bodies: lost.extend(bodies)).put(_body(count), ["Shop"], 0) == []
    assert set(lost) == {b"{}"}
    assert line.pending == count + 1 - len(lost) == len(_taken(line))


def test_a_flush_does_not_wait_for_what_went(make_spool: MakeSpool) -> None:
    """A flush from before comes back when the rest is settled, and nobody is in a hurry for ever."""
    queue = make_spool(max_bytes=MOST)
    (line,) = queue.open("Shop")
    count = _fill(queue, "Shop")
    line.hurry()
    left: list[int] = []
    flushing = threading.Thread(target=lambda: left.append(line.wait_settled(60)))
    flushing.start()
    while not line._flushes:
        pass
    assert queue.displace("Shop", 0)
    assert len(_taken(line)) < count
    assert line.take_now(1, LARGE) == []
    assert line._within(line._hurry_to) <= line._out
    flushing.join(30)
    assert left == [0], "the clock stands still: no time is up"


def test_a_client_keeps_its_sums(make_client: Callable[..., Client], answering: Any, tmp_path: Path) -> None:
    """Every call succeeds, what went is counted and told, the rest arrives in order."""
    gate, lost = threading.Event(), list[str]()
    shop = answering(lambda _: gate.wait(60) and None)
    client = make_client(
        shop,
        queue=f"spool:{tmp_path / 'spool'}",
        spool_max_bytes=20_000,
        when_full="drop-old",
        upload_size=5,
        on_error=lambda _, messages: lost.extend(message["event"] for message in messages),
    )
    events = [str(number) for number in range(200)]
    assert all(client.track("u", event)[0] for event in events)
    gate.set()
    assert client.flush(60) == 0
    stats = client.stats()["Shop"]
    assert (stats.accepted, stats.delivered) == (200, len(shop.events))
    assert stats.dropped == {"queue full": len(lost)}
    assert shop.events == [event for event in events if event not in lost]
    assert sorted(shop.events + lost) == sorted(events)
    assert shop.events[-1] == "199"


def test_it_may_happen_at_any_moment(
    make_client: Callable[..., Client], answering: Any, tmp_path: Path
) -> None:
    """Several threads overflow while the destination takes batches: every message has one fate."""
    lost: list[str] = []

    def slowly(batch: Batch) -> None:
        threading.Event().wait(0.002)

    shop = answering(slowly)
    client = make_client(
        shop,
        queue=f"spool:{tmp_path / 'spool'}",
        spool_max_bytes=20_000,
        when_full="drop-old",
        upload_size=7,
        on_error=lambda _, messages: lost.extend(message["event"] for message in messages),
    )

    def work(name: str) -> None:
        for number in range(400):
            client.track("u", f"{name} {number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.flush(60) == 0
    assert sorted(shop.events + lost) == sorted(f"{name} {number}" for name in "abc" for number in range(400))
    stats = client.stats()["Shop"]
    assert (stats.accepted, stats.pending) == (1_200, 0)
    assert stats.dropped == {"queue full": len(lost)}
