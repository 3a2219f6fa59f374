"""Fixtures that pytest finds by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import analytics_mixpanel
from analytics_mixpanel import functions
from analytics_mixpanel.testing.recording import USUAL, RecordingDestination, recording_client


@pytest.fixture
def analytics_events(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingDestination]:
    """What the code under test records through ``analytics_mixpanel``'s functions; nothing is sent."""
    client, recording = recording_client()
    monkeypatch.setattr(analytics_mixpanel, "default_client", client)
    # Code under test that shuts down and goes on gets another client: one that sends nothing either.
    monkeypatch.setattr(functions, "_plugins", [recording])
    for name, value in USUAL.items():
        monkeypatch.setattr(analytics_mixpanel, name, value)
    yield recording
    if analytics_mixpanel.default_client is not None:
        analytics_mixpanel.default_client.shutdown()
