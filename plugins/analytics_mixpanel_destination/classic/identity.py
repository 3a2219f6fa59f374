"""Who a record is about, in a project of either ID merge.

Source: Mixpanel docs, Identifying Users (Original, Simplified).
"""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel_destination.classic.call import Call, NothingToSendError, Part, Project
from analytics_mixpanel_destination.merge import NO_ALIASES, Merge

_DEVICE: Final = "$device:"


def distinct_id(call: Call, merge: Merge | None) -> str:
    """Answer the id of the user, else of the device; "" for nobody."""
    if merge == "simplified" and call.anonymous_id and not call.user_id:
        return _DEVICE + call.anonymous_id.removeprefix(_DEVICE)
    return call.user_id or call.anonymous_id


def event_ids(call: Call, merge: Merge | None) -> dict[str, Any]:
    """Answer the properties that say whose event it is.

    Where the merge is not given, they do for both: Original ID Merge looks at ``distinct_id`` alone.
    """
    ids = {"distinct_id": distinct_id(call, merge)}
    if merge != "original":
        if call.anonymous_id:
            ids["$device_id"] = call.anonymous_id
        if call.user_id:
            ids["$user_id"] = call.user_id
    return ids


def identified(call: Call, project: Project) -> list[Part]:
    """Make ``$identify``, which is for Original ID Merge and takes both ids."""
    if project.merge == "simplified" or not (call.user_id and call.anonymous_id):
        return []
    ids = {"$identified_id": call.user_id, "$anon_id": call.anonymous_id, "token": project.token}
    return [("track", {"event": "$identify", "properties": ids})]


def aliased(call: Call, project: Project) -> list[Part]:
    """Make ``$create_alias``.

    Raises:
        NothingToSendError: the project has no aliases.
    """
    if project.merge == "simplified":
        raise NothingToSendError(NO_ALIASES)
    ids = {"distinct_id": call.text("previousId"), "alias": call.user_id, "token": project.token}
    return [("track", {"event": "$create_alias", "properties": ids})]
