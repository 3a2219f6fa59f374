"""Numbers are added to a user's profile properties."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel_destination.presets import default_mapping
from analytics_mixpanel_destination.record import Translation
from analytics_mixpanel_destination.translate import Translator

PRESET = {
    "name": "Counts",
    "subscribe": 'type = "track"',
    "partnerAction": "incrementProperties",
    "mapping": default_mapping("incrementProperties"),
}


def _translate(increment: Any) -> Translation:
    message = {"type": "track", "event": "E", "userId": "u", "properties": {"increment": increment}}
    return Translator(token="t", mappings=[PRESET]).translate(message)


def test_numbers_and_texts_of_numbers_are_added() -> None:
    """Texts are read as JavaScript reads them; what is neither is left out."""
    (record,) = _translate(
        {"a": 1, "b": "0x1F", "c": "", "d": None, "e": True, "f": [], "g": "Infinity"}
    ).records
    assert record.endpoint == "engage"
    assert record.body == {
        "$token": "t",
        "$distinct_id": "u",
        "$add": {"a": 1, "b": 31, "c": 0, "g": None},
    }


def test_nothing_to_add_is_nothing_to_send() -> None:
    """An empty object is no error."""
    translation = _translate({})
    assert translation.matched
    assert not translation.records
    assert not translation.refusals


@pytest.mark.parametrize(
    ("increment", "message"),
    [
        ({"a": 1, "b": "x"}, 'The key "b" was not numeric'),
        ({str(n): None for n in range(21)}, "Exceeded maximum of 20 properties for increment call"),
        (5, "Increment Numerical Properties must be an object but it was a number."),
        (None, "The root value is missing the required field 'increment'."),
    ],
)
def test_what_cannot_be_added_is_refused(increment: Any, message: str) -> None:
    """Nothing is sent where one value is no number."""
    translation = _translate(increment)
    assert not translation.records
    assert translation.refusals[0].message == message


def test_a_token_is_needed() -> None:
    """Profiles are named by their project."""
    message = {"type": "track", "properties": {"increment": {"a": 1}}}
    (refusal,) = Translator(token="", mappings=[PRESET]).translate(message).refusals
    assert refusal.message == "Missing project token"
