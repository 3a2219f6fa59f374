"""The events that everything is measured with: 874 bytes of compact JSON as Segment's library sends them.

No two are alike, since equal ones would compress to nothing; but the n-th is the same in every run.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final, NamedTuple

NAME: Final = "Checkout Step Completed"

_GOODS: Final = ("Desk lamp", "Bookshelf", "Armchair", "Blue rug", "Wall clock", "Side table")
_TAGS: Final = ("spring", "newsletter", "returning", "wholesale", "voucher", "outlet")


class Event(NamedTuple):
    """One event.

    Attributes:
        user: a user's id.
        properties: ten of them, of mixed types.
        context: a small one.
        everything: the properties with the context among them, for clients whose calls take none.
    """

    user: str
    properties: dict[str, Any]
    context: dict[str, Any]
    everything: dict[str, Any]


def event(number: int) -> Event:
    """The event of this number."""
    random = Random(number)
    properties, context = _properties(random), _context(random)
    user = f"user-{random.getrandbits(48):012x}"
    return Event(user, properties, context, {**properties, "context": context})


def _properties(random: Random) -> dict[str, Any]:
    return {
        "order_id": f"ord_{random.getrandbits(40):010x}",
        "total": random.randrange(1_000, 10_000) / 10,
        "currency": random.choice(("EUR", "USD", "GBP")),
        "coupon": None,
        "items": random.randrange(1, 10),
        "first_order": random.random() < 0.2,
        "tags": random.sample(_TAGS, 3),
        "shipping": {"method": "express", "days": random.randrange(1, 8), "free": True},
        "lines": [_line(random), _line(random)],
        "session": f"checkout-{random.getrandbits(76):019x}",
    }


def _line(random: Random) -> dict[str, Any]:
    return {
        "product_id": f"p-{random.randrange(1_000, 10_000)}",
        "name": random.choice(_GOODS),
        "price": random.randrange(100, 1_000) / 10,
        "quantity": random.randrange(1, 10),
    }


def _context(random: Random) -> dict[str, Any]:
    return {
        "ip": f"203.0.113.{random.randrange(100, 256)}",
        "locale": random.choice(("de-DE", "en-GB", "en-US", "fr-FR")),
        "userAgent": f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/{random.randrange(500, 600)}.36 Safari",
        "page": {"path": "/checkout", "url": "https://shop.example.com/checkout", "referrer": ""},
    }
