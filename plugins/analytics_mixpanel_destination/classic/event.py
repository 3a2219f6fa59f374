"""A call as an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics_mixpanel_destination.actions.insert_id import conforming, random_id
from analytics_mixpanel_destination.classic.call import Call, Part, Project
from analytics_mixpanel_destination.classic.context import context_properties, traits_of
from analytics_mixpanel_destination.classic.group import event_groups
from analytics_mixpanel_destination.classic.identity import event_ids
from analytics_mixpanel_destination.classic.settings import Classic
from analytics_mixpanel_destination.classic.traits import chosen, known_traits

#: Segment's five, and what would make the event another one, another user's or another time's.
RESERVED: Final = frozenset(
    (
        *("distinct_id", "ip", "mp_name_tag", "mp_note", "token"),
        *("time", "$insert_id", "$device_id", "$user_id"),
    )
)


def event(call: Call, name: str, own: Mapping[str, Any], settings: Classic, project: Project) -> Part:
    """Make an event; the call's own properties win over traits, and these over the context.

    Args:
        call: of any type.
        name: of the event.
        own: its properties, without reserved ones.
        settings: whose traits go along.
        project: to which it is sent.
    """
    message_id = call.text("messageId")
    properties = {
        **context_properties(call),
        **event_groups(call, settings),
        **project.reserved.without(RESERVED, super_properties(call, settings)),
        **own,
        **event_ids(call, project.merge),
        "time": call.time,
        "$insert_id": conforming(message_id) if message_id else random_id(),
    }
    if project.source_name is not None:
        properties["segment_source_name"] = project.source_name
    return "import", {"event": name, "properties": properties}


def super_properties(call: Call, settings: Classic) -> dict[str, Any]:
    """Answer the traits in a call's context that become properties of its event."""
    if not settings.set_all_traits_by_default and not settings.super_properties:
        return {}
    traits = known_traits(traits_of(call), call.user_id)
    return traits if settings.set_all_traits_by_default else chosen(traits, settings.super_properties)
