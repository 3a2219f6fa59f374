"""What becomes of a record's values before they are kept: long text is cut, addresses give way to places."""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

# Stands where Mixpanel would have put the city of the address that the request came from. Nothing is looked
# up here: a place that shows this mark would have been the server's own, not the user's.
SENDERS_CITY: Final = "(city of the sender)"

_SCALARS: Final = (int, float, type(None))


def shortened(value: Any, limit: int) -> Any:
    """Give a value with every string in it cut to ``limit`` characters.

    The documents say 255 characters in one place and 255 bytes in another.
    """
    if isinstance(value, str):
        return value[:limit]
    if isinstance(value, list):
        return [shortened(item, limit) for item in value]
    if isinstance(value, dict):
        return {name: shortened(item, limit) for name, item in value.items()}
    return value


def event_properties(properties: dict[str, Any], limit: int, *, senders_place: bool) -> dict[str, Any]:
    """Give the properties of an event as they are kept: without its token and its address.

    Args:
        properties: as sent.
        limit: of the length of a string.
        senders_place: whether the request let its own address be looked up (it did not say ``ip=0``).
    """
    kept = properties.copy()
    kept.pop("token", None)
    kept.pop("ip", None)
    for name, value in kept.items():
        if not isinstance(value, _SCALARS) and (not isinstance(value, str) or len(value) > limit):
            kept[name] = shortened(value, limit)
    if senders_place and properties.get("ip") is None:
        kept.setdefault("$city", SENDERS_CITY)
    return kept


def readable(text: str) -> str:
    """Give a text that may hold what is not UTF-8 as one that can be sent and kept."""
    return text.encode(errors="replace").decode()


def encoded(record: Any) -> bytes:
    """Give a record as JSON whatever it holds: bad text is replaced, endless depth left out."""
    try:
        return orjson.dumps(record)
    except TypeError:
        try:
            return json.dumps(record, ensure_ascii=False).encode(errors="replace")
        except RecursionError:
            return b"null"
