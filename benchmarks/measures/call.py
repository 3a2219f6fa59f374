"""What one call costs the caller while the client delivers in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any, Final

from benchmarks.event import Event
from benchmarks.measures.reading import Reading
from benchmarks.measures.warming import warmed_up
from benchmarks.peers.connection import Connection

_THREADS: Final = 8
_PACE: Final = 0.001
_PACED_PART: Final = 10
_DEADLINE: Final = 60.0


def run(connection: Connection, _url: str, events: int) -> Reading:
    """Time calls of one thread: in a tight loop, and 1,000 a second."""
    pool = warmed_up(connection)
    paced = _paced(connection.track, pool, events // _PACED_PART)
    connection.flush()
    alone = _timed(connection.track, pool, events)
    connection.flush()
    values = {**_summary("call_paced", paced), **_summary("call_1", alone)}
    return Reading(values, len(pool) + len(paced) + len(alone))


def run_threads(connection: Connection, _url: str, events: int) -> Reading:
    """Time calls of eight threads, each in a tight loop."""
    pool = warmed_up(connection)
    together = _threaded(connection.track, pool, events // _THREADS)
    connection.flush()
    return Reading(_summary("call_8", together), len(pool) + len(together))


def _timed(track: Callable[[Event], Any], pool: Sequence[Event], count: int) -> list[int]:
    """Nanoseconds of each call."""
    taken = []
    clock = time.perf_counter_ns
    for event in islice(cycle(pool), count):
        started = clock()
        track(event)
        taken.append(clock() - started)
    return taken


def _paced(track: Callable[[Event], Any], pool: Sequence[Event], count: int) -> list[int]:
    taken = []
    due = time.monotonic()
    for event in islice(cycle(pool), count):
        due += _PACE
        time.sleep(max(0.0, due - time.monotonic()))
        taken += _timed(track, [event], 1)
    return taken


def _threaded(track: Callable[[Event], Any], pool: Sequence[Event], count: int) -> list[int]:
    taken: list[int] = []
    together = threading.Barrier(_THREADS)

    def work() -> None:
        together.wait(_DEADLINE)
        taken.extend(_timed(track, pool, count))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_DEADLINE)
    return taken


def _summary(key: str, taken: Sequence[int]) -> dict[str, float]:
    """Median and 99th percentile, in microseconds."""
    ordered = sorted(taken)
    return {
        f"{key}_p50": ordered[len(ordered) // 2] / 1_000,
        f"{key}_p99": ordered[len(ordered) * 99 // 100] / 1_000,
    }
