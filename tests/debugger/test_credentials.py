"""Mixpanel's test of credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.debugger.credentials import PATH

Post = Callable[..., requests.Response]


@pytest.mark.parametrize(
    "asked", [{"project_token": "token-a"}, {"project_token": "token-a", "api_secret": "secret-a"}]
)
def test_good_credentials_are_good(restricted: StandIn, post: Post, asked: dict[str, Any]) -> None:
    """A token alone is enough; a secret has to be its project's."""
    answer = post(restricted.url + PATH, json=asked)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.parametrize(
    "asked",
    [
        {"project_token": "unknown"},
        {"project_token": ""},
        {"project_token": None},
        {"project_token": "token-a", "api_secret": "secret-b"},
    ],
)
def test_wrong_credentials_are_refused(restricted: StandIn, post: Post, asked: dict[str, Any]) -> None:
    """The answer says so in words."""
    answer = post(restricted.url + PATH, json=asked)
    assert answer.status_code == 401
    assert answer.json()["error"]


@pytest.mark.parametrize("body", [b"nonsense", b"[]", b"{}", b""])
def test_what_cannot_be_read_is_refused(restricted: StandIn, post: Post, body: bytes) -> None:
    """The answer is a 400."""
    assert post(restricted.url + PATH, data=body).status_code == 400


def test_every_token_is_good_where_every_token_is_a_project(stand_in: StandIn, post: Post) -> None:
    """Secrets are not known there."""
    asked = {"project_token": "any", "api_secret": "any"}
    assert post(stand_in.url + PATH, json=asked).status_code == 200
