"""What a call's context says, under the names of Segment's Classic destination."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.mapping import js
from analytics_mixpanel_destination.actions.browser import browser
from analytics_mixpanel_destination.classic.call import Call, text
from analytics_mixpanel_destination.classic.spelling import by_plain_name

#: Section and name in the context to Mixpanel's property. Source: integration-mixpanel, ``formatProperties``.
_PROPERTIES: Final = {
    ("page", "url"): "$current_url",
    ("page", "referrer"): "$referrer",
    ("referrer", "url"): "$referrer",
    ("app", "build"): "$app_release",
    ("app", "version"): "$app_version",
    ("device", "name"): "$device",
    ("device", "manufacturer"): "$manufacturer",
    ("device", "model"): "$model",
    ("network", "carrier"): "$carrier",
    ("network", "wifi"): "$wifi",
    ("os", "name"): "$os",
    ("os", "version"): "$os_version",
    ("screen", "height"): "$screen_height",
    ("screen", "width"): "$screen_width",
    ("campaign", "source"): "utm_source",
    ("campaign", "medium"): "utm_medium",
    ("campaign", "term"): "utm_term",
    ("campaign", "content"): "utm_content",
    ("campaign", "name"): "utm_campaign",
}
_BY_DEVICE: Final = {
    "ios": {
        ("device", "advertisingId"): "$ios_ifa",
        ("device", "model"): "$ios_device_model",
        ("app", "build"): "$ios_app_release",
        ("app", "version"): "$ios_app_version",
        ("os", "version"): "$ios_version",
    },
    "android": {
        ("screen", "density"): "$screen_dpi",
        ("network", "bluetooth"): "$bluetooth_enabled",
        ("network", "cellular"): "$has_telephone",
        ("app", "version"): "$android_app_version",
        ("os", "name"): "$android_os",
        ("os", "version"): "$android_os_version",
        ("device", "model"): "$android_model",
        ("device", "manufacturer"): "$android_manufacturer",
    },
}


def context_properties(call: Call) -> dict[str, Any]:
    """Answer the properties that every event of this context has; what it does not say is left out."""
    properties = {"mp_lib": f"Segment: {_library(call.context.get('library'))}", **_mapped(call, _PROPERTIES)}
    if call.context.get("ip") is not None:
        properties["ip"] = call.context["ip"]
    device = call.about("device", "type")
    if isinstance(device, str):
        properties |= _mapped(call, _BY_DEVICE.get(device.lower(), {}))
    user_agent = call.context.get("userAgent")
    if user_agent and isinstance(user_agent, str):
        properties["$browser"], version = browser(user_agent)
        if version is not None:
            properties["$browser_version"] = version
    return properties | _name_tag(call)


def traits_of(call: Call) -> dict[str, Any]:
    """Answer the traits in the context; what is no object has none."""
    traits = call.context.get("traits")
    return traits if isinstance(traits, dict) else {}


def _mapped(call: Call, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    values = ((name, call.about(*place)) for place, name in names.items())
    return {name: value for name, value in values if value is not None}


def _library(library: Any) -> str:
    name = library.get("name") if isinstance(library, dict) else library
    return js.to_string(name) if name else "unknown"


def _name_tag(call: Call) -> dict[str, Any]:
    found = by_plain_name(traits_of(call))
    tag = found.get("name") or found.get("email") or call.user_id or call.anonymous_id
    return {"mp_name_tag": text(tag)} if text(tag) else {}
