"""Records of others on their way to Mixpanel."""

from __future__ import annotations

import time
from typing import Any

import pytest

from analytics_mixpanel.debugger import Project, StandIn
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination import Mixpanel


def event(insert_id: str, **changes: Any) -> dict[str, Any]:
    """Give a valid event."""
    moment = int(time.time())
    return {
        "event": "A",
        "properties": {"time": moment, "distinct_id": "u", "$insert_id": insert_id, **changes},
    }


def test_records_are_sent_and_the_refused_ones_named() -> None:
    """By their place."""
    with StandIn(projects={"t": Project()}) as mixpanel:
        relay = Mixpanel.relay(mixpanel.url)
        outcome = relay.send("import", [event("a"), event("b", time="x"), event("c")], "t")
        relay.close()
        assert list(outcome.rejected) == [1]
        assert not outcome.retry
        assert [each.insert_id for each in mixpanel.events] == ["a", "c"]


def test_the_environments_credentials_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those of the records' sender are used."""
    monkeypatch.setenv("MIXPANEL_API_SECRET", "mine")
    monkeypatch.setenv("MIXPANEL_TOKEN", "t")
    with StandIn(projects={"t": Project("mine")}) as mixpanel:
        relay = Mixpanel.relay(mixpanel.url)
        outcome = relay.send("import", [event("a")])
        relay.close()
        assert outcome.paused
        assert mixpanel.events == []


def test_a_server_that_is_gone_leaves_the_records() -> None:
    """They can be sent again."""
    with StandIn() as mixpanel:
        url = mixpanel.url
    outcome = Mixpanel.relay(url).send("import", [event("a"), event("b")], "t")
    assert list(outcome.retry) == [0, 1]


@pytest.mark.parametrize(
    ("target", "url"), [("us", "https://api.mixpanel.com"), ("EU", "https://api-eu.mixpanel.com")]
)
def test_a_region_is_an_address(target: str, url: str) -> None:
    """As in the settings."""
    assert Mixpanel.relay(target).url == url


def test_an_unsafe_address_is_refused() -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match="https"):
        Mixpanel.relay("http://mixpanel.example")
