"""What `Context`, `SuperProperties` and `Groups` add to a call, beside segment-analytics-python's whole call.

``python -m benchmarks.plugins`` prints microseconds and their share of Segment's call in the same run. The
goal is 3 µs where Segment's call takes 33: a share of 0.09 at most.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import segment.analytics
from attrs import frozen

from analytics_mixpanel import Client
from analytics_mixpanel_context import Context
from analytics_mixpanel_groups import Groups
from analytics_mixpanel_super_properties import SuperProperties
from benchmarks.event import NAME, event
from benchmarks.turns import in_turns

GOAL: Final = 3 / 33

_CALL: Final = event(0)


@frozen
class Cost:
    """What the three plugins add to a call.

    Attributes:
        known: what they know of the call's user.
        added: microseconds more than without any plugin.
        segment: microseconds of Segment's whole call.
    """

    known: str
    added: float
    segment: float

    @property
    def share(self) -> float:
        """The part of Segment's call that it is."""
        return self.added / self.segment

    def __str__(self) -> str:
        return (
            f"all three plugins, {self.known} known of the user: {self.added:.2f} µs more; "
            f"{self.share:.3f} of Segment's call of {self.segment:.1f} µs (goal: {GOAL:.3f} at most)"
        )


def measured(quick: bool) -> list[Cost]:
    """Measure where the plugins know nothing of the user, and where each of them has something to add."""
    clients = {"bare": _client(), "nothing": _client(*_plugins()), "everything": _client(*_knowing())}
    peer = _segment()
    ways = {name: _tracking(client) for name, client in clients.items()} | {"segment": _tracking(peer)}
    number, rounds = (20, 3) if quick else (2_000, 41)
    taken = in_turns(ways, number, rounds, peer.queue.queue.clear)
    costs = {name: median(samples) for name, samples in taken.items()}
    return [
        Cost(known, costs[known] - costs["bare"], costs["segment"]) for known in ("nothing", "everything")
    ]


def _client(*plugins: object) -> Client:
    return Client("benchmark", send=False, plugins=plugins)


def _plugins() -> tuple[Context, SuperProperties, Groups]:
    return (
        Context(app_name="shop", app_version="4.2.1"),
        SuperProperties(from_traits=True),
        Groups("company_id"),
    )


def _knowing() -> tuple[Context, SuperProperties, Groups]:
    context, super_properties, groups = _plugins()
    client = _client(context, super_properties, groups)
    super_properties.register({"release": "2026-11"})
    client.identify(_CALL.user, {"plan": "pro"})
    client.group(_CALL.user, "acme")
    return context, super_properties, groups


def _segment() -> Any:
    """Segment's client with its queue, and nobody who takes from it."""
    client = segment.analytics.Client("benchmark", max_queue_size=0)
    for consumer in client.consumers:
        consumer.pause()
    return client


def _tracking(client: Any) -> Callable[[], object]:
    return lambda: client.track(_CALL.user, NAME, _CALL.properties, _CALL.context)


def main() -> int:
    """Print the costs."""
    for each in measured("--quick" in sys.argv[1:]):
        print(each)
    return 0


if __name__ == "__main__":
    sys.exit(main())
