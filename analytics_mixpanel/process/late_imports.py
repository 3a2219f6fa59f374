"""Imports that wait until they are needed, and forks that wait for such imports.

Importing the package costs an application next to nothing, and making a client little. So what not everybody
needs, or not at once, is imported where it is needed, always inside of ``late_import()``:

- by the package, whatever it offers: with the first use of it
- by a client, the installed plugins
- by a destination, what translates and sends: with the first batch, on a lane's thread

A forked child has the locks of imports as they were, but not the threads that would let go of them: it would
wait for ever as soon as it needs what one of those was importing. Hence a fork waits, some seconds at most,
until no other thread is inside.
"""

from __future__ import annotations

import logging  # noqa: F401 - hooks run in reverse: while ours waits, an import may still want logging's lock
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Seconds that a fork waits at most: it may itself be what an import is waiting for.
_LONGEST: Final = 5.0

_importing: list[int] = []  # the threads that are
_changed = threading.Condition()


@contextmanager
def late_import() -> Iterator[None]:
    """Import inside of it: a fork by another thread waits until it is left."""
    thread = threading.get_ident()
    with _changed:
        _importing.append(thread)
    try:
        yield
    finally:
        with _changed:
            _importing.remove(thread)
            _changed.notify_all()


def _others_are_done() -> bool:
    return _importing.count(threading.get_ident()) == len(_importing)


def _before_fork() -> None:
    # Once it is quiet, the lock keeps further imports from beginning until the fork is over.
    if _changed.acquire(timeout=_LONGEST):
        _changed.wait_for(_others_are_done, _LONGEST)


def _after_fork_in_parent() -> None:
    try:
        _changed.release()
    except RuntimeError:
        pass  # it could not be had in time


def _after_fork_in_child() -> None:
    global _changed  # noqa: PLW0603 - a thread that is not in the child may hold it
    _changed = threading.Condition()
    _importing[:] = [thread for thread in _importing if thread == threading.get_ident()]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
    )
