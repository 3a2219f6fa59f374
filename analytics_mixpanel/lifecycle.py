"""What happens to clients when their process forks or ends."""

from __future__ import annotations

import atexit
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client

# Clients that have something to lose. Kept here, so that one the application let go of is still flushed.
_open: dict[int, Client] = {}
_registered_in: list[int] = []  # the process that has the exit hooks


def watch(client: Client) -> None:
    """Flush this client when the process ends, and start it afresh in a forked child."""
    if _registered_in != [os.getpid()]:
        _open.clear()  # after a fork by C code: the parent's, which delivers what they hold
        _registered_in[:] = [os.getpid()]
        _register_exit()
    _open[id(client)] = client


def forget(client: Client) -> None:
    """The client is closed: it has nothing to lose."""
    _open.pop(id(client), None)


def shut_down_all() -> None:
    """Shut every client down: for a process that is about to leave past the exit hooks."""
    _at_exit()


def _register_exit() -> None:
    atexit.unregister(_at_exit)
    atexit.register(_at_exit)
    # A child of multiprocessing leaves through os._exit and runs only these finalizers; it has this module
    # loaded, and has cleared what its parent had registered, before it runs any of the application's code.
    multiprocessing_util = sys.modules.get("multiprocessing.util")
    if multiprocessing_util is not None:
        multiprocessing_util.Finalize(None, _at_exit, exitpriority=100)


def _at_exit() -> None:
    """Shut every client down, all of them within the longest of their timeouts."""
    if _registered_in != [os.getpid()]:
        return  # forked by C code, and nothing was called here: all of it is the parent's
    clients = list(_open.values())
    started = time.monotonic()
    for client in clients:
        client.hurry()
    for client in clients:
        client.shutdown(max(0.0, started + client.shutdown_timeout - time.monotonic()))


def _after_fork_in_child() -> None:
    # What was queued belongs to the parent, which delivers it; locks may be held by threads that are gone.
    for client in list(_open.values()):
        client.begin_again()
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
