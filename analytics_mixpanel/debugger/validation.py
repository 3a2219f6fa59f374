"""The rules for one event.

Each check gives the field and the reason, or nothing. Source: Mixpanel docs, Import Events, Limits and
"Troubleshooting 400"; reasons marked "text ours" are invented in the same shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from attrs import frozen

from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.projects import Merge

# As distinct_id and as $insert_id. Whether case matters is unknown: here it does not.
DISALLOWED: Final = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",
        *("anon", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "<nil>"),
        *("0", "-1", "true", "false", "[]", "{}"),
    }
)
FUTURE: Final = 3600.0
_FIRST_MOMENT: Final = 365 * 86_400  # 1971-01-01
_MILLISECONDS: Final = 1e11  # which unit is meant is told by size; Mixpanel's own threshold is unknown
_LONGEST_INSERT_ID: Final = 36
_INSERT_ID: Final = re.compile(r"[A-Za-z0-9-]+")
_CONTAINERS: Final = (dict, list)
_NUMBERS: Final = (int, float)

Fault = tuple[str, str]


@frozen
class Rules:
    """What an event is held to; it differs by project and by ``strict``."""

    now: float
    limits: Limits
    merge: Merge = "original"
    strict: bool = True


def find_fault(record: Any, rules: Rules) -> Fault | None:
    """Give the first (field, message) that is wrong with an event of ``/import``, or None."""
    if not isinstance(record, dict):
        return "", "record is invalid: must be an object"  # text ours
    if fault := _check_name(record.get("event"), rules.limits):
        return fault
    properties = record.get("properties")
    if not isinstance(properties, dict):
        return _fault("properties", "must be an object")  # text ours
    for check in _CHECKS:
        if fault := check(properties, rules):
            return fault
    return None


def find_tracked_fault(record: Any, rules: Rules) -> Fault | None:
    """Give the first (field, message) that is wrong with an event of ``/track``, or None."""
    event = record.get("event") if isinstance(record, dict) else None
    if not isinstance(event, str) or not event.strip() or not _is_utf8(event):
        return "event", "event, missing"
    properties = record.get("properties")
    if not isinstance(properties, dict) or not _is_text(properties.get("token")):
        return "properties.token", "token, missing or empty"
    if event == "$create_alias" and not _is_text(properties.get("distinct_id")):
        return "properties.distinct_id", "distinct_id, missing or empty"
    if properties.get("time") is not None and seconds(properties["time"]) is None:
        return "properties.time", "time, must be specified as seconds since epoch"  # text ours
    return find_overgrowth(properties, rules)


def find_overgrowth(properties: Mapping[str, Any], rules: Rules) -> Fault | None:
    """Give what is too much about properties, or cannot be encoded, or None."""
    return _check_shape(properties, rules) or _check_size(properties, rules)


def seconds(time: Any) -> float | None:
    """Give a ``time`` in seconds, or None for what is no time."""
    if isinstance(time, bool) or not isinstance(time, _NUMBERS):
        return None
    return time / 1000 if abs(time) >= _MILLISECONDS else float(time)


def is_disallowed(value: object) -> bool:
    """Say whether an id is one of those that stand for nobody."""
    return str(value).lower() in DISALLOWED


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _fault(field: str, reason: str) -> Fault:
    return field, f"'{field}' is invalid: {reason}"


def _check_name(event: Any, limits: Limits) -> Fault | None:
    if not isinstance(event, str) or not event.strip():
        return "event", "'event' must not be missing or blank"
    if len(event) > limits.name:
        return _fault("event", f"must not be longer than {limits.name} characters")  # text ours
    if not _is_utf8(event):
        return "event", "event is invalid: string should be valid utf8"
    return None


def _check_time(properties: Mapping[str, Any], rules: Rules) -> Fault | None:
    if "time" not in properties:
        return _fault("properties.time", "must not be missing")
    moment = seconds(properties["time"])
    if moment is None:
        return _fault("properties.time", "must be specified as seconds since epoch")
    if moment > rules.now + FUTURE:
        return _fault("properties.time", "must not be in the future")
    if moment < _FIRST_MOMENT:
        return _fault("properties.time", "must not be before 1971-01-01")  # text ours
    return None


def _check_distinct_id(properties: Mapping[str, Any], rules: Rules) -> Fault | None:
    distinct_id = properties.get("distinct_id")
    if distinct_id is None:
        return (
            None if rules.merge == "simplified" else _fault("properties.distinct_id", "must not be missing")
        )
    if isinstance(distinct_id, (bool, *_CONTAINERS)):
        return _fault("properties.distinct_id", "must be a string")  # text ours
    if is_disallowed(distinct_id):
        return _fault("properties.distinct_id", "must not be one of the disallowed ids")  # text ours
    return None


def _check_insert_id(properties: Mapping[str, Any], rules: Rules) -> Fault | None:
    insert_id = properties.get("$insert_id")
    if insert_id is None:
        return _fault("$insert_id", "must not be missing") if rules.strict else None  # text ours
    if not isinstance(insert_id, str):
        return _fault("$insert_id", "must be a string")  # text ours
    if is_disallowed(insert_id):
        return _fault("$insert_id", "must not be one of the disallowed ids")  # text ours
    if not _INSERT_ID.fullmatch(insert_id):
        return _fault("$insert_id", "must only contain alphanumeric or hyphen '-' characters")
    if len(insert_id) > _LONGEST_INSERT_ID:
        return _fault("$insert_id", f"must not be longer than {_LONGEST_INSERT_ID} bytes")  # text ours
    return None


def _check_size(properties: Mapping[str, Any], rules: Rules) -> Fault | None:
    try:
        size = len(orjson.dumps(properties))
    except TypeError:
        field = next((name for name, value in properties.items() if not _is_utf8(name, value)), "")
        return f"properties.{field}", f"properties.{field} is invalid: string should be valid utf8"
    if size >= rules.limits.event_bytes:
        return _fault("properties", f"must be smaller than {rules.limits.event_bytes} bytes")  # text ours
    return None


def _is_utf8(*values: Any) -> bool:
    """Say whether every string in the values is; reading leaves those that are not as they came."""
    try:
        orjson.dumps(values)
    except TypeError:
        return False
    return True


def _check_shape(properties: Mapping[str, Any], rules: Rules) -> Fault | None:
    limits = rules.limits
    if len(properties) >= limits.properties:
        return _fault("properties", f"must have fewer than {limits.properties} properties")  # text ours
    longest = max(properties, key=len, default="")
    if len(longest) > limits.name:
        field = f"properties.{longest[: limits.name]}"
        return _fault(field, f"name must not be longer than {limits.name} characters")  # text ours
    for name, value in properties.items():
        if isinstance(value, _CONTAINERS) and (reason := _overgrown(value, limits, depth=1)):
            return _fault(f"properties.{name}", reason)
    return None


def _overgrown(value: Any, limits: Limits, depth: int) -> str | None:
    """Say what is too much about an object or a list, or None."""
    if depth > limits.depth:
        return f"must not be nested deeper than {limits.depth} levels"  # text ours
    if isinstance(value, dict):
        if len(value) >= limits.properties:
            return f"must have fewer than {limits.properties} keys"  # text ours
        inner = list(value.values())
    else:
        if len(value) >= limits.elements:
            return f"must have fewer than {limits.elements} elements"  # text ours
        inner = value
    for item in inner:
        if isinstance(item, _CONTAINERS) and (reason := _overgrown(item, limits, depth + 1)):
            return reason
    return None


_CHECKS: Final[tuple[Callable[[Mapping[str, Any], Rules], Fault | None], ...]] = (
    _check_time,
    _check_distinct_id,
    _check_insert_id,
    find_overgrowth,
)
