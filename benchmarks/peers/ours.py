"""This project, as installed: with every bundled plugin."""

from __future__ import annotations

from functools import partial

from analytics_mixpanel import Client
from benchmarks.event import NAME, Event
from benchmarks.peers.connection import Connection


def connect(url: str, queue_size: int) -> Connection:
    """Open a client with default settings, save the length of its queue."""
    client = Client("benchmark", host=url, max_queue_size=queue_size, max_queue_bytes=queue_size * 2_000)

    def track(event: Event) -> None:
        client.track(event.user, NAME, event.properties, event.context)

    return Connection(track, partial(client.flush, 60.0))
