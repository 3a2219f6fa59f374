"""How fast a backlog is delivered once the server answers again, and what it takes while it waits."""

from __future__ import annotations

import os
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from benchmarks.measures.reading import Reading
from benchmarks.measures.warming import warmed_up
from benchmarks.peers.connection import Connection
from benchmarks.sink import hold, let_go

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_STATUS: Final = Path("/proc/self/statm")


def run(connection: Connection, url: str, events: int) -> Reading:
    """Queue events behind a request that is not answered; then let it be, and wait for the last of them."""
    pool = warmed_up(connection)
    hold(url, lambda: connection.track(pool[0]))
    before = resident()
    for event in islice(cycle(pool), events):
        connection.track(event)
    grown = resident() - before
    let_go(url)
    started = time.perf_counter()
    connection.flush()
    seconds = time.perf_counter() - started
    return Reading({"drained_per_second": events / seconds, "resident_mb": grown}, len(pool) + 1 + events)


def resident() -> float:
    """The process's resident memory in MB; 0.0 where the system does not say."""
    return int(_STATUS.read_text().split()[1]) * _PAGE / 1e6 if _STATUS.exists() else 0.0
