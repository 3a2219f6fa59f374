"""The mappings to start from."""

from __future__ import annotations

import pytest

from analytics_mixpanel_destination.actions import ACTIONS
from analytics_mixpanel_destination.presets import additions, default_mapping, presets
from analytics_mixpanel_destination.subscription import compile_subscription


def test_there_are_segments_six() -> None:
    """Segment's presets, by their names."""
    assert [preset["name"] for preset in presets()] == [
        "Track Calls",
        "Order Completed Calls",
        "Page Calls",
        "Screen Calls",
        "Identify Calls",
        "Group Calls",
    ]


def test_presets_may_be_changed() -> None:
    """What one caller does with the list is not seen by the next."""
    presets()[0]["mapping"].clear()
    default_mapping("trackEvent").clear()
    assert presets()[0]["mapping"]
    assert default_mapping("trackEvent")


def test_aliases_and_users_groups_are_the_additions() -> None:
    """The client sends aliases and the groups on users' profiles, for which Segment has no presets."""
    assert [(each["name"], each["partnerAction"]) for each in additions()] == [
        ("Alias Calls", "alias"),
        ("User's Groups (Group Calls)", "unionProperties"),
        ("User's Groups (Identify Calls)", "unionProperties"),
        ("Left Groups", "removeFromListProperties"),
    ]


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_has_a_default_mapping_that_works(action: str) -> None:
    """A default mapping compiles as it is."""
    mapping = {"name": "n", "subscribe": 'type = "track"', "partnerAction": action}
    assert compile_subscription({**mapping, "mapping": default_mapping(action)}).action.name == action
