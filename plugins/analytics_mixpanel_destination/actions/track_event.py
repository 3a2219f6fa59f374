"""trackEvent: a message becomes one event. Source: action-destinations, Mixpanel, ``getEventProperties``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from analytics_mixpanel.mapping import UNDEFINED, js
from analytics_mixpanel_destination.actions.action import Part, Payload, Project
from analytics_mixpanel_destination.actions.browser import browser
from analytics_mixpanel_destination.actions.insert_id import random_id
from analytics_mixpanel_destination.reserved import ReservedProperties
from analytics_mixpanel_destination.times.clock import event_time

#: Mapped field to Mixpanel's property.
_PROPERTIES: Final = {
    "ip": "ip",
    "anonymous_id": "$anon_id",
    "distinct_id": "distinct_id",
    "app_build": "$app_build_number",
    "app_version": "$app_version_string",
    "app_namespace": "$app_namespace",
    "app_name": "$app_name",
    "bluetooth": "$bluetooth_enabled",
    "cellular": "$cellular_enabled",
    "carrier": "$carrier",
    "url": "$current_url",
    "device_name": "$device",
    "device_type": "$device_type",
    "user_id": "$user_id",
    "group_id": "$group_id",
    "insert_id": "$insert_id",
    "idfa": "$ios_ifa",
    "library_version": "$lib_version",
    "language": "$locale",
    "device_manufacturer": "$manufacturer",
    "device_model": "$model",
    "os_name": "$os",
    "os_version": "$os_version",
    "referrer": "$referrer",
    "screen_height": "$screen_height",
    "screen_width": "$screen_width",
    "screen_density": "$screen_density",
    "wifi": "$wifi_enabled",
    "country": "mp_country_code",
    "advertising_id": "advertising_id",
    "ad_tracking_enabled": "ad_tracking_enabled",
    "timezone": "timezone",
    "app_platform": "app_platform",
    "name": "event_original_name",
}
#: Mapped fields that fill a second property.
_SECOND: Final = (
    ("distinct_id", "id"),
    ("anonymous_id", "$device_id"),
    ("user_id", "$identified_id"),
    ("device_name", "$device_name"),
)
_USER_AGENT_DATA: Final = {
    "mobile": "$mobile",
    "platform": "$platform",
    "bitness": "$bitness",
    "platformVersion": "$platformVersion",
    "uaFullVersion": "$uaFullVersion",
    "wow64": "$wow64",
}
#: What an application's own properties cannot overrule.
_RESERVED: Final = frozenset({"time", "id", "$anon_id", "distinct_id", "$group_id", "$insert_id", "$user_id"})


def perform(payload: Payload, project: Project) -> Iterator[Part]:
    """Make the event."""
    yield "import", event(payload, project)


def event(payload: Payload, project: Project) -> dict[str, Any]:
    """Make an event of a payload; fields that are absent stay so, and the message's own properties win."""
    properties = {
        "time": event_time(payload.get("time"), project.now),
        "distinct_id": "",
        "$source": _source(payload.get("context")),
        **{_PROPERTIES[name]: value for name, value in payload.items() if name in _PROPERTIES},
    }
    for name, second in _SECOND:
        if name in payload:
            properties[second] = payload[name]
    if "insert_id" not in payload:
        properties["$insert_id"] = random_id()
    if project.source_name is not UNDEFINED:
        properties["segment_source_name"] = project.source_name
    _add_computed(properties, payload)
    _add_own(properties, payload.get("event_properties"), project.reserved)
    return {"event": payload["event"], "properties": properties}


def _source(context: Any) -> str:
    integration = context.get("integration") if context else None
    if not integration:
        return "segment"
    # Compared with JavaScript's ==, for which a list of one is its element.
    name = js.member(integration, "name")
    return (
        "Iterable" if isinstance(name, (str, list, tuple)) and js.to_string(name) == "Iterable" else "segment"
    )


def _add_computed(properties: dict[str, Any], payload: Payload) -> None:
    library = payload.get("library_name")
    if library is not None:
        properties["mp_lib"] = f"Segment Actions: {library}" if library else library
    user_agent = payload.get("userAgent")
    if user_agent:
        properties["$browser"], version = browser(user_agent)
        if version is not None:
            properties["$browser_version"] = version
    utm = payload.get("utm_properties")
    if utm:
        properties.update(utm)
    data = payload.get("userAgentData")
    if data:
        properties.update((_USER_AGENT_DATA[name], data[name]) for name in data if name in _USER_AGENT_DATA)


def _add_own(properties: dict[str, Any], own: dict[str, Any] | None, reserved: ReservedProperties) -> None:
    if not own:
        return
    if _RESERVED.isdisjoint(own):
        properties.update(own)
    else:
        properties.update(reserved.without(_RESERVED, own))
