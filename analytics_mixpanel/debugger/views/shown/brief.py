"""One line of what an arrival holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import orjson

from analytics_mixpanel.debugger.lookups import Arrival

# What Mixpanel and campaigns add to an event's own.
_COMMON: Final = ("$", "utm_")
_WHO: Final = frozenset({"$name", "$email"})
_LONGEST: Final = 200
_LONGEST_VALUE: Final = 40
# On every event, and of no interest in a list.
_HIDDEN: Final = frozenset(
    {"distinct_id", "id", "time", "mp_lib", "event_original_name", "segment_source_name"}
)

# What is said of a message that is in the list by itself and has no error.
_ALONE: Final = {
    "not sent": "no record of it has arrived",
    "duplicate": "its record is that of an earlier message",
    "rejected": "",
}


def brief(arrival: Arrival) -> str:
    """Say what it holds, or why it was refused."""
    if arrival.kind in ("rejection", "request"):
        return str(arrival.detail or "")
    if not arrival.detail:
        return ""
    content = orjson.loads(arrival.detail)
    if arrival.kind == "message":
        return next((str(error.get("message", "")) for error in content), _ALONE[arrival.verdict])
    return in_short(content, whole=arrival.kind != "event" or arrival.name.startswith("$"))


def in_short(content: Any, *, whole: bool = True) -> str:
    """Give a JSON value as ``name=value name=value``, without what every event has.

    Args:
        content: the value.
        whole: whether what Mixpanel and campaigns add is shown where there is nothing else.
    """
    if isinstance(content, list):
        return _cut(", ".join(map(str, content[:20])), _LONGEST)
    if not isinstance(content, Mapping):
        return _cut(str(content), _LONGEST)
    return _cut("  ".join(_pairs(content, whole)), _LONGEST)


def _pairs(content: Mapping[str, Any], whole: bool) -> Iterator[str]:
    told = {key: value for key, value in islice(content.items(), 300) if _tells(key, value)}
    own = {key: value for key, value in told.items() if key in _WHO or not key.startswith(_COMMON)}
    for key in sorted(own or (told if whole else ()), key=lambda key: key not in _WHO):
        yield f"{key}={_value(told[key])}"


def _tells(key: str, value: Any) -> bool:
    return key not in _HIDDEN and value is not None and value not in ("", [], {})


def _value(value: Any) -> str:
    if isinstance(value, list):
        plain = all(isinstance(each, str | int | float) for each in value[:20])
        return f"[{_cut(', '.join(map(str, value[:20])), _LONGEST_VALUE)}]" if plain else f"[{len(value)}]"
    if isinstance(value, Mapping):
        return f"{{{len(value)}}}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _cut(str(value), _LONGEST_VALUE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
