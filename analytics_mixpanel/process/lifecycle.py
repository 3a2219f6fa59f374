"""What happens to clients when their process forks or ends."""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client

# Clients that have something to lose. Kept here, so that one the application let go of is still flushed.
_open: dict[int, Client] = {}
_watching_in: list[int] = []  # the process whose clients they are


def watch(client: Client) -> None:
    """Flush this client when the process ends, and start it afresh in a forked child."""
    if _watching_in != [os.getpid()]:
        _open.clear()  # after a fork by C code: the parent's, which delivers what they hold
        _watching_in[:] = [os.getpid()]
        _register_finalizer()
    _open[id(client)] = client


def forget(client: Client) -> None:
    """The client is closed: it has nothing to lose."""
    _open.pop(id(client), None)


def flush_all() -> int:
    """Flush every client, all of them within the longest of their ``shutdown_timeout``; what is left."""
    return _of_each(lambda client, timeout: client.flush(timeout))


def shut_down_all() -> int:
    """Shut every client down, within the same time; how many messages that lost.

    For a process that is about to leave past the exit hooks.
    """
    return _of_each(lambda client, timeout: client.shutdown(timeout))


def _of_each(end: Callable[[Client, float], int]) -> int:
    if _watching_in != [os.getpid()]:
        return 0  # forked by C code, and nothing was called here: all of it is the parent's
    clients = list(_open.values())
    started = time.monotonic()
    for client in clients:
        client.hurry()
    return sum(
        # Negative where the time is up: each client then has no time at all, rather than a little of its own.
        [end(client, started + client.shutdown_timeout - time.monotonic()) for client in clients]
    )


def _register_finalizer() -> None:
    """Have children of multiprocessing and of Celery end like others: they leave by os._exit, past atexit."""
    process = sys.modules.get("multiprocessing.process")
    util = sys.modules.get("multiprocessing.util")
    # Not in other processes, where the finalizers run too, before the application's own exit handlers.
    if process is not None and util is not None and process.parent_process() is not None:
        util.Finalize(None, shut_down_all, exitpriority=100)
    celery: Any = sys.modules.get("celery.signals")
    if celery is not None:
        celery.worker_process_shutdown.connect(_at_the_end_of_a_worker, weak=False)


def _at_the_end_of_a_worker(**_: object) -> None:
    shut_down_all()


def _after_fork_in_child() -> None:
    # What was queued belongs to the parent, which delivers it; locks may be held by threads that are gone.
    for client in list(_open.values()):
        client.begin_again()
    _open.clear()


def _at_exit() -> None:
    shut_down_all()
    _end_as_interrupted()


def _end_as_interrupted() -> None:
    """Let a process that Ctrl-C ends still end by SIGINT, which stops a shell's loop around it.

    Python notes that nobody caught the KeyboardInterrupt, and forgets it with the next text that is executed:
    what a last delivery imports does that. Source: CPython, pythonrun.c, run_eval_code_obj.
    """
    if getattr(sys, "last_type", None) is KeyboardInterrupt and not hasattr(sys, "ps1"):
        try:
            exec("raise KeyboardInterrupt")  # noqa: S102 - a text, so that it is noted again
        except KeyboardInterrupt:
            pass


# The last registered runs first: what the application registers after its import of this still delivers.
atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
