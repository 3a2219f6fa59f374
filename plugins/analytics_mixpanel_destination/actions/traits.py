"""Traits as profile properties: Mixpanel's own names for what both know."""

from __future__ import annotations

from typing import Any, Final

from analytics_mixpanel.mapping import UNDEFINED, js

_CREATED: Final = ("created", "createdAt", "created_at")
_USER: Final = {
    "email": "$email",
    "firstName": "$first_name",
    "lastName": "$last_name",
    "username": "$username",
    "phone": "$phone",
}


def user_properties(traits: dict[str, Any]) -> dict[str, Any]:
    """Answer the profile properties of a user's traits."""
    first, last, name = traits.get("firstName"), traits.get("lastName"), traits.get("name")
    if name is None:
        both = js.truthy(first) and js.truthy(last)
        name = f"{js.to_string(first)} {js.to_string(last)}" if both else UNDEFINED
    known = {property_: traits.get(trait, UNDEFINED) for trait, property_ in _USER.items()}
    return _renamed(
        traits, {*_CREATED, *_USER, "name"}, {"$created": _created(traits), "$name": name, **known}
    )


def group_properties(traits: dict[str, Any]) -> dict[str, Any]:
    """Answer the profile properties of a group's traits."""
    known = {"$created": _created(traits), "$name": traits.get("name", UNDEFINED)}
    return _renamed(traits, {*_CREATED, "name"}, known)


def _created(traits: dict[str, Any]) -> Any:
    value: Any = UNDEFINED
    for trait in _CREATED:
        value = traits.get(trait, UNDEFINED)
        if value is not None and value is not UNDEFINED:
            break
    return value


def _renamed(traits: dict[str, Any], dropped: set[str], known: dict[str, Any]) -> dict[str, Any]:
    """Put the known properties over the traits; one that is not given still removes a trait of its name."""
    kept = {name: value for name, value in traits.items() if name not in dropped and name not in known}
    return kept | {name: value for name, value in known.items() if value is not UNDEFINED}
