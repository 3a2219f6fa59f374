"""segment-analytics-python."""

from __future__ import annotations

from segment.analytics import Client

from benchmarks.event import NAME, Event
from benchmarks.peers.connection import Connection


def connect(url: str, queue_size: int) -> Connection:
    """Open a client with default settings, save gzip and the length of its queue."""
    client = Client("benchmark", host=url, max_queue_size=queue_size, gzip=True)

    def track(event: Event) -> None:
        client.track(event.user, NAME, event.properties, event.context)

    return Connection(track, client.flush)
