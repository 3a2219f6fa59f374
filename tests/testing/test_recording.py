"""The recording destination, for tests of applications."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define

from analytics_mixpanel import Message, hookimpl
from analytics_mixpanel.testing import RecordingDestination, recording_client


@pytest.fixture
def recording() -> RecordingDestination:
    """What a few calls left."""
    client, recording = recording_client()
    client.identify("u", {"plan": "pro"})
    client.track("u", "Paid", {"total": 1, "currency": "EUR"})
    client.track("u", "Paid", {"total": 2, "currency": "EUR"})
    client.track("u", "Left")
    return recording


def test_it_keeps_the_order_of_the_calls(recording: RecordingDestination) -> None:
    """It can be looped over and counted."""
    assert [message["type"] for message in recording] == ["identify", "track", "track", "track"]
    assert len(recording) == 4


def test_it_finds_messages_of_a_call(recording: RecordingDestination) -> None:
    """``of_type`` gives the messages of one call."""
    assert [message["traits"] for message in recording.of_type("identify")] == [{"plan": "pro"}]
    assert recording.of_type("page") == []


def test_it_finds_events(recording: RecordingDestination) -> None:
    """``tracked`` gives the messages of an event that have at least the given properties."""
    assert len(recording.tracked("Paid")) == 2
    assert [m["properties"]["total"] for m in recording.tracked("Paid", total=2, currency="EUR")] == [2]
    assert recording.tracked("Paid", total=3) == []
    assert recording.tracked("paid") == []


def test_it_forgets(recording: RecordingDestination) -> None:
    """After ``clear`` nothing is there."""
    recording.clear()
    assert list(recording) == []


def test_it_has_what_destinations_get() -> None:
    """Messages are in wire form, values as they would be sent, after all plugins."""

    @define(eq=False)
    class Enriching:
        @hookimpl
        def enrich(self, message: Message) -> None:
            message["context"]["plan"] = "pro"

    client, recording = recording_client(plugins=[Enriching()])
    client.track("u", "e", {"set": {1}})
    assert recording.messages[0]["properties"] == {"set": [1]}
    assert recording.messages[0]["context"]["plan"] == "pro"


def test_a_message_without_properties_is_no_match() -> None:
    """Wire messages that lack or null their properties break no search."""
    client, recording = recording_client()
    messages: list[dict[str, Any]] = [{"event": "e"}, {"event": "e", "properties": None}]
    for message in messages:
        client.enqueue({"type": "track", **message})
    assert len(recording.tracked("e")) == 2
    assert recording.tracked("e", total=1) == []


def test_settings_may_be_given() -> None:
    """The client of a test takes what every client takes."""
    client, recording = recording_client(library_name="mine", send=False)
    client.track("u", "e")
    assert client.library["name"] == "mine"
    assert len(recording) == 0
