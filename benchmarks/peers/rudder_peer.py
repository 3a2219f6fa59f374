"""rudder-sdk-python."""

from __future__ import annotations

from rudderstack.analytics.client import Client

from benchmarks.event import NAME, Event
from benchmarks.peers.connection import Connection


def connect(url: str, queue_size: int) -> Connection:
    """Open a client with default settings (gzip is one), save the length of its queue."""
    client = Client("benchmark", host=url, max_queue_size=queue_size, gzip=True)

    def track(event: Event) -> None:
        client.track(event.user, NAME, event.properties, event.context)

    return Connection(track, client.flush)
