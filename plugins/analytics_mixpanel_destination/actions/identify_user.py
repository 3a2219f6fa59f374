"""identifyUser: a user's two ids become one person, and the traits their profile."""

from __future__ import annotations

from collections.abc import Iterator

from analytics_mixpanel.mapping import UNDEFINED
from analytics_mixpanel_destination.actions.action import (
    Part,
    Payload,
    Project,
    defined,
    profile_id,
    require_token,
)
from analytics_mixpanel_destination.actions.traits import user_properties


def perform(payload: Payload, project: Project) -> Iterator[Part]:
    """Make ``$identify`` where there is an anonymous id, and the profile update where there are traits."""
    require_token(project)
    if payload.get("anonymous_id"):
        ids = {
            "$identified_id": payload.get("user_id", UNDEFINED),
            "$anon_id": payload["anonymous_id"],
            "token": project.token,
            "segment_source_name": project.source_name,
        }
        yield "track", {"event": "$identify", "properties": defined(**ids)}
    if payload.get("traits"):
        update = {
            "$token": project.token,
            "$distinct_id": profile_id(payload),
            "$ip": payload.get("ip", UNDEFINED),
            "$set": user_properties(payload["traits"]),
        }
        yield "engage", defined(**update)
