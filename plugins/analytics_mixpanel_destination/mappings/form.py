"""The forms in which Segment gives mappings away.

Its code has ``name subscribe partnerAction mapping enabled``. Its Public API calls three of them otherwise,
and answers with an envelope. Source: Segment docs, Public API, Destination Subscriptions.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

_IN_PUBLIC_API: Final = {"partnerAction": "actionSlug", "subscribe": "trigger", "mapping": "settings"}
_ENVELOPE: Final = ("data", "subscriptions")


def key_of(mapping: Mapping[str, Any], part: str) -> str:
    """Answer the key under which a mapping has one of its parts; keys that mean nothing here are ignored."""
    other = _IN_PUBLIC_API.get(part, part)
    return other if part not in mapping and other in mapping else part


def opened(given: Any) -> tuple[Any, str]:
    """Take the list of mappings out of the Public API's envelope; with the path to it."""
    path = ""
    while isinstance(given, Mapping):
        key = next((key for key in _ENVELOPE if key in given), None)
        if key is None:
            break
        given, path = given[key], f"{path}/{key}"
    return given, path


def in_our_form(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a mapping, in which nothing is wrong, as ``name enabled partnerAction subscribe mapping``.

    It is a copy; one without a name has its action's, one without fields an empty ``mapping``.
    """
    action = mapping.get(key_of(mapping, "partnerAction"))
    return {
        "name": mapping.get("name", action),
        "enabled": mapping.get("enabled", True),
        "partnerAction": action,
        "subscribe": mapping.get(key_of(mapping, "subscribe")),
        "mapping": copy.deepcopy(mapping.get(key_of(mapping, "mapping"), {})),
    }
