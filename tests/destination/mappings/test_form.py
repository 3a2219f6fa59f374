"""The forms in which Segment gives mappings away."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_destination.mappings import find_errors, load_mappings

API = {
    "id": "s-1",
    "name": "Sign-ups",
    "actionId": "a-1",
    "actionSlug": "trackEvent",
    "destinationId": "d-1",
    "modelId": "",
    "enabled": True,
    "trigger": 'type = "track"',
    "settings": {"event": {"@path": "$.event"}},
}


def test_the_public_apis_names_are_understood() -> None:
    """Its trigger, actionSlug and settings mean what they say; its ids are ignored."""
    assert load_mappings([API]) == [
        {
            "name": "Sign-ups",
            "enabled": True,
            "partnerAction": "trackEvent",
            "subscribe": 'type = "track"',
            "mapping": {"event": {"@path": "$.event"}},
        }
    ]


@pytest.mark.parametrize(
    "envelope", [{"data": {"subscriptions": [API]}}, {"subscriptions": [API]}, {"data": [API]}]
)
def test_the_public_apis_answer_can_be_used_as_it_is(envelope: dict[str, Any]) -> None:
    """The list is found in its envelope."""
    assert load_mappings(envelope) == load_mappings([API])


def test_an_error_has_the_path_in_what_was_given() -> None:
    """Envelope and the API's names are in it, so that the place can be found."""
    wrong = {"data": {"subscriptions": [{**API, "trigger": "?", "settings": {"event": {"@x": 1}}}]}}

    assert [error.path for error in find_errors(wrong)] == [
        "/data/subscriptions/0/trigger",
        "/data/subscriptions/0/settings/event",
    ]


def test_the_names_of_segments_code_go_first() -> None:
    """Where a mapping has both, those of its code count."""
    both = {**API, "partnerAction": "alias", "subscribe": 'type = "alias"', "mapping": {}}

    (loaded,) = load_mappings([both]) or [{}]
    assert (loaded["partnerAction"], loaded["subscribe"]) == ("alias", 'type = "alias"')


def test_a_mapping_without_a_name_has_its_actions() -> None:
    """Previews and errors always have something to call it."""
    nameless = {key: value for key, value in API.items() if key != "name"}
    (request,) = Mixpanel(token="t", mappings=[nameless]).preview({"type": "track", "event": "E"})["requests"]

    assert request["preset"] == "trackEvent"


def test_a_mapping_without_fields_is_an_empty_one() -> None:
    """Some actions need none: what is missing then is said of each message, as in Segment."""
    bare = {"subscribe": 'type = "track"', "partnerAction": "trackEvent"}
    (loaded,) = load_mappings([bare]) or [{}]
    shown = Mixpanel(token="t", mappings=[bare]).preview({"type": "track", "event": "E"})

    assert loaded["mapping"] == {}
    assert shown["errors"][0]["message"] == "The root value is missing the required field 'event'."
