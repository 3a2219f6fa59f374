"""Fixtures that pytest finds by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from analytics_mixpanel.testing.recording import RecordingDestination


@pytest.fixture
def analytics_events(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingDestination]:
    """What the code under test records through ``analytics_mixpanel``'s functions; nothing is sent."""
    # Imported here: every pytest run on this machine loads this module, few use the fixture.
    import analytics_mixpanel  # noqa: PLC0415
    from analytics_mixpanel.testing.recording import recording_client  # noqa: PLC0415

    client, recording = recording_client()
    monkeypatch.setattr(analytics_mixpanel, "default_client", client)
    # Code under test that shuts down and goes on gets another client: one that sends nothing either.
    monkeypatch.setattr(analytics_mixpanel, "_plugins", [recording])
    monkeypatch.setattr(analytics_mixpanel, "discover", False)
    monkeypatch.setattr(analytics_mixpanel, "sync_mode", True)
    yield recording
    if analytics_mixpanel.default_client is not None:
        analytics_mixpanel.default_client.shutdown()
