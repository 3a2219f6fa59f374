"""The event of a message, written by hand for speed: no mapping, no payload in between."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any, Final

from analytics_mixpanel_destination.actions import Project, action_named
from analytics_mixpanel_destination.actions.browser import browser
from analytics_mixpanel_destination.times.clock import parse
from benchmarks.by_hand.payload import general_payload

Json = dict[str, Any]
Targets = dict[str, tuple[type, list[str]]]

_ACTION: Final = action_named("trackEvent")
_PROJECT: Final = Project(token="benchmark", now=lambda: time.time_ns() // 1_000_000)
_RESERVED: Final = {"time", "id", "$anon_id", "distinct_id", "$group_id", "$insert_id", "$user_id"}


def general_record(message: Json) -> Json:
    """Make the event as the destination does, by mapping, schema and action."""
    payload = _ACTION.schema.coerce(general_payload(message))
    return next(iter(_ACTION.perform(payload, _PROJECT)))[1]


def record(message: Json) -> Json:
    """Make the event in one go."""
    get = message.get
    event, user, insert_id, timestamp = get("event"), get("userId"), get("messageId"), get("timestamp")
    own: Any = get("properties")
    context: Any = get("context")
    usual = _are_texts(event, user, insert_id, timestamp) and type(context) is dict and type(own) is dict
    milliseconds = parse(timestamp) if usual and timestamp[-1] == "Z" else None  # type: ignore[index]
    if milliseconds is None or "integration" in context or not _RESERVED.isdisjoint(own):
        return general_record(message)
    properties: Json = {
        "time": milliseconds,
        "distinct_id": user,
        "id": user,
        "$user_id": user,
        "$identified_id": user,
        "$insert_id": insert_id,
        "$source": "segment",
        "event_original_name": event,
    }
    if "anonymousId" in message:
        if not _are_texts(message["anonymousId"]):
            return general_record(message)
        properties["$anon_id"] = properties["$device_id"] = message["anonymousId"]
    if not _add_context(context, properties):
        return general_record(message)
    properties.update(own)
    return {"event": event, "properties": properties}


def _are_texts(*values: Any) -> bool:
    return all(type(value) is str and value for value in values)


def _add_context(context: Json, properties: Json) -> bool:
    """Add what the context says; False where something in it is unusual."""
    if not _add(context, _CONTEXT_TARGETS, properties):
        return False
    for name, targets in _BRANCH_TARGETS.items():
        if name in context:
            branch = context[name]
            if type(branch) is not dict or not _add(branch, targets, properties):
                return False
    if "mp_lib" in properties:
        properties["mp_lib"] = f"Segment Actions: {properties['mp_lib']}"
    if "$browser" in properties:
        properties["$browser"], version = browser(properties["$browser"])
        if version is not None:
            properties["$browser_version"] = version
    return True


def _add(values: Json, targets: Targets, properties: Json) -> bool:
    for name, value in values.items():
        if name in targets:
            kind, names = targets[name]
            if type(value) is not kind or (kind is str and not value):
                return False
            for target in names:
                properties[target] = value
    return True


#: Path in the context, type, properties.
_TABLE: Final = """
groupId text $group_id
locale text $locale
ip text ip
timezone text timezone
library.name text mp_lib
library.version text $lib_version
page.url text $current_url
page.referrer text $referrer
app.name text $app_name
app.namespace text $app_namespace
app.build text $app_build_number
app.version text $app_version_string
app.platform text app_platform
os.name text $os
os.version text $os_version
device.id text
device.type text $device_type
device.name text $device $device_name
device.manufacturer text $manufacturer
device.model text $model
device.advertisingId text $ios_ifa advertising_id
network.bluetooth flag $bluetooth_enabled
network.carrier text $carrier
network.cellular flag $cellular_enabled
network.wifi flag $wifi_enabled
location.country text mp_country_code
location.region text
screen.width whole $screen_width
screen.height whole $screen_height
screen.density whole $screen_density
campaign.source text utm_source
campaign.medium text utm_medium
campaign.name text utm_campaign
campaign.term text utm_term
campaign.content text utm_content
userAgentData.mobile flag $mobile
userAgentData.platform text $platform
userAgentData.architecture text
userAgentData.bitness text $bitness
userAgentData.model text
userAgentData.platformVersion text $platformVersion
userAgentData.uaFullVersion text $uaFullVersion
userAgentData.wow64 flag $wow64
device.idfa odd
device.adTrackingEnabled odd
userAgent text $browser
"""
# What is odd is no plain copy: messages that have it are left to the general way.
_KINDS: Final = {"text": str, "flag": bool, "whole": int, "odd": type(None)}
_CONTEXT_TARGETS: Final[Targets] = {}
_BRANCH_TARGETS: Final[dict[str, Targets]] = defaultdict(dict)

for _line in _TABLE.strip().splitlines():
    _path, _kind, *_names = _line.split()
    _branch, _, _key = _path.rpartition(".")
    (_BRANCH_TARGETS[_branch] if _branch else _CONTEXT_TARGETS)[_key] = (_KINDS[_kind], _names)
