"""This project with its queue on disk."""

from __future__ import annotations

from functools import partial
from tempfile import mkdtemp

from analytics_mixpanel import Client
from benchmarks.event import NAME, Event
from benchmarks.peers.connection import Connection


def connect(url: str, queue_size: int) -> Connection:
    """Open a client with default settings, save the queue and its length."""
    client = Client("benchmark", host=url, queue=f"spool:{mkdtemp()}", spool_max_bytes=queue_size * 10_000)

    def track(event: Event) -> None:
        client.track(event.user, NAME, event.properties, event.context)

    return Connection(track, partial(client.flush, 60.0))
