"""Beginning a run with everything imported, connected and running."""

from __future__ import annotations

from typing import Final

from benchmarks.event import Event, event
from benchmarks.peers.connection import Connection

_POOL: Final = 1_000


def warmed_up(connection: Connection) -> list[Event]:
    """Events to send over and over, each of which has been sent once."""
    pool = [event(number) for number in range(_POOL)]
    for each in pool:
        connection.track(each)
    connection.flush()
    return pool
