"""What an event earned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from analytics_mixpanel.mapping import js
from analytics_mixpanel_destination.classic.spelling import by_plain_name

_ORDER: Final = re.compile(r"[ _]?completed[ _]?order|[ _]?order[ _]?completed[ _]?$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)


def revenue(event: str, properties: Mapping[str, Any]) -> float | None:
    """Answer ``revenue``, or an order's ``total``, as a number; None for none, zero, or no number.

    Source: Facade, ``Track``, ``revenue``.
    """
    found = by_plain_name(properties)
    value = found.get("revenue")
    if not value and _ORDER.match(event):
        value = found.get("total")
    return _amount(value) or None


def _amount(value: Any) -> float | None:
    if js.is_number(value):
        return value  # type: ignore[no-any-return]
    match = _NUMBER.match(value.replace("$", "")) if isinstance(value, str) else None
    return float(match[1]) if match else None
