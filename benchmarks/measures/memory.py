"""How much memory an event takes while it waits for a server that never answers."""

from __future__ import annotations

import gc
import time
import tracemalloc
from typing import Final

from benchmarks.event import event
from benchmarks.measures.reading import Reading
from benchmarks.peers.connection import Connection
from benchmarks.sink import counted

_DEADLINE: Final = 10.0


def run(connection: Connection, url: str, events: int) -> Reading:
    """Queue events behind a request that hangs; what Python has allocated for them, divided by them."""
    connection.track(event(0))  # imports, threads and the connection are there once its request is
    _wait_for_request(url)
    tracemalloc.start()
    before = _allocated()
    for number in range(1, events + 1):
        connection.track(event(number))
    allocated = _allocated() - before
    tracemalloc.stop()
    return Reading({"bytes_queued": allocated / events}, sent=0)


def _wait_for_request(url: str) -> None:
    deadline = time.monotonic() + _DEADLINE
    while not counted(url)["requests"]:
        if time.monotonic() > deadline:
            raise TimeoutError("the client sent nothing")
        time.sleep(0.05)


def _allocated() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
