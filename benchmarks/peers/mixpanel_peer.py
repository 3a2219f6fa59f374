"""mixpanel, with its BufferedConsumer: 50 events a request, sent within the call, not compressed."""

from __future__ import annotations

from mixpanel import BufferedConsumer, Mixpanel

from benchmarks.event import NAME, Event
from benchmarks.peers.connection import Connection


def connect(url: str, queue_size: int) -> Connection:  # noqa: ARG001 - it has no queue
    """Open a client with default settings."""
    consumer = BufferedConsumer(events_url=f"{url}/track", request_timeout=30)
    client = Mixpanel("benchmark", consumer)

    def track(event: Event) -> None:
        client.track(event.user, NAME, event.everything)

    return Connection(track, consumer.flush)
