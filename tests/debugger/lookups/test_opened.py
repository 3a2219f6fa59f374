"""One arrival with all that belongs to it."""

from __future__ import annotations

from collections.abc import Callable

import requests

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.lookups import Arrivals, Filters, open_arrival

Post = Callable[..., requests.Response]


def test_a_message_brings_all_of_its_records(stand_in: StandIn, post: Post) -> None:
    """Whichever of them was opened."""
    products = [{"name": "Lamp"}, {"name": "Desk"}]
    message = {"event": "Order Completed", "userId": "ada", "properties": {"products": products}}
    post(stand_in.url + "/v1/track", json=message, auth=("token", ""))
    newest = Arrivals(stand_in.store).page(Filters()).rows[0]

    opened = open_arrival(stand_in.store, newest)

    assert [part.record["event"] for part in opened.parts] == [
        "Order Completed",
        "Product Purchased",
        "Product Purchased",
    ]
    assert opened.message is not None
    assert opened.message["body"]["event"] == "Order Completed"
    assert {part.endpoint for part in opened.parts} == {"/import"}
    assert opened.parts[0].request is not None
    assert opened.parts[0].request["path"] == "/v1/track"


def test_a_record_without_a_message_is_alone(stand_in: StandIn, post: Post) -> None:
    """With its own request and endpoint."""
    update = {"$token": "t", "$group_key": "company", "$group_id": "acme", "$set": {"seats": 3}}
    post(stand_in.url + "/groups", json=[update])
    (arrival,) = Arrivals(stand_in.store).page(Filters()).rows

    opened = open_arrival(stand_in.store, arrival)

    assert opened.message is None
    assert [part.endpoint for part in opened.parts] == ["/groups"]
    assert opened.parts[0].record["$set"] == {"seats": 3}
