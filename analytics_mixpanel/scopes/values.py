"""What a scope says, and how a scope inside another adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from attrs import frozen

from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel.message import id_text, optional_id, require

GroupIds: TypeAlias = "str | list[str] | None"

#: Objects of a context whose fields are facts by themselves: given in two places, they are merged. Others,
#: as ``app`` or ``os``, hold a name and its version, which belong together.
_MERGED: Final = frozenset(
    {
        *("campaign", "device", "location", "network", "page", "referrer", "screen", "traits"),
        "userAgentData",
    }
)
_NOTHING: Final[Mapping[str, Any]] = {}


@frozen
class Values:
    """What a scope says; nothing changes it.

    Attributes:
        properties: of the events; read only.
        context: of all messages; read only.
        groups: group key or type → id or ids; None takes the outer scope's away. Read only.
        fallback_id: the anonymous id of calls about which nobody else is known.
        settled: False if a later call may know more.
    """

    user_id: str | None = None
    anonymous_id: str | None = None
    properties: Mapping[str, Any] = _NOTHING
    context: Mapping[str, Any] = _NOTHING
    groups: Mapping[str, GroupIds] = _NOTHING
    fallback_id: str | None = None
    settled: bool = True

    def within(self, outer: Values) -> Values:
        """These values with those of the scope around them, where they do not say it themselves.

        An anonymous id stays with its user: another user's would merge two people.
        """
        somebody_else = self.user_id and outer.user_id and self.user_id != outer.user_id
        return Values(
            self.user_id or outer.user_id,
            self.anonymous_id or (None if somebody_else else outer.anonymous_id),
            {**outer.properties, **self.properties},
            merged_context(outer.context, self.context),
            {**outer.groups, **self.groups},
            self.fallback_id or outer.fallback_id,
            self.settled and outer.settled,
        )

    def who(self, user_id: Any, anonymous_id: Any) -> tuple[Any, Any]:
        """Complete the ids that a call gives.

        A call with another id than the scope's is about somebody else, and gets none of the scope's.

        Raises:
            ArgumentError: one is no id.
        """
        optional_id("user_id", user_id)  # an array, say, cannot be compared
        optional_id("anonymous_id", anonymous_id)
        if _differ(user_id, self.user_id) or _differ(anonymous_id, self.anonymous_id):
            return user_id, anonymous_id
        user, anonymous = user_id or self.user_id, anonymous_id or self.anonymous_id
        return (user, anonymous) if user or anonymous else (user_id, self.fallback_id)


def checked_values(
    user_id: Any = None,
    anonymous_id: Any = None,
    properties: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    groups: Mapping[str, Any] | None = None,
) -> Values:
    """Values of a scope, copied.

    Raises:
        ArgumentError: one has the wrong type.
    """
    return Values(
        id_text("user_id", user_id) if _given(user_id) else None,
        id_text("anonymous_id", anonymous_id) if _given(anonymous_id) else None,
        _own("properties", properties),
        _own("context", context),
        {name: _group_ids(ids) for name, ids in _own("groups", groups).items()},
    )


def merged_context(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A context over another, to which it adds."""
    merged = {**under, **over}
    for name in _MERGED.intersection(over):
        below, above = under.get(name), over[name]
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            merged[name] = {**below, **above}
    return merged


def _given(value: Any) -> bool:
    return not (value is None or (isinstance(value, str) and not value))


def _differ(given: Any, own: str | None) -> bool:
    return bool(given and own) and given != own and str(given) != own


def _own(name: str, value: Mapping[str, Any] | None) -> dict[str, Any]:
    if value is None:
        return {}
    require(name, value, Mapping, "a dict")
    for key in value:
        require(f"a key of {name}", key, str, "a str")
    try:
        return {key: _copied(each) for key, each in value.items()}
    except RecursionError:
        raise ArgumentError(f"{name} must not contain itself") from None


def _copied(value: Any) -> Any:
    """A value whose dicts and lists are not the caller's, who may change them while the scope is open."""
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return value


def _group_ids(ids: Any) -> GroupIds:
    if ids is None:
        return None
    if isinstance(ids, (list, tuple, set, frozenset)):
        return [id_text("an id in groups", each) for each in ids]
    return id_text("an id in groups", ids)
