"""Groups: their profiles, and who and what belongs to them.

Of the context, ``memberOf`` (group key → ids) and ``leftGroups`` (group key → id) say what the plugin
``Groups`` knows of a user; ``groupId`` ties an event to a group.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from analytics_mixpanel_destination.classic.call import Call, NothingToSendError, Part, Project, text
from analytics_mixpanel_destination.classic.people import update
from analytics_mixpanel_destination.classic.settings import Classic

_DEFAULT_KEYS: Final = ("$group_id",)


def grouped(call: Call, settings: Classic, project: Project) -> Iterator[Part]:
    """Make the group's profile under each group key, where there are traits, and the user's membership.

    Raises:
        NothingToSendError: there is no group key, or the call names no group or no user.
    """
    group_id = call.text("groupId")
    groups = _known(call, "memberOf") or {key: [group_id] for key in settings.group_identifier_traits}
    if not groups:
        raise NothingToSendError("group_identifier_traits, the group keys, is not set")
    if not group_id or not call.user_id:
        raise NothingToSendError("a group call of the Classic framework needs a group id and a user id")
    traits = call.section("traits")
    for key, ids in groups.items() if traits else ():
        for each in ids:
            of_group = {"$token": project.token, "$group_key": key, "$group_id": each}
            yield "groups", {**of_group, "$set_once": traits}
    if _known(call, "memberOf"):
        yield from membership(call, project)
    else:
        yield update(call, project, "$set", groups)


def membership(call: Call, project: Project) -> Iterator[Part]:
    """Add the groups that the context knows of to the user's profile, and take out those that were left."""
    joined, left = _known(call, "memberOf"), _known(call, "leftGroups")
    if joined:
        yield update(call, project, "$union", joined)
    for key, ids in left.items():
        for each in ids:
            yield update(call, project, "$remove", {key: each})


def event_groups(call: Call, settings: Classic) -> dict[str, Any]:
    """Answer the properties that tie an event to the group in its context."""
    group_id = text(call.context.get("groupId"))
    keys = settings.group_identifier_traits or _DEFAULT_KEYS
    return {key: [group_id] for key in keys} if group_id else {}


def _known(call: Call, name: str) -> dict[str, list[str]]:
    """Answer the groups that the context has under a name, as group key → ids."""
    given = call.context.get(name)
    if not isinstance(given, dict):
        return {}
    listed = {key: value if isinstance(value, list) else [value] for key, value in given.items()}
    texts = {key: [each for each in map(text, ids) if each] for key, ids in listed.items()}
    return {key: ids for key, ids in texts.items() if key and ids}
