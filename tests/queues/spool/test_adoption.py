"""What ended processes have left: found, delivered once, accounted for, cleared away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analytics_mixpanel.queues.spool import SpoolQueue
from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.line import SpoolLine

LARGE = 1 << 30
MakeSpool = Callable[..., SpoolQueue]
Files = Callable[[str], list[str]]


def _taken(line: SpoolLine) -> list[bytes]:
    taken: list[bytes] = []
    while bodies := line.take_now(1_000, LARGE):
        taken += bodies
        line.settle()
    return taken


def _numbers(count: int, prefix: bytes = b"") -> list[bytes]:
    return [prefix + b"%d" % number for number in range(count)]


def _leave(make_spool: MakeSpool, bodies: list[bytes], *names: str, **settings: Any) -> None:
    """A process puts these and dies."""
    dead = make_spool(**settings)
    names = names or ("Shop",)
    for name in names:
        dead.open(name)
    for body in bodies:
        assert dead.put(body, names) == ()
    dead.abandon()


def test_a_living_process_is_left_alone(make_spool: MakeSpool) -> None:
    """While a process lives, nobody else takes what it has."""
    alive = make_spool()
    (own,) = alive.open("Shop")
    alive.put(b"a", ("Shop",))
    (line,) = make_spool().open("Shop")
    assert line.take_now(9, LARGE) == []
    assert own.take_now(9, LARGE) == [b"a"]


def test_a_neighbour_notices_within_its_time(make_spool: MakeSpool, clock: Any, files: Files) -> None:
    """Who is there already takes over 30 seconds after a death at the latest."""
    neighbour = make_spool()
    (line,) = neighbour.open("Shop")
    assert line.take_now(9, LARGE) == []
    _leave(make_spool, _numbers(3))
    clock.now += 24
    assert line.take_now(9, LARGE) == []
    clock.now += 6.1
    assert _taken(line) == _numbers(3)
    assert files("") == []


def test_a_sleeping_neighbour_wakes_for_it(make_spool: MakeSpool, clock: Any) -> None:
    """The reader that waits for messages looks by itself when it is time."""
    import threading

    neighbour = make_spool()
    (line,) = neighbour.open("Shop")
    line.take_now(9, LARGE)
    _leave(make_spool, [b"a"])
    clock.now += 29.95  # a twentieth of a second is left to sleep, of a clock that stands still
    taken: list[list[bytes]] = []
    sleeping = threading.Thread(target=lambda: taken.append(line.take(9, LARGE, 0.0)))
    sleeping.start()
    clock.now += 1
    line.ring()
    sleeping.join(30)
    assert taken == [[b"a"]]


def test_own_messages_are_not_kept_waiting(make_spool: MakeSpool) -> None:
    """A process's own messages and those of others are taken by turns."""
    _leave(make_spool, _numbers(6, b"left "))
    queue = make_spool()
    (line,) = queue.open("Shop")
    for body in _numbers(6, b"own "):
        queue.put(body, ("Shop",))
    batches = []
    while bodies := line.take_now(2, LARGE):
        batches.append(bodies[0].split()[0])
        line.settle()
    assert Counter(batches) == {b"own": 3, b"left": 3}
    assert all(one != other for one, other in pairwise(batches))


def test_the_oldest_process_comes_first(make_spool: MakeSpool) -> None:
    """What was left first is delivered first, over processes and their segments."""
    import time

    for number in range(3):
        _leave(make_spool, _numbers(50, b"%d " % number), max_bytes=8_000)
        time.sleep(0.002)
    (line,) = make_spool().open("Shop")
    assert _taken(line) == [b"%d %d" % (process, n) for process in range(3) for n in range(50)]


def test_shards_keep_their_order(make_spool: MakeSpool) -> None:
    """What was one line stays one line, whatever number of lines the heir has."""
    dead = make_spool(shards=3)
    dead.open("Shop")
    for number in range(30):
        dead.put(b"%d %d" % (number % 3, number), ("Shop",), number % 3)
    dead.abandon()
    lines = make_spool(shards=2).open("Shop")
    taken = [body for line in lines for body in _taken(line)]
    assert len(taken) == 30
    for shard in range(3):
        mine = [int(body.split()[1]) for body in taken if body.startswith(b"%d " % shard)]
        assert mine == sorted(mine)


def test_what_is_for_others_is_left_for_them(make_spool: MakeSpool) -> None:
    """A process takes what is for its destinations; the rest waits for one that has the others."""
    _leave(make_spool, _numbers(3), "Shop", "Store")
    shop = make_spool()
    (line,) = shop.open("Shop")
    assert _taken(line) == _numbers(3)
    both = make_spool()
    (again,), (store,) = both.open("Shop"), both.open("Store")
    assert _taken(store) == _numbers(3)
    assert _taken(again) == []


def test_taking_over_is_accounted_for(make_spool: MakeSpool) -> None:
    """What is taken over is told when it is taken, batch by batch."""
    _leave(make_spool, _numbers(5))
    (line,) = make_spool().open("Shop")
    told: list[int] = []

    class Ledger:
        def recover(self, count: int) -> None:
            told.append(count)

        def drop_encoded(self, bodies: Any, reason: str) -> None:
            raise AssertionError(reason)

    line.report_to(Ledger())
    while line.take_now(2, LARGE):
        line.settle()
    assert [count for count in told if count] == [2, 2, 1]


def test_what_the_heir_does_not_finish_is_inherited(make_spool: MakeSpool, files: Files) -> None:
    """A second heir goes on where the first was killed; only what was in its hand comes again."""
    _leave(make_spool, _numbers(10))
    first = make_spool()
    (line,) = first.open("Shop")
    line.take_now(3, LARGE)
    line.settle()
    line.take_now(3, LARGE)
    first.abandon()
    (second,) = make_spool().open("Shop")
    assert _taken(second) == _numbers(10)[3:]
    assert files("") == []


def test_an_heir_that_ends_gives_back(make_spool: MakeSpool) -> None:
    """What an orderly end leaves of another's messages is at once somebody else's."""
    _leave(make_spool, _numbers(10))
    first = make_spool()
    (line,) = first.open("Shop")
    line.take_now(3, LARGE)
    line.settle()
    line.take_now(3, LARGE)
    line.close()
    first.close()
    assert line.settle() is False
    (second,) = make_spool().open("Shop")
    assert _taken(second) == _numbers(10)[3:]


class TestDamage:
    """Segments that cannot be read."""

    @pytest.mark.parametrize("data", [b"", bytes(5_000)], ids=["empty", "zeros"])
    def test_a_blank_one_is_removed(self, make_spool: MakeSpool, root: Path, data: bytes) -> None:
        """What a power failure leaves of a new file goes, with its instance."""
        _leave(make_spool, [b"a"])
        (segment,) = (root / "shop").glob("*.seg")
        segment.write_bytes(data)
        (line,) = make_spool().open("Shop")
        assert _taken(line) == []
        assert list((root / "shop").iterdir()) == []

    def test_a_corrupt_one_is_set_aside(
        self, make_spool: MakeSpool, root: Path, files: Files, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It keeps its name and gets an ending, is counted and said once; the others are delivered."""
        _leave(make_spool, [b"x" * 900] * 10, max_bytes=20_000)
        first, *rest = sorted((root / "shop").glob("*.seg"))
        first.write_bytes(b"?" + first.read_bytes()[1:])
        queue = make_spool()
        (line,) = queue.open("Shop")
        assert len(rest) <= len(_taken(line)) < 10
        assert files(".corrupt") == [f"{first.name}.corrupt"]
        assert queue.corrupt_segments == 1
        assert sum("damaged segment" in record.getMessage() for record in caplog.records) == 1
        assert files(".lock") == files(".seg") == []

    def test_files_that_are_none_of_ours_are_left_alone(
        self, make_spool: MakeSpool, root: Path, tmp_path: Path, directory: Directory
    ) -> None:
        """A link, a FIFO or a directory in place of a file is neither followed nor waited for nor removed."""
        victim = tmp_path / "victim"
        victim.write_text("untouched")
        instance = "0" * 24
        (directory.path / f"{instance}.lock").symlink_to(victim)
        (directory.path / f"{'1' * 24}.lock").mkdir()
        os.mkfifo(directory.path / f"{'2' * 24}.lock")
        (directory.path / f"{'3' * 24}.lock").write_text("")
        (directory.path / f"{'3' * 24}-0-00000000.seg").symlink_to(victim)
        os.mkfifo(directory.path / f"{'3' * 24}-0-00000001.seg")
        _leave(make_spool, [b"a"])
        (segment,) = (path for path in (root / "shop").glob("01*.seg"))
        segment.with_suffix(".ack").symlink_to(victim)
        (line,) = make_spool().open("Shop")
        assert _taken(line) == [b"a"]
        assert victim.read_text() == "untouched"

    def test_a_segment_without_its_lock_file_is_found(self, make_spool: MakeSpool, root: Path) -> None:
        """Messages whose process's lock file was lost are delivered all the same, once they lie still."""
        _leave(make_spool, [b"a"])
        (lock,) = (root / "shop").glob("*.lock")
        lock.unlink()
        (segment,) = (root / "shop").glob("*.seg")
        os.utime(segment, (segment.stat().st_mtime - 3_600,) * 2)
        (line,) = make_spool().open("Shop")
        assert _taken(line) == [b"a"]
        assert list((root / "shop").iterdir()) == []

    def test_garbage_is_cleared_away(self, make_spool: MakeSpool, root: Path, directory: Directory) -> None:
        """Ack files without a segment go; what was set aside goes when it is too old."""
        lone, young = (directory.path / f"{'0' * 24}-{log}-00000000.ack" for log in (0, 1))
        old = directory.path / f"{'0' * 24}-0-00000001.seg.corrupt"
        new = directory.path / f"{'0' * 24}-0-00000002.seg.corrupt"
        for each in (lone, young, old, new):
            each.write_text("?")
        for each in (lone, old):
            os.utime(each, (1, 1))
        (line,) = make_spool().open("Shop")
        assert _taken(line) == []
        assert set((root / "shop").iterdir()) == {young, new}


_ADOPTER = """
import os, sys
from pathlib import Path
from analytics_mixpanel.queues.spool import SpoolQueue, SpoolSettings

root = Path(sys.argv[1])
print("ready", flush=True)
for _ in sys.stdin:  # a line starts the race
    queue = SpoolQueue(SpoolSettings(root, "shop"))
    (line,) = queue.open("Shop")
    taken = []
    while bodies := line.take_now(7, 1 << 30):
        taken += bodies
        line.settle()
    line.close()
    queue.close()
    print(b" ".join(taken).decode(), flush=True)
"""


@pytest.mark.parametrize("rounds", [15, pytest.param(300, marks=pytest.mark.stress)])
def test_of_two_one_takes_over(make_spool: MakeSpool, root: Path, rounds: int) -> None:
    """When two processes find what a third has left, each message is taken by exactly one."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _ADOPTER, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        for _ in range(2)
    ]
    try:
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for _ in range(rounds):
            _leave(make_spool, _numbers(20))
            for racer in racers:
                assert racer.stdin is not None
                racer.stdin.write("go\n")
                racer.stdin.flush()
            taken = [racer.stdout.readline().split() for racer in racers if racer.stdout]
            # One takes it all; the other may be too late for anything, or find the rest of nothing.
            assert sorted(map(len, taken)) == [0, 20]
            assert list((root / "shop").iterdir()) == []
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
