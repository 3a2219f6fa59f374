"""Settings given in code."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.settings import Settings

TOKEN = "the-project-token-0123456789"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"region": "mars"}, "us, eu, in"),
        ({"region": 7}, "us, eu, in"),
        ({"token": 5}, "token must be a string"),
        ({"token": ""}, "token must not be empty"),
        ({"token": "a\r\nX: y"}, "token must not hold line breaks"),
        ({"api_secret": b"x"}, "api_secret must be a string"),
        ({"strict": "1"}, "strict must be True or False"),
        ({"geolocate": 1}, "geolocate must be True or False"),
        ({"compress": "no"}, "compress must be True or False"),
        ({"max_events": 0}, "max_events must be between 1 and 2,000"),
        ({"max_events": 2001}, "max_events must be between 1 and 2,000"),
        ({"max_bytes": "2M"}, "max_bytes must be a whole number"),
        ({"max_groups": True}, "max_groups must be a whole number"),
        ({"timeout": 0}, "timeout must be more than 0"),
        ({"timeout": float("nan")}, "timeout must be more than 0"),
        ({"timeout": "5"}, "timeout must be a number"),
        ({"proxies": 3}, "proxies must be"),
        ({"api_secret": "a", "username": "b", "secret": "c", "project_id": 1}, "keep one"),
        ({"username": "b"}, "secret is not given"),
        ({"secret": "b"}, "username is not given"),
        ({"region": "eu", "api_host": "https://api.mixpanel.com"}, "keep one"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(wrong: dict[str, Any], words: str) -> None:
    """A setting that is wrong raises when it is given, and the error says which and what it must be."""
    with pytest.raises(ConfigurationError, match=words):
        Settings(**wrong)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        (None, "https://api.mixpanel.com"),
        ("us", "https://api.mixpanel.com"),
        ("EU", "https://api-eu.mixpanel.com"),
        ("in", "https://api-in.mixpanel.com"),
    ],
)
def test_a_region_is_a_host(region: str | None, host: str) -> None:
    """Each region has its host; without one it is the United States'."""
    assert Settings(region=region).base_url == host


def test_a_host_keeps_its_path_and_loses_its_last_slash() -> None:
    """A reverse proxy may serve Mixpanel below a path."""
    assert Settings(api_host="https://proxy.example.com/mp/").base_url == "https://proxy.example.com/mp"


@pytest.mark.parametrize(
    ("given", "pair"),
    [
        ({"token": "tok"}, "tok:"),
        ({"token": "tok", "api_secret": "sec"}, "sec:"),
        ({"token": "tok", "username": "me", "secret": "pw", "project_id": 9}, "me:pw"),
    ],
)
def test_the_authorization_is_of_the_strongest_credential(given: dict[str, Any], pair: str) -> None:
    """Events are authenticated by the service account, else the secret, else the token."""
    import base64

    assert base64.b64decode(Settings(**given).authorization.removeprefix("Basic ")).decode() == pair


def test_no_secret_is_in_a_repr() -> None:
    """The repr shows four characters of a long token and nothing of what is short."""
    settings = Settings(token=TOKEN, username="user-canary", secret="pw-canary", project_id=1)

    assert "***6789" in repr(settings)
    assert "canary" not in repr(settings)
    assert TOKEN not in f"{settings} {settings.token}"


def test_a_secret_is_not_pickled() -> None:
    """Pickling settings raises rather than write a secret somewhere."""
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(Settings(token=TOKEN))


def test_filling_keeps_what_was_given() -> None:
    """What the client knows takes the place only of what was left out."""
    filled = Settings(token="mine", timeout=3).filled(
        token="theirs", timeout=15, compress=False, proxies=None
    )

    assert filled.token is not None
    assert filled.token.reveal() == "mine"
    assert (filled.timeout, filled.compress, filled.proxies) == (3, False, None)


def test_a_region_keeps_the_clients_host_out() -> None:
    """A region given to the plugin is not overridden by the client's host."""
    assert (
        Settings(region="eu")
        .filled(api_host="https://other.example.com")
        .base_url.endswith("api-eu.mixpanel.com")
    )
