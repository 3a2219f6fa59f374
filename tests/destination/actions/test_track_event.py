"""A message becomes one event."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.translate import Translator

TRANSLATOR = Translator(token="t", now=lambda: 1_700_000_000_123)
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/117.0.0.0 Safari/537.36"


def _properties(context: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    message = {"type": "track", "event": "E", "messageId": "m1", "context": context or {}, **fields}
    (record,) = TRANSLATOR.translate(message).records
    assert record.endpoint == "import"
    properties: dict[str, Any] = record.body["properties"]
    return properties


def test_a_bare_event_says_no_more_than_it_must() -> None:
    """What a message does not say is absent, save whom it is of."""
    assert _properties() == {
        "time": 1_700_000_000_123,
        "distinct_id": "",
        "$insert_id": "m1",
        "$source": "segment",
        "event_original_name": "E",
    }


def test_the_user_comes_before_the_anonymous_id() -> None:
    """Both ids are in the event, and the user's names whom it is of."""
    properties = _properties(userId="u", anonymousId="a")
    assert properties["distinct_id"] == properties["id"] == "u"
    assert properties["$user_id"] == properties["$identified_id"] == "u"
    assert properties["$anon_id"] == properties["$device_id"] == "a"


@pytest.mark.parametrize(("user_id", "distinct_id"), [(None, "a"), ("", ""), (0, "0")])
def test_an_empty_user_is_a_user_and_null_is_none(user_id: Any, distinct_id: str) -> None:
    """Only null and absence hand over to the anonymous id."""
    assert _properties(userId=user_id, anonymousId="a")["distinct_id"] == distinct_id


def test_the_context_becomes_mixpanels_own_properties() -> None:
    """A device's id is not sent: the device is the anonymous id."""
    context = {
        "device": {"id": "d", "name": "phone", "model": "M", "advertisingId": "ad"},
        "os": {"name": "iOS", "version": 15.0},
        "screen": {"width": "320"},
        "network": {"wifi": False},
        "library": {"name": "analytics-python", "version": "1"},
        "page": {"url": "https://x.y"},
        "groupId": "g",
        "location": {"country": "US", "region": "CA"},
    }
    properties = _properties(context)
    assert "d" not in properties.values()
    assert "CA" not in properties.values()
    assert {name: properties[name] for name in properties if name.startswith(("$", "mp_", "ad"))} == {
        "$insert_id": "m1",
        "$source": "segment",
        "$device": "phone",
        "$device_name": "phone",
        "$model": "M",
        "$ios_ifa": "ad",
        "advertising_id": "ad",
        "$os": "iOS",
        "$os_version": "15",
        "$screen_width": 320,
        "$wifi_enabled": False,
        "$lib_version": "1",
        "mp_lib": "Segment Actions: analytics-python",
        "$current_url": "https://x.y",
        "$group_id": "g",
        "mp_country_code": "US",
    }


def test_the_browser_is_read_from_the_user_agent() -> None:
    """An unknown one has an empty name and no version."""
    properties = _properties({"userAgent": CHROME})
    assert (properties["$browser"], properties["$browser_version"]) == ("Chrome", "117.0.0.0")
    unknown = _properties({"userAgent": "curl/8"})
    assert unknown["$browser"] == ""
    assert "$browser_version" not in unknown


def test_campaign_and_client_hints_are_properties() -> None:
    """Of the client hints, architecture and model are not sent."""
    hints = {"mobile": True, "architecture": "x86", "model": "M", "bitness": "64"}
    properties = _properties({"campaign": {"source": "s", "name": "c"}, "userAgentData": hints})
    assert (properties["utm_source"], properties["utm_campaign"]) == ("s", "c")
    assert (properties["$mobile"], properties["$bitness"]) == (True, "64")
    assert not {"x86", "M"} & set(map(str, properties.values()))


def test_an_applications_properties_win() -> None:
    """What the application says overrules what the context says."""
    own = {"$browser": "mine", "mp_lib": "lib", "ip": "0", "$source": "me", "nested": {"a": None}}
    assert _properties({"userAgent": CHROME, "ip": "1.2.3.4"}, properties=own).items() >= own.items()


def test_seven_names_are_reserved() -> None:
    """An application cannot overrule identity, time and repetition."""
    reserved = ("time", "id", "$anon_id", "distinct_id", "$group_id", "$insert_id", "$user_id")
    plain = _properties(userId="u")
    assert _properties(userId="u", properties={**dict.fromkeys(reserved, "x"), "y": 1}) == {**plain, "y": 1}


def test_iterable_is_a_source_of_its_own() -> None:
    """Messages from Iterable say so."""
    assert _properties({"integration": {"name": "Iterable"}})["$source"] == "Iterable"
    assert _properties({"integration": {"name": ["Iterable"]}})["$source"] == "Iterable"
    assert _properties({"integration": "Iterable"})["$source"] == "segment"


def test_without_a_message_id_one_is_made() -> None:
    """16 characters in base 36, another each time."""
    first, second = _properties(messageId=None)["$insert_id"], _properties(messageId=None)["$insert_id"]
    assert first != second
    assert len(first) == 16
    assert first.isalnum()
    assert first == first.lower()


def test_a_page_keeps_its_original_name() -> None:
    """The event is called "Viewed" and the name, which is kept beside it."""
    page = {"type": "page", "name": "Home", "messageId": "m"}
    body = TRANSLATOR.translate(page).records[0].body
    assert (body["event"], body["properties"]["event_original_name"]) == ("Viewed Home", "Home")
