"""The mappings to start from: Segment's presets and each action's default mapping, data beside this file."""

from __future__ import annotations

import copy
import json
from functools import cache
from importlib import resources
from typing import Any, Final

#: Segment has no preset for alias calls; this one is sent by clients all the same, after Segment's six.
ALIAS_PRESET: Final = "Alias Calls"

# Nor has it any for the groups on a user's profile, which plugins give in the context.
# name → type of message, the object in the context, the action and the field of it that takes the object.
_GROUP_PRESETS: Final[dict[str, tuple[str, str, str, str]]] = {
    "User's Groups (Group Calls)": ("group", "memberOf", "unionProperties", "union"),
    "User's Groups (Identify Calls)": ("identify", "memberOf", "unionProperties", "union"),
    "Left Groups": ("identify", "leftGroups", "removeFromListProperties", "remove"),
}


@cache
def _data(name: str) -> Any:
    return json.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


def presets() -> list[dict[str, Any]]:
    """Answer Segment's six presets in Segment's JSON form, to use as they are or to change."""
    mappings: list[dict[str, Any]] = _data("presets.json")
    return copy.deepcopy(mappings)


def additions() -> list[dict[str, Any]]:
    """Answer what is sent by default besides Segment's presets: aliases, and groups on users' profiles."""
    mapping = default_mapping("alias")
    return [
        {"name": ALIAS_PRESET, "subscribe": 'type = "alias"', "partnerAction": "alias", "mapping": mapping},
        *(
            {
                "name": name,
                "subscribe": f'type = "{type_}" and context.{held} != null',
                "partnerAction": action,
                "mapping": {**default_mapping(action), field: {"@path": f"$.context.{held}"}},
            }
            for name, (type_, held, action, field) in _GROUP_PRESETS.items()
        ),
    ]


def default_mapping(action: str) -> dict[str, Any]:
    """Answer the mapping that Segment fills in for a new subscription of an action."""
    fields = payload_schema(action)["properties"]
    return {name: copy.deepcopy(field["default"]) for name, field in fields.items() if "default" in field}


def payload_schema(action: str) -> dict[str, Any]:
    """Answer the JSON Schema of an action's payload: of one of Segment's, or one of ours."""
    segments: dict[str, Any] = _data("schemas.json")["actions"]
    return segments[action] if action in segments else _data("further_schemas.json")[action]  # type: ignore[no-any-return]


def settings_schema() -> dict[str, Any]:
    """Answer the JSON Schema of Segment's settings for Mixpanel."""
    return _data("schemas.json")["settings"]  # type: ignore[no-any-return]
