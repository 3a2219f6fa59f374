"""Actions that Segment has not: the other operations on the profiles of users and groups.

For users they take what incrementProperties takes, for groups what groupIdentifyUser takes, with the
operation's object in place of ``increment`` and ``traits``. Properties keep the names they are given.
Source: Mixpanel docs, User Profiles and Group Profiles; those document no ``$append`` for groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import frozen

from analytics_mixpanel.mapping import UNDEFINED
from analytics_mixpanel_destination.actions.action import (
    Part,
    Payload,
    Perform,
    Project,
    defined,
    profile_id,
    require_token,
)
from analytics_mixpanel_destination.actions.group_identify_user import DEFAULT_GROUP_KEY


@frozen
class Operation:
    """One operation.

    Attributes:
        field: the mapped field that holds what it is given.
        verb: Mixpanel's name of it.
        operand: makes the operation's value of the field's; an empty one means there is nothing to do.
    """

    field: str
    verb: str
    operand: Callable[[Any], Any]

    def of_user(self, payload: Payload, project: Project) -> Iterator[Part]:
        """Make the update of a user's profile."""
        require_token(project)
        operand = self.operand(payload[self.field])
        if operand:
            ids = {"$distinct_id": profile_id(payload), "$ip": payload.get("ip", UNDEFINED)}
            yield "engage", defined(**{"$token": project.token, **ids, self.verb: operand})

    def of_group(self, payload: Payload, project: Project) -> Iterator[Part]:
        """Make the update of a group's profile."""
        require_token(project)
        operand = self.operand(payload[self.field])
        if operand:
            group_key = payload.get("group_key") or project.group_key or DEFAULT_GROUP_KEY
            ids = {"$group_key": group_key, "$group_id": payload["group_id"]}
            yield "groups", {"$token": project.token, **ids, self.verb: operand}


def _as_given(value: Any) -> Any:
    return value


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _lists(values: dict[str, Any]) -> dict[str, list[Any]]:
    """Make every value a list; Mixpanel refuses the whole update for an empty one, so those are left out."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return {name: items for name, value in lists.items() if (items := [i for i in value if i is not None])}


_SET_ONCE: Final = Operation("set_once", "$set_once", _as_given)
_UNION: Final = Operation("union", "$union", _lists)
_APPEND: Final = Operation("append", "$append", _without_nulls)
_REMOVE: Final = Operation("remove", "$remove", _without_nulls)
_UNSET: Final = Operation("unset", "$unset", _as_given)

PROFILE_OPERATIONS: Final[dict[str, Perform]] = {
    "setOnceProperties": _SET_ONCE.of_user,
    "unionProperties": _UNION.of_user,
    "appendProperties": _APPEND.of_user,
    "removeFromListProperties": _REMOVE.of_user,
    "unsetProperties": _UNSET.of_user,
    "groupSetOnceProperties": _SET_ONCE.of_group,
    "groupUnionProperties": _UNION.of_group,
    "groupRemoveFromListProperties": _REMOVE.of_group,
    "groupUnsetProperties": _UNSET.of_group,
}
