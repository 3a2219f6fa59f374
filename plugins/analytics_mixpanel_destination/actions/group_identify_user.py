"""groupIdentifyUser: a group's traits become its profile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analytics_mixpanel.mapping import js
from analytics_mixpanel_destination.actions.action import ActionError, Part, Payload, Project, defined
from analytics_mixpanel_destination.actions.traits import group_properties

DEFAULT_GROUP_KEY: Final = "$group_id"


def perform(payload: Payload, project: Project) -> Iterator[Part]:
    """Make the group's profile update; a trait named like the group key gives the group's id."""
    traits = payload.get("traits")
    if traits is None:
        raise ActionError('"traits" is a required field', "traits")
    group_key = payload.get("group_key") or project.group_key or DEFAULT_GROUP_KEY
    named = traits.get(group_key)
    update = {
        "$token": project.token,
        "$group_key": group_key,
        "$group_id": named if js.truthy(named) else payload["group_id"],
        "$set": group_properties(traits),
    }
    yield "groups", defined(**update)
