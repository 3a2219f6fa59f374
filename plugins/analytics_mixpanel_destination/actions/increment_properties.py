"""incrementProperties: numbers are added to a user's profile properties."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from analytics_mixpanel.mapping import UNDEFINED, js
from analytics_mixpanel_destination.actions.action import (
    ActionError,
    Part,
    Payload,
    Project,
    defined,
    profile_id,
    require_token,
)
from analytics_mixpanel_destination.payload.coercion import number

_MOST: Final = 20


def perform(payload: Payload, project: Project) -> Iterator[Part]:
    """Make the ``$add`` of at most 20 properties; values that are neither number nor text are left out."""
    require_token(project)
    increment = payload["increment"]
    if not increment:
        return
    if len(increment) > _MOST:
        raise ActionError(f"Exceeded maximum of {_MOST} properties for increment call", "increment")
    update = {
        "$token": project.token,
        "$distinct_id": profile_id(payload),
        "$ip": payload.get("ip", UNDEFINED),
        "$add": _amounts(increment),
    }
    yield "engage", defined(**update)


def _amounts(increment: dict[str, Any]) -> dict[str, Any]:
    amounts = {}
    for name, value in js.entries(increment):
        amount = number(value) if isinstance(value, str) else value
        if isinstance(amount, float) and math.isnan(amount):
            raise ActionError(f'The key "{name}" was not numeric', f"increment.{name}")
        if isinstance(value, str) or js.is_number(value):
            amounts[name] = amount
    return amounts
