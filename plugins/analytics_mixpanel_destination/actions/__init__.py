"""The actions, by the name that mappings give in ``partnerAction``: Segment's six, and ours after them."""

from __future__ import annotations

from functools import cache
from typing import Final

from analytics_mixpanel_destination.actions import (
    alias,
    group_identify_user,
    identify_user,
    increment_properties,
    purchase,
    track_event,
)
from analytics_mixpanel_destination.actions.action import Action, ActionError, Part, Payload, Perform, Project
from analytics_mixpanel_destination.actions.profile_operations import PROFILE_OPERATIONS
from analytics_mixpanel_destination.payload.schema import compile_schema
from analytics_mixpanel_destination.presets import default_mapping, payload_schema

__all__ = ["ACTIONS", "Action", "ActionError", "Part", "Payload", "Project", "action_named"]

ACTIONS: Final[dict[str, Perform]] = {
    "trackEvent": track_event.perform,
    "trackPurchase": purchase.perform,
    "identifyUser": identify_user.perform,
    "groupIdentifyUser": group_identify_user.perform,
    "alias": alias.perform,
    "incrementProperties": increment_properties.perform,
    **PROFILE_OPERATIONS,
}
_BATCHED: Final = frozenset({"trackEvent", "trackPurchase"})


@cache
def action_named(name: str) -> Action:
    """Answer an action with its schema compiled.

    Raises:
        KeyError: there is no such action.
    """
    return Action(
        name=name,
        perform=ACTIONS[name],
        schema=compile_schema(payload_schema(name)),
        default_mapping=default_mapping(name),
        can_batch=name in _BATCHED,
    )
