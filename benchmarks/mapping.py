"""Segment's default track mapping, compiled, against the same written by hand.

``python -m benchmarks.mapping`` prints how many times as long the compiled one takes: the mapping by itself
(the goal is 1.5 at most), and mapping, schema and action together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from attrs import frozen

from benchmarks import by_hand
from benchmarks.turns import in_turns

GOAL: Final = 1.5

Json = dict[str, Any]

SMALL: Final[Json] = {
    "type": "track",
    "event": "Checkout Step Completed",
    "userId": "user-5f2b8c1e0f4a",
    "messageId": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "timestamp": "2024-05-01T12:00:00.000Z",
    "properties": {"plan": "pro"},
    "context": {"library": {"name": "analytics-mixpanel", "version": "1.0.0"}},
    "integrations": {},
}
FULL: Final[Json] = {
    **SMALL,
    "anonymousId": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
    "properties": {
        "order_id": "ord_2f9c1d7a8b",
        "total": 142.5,
        "currency": "EUR",
        "coupon": None,
        "first_order": False,
        "tags": ["spring", "newsletter", "returning"],
        "shipping": {"method": "express", "days": 2, "free": True},
        "lines": [{"product_id": "p-1001", "name": "Desk lamp", "price": 42.5, "quantity": 1}],
    },
    "context": {
        **SMALL["context"],
        "ip": "203.0.113.17",
        "locale": "de-DE",
        "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4) Version/17.4 Mobile Safari/604.1",
        "groupId": "acme",
        "timezone": "Europe/Berlin",
        "app": {"name": "shop", "namespace": "com.example.shop", "build": "42", "version": "4.2.1"},
        "campaign": {
            "source": "newsletter",
            "medium": "email",
            "name": "spring",
            "term": "t",
            "content": "c",
        },
        "device": {
            "id": "d-1",
            "type": "ios",
            "name": "phone",
            "manufacturer": "Apple",
            "model": "iPhone15,3",
        },
        "location": {"country": "Germany", "region": "Berlin"},
        "network": {"bluetooth": False, "carrier": "T-Mobile", "cellular": True, "wifi": False},
        "os": {"name": "iOS", "version": "17.4"},
        "page": {"url": "https://shop.example.com/checkout", "referrer": "https://shop.example.com/"},
        "screen": {"width": 390, "height": 844, "density": 3},
        "userAgentData": {"mobile": True, "platform": "iOS"},
    },
}


@frozen
class Comparison:
    """What one piece of work costs, in microseconds a message."""

    work: str
    message: str
    compiled: float
    by_hand: float

    @property
    def ratio(self) -> float:
        """How many times as long the compiled one takes."""
        return self.compiled / self.by_hand

    def __str__(self) -> str:
        goal = f" (goal: {GOAL} at most)" if self.work == "mapping" else ""
        return (
            f"{self.work}, {self.message}: {self.compiled:.2f} µs compiled, {self.by_hand:.2f} µs by hand, "
            f"{self.ratio:.2f}×{goal}"
        )


def measured(quick: bool) -> list[Comparison]:
    """Compare on a small event and on one with a full context."""
    return [
        _compared(work, name, message, ways, quick)
        for work, ways in {
            "mapping": (by_hand.general_payload, by_hand.payload),
            "mapping, schema, action": (by_hand.general_record, by_hand.record),
        }.items()
        for name, message in {"small event": SMALL, "full context": FULL}.items()
    ]


def _compared(
    work: str,
    name: str,
    message: Json,
    ways: tuple[Callable[[Json], Any], Callable[[Json], Any]],
    quick: bool,
) -> Comparison:
    compiled, by_hand = ways
    assert compiled(message) == by_hand(message), f"{work} by hand answers something else"
    number, rounds = (20, 1) if quick else (1_000, 40)
    pair = {"compiled": lambda: compiled(message), "by hand": lambda: by_hand(message)}
    taken = in_turns(pair, number, rounds, after_round=lambda: None)
    return Comparison(work, name, min(taken["compiled"]), min(taken["by hand"]))


def main() -> int:
    """Print the comparison."""
    for each in measured("--quick" in sys.argv[1:]):
        print(each)
    return 0


if __name__ == "__main__":
    sys.exit(main())
