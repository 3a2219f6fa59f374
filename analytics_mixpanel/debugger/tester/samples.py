"""Sample messages in Segment's form: one for each kind of call, always the same."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Final

#: When the samples happened, unless the caller says otherwise.
MOMENT: Final = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.utc)

_USER: Final = "user-42"
_VISITOR: Final = "5f0c3e7a-9d1b-4c58-8a36-2f7b1e64d901"
_USER_AGENT: Final = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/124.0.0.0 Safari/537.36"
)
_WEB: Final[dict[str, Any]] = {
    "library": {"name": "analytics.js", "version": "2.11.1"},
    "ip": "203.0.113.7",
    "userAgent": _USER_AGENT,
    "locale": "en-GB",
    "timezone": "Europe/London",
    "page": {
        "url": "https://shop.example/pricing?plan=pro",
        "path": "/pricing",
        "title": "Pricing",
        "referrer": "https://news.example/",
    },
    "campaign": {"source": "newsletter", "medium": "email", "name": "spring"},
    "groupId": "acme",
}
_MOBILE: Final[dict[str, Any]] = {
    "library": {"name": "analytics-ios", "version": "4.1.8"},
    "app": {"name": "Shop", "version": "3.2.0", "build": "3.2.0.14", "namespace": "example.shop"},
    "device": {"manufacturer": "Apple", "model": "iPhone15,2", "type": "ios", "name": "iPhone"},
    "os": {"name": "iOS", "version": "17.4"},
    "network": {"wifi": True, "cellular": False, "carrier": "Example Mobile"},
    "screen": {"width": 393, "height": 852, "density": 3},
    "locale": "en-GB",
    "timezone": "Europe/London",
}
_TRAITS: Final[dict[str, Any]] = {
    "email": "ada@shop.example",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "plan": "pro",
    "logins": 7,
    "createdAt": "2026-01-05T08:00:00.000Z",
}
_LAMP: Final = {"product_id": "p-1", "sku": "L-100", "name": "Lamp", "price": 42.5, "quantity": 2}
_DESK: Final = {"product_id": "p-2", "sku": "D-200", "name": "Desk", "price": 180, "quantity": 1}
_ORDER: Final[dict[str, Any]] = {
    "order_id": "o-1001",
    "total": 265,
    "currency": "EUR",
    "coupon": "SPRING",
    "products": [_LAMP, _DESK],
}

# What a sample has besides its ids and its time.
_SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "track": {
        "type": "track",
        "event": "Signed Up",
        "properties": {"plan": "pro", "seats": 3, "trial": True, "source": "pricing page"},
        "context": _WEB,
    },
    "order": {"type": "track", "event": "Order Completed", "properties": _ORDER, "context": _WEB},
    "page": {
        "type": "page",
        "name": "Pricing",
        "category": "Shop",
        "properties": {**_WEB["page"], "name": "Pricing", "category": "Shop"},
        "context": _WEB,
    },
    "screen": {"type": "screen", "name": "Settings", "properties": {"tab": "profile"}, "context": _MOBILE},
    "identify": {"type": "identify", "traits": _TRAITS, "context": _WEB},
    "group": {
        "type": "group",
        "groupId": "acme",
        "traits": {"name": "Acme Ltd.", "employees": 42, "plan": "enterprise"},
        "context": _WEB,
    },
    "alias": {"type": "alias", "previousId": _VISITOR, "context": {"library": _WEB["library"]}},
}

#: The samples that there are: the six calls, and an order, whose products become events of their own.
KINDS: Final = tuple(_SAMPLES)


def sample(kind: str = "track", at: datetime = MOMENT) -> dict[str, Any]:
    """Answer a sample message, the same each time.

    Args:
        kind: one of KINDS.
        at: when it happened.

    Raises:
        KeyError: there is no such kind.
    """
    moment = at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sent = _SAMPLES[kind]
    anonymous = {} if kind == "alias" else {"anonymousId": _VISITOR}
    message = {"messageId": f"sample-{kind}-1", "timestamp": moment, "userId": _USER, **anonymous, **sent}
    return copy.deepcopy(message)


def renewed(message: Mapping[str, Any], now: datetime | None = None) -> dict[str, Any]:
    """Copy a message with an id of its own and the present time, so that sending it is a new event."""
    moment = (now or datetime.now(timezone.utc)).astimezone(timezone.utc)
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {**copy.deepcopy(dict(message)), "messageId": f"test-{uuid.uuid4().hex[:24]}", "timestamp": stamp}
