"""Calls as events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel_destination.classic.event import RESERVED

Event = Callable[..., dict[str, Any]]


def test_a_bare_event(event: Event) -> None:
    """All that an event has when its call says nothing but who and what."""
    assert event({"type": "track", "event": "Paid"}) == {
        "event": "Paid",
        "properties": {
            "mp_lib": "Segment: unknown",
            "mp_name_tag": "user-1",
            "id": "user-1",
            "distinct_id": "user-1",
            "$user_id": "user-1",
            "time": 1_700_000_000_000,
            "$insert_id": "m-1",
        },
    }


@pytest.mark.parametrize(
    ("library", "expected"),
    [
        ({"name": "analytics-python", "version": "1"}, "Segment: analytics-python"),
        ("ruby", "Segment: ruby"),
        ({}, "Segment: unknown"),
        (None, "Segment: unknown"),
    ],
)
def test_mp_lib_names_the_library(event: Event, library: Any, expected: str) -> None:
    """To filter on; the words tell Classic events from those of the Actions."""
    made = event({"type": "track", "event": "A", "context": {"library": library}})

    assert made["properties"]["mp_lib"] == expected


def test_the_context_is_there_under_its_classic_names(event: Event) -> None:
    """Page, app, device, network, system, screen, campaign and browser."""
    context = {
        "ip": "203.0.113.7",
        "page": {"url": "https://shop.example/", "referrer": "https://a.example/"},
        "app": {"build": "7", "version": "1.2"},
        "device": {"name": "phone", "manufacturer": "Maker", "model": "M1", "type": "Android"},
        "network": {"carrier": "Tel", "wifi": False, "cellular": True, "bluetooth": False},
        "os": {"name": "Android", "version": "14"},
        "screen": {"height": 800, "width": 600, "density": 2},
        "campaign": {"name": "summer", "source": "mail", "medium": "email", "term": "t", "content": "c"},
        "userAgent": "Mozilla/5.0 (X11) Gecko/20100101 Firefox/117.0",
    }
    properties = event({"type": "track", "event": "A", "context": context})["properties"]

    assert {name: properties[name] for name in properties if name[0] == "$" or name[:3] in ("utm", "ip")} == {
        "$current_url": "https://shop.example/",
        "$referrer": "https://a.example/",
        "$app_release": "7",
        "$app_version": "1.2",
        "$device": "phone",
        "$manufacturer": "Maker",
        "$model": "M1",
        "$carrier": "Tel",
        "$wifi": False,
        "$os": "Android",
        "$os_version": "14",
        "$screen_height": 800,
        "$screen_width": 600,
        "$screen_dpi": 2,
        "$has_telephone": True,
        "$bluetooth_enabled": False,
        "$android_app_version": "1.2",
        "$android_os": "Android",
        "$android_os_version": "14",
        "$android_model": "M1",
        "$android_manufacturer": "Maker",
        "$browser": "Firefox",
        "$browser_version": "117.0",
        "utm_campaign": "summer",
        "utm_source": "mail",
        "utm_medium": "email",
        "utm_term": "t",
        "utm_content": "c",
        "ip": "203.0.113.7",
        "$user_id": "user-1",
        "$insert_id": "m-1",
    }


@pytest.mark.parametrize(
    "context", [{"page": "x", "traits": ["a"], "device": None, "userAgent": 5, "app": 7}]
)
def test_a_context_of_the_wrong_shape_costs_no_event(event: Event, context: Any) -> None:
    """What is no object has nothing to say."""
    assert event({"type": "track", "event": "A", "context": context})["event"] == "A"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"plan": "pro", "$email": "e", "id": "user-1"}),
        ({"set_all_traits_by_default": False}, {}),
        ({"set_all_traits_by_default": False, "super_properties": ["plan"]}, {"plan": "pro"}),
        ({"set_all_traits_by_default": False, "super_properties": ["email"]}, {"$email": "e"}),
    ],
)
def test_traits_in_the_context_become_properties(event: Event, settings: Any, expected: Any) -> None:
    """All of them or the listed ones, under Mixpanel's names."""
    fields = {"type": "track", "event": "A", "context": {"traits": {"plan": "pro", "email": "e"}}}
    properties = event(fields, **settings)["properties"]

    assert {name: properties[name] for name in ("plan", "$email", "id") if name in properties} == expected


def test_the_calls_own_properties_win(event: Event) -> None:
    """Over a trait and over the context."""
    context = {"traits": {"plan": "free"}, "page": {"url": "b"}}
    made = event(
        {
            "type": "track",
            "event": "A",
            "properties": {"plan": "pro", "$current_url": "a"},
            "context": context,
        }
    )

    assert (made["properties"]["plan"], made["properties"]["$current_url"]) == ("pro", "a")


@pytest.mark.parametrize("where", ["properties", "traits"])
def test_reserved_names_are_dropped(event: Event, where: str) -> None:
    """Neither a property nor a trait can make it another user's event, or another one."""
    values = dict.fromkeys(RESERVED, "forged") | {"kept": 1}
    own = {"properties": values} if where == "properties" else {"context": {"traits": values}}
    made = event({"type": "track", "event": "A", "anonymousId": "device", **own})

    assert "forged" not in made["properties"].values()
    assert made["properties"]["kept"] == 1


def test_lists_of_objects_are_inverted(event: Event) -> None:
    """An event's products become lists of their values."""
    made = event({"type": "track", "event": "A", "properties": {"products": [{"sku": 1}, {"sku": 2}]}})

    assert made["properties"]["products_skus"] == [1, 2]
    assert "products" not in made["properties"]


def test_the_source_is_named(event: Event) -> None:
    """Where the project's settings name it."""
    made = event({"type": "track", "event": "A"}, source_name="shop")

    assert made["properties"]["segment_source_name"] == "shop"


@pytest.mark.parametrize(
    ("traits", "expected"),
    [({"name": "Ada", "email": "e"}, "Ada"), ({"email": "e"}, "e"), ({}, "user-1"), ({"name": {}}, "user-1")],
)
def test_the_name_tag_is_the_best_name_that_is_known(event: Event, traits: Any, expected: str) -> None:
    """Name, then email, then id."""
    made = event({"type": "track", "event": "A", "context": {"traits": traits}})

    assert made["properties"]["mp_name_tag"] == expected


@pytest.mark.parametrize(
    ("message_id", "expected"), [("0ab-9", "0ab-9"), ("a b", None), ("x" * 37, None), ("null", None)]
)
def test_the_insert_id_is_the_messages_where_mixpanel_takes_it(
    event: Event, message_id: str, expected: str | None
) -> None:
    """Else a hash of it, which is the same each time."""
    first, second = (
        event({"type": "track", "event": "A", "messageId": message_id})["properties"]["$insert_id"]
        for _ in range(2)
    )

    assert first == second
    assert first == (expected or first)
    assert len(first) <= 36
    assert first.replace("-", "").isalnum()
