"""trackPurchase: an order becomes its own event, and one for each product."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analytics_mixpanel_destination.actions.action import Part, Payload, Project
from analytics_mixpanel_destination.actions.insert_id import random_id
from analytics_mixpanel_destination.actions.track_event import event

#: What is said of the order alone.
_ORDER_ONLY: Final = frozenset(
    [
        "affiliation",
        "subtotal",
        "total",
        "revenue",
        "shipping",
        "tax",
        "discount",
        "coupon",
        "currency",
        "order_number",
        "products",
    ]
)


def perform(payload: Payload, project: Project) -> Iterator[Part]:
    """Make the order's event and, where the mapping wants them, its products', each a millisecond earlier."""
    order = event(payload, project)
    yield "import", order
    if not payload.get("products") or not payload.get("generatePurchaseEventPerProduct"):
        return
    properties = order["properties"]
    kept = {name: value for name, value in properties.items() if name not in _ORDER_ONLY}
    insert_id = payload["insert_id"] if "insert_id" in payload else random_id()
    for index, product in enumerate(payload["products"]):
        own = {"$insert_id": f"{index}{insert_id}", "time": properties["time"] - 1 - index}
        yield "import", {"event": "Product Purchased", "properties": {**kept, **own, **product}}
