"""What each operation does to the properties of a profile, of a user or of a group.

Source: Mixpanel docs, User Profiles and Group Profiles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Properties = dict[str, Any]

DELETE: Final = "$delete"
USER_VERBS: Final = (
    *("$set", "$set_once", "$add", "$union", "$append", "$remove"),
    "$unset",
    DELETE,
)
# $append is not documented for groups.
GROUP_VERBS: Final = tuple(verb for verb in USER_VERBS if verb != "$append")


def find_fault(verb: str, value: Any) -> str | None:
    """Say what is wrong with an operation's value, or None; the texts are ours."""
    if verb == DELETE:
        return None
    if verb == "$unset":
        fine = isinstance(value, list) and value and all(isinstance(name, str) for name in value)
        return None if fine else "$unset, must be a list of property names"
    if not isinstance(value, dict):
        return f"{verb}, must be an object"
    if verb == "$add" and not all(map(_is_number, value.values())):
        return "$add, must have numbers only"
    if verb == "$union" and not (value and all(isinstance(v, list) and v for v in value.values())):
        return "$union, must have lists only, none of them empty"
    return None


def applied(verb: str, properties: Mapping[str, Any] | None, value: Any) -> Properties | None:
    """Give the properties after an operation, or None for a profile that is gone.

    Args:
        verb: one of ``USER_VERBS``.
        properties: those before, or None for a profile that does not exist yet.
        value: one in which :func:`find_fault` finds nothing.
    """
    if verb == DELETE:
        return None
    changed = dict(properties or {})
    _OPERATIONS[verb](changed, value)
    return changed


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _set(properties: Properties, value: Properties) -> None:
    properties.update(value)


def _set_once(properties: Properties, value: Properties) -> None:
    properties.update({name: new for name, new in value.items() if name not in properties})


def _add(properties: Properties, value: dict[str, float]) -> None:
    for name, number in value.items():
        before = properties.get(name)
        properties[name] = (before if _is_number(before) else 0) + number  # type: ignore[operator]


def _union(properties: Properties, value: dict[str, list[Any]]) -> None:
    for name, items in value.items():
        members = _as_list(properties[name]) if name in properties else []
        for item in items:
            if item not in members:
                members.append(item)
        properties[name] = members


def _append(properties: Properties, value: Properties) -> None:
    for name, item in value.items():
        properties[name] = [*(_as_list(properties[name]) if name in properties else []), item]


def _remove(properties: Properties, value: Properties) -> None:
    for name, item in value.items():
        before = properties.get(name)
        if isinstance(before, list):
            properties[name] = [member for member in before if member != item]


def _unset(properties: Properties, names: list[str]) -> None:
    for name in names:
        properties.pop(name, None)


_OPERATIONS: Final[dict[str, Callable[[Properties, Any], None]]] = {
    "$set": _set,
    "$set_once": _set_once,
    "$add": _add,
    "$union": _union,
    "$append": _append,
    "$remove": _remove,
    "$unset": _unset,
}
