"""Which addresses may be sent credentials."""

from __future__ import annotations

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.settings.host import checked_host


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("api.mixpanel.com", r"as in https://api\.mixpanel\.com"),
        ("api.mixpanel.com:443", "begin with a scheme"),
        ("//api.mixpanel.com", "begin with a scheme"),
        ("ftp://api.mixpanel.com", "begin with a scheme"),
        ("https://", "begin with a scheme"),
        ("", "begin with a scheme"),
        ("https://me:pw@api.mixpanel.com", "user name or password"),
        ("https://api.mixpanel.com@evil.example.com", "user name or password"),
        ("https://api.mixpanel.com\r\nX: y", "control characters"),
        ("https://api.mixpanel.com\\@evil.example.com", "backslashes"),
        (" https://api.mixpanel.com", "spaces"),
        ("https://api.mixpanel.com/#x", "before any"),
        ("https://api.mixpanel.com?x=1", "before any"),
        ("https://api.mixpanel.com:99999", "not an address"),
        ("https://[::1", "not an address"),
        ("http://api.mixpanel.com", "allow_http=True"),
        ("http://127.0.0.1.evil.example.com", "allow_http=True"),
        ("http://169.254.169.254", "link-local"),
        ("https://[fd00:ec2::254]", "link-local"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(host: str, words: str) -> None:
    """Whatever could send a credential astray is refused, and the error says how an address looks."""
    with pytest.raises(ConfigurationError, match=words):
        checked_host(host, allow_http=False)


@pytest.mark.parametrize(
    "host",
    [
        "https://api.mixpanel.com",
        "https://proxy.example.com:8443/mp/",
        "http://127.0.0.1:8080",
        "http://127.8.8.8",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_https_and_this_machine_are_fine(host: str) -> None:
    """Any https address is accepted, and plain http to this machine."""
    checked_host(host, allow_http=False)


def test_plain_http_can_be_allowed() -> None:
    """``allow_http`` permits plain http elsewhere."""
    checked_host("http://mixpanel.internal:8080", allow_http=True)


def test_a_host_is_a_string() -> None:
    """Anything else is refused by its type."""
    with pytest.raises(ConfigurationError, match="not int"):
        checked_host(5, allow_http=False)
