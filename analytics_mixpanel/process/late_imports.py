"""Imports that wait until they are needed, and forks that wait for such imports.

Importing the package costs an application next to nothing, and making a client little. So what not everybody
needs, or not at once, is imported where it is needed, always inside of ``late_import()``:

- by the package, whatever it offers: with the first use of it
- by a client, the installed plugins
- by a destination, what translates and sends: with the first batch, on a lane's thread

A forked child has the locks of imports as they were, but not the threads that would let go of them: it would
wait for ever as soon as it needs what one of those was importing. Hence a fork waits, some seconds at most,
until no other thread is inside; and while it lasts, no other thread gets inside.

Who begins to import says so, then looks for forks; who forks says so, then looks for imports: whichever comes
second sees the other. No lock is kept from one time to the next. One that is made when there is something to
wait for is of the kind that threads are by then: gevent and eventlet may replace them at any moment.
"""

from __future__ import annotations

import logging  # noqa: F401 - hooks run in reverse: while ours waits, an import may still want logging's lock
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

# Seconds that a fork waits at most, and an import for a fork: each may itself be what the other waits for.
_LONGEST: Final = 5.0

_importing: list[int] = []  # the threads that are
_forking: list[int] = []  # the threads that are about to
_waiting: list[Any] = []  # a lock, taken, for each who waits: let go of when either list gets shorter


@contextmanager
def late_import() -> Iterator[None]:
    """Import inside of it: a fork by another thread waits until it is left."""
    thread = threading.get_ident()
    _importing.append(thread)
    try:
        if _forking and _importing.count(thread) == 1:
            _let_forks_pass(thread)
        yield
    finally:
        _importing.remove(thread)
        _tell()


def _let_forks_pass(thread: int) -> None:
    """Step back while another thread forks."""
    until = time.monotonic() + _LONGEST
    while _are_others(_forking, thread) and time.monotonic() < until:
        _importing.remove(thread)
        _tell()
        try:
            _wait_for_others(_forking, thread, until)
        finally:
            _importing.append(thread)


def _are_others(there: list[int], thread: int) -> bool:
    return there.count(thread) < len(there)


def _wait_for_others(there: list[int], thread: int, until: float) -> None:
    """Wait until no other thread is in the list."""
    while _are_others(there, thread) and (left := until - time.monotonic()) > 0:
        changed = threading.Lock()
        changed.acquire()
        _waiting.append(changed)
        try:
            if _are_others(there, thread):  # still, now that changes are told
                changed.acquire(timeout=left)
        finally:
            _waiting.remove(changed)


def _tell() -> None:
    for changed in _waiting.copy():
        try:
            changed.release()
        except RuntimeError:
            pass  # told already


def _before_fork() -> None:
    thread = threading.get_ident()
    _forking.append(thread)
    _wait_for_others(_importing, thread, time.monotonic() + _LONGEST)


def _after_fork_in_parent() -> None:
    _forking.remove(threading.get_ident())
    _tell()


def _after_fork_in_child() -> None:
    thread = threading.get_ident()
    _forking.clear()
    _waiting.clear()
    _importing[:] = [each for each in _importing if each == thread]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
