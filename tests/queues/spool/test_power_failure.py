"""What a failure of the machine leaves: anything may be missing, zeroed or wrong, and nothing is forged."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_mixpanel.queues.spool import SpoolQueue
from analytics_mixpanel.queues.spool.segment import new_header

LARGE = 1 << 30
BLOCK = 4_096
MakeSpool = Callable[..., SpoolQueue]


def _damaged(data: bytes, chance: random.Random) -> tuple[bytes, list[tuple[int, int]]]:
    """The data with some damage to it, and the places where it is."""
    kind = chance.choice(["cut", "suffix", "blocks", "bytes"])
    if kind == "cut":
        cut = chance.randrange(len(data) + 1)
        return data[:cut], [(cut, len(data))]
    if kind == "suffix":
        start = chance.randrange(len(data) + 1)
        places = [(start, len(data))]
    elif kind == "blocks":
        blocks = range((len(data) + BLOCK - 1) // BLOCK)
        some = chance.sample(blocks, chance.randint(1, len(blocks)))
        places = [(block * BLOCK, min(len(data), (block + 1) * BLOCK)) for block in some]
    else:
        starts = [chance.randrange(len(data)) for _ in range(chance.randint(1, 5))]
        places = [(start, min(len(data), start + chance.randint(1, 40))) for start in starts]
    whole = bytearray(data)
    for start, end in places:
        garbage = bytes(end - start) if chance.random() < 0.5 else chance.randbytes(end - start)
        whole[start:end] = garbage
    return bytes(whole), places


@pytest.mark.parametrize("cases", [300, pytest.param(10_000, marks=pytest.mark.stress)])
def test_whatever_is_damaged_the_rest_is_delivered(make_spool: MakeSpool, root: Path, cases: int) -> None:
    """No exception, no forged message, and every undamaged one, in order."""
    chance = random.Random(cases)
    dead = make_spool()
    (line,) = dead.open("Shop")
    bodies = [b'{"n":%d,"pad":"%s"}' % (n, b"x" * chance.randrange(900)) for n in range(40)]
    for body in bodies:
        dead.put(body, ("Shop",))
    line.take_now(3, LARGE)
    line.settle()
    dead.abandon()
    kept = root.parent / "kept"
    shutil.copytree(root / "shop", kept)
    (segment,) = kept.glob("*.seg")
    data = segment.read_bytes()
    header = len(new_header(["Shop"])[1])
    offsets = [data.index(body) for body in bodies]
    for case in range(cases):
        shutil.rmtree(root / "shop")
        shutil.copytree(kept, root / "shop")
        left, places = _damaged(data, chance)
        (root / "shop" / segment.name).write_bytes(left)
        if chance.random() < 0.3:
            acks = root / "shop" / segment.name.replace(".seg", ".ack")
            acks.write_bytes(_damaged(acks.read_bytes(), chance)[0])
        queue = make_spool()
        (heir,) = queue.open("Shop")
        taken: list[bytes] = []
        while some := heir.take_now(7, LARGE):
            taken += some
            heir.settle()
        queue.abandon()
        sound = [
            body
            for body, at in zip(bodies, offsets, strict=True)
            if all(
                end <= at - 20 or start >= at + len(body) or left[start:end] == data[start:end]
                for start, end in places
            )
        ]
        whole_header = left[:header] == data[:header]
        assert taken == sorted(taken, key=bodies.index), f"case {case}: out of order"
        assert len(set(taken)) == len(taken), f"case {case}: twice"
        if whole_header:
            assert set(sound[3:]) <= set(taken), f"case {case}: an undamaged message was lost"
        else:
            assert taken == []
            assert not any((root / "shop").glob("*.seg")), f"case {case}: neither removed nor set aside"


def test_messages_after_a_lost_page_of_a_living_log(make_spool: MakeSpool, root: Path) -> None:
    """A process that reads its own log over damage goes on behind it."""
    queue = make_spool()
    (line,) = queue.open("Shop")
    bodies = [b"%d " % n * 100 for n in range(100)]
    for body in bodies:
        queue.put(body, ("Shop",))
    (segment,) = (root / "shop").glob("*.seg")
    with segment.open("r+b") as file:
        file.seek(2 * BLOCK)
        file.write(bytes(BLOCK))
    taken: list[bytes] = []
    while some := line.take_now(7, LARGE):
        taken += some
        line.settle()
    assert 70 < len(taken) < 100
    assert taken == [body for body in bodies if body in taken]
    assert line.pending == 0


@pytest.mark.parametrize("name", ["seg", "ack", "lock"])
def test_a_lost_file(make_spool: MakeSpool, root: Path, name: str) -> None:
    """Whichever file's name did not reach the disk, the next process starts."""
    dead = make_spool()
    (line,) = dead.open("Shop")
    for number in range(5):
        dead.put(b"%d" % number, ("Shop",))
    line.take_now(1, LARGE)
    line.settle()
    dead.abandon()
    (lost,) = (root / "shop").glob(f"*.{name}")
    lost.unlink()
    for path in (root / "shop").iterdir():
        os.utime(path, (path.stat().st_mtime - 100,) * 2)
    (heir,) = make_spool().open("Shop")
    expected = {"seg": [], "ack": [b"0", b"1", b"2", b"3", b"4"], "lock": [b"1", b"2", b"3", b"4"]}
    assert heir.take_now(9, LARGE) == expected[name]
