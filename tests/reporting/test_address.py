"""Where reports go."""

from __future__ import annotations

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.reporting import Address


def test_without_more_it_is_this_machine() -> None:
    """The port is the debugger's own."""
    address = Address()
    assert (address.host, address.port, address.secure) == ("127.0.0.1", 8765, False)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.9.9.9", "http://[::1]:8765/", "https://app.localhost"]
)
def test_this_machine_needs_no_token(url: str) -> None:
    """Nothing leaves it."""
    assert Address(url).port > 0


@pytest.mark.parametrize(
    "url",
    ["http://192.168.1.5:8765", "http://example.com", "http://127.0.0.1.example.com", "http://0.0.0.0:1"],
)
def test_another_machine_needs_a_token(url: str) -> None:
    """What users did must not leave by mistake."""
    with pytest.raises(ConfigurationError, match="token"):
        Address(url)
    assert Address(url, "a-token").host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "1",
        "127.0.0.1:8765",
        "ftp://127.0.0.1",
        "http://",
        "http://127.0.0.1:99999",
        "http://[::1",
        "http://127.0.0.1:0",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """The error shows one that is."""
    with pytest.raises(ConfigurationError, match=r"such as http://127\.0\.0\.1:8765"):
        Address(url)


@pytest.mark.parametrize(
    "url", ["http://u:p@127.0.0.1", "http://127.0.0.1/x", "http://127.0.0.1?a=1", "http://127.0.0.1#a"]
)
def test_an_address_is_no_more_than_that(url: str) -> None:
    """Credentials and paths have no place in it."""
    with pytest.raises(ConfigurationError, match="must end after the port"):
        Address(url)


def test_the_token_is_not_shown() -> None:
    """Not in the text of an address."""
    assert "s3cret" not in repr(Address("http://example.com", "s3cret"))
