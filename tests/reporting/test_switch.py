"""The environment's word."""

from __future__ import annotations

import logging

import pytest

from analytics_mixpanel.reporting import VARIABLE, reporter_from_environment


@pytest.mark.parametrize("value", [None, "", "0", "false", "off", " "])
def test_without_it_nothing_is_reported(value: str | None) -> None:
    """Nothing is, unless somebody asks for it."""
    assert reporter_from_environment({} if value is None else {VARIABLE: value}) is None


@pytest.mark.parametrize("value", ["1", "true", "on", "YES"])
def test_it_can_be_switched_on(value: str) -> None:
    """The debugger is then where it is by default."""
    reporter = reporter_from_environment({VARIABLE: value})
    assert reporter is not None
    assert reporter.address.url == "http://127.0.0.1:8765"


def test_it_can_name_an_address() -> None:
    """Another one than the default, with its token where it has one."""
    reporter = reporter_from_environment(
        {VARIABLE: "http://devbox.example:9", "ANALYTICS_MIXPANEL_DEBUGGER_TOKEN": "t"}
    )
    assert reporter is not None
    assert (reporter.address.url, reporter.address.token) == ("http://devbox.example:9", "t")


def test_a_wrong_address_stops_no_application(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and nothing is reported."""
    with caplog.at_level(logging.WARNING, "analytics_mixpanel"):
        assert reporter_from_environment({VARIABLE: "http://example.com"}) is None
    assert "give its token" in caplog.text
