"""Segment's default track mapping, written by hand for speed."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.mapping import compile_mapping
from analytics_mixpanel_destination.presets import default_mapping

Json = dict[str, Any]


general_payload: Final = compile_mapping(default_mapping("trackEvent"))


def payload(message: Json) -> Any:
    """Resolve the mapping."""
    out = _payload_of_message(message)
    if "context" not in message:
        return out
    context = out["context"] = message["context"]
    return _add_fields(message, context, out) if type(context) is dict else general_payload(message)


def _payload_of_message(message: Json) -> Json:
    out: Json = {"utm_properties": {}, "userAgentData": {}, "enable_batching": True, "batch_size": 1000}
    if "anonymousId" in message:
        out["anonymous_id"] = out["distinct_id"] = message["anonymousId"]
    if "userId" in message:
        out["user_id"] = message["userId"]
        if message["userId"] is not None:
            out["distinct_id"] = message["userId"]
    if "name" in message:
        out["name"] = message["name"]
    if "event" in message:
        out["event"] = message["event"]
        if message["event"] is not None:
            out["name"] = message["event"]
    if "messageId" in message:
        out["insert_id"] = message["messageId"]
    if "timestamp" in message:
        out["time"] = message["timestamp"]
    if "properties" in message:
        out["event_properties"] = message["properties"]
    return out


def _add_fields(message: Json, context: Json, out: Json) -> Any:  # noqa: C901, PLR0911, PLR0912, PLR0915 - unrolled
    utm, data = out["utm_properties"], out["userAgentData"]
    if "groupId" in context:
        out["group_id"] = context["groupId"]
    if "locale" in context:
        out["language"] = context["locale"]
    if "ip" in context:
        out["ip"] = context["ip"]
    if "userAgent" in context:
        out["userAgent"] = context["userAgent"]
    if "timezone" in context:
        out["timezone"] = context["timezone"]
    if "library" in context:
        library = context["library"]
        if type(library) is not dict:
            return general_payload(message)
        if "name" in library:
            out["library_name"] = library["name"]
        if "version" in library:
            out["library_version"] = library["version"]
    if "page" in context:
        page = context["page"]
        if type(page) is not dict:
            return general_payload(message)
        if "url" in page:
            out["url"] = page["url"]
        if "referrer" in page:
            out["referrer"] = page["referrer"]
    if "app" in context:
        app = context["app"]
        if type(app) is not dict:
            return general_payload(message)
        if "name" in app:
            out["app_name"] = app["name"]
        if "namespace" in app:
            out["app_namespace"] = app["namespace"]
        if "build" in app:
            out["app_build"] = app["build"]
        if "version" in app:
            out["app_version"] = app["version"]
        if "platform" in app:
            out["app_platform"] = app["platform"]
    if "os" in context:
        os = context["os"]
        if type(os) is not dict:
            return general_payload(message)
        if "name" in os:
            out["os_name"] = os["name"]
        if "version" in os:
            out["os_version"] = os["version"]
    if "device" in context:
        device = context["device"]
        if type(device) is not dict:
            return general_payload(message)
        if "id" in device:
            out["device_id"] = device["id"]
        if "type" in device:
            out["device_type"] = device["type"]
        if "name" in device:
            out["device_name"] = device["name"]
        if "manufacturer" in device:
            out["device_manufacturer"] = device["manufacturer"]
        if "model" in device:
            out["device_model"] = device["model"]
        if "adTrackingEnabled" in device:
            out["ad_tracking_enabled"] = device["adTrackingEnabled"]
        if "idfa" in device:
            out["idfa"] = device["idfa"]
        if "advertisingId" in device:
            out["advertising_id"] = device["advertisingId"]
            if device["advertisingId"] is not None:
                out["idfa"] = device["advertisingId"]
    if "network" in context:
        network = context["network"]
        if type(network) is not dict:
            return general_payload(message)
        if "bluetooth" in network:
            out["bluetooth"] = network["bluetooth"]
        if "carrier" in network:
            out["carrier"] = network["carrier"]
        if "cellular" in network:
            out["cellular"] = network["cellular"]
        if "wifi" in network:
            out["wifi"] = network["wifi"]
    if "location" in context:
        location = context["location"]
        if type(location) is not dict:
            return general_payload(message)
        if "country" in location:
            out["country"] = location["country"]
        if "region" in location:
            out["region"] = location["region"]
    if "screen" in context:
        screen = context["screen"]
        if type(screen) is not dict:
            return general_payload(message)
        if "width" in screen:
            out["screen_width"] = screen["width"]
        if "height" in screen:
            out["screen_height"] = screen["height"]
        if "density" in screen:
            out["screen_density"] = screen["density"]
    if "campaign" in context:
        campaign = context["campaign"]
        if type(campaign) is not dict:
            return general_payload(message)
        if "source" in campaign:
            utm["utm_source"] = campaign["source"]
        if "medium" in campaign:
            utm["utm_medium"] = campaign["medium"]
        if "name" in campaign:
            utm["utm_campaign"] = campaign["name"]
        if "term" in campaign:
            utm["utm_term"] = campaign["term"]
        if "content" in campaign:
            utm["utm_content"] = campaign["content"]
    if "userAgentData" in context:
        agent_data = context["userAgentData"]
        if type(agent_data) is not dict:
            return general_payload(message)
        if "mobile" in agent_data:
            data["mobile"] = agent_data["mobile"]
        if "platform" in agent_data:
            data["platform"] = agent_data["platform"]
        if "architecture" in agent_data:
            data["architecture"] = agent_data["architecture"]
        if "bitness" in agent_data:
            data["bitness"] = agent_data["bitness"]
        if "model" in agent_data:
            data["model"] = agent_data["model"]
        if "platformVersion" in agent_data:
            data["platformVersion"] = agent_data["platformVersion"]
        if "uaFullVersion" in agent_data:
            data["uaFullVersion"] = agent_data["uaFullVersion"]
        if "wow64" in agent_data:
            data["wow64"] = agent_data["wow64"]
    return out
