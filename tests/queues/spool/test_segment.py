"""Segments: names, headers, and reading one that nobody appends to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analytics_mixpanel.queues.spool.frames import frame
from analytics_mixpanel.queues.spool.segment import (
    PIECE,
    SegmentName,
    is_blank,
    messages,
    new_header,
    read_header,
)

INSTANCE = "0" * 24


def _written(path: Path, data: bytes) -> int:
    path.write_bytes(data)
    return os.open(path, os.O_RDONLY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the segment is."""
    return tmp_path / "segment"


def test_a_name_is_parsed() -> None:
    """A file's name says its instance, log and serial."""
    name = SegmentName(INSTANCE, 3, 17)
    assert name.file == f"{INSTANCE}-3-00000017.seg"
    assert name.acks == f"{INSTANCE}-3-00000017.ack"
    assert SegmentName.parse(name.file) == name


@pytest.mark.parametrize(
    "file",
    [
        f"{INSTANCE}.lock",
        f"{INSTANCE}-0-00000001.ack",
        f"{INSTANCE}-0-00000001.seg.corrupt",
        f"../{INSTANCE}-0-00000001.seg",
        f"{INSTANCE}-0-1.seg",
        f"{INSTANCE}-0-00000001.seg\n",
        "x.seg",
    ],
)
def test_other_files_are_no_segments(file: str) -> None:
    """What is not exactly a segment's name is left alone."""
    assert SegmentName.parse(file) is None


def test_names_sort_as_they_were_begun() -> None:
    """Older instances come first; within one, logs by number and segments by serial, however long."""
    names = [SegmentName(INSTANCE, 0, 99_999_999), SegmentName(INSTANCE, 0, 100_000_000)]
    assert sorted([names[1], names[0]]) == names
    assert SegmentName("1" + INSTANCE[1:], 0, 0) > names[1]


def test_a_header_is_read_back(path: Path) -> None:
    """It names the destinations by bit, and says where the frames begin."""
    header, data = new_header(["Shop", "Café"])
    descriptor = _written(path, data + frame(b"a", 1, header.salt))
    assert read_header(descriptor) == header
    assert header.size == len(data)
    assert [header.bit(name) for name in ("Shop", "Café", "Other")] == [1, 2, 0]
    os.close(descriptor)


def test_salts_differ() -> None:
    """Every segment has a salt of its own."""
    assert len({new_header(["Shop"])[0].salt for _ in range(50)}) == 50


def test_a_damaged_header_is_none(path: Path) -> None:
    """Whichever byte is wrong or missing, it is no header."""
    _, data = new_header(["Shop"])
    damaged = [data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] for place in range(len(data))]
    for each in [*damaged, *[data[:size] for size in range(len(data))]]:
        descriptor = _written(path, each)
        assert read_header(descriptor) is None
        os.close(descriptor)


@pytest.mark.parametrize(
    ("data", "blank"),
    [(b"", True), (bytes(10), True), (bytes(2 * PIECE), True), (bytes(2 * PIECE) + b"\1", False)],
    ids=["empty", "zeros", "many zeros", "something"],
)
def test_a_blank_file_is_known(path: Path, data: bytes, blank: bool) -> None:
    """An empty file and one of zeros hold nothing."""
    descriptor = _written(path, data)
    assert is_blank(descriptor) is blank
    os.close(descriptor)


def test_messages_are_read(path: Path) -> None:
    """Every whole message, with its place, from wherever one begins; a torn end is left out."""
    header, data = new_header(["Shop"])
    bodies = [b"%d " % number * 40_000 for number in range(20)]  # of several pieces
    frames = [frame(body, 1, header.salt) for body in bodies]
    descriptor = _written(path, data + b"".join(frames) + frame(b"torn", 1, header.salt)[:-1])
    found = list(messages(descriptor, header))
    assert [(bits, body) for _, bits, body in found] == [(1, body) for body in bodies]
    assert [body for _, _, body in messages(descriptor, header, found[7][0])] == bodies[7:]
    os.close(descriptor)
