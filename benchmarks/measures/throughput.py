"""How many events a second get through, and what CPU time they cost the client's process."""

from __future__ import annotations

import resource
import time
from itertools import cycle, islice

from benchmarks.measures.reading import Reading
from benchmarks.measures.warming import warmed_up
from benchmarks.peers.connection import Connection


def run(connection: Connection, _url: str, events: int) -> Reading:
    """Call as fast as one thread can and flush; the time ends when everything is answered."""
    pool = warmed_up(connection)
    track = connection.track
    cpu, started = _cpu_seconds(), time.perf_counter()
    for event in islice(cycle(pool), events):
        track(event)
    connection.flush()
    seconds, cpu = time.perf_counter() - started, _cpu_seconds() - cpu
    values = {"events_per_second": events / seconds, "cpu_ms": cpu * 1_000 / (events / 1_000)}
    return Reading(values, len(pool) + events)


def run_slow(connection: Connection, url: str, events: int) -> Reading:
    """The same against a server that takes its time."""
    reading = run(connection, url, events)
    return Reading({"events_per_second_slow": reading.values["events_per_second"]}, reading.sent)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
