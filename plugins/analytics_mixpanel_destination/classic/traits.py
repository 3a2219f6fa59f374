"""Traits under Mixpanel's own names for what both know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from analytics_mixpanel_destination.classic.moment import moment_of
from analytics_mixpanel_destination.classic.spelling import by_plain_name, plain

#: Trait to Mixpanel's property. Source: analytics.js-integrations, Mixpanel, ``traitAliases``.
ALIASES: Final = {
    "created": "$created",
    "email": "$email",
    "firstName": "$first_name",
    "lastName": "$last_name",
    "lastSeen": "$last_seen",
    "name": "$name",
    "username": "$username",
    "phone": "$phone",
}
_BY_PLAIN_NAME: Final = {plain(trait): alias for trait, alias in ALIASES.items()} | {"createdat": "$created"}
_EMAIL: Final = re.compile(r".+@.+\..+")


def known_traits(traits: Mapping[str, Any], user_id: str) -> dict[str, Any]:
    """Answer the traits, those that Mixpanel has a name for under it, and the user's id as ``id``.

    A name is made of first and last name, and these of it; a user id that is an address is the email.
    Source: Facade, ``Identify``.
    """
    found = by_plain_name(traits)
    known = {alias: value for alias, value in _known(found, user_id).items() if value is not None}
    kept = {name: value for name, value in traits.items() if _BY_PLAIN_NAME.get(plain(name)) not in known}
    return kept | known | ({"id": user_id} if user_id else {})


def chosen(traits: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Answer those of the known traits that a setting lists, by the trait's name or by Mixpanel's."""
    wanted = {_BY_PLAIN_NAME.get(plain(name), name) for name in names}
    return {name: value for name, value in traits.items() if name in wanted}


def _known(found: Mapping[str, Any], user_id: str) -> dict[str, Any]:
    name, first, last = _stripped(found, "name"), _stripped(found, "firstname"), _stripped(found, "lastname")
    if name is not None:
        head, _, tail = name.partition(" ")
        first = head if first is None else first
        last = (tail.strip() or None) if last is None else last
    elif first and last:
        name = f"{first} {last}"
    created = found.get("created") or found.get("createdat")
    return {
        "$created": moment_of(created) if created else None,
        "$email": found.get("email") or (user_id if _EMAIL.search(user_id) else None),
        "$first_name": first,
        "$last_name": last,
        "$last_seen": found.get("lastseen"),
        "$name": name,
        "$username": found.get("username"),
        "$phone": found.get("phone"),
    }


def _stripped(found: Mapping[str, Any], name: str) -> str | None:
    value = found.get(name)
    return value.strip() if isinstance(value, str) else None
