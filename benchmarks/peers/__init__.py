"""The clients that are measured: one adapter each."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from attrs import frozen

from benchmarks.peers.connection import Connection


@frozen
class Peer:
    """A client.

    Attributes:
        distribution: what is installed.
        module: what an application imports.
        make: code that makes a client, which sends nothing; "" for another setting of one that is there.
        adapter: the module in this package whose ``connect(url, queue_size)`` opens one.
        waits_inside_calls: it sends within calls, so that a server that hangs makes a call hang.
    """

    distribution: str
    module: str
    make: str
    adapter: str
    waits_inside_calls: bool = False

    def connect(self, url: str, queue_size: int) -> Connection:
        """Open a client that sends to ``url``; only now is its library imported."""
        connection: Connection = import_module(f"{__name__}.{self.adapter}").connect(url, queue_size)
        return connection


# What the others are compared with.
BASELINE: Final = "segment"

PEERS: Final = {
    "ours": Peer(
        distribution="analytics-mixpanel",
        module="analytics_mixpanel",
        make="analytics_mixpanel.Client('benchmark', send=False)",
        adapter="ours",
    ),
    "ours-spool": Peer(
        distribution="analytics-mixpanel",
        module="analytics_mixpanel",
        make="",
        adapter="ours_spool",
    ),
    "segment": Peer(
        distribution="segment-analytics-python",
        module="segment.analytics",
        make="segment.analytics.Client('benchmark', send=False)",
        adapter="segment_peer",
    ),
    "mixpanel": Peer(
        distribution="mixpanel",
        module="mixpanel",
        make="mixpanel.Mixpanel('benchmark', mixpanel.BufferedConsumer())",
        adapter="mixpanel_peer",
        waits_inside_calls=True,
    ),
    "posthog": Peer(
        distribution="posthog",
        module="posthog",
        make="posthog.Posthog('benchmark', send=False)",
        adapter="posthog_peer",
    ),
    "rudder": Peer(
        distribution="rudder-sdk-python",
        module="rudderstack.analytics",
        make="rudderstack.analytics.client.Client('benchmark', send=False)",
        adapter="rudder_peer",
    ),
}
