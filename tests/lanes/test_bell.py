"""Waking a thread."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from analytics_mixpanel.lanes.bell import Bell


def test_it_wakes_who_waits() -> None:
    """Whoever sleeps is woken long before the time is up."""
    bell = Bell()
    threading.Timer(0.01, bell.ring).start()
    began = time.monotonic()
    bell.wait(60)
    assert time.monotonic() - began < 30


def test_a_ring_is_remembered_once() -> None:
    """Who comes after two rings does not sleep, and the next time does."""
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.wait(60)
    began = time.monotonic()
    bell.wait(0.05)
    assert time.monotonic() - began >= 0.05


@pytest.mark.parametrize("seconds", [0, -1, -float("inf")])
def test_no_time_is_no_wait(seconds: float) -> None:
    """A time that has passed is not waited for."""
    Bell().wait(seconds)


@pytest.mark.parametrize("seconds", [float("inf"), 1e300, 60])
def test_any_wait_can_be_ended(seconds: float) -> None:
    """However long."""
    bell = Bell()
    bell.ring()
    bell.wait(seconds)


def test_it_may_be_rung_by_who_is_ringing() -> None:
    """A signal handler that interrupts a ring may ring too: nobody waits for a lock."""
    bell = Bell()
    rung = 0

    def handler(*_: object) -> None:
        nonlocal rung
        rung += 1
        bell.ring()

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        deadline = time.monotonic() + 30
        while rung < 100 and time.monotonic() < deadline:
            bell.ring()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung >= 100
