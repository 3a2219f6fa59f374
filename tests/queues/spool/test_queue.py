"""The spool as a queue: what is on disk when, what the next process finds, what vanishes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.dead_letters import Letter, Tries
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues.spool import SpoolQueue
from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.line import SpoolLine

LARGE = 1 << 30
MakeSpool = Callable[..., SpoolQueue]
Files = Callable[[str], list[str]]


def _taken(line: SpoolLine, limit: int = 1_000) -> list[bytes]:
    """Take and settle everything."""
    taken: list[bytes] = []
    while bodies := line.take_now(limit, LARGE):
        taken += bodies
        line.settle()
    return taken


def _numbers(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def test_nothing_is_opened_before_something_is_put(make_spool: MakeSpool, root: Path) -> None:
    """A process that calls nothing leaves no trace."""
    queue = make_spool()
    queue.open("Shop")
    assert not root.exists()
    queue.put(b"a", ("Shop",))
    assert root.exists()


def test_a_message_is_on_disk_when_put_returns(make_spool: MakeSpool, root: Path) -> None:
    """It can be read from the segment's file, with nothing but the directory at hand."""
    queue = make_spool()
    queue.open("Shop")
    queue.put(b"the message", ("Shop",))
    (segment,) = (root / "shop").glob("*.seg")
    assert b"the message" in segment.read_bytes()


def test_the_next_process_gets_what_was_not_settled(make_spool: MakeSpool) -> None:
    """After a death, what was settled does not come again, and all the rest does, in order."""
    dead = make_spool()
    (line,) = dead.open("Shop")
    for body in _numbers(10):
        dead.put(body, ("Shop",))
    line.take_now(4, LARGE)
    line.settle()
    line.take_now(4, LARGE)  # taken, and not settled
    dead.abandon()
    (heir,) = make_spool().open("Shop")
    assert _taken(heir) == _numbers(10)[4:]


def test_of_a_partly_settled_batch_the_rest_comes_again(make_spool: MakeSpool) -> None:
    """Nothing that remained is left out; what was settled before the first of it does not come again."""
    dead = make_spool()
    (line,) = dead.open("Shop")
    for body in _numbers(6):
        dead.put(body, ("Shop",))
    bodies = line.take_now(6, LARGE)
    line.settle([bodies[2], bodies[4]])
    dead.abandon()
    (heir,) = make_spool().open("Shop")
    assert _taken(heir) == _numbers(6)[2:]


def test_a_settled_batch_is_gone_after_a_death(make_spool: MakeSpool, files: Files) -> None:
    """What was settled bit by bit is settled; the heir only clears away."""
    dead = make_spool()
    (line,) = dead.open("Shop")
    for body in _numbers(3):
        dead.put(body, ("Shop",))
    bodies = line.take_now(3, LARGE)
    line.settle(bodies[1:])
    line.settle()
    dead.abandon()
    (heir,) = make_spool().open("Shop")
    assert _taken(heir) == []
    assert files("") == []


def test_each_destination_gets_its_own_rest(make_spool: MakeSpool) -> None:
    """After a death each destination goes on where it was, and gets only what was for it."""
    dead = make_spool()
    (shop,), (store,) = dead.open("Shop"), dead.open("Store")
    dead.put(b"both", ("Shop", "Store"))
    dead.put(b"shop", ("Shop",))
    dead.put(b"store", ("Store",))
    shop.take_now(1, LARGE)
    shop.settle()
    store.take_now(2, LARGE)
    store.settle()
    dead.abandon()
    heir = make_spool()
    (store,), (shop,) = heir.open("Store"), heir.open("Shop")  # in another order
    assert _taken(shop) == [b"shop"]
    assert _taken(store) == []


def test_segments_are_rotated_and_removed(make_spool: MakeSpool, files: Files) -> None:
    """A log is cut into files, each removed as soon as all of it is settled."""
    queue = make_spool(max_bytes=8_000)
    (line,) = queue.open("Shop")
    for body in _numbers(100):
        assert queue.put(body * 20, ("Shop",)) == ()
    assert len(files(".seg")) >= 3
    line.take_now(1_000, LARGE)
    line.settle()
    line.take_now(1_000, LARGE)
    line.settle()
    first = files(".seg")
    assert _taken(line)
    assert len(files(".seg")) == len(files(".ack")) == 1
    assert first[-1] == files(".seg")[0]


def test_a_destination_without_messages_keeps_no_segment(make_spool: MakeSpool, files: Files) -> None:
    """Segments go although a destination, for which nothing is in them, never read them."""
    queue = make_spool(max_bytes=8_000)
    (shop,) = queue.open("Shop")
    queue.open("Idle")
    for body in _numbers(100):
        queue.put(body * 20, ("Shop",))
        _taken(shop)
    assert len(files(".seg")) == 1


def test_a_slow_destination_keeps_its_segments(make_spool: MakeSpool, files: Files) -> None:
    """What one destination has settled stays for the other; both read all of it."""
    queue = make_spool(max_bytes=8_000)
    (fast,), (slow,) = queue.open("Fast"), queue.open("Slow")
    for body in _numbers(100):
        queue.put(body, ("Fast", "Slow"))
        assert _taken(fast) == [body]
    assert len(files(".seg")) > 1
    assert _taken(slow) == _numbers(100)
    assert len(files(".seg")) == 1


def test_with_nothing_left_nothing_is_left(make_spool: MakeSpool, files: Files) -> None:
    """A process that has settled everything leaves no file."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    queue.put(b"a", ("Shop",))
    _taken(line)
    assert line.close() == []
    queue.close()
    assert files("") == []


def test_what_is_left_is_not_lost(make_spool: MakeSpool) -> None:
    """Closing gives nothing up: the rest is pending, on disk, and at once another's."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    for body in _numbers(5):
        queue.put(body, ("Shop",))
    line.take_now(2, LARGE)
    assert line.close() == []
    assert line.settle() is True  # what was on its way may still arrive
    queue.close()
    assert line.pending == 3
    assert line.settle() is False
    (heir,) = make_spool().open("Shop")
    assert _taken(heir) == _numbers(5)[2:]


def test_after_the_end_nothing_is_taken(make_spool: MakeSpool, files: Files) -> None:
    """A message that comes when the queue is closed is refused."""
    queue = make_spool()
    queue.open("Shop")
    queue.close()
    assert queue.put(b"late", ("Shop",)) == ["Shop"]


def test_a_reopened_destination_goes_on(make_spool: MakeSpool) -> None:
    """A destination that takes the place of one of its name gets what that has left, and accounts for it."""
    queue = make_spool()
    (former,) = queue.open("Shop")
    for body in _numbers(5):
        queue.put(body, ("Shop",))
    former.take_now(2, LARGE)
    former.settle()
    former.take_now(1, LARGE)
    former.close()
    (line,) = queue.open("Shop")
    told = Told()
    line.report_to(told)
    queue.put(b"5", ("Shop",))
    assert (line.pending, told.recovered) == (4, 3)
    assert former.settle() is False
    assert _taken(line) == _numbers(6)[2:]
    assert line.pending == 0


class Told:
    """Keeps what a line tells."""

    def __init__(self) -> None:
        self.recovered = 0
        self.dropped: list[tuple[str, int]] = []

    def recover(self, count: int) -> None:
        """Messages were taken over."""
        self.recovered += count

    def drop_encoded(self, bodies: Any, reason: str) -> None:
        """Messages are given up."""
        self.dropped.append((reason, len(bodies)))


def test_the_cap_holds(make_spool: MakeSpool, root: Path) -> None:
    """Messages beyond the bytes that the files may take are refused, until some are settled."""
    queue = make_spool(max_bytes=50_000)
    (line,) = queue.open("Shop")
    kept = [body for body in _numbers(1_000) if not queue.put(body * 30, ("Shop",))]
    assert 300 < len(kept) < 1_000
    assert sum(path.stat().st_size for path in (root / "shop").iterdir()) <= 50_000
    assert queue.wait_for_room("Shop", 0, 0) is False
    assert _taken(line) == [body * 30 for body in kept]
    assert queue.wait_for_room("Shop", 0, 30) is True
    assert queue.put(b"more", ("Shop",)) == ()


def test_others_files_count(make_spool: MakeSpool, root: Path, clock: Any) -> None:
    """The cap is for all processes on the directory together."""
    other = make_spool(max_bytes=50_000)
    other.open("Shop")
    while not other.put(b"x" * 500, ("Shop",)):
        pass
    queue = make_spool(max_bytes=50_000)
    (line,) = queue.open("Shop")
    assert line.take_now(1, LARGE) == []  # looks around
    assert queue.put(b"a", ("Shop",)) == ["Shop"]


def test_dead_letters_do_not_count(make_spool: MakeSpool) -> None:
    """They have a cap of their own: however many a destination refused, new messages find their room."""
    other = make_spool()
    tries = Tries(1, 0.0, 1.0)
    other.dead_letters.keep([Letter(b'{"a":1}', "Shop", "rejected", "x" * 100_000, "", tries)])
    queue = make_spool(max_bytes=50_000)
    (line,) = queue.open("Shop")
    assert line.take_now(1, LARGE) == []  # looks around
    assert queue.put(b"a", ("Shop",)) == ()


def test_a_message_beyond_the_limit_is_refused(make_spool: MakeSpool) -> None:
    """What could not be told from damage is not written."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    assert queue.put(b"x" * (1 << 20), ("Shop",)) == ()
    assert queue.put(b"x" * (1 << 20) + b"x", ("Shop",)) == ["Shop"]
    assert list(map(len, _taken(line))) == [1 << 20]


def test_old_messages_are_given_up(make_spool: MakeSpool, root: Path) -> None:
    """What lay for longer than it may is dropped, told with its messages, and counted; by the heir, too."""
    dead = make_spool()
    dead.open("Shop")
    for body in _numbers(3):
        dead.put(body, ("Shop",))
    dead.abandon()
    (segment,) = (root / "shop").glob("*.seg")
    os.utime(segment, (1, 1))
    (heir,) = make_spool(max_age=3_600).open("Shop")
    told = Told()
    heir.report_to(told)
    assert _taken(heir) == []
    assert told.recovered == 3
    assert told.dropped == [("older than 0.0416667 days", 3)]
    assert list((root / "shop").iterdir()) == []


def test_what_is_lost_on_disk_is_accounted_for(make_spool: MakeSpool, root: Path) -> None:
    """Messages that somebody has damaged or removed are dropped, the others are delivered."""
    queue = make_spool(max_bytes=8_000)
    (line,) = queue.open("Shop")
    told = Told()
    line.report_to(told)
    for body in _numbers(100):
        queue.put(body * 20, ("Shop",))
    first, second, *_ = sorted((root / "shop").glob("*.seg"))
    data = bytearray(first.read_bytes())
    data[200] ^= 1
    first.write_bytes(data)
    second.unlink()
    taken = _taken(line)
    lost = sum(count for _, count in told.dropped)
    assert {reason for reason, _ in told.dropped} == {"lost on disk"}
    assert len(taken) + lost == 100
    assert lost > 5
    assert line.pending == 0
    assert line.wait_settled(30) == 0


def test_a_segment_is_ended_when_nothing_comes(make_spool: MakeSpool, files: Files, clock: Any) -> None:
    """After a while without messages the files of what is settled go."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    queue.put(b"a", ("Shop",))
    _taken(line)
    for _ in range(2):
        clock.now += 5.1
        line.take_now(1, LARGE)
    assert files(".seg") == []
    queue.put(b"b", ("Shop",))
    assert _taken(line) == [b"b"]


def test_too_many_destinations_are_refused(make_spool: MakeSpool) -> None:
    """There are as many bits as a frame has, and no more."""
    queue = make_spool()
    for number in range(32):
        queue.open(str(number))
    queue.put(b"a", tuple(map(str, range(32))))
    assert _taken(queue.open("31")[0]) == [b"a"]
    with pytest.raises(ConfigurationError, match="at most 32"):
        queue.open("32")


def test_a_directory_that_cannot_be_used_is_refused(make_spool: MakeSpool, tmp_path: Path) -> None:
    """At the start, with its name and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"file/spool.*name"):
        make_spool(root=tmp_path / "file" / "spool").check()


@pytest.mark.parametrize("fsync", [0.001, "always"])
def test_fsync_loses_nothing(make_spool: MakeSpool, fsync: Any) -> None:
    """With the disk told to keep everything, messages go as ever, across segments and an end."""
    queue = make_spool(fsync=fsync, max_bytes=20_000)
    (line,) = queue.open("Shop")
    for body in _numbers(200):
        assert queue.put(body, ("Shop",)) == ()
    line.close()
    queue.close()
    (heir,) = make_spool().open("Shop")
    assert _taken(heir) == _numbers(200)


def test_no_descriptor_is_left(make_spool: MakeSpool, directory: Directory) -> None:
    """After the end as many files are open as before the beginning."""
    before = _descriptors()
    for _ in range(3):
        queue = make_spool(max_bytes=8_000)
        (line,) = queue.open("Shop")
        for body in _numbers(50):
            queue.put(body * 20, ("Shop",))
        line.take_now(20, LARGE)
        line.close()
        queue.close()
    assert _descriptors() == before


def _descriptors() -> int:
    return len([*Path("/dev/fd").iterdir()])
