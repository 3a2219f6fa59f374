"""The store behind the queue: first in, first out, compressed when it grows long."""

from __future__ import annotations

import itertools

import pytest

from analytics_mixpanel.queues.backlog import LOOSE, SEAL, Backlog


def _bodies(count: int) -> list[bytes]:
    return [b'{"type":"track","event":"Order Completed","n":%d}' % n for n in range(count)]


@pytest.mark.parametrize("count", [1, LOOSE, LOOSE + SEAL - 1, LOOSE + SEAL, 3 * LOOSE])
def test_what_goes_in_comes_out_in_order(count: int) -> None:
    """Every message comes out once and in order, also those that were compressed meanwhile."""
    backlog, bodies = Backlog(), _bodies(count)
    for body in bodies:
        backlog.append(body)
    taken = list(itertools.chain.from_iterable(iter(lambda: backlog.pop(100, 1 << 30), [])))
    assert taken == bodies
    assert (backlog.count, backlog.size) == (0, 0)


def test_order_holds_while_both_ends_are_at_work() -> None:
    """Messages appended between two takes go behind all that are there, sealed or not."""
    backlog, bodies, taken = Backlog(), iter(_bodies(6_000)), []
    for step in range(30):
        for body in itertools.islice(bodies, 200):
            backlog.append(body)
        taken += backlog.pop(50 + 10 * step, 1 << 30)
    taken += backlog.pop(10_000, 1 << 30)
    assert taken == _bodies(6_000)


def test_a_long_backlog_shrinks() -> None:
    """Beyond its loose part a backlog takes a fraction of the bytes that went in."""
    backlog, bodies = Backlog(), _bodies(10 * LOOSE)
    for body in bodies:
        backlog.append(body)
    assert backlog.count == 10 * LOOSE
    assert backlog.size < sum(map(len, bodies)) / 3


def test_a_short_backlog_is_not_compressed() -> None:
    """Up to its loose part a backlog has the size of what went in."""
    backlog, bodies = Backlog(), _bodies(LOOSE + SEAL - 1)
    for body in bodies:
        backlog.append(body)
    assert backlog.size == sum(map(len, bodies))


def test_a_take_is_bounded_by_count() -> None:
    """No more than the limit comes out."""
    backlog = Backlog()
    for body in _bodies(5):
        backlog.append(body)
    assert backlog.pop(3, 1 << 30) == _bodies(5)[:3]
    assert backlog.count == 2


def test_a_take_is_bounded_by_bytes() -> None:
    """No more than the bytes come out, but always one message."""
    backlog = Backlog()
    for body in (b"a" * 10, b"b" * 10, b"c" * 50, b"d"):
        backlog.append(body)
    assert backlog.pop(10, 25) == [b"a" * 10, b"b" * 10]
    assert backlog.pop(10, 25) == [b"c" * 50]
    assert backlog.pop(10, 25) == [b"d"]
    assert backlog.pop(10, 25) == []
