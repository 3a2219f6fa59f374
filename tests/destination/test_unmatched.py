"""A message that no mapping matches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analytics_mixpanel import Client
from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.errors import DroppedError
from analytics_mixpanel_destination import Mixpanel

SIGN_UPS = {
    "subscribe": 'type = "track" and event = "Signed Up"',
    "partnerAction": "trackEvent",
    "mapping": {"event": {"@path": "$.event"}, "user_id": {"@path": "$.userId"}},
}
OFF = {**SIGN_UPS, "subscribe": 'type = "page"', "enabled": False}


@pytest.mark.parametrize("mappings", [None, [SIGN_UPS, OFF], []], ids=["presets", "own", "none"])
def test_it_is_accounted_as_dropped(
    mappings: Any, stand_in: StandIn, make_client: Callable[..., Client]
) -> None:
    """With the presets as with others, it is counted, told, and not sent."""
    told: list[tuple[Any, Any]] = []
    mixpanel = Mixpanel(token="token-0123456789", api_host=stand_in.url, mappings=mappings)
    client = make_client(mixpanel, on_error=lambda error, messages: told.append((error, messages)))
    client.enqueue({"type": "delete" if mappings is None else "page", "userId": "u", "name": "Home"})
    assert client.flush(10) == 0

    stats = client.stats()["Mixpanel"]
    assert (stats.accepted, stats.dropped, stats.pending) == (1, {"no mapping": 1}, 0)
    assert [(type(error), error.reason, len(messages)) for error, messages in told] == [
        (DroppedError, "no mapping", 1)
    ]
    assert stand_in.requests == []
