"""posthog."""

from __future__ import annotations

from functools import partial

from posthog import Posthog

from benchmarks.event import NAME, Event
from benchmarks.peers.connection import Connection


def connect(url: str, queue_size: int) -> Connection:
    """Open a client with default settings, save gzip, the length of its queue and the others' interval."""
    client = Posthog("benchmark", host=url, max_queue_size=queue_size, gzip=True, flush_interval=0.5)

    def track(event: Event) -> None:
        client.capture(NAME, distinct_id=event.user, properties=event.everything)

    return Connection(track, partial(client.flush, 60.0))
