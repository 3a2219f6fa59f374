"""What is measured, each in a fresh process for each client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import frozen

from benchmarks.measures import call, drain, memory, throughput
from benchmarks.measures.reading import Reading
from benchmarks.peers.connection import Connection


@frozen
class Row:
    """One line of the result.

    Attributes:
        key: its name in a reading.
        label: its name for people, with the unit.
        decimals: how it is printed.
    """

    key: str
    label: str
    decimals: int = 1


@frozen
class Measure:
    """A run of one client against the counting server.

    Attributes:
        run: does it, with so many events.
        mode: how the server answers: see ``CountingServer``.
        events: how many events; the latter for ``--quick``.
        repeats: runs of each client at most, one after the other's.
        rows: what the run gives.
    """

    run: Callable[[Connection, str, int], Reading]
    mode: str
    events: tuple[int, int]
    repeats: int
    rows: tuple[Row, ...]


MEASURES: Final = {
    "call": Measure(
        run=call.run,
        mode="answer",
        events=(20_000, 1_000),
        repeats=3,
        rows=(
            Row("call_paced_p50", "a call at 1,000/s, µs, median"),
            Row("call_paced_p99", "a call at 1,000/s, µs, p99"),
            Row("call_1_p50", "a call, 1 thread in a tight loop, µs, median"),
            Row("call_1_p99", "a call, 1 thread in a tight loop, µs, p99"),
        ),
    ),
    "threads": Measure(
        run=call.run_threads,
        mode="answer",
        events=(20_000, 1_000),
        repeats=3,
        rows=(
            Row("call_8_p50", "a call, 8 threads in a tight loop, µs, median"),
            Row("call_8_p99", "a call, 8 threads in a tight loop, µs, p99"),
        ),
    ),
    "throughput": Measure(
        run=throughput.run,
        mode="answer",
        events=(40_000, 2_000),
        repeats=3,
        rows=(
            Row("events_per_second", "events/s end to end", 0),
            Row("cpu_ms", "client CPU per 1,000 events, ms"),
        ),
    ),
    "slow": Measure(
        run=throughput.run_slow,
        mode="delay",
        events=(6_000, 2_000),
        repeats=1,
        rows=(Row("events_per_second_slow", "events/s when every answer takes 100 ms", 0),),
    ),
    "drain": Measure(
        run=drain.run,
        mode="gate",
        events=(40_000, 2_000),
        repeats=3,
        rows=(
            Row("drained_per_second", "events/s of a backlog of 40,000", 0),
            Row("resident_mb", "resident memory that the backlog takes, MB"),
        ),
    ),
    "memory": Measure(
        run=memory.run,
        mode="hang",
        events=(10_000, 2_000),
        repeats=1,
        rows=(Row("bytes_queued", "bytes a queued event", 0),),
    ),
}

# Measured without a server and without any of the code above.
IMPORT_ROWS: Final = (
    Row("import_ms", "import, ms"),
    Row("ready_ms", "import and make a client, ms"),
)
