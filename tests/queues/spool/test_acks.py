"""How far a segment is settled: read back, or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics_mixpanel.queues.spool.acks import read_ack, write_ack

SALT = 5


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    """An empty ack file."""
    opened = os.open(tmp_path / "acks", os.O_RDWR | os.O_CREAT)
    yield opened
    os.close(opened)


def test_it_is_read_back_for_each_destination(descriptor: int) -> None:
    """Each destination has its own; the latest counts; who has none has settled nothing."""
    for offset in (100, 1 << 40):
        write_ack(descriptor, 2, SALT, offset)
    write_ack(descriptor, 0, SALT, 7)
    assert [read_ack(descriptor, place, SALT) for place in range(4)] == [7, 0, 1 << 40, 0]


def test_a_damaged_one_is_nothing(descriptor: int) -> None:
    """Whichever byte is wrong, everything is delivered again rather than left out."""
    write_ack(descriptor, 0, SALT, 1_000)
    whole = os.pread(descriptor, 100, 0)
    for place in range(len(whole)):
        os.pwrite(descriptor, bytes([whole[place] ^ 0x80]), place)
        assert read_ack(descriptor, 0, SALT) == 0
        os.pwrite(descriptor, whole, 0)
    assert read_ack(descriptor, 0, SALT + 1) == 0


def test_an_entry_never_crosses_a_sector(descriptor: int) -> None:
    """All the destinations that a segment may have fit into one sector of 512 bytes."""
    write_ack(descriptor, 31, SALT, 1)
    assert os.fstat(descriptor).st_size <= 512
