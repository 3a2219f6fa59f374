"""Where the debugger may listen."""

from __future__ import annotations

import pytest

from analytics_mixpanel.debugger import Access, StandIn
from analytics_mixpanel.errors import ConfigurationError

TOKEN = "a-token-of-some-length"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "devbox.example", "", "127.0.0.1.example"])
def test_an_address_that_others_reach_needs_a_token(host: str) -> None:
    """Without one it does not start; the error says what to do, and shows a good token."""
    with pytest.raises(ConfigurationError, match="give a token"):
        Access(host)
    assert not Access(host, token=TOKEN).is_local


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST."])
def test_this_machines_own_addresses_need_none(host: str) -> None:
    """Nobody else reaches them."""
    assert Access(host).is_local


@pytest.mark.parametrize("token", ["", "short", "ümlaut-ümlaut-ümlaut"])
def test_a_token_is_long_enough_and_fits_a_header(token: str) -> None:
    """One that could be guessed is none."""
    with pytest.raises(ConfigurationError, match="token must have"):
        Access(token=token)


def test_it_listens_on_loopback_alone() -> None:
    """Unless something else is asked for."""
    with StandIn() as running:
        assert running.url.startswith("http://127.0.0.1:")


def test_no_token_is_shown() -> None:
    """Neither that of the user nor that of the page."""
    access = Access(token=TOKEN)
    assert TOKEN not in repr(access)
    assert access.page_token not in repr(access)
    assert TOKEN not in access.cookie


def test_each_start_has_a_page_token_of_its_own() -> None:
    """What a page of an earlier start kept is of no use."""
    assert Access().page_token != Access().page_token
