"""What would be sent for a message, without sending."""

from __future__ import annotations

from typing import Any

from analytics_mixpanel_destination.preview import preview
from analytics_mixpanel_destination.segment_settings import endpoints
from analytics_mixpanel_destination.translate import Translator

TRANSLATOR = Translator(token="t", now=lambda: 0)
ENDPOINTS = endpoints("https://api.mixpanel.com")


def _preview(message: Any) -> dict[str, Any]:
    return preview(TRANSLATOR, message, ENDPOINTS)


def test_each_record_is_a_request_of_its_own() -> None:
    """An order of two products makes three requests of one event each."""
    order = {"type": "track", "event": "Order Completed", "properties": {"products": [{}, {}]}}
    requests = _preview(order)["requests"]
    assert [request["json"][0]["event"] for request in requests] == [
        "Order Completed",
        "Product Purchased",
        "Product Purchased",
    ]
    assert {request["url"] for request in requests} == {"https://api.mixpanel.com/import?strict=1"}
    assert {(request["preset"], request["action"], request["method"]) for request in requests} == {
        ("Order Completed Calls", "trackPurchase", "POST")
    }


def test_what_goes_in_a_form_is_under_data() -> None:
    """Identity and profiles go to their own endpoints."""
    identify = {"type": "identify", "userId": "u", "anonymousId": "a", "traits": {"plan": "pro"}}
    first, second = _preview(identify)["requests"]
    assert (first["url"], first["data"]["event"]) == ("https://api.mixpanel.com/track", "$identify")
    assert (second["url"], second["data"]["$set"]) == ("https://api.mixpanel.com/engage", {"plan": "pro"})


def test_errors_are_shown_beside_the_requests() -> None:
    """A refusal names its preset and action."""
    assert _preview({"type": "group", "traits": {}}) == {
        "requests": [],
        "errors": [
            {
                "preset": "Group Calls",
                "action": "groupIdentifyUser",
                "message": "The root value is missing the required field 'group_id'.",
            }
        ],
    }


def test_what_is_no_object_is_an_error() -> None:
    """A broken message is shown as one, and nothing is raised."""
    (error,) = _preview(["no", "message"])["errors"]
    assert "must be an object" in error["message"]
