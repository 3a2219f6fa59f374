"""alias: an id becomes another name of a user."""

from __future__ import annotations

from collections.abc import Iterator

from analytics_mixpanel.mapping import UNDEFINED
from analytics_mixpanel_destination.actions.action import Part, Payload, Project, defined


def perform(payload: Payload, project: Project) -> Iterator[Part]:
    """Make ``$create_alias``; nothing in it is required."""
    ids = {
        "distinct_id": payload.get("distinct_id", UNDEFINED),
        "alias": payload.get("alias", UNDEFINED),
        "token": project.token,
        "segment_source_name": project.source_name,
    }
    yield "track", {"event": "$create_alias", "properties": defined(**ids)}
