"""What `Context`, `SuperProperties`, `Groups` and `Redact` add to a call, beside segment-analytics-python's.

``python -m benchmarks.plugins`` prints microseconds and their share of Segment's call in the same run. The
goal is 3 µs for the first three where Segment's call takes 33: a share of 0.09 at most. For `Redact`, which
has to look at every value, it is 5 µs, a share of 0.15, where ten properties have nothing to redact;
what it costs with lists, dicts and a context, and where it finds something, is printed beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, Final

import segment.analytics
from attrs import frozen

from analytics_mixpanel import Client
from analytics_mixpanel_context import Context
from analytics_mixpanel_groups import Groups
from analytics_mixpanel_redact import CARDS, EMAILS, Redact, drop, hash_with
from analytics_mixpanel_super_properties import SuperProperties
from benchmarks.event import NAME, event
from benchmarks.turns import in_turns

GOAL: Final = 3 / 33
GOAL_OF_REDACT: Final = 5 / 33

_CALL: Final = event(0)
# Ten properties with nothing inside them.
_PLAIN: Final[Mapping[str, Any]] = {
    **{name: value for name, value in _CALL.properties.items() if not isinstance(value, (list, dict))},
    **dict.fromkeys(("step", "store", "channel"), "payment"),
}


@frozen
class Cost:
    """What plugins add to a call.

    Attributes:
        plugins: which, and what they know of the call's user or find.
        added: microseconds more than without any plugin.
        segment: microseconds of Segment's whole call.
        goal: the share of it that is aimed at; None for none.
    """

    plugins: str
    added: float
    segment: float
    goal: float | None = GOAL

    @property
    def share(self) -> float:
        """The part of Segment's call that it is."""
        return self.added / self.segment

    def __str__(self) -> str:
        goal = "" if self.goal is None else f" (goal: {self.goal:.3f} at most)"
        return (
            f"{self.plugins}: {self.added:.2f} µs more; "
            f"{self.share:.3f} of Segment's call of {self.segment:.1f} µs{goal}"
        )


def measured(quick: bool) -> list[Cost]:
    """Measure where plugins have nothing to do, and where each of them has."""
    clients = {
        "bare": _client(),
        "nothing": _client(*_plugins()),
        "everything": _client(*_knowing()),
        "clean": _client(_redact("password*")),
        "found": _client(_redact("session")),
    }
    peer = _segment()
    ways = {name: _tracking(client) for name, client in clients.items()} | {"segment": _tracking(peer)}
    ways |= {f"plain {name}": _tracking_plain(clients[name]) for name in ("bare", "clean")}
    number, rounds = (20, 3) if quick else (2_000, 41)
    taken = in_turns(ways, number, rounds, peer.queue.queue.clear)
    costs = {name: median(samples) for name, samples in taken.items()}

    def cost(name: str, plugins: str, goal: float | None) -> Cost:
        return Cost(plugins, costs[name] - costs["bare"], costs["segment"], goal)

    return [
        cost("nothing", "all three plugins, nothing known of the user", GOAL),
        cost("everything", "all three plugins, everything known of the user", GOAL),
        Cost(
            "Redact, nothing to redact in ten plain properties",
            costs["plain clean"] - costs["plain bare"],
            costs["segment"],
            GOAL_OF_REDACT,
        ),
        cost("clean", "Redact, nothing to redact in lists, dicts and a context", None),
        cost("found", "Redact, one of those to hash", None),
    ]


def _client(*plugins: object) -> Client:
    return Client("benchmark", send=False, plugins=plugins)


def _plugins() -> tuple[Context, SuperProperties, Groups]:
    return (
        Context(app_name="shop", app_version="4.2.1"),
        SuperProperties(from_traits=True),
        Groups("company_id"),
    )


def _redact(hashed: str) -> Redact:
    return Redact(keys={hashed: hash_with("0123456789abcdef"), "email": drop}, values=[EMAILS, CARDS])


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


def _tracking_plain(client: Any) -> Callable[[], object]:
    return lambda: client.track(_CALL.user, NAME, _PLAIN)


def main() -> int:
    """Print the costs."""
    for each in measured("--quick" in sys.argv[1:]):
        print(each)
    return 0


if __name__ == "__main__":
    sys.exit(main())
