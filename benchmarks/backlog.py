"""Whether it matters to the spool how much waits in it: ``python -m benchmarks.backlog``.

The same batches are delivered behind a thousand pending events and behind a hundred thousand, or a million
with ``--full``: the rate should be the same, and the memory of the process too.
"""

from __future__ import annotations

import argparse
import time
from itertools import cycle, islice
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

from analytics_mixpanel import Client
from benchmarks.event import NAME, Event, event
from benchmarks.measures.drain import resident
from benchmarks.sink import Sink, hold, let_go

_FEW: Final = 1_000
_MANY: Final = 100_000
_FULL: Final = 1_000_000
# A batch is as large as the smaller backlog, so that both are delivered in the same way.
_BATCH: Final = _FEW
_ROUNDS: Final = 30
_LONG: Final = 240.0


@frozen
class Drained:
    """What came of one size.

    Attributes:
        pending: events that waited.
        rate: events/s delivered.
        grown: resident memory in MB that they took.
    """

    pending: int
    rate: float
    grown: float

    def __str__(self) -> str:
        return (
            f"the spool with {self.pending:,} pending: {self.rate:,.0f} events/s, "
            f"{self.grown:+.1f} MB of resident memory"
        )


def measured(quick: bool, most: int = _MANY) -> list[Drained]:
    """Deliver few, many times, and many, once."""
    pool = [event(number) for number in range(_FEW)]
    with (
        Sink("gate") as sink,
        TemporaryDirectory() as folder,
        Client(
            "benchmark",
            host=sink.url,
            queue=f"spool:{folder}",
            spool_max_bytes=10_000 * most,
            upload_size=_BATCH,
        ) as client,
    ):
        _drained(client, sink.url, pool, _FEW)
        few = [_drained(client, sink.url, pool, _FEW) for _ in range(2 if quick else _ROUNDS)]
        many = _drained(client, sink.url, pool, 5 * _FEW if quick else most)
    rate = len(few) * _FEW / sum(_FEW / each.rate for each in few)
    return [Drained(_FEW, rate, max(each.grown for each in few)), many]


def _drained(client: Client, url: str, pool: list[Event], pending: int) -> Drained:
    def track(each: Event) -> None:
        client.track(each.user, NAME, each.properties, each.context)

    def send() -> None:
        track(pool[0])
        client.hurry()

    hold(url, send)
    before = resident()
    for each in islice(cycle(pool), pending):
        track(each)
    grown = resident() - before
    let_go(url)
    started = time.perf_counter()
    left = client.flush(_LONG)
    if left:
        raise TimeoutError(f"{left} events were not delivered in {_LONG:.0f} s")
    return Drained(pending, pending / (time.perf_counter() - started), grown)


def main() -> None:
    """Print both, and how they compare."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.backlog", description="Fill the spool; empty it."
    )
    parser.add_argument("--full", action="store_true", help="a million events: some minutes, 1 GB of disk")
    options = parser.parse_args()
    few, many = measured(quick=False, most=_FULL if options.full else _MANY)
    print(f"- {few}\n- {many}: {many.rate / few.rate:.2f}×", flush=True)


if __name__ == "__main__":
    main()
