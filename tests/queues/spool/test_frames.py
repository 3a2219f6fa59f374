"""Frames: what is found again, in whatever pieces and beside whatever damage."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.queues.spool.frames import HEAD, MAGIC, MAX_BODY, Scan, frame

SALT = 0xC0FFEE


def _found(scan: Scan, *, last: bool = True) -> list[tuple[int, bytes]]:
    found = []
    while one := scan.next(last=last):
        found.append(one)
    return found


def _scan(data: bytes, salt: int = SALT) -> Scan:
    scan = Scan(salt, 0)
    scan.feed(data)
    return scan


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.binary(max_size=300))), st.integers(1, 50))
def test_frames_are_found_in_whatever_pieces(messages: list[tuple[int, bytes]], size: int) -> None:
    """What was framed is found, in order, wherever the pieces are cut."""
    data = b"".join(frame(body, bits, SALT) for bits, body in messages)
    scan, found = Scan(SALT, 0), []
    for start in range(0, len(data), size):
        assert scan.fed_to == start
        scan.feed(data[start : start + size])
        found += _found(scan, last=False)
    assert found == messages
    assert scan.offset == len(data)
    assert scan.doubtful == 0


@given(st.binary(max_size=200), st.binary(max_size=200), st.integers(0, 2**32 - 1))
def test_a_frame_is_found_behind_anything(before: bytes, body: bytes, bits: int) -> None:
    """Garbage before a frame hides nothing."""
    assert (bits, body) in _found(_scan(before + frame(body, bits, SALT)))


@given(st.binary(min_size=1, max_size=100), st.data())
def test_a_damaged_frame_is_not_found(body: bytes, data: st.DataObject) -> None:
    """Whichever bit is wrong, nothing is forged, and the frames around it are found."""
    whole = bytearray(frame(body, 1, SALT))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    around = frame(b"before", 1, SALT), frame(b"after", 1, SALT)
    assert _found(_scan(around[0] + bytes(whole) + around[1])) == [(1, b"before"), (1, b"after")]


def test_another_salt_is_no_frame() -> None:
    """A frame of another segment, left in a reused block of the disk, is none here."""
    assert _found(_scan(frame(b"stale", 1, SALT), SALT + 1)) == []


def test_a_frame_within_a_body_is_not_found() -> None:
    """A body that holds a whole frame of another salt is one message."""
    inner = frame(b"forged", 1, 0)
    assert _found(_scan(frame(inner, 1, SALT))) == [(1, inner)]


def test_no_text_holds_the_magic() -> None:
    """The first two bytes of the magic occur in no UTF-8 text."""
    for byte in MAGIC[:2]:
        with pytest.raises(UnicodeDecodeError):
            bytes([byte]).decode()


def test_an_unfinished_frame_is_waited_for() -> None:
    """A frame that ends after the pieces is found when the rest comes."""
    data = frame(b"message", 1, SALT)
    for cut in range(len(data)):
        scan = _scan(data[:cut])
        assert scan.next() is None
        assert scan.offset == 0
        scan.feed(data[cut:])
        assert scan.next() == (1, b"message")


def test_a_torn_frame_is_skipped() -> None:
    """What was begun and cut off hides nothing that was appended after it."""
    torn = frame(b"x" * 500, 1, SALT)[:100]
    scan = _scan(torn + frame(b"after", 1, SALT))
    assert scan.next() is None  # it could still be going on
    assert _found(scan) == [(1, b"after")]
    assert scan.doubtful == 100


def test_a_frame_is_given_back() -> None:
    """What is unread is found again."""
    scan = _scan(frame(b"a", 1, SALT) + frame(b"b", 1, SALT))
    scan.next()
    scan.next()
    scan.unread()
    assert scan.start == scan.offset == HEAD.size + 1
    assert scan.next() == (1, b"b")


def test_a_length_beyond_the_limit_is_damage() -> None:
    """A head that promises gigabytes is not waited for."""
    data = HEAD.pack(MAGIC, 0xFFFFFFFF, 1, 0, 0) + frame(b"after", 1, SALT)
    assert _found(_scan(data), last=False) == [(1, b"after")]
    assert _found(_scan(frame(b"x" * (MAX_BODY + 1), 1, SALT))) == []


def test_frames_within_frames_do_not_cost_their_square() -> None:
    """A segment made of heads that promise much and hold nothing is read in time."""
    head = frame(b"\0" * MAX_BODY, 1, SALT)[: HEAD.size - 4] + b"\1\2\3\4"  # a right head, a wrong body
    data = head * (3 * MAX_BODY // len(head))
    started = time.process_time()
    assert _found(_scan(data)) == []
    assert time.process_time() - started < 20


def test_random_bytes_are_no_frames() -> None:
    """Nothing is forged from noise full of magics."""
    noise = random.Random(7)
    data = b"".join(MAGIC + noise.randbytes(noise.randrange(60)) for _ in range(5_000))
    assert _found(_scan(data)) == []
