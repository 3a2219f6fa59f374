"""A client whose queue stays full."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import define, field

from analytics_mixpanel import Batch, Client


@define(eq=False)
class Jam:
    """A client whose destination takes one message a batch and answers none until it is released.

    Attributes:
        shop: the destination.
        lost: each loss that ``on_error`` was told of: the reason and the events.
    """

    shop: Any
    client: Client
    lost: list[tuple[str, list[str]]]
    _gate: threading.Event
    _reached: threading.Event = field(factory=threading.Event)

    def track(self, *events: str) -> list[bool]:
        """Track; what each call said."""
        return [self.client.track("u", event)[0] for event in events]

    def release(self) -> None:
        """Let the destination answer."""
        self._gate.set()


@pytest.fixture
def jam(make_client: Callable[..., Client], answering: Any) -> Iterator[Callable[..., Jam]]:
    """Makes a client with one message at its destination, for which the destination has no answer yet."""
    gates: list[threading.Event] = []

    def make(max_queue_size: int = 3, **settings: Any) -> Jam:
        gate, reached = threading.Event(), threading.Event()
        gates.append(gate)

        def wait(_: Batch) -> None:
            reached.set()
            gate.wait(30)

        shop, lost = answering(wait), list[tuple[str, list[str]]]()
        client = make_client(
            shop,
            max_queue_size=max_queue_size,
            upload_size=1,
            on_error=lambda error, messages: lost.append((error.reason, [m["event"] for m in messages])),
            **settings,
        )
        jammed = Jam(shop, client, lost, gate, reached)
        jammed.track("first")
        assert reached.wait(10)
        return jammed

    yield make
    for gate in gates:
        gate.set()
